// SPDX-License-Identifier: MIT
// Decimals against the C library: every digit of a double, roundings, texts read back, halfway
// cases, the ends of the range. -DROUNDS=1000000 compares as many random doubles with snprintf and
// strtod.
#include "core/decimal.h"
#include "core/rng.h"
#include "core/text.h"

#include "check.h"

#include <float.h>
#include <stdlib.h>

#ifndef ROUNDS
#define ROUNDS 4000
#endif

static int same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

// ---- values: of every exponent, and of those that settings and measurements have ----

static double any_real(bh_rng *rng)
{
    double value;
    do {
        uint64_t bits = bh_rng_next(rng);
        memcpy(&value, &bits, sizeof value);
    } while (value - value != 0);
    return value;
}

static double common_real(bh_rng *rng)
{
    uint64_t bits = bh_rng_next(rng);
    double value = ldexp((double)(bits >> 11), -(int)(bh_rng_next(rng) % 90));
    return bits & 1 ? -value : value;
}

static const double edges[] = {0,
                               -0.0,
                               1,
                               0.5,
                               1.5,
                               2.5,
                               0.25,
                               0.125,
                               0.1,
                               0.3,
                               2.0 / 3,
                               9.5,
                               99.5,
                               0.95,
                               9.9999995,
                               999999.5,
                               1e15,
                               1e16,
                               1e17,
                               1e21,
                               1e22,
                               1e23,
                               5e-5,
                               9.5e-5,
                               0.0001,
                               123456,
                               1234567,
                               9007199254740993.0,
                               DBL_MAX,
                               -DBL_MAX,
                               DBL_MIN,
                               2.2250738585072011e-308,
                               4.9406564584124654e-324,
                               DBL_EPSILON,
                               1 + DBL_EPSILON};
enum { N_EDGES = sizeof edges / sizeof *edges };

// ---- from doubles ----

// The digits and the point of "d.ddde+xx".
static int matches(const bhi_decimal *d, const char *scientific)
{
    const char *s = scientific + (*scientific == '-');
    for (int i = 0; *s != 'e'; s++) {
        if (*s == '.') continue;
        if (*s != '0' + (i < d->n ? d->digits[i] : 0)) return 0;
        i++;
    }
    return d->n == 0 ? d->point == 0 : atoi(s + 1) == d->point - 1;
}

static void check_digits(double value)
{
    static char text[1200];
    bhi_decimal exact;
    bhi_decimal_from_real(&exact, value);
    snprintf(text, sizeof text, "%.800e", value);
    if (!CHECK(exact.n <= 767 && !exact.inexact && matches(&exact, text)))
        printf("    %.17g\n", value);
    CHECK(same_bits(bhi_decimal_to_real(&exact), fabs(value)));
    for (int n = 1; n <= 18; n++) {
        bhi_decimal d = exact;
        bhi_decimal_round(&d, n);
        snprintf(text, sizeof text, "%.*e", n - 1, value);
        if (!CHECK(d.n <= n && matches(&d, text))) printf("    %.17g to %d digits\n", value, n);
    }
}

static void test_from_real(void)
{
    bh_rng rng = bh_rng_seed(1);
    for (int i = 0; i < N_EDGES; i++) check_digits(edges[i]);
    for (int i = 0; i < ROUNDS; i++) check_digits(common_real(&rng));
    for (int i = 0; i < ROUNDS / 20; i++) check_digits(any_real(&rng));
    for (int i = -1074; i < 1024; i++) check_digits(ldexp(1, i));
}

static void check_round(const char *text, int n, const char *digits, int point)
{
    const char *end;
    bhi_decimal d;
    bhi_decimal_from_real(&d, bhi_decimal_read(text, &end));
    bhi_decimal_round(&d, n);
    CHECK(d.n == (int)strlen(digits) && d.point == point);
    for (int i = 0; i < d.n && digits[i] != '\0'; i++) CHECK(d.digits[i] == digits[i] - '0');
}

// Halves are doubles, so what is rounded is the text itself.
static void test_round(void)
{
    check_round("2.5", 1, "2", 1); // the tie goes to the even digit
    check_round("3.5", 1, "4", 1);
    check_round("2.5000000001", 1, "3", 1);
    check_round("9.5", 1, "1", 2); // carries
    check_round("99.75", 3, "998", 2);
    check_round("99.75", 4, "9975", 2);
    check_round("99.75", 9, "9975", 2);
    check_round("104.5", 3, "104", 3);
    check_round("100.5", 3, "1", 3); // no zeros at the end
    check_round("0.5", 0, "", 0);    // of the unit left of the digits: half of it, to the even 0,
    check_round("0.75", 0, "1", 1);  // more than half
    check_round("0.25", 0, "", 0);   // and less
    check_round("0.9375", -1, "", 0);
}

// ---- to doubles ----

static void check_read(const char *text)
{
    const char *end;
    char *want_end;
    double value = bhi_decimal_read(text, &end), want = strtod(text, &want_end);
    if (!CHECK(same_bits(value, want) && end == want_end)) {
        printf("    %.60s: %.17g, expected %.17g; %d bytes, expected %d\n", text, value, want,
               (int)(end - text), (int)(want_end - text));
    }
}

static void check_reads_back(bh_rng *rng, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    check_read(text);
    snprintf(text, sizeof text, "%.*g", 1 + (int)(bh_rng_next(rng) % 30), value);
    check_read(text);
}

