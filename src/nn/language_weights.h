// SPDX-License-Identifier: MIT
// A language model as plain pointers: what lm hands to agents, which do not know it.
#pragma once

#include "core/real.h"

#include <stddef.h>

/// A language model, as an agent takes it over: the network of lm/language_model.h as plain
/// pointers, all borrowed.
typedef struct bh_language_weights {
    const struct bhi_transformer *net;
    const bh_real *params; ///< of the transformer
    int tied;              ///< the output layer is the token embedding
    const bh_real *head;   ///< (C,V) of an output layer that is not
    /// The text of a token, *n bytes.
    const char *(*token)(const void *user, int id, size_t *n);
    const void *user;
} bh_language_weights;
