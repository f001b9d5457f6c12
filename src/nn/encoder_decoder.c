// SPDX-License-Identifier: MIT
// Encoder and decoder.
#include "nn/encoder_decoder.h"

#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "nn/attention.h"
#include "nn/transformer_block.h"

#include <assert.h>
#include <stdint.h>

// ---- sources and targets ----

typedef struct batch {
    const int *tokens, *last; // (B,T), (B) or NULL
    int B, T;
} batch;

// A sequence: its source is tokens[0 … n_source - 1], behind it is the target, up to the position
// that is needed.
typedef struct sequence {
    const int *tokens;
    int n_source, n_target;
} sequence;

int bhi_transformer_source(const bhi_transformer *net, const int *tokens, int n)
{
    for (int t = 0; t < n && net->spec.separator > 0; t++) {
        if (tokens[t] == net->spec.separator) return t;
    }
    return 0;
}

static sequence sequence_at(const bhi_transformer *net, const batch *in, int i)
{
    assert(in->last == NULL || (in->last[i] >= 0 && in->last[i] < in->T));
    int n = in->last != NULL ? in->last[i] + 1 : in->T;
    sequence s = {.tokens = in->tokens + i * in->T};
    s.n_source = bhi_transformer_source(net, s.tokens, n);
    s.n_target = n - s.n_source;
    return s;
}

// Rows of all sources and of all targets, and the probabilities of the three attentions of a block.
typedef struct counts {
    size_t sources, targets, p_source, p_target, p_cross;
} counts;

static void count(counts *c, int n_source, int n_target, int H, int times)
{
    size_t s = (size_t)n_source, t = (size_t)n_target, n = (size_t)times, h = (size_t)H;
    c->sources += n * s;
    c->targets += n * t;
    c->p_source += n * h * s * s;
    c->p_target += n * bhi_attention_probabilities(n_target, H);
    c->p_cross += n * h * s * t;
}

static counts counts_of(const bhi_transformer *net, const batch *in)
{
    counts c = {0};
    for (int i = 0; i < in->B; i++) {
        sequence s = sequence_at(net, in, i);
        count(&c, s.n_source, s.n_target, net->spec.H, 1);
    }
    return c;
}

// ---- where activations are ----

// E rows of sources, D of targets.
typedef struct cross_acts {
    bh_real *n, *moments; // (D,C), (D,2)
    bh_real *q, *kv, *p;  // (D,C), (E,2C)
    bh_real *heads, *x;   // (D,C): attention before its projection; the stream after it
} cross_acts;

typedef struct places {
    bh_real *source; // (E,C) embeddings
    bhi_block_acts encoder[BHI_BLOCKS_MAX];
    bh_real *memory, *memory_moments; // (E,C), (E,2)
    bh_real *target;                  // (D,C) embeddings
    bhi_block_acts decoder[BHI_BLOCKS_MAX];
    cross_acts cross[BHI_BLOCKS_MAX];
    bh_real *normed, *moments; // (D,C), (D,2)
    bh_real *features;         // (B,T,C)
    size_t used;               // reals
} places;

static void lay_cross(cross_acts *x, const bh_real *acts, size_t *used, const counts *n, size_t C)
{
    x->n = bhi_acts_part(acts, used, n->targets * C);
    x->moments = bhi_acts_part(acts, used, n->targets * 2);
    x->q = bhi_acts_part(acts, used, n->targets * C);
    x->kv = bhi_acts_part(acts, used, n->sources * 2 * C);
    x->p = bhi_acts_part(acts, used, n->p_cross);
    x->heads = bhi_acts_part(acts, used, n->targets * C);
    x->x = bhi_acts_part(acts, used, n->targets * C);
}