static void test_read(void)
{
    bh_rng rng = bh_rng_seed(2);
    for (int i = 0; i < N_EDGES; i++) check_reads_back(&rng, edges[i]);
    for (int i = 0; i < ROUNDS; i++) check_reads_back(&rng, common_real(&rng));
    for (int i = 0; i < ROUNDS / 10; i++) check_reads_back(&rng, any_real(&rng));
    for (int i = 0; i < ROUNDS; i++) {
        char text[64]; // whole numbers with an exponent, as people write them
        snprintf(text, sizeof text, "%llue%d",
                 (unsigned long long)(bh_rng_next(&rng) >> (bh_rng_next(&rng) % 64)),
                 (int)(bh_rng_next(&rng) % 60) - 40);
        check_read(text);
    }
}

// A whole number of 54 bits, odd, times 2^exponent is in the middle between two doubles. In
// decimal: doubled as often, or times 5 with one place more behind the point.
static void middle(char *text, size_t size, uint64_t odd, int exponent, int add)
{
    unsigned char digits[1200];
    int n = 0, places = exponent < 0 ? -exponent : exponent, by = exponent < 0 ? 5 : 2;
    for (; odd > 0; odd /= 10) digits[n++] = (unsigned char)(odd % 10); // lowest first
    for (int k = 0; k < places; k++) {
        int carry = 0;
        for (int i = 0; i < n || carry > 0; i++) {
            if (i == n) digits[n++] = 0;
            carry += digits[i] * by;
            digits[i] = (unsigned char)(carry % 10);
            carry /= 10;
        }
    }
    if (add < 0) digits[0]--; // odd: 1 or more
    for (int i = 0; i < n; i++) text[i] = (char)('0' + digits[n - 1 - i]);
    snprintf(text + n, size - (size_t)n, "%se%d",
             add > 0   ? ".000000000000000000001"
             : add < 0 ? ".999"
                       : ".0",
             exponent < 0 ? exponent : 0);
}

static void check_middle(uint64_t odd, int exponent)
{
    static char text[2400];
    for (int add = -1; add <= 1; add++) {
        middle(text, sizeof text, odd, exponent, add);
        check_read(text);
    }
    middle(text, sizeof text, odd, exponent, 0);
    const char *end;
    uint64_t even = (odd / 2 % 2 == 0) ? odd / 2 : odd / 2 + 1; // half of odd is x.5
    CHECK(same_bits(bhi_decimal_read(text, &end), ldexp((double)even, exponent + 1)));
}

static void test_middles(void)
{
    bh_rng rng = bh_rng_seed(3);
    for (int i = 0; i < ROUNDS / 20; i++) {
        uint64_t odd = bh_rng_next(&rng) >> 11 | (uint64_t)1 << 53 | 1;
        check_middle(odd, (int)(bh_rng_next(&rng) % 120) - 90);
        if (i % 10 == 0) check_middle(odd, (int)(bh_rng_next(&rng) % 2044) - 1074);
    }
    uint64_t ones = ((uint64_t)1 << 54) - 1;
    check_middle(ones, -1075); // the most digits: 767
    check_middle(ones, 970);   // the largest double, or infinity
    check_middle(ones, 0);     // to 2^54
    check_middle(((uint64_t)1 << 53) - 1,
                 -1075); // the largest subnormal, or the smallest normal number
    for (uint64_t odd = 1; odd < 64; odd += 2) check_middle(odd, -1075);
}

static void test_read_ends(void)
{
    const char *texts[] = {"1.7976931348623157e308",
                           "1.7976931348623158e308",
                           "1.7976931348623159e308",
                           "1e309",
                           "1e400",
                           "2.4703282292062327e-324",
                           "2.4703282292062328e-324",
                           "1e-323",
                           "1e-324",
                           "1e-400",
                           "1e2147483648",
                           "1e-99999999999999999999",
                           "-1e99999999999999999999",
                           "0e99999999999999999999",
                           "0e-5",
                           "0",
                           "-0",
                           "+0.0",
                           "00012",
                           "5.",
                           ".5",
                           "-.5e1",
                           ".",
                           "-",
                           "+",
                           "",
                           " ",
                           "e5",
                           ".e5",
                           "1e",
                           "1e+",
                           "1e-x",
                           "1E5",
                           "1e+05",
                           "1.5.5",
                           "1,5",
                           "1 2",
                           " 7",
                           "\t\n\v\f\r8",
                           "--1",
                           "+-1",
                           "inf",
                           "INF",
                           "-inf",
                           "+Infinity",
                           "infinit",
                           "infinityx",
                           "in",
                           "nan",
                           "NaN",
                           "nanx",
                           "na",
                           "1_000",
                           "1f",
                           "12abc",
                           "9007199254740993",
                           "0.1",
                           "123456789012345678901234567890"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_read(texts[i]);

    static char text[3000]; // more digits than are kept, and a point far from them
    memset(text, '0', sizeof text);
    snprintf(text + 2000, 100, "1e-1990");
    check_read(text);
    text[1] = '.';
    snprintf(text + 2000, 100, "123e2000");
    check_read(text);
    memset(text, '9', 2000);
    snprintf(text + 2000, 100, "e-2000");
    check_read(text);
    // 2^53 + 1 is a middle; something very far behind it decides.
    snprintf(text, sizeof text, "9007199254740993.%01500d", 0);
    check_read(text);
    strcat(text, "1");
    check_read(text);
}

// What strtod reads and we do not: hexadecimal, and a NaN's bracket.
static void test_not_read(void)
{
    const char *end, *hex = "0x10", *bracket = "nan(7)";
    CHECK(bhi_decimal_read(hex, &end) == 0 && end == hex + 1);
    CHECK(isnan(bhi_decimal_read(bracket, &end)) && end == bracket + 3);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_from_real);
    CHECK_RUN(test_round);
    CHECK_RUN(test_read);
    CHECK_RUN(test_middles);
    CHECK_RUN(test_read_ends);
    CHECK_RUN(test_not_read);
    return check_report();
}
