// SPDX-License-Identifier: MIT
// Categorical policies, returns, advantages and policy losses, by hand, by finite differences, and
// against PyTorch's numbers.
#include "rl/policy.h"

#include "core/rng.h"

#include "numbers.h"
#include "tests/golden/losses.h"

#define R(x) ((bh_real)(x))

// What one rounding to bh_real may change, for numbers near 1.
static const double eps = sizeof(bh_real) == sizeof(float) ? 1e-7 : 1e-15;

static const double LOG_2 = 0.6931471805599453, LOG_3 = 1.0986122886681098;
static const bh_real NOT = (bh_real)-INFINITY; // the logit of a masked action

// ------------------------------------------------------------------------------------
// distributions

// Probabilities 1/4 1/4 1/2, and certainty among masked ones.
static void test_distributions(void)
{
    const bh_real logits[] = {5, 5, R(5 + LOG_2), NOT, -3, NOT};
    const int a[] = {2, 1};
    bh_real log_p[6], log_prob[2], entropy[2];
    bh_policy_log_softmax(log_p, logits, 2, 3);
    CHECK_REALS(log_p, ((double[]){-2 * LOG_2, -2 * LOG_2, -LOG_2, -INFINITY, 0, -INFINITY}), 6,
                5 * eps);
    bh_policy_log_prob(log_prob, logits, a, 2, 3);
    CHECK_REALS(log_prob, ((double[]){-LOG_2, 0}), 2, 5 * eps);
    bh_policy_entropy(entropy, logits, 2, 3); // 2 * 1/4 log 4 + 1/2 log 2
    CHECK_REALS(entropy, ((double[]){1.5 * LOG_2, 0}), 2, 5 * eps);

    bh_policy_entropy(entropy, (bh_real[]){1000, 1000, 1000, 7}, 1, 3); // uniform, of any size
    CHECK_NEAR((double)entropy[0], LOG_3, eps + 1e-13);         // 1000 has coarser bits than 1
    bh_policy_entropy(entropy, (bh_real[]){1000, -1000}, 2, 1); // one action
    CHECK(entropy[0] == 0 && entropy[1] == 0);
    bh_policy_log_prob(log_prob, (bh_real[]){1000, -1000}, (int[]){1}, 1, 2);
    CHECK(log_prob[0] == -2000);
}

static int draw(const bh_real *logits, double uniform, int A)
{
    int a = -1;
    bh_policy_sample(&a, logits, &uniform, 1, A);
    return a;
}

static void test_sample(void)
{
    const bh_real quarters[] = {0, 0, 0, 0};
    CHECK(draw(quarters, 0, 4) == 0 && draw(quarters, 0.2499, 4) == 0);
    CHECK(draw(quarters, 0.25, 4) == 1 && draw(quarters, 0.5, 4) == 2);
    CHECK(draw(quarters, 0.7499, 4) == 2 && draw(quarters, 1 - 0x1p-53, 4) == 3);

    // Never a masked one, at either end; never beyond the last, though the sum is rounded.
    const bh_real masked[] = {NOT, 0, NOT, 0, NOT};
    CHECK(draw(masked, 0, 5) == 1 && draw(masked, 0.5, 5) == 3);
    CHECK(draw(masked, 1 - 0x1p-53, 5) == 3 && draw(masked, 1, 5) == 3);
    const bh_real tenths[] = {R(0.1), R(0.1), R(0.1), R(0.1), R(0.1), R(0.1), R(0.1)};
    CHECK(draw(tenths, 1 - 0x1p-53, 7) == 6 && draw(tenths, 1, 7) == 6);
    CHECK(draw((bh_real[]){-4}, 0.9, 1) == 0);

    const bh_real nan[] = {1, (bh_real)NAN, 2};
    CHECK(draw(nan, 0.9, 3) == 0 && draw((bh_real[]){NOT, NOT}, 0.9, 2) == 0);
}

