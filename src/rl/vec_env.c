// SPDX-License-Identifier: MIT
// What all environments share: creation, time limit, random streams, order of calls; one or many.
#include "rl/vec_env.h"

#include "core/arena.h"
#include "rl/frames.h"
#include "rl/vec_env_state.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

struct bh_env {
    const bh_env_def *def;
    void *config; // NULL when def->config is
    bh_space observation, action;
    int n;
    size_t F;
    int limit;            // steps after which an episode is truncated; INT_MAX when none
    int started;          // a first reset has been
    int anywhere;         // episodes start in any state
    int skip;             // steps that an action is taken for
    bhi_frames frames;    // the last observations as one
    unsigned char *state; // (n, def->state_bytes)
    bh_rng *rng;          // (n)
    int *elapsed;         // (n)
    int *running;         // (n)
    int *pending; // (n) asked for a step that it has not answered: which of `skip`, from 1 on
    // Of user-defined environments alone:
    int n_created;   // states to be destroyed
    uint64_t *seeds; // (n)
    int *seeded;     // (n) the seed was not handed over yet
    int n_pending;   // not 0: they step on, the others have stepped
    bh_error failure;
    int *own_bytes; // (n) of what each is, while that is saved or read
    unsigned char *own;
    size_t own_size;
    size_t bytes; // of this block
};

// ---- creating ----

static void layout(void *object, bhi_arena *arena)
{
    bh_env *envs = object;
    const bh_env_def *def = envs->def;
    size_t count = (size_t)envs->n;
    envs->state = bhi_arena_array(arena, count, def->state_bytes);
    envs->rng = bhi_arena_array(arena, count, sizeof *envs->rng);
    envs->elapsed = bhi_arena_array(arena, count, sizeof *envs->elapsed);
    envs->running = bhi_arena_array(arena, count, sizeof *envs->running);
    envs->pending = bhi_arena_array(arena, count, sizeof *envs->pending);
    if (def->callbacks != NULL) {
        envs->seeds = bhi_arena_array(arena, count, sizeof *envs->seeds);
        envs->seeded = bhi_arena_array(arena, count, sizeof *envs->seeded);
        envs->own_bytes = bhi_arena_array(arena, count, sizeof *envs->own_bytes);
    }
    envs->config = def->config != NULL ? bhi_arena_array(arena, 1, def->config->bytes) : NULL;
}

static void *state_of(const bh_env *envs, int i)
{
    return envs->state + (size_t)i * envs->def->state_bytes;
}

static bh_status create_user_defined(bh_env *envs, bh_error *err)
{
    const bh_env_callbacks *callbacks = envs->def->callbacks;
    if (callbacks->is_single && envs->n > 1) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "%s: %d environments are to step together, but it is a single object; "
                       "give a function or a class that makes them",
                       envs->def->id, envs->n);
    }
    for (int i = 0; i < envs->n; i++) {
        bh_status status = callbacks->create(state_of(envs, i), envs->def, envs->config, err);
        if (status != BH_OK) return status;
        envs->n_created++;
    }
    return BH_OK;
}

// Options are checked and states made once: a copy of the block is a copy of the environment.
static bh_status create_states(bh_env *envs, bh_error *err)
{
    const bh_env_def *def = envs->def;
    bh_status status = def->init(envs->state, envs->config, err);
    if (status != BH_OK) return status;
    for (int i = 1; i < envs->n; i++) memcpy(state_of(envs, i), envs->state, def->state_bytes);
    return BH_OK;
}

static bh_status fill(bh_env *envs, const void *config, bh_error *err)
{
    const bh_env_def *def = envs->def;
    if (def->config != NULL) {
        if (config != NULL) memcpy(envs->config, config, def->config->bytes);
        else bh_config_defaults(def->config, envs->config);
    }
    bh_status status =
        def->callbacks != NULL ? create_user_defined(envs, err) : create_states(envs, err);
    if (status != BH_OK) return status;
    def->spaces(envs->state, &envs->observation, &envs->action);
    assert(envs->observation.n_masked == 0 ||
           (envs->observation.n_masked == envs->action.n && envs->observation.n > 1));
    envs->F = (size_t)bh_space_floats(&envs->observation);
    bh_env_set_time_limit(envs, 0);
    bh_env_seed(envs, 0);
    return BH_OK;
}

