// SPDX-License-Identifier: MIT
// Causal multi-head self-attention over a sequence of queries, keys and values (Vaswani et al.
// 2017, eq. 1).
//
// Position t attends to positions 0 … t. Queries go in blocks of BHI_ATTENTION_ROWS, each against
// the keys up to its end: what lies beyond is never multiplied, which is nearly half of the square.
// Who needs only the last positions asks `from` the first of them on: queries before it are neither
// read nor answered, keys and values are there of all.
//
// Legend: T positions, C channels, H heads, D = C / H (a multiple of 4).
#pragma once

#include "core/real.h"

#include <stddef.h>

#define BHI_ATTENTION_ROWS 16

/// Reals of the probabilities of one sequence: H times the blocks.
size_t bhi_attention_probabilities(int T, int H);
/// Reals of scratch for either pass.
size_t bhi_attention_scratch(int T, int C, int H);

/// y (T - from,C) out   p (bhi_attention_probabilities) out, kept for the backward pass   scratch
///                      qkv (T,3C).
void bhi_attention_forward(bh_real *restrict y, bh_real *restrict p, bh_real *restrict scratch,
                           const bh_real *restrict qkv, int from, int T, int C, int H);

/// dqkv (T,3C) out, 0 for queries before `from`   scratch   dy (T - from,C)   qkv, p as in the
///                                                forward pass.
void bhi_attention_backward(bh_real *restrict dqkv, bh_real *restrict scratch,
                            const bh_real *restrict dy, const bh_real *restrict qkv,
                            const bh_real *restrict p, int from, int T, int C, int H);

/// One query (3C, with its own key and value, which go to position t of the caches first) against t
/// + 1 positions.
/// y (C) out   scores (T) scratch   keys, values (T,C).
void bhi_attention_step(bh_real *restrict y, bh_real *restrict scores, const bh_real *restrict qkv,
                        bh_real *restrict keys, bh_real *restrict values, int t, int C, int H);
