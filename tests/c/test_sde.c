// SPDX-License-Identifier: MIT
// Generalized state-dependent exploration, by hand, against the diagonal Gaussian, by finite
// differences.
#include "rl/sde.h"

#include "core/rng.h"
#include "rl/gaussian.h"

#include "numbers.h"

#define R(x) ((bh_real)(x))

// What one rounding to bh_real may change, for numbers near 1.
static const double eps = sizeof(bh_real) == sizeof(float) ? 1e-7 : 1e-15;

static const double LOG_2 = 0.6931471805599453, HALF_LOG_2_PI = 0.9189385332046727;

// ---- by hand ----

// Two rows, two features, two numbers of an action; log_std 0 and log 2.
static const bh_real latent_2[] = {1, 2, R(-0.5), 0}, mean_2[] = {1, -1, 0, R(0.5)};
static const bh_real *log_std_2(void)
{
    static bh_real log_std[4];
    log_std[1] = log_std[2] = R(LOG_2); // stds ((1, 2), (2, 1))
    return log_std;
}

static void test_sample_by_hand(void)
{
    const bh_real normals[] = {1, -1, R(0.5), 3, 2, 4, 7, 7}; // (B,L,D)
    bh_real a[4];
    bh_policy_sde_sample(a, mean_2, latent_2, log_std_2(), normals, 2, 2, 2);
    // 1 + 1 1 1 + 2 2 .5, -1 + 1 2 -1 + 2 1 3; 0 - .5 1 2, .5 - .5 2 4
    CHECK_REALS(a, ((double[]){4, 3, -1, -3.5}), 4, 10 * eps);
}

static void test_std_by_hand(void)
{
    double std[4], variance[] = {1 + 4 * 4, 4 + 4 * 1, 0.25, 0.25 * 4}, entropy = 0;
    bh_policy_sde_std(std, latent_2, log_std_2(), 2, 2, 2);
    for (int i = 0; i < 4; i++) {
        double want = sqrt(variance[i] + 1e-6);
        CHECK_NEAR(std[i], want, 10 * eps);
        entropy += (0.5 + HALF_LOG_2_PI + log(want)) / 2;
    }
    CHECK_NEAR(bh_policy_sde_entropy(std, 2, 2), entropy, 10 * eps);
    // No feature: what is left is the constant.
    const bh_real zeros[] = {0, 0};
    bh_policy_sde_std(std, zeros, log_std_2(), 1, 2, 2);
    CHECK(std[0] == 1e-3 && std[1] == 1e-3);
}

static void test_log_prob_by_hand(void)
{
    const double std[] = {1, 0.5, 2, 4};
    const bh_real a[] = {3, -2, -2, R(0.5)};
    bh_real log_prob[2];
    bh_policy_sde_log_prob(log_prob, mean_2, std, a, 2, 2);
    const double want[] = {-2 - 2 + LOG_2 - 2 * HALF_LOG_2_PI,
                           -0.5 - 3 * LOG_2 - 2 * HALF_LOG_2_PI};
    CHECK_REALS(log_prob, want, 2, 10 * eps);
}

