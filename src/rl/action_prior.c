// SPDX-License-Identifier: MIT
// What is known of actions beforehand.
#include "rl/action_prior.h"

#include "core/fmath.h"
#include "core/logits.h"
#include "rl/net_tensors.h"
#include "rl/replay.h"

#include <assert.h>
#include <string.h>

// ---- sizes ----

static bhi_net_spec prior_spec(const bhi_net_spec *net)
{
    return (bhi_net_spec){.inputs = net->inputs,
                          .extractor = net->extractor,
                          .transformer = net->transformer,
                          .outputs = net->transformer.V,
                          .atoms = 1};
}

static int wants_prior(const bhi_action_prior_settings *settings, const bh_agent_spec *spec,
                       const bhi_net_spec *net)
{
    return BH_HAS_TEXT && settings->prior && spec->text != NULL &&
           net->extractor == BHI_TRANSFORMER;
}

void bhi_transformer_over(bhi_net_spec *net, const bh_space *space)
{
    if (net->extractor != BHI_TRANSFORMER || space->dtype != BH_SPACE_TOKEN) return;
    net->transformer.V = (int)space->high[0] + 1;
    net->transformer.T = space->n;
}

bh_status bhi_transformer_check(const char *name, const bhi_net_spec *net,
                                const bh_agent_spec *spec, bh_error *err)
{
    const bhi_transformer_spec *t = &net->transformer;
    if (spec->observation.kind != BH_SPACE_BOX || spec->observation.dtype != BH_SPACE_TOKEN) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "%s: features_extractor transformer needs observations that are text; leave "
                       "it at flatten here",
                       name);
    }
    if (bhi_net_fits(net)) return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG,
                   "%s: d_model is %d, but must be a multiple of 4 times n_heads, which is %d",
                   name, t->C, 4 * t->H);
}

double bhi_transformer_units(const bhi_net_spec *net)
{
    const bhi_transformer_spec *t = &net->transformer;
    double position = 20.0 * t->C + (double)t->H * t->T;
    return t->T * (position * t->L + 8.0 * t->C);
}

bhi_action_prior bhi_action_prior_shape(const bhi_action_prior_settings *settings,
                                        const bh_agent_spec *spec, const bhi_net_spec *net,
                                        int rows)
{
    bhi_action_prior prior = {
        .task = spec->text, .A = spec->n_actions, .rows = rows, .n_text = spec->observation.n};
    if (wants_prior(settings, spec, net)) {
        bhi_net_spec own = prior_spec(net);
        prior.has_prior = 1;
        prior.net = bhi_net_shape(&own);
    }
    return prior;
}

void bhi_action_prior_layout(bhi_action_prior *g, bhi_arena *arena)
{
    if (g->task == NULL) return;
    size_t rows = (size_t)g->rows, A = (size_t)g->A;
    g->bias = bhi_arena_array(arena, rows * A, sizeof *g->bias);
    g->obs = bhi_arena_array(arena, BH_TOKENS_MAX, sizeof *g->obs);
    g->allowed = bhi_arena_array(arena, A, sizeof *g->allowed);
    if (!g->has_prior) return;
    g->log_p = bhi_arena_array(arena, rows * A, sizeof *g->log_p);
    g->params = bhi_arena_array(arena, (size_t)g->net.n_params, sizeof *g->params);
    g->acts = bhi_arena_array(arena, bhi_net_acts(&g->net, g->rows), sizeof *g->acts);
}

// ---- choosing ----

static const unsigned char *allowed_in(bhi_action_prior *g, const bh_real *x)
{
    memset(g->allowed, 1, (size_t)g->A);
    if (g->task->allowed == NULL) return g->allowed;
    for (int t = 0; t < g->n_text; t++) g->obs[t] = (float)x[t];
    g->task->allowed(g->allowed, g->obs);
    return g->allowed;
}

