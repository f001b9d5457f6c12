// SPDX-License-Identifier: MIT
// A Gaussian policy over a Box of actions.
#include "rl/gaussian_policy.h"

#include "rl/gaussian.h"
#include "rl/policy_loss.h"
#include "rl/sde.h"
#include "rl/update_record.h"

#include <assert.h>
#include <string.h>

static const bh_actor_critic_config *config_of(const bhi_actor_critic *ac)
{
    return ac->base.config;
}

static int is_box(const bhi_actor_critic *ac)
{
    return ac->n_log_std > 0;
}

static int is_sde(const bhi_actor_critic *ac)
{
    return ac->n_latent > 0;
}

// Of the last forward pass.
static const bh_real *means_of(const bhi_actor_critic *ac, int B)
{
    return bhi_net_output(&ac->policy, ac->policy_acts, B);
}

// What the last layer read in the last forward pass, which was of x.
static const bh_real *latent_of(const bhi_actor_critic *ac, const bh_real *x, int B)
{
    int last = ac->policy.n_layers - 1;
    return last == 0 ? x : bhi_net_layer(&ac->policy, ac->policy_acts, last - 1, B);
}

// ---- the heads ----

static void log_prob(bhi_actor_critic *ac, const bh_real *params, bh_real *out,
                     const bhi_rollout_batch *batch, int B)
{
    const bh_real *log_std = params + ac->policy.n_params;
    bh_policy_gaussian_log_prob(out, means_of(ac, B), log_std, batch->box, B, ac->A);
}

static void loss(bhi_actor_critic *ac, bh_policy_stats *stats, const bhi_rollout_batch *batch,
                 double clip_range, int B)
{
    bhi_policy_gaussian_loss(bhi_actor_critic_doutputs(ac, B), ac->dlog_std, stats, means_of(ac, B),
                             ac->params + ac->policy.n_params, batch->box, batch->old_log_prob,
                             batch->advantages, clip_range, config_of(ac)->ent_coef, B, ac->A);
}

static const bhi_policy_head gaussian = {log_prob, loss};

static void sde_log_prob(bhi_actor_critic *ac, const bh_real *params, bh_real *out,
                         const bhi_rollout_batch *batch, int B)
{
    const bh_real *latent = latent_of(ac, batch->x, B);
    bh_policy_sde_std(ac->sde_std, latent, params + ac->policy.n_params, B, ac->n_latent, ac->A);
    bh_policy_sde_log_prob(out, means_of(ac, B), ac->sde_std, batch->box, B, ac->A);
}

static void sde_loss(bhi_actor_critic *ac, bh_policy_stats *stats, const bhi_rollout_batch *batch,
                     double clip_range, int B)
{
    const bh_real *latent = latent_of(ac, batch->x, B);
    const bh_real *log_std = ac->params + ac->policy.n_params;
    bh_policy_sde_std(ac->sde_std, latent, log_std, B, ac->n_latent, ac->A);
    BHI_SHOW(&ac->base, "std", ac->sde_std, B, ac->A); // the loss takes its place
    bh_policy_sde_loss(bhi_actor_critic_doutputs(ac, B), ac->dlog_std, stats, ac->sde_std,
                       means_of(ac, B), latent, log_std, batch->box, batch->old_log_prob,
                       batch->advantages, clip_range, config_of(ac)->ent_coef, B, ac->n_latent,
                       ac->A);
}

static const bhi_policy_head state_dependent = {sde_log_prob, sde_loss};

// ---- creating ----

void bhi_gaussian_policy_shape(bhi_actor_critic *ac, bhi_rollout *rollout)
{
    ac->penalize_kl = bhi_actor_critic_penalize_kl;
    if (ac->base.spec.n_actions > 0) return;
    ac->head = &gaussian;
    ac->A = ac->n_log_std = rollout->n_box = ac->base.spec.action.n;
}

bh_status bhi_gaussian_policy_shape_noise(bhi_actor_critic *ac, bh_error *err)
{
    const char *name = ac->base.class->config->name;
    if (!config_of(ac)->use_sde) return BH_OK;
    if (!is_box(ac)) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "%s: use_sde is true, but actions are Discrete; state-dependent exploration "
                       "needs actions that are a Box: leave it false here",
                       name);
    }
    int L = ac->policy.layers[ac->policy.n_layers - 1].inputs;
    if ((double)L * ac->A * ac->base.spec.n_envs > BHI_REALS_MAX) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "%s: an exploration matrix of use_sde, %d x %d numbers for each of %d "
                       "environments, is too large for one block of memory",
                       name, L, ac->A, ac->base.spec.n_envs);
    }
    ac->head = &state_dependent;
    ac->n_latent = L;
    ac->n_log_std = L * ac->A;
    ac->n_policy = ac->policy.n_params + ac->n_log_std;
    ac->n_params = ac->n_policy + ac->value.n_params;
    return BH_OK;
}

