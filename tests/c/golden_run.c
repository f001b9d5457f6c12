// SPDX-License-Identifier: MIT
// Golden runs, natively: each argument names one ("ENV" or "ENV ALGO name=value …", "pretraining
// FILE TOKENIZER", "sampling FILE TOKENIZER", "text ENV", see tests/golden/golden.mjs, or "resume
// FILE STEPS OUT": the run of a full checkpoint, saved to OUT at the end, or "resume-pretraining FILE
// STEPS OUT TEXT"); prints the name, a tab and the SHA-256 of the parameters it ends with. The same runs in WebAssembly must
// give the same lines, see tests/node/golden_native.test.mjs and tests/golden/runs.json.
#include "envs/registry.h"
#include "io/sha256.h"
#include "kernels/choice.h"
#include "lm/lm_net.h"
#include "lm/pretraining.h"
#include "rl/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS "2000" // where a name has no total_timesteps=

static int fail(const bh_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    return 1;
}

// "name=value", or "preset=name".
static bh_status apply(bh_setup *setup, char *setting, bh_error *err)
{
    char *value = strchr(setting, '=');
    if (value == NULL) return bh_fail(err, BH_ERR_ARGUMENT, "'%s' is not name=value", setting);
    *value++ = '\0';
    if (strcmp(setting, "preset") == 0) return bh_setup_preset(setup, value, err);
    return bh_setup_set(setup, setting, value, err);
}

// The setup a name stands for, seed 0, schedules over the short run. The name is cut in pieces.
static bh_status read_name(bh_setup **out, char *name, bh_error *err)
{
    int has_steps = strstr(name, " total_timesteps=") != NULL;
    const char *id = strtok(name, " "), *algo = strtok(NULL, " ");
    bh_status status = bh_setup_create(out, &bh_all_envs, id != NULL ? id : "", algo, err);
    for (char *s; status == BH_OK && (s = strtok(NULL, " ")) != NULL;) status = apply(*out, s, err);
    if (status == BH_OK) status = bh_setup_set(*out, "seed", "0", err);
    if (status == BH_OK && !has_steps) status = bh_setup_set(*out, "total_timesteps", STEPS, err);
    return status;
}

static int print_run(const char *name)
{
    char pieces[256], hex[65];
    bh_error err = {0};
    bh_setup *setup = NULL;
    bh_run *run = NULL;
    snprintf(pieces, sizeof pieces, "%s", name);
    bh_status status = read_name(&setup, pieces, &err);
    if (status == BH_OK) status = bh_run_create(&run, setup, &err);
    bh_setup_destroy(setup);
    if (status != BH_OK) return fail(&err);
    bh_run_steps(run, bh_run_setup(run)->run.total_timesteps);
    bh_run_fingerprint(run, BH_CURRENT, hex);
    printf("%s\t%s\n", name, hex);
    bh_run_destroy(run);
    return 0;
}

// ---- full checkpoints ----

static char *read_whole(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    fseek(file, 0, SEEK_END);
    *n = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*n);
    if (fread(bytes, 1, *n, file) != *n) *n = 0;
    fclose(file);
    return bytes;
}

static bh_status write_whole(const char *path, const void *bytes, size_t n, bh_error *err)
{
    bh_status status = BH_OK;
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, n, file) != n)
        status = bh_fail(err, BH_ERR_ARGUMENT, "%s cannot be written", path);
    if (file != NULL) fclose(file);
    return status;
}

static bh_status write_full(bh_run *run, const char *path, bh_error *err)
{
    size_t size, n;
    bh_status status = bh_run_save_full(run, NULL, 0, &size, err);
    if (status != BH_OK) return status;
    char *bytes = malloc(size);
    status = bh_run_save_full(run, bytes, size, &n, err);
    if (status == BH_OK) status = write_whole(path, bytes, n, err);
    free(bytes);
    return status;
}

