// SPDX-License-Identifier: MIT
// Tokenizers and what they stand on, pieces and byte pairs: ids and merges by hand, text that comes
// back, hostile bytes.
#include "lm/bpe.h"
#include "lm/tokenizer.h"

#include "check.h"
#include "core/rng.h"
#include "core/utf8.h"
#include "failing_alloc.h"

#define UNKNOWN "\xef\xbf\xbd"

static bh_tokenizer *make(bh_tokenizer_kind kind, int vocab_size, const char *text)
{
    bh_tokenizer *t;
    bh_error err = {0};
    if (!CHECK_STATUS(bh_tokenizer_create(&t, kind, vocab_size, text, strlen(text), &err), BH_OK)) {
        printf("    %s\n", err.message);
        exit(1);
    }
    CHECK(bh_tokenizer_kind_of(t) == kind && bh_tokenizer_size(t) <= vocab_size);
    return t;
}

static const char *const animals[] = {"<pad>", "the", "cat", "dog", "\xe7\x8c\xab", "!"};

static const char *animal(int id)
{
    return animals[id];
}

static bh_tokenizer *make_words(void)
{
    bh_tokenizer *t;
    CHECK_STATUS(bh_tokenizer_from_words(&t, animal, 6, NULL), BH_OK);
    return t;
}

// The vocabulary as one text, tokens but 0 separated by '|'.
static const char *vocabulary(const bh_tokenizer *t)
{
    static char text[4096];
    size_t at = 0, n;
    for (int id = 1; id < bh_tokenizer_size(t); id++) {
        const char *token = bh_tokenizer_token(t, id, &n);
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*s", id > 1 ? "|" : "", (int)n,
                               token);
    }
    return text;
}

// Ids of a text as "3 1 2".
static const char *encode(const bh_tokenizer *t, const char *text)
{
    static char out[4096];
    uint16_t ids[1024];
    size_t n = bh_tokenizer_encode(t, ids, 1024, text, strlen(text)), at = 0;
    CHECK(n <= 1024);
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        CHECK(ids[i] < bh_tokenizer_size(t));
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%d", i > 0 ? " " : "", ids[i]);
    }
    return out;
}

static const char *decode(const bh_tokenizer *t, const char *text)
{
    static char out[8192];
    uint16_t ids[1024];
    size_t n = bh_tokenizer_encode(t, ids, 1024, text, strlen(text)), at = 0, length;
    CHECK(n <= 1024);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && bh_tokenizer_has_spaces(t)) out[at++] = ' ';
        const char *token = bh_tokenizer_token(t, ids[i], &length);
        memcpy(out + at, token, length);
        at += length;
    }
    out[at] = '\0';
    return out;
}

// ---- pieces ----

// A text cut, with '|' between.
static const char *cut(const char *text, bhi_cut how)
{
    static char out[1024];
    size_t at = 0, n = strlen(text), length;
    for (size_t i = 0; i < n; i += length) {
        length = bhi_next_piece(text + i, n - i, how);
        CHECK(length >= 1 && length <= n - i);
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s", i > 0 ? "|" : "", (int)length,
                               text + i);
    }
    return out;
}

// A character is never cut from what belongs to it.
static void test_clusters(void)
{
    const bhi_cut cuts[] = {BHI_CUT_WORDS, BHI_CUT_RUNS};
    for (int i = 0; i < 2; i++) {
        CHECK_STRING(cut("hi👍🏽👍 👨‍👩‍👧‍👦👩🏽‍🚀!", cuts[i]),
                     "hi|👍🏽|👍| 👨‍👩‍👧‍👦|👩🏽‍🚀|!");
        CHECK_STRING(cut("❤️‍🔥🏳️‍🌈❤☂️→", cuts[i]),
                     "❤️‍🔥|🏳️‍🌈|❤|☂️|→");
        CHECK_STRING(cut("🇩🇪🇫🇷🇯 🏴󠁧󠁢󠁥󠁮󠁧󠁿", cuts[i]),
                     "🇩🇪|🇫🇷|🇯| 🏴󠁧󠁢󠁥󠁮󠁧󠁿");
        CHECK_STRING(cut("q\xcc\x83u .\xcc\x81 1️⃣", cuts[i]),
                     "q\xcc\x83u| .\xcc\x81| 1️⃣");
        CHECK_STRING(cut("葛\xf3\xa0\x84\x80。", cuts[i]), "葛\xf3\xa0\x84\x80|。");
        CHECK_STRING(cut("می\xe2\x80\x8cخواهم", cuts[i]), "می\xe2\x80\x8cخواهم");
        // Neither a line end nor a byte that is no character is joined to what is before it.
        CHECK_STRING(cut("👨\xe2\x80\x8d\n👨\xe2\x80\x8d\xff", cuts[i]),
                     "👨\xe2\x80\x8d|\n|👨\xe2\x80\x8d|\xff");
        CHECK_STRING(cut("\n\xcc\x81", cuts[i]), "\n|\xcc\x81");
    }
    char marks[2 + 2 * 200] = "e";
    for (int i = 0; i < 200; i++) memcpy(marks + 1 + 2 * i, "\xcc\x81", 2);
    CHECK(bhi_next_piece(marks, strlen(marks), BHI_CUT_WORDS) == 1 + 2 * (BHI_PIECE_MAX - 2));
    bh_tokenizer *t = make(BH_TOKENIZER_BPE, 100, marks); // as many as its pieces have room for
    bh_tokenizer_destroy(t);
}

