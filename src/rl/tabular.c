// SPDX-License-Identifier: MIT
// Tabular methods. Both agents are one struct, a table with two ways to learn.
#include "rl/tabular.h"

#include "core/alloc.h"
#include "optim/optimizer.h"
#include "rl/explore.h"

#include <math.h>
#include <string.h>

#define BH_CONFIG_STRUCT bh_q_learning_config
static const bh_field q_learning_fields[] = {BH_Q_LEARNING_CONFIG(BH_ENTRY)};
#undef BH_CONFIG_STRUCT
#define BH_CONFIG_STRUCT bh_value_iteration_config
static const bh_field value_iteration_fields[] = {BH_VALUE_ITERATION_CONFIG(BH_ENTRY)};

const bh_config_table bh_q_learning_table = {"Q-learning", q_learning_fields,
                                             sizeof q_learning_fields / sizeof *q_learning_fields,
                                             sizeof(bh_q_learning_config)};
const bh_config_table bh_value_iteration_table = {"Value iteration", value_iteration_fields,
                                                  sizeof value_iteration_fields /
                                                      sizeof *value_iteration_fields,
                                                  sizeof(bh_value_iteration_config)};

// ---- the updates ----

static double max_of(const double *q, int A)
{
    return q[bh_greedy(q, A)];
}

double bh_tabular_q_learning(double *q, int A, int s, int a, double r, double discount, int s_next,
                             double alpha)
{
    double *entry = &q[s * A + a];
    double td = r + discount * max_of(q + s_next * A, A) - *entry;
    *entry += alpha * td;
    return td;
}

double bh_tabular_sweep(double *q_new, const double *q_old, const bh_mdp *mdp, double gamma)
{
    double change = 0;
    int A = mdp->n_actions;
    for (int i = 0; i < mdp->n_states * A; i++) {
        const bh_transition *t = mdp->outcomes + (size_t)i * BH_TRANSITIONS_MAX;
        double sum = 0;
        for (int k = 0; k < mdp->n_outcomes[i]; k++) {
            double next = t[k].terminated ? 0 : max_of(q_old + t[k].s * A, A);
            sum += t[k].p * (t[k].r + gamma * next);
        }
        double d = fabs(sum - q_old[i]);
        if (d > change) change = d;
        q_new[i] = sum;
    }
    return change;
}

// ---- the agents ----

typedef struct bh_tabular {
    union {
        bh_q_learning_config q_learning;
        bh_value_iteration_config value_iteration;
    } config;
    bh_agent_spec spec;
    bh_rng explore_rng;
    int timesteps, n_updates;
    double change,
        change_gamma; // value iteration: of the last sweep, and the gamma it was made with
    double loss_sum, q_sum;
    int sums_n;
    size_t bytes;
    double *q;     // (S,A)
    double *q_new; // (S,A), value iteration only
} bh_tabular;

static size_t entries(const bh_tabular *t)
{
    return (size_t)t->spec.observation.n * (size_t)t->spec.n_actions;
}

static void layout(bh_tabular *t, bhi_arena *arena)
{
    bhi_arena_array(arena, 1, sizeof *t);
    t->q = bhi_arena_array(arena, entries(t), sizeof *t->q);
    t->q_new = t->spec.mdp != NULL ? bhi_arena_array(arena, entries(t), sizeof *t->q_new) : NULL;
}

static bh_status create(bh_tabular **out, const bh_config_table *table, const void *config,
                        const bh_agent_spec *spec, bh_error *err)
{
    *out = NULL;
    bh_status status = bh_config_check(table, config, err);
    if (status != BH_OK) return status;
    if (spec->observation.kind != BH_SPACE_DISCRETE) {
        return bh_fail(
            err, BH_ERR_CONFIG,
            "%s needs an environment with Discrete observations; this one's are a Box of %d "
            "numbers, use dqn",
            table->name, spec->observation.n);
    }
    bh_tabular shape = {.spec = *spec};
    memcpy(&shape.config, config, table->bytes);
    bhi_arena arena = {0};
    layout(&shape, &arena);
    bh_tabular *t = bh_alloc(arena.used);
    if (t == NULL) return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", table->name);
    *t = shape;
    t->bytes = arena.used;
    layout(t, &(bhi_arena){(unsigned char *)t, 0});
    t->explore_rng = bh_rng_split(&t->spec.rng);
    t->change = INFINITY;
    *out = t;
    return BH_OK;
}

