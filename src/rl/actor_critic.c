// SPDX-License-Identifier: MIT
// Actor and critic.
#include "rl/actor_critic.h"

#include "kernels/elementwise.h"
#include "rl/net_tensors.h"
#include "rl/policy_loss.h"
#include "rl/replay.h"
#include "rl/update_record.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const char *const bhi_ppo_metrics[] = {
    "train/policy_gradient_loss",
    "train/value_loss",
    "train/entropy_loss",
    "train/explained_variance",
    "train/kl_reference",
    "train/kl_coef",
    "train/approx_kl",
    "train/clip_fraction",
    NULL,
};
const char *const bhi_reinforce_metrics[] = {
    "train/policy_gradient_loss",
    "train/value_loss",
    "train/entropy_loss",
    "train/explained_variance",
    "train/kl_reference",
    "train/kl_coef",
    NULL,
};

// ---- creating ----

// Configs of these agents begin with it.
static const bh_actor_critic_config *config_of(const bhi_actor_critic *ac)
{
    return ac->base.config;
}

static bh_status check(const char *name, const bhi_net_spec *policy, const bhi_agent_spec *spec,
                       int rows, double reals, bh_error *err)
{
    double params, units;
    bh_status status = bhi_net_spec_check(name, policy, spec, err);
    if (status != BH_OK) return status;
    bhi_net_spec_sizes(policy, &params, &units);
    if (2 * params <= BHI_REALS_MAX && units * rows <= BHI_REALS_MAX && reals <= BHI_REALS_MAX)
        return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG,
                   "%s: net_arch, n_steps or the batch is too large for one block of memory", name);
}

// ---- the categorical policy ----

static bh_real *outputs_of(const bhi_actor_critic *ac, int B)
{
    return bhi_net_output(&ac->policy, ac->policy_acts, B);
}

static void log_prob(bhi_actor_critic *ac, const bh_real *params, bh_real *out,
                     const bhi_rollout_batch *batch, int B)
{
    (void)params;
    bh_policy_log_prob(out, outputs_of(ac, B), batch->a, B, ac->A);
}

static void loss(bhi_actor_critic *ac, bh_policy_stats *stats, const bhi_rollout_batch *batch,
                 double clip_range, int B)
{
    bhi_policy_loss(bhi_actor_critic_doutputs(ac, B), stats, outputs_of(ac, B), batch->a,
                    batch->old_log_prob, batch->advantages, clip_range, config_of(ac)->ent_coef, B,
                    ac->A);
}

static const bhi_policy_head categorical = {log_prob, loss};

bh_status bhi_actor_critic_shape(bhi_actor_critic *ac, int rows, double reals, bh_error *err)
{
    const bhi_agent_spec *spec = &ac->base.spec;
    bhi_net_spec policy = bhi_net_spec_of(&config_of(ac)->net, spec), value = policy;
    if (ac->head == NULL) {
        ac->head = &categorical;
        ac->A = spec->n_actions;
    }
    policy.outputs = ac->A;
    value.outputs = 1;
    bh_status status = check(ac->base.class->config->name, &policy, spec, rows, reals, err);
    if (status != BH_OK) return status;
    ac->rows = rows;
    ac->policy = bhi_net_shape(&policy);
    if (!ac->has_no_critic) ac->value = bhi_net_shape(&value);
    ac->n_policy = ac->policy.n_params + ac->n_log_std;
    ac->n_params = ac->n_policy + ac->value.n_params;
    ac->kl_coef = -1;
    ac->action_prior = bhi_action_prior_shape(&(bh_action_prior_config){0}, spec, &policy, rows);
    return BH_OK;
}

static bh_real *reals(bhi_arena *arena, size_t count)
{
    return bhi_arena_array(arena, count, sizeof(bh_real));
}

