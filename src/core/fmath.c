// SPDX-License-Identifier: MIT
// exp, log, log1p, tanh, sin, cos, erf from additions, multiplications and divisions in a fixed
// order.
//
// Each reduces its argument to a short interval (Cody and Waite's splitting of ln 2 and pi/2: the
// high pieces have few bits, so that multiplying them by a small integer is exact) and sums a
// Taylor series there, with enough terms that the first one left out is below half a unit in the
// last place.
#include "core/fmath.h"
#include "core/fmath_small.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const double LN2_HIGH = 0x1.62e42fee00000p-1;
static const double LN2_LOW = 0x1.a39ef35793c76p-33;
static const double LOG2_E = 0x1.71547652b82fep+0;
static const double HALF_PI_HIGH = 0x1.921fb54400000p+0;
static const double HALF_PI_MIDDLE = 0x1.0b4611a600000p-34;
static const double HALF_PI_LOW = 0x1.3198a2e037073p-69;
static const double TWO_OVER_PI = 0x1.45f306dc9c883p-1;

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t to_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

// 2^k for k in [-1022, 1023].
static double power_of_two(int k)
{
    return from_bits((uint64_t)(k + 1023) << 52);
}

// c[0] + c[1] z + ... + c[n-1] z^(n-1), Horner.
static double polynomial(double z, const double *c, int n)
{
    double sum = c[n - 1];
    for (int i = n - 2; i >= 0; i--) sum = sum * z + c[i];
    return sum;
}

const double bhi_exp_tail[BHI_EXP_TERMS] = {
    1.0 / 2,     1.0 / 6,      1.0 / 24,      1.0 / 120,      1.0 / 720,         1.0 / 5040,
    1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600.0, 1.0 / 6227020800.0,
};

// x = k ln 2 + r with |r| <= ln2 / 2; returns e^r - 1.
static double expm1_reduced(double x, int *k)
{
    *k = (int)floor(x * LOG2_E + 0.5);
    double high = x - *k * LN2_HIGH, low = *k * LN2_LOW, r = high - low;
    return high + (r * r * polynomial(r, bhi_exp_tail, BHI_EXP_TERMS) - low);
}

double bh_exp(double x)
{
    if (x != x) return x;
    if (x > 709.782712893384) return HUGE_VAL;
    if (x < -745.1332191019412) return 0.0;
    int k;
    double y = 1.0 + expm1_reduced(x, &k);
    int half = k / 2; // two factors: 2^k itself may lie outside the normal range
    return y * power_of_two(half) * power_of_two(k - half);
}

double bh_log(double x)
{
    if (x != x || x == HUGE_VAL) return x;
    if (x < 0) return NAN;
    if (x == 0) return -HUGE_VAL;
    int k = 0;
    if (x < 0x1p-1022) { // subnormal
        x *= 0x1p54;
        k = -54;
    }
    uint64_t bits = to_bits(x);
    k += (int)(bits >> 52) - 1023;
    double m = from_bits((bits & 0xfffffffffffffu) | 0x3ff0000000000000u); // [1, 2)
    if (m > 0x1.6a09e667f3bcdp+0) {                                        // sqrt 2
        m *= 0.5;
        k++;
    }
    // log(1 + f) = f - f^2/2 + s (f^2/2 + R), s = f / (2 + f), R = 2 (s^2/3 + s^4/5 + ...)
    static const double c[] = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11,
                               2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21};
    double f = m - 1.0, s = f / (2.0 + f), z = s * s, half_square = 0.5 * f * f;
    double tail = z * polynomial(z, c, sizeof c / sizeof *c);
    return k * LN2_HIGH - ((half_square - (s * (half_square + tail) + k * LN2_LOW)) - f);
}

// 1 + x rounds to y, and log(1 + x) / log(y) is nearly x / (y - 1) (Goldberg 1991, theorem 4).
double bh_log1p(double x)
{
    double y = 1.0 + x;
    if (y == 1.0 || x == HUGE_VAL) return x;
    return bh_log(y) * (x / (y - 1.0));
}

double bh_tanh(double x)
{
    if (x != x) return x;
    double a = fabs(x), t = 1.0; // beyond 22, 1 - 2 e^-44 rounds to 1
    if (a <= 22.0) {
        int k; // e^2a - 1 = 2^k (e^r - 1) + (2^k - 1), without cancellation near 0
        double scaled = expm1_reduced(2.0 * a, &k), two_k = power_of_two(k);
        double e = two_k * scaled + (two_k - 1.0);
        t = e / (e + 2.0);
    }
    return x < 0 ? -t : t;
}

// sin(x + quarter_turns * pi/2)
static double sin_shifted(double x, int quarter_turns)
{
    if (!(fabs(x) <= 0x1p52)) return NAN;
    double n = floor(x * TWO_OVER_PI + 0.5);
    double r = ((x - n * HALF_PI_HIGH) - n * HALF_PI_MIDDLE) - n * HALF_PI_LOW;
    int quarter = (int)(n - 4.0 * floor(n * 0.25)) + quarter_turns; // exact: n is whole
    double y = quarter & 1 ? bhi_cos_small(r) : bhi_sin_small(r);
    return quarter & 2 ? -y : y;
}

double bh_sin(double x)
{
    return sin_shifted(x, 0);
}

double bh_cos(double x)
{
    return sin_shifted(x, 1);
}

// e^(-x^2) (x + 2/3 x^3 + 4/15 x^5 + …) 2 / sqrt(pi): all terms have one sign, so none cancel
// (Abramowitz and Stegun, 7.1.6). Beyond 6, 1 - erf is below 2^-54.
double bh_erf(double x)
{
    if (x != x) return x;
    if (x > 6 || x < -6) return x > 0 ? 1 : -1;
    double term = x, sum = x, before = 0;
    for (int n = 1; sum != before; n++) {
        before = sum;
        term *= 2 * x * x / (2 * n + 1);
        sum += term;
    }
    return 1.1283791670955126 * bh_exp(-x * x) * sum;
}
