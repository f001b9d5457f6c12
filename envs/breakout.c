// SPDX-License-Identifier: MIT
// Breakout-MinAtar: the Breakout of MinAtar (Young and Tian, "MinAtar: An Atari-Inspired Testbed
// for Thorough and Reproducible Reinforcement Learning Experiments", 2019).
//
// A field of 10 by 10 cells; x counts columns, y rows from the top. The ball flies along diagonals,
// one cell a step: off the sides and the top it is reflected. A brick it would enter is taken away,
// pays 1 and reflects it up or down, and while it stays among bricks the next ones let it pass. In
// the bottom row the paddle reflects it upwards, or, where the ball only comes above the paddle
// with this step, back to where it came from; missed, it ends the episode. When the ball reaches
// the bottom row with no brick left, rows 1 to 3 are filled anew. It starts at the left or the
// right end of row 3, falling inwards, the paddle in column 4.
//
// Actions: 0 stay, 1 left, 2 right, MinAtar's minimal set; with minimal_actions false all its 6,
// no-op, left, up, right, down, fire, of which those that are not left and right do nothing. With
// sticky_action_prob an action is not taken, but the previous one again: 0.1 as MinAtar's own
// default, which published results go with.
//
// Differences from MinAtar: an episode's first action follows a no-op (there it follows the last
// one of the episode before); episodes are cut after 2,500 steps, the length MinAtar gives Freeway,
// the one game it limits: a policy that never misses would play forever. MinAtar names no
// threshold; 5 is 10 times what all 6 actions at random get.
//
// Observations: 10 rows, 10 columns, 4 channels, uint8 0 or 1: paddle, ball, trail (where the ball
// was before), brick. A random policy's mean return is 0.51 with all 6 actions and 0.39 with the
// minimal 3 (of 200,000 episodes each).
//
// view, 38 floats: [0] paddle's x, [1] [2] ball's x and y, [3] [4] trail's x and y, [5] direction
//                  (0 up left, 1 up right, 2 down right, 3 down left), [6] action taken (-1 after
//                  reset), [7] reward of the last step, [8…37] bricks of rows 1 to 3, 1 where there
//                  is one
// describe:        "ball in row 4, column 1, falling to the right; paddle in column 5; 30 bricks",
//                  from 1
// layout:          {"actions": ["stay", "left", "right"], "n_rows": 10, "n_cols": 10, "brick_row":
//                  1,
//                   "n_brick_rows": 3, "channels": ["paddle", "ball", "trail", "brick"]}
#include "core/state.h"
#include "envs/pixels.h"
#include "envs/registry.h"

typedef struct breakout_config {
    int minimal_actions;
    double sticky_action_prob;
} breakout_config;

#define BH_CONFIG_STRUCT breakout_config
static const bh_field fields[] = {
    BH_BOOL(minimal_actions, BH_DEFAULT("true"), BH_RESET,
            "only the 3 actions that differ: stay, left, right, instead of all 6"),
    BH_REAL(sticky_action_prob, BH_DEFAULT("0.1"), BH_RANGE(0, 1), BH_RESET,
            "probability that the previous action is taken again instead of the chosen one"),
};

static const bh_config_table table = BH_CONFIG_TABLE("Breakout-MinAtar", breakout_config, fields);

enum { SIDE = 10, BRICK_ROW = 1, BRICK_ROWS = 3, BRICKS = BRICK_ROWS * SIDE };
enum { PADDLE, BALL, TRAIL, BRICK, CHANNELS };

typedef struct breakout {
    int minimal_actions;
    double sticky_action_prob;

    int paddle;
    int x, y, trail_x, trail_y;
    int dx, dy; // -1 or 1 each
    int struck; // the last step took a brick, or passed through some since
    int n_bricks;
    unsigned char brick[BRICKS]; // rows BRICK_ROW on
    int action;                  // the last one taken
    int reward;
} breakout;

