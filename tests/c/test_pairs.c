// SPDX-License-Identifier: MIT
// Language models of encoder and decoder, from pairs of texts to agents that start from one: reading
// with a cache against a forward pass, what is learned of a pair, files, what is refused.
#include "envs/registry.h"
#include "lm/corpus_windows.h"
#include "lm/lm_net.h"
#include "lm/ngram.h"
#include "lm/pretraining.h"

#include "check.h"
#include "core/alloc.h"
#include "core/fmath.h"
#include "core/logits.h"
#include "make_run.h"

#include <stdlib.h>

enum { SEPARATOR = 4, V = 7, ACTIONS_MAX = 128, CONTEXT = 12 };

static const char *word(int id)
{
    static const char *const words[] = {"", "a", "b", "c", "=", "d", "."};
    return words[id];
}

// ---- reading and writing ----

// Away from the start, where all texts look alike.
static bh_language_model *make(int tied)
{
    bh_tokenizer *tokenizer;
    bh_language_model *m;
    CHECK_STATUS(bh_tokenizer_from_words(&tokenizer, word, V, NULL), BH_OK);
    bh_language_model_config config = {CONTEXT, 8, 2, 2, tied, BHI_GELU_TANH, 1, SEPARATOR};
    CHECK_STATUS(bh_language_model_create(&m, &config, tokenizer, 3, NULL), BH_OK);
    bh_rng rng = bh_rng_seed(8);
    bh_real *params = bh_language_model_params(m);
    for (int i = 0; i < bh_language_model_n_params(m); i++)
        params[i] += (bh_real)(0.4 * bh_rng_normal(&rng));
    bh_language_model_read(m, NULL, 0);
    return m;
}

// The logits after the last of n tokens, without a cache.
static const bh_real *logits_after(bh_language_model *m, const uint16_t *ids, int n)
{
    static bh_real acts[20000], logits[V];
    const bhi_lm_net *net = bhi_language_model_net(m);
    int tokens[CONTEXT], last = n - 1;
    CHECK(n <= CONTEXT && bhi_transformer_acts(&net->body, 1, n) <= 20000);
    for (int i = 0; i < n; i++) tokens[i] = ids[i];
    const bh_real *params = bh_language_model_params(m);
    const bh_real *features =
        bhi_transformer_forward(&net->body, params, acts, tokens, &last, 1, n);
    bhi_lm_net_logits(net, params, logits, features, 1);
    return logits;
}

static const uint16_t pair[CONTEXT] = {1, 3, 2, 5, SEPARATOR, 5, 2, SEPARATOR, 3, 1, 6, 2};

static void test_a_cache_leaves_the_bits(void)
{
    for (int tied = 0; tied < 2; tied++) {
        bh_language_model *m = make(tied);
        size_t bytes = V * sizeof(bh_real);
        for (int n = 1; n <= CONTEXT; n++) {
            bh_language_model_read(m, pair, (size_t)n);
            CHECK(memcmp(bh_language_model_logits(m), logits_after(m, pair, n), bytes) == 0);
        }
        // What it writes goes through the same cache.
        uint16_t text[CONTEXT];
        bh_rng rng = bh_rng_seed(2);
        memcpy(text, pair, sizeof text);
        bh_language_model_read(m, text, 6);
        for (int n = 6; n < CONTEXT; n++) {
            text[n] = (uint16_t)bh_language_model_write(m, &BH_SAMPLING_DEFAULT, &rng);
            CHECK(memcmp(bh_language_model_logits(m), logits_after(m, text, n + 1), bytes) == 0);
        }
        bh_language_model_destroy(m);
    }
}

static void test_surprise_is_that_of_the_target(void)
{
    bh_language_model *m = make(1);
    int n_targets;
    double sum = 0;
    for (int n = 5; n < CONTEXT; n++) { // from the separator on
        const bh_real *logits = logits_after(m, pair, n);
        sum += bhi_log_sum_exp(logits, V) - (double)logits[pair[n]];
    }
    CHECK_NEAR(bh_language_model_surprise(m, pair, CONTEXT, &n_targets), sum, 1e-6 * sum);
    CHECK(n_targets == CONTEXT - 5);
    // Without a separator all of it is one.
    bh_language_model_surprise(m, pair, 4, &n_targets);
    CHECK(n_targets == 3);
    bh_language_model_destroy(m);
}

