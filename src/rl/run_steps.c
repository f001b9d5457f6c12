// SPDX-License-Identifier: MIT
// A run's steps, and the records they leave.
#include "rl/run_state.h"

#include "rl/demonstrations.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// ---- records ----

double *bhi_run_add_record(bh_run *run, int kind)
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
    double *r = bhi_run_add_record(run, BH_RECORD_EPISODE);
    r[2] = run->train.returns[i];
    r[3] = bh_vec_env_elapsed(run->train.envs, i);
    r[4] = i;
    run->episodes++;
}

static void record_training(bh_run *run)
{
    bhi_agent_metrics stats;
    bhi_agent_stats(run->agent, &stats);
    double *r = bhi_run_add_record(run, BH_RECORD_TRAIN);
    r[2] = stats.loss;
    r[3] = stats.mean_q;
    r[4] = stats.epsilon;
    r[5] = stats.learning_rate;
    r[6] = stats.n_updates;
    r[7] = stats.grad_norm;
    memcpy(r + 8, stats.extra, sizeof stats.extra);
}
// ---- one step ----

// The episodes under way in training end where they are; the next step starts new ones.
void bhi_run_truncate(bh_run *run)
{
    const bh_agent_class *agent = run->setup->agent;
    if (run->agent->piece > 0) bh_run_learn(run); // whose steps it would change
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
    bhi_run_settle(run);
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
    return bhi_run_fail(run, &run->train);
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
        status = bhi_step_envs(s);
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
        if (run->n_visits > 0) run->visits[(int)s->obs_tm1[i * run->F] * run->A + s->actions[i]]++;
        if (s->terminated[i] || s->truncated[i]) record_episode(run, i);
    }
    bh_experience experience = {s->n,          s->obs_tm1,   s->actions, s->rewards,
                                s->terminated, s->truncated, s->obs_t,   s->box};
    bhi_encoder_take_rewards(&run->agent->encoder, s->rewards, s->terminated, s->truncated);
    run->setup->agent->functions->observe(run->agent, &experience);
}

static void end_learning(bh_run *run)
{
    if (run->timesteps < run->next_log) return;
    record_training(run);
    run->next_log = bhi_next_multiple(run->timesteps, run->setup->run.log_freq);
}

void bh_run_learn(bh_run *run)
{
    bhi_agent_learn(run->agent);
    end_learning(run);
}

// BH_PENDING where it was interrupted between two pieces.
static bh_status learn(bh_run *run)
{
    while (run->setup->agent->functions->learn(run->agent))
        if (bhi_run_is_interrupted(run)) return BH_PENDING;
    end_learning(run);
    return BH_OK;
}

// The evaluation that is due, owed or open.
static bh_status evaluate_if_due(bh_run *run)
{
    const bh_run_config *c = &run->setup->run;
    int is_of_loaded = run->owed == BHI_OWED_LOADED, // next_eval may have been planned anew since
        is_due = run->owed != BHI_OWED_NONE || run->timesteps >= run->next_eval;
    bh_status status = BH_OK;
    if (run->evaluation.is_open || (c->eval_freq > 0 && is_due)) status = bhi_run_evaluate_now(run);
    else is_of_loaded = 1;
    if (status != BH_OK) return status;
    run->owed = BHI_OWED_NONE;
    if (!is_of_loaded && c->eval_freq > 0)
        run->next_eval = bhi_next_multiple(run->timesteps, c->eval_freq);
    return BH_OK;
}

void bhi_run_settle(bh_run *run)
{
    const bh_run_config *c = &run->setup->run;
    bhi_evaluation *e = &run->evaluation;
    if (run->agent->piece > 0) bh_run_learn(run);
    if (e->is_open && e->is_own) run->eval_rng = e->before;
    e->is_open = 0;
    if (run->owed == BHI_OWED_NONE && c->eval_freq > 0 && run->timesteps >= run->next_eval)
        run->owed = BHI_OWED_STEP;
    if (run->has_changes) bhi_run_apply_changes(run);
}

// A whole step, or the rest of one that was interrupted.
static bh_status step_once(bh_run *run)
{
    if (run->agent->piece == 0) {
        if (run->has_changes) bhi_run_apply_changes(run);
        bh_status status = step_all(run);
        if (status != BH_OK) return status;
        observe(run);
    }
    bh_status status = learn(run);
    return status == BH_OK ? evaluate_if_due(run) : status;
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
    if (status == BH_OK) bhi_run_settle(run);
    if (status == BH_OK) status = agent->functions->demonstrate(run->agent, demonstrations, err);
    return status == BH_OK && run->agent->piece > 0 ? learn(run) : status;
}

bh_status bh_run_steps(bh_run *run, int n)
{
    bh_status checked = bhi_run_check_count(run, n, 0);
    if (checked != BH_OK) return checked;
    int is_under_way =
        run->stage == BHI_RESETTING || run->stage == BHI_STEPPING || run->agent->piece > 0;
    if (run->evaluation.is_open || run->owed == BHI_OWED_STEP ||
        (run->owed == BHI_OWED_LOADED && n > 0)) {
        bh_status status = evaluate_if_due(run);
        if (status != BH_OK || bh_run_finished(run)) return status;
    }
    int end = run->timesteps > 2000000000 - n ? 2000000000 : run->timesteps + n;
    while (run->timesteps < end || is_under_way) {
        int before = run->agent->n_updates;
        bh_status status = step_once(run);
        is_under_way = 0;
        if (status != BH_OK || bh_run_finished(run)) return status;
        if (run->agent->n_updates != before && run->timesteps < end && bhi_run_is_interrupted(run))
            return BH_PENDING;
    }
    return BH_OK;
}

int bh_run_is_under_way(const bh_run *run)
{
    return run->agent->piece > 0 || run->owed == BHI_OWED_STEP || run->evaluation.is_open;
}

void bh_run_set_interrupt(bh_run *run, bh_interrupt *interrupt, void *user)
{
    run->interrupt = interrupt;
    run->interrupt_user = user;
}

void bh_run_reset_timesteps(bh_run *run)
{
    bhi_run_settle(run);
    run->owed = BHI_OWED_NONE;
    bhi_run_truncate(run);
    run->timesteps = run->episodes = run->agent->timesteps = 0;
    run->solved_at = -1;
    bhi_run_plan_records(run);
}

const bh_error *bh_run_failure(const bh_run *run)
{
    return &run->failure;
}
