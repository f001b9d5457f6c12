// SPDX-License-Identifier: MIT
// Deep Q-learning.
#include "rl/dqn.h"

#include "core/alloc.h"
#include "kernels/elementwise.h"
#include "nn/losses.h"
#include "nn/mlp.h"
#include "optim/optimizer.h"
#include "rl/explore.h"
#include "rl/replay.h"
#include "rl/value.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define BH_CONFIG_STRUCT bh_dqn_config
static const bh_field fields[] = {BH_DQN_CONFIG(BH_ENTRY)};
const bh_config_table bh_dqn_table = {"DQN", fields, sizeof fields / sizeof *fields,
                                      sizeof(bh_dqn_config)};

// Reals of one block; beyond this, offsets would not fit an int.
#define BH_REALS_MAX ((size_t)1 << 30)

struct bh_dqn {
    bh_dqn_config config;
    bh_agent_spec spec;
    bhi_mlp net;
    bhi_replay replay;
    bhi_optimizer optimizer;
    bh_rng explore_rng, sample_rng;
    int timesteps; // environment steps observed
    int calls;     // steps of all environments together
    int n_updates;
    double loss_sum, q_sum, norm_sum; // since the last stats
    int sums_n;
    int rows; // of the batches below: max(batch_size, n_envs)
    size_t bytes;

    bh_real *online, *target, *gradient; // (n_params)
    int *index;                          // (B) sampled
    int *a_tm1;                          // (B)
    bh_real *x_tm1, *x_t;                // (rows,S) network inputs
    bh_real *r_t, *discount_t, *td, *dq; // (B)
    bh_real *acts, *acts_t, *dacts;      // (rows, n_units)
};

static void layout(bh_dqn *d, bhi_arena *arena)
{
    size_t P = (size_t)d->net.n_params, B = (size_t)d->config.batch_size, rows = (size_t)d->rows;
    size_t inputs = rows * (size_t)d->spec.observation.n, units = rows * (size_t)d->net.n_units;
    bhi_arena_array(arena, 1, sizeof *d);
    d->online = bhi_arena_array(arena, P, sizeof(bh_real));
    d->target = bhi_arena_array(arena, P, sizeof(bh_real));
    d->gradient = bhi_arena_array(arena, P, sizeof(bh_real));
    bhi_optimizer_layout(&d->optimizer, arena, (bhi_optimizer_kind)d->config.optimizer,
                         d->net.n_params);
    d->index = bhi_arena_array(arena, B, sizeof(int));
    d->a_tm1 = bhi_arena_array(arena, B, sizeof(int));
    d->x_tm1 = bhi_arena_array(arena, inputs, sizeof(bh_real));
    d->x_t = bhi_arena_array(arena, inputs, sizeof(bh_real));
    d->r_t = bhi_arena_array(arena, B, sizeof(bh_real));
    d->discount_t = bhi_arena_array(arena, B, sizeof(bh_real));
    d->td = bhi_arena_array(arena, B, sizeof(bh_real));
    d->dq = bhi_arena_array(arena, B, sizeof(bh_real));
    d->acts = bhi_arena_array(arena, units, sizeof(bh_real));
    d->acts_t = bhi_arena_array(arena, units, sizeof(bh_real));
    d->dacts = bhi_arena_array(arena, units, sizeof(bh_real));
    bhi_replay_layout(&d->replay, arena, d->config.buffer_size, d->spec.n_envs,
                      &d->spec.observation);
}

// The largest block's size, computed where it cannot overflow.
static bh_status check_size(const bh_dqn_config *c, const bh_agent_spec *spec, bh_error *err)
{
    double size = spec->observation.n, params = 0, units = 0;
    for (int i = 0; i <= c->net_arch.n; i++) {
        double next = i < c->net_arch.n ? c->net_arch.v[i] : spec->n_actions;
        params += (size + 1) * next;
        units += next;
        size = next;
    }
    double rows = c->batch_size > spec->n_envs ? c->batch_size : spec->n_envs;
    double replay = (double)c->buffer_size * bh_space_floats(&spec->observation);
    if (params > BH_REALS_MAX || (units + spec->observation.n) * rows > BH_REALS_MAX ||
        replay > BH_REALS_MAX) {
        return bh_fail(err, BH_ERR_CONFIG, "DQN: net_arch, batch_size or buffer_size is too large");
    }
    return BH_OK;
}

