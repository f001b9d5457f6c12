// SPDX-License-Identifier: MIT
// The symbols of bellhop.wasm. Each hands its arguments to the library; nothing is decided here.
//
// Strings go in as NUL-terminated UTF-8 in memory from bhx_alloc. Strings come out in one static
// buffer, NUL-terminated, valid until the next call; the one that users make as long as they like,
// bhx_setup_describe's, also in a block. Calls that can fail return a bh_status, or NULL for a handle;
// bhx_error() then has the status and the message. Numbers are f64 where JavaScript has no better
// type (seeds, rewards). The module imports env.bellhop_env_call, which
// environments in JavaScript are called through (wasm/script_env.h).
#include "wasm/exports.h"
#include "core/alloc.h"
#include "core/config.h"
#include "io/checkpoint.h"
#include "kernels/gemm.h"
#include "kernels/simd.h"
#include "rl/run.h"
#include "rl/vec_env.h"
#include "wasm/script_env.h"

#include <math.h>
#include <string.h>

#define VERSION "0.1.0"

bh_error bhx_last_error;
char bhx_text_buffer[BHX_TEXT_BYTES];

bh_text bhx_begin_text(void)
{
    return bh_text_over(bhx_text_buffer, sizeof bhx_text_buffer);
}

// ---- memory, errors, probe ----

BHX_EXPORT(void *, bhx_alloc)(size_t bytes)
{
    return bytes > 0 ? bh_alloc(bytes) : NULL;
}

BHX_EXPORT(void, bhx_free)(void *block, size_t bytes)
{
    bh_free(block, bytes);
}

BHX_EXPORT(double, bhx_live_bytes)(void)
{
    return (double)bh_live_bytes();
}

/// struct { i32 status; char message[512]; } of the last failed call.
BHX_EXPORT(const bh_error *, bhx_error)(void)
{
    return &bhx_last_error;
}

BHX_EXPORT(const char *, bhx_simd_name)(void)
{
    return BH_SIMD_NAME;
}

/// 1 when the kernels compute what plain loops compute: some engines accept SIMD and get it wrong.
BHX_EXPORT(int, bhx_probe)(void)
{
    enum { M = 5, N = 11, K = 9 };
    bh_real x[M * K], w[K * N], bias[N], y[M * N], expected[M * N];
    for (int i = 0; i < M * K; i++) x[i] = (bh_real)((i * 7) % 13) / 8 - 1;
    for (int i = 0; i < K * N; i++) w[i] = (bh_real)((i * 5) % 17) / 16 - (bh_real)0.5;
    for (int i = 0; i < N; i++) bias[i] = (bh_real)(i % 3) - 1;
    bhi_gemm_nn(y, x, w, bias, BHI_EPILOGUE_RELU, M, N, K);
    bhi_gemm_nn__scalar(expected, x, w, bias, BHI_EPILOGUE_RELU, M, N, K);
    return memcmp(y, expected, sizeof y) == 0;
}

// ---- the catalogue ----

static void add_real_or_null(bh_text *out, double value)
{
    if (value - value != 0) bh_text_add(out, "null");
    else bh_text_add_real(out, value);
}

