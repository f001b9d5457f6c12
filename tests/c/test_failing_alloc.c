// SPDX-License-Identifier: MIT
// Every allocation refused in turn, over every public create, load, save and learn, of all
// algorithms in all environments and of language models: BH_ERR_MEMORY with a message, nothing left
// behind, and the same call works once there is memory.
#include "core/alloc.h"
#include "envs/registry.h"
#include "lm/ngram.h"
#include "lm/pretraining.h"
#include "rl/vec_env.h"

#include "check.h"
#include "failing_alloc.h"
#include "make_run.h"

#include <stdlib.h>

// What the calls below use, made while there was memory.
static struct {
    bh_setup *setup;
    bh_run *run;
    saved file, full, lm, training;
    bh_pretraining_config config;
    bh_pretraining *pretraining;
} with;

static int n_calls, n_refused; // tries, and those in which an allocation was refused

// ---- one call each: what it makes, it destroys ----

static bh_status make_a_setup(bh_error *err)
{
    bh_setup *setup;
    bh_status status =
        bh_setup_create(&setup, &bh_all_envs, with.setup->env->id, with.setup->agent->name, err);
    CHECK((setup == NULL) == (status != BH_OK));
    bh_setup_destroy(setup);
    return status;
}

static bh_status make_setup_of_file(bh_error *err)
{
    bh_setup *setup;
    bh_status status =
        bh_setup_from_checkpoint(&setup, &bh_all_envs, with.file.bytes, with.file.size, err);
    CHECK((setup == NULL) == (status != BH_OK));
    bh_setup_destroy(setup);
    return status;
}

static bh_status make_envs(bh_error *err)
{
    bh_env *envs;
    bh_status status = bh_vec_env_create(&envs, with.setup->env, with.setup->env_config,
                                         with.setup->run.n_envs, err);
    CHECK((envs == NULL) == (status != BH_OK));
    bh_env_destroy(envs);
    return status;
}

static bh_status make_a_run(bh_error *err)
{
    bh_run *run;
    bh_status status = bh_run_create(&run, with.setup, err);
    CHECK((run == NULL) == (status != BH_OK));
    bh_run_destroy(run);
    return status;
}

static bh_status resume(bh_error *err)
{
    bh_run *run;
    bh_status status = bh_run_resume(&run, with.setup, with.full.bytes, with.full.size, err);
    CHECK((run == NULL) == (status != BH_OK));
    bh_run_destroy(run);
    return status;
}

static bh_status load(bh_error *err)
{
    return bh_run_load(with.run, with.file.bytes, with.file.size, err);
}

static bh_status load_parameters(bh_error *err)
{
    int n;
    return bh_run_load_parameters(with.run, with.file.bytes, with.file.size, &n, err);
}

static bh_status save_run(bh_error *err)
{
    (void)err;
    return bh_run_save(with.run, BH_CURRENT, with.file.bytes, with.file.size) == with.file.size
               ? BH_OK
               : BH_ERR_MEMORY;
}

static bh_status save_full(bh_error *err)
{
    size_t n;
    return bh_run_save_full(with.run, with.full.bytes, with.full.size, &n, err);
}

static bh_status watch(bh_error *err)
{
    bh_status status = bh_run_watch(with.run, 1, err);
    bh_run_watch(with.run, 0, NULL);
    return status;
}

static bh_status learn(bh_error *err)
{
    (void)err;
    return bh_run_steps(with.run, 40);
}

static bh_status evaluate(bh_error *err)
{
    bh_score score;
    (void)err;
    return bh_run_evaluate(with.run, BH_BEST, 1, 1, &score);
}

// ---- language models ----

static const char text[] =
    "a bee and a bear, a bee and a deer, a bear and a deer, a bee or a bear, "
    "a deer or a bee, a bear or a deer and a bee, a bear, a deer and a bee.";

static const char *word(int id)
{
    static const char *const words[] = {"", "a", "bee", "bear"};
    return words[id];
}

static bh_status make_tokenizer(bh_tokenizer_kind kind, bh_error *err)
{
    bh_tokenizer *tokenizer;
    bh_status status = bh_tokenizer_create(&tokenizer, kind, 30, text, sizeof text - 1, err);
    CHECK((tokenizer == NULL) == (status != BH_OK));
    bh_tokenizer_destroy(tokenizer);
    return status;
}

static bh_status make_char(bh_error *err)
{
    return make_tokenizer(BH_TOKENIZER_CHAR, err);
}

