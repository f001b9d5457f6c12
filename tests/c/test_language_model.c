// SPDX-License-Identifier: MIT
// Language models: reading and writing against a forward pass over the whole text, texts beyond the
// context, files, and hostile ones.
#include "lm/language_model.h"
#include "lm/lm_net.h"
#include "lm/sampling.h"

#include "check.h"
#include "core/logits.h"
#include "failing_alloc.h"
#include "io/sha256.h"

static const char alphabet[] = "abcdefghijklmnopqrst"; // V is 21

static bh_tokenizer *tokenizer_of(const char *text)
{
    bh_tokenizer *t;
    CHECK_STATUS(bh_tokenizer_create(&t, BH_TOKENIZER_CHAR, 100, text, strlen(text), NULL), BH_OK);
    return t;
}

static bh_language_model_config config_of(int context, int d_model, int n_heads, int n_layers,
                                          int tied)
{
    return (bh_language_model_config){context, d_model, n_heads, n_layers, tied, BHI_GELU_TANH};
}

// A small one, away from its start, where all texts look alike.
static bh_language_model *make(int context, int tied)
{
    bh_language_model_config config = config_of(context, 8, 2, 2, tied);
    bh_language_model *m;
    bh_error err = {0};
    if (!CHECK_STATUS(bh_language_model_create(&m, &config, tokenizer_of(alphabet), 3, &err),
                      BH_OK)) {
        printf("    %s\n", err.message);
        exit(1);
    }
    bh_rng rng = bh_rng_seed(8);
    bh_real *params = bh_language_model_params(m);
    for (int i = 0; i < bhi_language_model_net(m)->n_params; i++)
        params[i] += (bh_real)(0.4 * bh_rng_normal(&rng));
    bh_language_model_read(m, NULL, 0);
    return m;
}

static int vocabulary(const bh_language_model *m)
{
    return bh_tokenizer_size(bh_language_model_tokenizer(m));
}

static void random_ids(uint16_t *ids, int n, int V, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    for (int i = 0; i < n; i++) ids[i] = (uint16_t)bh_rng_below(&rng, (uint32_t)V);
}

// Logits after every token of a text within the context, by one forward pass; in memory of its own.
static const bh_real *forward(bh_language_model *m, const int *tokens, int n)
{
    static bh_real acts[200000], logits[20000];
    const bhi_lm_net *net = bhi_language_model_net(m);
    CHECK(bhi_transformer_acts(&net->body, 1, n) <= 200000 && n * net->body.spec.V <= 20000);
    const bh_real *features =
        bhi_transformer_forward(&net->body, bh_language_model_params(m), acts, tokens, NULL, 1, n);
    bhi_lm_net_logits(net, bh_language_model_params(m), logits, features, n);
    return logits;
}

// The same bits as the last logits of a forward pass over these tokens?
static int is_after(bh_language_model *m, const int *tokens, int n)
{
    int V = vocabulary(m);
    const bh_real *want = forward(m, tokens, n) + (n - 1) * V;
    return memcmp(bh_language_model_logits(m), want, (size_t)V * sizeof *want) == 0;
}

// ---- reading and writing ----

static void test_reading_has_the_bits_of_a_forward_pass(void)
{
    for (int tied = 0; tied < 2; tied++) {
        bh_language_model *m = make(12, tied);
        uint16_t ids[12];
        int tokens[12];
        random_ids(ids, 12, 21, 1);
        for (int i = 0; i < 12; i++) tokens[i] = ids[i];
        for (size_t n = 1; n <= 12; n++) {
            bh_language_model_read(m, ids, n);
            CHECK(is_after(m, tokens, (int)n));
            CHECK(n == 1 || !is_after(m, tokens, (int)n - 1));
        }
        bh_language_model_read(m, NULL, 0); // nothing: token 0
        CHECK(is_after(m, (int[]){0}, 1));
        ids[0] = 21, ids[1] = 65535, ids[2] = 20; // not in the vocabulary
        bh_language_model_read(m, ids, 3);
        CHECK(is_after(m, (int[]){0, 0, 20}, 3));
        bh_language_model_destroy(m);
    }
    CHECK(bh_live_bytes() == 0);
    bh_language_model_destroy(NULL);
}

// What is read when a full context is left for its second half, token by token.
typedef struct window {
    int tokens[16], n;
} window;

