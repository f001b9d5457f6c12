// SPDX-License-Identifier: MIT
// Matrix products by register tiles (gemm_tile.h).
//
// For a tile the k of A and the columns of B have to be contiguous: an operand that lies the other
// way (A of tn, B of nt) is transposed into a block on the stack first. A B too large for the first
// cache is copied there, a panel of 4 vectors at a time (2 of 4 columns), since rows far apart
// compete for the same cache lines.
//
// Last columns that do not fill a vector: of 8 or 16, the last vector of a panel may be partly used.
// Few of them, and all of less than 4, are computed as rows of Y^T = B^T A^T. Last rows that do not
// fill a tile have lower tiles of 8 or 16 columns, and of 4 a tile each.
#include "kernels/gemm.h"

#include "kernels/simd.h"

#include "kernels/gemm_tile.h"

#include <assert.h>
#include <stddef.h>

#define BLOCK_K      (LANES == 4 ? 256 : 128) // rows of a copied panel of B: 16 KB, 32 KB of 16 lanes
#define PANELS       (LANES == 4 ? 2 : 1) // copied together: two cache lines of each row, side by side
#define BLOCK_A      33280 // numbers of a block of transposed A: 128 rows of 256 + 4, 133 KB
#define TURNED_MAX   128   // rows whose last columns are computed together
#define IN_PLACE_MAX 4096  // numbers of a B that is read where it lies: 16 KB
#define FEW_ROWS     8     // of the output: too few to repay any copy of B

// ---- copies of operands ----

#if LANES == 4
#define BLOCK_ROWS 4 // rows of a block that is transposed; it has 4 columns
static void transpose_block(bh_real *restrict out, int ldout, const bh_real *restrict in, int ldin)
{
    bhi_f4 a = bhi_f4_load(in), b = bhi_f4_load(in + ldin);
    bhi_f4 c = bhi_f4_load(in + 2 * ldin), d = bhi_f4_load(in + 3 * ldin);
    bhi_f4_transpose(&a, &b, &c, &d);
    bhi_f4_store(out, a);
    bhi_f4_store(out + ldout, b);
    bhi_f4_store(out + 2 * ldout, c);
    bhi_f4_store(out + 3 * ldout, d);
}
#else
#define BLOCK_ROWS      8
#define transpose_block bhi_transpose_8x4
#endif

// out(c, r) = in(r, c).
static void transpose(bh_real *restrict out, int ldout, const bh_real *restrict in, int ldin,
                      int rows, int columns)
{
    int r = 0;
    for (; r + BLOCK_ROWS <= rows;
         r += BLOCK_ROWS, in += BLOCK_ROWS * (ptrdiff_t)ldin, out += BLOCK_ROWS) {
        int c = 0;
        for (; c + 4 <= columns; c += 4) transpose_block(out + c * ldout, ldout, in + c, ldin);
        for (; c < columns; c++) {
            WRITE_OUT
            for (int j = 0; j < BLOCK_ROWS; j++) out[c * ldout + j] = in[j * ldin + c];
        }
    }
    for (; r < rows; r++, in += ldin, out++) {
        for (int c = 0; c < columns; c++) out[c * ldout] = in[c];
    }
}

BHI_INLINE void copy_vectors(bh_real *restrict out, const bh_real *restrict in, int vectors)
{
    for (int v = 0; v < vectors; v++) bhi_v_store(out + v * LANES, bhi_v_load(in + v * LANES));
}

#if LANES == 4
// Vectors of the next panel of so many.
BHI_INLINE int panel_vectors(int left)
{
    return left >= 4 ? 4 : left >= 2 ? 2 : 1;
}

