// SPDX-License-Identifier: MIT
// What describes the state of environments, by definition (core/state.h).
#pragma once

#include "core/state.h"
#include "rl/env.h"

/// Those members of a definition's state that change from step to step, a row without a name last.
/// The state of a user-defined environment that is elsewhere has no row: only its episode and seed
/// are known here.
typedef struct bh_env_state_row {
    const bh_env_def *def;
    const bh_state_field *fields;
} bh_env_state_row;
