// SPDX-License-Identifier: MIT
// Orthogonal initialisation: orthogonality in all shapes, against QR by hand, its distribution;
// whole networks.
#include "nn/network.h"
#include "nn/orthogonal.h"

#include "check.h"

#include <stdlib.h>

static const int is_double = sizeof(bh_real) == sizeof(double);

// Largest distance of the products of columns (I >= O) or rows from gain^2 times the identity.
static double defect(const bh_real *w, double gain, int I, int O)
{
    int tall = O <= I, n = tall ? O : I, length = tall ? I : O;
    double worst = 0;
    for (int u = 0; u < n; u++) {
        for (int v = 0; v <= u; v++) {
            double sum = u == v ? -gain * gain : 0;
            for (int i = 0; i < length; i++) {
                sum += (double)(tall ? w[i * O + u] : w[u * O + i]) *
                       (double)(tall ? w[i * O + v] : w[v * O + i]);
            }
            if (!(fabs(sum) <= worst)) worst = fabs(sum);
        }
    }
    return worst;
}

static void test_orthogonality(void)
{
    // Square ones leave least room; 130 columns are three blocks of projections.
    static const int shapes[][2] = {{1, 1},   {1, 5},   {5, 1},     {4, 64},    {64, 4},
                                    {64, 64}, {65, 64}, {130, 130}, {300, 130}, {130, 300}};
    static bh_real w[300 * 130];
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        int I = shapes[k][0], O = shapes[k][1];
        for (uint64_t seed = 0; seed < 3; seed++) {
            bh_rng rng = bh_rng_seed(seed);
            bhi_orthogonal(w, 1.5, &rng, I, O);
            CHECK_NEAR(defect(w, 1.5, I, O), 0, is_double ? 1e-13 : 3e-6);
        }
    }
}

// The first two columns by the textbook: the first keeps its direction, the second loses its share
// of it.
static void test_is_gram_schmidt(void)
{
    enum { I = 7, O = 2 };
    bh_real w[I * O], drawn[I * O];
    bh_rng rng = bh_rng_seed(9), twin = rng;
    bhi_orthogonal(w, 1, &rng, I, O);
    for (int i = 0; i < I * O; i++) drawn[i] = (bh_real)bh_rng_normal(&twin);
    CHECK(rng.state == twin.state); // one draw per weight
    double aa = 0, ab = 0, rest = 0;
    for (int i = 0; i < I; i++) {
        aa += (double)drawn[2 * i] * (double)drawn[2 * i];
        ab += (double)drawn[2 * i] * (double)drawn[2 * i + 1];
    }
    double b[I];
    for (int i = 0; i < I; i++) {
        b[i] = (double)drawn[2 * i + 1] - ab / aa * (double)drawn[2 * i];
        rest += b[i] * b[i];
    }
    for (int i = 0; i < I; i++) {
        CHECK_NEAR((double)w[2 * i], (double)drawn[2 * i] / sqrt(aa), 1e-6);
        CHECK_NEAR((double)w[2 * i + 1], b[i] / sqrt(rest), 1e-6);
    }
}

// Uniform over orthogonal matrices: each element has mean 0 and variance 1/max(I,O), the diagonal
// too. A QR whose signs are not corrected fails here.
static void test_distribution(void)
{
    enum { N = 4, DRAWS = 4000 };
    double mean[N * N] = {0}, square[N * N] = {0};
    bh_rng rng = bh_rng_seed(2);
    for (int k = 0; k < DRAWS; k++) {
        bh_real w[N * N];
        bhi_orthogonal(w, 1, &rng, N, N);
        for (int i = 0; i < N * N; i++) {
            mean[i] += (double)w[i] / DRAWS;
            square[i] += (double)w[i] * (double)w[i] / DRAWS;
        }
    }
    for (int i = 0; i < N * N; i++) {
        CHECK_NEAR(mean[i], 0, 4 * 0.5 / sqrt(DRAWS));
        CHECK_NEAR(square[i], 0.25, 0.02);
    }
}

static void test_networks(void)
{
    bhi_net_spec spec = {.inputs = 6 * 6 * 2,
                         .image = {6, 6, 2},
                         .extractor = BHI_MINATAR_CNN,
                         .hidden = {2, {24, 20}},
                         .activation = BHI_TANH,
                         .outputs = 3,
                         .atoms = 1};
    bhi_net net = bhi_net_shape(&spec);
    bh_real *params = malloc((size_t)net.n_params * sizeof *params);
    for (int i = 0; i < net.n_params; i++) params[i] = 7;
    bh_rng rng = bh_rng_seed(1);
    bhi_net_init_orthogonal(&net, params, 0.01, &rng);
    double tolerance = is_double ? 1e-13 : 3e-6;
    CHECK(net.n_layers == 4 && net.layers[0].is_conv);
    for (int i = 0; i < net.n_layers; i++) {
        const bhi_layer *layer = &net.layers[i];
        // A convolution is the matrix of its patches: 3 x 3 of 2 channels, by 16 filters.
        int inputs = layer->is_conv ? 18 : layer->inputs,
            outputs = layer->is_conv ? 16 : layer->outputs;
        CHECK_NEAR(defect(params + layer->w_at, i < 3 ? sqrt(2) : 0.01, inputs, outputs), 0,
                   tolerance);
        for (int o = 0; o < outputs; o++) CHECK(params[layer->b_at + o] == 0);
    }
    free(params);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_orthogonality);
    CHECK_RUN(test_is_gram_schmidt);
    CHECK_RUN(test_distribution);
    CHECK_RUN(test_networks);
    return check_report();
}
