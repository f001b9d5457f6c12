// SPDX-License-Identifier: MIT
// Settings of DDPG, TD3 and SAC: names and defaults of Stable-Baselines3, but for the noise, which
// it leaves out until it is asked for: here DDPG and TD3 explore.
#pragma once

#include "rl/agent_class.h"
#include "rl/agent_config.h"

/// What all three have; the first member of their configs. rl/td3.c and rl/sac.c have help, defaults
/// and bounds of every option.
typedef struct bh_off_policy_config {
    bh_schedule_config learning_rate; ///< of actor, critics and entropy coefficient
    int buffer_size, learning_starts, batch_size;
    double tau, gamma;
    int n_steps, train_freq, gradient_steps;
    int noise_type; ///< none, normal, ornstein-uhlenbeck
    double noise_std, noise_theta;
    int prioritized;
    double priority_alpha, priority_beta;
    int demo_capacity;
    double demo_ratio;
    bh_sizes net_arch; ///< of the actor and of each critic
    int activation;    ///< relu, tanh
    bh_optimizer_config optimizer;
} bh_off_policy_config;