static void slide(window *w, int context, int token)
{
    if (w->n == context) {
        w->n = context / 2;
        memmove(w->tokens, w->tokens + context - w->n, (size_t)w->n * sizeof *w->tokens);
    }
    w->tokens[w->n++] = token;
}

static void test_longer_than_the_context(void)
{
    static const int contexts[] = {2, 3, 7, 8};
    for (int k = 0; k < 4; k++) {
        int context = contexts[k];
        bh_language_model *m = make(context, 1);
        uint16_t ids[60];
        random_ids(ids, 60, 21, 2);
        window w = {.n = 0};
        for (int n = 1; n <= 60; n++) {
            slide(&w, context, ids[n - 1]);
            bh_language_model_read(m, ids, (size_t)n);
            CHECK(is_after(m, w.tokens, w.n));
            CHECK(2 * w.n >= context || w.n == n); // half a context or more
        }
        bh_language_model_destroy(m);
    }
}

static void test_writing(void)
{
    enum { CONTEXT = 7, N = 50 };
    bh_language_model *m = make(CONTEXT, 0);
    bh_sampling sampling = {0.9, 12, 0.95};
    bh_rng rng = bh_rng_seed(4), same = rng;
    uint16_t ids[3 + N] = {5, 6, 7};
    window w = {.n = 0};
    for (int i = 0; i < 3; i++) slide(&w, CONTEXT, ids[i]);
    bh_language_model_read(m, ids, 3);
    int n_different = 0;
    for (int i = 0; i < N; i++) {
        // The distribution without token 0, and a draw from it.
        double p[21], want[21];
        int order[21];
        bh_real logits[21];
        memcpy(logits, bh_language_model_logits(m), sizeof logits);
        bh_language_model_next(m, p, &sampling);
        CHECK(memcmp(logits, bh_language_model_logits(m), sizeof logits) == 0);
        logits[0] = (bh_real)-INFINITY;
        bhi_sampling_distribution(want, order, logits, 21, &sampling);
        CHECK(memcmp(p, want, sizeof p) == 0 && p[0] == 0);
        int drawn = bhi_sample_from(want, 21, &same),
            token = bh_language_model_write(m, &sampling, &rng);
        CHECK(token == drawn && token > 0 && token < 21 && p[token] > 0);
        n_different += token != ids[2 + i];
        ids[3 + i] = (uint16_t)token;
        slide(&w, CONTEXT, token);
        CHECK(is_after(m, w.tokens, w.n)); // it has been read
    }
    CHECK(n_different > N / 4);
    bh_real logits[21];
    memcpy(logits, bh_language_model_logits(m), sizeof logits);
    bh_language_model_read(m, ids, 3 + N); // all at once: the same windows
    CHECK(memcmp(logits, bh_language_model_logits(m), sizeof logits) == 0);
    bh_language_model_destroy(m);
}

static void test_token_0_is_never_written(void)
{
    bh_language_model *m = make(4, 0);
    const bhi_lm_net *net = bhi_language_model_net(m);
    bh_real *params = bh_language_model_params(m);
    for (int c = 0; c < 8;
         c++) { // logits 100 for token 0 whatever stands before, and nothing for the others
        params[net->body.lnf_gain + c] = 0;
        params[net->body.lnf_bias + c] = 1;
        for (int v = 0; v < 21; v++) params[net->head + c * 21 + v] = v == 0 ? (bh_real)12.5 : 0;
    }
    bh_language_model_read(m, NULL, 0);
    CHECK_NEAR((double)bh_language_model_logits(m)[0], 100, 1e-4);
    bh_rng rng = bh_rng_seed(1);
    int counts[21] = {0};
    for (int i = 0; i < 500; i++) counts[bh_language_model_write(m, &BH_SAMPLING_DEFAULT, &rng)]++;
    CHECK(counts[0] == 0);
    for (int v = 1; v < 21; v++) CHECK(counts[v] > 5 && counts[v] < 60); // 25 each
    CHECK(bh_language_model_write(m, &(bh_sampling){0, 0, 1}, &rng) == 1);
    double p[21];
    bh_language_model_next(m, p, &(bh_sampling){1, 0, 0.5});
    CHECK(p[0] == 0 && p[10] > 0 && p[11] == 0); // ten of twenty
    bh_language_model_destroy(m);
}

