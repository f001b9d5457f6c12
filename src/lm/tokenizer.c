// SPDX-License-Identifier: MIT
// Tokenizers.
#include "lm/tokenizer.h"

#include "core/arena.h"
#include "core/utf8.h"
#include "lm/bpe.h"

#include <assert.h>
#include <string.h>

#define TOKEN_BYTES_MAX 64    // longer words are unknown
#define BPE_WORDS_MAX   32768 // most frequent pieces that merges are learned from

static const char unknown[] = "\xef\xbf\xbd"; // U+FFFD

struct bh_tokenizer {
    bh_tokenizer_kind kind;
    int n, room;      // tokens
    uint32_t *starts; // (room + 1) token i is text[starts[i]] up to the next start
    char *text;       // (room, TOKEN_BYTES_MAX)
    bhi_pieces index; // tokens but 0, each with its id
    bhi_merges merges;
    size_t bytes;
};

static void layout(void *object, bhi_arena *arena)
{
    bh_tokenizer *t = object;
    size_t room = (size_t)t->room;
    t->starts = bhi_arena_array(arena, room + 1, sizeof *t->starts);
    t->text = bhi_arena_array(arena, room, TOKEN_BYTES_MAX);
    if (t->kind != BH_TOKENIZER_BPE) return;
    t->merges.room = t->room;
    t->merges.n_slots = bhi_merge_slots(t->room);
    t->merges.items = bhi_arena_array(arena, room, sizeof *t->merges.items);
    t->merges.slots = bhi_arena_array(arena, t->merges.n_slots, sizeof *t->merges.slots);
}

// An empty tokenizer with room for so many tokens; it has token 0.
static bh_status make(bh_tokenizer **out, bh_tokenizer_kind kind, int room, bh_error *err)
{
    *out = NULL;
    bh_tokenizer shape = {.kind = kind, .room = room};
    bh_tokenizer *t = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
    if (t == NULL) return bh_fail(err, BH_ERR_MEMORY, "out of memory for a vocabulary of %d", room);
    if (kind == BH_TOKENIZER_BPE)
        memset(t->merges.slots, 0xff, t->merges.n_slots * sizeof(int32_t));
    bh_status status = bhi_pieces_create(&t->index, (size_t)room, err);
    if (status != BH_OK) {
        bh_tokenizer_destroy(t);
        return status;
    }
    memcpy(t->text, unknown, sizeof unknown - 1);
    t->starts[1] = sizeof unknown - 1;
    t->n = 1;
    *out = t;
    return BH_OK;
}

void bh_tokenizer_destroy(bh_tokenizer *t)
{
    if (t == NULL) return;
    bhi_pieces_destroy(&t->index);
    bh_free(t, t->bytes);
}

// Appends a token; there is room for it, its bytes are at most TOKEN_BYTES_MAX.
static bh_status add_token(bh_tokenizer *t, const char *text, size_t n, bh_error *err)
{
    assert(t->n < t->room && n > 0 && n <= TOKEN_BYTES_MAX);
    char *own = t->text + t->starts[t->n];
    memcpy(own, text, n);
    bhi_piece *piece;
    bh_status status = bhi_pieces_add(&t->index, own, n, &piece, err);
    if (status != BH_OK) return status;
    if (piece->count++ == 0) piece->id = (uint32_t)t->n; // of two that look alike, the first
    t->starts[t->n + 1] = t->starts[t->n] + (uint32_t)n;
    t->n++;
    return BH_OK;
}

static bhi_cut cut_of(bh_tokenizer_kind kind)
{
    static const bhi_cut cuts[] = {BHI_CUT_CHARACTERS, BHI_CUT_WORDS, BHI_CUT_RUNS, BHI_CUT_LIST};
    return cuts[kind];
}

// ---- from a text ----

bh_status bhi_text_check(const char *text, size_t n, bh_error *err)
{
    if (n == 0) return bh_fail(err, BH_ERR_ARGUMENT, "the text is empty; give some to learn from");
    if (n > BH_TEXT_BYTES_MAX) {
        return bh_fail(err, BH_ERR_ARGUMENT,
                       "the text is %zu MB long, but at most %zu can be learned from", n >> 20,
                       BH_TEXT_BYTES_MAX >> 20);
    }
    size_t at = bh_utf8_invalid_at(text, n);
    if (at == n) return BH_OK;
    return bh_fail(err, BH_ERR_ARGUMENT,
                   "the text is not UTF-8: byte %zu is 0x%02x; save it as UTF-8", at,
                   (unsigned)(unsigned char)text[at]);
}

