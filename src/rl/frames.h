// SPDX-License-Identifier: MIT
// Frames: the last observations of an environment as one, along the last axis, as Stable-Baselines3's
// VecFrameStack has them: of vectors the newest behind the older ones, of images (height, width,
// channels) the newest as the last channels. After a reset the first one stands for those before it,
// as in Gymnasium's FrameStackObservation.
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
