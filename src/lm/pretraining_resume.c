// SPDX-License-Identifier: MIT
// Full checkpoints of pre-training: its state (core/state.h) beside the model.
#include "core/alloc.h"
#include "core/text.h"
#include "io/sha256.h"
#include "io/state_tensors.h"
#include "lm/pretraining_state.h"

#include <assert.h>
#include <string.h>

#define CORPUS_SHA256 "corpus_sha256"
#define CORPUS_ROWS   "corpus_rows"

// ---- what a training is ----

// The parameters are not among it: checkpoints have them under their own names.
static void visit(void *training, bhi_state_visitor *visitor)
{
    bh_pretraining *t = training;
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "steps", &t->steps, 1);
    BHI_STATE(visitor, "tokens", &t->n_tokens, 1);
    BHI_STATE(visitor, "loss_sum", &t->loss_sum, 1);
    BHI_STATE(visitor, "norm_sum", &t->norm_sum, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "sums_n", &t->sums_n, 1);
    BHI_STATE(visitor, "best", &t->best, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE_SHOWN(visitor, "n_recorded", &t->n_recorded, 1);
    bhi_rng_state(&t->rng, 1, "rng", visitor);
    // Only in the middle of an evaluation, so that who reads it knows that by the entry.
    if (t->is_validating) BHI_STATE(visitor, "is_validating", &t->is_validating, 1);
    bhi_optimizer_state(&t->optimizer, visitor);
}

static bhi_stateful state_of(bh_pretraining *t)
{
    return (bhi_stateful){visit, t, "training"};
}

// Of the tokens it learns from and is measured on, two little-endian bytes each.
static const char *corpus_sha256(bh_pretraining *t)
{
    if (t->corpus_sha256[0] != '\0') return t->corpus_sha256;
    const uint16_t *ids = bh_corpus_ids(t->corpus);
    size_t n = bh_corpus_tokens(t->corpus);
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    for (size_t i = 0; i < n;) {
        unsigned char little[512];
        size_t used = 0;
        for (; used < sizeof little && i < n; i++) {
            little[used++] = (unsigned char)ids[i];
            little[used++] = (unsigned char)(ids[i] >> 8);
        }
        bh_sha256_add(&sha, little, used);
    }
    bh_sha256_end(&sha, t->corpus_sha256);
    return t->corpus_sha256;
}

static int corpus_rows(const bh_pretraining *t)
{
    int width = bh_corpus_width(t->corpus);
    return width > 0 ? (int)(bh_corpus_tokens(t->corpus) / (size_t)width) : 0;
}

// ---- writing ----

enum { STATE_MAX = 16 };

bh_status bh_pretraining_save_full(bh_pretraining *t, void *out, size_t size, size_t *n_bytes,
                                   bh_error *err)
{
    bhi_stateful state = state_of(t);
    bh_rng rng = t->rng;
    if (t->batch.is_open && !t->is_validating) t->rng = t->before;
    bh_tensor tensors[STATE_MAX];
    int n = bhi_state_tensors(&state, NULL);
    assert(n <= STATE_MAX);
    bhi_state_tensors(&state, tensors);
    int numbers[] = {t->steps, corpus_rows(t), t->n_recorded, n};
    char texts[4][16];
    for (int i = 0; i < 4; i++) {
        bh_text text = bh_text_over(texts[i], sizeof texts[i]);
        bh_text_add(&text, "%d", numbers[i]);
    }
    const bh_checkpoint_entry entries[] = {{"steps", texts[0]},
                                           {CORPUS_SHA256, corpus_sha256(t)},
                                           {CORPUS_ROWS, texts[1]},
                                           {"records", texts[2]},
                                           {BHI_STATE_ENTRIES, texts[3]}};
    *n_bytes = bhi_language_model_write(t->model, out, size,
                                        &(bhi_language_extras){.table = &bh_pretraining_table,
                                                               .config = &t->config,
                                                               .tensors = tensors,
                                                               .n_tensors = n,
                                                               .entries = entries,
                                                               .n_entries = 5});
    t->rng = rng;
    return *n_bytes > 0 ? BH_OK : bh_fail(err, BH_ERR_MEMORY, "out of memory for a checkpoint");
}

// ---- reading ----

