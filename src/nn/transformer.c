// SPDX-License-Identifier: MIT
// The transformer.
#include "nn/transformer.h"

#include "core/text.h"
#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "nn/attention.h"
#include "nn/encoder_decoder.h"
#include "nn/transformer_block.h"

#include <assert.h>
#include <math.h>

// ---- parameters ----

// The tensors of a block: names in a decoder-only stack, in an encoder and in a decoder; place, size
// in channels (columns 0: a vector), and what they start as.
typedef enum start {
    ZEROS,
    ONES,
    NORMAL,
    RESIDUAL, // what is added to the residual stream
} start;

typedef enum stack {
    ALONE,
    ENCODER,
    DECODER,
} stack;

static const struct {
    const char *names[3]; // by stack
    size_t member;
    int rows, columns;
    start start;
} block_rows[] = {
#define MEMBER(name) offsetof(bhi_transformer_block, name)
#define NAMES(gpt, both) \
    {                    \
        gpt, both, both  \
    }
#define NAMES_OF_3(gpt, enc, dec) \
    {                             \
        gpt, enc, dec             \
    }
    {NAMES("ln_1.weight", "norm1.weight"), MEMBER(ln1_gain), 1, 0, ONES},
    {NAMES("ln_1.bias", "norm1.bias"), MEMBER(ln1_bias), 1, 0, ZEROS},
    {NAMES("attn.c_attn.weight", "self_attn.in_proj_weight"), MEMBER(w_qkv), 1, 3, NORMAL},
    {NAMES("attn.c_attn.bias", "self_attn.in_proj_bias"), MEMBER(b_qkv), 3, 0, ZEROS},
    {NAMES("attn.c_proj.weight", "self_attn.out_proj.weight"), MEMBER(w_attention), 1, 1, RESIDUAL},
    {NAMES("attn.c_proj.bias", "self_attn.out_proj.bias"), MEMBER(b_attention), 1, 0, ZEROS},
    {NAMES_OF_3("ln_2.weight", "norm2.weight", "norm3.weight"), MEMBER(ln2_gain), 1, 0, ONES},
    {NAMES_OF_3("ln_2.bias", "norm2.bias", "norm3.bias"), MEMBER(ln2_bias), 1, 0, ZEROS},
    {NAMES("mlp.c_fc.weight", "linear1.weight"), MEMBER(w_up), 1, 4, NORMAL},
    {NAMES("mlp.c_fc.bias", "linear1.bias"), MEMBER(b_up), 4, 0, ZEROS},
    {NAMES("mlp.c_proj.weight", "linear2.weight"), MEMBER(w_down), 4, 1, RESIDUAL},
    {NAMES("mlp.c_proj.bias", "linear2.bias"), MEMBER(b_down), 1, 0, ZEROS},
    // Only of a decoder that has an encoder.
    {NAMES(NULL, "norm2.weight"), MEMBER(ln_cross_gain), 1, 0, ONES},
    {NAMES(NULL, "norm2.bias"), MEMBER(ln_cross_bias), 1, 0, ZEROS},
    {NAMES(NULL, "multihead_attn.in_proj_weight"), MEMBER(w_cross), 1, 3, NORMAL},
    {NAMES(NULL, "multihead_attn.in_proj_bias"), MEMBER(b_cross), 3, 0, ZEROS},
    {NAMES(NULL, "multihead_attn.out_proj.weight"), MEMBER(w_cross_out), 1, 1, RESIDUAL},
    {NAMES(NULL, "multihead_attn.out_proj.bias"), MEMBER(b_cross_out), 1, 0, ZEROS},
};

enum { BLOCK_TENSORS = 12, CROSS_TENSORS = sizeof block_rows / sizeof *block_rows };
_Static_assert(BHI_TRANSFORMER_TENSORS(1) == 4 + BLOCK_TENSORS, "a block's tensors");
_Static_assert(BHI_ENCODER_DECODER_TENSORS(1) == 6 + BLOCK_TENSORS + CROSS_TENSORS, "a pair's");

