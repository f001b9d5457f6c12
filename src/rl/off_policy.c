// SPDX-License-Identifier: MIT
// What DDPG, TD3 and SAC have in common.
#include "rl/off_policy.h"

#include "core/fmath.h"
#include "kernels/elementwise.h"
#include "optim/schedule.h"
#include "rl/gaussian.h"
#include "rl/update_record.h"
#include "rl/value.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define OU_DT 0.01 // of Ornstein-Uhlenbeck noise, Stable-Baselines3's

enum { NOISE_NONE, NOISE_NORMAL, NOISE_OU }; // the words of noise_type

const char *const bhi_off_policy_large_settings[] = {"buffer_size", "batch_size", "net_arch", NULL};

const bh_off_policy_config *bhi_off_policy_config_of(const bhi_off_policy *o)
{
    return o->base.config;
}

static const bh_off_policy_config *config_of(const bhi_off_policy *o)
{
    return o->base.config;
}

double bhi_off_policy_learning_rate(const bhi_off_policy *o)
{
    return bhi_schedule_at(&config_of(o)->learning_rate, 1, bhi_agent_progress(&o->base));
}

bh_real *bhi_off_policy_critic(const bhi_off_policy *o, bh_real *block, int i)
{
    return block + o->actor.n_params + i * o->critic.n_params;
}

bh_real *bhi_off_policy_critic_acts(const bhi_off_policy *o, int i)
{
    return o->critic_acts + (size_t)i * bhi_net_acts(&o->critic, o->rows);
}

// ---- creating ----

static bh_status check(const bhi_off_policy *o, const bhi_net_spec *actor,
                       const bhi_net_spec *critic, bh_error *err)
{
    const bh_off_policy_config *c = config_of(o);
    double params, units, more,
        replay = ((double)c->buffer_size + c->demo_capacity) *
                 ((double)bh_space_bytes(&o->base.spec.observation) / sizeof(float) + o->D);
    bhi_net_spec_sizes(actor, &params, &units);
    bhi_net_spec_sizes(critic, &more, &units);
    params += o->n_critics * more;
    if (params <= BHI_REALS_MAX && o->n_critics * units * o->rows <= BHI_REALS_MAX &&
        replay <= BHI_REALS_MAX)
        return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG, "%s: net_arch, batch_size or buffer_size is too large",
                   o->base.class->config->name);
}

bh_status bhi_off_policy_shape(void *agent, bh_error *err)
{
    bhi_off_policy *o = agent;
    const bh_off_policy_config *c = config_of(o);
    const bhi_agent_spec *spec = &o->base.spec;
    o->kind = o->base.class->functions->variant;
    o->S = spec->observation.n;
    o->D = spec->action.n;
    o->rows = c->batch_size > spec->n_envs ? c->batch_size : spec->n_envs;
    o->replay.n_box = o->D;
    bh_net_config net = {.net_arch = c->net_arch, .activation = c->activation};
    bhi_net_spec actor = bhi_net_spec_of(&net, spec), critic = actor;
    actor.outputs = o->kind->heads * o->D;
    critic.inputs = o->S + o->D;
    critic.outputs = 1;
    bh_status status = check(o, &actor, &critic, err);
    if (status != BH_OK) return status;
    o->actor = bhi_net_shape(&actor);
    o->critic = bhi_net_shape(&critic);
    o->n_critic_params = o->n_critics * o->critic.n_params;
    o->n_params = o->actor.n_params + o->n_critic_params;
    return BH_OK;
}

static void *reals(bhi_arena *arena, size_t count)
{
    return bhi_arena_array(arena, count, sizeof(bh_real));
}

static void layout_networks(bhi_off_policy *o, bhi_arena *arena)
{
    const bh_optimizer_config *optimizer = &config_of(o)->optimizer;
    size_t P = (size_t)o->n_params, actor = bhi_net_acts(&o->actor, o->rows),
           critic = bhi_net_acts(&o->critic, o->rows);
    o->params = reals(arena, P);
    o->target = reals(arena, P);
    o->gradient = reals(arena, P);
    bhi_optimizer_layout(&o->actor_optimizer, arena, optimizer, o->actor.n_params);
    bhi_optimizer_layout(&o->critic_optimizer, arena, optimizer, o->n_critic_params);
    o->actor_acts = reals(arena, actor);
    o->actor_dacts = reals(arena, actor);
    o->critic_acts = reals(arena, (size_t)o->n_critics * critic);
    o->critic_dacts = reals(arena, critic);
    if (o->kind->heads == 1) return;
    o->eps_t = reals(arena, (size_t)o->rows * (size_t)o->D);
    o->log_prob = reals(arena, (size_t)o->rows);
    o->dlog_prob = reals(arena, (size_t)o->rows);
    o->actor_acts_t = reals(arena, actor);
    o->log_alpha = reals(arena, 1);
    o->dlog_alpha = reals(arena, 1);
    bhi_optimizer_layout(&o->entropy_optimizer, arena, optimizer, 1);
}