bh_status bh_vec_env_create(bh_env **out, const bh_env_def *def, const void *config, int n,
                            bh_error *err)
{
    *out = NULL;
    if (n < 1) {
        return bh_fail(err, BH_ERR_ARGUMENT, "%s: n is %d, but must be at least 1", def->id, n);
    }
    if (config != NULL && def->config != NULL) {
        bh_status status = bh_config_check(def->config, config, err);
        if (status != BH_OK) return status;
    }
    bh_env shape = {.def = def, .n = n, .skip = 1};
    bh_env *envs = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
    if (envs == NULL) return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", def->id);
    bh_status status = fill(envs, config, err);
    if (status == BH_OK) *out = envs;
    else bh_env_destroy(envs);
    return status;
}

void bh_env_destroy(bh_env *envs)
{
    if (envs == NULL) return;
    for (int i = 0; i < envs->n_created; i++) envs->def->callbacks->destroy(state_of(envs, i));
    bhi_vec_env_forget(envs);
    bhi_frames_destroy(&envs->frames);
    bh_free(envs, envs->bytes);
}

bh_status bhi_vec_env_wrap(bh_env *envs, int frame_stack, int frame_skip, bh_error *err)
{
    envs->skip = frame_skip;
    if (frame_stack == 1) return BH_OK;
    bh_status status = bhi_frames_create(&envs->frames, &envs->observation, frame_stack, err);
    envs->F = (size_t)bh_space_floats(&envs->observation);
    return status;
}

// Where an environment writes its observation, which belongs to a row.
static float *frame_of(const bh_env *envs, float *row)
{
    return envs->frames.k > 0 ? envs->frames.frame : row;
}

// Foreign environments take a number: the seed itself where there is one.
static void set_seed(bh_env *envs, int i, uint64_t seed)
{
    if (envs->def->callbacks == NULL) return;
    envs->seeds[i] = seed;
    envs->seeded[i] = 1;
}

void bh_env_seed(bh_env *envs, uint64_t seed)
{
    for (int i = 0; i < envs->n; i++) {
        envs->rng[i] = bh_rng_seed(seed + (uint64_t)i);
        set_seed(envs, i, seed + (uint64_t)i);
    }
}

static bh_status check_range(bh_env *envs, int i, int most)
{
    if (i >= 0 && i <= most) return BH_OK;
    return bh_fail(&envs->failure, BH_ERR_ARGUMENT,
                   "the number is %d, but must be between 0 and %d", i, most);
}

bh_status bh_vec_env_seed_rng(bh_env *envs, int i, bh_rng rng)
{
    bh_status status = check_range(envs, i, envs->n - 1);
    if (status != BH_OK) return status;
    envs->rng[i] = rng;
    set_seed(envs, i, bh_rng_next(&rng) >> 32); // what generators elsewhere take
    return BH_OK;
}

void bh_env_set_time_limit(bh_env *envs, int max_episode_steps)
{
    int steps = max_episode_steps != 0 ? max_episode_steps : envs->def->max_episode_steps;
    envs->limit = steps > 0 ? steps : INT_MAX;
}

void bh_env_start_anywhere(bh_env *envs, int anywhere)
{
    assert(!anywhere || envs->def->reset_anywhere != NULL);
    envs->anywhere = anywhere;
}

// ---- episodes ----

void bh_vec_env_stop(bh_env *envs)
{
    envs->started = envs->n_pending = 0;
    for (int i = 0; i < envs->n; i++) envs->running[i] = envs->elapsed[i] = 0;
}

