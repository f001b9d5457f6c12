// SPDX-License-Identifier: MIT
// Exploration: what each strategy does with values, counts and its rate.
#include "rl/explore.h"

#include "check.h"

enum { A = 4, N = 40000 };

static const double q[A] = {0.1, 0.5, -0.3, 0.4};

static bh_explore_config settings(bhi_exploration kind, double initial, double final)
{
    return (bh_explore_config){.kind = kind,
                               .initial_eps = initial,
                               .final_eps = final,
                               .initial_temperature = initial,
                               .final_temperature = final / 2,
                               .initial_noise = initial,
                               .final_noise = final / 4,
                               .fraction = 0.5,
                               .bonus = 2};
}

// How often each action comes, and how often it is said to be exploring.
static int shares(double share[A], const bh_explore_config *s, double rate, const uint32_t *counts)
{
    bh_rng rng = bh_rng_seed(11);
    int n[A] = {0}, explored_n = 0;
    for (int i = 0; i < N; i++) {
        unsigned char explored = 1;
        int a = bhi_explore_random(s, rate, &rng, A);
        if (a < 0) a = bhi_explore_choose(s, rate, &rng, q, counts, A, &explored);
        n[a]++;
        explored_n += explored;
    }
    for (int a = 0; a < A; a++) share[a] = (double)n[a] / N;
    return explored_n;
}

static void test_rates_fall(void)
{
    bh_explore_config s = settings(BHI_EPSILON_GREEDY, 1, 0.04);
    CHECK_NEAR(bhi_explore_rate(&s, 0), 1, 0);
    CHECK_NEAR(bhi_explore_rate(&s, 0.25), 0.52, 1e-15);
    CHECK_NEAR(bhi_explore_rate(&s, 0.5), 0.04, 0);
    CHECK_NEAR(bhi_explore_rate(&s, 9), 0.04, 0);
    s.schedule = 1;
    CHECK_NEAR(bhi_explore_rate(&s, 0.25), 0.2, 1e-12); // half way in the logarithm
    s.kind = BHI_BOLTZMANN;
    CHECK_NEAR(bhi_explore_rate(&s, 0.5), 0.02, 0);
    s.kind = BHI_GAUSSIAN;
    CHECK_NEAR(bhi_explore_rate(&s, 0.5), 0.01, 0);
    s.kind = BHI_UCB;
    CHECK(bhi_explore_rate(&s, 0.3) == 2);
    s.kind = BHI_GREEDY;
    CHECK(bhi_explore_rate(&s, 0.3) == 0);
}

static void test_epsilon_greedy(void)
{
    double share[A], tolerance = 4 * 0.5 / sqrt((double)N);
    bh_explore_config s = settings(BHI_EPSILON_GREEDY, 1, 0);
    int explored = shares(share, &s, 0.2, NULL);
    CHECK_NEAR(share[1], 0.8 + 0.05, tolerance);
    CHECK_NEAR(share[2], 0.05, tolerance);
    CHECK_NEAR((double)explored / N, 0.2, tolerance);
    CHECK(shares(share, &s, 0, NULL) == 0 && share[1] == 1);
    CHECK(shares(share, &s, 1, NULL) == N);

    // One draw decides, whatever epsilon: streams do not depend on it.
    bh_rng never = bh_rng_seed(3), seldom = bh_rng_seed(3);
    CHECK(bhi_explore_random(&s, 0, &never, A) == -1);
    CHECK(bhi_explore_random(&s, 1e-300, &seldom, A) == -1);
    CHECK(bh_rng_next(&never) == bh_rng_next(&seldom));
}

static void test_boltzmann(void)
{
    double share[A], sum = 0, tolerance = 4 * 0.5 / sqrt((double)N);
    bh_explore_config s = settings(BHI_BOLTZMANN, 1, 0.1);
    shares(share, &s, 0.25, NULL);
    for (int a = 0; a < A; a++) sum += exp(q[a] / 0.25);
    for (int a = 0; a < A; a++) CHECK_NEAR(share[a], exp(q[a] / 0.25) / sum, tolerance);
    CHECK(shares(share, &s, 1e-6, NULL) == 0); // cold: greedy
    CHECK(share[1] == 1);
    shares(share, &s, 1e6, NULL); // hot: uniform
    for (int a = 0; a < A; a++) CHECK_NEAR(share[a], 0.25, tolerance);
}

