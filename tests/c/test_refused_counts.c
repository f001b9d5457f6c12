// SPDX-License-Identifier: MIT
// Counts from outside: every public function of an object that takes one refuses what cannot be a
// count, with a status and, where it has a place for one, a message. Nothing is written and nothing
// changes. (The maths over arrays, rl/value.h and its like, has no status: its sizes are the caller's.)
#include "core/alloc.h"
#include "envs/registry.h"
#include "lm/corpus.h"
#include "lm/pretraining.h"
#include "rl/vec_env.h"

#include "check.h"
#include "make_run.h"

#include <limits.h>
#include <stdlib.h>

enum { ROOM = 64 };

// What calls may write to: its bytes stay.
typedef struct canary {
    double numbers[ROOM];
} canary;

static canary out;
static bh_error err;
static const float obs[ROOM];
static const uint16_t rows[ROOM] = {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3};
static const char text[] =
    "a bee and a bear, a bee and a deer, a bear and a deer, a bee or a bear, "
    "a deer or a bee, a bear or a deer and a bee, a bear, a deer and a bee.";

// The objects: a run with actions, one with a Box and critics, environments, a training, a file.
static struct {
    bh_run *run, *box;
    bh_env *envs;
    bh_pretraining *training;
    const bh_text_task *task;
} of;

static const char *word(int id)
{
    static const char *const words[] = {"", "a", "bee", "bear"};
    return words[id & 3];
}

// ---- one function each: its status, with `err` what it says ----

static bh_status said(bh_run *run, bh_status status)
{
    err = *bh_run_failure(run);
    return status;
}

static bh_status said_envs(bh_status status)
{
    err = *bh_env_failure(of.envs);
    return status;
}

static bh_status steps(int n)
{
    return said(of.run, bh_run_steps(of.run, n));
}

static bh_status evaluate(int n)
{
    return said(of.run, bh_run_evaluate(of.run, BH_CURRENT, n, 1, (bh_score *)&out));
}

static bh_status drain(int n)
{
    return said(of.run, (bh_status)bh_run_drain(of.run, out.numbers, n));
}

static bh_status q_values(int n)
{
    return said(of.run, bh_run_q_values(of.run, out.numbers, obs, n));
}

static bh_status state_values(int n)
{
    return said(of.run, (bh_status)bh_run_state_values(of.run, out.numbers, obs, n));
}

static bh_status sample_actions(int n)
{
    bh_rng rng = bh_rng_seed(1);
    return said(of.run, bh_run_sample_actions(of.run, (int *)&out, obs, n, &rng));
}

static bh_status sample_box(int n)
{
    bh_rng rng = bh_rng_seed(1);
    return said(of.box, bh_run_sample_box(of.box, (float *)&out, obs, n, &rng));
}

static bh_status greedy_box(int n)
{
    return said(of.box, bh_run_greedy_box(of.box, (float *)&out, obs, n));
}

static bh_status box_values(int n)
{
    return said(of.box, (bh_status)bh_run_box_values(of.box, out.numbers, obs, obs, n));
}

static bh_status log_prior(int n)
{
    return said(of.run, (bh_status)bh_run_log_prior(of.run, out.numbers, obs, n));
}

static bh_status demonstrate(int n)
{
    static const double r_t[ROOM];
    static const int a_tm1[ROOM], ends[ROOM];
    bh_demonstrations d = {{n, obs, a_tm1, r_t, ends, ends, obs, NULL}, NULL};
    return bh_run_demonstrate(of.run, &d, &err);
}

static bh_status create_envs(int n)
{
    bh_env *envs = (bh_env *)&out;
    bh_status status = bh_vec_env_create(&envs, &bh_env_cartpole, NULL, n, &err);
    CHECK(envs == NULL);
    return status;
}

static bh_status reset_first(int n)
{
    return said_envs(bh_vec_env_reset_first(of.envs, n, (float *)&out));
}

static bh_status reset_one(int i)
{
    return said_envs(bh_vec_env_reset_one(of.envs, i, (float *)&out));
}

static bh_status seed_rng(int i)
{
    return said_envs(bh_vec_env_seed_rng(of.envs, i, bh_rng_seed(1)));
}

