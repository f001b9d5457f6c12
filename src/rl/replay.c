// SPDX-License-Identifier: MIT
// The replay buffer.
#include "rl/replay.h"

#include "core/config.h"
#include "core/fmath.h"
#include "rl/space_state.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void bhi_replay_layout(bhi_replay *replay, bhi_arena *arena, int capacity, int n_streams,
                       const bhi_encoder *encoder)
{
    size_t bytes = 2 * bh_space_bytes(&encoder->space);
    replay->capacity = capacity;
    replay->n_streams = n_streams;
    replay->encoder = encoder;
    replay->box_at = (sizeof(bhi_stored) + bytes + 3) / 4 * 4;
    replay->stride = (replay->box_at + (size_t)replay->n_box * sizeof(float) + 15) / 16 * 16;
    replay->records = bhi_arena_array(arena, (size_t)capacity, replay->stride);
}

static bhi_stored *slot(const bhi_replay *replay, int i)
{
    return (bhi_stored *)(void *)(replay->records + (size_t)i * replay->stride);
}

static float *box_of(const bhi_replay *replay, bhi_stored *stored)
{
    return (float *)(void *)((unsigned char *)stored + replay->box_at);
}

const bhi_stored *bhi_replay_at(const bhi_replay *replay, int i)
{
    assert(i >= 0 && i < replay->size);
    return slot(replay, i);
}

static void store(unsigned char *restrict to, const float *restrict obs, int F)
{
    for (int i = 0; i < F; i++) to[i] = (unsigned char)obs[i];
}

static void add(bhi_replay *replay, const float *obs_tm1, int a_tm1, const float *box_tm1,
                double r_t, int terminated_t, int truncated_t, const float *obs_t)
{
    int F = bh_space_floats(&replay->encoder->space);
    bhi_stored *stored = slot(replay, replay->next);
    stored->r_t = (float)r_t;
    stored->a_tm1 = a_tm1;
    stored->terminated_t = (unsigned char)(terminated_t != 0);
    stored->truncated_t = (unsigned char)(truncated_t != 0);
    if (bh_space_is_bytes(&replay->encoder->space)) {
        unsigned char *bytes = (unsigned char *)stored->obs;
        store(bytes, obs_tm1, F);
        store(bytes + F, obs_t, F);
    } else {
        memcpy(stored->obs, obs_tm1, (size_t)F * sizeof *obs_tm1);
        memcpy(stored->obs + F, obs_t, (size_t)F * sizeof *obs_t);
    }
    if (box_tm1 != NULL)
        memcpy(box_of(replay, stored), box_tm1, (size_t)replay->n_box * sizeof *box_tm1);
    if (replay->is_prioritized) {
        double most = bhi_sumtree_max(&replay->priorities);
        bhi_sumtree_set(&replay->priorities, replay->next, most > 0 ? most : 1);
    }
    replay->next = replay->next + 1 < replay->capacity ? replay->next + 1 : replay->n_protected;
    if (replay->size < replay->capacity) replay->size++;
}

void bhi_replay_add(bhi_replay *replay, const float *obs_tm1, int a_tm1, double r_t,
                    int terminated_t, int truncated_t, const float *obs_t)
{
    add(replay, obs_tm1, a_tm1, NULL, r_t, terminated_t, truncated_t, obs_t);
}

void bhi_replay_add_box(bhi_replay *replay, const float *obs_tm1, const float *box_tm1, double r_t,
                        int terminated_t, int truncated_t, const float *obs_t)
{
    add(replay, obs_tm1, 0, box_tm1, r_t, terminated_t, truncated_t, obs_t);
}

void bhi_replay_truncate(bhi_replay *replay)
{
    for (int k = 1; k <= replay->n_streams && k <= replay->size - replay->n_protected; k++) {
        int i = replay->next - k;
        if (i < replay->n_protected) i += replay->capacity - replay->n_protected;
        slot(replay, i)->truncated_t = 1;
    }
}

