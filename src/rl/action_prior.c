// SPDX-License-Identifier: MIT
// Action masks and language-model priors.
#include "rl/action_prior.h"

#include "rl/language.h"

#include <string.h>

// ---- sizes ----

static bhi_net_spec prior_spec(const bhi_net_spec *net)
{
    return (bhi_net_spec){.inputs = net->inputs,
                          .extractor = net->extractor,
                          .body = net->body,
                          .transformer = net->transformer,
                          .outputs = net->transformer.V,
                          .atoms = 1};
}

static int wants_prior(const bh_action_prior_config *settings, const bhi_agent_spec *spec,
                       const bhi_net_spec *net)
{
    return settings->is_kept && spec->text != NULL && net->extractor == BHI_TRANSFORMER;
}

bhi_action_prior bhi_action_prior_shape(const bh_action_prior_config *settings,
                                        const bhi_agent_spec *spec, const bhi_net_spec *net,
                                        int rows)
{
    bhi_action_prior prior = {.task = spec->text,
                              .is_masked = spec->observation.n_masked > 0,
                              .A = spec->n_actions,
                              .rows = rows,
                              .n_text = spec->observation.n};
    if (wants_prior(settings, spec, net)) {
        bhi_net_spec own = prior_spec(net);
        prior.has_prior = 1;
        prior.net = bhi_net_shape(&own);
    }
    return prior;
}

void bhi_action_prior_layout(bhi_action_prior *g, bhi_arena *arena)
{
    if (!bhi_action_prior_needs_obs(g)) return;
    size_t rows = (size_t)g->rows, A = (size_t)g->A;
    g->bias = bhi_arena_array(arena, rows * A, sizeof *g->bias);
    if (g->task == NULL) return;
    g->obs = bhi_arena_array(arena, BH_TOKENS_MAX, sizeof *g->obs);
    g->allowed = bhi_arena_array(arena, A, sizeof *g->allowed);
    if (!g->has_prior) return;
    g->log_p = bhi_arena_array(arena, rows * A, sizeof *g->log_p);
    g->params = bhi_arena_array(arena, (size_t)g->net.n_params, sizeof *g->params);
    g->x = bhi_arena_array(arena, rows * (size_t)g->n_text, sizeof *g->x);
    g->acts = bhi_arena_array(arena, bhi_net_acts(&g->net, g->rows), sizeof *g->acts);
}

// ---- choosing ----

// What is no token, as observations from outside may have it, counts as padding.
const unsigned char *bhi_action_prior_allowed(bhi_action_prior *g, const bh_real *x)
{
    const bh_real V = (bh_real)g->task->n_tokens;
    memset(g->allowed, 1, (size_t)g->A);
    if (g->task->allowed == NULL) return g->allowed;
    for (int t = 0; t < g->n_text; t++)
        g->obs[t] = x[t] >= 0 && x[t] < V ? (float)x[t] : (float)BH_TOKEN_PAD;
    g->task->allowed(g->allowed, g->obs);
    return g->allowed;
}

static const bh_real *bias_of_masks(bhi_action_prior *g, const unsigned char *legal, int B)
{
    for (int i = 0; i < B * g->A; i++) g->bias[i] = legal[i] ? 0 : BHI_NOT_ALLOWED;
    return g->bias;
}

const bh_real *bhi_action_prior_bias(bhi_action_prior *g, double beta, const bh_real *x,
                                     const unsigned char *legal, int B)
{
    if (g->is_masked) return bias_of_masks(g, legal, B);
    if (g->task == NULL) return NULL;
    const bh_real *log_p = beta > 0 && g->is_known ? g->task->language->log_p(g, x, B) : NULL;
    if (log_p == NULL && g->task->allowed == NULL) return NULL;
    for (int b = 0; b < B; b++) {
        bh_real *bias = g->bias + b * g->A;
        const unsigned char *allowed = bhi_action_prior_allowed(g, x + b * g->n_text);
        for (int a = 0; a < g->A; a++) {
            bh_real prior = log_p != NULL ? (bh_real)beta * log_p[b * g->A + a] : 0;
            bias[a] = allowed[a] ? prior : BHI_NOT_ALLOWED;
        }
    }
    return g->bias;
}

int bhi_random_allowed(const unsigned char *allowed, int A, bh_rng *rng)
{
    int n = 0;
    for (int a = 0; a < A; a++) n += allowed[a] != 0;
    int k = (int)bh_rng_below(rng, (uint32_t)(n > 0 ? n : 1));
    for (int a = 0; a < A; a++) {
        if (allowed[a] && k-- == 0) return a;
    }
    return 0;
}

int bhi_action_prior_random(bhi_action_prior *g, const bh_action_prior_config *settings,
                            const bh_real *x, const unsigned char *legal, bh_rng *rng)
{
    if (g->is_masked) return bhi_random_allowed(legal, g->A, rng);
    if (g->task == NULL) return (int)bh_rng_below(rng, (uint32_t)g->A);
    if (settings->random_actions == BHI_RANDOM_UNIFORM || !g->is_known)
        return bhi_random_allowed(bhi_action_prior_allowed(g, x), g->A, rng);
    return g->task->language->draw(g, settings, x, rng);
}

void bhi_action_prior_state(bhi_action_prior *prior, bhi_state_visitor *visitor)
{
    if (!prior->has_prior) return;
    bhi_state_begin(visitor, "prior");
    bhi_state_within(visitor, 0, 1);
    BHI_STATE(visitor, "is_known", &prior->is_known, 1);
    BHI_STATE(visitor, "params", prior->params, prior->net.n_params);
    bhi_state_end(visitor);
}
