// SPDX-License-Identifier: MIT
// The last observations as one.
#include "rl/frames.h"

#include "core/alloc.h"

#include <string.h>

static size_t block_bytes(const bhi_frames *f)
{
    return ((size_t)f->P * (size_t)f->C * (size_t)(1 + 2 * f->k) + 3 * (size_t)f->A) *
           sizeof(float);
}

static const float *tiled(bhi_frames *f, float *row, const float *of_one)
{
    memcpy(f->frame, of_one, (size_t)f->P * (size_t)f->C * sizeof *row);
    bhi_frames_push(f, row, 1);
    return row;
}

bh_status bhi_frames_create(bhi_frames *frames, bh_space *space, int k, bh_error *err)
{
    int last = bh_space_rank(space) - 1;
    bhi_frames f = {.k = k, .C = bh_space_size(space, last), .A = space->n_masked};
    f.P = space->n / f.C;
    f.frame = bh_alloc(block_bytes(&f));
    if (f.frame == NULL) return bh_fail(err, BH_ERR_MEMORY, "frame_stack: out of memory");
    f.low = f.frame + space->n + f.A;
    f.high = f.low + k * space->n + f.A;
    space->low = tiled(&f, f.low, space->low);
    space->high = tiled(&f, f.high, space->high);
    space->n *= k;
    space->shape[last] *= k;
    *frames = f;
    return BH_OK;
}

void bhi_frames_destroy(bhi_frames *frames)
{
    if (frames->frame != NULL) bh_free(frames->frame, block_bytes(frames));
}

void bhi_frames_push(const bhi_frames *frames, float *row, int is_reset)
{
    size_t C = (size_t)frames->C;
    for (int p = 0; p < frames->P; p++) {
        float *to = row + (size_t)(p * frames->k) * C;
        const float *frame = frames->frame + (size_t)p * C;
        for (int j = 0; j < frames->k; j++, to += C) {
            int is_new = is_reset || j == frames->k - 1;
            memcpy(to, is_new ? frame : to + C, C * sizeof *to);
        }
    }
    size_t n = (size_t)frames->P * C;
    memcpy(row + n * (size_t)frames->k, frames->frame + n, (size_t)frames->A * sizeof *row);
}
