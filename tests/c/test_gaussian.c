// SPDX-License-Identifier: MIT
// Gaussian policies and action noise, by hand, by finite differences, against PyTorch's numbers.
#include "rl/gaussian.h"

#include "core/rng.h"

#include "numbers.h"
#include "tests/golden/gaussian.h"

#define R(x) ((bh_real)(x))

// What one rounding to bh_real may change, for numbers near 1.
static const double eps = sizeof(bh_real) == sizeof(float) ? 1e-7 : 1e-15;

static const double LOG_2 = 0.6931471805599453, HALF_LOG_2_PI = 0.9189385332046727;

static void reals(bh_real *x, const double *from, int n)
{
    for (int i = 0; i < n; i++) x[i] = R(from[i]);
}

// ------------------------------------------------------------------------ tanh of a Gaussian

// tanh(log 3 / 2) = 1/2, 1 - 1/4 = 3/4; at u = 0 the density is the normal one.
static void test_squashed_by_hand(void)
{
    const double log_3 = 1.0986122886681098;
    const bh_real rows[] = {0, R(log_3 / 2 - 1), 0, R(-LOG_2)}; // means 0, 0.549 - 1; stds 1, 1/2
    const bh_real noise[] = {0, 2};                             // u 0, 0.549
    bh_real a[2], log_prob;
    bh_policy_squashed_sample(a, &log_prob, rows, noise, 1, 2);
    CHECK_REALS(a, ((double[]){0, 0.5}), 2, eps);
    // 2: eps^2 / 2; - log_std: log 2; - log(3/4)
    CHECK_NEAR((double)log_prob, -2 * HALF_LOG_2_PI - 2 + LOG_2 - log(0.75), 5 * eps);

    bh_real d[4];
    const bh_real da[] = {3, 4}, dlog_prob[] = {0.5};
    bh_policy_squashed_gradient(d, da, NULL, rows, noise, 1, 2);
    CHECK_REALS(d, ((double[]){3, 3, 0, 3}), 4, 5 * eps); // 4 * 3/4, times std eps = 1
    bh_policy_squashed_gradient(d, NULL, dlog_prob, rows, noise, 1, 2);
    CHECK_REALS(d, ((double[]){0, 0.5, -0.5, 0}), 4, 5 * eps);
    bh_policy_squashed_gradient(d, da, dlog_prob, rows, noise, 1, 2);
    CHECK_REALS(d, ((double[]){3, 3.5, -0.5, 3}), 4, 5 * eps);
    bh_policy_squashed_gradient(d, NULL, NULL, rows, noise, 1, 2);
    CHECK_REALS(d, ((double[]){0, 0, 0, 0}), 4, 0);
}

static void test_squashed_without_noise(void)
{
    const bh_real rows[] = {0, 20, -30, R(0.25), -50, 0, 1, 2}, zero[4] = {0};
    bh_real a[4], b[4], log_prob[2], unused[2];
    bh_policy_squashed_sample(a, log_prob, rows, NULL, 2, 2);
    bh_policy_squashed_sample(b, unused, rows, zero, 2, 2);
    CHECK(memcmp(a, b, sizeof a) == 0 && memcmp(log_prob, unused, sizeof unused) == 0);
    CHECK(a[0] == 0 && a[1] == 1 && a[2] == -1);
    memset(b, 0, sizeof b);
    bh_policy_squashed_sample(b, NULL, rows, NULL, 2, 2);
    CHECK(memcmp(a, b, sizeof a) == 0);
}

