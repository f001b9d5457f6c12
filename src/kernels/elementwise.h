// SPDX-License-Identifier: MIT
// Elementwise kernels and column sums. Pointers of one call do not overlap unless it says so.
#pragma once

#include "core/real.h"
#include "kernels/width.h"

/// y[i] = tanh(y[i]), in place (n).
void bhi_tanh_forward(bh_real *y, int n);

/// dx[i] *= 1 - y[i]^2, in place: backward of tanh through its output y. (n) each.
void bhi_tanh_backward(bh_real *restrict dx, const bh_real *restrict y, int n);

/// y[i] = +0 where it is not above 0, in place (n).
void bhi_relu_forward(bh_real *y, int n);

/// dx[i] becomes 0 where y[i] is not above 0, in place: backward of ReLU through its output y. (n)
/// each.
void bhi_relu_backward(bh_real *restrict dx, const bh_real *restrict y, int n);

/// y = x, of (M,N) parts of larger matrices, whose rows are ldy and ldx numbers apart.
void bhi_copy_rows(bh_real *y, int ldy, const bh_real *x, int ldx, int M, int N);

/// y += x, of such parts.
void bhi_add_rows(bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx, int M, int N);

/// sum (N) out: sum over the M rows of x (M,N), in row order. The gradient of a bias.
void bhi_column_sums(bh_real *restrict sum, const bh_real *restrict x, int M, int N);

/// target[i] += tau * (online[i] - target[i]): Polyak averaging (Lillicrap et al. 2015). (n) each.
void bhi_polyak(bh_real *restrict target, const bh_real *restrict online, bh_real tau, int n);

/// y[i] = x[i] + s[i] * (scale * e[i]), with 0 for x[i] where x is NULL: a row of the noisy layer's
/// weights and of its gradients. (n) each.
void bhi_perturb(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict s,
                 const bh_real *restrict e, bh_real scale, int n);

/// Sum of squares of x (n). Sixteen running sums over i mod 16, added up in a fixed order, so that
/// the bits are the same whatever the backend.
double bhi_sum_of_squares(const bh_real *x, int n);

/// p[i] -= rate * scale * g[i]: a step of gradient descent. (n) each.
void bhi_sgd(bh_real *restrict p, const bh_real *restrict g, bh_real rate, bh_real scale, int n);

/// x[i] = +0 where |x[i]| <= least; NaN stays. (n)
void bhi_flush(bh_real *x, bh_real least, int n);

// The steps below take g' = scale g for the gradient and go over (n) of each array once.

/// Numbers of one step that do not depend on the element.
typedef struct bhi_momentum_step {
    bh_real scale; ///< factor on the gradient (global-norm clipping)
    bh_real momentum;
    bh_real rate; ///< learning rate
} bhi_momentum_step;

/// m = momentum m + g';  p -= rate m. Polyak 1964 as PyTorch's SGD has it, without dampening.
void bhi_momentum(bh_real *restrict p, bh_real *restrict m, const bh_real *restrict g,
                  const bhi_momentum_step *step, int n);

typedef struct bhi_rmsprop_step {
    bh_real scale;
    bh_real alpha;
    bh_real rest; ///< 1 - alpha, rounded once
    bh_real rate;
    bh_real epsilon;
} bhi_rmsprop_step;

/// v = alpha v + (1 - alpha) g'^2;  p -= rate g' / (sqrt(v) + epsilon). Tieleman and Hinton 2012,
///                                  in
/// PyTorch's arrangement. With m, the centred one of Graves 2013 (eq. 38-40): m = alpha m + (1 -
/// alpha) g', and v - m^2 under the root, taken as 0 where rounding brought it below.
void bhi_rmsprop(bh_real *restrict p, bh_real *restrict v, bh_real *restrict m,
                 const bh_real *restrict g, const bhi_rmsprop_step *step, int n);

typedef struct bhi_adam_step {
    bh_real scale;
    bh_real keep; ///< factor on p first: 1, or 1 - learning rate * weight decay (AdamW)
    bh_real beta1, beta2;
    bh_real rest1,
        rest2;    ///< 1 - beta1 and 1 - beta2, rounded once: 1 - 0.999f is off by 5e-5 of itself
    bh_real rate; ///< learning rate / (1 - beta1^t)
    bh_real root_inverse; ///< 1 / sqrt(1 - beta2^t)
    bh_real epsilon;
} bhi_adam_step;

/// m = beta1 m + (1 - beta1) g';  v = beta2 v + (1 - beta2) g'^2;
/// p = keep p - rate m / (sqrt(v) root_inverse + epsilon). Kingma and Ba 2015, algorithm 1, in
/// PyTorch's arrangement; with keep < 1 the decoupled decay of Loshchilov and Hutter 2019,
/// algorithm 2.
void bhi_adam(bh_real *restrict p, bh_real *restrict m, bh_real *restrict v,
              const bh_real *restrict g, const bhi_adam_step *step, int n);
