// SPDX-License-Identifier: MIT
// The linear layer and its activation: a forward and a backward, side by side.
//
// Legend: B batch, I inputs, O outputs. Weights are (I,O), the output index contiguous, so that
// both the forward product and the weight gradient run over memory in order; checkpoints hold the
// transpose (O,I), as PyTorch does.
#pragma once

#include "core/real.h"
#include "core/rng.h"

typedef enum bhi_activation {
    BHI_IDENTITY = -1,
    BHI_RELU = 0, ///< numbered like the words of the `activation` option
    BHI_TANH = 1,
} bhi_activation;

/// y = f(x W + b).   y (B,O) out   x (B,I)   w (I,O)   b (O).
void bhi_linear_forward(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,
                        const bh_real *restrict b, bhi_activation f, int B, int I, int O);

/// Gradients of a loss with respect to the parts of x W + b, from dy (B,O), that of its result.
/// dw (I,O) out   db (O) out   x (B,I) as in the forward pass   w (I,O)
/// dx (B,I) out, or NULL when nobody needs it: the gradient of what x was before the activation
/// `before` that made it (BHI_IDENTITY: of x itself).
void bhi_linear_backward(bh_real *restrict dw, bh_real *restrict db, bh_real *restrict dx,
                         const bh_real *restrict dy, const bh_real *restrict x,
                         const bh_real *restrict w, bhi_activation before, int B, int I, int O);

/// Uniform in +-1/sqrt(I) for weights and bias: PyTorch's default for nn.Linear.
void bhi_linear_init(bh_real *w, bh_real *b, bh_rng *rng, int I, int O);
