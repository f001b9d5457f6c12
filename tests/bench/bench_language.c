// SPDX-License-Identifier: MIT
// Cases of `npm run bench`: a language model of d_model 64 and the like, 2 layers, 4 heads, windows of
// 64, a vocabulary of 128: a step of pre-training, writing with its cache, and parts of the step.
#include "bench_case.h"

#include "kernels/elementwise.h"
#include "lm/pretraining_state.h"
#include "lm/sampling.h"
#include "nn/attention.h"
#include "optim/schedule.h"

#include <string.h>

#define LM_TOKENS 128
#define LM_WIDTH  65
#define LM_ROWS   256
#define LM_RATE   1e-3

static const char *lm_word(int id)
{
    static char word[4];
    word[0] = (char)('a' + id / 26);
    word[1] = (char)('a' + id % 26);
    return word;
}

static int start_lm(bench_case *c)
{
    bh_pretraining_config config;
    static uint16_t rows[LM_ROWS * LM_WIDTH];
    for (int i = 0; i < LM_ROWS * LM_WIDTH; i++) {
        rows[i] = (uint16_t)(1 + bh_rng_below(&c->rng, LM_TOKENS - 1));
    }
    bh_config_defaults(&bh_pretraining_table, &config);
    config.model.d_model = c->a;
    config.batch_size = c->b;
    config.eval_freq = 0;
    config.learning_rate = (bh_schedule_config){BHI_CONSTANT, LM_RATE, LM_RATE, 0, 1};
    return bh_pretraining_create_rows(&c->training, &config, lm_word, LM_TOKENS, rows, LM_ROWS,
                                      LM_WIDTH, NULL) == BH_OK;
}

static void run_lm(bench_case *c, int n)
{
    bh_pretraining_steps(c->training, n);
}

// tokens (B,T)   targets (B,T)
static void layout_lm(bench_case *c, bhi_arena *arena)
{
    bench_layout_record(c, arena, 2 * (size_t)c->b * (LM_WIDTH - 1));
}

static void record_lm(bench_case *c)
{
    const bh_pretraining *t = c->training;
    int n = c->n_record / 2;
    run_lm(c, 1);
    for (int i = 0; i < n; i++) {
        c->record[i] = (bh_real)t->tokens[i];
        c->record[n + i] = (bh_real)t->targets[i];
    }
}

static bench_array values_lm(bench_case *c, int which)
{
    bh_language_model *model = bh_pretraining_model(c->training);
    (void)which;
    return (bench_array){bh_language_model_params(model), bh_language_model_n_params(model)};
}

// ---- writing: the most probable token after the others, from one until the context is full ----

enum { WRITTEN = LM_WIDTH - 2 };

static void layout_decode(bench_case *c, bhi_arena *arena)
{
    bench_layout_record(c, arena, WRITTEN);
}

static int start_decode(bench_case *c)
{
    c->b = 1;
    return start_lm(c);
}

static void run_decode(bench_case *c, int n)
{
    static const bh_sampling greedy = {.top_p = 1};
    bh_language_model *model = bh_pretraining_model(c->training);
    for (; n > 0; n--) {
        bh_language_model_read(model, NULL, 0);
        for (int i = 0; i < WRITTEN; i++)
            c->record[i] = (bh_real)bh_language_model_write(model, &greedy, &c->rng);
    }
}

static void record_decode(bench_case *c)
{
    run_decode(c, 1);
}

// ---- parts of the step ----

// Over one sequence of 64: x, y (64, 4 d_model), w the probabilities and scratch.
static void layout_lm_parts(bench_case *c, bhi_arena *arena)
{
    size_t wide = 64 * 4 * (size_t)c->a;
    c->x = bhi_arena_array(arena, wide, sizeof *c->x);
    c->y = bhi_arena_array(arena, wide, sizeof *c->y);
    c->params = bhi_arena_array(arena, bhi_attention_probabilities(64, 4), sizeof *c->params);
    c->w = bhi_arena_array(arena, bhi_attention_scratch(64), sizeof *c->w);
    c->grads = bhi_arena_array(arena, wide, sizeof *c->grads);
}

static int start_lm_parts(bench_case *c)
{
    for (int i = 0; i < 64 * 4 * c->a; i++) c->x[i] = (bh_real)(2 * bh_rng_uniform(&c->rng) - 1);
    bhi_attention_forward(c->y, c->params, c->x, 0, 64, c->a, 4);
    return 1;
}

static void run_attention(bench_case *c, int n)
{
    for (; n > 0; n--) bhi_attention_forward(c->y, c->params, c->x, 0, 64, c->a, 4);
}

static void run_attention_backward(bench_case *c, int n)
{
    for (; n > 0; n--)
        bhi_attention_backward(c->grads, c->w, c->x, c->x, c->params, 0, 64, c->a, 4);
}

static void run_gelu(bench_case *c, int n)
{
    for (; n > 0; n--) {
        memcpy(c->grads, c->x, 64 * 4 * (size_t)c->a * sizeof *c->x);
        bhi_gelu_forward(c->y, c->grads, BHI_GELU_TANH, 64 * 4 * c->a);
    }
}

static void run_gelu_backward(bench_case *c, int n)
{
    for (; n > 0; n--) {
        memcpy(c->y, c->x, 64 * 4 * (size_t)c->a * sizeof *c->y);
        bhi_gelu_backward(c->y, c->x, 64 * 4 * c->a);
    }
}

static void run_cross_entropy(bench_case *c, int n)
{
    int target[64] = {0};
    for (; n > 0; n--) {
        memcpy(c->y, c->x, 64 * (size_t)LM_TOKENS * sizeof *c->y);
        bhi_cross_entropy(c->y, target, 1, 64, LM_TOKENS);
    }
}

// ---- the table ----

const bench_kind bench_language_kinds[] = {
    {"lm", layout_lm, start_lm, run_lm, record_lm, values_lm},                     // d_model, batch
    {"decode", layout_decode, start_decode, run_decode, record_decode, values_lm}, // d_model
    {"attention", layout_lm_parts, start_lm_parts, run_attention, NULL, NULL},     // d_model
    {"attention_backward", layout_lm_parts, start_lm_parts, run_attention_backward, NULL, NULL},
    {"gelu", layout_lm_parts, start_lm_parts, run_gelu, NULL, NULL},
    {"gelu_backward", layout_lm_parts, start_lm_parts, run_gelu_backward, NULL, NULL},
    {"cross_entropy", layout_lm_parts, start_lm_parts, run_cross_entropy, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
