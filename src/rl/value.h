// SPDX-License-Identifier: MIT
// Targets, temporal-difference errors and losses of value functions: pure functions of arrays.
//
// Legend: B batch, A actions, C critics, N atoms or quantiles, M target quantiles, T time, E
// environments. Suffix _tm1 is the state the action was taken in, _t the one after it. discount_t is
// gamma, or 0 where the episode
// terminated: termination is a number here, not a branch. A truncated episode keeps its gamma,
// because rewards would have followed.
//
// Arithmetic inside a row is double, in index order, rounded once. Outputs must not overlap inputs.
// NaN in a row makes that row's results NaN, except where argmax passes over it.
#pragma once

#include "core/real.h"
#include "core/status.h"

// ---- one-step TD errors (B) ----

/// TD error of Q-learning with a target network (Mnih et al. 2015, algorithm 1).
///
/// q_tm1  (B,A) online values at t-1    a_tm1      (B) actions taken, in [0,A)
/// r_t    (B)   rewards                 discount_t (B)
/// qt_t   (B,A) target values at t      td         (B) out: r_t + discount_t max qt_t -
///        q_tm1[a_tm1]
BH_API void bh_value_q_learning(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                                const bh_real *r_t, const bh_real *discount_t, const bh_real *qt_t,
                                int B, int A);

/// TD error of Double Q-learning (van Hasselt et al. 2015, eq. 4): the online values q_t (B,A)
/// choose the action at t, the target values qt_t (B,A) rate it.
BH_API void bh_value_double_q(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                              const bh_real *r_t, const bh_real *discount_t, const bh_real *q_t,
                              const bh_real *qt_t, int B, int A);

/// TD error of SARSA (Sutton & Barto 2018, eq. 6.7): a_t (B) is the action taken at t.
/// td (B) out: r_t + discount_t q_t[a_t] - q_tm1[a_tm1].
BH_API void bh_value_sarsa(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                           const bh_real *r_t, const bh_real *discount_t, const bh_real *q_t,
                           const int *a_t, int B, int A);

/// TD error of expected SARSA (Sutton & Barto 2018, eq. 6.9): probs_t (B,A) is the policy at t.
/// td (B) out: r_t + discount_t sum_a probs_t[a] q_t[a] - q_tm1[a_tm1].
BH_API void bh_value_expected_sarsa(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                                    const bh_real *r_t, const bh_real *discount_t,
                                    const bh_real *q_t, const bh_real *probs_t, int B, int A);

// ---- targets of critics of continuous actions (B) ----

/// The target of a critic q(s, a): DDPG's with one target critic (Lillicrap et al. 2016), TD3's
/// clipped double Q-learning with several (Fujimoto et al. 2018, algorithm 1), SAC's with an
/// entropy bonus (Haarnoja et al. 2018, eq. 3 and 5).
///
///     target = r_t + discount_t (min_i q_t[i] - alpha log_prob)
///
/// target (B) out        r_t (B) rewards       discount_t (B)
/// q_t (C,B), C >= 1     the target critics at t, each of the same action of the policy there
/// log_prob (B) of that action, or NULL for 0 (then alpha is of no use)
BH_API void bh_value_critic_target(bh_real *restrict target, const bh_real *r_t,
                                   const bh_real *discount_t, const bh_real *q_t, int C,
                                   double alpha, const bh_real *log_prob, int B);

// ---- policies made of values (B,A) ----

/// Index of the largest of q (A); the first one of equals. NaN never wins over a number.
BH_API int bh_value_argmax(const bh_real *q, int A);

/// Epsilon-greedy probabilities p (B,A) out: epsilon / A each, and 1 - epsilon more for
/// bh_value_argmax.
BH_API void bh_value_epsilon_greedy(bh_real *restrict p, const bh_real *q, double epsilon, int B,
                                    int A);

/// Boltzmann probabilities p (B,A) out: exp(q / temperature) over their sum, for values of any
/// size. temperature >= 0; at 0 its limit: equal shares for the largest. With temperature 1 and B *
/// A rows of N it is the softmax that turns C51's logits (B,A,N) into probabilities.
BH_API void bh_value_softmax(bh_real *restrict p, const bh_real *q, double temperature, int B,
                             int A);

/// What bh_value_softmax divides by its sum: exp((q - largest) / temperature), 1 for the largest
/// itself whatever the temperature.
BH_API double bh_value_weight(double q, double largest, double temperature);

// ---- demonstrated actions (B,A) ----

