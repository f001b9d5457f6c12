// SPDX-License-Identifier: MIT
// What the tests of both transformers check alike: gradients by finite differences, one position of
// each sequence against all, batches in parts. A file says first what it is about:
//
//     enum { V = 11, T = 21, B = 3, REALS = 130000, SEPARATOR = 0 }; // 0: one stack
//     static const int last[B] = {…};                               // positions of some features
//     #include "transformer_checks.h"
//     static void write_tokens(bh_rng *rng) { … }                   // tokens (B,T)
#pragma once

#include "nn/transformer.h"

#include "check.h"

#include <stdlib.h>

static const int is_double = sizeof(bh_real) == sizeof(double);

#define CANARY ((bh_real)12345)

// (REALS) each, on the heap: the leak checker looks through every static array of the whole program,
// once for every file of tests.
static bh_real *params, *grads, *acts, *scratch, *other, *whole;
static bh_real weights_of_loss[B * T * 32];
static int tokens[B * T];

static void write_tokens(bh_rng *rng);

static bhi_transformer make(int C, int H, int L, bhi_gelu gelu)
{
    bhi_transformer net =
        bhi_transformer_shape(&(bhi_transformer_spec){V, T, C, H, L, gelu, SEPARATOR});
    bh_rng rng = bh_rng_seed(5);
    bhi_transformer_init(&net, params, &rng);
    // Away from the start, where many gradients are tiny and gains are all 1.
    for (int i = 0; i < net.n_params; i++) {
        params[i] += (bh_real)(0.3 * (2 * bh_rng_uniform(&rng) - 1));
    }
    write_tokens(&rng);
    for (int i = 0; i < B * T * C; i++) weights_of_loss[i] = (bh_real)(bh_rng_uniform(&rng) - 0.5);
    size_t n_acts = bhi_transformer_acts(&net, B, T), n = bhi_transformer_scratch(&net, B, T);
    CHECK(net.n_params <= REALS && n_acts < REALS && n < REALS);
    acts[n_acts] = scratch[n] = CANARY;
    return net;
}

// Nothing was written behind what was asked for.
static void check_sizes(const bhi_transformer *net)
{
    CHECK(acts[bhi_transformer_acts(net, B, T)] == CANARY);
    CHECK(scratch[bhi_transformer_scratch(net, B, T)] == CANARY);
}

// A loss that looks at every feature: their weighted sum, and half their squares.
static double loss_of(const bhi_transformer *net, bh_real *d, const int *only)
{
    const bh_real *y = bhi_transformer_forward(net, params, acts, tokens, only, B, T);
    double sum = 0;
    for (int i = 0; i < (only != NULL ? B : B * T) * net->spec.C; i++) {
        double f = (double)y[i], w = (double)weights_of_loss[i];
        sum += w * f + 0.05 * f * f;
        if (d != NULL) d[i] = (bh_real)(w + 0.1 * f);
    }
    return sum;
}

static void check_gradients(int C, int H, int L, bhi_gelu gelu, const int *only)
{
    bhi_transformer net = make(C, H, L, gelu);
    loss_of(&net, other, only);
    memset(grads, 0, REALS * sizeof *grads);
    bhi_transformer_backward(&net, params, grads, acts, scratch, other, tokens, only, B, T);
    check_sizes(&net);
    double step = is_double ? 1e-5 : 1e-2, worst = 0;
    for (int i = 0; i < bhi_transformer_n_tensors(&net); i++) {
        bhi_transformer_tensor tensor;
        bhi_transformer_tensor_at(&net, i, &tensor);
        int n = tensor.rows * (tensor.columns > 0 ? tensor.columns : 1);
        double scale = 0;
        for (int j = 0; j < n; j++) scale = fmax(scale, fabs((double)grads[tensor.at + j]));
        CHECK(scale > 0);
        for (int k = 0; k < 12; k++) {
            int at = tensor.at + (k < n ? (int)((long)k * 7919 % n) : 0);
            bh_real kept = params[at];
            params[at] = kept + (bh_real)step;
            double up = loss_of(&net, NULL, only);
            params[at] = kept - (bh_real)step;
            double down = loss_of(&net, NULL, only);
            params[at] = kept;
            double slope = (up - down) / (2 * step), g = (double)grads[at];
            // Keys' biases change no softmax: their gradient is 0, and has no size to compare with.
            double error = fabs(slope - g) / fmax(fmax(fabs(g), fabs(slope)), fmax(scale, 1e-2));
            worst = fmax(worst, error);
            if (!CHECK(error <= (is_double ? 1e-6 : 0.05))) {
                printf("    %s: %.9g, finite difference %.9g\n", tensor.name, g, slope);
            }
        }
    }
    printf("    largest relative error %.2g (C %d, H %d, L %d)\n", worst, C, H, L);
}

// Against all positions, where those that are not needed get gradients of 0.
static void check_one_position_of_each(int C, int H, int L)
{
    bhi_transformer net = make(C, H, L, BHI_GELU_TANH);
    static bh_real some[B * 32], d[B * T * 32];
    size_t row = (size_t)C * sizeof *some, bytes = (size_t)net.n_params * sizeof *grads;
    const bh_real *y = bhi_transformer_forward(&net, params, acts, tokens, last, B, T);
    memcpy(some, y, B * row);
    y = bhi_transformer_forward(&net, params, acts, tokens, NULL, B, T);
    memset(d, 0, sizeof d);
    for (int b = 0; b < B; b++) {
        int at = (b * T + last[b]) * C;
        CHECK(memcmp(some + b * C, y + at, row) == 0);
        memcpy(d + at, weights_of_loss + b * C, row);
    }
    memset(whole, 0, REALS * sizeof *whole);
    bhi_transformer_backward(&net, params, whole, acts, scratch, d, tokens, NULL, B, T);
    // Whatever was there before: nothing is read that was not computed.
    for (int i = 0; i < REALS; i++) acts[i] = scratch[i] = (bh_real)NAN;
    memset(grads, 0, REALS * sizeof *grads);
    bhi_transformer_forward(&net, params, acts, tokens, last, B, T);
    bhi_transformer_backward(&net, params, grads, acts, scratch, weights_of_loss, tokens, last, B,
                             T);
    CHECK(memcmp(grads, whole, bytes) == 0);
}

static void test_parts_of_a_batch_leave_the_bits_of_the_whole(void)
{
    enum { C = 16 };
    bhi_transformer net = make(C, 2, 2, BHI_GELU_TANH);
    static bh_real d[B * T * C];
    size_t bytes = (size_t)net.n_params * sizeof *grads;
    loss_of(&net, d, NULL);
    memset(grads, 0, REALS * sizeof *grads);
    bhi_transformer_backward(&net, params, grads, acts, scratch, d, tokens, NULL, B, T);
    memset(whole, 0, bytes);
    for (int b = 0; b < B; b++) {
        bhi_transformer_forward(&net, params, acts, tokens + b * T, NULL, 1, T);
        bhi_transformer_backward(&net, params, whole, acts, scratch, d + b * T * C, tokens + b * T,
                                 NULL, 1, T);
    }
    CHECK(memcmp(whole, grads, bytes) == 0);
}

// Calls what runs the tests, with the arrays above there.
static int with_buffers(void (*run)(int argc, char **argv), int argc, char **argv)
{
    bh_real **buffers[] = {&params, &grads, &acts, &scratch, &other, &whole};
    for (int i = 0; i < 6; i++) *buffers[i] = calloc(REALS, sizeof **buffers[i]);
    run(argc, argv);
    for (int i = 0; i < 6; i++) free(*buffers[i]);
    return check_report();
}
