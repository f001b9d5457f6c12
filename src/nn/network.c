// SPDX-License-Identifier: MIT
// Networks.
#include "nn/network.h"

#include "nn/noisy.h"
#include "nn/orthogonal.h"

#include <assert.h>
#include <math.h>

// ---- shapes ----

typedef struct conv_row {
    int filters, side, stride;
} conv_row;

static const conv_row convs[][BHI_CONVS_MAX] = {
    [BHI_FLATTEN] = {{0}},
    [BHI_MINATAR_CNN] = {{16, 3, 1}},
    [BHI_NATURE_CNN] = {{32, 8, 4}, {64, 4, 2}, {64, 3, 1}},
    [BHI_TRANSFORMER] = {{0}},
};

static int n_convs(bhi_extractor extractor)
{
    int n = 0;
    while (n < BHI_CONVS_MAX && convs[extractor][n].filters > 0) n++;
    return n;
}

int bhi_net_fits(const bhi_net_spec *spec)
{
    int height = spec->image[0], width = spec->image[1];
    if (spec->extractor == BHI_TRANSFORMER) return spec->body != NULL && spec->body->fits(spec);
    for (int i = 0; i < n_convs(spec->extractor); i++) {
        const conv_row *row = &convs[spec->extractor][i];
        if (height < row->side || width < row->side) return 0;
        height = (height - row->side) / row->stride + 1;
        width = (width - row->side) / row->stride + 1;
    }
    return 1;
}

static void place(bhi_net *net, bhi_layer *layer, int n_weights)
{
    layer->w_at = net->n_weights;
    layer->b_at = layer->w_at + n_weights;
    net->n_units += layer->units = layer->outputs;
}

static void add_conv(bhi_net *net, const bhi_conv2d *conv, bhi_activation activation)
{
    bhi_layer *layer = &net->layers[net->n_layers++];
    *layer = (bhi_layer){.inputs = conv->n_inputs, .outputs = conv->n_outputs, .is_conv = 1};
    layer->conv = *conv;
    layer->activation = activation;
    place(net, layer, conv->n_patch * conv->O);
    net->n_weights = layer->b_at + conv->O;
}

static void add_body(bhi_net *net, const bhi_net_spec *spec)
{
    bhi_layer *layer = &net->layers[net->n_layers++];
    *layer = (bhi_layer){.inputs = spec->inputs, .body = spec->body, .activation = BHI_IDENTITY};
    int n_params = spec->body->shape(net, spec, &layer->outputs);
    place(net, layer, n_params);
    net->n_weights = layer->b_at;
}

static void add_linear(bhi_net *net, int inputs, int outputs, bhi_activation activation)
{
    bhi_layer *layer = &net->layers[net->n_layers++];
    *layer = (bhi_layer){.inputs = inputs, .outputs = outputs, .activation = activation};
    place(net, layer, inputs * outputs);
    net->n_weights = layer->b_at + outputs;
}

// The sigmas of the linear layers behind all weights, in the order of the layers.
static void add_sigmas(bhi_net *net)
{
    for (int i = 0; i < net->n_layers; i++) {
        bhi_layer *layer = &net->layers[i];
        if (layer->is_conv || layer->body != NULL) continue;
        layer->sigma_at = net->n_params;
        layer->noise_at = net->n_noise;
        net->n_params += (layer->inputs + 1) * layer->outputs;
        net->n_noise += layer->inputs + layer->outputs;
    }
}

bhi_net bhi_net_shape(const bhi_net_spec *spec)
{
    assert(spec->inputs > 0 && spec->outputs > 0 && spec->hidden.n <= BH_SIZES_MAX);
    assert(bhi_net_fits(spec));
    int atoms = spec->atoms > 0 ? spec->atoms : 1, size = spec->inputs;
    bhi_net net = {.outputs = spec->outputs, .atoms = atoms, .dueling = spec->dueling};
    net.sigma_0 = spec->sigma_0;
    const int *image = spec->image;
    bhi_conv2d conv = {.OH = image[0], .OW = image[1], .O = image[2]};
    for (int i = 0; i < n_convs(spec->extractor); i++) {
        const conv_row *row = &convs[spec->extractor][i];
        conv = bhi_conv2d_shape(conv.OH, conv.OW, conv.O, row->filters, row->side, row->stride);
        add_conv(&net, &conv, BHI_RELU);
        if (spec->add_norm != NULL) spec->add_norm(&net);
        size = conv.n_outputs;
    }
    if (spec->body != NULL) {
        add_body(&net, spec);
        size = net.layers[0].outputs;
    }
    for (int i = 0; i < spec->hidden.n; i++) {
        add_linear(&net, size, spec->hidden.v[i], spec->activation);
        if (spec->add_norm != NULL) spec->add_norm(&net);
        size = spec->hidden.v[i];
    }
    add_linear(&net, size, (spec->outputs + (spec->dueling ? 1 : 0)) * atoms, BHI_IDENTITY);
    if (spec->dueling) net.n_units += spec->outputs * atoms;
    net.n_params = net.n_weights;
    if (spec->noisy) add_sigmas(&net);
    return net;
}

