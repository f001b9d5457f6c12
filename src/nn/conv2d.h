// SPDX-License-Identifier: MIT
// The 2-D convolution (cross-correlation, as PyTorch's nn.Conv2d) without padding, and its
// activation: a forward and a backward, side by side.
//
// Legend: B batch; H, W, C height, width and channels of the input map; K side of the square
// kernel; OH, OW, O height, width and channels (filters) of the output map. Channels are last
// everywhere: x is (B,H,W,C), y (B,OH,OW,O), weights (K,K,C,O). Checkpoints hold weights as
// (O,C,K,K), as PyTorch does.
//
// Both passes are matrix products over patches: a patch is the K*K*C inputs under one output, K
// runs of K*C numbers, and the patches of some images are gathered as rows of `col`. Sums go over
// the patch in memory order, over outputs in the order (B,OH,OW), whatever the number of images at
// once.
//
//     bhi_conv2d f = bhi_conv2d_shape(10, 10, 4, 16, 3, 1);
//     bh_real *col = bhi_arena_array(arena, bhi_conv2d_col(&f, B), sizeof *col);
//     bhi_conv2d_forward(y, col, x, w, b, BHI_RELU, &f, B);
#pragma once

#include "nn/linear.h"

#include <stddef.h>

/// Plain data: the sizes of a layer.
typedef struct bhi_conv2d {
    int H, W, C;
    int O, K, stride;
    int OH, OW;    ///< floor((H - K) / stride) + 1, and so for W: what does not fit is not seen
    int n_inputs;  ///< H * W * C
    int n_outputs; ///< OH * OW * O
    int n_patch;   ///< K * K * C: the weights are (n_patch, O)
} bhi_conv2d;

/// The sizes that follow from those given. K is at most H and W; all are at least 1.
bhi_conv2d bhi_conv2d_shape(int H, int W, int C, int O, int K, int stride);

/// Reals of `col`, the scratch of both passes, enough for batches up to B. It grows with B only as
/// far as some images' patches fill a cache, and nothing in it is kept: layers can share the
/// largest.
size_t bhi_conv2d_col(const bhi_conv2d *shape, int B);

/// y = f(x * w + b).   y (B,OH,OW,O) out   x (B,H,W,C)   w (K,K,C,O)   b (O)   col scratch.
void bhi_conv2d_forward(bh_real *restrict y, bh_real *restrict col, const bh_real *restrict x,
                        const bh_real *restrict w, const bh_real *restrict b, bhi_activation f,
                        const bhi_conv2d *shape, int B);

/// Gradients of a loss with respect to the parts of x * w + b, from dy (B,OH,OW,O), that of its
/// result.
/// dw (K,K,C,O) out   db (O) out   col scratch   x (B,H,W,C) as in the forward pass   w (K,K,C,O)
/// dx (B,H,W,C) out, or NULL when nobody needs it: the gradient of what x was before the activation
/// `before` that made it (BHI_IDENTITY: of x itself).
void bhi_conv2d_backward(bh_real *restrict dw, bh_real *restrict db, bh_real *restrict dx,
                         bh_real *restrict col, const bh_real *restrict dy,
                         const bh_real *restrict x, const bh_real *restrict w,
                         bhi_activation before, const bhi_conv2d *shape, int B);

/// Uniform in +-1/sqrt(K*K*C) for weights and bias: PyTorch's default for nn.Conv2d.
void bhi_conv2d_init(bh_real *w, bh_real *b, bh_rng *rng, const bhi_conv2d *shape);
