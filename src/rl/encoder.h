// SPDX-License-Identifier: MIT
// What a network gets of an observation. Environments, replay and demonstrations keep observations
// as they are; an agent's encoder makes network inputs of them in one place, so that acting,
// learning and evaluating see the same.
//
// Legend: S network inputs.
#pragma once

#include "core/real.h"
#include "rl/space.h"

typedef struct bhi_encoder {
    bh_space space; ///< of observations
} bhi_encoder;

/// One observation, as an environment writes it, as network input x (S): a copy for a Box of
/// floats, divided by the upper bound for a uint8 Box (as Stable-Baselines3 normalises images),
/// one-hot for a Discrete.
void bhi_encode(bh_real *restrict x, const float *restrict obs, const bhi_encoder *encoder);

/// The same of an observation stored as bytes: bh_space_is_bytes.
void bhi_encode_bytes(bh_real *restrict x, const unsigned char *restrict obs,
                      const bhi_encoder *encoder);
