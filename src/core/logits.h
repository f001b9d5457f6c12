// SPDX-License-Identifier: MIT
// Two reductions of one row of network outputs: the largest, and the logarithm of the sum of
// exponentials.
#pragma once

#include "core/real.h"

/// Index of the largest of x (n), 0 < n; the first one of equals. NaN never wins over a number.
static inline int bhi_argmax(const bh_real *x, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++) {
        if (x[i] > x[best] || x[best] != x[best]) best = i;
    }
    return best;
}

/// log(exp(x_0) + … + exp(x_(n-1))) of x (n), 0 < n, in double: finite for numbers of any size.
/// exp(x_i - result) is the softmax of x and x_i - result its logarithm. -infinity is a logit like
/// any other (its probability is 0); NaN, +infinity or nothing but -infinity makes the result NaN.
double bhi_log_sum_exp(const bh_real *x, int n);
