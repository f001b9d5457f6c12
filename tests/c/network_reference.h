// SPDX-License-Identifier: MIT
// PyTorch's numbers (tests/golden/mlp_dqn.*) in this library's layout.
//
// PyTorch keeps weights as (outputs, inputs), Bellhop as (inputs, outputs): arrays of parameters
// are reordered on the way in, so that index i means the same number on both sides.
#pragma once

#include "core/real.h"
#include "nn/network.h"
#include "tests/golden/mlp_dqn.h"

#include "check.h"

#include <stdlib.h>

enum { REF_P = GOLDEN_MLP_PARAMS, REF_B = GOLDEN_MLP_BATCH, REF_S = 4, REF_A = 2 };

#define REF_GAMMA 0.99
#define REF_RATE  0.001 // of the Adam steps

static unsigned char reference_bytes[GOLDEN_MLP_BYTES];

static inline bhi_net reference_net(void)
{
    return bhi_net_mlp(REF_S, &(bh_sizes){2, {64, 64}}, REF_A, BHI_RELU);
}

/// Reads the file; call once, first.
static inline void reference_load(void)
{
    FILE *file = fopen(BH_TEST_DATA "/mlp_dqn.bin", "rb");
    size_t n = file != NULL ? fread(reference_bytes, 1, sizeof reference_bytes, file) : 0;
    if (file != NULL) fclose(file);
    if (n != sizeof reference_bytes) {
        printf("cannot read " BH_TEST_DATA "/mlp_dqn.bin\n");
        exit(1);
    }
}

static inline double reference_f64(int at, int i)
{
    uint64_t bits = 0;
    double x;
    for (int b = 7; b >= 0; b--) bits = bits << 8 | reference_bytes[at + 8 * i + b];
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline float reference_f32(int at, int i)
{
    uint32_t bits = 0;
    float x;
    for (int b = 3; b >= 0; b--) bits = bits << 8 | reference_bytes[at + 4 * i + b];
    memcpy(&x, &bits, sizeof x);
    return x;
}

/// Where PyTorch's i-th parameter stands in a block of ours.
static inline int reference_place(int i)
{
    bhi_net net = reference_net();
    int layer = 0;
    while (layer + 1 < net.n_layers && i >= net.layers[layer + 1].w_at) layer++;
    const bhi_layer *at = &net.layers[layer];
    int inputs = at->inputs, outputs = at->outputs, j = i - at->w_at;
    if (j >= inputs * outputs) return i; // a bias
    return at->w_at + j % inputs * outputs + j / inputs;
}

/// A float network's parameters as a block of ours.
static inline void reference_params(bh_real *out, int at)
{
    for (int i = 0; i < REF_P; i++) out[reference_place(i)] = (bh_real)reference_f32(at, i);
}

/// The batch.
typedef struct reference_batch {
    bh_real x_tm1[REF_B * REF_S], x_t[REF_B * REF_S], r_t[REF_B], discount_t[REF_B];
    int a_tm1[REF_B];
} reference_batch;

static inline void reference_read_batch(reference_batch *b)
{
    for (int i = 0; i < REF_B * REF_S; i++) {
        b->x_tm1[i] = (bh_real)reference_f32(GOLDEN_STATES, i);
        b->x_t[i] = (bh_real)reference_f32(GOLDEN_NEXT_STATES, i);
    }
    for (int i = 0; i < REF_B; i++) {
        b->r_t[i] = (bh_real)reference_f32(GOLDEN_REWARDS, i);
        b->a_tm1[i] = reference_bytes[GOLDEN_ACTIONS + i];
        b->discount_t[i] = reference_bytes[GOLDEN_DONES + i] ? 0 : (bh_real)REF_GAMMA;
    }
}

/// The tolerance of this build: the stated one in float, close to double's own in the gradcheck
/// build.
static inline double reference_tolerance(double in_float)
{
    return sizeof(bh_real) == sizeof(double) ? 1e-13 : in_float;
}

/// Largest distance between a block of ours and PyTorch's double array, of which the file holds
/// every `stride`-th number.
static inline double reference_distance(const bh_real *block, int at, int stride)
{
    double worst = 0;
    for (int i = 0; i < REF_P; i += stride) {
        double d = fabs((double)block[reference_place(i)] - reference_f64(at, i / stride));
        if (!(d <= worst)) worst = d;
    }
    return worst;
}