static void test_pieces(void)
{
    CHECK_STRING(cut("the cat, \"no\"!", BHI_CUT_WORDS), "the| cat|,| \"|no|\"|!");
    CHECK_STRING(cut("don't  go\n on", BHI_CUT_WORDS), "don't| | go|\n| on");
    CHECK_STRING(cut("end \n next ", BHI_CUT_WORDS), "end| |\n| next| ");
    CHECK_STRING(cut("a\r\n\tb 12", BHI_CUT_WORDS), "a|\r|\n|\t|b| 12");
    CHECK_STRING(cut("猫和狗。 猫 cat猫", BHI_CUT_WORDS), "猫|和|狗|。| 猫| cat|猫");
    CHECK_STRING(cut("猫和狗。 猫狗 cat猫", BHI_CUT_RUNS), "猫和狗|。| 猫狗| cat|猫");
    CHECK_STRING(cut("é 猫", BHI_CUT_CHARACTERS), "é| |猫");
    CHECK_STRING(cut("the cat.  猫狗", BHI_CUT_LIST), "the| |cat.| | |猫狗");
    CHECK_STRING(cut("a\xff\xffz", BHI_CUT_WORDS), "a|\xff|\xff|z");
    test_clusters();
    char letters[200];
    memset(letters, 'x', sizeof letters);
    // As many characters as BHI_PIECE_MAX, the space counted whether it is there or not.
    CHECK(bhi_next_piece(letters, 200, BHI_CUT_WORDS) == BHI_PIECE_MAX - 1);
    letters[0] = ' ';
    CHECK(bhi_next_piece(letters, 200, BHI_CUT_RUNS) == BHI_PIECE_MAX);
    CHECK(bhi_next_piece(letters, 1, BHI_CUT_WORDS) == 1);
}

static void test_counting_pieces(void)
{
    bhi_pieces p;
    CHECK_STATUS(bhi_pieces_create(&p, 0, NULL), BH_OK);
    const char *text = "b a b c a b";
    CHECK_STATUS(bhi_pieces_count(&p, text, 11, BHI_CUT_CHARACTERS, NULL), BH_OK);
    CHECK(p.n == 4 && bhi_pieces_find(&p, "b", 1)->count == 3 &&
          bhi_pieces_find(&p, " ", 1)->count == 5);
    CHECK(bhi_pieces_find(&p, "x", 1) == NULL && bhi_pieces_find(&p, "b ", 2) == NULL);
    bhi_piece *piece;
    CHECK_STATUS(bhi_pieces_add(&p, "a", 1, &piece, NULL), BH_OK);
    CHECK(piece->count == 2 && piece->text == text + 2);
    bhi_pieces_sort(&p);
    CHECK(*p.items[0].text == ' ' && *p.items[1].text == 'b' && *p.items[2].text == 'a' &&
          *p.items[3].text == 'c');
    bhi_pieces_destroy(&p);
    CHECK(bh_live_bytes() == 0);

    static char many[5000 * 6]; // 5,000 different words, each found again after growing
    for (int i = 0; i < 5000; i++) {
        const char word[] = {(char)('a' + i / 1000),
                             (char)('a' + i / 100 % 10),
                             (char)('a' + i / 10 % 10),
                             (char)('a' + i % 10),
                             'x',
                             ' '};
        memcpy(many + 6 * i, word, 6);
    }
    CHECK_STATUS(bhi_pieces_create(&p, 10, NULL), BH_OK);
    CHECK_STATUS(bhi_pieces_count(&p, many, 30000, BHI_CUT_LIST, NULL), BH_OK);
    CHECK(p.n == 5001 && bhi_pieces_find(&p, " ", 1)->count == 5000);
    int n_found = 0;
    for (int i = 0; i < 5000; i++) {
        const bhi_piece *found = bhi_pieces_find(&p, many + 6 * i, 5);
        n_found += found != NULL && found->count == 1 && found->text == many + 6 * i;
    }
    CHECK(n_found == 5000);
    bhi_pieces_destroy(&p);
}

// ---- ids by hand ----

static void test_characters(void)
{
    // a 4, n 3, b 2, then what comes once: the space before the d.
    bh_tokenizer *t = make(BH_TOKENIZER_CHAR, 100, "banana band");
    CHECK_STRING(vocabulary(t), "a|n|b| |d");
    CHECK(bh_tokenizer_size(t) == 6 && !bh_tokenizer_has_spaces(t));
    CHECK_STRING(encode(t, "band"), "3 1 2 5");
    CHECK_STRING(encode(t, "bond."), "3 0 2 5 0");
    CHECK_STRING(decode(t, "bond."), "b" UNKNOWN "nd" UNKNOWN);
    CHECK_STRING(encode(t, "\xff"
                           "a\xe4\xb8"),
                 "0 1 0 0"); // bytes that are not UTF-8, one by one
    CHECK_STRING(encode(t, ""), "");
    size_t n;
    CHECK(memcmp(bh_tokenizer_token(t, 0, &n), UNKNOWN, 3) == 0 && n == 3);
    bh_tokenizer_destroy(t);
}

static void test_words(void)
{
    bh_tokenizer *t = make(BH_TOKENIZER_WORD, 100, "the cat sat.\nthe cat ran.\n");
    CHECK_STRING(vocabulary(t), "the| cat|.|\n| sat| ran");
    CHECK_STRING(encode(t, "the cat ran the.\n"), "1 2 6 0 3 4"); // " the" was never seen
    CHECK_STRING(decode(t, "the cat ran the.\n"), "the cat ran" UNKNOWN ".\n");
    CHECK_STRING(encode(t, "thecat"), "0");
    bh_tokenizer_destroy(t);
    t = make(BH_TOKENIZER_WORD, 100, "猫和狗和猫 cat");
    CHECK_STRING(vocabulary(t), "猫|和|狗| cat");
    CHECK_STRING(encode(t, "狗猫"), "3 1");
    bh_tokenizer_destroy(t);
}

