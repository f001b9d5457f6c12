// SPDX-License-Identifier: MIT
// Gaussian policies over continuous actions: sampling, log-probabilities, losses, and the noise of
// deterministic policies; pure functions of arrays.
//
// Legend: B batch, D numbers of an action. Squashed actions and those of deterministic policies lie
// in -1 to 1: scaling them to the bounds of a Box is the caller's. eps are standard normals
// (bh_rng_normal). Losses are minimised: gradients are of means over B, to be followed downwards.
//
// Two distributions, as in Stable-Baselines3. Squashed (SAC): a = tanh(u), u normal; mean and log
// standard deviation are outputs of a network, a row of 2D numbers. Diagonal (PPO, REINFORCE): u
// itself; means are outputs of a network, the log standard deviations D parameters, the same in
// every state.
//
// Arithmetic inside a row is double, in index order, rounded once; so are sums over B. Outputs must
// not overlap inputs unless it says so. NaN in a row makes that row's numbers NaN.
#pragma once

#include "core/real.h"
#include "core/status.h"
#include "rl/policy.h"

// ---- tanh of a Gaussian (Haarnoja et al. 2018, appendix C) ----
//
// rows (B,2D): of each row D means, then D log standard deviations, as one linear layer gives both.
// These count as clamped to [BH_LOG_STD_MIN, BH_LOG_STD_MAX].

#define BH_LOG_STD_MIN (-20.0) ///< Stable-Baselines3's LOG_STD_MIN
#define BH_LOG_STD_MAX 2.0     ///< its LOG_STD_MAX

/// Actions and their log-probabilities:
///
///     u = mean + exp(log_std) eps,   a = tanh(u)
///     log pi(a) = sum_d [-eps^2 / 2 - log_std - log(2 pi) / 2 - log(1 - tanh(u)^2)]
///
/// a (B,D) out          log_prob (B) out, or NULL
/// rows (B,2D)          eps (B,D), or NULL for 0: a = tanh(mean), the deterministic action
/// log(1 - tanh(u)^2) is 2 (log 2 - u - softplus(-2 u)), exact for any u. Stable-Baselines3 takes
/// log(1 - a^2 + 1e-6), which in float is wrong from |u| = 5 on. The actions' density counts in
/// units of -1 to 1.
BH_API void bh_policy_squashed_sample(bh_real *restrict a, bh_real *restrict log_prob,
                                      const bh_real *rows, const bh_real *eps, int B, int D);

/// Pathwise gradient (the reparameterisation trick) of any loss of actions and log-probabilities
/// that bh_policy_squashed_sample made from the same rows and eps:
///
///     g = da (1 - tanh(u)^2) + 2 dlog_prob tanh(u)
///     dmean = g,   dlog_std = g exp(log_std) eps - dlog_prob
///
/// drows (B,2D) out, laid out as rows; 0 for a log_std beyond its clamp, as with PyTorch's clamp
/// da (B,D) the loss's gradient in the actions, or NULL for 0
/// dlog_prob (B) its gradient in the log-probabilities, or NULL for 0; SAC's is alpha / B
BH_API void bh_policy_squashed_gradient(bh_real *restrict drows, const bh_real *da,
                                        const bh_real *dlog_prob, const bh_real *rows,
                                        const bh_real *eps, int B, int D);

// ---- diagonal Gaussian ----
//
// mean (B,D), log_std (D), not clamped. Actions are not either: an agent clips them for its
// environment, and learns from those it drew.

/// Draws actions a (B,D) out: mean + exp(log_std) eps.
BH_API void bh_policy_gaussian_sample(bh_real *restrict a, const bh_real *mean,
                                      const bh_real *log_std, const bh_real *eps, int B, int D);

/// Log-probabilities log_prob (B) out of the actions a (B,D).
BH_API void bh_policy_gaussian_log_prob(bh_real *restrict log_prob, const bh_real *mean,
                                        const bh_real *log_std, const bh_real *a, int B, int D);

/// The entropy in nats, the same in every state: sum_d [1/2 + log(2 pi) / 2 + log_std]. It may be
/// negative.
BH_API double bh_policy_gaussian_entropy(const bh_real *log_std, int D);

/// bh_policy_reinforce_loss for this distribution.
///
/// dmean (B,D) out      dlog_std (D) out     stats out, approx_kl and clip_fraction 0
/// mean (B,D)           log_std (D)          a (B,D) actions taken
/// advantages (B) returns minus a baseline, constant
BH_API void bh_policy_gaussian_reinforce_loss(bh_real *restrict dmean, bh_real *restrict dlog_std,
                                              bh_policy_stats *stats, const bh_real *mean,
                                              const bh_real *log_std, const bh_real *a,
                                              const bh_real *advantages, double ent_coef, int B,
                                              int D);

/// bh_policy_ppo_loss for this distribution; old_log_prob (B) is bh_policy_gaussian_log_prob when
/// the actions were taken, clip_range > 0.
BH_API void bh_policy_gaussian_ppo_loss(bh_real *restrict dmean, bh_real *restrict dlog_std,
                                        bh_policy_stats *stats, const bh_real *mean,
                                        const bh_real *log_std, const bh_real *a,
                                        const bh_real *old_log_prob, const bh_real *advantages,
                                        double clip_range, double ent_coef, int B, int D);

// ---- noise of deterministic policies ----

/// A step of Ornstein-Uhlenbeck noise (Uhlenbeck & Ornstein 1930; Lillicrap et al. 2016), x (n) in
/// place:
///
///     x = x + theta (mean - x) dt + sigma sqrt(dt) eps
///
/// eps (n). Stable-Baselines3's OrnsteinUhlenbeckActionNoise, whose defaults are theta 0.15, dt
/// 0.01; a new episode starts at 0 there.
BH_API void bh_policy_ornstein_uhlenbeck(bh_real *restrict x, const bh_real *eps, double mean,
                                         double sigma, double theta, double dt, int n);

/// Target policy smoothing (Fujimoto et al. 2018, eq. 14), a (n) in place:
/// clip(a + clip(sigma eps, -noise_clip, noise_clip), -1, 1).
///
/// eps (n). Stable-Baselines3's target_policy_noise (sigma) and target_noise_clip, 0.2 and 0.5.
BH_API void bh_policy_smooth(bh_real *restrict a, const bh_real *eps, double sigma,
                             double noise_clip, int n);
