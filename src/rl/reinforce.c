// SPDX-License-Identifier: MIT
// REINFORCE.
#include "rl/reinforce_functions.h"

#include "kernels/elementwise.h"
#include "optim/schedule.h"

#include <string.h>

#define BH_CONFIG_STRUCT bh_reinforce_config
static const bh_field fields[] = {BHI_REINFORCE_ROWS};
const bh_config_table bh_reinforce_table =
    BH_CONFIG_TABLE("REINFORCE", bh_reinforce_config, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_reinforce, bh_reinforce_table)

#define ROWS \
    256 // steps whose gradient is taken at once; an update adds up as many such parts as it needs

static const bh_reinforce_config *config_of(const bhi_reinforce *p)
{
    return p->ac.base.config;
}

// ---- creating ----

bh_status bhi_reinforce_shape(void *agent, bh_error *err)
{
    bhi_reinforce *p = agent;
    const bhi_agent_spec *spec = &p->ac.base.spec;
    int rows = ROWS > spec->n_envs ? ROWS : spec->n_envs;
    double reals =
        bhi_rollout_reals(&p->rollout, config_of(p)->n_steps, spec->n_envs, &spec->observation);
    return bhi_actor_critic_shape(&p->ac, rows, reals, err);
}

void bhi_reinforce_layout(void *agent, bhi_arena *arena)
{
    bhi_reinforce *p = agent;
    const bhi_agent_spec *spec = &p->ac.base.spec;
    int n_steps = config_of(p)->n_steps;
    size_t cells = (size_t)n_steps * (size_t)spec->n_envs, rows = (size_t)p->ac.rows;
    bhi_actor_critic_layout(&p->ac, arena);
    bhi_rollout_layout(&p->rollout, arena, n_steps, spec->n_envs, &p->ac.base.encoder);
    p->index = bhi_arena_array(arena, cells, sizeof *p->index);
    p->advantages = bhi_arena_array(arena, cells, sizeof *p->advantages);
    p->part = bhi_arena_array(arena, (size_t)p->ac.n_params, sizeof *p->part);
    p->batch.x = p->ac.x;
    p->batch.legal = p->ac.legal;
    p->batch.a = bhi_arena_array(arena, rows, sizeof *p->batch.a);
    p->batch.returns = bhi_arena_array(arena, rows, sizeof(bh_real));
}

// The cells of episodes that are over, into index; returns how many.
static int list_complete(bhi_reinforce *p)
{
    const bhi_rollout *r = &p->rollout;
    int n = 0;
    for (int e = 0; e < r->E; e++) {
        for (int t = 0; t < r->complete[e]; t++) p->index[n++] = t * r->E + e;
    }
    return n;
}

void bhi_reinforce_state(void *agent, bhi_state_visitor *visitor)
{
    bhi_reinforce *p = agent;
    bhi_actor_critic_state(&p->ac, visitor);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "n_episodes", &p->n_episodes, 1);
    bhi_rollout_state(&p->rollout, p->ac.A, 0, p->ac.base.piece > 0, visitor);
    if (p->ac.base.piece == 0) return;
    BHI_STATE(visitor, "advantages", p->advantages, list_complete(p));
    BHI_STATE(visitor, "gradient", p->ac.gradient, p->ac.n_params);
    BHI_STATE(visitor, "losses", p->losses, 4);
}

// ---- collecting ----

void bhi_reinforce_observe(void *agent, const bh_experience *e)
{
    bhi_reinforce *p = agent;
    p->n_episodes += bhi_actor_critic_observe(&p->ac, &p->rollout, e, config_of(p)->baseline, 1);
}

void bhi_reinforce_truncate(void *agent, const float *obs)
{
    bhi_reinforce *p = agent;
    p->n_episodes += bhi_actor_critic_truncate(&p->ac, &p->rollout, obs, config_of(p)->baseline);
}

// ---- learning ----

// What rows from the i-th on need before their advantages: of n cells the KL penalty, of all that
// are stored the values.
static void recall(bhi_reinforce *p, int i, int n, int stored)
{
    bhi_actor_critic *ac = &p->ac;
    bhi_rollout *r = &p->rollout;
    size_t S = (size_t)ac->base.spec.observation.n;
    int B = stored - i < ac->rows ? stored - i : ac->rows;
    if (config_of(p)->baseline)
        bhi_actor_critic_values_of(ac, r->v_tm1 + i, r->x_tm1 + (size_t)i * S, B);
    B = n - i < ac->rows ? n - i : ac->rows;
    if (ac->penalize_kl != NULL) ac->penalize_kl(ac, r, p->index, i, B, n);
}

// Returns and advantages: GAE with lambda 1, in which the values between the first and the last
// cancel.
static void compute_advantages(bhi_reinforce *p, int n)
{
    bhi_rollout *r = &p->rollout;
    bhi_rollout_advantages(r, config_of(p)->gamma, 1);
    for (int i = 0; i < n; i++) p->advantages[i] = r->advantages[p->index[i]];
    if (config_of(p)->policy.normalize_advantage) bh_policy_normalize(p->advantages, n);
    if (config_of(p)->baseline)
        bhi_actor_critic_log_explained_variance(&p->ac, r->v_tm1, r->returns, p->index, n);
}

