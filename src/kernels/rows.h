// SPDX-License-Identifier: MIT
// Kernels of a transformer: softmax, layer normalisation and GELU, row by row. Lanes run along a
// row here: sums are kept in four running sums over i mod 4, added in a fixed order, so that every
// build has the same bits.
//
// exp is a polynomial of degree 6 in single precision (within 2 units in the last place of the
// exact value, tests/c/test_rows.c), in the double build bh_exp. Pointers of one call do not
// overlap unless it says so.
//
// Legend: M rows, N columns, C channels (a multiple of 4 where it says so).
#pragma once

#include "core/real.h"
#include "kernels/width.h"

/// y[i] = e^x[i], with x cut to [-87, 88]. (n) each; y may be x.
void bhi_exp(bh_real *y, const bh_real *x, int n);

/// Causal softmax of scaled scores, in place. s (M,N): of row i the first `first + i + 1` numbers,
/// at most N, become softmax(scale * s), the others 0.
void bhi_softmax_causal(bh_real *s, bh_real scale, int first, int M, int N);

/// Backward of it: dp (M,N), the gradient of the probabilities p (M,N), becomes that of s:
/// scale p (dp - sum_j p_j dp_j).
void bhi_softmax_backward(bh_real *restrict dp, const bh_real *restrict p, bh_real scale, int M,
                          int N);

/// Softmax cross-entropy of M rows of logits (M,N), in place: a row whose target is at least 0
/// becomes its part of the gradient, weight (softmax - one-hot); the others 0. Returns the sum of
/// -log softmax[target] over the former.
double bhi_cross_entropy(bh_real *logits, const int *target, bh_real weight, int M, int N);

#define BHI_LAYERNORM_EPS 1e-5 ///< added to the variance, as PyTorch's nn.LayerNorm

/// y = gain (x - mean) / sqrt(variance + eps) + bias for each row (Ba et al. 2016). C a multiple of
/// 4.
/// y (M,C) out   moments (M,2) out: mean and 1 / sqrt(…), kept for the backward pass   x (M,C).
void bhi_layernorm_forward(bh_real *restrict y, bh_real *restrict moments,
                           const bh_real *restrict x, const bh_real *restrict gain,
                           const bh_real *restrict bias, int M, int C);

/// Adds the gradients: dx (M,C) +=   dgain (C) +=   dbias (C) +=.   dy, x (M,C)   moments as the
///                                   forward pass left them.
void bhi_layernorm_backward(bh_real *restrict dx, bh_real *restrict dgain, bh_real *restrict dbias,
                            const bh_real *restrict dy, const bh_real *restrict x,
                            const bh_real *restrict gain, const bh_real *restrict moments, int M,
                            int C);

/// Gaussian error linear units (Hendrycks and Gimpel 2016), x Phi(x): by tanh as GPT-2 computes
/// them, or by the error function (bh_erf, number by number).
typedef enum bhi_gelu {
    BHI_GELU_TANH, ///< x / (1 + exp(-2 sqrt(2/pi) (x + 0.044715 x^3)))
    BHI_GELU_ERF,  ///< x (1 + erf(x / sqrt 2)) / 2
} bhi_gelu;

/// y (n) out   x (n) becomes the slope there, which costs little beside y and saves the backward
/// pass the exponential.
void bhi_gelu_forward(bh_real *restrict y, bh_real *restrict x, bhi_gelu kind, int n);

/// dy (n) becomes the gradient of x, in place.   slope (n) as the forward pass left it.
void bhi_gelu_backward(bh_real *restrict dy, const bh_real *restrict slope, int n);

/// sum (N) += the sum over the M rows of x (M,N), in row order, N a multiple of 4: the gradient of
/// a bias.
void bhi_add_column_sums(bh_real *restrict sum, const bh_real *restrict x, int M, int N);