// Rows of so many vectors into panels, one behind the other.
static void copy_rows(bh_real *restrict out, const bh_real *restrict in, int ldin, int rows,
                      int vectors)
{
    for (int r = 0; r < rows; r++, in += ldin) {
        int v = 0;
        for (; v + 4 <= vectors; v += 4) {
            copy_vectors(out + (v * rows + r * 4) * LANES, in + v * LANES, 4);
        }
        if (vectors & 2) {
            copy_vectors(out + (v * rows + r * 2) * LANES, in + v * LANES, 2);
            v += 2;
        }
        if (vectors & 1) copy_vectors(out + (v * rows + r) * LANES, in + v * LANES, 1);
    }
}
#else
// Rows of so many vectors, the last of which has `last` numbers and zeros behind them.
BHI_INLINE void copy_panel(bh_real *restrict out, const bh_real *restrict in, int ldin, int rows,
                           int vectors, int last)
{
    for (int r = 0; r < rows; r++, in += ldin, out += vectors * LANES) {
        copy_vectors(out, in, vectors - 1);
        int v = (vectors - 1) * LANES;
        bhi_v_store(out + v, bhi_v_load_first(in + v, last));
    }
}

static void copy_rows(bh_real *restrict out, const bh_real *restrict in, int ldin, int rows,
                      int vectors, int last)
{
    if (vectors == 4) copy_panel(out, in, ldin, rows, 4, last);
    else if (vectors == 3) copy_panel(out, in, ldin, rows, 3, last);
    else if (vectors == 2) copy_panel(out, in, ldin, rows, 2, last);
    else copy_panel(out, in, ldin, rows, 1, last);
}

// The same of rows that are columns of `in`.
static void transpose_rows(bh_real *restrict out, const bh_real *restrict in, int ldin, int rows,
                           int vectors, int last)
{
    int ldout = vectors * LANES, columns = ldout - LANES + last;
    for (int r = 0; last < LANES && r < rows; r++)
        bhi_v_store(out + (r + 1) * ldout - LANES, bhi_v_splat(0));
    transpose(out, ldout, in, ldin, columns, rows);
}
#endif

// ---- a product, panel by panel ----

// A(i, k) = a[i * a_row + k * a_k], B(k, j) = b[k * b_row + j * b_column]; one stride of each is 1.
// A gate lies as Y.
typedef struct operands {
    bh_real *y;
    const bh_real *a, *b, *bias, *gate;
    int a_row, a_k, b_row, b_column, y_row;
    int M, N, K;
    bhi_epilogue epilogue;
    int resume; // start from y instead of the bias
} operands;

static const bh_real zeros[WIDTH];

// What does not depend on B's place: outputs from row i and column j on, before block k.
static void set_outputs(panel *p, const operands *o, int i, int j, int k)
{
    ptrdiff_t at = (ptrdiff_t)i * o->y_row + j;
    p->y = o->y + at;
    p->ldy = o->y_row;
    int resume = k > 0 || o->resume;
    p->start = resume ? p->y : o->bias != NULL ? o->bias + j : zeros;
    p->ldstart = resume ? o->y_row : 0;
    p->gate = o->gate != NULL && k + p->K == o->K ? o->gate + at : NULL;
}

#if LANES == 4
// `vectors` whole vectors of columns from j on, at most PANELS panels. p has A: rows from i, k from
// k on.
static void run_copied(panel p, const operands *o, int i, int j, int k, int vectors)
{
    _Alignas(64) bh_real copy[PANELS * BLOCK_K * WIDTH];
    const bh_real *b = o->b + (ptrdiff_t)k * o->b_row + (ptrdiff_t)j * o->b_column;
    if (o->b_column == 1) copy_rows(copy, b, o->b_row, p.K, vectors);
    p.b = copy;
    while (vectors > 0) {
        int width = panel_vectors(vectors), columns = width * LANES;
        if (o->b_column != 1) {
            transpose(copy, columns, b, o->b_column, columns, p.K);
            b += (ptrdiff_t)columns * o->b_column;
        }
        set_outputs(&p, o, i, j, k);
        packed(&p, width);
        vectors -= width;
        j += columns;
        if (o->b_column == 1) p.b += p.K * columns;
    }
}
#else
// A panel of so many columns from j on. p has A: rows from i, k from k on.
static void run_copied(panel p, const operands *o, int i, int j, int k, int columns)
{
    _Alignas(64) bh_real copy[BLOCK_K * WIDTH];
    const bh_real *b = o->b + (ptrdiff_t)k * o->b_row + (ptrdiff_t)j * o->b_column;
    int vectors = (columns + LANES - 1) / LANES;
    p.last = columns - (vectors - 1) * LANES;
    if (o->b_column == 1) copy_rows(copy, b, o->b_row, p.K, vectors, p.last);
    else transpose_rows(copy, b, o->b_column, p.K, vectors, p.last);
    p.b = copy;
    set_outputs(&p, o, i, j, k);
    packed(&p, vectors);
}
#endif

