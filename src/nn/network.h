// SPDX-License-Identifier: MIT
// Networks: a stack of convolutions and linear layers over one block of parameters.
//
//     x (B,S) -> [convolutions] -> hidden linear layers -> linear output -> [dueling] -> (B,A,N)
//     x (B,T) -> transformer    -> …
//
// With layer normalisation a convolution or a hidden layer is: products -> norm -> activation.
//
// A transformer takes token ids, text from the first on and 0 behind it, and gives the features of
// the last token there is; its last block computes no others (nn/transformer.h).
// Numbers that are no token of its vocabulary count as token 0.
//
// Legend: B batch, S inputs, A outputs (actions), N atoms of each (1, or those of a distribution).
// A bhi_net is plain data that only says where things are; the caller owns the blocks of
// parameters, gradients and activations, so that an online and a target network are one bhi_net and
// two blocks, and syncing them is one copy. Images are channels last (H,W,C).
//
// A noisy network (Fortunato et al. 2018) has two blocks in its parameters: the means, which lie as
// the parameters of a plain network do, then the sigmas. Products use the *weights*: the means, or
// means plus noise times sigma. Without noise, parameters and weights are the same thing.
#pragma once

#include "core/config.h"
#include "nn/conv2d.h"
#include "nn/linear.h"
#include "nn/transformer.h"

#include <stddef.h>

#define BHI_CONVS_MAX  3
#define BHI_LAYERS_MAX (2 * (BHI_CONVS_MAX + BH_SIZES_MAX) + 1)

/// What comes before the hidden layers; numbered like the words of the `features_extractor` option.
typedef enum bhi_extractor {
    BHI_FLATTEN = 0,     ///< nothing
    BHI_MINATAR_CNN = 1, ///< 16 filters 3x3, stride 1 (Young and Tian 2019)
    BHI_NATURE_CNN = 2,  ///< 32 8x8 stride 4, 64 4x4 stride 2, 64 3x3 stride 1 (Mnih et al. 2015)
    BHI_TRANSFORMER = 3, ///< nn/transformer.h; the spec's body is then bhi_transformer_body
    BHI_ENCODER_DECODER = 4, ///< of an option only: in a spec, a transformer with a separator
} bhi_extractor;

typedef struct bhi_body bhi_body;
typedef struct bhi_net bhi_net;

/// What a network is made from. Zeros mean: no images, no norm, no dueling, no
/// noise.
typedef struct bhi_net_spec {
    int inputs;   ///< S
    int image[3]; ///< height, width, channels of an input, for a convolutional extractor
    bhi_extractor extractor;
    const bhi_body *body;             ///< of BHI_TRANSFORMER, else NULL
    bhi_transformer_spec transformer; ///< of that body; its T is S
    bh_sizes hidden;                  ///< of the linear layers before the output
    bhi_activation activation;
    void (*add_norm)(bhi_net *net); ///< bhi_add_layer_norm: hidden sizes are multiples of 4
    int outputs, atoms;             ///< A, N
    int dueling;    ///< split the output into a value and advantages (Wang et al. 2016)
    int noisy;      ///< noise on every linear layer
    double sigma_0; ///< how much of it to begin with (BHI_NOISY_SIGMA_0)
} bhi_net_spec;

typedef struct bhi_layer {
    int inputs, outputs; ///< reals of one row
    int units;           ///< reals of one row of activations: outputs, and what a norm keeps
    int w_at, b_at;      ///< where weights and bias start in a block of weights
    int sigma_at; ///< where sigma's weights, then bias, start in the parameters; 0: not noisy
    int noise_at; ///< where f(eps) of its inputs, then outputs, start in a block of noise
    int is_conv;
    const bhi_body *body; ///< NULL: a convolution or a linear layer
    bhi_activation activation;
    bhi_conv2d conv; ///< of a convolution, and of the norm behind it
} bhi_layer;

struct bhi_net {
    int n_layers;
    bhi_layer layers[BHI_LAYERS_MAX];
    bhi_transformer transformer; ///< of the body that is one
    int outputs, atoms, dueling; ///< A, N
    double sigma_0;
    int n_weights; ///< reals of a block of weights, and of the means at the start of the parameters
    int n_params;  ///< reals in a block of parameters or of gradients: weights, then sigmas
    int n_units;   ///< reals of activations of all layers per batch row
    int n_noise;   ///< reals of a block of noise; 0 when nothing is noisy
};

