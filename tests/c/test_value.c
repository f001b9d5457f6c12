// SPDX-License-Identifier: MIT
// Targets, TD errors and losses of value functions, by hand and by finite differences.
#include "rl/value.h"

#include "core/rng.h"

#include "numbers.h"
#include "tests/golden/gaussian.h"
#include "tests/golden/losses.h"

// Some of a number: exact in double, rounded in float.
#define R(x) ((bh_real)(x))

// What one rounding to bh_real may change, for numbers near 1.
static const double eps = sizeof(bh_real) == sizeof(float) ? 1e-7 : 1e-15;

static void test_argmax(void)
{
    const bh_real nan = (bh_real)NAN, inf = (bh_real)INFINITY;
    CHECK(bh_value_argmax((bh_real[]){1, 3, 2}, 3) == 1);
    CHECK(bh_value_argmax((bh_real[]){-5}, 1) == 0);
    CHECK(bh_value_argmax((bh_real[]){-5, -4, -6}, 3) == 1);
    CHECK(bh_value_argmax((bh_real[]){2, 2, 2}, 3) == 0); // the first of equals
    CHECK(bh_value_argmax((bh_real[]){1, 2, 2}, 3) == 1);
    CHECK(bh_value_argmax((bh_real[]){0, (bh_real)-0.0}, 2) == 0);
    CHECK(bh_value_argmax((bh_real[]){nan, -1, 0}, 3) == 2);
    CHECK(bh_value_argmax((bh_real[]){1, nan, 2}, 3) == 2);
    CHECK(bh_value_argmax((bh_real[]){1, nan, 0}, 3) == 0);
    CHECK(bh_value_argmax((bh_real[]){nan, nan, -inf}, 3) == 2);
    CHECK(bh_value_argmax((bh_real[]){-inf, inf}, 2) == 1);
    int all_nan = bh_value_argmax((bh_real[]){nan, nan}, 2);
    CHECK(all_nan == 0 || all_nan == 1); // any, but in range
}

// Rows: ordinary, terminated, ties, negative values.
static const bh_real q_tm1[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3};
static const int a_tm1[] = {2, 0, 1, 2};
static const bh_real r_t[] = {1, -1, 0, (bh_real)0.5};
static const bh_real discount_t[] = {(bh_real)0.5, 0, (bh_real)0.5, (bh_real)0.25};
static const bh_real qt_t[] = {10, 30, 20, 99, 98, 97, 4, 4, 4, -8, -16, -12};

static void test_q_learning(void)
{
    bh_real td[4];
    bh_value_q_learning(td, q_tm1, a_tm1, r_t, discount_t, qt_t, 4, 3);
    CHECK(td[0] == 13);  // 1 + 0.5 * 30 - 3
    CHECK(td[1] == -5);  // -1 - 4: nothing follows
    CHECK(td[2] == -6);  // 0.5 * 4 - 8
    CHECK(td[3] == 1.5); // 0.5 - 0.25 * 8 + 3
}

static void test_double_q(void)
{
    const bh_real q_t[] = {3, 1, 2, 0, 0, 9, 5, 5, 1, 0, 2, 1};
    bh_real td[4];
    bh_value_double_q(td, q_tm1, a_tm1, r_t, discount_t, q_t, qt_t, 4, 3);
    CHECK(td[0] == 3); // 1 + 0.5 * 10 - 3: the online network chose 0
    CHECK(td[1] == -5);
    CHECK(td[2] == -6);
    CHECK(td[3] == -0.5); // 0.5 - 0.25 * 16 + 3

    // With the same values on both sides it is Q-learning.
    bh_real same[4];
    bh_value_double_q(td, q_tm1, a_tm1, r_t, discount_t, qt_t, qt_t, 4, 3);
    bh_value_q_learning(same, q_tm1, a_tm1, r_t, discount_t, qt_t, 4, 3);
    CHECK(memcmp(td, same, sizeof td) == 0);
}

static void test_nan_next_value_loses(void)
{
    const bh_real next[] = {(bh_real)NAN, 6}, now[] = {1, 1}, r = 0, discount = (bh_real)0.5;
    const int a = 0;
    bh_real td;
    bh_value_q_learning(&td, now, &a, &r, &discount, next, 1, 2);
    CHECK(td == 2);
}

// ------------------------------------------------------------------------------- SARSA and
// policies

static void test_sarsa(void)
{
    const int a_t[] = {2, 0, 1, 2};
    bh_real td[4];
    bh_value_sarsa(td, q_tm1, a_tm1, r_t, discount_t, qt_t, a_t, 4, 3);
    CHECK(td[0] == 8);      // 1 + 0.5 * 20 - 3
    CHECK(td[1] == -5);     // -1 - 4
    CHECK(td[2] == -6);     // 0.5 * 4 - 8
    CHECK(td[3] == R(0.5)); // 0.5 - 0.25 * 12 + 3
}

static void test_expected_sarsa(void)
{
    const bh_real probs[] = {R(0.5),   R(0.25), R(0.25),  1, 0, 0,
                             R(0.125), R(0.75), R(0.125), 0, 0, 1};
    bh_real td[4];
    bh_value_expected_sarsa(td, q_tm1, a_tm1, r_t, discount_t, qt_t, probs, 4, 3);
    CHECK(td[0] == R(6.75)); // 1 + 0.5 (5 + 7.5 + 5) - 3
    CHECK(td[1] == -5);
    CHECK(td[2] == -6);
    CHECK(td[3] == R(0.5)); // 0.5 - 0.25 * 12 + 3

    // All on one action it is SARSA, all on the best one Q-learning.
    bh_real greedy[12], other[4];
    bh_value_epsilon_greedy(greedy, qt_t, 0, 4, 3);
    bh_value_expected_sarsa(td, q_tm1, a_tm1, r_t, discount_t, qt_t, greedy, 4, 3);
    bh_value_q_learning(other, q_tm1, a_tm1, r_t, discount_t, qt_t, 4, 3);
    CHECK(memcmp(td, other, sizeof td) == 0);
}