static int print_resumed(const char *name, const char *in, int steps, const char *out)
{
    char hex[65];
    size_t n = 0;
    bh_error err = {0};
    bh_setup *setup = NULL;
    bh_run *run = NULL;
    char *bytes = read_whole(in, &n);
    bh_status status = bh_setup_from_checkpoint(&setup, &bh_all_envs, bytes, n, &err);
    if (status == BH_OK) status = bh_run_resume(&run, setup, bytes, n, &err);
    free(bytes);
    if (status == BH_OK) status = bh_run_steps(run, steps);
    if (status == BH_OK) status = write_full(run, out, &err);
    if (status == BH_OK) {
        bh_run_fingerprint(run, BH_CURRENT, hex);
        printf("%s\t%s\n", name, hex);
    }
    bh_setup_destroy(setup);
    bh_run_destroy(run);
    return status == BH_OK ? 0 : fail(&err);
}

// ---- language models ----

#define PRETRAINING_STEPS 10
#define SAMPLED           100
#define TEXT_STEPS        200
#define TEXTS             200

typedef const char *const settings[][2];

static const settings corpus_settings = {{"seed", "0"}, {"batch_size", "4"}, {"max_steps", "10"}};
static const settings task_settings = {
    {"seed", "0"},    {"batch_size", "8"}, {"max_steps", "10"},  {"d_model", "16"},
    {"n_heads", "2"}, {"n_layers", "1"},   {"validation", "0.1"}};
static const settings run_settings = {
    {"d_model", "16"},         {"n_heads", "2"}, {"n_layers", "1"},         {"batch_size", "16"},
    {"learning_starts", "50"}, {"seed", "0"},    {"total_timesteps", "200"}};

static bh_status configure(bh_pretraining_config *config, const char *const (*rows)[2], size_t n,
                           bh_error *err)
{
    bh_status status = BH_OK;
    bh_config_defaults(&bh_pretraining_table, config);
    for (size_t i = 0; i < n && status == BH_OK; i++) {
        status = bh_config_set(&bh_pretraining_table, config, rows[i][0], rows[i][1], err);
    }
    return status;
}

static char *read_file(const char *name, size_t *n)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/../../envs/data/%s.txt", BH_TEST_DATA, name);
    return read_whole(path, n);
}

static void fingerprint(bh_language_model *model, char hex[65])
{
    bh_tensor tensors[BH_TENSORS_MAX];
    int n =
        bhi_lm_net_tensors(bhi_language_model_net(model), bh_language_model_params(model), tensors);
    bh_checkpoint_fingerprint(tensors, n, hex);
}

// SHA-256 of the ids, two little-endian bytes each.
static void sample(bh_language_model *model, char hex[65])
{
    bh_rng rng = bh_rng_seed(7);
    bh_sampling sampling = {0.8, 0, 0.95};
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    bh_language_model_read(model, NULL, 0);
    for (int i = 0; i < SAMPLED; i++) {
        int id = bh_language_model_write(model, &sampling, &rng);
        bh_sha256_add(&sha, (unsigned char[]){(unsigned char)id, (unsigned char)(id >> 8)}, 2);
    }
    bh_sha256_end(&sha, hex);
}

static int print_corpus(const char *name, int is_sampling, const char *file, const char *tokenizer)
{
    char hex[65];
    size_t n = 0;
    bh_error err = {0};
    bh_pretraining_config config;
    bh_pretraining *training = NULL;
    char *text = read_file(file, &n);
    bh_status status =
        configure(&config, corpus_settings, sizeof corpus_settings / sizeof *corpus_settings, &err);
    if (status == BH_OK)
        status = bh_config_set(&bh_pretraining_table, &config, "tokenizer", tokenizer, &err);
    if (status == BH_OK) status = bh_pretraining_create(&training, &config, text, n, &err);
    free(text);
    if (status != BH_OK) return fail(&err);
    bh_pretraining_steps(training, PRETRAINING_STEPS);
    if (is_sampling) sample(bh_pretraining_model(training), hex);
    else fingerprint(bh_pretraining_model(training), hex);
    printf("%s\t%s\n", name, hex);
    bh_pretraining_destroy(training);
    return 0;
}

