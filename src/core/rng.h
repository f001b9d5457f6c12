// SPDX-License-Identifier: MIT
// Splittable random numbers: SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
// Generators", OOPSLA 2014).
//
// Each consumer of randomness owns its stream. A run splits one seed into streams for parameters,
// environments, exploration, replay and evaluation, so that using more of one never shifts another.
// Same seed, same numbers, on every machine and build.
#pragma once

#include "core/status.h"

#include <stdint.h>

/// 16 bytes of plain data: copy it to save it.
typedef struct bh_rng {
    uint64_t state;
    uint64_t gamma; ///< odd; the step of the sequence
} bh_rng;

/// A stream from a seed. Any seed is fine, 0 included.
BH_API bh_rng bh_rng_seed(uint64_t seed);

/// A new stream, independent of `rng` and of every other split; advances `rng`.
BH_API bh_rng bh_rng_split(bh_rng *rng);

/// The next 64 bits.
BH_API uint64_t bh_rng_next(bh_rng *rng);

/// Uniform in [0, 1), 53 bits.
BH_API double bh_rng_uniform(bh_rng *rng);

/// Uniform integer in [0, n), unbiased; 0 < n.
BH_API uint32_t bh_rng_below(bh_rng *rng, uint32_t n);

/// Standard normal (Box and Muller 1958; one of the pair is used).
BH_API double bh_rng_normal(bh_rng *rng);
