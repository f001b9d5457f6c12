// SPDX-License-Identifier: MIT
// Counting models: perplexities and the best k by hand.
#include "lm/ngram.h"

#include "check.h"
#include "failing_alloc.h"

static bh_ngram_scores score(const char *text, int T, int V)
{
    bh_tokenizer *t;
    bh_corpus *c;
    bh_ngram_scores scores = {0};
    CHECK_STATUS(bh_tokenizer_create(&t, BH_TOKENIZER_CHAR, 100, text, strlen(text), NULL), BH_OK);
    CHECK(bh_tokenizer_size(t) == V);
    CHECK_STATUS(bh_corpus_create(&c, t, text, strlen(text), T, 0.5, NULL), BH_OK);
    CHECK_STATUS(bh_ngram_score(&scores, c, V, T, NULL), BH_OK);
    bh_corpus_destroy(c);
    bh_tokenizer_destroy(t);
    return scores;
}

// Learned: abab, so a and b twice of 4, and with 1 added to each of 3 tokens 3/7. After two tokens
// comes what came once after them: (1 + k) / (1 + 3 k), the better the smaller k is.
static void test_what_came_before_comes_again(void)
{
    bh_ngram_scores s = score("abababab", 1, 3);
    CHECK_NEAR(s.unigram, 7.0 / 3, 1e-12);
    CHECK_NEAR(s.trigram, 1.0003 / 1.0001, 1e-12);
    CHECK(s.k == 0.0001);
}

// Held out: a b b a. b after ba (1 + k) / (1 + 3 k), b after ab k / (1 + 3 k), a after bb, never
// seen, 1/3. The product, (1 + k) k / 3 (1 + 3 k)^2, is largest at k = 1: 1/24.
static void test_large_k(void)
{
    bh_ngram_scores s = score("abababba", 1, 3);
    CHECK_NEAR(s.unigram, 7.0 / 3, 1e-12);
    CHECK_NEAR(s.trigram, pow(24, 1 / 3.0), 1e-12);
    CHECK(s.k == 1);
}

// Held out: a b a a. (1 + k)^2 k / (1 + 3 k)^3 is largest at 1/3; the nearest is 0.3.
static void test_middle_k(void)
{
    bh_ngram_scores s = score("abababaa", 1, 3);
    CHECK_NEAR(s.trigram, pow(1.9 * 1.9 * 1.9 / (1.3 * 1.3 * 0.3), 1 / 3.0), 1e-12);
    CHECK(s.k == 0.3);
}

// Two windows of two of the six tokens held out: neither the first token nor the c at the end is
// predicted.
static void test_only_whole_windows(void)
{
    bh_ngram_scores s = score("abababababac", 2, 4);
    CHECK_NEAR(s.unigram, 10.0 / 4, 1e-12); // (3 + 1) / (6 + 4) each
    CHECK_NEAR(s.trigram, 2.0004 / 2.0001, 1e-12);
    s = score("abababababac", 1, 4); // five windows of one: now it is, 1 / 10
    CHECK_NEAR(s.unigram, pow(2.5 * 2.5 * 2.5 * 2.5 * 10, 0.2), 1e-12);
    CHECK(s.k == 0.1 || s.k == 0.3); // four hits of (2 + k) / (2 + 4 k), one miss k / (2 + 4 k)
    double at_01 = pow(2.1 / 2.4, 4) * 0.1 / 2.4, at_03 = pow(2.3 / 3.2, 4) * 0.3 / 3.2;
    CHECK_NEAR(s.trigram, pow(fmax(at_01, at_03), -0.2), 1e-12);
}

// A text of one character has nothing to say: 1 after (n + 1) / (n + 2).
static void test_one_character(void)
{
    bh_ngram_scores s = score("zzzzzzzzzzzz", 2, 2);
    CHECK_NEAR(s.unigram, 8.0 / 7, 1e-12);
    CHECK_NEAR(s.trigram, 4.0002 / 4.0001, 1e-12); // zz four times followed by z
}

