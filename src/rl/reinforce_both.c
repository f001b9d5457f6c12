// SPDX-License-Identifier: MIT
// REINFORCE for Discrete actions and for those that are a Box.
#include "rl/gaussian_policy.h"
#include "rl/reinforce_functions.h"

#define BH_CONFIG_STRUCT bh_reinforce_config
static const bh_field fields[] = {BHI_REINFORCE_ROWS, BHI_GAUSSIAN_POLICY_ROWS};
const bh_config_table bh_reinforce_both_table =
    BH_CONFIG_TABLE("REINFORCE", bh_reinforce_config, fields);

static bh_status shape(void *agent, bh_error *err)
{
    bhi_reinforce *p = agent;
    bhi_gaussian_policy_shape(&p->ac, &p->rollout);
    bh_status status = bhi_reinforce_shape(agent, err);
    return status == BH_OK ? bhi_gaussian_policy_shape_noise(&p->ac, err) : status;
}

static void layout(void *agent, bhi_arena *arena)
{
    bhi_reinforce *p = agent;
    bhi_reinforce_layout(agent, arena);
    bhi_gaussian_policy_layout(&p->ac, arena, &p->batch);
}

static void state(void *agent, bhi_state_visitor *visitor)
{
    bhi_reinforce_state(agent, visitor);
    bhi_gaussian_policy_state(agent, visitor);
}

static void observe(void *agent, const bh_experience *e)
{
    bhi_reinforce *p = agent;
    bh_experience experience = bhi_gaussian_policy_experience(&p->ac, &p->rollout, e);
    bhi_reinforce_observe(agent, &experience);
    for (int i = 0; i < e->n; i++) {
        int steps = p->rollout.length[i] - p->rollout.complete[i]; // of the episode under way
        bhi_gaussian_policy_explore(&p->ac, i, steps);
    }
}

static const bhi_agent_functions functions = {
    BHI_REINFORCE_FUNCTIONS, .shape = shape,     .layout = layout,
    .state = state,          .observe = observe, BHI_GAUSSIAN_POLICY_FUNCTIONS,
};

const bh_agent_class bh_reinforce_both_class = {
    .name = "reinforce",
    .summary =
        BH_HELP("REINFORCE: a policy network that learns from whole episodes, with a baseline"),
    .config = &bh_reinforce_both_table,
    .metrics = bhi_reinforce_metrics,
    .gives_log_probs = 1,
    .functions = &functions,
};