static bh_status reset_user_defined(bh_env *envs, int i, float *obs)
{
    const uint64_t *seed = envs->seeded[i] ? &envs->seeds[i] : NULL;
    bh_status status = envs->def->callbacks->reset(state_of(envs, i), seed, obs, &envs->failure);
    if (status == BH_OK) envs->seeded[i] = 0;
    else if (status != BH_PENDING) bh_vec_env_stop(envs);
    return status;
}

bh_status bh_vec_env_reset_one(bh_env *envs, int i, float *obs)
{
    const bh_env_def *def = envs->def;
    bh_status checked = check_range(envs, i, envs->n - 1);
    if (checked != BH_OK) return checked;
    float *frame = frame_of(envs, obs);
    if (def->callbacks != NULL) {
        bh_status status = reset_user_defined(envs, i, frame);
        if (status != BH_OK) return status;
    } else {
        (envs->anywhere ? def->reset_anywhere : def->reset)(state_of(envs, i), &envs->rng[i],
                                                            frame);
    }
    if (envs->frames.k > 0) bhi_frames_push(&envs->frames, obs, 1);
    envs->started = 1;
    envs->elapsed[i] = 0;
    envs->running[i] = 1;
    return BH_OK;
}

bh_status bh_env_reset(bh_env *envs, float *obs)
{
    bh_status status = BH_OK;
    for (int i = 0; i < envs->n && status == BH_OK; i++) {
        status = bh_vec_env_reset_one(envs, i, obs + (size_t)i * envs->F);
    }
    return status;
}

int bh_vec_env_place(bh_env *envs, float *obs)
{
    const bh_env_def *def = envs->def;
    if (def->place == NULL || !def->place(envs->state, obs)) return 0;
    envs->started = envs->running[0] = 1;
    envs->elapsed[0] = 0;
    return 1;
}

bh_status bh_vec_env_reset_first(bh_env *envs, int n, float *obs)
{
    bh_status all = check_range(envs, n, envs->n);
    if (all != BH_OK) return all;
    for (int i = 0; i < n; i++) {
        if (envs->running[i]) continue;
        bh_status status = bh_vec_env_reset_one(envs, i, obs + (size_t)i * envs->F);
        if (status < 0) return status;
        if (status != BH_OK) all = status; // it waits, and so can others meanwhile
    }
    return all;
}

bh_status bh_vec_env_reset_ended(bh_env *envs, float *obs)
{
    return bh_vec_env_reset_first(envs, envs->n, obs);
}

// Actions of n environments are `index` (n) or `box` (n,D), as the action space is; the other is NULL.

static int is_box(const bh_env *envs)
{
    return envs->action.kind == BH_SPACE_BOX;
}

static size_t numbers_of(const bh_env *envs)
{
    return (size_t)envs->n * (size_t)envs->action.n;
}

static bh_status fail_number(const bh_env *envs, const float *box, bh_error *err)
{
    int i = 0, D = envs->action.n;
    while (box[i] - box[i] == 0) i++;
    return bh_fail(err, BH_ERR_ARGUMENT,
                   "%s: number %d of the action of environment %d is %g, but must be finite",
                   envs->def->id, i % D, i / D, (double)box[i]);
}

static bh_status fail_action(const bh_env *envs, const int *actions, bh_error *err)
{
    int i = 0;
    while (actions[i] >= 0 && actions[i] < envs->action.n) i++;
    if (envs->n == 1) {
        return bh_fail(err, BH_ERR_ARGUMENT, "%s: action is %d, but must be between 0 and %d",
                       envs->def->id, actions[i], envs->action.n - 1);
    }
    return bh_fail(err, BH_ERR_ARGUMENT,
                   "%s: action of environment %d is %d, but must be between 0 and %d",
                   envs->def->id, i, actions[i], envs->action.n - 1);
}

static bh_status fail_kind(const bh_env *envs, bh_error *err)
{
    return bh_fail(err, BH_ERR_ARGUMENT,
                   is_box(envs) ? "%s: actions are a Box of %d numbers; give it rows of numbers"
                                : "%s: actions are Discrete, 0 to %d; give it one of them",
                   envs->def->id, is_box(envs) ? envs->action.n : envs->action.n - 1);
}

