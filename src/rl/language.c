// SPDX-License-Identifier: MIT
// Agents that start from a language model.
#include "rl/language.h"

#include "core/fmath.h"
#include "core/logits.h"
#include "rl/agent_net.h"
#include "rl/net_tensors.h"
#include "rl/replay.h"

#include <assert.h>
#include <string.h>

// ---- the prior ----

// One row: logits (V) of the next token become log-probabilities of the allowed actions.
static void over_actions(bhi_action_prior *g, bh_real *log_p, const bh_real *logits,
                         const bh_real *x)
{
    const unsigned char *allowed = bhi_action_prior_allowed(g, x);
    for (int a = 0; a < g->A; a++) {
        log_p[a] = allowed[a] ? logits[g->task->action_tokens[a]] : BHI_NOT_ALLOWED;
    }
    double sum = bhi_log_sum_exp(log_p, g->A);
    for (int a = 0; a < g->A; a++) {
        if (allowed[a]) log_p[a] = (bh_real)((double)log_p[a] - sum);
    }
}

static const bh_real *log_p_of(bhi_action_prior *g, const bh_real *x, int B)
{
    assert(B <= g->rows);
    int V = g->net.outputs;
    const bh_real *logits = bhi_net_forward(&g->net, g->params, g->acts, x, B);
    for (int b = 0; b < B; b++) {
        over_actions(g, g->log_p + b * g->A, logits + b * V, x + b * g->n_text);
    }
    return g->log_p;
}

// Of observations as environments write them, any number of them.
static int log_prior(bhi_action_prior *g, double *log_p, const float *obs, int n,
                     const bhi_encoder *encoder)
{
    bh_real *x = g->x;
    for (int i = 0; i < n; i += g->rows) {
        int B = n - i < g->rows ? n - i : g->rows;
        for (int b = 0; b < B; b++)
            bhi_encode(x + b * g->n_text, obs + (size_t)(i + b) * (size_t)g->n_text, encoder);
        const bh_real *p = log_p_of(g, x, B);
        for (int j = 0; j < B * g->A; j++)
            log_p[(size_t)i * (size_t)g->A + (size_t)j] = (double)p[j];
    }
    return 1;
}

// The n-th of the allowed actions that are likelier than others: all of them, or the top_k most
// probable.
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

