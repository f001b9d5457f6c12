// SPDX-License-Identifier: MIT
// From logits to the next token.
#pragma once

#include "lm/language_model.h"

/// The distribution that is sampled from. p (V) out: probabilities, 0 for what is cut off, summing
/// to 1. Equal logits at the edge of a cut stay by their id. order (V) out: ids by falling logit.
/// logits (V), finite or -infinity, one finite. Greedy: 1 for the first of the largest.
void bhi_sampling_distribution(double *p, int *order, const bh_real *logits, int V,
                               const bh_sampling *sampling);

/// A token drawn from p (V).
int bhi_sample_from(const double *p, int V, bh_rng *rng);