// One pass without branches, before anything changes.
static bh_status check_step(const bh_env *envs, const int *index, const float *box, bh_error *err)
{
    if (!envs->started) {
        return bh_fail(err, BH_ERR_STATE, "%s: step was called before reset; call reset first",
                       envs->def->id);
    }
    if (is_box(envs) != (box != NULL)) return fail_kind(envs, err);
    int outside = 0;
    if (box != NULL) {
        for (size_t i = 0; i < numbers_of(envs); i++) outside |= !(box[i] - box[i] == 0);
        return outside ? fail_number(envs, box, err) : BH_OK;
    }
    for (int i = 0; i < envs->n; i++) outside |= (index[i] < 0) | (index[i] >= envs->action.n);
    return outside ? fail_action(envs, index, err) : BH_OK;
}

static const float *row_of(const bh_env *envs, const float *box, int i)
{
    return box != NULL ? box + (size_t)i * (size_t)envs->action.n : NULL;
}

// The environments first, first + 1, ... end - 1, all of them running.
static void step_range(bh_env *envs, int first, int end, const int *index, const float *box,
                       float *obs, double *rewards, int *terminated)
{
    const bh_env_def *def = envs->def;
    if (def->step_many != NULL) {
        def->step_many(state_of(envs, first), envs->rng + first, index + first,
                       obs + (size_t)first * envs->F, rewards + first, terminated + first,
                       end - first);
        return;
    }
    for (int i = first; i < end; i++) {
        float *row = obs + (size_t)i * envs->F;
        if (box != NULL)
            def->step_box(state_of(envs, i), &envs->rng[i], row_of(envs, box, i), row, &rewards[i],
                          &terminated[i]);
        else
            def->step(state_of(envs, i), &envs->rng[i], index[i], row, &rewards[i], &terminated[i]);
    }
}

// One step of one environment that runs.
static bh_status step_one(bh_env *envs, int i, int action, const float *box, float *obs,
                          bh_step *step)
{
    const bh_env_def *def = envs->def;
    void *state = state_of(envs, i);
    *step = (bh_step){0};
    if (def->callbacks != NULL) {
        bh_status status = def->callbacks->step(state, action, box, obs, step, &envs->failure);
        if (status < 0) bh_vec_env_stop(envs);
        if (status != BH_OK) return status;
    } else if (box != NULL) {
        def->step_box(state, &envs->rng[i], box, obs, &step->reward, &step->terminated);
    } else {
        def->step(state, &envs->rng[i], action, obs, &step->reward, &step->terminated);
    }
    step->truncated |= ++envs->elapsed[i] >= envs->limit;
    envs->running[i] = !(step->terminated | step->truncated);
    return BH_OK;
}

// One after the other: user-defined environments, and where steps or observations go together.
static bh_status step_each(bh_env *envs, const int *index, const float *box, float *obs,
                           double *rewards, int *terminated, int *truncated, bh_error *err)
{
    int n_asked = envs->n_pending; // that is all who step, where some have not answered
    envs->n_pending = 0;
    for (int i = 0; i < envs->n; i++) {
        if (!envs->running[i] || (n_asked > 0 && envs->pending[i] == 0)) continue;
        float *row = obs + (size_t)i * envs->F;
        bh_step step;
        int k = n_asked > 0 ? envs->pending[i] - 1 : 0;
        bh_status status = BH_OK;
        for (; k < envs->skip && (k == 0 || envs->running[i]); k++) {
            status = step_one(envs, i, box != NULL ? 0 : index[i], row_of(envs, box, i),
                              frame_of(envs, row), &step);
            if (status != BH_OK) break;
            rewards[i] = k == 0 ? step.reward : rewards[i] + step.reward;
        }
        envs->pending[i] = status == BH_PENDING ? k + 1 : 0;
        envs->n_pending += status == BH_PENDING;
        if (status == BH_PENDING) continue;
        if (status != BH_OK) {
            if (err != NULL) *err = envs->failure;
            return status;
        }
        terminated[i] = step.terminated;
        truncated[i] = step.truncated;
        if (envs->frames.k > 0) bhi_frames_push(&envs->frames, row, 0);
    }
    return envs->n_pending > 0 ? BH_PENDING : BH_OK;
}