static void destroy(void *agent)
{
    bh_tabular *t = agent;
    if (t != NULL) bh_free(t, t->bytes);
}

static void *config_of(void *agent)
{
    return &((bh_tabular *)agent)->config;
}

static void set_total(void *agent, int total_timesteps)
{
    ((bh_tabular *)agent)->spec.total_timesteps = total_timesteps;
}

static void q_values(void *agent, const void *params, double *q, const float *obs, int n)
{
    bh_tabular *t = agent;
    int A = t->spec.n_actions;
    for (int i = 0; i < n; i++) {
        memcpy(q + i * A, (const double *)params + (int)obs[i] * A, (size_t)A * sizeof *q);
    }
}

static void *params(void *agent, size_t *bytes)
{
    bh_tabular *t = agent;
    *bytes = entries(t) * sizeof *t->q;
    return t->q;
}

static int tensors(const void *agent, void *block, bh_tensor *out)
{
    const bh_tabular *t = agent;
    out[0] = bh_tensor_matrix("q_table", BH_F64, t->spec.observation.n, t->spec.n_actions, block);
    return 1;
}

static void params_changed(void *agent)
{
    ((bh_tabular *)agent)->change = INFINITY;
}

static void stats_of(bh_tabular *t, bh_agent_stats *out, double epsilon, double learning_rate)
{
    double n = t->sums_n;
    *out = (bh_agent_stats){
        .loss = n > 0 ? t->loss_sum / n : NAN,
        .mean_q = n > 0 ? t->q_sum / n : NAN,
        .grad_norm = NAN,
        .epsilon = epsilon,
        .learning_rate = learning_rate,
        .n_updates = t->n_updates,
    };
    t->loss_sum = t->q_sum = 0;
    t->sums_n = 0;
}

static int n_updates(const void *agent)
{
    return ((const bh_tabular *)agent)->n_updates;
}

// ---- Q-learning ----

static double progress(const bh_tabular *t)
{
    return (double)t->timesteps / t->spec.total_timesteps;
}

static double epsilon(const bh_tabular *t)
{
    const bh_q_learning_config *c = &t->config.q_learning;
    return bhi_linear_schedule(c->exploration_initial_eps, c->exploration_final_eps,
                               c->exploration_fraction, progress(t));
}

static double learning_rate(const bh_tabular *t)
{
    const bh_q_learning_config *c = &t->config.q_learning;
    return bhi_linear_schedule(
        c->learning_rate, c->learning_rate_schedule == 0 ? c->learning_rate : 0, 1, progress(t));
}

static bh_status q_learning_create(void **out, const void *config, const bh_agent_spec *spec,
                                   bh_error *err)
{
    bh_tabular *t;
    bh_agent_spec own = *spec;
    own.mdp = NULL;
    bh_status status = create(&t, &bh_q_learning_table, config, &own, err);
    for (size_t i = 0; status == BH_OK && i < entries(t); i++)
        t->q[i] = t->config.q_learning.initial_q;
    *out = t;
    return status;
}

static void q_learning_act(void *agent, int *actions, unsigned char *explored, const float *obs,
                           int n)
{
    bh_tabular *t = agent;
    int A = t->spec.n_actions;
    for (int i = 0; i < n; i++) {
        explored[i] = (unsigned char)(bh_rng_uniform(&t->explore_rng) < epsilon(t));
        actions[i] = explored[i] ? (int)bh_rng_below(&t->explore_rng, (uint32_t)A)
                                 : bh_greedy(t->q + (int)obs[i] * A, A);
    }
}