void bhi_gaussian_policy_layout(bhi_actor_critic *ac, bhi_arena *arena, bhi_rollout_batch *batch)
{
    if (!is_box(ac)) return;
    size_t numbers = (size_t)ac->rows * (size_t)ac->A, E = (size_t)ac->base.spec.n_envs;
    size_t n_log_std = (size_t)ac->n_log_std;
    ac->dlog_std = bhi_arena_array(arena, n_log_std, sizeof *ac->dlog_std);
    ac->drawn = bhi_arena_array(arena, numbers, sizeof *ac->drawn);
    ac->box = batch->box = bhi_arena_array(arena, numbers, sizeof *ac->box);
    if (!is_sde(ac)) return;
    ac->matrix_rng = bhi_arena_array(arena, E, sizeof *ac->matrix_rng);
    ac->drawn_from = bhi_arena_array(arena, E, sizeof *ac->drawn_from);
    ac->matrix_eps = bhi_arena_array(arena, E * n_log_std, sizeof *ac->matrix_eps);
    ac->sde_std = bhi_arena_array(arena, numbers, sizeof *ac->sde_std);
}

bh_status bhi_gaussian_policy_init(void *agent, bh_error *err)
{
    bhi_actor_critic *ac = agent;
    bh_status status = bhi_actor_critic_init(agent, err);
    bh_real *log_std = ac->params + ac->policy.n_params;
    for (int i = 0; i < ac->n_log_std; i++) log_std[i] = (bh_real)config_of(ac)->log_std_init;
    bhi_actor_critic_set_reference(ac);
    for (int i = 0; i < ac->base.spec.n_envs; i++) bhi_gaussian_policy_explore(ac, i, 0);
    return status;
}

void bhi_gaussian_policy_state(bhi_actor_critic *ac, bhi_state_visitor *visitor)
{
    if (is_sde(ac))
        bhi_rng_state(ac->matrix_rng, (size_t)ac->base.spec.n_envs, "matrix_rng", visitor);
}

// ---- acting ----

// Standard normals (n,L,D) of the exploration matrices of the first n environments.
static const bh_real *matrices(bhi_actor_critic *ac, int n)
{
    assert(n <= ac->base.spec.n_envs);
    for (int i = 0; i < n; i++) {
        bh_rng rng = ac->matrix_rng[i], *from = &ac->drawn_from[i];
        bh_real *eps = ac->matrix_eps + (size_t)i * (size_t)ac->n_log_std;
        if (from->state == rng.state && from->gamma == rng.gamma) continue;
        *from = rng;
        for (int k = 0; k < ac->n_log_std; k++) eps[k] = (bh_real)bh_rng_normal(&rng);
    }
    return ac->matrix_eps;
}

void bhi_gaussian_policy_explore(bhi_actor_critic *ac, int i, int steps)
{
    int freq = config_of(ac)->sde_sample_freq;
    if (!is_sde(ac)) return;
    if (steps == 0 || (freq > 0 && steps % freq == 0))
        ac->matrix_rng[i] = bh_rng_split(&ac->act_rng);
}

void bhi_gaussian_policy_act(void *agent, float *actions, unsigned char *explored, const float *obs,
                             int n)
{
    bhi_actor_critic *ac = agent;
    int numbers = n * ac->A;
    bh_real *eps = ac->box; // as scratch
    bhi_actor_critic_encode(ac, obs, 0, n);
    const bh_real *mean = bhi_actor_critic_outputs(ac, ac->x, n);
    const bh_real *log_std = ac->params + ac->policy.n_params;
    if (is_sde(ac)) {
        bh_policy_sde_sample(ac->drawn, mean, latent_of(ac, ac->x, n), log_std, matrices(ac, n), n,
                             ac->n_latent, ac->A);
    } else {
        for (int i = 0; i < numbers; i++) eps[i] = (bh_real)bh_rng_normal(&ac->act_rng);
        bh_policy_gaussian_sample(ac->drawn, mean, log_std, eps, n, ac->A);
    }
    for (int i = 0; i < numbers; i++) actions[i] = (float)ac->drawn[i];
    memset(explored, 0, (size_t)n);
}

int bhi_gaussian_policy_act_rngs(void *agent, bh_rng **out)
{
    bhi_actor_critic *ac = agent;
    out[0] = is_sde(ac) ? ac->matrix_rng : &ac->act_rng;
    return 1;
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
    bh_real *log_std = (bh_real *)params + ac->policy.n_params;
    out[n] = is_sde(ac) ? bh_tensor_matrix("log_std", dtype, ac->n_latent, ac->A, log_std)
                        : bh_tensor_vector("log_std", dtype, ac->A, log_std);
    return n + 1;
}
