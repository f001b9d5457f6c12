// SPDX-License-Identifier: MIT
// What the tests of the policy-gradient agents share: a made-up stream of experience, and the loss
// written out in double from its definition, for finite differences.
#pragma once

#include "rl/actor_critic.h"

#include "check.h"

enum { PA_S = 3, PA_A = 3, PA_E = 2 };

static const bh_space pa_box = {BH_SPACE_BOX, PA_S, NULL, NULL};

static inline bhi_agent_spec pa_spec(int n_envs, int total_timesteps)
{
    return (bhi_agent_spec){pa_box, PA_A, n_envs, total_timesteps, bh_rng_seed(5), NULL};
}

/// Option names and values in turn, over the table's defaults.
static inline void pa_configure(const bh_config_table *table, void *config,
                                const char *const *options)
{
    bh_config_defaults(table, config);
    for (; options[0] != NULL; options += 2) {
        bh_error err = {0};
        if (!CHECK_STATUS(bh_config_set(table, config, options[0], options[1], &err), BH_OK))
            printf("    %s\n", err.message);
    }
}

static inline void *pa_create(const bh_agent_class *agent, const void *config, bhi_agent_spec spec)
{
    bhi_agent *out;
    bh_error err = {0};
    if (!CHECK_STATUS(bhi_agent_create(&out, agent, config, &spec, &err), BH_OK))
        printf("    %s\n", err.message);
    return out;
}

static inline bhi_agent_metrics pa_stats(const bh_agent_class *agent, void *a)
{
    bhi_agent_metrics stats;
    (void)agent;
    bhi_agent_stats(a, &stats);
    return stats;
}

/// One step of PA_E environments: what they showed, what was done, what came of it.
typedef struct pa_step {
    float obs_tm1[PA_E * PA_S], obs_t[PA_E * PA_S];
    int a_tm1[PA_E];
    double r_t[PA_E];
    int terminated_t[PA_E], truncated_t[PA_E];
} pa_step;

/// n steps. Environment 0 terminates after step 2, environment 1 is truncated after step 3 and
/// terminates after step n - 1; what they show then is not what they show next.
static inline void pa_make_steps(pa_step *steps, int n, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    for (int t = 0; t < n; t++) {
        pa_step *s = &steps[t];
        for (int e = 0; e < PA_E; e++) {
            int starts = t == 0 || steps[t - 1].terminated_t[e] || steps[t - 1].truncated_t[e];
            for (int i = 0; i < PA_S; i++) {
                int k = e * PA_S + i;
                float fresh = (float)bh_rng_normal(&rng);
                s->obs_tm1[k] = starts ? fresh : steps[t - 1].obs_t[k];
                s->obs_t[k] = (float)bh_rng_normal(&rng);
            }
            s->a_tm1[e] = (int)bh_rng_below(&rng, PA_A);
            s->r_t[e] = bh_rng_normal(&rng);
            s->terminated_t[e] = (e == 0 && t == 2) || (e == 1 && t == n - 1);
            s->truncated_t[e] = e == 1 && t == 3;
        }
    }
}

static inline void pa_observe(const bh_agent_class *agent, void *a, const pa_step *s)
{
    agent->functions->observe(a, &(bh_experience){PA_E, s->obs_tm1, s->a_tm1, s->r_t,
                                                  s->terminated_t, s->truncated_t, s->obs_t});
    bhi_agent_learn(a);
}

// ---- networks, by their forward pass alone ----

enum { PA_ROWS = 32, PA_ACTS = PA_ROWS * 40 };

static inline void pa_logits(const bhi_actor_critic *ac, const bh_real *params, bh_real *logits,
                             const bh_real *x, int B)
{
    static bh_real acts[PA_ACTS];
    CHECK(bhi_net_acts(&ac->policy, B) <= PA_ACTS);
    memcpy(logits, bhi_net_forward(&ac->policy, params, acts, x, B),
           (size_t)(B * PA_A) * sizeof *x);
}