static bh_status make_word(bh_error *err)
{
    return make_tokenizer(BH_TOKENIZER_WORD, err);
}

static bh_status make_bpe(bh_error *err)
{
    return make_tokenizer(BH_TOKENIZER_BPE, err);
}

static bh_status pretrain(bh_error *err)
{
    bh_pretraining *training;
    bh_status status = bh_pretraining_create(&training, &with.config, text, sizeof text - 1, err);
    CHECK((training == NULL) == (status != BH_OK));
    bh_pretraining_destroy(training);
    return status;
}

static bh_status pretrain_rows(bh_error *err)
{
    static const uint16_t rows[4 * 9] = {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3};
    bh_pretraining *training;
    bh_status status =
        bh_pretraining_create_rows(&training, &with.config, word, 4, rows, 4, 9, err);
    CHECK((training == NULL) == (status != BH_OK));
    bh_pretraining_destroy(training);
    return status;
}

static bh_status resume_training(bh_error *err)
{
    bh_pretraining *training;
    bh_status status = bh_pretraining_resume(&training, &with.config, text, sizeof text - 1,
                                             with.training.bytes, with.training.size, err);
    CHECK((training == NULL) == (status != BH_OK));
    bh_pretraining_destroy(training);
    return status;
}

static bh_status save_training(bh_error *err)
{
    size_t n;
    return bh_pretraining_save_full(with.pretraining, with.training.bytes, with.training.size, &n,
                                    err);
}

static bh_status train(bh_error *err)
{
    (void)err;
    return bh_pretraining_steps(with.pretraining, 3);
}

static bh_status load_model(bh_error *err)
{
    bh_language_model *model;
    bh_status status = bh_language_model_load(&model, with.lm.bytes, with.lm.size, err);
    CHECK((model == NULL) == (status != BH_OK));
    bh_language_model_destroy(model);
    return status;
}

static bh_status save_model(bh_error *err)
{
    (void)err;
    return bh_language_model_save(bh_pretraining_model(with.pretraining), with.lm.bytes,
                                  with.lm.size, NULL, 0) == with.lm.size
               ? BH_OK
               : BH_ERR_MEMORY;
}

static bh_status score_ngrams(bh_error *err)
{
    bh_ngram_scores scores;
    return bh_ngram_score(&scores, bh_pretraining_corpus(with.pretraining), 30, 8, err);
}

// ---- the allocations ----

typedef struct call {
    const char *name;
    bh_status (*make)(bh_error *err);
    int n;    // allocations it makes: 0, or 1 for some
    int says; // gives a message
} call;

static void refuse_each(const call *c, const char *of, const char *by)
{
    size_t live = bh_live_bytes();
    for (int n = 1; CHECK(n < 1000); n++) {
        bh_error err = {0};
        failing_alloc_begin(n);
        bh_status status = c->make(&err);
        n_calls++;
        int requests = failing.requests, blocks = failing.blocks;
        failing_alloc_end();
        int ok = CHECK(blocks == 0) & CHECK(bh_live_bytes() == live);
        if (status == BH_OK) {
            ok &= CHECK(requests < n) & CHECK((requests > 0) == (c->n > 0));
            if (!ok) printf("    %s %s %s: %d allocations\n", of, by, c->name, requests);
            return;
        }
        n_refused++;
        ok &= CHECK_STATUS(status, BH_ERR_MEMORY) & CHECK(requests >= n);
        ok &= CHECK(!c->says || strstr(err.message, "out of memory") != NULL);
        if (!ok) printf("    %s %s %s, allocation %d: %s\n", of, by, c->name, n, err.message);
        if (!ok) return;
    }
}

static const call calls[] = {
    {"setup", make_a_setup, 1, 1},
    {"setup of a checkpoint", make_setup_of_file, 1, 1},
    {"environments", make_envs, 1, 1},
    {"run", make_a_run, 1, 1},
    {"resume", resume, 1, 1},
    {"save in full", save_full, 1, 1},
    {"watch", watch, 1, 1},
    {"load", load, 0, 1},
    {"load parameters", load_parameters, 0, 1},
    {"save", save_run, 0, 0},
    {"learn", learn, 0, 0},
    {"evaluate", evaluate, 0, 0},
};

