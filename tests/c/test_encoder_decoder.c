// SPDX-License-Identifier: MIT
// The transformer of two stacks: every gradient against finite differences (to 1e-6 in the gradcheck
// build, loosely in float), one position after the other against all at once, one position of each
// sequence against all, who sees whom, batches in parts, sizes, names.
#include "nn/attention.h"
#include "tests/golden/encoder_decoder.h"

enum { V = 11, T = 21, B = 5, REALS = 200000, SEPARATOR = 7 };
// Where the separator stands: usual, behind one token, at the front, nowhere, and at the end. What
// is needed stands there or behind it; of the third sequence a second separator stands behind it.
static const int source[B] = {9, 1, 0, 0, T - 1};
static const int last[B] = {T - 1, 17, 0, 4, T - 1};

#include "transformer_checks.h"

static void write_tokens(bh_rng *rng)
{
    for (int i = 0; i < B * T; i++) {
        tokens[i] = (int)bh_rng_below(rng, V - 1);
        tokens[i] += tokens[i] >= SEPARATOR;
    }
    for (int b = 0; b < B; b++) {
        if (b != 3) tokens[b * T + source[b]] = SEPARATOR;
    }
    tokens[2 * T + 6] = SEPARATOR;
}

static void test_gradients(void)
{
    check_gradients(8, 2, 2, BHI_GELU_TANH, NULL);
    check_gradients(8, 1, 1, BHI_GELU_ERF, NULL);
    check_gradients(32, 4, 1, BHI_GELU_TANH, NULL);
    check_gradients(8, 2, 2, BHI_GELU_TANH, last);
    check_gradients(16, 4, 1, BHI_GELU_ERF, last);
}

static void test_one_position_of_each_sequence_has_the_same_bits(void)
{
    check_one_position_of_each(8, 1, 1);
    check_one_position_of_each(16, 2, 2);
    check_one_position_of_each(24, 2, 3);
}

// At every position, with whatever the cache had before: what stands behind a text decides nothing,
// not even where its source ends.
static void test_one_position_after_the_other_has_the_same_bits(void)
{
    enum { C = 24, CACHE = 60000 };
    bhi_transformer net = make(C, 2, 2, BHI_GELU_TANH);
    bh_real *cache = calloc(CACHE, sizeof *cache);
    size_t n = bhi_transformer_cache(&net, B);
    CHECK(n < CACHE);
    for (size_t i = 0; i < n; i++) cache[i] = (bh_real)NAN;
    cache[n] = CANARY;
    for (int turn = 0; turn < 2; turn++) {
        for (int t = 0; t < T; t++) {
            int column[B], here[B];
            for (int b = 0; b < B; b++) {
                column[b] = tokens[b * T + t];
                here[b] = t;
            }
            const bh_real *all = bhi_transformer_forward(&net, params, acts, tokens, here, B, T);
            const bh_real *one = bhi_transformer_step(&net, params, cache, column, t, B);
            CHECK(memcmp(one, all, B * C * sizeof *one) == 0);
        }
        CHECK(cache[n] == CANARY);
        // Another text through the same cache.
        for (int i = 0; i < B * T; i++) {
            if (tokens[i] != SEPARATOR) tokens[i] = (tokens[i] + 1) % SEPARATOR;
        }
    }
    free(cache);
}

static const bh_real *features_of_first(const bhi_transformer *net)
{
    return bhi_transformer_forward(net, params, acts, tokens, NULL, 1, T);
}

