// SPDX-License-Identifier: MIT
// Categorical policies from logits, returns, advantages and policy losses: pure functions of
// arrays.
//
// Legend: B batch, A actions, T time, E environments. A policy is a row of logits (A):
// probabilities are their softmax. -infinity masks an action (probability 0, no gradient, 0 in
// entropies). Losses are minimised: gradients are of means over B, to be followed downwards.
// Suffixes _tm1 and _t as in rl/value.h.
//
// Arithmetic inside a row is double, in index order, rounded once. Outputs must not overlap inputs
// unless it says so. NaN in a row makes that row's numbers NaN; actions stay in range.
#pragma once

#include "core/real.h"
#include "core/status.h"

// ---- distributions (B,A) ----

/// Log-probabilities log_p (B,A) out of logits (B,A), stable for logits of any size.
BH_API void bh_policy_log_softmax(bh_real *restrict log_p, const bh_real *logits, int B, int A);

/// Log-probabilities log_prob (B) out of the actions a (B), in [0,A).
BH_API void bh_policy_log_prob(bh_real *restrict log_prob, const bh_real *logits, const int *a,
                               int B, int A);

/// Entropies (B) out, in nats: -sum_a p log p; 0 for certainty, log A for the uniform policy.
BH_API void bh_policy_entropy(bh_real *restrict entropy, const bh_real *logits, int B, int A);

/// Draws actions a (B) out by the inverse of the cumulative distribution: the first action whose
/// cumulative probability is above uniform (B), numbers in [0, 1) from bh_rng_uniform. Never one of
/// probability 0; for a NaN policy, action 0.
BH_API void bh_policy_sample(int *restrict a, const bh_real *logits, const double *uniform, int B,
                             int A);

/// The most probable actions a (B) out; the first of equals.
BH_API void bh_policy_mode(int *restrict a, const bh_real *logits, int B, int A);

/// KL divergence kl (B) out of two policies: sum_a p (log p - log q), p and q from logits (B,A).
/// dq (B,A) out, or NULL: gradient of its mean over B in q's logits, (q - p) / B. With the
/// teacher's values over a temperature as p_logits it is the loss of policy distillation (Rusu et
/// al. 2016, eq. 3).
BH_API void bh_policy_kl(bh_real *restrict kl, bh_real *restrict dq, const bh_real *p_logits,
                         const bh_real *q_logits, int B, int A);

// ---- returns and advantages (T,E), row t first ----

/// Discounted returns (Sutton & Barto 2018, eq. 3.9): G_t = r_t + discount_t G_(t+1).
///
/// r_t (T,E) rewards    discount_t (T,E) gamma, or 0 where the episode ended: nothing of the next
///                      one passes
/// v_T (E) the value of what follows the last step, or NULL for 0     returns (T,E) out
/// As rlax.discounted_returns. Where a truncated episode must bootstrap, take bh_policy_gae with
/// lambda 1.
BH_API void bh_policy_returns(bh_real *restrict returns, const bh_real *r_t,
                              const bh_real *discount_t, const bh_real *v_T, int T, int E);

/// Generalized advantage estimation (Schulman et al. 2016, eq. 16), backwards from T - 1:
///
///     delta_t = r_t + gamma v_t (1 - terminated_t) - v_tm1
///     A_t     = delta_t + gamma lambda A_(t+1) (1 - terminated_t) (1 - truncated_t),   A_T = 0
///
/// r_t (T,E) rewards            v_tm1 (T,E) value of the observation the action was taken in
/// v_t (T,E) value of the observation that followed: v_tm1 of the next row within an episode, of
///           the *final* observation (not of the reset one) where it ended; read nowhere else than
///           here
/// terminated_t, truncated_t (T,E) 0 or 1
/// advantages (T,E) out         returns (T,E) out, or NULL: advantages + v_tm1, the targets of the
///                              values
///
/// So a termination bootstraps nothing, a truncation bootstraps from the final observation, both
/// cut the trace, and the end of the rollout bootstraps from v_t of its last row. Terminated and
/// truncated at once counts as terminated. Stable-Baselines3 gets the same numbers by adding gamma
/// V(terminal_observation) to the reward of truncated steps and cutting at every episode start.
BH_API void bh_policy_gae(bh_real *restrict advantages, bh_real *restrict returns,
                          const bh_real *r_t, const bh_real *v_tm1, const bh_real *v_t,
                          const unsigned char *terminated_t, const unsigned char *truncated_t,
                          double gamma, double lambda, int T, int E);

