// SPDX-License-Identifier: MIT
// REINFORCE with a learned baseline (Williams 1992; Sutton and Barto 2018, section 13.4): a policy
// network that learns from whole episodes, one gradient step for every episodes_per_update of them:
//
//     loss = -mean(log pi(a | s) (G - v(s))) - ent_coef mean(entropy) + vf_coef mean((G - v(s))^2)
//
// over all their steps, G the discounted return from a step to the end of its episode, v the
// baseline's network (constant in the first term; 0, and without a loss, when `baseline` is false).
//
// Where an episode was truncated, G goes on with the baseline's value of its final observation.
// Each environment has room for n_steps steps: when it is full, its episode under way is truncated
// there in the same way, and an update is made with what there is. With one environment every
// update sees exactly the policy that acted; with more, episodes under way at an update go on, and
// their first steps are the policy's of before. docs/algorithms/reinforce.md has every difference
// from the book.
#pragma once

#include "rl/agent_class.h"
#include "rl/agent_config.h"

/// Every member is an option; rl/reinforce.c has their help, defaults and bounds (bh_reinforce_table).
typedef struct bh_reinforce_config {
    bh_actor_critic_config policy; ///< first
    int episodes_per_update, n_steps;
    double gamma;
    int baseline;
} bh_reinforce_config;

BH_API extern const bh_config_table bh_reinforce_table;
/// The defaults of its rows.
BH_API bh_reinforce_config bh_reinforce_config_default(void);

/// params: both networks (rl/actor_critic.h), also without a baseline. n_updates counts steps of
/// the optimizer.
BH_API extern const bh_agent_class bh_reinforce_class;

/// The same, for Discrete actions and for those that are a Box, where the policy is a diagonal
/// Gaussian (rl/gaussian.h) or, with use_sde, explores by state-dependent noise (rl/sde.h). The rows
/// its table has besides are BHI_GAUSSIAN_POLICY_ROWS (rl/gaussian_policy.h). Named "reinforce" too: a
/// list has one of the two.
BH_API extern const bh_agent_class bh_reinforce_both_class;
BH_API extern const bh_config_table bh_reinforce_both_table;
