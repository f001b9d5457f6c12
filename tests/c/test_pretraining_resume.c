// SPDX-License-Identifier: MIT
// Full checkpoints of pre-training: one that was saved at some step, made anew from the file and continued is at every later
// step what the training is that never stopped. What a file says is believed only as far as a training could have been there.
#include "lm/pretraining.h"

#include "checkpoint_file.h"
#include "failing_alloc.h"

enum { MUTATED = 90, ROWS = 40, WIDTH = 6 };

static char text[24 * 40 + 1], other_text[24 * 40 + 1];

// ---- trainings ----

/// Where a training is from: a text, or rows.
typedef struct source {
    const char *text;
    bh_pretraining_config config;
} source;

#define OPTIONS(...)      \
    (const char *const[]) \
    {                     \
        __VA_ARGS__, NULL \
    }

static source source_with(const char *source_text, const char *const *options)
{
    static const char *const small[] = {"context",  "8", "d_model",    "8",  "n_heads",      "2",
                                        "n_layers", "1", "batch_size", "4",  "max_steps",    "90",
                                        "log_freq", "7", "eval_freq",  "10", "eval_windows", "3",
                                        "seed",     "5", NULL};
    source s = {source_text, bh_pretraining_config_default()};
    for (int k = 0; k < 2; k++) {
        for (const char *const *o = k == 0 ? small : options; o != NULL && *o != NULL; o += 2)
            CHECK_STATUS(bh_config_set(&bh_pretraining_table, &s.config, o[0], o[1], NULL), BH_OK);
    }
    return s;
}

static const char *word(int id)
{
    static const char *const words[] = {"<pad>", "the", "cat", "dog", "sat", "ran", "."};
    return words[id];
}

static const uint16_t *rows_of(void)
{
    static uint16_t rows[ROWS * WIDTH];
    static const uint16_t two[2][WIDTH] = {{1, 2, 4, 6, 0, 0}, {1, 3, 5, 6, 0, 0}};
    for (int i = 0; i < ROWS; i++) memcpy(rows + i * WIDTH, two[i % 2], sizeof two[0]);
    return rows;
}

static bh_pretraining *make(const source *s)
{
    bh_pretraining *t = NULL;
    if (s->text != NULL)
        CHECK_STATUS(bh_pretraining_create(&t, &s->config, s->text, strlen(s->text), NULL), BH_OK);
    else
        CHECK_STATUS(
            bh_pretraining_create_rows(&t, &s->config, word, 7, rows_of(), ROWS, WIDTH, NULL),
            BH_OK);
    return t;
}

static file save_full(bh_pretraining *t)
{
    file f = {0};
    size_t n;
    CHECK_STATUS(bh_pretraining_save_full(t, NULL, 0, &f.size, NULL), BH_OK);
    f.bytes = malloc(f.size);
    CHECK_STATUS(bh_pretraining_save_full(t, f.bytes, f.size, &n, NULL), BH_OK);
    CHECK(f.size > 0 && n == f.size);
    return f;
}

static bh_status resume_as(bh_pretraining **out, const source *s, file f, bh_error *err)
{
    if (s->text == NULL)
        return bh_pretraining_resume_rows(out, &s->config, word, 7, rows_of(), ROWS, WIDTH, f.bytes,
                                          f.size, err);
    return bh_pretraining_resume(out, &s->config, s->text, strlen(s->text), f.bytes, f.size, err);
}

static bh_pretraining *resume(const source *s, file f)
{
    source saved = {.text = s->text};
    bh_pretraining *t = NULL;
    bh_error err = {0};
    CHECK_STATUS(bh_pretraining_config_from_checkpoint(&saved.config, f.bytes, f.size, &err),
                 BH_OK);
    if (!CHECK_STATUS(resume_as(&t, &saved, f, &err), BH_OK)) printf("    %s\n", err.message);
    return t;
}

static void check_same_as(bh_pretraining *t, file f, const char *what, int at)
{
    file own = save_full(t);
    if (!CHECK(own.size == f.size && memcmp(own.bytes, f.bytes, f.size) == 0))
        printf("    %s, saved at %d\n", what, at);
    free(own.bytes);
}

// ---- the same from there on ----