// ---- surprise ----

static double surprise_of(bh_language_model *m, const uint16_t *ids, int n)
{
    int T = bh_language_model_config_of(m)->context, V = vocabulary(m);
    double sum = 0;
    for (int at = 0; at + 1 < n; at += T) {
        int tokens[512], length = n - 1 - at < T ? n - 1 - at : T;
        for (int t = 0; t < length; t++) tokens[t] = ids[at + t] < V ? ids[at + t] : 0;
        const bh_real *logits = forward(m, tokens, length);
        for (int t = 0; t < length; t++) {
            int target = ids[at + t + 1] < V ? ids[at + t + 1] : 0;
            sum += bhi_log_sum_exp(logits + t * V, V) - (double)logits[t * V + target];
        }
    }
    return sum;
}

static void test_surprise(void)
{
    // Contexts beyond BHI_LM_ROWS / 2 with shorter remainders: parts of another size.
    static const int contexts[] = {2, 9, 64, 65, 100, 127, 128, 140};
    for (int k = 0; k < 8; k++) {
        bh_language_model *m = make(contexts[k], k % 2);
        uint16_t ids[320];
        random_ids(ids, 320, 23, 3); // some not in the vocabulary
        int T = contexts[k];
        const int sizes[] = {2,      3,      T,         T + 1,      T + 2, T + 34,
                             T + 44, T + 65, 2 * T + 1, 2 * T + 20, 320};
        for (int i = 0; i < 11; i++) {
            int n = sizes[i] < 320 ? sizes[i] : 320, n_targets = -1;
            double got = bh_language_model_surprise(m, ids, (size_t)n, &n_targets),
                   want = surprise_of(m, ids, n);
            CHECK(n_targets == n - 1);
            CHECK_NEAR(got, want, 1e-6 * want);
        }
        int n_targets = -1;
        CHECK(bh_language_model_surprise(m, ids, 0, &n_targets) == 0 && n_targets == 0);
        n_targets = -1;
        CHECK(bh_language_model_surprise(m, ids, 1, &n_targets) == 0 && n_targets == 0);
        // It leaves what was read.
        bh_language_model_read(m, ids, 2);
        bh_language_model_surprise(m, ids, 100, &n_targets);
        CHECK(is_after(m, (int[]){ids[0] < 21 ? ids[0] : 0, ids[1] < 21 ? ids[1] : 0}, 2));
        bh_language_model_destroy(m);
    }
}

// Within a context: the sum of what each logits said of the next token.
static void test_surprise_is_that_of_reading(void)
{
    bh_language_model *m = make(10, 1);
    uint16_t ids[11];
    int n_targets;
    random_ids(ids, 11, 21, 5);
    double sum = 0;
    for (size_t n = 1; n <= 10; n++) {
        bh_language_model_read(m, ids, n);
        const bh_real *logits = bh_language_model_logits(m);
        sum += bhi_log_sum_exp(logits, 21) - (double)logits[ids[n]];
    }
    CHECK_NEAR(bh_language_model_surprise(m, ids, 11, &n_targets), sum, 1e-6 * sum);
    CHECK(n_targets == 10 && sum > 10);
    bh_language_model_destroy(m);
}

// ---- creating ----

