// SPDX-License-Identifier: MIT
// The noisy linear layer with factorised noise: Fortunato et al. 2018, "Noisy Networks for
// Exploration", eq. 9-11, as a reparametrisation of the linear layer of nn/linear.h.
//
// Each weight is mu + sigma * epsilon, with mu and sigma learned and epsilon drawn anew by who owns
// the layer (for DQN: before an update, and before every action). Noise is factorised: one number
// per input and one per output make all I x O of the weights,
//     w[i,o] = mu_w[i,o] + sigma_w[i,o] f(eps_i) f(eps_o)
//     b[o] = mu_b[o] + sigma_b[o] f(eps_o)
// with f(x) = sgn(x) sqrt|x|. The layer's forward and backward passes are those of any linear
// layer, on w and b; what it adds stands around them:
//
//     bhi_noisy_draw(eps_in, eps_out, &rng, I, O);
//     bhi_noisy_weights(w, b, mu_w, mu_b, sigma_w, sigma_b, eps_in, eps_out, I, O);
//     bhi_linear_forward(y, x, w, b, f, B, I, O);
//     bhi_linear_backward(dw, db, dx, dy, x, w, before, B, I, O); // dw, db: mu's gradients
//     bhi_noisy_gradient(dsigma_w, dsigma_b, dw, db, eps_in, eps_out, I, O);
//
// Without noise (eps all 0, or mu in the place of w) it is the linear layer of mu: how to evaluate.
// Legend: I inputs, O outputs; weights are (I,O) as in nn/linear.h. Arrays of one call do not
// overlap.
#pragma once

#include "core/real.h"
#include "core/rng.h"

/// The paper's sigma_0 for factorised noise (section 3.2).
#define BHI_NOISY_SIGMA_0 0.5

/// mu uniform in +-1/sqrt(I), weights first, as bhi_linear_init; every sigma sigma_0 / sqrt(I),
/// biases too (section 3.2; some programs divide the biases' by sqrt(O)).
void bhi_noisy_init(bh_real *mu_w, bh_real *mu_b, bh_real *sigma_w, bh_real *sigma_b,
                    double sigma_0, bh_rng *rng, int I, int O);

/// Draws noise: eps_in (I) and eps_out (O) out, f of standard normal numbers, inputs first. Mean 0,
/// variance E|x| = sqrt(2 / pi).
void bhi_noisy_draw(bh_real *eps_in, bh_real *eps_out, bh_rng *rng, int I, int O);

/// The effective weights w (I,O) and b (O) out, from mu, sigma and noise as bhi_noisy_draw gives
/// it.
void bhi_noisy_weights(bh_real *restrict w, bh_real *restrict b, const bh_real *restrict mu_w,
                       const bh_real *restrict mu_b, const bh_real *restrict sigma_w,
                       const bh_real *restrict sigma_b, const bh_real *restrict eps_in,
                       const bh_real *restrict eps_out, int I, int O);

/// dsigma_w (I,O) and dsigma_b (O) out: gradients of a loss with respect to sigma, from those with
/// respect to the effective weights, dw (I,O) and db (O), under the same noise. Those with respect
/// to mu are dw and db themselves.
void bhi_noisy_gradient(bh_real *restrict dsigma_w, bh_real *restrict dsigma_b,
                        const bh_real *restrict dw, const bh_real *restrict db,
                        const bh_real *restrict eps_in, const bh_real *restrict eps_out, int I,
                        int O);
