// SPDX-License-Identifier: MIT
// Heads: what the numbers (B,A,N) a network ends with mean, and how they learn from a batch.
//
//   expected     N = 1, the action values themselves; Huber or squared loss on the TD error
//   categorical  N logits of a distribution over fixed returns (C51, Bellemare et al. 2017);
//                cross-entropy to the projected target distribution
//   quantile     N quantiles of the return (QR-DQN, Dabney et al. 2018); quantile Huber loss
//
// The mathematics is in rl/value.h; a head only arranges it. Legend: B batch, A actions, N atoms.
#pragma once

#include "core/arena.h"
#include "core/real.h"
#include "nn/losses.h"

typedef enum bhi_distribution {
    BHI_EXPECTED = 0, ///< numbered like the words of the `distribution` option
    BHI_CATEGORICAL = 1,
    BHI_QUANTILE = 2,
} bhi_distribution;

typedef struct bhi_head {
    bhi_distribution kind;
    int A, N, rows;      ///< rows: the largest batch
    double v_min, v_max; ///< categorical: returns of the first and the last atom
    bh_real *p;          ///< (rows,A,N) probabilities, categorical
    bh_real *q_t;        ///< (rows,A)
    bh_real *chosen;     ///< (rows,N) distribution of the next action
    bh_real *target;     ///< (rows,N)
    bh_real *dq;         ///< (rows), expected
    int *a_t;            ///< (rows)
} bhi_head;

/// Lays scratch out; kind, A, N, rows and the range are set before.
void bhi_head_layout(bhi_head *head, bhi_arena *arena);

/// Action values of outputs out (n,A,N), n <= rows: out itself when it has them already, else q
/// (rows,A).
const bh_real *bhi_head_values(bhi_head *head, bh_real *q, const bh_real *out, int n);

/// A batch as the networks see it.
typedef struct bhi_head_batch {
    int B;
    const bh_real *out_tm1;  ///< (B,A,N) online network, where the actions were taken
    const bh_real *choose_t; ///< (B,A,N) the network that chooses the next action
    const bh_real *out_t;    ///< (B,A,N) target network, after them
    const bh_real
        *bonus_t; ///< (B,A) added to the values that choose, or NULL; expected: also to the target
    const bh_real *bias_t; ///< (B,A) added to the values that choose, never to the target; or NULL
    const int *a_tm1;      ///< (B)
    const bh_real *r_t, *discount_t; ///< (B)
    const bh_real *weights;          ///< (B) importance weights, or NULL for 1
    bhi_loss loss;                   ///< of the expected head
    bh_real *error; ///< (B) out: TD error, or the loss of each row: what priorities are made of
    bh_real *dout;  ///< (B,A,N) out: gradient of the mean weighted loss
    double max_q;   ///< out: mean over the batch of the largest value; of distributions in the
                    ///< next states, where the means are at hand
} bhi_head_batch;

/// Adds to dout (B,A,N) what a gradient dq (B,A) of the action values is in the outputs out (B,A,N)
/// they are made of.
void bhi_head_add_gradient(bhi_head *head, bh_real *dout, const bh_real *out, const bh_real *dq,
                           int B);

/// Fills error, dout and max_q; returns the mean weighted loss. dout may be where out_t or choose_t
/// stand: they are read before.
double bhi_head_learn(bhi_head *head, bhi_head_batch *batch);
