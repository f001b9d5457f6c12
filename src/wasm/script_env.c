// SPDX-License-Identifier: MIT
// Environments in JavaScript.
#include "wasm/script_env.h"

#include "core/arena.h"

#include <string.h>

__attribute__((import_module("env"), import_name("bellhop_env_call"))) extern int
bellhop_env_call(int handle, int op, double value, void *at, bh_step *step);

typedef struct script_def {
    bh_env_def def; // first: a definition is one of these
    bh_env_callbacks callbacks;
    bhx_script_spec spec;
    char *id;
    float *bounds; // low and high of the observation, then of the action
    size_t bytes;
} script_def;

typedef struct script_env {
    const script_def *script;
    int handle;
} script_env;

// The linker puts the stack first in memory: what is left of it is where it stands. An environment
// may call the module again, and whatever it calls has to find room; where there is none, it is not
// called.
static int has_stack(void)
{
    volatile char here;
    return (uintptr_t)&here > BHX_STACK_NEEDED;
}

// What the environment answers, or a status.
static int call_out(const script_env *env, int op, double value, void *at, bh_step *step,
                    bh_error *err)
{
    const char *id = env->script->def.id;
    if (!has_stack())
        return bh_fail(err, BH_ERR_STATE, "%s: environments are nested too deeply", id);
    int handle = op == BH_SCRIPT_CREATE ? env->script->spec.handle : env->handle;
    int answer = bellhop_env_call(handle, op, value, at, step);
    return answer < 0 ? bh_fail(err, BH_ERR_ENV, "%s failed", id) : answer;
}

static bh_status create(void *state, const bh_env_def *def, const void *config, bh_error *err)
{
    script_env *env = state;
    env->script = (const script_def *)(const void *)def;
    env->handle = call_out(env, BH_SCRIPT_CREATE, 0, (void *)config, NULL, err);
    return env->handle < 0 ? (bh_status)env->handle : BH_OK;
}

// Always told, so that nothing of it stays: it needs as much stack as those that let it be made.
static void destroy(void *state)
{
    bellhop_env_call(((script_env *)state)->handle, BH_SCRIPT_DESTROY, 0, NULL, NULL);
}

static bh_status reset(void *state, const uint64_t *seed, float *obs, bh_error *err)
{
    double value = seed != NULL ? (double)*seed : -1;
    return (bh_status)call_out(state, BH_SCRIPT_RESET, value, obs, NULL, err);
}

static bh_status step(void *state, int action, const float *box, float *obs, bh_step *out,
                      bh_error *err)
{
    double value = box != NULL ? (double)(uintptr_t)box : action;
    return (bh_status)call_out(state, BH_SCRIPT_STEP, value, obs, out, err);
}

static bh_status save(void *state, void *out, size_t size, size_t *n, bh_error *err)
{
    int bytes = call_out(state, BH_SCRIPT_SAVE, (double)size, out, NULL, err);
    *n = bytes < 0 ? 0 : (size_t)bytes;
    return bytes < 0 ? (bh_status)bytes : BH_OK;
}

static bh_status restore(void *state, const void *bytes, size_t size, bh_error *err)
{
    return (bh_status)call_out(state, BH_SCRIPT_RESTORE, (double)size, (void *)bytes, NULL, err);
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    const bhx_script_spec *spec = &((const script_env *)state)->script->spec;
    *observation = spec->observation;
    *action = spec->action;
}

static void view(const void *state, float *out)
{
    (void)state;
    (void)out;
}

static void describe(const void *state, bh_text *out)
{
    bh_text_add(out, "%s", ((const script_env *)state)->script->def.id);
}

static void describe_actions(const void *state, bh_text *out)
{
    int n = ((const script_env *)state)->script->spec.action.n;
    bh_text_add(out, "{\"actions\":[");
    for (int i = 0; i < n; i++) bh_text_add(out, i == 0 ? "\"%d\"" : ",\"%d\"", i);
    bh_text_add(out, "]}");
}

static int box_numbers(const bh_space *space)
{
    return space->kind == BH_SPACE_BOX ? space->n : 0;
}

static void layout(void *object, bhi_arena *arena)
{
    script_def *script = object;
    const bhx_script_spec *spec = &script->spec;
    size_t bounds = 2 * (size_t)(box_numbers(&spec->observation) + box_numbers(&spec->action));
    script->id = bhi_arena_array(arena, strlen(spec->id) + 1, 1);
    script->bounds = bhi_arena_array(arena, bounds, sizeof *script->bounds);
}

// Copies a Box's bounds to `to`, which the space then borrows; returns what is behind them.
static float *copy_bounds(bh_space *space, float *to)
{
    size_t n = (size_t)box_numbers(space);
    if (n == 0) return to;
    memcpy(to, space->low, n * sizeof *to);
    memcpy(to + n, space->high, n * sizeof *to);
    space->low = to;
    space->high = to + n;
    return to + 2 * n;
}

// What the spec borrows is copied into the block.
static void fill(script_def *script)
{
    bhx_script_spec *spec = &script->spec;
    memcpy(script->id, spec->id, strlen(spec->id) + 1);
    spec->id = script->id;
    copy_bounds(&spec->action, copy_bounds(&spec->observation, script->bounds));
    script->callbacks =
        (bh_env_callbacks){spec->is_single, create, destroy, reset, step, save, restore};
    script->def = (bh_env_def){
        .id = script->id,
        .summary = "",
        .config = spec->config,
        .reward_threshold = spec->reward_threshold,
        .max_episode_steps = spec->max_episode_steps,
        .state_bytes = sizeof(script_env),
        .spaces = spaces,
        .view = view,
        .describe = describe,
        .layout = describe_actions,
        .callbacks = &script->callbacks,
    };
}

bh_status bhx_script_def_create(bh_env_def **out, const bhx_script_spec *spec, bh_error *err)
{
    *out = NULL;
    script_def shape = {.spec = *spec};
    script_def *script = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
    if (script == NULL) return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", spec->id);
    fill(script);
    *out = &script->def;
    return BH_OK;
}

void bhx_script_def_destroy(bh_env_def *def)
{
    if (def != NULL) bh_free(def, ((script_def *)(void *)def)->bytes);
}

int bhx_script_env_handle(const void *state)
{
    return ((const script_env *)state)->handle;
}

int bhx_interrupt(void *user)
{
    (void)user;
    return bellhop_env_call(0, BH_SCRIPT_INTERRUPT, 0, NULL, NULL);
}
