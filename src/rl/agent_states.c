// SPDX-License-Identifier: MIT
// States of agents.
#include "rl/agent_states.h"

#include "rl/clone.h"
#include "rl/dqn.h"
#include "rl/planning.h"
#include "rl/ppo.h"
#include "rl/reinforce.h"
#include "rl/td_table.h"

const bhi_agent_state_row bhi_all_agent_states[] = {
    {&bh_dqn_class, bhi_dqn_state},
    {&bh_q_learning_class, bhi_td_table_state},
    {&bh_sarsa_class, bhi_td_table_state},
    {&bh_expected_sarsa_class, bhi_td_table_state},
    {&bh_double_q_learning_class, bhi_td_table_state},
    {&bh_value_iteration_class, bhi_planning_state},
    {&bh_policy_iteration_class, bhi_planning_state},
    {&bh_policy_evaluation_class, bhi_planning_state},
    {&bh_ppo_class, bhi_ppo_state},
    {&bh_reinforce_class, bhi_reinforce_state},
    {&bh_clone_class, bhi_clone_state},
    {NULL},
};

void bhi_agent_state(const bhi_agent_state_row *rows, bhi_agent *agent, bhi_state_visitor *visitor)
{
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "timesteps", &agent->timesteps, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "n_updates", &agent->n_updates, 1);
    BHI_STATE(visitor, "metric_sums", agent->sums, BHI_N_METRICS);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "metric_counts", agent->counts, BHI_N_METRICS);
    while (rows->class != NULL && rows->class != agent->class) rows++;
    if (rows->class != NULL) rows->state(agent, visitor);
}
