// SPDX-License-Identifier: MIT
// Deep Q-learning.
#include "rl/dqn_state.h"

#include "kernels/elementwise.h"
#include "optim/schedule.h"
#include "rl/net_tensors.h"
#include "rl/update_record.h"
#include "rl/value.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define BH_CONFIG_STRUCT bh_dqn_config
static const bh_field fields[] = {
    BH_REAL_AT(learning_rate.start, learning_rate, BH_DEFAULT("0.0001"), BH_RANGE(0, 10), BH_LIVE,
               "Step size of the optimizer"),
    BHI_SCHEDULE_ROWS(learning_rate, "constant", "0", "0"),
    BH_INT(buffer_size, BH_DEFAULT("50000"), BH_RANGE(1, 10000000), BH_RESET,
           "Transitions the replay buffer holds"),
    BH_INT(learning_starts, BH_DEFAULT("100"), BH_RANGE(0, 1000000000), BH_LIVE,
           "Environment steps before the first update"),
    BH_INT(batch_size, BH_DEFAULT("32"), BH_RANGE(1, 65536), BH_RESET,
           "Transitions sampled per update"),
    BH_REAL(tau, BH_DEFAULT("1"), BH_RANGE(0, 1), BH_LIVE,
            "Soft-update coefficient: 1 copies the network, smaller values blend"),
    BH_REAL(gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE, "Discount factor"),
    BH_INT(n_steps, BH_DEFAULT("1"), BH_RANGE(1, 100), BH_LIVE,
           "Steps n of n-step returns; 1 is ordinary TD"),
    BH_INT(train_freq, BH_DEFAULT("4"), BH_RANGE(1, 1000000), BH_LIVE,
           "Steps between two rounds of updates"),
    BH_INT(gradient_steps, BH_DEFAULT("1"), BH_RANGE(1, 1000), BH_LIVE, "Updates in a round"),
    BH_INT(target_update_interval, BH_DEFAULT("10000"), BH_RANGE(1, 1000000000), BH_LIVE,
           "Environment steps between two target updates"),
    BHI_EXPLORE_ROWS(explore, "0.1", "0.05"),
    BHI_EXPLORE_TARGET_ROW(explore),
    BH_INT(exploration_bins, BH_DEFAULT("10"), BH_RANGE(1, 10000), BH_RESET,
           "UCB: bins per Box dimension, for counting"),
    BH_REAL(max_grad_norm, BH_DEFAULT("10"), BH_RANGE(0, 1e9), BH_LIVE,
            "Maximum gradient norm; 0 disables clipping"),
    BH_BOOL(double_q, BH_DEFAULT("false"), BH_LIVE,
            "Double DQN: the online network chooses the next action, the target network rates it"),
    BH_BOOL(dueling, BH_DEFAULT("false"), BH_RESET,
            "Dueling: the network gives the state's value and each action's advantage over it"),
    BH_BOOL(prioritized, BH_DEFAULT("false"), BH_RESET,
            "Prioritized replay: transitions with large errors are sampled more often"),
    BH_REAL(priority_alpha, BH_DEFAULT("0.6"), BH_RANGE(0, 1), BH_LIVE,
            "Prioritized: how much errors matter; 0 samples uniformly"),
    BH_REAL(priority_beta, BH_DEFAULT("0.4"), BH_RANGE(0, 1), BH_LIVE,
            "Prioritized: how much of the bias is corrected at the start; all of it at the end"),
    BH_BOOL(noisy, BH_DEFAULT("false"), BH_RESET,
            "NoisyNet: learned noise on the weights of the linear layers, which explores"),
    BH_REAL(noisy_sigma, BH_DEFAULT("0.5"), BH_RANGE(0, 10), BH_RESET,
            "NoisyNet: size of the noise at the start, over the root of a layer's inputs"),
    BH_CHOICE(distribution, BH_DEFAULT("expected"), BH_WORDS("expected|categorical|quantile"),
              BH_RESET,
              "What is learned of the return: its mean, its distribution (C51) or its quantiles "
              "(QR-DQN)"),
    BH_INT(n_atoms, BH_DEFAULT("51"), BH_RANGE(2, 1024), BH_RESET,
           "Categorical: atoms of the distribution"),
    BH_REAL(v_min, BH_DEFAULT("-10"), BH_RANGE(-1e6, 1e6), BH_RESET,
            "Categorical: return of the first atom"),
    BH_REAL(v_max, BH_DEFAULT("10"), BH_RANGE(-1e6, 1e6), BH_RESET,
            "Categorical: return of the last atom"),
    BH_INT(n_quantiles, BH_DEFAULT("50"), BH_RANGE(1, 1024), BH_RESET,
           "Quantile: quantiles of the return"),
    BH_INT(demo_capacity, BH_DEFAULT("0"), BH_RANGE(0, 10000000), BH_RESET,
           "Demonstrations: transitions there is room for, beside the buffer; they are never "
           "forgotten"),
    BH_REAL(
        demo_ratio, BH_DEFAULT("0.25"), BH_RANGE(0, 1), BH_LIVE,
        "Demonstrations: share of every batch; 0 draws them like any others, as prioritized does"),
    BH_REAL(demo_coef, BH_DEFAULT("1"), BH_RANGE(0, 1e6), BH_LIVE,
            "Demonstrations: weight of the loss that puts demonstrated actions above the others"),
    BH_REAL(demo_margin, BH_DEFAULT("0.8"), BH_RANGE(0, 1e6), BH_LIVE,
            "Demonstrations: by how much that loss wants them above"),
    BH_INT(demo_updates, BH_DEFAULT("0"), BH_RANGE(0, 10000000), BH_RESET,
           "Demonstrations: updates on them alone, before the first step"),
    BHI_NET_ROWS(net, "relu", "Sizes of the hidden layers"),
    BH_CHOICE(loss, BH_DEFAULT("huber"), BH_WORDS("huber|mse"), BH_LIVE, "Loss on the TD error"),
    BHI_OPTIMIZER_ROWS(optimizer, "adam", "1e-8"),
    BHI_ACTION_PRIOR_ROWS(prior),
};
const bh_config_table bh_dqn_table = BH_CONFIG_TABLE("DQN", bh_dqn_config, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_dqn, bh_dqn_table)

