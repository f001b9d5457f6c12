// SPDX-License-Identifier: MIT
// Linear layers and networks: numbers by hand, layout, gradients against finite differences (to
// 1e-6 and better in the gradcheck build, loosely in float), initial parameters.
#include "nn/network.h"

#include "check.h"

#include <stdlib.h>

static const int is_double = sizeof(bh_real) == sizeof(double);

// ---- one layer ----

static void test_linear_by_hand(void)
{
    const bh_real x[] = {1, 2, -1, 3}, w[] = {1, -2, 0, 2, 1, -1}, b[] = {(bh_real)0.5, 0, 1};
    bh_real y[6];
    bhi_linear_forward(y, x, w, b, BHI_IDENTITY, 2, 2, 3);
    const bh_real want[] = {(bh_real)5.5, 0, -1, (bh_real)5.5, 5, -2};
    CHECK(memcmp(y, want, sizeof y) == 0);
    bhi_linear_forward(y, x, w, b, BHI_RELU, 2, 2, 3);
    const bh_real rectified[] = {(bh_real)5.5, 0, 0, (bh_real)5.5, 5, 0};
    CHECK(memcmp(y, rectified, sizeof y) == 0);

    const bh_real dy[] = {1, 0, 0, 2, -1, 0};
    const bh_real want_dw[] = {-1, 1, 0, 8, -3, 0}, want_db[] = {3, -1, 0};
    const bh_real want_dx[] = {1, 2, 4, 3}, gated[] = {1, 2, 0, 3}; // x[2] is below 0
    bh_real dw[6], db[3], dx[4];
    bhi_linear_backward(dw, db, dx, dy, x, w, BHI_IDENTITY, 2, 2, 3);
    CHECK(memcmp(dw, want_dw, sizeof dw) == 0);
    CHECK(memcmp(db, want_db, sizeof db) == 0);
    CHECK(memcmp(dx, want_dx, sizeof dx) == 0);
    bhi_linear_backward(dw, db, dx, dy, x, w, BHI_RELU, 2, 2, 3);
    CHECK(memcmp(dx, gated, sizeof dx) == 0);
    bhi_linear_backward(dw, db, NULL, dy, x, w, BHI_RELU, 2, 2, 3); // nobody needs dx
    CHECK(memcmp(dw, want_dw, sizeof dw) == 0);
}

static void test_linear_tanh(void)
{
    const bh_real x[] = {(bh_real)0.5}, w[] = {2, -2}, b[] = {0, 0};
    bh_real y[2];
    bhi_linear_forward(y, x, w, b, BHI_TANH, 1, 1, 2);
    CHECK_NEAR((double)y[0], 0.7615941559557649, 1e-7);
    CHECK(y[1] == -y[0]);
    bh_real dy[] = {1, -2}, dw[2], db[2], dx[1];
    bhi_linear_backward(dw, db, dx, dy, x, w, BHI_TANH, 1, 1, 2);
    CHECK_NEAR((double)dx[0], 6 * (1 - 0.25), 1e-6); // (2 + 4) times the slope where tanh is 0.5
}

// PyTorch's default: uniform in +-1/sqrt(inputs), for weights and bias alike.
static void test_linear_init(void)
{
    enum { I = 25, O = 400 };
    static bh_real w[I * O], b[O];
    bh_rng rng = bh_rng_seed(1);
    bhi_linear_init(w, b, &rng, I, O);
    double sum = 0, squares = 0, low = 1, high = -1;
    for (int i = 0; i < I * O; i++) {
        double x = (double)w[i];
        sum += x;
        squares += x * x;
        if (x < low) low = x;
        if (x > high) high = x;
    }
    CHECK(low >= -0.2 && high <= 0.2 && low < -0.199 && high > 0.199);
    CHECK_NEAR(sum / (I * O), 0, 5 * 0.2 / sqrt(3.0 * I * O));
    CHECK_NEAR(squares / (I * O), 0.04 / 3, 0.0006);
    for (int i = 0; i < O; i++) CHECK(fabs((double)b[i]) <= 0.2);
    CHECK(b[0] != b[1] && b[1] != w[0]);
}