void bhi_actor_critic_layout(bhi_actor_critic *ac, bhi_arena *arena)
{
    size_t rows = (size_t)ac->rows, P = (size_t)ac->n_params;
    ac->params = reals(arena, P);
    ac->gradient = reals(arena, P);
    bhi_optimizer_layout(&ac->optimizer, arena, &config_of(ac)->optimizer, ac->n_params);
    ac->x = reals(arena, rows * (size_t)ac->base.spec.observation.n);
    ac->legal = bhi_arena_array(arena, rows * (size_t)ac->base.spec.observation.n_masked, 1);
    ac->policy_acts = reals(arena, bhi_net_acts(&ac->policy, ac->rows));
    ac->policy_dacts = reals(arena, bhi_net_acts(&ac->policy, ac->rows));
    ac->value_acts = reals(arena, bhi_net_acts(&ac->value, ac->rows));
    ac->value_dacts = reals(arena, bhi_net_acts(&ac->value, ac->rows));
    ac->uniform = bhi_arena_array(arena, rows, sizeof *ac->uniform);
    ac->mode = bhi_arena_array(arena, rows, sizeof *ac->mode);
    bhi_action_prior_layout(&ac->action_prior, arena);
    ac->reference = reals(arena, (size_t)ac->n_policy);
    ac->of_reference = reals(arena, rows);
}

bh_status bhi_actor_critic_init(void *agent, bh_error *err)
{
    (void)err;
    bhi_actor_critic *ac = agent;
    bh_rng init_rng = bh_rng_split(&ac->base.spec.rng);
    ac->act_rng = bh_rng_split(&ac->base.spec.rng);
    ac->sample_rng = bh_rng_split(&ac->base.spec.rng);
    bh_real *value_params = ac->params + ac->n_policy;
    bhi_optimizer_init(&ac->optimizer);
    if (config_of(ac)->ortho_init) {
        bhi_net_init_orthogonal(&ac->policy, ac->params, 0.01, &init_rng);
        bhi_net_init_orthogonal(&ac->value, value_params, 1, &init_rng);
    } else {
        bhi_net_init(&ac->policy, ac->params, &init_rng);
        bhi_net_init(&ac->value, value_params, &init_rng);
    }
    bhi_actor_critic_set_reference(ac);
    return BH_OK;
}

void bhi_actor_critic_state(bhi_actor_critic *ac, bhi_state_visitor *visitor)
{
    BHI_STATE(visitor, "params", ac->params, ac->n_params);
    bhi_optimizer_state(&ac->optimizer, visitor);
    bhi_rng_state(&ac->act_rng, 1, "act_rng", visitor);
    bhi_rng_state(&ac->sample_rng, 1, "sample_rng", visitor);
    BHI_STATE(visitor, "reference", ac->reference, ac->n_policy);
    BHI_STATE(visitor, "kl_coef", &ac->kl_coef, 1);
    BHI_STATE(visitor, "kl_coef_from", &ac->kl_coef_from, 1);
    if (ac->base.piece > 0) BHI_STATE(visitor, "kl_sum", &ac->kl_sum, 1);
}

// ---- learning ----

// Logits of actions that are not allowed are out of reach. x is ac->x, where there are masks.
const bh_real *bhi_actor_critic_outputs_under(bhi_actor_critic *ac, const bh_real *params,
                                              const bh_real *x, int B)
{
    assert(B <= ac->rows);
    bh_real *outputs = bhi_net_forward(&ac->policy, params, ac->policy_acts, x, B);
    const bh_real *bias = bhi_action_prior_bias(&ac->action_prior, 0, x, ac->legal, B);
    for (int i = 0; bias != NULL && i < B * ac->A; i++) outputs[i] += bias[i];
    return outputs;
}

const bh_real *bhi_actor_critic_outputs(bhi_actor_critic *ac, const bh_real *x, int B)
{
    return bhi_actor_critic_outputs_under(ac, ac->params, x, B);
}

void bhi_actor_critic_log_prob(bhi_actor_critic *ac, const bh_real *params, bh_real *log_prob,
                               const bhi_rollout_batch *batch, int B)
{
    bhi_actor_critic_outputs_under(ac, params, batch->x, B);
    ac->head->log_prob(ac, params, log_prob, batch, B);
}

const bh_real *bhi_actor_critic_values(bhi_actor_critic *ac, const bh_real *x, int B)
{
    assert(B <= ac->rows);
    return bhi_net_forward(&ac->value, ac->params + ac->n_policy, ac->value_acts, x, B);
}

void bhi_actor_critic_values_of(bhi_actor_critic *ac, bh_real *v, const bh_real *x, int n)
{
    for (int i = 0; i < n; i += ac->rows) {
        int B = n - i < ac->rows ? n - i : ac->rows;
        const bh_real *values =
            bhi_actor_critic_values(ac, x + (size_t)i * (size_t)ac->base.spec.observation.n, B);
        memcpy(v + i, values, (size_t)B * sizeof *v);
    }
}