static void test_files(void)
{
    for (int tied = 0; tied < 2; tied++) {
        bh_language_model *m = make(tied), *back;
        size_t size = bh_language_model_save(m, NULL, 0, NULL, 0);
        void *bytes = malloc(size);
        CHECK(bh_language_model_save(m, bytes, size, NULL, 0) == size);
        CHECK_STATUS(bh_language_model_load(&back, bytes, size, NULL), BH_OK);
        const bh_language_model_config *config = bh_language_model_config_of(back);
        CHECK(config->architecture == 1 && config->separator == SEPARATOR);
        bh_language_model_read(m, pair, CONTEXT);
        bh_language_model_read(back, pair, CONTEXT);
        CHECK(memcmp(bh_language_model_logits(m), bh_language_model_logits(back),
                     V * sizeof(bh_real)) == 0);
        CHECK(bh_checkpoint_has(bytes, size, "transformer.wte.weight"));
        CHECK(bh_checkpoint_has(bytes, size, "transformer.encoder.norm.weight"));
        CHECK(bh_checkpoint_has(bytes, size,
                                "transformer.decoder.layers.1.multihead_attn.out_proj.weight"));
        char value[32];
        CHECK(bh_checkpoint_entry_get(bytes, size, "config.architecture", value, sizeof value) ==
              1);
        CHECK_STRING(value, "encoder-decoder");
        free(bytes);
        bh_language_model_destroy(back);
        bh_language_model_destroy(m);
    }
    CHECK(bh_live_bytes() == 0);
}

static void test_separators_that_cannot_be(void)
{
    static const struct {
        int separator;
        const char *part;
    } wrong[] = {{0, "a source and a target"},
                 {V, "separator is 7, but must be a token, from 1 to 6"},
                 {-1, "separator"}};
    bh_tokenizer *tokenizer;
    CHECK_STATUS(bh_tokenizer_from_words(&tokenizer, word, V, NULL), BH_OK);
    for (int i = 0; i < 3; i++) {
        bh_language_model *m;
        bh_error err = {0};
        bh_language_model_config config = {8, 8, 2, 1, 1, 0, 1, wrong[i].separator};
        CHECK_STATUS(bh_language_model_create(&m, &config, tokenizer, 1, &err), BH_ERR_CONFIG);
        if (!CHECK(strstr(err.message, wrong[i].part) != NULL)) printf("    %s\n", err.message);
    }
    bh_tokenizer_destroy(tokenizer);
}

// ---- pre-training ----

enum { N_ROWS = 40, WIDTH = 7 };

// A text of two words, and the same backwards.
static bh_pretraining *pretrain_rows(int architecture, uint64_t seed)
{
    static const uint16_t texts[4][WIDTH] = {{1, 2, SEPARATOR, 2, 1, 6, 0},
                                             {1, 3, SEPARATOR, 3, 1, 6, 0},
                                             {2, 3, SEPARATOR, 3, 2, 6, 0},
                                             {3, SEPARATOR, 3, 6, 0, 0, 0}};
    static uint16_t rows[N_ROWS * WIDTH];
    for (int i = 0; i < N_ROWS; i++) memcpy(rows + i * WIDTH, texts[i % 4], sizeof *texts);
    bh_pretraining_config config = bh_pretraining_config_default();
    config.seed = seed;
    config.model = (bh_language_model_config){0, 16, 2, 1, 1, 0, architecture, SEPARATOR};
    config.validation = 0.2;
    config.eval_freq = 0;
    bh_pretraining *t;
    CHECK_STATUS(bh_pretraining_create_rows(&t, &config, word, V, rows, N_ROWS, WIDTH, NULL),
                 BH_OK);
    return t;
}