// Over a block of activations; with NULL it only measures.
static void lay(places *at, const bhi_transformer *net, const bh_real *acts, const counts *n, int B,
                int T)
{
    const bhi_transformer_spec *s = &net->spec;
    size_t C = (size_t)s->C, *used = &at->used;
    *used = 0;
    at->source = bhi_acts_part(acts, used, n->sources * C);
    at->target = bhi_acts_part(acts, used, n->targets * C);
    for (int l = 0; l < s->L; l++) {
        bhi_block_lay(&at->encoder[l], acts, used, n->sources, C, n->p_source);
        bhi_block_lay(&at->decoder[l], acts, used, n->targets, C, n->p_target);
        lay_cross(&at->cross[l], acts, used, n, C);
    }
    at->memory = bhi_acts_part(acts, used, n->sources * C);
    at->memory_moments = bhi_acts_part(acts, used, n->sources * 2);
    at->normed = bhi_acts_part(acts, used, n->targets * C);
    at->moments = bhi_acts_part(acts, used, n->targets * 2);
    at->features = bhi_acts_part(acts, used, (size_t)B * (size_t)T * C);
}

// What a sequence takes depends on where its separator stands: B of those that take most.
size_t bhi_encoder_decoder_acts(const bhi_transformer *net, int B, int T)
{
    size_t most = 0;
    for (int n_source = 0; n_source < T; n_source++) {
        counts n = {0};
        places at;
        count(&n, n_source, T - n_source, net->spec.H, B);
        lay(&at, net, NULL, &n, B, T);
        if (at.used > most) most = at.used;
    }
    return most;
}

// ---- forward ----

static void encode(const bhi_transformer *net, const bh_real *params, const places *at,
                   const batch *in, int E)
{
    int C = net->spec.C, H = net->spec.H;
    const bh_real *x = at->source;
    for (int i = 0, row = 0; i < in->B; i++) {
        sequence s = sequence_at(net, in, i);
        bhi_block_embed(net, params, at->source + row * C, s.tokens, 0, 1, s.n_source);
        row += s.n_source;
    }
    for (int l = 0; l < net->spec.L; l++) {
        const bhi_block_acts *b = &at->encoder[l];
        const bhi_transformer_block *k = &net->encoder[l];
        bhi_block_qkv(k, params, b, x, E, C);
        bh_real *p = b->p;
        for (int i = 0, row = 0; i < in->B; i++) {
            int n = sequence_at(net, in, i).n_source;
            const bh_real *qkv = b->qkv + row * 3 * C;
            bhi_attention_full_forward(b->heads + row * C, p, qkv, 3 * C, qkv + C, qkv + 2 * C,
                                       3 * C, n, n, C, H);
            row += n;
            p += H * n * n;
        }
        bhi_block_add_linear(b->x1, x, b->heads, params + k->w_attention, params + k->b_attention,
                             E, C, C);
        bhi_block_mlp(k, params, b, b->x1, net->spec.gelu, E, C);
        x = b->x2;
    }
    bhi_layernorm_forward(at->memory, at->memory_moments, x, params + net->encoder_gain,
                          params + net->encoder_bias, E, C);
}

// Queries of the decoder's stream x (D,C).
static void to_queries(const bhi_transformer_block *k, const bh_real *w, const cross_acts *c,
                       const bh_real *x, int D, int C)
{
    bhi_layernorm_forward(c->n, c->moments, x, w + k->ln_cross_gain, w + k->ln_cross_bias, D, C);
    bhi_gemm_nn_part(c->q, C, c->n, C, w + k->w_cross, 3 * C, w + k->b_cross, D, C, C);
}

// Keys and values kv (E,2C) out of the encoder's output (E,C).
static void to_keys(const bhi_transformer_block *k, const bh_real *w, bh_real *kv,
                    const bh_real *memory, int E, int C)
{
    if (E == 0) return;
    bhi_gemm_nn_part(kv, 2 * C, memory, C, w + k->w_cross + C, 3 * C, w + k->b_cross + C, E, 2 * C,
                     C);
}

// From what both attentions gave to the stream after the block.
static void from_cross_heads(const bhi_transformer *net, const bhi_transformer_block *k,
                             const bh_real *w, const bhi_block_acts *b, const cross_acts *c, int D)
{
    int C = net->spec.C;
    bhi_block_add_linear(c->x, b->x1, c->heads, w + k->w_cross_out, w + k->b_cross_out, D, C, C);
    bhi_block_mlp(k, w, b, c->x, net->spec.gelu, D, C);
}