static void test_epsilon_greedy(void)
{
    const bh_real q[] = {1, 3, 2, 3, 5, 5, 5, 5}; // ties: the first, as argmax acts
    const bh_real want[] = {R(0.0625), R(0.8125), R(0.0625), R(0.0625),
                            R(0.8125), R(0.0625), R(0.0625), R(0.0625)};
    bh_real p[8];
    bh_value_epsilon_greedy(p, q, 0.25, 2, 4); // 0.25 / 4, and 0.75 more
    CHECK_REALS(p, want, 8, 0);
    bh_value_epsilon_greedy(p, q, 1, 2, 4);
    for (int i = 0; i < 8; i++) CHECK(p[i] == R(0.25));
    bh_value_epsilon_greedy(p, q, 0.3, 8, 1); // one action
    for (int i = 0; i < 8; i++) CHECK(p[i] == 1);
}

static void test_softmax(void)
{
    const double e = 2.718281828459045;
    bh_real p[6];
    bh_value_softmax(p, (bh_real[]){0, 1, 0, 0, 2, 0}, 1, 2, 3);
    CHECK_NEAR((double)p[0], 1 / (2 + e), eps);
    CHECK_NEAR((double)p[1], e / (2 + e), eps);
    CHECK_NEAR((double)p[4], e * e / (2 + e * e), eps);
    bh_value_softmax(p, (bh_real[]){0, 1, 0}, 0.5, 1, 3); // q / temperature = 2
    CHECK_NEAR((double)p[1], e * e / (2 + e * e), eps);

    // Of any size, with infinities that mask.
    const bh_real minus_inf = (bh_real)-INFINITY;
    bh_value_softmax(p, (bh_real[]){1000, 1000, -1000, minus_inf}, 1, 1, 4);
    CHECK_REALS(p, ((double[]){0.5, 0.5, 0, 0}), 4, 0);
    bh_value_softmax(p, (bh_real[]){-7}, 3, 1, 1);
    CHECK(p[0] == 1);

    // Temperature 0 is the limit: equal shares for the largest.
    bh_value_softmax(p, (bh_real[]){2, 5, 5, -1, minus_inf}, 0, 1, 5);
    CHECK_REALS(p, ((double[]){0, 0.5, 0.5, 0, 0}), 5, 0);
    bh_value_softmax(p, (bh_real[]){2, 5, R(5.001)}, 1e-9, 1, 3);
    CHECK_REALS(p, ((double[]){0, 0, 1}), 3, 0);

    CHECK(bh_value_weight(3, 3, 0) == 1 && bh_value_weight(3, 3, 0.1) == 1);
    CHECK(bh_value_weight(2, 3, 0) == 0 && bh_value_weight(-INFINITY, 3, 1) == 0);
    CHECK_NEAR(bh_value_weight(2, 3, 0.5), 1 / (e * e), 1e-16);
    bh_value_softmax(p, (bh_real[]){1, (bh_real)NAN, 2, 0, 0, 0}, 1, 2, 3); // its row only
    CHECK(isnan((double)p[0]) && isnan((double)p[1]) && isnan((double)p[2]));
    CHECK_NEAR((double)p[3], 1.0 / 3, eps);
}

// -------------------------------------------------------------------------------- n-step returns

static void test_critic_target(void)
{
    const bh_real r[] = {1, 2, 3}, discount[] = {R(0.5), R(0.5), 0}, log_prob[] = {-2, 4, 8};
    const bh_real q[] = {2, 6, 7, 4, -2, 9, 8, 8, 8}; // three critics
    bh_real target[3];
    bh_value_critic_target(target, r, discount, q, 1, 0, NULL, 3); // DDPG
    CHECK_REALS(target, ((double[]){2, 5, 3}), 3, 0);
    bh_value_critic_target(target, r, discount, q, 2, 0, NULL, 3); // TD3
    CHECK_REALS(target, ((double[]){2, 1, 3}), 3, 0);
    bh_value_critic_target(target, r, discount, q, 3, 0.25, log_prob, 3); // SAC
    CHECK_REALS(target, ((double[]){2.25, 0.5, 3}), 3, 0);
    // The smallest may be any of them, and NaN is smaller than all.
    bh_value_critic_target(target, r, discount, (bh_real[]){5, 5, 5, 4, 4, 4, 3, 6, 2}, 3, 0, NULL,
                           3);
    CHECK_REALS(target, ((double[]){2.5, 4, 3}), 3, 0);
    const bh_real nan = (bh_real)NAN, one[] = {1, 1, 1};
    bh_value_critic_target(target, r, one, (bh_real[]){nan, 1, 1, 1, nan, 1}, 2, 0, NULL, 3);
    CHECK(isnan((double)target[0]) && isnan((double)target[1]) && target[2] == 4);
}

