// SPDX-License-Identifier: MIT
// Deep Q-learning (Mnih et al., "Human-level control through deep reinforcement learning", 2015,
// algorithm 1) with the names and defaults of Stable-Baselines3's DQN, and the extensions that
// together are Rainbow (Hessel et al. 2018), each a switch: double_q, dueling, prioritized,
// n_steps, noisy, distribution; and learning from demonstrations (Hester et al. 2018). What they do
// is in the files they live in: rl/head.h, nn/network.h, rl/replay.h, rl/explore.h;
// docs/algorithms/dqn.md has equations and every difference from the papers.
//
// An online network theta, a target network theta-, a replay buffer D; explored actions; every
// train_freq steps gradient_steps updates on a sampled batch towards r, or r + gamma max_a Q(s', a;
// theta-) where the episode did not terminate; every target_update_interval steps theta- moves to
// theta by tau.
//
//     bh_setup *setup;                              // rl/run.h
//     if (bh_setup_create(&setup, &bh_envs, "CartPole-v1", "dqn", &err) != BH_OK) …
//     bh_dqn_config *config = setup->agent_config;
//     config->explore.fraction = 0.2;
//     if (bh_run_create(&run, setup, &err) != BH_OK) …
#pragma once

#include "rl/agent_class.h"
#include "rl/agent_config.h"

/// Every member is an option; rl/dqn.c has their help, defaults and bounds (bh_dqn_table).
typedef struct bh_dqn_config {
    bh_schedule_config learning_rate;
    int buffer_size, learning_starts, batch_size;
    double tau, gamma;
    int n_steps, train_freq, gradient_steps, target_update_interval;
    bh_explore_config explore;
    int exploration_bins;
    double max_grad_norm;
    int double_q, dueling;
    int prioritized;
    double priority_alpha, priority_beta;
    int noisy;
    double noisy_sigma;
    int distribution; ///< expected, categorical, quantile
    int n_atoms;
    double v_min, v_max;
    int n_quantiles;
    int demo_capacity;
    double demo_ratio, demo_coef, demo_margin;
    int demo_updates;
    bh_net_config net;
    int loss; ///< huber, mse
    bh_optimizer_config optimizer;
    bh_action_prior_config prior;
} bh_dqn_config;

BH_API extern const bh_config_table bh_dqn_table;
/// The defaults of its rows.
BH_API bh_dqn_config bh_dqn_config_default(void);
/// params: the online network (rl/dqn_state.h). demonstrate: into a part of the replay buffer of
/// their own, of demo_capacity transitions, then demo_updates updates on them (Hester et al. 2018,
/// "Deep Q-learning from Demonstrations"); only before the first observe, else BH_ERR_STATE.
BH_API extern const bh_agent_class bh_dqn_class;
