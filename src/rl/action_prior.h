// SPDX-License-Identifier: MIT
// What an agent knows of actions before it has learned anything: which are allowed where the
// observation is text, and what a frozen language model makes of them, its prior.
//
//     bias(s, a) = BHI_NOT_ALLOWED where a is not allowed, else prior_beta log p(a | s)
//
// is added to an agent's values or logits when it chooses, also when it chooses the next action of
// a TD target, never to what it learns. p is the language model's distribution of the next token,
// over the allowed actions' tokens. With random_actions it also draws the random actions of
// epsilon-greedy.
//
// Legend: B rows, A actions, T tokens of an observation, V tokens.
#pragma once

#include "core/alloc.h"
#include "core/state.h"
#include "io/checkpoint.h"
#include "nn/network.h"
#include "rl/agent.h"

#define BHI_NOT_ALLOWED ((bh_real)-1e30) ///< finite, so that 0 times it is 0

typedef enum bhi_random_actions {
    BHI_RANDOM_UNIFORM = 0, ///< numbered like the words of the option
    BHI_RANDOM_MODEL = 1,   ///< drawn from the language model's distribution
    BHI_RANDOM_TOP_K = 2,   ///< one of its prior_top_k most probable, each as likely
} bhi_random_actions;

/// Rows for the config of an agent.
#define BHI_ACTION_PRIOR_CONFIG(X)                                                              \
    X(BOOL, prior, "false", 0, 1, NULL, BH_LANGUAGE,                                            \
      "Keep a frozen copy of the language model the agent starts from")                         \
    X(REAL, prior_beta, "0", 0, 1e3, NULL, BH_LIVE | BH_LANGUAGE,                               \
      "Prior: weight of the language model's log-probabilities, added to values when choosing") \
    X(CHOICE, random_actions, "uniform", 0, 0, "uniform|language-model|top-k",                  \
      BH_LIVE | BH_LANGUAGE, "Prior: where epsilon-greedy takes its random actions from")       \
    X(INT, prior_top_k, "5", 1, 1024, NULL, BH_LIVE | BH_LANGUAGE,                              \
      "Prior: most probable actions that top-k chooses among")

/// From a pointer to a config with these rows.
#define BHI_ACTION_PRIOR_SETTINGS(c)                                                \
    ((bhi_action_prior_settings){.prior = (c)->prior,                               \
                                 .beta = (c)->prior_beta,                           \
                                 .random = (bhi_random_actions)(c)->random_actions, \
                                 .top_k = (c)->prior_top_k})

typedef struct bhi_action_prior_settings {
    int prior;
    double beta;
    bhi_random_actions random;
    int top_k;
} bhi_action_prior_settings;

typedef struct bhi_action_prior {
    const bh_text_task *task; ///< NULL: observations are no text, and there is nothing to know
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
bhi_action_prior bhi_action_prior_shape(const bhi_action_prior_settings *settings,
                                        const bh_agent_spec *spec, const bhi_net_spec *net,
                                        int rows);
void bhi_action_prior_layout(bhi_action_prior *prior, bhi_arena *arena);

/// bias (B,A), borrowed until the next call; NULL when it is 0 everywhere. x (B,T) network inputs.
const bh_real *bhi_action_prior_bias(bhi_action_prior *prior, double beta, const bh_real *x, int B);

/// allowed (A), borrowed until the next call: 1 where an action may be taken after x (T).
const unsigned char *bhi_action_prior_allowed(bhi_action_prior *prior, const bh_real *x);

/// A random action for one row x (T), as the settings say; uniformly among the allowed ones where
/// there is no model.
int bhi_action_prior_random(bhi_action_prior *prior, const bhi_action_prior_settings *settings,
                            const bh_real *x, bh_rng *rng);

/// Visits the frozen model.
void bhi_action_prior_state(bhi_action_prior *prior, bhi_state_visitor *visitor);