static void test_config(void)
{
    static const struct {
        bh_language_model_config config;
        const char *part;
    } wrong[] = {
        {{1, 8, 2, 2, 1, 0}, "context"},       {{513, 8, 2, 2, 1, 0}, "context"},
        {{8, 0, 2, 2, 1, 0}, "d_model"},       {{8, 516, 1, 2, 1, 0}, "d_model"},
        {{8, 8, 0, 2, 1, 0}, "n_heads"},       {{8, 512, 17, 2, 1, 0}, "n_heads"},
        {{8, 8, 2, 0, 1, 0}, "n_layers"},      {{8, 8, 2, 5, 1, 0}, "n_layers"},
        {{8, 8, 2, 2, 1, 2}, "gelu"},          {{8, 8, 2, 2, 1, -1}, "gelu"},
        {{8, 6, 1, 2, 1, 0}, "multiple of 4"}, {{8, 12, 2, 2, 1, 0}, "n_heads, which is 8"},
        {{8, 8, 4, 2, 1, 0}, "d_model is 8"},  {{8, 20, 3, 2, 1, 0}, "which is 12"},
    };
    bh_tokenizer *t = tokenizer_of(alphabet);
    size_t live = bh_live_bytes();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bh_language_model *m = (bh_language_model *)&live;
        bh_error err = {0};
        CHECK_STATUS(bh_language_model_create(&m, &wrong[i].config, t, 1, &err), BH_ERR_CONFIG);
        if (!CHECK(strstr(err.message, wrong[i].part) != NULL)) printf("    %s\n", err.message);
        CHECK(m == NULL && bh_live_bytes() == live); // the tokenizer stays the caller's
    }
    bh_language_model_config config;
    bh_config_defaults(&bh_language_model_table, &config);
    bh_language_model *m;
    failing_alloc_begin(1);
    CHECK_STATUS(bh_language_model_create(&m, &config, t, 1, NULL), BH_ERR_MEMORY);
    CHECK(m == NULL && bh_live_bytes() == live);
    failing_alloc_end();
    CHECK_STATUS(bh_language_model_create(&m, &config, t, 1, NULL), BH_OK);
    CHECK(bh_language_model_tokenizer(m) == t && bhi_language_model_net(m)->body.spec.V == 21);
    CHECK(bh_language_model_config_of(m)->context == config.context);
    bh_language_model_destroy(m); // with its tokenizer
    CHECK(bh_live_bytes() == 0);
}

static void fingerprint(bh_language_model *m, char hex[65])
{
    bh_tensor tensors[BH_TENSORS_MAX];
    int n = bhi_lm_net_tensors(bhi_language_model_net(m), bh_language_model_params(m), tensors);
    bh_checkpoint_fingerprint(tensors, n, hex);
}

static void test_seed(void)
{
    bh_language_model_config config = config_of(8, 8, 2, 2, 1);
    char hex[3][65];
    for (int i = 0; i < 3; i++) {
        bh_language_model *m;
        CHECK_STATUS(bh_language_model_create(&m, &config, tokenizer_of(alphabet), i / 2, NULL),
                     BH_OK);
        CHECK(is_after(m, (int[]){0}, 1)); // it can be asked at once
        fingerprint(m, hex[i]);
        bh_language_model_destroy(m);
    }
    CHECK_STRING(hex[0], hex[1]);
    CHECK(strcmp(hex[0], hex[2]) != 0);
}

// ---- files ----

typedef struct file {
    unsigned char *bytes;
    size_t size;
} file;

static file save(bh_language_model *m, const bh_checkpoint_entry *entries, int n)
{
    file f = {.size = bh_language_model_save(m, NULL, 0, entries, n)};
    f.bytes = malloc(f.size);
    CHECK(bh_language_model_save(m, f.bytes, f.size, entries, n) == f.size);
    return f;
}

// From a block of exactly that size, which is not needed afterwards.
static bh_status load(bh_language_model **m, const unsigned char *bytes, size_t size, bh_error *err)
{
    unsigned char *exact = malloc(size > 0 ? size : 1);
    memcpy(exact, bytes, size);
    bh_status status = bh_language_model_load(m, exact, size, err);
    free(exact);
    return status;
}