static int *place_of(bhi_transformer_block *block, int row)
{
    return (int *)(void *)((char *)block + block_rows[row].member);
}

static double count(const bhi_transformer_spec *s)
{
    double C = s->C, block = 12 * C * C + 13 * C, cross = 4 * C * C + 6 * C;
    double alone = (s->V + s->T + 2.0) * C + s->L * block;
    return s->separator > 0 ? alone + 2 * C + s->L * (block + cross) : alone;
}

int bhi_transformer_fits(const bhi_transformer_spec *s)
{
    return s->V > 0 && s->T > 0 && s->C > 0 && s->H > 0 && s->L > 0 && s->L <= BHI_BLOCKS_MAX &&
           s->C % (4 * s->H) == 0 && s->separator >= 0 && s->separator < s->V &&
           count(s) < (1 << 30);
}

static int take(bhi_transformer *net, int n)
{
    int at = net->n_params;
    net->n_params += n;
    return at;
}

static void take_blocks(bhi_transformer *net, bhi_transformer_block *blocks, int n_rows)
{
    int C = net->spec.C;
    for (int l = 0; l < net->spec.L; l++) {
        for (int i = 0; i < n_rows; i++) {
            int columns = block_rows[i].columns;
            *place_of(&blocks[l], i) =
                take(net, block_rows[i].rows * C * (columns > 0 ? columns * C : 1));
        }
    }
}

bhi_transformer bhi_transformer_shape(const bhi_transformer_spec *spec)
{
    assert(bhi_transformer_fits(spec));
    bhi_transformer net = {.spec = *spec};
    int C = spec->C;
    net.wte = take(&net, spec->V * C);
    net.wpe = take(&net, spec->T * C);
    if (spec->separator > 0) {
        take_blocks(&net, net.encoder, BLOCK_TENSORS);
        net.encoder_gain = take(&net, C);
        net.encoder_bias = take(&net, C);
    }
    take_blocks(&net, net.blocks, spec->separator > 0 ? CROSS_TENSORS : BLOCK_TENSORS);
    net.lnf_gain = take(&net, C);
    net.lnf_bias = take(&net, C);
    return net;
}

int bhi_transformer_n_tensors(const bhi_transformer *net)
{
    int L = net->spec.L;
    return net->spec.separator > 0 ? BHI_ENCODER_DECODER_TENSORS(L) : BHI_TRANSFORMER_TENSORS(L);
}

// Tensor `row` of block l.
static start block_tensor(const bhi_transformer *net, stack of, int l, int row,
                          bhi_transformer_tensor *out)
{
    static const char *const prefixes[] = {"h", "encoder.layers", "decoder.layers"};
    bhi_transformer_block block = of == ENCODER ? net->encoder[l] : net->blocks[l];
    int columns = block_rows[row].columns, C = net->spec.C;
    *out = (bhi_transformer_tensor){.at = *place_of(&block, row),
                                    .rows = block_rows[row].rows * C,
                                    .columns = columns * C,
                                    .transposed = columns > 0};
    bh_text name = bh_text_over(out->name, sizeof out->name);
    bh_text_add(&name, "%s.%d.%s", prefixes[of], l, block_rows[row].names[of]);
    return block_rows[row].start;
}

static start norm_tensor(const bhi_transformer *net, const char *name, int gain, int bias,
                         int is_bias, bhi_transformer_tensor *out)
{
    *out = (bhi_transformer_tensor){.at = is_bias ? bias : gain, .rows = net->spec.C};
    bh_text text = bh_text_over(out->name, sizeof out->name);
    bh_text_add(&text, "%s.%s", name, is_bias ? "bias" : "weight");
    return is_bias ? ZEROS : ONES;
}

