// SPDX-License-Identifier: MIT
// How often each action was taken in each state: exactly where states are few, else in cells of a
// discretised state, hashed into a table (Tang et al., "#Exploration", 2017). Two cells that fall
// on one place of the table share their counts.
//
// States come as a network sees them (x, S reals). A Discrete one is one-hot: its cell is its
// index. A Box is cut into `bins` parts of its range in each dimension; where a bound is infinite
// the range is taken as -2 to 2, and goes on beyond.
#pragma once

#include "core/arena.h"
#include "core/real.h"
#include "core/state.h"
#include "rl/encoder.h"

#include <stdint.h>

#define BHI_COUNTS_CELLS 65536 ///< places of the table of a Box

typedef struct bhi_counts {
    bh_space space;
    int bins;
    int n_actions;
    uint32_t *n; ///< (cells, A)
} bhi_counts;

/// Lays the table out in the owner's arena; zeros are right to begin with. Cells are of what the
/// encoder makes: normalised, the numbers of a Box have no bounds.
void bhi_counts_layout(bhi_counts *counts, bhi_arena *arena, const bhi_encoder *encoder, int bins,
                       int n_actions);

/// The counts (A) of the cell of x (S); borrowed, to read or to add to.
uint32_t *bhi_counts_of(const bhi_counts *counts, const bh_real *x);

/// The counts (A) of a Discrete state.
uint32_t *bhi_counts_of_state(const bhi_counts *counts, int state);

/// Visits all counts.
void bhi_counts_state(bhi_counts *counts, bhi_state_visitor *visitor);