static int draw(bhi_action_prior *g, const bh_action_prior_config *settings, const bh_real *x,
                bh_rng *rng)
{
    const bh_real *log_p = log_p_of(g, x, 1);
    if (settings->random_actions == BHI_RANDOM_TOP_K) {
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

// ---- networks ----

// An encoder-decoder without a separator stays one, which cannot be.
static void observe(bhi_net_spec *net, const bhi_agent_spec *spec)
{
    int is_pair = net->extractor == BHI_ENCODER_DECODER;
    net->body = &bhi_transformer_body;
    net->transformer.V = (int)spec->observation.high[0] + 1;
    net->transformer.T = spec->observation.n;
    net->transformer.separator = is_pair ? spec->text->source_ends_at : 0;
    if (!is_pair || net->transformer.separator > 0) net->extractor = BHI_TRANSFORMER;
}

static bh_status check_net(const char *name, const bhi_net_spec *net, bh_error *err)
{
    const bhi_transformer_spec *t = &net->transformer;
    if (net->extractor == BHI_ENCODER_DECODER) {
        return bh_fail(
            err, BH_ERR_CONFIG,
            "%s: features_extractor is encoder-decoder, but must be transformer here: only texts "
            "of a source and a target, as those of Translate-v0 and Summarize-v0, have one to "
            "encode",
            name);
    }
    if (bhi_net_fits(net)) return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG,
                   "%s: d_model is %d, but must be a multiple of 4 times n_heads, which is %d",
                   name, t->C, 4 * t->H);
}

// ---- whether it fits ----

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

// Whether the model fits a network over the task's vocabulary.
static bh_status check(const bhi_net *net, const bh_text_task *task, const bh_language_weights *lm,
                       bh_error *err)
{
    if (task == NULL || net->n_layers == 0 || net->layers[0].body == NULL) {
        return bh_fail(
            err, BH_ERR_CONFIG,
            "a language model needs an environment of text and features_extractor transformer");
    }
    const bhi_transformer_spec *own = &net->transformer.spec, *theirs = &lm->net->spec;
    if (own->separator != theirs->separator) {
        static const char *const extractors[] = {"transformer", "encoder-decoder"};
        return bh_fail(err, BH_ERR_SHAPE,
                       "the language model needs features_extractor %s, but here it is %s",
                       extractors[theirs->separator > 0], extractors[own->separator > 0]);
    }
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

// ---- taking it over ----

static void copy_body(const bhi_net *net, bh_real *params, const bh_language_weights *lm)
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

// What the model says of the actions, into the network's last layer, a linear one on the features.
// task NULL: of all tokens.
static void copy_head(const bhi_net *net, bh_real *params, const bh_text_task *task,
                      const bh_language_weights *lm)
{
    const bhi_layer *last = &net->layers[net->n_layers - 1];
    int C = lm->net->spec.C, A = net->outputs;
    if (last->inputs != C || last->outputs != A) return; // hidden layers, or a head of another kind
    for (int a = 0; a < A; a++) {
        int token = task != NULL ? task->action_tokens[a] : a;
        for (int c = 0; c < C; c++) params[last->w_at + c * A + a] = head_weight(lm, c, token);
        params[last->b_at + a] = 0;
    }
}

// Values that are 0 everywhere leave the choice to the prior: the agent starts as what the model
// says, and not as what random values make of it.
static void zero_output_layer(const bhi_net *net, bh_real *params)
{
    const bhi_layer *last = &net->layers[net->n_layers - 1];
    size_t n = (size_t)(last->inputs + 1) * (size_t)last->outputs;
    memset(params + last->w_at, 0, n * sizeof *params);
}

static bh_status set_prior(bhi_action_prior *prior, const bh_language_weights *lm, bh_error *err)
{
    if (prior == NULL || !prior->has_prior) return BH_OK;
    bh_status status = check(&prior->net, prior->task, lm, err);
    if (status != BH_OK) return status;
    copy_body(&prior->net, prior->params, lm);
    copy_head(&prior->net, prior->params, NULL, lm);
    prior->is_known = 1;
    return BH_OK;
}

bh_status bhi_language_start(bhi_agent *agent, const bh_language_weights *lm, bh_error *err)
{
    const bhi_agent_functions *functions = agent->class->functions;
    const bh_text_task *task = agent->spec.text;
    if (functions->log_prior == NULL && functions->action_prior == NULL) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "%s cannot start from a language model; use dqn, ppo or reinforce",
                       agent->class->name);
    }
    bhi_agent_net nets[BHI_AGENT_NETS_MAX];
    int n = functions->networks(agent, nets);
    bh_status status = check(nets[0].net, task, lm, err);
    if (status == BH_OK && functions->action_prior != NULL)
        status = set_prior(functions->action_prior(agent), lm, err);
    if (status != BH_OK) return status;
    for (int i = 0; i < n; i++) {
        copy_body(nets[i].net, nets[i].params, lm);
        if (nets[i].role == BHI_ROLE_POLICY) copy_head(nets[i].net, nets[i].params, task, lm);
        if (nets[i].role == BHI_ROLE_ACTION_VALUES) zero_output_layer(nets[i].net, nets[i].params);
    }
    if (functions->params_changed != NULL) functions->params_changed(agent);
    return BH_OK;
}

int bhi_language_log_prior(bhi_agent *agent, double *log_p, const float *obs, int n)
{
    const bhi_agent_functions *functions = agent->class->functions;
    if (functions->log_prior != NULL) return functions->log_prior(agent, log_p, obs, n);
    bhi_action_prior *prior =
        functions->action_prior != NULL ? functions->action_prior(agent) : NULL;
    if (prior == NULL || !prior->is_known) return 0;
    return log_prior(prior, log_p, obs, n, &agent->encoder);
}

// ---- the table ----

static int tensors(const bhi_action_prior *g, bh_tensor *out)
{
    static const bhi_tensor_names names = {"prior.features_extractor", "prior", "prior.lm_head"};
    return g->has_prior ? bhi_net_tensors(&g->net, g->params, &names, out) : 0;
}

const struct bh_language bh_language = {observe, check_net, log_p_of, draw, tensors};
