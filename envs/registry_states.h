// SPDX-License-Identifier: MIT
// The states of the shipped environments, for who saves them (rl/env_states.h).
#pragma once

#include "rl/env_states.h"

/// Of bh_all_envs, a row of NULL last.
extern const bhi_env_state_row bhi_all_env_states[];