static void test_list_of_words(void)
{
    bh_tokenizer *t = make_words();
    CHECK(bh_tokenizer_kind_of(t) == BH_TOKENIZER_WORDS && bh_tokenizer_size(t) == 6);
    CHECK(bh_tokenizer_has_spaces(t));
    CHECK_STRING(vocabulary(t), "the|cat|dog|猫|!");
    CHECK_STRING(encode(t, "the dog 猫 !"), "1 3 4 5");
    CHECK_STRING(encode(t, "  the   dog "), "1 3");
    CHECK_STRING(encode(t, "thedog dog! <pad> the"), "0 0 0 1"); // word 0 is no word of a text
    CHECK_STRING(decode(t, "  the   cow !"), "the " UNKNOWN " !");
    CHECK_STRING(encode(t, "   "), "");
    size_t n;
    CHECK(memcmp(bh_tokenizer_token(t, 0, &n), UNKNOWN, 3) == 0 && n == 3);
    bh_tokenizer_destroy(t);
}

// ---- byte pairs by hand ----

static void test_merges(void)
{
    // Characters: ' ' 3, then a b c d, 2 each. Words [a b], [' ' a b], [' ' c d] twice. Pairs that
    // come twice: (' ' c) = (1 4), (a b) = (2 3), (c d) = (4 5): (1 4) is first, then (2 3), then
    // (" c" d) = (6 5).
    bh_tokenizer *t = make(BH_TOKENIZER_BPE, 100, "ab ab cd cd");
    CHECK_STRING(vocabulary(t), " |a|b|c|d| c|ab| cd");
    CHECK_STRING(encode(t, " cd ab"), "8 1 7");
    CHECK_STRING(encode(t, "abab"), "7 7");
    CHECK_STRING(encode(t, "cd"), "4 5"); // learned only behind a space
    CHECK_STRING(encode(t, " abcd c"), "1 7 4 5 6");
    CHECK_STRING(encode(t, "axb"), "2 0 3");
    CHECK_STRING(decode(t, " cd axb"), " cd a" UNKNOWN "b");
    bh_tokenizer_destroy(t);
    t = make(BH_TOKENIZER_BPE, 7, "ab ab cd cd"); // room for one merge
    CHECK_STRING(vocabulary(t), " |a|b|c|d| c");
    CHECK_STRING(encode(t, " cd"), "6 5");
    bh_tokenizer_destroy(t);
    t = make(BH_TOKENIZER_BPE, 6, "ab ab cd cd"); // for none
    CHECK_STRING(vocabulary(t), " |a|b|c|d");
    bh_tokenizer_destroy(t);
    // For two characters: ' ' and a. (1 2) comes once; pairs with what is unknown do not count.
    t = make(BH_TOKENIZER_BPE, 3, "ab ab cd cd");
    CHECK_STRING(vocabulary(t), " |a");
    CHECK_STRING(encode(t, " ab"), "1 2 0");
    bh_tokenizer_destroy(t);
}

static void test_merges_of_runs(void)
{
    // (a a) comes three times, overlapping; replaced from the left: [aa aa]. That pair comes once.
    bh_tokenizer *t = make(BH_TOKENIZER_BPE, 100, "aaaa");
    CHECK_STRING(vocabulary(t), "a|aa");
    CHECK_STRING(encode(t, "aaaaa"), "2 2 1");
    CHECK_STRING(encode(t, "aaa"), "2 1");
    bh_tokenizer_destroy(t);
    // "aaaa" and " aaaa": aa, then aaaa, which comes twice; " aaaa" only once.
    t = make(BH_TOKENIZER_BPE, 100, "aaaa aaaa");
    CHECK_STRING(vocabulary(t), "a| |aa|aaaa");
    CHECK_STRING(encode(t, "aaaaaaa aaaa"), "4 3 1 2 4");
    bh_tokenizer_destroy(t);
    // Chinese characters in a row are one piece, signs end it.
    t = make(BH_TOKENIZER_BPE, 100, "中国中国人");
    CHECK_STRING(vocabulary(t), "中|国|人|中国");
    CHECK_STRING(encode(t, "人中国。中"), "3 4 0 1");
    bh_tokenizer_destroy(t);
}

// Two ways to "abc" are two tokens; the text still comes back.
static void test_tokens_that_look_alike(void)
{
    // a b c: "ab" comes 3 times in abc abc ab-, "bc" 4 times…
    const char *text = "abc|bc|bc|abc|ab|ab|ab|ab|ab|abc|bc|abc|bc|bc|bc|ab|ab";
    bh_tokenizer *t = make(BH_TOKENIZER_BPE, 100, text);
    CHECK_STRING(decode(t, text), text);
    CHECK_STRING(decode(t, "cbaabcbca"), "cbaabcbca");
    bh_tokenizer_destroy(t);
}

// Byte pairs without hashes: all words, a table of all pairs, merges one after the other.
enum { NAIVE_V = 64, NAIVE_N = 3000 };

