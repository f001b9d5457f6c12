// SPDX-License-Identifier: MIT
// Sampling: distributions by hand, edges of the cuts, ties, frequencies of draws.
#include "lm/sampling.h"

#include "check.h"

enum { V = 4 };

static double p[64];
static int order[64];

static void distribution(const bh_real *logits, int n, double temperature, int top_k, double top_p)
{
    for (int i = 0; i < 64; i++) p[i] = 77, order[i] = 77;
    bhi_sampling_distribution(p, order, logits, n, &(bh_sampling){temperature, top_k, top_p});
    double sum = 0;
    for (int i = 0; i < n; i++) sum += p[i];
    CHECK_NEAR(sum, 1, 1e-12);
    CHECK(p[n] == 77 && order[n] == 77);
    // order: every id once, logits falling, equal ones by id.
    int seen[64] = {0};
    for (int i = 0; i < n; i++) CHECK(order[i] >= 0 && order[i] < n && !seen[order[i]]++);
    for (int i = 0; i + 1 < n; i++) {
        bh_real a = logits[order[i]], b = logits[order[i + 1]];
        CHECK(a > b || (a == b && order[i] < order[i + 1]));
    }
}

static void check_p(double a, double b, double c, double d)
{
    const double want[V] = {a, b, c, d};
    for (int i = 0; i < V; i++) {
        CHECK_NEAR(p[i], want[i], 2e-7); // logits are float
        CHECK((p[i] == 0) == (want[i] == 0));
    }
}

// Probabilities 1 2 4 1, in eighths.
static const bh_real eighths[V] = {0, (bh_real)0.69314718055994531, (bh_real)1.3862943611198906, 0};
static const bh_real equal[V] = {3, 3, 3, 3};

static void test_temperature(void)
{
    distribution(eighths, V, 1, 0, 1);
    check_p(1 / 8.0, 2 / 8.0, 4 / 8.0, 1 / 8.0);
    CHECK(order[0] == 2 && order[1] == 1 && order[2] == 0 && order[3] == 3);
    distribution(eighths, V, 0.5, 0, 1); // squares
    check_p(1 / 22.0, 4 / 22.0, 16 / 22.0, 1 / 22.0);
    distribution(eighths, V, 2, 0, 1); // roots
    double sum = 4 + sqrt(2);
    check_p(1 / sum, sqrt(2) / sum, 2 / sum, 1 / sum);
    distribution(eighths, V, 1e9, 0, 1);
    check_p(0.25, 0.25, 0.25, 0.25);
    distribution(eighths, V, 1e-3, 0, 1);
    check_p(p[0], p[1], 1, p[3]);
    CHECK(p[1] < 1e-300 && p[0] == p[3]);
    // So small that its inverse is infinite: greedy, not NaN.
    distribution(eighths, V, 1e-310, 0, 1);
    check_p(0, 0, 1, 0);
    distribution(equal, V, 1e-310, 0, 1);
    check_p(0.25, 0.25, 0.25, 0.25);
}

static void test_greedy(void)
{
    distribution(eighths, V, 0, 0, 1);
    check_p(0, 0, 1, 0);
    distribution(eighths, V, 0, 3, 0.9);
    check_p(0, 0, 1, 0);
    distribution(equal, V, 0, 0, 1); // the first of the largest
    check_p(1, 0, 0, 0);
    distribution((bh_real[]){-5, 2, 1, 2}, V, 0, 0, 1);
    check_p(0, 1, 0, 0);
    CHECK(p[1] == 1);
}

static void test_top_k(void)
{
    distribution(eighths, V, 1, 1, 1);
    check_p(0, 0, 1, 0);
    distribution(eighths, V, 1, 2, 1);
    check_p(0, 2 / 6.0, 4 / 6.0, 0);
    distribution(eighths, V, 1, 3, 1); // of two equal ones the first
    check_p(1 / 7.0, 2 / 7.0, 4 / 7.0, 0);
    distribution(eighths, V, 1, 4, 1);
    check_p(1 / 8.0, 2 / 8.0, 4 / 8.0, 1 / 8.0);
    distribution(eighths, V, 1, 1000, 1);
    check_p(1 / 8.0, 2 / 8.0, 4 / 8.0, 1 / 8.0);
    distribution(equal, V, 1, 2, 1);
    check_p(0.5, 0.5, 0, 0);
}

