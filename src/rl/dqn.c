// SPDX-License-Identifier: MIT
// Deep Q-learning.
#include "rl/dqn.h"

#include "core/alloc.h"
#include "kernels/elementwise.h"
#include "nn/network.h"
#include "rl/head.h"
#include "rl/net_tensors.h"
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
    bhi_net net;
    bhi_head head;
    bhi_replay replay;
    bhi_optimizer optimizer;
    bhi_counts counts;             // UCB
    bhi_action_prior action_prior; // of text
    bh_rng explore_rng, sample_rng, noise_rng;
    int timesteps; // environment steps observed
    int vec_steps; // steps of all environments together
    int n_updates;
    double loss_sum, q_sum, norm_sum; // since the last stats
    int sums_n;
    int rows; // of the batches below: max(batch_size, n_envs)
    size_t bytes;

    bh_real *online, *target, *gradient; // (n_params)
    bh_real *weights;                    // (n_weights) with noise; NULL without
    bh_real *noise;                      // (n_noise)
    int *index;                          // (B) sampled
    double *probability;                 // (B) of being sampled, prioritized
    int *a_tm1;                          // (B)
    bh_real *x_tm1, *x_t;                // (rows,S) network inputs
    bh_real *r_t, *discount_t, *error;   // (B)
    bh_real *importance;                 // (B) weights, prioritized
    bh_real *q;                          // (rows,A)
    bh_real *bonus_t;                    // (rows,A) UCB
    double *row;                         // (A)
    bh_real *demo_weights, *demo_loss;   // (B) of the large-margin loss, with demonstrations
    bh_real *demo_dq;                    // (B,A)
    bh_real *acts, *acts_t, *dacts;      // bhi_net_acts of rows
};

static void *reals(bhi_arena *arena, size_t count)
{
    return bhi_arena_array(arena, count, sizeof(bh_real));
}

static void layout(bh_dqn *d, bhi_arena *arena)
{
    const bh_dqn_config *c = &d->config;
    size_t P = (size_t)d->net.n_params, B = (size_t)c->batch_size, rows = (size_t)d->rows;
    size_t A = (size_t)d->spec.n_actions, acts = bhi_net_acts(&d->net, d->rows);
    bhi_arena_array(arena, 1, sizeof *d);
    d->online = reals(arena, P);
    d->target = reals(arena, P);
    d->gradient = reals(arena, P);
    bhi_optimizer_layout(&d->optimizer, arena, &BHI_OPTIMIZER_SETTINGS(c), d->net.n_params);
    d->index = bhi_arena_array(arena, B, sizeof(int));
    d->a_tm1 = bhi_arena_array(arena, B, sizeof(int));
    d->x_tm1 = reals(arena, rows * (size_t)d->spec.observation.n);
    d->x_t = reals(arena, rows * (size_t)d->spec.observation.n);
    d->r_t = reals(arena, B);
    d->discount_t = reals(arena, B);
    d->error = reals(arena, B);
    d->q = reals(arena, rows * A);
    d->row = bhi_arena_array(arena, A, sizeof *d->row);
    d->acts = reals(arena, acts);
    d->acts_t = reals(arena, acts);
    d->dacts = reals(arena, acts);
    bhi_head_layout(&d->head, arena);
    if (d->net.n_noise > 0) {
        d->weights = reals(arena, (size_t)d->net.n_weights);
        d->noise = reals(arena, (size_t)d->net.n_noise);
    }
    if (c->prioritized) {
        d->probability = bhi_arena_array(arena, B, sizeof *d->probability);
        d->importance = reals(arena, B);
    }
    if (c->exploration == BHI_UCB) {
        bhi_counts_layout(&d->counts, arena, &d->spec.observation, c->exploration_bins,
                          d->spec.n_actions);
        d->bonus_t = reals(arena, rows * A);
    }
    if (BH_HAS_TEXT) bhi_action_prior_layout(&d->action_prior, arena);
    if (c->demo_capacity > 0) {
        d->demo_weights = reals(arena, B);
        d->demo_loss = reals(arena, B);
        d->demo_dq = reals(arena, B * A);
    }
    bhi_replay_layout(&d->replay, arena, c->buffer_size + c->demo_capacity, d->spec.n_envs,
                      &d->spec.observation);
    if (c->prioritized) bhi_replay_layout_priorities(&d->replay, arena);
}

// ---- creating ----

static int n_atoms(const bh_dqn_config *c)
{
    return c->distribution == BHI_CATEGORICAL ? c->n_atoms
           : c->distribution == BHI_QUANTILE  ? c->n_quantiles
                                              : 1;
}