// The exact form far out, where 1 - a^2 is 0: log(1 - tanh(u)^2) = 2 log 2 - 2 |u|.
static void test_squashed_far_out(void)
{
    static const double far[] = {8, 20, -20, 100, -1000};
    for (int i = 0; i < 5; i++) {
        const bh_real rows[] = {R(far[i]), -1}, one[] = {1}, none[] = {0};
        bh_real a, log_prob, d[2];
        bh_policy_squashed_sample(&a, &log_prob, rows, none, 1, 1);
        double size = fabs(far[i]), want = 1 - HALF_LOG_2_PI - 2 * LOG_2 + 2 * size;
        if (size == 8) want += 2 * log1p(exp(-16));
        CHECK_NEAR((double)log_prob, want, size * eps);
        CHECK((double)a * far[i] > 0 && fabs((double)a) <= 1);
        bh_policy_squashed_gradient(d, NULL, one, rows, none, 1, 1);
        CHECK_NEAR((double)d[0], 2 * tanh(far[i]), 2 * eps);
        CHECK(d[1] == -1);
        bh_policy_squashed_gradient(d, one, NULL, rows, none, 1, 1);
        double e = exp(-2 * size), slope = 4 * e / ((1 + e) * (1 + e)); // 0 in float, from 52 on
        CHECK_NEAR((double)d[0], slope, slope > 1e-30 ? 2 * eps * slope : 1e-40);
    }
}

static void test_squashed_clamp(void)
{
    // Both bounds, one beyond each; the bounds themselves have a gradient.
    const bh_real rows[] = {0, 0, 0, 0, 2, R(2.5), -20, -21}, noise[] = {R(0.25), R(0.25), 1, 1};
    const bh_real da[] = {1, 1, 1, 1}, dlog_prob[] = {1};
    bh_real a[4], log_prob, d[8];
    bh_policy_squashed_sample(a, &log_prob, rows, noise, 1, 4);
    CHECK(a[0] == a[1] && a[2] == a[3] && a[2] > 0);
    CHECK_NEAR((double)a[0], tanh(0.25 * exp(2)), eps);
    CHECK_NEAR((double)a[2], exp(-20), eps * exp(-20));
    bh_policy_squashed_gradient(d, da, dlog_prob, rows, noise, 1, 4);
    CHECK(d[0] == d[1] && d[2] == d[3]);
    CHECK(d[4] != 0 && d[5] == 0 && d[6] != 0 && d[7] == 0);
}

// --------------------------------------------------------------------------- diagonal Gaussian

static void test_gaussian_by_hand(void)
{
    const bh_real mean[] = {1, -1, 0, 0}, log_std[] = {0, R(LOG_2)}, noise[] = {1, R(0.5), -2, 1};
    bh_real a[4], log_prob[2];
    bh_policy_gaussian_sample(a, mean, log_std, noise, 2, 2);
    CHECK_REALS(a, ((double[]){2, 0, -2, 2}), 4, 2 * eps);
    bh_policy_gaussian_log_prob(log_prob, mean, log_std, a, 2, 2);
    const double constant = -2 * HALF_LOG_2_PI - LOG_2;
    CHECK_REALS(log_prob, ((double[]){constant - 0.625, constant - 2.5}), 2, 5 * eps);
    CHECK_NEAR(bh_policy_gaussian_entropy(log_std, 2), 1 + 2 * HALF_LOG_2_PI + LOG_2, eps);

    // loss = -(2 log pi_1 - 4 log pi_2) / 2: dmean -z / std A / 2, dlog_std -(z^2 - 1) A / 2
    const bh_real advantages[] = {2, -4};
    bh_real dmean[4], dlog_std[2];
    bh_policy_stats s;
    bh_policy_gaussian_reinforce_loss(dmean, dlog_std, &s, mean, log_std, a, advantages, 0.5, 2, 2);
    CHECK_NEAR(s.policy_loss, -(constant - 0.625) + 2 * (constant - 2.5), 10 * eps);
    CHECK_NEAR(s.entropy, bh_policy_gaussian_entropy(log_std, 2), eps);
    CHECK_NEAR(s.loss, s.policy_loss - 0.5 * s.entropy, 1e-15);
    CHECK(s.approx_kl == 0 && s.clip_fraction == 0);
    CHECK_REALS(dmean, ((double[]){-1, -0.25, -4, 1}), 4, 5 * eps);
    // (0 + 2 * 3) - 1/2, (0.75 + 0) - 1/2
    CHECK_REALS(dlog_std, ((double[]){5.5, 0.25}), 2, 10 * eps);
}

