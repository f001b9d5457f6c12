// SPDX-License-Identifier: MIT
// Pre-training: a language model learns to say what comes next in a corpus, by cross-entropy
// (Radford et al. 2018).
//
// One step: batch_size windows of the corpus, the mean loss over their targets, its gradient
// clipped by its norm, one step of the optimizer. Every eval_freq steps the loss over held-out
// windows, spread evenly. The same config and corpus give the same bits everywhere.
//
//     bh_pretraining_config config;
//     bh_config_defaults(&bh_pretraining_table, &config);
//     bh_pretraining *training;
//     if (bh_pretraining_create(&training, &config, text, n, &err) != BH_OK) return report(&err);
//     bh_pretraining_steps(training, 2000);
//     double perplexity = bh_exp(bh_pretraining_validate(training, 0));
//     bh_pretraining_destroy(training);
//
// A full checkpoint has all that a training is but for its text. Saved at any step and resumed with
// the same text, in any build, it gives the bits of the training that never stopped.
#pragma once

#include "core/interrupt.h"
#include "lm/corpus.h"
#include "lm/language_model.h"
#include "optim/optimizer_config.h"

/// Every member is an option; lm/pretraining.c has their help, defaults and bounds.
typedef struct bh_pretraining_config {
    uint64_t seed;
    int tokenizer; ///< bh_tokenizer_kind
    int vocab_size;
    bh_language_model_config model;
    double validation; ///< share of the corpus that is held out
    int max_steps, batch_size;
    bh_schedule_config learning_rate;
    double max_grad_norm;
    int eval_freq, eval_windows, log_freq;
    bh_optimizer_config optimizer;
} bh_pretraining_config;

BH_API extern const bh_config_table bh_pretraining_table;
/// The defaults of its rows.
BH_API bh_pretraining_config bh_pretraining_config_default(void);

typedef struct bh_pretraining bh_pretraining;

/// A fresh model, its tokenizer and corpus made from text (n bytes, not kept). BH_ERR_CONFIG, and
/// BH_ERR_ARGUMENT as bh_tokenizer_create and bh_corpus_create. Not of an encoder-decoder: a text has
/// no source.
BH_API bh_status bh_pretraining_create(bh_pretraining **out, const bh_pretraining_config *config,
                                       const char *text, size_t n, bh_error *err);

/// The same over rows of a given vocabulary of V words, width tokens each (lm/corpus.h); `context`
/// of the config is taken to be width - 1, `tokenizer` and `vocab_size` do not matter. An
/// encoder-decoder needs the config's `separator`, and learns what stands behind it in a row.
BH_API bh_status bh_pretraining_create_rows(bh_pretraining **out,
                                            const bh_pretraining_config *config,
                                            const char *(*word)(int id), int V,
                                            const uint16_t *rows, int n_rows, int width,
                                            bh_error *err);

BH_API void bh_pretraining_destroy(bh_pretraining *training);

/// Does n steps. Goes on past max_steps if asked to: schedules stay at their end. Nothing is
/// allocated. BH_ERR_ARGUMENT for a negative n.
///
/// BH_PENDING where it is interrupted, in the middle of a step or of an evaluation: call it again,
/// with 0 to finish no more than that.
BH_API bh_status bh_pretraining_steps(bh_pretraining *training, int n);

/// From now on `interrupt` is asked between two parts of a batch, which are a few windows each; where
/// it returns 1, bh_pretraining_steps returns. The bits are the same however often that is. What is
/// set in the middle of a step is for that step. A full checkpoint has the step before, whole; whoever
/// validates in the middle has that step, or that evaluation, begin anew. NULL: nobody is asked.
BH_API void bh_pretraining_set_interrupt(bh_pretraining *training, bh_interrupt *interrupt,
                                         void *user);

/// Changes an option flagged live. Others: BH_ERR_CONFIG.
BH_API bh_status bh_pretraining_set(bh_pretraining *training, const char *name, const char *value,
                                    bh_error *err);

/// Steps done, and tokens learned from in them.
BH_API int bh_pretraining_done(const bh_pretraining *training);
BH_API double bh_pretraining_tokens(const bh_pretraining *training);

/// Mean loss over `windows` held-out windows spread evenly; 0: over all. Its exponential is the
/// perplexity. NAN for a negative number.
BH_API double bh_pretraining_validate(bh_pretraining *training, int windows);

BH_API bh_language_model *bh_pretraining_model(bh_pretraining *training); ///< borrowed
BH_API const bh_corpus *bh_pretraining_corpus(const bh_pretraining *training);
BH_API const bh_pretraining_config *bh_pretraining_config_of(const bh_pretraining *training);

/// Rows of BH_LM_RECORD_WIDTH doubles in one ring of 4,096, the oldest overwritten first:
///   {BH_LM_RECORD_TRAIN, step, loss, learning_rate, grad_norm}   means since the last one
///   {BH_LM_RECORD_EVAL, step, loss, is_best, 0}
enum {
    BH_LM_RECORD_TRAIN = 1,
    BH_LM_RECORD_EVAL = 2,
    BH_LM_RECORD_WIDTH = 5,
};

/// Moves up to `max` of the oldest records into out; returns how many. Those of a step come together,
/// once its evaluation is over. BH_ERR_ARGUMENT for a negative one.
BH_API int bh_pretraining_drain(bh_pretraining *training, double *out, int max);

// ---- full checkpoints ----

/// Writes a full checkpoint, where size is enough, and how many bytes it takes; call with size 0 to
/// ask. It is one of the model (bh_language_model_load reads it as such), and with it the options
/// and, as tensors "state/…", the optimizer's moments, counters, the random stream and the best loss
/// so far. The text is not in it, but the SHA-256 of its tokens ("corpus_sha256"), and of rows how
/// many there are ("corpus_rows"). Nor are records, but how many steps have one ("records").
/// BH_ERR_MEMORY: then *n is 0.
BH_API bh_status bh_pretraining_save_full(bh_pretraining *training, void *out, size_t size,
                                          size_t *n, bh_error *err);

/// The options that a full checkpoint was saved with. BH_ERR_FORMAT for bytes that are none, or have
/// options out of range; BH_ERR_SHAPE for a checkpoint of something else.
BH_API bh_status bh_pretraining_config_from_checkpoint(bh_pretraining_config *config,
                                                       const void *bytes, size_t size,
                                                       bh_error *err);

/// Makes the training that a full checkpoint was saved from: it goes on as if it had never stopped.
/// The text is the one it was made with, and so is the config
/// (bh_pretraining_config_from_checkpoint), but for options flagged live. Safe for untrusted input:
/// BH_ERR_FORMAT for bytes that are no full checkpoint or hold what no training could be,
/// BH_ERR_SHAPE for one of another text, vocabulary or config; then *out is NULL. Else as
/// bh_pretraining_create.
BH_API bh_status bh_pretraining_resume(bh_pretraining **out, const bh_pretraining_config *config,
                                       const char *text, size_t n, const void *bytes, size_t size,
                                       bh_error *err);

/// The same of one that was made by bh_pretraining_create_rows.
BH_API bh_status bh_pretraining_resume_rows(bh_pretraining **out,
                                            const bh_pretraining_config *config,
                                            const char *(*word)(int id), int V,
                                            const uint16_t *rows, int n_rows, int width,
                                            const void *bytes, size_t size, bh_error *err);