static bhi_net_spec net_spec(const bh_dqn_config *c, const bh_agent_spec *spec)
{
    const bh_space *space = &spec->observation;
    bhi_net_spec net = {.inputs = space->n,
                        .extractor = (bhi_extractor)c->features_extractor,
                        .transformer = BHI_TRANSFORMER_SPEC(c),
                        .hidden = c->net_arch,
                        .activation = (bhi_activation)c->activation,
                        .outputs = spec->n_actions,
                        .atoms = n_atoms(c),
                        .dueling = c->dueling,
                        .noisy = c->noisy,
                        .sigma_0 = c->noisy_sigma};
    for (int i = 0; i < 3 && space->kind == BH_SPACE_BOX; i++) {
        net.image[i] = i < bh_space_rank(space) ? bh_space_size(space, i) : 1;
    }
    if (BH_HAS_TEXT) bhi_transformer_over(&net, space);
    return net;
}

// The largest block's size, computed where it cannot overflow. Convolutions make maps of at most 4 times
// their inputs (16 filters of a stride of 1 on 4 channels).
static bh_status check_size(const bh_dqn_config *c, const bh_agent_spec *spec, bh_error *err)
{
    double size = spec->observation.n, params = 0, units = 0;
    if (BH_HAS_TEXT && c->features_extractor == BHI_TRANSFORMER) {
        bhi_net_spec net = net_spec(c, spec);
        units = bhi_transformer_units(&net);
        size = net.transformer.C;
    } else if (c->features_extractor != BHI_FLATTEN) {
        units = 24 * size;
        size *= 16;
    }
    for (int i = 0; i <= c->net_arch.n; i++) {
        double next = i < c->net_arch.n ? c->net_arch.v[i] : (spec->n_actions + 1.0) * n_atoms(c);
        params += (size + 1) * next;
        units += next;
        size = next;
    }
    double rows = c->batch_size > spec->n_envs ? c->batch_size : spec->n_envs;
    double replay = ((double)c->buffer_size + c->demo_capacity) *
                    (double)bh_space_bytes(&spec->observation) / sizeof(float);
    if (params > BH_REALS_MAX || (units + spec->observation.n) * rows > BH_REALS_MAX ||
        replay > BH_REALS_MAX) {
        return bh_fail(err, BH_ERR_CONFIG, "DQN: net_arch, batch_size or buffer_size is too large");
    }
    return BH_OK;
}

static bh_status check_head(const bh_dqn_config *c, const bh_agent_spec *spec, bh_error *err)
{
    if (c->distribution == BHI_CATEGORICAL && !(c->v_min < c->v_max)) {
        return bh_fail(err, BH_ERR_CONFIG, "DQN: v_min is %g, but must be below v_max, which is %g",
                       c->v_min, c->v_max);
    }
    bhi_net_spec net = net_spec(c, spec);
    if (c->features_extractor == BHI_FLATTEN) return BH_OK;
    if (BH_HAS_TEXT && c->features_extractor == BHI_TRANSFORMER)
        return bhi_transformer_check("DQN", &net, spec, err);
    if (bh_space_rank(&spec->observation) < 2 || !bhi_net_fits(&net)) {
        return bh_fail(
            err, BH_ERR_CONFIG,
            "DQN: features_extractor needs images, at least %s; leave it at flatten here",
            c->features_extractor == BHI_NATURE_CNN ? "36 x 36" : "3 x 3");
    }
    return BH_OK;
}

