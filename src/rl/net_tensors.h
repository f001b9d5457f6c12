// SPDX-License-Identifier: MIT
// The parameters of a network as named tensors: the names and shapes Stable-Baselines3's state
// dicts have.
//
//     convolution i              FEATURES.cnn.2i.weight, .bias
//     transformer                FEATURES.wte.weight, … (io/transformer_tensors.h)
//     linear layer behind them   FEATURES.linear.0.weight, .bias (its inputs channels first, as
//                                PyTorch flattens)
//     hidden linear layer i      HIDDEN.2i.weight, .bias         (activations are modules there
//                                too)
//     output                     OUTPUT.weight, .bias; HIDDEN.2i without an OUTPUT
//     output in two halves       OUTPUT.weight, .bias, and SECOND.weight, .bias
//     dueling output             OUTPUT.value.weight … and OUTPUT.advantage.weight …
// With layer normalisation every other number follows PyTorch's order of modules too: a layer, its
// norm, its activation count as three.
//
//     convolution i              FEATURES.cnn.3i, its norm FEATURES.cnn.3i+1
//     linear layer behind them   FEATURES.linear.0, its norm FEATURES.linear.1
//     hidden linear layer i      HIDDEN.3i, its norm HIDDEN.3i+1, each .weight, .bias
// Noisy layers have weight_mu, weight_sigma, bias_mu, bias_sigma instead.
#pragma once

#include "io/checkpoint.h"
#include "nn/network.h"

typedef struct bhi_tensor_names {
    const char *features; ///< "q_net.features_extractor"
    const char *hidden;   ///< "q_net.q_net"
    const char *output;   ///< "action_net"; NULL: one more of hidden
    const char *second;   ///< "actor.log_std", of an output in two halves; NULL: it is whole
} bhi_tensor_names;

/// Writes the tensors of a block of parameters (borrowed) to out; returns how many.
int bhi_net_tensors(const bhi_net *net, bh_real *params, const bhi_tensor_names *names,
                    bh_tensor *out);
