// SPDX-License-Identifier: MIT
// Proximal policy optimization (Schulman et al., "Proximal Policy Optimization Algorithms", 2017,
// algorithm 1 with the clipped objective, eq. 7) with the names and defaults of Stable-Baselines3's
// PPO.
//
// All environments take n_steps steps under one policy. Advantages and returns of these steps come
// from GAE(lambda); then n_epochs passes in minibatches of batch_size, each in a new random order,
// minimise
//
//     -E[min(ratio advantage, clip(ratio, 1 - clip_range, 1 + clip_range) advantage)]
//         - ent_coef E[entropy] + vf_coef E[(return - v)^2],       ratio = pi(a | s) / pi_old(a |
//           s)
//
// over both networks. Where an episode was truncated, the value of its final observation stands for
// what would have followed. The mathematics is in rl/policy.h, networks and acting in
// rl/actor_critic.h; docs/algorithms/ppo.md has every difference from the paper and from
// Stable-Baselines3.
//
//     bh_ppo_config config;
//     bh_config_defaults(&bh_ppo_table, &config);
//     bhi_agent *ppo;
//     if (bhi_agent_create(&ppo, &bh_ppo_class, &config, &spec, &err) != BH_OK)
//         return report(&err);
//     for (;;) {
//         bh_ppo_class.act(ppo, …);
//         …environments…;
//         bh_ppo_class.observe(ppo, …);
//         bh_ppo_class.learn(ppo);
//     }
#pragma once

#include "rl/actor_critic.h"

#define BH_PPO_CONFIG(X)                                                                          \
    X(REAL, learning_rate, "0.0003", 0, 10, NULL, BH_LIVE, "Step size of the optimizer")          \
    BH_SCHEDULE_CONFIG(X)                                                                         \
    X(INT, n_steps, "2048", 1, 1000000, NULL, BH_RESET,                                           \
      "Steps each environment takes before the policy learns from them")                          \
    X(INT, batch_size, "64", 1, 65536, NULL, BH_RESET, "Steps in a minibatch")                    \
    X(INT, n_epochs, "10", 1, 1000, NULL, BH_LIVE, "Passes over the steps that were collected")   \
    X(REAL, gamma, "0.99", 0, 1, NULL, BH_LIVE, "Discount factor")                                \
    X(REAL, gae_lambda, "0.95", 0, 1, NULL, BH_LIVE,                                              \
      "Advantages: 0 trusts the values after one step, 1 only the rewards themselves")            \
    X(REAL, clip_range, "0.2", 1e-6, 1e6, NULL, BH_LIVE,                                          \
      "How far an action's probability may move per update before its gradient ends, as a share") \
    X(REAL, clip_range_vf, "0", 0, 1e6, NULL, BH_LIVE,                                            \
      "How far a value may move per update; 0 does not clip")                                     \
    X(REAL, target_kl, "0", 0, 1e6, NULL, BH_LIVE,                                                \
      "An update ends when the policy has moved 1.5 times this KL divergence; 0 never")           \
    BHI_ACTOR_CRITIC_CONFIG(X)

typedef struct bh_ppo_config {
    BH_PPO_CONFIG(BH_MEMBER)
} bh_ppo_config;

BH_API extern const bh_config_table bh_ppo_table;

/// create: BH_ERR_CONFIG also when batch_size is above n_steps * n_envs.
/// params: both networks (rl/actor_critic.h). n_updates counts steps of the optimizer, one per
/// minibatch.
BH_API extern const bh_agent_class bh_ppo_class;