static void attend_to_past(const bhi_transformer *net, const bhi_block_acts *b, const batch *in)
{
    int C = net->spec.C, H = net->spec.H;
    bh_real *p = b->p;
    for (int i = 0, row = 0; i < in->B; i++) {
        int n = sequence_at(net, in, i).n_target;
        bhi_attention_forward(b->heads + row * C, p, b->qkv + row * 3 * C, 0, n, C, H);
        row += n;
        p += bhi_attention_probabilities(n, H);
    }
}

static void attend_to_source(const bhi_transformer *net, const cross_acts *c, const batch *in)
{
    int C = net->spec.C, H = net->spec.H;
    const bh_real *q = c->q, *kv = c->kv;
    bh_real *heads = c->heads, *p = c->p;
    for (int i = 0; i < in->B; i++) {
        sequence s = sequence_at(net, in, i);
        bhi_attention_full_forward(heads, p, q, C, kv, kv + C, 2 * C, s.n_target, s.n_source, C, H);
        heads += s.n_target * C;
        q += s.n_target * C;
        kv += s.n_source * 2 * C;
        p += H * s.n_target * s.n_source;
    }
}

static void decode(const bhi_transformer *net, const bh_real *params, const places *at,
                   const batch *in, int E, int D)
{
    int C = net->spec.C;
    const bh_real *x = at->target;
    for (int i = 0, row = 0; i < in->B; i++) {
        sequence s = sequence_at(net, in, i);
        bhi_block_embed(net, params, at->target + row * C, s.tokens + s.n_source, 0, 1, s.n_target);
        row += s.n_target;
    }
    for (int l = 0; l < net->spec.L; l++) {
        const bhi_block_acts *b = &at->decoder[l];
        const cross_acts *c = &at->cross[l];
        const bhi_transformer_block *k = &net->blocks[l];
        bhi_block_qkv(k, params, b, x, D, C);
        attend_to_past(net, b, in);
        bhi_block_add_linear(b->x1, x, b->heads, params + k->w_attention, params + k->b_attention,
                             D, C, C);
        to_queries(k, params, c, b->x1, D, C);
        to_keys(k, params, c->kv, at->memory, E, C);
        attend_to_source(net, c, in);
        from_cross_heads(net, k, params, b, c, D);
        x = b->x2;
    }
    bhi_layernorm_forward(at->normed, at->moments, x, params + net->lnf_gain,
                          params + net->lnf_bias, D, C);
}

// The rows of features between positions of targets and their places in (B,T,C), or (B,C) of the
// last one of each: those that are asked for, from `rows` to `features` or back.
static void copy_features(const bhi_transformer *net, const batch *in, bh_real *features,
                          bh_real *rows, int is_back)
{
    int C = net->spec.C;
    for (int i = 0; i < in->B; i++) {
        sequence s = sequence_at(net, in, i);
        int from = in->last != NULL ? s.n_target - 1 : 0, n = s.n_target - from;
        bh_real *outside = features + (in->last != NULL ? i : i * in->T + s.n_source) * C;
        bh_real *inside = rows + from * C;
        if (is_back) bhi_copy_rows(inside, C, outside, C, n, C);
        else bhi_copy_rows(outside, C, inside, C, n, C);
        rows += s.n_target * C;
    }
}

bh_real *bhi_encoder_decoder_forward(const bhi_transformer *net, const bh_real *params,
                                     bh_real *acts, const int *tokens, const int *last, int B,
                                     int T)
{
    batch in = {tokens, last, B, T};
    counts n = counts_of(net, &in);
    places at;
    lay(&at, net, acts, &n, B, T);
    if (n.sources > 0) encode(net, params, &at, &in, (int)n.sources);
    decode(net, params, &at, &in, (int)n.sources, (int)n.targets);
    for (int i = 0; i < B * T * net->spec.C && last == NULL; i++) at.features[i] = 0;
    copy_features(net, &in, at.features, at.normed, 0);
    return at.features;
}

// ---- backward ----

