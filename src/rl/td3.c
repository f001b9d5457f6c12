// SPDX-License-Identifier: MIT
// DDPG and TD3.
#include "rl/td3.h"

#include "kernels/elementwise.h"
#include "nn/input_gradient.h"
#include "rl/gaussian.h"
#include "rl/off_policy.h"

#include <string.h>

#define BH_CONFIG_STRUCT bh_ddpg_config
static const bh_field ddpg_fields[] = {BHI_OFF_POLICY_ROWS(base, "0.001", "normal", "400,300")};
#undef BH_CONFIG_STRUCT
#define BH_CONFIG_STRUCT bh_td3_config
static const bh_field td3_fields[] = {
    BHI_OFF_POLICY_ROWS(base, "0.001", "normal", "400,300"),
    BH_INT(n_critics, BH_DEFAULT("2"), BH_RANGE(1, 8), BH_RESET,
           "Critics; targets take the least of their values"),
    BH_INT(policy_delay, BH_DEFAULT("2"), BH_RANGE(1, 1000), BH_LIVE,
           "Updates of the critics for one of the actor and the targets"),
    BH_REAL(target_policy_noise, BH_DEFAULT("0.2"), BH_RANGE(0, 10), BH_LIVE,
            "Standard deviation of the noise on the targets' actions"),
    BH_REAL(target_noise_clip, BH_DEFAULT("0.5"), BH_RANGE(0, 10), BH_LIVE,
            "Bound of the noise on the targets' actions"),
};
const bh_config_table bh_ddpg_table = BH_CONFIG_TABLE("DDPG", bh_ddpg_config, ddpg_fields);
const bh_config_table bh_td3_table = BH_CONFIG_TABLE("TD3", bh_td3_config, td3_fields);
BH_DEFINE_CONFIG_DEFAULT(bh_ddpg, bh_ddpg_table)
BH_DEFINE_CONFIG_DEFAULT(bh_td3, bh_td3_table)

// The actions of x (n,S) under a block of parameters, into a (n,D). Activations stay in actor_acts.
static void decide(bhi_off_policy *o, const bh_real *params, bh_real *a, const bh_real *x, int n)
{
    const bh_real *out = bhi_net_forward(&o->actor, params, o->actor_acts, x, n);
    memcpy(a, out, (size_t)n * (size_t)o->D * sizeof *a);
    bhi_tanh_forward(a, n * o->D);
}

static void choose(bhi_off_policy *o, bh_real *a, const bh_real *x, int n)
{
    decide(o, o->params, a, x, n);
}

// Up the gradient of the first critic (Silver et al. 2014, eq. 9).
static void improve_actor(bhi_off_policy *o)
{
    int B = bhi_off_policy_config_of(o)->batch_size;
    const bh_real *w = bhi_off_policy_critic(o, o->params, 0);
    decide(o, o->params, o->a, o->x_tm1, B);
    bhi_off_policy_put(o, o->pairs_tm1, o->a, B);
    const bh_real *q = bhi_net_forward(&o->critic, w, o->critic_acts, o->pairs_tm1, B);
    bh_real *dq = bhi_net_output(&o->critic, o->critic_dacts, B);
    double sum = 0;
    for (int b = 0; b < B; b++) {
        sum += (double)q[b];
        dq[b] = (bh_real)(-1.0 / B);
    }
    bhi_agent_log(&o->base, BHI_METRIC_ACTOR_LOSS, -sum / B);
    bh_real *da = bhi_net_output(&o->actor, o->actor_dacts, B);
    bhi_net_input_gradient(&o->critic, w, da, o->S, o->D, o->critic_acts, o->critic_dacts, B);
    bhi_tanh_backward(da, o->a, B * o->D);
    bhi_off_policy_step_actor(o);
}

static void improve_critics(bhi_off_policy *o, double sigma, double noise_clip)
{
    int B = bhi_off_policy_config_of(o)->batch_size, count = B * o->D;
    decide(o, o->target, o->a, o->x_t, B);
    if (sigma > 0) {
        for (int i = 0; i < count; i++) o->eps[i] = (bh_real)bh_rng_normal(&o->target_rng);
        bh_policy_smooth(o->a, o->eps, sigma, noise_clip, count);
    }
    bhi_off_policy_put(o, o->pairs_t, o->a, B);
    bhi_off_policy_learn_critics(o, 1, 0, NULL);
}

static void update_ddpg(bhi_off_policy *o)
{
    improve_critics(o, 0, 0);
    improve_actor(o);
    bhi_off_policy_move_targets(o);
}

static void update_td3(bhi_off_policy *o)
{
    const bh_td3_config *c = o->base.config;
    improve_critics(o, c->target_policy_noise, c->target_noise_clip);
    if (o->base.n_updates % c->policy_delay != 0) return;
    improve_actor(o);
    bhi_off_policy_move_targets(o);
}

static bh_status shape_ddpg(void *agent, bh_error *err)
{
    ((bhi_off_policy *)agent)->n_critics = 1;
    return bhi_off_policy_shape(agent, err);
}

static bh_status shape_td3(void *agent, bh_error *err)
{
    bhi_off_policy *o = agent;
    o->n_critics = ((const bh_td3_config *)o->base.config)->n_critics;
    return bhi_off_policy_shape(agent, err);
}

static const bhi_off_policy_kind ddpg = {
    .heads = 1, .actor = {.hidden = "actor.mu"}, .choose = choose, .update = update_ddpg};
static const bhi_off_policy_kind td3 = {
    .heads = 1, .actor = {.hidden = "actor.mu"}, .choose = choose, .update = update_td3};

static const char *const metrics[] = {"train/actor_loss", "train/critic_loss", NULL};

static const bhi_agent_functions ddpg_functions = {
    BHI_OFF_POLICY_FUNCTIONS, .variant = &ddpg, .shape = shape_ddpg, .init = bhi_off_policy_init};
static const bhi_agent_functions td3_functions = {BHI_OFF_POLICY_FUNCTIONS, .variant = &td3,
                                                  .shape = shape_td3, .init = bhi_off_policy_init};

const bh_agent_class bh_ddpg_class = {
    .name = "ddpg",
    .summary = BH_HELP("Deep deterministic policy gradient: an actor and a critic, for actions "
                       "that are numbers"),
    .config = &bh_ddpg_table,
    .metrics = metrics,
    .functions = &ddpg_functions,
};

const bh_agent_class bh_td3_class = {
    .name = "td3",
    .summary = BH_HELP("Twin delayed DDPG: two critics, a slower actor, smoothed targets"),
    .config = &bh_td3_table,
    .metrics = metrics,
    .functions = &td3_functions,
};
