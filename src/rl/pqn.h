// SPDX-License-Identifier: MIT
// Parallelised Q-network (Gallici et al., "Simplifying Deep Temporal Difference Learning", 2024,
// algorithm 1): Q-learning without a replay buffer and without a target network. What stabilises it
// is layer normalisation in the network, and many environments at once.
//
// All environments take n_steps steps under one network, exploring. The lambda-returns of these
// steps (bh_value_q_lambda in rl/value.h) are targets that stay; then n_epochs passes in minibatches
// of batch_size, each in a new random order, minimise the loss of
//
//     R_t - Q(s_t, a_t),   R_t = r_t + gamma [lambda R_(t+1) + (1 - lambda) max_a Q(s_(t+1), a)]
//
// A terminated episode bootstraps nothing, a truncated one from its final observation. Then the
// steps are forgotten: memory is n_steps times n_envs observations. docs/algorithms/pqn.md has every
// difference from the paper.
//
//     bh_setup *setup;                              // rl/run.h
//     if (bh_setup_create(&setup, &bh_all_envs, "CartPole-v1", "pqn", &err) != BH_OK) …
//     bh_pqn_config *config = setup->agent_config;
//     config->q_lambda = 0.9;
//     if (bh_run_create(&run, setup, &err) != BH_OK) …
#pragma once

#include "rl/agent_class.h"
#include "rl/agent_config.h"

/// Every member is an option; rl/pqn.c has their help, defaults and bounds (bh_pqn_table).
typedef struct bh_pqn_config {
    bh_schedule_config learning_rate;
    int n_steps, batch_size, n_epochs;
    double gamma, q_lambda;
    bh_explore_config explore;
    int exploration_bins;
    double max_grad_norm;
    bh_net_config net;
    int layer_norm;
    int loss; ///< huber, mse
    bh_optimizer_config optimizer;
} bh_pqn_config;

BH_API extern const bh_config_table bh_pqn_table;
/// The defaults of its rows.
BH_API bh_pqn_config bh_pqn_config_default(void);

/// create: BH_ERR_CONFIG also when batch_size is above n_steps * n_envs, and when layer_norm meets a
/// size of net_arch that is no multiple of 4.
/// params: the network. n_updates counts steps of the optimizer, one per minibatch.
BH_API extern const bh_agent_class bh_pqn_class;
