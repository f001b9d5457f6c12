// SPDX-License-Identifier: MIT
// All of tests/c/test_*.c as one program: linking each by itself took half of the time of a build. The first argument is the
// file's name, `bellhop_tests test_replay`; those behind it are the file's own, see check.h. CMake writes the list.
#include "kernels/choice.h"

#include <stdio.h>
#include <string.h>

#define TEST(name) int name##_main(int argc, char **argv);
#include "test_list.inc"
#undef TEST

static const struct {
    const char *name;
    int (*main)(int argc, char **argv);
} tests[] = {
#define TEST(name) {#name, name##_main},
#include "test_list.inc"
};

#define SKIPPED 77 // CTest's word for: not here

int main(int argc, char **argv)
{
    bh_error err;
    if (bh_simd_check(&err) != BH_OK) {
        fprintf(stderr, "%s\n", err.message);
        return SKIPPED;
    }
    for (size_t i = 0; argc > 1 && i < sizeof tests / sizeof *tests; i++) {
        if (strcmp(tests[i].name, argv[1]) == 0) return tests[i].main(argc - 1, argv + 1);
    }
    fprintf(stderr, "Usage: %s TEST [FUNCTION], TEST one of\n", argv[0]);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        fprintf(stderr, "  %s\n", tests[i].name);
    return 2;
}
