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
    for (bhi_transformer_tensor t; layer->body->tensor_at(net, layer, n, &t); n++)
        out[n] = bhi_transformer_tensor_of(&t, params + layer->w_at, prefix);
    return n;
}

// The sequences of modules a network consists of, one after the other.
enum part { CNN, LINEAR, HIDDEN };

int bhi_net_tensors(const bhi_net *net, bh_real *params, const bhi_tensor_names *names,
                    bh_tensor *out)
{
    static const char *const parts[] = {".cnn", ".linear", ""};
    int n = 0, part = HIDDEN, module = 0; // the number of the next module of its part
    for (int i = 0; i < net->n_layers; i++) {
        const bhi_layer *layer = &net->layers[i];
        char base[BH_TENSOR_NAME_MAX];
        bh_text text = bh_text_over(base, sizeof base);
        slice whole = {layer, NULL, 0, layer->outputs};
        if (i > 0 && net->layers[i - 1].conv.O > 0) whole.map = &net->layers[i - 1];
        int is_output = i + 1 == net->n_layers, was = part;
        if (layer->body == NULL)
            part = layer->is_conv ? CNN : whole.map != NULL && !is_output ? LINEAR : HIDDEN;
        if (part != was) module = 0;
        if (i == 0 && layer->body != NULL) {
            n += add_body(net, layer, params, names->features, out);
            continue;
        }
        if (is_output && names->output != NULL) bh_text_add(&text, "%s", names->output);
        else
            bh_text_add(&text, "%s%s.%d", part == HIDDEN ? names->hidden : names->features,
                        parts[part], module);
        module += layer->activation == BHI_IDENTITY ? 1 : 2;
        n += layer->is_conv          ? add_conv(layer, params, base, out + n)
             : layer->body != NULL   ? add_body(net, layer, params, base, out + n)
             : !is_output            ? add_linear(&whole, params, base, out + n)
             : names->second != NULL ? add_halves(&whole, params, names, out + n)
                                     : add_output(net, &whole, params, base, out + n);
    }
    return n;
}