static const bh_dqn_config *config_of(const bhi_dqn *d)
{
    return d->base.config;
}

static void *reals(bhi_arena *arena, size_t count)
{
    return bhi_arena_array(arena, count, sizeof(bh_real));
}

static void layout(void *agent, bhi_arena *arena)
{
    bhi_dqn *d = agent;
    const bh_dqn_config *c = config_of(d);
    size_t P = (size_t)d->net.n_params, B = (size_t)c->batch_size, rows = (size_t)d->rows;
    size_t A = (size_t)d->base.spec.n_actions, acts = bhi_net_acts(&d->net, d->rows);
    d->online = reals(arena, P);
    d->target = reals(arena, P);
    d->gradient = reals(arena, P);
    bhi_optimizer_layout(&d->optimizer, arena, &c->optimizer, d->net.n_params);
    d->index = bhi_arena_array(arena, B, sizeof(int));
    d->a_tm1 = bhi_arena_array(arena, B, sizeof(int));
    d->x_tm1 = reals(arena, rows * (size_t)d->base.spec.observation.n);
    d->x_t = reals(arena, rows * (size_t)d->base.spec.observation.n);
    d->legal_tm1 = bhi_arena_array(arena, rows * (size_t)d->base.spec.observation.n_masked, 1);
    d->legal_t = bhi_arena_array(arena, B * (size_t)d->base.spec.observation.n_masked, 1);
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
    if (c->explore.kind == BHI_UCB) {
        bhi_counts_layout(&d->counts, arena, &d->base.encoder, c->exploration_bins,
                          d->base.spec.n_actions);
        d->bonus_t = reals(arena, rows * A);
    }
    bhi_action_prior_layout(&d->action_prior, arena);
    if (c->demo_capacity > 0) {
        d->demo_weights = reals(arena, B);
        d->demo_loss = reals(arena, B);
        d->demo_dq = reals(arena, B * A);
    }
    bhi_replay_layout(&d->replay, arena, c->buffer_size + c->demo_capacity, d->base.spec.n_envs,
                      &d->base.encoder);
    if (c->prioritized) bhi_replay_layout_priorities(&d->replay, arena);
}

