// SPDX-License-Identifier: MIT
// Corpora.
#include "lm/corpus_windows.h"

#include "core/alloc.h"
#include "lm/pieces.h"

#include <assert.h>
#include <string.h>

#define TOKENS_MAX (1 << 30) // their bytes are a size_t everywhere

struct bh_corpus {
    uint16_t *ids;
    size_t n, n_train;
    int width;     // of a row; 0: one text
    int separator; // 0: none
    size_t bytes;
};

static bh_status make(bh_corpus **out, size_t n, bh_error *err)
{
    size_t bytes = sizeof **out + n * sizeof *(*out)->ids;
    bh_corpus *c = bh_alloc(bytes);
    *out = c;
    if (c == NULL) return bh_fail(err, BH_ERR_MEMORY, "out of memory for %zu tokens", n);
    *c = (bh_corpus){.ids = (uint16_t *)(void *)(c + 1), .n = n, .bytes = bytes};
    return BH_OK;
}

void bh_corpus_destroy(bh_corpus *c)
{
    if (c != NULL) bh_free(c, c->bytes);
}

bh_status bh_corpus_create(bh_corpus **out, const bh_tokenizer *tokenizer, const char *text,
                           size_t n, int context, double validation, bh_error *err)
{
    *out = NULL;
    assert(validation > 0 && validation < 1);
    if (context < 1) {
        return bh_fail(err, BH_ERR_ARGUMENT, "context is %d, but must be at least 1", context);
    }
    bh_status status = bhi_text_check(text, n, err);
    if (status != BH_OK) return status;
    size_t n_ids = bh_tokenizer_encode(tokenizer, NULL, 0, text, n);
    size_t held = (size_t)((double)n_ids * validation), least = 2 * ((size_t)context + 1);
    if (held < least || n_ids - held < least) {
        return bh_fail(err, BH_ERR_ARGUMENT,
                       "the text has %zu tokens, %zu of them held out, but either part needs %zu, "
                       "two windows of "
                       "context + 1; give more text or a smaller context",
                       n_ids, held, least);
    }
    status = make(out, n_ids, err);
    if (status != BH_OK) return status;
    bh_tokenizer_encode(tokenizer, (*out)->ids, n_ids, text, n);
    (*out)->n_train = n_ids - held;
    return BH_OK;
}

bh_status bh_corpus_create_rows(bh_corpus **out, const uint16_t *rows, int n_rows, int width,
                                int separator, double validation, bh_error *err)
{
    *out = NULL;
    assert(validation > 0 && validation < 1);
    if (width < 2 || n_rows < 2 || (double)n_rows * width > TOKENS_MAX) {
        return bh_fail(
            err, BH_ERR_ARGUMENT,
            "there are %d rows of %d tokens, but there must be 2 or more of each, and %d "
            "tokens at most",
            n_rows, width, TOKENS_MAX);
    }
    int held = (int)(n_rows * validation);
    if (held < 1 || n_rows - held < 1) {
        return bh_fail(err, BH_ERR_ARGUMENT,
                       "there are %d texts, %d of them held out; either part needs one", n_rows,
                       held);
    }
    bh_status status = make(out, (size_t)n_rows * (size_t)width, err);
    if (status != BH_OK) return status;
    memcpy((*out)->ids, rows, (*out)->n * sizeof *rows);
    (*out)->width = width;
    (*out)->separator = separator;
    (*out)->n_train = (size_t)(n_rows - held) * (size_t)width;
    return BH_OK;
}

size_t bh_corpus_tokens(const bh_corpus *c)
{
    return c->n;
}

size_t bh_corpus_train_tokens(const bh_corpus *c)
{
    return c->n_train;
}

const uint16_t *bh_corpus_ids(const bh_corpus *c)
{
    return c->ids;
}

int bh_corpus_width(const bh_corpus *c)
{
    return c->width;
}

// ---- windows ----

int bhi_corpus_is_given(const bh_corpus *c, size_t at)
{
    if (c->separator == 0) return 0;
    size_t row = at - at % (size_t)c->width, end = row + (size_t)c->width;
    while (row < end && c->ids[row] != c->separator) row++;
    return row < end && at <= row;
}

static void window(const bh_corpus *c, int *tokens, int *targets, size_t at, int T)
{
    const uint16_t *ids = c->ids + at;
    for (int t = 0; t < T; t++) {
        tokens[t] = ids[t];
        targets[t] = c->width > 0 && ids[t + 1] == 0 ? -1 : ids[t + 1];
    }
    for (int t = 0; t < T && bhi_corpus_is_given(c, at + (size_t)t + 1); t++) targets[t] = -1;
}

void bhi_corpus_sample(const bh_corpus *c, int *tokens, int *targets, int B, int T, bh_rng *rng)
{
    size_t step = c->width > 0 ? (size_t)c->width : 1;
    size_t starts = c->width > 0 ? c->n_train / step : c->n_train - (size_t)T;
    for (int b = 0; b < B; b++, tokens += T, targets += T) {
        window(c, tokens, targets, step * bh_rng_below(rng, (uint32_t)starts), T);
    }
}

int bhi_corpus_windows(const bh_corpus *c, int T)
{
    size_t held = c->n - c->n_train;
    return (int)(c->width > 0 ? held / (size_t)c->width : (held - 1) / (size_t)T);
}

void bhi_corpus_window(const bh_corpus *c, int *tokens, int *targets, int i, int T)
{
    assert(i >= 0 && i < bhi_corpus_windows(c, T));
    size_t step = (size_t)(c->width > 0 ? c->width : T);
    window(c, tokens, targets, c->n_train + step * (size_t)i, T);
}