// One row: logits (V) of the next token become log-probabilities of the allowed actions.
static void over_actions(bhi_action_prior *g, bh_real *log_p, const bh_real *logits,
                         const bh_real *x)
{
    const unsigned char *allowed = allowed_in(g, x);
    for (int a = 0; a < g->A; a++) {
        log_p[a] = allowed[a] ? logits[g->task->action_tokens[a]] : BHI_NOT_ALLOWED;
    }
    double sum = bhi_log_sum_exp(log_p, g->A);
    for (int a = 0; a < g->A; a++) {
        if (allowed[a]) log_p[a] = (bh_real)((double)log_p[a] - sum);
    }
}

const bh_real *bhi_action_prior_log_p(bhi_action_prior *g, const bh_real *x, int B)
{
    if (!g->is_known) return NULL;
    assert(B <= g->rows);
    int V = g->net.outputs;
    const bh_real *logits = bhi_net_forward(&g->net, g->params, g->acts, x, B);
    for (int b = 0; b < B; b++) {
        over_actions(g, g->log_p + b * g->A, logits + b * V, x + b * g->n_text);
    }
    return g->log_p;
}

const bh_real *bhi_action_prior_bias(bhi_action_prior *g, double beta, const bh_real *x, int B)
{
    if (g->task == NULL) return NULL;
    const bh_real *log_p = beta > 0 ? bhi_action_prior_log_p(g, x, B) : NULL;
    if (log_p == NULL && g->task->allowed == NULL) return NULL;
    for (int b = 0; b < B; b++) {
        bh_real *bias = g->bias + b * g->A;
        const unsigned char *allowed = allowed_in(g, x + b * g->n_text);
        for (int a = 0; a < g->A; a++) {
            bh_real prior = log_p != NULL ? (bh_real)beta * log_p[b * g->A + a] : 0;
            bias[a] = allowed[a] ? prior : BHI_NOT_ALLOWED;
        }
    }
    return g->bias;
}

int bhi_action_prior_log_p_of(bhi_action_prior *g, double *log_p, bh_real *x, const float *obs,
                              int n, const bh_space *space)
{
    if (!g->is_known) return 0;
    for (int i = 0; i < n; i += g->rows) {
        int B = n - i < g->rows ? n - i : g->rows;
        for (int b = 0; b < B; b++)
            bhi_encode(x + b * g->n_text, obs + (size_t)(i + b) * (size_t)g->n_text, space);
        const bh_real *p = bhi_action_prior_log_p(g, x, B);
        for (int j = 0; j < B * g->A; j++)
            log_p[(size_t)i * (size_t)g->A + (size_t)j] = (double)p[j];
    }
    return 1;
}

// The n-th of the allowed actions that are likelier than others: all of them, or the top_k most probable.
static int nth_of_top(const bhi_action_prior *g, const bh_real *log_p, int n)
{
    for (int a = 0; a < g->A; a++) {
        int before = 0;
        if (log_p[a] == BHI_NOT_ALLOWED) continue;
        for (int i = 0; i < g->A; i++) {
            before += log_p[i] > log_p[a] || (log_p[i] == log_p[a] && i < a);
        }
        if (before == n) return a;
    }
    return 0;
}

static int uniform_allowed(bhi_action_prior *g, const bh_real *x, bh_rng *rng)
{
    const unsigned char *allowed = allowed_in(g, x);
    int n = 0;
    for (int a = 0; a < g->A; a++) n += allowed[a] != 0;
    int k = (int)bh_rng_below(rng, (uint32_t)(n > 0 ? n : 1));
    for (int a = 0; a < g->A; a++) {
        if (allowed[a] && k-- == 0) return a;
    }
    return 0;
}

int bhi_action_prior_random(bhi_action_prior *g, const bhi_action_prior_settings *settings,
                            const bh_real *x, bh_rng *rng)
{
    if (g->task == NULL) return (int)bh_rng_below(rng, (uint32_t)g->A);
    if (settings->random == BHI_RANDOM_UNIFORM || !g->is_known) return uniform_allowed(g, x, rng);
    const bh_real *log_p = bhi_action_prior_log_p(g, x, 1);
    if (settings->random == BHI_RANDOM_TOP_K) {
        int n = 0;
        for (int a = 0; a < g->A; a++) n += log_p[a] != BHI_NOT_ALLOWED;
        if (settings->top_k < n) n = settings->top_k;
        return nth_of_top(g, log_p, (int)bh_rng_below(rng, (uint32_t)n));
    }
    double u = bh_rng_uniform(rng);
    for (int a = 0; a < g->A; a++) {
        u -= bh_exp((double)log_p[a]);
        if (u < 0) return a;
    }
    return bhi_argmax(log_p, g->A);
}

