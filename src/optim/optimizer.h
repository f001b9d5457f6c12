// SPDX-License-Identifier: MIT
// Optimizers over one block of parameters, and global-norm clipping.
//
// With g' = scale g the clipped gradient, r the learning rate and t steps done, PyTorch's formulas
// and defaults throughout (torch.optim, 1.13):
//     sgd               p -= r g'
//     momentum          m = momentum m + g';  p -= r m                    (no dampening, no
//                       Nesterov)
//     rmsprop           v = rms_alpha v + (1 - rms_alpha) g'^2;  p -= r g' / (sqrt(v) + eps)
//     rmsprop-centered  the same with v - m^2 under the root, m the running mean of g'
//     adam              m, v the running means of g' and g'^2 by beta1 and beta2;
//                       p -= r m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)
//     adamw             p *= 1 - r weight_decay, then adam
// Epsilon stands outside the root everywhere: the 0.01 of Mnih et al. 2015 and the eps of
// TensorFlow's RMSprop stand inside, and are not the same number here. Only adamw decays weights,
// and it decays every parameter, biases too, as PyTorch does with one parameter group. An option
// that a kind does not name above changes nothing.
//
//     bhi_optimizer_layout(&opt, arena, &config->optimizer, n);   // twice: measuring, then over
//     bhi_optimizer_init(&opt);
//     bhi_optimizer_step(&opt, params, grads, learning_rate, bhi_clip_scale(norm, max_norm));
#pragma once

#include "core/arena.h"
#include "core/config.h"
#include "core/real.h"
#include "core/state.h"
#include "optim/optimizer_config.h"
#include "optim/schedule.h"

typedef enum bhi_optimizer_kind {
    BHI_ADAM = 0, ///< numbered like the words of the `optimizer` option
    BHI_SGD = 1,
    BHI_MOMENTUM = 2,
    BHI_RMSPROP = 3,
    BHI_RMSPROP_CENTERED = 4,
    BHI_ADAMW = 5,
} bhi_optimizer_kind;

/// Rows of a table with an optimizer: `at` is the path of the bh_optimizer_config, the others are
/// defaults. The kind holds until the owner is made anew, its moments depend on it; the numbers may
/// change between steps.
#define BHI_OPTIMIZER_ROWS(at, KIND, EPS)                                                       \
    BH_CHOICE_AT(at.kind, optimizer, BH_DEFAULT(KIND),                                          \
                 BH_WORDS("adam|sgd|momentum|rmsprop|rmsprop-centered|adamw"), BH_RESET,        \
                 "Optimizer"),                                                                  \
        BH_REAL_AT(at.momentum, momentum, BH_DEFAULT("0.9"), BH_RANGE(0, 0.999999), BH_LIVE,    \
                   "Share of the last step that momentum keeps"),                               \
        BH_REAL_AT(at.beta1, beta1, BH_DEFAULT("0.9"), BH_RANGE(0, 0.999999), BH_LIVE,          \
                   "How slowly the mean gradient of adam and adamw forgets"),                   \
        BH_REAL_AT(at.beta2, beta2, BH_DEFAULT("0.999"), BH_RANGE(0, 0.999999), BH_LIVE,        \
                   "How slowly the mean squared gradient of adam and adamw forgets"),           \
        BH_REAL_AT(at.rms_alpha, rms_alpha, BH_DEFAULT("0.99"), BH_RANGE(0, 0.999999), BH_LIVE, \
                   "How slowly the means of rmsprop and rmsprop-centered forget"),              \
        BH_REAL_AT(at.eps, optimizer_eps, BH_DEFAULT(EPS), BH_RANGE(1e-12, 1), BH_LIVE,         \
                   "Added to the root that adam, adamw and rmsprop divide by"),                 \
        BH_REAL_AT(at.weight_decay, weight_decay, BH_DEFAULT("0.01"), BH_RANGE(0, 1), BH_LIVE,  \
                   "Share of every parameter that adamw takes off, times the learning rate")

typedef struct bhi_optimizer {
    bh_optimizer_config settings; ///< write to the numbers between steps, never to `kind`
    int n;                        ///< parameters
    bh_real *m,
        *v; ///< (n) running means of gradients and of their squares; NULL where the kind has none
    double beta1_power, beta2_power; ///< beta^t after t steps of Adam
    int until_flush;                 ///< steps until moments that have vanished are set to 0
} bhi_optimizer;

/// The rows' defaults for a kind.
bh_optimizer_config bhi_optimizer_defaults(bhi_optimizer_kind kind);

/// Lays the moments that the kind needs (0 to 2 times n reals) out in the arena of the object that
/// owns the optimizer. `settings` are copied.
void bhi_optimizer_layout(bhi_optimizer *opt, bhi_arena *arena, const bh_optimizer_config *settings,
                          int n);

/// Before the first step: moments must be zero (fresh arena memory is).
void bhi_optimizer_init(bhi_optimizer *opt);

/// One step on params (n) with gradient grads (n) times `scale`, the factor from bhi_clip_scale.
/// Every 32nd step sets moments of at most 2^-110 to 0.
void bhi_optimizer_step(bhi_optimizer *opt, bh_real *params, const bh_real *grads,
                        double learning_rate, double scale);

/// Visits the moments and the steps done.
void bhi_optimizer_state(bhi_optimizer *opt, bhi_state_visitor *visitor);

/// Factor that brings a gradient of this norm down to at most max_norm (Pascanu et al. 2013;
/// PyTorch's clip_grad_norm_ with its 1e-6); 1 when max_norm is 0, which means no clipping.
double bhi_clip_scale(double norm, double max_norm);
