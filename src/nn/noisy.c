// SPDX-License-Identifier: MIT
// The noisy linear layer.
#include "nn/noisy.h"

#include "kernels/elementwise.h"
#include "nn/linear.h"

#include <math.h>
#include <stddef.h>

void bhi_noisy_init(bh_real *mu_w, bh_real *mu_b, bh_real *sigma_w, bh_real *sigma_b,
                    double sigma_0, bh_rng *rng, int I, int O)
{
    bh_real sigma = (bh_real)(sigma_0 / sqrt((double)I));
    bhi_linear_init(mu_w, mu_b, rng, I, O);
    for (int i = 0; i < I * O; i++) sigma_w[i] = sigma;
    for (int o = 0; o < O; o++) sigma_b[o] = sigma;
}

static void draw(bh_real *eps, bh_rng *rng, int n)
{
    for (int i = 0; i < n; i++) {
        double x = bh_rng_normal(rng), root = sqrt(fabs(x));
        eps[i] = (bh_real)(x < 0 ? -root : root);
    }
}

void bhi_noisy_draw(bh_real *eps_in, bh_real *eps_out, bh_rng *rng, int I, int O)
{
    draw(eps_in, rng, I);
    draw(eps_out, rng, O);
}

void bhi_noisy_weights(bh_real *restrict w, bh_real *restrict b, const bh_real *restrict mu_w,
                       const bh_real *restrict mu_b, const bh_real *restrict sigma_w,
                       const bh_real *restrict sigma_b, const bh_real *restrict eps_in,
                       const bh_real *restrict eps_out, int I, int O)
{
    for (int i = 0; i < I; i++) {
        ptrdiff_t at = (ptrdiff_t)i * O;
        bhi_perturb(w + at, mu_w + at, sigma_w + at, eps_out, eps_in[i], O);
    }
    bhi_perturb(b, mu_b, sigma_b, eps_out, 1, O);
}

void bhi_noisy_gradient(bh_real *restrict dsigma_w, bh_real *restrict dsigma_b,
                        const bh_real *restrict dw, const bh_real *restrict db,
                        const bh_real *restrict eps_in, const bh_real *restrict eps_out, int I,
                        int O)
{
    for (int i = 0; i < I; i++) {
        ptrdiff_t at = (ptrdiff_t)i * O;
        bhi_perturb(dsigma_w + at, NULL, dw + at, eps_out, eps_in[i], O);
    }
    bhi_perturb(dsigma_b, NULL, db, eps_out, 1, O);
}
