// SPDX-License-Identifier: MIT
// What tabular agents have in common: blocks of (S,A) doubles as parameters.
//
// A tabular agent's struct begins with a bhi_q_table, which begins with the bhi_agent. The first
// n_q blocks are tables of action values; their mean is what the agent acts on. Blocks behind them,
// if any, are the agent's own.
#pragma once

#include "core/state.h"
#include "rl/agent.h"

typedef struct bhi_q_table {
    bhi_agent base;
    const char *const *names; // (n_blocks) of the tensors
    int n_blocks, n_q;
    double *blocks; // (n_blocks,S,A)
} bhi_q_table;

/// BH_ERR_CONFIG unless the observations are Discrete.
bh_status bhi_q_table_check(const bhi_q_table *t, bh_error *err);

/// S A.
size_t bhi_q_table_entries(const bhi_q_table *t);

/// Lays out the blocks.
void bhi_q_table_layout(bhi_q_table *t, bhi_arena *arena);

/// The mean of the n_q tables for one state, (A) out.
void bhi_q_table_row(const bhi_q_table *t, const void *params, double *q, int s);

/// Counts an update with its loss and the largest value where it was made.
void bhi_q_table_count(bhi_q_table *t, double loss, double max_q);

void bhi_q_table_values(void *agent, const void *params, double *q, const float *obs, int n);
void *bhi_q_table_params(void *agent, size_t *bytes);
/// Visits the blocks.
void bhi_q_table_state(void *agent, bhi_state_visitor *visitor);
int bhi_q_table_tensors(const void *agent, void *params, bh_tensor *out);

/// The entries of bhi_agent_functions that all tabular agents share.
#define BHI_Q_TABLE_FUNCTIONS \
    .q_values = bhi_q_table_values, .params = bhi_q_table_params, .tensors = bhi_q_table_tensors
