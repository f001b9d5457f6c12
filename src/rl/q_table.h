// SPDX-License-Identifier: MIT
// What tabular agents have in common: blocks of (S,A) doubles as parameters, and running means.
//
// An agent's struct starts with a bhi_q_table, so that the functions here, which fill most of a
// bh_agent_class, can take it for one. The first n_q blocks are tables of action values; their mean is
// what the agent believes. Blocks behind them, if any, are the agent's own.
#pragma once

#include "core/alloc.h"
#include "rl/agent.h"

typedef struct bhi_q_table {
    bh_agent_spec spec;
    void *config;             // of the agent's own struct; what config_of gives
    const char *const *names; // (n_blocks) of the tensors
    int n_blocks, n_q;
    double *blocks; // (n_blocks,S,A)
    double loss_sum, q_sum;
    int sums_n, n_updates;
    size_t bytes; // of the whole agent
} bhi_q_table;

/// Whether the config is in range and the observations are Discrete; `table` names the algorithm.
bh_status bhi_q_table_check(const bh_config_table *table, const void *config,
                            const bh_agent_spec *spec, bh_error *err);

/// S A.
size_t bhi_q_table_entries(const bhi_q_table *t);

/// Lays out the blocks.
void bhi_q_table_layout(bhi_q_table *t, bhi_arena *arena);

/// The mean of the n_q tables for one state, (A) out.
void bhi_q_table_row(const bhi_q_table *t, const void *params, double *q, int s);

/// Counts an update with its loss and the largest value where it was made.
void bhi_q_table_count(bhi_q_table *t, double loss, double max_q);

/// Fills loss, mean_q and n_updates and starts the means anew; NAN for what tables do not have.
void bhi_q_table_stats(bhi_q_table *t, bh_agent_stats *out);

void bhi_q_table_destroy(void *agent);
void *bhi_q_table_config_of(void *agent);
void bhi_q_table_set_total(void *agent, int total_timesteps);
int bhi_q_table_n_updates(const void *agent);
void bhi_q_table_values(void *agent, const void *params, double *q, const float *obs, int n);
void *bhi_q_table_params(void *agent, size_t *bytes);
int bhi_q_table_tensors(const void *agent, void *params, bh_tensor *out);

/// The entries of a bh_agent_class that all tabular agents share.
#define BHI_Q_TABLE_CLASS                                                             \
    .destroy = bhi_q_table_destroy, .config_of = bhi_q_table_config_of,               \
    .set_total_timesteps = bhi_q_table_set_total, .n_updates = bhi_q_table_n_updates, \
    .q_values = bhi_q_table_values, .params = bhi_q_table_params, .tensors = bhi_q_table_tensors