static void test_golden_critic_target(void)
{
    bh_real r[6], discount[6], q[12], log_prob[6], target[6];
    for (int b = 0; b < 6; b++) {
        r[b] = R(golden_critic_r[b]);
        discount[b] = R(golden_critic_terminated[b] ? 0 : 0.99);
        q[b] = R(golden_critic_q1[b]);
        q[6 + b] = R(golden_critic_q2[b]);
        log_prob[b] = R(golden_critic_log_prob[b]);
    }
    bh_value_critic_target(target, r, discount, q, 2, 0, NULL, 6);
    CHECK_REALS(target, golden_critic_td3, 6, 3 * eps);
    bh_value_critic_target(target, r, discount, q, 2, 0.2, log_prob, 6);
    CHECK_REALS(target, golden_critic_sac, 6, 3 * eps);
}

static void test_n_step(void)
{
    const bh_real r[] = {1, 2, 4, 8, 16}, v[] = {10, 20, 40, 80, 160}, h = R(0.5);
    const bh_real discount[] = {h, h, 0, h, h}; // the third step terminated
    bh_real g[5];

    bh_value_n_step(g, r, discount, v, NULL, 1, 5); // r + discount v
    CHECK_REALS(g, ((double[]){6, 12, 4, 48, 96}), 5, 0);

    // 2: g0 = 1 + (2 + 20/2)/2 = 7    g1 = 2 + 4/2 = 4    g2 = 4    g3 = 8 + (16 + 160/2)/2 = 56
    //    g4 = 16 + 160/2 = 96: one step is left
    bh_value_n_step(g, r, discount, v, NULL, 2, 5);
    CHECK_REALS(g, ((double[]){7, 4, 4, 56, 96}), 5, 0);

    // 3: g0 = 1 + (2 + 4/2)/2 = 3; 9, more than there are, is the same from there on.
    for (int n = 3; n <= 9; n += 2) {
        bh_value_n_step(g, r, discount, v, NULL, n, 5);
        CHECK_REALS(g, ((double[]){3, 4, 4, 56, 96}), 5, 0);
    }

    bh_value_n_step(g, r, discount, v, NULL, 4, 1); // T = 1
    CHECK(g[0] == 6);
}

static void test_n_step_truncated(void)
{
    // The second step was truncated: lambda 0 there, v its final observation's value. What follows
    // is another episode, and not even its NaN comes through.
    const bh_real r[] = {1, 2, (bh_real)NAN, 8}, v[] = {10, 20, 40, 80}, h = R(0.5);
    const bh_real discount[] = {h, h, h, h}, lambda[] = {1, 0, 1, 1};
    bh_real g[4];
    bh_value_n_step(g, r, discount, v, lambda, 3, 4);
    CHECK(g[0] == 7);  // 1 + (2 + 20/2)/2
    CHECK(g[1] == 12); // 2 + 20/2
    CHECK(isnan((double)g[2]));
    CHECK(g[3] == 48); // 8 + 80/2

    // Between 0 and 1 it mixes: g0 = 1 + (0.75 * 10 + 0.25 (2 + 20/2))/2 = 1 + (7.5 + 3)/2
    const bh_real quarter[] = {R(0.25), R(0.25), 1, 1};
    bh_value_n_step(g, r, discount, v, quarter, 2, 2);
    CHECK(g[0] == R(6.25));
}

// Two environments side by side: T = 4, gamma 1/2, lambda 1/4.
static void test_q_lambda(void)
{
    enum { STEPS = 4, ENVS = 2 };
    // Environment 0 goes on to the end; 1 terminates in its second step, whose v is never read.
    const bh_real r[] = {1, 4, 2, 8, 4, 16, 8, 32};
    const bh_real v[] = {16, 8, 8, (bh_real)NAN, 4, 4, 80, 160};
    unsigned char none[STEPS * ENVS] = {0}, terminated[STEPS * ENVS] = {0, 0, 0, 1};
    bh_real g[STEPS * ENVS];
    bh_value_q_lambda(g, r, v, terminated, none, 0.5, 0.25, STEPS, ENVS);
    // 0: R3 = 8 + 80/2 = 48 (from v of the observation after the last step, not of the one before)
    //    R2 = 4 + (0.25 48 + 0.75 4)/2 = 11.5     R1 = 2 + (0.25 11.5 + 0.75 8)/2 = 6.4375
    //    R0 = 1 + (0.25 6.4375 + 0.75 16)/2 = 7.8046875
    // 1: R3 = 32 + 160/2 = 112     R2 = 16 + (28 + 3)/2 = 31.5     R1 = 8
    //    R0 = 4 + (2 + 6)/2 = 8
    CHECK_REALS(g, ((double[]){7.8046875, 8, 6.4375, 8, 11.5, 31.5, 48, 112}), STEPS * ENVS, 0);

    // lambda 0 is one step; lambda 1 the rewards and the last value, but nothing beyond an end.
    bh_value_q_lambda(g, r, v, terminated, none, 0.5, 0, STEPS, ENVS);
    CHECK_REALS(g, ((double[]){9, 8, 6, 8, 6, 18, 48, 112}), STEPS * ENVS, 0);
    const bh_real plain_v[] = {16, 8, 8, 8, 4, 4, 80, 160};
    bh_value_q_lambda(g, r, plain_v, terminated, none, 0.5, 1, STEPS, ENVS);
    CHECK_REALS(g, ((double[]){9, 8, 16, 8, 28, 72, 48, 112}), STEPS * ENVS, 0);
}

