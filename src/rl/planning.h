// SPDX-License-Identifier: MIT
// Dynamic programming on a known transition table: value iteration, policy iteration, policy
// evaluation.
//
// Planners in the loop of the learners: one step of the loop is one sweep over all states and
// actions, or one improvement of the policy, so that planning can be watched. What the actions lead
// to teaches them nothing. When nothing changes any more by more than `tolerance` they rest until
// an option changes. Means in the records: loss is the largest change of a sweep, mean_q the mean
// over states of the largest action value; n_updates counts sweeps and improvements.
//
// Near the end the values are at most gamma / (1 - gamma) tolerance away from the exact ones
// (Puterman 1994, section 6.3). With gamma = 1 a policy under which an episode may never end has no
// finite values, and its sweeps do not settle.
#pragma once

#include "rl/agent_class.h"

/// Every member of the configs is an option; rl/planning.c has their help, defaults and bounds.
typedef struct bh_value_iteration_config {
    double gamma, tolerance;
} bh_value_iteration_config;

typedef struct bh_policy_iteration_config {
    double gamma, tolerance;
    int evaluation_sweeps;
} bh_policy_iteration_config;

typedef struct bh_policy_evaluation_config {
    double gamma, tolerance;
    char policy[BH_TEXT_MAX];
} bh_policy_evaluation_config;

BH_API extern const bh_config_table bh_value_iteration_table;
/// The defaults of its rows.
BH_API bh_value_iteration_config bh_value_iteration_config_default(void);
BH_API extern const bh_config_table bh_policy_iteration_table;
/// The defaults of its rows.
BH_API bh_policy_iteration_config bh_policy_iteration_config_default(void);
BH_API extern const bh_config_table bh_policy_evaluation_table;
/// The defaults of its rows.
BH_API bh_policy_evaluation_config bh_policy_evaluation_config_default(void);

/// Sweeps of bh_tabular_sweep; acts greedily on the values so far. Tensor "q_table" (S,A).
BH_API extern const bh_agent_class bh_value_iteration_class;

/// Sweeps of bh_tabular_policy_sweep until they settle (or evaluation_sweeps of them, "modified
/// policy iteration"), then bh_tabular_improve, and so on until the policy is stable. The first
/// policy is the uniform random one. Acts by its policy. Tensors "q_table" and "policy" (S,A).
BH_API extern const bh_agent_class bh_policy_iteration_class;

/// Sweeps of bh_tabular_policy_sweep for a policy that stays: the uniform random one, or the
/// option's. Acts by that policy, so training returns are its returns; the loop's evaluations are,
/// as ever, greedy on the values: one step of improvement. Tensors "q_table" and "policy" (S,A).
/// BH_ERR_CONFIG when the option has another number of states or an action that there is not.
BH_API extern const bh_agent_class bh_policy_evaluation_class;
