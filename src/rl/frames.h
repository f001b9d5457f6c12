// SPDX-License-Identifier: MIT
// Frames: the last observations of an environment as one, as Gymnasium's FrameStackObservation has
// them after a reset (the first one as often as is needed) and Stable-Baselines3's VecFrameStack
// in memory. The newest comes last: of vectors behind the older ones, (k n); of images as the last
// channels of each pixel, (height, width, k channels).
#pragma once

#include "core/status.h"
#include "rl/space.h"

typedef struct bhi_frames {
    int k;             ///< observations in one; 0 where none are stacked
    int P, C;          ///< an observation has P groups of C numbers that stay together
    int A;             ///< numbers of its mask
    float *frame;      ///< (P,C), then (A), the newest, for its environment to write
    float *low, *high; ///< (P,k,C), then A that nobody reads
} bhi_frames;

/// Changes a space to that of k > 1 observations. It must be a Box of numbers.
bh_status bhi_frames_create(bhi_frames *frames, bh_space *space, int k, bh_error *err);
void bhi_frames_destroy(bhi_frames *frames);

/// Takes `frame` into a row (P,k,C) of the observations before it; after a reset, as all of them. Its
/// mask, and no other, stands behind them.
void bhi_frames_push(const bhi_frames *frames, float *row, int is_reset);
