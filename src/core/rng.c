// SPDX-License-Identifier: MIT
// Splittable random numbers: SplitMix64.
#include "core/rng.h"

#include "core/fmath.h"

#include <assert.h>
#include <math.h>

#define BH_GOLDEN_GAMMA 0x9e3779b97f4a7c15u

// The finaliser of SplitMix64 (Stafford's variant 13).
static uint64_t mix64(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int count_ones(uint64_t x)
{
    int n = 0;
    for (; x != 0; x &= x - 1) n++;
    return n;
}

// An odd step with enough bit changes, else the sequence is weak (section 5 of the paper).
static uint64_t mix_gamma(uint64_t z)
{
    z = (z ^ (z >> 33)) * 0xff51afd7ed558ccdu;
    z = (z ^ (z >> 33)) * 0xc4ceb9fe1a85ec53u;
    z = (z ^ (z >> 33)) | 1u;
    return count_ones(z ^ (z >> 1)) < 24 ? z ^ 0xaaaaaaaaaaaaaaaau : z;
}

bh_rng bh_rng_seed(uint64_t seed)
{
    return (bh_rng){seed, BH_GOLDEN_GAMMA};
}

uint64_t bh_rng_next(bh_rng *rng)
{
    rng->state += rng->gamma;
    return mix64(rng->state);
}

bh_rng bh_rng_split(bh_rng *rng)
{
    uint64_t state = bh_rng_next(rng);
    rng->state += rng->gamma;
    return (bh_rng){state, mix_gamma(rng->state)};
}

double bh_rng_uniform(bh_rng *rng)
{
    return (double)(bh_rng_next(rng) >> 11) * 0x1p-53;
}

// Multiply and shift, rejecting the few products that would favour some results
// (Lemire, "Fast Random Integer Generation in an Interval", 2019).
uint32_t bh_rng_below(bh_rng *rng, uint32_t n)
{
    assert(n > 0);
    uint64_t product;
    do {
        product = (bh_rng_next(rng) >> 32) * n;
    } while ((uint32_t)product < n && (uint32_t)product < (0u - n) % n); // seldom divides
    return (uint32_t)(product >> 32);
}

double bh_rng_normal(bh_rng *rng)
{
    double u = 1.0 - bh_rng_uniform(rng); // (0, 1]: its logarithm is finite
    double v = bh_rng_uniform(rng);
    return sqrt(-2.0 * bh_log(u)) * bh_cos(6.283185307179586 * v);
}