static void test_targets_are_learned_and_sources_are_not(void)
{
    bh_pretraining *t = pretrain_rows(1, 0);
    const bh_corpus *corpus = bh_pretraining_corpus(t);
    int tokens[WIDTH], targets[WIDTH];
    bhi_corpus_window(corpus, tokens, targets, 0, WIDTH - 1);
    const int want[] = {-1, -1, 2, 1, 6, -1};
    CHECK(memcmp(targets, want, sizeof want) == 0);
    for (size_t at = 0; at < WIDTH; at++) CHECK(bhi_corpus_is_given(corpus, at) == (at <= 2));
    CHECK_NEAR(bh_pretraining_validate(t, 0), bh_log(V), 0.2);
    bh_pretraining_steps(t, 300);
    double per_text = bh_pretraining_tokens(t) / (300 * 8); // 3 of three texts, 2 of the fourth
    CHECK(per_text > 2.6 && per_text < 2.9);
    CHECK(bh_pretraining_validate(t, 0) < 0.05); // the source says it all
    bh_ngram_scores ngrams;
    CHECK_STATUS(bh_ngram_score(&ngrams, corpus, V, WIDTH - 1, NULL), BH_OK);
    CHECK(ngrams.trigram < ngrams.unigram && ngrams.trigram > 1 && ngrams.unigram < V);
    double p[V];
    bh_language_model *m = bh_pretraining_model(t);
    bh_language_model_read(m, (const uint16_t[]){2, 3, SEPARATOR}, 3);
    bh_language_model_next(m, p, &BH_SAMPLING_DEFAULT);
    CHECK(p[3] > 0.9);
    bh_language_model_read(m, (const uint16_t[]){2, 3, SEPARATOR, 3}, 4);
    bh_language_model_next(m, p, &BH_SAMPLING_DEFAULT);
    CHECK(p[2] > 0.9);
    bh_pretraining_destroy(t);
    // A decoder learns the sources too, whatever the separator is.
    t = pretrain_rows(0, 0);
    CHECK(!bhi_corpus_is_given(bh_pretraining_corpus(t), 0));
    bh_pretraining_steps(t, 100);
    CHECK(bh_pretraining_tokens(t) > 100 * 8 * 3.5);
    CHECK(bhi_language_model_net(bh_pretraining_model(t))->body.spec.separator == 0);
    bh_pretraining_destroy(t);
    CHECK(bh_live_bytes() == 0);
}

static void test_a_resumed_training_has_the_bits(void)
{
    bh_pretraining *whole = pretrain_rows(1, 5), *half = pretrain_rows(1, 5), *rest;
    size_t size;
    bh_pretraining_steps(whole, 20);
    bh_pretraining_steps(half, 9);
    CHECK_STATUS(bh_pretraining_save_full(half, NULL, 0, &size, NULL), BH_OK);
    void *bytes = malloc(size);
    CHECK_STATUS(bh_pretraining_save_full(half, bytes, size, &size, NULL), BH_OK);
    const bh_corpus *corpus = bh_pretraining_corpus(half);
    bh_pretraining_config config;
    CHECK_STATUS(bh_pretraining_config_from_checkpoint(&config, bytes, size, NULL), BH_OK);
    CHECK(config.model.architecture == 1 && config.model.separator == SEPARATOR);
    CHECK_STATUS(bh_pretraining_resume_rows(&rest, &config, word, V, bh_corpus_ids(corpus), N_ROWS,
                                            WIDTH, bytes, size, NULL),
                 BH_OK);
    bh_pretraining_steps(rest, 11);
    bh_language_model *a = bh_pretraining_model(whole), *b = bh_pretraining_model(rest);
    CHECK(memcmp(bh_language_model_params(a), bh_language_model_params(b),
                 (size_t)bh_language_model_n_params(a) * sizeof(bh_real)) == 0);
    free(bytes);
    bh_pretraining_destroy(whole);
    bh_pretraining_destroy(half);
    bh_pretraining_destroy(rest);
}

static void test_a_text_has_no_source(void)
{
    char text[400];
    for (int i = 0; i < 400; i++) text[i] = "abc="[i * 7 % 4];
    bh_pretraining_config config = bh_pretraining_config_default();
    config.model.context = 8;
    config.model.architecture = 1;
    config.model.separator = 1;
    bh_pretraining *t;
    bh_error err = {0};
    CHECK_STATUS(bh_pretraining_create(&t, &config, text, 400, &err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "a source and a target") != NULL && bh_live_bytes() == 0);
}

// ---- agents ----

#define TINY \
    "d_model", "8", "n_heads", "2", "n_layers", "1", "eval_freq", "0", "total_timesteps", "400"
#define TINY_DQN TINY, "learning_starts", "40", "batch_size", "8", "buffer_size", "300"
#define PAIR     "features_extractor", "encoder-decoder"

