// SPDX-License-Identifier: MIT
// Observations as network inputs.
#include "rl/encoder.h"

// What the bytes of a Box are divided by.
static bh_real divisor(const bh_space *space)
{
    return space->dtype == BH_SPACE_TOKEN ? 1 : (bh_real)space->high[0];
}

void bhi_encode(bh_real *restrict x, const float *restrict obs, const bhi_encoder *encoder)
{
    const bh_space *space = &encoder->space;
    if (space->kind == BH_SPACE_DISCRETE) {
        for (int i = 0; i < space->n; i++) x[i] = 0;
        x[(int)obs[0]] = 1;
    } else if (bh_space_is_bytes(space) && divisor(space) != 1) {
        bh_real high = divisor(space);
        for (int i = 0; i < space->n; i++) x[i] = (bh_real)obs[i] / high;
    } else {
        for (int i = 0; i < space->n; i++) x[i] = (bh_real)obs[i];
    }
}

void bhi_encode_bytes(bh_real *restrict x, const unsigned char *restrict obs,
                      const bhi_encoder *encoder)
{
    int n = encoder->space.n;
    bh_real high = divisor(&encoder->space);
    if (high == 1) {
        for (int i = 0; i < n; i++) x[i] = (bh_real)obs[i];
    } else {
        for (int i = 0; i < n; i++) x[i] = (bh_real)obs[i] / high;
    }
}
