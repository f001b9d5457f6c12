// SPDX-License-Identifier: MIT
// Base of every agent: creation, metrics.
#include "rl/agent.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

// The config lies behind the agent's arrays. While sizes are measured and laid out `config` is the
// caller's, so that layouts can read it; from then on it is the copy.
static void layout(void *object, bhi_arena *arena)
{
    bhi_agent *agent = object;
    const bh_agent_class *class = agent->class;
    bhi_encoder_layout(&agent->encoder, arena, agent->spec.n_envs);
    if (class->functions->layout != NULL) class->functions->layout(agent, arena);
    void *copy = bhi_arena_array(arena, 1, class->config->bytes);
    if (copy == NULL) return;
    memcpy(copy, agent->config, class->config->bytes);
    agent->config = copy;
}

static bh_status fail_memory(const bh_agent_class *class, const void *config, size_t bytes,
                             bh_error *err)
{
    char buffer[200] = "";
    bh_text advice = bh_text_over(buffer, sizeof buffer);
    const char *const *names = class->functions->large_settings;
    for (int i = 0; names != NULL && names[i] != NULL; i++) {
        bh_text_add(&advice, "%s%s (",
                    i == 0                 ? "; lower "
                    : names[i + 1] != NULL ? ", "
                                           : " or ",
                    names[i]);
        bh_config_get(class->config, config, bh_config_find(class->config, names[i]), &advice);
        bh_text_add(&advice, ")");
    }
    return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory for %.0f MB%s", class->config->name,
                   (double)bytes / 1e6, buffer);
}

// The discount factor it learns with, which is an option of it and may be set while it runs.
static const double *gamma_of(const bhi_agent *agent)
{
    static const double of_the_others = 0.99;
    const bh_field *field = bh_config_find(agent->class->config, "gamma");
    if (field == NULL) return &of_the_others;
    return (const double *)(const void *)((const char *)agent->config + field->offset);
}

bh_status bhi_agent_create(bhi_agent **out, const bh_agent_class *class, const void *config,
                           const bhi_agent_spec *spec, bh_error *err)
{
    *out = NULL;
    bh_status status = bh_config_check(class->config, config, err);
    if (status != BH_OK) return status;
    bhi_agent *shape = bh_alloc(class->functions->bytes), *agent = NULL;
    if (shape == NULL) return fail_memory(class, config, class->functions->bytes, err);
    *shape = (bhi_agent){.class = class,
                         .spec = *spec,
                         .encoder = {.space = spec->observation, .spec = spec->encoder},
                         .config = (void *)(uintptr_t)config};
    if (class->functions->shape != NULL) status = class->functions->shape(shape, err);
    if (status == BH_OK) {
        agent = bhi_create(shape, class->functions->bytes, layout, &shape->bytes);
        if (agent == NULL) status = fail_memory(class, config, shape->bytes, err);
    }
    bh_free(shape, class->functions->bytes);
    if (status == BH_OK) bhi_encoder_init(&agent->encoder, gamma_of(agent));
    if (status == BH_OK && class->functions->init != NULL)
        status = class->functions->init(agent, err);
    if (status == BH_OK) *out = agent;
    else bhi_agent_destroy(agent);
    return status;
}

void bhi_agent_destroy(bhi_agent *agent)
{
    if (agent != NULL) bh_free(agent, agent->bytes);
}

int bh_agent_acts_in(const bh_agent_class *agent, bh_space_kind actions)
{
    const bhi_agent_functions *functions = agent->functions;
    return actions == BH_SPACE_BOX ? functions->act_box != NULL : functions->act != NULL;
}

double bhi_agent_progress(const bhi_agent *agent)
{
    return (double)agent->timesteps / agent->spec.total_timesteps;
}

void bhi_agent_log(bhi_agent *agent, int metric, double value)
{
    agent->sums[metric] += value;
    agent->counts[metric]++;
}

void bhi_agent_stats(bhi_agent *agent, bhi_agent_metrics *out)
{
    double means[BHI_N_METRICS];
    for (int i = 0; i < BHI_N_METRICS; i++) {
        means[i] = agent->counts[i] > 0 ? agent->sums[i] / agent->counts[i] : NAN;
        agent->sums[i] = 0;
        agent->counts[i] = 0;
    }
    *out = (bhi_agent_metrics){
        .loss = means[BHI_METRIC_LOSS],
        .mean_q = means[BHI_METRIC_VALUE],
        .grad_norm = means[BHI_METRIC_GRAD_NORM],
        .epsilon = NAN,
        .learning_rate = NAN,
        .n_updates = agent->n_updates,
    };
    const char *const *names = agent->class->metrics;
    for (int i = 0; names != NULL && names[i] != NULL; i++)
        out->extra[i] = means[BHI_METRIC_EXTRA + i];
    if (agent->class->functions->rates != NULL) agent->class->functions->rates(agent, out);
}

void bhi_agent_state(bhi_agent *agent, bhi_state_visitor *visitor)
{
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "timesteps", &agent->timesteps, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "n_updates", &agent->n_updates, 1);
    BHI_STATE(visitor, "metric_sums", agent->sums, BHI_N_METRICS);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "metric_counts", agent->counts, BHI_N_METRICS);
    // Only in the middle of learning, so that who reads it knows that by the entry (bh_run_resume).
    if (agent->piece > 0) BHI_STATE(visitor, "piece", &agent->piece, 1);
    bhi_encoder_state(&agent->encoder, visitor);
    agent->class->functions->state(agent, visitor);
}
