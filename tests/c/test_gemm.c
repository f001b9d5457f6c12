// SPDX-License-Identifier: MIT
// Matrix products: the tiled ones against the triple loop, bit for bit, and both against known
// numbers.
#include "core/rng.h"
#include "kernels/gemm.h"

#include "check.h"

#include <stdlib.h>

#define GUARD  ((bh_real)12345)
#define GUARDS 8 // numbers behind the output that must stay

typedef struct buffers {
    bh_real *a, *b, *bias, *gate, *y, *want;
    size_t y_bytes;
} buffers;

static bh_real *random_block(size_t n, bh_rng *rng)
{
    bh_real *block = malloc(n > 0 ? n * sizeof *block : 1);
    for (size_t i = 0; i < n; i++) block[i] = (bh_real)bh_rng_normal(rng);
    return block;
}

// Exactly as large as the operands, so that a sanitizer sees a read past the end.
static buffers make(int M, int N, int K, bh_rng *rng)
{
    size_t m = (size_t)M, n = (size_t)N, k = (size_t)K, y = m * n + GUARDS;
    buffers u = {random_block(m * k, rng), random_block(k * n, rng), random_block(n, rng),
                 random_block(m * n, rng), random_block(y, rng),     random_block(y, rng),
                 y * sizeof(bh_real)};
    for (size_t i = 0; i < y; i++) u.y[i] = u.want[i] = GUARD;
    return u;
}

static void drop(buffers *u)
{
    free(u->a);
    free(u->b);
    free(u->bias);
    free(u->gate);
    free(u->y);
    free(u->want);
}

static void check_same(const buffers *u, const char *what, int M, int N, int K)
{
    if (!CHECK(memcmp(u->y, u->want, u->y_bytes) == 0))
        printf("    %s %d x %d x %d\n", what, M, N, K);
    for (int i = 0; i < M * N + GUARDS; i++) u->y[i] = u->want[i] = GUARD;
}

static void check_shape(int M, int N, int K, bh_rng *rng)
{
    buffers u = make(M, N, K, rng);
    for (int variant = 0; variant < 4; variant++) {
        const bh_real *bias = variant & 1 ? u.bias : NULL;
        bhi_epilogue epilogue = variant & 2 ? BHI_EPILOGUE_RELU : BHI_EPILOGUE_NONE;
        bhi_gemm_nn(u.y, u.a, u.b, bias, epilogue, M, N, K);
        bhi_gemm_nn__scalar(u.want, u.a, u.b, bias, epilogue, M, N, K);
        check_same(&u, "nn", M, N, K);
    }
    for (int gated = 0; gated < 2; gated++) {
        const bh_real *gate = gated ? u.gate : NULL;
        bhi_gemm_nt(u.y, u.a, u.b, gate, M, N, K);
        bhi_gemm_nt__scalar(u.want, u.a, u.b, gate, M, N, K);
        check_same(&u, "nt", M, N, K);
    }
    bhi_gemm_tn(u.y, u.a, u.b, M, N, K);
    bhi_gemm_tn__scalar(u.want, u.a, u.b, M, N, K);
    check_same(&u, "tn", M, N, K);
    for (int i = 0; i < M * N; i++) u.y[i] = u.want[i] = u.gate[i];
    bhi_gemm_tn_add(u.y, u.a, u.b, M, N, K);
    bhi_gemm_tn_add__scalar(u.want, u.a, u.b, M, N, K);
    check_same(&u, "tn add", M, N, K);
    drop(&u);
}

// Every N with every remainder of a tile, every N up to more than a panel, and a sample of the rest
// of 1..33 cubed.
static void test_small_shapes(void)
{
    bh_rng rng = bh_rng_seed(1);
    for (int M = 1; M <= 9; M++) {
        for (int N = 1; N <= 17; N++) check_shape(M, N, 1 + (M * 7 + N) % 11, &rng);
    }
    for (int N = 18; N <= 80; N++) check_shape(1 + N % 16, N, 1 + N % 7, &rng);
    for (int i = 0; i < 400; i++) {
        int M = 1 + (int)bh_rng_below(&rng, 33), N = 1 + (int)bh_rng_below(&rng, 33);
        check_shape(M, N, 1 + (int)bh_rng_below(&rng, 33), &rng);
    }
}

