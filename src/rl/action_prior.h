// SPDX-License-Identifier: MIT
// What an agent knows of actions before it has learned anything: which are legal, by the mask that
// an observation has (rl/space.h) or, where it is text, by its words; and what a frozen language
// model makes of them, its prior.
//
//     bias(s, a) = BHI_NOT_ALLOWED where a is not allowed, else prior_beta log p(a | s)
//
// is added to an agent's values or logits when it chooses, also when it chooses the next action of
// a TD target, never to what it learns. p is the language model's distribution of the next token,
// over the allowed actions' tokens. With random_actions it also draws the random actions of
// epsilon-greedy.
//
// So an illegal action is neither chosen nor explored, nor is its value that of a next state
// (invalid action masking, Huang and Ontanon 2022; of Q-learning, the maximum is over legal actions).
//
// Legend: B rows, A actions, T tokens of an observation, V tokens.
#pragma once

#include "core/arena.h"
#include "core/state.h"
#include "io/checkpoint.h"
#include "nn/network.h"
#include "rl/agent.h"
#include "rl/agent_config.h"

#define BHI_NOT_ALLOWED ((bh_real)-1e30) ///< finite, so that 0 times it is 0

typedef enum bhi_random_actions {
    BHI_RANDOM_UNIFORM = 0, ///< numbered like the words of the option
    BHI_RANDOM_MODEL = 1,   ///< drawn from the language model's distribution
    BHI_RANDOM_TOP_K = 2,   ///< one of its prior_top_k most probable, each as likely
} bhi_random_actions;

/// Rows of an agent's table: `at` is the path of the bh_action_prior_config.
#define BHI_ACTION_PRIOR_ROWS(at)                                                                 \
    BH_BOOL_AT(at.is_kept, prior, BH_DEFAULT("false"), BH_LANGUAGE,                               \
               "Keep a frozen copy of the language model the agent starts from"),                 \
        BH_REAL_AT(at.beta, prior_beta, BH_DEFAULT("0"), BH_RANGE(0, 1e3), BH_LIVE | BH_LANGUAGE, \
                   "Prior: weight of the language model's log-probabilities, added to values "    \
                   "when choosing"),                                                              \
        BH_CHOICE_AT(at.random_actions, random_actions, BH_DEFAULT("uniform"),                    \
                     BH_WORDS("uniform|language-model|top-k"), BH_LIVE | BH_LANGUAGE,             \
                     "Prior: where epsilon-greedy takes its random actions from"),                \
        BH_INT_AT(at.top_k, prior_top_k, BH_DEFAULT("5"), BH_RANGE(1, 1024),                      \
                  BH_LIVE | BH_LANGUAGE, "Prior: most probable actions that top-k chooses among")

typedef struct bhi_action_prior {
    const bh_text_task *task; ///< NULL: observations are no text
    int is_masked;            ///< observations have a mask
    int A, rows, n_text;      ///< n_text: T
    int has_prior;            ///< the settings ask for one
    int is_known;             ///< a language model was handed over
    bhi_net net;              ///< (B,T) -> (B,V) logits
    bh_real *params;          ///< of the frozen model
    bh_real *acts;            ///< bhi_net_acts of rows
    bh_real *x;               ///< (rows,T) network inputs
    bh_real *log_p;           ///< (rows,A)
    bh_real *bias;            ///< (rows,A)
    float *obs;               ///< (T)
    unsigned char *allowed;   ///< (A)
} bhi_action_prior;

/// Sizes of the action prior of an agent with networks of that kind, for up to `rows` rows. The
/// prior's transformer is as the agent's; without a transformer there is no prior.
bhi_action_prior bhi_action_prior_shape(const bh_action_prior_config *settings,
                                        const bhi_agent_spec *spec, const bhi_net_spec *net,
                                        int rows);
void bhi_action_prior_layout(bhi_action_prior *prior, bhi_arena *arena);

/// Whether a random action depends on the observation.
static inline int bhi_action_prior_needs_obs(const bhi_action_prior *prior)
{
    return prior->task != NULL || prior->is_masked;
}

/// bias (B,A), borrowed until the next call; NULL when it is 0 everywhere. x (B,T) network inputs
/// that are text; legal (B,A) their masks (bhi_encode_mask), read where there are any.
const bh_real *bhi_action_prior_bias(bhi_action_prior *prior, double beta, const bh_real *x,
                                     const unsigned char *legal, int B);

/// allowed (A), borrowed until the next call: 1 where an action may be taken after the text x (T).
const unsigned char *bhi_action_prior_allowed(bhi_action_prior *prior, const bh_real *x);

/// One of the allowed (A) actions, each as likely; 0 where there is none.
int bhi_random_allowed(const unsigned char *allowed, int A, bh_rng *rng);

/// A random action for one row x (T) with the mask legal (A), as the settings say; uniformly among
/// the allowed ones where there is no model.
int bhi_action_prior_random(bhi_action_prior *prior, const bh_action_prior_config *settings,
                            const bh_real *x, const unsigned char *legal, bh_rng *rng);

/// Visits the frozen model.
void bhi_action_prior_state(bhi_action_prior *prior, bhi_state_visitor *visitor);