// ---- creating ----

static int n_atoms(const bh_dqn_config *c)
{
    return c->distribution == BHI_CATEGORICAL ? c->n_atoms
           : c->distribution == BHI_QUANTILE  ? c->n_quantiles
                                              : 1;
}

static bhi_net_spec net_spec(const bh_dqn_config *c, const bhi_agent_spec *spec)
{
    bhi_net_spec net = bhi_net_spec_of(&c->net, spec);
    net.outputs = spec->n_actions;
    net.atoms = n_atoms(c);
    net.dueling = c->dueling;
    net.noisy = c->noisy;
    net.sigma_0 = c->noisy_sigma;
    return net;
}

static bh_status check(const bh_dqn_config *c, const bhi_net_spec *net, const bhi_agent_spec *spec,
                       int rows, bh_error *err)
{
    double params, units,
        replay = ((double)c->buffer_size + c->demo_capacity) *
                 (double)bh_space_bytes(&spec->observation) / sizeof(float);
    bhi_net_spec_sizes(net, &params, &units);
    if (params > BHI_REALS_MAX || units * rows > BHI_REALS_MAX || replay > BHI_REALS_MAX) {
        return bh_fail(err, BH_ERR_CONFIG, "DQN: net_arch, batch_size or buffer_size is too large");
    }
    if (c->distribution == BHI_CATEGORICAL && !(c->v_min < c->v_max)) {
        return bh_fail(err, BH_ERR_CONFIG, "DQN: v_min is %g, but must be below v_max, which is %g",
                       c->v_min, c->v_max);
    }
    return bhi_net_spec_check("DQN", net, spec, err);
}

static bh_status shape(void *agent, bh_error *err)
{
    bhi_dqn *d = agent;
    const bh_dqn_config *c = config_of(d);
    const bhi_agent_spec *spec = &d->base.spec;
    bhi_net_spec net = net_spec(c, spec);
    d->rows = c->batch_size > spec->n_envs ? c->batch_size : spec->n_envs;
    bh_status status = check(c, &net, spec, d->rows, err);
    if (status != BH_OK) return status;
    d->net = bhi_net_shape(&net);
    d->head = (bhi_head){.kind = (bhi_distribution)c->distribution,
                         .A = spec->n_actions,
                         .N = net.atoms,
                         .rows = d->rows,
                         .v_min = c->v_min,
                         .v_max = c->v_max};
    d->action_prior = bhi_action_prior_shape(&c->prior, spec, &net, d->rows);
    return BH_OK;
}

static bh_status init(void *agent, bh_error *err)
{
    (void)err;
    bhi_dqn *d = agent;
    bhi_optimizer_init(&d->optimizer);
    bh_rng init_rng = bh_rng_split(&d->base.spec.rng);
    d->explore_rng = bh_rng_split(&d->base.spec.rng);
    d->sample_rng = bh_rng_split(&d->base.spec.rng);
    d->noise_rng = bh_rng_split(&d->base.spec.rng);
    bhi_net_init(&d->net, d->online, &init_rng);
    memcpy(d->target, d->online, (size_t)d->net.n_params * sizeof(bh_real));
    return BH_OK;
}

static void state(void *agent, bhi_state_visitor *visitor)
{
    bhi_dqn *d = agent;
    BHI_STATE(visitor, "online", d->online, d->net.n_params);
    BHI_STATE(visitor, "target", d->target, d->net.n_params);
    bhi_optimizer_state(&d->optimizer, visitor);
    bhi_rng_state(&d->explore_rng, 1, "explore_rng", visitor);
    bhi_rng_state(&d->sample_rng, 1, "sample_rng", visitor);
    bhi_rng_state(&d->noise_rng, 1, "noise_rng", visitor);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "vec_steps", &d->vec_steps, 1);
    if (d->base.piece > 0) BHI_STATE(visitor, "next_target", &d->next_target, 1);
    bhi_counts_state(&d->counts, visitor);
    bhi_action_prior_state(&d->action_prior, visitor);
    bhi_replay_state(&d->replay, d->base.spec.n_actions, config_of(d)->demo_capacity, visitor);
}