// Returns what it starts as.
static start tensor_at(const bhi_transformer *net, int i, bhi_transformer_tensor *out)
{
    const bhi_transformer_spec *s = &net->spec;
    int is_pair = s->separator > 0, n = is_pair ? CROSS_TENSORS : BLOCK_TENSORS;
    int n_encoder = is_pair ? s->L * BLOCK_TENSORS : 0;
    if (i < 2) {
        const bhi_transformer_tensor embeddings[] = {{"wte.weight", net->wte, s->V, s->C, 0},
                                                     {"wpe.weight", net->wpe, s->T, s->C, 0}};
        *out = embeddings[i];
        return NORMAL;
    }
    i -= 2;
    if (i < n_encoder) return block_tensor(net, ENCODER, i / BLOCK_TENSORS, i % BLOCK_TENSORS, out);
    i -= n_encoder;
    if (is_pair && i < 2)
        return norm_tensor(net, "encoder.norm", net->encoder_gain, net->encoder_bias, i, out);
    i -= is_pair ? 2 : 0;
    if (i < s->L * n) return block_tensor(net, is_pair ? DECODER : ALONE, i / n, i % n, out);
    return norm_tensor(net, is_pair ? "decoder.norm" : "ln_f", net->lnf_gain, net->lnf_bias,
                       i - s->L * n, out);
}

void bhi_transformer_tensor_at(const bhi_transformer *net, int i, bhi_transformer_tensor *out)
{
    assert(i >= 0 && i < bhi_transformer_n_tensors(net));
    tensor_at(net, i, out);
}

static void fill(bh_real *p, int n, start how, double deviation, bh_rng *rng)
{
    for (int i = 0; i < n; i++) {
        p[i] = how == ZEROS ? 0 : how == ONES ? 1 : (bh_real)(deviation * bh_rng_normal(rng));
    }
}

void bhi_transformer_init(const bhi_transformer *net, bh_real *params, bh_rng *rng)
{
    for (int i = 0; i < bhi_transformer_n_tensors(net); i++) {
        bhi_transformer_tensor tensor;
        start how = tensor_at(net, i, &tensor);
        int n = tensor.rows * (tensor.columns > 0 ? tensor.columns : 1);
        // Blocks of a decoder with an encoder add to the stream three times, others twice.
        int is_third = net->spec.separator > 0 && tensor.at >= net->blocks[0].ln1_gain;
        double added = (is_third ? 3.0 : 2.0) * net->spec.L;
        fill(params + tensor.at, n, how, how == RESIDUAL ? 0.02 / sqrt(added) : 0.02, rng);
    }
}

// ---- where activations are ----

// Where only one position of each sequence is needed, all but n1 and the keys and values of the last
// block has B rows.
typedef struct places {
    bh_real *x0; // (R,C) embeddings
    bhi_block_acts blocks[BHI_BLOCKS_MAX];
    bh_real *features, *moments; // (R,C), (R,2)
    size_t used;                 // reals
} places;

// Over a block of activations; with NULL it only measures.
static void lay(places *at, const bhi_transformer *net, const bh_real *acts, int B, int T)
{
    const bhi_transformer_spec *s = &net->spec;
    size_t R = (size_t)B * (size_t)T, C = (size_t)s->C, *used = &at->used;
    *used = 0;
    at->x0 = bhi_acts_part(acts, used, R * C);
    for (int l = 0; l < s->L; l++) {
        size_t n_p = (size_t)B * bhi_attention_probabilities(T, s->H);
        bhi_block_lay(&at->blocks[l], acts, used, R, C, n_p);
    }
    at->features = bhi_acts_part(acts, used, R * C);
    at->moments = bhi_acts_part(acts, used, R * 2);
}

size_t bhi_transformer_acts(const bhi_transformer *net, int B, int T)
{
    if (net->spec.separator > 0) return bhi_encoder_decoder_acts(net, B, T);
    places at;
    lay(&at, net, NULL, B, T);
    return at.used;
}

// ---- one position of each sequence ----

// The rows at the positions `last` of B sequences of T rows, n columns. y may be x: a row never
// goes behind where it was.
static void pick_rows(bh_real *y, int ldy, const bh_real *x, int ldx, const int *last, int B, int T,
                      int n)
{
    for (int i = 0; i < B; i++, y += ldy) {
        bhi_copy_rows(y, ldy, x + (i * T + last[i]) * ldx, ldx, 1, n);
    }
}

