// SPDX-License-Identifier: MIT
// Networks as named tensors.
#include "rl/net_tensors.h"

#include "core/text.h"
#include "io/transformer_tensors.h"

#include <string.h>

static bh_dtype real_dtype(void)
{
    return sizeof(bh_real) == 8 ? BH_F64 : BH_F32;
}

// "BASE.PART" or "BASE.PART_KIND", the last for noisy layers.
static const char *join(char name[BH_TENSOR_NAME_MAX], const char *base, const char *part,
                        const char *kind)
{
    bh_text text = bh_text_over(name, BH_TENSOR_NAME_MAX);
    bh_text_add(&text, "%s.%s%s%s", base, part, kind[0] != '\0' ? "_" : "", kind);
    return name;
}

// Weights and bias of a layer from some place on: `columns` of its outputs, from column `first`.
typedef struct slice {
    const bhi_layer *layer;
    const bhi_layer *map; // the convolution whose output it flattens, or NULL
    int first, columns;
} slice;

static int add_slice(const slice *s, bh_real *w, const char *base, const char *kind, bh_tensor *out)
{
    char name[BH_TENSOR_NAME_MAX];
    int inputs = s->layer->inputs, outputs = s->layer->outputs;
    bh_real *b = w + (s->layer->b_at - s->layer->w_at);
    join(name, base, "weight", kind);
    if (s->map != NULL) {
        const bhi_conv2d *map = &s->map->conv;
        out[0] = bh_tensor_linear_map(name, real_dtype(), outputs, map->O, map->OH * map->OW, w);
    } else {
        out[0] = bh_tensor_linear(name, real_dtype(), outputs, inputs, w);
    }
    out[0].shape[0] = out[0].extent[1] = s->columns; // the strides stay those of the whole
    out[0].data = w + s->first;
    join(name, base, "bias", kind);
    out[1] = bh_tensor_vector(name, real_dtype(), s->columns, b + s->first);
    return 2;
}

static int add_linear(const slice *s, bh_real *params, const char *base, bh_tensor *out)
{
    bh_real *w = params + s->layer->w_at;
    if (s->layer->sigma_at == 0) return add_slice(s, w, base, "", out);
    int n = add_slice(s, w, base, "mu", out);
    return n + add_slice(s, params + s->layer->sigma_at, base, "sigma", out + n);
}

static int add_conv(const bhi_layer *layer, bh_real *params, const char *base, bh_tensor *out)
{
    char name[BH_TENSOR_NAME_MAX];
    const bhi_conv2d *c = &layer->conv;
    out[0] = bh_tensor_conv2d(join(name, base, "weight", ""), real_dtype(), c->O, c->C, c->K, c->K,
                              params + layer->w_at);
    out[1] =
        bh_tensor_vector(join(name, base, "bias", ""), real_dtype(), c->O, params + layer->b_at);
    return 2;
}

static int add_output(const bhi_net *net, const slice *whole, bh_real *params, const char *base,
                      bh_tensor *out)
{
    if (!net->dueling) return add_linear(whole, params, base, out);
    char name[BH_TENSOR_NAME_MAX];
    slice value = *whole, advantage = *whole;
    value.columns = net->atoms;
    advantage.first = net->atoms;
    advantage.columns = net->outputs * net->atoms;
    int n = add_linear(&value, params, join(name, base, "value", ""), out);
    return n + add_linear(&advantage, params, join(name, base, "advantage", ""), out + n);
}

static int add_halves(const slice *whole, bh_real *params, const bhi_tensor_names *names,
                      bh_tensor *out)
{
    slice first = *whole, second = *whole;
    first.columns = second.columns = second.first = whole->columns / 2;
    int n = add_linear(&first, params, names->output, out);
    return n + add_linear(&second, params, names->second, out + n);
}

static int add_body(const bhi_net *net, const bhi_layer *layer, bh_real *params, const char *prefix,
                    bh_tensor *out)
{
    int n = 0;
    for (bhi_transformer_tensor t; layer->body->tensor_at(net, n, &t); n++)
        out[n] = bhi_transformer_tensor_of(&t, params + layer->w_at, prefix);
    return n;
}

int bhi_net_tensors(const bhi_net *net, bh_real *params, const bhi_tensor_names *names,
                    bh_tensor *out)
{
    int n = 0, n_convs = 0, hidden = 0;
    for (int i = 0; i < net->n_layers; i++) {
        const bhi_layer *layer = &net->layers[i];
        char base[BH_TENSOR_NAME_MAX];
        bh_text text = bh_text_over(base, sizeof base);
        slice whole = {layer, NULL, 0, layer->outputs};
        if (i > 0 && net->layers[i - 1].is_conv) whole.map = &net->layers[i - 1];
        if (layer->body != NULL) {
            n += add_body(net, layer, params, names->features, out + n);
        } else if (layer->is_conv) {
            bh_text_add(&text, "%s.cnn.%d", names->features, 2 * n_convs++);
            n += add_conv(layer, params, base, out + n);
        } else if (i + 1 < net->n_layers) {
            if (whole.map != NULL) bh_text_add(&text, "%s.linear.0", names->features);
            else bh_text_add(&text, "%s.%d", names->hidden, 2 * hidden++);
            n += add_linear(&whole, params, base, out + n);
        } else if (names->second != NULL) {
            n += add_halves(&whole, params, names, out + n);
        } else {
            if (names->output != NULL) bh_text_add(&text, "%s", names->output);
            else bh_text_add(&text, "%s.%d", names->hidden, 2 * hidden);
            n += add_output(net, &whole, params, base, out + n);
        }
    }
    return n;
}