// The most frequent pieces, as many as there is room for.
static bh_status add_frequent(bh_tokenizer *t, const char *text, size_t n, bhi_cut cut,
                              bh_error *err)
{
    bhi_pieces pieces;
    bh_status status = bhi_pieces_create(&pieces, 1024, err);
    if (status != BH_OK) return status;
    status = bhi_pieces_count(&pieces, text, n, cut, err);
    bhi_pieces_sort(&pieces);
    for (size_t i = 0; status == BH_OK && i < pieces.n && t->n < t->room; i++) {
        const bhi_piece *piece = &pieces.items[i];
        if (piece->n <= TOKEN_BYTES_MAX) status = add_token(t, piece->text, piece->n, err);
    }
    bhi_pieces_destroy(&pieces);
    return status;
}

static int id_of(const bh_tokenizer *t, const char *text, size_t n)
{
    const bhi_piece *piece = bhi_pieces_find(&t->index, text, n);
    return piece != NULL ? (int)piece->id : BH_TOKEN_UNKNOWN;
}

// The ids of a piece's characters; at most BHI_PIECE_MAX of them.
static int characters_of(const bh_tokenizer *t, uint16_t *ids, const char *text, size_t n)
{
    int count = 0;
    for (size_t at = 0, length; at < n; at += length) {
        length = bhi_next_piece(text + at, n - at, BHI_CUT_CHARACTERS);
        assert(count < BHI_PIECE_MAX);
        ids[count++] = (uint16_t)id_of(t, text + at, length);
    }
    return count;
}

// The token that two others become; they are short enough.
static size_t join(const bh_tokenizer *t, char out[TOKEN_BYTES_MAX], int left, int right)
{
    size_t n_left, n_right;
    const char *a = bh_tokenizer_token(t, left, &n_left),
               *b = bh_tokenizer_token(t, right, &n_right);
    assert(n_left + n_right <= TOKEN_BYTES_MAX);
    memcpy(out, a, n_left);
    memcpy(out + n_left, b, n_right);
    return n_left + n_right;
}

static bh_status learn_merges(bh_tokenizer *t, bhi_bpe_words *words, bhi_pair_count *table,
                              size_t n_table, bh_error *err)
{
    t->merges.first = t->n;
    while (t->n < t->room) {
        bhi_pair_count best = bhi_bpe_best(words, table, n_table);
        if (best.count < 2) break; // nothing comes twice any more
        char text[TOKEN_BYTES_MAX];
        size_t n = join(t, text, best.left, best.right);
        bhi_bpe_replace(words, best.left, best.right, t->n);
        bhi_merge_add(&t->merges, best.left, best.right);
        bh_status status = add_token(t, text, n, err);
        if (status != BH_OK) return status;
    }
    return BH_OK;
}

static void words_layout(bhi_bpe_words *w, bhi_pair_count **table, size_t n_table, bhi_arena *arena)
{
    w->ids = bhi_arena_array(arena, w->n_ids, sizeof *w->ids);
    w->starts = bhi_arena_array(arena, w->n_words, sizeof *w->starts);
    w->sizes = bhi_arena_array(arena, w->n_words, sizeof *w->sizes);
    w->counts = bhi_arena_array(arena, w->n_words, sizeof *w->counts);
    *table = bhi_arena_array(arena, n_table, sizeof **table);
}

static bh_status learn_from(bh_tokenizer *t, const bhi_pieces *pieces, bh_error *err)
{
    bhi_bpe_words words = {.n_words = pieces->n < BPE_WORDS_MAX ? pieces->n : BPE_WORDS_MAX,
                           .token_starts = t->starts,
                           .token_bytes_max = TOKEN_BYTES_MAX};
    for (size_t w = 0; w < words.n_words; w++) words.n_ids += pieces->items[w].n; // bytes: no fewer
    size_t n_table = 64;
    while (n_table < 2 * words.n_ids) n_table *= 2;
    bhi_pair_count *table;
    bhi_arena arena = {0};
    words_layout(&words, &table, n_table, &arena);
    unsigned char *block = bh_alloc(arena.used);
    if (block == NULL) return bh_fail(err, BH_ERR_MEMORY, "out of memory for byte pairs");
    words_layout(&words, &table, n_table, &(bhi_arena){block, 0});
    int32_t at = 0;
    for (size_t w = 0; w < words.n_words; w++) {
        const bhi_piece *piece = &pieces->items[w];
        words.starts[w] = at;
        words.counts[w] = piece->count;
        words.sizes[w] = characters_of(t, words.ids + at, piece->text, piece->n);
        at += words.sizes[w];
    }
    bh_status status = learn_merges(t, &words, table, n_table, err);
    bh_free(block, arena.used);
    return status;
}

