// SPDX-License-Identifier: MIT
// Cutting text into pieces, and counting them.
#pragma once

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

#define BHI_PIECE_MAX 64 ///< characters of a piece; longer ones are cut

typedef enum bhi_cut {
    BHI_CUT_CHARACTERS, ///< every character (code point)
    BHI_CUT_WORDS,      ///< a space and a word, a Chinese character, a sign, an emoji
    BHI_CUT_RUNS,       ///< the same, but Chinese characters in a row are one piece
    BHI_CUT_LIST,       ///< what stands between spaces
} bhi_cut;

/// BH_ERR_ARGUMENT for a text that is empty, longer than BH_TEXT_BYTES_MAX (nothing of it is read)
/// or not UTF-8.
bh_status bhi_text_check(const char *text, size_t n, bh_error *err);

/// Bytes of the first piece of text (n), at least 1 where n is. A byte that is not UTF-8 is a
/// piece.
size_t bhi_next_piece(const char *text, size_t n, bhi_cut cut);

/// A piece: where it first comes in a text, and how often.
typedef struct bhi_piece {
    const char *text; ///< borrowed from the text
    uint32_t n;       ///< bytes
    uint32_t id;      ///< what a table says of it
    uint64_t count;
} bhi_piece;

/// Different pieces in the order they first come, found again by a hash of their bytes.
typedef struct bhi_pieces {
    bhi_piece *items;
    int32_t *slots; ///< (n_slots, a power of two) indices of items; -1: free
    size_t n, room, n_slots;
} bhi_pieces;

/// Starts a table with room for `expected` pieces; it grows. BH_ERR_MEMORY leaves nothing.
bh_status bhi_pieces_create(bhi_pieces *pieces, size_t expected, bh_error *err);
void bhi_pieces_destroy(bhi_pieces *pieces);

/// The piece of those bytes, or NULL.
bhi_piece *bhi_pieces_find(const bhi_pieces *pieces, const char *text, size_t n);

/// The same, added with count 0 where it is new. Pointers to others may move. BH_ERR_MEMORY changes
/// nothing.
bh_status bhi_pieces_add(bhi_pieces *pieces, const char *text, size_t n, bhi_piece **out,
                         bh_error *err);

/// Counts all pieces of text (n).
bh_status bhi_pieces_count(bhi_pieces *pieces, const char *text, size_t n, bhi_cut cut,
                           bh_error *err);

/// Puts the items in order: the most frequent first, of equals the one that came first. Finding is
/// over then.
void bhi_pieces_sort(bhi_pieces *pieces);
