// SPDX-License-Identifier: MIT
// Soft actor-critic.
#include "rl/sac.h"

#include "core/fmath.h"
#include "kernels/elementwise.h"
#include "nn/input_gradient.h"
#include "rl/gaussian.h"
#include "rl/off_policy.h"

#include <string.h>

#define BH_CONFIG_STRUCT bh_sac_config
static const bh_field fields[] = {
    BHI_OFF_POLICY_ROWS(base, "0.0003", "none", "256,256"),
    BH_INT(n_critics, BH_DEFAULT("2"), BH_RANGE(1, 8), BH_RESET,
           "Critics; targets and the actor take the least of their values"),
    BH_BOOL(ent_coef_auto, BH_DEFAULT("true"), BH_RESET,
            "The entropy coefficient is learned, so that the entropy stays at target_entropy"),
    BH_REAL(ent_coef, BH_DEFAULT("1"), BH_RANGE(1e-9, 1e6), BH_RESET,
            "Weight of the policy's entropy; where it is learned, the one it starts from"),
    BH_REAL(target_entropy, BH_DEFAULT("-1"), BH_RANGE(-100, 100), BH_LIVE,
            "Entropy to keep, for each number of an action"),
    BH_INT(target_update_interval, BH_DEFAULT("1"), BH_RANGE(1, 1000000), BH_LIVE,
           "Updates between two moves of the targets"),
};
const bh_config_table bh_sac_table = BH_CONFIG_TABLE("SAC", bh_sac_config, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_sac, bh_sac_table)

static const bh_sac_config *config_of(const bhi_off_policy *o)
{
    return o->base.config;
}

static void draw(bh_real *eps, int n, bh_rng *rng)
{
    for (int i = 0; i < n; i++) eps[i] = (bh_real)bh_rng_normal(rng);
}

static void choose(bhi_off_policy *o, bh_real *a, const bh_real *x, int n)
{
    draw(o->eps, n * o->D, &o->act_rng);
    const bh_real *rows = bhi_net_forward(&o->actor, o->params, o->actor_acts, x, n);
    bh_policy_squashed_sample(a, NULL, rows, o->eps, n, o->D);
}

// The policy in x_tm1: its actions in `a`, from outputs that stay in actor_acts. The coefficient
// takes its step; returns it as it was before.
static double adapt_entropy(bhi_off_policy *o)
{
    const bh_sac_config *c = config_of(o);
    int B = c->base.batch_size;
    draw(o->eps, B * o->D, &o->target_rng);
    const bh_real *rows = bhi_net_forward(&o->actor, o->params, o->actor_acts, o->x_tm1, B);
    bh_policy_squashed_sample(o->a, o->log_prob, rows, o->eps, B, o->D);
    double log_alpha = (double)o->log_alpha[0], alpha = bh_exp(log_alpha), sum = 0;
    bhi_agent_log(&o->base, BHI_METRIC_ENT_COEF, alpha);
    if (!c->ent_coef_auto) return alpha;
    for (int b = 0; b < B; b++) sum += (double)o->log_prob[b] + o->D * c->target_entropy;
    o->dlog_alpha[0] = (bh_real)(-sum / B);
    bhi_agent_log(&o->base, BHI_METRIC_ENT_COEF_LOSS, -log_alpha * sum / B);
    bhi_off_policy_step_entropy(o);
    return alpha;
}

static void learn_critics(bhi_off_policy *o, double alpha)
{
    int B = config_of(o)->base.batch_size;
    draw(o->eps_t, B * o->D, &o->target_rng);
    const bh_real *rows = bhi_net_forward(&o->actor, o->params, o->actor_acts_t, o->x_t, B);
    bh_policy_squashed_sample(o->da, o->dlog_prob, rows, o->eps_t, B, o->D); // as scratch
    bhi_off_policy_put(o, o->pairs_t, o->da, B);
    bhi_off_policy_learn_critics(o, 0.5, alpha, o->dlog_prob);
}

