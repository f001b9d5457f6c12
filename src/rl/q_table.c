// SPDX-License-Identifier: MIT
// What tabular agents have in common.
#include "rl/q_table.h"

#include "rl/action_prior.h"

#include <string.h>

bh_status bhi_q_table_check(const bhi_q_table *t, bh_error *err)
{
    const bh_space *space = &t->base.spec.observation;
    if (space->kind == BH_SPACE_DISCRETE) return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG,
                   "%s needs an environment with Discrete observations; this one's are a Box of %d "
                   "numbers, use dqn",
                   t->base.class->config->name, space->n);
}

size_t bhi_q_table_entries(const bhi_q_table *t)
{
    return (size_t)t->base.spec.observation.n * (size_t)t->base.spec.n_actions;
}

void bhi_q_table_layout(bhi_q_table *t, bhi_arena *arena)
{
    size_t n = (size_t)t->n_blocks * bhi_q_table_entries(t);
    t->blocks = bhi_arena_array(arena, n, sizeof *t->blocks);
}

void bhi_q_table_row(const bhi_q_table *t, const void *params, double *q, int s)
{
    int A = t->base.spec.n_actions;
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
    bhi_agent_log(&t->base, BHI_METRIC_LOSS, loss);
    bhi_agent_log(&t->base, BHI_METRIC_VALUE, max_q);
    t->base.n_updates++;
}

// ---- entries of the class ----

void bhi_q_table_values(void *agent, const void *params, double *q, const float *obs, int n)
{
    const bhi_q_table *t = agent;
    const bh_space *space = &t->base.spec.observation;
    for (int i = 0; i < n; i++, q += t->base.spec.n_actions, obs += bh_space_floats(space)) {
        bhi_q_table_row(t, params, q, (int)obs[0]);
        const float *mask = bh_space_mask(space, obs);
        for (int a = 0; a < space->n_masked; a++)
            if (mask[a] == 0) q[a] = (double)BHI_NOT_ALLOWED;
    }
}

void *bhi_q_table_params(void *agent, size_t *bytes)
{
    bhi_q_table *t = agent;
    *bytes = (size_t)t->n_blocks * bhi_q_table_entries(t) * sizeof *t->blocks;
    return t->blocks;
}

void bhi_q_table_state(void *agent, bhi_state_visitor *visitor)
{
    bhi_q_table *t = agent;
    BHI_STATE(visitor, "tables", t->blocks, (size_t)t->n_blocks * bhi_q_table_entries(t));
}

int bhi_q_table_tensors(const void *agent, void *params, bh_tensor *out)
{
    const bhi_q_table *t = agent;
    for (int k = 0; k < t->n_blocks; k++) {
        out[k] = bh_tensor_matrix(t->names[k], BH_F64, t->base.spec.observation.n,
                                  t->base.spec.n_actions,
                                  (double *)params + (size_t)k * bhi_q_table_entries(t));
    }
    return t->n_blocks;
}