void bhi_replay_protect(bhi_replay *replay)
{
    assert(replay->next == replay->size && replay->size < replay->capacity);
    replay->n_protected = replay->size;
}

// B indices from first to end - 1.
static void sample_range(int *index, int first, int end, int B, bh_rng *rng)
{
    assert(end > first);
    for (int b = 0; b < B; b++) index[b] = first + (int)bh_rng_below(rng, (uint32_t)(end - first));
}

void bhi_replay_sample(const bhi_replay *replay, int *index, int B, bh_rng *rng)
{
    sample_range(index, 0, replay->size, B, rng);
}

void bhi_replay_sample_shares(const bhi_replay *replay, int *index, double share, int B,
                              bh_rng *rng)
{
    int split = replay->n_protected, size = replay->size, n = (int)(share * B + 0.5);
    if (share == 0 || split == 0 || split == size) {
        bhi_replay_sample(replay, index, B, rng);
        return;
    }
    sample_range(index, 0, split, n, rng);
    sample_range(index + n, split, size, B - n, rng);
}

void bhi_replay_layout_priorities(bhi_replay *replay, bhi_arena *arena)
{
    replay->is_prioritized = 1;
    bhi_sumtree_layout(&replay->priorities, arena, replay->capacity);
}

void bhi_replay_set_priorities(bhi_replay *replay, const int *index, const bh_real *error,
                               double alpha, int B)
{
    for (int b = 0; b < B; b++) {
        double p = bh_exp(alpha * bh_log(fabs((double)error[b]) + 1e-6));
        bhi_sumtree_set(&replay->priorities, index[b], p);
    }
}

// The first (half 0) or the second (half 1) observation of a transition as network input.
static void encode(bh_real *restrict x, const bhi_stored *stored, int half,
                   const bhi_encoder *encoder)
{
    int F = bh_space_floats(&encoder->space);
    if (bh_space_is_bytes(&encoder->space))
        bhi_encode_bytes(x, bhi_stored_bytes(stored) + half * F, encoder);
    else bhi_encode(x, stored->obs + half * F, encoder);
}

// The transition after i in its environment, or -1 when the episode ends with i or nothing follows
// yet.
static int successor(const bhi_replay *replay, int i)
{
    const bhi_stored *at = slot(replay, i);
    if (at->terminated_t || at->truncated_t) return -1;
    int first = replay->n_protected, ring = replay->capacity - first;
    if (i < first) return i + 1 < first ? i + 1 : -1;
    int newer = replay->next - 1 - i; // transitions stored after i
    if (newer < 0) newer += ring;
    if (newer < replay->n_streams) return -1;
    return first + (i - first + replay->n_streams) % ring;
}

// Reads both ends of every transition of the batch: so close together, the loads overlap, and what
// follows finds them in the first cache.
static void fetch(const bhi_replay *replay, const int *index, int B)
{
    for (int b = 0; b < B; b++) {
        const volatile unsigned char *at = replay->records + (size_t)index[b] * replay->stride;
        (void)at[0];
        (void)at[replay->stride - 1];
    }
}

void bhi_replay_gather(const bhi_replay *replay, const int *index, int B, double gamma, int n_steps,
                       bh_real *x_tm1, int *a_tm1, bh_real *r_t, bh_real *discount_t, bh_real *x_t)
{
    size_t S = (size_t)replay->encoder->space.n;
    fetch(replay, index, B);
    for (int b = 0; b < B; b++) {
        const bhi_stored *first = slot(replay, index[b]), *last = first;
        double sum = bhi_encode_reward((double)first->r_t, replay->encoder), discount = gamma;
        for (int k = 1, i = index[b]; k < n_steps; k++) {
            i = successor(replay, i);
            if (i < 0) break;
            last = slot(replay, i);
            sum += discount * bhi_encode_reward((double)last->r_t, replay->encoder);
            discount *= gamma;
        }
        encode(x_tm1 + (size_t)b * S, first, 0, replay->encoder);
        encode(x_t + (size_t)b * S, last, 1, replay->encoder);
        if (a_tm1 != NULL) a_tm1[b] = first->a_tm1;
        r_t[b] = (bh_real)sum;
        discount_t[b] = last->terminated_t ? 0 : (bh_real)discount;
    }
}

