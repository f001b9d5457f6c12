// SPDX-License-Identifier: MIT
// Proximal policy optimization.
#include "rl/ppo.h"

#include "optim/schedule.h"
#include "rl/actor_critic.h"
#include "rl/rollout.h"

#define BH_CONFIG_STRUCT bh_ppo_config
static const bh_field fields[] = {
    BH_REAL_AT(policy.learning_rate.start, learning_rate, BH_DEFAULT("0.0003"), BH_RANGE(0, 10),
               BH_LIVE, "Step size of the optimizer"),
    BHI_SCHEDULE_ROWS(policy.learning_rate, "constant", "0", "0"),
    BH_INT(n_steps, BH_DEFAULT("2048"), BH_RANGE(1, 1000000), BH_RESET,
           "Steps each environment takes before the policy learns from them"),
    BH_INT(batch_size, BH_DEFAULT("64"), BH_RANGE(1, 65536), BH_RESET, "Steps in a minibatch"),
    BH_INT(n_epochs, BH_DEFAULT("10"), BH_RANGE(1, 1000), BH_LIVE,
           "Passes over the steps that were collected"),
    BH_REAL(gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE, "Discount factor"),
    BH_REAL(gae_lambda, BH_DEFAULT("0.95"), BH_RANGE(0, 1), BH_LIVE,
            "Advantages: 0 trusts the values after one step, 1 only the rewards themselves"),
    BH_REAL(
        clip_range, BH_DEFAULT("0.2"), BH_RANGE(1e-6, 1e6), BH_LIVE,
        "How far an action's probability may move per update before its gradient ends, as a share"),
    BH_REAL(clip_range_vf, BH_DEFAULT("0"), BH_RANGE(0, 1e6), BH_LIVE,
            "How far a value may move per update; 0 does not clip"),
    BH_REAL(target_kl, BH_DEFAULT("0"), BH_RANGE(0, 1e6), BH_LIVE,
            "An update ends when the policy has moved 1.5 times this KL divergence; 0 never"),
    BHI_ACTOR_CRITIC_ROWS,
};
const bh_config_table bh_ppo_table = BH_CONFIG_TABLE("PPO", bh_ppo_config, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_ppo, bh_ppo_table)

typedef struct ppo {
    bhi_actor_critic ac; // first
    bhi_rollout rollout;
    int *index;              // (T,E) cells in the order of an epoch
    bhi_rollout_batch batch; // (B) each
} ppo;

static const bh_ppo_config *config_of(const ppo *p)
{
    return p->ac.base.config;
}

// ---- creating ----

static bh_status shape(void *agent, bh_error *err)
{
    ppo *p = agent;
    const bh_ppo_config *c = config_of(p);
    const bhi_agent_spec *spec = &p->ac.base.spec;
    if (c->batch_size > (double)c->n_steps * spec->n_envs) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "PPO: batch_size is %d, but must be at most n_steps times n_envs, which is "
                       "%d times %d",
                       c->batch_size, c->n_steps, spec->n_envs);
    }
    int rows = c->batch_size > spec->n_envs ? c->batch_size : spec->n_envs;
    double reals = bhi_rollout_reals(c->n_steps, spec->n_envs, &spec->observation);
    return bhi_actor_critic_shape(&p->ac, rows, reals, err);
}

static void layout(void *agent, bhi_arena *arena)
{
    ppo *p = agent;
    const bhi_agent_spec *spec = &p->ac.base.spec;
    int n_steps = config_of(p)->n_steps;
    size_t cells = (size_t)n_steps * (size_t)spec->n_envs, B = (size_t)config_of(p)->batch_size;
    bhi_actor_critic_layout(&p->ac, arena);
    bhi_rollout_layout(&p->rollout, arena, n_steps, spec->n_envs, &spec->observation);
    p->index = bhi_arena_array(arena, cells, sizeof *p->index);
    p->batch.x = p->ac.x;
    p->batch.a = bhi_arena_array(arena, B, sizeof *p->batch.a);
    p->batch.old_log_prob = bhi_arena_array(arena, B, sizeof(bh_real));
    p->batch.advantages = bhi_arena_array(arena, B, sizeof(bh_real));
    p->batch.returns = bhi_arena_array(arena, B, sizeof(bh_real));
    p->batch.old_values = bhi_arena_array(arena, B, sizeof(bh_real));
}

static void state(void *agent, bhi_state_visitor *visitor)
{
    ppo *p = agent;
    bhi_actor_critic_state(&p->ac, visitor);
    bhi_rollout_state(&p->rollout, p->ac.base.spec.n_actions, 1, visitor);
}

// ---- collecting ----

static void observe(void *agent, const bh_experience *e)
{
    ppo *p = agent;
    size_t F = (size_t)bh_space_floats(&p->ac.base.spec.observation);
    int is_last = p->rollout.length[0] + 1 == p->rollout.T;
    for (int i = 0; i < e->n; i++) {
        int bootstraps = !e->terminated_t[i] && (e->truncated_t[i] || is_last);
        double v_end = bootstraps ? bhi_actor_critic_value_of(&p->ac, e->obs_t + (size_t)i * F) : 0;
        bhi_rollout_add(&p->rollout, i, e->obs_tm1 + (size_t)i * F, e->a_tm1[i], e->r_t[i],
                        e->terminated_t[i], e->truncated_t[i], v_end);
    }
    p->ac.base.timesteps += e->n;
}