// Truncated: it bootstraps from its own v, and what follows, even NaN, is another episode.
static void test_q_lambda_truncated(void)
{
    const bh_real r[] = {1, 2, (bh_real)NAN, 8}, v[] = {16, 20, 40, 80};
    const unsigned char none[4] = {0}, truncated[4] = {0, 1, 0, 0}, both[4] = {0, 1, 0, 0};
    bh_real g[4];
    bh_value_q_lambda(g, r, v, none, truncated, 0.5, 0.25, 4, 1);
    CHECK(g[3] == 48 && isnan((double)g[2]));
    CHECK(g[1] == 12);     // 2 + 20/2
    CHECK(g[0] == R(8.5)); // 1 + (0.25 12 + 0.75 16)/2
    bh_value_q_lambda(g, r, v, both, truncated, 0.5, 0.25, 4, 1);
    CHECK(g[1] == 2 && g[0] == R(7.25)); // what terminated bootstraps nothing
    bh_value_q_lambda(g, r, v, none, none, 0.5, 0.25, 1, 1);
    CHECK(g[0] == 9); // one step
}

// ------------------------------------------------------------------------- categorical
// distributions

// Projects one row.
static void project(bh_real *target, const bh_real *p, double r, double discount, double v_min,
                    double v_max, int N)
{
    bh_real r_row = R(r), discount_row = R(discount);
    bh_value_categorical_project(target, p, &r_row, &discount_row, v_min, v_max, 1, N);
}

static const bh_real five[] = {R(0.125), R(0.25), R(0.125), R(0.375), R(0.125)};

static void test_project_on_atoms(void)
{
    // Atoms -2 … 2. Shift by one: the last two meet on the last atom, nothing is lost anywhere.
    bh_real m[5];
    project(m, five, 0, 1, -2, 2, 5);
    CHECK_REALS(m, five, 5, 0);
    project(m, five, 1, 1, -2, 2, 5);
    CHECK_REALS(m, ((double[]){0, 0.125, 0.25, 0.125, 0.5}), 5, 0);
    project(m, five, -3, 1, -2, 2, 5); // -5 … -1
    CHECK_REALS(m, ((double[]){0.875, 0.125, 0, 0, 0}), 5, 0);

    // Terminated: all of it at the reward, on an atom and halfway.
    project(m, five, 1, 0, -2, 2, 5);
    CHECK_REALS(m, ((double[]){0, 0, 0, 1, 0}), 5, 0);
    project(m, five, -0.5, 0, -2, 2, 5);
    CHECK_REALS(m, ((double[]){0, 0.5, 0.5, 0, 0}), 5, 0);

    // All beyond the bounds.
    project(m, five, 100, 1, -2, 2, 5);
    CHECK_REALS(m, ((double[]){0, 0, 0, 0, 1}), 5, 0);
    project(m, five, -100, 0.5, -2, 2, 5);
    CHECK_REALS(m, ((double[]){1, 0, 0, 0, 0}), 5, 0);
    project(m, five, INFINITY, 1, -2, 2, 5);
    CHECK_REALS(m, ((double[]){0, 0, 0, 0, 1}), 5, 0);
}

static void test_project_between_atoms(void)
{
    // 0.25 + z/2: -0.75, -0.25, 0.25, 0.75, 1.25.
    //   -1: 0.75 * 0.125 + 0.25 * 0.25 = 0.15625       0: 0.25 * 0.125 + 0.75 * 0.25 + 0.75 * 0.125
    //                                                  + 0.25 * 0.375
    //    1: 0.25 * 0.125 + 0.75 * 0.375 + 0.75 * 0.125 = 0.40625        2: 0.25 * 0.125
    bh_real m[5];
    project(m, five, 0.25, 0.5, -2, 2, 5);
    CHECK_REALS(m, ((double[]){0, 0.15625, 0.40625, 0.40625, 0.03125}), 5, 0);
}

// Every multiple of the distance is an atom, though 0.4 and the rewards are rounded: no mass leaks
// to neighbours, none is lost.
static void test_project_rounded_rewards(void)
{
    bh_real p[51], m[51];
    for (int i = 0; i < 51; i++) p[i] = R(i == 25); // all at 0
    for (int k = -25; k <= 25; k++) {
        project(m, p, k * 0.4, 1, -10, 10, 51);
        for (int i = 0; i < 51; i++) CHECK(m[i] == (i == 25 + k));
        project(m, p, k * 0.4, 0, -10, 10, 51);
        for (int i = 0; i < 51; i++) CHECK(m[i] == (i == 25 + k));
    }
}

// Against the definition (eq. 7): m_i = sum_j p_j max(0, 1 - |clip(r + discount z_j) - z_i| /
// distance).
static void test_project_definition(void)
{
    enum { N = 51, B = 40 };
    bh_rng rng = bh_rng_seed(5);
    bh_real p[B * N], m[B * N], r[B], discount[B];
    for (int b = 0; b < B; b++) {
        double sum = 0;
        for (int i = 0; i < N; i++) p[b * N + i] = R(bh_rng_uniform(&rng));
        for (int i = 0; i < N; i++) sum += (double)p[b * N + i];
        for (int i = 0; i < N; i++) p[b * N + i] = R((double)p[b * N + i] / sum);
        r[b] = R(8 * bh_rng_uniform(&rng) - 4);
        discount[b] = R(1.5 * bh_rng_uniform(&rng));
    }
    bh_value_categorical_project(m, p, r, discount, -3, 7, B, N);
    for (int b = 0; b < B; b++) {
        double mass = 0, before = 0;
        for (int i = 0; i < N; i++) {
            double want = 0;
            for (int j = 0; j < N; j++) {
                double tz = (double)r[b] + (double)discount[b] * (-3 + j * 0.2);
                tz = fmin(fmax(tz, -3), 7);
                want += (double)p[b * N + j] * fmax(0, 1 - fabs(tz - (-3 + i * 0.2)) / 0.2);
            }
            CHECK_NEAR((double)m[b * N + i], want, sizeof(bh_real) == 4 ? 4e-6 : 1e-13);
            mass += (double)m[b * N + i];
            before += (double)p[b * N + i];
        }
        CHECK_NEAR(mass, before, 10 * eps);
    }
}

