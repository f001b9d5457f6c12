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

#include "optim/schedule.h"
#include "rl/agent.h"
#include "rl/explore.h"

#define BH_TD_TABLE_CONFIG(X)                                      \
    X(REAL, learning_rate, "0.1", 0, 1, NULL, BH_LIVE,             \
      "Alpha: how far an update goes to its target")               \
    BH_SCHEDULE_CONFIG(X)                                          \
    X(REAL, gamma, "0.99", 0, 1, NULL, BH_LIVE, "Discount factor") \
    BHI_EXPLORE_CONFIG(X, "0.5", "0.1")                            \
    X(REAL, initial_q, "0", -1e6, 1e6, NULL, BH_RESET,             \
      "Value every entry of the table starts from")                \
    BHI_EXPLORE_TARGET_CONFIG(X)

/// The config of all four. The last row is only in Q-learning's table.
typedef struct bh_td_table_config {
    BH_TD_TABLE_CONFIG(BH_MEMBER)
} bh_td_table_config;

BH_API extern const bh_config_table bh_q_learning_table;
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
