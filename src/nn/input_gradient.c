// SPDX-License-Identifier: MIT
// The gradient of a network's inputs.
#include "nn/input_gradient.h"

#include "kernels/elementwise.h"
#include "kernels/gemm.h"

#include <assert.h>

void bhi_net_input_gradient(const bhi_net *net, const bh_real *weights, bh_real *dx, int first,
                            int n, bh_real *acts, bh_real *dacts, int B)
{
    assert(!net->dueling && net->n_noise == 0 && !net->layers[0].is_conv &&
           net->layers[0].body == NULL);
    for (int i = net->n_layers - 1; i > 0; i--) {
        const bhi_layer *layer = &net->layers[i];
        const bh_real *input = bhi_net_layer(net, acts, i - 1, B);
        bh_real *dinput = bhi_net_layer(net, dacts, i - 1, B);
        bhi_activation before = net->layers[i - 1].activation;
        bhi_gemm_nt(dinput, bhi_net_layer(net, dacts, i, B), weights + layer->w_at,
                    before == BHI_RELU ? input : NULL, B, layer->inputs, layer->outputs);
        if (before == BHI_TANH) bhi_tanh_backward(dinput, input, B * layer->inputs);
    }
    const bhi_layer *layer = &net->layers[0];
    const bh_real *rows = weights + layer->w_at + (size_t)first * (size_t)layer->outputs;
    bhi_gemm_nt(dx, bhi_net_layer(net, dacts, 0, B), rows, NULL, B, n, layer->outputs);
}
