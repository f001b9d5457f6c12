// SPDX-License-Identifier: MIT
// The replay buffer.
#include "rl/replay.h"

#include <assert.h>
#include <string.h>

void bhi_replay_layout(bhi_replay *replay, bhi_arena *arena, int capacity, int n_streams,
                       const bh_space *observation)
{
    size_t n = (size_t)capacity, floats = n * (size_t)bh_space_floats(observation);
    replay->capacity = capacity;
    replay->n_streams = n_streams;
    replay->observation = *observation;
    replay->obs_tm1 = bhi_arena_array(arena, floats, sizeof *replay->obs_tm1);
    replay->obs_t = bhi_arena_array(arena, floats, sizeof *replay->obs_t);
    replay->r_t = bhi_arena_array(arena, n, sizeof *replay->r_t);
    replay->a_tm1 = bhi_arena_array(arena, n, sizeof *replay->a_tm1);
    replay->terminated_t = bhi_arena_array(arena, n, sizeof *replay->terminated_t);
    replay->truncated_t = bhi_arena_array(arena, n, sizeof *replay->truncated_t);
}

void bhi_replay_add(bhi_replay *replay, const float *obs_tm1, int a_tm1, double r_t,
                    int terminated_t, int truncated_t, const float *obs_t)
{
    size_t i = (size_t)replay->next, floats = (size_t)bh_space_floats(&replay->observation);
    memcpy(replay->obs_tm1 + i * floats, obs_tm1, floats * sizeof *obs_tm1);
    memcpy(replay->obs_t + i * floats, obs_t, floats * sizeof *obs_t);
    replay->a_tm1[i] = a_tm1;
    replay->r_t[i] = (float)r_t;
    replay->terminated_t[i] = (unsigned char)(terminated_t != 0);
    replay->truncated_t[i] = (unsigned char)(truncated_t != 0);
    replay->next = replay->next + 1 < replay->capacity ? replay->next + 1 : 0;
    if (replay->size < replay->capacity) replay->size++;
}

void bhi_replay_sample(const bhi_replay *replay, int *index, int B, bh_rng *rng)
{
    assert(replay->size > 0);
    for (int b = 0; b < B; b++) index[b] = (int)bh_rng_below(rng, (uint32_t)replay->size);
}

void bhi_encode(bh_real *restrict x, const float *restrict obs, const bh_space *space)
{
    if (space->kind == BH_SPACE_DISCRETE) {
        for (int i = 0; i < space->n; i++) x[i] = 0;
        x[(int)obs[0]] = 1;
    } else {
        for (int i = 0; i < space->n; i++) x[i] = (bh_real)obs[i];
    }
}

// The transition after i in its environment, or -1 when the episode ends with i or nothing follows yet.
static int successor(const bhi_replay *replay, int i)
{
    if (replay->terminated_t[i] || replay->truncated_t[i]) return -1;
    int newer = replay->next - 1 - i; // transitions stored after i
    if (newer < 0) newer += replay->capacity;
    if (newer < replay->n_streams) return -1;
    return (i + replay->n_streams) % replay->capacity;
}

void bhi_replay_gather(const bhi_replay *replay, const int *index, int B, double gamma, int n_steps,
                       bh_real *x_tm1, int *a_tm1, bh_real *r_t, bh_real *discount_t, bh_real *x_t)
{
    const bh_space *space = &replay->observation;
    size_t floats = (size_t)bh_space_floats(space), S = (size_t)space->n;
    for (int b = 0; b < B; b++) {
        int first = index[b], last = first;
        double sum = (double)replay->r_t[first], discount = gamma;
        for (int k = 1; k < n_steps; k++) {
            int next = successor(replay, last);
            if (next < 0) break;
            last = next;
            sum += discount * (double)replay->r_t[last];
            discount *= gamma;
        }
        bhi_encode(x_tm1 + (size_t)b * S, replay->obs_tm1 + (size_t)first * floats, space);
        bhi_encode(x_t + (size_t)b * S, replay->obs_t + (size_t)last * floats, space);
        a_tm1[b] = replay->a_tm1[first];
        r_t[b] = (bh_real)sum;
        discount_t[b] = replay->terminated_t[last] ? 0 : (bh_real)discount;
    }
}
