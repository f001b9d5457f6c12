// SPDX-License-Identifier: MIT
// Catch-v0: bsuite's catch (Osband et al., "Behaviour Suite for Reinforcement Learning", 2020; the
// game is of Mnih et al., "Recurrent Models of Visual Attention", 2014).
//
// A ball starts in a random column of the top row and falls one row a step; the paddle starts in
// the middle of the bottom row and moves first: 0 left, 1 stay, 2 right, against the rim it stays.
// After 9 steps the ball is in the bottom row and the episode ends, with reward 1 where the paddle
// is, else -1; 0 before.
//
// Observations: 10 rows, 5 columns, 1 channel, uint8; 1 where ball and paddle are, else 0.
// The best return is 1. A random policy's mean is -0.6: wherever the paddle ends,
// the ball comes down there once in five times.
//
// view, 5 floats:  ball's row, its column, the paddle's column, last action (-1 after reset),
//                  reward of the last step; rows and columns from 0
// describe:        "ball in row 3, column 2; paddle in column 4", from 1
// layout:          {"actions": ["left", "stay", "right"], "n_rows": 10, "n_cols": 5}
#include "core/state.h"
#include "envs/pixels.h"
#include "envs/registry.h"

enum { ROWS = 10, COLUMNS = 5 };

typedef struct catch_state {
    int row, column; // of the ball
    int paddle;      // its column
    int action;
    double reward;
} catch_state;

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)config;
    (void)err;
    *(catch_state *)state = (catch_state){.paddle = COLUMNS / 2, .action = -1};
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    (void)state;
    *observation = bhi_pixels_space(ROWS, COLUMNS, 1);
    *action = (bh_space){BH_SPACE_DISCRETE, 3, NULL, NULL};
}

static void observe(const catch_state *c, float *obs)
{
    for (int i = 0; i < ROWS * COLUMNS; i++) obs[i] = 0;
    obs[c->row * COLUMNS + c->column] = 1;
    obs[(ROWS - 1) * COLUMNS + c->paddle] = 1;
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    catch_state *c = state;
    *c = (catch_state){
        .column = (int)bh_rng_below(rng, COLUMNS), .paddle = COLUMNS / 2, .action = -1};
    observe(c, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    catch_state *c = state;
    int to = c->paddle + action - 1;
    if (to >= 0 && to < COLUMNS) c->paddle = to;
    c->row++;
    c->action = action;
    *terminated = c->row == ROWS - 1;
    c->reward = !*terminated ? 0 : c->paddle == c->column ? 1 : -1;
    *reward = c->reward;
    observe(c, obs);
}

static void view(const void *state, float *out)
{
    const catch_state *c = state;
    out[0] = (float)c->row;
    out[1] = (float)c->column;
    out[2] = (float)c->paddle;
    out[3] = (float)c->action;
    out[4] = (float)c->reward;
}

static void describe(const void *state, bh_text *out)
{
    const catch_state *c = state;
    bh_text_add(out, "ball in row %d, column %d; paddle in column %d", c->row + 1, c->column + 1,
                c->paddle + 1);
}

static void layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{\"actions\":[\"left\",\"stay\",\"right\"],\"n_rows\":%d,\"n_cols\":%d}",
                ROWS, COLUMNS);
}

static const bh_preset presets[] = {
    {"dqn", "total_timesteps=20000 learning_rate=0.001 buffer_size=10000 learning_starts=500 "
            "train_freq=1 target_update_interval=200 exploration_fraction=0.3 n_eval_episodes=50"},
    {"dqn/rainbow", "v_min=-1 v_max=1"},
    {"ppo", "total_timesteps=20480 n_envs=8 learning_rate=0.001 n_steps=64 eval_freq=1024 "
            "n_eval_episodes=50"},
    {"reinforce",
     "total_timesteps=30000 learning_rate=0.003 episodes_per_update=16 n_eval_episodes=50"},
};

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(catch_state, row, 0, ROWS - 1),
    BHI_STATE_FIELD_WITHIN(catch_state, column, 0, COLUMNS - 1),
    BHI_STATE_FIELD_WITHIN(catch_state, paddle, 0, COLUMNS - 1),
    BHI_STATE_SHOWN_FIELD(catch_state, action),
    BHI_STATE_SHOWN_FIELD(catch_state, reward),
    {NULL},
};

const bh_env_def bh_env_catch = {
    .id = "Catch-v0",
    .summary = BH_HELP("Catch a falling ball with a paddle, seen as 10 by 5 pixels"),
    .reward_threshold = 0.95,
    .state_bytes = sizeof(catch_state),
    .state_fields = state_fields,
    BH_PRESETS(presets),
    .n_view = 5,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
};
