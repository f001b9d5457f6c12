// SPDX-License-Identifier: MIT
// The transformer: tokens in, features of every position out (Vaswani et al. 2017, decoder only, in
// the pre-LayerNorm arrangement of GPT-2, Radford et al. 2019):
//
//     x = wte[token] + wpe[position]
//     L times:   x += attention(ln_1(x));   x += mlp(ln_2(x))
//     features = ln_f(x)
//
// attention is causal, of H heads of C/H channels, scores over sqrt(C/H); the mlp is C -> 4C, GELU,
// C. Without dropout. A language model needs the features of all positions, a Q-network or a policy
// those of one position of each sequence: then (`last`) the last block makes keys and values of
// all, but everything else, from the queries to ln_f, of these positions only, forward and
// backward. The bits are the same: what is left out would be answers nobody reads, and zeros in
// sums.
//
// With a separator, a token of the vocabulary, it is an encoder and a decoder instead, of L blocks
// each, with weights of their own and common embeddings (nn/encoder_decoder.h): the source, what
// stands before the first separator, goes through the encoder; the separator and what follows
// through the decoder, which attends to its own past and to the encoder's output. Functions and
// parameters are the same.
//
// What makes logits, Q-values or a policy of the features stands outside: a language model's
// output, a network's linear layers.
//
// Legend: B sequences, T positions of each, V tokens, C channels, H heads, D = C / H, L blocks.
// Parameters are one block, linear weights (in,out) as everywhere. What fills a sequence up on
// the right does not matter: causal attention keeps it from what stands before.
//
//     bhi_transformer_spec spec = {.V = 128, .T = 64, .C = 64, .H = 4, .L = 2};
//     bhi_transformer net = bhi_transformer_shape(&spec);
//     bhi_transformer_init(&net, params, &rng);
//     const bh_real *features; // (B,T,C)
//     features = bhi_transformer_forward(&net, params, acts, tokens, NULL, B, T);
#pragma once

#include "core/real.h"
#include "core/rng.h"
#include "kernels/rows.h"

#include <stddef.h>

/// Two transformers with hidden layers behind them are tensors of one checkpoint (BH_TENSORS_MAX).
#define BHI_BLOCKS_MAX 4

typedef struct bhi_transformer_spec {
    int V;         ///< tokens of the vocabulary
    int T;         ///< positions there are embeddings for
    int C, H, L;   ///< channels, a multiple of 4 H; heads; blocks, at most BHI_BLOCKS_MAX
    bhi_gelu gelu; ///< of the mlp
    int separator; ///< 0: decoder only; else the token that ends the source
} bhi_transformer_spec;

/// Where the parameters of one block start. The last six: of a decoder that has an encoder.
typedef struct bhi_transformer_block {
    int ln1_gain, ln1_bias;           ///< (C)
    int w_qkv, b_qkv;                 ///< (C,3C), (3C): queries, keys, values
    int w_attention, b_attention;     ///< (C,C), (C): on the heads' outputs
    int ln2_gain, ln2_bias;           ///< (C)
    int w_up, b_up;                   ///< (C,4C), (4C)
    int w_down, b_down;               ///< (4C,C), (C)
    int ln_cross_gain, ln_cross_bias; ///< (C)
    int w_cross, b_cross; ///< (C,3C), (3C): queries of the stream, keys and values of the source
    int w_cross_out, b_cross_out; ///< (C,C), (C)
} bhi_transformer_block;

/// Plain data: sizes and places.
typedef struct bhi_transformer {
    bhi_transformer_spec spec;
    int wte, wpe; ///< (V,C), (T,C)
    bhi_transformer_block blocks[BHI_BLOCKS_MAX], encoder[BHI_BLOCKS_MAX];
    int encoder_gain, encoder_bias; ///< (C) of the norm behind the encoder
    int lnf_gain, lnf_bias;         ///< (C)
    int n_params;
} bhi_transformer;

/// The layout for sizes that are in range (bhi_transformer_fits).
bhi_transformer bhi_transformer_shape(const bhi_transformer_spec *spec);

/// Whether C is a multiple of 4 H, L at most BHI_BLOCKS_MAX, all positive, a separator one of the V
/// tokens, and offsets fit an int.
int bhi_transformer_fits(const bhi_transformer_spec *spec);

/// As GPT-2: weights and embeddings normal with deviation 0.02, those that add to the residual
/// stream with deviation 0.02 / sqrt(2 L), of a decoder with an encoder sqrt(3 L); gains 1, biases
/// 0.
void bhi_transformer_init(const bhi_transformer *net, bh_real *params, bh_rng *rng);

/// Reals of the activations of up to B sequences of up to T positions.
size_t bhi_transformer_acts(const bhi_transformer *net, int B, int T);
/// Reals of the scratch a backward pass needs beside them.
size_t bhi_transformer_scratch(const bhi_transformer *net, int B, int T);

/// tokens (B,T) in [0,V), T at most spec.T   last (B) the position in [0,T) that is needed of each
///                                           sequence, or NULL: all.
/// Fills acts; returns features (B,T,C), with `last` (B,C), borrowed until acts change. Those of
/// positions in a source are 0.
bh_real *bhi_transformer_forward(const bhi_transformer *net, const bh_real *params, bh_real *acts,
                                 const int *tokens, const int *last, int B, int T);

/// Adds the gradient of all parameters to grads (n_params), from that of the features, dfeatures
/// (B,T,C), with `last` (B,C). acts, tokens and last as in the forward pass. Sums go over the rows
/// (B,T) in order: batches handed over in parts, one after the other, leave the bits of the whole.
void bhi_transformer_backward(const bhi_transformer *net, const bh_real *params, bh_real *grads,
                              const bh_real *acts, bh_real *scratch, const bh_real *dfeatures,
                              const int *tokens, const int *last, int B, int T);

/// Tokens of the source of a text of n tokens, those before the first separator; 0 where there is
/// none, or the net knows none.
int bhi_transformer_source(const bhi_transformer *net, const int *tokens, int n);

// ---- one position after the other ----

/// Reals of a cache of B sequences, (L,B,2,T,C) for keys and values and with an encoder as many for
/// those of its output, and of what one step needs.
size_t bhi_transformer_cache(const bhi_transformer *net, int B);

/// The next position of B sequences: tokens (B), all at `position`, after the positions before it
/// went through the same cache. Returns features (B,C), borrowed until the next step. The bits are
/// those of bhi_transformer_forward at that position: every sum runs over the same numbers in the
/// same order.
bh_real *bhi_transformer_step(const bhi_transformer *net, const bh_real *params, bh_real *cache,
                              const int *tokens, int position, int B);

// ---- names ----

/// One parameter tensor: its nanoGPT name without "transformer." ("h.0.attn.c_attn.weight"), of an
/// encoder and decoder that of PyTorch's nn.Transformer ("encoder.layers.0.norm1.weight") but for
/// the embeddings; where it starts, and its size; `transposed`: a linear weight (in,out) = (rows,columns) that
/// checkpoints hold as (out,in).
typedef struct bhi_transformer_tensor {
    char name[48];
    int at, rows, columns; ///< columns 0: a vector of `rows`
    int transposed;
} bhi_transformer_tensor;

#define BHI_TRANSFORMER_TENSORS(L)     (4 + 12 * (L))
#define BHI_ENCODER_DECODER_TENSORS(L) (6 + 30 * (L))

/// How many it has: one of the two.
int bhi_transformer_n_tensors(const bhi_transformer *net);
/// Tensor i of them.
void bhi_transformer_tensor_at(const bhi_transformer *net, int i, bhi_transformer_tensor *out);