// Whether the tiles of so many rows read B where it lies.
static int stays_in_place(const operands *o, int rows)
{
    return o->b_column == 1 && (rows < FEW_ROWS || (ptrdiff_t)o->K * o->N <= IN_PLACE_MAX);
}

// Reads a number of each cache line of B, row by row: copied in narrow strips, it would come from
// far memory piece by piece.
static void fetch_b(const operands *o)
{
    for (int k = 0; k < o->K; k++) {
        const volatile bh_real *row = o->b + (ptrdiff_t)k * o->b_row;
        for (int j = 0; j < o->N; j += 64 / (int)sizeof(bh_real)) (void)row[j];
    }
}

static void run_rows(panel p, const operands *o, int i, int k)
{
    int j = 0;
    if (stays_in_place(o, p.M)) {
#if LANES > 4
        p.last = LANES;
#endif
        for (; j + WIDTH <= o->N; j += WIDTH) {
            set_outputs(&p, o, i, j, k);
            p.b = o->b + (ptrdiff_t)k * o->b_row + j;
            p.ldb = o->b_row;
            in_place_4(&p);
        }
    }
#if LANES > 4
    for (; j < o->N; j += WIDTH) run_copied(p, o, i, j, k, o->N - j < WIDTH ? o->N - j : WIDTH);
#else
    for (; j + LANES <= o->N;) {
        int vectors = (o->N - j) / LANES;
        if (vectors > PANELS * WIDTH / LANES) vectors = PANELS * WIDTH / LANES;
        run_copied(p, o, i, j, k, vectors);
        j += vectors * LANES;
    }
#endif
}

static void run_transposed_rows(panel p, const operands *o, int k)
{
    _Alignas(64) bh_real block[BLOCK_A];
    p.a = block;
    p.lda = p.K + LANES; // seldom a power of two, whose rows would compete for the same cache lines
    int rows = BLOCK_A / p.lda / LANES * LANES;
    for (int i = 0; i < o->M; i += rows) {
        p.M = o->M - i < rows ? o->M - i : rows;
        transpose(block, p.lda, o->a + (ptrdiff_t)k * o->a_k + i, o->a_k, p.K, p.M);
        run_rows(p, o, i, k);
    }
}

// K in equal parts, as few as copies of B allow.
static int block_k(const operands *o)
{
    int parts = (o->K + BLOCK_K - 1) / BLOCK_K;
    return (o->K + parts - 1) / parts;
}

// All columns or, of 4 lanes, all but the last N % 4.
static void run_vectors(const operands *o)
{
    int block = block_k(o);
    if (o->b_column == 1 && !stays_in_place(o, o->M)) fetch_b(o);
    for (int k = 0; k < o->K; k += block) {
        panel p = {.M = o->M, .lda = o->a_row};
        p.K = o->K - k < block ? o->K - k : block;
        p.a = o->a + (ptrdiff_t)k * o->a_k;
        if (k + p.K == o->K) p.epilogue = o->epilogue;
        if (o->a_k == 1) run_rows(p, o, 0, k);
        else run_transposed_rows(p, o, k);
    }
}

static bh_real end_output(const operands *o, bh_real sum, ptrdiff_t at)
{
    if (o->epilogue == BHI_EPILOGUE_RELU && !(sum > 0)) return 0;
    return o->gate != NULL && !(o->gate[at] > 0) ? 0 : sum;
}

// Rows i to i + rows of the last columns, from j on, one by one.
static void run_few(const operands *o, int i, int rows, int j)
{
    for (int end = i + rows; i < end; i++) {
        for (int column = j; column < o->N; column++) {
            const bh_real *a = o->a + (ptrdiff_t)i * o->a_row;
            const bh_real *b = o->b + (ptrdiff_t)column * o->b_column;
            ptrdiff_t at = (ptrdiff_t)i * o->y_row + column;
            bh_real sum = o->resume ? o->y[at] : o->bias != NULL ? o->bias[column] : 0;
            for (int k = 0; k < o->K; k++, a += o->a_k, b += o->b_row) sum += *a * *b;
            o->y[at] = end_output(o, sum, at);
        }
    }
}

