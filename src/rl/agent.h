// SPDX-License-Identifier: MIT
// What an agent is to the loop: a table of functions (bh_agent_class) over an object of its own.
//
// Agents know observations, actions and rewards, never environments. Legend: n rows of a batch,
// F floats of a stored observation, A actions.
#pragma once

#include "core/config.h"
#include "core/real.h"
#include "core/rng.h"
#include "io/checkpoint.h"
#include "rl/mdp.h"
#include "rl/space.h"
#include "rl/text_task.h"

/// What an agent is told when it is created. Copied.
typedef struct bh_agent_spec {
    bh_space observation;
    int n_actions;
    int n_envs;          ///< rows of act and observe
    int total_timesteps; ///< the horizon of schedules
    bh_rng rng;          ///< the agent's own stream
    const bh_mdp *mdp;   ///< the transition table for classes with needs_mdp, borrowed; else NULL
    const bh_text_task *text; ///< where observations are text; else NULL
} bh_agent_spec;

struct bhi_transformer;

/// A language model, as an agent takes it over: the network of lm/language_model.h as plain pointers, all borrowed.
typedef struct bh_language_weights {
    const struct bhi_transformer *net;
    const bh_real *params; ///< of the transformer
    int tied;              ///< the output layer is the token embedding
    const bh_real *head;   ///< (C,V) of an output layer that is not
    /// The text of a token, *n bytes.
    const char *(*token)(const void *user, int id, size_t *n);
    const void *user;
} bh_language_weights;

/// Transitions of one step of n environments.
typedef struct bh_experience {
    int n;
    const float *obs_tm1;    ///< (n,F)
    const int *a_tm1;        ///< (n)
    const double *r_t;       ///< (n)
    const int *terminated_t; ///< (n) 1 where no return follows
    const int *
        truncated_t; ///< (n) 1 where the time limit truncated the episode: returns would have followed
    const float *obs_t; ///< (n,F) the final observation where the episode ended
} bh_experience;

/// What somebody else did, to be imitated or learned from.
typedef struct bh_demonstrations {
    /// Transitions of one stream, episode after episode. The last one, where it neither terminated nor was
    /// truncated, counts as truncated: nothing of it follows.
    bh_experience transitions;
    const double
        *values; ///< (n,A) a teacher's action values, or log-probabilities, of obs_tm1; or NULL
} bh_demonstrations;

#define BH_METRICS_MAX 8 ///< metrics of a class's own

/// Means since the last call of `stats`; NAN where nothing happened, or the class has no such thing.
typedef struct bh_agent_stats {
    double loss;      ///< of the updates
    double mean_q;    ///< mean over the batches of max_a q_tm1; of policies, of the states' values
    double grad_norm; ///< before clipping
    double epsilon;   ///< now; temperature, noise or bonus where those explore
    double learning_rate;         ///< now
    double n_updates;             ///< since creation
    double extra[BH_METRICS_MAX]; ///< what else the class measures, see bh_agent_class.metrics
} bh_agent_stats;

typedef struct bh_agent_class {
    const char *name; ///< "dqn"
    const char *summary;
    const bh_config_table *config;
    const bh_preset *
        presets; ///< n_presets rows for all environments: named ("dqn/rainbow"), or its own ("clone")
    int n_presets;
    int needs_mdp;
    const char *const
        *metrics; ///< names of bh_agent_stats.extra, Stable-Baselines3's ("train/approx_kl"),
                  ///< NULL-terminated; NULL for none
    int gives_log_probs; ///< q_values writes log-probabilities of a policy, not action values

    bh_status (*create)(void **agent, const void *config, const bh_agent_spec *spec, bh_error *err);
    void (*destroy)(void *agent);
    /// The agent's own copy of its config; fields flagged BH_LIVE may be written between steps.
    void *(*config_of)(void *agent);
    /// Changes the horizon of its schedules.
    void (*set_total_timesteps)(void *agent, int total_timesteps);

    /// Chooses actions (n) for obs (n,F), exploring; explored (n) says which were random.
    void (*act)(void *agent, int *actions, unsigned char *explored, const float *obs, int n);
    /// Takes in what the actions led to.
    void (*observe)(void *agent, const bh_experience *experience);
    /// Truncates the episodes under way after the fact: the last observation ends them, and the next one starts a
    /// new trajectory. obs (n_envs,F): the final observations. NULL when it makes no difference.
    void (*truncate)(void *agent, const float *obs);
    /// Does the learning that is due after one step of all environments.
    void (*learn)(void *agent);
    /// Takes demonstrations in, copied, beside those it has. Nothing is allocated: BH_ERR_ARGUMENT, and nothing
    /// happens, when they are more than the config made room for or lack what it asks for. NULL where the class
    /// cannot learn from them.
    bh_status (*demonstrate)(void *agent, const bh_demonstrations *demonstrations, bh_error *err);
    /// Starts from a language model: its transformer becomes that of the agent's networks, a policy also takes its output
    /// layer, values start at 0, and where a prior or a reference is kept it is this model. BH_ERR_SHAPE, and nothing
    /// happens, for one of other sizes or another vocabulary. NULL where the class has no transformer.
    bh_status (*language_model)(void *agent, const bh_language_weights *lm, bh_error *err);
    /// log_p (n,A) out: what that model says of the actions in obs (n,F). Returns 0 when none is kept. NULL as above.
    int (*log_prior)(void *agent, double *log_p, const float *obs, int n);
    /// What the agent knows of actions beforehand, where choosing needs it and a checkpoint must have it. NULL as above.
    struct bhi_action_prior *(*action_prior)(void *agent);
    void (*stats)(void *agent, bh_agent_stats *out);
    /// Updates since creation.
    int (*n_updates)(const void *agent);

    /// q (n,A) out: action values of obs (n,F), or log-probabilities, under a block of parameters as params()
    /// gives it. Their largest is the greedy action.
    void (*q_values)(void *agent, const void *params, double *q, const float *obs, int n);
    /// The block of parameters that decides greedily, `bytes` long, borrowed.
    void *(*params)(void *agent, size_t *bytes);
    /// Describes a block of parameters as named tensors; returns how many (at most BH_TENSORS_MAX).
    int (*tensors)(const void *agent, void *params, bh_tensor *out);
    /// After params() was overwritten (loading): brings what depends on it in line. NULL when nothing does.
    void (*params_changed)(void *agent);
} bh_agent_class;

/// Index of the largest of q (A); the first one of equals.
BH_API int bh_greedy(const double *q, int A);

/// The class of that name ("dqn", "q-learning", "policy-iteration"). BH_ERR_UNKNOWN names those there are.
BH_API bh_status bh_agent_find(const char *name, const bh_agent_class **out, bh_error *err);

/// All classes, NULL-terminated.
BH_API extern const bh_agent_class *const bh_agent_classes[];
