// SPDX-License-Identifier: MIT
// The replay buffer: a ring of transitions, one array per field, sampled uniformly with replacement
// (Lin 1992; Mnih et al. 2015).
//
// Legend: N capacity, B batch, F floats of a stored observation. Observations are stored as the
// environment gives them; a Discrete one takes one float and becomes one-hot when it is gathered.
#pragma once

#include "core/alloc.h"
#include "core/real.h"
#include "core/rng.h"
#include "rl/space.h"

typedef struct bhi_replay {
    int capacity; ///< N
    int size;     ///< transitions stored, at most N
    int next;     ///< where the next one goes
    bh_space observation;
    float *obs_tm1;               ///< (N,F)
    float *obs_t;                 ///< (N,F) the final observation where the episode ended
    float *r_t;                   ///< (N)
    int *a_tm1;                   ///< (N)
    unsigned char *terminated_t;  ///< (N) 1 where no return follows; truncation leaves it 0
} bhi_replay;

/// Lays a ring of `capacity` transitions out in the owner's arena.
void bhi_replay_layout(bhi_replay *replay, bhi_arena *arena, int capacity, const bh_space *observation);

/// Stores one transition over the oldest when full.
void bhi_replay_add(bhi_replay *replay, const float *obs_tm1, int a_tm1, double r_t, int terminated_t,
                    const float *obs_t);

/// Draws B indices, uniformly with replacement. The ring must not be empty.
void bhi_replay_sample(const bhi_replay *replay, int *index, int B, bh_rng *rng);

/// Writes the transitions at index (B) as network inputs:
/// x_tm1, x_t (B,S) out   a_tm1 (B) out   r_t (B) out
/// discount_t (B) out: gamma, or 0 where terminated.
void bhi_replay_gather(const bhi_replay *replay, const int *index, int B, double gamma, bh_real *x_tm1,
                       int *a_tm1, bh_real *r_t, bh_real *discount_t, bh_real *x_t);

/// One stored observation as network input x (S): a copy for a Box, one-hot for a Discrete.
void bhi_encode(bh_real *restrict x, const float *restrict obs, const bh_space *space);