// Operands and outputs that are columns of larger matrices: the rest of the output's rows stays.
static void check_part(int M, int N, int K, bh_rng *rng)
{
    enum { MORE = 5 };
    int m = M + MORE, n = N + MORE, k = K + MORE;
    buffers u = make(m, n, k, rng), small = make(M, N, K, rng);
    bh_real *const y = u.y + 2, *want = small.want;
    for (int kind = 0; kind < 3; kind++) {
        int resume = kind == 2;
        for (int i = 0; i < M * N; i++) want[i] = resume ? small.gate[i] : GUARD;
        for (int i = 0; i < M * N; i++) y[i / N * n + i % N] = want[i];
        // The same numbers in rows that touch and in rows that do not.
        int a_rows = kind == 2 ? K : M, a_columns = kind == 2 ? M : K, lda = kind == 2 ? m : k;
        int b_rows = kind == 1 ? N : K, b_columns = kind == 1 ? K : N, ldb = kind == 1 ? k : n;
        for (int i = 0; i < a_rows * a_columns; i++)
            small.a[i] = u.a[i / a_columns * lda + i % a_columns];
        for (int i = 0; i < b_rows * b_columns; i++)
            small.b[i] = u.b[i / b_columns * ldb + i % b_columns];
        if (kind == 0) {
            bhi_gemm_nn_part(y, n, u.a, lda, u.b, ldb, u.bias, M, N, K);
            bhi_gemm_nn__scalar(want, small.a, small.b, u.bias, BHI_EPILOGUE_NONE, M, N, K);
        } else if (kind == 1) {
            bhi_gemm_nt_part(y, n, u.a, lda, u.b, ldb, M, N, K);
            bhi_gemm_nt__scalar(want, small.a, small.b, NULL, M, N, K);
        } else {
            bhi_gemm_tn_add_part(y, n, u.a, lda, u.b, ldb, M, N, K);
            bhi_gemm_tn_add__scalar(want, small.a, small.b, M, N, K);
        }
        for (int i = 0; i < M * N; i++) u.want[2 + i / N * n + i % N] = want[i];
        check_same(&u, kind == 0 ? "nn part" : kind == 1 ? "nt part" : "tn add part", m, n, k);
    }
    drop(&u);
    drop(&small);
}

static void test_parts_of_larger_matrices(void)
{
    bh_rng rng = bh_rng_seed(6);
    for (int i = 0; i < 200; i++) {
        int M = 1 + (int)bh_rng_below(&rng, 40), N = 1 + (int)bh_rng_below(&rng, 40);
        check_part(M, N, 1 + (int)bh_rng_below(&rng, 40), &rng);
    }
    check_part(3, 70, 300, &rng);
    check_part(130, 33, 260, &rng);
    check_part(64, 128, 64, &rng);
}

// Sums longer than a copied block, at and around its edges.
static void test_long_sums(void)
{
    static const int depths[] = {63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 700};
    bh_rng rng = bh_rng_seed(2);
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        check_shape(5, 3, depths[i], &rng);
        check_shape(3, 13, depths[i], &rng);
        check_shape(1, 8, depths[i], &rng);
    }
    check_shape(64, 64, 300, &rng);
    check_shape(33, 70, 129, &rng);
    check_shape(2, 1, 1000, &rng);
    check_shape(130, 7, 3, &rng);
}

// A sum in parts has the bits of the whole.
static void test_sum_in_parts(void)
{
    enum { M = 37, N = 22, K = 300 };
    static const int parts[] = {1, 2, 64, 33, 200};
    bh_rng rng = bh_rng_seed(5);
    buffers u = make(M, N, K, &rng);
    bhi_gemm_tn(u.want, u.a, u.b, M, N, K);
    for (int i = 0; i < M * N; i++) u.y[i] = 0;
    for (int i = 0, k = 0; i < 5; k += parts[i++])
        bhi_gemm_tn_add(u.y, u.a + k * M, u.b + k * N, M, N, parts[i]);
    check_same(&u, "tn in parts", M, N, K);
    drop(&u);
}

// Sides at and around the blocks of rows, the copied panels and their groups.
static void test_long_sides(void)
{
    static const int sides[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 67, 96, 130};
    enum { SIDES = sizeof sides / sizeof *sides };
    bh_rng rng = bh_rng_seed(4);
    for (int m = 0; m < SIDES; m++) {
        for (int n = 0; n < SIDES; n++) {
            check_shape(sides[m], sides[n], 1 + (int)bh_rng_below(&rng, 9), &rng);
        }
    }
    check_shape(128, 128, 128, &rng);
    check_shape(256, 256, 256, &rng);
    check_shape(37, 53, 129, &rng);
    check_shape(64, 300, 2, &rng);
}

