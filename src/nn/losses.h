// SPDX-License-Identifier: MIT
// Losses on errors: value and gradient in one pass.
#pragma once

#include "core/real.h"

typedef enum bhi_loss {
    BHI_HUBER = 0, ///< numbered like the words of the `loss` option
    BHI_MSE = 1,
} bhi_loss;

/// Mean loss over n errors e = target - prediction, and its gradient with respect to the
/// prediction.
///
/// MSE: e^2, gradient -2e/n.   Huber (1964), delta 1: e^2/2 within [-1, 1], |e| - 1/2 outside,
/// gradient -clamp(e, -1, 1)/n. As PyTorch's mse_loss and smooth_l1_loss.
/// dprediction (n) out   error (n)   weights (n) factors on each loss, or NULL for 1.   Returns the
///                       mean
/// weighted loss.
double bhi_loss_gradient(bhi_loss loss, bh_real *restrict dprediction,
                         const bh_real *restrict error, const bh_real *restrict weights, int n);
