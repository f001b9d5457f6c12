// SPDX-License-Identifier: MIT
// Corpora: where windows are cut, what is held out, rows with padding, what is too small.
#include "lm/corpus_windows.h"

#include "check.h"
#include "failing_alloc.h"

static bh_tokenizer *tokenizer_of(const char *text)
{
    bh_tokenizer *t;
    CHECK_STATUS(bh_tokenizer_create(&t, BH_TOKENIZER_CHAR, 100, text, strlen(text), NULL), BH_OK);
    return t;
}

static bh_corpus *corpus_of(const char *text, int context, double validation)
{
    bh_tokenizer *t = tokenizer_of(text);
    bh_corpus *c;
    CHECK_STATUS(bh_corpus_create(&c, t, text, strlen(text), context, validation, NULL), BH_OK);
    bh_tokenizer_destroy(t); // not needed any more
    return c;
}

// Every character once: the token at place i is i + 1.
static const char alphabet[] = "abcdefghijklmnopqrst";

static void test_one_text(void)
{
    bh_corpus *c = corpus_of(alphabet, 3, 0.5);
    CHECK(bh_corpus_tokens(c) == 20 && bh_corpus_train_tokens(c) == 10 && bh_corpus_width(c) == 0);
    for (int i = 0; i < 20; i++) CHECK(bh_corpus_ids(c)[i] == i + 1);
    bh_corpus_destroy(c);
    c = corpus_of(alphabet, 1, 0.27); // 5.4: 5 are held out
    CHECK(bh_corpus_train_tokens(c) == 15);
    bh_corpus_destroy(c);
    bh_corpus_destroy(NULL);
}

// Windows start anywhere in the part that is learned from, but never reach behind it.
static void test_samples(void)
{
    enum { T = 3, B = 4, ROUNDS = 2500 };
    bh_corpus *c = corpus_of(alphabet, T, 0.5);
    bh_rng rng = bh_rng_seed(3);
    int counts[10] = {0}, n_wrong = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int tokens[B * T], targets[B * T];
        bhi_corpus_sample(c, tokens, targets, B, T, &rng);
        for (int b = 0; b < B; b++) {
            int start = tokens[b * T] - 1;
            n_wrong += start < 0 || start > 6;
            if (start >= 0 && start < 10) counts[start]++;
            for (int t = 0; t < T; t++) {
                n_wrong +=
                    tokens[b * T + t] != start + t + 1 || targets[b * T + t] != start + t + 2;
            }
        }
    }
    CHECK(n_wrong == 0);
    for (int i = 0; i < 7; i++) CHECK_NEAR(counts[i], B * ROUNDS / 7.0, 175); // 5 deviations
    bh_corpus_destroy(c);
}

static void test_samples_follow_their_stream(void)
{
    bh_corpus *c = corpus_of(alphabet, 3, 0.5);
    int a[60], b[60], targets[60];
    bh_rng rng = bh_rng_seed(3), same = rng;
    bhi_corpus_sample(c, a, targets, 20, 3, &rng);
    bhi_corpus_sample(c, b, targets, 20, 3, &same);
    CHECK(memcmp(a, b, sizeof a) == 0);
    bhi_corpus_sample(c, b, targets, 20, 3, &same);
    CHECK(memcmp(a, b, sizeof a) != 0);
    bh_corpus_destroy(c);
}

static void test_held_out_windows(void)
{
    bh_corpus *c = corpus_of(alphabet, 3, 0.5);
    CHECK(bhi_corpus_windows(c, 3) ==
          3); // of ten tokens: 10 11 12, 13 14 15, 16 17 18, each with one more
    for (int i = 0; i < 3; i++) {
        int tokens[3], targets[3];
        bhi_corpus_window(c, tokens, targets, i, 3);
        for (int t = 0; t < 3; t++)
            CHECK(tokens[t] == 11 + 3 * i + t && targets[t] == 12 + 3 * i + t);
    }
    CHECK(bhi_corpus_windows(c, 4) == 2 && bhi_corpus_windows(c, 9) == 1 &&
          bhi_corpus_windows(c, 10) == 0);
    CHECK(bhi_corpus_windows(c, 1) == 9);
    bh_corpus_destroy(c);
}

