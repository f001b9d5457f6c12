// SPDX-License-Identifier: MIT
// Temporal-difference errors: pure functions of arrays.
//
// Legend: B batch, A actions. Suffix _tm1 is the state the action was taken in, _t the one after it.
// discount_t is gamma, or 0 where the episode terminated: termination is a number here, not a branch.
// A truncated episode keeps its gamma, because rewards would have followed.
#pragma once

#include "core/real.h"
#include "core/status.h"

/// TD error of Q-learning with a target network (Mnih et al. 2015, algorithm 1).
///
/// q_tm1  (B,A) online values at t-1    a_tm1      (B) actions taken, in [0,A)
/// r_t    (B)   rewards                 discount_t (B)
/// qt_t   (B,A) target values at t      td         (B) out: r_t + discount_t max qt_t - q_tm1[a_tm1]
BH_API void bh_value_q_learning(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                                const bh_real *r_t, const bh_real *discount_t, const bh_real *qt_t,
                                int B, int A);

/// TD error of Double Q-learning (van Hasselt et al. 2015, eq. 4): the online values q_t (B,A) choose
/// the action at t, the target values qt_t (B,A) rate it.
BH_API void bh_value_double_q(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                              const bh_real *r_t, const bh_real *discount_t, const bh_real *q_t,
                              const bh_real *qt_t, int B, int A);

/// Index of the largest of q (A); the first one of equals. NaN never wins over a number.
BH_API int bh_value_argmax(const bh_real *q, int A);
