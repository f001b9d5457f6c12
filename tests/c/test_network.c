// SPDX-License-Identifier: MIT
// Linear layers and the perceptron: numbers by hand, layout, gradients against finite differences (to
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
    CHECK(deepest.n_layers == BHI_LAYERS_MAX && deepest.n_params == 18);
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
    bh_real *params, *grads, *acts, *dacts, *x, *slope; // slope (B,A): the loss is sum of slope * y
} problem;

static bh_real *random_reals(size_t n, double scale, bh_rng *rng)
{
    bh_real *x = calloc(n + 1, sizeof *x);
    for (size_t i = 0; i < n; i++) x[i] = (bh_real)(scale * bh_rng_normal(rng));
    return x;
}

static problem make(int S, bh_sizes hidden, int A, bhi_activation f, int B, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    problem p = {.net = bhi_net_mlp(S, &hidden, A, f), .B = B};
    size_t P = (size_t)p.net.n_params, units = (size_t)B * (size_t)p.net.n_units;
    p.params = random_reals(P, 0.5, &rng);
    p.grads = random_reals(P, 1, &rng);
    p.acts = random_reals(units, 1, &rng);
    p.dacts = random_reals(units, 1, &rng);
    p.x = random_reals((size_t)B * (size_t)S, 1, &rng);
    p.slope = random_reals((size_t)B * (size_t)A, 1, &rng);
    return p;
}

static void drop(problem *p)
{
    free(p->params);
    free(p->grads);
    free(p->acts);
    free(p->dacts);
    free(p->x);
    free(p->slope);
}

static double loss_of(problem *p)
{
    const bh_real *y = bhi_net_forward(&p->net, p->params, p->acts, p->x, p->B);
    double sum = 0;
    for (int i = 0; i < p->B * p->net.outputs; i++)
        sum += (double)y[i] * (double)p->slope[i];
    return sum;
}

// Central differences of every parameter against the backward pass.
static void check_gradient(int S, bh_sizes hidden, int A, bhi_activation f, int B, uint64_t seed)
{
    problem p = make(S, hidden, A, f, B, seed);
    const double h = is_double ? 1e-5 : 1e-2, tolerance = is_double ? 1e-7 : 2e-2;
    loss_of(&p);
    bh_real *dy = bhi_net_layer(&p.net, p.dacts, p.net.n_layers - 1, B);
    memcpy(dy, p.slope, (size_t)B * (size_t)A * sizeof *dy);
    bhi_net_backward(&p.net, p.params, p.grads, p.acts, p.dacts, p.x, B);
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

int main(int argc, char **argv)
{
    CHECK_RUN(test_linear_by_hand);
    CHECK_RUN(test_linear_tanh);
    CHECK_RUN(test_linear_init);
    CHECK_RUN(test_shapes);
    CHECK_RUN(test_init_follows_the_seed);
    CHECK_RUN(test_gradients_tanh);
    CHECK_RUN(test_gradients_relu);
    return check_report();
}
