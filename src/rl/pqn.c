// SPDX-License-Identifier: MIT
// Parallelised Q-network.
#include "rl/pqn.h"

#include "kernels/elementwise.h"
#include "nn/losses.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"
#include "rl/action_prior.h"
#include "rl/agent_net.h"
#include "rl/explore.h"
#include "rl/net_tensors.h"
#include "rl/replay.h"
#include "rl/rollout.h"
#include "rl/update_record.h"
#include "rl/value.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define BH_CONFIG_STRUCT bh_pqn_config
static const bh_field fields[] = {
    BH_REAL_AT(learning_rate.start, learning_rate, BH_DEFAULT("0.00025"), BH_RANGE(0, 10), BH_LIVE,
               "Step size of the optimizer"),
    BHI_SCHEDULE_ROWS(learning_rate, "linear", "0", "0"),
    BH_INT(n_steps, BH_DEFAULT("128"), BH_RANGE(1, 1000000), BH_RESET,
           "Steps each environment takes before the network learns from them"),
    BH_INT(batch_size, BH_DEFAULT("128"), BH_RANGE(1, 65536), BH_RESET, "Steps in a minibatch"),
    BH_INT(n_epochs, BH_DEFAULT("4"), BH_RANGE(1, 1000), BH_LIVE,
           "Passes over the steps that were collected"),
    BH_REAL(gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE, "Discount factor"),
    BH_REAL(q_lambda, BH_DEFAULT("0.65"), BH_RANGE(0, 1), BH_LIVE,
            "Returns: 0 trusts the values after one step, 1 only the rewards themselves"),
    BHI_EXPLORE_ROWS(explore, "0.5", "0.05"),
    BH_INT(exploration_bins, BH_DEFAULT("10"), BH_RANGE(1, 10000), BH_RESET,
           "UCB: bins per Box dimension, for counting"),
    BH_REAL(max_grad_norm, BH_DEFAULT("10"), BH_RANGE(0, 1e9), BH_LIVE,
            "Maximum gradient norm; 0 disables clipping"),
    BHI_NET_ROWS(net, "relu", "Sizes of the hidden layers"),
    BH_BOOL(layer_norm, BH_DEFAULT("true"), BH_RESET,
            "Layer normalisation before every activation, which keeps learning without a target "
            "network stable"),
    BH_CHOICE(loss, BH_DEFAULT("mse"), BH_WORDS("huber|mse"), BH_LIVE, "Loss on the TD error"),
    BHI_OPTIMIZER_ROWS(optimizer, "adam", "1e-8"),
};
const bh_config_table bh_pqn_table = BH_CONFIG_TABLE("PQN", bh_pqn_config, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_pqn, bh_pqn_table)

typedef struct pqn {
    bhi_agent base; // first
    bhi_net net;
    bhi_rollout rollout;
    bhi_optimizer optimizer;
    bhi_counts counts; // UCB
    bhi_action_prior action_prior;
    unsigned char *legal; // (rows,A) masks of x, where there are any
    bh_rng explore_rng, sample_rng;
    int rows; // of a forward pass: max(batch_size, n_envs)

    bh_real *params, *gradient;    // (n_params)
    int *index;                    // (T,E) cells in the order of an epoch
    int *a;                        // (B)
    bh_real *returns, *error, *dq; // (B)
    bh_real *x;                    // (rows,S) network inputs
    double *row;                   // (A)
    bh_real *acts, *dacts;         // bhi_net_acts of rows
} pqn;

static const bh_pqn_config *config_of(const pqn *p)
{
    return p->base.config;
}

// ---- creating ----

