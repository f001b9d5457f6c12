// SPDX-License-Identifier: MIT
// The network of a language model: a transformer and an output layer without bias, to logits over
// the vocabulary. Plain data over one block of parameters, as nn/network.h.
//
// A tied output (Press and Wolf 2017) is the token embedding once more: logits = features wte^T. An
// untied one has
// weights (C,V) of its own behind the transformer's.
//
// Batches go through in parts of about BHI_LM_ROWS positions, forward and backward: what a part
// needs stays in the second cache. The size of the parts follows from T alone. Of gradients, the
// bits depend on it only where the output is tied: the embedding's gets its two summands part by
// part.
#pragma once

#include "io/checkpoint.h"
#include "lm/language_model.h"
#include "nn/transformer.h"

#define BHI_LM_ROWS 128

typedef struct bhi_lm_net {
    bhi_transformer body;
    int tied;
    int head; ///< (C,V) where the output's weights start, untied
    int n_params;
} bhi_lm_net;

/// Rows of a table with a bh_language_model_config (lm/language_model.h) at `model`.
#define BHI_LANGUAGE_MODEL_ROWS                                                            \
    BH_INT_AT(model.context, context, BH_DEFAULT("64"), BH_RANGE(2, 512), BH_RESET,        \
              "Tokens the model looks back on"),                                           \
        BH_INT_AT(model.d_model, d_model, BH_DEFAULT("64"), BH_RANGE(4, 512), BH_RESET,    \
                  "Channels of a position, a multiple of 4 times n_heads"),                \
        BH_INT_AT(model.n_heads, n_heads, BH_DEFAULT("4"), BH_RANGE(1, 16), BH_RESET,      \
                  "Heads of the attention"),                                               \
        BH_INT_AT(model.n_layers, n_layers, BH_DEFAULT("2"), BH_RANGE(1, 4), BH_RESET,     \
                  "Blocks of attention and mlp"),                                          \
        BH_BOOL_AT(model.tied, tied, BH_DEFAULT("true"), BH_RESET,                         \
                   "The output layer is the token embedding once more"),                   \
        BH_CHOICE_AT(model.gelu, gelu, BH_DEFAULT("tanh"), BH_WORDS("tanh|erf"), BH_RESET, \
                     "How the GELU of the mlp is computed"),                               \
        BH_CHOICE_AT(model.architecture, architecture, BH_DEFAULT("decoder"),              \
                     BH_WORDS("decoder|encoder-decoder"), BH_RESET,                        \
                     "One causal stack, or an encoder of the source and a decoder")

/// The network of a model, borrowed.
const bhi_lm_net *bhi_language_model_net(const bh_language_model *model);

/// What a checkpoint of a model has beside parameters and tokenizer: the options of a table with
/// BHI_LANGUAGE_MODEL_ROWS, tensors and metadata.
typedef struct bhi_language_extras {
    const bh_config_table *table;
    const void *config;
    const bh_tensor *tensors;
    int n_tensors; ///< at most BH_TENSORS_MAX / 2
    const bh_checkpoint_entry *entries;
    int n_entries;
} bhi_language_extras;

/// Writes a checkpoint of a model; see bh_language_model_save.
size_t bhi_language_model_write(bh_language_model *model, void *out, size_t size,
                                const bhi_language_extras *extras);

/// The separator of a checkpoint's model, which must have passed bh_checkpoint_check; 0 where there is
/// none, -1 where it is damaged.
int bhi_language_separator_read(const void *bytes, size_t size);

/// The options of such a table out of a checkpoint, which must have passed bh_checkpoint_check; the
/// defaults where it does not name them. BH_ERR_SHAPE where it is none of a language model,
/// BH_ERR_FORMAT for options out of range.
bh_status bhi_language_config_read(const bh_config_table *table, void *config, const void *bytes,
                                   size_t size, bh_error *err);

/// Takes a checkpoint's parameters, in which the vocabulary must be the model's: else BH_ERR_SHAPE.
/// The bytes must have passed bh_checkpoint_check.
bh_status bhi_language_model_take(bh_language_model *model, const void *bytes, size_t size,
                                  bh_error *err);

bhi_lm_net bhi_lm_net_shape(const bhi_transformer_spec *spec, int tied);

/// Draws all parameters (n_params); the output's, untied, normal with deviation 0.02.
void bhi_lm_net_init(const bhi_lm_net *net, bh_real *params, bh_rng *rng);

/// Reals of the work block of the losses over sequences of up to T positions, whatever the batch.
size_t bhi_lm_net_work(const bhi_lm_net *net, int T);

/// Rows that are computed together, of sequences of T positions: bhi_lm_net_loss adds up as many
/// parts of so many sequences as it needs.
int bhi_lm_net_part(int T);

/// One of those parts: of `count` sequences, where the whole batch has n_targets targets that are not
/// negative. Returns the sum of -log p(target), and adds its share to grads.
double bhi_lm_net_add_loss(const bhi_lm_net *net, const bh_real *params, bh_real *grads,
                           bh_real *work, const int *tokens, const int *targets, int count, int T,
                           int n_targets);

/// Targets that are not negative, of n.
int bhi_lm_net_count(const int *targets, int n);

/// Mean of -log p(target) over the targets that are not negative, and its gradient.
///
/// An encoder-decoder says nothing of its sources: targets of positions before a separator are
/// negative.
///
/// grads (n_params) out, or NULL for the loss alone   work   tokens, targets (B,T)   n_targets out,
///                                                    or NULL: how many
/// counted. 0 when none did; then grads are 0.
double bhi_lm_net_loss(const bhi_lm_net *net, const bh_real *params, bh_real *grads, bh_real *work,
                       const int *tokens, const int *targets, int B, int T, int *n_targets);

/// logits (R,V) out of features (R,C).
void bhi_lm_net_logits(const bhi_lm_net *net, const bh_real *params, bh_real *logits,
                       const bh_real *features, int R);

/// The parameters as named tensors, borrowed: "transformer.wte.weight", … (nn/transformer.h), and
/// "lm_head.weight" where untied. Returns how many, at most BH_TENSORS_MAX.
int bhi_lm_net_tensors(const bhi_lm_net *net, bh_real *params, bh_tensor *out);
