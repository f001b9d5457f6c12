// SPDX-License-Identifier: MIT
// What describes the state of environments, by definition (core/state.h).
#pragma once

#include "core/state.h"
#include "rl/env.h"

/// Those members of a definition's state that change from step to step, a row without a name last.
/// The state of a user-defined environment that is elsewhere has no row: only its episode and seed
/// are known here.
typedef struct bhi_env_state_row {
    const bh_env_def *def;
    const bhi_state_field *fields;
    /// Whether a state whose numbers are within their bounds could be one: where memory depends on
    /// how they fit together. NULL: any.
    int (*is_possible)(const void *state, int is_running);
} bhi_env_state_row;

/// Visits what n environments are: the members of their states that the row of their definition
/// lists, streams, episodes. The rows end with one of NULL.
void bhi_vec_env_state(const bhi_env_state_row *rows, bh_env *envs, bhi_state_visitor *visitor);