void bhi_off_policy_layout(void *agent, bhi_arena *arena)
{
    bhi_off_policy *o = agent;
    const bh_off_policy_config *c = config_of(o);
    size_t B = (size_t)c->batch_size, rows = (size_t)o->rows, S = (size_t)o->S, D = (size_t)o->D;
    layout_networks(o, arena);
    o->noise = reals(arena, (size_t)o->base.spec.n_envs * D);
    o->drawn = reals(arena, (size_t)o->base.spec.n_envs * D);
    o->stored = bhi_arena_array(arena, D, sizeof *o->stored);
    o->index = bhi_arena_array(arena, B, sizeof *o->index);
    o->x_tm1 = reals(arena, rows * S);
    o->x_t = reals(arena, rows * S);
    o->r_t = reals(arena, B);
    o->discount_t = reals(arena, B);
    o->y = reals(arena, B);
    o->error = reals(arena, B);
    o->pairs_tm1 = reals(arena, rows * (S + D));
    o->pairs_t = reals(arena, rows * (S + D));
    o->a = reals(arena, rows * D);
    o->da = reals(arena, rows * D);
    o->q = reals(arena, (size_t)o->n_critics * rows);
    o->eps = reals(arena, rows * D);
    bhi_replay_layout(&o->replay, arena, c->buffer_size + c->demo_capacity, o->base.spec.n_envs,
                      &o->base.encoder);
    if (!c->prioritized) return;
    o->probability = bhi_arena_array(arena, B, sizeof *o->probability);
    o->importance = reals(arena, B);
    bhi_replay_layout_priorities(&o->replay, arena);
}

bh_status bhi_off_policy_init(void *agent, bh_error *err)
{
    (void)err;
    bhi_off_policy *o = agent;
    bh_rng init_rng = bh_rng_split(&o->base.spec.rng);
    o->act_rng = bh_rng_split(&o->base.spec.rng);
    o->noise_rng = bh_rng_split(&o->base.spec.rng);
    o->sample_rng = bh_rng_split(&o->base.spec.rng);
    o->target_rng = bh_rng_split(&o->base.spec.rng);
    bhi_optimizer_init(&o->actor_optimizer);
    bhi_optimizer_init(&o->critic_optimizer);
    bhi_net_init(&o->actor, o->params, &init_rng);
    for (int i = 0; i < o->n_critics; i++)
        bhi_net_init(&o->critic, bhi_off_policy_critic(o, o->params, i), &init_rng);
    memcpy(o->target, o->params, (size_t)o->n_params * sizeof(bh_real));
    if (o->log_alpha != NULL) bhi_optimizer_init(&o->entropy_optimizer);
    return BH_OK;
}

static void optimizer_state(bhi_optimizer *optimizer, const char *name, bhi_state_visitor *visitor)
{
    bhi_state_begin(visitor, name);
    bhi_optimizer_state(optimizer, visitor);
    bhi_state_end(visitor);
}

void bhi_off_policy_state(void *agent, bhi_state_visitor *visitor)
{
    bhi_off_policy *o = agent;
    BHI_STATE(visitor, "params", o->params, o->n_params);
    BHI_STATE(visitor, "target", o->target, o->n_params);
    optimizer_state(&o->actor_optimizer, "actor", visitor);
    optimizer_state(&o->critic_optimizer, "critic", visitor);
    if (o->log_alpha != NULL) {
        BHI_STATE(visitor, "log_alpha", o->log_alpha, 1);
        optimizer_state(&o->entropy_optimizer, "entropy", visitor);
    }
    bhi_rng_state(&o->act_rng, 1, "act_rng", visitor);
    bhi_rng_state(&o->noise_rng, 1, "noise_rng", visitor);
    bhi_rng_state(&o->sample_rng, 1, "sample_rng", visitor);
    bhi_rng_state(&o->target_rng, 1, "target_rng", visitor);
    BHI_STATE(visitor, "noise", o->noise, o->base.spec.n_envs * o->D);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "vec_steps", &o->vec_steps, 1);
    bhi_replay_state(&o->replay, 0, config_of(o)->demo_capacity, visitor);
}

