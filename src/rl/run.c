// SPDX-License-Identifier: MIT
// A run: agent, environments, evaluation, records.
#include "rl/run.h"

#include "core/alloc.h"
#include "rl/demonstrations.h"
#include "rl/guide.h"
#include "rl/vec_env.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#define RECORDS_MAX    8192
#define EVAL_SLOTS_MAX 128 // episodes played side by side

// Environments that step together, and what they were told and gave.
typedef struct slots {
    int n;
    bh_env *envs;                // n of them; owns its memory, the arrays are the run's
    float *obs_tm1, *obs_t;      // (n,F)
    int *actions;                // (n)
    unsigned char *explored;     // (n)
    double *rewards;             // (n)
    int *terminated, *truncated; // (n)
    double *returns;             // (n) of the episode so far
} slots;

struct bh_run {
    bh_setup *setup; // a copy
    void *agent;
    slots train, eval;
    bh_mdp mdp;
    bh_rng eval_rng;
    int F, A;
    int timesteps, episodes, solved_at;
    double best_mean; // NAN before the first evaluation
    void *best;       // copy of the agent's parameters, once there is a best_mean
    size_t params_bytes;
    int next_log, next_eval; // in environment steps
    double *records;         // (RECORDS_MAX, BH_RECORD_WIDTH)
    int record_first, record_count;
    double *q; // (EVAL_SLOTS_MAX, A)
    size_t bytes;
    bh_transition *outcomes;
    int *n_outcomes;
    bh_error failure; // of an environment
};

// ---- creating ----

static void layout_slots(slots *s, bhi_arena *arena, int n, int F)
{
    size_t count = (size_t)n;
    s->n = n;
    s->obs_tm1 = bhi_arena_array(arena, count * (size_t)F, sizeof *s->obs_tm1);
    s->obs_t = bhi_arena_array(arena, count * (size_t)F, sizeof *s->obs_t);
    s->actions = bhi_arena_array(arena, count, sizeof *s->actions);
    s->explored = bhi_arena_array(arena, count, sizeof *s->explored);
    s->rewards = bhi_arena_array(arena, count, sizeof *s->rewards);
    s->terminated = bhi_arena_array(arena, count, sizeof *s->terminated);
    s->truncated = bhi_arena_array(arena, count, sizeof *s->truncated);
    s->returns = bhi_arena_array(arena, count, sizeof *s->returns);
}

// Counts known before the block exists.
typedef struct counts {
    int F, A, n_envs, n_eval, n_states;
} counts;

