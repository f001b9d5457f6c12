// SPDX-License-Identifier: MIT
// Random numbers: SplitMix64's published sequence, splitting, uniformity.
#include "core/rng.h"

#include "check.h"

// Seed 1234567 as in the reference implementation's test vectors (prng.di.unimi.it, splitmix64.c).
static void test_sequence(void)
{
    static const uint64_t want[] = {6457827717110365317u, 3203168211198807973u,
                                    9817491932198370423u, 4593380528125082431u,
                                    16408922859458223821u};
    bh_rng rng = bh_rng_seed(1234567);
    for (int i = 0; i < 5; i++) CHECK(bh_rng_next(&rng) == want[i]);

    bh_rng zero = bh_rng_seed(0);
    CHECK(bh_rng_next(&zero) == 0xe220a8397b1dcdafu);
    CHECK(bh_rng_next(&zero) == 0x6e789e6aa1b965f4u);
}

// The split of java.util.SplittableRandom, computed apart from this code.
static void test_split_is_the_papers(void)
{
    bh_rng rng = bh_rng_seed(42), child = bh_rng_split(&rng);
    CHECK(child.state == 0xbdd732262feb6e95u && child.gamma == 0x077fb59b63a77005u);
    CHECK(bh_rng_next(&child) == 0x97c372be01959835u);
    CHECK(bh_rng_next(&child) == 0x4b16e43727c1d26cu);
    CHECK(bh_rng_next(&rng) == 0x47526757130f9f52u);
    CHECK(bh_rng_next(&rng) == 0x581ce1ff0e4ae394u);

    // A gamma with too few bit changes is mended.
    bh_rng weak = bh_rng_seed(11);
    child = bh_rng_split(&weak);
    CHECK(child.state == 0x50f5647d2380309du && child.gamma == 0xaf54364a7b5ecaadu);
}

// Children of one seed, their parent and the children of neighbouring seeds share no numbers, and
// bits of two streams agree half of the time.
static void test_streams_are_apart(void)
{
    enum { STREAMS = 8, DRAWS = 500 };
    static uint64_t x[STREAMS][DRAWS];
    bh_rng parent = bh_rng_seed(3), neighbour = bh_rng_seed(4);
    for (int i = 0; i < STREAMS; i++) {
        bh_rng child = bh_rng_split(i % 2 ? &parent : &neighbour);
        CHECK(child.gamma % 2 == 1);
        for (int k = 0; k < DRAWS; k++) x[i][k] = bh_rng_next(&child);
    }
    for (int i = 0; i < STREAMS; i++) {
        for (int j = 0; j < i; j++) {
            int same = 0, agreeing = 0;
            for (int k = 0; k < DRAWS; k++) {
                same += x[i][k] == x[j][k];
                for (uint64_t d = x[i][k] ^ x[j][k]; d != 0; d &= d - 1) agreeing++;
            }
            CHECK(same == 0);
            CHECK_NEAR(agreeing, 32.0 * DRAWS,
                       5 * sqrt(16.0 * DRAWS)); // five deviations of 64 DRAWS coins
        }
    }
}

static void test_copy_continues(void)
{
    bh_rng a = bh_rng_seed(9);
    bh_rng_next(&a);
    bh_rng b = a;
    for (int i = 0; i < 10; i++) CHECK(bh_rng_next(&a) == bh_rng_next(&b));
}

static void test_uniform(void)
{
    enum { N = 200000 };
    bh_rng rng = bh_rng_seed(5);
    double sum = 0, squares = 0, low = 1, high = 0;
    for (int i = 0; i < N; i++) {
        double u = bh_rng_uniform(&rng);
        sum += u;
        squares += u * u;
        if (u < low) low = u;
        if (u > high) high = u;
    }
    CHECK(low >= 0 && high < 1 && low < 1e-4 && high > 1 - 1e-4);
    CHECK_NEAR(sum / N, 0.5, 5 * sqrt(1.0 / 12 / N));
    CHECK_NEAR(squares / N, 1.0 / 3, 5 * sqrt(4.0 / 45 / N));
}

static void test_normal(void)
{
    enum { N = 200000 };
    bh_rng rng = bh_rng_seed(6);
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
    for (int i = 0; i < N; i++) {
        double x = bh_rng_normal(&rng);
        CHECK(fabs(x) < 10);
        m1 += x;
        m2 += x * x;
        m3 += x * x * x;
        m4 += x * x * x * x;
    }
    CHECK_NEAR(m1 / N, 0, 5 * sqrt(1.0 / N));
    CHECK_NEAR(m2 / N, 1, 5 * sqrt(2.0 / N));
    CHECK_NEAR(m3 / N, 0, 5 * sqrt(15.0 / N));
    CHECK_NEAR(m4 / N, 3, 5 * sqrt(96.0 / N));
}

// Chi-square against equal shares; 99.99 % of fair generators stay below the bound.
static void check_fair(uint32_t n, int draws, double bound)
{
    int count[64] = {0};
    bh_rng rng = bh_rng_seed(n);
    for (int i = 0; i < draws; i++) {
        uint32_t k = bh_rng_below(&rng, n);
        if (!CHECK(k < n)) return;
        count[k]++;
    }
    double chi = 0, share = (double)draws / n;
    for (uint32_t k = 0; k < n; k++) chi += (count[k] - share) * (count[k] - share) / share;
    CHECK(chi < bound);
}

static void test_below(void)
{
    check_fair(2, 60000, 15.2);
    check_fair(3, 60000, 18.5);
    check_fair(7, 60000, 27.9);
    check_fair(64, 64000, 112);
    bh_rng rng = bh_rng_seed(1);
    for (int i = 0; i < 100; i++) CHECK(bh_rng_below(&rng, 1) == 0);

    // 3 * 2^30: without rejection, multiples of 3 would come up twice as often as the rest.
    int multiples = 0;
    enum { N = 60000 };
    for (int i = 0; i < N; i++) {
        uint32_t k = bh_rng_below(&rng, 3u << 30);
        CHECK(k < 3u << 30);
        multiples += k % 3 == 0;
    }
    CHECK_NEAR(multiples, N / 3.0, 5 * sqrt(N * 2.0 / 9));
    CHECK(bh_rng_below(&rng, UINT32_MAX) < UINT32_MAX);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_sequence);
    CHECK_RUN(test_split_is_the_papers);
    CHECK_RUN(test_streams_are_apart);
    CHECK_RUN(test_copy_continues);
    CHECK_RUN(test_uniform);
    CHECK_RUN(test_normal);
    CHECK_RUN(test_below);
    return check_report();
}
