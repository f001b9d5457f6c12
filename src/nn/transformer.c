// SPDX-License-Identifier: MIT
// The transformer.
#include "nn/transformer.h"

#include "core/text.h"
#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "nn/attention.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

// ---- parameters ----

// The tensors of a block: name, place, size in channels (columns 0: a vector), and what they start
// as.
typedef enum start {
    ZEROS,
    ONES,
    NORMAL,
    RESIDUAL, // what is added to the residual stream
} start;

static const struct {
    const char *name;
    size_t member;
    int rows, columns;
    start start;
} block_rows[] = {
#define MEMBER(name) offsetof(bhi_transformer_block, name)
    {"ln_1.weight", MEMBER(ln1_gain), 1, 0, ONES},
    {"ln_1.bias", MEMBER(ln1_bias), 1, 0, ZEROS},
    {"attn.c_attn.weight", MEMBER(w_qkv), 1, 3, NORMAL},
    {"attn.c_attn.bias", MEMBER(b_qkv), 3, 0, ZEROS},
    {"attn.c_proj.weight", MEMBER(w_attention), 1, 1, RESIDUAL},
    {"attn.c_proj.bias", MEMBER(b_attention), 1, 0, ZEROS},
    {"ln_2.weight", MEMBER(ln2_gain), 1, 0, ONES},
    {"ln_2.bias", MEMBER(ln2_bias), 1, 0, ZEROS},
    {"mlp.c_fc.weight", MEMBER(w_up), 1, 4, NORMAL},
    {"mlp.c_fc.bias", MEMBER(b_up), 4, 0, ZEROS},
    {"mlp.c_proj.weight", MEMBER(w_down), 4, 1, RESIDUAL},
    {"mlp.c_proj.bias", MEMBER(b_down), 1, 0, ZEROS},
};

enum { BLOCK_TENSORS = sizeof block_rows / sizeof *block_rows };
_Static_assert(BHI_TRANSFORMER_TENSORS(1) == 4 + BLOCK_TENSORS, "a block's tensors");

static int *place_of(bhi_transformer_block *block, int row)
{
    return (int *)(void *)((char *)block + block_rows[row].member);
}

static double count(const bhi_transformer_spec *s)
{
    double C = s->C;
    return (s->V + s->T + 2.0) * C + s->L * (12 * C * C + 13 * C);
}

int bhi_transformer_fits(const bhi_transformer_spec *s)
{
    return s->V > 0 && s->T > 0 && s->C > 0 && s->H > 0 && s->L > 0 && s->L <= BHI_BLOCKS_MAX &&
           s->C % (4 * s->H) == 0 && count(s) < (1 << 30);
}

static int take(bhi_transformer *net, int n)
{
    int at = net->n_params;
    net->n_params += n;
    return at;
}

bhi_transformer bhi_transformer_shape(const bhi_transformer_spec *spec)
{
    assert(bhi_transformer_fits(spec));
    bhi_transformer net = {.spec = *spec};
    int C = spec->C;
    net.wte = take(&net, spec->V * C);
    net.wpe = take(&net, spec->T * C);
    for (int l = 0; l < spec->L; l++) {
        for (int i = 0; i < BLOCK_TENSORS; i++) {
            int columns = block_rows[i].columns;
            *place_of(&net.blocks[l], i) =
                take(&net, block_rows[i].rows * C * (columns > 0 ? columns * C : 1));
        }
    }
    net.lnf_gain = take(&net, C);
    net.lnf_bias = take(&net, C);
    return net;
}

void bhi_transformer_tensor_at(const bhi_transformer *net, int i, bhi_transformer_tensor *out)
{
    const bhi_transformer_spec *s = &net->spec;
    int n = BHI_TRANSFORMER_TENSORS(s->L), C = s->C;
    assert(i >= 0 && i < n);
    const bhi_transformer_tensor outside[] = {{"wte.weight", net->wte, s->V, C, 0},
                                              {"wpe.weight", net->wpe, s->T, C, 0},
                                              {"ln_f.weight", net->lnf_gain, C, 0, 0},
                                              {"ln_f.bias", net->lnf_bias, C, 0, 0}};
    if (i < 2 || i >= n - 2) {
        *out = outside[i < 2 ? i : i - n + 4];
        return;
    }
    int l = (i - 2) / BLOCK_TENSORS, row = (i - 2) % BLOCK_TENSORS;
    bhi_transformer_block block = net->blocks[l];
    int columns = block_rows[row].columns;
    *out = (bhi_transformer_tensor){.at = *place_of(&block, row),
                                    .rows = block_rows[row].rows * C,
                                    .columns = columns * C,
                                    .transposed = columns > 0};
    bh_text name = bh_text_over(out->name, sizeof out->name);
    bh_text_add(&name, "h.%d.%s", l, block_rows[row].name);
}

