// SPDX-License-Identifier: MIT
// The transformer as the body of a network (bhi_body): from reals that are token ids to the
// features of the last token.
#include "nn/network.h"

#include <assert.h>

static int fits(const bhi_net_spec *spec)
{
    return bhi_transformer_fits(&spec->transformer);
}

static double units(const bhi_net_spec *spec, double *outputs)
{
    const bhi_transformer_spec *t = &spec->transformer;
    double position = (t->separator > 0 ? 28.0 : 20.0) * t->C + (double)t->H * t->T;
    *outputs = t->C;
    return t->T * (position * t->L + 8.0 * t->C);
}

static int shape(bhi_net *net, const bhi_net_spec *spec, int *outputs)
{
    assert(spec->transformer.T == spec->inputs);
    net->transformer = bhi_transformer_shape(&spec->transformer);
    *outputs = spec->transformer.C;
    return net->transformer.n_params;
}

static void init(const bhi_net *net, const bhi_layer *layer, bh_real *w, bh_rng *rng)
{
    (void)layer;
    bhi_transformer_init(&net->transformer, w, rng);
}

// ---- tokens ----

// The scratch of a forward or a backward pass, whichever is larger; the tokens as integers stand
// behind it.
static size_t scratch_in_front(const bhi_net *net, int B)
{
    int T = net->transformer.spec.T;
    size_t forward = bhi_transformer_acts(&net->transformer, B, T);
    size_t backward = bhi_transformer_scratch(&net->transformer, B, T);
    return forward > backward ? forward : backward;
}

static size_t scratch(const bhi_net *net, int B)
{
    return scratch_in_front(net, B) + (size_t)B * (size_t)(net->transformer.spec.T + 1);
}

// Tokens of a row: those before the first 0, one at least.
static int length_of(const bh_real *x, int T)
{
    int n = 1;
    while (n < T && x[n] != 0) n++;
    return n;
}

typedef struct text {
    int *tokens, *last; // (B,T), (B)
    int T;
} text;

// The rows' tokens without the columns that are padding everywhere, and where the last token of
// each stands, behind a transformer's scratch. What is no token of the V, as observations from
// outside may have it, counts as token 0.
static text text_of(const bhi_net *net, bh_real *scratch, const bh_real *x, int B)
{
    int T = net->transformer.spec.T, V = net->transformer.spec.V;
    int *last = (int *)(void *)(scratch + scratch_in_front(net, B)), *tokens = last + B;
    int longest = 1;
    for (int b = 0; b < B; b++) {
        int n = length_of(x + b * T, T);
        last[b] = n - 1;
        if (n > longest) longest = n;
    }
    for (int b = 0; b < B; b++) {
        for (int t = 0; t < longest; t++) {
            bh_real id = x[b * T + t];
            tokens[b * longest + t] = id >= 0 && id < (bh_real)V ? (int)id : 0;
        }
    }
    return (text){tokens, last, longest};
}

static void forward(const bhi_net *net, const bhi_layer *layer, bh_real *y, bh_real *scratch,
                    const bh_real *x, const bh_real *w, int B)
{
    (void)layer;
    text in = text_of(net, scratch, x, B);
    const bh_real *features =
        bhi_transformer_forward(&net->transformer, w, scratch, in.tokens, in.last, B, in.T);
    for (int i = 0; i < B * net->transformer.spec.C; i++) y[i] = features[i];
}

static void backward(const bhi_net *net, const bhi_layer *layer, bh_real *dw, bh_real *dx,
                     const bh_real *dy, const bh_real *y, const bh_real *acts, bh_real *scratch,
                     const bh_real *x, const bh_real *w, int B)
{
    (void)layer, (void)dx, (void)y;
    text in = text_of(net, scratch, x, B);
    for (int i = 0; i < net->transformer.n_params; i++) dw[i] = 0;
    bhi_transformer_backward(&net->transformer, w, dw, acts, scratch, dy, in.tokens, in.last, B,
                             in.T);
}

// ---- names ----

static int tensor_at(const bhi_net *net, const bhi_layer *layer, int i, bhi_transformer_tensor *out)
{
    (void)layer;
    if (i >= bhi_transformer_n_tensors(&net->transformer)) return 0;
    bhi_transformer_tensor_at(&net->transformer, i, out);
    return 1;
}

const bhi_body bhi_transformer_body = {fits,    units,   shape,    init,
                                       scratch, forward, backward, tensor_at};
