// SPDX-License-Identifier: MIT
// Language models.
#include "lm/language_model.h"

#include "core/arena.h"
#include "lm/lm_net.h"
#include "lm/sampling.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// A config of nothing else, laid out as it: the rows have the path they have in pre-training's.
typedef struct alone {
    bh_language_model_config model;
} alone;

#define BH_CONFIG_STRUCT alone
static const bh_field fields[] = {BHI_LANGUAGE_MODEL_ROWS};
const bh_config_table bh_language_model_table = BH_CONFIG_TABLE("language model", alone, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_language_model, bh_language_model_table)

struct bh_language_model {
    bh_language_model_config config;
    bh_tokenizer *tokenizer;
    bhi_lm_net net;
    bh_real *params;       // (n_params)
    bh_real *cache;        // of one sequence
    bh_real *logits;       // (V)
    int *history;          // (context) what was read
    int n_read;            // of history
    int *order;            // (V) scratch of sampling
    double *p;             // (V) the same
    bh_real *work;         // of losses
    int *tokens, *targets; // (context)
    size_t bytes;
};

static void layout(void *object, bhi_arena *arena)
{
    bh_language_model *m = object;
    size_t V = (size_t)m->net.body.spec.V, T = (size_t)m->config.context;
    m->params = bhi_arena_array(arena, (size_t)m->net.n_params, sizeof *m->params);
    m->cache = bhi_arena_array(arena, bhi_transformer_cache(&m->net.body, 1), sizeof *m->cache);
    m->logits = bhi_arena_array(arena, V, sizeof *m->logits);
    m->history = bhi_arena_array(arena, T, sizeof *m->history);
    m->order = bhi_arena_array(arena, V, sizeof *m->order);
    m->p = bhi_arena_array(arena, V, sizeof *m->p);
    m->work = bhi_arena_array(arena, bhi_lm_net_work(&m->net, m->config.context), sizeof *m->work);
    m->tokens = bhi_arena_array(arena, T, sizeof *m->tokens);
    m->targets = bhi_arena_array(arena, T, sizeof *m->targets);
}

static bhi_transformer_spec spec_of(const bh_language_model_config *c, int V)
{
    return (bhi_transformer_spec){.V = V,
                                  .T = c->context,
                                  .C = c->d_model,
                                  .H = c->n_heads,
                                  .L = c->n_layers,
                                  .gelu = (bhi_gelu)c->gelu,
                                  .separator = c->architecture ? c->separator : 0};
}

static bh_status check_separator(int separator, int V, bh_error *err)
{
    if (separator == 0) {
        return bh_fail(
            err, BH_ERR_CONFIG,
            "language model: architecture is encoder-decoder, but must be decoder here: only texts "
            "of a source and a target, as those of Translate-v0 and Summarize-v0, have one to "
            "encode");
    }
    if (separator > 0 && separator < V) return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG, "separator is %d, but must be a token, from 1 to %d",
                   separator, V - 1);
}

static bh_status check(const bh_language_model_config *config, int V, bh_error *err)
{
    bh_status status = bh_config_check(&bh_language_model_table, config, err);
    if (status == BH_OK && config->architecture)
        status = check_separator(config->separator, V, err);
    if (status != BH_OK) return status;
    if (config->d_model % (4 * config->n_heads) == 0) return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG,
                   "d_model is %d, but must be a multiple of 4 times n_heads, which is %d",
                   config->d_model, 4 * config->n_heads);
}

bh_status bh_language_model_create(bh_language_model **out, const bh_language_model_config *config,
                                   bh_tokenizer *tokenizer, uint64_t seed, bh_error *err)
{
    *out = NULL;
    int V = bh_tokenizer_size(tokenizer);
    bh_status status = check(config, V, err);
    if (status != BH_OK) return status;
    bhi_transformer_spec spec = spec_of(config, V);
    bh_language_model shape = {.config = *config, .net = bhi_lm_net_shape(&spec, config->tied)};
    bh_language_model *m = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
    if (m == NULL) {
        return bh_fail(err, BH_ERR_MEMORY, "out of memory for a model of %d parameters",
                       shape.net.n_params);
    }
    m->tokenizer = tokenizer;
    bh_rng rng = bh_rng_seed(seed);
    bhi_lm_net_init(&m->net, m->params, &rng);
    bh_language_model_read(m, NULL, 0);
    *out = m;
    return BH_OK;
}