static bh_status step_all(bh_env *envs, const int *index, const float *box, float *obs,
                          double *rewards, int *terminated, int *truncated, bh_error *err)
{
    bh_status status = check_step(envs, index, box, err);
    if (status != BH_OK) return status;
    if (envs->def->callbacks != NULL || envs->skip > 1 || envs->frames.k > 0)
        return step_each(envs, index, box, obs, rewards, terminated, truncated, err);
    for (int i = 0, end; i < envs->n; i = end) {
        end = i + 1;
        if (!envs->running[i]) continue;
        while (end < envs->n && envs->running[end]) end++;
        step_range(envs, i, end, index, box, obs, rewards, terminated);
        for (; i < end; i++) {
            truncated[i] = ++envs->elapsed[i] >= envs->limit;
            envs->running[i] = !(terminated[i] | truncated[i]);
        }
    }
    return BH_OK;
}

bh_status bh_vec_env_step(bh_env *envs, const int *actions, float *obs, double *rewards,
                          int *terminated, int *truncated, bh_error *err)
{
    return step_all(envs, actions, NULL, obs, rewards, terminated, truncated, err);
}

bh_status bh_vec_env_step_box(bh_env *envs, const float *actions, float *obs, double *rewards,
                              int *terminated, int *truncated, bh_error *err)
{
    return step_all(envs, NULL, actions, obs, rewards, terminated, truncated, err);
}

// ---- state ----

void bhi_vec_env_forget(bh_env *envs)
{
    bh_free(envs->own, envs->own_size);
    envs->own = NULL;
    envs->own_size = 0;
    for (int i = 0; envs->own_bytes != NULL && i < envs->n; i++) envs->own_bytes[i] = 0;
}

// Room for what own_bytes says; 0 when there is no memory.
static int make_room(bh_env *envs)
{
    size_t size = 0;
    for (int i = 0; i < envs->n; i++) size += (size_t)envs->own_bytes[i];
    if (size == envs->own_size) return 1;
    bh_free(envs->own, envs->own_size);
    envs->own = size > 0 ? bh_alloc(size) : NULL;
    envs->own_size = envs->own != NULL ? size : 0;
    return envs->own_size == size;
}

bh_status bhi_vec_env_collect(bh_env *envs, bh_error *err)
{
    const bh_env_callbacks *callbacks = envs->def->callbacks;
    if (callbacks == NULL || callbacks->save == NULL) return BH_OK;
    bh_status status = BH_OK;
    size_t n = 0, at = 0;
    for (int i = 0; i < envs->n && status == BH_OK; i++) {
        status = callbacks->save(state_of(envs, i), NULL, 0, &n, err);
        if (status == BH_OK && n > BH_ENV_OWN_MAX)
            status = bh_fail(err, BH_ERR_ENV,
                             "%s: its state has %zu bytes, but at most %d go into a checkpoint",
                             envs->def->id, n, BH_ENV_OWN_MAX);
        if (status == BH_OK) envs->own_bytes[i] = (int)n;
    }
    if (status == BH_OK && !make_room(envs))
        status = bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", envs->def->id);
    for (int i = 0; i < envs->n && status == BH_OK; i++) {
        size_t own = (size_t)envs->own_bytes[i];
        status = callbacks->save(state_of(envs, i), envs->own + at, own, &n, err);
        if (status == BH_OK && n != own)
            status =
                bh_fail(err, BH_ERR_ENV, "%s: its state changes while it is saved", envs->def->id);
        at += own;
    }
    if (status != BH_OK) bhi_vec_env_forget(envs);
    return status;
}

// They start again where nobody knows where they were: with seeds of their own streams, as the old ones are used up.
static void begin_anew(bh_env *envs)
{
    bh_vec_env_stop(envs);
    for (int i = 0; i < envs->n; i++) bh_vec_env_seed_rng(envs, i, bh_rng_split(&envs->rng[i]));
}

