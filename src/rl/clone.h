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
//     bh_setup *setup;                              // rl/run.h
//     if (bh_setup_create(&setup, &bh_envs, "CartPole-v1", "clone", &err) != BH_OK) …
//     bh_clone_config *config = setup->agent_config;
//     config->demo_capacity = n;
//     if (bh_run_create(&run, setup, &err) != BH_OK) …
//     if (bh_run_demonstrate(run, &demonstrations, &err) != BH_OK) …
//     bh_run_steps(run, 10000);
#pragma once

#include "rl/agent_class.h"
#include "rl/agent_config.h"

/// Every member is an option; rl/clone.c has their help, defaults and bounds (bh_clone_table).
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