static int naive_replace(int *ids, int n, int left, int right, int token)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        if (i + 1 < n && ids[i] == left && ids[i + 1] == right) {
            ids[kept++] = token;
            i++;
        } else {
            ids[kept++] = ids[i];
        }
    }
    return kept;
}

static void check_against_naive(const char *text, int vocab_size)
{
    bh_tokenizer *t = make(BH_TOKENIZER_BPE, vocab_size, text);
    static int ids[NAIVE_N]; // pieces ended by -1
    int n = 0, V = 1;
    size_t length, size = strlen(text);
    while (V < bh_tokenizer_size(t) && (bh_tokenizer_token(t, V, &length), length) == 1) V++;
    for (size_t at = 0; at < size; at += length, ids[n++] = -1) {
        length = bhi_next_piece(text + at, size - at, BHI_CUT_RUNS);
        for (size_t i = 0; i < length; i++) {
            int id = 1;
            while (id < V && *bh_tokenizer_token(t, id, &(size_t){0}) != text[at + i]) id++;
            CHECK(id < V);
            ids[n++] = id;
        }
    }
    int first = V;
    for (;; V++) {
        static int counts[NAIVE_V][NAIVE_V];
        memset(counts, 0, sizeof counts);
        int best = 0, left = 0, right = 0;
        for (int i = 0; i + 1 < n; i++) {
            if (ids[i] > 0 && ids[i + 1] > 0) counts[ids[i]][ids[i + 1]]++;
        }
        for (int a = 0; a < V; a++) {
            for (int b = 0; b < V; b++) {
                if (counts[a][b] > best) best = counts[a][b], left = a, right = b;
            }
        }
        if (best < 2 || V == vocab_size) break;
        if (!CHECK(V < bh_tokenizer_size(t))) break;
        char joined[200] = {0};
        size_t n_left, n_right, n_token;
        const char *a = bh_tokenizer_token(t, left, &n_left),
                   *b = bh_tokenizer_token(t, right, &n_right);
        memcpy(joined, a, n_left);
        memcpy(joined + n_left, b, n_right);
        const char *token = bh_tokenizer_token(t, V, &n_token);
        CHECK(n_token == n_left + n_right && memcmp(token, joined, n_token) == 0);
        n = naive_replace(ids, n, left, right, V);
    }
    CHECK(V == bh_tokenizer_size(t) && V > first);
    uint16_t got[NAIVE_N];
    size_t n_got = bh_tokenizer_encode(t, got, NAIVE_N, text, size), k = 0;
    for (int i = 0; i < n; i++) {
        if (ids[i] > 0 && !CHECK(k < n_got && got[k++] == ids[i])) break;
    }
    CHECK(k == n_got);
    bh_tokenizer_destroy(t);
}

static void test_against_the_definition(void)
{
    bh_rng rng = bh_rng_seed(1);
    for (int round = 0; round < 12; round++) {
        static const char letters[] = "aaaabbbcd   .\n";
        char text[1200];
        int n = 100 + (int)bh_rng_below(&rng, 1000), spread = round < 4 ? 5 : 14;
        for (int i = 0; i < n; i++) text[i] = letters[bh_rng_below(&rng, (uint32_t)spread)];
        text[n] = '\0';
        check_against_naive(text, 12 + round * 4);
    }
}

// What the tokenizer is made of, called alone.
static void test_merge_table(void)
{
    enum { ROOM = 3000 };
    static bhi_merge items[ROOM];
    static int32_t slots[8192];
    CHECK(bhi_merge_slots(1) == 64 && bhi_merge_slots(ROOM) == 8192);
    memset(slots, 0xff, sizeof slots);
    bhi_merges m = {.items = items, .slots = slots, .room = ROOM, .first = 10, .n_slots = 8192};
    for (int i = 0; i < ROOM; i++) bhi_merge_add(&m, i % 50, i / 50);
    int n_right = 0;
    for (int i = 0; i < ROOM; i++) n_right += bhi_merge_rank(&m, i % 50, i / 50) == i;
    CHECK(n_right == ROOM && m.n == ROOM);
    CHECK(bhi_merge_rank(&m, 50, 0) == -1 && bhi_merge_rank(&m, 0, 60) == -1);

    memset(slots, 0xff, sizeof slots);
    m.n = 0;
    bhi_merge_add(&m, 2, 3);  // 10
    bhi_merge_add(&m, 1, 2);  // 11
    bhi_merge_add(&m, 10, 1); // 12
    uint16_t ids[] = {1, 2, 3, 1, 2, 1};
    // (2 3) first, though (1 2) stands before it; then (1 2); (10 1) has no 1 left behind the 10.
    CHECK(bhi_merge_apply(&m, ids, 6) == 4);
    CHECK(ids[0] == 1 && ids[1] == 10 && ids[2] == 11 && ids[3] == 1);
    CHECK(bhi_merge_apply(&m, ids, 0) == 0 && bhi_merge_apply(&m, ids, 1) == 1);

    uint16_t text[] = {1, 1, 1, 2, 2, 0, 0, 0, 0};
    int32_t starts[] = {0, 3, 5}, sizes[] = {3, 2, 4};
    uint64_t counts[] = {1, 2, 100};
    bhi_bpe_words words = {text, starts, sizes, counts, 9, 3};
    bhi_pair_count table[32];
    bhi_pair_count best =
        bhi_bpe_best(&words, table, 32); // (1 1) twice in one word, (2 2) once in each of two
    CHECK(best.count == 2 && best.left == 1 && best.right == 1);
    bhi_bpe_replace(&words, 1, 1, 5);
    CHECK(sizes[0] == 2 && text[0] == 5 && text[1] == 1 && sizes[1] == 2 && sizes[2] == 4);
    best = bhi_bpe_best(&words, table, 32);
    CHECK(best.count == 2 && best.left == 2 && best.right == 2);
    bhi_bpe_replace(&words, 2, 2, 6);
    bhi_bpe_replace(&words, 5, 1, 7);
    CHECK(bhi_bpe_best(&words, table, 32).count == 0); // unknown ones are no pairs
}

