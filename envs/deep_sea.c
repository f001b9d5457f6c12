// SPDX-License-Identifier: MIT
// DeepSea-v0: bsuite's exploration chain (Osband et al., "Behaviour Suite for Reinforcement
// Learning", 2020; Osband et al., "Deep Exploration via Randomized Value Functions", 2019).
//
// A diver starts in the top left of N by N cells and sinks one row a step, going left or right by
// one column (at the rim, straight down). Which of the actions 0 and 1 goes right was drawn for
// each cell, from mapping_seed. Going right costs 0.01 / N; going right in the rightmost column,
// which only N times right reaches, pays 1. The episode ends after N steps. With randomize_actions
// false 0 goes left and 1 right everywhere.
//
// All but one of 2^N ways pay nothing, and every step of that one costs: random actions find it
// once in 2^N episodes. The best return is 0.99, to always go right; all that miss the treasure are
// at most 0. A random policy's mean is 2^-N - 0.005.
//
// Observations: Discrete(N * N + 1), the cell's index row by row from 0; N * N below the last row,
// at the end.
//
// view, 105 floats: [0] row, N at the end, [1] column, [2] last action (-1 after reset), [3] reward
//                   of the last step, [4 + r] the column the diver was in when in row r, -1 where
//                   not yet or not at all
// describe:         "row 3, column 2 of 10", from 1; "the bottom, treasure found", "the bottom, no
//                   treasure"
// layout:           {"actions": ["0", "1"] or ["left", "right"], "size": N,
//                    "right": ["0110…", …]}; rows of the action that goes right
// transitions:      sure, in every cell, also those that episodes never reach
#include "core/state.h"
#include "envs/registry.h"

typedef struct deep_sea_config {
    int size, randomize_actions;
    uint64_t mapping_seed;
} deep_sea_config;

#define BH_CONFIG_STRUCT deep_sea_config
static const bh_field fields[] = {
    BH_INT(size, BH_DEFAULT("10"), BH_RANGE(2, 100), BH_RESET,
           "N: rows, columns, and steps of an episode"),
    BH_BOOL(randomize_actions, BH_DEFAULT("true"), BH_RESET,
            "whether the action that goes right is drawn for each cell, instead of being 1"),
    BH_SEED(mapping_seed, BH_DEFAULT("0"), BH_RANGE(0, BH_SEED_MAX), BH_RESET,
            "which draw of the actions it is"),
};

static const bh_config_table table = BH_CONFIG_TABLE("DeepSea-v0", deep_sea_config, fields);

enum { SIDE_MAX = 100, N_VIEW = 4 + SIDE_MAX + 1 };

#define MOVE_COST 0.01

typedef struct deep_sea {
    int size, last; // N, N - 1
    int randomized;
    unsigned char right[SIDE_MAX * SIDE_MAX / 8]; // a bit per cell: the action that goes right

    int row, column;
    int action;
    double reward;
    signed char path[SIDE_MAX + 1]; // column by row, -1 where it was not
} deep_sea;

static int right_action(const deep_sea *d, int cell)
{
    return d->right[cell / 8] >> (cell % 8) & 1;
}

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)err;
    const deep_sea_config *c = config;
    deep_sea *d = state;
    d->size = c->size;
    d->last = d->size - 1;
    d->randomized = c->randomize_actions;
    bh_rng rng = bh_rng_seed(c->mapping_seed);
    for (int cell = 0; cell < d->size * d->size; cell++) {
        unsigned bit = d->randomized ? (unsigned)bh_rng_below(&rng, 2) : 1u;
        d->right[cell / 8] = (unsigned char)(d->right[cell / 8] | bit << (cell % 8));
    }
    d->action = -1;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    int size = ((const deep_sea *)state)->size;
    *observation = (bh_space){BH_SPACE_DISCRETE, size * size + 1, NULL, NULL};
    *action = (bh_space){BH_SPACE_DISCRETE, 2, NULL, NULL};
}

// The outcome of action a in a cell, and the column it leads to.
static bh_transition outcome(const deep_sea *d, int cell, int a, int *column)
{
    int N = d->size, right = a == right_action(d, cell), ends = cell / N == N - 1;
    int from = cell % N;
    double reward = (right && from == N - 1) - (right ? MOVE_COST / N : 0);
    *column = right ? from + (from < N - 1) : from - (from > 0);
    return (bh_transition){1.0, ends ? N * N : (cell / N + 1) * N + *column, reward, ends};
}