bh_status bh_dqn_create(bh_dqn **out, const bh_dqn_config *config, const bh_agent_spec *spec,
                        bh_error *err)
{
    *out = NULL;
    bh_status status = bh_config_check(&bh_dqn_table, config, err);
    if (status == BH_OK) status = check_size(config, spec, err);
    if (status != BH_OK) return status;

    bh_dqn shape = {.config = *config, .spec = *spec};
    shape.rows = config->batch_size > spec->n_envs ? config->batch_size : spec->n_envs;
    shape.net = bhi_mlp_shape(spec->observation.n, &config->net_arch, spec->n_actions,
                              (bhi_activation)config->activation);
    bhi_arena arena = {0};
    layout(&shape, &arena);
    bh_dqn *d = bh_alloc(arena.used);
    if (d == NULL) {
        return bh_fail(err, BH_ERR_MEMORY, "DQN: out of memory for %.0f MB; lower buffer_size (%d)",
                       (double)arena.used / 1e6, config->buffer_size);
    }
    *d = shape;
    d->bytes = arena.used;
    layout(d, &(bhi_arena){(unsigned char *)d, 0});
    bhi_optimizer_init(&d->optimizer);
    bh_rng init_rng = bh_rng_split(&d->spec.rng);
    d->explore_rng = bh_rng_split(&d->spec.rng);
    d->sample_rng = bh_rng_split(&d->spec.rng);
    bhi_mlp_init(&d->net, d->online, &init_rng);
    memcpy(d->target, d->online, (size_t)d->net.n_params * sizeof(bh_real));
    *out = d;
    return BH_OK;
}

void bh_dqn_destroy(bh_dqn *dqn)
{
    if (dqn != NULL) bh_free(dqn, dqn->bytes);
}

// ---- acting ----

static double progress(const bh_dqn *d)
{
    return (double)d->timesteps / d->spec.total_timesteps;
}

static double epsilon(const bh_dqn *d)
{
    return bhi_linear_schedule(d->config.exploration_initial_eps, d->config.exploration_final_eps,
                               d->config.exploration_fraction, progress(d));
}

static double learning_rate(const bh_dqn *d)
{
    double end = d->config.learning_rate_schedule == 0 ? d->config.learning_rate : 0;
    return bhi_linear_schedule(d->config.learning_rate, end, 1, progress(d));
}

// Values under any parameters, in batches of at most `rows`.
static void q_values(bh_dqn *d, const bh_real *params, double *q, const float *obs, int n)
{
    int A = d->spec.n_actions, S = d->spec.observation.n, F = bh_space_floats(&d->spec.observation);
    for (int i = 0; i < n; i += d->rows) {
        int B = n - i < d->rows ? n - i : d->rows;
        for (int b = 0; b < B; b++) {
            bhi_encode(d->x_tm1 + (size_t)b * (size_t)S, obs + (size_t)(i + b) * (size_t)F,
                       &d->spec.observation);
        }
        const bh_real *y = bhi_mlp_forward(&d->net, params, d->acts, d->x_tm1, B);
        for (int j = 0; j < B * A; j++) q[(size_t)i * (size_t)A + (size_t)j] = (double)y[j];
    }
}

void bh_dqn_q_values(bh_dqn *dqn, double *q, const float *obs, int n)
{
    q_values(dqn, dqn->online, q, obs, n);
}

void bh_dqn_act(bh_dqn *dqn, int *actions, unsigned char *explored, const float *obs, int n)
{
    assert(n <= dqn->spec.n_envs);
    int A = dqn->spec.n_actions, S = dqn->spec.observation.n, greedy = 0;
    int F = bh_space_floats(&dqn->spec.observation);
    double eps = epsilon(dqn);
    for (int i = 0; i < n; i++) {
        explored[i] = (unsigned char)bhi_explores(&dqn->explore_rng, eps);
        if (explored[i]) {
            actions[i] = bhi_random_action(&dqn->explore_rng, A);
        } else {
            bhi_encode(dqn->x_tm1 + (size_t)greedy++ * (size_t)S, obs + (size_t)i * (size_t)F,
                       &dqn->spec.observation);
        }
    }
    if (greedy == 0) return;
    const bh_real *q = bhi_mlp_forward(&dqn->net, dqn->online, dqn->acts, dqn->x_tm1, greedy);
    for (int i = 0; i < n; i++) {
        if (explored[i]) continue;
        actions[i] = bh_value_argmax(q, A);
        q += A;
    }
}