// ---- text comes back ----

static void test_text_comes_back(void)
{
    static const char *const texts[] = {
        "The cat sat.  \"Really?\" it said,\r\nand (then) it didn't - at all…\n\n\tEnd \n",
        "  two  spaces   three    four ",
        "猫坐在垫子上。“真的吗？”它说，\n然后它走了……　好。",
        "I saw 一只猫 today, 和 a dog。 naïve café – Ünïcödé Привет 😀😀 x\n",
        "\xef\xbf\xbd is a character too \xef\xbf\xbd",
        "a",
        " ",
        "\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (int kind = BH_TOKENIZER_CHAR; kind <= BH_TOKENIZER_BPE; kind++) {
            bh_tokenizer *t = make((bh_tokenizer_kind)kind, 512, texts[i]);
            CHECK_STRING(decode(t, texts[i]), texts[i]);
            uint16_t ids[1024];
            size_t n = bh_tokenizer_encode(t, ids, 1024, texts[i], strlen(texts[i]));
            for (size_t k = 0; k < n; k++) CHECK(ids[k] != BH_TOKEN_UNKNOWN);
            bh_tokenizer_destroy(t);
        }
    }
}

// Fewer places than tokens: what there is room for, no id written beyond, the whole count returned.
static void test_short_buffers(void)
{
    bh_tokenizer *t = make(BH_TOKENIZER_BPE, 100, "ab ab cd cd");
    uint16_t all[16], some[16];
    size_t n = bh_tokenizer_encode(t, all, 16, "abcd ab cd x", 12);
    CHECK(n == 8);
    for (size_t max = 0; max <= n; max++) {
        memset(some, 0xa5, sizeof some);
        CHECK(bh_tokenizer_encode(t, some, max, "abcd ab cd x", 12) == n);
        CHECK(memcmp(some, all, max * sizeof *all) == 0 && some[max] == 0xa5a5);
    }
    CHECK(bh_tokenizer_encode(t, NULL, 0, "abcd ab cd x", 12) == n);
    bh_tokenizer_destroy(t);
}

// ---- limits ----

static void test_vocab_size(void)
{
    static const bh_tokenizer_kind kinds[] = {BH_TOKENIZER_CHAR, BH_TOKENIZER_WORD,
                                              BH_TOKENIZER_BPE};
    const char *text = "aaa bb aaa c";
    for (int k = 0; k < 3; k++) {
        bh_tokenizer *t;
        bh_error err = {0};
        static const int wrong[] = {1, 0, -5, BH_VOCABULARY_MAX + 1, 1 << 30};
        for (int i = 0; i < 5; i++) {
            t = (bh_tokenizer *)&err;
            CHECK_STATUS(bh_tokenizer_create(&t, kinds[k], wrong[i], text, 12, &err),
                         BH_ERR_ARGUMENT);
            CHECK(t == NULL && strstr(err.message, "between 2 and 8192") != NULL);
        }
        t = make(kinds[k], 2, text);
        CHECK(bh_tokenizer_size(t) == 2);
        bh_tokenizer_destroy(t);
        t = make(kinds[k], BH_VOCABULARY_MAX, text);
        bh_tokenizer_destroy(t);
    }
    bh_tokenizer *t = make(BH_TOKENIZER_CHAR, 4, text); // a 6, ' ' 3, b 2; c does not fit
    CHECK_STRING(vocabulary(t), "a| |b");
    CHECK_STRING(encode(t, "cab"), "0 1 3");
    bh_tokenizer_destroy(t);
    t = make(BH_TOKENIZER_WORD, 3, text); // of four that come once the first two
    CHECK_STRING(vocabulary(t), "aaa| bb");
    CHECK_STRING(encode(t, text), "1 2 0 0");
    bh_tokenizer_destroy(t);
}

