// SPDX-License-Identifier: MIT
// Pre-training: it learns, twice to the same bits, without allocating; records, options, rows,
// running out of memory.
#include "lm/corpus_windows.h"
#include "lm/lm_net.h"
#include "lm/pretraining.h"

#include "check.h"
#include "core/fmath.h"
#include "failing_alloc.h"

static const char sentence[] = "the cat sat on the mat. ";
static char text[24 * 40 + 1];

static bh_pretraining_config config_with(const char *const *options)
{
    static const char *const small[] = {"context",
                                        "16",
                                        "d_model",
                                        "16",
                                        "n_heads",
                                        "2",
                                        "n_layers",
                                        "1",
                                        "batch_size",
                                        "8",
                                        "max_steps",
                                        "300",
                                        "learning_rate",
                                        "0.01",
                                        "learning_rate_schedule",
                                        "cosine",
                                        "learning_rate_end",
                                        "0.0003",
                                        "learning_rate_warmup",
                                        "0.05",
                                        "tokenizer",
                                        "char",
                                        NULL};
    bh_pretraining_config config;
    bh_config_defaults(&bh_pretraining_table, &config);
    for (int k = 0; k < 2; k++) {
        for (const char *const *o = k == 0 ? small : options; *o != NULL; o += 2) {
            CHECK_STATUS(bh_config_set(&bh_pretraining_table, &config, o[0], o[1], NULL), BH_OK);
        }
    }
    return config;
}

#define OPTIONS(...)      \
    (const char *const[]) \
    {                     \
        __VA_ARGS__, NULL \
    }

static bh_pretraining *make(const char *const *options)
{
    bh_pretraining_config config = config_with(options);
    bh_pretraining *t;
    bh_error err = {0};
    if (!CHECK_STATUS(bh_pretraining_create(&t, &config, text, strlen(text), &err), BH_OK)) {
        printf("    %s\n", err.message);
        exit(1);
    }
    return t;
}

static void fingerprint(bh_pretraining *t, char hex[65])
{
    bh_language_model *m = bh_pretraining_model(t);
    bh_tensor tensors[BH_TENSORS_MAX];
    int n = bhi_lm_net_tensors(bhi_language_model_net(m), bh_language_model_params(m), tensors);
    bh_checkpoint_fingerprint(tensors, n, hex);
}

// ---- learning ----

static void check_learns(const char *const *options, int steps)
{
    bh_pretraining *t = make(options);
    int V = bh_tokenizer_size(bh_language_model_tokenizer(bh_pretraining_model(t)));
    double before = bh_pretraining_validate(t, 0);
    CHECK_NEAR(before, bh_log(V), 0.15);
    bh_pretraining_steps(t, steps);
    double after = bh_pretraining_validate(t, 0);
    // What cannot be known is how the text goes on after the first tokens of a window.
    if (!CHECK(after < 0.25 * before)) printf("    loss %g, before %g\n", after, before);
    // Greedy writing goes on with the text.
    bh_language_model *m = bh_pretraining_model(t);
    const bh_tokenizer *tokenizer = bh_language_model_tokenizer(m);
    uint16_t ids[24];
    char out[100] = {0};
    size_t n = bh_tokenizer_encode(tokenizer, ids, 24, sentence, 24), length;
    bh_language_model_read(m, ids, n);
    bh_rng rng = bh_rng_seed(1);
    for (size_t i = 0; i < n; i++) {
        int id = bh_language_model_write(m, &(bh_sampling){0, 0, 1}, &rng);
        const char *token = bh_tokenizer_token(tokenizer, id, &length);
        strncat(out, token, length);
    }
    CHECK(strncmp(strstr(out, "cat") != NULL ? strstr(out, "cat") : "", "cat sat on the mat.",
                  19) == 0);
    bh_pretraining_destroy(t);
}

