// SPDX-License-Identifier: MIT
// The symbols bellhop-text.wasm has beyond those of bellhop.wasm: agents whose actions are a Box,
// and language models. As in exports.c, nothing is decided here.
//
// Texts go in as bytes with their length; token ids as u16.
#include "core/alloc.h"
#include "core/fmath.h"
#include "envs/registry.h"
#include "lm/lm_net.h"
#include "lm/ngram.h"
#include "lm/pretraining.h"
#include "rl/run.h"
#include "wasm/exports.h"
#include "wasm/script_env.h"

#include <string.h>

const bh_registry *const bhx_shipped = &bh_all_envs;

// ---- environments that somebody else steps ----

/// The action is in bhx_run_last_step and bhx_run_box.
BHX_EXPORT(int, bhx_run_act)(bh_run *run, const float *obs)
{
    bh_status status = bhx_check_observations(run, obs, 1);
    return status == BH_OK ? bh_run_act(run, obs, &bhx_last_error) : status;
}

BHX_EXPORT(int, bhx_run_observe)
(bh_run *run, const float *obs, double reward, int terminated, int truncated)
{
    bh_status status = bhx_check_observations(run, obs, 1);
    bh_step step = {reward, terminated, truncated};
    return status == BH_OK ? bh_run_observe(run, &step, obs, &bhx_last_error) : status;
}

BHX_EXPORT(void, bhx_run_learn)(bh_run *run)
{
    bh_run_learn(run);
}

// ---- runs whose actions are a Box ----

/// The numbers of the last action where actions are a Box; borrowed from the run.
BHX_EXPORT(const float *, bhx_run_box)(const bh_run *run)
{
    bh_last_step last;
    bh_run_last_step(run, &last);
    return last.box;
}

/// actions (n, numbers) f32 out, of a Box; obs (n, floats).
BHX_EXPORT(int, bhx_run_greedy_box)(bh_run *run, float *actions, const float *obs, int n)
{
    bh_status status = bhx_check_observations(run, obs, n);
    if (status == BH_OK) bh_run_greedy_box(run, actions, obs, n);
    return status;
}

/// q (n) f64 out: values of actions (n, numbers) f32 of a Box in obs (n, floats). 1, 0 where the
/// algorithm has none, or a status.
BHX_EXPORT(int, bhx_run_box_values)
(bh_run *run, double *q, const float *obs, const float *actions, int n)
{
    bh_status status = bhx_check_observations(run, obs, n);
    return status == BH_OK ? bh_run_box_values(run, q, obs, actions, n) : status;
}

// ---- language models ----

/// JSON of the table of pre-training, as a table of bhx_catalog.
BHX_EXPORT(const char *, bhx_pretraining_fields)(void)
{
    bh_text out = bhx_begin_text();
    bh_config_describe(&bh_pretraining_table, &out);
    return bhx_text_buffer;
}

/// JSON {"width", "train", "eval"}: numbers of a record of bhx_pretraining_drain, and the first
/// number of each kind.
BHX_EXPORT(const char *, bhx_pretraining_records)(void)
{
    bh_text out = bhx_begin_text();
    bh_text_add(&out, "{\"width\":%d,\"train\":%d,\"eval\":%d}", BH_LM_RECORD_WIDTH,
                BH_LM_RECORD_TRAIN, BH_LM_RECORD_EVAL);
    return bhx_text_buffer;
}

/// Bytes of the longest text.
BHX_EXPORT(size_t, bhx_text_bytes_max)(void)
{
    return BH_TEXT_BYTES_MAX;
}

// ---- pre-training ----

/// A config with its defaults; free with bhx_pretraining_config_destroy.
BHX_EXPORT(bh_pretraining_config *, bhx_pretraining_config_create)(void)
{
    bh_pretraining_config *config = bh_alloc(sizeof *config);
    if (config == NULL) bh_fail(&bhx_last_error, BH_ERR_MEMORY, "out of memory");
    else bh_config_defaults(&bh_pretraining_table, config);
    return config;
}