static bh_pretraining *pretrain_task(const char *id, int architecture, int steps)
{
    const bh_env_def *def;
    bh_env *env;
    CHECK_STATUS(bh_registry_find(&bh_all_envs, id, &def, NULL), BH_OK);
    CHECK_STATUS(bh_env_create(&env, def, NULL, NULL), BH_OK);
    int T = bh_env_observation_space(env)->n;
    bh_env_destroy(env);
    uint16_t *rows = malloc((size_t)(100 * (T + 1)) * sizeof *rows);
    bh_text_task_rows(def->text, rows, 100, T, 3);
    bh_pretraining_config config = bh_pretraining_config_default();
    config.model = (bh_language_model_config){
        0, 8, 2, 1, 1, 0, architecture, architecture ? def->text->source_ends_at : 0};
    config.batch_size = 8;
    bh_pretraining *t;
    CHECK_STATUS(bh_pretraining_create_rows(&t, &config, def->text->token, def->text->n_tokens,
                                            rows, 100, T + 1, NULL),
                 BH_OK);
    free(rows);
    bh_pretraining_steps(t, steps);
    return t;
}

static bh_language_weights weights_of(bh_pretraining *t)
{
    return bh_language_model_weights(bh_pretraining_model(t));
}

// Observations of these tasks have their separator in front of what is written.
static void check_observation(const bh_text_task *task, const float *obs, int n)
{
    int at = 0;
    while (at < n && obs[at] != (float)task->source_ends_at && obs[at] != 0) at++;
    CHECK(at > 0 && at < n && obs[at] == (float)task->source_ends_at);
}

// log p of the actions, from the language model, after the text of an observation.
static void log_p_of(bh_language_model *m, const bh_text_task *task, const float *obs, int n, int A,
                     const double *like, double *log_p)
{
    uint16_t ids[64];
    int length = 0;
    double total = 0;
    while (length < n && obs[length] != 0) {
        ids[length] = (uint16_t)obs[length];
        length++;
    }
    bh_language_model_read(m, ids, (size_t)length);
    const bh_real *logits = bh_language_model_logits(m);
    for (int a = 0; a < A; a++) {
        if (like[a] > -1e29) total += exp((double)logits[task->action_tokens[a]]);
    }
    for (int a = 0; a < A; a++) log_p[a] = (double)logits[task->action_tokens[a]] - log(total);
}

static void check_policy(const char *id)
{
    bh_pretraining *t = pretrain_task(id, 1, 30);
    bh_language_weights lm = weights_of(t);
    bh_run *run = make_run(&bh_all_envs, id, "ppo",
                           OPTIONS(TINY, PAIR, "n_envs", "4", "n_steps", "16", "batch_size", "16"));
    CHECK_STATUS(bh_run_language_model(run, &lm, NULL), BH_OK);
    CHECK_STATUS(bh_run_steps(run, 12), BH_OK);
    bh_last_step last;
    double own[ACTIONS_MAX], prior[ACTIONS_MAX], want[ACTIONS_MAX];
    int n = bh_run_observation_space(run)->n, A = bh_run_n_actions(run);
    const bh_text_task *task = bh_run_setup(run)->env->text;
    float obs[64];
    bh_run_last_step(run, &last);
    memcpy(obs, last.obs_tm1, (size_t)n * sizeof *obs);
    check_observation(task, obs, n);
    bh_run_q_values(run, own, obs, 1);
    CHECK(bh_run_log_prior(run, prior, obs, 1) == 1);
    log_p_of(bh_pretraining_model(t), task, obs, n, A, own, want);
    for (int a = 0; a < A; a++) {
        CHECK(prior[a] == own[a]);
        if (own[a] > -1e29) CHECK_NEAR(own[a], want[a], 1e-4);
    }
    CHECK_STATUS(bh_run_steps(run, 300), BH_OK); // learns: the reference stays
    double after[ACTIONS_MAX], same[ACTIONS_MAX];
    bh_run_q_values(run, after, obs, 1);
    bh_run_log_prior(run, same, obs, 1);
    CHECK(memcmp(after, own, (size_t)A * sizeof *own) != 0);
    CHECK(memcmp(same, prior, (size_t)A * sizeof *same) == 0);
    bh_run_destroy(run);
    bh_pretraining_destroy(t);
}

static void test_a_policy_starts_as_the_language_model(void)
{
    check_policy("Translate-v0");
    check_policy("Summarize-v0");
}

