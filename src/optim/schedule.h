// SPDX-License-Identifier: MIT
// Schedules: how a learning rate or an epsilon moves over a run.
//
// A schedule is a function of progress, the share of the horizon (total_timesteps) that is done: 0
// at the start, 1 at its end, more when a run goes on. It rises from 0 to `start` during warm-up,
// then goes from `start` to `end` while progress goes from `warmup` to `fraction`, and stays at
// `end`.
//
//     bhi_schedule rate = BHI_LEARNING_RATE(config);
//     bhi_optimizer_step(&opt, params, grads, bhi_schedule_at(&rate, progress), scale);
#pragma once

#include "core/config.h"

typedef enum bhi_schedule_kind {
    BHI_CONSTANT = 0, ///< numbered like the words of `learning_rate_schedule`
    BHI_LINEAR = 1,
    BHI_EXPONENTIAL = 2,
    BHI_COSINE = 3,
    BHI_STEP = 4,
} bhi_schedule_kind;

typedef struct bhi_schedule {
    int kind; ///< bhi_schedule_kind
    double start, end;
    double fraction; ///< share of the horizon after which it is at `end`
    double warmup;   ///< share of the horizon over which it rises from 0 to `start`; 0 for none
    int steps;       ///< drops of BHI_STEP, at least 1
} bhi_schedule;

/// What the multiplying schedules take for an end (or a start) of 0, which no factor reaches: this
/// share of the other.
#define BHI_SCHEDULE_FLOOR 0.01

/// The value at `progress` >= 0. With u the share done of the way from `warmup` to `fraction`:
///     constant     start, whatever `end` is
///     linear       start + (end - start) u
///     exponential  start (end / start)^u
///     cosine       end + (start - end) (1 + cos(pi u)) / 2; Loshchilov and Hutter 2017, eq. 5, one
///                  period
///     step         the exponential at u = 0, 1/steps, 2/steps, …, 1, each held for 1 / (steps + 1)
///                  of the way: `steps` drops by one factor, to a tenth each for 2 drops and an
///                  `end` of 0
/// A warm-up as long as `fraction` or longer leaves no way: `end` follows (constant: `start`).
double bhi_schedule_at(const bhi_schedule *schedule, double progress);

/// From `start` to `end` along a line while progress goes from 0 to `fraction`; `end` afterwards.
double bhi_linear_schedule(double start, double end, double fraction, double progress);

/// Rows for the config of an agent that has a `learning_rate`, to be placed after it.
#define BH_SCHEDULE_CONFIG(X) BH_SCHEDULE_CONFIG_OF(X, "constant", "0", "0")

/// The same with other defaults of schedule, end and warm-up.
#define BH_SCHEDULE_CONFIG_OF(X, KIND, END, WARMUP)                                          \
    X(CHOICE, learning_rate_schedule, KIND, 0, 0, "constant|linear|exponential|cosine|step", \
      BH_LIVE, "How the learning rate goes to learning_rate_end over the run")               \
    X(REAL, learning_rate_end, END, 0, 10, NULL, BH_LIVE,                                    \
      "Learning rate at the end; for 0, exponential and step end at 1 % of learning_rate")   \
    X(REAL, learning_rate_warmup, WARMUP, 0, 1, NULL, BH_LIVE,                               \
      "Share of the run over which the learning rate first rises from 0")                    \
    X(INT, learning_rate_steps, "2", 1, 1000, NULL, BH_LIVE,                                 \
      "Drops of the step schedule, equally long, each by the same factor")

/// The learning rate's schedule from a pointer to such a config.
#define BHI_LEARNING_RATE(c)                             \
    ((bhi_schedule){.kind = (c)->learning_rate_schedule, \
                    .start = (c)->learning_rate,         \
                    .end = (c)->learning_rate_end,       \
                    .fraction = 1,                       \
                    .warmup = (c)->learning_rate_warmup, \
                    .steps = (c)->learning_rate_steps})
