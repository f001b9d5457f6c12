// SPDX-License-Identifier: MIT
// Epsilon-greedy: how often it explores, that actions are fair, that the stream moves the same way.
#include "rl/explore.h"

#include "check.h"

static void test_share(void)
{
    enum { N = 50000 };
    static const double epsilons[] = {0, 0.04, 0.5, 1};
    for (int e = 0; e < 4; e++) {
        bh_rng rng = bh_rng_seed(1);
        double explored = 0, eps = epsilons[e];
        for (int i = 0; i < N; i++) explored += bhi_explores(&rng, eps);
        CHECK_NEAR(explored / N, eps, 5 * sqrt(eps * (1 - eps) / N)); // exactly at 0 and 1
    }
}

static void test_one_draw_whatever_epsilon(void)
{
    bh_rng never = bh_rng_seed(2), always = bh_rng_seed(2), plain = bh_rng_seed(2);
    for (int i = 0; i < 100; i++) {
        CHECK(!bhi_explores(&never, 0));
        CHECK(bhi_explores(&always, 1));
        bh_rng_next(&plain);
    }
    CHECK(never.state == always.state && never.state == plain.state);
}

static void test_random_action(void)
{
    enum { N = 40000, A = 4 };
    bh_rng rng = bh_rng_seed(3);
    double count[A] = {0}, chi = 0;
    for (int i = 0; i < N; i++) {
        int a = bhi_random_action(&rng, A);
        if (!CHECK(a >= 0 && a < A)) return;
        count[a]++;
    }
    for (int a = 0; a < A; a++) chi += (count[a] - N / A) * (count[a] - N / A) / (N / A);
    CHECK(chi < 21.1); // 99.99 % of fair draws
    CHECK(bhi_random_action(&rng, 1) == 0);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_share);
    CHECK_RUN(test_one_draw_whatever_epsilon);
    CHECK_RUN(test_random_action);
    return check_report();
}
