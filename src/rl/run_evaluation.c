// SPDX-License-Identifier: MIT
// A run's evaluations.
#include "rl/run_state.h"

#include "rl/tabular.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <string.h>

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

bh_status bhi_run_fail(bh_run *run, const bhi_env_buffers *s)
{
    run->failure = *bh_env_failure(s->envs);
    return run->failure.status;
}

bh_status bhi_step_envs(bhi_env_buffers *s)
{
    bh_status status = s->box != NULL ? bh_vec_env_step_box(s->envs, s->box, s->obs_t, s->rewards,
                                                            s->terminated, s->truncated, NULL)
                                      : bh_vec_env_step(s->envs, s->actions, s->obs_t, s->rewards,
                                                        s->terminated, s->truncated, NULL);
    assert(status == BH_OK || status == BH_PENDING || status == BH_ERR_ENV);
    return status;
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
    bhi_seed_envs(&run->eval, e->n_active, rng);
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
    status = bhi_step_envs(s);
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

static void begin(bh_run *run, int is_own, int episodes)
{
    bhi_evaluation *e = &run->evaluation;
    if (bhi_run_is_single(run->setup)) bhi_run_truncate(run);
    e->is_own = is_own;
    e->before = run->eval_rng;
    e->n_episodes = episodes;
    e->tally = (bhi_tally){0};
    e->n_active = 0;
}

// Begins an evaluation, or goes on with the one that is open.
static bh_status evaluate(bh_run *run, bh_params_choice choice, bh_rng *rng, int episodes,
                          bh_score *out)
{
    bhi_evaluation *e = &run->evaluation;
    const bhi_tally *t = &e->tally;
    if (!e->is_open) begin(run, rng == &run->eval_rng, episodes);
    bh_status status = BH_OK;
    double **obs_rms = &run->agent->encoder.obs_rms, *own = *obs_rms;
    const void *params = bhi_run_params(run, choice);
    *obs_rms = bhi_run_obs_rms(run, choice);
    while (status == BH_OK && (e->n_active > 0 || t->n < e->n_episodes)) {
        if (e->n_active == 0) next_batch(run, e->n_episodes, rng);
        status = play_step(run, params);
        if (status == BH_OK && bhi_run_is_interrupted(run)) status = BH_PENDING;
    }
    *obs_rms = own;
    e->is_open = status == BH_PENDING;
    if (status != BH_OK) return e->is_open ? status : bhi_run_fail(run, &run->eval);
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

bh_status bhi_run_evaluate_now(bh_run *run)
{
    bh_score score;
    bh_status status =
        evaluate(run, BH_CURRENT, &run->eval_rng, run->setup->run.n_eval_episodes, &score);
    if (status != BH_OK) return status;
    // Of equals the latest; true also against NAN. Parameters that are no numbers act too, always
    // alike, and are never kept.
    int is_kept = !(score.mean < run->best_mean) && !run->has_nan;
    if (is_kept) keep_best(run, &score);
    if (run->solved_at < 0 && score.mean >= run->setup->env->reward_threshold)
        run->solved_at = run->timesteps;
    double *r = bhi_run_add_record(run, BH_RECORD_EVAL);
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
    bh_status status = bhi_run_check_count(run, episodes, 0);
    if (status != BH_OK) return status;
    bhi_evaluation *e = &run->evaluation;
    if (e->is_open && e->is_own) bhi_run_settle(run);
    e->is_open &= episodes > 0;
    if (episodes == 0) return BH_OK;
    if (!e->is_open) e->rng = bh_rng_seed(seed);
    return evaluate(run, choice, &e->rng, episodes, out);
}