double bhi_actor_critic_value_of(bhi_actor_critic *ac, const float *obs)
{
    bhi_encode(ac->x, obs, &ac->base.encoder);
    return (double)bhi_actor_critic_values(ac, ac->x, 1)[0];
}

bh_real *bhi_actor_critic_doutputs(bhi_actor_critic *ac, int B)
{
    return bhi_net_output(&ac->policy, ac->policy_dacts, B);
}

bh_real *bhi_actor_critic_dvalues(bhi_actor_critic *ac, int B)
{
    return bhi_net_output(&ac->value, ac->value_dacts, B);
}

void bhi_actor_critic_backward(bhi_actor_critic *ac, bh_real *gradient, const bh_real *x, int B)
{
    int P = ac->n_policy;
    for (int i = 0; i < ac->n_log_std; i++) gradient[ac->policy.n_params + i] = ac->dlog_std[i];
    bhi_net_backward(&ac->policy, ac->params, gradient, ac->policy_acts, ac->policy_dacts, x, B);
    if (ac->has_no_critic) return;
    bhi_net_backward(&ac->value, ac->params + P, gradient + P, ac->value_acts, ac->value_dacts, x,
                     B);
}

// ---- collecting ----

int bhi_actor_critic_observe(bhi_actor_critic *ac, bhi_rollout *rollout, const bh_experience *e,
                             int has_values, int truncates)
{
    size_t F = (size_t)bh_space_floats(&ac->base.spec.observation);
    int n = 0;
    for (int i = 0; i < e->n; i++) {
        int is_full = rollout->length[i] + 1 == rollout->T, terminated = e->terminated_t[i];
        int goes_on = !terminated && (e->truncated_t[i] || is_full);
        int truncated = goes_on && (e->truncated_t[i] || truncates);
        double v_end =
            goes_on && has_values ? bhi_actor_critic_value_of(ac, e->obs_t + (size_t)i * F) : 0;
        bhi_rollout_add(rollout, i, e->obs_tm1 + (size_t)i * F, e->a_tm1[i], e->r_t[i], terminated,
                        truncated, v_end);
        n += terminated || truncated;
    }
    ac->base.timesteps += e->n;
    return n;
}

int bhi_actor_critic_truncate(bhi_actor_critic *ac, bhi_rollout *rollout, const float *obs,
                              int has_values)
{
    size_t F = (size_t)bh_space_floats(&ac->base.spec.observation);
    int n = 0;
    for (int i = 0; i < rollout->E; i++) {
        if (rollout->length[i] == rollout->complete[i]) continue;
        bhi_rollout_truncate(rollout, i,
                             has_values ? bhi_actor_critic_value_of(ac, obs + (size_t)i * F) : 0);
        n++;
    }
    return n;
}

// ---- the KL penalty ----

void bhi_actor_critic_set_reference(bhi_actor_critic *ac)
{
    memcpy(ac->reference, ac->params, (size_t)ac->n_policy * sizeof *ac->params);
    ac->kl_coef = -1;
}

static void adapt(bhi_actor_critic *ac, double kl)
{
    double target = config_of(ac)->kl_penalty.target;
    if (target == 0) return;
    double error = kl / target - 1;
    error = error > 0.2 ? 0.2 : error < -0.2 ? -0.2 : error;
    ac->kl_coef *= 1 + 0.1 * error;
}

static void begin_penalty(bhi_actor_critic *ac)
{
    const bh_kl_penalty_config *c = &config_of(ac)->kl_penalty;
    ac->kl_sum = 0;
    if (ac->kl_coef < 0 || c->target == 0 || ac->kl_coef_from != c->coef) // or set since
        ac->kl_coef = ac->kl_coef_from = c->coef;
}

