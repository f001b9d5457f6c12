// SPDX-License-Identifier: MIT
// GridWorld-v0: any map, drawn as text; the default is the 3x3 world of the chapters.
//
//     S . .     start in cell 1, a trap in cell 6 (-1, ends), a goal in cell 8 (+1, ends),
//     . . T     0 for every other move; actions 0 up, 1 right, 2 down, 3 left.
//     . G .
//
// Maps, rewards, view, describe, info and layout are those of envs/grid.h. With `slip` a move goes
// to one of the two perpendicular directions instead, slip/2 each. A map needs exactly one start
// and at least one goal (whether a goal can be reached is the learner's to find out).
//
// reward_threshold 1.0 is the best return of the default map and options: a policy that always
// reaches the goal. It is a property of the definition, not of a map: for other maps, rewards or
// slips the optimum is what value iteration finds.
#include "envs/grid.h"
#include "envs/registry.h"

typedef struct gridworld_config {
    char map[BH_TEXT_MAX];
    double goal_reward, trap_reward, step_reward, slip;
} gridworld_config;

#define BH_CONFIG_STRUCT gridworld_config
static const bh_field fields[] = {
    BH_TEXT(map, BH_DEFAULT("S../..T/.G."), BH_UP_TO(1000), BH_RESET,
            "rows of S start, G goal, T trap, # wall, . floor, separated by / or new lines"),
    BH_REAL(goal_reward, BH_DEFAULT("1"), BH_RANGE(-1000, 1000), BH_RESET,
            "reward for entering a goal; it ends"),
    BH_REAL(trap_reward, BH_DEFAULT("-1"), BH_RANGE(-1000, 1000), BH_RESET,
            "reward for entering a trap; it ends"),
    BH_REAL(step_reward, BH_DEFAULT("0"), BH_RANGE(-1000, 1000), BH_RESET,
            "reward for any other move"),
    BH_REAL(slip, BH_DEFAULT("0"), BH_RANGE(0, 1), BH_RESET,
            "probability that a move goes sideways, half to each side"),
};

static const bh_config_table table = BH_CONFIG_TABLE("GridWorld-v0", gridworld_config, fields);

static const bhi_grid_format format = {"GridWorld-v0", "map", "SGT#.", "SGT#.", 1};

static bh_status init(void *state, const void *config, bh_error *err)
{
    static const bhi_direction order[4] = {BHI_UP, BHI_RIGHT, BHI_DOWN, BHI_LEFT};
    bhi_grid *grid = state;
    const gridworld_config *c = config;
    for (int a = 0; a < 4; a++) grid->direction[a] = order[a];
    grid->goal_reward = c->goal_reward;
    grid->trap_reward = c->trap_reward;
    grid->step_reward = c->step_reward;
    grid->trap_ends = 1;
    grid->n_outcomes = 1;
    if (c->slip > 0) bhi_grid_slip(grid, 1.0 - c->slip, c->slip / 2.0);
    return bhi_grid_read(grid, c->map, &format, err);
}

static const bh_preset presets[] = {
    {"dqn|ppo|reinforce", "total_timesteps=10000 exploring_starts=true gamma=0.9 net_arch=24,24 "
                          "eval_freq=500 n_eval_episodes=10"},
    {"dqn", "learning_rate=0.001 buffer_size=5000 learning_starts=200 train_freq=1 "
            "target_update_interval=200 exploration_fraction=0.5 exploration_final_eps=0.1"},
    {"q-learning|sarsa|expected-sarsa|double-q-learning",
     "total_timesteps=20000 exploring_starts=true learning_rate=0.5 gamma=0.9 "
     "exploration_fraction=1 exploration_initial_eps=1 eval_freq=500 n_eval_episodes=10"},
    {"q-learning|double-q-learning", "exploration_final_eps=0.5"},
    {"sarsa|expected-sarsa", "exploration_final_eps=0.05 learning_rate_schedule=linear"},
    {"value-iteration|policy-iteration|policy-evaluation",
     "gamma=0.9 tolerance=1e-12 total_timesteps=500 eval_freq=50 n_eval_episodes=10"},
    {"ppo", "n_envs=8 learning_rate=0.005 n_steps=16"},
    {"reinforce", "learning_rate=0.01 n_steps=1024"},
};

const bh_env_def bh_env_gridworld = {
    .id = "GridWorld-v0",
    .summary = BH_HELP("Walk a map to the goal, around the traps; the map is yours to draw"),
    .config = &table,
    .reward_threshold = 1.0,
    .max_episode_steps = 100,
    BH_PRESETS(presets),
    .init = init,
    BHI_GRID_DEF,
};
