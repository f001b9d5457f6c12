// SPDX-License-Identifier: MIT
// A diagonal Gaussian policy over a Box of actions.
#include "rl/gaussian_policy.h"

#include "rl/gaussian.h"
#include "rl/policy_loss.h"

#include <string.h>

static const bh_actor_critic_config *config_of(const bhi_actor_critic *ac)
{
    return ac->base.config;
}

static int is_box(const bhi_actor_critic *ac)
{
    return ac->n_log_std > 0;
}

// ---- the head ----

static void log_prob(bhi_actor_critic *ac, const bh_real *params, bh_real *out,
                     const bhi_rollout_batch *batch, int B)
{
    const bh_real *mean = bhi_net_output(&ac->policy, ac->policy_acts, B);
    bh_policy_gaussian_log_prob(out, mean, params + ac->policy.n_params, batch->box, B, ac->A);
}

static void loss(bhi_actor_critic *ac, bh_policy_stats *stats, const bhi_rollout_batch *batch,
                 double clip_range, int B)
{
    bhi_policy_gaussian_loss(bhi_actor_critic_doutputs(ac, B), ac->dlog_std, stats,
                             bhi_net_output(&ac->policy, ac->policy_acts, B),
                             ac->params + ac->policy.n_params, batch->box, batch->old_log_prob,
                             batch->advantages, clip_range, config_of(ac)->ent_coef, B, ac->A);
}

static const bhi_policy_head gaussian = {log_prob, loss};

// ---- creating ----

void bhi_gaussian_policy_shape(bhi_actor_critic *ac, bhi_rollout *rollout)
{
    ac->penalize_kl = bhi_actor_critic_penalize_kl;
    if (ac->base.spec.n_actions > 0) return;
    ac->head = &gaussian;
    ac->A = ac->n_log_std = rollout->n_box = ac->base.spec.action.n;
}

void bhi_gaussian_policy_layout(bhi_actor_critic *ac, bhi_arena *arena, bhi_rollout_batch *batch)
{
    if (!is_box(ac)) return;
    size_t D = (size_t)ac->n_log_std, numbers = (size_t)ac->rows * D;
    ac->dlog_std = bhi_arena_array(arena, D, sizeof *ac->dlog_std);
    ac->drawn = bhi_arena_array(arena, numbers, sizeof *ac->drawn);
    ac->box = batch->box = bhi_arena_array(arena, numbers, sizeof *ac->box);
}

bh_status bhi_gaussian_policy_init(void *agent, bh_error *err)
{
    bhi_actor_critic *ac = agent;
    bh_status status = bhi_actor_critic_init(agent, err);
    bh_real *log_std = ac->params + ac->policy.n_params;
    for (int d = 0; d < ac->n_log_std; d++) log_std[d] = (bh_real)config_of(ac)->log_std_init;
    bhi_actor_critic_set_reference(ac);
    return status;
}

// ---- acting ----

void bhi_gaussian_policy_act(void *agent, float *actions, unsigned char *explored, const float *obs,
                             int n)
{
    bhi_actor_critic *ac = agent;
    int numbers = n * ac->A;
    bh_real *eps = ac->box; // as scratch
    bhi_actor_critic_encode(ac, obs, 0, n);
    const bh_real *mean = bhi_actor_critic_outputs(ac, ac->x, n);
    for (int i = 0; i < numbers; i++) eps[i] = (bh_real)bh_rng_normal(&ac->act_rng);
    bh_policy_gaussian_sample(ac->drawn, mean, ac->params + ac->policy.n_params, eps, n, ac->A);
    for (int i = 0; i < numbers; i++) actions[i] = (float)ac->drawn[i];
    memset(explored, 0, (size_t)n);
}

void bhi_gaussian_policy_greedy(void *agent, const void *params, float *actions, const float *obs,
                                int n)
{
    bhi_actor_critic *ac = agent;
    for (int i = 0; i < n; i += ac->rows) {
        int B = n - i < ac->rows ? n - i : ac->rows;
        bhi_actor_critic_encode(ac, obs, i, B);
        const bh_real *mean = bhi_actor_critic_outputs_under(ac, params, ac->x, B);
        for (int j = 0; j < B * ac->A; j++) *actions++ = (float)mean[j];
    }
}

// ---- learning ----

bh_experience bhi_gaussian_policy_experience(bhi_actor_critic *ac, bhi_rollout *rollout,
                                             const bh_experience *e)
{
    bh_experience own = *e;
    if (!is_box(ac)) return own;
    for (int i = 0; i < e->n; i++) {
        bhi_rollout_put_box(rollout, i, ac->drawn + i * ac->A);
        ac->mode[i] = 0;
    }
    own.a_tm1 = ac->mode;
    return own;
}

// ---- other entries ----

int bhi_gaussian_policy_log_prior(void *agent, double *log_p, const float *obs, int n)
{
    return is_box(agent) ? 0 : bhi_actor_critic_log_prior(agent, log_p, obs, n);
}

int bhi_gaussian_policy_tensors(const void *agent, void *params, bh_tensor *out)
{
    const bhi_actor_critic *ac = agent;
    int n = bhi_actor_critic_tensors(agent, params, out);
    if (!is_box(ac)) return n;
    bh_dtype dtype = sizeof(bh_real) == sizeof(double) ? BH_F64 : BH_F32;
    out[n] = bh_tensor_vector("log_std", dtype, ac->A, (bh_real *)params + ac->policy.n_params);
    return n + 1;
}
