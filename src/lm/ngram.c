// SPDX-License-Identifier: MIT
// Counting models.
#include "lm/ngram.h"

#include "core/alloc.h"
#include "core/fmath.h"
#include "lm/corpus_windows.h"

#define NOTHING 0xffffu // what stands before a text

// Counts by key; open addressing, 0 where free.
typedef struct counter {
    uint64_t *keys;
    uint32_t *counts;
    size_t n_slots;
} counter;

static size_t slot_of(const counter *c, uint64_t key)
{
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 20);
    while (c->counts[at & (c->n_slots - 1)] > 0 && c->keys[at & (c->n_slots - 1)] != key) at++;
    return at & (c->n_slots - 1);
}

static void add(counter *c, uint64_t key)
{
    size_t at = slot_of(c, key);
    c->keys[at] = key;
    c->counts[at]++;
}

static double count_of(const counter *c, uint64_t key)
{
    return c->counts[slot_of(c, key)];
}

// The tokens at `at`: how often what it is asked for comes. a b before, c itself.
typedef struct place {
    uint64_t a, b, c;
    int counts; // whether it is predicted
} place;

static place place_at(const bh_corpus *corpus, size_t at)
{
    const uint16_t *ids = bh_corpus_ids(corpus);
    size_t width = (size_t)bh_corpus_width(corpus), from_start = width > 0 ? at % width : at;
    place p = {NOTHING, NOTHING, ids[at], 1};
    if (from_start >= 1) p.b = ids[at - 1];
    if (from_start >= 2) p.a = ids[at - 2];
    if (width > 0) p.counts = p.c != 0 && from_start > 0 && !bhi_corpus_is_given(corpus, at);
    return p;
}

static uint64_t key_3(const place *p)
{
    return p->a << 32 | p->b << 16 | p->c;
}

static uint64_t key_2(const place *p)
{
    return (uint64_t)1 << 63 | p->a << 16 | p->b;
}

static void count(counter *counts, double *unigrams, const bh_corpus *corpus)
{
    for (size_t at = 0; at < bh_corpus_train_tokens(corpus); at++) {
        place p = place_at(corpus, at);
        if (!p.counts) continue;
        unigrams[p.c]++;
        add(counts, key_3(&p));
        add(counts, key_2(&p));
    }
}

static const double ks[] = {1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001};
enum { N_KS = sizeof ks / sizeof *ks };

static void score(bh_ngram_scores *out, const counter *counts, const double *unigrams,
                  const bh_corpus *corpus, int V, int T)
{
    double n = 0, total = 0, of_1 = 0, of_3[N_KS] = {0};
    size_t first = bh_corpus_train_tokens(corpus);
    size_t end = bh_corpus_width(corpus) > 0
                     ? bh_corpus_tokens(corpus)
                     : first + (size_t)bhi_corpus_windows(corpus, T) * (size_t)T + 1;
    for (int v = 0; v < V; v++) total += unigrams[v];
    for (size_t at = first + 1; at < end; at++) {
        place p = place_at(corpus, at);
        if (!p.counts) continue;
        n++;
        of_1 -= bh_log((unigrams[p.c] + 1) / (total + V));
        double c3 = count_of(counts, key_3(&p)), c2 = count_of(counts, key_2(&p));
        for (int i = 0; i < N_KS; i++) of_3[i] -= bh_log((c3 + ks[i]) / (c2 + ks[i] * V));
    }
    int best = 0;
    for (int i = 1; i < N_KS; i++) {
        if (of_3[i] < of_3[best]) best = i;
    }
    if (n == 0) n = 1;
    *out = (bh_ngram_scores){bh_exp(of_1 / n), bh_exp(of_3[best] / n), ks[best]};
}

bh_status bh_ngram_score(bh_ngram_scores *out, const bh_corpus *corpus, int V, int T, bh_error *err)
{
    counter counts = {.n_slots = 1024};
    while (counts.n_slots < 4 * bh_corpus_train_tokens(corpus)) counts.n_slots *= 2;
    size_t keys = counts.n_slots * sizeof *counts.keys,
           values = counts.n_slots * sizeof *counts.counts;
    size_t bytes = keys + values + (size_t)V * sizeof(double);
    unsigned char *block = bh_alloc(bytes);
    if (block == NULL) return bh_fail(err, BH_ERR_MEMORY, "out of memory for counting");
    counts.keys = (uint64_t *)(void *)block;
    double *unigrams = (double *)(void *)(block + keys);
    counts.counts = (uint32_t *)(void *)(block + keys + (size_t)V * sizeof(double));
    count(&counts, unigrams, corpus);
    score(out, &counts, unigrams, corpus, V, T);
    bh_free(block, bytes);
    return BH_OK;
}