// ---- the network ----

static void test_shapes(void)
{
    bhi_net net = bhi_net_mlp(3, &(bh_sizes){2, {5, 4}}, 2, BHI_TANH);
    CHECK(net.n_layers == 3 && net.n_params == 20 + 24 + 10 && net.n_units == 11);
    CHECK(net.layers[1].w_at == 20 && net.layers[1].b_at == 40 && net.layers[2].w_at == 44 &&
          net.layers[2].b_at == 52);
    bh_real acts[1];
    CHECK(bhi_net_layer(&net, acts, 0, 7) == acts);

    bhi_net linear = bhi_net_mlp(3, &(bh_sizes){0}, 2, BHI_RELU); // no hidden layer
    CHECK(linear.n_layers == 1 && linear.n_params == 8 && linear.n_units == 2);
    bhi_net deepest = bhi_net_mlp(1, &(bh_sizes){8, {1, 1, 1, 1, 1, 1, 1, 1}}, 1, BHI_RELU);
    CHECK(deepest.n_layers == BH_SIZES_MAX + 1 && deepest.n_params == 18);
}

static void test_init_follows_the_seed(void)
{
    bhi_net net = bhi_net_mlp(4, &(bh_sizes){1, {8}}, 2, BHI_RELU);
    bh_real a[58], b[58];
    CHECK(net.n_params == 58);
    bh_rng first = bh_rng_seed(5), second = bh_rng_seed(5), third = bh_rng_seed(6);
    bhi_net_init(&net, a, &first);
    bhi_net_init(&net, b, &second);
    CHECK(memcmp(a, b, sizeof a) == 0);
    bhi_net_init(&net, b, &third);
    CHECK(memcmp(a, b, sizeof a) != 0);
}

// ---- gradients ----

typedef struct problem {
    bhi_net net;
    int B;
    bh_real *params, *grads, *acts, *dacts, *x;
    bh_real *slope;           // (B,A,N): the loss is sum of slope * y
    bh_real *weights, *noise; // of noisy networks
} problem;

static bh_real *random_reals(size_t n, double scale, bh_rng *rng)
{
    bh_real *x = calloc(n + 1, sizeof *x);
    for (size_t i = 0; i < n; i++) x[i] = (bh_real)(scale * bh_rng_normal(rng));
    return x;
}

static problem make(const bhi_net_spec *spec, int B, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    problem p = {.net = bhi_net_shape(spec), .B = B};
    size_t P = (size_t)p.net.n_params, acts = bhi_net_acts(&p.net, B);
    p.params = random_reals(P, 0.5, &rng);
    p.grads = random_reals(P, 1, &rng);
    p.acts = random_reals(acts, 1, &rng);
    p.dacts = random_reals(acts, 1, &rng);
    p.x = random_reals((size_t)B * (size_t)spec->inputs, 1, &rng);
    p.slope = random_reals((size_t)(B * p.net.outputs * p.net.atoms), 1, &rng);
    p.weights = random_reals((size_t)p.net.n_weights, 1, &rng);
    p.noise = random_reals((size_t)p.net.n_noise, 1, &rng);
    bhi_net_draw_noise(&p.net, p.noise, &rng);
    return p;
}

static void drop(problem *p)
{
    bh_real *blocks[] = {p->params, p->grads, p->acts,    p->dacts,
                         p->x,      p->slope, p->weights, p->noise};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) free(blocks[i]);
}

static const bh_real *weights_of(problem *p)
{
    if (p->net.n_noise == 0) return p->params;
    bhi_net_add_noise(&p->net, p->weights, p->params, p->noise);
    return p->weights;
}

static double loss_of(problem *p)
{
    const bh_real *y = bhi_net_forward(&p->net, weights_of(p), p->acts, p->x, p->B);
    double sum = 0;
    for (int i = 0; i < p->B * p->net.outputs * p->net.atoms; i++)
        sum += (double)y[i] * (double)p->slope[i];
    return sum;
}