static bh_status check_sizes(const bh_pqn_config *c, const bhi_net_spec *net, int rows,
                             const bhi_agent_spec *spec, bh_error *err)
{
    double params, units, cells = (double)c->n_steps * spec->n_envs;
    if (c->batch_size > cells) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "PQN: batch_size is %d, but must be at most n_steps times n_envs, which is "
                       "%d times %d",
                       c->batch_size, c->n_steps, spec->n_envs);
    }
    for (int i = 0; i < net->hidden.n && c->layer_norm; i++) {
        if (net->hidden.v[i] % 4 == 0) continue;
        return bh_fail(err, BH_ERR_CONFIG,
                       "PQN: net_arch has %d, but with layer_norm must have multiples of 4",
                       net->hidden.v[i]);
    }
    bhi_net_spec_sizes(net, &params, &units);
    double steps =
        bhi_rollout_reals(&(bhi_rollout){0}, c->n_steps, spec->n_envs, &spec->observation);
    // A norm has a gain and a bias for each output, and keeps as much again and two numbers more.
    if (2 * params <= BHI_REALS_MAX && 3 * units * rows <= BHI_REALS_MAX && steps <= BHI_REALS_MAX)
        return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG,
                   "PQN: net_arch, n_steps or batch_size is too large for one block of memory");
}

static bh_status shape(void *agent, bh_error *err)
{
    pqn *p = agent;
    const bh_pqn_config *c = config_of(p);
    const bhi_agent_spec *spec = &p->base.spec;
    bhi_net_spec net = bhi_net_spec_of(&c->net, spec);
    net.outputs = spec->n_actions;
    net.add_norm = c->layer_norm ? bhi_add_layer_norm : NULL;
    p->rows = c->batch_size > spec->n_envs ? c->batch_size : spec->n_envs;
    bh_status status = bhi_net_spec_check("PQN", &net, spec, err);
    if (status == BH_OK) status = check_sizes(c, &net, p->rows, spec, err);
    if (status != BH_OK) return status;
    p->net = bhi_net_shape(&net);
    p->action_prior = bhi_action_prior_shape(&(bh_action_prior_config){0}, spec, &net, p->rows);
    return BH_OK;
}

static bh_real *reals(bhi_arena *arena, size_t count)
{
    return bhi_arena_array(arena, count, sizeof(bh_real));
}

static void layout(void *agent, bhi_arena *arena)
{
    pqn *p = agent;
    const bh_pqn_config *c = config_of(p);
    const bhi_agent_spec *spec = &p->base.spec;
    size_t P = (size_t)p->net.n_params, B = (size_t)c->batch_size;
    size_t acts = bhi_net_acts(&p->net, p->rows);
    p->params = reals(arena, P);
    p->gradient = reals(arena, P);
    bhi_optimizer_layout(&p->optimizer, arena, &c->optimizer, p->net.n_params);
    bhi_rollout_layout(&p->rollout, arena, c->n_steps, spec->n_envs, &p->base.encoder);
    p->index = bhi_arena_array(arena, (size_t)c->n_steps * (size_t)spec->n_envs, sizeof *p->index);
    p->a = bhi_arena_array(arena, B, sizeof *p->a);
    p->returns = reals(arena, B);
    p->error = reals(arena, B);
    p->dq = reals(arena, B);
    p->x = reals(arena, (size_t)p->rows * (size_t)spec->observation.n);
    p->row = bhi_arena_array(arena, (size_t)spec->n_actions, sizeof *p->row);
    p->acts = reals(arena, acts);
    p->dacts = reals(arena, acts);
    p->legal =
        bhi_arena_array(arena, (size_t)p->rows * (size_t)p->base.spec.observation.n_masked, 1);
    if (c->explore.kind == BHI_UCB)
        bhi_counts_layout(&p->counts, arena, &p->base.encoder, c->exploration_bins,
                          spec->n_actions);
    bhi_action_prior_layout(&p->action_prior, arena);
}

static bh_status init(void *agent, bh_error *err)
{
    (void)err;
    pqn *p = agent;
    bhi_optimizer_init(&p->optimizer);
    bh_rng init_rng = bh_rng_split(&p->base.spec.rng);
    p->explore_rng = bh_rng_split(&p->base.spec.rng);
    p->sample_rng = bh_rng_split(&p->base.spec.rng);
    bhi_net_init(&p->net, p->params, &init_rng);
    return BH_OK;
}

