// SPDX-License-Identifier: MIT
// What a DQN agent consists of. Private to dqn.c, tests and benchmarks.
//
// Parameters lie layer by layer: weights (inputs, outputs), then bias; of a noisy network those are
// the means, and the sigmas follow in the same order. Legend: B batch, S network inputs, A actions.
#pragma once

#include "nn/network.h"
#include "optim/optimizer.h"
#include "rl/action_prior.h"
#include "rl/agent_net.h"
#include "rl/dqn.h"
#include "rl/explore.h"
#include "rl/head.h"
#include "rl/replay.h"

typedef struct bhi_dqn {
    bhi_agent base;
    bhi_net net;
    bhi_head head;
    bhi_replay replay;
    bhi_optimizer optimizer;
    bhi_counts counts; // UCB
    bhi_action_prior action_prior;
    unsigned char *legal_tm1,
        *legal_t; // (rows,A), (B,A) masks of x_tm1 and x_t, where there are any
    bh_rng explore_rng, sample_rng, noise_rng;
    int vec_steps;      // steps of all environments together
    double next_target; // update on demonstrations at which the target moves next
    int rows;           // of the batches below: max(batch_size, n_envs)

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
} bhi_dqn;

/// One update now, whether one is due or not. The buffer must hold at least one transition. The
/// gradient stays, as it was before clipping.
void bhi_dqn_update(bhi_dqn *dqn);