// Central differences of every parameter against the backward pass, for inputs x (B,S), or random
// ones where it is NULL.
static void check_rows(const bhi_net_spec *spec, const bh_real *x, int B, uint64_t seed)
{
    problem p = make(spec, B, seed);
    if (x != NULL) memcpy(p.x, x, (size_t)(B * spec->inputs) * sizeof *x);
    const double h = is_double ? 1e-5 : 1e-2, tolerance = is_double ? 1e-7 : 2e-2;
    loss_of(&p);
    bh_real *dy = bhi_net_output(&p.net, p.dacts, B);
    memcpy(dy, p.slope, (size_t)(B * p.net.outputs * p.net.atoms) * sizeof *dy);
    bhi_net_backward(&p.net, weights_of(&p), p.grads, p.acts, p.dacts, p.x, B);
    bhi_net_noise_gradient(&p.net, p.grads, p.noise);
    for (int i = 0; i < p.net.n_params; i++) {
        bh_real saved = p.params[i];
        p.params[i] = (bh_real)((double)saved + h);
        double up = loss_of(&p), step = (double)p.params[i];
        p.params[i] = (bh_real)((double)saved - h);
        double down = loss_of(&p);
        step -= (double)p.params[i];
        p.params[i] = saved;
        double numeric = (up - down) / step, size = fabs(numeric) > 1 ? fabs(numeric) : 1;
        CHECK_NEAR((double)p.grads[i], numeric, tolerance * size);
    }
    drop(&p);
}

static void check_spec(const bhi_net_spec *spec, int B, uint64_t seed)
{
    check_rows(spec, NULL, B, seed);
}

static void check_gradient(int S, bh_sizes hidden, int A, bhi_activation f, int B, uint64_t seed)
{
    check_spec(&(bhi_net_spec){.inputs = S, .hidden = hidden, .outputs = A, .activation = f}, B,
               seed);
}

static void test_gradients_tanh(void)
{
    check_gradient(3, (bh_sizes){0}, 2, BHI_TANH, 4, 1);
    check_gradient(3, (bh_sizes){1, {5}}, 2, BHI_TANH, 1, 2);
    check_gradient(4, (bh_sizes){2, {9, 6}}, 3, BHI_TANH, 5, 3);
    check_gradient(1, (bh_sizes){3, {4, 1, 7}}, 1, BHI_TANH, 3, 4);
}

// ReLU has kinks: only steps far below the distance to one tell its slope, which float cannot take.
static void test_gradients_relu(void)
{
    if (!is_double) return;
    check_gradient(3, (bh_sizes){1, {5}}, 2, BHI_RELU, 1, 5);
    check_gradient(4, (bh_sizes){2, {16, 8}}, 2, BHI_RELU, 7, 6);
    check_gradient(7, (bh_sizes){3, {12, 13, 11}}, 5, BHI_RELU, 4, 7);
}

// ---- dueling, atoms, noise, convolutions ----

static void test_gradients_of_every_part(void)
{
    bhi_net_spec spec = {.inputs = 4, .hidden = {2, {6, 5}}, .outputs = 3, .activation = BHI_TANH};
    spec.dueling = 1;
    check_spec(&spec, 3, 8);
    spec.atoms = 4;
    check_spec(&spec, 2, 9);
    spec.noisy = 1;
    check_spec(&spec, 3, 10);
    spec.dueling = 0;
    check_spec(&spec, 3, 11);
}

static void test_gradients_of_convolutions(void)
{
    if (!is_double) return; // ReLU's kinks, as above
    bhi_net_spec spec = {.inputs = 5 * 4 * 2,
                         .image = {5, 4, 2},
                         .extractor = BHI_MINATAR_CNN,
                         .hidden = {1, {7}},
                         .outputs = 2};
    check_spec(&spec, 3, 12);
    spec.dueling = spec.noisy = 1;
    spec.hidden.n = 0;
    check_spec(&spec, 2, 13);
}

