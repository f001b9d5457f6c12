// SPDX-License-Identifier: MIT
// Text buffers: bounds, JSON escapes, numbers that read back, conversions as printf prints them.
#include "core/rng.h"
#include "core/text.h"

#include "check.h"
#include "json_valid.h"

#include <stdlib.h>

static void test_add(void)
{
    char buffer[16];
    bh_text t = bh_text_over(buffer, sizeof buffer);
    CHECK_STRING(buffer, "");
    CHECK(bh_text_fits(&t));
    bh_text_add(&t, "%d-%s", 12, "ab");
    bh_text_add(&t, "!");
    CHECK_STRING(buffer, "12-ab!");
    CHECK(t.length == 6 && bh_text_fits(&t));
}

// Never past the end, always terminated, and the length says what was needed.
static void test_bounds(void)
{
    for (size_t size = 1; size <= 12; size++) {
        char buffer[16];
        memset(buffer, '#', sizeof buffer);
        bh_text t = bh_text_over(buffer, size);
        bh_text_add(&t, "%s", "0123");
        bh_text_add(&t, "%s", "4567");
        CHECK(t.length == 8);
        CHECK(bh_text_fits(&t) == (size > 8));
        CHECK(strlen(buffer) == (size > 8 ? 8 : size - 1));
        CHECK(strncmp(buffer, "01234567", size - 1) == 0);
        for (size_t i = size; i < sizeof buffer; i++) CHECK(buffer[i] == '#');
    }
    bh_text counting = bh_text_over(NULL, 0);
    bh_text_add(&counting, "%05d", 1);
    bh_text_add_json(&counting, "x");
    CHECK(counting.length == 8 && !bh_text_fits(&counting));
}

static void test_json(void)
{
    char buffer[64];
    bh_text t = bh_text_over(buffer, sizeof buffer);
    bh_text_add_json(&t, "a\"b\\c\nd\x01\té");
    CHECK_STRING(buffer, "\"a\\\"b\\\\c\\nd\\u0001\\u0009é\"");
    CHECK(json_is_valid(buffer));
}

static void check_real(double value, const char *want)
{
    char buffer[40];
    bh_text t = bh_text_over(buffer, sizeof buffer);
    bh_text_add_real(&t, value);
    CHECK_STRING(buffer, want);
}

static void test_real(void)
{
    check_real(0.1, "0.1");
    check_real(0.07, "0.07"); // 16 digits would read 0.07000000000000001
    check_real(1, "1");
    check_real(-0.0, "-0");
    check_real(1e-3, "0.001");
    check_real(1e300, "1e+300");
    check_real(9007199254740991.0, "9007199254740991");
    check_real(0.1 + 0.2, "0.30000000000000004");
    check_real(INFINITY, "Infinity");
    check_real(-INFINITY, "-Infinity");
    check_real(NAN, "NaN");
}

// What the header promises, said with the C library.
static void check_shortest(double value)
{
    char want[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(want, sizeof want, "%.*g", precision, value);
        if (strtod(want, NULL) == value) break;
    }
    check_real(value, want);
}

static void test_real_is_shortest(void)
{
    bh_rng rng = bh_rng_seed(1);
    for (int i = 0; i < 400; i++) {
        uint64_t bits = bh_rng_next(&rng);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (value - value == 0) check_shortest(value);
    }
    for (int i = 0; i < 4000; i++) {
        double whole = (double)(bh_rng_next(&rng) >> (bh_rng_next(&rng) % 64));
        check_shortest(whole / 1e6);
        check_shortest(-whole);
        check_shortest(ldexp(whole, -(int)(bh_rng_next(&rng) % 64)));
    }
    for (int i = -325; i < 308; i += 3) {
        char text[16];
        snprintf(text, sizeof text, "%d.5e%d", i & 7, i);
        check_shortest(strtod(text, NULL));
    }
}

// ---- printf-style ----

#define SAME(...)                                             \
    do {                                                      \
        static char got[800], want[800];                      \
        bh_text t = bh_text_over(got, sizeof got);            \
        bh_text_add(&t, __VA_ARGS__);                         \
        CHECK(snprintf(want, sizeof want, __VA_ARGS__) >= 0); \
        CHECK_STRING(got, want);                              \
        CHECK(t.length == strlen(want) && bh_text_fits(&t));  \
    } while (0)