// The square of positions: of a source's scores.
static size_t attention_scratch(int T)
{
    size_t causal = bhi_attention_scratch(T);
    size_t square = (size_t)T * (size_t)T;
    return causal > square ? causal : square;
}

size_t bhi_encoder_decoder_scratch(const bhi_transformer *net, int B, int T)
{
    size_t R = (size_t)B * (size_t)T, C = (size_t)net->spec.C;
    return R * 7 * C + attention_scratch(T);
}

// The parts of the scratch. dx is the gradient of the decoder's stream (D,C), dsource of the
// encoder's (E,C), dn that of what a norm gave, wide that of the wider layers, dmemory (E,C) that of
// the encoder's output.
typedef struct gradients {
    bh_real *dx, *dsource, *dn, *wide, *dmemory, *attention;
} gradients;

static gradients lay_gradients(const bhi_transformer *net, bh_real *scratch, const counts *n,
                               const batch *in)
{
    size_t C = (size_t)net->spec.C, reals = (size_t)in->B * (size_t)in->T * C;
    return (gradients){.dx = scratch,
                       .dsource = scratch + n->targets * C,
                       .dn = scratch + reals,
                       .wide = scratch + 2 * reals,
                       .dmemory = scratch + 6 * reals,
                       .attention = scratch + 7 * reals};
}

// From dheads in dn to dq (D,C) and dkv (E,2C), behind each other in wide.
static void attend_to_source_backward(const bhi_transformer *net, const gradients *g, bh_real *dkv,
                                      const cross_acts *c, const batch *in)
{
    int C = net->spec.C, H = net->spec.H;
    const bh_real *dheads = g->dn, *q = c->q, *kv = c->kv, *p = c->p;
    bh_real *dq = g->wide;
    for (int i = 0; i < in->B; i++) {
        sequence s = sequence_at(net, in, i);
        bhi_attention_full_backward(dq, dkv, dkv + C, g->attention, dheads, q, C, kv, kv + C, 2 * C,
                                    p, s.n_target, s.n_source, C, H);
        dheads += s.n_target * C;
        dq += s.n_target * C;
        q += s.n_target * C;
        dkv += s.n_source * 2 * C;
        kv += s.n_source * 2 * C;
        p += H * s.n_target * s.n_source;
    }
}

// dx (D,C), the gradient of the stream after the attention to the source, becomes that of the one
// before; dmemory (E,C) +=.
static void cross_backward(const bhi_transformer *net, const bhi_transformer_block *k,
                           const bh_real *params, bh_real *grads, const gradients *g,
                           const places *at, int l, const batch *in, int E, int D)
{
    int C = net->spec.C, C3 = 3 * C;
    const cross_acts *c = &at->cross[l];
    const bh_real *w = params + k->w_cross;
    bh_real *dw = grads + k->w_cross, *db = grads + k->b_cross, *dkv = g->wide + D * C;
    bhi_block_linear_backward(grads, params, k->w_cross_out, k->b_cross_out, g->dn, g->dx, c->heads,
                              D, C, C);
    attend_to_source_backward(net, g, dkv, c, in);
    bhi_gemm_tn_add_part(dw, C3, c->n, C, g->wide, C, C, C, D);
    bhi_add_column_sums(db, g->wide, D, C);
    bhi_gemm_nt_part(g->dn, C, g->wide, C, w, C3, D, C, C);
    bhi_layernorm_backward(g->dx, grads + k->ln_cross_gain, grads + k->ln_cross_bias, g->dn,
                           at->decoder[l].x1, params + k->ln_cross_gain, c->moments, D, C);
    if (E == 0) return;
    bhi_gemm_tn_add_part(dw + C, C3, at->memory, C, dkv, 2 * C, C, 2 * C, E);
    bhi_add_column_sums(db + C, dkv, E, 2 * C);
    bhi_gemm_nt_part(g->dn, C, dkv, 2 * C, w + C, C3, E, C, 2 * C);
    bhi_add_rows(g->dmemory, C, g->dn, C, E, C);
}

