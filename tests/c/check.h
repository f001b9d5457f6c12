// SPDX-License-Identifier: MIT
// The test harness: checks that print both values with file and line, go on, and fail the process.
//
//     static void test_ring_wraps(void) { CHECK(replay.size == 4); CHECK_NEAR(x, 0.5, 1e-6); }
//     int main(int argc, char **argv) {
//         CHECK_RUN(test_ring_wraps);
//         return check_report();
//     }
// A name given on the command line runs only the tests whose name contains it.
#pragma once

#include "core/status.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int check_failures;
static int check_count;

static inline int check_that(int ok, const char *file, int line, const char *text)
{
    check_count++;
    if (ok) return 1;
    check_failures++;
    if (check_failures <= 20) printf("%s:%d: failed: %s\n", file, line, text);
    return 0;
}

static inline int check_near(double a, double b, double tolerance, const char *file, int line,
                             const char *text_a, const char *text_b)
{
    // Equal infinities are near; a NaN is near nothing.
    int ok = a == b || fabs(a - b) <= tolerance;
    if (!check_that(ok, file, line, "values differ") && check_failures <= 20) {
        printf("    %s = %.17g\n    %s = %.17g\n    difference %.3g, allowed %.3g\n", text_a, a,
               text_b, b, fabs(a - b), tolerance);
    }
    return ok;
}

static inline int check_status(bh_status got, bh_status want, const char *file, int line,
                               const char *text)
{
    int ok = check_that(got == want, file, line, text);
    if (!ok) printf("    got '%s', expected '%s'\n", bh_status_string(got), bh_status_string(want));
    return ok;
}

static inline int check_string(const char *got, const char *want, const char *file, int line)
{
    int ok = check_that(strcmp(got, want) == 0, file, line, "strings differ");
    if (!ok) printf("    got      \"%s\"\n    expected \"%s\"\n", got, want);
    return ok;
}

#define CHECK(x)                    check_that(!!(x), __FILE__, __LINE__, #x)
#define CHECK_NEAR(a, b, tolerance) check_near((a), (b), (tolerance), __FILE__, __LINE__, #a, #b)
#define CHECK_STATUS(call, want)    check_status((call), (want), __FILE__, __LINE__, #call)
#define CHECK_STRING(got, want)     check_string((got), (want), __FILE__, __LINE__)

/// Runs a test function unless argv names another.
#define CHECK_RUN(function)                                                           \
    do {                                                                              \
        if (argc < 2 || strstr(#function, argv[1]) != NULL) {                         \
            int before = check_failures;                                              \
            function();                                                               \
            printf("%s %s\n", check_failures == before ? "ok  " : "FAIL", #function); \
        }                                                                             \
    } while (0)

static inline int check_report(void)
{
    printf("%d checks, %d failed\n", check_count, check_failures);
    return check_failures != 0 || check_count == 0;
}
