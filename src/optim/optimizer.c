// SPDX-License-Identifier: MIT
// Optimizers, clipping, schedules.
#include "optim/optimizer.h"

#include "kernels/elementwise.h"

#include <math.h>

void bhi_optimizer_layout(bhi_optimizer *opt, bhi_arena *arena, bhi_optimizer_kind kind, int n)
{
    opt->kind = kind;
    opt->n = n;
    if (kind != BHI_ADAM) return;
    opt->m = bhi_arena_array(arena, (size_t)n, sizeof *opt->m);
    opt->v = bhi_arena_array(arena, (size_t)n, sizeof *opt->v);
}

void bhi_optimizer_init(bhi_optimizer *opt)
{
    opt->beta1_power = opt->beta2_power = 1;
}

static void adam_step(bhi_optimizer *opt, bh_real *params, const bh_real *grads,
                      double learning_rate, double scale)
{
    opt->beta1_power *= BHI_ADAM_BETA1;
    opt->beta2_power *= BHI_ADAM_BETA2;
    bhi_adam_step step = {
        .scale = (bh_real)scale,
        .beta1 = (bh_real)BHI_ADAM_BETA1,
        .beta2 = (bh_real)BHI_ADAM_BETA2,
        .rest1 = (bh_real)(1 - BHI_ADAM_BETA1),
        .rest2 = (bh_real)(1 - BHI_ADAM_BETA2),
        .rate = (bh_real)(learning_rate / (1 - opt->beta1_power)),
        .root_inverse = (bh_real)(1 / sqrt(1 - opt->beta2_power)),
        .epsilon = (bh_real)BHI_ADAM_EPSILON,
    };
    bhi_adam(params, opt->m, opt->v, grads, &step, opt->n);
}

void bhi_optimizer_step(bhi_optimizer *opt, bh_real *params, const bh_real *grads,
                        double learning_rate, double scale)
{
    if (opt->kind == BHI_ADAM) adam_step(opt, params, grads, learning_rate, scale);
    else bhi_sgd(params, grads, (bh_real)learning_rate, (bh_real)scale, opt->n);
}

double bhi_clip_scale(double norm, double max_norm)
{
    if (max_norm <= 0) return 1;
    double scale = max_norm / (norm + 1e-6);
    return scale < 1 ? scale : 1;
}

double bhi_linear_schedule(double start, double end, double fraction, double progress)
{
    if (progress >= fraction) return end;
    return start + (end - start) * (progress / fraction);
}