static bh_status run_option(const char *name, int n)
{
    bh_setup *setup = make_setup(&bh_all_envs, "CartPole-v1", "dqn", NULL);
    char value[16];
    snprintf(value, sizeof value, "%d", n);
    bh_status status = bh_setup_set(setup, name, value, &err);
    bh_setup_destroy(setup);
    return status;
}

static bh_status n_envs(int n)
{
    return run_option("n_envs", n);
}

static bh_status buffer_size(int n)
{
    return run_option("buffer_size", n);
}

static bh_status net_arch(int n)
{
    return run_option("net_arch", n);
}

static bh_status pretraining_steps(int n)
{
    return bh_pretraining_steps(of.training, n);
}

static bh_status pretraining_drain(int n)
{
    return (bh_status)bh_pretraining_drain(of.training, out.numbers, n);
}

static bh_status validate(int n)
{
    double loss = bh_pretraining_validate(of.training, n);
    return loss != loss ? BH_ERR_ARGUMENT : BH_OK;
}

static bh_status pretrain_rows(int n, int width, int V)
{
    bh_pretraining *training = (bh_pretraining *)&out;
    bh_pretraining_config config;
    bh_config_defaults(&bh_pretraining_table, &config);
    bh_status status =
        bh_pretraining_create_rows(&training, &config, word, V, rows, n, width, &err);
    CHECK(training == NULL);
    return status == BH_ERR_CONFIG ? BH_ERR_ARGUMENT : status; // the context that a width would be
}

static bh_status pretrain_n(int n)
{
    return pretrain_rows(n, 33, 4);
}

static bh_status pretrain_width(int n)
{
    return pretrain_rows(4, n, 4);
}

static bh_status pretrain_words(int n)
{
    return pretrain_rows(4, 33, n);
}

static bh_status corpus_of(int n, int width)
{
    bh_corpus *corpus = (bh_corpus *)&out;
    bh_status status = bh_corpus_create_rows(&corpus, rows, n, width, 0, 0.5, &err);
    CHECK(corpus == NULL);
    return status;
}

static bh_status corpus_rows(int n)
{
    return corpus_of(n, 3);
}

static bh_status corpus_width(int n)
{
    return corpus_of(4, n);
}

static bh_status corpus_context(int n)
{
    const bh_tokenizer *tokenizer = bh_language_model_tokenizer(bh_pretraining_model(of.training));
    bh_corpus *corpus = (bh_corpus *)&out;
    bh_status status = bh_corpus_create(&corpus, tokenizer, text, sizeof text - 1, n, 0.5, &err);
    CHECK(corpus == NULL);
    return status;
}

static bh_status words(int n)
{
    bh_tokenizer *tokenizer = (bh_tokenizer *)&out;
    bh_status status = bh_tokenizer_from_words(&tokenizer, word, n, &err);
    CHECK(tokenizer == NULL);
    return status;
}

static bh_status vocabulary(int n)
{
    bh_tokenizer *tokenizer = (bh_tokenizer *)&out;
    bh_status status =
        bh_tokenizer_create(&tokenizer, BH_TOKENIZER_CHAR, n, text, sizeof text - 1, &err);
    CHECK(tokenizer == NULL);
    return status;
}

static bh_status task_rows(int n)
{
    return bh_text_task_rows(of.task, (uint16_t *)&out, n, 8, 1);
}

static bh_status task_tokens(int T)
{
    return bh_text_task_rows(of.task, (uint16_t *)&out, 1, T, 1);
}

// These return bytes; 0 is what they refuse with.
static bh_status write_tensors(int n)
{
    bh_tensor tensor = bh_tensor_vector("x", BH_F64, 2, (void *)(uintptr_t)rows);
    return bh_checkpoint_write(&out, sizeof out, &tensor, n, NULL, 0) == 0 ? BH_ERR_ARGUMENT
                                                                           : BH_OK;
}

static bh_status write_entries(int n)
{
    bh_tensor tensor = bh_tensor_vector("x", BH_F64, 2, (void *)(uintptr_t)rows);
    return bh_checkpoint_write(&out, sizeof out, &tensor, 1, NULL, n) == 0 ? BH_ERR_ARGUMENT
                                                                           : BH_OK;
}

static bh_status read_tensors(int n)
{
    return bh_checkpoint_read(rows, sizeof rows, NULL, n, &err);
}