void bh_language_model_destroy(bh_language_model *m)
{
    if (m == NULL) return;
    bh_tokenizer_destroy(m->tokenizer);
    bh_free(m, m->bytes);
}

const bh_language_model_config *bh_language_model_config_of(const bh_language_model *m)
{
    return &m->config;
}

const bh_tokenizer *bh_language_model_tokenizer(const bh_language_model *m)
{
    return m->tokenizer;
}

bh_real *bh_language_model_params(bh_language_model *m)
{
    return m->params;
}

int bh_language_model_n_params(const bh_language_model *m)
{
    return m->net.n_params;
}

const bhi_lm_net *bhi_language_model_net(const bh_language_model *m)
{
    return &m->net;
}

static const char *token_of(const void *user, int id, size_t *n)
{
    return bh_tokenizer_token(user, id, n);
}

bh_language_weights bh_language_model_weights(bh_language_model *m)
{
    return (bh_language_weights){.net = &m->net.body,
                                 .params = m->params,
                                 .tied = m->net.tied,
                                 .head = m->params + m->net.head,
                                 .token = token_of,
                                 .user = m->tokenizer};
}

// ---- reading and writing ----

static void step(bh_language_model *m, int token)
{
    m->history[m->n_read] = token;
    const bh_real *features =
        bhi_transformer_step(&m->net.body, m->params, m->cache, &token, m->n_read, 1);
    bhi_lm_net_logits(&m->net, m->params, m->logits, features, 1);
    m->n_read++;
}

// Reads one token more. A full context is left for its second half, read anew from position 0 on.
static void feed(bh_language_model *m, int token)
{
    int context = m->config.context;
    if (m->n_read == context) {
        int kept = context / 2, from = context - kept;
        m->n_read = 0;
        for (int i = 0; i < kept; i++) step(m, m->history[from + i]);
    }
    step(m, token);
}

void bh_language_model_read(bh_language_model *m, const uint16_t *ids, size_t n)
{
    int V = m->net.body.spec.V;
    size_t context = (size_t)m->config.context, from = 0;
    // What would be left behind need not be read: the same windows as one by one.
    while (n - from > context) from += context - context / 2;
    m->n_read = 0;
    for (size_t i = from; i < n; i++) feed(m, ids[i] < V ? ids[i] : BH_TOKEN_UNKNOWN);
    if (n == 0) feed(m, BH_TOKEN_UNKNOWN);
}

const bh_real *bh_language_model_logits(const bh_language_model *m)
{
    return m->logits;
}

void bh_language_model_next(bh_language_model *m, double *p, const bh_sampling *sampling)
{
    bh_real of_unknown = m->logits[BH_TOKEN_UNKNOWN];
    m->logits[BH_TOKEN_UNKNOWN] = (bh_real)-INFINITY;
    bhi_sampling_distribution(p, m->order, m->logits, m->net.body.spec.V, sampling);
    m->logits[BH_TOKEN_UNKNOWN] = of_unknown;
}

int bh_language_model_write(bh_language_model *m, const bh_sampling *sampling, bh_rng *rng)
{
    bh_language_model_next(m, m->p, sampling);
    int token = bhi_sample_from(m->p, m->net.body.spec.V, rng);
    feed(m, token);
    return token;
}

