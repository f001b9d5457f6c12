// SPDX-License-Identifier: MIT
// Visit counts.
#include "rl/counts.h"

#include <math.h>

static size_t n_counts(const bhi_counts *counts)
{
    const bh_space *space = &counts->space;
    size_t cells = space->kind == BH_SPACE_DISCRETE ? (size_t)space->n : BHI_COUNTS_CELLS;
    return cells * (size_t)counts->n_actions;
}

void bhi_counts_layout(bhi_counts *counts, bhi_arena *arena, const bhi_encoder *encoder, int bins,
                       int n_actions)
{
    counts->space = encoder->space;
    if (encoder->spec.normalize_observation) counts->space.low = NULL;
    counts->bins = bins;
    counts->n_actions = n_actions;
    counts->n = bhi_arena_array(arena, n_counts(counts), sizeof *counts->n);
}

uint32_t *bhi_counts_of_state(const bhi_counts *counts, int state)
{
    return counts->n + (size_t)state * (size_t)counts->n_actions;
}

// Which part of dimension i a number lies in.
static int64_t bin_of(const bhi_counts *counts, double x, int i)
{
    double low = -2, high = 2;
    const bh_space *space = &counts->space;
    if (space->low != NULL && space->low[i] - space->low[i] == 0 &&
        space->high[i] - space->high[i] == 0 && space->high[i] > space->low[i]) {
        low = (double)space->low[i];
        high = (double)space->high[i];
    }
    double part = floor((x - low) / (high - low) * counts->bins);
    if (!(part > -1e9)) return -1000000000; // also where x is NaN
    return part < 1e9 ? (int64_t)part : 1000000000;
}

uint32_t *bhi_counts_of(const bhi_counts *counts, const bh_real *x)
{
    int S = counts->space.n;
    if (counts->space.kind == BH_SPACE_DISCRETE) {
        int state = 0;
        while (state + 1 < S && x[state] == 0) state++;
        return bhi_counts_of_state(counts, state);
    }
    uint64_t hash =
        0xcbf29ce484222325u; // FNV-1a over the parts, mixed at the end (SplitMix64's finaliser)
    for (int i = 0; i < S; i++) {
        hash = (hash ^ (uint64_t)bin_of(counts, (double)x[i], i)) * 0x100000001b3u;
    }
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    return bhi_counts_of_state(counts, (int)((hash ^ (hash >> 31)) % BHI_COUNTS_CELLS));
}

void bhi_counts_state(bhi_counts *counts, bhi_state_visitor *visitor)
{
    if (counts->n == NULL) return;
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "counts", counts->n, n_counts(counts));
}
