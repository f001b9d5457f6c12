// SPDX-License-Identifier: MIT
// Losses on errors.
#include "nn/losses.h"

static double huber(bh_real *restrict d, const bh_real *restrict error, int n)
{
    double sum = 0;
    bh_real share = 1 / (bh_real)n;
    for (int i = 0; i < n; i++) {
        bh_real e = error[i], size = e < 0 ? -e : e;
        bh_real slope = e > 1 ? 1 : e < -1 ? -1 : e;
        sum += size <= 1 ? 0.5 * (double)e * (double)e : (double)size - 0.5;
        d[i] = -slope * share;
    }
    return sum / n;
}

static double mse(bh_real *restrict d, const bh_real *restrict error, int n)
{
    double sum = 0;
    bh_real share = 2 / (bh_real)n;
    for (int i = 0; i < n; i++) {
        sum += (double)error[i] * (double)error[i];
        d[i] = -error[i] * share;
    }
    return sum / n;
}

double bhi_loss_gradient(bhi_loss loss, bh_real *restrict dprediction,
                         const bh_real *restrict error, int n)
{
    return loss == BHI_HUBER ? huber(dprediction, error, n) : mse(dprediction, error, n);
}
