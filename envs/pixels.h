// SPDX-License-Identifier: MIT
// What environments with small binary pictures share: the space of their observations.
#pragma once

#include "rl/space.h"

#define BHI_PIXELS_MAX 400

/// Observations of (height, width, channels) numbers, at most BHI_PIXELS_MAX, each 0 or 1: dtype
/// uint8, row by row, the channels of a pixel next to each other. Bounds are static.
bh_space bhi_pixels_space(int height, int width, int channels);