static void test_it_learns(void)
{
    check_learns(OPTIONS("eval_freq", "0"), 200);
    check_learns(OPTIONS("tokenizer", "word", "context", "6", "tied", "false"), 100);
    check_learns(OPTIONS("tokenizer", "bpe", "vocab_size", "24", "gelu", "erf", "context", "8"),
                 150);
    CHECK(bh_live_bytes() == 0);
}

static void test_same_seed_same_bits(void)
{
    char hex[4][65];
    const char *const seeds[] = {"7", "7", "8", "7"};
    for (int i = 0; i < 4; i++) {
        // Neither evaluations nor records nor how steps are asked for shift anything.
        bh_pretraining *t = make(OPTIONS("seed", seeds[i], "eval_freq", i == 1 ? "3" : "0",
                                         "log_freq", i == 1 ? "1" : "10"));
        if (i == 1) {
            for (int k = 0; k < 20; k++) bh_pretraining_steps(t, 1);
        } else {
            bh_pretraining_steps(t, i == 3 ? 19 : 20);
        }
        fingerprint(t, hex[i]);
        bh_pretraining_destroy(t);
    }
    CHECK_STRING(hex[0], hex[1]);
    CHECK(strcmp(hex[0], hex[2]) != 0 && strcmp(hex[0], hex[3]) != 0);
}

static void test_the_model_is_up_to_date_after_steps(void)
{
    bh_pretraining *t = make(OPTIONS("eval_freq", "0"));
    bh_language_model *m = bh_pretraining_model(t);
    int V = bh_tokenizer_size(bh_language_model_tokenizer(m));
    bh_real before[64], after[64];
    size_t bytes = (size_t)V * sizeof *before;
    CHECK(V <= 64);
    memcpy(before, bh_language_model_logits(m), bytes);
    bh_pretraining_steps(t, 3);
    memcpy(after, bh_language_model_logits(m), bytes);
    bh_language_model_read(m, NULL, 0);
    CHECK(memcmp(after, bh_language_model_logits(m), bytes) == 0 &&
          memcmp(after, before, bytes) != 0);
    CHECK(bh_pretraining_done(t) == 3 && bh_pretraining_tokens(t) == 3 * 8 * 16);
    bh_pretraining_destroy(t);
}

// ---- evaluation ----

// The held-out windows' losses, as the model says of their text.
static double loss_of(bh_pretraining *t, int first, int n)
{
    const bh_corpus *c = bh_pretraining_corpus(t);
    int T = bh_pretraining_config_of(t)->model.context, n_targets;
    const uint16_t *ids = bh_corpus_ids(c) + bh_corpus_train_tokens(c) + first * T;
    double sum =
        bh_language_model_surprise(bh_pretraining_model(t), ids, (size_t)(n * T + 1), &n_targets);
    CHECK(n_targets == n * T);
    return sum / n_targets;
}

static void test_validate(void)
{
    bh_pretraining *t = make(OPTIONS("context", "10", "batch_size", "4", "eval_freq", "0"));
    bh_pretraining_steps(t, 5);
    int n = bhi_corpus_windows(bh_pretraining_corpus(t), 10);
    CHECK(n == 9); // 96 characters held out
    CHECK_NEAR(bh_pretraining_validate(t, 0), loss_of(t, 0, 9), 1e-9);
    CHECK(bh_pretraining_validate(t, 9) == bh_pretraining_validate(t, 0));
    CHECK(bh_pretraining_validate(t, 1000) == bh_pretraining_validate(t, 0));
    CHECK_NEAR(bh_pretraining_validate(t, 1), loss_of(t, 0, 1), 1e-9);
    CHECK_NEAR(bh_pretraining_validate(t, 2), (loss_of(t, 0, 1) + loss_of(t, 4, 1)) / 2, 1e-9);
    CHECK_NEAR(bh_pretraining_validate(t, 3),
               (loss_of(t, 0, 1) + loss_of(t, 3, 1) + loss_of(t, 6, 1)) / 3, 1e-9);
    char before[65], after[65];
    fingerprint(t, before);
    bh_pretraining_validate(t, 0);
    fingerprint(t, after);
    CHECK_STRING(after, before);
    bh_pretraining_destroy(t);
}

