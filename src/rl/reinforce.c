// SPDX-License-Identifier: MIT
// REINFORCE.
#include "rl/reinforce.h"

#include "kernels/elementwise.h"
#include "optim/schedule.h"
#include "rl/actor_critic.h"
#include "rl/rollout.h"

#include <string.h>

#define BH_CONFIG_STRUCT bh_reinforce_config
static const bh_field fields[] = {
    BH_REAL_AT(policy.learning_rate.start, learning_rate, BH_DEFAULT("0.001"), BH_RANGE(0, 10),
               BH_LIVE, "Step size of the optimizer"),
    BHI_SCHEDULE_ROWS(policy.learning_rate, "constant", "0", "0"),
    BH_INT(episodes_per_update, BH_DEFAULT("8"), BH_RANGE(1, 100000), BH_LIVE,
           "Episodes, of all environments together, before the policy learns from them"),
    BH_INT(n_steps, BH_DEFAULT("4096"), BH_RANGE(1, 1000000), BH_RESET,
           "Steps each environment can store; an episode that has no room is cut there"),
    BH_REAL(gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE, "Discount factor"),
    BH_BOOL(baseline, BH_DEFAULT("true"), BH_RESET,
            "Learn the value of states and reinforce only what turned out better than it"),
    BHI_ACTOR_CRITIC_ROWS,
};
const bh_config_table bh_reinforce_table =
    BH_CONFIG_TABLE("REINFORCE", bh_reinforce_config, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_reinforce, bh_reinforce_table)

#define ROWS \
    256 // steps whose gradient is taken at once; an update adds up as many such parts as it needs

typedef struct reinforce {
    bhi_actor_critic ac; // first
    bhi_rollout rollout;
    int n_episodes;          // over and not yet learned from
    int *index;              // (T,E) cells of those episodes
    bh_real *advantages;     // (T,E) of the cells at index
    bh_real *part;           // (n_params) gradient of some rows
    bhi_rollout_batch batch; // (rows) each
} reinforce;

static const bh_reinforce_config *config_of(const reinforce *p)
{
    return p->ac.base.config;
}

// ---- creating ----

static bh_status shape(void *agent, bh_error *err)
{
    reinforce *p = agent;
    const bhi_agent_spec *spec = &p->ac.base.spec;
    int rows = ROWS > spec->n_envs ? ROWS : spec->n_envs;
    double reals = bhi_rollout_reals(config_of(p)->n_steps, spec->n_envs, &spec->observation);
    return bhi_actor_critic_shape(&p->ac, rows, reals, err);
}

static void layout(void *agent, bhi_arena *arena)
{
    reinforce *p = agent;
    const bhi_agent_spec *spec = &p->ac.base.spec;
    int n_steps = config_of(p)->n_steps;
    size_t cells = (size_t)n_steps * (size_t)spec->n_envs, rows = (size_t)p->ac.rows;
    bhi_actor_critic_layout(&p->ac, arena);
    bhi_rollout_layout(&p->rollout, arena, n_steps, spec->n_envs, &spec->observation);
    p->index = bhi_arena_array(arena, cells, sizeof *p->index);
    p->advantages = bhi_arena_array(arena, cells, sizeof *p->advantages);
    p->part = bhi_arena_array(arena, (size_t)p->ac.n_params, sizeof *p->part);
    p->batch.x = p->ac.x;
    p->batch.a = bhi_arena_array(arena, rows, sizeof *p->batch.a);
    p->batch.returns = bhi_arena_array(arena, rows, sizeof(bh_real));
}

static void state(void *agent, bhi_state_visitor *visitor)
{
    reinforce *p = agent;
    bhi_actor_critic_state(&p->ac, visitor);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "n_episodes", &p->n_episodes, 1);
    bhi_rollout_state(&p->rollout, p->ac.base.spec.n_actions, 0, visitor);
}

// ---- collecting ----

// The value of what would have followed.
static double baseline_of(reinforce *p, const float *obs)
{
    return config_of(p)->baseline ? bhi_actor_critic_value_of(&p->ac, obs) : 0;
}

static void observe(void *agent, const bh_experience *e)
{
    reinforce *p = agent;
    bhi_rollout *r = &p->rollout;
    size_t F = (size_t)bh_space_floats(&p->ac.base.spec.observation);
    for (int i = 0; i < e->n; i++) {
        int is_full = r->length[i] + 1 == r->T, terminated = e->terminated_t[i];
        int truncated = !terminated && (e->truncated_t[i] || is_full);
        double v_end = truncated ? baseline_of(p, e->obs_t + (size_t)i * F) : 0;
        bhi_rollout_add(r, i, e->obs_tm1 + (size_t)i * F, e->a_tm1[i], e->r_t[i], terminated,
                        truncated, v_end);
        p->n_episodes += terminated || truncated;
    }
    p->ac.base.timesteps += e->n;
}