// Back to where they were.
static void put_rows(bh_real *y, int ldy, const bh_real *x, int ldx, const int *last, int B, int T,
                     int n)
{
    for (int i = 0; i < B; i++, x += ldx) {
        bhi_copy_rows(y + (i * T + last[i]) * ldy, ldy, x, ldx, 1, n);
    }
}

// Of sequence i, the positions `from` … `end` - 1 have queries; their rows of heads begin at `row`.
typedef struct queries {
    int from, end, row;
} queries;

static queries queries_of(const int *last, int i, int T)
{
    assert(last == NULL || (last[i] >= 0 && last[i] < T));
    return last != NULL ? (queries){last[i], last[i] + 1, i} : (queries){0, T, i * T};
}

// ---- forward ----

// What both ways through a block share: all but attention itself. Of queries that nobody needs, the
// places stay as they are; x1 and n2 are free until from_heads.
static void to_qkv(const bhi_transformer *net, const bhi_transformer_block *k, const bh_real *w,
                   const bhi_block_acts *b, const bh_real *x, const int *last, int B, int T)
{
    int R = B * T, C = net->spec.C;
    const bh_real *w_qkv = w + k->w_qkv, *b_qkv = w + k->b_qkv;
    if (last == NULL) {
        bhi_block_qkv(k, w, b, x, R, C);
        return;
    }
    bhi_layernorm_forward(b->n1, b->moments1, x, w + k->ln1_gain, w + k->ln1_bias, R, C);
    bhi_gemm_nn_part(b->qkv + C, 3 * C, b->n1, C, w_qkv + C, 3 * C, b_qkv + C, R, 2 * C, C);
    pick_rows(b->x1, C, b->n1, C, last, B, T, C);
    bhi_gemm_nn_part(b->n2, C, b->x1, C, w_qkv, 3 * C, b_qkv, B, C, C);
    put_rows(b->qkv, 3 * C, b->n2, C, last, B, T, C);
}

static void attend(const bhi_block_acts *b, const int *last, int B, int T, int C, int H)
{
    size_t n_p = bhi_attention_probabilities(T, H);
    for (int i = 0; i < B; i++) {
        queries q = queries_of(last, i, T);
        bhi_attention_forward(b->heads + q.row * C, b->p + (size_t)i * n_p, b->qkv + i * T * 3 * C,
                              q.from, q.end, C, H);
    }
}

static void from_heads(const bhi_transformer *net, const bhi_transformer_block *k, const bh_real *w,
                       const bhi_block_acts *b, const bh_real *x, int R)
{
    int C = net->spec.C;
    bhi_block_add_linear(b->x1, x, b->heads, w + k->w_attention, w + k->b_attention, R, C, C);
    bhi_block_mlp(k, w, b, b->x1, net->spec.gelu, R, C);
}

bh_real *bhi_transformer_forward(const bhi_transformer *net, const bh_real *params, bh_real *acts,
                                 const int *tokens, const int *last, int B, int T)
{
    const bhi_transformer_spec *s = &net->spec;
    assert(T <= s->T);
    if (s->separator > 0) return bhi_encoder_decoder_forward(net, params, acts, tokens, last, B, T);
    places at;
    lay(&at, net, acts, B, T);
    int rows = B * T, C = s->C;
    bhi_block_embed(net, params, at.x0, tokens, 0, B, T);
    const bh_real *x = at.x0;
    for (int l = 0; l < s->L; l++) {
        const bhi_block_acts *b = &at.blocks[l];
        const int *only = l == s->L - 1 ? last : NULL;
        to_qkv(net, &net->blocks[l], params, b, x, only, B, T);
        attend(b, only, B, T, C, s->H);
        if (only != NULL) {
            pick_rows(b->x2, C, x, C, only, B, T, C); // x2 is free until the block's end
            x = b->x2;
            rows = B;
        }
        from_heads(net, &net->blocks[l], params, b, x, rows);
        x = b->x2;
    }
    bhi_layernorm_forward(at.features, at.moments, x, params + net->lnf_gain,
                          params + net->lnf_bias, rows, C);
    return at.features;
}

