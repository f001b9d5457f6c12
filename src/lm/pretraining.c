// SPDX-License-Identifier: MIT
// Pre-training.
#include "lm/pretraining_state.h"

#include "core/arena.h"
#include "kernels/elementwise.h"
#include "lm/corpus_windows.h"
#include "optim/schedule.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define BH_CONFIG_STRUCT bh_pretraining_config
static const bh_field fields[] = {
    BH_SEED(seed, BH_DEFAULT("0"), BH_RANGE(0, BH_SEED_MAX), BH_RESET,
            "Everything random in the training follows from it"),
    BH_CHOICE(tokenizer, BH_DEFAULT("char"), BH_WORDS("char|word|bpe"), BH_RESET,
              "What text is cut into: characters, words, or byte pairs"),
    BH_INT(vocab_size, BH_DEFAULT("512"), BH_RANGE(2, 8192), BH_RESET,
           "Most tokens the vocabulary may have"),
    BHI_LANGUAGE_MODEL_ROWS,
    BH_REAL(validation, BH_DEFAULT("0.1"), BH_RANGE(0.001, 0.9), BH_RESET,
            "Share of the corpus that is held out"),
    BH_INT(max_steps, BH_DEFAULT("2000"), BH_RANGE(1, 10000000), BH_LIVE,
           "Optimizer steps of the training"),
    BH_INT(batch_size, BH_DEFAULT("8"), BH_RANGE(1, 1024), BH_RESET, "Windows of a step"),
    BH_REAL_AT(learning_rate.start, learning_rate, BH_DEFAULT("0.006"), BH_RANGE(0, 10), BH_LIVE,
               "Step size of the optimizer"),
    BHI_SCHEDULE_ROWS(learning_rate, "cosine", "0.0005", "0.05"),
    BH_REAL(max_grad_norm, BH_DEFAULT("1"), BH_RANGE(0, 1e9), BH_LIVE,
            "Maximum gradient norm; 0 disables clipping"),
    BH_INT(eval_freq, BH_DEFAULT("100"), BH_RANGE(0, 10000000), BH_LIVE,
           "Steps between two evaluations on held-out text; 0 for none"),
    BH_INT(eval_windows, BH_DEFAULT("32"), BH_RANGE(1, 100000), BH_LIVE,
           "Held-out windows of an evaluation"),
    BH_INT(log_freq, BH_DEFAULT("10"), BH_RANGE(1, 10000000), BH_LIVE,
           "Steps between two training records"),
    BHI_OPTIMIZER_ROWS(optimizer, "adamw", "1e-8"),
};
const bh_config_table bh_pretraining_table =
    BH_CONFIG_TABLE("pretraining", bh_pretraining_config, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_pretraining, bh_pretraining_table)

static const bhi_lm_net *net_of(const bh_pretraining *t)
{
    return bhi_language_model_net(t->model);
}

static void layout(void *object, bhi_arena *arena)
{
    bh_pretraining *t = object;
    const bh_pretraining_config *c = &t->config;
    size_t P = (size_t)net_of(t)->n_params, n = (size_t)c->batch_size * (size_t)c->model.context;
    t->records =
        bhi_arena_array(arena, BHI_LM_RECORDS_MAX * BH_LM_RECORD_WIDTH, sizeof *t->records);
    t->grads = bhi_arena_array(arena, P, sizeof *t->grads);
    t->work = bhi_arena_array(arena, bhi_lm_net_work(net_of(t), c->model.context), sizeof *t->work);
    t->tokens = bhi_arena_array(arena, n, sizeof *t->tokens);
    t->targets = bhi_arena_array(arena, n, sizeof *t->targets);
    bhi_optimizer_layout(&t->optimizer, arena, &c->optimizer, net_of(t)->n_params);
}

// ---- creating ----

// Around a tokenizer and a corpus, which are taken over, on failure too.
static bh_status assemble(bh_pretraining **out, const bh_pretraining_config *config,
                          bh_tokenizer *tokenizer, bh_corpus *corpus, bh_error *err)
{
    bh_rng rng = bh_rng_seed(config->seed);
    bh_pretraining shape = {.config = *config, .corpus = corpus};
    bh_status status =
        bh_language_model_create(&shape.model, &config->model, tokenizer, bh_rng_next(&rng), err);
    if (status != BH_OK) {
        bh_tokenizer_destroy(tokenizer);
        bh_corpus_destroy(corpus);
        return status;
    }
    bh_pretraining *t = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
    if (t == NULL) {
        bh_language_model_destroy(shape.model);
        bh_corpus_destroy(corpus);
        return bh_fail(err, BH_ERR_MEMORY, "out of memory for pre-training");
    }
    bhi_optimizer_init(&t->optimizer);
    t->rng = bh_rng_split(&rng);
    t->best = INFINITY;
    *out = t;
    return BH_OK;
}