static void state(void *agent, bhi_state_visitor *visitor)
{
    pqn *p = agent;
    BHI_STATE(visitor, "params", p->params, p->net.n_params);
    bhi_optimizer_state(&p->optimizer, visitor);
    bhi_rng_state(&p->explore_rng, 1, "explore_rng", visitor);
    bhi_rng_state(&p->sample_rng, 1, "sample_rng", visitor);
    bhi_counts_state(&p->counts, visitor);
    bhi_action_prior_state(&p->action_prior, visitor);
    int is_learning = p->base.piece > 0, cells = p->rollout.T * p->rollout.E;
    bhi_rollout_state(&p->rollout, p->base.spec.n_actions, 1, is_learning, visitor);
    if (!is_learning) return;
    bhi_state_within(visitor, 0, cells - 1);
    BHI_STATE(visitor, "index", p->index, cells);
}

// ---- values ----

// Values (B,A) of network inputs x (B,S) with their masks, those of actions that are not allowed out of reach.
static const bh_real *values(pqn *p, const bh_real *params, const bh_real *x,
                             const unsigned char *legal, int B)
{
    assert(B <= p->rows);
    bh_real *q = bhi_net_forward(&p->net, params, p->acts, x, B);
    const bh_real *bias = bhi_action_prior_bias(&p->action_prior, 0, x, legal, B);
    for (int i = 0; bias != NULL && i < B * p->base.spec.n_actions; i++) q[i] += bias[i];
    return q;
}

// The network input of a row of observations, and its mask, as row b of x and legal.
static void encode(pqn *p, int b, const float *obs, int row)
{
    const bh_space *space = &p->base.spec.observation;
    obs += (size_t)row * (size_t)bh_space_floats(space);
    bhi_encode(p->x + (size_t)b * (size_t)space->n, obs, &p->base.encoder);
    bhi_encode_mask(p->legal + (size_t)b * (size_t)space->n_masked, obs, 1, &p->base.encoder);
}

static bh_real largest(const bh_real *q, int A)
{
    return q[bh_value_argmax(q, A)];
}

static void q_values(void *agent, const void *params, double *q, const float *obs, int n)
{
    pqn *p = agent;
    int A = p->base.spec.n_actions;
    for (int i = 0; i < n; i += p->rows) {
        int B = n - i < p->rows ? n - i : p->rows;
        for (int b = 0; b < B; b++) encode(p, b, obs, i + b);
        const bh_real *y = values(p, params, p->x, p->legal, B);
        for (int j = 0; j < B * A; j++) q[(size_t)i * (size_t)A + (size_t)j] = (double)y[j];
    }
}

// ---- acting ----

static double learning_rate(const pqn *p)
{
    return bhi_schedule_at(&config_of(p)->learning_rate, 1, bhi_agent_progress(&p->base));
}

static double exploration_rate(const pqn *p)
{
    return bhi_explore_rate(&config_of(p)->explore, bhi_agent_progress(&p->base));
}

// An action that needs no values; -1 where they decide.
static int random_action(pqn *p, const float *obs, int i, int b)
{
    const bh_explore_config *explore = &config_of(p)->explore;
    const bh_space *space = &p->base.spec.observation;
    int a =
        bhi_explore_random(explore, exploration_rate(p), &p->explore_rng, p->base.spec.n_actions);
    if (a >= 0 && !bhi_action_prior_needs_obs(&p->action_prior)) return a;
    encode(p, b, obs, i);
    if (a < 0) return a;
    return bhi_action_prior_random(&p->action_prior, &(bh_action_prior_config){0},
                                   p->x + b * space->n, p->legal + b * space->n_masked,
                                   &p->explore_rng);
}

static void act(void *agent, int *actions, unsigned char *explored, const float *obs, int n)
{
    pqn *p = agent;
    const bh_explore_config *explore = &config_of(p)->explore;
    int A = p->base.spec.n_actions, S = p->base.spec.observation.n;
    int asked = 0; // rows whose action needs values
    for (int i = 0; i < n; i++) {
        actions[i] = random_action(p, obs, i, asked);
        explored[i] = actions[i] >= 0;
        asked += !explored[i];
    }
    if (asked == 0) return;
    const bh_real *x = p->x, *q = values(p, p->params, x, p->legal, asked);
    for (int i = 0; i < n; i++) {
        if (explored[i]) continue;
        const uint32_t *counts = explore->kind == BHI_UCB ? bhi_counts_of(&p->counts, x) : NULL;
        for (int a = 0; a < A; a++) p->row[a] = (double)q[a];
        actions[i] = bhi_explore_choose(explore, exploration_rate(p), &p->explore_rng, p->row,
                                        counts, A, &explored[i]);
        q += A;
        x += S;
    }
}