// ---- acting ----

static double learning_rate(const bhi_dqn *d)
{
    return bhi_schedule_at(&config_of(d)->learning_rate, 1, bhi_agent_progress(&d->base));
}

static double exploration_rate(const bhi_dqn *d)
{
    return bhi_explore_rate(&config_of(d)->explore, bhi_agent_progress(&d->base));
}

// The weights that products use: the parameters, or what fresh noise makes of them.
static const bh_real *noisy_weights(bhi_dqn *d, const bh_real *params)
{
    if (d->net.n_noise == 0) return params;
    bhi_net_draw_noise(&d->net, d->noise, &d->noise_rng);
    bhi_net_add_noise(&d->net, d->weights, params, d->noise);
    return d->weights;
}

// What is added to values when one is chosen, of network inputs x (B,S) with their masks; NULL for
// nothing.
static const bh_real *bias_of(bhi_dqn *d, const bh_real *x, const unsigned char *legal, int B)
{
    return bhi_action_prior_bias(&d->action_prior, config_of(d)->prior.beta, x, legal, B);
}

// An observation as row b of x_tm1 and legal_tm1.
static void encode(bhi_dqn *d, int b, const float *obs)
{
    const bh_space *space = &d->base.spec.observation;
    bhi_encode(d->x_tm1 + (size_t)b * (size_t)space->n, obs, &d->base.encoder);
    bhi_encode_mask(d->legal_tm1 + (size_t)b * (size_t)space->n_masked, obs, 1, &d->base.encoder);
}

// Values under any parameters, without noise, in batches of at most `rows`.
static void q_values(void *agent, const void *params, double *q, const float *obs, int n)
{
    bhi_dqn *d = agent;
    int A = d->base.spec.n_actions, F = bh_space_floats(&d->base.spec.observation);
    for (int i = 0; i < n; i += d->rows) {
        int B = n - i < d->rows ? n - i : d->rows;
        for (int b = 0; b < B; b++) encode(d, b, obs + (size_t)(i + b) * (size_t)F);
        const bh_real *out = bhi_net_forward(&d->net, params, d->acts, d->x_tm1, B);
        const bh_real *y = bhi_head_values(&d->head, d->q, out, B);
        const bh_real *bias = bias_of(d, d->x_tm1, d->legal_tm1, B);
        for (int j = 0; j < B * A; j++)
            q[(size_t)i * (size_t)A + (size_t)j] = (double)(bias != NULL ? y[j] + bias[j] : y[j]);
    }
}

// The action for one state, from its values, its network input and its mask.
static int choose(bhi_dqn *d, const bh_explore_config *explore, double rate, const bh_real *q,
                  const bh_real *x, const unsigned char *legal, unsigned char *explored)
{
    int A = d->base.spec.n_actions;
    const uint32_t *counts = explore->kind == BHI_UCB ? bhi_counts_of(&d->counts, x) : NULL;
    const bh_real *bias = bias_of(d, x, legal, 1);
    for (int a = 0; a < A; a++) d->row[a] = (double)(bias != NULL ? q[a] + bias[a] : q[a]);
    return bhi_explore_choose(explore, rate, &d->explore_rng, d->row, counts, A, explored);
}