bh_status bh_pretraining_create(bh_pretraining **out, const bh_pretraining_config *config,
                                const char *text, size_t n, bh_error *err)
{
    *out = NULL;
    bh_status status = bh_config_check(&bh_pretraining_table, config, err);
    if (status != BH_OK) return status;
    bh_pretraining_config own = *config;
    own.model.separator = 0; // a text is cut into windows anywhere: none has a source
    bh_tokenizer *tokenizer;
    bh_corpus *corpus;
    status = bh_tokenizer_create(&tokenizer, (bh_tokenizer_kind)config->tokenizer,
                                 config->vocab_size, text, n, err);
    if (status != BH_OK) return status;
    status = bh_corpus_create(&corpus, tokenizer, text, n, config->model.context,
                              config->validation, err);
    if (status != BH_OK) {
        bh_tokenizer_destroy(tokenizer);
        return status;
    }
    return assemble(out, &own, tokenizer, corpus, err);
}

bh_status bh_pretraining_create_rows(bh_pretraining **out, const bh_pretraining_config *config,
                                     const char *(*word)(int id), int V, const uint16_t *rows,
                                     int n_rows, int width, bh_error *err)
{
    *out = NULL;
    bh_pretraining_config own = *config;
    own.model.context = width > 0 ? width - 1 : 0;
    bh_status status = bh_config_check(&bh_pretraining_table, &own, err);
    if (status != BH_OK) return status;
    bh_tokenizer *tokenizer;
    bh_corpus *corpus;
    status = bh_tokenizer_from_words(&tokenizer, word, V, err);
    if (status != BH_OK) return status;
    int separator = own.model.architecture ? own.model.separator : 0;
    status = bh_corpus_create_rows(&corpus, rows, n_rows, width, separator, own.validation, err);
    if (status != BH_OK) {
        bh_tokenizer_destroy(tokenizer);
        return status;
    }
    return assemble(out, &own, tokenizer, corpus, err);
}

void bh_pretraining_destroy(bh_pretraining *t)
{
    if (t == NULL) return;
    bh_language_model_destroy(t->model);
    bh_corpus_destroy(t->corpus);
    bh_free(t, t->bytes);
}

// ---- training ----

static void record(bh_pretraining *t, const double row[BH_LM_RECORD_WIDTH])
{
    t->n_recorded += t->recorded_at != t->steps;
    t->recorded_at = t->steps;
    int at = (t->first_record + t->n_records) % BHI_LM_RECORDS_MAX;
    memcpy(t->records + at * BH_LM_RECORD_WIDTH, row, BH_LM_RECORD_WIDTH * sizeof *row);
    if (t->n_records < BHI_LM_RECORDS_MAX) t->n_records++;
    else t->first_record = (t->first_record + 1) % BHI_LM_RECORDS_MAX;
}

// Goes on with a batch of `count` windows, which are in place: one part of it. Returns whether there
// are more.
static int add_part(bh_pretraining *t, bh_real *grads, int count)
{
    bhi_lm_batch *b = &t->batch;
    int T = t->config.model.context, part = bhi_lm_net_part(T);
    if (!b->is_open) {
        *b = (bhi_lm_batch){1, count, .n_targets = bhi_lm_net_count(t->targets, count * T)};
        if (grads != NULL) memset(grads, 0, (size_t)net_of(t)->n_params * sizeof *grads);
    }
    if (part > b->count - b->at) part = b->count - b->at;
    if (b->n_targets > 0)
        b->sum += bhi_lm_net_add_loss(net_of(t), bh_language_model_params(t->model), grads, t->work,
                                      t->tokens + b->at * T, t->targets + b->at * T, part, T,
                                      b->n_targets);
    b->at += part;
    b->is_open = b->at < b->count;
    return b->is_open;
}

static double mean_of(const bhi_lm_batch *b)
{
    return b->n_targets > 0 ? b->sum / b->n_targets : 0;
}

static void end_step(bh_pretraining *t)
{
    const bh_pretraining_config *c = &t->config;
    int n_params = net_of(t)->n_params;
    double norm = sqrt(bhi_sum_of_squares(t->grads, n_params));
    // The first step is not the end of nothing: with a warm-up it would have a rate of 0.
    double rate = bhi_schedule_at(&c->learning_rate, 1, (t->steps + 1) / (double)c->max_steps);
    t->optimizer.settings = c->optimizer;
    bhi_optimizer_step(&t->optimizer, bh_language_model_params(t->model), t->grads, rate,
                       bhi_clip_scale(norm, c->max_grad_norm));
    t->steps++;
    t->n_tokens += t->batch.n_targets;
    t->loss_sum += mean_of(&t->batch);
    t->norm_sum += norm;
    t->sums_n++;
}

// What is logged after a step, with its evaluation if there is one: who drains the records has both.
static void record_steps(bh_pretraining *t)
{
    const bh_pretraining_config *c = &t->config;
    if (t->steps % c->log_freq != 0) return;
    double rate = bhi_schedule_at(&c->learning_rate, 1, t->steps / (double)c->max_steps);
    record(t, (double[]){BH_LM_RECORD_TRAIN, t->steps, t->loss_sum / t->sums_n, rate,
                         t->norm_sum / t->sums_n});
    t->loss_sum = t->norm_sum = 0;
    t->sums_n = 0;
}

