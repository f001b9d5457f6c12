// SPDX-License-Identifier: MIT
// The parts of a transformer's block, forward and backward, without attention itself: what a stack
// of decoder blocks (transformer.c) and a pair of encoder and decoder (encoder_decoder.c) share.
// Private to them.
//
// Legend: R rows of any sequences, C channels, H heads.
#pragma once

#include "nn/transformer.h"

/// Activations of a block: its input is the output of what stands before.
typedef struct bhi_block_acts {
    bh_real *n1, *moments1; ///< (R,C), (R,2)
    bh_real *qkv, *p;       ///< (R,3C), probabilities of all sequences
    bh_real *heads, *x1;    ///< (R,C): attention before its projection; the stream after it
    bh_real *n2, *moments2;
    bh_real *up, *act; ///< (R,4C): the slope of GELU at what n2 is multiplied to; its outputs
    bh_real *x2;       ///< (R,C) the stream after the block
} bhi_block_acts;

/// The next n reals of a block of activations; NULL where there is none and it is only measured.
bh_real *bhi_acts_part(const bh_real *acts, size_t *used, size_t n);
/// The activations of R rows with n_p probabilities.
void bhi_block_lay(bhi_block_acts *b, const bh_real *acts, size_t *used, size_t R, size_t C,
                   size_t n_p);

/// x (B,T,C) out: the embeddings of tokens (B,T) at the positions from `first` on.
void bhi_block_embed(const bhi_transformer *net, const bh_real *params, bh_real *x,
                     const int *tokens, int first, int B, int T);
/// Adds their gradients, from that of x; positions from 0 on.
void bhi_block_embed_backward(const bhi_transformer *net, bh_real *grads, const bh_real *dx,
                              const int *tokens, int B, int T);

/// y = x + (z W + b), R rows of C; z has `inputs` columns.
void bhi_block_add_linear(bh_real *y, const bh_real *x, const bh_real *z, const bh_real *w,
                          const bh_real *b, int R, int inputs, int C);
/// Gradients of weights (I,O) and bias (O), added, and of the input: dx (R,I) out.
void bhi_block_linear_backward(bh_real *grads, const bh_real *params, int w_at, int b_at,
                               bh_real *dx, const bh_real *dy, const bh_real *x, int R, int I,
                               int O);

/// n1 and qkv out of the stream x (R,C).
void bhi_block_qkv(const bhi_transformer_block *k, const bh_real *w, const bhi_block_acts *b,
                   const bh_real *x, int R, int C);
/// From dqkv (R,3C) to dn (R,C) out, and on to dx (R,C) +=, the gradient of the stream x.
void bhi_block_qkv_backward(const bhi_transformer_block *k, const bh_real *params, bh_real *grads,
                            bh_real *dx, bh_real *dn, const bh_real *dqkv, const bhi_block_acts *b,
                            const bh_real *x, int R, int C);

/// n2, up, act and x2 out of the stream x (R,C).
void bhi_block_mlp(const bhi_transformer_block *k, const bh_real *w, const bhi_block_acts *b,
                   const bh_real *x, bhi_gelu gelu, int R, int C);
/// dx (R,C), the gradient of x2, becomes that of x; dn (R,C) and wide (R,4C) are overwritten.
void bhi_block_mlp_backward(const bhi_transformer_block *k, const bh_real *params, bh_real *grads,
                            bh_real *dx, bh_real *dn, bh_real *wide, const bhi_block_acts *b,
                            const bh_real *x, int R, int C);