// ---- records ----

typedef double row[BH_LM_RECORD_WIDTH];

static void test_records(void)
{
    bh_pretraining *t = make(OPTIONS("log_freq", "10", "eval_freq", "25", "eval_windows", "2"));
    row rows[20];
    CHECK(bh_pretraining_drain(t, rows[0], 20) == 0);
    bh_pretraining_steps(t, 9);
    CHECK(bh_pretraining_drain(t, rows[0], 20) == 0);
    bh_pretraining_steps(t, 91);
    CHECK(bh_pretraining_drain(t, rows[0], 5) == 5 && bh_pretraining_drain(t, rows[5], 0) == 0);
    CHECK(bh_pretraining_drain(t, rows[5], 15) == 9 && bh_pretraining_drain(t, rows[14], 6) == 0);
    static const int want[14][2] = {{1, 10}, {1, 20}, {2, 25},  {1, 30}, {1, 40},
                                    {1, 50}, {2, 50}, {1, 60},  {1, 70}, {2, 75},
                                    {1, 80}, {1, 90}, {1, 100}, {2, 100}};
    double best = INFINITY;
    for (int i = 0; i < 14; i++) {
        CHECK(rows[i][0] == want[i][0] && rows[i][1] == want[i][1]);
        CHECK(rows[i][2] > 0 && rows[i][2] < 4);
        if (want[i][0] == BH_LM_RECORD_TRAIN) {
            CHECK(rows[i][3] > 0 && rows[i][3] <= 0.01 && rows[i][4] > 0);
        } else {
            CHECK(rows[i][3] == (rows[i][2] < best) && rows[i][4] == 0);
            best = fmin(best, rows[i][2]);
        }
    }
    CHECK(rows[13][2] == bh_pretraining_validate(t, 2));
    CHECK(rows[12][2] < 0.8 * rows[0][2]);
    bh_pretraining_destroy(t);
}

// A record is the mean of the steps since the last one.
static void test_records_are_means(void)
{
    row each[10], mean[1];
    bh_pretraining *t = make(OPTIONS("log_freq", "1", "eval_freq", "0"));
    bh_pretraining_steps(t, 10);
    CHECK(bh_pretraining_drain(t, each[0], 10) == 10);
    bh_pretraining_destroy(t);
    t = make(OPTIONS("log_freq", "10", "eval_freq", "0"));
    bh_pretraining_steps(t, 10);
    CHECK(bh_pretraining_drain(t, mean[0], 1) == 1);
    bh_pretraining_destroy(t);
    double loss = 0, norm = 0;
    for (int i = 0; i < 10; i++) loss += each[i][2], norm += each[i][4];
    CHECK_NEAR(mean[0][2], loss / 10, 1e-12);
    CHECK_NEAR(mean[0][4], norm / 10, 1e-12);
    CHECK(mean[0][3] == each[9][3] && each[0][3] < each[9][3]); // the last rate, in the warm-up
    CHECK(each[0][2] != each[1][2]);
}

static void test_old_records_are_overwritten(void)
{
    bh_pretraining *t =
        make(OPTIONS("context", "2", "d_model", "4", "n_heads", "1", "batch_size", "1", "log_freq",
                     "1", "eval_freq", "1", "eval_windows", "1", "max_steps", "2000"));
    bh_pretraining_steps(t, 2100); // past max_steps, 4,200 records
    static row rows[5000];
    CHECK(bh_pretraining_drain(t, rows[0], 5000) == 4096);
    for (int i = 0; i < 4096; i++) {
        CHECK(rows[i][0] == 1 + i % 2 && rows[i][1] == 53 + i / 2);
    }
    CHECK_NEAR(rows[4094][3], 0.0003, 1e-12); // the schedule stays at its end
    bh_pretraining_steps(t, 1);
    CHECK(bh_pretraining_drain(t, rows[0], 5000) == 2 && rows[0][1] == 2101);
    bh_pretraining_destroy(t);
}