// 1/7, 2/7, 4/7 in 70,000 draws: within 5 standard deviations (at most 131).
static void test_sample_frequencies(void)
{
    const bh_real logits[] = {0, R(LOG_2), R(2 * LOG_2)};
    bh_rng rng = bh_rng_seed(1);
    int count[3] = {0};
    for (int i = 0; i < 70000; i++) count[draw(logits, bh_rng_uniform(&rng), 3)]++;
    for (int a = 0; a < 3; a++) CHECK_NEAR(count[a], 10000 << a, 5 * 131);
}

static void test_mode(void)
{
    int a[3];
    bh_policy_mode(a, (bh_real[]){1, 3, 3, NOT, NOT, 0, (bh_real)NAN, 1, 0}, 3, 3);
    CHECK(a[0] == 1 && a[1] == 2 && a[2] == 1);
}

static void test_kl(void)
{
    // p = 1/2 1/2, q = 1/4 3/4: 1/2 log 2 + 1/2 log(2/3) = log 2 - log(3)/2. And from itself.
    const bh_real p[] = {0, 0, 7, 3}, q[] = {0, R(LOG_3), 7, 3};
    bh_real kl[2], d[4];
    bh_policy_kl(kl, d, p, q, 2, 2);
    CHECK_REALS(kl, ((double[]){LOG_2 - LOG_3 / 2, 0}), 2, 2 * eps);
    CHECK_REALS(d, ((double[]){-0.125, 0.125, 0, 0}), 4, eps);
    bh_policy_kl(kl, NULL, q, p, 1, 2); // the other way: 1/4 log(1/2) + 3/4 log(3/2)
    CHECK_NEAR((double)kl[0], 0.75 * LOG_3 - LOG_2, 2 * eps);

    // What p never does costs nothing; what q never does, but p does, everything.
    bh_policy_kl(kl, NULL, (bh_real[]){0, NOT}, (bh_real[]){0, 0}, 1, 2);
    CHECK_NEAR((double)kl[0], LOG_2, eps);
    bh_policy_kl(kl, NULL, (bh_real[]){0, 0}, (bh_real[]){0, NOT}, 1, 2);
    CHECK(kl[0] == (bh_real)INFINITY);
    bh_policy_kl(kl, NULL, (bh_real[]){0, NOT}, (bh_real[]){3, NOT}, 1, 2);
    CHECK(kl[0] == 0);
}

static void test_nan_shows(void)
{
    const bh_real logits[] = {1, (bh_real)NAN, 0, 0};
    bh_real out[4];
    bh_policy_log_prob(out, logits, (int[]){0, 0}, 2, 2);
    CHECK(isnan((double)out[0]));
    CHECK_NEAR((double)out[1], -LOG_2, eps); // its row only
    bh_policy_entropy(out, logits, 2, 2);
    CHECK(isnan((double)out[0]) && !isnan((double)out[1]));
    bh_policy_stats stats;
    const bh_real zero[] = {0, 0};
    bh_policy_ppo_loss(out, &stats, logits, (int[]){0, 0}, zero, zero, 0.2, 0, 2, 2);
    CHECK(isnan(stats.loss) && isnan(stats.approx_kl) && isnan((double)out[0]));
}

// ------------------------------------------------------------------------------- returns and
// advantages

static void test_returns(void)
{
    // Two environments; the first ends after its second step, the second runs on to a value of 8.
    const bh_real r[] = {1, 1, 2, 2, 4, 4}, h = R(0.5), discount[] = {h, h, 0, h, h, h};
    bh_real g[6];
    bh_policy_returns(g, r, discount, (bh_real[]){16, 8}, 3, 2);
    // 4 + 16/2, 2, 1 + 2/2;   4 + 8/2, 2 + 8/2, 1 + 6/2
    CHECK_REALS(g, ((double[]){2, 4, 2, 6, 12, 8}), 6, 0);
    bh_policy_returns(g, r, discount, NULL, 3, 2);
    CHECK_REALS(g, ((double[]){2, 3, 2, 4, 4, 4}), 6, 0);
    bh_policy_returns(g, r, discount, (bh_real[]){(bh_real)NAN}, 1, 1);
    CHECK(isnan((double)g[0]));
    const bh_real over = 0;
    bh_policy_returns(g, r, &over, (bh_real[]){(bh_real)NAN}, 1, 1);
    CHECK(g[0] == 1); // the next episode's NaN does not pass
}