static void test_round_trip(void)
{
    for (int tied = 0; tied < 2; tied++) {
        bh_language_model *m = make(7, tied), *back;
        file f = save(m, &(bh_checkpoint_entry){"note", "a \"cat\"\n"}, 1);
        CHECK_STATUS(load(&back, f.bytes, f.size, NULL), BH_OK);
        char one[65], other[65], note[20];
        fingerprint(m, one);
        fingerprint(back, other);
        CHECK_STRING(other, one);
        const bh_language_model_config *a = bh_language_model_config_of(m),
                                       *b = bh_language_model_config_of(back);
        CHECK(a->context == b->context && a->d_model == b->d_model && a->n_heads == b->n_heads &&
              a->n_layers == b->n_layers && a->tied == b->tied && a->gelu == b->gelu);
        CHECK(
            bh_tokenizer_equal(bh_language_model_tokenizer(m), bh_language_model_tokenizer(back)));
        size_t bytes = 21 * sizeof(bh_real);
        CHECK(memcmp(bh_language_model_logits(m), bh_language_model_logits(back), bytes) ==
              0); // nothing read
        uint16_t ids[20];
        int n, n_back;
        random_ids(ids, 20, 21, 7);
        bh_language_model_read(m, ids, 20);
        bh_language_model_read(back, ids, 20);
        CHECK(memcmp(bh_language_model_logits(m), bh_language_model_logits(back), bytes) == 0);
        CHECK(bh_language_model_surprise(m, ids, 20, &n) ==
              bh_language_model_surprise(back, ids, 20, &n_back));
        bh_rng rng = bh_rng_seed(1), same = rng;
        for (int i = 0; i < 20; i++) {
            CHECK(bh_language_model_write(m, &BH_SAMPLING_DEFAULT, &rng) ==
                  bh_language_model_write(back, &BH_SAMPLING_DEFAULT, &same));
        }
        CHECK(bh_checkpoint_entry_get(f.bytes, f.size, "note", note, sizeof note) == 1);
        CHECK_STRING(note, "a \"cat\"\n");
        CHECK(bh_checkpoint_has(f.bytes, f.size, "lm_head.weight") == !tied);
        CHECK(bh_checkpoint_has(f.bytes, f.size, "transformer.h.1.attn.c_attn.weight"));
        file again = save(back, &(bh_checkpoint_entry){"note", "a \"cat\"\n"}, 1);
        CHECK(again.size == f.size && memcmp(again.bytes, f.bytes, f.size) == 0);
        free(again.bytes);
        free(f.bytes);
        bh_language_model_destroy(m);
        bh_language_model_destroy(back);
    }
    CHECK(bh_live_bytes() == 0);
}

static bh_language_model *tiny(void)
{
    bh_language_model_config config = config_of(2, 4, 1, 1, 1);
    bh_language_model *m;
    CHECK_STATUS(bh_language_model_create(&m, &config, tokenizer_of("ab"), 3, NULL), BH_OK);
    return m;
}

// Damaged beyond doubt, in whatever way.
static void check_rejected(const unsigned char *bytes, size_t size)
{
    bh_language_model *m = (bh_language_model *)&size;
    bh_error err = {0};
    CHECK_STATUS(load(&m, bytes, size, &err), BH_ERR_FORMAT);
    CHECK(m == NULL && err.status == BH_ERR_FORMAT && err.message[0] != '\0' &&
          bh_live_bytes() == 0);
}

static void test_damaged_files(void)
{
    bh_language_model *m = tiny();
    file f = save(m, NULL, 0);
    bh_language_model_destroy(m);
    for (size_t n = 0; n < f.size; n++) check_rejected(f.bytes, n);
    for (size_t i = 0; i < f.size; i++) {
        f.bytes[i] ^= (unsigned char)(1 << i % 8);
        check_rejected(f.bytes, f.size);
        f.bytes[i] ^= (unsigned char)(1 << i % 8);
    }
    free(f.bytes);
}

// Every byte changed and the checksum made right again: an error, or a model that works.
static void test_damaged_files_with_a_right_checksum(void)
{
    bh_language_model *m = tiny();
    file f = save(m, NULL, 0);
    bh_language_model_destroy(m);
    unsigned char *digits = f.bytes + 8 + strlen("{\"__metadata__\":{\"sha256\":\"");
    int n_of[3] = {0};
    bh_rng rng = bh_rng_seed(6);
    for (size_t i = 0; i < f.size; i++) {
        if (f.bytes + i >= digits && f.bytes + i < digits + 64) continue;
        unsigned char kept = f.bytes[i], change = (unsigned char)(1 + bh_rng_below(&rng, 255));
        f.bytes[i] ^= i % 2 == 0 ? (unsigned char)(1 << bh_rng_below(&rng, 4)) : change;
        char hex[65];
        bh_sha256 sha;
        bh_sha256_begin(&sha);
        memset(digits, '0', 64);
        bh_sha256_add(&sha, f.bytes, f.size);
        bh_sha256_end(&sha, hex);
        memcpy(digits, hex, 64);
        bh_error err = {0};
        bh_status status = load(&m, f.bytes, f.size, &err);
        if (status == BH_OK) {
            n_of[0]++;
            uint16_t ids[5] = {1, 2, 1, 0, 2};
            int n;
            bh_language_model_read(m, ids, 5);
            for (int k = 0; k < 3; k++) {
                int token = bh_language_model_write(m, &BH_SAMPLING_DEFAULT, &rng);
                CHECK(token >= 0 && token < vocabulary(m));
            }
            bh_language_model_surprise(m, ids, 5, &n);
            bh_language_model_destroy(m);
        } else {
            n_of[status == BH_ERR_FORMAT ? 1 : 2]++;
            if (!CHECK(status == BH_ERR_FORMAT || status == BH_ERR_SHAPE))
                printf("    %s\n", err.message);
            CHECK(m == NULL && err.status == status && err.message[0] != '\0');
        }
        if (bh_live_bytes() != 0) CHECK(bh_live_bytes() == 0);
        f.bytes[i] = kept;
    }
    CHECK(n_of[0] > 100 && n_of[1] > 100 && n_of[2] > 20);
    free(f.bytes);
}