BHX_EXPORT(void, bhx_pretraining_config_destroy)(bh_pretraining_config *config)
{
    if (config != NULL) bh_free(config, sizeof *config);
}

BHX_EXPORT(int, bhx_pretraining_config_set)
(bh_pretraining_config *config, const char *name, const char *value)
{
    return bh_config_set(&bh_pretraining_table, config, name, value, &bhx_last_error);
}

/// JSON {"name": "value as text", …} of a config.
BHX_EXPORT(const char *, bhx_pretraining_config_describe)(const bh_pretraining_config *config)
{
    bh_text out = bhx_begin_text();
    for (int i = 0; i < bh_pretraining_table.n_fields; i++) {
        char buffer[64];
        bh_text value = bh_text_over(buffer, sizeof buffer);
        const bh_field *field = &bh_pretraining_table.fields[i];
        bh_config_get(&bh_pretraining_table, config, field, &value);
        bh_text_add(&out, "%c\"%s\":", i == 0 ? '{' : ',', field->name);
        bh_text_add_json(&out, buffer);
    }
    bh_text_add(&out, "}");
    return bhx_text_buffer;
}

static bh_pretraining *interruptible(bh_pretraining *training)
{
    if (training != NULL) bh_pretraining_set_interrupt(training, bhx_interrupt, NULL);
    return training;
}

BHX_EXPORT(bh_pretraining *, bhx_pretraining_create)
(const bh_pretraining_config *config, const char *text, size_t n)
{
    bh_pretraining *training;
    bh_pretraining_create(&training, config, text, n, &bhx_last_error);
    return interruptible(training);
}

// Of n_texts examples of a setup's environment, drawn from the config's seed; bytes: NULL, or the
// full checkpoint it is made from.
static bh_pretraining *make_of_task(const bh_pretraining_config *config, const bh_setup *setup,
                                    int n_texts, const void *bytes, size_t size)
{
    bh_pretraining *training = NULL;
    const bh_text_task *task = setup->env->text;
    bh_env *env;
    if (task == NULL) {
        bh_fail(&bhx_last_error, BH_ERR_CONFIG, "%s has no vocabulary to pre-train on",
                setup->env->id);
        return NULL;
    }
    if (bh_env_create(&env, setup->env, setup->env_config, &bhx_last_error) != BH_OK) return NULL;
    int T = bh_env_observation_space(env)->n;
    bh_env_destroy(env);
    int most = (1 << 30) / (T + 1);
    if (n_texts < 2 || n_texts > most) {
        bh_fail(&bhx_last_error, BH_ERR_ARGUMENT, "nTexts is %d, but must be between 2 and %d",
                n_texts, most);
        return NULL;
    }
    size_t row_bytes = (size_t)n_texts * (size_t)(T + 1) * sizeof(uint16_t);
    uint16_t *rows = bh_alloc(row_bytes);
    if (rows == NULL) {
        bh_fail(&bhx_last_error, BH_ERR_MEMORY, "out of memory for %d texts", n_texts);
        return NULL;
    }
    bh_text_task_rows(task, rows, n_texts, T, config->seed);
    bh_pretraining_config own = *config;
    own.model.separator = own.model.architecture ? task->source_ends_at : 0;
    if (bytes == NULL)
        bh_pretraining_create_rows(&training, &own, task->token, task->n_tokens, rows, n_texts,
                                   T + 1, &bhx_last_error);
    else
        bh_pretraining_resume_rows(&training, &own, task->token, task->n_tokens, rows, n_texts,
                                   T + 1, bytes, size, &bhx_last_error);
    bh_free(rows, row_bytes);
    return interruptible(training);
}

