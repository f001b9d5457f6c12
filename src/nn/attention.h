// SPDX-License-Identifier: MIT
// Multi-head attention (Vaswani et al. 2017, eq. 1): causal over a sequence of queries, keys and
// values, or of queries to all of another sequence's, or their own, keys and values.
//
// Causal: position t attends to positions 0 … t. Queries go in blocks of BHI_ATTENTION_ROWS, each against
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
/// Reals of scratch for the backward pass.
size_t bhi_attention_scratch(int T);

/// y (T - from,C) out   p (bhi_attention_probabilities) out, kept for the backward pass
///                      qkv (T,3C).
void bhi_attention_forward(bh_real *restrict y, bh_real *restrict p, const bh_real *restrict qkv,
                           int from, int T, int C, int H);

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

// ---- every query against every key ----

/// y (N,C) out   p (H,N,M) out, kept for the backward pass   q (N,C), its rows ldq numbers apart
/// keys (M,C), values (M,C), their rows ldkv numbers apart. Without a key, y is 0.
void bhi_attention_full_forward(bh_real *restrict y, bh_real *restrict p, const bh_real *q, int ldq,
                                const bh_real *keys, const bh_real *values, int ldkv, int N, int M,
                                int C, int H);

/// dq (N,C), dkeys (M,C), dvalues (M,C) out, rows as far apart as those of q, keys and values
/// scratch (N,M)   dy (N,C)   q, keys, values, p as in the forward pass.
void bhi_attention_full_backward(bh_real *dq, bh_real *dkeys, bh_real *dvalues,
                                 bh_real *restrict scratch, const bh_real *restrict dy,
                                 const bh_real *q, int ldq, const bh_real *keys,
                                 const bh_real *values, int ldkv, const bh_real *restrict p, int N,
                                 int M, int C, int H);
