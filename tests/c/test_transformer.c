// SPDX-License-Identifier: MIT
// The transformer: every gradient against finite differences (to 1e-6 in the gradcheck build,
// loosely in float), one position after the other against all at once, one position of each
// sequence against all, causality, batches in parts, layout.
#include "core/fmath.h"
#include "nn/attention.h"

enum { V = 11, T = 21, B = 3, REALS = 130000, SEPARATOR = 0 };

static const int last[B] = {T - 1, 0,
                            17}; // the first and the last of a block of attention, and one between

#include "transformer_checks.h"

static void write_tokens(bh_rng *rng)
{
    for (int i = 0; i < B * T; i++) tokens[i] = (int)bh_rng_below(rng, V);
}

static void test_gradients(void)
{
    check_gradients(8, 2, 2, BHI_GELU_TANH, NULL);
    check_gradients(8, 1, 1, BHI_GELU_ERF, NULL);
    check_gradients(32, 4, 1, BHI_GELU_TANH, NULL);
    check_gradients(8, 2, 2, BHI_GELU_TANH, last);
    check_gradients(32, 4, 1, BHI_GELU_ERF, last);
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
    CHECK(bhi_attention_probabilities(t, H) == 2 * 9 && bhi_attention_scratch(t) <= REALS);
    bh_rng rng = bh_rng_seed(3);
    for (int i = 0; i < t * 3 * C; i++) qkv[i] = (bh_real)(2 * bh_rng_uniform(&rng) - 1);
    bhi_attention_forward(y, p, qkv, 0, t, C, H);
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

static void run_tests(int argc, char **argv)
{
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_one_position_after_the_other_has_the_same_bits);
    CHECK_RUN(test_one_position_of_each_sequence_has_the_same_bits);
    CHECK_RUN(test_nobody_sees_what_comes_later);
    CHECK_RUN(test_parts_of_a_batch_leave_the_bits_of_the_whole);
    CHECK_RUN(test_layout_and_start);
    CHECK_RUN(test_attention_by_its_definition);
}

int main(int argc, char **argv)
{
    return with_buffers(run_tests, argc, argv);
}
