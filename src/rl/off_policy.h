// SPDX-License-Identifier: MIT
// What DDPG, TD3 and SAC have in common: an actor that gives a Box of actions, critics that rate
// them, their slow twins, a replay buffer, noise. Each of the three is a table of what differs
// (bhi_off_policy_kind).
//
// Inside, every number of an action lies in -1 … 1, as the actor's tanh gives it; observe and act
// translate to the bounds of the space and back. The parameters are one block: the actor, then the
// critics; so are their targets.
//
// Legend: B batch, S network inputs, D numbers of an action, C critics, rows: the largest batch.
#pragma once

#include "nn/network.h"
#include "optim/optimizer.h"
#include "rl/agent_net.h"
#include "rl/net_tensors.h"
#include "rl/off_policy_config.h"
#include "rl/replay.h"

typedef struct bhi_off_policy bhi_off_policy;

/// How one of the algorithms differs: bhi_agent_functions.variant.
typedef struct bhi_off_policy_kind {
    int heads; ///< outputs of the actor for each number of an action: the means, then log_std
    bhi_tensor_names actor;
    /// a (n,D) out, for x (n,S) under the current actor, n <= rows, exploring.
    void (*choose)(bhi_off_policy *o, bh_real *a, const bh_real *x, int n);
    /// One update, on the batch that was drawn.
    void (*update)(bhi_off_policy *o);
} bhi_off_policy_kind;

struct bhi_off_policy {
    bhi_agent base;
    const bhi_off_policy_kind *kind;
    bhi_net actor, critic;
    int n_critics; // C
    int S, D;
    int rows;
    int n_params, n_critic_params; // of the whole block, of all critics
    bhi_replay replay;
    bhi_optimizer actor_optimizer, critic_optimizer, entropy_optimizer;
    bh_rng act_rng, noise_rng, sample_rng, target_rng;
    int vec_steps; // steps of all environments together

    bh_real *params, *target, *gradient; // (n_params)
    bh_real *noise, *drawn;              // (n_envs,D) Ornstein-Uhlenbeck's state; the next one
    float *stored;                       // (D) an action on its way into the buffer
    int *index;                          // (B) sampled
    double *probability;                 // (B) of being sampled, prioritized
    bh_real *importance;                 // (B) weights, prioritized
    bh_real *error;                      // (B) mean of the critics' |TD error|
    bh_real *x_tm1, *x_t;                // (rows,S)
    bh_real *r_t, *discount_t, *y;       // (B) y: the critics' targets
    bh_real *pairs_tm1, *pairs_t;        // (rows,S+D) what critics get
    bh_real *a, *da, *eps;               // (rows,D)
    bh_real *q;                          // (C,rows)
    bh_real *actor_acts, *actor_dacts;
    bh_real *critic_acts, *critic_dacts; // C blocks of activations; one
    // Of stochastic actors:
    bh_real *actor_acts_t;
    bh_real *eps_t;                  // (rows,D)
    bh_real *log_prob, *dlog_prob;   // (rows)
    bh_real *log_alpha, *dlog_alpha; // (1) of the entropy's coefficient
};

// ---- parts of an update ----

/// Draws a batch: x_tm1, x_t, r_t, discount_t, and pairs_tm1 with the actions that were taken.
void bhi_off_policy_sample(bhi_off_policy *o);

/// Puts actions a (B,D) beside the observations of pairs (B,S+D).
void bhi_off_policy_put(bhi_off_policy *o, bh_real *pairs, const bh_real *a, int B);

/// One step of all critics: towards r + discount (min of the targets' values of `a` in x_t - alpha
/// log_prob); log_prob (B), or NULL. factor: of the squared error, SAC halves it.
void bhi_off_policy_learn_critics(bhi_off_policy *o, double factor, double alpha,
                                  const bh_real *log_prob);

/// One step of the actor, whose output's gradient stands in actor_dacts, activations for x_tm1 in
/// actor_acts.
void bhi_off_policy_step_actor(bhi_off_policy *o);

/// One step of the entropy coefficient's logarithm along dlog_alpha.
void bhi_off_policy_step_entropy(bhi_off_policy *o);

/// Moves all targets by tau.
void bhi_off_policy_move_targets(bhi_off_policy *o);

/// Parameters of critic i in a block.
bh_real *bhi_off_policy_critic(const bhi_off_policy *o, bh_real *block, int i);

/// Activations of critic i.
bh_real *bhi_off_policy_critic_acts(const bhi_off_policy *o, int i);

const bh_off_policy_config *bhi_off_policy_config_of(const bhi_off_policy *o);

/// The learning rate now.
double bhi_off_policy_learning_rate(const bhi_off_policy *o);

/// Metrics, behind those of every agent.
enum {
    BHI_METRIC_ACTOR_LOSS = BHI_METRIC_EXTRA,
    BHI_METRIC_CRITIC_LOSS,
    BHI_METRIC_ENT_COEF,
    BHI_METRIC_ENT_COEF_LOSS,
};

// ---- entries of bhi_agent_functions ----

/// After the class has set n_critics.
bh_status bhi_off_policy_shape(void *agent, bh_error *err);
void bhi_off_policy_layout(void *agent, bhi_arena *arena);
bh_status bhi_off_policy_init(void *agent, bh_error *err);
void bhi_off_policy_state(void *agent, bhi_state_visitor *visitor);
void bhi_off_policy_act(void *agent, float *actions, unsigned char *explored, const float *obs,
                        int n);
int bhi_off_policy_act_rngs(void *agent, bh_rng **out);
void bhi_off_policy_observe(void *agent, const bh_experience *experience);
void bhi_off_policy_truncate(void *agent, const float *obs);
void bhi_off_policy_learn(void *agent);
bh_status bhi_off_policy_demonstrate(void *agent, const bh_demonstrations *demonstrations,
                                     bh_error *err);
void bhi_off_policy_rates(const void *agent, bhi_agent_metrics *out);
void bhi_off_policy_greedy(void *agent, const void *params, float *actions, const float *obs,
                           int n);
void bhi_off_policy_values(void *agent, double *q, const float *obs, const float *actions, int n);
void *bhi_off_policy_params(void *agent, size_t *bytes);
int bhi_off_policy_tensors(const void *agent, void *params, bh_tensor *out);
void bhi_off_policy_params_changed(void *agent);

extern const char *const bhi_off_policy_large_settings[];

/// The entries that all of them share.
#define BHI_OFF_POLICY_FUNCTIONS                                                                 \
    .large_settings = bhi_off_policy_large_settings, .bytes = sizeof(bhi_off_policy),            \
    .layout = bhi_off_policy_layout, \
    .state = bhi_off_policy_state, .act_box = bhi_off_policy_act,                                \
    .act_rngs = bhi_off_policy_act_rngs, .observe = bhi_off_policy_observe,                      \
    .truncate = bhi_off_policy_truncate, .learn = bhi_off_policy_learn,                          \
    .demonstrate = bhi_off_policy_demonstrate, .rates = bhi_off_policy_rates,                    \
    .greedy_box = bhi_off_policy_greedy, .box_values = bhi_off_policy_values,                    \
    .params = bhi_off_policy_params, .tensors = bhi_off_policy_tensors,                          \
    .params_changed = bhi_off_policy_params_changed