void bhi_actor_critic_penalize_kl(bhi_actor_critic *ac, bhi_rollout *rollout, const int *index,
                                  int i, int B, int n)
{
    if (config_of(ac)->kl_penalty.coef == 0 || B <= 0) return;
    if (i == 0) begin_penalty(ac);
    bhi_rollout_batch batch = {.x = ac->x, .legal = ac->legal, .a = ac->mode, .box = ac->box};
    bh_real *log_p = ac->policy_dacts;
    bhi_rollout_gather(rollout, index + i, B, &batch);
    bhi_actor_critic_log_prob(ac, ac->params, log_p, &batch, B);
    bhi_actor_critic_log_prob(ac, ac->reference, ac->of_reference, &batch, B);
    for (int b = 0; b < B; b++) {
        double difference = (double)log_p[b] - (double)ac->of_reference[b];
        rollout->r_t[index[i + b]] -= (bh_real)(ac->kl_coef * difference);
        ac->kl_sum += difference;
    }
    if (i + B < n) return;
    bhi_agent_log(&ac->base, BHI_METRIC_KL_REFERENCE, ac->kl_sum / n);
    bhi_agent_log(&ac->base, BHI_METRIC_KL_COEF, ac->kl_coef);
    adapt(ac, ac->kl_sum / n);
}

static double learning_rate(const bhi_actor_critic *ac)
{
    return bhi_schedule_at(&config_of(ac)->learning_rate, 1, bhi_agent_progress(&ac->base));
}

void bhi_actor_critic_step(bhi_actor_critic *ac)
{
    bhi_agent_descend(&ac->base, &ac->optimizer, &config_of(ac)->optimizer, ac->params,
                      ac->gradient, learning_rate(ac), config_of(ac)->max_grad_norm);
}

void bhi_actor_critic_show_begin(bhi_actor_critic *ac)
{
    if (!bhi_begin_update(&ac->base) || ac->n_log_std == 0 || ac->sde_std != NULL) return;
    BHI_SHOW(&ac->base, "log_std", ac->params + ac->policy.n_params, 1, ac->n_log_std);
}

void bhi_actor_critic_show(bhi_actor_critic *ac, const bhi_rollout_batch *b, int B)
{
    bhi_agent *agent = &ac->base;
    if (!bhi_is_watched(agent)) return;
    BHI_SHOW(agent, "x_tm1", b->x, B, agent->spec.observation.n);
    if (ac->n_log_std == 0) BHI_SHOW(agent, "a_tm1", b->a, 1, B);
    BHI_SHOW(agent, "box_tm1", b->box, B, ac->A);
    BHI_SHOW(agent, "old_log_prob", b->old_log_prob, 1, B);
    BHI_SHOW(agent, "old_values", b->old_values, 1, B);
    BHI_SHOW(agent, "advantages", b->advantages, 1, B);
    BHI_SHOW(agent, "returns", b->returns, 1, B);
    BHI_SHOW(agent, ac->n_log_std == 0 ? "logits" : "mean",
             bhi_net_output(&ac->policy, ac->policy_acts, B), B, ac->A);
    if (!ac->has_no_critic)
        BHI_SHOW(agent, "v_tm1", bhi_net_output(&ac->value, ac->value_acts, B), 1, B);
}

void bhi_actor_critic_log_losses(bhi_actor_critic *ac, const bh_policy_stats *stats, int has_values,
                                 double value_loss, double mean_value)
{
    bhi_agent_log(&ac->base, BHI_METRIC_LOSS,
                  stats->loss + (has_values ? config_of(ac)->vf_coef * value_loss : 0));
    bhi_agent_log(&ac->base, BHI_METRIC_POLICY_LOSS, stats->policy_loss);
    bhi_agent_log(&ac->base, BHI_METRIC_ENTROPY_LOSS, -stats->entropy);
    if (!has_values) return;
    bhi_agent_log(&ac->base, BHI_METRIC_VALUE, mean_value);
    bhi_agent_log(&ac->base, BHI_METRIC_VALUE_LOSS, value_loss);
}

// Variance of x[i] - minus[i] over the cells at index; minus may be NULL for 0.
static double variance(const bh_real *x, const bh_real *minus, const int *index, int n)
{
    double mean = 0, squares = 0;
    for (int pass = 0; pass < 2; pass++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
            double d = (double)x[index[k]] - (minus != NULL ? (double)minus[index[k]] : 0) - mean;
            sum += pass == 0 ? d : d * d;
        }
        if (pass == 0) mean = sum / n;
        else squares = sum;
    }
    return squares / n;
}

void bhi_actor_critic_log_explained_variance(bhi_actor_critic *ac, const bh_real *v,
                                             const bh_real *returns, const int *index, int n)
{
    double all = variance(returns, NULL, index, n);
    if (all == 0) return;
    bhi_agent_log(&ac->base, BHI_METRIC_EXPLAINED_VARIANCE,
                  1 - variance(returns, v, index, n) / all);
}