static void test_project_small_and_nan(void)
{
    bh_real m[5], one = 1;
    project(m, &one, 3, 0.5, -1, 1, 1); // a single atom takes everything
    CHECK(m[0] == 1);
    project(m, (bh_real[]){R(0.25), R(0.75)}, 0.5, 0.5, -1, 1, 2); // targets 0 and 1 of -1, 1
    CHECK_REALS(m, ((double[]){0.125, 0.875}), 2, 0);
    project(m, five, NAN, 1, -2, 2, 5); // shows in the loss
    CHECK(isnan((double)m[0]));
}

static void test_categorical_q(void)
{
    // Atoms -1, 0.5, 2.
    const bh_real p[] = {1, 0, 0, 0, 0, 1, R(0.25), R(0.5), R(0.25), 0, 1, 0};
    bh_real q[4];
    bh_value_categorical_q(q, p, -1, 2, 2, 2, 3);
    CHECK_REALS(q, ((double[]){-1, 2, 0.5, 0.5}), 4, 0);
    bh_value_categorical_q(q, (bh_real[]){1, 1}, 3, 4, 1, 2, 1);
    CHECK(q[0] == 3 && q[1] == 3);
}

static void test_categorical_loss(void)
{
    // Logits log 1, log 2, log 5: probabilities 1/8, 2/8, 5/8. Two actions; the other one is
    // untouched.
    const double log2 = 0.6931471805599453, log5 = 1.6094379124341003, log8 = 3 * log2;
    const bh_real logits[] = {9, 9, 9, 0, R(log2), R(log5), 0, 0, 0, -4, 7, 1};
    const bh_real target[] = {R(0.5), R(0.5), 0, 0, 0, 1}, weights[] = {R(0.5), 2};
    const int a[] = {1, 0};
    bh_real loss[2], d[12];
    double mean = bh_value_categorical_loss(loss, d, logits, a, target, NULL, 2, 2, 3);
    double want[] = {0.5 * log8 + 0.5 * (log8 - log2), 1.0986122886681098};
    CHECK_REALS(loss, want, 2, 4 * eps);
    CHECK_NEAR(mean, (want[0] + want[1]) / 2, 4 * eps);
    // (p - target) / 2
    const double third = 1.0 / 3;
    const double want_d[] = {0,         0,         0,      -0.1875, -0.125, 0.3125,
                             third / 2, third / 2, -third, 0,       0,      0};
    CHECK_REALS(d, want_d, 12, eps);

    mean = bh_value_categorical_loss(loss, d, logits, a, target, weights, 2, 2, 3);
    CHECK_REALS(loss, want, 2, 4 * eps); // without the weight
    CHECK_NEAR(mean, (0.5 * want[0] + 2 * want[1]) / 2, 4 * eps);
    CHECK_NEAR((double)d[5], 0.15625, eps);
    CHECK_NEAR((double)d[8], -2 * third, eps);
}

static void test_categorical_loss_extremes(void)
{
    const int a = 0;
    bh_real loss, d[3];
    const bh_real far[] = {10000, -10000, (bh_real)-INFINITY};
    bh_value_categorical_loss(&loss, d, far, &a, (bh_real[]){1, 0, 0}, NULL, 1, 1, 3);
    CHECK(loss == 0 && d[0] == 0 && d[1] == 0 && d[2] == 0);
    bh_value_categorical_loss(&loss, d, far, &a, (bh_real[]){0, 1, 0}, NULL, 1, 1, 3);
    CHECK(loss == 20000 && d[0] == 1 && d[1] == -1 && d[2] == 0);
    bh_value_categorical_loss(&loss, d, (bh_real[]){5}, &a, (bh_real[]){1}, NULL, 1, 1, 1);
    CHECK(loss == 0 && d[0] == 0); // a single atom has nothing to learn
    const bh_real nan[] = {1, (bh_real)NAN, 2};
    double mean = bh_value_categorical_loss(&loss, d, nan, &a, (bh_real[]){1, 0, 0}, NULL, 1, 1, 3);
    CHECK(isnan(mean) && isnan((double)loss) && isnan((double)d[0]));
}

// ---------------------------------------------------------------------------- quantile
// distributions

static void test_quantile_q(void)
{
    const bh_real quantiles[] = {1, 2, 3, 6, -1, 0, 1, 2};
    bh_real q[4];
    bh_value_quantile_q(q, quantiles, 1, 2, 4);
    CHECK_REALS(q, ((double[]){3, 0.5}), 2, 0);
    bh_value_quantile_q(q, quantiles, 2, 2, 2);
    CHECK_REALS(q, ((double[]){1.5, 4.5, -0.5, 1.5}), 4, 0);
    bh_value_quantile_q(q, quantiles, 4, 1, 1);
    CHECK_REALS(q, quantiles, 4, 0);
}

