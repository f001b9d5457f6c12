// SPDX-License-Identifier: MIT
// Actor and critic: a policy's network and a network of state values in one block of parameters,
// under one optimizer, and all that the policy-gradient agents (ppo, reinforce) have in common. It is
// what Stable-Baselines3's ActorCriticPolicy is with share_features_extractor=False.
//
// The policy is categorical, and its network gives logits of the actions. What a policy over a Box
// does in another way is in a bhi_policy_head; rl/gaussian_policy.h has it.
//
// An agent's struct begins with a bhi_actor_critic, which begins with the bhi_agent: the functions
// below that take `void *agent` take it, and are entries of its bh_agent_class.
//
// Legend: B batch, S network inputs, A outputs of the policy's network (actions, or numbers of one),
// F floats of a stored observation, rows: the largest batch.
#pragma once

#include "core/arena.h"
#include "nn/network.h"
#include "optim/optimizer.h"
#include "rl/action_prior.h"
#include "rl/agent_net.h"
#include "rl/policy.h"
#include "rl/rollout.h"

/// Rows of an agent's table, beside its learning rate. The config of such an agent begins with a
/// bh_actor_critic_config, `policy`.
///
/// The KL penalty is against a frozen reference: the policy as it was created or last loaded. Every
/// reward becomes r - kl_coef (log pi(a | s) - log pi_reference(a | s)) before it is learned from
/// (Stiennon et al. 2020; Ouyang et al. 2022). With a target, kl_coef is where the coefficient
/// starts, and after every update it moves by 1 + 0.1 clip(KL / target - 1, -0.2, 0.2) (Ziegler et
/// al. 2019, section 2.2), KL the mean of that difference over the update's steps.
#define BHI_ACTOR_CRITIC_ROWS                                                                      \
    BH_BOOL_AT(policy.normalize_advantage, normalize_advantage, BH_DEFAULT("true"), BH_LIVE,       \
               "Scale the advantages of an update to mean 0 and standard deviation 1"),            \
        BH_REAL_AT(policy.ent_coef, ent_coef, BH_DEFAULT("0"), BH_RANGE(0, 1e6), BH_LIVE,          \
                   "Weight of the policy's entropy in the loss: more keeps it exploring"),         \
        BH_REAL_AT(policy.vf_coef, vf_coef, BH_DEFAULT("0.5"), BH_RANGE(0, 1e6), BH_LIVE,          \
                   "Weight of the value network's loss"),                                          \
        BH_REAL_AT(policy.max_grad_norm, max_grad_norm, BH_DEFAULT("0.5"), BH_RANGE(0, 1e9),       \
                   BH_LIVE, "Maximum gradient norm; 0 disables clipping"),                         \
        BHI_NET_ROWS(policy.net, "tanh",                                                           \
                     "Sizes of the hidden layers, in the policy's and in the value network"),      \
        BH_BOOL_AT(policy.ortho_init, ortho_init, BH_DEFAULT("true"), BH_RESET,                    \
                   "Orthogonal initial weights, and actions nearly as likely as each other; else " \
                   "uniform ones"),                                                                \
        BHI_OPTIMIZER_ROWS(policy.optimizer, "adam", "1e-5"),                                      \
        BH_REAL_AT(policy.kl_penalty.coef, kl_coef, BH_DEFAULT("0"), BH_RANGE(0, 1e6),             \
                   BH_LIVE | BH_LANGUAGE,                                                          \
                   "Weight of the KL penalty that keeps the policy near the one it started from"), \
        BH_REAL_AT(policy.kl_penalty.target, kl_target, BH_DEFAULT("0"), BH_RANGE(0, 1e6),         \
                   BH_LIVE | BH_LANGUAGE,                                                          \
                   "KL per step that the weight adapts to; 0 leaves it fixed")

/// Metrics of these agents, behind those of every agent; bhi_ppo_metrics are their names.
enum {
    BHI_METRIC_POLICY_LOSS = BHI_METRIC_EXTRA,
    BHI_METRIC_VALUE_LOSS,
    BHI_METRIC_ENTROPY_LOSS,
    BHI_METRIC_EXPLAINED_VARIANCE,
    BHI_METRIC_KL_REFERENCE,
    BHI_METRIC_KL_COEF,
    BHI_METRIC_APPROX_KL,
    BHI_METRIC_CLIP_FRACTION,
};

/// Their names, Stable-Baselines3's, NULL-terminated; reinforce has the first six.
extern const char *const bhi_ppo_metrics[], *const bhi_reinforce_metrics[];

typedef struct bhi_actor_critic bhi_actor_critic;

