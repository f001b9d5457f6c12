// SPDX-License-Identifier: MIT
// A run: agent, environments, evaluation, records.
#include "rl/run_state.h"

#include "core/arena.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#define RECORDS_BYTES (BHI_RECORDS_MAX * BH_RECORD_WIDTH * sizeof(double))

// ---- creating ----

static void layout_buffers(bhi_env_buffers *s, bhi_arena *arena, int F, int D)
{
    size_t count = (size_t)s->n;
    s->obs_tm1 = bhi_arena_array(arena, count * (size_t)F, sizeof *s->obs_tm1);
    s->obs_t = bhi_arena_array(arena, count * (size_t)F, sizeof *s->obs_t);
    if (D > 0) s->box = bhi_arena_array(arena, count * (size_t)D, sizeof *s->box);
    else s->actions = bhi_arena_array(arena, count, sizeof *s->actions);
    s->explored = bhi_arena_array(arena, count, sizeof *s->explored);
    s->rewards = bhi_arena_array(arena, count, sizeof *s->rewards);
    s->terminated = bhi_arena_array(arena, count, sizeof *s->terminated);
    s->truncated = bhi_arena_array(arena, count, sizeof *s->truncated);
    s->returns = bhi_arena_array(arena, count, sizeof *s->returns);
    s->lengths = bhi_arena_array(arena, count, sizeof *s->lengths);
}

static void layout(void *object, bhi_arena *arena)
{
    bh_run *run = object;
    size_t A = (size_t)run->A, entries = (size_t)run->mdp.n_states * A;
    layout_buffers(&run->train, arena, run->F, run->D);
    layout_buffers(&run->eval, arena, run->F, run->D);
    run->q = bhi_arena_array(arena, (size_t)BHI_EVAL_ENVS_MAX * A, sizeof *run->q);
    run->greedy =
        bhi_arena_array(arena, (size_t)BHI_EVAL_ENVS_MAX * (size_t)run->D, sizeof *run->greedy);
    run->outcomes = bhi_arena_array(arena, entries * BH_TRANSITIONS_MAX, sizeof *run->outcomes);
    run->n_outcomes = bhi_arena_array(arena, entries, sizeof *run->n_outcomes);
    run->visits = bhi_arena_array(arena, (size_t)run->n_visits, sizeof *run->visits);
}

static bh_status copy_setup(bh_setup **out, const bh_setup *setup, bh_error *err)
{
    *out = bh_alloc(setup->bytes);
    if (*out == NULL) return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", setup->env->id);
    memcpy(*out, setup, setup->bytes);
    // The configs lie in the same block: keep their distance from its start.
    ptrdiff_t shift = (char *)*out - (const char *)setup;
    (*out)->agent_config = (char *)setup->agent_config + shift;
    if (setup->env_config != NULL) (*out)->env_config = (char *)setup->env_config + shift;
    return BH_OK;
}

int bhi_run_is_single(const bh_setup *setup)
{
    return setup->env->callbacks != NULL && setup->env->callbacks->is_single;
}

// Algorithms choose one of A actions, or the numbers of a Box, or know both.
static bh_status check_actions(const bh_setup *setup, const bh_space *action, bh_error *err)
{
    const char *id = setup->env->id;
    int is_box = action->kind == BH_SPACE_BOX;
    if (!bh_agent_acts_in(setup->agent, action->kind))
        return bh_fail(err, BH_ERR_CONFIG, "%s needs actions that are %s of %s are %s",
                       setup->agent->name, is_box ? "Discrete, but those" : "a Box, but those", id,
                       is_box ? "a Box; use sac, td3 or ddpg" : "Discrete; use dqn or ppo");
    if (!is_box) return BH_OK;
    for (int i = 0; i < action->n; i++) {
        double low = (double)action->low[i], high = (double)action->high[i];
        if (low - low == 0 && high - high == 0 && low < high) continue;
        return bh_fail(err, BH_ERR_CONFIG,
                       "%s: number %d of an action has the bounds %g and %g, but they must be "
                       "finite, the first below the second",
                       id, i, low, high);
    }
    return BH_OK;
}