// Small where size is not the point; it learns early. Not every algorithm has every option.
static void make_small(bh_setup *setup)
{
    static const char *const options[][2] = {
        {"net_arch", "8"},        {"buffer_size", "100"},    {"batch_size", "8"},
        {"n_steps", "16"},        {"learning_starts", "10"}, {"n_envs", "2"},
        {"n_eval_episodes", "1"}, {"demo_capacity", "20"},   {"max_episode_steps", "20"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        bh_setup_set(setup, options[i][0], options[i][1], NULL);
}

static saved save_in_full(bh_run *run)
{
    saved s = {0};
    CHECK_STATUS(bh_run_save_full(run, NULL, 0, &s.size, NULL), BH_OK);
    s.bytes = malloc(s.size);
    CHECK_STATUS(bh_run_save_full(run, s.bytes, s.size, &s.size, NULL), BH_OK);
    return s;
}

// 0 where the algorithm cannot learn in the environment.
static int begin(const bh_env_def *def, const bh_agent_class *agent)
{
    with.setup = make_setup(&bh_all_envs, def->id, agent->name, NULL);
    make_small(with.setup);
    if (bh_run_create(&with.run, with.setup, NULL) != BH_OK) {
        bh_setup_destroy(with.setup);
        return 0;
    }
    CHECK_STATUS(bh_run_steps(with.run, 20), BH_OK);
    with.file = save(with.run, BH_CURRENT);
    with.full = save_in_full(with.run);
    return 1;
}

static void end(void)
{
    free(with.file.bytes);
    free(with.full.bytes);
    bh_run_destroy(with.run);
    bh_setup_destroy(with.setup);
    CHECK(bh_live_bytes() == 0);
}

static void test_all_algorithms_in_all_environments(void)
{
    int n_pairs = 0;
    n_calls = n_refused = 0;
    for (int i = 0; i < bh_all_envs.n; i++) {
        const bh_env_def *def = bh_all_envs.defs[i];
        for (int k = 0; bh_all_envs.agents[k] != NULL; k++) {
            const bh_agent_class *agent = bh_all_envs.agents[k];
            if (!begin(def, agent)) continue;
            n_pairs++;
            for (size_t c = 0; c < sizeof calls / sizeof *calls; c++)
                refuse_each(&calls[c], def->id, agent->name);
            end();
        }
    }
    printf("    %d pairs, %d calls, in %d of them an allocation was refused\n", n_pairs, n_calls,
           n_refused);
    CHECK(n_pairs > 100);
}

static void test_language_models(void)
{
    static const call language_calls[] = {
        {"characters", make_char, 1, 1},
        {"words", make_word, 1, 1},
        {"byte pairs", make_bpe, 1, 1},
        {"pre-training", pretrain, 1, 1},
        {"pre-training on rows", pretrain_rows, 1, 1},
        {"resume", resume_training, 1, 1},
        {"save in full", save_training, 1, 1},
        {"steps", train, 0, 0},
        {"load", load_model, 1, 1},
        {"save", save_model, 1, 0},
        {"n-grams", score_ngrams, 1, 1},
    };
    static const char *const options[][2] = {
        {"context", "8"}, {"d_model", "16"},     {"n_layers", "1"},
        {"n_heads", "2"}, {"validation", "0.3"}, {"batch_size", "4"},
    };
    bh_error err = {0};
    bh_config_defaults(&bh_pretraining_table, &with.config);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        CHECK_STATUS(
            bh_config_set(&bh_pretraining_table, &with.config, options[i][0], options[i][1], &err),
            BH_OK);
    }
    CHECK_STATUS(
        bh_pretraining_create(&with.pretraining, &with.config, text, sizeof text - 1, &err), BH_OK);
    bh_language_model *model = bh_pretraining_model(with.pretraining);
    with.lm.size = bh_language_model_save(model, NULL, 0, NULL, 0);
    with.lm.bytes = malloc(with.lm.size);
    CHECK_STATUS(save_model(NULL), BH_OK);
    bh_pretraining_save_full(with.pretraining, NULL, 0, &with.training.size, &err);
    with.training.bytes = malloc(with.training.size);
    CHECK_STATUS(save_training(&err), BH_OK);
    n_calls = n_refused = 0;
    for (size_t c = 0; c < sizeof language_calls / sizeof *language_calls; c++)
        refuse_each(&language_calls[c], "language", "model");
    printf("    %d calls, in %d of them an allocation was refused\n", n_calls, n_refused);
    free(with.lm.bytes);
    free(with.training.bytes);
    bh_pretraining_destroy(with.pretraining);
    CHECK(bh_live_bytes() == 0);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_all_algorithms_in_all_environments);
    CHECK_RUN(test_language_models);
    return check_report();
}
