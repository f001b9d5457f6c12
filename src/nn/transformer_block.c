// SPDX-License-Identifier: MIT
// The parts of a transformer's block.
#include "nn/transformer_block.h"

#include "kernels/elementwise.h"
#include "kernels/gemm.h"

#include <assert.h>
#include <stdint.h>

bh_real *bhi_acts_part(const bh_real *acts, size_t *used, size_t n)
{
    size_t at = *used;
    *used += n;
    return acts != NULL ? (bh_real *)(uintptr_t)(acts + at) : NULL;
}

void bhi_block_lay(bhi_block_acts *b, const bh_real *acts, size_t *used, size_t R, size_t C,
                   size_t n_p)
{
    b->n1 = bhi_acts_part(acts, used, R * C);
    b->moments1 = bhi_acts_part(acts, used, R * 2);
    b->qkv = bhi_acts_part(acts, used, R * 3 * C);
    b->p = bhi_acts_part(acts, used, n_p);
    b->heads = bhi_acts_part(acts, used, R * C);
    b->x1 = bhi_acts_part(acts, used, R * C);
    b->n2 = bhi_acts_part(acts, used, R * C);
    b->moments2 = bhi_acts_part(acts, used, R * 2);
    b->up = bhi_acts_part(acts, used, R * 4 * C);
    b->act = bhi_acts_part(acts, used, R * 4 * C);
    b->x2 = bhi_acts_part(acts, used, R * C);
}

void bhi_block_embed(const bhi_transformer *net, const bh_real *params, bh_real *x,
                     const int *tokens, int first, int B, int T)
{
    int C = net->spec.C;
    for (int i = 0; i < B * T; i++, x += C) {
        assert(tokens[i] >= 0 && tokens[i] < net->spec.V);
        bhi_copy_rows(x, C, params + net->wte + tokens[i] * C, C, 1, C);
        bhi_add_rows(x, C, params + net->wpe + (first + i % T) * C, C, 1, C);
    }
}

void bhi_block_embed_backward(const bhi_transformer *net, bh_real *grads, const bh_real *dx,
                              const int *tokens, int B, int T)
{
    int C = net->spec.C;
    for (int i = 0; i < B * T; i++) {
        bhi_add_rows(grads + net->wte + tokens[i] * C, C, dx + i * C, C, 1, C);
        bhi_add_rows(grads + net->wpe + i % T * C, C, dx + i * C, C, 1, C);
    }
}

void bhi_block_add_linear(bh_real *y, const bh_real *x, const bh_real *z, const bh_real *w,
                          const bh_real *b, int R, int inputs, int C)
{
    bhi_gemm_nn(y, z, w, b, BHI_EPILOGUE_NONE, R, C, inputs);
    bhi_add_rows(y, C, x, C, R, C);
}

void bhi_block_linear_backward(bh_real *grads, const bh_real *params, int w_at, int b_at,
                               bh_real *dx, const bh_real *dy, const bh_real *x, int R, int I,
                               int O)
{
    bhi_gemm_tn_add(grads + w_at, x, dy, I, O, R);
    bhi_add_column_sums(grads + b_at, dy, R, O);
    bhi_gemm_nt(dx, dy, params + w_at, NULL, R, I, O);
}

void bhi_block_qkv(const bhi_transformer_block *k, const bh_real *w, const bhi_block_acts *b,
                   const bh_real *x, int R, int C)
{
    bhi_layernorm_forward(b->n1, b->moments1, x, w + k->ln1_gain, w + k->ln1_bias, R, C);
    bhi_gemm_nn(b->qkv, b->n1, w + k->w_qkv, w + k->b_qkv, BHI_EPILOGUE_NONE, R, 3 * C, C);
}

void bhi_block_qkv_backward(const bhi_transformer_block *k, const bh_real *params, bh_real *grads,
                            bh_real *dx, bh_real *dn, const bh_real *dqkv, const bhi_block_acts *b,
                            const bh_real *x, int R, int C)
{
    bhi_block_linear_backward(grads, params, k->w_qkv, k->b_qkv, dn, dqkv, b->n1, R, C, 3 * C);
    bhi_layernorm_backward(dx, grads + k->ln1_gain, grads + k->ln1_bias, dn, x,
                           params + k->ln1_gain, b->moments1, R, C);
}

void bhi_block_mlp(const bhi_transformer_block *k, const bh_real *w, const bhi_block_acts *b,
                   const bh_real *x, bhi_gelu gelu, int R, int C)
{
    bhi_layernorm_forward(b->n2, b->moments2, x, w + k->ln2_gain, w + k->ln2_bias, R, C);
    bhi_gemm_nn(b->up, b->n2, w + k->w_up, w + k->b_up, BHI_EPILOGUE_NONE, R, 4 * C, C);
    bhi_gelu_forward(b->act, b->up, gelu, R * 4 * C);
    bhi_block_add_linear(b->x2, x, b->act, w + k->w_down, w + k->b_down, R, 4 * C, C);
}

void bhi_block_mlp_backward(const bhi_transformer_block *k, const bh_real *params, bh_real *grads,
                            bh_real *dx, bh_real *dn, bh_real *wide, const bhi_block_acts *b,
                            const bh_real *x, int R, int C)
{
    bhi_block_linear_backward(grads, params, k->w_down, k->b_down, wide, dx, b->act, R, 4 * C, C);
    bhi_gelu_backward(wide, b->up, R * 4 * C);
    bhi_block_linear_backward(grads, params, k->w_up, k->b_up, dn, wide, b->n2, R, C, 4 * C);
    bhi_layernorm_backward(dx, grads + k->ln2_gain, grads + k->ln2_bias, dn, x,
                           params + k->ln2_gain, b->moments2, R, C);
}
