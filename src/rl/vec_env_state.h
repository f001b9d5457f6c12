// SPDX-License-Identifier: MIT
// What environments are, by definition (core/state.h).
#pragma once

#include "core/state.h"
#include "rl/vec_env.h"

/// Visits what n environments are: the members of their states that their definition lists, streams,
/// episodes.
void bhi_vec_env_state(bh_env *envs, bhi_state_visitor *visitor);