static bh_status save_entries(int n)
{
    bh_language_model *model = bh_pretraining_model(of.training);
    return bh_language_model_save(model, NULL, 0, NULL, n) == 0 ? BH_ERR_ARGUMENT : BH_OK;
}

// What is refused: below `least`, above `most`; INT_MAX where no count is too large.
typedef struct row {
    const char *name;
    bh_status (*call)(int n);
    int least, most;
    int says; // it has a place for a message
} row;

static const row table[] = {
    {"bh_run_steps", steps, 0, INT_MAX, 1},
    {"bh_run_evaluate", evaluate, 0, INT_MAX, 1},
    {"bh_run_drain", drain, 0, INT_MAX, 1},
    {"bh_run_q_values", q_values, 0, INT_MAX, 1},
    {"bh_run_state_values", state_values, 0, INT_MAX, 1},
    {"bh_run_sample_actions", sample_actions, 0, INT_MAX, 1},
    {"bh_run_sample_box", sample_box, 0, INT_MAX, 1},
    {"bh_run_greedy_box", greedy_box, 0, INT_MAX, 1},
    {"bh_run_box_values", box_values, 0, INT_MAX, 1},
    {"bh_run_log_prior", log_prior, 0, INT_MAX, 1},
    {"bh_run_demonstrate", demonstrate, 1, INT_MAX, 1},
    {"bh_vec_env_create", create_envs, 1, INT_MAX, 1},
    {"bh_vec_env_reset_first", reset_first, 0, 3, 1},
    {"bh_vec_env_reset_one", reset_one, 0, 2, 1},
    {"bh_vec_env_seed_rng", seed_rng, 0, 2, 1},
    {"bh_setup_set n_envs", n_envs, 1, 4096, 1},
    {"bh_setup_set buffer_size", buffer_size, 1, 100000000, 1},
    {"bh_setup_set net_arch", net_arch, 1, 100000, 1},
    {"bh_pretraining_steps", pretraining_steps, 0, INT_MAX, 0},
    {"bh_pretraining_drain", pretraining_drain, 0, INT_MAX, 0},
    {"bh_pretraining_validate", validate, 0, INT_MAX, 0},
    {"bh_pretraining_create_rows n_rows", pretrain_n, 2, 1 << 26, 1},
    {"bh_pretraining_create_rows width", pretrain_width, 2, 1 << 26, 1},
    {"bh_pretraining_create_rows V", pretrain_words, 2, BH_VOCABULARY_MAX, 1},
    {"bh_corpus_create_rows n_rows", corpus_rows, 2, 1 << 30, 1},
    {"bh_corpus_create_rows width", corpus_width, 2, 1 << 30, 1},
    {"bh_corpus_create context", corpus_context, 1, 1000, 1},
    {"bh_tokenizer_from_words", words, 2, BH_VOCABULARY_MAX, 1},
    {"bh_tokenizer_create", vocabulary, 2, BH_VOCABULARY_MAX, 1},
    {"bh_text_task_rows n", task_rows, 0, INT_MAX, 0},
    {"bh_text_task_rows T", task_tokens, 1, INT_MAX, 0},
    {"bh_checkpoint_write tensors", write_tensors, 1, INT_MAX, 0},
    {"bh_checkpoint_write entries", write_entries, 0, INT_MAX, 0},
    {"bh_checkpoint_read", read_tensors, 0, INT_MAX, 1},
    {"bh_language_model_save", save_entries, 0, BH_LM_ENTRIES_MAX, 0},
};

static void make_objects(void)
{
    of.run = make_run(&bh_all_envs, "CartPole-v1", "dqn", OPTIONS("net_arch", "8"));
    of.box = make_run(&bh_all_envs, "Pendulum-v1", "sac", OPTIONS("net_arch", "8"));
    CHECK_STATUS(bh_vec_env_create(&of.envs, &bh_env_cartpole, NULL, 3, &err), BH_OK);
    float first[ROOM];
    CHECK_STATUS(bh_env_reset(of.envs, first), BH_OK);
    bh_pretraining_config config;
    bh_config_defaults(&bh_pretraining_table, &config);
    bh_config_set(&bh_pretraining_table, &config, "context", "8", &err);
    bh_config_set(&bh_pretraining_table, &config, "validation", "0.3", &err);
    if (!CHECK_STATUS(bh_pretraining_create(&of.training, &config, text, sizeof text - 1, &err),
                      BH_OK))
        printf("    %s\n", err.message);
    of.task = bh_env_translate.text;
}

