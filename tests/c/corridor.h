// SPDX-License-Identifier: MIT
// A test environment small enough to know every number of it.
//
// One stands at x = 0. Action 1 steps forward, action 0 stays. Reaching x = 3 ends the episode with
// reward 10; every other step gives -1 (0 with the option `free`). Observation: x and the steps
// taken. Variants differ in the time limit: Corridor-v0 has 5 steps, CorridorLong-v0 1500,
// CorridorEndless-v0 none.
#pragma once

#include "rl/agent_list.h"
#include "rl/env.h"

typedef struct corridor_config {
    int free;
} corridor_config;

#define BH_CONFIG_STRUCT corridor_config
static const bh_field corridor_fields[] = {
    BH_BOOL(free, BH_DEFAULT("false"), BH_RESET, "steps cost nothing"),
};
#undef BH_CONFIG_STRUCT
static const bh_config_table corridor_table =
    BH_CONFIG_TABLE("Corridor-v0", corridor_config, corridor_fields);

typedef struct corridor {
    int x, steps, is_free;
} corridor;

static inline bh_status corridor_init(void *state, const void *config, bh_error *err)
{
    (void)err;
    ((corridor *)state)->is_free = ((const corridor_config *)config)->free;
    return BH_OK;
}

static inline void corridor_spaces(const void *state, bh_space *observation, bh_space *action)
{
    (void)state;
    static const float low[2] = {0, 0}, high[2] = {3, 1e6f};
    *observation = (bh_space){BH_SPACE_BOX, 2, low, high};
    *action = (bh_space){BH_SPACE_DISCRETE, 2, NULL, NULL};
}

static inline void corridor_view(const void *state, float *out)
{
    const corridor *c = state;
    out[0] = (float)c->x;
    out[1] = (float)c->steps;
}

static inline void corridor_reset(void *state, bh_rng *rng, float *obs)
{
    corridor *c = state;
    bh_rng_next(rng);
    c->x = c->steps = 0;
    corridor_view(c, obs);
}

static inline void corridor_step(void *state, bh_rng *rng, int action, float *obs, double *reward,
                                 int *terminated)
{
    (void)rng;
    corridor *c = state;
    c->x += action;
    c->steps++;
    *terminated = c->x == 3;
    *reward = *terminated ? 10 : c->is_free ? 0 : -1;
    corridor_view(c, obs);
}

static inline void corridor_describe(const void *state, bh_text *out)
{
    bh_text_add(out, "at %d", ((const corridor *)state)->x);
}

static inline void corridor_layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{\"actions\":[\"stay\",\"forward\"]}");
}

#define CORRIDOR(ID, LIMIT, THRESHOLD)                                                   \
    {                                                                                    \
        .id = ID, .summary = "Walk three steps", .config = &corridor_table,              \
        .reward_threshold = THRESHOLD, .max_episode_steps = LIMIT,                       \
        .state_bytes = sizeof(corridor), .n_view = 2, .init = corridor_init,             \
        .spaces = corridor_spaces, .reset = corridor_reset, .step = corridor_step,       \
        .view = corridor_view, .describe = corridor_describe, .layout = corridor_layout, \
    }

static const bh_env_def corridor_short = CORRIDOR("Corridor-v0", 5, 8);
static const bh_env_def corridor_long = CORRIDOR("CorridorLong-v0", 1500, 8);
static const bh_env_def corridor_endless = CORRIDOR("CorridorEndless-v0", 0, (double)NAN);
static const bh_env_def *const corridor_defs[] = {&corridor_short, &corridor_long,
                                                  &corridor_endless};
static const bh_registry corridors = {corridor_defs, 3, bh_all_agents};