static int drained(bh_pretraining *t, double rows[200])
{
    return bh_pretraining_drain(t, rows, 200 / BH_LM_RECORD_WIDTH);
}

// Saved at random steps, each time continued beside the first from the file, with the same records.
static void check_resumed(const char *what, const char *source_text, const char *const *options,
                          uint64_t seed)
{
    source s = source_with(source_text, options);
    bh_pretraining *t = make(&s);
    bh_rng rng = bh_rng_seed(seed);
    for (int i = 0; i < 6; i++) {
        double rows[2][200];
        drained(t, rows[0]);
        int at = bh_pretraining_done(t), steps = 1 + (int)bh_rng_below(&rng, 24);
        file f = save_full(t);
        bh_pretraining *other = resume(&s, f);
        free(f.bytes);
        CHECK(bh_pretraining_done(other) == at &&
              bh_pretraining_tokens(other) == bh_pretraining_tokens(t));
        bh_pretraining_steps(t, steps);
        for (int k = 0; k < steps; k++) bh_pretraining_steps(other, 1);
        int n = drained(t, rows[0]);
        CHECK(n == drained(other, rows[1]) &&
              memcmp(rows[0], rows[1], (size_t)n * BH_LM_RECORD_WIDTH * sizeof(double)) == 0);
        f = save_full(t);
        check_same_as(other, f, what, at);
        free(f.bytes);
        bh_pretraining_destroy(other);
    }
    bh_pretraining_destroy(t);
}

static void test_saved_anywhere_and_continued(void)
{
    static const char *const optimizers[] = {"adam",    "sgd",   "momentum",
                                             "rmsprop", "adamw", "rmsprop-centered"};
    for (uint64_t i = 0; i < 6; i++)
        check_resumed(optimizers[i], text, OPTIONS("optimizer", optimizers[i]), i);
    check_resumed("bpe", text, OPTIONS("tokenizer", "bpe", "vocab_size", "24", "tied", "false"), 7);
    check_resumed("word", text, OPTIONS("tokenizer", "word", "learning_rate_schedule", "step"), 8);
    check_resumed("rows", NULL, OPTIONS("validation", "0.2"), 9);
    CHECK(bh_live_bytes() == 0);
}

// How many steps have a record is in the file: a table that is written as it goes on has a row for each.
static void test_what_a_file_says(void)
{
    source s = source_with(text, NULL);
    bh_pretraining *t = make(&s);
    bh_pretraining_steps(t, 35); // 7 10 14 20 21 28 30 35
    file f = save_full(t);
    char value[80];
    static const char *const entries[][2] = {{"format", "bellhop-lm-1"}, {"steps", "35"},
                                             {"records", "8"},           {"corpus_rows", "0"},
                                             {"config.seed", "5"},       {"config.context", "8"}};
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        CHECK(bh_checkpoint_entry_get(f.bytes, f.size, entries[i][0], value, sizeof value) == 1);
        CHECK_STRING(value, entries[i][1]);
    }
    CHECK(bh_checkpoint_entry_get(f.bytes, f.size, "corpus_sha256", value, sizeof value) == 1 &&
          strlen(value) == 64);
    // Of its parameters it is a checkpoint like others.
    bh_language_model *m, *own = bh_pretraining_model(t);
    CHECK_STATUS(bh_language_model_load(&m, f.bytes, f.size, NULL), BH_OK);
    CHECK(bh_language_model_n_params(m) == bh_language_model_n_params(own) &&
          memcmp(bh_language_model_params(m), bh_language_model_params(own),
                 (size_t)bh_language_model_n_params(m) * sizeof(bh_real)) == 0);
    bh_language_model_destroy(m);
    free(f.bytes);
    bh_pretraining_destroy(t);
}

