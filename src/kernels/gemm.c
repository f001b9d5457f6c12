// SPDX-License-Identifier: MIT
// Matrix products by register tiles.
//
// A tile is up to 4 rows by 2 vectors (8 columns) of the output: 8 accumulators, 2 vectors of B and
// one broadcast of A stay in registers, each loaded number of B serves 4 rows. A is read through
// two strides, so that the same tile serves X (nn, nt) and X^T (tn). B is read in place where its
// columns are contiguous; the transposed B of nt, and the last 1 to 3 columns of any B, are first
// copied into a small panel on the stack, BLOCK_K rows at a time, zero-padded to whole vectors.
#include "kernels/gemm.h"

#include "kernels/simd.h"

#include <assert.h>
#include <stddef.h>

#define ROWS    4 // rows of a tile
#define VECTORS 2 // vectors of a tile's row
#define LANES   4
#define BLOCK_K 256 // rows of a packed panel: 256 * 8 floats = 8 KB, a quarter of a small L1

#if defined(__clang__) || defined(__GNUC__)
#define BHI_INLINE static inline __attribute__((always_inline))
#else
#define BHI_INLINE static inline
#endif

// One operand of the sum and where the tile's outputs go.
typedef struct tile_args {
    bh_real *y;          // first output of the tile, row stride N
    const bh_real *a;    // first number of the tile's rows of A
    const bh_real *b;    // first vector of the tile's columns of B, row stride ldb
    const bh_real *bias; // of the tile's columns, or NULL
    int N, K, ldb;
    int a_row, a_k; // strides of A
    int columns;    // outputs in the last vector, 1..4
    int resume;     // start from y instead of the bias
    bhi_epilogue epilogue;
} tile_args;

BHI_INLINE bhi_f4 load_columns(const bh_real *p, int v, int vectors, int columns)
{
    return v == vectors - 1 && columns < LANES ? bhi_f4_load_first(p + v * LANES, columns)
                                               : bhi_f4_load(p + v * LANES);
}

// Output i, v of a tile before the first product; zero where the tile is smaller.
BHI_INLINE bhi_f4 begin_sum(const tile_args *t, int i, int v, int rows, int vectors)
{
    if (i >= rows || v >= vectors) return bhi_f4_splat(0);
    if (t->resume) return load_columns(t->y + i * t->N, v, vectors, t->columns);
    if (t->bias != NULL) return load_columns(t->bias, v, vectors, t->columns);
    return bhi_f4_splat(0);
}

BHI_INLINE void end_sum(const tile_args *t, bhi_f4 sum, int i, int v, int rows, int vectors)
{
    if (i >= rows || v >= vectors) return;
    bh_real *out = t->y + i * t->N + v * LANES;
    if (t->epilogue == BHI_EPILOGUE_RELU) sum = bhi_f4_gate(sum, sum);
    if (v == vectors - 1 && t->columns < LANES) bhi_f4_store_first(out, sum, t->columns);
    else bhi_f4_store(out, sum);
}

// One k of one row: c0, c1 += x * b0, b1.
BHI_INLINE void add_products(bhi_f4 *c0, bhi_f4 *c1, bh_real x, bhi_f4 b0, bhi_f4 b1, int vectors)
{
    bhi_f4 splat = bhi_f4_splat(x);
    *c0 = bhi_f4_add(*c0, bhi_f4_mul(splat, b0));
    if (vectors > 1) *c1 = bhi_f4_add(*c1, bhi_f4_mul(splat, b1));
}

// rows and vectors are constants at every call. The eight sums have names: as an array, clang 14
// stores all of them at every k.
BHI_INLINE void tile(const tile_args *t, int rows, int vectors)
{
    bhi_f4 c00 = begin_sum(t, 0, 0, rows, vectors), c01 = begin_sum(t, 0, 1, rows, vectors);
    bhi_f4 c10 = begin_sum(t, 1, 0, rows, vectors), c11 = begin_sum(t, 1, 1, rows, vectors);
    bhi_f4 c20 = begin_sum(t, 2, 0, rows, vectors), c21 = begin_sum(t, 2, 1, rows, vectors);
    bhi_f4 c30 = begin_sum(t, 3, 0, rows, vectors), c31 = begin_sum(t, 3, 1, rows, vectors);
    const bh_real *a0 = t->a, *b = t->b;
    const bh_real *a1 = rows > 1 ? a0 + t->a_row : a0, *a2 = rows > 2 ? a0 + 2 * t->a_row : a0;
    const bh_real *a3 = rows > 3 ? a0 + 3 * t->a_row : a0;
    int K = t->K, a_k = t->a_k, ldb = t->ldb;
    for (int k = 0, at = 0; k < K; k++, at += a_k, b += ldb) {
        bhi_f4 b0 = bhi_f4_load(b), b1 = vectors > 1 ? bhi_f4_load(b + LANES) : b0;
        add_products(&c00, &c01, a0[at], b0, b1, vectors);
        if (rows > 1) add_products(&c10, &c11, a1[at], b0, b1, vectors);
        if (rows > 2) add_products(&c20, &c21, a2[at], b0, b1, vectors);
        if (rows > 3) add_products(&c30, &c31, a3[at], b0, b1, vectors);
    }
    end_sum(t, c00, 0, 0, rows, vectors);
    end_sum(t, c01, 0, 1, rows, vectors);
    end_sum(t, c10, 1, 0, rows, vectors);
    end_sum(t, c11, 1, 1, rows, vectors);
    end_sum(t, c20, 2, 0, rows, vectors);
    end_sum(t, c21, 2, 1, rows, vectors);
    end_sum(t, c30, 3, 0, rows, vectors);
    end_sum(t, c31, 3, 1, rows, vectors);
}