static inline void pa_values(const bhi_actor_critic *ac, const bh_real *params, bh_real *v,
                             const bh_real *x, int B)
{
    static bh_real acts[PA_ACTS];
    CHECK(bhi_net_acts(&ac->value, B) <= PA_ACTS);
    memcpy(v, bhi_net_forward(&ac->value, params + ac->n_policy, acts, x, B),
           (size_t)B * sizeof *x);
}

static inline void pa_inputs(bh_real *x, const float *obs)
{
    for (int i = 0; i < PA_S; i++) x[i] = (bh_real)obs[i];
}

static inline double pa_value(const bhi_actor_critic *ac, const bh_real *params, const float *obs)
{
    bh_real x[PA_S], v;
    pa_inputs(x, obs);
    pa_values(ac, params, &v, x, 1);
    return (double)v;
}

// ---- the loss, from its definition ----

/// What a loss is of. clip_range 0: REINFORCE; clip_range_vf 0: values are not clipped.
typedef struct pa_batch {
    int B;
    bh_real x[PA_ROWS * PA_S];
    int a[PA_ROWS];
    double old_log_prob[PA_ROWS], advantages[PA_ROWS], returns[PA_ROWS], old_values[PA_ROWS];
    double clip_range, clip_range_vf, ent_coef, vf_coef;
} pa_batch;

/// Log-probability of action a and entropy of a row of logits.
static inline double pa_log_prob(const bh_real *logits, int a, double *entropy)
{
    double sum = 0;
    for (int i = 0; i < PA_A; i++) sum += exp((double)logits[i]);
    *entropy = 0;
    for (int i = 0; i < PA_A; i++)
        *entropy -= exp((double)logits[i]) / sum * ((double)logits[i] - log(sum));
    return (double)logits[a] - log(sum);
}

static inline double pa_clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static inline double pa_loss(const bhi_actor_critic *ac, const bh_real *params, const pa_batch *b)
{
    bh_real logits[PA_ROWS * PA_A], v[PA_ROWS];
    double loss = 0;
    pa_logits(ac, params, logits, b->x, b->B);
    pa_values(ac, params, v, b->x, b->B);
    for (int i = 0; i < b->B; i++) {
        double entropy, log_prob = pa_log_prob(logits + i * PA_A, b->a[i], &entropy);
        double advantage = b->advantages[i], value = (double)v[i];
        if (b->clip_range > 0) {
            double ratio = exp(log_prob - b->old_log_prob[i]);
            double clipped = pa_clip(ratio, 1 - b->clip_range, 1 + b->clip_range);
            loss -=
                ratio * advantage < clipped * advantage ? ratio * advantage : clipped * advantage;
        } else {
            loss -= log_prob * advantage;
        }
        if (b->clip_range_vf > 0) {
            value = b->old_values[i] +
                    pa_clip(value - b->old_values[i], -b->clip_range_vf, b->clip_range_vf);
        }
        loss +=
            b->vf_coef * (b->returns[i] - value) * (b->returns[i] - value) - b->ent_coef * entropy;
    }
    return loss / b->B;
}

/// Largest distance of a gradient from finite differences, in all parameters.
static inline double pa_gradient_error(const bhi_actor_critic *ac, const bh_real *params,
                                       const bh_real *gradient, const pa_batch *b)
{
    int in_double = sizeof(bh_real) == sizeof(double);
    double h = in_double ? 1e-5 : 1e-2, worst = 0;
    static bh_real moved[1000];
    CHECK(ac->n_params <= 1000);
    memcpy(moved, params, (size_t)ac->n_params * sizeof *moved);
    for (int p = 0; p < ac->n_params; p++) {
        moved[p] = params[p] + (bh_real)h;
        double up = pa_loss(ac, moved, b), to = (double)moved[p];
        moved[p] = params[p] - (bh_real)h;
        double slope = (up - pa_loss(ac, moved, b)) / (to - (double)moved[p]);
        moved[p] = params[p];
        if (!(fabs(slope - (double)gradient[p]) <= worst))
            worst = fabs(slope - (double)gradient[p]);
    }
    return worst;
}

/// 1e-6 where networks are computed in double.
static inline double pa_tolerance(double in_float)
{
    return sizeof(bh_real) == sizeof(double) ? 1e-6 : in_float;
}