// ---- acting ----

static double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

// Between the bounds of number d, from -1 … 1.
static float to_bounds(const bhi_off_policy *o, double a, int d)
{
    double low = (double)o->base.spec.action.low[d], high = (double)o->base.spec.action.high[d];
    return (float)(low + 0.5 * (a + 1) * (high - low));
}

static float from_bounds(const bhi_off_policy *o, float a, int d)
{
    double low = (double)o->base.spec.action.low[d], high = (double)o->base.spec.action.high[d];
    return (float)clip(2 * (((double)a - low) / (high - low)) - 1, -1, 1);
}

static void encode(bhi_off_policy *o, const float *obs, int n)
{
    size_t S = (size_t)o->S, F = (size_t)bh_space_floats(&o->base.spec.observation);
    for (size_t i = 0; i < (size_t)n; i++)
        bhi_encode(o->x_tm1 + i * S, obs + i * F, &o->base.encoder);
}

// What is added to n actions, (n,D), borrowed; NULL where there is no noise. Ornstein-Uhlenbeck's
// state moves on when it is observed what came of them.
static const bh_real *draw_noise(bhi_off_policy *o, int n)
{
    const bh_off_policy_config *c = config_of(o);
    int count = n * o->D;
    if (c->noise_type == NOISE_NONE) return NULL;
    for (int i = 0; i < count; i++) o->eps[i] = (bh_real)bh_rng_normal(&o->noise_rng);
    memcpy(o->drawn, o->noise, (size_t)count * sizeof *o->drawn);
    if (c->noise_type == NOISE_OU)
        bh_policy_ornstein_uhlenbeck(o->drawn, o->eps, 0, c->noise_std, c->noise_theta, OU_DT,
                                     count);
    else
        for (int i = 0; i < count; i++) o->drawn[i] = (bh_real)c->noise_std * o->eps[i];
    return o->drawn;
}

void bhi_off_policy_act(void *agent, float *actions, unsigned char *explored, const float *obs,
                        int n)
{
    bhi_off_policy *o = agent;
    assert(n <= o->base.spec.n_envs);
    int is_random = o->base.timesteps < config_of(o)->learning_starts;
    if (is_random) {
        for (int i = 0; i < n * o->D; i++) o->a[i] = (bh_real)(2 * bh_rng_uniform(&o->act_rng) - 1);
    } else {
        encode(o, obs, n);
        o->kind->choose(o, o->a, o->x_tm1, n);
    }
    for (int i = 0; i < n; i++) explored[i] = (unsigned char)is_random;
    const bh_real *noise = draw_noise(o, n);
    for (int i = 0; i < n * o->D; i++) {
        double a = (double)o->a[i] + (noise != NULL ? (double)noise[i] : 0);
        actions[i] = to_bounds(o, clip(a, -1, 1), i % o->D);
    }
}

int bhi_off_policy_act_rngs(void *agent, bh_rng **out)
{
    bhi_off_policy *o = agent;
    out[0] = &o->act_rng;
    out[1] = &o->noise_rng;
    return 2;
}

void bhi_off_policy_greedy(void *agent, const void *params, float *actions, const float *obs, int n)
{
    bhi_off_policy *o = agent;
    size_t F = (size_t)bh_space_floats(&o->base.spec.observation), D = (size_t)o->D;
    size_t width = (size_t)o->kind->heads * D;
    for (int i = 0; i < n; i += o->rows) {
        int B = n - i < o->rows ? n - i : o->rows;
        encode(o, obs + (size_t)i * F, B);
        const bh_real *out = bhi_net_forward(&o->actor, params, o->actor_acts, o->x_tm1, B);
        for (size_t b = 0; b < (size_t)B; b++) {
            for (size_t d = 0; d < D; d++)
                actions[((size_t)i + b) * D + d] =
                    to_bounds(o, bh_tanh((double)out[b * width + d]), (int)d);
        }
    }
}