/// On n_texts examples of a setup's environment, drawn from the config's seed.
BHX_EXPORT(bh_pretraining *, bhx_pretraining_create_task)
(const bh_pretraining_config *config, const bh_setup *setup, int n_texts)
{
    return make_of_task(config, setup, n_texts, NULL, 0);
}

/// Returns the bytes a full checkpoint takes; written when size is enough. -1: out of memory.
BHX_EXPORT(double, bhx_pretraining_save_full)(bh_pretraining *training, void *out, size_t size)
{
    size_t n;
    bh_status status = bh_pretraining_save_full(training, out, size, &n, &bhx_last_error);
    return status == BH_OK ? (double)n : -1;
}

/// The config of a full checkpoint; free with bhx_pretraining_config_destroy.
BHX_EXPORT(bh_pretraining_config *, bhx_pretraining_config_from_checkpoint)
(const void *bytes, size_t size)
{
    bh_pretraining_config *config = bhx_pretraining_config_create();
    if (config == NULL ||
        bh_pretraining_config_from_checkpoint(config, bytes, size, &bhx_last_error) == BH_OK)
        return config;
    bhx_pretraining_config_destroy(config);
    return NULL;
}

/// The training of a full checkpoint, on its text.
BHX_EXPORT(bh_pretraining *, bhx_pretraining_resume)
(const bh_pretraining_config *config, const char *text, size_t n, const void *bytes, size_t size)
{
    bh_pretraining *training;
    bh_pretraining_resume(&training, config, text, n, bytes, size, &bhx_last_error);
    return interruptible(training);
}

/// The same on examples; see bhx_pretraining_create_task.
BHX_EXPORT(bh_pretraining *, bhx_pretraining_resume_task)
(const bh_pretraining_config *config, const bh_setup *setup, int n_texts, const void *bytes,
 size_t size)
{
    return make_of_task(config, setup, n_texts, bytes, size);
}

BHX_EXPORT(void, bhx_pretraining_destroy)(bh_pretraining *training)
{
    bh_pretraining_destroy(training);
}

/// 1 where it was interrupted.
BHX_EXPORT(int, bhx_pretraining_steps)(bh_pretraining *training, int n)
{
    return bh_pretraining_steps(training, n);
}

BHX_EXPORT(int, bhx_pretraining_set)(bh_pretraining *training, const char *name, const char *value)
{
    return bh_pretraining_set(training, name, value, &bhx_last_error);
}

BHX_EXPORT(int, bhx_pretraining_done)(const bh_pretraining *training)
{
    return bh_pretraining_done(training);
}

BHX_EXPORT(double, bhx_pretraining_tokens)(const bh_pretraining *training)
{
    return bh_pretraining_tokens(training);
}

/// Mean loss over held-out windows; 0: all.
BHX_EXPORT(double, bhx_pretraining_validate)(bh_pretraining *training, int windows)
{
    return bh_pretraining_validate(training, windows);
}

/// out (max, width of bhx_pretraining_records): see bh_pretraining_drain.
BHX_EXPORT(int, bhx_pretraining_drain)(bh_pretraining *training, double *out, int max)
{
    return bh_pretraining_drain(training, out, max);
}

BHX_EXPORT(const bh_pretraining_config *, bhx_pretraining_config)(const bh_pretraining *training)
{
    return bh_pretraining_config_of(training);
}

/// Borrowed from the training.
BHX_EXPORT(bh_language_model *, bhx_pretraining_model)(bh_pretraining *training)
{
    return bh_pretraining_model(training);
}

/// out (5): tokens of the corpus, of the learned part, perplexity of the unigram model, of the
/// trigram model, its k.
BHX_EXPORT(int, bhx_pretraining_ngrams)(const bh_pretraining *training, double *out)
{
    const bh_corpus *corpus = bh_pretraining_corpus(training);
    const bh_pretraining_config *config = bh_pretraining_config_of(training);
    bh_language_model *model = bh_pretraining_model((bh_pretraining *)training);
    bh_ngram_scores scores;
    bh_status status =
        bh_ngram_score(&scores, corpus, bh_tokenizer_size(bh_language_model_tokenizer(model)),
                       config->model.context, &bhx_last_error);
    if (status != BH_OK) return status;
    double row[5] = {(double)bh_corpus_tokens(corpus), (double)bh_corpus_train_tokens(corpus),
                     scores.unigram, scores.trigram, scores.k};
    memcpy(out, row, sizeof row);
    return BH_OK;
}