static int act_rngs(void *agent, bh_rng **out)
{
    out[0] = &((pqn *)agent)->explore_rng;
    return 1;
}

// ---- collecting ----

static void count(pqn *p, const bh_experience *e)
{
    for (int i = 0; i < e->n && config_of(p)->explore.kind == BHI_UCB; i++) {
        encode(p, 0, e->obs_tm1, i);
        bhi_counts_of(&p->counts, p->x)[e->a_tm1[i]]++;
    }
}

static void observe(void *agent, const bh_experience *e)
{
    pqn *p = agent;
    size_t F = (size_t)bh_space_floats(&p->base.spec.observation);
    int A = p->base.spec.n_actions, is_last = p->rollout.length[0] + 1 == p->rollout.T;
    count(p, e);
    int n = 0; // rows whose trace ends here, but not their return
    for (int i = 0; i < e->n; i++) {
        if (!e->terminated_t[i] && (e->truncated_t[i] || is_last)) encode(p, n++, e->obs_t, i);
    }
    const bh_real *q = n > 0 ? values(p, p->params, p->x, p->legal, n) : NULL;
    for (int i = 0; i < e->n; i++) {
        double v_end = 0;
        if (!e->terminated_t[i] && (e->truncated_t[i] || is_last)) {
            v_end = (double)largest(q, A);
            q += A;
        }
        bhi_rollout_add(&p->rollout, i, e->obs_tm1 + (size_t)i * F, e->a_tm1[i], e->r_t[i],
                        e->terminated_t[i], e->truncated_t[i], v_end);
    }
    p->base.timesteps += e->n;
}

static void truncate(void *agent, const float *obs)
{
    pqn *p = agent;
    for (int i = 0; i < p->rollout.E; i++) {
        if (p->rollout.length[i] == p->rollout.complete[i]) continue;
        encode(p, 0, obs, i);
        const bh_real *q = values(p, p->params, p->x, p->legal, 1);
        bhi_rollout_truncate(&p->rollout, i, (double)largest(q, p->base.spec.n_actions));
    }
}

// ---- learning ----

// The network has not changed since the first step: its values now are what they were then. Of B
// cells, from the i-th on.
static void recall(pqn *p, int i, int B)
{
    bhi_rollout *r = &p->rollout;
    int A = p->base.spec.n_actions;
    const bh_real *x = r->x_tm1 + (size_t)i * (size_t)p->base.spec.observation.n;
    const unsigned char *legal = r->legal + i * p->base.spec.observation.n_masked;
    const bh_real *q = values(p, p->params, x, legal, B);
    for (int b = 0; b < B; b++) r->v_tm1[i + b] = largest(q + b * A, A);
}

// The loss of a minibatch, and its gradient where the network's output stands.
static void learn_outputs(pqn *p, const int *index, int B)
{
    int A = p->base.spec.n_actions;
    double sum = 0;
    bhi_rollout_gather(
        &p->rollout, index, B,
        &(bhi_rollout_batch){.x = p->x, .legal = p->legal, .a = p->a, .returns = p->returns});
    const bh_real *q = values(p, p->params, p->x, p->legal, B);
    for (int b = 0; b < B; b++) {
        p->error[b] = p->returns[b] - q[b * A + p->a[b]];
        sum += (double)largest(q + b * A, A);
    }
    double loss = bhi_loss_gradient((bhi_loss)config_of(p)->loss, p->dq, p->error, NULL, B);
    if (bhi_begin_update(&p->base)) {
        BHI_SHOW(&p->base, "x_tm1", p->x, B, p->base.spec.observation.n);
        BHI_SHOW(&p->base, "a_tm1", p->a, 1, B);
        BHI_SHOW(&p->base, "returns", p->returns, 1, B);
        BHI_SHOW(&p->base, "q_tm1", q, B, A);
        BHI_SHOW(&p->base, "td", p->error, 1, B);
        bhi_show_number(&p->base, "loss", loss);
    }
    bh_real *dout = bhi_net_output(&p->net, p->dacts, B);
    memset(dout, 0, (size_t)(B * A) * sizeof *dout);
    for (int b = 0; b < B; b++) dout[b * A + p->a[b]] = p->dq[b];
    bhi_agent_log(&p->base, BHI_METRIC_LOSS, loss);
    bhi_agent_log(&p->base, BHI_METRIC_VALUE, sum / B);
}