static void test_top_p(void)
{
    distribution(eighths, V, 1, 0, 0.49);
    check_p(0, 0, 1, 0);
    distribution(eighths, V, 1, 0, 0.51);
    check_p(0, 2 / 6.0, 4 / 6.0, 0);
    distribution(eighths, V, 1, 0, 0.76);
    check_p(1 / 7.0, 2 / 7.0, 4 / 7.0, 0);
    distribution(eighths, V, 1, 0, 0.88);
    check_p(1 / 8.0, 2 / 8.0, 4 / 8.0, 1 / 8.0);
    // Equal ones are exact: a quarter each, kept by id, no more than are needed.
    distribution(equal, V, 1, 0, 0.25);
    check_p(1, 0, 0, 0);
    distribution(equal, V, 1, 0, 0.5);
    check_p(0.5, 0.5, 0, 0);
    distribution(equal, V, 1, 0, 0.500001);
    check_p(1 / 3.0, 1 / 3.0, 1 / 3.0, 0);
    distribution(equal, V, 1, 0, 0.75);
    check_p(1 / 3.0, 1 / 3.0, 1 / 3.0, 0);
    // One always stays.
    distribution(eighths, V, 1, 0, 1e-12);
    check_p(0, 0, 1, 0);
    distribution(eighths, V, 1, 0, 0);
    check_p(0, 0, 1, 0);
    // After the temperature: squares, of which 16 / 22 is the first.
    distribution(eighths, V, 0.5, 0, 0.72);
    check_p(0, 0, 1, 0);
    // Of what top_k leaves, 4 / 6 and 2 / 6.
    distribution(eighths, V, 1, 2, 0.6);
    check_p(0, 0, 1, 0);
    distribution(eighths, V, 1, 2, 0.7);
    check_p(0, 2 / 6.0, 4 / 6.0, 0);
}

static void test_forbidden_tokens(void)
{
    const bh_real no = (bh_real)-INFINITY;
    const bh_real logits[V] = {no, 1, 1, no};
    distribution(logits, V, 1, 0, 1);
    check_p(0, 0.5, 0.5, 0);
    CHECK(order[2] == 0 && order[3] == 3);
    distribution(logits, V, 1000, 0, 1);
    check_p(0, 0.5, 0.5, 0);
    distribution(logits, V, 1, 3, 0.999);
    check_p(0, 0.5, 0.5, 0);
    distribution((bh_real[]){no, no, no, -7}, V, 2, 2, 0.9);
    check_p(0, 0, 0, 1);
    distribution((bh_real[]){no, no, no, -7}, V, 0, 0, 1);
    check_p(0, 0, 0, 1);
    distribution((bh_real[]){1e30f, -1e30f, 3e38f, -3e38f}, V, 1, 0, 1); // nothing overflows
    check_p(0, 0, 1, 0);
    distribution(logits + 1, 1, 1, 0, 1);
    CHECK(p[0] == 1);
}

// The order of many, against the definition.
static void test_order_of_many(void)
{
    bh_rng rng = bh_rng_seed(2);
    for (int n = 1; n < 60; n++) {
        bh_real logits[60];
        for (int i = 0; i < n; i++) logits[i] = (bh_real)bh_rng_below(&rng, 10) - 5;
        distribution(logits, n, 0.7, (int)bh_rng_below(&rng, 60),
                     0.05 + 0.95 * bh_rng_uniform(&rng));
    }
}

static void test_frequencies(void)
{
    enum { N = 100000 };
    const double want[5] = {0.1, 0, 0.25, 0.65, 0};
    int counts[5] = {0};
    bh_rng rng = bh_rng_seed(7);
    for (int i = 0; i < N; i++) {
        int token = bhi_sample_from(want, 5, &rng);
        if (token < 0 || token >= 5) CHECK(0);
        else counts[token]++;
    }
    for (int i = 0; i < 5; i++) {
        CHECK_NEAR(counts[i] / (double)N, want[i], 5 * sqrt(want[i] * (1 - want[i]) / N));
    }
}

// Rounding may leave a sum below 1: never a token of probability 0.
static void test_a_sum_below_one(void)
{
    const double half[3] = {0, 0.5, 0}, none[2] = {0, 1};
    bh_rng rng = bh_rng_seed(7);
    for (int i = 0; i < 100; i++) {
        CHECK(bhi_sample_from(half, 3, &rng) == 1);
        CHECK(bhi_sample_from(none, 2, &rng) == 1);
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_temperature);
    CHECK_RUN(test_greedy);
    CHECK_RUN(test_top_k);
    CHECK_RUN(test_top_p);
    CHECK_RUN(test_forbidden_tokens);
    CHECK_RUN(test_order_of_many);
    CHECK_RUN(test_frequencies);
    CHECK_RUN(test_a_sum_below_one);
    return check_report();
}
