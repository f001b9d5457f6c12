// SPDX-License-Identifier: MIT
// What environments are, by definition (core/state.h).
#pragma once

#include "core/state.h"
#include "rl/vec_env.h"

/// Visits what n environments are: the members of their states that their definition lists, streams,
/// episodes, and what user-defined environments said.
void bhi_vec_env_state(bh_env *envs, bhi_state_visitor *visitor);

/// Asks user-defined environments what they are, for the next visit. BH_ERR_ENV when one fails,
/// BH_ERR_MEMORY.
bh_status bhi_vec_env_collect(bh_env *envs, bh_error *err);

/// Hands user-defined environments what a visitor has read, and frees it. Where they cannot take it
/// over, all wait for a reset, with new seeds, and *began_anew is 1. BH_ERR_ENV when one fails.
bh_status bhi_vec_env_restore(bh_env *envs, int *began_anew, bh_error *err);

/// From now on an observation is the last `frame_stack` of them (rl/frames.h), whose rows must hold
/// what the step or reset before wrote; and an action is taken for `frame_skip` steps, or fewer
/// where the episode ends: rewards are summed, steps and time limit are the environment's own.
/// Before the first reset; more than one only of a Box of numbers. BH_ERR_MEMORY.
bh_status bhi_vec_env_wrap(bh_env *envs, int frame_stack, int frame_skip, bh_error *err);

/// Counts a step of the first environment that was taken outside; bh_vec_env_stop ends its episode.
void bhi_vec_env_count(bh_env *envs);

/// Frees what was collected or read.
void bhi_vec_env_forget(bh_env *envs);
