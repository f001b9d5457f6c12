// SPDX-License-Identifier: MIT
// The parts of PPO, for the two classes of it: bh_ppo_class (rl/ppo.c), whose actions are Discrete,
// and bh_ppo_both_class (rl/ppo_both.c).
#pragma once

#include "rl/actor_critic.h"
#include "rl/ppo.h"

/// Rows of their tables.
#define BHI_PPO_ROWS                                                                               \
    BH_REAL_AT(policy.learning_rate.start, learning_rate, BH_DEFAULT("0.0003"), BH_RANGE(0, 10),   \
               BH_LIVE, "Step size of the optimizer"),                                             \
        BHI_SCHEDULE_ROWS(policy.learning_rate, "constant", "0", "0"),                             \
        BH_INT(n_steps, BH_DEFAULT("2048"), BH_RANGE(1, 1000000), BH_RESET,                        \
               "Steps each environment takes before the policy learns from them"),                 \
        BH_INT(batch_size, BH_DEFAULT("64"), BH_RANGE(1, 65536), BH_RESET,                         \
               "Steps in a minibatch"),                                                            \
        BH_INT(n_epochs, BH_DEFAULT("10"), BH_RANGE(1, 1000), BH_LIVE,                             \
               "Passes over the steps that were collected"),                                       \
        BH_REAL(gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE, "Discount factor"),            \
        BH_REAL(gae_lambda, BH_DEFAULT("0.95"), BH_RANGE(0, 1), BH_LIVE,                           \
                "Advantages: 0 trusts the values after one step, 1 only the rewards themselves"),  \
        BH_REAL(clip_range, BH_DEFAULT("0.2"), BH_RANGE(1e-6, 1e6), BH_LIVE,                       \
                "How far an action's probability may move per update before its gradient ends, "   \
                "as a share"),                                                                     \
        BH_REAL(clip_range_vf, BH_DEFAULT("0"), BH_RANGE(0, 1e6), BH_LIVE,                         \
                "How far a value may move per update; 0 does not clip"),                           \
        BH_REAL(target_kl, BH_DEFAULT("0"), BH_RANGE(0, 1e6), BH_LIVE,                             \
                "An update ends when the policy has moved 1.5 times this KL divergence; 0 never"), \
        BHI_ACTOR_CRITIC_ROWS

typedef struct bhi_ppo {
    bhi_actor_critic ac; // first
    bhi_rollout rollout;
    int *index;              // (T,E) cells in the order of an epoch
    bhi_rollout_batch batch; // (B) each
} bhi_ppo;

// ---- entries of bhi_agent_functions ----

bh_status bhi_ppo_shape(void *agent, bh_error *err);
void bhi_ppo_layout(void *agent, bhi_arena *arena);
void bhi_ppo_state(void *agent, bhi_state_visitor *visitor);
void bhi_ppo_observe(void *agent, const bh_experience *experience);
void bhi_ppo_truncate(void *agent, const float *obs);
int bhi_ppo_learn(void *agent);
void bhi_ppo_params_changed(void *agent);

extern const char *const bhi_ppo_large_settings[];

/// The entries that both classes share.
#define BHI_PPO_FUNCTIONS                                               \
    .large_settings = bhi_ppo_large_settings, .bytes = sizeof(bhi_ppo), \
    .truncate = bhi_ppo_truncate, .learn = bhi_ppo_learn, .params_changed = bhi_ppo_params_changed