static void add_bound(bh_text *out, float bound)
{
    if (bound - bound != 0) bh_text_add(out, bound > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    else bh_text_add_real(out, (double)bound);
}

// One number where all are equal, as they are of images. Else an array, or where they are: the text of
// a million of them takes seconds to write.
static void add_bounds(bh_text *out, const float *bounds, int n, int by_address)
{
    int i = 1;
    while (i < n && bounds[i] == bounds[0]) i++;
    if (i == n) {
        add_bound(out, bounds[0]);
        return;
    }
    if (by_address) {
        bh_text_add(out, "{\"address\":%zu}", (size_t)bounds);
        return;
    }
    for (i = 0; i < n; i++) {
        bh_text_add(out, i == 0 ? "[" : ",");
        add_bound(out, bounds[i]);
    }
    bh_text_add(out, "]");
}

static void add_space(bh_text *out, const bh_space *space, int by_address)
{
    if (space->kind == BH_SPACE_DISCRETE) {
        bh_text_add(out, "{\"type\":\"Discrete\",\"n\":%d}", space->n);
        return;
    }
    bh_text_add(out, "{\"type\":\"Box\",\"shape\":");
    for (int i = 0; i < bh_space_rank(space); i++) {
        bh_text_add(out, "%s%d", i == 0 ? "[" : ",", bh_space_size(space, i));
    }
    bh_text_add(out, "],\"dtype\":\"%s\",\"low\":", bh_space_is_bytes(space) ? "uint8" : "float32");
    add_bounds(out, space->low, space->n, by_address);
    bh_text_add(out, ",\"high\":");
    add_bounds(out, space->high, space->n, by_address);
    bh_text_add(out, "}");
}

static void add_spaces(bh_text *out, const bh_env *env, int by_address)
{
    bh_text_add(out, "\"observation_space\":");
    add_space(out, bh_env_observation_space(env), by_address);
    bh_text_add(out, ",\"action_space\":");
    add_space(out, bh_env_action_space(env), by_address);
    bh_text_add(out, ",\"has_action_mask\":%s",
                bh_env_observation_space(env)->n_masked > 0 ? "true" : "false");
}

// As {algo, name, value}, one algorithm and one setting each.
static void add_presets(bh_text *out, const bh_preset *presets, int n)
{
    const char *comma = "";
    bh_text_add(out, "[");
    for (int i = 0; i < n; i++) {
        for (const char *algo = presets[i].algos, *end;; algo = end + 1) {
            end = algo + strcspn(algo, "|");
            const char *settings = presets[i].settings;
            bh_setting setting;
            for (; bh_preset_next(&settings, &setting); comma = ",") {
                bh_text_add(out, "%s{\"algo\":\"%.*s\",\"name\":\"%s\",\"value\":", comma,
                            (int)(end - algo), algo, setting.name);
                bh_text_add_json(out, setting.value);
                bh_text_add(out, "}");
            }
            if (*end == '\0') break;
        }
    }
    bh_text_add(out, "]");
}

static void add_env(bh_text *out, const bh_env_def *def)
{
    bh_env *env;
    if (bh_env_create(&env, def, NULL, &bhx_last_error) != BH_OK) return;
    bh_text_add(out, "{\"id\":\"%s\",\"summary\":", def->id);
    bh_text_add_json(out, def->summary);
    bh_text_add(out, ",");
    add_spaces(out, env, 0);
    bh_text_add(out, ",\"reward_threshold\":");
    add_real_or_null(out, def->reward_threshold);
    bh_text_add(out, ",\"max_episode_steps\":");
    add_real_or_null(out, def->max_episode_steps > 0 ? def->max_episode_steps : NAN);
    bh_text_add(out, ",\"has_transitions\":%s,\"can_start_anywhere\":%s,\"n_view\":%d,\"options\":",
                def->transitions != NULL ? "true" : "false",
                def->reset_anywhere != NULL ? "true" : "false", def->n_view);
    if (def->config != NULL) bh_config_describe(def->config, out);
    else bh_text_add(out, "[]");
    bh_text_add(out, ",\"presets\":");
    add_presets(out, def->presets, def->n_presets);
    bh_text_add(out, "}");
    bh_env_destroy(env);
}

/// JSON of everything there is: environments with spaces, options and presets; algorithms with
/// options; options of a run. NULL when memory ran out.
BHX_EXPORT(const char *, bhx_catalog)(void)
{
    bh_text out = bhx_begin_text();
    bhx_last_error.status = BH_OK;
    bh_text_add(&out, "{\"version\":\"" VERSION "\",\"simd\":\"" BH_SIMD_NAME "\",\"envs\":[");
    for (int i = 0; i < bhx_shipped->n; i++) {
        if (i > 0) bh_text_add(&out, ",");
        add_env(&out, bhx_shipped->defs[i]);
    }
    bh_text_add(&out, "],\"algos\":[");
    for (int i = 0; bhx_shipped->agents[i] != NULL; i++) {
        const bh_agent_class *agent = bhx_shipped->agents[i];
        bh_text_add(&out, "%s{\"name\":\"%s\",\"summary\":", i == 0 ? "" : ",", agent->name);
        bh_text_add_json(&out, agent->summary);
        const char *spaces = !bh_agent_acts_in(agent, BH_SPACE_BOX)       ? "\"Discrete\""
                             : bh_agent_acts_in(agent, BH_SPACE_DISCRETE) ? "\"Discrete\",\"Box\""
                                                                          : "\"Box\"";
        bh_text_add(&out,
                    ",\"action_spaces\":[%s],\"needs_transitions\":%s,\"gives_log_probs\":%s,"
                    "\"metrics\":[",
                    spaces, agent->needs_mdp ? "true" : "false",
                    agent->gives_log_probs ? "true" : "false");
        for (int m = 0; agent->metrics != NULL && agent->metrics[m] != NULL; m++)
            bh_text_add(&out, "%s\"%s\"", m == 0 ? "" : ",", agent->metrics[m]);
        bh_text_add(&out, "],\"presets\":");
        add_presets(&out, agent->presets, agent->n_presets);
        bh_text_add(&out, ",\"options\":");
        bh_config_table options = *agent->config;
        options.hides = bhx_shipped->hides;
        bh_config_describe(&options, &out);
        bh_text_add(&out, "}");
    }
    bh_text_add(&out, "],\"run\":");
    bh_config_describe(&bh_run_table, &out);
    bh_text_add(&out, ",\"records\":{\"width\":%d,\"episode\":%d,\"train\":%d,\"eval\":%d}}",
                BH_RECORD_WIDTH, BH_RECORD_EPISODE, BH_RECORD_TRAIN, BH_RECORD_EVAL);
    return bhx_last_error.status == BH_OK && bh_text_fits(&out) ? bhx_text_buffer : NULL;
}

// ---- setups ----

// The shipped environments, or the one of a script.
static bh_registry registry_of(const bh_env_def *const *script)
{
    return *script != NULL ? (bh_registry){script, 1, bhx_shipped->agents, bhx_shipped->hides}
                           : *bhx_shipped;
}

/// algo NULL or "": the preset's. script: of bhx_script_create, or NULL for a shipped environment.
BHX_EXPORT(bh_setup *, bhx_setup_create)
(const char *env_id, const char *algo, const bh_env_def *script)
{
    bh_setup *setup;
    bh_registry registry = registry_of(&script);
    bh_setup_create(&setup, &registry, env_id, algo != NULL && algo[0] != '\0' ? algo : NULL,
                    &bhx_last_error);
    return setup;
}

BHX_EXPORT(bh_setup *, bhx_setup_from_checkpoint)
(const void *bytes, size_t size, const bh_env_def *script)
{
    bh_setup *setup;
    bh_registry registry = registry_of(&script);
    bh_setup_from_checkpoint(&setup, &registry, bytes, size, &bhx_last_error);
    return setup;
}

/// The id of the environment a checkpoint was saved with; NULL when the bytes are none.
BHX_EXPORT(const char *, bhx_checkpoint_env)(const void *bytes, size_t size)
{
    if (bh_checkpoint_check(bytes, size, &bhx_last_error) != BH_OK) return NULL;
    if (bh_checkpoint_entry_get(bytes, size, "env", bhx_text_buffer, 64) == 1)
        return bhx_text_buffer;
    bh_fail(&bhx_last_error, BH_ERR_FORMAT, "the checkpoint does not say its environment");
    return NULL;
}

BHX_EXPORT(int, bhx_setup_preset)(bh_setup *setup, const char *name)
{
    return bh_setup_preset(setup, name, &bhx_last_error);
}

BHX_EXPORT(int, bhx_setup_set)(bh_setup *setup, const char *name, const char *value)
{
    return bh_setup_set(setup, name, value, &bhx_last_error);
}

static void add_setup(bh_text *out, const bh_setup *setup)
{
    bh_text_add(out, "{\"env\":\"%s\",\"algo\":\"%s\",\"options\":", setup->env->id,
                setup->agent->name);
    bh_setup_describe(setup, out);
    bh_text_add(out, "}");
}

static bh_text long_text; // what did not fit into bhx_text_buffer, in a block of its own

/// Frees a text of BHX_TEXT_BYTES or more, which was read.
BHX_EXPORT(void, bhx_text_free)(void)
{
    bh_free(long_text.data, long_text.size);
    long_text.data = NULL;
}

/// JSON {"env", "algo", "options": {name: text}}, of any length: one of BHX_TEXT_BYTES or more is to be
/// freed with bhx_text_free. NULL when memory ran out.
BHX_EXPORT(const char *, bhx_setup_describe)(const bh_setup *setup)
{
    bh_text out = bhx_begin_text();
    add_setup(&out, setup);
    if (bh_text_fits(&out)) return bhx_text_buffer;
    bhx_text_free();
    char *data = bh_alloc_unset(out.length + 1);
    if (data == NULL) {
        bh_fail(&bhx_last_error, BH_ERR_MEMORY, "out of memory");
        return NULL;
    }
    long_text = bh_text_over(data, out.length + 1);
    add_setup(&long_text, setup);
    return data;
}

BHX_EXPORT(void, bhx_setup_destroy)(bh_setup *setup)
{
    bh_setup_destroy(setup);
}

// ---- environments in JavaScript ----

/// shape (rank): a Box; rank 0: Discrete with shape[0] values. bounds (2,n): lower, then upper.
/// action_bounds (2,n_actions): actions are a Box of so many numbers; NULL: Discrete. is_masked:
/// observations have action masks behind them. See bhx_script_spec for the rest; max_episode_steps 0
/// for none, reward_threshold NaN for none; config NULL, or a table that web/lib/own-options.mjs lays
/// out, which outlives the definition.
BHX_EXPORT(bh_env_def *, bhx_script_create)
(int handle, int is_single, const char *id, int rank, const int *shape, int is_u8,
 const float *bounds, int n_actions, const float *action_bounds, int is_masked,
 int max_episode_steps, double reward_threshold, const bh_config_table *config)
{
    bh_space space = {BH_SPACE_DISCRETE, shape[0]};
    if (rank > 0) {
        space.kind = BH_SPACE_BOX;
        space.rank = rank;
        space.dtype = is_u8 ? BH_SPACE_U8 : BH_SPACE_F32;
        space.n = 1;
        for (int i = 0; i < rank; i++) space.n *= space.shape[i] = shape[i];
        space.low = bounds;
        space.high = bounds + space.n;
    }
    bh_space action = {BH_SPACE_DISCRETE, n_actions};
    if (action_bounds != NULL)
        action = (bh_space){BH_SPACE_BOX, n_actions, action_bounds, action_bounds + n_actions};
    if (is_masked) space.n_masked = n_actions;
    bh_env_def *def;
    bhx_script_spec spec = {handle,           is_single, id, space, action, max_episode_steps,
                            reward_threshold, config};
    bhx_script_def_create(&def, &spec, &bhx_last_error);
    return def;
}

BHX_EXPORT(void, bhx_script_destroy)(bh_env_def *def)
{
    bhx_script_def_destroy(def);
}

/// The handle that bellhop_env_call gave the environment; -1 for a shipped one.
BHX_EXPORT(int, bhx_env_script)(const bh_env *env)
{
    return bh_env_definition(env)->callbacks != NULL ? bhx_script_env_handle(bh_env_state(env))
                                                     : -1;
}

// ---- environments ----

static int env_status(const bh_env *env, bh_status status)
{
    if (status != BH_OK) bhx_last_error = *bh_env_failure(env);
    return status;
}

/// n environments; seed, reset (of all), spaces and destroy are those of one.
BHX_EXPORT(bh_env *, bhx_vec_env_create)(const bh_setup *setup, int n)
{
    bh_env *envs;
    if (bh_vec_env_create(&envs, setup->env, setup->env_config, n, &bhx_last_error) == BH_OK)
        bh_env_set_time_limit(envs, setup->run.max_episode_steps);
    return envs;
}

BHX_EXPORT(bh_env *, bhx_env_create)(const bh_setup *setup)
{
    return bhx_vec_env_create(setup, 1);
}

BHX_EXPORT(void, bhx_env_destroy)(bh_env *env)
{
    bh_env_destroy(env);
}

BHX_EXPORT(void, bhx_env_seed)(bh_env *env, double seed)
{
    bh_env_seed(env, (uint64_t)seed);
}

/// obs: floats of one observation and, where there are any, of its mask, see bhx_env_spaces.
BHX_EXPORT(int, bhx_env_reset)(bh_env *env, float *obs)
{
    return env_status(env, bh_env_reset(env, obs));
}

/// step: struct { f64 reward; i32 terminated; i32 truncated; }
BHX_EXPORT(int, bhx_env_step)(bh_env *env, int action, float *obs, bh_step *step)
{
    return bh_env_step(env, action, obs, step, &bhx_last_error);
}

/// The same where actions are a Box: action (n) f32.
BHX_EXPORT(int, bhx_env_step_box)(bh_env *env, const float *action, float *obs, bh_step *step)
{
    return bh_env_step_box(env, action, obs, step, &bhx_last_error);
}

/// Gymnasium's AutoresetMode.SAME_STEP. actions (n) i32, of a Box (n, numbers) f32; final_obs (n, floats) what they led to; obs
/// (n, floats) the same, but the first observation of the next episode where one ended; rewards (n)
/// f64; terminated, truncated (n) i32.
BHX_EXPORT(int, bhx_vec_env_step)
(bh_env *envs, const void *actions, float *final_obs, float *obs, double *rewards, int *terminated,
 int *truncated)
{
    size_t floats =
        (size_t)bh_vec_env_size(envs) * (size_t)bh_space_floats(bh_env_observation_space(envs));
    int is_box = bh_env_action_space(envs)->kind == BH_SPACE_BOX;
    bh_status status = is_box ? bh_vec_env_step_box(envs, actions, final_obs, rewards, terminated,
                                                    truncated, &bhx_last_error)
                              : bh_vec_env_step(envs, actions, final_obs, rewards, terminated,
                                                truncated, &bhx_last_error);
    if (status != BH_OK) return status;
    memcpy(obs, final_obs, floats * sizeof *obs);
    return env_status(envs, bh_vec_env_reset_ended(envs, obs));
}

/// JSON {"observation_space", "action_space", "has_action_mask"}; bounds that differ as {"address"},
/// borrowed from the environment.
BHX_EXPORT(const char *, bhx_env_spaces)(const bh_env *env)
{
    bh_text out = bhx_begin_text();
    bh_text_add(&out, "{");
    add_spaces(&out, env, 1);
    bh_text_add(&out, "}");
    return bhx_text_buffer;
}

/// Writes the definition's n_view floats.
BHX_EXPORT(void, bhx_env_view)(const bh_env *env, float *view)
{
    bh_env_definition(env)->view(bh_env_state(env), view);
}

BHX_EXPORT(const char *, bhx_env_describe)(const bh_env *env)
{
    bh_text out = bhx_begin_text();
    bh_env_definition(env)->describe(bh_env_state(env), &out);
    return bhx_text_buffer;
}

BHX_EXPORT(const char *, bhx_env_layout)(const bh_env *env)
{
    bh_text out = bhx_begin_text();
    bh_env_definition(env)->layout(bh_env_state(env), &out);
    return bhx_text_buffer;
}

BHX_EXPORT(const char *, bhx_env_info)(const bh_env *env)
{
    bh_text out = bhx_begin_text();
    if (bh_env_definition(env)->info == NULL) bh_text_add(&out, "{}");
    else bh_env_definition(env)->info(bh_env_state(env), &out);
    return bhx_text_buffer;
}

/// out: up to 4 of struct { f64 p; i32 s; f64 r; i32 terminated; } (32 bytes each); returns how
/// many, -1 when there is no table or no such state or action.
BHX_EXPORT(int, bhx_env_transitions)(const bh_env *env, int s, int a, bh_transition *out)
{
    const bh_env_def *def = bh_env_definition(env);
    if (def->transitions == NULL || s < 0 || s >= bh_env_observation_space(env)->n || a < 0 ||
        a >= bh_env_action_space(env)->n) {
        return -1;
    }
    return def->transitions(bh_env_state(env), s, a, out);
}

// ---- runs ----

static bh_run *interruptible(bh_run *run)
{
    if (run != NULL) bh_run_set_interrupt(run, bhx_interrupt, NULL);
    return run;
}

BHX_EXPORT(bh_run *, bhx_run_create)(const bh_setup *setup)
{
    bh_run *run;
    bh_run_create(&run, setup, &bhx_last_error);
    return interruptible(run);
}

BHX_EXPORT(void, bhx_run_destroy)(bh_run *run)
{
    bh_run_destroy(run);
}

BHX_EXPORT(int, bhx_run_set)(bh_run *run, const char *name, const char *value)
{
    return bh_run_set(run, name, value, &bhx_last_error);
}

BHX_EXPORT(const bh_setup *, bhx_run_setup)(const bh_run *run)
{
    return bh_run_setup(run);
}

static int run_status(const bh_run *run, bh_status status)
{
    if (status < 0) bhx_last_error = *bh_run_failure(run);
    return status;
}

// At most n steps, 0 to finish what is under way; 1 while an environment has not answered, or where
// it was interrupted. It ends
// where learning begins, as a step may take a thousand times longer from there on, and who measured
// how many fit into a slice of time has to measure again.
BHX_EXPORT(int, bhx_run_steps)(bh_run *run, int n)
{
    if (bh_run_updates(run) > 0) return run_status(run, bh_run_steps(run, n));
    int from = bh_run_timesteps(run);
    bh_status status = BH_OK;
    do status = bh_run_steps(run, n > 0);
    while (status == BH_OK && bh_run_timesteps(run) - from < n && bh_run_updates(run) == 0 &&
           !bh_run_finished(run));
    return run_status(run, status);
}

/// 1 in the middle of a step.
BHX_EXPORT(int, bhx_run_is_under_way)(const bh_run *run)
{
    return bh_run_is_under_way(run);
}

/// 0 where the environment cannot be in the state that obs (F) describes.
BHX_EXPORT(int, bhx_run_place)(bh_run *run, float *obs)
{
    return bh_run_place(run, obs);
}

BHX_EXPORT(int, bhx_run_timesteps)(const bh_run *run)
{
    return bh_run_timesteps(run);
}

BHX_EXPORT(int, bhx_run_episodes)(const bh_run *run)
{
    return bh_run_episodes(run);
}

BHX_EXPORT(int, bhx_run_updates)(const bh_run *run)
{
    return bh_run_updates(run);
}

/// -1 when not solved yet.
BHX_EXPORT(int, bhx_run_solved_at)(const bh_run *run)
{
    return bh_run_solved_at(run);
}

BHX_EXPORT(int, bhx_run_finished)(const bh_run *run)
{
    return bh_run_finished(run);
}

/// The environment that is drawn; borrowed from the run.
BHX_EXPORT(const bh_env *, bhx_run_env)(const bh_run *run)
{
    return bh_run_env(run);
}

/// out (8): action (-1 before the first step, and of a Box), explored, reward, terminated, truncated, return so
/// far, length so far, 0.
BHX_EXPORT(void, bhx_run_last_step)(const bh_run *run, double *out)
{
    bh_last_step last;
    bh_run_last_step(run, &last);
    double row[8] = {
        last.action,         last.explored,       last.step.reward,    last.step.terminated,
        last.step.truncated, last.episode_return, last.episode_length, 0};
    memcpy(out, row, sizeof row);
}

/// The observation the last action was chosen for, and the one after it; borrowed from the run.
BHX_EXPORT(const float *, bhx_run_obs_tm1)(const bh_run *run)
{
    bh_last_step last;
    bh_run_last_step(run, &last);
    return last.obs_tm1;
}

BHX_EXPORT(const float *, bhx_run_obs_t)(const bh_run *run)
{
    bh_last_step last;
    bh_run_last_step(run, &last);
    return last.obs_t;
}

bh_status bhx_check_observations(const bh_run *run, const float *obs, int n)
{
    const bh_space *space = bh_run_observation_space(run);
    for (int i = 0; space->kind == BH_SPACE_DISCRETE && i < n; i++) {
        if (obs[i] >= 0 && obs[i] < (float)space->n && floorf(obs[i]) == obs[i]) continue;
        return bh_fail(&bhx_last_error, BH_ERR_ARGUMENT,
                       "observation is %g, but must be a whole number between 0 and %d",
                       (double)obs[i], space->n - 1);
    }
    return BH_OK;
}

/// q (n, actions) out; obs (n, floats).
BHX_EXPORT(int, bhx_run_q_values)(bh_run *run, double *q, const float *obs, int n)
{
    bh_status status = bhx_check_observations(run, obs, n);
    if (status == BH_OK) bh_run_q_values(run, q, obs, n);
    return status;
}

/// v (n) out; obs (n, floats). 1, 0 where there is no value network, or a status.
BHX_EXPORT(int, bhx_run_state_values)(bh_run *run, double *v, const float *obs, int n)
{
    bh_status status = bhx_check_observations(run, obs, n);
    return status == BH_OK ? bh_run_state_values(run, v, obs, n) : status;
}

/// rng: 16 bytes out.
BHX_EXPORT(void, bhx_rng_seed)(bh_rng *rng, double seed)
{
    *rng = bh_rng_seed((uint64_t)seed);
}

/// actions (n) i32 out, of a Box (n, numbers) f32; obs (n, floats); rng: of bhx_rng_seed.
BHX_EXPORT(int, bhx_run_sample_actions)
(bh_run *run, void *actions, const float *obs, int n, bh_rng *rng)
{
    bh_status status = bhx_check_observations(run, obs, n);
    if (status != BH_OK) return status;
    if (bh_run_action_space(run)->kind == BH_SPACE_BOX)
        bh_run_sample_box(run, actions, obs, n, rng);
    else bh_run_sample_actions(run, actions, obs, n, rng);
    return BH_OK;
}

/// out (max, 12): see bh_run_drain.
BHX_EXPORT(int, bhx_run_drain)(bh_run *run, double *out, int max)
{
    return bh_run_drain(run, out, max);
}

/// which: 0 current, 1 best. episodes: 0 to give up one that is under way. out (6): mean, std, min, max, mean length, episodes.
BHX_EXPORT(int, bhx_run_evaluate)(bh_run *run, int which, int episodes, double seed, double *out)
{
    bh_score s;
    bh_status status =
        bh_run_evaluate(run, which == BH_BEST ? BH_BEST : BH_CURRENT, episodes, (uint64_t)seed, &s);
    if (status != BH_OK || episodes <= 0) return run_status(run, status);
    double row[6] = {s.mean, s.std, s.min, s.max, s.mean_length, s.episodes};
    memcpy(out, row, sizeof row);
    return BH_OK;
}

BHX_EXPORT(const char *, bhx_run_fingerprint)(bh_run *run, int which)
{
    bh_run_fingerprint(run, which == BH_BEST ? BH_BEST : BH_CURRENT, bhx_text_buffer);
    return bhx_text_buffer;
}

/// Returns the bytes the checkpoint takes; written when size is enough.
BHX_EXPORT(size_t, bhx_run_save)(bh_run *run, int which, void *out, size_t size)
{
    return bh_run_save(run, which == BH_BEST ? BH_BEST : BH_CURRENT, out, size);
}

/// The same of a full checkpoint; -1 when it cannot be saved.
BHX_EXPORT(double, bhx_run_save_full)(bh_run *run, void *out, size_t size)
{
    size_t n;
    bh_status status = bh_run_save_full(run, out, size, &n, &bhx_last_error);
    return status == BH_OK ? (double)n : -1;
}

BHX_EXPORT(bh_run *, bhx_run_resume)(const bh_setup *setup, const void *bytes, size_t size)
{
    bh_run *run;
    bh_run_resume(&run, setup, bytes, size, &bhx_last_error);
    return interruptible(run);
}

BHX_EXPORT(void, bhx_run_reset_timesteps)(bh_run *run)
{
    bh_run_reset_timesteps(run);
}

BHX_EXPORT(int, bhx_run_load)(bh_run *run, const void *bytes, size_t size)
{
    return bh_run_load(run, bytes, size, &bhx_last_error);
}

/// Reads the parameters it has under the names of the run's; returns how many tensors that were, or
/// a status.
BHX_EXPORT(int, bhx_run_load_parameters)(bh_run *run, const void *bytes, size_t size)
{
    int n_loaded = 0;
    bh_status status = bh_run_load_parameters(run, bytes, size, &n_loaded, &bhx_last_error);
    return status != BH_OK ? (int)status : n_loaded;
}

/// n transitions: obs_tm1, obs_t (n, floats); actions (n) i32, of a Box (n, numbers) f32;
/// terminated, truncated (n) i32; rewards (n) f64; values (n, actions) f64, or NULL. 1 where the
/// updates on them were interrupted.
BHX_EXPORT(int, bhx_run_demonstrate)
(bh_run *run, int n, const float *obs_tm1, const void *actions, const double *rewards,
 const int *terminated, const int *truncated, const float *obs_t, const double *values)
{
    int is_box = bh_run_action_space(run)->kind == BH_SPACE_BOX;
    bh_demonstrations demonstrations = {{n, obs_tm1, is_box ? NULL : actions, rewards, terminated,
                                         truncated, obs_t, is_box ? actions : NULL},
                                        values};
    return bh_run_demonstrate(run, &demonstrations, &bhx_last_error);
}

static void add_sizes(bh_text *out, const char *name, const int *sizes, int n)
{
    bh_text_add(out, ",\"%s\":[%d", name, sizes[0]);
    for (int i = 1; i < n; i++) bh_text_add(out, ",%d", sizes[i]);
    bh_text_add(out, "]");
}

/// JSON [{"name", "dtype", "shape", "extent", "stride", "address"}], as bh_tensor has them: of the
/// parameters, or, where obs (floats) is not NULL, of what the agent holds of that state, see
/// bh_run_inspect; NULL where it is no state. Data is borrowed until the next step.
BHX_EXPORT(const char *, bhx_run_tensors)(bh_run *run, int which, const float *obs)
{
    if (obs != NULL && bhx_check_observations(run, obs, 1) != BH_OK) return NULL;
    static const char dtypes[][4] = {[BH_F32] = "F32", [BH_F64] = "F64", [BH_I32] = "I32"};
    bh_tensor tensors[BH_TENSORS_MAX];
    int n = obs != NULL ? bh_run_inspect(run, tensors, obs)
                        : bh_run_tensors(run, which == BH_BEST ? BH_BEST : BH_CURRENT, tensors);
    bh_text out = bhx_begin_text();
    bh_text_add(&out, "[");
    for (int i = 0; i < n; i++) {
        const bh_tensor *t = &tensors[i];
        bh_text_add(&out, "%s{\"name\":\"%s\",\"dtype\":\"%s\"", i == 0 ? "" : ",", t->name,
                    dtypes[t->dtype]);
        add_sizes(&out, "shape", t->shape, t->rank);
        add_sizes(&out, "extent", t->extent, BH_TENSOR_RANK_MAX);
        add_sizes(&out, "stride", t->stride, BH_TENSOR_RANK_MAX);
        bh_text_add(&out, ",\"address\":%zu}", (size_t)t->data);
    }
    bh_text_add(&out, "]");
    return bhx_text_buffer;
}

// ---- the last update ----

BHX_EXPORT(int, bhx_run_watch)(bh_run *run, int is_watched)
{
    return bh_run_watch(run, is_watched, &bhx_last_error);
}

/// out (BH_UPDATE_ARRAYS_MAX): struct { const char *name; i32 rows, columns; const f64 *data; } (16
/// bytes), borrowed until the next step; returns how many.
BHX_EXPORT(int, bhx_run_last_update)(const bh_run *run, bh_update_array *out)
{
    return bh_run_last_update(run, out);
}