static void update(pqn *p, const int *index, int B)
{
    const bh_pqn_config *c = config_of(p);
    learn_outputs(p, index, B);
    bhi_net_backward(&p->net, p->params, p->gradient, p->acts, p->dacts, p->x, B);
    bhi_agent_descend(&p->base, &p->optimizer, &c->optimizer, p->params, p->gradient,
                      learning_rate(p), c->max_grad_norm);
}

// Returns whether there are more.
static int learn_piece(pqn *p, uint64_t piece)
{
    const bh_pqn_config *c = config_of(p);
    int cells = p->rollout.T * p->rollout.E, size = c->batch_size;
    uint64_t n_batches = (uint64_t)((cells + size - 1) / size), epoch = piece / n_batches;
    int i = (int)(piece % n_batches) * size, B = cells - i < size ? cells - i : size;
    if (epoch == 0) { // the returns
        for (int k = i; k < i + B; k++) p->index[k] = k;
        recall(p, i, B);
        if (i + B == cells) bhi_rollout_q_lambda(&p->rollout, c->gamma, c->q_lambda);
        return 1;
    }
    if (i == 0) bhi_shuffle(p->index, cells, &p->sample_rng);
    update(p, p->index + i, B);
    return i + B < cells || epoch < (uint64_t)c->n_epochs;
}

static int learn(void *agent)
{
    pqn *p = agent;
    int is_due = p->rollout.length[0] == p->rollout.T;
    if (is_due && learn_piece(p, p->base.piece++)) return 1;
    if (is_due) bhi_rollout_clear(&p->rollout);
    p->base.piece = 0;
    return 0;
}

// ---- the class ----

static void rates(const void *agent, bhi_agent_metrics *out)
{
    out->epsilon = exploration_rate(agent);
    out->learning_rate = learning_rate(agent);
}

static void *params_of(void *agent, size_t *bytes)
{
    pqn *p = agent;
    *bytes = (size_t)p->net.n_params * sizeof(bh_real);
    return p->params;
}

static int tensors(const void *agent, void *params, bh_tensor *out)
{
    static const bhi_tensor_names names = {"q_net.features_extractor", "q_net.q_net", NULL};
    return bhi_net_tensors(&((const pqn *)agent)->net, params, &names, out);
}

// The steps stored were another network's.
static void params_changed(void *agent)
{
    bhi_rollout_clear(&((pqn *)agent)->rollout);
}

static int networks(void *agent, bhi_agent_net *out)
{
    pqn *p = agent;
    out[0] = (bhi_agent_net){&p->net, p->params, BHI_ROLE_ACTION_VALUES};
    return 1;
}

static const bhi_agent_functions functions = {
    .large_settings = (const char *const[]){"n_steps", "batch_size", "net_arch", NULL},
    .bytes = sizeof(pqn),
    .shape = shape,
    .layout = layout,
    .state = state,
    .init = init,
    .act = act,
    .act_rngs = act_rngs,
    .observe = observe,
    .truncate = truncate,
    .learn = learn,
    .rates = rates,
    .q_values = q_values,
    .params = params_of,
    .tensors = tensors,
    .params_changed = params_changed,
    .networks = networks,
};

const bh_agent_class bh_pqn_class = {
    .name = "pqn",
    .summary = BH_HELP("Parallelised Q-network: Q-learning on lambda-returns, without a replay "
                       "buffer or a target network"),
    .config = &bh_pqn_table,
    .functions = &functions,
};