bh_status bh_dqn_create(bh_dqn **out, const bh_dqn_config *config, const bh_agent_spec *spec,
                        bh_error *err)
{
    *out = NULL;
    bh_status status = bh_config_check(&bh_dqn_table, config, err);
    if (status == BH_OK) status = check_size(config, spec, err);
    if (status == BH_OK) status = check_head(config, spec, err);
    if (status != BH_OK) return status;

    bhi_net_spec net = net_spec(config, spec);
    bh_dqn shape = {.config = *config, .spec = *spec};
    shape.rows = config->batch_size > spec->n_envs ? config->batch_size : spec->n_envs;
    shape.net = bhi_net_shape(&net);
    shape.head = (bhi_head){.kind = (bhi_distribution)config->distribution,
                            .A = spec->n_actions,
                            .N = net.atoms,
                            .rows = shape.rows,
                            .v_min = config->v_min,
                            .v_max = config->v_max};
    if (BH_HAS_TEXT)
        shape.action_prior =
            bhi_action_prior_shape(&BHI_ACTION_PRIOR_SETTINGS(config), spec, &net, shape.rows);
    bhi_arena arena = {0};
    layout(&shape, &arena);
    bh_dqn *d = bh_alloc(arena.used);
    if (d == NULL) {
        return bh_fail(err, BH_ERR_MEMORY,
                       "DQN: out of memory for %.0f MB; lower buffer_size (%d), batch_size (%d) or "
                       "the network",
                       (double)arena.used / 1e6, config->buffer_size, config->batch_size);
    }
    *d = shape;
    d->bytes = arena.used;
    layout(d, &(bhi_arena){(unsigned char *)d, 0});
    bhi_optimizer_init(&d->optimizer);
    bh_rng init_rng = bh_rng_split(&d->spec.rng);
    d->explore_rng = bh_rng_split(&d->spec.rng);
    d->sample_rng = bh_rng_split(&d->spec.rng);
    d->noise_rng = bh_rng_split(&d->spec.rng);
    bhi_net_init(&d->net, d->online, &init_rng);
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

static double learning_rate(const bh_dqn *d)
{
    return bhi_schedule_at(&BHI_LEARNING_RATE(&d->config), progress(d));
}

static bhi_explore_settings explore_settings(const bh_dqn *d)
{
    return BHI_EXPLORE_SETTINGS(&d->config);
}

static double exploration_rate(const bh_dqn *d)
{
    bhi_explore_settings settings = explore_settings(d);
    return bhi_explore_rate(&settings, progress(d));
}

// The weights that products use: the parameters, or what fresh noise makes of them.
static const bh_real *noisy_weights(bh_dqn *d, const bh_real *params)
{
    if (d->net.n_noise == 0) return params;
    bhi_net_draw_noise(&d->net, d->noise, &d->noise_rng);
    bhi_net_add_noise(&d->net, d->weights, params, d->noise);
    return d->weights;
}

// What is added to values when one is chosen, of network inputs x (B,T) that are text; NULL for nothing.
static const bh_real *bias_of(bh_dqn *d, const bh_real *x, int B)
{
    if (!BH_HAS_TEXT) return NULL;
    return bhi_action_prior_bias(&d->action_prior, BHI_ACTION_PRIOR_SETTINGS(&d->config).beta, x,
                                 B);
}

// Values under any parameters, without noise, in batches of at most `rows`.
static void q_values(bh_dqn *d, const bh_real *params, double *q, const float *obs, int n)
{
    int A = d->spec.n_actions, S = d->spec.observation.n, F = bh_space_floats(&d->spec.observation);
    for (int i = 0; i < n; i += d->rows) {
        int B = n - i < d->rows ? n - i : d->rows;
        for (int b = 0; b < B; b++) {
            bhi_encode(d->x_tm1 + (size_t)b * (size_t)S, obs + (size_t)(i + b) * (size_t)F,
                       &d->spec.observation);
        }
        const bh_real *out = bhi_net_forward(&d->net, params, d->acts, d->x_tm1, B);
        const bh_real *y = bhi_head_values(&d->head, d->q, out, B);
        const bh_real *bias = bias_of(d, d->x_tm1, B);
        for (int j = 0; j < B * A; j++)
            q[(size_t)i * (size_t)A + (size_t)j] = (double)(bias != NULL ? y[j] + bias[j] : y[j]);
    }
}

void bh_dqn_q_values(bh_dqn *dqn, double *q, const float *obs, int n)
{
    q_values(dqn, dqn->online, q, obs, n);
}

// The action for one state, from its values and its network input.
static int choose(bh_dqn *d, const bhi_explore_settings *explore, double rate, const bh_real *q,
                  const bh_real *x, unsigned char *explored)
{
    int A = d->spec.n_actions;
    const uint32_t *counts = explore->kind == BHI_UCB ? bhi_counts_of(&d->counts, x) : NULL;
    const bh_real *bias = bias_of(d, x, 1);
    for (int a = 0; a < A; a++) d->row[a] = (double)(bias != NULL ? q[a] + bias[a] : q[a]);
    return bhi_explore_choose(explore, rate, &d->explore_rng, d->row, counts, A, explored);
}

void bh_dqn_act(bh_dqn *dqn, int *actions, unsigned char *explored, const float *obs, int n)
{
    assert(n <= dqn->spec.n_envs);
    size_t A = (size_t)dqn->spec.n_actions, S = (size_t)dqn->spec.observation.n;
    size_t F = (size_t)bh_space_floats(&dqn->spec.observation);
    bhi_explore_settings explore = explore_settings(dqn);
    double rate = bhi_explore_rate(&explore, progress(dqn));
    int asked = 0; // rows whose action needs values
    for (int i = 0; i < n; i++) {
        actions[i] = bhi_explore_random(&explore, rate, &dqn->explore_rng, (int)A);
        explored[i] = actions[i] >= 0;
        bh_real *row = dqn->x_tm1 + (size_t)asked * S;
        if (explored[i] && !(BH_HAS_TEXT && dqn->action_prior.task != NULL)) continue;
        bhi_encode(row, obs + (size_t)i * F, &dqn->spec.observation);
        if (!explored[i]) asked++;
        else if (BH_HAS_TEXT)
            actions[i] = bhi_action_prior_random(&dqn->action_prior,
                                                 &BHI_ACTION_PRIOR_SETTINGS(&dqn->config), row,
                                                 &dqn->explore_rng);
    }
    if (asked == 0) return;
    const bh_real *weights = noisy_weights(dqn, dqn->online), *x = dqn->x_tm1;
    const bh_real *out = bhi_net_forward(&dqn->net, weights, dqn->acts, x, asked);
    const bh_real *q = bhi_head_values(&dqn->head, dqn->q, out, asked);
    for (int i = 0; i < n; i++) {
        if (explored[i]) continue;
        actions[i] = choose(dqn, &explore, rate, q, x, &explored[i]);
        q += A;
        x += S;
    }
}

// ---- learning ----

void bh_dqn_observe(bh_dqn *dqn, const bh_experience *e)
{
    size_t F = (size_t)bh_space_floats(&dqn->spec.observation);
    for (int i = 0; i < e->n; i++) {
        const float *obs = e->obs_tm1 + (size_t)i * F;
        bhi_replay_add(&dqn->replay, obs, e->a_tm1[i], e->r_t[i], e->terminated_t[i],
                       e->truncated_t[i], e->obs_t + (size_t)i * F);
        if (dqn->config.exploration != BHI_UCB) continue;
        bhi_encode(dqn->x_tm1, obs, &dqn->spec.observation);
        bhi_counts_of(&dqn->counts, dqn->x_tm1)[e->a_tm1[i]]++;
    }
    dqn->timesteps += e->n;
    dqn->vec_steps++;
}

static void sample(bh_dqn *d)
{
    const bh_dqn_config *c = &d->config;
    int B = c->batch_size;
    if (c->prioritized) {
        double done = progress(d) < 1 ? progress(d) : 1;
        bhi_sumtree_sample(&d->replay.priorities, d->index, d->probability, B, &d->sample_rng);
        bh_value_importance_weights(d->importance, d->probability, d->replay.size,
                                    c->priority_beta + (1 - c->priority_beta) * done, 0, B);
    } else {
        bhi_replay_sample_shares(&d->replay, d->index, c->demo_ratio, B, &d->sample_rng);
    }
    bhi_replay_gather(&d->replay, d->index, B, c->gamma, c->n_steps, d->x_tm1, d->a_tm1, d->r_t,
                      d->discount_t, d->x_t);
}

// What the next states' rare actions gain; NULL when nothing is to be added.
static const bh_real *target_bonus(bh_dqn *d)
{
    if (d->config.exploration != BHI_UCB || !d->config.exploration_bonus_in_target) return NULL;
    bhi_explore_settings explore = explore_settings(d);
    int A = d->spec.n_actions;
    for (int b = 0; b < d->config.batch_size; b++) {
        const bh_real *x = d->x_t + (size_t)b * (size_t)d->spec.observation.n;
        const uint32_t *counts = bhi_counts_of(&d->counts, x);
        for (int a = 0; a < A; a++)
            d->bonus_t[b * A + a] = (bh_real)bhi_explore_target_bonus(&explore, counts[a]);
    }
    return d->bonus_t;
}

// Adds the large-margin loss of what was demonstrated to dout; returns it. q (B,A) are the values of out (B,A,N).
static double learn_demonstrated(bh_dqn *d, bh_real *dout, const bh_real *out)
{
    const bh_dqn_config *c = &d->config;
    int B = c->batch_size, n_protected = d->replay.n_protected;
    if (n_protected == 0 || c->demo_coef == 0) return 0;
    const bh_real *q = bhi_head_values(&d->head, d->q, out, B);
    for (int b = 0; b < B; b++)
        d->demo_weights[b] = d->index[b] < n_protected ? (bh_real)c->demo_coef : 0;
    double loss = bh_value_large_margin(d->demo_loss, d->demo_dq, q, d->a_tm1, c->demo_margin,
                                        d->demo_weights, B, d->spec.n_actions);
    bhi_head_add_gradient(&d->head, dout, out, d->demo_dq, B);
    return loss;
}

// All networks on the batch, loss and the gradient of the online network's outputs. Target and online network
// each draw noise of their own. Returns the weights the backward pass needs.
static const bh_real *learn_outputs(bh_dqn *d)
{
    const bh_dqn_config *c = &d->config;
    int B = c->batch_size;
    bhi_head_batch batch = {.B = B,
                            .a_tm1 = d->a_tm1,
                            .r_t = d->r_t,
                            .discount_t = d->discount_t,
                            .weights = c->prioritized ? d->importance : NULL,
                            .loss = (bhi_loss)c->loss,
                            .error = d->error,
                            .dout = bhi_net_output(&d->net, d->dacts, B),
                            .bonus_t = target_bonus(d),
                            .bias_t = bias_of(d, d->x_t, B)};
    const bh_real *weights = noisy_weights(d, d->target);
    batch.out_t = batch.choose_t = bhi_net_forward(&d->net, weights, d->dacts, d->x_t, B);
    weights = noisy_weights(d, d->online);
    if (c->double_q) batch.choose_t = bhi_net_forward(&d->net, weights, d->acts_t, d->x_t, B);
    batch.out_tm1 = bhi_net_forward(&d->net, weights, d->acts, d->x_tm1, B);
    d->loss_sum += bhi_head_learn(&d->head, &batch);
    d->q_sum += batch.max_q;
    d->loss_sum += learn_demonstrated(d, batch.dout, batch.out_tm1);
    return weights;
}

void bh_dqn_update(bh_dqn *dqn)
{
    const bh_dqn_config *c = &dqn->config;
    int B = c->batch_size;
    sample(dqn);
    const bh_real *weights = learn_outputs(dqn);
    bhi_net_backward(&dqn->net, weights, dqn->gradient, dqn->acts, dqn->dacts, dqn->x_tm1, B);
    if (dqn->net.n_noise > 0) bhi_net_noise_gradient(&dqn->net, dqn->gradient, dqn->noise);
    if (c->prioritized) {
        bhi_replay_set_priorities(&dqn->replay, dqn->index, dqn->error, c->priority_alpha, B);
    }

    double norm = sqrt(bhi_sum_of_squares(dqn->gradient, dqn->net.n_params));
    dqn->optimizer.settings = BHI_OPTIMIZER_SETTINGS(c);
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
    if (dqn->timesteps > c->learning_starts && dqn->vec_steps % c->train_freq == 0) {
        for (int i = 0; i < c->gradient_steps; i++) bh_dqn_update(dqn);
    }
    int interval = c->target_update_interval / dqn->spec.n_envs;
    if (dqn->vec_steps % (interval > 0 ? interval : 1) == 0) update_target(dqn);
}

// As many updates between two target updates as there will be while the environment is played.
static void pretrain_on_demonstrations(bh_dqn *d)
{
    const bh_dqn_config *c = &d->config;
    double interval = (double)c->target_update_interval / d->spec.n_envs;
    interval = interval * c->gradient_steps / c->train_freq;
    double next = interval;
    for (int i = 1; i <= c->demo_updates; i++) {
        bh_dqn_update(d);
        if (i < next && i < c->demo_updates) continue;
        update_target(d);
        next += interval;
    }
}

bh_status bh_dqn_demonstrate(bh_dqn *dqn, const bh_demonstrations *demonstrations, bh_error *err)
{
    const bh_experience *e = &demonstrations->transitions;
    size_t F = (size_t)bh_space_floats(&dqn->spec.observation);
    if (dqn->timesteps > 0)
        return bh_fail(err, BH_ERR_STATE, "DQN: demonstrations come before the first step");
    if (e->n > dqn->config.demo_capacity - dqn->replay.n_protected) {
        return bh_fail(
            err, BH_ERR_ARGUMENT,
            "DQN: demo_capacity has room for %d more transitions, but %d are demonstrated",
            dqn->config.demo_capacity - dqn->replay.n_protected, e->n);
    }
    for (int i = 0; i < e->n; i++) {
        bhi_replay_add(&dqn->replay, e->obs_tm1 + (size_t)i * F, e->a_tm1[i], e->r_t[i],
                       e->terminated_t[i], e->truncated_t[i] || i + 1 == e->n,
                       e->obs_t + (size_t)i * F);
    }
    bhi_replay_protect(&dqn->replay);
    pretrain_on_demonstrations(dqn);
    return BH_OK;
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

static void class_truncate(void *agent, const float *obs)
{
    (void)obs;
    bhi_replay_truncate(&((bh_dqn *)agent)->replay);
}

static void class_learn(void *agent)
{
    bh_dqn_learn(agent);
}

static bh_status class_demonstrate(void *agent, const bh_demonstrations *demonstrations,
                                   bh_error *err)
{
    return bh_dqn_demonstrate(agent, demonstrations, err);
}

static void class_stats(void *agent, bh_agent_stats *out)
{
    bh_dqn *d = agent;
    double n = d->sums_n;
    *out = (bh_agent_stats){
        .loss = n > 0 ? d->loss_sum / n : NAN,
        .mean_q = n > 0 ? d->q_sum / n : NAN,
        .grad_norm = n > 0 ? d->norm_sum / n : NAN,
        .epsilon = exploration_rate(d),
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

static int class_tensors(const void *agent, void *params, bh_tensor *out)
{
    static const bhi_tensor_names names = {"q_net.features_extractor", "q_net.q_net", NULL};
    return bhi_net_tensors(&((const bh_dqn *)agent)->net, params, &names, out);
}

static void class_params_changed(void *agent)
{
    bh_dqn *d = agent;
    memcpy(d->target, d->online, (size_t)d->net.n_params * sizeof(bh_real));
}

#if BH_HAS_TEXT
// Values that are 0 everywhere leave the choice to the prior: the agent starts as what the model says, and not as what
// random values make of it.
static void zero_output_layer(const bhi_net *net, bh_real *params)
{
    const bhi_layer *last = &net->layers[net->n_layers - 1];
    size_t n = (size_t)(last->inputs + 1) * (size_t)last->outputs;
    memset(params + last->w_at, 0, n * sizeof *params);
}

static bh_status class_language_model(void *agent, const bh_language_weights *lm, bh_error *err)
{
    bh_dqn *d = agent;
    bh_status status = bhi_language_check(&d->net, d->spec.text, lm, err);
    if (status == BH_OK) status = bhi_action_prior_set_model(&d->action_prior, lm, err);
    if (status != BH_OK) return status;
    bhi_language_body(&d->net, d->online, lm);
    zero_output_layer(&d->net, d->online);
    class_params_changed(d);
    return BH_OK;
}

static int class_log_prior(void *agent, double *log_p, const float *obs, int n)
{
    bh_dqn *d = agent;
    return bhi_action_prior_log_p_of(&d->action_prior, log_p, d->x_tm1, obs, n,
                                     &d->spec.observation);
}

static bhi_action_prior *class_action_prior(void *agent)
{
    return &((bh_dqn *)agent)->action_prior;
}
#endif

// Hessel et al. 2018, table 1, as far as it does not depend on the task.
static const bh_preset presets[] = {
    {"dqn/rainbow", "double_q", "true"},
    {"dqn/rainbow", "dueling", "true"},
    {"dqn/rainbow", "prioritized", "true"},
    {"dqn/rainbow", "priority_alpha", "0.5"},
    {"dqn/rainbow", "priority_beta", "0.4"},
    {"dqn/rainbow", "n_steps", "3"},
    {"dqn/rainbow", "noisy", "true"},
    {"dqn/rainbow", "exploration", "greedy"},
    {"dqn/rainbow", "distribution", "categorical"},
    {"dqn/rainbow", "n_atoms", "51"},
};

const bh_agent_class bh_dqn_class = {
    .name = "dqn",
    .summary = BH_HELP("Deep Q-learning: a network of values, a replay buffer, a target network"),
    .config = &bh_dqn_table,
    BH_PRESETS(presets),
    .create = class_create,
    .destroy = class_destroy,
    .config_of = class_config,
    .set_total_timesteps = class_set_total,
    .act = class_act,
    .observe = class_observe,
    .truncate = class_truncate,
    .learn = class_learn,
    .demonstrate = class_demonstrate,
    .stats = class_stats,
    .n_updates = class_n_updates,
    .q_values = class_q_values,
    .params = class_params,
    .tensors = class_tensors,
    .params_changed = class_params_changed,
#if BH_HAS_TEXT
    .language_model = class_language_model,
    .log_prior = class_log_prior,
    .action_prior = class_action_prior,
#endif
};
