// SPDX-License-Identifier: MIT
// The list of all agents. A new agent is one more row.
#include "rl/agent_list.h"

#include "rl/clone.h"
#include "rl/dqn.h"
#include "rl/planning.h"
#include "rl/ppo.h"
#include "rl/pqn.h"
#include "rl/reinforce.h"
#include "rl/sac.h"
#include "rl/td3.h"
#include "rl/td_table.h"

const bh_agent_class *const bh_all_agents[] = {
    &bh_dqn_class,
    &bh_q_learning_class,
    &bh_sarsa_class,
    &bh_expected_sarsa_class,
    &bh_double_q_learning_class,
    &bh_value_iteration_class,
    &bh_policy_iteration_class,
    &bh_policy_evaluation_class,
    &bh_ppo_both_class,
    &bh_reinforce_both_class,
    &bh_clone_class,
    &bh_pqn_class,
    &bh_ddpg_class,
    &bh_td3_class,
    &bh_sac_class,
    NULL,
};
