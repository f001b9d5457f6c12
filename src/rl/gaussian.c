// SPDX-License-Identifier: MIT
// Gaussian policies over continuous actions, and the noise of deterministic ones.
#include "rl/gaussian.h"

#include "core/fmath.h"
#include "rl/policy_loss.h"

#include <math.h>
#include <stddef.h>

static const double LOG_2 = 0.6931471805599453;
static const double HALF_LOG_2_PI = 0.9189385332046727;

static double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x; // NaN stays
}

// ------------------------------------------------------------------------ tanh of a Gaussian

// log(1 - tanh(u)^2): even in u, so that only e^(-2|u|) <= 1 is needed.
static double log_sech_square(double u)
{
    double size = fabs(u);
    return 2 * (LOG_2 - size - bh_log1p(bh_exp(-2 * size)));
}

// 1 - tanh(u)^2, without the cancellation.
static double sech_square(double u)
{
    double e = bh_exp(-2 * fabs(u));
    return 4 * e / ((1 + e) * (1 + e));
}

void bh_policy_squashed_sample(bh_real *restrict a, bh_real *restrict log_prob, const bh_real *rows,
                               const bh_real *eps, int B, int D)
{
    for (int b = 0; b < B; b++, rows += 2 * D) {
        double sum = 0;
        for (int d = 0; d < D; d++) {
            double e = eps == NULL ? 0 : (double)eps[b * D + d];
            double log_std = clip((double)rows[D + d], BH_LOG_STD_MIN, BH_LOG_STD_MAX);
            double u = (double)rows[d] + bh_exp(log_std) * e;
            a[b * D + d] = (bh_real)bh_tanh(u);
            sum -= e * e / 2 + log_std + HALF_LOG_2_PI + log_sech_square(u);
        }
        if (log_prob != NULL) log_prob[b] = (bh_real)sum;
    }
}

void bh_policy_squashed_gradient(bh_real *restrict drows, const bh_real *da,
                                 const bh_real *dlog_prob, const bh_real *rows, const bh_real *eps,
                                 int B, int D)
{
    for (int b = 0; b < B; b++, rows += 2 * D, drows += 2 * D) {
        double of_log_prob = dlog_prob == NULL ? 0 : (double)dlog_prob[b];
        for (int d = 0; d < D; d++) {
            int i = b * D + d;
            double log_std = clip((double)rows[D + d], BH_LOG_STD_MIN, BH_LOG_STD_MAX);
            double step = bh_exp(log_std) * (double)eps[i], u = (double)rows[d] + step;
            double of_a = da == NULL ? 0 : (double)da[i];
            double g = of_a * sech_square(u) + 2 * of_log_prob * bh_tanh(u);
            int is_clamped = log_std != (double)rows[D + d] && log_std == log_std;
            drows[d] = (bh_real)g;
            drows[D + d] = is_clamped ? 0 : (bh_real)(g * step - of_log_prob);
        }
    }
}

// --------------------------------------------------------------------------- diagonal Gaussian

void bh_policy_gaussian_sample(bh_real *restrict a, const bh_real *mean, const bh_real *log_std,
                               const bh_real *eps, int B, int D)
{
    for (int i = 0; i < B * D; i++) {
        a[i] = (bh_real)((double)mean[i] + bh_exp((double)log_std[i % D]) * (double)eps[i]);
    }
}

static double row_log_prob(const bh_real *mean, const bh_real *log_std, const bh_real *a, int D)
{
    double sum = 0;
    for (int d = 0; d < D; d++) {
        double z = ((double)a[d] - (double)mean[d]) * bh_exp(-(double)log_std[d]);
        sum -= z * z / 2 + (double)log_std[d] + HALF_LOG_2_PI;
    }
    return sum;
}

void bh_policy_gaussian_log_prob(bh_real *restrict log_prob, const bh_real *mean,
                                 const bh_real *log_std, const bh_real *a, int B, int D)
{
    for (int b = 0; b < B; b++) {
        log_prob[b] = (bh_real)row_log_prob(mean + b * D, log_std, a + b * D, D);
    }
}

