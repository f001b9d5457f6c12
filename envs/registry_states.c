// SPDX-License-Identifier: MIT
// States of the shipped environments.
#include "envs/registry_states.h"

#include "envs/registry.h"

// Each is defined in the file of its environment.
extern const bhi_state_field bhi_acrobot_state[], bhi_bandit_state[], bhi_breakout_state[],
    bhi_cartpole_state[], bhi_catch_state[], bhi_deep_sea_state[], bhi_grid_state[],
    bhi_mountain_car_state[], bhi_textgen_state[], bhi_codegen_state[], bhi_dialogue_state[],
    bhi_learning_rate_state[], bhi_summarize_state[], bhi_textgen_v1_state[], bhi_translate_state[];

int bhi_codegen_is_possible(const void *state, int is_running);
int bhi_deep_sea_is_possible(const void *state, int is_running);
int bhi_learning_rate_is_possible(const void *state, int is_running);
int bhi_summarize_is_possible(const void *state, int is_running);
int bhi_textgen_is_possible(const void *state, int is_running);
int bhi_textgen_v1_is_possible(const void *state, int is_running);
int bhi_translate_is_possible(const void *state, int is_running);

const bhi_env_state_row bhi_all_env_states[] = {
    {&bh_env_gridworld, bhi_grid_state},
    {&bh_env_frozen_lake, bhi_grid_state},
    {&bh_env_frozen_lake8x8, bhi_grid_state},
    {&bh_env_cliff_walking, bhi_grid_state},
    {&bh_env_cartpole, bhi_cartpole_state},
    {&bh_env_mountain_car, bhi_mountain_car_state},
    {&bh_env_acrobot, bhi_acrobot_state},
    {&bh_env_textgen, bhi_textgen_state, bhi_textgen_is_possible},
    {&bh_env_catch, bhi_catch_state},
    {&bh_env_breakout, bhi_breakout_state},
    {&bh_env_deep_sea, bhi_deep_sea_state, bhi_deep_sea_is_possible},
    {&bh_env_bandit, bhi_bandit_state},
    {&bh_env_textgen_v1, bhi_textgen_v1_state, bhi_textgen_v1_is_possible},
    {&bh_env_translate, bhi_translate_state, bhi_translate_is_possible},
    {&bh_env_dialogue, bhi_dialogue_state},
    {&bh_env_summarize, bhi_summarize_state, bhi_summarize_is_possible},
    {&bh_env_codegen, bhi_codegen_state, bhi_codegen_is_possible},
    {&bh_env_learning_rate, bhi_learning_rate_state, bhi_learning_rate_is_possible},
    {NULL},
};
