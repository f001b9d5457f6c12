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
//     bhi_optimizer_settings settings = BHI_OPTIMIZER_SETTINGS(config);
//     bhi_optimizer_layout(&opt, arena, &settings, n);   // twice: measuring, then over the block
//     bhi_optimizer_init(&opt);
//     bhi_optimizer_step(&opt, params, grads, learning_rate, bhi_clip_scale(norm, max_norm));
#pragma once

#include "core/alloc.h"
#include "core/config.h"
#include "core/real.h"
#include "core/state.h"
#include "optim/schedule.h"

typedef enum bhi_optimizer_kind {
    BHI_ADAM = 0, ///< numbered like the words of the `optimizer` option
    BHI_SGD = 1,
    BHI_MOMENTUM = 2,
    BHI_RMSPROP = 3,
    BHI_RMSPROP_CENTERED = 4,
    BHI_ADAMW = 5,
} bhi_optimizer_kind;

/// Rows for the config of an agent with an optimizer. The kind holds until the agent is made anew,
/// its moments depend on it; the numbers may change between steps.
#define BH_OPTIMIZER_CONFIG(X) BH_OPTIMIZER_CONFIG_OF(X, "adam", "1e-8")

/// The same with other defaults of optimizer and optimizer_eps.
#define BH_OPTIMIZER_CONFIG_OF(X, KIND, EPS)                                                       \
    X(CHOICE, optimizer, KIND, 0, 0, "adam|sgd|momentum|rmsprop|rmsprop-centered|adamw", BH_RESET, \
      "Optimizer")                                                                                 \
    X(REAL, momentum, "0.9", 0, 0.999999, NULL, BH_LIVE,                                           \
      "Share of the last step that momentum keeps")                                                \
    X(REAL, beta1, "0.9", 0, 0.999999, NULL, BH_LIVE,                                              \
      "How slowly the mean gradient of adam and adamw forgets")                                    \
    X(REAL, beta2, "0.999", 0, 0.999999, NULL, BH_LIVE,                                            \
      "How slowly the mean squared gradient of adam and adamw forgets")                            \
    X(REAL, rms_alpha, "0.99", 0, 0.999999, NULL, BH_LIVE,                                         \
      "How slowly the means of rmsprop and rmsprop-centered forget")                               \
    X(REAL, optimizer_eps, EPS, 1e-12, 1, NULL, BH_LIVE,                                           \
      "Added to the root that adam, adamw and rmsprop divide by")                                  \
    X(REAL, weight_decay, "0.01", 0, 1, NULL, BH_LIVE,                                             \
      "Share of every parameter that adamw takes off, times the learning rate")

typedef struct bhi_optimizer_settings {
    BH_OPTIMIZER_CONFIG(BH_MEMBER)
} bhi_optimizer_settings;

/// The settings from a pointer to a config with the rows above.
#define BHI_OPTIMIZER_SETTINGS(c)                                  \
    ((bhi_optimizer_settings){.optimizer = (c)->optimizer,         \
                              .momentum = (c)->momentum,           \
                              .beta1 = (c)->beta1,                 \
                              .beta2 = (c)->beta2,                 \
                              .rms_alpha = (c)->rms_alpha,         \
                              .optimizer_eps = (c)->optimizer_eps, \
                              .weight_decay = (c)->weight_decay})

typedef struct bhi_optimizer {
    bhi_optimizer_settings settings; ///< write to the numbers between steps, never to `optimizer`
    int n;                           ///< parameters
    bh_real *m,
        *v; ///< (n) running means of gradients and of their squares; NULL where the kind has none
    double beta1_power, beta2_power; ///< beta^t after t steps of Adam
    int until_flush;                 ///< steps until moments that have vanished are set to 0
} bhi_optimizer;

/// The rows' defaults for a kind.
bhi_optimizer_settings bhi_optimizer_defaults(bhi_optimizer_kind kind);

/// Lays the moments that the kind needs (0 to 2 times n reals) out in the arena of the object that
/// owns the optimizer. `settings` are copied.
void bhi_optimizer_layout(bhi_optimizer *opt, bhi_arena *arena,
                          const bhi_optimizer_settings *settings, int n);

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
