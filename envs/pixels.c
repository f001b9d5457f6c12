// SPDX-License-Identifier: MIT
// Small binary pictures.
#include "envs/pixels.h"

#include <assert.h>

#define ONES_10 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
#define ONES_100 \
    ONES_10, ONES_10, ONES_10, ONES_10, ONES_10, ONES_10, ONES_10, ONES_10, ONES_10, ONES_10

static const float low[BHI_PIXELS_MAX], high[] = {ONES_100, ONES_100, ONES_100, ONES_100};

bh_space bhi_pixels_space(int height, int width, int channels)
{
    int n = height * width * channels;
    assert(n <= BHI_PIXELS_MAX && sizeof high == sizeof low);
    return (bh_space){BH_SPACE_BOX, n, low, high, 3, {height, width, channels}, BH_SPACE_U8};
}
