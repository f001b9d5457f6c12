// SPDX-License-Identifier: MIT
// Pieces of text.
#include "lm/pieces.h"

#include "core/alloc.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

// ---- cutting ----

typedef enum sort_of {
    SPACE,
    LETTER,
    IDEOGRAPH,
    SIGN, // punctuation, symbols and emoji, line ends, bytes that are not UTF-8
    MARK, // belongs to the character before it
} sort_of;

#define JOINER 0x200du // puts the emoji before and behind it together

// Blocks of Unicode that matter here, in order; letters otherwise.
static const struct {
    uint32_t first, last;
    sort_of sort;
} blocks[] = {
    {0x0000, 0x001f, SIGN},        {0x0020, 0x0020, SPACE},     {0x0021, 0x0026, SIGN},
    {0x0028, 0x002f, SIGN},        {0x003a, 0x0040, SIGN},      {0x005b, 0x005e, SIGN},
    {0x0060, 0x0060, SIGN},        {0x007b, 0x00bf, SIGN},      {0x0300, 0x036f, MARK},
    {0x1ab0, 0x1aff, MARK},        {0x1dc0, 0x1dff, MARK},      {0x2000, 0x200b, SIGN},
    {0x200c, 0x200d, MARK},        {0x200e, 0x206f, SIGN},      {0x20d0, 0x20ff, MARK},
    {0x2190, 0x2bff, SIGN},        {0x2e80, 0x2fff, IDEOGRAPH}, {0x3000, 0x3029, SIGN},
    {0x302a, 0x302f, MARK},        {0x3030, 0x303f, SIGN},      {0x3040, 0x3098, IDEOGRAPH},
    {0x3099, 0x309a, MARK},        {0x309b, 0x9fff, IDEOGRAPH}, {0xf900, 0xfaff, IDEOGRAPH},
    {0xfe00, 0xfe0f, MARK},        {0xfe20, 0xfe2f, MARK},      {0xff00, 0xffef, SIGN},
    {0x1f000, 0x1f3fa, SIGN},      {0x1f3fb, 0x1f3ff, MARK},    {0x1f400, 0x1faff, SIGN},
    {0x20000, 0x3ffff, IDEOGRAPH}, {0xe0020, 0xe007f, MARK},    {0xe0100, 0xe01ef, MARK},
};

static sort_of sort_at(const char *text, size_t n, size_t *length, uint32_t *c)
{
    int bytes = bh_utf8_next(text, n, c);
    *length = bytes > 0 ? (size_t)bytes : 1;
    if (bytes == 0) return *c = 0, SIGN;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (*c >= blocks[i].first && *c <= blocks[i].last) return blocks[i].sort;
    }
    return LETTER;
}

static int is_half_flag(uint32_t c)
{
    return c >= 0x1f1e6 && c <= 0x1f1ff;
}

// A character with what belongs to it, at most *room code points, which are taken from it: marks,
// the other half of a flag, emoji behind a joiner (the grapheme clusters of UAX 29, by rules that
// no version of Unicode changes).
static sort_of cluster_at(const char *text, size_t n, size_t *length, int *room)
{
    uint32_t c, last;
    sort_of sort = sort_at(text, n, length, &last);
    int half = is_half_flag(last);
    --*room;
    if (sort == SPACE || last < 0x20) return sort; // bear no marks
    for (size_t more; *room > 0 && *length < n; --*room, *length += more, last = c) {
        sort_of next = sort_at(text + *length, n - *length, &more, &c);
        int joined = next == SIGN && c >= 0x2190 && last == JOINER && sort == SIGN;
        if (next != MARK && !joined && !(half && is_half_flag(c))) break;
        half = 0;
    }
    return sort == MARK ? LETTER : sort;
}

size_t bhi_next_piece(const char *text, size_t n, bhi_cut cut)
{
    size_t at = 0, length;
    uint32_t c;
    if (cut == BHI_CUT_LIST) {
        if (text[0] == ' ') return 1;
        while (at < n && text[at] != ' ') at++;
        return at;
    }
    sort_of sort = sort_at(text, n, &length, &c);
    if (cut == BHI_CUT_CHARACTERS) return length;
    if (sort == SPACE && n > 1) { // belongs to the word or sign behind it
        if (text[1] == ' ' || text[1] == '\n') return 1;
        at = 1;
    }
    int room = BHI_PIECE_MAX - 1; // the space counts, whether it is there or not
    sort = cluster_at(text + at, n - at, &length, &room);
    at += length;
    if (sort == SPACE || sort == SIGN || (sort == IDEOGRAPH && cut == BHI_CUT_WORDS)) return at;
    while (room > 0 && at < n && cluster_at(text + at, n - at, &length, &room) == sort) {
        at += length;
    }
    return at;
}

