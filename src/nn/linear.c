// SPDX-License-Identifier: MIT
// The linear layer and its activation.
#include "nn/linear.h"

#include "kernels/elementwise.h"
#include "kernels/gemm.h"

#include <math.h>
#include <stddef.h>

void bhi_linear_forward(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                        const bh_real *restrict b, bhi_activation f, int B, int I, int O)
{
    bhi_gemm_nn(y, x, w, b, f == BHI_RELU ? BHI_EPILOGUE_RELU : BHI_EPILOGUE_NONE, B, O, I);
    if (f == BHI_TANH) bhi_tanh_forward(y, B * O);
}

void bhi_linear_backward(bh_real *restrict dw, bh_real *restrict db, bh_real *restrict dx,
                         const bh_real *restrict dy, const bh_real *restrict x,
                         const bh_real *restrict w, bhi_activation before, int B, int I, int O)
{
    bhi_gemm_tn(dw, x, dy, I, O, B);
    bhi_column_sums(db, dy, B, O);
    if (dx == NULL) return;
    bhi_gemm_nt(dx, dy, w, before == BHI_RELU ? x : NULL, B, I, O);
    if (before == BHI_TANH) bhi_tanh_backward(dx, x, B * I);
}

void bhi_linear_init(bh_real *w, bh_real *b, bh_rng *rng, int I, int O)
{
    double bound = 1.0 / sqrt((double)I);
    for (int i = 0; i < I * O; i++) w[i] = (bh_real)(bound * (2.0 * bh_rng_uniform(rng) - 1.0));
    for (int i = 0; i < O; i++) b[i] = (bh_real)(bound * (2.0 * bh_rng_uniform(rng) - 1.0));
}