// Values of the policy's actions by all critics, into q (C,B).
static void rate(bhi_off_policy *o, int B)
{
    bhi_off_policy_put(o, o->pairs_tm1, o->a, B);
    for (int i = 0; i < o->n_critics; i++) {
        const bh_real *q = bhi_net_forward(&o->critic, bhi_off_policy_critic(o, o->params, i),
                                           bhi_off_policy_critic_acts(o, i), o->pairs_tm1, B);
        memcpy(o->q + (size_t)i * (size_t)B, q, (size_t)B * sizeof *q);
    }
}

static int least_of(const bhi_off_policy *o, int b, int B)
{
    int least = 0;
    for (int i = 1; i < o->n_critics; i++)
        if (o->q[i * B + b] < o->q[least * B + b]) least = i;
    return least;
}

// The gradient of -mean(min_i Q_i) in the actions, into da: each row's through its least critic.
static void gradient_of_actions(bhi_off_policy *o, bh_real *part, int B)
{
    memset(o->da, 0, (size_t)(B * o->D) * sizeof *o->da);
    for (int i = 0; i < o->n_critics; i++) {
        bh_real *dq = bhi_net_output(&o->critic, o->critic_dacts, B);
        for (int b = 0; b < B; b++) dq[b] = least_of(o, b, B) == i ? (bh_real)(-1.0 / B) : 0;
        bhi_net_input_gradient(&o->critic, bhi_off_policy_critic(o, o->params, i), part, o->S, o->D,
                               bhi_off_policy_critic_acts(o, i), o->critic_dacts, B);
        bhi_add_rows(o->da, o->D, part, o->D, B, o->D);
    }
}

static void improve_actor(bhi_off_policy *o, double alpha)
{
    int B = config_of(o)->base.batch_size;
    rate(o, B);
    double loss = 0;
    for (int b = 0; b < B; b++) {
        loss += alpha * (double)o->log_prob[b] - (double)o->q[least_of(o, b, B) * B + b];
        o->dlog_prob[b] = (bh_real)(alpha / B);
    }
    bhi_agent_log(&o->base, BHI_METRIC_ACTOR_LOSS, loss / B);
    gradient_of_actions(o, o->eps_t, B);
    bh_policy_squashed_gradient(bhi_net_output(&o->actor, o->actor_dacts, B), o->da, o->dlog_prob,
                                bhi_net_output(&o->actor, o->actor_acts, B), o->eps, B, o->D);
    bhi_off_policy_step_actor(o);
}

static void update(bhi_off_policy *o)
{
    double alpha = adapt_entropy(o);
    learn_critics(o, alpha);
    improve_actor(o, alpha);
    if (o->base.n_updates % config_of(o)->target_update_interval == 0)
        bhi_off_policy_move_targets(o);
}

static const bhi_off_policy_kind kind = {
    .heads = 2,
    .actor = {.hidden = "actor.latent_pi", .output = "actor.mu", .second = "actor.log_std"},
    .choose = choose,
    .update = update,
};

static const char *const metrics[] = {"train/actor_loss", "train/critic_loss", "train/ent_coef",
                                      "train/ent_coef_loss", NULL};

static bh_status shape(void *agent, bh_error *err)
{
    bhi_off_policy *o = agent;
    o->n_critics = config_of(o)->n_critics;
    return bhi_off_policy_shape(agent, err);
}

static bh_status init(void *agent, bh_error *err)
{
    bhi_off_policy *o = agent;
    bh_status status = bhi_off_policy_init(agent, err);
    o->log_alpha[0] = (bh_real)bh_log(config_of(o)->ent_coef);
    return status;
}

static const bhi_agent_functions functions = {BHI_OFF_POLICY_FUNCTIONS, .variant = &kind,
                                              .shape = shape, .init = init};

const bh_agent_class bh_sac_class = {
    .name = "sac",
    .summary = BH_HELP("Soft actor-critic: a random policy that is paid for its entropy, twin "
                       "critics, for actions that are numbers"),
    .config = &bh_sac_table,
    .metrics = metrics,
    .functions = &functions,
};
