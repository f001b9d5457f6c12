// SPDX-License-Identifier: MIT
// The parts of REINFORCE, for the two classes of it: bh_reinforce_class (rl/reinforce.c), whose
// actions are Discrete, and bh_reinforce_both_class (rl/reinforce_both.c).
#pragma once

#include "rl/actor_critic.h"
#include "rl/reinforce.h"

/// Rows of their tables.
#define BHI_REINFORCE_ROWS                                                                      \
    BH_REAL_AT(policy.learning_rate.start, learning_rate, BH_DEFAULT("0.001"), BH_RANGE(0, 10), \
               BH_LIVE, "Step size of the optimizer"),                                          \
        BHI_SCHEDULE_ROWS(policy.learning_rate, "constant", "0", "0"),                          \
        BH_INT(episodes_per_update, BH_DEFAULT("8"), BH_RANGE(1, 100000), BH_LIVE,              \
               "Episodes, of all environments together, before the policy learns from them"),   \
        BH_INT(n_steps, BH_DEFAULT("4096"), BH_RANGE(1, 1000000), BH_RESET,                     \
               "Steps each environment can store; an episode that has no room is cut there"),   \
        BH_REAL(gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE, "Discount factor"),         \
        BH_BOOL(baseline, BH_DEFAULT("true"), BH_RESET,                                         \
                "Learn the value of states and reinforce only what turned out better than it"), \
        BHI_ACTOR_CRITIC_ROWS

typedef struct bhi_reinforce {
    bhi_actor_critic ac; // first
    bhi_rollout rollout;
    int n_episodes;          // over and not yet learned from
    int *index;              // (T,E) cells of those episodes
    bh_real *advantages;     // (T,E) of the cells at index
    bh_real *part;           // (n_params) gradient of some rows
    double losses[4];        // of the rows so far: loss, the policy's, entropy, the values'
    bhi_rollout_batch batch; // (rows) each
} bhi_reinforce;

// ---- entries of bhi_agent_functions ----

bh_status bhi_reinforce_shape(void *agent, bh_error *err);
void bhi_reinforce_layout(void *agent, bhi_arena *arena);
void bhi_reinforce_state(void *agent, bhi_state_visitor *visitor);
void bhi_reinforce_observe(void *agent, const bh_experience *experience);
void bhi_reinforce_truncate(void *agent, const float *obs);
int bhi_reinforce_learn(void *agent);
void bhi_reinforce_params_changed(void *agent);

extern const char *const bhi_reinforce_large_settings[];

/// The entries that both classes share.
#define BHI_REINFORCE_FUNCTIONS                                                     \
    .large_settings = bhi_reinforce_large_settings, .bytes = sizeof(bhi_reinforce), \
    .truncate = bhi_reinforce_truncate, .learn = bhi_reinforce_learn,               \
    .params_changed = bhi_reinforce_params_changed