static int transitions(const void *state, int s, int a, bh_transition out[BH_TRANSITIONS_MAX])
{
    const deep_sea *d = state;
    int column;
    if (s == d->size * d->size) out[0] = (bh_transition){1.0, s, 0.0, 1};
    else out[0] = outcome(d, s, a, &column);
    return 1;
}

static void begin(deep_sea *d, int row, int column, float *obs)
{
    for (int i = 0; i <= SIDE_MAX; i++) d->path[i] = -1;
    d->row = row;
    d->column = column;
    d->path[row] = (signed char)column;
    d->action = -1;
    d->reward = 0;
    obs[0] = (float)(row * d->size + column);
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    (void)rng;
    begin(state, 0, 0, obs);
}

static void reset_anywhere(void *state, bh_rng *rng, float *obs)
{
    int N = ((deep_sea *)state)->size, cell = (int)bh_rng_below(rng, (uint32_t)(N * N));
    begin(state, cell / N, cell % N, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    deep_sea *d = state;
    bh_transition to = outcome(d, d->row * d->size + d->column, action, &d->column);
    d->row++;
    d->path[d->row] = (signed char)d->column;
    d->action = action;
    d->reward = to.r;
    obs[0] = (float)to.s;
    *reward = to.r;
    *terminated = to.terminated;
}

static void view(const void *state, float *out)
{
    const deep_sea *d = state;
    out[0] = (float)d->row;
    out[1] = (float)d->column;
    out[2] = (float)d->action;
    out[3] = (float)d->reward;
    for (int i = 0; i <= SIDE_MAX; i++) out[4 + i] = d->path[i];
}

static void describe(const void *state, bh_text *out)
{
    const deep_sea *d = state;
    if (d->row == d->size)
        bh_text_add(out, "the bottom, %s", d->reward > 0 ? "treasure found" : "no treasure");
    else bh_text_add(out, "row %d, column %d of %d", d->row + 1, d->column + 1, d->size);
}

static void layout(const void *state, bh_text *out)
{
    const deep_sea *d = state;
    bh_text_add(out, "{\"actions\":%s,\"size\":%d,\"right\":[",
                d->randomized ? "[\"0\",\"1\"]" : "[\"left\",\"right\"]", d->size);
    for (int cell = 0; cell < d->size * d->size; cell++) {
        if (cell % d->size == 0) bh_text_add(out, cell == 0 ? "\"" : "\",\"");
        bh_text_add(out, "%d", right_action(d, cell));
    }
    bh_text_add(out, "\"]}");
}

// A table whose entries all start at the best there could be tries everything once: deep
// exploration enough where nothing is random. The network's rows explore by counts, also in the
// target: at random it needs luck that halves with every row of the sea.
static const bh_preset presets[] = {
    {"q-learning",
     "total_timesteps=20000 learning_rate=1 gamma=1 initial_q=1 exploration_initial_eps=0 "
     "exploration_final_eps=0 eval_freq=500 n_eval_episodes=1 final_eval_episodes=1"},
    {"dqn", "learning_rate=0.001 learning_starts=500 batch_size=64 train_freq=1 "
            "target_update_interval=100 exploration=ucb exploration_bonus=0.1 "
            "exploration_bonus_in_target=true exploration_fraction=0.5 n_eval_episodes=1 "
            "final_eval_episodes=1"},
    {"value-iteration",
     "gamma=1 total_timesteps=2000 eval_freq=100 n_eval_episodes=1 final_eval_episodes=1"},
};

static int is_possible(const void *state, int is_running)
{
    const deep_sea *d = state;
    return !is_running || d->row < d->size;
}

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD(deep_sea, right),
    BHI_STATE_FIELD_UP_TO(deep_sea, row, size),
    BHI_STATE_FIELD_UP_TO(deep_sea, column, last),
    BHI_STATE_SHOWN_FIELD(deep_sea, action),
    BHI_STATE_SHOWN_FIELD(deep_sea, reward),
    BHI_STATE_SHOWN_FIELD(deep_sea, path),
    {NULL},
};

const bh_env_def bh_env_deep_sea = {
    .id = "DeepSea-v0",
    .summary = BH_HELP(
        "Find the one of 2^N ways down that leads to the treasure, though each of its steps costs"),
    .config = &table,
    .reward_threshold = 0.98,
    .state_bytes = sizeof(deep_sea),
    .state_fields = state_fields,
    .is_possible = is_possible,
    BH_PRESETS(presets),
    .n_view = N_VIEW,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .reset_anywhere = reset_anywhere,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
    .transitions = transitions,
};