// Q-learning learns from each transition as it comes.
static void q_learning_observe(void *agent, const bh_experience *e)
{
    bh_tabular *t = agent;
    int A = t->spec.n_actions;
    for (int i = 0; i < e->n; i++) {
        double discount = e->terminated_t[i] ? 0 : t->config.q_learning.gamma;
        double td = bh_tabular_q_learning(t->q, A, (int)e->obs_tm1[i], e->a_tm1[i], e->r_t[i],
                                          discount, (int)e->obs_t[i], learning_rate(t));
        t->loss_sum += td * td;
        t->q_sum += max_of(t->q + (int)e->obs_tm1[i] * A, A);
        t->sums_n++;
        t->n_updates++;
        t->timesteps++;
    }
}

static void q_learning_learn(void *agent)
{
    (void)agent;
}

static void q_learning_stats(void *agent, bh_agent_stats *out)
{
    stats_of(agent, out, epsilon(agent), learning_rate(agent));
}

// ---- value iteration ----

static bh_status value_iteration_create(void **out, const void *config, const bh_agent_spec *spec,
                                        bh_error *err)
{
    return create((bh_tabular **)out, &bh_value_iteration_table, config, spec, err);
}

static void value_iteration_act(void *agent, int *actions, unsigned char *explored,
                                const float *obs, int n)
{
    bh_tabular *t = agent;
    int A = t->spec.n_actions;
    for (int i = 0; i < n; i++) {
        explored[i] = 0;
        actions[i] = bh_greedy(t->q + (int)obs[i] * A, A);
    }
}

static void value_iteration_observe(void *agent, const bh_experience *experience)
{
    ((bh_tabular *)agent)->timesteps += experience->n;
}

static void value_iteration_learn(void *agent)
{
    bh_tabular *t = agent;
    const bh_value_iteration_config *c = &t->config.value_iteration;
    if (t->change <= c->tolerance && t->change_gamma == c->gamma)
        return; // settled, for these options
    t->change = bh_tabular_sweep(t->q_new, t->q, t->spec.mdp, c->gamma);
    t->change_gamma = c->gamma;
    memcpy(t->q, t->q_new, entries(t) * sizeof *t->q);
    t->loss_sum += t->change;
    for (int s = 0; s < t->spec.observation.n; s++) {
        t->q_sum += max_of(t->q + s * t->spec.n_actions, t->spec.n_actions) / t->spec.observation.n;
    }
    t->sums_n++;
    t->n_updates++;
}

static void value_iteration_stats(void *agent, bh_agent_stats *out)
{
    stats_of(agent, out, 0, 1);
}

const bh_agent_class bh_q_learning_class = {
    .name = "q-learning",
    .summary = "Tabular Q-learning: one value per state and action",
    .config = &bh_q_learning_table,
    .create = q_learning_create,
    .destroy = destroy,
    .config_of = config_of,
    .set_total_timesteps = set_total,
    .act = q_learning_act,
    .observe = q_learning_observe,
    .learn = q_learning_learn,
    .stats = q_learning_stats,
    .n_updates = n_updates,
    .q_values = q_values,
    .params = params,
    .tensors = tensors,
    .params_changed = params_changed,
};

const bh_agent_class bh_value_iteration_class = {
    .name = "value-iteration",
    .summary = "Value iteration: sweeps over the transition table",
    .config = &bh_value_iteration_table,
    .needs_mdp = 1,
    .create = value_iteration_create,
    .destroy = destroy,
    .config_of = config_of,
    .set_total_timesteps = set_total,
    .act = value_iteration_act,
    .observe = value_iteration_observe,
    .learn = value_iteration_learn,
    .stats = value_iteration_stats,
    .n_updates = n_updates,
    .q_values = q_values,
    .params = params,
    .tensors = tensors,
    .params_changed = params_changed,
};
