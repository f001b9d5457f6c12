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
#pragma once

#include "rl/agent_class.h"
#include "rl/agent_config.h"

/// Every member is an option; rl/ppo.c has their help, defaults and bounds (bh_ppo_table).
typedef struct bh_ppo_config {
    bh_actor_critic_config policy; ///< first
    int n_steps, batch_size, n_epochs;
    double gamma, gae_lambda, clip_range, clip_range_vf, target_kl;
} bh_ppo_config;

BH_API extern const bh_config_table bh_ppo_table;
/// The defaults of its rows.
BH_API bh_ppo_config bh_ppo_config_default(void);

/// create: BH_ERR_CONFIG also when batch_size is above n_steps * n_envs.
/// params: both networks (rl/actor_critic.h). n_updates counts steps of the optimizer, one per
/// minibatch.
BH_API extern const bh_agent_class bh_ppo_class;

/// The same, for Discrete actions and for those that are a Box, where the policy is a diagonal
/// Gaussian (rl/gaussian.h) or, with use_sde, explores by state-dependent noise (rl/sde.h). The rows
/// its table has besides are BHI_GAUSSIAN_POLICY_ROWS (rl/gaussian_policy.h). Named "ppo" too: a list
/// has one of the two.
BH_API extern const bh_agent_class bh_ppo_both_class;
BH_API extern const bh_config_table bh_ppo_both_table;