// gamma 1/2, lambda 1/2: the trace shrinks by 1/4.
static void test_gae(void)
{
    // Environment 0 terminates at row 1, environment 1 is truncated there (final observation worth
    // 6). Values of the rows: 0: 2, 4, 8; 1: 2, 4, 8. After the last row: 16.
    const bh_real r[] = {1, 1, 1, 1, 1, 1}, v_tm1[] = {2, 2, 4, 4, 8, 8};
    const bh_real v_t[] = {4, 4, 99, 6, 16, 16};
    const unsigned char terminated[] = {0, 0, 1, 0, 0, 0}, truncated[] = {0, 0, 0, 1, 0, 0};
    bh_real adv[6], returns[6];
    bh_policy_gae(adv, returns, r, v_tm1, v_t, terminated, truncated, 0.5, 0.5, 3, 2);
    CHECK(adv[4] == 1 && adv[5] == 1);       // 1 + 16/2 - 8: the rollout's end bootstraps
    CHECK(adv[2] == -3);                     // 1 - 4: nothing after, no trace of 1
    CHECK(adv[3] == 0);                      // 1 + 6/2 - 4: bootstrapped, but no trace of 1
    CHECK(adv[0] == R(0.25) && adv[1] == 1); // 1 + 4/2 - 2 = 1, and a quarter of -3; of 0
    for (int i = 0; i < 6; i++) CHECK(returns[i] == adv[i] + v_tm1[i]);

    // Both at once: terminated.
    const unsigned char one = 1, zero = 0;
    bh_policy_gae(adv, NULL, r, v_tm1, v_t, &one, &one, 0.5, 0.5, 1, 1);
    CHECK(adv[0] == -1); // 1 - 2
    bh_policy_gae(adv, NULL, r, v_tm1, v_t, &zero, &one, 0.5, 0.5, 1, 1);
    CHECK(adv[0] == 1); // 1 + 4/2 - 2
    // What follows a termination is not even looked at.
    bh_policy_gae(adv, NULL, r, v_tm1, (bh_real[]){(bh_real)NAN}, &one, &zero, 0.5, 0.5, 1, 1);
    CHECK(adv[0] == -1);
}

// lambda 0 is the TD error, lambda 1 the discounted return minus the value.
static void test_gae_limits(void)
{
    enum { T = 20 };
    bh_rng rng = bh_rng_seed(2);
    bh_real r[T], v[T + 1], adv[T], returns[T], discount[T], g[T], next;
    unsigned char terminated[T], truncated[T] = {0};
    for (int t = 0; t <= T; t++) v[t] = R(bh_rng_uniform(&rng));
    for (int t = 0; t < T; t++) {
        r[t] = R(bh_rng_uniform(&rng));
        terminated[t] = (unsigned char)(bh_rng_below(&rng, 6) == 0);
        discount[t] = terminated[t] ? 0 : R(0.875);
    }
    bh_policy_gae(adv, returns, r, v, v + 1, terminated, truncated, 0.875, 0, T, 1);
    for (int t = 0; t < T; t++) {
        CHECK_NEAR((double)adv[t], (double)(r[t] + discount[t] * v[t + 1] - v[t]), 5 * eps);
    }
    bh_policy_gae(adv, returns, r, v, v + 1, terminated, truncated, 0.875, 1, T, 1);
    next = v[T];
    bh_policy_returns(g, r, discount, &next, T, 1);
    CHECK_REALS(returns, g, T, 20 * eps);
}

