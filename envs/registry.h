// SPDX-License-Identifier: MIT
// The environments Bellhop ships.
//
// An environment is one bh_env_def (rl/env.h), defined in the file named after it. To add one:
// write envs/<name>.c with `const bh_env_def bh_env_<name>`, declare it here, list it in
// registry.c. Its options, spaces, limits and presets then appear in the library, on the command
// line and in the page.
//
//     const bh_env_def *def;
//     bh_error err;
//     if (bh_registry_find(&bh_envs, "CartPole-v1", &def, &err) != BH_OK) return report(&err);
//
// Options are set by name, for an environment `def` with a config table:
//
//     void *config = bh_alloc(def->config->bytes);
//     bh_config_defaults(def->config, config);
//     bh_config_set(def->config, config, "slip", "0.1", &err);
//     bh_env_create(&env, def, config, &err);   // copies it
#pragma once

#include "rl/env.h"

extern const bh_env_def
    bh_env_gridworld; ///< GridWorld-v0, any map; default the 3x3 of the chapters
extern const bh_env_def bh_env_frozen_lake;    ///< FrozenLake-v1
extern const bh_env_def bh_env_frozen_lake8x8; ///< FrozenLake8x8-v1: the 8x8 map, 200 steps
extern const bh_env_def bh_env_cliff_walking;  ///< CliffWalking-v1
extern const bh_env_def bh_env_cartpole;       ///< CartPole-v1
extern const bh_env_def bh_env_mountain_car;   ///< MountainCar-v0
extern const bh_env_def bh_env_acrobot;        ///< Acrobot-v1
extern const bh_env_def bh_env_pendulum;       ///< Pendulum-v1, a torque in [-2, 2]
extern const bh_env_def bh_env_mountain_car_continuous; ///< MountainCarContinuous-v0, a push
extern const bh_env_def bh_env_textgen;                 ///< TextGen-v0, a sentence word by word
extern const bh_env_def bh_env_catch;                   ///< Catch-v0, 10x5 pixels
extern const bh_env_def bh_env_breakout;                ///< Breakout-MinAtar, 10x10x4 pixels
extern const bh_env_def bh_env_connect_four;            ///< ConnectFour-v0, masked, with opponents
extern const bh_env_def bh_env_deep_sea; ///< DeepSea-v0, an exploration chain of N by N cells
extern const bh_env_def bh_env_bandit;   ///< Bandit-v0, k arms, episodes of one pull

/// Those above, in the order a list shows them, with bh_agents: what the smaller WebAssembly module
/// has.
extern const bh_registry bh_envs;

// ---- of text, over a vocabulary (envs/token_text.h): tasks for a transformer ----

extern const bh_env_def bh_env_textgen_v1; ///< TextGen-v1, a sentence for a reward in five parts
extern const bh_env_def bh_env_translate;  ///< Translate-v0, English into Chinese on a toy grammar
extern const bh_env_def bh_env_dialogue;   ///< Dialogue-v0, a guest with a hidden need
extern const bh_env_def bh_env_summarize;  ///< Summarize-v0, picking sentences for ROUGE
extern const bh_env_def bh_env_codegen;    ///< CodeGen-v0, a small program that is run
extern const bh_env_def bh_env_learning_rate; ///< LearningRate-v0, the training of a language model

/// All of them, with bh_all_agents: bh_envs, then those of text.
extern const bh_registry bh_all_envs;
