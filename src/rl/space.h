// SPDX-License-Identifier: MIT
// Observation and action spaces, as in Gymnasium: Box (numbers with a shape) and Discrete (0 ..
// n-1).
//
//     *observation = (bh_space){BH_SPACE_BOX, 4, low, high}; // a vector of 4 floats
//     *observation = (bh_space){BH_SPACE_BOX, 10 * 5 * 1, low, high, 3, {10, 5, 1}, BH_SPACE_U8};
#pragma once

#include "core/status.h"

#include <stddef.h>

typedef enum bh_space_kind {
    BH_SPACE_BOX,
    BH_SPACE_DISCRETE,
} bh_space_kind;

/// What the numbers of a Box are. Environments write floats either way.
typedef enum bh_space_dtype {
    BH_SPACE_F32, ///< any number within the bounds
    BH_SPACE_U8, ///< whole numbers within the bounds, which lie in 0..255: a byte each where stored
    /// token ids within the bounds, which lie in 0..255: a byte each where stored, entering a
    /// network as they are (rl/text_task.h)
    BH_SPACE_TOKEN,
} bh_space_dtype;

#define BH_SPACE_RANK_MAX 3

/// n is also the number of inputs a network gets: a Discrete value enters it one-hot, the floats of
/// a Box as they are, the bytes of a Box divided by the upper bound (255: scaled to 0..1; 1:
/// unchanged). Members left out are zero and mean a vector of floats.
typedef struct bh_space {
    bh_space_kind kind;
    int n; ///< Discrete: how many values. Box: how many numbers, the product of its shape
    const float *low;  ///< Box: (n) lower bounds, borrowed from the environment; NULL for Discrete
    const float *high; ///< Box: (n) upper bounds; of bytes one for all, at least 1
    int rank;          ///< Box: dimensions, at most 3; 0 reads as 1. See bh_space_rank
    int shape[BH_SPACE_RANK_MAX]; ///< Box of rank 2, 3: row-major; images (height, width, channels)
    bh_space_dtype dtype;
    /// Of observations: actions of which some may be illegal; 0 where all always are legal. Behind an
    /// observation's numbers then stand as many more, its action mask: 1 where the action is legal
    /// now, 0 where not. At least one is legal wherever an action is to be taken; a Discrete of a
    /// single value has no mask.
    int n_masked;
} bh_space;

/// Numbers one value takes without its mask: n for a Box, 1 for a Discrete (the value itself).
static inline int bh_space_unmasked(const bh_space *space)
{
    return space->kind == BH_SPACE_BOX ? space->n : 1;
}

/// Numbers one value takes, its mask included.
static inline int bh_space_floats(const bh_space *space)
{
    return bh_space_unmasked(space) + space->n_masked;
}

/// The mask of an observation (n_masked), borrowed from it; NULL where all actions are legal.
static inline const float *bh_space_mask(const bh_space *space, const float *obs)
{
    return space->n_masked > 0 ? obs + bh_space_unmasked(space) : NULL;
}

/// Whether its numbers are whole and stored as bytes.
static inline int bh_space_is_bytes(const bh_space *space)
{
    return space->kind == BH_SPACE_BOX && space->dtype != BH_SPACE_F32;
}

/// Bytes one value takes where it is stored.
static inline size_t bh_space_bytes(const bh_space *space)
{
    size_t each = bh_space_is_bytes(space) ? 1 : sizeof(float);
    return each * (size_t)bh_space_floats(space);
}

/// Dimensions of a Box, 1 for a vector.
static inline int bh_space_rank(const bh_space *space)
{
    return space->rank > 0 ? space->rank : 1;
}

/// Size of dimension i < bh_space_rank.
static inline int bh_space_size(const bh_space *space, int i)
{
    return space->rank > 1 ? space->shape[i] : space->n;
}
