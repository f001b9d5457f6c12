// SPDX-License-Identifier: MIT
// Attention. The products are those of kernels/gemm.h: causal ones on copies of a head's columns in
// one piece, the others where they are.
#include "nn/attention.h"

#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/rows.h"

#include <math.h>

#define ROWS BHI_ATTENTION_ROWS

// Rows of the block that starts at `first`, and the keys they meet.
static int rows_at(int first, int T)
{
    return T - first < ROWS ? T - first : ROWS;
}

size_t bhi_attention_probabilities(int T, int H)
{
    size_t n = 0;
    for (int first = 0; first < T; first += ROWS) {
        int rows = rows_at(first, T);
        n += (size_t)rows * (size_t)(first + rows);
    }
    return n * (size_t)H;
}

size_t bhi_attention_scratch(int T, int C, int H)
{
    size_t D = (size_t)(C / H), t = (size_t)T;
    return 6 * t * D + 2 * ROWS * D + ROWS * t;
}

static bh_real scale_of(int D)
{
    return (bh_real)(1 / sqrt((double)D));
}

void bhi_attention_forward(bh_real *restrict y, bh_real *restrict p, bh_real *restrict scratch,
                           const bh_real *restrict qkv, int from, int T, int C, int H)
{
    int D = C / H;
    bh_real *q = scratch, *k = q + T * D, *v = k + T * D, *out = v + T * D;
    for (int h = 0; h < H; h++) {
        bhi_copy_rows(q, D, qkv + from * 3 * C + h * D, 3 * C, T - from, D);
        bhi_copy_rows(k, D, qkv + C + h * D, 3 * C, T, D);
        bhi_copy_rows(v, D, qkv + 2 * C + h * D, 3 * C, T, D);
        for (int first = from; first < T; first += ROWS) {
            int rows = rows_at(first, T), n = first + rows;
            bhi_gemm_nt(p, q + (first - from) * D, k, NULL, rows, n, D);
            bhi_softmax_causal(p, scale_of(D), first, rows, n);
            bhi_gemm_nn(out, p, v, NULL, BHI_EPILOGUE_NONE, rows, D, n);
            bhi_copy_rows(y + (first - from) * C + h * D, C, out, D, rows, D);
            p += rows * n;
        }
    }
}

void bhi_attention_backward(bh_real *restrict dqkv, bh_real *restrict scratch,
                            const bh_real *restrict dy, const bh_real *restrict qkv,
                            const bh_real *restrict p, int from, int T, int C, int H)
{
    int D = C / H, n_head = T * D;
    bh_real *q = scratch, *k = q + n_head, *v = k + n_head, *dq = v + n_head, *dk = dq + n_head;
    bh_real *dv = dk + n_head, *dout = dv + n_head, *dp = dout + 2 * ROWS * D;
    for (int h = 0; h < H; h++) {
        bhi_copy_rows(q, D, qkv + from * 3 * C + h * D, 3 * C, T - from, D);
        bhi_copy_rows(k, D, qkv + C + h * D, 3 * C, T, D);
        bhi_copy_rows(v, D, qkv + 2 * C + h * D, 3 * C, T, D);
        for (int i = 0; i < 2 * n_head; i++) dk[i] = 0;
        for (int i = 0; i < from * D; i++) dq[i] = 0;
        for (int first = from; first < T; first += ROWS) {
            int rows = rows_at(first, T), n = first + rows;
            bhi_copy_rows(dout, D, dy + (first - from) * C + h * D, C, rows, D);
            bhi_gemm_tn_add(dv, p, dout, n, D, rows);
            bhi_gemm_nt(dp, dout, v, NULL, rows, n, D);
            bhi_softmax_backward(dp, p, scale_of(D), rows, n);
            bhi_gemm_nn(dq + first * D, dp, k, NULL, BHI_EPILOGUE_NONE, rows, D, n);
            bhi_gemm_tn_add(dk, dp, q + (first - from) * D, n, D, rows);
            p += rows * n;
        }
        bhi_copy_rows(dqkv + h * D, 3 * C, dq, D, T, D);
        bhi_copy_rows(dqkv + C + h * D, 3 * C, dk, D, T, D);
        bhi_copy_rows(dqkv + 2 * C + h * D, 3 * C, dv, D, T, D);
    }
}

void bhi_attention_step(bh_real *restrict y, bh_real *restrict scores, const bh_real *restrict qkv,
                        bh_real *restrict keys, bh_real *restrict values, int t, int C, int H)
{
    int D = C / H;
    bhi_copy_rows(keys + t * C, C, qkv + C, C, 1, C);
    bhi_copy_rows(values + t * C, C, qkv + 2 * C, C, 1, C);
    for (int h = 0; h < H; h++, qkv += D, keys += D, values += D, y += D) {
        for (int j = 0; j <= t; j++) {
            bh_real sum = 0;
            for (int d = 0; d < D; d++) sum += qkv[d] * keys[j * C + d];
            scores[j] = sum;
        }
        bhi_softmax_causal(scores, scale_of(D), t, 1, t + 1);
        for (int d = 0; d < D; d++) y[d] = 0;
        for (int j = 0; j <= t; j++) {
            for (int d = 0; d < D; d++) y[d] += scores[j] * values[j * C + d];
        }
    }
}

// ---- every query against every key ----

void bhi_attention_full_forward(bh_real *restrict y, bh_real *restrict p, const bh_real *q, int ldq,
                                const bh_real *keys, const bh_real *values, int ldkv, int N, int M,
                                int C, int H)
{
    int D = C / H;
    for (int i = 0; i < N * C && M == 0; i++) y[i] = 0;
    for (int h = 0; h < H && M > 0; h++, p += N * M, y += D, q += D, keys += D, values += D) {
        bhi_gemm_nt_part(p, M, q, ldq, keys, ldkv, N, M, D);
        bhi_softmax_causal(p, scale_of(D), M - 1, N, M); // the first query meets all M already
        bhi_gemm_nn_part(y, C, p, M, values, ldkv, NULL, N, D, M);
    }
}

static void zero_rows(bh_real *x, int ldx, int R, int C)
{
    for (int i = 0; i < R; i++) {
        for (int c = 0; c < C; c++) x[i * ldx + c] = 0;
    }
}

void bhi_attention_full_backward(bh_real *dq, bh_real *dkeys, bh_real *dvalues,
                                 bh_real *restrict scratch, const bh_real *restrict dy,
                                 const bh_real *q, int ldq, const bh_real *keys,
                                 const bh_real *values, int ldkv, const bh_real *restrict p, int N,
                                 int M, int C, int H)
{
    int D = C / H;
    if (M == 0) zero_rows(dq, ldq, N, C);
    zero_rows(dkeys, ldkv, M, C);
    zero_rows(dvalues, ldkv, M, C);
    for (int h = 0; h < H && M > 0; h++, p += N * M, dy += D) {
        bhi_gemm_tn_add_part(dvalues + h * D, ldkv, p, M, dy, C, M, D, N);
        bhi_gemm_nt_part(scratch, M, dy, C, values + h * D, ldkv, N, M, D);
        bhi_softmax_backward(scratch, p, scale_of(D), N, M);
        bhi_gemm_nn_part(dq + h * D, ldq, scratch, M, keys + h * D, ldkv, NULL, N, D, M);
        bhi_gemm_tn_add_part(dkeys + h * D, ldkv, scratch, M, q + h * D, ldq, M, D, N);
    }
}