static bh_policy_stats ppo_sample(bh_real d[2], double ratio, double advantage)
{
    // One number, z = 1, std 1/2: d log pi / d mean = 2, d log pi / d log_std = 0.
    const bh_real mean[] = {0}, log_std[] = {R(-LOG_2)}, a[] = {R(0.5)};
    const bh_real old[] = {R(LOG_2 - HALF_LOG_2_PI - 0.5 - log(ratio))},
                  advantages[] = {R(advantage)};
    bh_policy_stats s;
    bh_policy_gaussian_ppo_loss(d, d + 1, &s, mean, log_std, a, old, advantages, 0.25, 0.5, 1, 1);
    return s;
}

static void test_ppo_by_hand(void)
{
    static const struct {
        double ratio, advantage, loss, slope;
        int clipped;
    } cases[] = {
        {1, 2, -2, -2, 0},    {2, 2, -2.5, 0, 1},  {2, -2, 4, 4, 1},
        {0.5, -2, 1.5, 0, 1}, {0.5, 2, -1, -1, 1}, {1.125, 2, -2.25, -2.25, 0},
    };
    for (int i = 0; i < (int)(sizeof cases / sizeof *cases); i++) {
        bh_real d[2];
        bh_policy_stats s = ppo_sample(d, cases[i].ratio, cases[i].advantage);
        CHECK_NEAR(s.policy_loss, cases[i].loss, 30 * eps);
        CHECK_NEAR((double)d[0], 2 * cases[i].slope, 60 * eps);
        CHECK_NEAR((double)d[1], -0.5, 60 * eps); // the entropy's alone
        CHECK(s.clip_fraction == cases[i].clipped);
        CHECK_NEAR(s.approx_kl, cases[i].ratio - 1 - log(cases[i].ratio), 30 * eps);
    }
}

// With the old policy still in place PPO's gradient is REINFORCE's.
static void test_ppo_first_step(void)
{
    enum { N = 40 }; // more numbers than one block of them
    bh_rng rng = bh_rng_seed(3);
    bh_real mean[3 * N], log_std[N], noise[3 * N], a[3 * N], old[3], d[4 * N], other[4 * N];
    const bh_real advantages[] = {1, -2, R(0.5)};
    for (int i = 0; i < 3 * N; i++) mean[i] = R(bh_rng_normal(&rng));
    for (int i = 0; i < 3 * N; i++) noise[i] = R(bh_rng_normal(&rng));
    for (int i = 0; i < N; i++) log_std[i] = R(bh_rng_uniform(&rng) - 0.5);
    bh_policy_stats ppo, reinforce;
    bh_policy_gaussian_sample(a, mean, log_std, noise, 3, N);
    bh_policy_gaussian_log_prob(old, mean, log_std, a, 3, N);
    bh_policy_gaussian_ppo_loss(d, d + 3 * N, &ppo, mean, log_std, a, old, advantages, 0.2, 0.1, 3,
                                N);
    bh_policy_gaussian_reinforce_loss(other, other + 3 * N, &reinforce, mean, log_std, a,
                                      advantages, 0.1, 3, N);
    CHECK_REALS(d, other, 4 * N, 200 * eps); // old is rounded, near -60
    CHECK_NEAR(ppo.policy_loss, 1 / 6.0, 60 * eps);
    CHECK(ppo.entropy == reinforce.entropy && ppo.clip_fraction == 0);

    // A number's gradient does not depend on how many others there are.
    bh_real few[4], few_std[1];
    for (int n = 0; n < N; n += 13) {
        const bh_real m[] = {mean[n], mean[N + n], mean[2 * N + n]};
        const bh_real act[] = {a[n], a[N + n], a[2 * N + n]};
        bh_policy_gaussian_reinforce_loss(few, few_std, &reinforce, m, log_std + n, act, advantages,
                                          0.1, 3, 1);
        for (int b = 0; b < 3; b++) CHECK(few[b] == other[b * N + n]);
        CHECK(few_std[0] == other[3 * N + n]);
    }
}

