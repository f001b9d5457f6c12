// SPDX-License-Identifier: MIT
// Tabular methods: Q-learning and value iteration on environments with Discrete observations.
//
// Legend: S states, A actions. A table q is (S,A) doubles, row by row. The updates are pure functions
// of the table; the two agent classes run them in the same loop as the networks.
#pragma once

#include "rl/agent.h"

/// One Q-learning update (Watkins 1989; Sutton and Barto 2018, eq. 6.8):
/// q[s][a] += alpha (r + discount max q[s_next] - q[s][a]); discount is gamma, or 0 where terminated.
/// Returns the TD error.
BH_API double bh_tabular_q_learning(double *q, int A, int s, int a, double r, double discount,
                                    int s_next, double alpha);

/// One sweep of value iteration (Sutton and Barto 2018, eq. 4.10, on action values): every entry of
/// q_new (S,A) from q_old (S,A). Returns the largest absolute change.
BH_API double bh_tabular_sweep(double *q_new, const double *q_old, const bh_mdp *mdp, double gamma);

#define BH_Q_LEARNING_CONFIG(X)                                                        \
    X(REAL, learning_rate, "0.1", 0, 1, NULL, BH_LIVE,                                 \
      "Alpha: how far an update goes to its target")                                   \
    X(CHOICE, learning_rate_schedule, "constant", 0, 0, "constant|linear", BH_LIVE,    \
      "constant, or linear: falls to 0 over total_timesteps")                          \
    X(REAL, gamma, "0.99", 0, 1, NULL, BH_LIVE, "Discount factor")                     \
    X(REAL, exploration_fraction, "0.5", 0, 1, NULL, BH_LIVE,                          \
      "Share of total_timesteps over which epsilon falls")                             \
    X(REAL, exploration_initial_eps, "1", 0, 1, NULL, BH_LIVE, "Epsilon at the start") \
    X(REAL, exploration_final_eps, "0.1", 0, 1, NULL, BH_LIVE, "Epsilon at the end")   \
    X(REAL, initial_q, "0", -1e6, 1e6, NULL, BH_RESET, "Value every entry of the table starts from")

typedef struct bh_q_learning_config {
    BH_Q_LEARNING_CONFIG(BH_MEMBER)
} bh_q_learning_config;

#define BH_VALUE_ITERATION_CONFIG(X)                               \
    X(REAL, gamma, "0.99", 0, 1, NULL, BH_LIVE, "Discount factor") \
    X(REAL, tolerance, "1e-12", 0, 1, NULL, BH_LIVE, "Sweeps stop when no value changes by more")

typedef struct bh_value_iteration_config {
    BH_VALUE_ITERATION_CONFIG(BH_MEMBER)
} bh_value_iteration_config;

BH_API extern const bh_config_table bh_q_learning_table;
BH_API extern const bh_config_table bh_value_iteration_table;
BH_API extern const bh_agent_class bh_q_learning_class;

/// One sweep per step of the loop; the actions are the greedy ones of the table so far.
BH_API extern const bh_agent_class bh_value_iteration_class;
