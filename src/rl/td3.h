// SPDX-License-Identifier: MIT
// DDPG (Lillicrap et al., "Continuous control with deep reinforcement learning", 2016) and TD3
// (Fujimoto et al., "Addressing function approximation error in actor-critic methods", 2018,
// algorithm 1), with the names and defaults of Stable-Baselines3.
//
// A deterministic actor mu, tanh at its end, and critics Q; actions are mu(s) plus noise. An update
// of both moves the critics towards
//
//     y = r + gamma min_i Q_i'(s', mu'(s') + clip(noise, -c, c))     (TD3; in DDPG one critic, no
//                                                                    noise)
//
// and the actor, with every update in DDPG, with every policy_delay-th in TD3, along the gradient
// of Q_0(s, mu(s)) of the critic that was just updated (Silver et al. 2014); then all targets move
// by tau. docs/algorithms/ddpg.md and td3.md have every difference from the papers.
#pragma once

#include "rl/off_policy_config.h"

/// Every member is an option; rl/td3.c has their help, defaults and bounds.
typedef struct bh_ddpg_config {
    bh_off_policy_config base;
} bh_ddpg_config;

typedef struct bh_td3_config {
    bh_off_policy_config base;
    int n_critics, policy_delay;
    double target_policy_noise, target_noise_clip;
} bh_td3_config;

BH_API extern const bh_config_table bh_ddpg_table, bh_td3_table;
/// The defaults of their rows.
BH_API bh_ddpg_config bh_ddpg_config_default(void);
BH_API bh_td3_config bh_td3_config_default(void);
/// params: the actor, then the critics. demonstrate: into a part of the replay buffer of their own,
/// of demo_capacity transitions; only before the first step, else BH_ERR_STATE (Vecerik et al. 2017,
/// "Leveraging demonstrations for deep reinforcement learning", without its priorities).
BH_API extern const bh_agent_class bh_ddpg_class, bh_td3_class;