static bh_status pretrain_task(bh_pretraining **out, const bh_setup *setup, bh_error *err)
{
    bh_env *env;
    bh_pretraining_config config;
    bh_status status = bh_env_create(&env, setup->env, setup->env_config, err);
    if (status != BH_OK) return status;
    int T = bh_env_observation_space(env)->n;
    bh_env_destroy(env);
    status = configure(&config, task_settings, sizeof task_settings / sizeof *task_settings, err);
    if (status != BH_OK) return status;
    uint16_t *rows = malloc((size_t)(TEXTS * (T + 1)) * sizeof *rows);
    bh_text_task_rows(setup->env->text, rows, TEXTS, T, config.seed);
    status = bh_pretraining_create_rows(out, &config, setup->env->text->token,
                                        setup->env->text->n_tokens, rows, TEXTS, T + 1, err);
    free(rows);
    if (status == BH_OK) bh_pretraining_steps(*out, PRETRAINING_STEPS);
    return status;
}

static bh_status write_training(bh_pretraining *training, const char *path, bh_error *err)
{
    size_t size, n;
    bh_status status = bh_pretraining_save_full(training, NULL, 0, &size, err);
    if (status != BH_OK) return status;
    char *bytes = malloc(size);
    status = bh_pretraining_save_full(training, bytes, size, &n, err);
    if (status == BH_OK) status = write_whole(path, bytes, n, err);
    free(bytes);
    return status;
}

static int print_resumed_training(const char *name, const char *in, int steps, const char *out,
                                  const char *text_path)
{
    char hex[65];
    size_t n = 0, n_text = 0;
    bh_error err = {0};
    bh_pretraining_config config;
    bh_pretraining *training = NULL;
    char *bytes = read_whole(in, &n), *text = read_whole(text_path, &n_text);
    bh_status status = bh_pretraining_config_from_checkpoint(&config, bytes, n, &err);
    if (status == BH_OK)
        status = bh_pretraining_resume(&training, &config, text, n_text, bytes, n, &err);
    free(bytes);
    free(text);
    if (status == BH_OK) {
        bh_pretraining_steps(training, steps);
        status = write_training(training, out, &err);
    }
    if (status == BH_OK) {
        fingerprint(bh_pretraining_model(training), hex);
        printf("%s\t%s\n", name, hex);
    }
    bh_pretraining_destroy(training);
    return status == BH_OK ? 0 : fail(&err);
}

// DQN from a language model of the task's examples.
static int print_text(const char *name, const char *env)
{
    char hex[65];
    bh_error err = {0};
    bh_setup *setup = NULL;
    bh_run *run = NULL;
    bh_pretraining *training = NULL;
    bh_status status = bh_setup_create(&setup, &bh_all_envs, env, "dqn", &err);
    for (size_t i = 0; i < sizeof run_settings / sizeof *run_settings && status == BH_OK; i++) {
        status = bh_setup_set(setup, run_settings[i][0], run_settings[i][1], &err);
    }
    if (status == BH_OK) status = pretrain_task(&training, setup, &err);
    if (status == BH_OK) status = bh_run_create(&run, setup, &err);
    if (status == BH_OK) {
        bh_language_weights weights = bh_language_model_weights(bh_pretraining_model(training));
        status = bh_run_language_model(run, &weights, &err);
    }
    if (status == BH_OK) {
        bh_run_steps(run, TEXT_STEPS);
        bh_run_fingerprint(run, BH_CURRENT, hex);
        printf("%s\t%s\n", name, hex);
    }
    bh_setup_destroy(setup);
    bh_pretraining_destroy(training);
    bh_run_destroy(run);
    return status == BH_OK ? 0 : fail(&err);
}

static int print_one(const char *name)
{
    char kind[32], first[512], second[32], third[512], fourth[512];
    int n = sscanf(name, "%31s %511s %31s %511s %511s", kind, first, second, third, fourth);
    if (n == 4 && strcmp(kind, "resume") == 0)
        return print_resumed(name, first, atoi(second), third);
    if (n == 5 && strcmp(kind, "resume-pretraining") == 0)
        return print_resumed_training(name, first, atoi(second), third, fourth);
    if (n == 2 && strcmp(kind, "text") == 0) return print_text(name, first);
    int is_sampling = strcmp(kind, "sampling") == 0;
    if (n == 3 && (is_sampling || strcmp(kind, "pretraining") == 0)) {
        return print_corpus(name, is_sampling, first, second);
    }
    return print_run(name);
}

int main(int argc, char **argv)
{
    int failures = 0;
    bh_error err;
    if (bh_simd_check(&err) != BH_OK) return fail(&err);
    for (int i = 1; i < argc; i++) failures += print_one(argv[i]);
    return failures != 0;
}
