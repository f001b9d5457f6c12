// SPDX-License-Identifier: MIT
// Agents, as far as the outside sees them: what a class of them is called and can be set to, and
// what agents can be shown. A run (rl/run.h) makes one and calls it; rl/agent_list.h has
// the classes.
//
// Legend: n rows, F floats of a stored observation, A actions, D numbers of an action from a Box.
#pragma once

#include "core/config.h"
#include "rl/space.h"

/// Transitions of one step of n environments.
typedef struct bh_experience {
    int n;
    const float *obs_tm1;    ///< (n,F)
    const int *a_tm1;        ///< (n); NULL where actions are a Box
    const double *r_t;       ///< (n)
    const int *terminated_t; ///< (n) 1 where no return follows
    /// (n) 1 where the time limit truncated the episode: returns would have followed
    const int *truncated_t;
    const float *obs_t;   ///< (n,F) the final observation where the episode ended
    const float *box_tm1; ///< (n,D) where actions are a Box, within its bounds; else NULL
} bh_experience;

/// Demonstrations: transitions of another policy, to be imitated or learned from.
typedef struct bh_demonstrations {
    /// Transitions of one stream, episode after episode. The last one, where it neither terminated
    /// nor was truncated, counts as truncated.
    bh_experience transitions;
    const double
        *values; ///< (n,A) a teacher's action values, or log-probabilities, of obs_tm1; or NULL
} bh_demonstrations;

#define BH_METRICS_MAX 8 ///< metrics of a class's own

/// A class of agents.
typedef struct bh_agent_class {
    const char *name; ///< "dqn"
    const char *summary;
    const bh_config_table *config;
    /// n_presets rows for all environments: named ("dqn/rainbow"), or its own ("clone")
    const bh_preset *presets;
    int n_presets;
    int needs_mdp; ///< plans on a transition table
    /// Names of its metrics, Stable-Baselines3's ("train/approx_kl"), at most BH_METRICS_MAX,
    /// NULL-terminated; NULL for none.
    const char *const *metrics;
    int gives_log_probs; ///< its values are log-probabilities of a policy, not action values
    const struct bhi_agent_functions *functions; ///< how it works
} bh_agent_class;

/// Whether it can act where actions are such a space.
BH_API int bh_agent_acts_in(const bh_agent_class *agent, bh_space_kind actions);

#define BH_UPDATE_ARRAYS_MAX 24

/// Numbers of an update, by the names of rl/value.h and rl/policy.h: (rows, columns), row by row.
typedef struct bh_update_array {
    const char *name;
    int rows, columns;
    const double *data; ///< borrowed; see bh_run_last_update
} bh_update_array;