// All rows of one column panel.
BHI_INLINE void panel(tile_args t, int M, int vectors)
{
    int i = 0;
    for (; i + ROWS <= M; i += ROWS) {
        tile(&t, ROWS, vectors);
        t.y += ROWS * t.N;
        t.a += ROWS * t.a_row;
    }
    switch (M - i) {
    case 3: tile(&t, 3, vectors); break;
    case 2: tile(&t, 2, vectors); break;
    case 1: tile(&t, 1, vectors); break;
    default: break;
    }
}

static void panel_1(const tile_args *t, int M)
{
    panel(*t, M, 1);
}

static void panel_2(const tile_args *t, int M)
{
    panel(*t, M, 2);
}

// Copies K rows of `columns` columns of B into rows of `width` numbers, zeros behind them.
static void pack(bh_real *restrict out, const bh_real *restrict b, int row_stride,
                 int column_stride, int K, int columns, int width)
{
    for (int k = 0; k < K; k++) {
        for (int j = 0; j < width; j++) {
            out[k * width + j] = j < columns ? b[k * row_stride + j * column_stride] : 0;
        }
    }
}

// A panel whose B has to be packed, a block of k at a time; later blocks resume from y.
static void packed_panel(tile_args t, int M, int columns, int row_stride, int column_stride)
{
    bh_real packed[BLOCK_K * VECTORS * LANES];
    int vectors = columns > LANES ? 2 : 1, width = vectors * LANES, K = t.K;
    bhi_epilogue epilogue = t.epilogue;
    const bh_real *b = t.b;
    t.columns = columns - (vectors - 1) * LANES;
    t.b = packed;
    t.ldb = width;
    for (int k = 0; k == 0 || k < K; k += BLOCK_K) {
        t.K = K - k < BLOCK_K ? K - k : BLOCK_K;
        t.epilogue = k + BLOCK_K >= K ? epilogue : BHI_EPILOGUE_NONE;
        t.resume = k > 0;
        pack(packed, b + (long)k * row_stride, row_stride, column_stride, t.K, columns, width);
        (vectors == 2 ? panel_2 : panel_1)(&t, M);
        t.a += (long)t.K * t.a_k;
    }
}

// All columns. B(k, j) = b[k * row_stride + j * column_stride].
static void product(tile_args t, int M, int row_stride, int column_stride)
{
    const bh_real *b = t.b, *bias = t.bias;
    bh_real *y = t.y;
    int width = VECTORS * LANES;
    for (int j = 0; j < t.N;) {
        int columns = t.N - j < width ? t.N - j : width;
        if (columns > LANES && columns < width && column_stride == 1) columns = LANES;
        t.y = y + j;
        t.b = b + (long)j * column_stride;
        t.bias = bias != NULL ? bias + j : NULL;
        t.columns = LANES;
        if (column_stride != 1 || columns < LANES) {
            packed_panel(t, M, columns, row_stride, column_stride);
        } else {
            t.ldb = row_stride;
            (columns == width ? panel_2 : panel_1)(&t, M);
        }
        j += columns;
    }
}

void bhi_gemm_nn(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                 const bh_real *restrict bias, bhi_epilogue epilogue, int M, int N, int K)
{
    assert(M >= 0 && N >= 0 && K >= 0);
    tile_args t = {.y = y,
                   .a = x,
                   .b = w,
                   .bias = bias,
                   .N = N,
                   .K = K,
                   .a_row = K,
                   .a_k = 1,
                   .epilogue = epilogue};
    product(t, M, N, 1);
}

void bhi_gemm_nt(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w, int M,
                 int N, int K)
{
    assert(M >= 0 && N >= 0 && K >= 0);
    tile_args t = {.y = y, .a = x, .b = w, .N = N, .K = K, .a_row = K, .a_k = 1};
    product(t, M, 1, K);
}

void bhi_gemm_tn(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict g, int M,
                 int N, int K)
{
    assert(M >= 0 && N >= 0 && K >= 0);
    tile_args t = {.y = y, .a = x, .b = g, .N = N, .K = K, .a_row = 1, .a_k = M};
    product(t, M, N, 1);
}

// ---- the definition, as a triple loop ----

static void product__scalar(bh_real *restrict y, const bh_real *restrict a, int a_row, int a_k,
                            const bh_real *restrict b, int b_k, int b_column,
                            const bh_real *restrict bias, bhi_epilogue epilogue, int M, int N,
                            int K)
{
    for (int i = 0; i < M; i++) {
        for (int j = 0; j < N; j++) {
            bh_real sum = bias != NULL ? bias[j] : 0;
            for (int k = 0; k < K; k++) sum += a[i * a_row + k * a_k] * b[k * b_k + j * b_column];
            y[i * N + j] = epilogue == BHI_EPILOGUE_RELU && !(sum > 0) ? 0 : sum;
        }
    }
}

void bhi_gemm_nn__scalar(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                         const bh_real *restrict bias, bhi_epilogue epilogue, int M, int N, int K)
{
    product__scalar(y, x, K, 1, w, N, 1, bias, epilogue, M, N, K);
}

void bhi_gemm_nt__scalar(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                         int M, int N, int K)
{
    product__scalar(y, x, K, 1, w, 1, K, NULL, BHI_EPILOGUE_NONE, M, N, K);
}

void bhi_gemm_tn__scalar(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict g,
                         int M, int N, int K)
{
    product__scalar(y, x, 1, M, g, N, 1, NULL, BHI_EPILOGUE_NONE, M, N, K);
}
