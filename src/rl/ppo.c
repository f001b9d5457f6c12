// SPDX-License-Identifier: MIT
// Proximal policy optimization.
#include "rl/ppo_functions.h"

#include "optim/schedule.h"

#define BH_CONFIG_STRUCT bh_ppo_config
static const bh_field fields[] = {BHI_PPO_ROWS};
const bh_config_table bh_ppo_table = BH_CONFIG_TABLE("PPO", bh_ppo_config, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_ppo, bh_ppo_table)

static const bh_ppo_config *config_of(const bhi_ppo *p)
{
    return p->ac.base.config;
}

// ---- creating ----

bh_status bhi_ppo_shape(void *agent, bh_error *err)
{
    bhi_ppo *p = agent;
    const bh_ppo_config *c = config_of(p);
    const bhi_agent_spec *spec = &p->ac.base.spec;
    if (c->batch_size > (double)c->n_steps * spec->n_envs) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "PPO: batch_size is %d, but must be at most n_steps times n_envs, which is "
                       "%d times %d",
                       c->batch_size, c->n_steps, spec->n_envs);
    }
    int rows = c->batch_size > spec->n_envs ? c->batch_size : spec->n_envs;
    double reals = bhi_rollout_reals(&p->rollout, c->n_steps, spec->n_envs, &spec->observation);
    return bhi_actor_critic_shape(&p->ac, rows, reals, err);
}

void bhi_ppo_layout(void *agent, bhi_arena *arena)
{
    bhi_ppo *p = agent;
    const bhi_agent_spec *spec = &p->ac.base.spec;
    int n_steps = config_of(p)->n_steps;
    size_t cells = (size_t)n_steps * (size_t)spec->n_envs, B = (size_t)config_of(p)->batch_size;
    bhi_actor_critic_layout(&p->ac, arena);
    bhi_rollout_layout(&p->rollout, arena, n_steps, spec->n_envs, &p->ac.base.encoder);
    p->index = bhi_arena_array(arena, cells, sizeof *p->index);
    p->batch.x = p->ac.x;
    p->batch.legal = p->ac.legal;
    p->batch.a = bhi_arena_array(arena, B, sizeof *p->batch.a);
    p->batch.old_log_prob = bhi_arena_array(arena, B, sizeof(bh_real));
    p->batch.advantages = bhi_arena_array(arena, B, sizeof(bh_real));
    p->batch.returns = bhi_arena_array(arena, B, sizeof(bh_real));
    p->batch.old_values = bhi_arena_array(arena, B, sizeof(bh_real));
}

void bhi_ppo_state(void *agent, bhi_state_visitor *visitor)
{
    bhi_ppo *p = agent;
    int is_learning = p->ac.base.piece > 0, cells = p->rollout.T * p->rollout.E;
    bhi_actor_critic_state(&p->ac, visitor);
    bhi_rollout_state(&p->rollout, p->ac.A, 1, is_learning, visitor);
    if (!is_learning) return;
    bhi_state_within(visitor, 0, cells - 1);
    BHI_STATE(visitor, "index", p->index, cells);
}

// ---- collecting ----

void bhi_ppo_observe(void *agent, const bh_experience *e)
{
    bhi_ppo *p = agent;
    bhi_actor_critic_observe(&p->ac, &p->rollout, e, 1, 0);
}

void bhi_ppo_truncate(void *agent, const float *obs)
{
    bhi_ppo *p = agent;
    bhi_actor_critic_truncate(&p->ac, &p->rollout, obs, 1);
}

// ---- learning ----

// The policy has not changed since the first step: what it and the values say now is what they said
// then. Of B cells, from the i-th on.
static void recall(bhi_ppo *p, int i, int B, int cells)
{
    bhi_actor_critic *ac = &p->ac;
    bhi_rollout *r = &p->rollout;
    size_t S = (size_t)ac->base.spec.observation.n;
    bhi_rollout_gather(r, p->index + i, B, &p->batch);
    bhi_actor_critic_log_prob(ac, ac->params, r->log_prob + i, &p->batch, B);
    if (ac->penalize_kl != NULL) ac->penalize_kl(ac, r, p->index, i, B, cells);
    bhi_actor_critic_values_of(ac, r->v_tm1 + i, r->x_tm1 + (size_t)i * S, B);
}

