// SPDX-License-Identifier: MIT
// What a case of `npm run bench` is made of. Private to tests/bench/bench*.c: bench.c has the list of
// all kinds, the other files have those of one subject each.
//
// A case that a peer repeats (build/peers/check-*.mjs) has a record: what one update learned from.
#pragma once

#include "bench.h"

#include "core/arena.h"
#include "lm/pretraining.h"
#include "nn/network.h"
#include "optim/optimizer.h"
#include "rl/agent.h"
#include "rl/replay.h"
#include "rl/run.h"
#include "rl/vec_env.h"

#include <stddef.h>

typedef struct bench_kind {
    const char *name;
    void (*layout)(bench_case *c, bhi_arena *arena); // NULL when the case needs no arrays
    int (*start)(bench_case *c);                     // 0 on failure
    void (*run)(bench_case *c, int n);
    void (*record)(bench_case *c); // does one update and fills c->record
    bench_array (*values)(bench_case *c, int which);
} bench_kind;

struct bench_case {
    const bench_kind *kind;
    int a, b, c;
    size_t bytes;
    bh_rng rng;
    bhi_agent *agent;
    bh_run *run;
    bh_pretraining *training;

    bh_real *record; // (n_record)
    int n_record;

    bh_real *x, *w, *y; // of a matrix product

    // The parts of an update, over arrays like those of rl/dqn.c
    bhi_net net;
    bhi_encoder encoder;
    bhi_replay replay;
    bhi_optimizer optimizer;
    bh_real *params, *grads, *acts, *dacts, *x_tm1, *x_t, *r_t, *discount_t, *error;
    double *probability;
    int *index, *a_tm1;

    bh_env *envs;
    float *obs, *obs_tm1; // (envs, BENCH_OBSERVATION)
    double *rewards;
    int *actions, *terminated, *truncated;
    unsigned char *explored;
    uint64_t bits;
};

#define BENCH_REPLAY_SIZE 50000
#define BENCH_OBSERVATION 4 // CartPole's sizes
#define BENCH_ACTIONS     2

/// Fills x (n) with numbers of -1 … 1.
void bench_fill(bh_real *x, size_t n, bh_rng *rng);

/// Lays out a record of n reals.
void bench_layout_record(bench_case *c, bhi_arena *arena, size_t n);

/// The kinds of each file; the last one has no name.
extern const bench_kind bench_agent_kinds[];    // whole updates and loops, environments
extern const bench_kind bench_part_kinds[];     // the parts of updates
extern const bench_kind bench_language_kinds[]; // language models and their parts
