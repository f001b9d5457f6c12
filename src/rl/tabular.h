// SPDX-License-Identifier: MIT
// Tabular methods: pure functions of tables, arrays in, arrays out.
//
// Legend: S states, A actions. A table q is (S,A) doubles, row by row; a policy is the same shape,
// probabilities whose rows sum to 1. s, a, r, s_next are one transition; discount is gamma, or 0
// where the episode terminated; alpha is how far an update goes. Equations are those of Sutton and
// Barto, "Reinforcement Learning", second edition, 2018. Who calls them: rl/td_table.h (the
// learners) and rl/planning.h (the planners).
//
//     double q[9 * 4] = {0};
//     double td = bh_tabular_q_learning(q, 4, 0, 1, -1, 0.9, 3, 0.5);
#pragma once

#include "rl/mdp.h"

/// Index of the largest of q (A); the first one of equals.
BH_API int bh_greedy(const double *q, int A);

// ---- learning from one transition; every update returns the TD error it was made with ----

/// Q-learning (Watkins 1989; eq. 6.8): the target is r + discount max q[s_next].
BH_API double bh_tabular_q_learning(double *q, int A, int s, int a, double r, double discount,
                                    int s_next, double alpha);

/// SARSA (Rummery and Niranjan 1994; eq. 6.7): the target is r + discount q[s_next][a_next], a_next
/// being the action that is taken in s_next.
BH_API double bh_tabular_sarsa(double *q, int A, int s, int a, double r, double discount,
                               int s_next, int a_next, double alpha);

/// Expected SARSA (van Seijen et al. 2009; eq. 6.9): the target is
/// r + discount sum_a policy[a] q[s_next][a]; policy (A) is the one that acts in s_next.
BH_API double bh_tabular_expected_sarsa(double *q, int A, int s, int a, double r, double discount,
                                        int s_next, const double *policy, double alpha);

/// Double Q-learning (van Hasselt 2010; eq. 6.10): q (S,A) chooses its best action in s_next,
/// q_other (S,A) rates it, q is updated. Which of two tables is q, a fair coin says each time.
BH_API double bh_tabular_double_q(double *q, const double *q_other, int A, int s, int a, double r,
                                  double discount, int s_next, double alpha);

/// Probabilities (A) out of the epsilon-greedy choice in a state with values q (A): epsilon / A for
/// each, the rest for the first of the largest.
BH_API void bh_tabular_epsilon_greedy(double *policy, const double *q, int A, double epsilon);

// ---- planning with the transition table ----

/// One sweep of value iteration (eq. 4.10, on action values): every entry of q_new (S,A) from q_old
/// (S,A), which must not overlap. Returns the largest absolute change.
BH_API double bh_tabular_sweep(double *q_new, const double *q_old, const bh_mdp *mdp, double gamma);

/// One sweep of policy evaluation (eq. 4.5, on action values): as bh_tabular_sweep, but what
/// follows is worth sum_a policy[s_next][a] q_old[s_next][a] for the given policy (S,A).
BH_API double bh_tabular_policy_sweep(double *q_new, const double *q_old, const double *policy,
                                      const bh_mdp *mdp, double gamma);

/// Policy improvement (eq. 4.9) in place: where the best action of q is better by more than
/// `tolerance` than what the policy (S,A) does now, sum_a policy[a] q[a], the row becomes that
/// action, the first of the largest. Other rows stay, so that equally good actions never alternate
/// (exercise 4.4). Returns how many rows changed; 0 means the policy is stable.
BH_API int bh_tabular_improve(double *policy, const double *q, int S, int A, double tolerance);