// What some columns from j on of some rows start from: to y[r row + c column].
static void copy_starts(bh_real *y, int row, int column, const operands *o, int i, int rows, int j,
                        int columns)
{
    for (int c = 0; c < columns; c++) {
        for (int r = 0; r < rows; r++) {
            y[c * column + r * row] = o->resume ? o->y[(ptrdiff_t)(i + r) * o->y_row + j + c]
                                      : o->bias != NULL ? o->bias[j + c]
                                                        : 0;
        }
    }
}

// And their sums from there to the outputs.
static void copy_ends(const bh_real *y, int row, int column, const operands *o, int i, int rows,
                      int j, int columns)
{
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
            ptrdiff_t at = (ptrdiff_t)(i + r) * o->y_row + j + c;
            o->y[at] = end_output(o, y[c * column + r * row], at);
        }
    }
}

// The last columns of some rows as rows of the transposed product, Y^T = B^T A^T: there the many
// rows fill vectors.
static void run_turned(const operands *o, int i, int rows, int j)
{
    bh_real y[(LANES - 1) * TURNED_MAX];
    int columns = o->N - j;
    copy_starts(y, 1, rows, o, i, rows, j, columns);
    operands turned = {.y = y,
                       .a = o->b + (ptrdiff_t)j * o->b_column,
                       .b = o->a + (ptrdiff_t)i * o->a_row,
                       .a_row = o->b_column,
                       .a_k = o->b_row,
                       .b_row = o->a_k,
                       .b_column = o->a_row,
                       .y_row = rows,
                       .M = columns,
                       .N = rows,
                       .K = o->K,
                       .resume = 1};
    run_vectors(&turned);
    copy_ends(y, 1, rows, o, i, rows, j, columns);
}

#if LANES > 4
// Columns that tiles compute: the last ones, which do not fill a vector, where they fill half of
// one, where they only make a panel wider, and where the rows would not fill one either.
static int tiled_columns(const operands *o)
{
    int rest = o->N % LANES, joins = o->N / LANES % 4 != 0;
    return joins || 2 * rest >= LANES || o->M < LANES ? o->N : o->N - rest;
}

static void product(const operands *o)
{
    assert(o->M >= 0 && o->N >= 0 && o->K >= 0);
    operands tiled = *o;
    tiled.N = o->K > 0 ? tiled_columns(o) : 0; // without a k there is nothing to tile
    if (tiled.N > 0 && o->M > 0) run_vectors(&tiled);
    for (int i = 0, rows; o->K > 0 && tiled.N < o->N && i < o->M; i += rows) {
        rows = o->M - i < TURNED_MAX ? o->M - i : TURNED_MAX;
        run_turned(o, i, rows, tiled.N);
    }
    if (o->K == 0) run_few(o, 0, o->M, 0);
}
#else
static void product(const operands *o)
{
    assert(o->M >= 0 && o->N >= 0 && o->K >= 0);
    int i = 0, last = o->K > 0 ? o->N / LANES * LANES : 0; // without a k there is nothing to tile
    if (last > 0 && o->M > 0) run_vectors(o);
    if (last == o->N) return;
    while (o->K > 0 && o->M - i >= LANES) {
        int rows = (o->M - i < TURNED_MAX ? o->M - i : TURNED_MAX) / LANES * LANES;
        run_turned(o, i, rows, last);
        i += rows;
    }
    run_few(o, i, o->M - i, last);
}
#endif

static operands operands_nn(bh_real *y, const bh_real *x, const bh_real *w, const bh_real *bias,
                            bhi_epilogue epilogue, int M, int N, int K)
{
    return (operands){.y = y,
                      .a = x,
                      .b = w,
                      .bias = bias,
                      .a_row = K,
                      .a_k = 1,
                      .b_row = N,
                      .b_column = 1,
                      .y_row = N,
                      .M = M,
                      .N = N,
                      .K = K,
                      .epilogue = epilogue};
}

