// SPDX-License-Identifier: MIT
// Reductions of one row of network outputs.
#include "core/logits.h"
#include "core/fmath.h"

double bhi_log_sum_exp(const bh_real *x, int n)
{
    double largest = (double)x[bhi_argmax(x, n)], sum = 0;
    for (int i = 0; i < n; i++) sum += bh_exp((double)x[i] - largest);
    return largest + bh_log(sum);
}
