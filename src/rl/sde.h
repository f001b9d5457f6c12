// SPDX-License-Identifier: MIT
// Generalized state-dependent exploration, gSDE (Raffin, Kober and Stulp 2021, "Smooth Exploration for
// Robotic Reinforcement Learning", section 3): Gaussian policies whose noise is a linear function of
// the state, and stays the same function for several steps; pure functions of arrays.
//
// Legend: B batch, L latent features, D numbers of an action. Features are what the last layer of the
// policy's network reads. An exploration matrix has a standard deviation for each of its L D
// numbers, exp(log_std), which are parameters:
//
//     theta ~ N(0, exp(log_std)^2)                                          (L,D)
//     a     = mean(s) + latent(s)^T theta
//     a | s ~ N(mean, std^2),   std_d^2 = sum_l latent_l^2 exp(log_std_ld)^2 + BH_SDE_EPSILON
//
// This is Stable-Baselines3's StateDependentNoiseDistribution with full_std, without use_expln,
// squash_output and learn_features: features are constant here, so a loss has no gradient in them
// through the standard deviations. Log-probabilities are of a single step, as if each had a matrix of
// its own.
//
//     bh_policy_sde_std(std, latent, log_std, B, L, D);
//     bh_policy_sde_log_prob(log_prob, mean, std, a, B, D);
//
// Arithmetic is double, sums in index order, rounded once. Outputs must not overlap inputs. NaN in a
// row makes that row's numbers NaN, and a gradient in log_std.
#pragma once

#include "core/real.h"
#include "core/status.h"
#include "rl/policy.h"

#define BH_SDE_EPSILON 1e-6 ///< keeps the variance above 0; Stable-Baselines3's epsilon

/// Actions a (B,D) out: mean + latent^T (exp(log_std) eps).
///
/// mean (B,D)   latent (B,L)   log_std (L,D)
/// eps (B,L,D) standard normals (bh_rng_normal): kept from step to step, they are a kept matrix
BH_API void bh_policy_sde_sample(bh_real *restrict a, const bh_real *mean, const bh_real *latent,
                                 const bh_real *log_std, const bh_real *eps, int B, int L, int D);

/// Standard deviations of the actions, std (B,D) out.
BH_API void bh_policy_sde_std(double *restrict std, const bh_real *latent, const bh_real *log_std,
                              int B, int L, int D);

/// Log-probabilities log_prob (B) out of the actions a (B,D).
BH_API void bh_policy_sde_log_prob(bh_real *restrict log_prob, const bh_real *mean,
                                   const double *std, const bh_real *a, int B, int D);

/// Mean over B of the entropies, in nats: sum_d [1/2 + log(2 pi) / 2 + log std_d].
BH_API double bh_policy_sde_entropy(const double *std, int B, int D);

/// Loss of PPO with an entropy bonus, to be minimised (bh_policy_gaussian_ppo_loss), or where
/// old_log_prob is NULL of REINFORCE. Its gradient of a log_prob or an entropy reaches log_std by
///
///     d std_d / d log_std_ld = latent_l^2 exp(log_std_ld)^2 / std_d
///
/// dmean (B,D) out            dlog_std (L,D) out
/// std (B,D) as bh_policy_sde_std gives it; overwritten
/// old_log_prob (B) bh_policy_sde_log_prob when the actions a (B,D) were taken
/// advantages (B) constant    clip_range > 0, not read where old_log_prob is NULL
BH_API void bh_policy_sde_loss(bh_real *restrict dmean, bh_real *restrict dlog_std,
                               bh_policy_stats *stats, double *restrict std, const bh_real *mean,
                               const bh_real *latent, const bh_real *log_std, const bh_real *a,
                               const bh_real *old_log_prob, const bh_real *advantages,
                               double clip_range, double ent_coef, int B, int L, int D);
