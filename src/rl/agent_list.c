// SPDX-License-Identifier: MIT
// Registry of agents. A new agent is one more row.
#include "rl/agent_list.h"

#include "rl/clone.h"
#include "rl/dqn.h"
#include "rl/planning.h"
#include "rl/ppo.h"
#include "rl/reinforce.h"
#include "rl/td_table.h"

#include <string.h>

const bh_agent_class *const bh_agent_classes[] = {
    &bh_dqn_class,
    &bh_q_learning_class,
    &bh_sarsa_class,
    &bh_expected_sarsa_class,
    &bh_double_q_learning_class,
    &bh_value_iteration_class,
    &bh_policy_iteration_class,
    &bh_policy_evaluation_class,
    &bh_ppo_class,
    &bh_reinforce_class,
    &bh_clone_class,
    NULL,
};

bh_status bh_agent_find(const char *name, const bh_agent_class **out, bh_error *err)
{
    char buffer[200];
    bh_text names = bh_text_over(buffer, sizeof buffer);
    for (int i = 0; bh_agent_classes[i] != NULL; i++) {
        if (strcmp(bh_agent_classes[i]->name, name) == 0) {
            *out = bh_agent_classes[i];
            return BH_OK;
        }
        bh_text_add(&names, i == 0 ? "%s" : ", %s", bh_agent_classes[i]->name);
    }
    *out = NULL;
    return bh_fail(err, BH_ERR_UNKNOWN, "unknown algorithm '%.40s'; known: %s", name, buffer);
}
