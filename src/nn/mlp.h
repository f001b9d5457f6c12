// SPDX-License-Identifier: MIT
// The multi-layer perceptron: linear layers over one block of parameters.
//
// Legend: B batch, S inputs, A outputs. A bhi_mlp is plain data that only says where things are; the
// caller owns the blocks of parameters, gradients and activations, so that an online and a target
// network are one bhi_mlp and two blocks, and syncing them is one copy.
#pragma once

#include "core/config.h"
#include "nn/linear.h"

#define BHI_LAYERS_MAX (BH_SIZES_MAX + 1)

typedef struct bhi_mlp {
    int n_layers;                 ///< linear layers: hidden ones and the output
    int size[BHI_LAYERS_MAX + 1]; ///< size[0] = S … size[n_layers] = A
    int w_at[BHI_LAYERS_MAX];  ///< where layer i's (size[i], size[i+1]) weights start in the block
    int b_at[BHI_LAYERS_MAX];  ///< and its (size[i+1]) bias
    int n_params;              ///< reals in a block of parameters or of gradients
    int n_units;               ///< reals of activations per batch row: the sum of size[1..]
    bhi_activation activation; ///< of the hidden layers; the output is linear
} bhi_mlp;

/// Lays out a network of `hidden` sizes between S inputs and A outputs.
bhi_mlp bhi_mlp_shape(int S, const bh_sizes *hidden, int A, bhi_activation activation);

/// Draws all parameters of a block of n_params.
void bhi_mlp_init(const bhi_mlp *net, bh_real *params, bh_rng *rng);

/// Runs x (B,S) through. `acts` holds B * n_units reals: each layer's output after the other, the
/// last being the network's. Returns that part, (B,A), borrowed until `acts` changes.
bh_real *bhi_mlp_forward(const bhi_mlp *net, const bh_real *params, bh_real *acts, const bh_real *x,
                         int B);

/// Where a layer's outputs (B, size[layer+1]) start in a block of activations.
bh_real *bhi_mlp_layer(const bhi_mlp *net, bh_real *acts, int layer, int B);

/// Gradient of all parameters. `acts` and `x` as in the forward pass; `dacts`, as large as `acts`,
/// has the gradient of the output (B,A) in its last part and is overwritten.
void bhi_mlp_backward(const bhi_mlp *net, const bh_real *params, bh_real *grads, bh_real *acts,
                      bh_real *dacts, const bh_real *x, int B);
