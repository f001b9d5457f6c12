// SPDX-License-Identifier: MIT
// CliffWalking-v1, Gymnasium 1.x (Sutton and Barto, Reinforcement Learning, example 6.6).
//
//     . . . . . . . . . . . .     start in state 36, goal in 47, a cliff between them. Every move
//     . . . . . . . . . . . .     costs 1; stepping off costs 100 and puts back to the start. Only
//     . . . . . . . . . . . .     the goal ends. Actions 0 up, 1 right, 2 down, 3 left. With
//     S T T T T T T T T T T G     is_slippery the moves a-1, a, a+1 have probability 1/3 each.
//
// As in Gymnasium there is no time limit and no threshold: an unlearned greedy policy can walk
// against the rim for ever, so whoever runs episodes to their end must cap them. The best return is
// -13.
//
// view, describe, info, layout: envs/grid.h; trap_ends is false. transitions differ from
// Gymnasium's P in one place: the goal leads to itself (rl/env.h), where Gymnasium lists moves
// nobody can make.
#include "envs/grid.h"
#include "envs/registry.h"

#include <math.h>

typedef struct cliff_config {
    int is_slippery;
} cliff_config;

#define BH_CONFIG_STRUCT cliff_config
static const bh_field fields[] = {
    BH_BOOL(is_slippery, BH_DEFAULT("false"), BH_RESET,
            "whether a move may go sideways, 1/3 each way"),
};

static const bh_config_table table = BH_CONFIG_TABLE("CliffWalking-v1", cliff_config, fields);

static const bhi_grid_format format = {"CliffWalking-v1", "map", "SGT.", "SGT.", 1};

static bh_status init(void *state, const void *config, bh_error *err)
{
    static const bhi_direction order[4] = {BHI_UP, BHI_RIGHT, BHI_DOWN, BHI_LEFT};
    bhi_grid *grid = state;
    const cliff_config *c = config;
    for (int a = 0; a < 4; a++) grid->direction[a] = order[a];
    grid->goal_reward = grid->step_reward = -1.0;
    grid->trap_reward = -100.0;
    grid->n_outcomes = 1;
    if (c->is_slippery) bhi_grid_slip(grid, 1.0 / 3.0, 1.0 / 3.0);
    return bhi_grid_read(grid, "............/............/............/STTTTTTTTTTG", &format, err);
}

// SARSA's values are those of the exploring policy: its learning rate falls so that they come to
// rest. Evaluating a policy that never reaches the goal takes 3,000 sweeps, and the first
// improvements make such policies; 50 sweeps tell enough to improve.
static const bh_preset presets[] = {
    {"q-learning|sarsa|expected-sarsa|double-q-learning",
     "total_timesteps=50000 learning_rate=0.5 gamma=1 eval_freq=2500 n_eval_episodes=10"},
    {"q-learning", "exploration_initial_eps=0.5 exploration_final_eps=0.05"},
    {"dqn",
     "learning_rate=0.001 buffer_size=20000 learning_starts=1000 batch_size=64 train_freq=1 "
     "target_update_interval=500 exploration_fraction=0.5 eval_freq=2500 n_eval_episodes=10"},
    {"sarsa|expected-sarsa", "learning_rate_schedule=linear exploration_fraction=0.5 "
                             "exploration_initial_eps=0.5 exploration_final_eps=0.05"},
    {"double-q-learning", "exploration_fraction=1"},
    {"value-iteration|policy-iteration|policy-evaluation",
     "gamma=0.99 tolerance=1e-12 n_eval_episodes=10"},
    {"value-iteration", "total_timesteps=500 eval_freq=50"},
    {"policy-iteration", "total_timesteps=2000 eval_freq=50 evaluation_sweeps=50"},
    {"policy-evaluation", "total_timesteps=5000 eval_freq=500"},
};

const bh_env_def bh_env_cliff_walking = {
    .id = "CliffWalking-v1",
    .summary = BH_HELP("Walk along a cliff: the short way is the dangerous one"),
    .config = &table,
    .reward_threshold = NAN,
    .max_episode_steps = 0,
    BH_PRESETS(presets),
    .init = init,
    BHI_GRID_DEF,
};