static void destroy_objects(void)
{
    bh_run_destroy(of.run);
    bh_run_destroy(of.box);
    bh_env_destroy(of.envs);
    bh_pretraining_destroy(of.training);
}

static void refuse(const row *r, int n)
{
    canary before = out;
    size_t live = bh_live_bytes();
    err = (bh_error){0};
    if (!CHECK_STATUS(r->call(n), BH_ERR_ARGUMENT) ||
        (r->says && !CHECK(err.status < 0 && err.message[0] != '\0')))
        printf("    %s of %d: %s\n", r->name, n, err.message);
    CHECK(memcmp(&before, &out, sizeof out) == 0 && bh_live_bytes() == live);
}

// A setting out of range is a matter of config.
static bh_status (*const settings[])(int) = {n_envs, buffer_size, net_arch};

static int is_setting(const row *r)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (r->call == settings[i]) return 1;
    return 0;
}

static void refuse_setting(const row *r, int n)
{
    err = (bh_error){0};
    CHECK_STATUS(r->call(n), BH_ERR_CONFIG);
    CHECK(err.message[0] != '\0');
}

static void test_every_public_function_refuses_what_is_no_count(void)
{
    make_objects();
    double *row_of = calloc(BH_RECORD_WIDTH, sizeof *row_of);
    int timesteps = bh_run_timesteps(of.run), calls = 0;
    memset(&out, 0x5a, sizeof out);
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        const row *r = &table[k];
        const int tries[] = {INT_MIN,     INT_MIN + 1,
                             -2000000000, -65536,
                             -1,          r->least - 1,
                             INT_MAX - 1, INT_MAX,
                             2000000000,  r->most == INT_MAX ? -7 : r->most + 1};
        for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
            int n = tries[i];
            if (n >= r->least && n <= r->most) continue; // a count, if nobody waits for it
            if (n > 0 && r->call == demonstrate) continue;
            if (is_setting(r)) refuse_setting(r, n);
            else refuse(r, n);
            calls++;
        }
    }
    printf("    %zu functions, %d calls refused\n", sizeof table / sizeof *table, calls);
    // No call changed anything: the objects go on.
    CHECK(bh_run_timesteps(of.run) == timesteps);
    CHECK_STATUS(bh_run_steps(of.run, 5), BH_OK);
    CHECK(bh_run_timesteps(of.run) == timesteps + 5);
    CHECK(bh_run_drain(of.run, row_of, 0) == 0);
    CHECK_STATUS(bh_pretraining_steps(of.training, 1), BH_OK);
    CHECK(bh_vec_env_running(of.envs, 2) == 1);
    CHECK(bh_vec_env_running(of.envs, 3) == 0 && bh_vec_env_running(of.envs, INT_MIN) == 0);
    CHECK(bh_vec_env_elapsed(of.envs, -1) == 0 && bh_vec_env_elapsed(of.envs, INT_MAX) == 0);
    free(row_of);
    destroy_objects();
    CHECK(bh_live_bytes() == 0);
}

// Of what is a count, the largest is not too large where it is only a bound.
static void test_the_largest_counts_are_bounds(void)
{
    bh_run *run = make_run(&bh_all_envs, "GridWorld-v0", "q-learning", OPTIONS("eval_freq", "0"));
    double *records = calloc(8192 * BH_RECORD_WIDTH, sizeof *records);
    bh_run_steps(run, 100);
    CHECK(bh_run_drain(run, records, INT_MAX) > 0);
    bh_env *envs;
    // So many do not fit into memory, whatever the size of an address is.
    CHECK(bh_vec_env_create(&envs, &bh_env_breakout, NULL, INT_MAX, &err) == BH_ERR_MEMORY ||
          envs != NULL);
    bh_env_destroy(envs);
    free(records);
    bh_run_destroy(run);
    CHECK(bh_live_bytes() == 0);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_every_public_function_refuses_what_is_no_count);
    CHECK_RUN(test_the_largest_counts_are_bounds);
    return check_report();
}