// ---- entries of bhi_agent_functions ----

void bhi_actor_critic_encode(bhi_actor_critic *ac, const float *obs, int i, int B)
{
    const bh_space *space = &ac->base.spec.observation;
    size_t S = (size_t)space->n, F = (size_t)bh_space_floats(space);
    for (int b = 0; b < B; b++)
        bhi_encode(ac->x + (size_t)b * S, obs + (size_t)(i + b) * F, &ac->base.encoder);
    bhi_encode_mask(ac->legal, obs + (size_t)i * F, B, &ac->base.encoder);
}

void bhi_actor_critic_act(void *agent, int *actions, unsigned char *explored, const float *obs,
                          int n)
{
    bhi_actor_critic *ac = agent;
    bhi_actor_critic_encode(ac, obs, 0, n);
    const bh_real *logits = bhi_actor_critic_outputs(ac, ac->x, n);
    for (int i = 0; i < n; i++) ac->uniform[i] = bh_rng_uniform(&ac->act_rng);
    bh_policy_sample(actions, logits, ac->uniform, n, ac->A);
    bh_policy_mode(ac->mode, logits, n, ac->A);
    for (int i = 0; i < n; i++) explored[i] = actions[i] != ac->mode[i];
}

int bhi_actor_critic_act_rngs(void *agent, bh_rng **out)
{
    out[0] = &((bhi_actor_critic *)agent)->act_rng;
    return 1;
}

void bhi_actor_critic_rates(const void *agent, bhi_agent_metrics *out)
{
    out->learning_rate = learning_rate(agent);
}

void bhi_actor_critic_log_probs(void *agent, const void *params, double *q, const float *obs, int n)
{
    bhi_actor_critic *ac = agent;
    int A = ac->A;
    bh_real *log_p = ac->policy_dacts;
    for (int i = 0; i < n; i += ac->rows) {
        int B = n - i < ac->rows ? n - i : ac->rows;
        bhi_actor_critic_encode(ac, obs, i, B);
        const bh_real *logits = bhi_actor_critic_outputs_under(ac, params, ac->x, B);
        bh_policy_log_softmax(log_p, logits, B, A);
        for (int j = 0; j < B * A; j++) q[(size_t)i * (size_t)A + (size_t)j] = (double)log_p[j];
    }
}

int bhi_actor_critic_state_values(void *agent, double *v, const float *obs, int n)
{
    bhi_actor_critic *ac = agent;
    if (ac->has_no_critic) return 0;
    for (int i = 0; i < n; i += ac->rows) {
        int B = n - i < ac->rows ? n - i : ac->rows;
        bhi_actor_critic_encode(ac, obs, i, B);
        const bh_real *values = bhi_actor_critic_values(ac, ac->x, B);
        for (int b = 0; b < B; b++) v[i + b] = (double)values[b];
    }
    return 1;
}

void *bhi_actor_critic_params(void *agent, size_t *bytes)
{
    bhi_actor_critic *ac = agent;
    *bytes = (size_t)ac->n_params * sizeof *ac->params;
    return ac->params;
}

int bhi_actor_critic_networks(void *agent, bhi_agent_net *out)
{
    bhi_actor_critic *ac = agent;
    out[0] = (bhi_agent_net){&ac->policy, ac->params, BHI_ROLE_POLICY};
    if (ac->has_no_critic) return 1;
    out[1] = (bhi_agent_net){&ac->value, ac->params + ac->n_policy, BHI_ROLE_STATE_VALUE};
    return 2;
}

int bhi_actor_critic_log_prior(void *agent, double *log_p, const float *obs, int n)
{
    bhi_actor_critic *ac = agent;
    bhi_actor_critic_log_probs(agent, ac->reference, log_p, obs, n);
    return 1;
}

int bhi_actor_critic_tensors(const void *agent, void *params, bh_tensor *out)
{
    static const bhi_tensor_names policy = {"pi_features_extractor", "mlp_extractor.policy_net",
                                            "action_net"};
    static const bhi_tensor_names value = {"vf_features_extractor", "mlp_extractor.value_net",
                                           "value_net"};
    const bhi_actor_critic *ac = agent;
    bh_real *p = params;
    int n = bhi_net_tensors(&ac->policy, p, &policy, out);
    return n + bhi_net_tensors(&ac->value, p + ac->n_policy, &value, out + n);
}