/// Large-margin loss of demonstrated actions (Piot et al. 2014; Hester et al. 2018, "Deep
/// Q-learning from Demonstrations", J_E), and its gradient: any other action shall be worth at
/// least `margin` less.
///
///     loss_b = max_a [q_a + l(a)] - q_(a_b),   l(a) = margin, but 0 for a = a_b
///
/// q       (B,A) online values     a (B) demonstrated actions, in [0,A)     margin >= 0
/// weights (B) or NULL for 1; 0 where no action was demonstrated
/// loss    (B) out, without the weight     dq (B,A) out: gradient of the returned loss
///
/// Returns the mean over B of weight * loss. Of equals, the first action is the maximum.
BH_API double bh_value_large_margin(bh_real *restrict loss, bh_real *restrict dq, const bh_real *q,
                                    const int *a, double margin, const bh_real *weights, int B,
                                    int A);

// ---- n-step returns (T) ----

/// n-step bootstrapped returns of a sequence (Sutton & Barto 2018, eq. 7.1; rlax
/// n_step_bootstrapped_returns, of which this is the same function with the same padding):
///
///     G_i = r_i + discount_i [(1 - lambda_i) v_i + lambda_i G_(i+1)],  n times, from v_(i+n-1)
///
/// r_t (T) rewards         discount_t (T) gamma, or 0 where terminated: nothing of the next episode
///                         passes
/// v_t (T) value of the observation each step led to; where the episode ended, of its final
/// observation
/// lambda_t (T) or NULL for 1 everywhere. Put 0 where the episode was truncated: the return then
///              stops there with discount_i v_i instead of running on into the next episode.
/// n >= 1; returns (T) out. Fewer than n steps are left at the end: those returns bootstrap from
/// v_(T-1).
BH_API void bh_value_n_step(bh_real *restrict returns, const bh_real *r_t,
                            const bh_real *discount_t, const bh_real *v_t, const bh_real *lambda_t,
                            int n, int T);

/// lambda-returns of Q-learning over a rollout, Peng's Q(lambda) (Peng and Williams 1996; Gallici et
/// al. 2024, "Simplifying Deep Temporal Difference Learning", eq. 5; rlax q_lambda):
///
///     R_t = r_t + gamma [lambda R_(t+1) + (1 - lambda) v_t],   v_t = max_a Q(s_t, a)
///
/// r_t (T,E) rewards         v_t (T,E) largest value of the observation each step led to; where the
///           episode was truncated, of its final observation. Not read where it terminated
/// terminated_t (T,E) 1: R_t = r_t       truncated_t (T,E) 1: R_t = r_t + gamma v_t
/// returns (T,E) out
///
/// Nothing of a next episode passes. After the last step the scan starts with R = v_(T-1), the value
/// of the observation that step led to. Step t of environment e is cell t E + e.
BH_API void bh_value_q_lambda(bh_real *restrict returns, const bh_real *r_t, const bh_real *v_t,
                              const unsigned char *terminated_t, const unsigned char *truncated_t,
                              double gamma, double lambda, int T, int E);

// ---- categorical distributions (C51, Bellemare et al. 2017) ----
//
// N atoms z_i = v_min + i (v_max - v_min) / (N - 1), v_min < v_max; a single one (N = 1) is v_min.

/// The target distribution r_t + discount_t z, projected onto the atoms (eq. 7, algorithm 1).
///
/// p_t    (B,N) probabilities of the chosen action at t, with the target network
/// r_t    (B)   discount_t (B), >= 0
/// target (B,N) out; its sum is that of p_t
///
/// A target between two atoms is shared in proportion; beyond v_min or v_max it goes to the last
/// atom; on an atom, all of it goes there (algorithm 1 as printed loses it: with l = u both shares
/// are 0). A target is on an atom when no further off than its inputs are rounded: N 2^-24 of the
/// distance between atoms (N 2^-50 where bh_real is double). discount 0 puts everything at r_t.
BH_API void bh_value_categorical_project(bh_real *restrict target, const bh_real *p_t,
                                         const bh_real *r_t, const bh_real *discount_t,
                                         double v_min, double v_max, int B, int N);

/// Means q (B,A) out of distributions p (B,A,N): sum_i p_i z_i.
BH_API void bh_value_categorical_q(bh_real *restrict q, const bh_real *p, double v_min,
                                   double v_max, int B, int A, int N);