static void test_long_words(void)
{
    // 70 letters are two pieces, and both are tokens. A word of 33 letters of two bytes is none.
    char letters[71], cyrillic[100] = {0}, text[300];
    memset(letters, 'x', 70);
    letters[70] = '\0';
    bh_tokenizer *t = make(BH_TOKENIZER_WORD, 100, letters);
    CHECK(bh_tokenizer_size(t) == 3);
    CHECK_STRING(encode(t, letters), "1 2");
    CHECK_STRING(decode(t, letters), letters);
    bh_tokenizer_destroy(t);
    for (int i = 0; i < 33; i++) strcat(cyrillic, "ж");
    snprintf(text, sizeof text, "да %s", cyrillic + 2); // with its space 65 bytes
    t = make(BH_TOKENIZER_WORD, 100, text);
    CHECK_STRING(vocabulary(t), "да");
    CHECK_STRING(encode(t, text), "1 0");
    bh_tokenizer_destroy(t);
    snprintf(text, sizeof text, "%s да", cyrillic + 2); // without it 64
    t = make(BH_TOKENIZER_WORD, 100, text);
    CHECK_STRING(encode(t, text), "1 2");
    CHECK_STRING(decode(t, text), text);
    bh_tokenizer_destroy(t);
    snprintf(text, sizeof text, "%s%s", cyrillic, cyrillic); // byte pairs begin with characters
    t = make(BH_TOKENIZER_BPE, 100, text);
    CHECK_STRING(decode(t, text), text);
    for (int id = 1; id < bh_tokenizer_size(t); id++) {
        size_t n;
        bh_tokenizer_token(t, id, &n);
        CHECK(n <= 64);
    }
    bh_tokenizer_destroy(t);
    // 60 letters twice. 2, 4, 8, 16, 32 become one, the last of 64 bytes: [32 16 8 4]. Its pair
    // with the 16 would be too long and is passed over: (8 4) is learned, the smaller ids, then 16
    // with 12, then nothing that is short enough.
    for (int i = 0; i < 60; i++) memcpy(text + 2 * i, "ж", 2), memcpy(text + 121 + 2 * i, "ж", 2);
    text[120] = '\n';
    text[241] = '\0';
    t = make(BH_TOKENIZER_BPE, 100, text);
    CHECK(bh_tokenizer_size(t) == 1 + 2 + 5 + 2);
    static const size_t letters_of[] = {2, 4, 8, 16, 32, 12, 28};
    for (int i = 0; i < 7; i++) {
        size_t n;
        bh_tokenizer_token(t, 3 + i, &n);
        CHECK(n == 2 * letters_of[i]);
    }
    CHECK_STRING(encode(t, text), "7 9 2 7 9");
    bh_tokenizer_destroy(t);
    // Nothing but words that are too long leaves no vocabulary.
    bh_error err = {0};
    CHECK_STATUS(bh_tokenizer_create(&t, BH_TOKENIZER_WORD, 100, cyrillic, 66, &err),
                 BH_ERR_ARGUMENT);
    CHECK(t == NULL && strstr(err.message, "64 bytes") != NULL && bh_live_bytes() == 0);
}

static void test_unusable_texts(void)
{
    static const bh_tokenizer_kind kinds[] = {BH_TOKENIZER_CHAR, BH_TOKENIZER_WORD,
                                              BH_TOKENIZER_BPE};
    for (int k = 0; k < 3; k++) {
        bh_tokenizer *t = (bh_tokenizer *)&k;
        bh_error err = {0};
        CHECK_STATUS(bh_tokenizer_create(&t, kinds[k], 100, "", 0, &err), BH_ERR_ARGUMENT);
        CHECK(t == NULL && strstr(err.message, "empty") != NULL);
        CHECK_STATUS(bh_tokenizer_create(&t, kinds[k], 100, "caf\xe9 noir", 9, &err),
                     BH_ERR_ARGUMENT);
        CHECK(t == NULL && strstr(err.message, "byte 4 is 0x") == NULL);
        CHECK(strstr(err.message, "byte 3 is 0xe9") != NULL);
        CHECK_STATUS(bh_tokenizer_create(&t, kinds[k], 100, "中", 2, &err), BH_ERR_ARGUMENT);
        CHECK(strstr(err.message, "byte 0 is 0xe4") != NULL);
        // Nothing of it is read.
        CHECK_STATUS(bh_tokenizer_create(&t, kinds[k], 100, "x", BH_TEXT_BYTES_MAX + 1, &err),
                     BH_ERR_ARGUMENT);
        CHECK(t == NULL && strstr(err.message, "at most 64") != NULL);
        CHECK_STATUS(bh_tokenizer_create(&t, kinds[k], 100, "x", SIZE_MAX, &err), BH_ERR_ARGUMENT);
        CHECK_STATUS(bh_tokenizer_create(&t, kinds[k], 100, "", 0, NULL), BH_ERR_ARGUMENT);
    }
    CHECK(bh_live_bytes() == 0);
}

// ---- bytes ----

typedef struct file {
    unsigned char *bytes;
    size_t size;
} file;

static file save(const bh_tokenizer *t)
{
    file f = {.size = bh_tokenizer_save(t, NULL, 0)};
    f.bytes = malloc(f.size);
    CHECK(bh_tokenizer_save(t, f.bytes, f.size) == f.size);
    return f;
}

// Loads from a block of exactly that size, so that a sanitizer sees any step past the end.
static bh_status load(bh_tokenizer **t, const unsigned char *bytes, size_t size, bh_error *err)
{
    unsigned char *exact = malloc(size > 0 ? size : 1);
    memcpy(exact, bytes, size);
    bh_status status = bh_tokenizer_load(t, exact, size, err);
    free(exact); // not kept
    return status;
}

static void test_layout_byte_by_byte(void)
{
    static const unsigned char want[] = {2,   0, 0, 0,    4,    0, 0, 0,   1,   0, 0, 0, 1, 0,
                                         'a', 2, 0, 0xc3, 0xa9, 2, 0, 'a', 'a', 1, 0, 1, 0};
    bh_tokenizer *t = make(BH_TOKENIZER_BPE, 100, "aaaaé");
    file f = save(t);
    CHECK(f.size == sizeof want && memcmp(f.bytes, want, sizeof want) == 0);
    for (size_t size = 0; size < f.size; size++) { // told the size, not written past
        unsigned char *exact = malloc(size + 1);
        exact[size] = 0xa5;
        CHECK(bh_tokenizer_save(t, exact, size) == f.size && exact[size] == 0xa5);
        free(exact);
    }
    free(f.bytes);
    bh_tokenizer_destroy(t);
}

static bh_tokenizer *example(int kind)
{
    static const char text[] = "the cat sat, the 猫 sat on the mat. that is that, 猫猫!\n";
    return kind == BH_TOKENIZER_WORDS ? make_words() : make((bh_tokenizer_kind)kind, 40, text);
}

