// SPDX-License-Identifier: MIT
// The transformer: every gradient against finite differences (to 1e-6 in the gradcheck build,
// loosely in float), one position after the other against all at once, one position of each
// sequence against all, causality, batches in parts, layout.
#include "core/fmath.h"
#include "nn/attention.h"
#include "nn/transformer.h"

#include "check.h"

#include <stdlib.h>

static const int is_double = sizeof(bh_real) == sizeof(double);

enum { V = 11, T = 21, B = 3, REALS = 130000 };

// (REALS) each, on the heap: the leak checker looks through every static array of the whole program,
// once for every file of tests.
static bh_real *params, *grads, *acts, *scratch, *other, *whole;
static bh_real weights_of_loss[B * T * 32];
static int tokens[B * T];
static const int last[B] = {T - 1, 0,
                            17}; // the first and the last of a block of attention, and one between

static bhi_transformer make(int C, int H, int L, bhi_gelu gelu)
{
    bhi_transformer net = bhi_transformer_shape(&(bhi_transformer_spec){V, T, C, H, L, gelu});
    bh_rng rng = bh_rng_seed(5);
    bhi_transformer_init(&net, params, &rng);
    // Away from the start, where many gradients are tiny and gains are all 1.
    for (int i = 0; i < net.n_params; i++) {
        params[i] += (bh_real)(0.3 * (2 * bh_rng_uniform(&rng) - 1));
    }
    for (int i = 0; i < B * T; i++) tokens[i] = (int)bh_rng_below(&rng, V);
    for (int i = 0; i < B * T * C; i++) weights_of_loss[i] = (bh_real)(bh_rng_uniform(&rng) - 0.5);
    CHECK(net.n_params <= REALS && bhi_transformer_acts(&net, B, T) <= REALS);
    CHECK(bhi_transformer_scratch(&net, B, T) <= REALS);
    return net;
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
    double step = is_double ? 1e-5 : 1e-2, worst = 0;
    for (int i = 0; i < BHI_TRANSFORMER_TENSORS(L); i++) {
        bhi_transformer_tensor tensor;
        bhi_transformer_tensor_at(&net, i, &tensor);
        int n = tensor.rows * (tensor.columns > 0 ? tensor.columns : 1);
        double scale = 0;
        for (int j = 0; j < n; j++) scale = fmax(scale, fabs((double)grads[tensor.at + j]));
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

static void test_gradients(void)
{
    check_gradients(8, 2, 2, BHI_GELU_TANH, NULL);
    check_gradients(8, 1, 1, BHI_GELU_ERF, NULL);
    check_gradients(32, 4, 1, BHI_GELU_TANH, NULL);
    check_gradients(8, 2, 2, BHI_GELU_TANH, last);
    check_gradients(32, 4, 1, BHI_GELU_ERF, last);
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

static void test_one_position_of_each_sequence_has_the_same_bits(void)
{
    check_one_position_of_each(8, 1, 1);
    check_one_position_of_each(16, 2, 2);
    check_one_position_of_each(32, 4, 3);
}

static void test_one_position_after_the_other_has_the_same_bits(void)
{
    enum { C = 24 };
    bhi_transformer net = make(C, 2, 3, BHI_GELU_TANH);
    static bh_real cache[60000];
    CHECK(bhi_transformer_cache(&net, B) <= 60000);
    const bh_real *all = bhi_transformer_forward(&net, params, acts, tokens, NULL, B, T);
    for (int t = 0; t < T; t++) {
        int column[B];
        for (int b = 0; b < B; b++) column[b] = tokens[b * T + t];
        const bh_real *one = bhi_transformer_step(&net, params, cache, column, t, B);
        for (int b = 0; b < B; b++) {
            CHECK(memcmp(one + b * C, all + (b * T + t) * C, C * sizeof *one) == 0);
        }
    }
}

static void test_nobody_sees_what_comes_later(void)
{
    enum { C = 16 };
    bhi_transformer net = make(C, 4, 2, BHI_GELU_TANH);
    memcpy(other, bhi_transformer_forward(&net, params, acts, tokens, NULL, 1, T),
           T * C * sizeof *other);
    for (int t = 13; t < T; t++) tokens[t] = (tokens[t] + 1) % V;
    const bh_real *y = bhi_transformer_forward(&net, params, acts, tokens, NULL, 1, T);
    CHECK(memcmp(y, other, 13 * C * sizeof *y) == 0);
    CHECK(memcmp(y + 13 * C, other + 13 * C, C * sizeof *y) != 0);
    // A shorter text is the beginning of the longer one.
    y = bhi_transformer_forward(&net, params, acts, tokens, NULL, 1, 13);
    CHECK(memcmp(y, other, 13 * C * sizeof *y) == 0);
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
    loss_of(&net, d, NULL);
    memset(whole, 0, bytes);
    for (int b = 0; b < B; b++) {
        bhi_transformer_forward(&net, params, acts, tokens + b * T, NULL, 1, T);
        bhi_transformer_backward(&net, params, whole, acts, scratch, d + b * T * C, tokens + b * T,
                                 NULL, 1, T);
    }
    CHECK(memcmp(whole, grads, bytes) == 0);
}

static void test_layout_and_start(void)
{
    bhi_transformer net = bhi_transformer_shape(&(bhi_transformer_spec){128, 64, 64, 4, 2, 0});
    CHECK(net.n_params == 128 * 64 + 64 * 64 + 2 * (12 * 64 * 64 + 13 * 64) + 2 * 64);
    int n = 0;
    for (int i = 0; i < BHI_TRANSFORMER_TENSORS(2); i++) {
        bhi_transformer_tensor tensor;
        bhi_transformer_tensor_at(&net, i, &tensor);
        CHECK(tensor.at == n);
        n += tensor.rows * (tensor.columns > 0 ? tensor.columns : 1);
    }
    CHECK(n == net.n_params);
    bhi_transformer_tensor tensor;
    bhi_transformer_tensor_at(&net, 2 + 12 + 2, &tensor);
    CHECK_STRING(tensor.name, "h.1.attn.c_attn.weight");
    CHECK(tensor.rows == 64 && tensor.columns == 192 && tensor.transposed);
    bh_rng rng = bh_rng_seed(1);
    bhi_transformer_init(&net, params, &rng);
    double squares = 0;
    for (int i = 0; i < 128 * 64; i++) squares += (double)params[i] * (double)params[i];
    CHECK_NEAR(sqrt(squares / (128 * 64)), 0.02, 5e-4);
    CHECK(params[net.lnf_gain] == 1 && params[net.lnf_bias + 3] == 0);
    CHECK(!bhi_transformer_fits(&(bhi_transformer_spec){128, 64, 60, 4, 2, 0})); // 15 a head
    CHECK(!bhi_transformer_fits(&(bhi_transformer_spec){128, 64, 64, 4, 5, 0})); // blocks
    CHECK(!bhi_transformer_fits(&(bhi_transformer_spec){0, 64, 64, 4, 2, 0}));
    CHECK(!bhi_transformer_fits(&(bhi_transformer_spec){1 << 28, 64, 64, 4, 2, 0}));
}

// Two heads of one number each… of four, three positions: by the definition, in double.
static void test_attention_by_its_definition(void)
{
    enum { t = 3, C = 8, H = 2, D = 4 };
    bh_real qkv[t * 3 * C], y[t * C], p[64];
    CHECK(bhi_attention_probabilities(t, H) == 2 * 9 && bhi_attention_scratch(t, C, H) <= REALS);
    bh_rng rng = bh_rng_seed(3);
    for (int i = 0; i < t * 3 * C; i++) qkv[i] = (bh_real)(2 * bh_rng_uniform(&rng) - 1);
    bhi_attention_forward(y, p, scratch, qkv, 0, t, C, H);
    for (int h = 0; h < H; h++) {
        for (int i = 0; i < t; i++) {
            double e[t], total = 0, want[D] = {0};
            for (int j = 0; j <= i; j++) {
                double s = 0;
                for (int d = 0; d < D; d++) {
                    s +=
                        (double)qkv[i * 3 * C + h * D + d] * (double)qkv[j * 3 * C + C + h * D + d];
                }
                total += e[j] = exp(s / 2);
            }
            for (int j = 0; j <= i; j++) {
                CHECK_NEAR((double)p[h * 9 + i * 3 + j], e[j] / total, 1e-6);
                for (int d = 0; d < D; d++) {
                    want[d] += e[j] / total * (double)qkv[j * 3 * C + 2 * C + h * D + d];
                }
            }
            for (int j = i + 1; j < t; j++) CHECK(p[h * 9 + i * 3 + j] == 0);
            for (int d = 0; d < D; d++) CHECK_NEAR((double)y[i * C + h * D + d], want[d], 1e-6);
        }
    }
}

int main(int argc, char **argv)
{
    bh_real **buffers[] = {&params, &grads, &acts, &scratch, &other, &whole};
    for (int i = 0; i < 6; i++) *buffers[i] = calloc(REALS, sizeof **buffers[i]);
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_one_position_after_the_other_has_the_same_bits);
    CHECK_RUN(test_one_position_of_each_sequence_has_the_same_bits);
    CHECK_RUN(test_nobody_sees_what_comes_later);
    CHECK_RUN(test_parts_of_a_batch_leave_the_bits_of_the_whole);
    CHECK_RUN(test_layout_and_start);
    CHECK_RUN(test_attention_by_its_definition);
    for (int i = 0; i < 6; i++) free(*buffers[i]);
    return check_report();
}