static void test_normalize(void)
{
    bh_real x[] = {1, 2, 3, 4, 5}; // mean 3, variance 10/4
    bh_policy_normalize(x, 5);
    const double std = sqrt(2.5) + 1e-8;
    CHECK_REALS(x, ((double[]){-2 / std, -1 / std, 0, 1 / std, 2 / std}), 5, 2 * eps);

    bh_real equal[] = {7, 7, 7};
    bh_policy_normalize(equal, 3);
    CHECK(equal[0] == 0 && equal[1] == 0 && equal[2] == 0);
    bh_real single = 7;
    bh_policy_normalize(&single, 1); // torch's std would be NaN
    CHECK(single == 7);
    bh_real far[] = {R(1e6), R(1e6 + 1)}; // no cancellation
    bh_policy_normalize(far, 2);
    CHECK_NEAR((double)far[0], -0.5 / (sqrt(0.5) + 1e-8), eps);
}

// -------------------------------------------------------------------------------------------------
// losses

static void test_reinforce(void)
{
    // p = 1/4 3/4, then 1/2 1/2; actions 1, 0; advantages 2, -1.
    const bh_real logits[] = {0, R(LOG_3), 0, 0}, advantages[] = {2, -1};
    const int a[] = {1, 0};
    const double log_3_4 = LOG_3 - 2 * LOG_2, h = 2 * LOG_2 - 0.75 * LOG_3;
    bh_real d[4];
    bh_policy_stats stats;
    bh_policy_reinforce_loss(d, &stats, logits, a, advantages, 0, 2, 2);
    CHECK_NEAR(stats.policy_loss, -(2 * log_3_4 + LOG_2) / 2, 2 * eps);
    CHECK(stats.loss == stats.policy_loss && stats.approx_kl == 0 && stats.clip_fraction == 0);
    CHECK_NEAR(stats.entropy, (h + LOG_2) / 2, 2 * eps);
    // -advantage (1{a} - p) / 2:   -(2)(-1/4)/2, -(2)(1/4)/2, (1/2)/2, (-1/2)/2
    CHECK_REALS(d, ((double[]){0.25, -0.25, 0.25, -0.25}), 4, eps);

    // The bonus of the first row, 0.5/2 p (log p + H): it pulls towards uniform; the second is
    // there.
    bh_policy_reinforce_loss(d, &stats, logits, a, advantages, 0.5, 2, 2);
    CHECK_NEAR(stats.loss, stats.policy_loss - 0.5 * stats.entropy, 1e-15);
    CHECK_NEAR((double)d[0], 0.25 + 0.25 * 0.25 * (-2 * LOG_2 + h), eps);
    CHECK_NEAR((double)d[1], -0.25 + 0.25 * 0.75 * (log_3_4 + h), eps);
    CHECK_NEAR((double)d[2], 0.25, eps);
}

// One sample of two equally likely actions, the old policy's probability 1/2 over `ratio`.
static bh_policy_stats ppo_sample(bh_real *d, double ratio, double advantage)
{
    const bh_real logits[] = {0, 0}, old = R(log(0.5 / ratio)), adv = R(advantage);
    const int a = 0;
    bh_policy_stats stats;
    bh_policy_ppo_loss(d, &stats, logits, &a, &old, &adv, 0.25, 0, 1, 2);
    return stats;
}

static void test_ppo(void)
{
    static const struct {
        double ratio, advantage, loss,
            slope; // slope in the taken action's logit: -ratio A (1 - 1/2)
        int clipped;
    } cases[] = {
        {1, 2, -2, -1, 0}, // where every update starts
        {1, -2, 2, 1, 0},      {1.125, 2, -2.25, -1.125, 0}, {0.875, -2, 1.75, 0.875, 0},
        {2, 2, -2.5, 0, 1},    // too likely already: 1.25 A, no gradient
        {2, -2, 4, 2, 1},      // more likely, but bad: unclipped
        {0.5, -2, 1.5, 0, 1},  // unlikely already: 0.75 A, no gradient
        {0.5, 2, -1, -0.5, 1}, // less likely, but good: unclipped
        {2, 0, 0, 0, 1},
    };
    bh_real d[2];
    for (int i = 0; i < (int)(sizeof cases / sizeof *cases); i++) {
        bh_policy_stats s = ppo_sample(d, cases[i].ratio, cases[i].advantage);
        CHECK_NEAR(s.policy_loss, cases[i].loss, 20 * eps);
        CHECK_NEAR((double)d[0], cases[i].slope, 20 * eps);
        CHECK_NEAR((double)d[1], -cases[i].slope, 20 * eps);
        CHECK(s.clip_fraction == cases[i].clipped);
        CHECK_NEAR(s.approx_kl, cases[i].ratio - 1 - log(cases[i].ratio), 20 * eps);
        CHECK_NEAR(s.entropy, LOG_2, eps);
    }
}

