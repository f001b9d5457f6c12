// SPDX-License-Identifier: MIT
// Observation and action spaces, as in Gymnasium: Box (a vector of floats) and Discrete (0 .. n-1).
#pragma once

#include "core/status.h"

typedef enum bh_space_kind {
    BH_SPACE_BOX,
    BH_SPACE_DISCRETE,
} bh_space_kind;

/// n is also the number of inputs a network gets: a Discrete value enters it one-hot.
typedef struct bh_space {
    bh_space_kind kind;
    int n;             ///< Discrete: how many values. Box: how many floats
    const float *low;  ///< Box: (n) lower bounds, borrowed from the environment; NULL for Discrete
    const float *high; ///< Box: (n) upper bounds
} bh_space;

/// Floats one value takes when stored: n for a Box, 1 for a Discrete (the value itself).
static inline int bh_space_floats(const bh_space *space)
{
    return space->kind == BH_SPACE_BOX ? space->n : 1;
}