static const char *const names_minimal[] = {"stay", "left", "right"}, *const names_all[] = {
                                                                          "no-op", "left", "up",
                                                                          "right", "down", "fire"};

static int n_actions(const breakout *b)
{
    return b->minimal_actions ? 3 : 6;
}

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)err;
    const breakout_config *c = config;
    breakout *b = state;
    b->minimal_actions = c->minimal_actions;
    b->sticky_action_prob = c->sticky_action_prob;
    b->action = -1;
    b->dx = b->dy = 1;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    *observation = bhi_pixels_space(SIDE, SIDE, CHANNELS);
    *action = (bh_space){BH_SPACE_DISCRETE, n_actions(state), NULL, NULL};
}

static void observe(const breakout *b, float *obs)
{
    for (int i = 0; i < SIDE * SIDE * CHANNELS; i++) obs[i] = 0;
    obs[((SIDE - 1) * SIDE + b->paddle) * CHANNELS + PADDLE] = 1;
    obs[(b->y * SIDE + b->x) * CHANNELS + BALL] = 1;
    obs[(b->trail_y * SIDE + b->trail_x) * CHANNELS + TRAIL] = 1;
    for (int i = 0; i < BRICKS; i++) obs[(BRICK_ROW * SIDE + i) * CHANNELS + BRICK] = b->brick[i];
}

static void fill_bricks(breakout *b)
{
    for (int i = 0; i < BRICKS; i++) b->brick[i] = 1;
    b->n_bricks = BRICKS;
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    breakout *b = state;
    int right = (int)bh_rng_below(rng, 2);
    b->paddle = 4;
    b->x = b->trail_x = right ? SIDE - 1 : 0;
    b->y = b->trail_y = 3;
    b->dx = right ? -1 : 1;
    b->dy = 1;
    b->struck = b->reward = 0;
    b->action = -1;
    fill_bricks(b);
    observe(b, obs);
}

// The brick that is in the ball's way to (x, y), or NULL.
static unsigned char *brick_at(breakout *b, int x, int y)
{
    if (y < BRICK_ROW || y >= BRICK_ROW + BRICK_ROWS) return NULL;
    unsigned char *brick = &b->brick[(y - BRICK_ROW) * SIDE + x];
    return *brick ? brick : NULL;
}

// Where the ball meets the bottom row at x. Returns whether it is lost.
static int meet_paddle(breakout *b, int x)
{
    if (b->n_bricks == 0) fill_bricks(b);
    if (b->x != b->paddle && x != b->paddle) return 1;
    if (b->x != b->paddle) b->dx = -b->dx; // it came in from the side: straight back
    b->dy = -b->dy;
    return 0;
}

// One step of the ball. Returns whether it is lost; sets the reward.
static int move_ball(breakout *b)
{
    int x = b->x + b->dx, y = b->y + b->dy, lost = 0;
    b->trail_x = b->x;
    b->trail_y = b->y;
    if (x < 0 || x >= SIDE) {
        x = b->x;
        b->dx = -b->dx;
    }
    unsigned char *brick = brick_at(b, x, y);
    b->reward = brick != NULL && !b->struck;
    b->struck = brick != NULL;
    if (y < 0) {
        y = 0;
        b->dy = -b->dy;
    } else if (b->reward) {
        *brick = 0;
        b->n_bricks--;
        y = b->y;
        b->dy = -b->dy;
    } else if (y == SIDE - 1) {
        lost = meet_paddle(b, x);
        if (!lost) y = b->y;
    }
    b->x = x;
    b->y = y;
    return lost;
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    breakout *b = state;
    if (b->sticky_action_prob > 0 && bh_rng_uniform(rng) < b->sticky_action_prob)
        action = b->action < 0 ? 0 : b->action;
    b->action = action;
    int right = b->minimal_actions ? 2 : 3;
    if (action == 1 && b->paddle > 0) b->paddle--;
    else if (action == right && b->paddle < SIDE - 1) b->paddle++;
    *terminated = move_ball(b);
    *reward = b->reward;
    observe(b, obs);
}