// Four blocks in either stack: as many tensors as there can be, and the longest names.
static void test_dqn_keeps_it_as_its_prior(void)
{
    static const char *const sizes[] = {"1", "4"};
    for (int i = 0; i < 2; i++) {
        const char *const *options =
            i == 0 ? OPTIONS(TINY_DQN, PAIR, "prior", "true", "prior_beta", "0.5")
                   : OPTIONS(PAIR, "d_model", "8", "n_heads", "2", "n_layers", sizes[1], "net_arch",
                             "4,4,4,4,4,4,4,4", "eval_freq", "0", "total_timesteps", "400",
                             "dueling", "true", "noisy", "true", "prior", "true");
        bh_run *run = make_run(&bh_all_envs, "Translate-v0", "dqn", options);
        bh_run *other = make_run(&bh_all_envs, "Translate-v0", "dqn", options);
        bh_pretraining *t = pretrain_task("Translate-v0", 1, 10);
        bh_language_weights lm = weights_of(t);
        if (i == 0) CHECK_STATUS(bh_run_language_model(run, &lm, NULL), BH_OK);
        CHECK_STATUS(bh_run_steps(run, 60), BH_OK);
        check_round_trip(run, other);
        saved kept = save(run, BH_CURRENT);
        CHECK(bh_checkpoint_has(kept.bytes, kept.size,
                                "q_net.features_extractor.decoder.layers.0.multihead_attn.out_proj."
                                "weight"));
        free(kept.bytes);
        double prior[ACTIONS_MAX];
        bh_last_step last;
        bh_run_last_step(run, &last);
        CHECK(bh_run_log_prior(other, prior, last.obs_tm1, 1) == (i == 0));
        bh_pretraining_destroy(t);
        bh_run_destroy(other);
        bh_run_destroy(run);
    }
}

static void test_shapes_that_do_not_fit(void)
{
    bh_error err = {0};
    bh_pretraining *decoder = pretrain_task("Translate-v0", 0, 0);
    bh_pretraining *both = pretrain_task("Translate-v0", 1, 0);
    bh_language_weights lm = weights_of(decoder);
    bh_run *run = make_run(&bh_all_envs, "Translate-v0", "dqn", OPTIONS(TINY_DQN, PAIR));
    CHECK_STATUS(bh_run_language_model(run, &lm, &err), BH_ERR_SHAPE);
    CHECK(strstr(err.message, "needs features_extractor transformer, but here it is "
                              "encoder-decoder") != NULL);
    bh_run_destroy(run);
    lm = weights_of(both);
    run = make_run(&bh_all_envs, "Translate-v0", "dqn", OPTIONS(TINY_DQN));
    CHECK_STATUS(bh_run_language_model(run, &lm, &err), BH_ERR_SHAPE);
    CHECK(strstr(err.message, "needs features_extractor encoder-decoder") != NULL);
    bh_run_destroy(run);
    static const char *const ids[] = {"TextGen-v1", "CartPole-v1"};
    static const char *const parts[] = {"a source and a target", "observations that are text"};
    for (int i = 0; i < 2; i++) {
        bh_setup *setup = make_setup(&bh_all_envs, ids[i], "dqn", OPTIONS(PAIR));
        CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
        if (!CHECK(strstr(err.message, parts[i]) != NULL)) printf("    %s\n", err.message);
        bh_setup_destroy(setup);
    }
    bh_pretraining_destroy(decoder);
    bh_pretraining_destroy(both);
}

// As a caller may give them: no source, no end of it, ids that are none.
static void test_observations_that_cannot_be(void)
{
    bh_run *run = make_run(&bh_all_envs, "Translate-v0", "dqn", OPTIONS(TINY_DQN, PAIR));
    int n = bh_run_observation_space(run)->n, A = bh_run_n_actions(run);
    float separator = (float)bh_run_setup(run)->env->text->source_ends_at;
    float obs[4][64] = {{0}};
    double q[4 * ACTIONS_MAX];
    for (int t = 0; t < n; t++) {
        obs[1][t] = separator;
        obs[2][t] = 5;
        obs[3][t] = t % 2 == 0 ? -3.5F : 1e9F;
    }
    for (int i = 0; i < 4; i++) {
        bh_run_q_values(run, q, obs[i], 1);
        for (int a = 0; a < A; a++) CHECK(isfinite(q[a]));
    }
    bh_run_destroy(run);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_a_cache_leaves_the_bits);
    CHECK_RUN(test_surprise_is_that_of_the_target);
    CHECK_RUN(test_files);
    CHECK_RUN(test_separators_that_cannot_be);
    CHECK_RUN(test_targets_are_learned_and_sources_are_not);
    CHECK_RUN(test_a_resumed_training_has_the_bits);
    CHECK_RUN(test_a_text_has_no_source);
    CHECK_RUN(test_a_policy_starts_as_the_language_model);
    CHECK_RUN(test_dqn_keeps_it_as_its_prior);
    CHECK_RUN(test_shapes_that_do_not_fit);
    CHECK_RUN(test_observations_that_cannot_be);
    return check_report();
}