/// A body: a layer with parameter tensors of its own, the transformer in front or a norm. A network
/// meets it only through this table, so that a program without one does not carry its code. `w`,
/// `dw`: its part of a block of weights or gradients. A norm has the functions from `init` on.
struct bhi_body {
    int (*fits)(const bhi_net_spec *spec);
    /// Reals of its activations for one row, at most, and of its outputs; in double, as they may
    /// not fit an int.
    double (*units)(const bhi_net_spec *spec, double *outputs);
    /// Keeps in `net` what it needs; returns its number of parameters. outputs out: reals of one
    /// row.
    int (*shape)(bhi_net *net, const bhi_net_spec *spec, int *outputs);
    void (*init)(const bhi_net *net, const bhi_layer *layer, bh_real *w, bh_rng *rng);
    /// Reals it needs behind the activations of B rows.
    size_t (*scratch)(const bhi_net *net, int B);
    /// y (B,units) out: its outputs, then what it keeps.
    void (*forward)(const bhi_net *net, const bhi_layer *layer, bh_real *y, bh_real *scratch,
                    const bh_real *x, const bh_real *w, int B);
    /// dw out   dx (B,inputs) out, NULL of a first layer   dy (B,outputs) before its activation
    /// acts: the scratch of the forward pass.
    void (*backward)(const bhi_net *net, const bhi_layer *layer, bh_real *dw, bh_real *dx,
                     const bh_real *dy, const bh_real *y, const bh_real *acts, bh_real *scratch,
                     const bh_real *x, const bh_real *w, int B);
    /// Parameter tensor i; returns 0 behind the last one.
    int (*tensor_at)(const bhi_net *net, const bhi_layer *layer, int i,
                     bhi_transformer_tensor *out);
};

/// A transformer that reads tokens (B,T) and gives the features of the last one.
extern const bhi_body bhi_transformer_body;

/// Puts layer normalisation (Ba et al. 2016; PyTorch's nn.LayerNorm) between the layer added last
/// and its activation: over the outputs of a linear layer; of a convolution over the channels of
/// each place, as Flax has it.
void bhi_add_layer_norm(bhi_net *net);

/// Whether an image is large enough for the extractor's convolutions; whether a body can have these
/// sizes.
int bhi_net_fits(const bhi_net_spec *spec);

/// Lays out a network. The spec fits.
bhi_net bhi_net_shape(const bhi_net_spec *spec);

/// The plain case: linear layers of `hidden` sizes between S inputs and A outputs.
bhi_net bhi_net_mlp(int S, const bh_sizes *hidden, int A, bhi_activation activation);

/// Draws all parameters of a block of n_params.
void bhi_net_init(const bhi_net *net, bh_real *params, bh_rng *rng);

/// The same as Stable-Baselines3 does it for policies: orthogonal weights (nn/orthogonal.h), of
/// gain sqrt(2) and `output_gain` in the last layer, and biases 0. For a network without noise.
void bhi_net_init_orthogonal(const bhi_net *net, bh_real *params, double output_gain, bh_rng *rng);

/// Reals of a block of activations for batches up to B: B * n_units, and scratch where there are
/// convolutions.
size_t bhi_net_acts(const bhi_net *net, int B);

/// Runs x (B,S) through. `acts`, bhi_net_acts(net, B) reals, gets each layer's output after the
/// other. Returns the network's output (B,A,N), borrowed until `acts` changes.
bh_real *bhi_net_forward(const bhi_net *net, const bh_real *weights, bh_real *acts,
                         const bh_real *x, int B);

/// Where a layer's outputs (B, outputs) start in a block of activations; layer n_layers: the
/// network's output.
bh_real *bhi_net_layer(const bhi_net *net, bh_real *acts, int layer, int B);

/// Where the network's output (B,A,N) stands in a block of activations.
bh_real *bhi_net_output(const bhi_net *net, bh_real *acts, int B);

/// Gradient of all weights, into the first n_weights of grads. `acts` and `x` as in the forward
/// pass; `dacts`, as large as `acts`, has the gradient of the output where the output stands, and
/// is overwritten.
void bhi_net_backward(const bhi_net *net, const bh_real *weights, bh_real *grads, bh_real *acts,
                      bh_real *dacts, const bh_real *x, int B);

// ---- noise: nothing to call when n_noise is 0 ----

/// Draws fresh noise (n_noise).
void bhi_net_draw_noise(const bhi_net *net, bh_real *noise, bh_rng *rng);

/// weights (n_weights) out: the means of params plus noise times their sigmas.
void bhi_net_add_noise(const bhi_net *net, bh_real *weights, const bh_real *params,
                       const bh_real *noise);

/// Completes grads after a backward pass with noisy weights: those of the sigmas. A mean's is its
/// weight's.
void bhi_net_noise_gradient(const bhi_net *net, bh_real *grads, const bh_real *noise);
