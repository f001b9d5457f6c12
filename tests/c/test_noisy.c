// SPDX-License-Identifier: MIT
// The noisy linear layer: a 2x3 one by hand, the distribution of its noise, finite differences of
// all four blocks of parameters.
#include "nn/linear.h"
#include "nn/noisy.h"

#include "check.h"

enum { IN = 2, OUT = 3, WEIGHTS = IN * OUT };

static const int in_double = sizeof(bh_real) == sizeof(double);

// All numbers are sums of few powers of two: exact in float.
static void test_by_hand(void)
{
    const bh_real mu_w[WEIGHTS] = {1, 2, 3, -1, -2, -3}, mu_b[OUT] = {0.5, 0, -0.5};
    const bh_real sigma_w[WEIGHTS] = {0.5, 1, 0.25, 2, 0, 1}, sigma_b[OUT] = {1, 0.5, 0.25};
    const bh_real eps_in[IN] = {2, -1}, eps_out[OUT] = {1, -0.5, 3};
    // eps_in x eps_out = {2, -1, 6; -1, 0.5, -3}
    static const double want_w[WEIGHTS] = {2, 1, 4.5, -3, -2, -6}, want_b[OUT] = {1.5, -0.25, 0.25};
    bh_real w[WEIGHTS], b[OUT];
    bhi_noisy_weights(w, b, mu_w, mu_b, sigma_w, sigma_b, eps_in, eps_out, IN, OUT);
    for (int i = 0; i < WEIGHTS; i++) CHECK((double)w[i] == want_w[i]);
    for (int o = 0; o < OUT; o++) CHECK((double)b[o] == want_b[o]);

    const bh_real dw[WEIGHTS] = {1, 10, 100, 4, -8, 0.5}, db[OUT] = {1, 2, -4};
    static const double want_dw[WEIGHTS] = {2, -10, 600, -4, -4, -1.5}, want_db[OUT] = {1, -1, -12};
    bh_real dsigma_w[WEIGHTS], dsigma_b[OUT];
    bhi_noisy_gradient(dsigma_w, dsigma_b, dw, db, eps_in, eps_out, IN, OUT);
    for (int i = 0; i < WEIGHTS; i++) CHECK((double)dsigma_w[i] == want_dw[i]);
    for (int o = 0; o < OUT; o++) CHECK((double)dsigma_b[o] == want_db[o]);
}

// No noise, or no sigma: the linear layer of mu.
static void test_without_noise(void)
{
    enum { I = 3, O = 5 };
    bh_real mu_w[I * O], mu_b[O], sigma_w[I * O], sigma_b[O], w[I * O], b[O];
    bh_real eps_in[I] = {0}, eps_out[O] = {0};
    bh_rng rng = bh_rng_seed(3);
    bhi_noisy_init(mu_w, mu_b, sigma_w, sigma_b, BHI_NOISY_SIGMA_0, &rng, I, O);
    bhi_noisy_weights(w, b, mu_w, mu_b, sigma_w, sigma_b, eps_in, eps_out, I, O);
    CHECK(memcmp(w, mu_w, sizeof w) == 0 && memcmp(b, mu_b, sizeof b) == 0);
    bhi_noisy_draw(eps_in, eps_out, &rng, I, O);
    bhi_noisy_weights(w, b, mu_w, mu_b, sigma_w, sigma_b, eps_in, eps_out, I, O);
    for (int i = 0; i < I * O; i++) CHECK(w[i] != mu_w[i]);
    bhi_noisy_init(mu_w, mu_b, sigma_w, sigma_b, 0, &rng, I, O);
    bhi_noisy_weights(w, b, mu_w, mu_b, sigma_w, sigma_b, eps_in, eps_out, I, O);
    CHECK(memcmp(w, mu_w, sizeof w) == 0 && memcmp(b, mu_b, sizeof b) == 0);
}

// mu as the linear layer's, from the same stream; sigma 0.5 / sqrt(16).
static void test_init(void)
{
    enum { I = 16, O = 7 };
    bh_real mu_w[I * O], mu_b[O], sigma_w[I * O], sigma_b[O], w[I * O], b[O];
    bh_rng rng = bh_rng_seed(4), twin = rng;
    bhi_noisy_init(mu_w, mu_b, sigma_w, sigma_b, BHI_NOISY_SIGMA_0, &rng, I, O);
    bhi_linear_init(w, b, &twin, I, O);
    CHECK(memcmp(w, mu_w, sizeof w) == 0 && memcmp(b, mu_b, sizeof b) == 0);
    CHECK(rng.state == twin.state);
    for (int i = 0; i < I * O; i++) {
        CHECK(fabs((double)mu_w[i]) <= 0.25 && sigma_w[i] == (bh_real)0.125);
    }
    for (int o = 0; o < O; o++) {
        CHECK(fabs((double)mu_b[o]) <= 0.25 && sigma_b[o] == (bh_real)0.125);
    }
}

