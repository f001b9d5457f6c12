// SPDX-License-Identifier: MIT
// Schedules: how a learning rate or an epsilon moves over a run.
//
// A schedule is a function of progress, the share of the horizon (total_timesteps) that is done: 0
// at the start, 1 at its end, more when a run goes on. It rises from 0 to `start` during warm-up,
// then goes from `start` to `end` while progress goes from `warmup` to `fraction`, and stays at
// `end`.
//
//     double rate = bhi_schedule_at(&config->learning_rate, 1, progress);
//     bhi_optimizer_step(&opt, params, grads, rate, scale);
#pragma once

#include "core/config.h"
#include "optim/optimizer_config.h"

typedef enum bhi_schedule_kind {
    BHI_CONSTANT = 0, ///< numbered like the words of `learning_rate_schedule`
    BHI_LINEAR = 1,
    BHI_EXPONENTIAL = 2,
    BHI_COSINE = 3,
    BHI_STEP = 4,
} bhi_schedule_kind;

/// What the multiplying schedules take for an end (or a start) of 0, which no factor reaches: this
/// share of the other.
#define BHI_SCHEDULE_FLOOR 0.01

/// The value at `progress` >= 0, at its end from `fraction` on. With u the share done of the way from `warmup` to `fraction`:
///     constant     start, whatever `end` is
///     linear       start + (end - start) u
///     exponential  start (end / start)^u
///     cosine       end + (start - end) (1 + cos(pi u)) / 2; Loshchilov and Hutter 2017, eq. 5, one
///                  period
///     step         the exponential at u = 0, 1/steps, 2/steps, …, 1, each held for 1 / (steps + 1)
///                  of the way: `steps` drops by one factor, to a tenth each for 2 drops and an
///                  `end` of 0
/// A warm-up as long as `fraction` or longer leaves no way: `end` follows (constant: `start`).
double bhi_schedule_at(const bh_schedule_config *schedule, double fraction, double progress);

/// From `start` to `end` along a line while progress goes from 0 to `fraction`; `end` afterwards.
double bhi_linear_schedule(double start, double end, double fraction, double progress);

/// Rows of a table with a learning rate, to be placed after its own; `at` is the path of the
/// bh_schedule_config, the others are the defaults of schedule, end and warm-up.
#define BHI_SCHEDULE_ROWS(at, KIND, END, WARMUP)                                                  \
    BH_CHOICE_AT(at.kind, learning_rate_schedule, BH_DEFAULT(KIND),                               \
                 BH_WORDS("constant|linear|exponential|cosine|step"), BH_LIVE,                    \
                 "How the learning rate goes to learning_rate_end over the run"),                 \
        BH_REAL_AT(                                                                               \
            at.end, learning_rate_end, BH_DEFAULT(END), BH_RANGE(0, 10), BH_LIVE,                 \
            "Learning rate at the end; for 0, exponential and step end at 1 % of learning_rate"), \
        BH_REAL_AT(at.warmup, learning_rate_warmup, BH_DEFAULT(WARMUP), BH_RANGE(0, 1), BH_LIVE,  \
                   "Share of the run over which the learning rate first rises from 0"),           \
        BH_INT_AT(at.steps, learning_rate_steps, BH_DEFAULT("2"), BH_RANGE(1, 1000), BH_LIVE,     \
                  "Drops of the step schedule, equally long, each by the same factor")