// With the old policy still in place PPO's gradient is REINFORCE's, and masked actions have none.
static void test_ppo_first_step(void)
{
    const bh_real logits[] = {1, NOT, R(0.5), 0, 2, NOT}, advantages[] = {2, -1};
    const int a[] = {0, 1};
    bh_real old[2], d[6], other[6];
    bh_policy_stats ppo, reinforce;
    bh_policy_log_prob(old, logits, a, 2, 3);
    bh_policy_ppo_loss(d, &ppo, logits, a, old, advantages, 0.2, 0.1, 2, 3);
    bh_policy_reinforce_loss(other, &reinforce, logits, a, advantages, 0.1, 2, 3);
    CHECK_REALS(d, other, 6, 4 * eps);
    CHECK(d[1] == 0 && d[5] == 0);
    CHECK_NEAR(ppo.policy_loss, -0.5, 4 * eps);
    CHECK_NEAR(ppo.approx_kl, 0, 1e-13);
    CHECK(ppo.clip_fraction == 0 && ppo.entropy == reinforce.entropy);
}

static void test_value_loss(void)
{
    const bh_real values[] = {1, 5, 0, R(0.5)}, returns[] = {3, 4, 0, 1};
    const bh_real old[] = {R(1.5), 2, 3, 0};
    bh_real d[4];
    // (4 + 1 + 0 + 1/4) / 4; d = -2 * 0.5 * error / 4
    CHECK(bh_policy_value_loss(d, values, returns, NULL, 0, 0.5, 4) == 1.3125);
    CHECK_REALS(d, ((double[]){-0.5, 0.25, 0, -0.125}), 4, 0);
    // Clipped to old +- 0.5: 1 (on the bound, free), 2.5, 2.5, 0.5 (on the bound).
    CHECK(bh_policy_value_loss(d, values, returns, old, 0.5, 0.5, 4) ==
          (4 + 2.25 + 6.25 + 0.25) / 4);
    CHECK_REALS(d, ((double[]){-0.5, 0, 0, -0.125}), 4, 0);
}

static void test_cross_entropy(void)
{
    // p = 1/4 3/4, then 1/2 1/2; actions 0, 1.
    const bh_real logits[] = {0, R(LOG_3), 0, 0}, weights[] = {3, 1}, none[] = {0, 0};
    const int a[] = {0, 1};
    bh_real d[4];
    CHECK_NEAR(bh_policy_cross_entropy(d, logits, a, NULL, 2, 2), 1.5 * LOG_2, 2 * eps);
    CHECK_REALS(d, ((double[]){-0.375, 0.375, 0.25, -0.25}), 4, eps);
    // 3/4 of log 4, 1/4 of log 2.
    CHECK_NEAR(bh_policy_cross_entropy(d, logits, a, weights, 2, 2), 1.75 * LOG_2, 2 * eps);
    CHECK_REALS(d, ((double[]){-0.5625, 0.5625, 0.125, -0.125}), 4, eps);
    CHECK(bh_policy_cross_entropy(d, logits, a, none, 2, 2) == 0);
    CHECK_REALS(d, none, 2, 0);
}

// -------------------------------------------------------------------------------- finite
// differences

enum { B = 4, A = 3 };

typedef struct problem {
    bh_real old_log_prob[B], advantages[B], other[B * A];
    int a[B];
} problem;

static double ppo(const problem *p, const bh_real *x, bh_real *d)
{
    bh_policy_stats stats;
    bh_policy_ppo_loss(d, &stats, x, p->a, p->old_log_prob, p->advantages, 0.2, 0.3, B, A);
    return stats.loss;
}

