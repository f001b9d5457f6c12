// SPDX-License-Identifier: MIT
// Any bytes as a text to make a tokenizer and a corpus from, and as a saved tokenizer.
#include "fuzz.h"

#include "core/rng.h"
#include "core/utf8.h"
#include "lm/corpus_windows.h"

// Ids of a text, which are in the vocabulary; the count does not depend on the room. A caller frees
// them.
static uint16_t *encode(const bh_tokenizer *t, const char *text, size_t n, size_t *n_ids)
{
    *n_ids = bh_tokenizer_encode(t, NULL, 0, text, n);
    REQUIRE(*n_ids <= n);
    uint16_t *ids = malloc((*n_ids + 1) * sizeof *ids);
    REQUIRE(ids != NULL && bh_tokenizer_encode(t, ids, *n_ids, text, n) == *n_ids);
    for (size_t i = 0; i < *n_ids; i++) REQUIRE(ids[i] < bh_tokenizer_size(t));
    return ids;
}

// Tokens give the text back from left to right, as far as there is no unknown one.
static void check_decode(const bh_tokenizer *t, const uint16_t *ids, size_t n_ids, const char *text,
                         size_t n)
{
    size_t at = 0, length, i = 0;
    for (; i < n_ids && ids[i] != BH_TOKEN_UNKNOWN; i++, at += length) {
        const char *token = bh_tokenizer_token(t, ids[i], &length);
        REQUIRE(length >= 1 && length <= 64 && bh_utf8_invalid_at(token, length) == length);
        REQUIRE(length <= n - at && memcmp(text + at, token, length) == 0);
    }
    REQUIRE(i < n_ids || at == n);
}

// Written, read, and the same tokenizer again.
static void check_save(const bh_tokenizer *t, const char *text, size_t n)
{
    size_t size = bh_tokenizer_save(t, NULL, 0), n_ids, n_back;
    void *bytes = malloc(size);
    REQUIRE(bytes != NULL && bh_tokenizer_save(t, bytes, size) == size);
    bh_tokenizer *back;
    REQUIRE(bh_tokenizer_load(&back, bytes, size, NULL) == BH_OK);
    REQUIRE(bh_tokenizer_equal(t, back) && bh_tokenizer_kind_of(t) == bh_tokenizer_kind_of(back));
    uint16_t *ids = encode(t, text, n, &n_ids), *ids_back = encode(back, text, n, &n_back);
    REQUIRE(n_ids == n_back && memcmp(ids, ids_back, n_ids * sizeof *ids) == 0);
    free(ids);
    free(ids_back);
    free(bytes);
    bh_tokenizer_destroy(back);
}

static void check_corpus(const bh_tokenizer *t, const char *text, size_t n, int context,
                         double validation)
{
    bh_corpus *c;
    bh_error err = {0};
    bh_status status = bh_corpus_create(&c, t, text, n, context, validation, &err);
    size_t n_ids, least = 2 * ((size_t)context + 1);
    uint16_t *ids = encode(t, text, n, &n_ids);
    if (status != BH_OK) {
        REQUIRE(status == BH_ERR_ARGUMENT && c == NULL && err.message[0] != '\0');
    } else {
        size_t n_train = bh_corpus_train_tokens(c), n_held = n_ids - n_train;
        REQUIRE(bh_corpus_tokens(c) == n_ids && n_train >= least && n_held >= least);
        REQUIRE(memcmp(bh_corpus_ids(c), ids, n_ids * sizeof *ids) == 0);
        int *tokens = malloc((size_t)context * sizeof *tokens),
            *targets = malloc((size_t)context * sizeof *targets);
        REQUIRE(tokens != NULL && targets != NULL);
        int n_windows = bhi_corpus_windows(c, context);
        REQUIRE(n_windows >= 1);
        bhi_corpus_window(c, tokens, targets, n_windows - 1, context);
        size_t from = n_train + (size_t)(n_windows - 1) * (size_t)context;
        REQUIRE(from + (size_t)context < n_ids);
        for (int i = 0; i < context; i++) {
            REQUIRE(tokens[i] == ids[from + (size_t)i] && targets[i] == ids[from + (size_t)i + 1]);
        }
        bh_rng rng = bh_rng_seed(n);
        bhi_corpus_sample(c, tokens, targets, 1, context, &rng);
        for (int i = 1; i < context; i++) REQUIRE(targets[i - 1] == tokens[i]);
        free(tokens);
        free(targets);
    }
    free(ids);
    bh_corpus_destroy(c);
}

// Bytes 0 to 3 say what to make, the rest is the text.
static void as_text(const uint8_t *data, size_t size)
{
    if (size < 4) return;
    bh_tokenizer_kind kind = (bh_tokenizer_kind)(data[0] % 3);
    int vocab_size = 2 + (data[1] | data[2] << 8) % 700, context = 1 + data[3] % 40;
    double validation = 0.05 + 0.3 * (data[3] / 64);
    size_t n = size - 4;
    char *text = copy_of(data + 4, n);
    bh_tokenizer *t;
    bh_error err = {0};
    bh_status status = bh_tokenizer_create(&t, kind, vocab_size, text, n, &err);
    size_t at = bh_utf8_invalid_at(text, n), n_ids;
    REQUIRE(at <= n);
    if (status != BH_OK) {
        REQUIRE(status == BH_ERR_ARGUMENT && t == NULL && err.message[0] != '\0');
        REQUIRE(n == 0 || at < n ||
                kind == BH_TOKENIZER_WORD); // nothing but words that are too long
    } else {
        REQUIRE(n > 0 && at == n);
        REQUIRE(bh_tokenizer_size(t) >= 2 && bh_tokenizer_size(t) <= vocab_size);
        uint16_t *ids = encode(t, text, n, &n_ids);
        check_decode(t, ids, n_ids, text, n);
        free(ids);
        ids =
            encode(t, (const char *)data, size, &n_ids); // with a beginning that need not be UTF-8
        check_decode(t, ids, n_ids, (const char *)data, size);
        free(ids);
        check_save(t, text, n);
        check_corpus(t, text, n, context, validation);
    }
    bh_tokenizer_destroy(t);
    free(text);
}

static void as_tokenizer(const uint8_t *data, size_t size)
{
    bh_tokenizer *t;
    bh_error err = {0};
    uint8_t *bytes = copy_of(data, size);
    bh_status status = bh_tokenizer_load(&t, bytes, size, &err);
    if (status != BH_OK) {
        REQUIRE(status == BH_ERR_FORMAT && t == NULL && err.message[0] != '\0');
    } else {
        REQUIRE(bh_tokenizer_save(t, NULL, 0) == size);
        uint8_t *again = malloc(size);
        REQUIRE(again != NULL && bh_tokenizer_save(t, again, size) == size &&
                memcmp(again, data, size) == 0);
        free(again);
        check_save(t, (const char *)data, size);
        check_corpus(t, (const char *)data, size, 1 + (int)(size % 7), 0.4);
    }
    bh_tokenizer_destroy(t);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_text(data, size);
    as_tokenizer(data, size);
    REQUIRE(bh_live_bytes() == 0);
    return 0;
}