static void fill(bh_real *p, int n, start how, double deviation, bh_rng *rng)
{
    for (int i = 0; i < n; i++) {
        p[i] = how == ZEROS ? 0 : how == ONES ? 1 : (bh_real)(deviation * bh_rng_normal(rng));
    }
}

void bhi_transformer_init(const bhi_transformer *net, bh_real *params, bh_rng *rng)
{
    const bhi_transformer_spec *s = &net->spec;
    fill(params + net->wte, s->V * s->C, NORMAL, 0.02, rng);
    fill(params + net->wpe, s->T * s->C, NORMAL, 0.02, rng);
    for (int i = 0; i < s->L * BLOCK_TENSORS; i++) {
        bhi_transformer_tensor tensor;
        bhi_transformer_tensor_at(net, 2 + i, &tensor);
        start how = block_rows[i % BLOCK_TENSORS].start;
        int n = tensor.rows * (tensor.columns > 0 ? tensor.columns : 1);
        double deviation = how == RESIDUAL ? 0.02 / sqrt(2.0 * s->L) : 0.02;
        fill(params + tensor.at, n, how, deviation, rng);
    }
    fill(params + net->lnf_gain, s->C, ONES, 0, rng);
    fill(params + net->lnf_bias, s->C, ZEROS, 0, rng);
}

// ---- where activations are ----

// Of one block, R = B T rows: its input is the output of what stands before. Where only one
// position of each sequence is needed, all but n1 and the keys and values has B rows.
typedef struct block_acts {
    bh_real *n1, *moments1; // (R,C), (R,2)
    bh_real *qkv, *p;       // (R,3C), probabilities of B sequences
    bh_real *heads, *x1;    // (R,C): attention before its projection; the stream after it
    bh_real *n2, *moments2;
    bh_real *up, *act; // (R,4C)
    bh_real *x2;       // (R,C) the stream after the block
} block_acts;

typedef struct places {
    bh_real *x0; // (R,C) embeddings
    block_acts blocks[BHI_BLOCKS_MAX];
    bh_real *features, *moments; // (R,C), (R,2)
    bh_real *scratch;            // of attention
    size_t used;                 // reals
} places;

static bh_real *part(const bh_real *base, size_t *used, size_t n)
{
    size_t at = *used;
    *used += n;
    return base != NULL ? (bh_real *)(uintptr_t)(base + at) : NULL;
}

// Over a block of activations; with NULL it only measures.
static void lay(places *at, const bhi_transformer *net, const bh_real *acts, int B, int T)
{
    const bhi_transformer_spec *s = &net->spec;
    size_t R = (size_t)B * (size_t)T, C = (size_t)s->C, *used = &at->used;
    *used = 0;
    at->x0 = part(acts, used, R * C);
    for (int l = 0; l < s->L; l++) {
        block_acts *b = &at->blocks[l];
        b->n1 = part(acts, used, R * C);
        b->moments1 = part(acts, used, R * 2);
        b->qkv = part(acts, used, R * 3 * C);
        b->p = part(acts, used, (size_t)B * bhi_attention_probabilities(T, s->H));
        b->heads = part(acts, used, R * C);
        b->x1 = part(acts, used, R * C);
        b->n2 = part(acts, used, R * C);
        b->moments2 = part(acts, used, R * 2);
        b->up = part(acts, used, R * 4 * C);
        b->act = part(acts, used, R * 4 * C);
        b->x2 = part(acts, used, R * C);
    }
    at->features = part(acts, used, R * C);
    at->moments = part(acts, used, R * 2);
    at->scratch = part(acts, used, bhi_attention_scratch(T, s->C, s->H));
}