static void test_live_options_may_be_others(void)
{
    source s = source_with(text, NULL);
    bh_pretraining *t = make(&s), *other = NULL;
    bh_pretraining_steps(t, 12);
    CHECK_STATUS(bh_pretraining_set(t, "eval_freq", "3", NULL), BH_OK);
    file f = save_full(t);
    source changed = s;
    CHECK_STATUS(bh_pretraining_config_from_checkpoint(&changed.config, f.bytes, f.size, NULL),
                 BH_OK);
    CHECK(changed.config.eval_freq == 3); // as it was set
    changed.config.max_steps = 40;
    changed.config.learning_rate.start = 0.5;
    CHECK_STATUS(resume_as(&other, &changed, f, NULL), BH_OK);
    CHECK_STATUS(bh_pretraining_set(t, "max_steps", "40", NULL), BH_OK);
    CHECK_STATUS(bh_pretraining_set(t, "learning_rate", "0.5", NULL), BH_OK);
    free(f.bytes);
    bh_pretraining_steps(t, 9);
    bh_pretraining_steps(other, 9);
    f = save_full(t);
    check_same_as(other, f, "changed", 12);
    free(f.bytes);
    bh_pretraining_destroy(t);
    bh_pretraining_destroy(other);
}

// ---- what is refused ----

static void check_refused(const source *s, file f, bh_status want, const char *part)
{
    size_t live = bh_live_bytes();
    bh_error err = {0};
    bh_pretraining *t = (bh_pretraining *)&err;
    CHECK_STATUS(resume_as(&t, s, f, &err), want);
    if (!CHECK(strstr(err.message, part) != NULL)) printf("    %s\n", err.message);
    CHECK(t == NULL && bh_live_bytes() == live);
}

static void test_other_texts_configs_and_files_are_refused(void)
{
    source s = source_with(text, NULL);
    bh_pretraining *t = make(&s);
    bh_pretraining_steps(t, 9);
    file f = save_full(t);
    source another = s;
    another.text = other_text;
    check_refused(&another, f, BH_ERR_SHAPE, "of another text");
    another = source_with(NULL, OPTIONS("context", "5", "validation", "0.2"));
    check_refused(&another, f, BH_ERR_SHAPE, "the checkpoint's context is '8', but here it is '5'");
    static const char *const options[][3] = {{"seed", "6", "seed is '5', but here it is '6'"},
                                             {"tokenizer", "word", "tokenizer is 'char'"},
                                             {"d_model", "16", "d_model is '8'"},
                                             {"optimizer", "sgd", "optimizer is 'adamw'"},
                                             {"batch_size", "5", "batch_size is '4'"},
                                             {"validation", "0.2", "validation is '0.1'"}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        another = source_with(text, OPTIONS(options[i][0], options[i][1]));
        check_refused(&another, f, BH_ERR_SHAPE, options[i][2]);
    }
    bh_pretraining_config config;
    bh_error err = {0};
    file plain = {.size = bh_language_model_save(bh_pretraining_model(t), NULL, 0, NULL, 0)};
    plain.bytes = malloc(plain.size);
    bh_language_model_save(bh_pretraining_model(t), plain.bytes, plain.size, NULL, 0);
    check_refused(&s, plain, BH_ERR_FORMAT, "parameters only, not the training they are of");
    CHECK_STATUS(bh_pretraining_config_from_checkpoint(&config, plain.bytes, plain.size, &err),
                 BH_ERR_FORMAT);
    CHECK(strstr(err.message, "parameters only") != NULL);
    free(plain.bytes);
    // Settings that a checkpoint contradicts, and a model of something else.
    f.bytes[f.size - 1] ^= 1;
    check_refused(&s, f, BH_ERR_FORMAT, "its checksum does not match");
    f.bytes[f.size - 1] ^= 1;
    memcpy(strstr((char *)f.bytes + 8, "bellhop-lm-1"), "bellhop-1ab2", 12);
    file_sign(f);
    check_refused(&s, f, BH_ERR_SHAPE, "not one of a language model");
    free(f.bytes);
    bh_pretraining_destroy(t);
    CHECK(bh_live_bytes() == 0);
}

static void test_what_no_training_could_be_is_refused(void)
{
    source s = source_with(text, NULL);
    bh_pretraining *t = make(&s);
    bh_pretraining_steps(t, 9);
    file f = save_full(t);
    size_t size;
    int many = -1;
    unsigned char *at = file_data(f, "state/steps", &size), kept[4];
    CHECK(size == 4);
    memcpy(kept, at, 4);
    memcpy(at, &many, 4);
    file_sign(f);
    check_refused(
        &s, f, BH_ERR_FORMAT,
        "state/steps has -1 at 0, but it must be between 0 and 2000000000: no training can");
    memcpy(at, kept, 4);
    at = file_data(f, "tokenizer", &size);
    at[size - 1] = at[size - 1] == 'q' ? 'z' : 'q';
    file_sign(f);
    check_refused(&s, f, BH_ERR_SHAPE, "another vocabulary");
    free(f.bytes);
    bh_pretraining_destroy(t);
}

