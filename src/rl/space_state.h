// SPDX-License-Identifier: MIT
// Values of a space in a description of state (core/state.h).
#pragma once

#include "core/state.h"
#include "rl/space.h"

/// Bounds of the next entry where its numbers are places in a table or ids of tokens: values of
/// that space.
static inline void bhi_state_within_space(bhi_state_visitor *visitor, const bh_space *space)
{
    if (space->kind == BH_SPACE_DISCRETE) bhi_state_within(visitor, 0, space->n - 1);
    else if (bh_space_is_bytes(space)) bhi_state_within(visitor, 0, (int)space->high[0]);
}