static void act(void *agent, int *actions, unsigned char *explored, const float *obs, int n)
{
    bhi_dqn *dqn = agent;
    assert(n <= dqn->base.spec.n_envs);
    int A = dqn->base.spec.n_actions, S = dqn->base.spec.observation.n;
    int M = dqn->base.spec.observation.n_masked;
    size_t F = (size_t)bh_space_floats(&dqn->base.spec.observation);
    const bh_explore_config *explore = &config_of(dqn)->explore;
    double rate = bhi_explore_rate(explore, bhi_agent_progress(&dqn->base));
    int asked = 0; // rows whose action needs values
    for (int i = 0; i < n; i++) {
        actions[i] = bhi_explore_random(explore, rate, &dqn->explore_rng, A);
        explored[i] = actions[i] >= 0;
        if (explored[i] && !bhi_action_prior_needs_obs(&dqn->action_prior)) continue;
        encode(dqn, asked, obs + (size_t)i * F);
        if (!explored[i]) asked++;
        else
            actions[i] = bhi_action_prior_random(&dqn->action_prior, &config_of(dqn)->prior,
                                                 dqn->x_tm1 + asked * S, dqn->legal_tm1 + asked * M,
                                                 &dqn->explore_rng);
    }
    if (asked == 0) return;
    const bh_real *weights = noisy_weights(dqn, dqn->online), *x = dqn->x_tm1;
    const bh_real *out = bhi_net_forward(&dqn->net, weights, dqn->acts, x, asked);
    const bh_real *q = bhi_head_values(&dqn->head, dqn->q, out, asked);
    const unsigned char *legal = dqn->legal_tm1;
    for (int i = 0; i < n; i++) {
        if (explored[i]) continue;
        actions[i] = choose(dqn, explore, rate, q, x, legal, &explored[i]);
        q += A;
        x += S;
        legal += M;
    }
}

static int act_rngs(void *agent, bh_rng **out)
{
    bhi_dqn *dqn = agent;
    out[0] = &dqn->explore_rng;
    out[1] = &dqn->noise_rng;
    return 2;
}

// ---- learning ----

static void observe(void *agent, const bh_experience *e)
{
    bhi_dqn *dqn = agent;
    size_t F = (size_t)bh_space_floats(&dqn->base.spec.observation);
    for (int i = 0; i < e->n; i++) {
        const float *obs = e->obs_tm1 + (size_t)i * F;
        bhi_replay_add(&dqn->replay, obs, e->a_tm1[i], e->r_t[i], e->terminated_t[i],
                       e->truncated_t[i], e->obs_t + (size_t)i * F);
        if (config_of(dqn)->explore.kind != BHI_UCB) continue;
        bhi_encode(dqn->x_tm1, obs, &dqn->base.encoder);
        bhi_counts_of(&dqn->counts, dqn->x_tm1)[e->a_tm1[i]]++;
    }
    dqn->base.timesteps += e->n;
    dqn->vec_steps++;
}

static void sample(bhi_dqn *d)
{
    const bh_dqn_config *c = config_of(d);
    int B = c->batch_size;
    if (c->prioritized) {
        double progress = bhi_agent_progress(&d->base), done = progress < 1 ? progress : 1;
        bhi_sumtree_sample(&d->replay.priorities, d->index, d->probability, B, &d->sample_rng);
        bh_value_importance_weights(d->importance, d->probability, d->replay.size,
                                    c->priority_beta + (1 - c->priority_beta) * done, 0, B);
    } else {
        bhi_replay_sample_shares(&d->replay, d->index, c->demo_ratio, B, &d->sample_rng);
    }
    bhi_replay_gather(&d->replay, d->index, B, c->gamma, c->n_steps, d->x_tm1, d->a_tm1, d->r_t,
                      d->discount_t, d->x_t);
    bhi_replay_gather_masks(&d->replay, d->index, B, c->n_steps, d->legal_tm1, d->legal_t);
}

// What the next states' rare actions gain; NULL when nothing is to be added.
static const bh_real *target_bonus(bhi_dqn *d)
{
    if (config_of(d)->explore.kind != BHI_UCB || !config_of(d)->explore.bonus_in_target)
        return NULL;
    const bh_explore_config *explore = &config_of(d)->explore;
    int A = d->base.spec.n_actions;
    for (int b = 0; b < config_of(d)->batch_size; b++) {
        const bh_real *x = d->x_t + (size_t)b * (size_t)d->base.spec.observation.n;
        const uint32_t *counts = bhi_counts_of(&d->counts, x);
        for (int a = 0; a < A; a++)
            d->bonus_t[b * A + a] = (bh_real)bhi_explore_target_bonus(explore, counts[a]);
    }
    return d->bonus_t;
}