double bh_language_model_surprise(bh_language_model *m, const uint16_t *ids, size_t n,
                                  int *n_targets)
{
    int T = m->config.context, V = m->net.body.spec.V;
    double sum = 0;
    *n_targets = 0;
    for (size_t at = 0; at + 1 < n; at += (size_t)T) {
        int length = n - 1 - at < (size_t)T ? (int)(n - 1 - at) : T, counted;
        for (int t = 0; t < length; t++) {
            m->tokens[t] = ids[at + (size_t)t] < V ? ids[at + (size_t)t] : BH_TOKEN_UNKNOWN;
            m->targets[t] =
                ids[at + (size_t)t + 1] < V ? ids[at + (size_t)t + 1] : BH_TOKEN_UNKNOWN;
        }
        int n_source = bhi_transformer_source(&m->net.body, m->tokens, length);
        for (int t = 0; t < n_source; t++) m->targets[t] = -1;
        double mean = bhi_lm_net_loss(&m->net, m->params, NULL, m->work, m->tokens, m->targets, 1,
                                      length, &counted);
        sum += mean * counted;
        *n_targets += counted;
    }
    return sum;
}

// ---- files ----

enum { ENTRIES_MAX = 64, OPTION_MAX = 40 };

// The texts of options that metadata entries point into.
typedef struct options {
    char keys[ENTRIES_MAX][OPTION_MAX], values[ENTRIES_MAX][OPTION_MAX];
} options;

static int list_options(bh_checkpoint_entry *entries, options *o, const bh_config_table *table,
                        const void *config)
{
    for (int i = 0; i < table->n_fields; i++) {
        bh_text key = bh_text_over(o->keys[i], OPTION_MAX);
        bh_text value = bh_text_over(o->values[i], OPTION_MAX);
        bh_text_add(&key, "config.%s", table->fields[i].name);
        bh_config_get(table, config, &table->fields[i], &value);
        assert(key.length < OPTION_MAX && value.length < OPTION_MAX);
        entries[i] = (bh_checkpoint_entry){o->keys[i], o->values[i]};
    }
    return table->n_fields;
}

size_t bhi_language_model_write(bh_language_model *m, void *out, size_t size,
                                const bhi_language_extras *extras)
{
    bh_tensor tensors[BH_TENSORS_MAX];
    bh_checkpoint_entry all[ENTRIES_MAX] = {{"format", "bellhop-lm-1"}};
    options texts;
    char separator[16];
    assert(2 + extras->table->n_fields + extras->n_entries <= ENTRIES_MAX);
    int n = 1 + list_options(all + 1, &texts, extras->table, extras->config);
    if (m->net.body.spec.separator > 0) {
        bh_text text = bh_text_over(separator, sizeof separator);
        bh_text_add(&text, "%d", m->net.body.spec.separator);
        all[n++] = (bh_checkpoint_entry){"separator", separator};
    }
    for (int i = 0; i < extras->n_entries; i++) all[n++] = extras->entries[i];
    int n_tensors = bhi_lm_net_tensors(&m->net, m->params, tensors);
    size_t bytes = bh_tokenizer_save(m->tokenizer, NULL, 0);
    void *saved = bh_alloc(bytes);
    if (saved == NULL) return 0;
    bh_tokenizer_save(m->tokenizer, saved, bytes);
    tensors[n_tensors++] = bh_tensor_vector("tokenizer", BH_U8, (int)bytes, saved);
    assert(n_tensors + extras->n_tensors <= BH_TENSORS_MAX);
    for (int i = 0; i < extras->n_tensors; i++) tensors[n_tensors++] = extras->tensors[i];
    size_t total = bh_checkpoint_write(out, size, tensors, n_tensors, all, n);
    bh_free(saved, bytes);
    return total;
}

size_t bh_language_model_save(bh_language_model *m, void *out, size_t size,
                              const bh_checkpoint_entry *entries, int n_entries)
{
    if (n_entries < 0 || n_entries > BH_LM_ENTRIES_MAX) return 0;
    return bhi_language_model_write(m, out, size,
                                    &(bhi_language_extras){.table = &bh_language_model_table,
                                                           .config = &m->config,
                                                           .entries = entries,
                                                           .n_entries = n_entries});
}

int bhi_language_separator_read(const void *bytes, size_t size)
{
    char text[16];
    int found = bh_checkpoint_entry_get(bytes, size, "separator", text, sizeof text), n = 0;
    if (found <= 0) return found;
    for (int i = 0; text[i] != '\0'; i++) {
        if (text[i] < '0' || text[i] > '9' || n > 1 << 20) return -1;
        n = 10 * n + (text[i] - '0');
    }
    return n;
}