/// What differs between distributions of actions. Both functions are of the policy's outputs (B,A)
/// from the last forward pass.
typedef struct bhi_policy_head {
    /// log_prob (B) out, of the batch's actions. params: the block the outputs came from.
    void (*log_prob)(bhi_actor_critic *ac, const bh_real *params, bh_real *log_prob,
                     const bhi_rollout_batch *batch, int B);
    /// The loss of the batch's actions, old_log_prob and advantages, with entropy bonus: PPO's,
    /// REINFORCE's where old_log_prob is NULL. Writes the gradient of the outputs, and dlog_std.
    void (*loss)(bhi_actor_critic *ac, bh_policy_stats *stats, const bhi_rollout_batch *batch,
                 double clip_range, int B);
} bhi_policy_head;

struct bhi_actor_critic {
    bhi_agent base;
    const bhi_policy_head *head; ///< NULL until the shape: categorical
    /// bhi_actor_critic_penalize_kl; NULL where kl_coef cannot be set, as in the smaller module
    void (*penalize_kl)(bhi_actor_critic *ac, bhi_rollout *rollout, const int *index, int i, int B,
                        int n);
    int has_no_critic;     ///< a policy alone: the value network has no layers and no parameters
    bhi_net policy, value; ///< (B,S) -> (B,A) outputs, (B,1) values
    bhi_optimizer optimizer;
    bh_rng act_rng, sample_rng; ///< the second one is the agent's to use
    int rows;
    int A;         ///< set with the head
    int n_log_std; ///< D, or L D, of a Gaussian policy, set with the head; else 0
    int n_policy;  ///< parameters of the policy: its network's, then the log standard deviations
    int n_params;

    bh_real *params, *gradient; ///< (n_params): the policy's, then the value network's
    bh_real *x;                 ///< (rows,S)
    unsigned char *legal;       ///< (rows,A) masks of those rows, where there are any
    bh_real *policy_acts, *policy_dacts, *value_acts, *value_dacts;
    double *uniform; ///< (rows)
    int *mode;       ///< (rows)

    bhi_action_prior action_prior; ///< which actions are legal
    bh_real *reference;            ///< (n_policy) the reference policy of the KL penalty
    bh_real *of_reference;         ///< (rows) log-probabilities
    double kl_coef;                ///< now, when it adapts; -1 before the first update
    double kl_sum;       ///< of the cells that were penalized, while they are learned from
    double kl_coef_from; ///< the setting it started from

    // Of a Gaussian policy, whose layout they are:
    bh_real *dlog_std; ///< (n_log_std) gradient, scaled as that of the outputs
    bh_real *drawn;    ///< (rows,D) actions as they were drawn
    bh_real *box;      ///< (rows,D) those of a batch

    // Of one with state-dependent exploration (rl/sde.h), for E environments:
    int n_latent; ///< L, what the policy's last layer reads; else 0
    bh_rng
        *matrix_rng; ///< (E) the stream, not advanced, that each exploration matrix is drawn from
    bh_rng *drawn_from;  ///< (E) the one that matrix_eps was drawn from
    bh_real *matrix_eps; ///< (E,L,D) standard normals, scratch: drawn anew when the streams differ
    double *sde_std;     ///< (rows,D) scratch
};

// ---- creating, in this order ----

/// Checks that such networks can exist, for batches of `rows`, beside `reals` numbers that the
/// agent itself stores, and computes their sizes; has_no_critic is set. BH_ERR_CONFIG.
bh_status bhi_actor_critic_shape(bhi_actor_critic *ac, int rows, double reals, bh_error *err);

void bhi_actor_critic_layout(bhi_actor_critic *ac, bhi_arena *arena);

/// Draws the parameters. The `init` of a class.
bh_status bhi_actor_critic_init(void *agent, bh_error *err);

/// Visits parameters, optimizer, streams and reference.
void bhi_actor_critic_state(bhi_actor_critic *ac, bhi_state_visitor *visitor);

// ---- learning ----

/// Outputs of the policy (B,A) and values (B) of x (B,S), B <= rows; activations are kept for the backward pass,
/// the results borrowed until the next call.
const bh_real *bhi_actor_critic_outputs(bhi_actor_critic *ac, const bh_real *x, int B);
const bh_real *bhi_actor_critic_values(bhi_actor_critic *ac, const bh_real *x, int B);

/// The outputs under another block of parameters, or the policy's part of one.
const bh_real *bhi_actor_critic_outputs_under(bhi_actor_critic *ac, const bh_real *params,
                                              const bh_real *x, int B);

/// Log-probabilities (B) out of a batch's actions in its x, under such a block.
void bhi_actor_critic_log_prob(bhi_actor_critic *ac, const bh_real *params, bh_real *log_prob,
                               const bhi_rollout_batch *batch, int B);

/// Network inputs of B observations, from the i-th of obs on, into ac->x.
void bhi_actor_critic_encode(bhi_actor_critic *ac, const float *obs, int i, int B);

