// SPDX-License-Identifier: MIT
// The policy losses of one sample, and the means over a batch.
#include "rl/policy_loss.h"

#include "core/fmath.h"

#include <math.h>

double bhi_policy_reinforce_add(bhi_policy_sums *sums, double log_prob, double advantage)
{
    sums->loss -= log_prob * advantage;
    return -advantage;
}

// Loss of one sample of PPO; slope out: in log pi(a).
static double clipped(double *slope, double ratio, double advantage, double clip_range)
{
    double low = 1 - clip_range, high = 1 + clip_range;
    double bounded = ratio < low ? low : ratio > high ? high : ratio; // NaN stays
    int free = !(bounded * advantage < ratio * advantage);
    *slope = free ? -ratio * advantage : 0; // d ratio / d log pi(a) = ratio
    return free ? -ratio * advantage : -bounded * advantage;
}

double bhi_policy_ppo_add(bhi_policy_sums *sums, double log_prob, double old_log_prob,
                          double advantage, double clip_range)
{
    double log_ratio = log_prob - old_log_prob, ratio = bh_exp(log_ratio), slope;
    sums->loss += clipped(&slope, ratio, advantage, clip_range);
    sums->approx_kl += (ratio - 1) - log_ratio;
    sums->n_clipped += fabs(ratio - 1) > clip_range;
    return slope;
}

bh_policy_stats bhi_policy_means(const bhi_policy_sums *sums, double entropy, double ent_coef,
                                 int B)
{
    double policy_loss = sums->loss / B;
    return (bh_policy_stats){.loss = policy_loss - ent_coef * entropy,
                             .policy_loss = policy_loss,
                             .entropy = entropy,
                             .approx_kl = sums->approx_kl / B,
                             .clip_fraction = (double)sums->n_clipped / B};
}
