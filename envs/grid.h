// SPDX-License-Identifier: MIT
// The grid family: one mechanism behind GridWorld-v0, FrozenLake-v1 and CliffWalking-v1.
//
// A map is a rectangle of cells. Whatever letters an environment takes them in, here they are
//
//     S start   G goal, ends the episode   T trap   # wall   . floor
//
// Observations are Discrete(n_rows * n_cols), the cell's index row by row from 0. The four actions
// are moves; an environment chooses their order, in which neighbours must be perpendicular. A move
// against a wall or the rim stays. The reward belongs to the cell entered (staying enters it
// again). A move may slip: with p[0] the move of action a-1 is made, with p[1] that of a, with p[2]
// that of a+1 (modulo 4).
//
// A trap either ends the episode (GridWorld, FrozenLake) or sends back to the start (CliffWalking).
//
// view, 5 floats:   [0] cell now, [1] cell before the last step, [2] the cell the last move entered
//                   (equal to [0] unless a trap sent back to the start), [3] last action, [4]
//                   reward of the last step. After a reset [1], [2] and [3] are -1 and [4] is 0
// describe:         "cell 5 (row 2, column 2)", counted from 1 as people do; then ", the start",
//                   ", the goal" or ", a trap" where it is one
// info:             {"prob": p}, the probability of the last step's outcome, 1 after reset
// layout:           {"actions": ["up", …], "rows": ["S..", …], "n_rows": 3, "n_cols": 3,
//                    "trap_ends": true}; rows in the letters above; false: traps send back
// transitions:      Gymnasium's P, in its order. Goals, and traps that end, lead to themselves with
//                   reward 0, terminated; so do walls, where nobody ever stands.
#pragma once

#include "core/state.h"
#include "rl/env.h"

#define BHI_GRID_SIDE_MAX 30 ///< rows or columns; 30 rows with their separators fit a TEXT option
#define BHI_GRID_N_VIEW   5

typedef enum bhi_direction {
    BHI_UP,
    BHI_RIGHT,
    BHI_DOWN,
    BHI_LEFT,
} bhi_direction;

/// The state block of every environment of the family.
typedef struct bhi_grid {
    // the rules, set by init
    int n_rows, n_cols, n_cells;
    int last;                                         ///< cell
    char cell[BHI_GRID_SIDE_MAX * BHI_GRID_SIDE_MAX]; ///< row by row, letters as above
    int n_starts;               ///< an episode starts on one of them, each as likely
    bhi_direction direction[4]; ///< of each action
    int n_outcomes;             ///< 1: moves are sure; 3: they slip by p
    double p[3];
    double goal_reward, trap_reward, step_reward;
    int trap_ends; ///< 0: a trap sends back to the (first) start and the episode goes on

    // the episode
    int at, before, entered, action;
    double reward, prob;
} bhi_grid;

/// How an environment writes maps.
typedef struct bhi_grid_format {
    const char *id;      ///< environment, for messages
    const char *field;   ///< option the map comes from, for messages
    const char *letters; ///< the letters it takes …
    const char *cells;   ///< … and the cell each one is
    int one_start;       ///< 1: exactly one S; 0: at least one
} bhi_grid_format;

/// Reads a map: rows separated by '/' or new lines; blanks around rows and a separator at the end
/// are ignored. BH_ERR_CONFIG with a sentence that says what is wrong and where, when it is empty,
/// ragged, too large, has an unknown letter, no start, a second start or no goal.
bh_status bhi_grid_read(bhi_grid *grid, const char *map, const bhi_grid_format *format,
                        bh_error *err);

/// Sets the slip: the intended move with probability `intended`, else one of the two perpendicular.
void bhi_grid_slip(bhi_grid *grid, double intended, double each_side);

extern const bhi_state_field bhi_grid_state[];

// The functions of a bh_env_def; `state` is a bhi_grid.
void bhi_grid_spaces(const void *state, bh_space *observation, bh_space *action);
void bhi_grid_reset(void *state, bh_rng *rng, float *obs);
void bhi_grid_reset_anywhere(void *state, bh_rng *rng, float *obs);
int bhi_grid_place(void *state, float *obs);
void bhi_grid_step(void *state, bh_rng *rng, int action, float *obs, double *reward,
                   int *terminated);
void bhi_grid_view(const void *state, float *view);
void bhi_grid_describe(const void *state, bh_text *out);
void bhi_grid_layout(const void *state, bh_text *out);
void bhi_grid_info(const void *state, bh_text *out);
int bhi_grid_transitions(const void *state, int s, int a, bh_transition out[BH_TRANSITIONS_MAX]);

/// The entries of a bh_env_def that the family shares: all but names, options, limits, presets and
/// init.
#define BHI_GRID_DEF                                                                               \
    .state_bytes = sizeof(bhi_grid), .state_fields = bhi_grid_state, .n_view = BHI_GRID_N_VIEW,    \
    .spaces = bhi_grid_spaces, .reset = bhi_grid_reset, .reset_anywhere = bhi_grid_reset_anywhere, \
    .place = bhi_grid_place, .step = bhi_grid_step, .view = bhi_grid_view,                         \
    .describe = bhi_grid_describe, .layout = bhi_grid_layout, .info = bhi_grid_info,               \
    .transitions = bhi_grid_transitions
