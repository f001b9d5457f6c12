// SPDX-License-Identifier: MIT
// What describes the state of agents (core/state.h), by class. The list is handed in by who saves,
// as the registry of environments is: a program that saves no state links nothing of it.
//
//     static const bhi_agent_state_row rows[] = {{&toy_class, toy_state}, {NULL}};
//     bhi_agent_state(rows, agent, &visitor);             // of a program with an agent of its own
#pragma once

#include "core/state.h"
#include "rl/agent.h"

/// Visits an agent of the class, what it has besides its base, its parameters among it.
typedef void bhi_agent_state_function(void *agent, bhi_state_visitor *visitor);

typedef struct bhi_agent_state_row {
    const bh_agent_class *class;
    bhi_agent_state_function *state;
} bhi_agent_state_row;

/// The agents of rl/agent_list.h, a row of NULL last.
extern const bhi_agent_state_row bhi_all_agent_states[];

/// Visits what an agent is: counters and metrics of its base, then what the row of its class
/// visits.
void bhi_agent_state(const bhi_agent_state_row *rows, bhi_agent *agent, bhi_state_visitor *visitor);

bhi_agent_state_function bhi_dqn_state, bhi_td_table_state, bhi_planning_state, bhi_ppo_state,
    bhi_reinforce_state, bhi_clone_state;
