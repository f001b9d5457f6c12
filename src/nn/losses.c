// SPDX-License-Identifier: MIT
// Losses on errors.
#include "nn/losses.h"

#include <stddef.h>

static double huber(bh_real *restrict d, const bh_real *restrict error, const bh_real *weights,
                    int n)
{
    double sum = 0;
    bh_real share = 1 / (bh_real)n;
    for (int i = 0; i < n; i++) {
        bh_real e = error[i], size = e < 0 ? -e : e, w = weights != NULL ? weights[i] : 1;
        bh_real slope = e > 1 ? 1 : e < -1 ? -1 : e;
        double loss = size <= 1 ? 0.5 * (double)e * (double)e : (double)size - 0.5;
        sum += (double)w * loss;
        d[i] = -slope * share * w;
    }
    return sum / n;
}

static double mse(bh_real *restrict d, const bh_real *restrict error, const bh_real *weights, int n)
{
    double sum = 0;
    bh_real share = 2 / (bh_real)n;
    for (int i = 0; i < n; i++) {
        bh_real w = weights != NULL ? weights[i] : 1;
        sum += (double)w * ((double)error[i] * (double)error[i]);
        d[i] = -error[i] * share * w;
    }
    return sum / n;
}

double bhi_loss_gradient(bhi_loss loss, bh_real *restrict dprediction,
                         const bh_real *restrict error, const bh_real *restrict weights, int n)
{
    return loss == BHI_HUBER ? huber(dprediction, error, weights, n)
                             : mse(dprediction, error, weights, n);
}
