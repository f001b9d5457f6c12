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

#include "rl/actor_critic.h"

#define BH_REINFORCE_CONFIG(X)                                                          \
    X(REAL, learning_rate, "0.001", 0, 10, NULL, BH_LIVE, "Step size of the optimizer") \
    BH_SCHEDULE_CONFIG(X)                                                               \
    X(INT, episodes_per_update, "8", 1, 100000, NULL, BH_LIVE,                          \
      "Episodes, of all environments together, before the policy learns from them")     \
    X(INT, n_steps, "4096", 1, 1000000, NULL, BH_RESET,                                 \
      "Steps each environment can store; an episode that has no room is cut there")     \
    X(REAL, gamma, "0.99", 0, 1, NULL, BH_LIVE, "Discount factor")                      \
    X(BOOL, baseline, "true", 0, 1, NULL, BH_RESET,                                     \
      "Learn the value of states and reinforce only what turned out better than it")    \
    BHI_ACTOR_CRITIC_CONFIG(X)

typedef struct bh_reinforce_config {
    BH_REINFORCE_CONFIG(BH_MEMBER)
} bh_reinforce_config;

BH_API extern const bh_config_table bh_reinforce_table;

/// params: both networks (rl/actor_critic.h), also without a baseline. n_updates counts steps of
/// the optimizer.
BH_API extern const bh_agent_class bh_reinforce_class;
