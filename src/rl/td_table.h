// SPDX-License-Identifier: MIT
// Tabular temporal-difference learning: Q-learning, SARSA, expected SARSA, double Q-learning.
//
// Four agents that differ in one function, the target of an update (rl/tabular.h). All act
// on a table with one row per state, exploring as rl/explore.h says, and learn from each transition
// once; several environments share the table and are taken in the order of their index. An ended
// episode:
//
//     terminated   nothing follows: the target is r
//     truncated    the time limit cut it, so the target goes on with the values of the final state.
//                  SARSA takes no action there; it uses the expectation over the policy, which is
//                  what the drawn action would be worth on average
//
// SARSA's target needs the action taken in the next state, so its update is made one step later,
// when that action has been chosen and taken (Sutton and Barto 2018, section 6.4: A' is chosen
// before the update). Until then one transition per environment waits.
#pragma once

#include "rl/agent_class.h"
#include "rl/agent_config.h"

/// The config of all four. Every member is an option; rl/td_table.c has their help, defaults and
/// bounds.
typedef struct bh_td_table_config {
    bh_schedule_config learning_rate;
    double gamma;
    bh_explore_config explore; ///< bonus_in_target is an option of Q-learning only
    double initial_q;
} bh_td_table_config;

BH_API extern const bh_config_table bh_q_learning_table;
/// The defaults of its rows.
BH_API bh_td_table_config bh_td_table_config_default(void);
BH_API extern const bh_config_table bh_sarsa_table;
BH_API extern const bh_config_table bh_expected_sarsa_table;
BH_API extern const bh_config_table bh_double_q_learning_table;

/// Tensor "q_table" (S,A).
BH_API extern const bh_agent_class bh_q_learning_class;
/// Tensor "q_table" (S,A). The transitions that wait are not in a checkpoint.
BH_API extern const bh_agent_class bh_sarsa_class;
/// Tensor "q_table" (S,A). Its policy in the next state is the exploring one, with the present
/// epsilon.
BH_API extern const bh_agent_class bh_expected_sarsa_class;
/// Tensors "q_table_a" and "q_table_b" (S,A). A coin from a stream of its own says which one an
/// update is for; it acts on, and shows, the mean of both.
BH_API extern const bh_agent_class bh_double_q_learning_class;