static void test_every_prefix_and_every_flipped_byte_is_refused(void)
{
    source s = source_with(text, OPTIONS("d_model", "4", "n_heads", "1", "context", "3"));
    bh_pretraining *t = make(&s);
    bh_pretraining_steps(t, 3);
    file f = save_full(t);
    bh_pretraining *other;
    bh_pretraining_destroy(t);
    for (size_t n = 0; n < f.size; n++) {
        file cut = {malloc(n > 0 ? n : 1), n};
        memcpy(cut.bytes, f.bytes, n);
        CHECK(resume_as(&other, &s, cut, NULL) != BH_OK && other == NULL);
        free(cut.bytes);
    }
    for (size_t i = 0; i < f.size; i++) {
        f.bytes[i] ^= (unsigned char)(1u << i % 8);
        CHECK(resume_as(&other, &s, f, NULL) != BH_OK && other == NULL);
        f.bytes[i] ^= (unsigned char)(1u << i % 8);
    }
    CHECK_STATUS(resume_as(&other, &s, f, NULL), BH_OK);
    bh_pretraining_destroy(other);
    free(f.bytes);
    CHECK(bh_live_bytes() == 0);
}

// A file with other numbers or another header, and the right checksum, is refused with a sentence, or gives a training that
// stays within its memory (under the sanitizers).
static void check_mutated(const char *source_text, const char *const *options, int n, bh_rng *rng)
{
    source s = source_with(source_text, options);
    bh_pretraining *t = make(&s);
    bh_pretraining_steps(t, 1 + (int)bh_rng_below(rng, 40));
    file f = save_full(t), mutated = {malloc(f.size), f.size};
    for (int i = 0; i < n; i++) {
        memcpy(mutated.bytes, f.bytes, f.size);
        file_mutate(mutated, rng);
        source as = {.text = s.text};
        bh_pretraining *other = NULL;
        bh_error err = {0};
        bh_status status =
            bh_pretraining_config_from_checkpoint(&as.config, mutated.bytes, mutated.size, &err);
        if (status == BH_OK) status = resume_as(&other, &as, mutated, &err);
        CHECK((status == BH_OK) == (other != NULL));
        CHECK((status == BH_OK) == (err.message[0] == '\0'));
        if (other != NULL) bh_pretraining_steps(other, 3);
        bh_pretraining_destroy(other);
    }
    check_same_as(t, f, "mutated", bh_pretraining_done(t));
    free(mutated.bytes);
    free(f.bytes);
    bh_pretraining_destroy(t);
}

static void mutations(int n, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    check_mutated(text, NULL, n / 3, &rng);
    check_mutated(text, OPTIONS("tokenizer", "bpe", "vocab_size", "24", "optimizer", "momentum"),
                  n / 3, &rng);
    check_mutated(NULL, OPTIONS("validation", "0.2"), n - n / 3 * 2, &rng);
    CHECK(bh_live_bytes() == 0);
}

static void test_mutations(void)
{
    mutations(MUTATED, 1);
}

// ---- memory ----

static void test_every_failing_allocation(void)
{
    source s = source_with(text, NULL);
    bh_pretraining *t = make(&s), *other;
    bh_pretraining_steps(t, 5);
    file f = save_full(t);
    size_t n_bytes;
    failing_alloc_begin(1);
    CHECK_STATUS(bh_pretraining_save_full(t, f.bytes, f.size, &n_bytes, NULL), BH_ERR_MEMORY);
    CHECK(n_bytes == 0);
    failing_alloc_end();
    bh_pretraining_destroy(t);
    for (int n = 1;; n++) {
        bh_error err = {0};
        other = (bh_pretraining *)&err;
        failing_alloc_begin(n);
        bh_status status = resume_as(&other, &s, f, &err);
        bh_pretraining_destroy(other);
        CHECK(failing.blocks == 0 && bh_live_bytes() == 0);
        failing_alloc_end();
        if (status == BH_OK) break;
        CHECK_STATUS(status, BH_ERR_MEMORY);
        CHECK(other == NULL && strstr(err.message, "out of memory") != NULL);
        if (!CHECK(n < 100)) break;
    }
    free(f.bytes);
}

