// SPDX-License-Identifier: MIT
// Layer normalisation as a layer of a network (bhi_body), with the activation of the layer it
// follows. Parameters: gain, then bias, of C channels each. Behind its outputs it keeps the mean
// and the inverse deviation of each row of C.
#include "nn/network.h"

#include "kernels/elementwise.h"
#include "kernels/rows.h"

#include <assert.h>
#include <string.h>

static int channels(const bhi_layer *layer)
{
    return (layer->b_at - layer->w_at) / 2;
}

static void init(const bhi_net *net, const bhi_layer *layer, bh_real *w, bh_rng *rng)
{
    (void)net, (void)rng;
    int C = channels(layer);
    for (int i = 0; i < C; i++) w[i] = 1;
    memset(w + C, 0, (size_t)C * sizeof *w);
}

static size_t scratch(const bhi_net *net, int B)
{
    (void)net, (void)B;
    return 0;
}

static void forward(const bhi_net *net, const bhi_layer *layer, bh_real *y, bh_real *unused,
                    const bh_real *x, const bh_real *w, int B)
{
    (void)net, (void)unused;
    int C = channels(layer), n = B * layer->outputs;
    bhi_layernorm_forward(y, y + n, x, w, w + C, n / C, C);
    if (layer->activation == BHI_RELU) bhi_relu_forward(y, n);
    if (layer->activation == BHI_TANH) bhi_tanh_forward(y, n);
}

static void backward(const bhi_net *net, const bhi_layer *layer, bh_real *dw, bh_real *dx,
                     const bh_real *dy, const bh_real *y, const bh_real *acts, bh_real *unused,
                     const bh_real *x, const bh_real *w, int B)
{
    (void)net, (void)acts, (void)unused;
    int C = channels(layer), n = B * layer->outputs;
    memset(dw, 0, (size_t)(2 * C) * sizeof *dw);
    memset(dx, 0, (size_t)n * sizeof *dx);
    bhi_layernorm_backward(dx, dw, dw + C, dy, x, w, y + n, n / C, C);
}

static int tensor_at(const bhi_net *net, const bhi_layer *layer, int i, bhi_transformer_tensor *out)
{
    (void)net;
    static const char *const names[] = {"weight", "bias"};
    int C = channels(layer);
    if (i >= 2) return 0;
    *out = (bhi_transformer_tensor){.at = i * C, .rows = C};
    strcpy(out->name, names[i]);
    return 1;
}

static const bhi_body layer_norm = {.init = init,
                                    .scratch = scratch,
                                    .forward = forward,
                                    .backward = backward,
                                    .tensor_at = tensor_at};

void bhi_add_layer_norm(bhi_net *net)
{
    bhi_layer *before = &net->layers[net->n_layers - 1], *layer = &net->layers[net->n_layers++];
    int n = before->outputs, C = before->is_conv ? before->conv.O : n;
    assert(C % 4 == 0);
    *layer = (bhi_layer){.inputs = n, .outputs = n, .units = n + 2 * (n / C), .body = &layer_norm};
    layer->activation = before->activation;
    layer->conv = before->conv;
    layer->w_at = net->n_weights;
    layer->b_at = net->n_weights += 2 * C;
    net->n_units += layer->units;
    before->activation = BHI_IDENTITY;
}