static void test_who_sees_whom(void)
{
    enum { C = 16, S = 9 };
    bhi_transformer net = make(C, 4, 2, BHI_GELU_TANH);
    CHECK(bhi_transformer_source(&net, tokens, T) == S);
    CHECK(bhi_transformer_source(&net, tokens, S) == 0);
    CHECK(bhi_transformer_source(&net, tokens + 3 * T, T) == 0);
    memcpy(other, features_of_first(&net), T * C * sizeof *other);
    for (int i = 0; i < S * C; i++) CHECK(other[i] == 0); // of the source
    // What comes later in the target is not seen.
    tokens[15] = (tokens[15] + 1) % SEPARATOR;
    const bh_real *y = features_of_first(&net);
    CHECK(memcmp(y + S * C, other + S * C, (15 - S) * C * sizeof *y) == 0);
    for (int t = 15; t < T; t++) CHECK(memcmp(y + t * C, other + t * C, C * sizeof *y) != 0);
    // Every position of the target sees every one of the source.
    for (int s = 0; s < S; s++) {
        memcpy(other, features_of_first(&net), T * C * sizeof *other);
        tokens[s] = (tokens[s] + 1) % SEPARATOR;
        y = features_of_first(&net);
        for (int t = S; t < T; t++) CHECK(memcmp(y + t * C, other + t * C, C * sizeof *y) != 0);
    }
    // And so does every position of the source: the first token's part of the output depends on the
    // last one. Seen in the gradient of the embedding of a token that stands there only.
    memset(grads, 0, REALS * sizeof *grads);
    for (int t = 0; t < S; t++) tokens[t] = t % 6;
    tokens[S - 1] = 10;
    for (int t = S + 1; t < T; t++) tokens[t] = t % 6;
    features_of_first(&net);
    bhi_transformer_backward(&net, params, grads, acts, scratch, weights_of_loss, tokens, NULL, 1,
                             T);
    double sum = 0;
    for (int c = 0; c < C; c++) sum += fabs((double)grads[net.wte + 10 * C + c]);
    CHECK(sum > 1e-3);
    // Positions are counted from the start of either text: none has as many as both.
    for (int i = (T - S) * C; i < T * C; i++) CHECK(grads[net.wpe + i] == 0);
    for (int i = 0; i < (T - S) * C; i++) CHECK(grads[net.wpe + i] != 0);
}

static void test_layout_and_start(void)
{
    enum { C = 64 };
    bhi_transformer net =
        bhi_transformer_shape(&(bhi_transformer_spec){60, 30, C, 4, 2, 0, SEPARATOR});
    int block = 12 * C * C + 13 * C, cross = 4 * C * C + 6 * C, n = 0;
    CHECK(net.n_params == 90 * C + 4 * block + 2 * cross + 4 * C && net.n_params <= REALS * 2);
    CHECK(bhi_transformer_n_tensors(&net) == BHI_ENCODER_DECODER_TENSORS(2));
    for (int i = 0; i < bhi_transformer_n_tensors(&net); i++) {
        bhi_transformer_tensor tensor;
        bhi_transformer_tensor_at(&net, i, &tensor);
        CHECK(tensor.at == n);
        n += tensor.rows * (tensor.columns > 0 ? tensor.columns : 1);
    }
    CHECK(n == net.n_params);
    static const struct {
        int tensor;
        const char *name;
    } names[] = {{0, "wte.weight"},
                 {2, "encoder.layers.0.norm1.weight"},
                 {4, "encoder.layers.0.self_attn.in_proj_weight"},
                 {25, "encoder.layers.1.linear2.bias"},
                 {26, "encoder.norm.weight"},
                 {28, "decoder.layers.0.norm1.weight"},
                 {34, "decoder.layers.0.norm3.weight"},
                 {40, "decoder.layers.0.norm2.weight"},
                 {42, "decoder.layers.0.multihead_attn.in_proj_weight"},
                 {62, "decoder.layers.1.multihead_attn.out_proj.weight"},
                 {65, "decoder.norm.bias"}};
    bhi_transformer_tensor tensor;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bhi_transformer_tensor_at(&net, names[i].tensor, &tensor);
        CHECK_STRING(tensor.name, names[i].name);
    }
    bhi_transformer_tensor_at(&net, 42, &tensor);
    CHECK(tensor.rows == C && tensor.columns == 3 * C && tensor.transposed);
    bh_real *start = calloc((size_t)net.n_params, sizeof *start);
    bh_rng rng = bh_rng_seed(1);
    bhi_transformer_init(&net, start, &rng);
    double of_encoder = 0, of_decoder = 0; // what adds to either stream
    for (int i = 0; i < C * C; i++) {
        of_encoder += pow((double)start[net.encoder[1].w_attention + i], 2);
        of_decoder += pow((double)start[net.blocks[0].w_cross_out + i], 2);
    }
    CHECK_NEAR(sqrt(of_encoder / (C * C)), 0.02 / sqrt(4), 4e-4);
    CHECK_NEAR(sqrt(of_decoder / (C * C)), 0.02 / sqrt(6), 4e-4);
    CHECK(start[net.encoder_gain] == 1 && start[net.encoder_bias + 3] == 0);
    CHECK(start[net.blocks[1].ln_cross_gain] == 1 && start[net.blocks[1].b_cross] == 0);
    free(start);
    CHECK(!bhi_transformer_fits(&(bhi_transformer_spec){60, 30, C, 4, 2, 0, 60}));
    CHECK(!bhi_transformer_fits(&(bhi_transformer_spec){60, 30, C, 4, 2, 0, -1}));
    CHECK(bhi_transformer_fits(&(bhi_transformer_spec){60, 30, C, 4, 2, 0, 59}));
}

