// SPDX-License-Identifier: MIT
// Optimizers over one block of parameters, global-norm clipping, schedules.
#pragma once

#include "core/alloc.h"
#include "core/real.h"

typedef enum bhi_optimizer_kind {
    BHI_ADAM = 0, ///< numbered like the words of the `optimizer` option
    BHI_SGD = 1,
} bhi_optimizer_kind;

typedef struct bhi_optimizer {
    bhi_optimizer_kind kind;
    int n;                           ///< parameters
    bh_real *m, *v;                  ///< (n) Adam's moments; NULL for SGD
    double beta1_power, beta2_power; ///< beta^t after t steps
} bhi_optimizer;

#define BHI_ADAM_BETA1   0.9
#define BHI_ADAM_BETA2   0.999
#define BHI_ADAM_EPSILON 1e-8

/// Lays the optimizer's state out in the arena of the object that owns it.
void bhi_optimizer_layout(bhi_optimizer *opt, bhi_arena *arena, bhi_optimizer_kind kind, int n);

/// Before the first step: moments must be zero (fresh arena memory is).
void bhi_optimizer_init(bhi_optimizer *opt);

/// One step on params (n) with gradient grads (n) times `scale`, the factor from bhi_clip_scale.
void bhi_optimizer_step(bhi_optimizer *opt, bh_real *params, const bh_real *grads,
                        double learning_rate, double scale);

/// Factor that brings a gradient of this norm down to at most max_norm (Pascanu et al. 2013; PyTorch's
/// clip_grad_norm_ with its 1e-6); 1 when max_norm is 0, which means no clipping.
double bhi_clip_scale(double norm, double max_norm);

/// From `start` to `end` along a line while progress goes from 0 to `fraction`; `end` afterwards.
double bhi_linear_schedule(double start, double end, double fraction, double progress);
