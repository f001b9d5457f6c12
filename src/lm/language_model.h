// SPDX-License-Identifier: MIT
// A language model: a transformer over the vocabulary of a tokenizer, which says what comes next.
//
//     bh_language_model *model;
//     if (bh_language_model_load(&model, bytes, size, &err) != BH_OK) return report(&err);
//     bh_language_model_read(model, prompt, n);                       // a text as token ids
//     bh_rng rng = bh_rng_seed(7);
//     for (int i = 0; i < 100; i++) ids[i] = bh_language_model_write(model, &sampling, &rng);
//     bh_language_model_destroy(model);
#pragma once

#include "core/config.h"
#include "core/real.h"
#include "core/rng.h"
#include "io/checkpoint.h"
#include "lm/tokenizer.h"
#include "nn/language_weights.h"

/// Every member but the last is an option; lm/lm_net.h has their help, defaults and bounds.
typedef struct bh_language_model_config {
    int context, d_model, n_heads, n_layers;
    int tied;         ///< the output layer is the token embedding
    int gelu;         ///< tanh, erf
    int architecture; ///< decoder, encoder-decoder
    int separator;    ///< of an encoder-decoder: the token that ends the source; 0 else
} bh_language_model_config;

BH_API extern const bh_config_table bh_language_model_table;
/// The defaults of its rows.
BH_API bh_language_model_config bh_language_model_config_default(void);

typedef struct bh_language_model bh_language_model;

/// A model with parameters drawn from the seed. The tokenizer belongs to it from now on, and is
/// destroyed with it; on failure it stays the caller's. BH_ERR_CONFIG for a config out of range, and
/// for an encoder-decoder without a separator.
BH_API bh_status bh_language_model_create(bh_language_model **out,
                                          const bh_language_model_config *config,
                                          bh_tokenizer *tokenizer, uint64_t seed, bh_error *err);
BH_API void bh_language_model_destroy(bh_language_model *model);

BH_API const bh_language_model_config *bh_language_model_config_of(const bh_language_model *model);
BH_API const bh_tokenizer *bh_language_model_tokenizer(const bh_language_model *model);
/// The block of parameters, borrowed; write to it only between calls. And how many they are.
BH_API bh_real *bh_language_model_params(bh_language_model *model);
BH_API int bh_language_model_n_params(const bh_language_model *model);
/// What agents start from (bh_run_language_model), borrowed from the model.
BH_API bh_language_weights bh_language_model_weights(bh_language_model *model);

// ---- reading and writing ----

/// How the next token is drawn.
typedef struct bh_sampling {
    double temperature; ///< logits are divided by it; 0: always the most probable token (greedy)
    int top_k;          ///< only the k most probable tokens (Fan et al. 2018); 0: all
    /// of those only the fewest that together have this probability (Holtzman et al. 2020); 1: all;
    /// one always stays
    double top_p;
} bh_sampling;

#define BH_SAMPLING_DEFAULT ((bh_sampling){1, 0, 1})

/// An encoder-decoder continues the target: it reads the source, a separator, and what there is of
/// the target; a text without a separator is a target without a source.
///
/// Forgets what was read, and reads ids (n) as the beginning of a text. Without a beginning (n 0)
/// it reads one token 0. Ids that are not in the vocabulary count as token 0. A text longer than
/// the context counts with its last part, half a context or more: positions are learned, and there
/// are none beyond.
BH_API void bh_language_model_read(bh_language_model *model, const uint16_t *ids, size_t n);

/// logits (V) of the next token, borrowed until the next call.
BH_API const bh_real *bh_language_model_logits(const bh_language_model *model);

/// p (V) out: the distribution of the next token as sampling makes it; token 0 is never written.
BH_API void bh_language_model_next(bh_language_model *model, double *p,
                                   const bh_sampling *sampling);

/// Draws the next token, reads it, and returns it.
BH_API int bh_language_model_write(bh_language_model *model, const bh_sampling *sampling,
                                   bh_rng *rng);

/// Sum of -log p of each of ids (n) after those before it, the first one after nothing read (it
/// does not count), and how many counted (n_targets out): of an encoder-decoder those behind the
/// separator. Texts longer than a context are cut into windows.
BH_API double bh_language_model_surprise(bh_language_model *model, const uint16_t *ids, size_t n,
                                         int *n_targets);

// ---- files ----

/// Writes a checkpoint (io/checkpoint.h): the parameters under nanoGPT's names, the tokenizer as
/// bytes "tokenizer", the config and n_entries more as metadata. Returns the bytes it takes; call
/// with size 0 to ask. 0 for a negative n_entries, or above BH_LM_ENTRIES_MAX.
BH_API size_t bh_language_model_save(bh_language_model *model, void *out, size_t size,
                                     const bh_checkpoint_entry *entries, int n_entries);

#define BH_LM_ENTRIES_MAX 40

/// Reads what bh_language_model_save wrote. Safe for untrusted bytes: BH_ERR_FORMAT, or
/// BH_ERR_SHAPE for a checkpoint of something else.
BH_API bh_status bh_language_model_load(bh_language_model **out, const void *bytes, size_t size,
                                        bh_error *err);
