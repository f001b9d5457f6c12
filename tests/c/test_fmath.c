// SPDX-License-Identifier: MIT
// exp, log, log1p, tanh, sin, cos: error bounds of fmath.h, special values, and the same bits on every
// build.
#include "core/fmath.h"
#include "core/fmath_small.h"
#include "core/rng.h"

#include "check.h"

#include <float.h>

// Where long double is no wider than double, the judge itself is off by up to one unit.
#define JUDGE_ERROR (LDBL_MANT_DIG > 60 ? 0.0 : 1.0)

// Distance from `got` to the exact value in units of the last place of a double near it.
static double ulps(double got, long double exact)
{
    int exponent;
    frexpl(exact, &exponent);
    if (exponent < DBL_MIN_EXP) exponent = DBL_MIN_EXP;
    return (double)fabsl(((long double)got - exact) / ldexpl(1.0L, exponent - DBL_MANT_DIG));
}

typedef double (*function)(double);
typedef long double (*judge)(long double);

// The largest error over `n` points, evenly spread with a random offset in each cell.
static double worst(function f, judge exact, double low, double high, int n)
{
    bh_rng rng = bh_rng_seed(1);
    double error = 0;
    for (int i = 0; i < n; i++) {
        double x = low + (high - low) * ((i + bh_rng_uniform(&rng)) / n);
        double e = ulps(f(x), exact(x));
        if (!(e <= error)) error = e;
    }
    return error;
}

// The same over |x| from 2^-60 to 2^top, both signs, evenly in the exponent.
static double worst_log_scale(function f, judge exact, int top, int n)
{
    bh_rng rng = bh_rng_seed(2);
    double error = 0;
    for (int i = 0; i < n; i++) {
        double x = ldexp(1 + bh_rng_uniform(&rng), -60 + (top + 60) * i / n);
        for (int sign = 0; sign < 2; sign++, x = -x) {
            double e = ulps(f(x), exact(x));
            if (!(e <= error)) error = e;
        }
    }
    return error;
}

static void test_exp(void)
{
    CHECK(worst(bh_exp, expl, -708, 709.78, 50000) < 1 + JUDGE_ERROR);
    CHECK(worst(bh_exp, expl, -1, 1, 50000) < 1 + JUDGE_ERROR);
    CHECK(worst(bh_exp, expl, -745, -708, 10000) < 1.01 + JUDGE_ERROR); // subnormal: rounded twice
    CHECK(worst_log_scale(bh_exp, expl, 8, 20000) < 1 + JUDGE_ERROR);
    CHECK(bh_exp(0) == 1 && bh_exp(-0.0) == 1);
    CHECK(bh_exp(709.79) == INFINITY && bh_exp(INFINITY) == INFINITY && bh_exp(1e300) == INFINITY);
    CHECK(bh_exp(709.78) < INFINITY);
    CHECK(bh_exp(-745.2) == 0 && bh_exp(-INFINITY) == 0 && bh_exp(-1e300) == 0);
    CHECK(bh_exp(-745.1) > 0);
    CHECK(isnan(bh_exp(NAN)));
}

static void test_log(void)
{
    CHECK(worst(bh_log, logl, 0.5, 2, 100000) < 1 + JUDGE_ERROR);
    CHECK(worst(bh_log, logl, 0.999, 1.001, 20000) < 1 + JUDGE_ERROR);
    bh_rng rng = bh_rng_seed(3);
    double error = 0;
    for (int i = -1074; i < 1024; i++) {
        for (int k = 0; k < 20; k++) {
            double x = ldexp(1 + bh_rng_uniform(&rng), i);
            double e = ulps(bh_log(x), logl(x));
            if (!(e <= error)) error = e;
        }
    }
    CHECK(error < 1 + JUDGE_ERROR);
    CHECK(bh_log(1) == 0);
    CHECK(bh_log(0) == -INFINITY && bh_log(-0.0) == -INFINITY);
    CHECK(bh_log(INFINITY) == INFINITY);
    CHECK(isnan(bh_log(-1e-300)) && isnan(bh_log(-INFINITY)) && isnan(bh_log(NAN)));
}

static void test_log1p(void)
{
    CHECK(worst(bh_log1p, log1pl, -0.999, 1, 100000) < 2.5 + JUDGE_ERROR);
    CHECK(worst(bh_log1p, log1pl, 1, 1e6, 20000) < 2.5 + JUDGE_ERROR);
    CHECK(worst_log_scale(bh_log1p, log1pl, -1, 50000) < 2.5 + JUDGE_ERROR);
    CHECK(bh_log1p(0) == 0 && bh_log1p(1e-300) == 1e-300 && bh_log1p(-1e-300) == -1e-300);
    CHECK(bh_log1p(-1) == -INFINITY && bh_log1p(INFINITY) == INFINITY);
    CHECK(isnan(bh_log1p(-1.5)) && isnan(bh_log1p(-INFINITY)) && isnan(bh_log1p(NAN)));
}

