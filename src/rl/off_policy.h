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

/// Rows of their tables; `at` is the path of the bh_off_policy_config, the others are defaults.
#define BHI_OFF_POLICY_ROWS(at, RATE, NOISE, NET_ARCH)                                             \
    BH_REAL_AT(at.learning_rate.start, learning_rate, BH_DEFAULT(RATE), BH_RANGE(0, 10), BH_LIVE,  \
               "Step size of the optimizer"),                                                      \
        BHI_SCHEDULE_ROWS(at.learning_rate, "constant", "0", "0"),                                 \
        BH_INT_AT(at.buffer_size, buffer_size, BH_DEFAULT("1000000"), BH_RANGE(1, 10000000),       \
                  BH_RESET, "Transitions the replay buffer holds"),                                \
        BH_INT_AT(at.learning_starts, learning_starts, BH_DEFAULT("100"), BH_RANGE(0, 1000000000), \
                  BH_LIVE, "Environment steps with random actions, before the first update"),      \
        BH_INT_AT(at.batch_size, batch_size, BH_DEFAULT("256"), BH_RANGE(1, 65536), BH_RESET,      \
                  "Transitions sampled per update"),                                               \
        BH_REAL_AT(at.tau, tau, BH_DEFAULT("0.005"), BH_RANGE(0, 1), BH_LIVE,                      \
                   "Soft-update coefficient: 1 copies the networks, smaller values blend"),        \
        BH_REAL_AT(at.gamma, gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE,                   \
                   "Discount factor"),                                                             \
        BH_INT_AT(at.n_steps, n_steps, BH_DEFAULT("1"), BH_RANGE(1, 100), BH_LIVE,                 \
                  "Steps n of n-step returns; 1 is ordinary TD"),                                  \
        BH_INT_AT(at.train_freq, train_freq, BH_DEFAULT("1"), BH_RANGE(1, 1000000), BH_LIVE,       \
                  "Steps between two rounds of updates"),                                          \
        BH_INT_AT(at.gradient_steps, gradient_steps, BH_DEFAULT("1"), BH_RANGE(1, 1000), BH_LIVE,  \
                  "Updates in a round"),                                                           \
        BH_CHOICE_AT(at.noise_type, noise_type, BH_DEFAULT(NOISE),                                 \
                     BH_WORDS("none|normal|ornstein-uhlenbeck"), BH_LIVE,                          \
                     "Noise added to actions while learning"),                                     \
        BH_REAL_AT(at.noise_std, noise_std, BH_DEFAULT("0.1"), BH_RANGE(0, 10), BH_LIVE,           \
                   "Noise: standard deviation, of actions between -1 and 1"),                      \
        BH_REAL_AT(at.noise_theta, noise_theta, BH_DEFAULT("0.15"), BH_RANGE(0, 100), BH_LIVE,     \
                   "Ornstein-Uhlenbeck noise: how fast it is drawn back to 0"),                    \
        BH_BOOL_AT(at.prioritized, prioritized, BH_DEFAULT("false"), BH_RESET,                     \
                   "Prioritized replay: transitions with large errors are sampled more often"),    \
        BH_REAL_AT(at.priority_alpha, priority_alpha, BH_DEFAULT("0.6"), BH_RANGE(0, 1), BH_LIVE,  \
                   "Prioritized: how much errors matter; 0 samples uniformly"),                    \
        BH_REAL_AT(                                                                                \
            at.priority_beta, priority_beta, BH_DEFAULT("0.4"), BH_RANGE(0, 1), BH_LIVE,           \
            "Prioritized: how much of the bias is corrected at the start; all of it at the end"),  \
        BH_INT_AT(                                                                                 \
            at.demo_capacity, demo_capacity, BH_DEFAULT("0"), BH_RANGE(0, 10000000), BH_RESET,     \
            "Demonstrations: transitions there is room for, beside the buffer; they are never "    \
            "forgotten"),                                                                          \
        BH_REAL_AT(at.demo_ratio, demo_ratio, BH_DEFAULT("0.25"), BH_RANGE(0, 1), BH_LIVE,         \
                   "Demonstrations: share of every batch; 0 draws them like any others, as "       \
                   "prioritized does"),                                                            \
        BH_SIZES_AT(at.net_arch, net_arch, BH_DEFAULT(NET_ARCH), BH_RANGE(1, 4096), BH_RESET,      \
                    "Sizes of the hidden layers, in the actor and in each critic"),                \
        BH_CHOICE_AT(at.activation, activation, BH_DEFAULT("relu"), BH_WORDS("relu|tanh"),         \
                     BH_RESET, "Activation of the hidden layers"),                                 \
        BHI_OPTIMIZER_ROWS(at.optimizer, "adam", "1e-8")

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
int bhi_off_policy_learn(void *agent);
bh_status bhi_off_policy_demonstrate(void *agent, const bh_demonstrations *demonstrations,
                                     bh_error *err);
void bhi_off_policy_rates(const void *agent, bhi_agent_metrics *out);
void bhi_off_policy_greedy(void *agent, const void *params, float *actions, const float *obs,
                           int n);
void bhi_off_policy_values(void *agent, double *q, const float *obs, const float *actions, int n);
void *bhi_off_policy_params(void *agent, size_t *bytes);
int bhi_off_policy_tensors(const void *agent, void *params, bh_tensor *out);
void bhi_off_policy_params_changed(void *agent);
/// The actor.
int bhi_off_policy_networks(void *agent, bhi_agent_net *out);

extern const char *const bhi_off_policy_large_settings[];

/// The entries that all of them share.
#define BHI_OFF_POLICY_FUNCTIONS                                                                   \
    .large_settings = bhi_off_policy_large_settings, .bytes = sizeof(bhi_off_policy),              \
    .layout = bhi_off_policy_layout, .state = bhi_off_policy_state, .act_box = bhi_off_policy_act, \
    .act_rngs = bhi_off_policy_act_rngs, .observe = bhi_off_policy_observe,                        \
    .truncate = bhi_off_policy_truncate, .learn = bhi_off_policy_learn,                            \
    .demonstrate = bhi_off_policy_demonstrate, .rates = bhi_off_policy_rates,                      \
    .greedy_box = bhi_off_policy_greedy, .box_values = bhi_off_policy_values,                      \
    .params = bhi_off_policy_params, .tensors = bhi_off_policy_tensors,                            \
    .params_changed = bhi_off_policy_params_changed, .networks = bhi_off_policy_networks