static bh_status add_merges(bh_tokenizer *t, const char *text, size_t n, bh_error *err)
{
    bhi_pieces pieces;
    bh_status status = bhi_pieces_create(&pieces, 1024, err);
    if (status != BH_OK) return status;
    status = bhi_pieces_count(&pieces, text, n, BHI_CUT_RUNS, err);
    bhi_pieces_sort(&pieces);
    if (status == BH_OK) status = learn_from(t, &pieces, err);
    bhi_pieces_destroy(&pieces);
    return status;
}

static bh_status check_size(int vocab_size, bh_error *err)
{
    if (vocab_size >= 2 && vocab_size <= BH_VOCABULARY_MAX) return BH_OK;
    return bh_fail(err, BH_ERR_ARGUMENT, "vocab_size is %d, but must be between 2 and %d",
                   vocab_size, BH_VOCABULARY_MAX);
}

bh_status bh_tokenizer_create(bh_tokenizer **out, bh_tokenizer_kind kind, int vocab_size,
                              const char *text, size_t n, bh_error *err)
{
    *out = NULL;
    assert(kind != BH_TOKENIZER_WORDS);
    bh_status status = check_size(vocab_size, err);
    if (status == BH_OK) status = bhi_text_check(text, n, err);
    if (status == BH_OK) status = make(out, kind, vocab_size, err);
    if (status != BH_OK) return status;
    bh_tokenizer *t = *out;
    status = add_frequent(t, text, n,
                          kind == BH_TOKENIZER_WORD ? BHI_CUT_WORDS : BHI_CUT_CHARACTERS, err);
    if (status == BH_OK && t->n < 2) {
        status =
            bh_fail(err, BH_ERR_ARGUMENT,
                    "every word of the text is longer than %d bytes; use the tokenizer char or bpe",
                    TOKEN_BYTES_MAX);
    }
    if (status == BH_OK && kind == BH_TOKENIZER_BPE) status = add_merges(t, text, n, err);
    if (status == BH_OK) return BH_OK;
    bh_tokenizer_destroy(t);
    *out = NULL;
    return status;
}

bh_status bh_tokenizer_from_words(bh_tokenizer **out, const char *(*word)(int id), int n,
                                  bh_error *err)
{
    *out = NULL;
    bh_status status = check_size(n, err);
    if (status == BH_OK) status = make(out, BH_TOKENIZER_WORDS, n, err);
    for (int i = 1; status == BH_OK && i < n; i++) {
        status = add_token(*out, word(i), strlen(word(i)), err);
    }
    if (status != BH_OK) {
        bh_tokenizer_destroy(*out);
        *out = NULL;
    }
    return status;
}

// ---- using it ----

bh_tokenizer_kind bh_tokenizer_kind_of(const bh_tokenizer *t)
{
    return t->kind;
}

int bh_tokenizer_size(const bh_tokenizer *t)
{
    return t->n;
}

const char *bh_tokenizer_token(const bh_tokenizer *t, int id, size_t *n)
{
    assert(id >= 0 && id < t->n);
    *n = t->starts[id + 1] - t->starts[id];
    return t->text + t->starts[id];
}

int bh_tokenizer_has_spaces(const bh_tokenizer *t)
{
    return t->kind == BH_TOKENIZER_WORDS;
}

size_t bh_tokenizer_encode(const bh_tokenizer *t, uint16_t *ids, size_t max, const char *text,
                           size_t n)
{
    size_t count = 0;
    for (size_t at = 0, length; at < n; at += length) {
        uint16_t piece[BHI_PIECE_MAX];
        length = bhi_next_piece(text + at, n - at, cut_of(t->kind));
        if (t->kind == BH_TOKENIZER_WORDS && text[at] == ' ') continue;
        int n_piece = 1;
        if (t->kind == BH_TOKENIZER_BPE) {
            n_piece =
                bhi_merge_apply(&t->merges, piece, characters_of(t, piece, text + at, length));
        } else {
            piece[0] = (uint16_t)id_of(t, text + at, length);
        }
        for (int i = 0; i < n_piece; i++, count++) {
            if (count < max) ids[count] = piece[i];
        }
    }
    return count;
}

