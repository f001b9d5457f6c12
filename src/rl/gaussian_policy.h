// SPDX-License-Identifier: MIT
// A Gaussian policy over a Box of actions: what agents with actor and critic, who know Discrete
// actions by themselves, need to know both. The network gives the means. By default the log standard
// deviations are D parameters, the same in every state: Stable-Baselines3's DiagGaussianDistribution
// (rl/gaussian.h). With use_sde they are L D parameters of an exploration matrix, its
// StateDependentNoiseDistribution (rl/sde.h); L is the size of the policy's last hidden layer, or
// without one the number of network inputs. Nothing here is done where actions are Discrete, but
// that use_sde is refused.
//
// Actions are drawn unbounded. A run brings them within the bounds of the space for the environment;
// the agent learns from those it drew, whose log-probabilities these are.
//
// An exploration matrix is kept as the random stream its standard normals are drawn from. So it has
// the current log_std, also where parameters are learned or loaded while it is kept, and a run that
// samples actions for somebody else (bh_run_sample_box) exchanges it with the other streams: all rows
// of such a call have one matrix, as in Stable-Baselines3's predict().
#pragma once

#include "rl/actor_critic.h"

/// The rows that an agent's table has besides.
#define BHI_GAUSSIAN_POLICY_ROWS                                                                 \
    BH_REAL_AT(policy.log_std_init, log_std_init, BH_DEFAULT("0"), BH_RANGE(-20, 2), BH_RESET,   \
               "Box of actions: logarithm of the policy's first standard deviation"),            \
        BH_BOOL_AT(policy.use_sde, use_sde, BH_DEFAULT("false"), BH_RESET,                       \
                   "Box of actions: state-dependent exploration (gSDE) instead of independent "  \
                   "noise at every step"),                                                       \
        BH_INT_AT(policy.sde_sample_freq, sde_sample_freq, BH_DEFAULT("-1"),                     \
                  BH_RANGE(-1, 1000000), BH_LIVE,                                                \
                  "State-dependent exploration: steps between two exploration matrices; -1 for " \
                  "one in each rollout")

// ---- creating: around what the agent does where actions are Discrete ----

/// Before its shape: sets the head and the KL penalty. rollout: the agent's.
void bhi_gaussian_policy_shape(bhi_actor_critic *ac, bhi_rollout *rollout);

/// After its shape: the log standard deviations of state-dependent exploration. BH_ERR_CONFIG where
/// actions are Discrete, or matrices too large.
bh_status bhi_gaussian_policy_shape_noise(bhi_actor_critic *ac, bh_error *err);

/// After its layout. batch: the agent's, as it gathers it.
void bhi_gaussian_policy_layout(bhi_actor_critic *ac, bhi_arena *arena, bhi_rollout_batch *batch);

/// bhi_actor_critic_init, with log standard deviations of log_std_init.
bh_status bhi_gaussian_policy_init(void *agent, bh_error *err);

/// After the agent's: visits exploration matrices.
void bhi_gaussian_policy_state(bhi_actor_critic *ac, bhi_state_visitor *visitor);

// ---- learning ----

/// Before the agent observes: the actions it drew are those of the next steps in the rollout. Returns
/// what the agent is to observe: e, with a_tm1 0 where actions are a Box.
bh_experience bhi_gaussian_policy_experience(bhi_actor_critic *ac, bhi_rollout *rollout,
                                             const bh_experience *e);

/// After the agent observed: environment i gets another exploration matrix where one is due. steps:
/// how many it took since its rollout, or episode, began; 0 where the next step begins one.
void bhi_gaussian_policy_explore(bhi_actor_critic *ac, int i, int steps);

// ---- entries of bhi_agent_functions ----

/// Samples from the policy. explored 0: no action differs in kind from the others, as a Discrete one
/// does from the most probable.
void bhi_gaussian_policy_act(void *agent, float *actions, unsigned char *explored, const float *obs,
                             int n);
/// With use_sde, the first environment's exploration matrix.
int bhi_gaussian_policy_act_rngs(void *agent, bh_rng **out);
/// The means.
void bhi_gaussian_policy_greedy(void *agent, const void *params, float *actions, const float *obs,
                                int n);
/// None where actions are a Box.
int bhi_gaussian_policy_log_prior(void *agent, double *log_p, const float *obs, int n);
int bhi_gaussian_policy_tensors(const void *agent, void *params, bh_tensor *out);

/// The entries that all such agents share.
#define BHI_GAUSSIAN_POLICY_FUNCTIONS                                                       \
    BHI_ACTOR_CRITIC_SHARED,                                                                \
        .init = bhi_gaussian_policy_init, .act_box = bhi_gaussian_policy_act,               \
        .act_rngs = bhi_gaussian_policy_act_rngs, .greedy_box = bhi_gaussian_policy_greedy, \
        .log_prior = bhi_gaussian_policy_log_prior, .tensors = bhi_gaussian_policy_tensors
