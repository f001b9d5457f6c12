// SPDX-License-Identifier: MIT
// A diagonal Gaussian policy over a Box of actions: what agents with actor and critic, who know
// Discrete actions by themselves, need to know both. It is Stable-Baselines3's
// DiagGaussianDistribution: the network gives the means, the log standard deviations are parameters,
// the same in every state. Nothing here is done where actions are Discrete.
//
// Actions are drawn unbounded. A run brings them within the bounds of the space for the environment;
// the agent learns from those it drew, whose log-probabilities these are.
#pragma once

#include "rl/actor_critic.h"

/// The row that an agent's table has besides.
#define BHI_GAUSSIAN_POLICY_ROWS                                                               \
    BH_REAL_AT(policy.log_std_init, log_std_init, BH_DEFAULT("0"), BH_RANGE(-20, 2), BH_RESET, \
               "Box of actions: logarithm of the policy's first standard deviation")

// ---- creating: around what the agent does where actions are Discrete ----

/// Before its shape: sets the head and the KL penalty. rollout: the agent's.
void bhi_gaussian_policy_shape(bhi_actor_critic *ac, bhi_rollout *rollout);

/// After its layout. batch: the agent's, as it gathers it.
void bhi_gaussian_policy_layout(bhi_actor_critic *ac, bhi_arena *arena, bhi_rollout_batch *batch);

/// bhi_actor_critic_init, with log standard deviations of log_std_init.
bh_status bhi_gaussian_policy_init(void *agent, bh_error *err);

// ---- learning ----

/// Before the agent observes: the actions it drew are those of the next steps in the rollout. Returns
/// what the agent is to observe: e, with a_tm1 0 where actions are a Box.
bh_experience bhi_gaussian_policy_experience(bhi_actor_critic *ac, bhi_rollout *rollout,
                                             const bh_experience *e);

// ---- entries of bhi_agent_functions ----

/// Samples from the policy. explored 0: no action differs in kind from the others, as a Discrete one
/// does from the most probable.
void bhi_gaussian_policy_act(void *agent, float *actions, unsigned char *explored, const float *obs,
                             int n);
/// The means.
void bhi_gaussian_policy_greedy(void *agent, const void *params, float *actions, const float *obs,
                                int n);
/// None where actions are a Box.
int bhi_gaussian_policy_log_prior(void *agent, double *log_p, const float *obs, int n);
int bhi_gaussian_policy_tensors(const void *agent, void *params, bh_tensor *out);

/// The entries that all such agents share.
#define BHI_GAUSSIAN_POLICY_FUNCTIONS                                                              \
    BHI_ACTOR_CRITIC_SHARED, .init = bhi_gaussian_policy_init, .act_box = bhi_gaussian_policy_act, \
                             .greedy_box = bhi_gaussian_policy_greedy,                             \
                             .log_prior = bhi_gaussian_policy_log_prior,                           \
                             .tensors = bhi_gaussian_policy_tensors
