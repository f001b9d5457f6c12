// SPDX-License-Identifier: MIT
// The 2-D convolution and its activation, some images at a time.
#include "nn/conv2d.h"

#include "kernels/elementwise.h"
#include "kernels/gemm.h"

#include <assert.h>
#include <string.h>

#define COL_TARGET 32768 // reals of patches at once, 128 KB: they stay in the second cache

bhi_conv2d bhi_conv2d_shape(int H, int W, int C, int O, int K, int stride)
{
    assert(C > 0 && O > 0 && K > 0 && stride > 0 && K <= H && K <= W);
    bhi_conv2d c = {.H = H, .W = W, .C = C, .O = O, .K = K, .stride = stride};
    c.OH = (H - K) / stride + 1;
    c.OW = (W - K) / stride + 1;
    c.n_inputs = H * W * C;
    c.n_outputs = c.OH * c.OW * O;
    c.n_patch = K * K * C;
    return c;
}

static int images_at_once(const bhi_conv2d *c, int B)
{
    int fit = COL_TARGET / (c->OH * c->OW * c->n_patch);
    return fit < 1 ? 1 : fit < B ? fit : B;
}

size_t bhi_conv2d_col(const bhi_conv2d *c, int B)
{
    return (size_t)images_at_once(c, B) * (size_t)(c->OH * c->OW) * (size_t)c->n_patch;
}

// Where the patch under an output of an image starts; its next row of K*C numbers is W*C further.
static ptrdiff_t patch_at(const bhi_conv2d *c, int i, int j)
{
    return ((ptrdiff_t)i * c->stride * c->W + (ptrdiff_t)j * c->stride) * c->C;
}

// The patches of n images as rows of col.
static void gather(bh_real *restrict col, const bh_real *restrict x, const bhi_conv2d *c, int n)
{
    int run = c->K * c->C;
    for (int image = 0; image < n; image++, x += c->n_inputs) {
        for (int o = 0; o < c->OH * c->OW; o++, col += c->n_patch) {
            const bh_real *from = x + patch_at(c, o / c->OW, o % c->OW);
            bhi_copy_rows(col, run, from, c->W * c->C, c->K, run);
        }
    }
}

// The inverse: adds the rows of col to the inputs they came from, which start from 0.
static void scatter(bh_real *restrict dx, const bh_real *restrict col, const bhi_conv2d *c, int n)
{
    int run = c->K * c->C;
    memset(dx, 0, (size_t)n * (size_t)c->n_inputs * sizeof *dx);
    for (int image = 0; image < n; image++, dx += c->n_inputs) {
        for (int o = 0; o < c->OH * c->OW; o++, col += c->n_patch) {
            bh_real *to = dx + patch_at(c, o / c->OW, o % c->OW);
            bhi_add_rows(to, c->W * c->C, col, run, c->K, run);
        }
    }
}

void bhi_conv2d_forward(bh_real *restrict y, bh_real *restrict col, const bh_real *restrict x,
                        const bh_real *restrict w, const bh_real *restrict b, bhi_activation f,
                        const bhi_conv2d *c, int B)
{
    bhi_epilogue epilogue = f == BHI_RELU ? BHI_EPILOGUE_RELU : BHI_EPILOGUE_NONE;
    int block = images_at_once(c, B);
    for (int n; B > 0; B -= n, x += n * c->n_inputs, y += n * c->n_outputs) {
        n = B < block ? B : block;
        gather(col, x, c, n);
        bhi_gemm_nn(y, col, w, b, epilogue, n * c->OH * c->OW, c->O, c->n_patch);
        if (f == BHI_TANH) bhi_tanh_forward(y, n * c->n_outputs);
    }
}

void bhi_conv2d_backward(bh_real *restrict dw, bh_real *restrict db, bh_real *restrict dx,
                         bh_real *restrict col, const bh_real *restrict dy,
                         const bh_real *restrict x, const bh_real *restrict w,
                         bhi_activation before, const bhi_conv2d *c, int B)
{
    bhi_column_sums(db, dy, B * c->OH * c->OW, c->O);
    memset(dw, 0, (size_t)c->n_patch * (size_t)c->O * sizeof *dw);
    int block = images_at_once(c, B);
    for (int n; B > 0; B -= n, x += n * c->n_inputs, dy += n * c->n_outputs) {
        n = B < block ? B : block;
        int rows = n * c->OH * c->OW, inputs = n * c->n_inputs;
        gather(col, x, c, n);
        bhi_gemm_tn_add(dw, col, dy, c->n_patch, c->O, rows);
        if (dx == NULL) continue;
        bhi_gemm_nt(col, dy, w, NULL, rows, c->n_patch, c->O);
        scatter(dx, col, c, n);
        if (before == BHI_RELU) bhi_relu_backward(dx, x, inputs);
        if (before == BHI_TANH) bhi_tanh_backward(dx, x, inputs);
        dx += inputs;
    }
}

void bhi_conv2d_init(bh_real *w, bh_real *b, bh_rng *rng, const bhi_conv2d *c)
{
    bhi_linear_init(w, b, rng, c->n_patch, c->O);
}
