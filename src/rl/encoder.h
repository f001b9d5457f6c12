// SPDX-License-Identifier: MIT
// What an agent gets of observations and rewards. Environments, replay and demonstrations keep them
// as they are; an agent's encoder makes network inputs of observations, and what is learned from of
// rewards, in one place, so that acting, learning and evaluating see the same.
//
// Normalised, they are less a running mean and divided by a running deviation: observations each
// number by its own, as Gymnasium's NormalizeObservation does, rewards by the deviation of the
// discounted return, without the mean, as its NormalizeReward does. What is clipped, and when the
// statistics change, is as in Stable-Baselines3's VecNormalize: with each observation that an agent
// in training acts on, and the reward that follows; with those of demonstrations, too. Nothing
// else changes them.
//
// Legend: n rows, F numbers of a stored observation, S network inputs, A actions.
//
//     bhi_encoder_take_obs(&agent->encoder, obs, n);   // in training, before it acts
//     bhi_encode(x, obs, &agent->encoder);
//     bhi_encoder_take_rewards(&agent->encoder, r_t, terminated_t, truncated_t, n);
//     r = bhi_encode_reward(r_t[i], &agent->encoder);
#pragma once

#include "core/arena.h"
#include "core/real.h"
#include "core/state.h"
#include "io/checkpoint.h"
#include "rl/space.h"

/// Options of a run (rl/run.h), all zero for none.
typedef struct bhi_encoder_spec {
    int normalize_observation; ///< a Box
    int normalize_reward;
    double scale_reward; ///< 0 reads as 1
    double clip_reward;  ///< 0: none, of normalised rewards BHI_CLIP
} bhi_encoder_spec;

#define BHI_CLIP 10 ///< of what is normalised

typedef struct bhi_encoder {
    bh_space space; ///< of observations
    bhi_encoder_spec spec;
    /// Running statistics, NULL where nothing is normalised: of the numbers of observations (S), and
    /// of discounted returns (1). Means, variances, how many there were: bhi_rms_numbers.
    double *obs_rms, *ret_rms;
    double *returns; ///< (n_envs) discounted, of the episodes under way
    int n_envs;
    const double *gamma; ///< borrowed
} bhi_encoder;

/// Numbers that running statistics of n numbers take.
static inline size_t bhi_rms_numbers(int n)
{
    return 2 * (size_t)n + 1;
}

/// Lays the statistics out that its spec asks for. `n_envs` follow the rewards.
void bhi_encoder_layout(bhi_encoder *encoder, bhi_arena *arena, int n_envs);

/// Statistics before the first number; gamma discounts returns, and is borrowed.
void bhi_encoder_init(bhi_encoder *encoder, const double *gamma);

/// One observation, as an environment writes it, as network input x (S): a copy for a Box of
/// floats, divided by the upper bound for a uint8 Box (as Stable-Baselines3 normalises images),
/// one-hot for a Discrete; a Box normalised instead where that is asked for.
void bhi_encode(bh_real *restrict x, const float *restrict obs, const bhi_encoder *encoder);

/// The action masks of n observations (n,F) as legal (n,A): 1 where an action is legal. Nothing
/// where all are.
void bhi_encode_mask(unsigned char *legal, const float *obs, int n, const bhi_encoder *encoder);

/// bhi_encode of an observation stored as bytes: bh_space_is_bytes.
void bhi_encode_bytes(bh_real *restrict x, const unsigned char *restrict obs,
                      const bhi_encoder *encoder);

/// A reward as it is learned from.
double bhi_encode_reward(double r_t, const bhi_encoder *encoder);

/// Takes observations (n,F) into the statistics, where they are kept.
void bhi_encoder_take_obs(bhi_encoder *encoder, const float *obs, int n);

/// Takes what the rewards (n_envs) make of the returns into the statistics, where they are kept.
void bhi_encoder_take_rewards(bhi_encoder *encoder, const double *r_t, const int *terminated_t,
                              const int *truncated_t);

/// The episodes under way ended.
void bhi_encoder_truncate(bhi_encoder *encoder);

/// The statistics as named tensors, obs_rms.mean, obs_rms.var, obs_rms.count and ret_rms likewise;
/// returns how many. obs_rms: those of the encoder, or a copy of them.
int bhi_encoder_tensors(const bhi_encoder *encoder, double *obs_rms, bh_tensor *out);

/// Visits the statistics and the returns.
void bhi_encoder_state(bhi_encoder *encoder, bhi_state_visitor *visitor);