static void test_round_trip(void)
{
    bh_tokenizer *all[8];
    for (int kind = 0; kind < 4; kind++) {
        bh_tokenizer *t = all[2 * kind] = example(kind), *back;
        file f = save(t);
        CHECK_STATUS(load(&back, f.bytes, f.size, NULL), BH_OK);
        all[2 * kind + 1] = back;
        CHECK(bh_tokenizer_kind_of(back) == (bh_tokenizer_kind)kind);
        CHECK_STRING(vocabulary(back), vocabulary(t));
        static const char *const texts[] = {"the cat that sat", "the 猫, matt",
                                            "on\nthat 猫猫猫 x"};
        for (int i = 0; i < 3; i++) {
            char want[200];
            snprintf(want, sizeof want, "%s", encode(t, texts[i]));
            CHECK_STRING(encode(back, texts[i]), want);
        }
        file again = save(back);
        CHECK(again.size == f.size && memcmp(again.bytes, f.bytes, f.size) == 0);
        free(again.bytes);
        free(f.bytes);
    }
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 8; j++) CHECK(bh_tokenizer_equal(all[i], all[j]) == (i / 2 == j / 2));
    }
    for (int i = 0; i < 8; i++) bh_tokenizer_destroy(all[i]);
    // One letter's difference.
    bh_tokenizer *a = make(BH_TOKENIZER_WORD, 9, "ab cd"), *b = make(BH_TOKENIZER_WORD, 9, "ab ce");
    CHECK(!bh_tokenizer_equal(a, b));
    bh_tokenizer_destroy(a);
    bh_tokenizer_destroy(b);
    CHECK(bh_live_bytes() == 0);
}

static void check_rejected(const unsigned char *bytes, size_t size, const char *part)
{
    bh_tokenizer *t = (bh_tokenizer *)&size;
    bh_error err = {0};
    CHECK_STATUS(load(&t, bytes, size, &err), BH_ERR_FORMAT);
    if (!CHECK(strstr(err.message, part) != NULL))
        printf("    '%s' not in: %s\n", part, err.message);
    CHECK(t == NULL && err.status == BH_ERR_FORMAT && bh_live_bytes() == 0);
}

static void test_every_prefix_is_rejected(void)
{
    for (int kind = 0; kind < 4; kind++) {
        bh_tokenizer *t = example(kind);
        file f = save(t);
        bh_tokenizer_destroy(t);
        for (size_t n = 0; n < f.size; n++) check_rejected(f.bytes, n, "tokenizer");
        f.bytes = realloc(f.bytes, f.size + 1);
        f.bytes[f.size] = 0;
        check_rejected(f.bytes, f.size + 1, "1 bytes follow");
        free(f.bytes);
    }
}

// Every byte changed to every other: refused, or a tokenizer that works and is written as it was
// read.
static void test_every_changed_byte(void)
{
    static const char text[] = "the cat at 猫猫 aaaa\xff \xe4\xb8";
    int n_loaded = 0, n_refused = 0;
    for (int kind = 0; kind < 4; kind++) {
        bh_tokenizer *t = kind == BH_TOKENIZER_WORDS
                              ? make_words()
                              : make((bh_tokenizer_kind)kind, 12, "that cat aaaa 猫猫猫");
        file f = save(t);
        bh_tokenizer_destroy(t);
        for (size_t i = 0; i < f.size; i++) {
            for (int change = 1; change < 256; change++) {
                f.bytes[i] ^= (unsigned char)change;
                bh_error err = {0};
                bh_status status = load(&t, f.bytes, f.size, &err);
                if (status == BH_OK) {
                    uint16_t ids[64];
                    size_t n = bh_tokenizer_encode(t, ids, 64, text, sizeof text - 1);
                    int is_sound = n <= sizeof text;
                    for (size_t k = 0; k < n && is_sound; k++)
                        is_sound = ids[k] < bh_tokenizer_size(t);
                    unsigned char again[256];
                    size_t size = bh_tokenizer_save(t, again, sizeof again);
                    is_sound = is_sound && size == f.size && memcmp(again, f.bytes, size) == 0;
                    if (!is_sound) CHECK(is_sound);
                    bh_tokenizer_destroy(t);
                    n_loaded++;
                } else {
                    if (status != BH_ERR_FORMAT || t != NULL) CHECK_STATUS(status, BH_ERR_FORMAT);
                    n_refused++;
                }
                f.bytes[i] ^= (unsigned char)change;
            }
        }
        free(f.bytes);
    }
    CHECK(bh_live_bytes() == 0);
    CHECK(n_loaded > 100 && n_refused > 10000); // other letters; all else
}