// Values (B,A) of the batch's outputs (B,A,N); of illegal actions out of reach.
static const bh_real *legal_values(bhi_dqn *d, const bh_real *out, int B)
{
    const bh_real *q = bhi_head_values(&d->head, d->q, out, B);
    if (!d->action_prior.is_masked) return q;
    const bh_real *bias = bias_of(d, d->x_tm1, d->legal_tm1, B);
    for (int i = 0; i < B * d->head.A; i++) d->q[i] = q[i] + bias[i];
    return d->q;
}

// Adds the large-margin loss of what was demonstrated to dout; returns it.
static double add_demonstration_loss(bhi_dqn *d, bh_real *dout, const bh_real *out)
{
    const bh_dqn_config *c = config_of(d);
    int B = c->batch_size, n_protected = d->replay.n_protected;
    if (n_protected == 0 || c->demo_coef == 0) return 0;
    const bh_real *q = legal_values(d, out, B);
    for (int b = 0; b < B; b++)
        d->demo_weights[b] = d->index[b] < n_protected ? (bh_real)c->demo_coef : 0;
    double loss = bh_value_large_margin(d->demo_loss, d->demo_dq, q, d->a_tm1, c->demo_margin,
                                        d->demo_weights, B, d->base.spec.n_actions);
    bhi_head_add_gradient(&d->head, dout, out, d->demo_dq, B);
    return loss;
}

// What the batch is and what the networks say of it, before the gradient takes their place.
static void show_batch(bhi_dqn *d, const bhi_head_batch *b)
{
    bhi_agent *agent = &d->base;
    int B = b->B, S = agent->spec.observation.n, outputs = d->head.A * d->head.N;
    int is_expected = d->head.kind == BHI_EXPECTED;
    BHI_SHOW(agent, "index", d->index, 1, B);
    BHI_SHOW(agent, "x_tm1", d->x_tm1, B, S);
    BHI_SHOW(agent, "a_tm1", b->a_tm1, 1, B);
    BHI_SHOW(agent, "r_t", b->r_t, 1, B);
    BHI_SHOW(agent, "discount_t", b->discount_t, 1, B);
    BHI_SHOW(agent, "x_t", d->x_t, B, S);
    BHI_SHOW(agent, is_expected ? "q_tm1" : "out_tm1", b->out_tm1, B, outputs);
    BHI_SHOW(agent, is_expected ? "qt_t" : "outt_t", b->out_t, B, outputs);
    if (b->choose_t != b->out_t)
        BHI_SHOW(agent, is_expected ? "q_t" : "out_t", b->choose_t, B, outputs);
    BHI_SHOW(agent, "bonus_t", b->bonus_t, B, d->head.A);
    BHI_SHOW(agent, "bias_t", b->bias_t, B, d->head.A);
    if (!config_of(d)->prioritized) return;
    BHI_SHOW(agent, "probability", d->probability, 1, B);
    BHI_SHOW(agent, "importance", d->importance, 1, B);
}

// What came of it, and how far the networks are apart.
static void show_errors(bhi_dqn *d, const bhi_head_batch *b)
{
    bhi_agent *agent = &d->base;
    int is_expected = d->head.kind == BHI_EXPECTED;
    double squares = 0;
    BHI_SHOW(agent, is_expected ? "td" : "loss_b", b->error, 1, b->B);
    if (!is_expected) BHI_SHOW(agent, "target", d->head.target, b->B, d->head.N);
    for (int i = 0; i < d->net.n_params; i++) {
        double difference = (double)d->online[i] - (double)d->target[i];
        squares += difference * difference;
    }
    bhi_show_number(agent, "target_distance", sqrt(squares));
}