// ---- backward ----

size_t bhi_transformer_scratch(const bhi_transformer *net, int B, int T)
{
    const bhi_transformer_spec *s = &net->spec;
    if (s->separator > 0) return bhi_encoder_decoder_scratch(net, B, T);
    size_t R = (size_t)B * (size_t)T, C = (size_t)s->C;
    return R * 6 * C + bhi_attention_scratch(T);
}

// From the stream after a block to what its heads gave: dx (R,C) gets what skips the mlp, dn (R,C)
// is out; wide (R,4C).
static void from_heads_backward(const bhi_transformer *net, const bhi_transformer_block *k,
                                const bh_real *params, bh_real *grads, bh_real *dx, bh_real *dn,
                                bh_real *wide, const bhi_block_acts *b, int R)
{
    int C = net->spec.C;
    bhi_block_mlp_backward(k, params, grads, dx, dn, wide, b, b->x1, R, C);
    bhi_block_linear_backward(grads, params, k->w_attention, k->b_attention, dn, dx, b->heads, R, C,
                              C);
}

// dqkv (B,T,3C) out; behind the position that is needed, 0.
static void attend_backward(bh_real *dqkv, bh_real *scratch, const bh_real *dheads,
                            const bhi_block_acts *b, const int *last, int B, int T, int C, int H)
{
    size_t n_p = bhi_attention_probabilities(T, H);
    for (int i = 0; i < B; i++, dqkv += T * 3 * C) {
        queries q = queries_of(last, i, T);
        bhi_attention_backward(dqkv, scratch, dheads + q.row * C, b->qkv + i * T * 3 * C,
                               b->p + (size_t)i * n_p, q.from, q.end, C, H);
        for (int j = q.end * 3 * C; j < T * 3 * C; j++) dqkv[j] = 0;
    }
}

// dn (R,C) out; wide (R,4C) begins with dqkv (R,3C) and is overwritten. Where one position of each
// sequence is needed, only it has a query's gradient; each number of dn is one sum over query, key
// and value, so that its row is computed anew.
static void to_qkv_backward(const bhi_transformer_block *k, const bh_real *params, bh_real *grads,
                            bh_real *dn, bh_real *wide, const bhi_block_acts *b, const int *last,
                            int B, int T, int C)
{
    int R = B * T, C3 = 3 * C;
    if (last == NULL) {
        bhi_block_linear_backward(grads, params, k->w_qkv, k->b_qkv, dn, wide, b->n1, R, C, C3);
        return;
    }
    const bh_real *w = params + k->w_qkv;
    bh_real *dw = grads + k->w_qkv, *picked = wide + R * C3;
    bhi_gemm_tn_add_part(dw + C, C3, b->n1, C, wide + C, C3, C, 2 * C, R);
    bhi_add_column_sums(grads + k->b_qkv, wide, R, C3);
    bhi_gemm_nt_part(dn, C, wide + C, C3, w + C, C3, R, C, 2 * C);
    pick_rows(wide, C3, wide, C3, last, B, T, C3);
    pick_rows(picked, C, b->n1, C, last, B, T, C);
    bhi_gemm_tn_add_part(dw, C3, picked, C, wide, C3, C, C, B);
    bhi_gemm_nt(picked, wide, w, NULL, B, C, C3);
    put_rows(dn, C, picked, C, last, B, T, C);
}