static void test_quantile_huber(void)
{
    // Quantiles 0, 2 at tau 1/4, 3/4; targets 0.5, 4; kappa 1.
    //   i = 0: u = 0.5, 4: 1/4 (0.125), 1/4 (3.5)           mean 0.453125     slope -(1/4 0.5 + 1/4
    //                                                       1)/2 = -0.1875
    //   i = 1: u = -1.5, 2: (1 - 3/4)(1), 3/4 (1.5)         mean 0.6875       slope -(-1/4 + 3/4)/2
    //                                                       = -0.25
    const bh_real quantiles[] = {7, 7, 0, 2}, targets[] = {R(0.5), 4}, weight = 3;
    const int a = 1;
    bh_real loss, d[4];
    CHECK_NEAR(bh_value_quantile_huber(&loss, d, quantiles, &a, targets, 1, NULL, 1, 2, 2, 2),
               1.140625, 1e-15);
    CHECK(loss == R(1.140625));
    CHECK_REALS(d, ((double[]){0, 0, -0.1875, -0.25}), 4, 0);
    CHECK_NEAR(bh_value_quantile_huber(&loss, d, quantiles, &a, targets, 1, &weight, 1, 2, 2, 2),
               3 * 1.140625, 1e-15);
    CHECK(loss == R(1.140625));
    CHECK_REALS(d, ((double[]){0, 0, -0.5625, -0.75}), 4, 0);

    // kappa 2: L/kappa is u^2/4 inside, |u| - 1 outside; slope u/2 or 1.
    //   i = 0: 1/4 (0.0625), 1/4 (3)   i = 1: 1/4 (0.5625), 3/4 (1): |u| = kappa on the seam
    CHECK_NEAR(bh_value_quantile_huber(&loss, d, quantiles, &a, targets, 2, NULL, 1, 2, 2, 2),
               (0.765625 + 0.890625) / 2, 1e-15);
    CHECK_REALS(d, ((double[]){0, 0, -0.15625, -0.28125}), 4, 0);
}

static void test_quantile_regression(void)
{
    // kappa 0: rho = |tau - 1{u<0}| |u|. i = 0: (0.125 + 1)/2, i = 1: (0.375 + 1.5)/2.
    const bh_real quantiles[] = {0, 2}, targets[] = {R(0.5), 4};
    const int a = 0;
    bh_real loss, d[2];
    bh_value_quantile_huber(&loss, d, quantiles, &a, targets, 0, NULL, 1, 1, 2, 2);
    CHECK(loss == R(1.5));
    CHECK_REALS(d, ((double[]){-0.25, -0.25}), 2, 0);
    // Right on target: nothing to learn. And kappa -> 0 comes there.
    bh_value_quantile_huber(&loss, d, quantiles, &a, (bh_real[]){2}, 0, NULL, 1, 1, 2, 1);
    CHECK(loss == R(0.5) && d[0] == R(-0.25) && d[1] == 0); // 1/4 * 2
    bh_value_quantile_huber(&loss, d, quantiles, &a, targets, 1e-9, NULL, 1, 1, 2, 2);
    CHECK_NEAR((double)loss, 1.5, 1e-8);

    const bh_real nan = (bh_real)NAN;
    bh_value_quantile_huber(&loss, d, quantiles, &a, &nan, 1, NULL, 1, 1, 2, 1);
    CHECK(isnan((double)loss) && isnan((double)d[0]) && isnan((double)d[1]));
    bh_value_quantile_huber(&loss, d, quantiles, &a, &nan, 0, NULL, 1, 1, 2, 1);
    CHECK(isnan((double)loss) && isnan((double)d[0]));
}

// A single quantile is the median: half the Huber loss.
static void test_quantile_single(void)
{
    const bh_real quantile = 1, targets[] = {R(1.5), 4, -2};
    const int a = 0;
    bh_real loss, d;
    bh_value_quantile_huber(&loss, &d, &quantile, &a, targets, 1, NULL, 1, 1, 1, 3);
    CHECK_NEAR((double)loss, 0.5 * (0.125 + 2.5 + 2.5) / 3, eps);
    CHECK_NEAR((double)d, -0.5 * (0.5 + 1 - 1) / 3, eps);
}

// -------------------------------------------------------------------------------- finite
// differences

enum { FB = 3, FA = 2, FN = 5, FM = 4 };

typedef struct problem {
    bh_real x[FB * FA * FN], target[FB * FN], weights[FB];
    int a[FB];
    double kappa;
} problem;

static double categorical(const problem *p, const bh_real *x, bh_real *d)
{
    bh_real loss[FB];
    return bh_value_categorical_loss(loss, d, x, p->a, p->target, p->weights, FB, FA, FN);
}

static double quantile(const problem *p, const bh_real *x, bh_real *d)
{
    bh_real loss[FB];
    return bh_value_quantile_huber(loss, d, x, p->a, p->target, p->kappa, p->weights, FB, FA, FN,
                                   FM);
}