static double reinforce(const problem *p, const bh_real *x, bh_real *d)
{
    bh_policy_stats stats;
    bh_policy_reinforce_loss(d, &stats, x, p->a, p->advantages, 0.3, B, A);
    return stats.loss;
}

static double cross_entropy(const problem *p, const bh_real *x, bh_real *d)
{
    return bh_policy_cross_entropy(d, x, p->a, (bh_real[]){1, R(0.5), 2}, B, A);
}

static double kl(const problem *p, const bh_real *x, bh_real *d)
{
    // Mean of rows; in float these are rounded, so that differences are only good to a rough
    // tolerance.
    bh_real rows[B];
    bh_policy_kl(rows, d, p->other, x, B, A);
    double sum = 0;
    for (int b = 0; b < B; b++) sum += (double)rows[b];
    return sum / B;
}

static double value(const problem *p, const bh_real *x, bh_real *d)
{
    return 0.75 * bh_policy_value_loss(d, x, p->other, NULL, 0, 0.75, B * A);
}

static double value_clipped(const problem *p, const bh_real *x, bh_real *d)
{
    bh_real old[B * A]; // every other value is clipped, none near the bound
    for (int i = 0; i < B * A; i++) old[i] = p->other[i] + R(0.0625);
    for (int i = 0; i < B * A; i++) {
        double step = fabs((double)x[i] - (double)old[i]);
        if (fabs(step - 0.5) < 0.02) old[i] = x[i];
    }
    return 0.75 * bh_policy_value_loss(d, x, p->other, old, 0.5, 0.75, B * A);
}

static void test_gradients(void)
{
    bh_rng rng = bh_rng_seed(11);
    static const double log_ratios[] = {0,    0.1, -0.1, 0.5,
                                        -0.5, 1,   -1}; // clip 0.2: none on a bound
    for (int round = 0; round < 10; round++) {
        problem p;
        bh_real x[B * A], log_prob[B];
        for (int i = 0; i < B * A; i++) {
            x[i] = R(((int)bh_rng_below(&rng, 64) - 32) / 16.0);
            p.other[i] = R(((int)bh_rng_below(&rng, 64) - 32) / 16.0);
        }
        for (int b = 0; b < B; b++) p.a[b] = (int)bh_rng_below(&rng, A);
        bh_policy_log_prob(log_prob, x, p.a, B, A);
        for (int b = 0; b < B; b++) {
            p.old_log_prob[b] = R((double)log_prob[b] - log_ratios[bh_rng_below(&rng, 7)]);
            p.advantages[b] = R(bh_rng_normal(&rng));
        }
        check_gradient(ppo, &p, x, B * A, 1e-4);
        check_gradient(reinforce, &p, x, B * A, 1e-4);
        check_gradient(cross_entropy, &p, x, B * A, 1e-4);
        check_gradient(kl, &p, x, B * A, 1e-3);
        check_gradient(value, &p, x, B * A, 1e-4);
        check_gradient(value_clipped, &p, x, B * A, 1e-4);
    }
}

// ------------------------------------------------------------------------------------ PyTorch's
// numbers

static void reals(bh_real *x, const double *from, int n)
{
    for (int i = 0; i < n; i++) x[i] = R(from[i]);
}

static void test_golden_distributions(void)
{
    bh_real logits[18], other[18], out[18];
    reals(logits, golden_policy_logits, 18);
    reals(other, golden_policy_other_logits, 18);
    bh_policy_log_prob(out, logits, golden_policy_a, 6, 3);
    CHECK_REALS(out, golden_policy_log_prob, 6, 4 * eps);
    bh_policy_entropy(out, logits, 6, 3);
    CHECK_REALS(out, golden_policy_entropy, 6, 2 * eps);
    bh_policy_kl(out, NULL, logits, other, 6, 3);
    CHECK_REALS(out, golden_policy_kl, 6, 2 * eps);
    reals(out, golden_policy_advantages, 6);
    bh_policy_normalize(out, 6);
    CHECK_REALS(out, golden_policy_normalized, 6, 2 * eps);
}

