// SPDX-License-Identifier: MIT
// The list of shipped environments.
#include "envs/registry.h"
#include "rl/agent_list.h"

static const bh_env_def *const defs[] = {
    &bh_env_gridworld,      &bh_env_cartpole,      &bh_env_textgen,      &bh_env_frozen_lake,
    &bh_env_frozen_lake8x8, &bh_env_cliff_walking, &bh_env_mountain_car, &bh_env_acrobot,
    &bh_env_catch,          &bh_env_breakout,      &bh_env_deep_sea,     &bh_env_bandit,
};

const bh_registry bh_envs = {
    .defs = defs,
    .n = sizeof defs / sizeof defs[0],
    .agents = bh_agents,
    .hides = BH_LANGUAGE,
};