// All networks on the batch, loss and the gradient of the online network's outputs. Target and
// online network each draw noise of their own. Returns the weights the backward pass needs.
static const bh_real *learn_outputs(bhi_dqn *d)
{
    const bh_dqn_config *c = config_of(d);
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
                            .bias_t = bias_of(d, d->x_t, d->legal_t, B)};
    const bh_real *weights = noisy_weights(d, d->target);
    batch.out_t = batch.choose_t = bhi_net_forward(&d->net, weights, d->dacts, d->x_t, B);
    weights = noisy_weights(d, d->online);
    if (c->double_q) batch.choose_t = bhi_net_forward(&d->net, weights, d->acts_t, d->x_t, B);
    batch.out_tm1 = bhi_net_forward(&d->net, weights, d->acts, d->x_tm1, B);
    if (bhi_begin_update(&d->base)) show_batch(d, &batch);
    bhi_agent_log(&d->base, BHI_METRIC_LOSS, bhi_head_learn(&d->head, &batch));
    if (bhi_is_watched(&d->base)) show_errors(d, &batch);
    bhi_agent_log(&d->base, BHI_METRIC_VALUE, batch.max_q);
    d->base.sums[BHI_METRIC_LOSS] += add_demonstration_loss(d, batch.dout, batch.out_tm1);
    return weights;
}

void bhi_dqn_update(bhi_dqn *dqn)
{
    const bh_dqn_config *c = config_of(dqn);
    int B = c->batch_size;
    sample(dqn);
    const bh_real *weights = learn_outputs(dqn);
    bhi_net_backward(&dqn->net, weights, dqn->gradient, dqn->acts, dqn->dacts, dqn->x_tm1, B);
    if (dqn->net.n_noise > 0) bhi_net_noise_gradient(&dqn->net, dqn->gradient, dqn->noise);
    if (c->prioritized) {
        bhi_replay_set_priorities(&dqn->replay, dqn->index, dqn->error, c->priority_alpha, B);
    }

    bhi_agent_descend(&dqn->base, &dqn->optimizer, &c->optimizer, dqn->online, dqn->gradient,
                      learning_rate(dqn), c->max_grad_norm);
}

static void update_target(bhi_dqn *d)
{
    size_t bytes = (size_t)d->net.n_params * sizeof(bh_real);
    if (config_of(d)->tau == 1) memcpy(d->target, d->online, bytes);
    else bhi_polyak(d->target, d->online, (bh_real)config_of(d)->tau, d->net.n_params);
}

static int moves_target(const bhi_dqn *d)
{
    int interval = config_of(d)->target_update_interval / d->base.spec.n_envs;
    return d->vec_steps % (interval > 0 ? interval : 1) == 0;
}

static int n_due(const bhi_dqn *d)
{
    const bh_dqn_config *c = config_of(d);
    if (d->base.timesteps <= c->learning_starts || d->vec_steps % c->train_freq != 0) return 0;
    return d->replay.size > 0 ? c->gradient_steps : 0;
}

// Updates between two target updates, as there will be while the environment is played.
static double target_interval(const bhi_dqn *d)
{
    const bh_dqn_config *c = config_of(d);
    return (double)c->target_update_interval / d->base.spec.n_envs * c->gradient_steps /
           c->train_freq;
}

// An update on demonstrations. The first piece of them is that they were taken in.
static int pretrain(bhi_dqn *d)
{
    uint64_t n = (uint64_t)config_of(d)->demo_updates, i = d->base.piece++;
    bhi_dqn_update(d);
    if ((double)i >= d->next_target || i >= n) {
        update_target(d);
        d->next_target += target_interval(d);
    }
    if (i < n) return 1;
    d->base.piece = 0;
    return 0;
}

static int learn(void *agent)
{
    bhi_dqn *dqn = agent;
    if (dqn->base.timesteps == 0 && dqn->base.piece > 0 && dqn->replay.size > 0)
        return pretrain(dqn);
    uint64_t n = (uint64_t)n_due(dqn);
    if (dqn->base.piece < n) {
        bhi_dqn_update(dqn);
        if (++dqn->base.piece < n) return 1;
    }
    dqn->base.piece = 0;
    if (moves_target(dqn)) update_target(dqn);
    return 0;
}