// One row: slope in log pi(a) is -advantage / 1. z = 2: d log pi / d std = (z^2 - 1) / std, that of
// the entropy 1 / std; d std / d log_std = latent^2 exp(log_std)^2 / std.
static void test_loss_by_hand(void)
{
    const bh_real latent[] = {1, 2}, log_std[] = {0, R(LOG_2)}, mean[] = {1}, advantages[] = {3};
    double variance = 1 + 16 + 1e-6, std[1], deviation = sqrt(variance);
    const bh_real a[] = {R(1 + 2 * deviation)};
    bh_real d[3], old;
    bh_policy_stats s;
    double log_prob = -2 - log(deviation) - HALF_LOG_2_PI;
    bh_policy_sde_std(std, latent, log_std, 1, 2, 1);
    bh_policy_sde_log_prob(&old, mean, std, a, 1, 1);
    bh_policy_sde_loss(d, d + 1, &s, std, mean, latent, log_std, a, NULL, advantages, 0, 0.5, 1, 2,
                       1);
    CHECK_NEAR((double)old, log_prob, 20 * eps);
    CHECK_NEAR(s.policy_loss, -3 * log_prob, 100 * eps);
    CHECK_NEAR(s.entropy, 0.5 + HALF_LOG_2_PI + log(deviation), 10 * eps);
    CHECK_NEAR(s.loss, s.policy_loss - 0.5 * s.entropy, 1e-14);
    CHECK(s.approx_kl == 0 && s.clip_fraction == 0);
    CHECK_NEAR((double)d[0], -3 * 2 / deviation, 20 * eps);
    double per_share = (-3 * 3 - 0.5) / variance;
    CHECK_REALS(d + 1, ((double[]){per_share, 16 * per_share}), 2, 100 * eps);

    // PPO with the old policy in place: the same gradient, another loss.
    bh_real other[3];
    bh_policy_sde_std(std, latent, log_std, 1, 2, 1);
    bh_policy_sde_loss(other, other + 1, &s, std, mean, latent, log_std, a, &old, advantages, 0.2,
                       0.5, 1, 2, 1);
    CHECK_REALS(other, d, 3, 200 * eps);
    CHECK_NEAR(s.policy_loss, -3, 20 * eps);
    // Beyond the clip: the entropy's gradient alone.
    old -= R(LOG_2);
    bh_policy_sde_std(std, latent, log_std, 1, 2, 1);
    bh_policy_sde_loss(other, other + 1, &s, std, mean, latent, log_std, a, &old, advantages, 0.2,
                       0.5, 1, 2, 1);
    per_share = -0.5 / variance;
    CHECK_REALS(other, ((double[]){0, per_share, 16 * per_share}), 3, 20 * eps);
    CHECK_NEAR(s.policy_loss, -3.6, 20 * eps);
    CHECK(s.clip_fraction == 1);
}

// ---- against the diagonal Gaussian ----

// One feature that is 1 is the diagonal Gaussian, but for epsilon.
static void test_one_constant_feature(void)
{
    enum { B = 5, D = 3 };
    bh_rng rng = bh_rng_seed(4);
    bh_real mean[B * D], log_std[D], noise[B * D], latent[B], advantages[B];
    for (int i = 0; i < B * D; i++) {
        mean[i] = R(bh_rng_normal(&rng));
        noise[i] = R(bh_rng_normal(&rng));
    }
    for (int d = 0; d < D; d++) log_std[d] = R(bh_rng_uniform(&rng) - 0.5);
    for (int b = 0; b < B; b++) {
        latent[b] = 1;
        advantages[b] = R(bh_rng_normal(&rng));
    }
    bh_real a[B * D], want_a[B * D], log_prob[B], want_log_prob[B], d[B * D + D], want_d[B * D + D];
    double std[B * D];
    bh_policy_stats s, want_s;
    bh_policy_sde_sample(a, mean, latent, log_std, noise, B, 1, D);
    bh_policy_gaussian_sample(want_a, mean, log_std, noise, B, D);
    CHECK(memcmp(a, want_a, sizeof a) == 0);
    bh_policy_sde_std(std, latent, log_std, B, 1, D);
    bh_policy_sde_log_prob(log_prob, mean, std, a, B, D);
    bh_policy_gaussian_log_prob(want_log_prob, mean, log_std, a, B, D);
    CHECK_REALS(log_prob, want_log_prob, B, 1e-4);
    bh_policy_sde_loss(d, d + B * D, &s, std, mean, latent, log_std, a, log_prob, advantages, 0.2,
                       0.1, B, 1, D);
    bh_policy_gaussian_ppo_loss(want_d, want_d + B * D, &want_s, mean, log_std, a, want_log_prob,
                                advantages, 0.2, 0.1, B, D);
    CHECK_REALS(d, want_d, B * D + D, 1e-4);
    CHECK_NEAR(s.entropy, want_s.entropy, 1e-5);
    CHECK_NEAR(s.loss, want_s.loss, 1e-5);
}

// ---- the distribution ----

