// SPDX-License-Identifier: MIT
// What tabular agents have in common.
#include "rl/q_table.h"

#include <math.h>
#include <string.h>

bh_status bhi_q_table_check(const bh_config_table *table, const void *config,
                            const bh_agent_spec *spec, bh_error *err)
{
    bh_status status = bh_config_check(table, config, err);
    if (status != BH_OK || spec->observation.kind == BH_SPACE_DISCRETE) return status;
    return bh_fail(err, BH_ERR_CONFIG,
                   "%s needs an environment with Discrete observations; this one's are a Box of %d "
                   "numbers, use dqn",
                   table->name, spec->observation.n);
}

size_t bhi_q_table_entries(const bhi_q_table *t)
{
    return (size_t)t->spec.observation.n * (size_t)t->spec.n_actions;
}

void bhi_q_table_layout(bhi_q_table *t, bhi_arena *arena)
{
    size_t n = (size_t)t->n_blocks * bhi_q_table_entries(t);
    t->blocks = bhi_arena_array(arena, n, sizeof *t->blocks);
}

void bhi_q_table_row(const bhi_q_table *t, const void *params, double *q, int s)
{
    int A = t->spec.n_actions;
    const double *row = (const double *)params + s * A;
    memcpy(q, row, (size_t)A * sizeof *q);
    for (int a = 0; t->n_q > 1 && a < A; a++) {
        for (int k = 1; k < t->n_q; k++)
            q[a] += row[(size_t)k * bhi_q_table_entries(t) + (size_t)a];
        q[a] /= t->n_q;
    }
}

void bhi_q_table_count(bhi_q_table *t, double loss, double max_q)
{
    t->loss_sum += loss;
    t->q_sum += max_q;
    t->sums_n++;
    t->n_updates++;
}

void bhi_q_table_stats(bhi_q_table *t, bh_agent_stats *out)
{
    double n = t->sums_n;
    *out = (bh_agent_stats){
        .loss = n > 0 ? t->loss_sum / n : NAN,
        .mean_q = n > 0 ? t->q_sum / n : NAN,
        .grad_norm = NAN,
        .n_updates = t->n_updates,
    };
    t->loss_sum = t->q_sum = 0;
    t->sums_n = 0;
}

// ---- entries of the class ----

void bhi_q_table_destroy(void *agent)
{
    bhi_q_table *t = agent;
    if (t != NULL) bh_free(t, t->bytes);
}

void *bhi_q_table_config_of(void *agent)
{
    return ((bhi_q_table *)agent)->config;
}

void bhi_q_table_set_total(void *agent, int total_timesteps)
{
    ((bhi_q_table *)agent)->spec.total_timesteps = total_timesteps;
}

int bhi_q_table_n_updates(const void *agent)
{
    return ((const bhi_q_table *)agent)->n_updates;
}

void bhi_q_table_values(void *agent, const void *params, double *q, const float *obs, int n)
{
    const bhi_q_table *t = agent;
    for (int i = 0; i < n; i++) {
        bhi_q_table_row(t, params, q + i * t->spec.n_actions, (int)obs[i]);
    }
}

void *bhi_q_table_params(void *agent, size_t *bytes)
{
    bhi_q_table *t = agent;
    *bytes = (size_t)t->n_blocks * bhi_q_table_entries(t) * sizeof *t->blocks;
    return t->blocks;
}

int bhi_q_table_tensors(const void *agent, void *params, bh_tensor *out)
{
    const bhi_q_table *t = agent;
    for (int k = 0; k < t->n_blocks; k++) {
        out[k] = bh_tensor_matrix(t->names[k], BH_F64, t->spec.observation.n, t->spec.n_actions,
                                  (double *)params + (size_t)k * bhi_q_table_entries(t));
    }
    return t->n_blocks;
}
