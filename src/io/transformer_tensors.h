// SPDX-License-Identifier: MIT
// The parameters of a transformer as named tensors.
#pragma once

#include "io/checkpoint.h"
#include "nn/transformer.h"

/// One of them, of a block of parameters (borrowed), as "PREFIX.NAME".
bh_tensor bhi_transformer_tensor_of(const bhi_transformer_tensor *t, bh_real *params,
                                    const char *prefix);

/// Writes the tensors of a block of parameters (borrowed) to out, under the names of nn/transformer.h
/// behind a prefix: "PREFIX.h.0.attn.c_attn.weight". Returns how many, bhi_transformer_n_tensors.
int bhi_transformer_tensors(const bhi_transformer *net, bh_real *params, const char *prefix,
                            bh_tensor *out);
