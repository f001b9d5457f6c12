// SPDX-License-Identifier: MIT
// Which kernels are in use, and what BH_SIMD may ask for. The program is run with BH_SIMD set and
// without (CMakeLists.txt); the kernels themselves are tested by test_gemm and the like under each.
#define _POSIX_C_SOURCE 200112L // setenv
#include "kernels/choice.h"

#include "check.h"
#include "kernels/gemm.h"

#include <stdlib.h>

static void test_name_is_known(void)
{
    static const char *const names[] = {"scalar", "sse2", "avx2", "avx512", "neon"};
    int found = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        found += strcmp(bh_simd_name(), names[i]) == 0;
    CHECK(found == 1);
}

// What is asked for is what is in use, or it is refused in a sentence that names both.
static void test_check_agrees(void)
{
    const char *wanted = getenv("BH_SIMD");
    bh_error err = {0};
    bh_status status = bh_simd_check(&err);
    if (wanted == NULL || *wanted == '\0') {
        CHECK_STATUS(status, BH_OK);
    } else if (strcmp(wanted, bh_simd_name()) == 0) {
        CHECK_STATUS(status, BH_OK);
    } else {
        CHECK_STATUS(status, BH_ERR_CONFIG);
        CHECK(strstr(err.message, wanted) != NULL && strstr(err.message, bh_simd_name()) != NULL);
        CHECK_STATUS(bh_simd_check(NULL), BH_ERR_CONFIG);
    }
}

// Set after the choice: nothing changes any more, and the check sees it.
static void test_choice_stays(void)
{
    const char *name = bh_simd_name();
    const bh_real x[6] = {1, 2, 3, 4, 5, 6}, w[6] = {1, -1, 2, -2, 3, -3};
    bh_real y[4];
    setenv("BH_SIMD", "mmx", 1);
    bhi_gemm_nn(y, x, w, NULL, BHI_EPILOGUE_NONE, 2, 2, 3);
    CHECK(y[0] == 14 && y[1] == -14 && y[2] == 32 && y[3] == -32);
    CHECK_STRING(bh_simd_name(), name);
    bh_error err = {0};
    CHECK_STATUS(bh_simd_check(&err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "'mmx'") != NULL);
    setenv("BH_SIMD", "", 1);
    CHECK_STATUS(bh_simd_check(&err), BH_OK);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_name_is_known);
    CHECK_RUN(test_check_agrees);
    CHECK_RUN(test_choice_stays);
    return check_report();
}
