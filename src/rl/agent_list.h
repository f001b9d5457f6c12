// SPDX-License-Identifier: MIT
// Lists of agents, for a registry (rl/env.h).
#pragma once

#include "rl/agent_class.h"

/// Those of the smaller WebAssembly module, NULL-terminated.
BH_API extern const bh_agent_class *const bh_agents[];

/// All classes, NULL-terminated: bh_agents, then the others.
BH_API extern const bh_agent_class *const bh_all_agents[];
