// SPDX-License-Identifier: MIT
// Register tiles of the matrix products: included by gemm.c alone, behind simd.h. It copies operands
// to where tiles want them and runs these panel by panel.
//
// A tile of the output is 2 rows by 4 vectors (of 4 or 8 columns) or, where fewer columns are left,
// 4 rows by 1 or 2 vectors: its 8 sums stay in registers while k runs. Of 16 columns, for which
// AVX-512 has 32 registers, a tile has twice the rows. One step of k loads a number of each row of
// A, broadcast, and the vectors of one row of B.
#pragma once

#include "kernels/gemm.h"

#include <stddef.h>

#define LANES BH_LANES
#define TALL  (LANES == 16 ? 2 : 1) // AVX-512 has registers for twice the sums
#define WIDTH (4 * LANES)           // columns of the widest tile

#if defined(__clang__) || defined(__GNUC__)
#define BHI_INLINE static inline __attribute__((always_inline))
#else
#define BHI_INLINE static inline
#endif

// Over sums, which else would be kept in memory.
#if defined(__clang__)
#define WRITE_OUT _Pragma("clang loop unroll(full)")
#elif LANES > 4 && defined(__GNUC__)
#define WRITE_OUT _Pragma("GCC unroll 16")
#else
#define WRITE_OUT
#endif

#define ROWS_MAX (4 * TALL)                  // of a tile
#define SUMS_MAX (LANES == 8 ? 9 : 8 * TALL) // of a tile: registers that stay

// What the tiles of some columns share.
typedef struct panel {
    const bh_real *a;     // (M, K), row stride lda
    const bh_real *b;     // (K, columns), row stride ldb
    const bh_real *start; // what the sums start from, row stride ldstart: the bias, zeros or y
    const bh_real *gate;  // outputs become 0 where it is not above 0; row stride ldy; or NULL
    bh_real *y;           // (M, columns), row stride ldy
    int M, K, lda, ldb, ldstart, ldy;
    bhi_epilogue epilogue;
#if LANES > 4
    int last; // columns of the last vector, 1 to LANES
#endif
} panel;

// One step of k of one row: each sum += x * b.
BHI_INLINE void add_row(bhi_v *c, bh_real x, const bhi_v b[4], int vectors)
{
    bhi_v splat = bhi_v_splat(x);
    c[0] = bhi_v_add(c[0], bhi_v_mul(splat, b[0]));
    if (vectors > 1) c[1] = bhi_v_add(c[1], bhi_v_mul(splat, b[1]));
    if (vectors > 2) c[2] = bhi_v_add(c[2], bhi_v_mul(splat, b[2]));
    if (vectors > 3) c[3] = bhi_v_add(c[3], bhi_v_mul(splat, b[3]));
}

// One step of k. The sums of row r are c[r * vectors] and on.
BHI_INLINE void add_products(bhi_v *c, const bh_real *const *a, int k, const bh_real *from,
                             int rows, int vectors)
{
    bhi_v b[4];
    b[0] = bhi_v_load_once(from);
    b[1] = vectors > 1 ? bhi_v_load_once(from + LANES) : b[0];
    b[2] = vectors > 2 ? bhi_v_load_once(from + 2 * LANES) : b[0];
    b[3] = vectors > 3 ? bhi_v_load_once(from + 3 * LANES) : b[0];
    add_row(c, a[0][k], b, vectors);
    if (rows > 1) add_row(c + vectors, a[1][k], b, vectors);
    if (rows > 2) add_row(c + 2 * vectors, a[2][k], b, vectors);
    if (rows > 3) add_row(c + 3 * vectors, a[3][k], b, vectors);
#if LANES == 16
    if (rows > 4) add_row(c + 4 * vectors, a[4][k], b, vectors);
    if (rows > 5) add_row(c + 5 * vectors, a[5][k], b, vectors);
    if (rows > 6) add_row(c + 6 * vectors, a[6][k], b, vectors);
    if (rows > 7) add_row(c + 7 * vectors, a[7][k], b, vectors);
#endif
}

// Vector v of some outputs, or of what lies as they do: the last of a panel may not be whole.
BHI_INLINE bhi_v load_outputs(const panel *p, const bh_real *from, int v, int vectors)
{
#if LANES > 4
    if (v == vectors - 1) return bhi_v_load_first(from + v * LANES, p->last);
#endif
    (void)p, (void)vectors;
    return bhi_v_load(from + v * LANES);
}

BHI_INLINE void store_outputs(const panel *p, bh_real *to, bhi_v x, int v, int vectors)
{
#if LANES > 4
    if (v == vectors - 1 && p->last < LANES) {
        bhi_v_store_first(to + v * LANES, x, p->last);
        return;
    }
#endif
    (void)p, (void)vectors;
    bhi_v_store(to + v * LANES, x);
}