// ---- counting ----

static size_t slots_for(size_t room)
{
    size_t n = 64;
    while (n < 2 * room) n *= 2;
    return n;
}

// FNV-1a, folded.
static size_t hash(const char *text, size_t n)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)text[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static bh_status allocate(bhi_pieces *p, size_t room, bh_error *err)
{
    bhi_pieces made = {.room = room, .n_slots = slots_for(room)};
    made.items = bh_alloc(room * sizeof *made.items);
    made.slots = bh_alloc(made.n_slots * sizeof *made.slots);
    if (made.items == NULL || made.slots == NULL) {
        bhi_pieces_destroy(&made);
        return bh_fail(err, BH_ERR_MEMORY, "out of memory for %zu different words", room);
    }
    memset(made.slots, 0xff, made.n_slots * sizeof *made.slots);
    *p = made;
    return BH_OK;
}

bh_status bhi_pieces_create(bhi_pieces *pieces, size_t expected, bh_error *err)
{
    *pieces = (bhi_pieces){0};
    return allocate(pieces, expected > 64 ? expected : 64, err);
}

void bhi_pieces_destroy(bhi_pieces *p)
{
    bh_free(p->items, p->room * sizeof *p->items);
    bh_free(p->slots, p->n_slots * sizeof *p->slots);
    *p = (bhi_pieces){0};
}

// The slot of those bytes, or the free one where they belong.
static int32_t *slot_of(const bhi_pieces *p, const char *text, size_t n)
{
    for (size_t i = hash(text, n);; i++) {
        int32_t *slot = &p->slots[i & (p->n_slots - 1)];
        if (*slot < 0) return slot;
        const bhi_piece *item = &p->items[*slot];
        if (item->n == n && memcmp(item->text, text, n) == 0) return slot;
    }
}

bhi_piece *bhi_pieces_find(const bhi_pieces *p, const char *text, size_t n)
{
    int32_t at = *slot_of(p, text, n);
    return at < 0 ? NULL : &p->items[at];
}

static bh_status grow(bhi_pieces *p, bh_error *err)
{
    bhi_pieces larger;
    bh_status status = allocate(&larger, 2 * p->room, err);
    if (status != BH_OK) return status;
    memcpy(larger.items, p->items, p->n * sizeof *p->items);
    larger.n = p->n;
    for (size_t i = 0; i < p->n; i++) {
        *slot_of(&larger, larger.items[i].text, larger.items[i].n) = (int32_t)i;
    }
    bhi_pieces_destroy(p);
    *p = larger;
    return BH_OK;
}

bh_status bhi_pieces_add(bhi_pieces *p, const char *text, size_t n, bhi_piece **out, bh_error *err)
{
    int32_t *slot = slot_of(p, text, n);
    if (*slot < 0) {
        if (p->n == p->room) {
            bh_status status = grow(p, err);
            if (status != BH_OK) return status;
            slot = slot_of(p, text, n);
        }
        p->items[p->n] = (bhi_piece){.text = text, .n = (uint32_t)n};
        *slot = (int32_t)p->n++;
    }
    *out = &p->items[*slot];
    return BH_OK;
}

bh_status bhi_pieces_count(bhi_pieces *p, const char *text, size_t n, bhi_cut cut, bh_error *err)
{
    for (size_t at = 0, length; at < n; at += length) {
        bhi_piece *piece;
        length = bhi_next_piece(text + at, n - at, cut);
        bh_status status = bhi_pieces_add(p, text + at, length, &piece, err);
        if (status != BH_OK) return status;
        piece->count++;
    }
    return BH_OK;
}

static int compare(const void *a, const void *b)
{
    const bhi_piece *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return x->text < y->text ? -1 : 1; // of one text
}

void bhi_pieces_sort(bhi_pieces *p)
{
    qsort(p->items, p->n, sizeof *p->items, compare);
}