static void test_nan_shows(void)
{
    const bh_real nan = (bh_real)NAN, rows[] = {0, nan, nan, 0, 0, 0}, noise[] = {1, 1, 1};
    const bh_real one[] = {1, 1, 1}, log_std[] = {0};
    bh_real a[3], log_prob[3], d[6], dlog_std;
    bh_policy_squashed_sample(a, log_prob, rows, noise, 3, 1);
    bh_policy_squashed_gradient(d, one, one, rows, noise, 3, 1);
    for (int b = 0; b < 2; b++) {
        CHECK(isnan((double)a[b]) && isnan((double)log_prob[b]));
        CHECK(isnan((double)d[2 * b]) && isnan((double)d[2 * b + 1]));
    }
    CHECK(!isnan((double)a[2]) && !isnan((double)log_prob[2]) &&
          !isnan((double)d[4])); // their rows only
    const bh_real mean[] = {nan, 0, 0}, zero[] = {0, 0, 0};
    bh_policy_stats stats;
    bh_policy_gaussian_log_prob(log_prob, mean, log_std, zero, 3, 1);
    CHECK(isnan((double)log_prob[0]) && !isnan((double)log_prob[1]));
    bh_policy_gaussian_ppo_loss(d, &dlog_std, &stats, mean, log_std, zero, zero, one, 0.2, 0, 3, 1);
    CHECK(isnan(stats.loss) && isnan((double)d[0]) && isnan((double)dlog_std));
    bh_real x[] = {nan, 0}, noise_nan[] = {1, nan};
    bh_policy_smooth(x, noise_nan, 0.2, 0.5, 2);
    CHECK(isnan((double)x[0]) && isnan((double)x[1]));
}

// -------------------------------------------------------------------------------------- noise

static void test_noise_by_hand(void)
{
    bh_real x[] = {0, 1}, a[] = {0, R(0.75), R(-0.75), 0, 0};
    // 1 - 0.5 * (1 - 0.5) * 0.25 + 2 * 0.5 * 3 and so on
    bh_policy_ornstein_uhlenbeck(x, (bh_real[]){-1, 3}, 0.5, 2, 0.5, 0.25, 2);
    CHECK_REALS(x, ((double[]){0.0625 - 1, 1 - 0.0625 + 3}), 2, eps);
    bh_policy_smooth(a, (bh_real[]){1, 1, -8, 8, -8}, 0.5, 0.75, 5);
    CHECK_REALS(a, ((double[]){0.5, 1, -1, 0.75, -0.75}), 5, 0);
}

// Mean and variance of what is drawn.
static void test_sample_moments(void)
{
    enum { N = 40000 };
    bh_rng rng = bh_rng_seed(1);
    const bh_real mean[] = {R(0.5)}, log_std[] = {R(LOG_2)};
    double sum = 0, squares = 0;
    for (int i = 0; i < N; i++) {
        bh_real a, noise = R(bh_rng_normal(&rng));
        bh_policy_gaussian_sample(&a, mean, log_std, &noise, 1, 1);
        sum += (double)a;
        squares += ((double)a - 0.5) * ((double)a - 0.5);
    }
    CHECK_NEAR(sum / N, 0.5, 5 * 2 / sqrt(N)); // five standard deviations
    CHECK_NEAR(squares / N, 4, 5 * 4 * sqrt(2.0 / N));
}