// ---- language models ----

BHX_EXPORT(bh_language_model *, bhx_lm_load)(const void *bytes, size_t size)
{
    bh_language_model *model;
    bh_language_model_load(&model, bytes, size, &bhx_last_error);
    return model;
}

BHX_EXPORT(void, bhx_lm_destroy)(bh_language_model *model)
{
    bh_language_model_destroy(model);
}

/// Returns the bytes the checkpoint takes; written when size is enough. 0: out of memory.
BHX_EXPORT(size_t, bhx_lm_save)(bh_language_model *model, void *out, size_t size)
{
    return bh_language_model_save(model, out, size, NULL, 0);
}

/// JSON {"vocabulary", "parameters", "context", "d_model", "n_heads", "n_layers", "tied", "gelu",
/// "architecture", "tokenizer"}; the last three are words of the options, tokenizer also "words".
BHX_EXPORT(const char *, bhx_lm_describe)(bh_language_model *model)
{
    static const char *const tokenizers[] = {
        [BH_TOKENIZER_CHAR] = "char",
        [BH_TOKENIZER_WORD] = "word",
        [BH_TOKENIZER_BPE] = "bpe",
        [BH_TOKENIZER_WORDS] = "words",
    };
    const bh_language_model_config *c = bh_language_model_config_of(model);
    const bh_tokenizer *tokenizer = bh_language_model_tokenizer(model);
    bh_text out = bhx_begin_text();
    bh_text_add(&out, "{\"vocabulary\":%d,\"parameters\":%d,\"context\":%d,\"d_model\":%d,",
                bh_tokenizer_size(tokenizer), bh_language_model_n_params(model), c->context,
                c->d_model);
    bh_text_add(&out, "\"n_heads\":%d,\"n_layers\":%d,\"tied\":%s,\"gelu\":\"", c->n_heads,
                c->n_layers, c->tied ? "true" : "false");
    bh_config_get(&bh_language_model_table, c, bh_config_find(&bh_language_model_table, "gelu"),
                  &out);
    bh_text_add(&out, "\",\"architecture\":\"");
    bh_config_get(&bh_language_model_table, c,
                  bh_config_find(&bh_language_model_table, "architecture"), &out);
    bh_text_add(&out, "\",\"tokenizer\":\"%s\"}", tokenizers[bh_tokenizer_kind_of(tokenizer)]);
    return bhx_text_buffer;
}

/// The text of a token, *n bytes, borrowed; NULL when there is no such token.
BHX_EXPORT(const char *, bhx_lm_token)(bh_language_model *model, int id, int *n)
{
    const bh_tokenizer *tokenizer = bh_language_model_tokenizer(model);
    if (id < 0 || id >= bh_tokenizer_size(tokenizer)) return NULL;
    size_t bytes;
    const char *text = bh_tokenizer_token(tokenizer, id, &bytes);
    *n = (int)bytes;
    return text;
}

// The task with a talk whose vocabulary the tokenizer has; NULL without one.
static const bh_text_task *task_with_talk(const bh_tokenizer *tokenizer)
{
    for (int i = 0; i < bhx_shipped->n; i++) {
        const bh_text_task *task = bhx_shipped->defs[i]->text;
        if (task == NULL || task->talk == NULL || task->n_tokens != bh_tokenizer_size(tokenizer))
            continue;
        int id = 1;
        for (; id < task->n_tokens; id++) {
            size_t n;
            const char *token = bh_tokenizer_token(tokenizer, id, &n), *own = task->token(id);
            if (n != strlen(own) || memcmp(token, own, n) != 0) break;
        }
        if (id == task->n_tokens) return task;
    }
    return NULL;
}