// A checkpoint of a tiny model with one thing otherwise.
static void check_other(const char *key, const char *value, bh_status want, const char *part)
{
    static const char *const keys[] = {"format",         "config.context",  "config.d_model",
                                       "config.n_heads", "config.n_layers", "config.tied",
                                       "config.gelu"};
    static const char *const values[] = {"bellhop-lm-1", "2", "4", "1", "1", "true", "tanh"};
    bh_language_model *m = tiny();
    bh_checkpoint_entry entries[10];
    int n = 0;
    for (int i = 0; i < 7; i++) {
        entries[n] = (bh_checkpoint_entry){keys[i], strcmp(key, keys[i]) == 0 ? value : values[i]};
        n += entries[n].value != NULL;
    }
    int is_separator = strcmp(key, "separator") == 0;
    if (is_separator) entries[n++] = (bh_checkpoint_entry){key, value};
    if (is_separator || strcmp(key, "config.architecture") == 0) {
        const char *architecture = is_separator ? "encoder-decoder" : value;
        entries[n++] = (bh_checkpoint_entry){"config.architecture", architecture};
    }
    bh_tensor tensors[BH_TENSORS_MAX];
    unsigned char saved[100];
    int n_tensors =
        bhi_lm_net_tensors(bhi_language_model_net(m), bh_language_model_params(m), tensors);
    size_t bytes = bh_tokenizer_save(bh_language_model_tokenizer(m), saved, sizeof saved);
    if (strcmp(key, "letters") == 0) {
        bh_tokenizer *t = tokenizer_of(value);
        bytes = bh_tokenizer_save(t, saved, sizeof saved);
        bh_tokenizer_destroy(t);
    }
    if (strcmp(key, "kind") == 0) saved[0] = (unsigned char)*value;
    if (strcmp(key, "tensor") == 0) strcpy(tensors[5].name, value);
    tensors[n_tensors] = strcmp(key, "type") == 0
                             ? bh_tensor_vector("tokenizer", BH_F32, 4, saved)
                             : bh_tensor_vector("tokenizer", BH_U8, (int)bytes, saved);
    n_tensors += strcmp(key, "tokenizer") != 0;
    static unsigned char out[20000];
    size_t size = bh_checkpoint_write(out, sizeof out, tensors, n_tensors, entries, n);
    CHECK(size <= sizeof out);
    bh_language_model_destroy(m);
    bh_error err = {0};
    CHECK_STATUS(load(&m, out, size, &err), want);
    if (!CHECK(err.status == want && strstr(err.message, part) != NULL)) {
        printf("    %s %s: %s\n", key, value == NULL ? "" : value, err.message);
    }
    if (want == BH_OK) bh_language_model_destroy(m);
    else CHECK(m == NULL);
    CHECK(bh_live_bytes() == 0);
}

