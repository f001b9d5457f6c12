// SPDX-License-Identifier: MIT
// Generalized state-dependent exploration.
#include "rl/sde.h"

#include "core/fmath.h"
#include "rl/policy_loss.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const double HALF_LOG_2_PI = 0.9189385332046727;

void bh_policy_sde_sample(bh_real *restrict a, const bh_real *mean, const bh_real *latent,
                          const bh_real *log_std, const bh_real *eps, int B, int L, int D)
{
    for (int b = 0; b < B; b++, mean += D, latent += L, eps += (size_t)L * (size_t)D) {
        for (int d = 0; d < D; d++) {
            double noise = 0;
            for (int i = d, l = 0; l < L; l++, i += D)
                noise += (double)latent[l] * bh_exp((double)log_std[i]) * (double)eps[i];
            *a++ = (bh_real)((double)mean[d] + noise);
        }
    }
}

// Features are the outer loop: an exponential for each parameter, not for each row's.
void bh_policy_sde_std(double *restrict std, const bh_real *latent, const bh_real *log_std, int B,
                       int L, int D)
{
    memset(std, 0, (size_t)B * (size_t)D * sizeof *std);
    for (int l = 0; l < L; l++) {
        for (int d = 0; d < D; d++) {
            double variance = bh_exp(2 * (double)log_std[l * D + d]);
            for (int b = 0; b < B; b++) {
                double feature = (double)latent[b * L + l];
                std[b * D + d] += feature * feature * variance;
            }
        }
    }
    for (int i = 0; i < B * D; i++) std[i] = sqrt(std[i] + BH_SDE_EPSILON);
}

static double row_log_prob(const bh_real *mean, const double *std, const bh_real *a, int D)
{
    double sum = 0;
    for (int d = 0; d < D; d++) {
        double z = ((double)a[d] - (double)mean[d]) / std[d];
        sum -= z * z / 2 + bh_log(std[d]) + HALF_LOG_2_PI;
    }
    return sum;
}

void bh_policy_sde_log_prob(bh_real *restrict log_prob, const bh_real *mean, const double *std,
                            const bh_real *a, int B, int D)
{
    for (int b = 0; b < B; b++)
        log_prob[b] = (bh_real)row_log_prob(mean + b * D, std + b * D, a + b * D, D);
}

double bh_policy_sde_entropy(const double *std, int B, int D)
{
    double sum = 0;
    for (int i = 0; i < B * D; i++) sum += 0.5 + HALF_LOG_2_PI + bh_log(std[i]);
    return sum / B;
}

// slope times the gradient of log pi(a), plus entropy_slope times that of the entropy, in one row:
// dmean out, and in place of std what latent^2 exp(log_std)^2 is to be multiplied with.
static void row_gradient(bh_real *restrict dmean, double *restrict std, const bh_real *mean,
                         const bh_real *a, double slope, double entropy_slope, int D)
{
    for (int d = 0; d < D; d++) {
        double z = ((double)a[d] - (double)mean[d]) / std[d];
        dmean[d] = (bh_real)(slope * z / std[d]);
        std[d] = (slope * (z * z - 1) + entropy_slope) / (std[d] * std[d]);
    }
}

// factor (B,D): what row_gradient left.
static void gradient_of_log_std(bh_real *restrict dlog_std, const double *factor,
                                const bh_real *latent, const bh_real *log_std, int B, int L, int D)
{
    for (int l = 0; l < L; l++) {
        for (int d = 0; d < D; d++) {
            double sum = 0;
            for (int b = 0; b < B; b++) {
                double feature = (double)latent[b * L + l];
                sum += factor[b * D + d] * feature * feature;
            }
            dlog_std[l * D + d] = (bh_real)(sum * bh_exp(2 * (double)log_std[l * D + d]));
        }
    }
}

void bh_policy_sde_loss(bh_real *restrict dmean, bh_real *restrict dlog_std, bh_policy_stats *stats,
                        double *restrict std, const bh_real *mean, const bh_real *latent,
                        const bh_real *log_std, const bh_real *a, const bh_real *old_log_prob,
                        const bh_real *advantages, double clip_range, double ent_coef, int B, int L,
                        int D)
{
    double entropy = bh_policy_sde_entropy(std, B, D);
    bhi_policy_sums sums = {0};
    for (int b = 0; b < B; b++) {
        int row = b * D;
        double log_prob = row_log_prob(mean + row, std + row, a + row, D);
        double advantage = (double)advantages[b];
        double slope = old_log_prob == NULL
                           ? bhi_policy_reinforce_add(&sums, log_prob, advantage)
                           : bhi_policy_ppo_add(&sums, log_prob, (double)old_log_prob[b], advantage,
                                                clip_range);
        row_gradient(dmean + row, std + row, mean + row, a + row, slope / B, -ent_coef / B, D);
    }
    gradient_of_log_std(dlog_std, std, latent, log_std, B, L, D);
    *stats = bhi_policy_means(&sums, entropy, ent_coef, B);
}
