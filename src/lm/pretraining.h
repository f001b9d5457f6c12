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
#pragma once

#include "lm/corpus.h"
#include "lm/language_model.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"

#define BH_PRETRAINING_CONFIG(X)                                                                   \
    X(SEED, seed, "0", 0, BH_SEED_MAX, NULL, BH_RESET,                                             \
      "Everything random in the training follows from it")                                         \
    X(CHOICE, tokenizer, "char", 0, 0, "char|word|bpe", BH_RESET,                                  \
      "What text is cut into: characters, words, or byte pairs")                                   \
    X(INT, vocab_size, "512", 2, 8192, NULL, BH_RESET, "Most tokens the vocabulary may have")      \
    BH_LANGUAGE_MODEL_CONFIG(X)                                                                    \
    X(REAL, validation, "0.1", 0.001, 0.9, NULL, BH_RESET, "Share of the corpus that is held out") \
    X(INT, max_steps, "2000", 1, 10000000, NULL, BH_LIVE, "Optimizer steps of the training")       \
    X(INT, batch_size, "8", 1, 1024, NULL, BH_RESET, "Windows of a step")                          \
    X(REAL, learning_rate, "0.006", 0, 10, NULL, BH_LIVE, "Step size of the optimizer")            \
    BH_SCHEDULE_CONFIG_OF(X, "cosine", "0.0005", "0.05")                                           \
    X(REAL, max_grad_norm, "1", 0, 1e9, NULL, BH_LIVE,                                             \
      "Largest norm of a gradient; 0 does not clip")                                               \
    X(INT, eval_freq, "100", 0, 10000000, NULL, BH_LIVE,                                           \
      "Steps between two evaluations on held-out text; 0 for none")                                \
    X(INT, eval_windows, "32", 1, 100000, NULL, BH_LIVE, "Held-out windows of an evaluation")      \
    X(INT, log_freq, "10", 1, 10000000, NULL, BH_LIVE, "Steps between two training records")       \
    BH_OPTIMIZER_CONFIG_OF(X, "adamw", "1e-8")

typedef struct bh_pretraining_config {
    BH_PRETRAINING_CONFIG(BH_MEMBER)
} bh_pretraining_config;

BH_API extern const bh_config_table bh_pretraining_table;

typedef struct bh_pretraining bh_pretraining;

/// A fresh model, its tokenizer and corpus made from text (n bytes, not kept). BH_ERR_CONFIG, and
/// BH_ERR_ARGUMENT as bh_tokenizer_create and bh_corpus_create.
BH_API bh_status bh_pretraining_create(bh_pretraining **out, const bh_pretraining_config *config,
                                       const char *text, size_t n, bh_error *err);

/// The same over rows of a given vocabulary of V words, width tokens each (lm/corpus.h); `context`
/// of the config is taken to be width - 1, `tokenizer` and `vocab_size` do not matter.
BH_API bh_status bh_pretraining_create_rows(bh_pretraining **out,
                                            const bh_pretraining_config *config,
                                            const char *(*word)(int id), int V,
                                            const uint16_t *rows, int n_rows, int width,
                                            bh_error *err);

BH_API void bh_pretraining_destroy(bh_pretraining *training);

/// Does n steps. Goes on past max_steps if asked to: schedules stay at their end. Nothing is
/// allocated.
BH_API void bh_pretraining_steps(bh_pretraining *training, int n);

/// Changes an option flagged live. Others: BH_ERR_CONFIG.
BH_API bh_status bh_pretraining_set(bh_pretraining *training, const char *name, const char *value,
                                    bh_error *err);

/// Steps done, and tokens learned from in them.
BH_API int bh_pretraining_done(const bh_pretraining *training);
BH_API double bh_pretraining_tokens(const bh_pretraining *training);

/// Mean loss over `windows` held-out windows spread evenly; 0: over all. Its exponential is the
/// perplexity.
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

/// Moves up to `max` of the oldest records into out; returns how many.
BH_API int bh_pretraining_drain(bh_pretraining *training, double *out, int max);
