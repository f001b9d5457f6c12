// SPDX-License-Identifier: MIT
// Behaviour cloning (Pomerleau, "Efficient training of artificial neural networks for autonomous
// navigation", 1991) and policy distillation (Rusu et al., "Policy distillation", 2016): a policy
// network that learns from demonstrations alone, by supervised updates on batches of them.
//
//     temperature 0    loss = -mean(log pi(a | s)), a the demonstrated action
//     temperature > 0  loss = mean(KL(softmax(values(s) / temperature) || pi(. | s))), values a
//                      teacher's
//
// The environment only shows how well it does: it acts as its policy draws, and every step of all
// environments does gradient_steps updates. Its tensors have the names of PPO's policy, which can
// start from them. docs/algorithms/cloning.md and distillation.md have what differs from the
// papers.
//
//     bh_clone_config config;
//     bh_config_defaults(&bh_clone_table, &config);
//     config.demo_capacity = n;
//     bhi_agent *clone;
//     if (bhi_agent_create(&clone, &bh_clone_class, &config, &spec, &err) != BH_OK)
//         return report(&err);
//     if (bh_clone_class.demonstrate(clone, &demonstrations, &err) != BH_OK) return report(&err);
//     for (int i = 0; i < 10000; i++) bh_clone_class.learn(clone);
#pragma once

#include "rl/actor_critic.h"

#define BH_CLONE_CONFIG(X)                                                                        \
    X(REAL, learning_rate, "0.001", 0, 10, NULL, BH_LIVE, "Step size of the optimizer")           \
    BH_SCHEDULE_CONFIG(X)                                                                         \
    X(INT, demo_capacity, "0", 0, 10000000, NULL, BH_RESET,                                       \
      "Demonstrations: transitions there is room for")                                            \
    X(REAL, temperature, "0", 0, 1e6, NULL, BH_RESET,                                             \
      "Distillation: the teacher's action values over this are learned; 0: its actions")          \
    X(INT, batch_size, "64", 1, 65536, NULL, BH_RESET, "Transitions sampled per update")          \
    X(INT, gradient_steps, "1", 1, 1000, NULL, BH_LIVE, "Updates in a round")                     \
    X(REAL, max_grad_norm, "0.5", 0, 1e9, NULL, BH_LIVE,                                          \
      "Largest norm of a gradient; 0 does not clip")                                              \
    X(CHOICE, features_extractor, "flatten", 0, 0, "flatten|minatar-cnn|nature-cnn", BH_RESET,    \
      "Convolutions before the hidden layers, for images")                                        \
    X(SIZES, net_arch, "64,64", 1, 4096, NULL, BH_RESET, "Sizes of the hidden layers")            \
    X(CHOICE, activation, "tanh", 0, 0, "relu|tanh", BH_RESET, "Activation of the hidden layers") \
    BH_OPTIMIZER_CONFIG(X)

typedef struct bh_clone_config {
    BH_CLONE_CONFIG(BH_MEMBER)
} bh_clone_config;

BH_API extern const bh_config_table bh_clone_table;

/// demonstrate: BH_ERR_ARGUMENT also when temperature is above 0 and the demonstrations have no
/// values. learn: nothing where nothing was demonstrated. n_updates counts steps of the optimizer.
BH_API extern const bh_agent_class bh_clone_class;