// A config out of range is no mistake of the caller's where it comes from a file.
static bh_status damaged(bh_error *err)
{
    if (err != NULL) err->status = BH_ERR_FORMAT;
    return BH_ERR_FORMAT;
}

bh_status bhi_language_config_read(const bh_config_table *table, void *config, const void *bytes,
                                   size_t size, bh_error *err)
{
    char value[OPTION_MAX], key[60];
    if (bh_checkpoint_entry_get(bytes, size, "format", value, sizeof value) != 1 ||
        strcmp(value, "bellhop-lm-1") != 0) {
        return bh_fail(err, BH_ERR_SHAPE, "the checkpoint is not one of a language model");
    }
    bh_config_defaults(table, config);
    for (int i = 0; i < table->n_fields; i++) {
        const char *name = table->fields[i].name;
        bh_text text = bh_text_over(key, sizeof key);
        bh_text_add(&text, "config.%s", name);
        int found = bh_checkpoint_entry_get(bytes, size, key, value, sizeof value);
        if (found == 0) continue;
        if (found < 0) return bh_fail(err, BH_ERR_FORMAT, "%s of the checkpoint is damaged", key);
        if (bh_config_set(table, config, name, value, err) != BH_OK) return damaged(err);
    }
    return BH_OK;
}

static bh_status load_tokenizer(bh_tokenizer **out, const void *bytes, bh_error *err)
{
    size_t n;
    const void *saved = bh_checkpoint_bytes(bytes, "tokenizer", &n);
    if (saved != NULL) return bh_tokenizer_load(out, saved, n, err);
    return bh_fail(err, BH_ERR_FORMAT, "the checkpoint has no tokenizer");
}

static bh_status read_parameters(bh_language_model *m, const void *bytes, size_t size,
                                 bh_error *err)
{
    bh_tensor tensors[BH_TENSORS_MAX];
    int n_tensors = bhi_lm_net_tensors(&m->net, m->params, tensors);
    bh_status status = bh_checkpoint_read(bytes, size, tensors, n_tensors, err);
    if (status == BH_OK) bh_language_model_read(m, NULL, 0);
    return status;
}

bh_status bhi_language_model_take(bh_language_model *m, const void *bytes, size_t size,
                                  bh_error *err)
{
    bh_tokenizer *tokenizer;
    bh_status status = load_tokenizer(&tokenizer, bytes, err);
    if (status != BH_OK) return status;
    int same = bh_tokenizer_equal(tokenizer, m->tokenizer);
    bh_tokenizer_destroy(tokenizer);
    if (same) return read_parameters(m, bytes, size, err);
    return bh_fail(err, BH_ERR_SHAPE, "the checkpoint has another vocabulary than its text gives");
}

bh_status bh_language_model_load(bh_language_model **out, const void *bytes, size_t size,
                                 bh_error *err)
{
    *out = NULL;
    bh_language_model_config config;
    bh_tokenizer *tokenizer;
    bh_status status = bh_checkpoint_check(bytes, size, err);
    if (status == BH_OK)
        status = bhi_language_config_read(&bh_language_model_table, &config, bytes, size, err);
    if (status == BH_OK) {
        config.separator = config.architecture ? bhi_language_separator_read(bytes, size) : 0;
        if (config.architecture && config.separator <= 0)
            status = bh_fail(err, BH_ERR_FORMAT, "the checkpoint has no separator of a source");
    }
    if (status == BH_OK) status = load_tokenizer(&tokenizer, bytes, err);
    if (status != BH_OK) return status;
    status = bh_language_model_create(out, &config, tokenizer, 0, err);
    if (status != BH_OK) {
        bh_tokenizer_destroy(tokenizer);
        return status == BH_ERR_CONFIG ? damaged(err) : status;
    }
    status = read_parameters(*out, bytes, size, err);
    if (status == BH_OK) return BH_OK;
    bh_language_model_destroy(*out);
    *out = NULL;
    return status;
}