// A part of a step.
static void step(bh_pretraining *t)
{
    const bh_pretraining_config *c = &t->config;
    if (!t->batch.is_open) {
        t->before = t->rng;
        bhi_corpus_sample(t->corpus, t->tokens, t->targets, c->batch_size, c->model.context,
                          &t->rng);
    }
    if (add_part(t, t->grads, c->batch_size)) return;
    end_step(t);
    t->is_validating = c->eval_freq > 0 && t->steps % c->eval_freq == 0;
    t->validation = (bhi_lm_validation){0};
    if (!t->is_validating) record_steps(t);
}

// A part of a loss over held-out windows; returns whether there are more.
static int validate(bh_pretraining *t, int windows)
{
    bhi_lm_validation *v = &t->validation;
    int T = t->config.model.context, all = bhi_corpus_windows(t->corpus, T),
        B = t->config.batch_size;
    if (v->n == 0) v->n = windows > 0 && windows < all ? windows : all;
    int count = v->n - v->at < B ? v->n - v->at : B;
    for (int b = 0; b < count && !t->batch.is_open; b++) {
        int at = (int)((int64_t)(v->at + b) * all / v->n);
        bhi_corpus_window(t->corpus, t->tokens + b * T, t->targets + b * T, at, T);
    }
    if (count > 0 && add_part(t, NULL, count)) return 1;
    if (count > 0) v->sum += mean_of(&t->batch) * t->batch.n_targets;
    v->targets += count > 0 ? t->batch.n_targets : 0;
    v->at += count;
    return v->at < v->n;
}

static double loss_of(const bhi_lm_validation *v)
{
    return v->targets > 0 ? v->sum / v->targets : 0;
}

// A part of the evaluation after a step.
static void evaluate(bh_pretraining *t)
{
    if (validate(t, t->config.eval_windows)) return;
    double loss = loss_of(&t->validation);
    int is_best = loss < t->best;
    if (is_best) t->best = loss;
    t->is_validating = 0;
    record_steps(t);
    record(t, (double[]){BH_LM_RECORD_EVAL, t->steps, loss, is_best, 0});
}

bh_status bh_pretraining_steps(bh_pretraining *t, int n)
{
    if (n < 0) return BH_ERR_ARGUMENT;
    int end = t->steps > BHI_STATE_STEPS_MAX - n ? BHI_STATE_STEPS_MAX : t->steps + n;
    bh_status status = BH_OK;
    while (status == BH_OK && (t->steps < end || t->batch.is_open || t->is_validating)) {
        if (t->is_validating) evaluate(t);
        else step(t);
        if (t->interrupt != NULL && t->interrupt(t->interrupt_user)) status = BH_PENDING;
    }
    bh_language_model_read(t->model, NULL, 0); // what it had read was with other parameters
    return t->steps < end || t->batch.is_open || t->is_validating ? status : BH_OK;
}

void bh_pretraining_set_interrupt(bh_pretraining *t, bh_interrupt *interrupt, void *user)
{
    t->interrupt = interrupt;
    t->interrupt_user = user;
}

bh_status bh_pretraining_set(bh_pretraining *t, const char *name, const char *value, bh_error *err)
{
    const bh_field *field = bh_config_find(&bh_pretraining_table, name);
    if (field != NULL && !(field->flags & BH_LIVE)) {
        return bh_fail(err, BH_ERR_CONFIG, "%s takes effect with a new training only", name);
    }
    return bh_config_set(&bh_pretraining_table, &t->config, name, value, err);
}

double bh_pretraining_validate(bh_pretraining *t, int windows)
{
    if (windows < 0) return NAN;
    if (t->batch.is_open && !t->is_validating) t->rng = t->before;
    t->batch.is_open = 0;
    t->validation = (bhi_lm_validation){0};
    while (validate(t, windows)) {}
    double loss = loss_of(&t->validation);
    t->validation = (bhi_lm_validation){0};
    return loss;
}

int bh_pretraining_done(const bh_pretraining *t)
{
    return t->steps;
}

double bh_pretraining_tokens(const bh_pretraining *t)
{
    return t->n_tokens;
}

bh_language_model *bh_pretraining_model(bh_pretraining *t)
{
    return t->model;
}

const bh_corpus *bh_pretraining_corpus(const bh_pretraining *t)
{
    return t->corpus;
}

const bh_pretraining_config *bh_pretraining_config_of(const bh_pretraining *t)
{
    return &t->config;
}

int bh_pretraining_drain(bh_pretraining *t, double *out, int max)
{
    if (max < 0) return BH_ERR_ARGUMENT;
    int n = t->n_records < max ? t->n_records : max;
    for (int i = 0; i < n; i++) {
        memcpy(out + i * BH_LM_RECORD_WIDTH, t->records + t->first_record * BH_LM_RECORD_WIDTH,
               BH_LM_RECORD_WIDTH * sizeof *out);
        t->first_record = (t->first_record + 1) % BHI_LM_RECORDS_MAX;
    }
    t->n_records -= n;
    return n;
}