// K = 0 leaves the bias, M = 0 and N = 0 nothing.
static void test_empty(void)
{
    bh_rng rng = bh_rng_seed(3);
    check_shape(5, 7, 0, &rng);
    check_shape(4, 8, 0, &rng);
    bh_real y = GUARD, x = 1, w = 1;
    bhi_gemm_nn(&y, &x, &w, NULL, BHI_EPILOGUE_NONE, 0, 1, 1);
    CHECK(y == GUARD);
    bhi_gemm_nt(&y, &x, &w, NULL, 1, 0, 1);
    CHECK(y == GUARD);
    bhi_gemm_tn(&y, &x, &w, 0, 0, 1);
    CHECK(y == GUARD);
}

// The twins themselves, on integers worked out by hand.
static void test_by_hand(void)
{
    const bh_real x[] = {1, 2, 3, 4, 5, 6};                     // (2,3)
    const bh_real w[] = {1, 0, -1, 2, 1, 3, 0, 1, -1, 1, 2, 2}; // (3,4)
    const bh_real bias[] = {10, 20, 30, -40};
    const bh_real nn[] = {0, 9, 5, 10, 3, 21, 8, 25};
    const bh_real biased[] = {10, 29, 35, 0, 13, 41, 38, 0}; // with ReLU
    bh_real y[8];
    bhi_gemm_nn__scalar(y, x, w, NULL, BHI_EPILOGUE_NONE, 2, 4, 3);
    CHECK(memcmp(y, nn, sizeof y) == 0);
    bhi_gemm_nn(y, x, w, bias, BHI_EPILOGUE_RELU, 2, 4, 3);
    CHECK(memcmp(y, biased, sizeof y) == 0);

    const bh_real nt[] = {-2, 13, -1, 11, -2, 31, -1, 26}; // w as (N=4,K=3)
    bhi_gemm_nt__scalar(y, x, w, NULL, 2, 4, 3);
    CHECK(memcmp(y, nt, sizeof y) == 0);
    const bh_real gate[] = {1, 0, -1, 2, (bh_real)NAN, 3, 4, (bh_real)-0.0};
    const bh_real gated[] = {-2, 0, 0, 11, 0, 31, -1, 0};
    bhi_gemm_nt__scalar(y, x, w, gate, 2, 4, 3);
    CHECK(memcmp(y, gated, sizeof y) == 0);
    const bh_real tn[] = {5,  12, -1, 6,  7,  15,
                          -2, 9,  9,  18, -3, 12}; // x as (K=2,M=3), 8 numbers of w
    bh_real g[12];
    bhi_gemm_tn__scalar(g, x, w, 3, 4, 2);
    CHECK(memcmp(g, tn, sizeof g) == 0);
    bhi_gemm_tn_add__scalar(g, x, w, 3, 4, 2);
    for (int i = 0; i < 12; i++) CHECK(g[i] == 2 * tn[i]);
}

// ReLU gives +0 for NaN and for -0, in whole vectors and in the last ones.
static void test_relu_of_odd_numbers(void)
{
    for (int N = 1; N <= 13; N++) {
        bh_real y[13], x = 1, w[13];
        for (int i = 0; i < N; i++)
            w[i] = i % 3 == 0 ? (bh_real)NAN : i % 3 == 1 ? (bh_real)-0.0 : (bh_real)i;
        bhi_gemm_nn(y, &x, w, NULL, BHI_EPILOGUE_RELU, 1, N, 1);
        for (int i = 0; i < N; i++) {
            CHECK(y[i] == (i % 3 == 2 ? (bh_real)i : 0));
            CHECK(!signbit(y[i]));
        }
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_small_shapes);
    CHECK_RUN(test_parts_of_larger_matrices);
    CHECK_RUN(test_long_sums);
    CHECK_RUN(test_sum_in_parts);
    CHECK_RUN(test_long_sides);
    CHECK_RUN(test_empty);
    CHECK_RUN(test_by_hand);
    CHECK_RUN(test_relu_of_odd_numbers);
    return check_report();
}