static void view(const void *state, float *out)
{
    const breakout *b = state;
    const int numbers[] = {b->paddle,  b->x,       b->y,
                           b->trail_x, b->trail_y, b->dy < 0 ? (b->dx > 0) : 2 + (b->dx < 0),
                           b->action,  b->reward};
    for (int i = 0; i < 8; i++) out[i] = (float)numbers[i];
    for (int i = 0; i < BRICKS; i++) out[8 + i] = b->brick[i];
}

static void describe(const void *state, bh_text *out)
{
    const breakout *b = state;
    bh_text_add(out, "ball in row %d, column %d, %s to the %s; paddle in column %d; %d brick%s",
                b->y + 1, b->x + 1, b->dy < 0 ? "rising" : "falling", b->dx < 0 ? "left" : "right",
                b->paddle + 1, b->n_bricks, b->n_bricks == 1 ? "" : "s");
}

static void layout(const void *state, bh_text *out)
{
    const breakout *b = state;
    const char *const *names = b->minimal_actions ? names_minimal : names_all;
    bh_text_add(out, "{\"actions\":");
    for (int a = 0; a < n_actions(b); a++)
        bh_text_add(out, "%s\"%s\"", a == 0 ? "[" : ",", names[a]);
    bh_text_add(out,
                "],\"n_rows\":%d,\"n_cols\":%d,\"brick_row\":%d,\"n_brick_rows\":%d,"
                "\"channels\":[\"paddle\",\"ball\",\"trail\",\"brick\"]}",
                SIDE, SIDE, BRICK_ROW, BRICK_ROWS);
}

static const bh_preset presets[] = {
    {"dqn", "total_timesteps=250000 learning_rate=0.0003 learning_starts=1000 "
            "target_update_interval=1000 exploration_fraction=0.2 exploration_final_eps=0.02 "
            "eval_freq=10000"},
    {"dqn|pqn", "features_extractor=minatar-cnn net_arch=128 n_eval_episodes=30"},
    {"pqn", "total_timesteps=500000 n_envs=16 learning_rate=0.0005 n_steps=32 n_epochs=2 "
            "exploration_fraction=0.1 exploration_final_eps=0.02 eval_freq=20000"},
};

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(breakout, paddle, 0, SIDE - 1),
    BHI_STATE_FIELD_WITHIN(breakout, x, 0, SIDE - 1),
    BHI_STATE_FIELD_WITHIN(breakout, y, 0, SIDE - 1),
    BHI_STATE_FIELD_WITHIN(breakout, trail_x, 0, SIDE - 1),
    BHI_STATE_FIELD_WITHIN(breakout, trail_y, 0, SIDE - 1),
    BHI_STATE_FIELD_WITHIN(breakout, dx, -1, 1),
    BHI_STATE_FIELD_WITHIN(breakout, dy, -1, 1),
    BHI_STATE_FIELD(breakout, struck),
    BHI_STATE_FIELD_WITHIN(breakout, n_bricks, 0, BRICKS),
    BHI_STATE_FIELD_WITHIN(breakout, brick, 0, 1),
    BHI_STATE_FIELD(breakout, action),
    BHI_STATE_SHOWN_FIELD(breakout, reward),
    {NULL},
};

const bh_env_def bh_env_breakout = {
    .id = "Breakout-MinAtar",
    .summary = BH_HELP(
        "Bounce a ball off a paddle and break bricks, seen as 10 by 10 pixels of 4 channels"),
    .config = &table,
    .reward_threshold = 5.0,
    .max_episode_steps = 2500,
    .state_bytes = sizeof(breakout),
    .state_fields = state_fields,
    BH_PRESETS(presets),
    .n_view = 8 + BRICKS,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
};