// ---- interruptions ----

static bh_rng stream;
static int n_together;

static int now_and_then(void *user)
{
    ++*(int *)user;
    return bh_rng_below(&stream, 3) == 0;
}

// Windows of 40 tokens: 3 are computed together (BHI_LM_ROWS), so that a step has ten parts.
// Records of a step come together: with each that has an evaluation there is the evaluation.
static void check_records(bh_pretraining *t, int eval_freq)
{
    double rows[64 * BH_LM_RECORD_WIDTH];
    int n = bh_pretraining_drain(t, rows, 64);
    for (int i = 0; i < n; i++) {
        const double *row = rows + i * BH_LM_RECORD_WIDTH, *next = row + BH_LM_RECORD_WIDTH;
        if (row[0] != BH_LM_RECORD_TRAIN || (int)row[1] % eval_freq != 0) continue;
        CHECK(i + 1 < n && next[0] == BH_LM_RECORD_EVAL && next[1] == row[1]);
        n_together++;
    }
}

static void test_interrupted_is_the_same(void)
{
    const char *const *options = OPTIONS("context", "40", "batch_size", "30", "eval_windows", "40",
                                         "eval_freq", "5", "log_freq", "5", "validation", "0.5");
    source s = source_with(text, options);
    int n_asked = 0, n_pending = 0;
    stream = bh_rng_seed(3);
    bh_pretraining *plain = make(&s), *often = make(&s);
    bh_pretraining_set_interrupt(often, now_and_then, &n_asked);
    CHECK_STATUS(bh_pretraining_steps(plain, 23), BH_OK);
    bh_status status = BH_PENDING;
    while (status == BH_PENDING || bh_pretraining_done(often) < 23) {
        int left = 23 - bh_pretraining_done(often);
        status = bh_pretraining_steps(often, status == BH_PENDING && n_pending > 0 ? 0 : left);
        check_records(often, 5);
        if (status != BH_PENDING) continue;
        if (n_pending++ % 7 == 3) {
            double loss = bh_pretraining_validate(often, 2); // what is under way begins anew
            CHECK(loss > 0);
        }
        if (n_pending % 5 != 0) continue;
        file f = save_full(often);
        bh_pretraining_destroy(often);
        often = resume(&s, f);
        bh_pretraining_set_interrupt(often, now_and_then, &n_asked);
        status = BH_OK;
        free(f.bytes);
    }
    printf("    %d interruptions\n", n_pending);
    CHECK(n_pending > 23 && n_together > 0);
    file f = save_full(plain);
    check_same_as(often, f, "interrupted", 23);
    free(f.bytes);
    bh_pretraining_destroy(plain);
    bh_pretraining_destroy(often);
}

int main(int argc, char **argv)
{
    for (int i = 0; i < 40; i++) {
        strcat(text, "the cat sat on the mat. ");
        strcat(other_text, i == 39 ? "the mat sat on the cat. " : "the cat sat on the mat. ");
    }
    if (argc > 2 && strcmp(argv[1], "--mutations") == 0) {
        mutations(atoi(argv[2]), argc > 3 ? (uint64_t)atoll(argv[3]) : 0);
        printf("pre-training: %s mutations of two texts and of rows\n", argv[2]);
        return check_report();
    }
    CHECK_RUN(test_saved_anywhere_and_continued);
    CHECK_RUN(test_what_a_file_says);
    CHECK_RUN(test_live_options_may_be_others);
    CHECK_RUN(test_other_texts_configs_and_files_are_refused);
    CHECK_RUN(test_what_no_training_could_be_is_refused);
    CHECK_RUN(test_every_prefix_and_every_flipped_byte_is_refused);
    CHECK_RUN(test_mutations);
    CHECK_RUN(test_interrupted_is_the_same);
    CHECK_RUN(test_every_failing_allocation);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
