// SPDX-License-Identifier: MIT
// From logits to the next token.
#pragma once

#include "core/real.h"
#include "core/rng.h"

typedef struct bh_sampling {
    double temperature; ///< logits are divided by it; 0: always the most probable token (greedy)
    int top_k;          ///< only the k most probable tokens (Fan et al. 2018); 0: all
    /// of those only the fewest that together have this probability (Holtzman et al. 2020); 1: all;
    /// one always stays
    double top_p;
} bh_sampling;

#define BH_SAMPLING_DEFAULT ((bh_sampling){1, 0, 1})

/// The distribution that is sampled from. p (V) out: probabilities, 0 for what is cut off, summing
/// to 1. Equal logits at the edge of a cut stay by their id. order (V) out: ids by falling logit.
/// logits (V), finite or -infinity, one finite. Greedy: 1 for the first of the largest.
void bhi_sampling_distribution(double *p, int *order, const bh_real *logits, int V,
                               const bh_sampling *sampling);

/// A token drawn from p (V).
int bhi_sample_from(const double *p, int V, bh_rng *rng);