// ---- learning ----

void bh_dqn_observe(bh_dqn *dqn, const bh_experience *e)
{
    size_t F = (size_t)bh_space_floats(&dqn->spec.observation);
    for (int i = 0; i < e->n; i++) {
        bhi_replay_add(&dqn->replay, e->obs_tm1 + (size_t)i * F, e->a_tm1[i], e->r_t[i],
                       e->terminated_t[i], e->truncated_t[i], e->obs_t + (size_t)i * F);
    }
    dqn->timesteps += e->n;
    dqn->calls++;
}

static double mean_max(const bh_real *q, int B, int A)
{
    double sum = 0;
    for (int b = 0; b < B; b++) sum += (double)q[b * A + bh_value_argmax(q + b * A, A)];
    return sum / B;
}

// The TD error of the batch in x_tm1 … x_t, and with it q_tm1 in the last part of acts.
static const bh_real *td_error(bh_dqn *d)
{
    int B = d->config.batch_size, A = d->spec.n_actions;
    const bh_real *q_t = NULL;
    const bh_real *qt_t = bhi_mlp_forward(&d->net, d->target, d->dacts, d->x_t, B);
    if (d->config.double_q) q_t = bhi_mlp_forward(&d->net, d->online, d->acts_t, d->x_t, B);
    const bh_real *q_tm1 = bhi_mlp_forward(&d->net, d->online, d->acts, d->x_tm1, B);
    bh_value_double_q(d->td, q_tm1, d->a_tm1, d->r_t, d->discount_t, q_t != NULL ? q_t : qt_t, qt_t,
                      B, A);
    return q_tm1;
}

void bh_dqn_update(bh_dqn *dqn)
{
    const bh_dqn_config *c = &dqn->config;
    int B = c->batch_size, A = dqn->spec.n_actions;
    bhi_replay_sample(&dqn->replay, dqn->index, B, &dqn->sample_rng);
    bhi_replay_gather(&dqn->replay, dqn->index, B, c->gamma, c->n_steps, dqn->x_tm1, dqn->a_tm1,
                      dqn->r_t, dqn->discount_t, dqn->x_t);
    const bh_real *q_tm1 = td_error(dqn);
    dqn->q_sum += mean_max(q_tm1, B, A);
    dqn->loss_sum += bhi_loss_gradient((bhi_loss)c->loss, dqn->dq, dqn->td, B);

    bh_real *dy = bhi_mlp_layer(&dqn->net, dqn->dacts, dqn->net.n_layers - 1, B);
    memset(dy, 0, (size_t)B * (size_t)A * sizeof *dy);
    for (int b = 0; b < B; b++) dy[b * A + dqn->a_tm1[b]] = dqn->dq[b];
    bhi_mlp_backward(&dqn->net, dqn->online, dqn->gradient, dqn->acts, dqn->dacts, dqn->x_tm1, B);

    double norm = sqrt(bhi_sum_of_squares(dqn->gradient, dqn->net.n_params));
    bhi_optimizer_step(&dqn->optimizer, dqn->online, dqn->gradient, learning_rate(dqn),
                       bhi_clip_scale(norm, c->max_grad_norm));
    dqn->norm_sum += norm;
    dqn->sums_n++;
    dqn->n_updates++;
}

static void update_target(bh_dqn *d)
{
    size_t bytes = (size_t)d->net.n_params * sizeof(bh_real);
    if (d->config.tau == 1) memcpy(d->target, d->online, bytes);
    else bhi_polyak(d->target, d->online, (bh_real)d->config.tau, d->net.n_params);
}

void bh_dqn_learn(bh_dqn *dqn)
{
    const bh_dqn_config *c = &dqn->config;
    if (dqn->timesteps > c->learning_starts && dqn->calls % c->train_freq == 0) {
        for (int i = 0; i < c->gradient_steps; i++) bh_dqn_update(dqn);
    }
    int interval = c->target_update_interval / dqn->spec.n_envs;
    if (dqn->calls % (interval > 0 ? interval : 1) == 0) update_target(dqn);
}

bh_real *bh_dqn_online(bh_dqn *dqn)
{
    return dqn->online;
}