// Rows of text of different lengths, some shorter than the longest, and one that is empty.
static void test_gradients_of_a_transformer(void)
{
    enum { ROWS = 4, LONG = 7 };
    static const bh_real rows[ROWS][LONG] = {{3, 1, 4, 1, 5}, {2}, {0, 3, 3}, {1, 2, 3, 4, 5, 1}};
    bhi_net_spec spec = {.inputs = LONG,
                         .extractor = BHI_TRANSFORMER,
                         .body = &bhi_transformer_body,
                         .transformer = {.V = 6, .T = LONG, .C = 8, .H = 2, .L = 2},
                         .hidden = {1, {5}},
                         .outputs = 3,
                         .activation = BHI_TANH};
    check_rows(&spec, rows[0], ROWS, 14);
    spec.transformer.L = 1;
    spec.dueling = 1;
    check_rows(&spec, rows[0], ROWS, 15);
}

static void test_gradients_of_layer_norm(void)
{
    bhi_net_spec spec = {.inputs = 4,
                         .hidden = {2, {8, 12}},
                         .outputs = 3,
                         .activation = BHI_TANH,
                         .add_norm = bhi_add_layer_norm};
    check_spec(&spec, 1, 16);
    check_spec(&spec, 5, 17);
    spec.dueling = spec.noisy = 1;
    check_spec(&spec, 3, 18);
    if (!is_double) return; // ReLU's kinks, as above
    spec = (bhi_net_spec){.inputs = 5 * 4 * 2,
                          .image = {5, 4, 2},
                          .extractor = BHI_MINATAR_CNN,
                          .hidden = {1, {8}},
                          .outputs = 2,
                          .add_norm = bhi_add_layer_norm};
    check_spec(&spec, 3, 19);
}

// A hidden layer of 4: products 1 3 5 7, mean 4, variance 5; gain and bias, then ReLU. Of a
// convolution each place is a row of its own.
static void test_layer_norm_by_hand(void)
{
    bhi_net_spec spec = {.inputs = 1,
                         .hidden = {1, {4}},
                         .outputs = 1,
                         .activation = BHI_RELU,
                         .add_norm = bhi_add_layer_norm};
    bhi_net net = bhi_net_shape(&spec);
    CHECK(net.n_layers == 3 && net.n_params == 8 + 8 + 5 && net.n_units == 4 + (4 + 2) + 1);
    bh_rng rng = bh_rng_seed(1);
    bh_real params[21], acts[11], x = 2;
    bhi_net_init(&net, params, &rng);
    for (int i = 0; i < 4; i++) {
        CHECK(params[8 + i] == 1 && params[12 + i] == 0); // as PyTorch begins
        params[i] = (bh_real)i + 1;                       // weights 1 2 3 4, biases -1
        params[4 + i] = -1;
        params[8 + i] = 2;
        params[12 + i] = (bh_real)0.5;
    }
    bhi_net_forward(&net, params, acts, &x, 1);
    const bh_real *y = bhi_net_layer(&net, acts, 1, 1);
    for (int i = 0; i < 4; i++) {
        double normal = (2 * i - 3) / sqrt(5 + 1e-5), want = 2 * normal + 0.5;
        CHECK_NEAR((double)y[i], want > 0 ? want : 0, 1e-6);
    }

    spec.extractor = BHI_MINATAR_CNN;
    spec.image[0] = spec.image[1] = 4;
    spec.image[2] = 1;
    spec.inputs = 16;
    net = bhi_net_shape(&spec);
    CHECK(net.layers[0].outputs == 4 * 16 && net.layers[1].units == 4 * 16 + 4 * 2);
    CHECK(net.n_params == (9 + 1) * 16 + 2 * 16 + (64 + 1) * 4 + 2 * 4 + 5);
}

