// SPDX-License-Identifier: MIT
// Text buffers: bounds, JSON escapes, numbers that read back.
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

static void test_real_reads_back(void)
{
    bh_rng rng = bh_rng_seed(1);
    for (int i = 0; i < 5000; i++) {
        uint64_t bits = bh_rng_next(&rng);
        double value, back;
        memcpy(&value, &bits, sizeof value);
        if (value - value != 0) continue;
        char buffer[40];
        bh_text t = bh_text_over(buffer, sizeof buffer);
        bh_text_add_real(&t, value);
        back = strtod(buffer, NULL);
        CHECK(memcmp(&back, &value, sizeof value) == 0);
        CHECK(bh_text_fits(&t) && t.length <= 24);
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
    CHECK_RUN(test_real_reads_back);
    CHECK_RUN(test_json_is_valid);
    return check_report();
}
