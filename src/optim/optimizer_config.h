// SPDX-License-Identifier: MIT
// Settings that every training with an optimizer has, parts of the configs of agents and of
// pre-training. A choice is the index of a word of its option; bh_config_set takes the word.
#pragma once

/// A learning rate over a run (optim/schedule.h): learning_rate, learning_rate_schedule, …
typedef struct bh_schedule_config {
    int kind; ///< constant, linear, exponential, cosine, step
    double start, end;
    double warmup; ///< share of the run over which it rises from 0 to `start`
    int steps;     ///< drops of the step schedule
} bh_schedule_config;

/// An optimizer (optim/optimizer.h): optimizer, momentum, …
typedef struct bh_optimizer_config {
    int kind; ///< adam, sgd, momentum, rmsprop, rmsprop-centered, adamw
    double momentum, beta1, beta2, rms_alpha, eps, weight_decay;
} bh_optimizer_config;
