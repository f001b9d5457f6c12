// SPDX-License-Identifier: MIT
// Optimizers and clipping.
#include "optim/optimizer.h"

#include "kernels/elementwise.h"

#include <math.h>

// A config of nothing else, for the defaults.
typedef struct alone {
    bh_optimizer_config optimizer;
} alone;

#define BH_CONFIG_STRUCT alone
static const bh_field fields[] = {BHI_OPTIMIZER_ROWS(optimizer, "adam", "1e-8")};
static const bh_config_table table = BH_CONFIG_TABLE("optimizer", alone, fields);

static void sgd_step(bhi_optimizer *opt, bh_real *params, const bh_real *grads,
                     double learning_rate, double scale)
{
    bhi_sgd(params, grads, (bh_real)learning_rate, (bh_real)scale, opt->n);
}

static void momentum_step(bhi_optimizer *opt, bh_real *params, const bh_real *grads,
                          double learning_rate, double scale)
{
    bhi_momentum_step step = {
        .scale = (bh_real)scale,
        .momentum = (bh_real)opt->settings.momentum,
        .rate = (bh_real)learning_rate,
    };
    bhi_momentum(params, opt->m, grads, &step, opt->n);
}

static void rmsprop_step(bhi_optimizer *opt, bh_real *params, const bh_real *grads,
                         double learning_rate, double scale)
{
    const bh_optimizer_config *s = &opt->settings;
    bhi_rmsprop_step step = {
        .scale = (bh_real)scale,
        .alpha = (bh_real)s->rms_alpha,
        .rest = (bh_real)(1 - s->rms_alpha),
        .rate = (bh_real)learning_rate,
        .epsilon = (bh_real)s->eps,
    };
    bhi_rmsprop(params, opt->v, opt->m, grads, &step, opt->n);
}

static void adam_step(bhi_optimizer *opt, bh_real *params, const bh_real *grads,
                      double learning_rate, double scale)
{
    const bh_optimizer_config *s = &opt->settings;
    double decay = s->kind == BHI_ADAMW ? s->weight_decay : 0;
    opt->beta1_power *= s->beta1;
    opt->beta2_power *= s->beta2;
    bhi_adam_step step = {
        .scale = (bh_real)scale,
        .keep = (bh_real)(1 - learning_rate * decay),
        .beta1 = (bh_real)s->beta1,
        .beta2 = (bh_real)s->beta2,
        .rest1 = (bh_real)(1 - s->beta1),
        .rest2 = (bh_real)(1 - s->beta2),
        .rate = (bh_real)(learning_rate / (1 - opt->beta1_power)),
        .root_inverse = (bh_real)(1 / sqrt(1 - opt->beta2_power)),
        .epsilon = (bh_real)s->eps,
    };
    bhi_adam(params, opt->m, opt->v, grads, &step, opt->n);
}

static const struct {
    int has_m, has_v; // which moments it keeps
    void (*step)(bhi_optimizer *, bh_real *, const bh_real *, double, double);
} kinds[] = {
    [BHI_ADAM] = {1, 1, adam_step},
    [BHI_SGD] = {0, 0, sgd_step},
    [BHI_MOMENTUM] = {1, 0, momentum_step},
    [BHI_RMSPROP] = {0, 1, rmsprop_step},
    [BHI_RMSPROP_CENTERED] = {1, 1, rmsprop_step},
    [BHI_ADAMW] = {1, 1, adam_step},
};

bh_optimizer_config bhi_optimizer_defaults(bhi_optimizer_kind kind)
{
    alone defaults;
    bh_config_defaults(&table, &defaults);
    defaults.optimizer.kind = kind;
    return defaults.optimizer;
}

void bhi_optimizer_layout(bhi_optimizer *opt, bhi_arena *arena, const bh_optimizer_config *settings,
                          int n)
{
    opt->settings = *settings;
    opt->n = n;
    if (kinds[settings->kind].has_m) opt->m = bhi_arena_array(arena, (size_t)n, sizeof *opt->m);
    if (kinds[settings->kind].has_v) opt->v = bhi_arena_array(arena, (size_t)n, sizeof *opt->v);
}

// The moments of a parameter whose gradient has become 0 shrink until they are subnormal and,
// rounded to nearest, stay there, where operations are slow on some processors: CartPole's loop ran
// at two thirds of its speed. A mean that forgets a tenth a step goes from LEAST_MOMENT to 2.6e-35
// in 32 of them, which the learning rate can still multiply. The root of LEAST_MOMENT is 2.8e-17,
// far below half a unit in the last place of Adam's usual epsilon.
#define LEAST_MOMENT ((bh_real)0x1p-110)
enum { FLUSH_EVERY = 32 };

static void flush_moments(bhi_optimizer *opt)
{
    if (--opt->until_flush > 0) return;
    opt->until_flush = FLUSH_EVERY;
    if (opt->m != NULL) bhi_flush(opt->m, LEAST_MOMENT, opt->n);
    if (opt->v != NULL) bhi_flush(opt->v, LEAST_MOMENT, opt->n);
}

void bhi_optimizer_init(bhi_optimizer *opt)
{
    opt->beta1_power = opt->beta2_power = 1;
    opt->until_flush = FLUSH_EVERY;
}

void bhi_optimizer_step(bhi_optimizer *opt, bh_real *params, const bh_real *grads,
                        double learning_rate, double scale)
{
    kinds[opt->settings.kind].step(opt, params, grads, learning_rate, scale);
    flush_moments(opt);
}

void bhi_optimizer_state(bhi_optimizer *opt, bhi_state_visitor *visitor)
{
    bhi_state_begin(visitor, "optimizer");
    BHI_STATE(visitor, "m", opt->m, opt->n);
    BHI_STATE(visitor, "v", opt->v, opt->n);
    BHI_STATE(visitor, "beta1_power", &opt->beta1_power, 1);
    BHI_STATE(visitor, "beta2_power", &opt->beta2_power, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "until_flush", &opt->until_flush, 1);
    bhi_state_end(visitor);
}

double bhi_clip_scale(double norm, double max_norm)
{
    if (max_norm <= 0) return 1;
    double scale = max_norm / (norm + 1e-6);
    return scale < 1 ? scale : 1;
}