// Options that differ from their default where they cannot be used.
static bh_status check_options(const bh_setup *setup, const bh_space *observation, bh_error *err)
{
    const char *id = setup->env->id, *algo = setup->agent->name;
    int kind = setup->agent->needs_mdp                  ? BH_NOT_PLANNED
               : setup->env->text != NULL               ? BH_NOT_TEXT
               : observation->kind == BH_SPACE_DISCRETE ? BH_NOT_DISCRETE
                                                        : 0;
    if (setup->run.frame_skip > 1 && observation->n_masked > 0) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "Run: frame_skip is %d, but an action mask of %s is of one step; leave it 1",
                       setup->run.frame_skip, id);
    }
    for (int i = 0; i < bh_run_table.n_fields; i++) {
        const bh_field *field = &bh_run_table.fields[i];
        const char *fallback = bh_field_text(field, BH_PART_DEFAULT);
        char buffer[40];
        bh_text value = bh_text_over(buffer, sizeof buffer);
        bh_config_get(&bh_run_table, &setup->run, field, &value);
        if (!(field->flags & kind) || strcmp(buffer, fallback) == 0) continue;
        return bh_fail(err, BH_ERR_CONFIG, "Run: %s is %s, but %s%s%s; leave it %s", field->name,
                       buffer, kind == BH_NOT_PLANNED ? algo : "observations of ",
                       kind == BH_NOT_PLANNED ? " plans on the table of " : id,
                       kind == BH_NOT_PLANNED ? id
                       : kind == BH_NOT_TEXT  ? " are text"
                                              : " are Discrete",
                       fallback);
    }
    return BH_OK;
}

static bh_status check_setup(const bh_setup *setup, const bh_env *probe, bh_error *err)
{
    bh_status status = bh_config_check(&bh_run_table, &setup->run, err);
    if (status != BH_OK) return status;
    if (setup->agent->needs_mdp && (setup->env->transitions == NULL ||
                                    bh_env_observation_space(probe)->kind != BH_SPACE_DISCRETE)) {
        return bh_fail(err, BH_ERR_CONFIG, "%s needs a transition table, and %s has none; use dqn",
                       setup->agent->name, setup->env->id);
    }
    status = check_actions(setup, bh_env_action_space(probe), err);
    if (status != BH_OK) return status;
    if (bhi_run_is_single(setup) && setup->run.n_envs > 1) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "Run: n_envs is %d, but %s is a single object; give a function or a class "
                       "that makes environments, or leave n_envs 1",
                       setup->run.n_envs, setup->env->id);
    }
    if (setup->run.exploring_starts && setup->env->reset_anywhere == NULL) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "Run: exploring_starts is true, but episodes of %s cannot start anywhere; "
                       "leave it false",
                       setup->env->id);
    }
    return check_options(setup, bh_env_observation_space(probe), err);
}

// On failure too, *out is to be destroyed.
static bh_status create_envs(bh_env **out, const bh_setup *setup, int n, bh_error *err)
{
    const bh_run_config *c = &setup->run;
    bh_status status = bh_vec_env_create(out, setup->env, setup->env_config, n, err);
    if (status == BH_OK) status = check_setup(setup, *out, err);
    if (status != BH_OK) return status;
    bh_env_set_time_limit(*out, c->max_episode_steps);
    return bhi_vec_env_wrap(*out, c->frame_stack, c->frame_skip, err);
}

static void fill_mdp(bh_run *run, const bh_env *env, int n_states)
{
    const bh_env_def *def = bh_env_definition(env);
    run->mdp = (bh_mdp){n_states, run->A, run->outcomes, run->n_outcomes};
    for (int s = 0; s < n_states; s++) {
        for (int a = 0; a < run->A; a++) {
            int i = s * run->A + a;
            run->n_outcomes[i] = def->transitions(bh_env_state(env), s, a,
                                                  run->outcomes + (size_t)i * BH_TRANSITIONS_MAX);
        }
    }
}

