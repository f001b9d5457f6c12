// SPDX-License-Identifier: MIT
// Settings of DDPG, TD3 and SAC: names and defaults of Stable-Baselines3, but for the noise, which
// it leaves out until it is asked for: here DDPG and TD3 explore.
#pragma once

#include "rl/agent_class.h"
#include "rl/agent_config.h"

/// Every member is an option of one of the three or of all; rl/td3.c and rl/sac.c have their help,
/// defaults and bounds. A member that is no option of an algorithm is 0 there.
typedef struct bh_off_policy_config {
    bh_schedule_config learning_rate; ///< of actor, critics and entropy coefficient
    int buffer_size, learning_starts, batch_size;
    double tau, gamma;
    int n_steps, train_freq, gradient_steps;
    int noise_type; ///< none, normal, ornstein-uhlenbeck
    double noise_std, noise_theta;
    int n_critics;
    int policy_delay;                              ///< TD3
    double target_policy_noise, target_noise_clip; ///< TD3
    int ent_coef_auto;                             ///< SAC
    double ent_coef, target_entropy;               ///< SAC
    int target_update_interval;                    ///< SAC
    int prioritized;
    double priority_alpha, priority_beta;
    int demo_capacity;
    double demo_ratio;
    bh_net_config net; ///< of the actor and of each critic; net_arch and activation alone
    bh_optimizer_config optimizer;
} bh_off_policy_config;

/// Rows of their tables behind the learning rate; defaults of the noise and of net_arch.
#define BHI_OFF_POLICY_ROWS(NOISE, NET_ARCH)                                                       \
    BHI_SCHEDULE_ROWS(learning_rate, "constant", "0", "0"),                                        \
        BH_INT(buffer_size, BH_DEFAULT("1000000"), BH_RANGE(1, 10000000), BH_RESET,                \
               "Transitions the replay buffer holds"),                                             \
        BH_INT(learning_starts, BH_DEFAULT("100"), BH_RANGE(0, 1000000000), BH_LIVE,               \
               "Environment steps with random actions, before the first update"),                  \
        BH_INT(batch_size, BH_DEFAULT("256"), BH_RANGE(1, 65536), BH_RESET,                        \
               "Transitions sampled per update"),                                                  \
        BH_REAL(tau, BH_DEFAULT("0.005"), BH_RANGE(0, 1), BH_LIVE,                                 \
                "Soft-update coefficient: 1 copies the networks, smaller values blend"),           \
        BH_REAL(gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE, "Discount factor"),            \
        BH_INT(n_steps, BH_DEFAULT("1"), BH_RANGE(1, 100), BH_LIVE,                                \
               "Steps n of n-step returns; 1 is ordinary TD"),                                     \
        BH_INT(train_freq, BH_DEFAULT("1"), BH_RANGE(1, 1000000), BH_LIVE,                         \
               "Steps between two rounds of updates"),                                             \
        BH_INT(gradient_steps, BH_DEFAULT("1"), BH_RANGE(1, 1000), BH_LIVE, "Updates in a round"), \
        BH_CHOICE(noise_type, BH_DEFAULT(NOISE), BH_WORDS("none|normal|ornstein-uhlenbeck"),       \
                  BH_LIVE, "Noise added to actions while learning"),                               \
        BH_REAL(noise_std, BH_DEFAULT("0.1"), BH_RANGE(0, 10), BH_LIVE,                            \
                "Noise: standard deviation, of actions between -1 and 1"),                         \
        BH_REAL(noise_theta, BH_DEFAULT("0.15"), BH_RANGE(0, 100), BH_LIVE,                        \
                "Ornstein-Uhlenbeck noise: how fast it is drawn back to 0"),                       \
        BH_BOOL(prioritized, BH_DEFAULT("false"), BH_RESET,                                        \
                "Prioritized replay: transitions with large errors are sampled more often"),       \
        BH_REAL(priority_alpha, BH_DEFAULT("0.6"), BH_RANGE(0, 1), BH_LIVE,                        \
                "Prioritized: how much errors matter; 0 samples uniformly"),                       \
        BH_REAL(                                                                                   \
            priority_beta, BH_DEFAULT("0.4"), BH_RANGE(0, 1), BH_LIVE,                             \
            "Prioritized: how much of the bias is corrected at the start; all of it at the end"),  \
        BH_INT(demo_capacity, BH_DEFAULT("0"), BH_RANGE(0, 10000000), BH_RESET,                    \
               "Demonstrations: transitions there is room for, beside the buffer; they are never " \
               "forgotten"),                                                                       \
        BH_REAL(demo_ratio, BH_DEFAULT("0.25"), BH_RANGE(0, 1), BH_LIVE,                           \
                "Demonstrations: share of every batch; 0 draws them like any others, as "          \
                "prioritized does"),                                                               \
        BH_SIZES_AT(net.net_arch, net_arch, BH_DEFAULT(NET_ARCH), BH_RANGE(1, 4096), BH_RESET,     \
                    "Sizes of the hidden layers, in the actor and in each critic"),                \
        BH_CHOICE_AT(net.activation, activation, BH_DEFAULT("relu"), BH_WORDS("relu|tanh"),        \
                     BH_RESET, "Activation of the hidden layers"),                                 \
        BHI_OPTIMIZER_ROWS(optimizer, "adam", "1e-8")
