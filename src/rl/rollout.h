// SPDX-License-Identifier: MIT
// The rollout: what environments went through under the policy as it is, until the policy has
// learned from it.
//
// Legend: T steps of each environment it holds, E environments, S network inputs, B batch, D numbers
// of an action from a Box. Step t of environment e is cell t E + e of every array. Observations are stored as network inputs
// (bhi_encode), rewards as they are learned from (bhi_encode_reward).
//
// Environments may be at different steps: length (E) says how many each has. Of them the first
// complete (E) belong to episodes that are over; the rest is the episode under way.
//
//     bhi_rollout_add(&rollout, e, obs, a, r, terminated, truncated, v_end); // every step
//     ...values v_tm1 of all x_tm1...;
//     bhi_rollout_advantages(&rollout, gamma, lambda);
//     bhi_rollout_clear(&rollout);
#pragma once

#include "core/arena.h"
#include "core/real.h"
#include "core/rng.h"
#include "core/state.h"
#include "rl/encoder.h"

typedef struct bhi_rollout {
    int T, E;
    int n_box; ///< D, set before the layout; 0: actions are Discrete
    /// of observations, borrowed
    const bhi_encoder *encoder;
    int *length, *complete;                    ///< (E)
    bh_real *x_tm1;                            ///< (T,E,S)
    unsigned char *legal;                      ///< (T,E,A) masks, where there are any
    int *a_tm1;                                ///< (T,E) 0 where actions are a Box
    bh_real *box_tm1;                          ///< (T,E,D) where they are
    bh_real *r_t;                              ///< (T,E)
    unsigned char *terminated_t, *truncated_t; ///< (T,E)
    bh_real *v_t;      ///< (T,E) value of the observation that followed, see bhi_rollout_add
    bh_real *v_tm1;    ///< (T,E) value of x_tm1; the owner's to fill, 0 until then
    bh_real *log_prob; ///< (T,E) of a_tm1; the owner's to fill
    bh_real *advantages, *returns; ///< (T,E)
} bhi_rollout;

/// Lays out an empty rollout. The encoder is borrowed while it is used.
void bhi_rollout_layout(bhi_rollout *rollout, bhi_arena *arena, int T, int E,
                        const bhi_encoder *encoder);

/// Reals it takes with its n_box, computed where it cannot overflow.
double bhi_rollout_reals(const bhi_rollout *rollout, double T, double E,
                         const bh_space *observation);

/// Appends a step of environment e, which has room (length[e] < T).
/// v_end is the value of the observation that followed where the trace ends: at a truncation, that
/// of the final observation, and at the last step a rollout learns from. It is not read elsewhere,
/// nor at a termination.
void bhi_rollout_add(bhi_rollout *rollout, int e, const float *obs_tm1, int a_tm1, double r_t,
                     int terminated_t, int truncated_t, double v_end);

/// Writes the action (D) of the step of environment e that bhi_rollout_add appends next, where
/// actions are a Box.
void bhi_rollout_put_box(bhi_rollout *rollout, int e, const bh_real *box_tm1);

/// Ends the episode under way of environment e, length[e] > 0, after its last step as a time limit
/// would.
void bhi_rollout_truncate(bhi_rollout *rollout, int e, double v_end);

/// Advantages and returns of all cells by bh_policy_gae, from v_tm1. Returns the largest length:
/// cells of later steps are not touched. Where an environment has fewer steps, and behind
/// `complete` in one whose last step has no v_end, the numbers mean nothing.
int bhi_rollout_advantages(bhi_rollout *rollout, double gamma, double lambda);

/// Returns of all cells by bh_value_q_lambda, v_tm1 being largest action values. For a rollout that
/// is full: every environment has T steps, the last one with a v_end unless it terminated.
void bhi_rollout_q_lambda(bhi_rollout *rollout, double gamma, double lambda);

/// Writes the cells at index (B) as a batch.
/// x (B,S) out, legal (B,A) out where observations have masks, and a, old_log_prob, advantages, returns, old_values (B), box (B,D) out; any but x and
/// legal may be NULL.
typedef struct bhi_rollout_batch {
    bh_real *x;
    unsigned char *legal;
    int *a;
    bh_real *old_log_prob, *advantages, *returns, *old_values, *box;
} bhi_rollout_batch;

void bhi_rollout_gather(const bhi_rollout *rollout, const int *index, int B,
                        const bhi_rollout_batch *out);

/// Forgets everything.
void bhi_rollout_clear(bhi_rollout *rollout);

/// Forgets episodes that are over; those under way move to the front.
void bhi_rollout_clear_complete(bhi_rollout *rollout);

/// Visits the steps stored and, with is_learning, what was computed from them: while they are
/// learned from. For the bounds: Discrete actions are below n_actions; is_even: environments have as
/// many steps each.
void bhi_rollout_state(bhi_rollout *rollout, int n_actions, int is_even, int is_learning,
                       bhi_state_visitor *visitor);

/// Shuffles index (n), uniformly over all orders (Fisher and Yates).
void bhi_shuffle(int *index, int n, bh_rng *rng);