static void decode_backward(const bhi_transformer *net, const bh_real *params, bh_real *grads,
                            const gradients *g, const places *at, const batch *in, int E, int D)
{
    int C = net->spec.C, H = net->spec.H;
    for (int l = net->spec.L - 1; l >= 0; l--) {
        const bhi_block_acts *b = &at->decoder[l];
        const bhi_transformer_block *k = &net->blocks[l];
        bhi_block_mlp_backward(k, params, grads, g->dx, g->dn, g->wide, b, at->cross[l].x, D, C);
        cross_backward(net, k, params, grads, g, at, l, in, E, D);
        bhi_block_linear_backward(grads, params, k->w_attention, k->b_attention, g->dn, g->dx,
                                  b->heads, D, C, C);
        const bh_real *p = b->p;
        for (int i = 0, row = 0; i < in->B; i++) {
            int n = sequence_at(net, in, i).n_target;
            bhi_attention_backward(g->wide + row * 3 * C, g->attention, g->dn + row * C,
                                   b->qkv + row * 3 * C, p, 0, n, C, H);
            row += n;
            p += bhi_attention_probabilities(n, H);
        }
        bhi_block_qkv_backward(k, params, grads, g->dx, g->dn, g->wide, b,
                               l > 0 ? at->decoder[l - 1].x2 : at->target, D, C);
    }
}

static void encode_backward(const bhi_transformer *net, const bh_real *params, bh_real *grads,
                            const gradients *g, const places *at, const batch *in, int E)
{
    int C = net->spec.C, H = net->spec.H;
    bhi_layernorm_backward(g->dsource, grads + net->encoder_gain, grads + net->encoder_bias,
                           g->dmemory, at->encoder[net->spec.L - 1].x2, params + net->encoder_gain,
                           at->memory_moments, E, C);
    for (int l = net->spec.L - 1; l >= 0; l--) {
        const bhi_block_acts *b = &at->encoder[l];
        const bhi_transformer_block *k = &net->encoder[l];
        bhi_block_mlp_backward(k, params, grads, g->dsource, g->dn, g->wide, b, b->x1, E, C);
        bhi_block_linear_backward(grads, params, k->w_attention, k->b_attention, g->dn, g->dsource,
                                  b->heads, E, C, C);
        const bh_real *p = b->p;
        for (int i = 0, row = 0; i < in->B; i++) {
            int n = sequence_at(net, in, i).n_source;
            const bh_real *qkv = b->qkv + row * 3 * C;
            bh_real *dqkv = g->wide + row * 3 * C;
            bhi_attention_full_backward(dqkv, dqkv + C, dqkv + 2 * C, g->attention, g->dn + row * C,
                                        qkv, 3 * C, qkv + C, qkv + 2 * C, 3 * C, p, n, n, C, H);
            row += n;
            p += H * n * n;
        }
        bhi_block_qkv_backward(k, params, grads, g->dsource, g->dn, g->wide, b,
                               l > 0 ? at->encoder[l - 1].x2 : at->source, E, C);
    }
}

void bhi_encoder_decoder_backward(const bhi_transformer *net, const bh_real *params, bh_real *grads,
                                  const bh_real *acts, bh_real *scratch, const bh_real *dfeatures,
                                  const int *tokens, const int *last, int B, int T)
{
    batch in = {tokens, last, B, T};
    counts n = counts_of(net, &in);
    places at;
    lay(&at, net, acts, &n, B, T);
    gradients g = lay_gradients(net, scratch, &n, &in);
    int C = net->spec.C, E = (int)n.sources, D = (int)n.targets;
    for (int i = 0; i < (E + D) * C; i++) g.dx[i] = 0;
    for (int i = 0; i < E * C; i++) g.dmemory[i] = 0;
    for (int i = 0; i < D * C; i++) g.dn[i] = 0;
    copy_features(net, &in, (bh_real *)(uintptr_t)dfeatures, g.dn, 1);
    bhi_layernorm_backward(g.dx, grads + net->lnf_gain, grads + net->lnf_bias, g.dn,
                           at.decoder[net->spec.L - 1].x2, params + net->lnf_gain, at.moments, D,
                           C);
    decode_backward(net, params, grads, &g, &at, &in, E, D);
    if (E > 0) encode_backward(net, params, grads, &g, &at, &in, E);
    for (int i = 0; i < B; i++) {
        sequence s = sequence_at(net, &in, i);
        bhi_block_embed_backward(net, grads, g.dsource, s.tokens, 1, s.n_source);
        bhi_block_embed_backward(net, grads, g.dx, s.tokens + s.n_source, 1, s.n_target);
        g.dsource += s.n_source * C;
        g.dx += s.n_target * C;
    }
}