static void test_other_checkpoints(void)
{
    check_other("", "", BH_OK, "");
    check_other("format", NULL, BH_ERR_SHAPE, "not one of a language model");
    check_other("format", "bellhop-1", BH_ERR_SHAPE, "not one of a language model");
    check_other("config.d_model", "6", BH_ERR_FORMAT, "d_model");
    check_other("config.d_model", "-4", BH_ERR_FORMAT, "d_model");
    check_other("config.d_model", "four", BH_ERR_FORMAT, "d_model");
    check_other("config.d_model", "1000000000", BH_ERR_FORMAT, "d_model");
    check_other("config.n_heads", "2", BH_ERR_FORMAT, "n_heads, which is 8");
    check_other("config.context", "1", BH_ERR_FORMAT, "context");
    check_other("config.context", "", BH_ERR_FORMAT, "context");
    check_other("config.context", "2000000000000000000000000000000000000000000000", BH_ERR_FORMAT,
                "context");
    check_other("config.gelu", "relu", BH_ERR_FORMAT, "gelu");
    check_other("config.tied", "maybe", BH_ERR_FORMAT, "tied");
    check_other("config.architecture", "both", BH_ERR_FORMAT, "architecture");
    check_other("config.architecture", "encoder-decoder", BH_ERR_FORMAT, "no separator");
    check_other("separator", "0", BH_ERR_FORMAT, "no separator");
    check_other("separator", "-1", BH_ERR_FORMAT, "no separator");
    check_other("separator", "2x", BH_ERR_FORMAT, "no separator");
    check_other("separator", "99999999999999", BH_ERR_FORMAT, "no separator");
    check_other("separator", "1000", BH_ERR_FORMAT, "separator is 1000");
    check_other("separator", "1", BH_ERR_SHAPE, "encoder.layers.0");
    check_other("config.tied", "false", BH_ERR_SHAPE, "lm_head.weight");
    check_other("config.context", "3", BH_ERR_SHAPE, "wpe");
    check_other("config.d_model", "8", BH_ERR_SHAPE, "wte");
    check_other("config.n_layers", "2", BH_ERR_SHAPE, "h.1.");
    check_other("config.n_layers", NULL, BH_ERR_SHAPE, "h.1."); // the default
    check_other("letters", "abc", BH_ERR_SHAPE, "wte");
    check_other("letters", "yz", BH_OK, "");
    check_other("kind", "\x07", BH_ERR_FORMAT, "no tokenizer");
    check_other("tensor", "other", BH_ERR_SHAPE, "'transformer.h.0.attn.c_attn.bias'");
    check_other("tokenizer", "", BH_ERR_FORMAT, "no tokenizer");
    check_other("type", "", BH_ERR_FORMAT, "no tokenizer");
    float w[2] = {0};
    unsigned char bytes[600];
    bh_tensor t = bh_tensor_vector("fc.bias", BH_F32, 2, w);
    size_t size = bh_checkpoint_write(bytes, sizeof bytes, &t, 1, NULL, 0);
    bh_language_model *m;
    CHECK_STATUS(load(&m, bytes, size, NULL), BH_ERR_SHAPE);
    CHECK(m == NULL);
}

static void test_failing_allocations(void)
{
    bh_language_model *m = tiny();
    file f = save(m, NULL, 0);
    failing_alloc_begin(1);
    CHECK(bh_language_model_save(m, f.bytes, f.size, NULL, 0) ==
          0); // it writes the tokenizer somewhere first
    failing_alloc_end();
    bh_language_model_destroy(m);
    int n_failed = 0;
    for (int n = 1; n < 20; n++) {
        bh_error err = {0};
        m = (bh_language_model *)&err;
        failing_alloc_begin(n);
        bh_status status = bh_language_model_load(&m, f.bytes, f.size, &err);
        if (failing.requests < n) {
            CHECK_STATUS(status, BH_OK);
            bh_language_model_destroy(m);
        } else {
            CHECK_STATUS(status, BH_ERR_MEMORY);
            CHECK(m == NULL && strstr(err.message, "out of memory") != NULL);
            n_failed++;
        }
        CHECK(failing.blocks == 0 && bh_live_bytes() == 0);
        failing_alloc_end();
    }
    CHECK(n_failed >= 3 && n_failed < 19);
    free(f.bytes);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_reading_has_the_bits_of_a_forward_pass);
    CHECK_RUN(test_longer_than_the_context);
    CHECK_RUN(test_writing);
    CHECK_RUN(test_token_0_is_never_written);
    CHECK_RUN(test_surprise);
    CHECK_RUN(test_surprise_is_that_of_reading);
    CHECK_RUN(test_config);
    CHECK_RUN(test_seed);
    CHECK_RUN(test_round_trip);
    CHECK_RUN(test_damaged_files);
    CHECK_RUN(test_damaged_files_with_a_right_checksum);
    CHECK_RUN(test_other_checkpoints);
    CHECK_RUN(test_failing_allocations);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
