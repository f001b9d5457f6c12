// SPDX-License-Identifier: MIT
// Matrix products, row-major, the output index contiguous.
//
// Legend: M rows of the output, N columns, K the summed index. All start each output from the bias,
// 0 or what it was and add a*b in the order k = 0, 1, 2 …, whatever the backend: lanes run across
// columns, never across k, so every build gives the bits of the plain triple loop, which stays here
// as the twin with the suffix __scalar.
#pragma once

#include "core/real.h"
#include "kernels/width.h"

/// What happens to an output on its way to memory.
typedef enum bhi_epilogue {
    BHI_EPILOGUE_NONE,
    BHI_EPILOGUE_RELU, ///< max(0, y), with +0 for NaN and for -0
} bhi_epilogue;

/// Y = X W + bias, then the epilogue: a linear layer forward.
/// y (M,N) out   x (M,K)   w (K,N)   bias (N) or NULL.   y overlaps no input.
void bhi_gemm_nn(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                 const bh_real *restrict bias, bhi_epilogue epilogue, int M, int N, int K);

/// Y = X W^T, then 0 where the gate is not above 0: the gradient of a linear layer's input, and in
/// the same pass that of the ReLU before it, whose outputs are the gate.
/// y (M,N) out   x (M,K)   w (N,K)   gate (M,N) or NULL.
void bhi_gemm_nt(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                 const bh_real *restrict gate, int M, int N, int K);

/// Y = X^T G: the gradient of a linear layer's weights.
/// y (M,N) out   x (K,M)   g (K,N).
void bhi_gemm_tn(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict g, int M,
                 int N, int K);

/// Y += X^T G: goes on with the sums of Y, so that a product whose K comes in parts, one call after
/// the other, has the bits of the whole.
void bhi_gemm_tn_add(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict g,
                     int M, int N, int K);

// The same of parts of larger matrices, such as some of the columns of one: rows are ld numbers
// apart, and what lies between the parts stays.

/// y (M,N) out, bias (N) or NULL.
void bhi_gemm_nn_part(bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx,
                      const bh_real *restrict w, int ldw, const bh_real *restrict bias, int M,
                      int N, int K);

/// y (M,N) out.
void bhi_gemm_nt_part(bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx,
                      const bh_real *restrict w, int ldw, int M, int N, int K);

/// y (M,N) +=.
void bhi_gemm_tn_add_part(bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx,
                          const bh_real *restrict g, int ldg, int M, int N, int K);

void bhi_gemm_nn__scalar(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                         const bh_real *restrict bias, bhi_epilogue epilogue, int M, int N, int K);
void bhi_gemm_nt__scalar(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                         const bh_real *restrict gate, int M, int N, int K);
void bhi_gemm_tn__scalar(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict g,
                         int M, int N, int K);
void bhi_gemm_tn_add__scalar(bh_real *restrict y, const bh_real *restrict x,
                             const bh_real *restrict g, int M, int N, int K);