static bh_status create_agent(bh_run *run, const bh_env *env, bh_rng rng, bh_error *err)
{
    const bh_setup *setup = run->setup;
    bhi_agent_spec spec = {
        .observation = *bh_env_observation_space(env),
        .n_actions = run->A,
        .n_envs = setup->run.n_envs,
        .total_timesteps = setup->run.total_timesteps,
        .rng = rng,
        .text = setup->env->text,
        .action = *bh_env_action_space(env),
        .encoder = {setup->run.normalize_observation, setup->run.normalize_reward,
                    setup->run.scale_reward, setup->run.clip_reward},
    };
    if (setup->agent->needs_mdp) {
        fill_mdp(run, env, spec.observation.n);
        spec.mdp = &run->mdp;
    }
    bh_status status = bhi_agent_create(&run->agent, setup->agent, setup->agent_config, &spec, err);
    if (status != BH_OK) return status;
    setup->agent->functions->params(run->agent, &run->params_bytes);
    size_t rms_at = (run->params_bytes + 7) / 8 * 8;
    run->best_bytes = rms_at + bhi_run_n_rms(run) * sizeof *run->best_obs_rms;
    run->best = bh_alloc(run->best_bytes);
    if (run->best == NULL) return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", setup->env->id);
    run->best_obs_rms = (double *)(void *)((char *)run->best + rms_at);
    return BH_OK;
}

void bhi_seed_envs(bhi_env_buffers *s, int n, bh_rng *rng)
{
    bh_vec_env_stop(s->envs);
    for (int i = 0; i < n; i++) {
        bh_vec_env_seed_rng(s->envs, i, bh_rng_split(rng));
        s->returns[i] = 0;
    }
}

static bh_status start_training(bhi_env_buffers *s, bh_rng *rng, int exploring_starts,
                                bh_error *err)
{
    bh_env_start_anywhere(s->envs, exploring_starts);
    for (int i = 0; s->actions != NULL && i < s->n; i++) s->actions[i] = -1;
    bhi_seed_envs(s, s->n, rng);
    bh_status status = bh_vec_env_reset_ended(s->envs, s->obs_t);
    if (status == BH_PENDING) return BH_OK; // the first step asks again
    if (status != BH_OK && err != NULL) *err = *bh_env_failure(s->envs);
    return status;
}

static bh_status fill(bh_run *run, bh_error *err)
{
    bh_rng rng = bh_rng_seed(run->setup->run.seed);
    bh_rng agent_rng = bh_rng_split(&rng), env_rng = bh_rng_split(&rng);
    run->eval_rng = bh_rng_split(&rng);
    // Not in the run's own block: that is zeroed, which of a megabyte takes longer than a short run.
    run->records = bh_alloc_unset(RECORDS_BYTES);
    if (run->records == NULL)
        return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", run->setup->env->id);
    bh_status status = create_envs(&run->train.envs, run->setup, run->train.n, err);
    if (status == BH_OK) status = create_envs(&run->eval.envs, run->setup, run->eval.n, err);
    if (status == BH_OK) status = create_agent(run, run->train.envs, agent_rng, err);
    if (status != BH_OK) return status;
    return start_training(&run->train, &env_rng, run->setup->run.exploring_starts, err);
}

int bhi_next_multiple(int timesteps, int freq)
{
    return timesteps > 2000000000 - freq ? 2000000000 : (timesteps / freq + 1) * freq;
}

void bhi_run_plan_records(bh_run *run)
{
    const bh_run_config *c = &run->setup->run;
    run->next_log = bhi_next_multiple(run->timesteps, c->log_freq);
    if (c->eval_freq > 0) run->next_eval = bhi_next_multiple(run->timesteps, c->eval_freq);
}