size_t bhi_transformer_acts(const bhi_transformer *net, int B, int T)
{
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

static void embed(const bhi_transformer *net, const bh_real *params, bh_real *x, const int *tokens,
                  int first, int B, int T)
{
    int C = net->spec.C;
    for (int i = 0; i < B * T; i++, x += C) {
        assert(tokens[i] >= 0 && tokens[i] < net->spec.V);
        bhi_copy_rows(x, C, params + net->wte + tokens[i] * C, C, 1, C);
        bhi_add_rows(x, C, params + net->wpe + (first + i % T) * C, C, 1, C);
    }
}

// y = x + (z W + b), R rows of C; z has `inputs` columns.
static void add_linear(bh_real *y, const bh_real *x, const bh_real *z, const bh_real *w,
                       const bh_real *b, int R, int inputs, int C)
{
    bhi_gemm_nn(y, z, w, b, BHI_EPILOGUE_NONE, R, C, inputs);
    bhi_add_rows(y, C, x, C, R, C);
}

// What both ways through a block share: all but attention itself. Of queries that nobody needs, the
// places stay as they are; x1 and n2 are free until from_heads.
static void to_qkv(const bhi_transformer *net, const bhi_transformer_block *k, const bh_real *w,
                   const block_acts *b, const bh_real *x, const int *last, int B, int T)
{
    int R = B * T, C = net->spec.C;
    const bh_real *w_qkv = w + k->w_qkv, *b_qkv = w + k->b_qkv;
    bhi_layernorm_forward(b->n1, b->moments1, x, w + k->ln1_gain, w + k->ln1_bias, R, C);
    if (last == NULL) {
        bhi_gemm_nn(b->qkv, b->n1, w_qkv, b_qkv, BHI_EPILOGUE_NONE, R, 3 * C, C);
        return;
    }
    bhi_gemm_nn_part(b->qkv + C, 3 * C, b->n1, C, w_qkv + C, 3 * C, b_qkv + C, R, 2 * C, C);
    pick_rows(b->x1, C, b->n1, C, last, B, T, C);
    bhi_gemm_nn_part(b->n2, C, b->x1, C, w_qkv, 3 * C, b_qkv, B, C, C);
    put_rows(b->qkv, 3 * C, b->n2, C, last, B, T, C);
}

static void attend(const block_acts *b, bh_real *scratch, const int *last, int B, int T, int C,
                   int H)
{
    size_t n_p = bhi_attention_probabilities(T, H);
    for (int i = 0; i < B; i++) {
        queries q = queries_of(last, i, T);
        bhi_attention_forward(b->heads + q.row * C, b->p + (size_t)i * n_p, scratch,
                              b->qkv + i * T * 3 * C, q.from, q.end, C, H);
    }
}

static void from_heads(const bhi_transformer *net, const bhi_transformer_block *k, const bh_real *w,
                       const block_acts *b, const bh_real *x, int R)
{
    int C = net->spec.C;
    add_linear(b->x1, x, b->heads, w + k->w_attention, w + k->b_attention, R, C, C);
    bhi_layernorm_forward(b->n2, b->moments2, b->x1, w + k->ln2_gain, w + k->ln2_bias, R, C);
    bhi_gemm_nn(b->up, b->n2, w + k->w_up, w + k->b_up, BHI_EPILOGUE_NONE, R, 4 * C, C);
    bhi_gelu_forward(b->act, b->up, net->spec.gelu, R * 4 * C);
    add_linear(b->x2, b->x1, b->act, w + k->w_down, w + k->b_down, R, 4 * C, C);
}

bh_real *bhi_transformer_forward(const bhi_transformer *net, const bh_real *params, bh_real *acts,
                                 const int *tokens, const int *last, int B, int T)
{
    const bhi_transformer_spec *s = &net->spec;
    assert(T <= s->T);
    places at;
    lay(&at, net, acts, B, T);
    int rows = B * T, C = s->C;
    embed(net, params, at.x0, tokens, 0, B, T);
    const bh_real *x = at.x0;
    for (int l = 0; l < s->L; l++) {
        const block_acts *b = &at.blocks[l];
        const int *only = l == s->L - 1 ? last : NULL;
        to_qkv(net, &net->blocks[l], params, b, x, only, B, T);
        attend(b, at.scratch, only, B, T, C, s->H);
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
    size_t R = (size_t)B * (size_t)T, C = (size_t)s->C;
    return R * 6 * C + bhi_attention_scratch(T, s->C, s->H);
}

// Gradients of weights (I,O) and bias (O), added, and of the input: dx (R,I) out.
static void linear_backward(bh_real *grads, const bh_real *params, int w_at, int b_at, bh_real *dx,
                            const bh_real *dy, const bh_real *x, int R, int I, int O)
{
    bhi_gemm_tn_add(grads + w_at, x, dy, I, O, R);
    bhi_add_column_sums(grads + b_at, dy, R, O);
    bhi_gemm_nt(dx, dy, params + w_at, NULL, R, I, O);
}

// From the stream after a block to what its heads gave: dx (R,C) gets what skips the mlp, dn (R,C)
// is out; wide (R,4C).
static void from_heads_backward(const bhi_transformer *net, const bhi_transformer_block *k,
                                const bh_real *params, bh_real *grads, bh_real *dx, bh_real *dn,
                                bh_real *wide, const block_acts *b, int R)
{
    int C = net->spec.C;
    linear_backward(grads, params, k->w_down, k->b_down, wide, dx, b->act, R, 4 * C, C);
    bhi_gelu_backward(wide, b->up, net->spec.gelu, R * 4 * C);
    linear_backward(grads, params, k->w_up, k->b_up, dn, wide, b->n2, R, C, 4 * C);
    bhi_layernorm_backward(dx, grads + k->ln2_gain, grads + k->ln2_bias, dn, b->x1,
                           params + k->ln2_gain, b->moments2, R, C);
    linear_backward(grads, params, k->w_attention, k->b_attention, dn, dx, b->heads, R, C, C);
}

// dqkv (B,T,3C) out; behind the position that is needed, 0.
static void attend_backward(bh_real *dqkv, bh_real *scratch, const bh_real *dheads,
                            const block_acts *b, const int *last, int B, int T, int C, int H)
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
                            bh_real *dn, bh_real *wide, const block_acts *b, const int *last, int B,
                            int T, int C)
{
    int R = B * T, C3 = 3 * C;
    if (last == NULL) {
        linear_backward(grads, params, k->w_qkv, k->b_qkv, dn, wide, b->n1, R, C, C3);
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
    places at;
    lay(&at, net, acts, B, T);
    int R = B * T, C = s->C, rows = last != NULL ? B : R;
    // dx is the gradient of the stream, dn that of what a norm gave, wide that of the wider layers.
    bh_real *dx = scratch, *dn = dx + R * C, *wide = dn + R * C, *of_heads = wide + R * 4 * C;
    for (int i = 0; i < rows * C; i++) dx[i] = 0;
    bhi_layernorm_backward(dx, grads + net->lnf_gain, grads + net->lnf_bias, dfeatures,
                           at.blocks[s->L - 1].x2, params + net->lnf_gain, at.moments, rows, C);
    for (int l = s->L - 1; l >= 0; l--, last = NULL) {
        const block_acts *b = &at.blocks[l];
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
    for (int i = 0; i < R; i++) {
        bhi_add_rows(grads + net->wte + tokens[i] * C, C, dx + i * C, C, 1, C);
        bhi_add_rows(grads + net->wpe + i % T * C, C, dx + i * C, C, 1, C);
    }
}

// ---- one position after the other ----

static size_t cached(const bhi_transformer *net, int B)
{
    return (size_t)net->spec.L * (size_t)B * 2 * (size_t)net->spec.T * (size_t)net->spec.C;
}

size_t bhi_transformer_cache(const bhi_transformer *net, int B)
{
    const bhi_transformer_spec one = {net->spec.V, net->spec.T, net->spec.C,
                                      net->spec.H, 1,           net->spec.gelu};
    bhi_transformer block = {.spec = one};
    return cached(net, B) + bhi_transformer_acts(&block, B, 1) + (size_t)net->spec.T;
}

bh_real *bhi_transformer_step(const bhi_transformer *net, const bh_real *params, bh_real *cache,
                              const int *tokens, int position, int B)
{
    const bhi_transformer_spec *s = &net->spec;
    assert(position >= 0 && position < s->T);
    bhi_transformer block = {.spec = *s};
    block.spec.L = 1; // all blocks use the activations of one
    places at;
    lay(&at, &block, cache + cached(net, B), B, 1);
    const block_acts *b = &at.blocks[0];
    bh_real *scores = cache + cached(net, B) + at.used, *keys = cache;
    int C = s->C, n_keys = s->T * C;
    embed(net, params, at.x0, tokens, position, B, 1);
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
