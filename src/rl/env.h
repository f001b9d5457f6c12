// SPDX-License-Identifier: MIT
// Environments: Gymnasium's contract in C.
//
// An environment is a table of functions over a plain block of state (bh_env_def), one file each
// under envs/. A bh_env wraps such a table and adds what all share: options, the time limit, the
// random stream, and errors for calls out of order. It holds one environment, or several that step
// together (rl/vec_env.h): what is said of one here then holds for the first. Drawing is not done
// here: an environment exposes numbers (`view`) and words (`describe`), the page draws them.
//
//     bh_env *env;
//     bh_error err;
//     if (bh_env_create(&env, def, NULL, &err) != BH_OK) return report(&err);
//     bh_env_seed(env, 7);
//     bh_env_reset(env, obs);
//     bh_step step;
//     do bh_env_step(env, 1, obs, &step, NULL); while (!step.terminated && !step.truncated);
//     bh_env_destroy(env);
#pragma once

#include "core/config.h"
#include "core/rng.h"
#include "core/status.h"
#include "core/text.h"
#include "rl/agent_class.h"
#include "rl/mdp.h"
#include "rl/space.h"
#include "rl/text_task.h"

/// Outcome of one step.
typedef struct bh_step {
    double reward;
    int terminated; ///< the task itself ended: no return follows from here
    int truncated;  ///< the episode was truncated, as by a time limit: returns would have followed
} bh_step;

struct bh_env_def;

/// A user-defined environment, implemented by user callbacks, for example in another language. It
/// may fail in any call, sets `truncated` itself, has its own random stream, and holds resources
/// that must be released.
///
/// reset and step may answer BH_PENDING: the outcome is not there yet, and nothing was written. They
/// are called again, with the same arguments, until they answer otherwise; the environments of a
/// vector wait side by side. A run passes BH_PENDING on (bh_run_steps, bh_run_evaluate).
typedef struct bh_env_callbacks {
    /// 1 when only one instance exists: vectors of it have size 1, and a run evaluates on the
    /// instance it trains on, whose episode is then truncated.
    int is_single;
    /// Fills a zeroed state, once for every environment: states are not copied. BH_ERR_ENV when it
    /// cannot. `config` is the struct of def->config, checked; NULL when it has no options.
    bh_status (*create)(void *state, const struct bh_env_def *def, const void *config,
                        bh_error *err);
    /// Releases what create took.
    void (*destroy)(void *state);
    /// As bh_env_def.reset. `seed` is where its random stream starts: given to the first reset
    /// after the environment was seeded, as to every first one; NULL when the stream goes on.
    bh_status (*reset)(void *state, const uint64_t *seed, float *obs, bh_error *err);
    /// As bh_env_def.step; may set truncated. `box` (D) is the action where actions are a Box, else
    /// NULL. BH_ERR_ENV when it fails; obs is then undefined.
    bh_status (*step)(void *state, int action, const float *box, float *obs, bh_step *step,
                      bh_error *err);
    /// For full checkpoints (rl/run.h): writes what the environment is, as bytes of its own making,
    /// when size is enough, and how many there are, at most BH_ENV_OWN_MAX; 0 where it cannot say.
    /// BH_ERR_ENV when it fails. NULL where it never can.
    bh_status (*save)(void *state, void *out, size_t size, size_t *n, bh_error *err);
    /// Takes over what save wrote; create has filled the state. BH_ERR_ENV when it cannot. NULL with
    /// save.
    bh_status (*restore)(void *state, const void *bytes, size_t size, bh_error *err);
} bh_env_callbacks;

#define BH_ENV_OWN_MAX (1 << 24)

/// Definition of an environment.
///
/// `state` is `state_bytes` of plain data without pointers to outside or into itself: a copy of the
/// block is a copy of the environment. Functions after `init` cannot fail: `init` has checked the
/// options, bh_env the order of calls and the range of actions.
typedef struct bh_env_def {
    const char *id;                ///< Gymnasium's, with its version: "CartPole-v1"
    const char *summary;           ///< one line for people
    const bh_config_table *config; ///< options of make; NULL when it has none
    double reward_threshold;       ///< mean return that counts as solved; NAN when none
    int max_episode_steps;         ///< time limit after which `truncated` is set; 0 when none
    size_t state_bytes;
    /// Those members of the state that change from step to step; NULL where the state is elsewhere:
    /// then bh_env_callbacks.save says what it is.
    const struct bhi_state_field *state_fields;
    /// Whether a state whose numbers are within their bounds could be one: where memory depends on
    /// how they fit together. NULL: any.
    int (*is_possible)(const void *state, int is_running);
    const bh_preset
        *presets; ///< n_presets rows of options; the first row's algorithm is the default. A
                  ///< registry need not list the algorithms of the others
    int n_presets;
    int n_view; ///< floats `view` writes

    /// Checks the options and fills a zeroed state. BH_ERR_CONFIG with a message when they do not
    /// make an environment (a map without a start).
    bh_status (*init)(void *state, const void *config, bh_error *err);
    /// Spaces; bounds are borrowed until the environment is destroyed.
    void (*spaces)(const void *state, bh_space *observation, bh_space *action);
    /// Starts an episode and writes the first observation, bh_space_floats(observation) floats.
    void (*reset)(void *state, bh_rng *rng, float *obs);
    /// Starts an episode in any state an action can be taken in, each as likely, whether episodes
    /// reach it or not. NULL when the environment cannot.
    void (*reset_anywhere)(void *state, bh_rng *rng, float *obs);
    /// Starts an episode in the state that obs describes, and writes the observation there; returns
    /// 0 where one cannot be in it or no action can be taken: then nothing has changed. NULL when
    /// the environment cannot.
    int (*place)(void *state, float *obs);
    /// Takes `action`, writes the observation after it and whether the task ended there.
    void (*step)(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated);
    /// The same for a Box of actions, action (D): a definition has this one or `step`. The numbers
    /// are finite, and may be outside the bounds: what that means is the environment's to say.
    void (*step_box)(void *state, bh_rng *rng, const float *action, float *obs, double *reward,
                     int *terminated);
    /// What `step` does for n environments whose states, streams and rows of obs follow each other: what
    /// n calls of it do, to the bit. NULL when there is no faster way than those calls.
    void (*step_many)(void *states, bh_rng *rngs, const int *actions, float *obs, double *rewards,
                      int *terminated, int n);
    /// The numbers a drawing needs, `n_view` floats, documented in the environment's file.
    void (*view)(const void *state, float *view);
    /// The state in words, one line of plain text.
    void (*describe)(const void *state, bh_text *out);
    /// JSON object of what never changes while it exists: at least {"actions":[names…]}, and what
    /// its drawing needs (the map's rows, the vocabulary).
    void (*layout)(const void *state, bh_text *out);
    /// JSON object: the `info` of reset and step. NULL when it is always {}.
    void (*info)(const void *state, bh_text *out);
    /// The transition table, for environments with Discrete observations that know it: writes the
    /// outcomes of action `a` in state `s` and returns how many. Terminal states lead to themselves
    /// with reward 0, terminated. NULL when unknown.
    int (*transitions)(const void *state, int s, int a, bh_transition out[BH_TRANSITIONS_MAX]);
    /// Takes over the options of its table that are flagged BH_LIVE, checked; the episode goes on.
    /// NULL when it has none.
    void (*configure)(void *state, const void *config);
    /// Its vocabulary, where observations are text; else NULL.
    const bh_text_task *text;
    /// User callbacks, which replace init, reset and step; reset_anywhere and step_many are then
    /// NULL. NULL for an environment in C.
    const bh_env_callbacks *callbacks;
} bh_env_def;