/// JSON of what a reader is shown for ids (n), as bh_text_task.talk has it; "null" where the
/// vocabulary is not that of an environment with a talk.
BHX_EXPORT(const char *, bhx_lm_talk)
(bh_language_model *model, const uint16_t *ids, int n, uint32_t key)
{
    const bh_text_task *task = task_with_talk(bh_language_model_tokenizer(model));
    bh_text out = bhx_begin_text();
    if (task == NULL) bh_text_add(&out, "null");
    else task->talk(ids, n, key, &out);
    if (bh_text_fits(&out)) return bhx_text_buffer;
    bh_fail(&bhx_last_error, BH_ERR_ARGUMENT, "the talk of %d tokens is too long", n);
    return NULL;
}

/// ids (max) u16 out; returns how many the text has.
BHX_EXPORT(int, bhx_lm_encode)
(bh_language_model *model, uint16_t *ids, int max, const char *text, size_t n)
{
    return (int)bh_tokenizer_encode(bh_language_model_tokenizer(model), ids, (size_t)max, text, n);
}

BHX_EXPORT(void, bhx_lm_read)(bh_language_model *model, const uint16_t *ids, int n)
{
    bh_language_model_read(model, ids, (size_t)n);
}

/// p (V) f64 out: the distribution of the next token.
BHX_EXPORT(void, bhx_lm_next)
(bh_language_model *model, double *p, double temperature, int top_k, double top_p)
{
    bh_sampling sampling = {temperature, top_k, top_p};
    bh_language_model_next(model, p, &sampling);
}

/// ids (n) u16 out: written one after the other, from a stream that starts at `rng` (16 bytes, in
/// and out).
BHX_EXPORT(void, bhx_lm_write)
(bh_language_model *model, uint16_t *ids, int n, double temperature, int top_k, double top_p,
 bh_rng *rng)
{
    bh_sampling sampling = {temperature, top_k, top_p};
    for (int i = 0; i < n; i++) {
        ids[i] = (uint16_t)bh_language_model_write(model, &sampling, rng);
    }
}

/// Mean of -log p of ids (n) after the first one; NaN when there is none.
BHX_EXPORT(double, bhx_lm_loss)(bh_language_model *model, const uint16_t *ids, int n)
{
    int n_targets;
    double sum = bh_language_model_surprise(model, ids, (size_t)n, &n_targets);
    return n_targets > 0 ? sum / n_targets : 0.0 / 0.0;
}

/// SHA-256 of the parameters.
BHX_EXPORT(const char *, bhx_lm_fingerprint)(bh_language_model *model)
{
    bh_tensor tensors[BH_TENSORS_MAX];
    int n =
        bhi_lm_net_tensors(bhi_language_model_net(model), bh_language_model_params(model), tensors);
    bh_checkpoint_fingerprint(tensors, n, bhx_text_buffer);
    return bhx_text_buffer;
}

// ---- runs that start from one ----

BHX_EXPORT(int, bhx_run_language_model)(bh_run *run, bh_language_model *model)
{
    bh_language_weights weights = bh_language_model_weights(model);
    return bh_run_language_model(run, &weights, &bhx_last_error);
}

/// log_p (n, actions) f64 out; obs (n, floats). 1 when a model is kept.
BHX_EXPORT(int, bhx_run_log_prior)(bh_run *run, double *log_p, const float *obs, int n)
{
    return bh_run_log_prior(run, log_p, obs, n);
}

/// The live options of a setup's environment, for an environment of the same kind.
BHX_EXPORT(void, bhx_env_configure)(bh_env *env, const bh_setup *setup)
{
    bh_env_configure(env, setup->env_config);
}