static void test_gradients(void)
{
    bh_rng rng = bh_rng_seed(3);
    problem p;
    for (int round = 0; round < 5; round++) {
        // Multiples of 1/8 and 1/8 + 1/16: no pair comes within a step of a kink at 0 or kappa.
        for (int i = 0; i < FB * FA * FN; i++) p.x[i] = R(((int)bh_rng_below(&rng, 40) - 20) / 8.0);
        for (int i = 0; i < FB * FN; i++) {
            p.target[i] = R(((int)bh_rng_below(&rng, 40) - 20) / 8.0 + 0.0625);
        }
        for (int b = 0; b < FB; b++) {
            p.weights[b] = R(0.25 + bh_rng_uniform(&rng));
            p.a[b] = (int)bh_rng_below(&rng, FA);
        }
        static const double kappas[] = {0, 0.5, 1, 2.5};
        for (int k = 0; k < 4; k++) {
            p.kappa = kappas[k];
            check_gradient(quantile, &p, p.x, FB * FA * FN, 1e-4);
        }
        for (int i = 0; i < FB * FN; i++) p.target[i] = R(bh_rng_uniform(&rng) / 3); // of any mass
        check_gradient(categorical, &p, p.x, FB * FA * FN, 1e-4);
    }
}

// ------------------------------------------------------------------------------------ PyTorch's
// numbers

static void reals(bh_real *x, const double *from, int n)
{
    for (int i = 0; i < n; i++) x[i] = R(from[i]);
}

static void test_golden_categorical(void)
{
    enum { B = 4, A = 2, N = 6 };
    bh_real logits[B * A * N], p_t[B * N], r[B], discount[B], weights[B];
    bh_real target[B * N], loss[B], d[B * A * N], p[B * A * N], q[B * A];
    reals(logits, golden_c51_logits, B * A * N);
    reals(p_t, golden_c51_p_t, B * N);
    reals(r, golden_c51_r, B);
    reals(discount, golden_c51_discount, B);
    reals(weights, golden_c51_weights, B);
    bh_value_categorical_project(target, p_t, r, discount, -2.5, 2.5, B, N);
    CHECK_REALS(target, golden_c51_target, B * N, eps);
    double mean =
        bh_value_categorical_loss(loss, d, logits, golden_c51_a, target, weights, B, A, N);
    CHECK_REALS(loss, golden_c51_loss, B, 5 * eps);
    CHECK_NEAR(mean, golden_c51_mean, 5 * eps);
    CHECK_REALS(d, golden_c51_dlogits, B * A * N, eps);
    bh_value_softmax(p, logits, 1, B * A, N);
    bh_value_categorical_q(q, p, -2.5, 2.5, B, A, N);
    CHECK_REALS(q, golden_c51_q, B * A, 5 * eps);
}

static void test_golden_quantile(void)
{
    enum { B = 4, A = 2, N = 4, M = 3 };
    bh_real quantiles[B * A * N], targets[B * M], weights[B], loss[B], d[B * A * N];
    reals(quantiles, golden_qr_quantiles, B * A * N);
    reals(targets, golden_qr_targets, B * M);
    reals(weights, golden_c51_weights, B);
    double mean =
        bh_value_quantile_huber(loss, d, quantiles, golden_c51_a, targets, 1, weights, B, A, N, M);
    CHECK_REALS(loss, golden_qr_loss_1, B, 5 * eps);
    CHECK_NEAR(mean, golden_qr_mean_1, 5 * eps);
    CHECK_REALS(d, golden_qr_dquantiles_1, B * A * N, eps);
    mean = bh_value_quantile_huber(loss, d, quantiles, golden_c51_a, targets, 0.5, weights, B, A, N,
                                   M);
    CHECK_REALS(loss, golden_qr_loss_half, B, 5 * eps);
    CHECK_NEAR(mean, golden_qr_mean_half, 5 * eps);
    CHECK_REALS(d, golden_qr_dquantiles_half, B * A * N, eps);
}

// ---------------------------------------------------------------- prioritized replay, bonuses

static void test_importance_weights(void)
{
    // 4 transitions; (4 P)^-1/2 = 1, 2, 1/2.
    const double probabilities[] = {0.25, 0.0625, 1};
    bh_real w[3];
    CHECK_NEAR(bh_value_importance_weight(0.0625, 4, 0.5), 2, 1e-15);
    CHECK_NEAR(bh_value_importance_weight(0.0625, 4, 1), 4, 1e-14);
    bh_value_importance_weights(w, probabilities, 4, 0.5, 0, 3);
    CHECK_REALS(w, ((double[]){0.5, 1, 0.25}), 3, eps);
    CHECK(w[1] == 1); // exactly: the same number above and below
    bh_value_importance_weights(w, probabilities, 4, 0.5, 4, 3); // a rarer one sleeps in the memory
    CHECK_REALS(w, ((double[]){0.25, 0.5, 0.125}), 3, eps);
    bh_value_importance_weights(w, probabilities, 4, 0, 0, 3); // no correction
    CHECK_REALS(w, ((double[]){1, 1, 1}), 3, 0);
    bh_value_importance_weights(w, probabilities + 2, 1, 1, 0, 1);
    CHECK(w[0] == 1);
    const double tiny[] = {1e-12, 1e-3};
    bh_value_importance_weights(w, tiny, 1e6, 1, 0, 2);
    CHECK(w[0] == 1);
    CHECK_NEAR((double)w[1], 1e-9, 1e-15);
}

