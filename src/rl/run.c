// SPDX-License-Identifier: MIT
// A run: agent, environments, evaluation, records.
#include "rl/run_state.h"

#include "core/arena.h"
#include "rl/demonstrations.h"
#include "rl/tabular.h"

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

static int is_single(const bh_setup *setup)
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
    if (is_single(setup) && setup->run.n_envs > 1) {
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

// All wait for their reset, the first n with new seeds.
static void seed_envs(bhi_env_buffers *s, int n, bh_rng *rng)
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
    seed_envs(s, s->n, rng);
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

// The multiple of freq that comes after timesteps.
static int next_multiple(int timesteps, int freq)
{
    return timesteps > 2000000000 - freq ? 2000000000 : (timesteps / freq + 1) * freq;
}

static void plan_records(bh_run *run)
{
    const bh_run_config *c = &run->setup->run;
    run->next_log = next_multiple(run->timesteps, c->log_freq);
    if (c->eval_freq > 0) run->next_eval = next_multiple(run->timesteps, c->eval_freq);
}

bh_status bh_run_create(bh_run **out, const bh_setup *setup, bh_error *err)
{
    *out = NULL;
    bh_env *probe = NULL;
    bh_run *run = NULL;
    bh_status status = create_envs(&probe, setup, 1, err);
    if (status != BH_OK) goto done;

    const bh_space *action = bh_env_action_space(probe);
    int n_eval = is_single(setup) ? 1 : setup->run.n_eval_episodes;
    bh_run shape = {
        .F = bh_space_floats(bh_env_observation_space(probe)),
        .A = action->kind == BH_SPACE_DISCRETE ? action->n : 0,
        .D = action->kind == BH_SPACE_BOX ? action->n : 0,
        .train = {.n = setup->run.n_envs},
        .eval = {.n = n_eval < BHI_EVAL_ENVS_MAX ? n_eval : BHI_EVAL_ENVS_MAX},
        .solved_at = -1,
        .best_mean = NAN,
    };
    if (setup->agent->needs_mdp) shape.mdp.n_states = bh_env_observation_space(probe)->n;
    run = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
    if (run == NULL) {
        status = bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", setup->env->id);
        goto done;
    }
    status = copy_setup(&run->setup, setup, err);
    if (status == BH_OK) status = fill(run, err);
    if (status == BH_OK) plan_records(run);
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

// A live option of the environments: those it trains in and those it is evaluated in.
static bh_status set_env(bh_run *run, const char *name, const char *value, bh_error *err)
{
    bh_status status = bh_setup_set(run->setup, name, value, err);
    if (status != BH_OK) return status;
    bh_env_configure(run->train.envs, run->setup->env_config);
    bh_env_configure(run->eval.envs, run->setup->env_config);
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
        bh_status status = bh_config_set(tables[i], configs[i], name, value, err);
        if (status != BH_OK) return status;
        memcpy(run->agent->config, run->setup->agent_config, run->setup->agent->config->bytes);
        run->agent->spec.total_timesteps = run->setup->run.total_timesteps;
        plan_records(run);
        return BH_OK;
    }
    const bh_config_table *env = run->setup->env->config;
    if (env != NULL && strncmp(name, "env.", 4) == 0) {
        const bh_field *field = bh_config_find(env, name + 4);
        if (field != NULL && (field->flags & BH_LIVE)) return set_env(run, name, value, err);
        if (field != NULL) return fail_not_live(env->name, name + 4, err);
    }
    return bh_setup_set(run->setup, name, value, err); // says that the name is unknown
}

// ---- records ----

static double *add_record(bh_run *run, int kind)
{
    int at = (run->record_first + run->record_count) % BHI_RECORDS_MAX;
    if (run->record_count < BHI_RECORDS_MAX) run->record_count++;
    else run->record_first = (run->record_first + 1) % BHI_RECORDS_MAX;
    run->n_records++;
    double *record = run->records + (size_t)at * BH_RECORD_WIDTH;
    memset(record, 0, BH_RECORD_WIDTH * sizeof *record);
    record[0] = kind;
    record[1] = run->timesteps;
    return record;
}

int bh_run_drain(bh_run *run, double *out, int max)
{
    bh_status status = bhi_run_check_count(run, max, 0);
    if (status != BH_OK) return (int)status;
    int n = run->record_count < max ? run->record_count : max;
    for (int i = 0; i < n; i++) {
        int at = (run->record_first + i) % BHI_RECORDS_MAX;
        memcpy(out + (size_t)i * BH_RECORD_WIDTH, run->records + (size_t)at * BH_RECORD_WIDTH,
               BH_RECORD_WIDTH * sizeof *out);
    }
    run->record_first = (run->record_first + n) % BHI_RECORDS_MAX;
    run->record_count -= n;
    return n;
}

static void record_episode(bh_run *run, int i)
{
    double *r = add_record(run, BH_RECORD_EPISODE);
    r[2] = run->train.returns[i];
    r[3] = bh_vec_env_elapsed(run->train.envs, i);
    r[4] = i;
    run->episodes++;
}

static void record_training(bh_run *run)
{
    bhi_agent_metrics stats;
    bhi_agent_stats(run->agent, &stats);
    double *r = add_record(run, BH_RECORD_TRAIN);
    r[2] = stats.loss;
    r[3] = stats.mean_q;
    r[4] = stats.epsilon;
    r[5] = stats.learning_rate;
    r[6] = stats.n_updates;
    r[7] = stats.grad_norm;
    memcpy(r + 8, stats.extra, sizeof stats.extra);
}

// ---- evaluation ----

static void count_episode(bhi_tally *t, double episode_return, int length)
{
    if (t->n == 0 || episode_return < t->min) t->min = episode_return;
    if (t->n == 0 || episode_return > t->max) t->max = episode_return;
    t->n++;
    t->sum += episode_return;
    double deviation = episode_return - t->mean;
    t->mean += deviation / t->n;
    t->squares += deviation * (episode_return - t->mean);
    t->length += length;
}

static bh_status fail(bh_run *run, const bhi_env_buffers *s)
{
    run->failure = *bh_env_failure(s->envs);
    return run->failure.status;
}

// The actions of environments that wait stay what they were, an action of the space.
static bh_status step_envs(bhi_env_buffers *s)
{
    bh_status status = s->box != NULL ? bh_vec_env_step_box(s->envs, s->box, s->obs_t, s->rewards,
                                                            s->terminated, s->truncated, NULL)
                                      : bh_vec_env_step(s->envs, s->actions, s->obs_t, s->rewards,
                                                        s->terminated, s->truncated, NULL);
    assert(status == BH_OK || status == BH_PENDING || status == BH_ERR_ENV);
    return status;
}

// The episodes under way in training end where they are; the next step starts new ones.
void bhi_run_truncate(bh_run *run)
{
    const bh_agent_class *agent = run->setup->agent;
    run->stage = BHI_BETWEEN;
    bh_vec_env_stop(run->train.envs);
    bhi_encoder_truncate(&run->agent->encoder);
    if (agent->functions->truncate != NULL)
        agent->functions->truncate(run->agent, run->train.obs_t);
}

int bh_run_place(bh_run *run, float *obs)
{
    bhi_env_buffers *s = &run->train;
    const bhi_agent_functions *functions = run->setup->agent->functions;
    if (!bh_vec_env_place(s->envs, obs)) return 0;
    if (functions->truncate != NULL) functions->truncate(run->agent, s->obs_t);
    memcpy(s->obs_t, obs, (size_t)run->F * sizeof(float));
    s->returns[0] = 0;
    if (s->actions != NULL) s->actions[0] = -1; // none was taken in this episode
    return 1;
}

int bhi_run_bound(const bh_run *run, float *box, int n)
{
    const bh_space *action = bh_env_action_space(run->train.envs);
    int has_nan = 0;
    for (int i = 0; i < n * run->D; i++) {
        float low = action->low[i % run->D], high = action->high[i % run->D];
        has_nan |= isnan(box[i]);
        if (isnan(box[i])) box[i] = low + (high - low) / 2;
        box[i] = box[i] < low ? low : box[i] > high ? high : box[i];
    }
    return has_nan;
}

// Greedy actions where they are a Box, for the first rows of obs_tm1; each to its environment.
static void choose_from_box(bh_run *run, const void *params, const int *active, int n_active,
                            bhi_tally *t)
{
    bhi_env_buffers *s = &run->eval;
    size_t D = (size_t)run->D;
    run->setup->agent->functions->greedy_box(run->agent, params, run->greedy, s->obs_tm1, n_active);
    t->has_nan |= bhi_run_bound(run, run->greedy, n_active);
    for (int j = 0; j < n_active; j++)
        memcpy(s->box + (size_t)active[j] * D, run->greedy + (size_t)j * D, D * sizeof(float));
}

// Greedy actions of the active environments: one forward pass over their rows alone.
static void choose_greedily(bh_run *run, const void *params, const int *active, int n_active,
                            bhi_tally *t)
{
    bhi_env_buffers *s = &run->eval;
    size_t F = (size_t)run->F;
    for (int j = 0; j < n_active; j++) {
        memcpy(s->obs_tm1 + (size_t)j * F, s->obs_t + (size_t)active[j] * F, F * sizeof(float));
    }
    if (run->D > 0) {
        choose_from_box(run, params, active, n_active, t);
        return;
    }
    run->setup->agent->functions->q_values(run->agent, params, run->q, s->obs_tm1, n_active);
    for (int j = 0; j < n_active; j++) {
        s->actions[active[j]] = bh_greedy(run->q + j * run->A, run->A);
    }
    for (int i = 0; i < n_active * run->A; i++) t->has_nan |= !isfinite(run->q[i]);
}

// The next episodes, one in each of the first slots.
static void next_batch(bh_run *run, int episodes, bh_rng *rng)
{
    bhi_evaluation *e = &run->evaluation;
    int left = episodes - e->tally.n;
    e->n_active = left < run->eval.n ? left : run->eval.n;
    e->stage = BHI_RESETTING;
    for (int i = 0; i < e->n_active; i++) e->active[i] = i;
    seed_envs(&run->eval, e->n_active, rng);
}

// One step of the episodes under way, greedy under params. Where environments do not answer, it is
// called again: they have what they were told, and the others are not asked once more.
static bh_status play_step(bh_run *run, const void *params)
{
    bhi_env_buffers *s = &run->eval;
    bhi_evaluation *e = &run->evaluation;
    int steps_max = bh_env_time_limit(s->envs) < INT_MAX ? INT_MAX : BH_EVAL_STEPS_MAX;
    bh_status status = BH_OK;
    if (e->stage == BHI_RESETTING) status = bh_vec_env_reset_first(s->envs, e->n_active, s->obs_t);
    if (status != BH_OK) return status;
    if (e->stage != BHI_STEPPING) choose_greedily(run, params, e->active, e->n_active, &e->tally);
    e->stage = BHI_STEPPING;
    status = step_envs(s);
    if (status != BH_OK) return status;
    e->stage = BHI_BETWEEN;
    int still = 0;
    for (int j = 0; j < e->n_active; j++) {
        int i = e->active[j], length = bh_vec_env_elapsed(s->envs, i);
        s->returns[i] += s->rewards[i];
        if (s->terminated[i] || s->truncated[i] || length >= steps_max) {
            count_episode(&e->tally, s->returns[i], length);
        } else {
            e->active[still++] = i;
        }
    }
    e->n_active = still;
    return BH_OK;
}

// Goes on with the evaluation that is open.
static bh_status evaluate(bh_run *run, bh_params_choice choice, int episodes, bh_rng *rng,
                          bh_score *out)
{
    bhi_evaluation *e = &run->evaluation;
    const bhi_tally *t = &e->tally;
    if (!e->is_open) {
        if (is_single(run->setup)) bhi_run_truncate(run);
        e->tally = (bhi_tally){0};
        e->n_active = 0;
    }
    bh_status status = BH_OK;
    double **obs_rms = &run->agent->encoder.obs_rms, *own = *obs_rms;
    const void *params = bhi_run_params(run, choice);
    *obs_rms = bhi_run_obs_rms(run, choice);
    while (status == BH_OK && (e->n_active > 0 || t->n < episodes)) {
        if (e->n_active == 0) next_batch(run, episodes, rng);
        status = play_step(run, params);
    }
    *obs_rms = own;
    e->is_open = status == BH_PENDING;
    if (status != BH_OK) return e->is_open ? status : fail(run, &run->eval);
    run->has_nan = t->has_nan;
    *out =
        (bh_score){t->sum / t->n, sqrt(t->squares / t->n), t->min, t->max, t->length / t->n, t->n};
    return BH_OK;
}

static int is_best(const bh_run *run, bh_params_choice choice)
{
    return choice == BH_BEST && run->best_mean == run->best_mean;
}

size_t bhi_run_n_rms(const bh_run *run)
{
    const bhi_encoder *encoder = &run->agent->encoder;
    return encoder->obs_rms != NULL ? bhi_rms_numbers(encoder->space.n) : 0;
}

double *bhi_run_obs_rms(bh_run *run, bh_params_choice choice)
{
    double *own = run->agent->encoder.obs_rms;
    return own != NULL && is_best(run, choice) ? run->best_obs_rms : own;
}

void *bhi_run_params(bh_run *run, bh_params_choice choice)
{
    size_t bytes;
    return is_best(run, choice) ? run->best
                                : run->setup->agent->functions->params(run->agent, &bytes);
}

static void keep_best(bh_run *run, const bh_score *score)
{
    run->best_mean = score->mean;
    memcpy(run->best, bhi_run_params(run, BH_CURRENT), run->params_bytes);
    size_t rms_bytes = bhi_run_n_rms(run) * sizeof *run->best_obs_rms;
    if (rms_bytes > 0) memcpy(run->best_obs_rms, run->agent->encoder.obs_rms, rms_bytes);
}

static bh_status evaluate_now(bh_run *run)
{
    bh_score score;
    bh_status status =
        evaluate(run, BH_CURRENT, run->setup->run.n_eval_episodes, &run->eval_rng, &score);
    if (status != BH_OK) return status;
    // Of equals the latest; true also against NAN. Parameters that are no numbers act too, always
    // alike, and are never kept.
    int is_kept = !(score.mean < run->best_mean) && !run->has_nan;
    if (is_kept) keep_best(run, &score);
    if (run->solved_at < 0 && score.mean >= run->setup->env->reward_threshold)
        run->solved_at = run->timesteps;
    double *r = add_record(run, BH_RECORD_EVAL);
    r[2] = score.mean;
    r[3] = score.std;
    r[4] = is_kept;
    r[5] = score.min;
    r[6] = score.max;
    r[7] = score.mean_length;
    return BH_OK;
}

bh_status bh_run_evaluate(bh_run *run, bh_params_choice choice, int episodes, uint64_t seed,
                          bh_score *out)
{
    bh_status status = bhi_run_check_count(run, episodes, 1);
    if (status != BH_OK) return status;
    bhi_evaluation *e = &run->evaluation;
    if (!e->is_open) e->rng = bh_rng_seed(seed);
    return evaluate(run, choice, episodes, &e->rng, out);
}

// ---- the loop ----

static bh_status begin_step(bhi_env_buffers *s, int F)
{
    for (int i = 0; i < s->n; i++) {
        if (!bh_vec_env_running(s->envs, i)) s->returns[i] = 0;
    }
    bh_status status = bh_vec_env_reset_ended(s->envs, s->obs_t);
    if (status != BH_OK) return status;
    memcpy(s->obs_tm1, s->obs_t, (size_t)s->n * (size_t)F * sizeof(float));
    return BH_OK;
}

static bh_status fail_step(bh_run *run)
{
    bhi_run_truncate(run);
    return fail(run, &run->train);
}

void bhi_run_act(bh_run *run, int *actions, float *box, unsigned char *explored, const float *obs,
                 int n)
{
    const bhi_agent_functions *functions = run->setup->agent->functions;
    if (run->D == 0) {
        functions->act(run->agent, actions, explored, obs, n);
    } else {
        functions->act_box(run->agent, box, explored, obs, n);
        bhi_run_bound(run, box, n);
    }
}

// Actions for obs_tm1, in training.
static void act(bh_run *run)
{
    bhi_env_buffers *s = &run->train;
    for (int i = 0; i < s->n; i++) s->lengths[i] = bh_vec_env_elapsed(s->envs, i);
    bhi_encoder_take_obs(&run->agent->encoder, s->obs_tm1, s->n);
    bhi_run_act(run, s->actions, s->box, s->explored, s->obs_tm1, s->n);
}

// The environments' step: nothing of what it goes on from changes while they do not answer.
static bh_status step_all(bh_run *run)
{
    bhi_env_buffers *s = &run->train;
    bh_status status = BH_OK;
    if (run->stage != BHI_STEPPING) {
        status = begin_step(s, run->F);
        run->stage = status == BH_OK ? BHI_STEPPING : BHI_RESETTING;
        if (status == BH_OK) act(run);
    }
    if (status == BH_OK) {
        status = step_envs(s);
        // Nothing came of it: the episodes end with the observations the step started from.
        if (status < 0) memcpy(s->obs_t, s->obs_tm1, (size_t)s->n * (size_t)run->F * sizeof(float));
    }
    return status < 0 ? fail_step(run) : status;
}

// The agent takes the transitions in.
static void observe(bh_run *run)
{
    bhi_env_buffers *s = &run->train;
    run->stage = BHI_BETWEEN;
    for (int i = 0; i < s->n; i++) {
        int n_steps = bh_vec_env_elapsed(s->envs, i) - s->lengths[i];
        run->timesteps += n_steps;
        run->agent->timesteps += n_steps - 1; // it counts actions
        s->returns[i] += s->rewards[i];
        if (s->terminated[i] || s->truncated[i]) record_episode(run, i);
    }
    bh_experience experience = {s->n,          s->obs_tm1,   s->actions, s->rewards,
                                s->terminated, s->truncated, s->obs_t,   s->box};
    bhi_encoder_take_rewards(&run->agent->encoder, s->rewards, s->terminated, s->truncated);
    run->setup->agent->functions->observe(run->agent, &experience);
}

void bh_run_learn(bh_run *run)
{
    run->setup->agent->functions->learn(run->agent);
    if (run->timesteps < run->next_log) return;
    record_training(run);
    run->next_log = next_multiple(run->timesteps, run->setup->run.log_freq);
}

static bh_status after_step(bh_run *run)
{
    const bh_run_config *c = &run->setup->run;
    if (c->eval_freq > 0 && run->timesteps >= run->next_eval) {
        bh_status status = evaluate_now(run);
        if (status != BH_OK) return status;
        run->next_eval = next_multiple(run->timesteps, c->eval_freq);
    }
    return BH_OK;
}

static bh_status step_once(bh_run *run)
{
    bh_status status = step_all(run);
    if (status != BH_OK) return status;
    observe(run);
    bh_run_learn(run);
    return after_step(run);
}

// ---- a step outside ----

bh_status bh_run_act(bh_run *run, const float *obs, bh_error *err)
{
    bhi_env_buffers *s = &run->train;
    if (s->n > 1 || run->stage != BHI_BETWEEN)
        return bh_fail(err, BH_ERR_STATE,
                       s->n > 1 ? "act is for one environment; leave n_envs 1"
                                : "act was called before observe took in the last action");
    memcpy(s->obs_tm1, obs, (size_t)run->F * sizeof *obs);
    act(run);
    run->stage = BHI_OUTSIDE;
    return BH_OK;
}

bh_status bh_run_observe(bh_run *run, const bh_step *step, const float *obs, bh_error *err)
{
    bhi_env_buffers *s = &run->train;
    if (run->stage != BHI_OUTSIDE)
        return bh_fail(err, BH_ERR_STATE, "observe was called before act chose an action");
    memcpy(s->obs_t, obs, (size_t)run->F * sizeof *obs);
    s->rewards[0] = step->reward;
    s->terminated[0] = step->terminated;
    s->truncated[0] = step->truncated;
    bhi_vec_env_count(s->envs);
    observe(run);
    if (!step->terminated && !step->truncated) return BH_OK;
    s->returns[0] = 0;
    bh_vec_env_stop(s->envs);
    return BH_OK;
}

// ---- the loop ----

bh_status bh_run_demonstrate(bh_run *run, const bh_demonstrations *demonstrations, bh_error *err)
{
    const bh_agent_class *agent = run->setup->agent;
    if (agent->functions->demonstrate == NULL) {
        return bh_fail(err, BH_ERR_CONFIG, "%s cannot learn from demonstrations; use clone or dqn",
                       agent->name);
    }
    if (run->timesteps > 0) {
        return bh_fail(err, BH_ERR_STATE,
                       "demonstrations come before the first step, but %d are done",
                       run->timesteps);
    }
    bh_status status = bhi_demonstrations_check(demonstrations, bh_run_observation_space(run),
                                                bh_run_action_space(run), err);
    if (status != BH_OK) return status;
    return agent->functions->demonstrate(run->agent, demonstrations, err);
}

bh_status bh_run_steps(bh_run *run, int n)
{
    bh_status checked = bhi_run_check_count(run, n, 0);
    if (checked != BH_OK) return checked;
    int is_waiting = run->stage == BHI_RESETTING || run->stage == BHI_STEPPING;
    if (run->evaluation.is_open || (run->is_loaded && n > 0)) {
        int is_first = run->is_loaded;
        bh_status status = !is_first                       ? after_step(run)
                           : run->setup->run.eval_freq > 0 ? evaluate_now(run)
                                                           : BH_OK;
        if (status != BH_OK) return status;
        run->is_loaded = 0;
        if (bh_run_finished(run)) return BH_OK;
    }
    int end = run->timesteps > 2000000000 - n ? 2000000000 : run->timesteps + n;
    while (run->timesteps < end || is_waiting) {
        bh_status status = step_once(run);
        is_waiting = 0;
        if (status != BH_OK || bh_run_finished(run)) return status;
    }
    return BH_OK;
}

void bh_run_reset_timesteps(bh_run *run)
{
    bhi_run_truncate(run);
    run->timesteps = run->episodes = run->agent->timesteps = 0;
    run->solved_at = -1;
    plan_records(run);
}

const bh_error *bh_run_failure(const bh_run *run)
{
    return &run->failure;
}