// ---- options ----

static void test_options(void)
{
    bh_pretraining *t = make(OPTIONS("log_freq", "1", "eval_freq", "0", "learning_rate_warmup", "0",
                                     "learning_rate_schedule", "constant"));
    row r;
    bh_error err = {0};
    bh_pretraining_steps(t, 1);
    CHECK(bh_pretraining_drain(t, r, 1) == 1 && r[3] == 0.01);
    CHECK_STATUS(bh_pretraining_set(t, "learning_rate", "0.002", &err), BH_OK);
    bh_pretraining_steps(t, 1);
    CHECK(bh_pretraining_drain(t, r, 1) == 1 && r[3] == 0.002);
    CHECK_STATUS(bh_pretraining_set(t, "log_freq", "3", &err), BH_OK);
    CHECK_STATUS(bh_pretraining_set(t, "eval_freq", "2", &err), BH_OK);
    bh_pretraining_steps(t, 4); // 3: a record, 4: an evaluation, 6: both
    row rows[8];
    CHECK(bh_pretraining_drain(t, rows[0], 8) == 4);
    CHECK(rows[0][1] == 3 && rows[1][1] == 4 && rows[1][0] == 2 && rows[2][1] == 6 &&
          rows[3][1] == 6);
    // A rate of 0 and no decay change nothing.
    char before[65], after[65];
    CHECK_STATUS(bh_pretraining_set(t, "learning_rate", "0", &err), BH_OK);
    fingerprint(t, before);
    bh_pretraining_steps(t, 2);
    fingerprint(t, after);
    CHECK_STRING(after, before);
    // What the model is made from.
    static const char *const reset[][2] = {
        {"seed", "3"},       {"tokenizer", "bpe"},  {"vocab_size", "9"},
        {"context", "8"},    {"d_model", "32"},     {"tied", "false"},
        {"batch_size", "4"}, {"validation", "0.2"}, {"optimizer", "sgd"}};
    for (int i = 0; i < 9; i++) {
        CHECK_STATUS(bh_pretraining_set(t, reset[i][0], reset[i][1], &err), BH_ERR_CONFIG);
        CHECK(strstr(err.message, reset[i][0]) != NULL &&
              strstr(err.message, "new training") != NULL);
    }
    CHECK_STATUS(bh_pretraining_set(t, "learning_rat", "1", &err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "learning_rate") != NULL);
    CHECK_STATUS(bh_pretraining_set(t, "learning_rate", "fast", &err), BH_ERR_CONFIG);
    CHECK_STATUS(bh_pretraining_set(t, "log_freq", "0", &err), BH_ERR_CONFIG);
    const bh_pretraining_config *c = bh_pretraining_config_of(t);
    CHECK(c->learning_rate.start == 0 && c->log_freq == 3 && c->seed == 0 &&
          c->model.context == 16 && c->batch_size == 8);
    bh_pretraining_destroy(t);
}

static void test_clipping(void)
{
    // SGD of rate 1: the parameters move by the clipped gradient.
    for (int i = 0; i < 2; i++) {
        bh_pretraining *t = make(OPTIONS(
            "optimizer", "sgd", "learning_rate", "1", "learning_rate_schedule", "constant",
            "learning_rate_warmup", "0", "max_grad_norm", i == 0 ? "0.01" : "0", "log_freq", "1"));
        const bhi_lm_net *net = bhi_language_model_net(bh_pretraining_model(t));
        bh_real *params = bh_language_model_params(bh_pretraining_model(t));
        static bh_real before[20000];
        CHECK(net->n_params <= 20000);
        memcpy(before, params, (size_t)net->n_params * sizeof *params);
        bh_pretraining_steps(t, 1);
        double squares = 0;
        for (int k = 0; k < net->n_params; k++) {
            double d = (double)params[k] - (double)before[k];
            squares += d * d;
        }
        row r;
        CHECK(bh_pretraining_drain(t, r, 1) == 1 && r[4] > 0.1);
        CHECK_NEAR(sqrt(squares), i == 0 ? 0.01 : r[4],
                   1e-4 * r[4]); // the record has the norm before clipping
        bh_pretraining_destroy(t);
    }
}

