// SPDX-License-Identifier: MIT
// What a pre-training consists of. Private to pretraining.c and pretraining_resume.c.
#pragma once

#include "lm/lm_net.h"
#include "lm/pretraining.h"
#include "optim/optimizer.h"

#define BHI_LM_RECORDS_MAX 4096

// A batch under way: its loss is added up in parts (bhi_lm_net_add_loss).
typedef struct bhi_lm_batch {
    int is_open, count, at; // windows, and those that are done
    int n_targets;
    double sum;
} bhi_lm_batch;

// Held-out windows, batch after batch.
typedef struct bhi_lm_validation {
    int n, at;
    double sum, targets;
} bhi_lm_validation;

struct bh_pretraining {
    bh_pretraining_config config;
    bh_language_model *model;
    bh_corpus *corpus;
    bhi_optimizer optimizer;
    bh_rng rng, before; // before: as it was when the batch under way was drawn
    bhi_lm_batch batch;
    int is_validating; // the evaluation after the last step
    bhi_lm_validation validation;
    bh_interrupt *interrupt; // NULL: nobody interrupts it
    void *interrupt_user;
    int steps;
    double n_tokens;
    double loss_sum, norm_sum; // since the last record
    int sums_n;
    double best;
    double *records; // (BHI_LM_RECORDS_MAX, width)
    int first_record, n_records;
    int n_recorded;        // steps that have a record
    int recorded_at;       // the last of them
    bh_real *grads;        // (n_params)
    bh_real *work;         // bhi_lm_net_work
    int *tokens, *targets; // (batch_size, context)
    size_t bytes;
    char corpus_sha256[65]; // "" until somebody asks
};
