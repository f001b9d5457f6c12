// SPDX-License-Identifier: MIT
// Attention. The products are those of kernels/gemm.h, on the columns of a head where they are.
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

size_t bhi_attention_scratch(int T)
{
    return ROWS * (size_t)T;
}

static bh_real scale_of(int D)
{
    return (bh_real)(1 / sqrt((double)D));
}

void bhi_attention_forward(bh_real *restrict y, bh_real *restrict p, const bh_real *restrict qkv,
                           int from, int T, int C, int H)
{
    int D = C / H, C3 = 3 * C;
    for (int h = 0; h < H; h++, qkv += D, y += D) {
        for (int first = from; first < T; first += ROWS) {
            int rows = rows_at(first, T), n = first + rows;
            bhi_gemm_nt_part(p, n, qkv + first * C3, C3, qkv + C, C3, rows, n, D);
            bhi_softmax_causal(p, scale_of(D), first, rows, n);
            bhi_gemm_nn_part(y + (first - from) * C, C, p, n, qkv + 2 * C, C3, NULL, rows, D, n);
            p += rows * n;
        }
    }
}

static void zero_rows(bh_real *x, int ldx, int R, int C)
{
    for (int i = 0; i < R; i++) {
        for (int c = 0; c < C; c++) x[i * ldx + c] = 0;
    }
}

void bhi_attention_backward(bh_real *restrict dqkv, bh_real *restrict scratch,
                            const bh_real *restrict dy, const bh_real *restrict qkv,
                            const bh_real *restrict p, int from, int T, int C, int H)
{
    int D = C / H, C3 = 3 * C;
    zero_rows(dqkv, C3, from, C);
    zero_rows(dqkv + C, C3, T, 2 * C);
    for (int h = 0; h < H; h++, dqkv += D, dy += D, qkv += D) {
        const bh_real *k = qkv + C, *v = k + C;
        bh_real *dk = dqkv + C, *dv = dk + C;
        for (int first = from; first < T; first += ROWS) {
            int rows = rows_at(first, T), n = first + rows;
            const bh_real *dout = dy + (first - from) * C;
            bhi_gemm_tn_add_part(dv, C3, p, n, dout, C, n, D, rows);
            bhi_gemm_nt_part(scratch, n, dout, C, v, C3, rows, n, D);
            bhi_softmax_backward(scratch, p, scale_of(D), rows, n);
            bhi_gemm_nn_part(dqkv + first * C3, C3, scratch, n, k, C3, NULL, rows, D, n);
            bhi_gemm_tn_add_part(dk, C3, scratch, n, qkv + first * C3, C3, n, D, rows);
            p += rows * n;
        }
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