// ---- rows ----

static const char *const words[] = {"<pad>", "the", "cat", "dog", "sat", "ran", "."};

static const char *word(int id)
{
    return words[id];
}

enum { N_ROWS = 40, WIDTH = 6 };

static bh_status create_rows(bh_pretraining **t, int width, bh_error *err)
{
    static const uint16_t two[2][WIDTH] = {{1, 2, 4, 6, 0, 0}, {1, 3, 5, 6, 0, 0}};
    static uint16_t rows[N_ROWS * WIDTH];
    for (int i = 0; i < N_ROWS; i++)
        memcpy(rows + i * width, two[i % 2], (size_t)width * sizeof **two);
    bh_pretraining_config config =
        config_with(OPTIONS("eval_freq", "0", "validation", "0.2", "tokenizer", "bpe"));
    config.model.context = 400;
    return bh_pretraining_create_rows(t, &config, word, 7, rows, N_ROWS, width, err);
}

static void test_rows(void)
{
    bh_pretraining *t;
    CHECK_STATUS(create_rows(&t, WIDTH, NULL), BH_OK);
    CHECK(bh_pretraining_config_of(t)->model.context == WIDTH - 1);
    CHECK(bh_corpus_width(bh_pretraining_corpus(t)) == WIDTH);
    CHECK(bh_corpus_train_tokens(bh_pretraining_corpus(t)) == 32 * WIDTH);
    bh_language_model *m = bh_pretraining_model(t);
    CHECK(bh_tokenizer_has_spaces(bh_language_model_tokenizer(m)) &&
          bhi_language_model_net(m)->body.spec.V == 7);
    CHECK_NEAR(bh_pretraining_validate(t, 0), bh_log(7), 0.1);
    bh_pretraining_steps(t, 100);
    CHECK(bh_pretraining_tokens(t) == 100 * 8 * 3); // padding does not count
    // The animal cannot be known: log 2 for one of three targets.
    CHECK_NEAR(bh_pretraining_validate(t, 0), bh_log(2) / 3, 0.01);
    bh_language_model_read(m, (const uint16_t[]){1, 3}, 2);
    double p[7];
    bh_language_model_next(m, p, &BH_SAMPLING_DEFAULT);
    CHECK(p[5] > 0.95 && p[0] == 0); // the dog ran
    bh_pretraining_destroy(t);
    bh_error err = {0};
    CHECK_STATUS(create_rows(&t, 2, &err), BH_ERR_CONFIG); // nothing to look back on
    CHECK(t == NULL && strstr(err.message, "context") != NULL && bh_live_bytes() == 0);
}

// ---- creating ----