void bhi_off_policy_put(bhi_off_policy *o, bh_real *pairs, const bh_real *a, int B)
{
    bhi_copy_rows(pairs + o->S, o->S + o->D, a, o->D, B, o->D);
}

// The least of the critics' values of pairs (B,S+D), into q (B).
static void least_values(bhi_off_policy *o, double *q, const bh_real *pairs, int B)
{
    for (int i = 0; i < o->n_critics; i++) {
        const bh_real *values = bhi_net_forward(&o->critic, bhi_off_policy_critic(o, o->params, i),
                                                o->critic_acts, pairs, B);
        for (int b = 0; b < B; b++)
            if (i == 0 || (double)values[b] < q[b]) q[b] = (double)values[b];
    }
}

void bhi_off_policy_values(void *agent, double *q, const float *obs, const float *actions, int n)
{
    bhi_off_policy *o = agent;
    size_t F = (size_t)bh_space_floats(&o->base.spec.observation);
    for (int i = 0; i < n; i += o->rows) {
        int B = n - i < o->rows ? n - i : o->rows;
        encode(o, obs + (size_t)i * F, B);
        const float *a = actions + (size_t)i * (size_t)o->D;
        for (int j = 0; j < B * o->D; j++) o->a[j] = (bh_real)from_bounds(o, a[j], j % o->D);
        bhi_copy_rows(o->pairs_t, o->S + o->D, o->x_tm1, o->S, B, o->S);
        bhi_off_policy_put(o, o->pairs_t, o->a, B);
        least_values(o, q + i, o->pairs_t, B);
    }
}

// ---- learning ----

static void store(bhi_off_policy *o, const bh_experience *e, int i, int is_truncated)
{
    size_t F = (size_t)bh_space_floats(&o->base.spec.observation), row = (size_t)i * F;
    for (int d = 0; d < o->D; d++)
        o->stored[d] = from_bounds(o, e->box_tm1[(size_t)i * (size_t)o->D + (size_t)d], d);
    bhi_replay_add_box(&o->replay, e->obs_tm1 + row, o->stored, e->r_t[i], e->terminated_t[i],
                       is_truncated, e->obs_t + row);
}

void bhi_off_policy_observe(void *agent, const bh_experience *e)
{
    bhi_off_policy *o = agent;
    size_t D = (size_t)o->D;
    if (config_of(o)->noise_type == NOISE_OU)
        memcpy(o->noise, o->drawn, (size_t)e->n * D * sizeof *o->noise);
    for (int i = 0; i < e->n; i++) {
        store(o, e, i, e->truncated_t[i]);
        if (e->terminated_t[i] || e->truncated_t[i])
            memset(o->noise + (size_t)i * D, 0, D * sizeof *o->noise);
    }
    o->base.timesteps += e->n;
    o->vec_steps++;
}

void bhi_off_policy_truncate(void *agent, const float *obs)
{
    (void)obs;
    bhi_off_policy *o = agent;
    bhi_replay_truncate(&o->replay);
    memset(o->noise, 0, (size_t)o->base.spec.n_envs * (size_t)o->D * sizeof *o->noise);
}

bh_status bhi_off_policy_demonstrate(void *agent, const bh_demonstrations *demonstrations,
                                     bh_error *err)
{
    bhi_off_policy *o = agent;
    const bh_experience *e = &demonstrations->transitions;
    int room = config_of(o)->demo_capacity - o->replay.n_protected;
    const char *name = o->base.class->config->name;
    if (o->base.timesteps > 0)
        return bh_fail(err, BH_ERR_STATE, "%s: demonstrations come before the first step", name);
    if (e->n > room)
        return bh_fail(err, BH_ERR_ARGUMENT,
                       "%s: demo_capacity has room for %d more transitions, but %d are "
                       "demonstrated",
                       name, room, e->n);
    bhi_encoder_take_obs(&o->base.encoder, e->obs_tm1, e->n);
    for (int i = 0; i < e->n; i++) store(o, e, i, e->truncated_t[i] || i + 1 == e->n);
    bhi_replay_protect(&o->replay);
    return BH_OK;
}

