// SPDX-License-Identifier: MIT
// Settings that several agents have, parts of their configs. Every member is an option, of another
// name where the member's is short: config.explore.fraction is exploration_fraction. What it does,
// its default and its bounds are in the table of the agent (bh_dqn_table). A choice is the index of
// a word of its option; bh_config_set takes the word.
#pragma once

#include "core/config.h"
#include "optim/optimizer_config.h"

/// Exploration of DQN and the tabular methods: exploration, exploration_fraction, …
typedef struct bh_explore_config {
    int kind;        ///< epsilon-greedy, boltzmann, gaussian, ucb, greedy
    double fraction; ///< share of the run over which epsilon (temperature, noise) falls
    int schedule;    ///< linear, exponential
    double initial_eps, final_eps;
    double initial_temperature, final_temperature;
    double initial_noise, final_noise;
    double bonus;        ///< UCB: c
    int bonus_in_target; ///< only of agents whose targets know a bonus
} bh_explore_config;

/// A network: features_extractor, net_arch, activation, and the sizes of a transformer.
typedef struct bh_net_config {
    int features_extractor; ///< flatten, minatar-cnn, nature-cnn, transformer, encoder-decoder
    int d_model, n_heads, n_layers;
    bh_sizes net_arch;
    int activation; ///< relu, tanh
} bh_net_config;

/// What a frozen language model says of the actions: prior, prior_beta, …
typedef struct bh_action_prior_config {
    int is_kept;
    double beta;
    int random_actions; ///< uniform, language-model, top-k
    int top_k;
} bh_action_prior_config;

/// The KL penalty against a frozen reference: kl_coef, kl_target.
typedef struct bh_kl_penalty_config {
    double coef, target;
} bh_kl_penalty_config;

/// A policy and a value network under one optimizer: what PPO, REINFORCE and cloning have in
/// common, and the first member of their configs.
typedef struct bh_actor_critic_config {
    bh_schedule_config learning_rate;
    int normalize_advantage;
    double ent_coef, vf_coef, max_grad_norm;
    bh_net_config net;
    int ortho_init;
    bh_optimizer_config optimizer;
    bh_kl_penalty_config kl_penalty;
    double log_std_init; ///< of agents that know a Box of actions, as what follows
    int use_sde, sde_sample_freq;
} bh_actor_critic_config;