// Learned: 1 2 3, 1 2. Predicted are tokens with one before them in their row, and no padding: 2
// twice, 3 once, of 3.
static void test_rows(void)
{
    static const uint16_t rows[] = {1, 2, 3, 0, 1, 2, 0, 0, 1, 2, 3, 0};
    bh_corpus *c;
    bh_ngram_scores s;
    CHECK_STATUS(bh_corpus_create_rows(&c, rows, 3, 4, 0, 0.34, NULL), BH_OK);
    CHECK_STATUS(bh_ngram_score(&s, c, 4, 3, NULL), BH_OK);
    CHECK_NEAR(s.unigram, sqrt(7.0 / 3 * 7 / 2), 1e-12);
    // 2 after nothing and 1: (2 + k) / (2 + 4 k); 3 after 1 2: (1 + k) / (1 + 4 k).
    CHECK_NEAR(s.trigram, sqrt(2.0004 / 2.0001 * 1.0004 / 1.0001), 1e-12);
    CHECK(s.k == 0.0001);
    bh_corpus_destroy(c);

    // Full rows: what stands before a row does not count as before its first tokens.
    static const uint16_t full[] = {1, 2, 3, 2, 1, 3, 1, 2, 3, 3, 1, 2};
    CHECK_STATUS(bh_corpus_create_rows(&c, full, 4, 3, 0, 0.5, NULL), BH_OK);
    CHECK_STATUS(bh_ngram_score(&s, c, 4, 2, NULL), BH_OK);
    // Learned: 2 1 once each, 3 twice. Held out: 1 2 3 and 3 1 2.
    CHECK_NEAR(s.unigram, pow(8.0 / 2 * 8 / 3 * 8 / 2 * 8 / 2, 0.25), 1e-12);
    // 2 after (nothing, 1) and 3 after (1, 2) came once; 1 after (nothing, 3) and 2 after (3, 1)
    // never did, 1/4 each: so the smallest k is the best.
    CHECK_NEAR(s.trigram, pow(1.0004 / 1.0001 * 1.0004 / 1.0001 * 16, 0.25), 1e-12);
    bh_corpus_destroy(c);

    static const uint16_t nothing[] = {1, 2, 3, 1, 0, 0}; // a held-out row of one token
    CHECK_STATUS(bh_corpus_create_rows(&c, nothing, 2, 3, 0, 0.5, NULL), BH_OK);
    CHECK_STATUS(bh_ngram_score(&s, c, 4, 2, NULL), BH_OK);
    CHECK(s.unigram == 1 && s.trigram == 1);
    bh_corpus_destroy(c);
}

static void test_memory(void)
{
    static const uint16_t rows[] = {1, 2, 3, 0, 1, 2, 0, 0, 1, 2, 3, 0};
    bh_corpus *c;
    bh_ngram_scores s = {1, 2, 3};
    bh_error err = {0};
    CHECK_STATUS(bh_corpus_create_rows(&c, rows, 3, 4, 0, 0.34, NULL), BH_OK);
    size_t live = bh_live_bytes();
    failing_alloc_begin(1);
    CHECK_STATUS(bh_ngram_score(&s, c, 4, 3, &err), BH_ERR_MEMORY);
    CHECK(s.unigram == 1 && s.k == 3 && strstr(err.message, "out of memory") != NULL);
    failing_alloc_end();
    CHECK_STATUS(bh_ngram_score(&s, c, 4, 3, &err), BH_OK);
    CHECK(bh_live_bytes() == live);
    bh_corpus_destroy(c);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_what_came_before_comes_again);
    CHECK_RUN(test_large_k);
    CHECK_RUN(test_middle_k);
    CHECK_RUN(test_only_whole_windows);
    CHECK_RUN(test_one_character);
    CHECK_RUN(test_rows);
    CHECK_RUN(test_memory);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