static void test_refused(void)
{
    static const struct {
        const char *name, *value, *part;
        bh_status status;
    } rows[] = {
        {"d_model", "12", "multiple of 4", BH_ERR_CONFIG},
        {"context", "60", "context + 1",
         BH_ERR_ARGUMENT}, // 96 characters held out, two windows of 61
        {"validation", "0.001", "0 of them held out", BH_ERR_ARGUMENT},
    };
    bh_pretraining *t = NULL;
    bh_error err = {0};
    for (int i = 0; i < 3; i++) {
        bh_pretraining_config config = config_with(OPTIONS(rows[i].name, rows[i].value));
        t = (bh_pretraining *)&err;
        CHECK_STATUS(bh_pretraining_create(&t, &config, text, strlen(text), &err), rows[i].status);
        if (!CHECK(strstr(err.message, rows[i].part) != NULL)) printf("    %s\n", err.message);
        CHECK(t == NULL && bh_live_bytes() == 0);
    }
    bh_pretraining_config config = config_with(OPTIONS("context", "16"));
    CHECK_STATUS(bh_pretraining_create(&t, &config, "", 0, &err), BH_ERR_ARGUMENT);
    CHECK_STATUS(bh_pretraining_create(&t, &config, "a\xff", 2, &err), BH_ERR_ARGUMENT);
    CHECK(strstr(err.message, "byte 1 is 0xff") != NULL);
    CHECK_STATUS(bh_pretraining_create(&t, &config, text, SIZE_MAX, &err), BH_ERR_ARGUMENT);
    config.batch_size = 0;
    CHECK_STATUS(bh_pretraining_create(&t, &config, text, strlen(text), &err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "batch_size") != NULL && t == NULL && bh_live_bytes() == 0);
    bh_pretraining_destroy(NULL);
}

// ---- memory ----

static void test_nothing_after_create(void)
{
    failing_alloc_begin(0);
    bh_pretraining *t = make(OPTIONS("log_freq", "1", "eval_freq", "2"));
    int requests = failing.requests;
    size_t live = bh_live_bytes();
    CHECK(live > 0);
    row rows[10];
    for (int i = 0; i < 10; i++) {
        bh_pretraining_steps(t, 2);
        bh_pretraining_validate(t, 0);
        bh_pretraining_drain(t, rows[0], 10);
        CHECK_STATUS(bh_pretraining_set(t, "learning_rate", "0.01", NULL), BH_OK);
        CHECK(bh_live_bytes() == live && failing.requests == requests);
    }
    bh_rng rng = bh_rng_seed(1);
    for (int i = 0; i < 40; i++)
        bh_language_model_write(bh_pretraining_model(t), &BH_SAMPLING_DEFAULT, &rng);
    CHECK(failing.requests == requests);
    bh_pretraining_destroy(t);
    CHECK(failing.blocks == 0 && bh_live_bytes() == 0);
    failing_alloc_end();
}

static void test_every_failing_allocation(void)
{
    static const char *const tokenizers[] = {"char", "word", "bpe"};
    for (int way = 0; way < 4; way++) {
        for (int n = 1;; n++) {
            bh_error err = {0};
            bh_pretraining_config config =
                config_with(OPTIONS("tokenizer", tokenizers[way % 3], "context", "5"));
            bh_pretraining *t = (bh_pretraining *)&err;
            failing_alloc_begin(n);
            bh_status status = way == 3
                                   ? create_rows(&t, WIDTH, &err)
                                   : bh_pretraining_create(&t, &config, text, strlen(text), &err);
            int is_done = status == BH_OK;
            if (is_done) {
                CHECK(failing.requests < n && n > 6);
                bh_pretraining_steps(t, 1);
                bh_pretraining_destroy(t);
            } else {
                CHECK_STATUS(status, BH_ERR_MEMORY);
                CHECK(t == NULL && strstr(err.message, "out of memory") != NULL);
            }
            CHECK(failing.blocks == 0 && bh_live_bytes() == 0);
            failing_alloc_end();
            if (is_done || !CHECK(n < 100)) break;
        }
    }
}

int main(int argc, char **argv)
{
    for (int i = 0; i < 40; i++) strcat(text, sentence);
    CHECK_RUN(test_it_learns);
    CHECK_RUN(test_same_seed_same_bits);
    CHECK_RUN(test_the_model_is_up_to_date_after_steps);
    CHECK_RUN(test_validate);
    CHECK_RUN(test_records);
    CHECK_RUN(test_records_are_means);
    CHECK_RUN(test_old_records_are_overwritten);
    CHECK_RUN(test_options);
    CHECK_RUN(test_clipping);
    CHECK_RUN(test_rows);
    CHECK_RUN(test_refused);
    CHECK_RUN(test_nothing_after_create);
    CHECK_RUN(test_every_failing_allocation);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