/// The environments and algorithms an application knows; envs/registry.h has the shipped ones.
typedef struct bh_registry {
    const bh_env_def *const *defs;
    int n;
    /// at least one, then NULL; rl/agent_list.h has the shipped ones. What is not listed is not
    /// linked
    const bh_agent_class *const *agents;
    /// BH_LANGUAGE where no environment is of text: options of use only there are not shown
    int hides;
} bh_registry;

/// The definition of that id. BH_ERR_UNKNOWN names the ids there are.
BH_API bh_status bh_registry_find(const bh_registry *registry, const char *id,
                                  const bh_env_def **out, bh_error *err);
/// The class of that name ("dqn", "q-learning", "policy-iteration"). BH_ERR_UNKNOWN names the
/// classes there are.
BH_API bh_status bh_agent_find(const bh_registry *registry, const char *name,
                               const bh_agent_class **out, bh_error *err);

typedef struct bh_env bh_env;

/// Makes an environment. `config` is the struct of def->config, copied; NULL takes its defaults.
/// The random stream starts from seed 0. *out is NULL on failure.
BH_API bh_status bh_env_create(bh_env **out, const bh_env_def *def, const void *config,
                               bh_error *err);
BH_API void bh_env_destroy(bh_env *env);

/// Restarts the random stream of resets and steps. Of several environments, the i-th gets seed + i.
BH_API void bh_env_seed(bh_env *env, uint64_t seed);
/// Whether episodes from now on start in any state (exploring starts); the definition must have
/// reset_anywhere.
BH_API void bh_env_start_anywhere(bh_env *env, int anywhere);

/// Steps after which episodes are truncated, from now on: those of the definition for 0, none below
/// 0, as max_episode_steps of gymnasium.make has None and -1.
BH_API void bh_env_set_time_limit(bh_env *env, int max_episode_steps);
/// Those steps; INT_MAX when there is no limit.
BH_API int bh_env_time_limit(const bh_env *env);

/// Starts an episode, of several environments in each. Allowed at any time. BH_ERR_ENV when a
/// user-defined one fails (bh_env_failure says why): then none runs, all wait for a reset. Others
/// cannot fail.
BH_API bh_status bh_env_reset(bh_env *env, float *obs);

/// One step of the only environment. BH_ERR_STATE before the first reset and after an episode
/// ended, BH_ERR_ARGUMENT for an action outside the action space; then nothing has changed.
/// BH_ERR_ENV as bh_env_reset.
BH_API bh_status bh_env_step(bh_env *env, int action, float *obs, bh_step *step, bh_error *err);

/// The same where actions are a Box: action (D), finite numbers.
BH_API bh_status bh_env_step_box(bh_env *env, const float *action, float *obs, bh_step *step,
                                 bh_error *err);

/// The last failure of a user-defined environment; its status is BH_OK when there was none.
/// Borrowed.
BH_API const bh_error *bh_env_failure(const bh_env *env);

/// Takes over the live options of a config that was checked, in all environments; nothing where
/// there are none. Episodes go on.
BH_API void bh_env_configure(bh_env *env, const void *config);

BH_API const bh_env_def *bh_env_definition(const bh_env *env);
/// The options it was made with, borrowed; NULL when the environment has none.
BH_API const void *bh_env_config(const bh_env *env);
BH_API const bh_space *bh_env_observation_space(const bh_env *env);
BH_API const bh_space *bh_env_action_space(const bh_env *env);
/// Steps taken in the current episode.
BH_API int bh_env_elapsed(const bh_env *env);
/// Whether a step is allowed now (after a reset, before the end).
BH_API int bh_env_running(const bh_env *env);
/// The state block, for the definition's own functions (view, describe, layout, info, transitions).
BH_API const void *bh_env_state(const bh_env *env);