static void test_conversions(void)
{
    SAME("%s", "");
    SAME("a%sb%%c", "string");
    SAME("%.3s|%.9s|%.*s|%.*s|%.s", "string", "string", 2, "string", 0, "string", "string");
    SAME("%9s|%3s|%*s|%8.3s", "string", "string", 10, "string", "string");
    SAME("%c%c|%3c", 'a', 0xc3, 'b');
    SAME("%d %d %d %d", 0, -1, INT32_MAX, INT32_MIN);
    SAME("%ld %ld", (long)INT32_MIN, (long)INT32_MAX);
    SAME("%lld %lld", (long long)INT64_MAX, (long long)INT64_MIN);
    SAME("%zd %zu %zx", (ptrdiff_t)-5, (size_t)1 << 31, SIZE_MAX);
    SAME("%u %lu %llu", UINT32_MAX, 7ul, (unsigned long long)UINT64_MAX);
    SAME("%x %lx %llx", 0xabcdef01u, 0x19ul, 0x123456789abcdefull);
    SAME("%5d|%5d|%2d|%05d|%05d|%02d|%*d", 12, -12, -12345, 12, -12, -123, 6, 42);
    SAME("%04x|%08x|%08x|%064d", 0x1f, 0u, 0xffffffffu, 0);
    SAME("%f|%.0f|%.1f|%9.2f|%09.2f", 1.5, 2.5, -0.25, -1.005, -1.005);
    SAME("%g|%.3g|%.0g|%10g|%.*g", 0.1, 1234567.0, 0.05, -1e-7, 17, 0.1);
    SAME("%.2f %g", 1e308, 1e308);
    char unended[4] = {'a', 'b', 'c', 'd'};
    SAME("%.4s|%.*s", unended, 3, unended);
    CHECK(unended[0] == 'a');
}

static void check_conversions(double value)
{
    SAME("%g %f %.0f", value, value, value);
    for (int precision = 0; precision <= 17; precision++) {
        SAME("%.*f", precision, value);
        SAME("%.*g", precision, value);
    }
}

static void test_reals(void)
{
    const double values[] = {0,
                             -0.0,
                             1,
                             -1,
                             0.5,
                             1.5,
                             2.5,
                             3.5,
                             0.125,
                             0.375,
                             9.5,
                             99.5,
                             0.05,
                             0.95,
                             9.995,
                             999999.5,
                             9999995,
                             1e-4,
                             9.9999995e-5,
                             1e-5,
                             1e15,
                             1e16,
                             1e17,
                             1e22,
                             1e23,
                             123456789,
                             4.9406564584124654e-324,
                             1e-300,
                             1.7976931348623157e308,
                             INFINITY,
                             -INFINITY,
                             NAN};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) check_conversions(values[i]);
    bh_rng rng = bh_rng_seed(2);
    for (int i = 0; i < 500; i++) { // whole numbers of 1/1024: many ties
        check_conversions((double)(int64_t)(bh_rng_next(&rng) >> (bh_rng_next(&rng) % 44 + 20)) /
                          1024);
    }
}

// The tests' own judge of JSON.
static void test_json_is_valid(void)
{
    const char *good[] = {"{}", "[1,-2.5e3,0]", " {\"a\" : [true,false,null,\"\\u00e9\"]} ",
                          "\"x\"", "0"};
    const char *bad[] = {"",   "{",  "[1,]", "{\"a\"}", "{a:1}", "[1 2]",
                         "01", "1.", "NaN",  "\"\\x\"", "{},",   "\"\n\""};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) CHECK(json_is_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(!json_is_valid(bad[i]));
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_add);
    CHECK_RUN(test_bounds);
    CHECK_RUN(test_json);
    CHECK_RUN(test_real);
    CHECK_RUN(test_real_is_shortest);
    CHECK_RUN(test_conversions);
    CHECK_RUN(test_reals);
    CHECK_RUN(test_json_is_valid);
    return check_report();
}