static void test_tanh(void)
{
    CHECK(worst(bh_tanh, tanhl, -3, 3, 100000) < 2.5 + JUDGE_ERROR);
    CHECK(worst(bh_tanh, tanhl, -25, 25, 50000) < 2.5 + JUDGE_ERROR);
    CHECK(worst_log_scale(bh_tanh, tanhl, 6, 50000) < 2.5 + JUDGE_ERROR);
    CHECK(bh_tanh(0) == 0);
    CHECK(bh_tanh(INFINITY) == 1 && bh_tanh(-INFINITY) == -1 && bh_tanh(1e300) == 1);
    CHECK(isnan(bh_tanh(NAN)));
    bh_rng rng = bh_rng_seed(4);
    for (int i = 0; i < 1000; i++) {
        double x = 50 * bh_rng_uniform(&rng);
        CHECK(bh_tanh(-x) == -bh_tanh(x) && bh_tanh(x) <= 1);
    }
}

static void test_sin_cos(void)
{
    const double quarter_pi = 0.7853981633974483;
    CHECK(worst(bh_sin, sinl, -quarter_pi, quarter_pi, 100000) < 1 + JUDGE_ERROR);
    CHECK(worst(bh_cos, cosl, -quarter_pi, quarter_pi, 100000) < 1 + JUDGE_ERROR);
    CHECK(worst_log_scale(bh_sin, sinl, -2, 20000) < 1 + JUDGE_ERROR);
    bh_rng rng = bh_rng_seed(5);
    double error = 0;
    for (int i = 0; i < 100000; i++) {
        double x = (2 * bh_rng_uniform(&rng) - 1) * (i % 3 == 0 ? 10 : i % 3 == 1 ? 1000 : 1e5);
        double s = fabs((double)(bh_sin(x) - sinl(x))), c = fabs((double)(bh_cos(x) - cosl(x)));
        if (!(s <= error)) error = s;
        if (!(c <= error)) error = c;
    }
    CHECK(error < 2e-16 + JUDGE_ERROR * 1e-16);
    CHECK(bh_sin(0) == 0 && bh_cos(0) == 1);
    CHECK(isnan(bh_sin(INFINITY)) && isnan(bh_cos(-INFINITY)) && isnan(bh_sin(NAN)) &&
          isnan(bh_cos(NAN)));
    CHECK(fabs(bh_sin(1e12)) <= 1 && fabs(bh_cos(-1e15)) <= 1);
}

static int same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

// What a loop over many angles uses is what the functions use.
static void test_small_angles_are_the_same_bits(void)
{
    bh_rng rng = bh_rng_seed(6);
    for (int i = 0; i < 300000; i++) {
        double x = i % 2 == 0 ? 1.57 * bh_rng_uniform(&rng) - 0.785
                              : ldexp(bh_rng_uniform(&rng), -1 - (int)bh_rng_below(&rng, 1080));
        if (!CHECK(same_bits(bhi_sin_small(x), bh_sin(x)))) return;
        if (!CHECK(same_bits(bhi_cos_small(x), bh_cos(x)))) return;
    }
    CHECK(same_bits(bhi_sin_small(0.0), bh_sin(0.0)) && same_bits(bhi_cos_small(0.0), 1.0));
    CHECK(same_bits(bhi_sin_small(-0.0), bh_sin(-0.0)) && same_bits(bhi_cos_small(-0.0), 1.0));
}

// FNV-1a over the bits of all results: the number must come out the same with every compiler,
// optimisation level and machine. It changes only when the functions are meant to change.
static uint64_t fingerprint(function f, double low, double high)
{
    uint64_t hash = 0xcbf29ce484222325u;
    bh_rng rng = bh_rng_seed(7);
    for (int i = 0; i < 20000; i++) {
        double y = f(low + (high - low) * bh_rng_uniform(&rng));
        uint64_t bits;
        memcpy(&bits, &y, sizeof bits);
        for (int b = 0; b < 64; b += 8) hash = (hash ^ ((bits >> b) & 0xff)) * 0x100000001b3u;
    }
    return hash;
}

static void check_bits(const char *name, function f, double low, double high, uint64_t want)
{
    uint64_t got = fingerprint(f, low, high);
    if (!CHECK(got == want)) printf("    %s: 0x%016llx\n", name, (unsigned long long)got);
}

static void test_same_bits_everywhere(void)
{
    check_bits("exp", bh_exp, -745, 709, 0x981036a787b97d5au);
    check_bits("exp near 0", bh_exp, -1, 1, 0x808d621b964caf96u);
    check_bits("log", bh_log, 0, 10, 0x012c1c0456392d41u);
    check_bits("log1p", bh_log1p, -1, 1, 0x0776524225b28a86u);
    check_bits("tanh", bh_tanh, -10, 10, 0x11003be2cd98d85fu);
    check_bits("sin", bh_sin, -100, 100, 0x158d6e05032e69e9u);
    check_bits("cos", bh_cos, -1e5, 1e5, 0x80761651cf5a983du);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_exp);
    CHECK_RUN(test_log);
    CHECK_RUN(test_log1p);
    CHECK_RUN(test_tanh);
    CHECK_RUN(test_sin_cos);
    CHECK_RUN(test_small_angles_are_the_same_bits);
    CHECK_RUN(test_same_bits_everywhere);
    return check_report();
}