// Token 0 in a text is a character that the vocabulary lacks: something to learn like any other.
static void test_unknown_characters(void)
{
    bh_tokenizer *t = tokenizer_of("ab");
    bh_corpus *c;
    CHECK_STATUS(bh_corpus_create(&c, t, "axbaaxba", 8, 1, 0.5, NULL), BH_OK);
    int tokens[3], targets[3];
    bhi_corpus_window(c, tokens, targets, 0, 3); // a x b a
    CHECK(tokens[0] == 1 && tokens[1] == 0 && tokens[2] == 2);
    CHECK(targets[0] == 0 && targets[1] == 2 && targets[2] == 1);
    bh_corpus_destroy(c);
    bh_tokenizer_destroy(t);
}

static void test_one_character(void)
{
    char text[41];
    memset(text, 'z', 40);
    text[40] = '\0';
    bh_corpus *c = corpus_of(text, 4, 0.25);
    CHECK(bh_corpus_tokens(c) == 40 && bh_corpus_train_tokens(c) == 30);
    bh_rng rng = bh_rng_seed(1);
    int tokens[4], targets[4];
    bhi_corpus_sample(c, tokens, targets, 1, 4, &rng);
    for (int t = 0; t < 4; t++) CHECK(tokens[t] == 1 && targets[t] == 1);
    CHECK(bhi_corpus_windows(c, 4) == 2);
    bh_corpus_destroy(c);
}

// ---- rows ----

enum { WIDTH = 4 };
static const uint16_t rows[5 * WIDTH] = {1, 2, 3,  4,  5,  6, 7,  0, 8, 9,
                                         0, 0, 10, 11, 12, 0, 13, 0, 0, 0};

static void test_rows(void)
{
    bh_corpus *c;
    CHECK_STATUS(bh_corpus_create_rows(&c, rows, 5, WIDTH, 0, 0.4, NULL), BH_OK);
    CHECK(bh_corpus_tokens(c) == 20 && bh_corpus_train_tokens(c) == 12 &&
          bh_corpus_width(c) == WIDTH);
    CHECK(memcmp(bh_corpus_ids(c), rows, sizeof rows) == 0 && bh_corpus_ids(c) != rows);
    CHECK(bhi_corpus_windows(c, 3) == 2);
    static const int want[2][2][3] = {{{10, 11, 12}, {11, 12, -1}}, {{13, 0, 0}, {-1, -1, -1}}};
    for (int i = 0; i < 2; i++) {
        int tokens[3], targets[3];
        bhi_corpus_window(c, tokens, targets, i, 3);
        CHECK(memcmp(tokens, want[i][0], sizeof tokens) == 0 &&
              memcmp(targets, want[i][1], sizeof targets) == 0);
    }
    bh_rng rng = bh_rng_seed(4);
    int counts[3] = {0}, n_wrong = 0;
    for (int k = 0; k < 3000; k++) { // whole rows, of the first three, each as likely
        int tokens[3], targets[3], row = 0;
        bhi_corpus_sample(c, tokens, targets, 1, 3, &rng);
        while (row < 3 && rows[row * WIDTH] != tokens[0]) row++;
        if (row == 3) {
            n_wrong++;
            continue;
        }
        counts[row]++;
        for (int t = 0; t < 3; t++) {
            int next = rows[row * WIDTH + t + 1];
            n_wrong += tokens[t] != rows[row * WIDTH + t] || targets[t] != (next == 0 ? -1 : next);
        }
    }
    CHECK(n_wrong == 0);
    for (int i = 0; i < 3; i++) CHECK_NEAR(counts[i], 1000, 130);
    bh_corpus_destroy(c);
}

// ---- too small, or no text ----