void bhi_off_policy_sample(bhi_off_policy *o)
{
    const bh_off_policy_config *c = config_of(o);
    int B = c->batch_size;
    if (c->prioritized) {
        double progress = bhi_agent_progress(&o->base), done = progress < 1 ? progress : 1;
        bhi_sumtree_sample(&o->replay.priorities, o->index, o->probability, B, &o->sample_rng);
        bh_value_importance_weights(o->importance, o->probability, o->replay.size,
                                    c->priority_beta + (1 - c->priority_beta) * done, 0, B);
    } else {
        bhi_replay_sample_shares(&o->replay, o->index, c->demo_ratio, B, &o->sample_rng);
    }
    bhi_replay_gather(&o->replay, o->index, B, c->gamma, c->n_steps, o->x_tm1, NULL, o->r_t,
                      o->discount_t, o->x_t);
    bhi_replay_gather_box(&o->replay, o->index, B, o->a);
    bhi_copy_rows(o->pairs_tm1, o->S + o->D, o->x_tm1, o->S, B, o->S);
    bhi_copy_rows(o->pairs_t, o->S + o->D, o->x_t, o->S, B, o->S);
    bhi_off_policy_put(o, o->pairs_tm1, o->a, B);
}

// The batch, and what it is to be worth.
static void show_batch(bhi_off_policy *o, double alpha, const bh_real *log_prob)
{
    bhi_agent *agent = &o->base;
    int B = config_of(o)->batch_size, C = o->n_critics;
    if (!bhi_begin_update(agent)) return;
    BHI_SHOW(agent, "index", o->index, 1, B);
    BHI_SHOW(agent, "x_tm1", o->x_tm1, B, o->S);
    BHI_SHOW(agent, "box_tm1", o->a, B, o->D);
    BHI_SHOW(agent, "r_t", o->r_t, 1, B);
    BHI_SHOW(agent, "discount_t", o->discount_t, 1, B);
    BHI_SHOW(agent, "x_t", o->x_t, B, o->S);
    BHI_SHOW(agent, "qt_t", o->q, C, B);
    BHI_SHOW(agent, "log_prob_t", log_prob, 1, B);
    if (log_prob != NULL) bhi_show_number(agent, "ent_coef", alpha);
    BHI_SHOW(agent, "target", o->y, 1, B);
    if (!config_of(o)->prioritized) return;
    BHI_SHOW(agent, "probability", o->probability, 1, B);
    BHI_SHOW(agent, "importance", o->importance, 1, B);
}

// A critic's loss and the gradient of its outputs; adds to the errors.
static double learn_outputs(bhi_off_policy *o, const bh_real *q, bh_real *dq, double factor)
{
    const bh_off_policy_config *c = config_of(o);
    int B = c->batch_size;
    double loss = 0;
    for (int b = 0; b < B; b++) {
        double error = (double)q[b] - (double)o->y[b];
        double weight = factor * (c->prioritized ? (double)o->importance[b] : 1);
        loss += weight * error * error;
        dq[b] = (bh_real)(2 * weight * error / B);
        o->error[b] += (bh_real)(fabs(error) / o->n_critics);
    }
    return loss / B;
}

static double mean(const bh_real *x, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)x[i];
    return sum / n;
}

static void step(const bhi_off_policy *o, bhi_optimizer *optimizer, bh_real *params,
                 const bh_real *gradient)
{
    optimizer->settings = config_of(o)->optimizer;
    bhi_optimizer_step(optimizer, params, gradient, bhi_off_policy_learning_rate(o), 1);
}

