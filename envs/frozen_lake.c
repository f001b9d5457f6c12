// SPDX-License-Identifier: MIT
// FrozenLake-v1 and FrozenLake8x8-v1, Gymnasium 1.x.
//
// Cross the ice from S to G; F is frozen, H a hole that ends the episode. Reward 1 on entering G,
// else 0. Actions 0 left, 1 down, 2 right, 3 up. On slippery ice the intended move happens with
// probability success_rate, each of the two perpendicular ones with half of the rest.
//
// The two ids differ in the default map, the time limit (100, 200 steps) and the threshold (0.70,
// 0.85): as in Gymnasium these belong to the id, and choosing map_name or desc does not change
// them. `desc` replaces the named map; it may have several starts, one of which is drawn at each
// reset.
//
// view, describe, info, layout: envs/grid.h. In layout, and there only, H reads T and F reads '.'.
// The best chance of success on the slippery 4x4 lake within its 100 steps is 0.7442.
#include "envs/grid.h"
#include "envs/registry.h"

typedef struct lake_config {
    int map_name;
    char desc[BH_TEXT_MAX];
    int is_slippery;
    double success_rate;
} lake_config;

#define BH_CONFIG_STRUCT lake_config
#define ROWS(DEFAULT_MAP)                                                                        \
    BH_CHOICE(map_name, BH_DEFAULT(DEFAULT_MAP), BH_WORDS("4x4|8x8"), BH_RESET,                  \
              "one of Gymnasium's maps"),                                                        \
        BH_TEXT(desc, BH_DEFAULT(""), BH_UP_TO(1000), BH_RESET,                                  \
                "own map instead: rows of S start, F frozen, H hole, G goal, separated by / or " \
                "new lines"),                                                                    \
        BH_BOOL(is_slippery, BH_DEFAULT("true"), BH_RESET, "whether a move may go sideways"),    \
        BH_REAL(success_rate, BH_DEFAULT("0.3333333333333333"), BH_RANGE(0, 1), BH_RESET,        \
                "probability of the intended move on slippery ice")
static const bh_field fields_4x4[] = {ROWS("4x4")}, fields_8x8[] = {ROWS("8x8")};
static const bh_config_table table_4x4 = BH_CONFIG_TABLE("FrozenLake-v1", lake_config, fields_4x4);
static const bh_config_table table_8x8 =
    BH_CONFIG_TABLE("FrozenLake8x8-v1", lake_config, fields_8x8);

static const char *const maps[] = {
    "SFFF/FHFH/FFFH/HFFG",
    "SFFFFFFF/FFFFFFFF/FFFHFFFF/FFFFFHFF/FFFHFFFF/FHHFFFHF/FHFFHFHF/FFFHFFFG",
};

static bh_status init_lake(void *state, const void *config, const char *id, bh_error *err)
{
    static const bhi_direction order[4] = {BHI_LEFT, BHI_DOWN, BHI_RIGHT, BHI_UP};
    bhi_grid *grid = state;
    const lake_config *c = config;
    for (int a = 0; a < 4; a++) grid->direction[a] = order[a];
    grid->goal_reward = 1.0;
    grid->trap_ends = 1;
    grid->n_outcomes = 1;
    // Gymnasium's own expression, so that P has its bits: 1/3 and (1 - 1/3) / 2 differ in the last
    // one.
    if (c->is_slippery) bhi_grid_slip(grid, c->success_rate, (1.0 - c->success_rate) / 2.0);
    const bhi_grid_format format = {id, "desc", "SGHF", "SGT.", 0};
    return bhi_grid_read(grid, c->desc[0] != '\0' ? c->desc : maps[c->map_name], &format, err);
}

static bh_status init_4x4(void *state, const void *config, bh_error *err)
{
    return init_lake(state, config, "FrozenLake-v1", err);
}

static bh_status init_8x8(void *state, const void *config, bh_error *err)
{
    return init_lake(state, config, "FrozenLake8x8-v1", err);
}

// The ice decides one episode in four: the best policy wins fewer than 70 of 100 episodes one time
// in eight. Scores are therefore taken over more. What SARSA learns is as good as it explores
// little: its epsilon goes further down.
static const bh_preset presets_4x4[] = {
    {"q-learning|sarsa|expected-sarsa|double-q-learning",
     "total_timesteps=200000 learning_rate_schedule=linear gamma=0.99 exploration_initial_eps=1 "
     "eval_freq=10000 n_eval_episodes=500 final_eval_episodes=1000"},
    {"q-learning|double-q-learning",
     "learning_rate=0.2 exploration_fraction=0.5 exploration_final_eps=0.2"},
    {"dqn", "total_timesteps=60000 learning_rate=0.0005 buffer_size=20000 learning_starts=1000 "
            "batch_size=64 gamma=0.99 train_freq=1 gradient_steps=1 target_update_interval=500 "
            "exploration_fraction=0.6 exploration_final_eps=0.1 net_arch=64,64 eval_freq=5000 "
            "n_eval_episodes=100 final_eval_episodes=1000"},
    {"sarsa|expected-sarsa",
     "learning_rate=0.1 exploration_fraction=0.9 exploration_final_eps=0.02"},
    {"value-iteration|policy-iteration|policy-evaluation",
     "gamma=0.99 tolerance=1e-12 total_timesteps=2000 eval_freq=100 n_eval_episodes=500 "
     "final_eval_episodes=1000"},
};

// Blind search almost never reaches the far corner of the large lake: planning is what solves it.
static const bh_preset presets_8x8[] = {
    {"value-iteration|policy-iteration|policy-evaluation",
     "gamma=0.999 tolerance=1e-12 n_eval_episodes=500 final_eval_episodes=1000"},
    {"value-iteration", "total_timesteps=5000 eval_freq=100"},
    {"policy-iteration", "total_timesteps=10000 eval_freq=250"},
    {"policy-evaluation", "total_timesteps=5000 eval_freq=250"},
    {"q-learning|sarsa|expected-sarsa|double-q-learning",
     "total_timesteps=2000000 gamma=0.999 exploration_fraction=0.9 exploration_initial_eps=1 "
     "eval_freq=50000 n_eval_episodes=500 final_eval_episodes=1000"},
    {"q-learning", "learning_rate=0.1 exploration_final_eps=0.05"},
    {"sarsa|expected-sarsa",
     "learning_rate=0.05 learning_rate_schedule=linear exploration_final_eps=0.01"},
    {"double-q-learning",
     "learning_rate=0.1 learning_rate_schedule=linear exploration_final_eps=0.05"},
};

const bh_env_def bh_env_frozen_lake = {
    .id = "FrozenLake-v1",
    .summary = BH_HELP("Cross a frozen lake without falling into a hole, on ice that may slip"),
    .config = &table_4x4,
    .reward_threshold = 0.70,
    .max_episode_steps = 100,
    BH_PRESETS(presets_4x4),
    .init = init_4x4,
    BHI_GRID_DEF,
};

const bh_env_def bh_env_frozen_lake8x8 = {
    .id = "FrozenLake8x8-v1",
    .summary = BH_HELP("The frozen lake, 8 by 8 cells"),
    .config = &table_8x8,
    .reward_threshold = 0.85,
    .max_episode_steps = 200,
    BH_PRESETS(presets_8x8),
    .init = init_8x8,
    BHI_GRID_DEF,
};
