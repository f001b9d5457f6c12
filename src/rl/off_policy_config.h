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

/// Rows of their tables; `at` is the path of the bh_off_policy_config, the others are defaults.
#define BHI_OFF_POLICY_ROWS(at, RATE, NOISE, NET_ARCH)                                             \
    BH_REAL_AT(at.learning_rate.start, learning_rate, BH_DEFAULT(RATE), BH_RANGE(0, 10), BH_LIVE,  \
               "Step size of the optimizer"),                                                      \
        BHI_SCHEDULE_ROWS(at.learning_rate, "constant", "0", "0"),                                 \
        BH_INT_AT(at.buffer_size, buffer_size, BH_DEFAULT("1000000"), BH_RANGE(1, 10000000),       \
                  BH_RESET, "Transitions the replay buffer holds"),                                \
        BH_INT_AT(at.learning_starts, learning_starts, BH_DEFAULT("100"), BH_RANGE(0, 1000000000), \
                  BH_LIVE, "Environment steps with random actions, before the first update"),      \
        BH_INT_AT(at.batch_size, batch_size, BH_DEFAULT("256"), BH_RANGE(1, 65536), BH_RESET,      \
                  "Transitions sampled per update"),                                               \
        BH_REAL_AT(at.tau, tau, BH_DEFAULT("0.005"), BH_RANGE(0, 1), BH_LIVE,                      \
                   "Soft-update coefficient: 1 copies the networks, smaller values blend"),        \
        BH_REAL_AT(at.gamma, gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE,                   \
                   "Discount factor"),                                                             \
        BH_INT_AT(at.n_steps, n_steps, BH_DEFAULT("1"), BH_RANGE(1, 100), BH_LIVE,                 \
                  "Steps n of n-step returns; 1 is ordinary TD"),                                  \
        BH_INT_AT(at.train_freq, train_freq, BH_DEFAULT("1"), BH_RANGE(1, 1000000), BH_LIVE,       \
                  "Steps between two rounds of updates"),                                          \
        BH_INT_AT(at.gradient_steps, gradient_steps, BH_DEFAULT("1"), BH_RANGE(1, 1000), BH_LIVE,  \
                  "Updates in a round"),                                                           \
        BH_CHOICE_AT(at.noise_type, noise_type, BH_DEFAULT(NOISE),                                 \
                     BH_WORDS("none|normal|ornstein-uhlenbeck"), BH_LIVE,                          \
                     "Noise added to actions while learning"),                                     \
        BH_REAL_AT(at.noise_std, noise_std, BH_DEFAULT("0.1"), BH_RANGE(0, 10), BH_LIVE,           \
                   "Noise: standard deviation, of actions between -1 and 1"),                      \
        BH_REAL_AT(at.noise_theta, noise_theta, BH_DEFAULT("0.15"), BH_RANGE(0, 100), BH_LIVE,     \
                   "Ornstein-Uhlenbeck noise: how fast it is drawn back to 0"),                    \
        BH_BOOL_AT(at.prioritized, prioritized, BH_DEFAULT("false"), BH_RESET,                     \
                   "Prioritized replay: transitions with large errors are sampled more often"),    \
        BH_REAL_AT(at.priority_alpha, priority_alpha, BH_DEFAULT("0.6"), BH_RANGE(0, 1), BH_LIVE,  \
                   "Prioritized: how much errors matter; 0 samples uniformly"),                    \
        BH_REAL_AT(                                                                                \
            at.priority_beta, priority_beta, BH_DEFAULT("0.4"), BH_RANGE(0, 1), BH_LIVE,           \
            "Prioritized: how much of the bias is corrected at the start; all of it at the end"),  \
        BH_INT_AT(                                                                                 \
            at.demo_capacity, demo_capacity, BH_DEFAULT("0"), BH_RANGE(0, 10000000), BH_RESET,     \
            "Demonstrations: transitions there is room for, beside the buffer; they are never "    \
            "forgotten"),                                                                          \
        BH_REAL_AT(at.demo_ratio, demo_ratio, BH_DEFAULT("0.25"), BH_RANGE(0, 1), BH_LIVE,         \
                   "Demonstrations: share of every batch; 0 draws them like any others, as "       \
                   "prioritized does"),                                                            \
        BH_SIZES_AT(at.net_arch, net_arch, BH_DEFAULT(NET_ARCH), BH_RANGE(1, 4096), BH_RESET,      \
                    "Sizes of the hidden layers, in the actor and in each critic"),                \
        BH_CHOICE_AT(at.activation, activation, BH_DEFAULT("relu"), BH_WORDS("relu|tanh"),         \
                     BH_RESET, "Activation of the hidden layers"),                                 \
        BHI_OPTIMIZER_ROWS(at.optimizer, "adam", "1e-8")