bh_status bh_run_create(bh_run **out, const bh_setup *setup, bh_error *err)
{
    *out = NULL;
    bh_env *probe = NULL;
    bh_run *run = NULL;
    bh_status status = create_envs(&probe, setup, 1, err);
    if (status != BH_OK) goto done;

    const bh_space *action = bh_env_action_space(probe);
    const bh_space *observation = bh_env_observation_space(probe);
    int n_eval = bhi_run_is_single(setup) ? 1 : setup->run.n_eval_episodes;
    bh_run shape = {
        .F = bh_space_floats(observation),
        .A = action->kind == BH_SPACE_DISCRETE ? action->n : 0,
        .D = action->kind == BH_SPACE_BOX ? action->n : 0,
        .train = {.n = setup->run.n_envs},
        .eval = {.n = n_eval < BHI_EVAL_ENVS_MAX ? n_eval : BHI_EVAL_ENVS_MAX},
        .solved_at = -1,
        .best_mean = NAN,
    };
    if (setup->agent->needs_mdp) shape.mdp.n_states = observation->n;
    if (observation->kind == BH_SPACE_DISCRETE && shape.A > 0 &&
        observation->n <= BHI_VISITS_MAX / shape.A)
        shape.n_visits = observation->n * shape.A;
    run = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
    if (run == NULL) {
        status = bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", setup->env->id);
        goto done;
    }
    status = copy_setup(&run->setup, setup, err);
    if (status == BH_OK) status = fill(run, err);
    if (status == BH_OK) bhi_run_plan_records(run);
done:
    bh_env_destroy(probe);
    if (status == BH_OK) *out = run;
    else bh_run_destroy(run);
    return status;
}

void bh_run_destroy(bh_run *run)
{
    if (run == NULL) return;
    bh_env_destroy(run->train.envs);
    bh_env_destroy(run->eval.envs);
    bhi_update_record_destroy(run->record);
    bhi_agent_destroy(run->agent);
    bh_free(run->acts, run->acts_bytes);
    bh_free(run->best, run->best_bytes);
    bh_free(run->records, RECORDS_BYTES);
    bh_setup_destroy(run->setup);
    bh_free(run, run->bytes);
}

static bh_status fail_not_live(const char *owner, const char *name, bh_error *err)
{
    return bh_fail(err, BH_ERR_CONFIG,
                   "%s: %s cannot change while it runs; it is set for a new run", owner, name);
}

void bhi_run_apply_changes(bh_run *run)
{
    const bh_setup *setup = run->setup;
    run->has_changes = 0;
    memcpy(run->agent->config, setup->agent_config, setup->agent->config->bytes);
    run->agent->spec.total_timesteps = setup->run.total_timesteps;
    bhi_run_plan_records(run);
    if (setup->env_config == NULL) return;
    bh_env_configure(run->train.envs, setup->env_config);
    bh_env_configure(run->eval.envs, setup->env_config);
}

// What is under way is ended with the options it began with.
static bh_status changed(bh_run *run, bh_status status)
{
    if (status != BH_OK) return status;
    run->has_changes = 1;
    if (run->agent->piece == 0 && !run->evaluation.is_open) bhi_run_apply_changes(run);
    return BH_OK;
}

bh_status bh_run_set(bh_run *run, const char *name, const char *value, bh_error *err)
{
    const bh_config_table *tables[] = {&bh_run_table, &run->setup->options};
    void *configs[] = {&run->setup->run, run->setup->agent_config};
    for (int i = 0; i < 2; i++) {
        const bh_field *field = bh_config_find(tables[i], name);
        if (field == NULL) continue;
        if (!(field->flags & BH_LIVE)) return fail_not_live(tables[i]->name, name, err);
        return changed(run, bh_config_set(tables[i], configs[i], name, value, err));
    }
    const bh_config_table *env = run->setup->env->config;
    if (env != NULL && strncmp(name, "env.", 4) == 0) {
        const bh_field *field = bh_config_find(env, name + 4);
        if (field != NULL && (field->flags & BH_LIVE))
            return changed(run, bh_setup_set(run->setup, name, value, err));
        if (field != NULL) return fail_not_live(env->name, name + 4, err);
    }
    return bh_setup_set(run->setup, name, value, err); // says that the name is unknown
}