/// Normalises advantages (n) in place: (x - mean) / (std + 1e-8), std with n - 1 as torch.std and
/// as Stable-Baselines3 does it per minibatch. Equal ones become 0; a single one stays.
BH_API void bh_policy_normalize(bh_real *advantages, int n);

// ---- losses ----

/// What a policy loss was made of; means over the batch.
typedef struct bh_policy_stats {
    double loss;        ///< policy_loss - ent_coef entropy: what the gradient out is of
    double policy_loss; ///< train/policy_gradient_loss of Stable-Baselines3
    double entropy;     ///< minus its train/entropy_loss
    /// mean of (ratio - 1) - log ratio (Schulman 2020, "Approximating KL divergence", k3)
    double approx_kl;
    double clip_fraction; ///< share of |ratio - 1| > clip_range
} bh_policy_stats;

/// REINFORCE with entropy bonus (Williams 1992; Sutton & Barto 2018, section 13.4):
///
///     loss = -mean(log pi(a) advantage) - ent_coef mean(entropy)
///
/// dlogits (B,A) out     stats out, approx_kl and clip_fraction 0
/// logits (B,A)     a (B) actions taken     advantages (B) returns minus a baseline, constant
/// The factor gamma^t of the book's algorithm is left out, as everywhere in practice.
BH_API void bh_policy_reinforce_loss(bh_real *restrict dlogits, bh_policy_stats *stats,
                                     const bh_real *logits, const int *a, const bh_real *advantages,
                                     double ent_coef, int B, int A);

/// PPO's clipped loss with entropy bonus (Schulman et al. 2017, eq. 7), ratio = pi(a) / pi_old(a):
///
///     loss = -mean(min(ratio advantage, clip(ratio, 1 - clip_range, 1 + clip_range) advantage))
///            - ent_coef mean(entropy)
///
/// dlogits (B,A) out     stats out
/// logits (B,A)     a (B) actions taken     old_log_prob (B) bh_policy_log_prob when they were
///                  taken
/// advantages (B), usually normalised, constant     clip_range > 0
/// A sample whose clipped term is the smaller one has no gradient but the entropy's. On a bound it
/// has its own too, as with PyTorch's min and clamp.
BH_API void bh_policy_ppo_loss(bh_real *restrict dlogits, bh_policy_stats *stats,
                               const bh_real *logits, const int *a, const bh_real *old_log_prob,
                               const bh_real *advantages, double clip_range, double ent_coef, int B,
                               int A);

/// Squared error of the values, as Stable-Baselines3's: mean((returns - v)^2), without a half.
///
/// values (n) predictions    returns (n) targets, constant
/// old_values (n) or NULL    the values when the rollout was made. With them v is not the
///                           prediction but old + clip(value - old, -clip_range_vf, clip_range_vf),
///                           no gradient beyond; no maximum with the unclipped error is taken
///                           (OpenAI Baselines has one)
/// dvalues (n) out: gradient of vf_coef times the loss
/// Returns the loss without vf_coef (train/value_loss).
BH_API double bh_policy_value_loss(bh_real *restrict dvalues, const bh_real *values,
                                   const bh_real *returns, const bh_real *old_values,
                                   double clip_range_vf, double vf_coef, int n);

/// Cross-entropy of demonstrated actions: behaviour cloning (Pomerleau 1991).
///
///     loss = -sum_b w_b log pi(a_b) / sum_b w_b,   w_b = label_weights[a_b]
///
/// logits (B,A)    a (B) demonstrated actions
/// label_weights (A), or NULL for 1: a weight per action, which makes up for actions that are rare
///                 in the demonstrations (`weight` of PyTorch's cross_entropy)
/// dlogits (B,A) out. Returns the loss. Loss and gradient are 0 if all weights in the batch are 0.
/// For a weight per sample use bh_policy_reinforce_loss with the weights as advantages.
BH_API double bh_policy_cross_entropy(bh_real *restrict dlogits, const bh_real *logits,
                                      const int *a, const bh_real *label_weights, int B, int A);