static void compute_advantages(bhi_ppo *p, int cells)
{
    bhi_rollout *r = &p->rollout;
    bhi_rollout_advantages(r, config_of(p)->gamma, config_of(p)->gae_lambda);
    bhi_actor_critic_log_explained_variance(&p->ac, r->v_tm1, r->returns, p->index, cells);
}

static double mean(const bh_real *x, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)x[i];
    return sum / n;
}

// Loss and gradient of a minibatch. Returns the approximate KL divergence from the policy that
// acted.
static double learn_batch(bhi_ppo *p, const int *index, int B)
{
    const bh_ppo_config *c = config_of(p);
    bhi_actor_critic *ac = &p->ac;
    const bhi_rollout_batch *b = &p->batch;
    bhi_rollout_gather(&p->rollout, index, B, b);
    if (c->policy.normalize_advantage) bh_policy_normalize(b->advantages, B);

    bh_policy_stats stats;
    bhi_actor_critic_show_begin(ac);
    bhi_actor_critic_outputs(ac, b->x, B);
    ac->head->loss(ac, &stats, b, c->clip_range, B);
    const bh_real *values = bhi_actor_critic_values(ac, b->x, B);
    double value_loss = bh_policy_value_loss(bhi_actor_critic_dvalues(ac, B), values, b->returns,
                                             c->clip_range_vf > 0 ? b->old_values : NULL,
                                             c->clip_range_vf, c->policy.vf_coef, B);
    bhi_actor_critic_show(ac, b, B);
    bhi_actor_critic_log_losses(ac, &stats, 1, value_loss, mean(values, B));
    bhi_agent_log(&ac->base, BHI_METRIC_APPROX_KL, stats.approx_kl);
    bhi_agent_log(&ac->base, BHI_METRIC_CLIP_FRACTION, stats.clip_fraction);
    bhi_actor_critic_backward(ac, ac->gradient, b->x, B);
    return stats.approx_kl;
}

// Returns whether there are more.
static int learn_piece(bhi_ppo *p, uint64_t piece)
{
    const bh_ppo_config *c = config_of(p);
    int cells = p->rollout.T * p->rollout.E, size = c->batch_size;
    uint64_t n_batches = (uint64_t)((cells + size - 1) / size), epoch = piece / n_batches;
    int i = (int)(piece % n_batches) * size, B = cells - i < size ? cells - i : size;
    if (epoch == 0) { // what they are learned from with
        for (int k = i; k < i + B; k++) p->index[k] = k;
        recall(p, i, B, cells);
        if (i + B == cells) compute_advantages(p, cells);
        return 1;
    }
    if (i == 0) bhi_shuffle(p->index, cells, &p->ac.sample_rng);
    double kl = learn_batch(p, p->index + i, B);
    if (c->target_kl > 0 && kl > 1.5 * c->target_kl) return 0;
    bhi_actor_critic_step(&p->ac);
    return i + B < cells || epoch < (uint64_t)c->n_epochs;
}

int bhi_ppo_learn(void *agent)
{
    bhi_ppo *p = agent;
    int is_due = p->rollout.length[0] == p->rollout.T;
    if (is_due && learn_piece(p, p->ac.base.piece++)) return 1;
    if (is_due) bhi_rollout_clear(&p->rollout);
    p->ac.base.piece = 0;
    return 0;
}

// ---- the class ----

// The steps stored were another policy's.
void bhi_ppo_params_changed(void *agent)
{
    bhi_rollout_clear(&((bhi_ppo *)agent)->rollout);
    bhi_actor_critic_set_reference(agent);
}

const char *const bhi_ppo_large_settings[] = {"n_steps", "batch_size", "net_arch", NULL};

static const bhi_agent_functions functions = {
    BHI_PPO_FUNCTIONS,          .shape = bhi_ppo_shape,
    .layout = bhi_ppo_layout,   .init = bhi_actor_critic_init,
    .state = bhi_ppo_state,     .observe = bhi_ppo_observe,
    BHI_ACTOR_CRITIC_FUNCTIONS,
};

const bh_agent_class bh_ppo_class = {
    .name = "ppo",
    .summary =
        BH_HELP("Proximal policy optimization: a policy and a value network, clipped updates"),
    .config = &bh_ppo_table,
    .metrics = bhi_ppo_metrics,
    .gives_log_probs = 1,
    .functions = &functions,
};