static void test_golden_losses(void)
{
    const int *a = golden_policy_a;
    bh_real logits[18], old[6], advantages[6], d[18];
    bh_policy_stats stats;
    reals(logits, golden_policy_logits, 18);
    reals(old, golden_policy_old_log_prob, 6);
    reals(advantages, golden_policy_advantages, 6);
    bh_policy_ppo_loss(d, &stats, logits, a, old, advantages, 0.2, 0.01, 6, 3);
    CHECK_NEAR(stats.loss, golden_ppo_loss, 1e-14); // inputs are exact, sums in double
    CHECK_NEAR(stats.policy_loss, golden_ppo_policy_loss, 1e-14);
    CHECK_NEAR(stats.entropy, golden_ppo_entropy, 1e-14);
    CHECK_NEAR(stats.approx_kl, golden_ppo_approx_kl, 1e-14);
    CHECK_NEAR(stats.clip_fraction, golden_ppo_clip_fraction, 1e-15);
    CHECK_REALS(d, golden_ppo_dlogits, 18, eps);
    bh_policy_reinforce_loss(d, &stats, logits, a, advantages, 0.01, 6, 3);
    CHECK_NEAR(stats.loss, golden_reinforce_loss, 1e-14);
    CHECK_REALS(d, golden_reinforce_dlogits, 18, eps);
    double loss = bh_policy_cross_entropy(d, logits, a, (bh_real[]){R(0.5), 1, 2}, 6, 3);
    CHECK_NEAR(loss, golden_cross_entropy, 1e-14);
    CHECK_REALS(d, golden_cross_entropy_dlogits, 18, eps);
}

static void test_golden_value_loss(void)
{
    bh_real values[6], returns[6], old[6], d[6];
    reals(values, golden_vf_values, 6);
    reals(returns, golden_vf_returns, 6);
    reals(old, golden_vf_old_values, 6);
    double loss = bh_policy_value_loss(d, values, returns, NULL, 0, 0.5, 6);
    CHECK_NEAR(loss, golden_vf_loss_plain, 1e-14);
    CHECK_REALS(d, golden_vf_dvalues_plain, 6, eps);
    loss = bh_policy_value_loss(d, values, returns, old, 0.5, 0.5, 6);
    CHECK_NEAR(loss, golden_vf_loss_clipped, 1e-14);
    CHECK_REALS(d, golden_vf_dvalues_clipped, 6, eps);
}

static void test_golden_gae(void)
{
    bh_real r[12], v_tm1[12], v_t[12], adv[12], returns[12];
    reals(r, golden_gae_r, 12);
    reals(v_tm1, golden_gae_v_tm1, 12);
    reals(v_t, golden_gae_v_t, 12);
    bh_policy_gae(adv, returns, r, v_tm1, v_t, golden_gae_terminated, golden_gae_truncated, 0.96875,
                  0.9375, 6, 2);
    CHECK_REALS(adv, golden_gae_advantages, 12, 5 * eps);
    CHECK_REALS(returns, golden_gae_returns, 12, 5 * eps);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_distributions);
    CHECK_RUN(test_sample);
    CHECK_RUN(test_sample_frequencies);
    CHECK_RUN(test_mode);
    CHECK_RUN(test_kl);
    CHECK_RUN(test_nan_shows);
    CHECK_RUN(test_returns);
    CHECK_RUN(test_gae);
    CHECK_RUN(test_gae_limits);
    CHECK_RUN(test_normalize);
    CHECK_RUN(test_reinforce);
    CHECK_RUN(test_ppo);
    CHECK_RUN(test_ppo_first_step);
    CHECK_RUN(test_value_loss);
    CHECK_RUN(test_cross_entropy);
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_golden_distributions);
    CHECK_RUN(test_golden_losses);
    CHECK_RUN(test_golden_value_loss);
    CHECK_RUN(test_golden_gae);
    return check_report();
}