// f(x) = sgn(x) sqrt|x| of a standard normal x: mean 0, E f^2 = E|x| = sqrt(2/pi), E f^4 = E x^2 =
// 1, f^2 sgn(f) = x. Inputs are drawn first.
static void test_draw(void)
{
    enum { N = 20000, HALF = N / 2 };
    static bh_real eps[N];
    bh_rng rng = bh_rng_seed(5), twin = rng;
    bhi_noisy_draw(eps, eps + HALF, &rng, HALF, N - HALF);
    double sum = 0, squares = 0, fourths = 0, neighbours = 0;
    int negative = 0;
    for (int i = 0; i < N; i++) {
        double x = bh_rng_normal(&twin), f = (double)eps[i];
        CHECK_NEAR(f * fabs(f), x, in_double ? 1e-14 : 1e-6);
        sum += f;
        squares += f * f;
        fourths += f * f * f * f;
        negative += f < 0;
        if (i > 0) neighbours += f * (double)eps[i - 1];
    }
    CHECK(rng.state == twin.state);
    // Four standard errors: deviations 0.893, sqrt(1 - 2/pi) = 0.603, sqrt(E x^4 - 1) = 1.414 over
    // sqrt(N).
    CHECK_NEAR(sum / N, 0, 0.0253);
    CHECK_NEAR(squares / N, 0.79788456080286541, 0.0171);
    CHECK_NEAR(fourths / N, 1, 0.0400);
    CHECK_NEAR(neighbours / N, 0, 0.0226);
    CHECK_NEAR(negative / (double)N, 0.5, 0.0142);
}

// ---- finite differences ----

enum { B = 4, I = 5, O = 3, BLOCKS = 4 };

typedef struct layer {
    bh_real mu_w[I * O], mu_b[O], sigma_w[I * O], sigma_b[O];
} layer;

static bh_real x[B * I], goal[B * O], eps_in[I], eps_out[O], w[I * O], b[O], y[B * O];

// Half the squared distance of tanh(x w + b) to goal; y stays behind.
static double loss_of(const layer *l)
{
    bhi_noisy_weights(w, b, l->mu_w, l->mu_b, l->sigma_w, l->sigma_b, eps_in, eps_out, I, O);
    bhi_linear_forward(y, x, w, b, BHI_TANH, B, I, O);
    double sum = 0;
    for (int i = 0; i < B * O; i++) {
        double d = (double)y[i] - (double)goal[i];
        sum += 0.5 * d * d;
    }
    return sum;
}

static void test_gradients(void)
{
    layer l;
    bh_rng rng = bh_rng_seed(6);
    bhi_noisy_init(l.mu_w, l.mu_b, l.sigma_w, l.sigma_b, BHI_NOISY_SIGMA_0, &rng, I, O);
    bhi_noisy_draw(eps_in, eps_out, &rng, I, O);
    for (int i = 0; i < B * I; i++) x[i] = (bh_real)bh_rng_normal(&rng);
    for (int i = 0; i < B * O; i++) goal[i] = (bh_real)bh_rng_normal(&rng);

    layer grad;
    bh_real dy[B * O];
    loss_of(&l);
    for (int i = 0; i < B * O; i++) dy[i] = (y[i] - goal[i]) * (1 - y[i] * y[i]);
    bhi_linear_backward(grad.mu_w, grad.mu_b, NULL, dy, x, w, BHI_IDENTITY, B, I, O);
    bhi_noisy_gradient(grad.sigma_w, grad.sigma_b, grad.mu_w, grad.mu_b, eps_in, eps_out, I, O);

    bh_real *params[BLOCKS] = {l.mu_w, l.mu_b, l.sigma_w, l.sigma_b};
    const bh_real *grads[BLOCKS] = {grad.mu_w, grad.mu_b, grad.sigma_w, grad.sigma_b};
    const double step = in_double ? 1e-5 : 1e-2, tolerance = in_double ? 1e-6 : 2e-2;
    for (int k = 0; k < BLOCKS; k++) {
        for (int i = 0; i < (k % 2 == 0 ? I * O : O); i++) {
            bh_real *p = &params[k][i], kept = *p;
            *p = (bh_real)((double)kept + step);
            double above = loss_of(&l), high = (double)*p;
            *p = (bh_real)((double)kept - step);
            double slope = (above - loss_of(&l)) / (high - (double)*p);
            *p = kept;
            double got = (double)grads[k][i];
            CHECK_NEAR(got, slope, tolerance * fmax(0.1, fabs(slope)));
            CHECK(fabs(got) > 0);
        }
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_by_hand);
    CHECK_RUN(test_without_noise);
    CHECK_RUN(test_init);
    CHECK_RUN(test_draw);
    CHECK_RUN(test_gradients);
    return check_report();
}
