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

// rows and vectors are constants at every call, so that acc lives in registers.
BHI_INLINE void tile(const tile_args *t, int rows, int vectors)
{
    bhi_f4 acc[ROWS][VECTORS];
    for (int i = 0; i < rows; i++) {
        for (int v = 0; v < vectors; v++) {
            if (t->resume) acc[i][v] = load_columns(t->y + i * t->N, v, vectors, t->columns);
            else if (t->bias != NULL) acc[i][v] = load_columns(t->bias, v, vectors, t->columns);
            else acc[i][v] = bhi_f4_splat(0);
        }
    }
    const bh_real *a = t->a, *b = t->b;
    int a_row = t->a_row, a_k = t->a_k, ldb = t->ldb;
    for (int k = 0; k < t->K; k++, a += a_k, b += ldb) {
        bhi_f4 bv[VECTORS];
        for (int v = 0; v < vectors; v++) bv[v] = bhi_f4_load(b + v * LANES);
        for (int i = 0; i < rows; i++) {
            bhi_f4 x = bhi_f4_splat(a[i * a_row]);
            for (int v = 0; v < vectors; v++) {
                acc[i][v] = bhi_f4_add(acc[i][v], bhi_f4_mul(x, bv[v]));
            }
        }
    }
    for (int i = 0; i < rows; i++) {
        for (int v = 0; v < vectors; v++) {
            bh_real *out = t->y + i * t->N + v * LANES;
            bhi_f4 y = acc[i][v];
            if (t->epilogue == BHI_EPILOGUE_RELU) y = bhi_f4_gate(y, y);
            if (v == vectors - 1 && t->columns < LANES) bhi_f4_store_first(out, y, t->columns);
            else bhi_f4_store(out, y);
        }
    }
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
