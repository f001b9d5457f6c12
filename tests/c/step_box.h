// SPDX-License-Identifier: MIT
// An environment of continuous actions by its definition's own functions, without a time limit.
#pragma once

#include "envs/registry.h"

#include "check.h"

typedef struct box_env {
    const bh_env_def *def;
    double state[8]; // aligned for what environments keep
    bh_rng rng;
    float obs[4];
    double reward;
    int terminated;
} box_env;

/// Made with an option, or NULL for the defaults; not yet reset.
static inline box_env box_env_make(const bh_env_def *def, const char *name, const char *value)
{
    box_env env = {.def = def, .rng = bh_rng_seed(5)};
    double config[8];
    bh_error err;
    CHECK(def->config->bytes <= sizeof config && def->state_bytes <= sizeof env.state);
    bh_config_defaults(def->config, config);
    if (name != NULL) CHECK_STATUS(bh_config_set(def->config, config, name, value, &err), BH_OK);
    CHECK_STATUS(def->init(env.state, config, &err), BH_OK);
    return env;
}

static inline void box_env_reset(box_env *env)
{
    env->def->reset(env->state, &env->rng, env->obs);
}

static inline void box_env_step(box_env *env, double action)
{
    const float box[] = {(float)action};
    env->def->step_box(env->state, &env->rng, box, env->obs, &env->reward, &env->terminated);
}
