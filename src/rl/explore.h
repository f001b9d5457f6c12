// SPDX-License-Identifier: MIT
// Exploration: which action to take, given the values.
#pragma once

#include "core/real.h"
#include "core/rng.h"

/// Whether an epsilon-greedy choice explores this time; one draw from the stream, whatever epsilon.
int bhi_explores(bh_rng *rng, double epsilon);

/// A uniformly random action in [0, A).
int bhi_random_action(bh_rng *rng, int A);
