// SPDX-License-Identifier: MIT
// Registry of agents.
#pragma once

#include "rl/agent_class.h"

/// All classes, NULL-terminated.
BH_API extern const bh_agent_class *const bh_agent_classes[];

/// The class of that name ("dqn", "q-learning", "policy-iteration"). BH_ERR_UNKNOWN names those
/// that exist.
BH_API bh_status bh_agent_find(const char *name, const bh_agent_class **out, bh_error *err);
