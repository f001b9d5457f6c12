// SPDX-License-Identifier: MIT
// Orthogonal initialisation (Saxe et al. 2014), for the networks of policies.
#pragma once

#include "core/real.h"
#include "core/rng.h"

/// Weights w (I,O) out: a random matrix, uniform among those whose shorter side is a set of
/// orthogonal vectors of length `gain`: the O columns where O <= I, else the I rows. As
/// torch.nn.init.orthogonal_.
///
/// Standard normal numbers, made orthonormal by Gram-Schmidt, each vector twice ("twice is enough",
/// Giraud et al. 2005): products of different vectors are 0, and their norms `gain`, to bh_real's
/// precision. The result is QR's with a positive diagonal of R, so no signs are to be corrected.
/// Takes about 2 I O min(I,O) multiplications and additions.
void bhi_orthogonal(bh_real *w, double gain, bh_rng *rng, int I, int O);