bhi_net bhi_net_mlp(int S, const bh_sizes *hidden, int A, bhi_activation activation)
{
    return bhi_net_shape(&(bhi_net_spec){
        .inputs = S, .hidden = *hidden, .activation = activation, .outputs = A, .atoms = 1});
}

void bhi_net_init(const bhi_net *net, bh_real *params, bh_rng *rng)
{
    for (int i = 0; i < net->n_layers; i++) {
        const bhi_layer *layer = &net->layers[i];
        bh_real *w = params + layer->w_at, *b = params + layer->b_at;
        if (layer->body != NULL) {
            layer->body->init(net, layer, w, rng);
        } else if (layer->is_conv) {
            bhi_conv2d_init(w, b, rng, &layer->conv);
        } else if (layer->sigma_at > 0) {
            bh_real *sigma = params + layer->sigma_at;
            bhi_noisy_init(w, b, sigma, sigma + layer->inputs * layer->outputs, net->sigma_0, rng,
                           layer->inputs, layer->outputs);
        } else {
            bhi_linear_init(w, b, rng, layer->inputs, layer->outputs);
        }
    }
}

void bhi_net_init_orthogonal(const bhi_net *net, bh_real *params, double output_gain, bh_rng *rng)
{
    assert(net->n_noise == 0);
    for (int i = 0; i < net->n_layers; i++) {
        const bhi_layer *layer = &net->layers[i];
        if (layer->body != NULL) {
            layer->body->init(net, layer, params + layer->w_at, rng);
            continue;
        }
        int inputs = layer->is_conv ? layer->conv.n_patch : layer->inputs;
        int outputs = layer->is_conv ? layer->conv.O : layer->outputs;
        double gain = i + 1 < net->n_layers ? sqrt(2) : output_gain;
        bhi_orthogonal(params + layer->w_at, gain, rng, inputs, outputs);
        for (int o = 0; o < outputs; o++) params[layer->b_at + o] = 0;
    }
}

// ---- where activations are ----

size_t bhi_net_acts(const bhi_net *net, int B)
{
    size_t scratch = 0;
    for (int i = 0; i < net->n_layers; i++) {
        const bhi_layer *layer = &net->layers[i];
        size_t needs = layer->body != NULL ? layer->body->scratch(net, B)
                       : layer->is_conv    ? bhi_conv2d_col(&layer->conv, B)
                                           : 0;
        if (needs > scratch) scratch = needs;
    }
    return (size_t)B * (size_t)net->n_units + scratch;
}

bh_real *bhi_net_layer(const bhi_net *net, bh_real *acts, int layer, int B)
{
    for (int i = 0; i < layer; i++) acts += (size_t)B * (size_t)net->layers[i].units;
    return acts;
}

bh_real *bhi_net_output(const bhi_net *net, bh_real *acts, int B)
{
    return bhi_net_layer(net, acts, net->n_layers - (net->dueling ? 0 : 1), B);
}

static bh_real *scratch_of(const bhi_net *net, bh_real *acts, int B)
{
    return acts + (size_t)B * (size_t)net->n_units;
}

// ---- dueling (Wang et al. 2016, eq. 9): q = v + advantage - mean advantage, for each atom ----

// stream (B, (1 + A) N): the value's atoms, then each action's.
static void duel_forward(bh_real *restrict y, const bh_real *restrict stream, int B, int A, int N)
{
    bh_real share = 1 / (bh_real)A;
    for (int b = 0; b < B; b++, stream += (A + 1) * N, y += A * N) {
        for (int n = 0; n < N; n++) {
            bh_real sum = 0;
            for (int a = 0; a < A; a++) sum += stream[(1 + a) * N + n];
            bh_real base = stream[n] - share * sum;
            for (int a = 0; a < A; a++) y[a * N + n] = base + stream[(1 + a) * N + n];
        }
    }
}

static void duel_backward(bh_real *restrict dstream, const bh_real *restrict dy, int B, int A,
                          int N)
{
    bh_real share = 1 / (bh_real)A;
    for (int b = 0; b < B; b++, dstream += (A + 1) * N, dy += A * N) {
        for (int n = 0; n < N; n++) {
            bh_real sum = 0;
            for (int a = 0; a < A; a++) sum += dy[a * N + n];
            dstream[n] = sum;
            for (int a = 0; a < A; a++) dstream[(1 + a) * N + n] = dy[a * N + n] - share * sum;
        }
    }
}

