// SPDX-License-Identifier: MIT
// PPO for Discrete actions and for those that are a Box.
#include "rl/gaussian_policy.h"
#include "rl/ppo_functions.h"

#define BH_CONFIG_STRUCT bh_ppo_config
static const bh_field fields[] = {BHI_PPO_ROWS, BHI_GAUSSIAN_POLICY_ROWS};
const bh_config_table bh_ppo_both_table = BH_CONFIG_TABLE("PPO", bh_ppo_config, fields);

static bh_status shape(void *agent, bh_error *err)
{
    bhi_ppo *p = agent;
    bhi_gaussian_policy_shape(&p->ac, &p->rollout);
    bh_status status = bhi_ppo_shape(agent, err);
    return status == BH_OK ? bhi_gaussian_policy_shape_noise(&p->ac, err) : status;
}

static void layout(void *agent, bhi_arena *arena)
{
    bhi_ppo *p = agent;
    bhi_ppo_layout(agent, arena);
    bhi_gaussian_policy_layout(&p->ac, arena, &p->batch);
}

static void state(void *agent, bhi_state_visitor *visitor)
{
    bhi_ppo_state(agent, visitor);
    bhi_gaussian_policy_state(agent, visitor);
}

static void observe(void *agent, const bh_experience *e)
{
    bhi_ppo *p = agent;
    bh_experience experience = bhi_gaussian_policy_experience(&p->ac, &p->rollout, e);
    bhi_ppo_observe(agent, &experience);
    int steps = p->rollout.length[0] % p->rollout.T; // a full rollout is learned from and cleared
    for (int i = 0; i < e->n; i++) bhi_gaussian_policy_explore(&p->ac, i, steps);
}

static const bhi_agent_functions functions = {
    BHI_PPO_FUNCTIONS, .shape = shape,     .layout = layout,
    .state = state,    .observe = observe, BHI_GAUSSIAN_POLICY_FUNCTIONS,
};

const bh_agent_class bh_ppo_both_class = {
    .name = "ppo",
    .summary =
        BH_HELP("Proximal policy optimization: a policy and a value network, clipped updates"),
    .config = &bh_ppo_both_table,
    .metrics = bhi_ppo_metrics,
    .gives_log_probs = 1,
    .functions = &functions,
};