static void gather_mask(unsigned char *legal, const bhi_stored *stored, int half,
                        const bh_space *space)
{
    int at = half * bh_space_floats(space) + bh_space_unmasked(space);
    for (int a = 0; a < space->n_masked; a++) {
        legal[a] = bh_space_is_bytes(space) ? bhi_stored_bytes(stored)[at + a] != 0
                                            : stored->obs[at + a] != 0;
    }
}

void bhi_replay_gather_masks(const bhi_replay *replay, const int *index, int B, int n_steps,
                             unsigned char *legal_tm1, unsigned char *legal_t)
{
    const bh_space *space = &replay->encoder->space;
    for (int b = 0; b < B && space->n_masked > 0; b++) {
        int last = index[b], next;
        for (int k = 1; k < n_steps && (next = successor(replay, last)) >= 0; k++) last = next;
        int row = b * space->n_masked;
        if (legal_tm1 != NULL) gather_mask(legal_tm1 + row, slot(replay, index[b]), 0, space);
        if (legal_t != NULL) gather_mask(legal_t + row, slot(replay, last), 1, space);
    }
}

void bhi_replay_gather_box(const bhi_replay *replay, const int *index, int B, bh_real *a_tm1)
{
    int D = replay->n_box;
    for (int b = 0; b < B; b++) {
        const float *box = box_of(replay, slot(replay, index[b]));
        for (int d = 0; d < D; d++) a_tm1[b * D + d] = (bh_real)box[d];
    }
}

void bhi_replay_state(bhi_replay *replay, int n_actions, int most_protected,
                      bhi_state_visitor *visitor)
{
    bhi_state_begin(visitor, "replay");
    bhi_state_within(visitor, 0, replay->capacity);
    BHI_STATE(visitor, "size", &replay->size, 1);
    int last = replay->size < replay->capacity ? replay->size : replay->capacity - 1;
    bhi_state_within(visitor, 0, last > 0 ? last : 0);
    BHI_STATE(visitor, "next", &replay->next, 1);
    bhi_state_within(visitor, 0, most_protected < last ? most_protected : last > 0 ? last : 0);
    BHI_STATE(visitor, "n_protected", &replay->n_protected, 1);
    bhi_stored *first = slot(replay, 0);
    int n = replay->size, n_obs = 2 * bh_space_floats(&replay->encoder->space);
    BHI_STATE_MEMBER(visitor, "r_t", &first->r_t, 1, n, replay->stride);
    if (replay->n_box > 0) {
        BHI_STATE_MEMBER(visitor, "box_tm1", box_of(replay, first), replay->n_box, n,
                         replay->stride);
    } else {
        bhi_state_within(visitor, 0, n_actions - 1);
        BHI_STATE_MEMBER(visitor, "a_tm1", &first->a_tm1, 1, n, replay->stride);
    }
    BHI_STATE_MEMBER(visitor, "terminated_t", &first->terminated_t, 1, n, replay->stride);
    BHI_STATE_MEMBER(visitor, "truncated_t", &first->truncated_t, 1, n, replay->stride);
    bhi_state_within_space(visitor, &replay->encoder->space);
    bhi_state_visit(visitor, "obs",
                    bh_space_is_bytes(&replay->encoder->space) ? BHI_STATE_U8 : BHI_STATE_F32,
                    first->obs, (size_t)n, (size_t)n_obs, replay->stride);
    if (replay->is_prioritized) {
        bhi_sumtree *tree = &replay->priorities;
        BHI_STATE(visitor, "largest_priority", &tree->largest, 1);
        BHI_STATE(visitor, "priorities", tree->sums, 2 * (size_t)tree->n_leaves);
    }
    bhi_state_end(visitor);
}