static void truncate(void *agent, const float *obs)
{
    ppo *p = agent;
    size_t F = (size_t)bh_space_floats(&p->ac.base.spec.observation);
    for (int i = 0; i < p->rollout.E; i++) {
        if (p->rollout.length[i] == p->rollout.complete[i]) continue;
        bhi_rollout_truncate(&p->rollout, i,
                             bhi_actor_critic_value_of(&p->ac, obs + (size_t)i * F));
    }
}

// ---- learning ----

// The policy has not changed since the first step: what it and the values say now is what they said
// then.
static void compute_advantages(ppo *p, int cells)
{
    bhi_actor_critic *ac = &p->ac;
    bhi_rollout *r = &p->rollout;
    for (int i = 0; i < cells; i += ac->rows) {
        int B = cells - i < ac->rows ? cells - i : ac->rows;
        const bh_real *x = r->x_tm1 + (size_t)i * (size_t)ac->base.spec.observation.n;
        bh_policy_log_prob(r->log_prob + i, bhi_actor_critic_logits(ac, x, B), r->a_tm1 + i, B,
                           ac->base.spec.n_actions);
    }
    bhi_actor_critic_penalize_kl(ac, r, p->index, cells);
    bhi_actor_critic_values_of(ac, r->v_tm1, r->x_tm1, cells);
    bhi_rollout_advantages(r, config_of(p)->gamma, config_of(p)->gae_lambda);
    bhi_actor_critic_log_explained_variance(ac, r->v_tm1, r->returns, p->index, cells);
}

static double mean(const bh_real *x, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)x[i];
    return sum / n;
}

// Loss and gradient of a minibatch. Returns the approximate KL divergence from the policy that
// acted.
static double learn_batch(ppo *p, const int *index, int B)
{
    const bh_ppo_config *c = config_of(p);
    bhi_actor_critic *ac = &p->ac;
    const bhi_rollout_batch *b = &p->batch;
    bhi_rollout_gather(&p->rollout, index, B, b);
    if (c->policy.normalize_advantage) bh_policy_normalize(b->advantages, B);

    bh_policy_stats stats;
    const bh_real *logits = bhi_actor_critic_logits(ac, b->x, B);
    bh_policy_ppo_loss(bhi_actor_critic_dlogits(ac, B), &stats, logits, b->a, b->old_log_prob,
                       b->advantages, c->clip_range, c->policy.ent_coef, B,
                       ac->base.spec.n_actions);
    const bh_real *values = bhi_actor_critic_values(ac, b->x, B);
    double value_loss = bh_policy_value_loss(bhi_actor_critic_dvalues(ac, B), values, b->returns,
                                             c->clip_range_vf > 0 ? b->old_values : NULL,
                                             c->clip_range_vf, c->policy.vf_coef, B);
    bhi_actor_critic_log_losses(ac, &stats, 1, value_loss, mean(values, B));
    bhi_agent_log(&ac->base, BHI_METRIC_APPROX_KL, stats.approx_kl);
    bhi_agent_log(&ac->base, BHI_METRIC_CLIP_FRACTION, stats.clip_fraction);
    bhi_actor_critic_backward(ac, ac->gradient, b->x, B);
    return stats.approx_kl;
}

static void learn(void *agent)
{
    ppo *p = agent;
    const bh_ppo_config *c = config_of(p);
    if (p->rollout.length[0] < p->rollout.T) return;
    int cells = p->rollout.T * p->rollout.E;
    for (int i = 0; i < cells; i++) p->index[i] = i;
    compute_advantages(p, cells);
    int goes_on = 1;
    for (int epoch = 0; epoch < c->n_epochs && goes_on; epoch++) {
        bhi_shuffle(p->index, cells, &p->ac.sample_rng);
        for (int i = 0; i < cells && goes_on; i += c->batch_size) {
            int B = cells - i < c->batch_size ? cells - i : c->batch_size;
            double kl = learn_batch(p, p->index + i, B);
            goes_on = !(c->target_kl > 0 && kl > 1.5 * c->target_kl);
            if (goes_on) bhi_actor_critic_step(&p->ac);
        }
    }
    bhi_rollout_clear(&p->rollout);
}

// ---- the class ----

// The steps stored were another policy's.
static void params_changed(void *agent)
{
    bhi_rollout_clear(&((ppo *)agent)->rollout);
    bhi_actor_critic_set_reference(agent);
}

static const bhi_agent_functions functions = {
    .large_settings = (const char *const[]){"n_steps", "batch_size", "net_arch", NULL},
    .bytes = sizeof(ppo),
    .shape = shape,
    .layout = layout,
    .state = state,
    .init = bhi_actor_critic_init,
    .observe = observe,
    .truncate = truncate,
    .learn = learn,
    .params_changed = params_changed,
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
