// SPDX-License-Identifier: MIT
// Byte-pair encoding.
#include "lm/bpe.h"

#include <assert.h>
#include <string.h>

static size_t hash(int left, int right)
{
    uint32_t pair = (uint32_t)left << 16 | (uint32_t)right;
    uint64_t h = pair * 0x9e3779b97f4a7c15u;
    return (size_t)(h >> 32 ^ h >> 15);
}

size_t bhi_merge_slots(int room)
{
    size_t n = 64;
    while (n < 2 * (size_t)room) n *= 2;
    return n;
}

static int32_t *slot_of(const bhi_merges *m, int left, int right)
{
    for (size_t i = hash(left, right);; i++) {
        int32_t *slot = &m->slots[i & (m->n_slots - 1)];
        if (*slot < 0) return slot;
        if (m->items[*slot].left == left && m->items[*slot].right == right) return slot;
    }
}

int bhi_merge_rank(const bhi_merges *merges, int left, int right)
{
    return *slot_of(merges, left, right);
}

void bhi_merge_add(bhi_merges *merges, int left, int right)
{
    assert(merges->n < merges->room);
    *slot_of(merges, left, right) = merges->n;
    merges->items[merges->n++] = (bhi_merge){(uint16_t)left, (uint16_t)right};
}

// Every left-to-right pair of ids (n) becomes the token; returns how many are left.
static int replace(uint16_t *ids, int n, int left, int right, int token)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        int is_pair = i + 1 < n && ids[i] == left && ids[i + 1] == right;
        ids[kept++] = is_pair ? (uint16_t)token : ids[i];
        i += is_pair;
    }
    return kept;
}

int bhi_merge_apply(const bhi_merges *merges, uint16_t *ids, int n)
{
    for (;;) {
        int best = -1;
        for (int i = 0; i + 1 < n; i++) {
            int rank = bhi_merge_rank(merges, ids[i], ids[i + 1]);
            if (rank >= 0 && (best < 0 || rank < best)) best = rank;
        }
        if (best < 0) return n;
        bhi_merge merge = merges->items[best];
        n = replace(ids, n, merge.left, merge.right, merges->first + best);
    }
}

static int beats(const bhi_pair_count *a, const bhi_pair_count *b)
{
    if (a->count != b->count) return a->count > b->count;
    return a->left != b->left ? a->left < b->left : a->right < b->right;
}

static int fits(const bhi_bpe_words *words, const bhi_pair_count *pair)
{
    const uint32_t *starts = words->token_starts;
    if (starts == NULL) return 1;
    uint32_t left = starts[pair->left + 1] - starts[pair->left];
    return left + starts[pair->right + 1] - starts[pair->right] <= words->token_bytes_max;
}

bhi_pair_count bhi_bpe_best(const bhi_bpe_words *words, bhi_pair_count *table, size_t n_table)
{
    assert(n_table > words->n_ids);
    memset(table, 0, n_table * sizeof *table);
    for (size_t w = 0; w < words->n_words; w++) {
        const uint16_t *ids = words->ids + words->starts[w];
        for (int i = 0; i + 1 < words->sizes[w]; i++) {
            if (ids[i] == 0 || ids[i + 1] == 0) continue; // unknown characters stay apart
            size_t at = hash(ids[i], ids[i + 1]);
            while (table[at & (n_table - 1)].count > 0 &&
                   (table[at & (n_table - 1)].left != ids[i] ||
                    table[at & (n_table - 1)].right != ids[i + 1])) {
                at++;
            }
            bhi_pair_count *pair = &table[at & (n_table - 1)];
            *pair = (bhi_pair_count){pair->count + words->counts[w], ids[i], ids[i + 1]};
        }
    }
    bhi_pair_count best = {0, 0, 0};
    for (size_t i = 0; i < n_table; i++) {
        const bhi_pair_count *pair = &table[i];
        if (pair->count > 0 && beats(pair, &best) && fits(words, pair)) best = *pair;
    }
    return best;
}

void bhi_bpe_replace(bhi_bpe_words *words, int left, int right, int token)
{
    for (size_t w = 0; w < words->n_words; w++) {
        words->sizes[w] =
            replace(words->ids + words->starts[w], words->sizes[w], left, right, token);
    }
}
