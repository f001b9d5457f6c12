// SPDX-License-Identifier: MIT
// What all environments share: creation, time limit, random stream, order of calls.
#include "rl/env.h"

#include "core/alloc.h"

#include <assert.h>
#include <string.h>

struct bh_env {
    const bh_env_def *def;
    void *config; // NULL when def->config is
    void *state;
    bh_space observation, action;
    bh_rng rng;
    int elapsed;
    int running;
    size_t bytes; // of this block
};

bh_status bh_registry_find(const bh_registry *registry, const char *id, const bh_env_def **out,
                           bh_error *err)
{
    char buffer[BH_ERROR_MESSAGE_MAX - 80];
    bh_text names = bh_text_over(buffer, sizeof buffer);
    for (int i = 0; i < registry->n; i++) {
        if (strcmp(registry->defs[i]->id, id) == 0) {
            *out = registry->defs[i];
            return BH_OK;
        }
        bh_text_add(&names, i == 0 ? "%s" : ", %s", registry->defs[i]->id);
    }
    *out = NULL;
    return bh_fail(err, BH_ERR_UNKNOWN, "there is no environment '%.40s'; there are %s", id,
                   buffer);
}

static void layout(bh_env *env, bhi_arena *arena, const bh_env_def *def)
{
    bhi_arena_array(arena, 1, sizeof(bh_env));
    void *state = bhi_arena_array(arena, 1, def->state_bytes);
    void *config = def->config != NULL ? bhi_arena_array(arena, 1, def->config->bytes) : NULL;
    if (env == NULL) return;
    env->state = state;
    env->config = config;
}

bh_status bh_env_create(bh_env **out, const bh_env_def *def, const void *config, bh_error *err)
{
    *out = NULL;
    if (config != NULL && def->config != NULL) {
        bh_status status = bh_config_check(def->config, config, err);
        if (status != BH_OK) return status;
    }
    bhi_arena arena = {0};
    layout(NULL, &arena, def);
    bh_env *env = bh_alloc(arena.used);
    if (env == NULL) return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", def->id);
    env->bytes = arena.used;
    env->def = def;
    layout(env, &(bhi_arena){(unsigned char *)env, 0}, def);
    if (def->config != NULL) {
        if (config != NULL) memcpy(env->config, config, def->config->bytes);
        else bh_config_defaults(def->config, env->config);
    }
    bh_status status = def->init(env->state, env->config, err);
    if (status != BH_OK) {
        bh_env_destroy(env);
        return status;
    }
    def->spaces(env->state, &env->observation, &env->action);
    bh_env_seed(env, 0);
    *out = env;
    return BH_OK;
}

void bh_env_destroy(bh_env *env)
{
    if (env != NULL) bh_free(env, env->bytes);
}

void bh_env_seed(bh_env *env, uint64_t seed)
{
    env->rng = bh_rng_seed(seed);
}

void bh_env_seed_rng(bh_env *env, bh_rng rng)
{
    env->rng = rng;
}

static void begin(bh_env *env, void (*reset)(void *, bh_rng *, float *), float *obs)
{
    env->elapsed = 0;
    env->running = 1;
    reset(env->state, &env->rng, obs);
}

void bh_env_reset(bh_env *env, float *obs)
{
    begin(env, env->def->reset, obs);
}

void bh_env_reset_anywhere(bh_env *env, float *obs)
{
    assert(env->def->reset_anywhere != NULL);
    begin(env, env->def->reset_anywhere, obs);
}

bh_status bh_env_step(bh_env *env, int action, float *obs, bh_step *step, bh_error *err)
{
    if (!env->running) {
        return bh_fail(err, BH_ERR_STATE, "%s: step was called %s; call reset first", env->def->id,
                       env->elapsed == 0 ? "before reset" : "after the episode ended");
    }
    if (action < 0 || action >= env->action.n) {
        return bh_fail(err, BH_ERR_ARGUMENT, "%s: action is %d, but must be between 0 and %d",
                       env->def->id, action, env->action.n - 1);
    }
    *step = (bh_step){0};
    env->def->step(env->state, &env->rng, action, obs, &step->reward, &step->terminated);
    env->elapsed++;
    step->truncated =
        env->def->max_episode_steps > 0 && env->elapsed >= env->def->max_episode_steps;
    env->running = !step->terminated && !step->truncated;
    return BH_OK;
}

const bh_env_def *bh_env_definition(const bh_env *env)
{
    return env->def;
}

const void *bh_env_config(const bh_env *env)
{
    return env->config;
}

const bh_space *bh_env_observation_space(const bh_env *env)
{
    return &env->observation;
}

const bh_space *bh_env_action_space(const bh_env *env)
{
    return &env->action;
}

int bh_env_elapsed(const bh_env *env)
{
    return env->elapsed;
}

int bh_env_running(const bh_env *env)
{
    return env->running;
}

const void *bh_env_state(const bh_env *env)
{
    return env->state;
}