bh_real *bh_dqn_target(bh_dqn *dqn)
{
    return dqn->target;
}

const bh_real *bh_dqn_gradient(const bh_dqn *dqn)
{
    return dqn->gradient;
}

int bh_dqn_n_params(const bh_dqn *dqn)
{
    return dqn->net.n_params;
}

// ---- the class ----

static bh_status class_create(void **out, const void *config, const bh_agent_spec *spec,
                              bh_error *err)
{
    return bh_dqn_create((bh_dqn **)out, config, spec, err);
}

static void class_destroy(void *agent)
{
    bh_dqn_destroy(agent);
}

static void *class_config(void *agent)
{
    return &((bh_dqn *)agent)->config;
}

static void class_set_total(void *agent, int total_timesteps)
{
    ((bh_dqn *)agent)->spec.total_timesteps = total_timesteps;
}

static void class_act(void *agent, int *actions, unsigned char *explored, const float *obs, int n)
{
    bh_dqn_act(agent, actions, explored, obs, n);
}

static void class_observe(void *agent, const bh_experience *experience)
{
    bh_dqn_observe(agent, experience);
}

static void class_learn(void *agent)
{
    bh_dqn_learn(agent);
}

static void class_stats(void *agent, bh_agent_stats *out)
{
    bh_dqn *d = agent;
    double n = d->sums_n;
    *out = (bh_agent_stats){
        .loss = n > 0 ? d->loss_sum / n : NAN,
        .mean_q = n > 0 ? d->q_sum / n : NAN,
        .grad_norm = n > 0 ? d->norm_sum / n : NAN,
        .epsilon = epsilon(d),
        .learning_rate = learning_rate(d),
        .n_updates = d->n_updates,
    };
    d->loss_sum = d->q_sum = d->norm_sum = 0;
    d->sums_n = 0;
}

static int class_n_updates(const void *agent)
{
    return ((const bh_dqn *)agent)->n_updates;
}

static void class_q_values(void *agent, const void *params, double *q, const float *obs, int n)
{
    q_values(agent, params, q, obs, n);
}

static void *class_params(void *agent, size_t *bytes)
{
    bh_dqn *d = agent;
    *bytes = (size_t)d->net.n_params * sizeof(bh_real);
    return d->online;
}

// Stable-Baselines3's names: layer i of the network is module 2i, activations being modules too.
static int class_tensors(const void *agent, void *params, bh_tensor *out)
{
    const bh_dqn *d = agent;
    bh_dtype dtype = sizeof(bh_real) == 8 ? BH_F64 : BH_F32;
    int n = 0;
    for (int i = 0; i < d->net.n_layers; i++) {
        int inputs = d->net.size[i], outputs = d->net.size[i + 1];
        bh_text name = bh_text_over(out[n].name, sizeof out[n].name);
        bh_text_add(&name, "q_net.q_net.%d.weight", 2 * i);
        out[n].dtype = dtype;
        out[n].rank = 2;
        out[n].shape[0] = outputs;
        out[n].shape[1] = inputs;
        out[n].transposed = 1;
        out[n++].data = (bh_real *)params + d->net.w_at[i];

        name = bh_text_over(out[n].name, sizeof out[n].name);
        bh_text_add(&name, "q_net.q_net.%d.bias", 2 * i);
        out[n].dtype = dtype;
        out[n].rank = 1;
        out[n].shape[0] = outputs;
        out[n].shape[1] = 1;
        out[n].transposed = 0;
        out[n++].data = (bh_real *)params + d->net.b_at[i];
    }
    return n;
}

static void class_params_changed(void *agent)
{
    bh_dqn *d = agent;
    memcpy(d->target, d->online, (size_t)d->net.n_params * sizeof(bh_real));
}

const bh_agent_class bh_dqn_class = {
    .name = "dqn",
    .summary = "Deep Q-learning: a network of values, a replay buffer, a target network",
    .config = &bh_dqn_table,
    .create = class_create,
    .destroy = class_destroy,
    .config_of = class_config,
    .set_total_timesteps = class_set_total,
    .act = class_act,
    .observe = class_observe,
    .learn = class_learn,
    .stats = class_stats,
    .n_updates = class_n_updates,
    .q_values = class_q_values,
    .params = class_params,
    .tensors = class_tensors,
    .params_changed = class_params_changed,
};
