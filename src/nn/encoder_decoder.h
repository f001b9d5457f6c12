// SPDX-License-Identifier: MIT
// The transformer of two stacks (Vaswani et al. 2017, figure 1, in the pre-LayerNorm arrangement of
// Xiong et al. 2020): a source text in, a target text out. What bhi_transformer_… does where the
// spec has a separator; call those.
//
//     source  = the tokens before the first separator       target = the separator and what follows
//     m = wte[source] + wpe[0, 1, …]
//     L times:   m += attention(norm1(m));   m += mlp(norm2(m))           every position to every one
//     m = norm(m)
//     x = wte[target] + wpe[0, 1, …]
//     L times:   x += attention(norm1(x));   x += attention(norm2(x), m);   x += mlp(norm3(x))
//     features = norm(x)
//
// In the decoder the first attention is causal, the second has queries of the stream and keys and
// values of m. A text without a separator is a target without a source, to which nothing is added.
// Positions of the target are counted from its own start. So an encoder's output does not depend on
// the target, and one position of the target after the other needs it once: at the separator the
// source so far goes through the encoder, and every block keeps its keys and values.
//
// All rows of all sources lie behind each other, and so do those of the targets: no row is padding
// but what the caller has put behind a text.
#pragma once

#include "nn/transformer.h"

size_t bhi_encoder_decoder_acts(const bhi_transformer *net, int B, int T);
size_t bhi_encoder_decoder_scratch(const bhi_transformer *net, int B, int T);
size_t bhi_encoder_decoder_cache(const bhi_transformer *net, int B);

bh_real *bhi_encoder_decoder_forward(const bhi_transformer *net, const bh_real *params,
                                     bh_real *acts, const int *tokens, const int *last, int B,
                                     int T);
void bhi_encoder_decoder_backward(const bhi_transformer *net, const bh_real *params, bh_real *grads,
                                  const bh_real *acts, bh_real *scratch, const bh_real *dfeatures,
                                  const int *tokens, const int *last, int B, int T);
bh_real *bhi_encoder_decoder_step(const bhi_transformer *net, const bh_real *params, bh_real *cache,
                                  const int *tokens, int position, int B);
