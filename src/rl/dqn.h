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
//     bh_dqn_config config;
//     bh_config_defaults(&bh_dqn_table, &config);
//     bhi_agent *dqn;
//     if (bhi_agent_create(&dqn, &bh_dqn_class, &config, &spec, &err) != BH_OK)
//         return report(&err);
//     for (;;) {
//         bh_dqn_class.act(dqn, …);
//         …environments…;
//         bh_dqn_class.observe(dqn, …);
//         bh_dqn_class.learn(dqn);
//     }
#pragma once

#include "core/real.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"
#include "rl/action_prior.h"
#include "rl/agent.h"
#include "rl/explore.h"

#define BH_DQN_CONFIG(X)                                                                           \
    X(REAL, learning_rate, "0.0001", 0, 10, NULL, BH_LIVE, "Step size of the optimizer")           \
    BH_SCHEDULE_CONFIG(X)                                                                          \
    X(INT, buffer_size, "50000", 1, 10000000, NULL, BH_RESET,                                      \
      "Transitions the replay buffer holds")                                                       \
    X(INT, learning_starts, "100", 0, 1000000000, NULL, BH_LIVE,                                   \
      "Environment steps before the first update")                                                 \
    X(INT, batch_size, "32", 1, 65536, NULL, BH_RESET, "Transitions sampled per update")           \
    X(REAL, tau, "1", 0, 1, NULL, BH_LIVE,                                                         \
      "How far a target update goes: 1 copies the network, less blends it in")                     \
    X(REAL, gamma, "0.99", 0, 1, NULL, BH_LIVE, "Discount factor")                                 \
    X(INT, n_steps, "1", 1, 100, NULL, BH_LIVE,                                                    \
      "Steps of reward summed before the target network takes over")                               \
    X(INT, train_freq, "4", 1, 1000000, NULL, BH_LIVE, "Steps between two rounds of updates")      \
    X(INT, gradient_steps, "1", 1, 1000, NULL, BH_LIVE, "Updates in a round")                      \
    X(INT, target_update_interval, "10000", 1, 1000000000, NULL, BH_LIVE,                          \
      "Environment steps between two target updates")                                              \
    BHI_EXPLORE_CONFIG(X, "0.1", "0.05")                                                           \
    BHI_EXPLORE_TARGET_CONFIG(X)                                                                   \
    X(INT, exploration_bins, "10", 1, 10000, NULL, BH_RESET,                                       \
      "UCB: parts each dimension of a Box is cut into for counting")                               \
    X(REAL, max_grad_norm, "10", 0, 1e9, NULL, BH_LIVE,                                            \
      "Largest norm of a gradient; 0 does not clip")                                               \
    X(BOOL, double_q, "false", 0, 1, NULL, BH_LIVE,                                                \
      "Double DQN: the online network chooses the next action, the target network rates it")       \
    X(BOOL, dueling, "false", 0, 1, NULL, BH_RESET,                                                \
      "Dueling: the network gives the state's value and each action's advantage over it")          \
    X(BOOL, prioritized, "false", 0, 1, NULL, BH_RESET,                                            \
      "Prioritized replay: transitions with large errors are sampled more often")                  \
    X(REAL, priority_alpha, "0.6", 0, 1, NULL, BH_LIVE,                                            \
      "Prioritized: how much errors matter; 0 samples uniformly")                                  \
    X(REAL, priority_beta, "0.4", 0, 1, NULL, BH_LIVE,                                             \
      "Prioritized: how much of the bias is corrected at the start; all of it at the end")         \
    X(BOOL, noisy, "false", 0, 1, NULL, BH_RESET,                                                  \
      "NoisyNet: learned noise on the weights of the linear layers, which explores")               \
    X(REAL, noisy_sigma, "0.5", 0, 10, NULL, BH_RESET,                                             \
      "NoisyNet: size of the noise at the start, over the root of a layer's inputs")               \
    X(CHOICE, distribution, "expected", 0, 0, "expected|categorical|quantile", BH_RESET,           \
      "What is learned of the return: its mean, its distribution (C51) or its quantiles (QR-DQN)") \
    X(INT, n_atoms, "51", 2, 1024, NULL, BH_RESET, "Categorical: atoms of the distribution")       \
    X(REAL, v_min, "-10", -1e6, 1e6, NULL, BH_RESET, "Categorical: return of the first atom")      \
    X(REAL, v_max, "10", -1e6, 1e6, NULL, BH_RESET, "Categorical: return of the last atom")        \
    X(INT, n_quantiles, "50", 1, 1024, NULL, BH_RESET, "Quantile: quantiles of the return")        \
    X(INT, demo_capacity, "0", 0, 10000000, NULL, BH_RESET,                                        \
      "Demonstrations: transitions there is room for, beside the buffer; they are never "          \
      "forgotten")                                                                                 \
    X(REAL, demo_ratio, "0.25", 0, 1, NULL, BH_LIVE,                                               \
      "Demonstrations: share of every batch; 0 draws them like any others, as prioritized does")   \
    X(REAL, demo_coef, "1", 0, 1e6, NULL, BH_LIVE,                                                 \
      "Demonstrations: weight of the loss that puts demonstrated actions above the others")        \
    X(REAL, demo_margin, "0.8", 0, 1e6, NULL, BH_LIVE,                                             \
      "Demonstrations: by how much that loss wants them above")                                    \
    X(INT, demo_updates, "0", 0, 10000000, NULL, BH_RESET,                                         \
      "Demonstrations: updates on them alone, before the first step")                              \
    BHI_EXTRACTOR_CONFIG(X)                                                                        \
    BHI_TRANSFORMER_CONFIG(X)                                                                      \
    X(SIZES, net_arch, "64,64", 1, 4096, NULL, BH_RESET, "Sizes of the hidden layers")             \
    X(CHOICE, activation, "relu", 0, 0, "relu|tanh", BH_RESET, "Activation of the hidden layers")  \
    X(CHOICE, loss, "huber", 0, 0, "huber|mse", BH_LIVE, "Loss on the TD error")                   \
    BH_OPTIMIZER_CONFIG(X)                                                                         \
    BHI_ACTION_PRIOR_CONFIG(X)

typedef struct bh_dqn_config {
    BH_DQN_CONFIG(BH_MEMBER)
} bh_dqn_config;

BH_API extern const bh_config_table bh_dqn_table;
/// params: the online network (rl/dqn_state.h). demonstrate: into a part of the replay buffer of
/// their own, of demo_capacity transitions, then demo_updates updates on them (Hester et al. 2018,
/// "Deep Q-learning from Demonstrations"); only before the first observe, else BH_ERR_STATE.
BH_API extern const bh_agent_class bh_dqn_class;