static void test_crafted_bytes(void)
{
#define HEAD(kind, n, merges) kind, 0, 0, 0, n, 0, 0, 0, merges, 0, 0, 0
#define REJECT(part, ...)                                \
    check_rejected((const unsigned char[]){__VA_ARGS__}, \
                   sizeof((const unsigned char[]){__VA_ARGS__}), part)
    REJECT("no tokenizer", HEAD(4, 2, 0), 1, 0, 'a');
    REJECT("no tokenizer", HEAD(0, 1, 0));
    REJECT("no tokenizer", HEAD(0, 0, 0));
    REJECT("no tokenizer", 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
    REJECT("no tokenizer", 0, 0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0);           // 8,193 tokens
    REJECT("no tokenizer", HEAD(0, 3, 1), 1, 0, 'a', 1, 0, 'b', 1, 0, 1, 0); // merges of characters
    REJECT("no tokenizer", HEAD(2, 3, 3), 1, 0, 'a', 1, 0, 'b');
    REJECT("no tokenizer", 2, 0, 0, 0, 3, 0, 0, 0, 0xff, 0xff, 0xff, 0xff);
    REJECT("token 1 of the tokenizer is damaged", 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0,
           0); // 8,192, and none there
    REJECT("token 1 of the tokenizer is damaged", HEAD(0, 2, 0), 0, 0);
    REJECT("token 1 of the tokenizer is damaged", HEAD(0, 2, 0), 2, 0, 'a');
    REJECT("token 1 of the tokenizer is damaged", HEAD(0, 2, 0), 0xff, 0xff, 'a');
    REJECT("token 2 of the tokenizer is not UTF-8", HEAD(0, 3, 0), 1, 0, 'a', 1, 0, 0x80);
    REJECT("merge 0 of the tokenizer is damaged", HEAD(2, 3, 1), 1, 0, 'a', 2, 0, 'a', 'a', 2, 0, 1,
           0);
    REJECT("merge 0 of the tokenizer is damaged", HEAD(2, 3, 1), 1, 0, 'a', 2, 0, 'a', 'a', 1, 0, 2,
           0);
    REJECT("merge 0 of the tokenizer is damaged", HEAD(2, 3, 1), 1, 0, 'a', 2, 0, 'a', 'a', 1, 0,
           0xff, 0xff);
    REJECT("merge 1 of the tokenizer is damaged", HEAD(2, 4, 2), 1, 0, 'a', 2, 0, 'a', 'a', 1, 0,
           'b', 1, 0, 1, 0, 1, 0, 1, 0); // the same pair twice
    unsigned char longer[14 + 65] = {HEAD(0, 2, 0), 65};
    memset(longer + 14, 'a', 65);
    check_rejected(longer, sizeof longer, "token 1 of the tokenizer is damaged");
    longer[12] = 64;
    bh_tokenizer *t;
    CHECK_STATUS(load(&t, longer, sizeof longer - 1, NULL), BH_OK);
    bh_tokenizer_destroy(t);
    // Two tokens that look alike: the first is what text becomes. Merges of unknown characters do
    // no harm.
    static const unsigned char twins[] = {HEAD(2, 4, 1), 1, 0, 'a', 1, 0, 'a', 1, 0,
                                          'b',           0, 0, 0,   0};
    CHECK_STATUS(load(&t, twins, sizeof twins, NULL), BH_OK);
    CHECK_STRING(encode(t, "ab"), "1 3");
    CHECK_STRING(encode(t, "xxxx"), "3 3");
    bh_tokenizer_destroy(t);
}

// ---- memory ----

static const char *long_text(void)
{
    static char text[16000]; // enough different words for tables to grow
    size_t at = 0;
    for (int i = 0; at + 20 < sizeof text; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "w%d ", i * 37 % 3001);
    }
    return text;
}

static file saved;

static bh_status create(int way, bh_tokenizer **t, bh_error *err)
{
    const char *text = long_text();
    if (way == 3) return bh_tokenizer_from_words(t, animal, 6, err);
    if (way == 4) return bh_tokenizer_load(t, saved.bytes, saved.size, err);
    return bh_tokenizer_create(t, (bh_tokenizer_kind)way, 64, text, strlen(text), err);
}

static void test_every_failing_allocation(void)
{
    bh_tokenizer *t = example(BH_TOKENIZER_BPE);
    saved = save(t);
    bh_tokenizer_destroy(t);
    static const int least[] = {5, 9, 12, 3, 3};
    for (int way = 0; way < 5; way++) {
        for (int n = 1;; n++) {
            bh_error err = {0};
            t = (bh_tokenizer *)&err;
            failing_alloc_begin(n);
            bh_status status = create(way, &t, &err);
            int is_done = status == BH_OK;
            if (is_done) {
                CHECK(failing.requests < n && n == least[way] + 1);
                bh_tokenizer_destroy(t);
            } else {
                CHECK_STATUS(status, BH_ERR_MEMORY);
                CHECK(t == NULL && strstr(err.message, "out of memory") != NULL);
            }
            CHECK(failing.blocks == 0 && bh_live_bytes() == 0);
            failing_alloc_end();
            if (is_done || !CHECK(n < 100)) break;
        }
    }
    free(saved.bytes);
    bh_tokenizer_destroy(NULL);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_pieces);
    CHECK_RUN(test_counting_pieces);
    CHECK_RUN(test_characters);
    CHECK_RUN(test_words);
    CHECK_RUN(test_list_of_words);
    CHECK_RUN(test_merges);
    CHECK_RUN(test_merges_of_runs);
    CHECK_RUN(test_tokens_that_look_alike);
    CHECK_RUN(test_against_the_definition);
    CHECK_RUN(test_merge_table);
    CHECK_RUN(test_text_comes_back);
    CHECK_RUN(test_short_buffers);
    CHECK_RUN(test_vocab_size);
    CHECK_RUN(test_long_words);
    CHECK_RUN(test_unusable_texts);
    CHECK_RUN(test_layout_byte_by_byte);
    CHECK_RUN(test_round_trip);
    CHECK_RUN(test_every_prefix_is_rejected);
    CHECK_RUN(test_every_changed_byte);
    CHECK_RUN(test_crafted_bytes);
    CHECK_RUN(test_every_failing_allocation);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
