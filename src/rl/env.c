// SPDX-License-Identifier: MIT
// The registry, and one environment: a vector (rl/vec_env.h) of one.
#include "rl/env.h"

#include "rl/vec_env.h"

#include <assert.h>
#include <string.h>

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
    return bh_fail(err, BH_ERR_UNKNOWN, "unknown environment '%.40s'; known: %s", id, buffer);
}

bh_status bh_agent_find(const bh_registry *registry, const char *name, const bh_agent_class **out,
                        bh_error *err)
{
    char buffer[200];
    bh_text names = bh_text_over(buffer, sizeof buffer);
    for (int i = 0; registry->agents[i] != NULL; i++) {
        if (strcmp(registry->agents[i]->name, name) == 0) {
            *out = registry->agents[i];
            return BH_OK;
        }
        bh_text_add(&names, i == 0 ? "%s" : ", %s", registry->agents[i]->name);
    }
    *out = NULL;
    return bh_fail(err, BH_ERR_UNKNOWN, "unknown algorithm '%.40s'; known: %s", name, buffer);
}

bh_status bh_env_create(bh_env **out, const bh_env_def *def, const void *config, bh_error *err)
{
    return bh_vec_env_create(out, def, config, 1, err);
}

static bh_status check_order(const bh_env *env, bh_error *err)
{
    assert(bh_vec_env_size(env) == 1);
    if (bh_env_running(env) || bh_env_elapsed(env) == 0) return BH_OK;
    return bh_fail(err, BH_ERR_STATE,
                   "%s: step was called after the episode ended; call reset first",
                   bh_env_definition(env)->id);
}

bh_status bh_env_step(bh_env *env, int action, float *obs, bh_step *step, bh_error *err)
{
    bh_status status = check_order(env, err);
    if (status != BH_OK) return status;
    return bh_vec_env_step(env, &action, obs, &step->reward, &step->terminated, &step->truncated,
                           err);
}

bh_status bh_env_step_box(bh_env *env, const float *action, float *obs, bh_step *step,
                          bh_error *err)
{
    bh_status status = check_order(env, err);
    if (status != BH_OK) return status;
    return bh_vec_env_step_box(env, action, obs, &step->reward, &step->terminated, &step->truncated,
                               err);
}

int bh_env_elapsed(const bh_env *env)
{
    return bh_vec_env_elapsed(env, 0);
}

int bh_env_running(const bh_env *env)
{
    return bh_vec_env_running(env, 0);
}

const void *bh_env_state(const bh_env *env)
{
    return bh_vec_env_state(env, 0);
}