BHI_INLINE void end_tile(const panel *p, bhi_v *c, int i, int ldy, int rows, int vectors)
{
    ptrdiff_t at = (ptrdiff_t)i * p->ldy;
    if (p->epilogue == BHI_EPILOGUE_RELU) {
        WRITE_OUT
        for (int s = 0; s < rows * vectors; s++) c[s] = bhi_v_relu(c[s]);
    } else if (p->gate != NULL) {
        const bh_real *gate = p->gate + at;
        WRITE_OUT
        for (int s = 0; s < rows * vectors; s++) {
            const bh_real *row = gate + s / vectors * ldy;
            c[s] = bhi_v_gate(c[s], load_outputs(p, row, s % vectors, vectors));
        }
    }
    bh_real *y = p->y + at;
    WRITE_OUT
    for (int s = 0; s < rows * vectors; s++) {
        store_outputs(p, y + s / vectors * ldy, c[s], s % vectors, vectors);
    }
}

BHI_INLINE const bh_real *next_row(const bh_real *b, ptrdiff_t bytes)
{
    return (const bh_real *)(const void *)((const char *)b + bytes);
}

// `step` is 1, or 0 where only row i is left: then it is computed in every row of the tile, which
// takes no longer than alone (the sums of one row wait for each other) and needs no code of its
// own. rows, vectors and packed are constants at every call. Four steps of k a turn, with a way out
// after each: it serves every K, and it keeps an engine's compiler from loading the operands of all
// four first, for which there are not enough registers.
BHI_INLINE void tile(const panel *p, int i, int step, int rows, int vectors, int packed)
{
    bhi_v c[SUMS_MAX];
    int lda = step * p->lda, ldy = step * p->ldy, ldstart = step * p->ldstart;
    const bh_real *start = p->start + (ptrdiff_t)i * p->ldstart;
    WRITE_OUT
    for (int s = 0; s < rows * vectors; s++) {
        c[s] = load_outputs(p, start + s / vectors * ldstart, s % vectors, vectors);
    }
    const bh_real *a[ROWS_MAX], *b = p->b;
    a[0] = p->a + (ptrdiff_t)i * p->lda;
    WRITE_OUT
    for (int r = 1; r < ROWS_MAX; r++) a[r] = r < rows ? a[r - 1] + lda : a[0];
    ptrdiff_t ldb = (ptrdiff_t)sizeof(bh_real) * (packed ? vectors * LANES : p->ldb);
    for (int left = p->K;; left -= 4) {
        add_products(c, a, 0, b, rows, vectors);
        if (left == 1) break;
        add_products(c, a, 1, b = next_row(b, ldb), rows, vectors);
        if (left == 2) break;
        add_products(c, a, 2, b = next_row(b, ldb), rows, vectors);
        if (left == 3) break;
        add_products(c, a, 3, b = next_row(b, ldb), rows, vectors);
        if (left == 4) break;
        WRITE_OUT
        for (int r = 0; r < ROWS_MAX; r++) a[r] += 4;
        b = next_row(b, ldb);
    }
    end_tile(p, c, i, ldy, rows, vectors);
}

// All rows of a panel: whole tiles, then those that are left, one by one or in lower tiles.
BHI_INLINE void run_tiles(const panel *args, int rows, int vectors, int packed)
{
    panel p = *args;
#if LANES > 4
    int i = 0;
    for (; i + rows <= p.M; i += rows) tile(&p, i, 1, rows, vectors, packed);
    if (rows > 4 && i + 4 <= p.M) {
        tile(&p, i, 1, 4, vectors, packed);
        i += 4;
    }
    if (rows > 2 && i + 2 <= p.M) {
        tile(&p, i, 1, 2, vectors, packed);
        i += 2;
    }
    if (i < p.M) tile(&p, i, 1, 1, vectors, packed);
#else
    int whole = p.M / rows * rows;
    for (int i = 0, step = 1; i < p.M; i += step ? rows : 1) {
        if (i == whole) step = 0;
        tile(&p, i, step, rows, vectors, packed);
    }
#endif
}

static void packed_1(const panel *p)
{
    run_tiles(p, 4 * TALL, 1, 1);
}

static void packed_2(const panel *p)
{
    run_tiles(p, 4 * TALL, 2, 1);
}

#if LANES > 4
static void packed_3(const panel *p)
{
    run_tiles(p, LANES == 16 ? 4 : 3, 3, 1);
}
#endif

static void packed_4(const panel *p)
{
    run_tiles(p, 2 * TALL, 4, 1);
}

// B where it lies, 4 vectors.
static void in_place_4(const panel *p)
{
    run_tiles(p, 2 * TALL, 4, 0);
}

BHI_INLINE void packed(const panel *p, int vectors)
{
    if (vectors == 4) packed_4(p);
#if LANES > 4
    else if (vectors == 3) packed_3(p);
#endif
    else if (vectors == 2) packed_2(p);
    else packed_1(p);
}
