// SPDX-License-Identifier: MIT
// The agents of `npm run bench` whose actions are numbers, over a full replay buffer of random
// transitions: DDPG, TD3, SAC with 3 numbers observed and 1 acted, as Pendulum has.
#pragma once

#include "core/real.h"
#include "core/rng.h"
#include "rl/agent.h"

/// Networks of hidden-hidden units; returns 0 on failure. bhi_agent_destroy frees it.
int bench_control_start(bhi_agent **out, const bh_agent_class *class, int hidden, int batch,
                        bh_rng *rng);

/// Reals of a record.
int bench_control_reals(int batch);

/// Does one update and writes down what it learned from. record out: (batch,9) transitions
///
///     x_tm1 (3)   a_tm1   r_t   discount_t   x_t (3)
///
/// then (2,batch) standard normal noise in the order it is drawn: TD3's of the target actions; SAC's
/// of the actions in x_tm1, then in x_t. What the algorithm does not draw has no meaning.
void bench_control_record(bhi_agent *agent, bh_real *record);

/// Parameters (0), those of the targets (1), SAC's log_alpha (2), borrowed; and how many they are.
const bh_real *bench_control_values(bhi_agent *agent, int which);
int bench_control_n_values(bhi_agent *agent, int which);
