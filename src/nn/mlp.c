// SPDX-License-Identifier: MIT
// The multi-layer perceptron.
#include "nn/mlp.h"

#include <assert.h>
#include <stddef.h>

bhi_mlp bhi_mlp_shape(int S, const bh_sizes *hidden, int A, bhi_activation activation)
{
    assert(S > 0 && A > 0 && hidden->n <= BH_SIZES_MAX);
    bhi_mlp net = {.n_layers = hidden->n + 1, .activation = activation};
    net.size[0] = S;
    for (int i = 0; i < hidden->n; i++) net.size[i + 1] = hidden->v[i];
    net.size[net.n_layers] = A;
    for (int i = 0; i < net.n_layers; i++) {
        net.w_at[i] = net.n_params;
        net.b_at[i] = net.w_at[i] + net.size[i] * net.size[i + 1];
        net.n_params = net.b_at[i] + net.size[i + 1];
        net.n_units += net.size[i + 1];
    }
    return net;
}

void bhi_mlp_init(const bhi_mlp *net, bh_real *params, bh_rng *rng)
{
    for (int i = 0; i < net->n_layers; i++) {
        bhi_linear_init(params + net->w_at[i], params + net->b_at[i], rng, net->size[i],
                        net->size[i + 1]);
    }
}

static bhi_activation activation_of(const bhi_mlp *net, int layer)
{
    return layer + 1 < net->n_layers ? net->activation : BHI_IDENTITY;
}

bh_real *bhi_mlp_layer(const bhi_mlp *net, bh_real *acts, int layer, int B)
{
    for (int i = 0; i < layer; i++) acts += (size_t)B * (size_t)net->size[i + 1];
    return acts;
}

bh_real *bhi_mlp_forward(const bhi_mlp *net, const bh_real *params, bh_real *acts, const bh_real *x,
                         int B)
{
    bh_real *y = acts;
    for (int i = 0;; i++) {
        bhi_linear_forward(y, x, params + net->w_at[i], params + net->b_at[i],
                           activation_of(net, i), B, net->size[i], net->size[i + 1]);
        if (i + 1 == net->n_layers) return y;
        x = y;
        y += (size_t)B * (size_t)net->size[i + 1];
    }
}

void bhi_mlp_backward(const bhi_mlp *net, const bh_real *params, bh_real *grads, bh_real *acts,
                      bh_real *dacts, const bh_real *x, int B)
{
    for (int i = net->n_layers - 1; i >= 0; i--) {
        const bh_real *input = i > 0 ? bhi_mlp_layer(net, acts, i - 1, B) : x;
        bh_real *dinput = i > 0 ? bhi_mlp_layer(net, dacts, i - 1, B) : NULL;
        bhi_linear_backward(grads + net->w_at[i], grads + net->b_at[i], dinput,
                            bhi_mlp_layer(net, dacts, i, B), input, params + net->w_at[i],
                            net->activation, B, net->size[i], net->size[i + 1]);
    }
}
