// SPDX-License-Identifier: MIT
// Vector environments: n environments of one definition in one block, stepped by one call.
//
// A vector is a bh_env, and what rl/env.h declares for a bh_env works on it: seed, reset, spaces,
// options, destroy. Each environment has a state, a random stream and an episode of its own; which
// neighbours it has changes nothing for it. n = 1 is what bh_env_create makes.
//
// When an episode ends, step delivers its final observation, and the environment waits for its
// reset; bh_vec_env_reset_ended resets those that wait. In Gymnasium's words:
//
//     step, look, reset_ended, act      AutoresetMode.DISABLED, reset_mask = who ended (a run does
//                                       this)
//     step, copy obs, reset_ended       AutoresetMode.SAME_STEP, the copy being final_obs
//                                       (bhx_vec_env_step)
//
// Either way every step is a step of the task: none is spent on resetting, as NEXT_STEP would.
//
//     bh_env *envs;
//     bh_error err;
//     if (bh_vec_env_create(&envs, def, NULL, 64, &err) != BH_OK) return report(&err);
//     bh_env_seed(envs, 7);      // environment i: 7 + i
//     bh_env_reset(envs, obs);
//     for (;;) {
//         choose(actions, obs);
//         bh_vec_env_step(envs, actions, obs, rewards, terminated, truncated, NULL);
//         learn(obs, rewards, terminated, truncated);
//         bh_vec_env_reset_ended(envs, obs);
//     }
//     bh_env_destroy(envs);
//
// Legend: n environments, F floats of a stored observation, D numbers of an action from a Box.
#pragma once

#include "rl/env.h"

/// Makes n > 0 environments. `config` is the struct of def->config, copied; NULL takes its
/// defaults. The random stream of environment i starts from seed i. *out is NULL on failure;
/// nothing is allocated afterwards. BH_ERR_ARGUMENT when n is not positive, BH_ERR_CONFIG when it
/// is above 1 and there is only one (bh_env_callbacks.is_single).
BH_API bh_status bh_vec_env_create(bh_env **out, const bh_env_def *def, const void *config, int n,
                                   bh_error *err);

/// How many there are.
BH_API int bh_vec_env_size(const bh_env *envs);

/// Restarts the random stream of environment i from a stream split elsewhere. BH_ERR_ARGUMENT, here and
/// below, for an i or n of none, which bh_env_failure explains; then nothing has changed.
BH_API bh_status bh_vec_env_seed_rng(bh_env *envs, int i, bh_rng rng);

/// Starts an episode in environment i; obs is its row (F). bh_env_reset does it for all, obs (n,F).
/// BH_ERR_ENV as there.
BH_API bh_status bh_vec_env_reset_one(bh_env *envs, int i, float *obs);

/// Starts an episode in every environment that waits, and writes its row of obs (n,F). BH_ERR_ENV
/// as bh_env_reset. BH_PENDING while a user-defined one has not answered: call it again.
BH_API bh_status bh_vec_env_reset_ended(bh_env *envs, float *obs);
/// The same among the first n.
BH_API bh_status bh_vec_env_reset_first(bh_env *envs, int n, float *obs);

/// Starts an episode of the first environment in the state that obs (F) describes, see
/// bh_env_def.place; the others go on. Returns 0 where it cannot: then nothing has changed.
BH_API int bh_vec_env_place(bh_env *envs, float *obs);

/// Ends all episodes where they are, without an observation: every environment waits for its reset.
BH_API void bh_vec_env_stop(bh_env *envs);

/// One step of every environment but those that wait, whose rows stay as they are.
///
/// actions     (n)    what each does; those of environments that wait are checked too
/// obs         (n,F)  out: the observation after it, final where the episode ended
/// rewards     (n)    out
/// terminated  (n)    out: 1 where the task itself ended: no return follows from here
/// truncated   (n)    out: 1 where the episode was truncated, by the time limit: returns would have
///             followed
///
/// BH_ERR_STATE before the first reset, BH_ERR_ARGUMENT for an action outside the action space,
/// with the environment's index; then nothing has changed. BH_ERR_ENV when a user-defined
/// environment fails: then obs and the outcomes are of no meaning, and all wait for a reset.
/// BH_PENDING while one has not answered: called again, only those step that have not.
BH_API bh_status bh_vec_env_step(bh_env *envs, const int *actions, float *obs, double *rewards,
                                 int *terminated, int *truncated, bh_error *err);

/// The same where actions are a Box: actions (n,D), finite numbers, within the bounds or not.
BH_API bh_status bh_vec_env_step_box(bh_env *envs, const float *actions, float *obs,
                                     double *rewards, int *terminated, int *truncated,
                                     bh_error *err);

/// Steps environment i took in its episode; after the end still those of the episode that ended. 0 for
/// an i of none.
BH_API int bh_vec_env_elapsed(const bh_env *envs, int i);
/// Whether environment i steps (after a reset, before the end); else it waits.
BH_API int bh_vec_env_running(const bh_env *envs, int i);
/// The state of environment i, for the definition's own functions.
BH_API const void *bh_vec_env_state(const bh_env *envs, int i);