bh_status bhi_vec_env_restore(bh_env *envs, int *began_anew, bh_error *err)
{
    const bh_env_callbacks *callbacks = envs->def->callbacks;
    *began_anew = 0;
    if (callbacks == NULL) return BH_OK;
    bh_status status = BH_OK;
    size_t at = 0;
    for (int i = 0; i < envs->n; i++)
        *began_anew |= callbacks->restore == NULL || envs->own_bytes[i] == 0;
    for (int i = 0; i < envs->n && status == BH_OK && !*began_anew; i++) {
        size_t own = (size_t)envs->own_bytes[i];
        status = callbacks->restore(state_of(envs, i), envs->own + at, own, err);
        at += own;
    }
    bhi_vec_env_forget(envs);
    if (*began_anew) begin_anew(envs);
    return status;
}

static void user_defined_state(bh_env *envs, bhi_state_visitor *visitor)
{
    BHI_STATE(visitor, "seeds", envs->seeds, envs->n);
    BHI_STATE(visitor, "seeded", envs->seeded, envs->n);
    bhi_state_within(visitor, 0, BH_ENV_OWN_MAX);
    BHI_STATE(visitor, "own_bytes", envs->own_bytes, envs->n);
    if (!make_room(envs)) visitor->is_contradicted = 1;
    else BHI_STATE(visitor, "own", envs->own, envs->own_size);
}

void bhi_vec_env_state(bh_env *envs, bhi_state_visitor *visitor)
{
    const bh_env_def *def = envs->def;
    int n = envs->n;
    bhi_state_within(visitor, 0, 1);
    BHI_STATE(visitor, "started", &envs->started, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "elapsed", envs->elapsed, n);
    bhi_state_within(visitor, 0, 1);
    BHI_STATE(visitor, "running", envs->running, n);
    for (int i = 0; i < n; i++) visitor->is_contradicted |= envs->running[i] && !envs->started;
    bhi_rng_state(envs->rng, (size_t)n, "rng", visitor);
    if (def->callbacks != NULL) user_defined_state(envs, visitor);
    bhi_state_begin(visitor, "state");
    bhi_state_fields(def->state_fields, envs->state, (size_t)n, def->state_bytes, visitor);
    for (int i = 0; def->is_possible != NULL && envs->started && i < n; i++)
        visitor->is_contradicted |= !def->is_possible(state_of(envs, i), envs->running[i]);
    bhi_state_end(visitor);
}

void bhi_vec_env_count(bh_env *envs)
{
    envs->elapsed[0]++;
}

// ---- looking ----

const bh_error *bh_env_failure(const bh_env *envs)
{
    return &envs->failure;
}

void bh_env_configure(bh_env *envs, const void *config)
{
    const bh_env_def *def = envs->def;
    if (def->configure == NULL) return;
    memcpy(envs->config, config, def->config->bytes);
    for (int i = 0; i < envs->n; i++) def->configure(state_of(envs, i), config);
}

const bh_env_def *bh_env_definition(const bh_env *envs)
{
    return envs->def;
}

const void *bh_env_config(const bh_env *envs)
{
    return envs->config;
}

const bh_space *bh_env_observation_space(const bh_env *envs)
{
    return &envs->observation;
}

const bh_space *bh_env_action_space(const bh_env *envs)
{
    return &envs->action;
}

int bh_env_time_limit(const bh_env *envs)
{
    return envs->limit;
}

int bh_vec_env_size(const bh_env *envs)
{
    return envs->n;
}

int bh_vec_env_elapsed(const bh_env *envs, int i)
{
    return i >= 0 && i < envs->n ? envs->elapsed[i] : 0;
}

int bh_vec_env_running(const bh_env *envs, int i)
{
    return i >= 0 && i < envs->n && envs->running[i];
}

const void *bh_vec_env_state(const bh_env *envs, int i)
{
    return state_of(envs, i);
}