// ---- forward and backward ----

bh_real *bhi_net_forward(const bhi_net *net, const bh_real *weights, bh_real *acts,
                         const bh_real *x, int B)
{
    bh_real *y = acts;
    for (int i = 0; i < net->n_layers; i++) {
        const bhi_layer *layer = &net->layers[i];
        const bh_real *w = weights + layer->w_at, *b = weights + layer->b_at;
        if (layer->body != NULL) {
            layer->body->forward(net, layer, y, scratch_of(net, acts, B), x, w, B);
        } else if (layer->is_conv) {
            bhi_conv2d_forward(y, scratch_of(net, acts, B), x, w, b, layer->activation,
                               &layer->conv, B);
        } else {
            bhi_linear_forward(y, x, w, b, layer->activation, B, layer->inputs, layer->outputs);
        }
        x = y;
        y += (size_t)B * (size_t)layer->units;
    }
    if (net->dueling) duel_forward(y, x, B, net->outputs, net->atoms);
    return net->dueling ? y : bhi_net_output(net, acts, B);
}

void bhi_net_backward(const bhi_net *net, const bh_real *weights, bh_real *grads, bh_real *acts,
                      bh_real *dacts, const bh_real *x, int B)
{
    if (net->dueling) {
        duel_backward(bhi_net_layer(net, dacts, net->n_layers - 1, B),
                      bhi_net_output(net, dacts, B), B, net->outputs, net->atoms);
    }
    for (int i = net->n_layers - 1; i >= 0; i--) {
        const bhi_layer *layer = &net->layers[i];
        const bh_real *input = i > 0 ? bhi_net_layer(net, acts, i - 1, B) : x;
        const bh_real *dy = bhi_net_layer(net, dacts, i, B), *w = weights + layer->w_at;
        bh_real *dinput = i > 0 ? bhi_net_layer(net, dacts, i - 1, B) : NULL;
        bh_real *dw = grads + layer->w_at, *db = grads + layer->b_at;
        bhi_activation before = i > 0 ? net->layers[i - 1].activation : BHI_IDENTITY;
        if (layer->body != NULL) {
            layer->body->backward(net, layer, dw, dinput, dy, bhi_net_layer(net, acts, i, B),
                                  scratch_of(net, acts, B), scratch_of(net, dacts, B), input, w, B);
        } else if (layer->is_conv) {
            bhi_conv2d_backward(dw, db, dinput, scratch_of(net, dacts, B), dy, input, w, before,
                                &layer->conv, B);
        } else {
            bhi_linear_backward(dw, db, dinput, dy, input, w, before, B, layer->inputs,
                                layer->outputs);
        }
    }
}

// ---- noise ----

void bhi_net_draw_noise(const bhi_net *net, bh_real *noise, bh_rng *rng)
{
    for (int i = 0; i < net->n_layers; i++) {
        const bhi_layer *layer = &net->layers[i];
        if (layer->sigma_at == 0) continue;
        bh_real *in = noise + layer->noise_at;
        bhi_noisy_draw(in, in + layer->inputs, rng, layer->inputs, layer->outputs);
    }
}

void bhi_net_add_noise(const bhi_net *net, bh_real *weights, const bh_real *params,
                       const bh_real *noise)
{
    for (int i = 0; i < net->n_layers; i++) {
        const bhi_layer *layer = &net->layers[i];
        const bh_real *w = params + layer->w_at, *b = params + layer->b_at;
        if (layer->sigma_at == 0) {
            for (int j = layer->w_at; j < layer->b_at + layer->conv.O; j++) weights[j] = params[j];
            continue;
        }
        const bh_real *sigma = params + layer->sigma_at, *in = noise + layer->noise_at;
        bhi_noisy_weights(weights + layer->w_at, weights + layer->b_at, w, b, sigma,
                          sigma + layer->inputs * layer->outputs, in, in + layer->inputs,
                          layer->inputs, layer->outputs);
    }
}

void bhi_net_noise_gradient(const bhi_net *net, bh_real *grads, const bh_real *noise)
{
    for (int i = 0; i < net->n_layers; i++) {
        const bhi_layer *layer = &net->layers[i];
        if (layer->sigma_at == 0) continue;
        bh_real *dsigma = grads + layer->sigma_at;
        const bh_real *in = noise + layer->noise_at;
        bhi_noisy_gradient(dsigma, dsigma + layer->inputs * layer->outputs, grads + layer->w_at,
                           grads + layer->b_at, in, in + layer->inputs, layer->inputs,
                           layer->outputs);
    }
}