static void check_refused(const char *text, size_t n, int context, double validation,
                          const char *part)
{
    bh_tokenizer *t = tokenizer_of(alphabet);
    size_t live = bh_live_bytes();
    bh_corpus *c = (bh_corpus *)&live;
    bh_error err = {0};
    CHECK_STATUS(bh_corpus_create(&c, t, text, n, context, validation, &err), BH_ERR_ARGUMENT);
    if (!CHECK(strstr(err.message, part) != NULL))
        printf("    '%s' not in: %s\n", part, err.message);
    CHECK(c == NULL && bh_live_bytes() == live);
    bh_tokenizer_destroy(t);
}

static void test_too_small(void)
{
    bh_corpus_destroy(corpus_of(alphabet, 4, 0.5)); // 10 and 10 tokens, two windows of 5
    check_refused(alphabet, 20, 5, 0.5, "20 tokens, 10 of them held out, but either part needs 12");
    check_refused(alphabet, 20, 5, 0.5, "give more text or a smaller context");
    check_refused(alphabet, 20, 4, 0.45, "9 of them held out");
    check_refused(alphabet, 20, 4, 0.55, "11 of them held out"); // 9 are left
    check_refused("a", 1, 1, 0.5, "1 tokens");
    bh_corpus *c = (bh_corpus *)rows;
    bh_error err = {0};
    CHECK_STATUS(bh_corpus_create_rows(&c, rows, 5, WIDTH, 0, 0.19, &err), BH_ERR_ARGUMENT);
    CHECK(c == NULL && strstr(err.message, "5 texts, 0 of them held out") != NULL);
    CHECK_STATUS(bh_corpus_create_rows(&c, rows, 1, WIDTH, 0, 0.9, &err), BH_ERR_ARGUMENT);
    CHECK_STATUS(bh_corpus_create_rows(&c, rows, 0, WIDTH, 0, 0.5, &err), BH_ERR_ARGUMENT);
    CHECK_STATUS(bh_corpus_create_rows(&c, rows, 2, WIDTH, 0, 0.5, &err), BH_OK);
    bh_corpus_destroy(c);
}

static void test_unusable_texts(void)
{
    check_refused("", 0, 1, 0.5, "empty");
    check_refused("abcdefgh\xff"
                  "abcdefgh",
                  17, 1, 0.5, "byte 8 is 0xff");
    check_refused("x", BH_TEXT_BYTES_MAX + 1, 1, 0.5, "at most 64"); // nothing of it is read
    check_refused("x", SIZE_MAX, 1, 0.5, "at most 64");
}

static void test_every_failing_allocation(void)
{
    bh_tokenizer *t = tokenizer_of(alphabet);
    size_t live = bh_live_bytes();
    for (int form = 0; form < 2; form++) {
        bh_corpus *c = (bh_corpus *)&live;
        bh_error err = {0};
        for (int n = 1; n <= 2; n++) {
            failing_alloc_begin(n);
            bh_status status = form == 0 ? bh_corpus_create(&c, t, alphabet, 20, 3, 0.5, &err)
                                         : bh_corpus_create_rows(&c, rows, 5, WIDTH, 0, 0.4, &err);
            CHECK_STATUS(status, n == 1 ? BH_ERR_MEMORY : BH_OK);
            CHECK((c == NULL) == (n == 1) && failing.requests == 1);
            bh_corpus_destroy(c);
            CHECK(failing.blocks == 0 && bh_live_bytes() == live);
            failing_alloc_end();
        }
        CHECK(strstr(err.message, "out of memory for 20 tokens") != NULL);
    }
    bh_tokenizer_destroy(t);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_one_text);
    CHECK_RUN(test_samples);
    CHECK_RUN(test_samples_follow_their_stream);
    CHECK_RUN(test_held_out_windows);
    CHECK_RUN(test_unknown_characters);
    CHECK_RUN(test_one_character);
    CHECK_RUN(test_rows);
    CHECK_RUN(test_too_small);
    CHECK_RUN(test_unusable_texts);
    CHECK_RUN(test_every_failing_allocation);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