static void test_gaussian(void)
{
    double share[A], tolerance = 4 * 0.5 / sqrt((double)N);
    bh_explore_config s = settings(BHI_GAUSSIAN, 1, 0);
    CHECK(shares(share, &s, 0, NULL) == 0 && share[1] == 1);
    shares(share, &s, 1e6, NULL); // nothing but noise
    for (int a = 0; a < A; a++) CHECK_NEAR(share[a], 0.25, tolerance);
    shares(share, &s, 0.2, NULL);
    CHECK(share[1] > share[3] && share[3] > share[0] && share[0] > share[2]);
}

// S&B 2018, eq. 2.10 by hand: what was never taken first; then 0.5 + 2 sqrt(ln 30 / 20) = 1.32 of
// action 1 against 0.4 + 2 sqrt(ln 30 / 5) = 2.05 of action 3, and so on.
static void test_ucb(void)
{
    bh_explore_config s = settings(BHI_UCB, 1, 1);
    bh_rng rng = bh_rng_seed(1);
    unsigned char explored;
    const uint32_t untried[A] = {3, 9, 0, 0}, some[A] = {2, 20, 3, 5},
                   greedy[A] = {900, 1, 900, 900};
    CHECK(bhi_explore_random(&s, 2, &rng, A) == -1);
    CHECK(bhi_explore_choose(&s, 2, &rng, q, untried, A, &explored) == 2 && explored);
    double best = -1;
    int want = -1;
    for (int a = 0; a < A; a++) {
        double value = q[a] + 2 * sqrt(log(30.0) / some[a]);
        if (value > best) {
            best = value;
            want = a;
        }
    }
    CHECK(want == 0 && bhi_explore_choose(&s, 2, &rng, q, some, A, &explored) == want && explored);
    CHECK(bhi_explore_choose(&s, 2, &rng, q, greedy, A, &explored) == 1 && !explored);
    CHECK(bhi_explore_choose(&s, 0, &rng, q, some, A, &explored) == 1 && !explored); // c = 0

    CHECK(bhi_explore_target_bonus(&s, 3) == 0);
    s.bonus_in_target = 1;
    CHECK(bhi_explore_target_bonus(&s, 3) == 1 && bhi_explore_target_bonus(&s, 0) == 2);
}

static void test_values_that_are_no_numbers(void)
{
    const double bad[A] = {NAN, NAN, NAN, NAN};
    const uint32_t counts[A] = {1, 1, 1, 1};
    bh_rng rng = bh_rng_seed(1);
    unsigned char explored;
    for (int kind = BHI_EPSILON_GREEDY; kind <= BHI_GREEDY; kind++) {
        bh_explore_config s = settings((bhi_exploration)kind, 1, 0);
        int a = bhi_explore_choose(&s, 0.5, &rng, bad, counts, A, &explored);
        CHECK(a >= 0 && a < A);
    }
}

static void test_probabilities(void)
{
    double p[A];
    bh_explore_config s = settings(BHI_EPSILON_GREEDY, 1, 0);
    bhi_explore_probabilities(&s, 0.2, p, q, A);
    CHECK_NEAR(p[0], 0.05, 1e-16);
    CHECK_NEAR(p[1], 0.85, 1e-15);
    s.kind = BHI_BOLTZMANN;
    bhi_explore_probabilities(&s, 0.5, p, q, A);
    CHECK_NEAR(p[0] / p[1], exp(-0.8), 1e-14);
    CHECK_NEAR(p[0] + p[1] + p[2] + p[3], 1, 1e-15);
    s.kind = BHI_UCB;
    bhi_explore_probabilities(&s, 0.5, p, q, A);
    CHECK(p[1] == 1 && p[0] == 0);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_rates_fall);
    CHECK_RUN(test_epsilon_greedy);
    CHECK_RUN(test_boltzmann);
    CHECK_RUN(test_gaussian);
    CHECK_RUN(test_ucb);
    CHECK_RUN(test_values_that_are_no_numbers);
    CHECK_RUN(test_probabilities);
    return check_report();
}