void bhi_off_policy_learn_critics(bhi_off_policy *o, double factor, double alpha,
                                  const bh_real *log_prob)
{
    int B = config_of(o)->batch_size, C = o->n_critics;
    for (int i = 0; i < C; i++) {
        const bh_real *q = bhi_net_forward(&o->critic, bhi_off_policy_critic(o, o->target, i),
                                           o->critic_acts, o->pairs_t, B);
        memcpy(o->q + (size_t)i * (size_t)B, q, (size_t)B * sizeof *q);
    }
    bh_value_critic_target(o->y, o->r_t, o->discount_t, o->q, C, alpha, log_prob, B);
    memset(o->error, 0, (size_t)B * sizeof *o->error);
    show_batch(o, alpha, log_prob);
    double loss = 0;
    for (int i = 0; i < C; i++) {
        const bh_real *w = bhi_off_policy_critic(o, o->params, i);
        const bh_real *q = bhi_net_forward(&o->critic, w, o->critic_acts, o->pairs_tm1, B);
        BHI_SHOW(&o->base, i == 0 ? "q1_tm1" : "q2_tm1", q, 1, B);
        loss += learn_outputs(o, q, bhi_net_output(&o->critic, o->critic_dacts, B), factor);
        if (i == 0) bhi_agent_log(&o->base, BHI_METRIC_VALUE, mean(q, B));
        bhi_net_backward(&o->critic, w, bhi_off_policy_critic(o, o->gradient, i), o->critic_acts,
                         o->critic_dacts, o->pairs_tm1, B);
    }
    bh_real *gradient = bhi_off_policy_critic(o, o->gradient, 0);
    bhi_agent_log(&o->base, BHI_METRIC_LOSS, loss);
    bhi_agent_log(&o->base, BHI_METRIC_CRITIC_LOSS, loss);
    double norm = sqrt(bhi_sum_of_squares(gradient, o->n_critic_params));
    bhi_agent_log(&o->base, BHI_METRIC_GRAD_NORM, norm);
    bhi_show_number(&o->base, "grad_norm", norm);
    bhi_show_number(&o->base, "learning_rate", bhi_off_policy_learning_rate(o));
    step(o, &o->critic_optimizer, bhi_off_policy_critic(o, o->params, 0), gradient);
    if (config_of(o)->prioritized)
        bhi_replay_set_priorities(&o->replay, o->index, o->error, config_of(o)->priority_alpha, B);
}

void bhi_off_policy_step_actor(bhi_off_policy *o)
{
    bhi_net_backward(&o->actor, o->params, o->gradient, o->actor_acts, o->actor_dacts, o->x_tm1,
                     config_of(o)->batch_size);
    step(o, &o->actor_optimizer, o->params, o->gradient);
}

void bhi_off_policy_step_entropy(bhi_off_policy *o)
{
    step(o, &o->entropy_optimizer, o->log_alpha, o->dlog_alpha);
}

void bhi_off_policy_move_targets(bhi_off_policy *o)
{
    if (config_of(o)->tau == 1) memcpy(o->target, o->params, (size_t)o->n_params * sizeof(bh_real));
    else bhi_polyak(o->target, o->params, (bh_real)config_of(o)->tau, o->n_params);
}

int bhi_off_policy_learn(void *agent)
{
    bhi_off_policy *o = agent;
    const bh_off_policy_config *c = config_of(o);
    uint64_t n = (uint64_t)c->gradient_steps;
    if (o->base.timesteps > c->learning_starts && o->vec_steps % c->train_freq == 0 &&
        o->base.piece < n && o->replay.size > 0) {
        bhi_off_policy_sample(o);
        o->base.n_updates++;
        o->kind->update(o);
        if (++o->base.piece < n) return 1;
    }
    o->base.piece = 0;
    return 0;
}

// ---- the classes ----

void bhi_off_policy_rates(const void *agent, bhi_agent_metrics *out)
{
    const bhi_off_policy *o = agent;
    out->learning_rate = bhi_off_policy_learning_rate(o);
}

void *bhi_off_policy_params(void *agent, size_t *bytes)
{
    bhi_off_policy *o = agent;
    *bytes = (size_t)o->n_params * sizeof *o->params;
    return o->params;
}

int bhi_off_policy_tensors(const void *agent, void *params, bh_tensor *out)
{
    const bhi_off_policy *o = agent;
    int n = bhi_net_tensors(&o->actor, params, &o->kind->actor, out);
    for (int i = 0; i < o->n_critics; i++) {
        char name[16];
        bh_text text = bh_text_over(name, sizeof name);
        bh_text_add(&text, "critic.qf%d", i);
        bhi_tensor_names names = {.hidden = name};
        n += bhi_net_tensors(&o->critic, bhi_off_policy_critic(o, params, i), &names, out + n);
    }
    return n;
}

void bhi_off_policy_params_changed(void *agent)
{
    bhi_off_policy *o = agent;
    memcpy(o->target, o->params, (size_t)o->n_params * sizeof(bh_real));
}

int bhi_off_policy_networks(void *agent, bhi_agent_net *out)
{
    bhi_off_policy *o = agent;
    out[0] = (bhi_agent_net){&o->actor, o->params, BHI_ROLE_POLICY};
    return 1;
}