static void test_bonuses(void)
{
    const double e = 2.718281828459045;
    CHECK_NEAR(bh_value_ucb_bonus(4, e * e * e * e, 3), 3, 1e-14); // 3 sqrt(4 / 4)
    CHECK_NEAR(bh_value_ucb_bonus(1, 100, sqrt(2)), sqrt(2 * 4.605170185988092), 1e-14); // UCB1
    CHECK(bh_value_ucb_bonus(0, 10, 1) == HUGE_VAL && bh_value_ucb_bonus(0, 0, 0.1) == HUGE_VAL);
    CHECK(bh_value_ucb_bonus(0, 10, 0) == 0 && bh_value_ucb_bonus(5, 10, 0) == 0);
    CHECK(bh_value_ucb_bonus(1, 1, 2) == 0 && bh_value_ucb_bonus(1, 0, 2) == 0);
    CHECK(bh_value_count_bonus(4, 0.5) == 0.25 && bh_value_count_bonus(1, 3) == 3);
    CHECK(bh_value_count_bonus(0, 0.5) == 5);
    CHECK_NEAR(bh_value_count_bonus(0, 1), 1 / sqrt(0 + 0.01), 1e-14);
}

// Margin 0.5, three actions. Row 0: action 0 demonstrated, worth 1; the others, with the margin,
// 0.75 and 1.25: loss 0.25. Row 1: action 2, worth 2, stays above 1.5 and 0.5: no loss. Row 2:
// action 1, worth 0; 0.5 and 0.5 above it: the first of equals. Row 3 is not demonstrated.
static void test_large_margin(void)
{
    const bh_real q[] = {1, R(0.25), R(0.75), 1, 0, 2, 0, 0, 0, 5, 0, 9};
    const int a[] = {0, 2, 1, 1};
    const bh_real weights[] = {1, 1, R(0.5), 0};
    bh_real loss[4], dq[12];
    double mean = bh_value_large_margin(loss, dq, q, a, 0.5, weights, 4, 3);
    CHECK_REALS(loss, ((double[]){0.25, 0, 0.5, 9.5}), 4, 0);
    CHECK_NEAR(mean, (0.25 + 0.5 * 0.5) / 4, eps);
    CHECK_REALS(dq, ((double[]){-0.25, 0, 0.25, 0, 0, 0, 0.125, -0.125, 0, 0, 0, 0}), 12, 0);

    mean = bh_value_large_margin(loss, dq, q, a, 0, NULL, 4,
                                 3); // no margin: how far above the best one is
    CHECK_REALS(loss, ((double[]){0, 0, 0, 9}), 4, 0);
    CHECK_NEAR(mean, 9.0 / 4, eps);
    CHECK_REALS(dq + 9, ((double[]){0, -0.25, 0.25}), 3, 0);
    CHECK(bh_value_large_margin(loss, dq, q, (int[]){0}, 3, NULL, 1, 1) == 0); // a single action

    bh_real nan[] = {1, (bh_real)NAN};
    CHECK(isnan(bh_value_large_margin(loss, dq, nan, (int[]){1}, 1, NULL, 1, 2)));
}

static void test_large_margin_gradient(void)
{
    enum { B = 6, A = 4 };
    bh_real q[B * A], loss[B], dq[B * A], scratch[B * A], weights[B];
    int a[B];
    bh_rng rng = bh_rng_seed(8);
    for (int i = 0; i < B * A; i++) q[i] = (bh_real)bh_rng_normal(&rng);
    for (int b = 0; b < B; b++) {
        a[b] = (int)bh_rng_below(&rng, A);
        weights[b] = (bh_real)bh_rng_uniform(&rng);
    }
    const double h = sizeof(bh_real) == 8 ? 1e-6 : 1e-3;
    bh_value_large_margin(loss, dq, q, a, 0.8, weights, B, A);
    for (int i = 0; i < B * A; i++) {
        bh_real at = q[i];
        q[i] = (bh_real)((double)at + h);
        double up = bh_value_large_margin(loss, scratch, q, a, 0.8, weights, B, A);
        q[i] = (bh_real)((double)at - h);
        double down = bh_value_large_margin(loss, scratch, q, a, 0.8, weights, B, A);
        q[i] = at;
        CHECK_NEAR((up - down) / (2 * h), (double)dq[i], sizeof(bh_real) == 8 ? 1e-9 : 1e-4);
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_argmax);
    CHECK_RUN(test_q_learning);
    CHECK_RUN(test_double_q);
    CHECK_RUN(test_nan_next_value_loses);
    CHECK_RUN(test_sarsa);
    CHECK_RUN(test_expected_sarsa);
    CHECK_RUN(test_epsilon_greedy);
    CHECK_RUN(test_softmax);
    CHECK_RUN(test_large_margin);
    CHECK_RUN(test_large_margin_gradient);
    CHECK_RUN(test_critic_target);
    CHECK_RUN(test_golden_critic_target);
    CHECK_RUN(test_n_step);
    CHECK_RUN(test_n_step_truncated);
    CHECK_RUN(test_q_lambda);
    CHECK_RUN(test_q_lambda_truncated);
    CHECK_RUN(test_project_on_atoms);
    CHECK_RUN(test_project_between_atoms);
    CHECK_RUN(test_project_rounded_rewards);
    CHECK_RUN(test_project_definition);
    CHECK_RUN(test_project_small_and_nan);
    CHECK_RUN(test_categorical_q);
    CHECK_RUN(test_categorical_loss);
    CHECK_RUN(test_categorical_loss_extremes);
    CHECK_RUN(test_quantile_q);
    CHECK_RUN(test_quantile_huber);
    CHECK_RUN(test_quantile_regression);
    CHECK_RUN(test_quantile_single);
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_golden_categorical);
    CHECK_RUN(test_golden_quantile);
    CHECK_RUN(test_importance_weights);
    CHECK_RUN(test_bonuses);
    return check_report();
}