// Two heads, three queries, five keys of another text: by the definition, in double.
static void test_attention_by_its_definition(void)
{
    enum { N = 3, M = 5, C = 8, H = 2, D = 4 };
    bh_real q[N * C], kv[M * 2 * C], y[N * C], p[H * N * M];
    bh_rng rng = bh_rng_seed(3);
    for (int i = 0; i < N * C; i++) q[i] = (bh_real)(2 * bh_rng_uniform(&rng) - 1);
    for (int i = 0; i < M * 2 * C; i++) kv[i] = (bh_real)(2 * bh_rng_uniform(&rng) - 1);
    bhi_attention_full_forward(y, p, q, C, kv, kv + C, 2 * C, N, M, C, H);
    for (int h = 0; h < H; h++) {
        for (int i = 0; i < N; i++) {
            double e[M], total = 0, want[D] = {0};
            for (int j = 0; j < M; j++) {
                double s = 0;
                for (int d = h * D; d < (h + 1) * D; d++)
                    s += (double)q[i * C + d] * (double)kv[j * 2 * C + d];
                total += e[j] = exp(s / 2);
            }
            for (int j = 0; j < M; j++) {
                CHECK_NEAR((double)p[(h * N + i) * M + j], e[j] / total, 1e-6);
                for (int d = 0; d < D; d++)
                    want[d] += e[j] / total * (double)kv[j * 2 * C + C + h * D + d];
            }
            for (int d = 0; d < D; d++) CHECK_NEAR((double)y[i * C + h * D + d], want[d], 1e-6);
        }
    }
    bhi_attention_full_forward(y, p, q, C, kv, kv + C, 2 * C, N, 0, C, H);
    for (int i = 0; i < N * C; i++) CHECK(y[i] == 0);
}

// A second implementation with the names of PyTorch's nn.Transformer, see tests/golden/README.md.
static void test_features_of_a_second_implementation(void)
{
    bhi_transformer net = bhi_transformer_shape(&(bhi_transformer_spec){
        GOLDEN_V, GOLDEN_T, GOLDEN_C, GOLDEN_H, GOLDEN_L, BHI_GELU_TANH, GOLDEN_SEPARATOR});
    for (int i = 0; i < bhi_transformer_n_tensors(&net); i++) {
        bhi_transformer_tensor t;
        bhi_transformer_tensor_at(&net, i, &t);
        int n = t.rows * (t.columns > 0 ? t.columns : 1);
        for (int j = 0; j < n; j++) { // in a file's order
            int at = t.transposed ? j % t.rows * t.columns + j / t.rows : j;
            params[t.at + at] = (bh_real)(0.6 * sin(0.7 * j + 1.3 * i));
        }
    }
    const bh_real *y =
        bhi_transformer_forward(&net, params, acts, golden_tokens, NULL, 1, GOLDEN_N);
    for (int i = 0; i < (GOLDEN_N - GOLDEN_N_SOURCE) * GOLDEN_C; i++) {
        CHECK_NEAR((double)y[GOLDEN_N_SOURCE * GOLDEN_C + i], golden_features[i],
                   is_double ? 1e-13 : 1e-5);
    }
}

static void run_tests(int argc, char **argv)
{
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_one_position_after_the_other_has_the_same_bits);
    CHECK_RUN(test_one_position_of_each_sequence_has_the_same_bits);
    CHECK_RUN(test_who_sees_whom);
    CHECK_RUN(test_parts_of_a_batch_leave_the_bits_of_the_whole);
    CHECK_RUN(test_layout_and_start);
    CHECK_RUN(test_attention_by_its_definition);
    CHECK_RUN(test_features_of_a_second_implementation);
}

int main(int argc, char **argv)
{
    return with_buffers(run_tests, argc, argv);
}
