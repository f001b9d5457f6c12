// SPDX-License-Identifier: MIT
// The network of a language model.
#include "lm/lm_net.h"

#include "io/transformer_tensors.h"
#include "kernels/gemm.h"

#include <string.h>

bhi_lm_net bhi_lm_net_shape(const bhi_transformer_spec *spec, int tied)
{
    bhi_lm_net net = {.body = bhi_transformer_shape(spec), .tied = tied};
    net.head = tied ? net.body.wte : net.body.n_params;
    net.n_params = net.body.n_params + (tied ? 0 : spec->C * spec->V);
    return net;
}

void bhi_lm_net_init(const bhi_lm_net *net, bh_real *params, bh_rng *rng)
{
    bhi_transformer_init(&net->body, params, rng);
    for (int i = net->body.n_params; i < net->n_params; i++) {
        params[i] = (bh_real)(0.02 * bh_rng_normal(rng));
    }
}

// ---- the loss ----

int bhi_lm_net_part(int T)
{
    return T < BHI_LM_ROWS ? BHI_LM_ROWS / T : 1;
}

// The parts of the work block.
typedef struct places {
    bh_real *acts, *scratch, *logits, *dfeatures;
    size_t used;
} places;

static places lay(const bhi_lm_net *net, bh_real *work, int T)
{
    int B = bhi_lm_net_part(T);
    size_t R = (size_t)B * (size_t)T, n_acts = bhi_transformer_acts(&net->body, B, T);
    size_t n_scratch = bhi_transformer_scratch(&net->body, B, T);
    size_t n_logits = R * (size_t)net->body.spec.V, n_features = R * (size_t)net->body.spec.C;
    places at = {.acts = work, .used = n_acts + n_scratch + n_logits + n_features};
    if (work == NULL) return at;
    at.scratch = at.acts + n_acts;
    at.logits = at.scratch + n_scratch;
    at.dfeatures = at.logits + n_logits;
    return at;
}

size_t bhi_lm_net_work(const bhi_lm_net *net, int T)
{
    size_t most = 0; // shorter sequences may fill their parts better
    for (int t = 1; t <= T; t++) {
        size_t used = lay(net, NULL, t).used;
        if (used > most) most = used;
    }
    return most;
}

void bhi_lm_net_logits(const bhi_lm_net *net, const bh_real *params, bh_real *logits,
                       const bh_real *features, int R)
{
    int V = net->body.spec.V, C = net->body.spec.C;
    if (net->tied) bhi_gemm_nt(logits, features, params + net->head, NULL, R, V, C);
    else bhi_gemm_nn(logits, features, params + net->head, NULL, BHI_EPILOGUE_NONE, R, V, C);
}

// Gradients of the output's weights, added, and of the features (R,C), out.
static void logits_backward(const bhi_lm_net *net, const bh_real *params, bh_real *grads,
                            bh_real *dfeatures, const bh_real *dlogits, const bh_real *features,
                            int R)
{
    int V = net->body.spec.V, C = net->body.spec.C;
    const bh_real *w = params + net->head;
    bh_real *dw = grads + net->head;
    if (net->tied) {
        bhi_gemm_tn_add(dw, dlogits, features, V, C, R);
        bhi_gemm_nn(dfeatures, dlogits, w, NULL, BHI_EPILOGUE_NONE, R, C, V);
    } else {
        bhi_gemm_tn_add(dw, features, dlogits, C, V, R);
        bhi_gemm_nt(dfeatures, dlogits, w, NULL, R, C, V);
    }
}

double bhi_lm_net_add_loss(const bhi_lm_net *net, const bh_real *params, bh_real *grads,
                           bh_real *work, const int *tokens, const int *targets, int count, int T,
                           int n_targets)
{
    places at = lay(net, work, T);
    int R = count * T;
    const bh_real *features =
        bhi_transformer_forward(&net->body, params, at.acts, tokens, NULL, count, T);
    bhi_lm_net_logits(net, params, at.logits, features, R);
    double sum = bhi_cross_entropy(at.logits, targets, 1 / (bh_real)n_targets, R, net->body.spec.V);
    if (grads == NULL) return sum;
    logits_backward(net, params, grads, at.dfeatures, at.logits, features, R);
    bhi_transformer_backward(&net->body, params, grads, at.acts, at.scratch, at.dfeatures, tokens,
                             NULL, count, T);
    return sum;
}

int bhi_lm_net_count(const int *targets, int n)
{
    int count = 0;
    for (int i = 0; i < n; i++) count += targets[i] >= 0;
    return count;
}

double bhi_lm_net_loss(const bhi_lm_net *net, const bh_real *params, bh_real *grads, bh_real *work,
                       const int *tokens, const int *targets, int B, int T, int *n_targets)
{
    int part = bhi_lm_net_part(T), n = bhi_lm_net_count(targets, B * T);
    if (n_targets != NULL) *n_targets = n;
    if (grads != NULL) memset(grads, 0, (size_t)net->n_params * sizeof *grads);
    double sum = 0;
    for (int b = 0; b < B && n > 0; b += part)
        sum += bhi_lm_net_add_loss(net, params, grads, work, tokens + b * T, targets + b * T,
                                   B - b < part ? B - b : part, T, n);
    return n > 0 ? sum / n : 0;
}

// ---- names ----

int bhi_lm_net_tensors(const bhi_lm_net *net, bh_real *params, bh_tensor *out)
{
    bh_dtype dtype = sizeof(bh_real) == 8 ? BH_F64 : BH_F32;
    int n = bhi_transformer_tensors(&net->body, params, "transformer", out);
    if (!net->tied) {
        out[n++] = bh_tensor_linear("lm_head.weight", dtype, net->body.spec.V, net->body.spec.C,
                                    params + net->head);
    }
    return n;
}
