// SPDX-License-Identifier: MIT
// Exploration.
#include "rl/explore.h"

int bhi_explores(bh_rng *rng, double epsilon)
{
    return bh_rng_uniform(rng) < epsilon;
}

int bhi_random_action(bh_rng *rng, int A)
{
    return (int)bh_rng_below(rng, (uint32_t)A);
}