static void truncate(void *agent, const float *obs)
{
    reinforce *p = agent;
    size_t F = (size_t)bh_space_floats(&p->ac.base.spec.observation);
    for (int i = 0; i < p->rollout.E; i++) {
        if (p->rollout.length[i] == p->rollout.complete[i]) continue;
        bhi_rollout_truncate(&p->rollout, i, baseline_of(p, obs + (size_t)i * F));
        p->n_episodes++;
    }
}

// ---- learning ----

// The cells of episodes that are over, into index; returns how many.
static int list_complete(reinforce *p)
{
    const bhi_rollout *r = &p->rollout;
    int n = 0;
    for (int e = 0; e < r->E; e++) {
        for (int t = 0; t < r->complete[e]; t++) p->index[n++] = t * r->E + e;
    }
    return n;
}

// Returns and advantages: GAE with lambda 1, in which the values between the first and the last
// cancel.
static void compute_advantages(reinforce *p, int n)
{
    bhi_rollout *r = &p->rollout;
    int longest = 0;
    for (int e = 0; e < r->E; e++) longest = r->length[e] > longest ? r->length[e] : longest;
    bhi_actor_critic_penalize_kl(&p->ac, r, p->index, n);
    if (config_of(p)->baseline)
        bhi_actor_critic_values_of(&p->ac, r->v_tm1, r->x_tm1, longest * r->E);
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
static double learn_part(reinforce *p, int i, int B, int n, bh_policy_stats *sum)
{
    const bh_reinforce_config *c = config_of(p);
    bhi_actor_critic *ac = &p->ac;
    double share = (double)B / n, value_loss = 0;
    bhi_rollout_gather(&p->rollout, p->index + i, B, &p->batch);

    bh_policy_stats stats;
    bh_real *dlogits = bhi_actor_critic_dlogits(ac, B), *dvalues = bhi_actor_critic_dvalues(ac, B);
    const bh_real *logits = bhi_actor_critic_logits(ac, p->batch.x, B);
    bh_policy_reinforce_loss(dlogits, &stats, logits, p->batch.a, p->advantages + i,
                             c->policy.ent_coef, B, ac->base.spec.n_actions);
    scale(dlogits, share, B * ac->base.spec.n_actions);
    const bh_real *values = bhi_actor_critic_values(ac, p->batch.x, B);
    if (c->baseline) {
        value_loss =
            bh_policy_value_loss(dvalues, values, p->batch.returns, NULL, 0, c->policy.vf_coef, B);
        scale(dvalues, share, B);
    } else {
        memset(dvalues, 0, (size_t)B * sizeof *dvalues);
    }
    bhi_actor_critic_backward(ac, p->part, p->batch.x, B);
    bhi_add_rows(ac->gradient, ac->n_params, p->part, ac->n_params, 1, ac->n_params);
    sum->loss += share * stats.loss;
    sum->policy_loss += share * stats.policy_loss;
    sum->entropy += share * stats.entropy;
    return share * value_loss;
}

static void update(reinforce *p)
{
    bhi_actor_critic *ac = &p->ac;
    int n = list_complete(p);
    compute_advantages(p, n);
    memset(ac->gradient, 0, (size_t)ac->n_params * sizeof *ac->gradient);
    bh_policy_stats sum = {0};
    double value_loss = 0, mean_value = 0;
    for (int i = 0; i < n; i += ac->rows) {
        int B = n - i < ac->rows ? n - i : ac->rows;
        value_loss += learn_part(p, i, B, n, &sum);
    }
    for (int i = 0; i < n; i++) mean_value += (double)p->rollout.v_tm1[p->index[i]] / n;
    bhi_actor_critic_log_losses(ac, &sum, config_of(p)->baseline, value_loss, mean_value);
    bhi_actor_critic_step(ac);
    bhi_rollout_clear_complete(&p->rollout);
    p->n_episodes = 0;
}

static void learn(void *agent)
{
    reinforce *p = agent;
    int is_due = p->n_episodes >= config_of(p)->episodes_per_update;
    for (int e = 0; e < p->rollout.E; e++) is_due |= p->rollout.length[e] == p->rollout.T;
    if (is_due) update(p);
}

// ---- the class ----

// The steps stored were another policy's.
static void params_changed(void *agent)
{
    reinforce *p = agent;
    bhi_rollout_clear(&p->rollout);
    p->n_episodes = 0;
    bhi_actor_critic_set_reference(&p->ac);
}

static const bhi_agent_functions functions = {
    .large_settings = (const char *const[]){"n_steps", "net_arch", NULL},
    .bytes = sizeof(reinforce),
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

const bh_agent_class bh_reinforce_class = {
    .name = "reinforce",
    .summary =
        BH_HELP("REINFORCE: a policy network that learns from whole episodes, with a baseline"),
    .config = &bh_reinforce_table,
    .metrics = bhi_reinforce_metrics,
    .gives_log_probs = 1,
    .functions = &functions,
};