// ---- language models ----

static bh_status check_vocabulary(const bh_text_task *task, const bh_language_weights *lm,
                                  bh_error *err)
{
    if (lm->net->spec.V != task->n_tokens) {
        return bh_fail(err, BH_ERR_SHAPE,
                       "the language model has %d tokens, but the environment's vocabulary %d: it "
                       "was made for another one",
                       lm->net->spec.V, task->n_tokens);
    }
    for (int id = 1; id < task->n_tokens; id++) {
        size_t n;
        const char *theirs = lm->token(lm->user, id, &n), *own = task->token(id);
        if (strlen(own) == n && memcmp(own, theirs, n) == 0) continue;
        return bh_fail(
            err, BH_ERR_SHAPE,
            "token %d of the language model is '%.*s', but of the environment '%s': it was "
            "made for another vocabulary",
            id, (int)n, theirs, own);
    }
    return BH_OK;
}

bh_status bhi_language_check(const bhi_net *net, const bh_text_task *task,
                             const bh_language_weights *lm, bh_error *err)
{
    if (task == NULL || net->n_layers == 0 || !net->layers[0].is_transformer) {
        return bh_fail(
            err, BH_ERR_CONFIG,
            "a language model needs an environment of text and features_extractor transformer");
    }
    const bhi_transformer_spec *own = &net->transformer.spec, *theirs = &lm->net->spec;
    const struct {
        const char *name;
        int own, theirs;
    } sizes[] = {{"d_model", own->C, theirs->C},
                 {"n_heads", own->H, theirs->H},
                 {"n_layers", own->L, theirs->L},
                 {"context", own->T, theirs->T}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i].own == sizes[i].theirs) continue;
        return bh_fail(err, BH_ERR_SHAPE, "%s of the language model is %d, but here it is %d",
                       sizes[i].name, sizes[i].theirs, sizes[i].own);
    }
    return check_vocabulary(task, lm, err);
}

void bhi_language_body(const bhi_net *net, bh_real *params, const bh_language_weights *lm)
{
    memcpy(params + net->layers[0].w_at, lm->params,
           (size_t)net->transformer.n_params * sizeof *params);
}

// The weight of feature c in the logit of a token.
static bh_real head_weight(const bh_language_weights *lm, int c, int token)
{
    int C = lm->net->spec.C, V = lm->net->spec.V;
    return lm->tied ? lm->params[lm->net->wte + token * C + c] : lm->head[c * V + token];
}

void bhi_language_head(const bhi_net *net, bh_real *params, const bh_text_task *task, int A,
                       const bh_language_weights *lm)
{
    const bhi_layer *last = &net->layers[net->n_layers - 1];
    int C = lm->net->spec.C;
    if (last->inputs != C || last->outputs != A) return; // hidden layers, or a head of another kind
    for (int a = 0; a < A; a++) {
        int token = task != NULL ? task->action_tokens[a] : a;
        for (int c = 0; c < C; c++) params[last->w_at + c * A + a] = head_weight(lm, c, token);
        params[last->b_at + a] = 0;
    }
}

int bhi_action_prior_tensors(const bhi_action_prior *g, bh_tensor *out)
{
    static const bhi_tensor_names names = {"prior.features_extractor", "prior", "prior.lm_head"};
    return g->has_prior ? bhi_net_tensors(&g->net, g->params, &names, out) : 0;
}

bh_status bhi_action_prior_set_model(bhi_action_prior *g, const bh_language_weights *lm,
                                     bh_error *err)
{
    if (!g->has_prior) return BH_OK;
    bh_status status = bhi_language_check(&g->net, g->task, lm, err);
    if (status != BH_OK) return status;
    bhi_language_body(&g->net, g->params, lm);
    bhi_language_head(&g->net, g->params, NULL, g->net.outputs, lm);
    g->is_known = 1;
    return BH_OK;
}