// v + advantage - mean advantage, by hand: one linear layer with weights 0, so that its bias is the
// stream.
static void test_dueling_by_hand(void)
{
    bhi_net net =
        bhi_net_shape(&(bhi_net_spec){.inputs = 1, .outputs = 3, .atoms = 2, .dueling = 1});
    CHECK(net.n_weights == 16 && net.n_units == 8 + 6);
    bh_real params[16] = {0}, acts[14], x = 1;
    const bh_real stream[8] = {10, 20, 1, 2, 2, 4, 6, 6}; // value's two atoms, then three actions'
    memcpy(params + 8, stream, sizeof stream);
    const bh_real *y = bhi_net_forward(&net, params, acts, &x, 1);
    const bh_real want[6] = {8, 18, 9, 20, 13, 22}; // mean advantages 3 and 4
    for (int i = 0; i < 6; i++) CHECK_NEAR((double)y[i], (double)want[i], 1e-5);
    CHECK(y == bhi_net_output(&net, acts, 1));

    bh_real dacts[14], grads[16], *dy = bhi_net_output(&net, dacts, 1);
    const bh_real slope[6] = {3, 0, 0, 0, 0, 6};
    memcpy(dy, slope, sizeof slope);
    bhi_net_backward(&net, params, grads, acts, dacts, &x, 1);
    const bh_real dstream[8] = {3, 6, 2, -2, -1, -2, -1, 4};
    for (int i = 0; i < 8; i++) CHECK_NEAR((double)grads[8 + i], (double)dstream[i], 1e-6);
}

// The Nature network on 84x84x4 has the sizes of the paper; smaller images than its convolutions do
// not fit.
static void test_nature(void)
{
    bhi_net_spec spec = {.inputs = 84 * 84 * 4,
                         .image = {84, 84, 4},
                         .extractor = BHI_NATURE_CNN,
                         .hidden = {1, {512}},
                         .outputs = 6};
    CHECK(bhi_net_fits(&spec));
    bhi_net net = bhi_net_shape(&spec);
    CHECK(net.n_layers == 5 && net.layers[0].outputs == 20 * 20 * 32);
    CHECK(net.layers[1].outputs == 9 * 9 * 64 && net.layers[2].outputs == 7 * 7 * 64);
    CHECK(net.n_params == 8224 + 32832 + 36928 + (3136 + 1) * 512 + 513 * 6);
    spec.image[0] = 35;
    CHECK(!bhi_net_fits(&spec));
    spec.image[0] = 36;
    CHECK(bhi_net_fits(&spec));
}

// The means of a noisy network come first: without noise it is a plain one.
static void test_noise_is_added(void)
{
    bhi_net_spec spec = {.inputs = 3, .hidden = {1, {4}}, .outputs = 2, .noisy = 1};
    problem p = make(&spec, 1, 3);
    CHECK(p.net.n_weights == 26 && p.net.n_params == 52 && p.net.n_noise == 3 + 4 + 4 + 2);
    memset(p.noise, 0, 13 * sizeof *p.noise);
    CHECK(memcmp(weights_of(&p), p.params, 26 * sizeof *p.params) == 0);
    bh_rng rng = bh_rng_seed(4);
    bhi_net_draw_noise(&p.net, p.noise, &rng);
    // Weight (i,j) of the first layer: mean + sigma f(eps_i) f(eps_j); of its bias: mean + sigma
    // f(eps_j).
    double want = (double)p.params[1 * 4 + 2] +
                  (double)p.params[26 + 1 * 4 + 2] * (double)p.noise[1] * (double)p.noise[3 + 2];
    CHECK_NEAR((double)weights_of(&p)[1 * 4 + 2], want, 1e-6);
    want = (double)p.params[12 + 3] + (double)p.params[26 + 12 + 3] * (double)p.noise[3 + 3];
    CHECK_NEAR((double)weights_of(&p)[12 + 3], want, 1e-6);
    drop(&p);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_linear_by_hand);
    CHECK_RUN(test_linear_tanh);
    CHECK_RUN(test_linear_init);
    CHECK_RUN(test_shapes);
    CHECK_RUN(test_init_follows_the_seed);
    CHECK_RUN(test_gradients_tanh);
    CHECK_RUN(test_gradients_relu);
    CHECK_RUN(test_gradients_of_every_part);
    CHECK_RUN(test_gradients_of_convolutions);
    CHECK_RUN(test_gradients_of_a_transformer);
    CHECK_RUN(test_gradients_of_layer_norm);
    CHECK_RUN(test_layer_norm_by_hand);
    CHECK_RUN(test_dueling_by_hand);
    CHECK_RUN(test_nature);
    CHECK_RUN(test_noise_is_added);
    return check_report();
}