static bh_status demonstrate(void *agent, const bh_demonstrations *demonstrations, bh_error *err)
{
    bhi_dqn *dqn = agent;
    const bh_experience *e = &demonstrations->transitions;
    size_t F = (size_t)bh_space_floats(&dqn->base.spec.observation);
    if (dqn->base.timesteps > 0)
        return bh_fail(err, BH_ERR_STATE, "DQN: demonstrations come before the first step");
    if (e->n > config_of(dqn)->demo_capacity - dqn->replay.n_protected) {
        return bh_fail(
            err, BH_ERR_ARGUMENT,
            "DQN: demo_capacity has room for %d more transitions, but %d are demonstrated",
            config_of(dqn)->demo_capacity - dqn->replay.n_protected, e->n);
    }
    bhi_encoder_take_obs(&dqn->base.encoder, e->obs_tm1, e->n);
    for (int i = 0; i < e->n; i++) {
        bhi_replay_add(&dqn->replay, e->obs_tm1 + (size_t)i * F, e->a_tm1[i], e->r_t[i],
                       e->terminated_t[i], e->truncated_t[i] || i + 1 == e->n,
                       e->obs_t + (size_t)i * F);
    }
    bhi_replay_protect(&dqn->replay);
    dqn->base.piece = config_of(dqn)->demo_updates > 0;
    dqn->next_target = target_interval(dqn);
    return BH_OK;
}

// ---- the class ----

static void truncate(void *agent, const float *obs)
{
    (void)obs;
    bhi_replay_truncate(&((bhi_dqn *)agent)->replay);
}

static void rates(const void *agent, bhi_agent_metrics *out)
{
    out->epsilon = exploration_rate(agent);
    out->learning_rate = learning_rate(agent);
}

static void *params_of(void *agent, size_t *bytes)
{
    bhi_dqn *d = agent;
    *bytes = (size_t)d->net.n_params * sizeof(bh_real);
    return d->online;
}

static int tensors(const void *agent, void *params, bh_tensor *out)
{
    static const bhi_tensor_names names = {"q_net.features_extractor", "q_net.q_net", NULL};
    return bhi_net_tensors(&((const bhi_dqn *)agent)->net, params, &names, out);
}

static void params_changed(void *agent)
{
    bhi_dqn *d = agent;
    memcpy(d->target, d->online, (size_t)d->net.n_params * sizeof(bh_real));
}

static int networks(void *agent, bhi_agent_net *out)
{
    bhi_dqn *d = agent;
    out[0] = (bhi_agent_net){&d->net, d->online, BHI_ROLE_ACTION_VALUES};
    return 1;
}

static bhi_action_prior *action_prior_of(void *agent)
{
    return &((bhi_dqn *)agent)->action_prior;
}

// Hessel et al. 2018, table 1, as far as it does not depend on the task.
static const bh_preset presets[] = {
    {"dqn/rainbow",
     "double_q=true dueling=true prioritized=true priority_alpha=0.5 priority_beta=0.4 n_steps=3 "
     "noisy=true exploration=greedy distribution=categorical n_atoms=51"},
};

static const bhi_agent_functions functions = {
    .large_settings = (const char *const[]){"buffer_size", "batch_size", "net_arch", NULL},
    .bytes = sizeof(bhi_dqn),
    .shape = shape,
    .layout = layout,
    .state = state,
    .init = init,
    .act = act,
    .act_rngs = act_rngs,
    .observe = observe,
    .truncate = truncate,
    .learn = learn,
    .demonstrate = demonstrate,
    .rates = rates,
    .q_values = q_values,
    .params = params_of,
    .tensors = tensors,
    .params_changed = params_changed,
    .networks = networks,
    .action_prior = action_prior_of,
};

const bh_agent_class bh_dqn_class = {
    .name = "dqn",
    .summary = BH_HELP("Deep Q-learning: a network of values, a replay buffer, a target network"),
    .config = &bh_dqn_table,
    BH_PRESETS(presets),
    .functions = &functions,
};