void bhi_transformer_backward(const bhi_transformer *net, const bh_real *params, bh_real *grads,
                              const bh_real *acts, bh_real *scratch, const bh_real *dfeatures,
                              const int *tokens, const int *last, int B, int T)
{
    const bhi_transformer_spec *s = &net->spec;
    if (s->separator > 0) {
        bhi_encoder_decoder_backward(net, params, grads, acts, scratch, dfeatures, tokens, last, B,
                                     T);
        return;
    }
    places at;
    lay(&at, net, acts, B, T);
    int R = B * T, C = s->C, rows = last != NULL ? B : R;
    // dx is the gradient of the stream, dn that of what a norm gave, wide that of the wider layers.
    bh_real *dx = scratch, *dn = dx + R * C, *wide = dn + R * C, *of_heads = wide + R * 4 * C;
    for (int i = 0; i < rows * C; i++) dx[i] = 0;
    bhi_layernorm_backward(dx, grads + net->lnf_gain, grads + net->lnf_bias, dfeatures,
                           at.blocks[s->L - 1].x2, params + net->lnf_gain, at.moments, rows, C);
    for (int l = s->L - 1; l >= 0; l--, last = NULL) {
        const bhi_block_acts *b = &at.blocks[l];
        const bhi_transformer_block *k = &net->blocks[l];
        const bh_real *x = l > 0 ? at.blocks[l - 1].x2 : at.x0;
        from_heads_backward(net, k, params, grads, dx, dn, wide, b, last != NULL ? B : R);
        attend_backward(wide, of_heads, dn, b, last, B, T, C, s->H);
        if (last != NULL) {
            bh_real *picked = dx;
            dx = dn;
            dn = picked;
            for (int i = 0; i < R * C; i++) dx[i] = 0;
            put_rows(dx, C, picked, C, last, B, T, C);
        }
        to_qkv_backward(k, params, grads, dn, wide, b, last, B, T, C);
        bhi_layernorm_backward(dx, grads + k->ln1_gain, grads + k->ln1_bias, dn, x,
                               params + k->ln1_gain, b->moments1, R, C);
    }
    bhi_block_embed_backward(net, grads, dx, tokens, B, T);
}

// ---- one position after the other ----

static size_t cached(const bhi_transformer *net, int B)
{
    return (size_t)net->spec.L * (size_t)B * 2 * (size_t)net->spec.T * (size_t)net->spec.C;
}

size_t bhi_transformer_cache(const bhi_transformer *net, int B)
{
    if (net->spec.separator > 0) return bhi_encoder_decoder_cache(net, B);
    bhi_transformer block = {.spec = net->spec};
    block.spec.L = 1;
    return cached(net, B) + bhi_transformer_acts(&block, B, 1) + (size_t)net->spec.T;
}

bh_real *bhi_transformer_step(const bhi_transformer *net, const bh_real *params, bh_real *cache,
                              const int *tokens, int position, int B)
{
    const bhi_transformer_spec *s = &net->spec;
    assert(position >= 0 && position < s->T);
    if (s->separator > 0) return bhi_encoder_decoder_step(net, params, cache, tokens, position, B);
    bhi_transformer block = {.spec = *s};
    block.spec.L = 1; // all blocks use the activations of one
    places at;
    lay(&at, &block, cache + cached(net, B), B, 1);
    const bhi_block_acts *b = &at.blocks[0];
    bh_real *scores = cache + cached(net, B) + at.used, *keys = cache;
    int C = s->C, n_keys = s->T * C;
    bhi_block_embed(net, params, at.x0, tokens, position, B, 1);
    for (int l = 0; l < s->L; l++) {
        to_qkv(net, &net->blocks[l], params, b, at.x0, NULL, B, 1);
        for (int i = 0; i < B; i++, keys += 2 * n_keys) {
            bhi_attention_step(b->heads + i * C, scores, b->qkv + i * 3 * C, keys, keys + n_keys,
                               position, C, s->H);
        }
        from_heads(net, &net->blocks[l], params, b, at.x0, B);
        bhi_copy_rows(at.x0, C, b->x2, C, B, C);
    }
    bhi_layernorm_forward(at.features, at.moments, at.x0, params + net->lnf_gain,
                          params + net->lnf_bias, B, C);
    return at.features;
}
