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

typedef struct bh_clone_config {
    bh_actor_critic_config policy; ///< first; its critic's options and ortho_init are not for it
    int demo_capacity;
    double temperature;
    int batch_size, gradient_steps;
} bh_clone_config;

BH_API extern const bh_config_table bh_clone_table;
/// The defaults of its rows.
BH_API bh_clone_config bh_clone_config_default(void);

/// demonstrate: BH_ERR_ARGUMENT also when temperature is above 0 and the demonstrations have no
/// values. learn: nothing where nothing was demonstrated. n_updates counts steps of the optimizer.
BH_API extern const bh_agent_class bh_clone_class;