static void scale(bh_real *x, double factor, int n)
{
    for (int i = 0; i < n; i++) x[i] = (bh_real)((double)x[i] * factor);
}

// Adds the share of B of the n cells, from the i-th on, to the gradient and to the losses.
static void learn_part(bhi_reinforce *p, int i, int B, int n)
{
    const bh_reinforce_config *c = config_of(p);
    bhi_actor_critic *ac = &p->ac;
    double share = (double)B / n, value_loss = 0;
    p->batch.advantages = NULL; // they are in p->advantages, normalised
    bhi_rollout_gather(&p->rollout, p->index + i, B, &p->batch);
    p->batch.advantages = p->advantages + i;

    bh_policy_stats stats;
    bh_real *dvalues = bhi_actor_critic_dvalues(ac, B);
    bhi_actor_critic_outputs(ac, p->batch.x, B);
    ac->head->loss(ac, &stats, &p->batch, 0, B);
    scale(bhi_actor_critic_doutputs(ac, B), share, B * ac->A);
    scale(ac->dlog_std, share, ac->n_log_std);
    const bh_real *values = bhi_actor_critic_values(ac, p->batch.x, B);
    bhi_actor_critic_show(ac, &p->batch, B);
    if (c->baseline) {
        value_loss =
            bh_policy_value_loss(dvalues, values, p->batch.returns, NULL, 0, c->policy.vf_coef, B);
        scale(dvalues, share, B);
    } else {
        memset(dvalues, 0, (size_t)B * sizeof *dvalues);
    }
    bhi_actor_critic_backward(ac, p->part, p->batch.x, B);
    bhi_add_rows(ac->gradient, ac->n_params, p->part, ac->n_params, 1, ac->n_params);
    p->losses[0] += share * stats.loss;
    p->losses[1] += share * stats.policy_loss;
    p->losses[2] += share * stats.entropy;
    p->losses[3] += share * value_loss;
}

static void begin_update(bhi_reinforce *p, int n)
{
    compute_advantages(p, n);
    memset(p->ac.gradient, 0, (size_t)p->ac.n_params * sizeof *p->ac.gradient);
    memset(p->losses, 0, sizeof p->losses);
    bhi_actor_critic_show_begin(&p->ac);
}

static void end_update(bhi_reinforce *p, int n)
{
    bh_policy_stats sum = {
        .loss = p->losses[0], .policy_loss = p->losses[1], .entropy = p->losses[2]};
    double mean_value = 0;
    for (int i = 0; i < n; i++) mean_value += (double)p->rollout.v_tm1[p->index[i]] / n;
    bhi_actor_critic_log_losses(&p->ac, &sum, config_of(p)->baseline, p->losses[3], mean_value);
    bhi_actor_critic_step(&p->ac);
    bhi_rollout_clear_complete(&p->rollout);
    p->n_episodes = 0;
}

// Returns whether there are more.
static int learn_piece(bhi_reinforce *p, uint64_t piece)
{
    const bhi_rollout *r = &p->rollout;
    int n = list_complete(p), rows = p->ac.rows, longest = 0;
    for (int e = 0; e < r->E; e++) longest = r->length[e] > longest ? r->length[e] : longest;
    int stored = longest * r->E;
    uint64_t before = (uint64_t)((stored + rows - 1) / rows);
    if (piece < before) {
        recall(p, (int)piece * rows, n, stored);
        if (piece + 1 == before) begin_update(p, n);
        return 1;
    }
    uint64_t after = piece - before;
    if (after < (uint64_t)((n + rows - 1) / rows)) {
        int i = (int)after * rows, B = n - i < rows ? n - i : rows;
        learn_part(p, i, B, n);
        if (i + B < n) return 1;
    }
    end_update(p, n);
    return 0;
}

int bhi_reinforce_learn(void *agent)
{
    bhi_reinforce *p = agent;
    int is_due = p->n_episodes >= config_of(p)->episodes_per_update;
    for (int e = 0; e < p->rollout.E; e++) is_due |= p->rollout.length[e] == p->rollout.T;
    if (is_due && learn_piece(p, p->ac.base.piece++)) return 1;
    p->ac.base.piece = 0;
    return 0;
}

// ---- the class ----

// The steps stored were another policy's.
void bhi_reinforce_params_changed(void *agent)
{
    bhi_reinforce *p = agent;
    bhi_rollout_clear(&p->rollout);
    p->n_episodes = 0;
    bhi_actor_critic_set_reference(&p->ac);
}

const char *const bhi_reinforce_large_settings[] = {"n_steps", "net_arch", NULL};

static const bhi_agent_functions functions = {
    BHI_REINFORCE_FUNCTIONS,       .shape = bhi_reinforce_shape, .layout = bhi_reinforce_layout,
    .init = bhi_actor_critic_init, .state = bhi_reinforce_state, .observe = bhi_reinforce_observe,
    BHI_ACTOR_CRITIC_FUNCTIONS,
};

const bh_agent_class bh_reinforce_class = {
    .name = "reinforce",
    .summary =
        BH_HELP("REINFORCE: a policy network that learns from whole episodes, with a baseline"),
    .config = &bh_reinforce_table,
    .metrics = bhi_reinforce_metrics,
    .gives_log_probs = 1,
    .functions = &functions,
};