int bh_tokenizer_equal(const bh_tokenizer *a, const bh_tokenizer *b)
{
    return a->n == b->n && bh_tokenizer_has_spaces(a) == bh_tokenizer_has_spaces(b) &&
           memcmp(a->starts, b->starts, (size_t)(a->n + 1) * sizeof *a->starts) == 0 &&
           memcmp(a->text, b->text, a->starts[a->n]) == 0;
}

// ---- bytes ----

// A cursor over bytes to write (with too little room it only counts) or to read (short: nothing was
// left).
typedef struct cursor {
    unsigned char *out;
    const unsigned char *in;
    size_t size, at;
    int is_short;
} cursor;

static void put(cursor *c, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++, c->at++) {
        if (c->at < c->size) c->out[c->at] = (unsigned char)(value >> (8 * i));
    }
}

static uint32_t get(cursor *c, int bytes)
{
    uint32_t value = 0;
    if (c->size - c->at < (size_t)bytes) {
        c->is_short = 1;
        return 0;
    }
    for (int i = 0; i < bytes; i++) value |= (uint32_t)c->in[c->at++] << (8 * i);
    return value;
}

size_t bh_tokenizer_save(const bh_tokenizer *t, void *out, size_t size)
{
    cursor c = {.out = out, .size = size};
    put(&c, (uint32_t)t->kind, 4);
    put(&c, (uint32_t)t->n, 4);
    put(&c, (uint32_t)t->merges.n, 4);
    for (int id = 1; id < t->n; id++) {
        size_t n;
        const char *token = bh_tokenizer_token(t, id, &n);
        put(&c, (uint32_t)n, 2);
        for (size_t i = 0; i < n; i++) put(&c, (unsigned char)token[i], 1);
    }
    for (int i = 0; i < t->merges.n; i++) {
        put(&c, t->merges.items[i].left, 2);
        put(&c, t->merges.items[i].right, 2);
    }
    return c.at;
}

static bh_status read_tokens(bh_tokenizer *t, cursor *c, int n, bh_error *err)
{
    while (t->n < n) {
        size_t length = get(c, 2);
        if (c->is_short || c->size - c->at < length || length == 0 || length > TOKEN_BYTES_MAX) {
            return bh_fail(err, BH_ERR_FORMAT, "token %d of the tokenizer is damaged", t->n);
        }
        const char *text = (const char *)c->in + c->at;
        c->at += length;
        if (bh_utf8_invalid_at(text, length) < length) {
            return bh_fail(err, BH_ERR_FORMAT, "token %d of the tokenizer is not UTF-8", t->n);
        }
        bh_status status = add_token(t, text, length, err);
        if (status != BH_OK) return status;
    }
    return BH_OK;
}

static bh_status read_merges(bh_tokenizer *t, cursor *c, int n, bh_error *err)
{
    t->merges.first = t->n - n;
    for (int i = 0; i < n; i++) {
        int left = (int)get(c, 2), right = (int)get(c, 2), made = t->merges.first + i;
        // A pair of its own that makes something later than both: else merging would not come to an
        // end.
        if (c->is_short || left >= made || right >= made ||
            bhi_merge_rank(&t->merges, left, right) >= 0) {
            return bh_fail(err, BH_ERR_FORMAT, "merge %d of the tokenizer is damaged", i);
        }
        bhi_merge_add(&t->merges, left, right);
    }
    return BH_OK;
}

bh_status bh_tokenizer_load(bh_tokenizer **out, const void *bytes, size_t size, bh_error *err)
{
    *out = NULL;
    cursor c = {.in = bytes, .size = size};
    uint32_t kind = get(&c, 4), n = get(&c, 4), n_merges = get(&c, 4);
    int has_merges = kind == BH_TOKENIZER_BPE;
    if (c.is_short || kind > BH_TOKENIZER_WORDS || n < 2 || n > BH_VOCABULARY_MAX ||
        n_merges >= n || (n_merges > 0 && !has_merges)) {
        return bh_fail(err, BH_ERR_FORMAT, "these bytes are no tokenizer");
    }
    bh_status status = make(out, (bh_tokenizer_kind)kind, (int)n, err);
    if (status == BH_OK) status = read_tokens(*out, &c, (int)n, err);
    if (status == BH_OK && has_merges) status = read_merges(*out, &c, (int)n_merges, err);
    if (status == BH_OK && c.at != size) {
        status = bh_fail(err, BH_ERR_FORMAT, "%zu bytes follow the tokenizer", size - c.at);
    }
    if (status == BH_OK) return BH_OK;
    bh_tokenizer_destroy(*out);
    *out = NULL;
    return status;
}