/// Values v (n) of x (n,S), any n.
void bhi_actor_critic_values_of(bhi_actor_critic *ac, bh_real *v, const bh_real *x, int n);

/// The value of one observation (F), as an environment writes it.
double bhi_actor_critic_value_of(bhi_actor_critic *ac, const float *obs);

/// Appends a step of all environments to a rollout; returns how many episodes it ended. What follows
/// a truncation or the last step of a full rollout counts with the value of its observation;
/// has_values 0: with 0. truncates: a full rollout truncates the episode under way.
int bhi_actor_critic_observe(bhi_actor_critic *ac, bhi_rollout *rollout, const bh_experience *e,
                             int has_values, int truncates);

/// Truncates the episodes under way in a rollout, whose final observations are obs (E,F); returns how
/// many. has_values 0: nothing stands for what would have followed.
int bhi_actor_critic_truncate(bhi_actor_critic *ac, bhi_rollout *rollout, const float *obs,
                              int has_values);

/// Where the gradients of the loss in outputs (B,A) and values (B) are to be written.
bh_real *bhi_actor_critic_doutputs(bhi_actor_critic *ac, int B);
bh_real *bhi_actor_critic_dvalues(bhi_actor_critic *ac, int B);

/// Gradient (n_params) out, of all networks there are, after outputs and values of the same x (B,S)
/// and their gradients.
void bhi_actor_critic_backward(bhi_actor_critic *ac, bh_real *gradient, const bh_real *x, int B);

/// A step of the optimizer along ac->gradient, clipped by its norm, both networks together.
void bhi_actor_critic_step(bhi_actor_critic *ac);

/// Subtracts the KL penalty from the rewards of B of the n cells at index of a rollout, from the
/// i-th on, B at most `rows`. Once for each cell, in order, before advantages are computed. After the
/// last one it logs the KL and adapts the coefficient.
void bhi_actor_critic_penalize_kl(bhi_actor_critic *ac, bhi_rollout *rollout, const int *index,
                                  int i, int B, int n);

/// Makes the current policy the reference of the KL penalty.
void bhi_actor_critic_set_reference(bhi_actor_critic *ac);

/// An update begins.
void bhi_actor_critic_show_begin(bhi_actor_critic *ac);

/// Shows B rows of its batch and what the networks said of them, after outputs, values and loss; of a
/// batch in parts once for each.
void bhi_actor_critic_show(bhi_actor_critic *ac, const bhi_rollout_batch *batch, int B);

/// Logs the parts of an update's loss; the last two only where has_values is 1.
void bhi_actor_critic_log_losses(bhi_actor_critic *ac, const bh_policy_stats *stats, int has_values,
                                 double value_loss, double mean_value);

/// Logs the explained variance of values v and returns at index (n), 1 - Var(returns - v) /
/// Var(returns): 1 for values that predict the returns, 0 for any constant. Where the returns are
/// all equal, nothing.
void bhi_actor_critic_log_explained_variance(bhi_actor_critic *ac, const bh_real *v,
                                             const bh_real *returns, const int *index, int n);

// ---- entries of bhi_agent_functions ----

/// Samples from the policy; explored where it is not its most probable action.
void bhi_actor_critic_act(void *agent, int *actions, unsigned char *explored, const float *obs,
                          int n);
int bhi_actor_critic_act_rngs(void *agent, bh_rng **out);
/// Values of the value network; 0 where there is none.
int bhi_actor_critic_state_values(void *agent, double *v, const float *obs, int n);
/// The learning rate.
void bhi_actor_critic_rates(const void *agent, bhi_agent_metrics *out);
/// Log-probabilities.
void bhi_actor_critic_log_probs(void *agent, const void *params, double *q, const float *obs,
                                int n);
void *bhi_actor_critic_params(void *agent, size_t *bytes);
int bhi_actor_critic_tensors(const void *agent, void *params, bh_tensor *out);

int bhi_actor_critic_networks(void *agent, bhi_agent_net *out);
/// The reference's.
int bhi_actor_critic_log_prior(void *agent, double *log_p, const float *obs, int n);

/// The entries of bhi_agent_functions that all agents with actor and critic share.
#define BHI_ACTOR_CRITIC_SHARED                                                            \
    .act = bhi_actor_critic_act, .rates = bhi_actor_critic_rates,                          \
    .q_values = bhi_actor_critic_log_probs, .state_values = bhi_actor_critic_state_values, \
    .params = bhi_actor_critic_params, .networks = bhi_actor_critic_networks

/// Those of agents whose policy is categorical.
#define BHI_ACTOR_CRITIC_FUNCTIONS                                    \
    BHI_ACTOR_CRITIC_SHARED, .act_rngs = bhi_actor_critic_act_rngs,   \
                             .log_prior = bhi_actor_critic_log_prior, \
                             .tensors = bhi_actor_critic_tensors