// The density of the squashed Gaussian integrates to 1 over (-1, 1), which a wrong correction for
// tanh would not.
static void test_squashed_density(void)
{
    const double std = 0.75, mean = 0.375;
    enum { N = 4000 };
    double mass = 0;
    for (int i = 0; i < N; i++) {
        double a = (2 * i + 1.0) / N - 1, u = atanh(a);
        const bh_real rows[] = {R(mean), R(log(std))}, noise[] = {R((u - mean) / std)};
        bh_real action, log_prob;
        bh_policy_squashed_sample(&action, &log_prob, rows, noise, 1, 1);
        CHECK_NEAR((double)action, a, 4 * eps);
        mass += exp((double)log_prob) * 2 / N;
    }
    CHECK_NEAR(mass, 1, 1e-5);
}

// -------------------------------------------------------------------------- finite differences

enum { B = 3, D = 2, N_ROWS = 2 * B * D, N_DIAGONAL = B * D + D };

typedef struct problem {
    bh_real noise[B * D], da[B * D], dlog_prob[B], a[B * D], old_log_prob[B], advantages[B];
} problem;

// sum da a + sum dlog_prob log_prob of x (B,2D)
static double squashed(const problem *p, const bh_real *x, bh_real *d)
{
    bh_real a[B * D], log_prob[B];
    double sum = 0;
    bh_policy_squashed_sample(a, log_prob, x, p->noise, B, D);
    bh_policy_squashed_gradient(d, p->da, p->dlog_prob, x, p->noise, B, D);
    for (int i = 0; i < B * D; i++) sum += (double)p->da[i] * (double)a[i];
    for (int b = 0; b < B; b++) sum += (double)p->dlog_prob[b] * (double)log_prob[b];
    return sum;
}

// x: means (B,D), then log_std (D)
static double reinforce(const problem *p, const bh_real *x, bh_real *d)
{
    bh_policy_stats s;
    bh_policy_gaussian_reinforce_loss(d, d + B * D, &s, x, x + B * D, p->a, p->advantages, 0.3, B,
                                      D);
    return s.loss;
}

static double ppo(const problem *p, const bh_real *x, bh_real *d)
{
    bh_policy_stats s;
    bh_policy_gaussian_ppo_loss(d, d + B * D, &s, x, x + B * D, p->a, p->old_log_prob,
                                p->advantages, 0.2, 0.3, B, D);
    return s.loss;
}

static void test_gradients(void)
{
    static const double log_ratios[] = {0,    0.1, -0.1, 0.5,
                                        -0.5, 1,   -1}; // none on a bound of the clip
    bh_rng rng = bh_rng_seed(11);
    for (int round = 0; round < 10; round++) {
        problem p;
        bh_real x[N_ROWS], log_prob[B];
        for (int i = 0; i < N_ROWS; i++) x[i] = R(((int)bh_rng_below(&rng, 64) - 32) / 32.0);
        for (int i = 0; i < B * D; i++) {
            p.noise[i] = R(bh_rng_normal(&rng));
            p.da[i] = R(bh_rng_normal(&rng));
        }
        bh_policy_gaussian_sample(p.a, x, x + B * D, p.noise, B, D);
        bh_policy_gaussian_log_prob(log_prob, x, x + B * D, p.a, B, D);
        for (int b = 0; b < B; b++) {
            p.dlog_prob[b] = R(bh_rng_normal(&rng));
            p.old_log_prob[b] = R((double)log_prob[b] - log_ratios[bh_rng_below(&rng, 7)]);
            p.advantages[b] = R(bh_rng_normal(&rng));
        }
        check_gradient(squashed, &p, x, N_ROWS, 1e-3);
        check_gradient(reinforce, &p, x, N_DIAGONAL, 1e-3);
        check_gradient(ppo, &p, x, N_DIAGONAL, 1e-3);
        x[D] = 3; // beyond both clamps: no gradient, and none by differences
        x[3 * D] = -25;
        check_gradient(squashed, &p, x, N_ROWS, 1e-3);
    }
}

// ---------------------------------------------------------------------------- PyTorch's numbers