/// Cross-entropy of the target and the distribution of the action taken (Bellemare et al. 2017,
/// algorithm 1), and its gradient.
///
/// logits  (B,A,N) online, at t-1     a_tm1 (B)    target (B,N), constant
/// weights (B) importance weights, or NULL for 1
/// loss    (B) out: -sum_i target_i log softmax(logits)_i, without the weight: what priorities are
///         made of
/// dlogits (B,A,N) out: gradient of the returned loss; 0 for the other actions
///
/// Returns the mean over B of weight * loss. Atoms with target 0 count 0, whatever their logit.
BH_API double bh_value_categorical_loss(bh_real *restrict loss, bh_real *restrict dlogits,
                                        const bh_real *logits, const int *a_tm1,
                                        const bh_real *target, const bh_real *weights, int B, int A,
                                        int N);

// ---- quantile distributions (QR-DQN, Dabney et al. 2018) ----
//
// N values theta_i at the quantile midpoints tau_i = (2 i + 1) / (2 N), i = 0 … N - 1 (lemma 2).

/// Means q (B,A) out of quantiles (B,A,N): their sum over N.
BH_API void bh_value_quantile_q(bh_real *restrict q, const bh_real *quantiles, int B, int A, int N);

/// Quantile Huber loss of the action taken (Dabney et al. 2018, eq. 9 and 10), and its gradient.
///
///     loss = sum_i 1/M sum_j rho_i(targets_j - theta_i)     rho_i(u) = |tau_i - 1{u < 0}| L(u) /
///                                                           kappa
///     L(u) = u^2 / 2 within [-kappa, kappa], kappa (|u| - kappa / 2) outside
///
/// quantiles  (B,A,N) online, at t-1    a_tm1 (B)    targets (B,M) r_t + discount_t theta_t,
///            constant
/// kappa      >= 0; 0 is the limit, plain quantile regression: rho_i(u) = |tau_i - 1{u < 0}| |u|,
///            slope 0 at 0
/// weights    (B) importance weights, or NULL for 1
/// loss       (B) out, without the weight     dquantiles (B,A,N) out: gradient of the returned
///            loss; 0 for the other actions
///
/// Returns the mean over B of weight * loss.
///
/// Conventions. Divided by kappa as in IQN (Dabney et al. 2018b, eq. 3), so that kappa -> 0 has a
/// limit; rlax.quantile_q_learning does not divide: with huber_param = kappa > 0 it is kappa times
/// this, so the same at the usual kappa 1, and the same at 0.
/// Sum over i and mean over j is also what SB3-contrib's quantile_huber_loss does with
/// sum_over_quantiles=True, as its QRDQN calls it; with False (TQC, and its first releases) it
/// takes the mean over i too, which is 1/N of this.
BH_API double bh_value_quantile_huber(bh_real *restrict loss, bh_real *restrict dquantiles,
                                      const bh_real *quantiles, const int *a_tm1,
                                      const bh_real *targets, double kappa, const bh_real *weights,
                                      int B, int A, int N, int M);

// ---- prioritized replay (Schaul et al. 2016) ----

/// Importance weight (size probability)^-beta of one transition (section 3.4), not normalised; with
/// the smallest probability in the memory it is the largest weight. 0 < probability, 0 <= beta <=
/// 1.
BH_API double bh_value_importance_weight(double probability, double size, double beta);

/// Importance weights of a batch over their maximum: (size probabilities_b)^-beta / max.
///
/// probabilities (B) with which each transition was drawn, > 0    size transitions in the memory
/// max_weight    > 0: the largest weight in the memory (OpenAI Baselines), from
///               bh_value_importance_weight; 0: the largest of this batch (Dopamine)
/// weights       (B) out, at most 1 unless max_weight is too small
BH_API void bh_value_importance_weights(bh_real *restrict weights, const double *probabilities,
                                        double size, double beta, double max_weight, int B);

// ---- exploration bonuses ----

/// UCB bonus c sqrt(log(total) / count) (Sutton & Barto 2018, eq. 2.10; UCB1 of Auer et al. 2002 is
/// c = sqrt 2). count: how often the action was taken in this state; total: how often any was.
/// count 0 gives infinity, so that argmax takes an untried action first (the lowest of several),
/// and c = 0 gives 0 always; totals below 1 count as 1, whose logarithm is 0.
BH_API double bh_value_ucb_bonus(double count, double total, double c);

/// Count-based bonus beta / sqrt(count), added to a reward or a value (MBIE-EB, Strehl & Littman
/// 2008). Finite where nothing was counted yet: 10 beta for count 0, as the beta (count +
/// 0.01)^-1/2 of Bellemare et al. (2016) gives there.
BH_API double bh_value_count_bonus(double count, double beta);
