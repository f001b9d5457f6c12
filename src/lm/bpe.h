// SPDX-License-Identifier: MIT
// Byte-pair encoding: which neighbours become one token, and in what order (Sennrich et al. 2016,
// algorithm 1).
#pragma once

#include "lm/pieces.h"

/// Two tokens that become a third.
typedef struct bhi_merge {
    uint16_t left, right;
} bhi_merge;

/// Merges in the order of their rank; rank i makes token first + i. Found by their pair through a
/// hash.
typedef struct bhi_merges {
    bhi_merge *items;
    int32_t *slots; ///< (n_slots, a power of two) ranks; -1: free
    int n, room, first;
    size_t n_slots;
} bhi_merges;

/// Slots that keep `room` merges found quickly.
size_t bhi_merge_slots(int room);

/// The rank of a pair, or -1.
int bhi_merge_rank(const bhi_merges *merges, int left, int right);

/// Adds a merge of the next rank; there is room.
void bhi_merge_add(bhi_merges *merges, int left, int right);

/// Merges ids (n) in place until no pair has a rank, the lowest rank first; returns how many are
/// left.
int bhi_merge_apply(const bhi_merges *merges, uint16_t *ids, int n);

/// A text to learn merges from: different pieces as token ids, one behind the other.
typedef struct bhi_bpe_words {
    uint16_t *ids;    ///< (n_ids)
    int32_t *starts;  ///< (n_words) where each begins
    int32_t *sizes;   ///< (n_words) how many ids each has now
    uint64_t *counts; ///< (n_words) how often each comes
    size_t n_ids, n_words;
    const uint32_t
        *token_starts; ///< token i has token_starts[i + 1] - token_starts[i] bytes; NULL: no limit
    uint32_t token_bytes_max; ///< that two tokens may have together to become one
} bhi_bpe_words;

/// Finds the most frequent pair of neighbours that may become a token, of equals that of the
/// smaller ids. count 0: there is none. `table` is scratch of n_table (a power of two above twice
/// n_ids) entries.
typedef struct bhi_pair_count {
    uint64_t count;
    uint16_t left, right;
} bhi_pair_count;
bhi_pair_count bhi_bpe_best(const bhi_bpe_words *words, bhi_pair_count *table, size_t n_table);

/// Replaces a pair by a token in all words.
void bhi_bpe_replace(bhi_bpe_words *words, int left, int right, int token);
