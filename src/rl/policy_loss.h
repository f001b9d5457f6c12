// SPDX-License-Identifier: MIT
// What the policy losses of discrete actions (rl/policy.h) and of continuous ones (rl/gaussian.h)
// share: the loss of one sample as a function of its log-probability, and the means over a batch.
//
//     bhi_policy_sums sums = {0};
//     for (int b = 0; b < B; b++) slope[b] = bhi_policy_ppo_add(&sums, log_prob[b], …) / B;
//     *stats = bhi_policy_means(&sums, mean_entropy, ent_coef, B);
#pragma once

#include "rl/policy.h"

/// bh_policy_ppo_loss, or where old_log_prob is NULL bh_policy_reinforce_loss.
void bhi_policy_loss(bh_real *restrict dlogits, bh_policy_stats *stats, const bh_real *logits,
                     const int *a, const bh_real *old_log_prob, const bh_real *advantages,
                     double clip_range, double ent_coef, int B, int A);

/// The same of a diagonal Gaussian: bh_policy_gaussian_ppo_loss, bh_policy_gaussian_reinforce_loss.
void bhi_policy_gaussian_loss(bh_real *restrict dmean, bh_real *restrict dlog_std,
                              bh_policy_stats *stats, const bh_real *mean, const bh_real *log_std,
                              const bh_real *a, const bh_real *old_log_prob,
                              const bh_real *advantages, double clip_range, double ent_coef, int B,
                              int D);

/// Sums over the samples of a batch.
typedef struct bhi_policy_sums {
    double loss, approx_kl;
    int n_clipped;
} bhi_policy_sums;

/// Adds a sample of REINFORCE, -log pi(a) advantage. Returns its slope in log pi(a).
double bhi_policy_reinforce_add(bhi_policy_sums *sums, double log_prob, double advantage);

/// Adds a sample of PPO (bh_policy_ppo_loss). Returns its slope in log pi(a).
double bhi_policy_ppo_add(bhi_policy_sums *sums, double log_prob, double old_log_prob,
                          double advantage, double clip_range);

/// The statistics of B samples; entropy is their mean.
bh_policy_stats bhi_policy_means(const bhi_policy_sums *sums, double entropy, double ent_coef,
                                 int B);