// ---- one position after the other ----

// What is kept of a sequence: its tokens, of each block keys (T,C) and values (T,C) of the target,
// and keys and values of the source (T,2C).
static size_t kept_of(const bhi_transformer *net)
{
    size_t T = (size_t)net->spec.T, C = (size_t)net->spec.C;
    return T + (size_t)net->spec.L * 4 * T * C;
}

static counts counts_of_step(const bhi_transformer *net, int n_source)
{
    counts n = {0};
    count(&n, n_source, 1, net->spec.H, 1);
    return n;
}

size_t bhi_encoder_decoder_cache(const bhi_transformer *net, int B)
{
    places at;
    counts n = counts_of_step(net, net->spec.T);
    lay(&at, net, NULL, &n, 1, 1);
    size_t T = (size_t)net->spec.T, features = (size_t)B * (size_t)net->spec.C;
    return features + (size_t)B * kept_of(net) + at.used + T;
}

// One sequence: features (C) out; kept: its part of the cache; work: what lay takes, and T scores.
static void step(const bhi_transformer *net, const bh_real *params, bh_real *features,
                 bh_real *kept, bh_real *work, int token, int position)
{
    const bhi_transformer_spec *s = &net->spec;
    int T = s->T, C = s->C, *tokens = (int *)(void *)kept;
    bh_real *past = kept + T, *source = past + s->L * 2 * T * C;
    tokens[position] = token;
    batch in = {tokens, NULL, 1, position + 1};
    int E = sequence_at(net, &in, 0).n_source, t = position - E;
    counts n = counts_of_step(net, E);
    places at;
    lay(&at, net, work, &n, 1, 1);
    bh_real *scores = work + at.used;
    if (t == 0 && E > 0) {
        encode(net, params, &at, &in, E);
        for (int l = 0; l < s->L; l++)
            to_keys(&net->blocks[l], params, source + l * 2 * T * C, at.memory, E, C);
    }
    const bh_real *x = at.target;
    bhi_block_embed(net, params, at.target, &token, t, 1, 1);
    for (int l = 0; l < s->L; l++, past += 2 * T * C, source += 2 * T * C) {
        const bhi_block_acts *b = &at.decoder[l];
        const cross_acts *c = &at.cross[l];
        const bhi_transformer_block *k = &net->blocks[l];
        bhi_block_qkv(k, params, b, x, 1, C);
        bhi_attention_step(b->heads, scores, b->qkv, past, past + T * C, t, C, s->H);
        bhi_block_add_linear(b->x1, x, b->heads, params + k->w_attention, params + k->b_attention,
                             1, C, C);
        to_queries(k, params, c, b->x1, 1, C);
        bhi_attention_full_forward(c->heads, c->p, c->q, C, source, source + C, 2 * C, 1, E, C,
                                   s->H);
        from_cross_heads(net, k, params, b, c, 1);
        x = b->x2;
    }
    bhi_layernorm_forward(features, at.moments, x, params + net->lnf_gain, params + net->lnf_bias,
                          1, C);
}

bh_real *bhi_encoder_decoder_step(const bhi_transformer *net, const bh_real *params, bh_real *cache,
                                  const int *tokens, int position, int B)
{
    size_t n_kept = kept_of(net);
    bh_real *features = cache, *kept = features + B * net->spec.C;
    for (int i = 0; i < B; i++) {
        step(net, params, features + i * net->spec.C, kept + (size_t)i * n_kept,
             kept + (size_t)B * n_kept, tokens[i], position);
    }
    return features;
}