static bh_status read_config(bh_pretraining_config *config, const void *bytes, size_t size,
                             bh_error *err)
{
    bh_status status = bhi_language_config_read(&bh_pretraining_table, config, bytes, size, err);
    if (status == BH_OK && config->model.architecture)
        config->model.separator = bhi_language_separator_read(bytes, size);
    return status == BH_OK ? bhi_state_check("training", bytes, size, err) : status;
}

bh_status bh_pretraining_config_from_checkpoint(bh_pretraining_config *config, const void *bytes,
                                                size_t size, bh_error *err)
{
    bh_status status = bh_checkpoint_check(bytes, size, err);
    return status == BH_OK ? read_config(config, bytes, size, err) : status;
}

// Options that are settled when a training begins; rows have a vocabulary of their own.
static bh_status check_config(const bh_pretraining *t, const bh_pretraining_config *saved,
                              bh_error *err)
{
    const bh_config_table *table = &bh_pretraining_table;
    for (int i = 0; i < table->n_fields; i++) {
        const bh_field *field = &table->fields[i];
        int of_text =
            strcmp(field->name, "tokenizer") == 0 || strcmp(field->name, "vocab_size") == 0;
        if ((field->flags & BH_LIVE) || (of_text && bh_corpus_width(t->corpus) > 0)) continue;
        char theirs[64], own[64];
        bh_text a = bh_text_over(theirs, sizeof theirs), b = bh_text_over(own, sizeof own);
        bh_config_get(table, saved, field, &a);
        bh_config_get(table, &t->config, field, &b);
        if (strcmp(theirs, own) == 0) continue;
        return bh_fail(err, BH_ERR_SHAPE, "the checkpoint's %s is '%s', but here it is '%s'",
                       field->name, theirs, own);
    }
    return BH_OK;
}

static bh_status check_corpus(bh_pretraining *t, const void *bytes, size_t size, bh_error *err)
{
    char sha[65] = "", rows[16] = "", own[16];
    bh_checkpoint_entry_get(bytes, size, CORPUS_SHA256, sha, sizeof sha);
    bh_checkpoint_entry_get(bytes, size, CORPUS_ROWS, rows, sizeof rows);
    bh_text text = bh_text_over(own, sizeof own);
    bh_text_add(&text, "%d", corpus_rows(t));
    if (strcmp(sha, corpus_sha256(t)) == 0 && strcmp(rows, own) == 0) return BH_OK;
    return bh_fail(err, BH_ERR_SHAPE,
                   "the checkpoint is of another text: a training goes on only with the one it "
                   "began with");
}

// What a training that was just made becomes; it is destroyed where it cannot be that.
static bh_status become(bh_pretraining **out, bh_pretraining *t, const void *bytes, size_t size,
                        bh_error *err)
{
    bh_pretraining_config saved;
    bh_status status = read_config(&saved, bytes, size, err);
    if (status == BH_OK) status = check_config(t, &saved, err);
    if (status == BH_OK) status = check_corpus(t, bytes, size, err);
    if (status == BH_OK) status = bhi_language_model_take(t->model, bytes, size, err);
    bhi_stateful state = state_of(t);
    t->is_validating = bh_checkpoint_has(bytes, size, "state/is_validating") != 0;
    if (status == BH_OK) status = bhi_state_read(&state, bytes, size, err);
    if (status == BH_OK) *out = t;
    else bh_pretraining_destroy(t);
    return status;
}

bh_status bh_pretraining_resume(bh_pretraining **out, const bh_pretraining_config *config,
                                const char *text, size_t n, const void *bytes, size_t size,
                                bh_error *err)
{
    *out = NULL;
    bh_pretraining *t;
    bh_status status = bh_checkpoint_check(bytes, size, err);
    if (status == BH_OK) status = bh_pretraining_create(&t, config, text, n, err);
    return status == BH_OK ? become(out, t, bytes, size, err) : status;
}

bh_status bh_pretraining_resume_rows(bh_pretraining **out, const bh_pretraining_config *config,
                                     const char *(*word)(int id), int V, const uint16_t *rows,
                                     int n_rows, int width, const void *bytes, size_t size,
                                     bh_error *err)
{
    *out = NULL;
    bh_pretraining *t;
    bh_status status = bh_checkpoint_check(bytes, size, err);
    if (status == BH_OK)
        status = bh_pretraining_create_rows(&t, config, word, V, rows, n_rows, width, err);
    return status == BH_OK ? become(out, t, bytes, size, err) : status;
}