double bh_policy_gaussian_entropy(const bh_real *log_std, int D)
{
    double sum = 0;
    for (int d = 0; d < D; d++) sum += 0.5 + HALF_LOG_2_PI + (double)log_std[d];
    return sum;
}

// slope times the gradient of log pi(a) in n numbers of one row: dmean out, dlog_std added.
static void row_gradient(bh_real *restrict dmean, double *restrict dlog_std, const bh_real *mean,
                         const bh_real *log_std, const bh_real *a, double slope, int n)
{
    for (int d = 0; d < n; d++) {
        double per_std = bh_exp(-(double)log_std[d]);
        double z = ((double)a[d] - (double)mean[d]) * per_std;
        dmean[d] = (bh_real)(slope * z * per_std);
        dlog_std[d] += slope * (z * z - 1);
    }
}

// The sums of dlog_std over the batch are double, for BLOCK numbers of an action at a time; more than
// BLOCK, and each row is seen again.
void bhi_policy_gaussian_loss(bh_real *restrict dmean, bh_real *restrict dlog_std,
                              bh_policy_stats *stats, const bh_real *mean, const bh_real *log_std,
                              const bh_real *a, const bh_real *old_log_prob,
                              const bh_real *advantages, double clip_range, double ent_coef, int B,
                              int D)
{
    enum { BLOCK = 32 };
    for (int first = 0; first < D; first += BLOCK) {
        int n = D - first < BLOCK ? D - first : BLOCK;
        double of_log_std[BLOCK] = {0};
        bhi_policy_sums sums = {0};
        for (int b = 0; b < B; b++) {
            int row = b * D, at = row + first;
            double log_prob = row_log_prob(mean + row, log_std, a + row, D);
            double advantage = (double)advantages[b];
            double slope = old_log_prob == NULL
                               ? bhi_policy_reinforce_add(&sums, log_prob, advantage)
                               : bhi_policy_ppo_add(&sums, log_prob, (double)old_log_prob[b],
                                                    advantage, clip_range);
            row_gradient(dmean + at, of_log_std, mean + at, log_std + first, a + at, slope / B, n);
        }
        for (int d = 0; d < n; d++) dlog_std[first + d] = (bh_real)(of_log_std[d] - ent_coef);
        *stats = bhi_policy_means(&sums, bh_policy_gaussian_entropy(log_std, D), ent_coef, B);
    }
}

void bh_policy_gaussian_reinforce_loss(bh_real *restrict dmean, bh_real *restrict dlog_std,
                                       bh_policy_stats *stats, const bh_real *mean,
                                       const bh_real *log_std, const bh_real *a,
                                       const bh_real *advantages, double ent_coef, int B, int D)
{
    bhi_policy_gaussian_loss(dmean, dlog_std, stats, mean, log_std, a, NULL, advantages, 0,
                             ent_coef, B, D);
}

void bh_policy_gaussian_ppo_loss(bh_real *restrict dmean, bh_real *restrict dlog_std,
                                 bh_policy_stats *stats, const bh_real *mean,
                                 const bh_real *log_std, const bh_real *a,
                                 const bh_real *old_log_prob, const bh_real *advantages,
                                 double clip_range, double ent_coef, int B, int D)
{
    bhi_policy_gaussian_loss(dmean, dlog_std, stats, mean, log_std, a, old_log_prob, advantages,
                             clip_range, ent_coef, B, D);
}

// -------------------------------------------------------------- noise of deterministic policies

void bh_policy_ornstein_uhlenbeck(bh_real *restrict x, const bh_real *eps, double mean,
                                  double sigma, double theta, double dt, int n)
{
    double scale = sigma * sqrt(dt);
    for (int i = 0; i < n; i++) {
        double at = (double)x[i];
        x[i] = (bh_real)(at + theta * (mean - at) * dt + scale * (double)eps[i]);
    }
}

void bh_policy_smooth(bh_real *restrict a, const bh_real *eps, double sigma, double noise_clip,
                      int n)
{
    for (int i = 0; i < n; i++) {
        double noise = clip(sigma * (double)eps[i], -noise_clip, noise_clip);
        a[i] = (bh_real)clip((double)a[i] + noise, -1, 1);
    }
}