static operands operands_nt(bh_real *y, const bh_real *x, const bh_real *w, const bh_real *gate,
                            int M, int N, int K)
{
    return (operands){.y = y,
                      .a = x,
                      .b = w,
                      .gate = gate,
                      .a_row = K,
                      .a_k = 1,
                      .b_row = 1,
                      .b_column = K,
                      .y_row = N,
                      .M = M,
                      .N = N,
                      .K = K};
}

static operands operands_tn(bh_real *y, const bh_real *x, const bh_real *g, int M, int N, int K)
{
    return (operands){.y = y,
                      .a = x,
                      .b = g,
                      .a_row = 1,
                      .a_k = M,
                      .b_row = N,
                      .b_column = 1,
                      .y_row = N,
                      .M = M,
                      .N = N,
                      .K = K};
}

void bhi_gemm_nn(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                 const bh_real *restrict bias, bhi_epilogue epilogue, int M, int N, int K)
{
    operands o = operands_nn(y, x, w, bias, epilogue, M, N, K);
    product(&o);
}

void bhi_gemm_nt(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                 const bh_real *restrict gate, int M, int N, int K)
{
    operands o = operands_nt(y, x, w, gate, M, N, K);
    product(&o);
}

void bhi_gemm_tn(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict g, int M,
                 int N, int K)
{
    operands o = operands_tn(y, x, g, M, N, K);
    product(&o);
}

void bhi_gemm_tn_add(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict g,
                     int M, int N, int K)
{
    operands o = operands_tn(y, x, g, M, N, K);
    o.resume = 1;
    product(&o);
}

void bhi_gemm_nn_part(bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx,
                      const bh_real *restrict w, int ldw, const bh_real *restrict bias, int M,
                      int N, int K)
{
    operands o = operands_nn(y, x, w, bias, BHI_EPILOGUE_NONE, M, N, K);
    o.y_row = ldy;
    o.a_row = ldx;
    o.b_row = ldw;
    product(&o);
}

void bhi_gemm_nt_part(bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx,
                      const bh_real *restrict w, int ldw, int M, int N, int K)
{
    operands o = operands_nt(y, x, w, NULL, M, N, K);
    o.y_row = ldy;
    o.a_row = ldx;
    o.b_column = ldw;
    product(&o);
}

void bhi_gemm_tn_add_part(bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx,
                          const bh_real *restrict g, int ldg, int M, int N, int K)
{
    operands o = operands_tn(y, x, g, M, N, K);
    o.y_row = ldy;
    o.a_k = ldx;
    o.b_row = ldg;
    o.resume = 1;
    product(&o);
}

#ifdef BHI_TWINS // in one of the objects that this file is compiled to

// ---- the definition, as a triple loop ----

static void product__scalar(const operands *o)
{
    for (int i = 0; i < o->M; i++) {
        for (int j = 0; j < o->N; j++) {
            bh_real sum = o->resume ? o->y[i * o->y_row + j] : o->bias != NULL ? o->bias[j] : 0;
            for (int k = 0; k < o->K; k++) {
                sum += o->a[i * o->a_row + k * o->a_k] * o->b[k * o->b_row + j * o->b_column];
            }
            o->y[i * o->y_row + j] = end_output(o, sum, i * o->y_row + j);
        }
    }
}

void bhi_gemm_nn__scalar(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                         const bh_real *restrict bias, bhi_epilogue epilogue, int M, int N, int K)
{
    operands o = operands_nn(y, x, w, bias, epilogue, M, N, K);
    product__scalar(&o);
}

void bhi_gemm_nt__scalar(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                         const bh_real *restrict gate, int M, int N, int K)
{
    operands o = operands_nt(y, x, w, gate, M, N, K);
    product__scalar(&o);
}

void bhi_gemm_tn__scalar(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict g,
                         int M, int N, int K)
{
    operands o = operands_tn(y, x, g, M, N, K);
    product__scalar(&o);
}

void bhi_gemm_tn_add__scalar(bh_real *restrict y, const bh_real *restrict x,
                             const bh_real *restrict g, int M, int N, int K)
{
    operands o = operands_tn(y, x, g, M, N, K);
    o.resume = 1;
    product__scalar(&o);
}

#endif
