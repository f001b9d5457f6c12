// SPDX-License-Identifier: MIT
// Demonstrations that come from outside, checked before an agent gets them (rl/agent.h says what
// they are).
#pragma once

#include "rl/agent.h"

/// BH_ERR_ARGUMENT names the first transition and what about it is wrong: an observation that is
/// not one of the space, an action that is not one of its space, a reward or value that is not within -1e30 to
/// 1e30.
bh_status bhi_demonstrations_check(const bh_demonstrations *demonstrations, const bh_space *space,
                                   const bh_space *action, bh_error *err);