static void test_golden_squashed(void)
{
    bh_real rows[16], noise[8], a[8], log_prob[4], d[16];
    const bh_real ones[] = {1, 1, 1, 1};
    for (int b = 0; b < 4; b++) {
        reals(rows + 4 * b, golden_squashed_mean + 2 * b, 2);
        reals(rows + 4 * b + 2, golden_squashed_log_std + 2 * b, 2);
    }
    reals(noise, golden_squashed_eps, 8);
    bh_policy_squashed_sample(a, log_prob, rows, noise, 4, 2);
    CHECK_REALS(a, golden_squashed_action, 8, eps);
    for (int b = 0; b < 4; b++) {
        double want = golden_squashed_log_prob[b];
        CHECK_NEAR((double)log_prob[b], want, eps * fmax(1, fabs(want)));
    }
    bh_policy_squashed_gradient(d, NULL, ones, rows, noise, 4, 2);
    for (int b = 0; b < 4; b++) {
        CHECK_REALS(d + 4 * b, golden_squashed_dmean + 2 * b, 2, 2 * eps);
        CHECK_REALS(d + 4 * b + 2, golden_squashed_dlog_std + 2 * b, 2, 2 * eps);
    }
}

static void test_golden_gaussian(void)
{
    bh_real mean[6], log_std[2], a[6], advantages[3], log_prob[3], dmean[6], dlog_std[2];
    bh_policy_stats stats;
    reals(mean, golden_diagonal_mean, 6);
    reals(log_std, golden_diagonal_log_std, 2);
    reals(a, golden_diagonal_action, 6);
    for (int b = 0; b < 3; b++)
        advantages[b] = R(-3 * golden_diagonal_weight[b]); // -mean: their sum
    bh_policy_gaussian_log_prob(log_prob, mean, log_std, a, 3, 2);
    CHECK_REALS(log_prob, golden_diagonal_log_prob, 3, 40 * eps);
    CHECK_NEAR(bh_policy_gaussian_entropy(log_std, 2), golden_diagonal_entropy, 1e-14);
    bh_policy_gaussian_reinforce_loss(dmean, dlog_std, &stats, mean, log_std, a, advantages, 0, 3,
                                      2);
    double sum = 0;
    for (int b = 0; b < 3; b++) sum += golden_diagonal_weight[b] * golden_diagonal_log_prob[b];
    CHECK_NEAR(stats.loss, sum, 1e-13); // inputs are exact, sums in double
    CHECK_REALS(dmean, golden_diagonal_dmean, 6, 15 * eps);
    CHECK_REALS(dlog_std, golden_diagonal_dlog_std, 2, 50 * eps);
}

static void test_golden_noise(void)
{
    bh_real x = 0, a[6], noise[6];
    for (int i = 0; i < 12; i++) {
        noise[0] = R(golden_ou_eps[i]);
        bh_policy_ornstein_uhlenbeck(&x, noise, 0, 0.2, 0.15, 0.01, 1);
        CHECK_NEAR((double)x, golden_ou_path[i], eps);
    }
    reals(a, golden_smooth_action, 6);
    reals(noise, golden_smooth_eps, 6);
    bh_policy_smooth(a, noise, 0.2, 0.5, 6);
    CHECK_REALS(a, golden_smoothed, 6, eps);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_squashed_by_hand);
    CHECK_RUN(test_squashed_without_noise);
    CHECK_RUN(test_squashed_far_out);
    CHECK_RUN(test_squashed_clamp);
    CHECK_RUN(test_gaussian_by_hand);
    CHECK_RUN(test_ppo_by_hand);
    CHECK_RUN(test_ppo_first_step);
    CHECK_RUN(test_nan_shows);
    CHECK_RUN(test_noise_by_hand);
    CHECK_RUN(test_sample_moments);
    CHECK_RUN(test_squashed_density);
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_golden_squashed);
    CHECK_RUN(test_golden_gaussian);
    CHECK_RUN(test_golden_noise);
    return check_report();
}