// Over many matrices an action has the mean and the standard deviation that its density is of.
static void test_sample_moments(void)
{
    enum { N = 20000, L = 3 };
    bh_rng rng = bh_rng_seed(1);
    const bh_real latent[L] = {R(0.5), -1, R(0.25)}, log_std[L] = {0, R(-LOG_2), R(LOG_2)};
    const bh_real mean[] = {R(0.5)};
    double std[1], sum = 0, squares = 0;
    bh_policy_sde_std(std, latent, log_std, 1, L, 1);
    for (int i = 0; i < N; i++) {
        bh_real a, normals[L];
        for (int l = 0; l < L; l++) normals[l] = R(bh_rng_normal(&rng));
        bh_policy_sde_sample(&a, mean, latent, log_std, normals, 1, L, 1);
        sum += (double)a - 0.5;
        squares += ((double)a - 0.5) * ((double)a - 0.5);
    }
    CHECK_NEAR(sum / N, 0, 5 * std[0] / sqrt(N)); // five standard deviations
    CHECK_NEAR(squares / N, std[0] * std[0], 5 * std[0] * std[0] * sqrt(2.0 / N));
}

static void test_nan_shows(void)
{
    const bh_real nan = (bh_real)NAN, latent[] = {1, nan, 2}, log_std[] = {0}, mean[] = {0, 0, nan};
    const bh_real one[] = {1, 1, 1};
    bh_real a[3], log_prob[3], d[3], dlog_std;
    double std[3];
    bh_policy_stats s;
    bh_policy_sde_sample(a, mean, latent, log_std, one, 3, 1, 1);
    bh_policy_sde_std(std, latent, log_std, 3, 1, 1);
    bh_policy_sde_log_prob(log_prob, mean, std, one, 3, 1);
    for (int b = 0; b < 3; b++)
        CHECK(isnan((double)a[b]) == (b > 0) && isnan((double)log_prob[b]) == (b > 0));
    bh_policy_sde_loss(d, &dlog_std, &s, std, mean, latent, log_std, one, one, one, 0.2, 0, 3, 1,
                       1);
    CHECK(isnan(s.loss) && isnan((double)dlog_std));
    CHECK(!isnan((double)d[0]) && isnan((double)d[1]) && isnan((double)d[2]));
}

// ---- finite differences ----

enum { B = 4, L = 3, D = 2, N_X = B * D + L * D };

typedef struct problem {
    bh_real latent[B * L], a[B * D], old_log_prob[B], advantages[B];
    int is_ppo;
} problem;

// x: means (B,D), then log_std (L,D)
static double loss(const problem *p, const bh_real *x, bh_real *d)
{
    bh_policy_stats s;
    double std[B * D];
    bh_policy_sde_std(std, p->latent, x + B * D, B, L, D);
    bh_policy_sde_loss(d, d + B * D, &s, std, x, p->latent, x + B * D, p->a,
                       p->is_ppo ? p->old_log_prob : NULL, p->advantages, 0.2, 0.3, B, L, D);
    return s.loss;
}

static void test_gradients(void)
{
    static const double log_ratios[] = {0,    0.1, -0.1, 0.5,
                                        -0.5, 1,   -1}; // none on a bound of the clip
    bh_rng rng = bh_rng_seed(11);
    for (int round = 0; round < 10; round++) {
        problem p;
        bh_real x[N_X], normals[B * L * D], log_prob[B];
        double std[B * D];
        for (int i = 0; i < N_X; i++) x[i] = R(((int)bh_rng_below(&rng, 64) - 32) / 32.0);
        for (int i = 0; i < B * L; i++) p.latent[i] = R(0.25 + bh_rng_uniform(&rng));
        for (int i = 0; i < B * L * D; i++) normals[i] = R(bh_rng_normal(&rng));
        bh_policy_sde_sample(p.a, x, p.latent, x + B * D, normals, B, L, D);
        bh_policy_sde_std(std, p.latent, x + B * D, B, L, D);
        bh_policy_sde_log_prob(log_prob, x, std, p.a, B, D);
        for (int b = 0; b < B; b++) {
            p.old_log_prob[b] = R((double)log_prob[b] - log_ratios[bh_rng_below(&rng, 7)]);
            p.advantages[b] = R(bh_rng_normal(&rng));
        }
        for (p.is_ppo = 0; p.is_ppo < 2; p.is_ppo++) check_gradient(loss, &p, x, N_X, 1e-3);
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_sample_by_hand);
    CHECK_RUN(test_std_by_hand);
    CHECK_RUN(test_log_prob_by_hand);
    CHECK_RUN(test_loss_by_hand);
    CHECK_RUN(test_one_constant_feature);
    CHECK_RUN(test_sample_moments);
    CHECK_RUN(test_nan_shows);
    CHECK_RUN(test_gradients);
    return check_report();
}