static void layout(bh_run *run, bhi_arena *arena, const counts *c)
{
    size_t entries = (size_t)c->n_states * (size_t)c->A;
    bhi_arena_array(arena, 1, sizeof *run);
    layout_slots(&run->train, arena, c->n_envs, c->F);
    layout_slots(&run->eval, arena, c->n_eval, c->F);
    run->records = bhi_arena_array(arena, RECORDS_MAX * BH_RECORD_WIDTH, sizeof *run->records);
    run->q = bhi_arena_array(arena, (size_t)EVAL_SLOTS_MAX * (size_t)c->A, sizeof *run->q);
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

static bh_status create_envs(slots *s, const bh_setup *setup, bh_error *err)
{
    return bh_vec_env_create(&s->envs, setup->env, setup->env_config, s->n, err);
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
    bh_agent_spec spec = {
        .observation = *bh_env_observation_space(env),
        .n_actions = run->A,
        .n_envs = setup->run.n_envs,
        .total_timesteps = setup->run.total_timesteps,
        .rng = rng,
        .text = setup->env->text,
    };
    if (setup->agent->needs_mdp) {
        fill_mdp(run, env, spec.observation.n);
        spec.mdp = &run->mdp;
    }
    bh_status status = setup->agent->create(&run->agent, setup->agent_config, &spec, err);
    if (status != BH_OK) return status;
    setup->agent->params(run->agent, &run->params_bytes);
    run->best = bh_alloc(run->params_bytes);
    if (run->best == NULL) return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", setup->env->id);
    return BH_OK;
}

// Fresh episodes in the first n environments.
static bh_status start_envs(slots *s, int n, bh_rng *rng, int F)
{
    bh_status status = BH_OK;
    for (int i = 0; i < n && status == BH_OK; i++) {
        bh_vec_env_seed_rng(s->envs, i, bh_rng_split(rng));
        status = bh_vec_env_reset_one(s->envs, i, s->obs_t + (size_t)i * (size_t)F);
        s->returns[i] = 0;
    }
    return status;
}

static bh_status start_training(slots *s, bh_rng *rng, int exploring_starts, int F, bh_error *err)
{
    bh_env_start_anywhere(s->envs, exploring_starts);
    for (int i = 0; i < s->n; i++) s->actions[i] = -1;
    bh_status status = start_envs(s, s->n, rng, F);
    if (status != BH_OK && err != NULL) *err = *bh_env_failure(s->envs);
    return status;
}

static bh_status fill(bh_run *run, bh_error *err)
{
    bh_rng rng = bh_rng_seed(run->setup->run.seed);
    bh_rng agent_rng = bh_rng_split(&rng), env_rng = bh_rng_split(&rng);
    run->eval_rng = bh_rng_split(&rng);
    bh_status status = create_envs(&run->train, run->setup, err);
    if (status == BH_OK) status = create_envs(&run->eval, run->setup, err);
    if (status == BH_OK) status = create_agent(run, run->train.envs, agent_rng, err);
    if (status != BH_OK) return status;
    return start_training(&run->train, &env_rng, run->setup->run.exploring_starts, run->F, err);
}

static int is_single(const bh_setup *setup)
{
    return setup->env->foreign != NULL && setup->env->foreign->is_single;
}

static bh_status check_setup(const bh_setup *setup, const bh_env *probe, bh_error *err)
{
    if (setup->agent->needs_mdp && (setup->env->transitions == NULL ||
                                    bh_env_observation_space(probe)->kind != BH_SPACE_DISCRETE)) {
        return bh_fail(err, BH_ERR_CONFIG, "%s needs a transition table, and %s has none; use dqn",
                       setup->agent->name, setup->env->id);
    }
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
    return bh_config_check(&bh_run_table, &setup->run, err);
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
    bh_status status = bh_env_create(&probe, setup->env, setup->env_config, err);
    if (status == BH_OK) status = check_setup(setup, probe, err);
    if (status != BH_OK) goto done;

    int n_eval = is_single(setup) ? 1 : setup->run.n_eval_episodes;
    counts c = {
        .F = bh_space_floats(bh_env_observation_space(probe)),
        .A = bh_env_action_space(probe)->n,
        .n_envs = setup->run.n_envs,
        .n_eval = n_eval < EVAL_SLOTS_MAX ? n_eval : EVAL_SLOTS_MAX,
        .n_states = setup->agent->needs_mdp ? bh_env_observation_space(probe)->n : 0,
    };
    bh_run shape = {0};
    bhi_arena arena = {0};
    layout(&shape, &arena, &c);
    run = bh_alloc(arena.used);
    if (run == NULL) {
        status = bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", setup->env->id);
        goto done;
    }
    run->bytes = arena.used;
    run->F = c.F;
    run->A = c.A;
    run->solved_at = -1;
    run->best_mean = NAN;
    layout(run, &(bhi_arena){(unsigned char *)run, 0}, &c);
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
    if (run->agent != NULL) run->setup->agent->destroy(run->agent);
    bh_free(run->best, run->params_bytes);
    bh_setup_destroy(run->setup);
    bh_free(run, run->bytes);
}

static bh_status fail_not_live(const char *owner, const char *name, bh_error *err)
{
    return bh_fail(err, BH_ERR_CONFIG, "%s: %s cannot change while it runs; set it and reset",
                   owner, name);
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
    const bh_config_table *tables[] = {&bh_run_table, run->setup->agent->config};
    void *configs[] = {&run->setup->run, run->setup->agent_config};
    for (int i = 0; i < 2; i++) {
        const bh_field *field = bh_config_find(tables[i], name);
        if (field == NULL) continue;
        if (!(field->flags & BH_LIVE)) return fail_not_live(tables[i]->name, name, err);
        bh_status status = bh_config_set(tables[i], configs[i], name, value, err);
        if (status != BH_OK) return status;
        memcpy(run->setup->agent->config_of(run->agent), run->setup->agent_config,
               run->setup->agent->config->bytes);
        run->setup->agent->set_total_timesteps(run->agent, run->setup->run.total_timesteps);
        plan_records(run);
        return BH_OK;
    }
    const bh_config_table *env = run->setup->env->config;
    if (env != NULL && strncmp(name, "env.", 4) == 0) {
        const bh_field *field = bh_config_find(env, name + 4);
        if (BH_HAS_TEXT && field != NULL && (field->flags & BH_LIVE))
            return set_env(run, name, value, err);
        if (field != NULL) return fail_not_live(env->name, name + 4, err);
    }
    return bh_setup_set(run->setup, name, value, err); // says that the name is unknown
}

// ---- records ----

static double *add_record(bh_run *run, int kind)
{
    int at = (run->record_first + run->record_count) % RECORDS_MAX;
    if (run->record_count < RECORDS_MAX) run->record_count++;
    else run->record_first = (run->record_first + 1) % RECORDS_MAX;
    double *record = run->records + (size_t)at * BH_RECORD_WIDTH;
    memset(record, 0, BH_RECORD_WIDTH * sizeof *record);
    record[0] = kind;
    record[1] = run->timesteps;
    return record;
}

int bh_run_drain(bh_run *run, double *out, int max)
{
    int n = run->record_count < max ? run->record_count : max;
    for (int i = 0; i < n; i++) {
        int at = (run->record_first + i) % RECORDS_MAX;
        memcpy(out + (size_t)i * BH_RECORD_WIDTH, run->records + (size_t)at * BH_RECORD_WIDTH,
               BH_RECORD_WIDTH * sizeof *out);
    }
    run->record_first = (run->record_first + n) % RECORDS_MAX;
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
    bh_agent_stats stats;
    run->setup->agent->stats(run->agent, &stats);
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

typedef struct tally {
    int n;
    double sum, squares, min, max, length;
} tally;

static void count_episode(tally *t, double episode_return, int length)
{
    if (t->n == 0 || episode_return < t->min) t->min = episode_return;
    if (t->n == 0 || episode_return > t->max) t->max = episode_return;
    t->n++;
    t->sum += episode_return;
    t->squares += episode_return * episode_return;
    t->length += length;
}

static bh_status fail(bh_run *run, const slots *s)
{
    run->failure = *bh_env_failure(s->envs);
    return run->failure.status;
}

// The actions of environments that wait stay what they were, an action of the space.
static bh_status step_envs(slots *s)
{
    bh_status status = bh_vec_env_step(s->envs, s->actions, s->obs_t, s->rewards, s->terminated,
                                       s->truncated, NULL);
    assert(status == BH_OK || status == BH_ERR_ENV);
    return status;
}

// The episodes under way in training end where they are; the next step starts new ones.
static void cut_training(bh_run *run)
{
    const bh_agent_class *agent = run->setup->agent;
    bh_vec_env_stop(run->train.envs);
    if (agent->cut != NULL) agent->cut(run->agent, run->train.obs_t);
}

// Greedy actions of the active environments: one forward pass over their rows alone.
static void choose_greedily(bh_run *run, const void *params, const int *active, int n_active)
{
    slots *s = &run->eval;
    size_t F = (size_t)run->F;
    for (int j = 0; j < n_active; j++) {
        memcpy(s->obs_tm1 + (size_t)j * F, s->obs_t + (size_t)active[j] * F, F * sizeof(float));
    }
    run->setup->agent->q_values(run->agent, params, run->q, s->obs_tm1, n_active);
    for (int j = 0; j < n_active; j++) {
        s->actions[active[j]] = bh_greedy(run->q + j * run->A, run->A);
    }
}

// One episode in each of the first n slots, greedy under params.
static bh_status play(bh_run *run, const void *params, int n, bh_rng *rng, tally *t)
{
    slots *s = &run->eval;
    int steps_max = run->setup->env->max_episode_steps > 0 ? INT_MAX : BH_EVAL_STEPS_MAX;
    if (start_envs(s, n, rng, run->F) != BH_OK) return fail(run, s);
    int active[EVAL_SLOTS_MAX], n_active = n;
    for (int i = 0; i < n; i++) active[i] = i;
    while (n_active > 0) {
        choose_greedily(run, params, active, n_active);
        if (step_envs(s) != BH_OK) return fail(run, s);
        int still = 0;
        for (int j = 0; j < n_active; j++) {
            int i = active[j], length = bh_vec_env_elapsed(s->envs, i);
            s->returns[i] += s->rewards[i];
            if (s->terminated[i] || s->truncated[i] || length >= steps_max) {
                count_episode(t, s->returns[i], length);
            } else {
                active[still++] = i;
            }
        }
        n_active = still;
    }
    return BH_OK;
}

static bh_status evaluate(bh_run *run, const void *params, int episodes, bh_rng *rng, bh_score *out)
{
    tally t = {0};
    if (is_single(run->setup)) cut_training(run);
    while (t.n < episodes) {
        int n = episodes - t.n < run->eval.n ? episodes - t.n : run->eval.n;
        bh_status status = play(run, params, n, rng, &t);
        if (status != BH_OK) return status;
    }
    double mean = t.sum / t.n, variance = t.squares / t.n - mean * mean;
    *out = (bh_score){mean, variance > 0 ? sqrt(variance) : 0, t.min, t.max, t.length / t.n, t.n};
    return BH_OK;
}

static void *params_of(bh_run *run, bh_which which)
{
    size_t bytes;
    int has_best = run->best_mean == run->best_mean;
    return which == BH_BEST && has_best ? run->best : run->setup->agent->params(run->agent, &bytes);
}

static void keep_best(bh_run *run, const bh_score *score)
{
    run->best_mean = score->mean;
    memcpy(run->best, params_of(run, BH_CURRENT), run->params_bytes);
}

static bh_status evaluate_now(bh_run *run)
{
    bh_score score;
    bh_status status = evaluate(run, params_of(run, BH_CURRENT), run->setup->run.n_eval_episodes,
                                &run->eval_rng, &score);
    if (status != BH_OK) return status;
    int is_best = !(score.mean < run->best_mean); // of equals the latest; true also against NAN
    if (is_best) keep_best(run, &score);
    if (run->solved_at < 0 && score.mean >= run->setup->env->reward_threshold)
        run->solved_at = run->timesteps;
    double *r = add_record(run, BH_RECORD_EVAL);
    r[2] = score.mean;
    r[3] = score.std;
    r[4] = is_best;
    r[5] = score.min;
    r[6] = score.max;
    r[7] = score.mean_length;
    return BH_OK;
}

bh_status bh_run_evaluate(bh_run *run, bh_which which, int episodes, uint64_t seed, bh_score *out)
{
    bh_rng rng = bh_rng_seed(seed);
    return evaluate(run, params_of(run, which), episodes, &rng, out);
}

// ---- the loop ----

static bh_status begin_step(slots *s, int F)
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
    cut_training(run);
    return fail(run, &run->train);
}

static bh_status step_once(bh_run *run)
{
    const bh_agent_class *agent = run->setup->agent;
    slots *s = &run->train;
    if (begin_step(s, run->F) != BH_OK) return fail_step(run);
    agent->act(run->agent, s->actions, s->explored, s->obs_tm1, s->n);
    if (step_envs(s) != BH_OK) {
        // Nothing came of it: the episodes end with the observations the step started from.
        memcpy(s->obs_t, s->obs_tm1, (size_t)s->n * (size_t)run->F * sizeof(float));
        return fail_step(run);
    }
    for (int i = 0; i < s->n; i++) {
        run->timesteps++;
        s->returns[i] += s->rewards[i];
        if (s->terminated[i] || s->truncated[i]) record_episode(run, i);
    }
    bh_experience experience = {s->n,          s->obs_tm1,   s->actions, s->rewards,
                                s->terminated, s->truncated, s->obs_t};
    agent->observe(run->agent, &experience);
    agent->learn(run->agent);
    return BH_OK;
}

static bh_status after_step(bh_run *run)
{
    const bh_run_config *c = &run->setup->run;
    if (run->timesteps >= run->next_log) {
        record_training(run);
        run->next_log = next_multiple(run->timesteps, c->log_freq);
    }
    if (c->eval_freq > 0 && run->timesteps >= run->next_eval) {
        bh_status status = evaluate_now(run);
        if (status != BH_OK) return status;
        run->next_eval = next_multiple(run->timesteps, c->eval_freq);
    }
    return BH_OK;
}

bh_status bh_run_demonstrate(bh_run *run, const bh_demonstrations *demonstrations, bh_error *err)
{
    const bh_agent_class *agent = run->setup->agent;
    if (agent->demonstrate == NULL) {
        return bh_fail(err, BH_ERR_CONFIG, "%s cannot learn from demonstrations; use clone or dqn",
                       agent->name);
    }
    if (run->timesteps > 0) {
        return bh_fail(err, BH_ERR_STATE,
                       "demonstrations come before the first step, but %d are done",
                       run->timesteps);
    }
    bh_status status =
        bhi_demonstrations_check(demonstrations, bh_run_observation_space(run), run->A, err);
    if (status != BH_OK) return status;
    return agent->demonstrate(run->agent, demonstrations, err);
}

bh_status bh_run_steps(bh_run *run, int n)
{
    int end = run->timesteps > 2000000000 - n ? 2000000000 : run->timesteps + n;
    while (run->timesteps < end) {
        bh_status status = step_once(run);
        if (status == BH_OK) status = after_step(run);
        if (status != BH_OK || bh_run_finished(run)) return status;
    }
    return BH_OK;
}

const bh_error *bh_run_failure(const bh_run *run)
{
    return &run->failure;
}

// ---- looking ----

int bh_run_timesteps(const bh_run *run)
{
    return run->timesteps;
}

int bh_run_updates(const bh_run *run)
{
    return run->setup->agent->n_updates(run->agent);
}

int bh_run_solved_at(const bh_run *run)
{
    return run->solved_at;
}

int bh_run_finished(const bh_run *run)
{
    return run->setup->run.stop_at_threshold && run->solved_at == run->timesteps;
}

int bh_run_episodes(const bh_run *run)
{
    return run->episodes;
}

const bh_env *bh_run_env(const bh_run *run)
{
    return run->train.envs;
}

const bh_setup *bh_run_setup(const bh_run *run)
{
    return run->setup;
}

void bh_run_last_step(const bh_run *run, bh_last_step *out)
{
    const slots *s = &run->train;
    *out = (bh_last_step){
        .obs_tm1 = s->obs_tm1,
        .obs_t = s->obs_t,
        .action = s->actions[0],
        .explored = s->explored[0],
        .step = {s->rewards[0], s->terminated[0], s->truncated[0]},
        .episode_return = s->returns[0],
        .episode_length = bh_env_elapsed(s->envs),
    };
}

void bh_run_q_values(bh_run *run, double *q, const float *obs, int n)
{
    run->setup->agent->q_values(run->agent, params_of(run, BH_CURRENT), q, obs, n);
}

int bh_run_n_actions(const bh_run *run)
{
    return run->A;
}

const bh_space *bh_run_observation_space(const bh_run *run)
{
    return bh_env_observation_space(run->train.envs);
}

// ---- checkpoints ----

int bh_run_tensors(bh_run *run, bh_which which, bh_tensor out[BH_TENSORS_MAX])
{
    int n = run->setup->agent->tensors(run->agent, params_of(run, which), out);
    assert(n <= BH_TENSORS_MAX);
    return n;
}

static bhi_guide *guide_of(bh_run *run)
{
    const bh_agent_class *agent = run->setup->agent;
    return BH_HAS_TEXT && agent->guide != NULL ? agent->guide(run->agent) : NULL;
}

// The frozen language model beside the parameters; returns how many tensors.
static int prior_tensors(bh_run *run, bh_tensor *out)
{
    bhi_guide *guide = guide_of(run);
    return guide != NULL ? bhi_guide_tensors(guide, out) : 0;
}

void bh_run_fingerprint(bh_run *run, bh_which which, char hex[65])
{
    bh_tensor tensors[BH_TENSORS_MAX];
    bh_checkpoint_fingerprint(tensors, bh_run_tensors(run, which, tensors), hex);
}

// Metadata entries and the text they point into.
typedef struct metadata {
    bh_checkpoint_entry entries[128];
    int n;
    char text[12 * BH_TEXT_MAX];
    size_t used;
    int overflowed;
} metadata;

static void add_entry(metadata *m, const char *prefix, const char *name, const char *value)
{
    bh_text key = bh_text_over(m->text + m->used, sizeof m->text - m->used);
    bh_text_add(&key, "%s%s", prefix, name);
    size_t value_at = m->used + key.length + 1, end = value_at + strlen(value) + 1;
    m->overflowed |= m->n == (int)(sizeof m->entries / sizeof *m->entries) || end > sizeof m->text;
    if (m->overflowed) return;
    memcpy(m->text + value_at, value, end - value_at);
    m->entries[m->n++] = (bh_checkpoint_entry){m->text + m->used, m->text + value_at};
    m->used = end;
}

static void add_table(metadata *m, const char *prefix, const bh_config_table *table,
                      const void *config)
{
    char value[BH_TEXT_MAX];
    for (int i = 0; table != NULL && i < table->n_fields; i++) {
        bh_text text = bh_text_over(value, sizeof value);
        bh_config_get(table, config, &table->fields[i], &text);
        add_entry(m, prefix, table->fields[i].name, value);
    }
}

static void add_number(metadata *m, const char *name, double value)
{
    char buffer[40];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    bh_text_add_real(&text, value);
    add_entry(m, "", name, buffer);
}

size_t bh_run_save(bh_run *run, bh_which which, void *out, size_t size)
{
    const bh_setup *setup = run->setup;
    metadata m = {.n = 0};
    bh_tensor tensors[BH_TENSORS_MAX];
    add_entry(&m, "", "format", "bellhop-1");
    add_entry(&m, "", "env", setup->env->id);
    add_entry(&m, "", "algo", setup->agent->name);
    add_number(&m, "timesteps", run->timesteps);
    if (run->best_mean == run->best_mean) add_number(&m, "best_mean_reward", run->best_mean);
    add_table(&m, "config.", &bh_run_table, &setup->run);
    add_table(&m, "config.", setup->agent->config, setup->agent_config);
    add_table(&m, "config.env.", setup->env->config, setup->env_config);
    if (m.overflowed) return 0;
    int n = bh_run_tensors(run, which, tensors);
    if (guide_of(run) != NULL && guide_of(run)->is_known) n += prior_tensors(run, tensors + n);
    return bh_checkpoint_write(out, size, tensors, n, m.entries, m.n);
}

static bh_status check_same(const void *bytes, size_t size, const char *key, const char *own,
                            bh_error *err)
{
    char value[64];
    if (bh_checkpoint_entry_get(bytes, size, key, value, sizeof value) != 1) value[0] = '\0';
    if (strcmp(value, own) == 0) return BH_OK;
    return bh_fail(err, BH_ERR_SHAPE, "the checkpoint's %s is '%s', but here it is '%s'", key,
                   value, own);
}

static bh_status read_parameters(bh_run *run, const void *bytes, size_t size,
                                 const bh_tensor *tensors, int n, bh_error *err)
{
    bh_status status = bh_checkpoint_read(bytes, size, tensors, n, err);
    if (status != BH_OK) return status;
    const bh_agent_class *agent = run->setup->agent;
    if (agent->params_changed != NULL) agent->params_changed(run->agent);
    run->best_mean = NAN; // the old scores belonged to other parameters
    run->solved_at = -1;
    return BH_OK;
}

bh_status bh_run_load(bh_run *run, const void *bytes, size_t size, bh_error *err)
{
    bh_status status = bh_checkpoint_check(bytes, size, err);
    if (status == BH_OK) status = check_same(bytes, size, "env", run->setup->env->id, err);
    if (status == BH_OK) status = check_same(bytes, size, "algo", run->setup->agent->name, err);
    if (status != BH_OK) return status;
    bh_tensor tensors[BH_TENSORS_MAX];
    int n = bh_run_tensors(run, BH_CURRENT, tensors), n_prior = prior_tensors(run, tensors + n);
    int has_prior = n_prior > 0 && bh_checkpoint_has(bytes, size, tensors[n].name);
    status = read_parameters(run, bytes, size, tensors, n + (has_prior ? n_prior : 0), err);
    if (status == BH_OK && has_prior) guide_of(run)->is_known = 1;
    return status;
}

bh_status bh_run_load_parameters(bh_run *run, const void *bytes, size_t size, int *n_loaded,
                                 bh_error *err)
{
    bh_status status = bh_checkpoint_check(bytes, size, err);
    if (status != BH_OK) return status;
    bh_tensor tensors[BH_TENSORS_MAX];
    int n = bh_run_tensors(run, BH_CURRENT, tensors), found = 0;
    for (int i = 0; i < n; i++) {
        if (bh_checkpoint_has(bytes, size, tensors[i].name)) tensors[found++] = tensors[i];
    }
    if (found == 0) {
        return bh_fail(err, BH_ERR_SHAPE,
                       "the checkpoint has none of this model's parameters, such as '%s'",
                       tensors[0].name);
    }
    if (n_loaded != NULL) *n_loaded = found;
    return read_parameters(run, bytes, size, tensors, found, err);
}

// ---- language models ----

#if BH_HAS_TEXT
bh_status bh_run_language_model(bh_run *run, const bh_language_weights *lm, bh_error *err)
{
    const bh_agent_class *agent = run->setup->agent;
    if (agent->language_model == NULL) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "%s cannot start from a language model; use dqn, ppo or reinforce",
                       agent->name);
    }
    bh_status status = agent->language_model(run->agent, lm, err);
    if (status != BH_OK) return status;
    run->best_mean = NAN;
    run->solved_at = -1;
    return BH_OK;
}

int bh_run_log_prior(bh_run *run, double *log_p, const float *obs, int n)
{
    const bh_agent_class *agent = run->setup->agent;
    return agent->log_prior != NULL && agent->log_prior(run->agent, log_p, obs, n);
}
#endif
