// SPDX-License-Identifier: MIT
// The network of a language model: its gradient against finite differences (to 1e-6 in the
// gradcheck build, loosely in float), batches in parts, what does not count, the start, names.
#include "lm/lm_net.h"

#include "check.h"
#include "core/fmath.h"
#include "core/logits.h"
#include "kernels/gemm.h"
#include <stdlib.h>

static const int is_double = sizeof(bh_real) == sizeof(double);

enum { V = 13, B = 5, REALS = 260000, POSITIONS = 800 };

// (REALS) each, on the heap: the leak checker looks through every static array of the whole program,
// once for every file of tests.
static bh_real *params, *grads, *work, *other, *parts, *scratch;
static int tokens[POSITIONS], targets[POSITIONS];

// Tokens and targets at random; every fourth target or so is none.
static bhi_lm_net make(int tied, int C, int T, bhi_gelu gelu)
{
    bhi_transformer_spec spec = {.V = V, .T = T, .C = C, .H = 2, .L = 2, .gelu = gelu};
    bhi_lm_net net = bhi_lm_net_shape(&spec, tied);
    CHECK(net.n_params <= REALS && bhi_lm_net_work(&net, T) <= REALS && B * T <= POSITIONS);
    bh_rng rng = bh_rng_seed(5);
    bhi_lm_net_init(&net, params, &rng);
    // Away from the start, where many gradients are tiny and gains are all 1.
    for (int i = 0; i < net.n_params; i++)
        params[i] += (bh_real)(0.3 * (2 * bh_rng_uniform(&rng) - 1));
    for (int i = 0; i < B * T; i++) {
        tokens[i] = (int)bh_rng_below(&rng, V);
        targets[i] = bh_rng_below(&rng, 4) == 0 ? -1 : (int)bh_rng_below(&rng, V);
    }
    return net;
}

// From a work block of exactly the size that is asked for, filled with what would be seen in a sum.
static double loss_of(const bhi_lm_net *net, bh_real *g, int from, int count, int T, int *n)
{
    size_t reals = bhi_lm_net_work(net, T);
    for (size_t i = 0; i < reals; i++) work[i] = (bh_real)NAN;
    work[reals] = 12345;
    double loss =
        bhi_lm_net_loss(net, params, g, work, tokens + from * T, targets + from * T, count, T, n);
    CHECK(work[reals] == 12345);
    return loss;
}

static int size_of(const bh_tensor *t)
{
    int n = 1;
    for (int i = 0; i < t->rank; i++) n *= t->shape[i];
    return n;
}

static void check_gradients(int tied, int C, int T, int count, bhi_gelu gelu)
{
    bhi_lm_net net = make(tied, C, T, gelu);
    loss_of(&net, grads, 0, count, T, NULL);
    bh_tensor tensors[BH_TENSORS_MAX];
    int n_tensors = bhi_lm_net_tensors(&net, params, tensors);
    double step = is_double ? 1e-5 : 1e-2, worst = 0;
    for (int i = 0; i < n_tensors; i++) {
        int first = (int)((bh_real *)tensors[i].data - params), n = size_of(&tensors[i]);
        double scale = 0;
        for (int j = 0; j < n; j++) scale = fmax(scale, fabs((double)grads[first + j]));
        CHECK(scale > 0);
        for (int k = 0; k < 10; k++) {
            int at = first + (k < n ? (int)((long)k * 7919 % n) : 0);
            bh_real kept = params[at];
            params[at] = kept + (bh_real)step;
            double up = loss_of(&net, NULL, 0, count, T, NULL);
            params[at] = kept - (bh_real)step;
            double down = loss_of(&net, NULL, 0, count, T, NULL);
            params[at] = kept;
            double slope = (up - down) / (2 * step), g = (double)grads[at];
            // Keys' biases change no softmax: their gradient is 0, and has no size to compare with.
            double error = fabs(slope - g) / fmax(fmax(fabs(g), fabs(slope)), fmax(scale, 1e-2));
            worst = fmax(worst, error);
            if (!CHECK(error <= (is_double ? 1e-6 : 0.05))) {
                printf("    %s: %.9g, finite difference %.9g\n", tensors[i].name, g, slope);
            }
        }
    }
    printf("    largest relative error %.2g (tied %d, C %d, T %d)\n", worst, tied, C, T);
}

static void test_gradients(void)
{
    check_gradients(1, 8, 7, 3, BHI_GELU_TANH);
    check_gradients(0, 8, 7, 3, BHI_GELU_ERF);
    check_gradients(1, 8, 70, 2, BHI_GELU_TANH); // in two parts
    check_gradients(0, 8, 70, 2, BHI_GELU_TANH);
}

// The mean of the sequences' losses, by how many targets each has, and of their gradients, however
// many go at once.
static void check_parts(int tied, int T)
{
    bhi_lm_net net = make(tied, 8, T, BHI_GELU_TANH);
    double *sums = calloc((size_t)net.n_params, sizeof *sums);
    double sum = 0;
    int n_all = 0, counted;
    for (int b = 0; b < B; b++) {
        double one = loss_of(&net, grads, b, 1, T, &counted);
        sum += one * counted;
        n_all += counted;
        for (int i = 0; i < net.n_params; i++) sums[i] += (double)grads[i] * counted;
        // So many at once; the same without a gradient.
        double loss = loss_of(&net, grads, 0, b + 1, T, &counted);
        CHECK(counted == n_all);
        CHECK_NEAR(loss, sum / n_all, is_double ? 1e-14 : 1e-12);
        CHECK(loss_of(&net, NULL, 0, b + 1, T, NULL) == loss);
        double worst = 0;
        for (int i = 0; i < net.n_params; i++)
            worst = fmax(worst, fabs(sums[i] / n_all - (double)grads[i]));
        CHECK_NEAR(worst, 0, is_double ? 1e-15 : 1e-6);
    }
    free(sums);
}

static void test_any_number_of_sequences(void)
{
    static const int lengths[] = {1, 43, 64, 65, 130}; // 128, 2, 2, 1, 1 sequences a part
    for (int i = 0; i < 5; i++) {
        check_parts(1, lengths[i]);
        check_parts(0, lengths[i]);
    }
}

// The bits are those of the whole batch at once, written out.
static void check_bits(int tied, int T)
{
    enum { C = 16 };
    bhi_lm_net net = make(tied, C, T, BHI_GELU_TANH);
    static bh_real logits[B * 64 * V], d[B * 64 * C];
    int n, R = B * T;
    CHECK(bhi_transformer_acts(&net.body, B, T) <= REALS &&
          bhi_transformer_scratch(&net.body, B, T) <= REALS);
    loss_of(&net, grads, 0, B, T, &n);
    memset(parts, 0, (size_t)net.n_params * sizeof *parts);
    const bh_real *features = bhi_transformer_forward(&net.body, params, other, tokens, NULL, B, T);
    bhi_lm_net_logits(&net, params, logits, features, R);
    bhi_cross_entropy(logits, targets, 1 / (bh_real)n, R, V);
    const bh_real *w = params + net.head;
    if (tied) {
        bhi_gemm_tn_add(parts + net.head, logits, features, V, C, R);
        bhi_gemm_nn(d, logits, w, NULL, BHI_EPILOGUE_NONE, R, C, V);
    } else {
        bhi_gemm_tn_add(parts + net.head, features, logits, C, V, R);
        bhi_gemm_nt(d, logits, w, NULL, R, C, V);
    }
    bhi_transformer_backward(&net.body, params, parts, other, scratch, d, tokens, NULL, B, T);
    // A tied matrix is added to from both ends, the whole batch by the one before the other.
    int from = tied ? net.body.wpe : 0;
    CHECK(memcmp(parts + from, grads + from, (size_t)(net.n_params - from) * sizeof *grads) == 0);
    for (int i = 0; i < from; i++)
        CHECK_NEAR((double)parts[i], (double)grads[i], is_double ? 1e-15 : 1e-6);
}

static void test_parts_leave_the_bits_of_the_whole(void)
{
    check_bits(0, 50); // 2 + 2 + 1 sequences
    check_bits(1, 50);
    check_bits(0, 64);
}

// By the definition: -log softmax of the logits.
static void test_loss_by_its_definition(void)
{
    enum { C = 8, T = 6 };
    for (int tied = 0; tied < 2; tied++) {
        bhi_lm_net net = make(tied, C, T, BHI_GELU_TANH);
        bh_real features[2 * T * C], logits[2 * T * V];
        int n = 0, counted;
        double sum = 0;
        memcpy(features, bhi_transformer_forward(&net.body, params, other, tokens, NULL, 2, T),
               sizeof features);
        bhi_lm_net_logits(&net, params, logits, features, 2 * T);
        for (int r = 0; r < 2 * T; r++) {
            for (int v = 0; v < V; v++) {
                double x = 0;
                for (int c = 0; c < C; c++) {
                    bh_real w = params[net.head + (tied ? v * C + c : c * V + v)];
                    x += (double)features[r * C + c] * (double)w;
                }
                CHECK_NEAR((double)logits[r * V + v], x, is_double ? 1e-13 : 1e-5);
            }
            if (targets[r] < 0) continue;
            sum += bhi_log_sum_exp(logits + r * V, V) - (double)logits[r * V + targets[r]];
            n++;
        }
        CHECK(n > 3 && n < 2 * T);
        CHECK_NEAR(loss_of(&net, NULL, 0, 2, T, &counted), sum / n, is_double ? 1e-13 : 1e-5);
        CHECK(counted == n);
    }
}

static void test_targets_that_do_not_count(void)
{
    enum { T = 9 };
    bhi_lm_net net = make(1, 8, T, BHI_GELU_TANH);
    int n;
    // None: no loss, no gradient, whatever stood there.
    for (int i = 0; i < B * T; i++) targets[i] = -1;
    for (int i = 0; i < net.n_params; i++) grads[i] = 7;
    CHECK(loss_of(&net, grads, 0, B, T, &n) == 0 && n == 0);
    for (int i = 0; i < net.n_params; i++) CHECK(grads[i] == 0);
    // One: that of the beginning of the first sequence up to it, to the bit; what follows does not
    // matter.
    targets[3] = 2;
    double loss = loss_of(&net, grads, 0, B, T, &n);
    CHECK(n == 1 && loss > 0);
    memcpy(other, grads, (size_t)net.n_params * sizeof *grads);
    tokens[4] = (tokens[4] + 1) % V;
    tokens[B * T - 1] = (tokens[B * T - 1] + 1) % V;
    CHECK(loss_of(&net, grads, 0, B, T, &n) == loss);
    CHECK(memcmp(other, grads, (size_t)net.n_params * sizeof *grads) == 0);
    tokens[3] = (tokens[3] + 1) % V;
    CHECK(loss_of(&net, NULL, 0, B, T, &n) != loss);
}

// Before training every token is nearly as likely.
static void test_start(void)
{
    for (int tied = 0; tied < 2; tied++) {
        enum { T = 20 };
        bhi_lm_net net = make(tied, 32, T, BHI_GELU_TANH);
        bh_rng rng = bh_rng_seed(9);
        bhi_lm_net_init(&net, params, &rng);
        CHECK_NEAR(loss_of(&net, NULL, 0, B, T, NULL), bh_log(V), 0.1);
        double squares = 0;
        for (int i = 0; i < 32 * V; i++)
            squares += (double)params[net.head + i] * (double)params[net.head + i];
        CHECK_NEAR(sqrt(squares / (32 * V)), 0.02, 0.002);
    }
}

static void test_names(void)
{
    bh_tensor tensors[BH_TENSORS_MAX];
    for (int tied = 0; tied < 2; tied++) {
        bhi_transformer_spec spec = {.V = V, .T = 10, .C = 8, .H = 2, .L = BHI_BLOCKS_MAX};
        bhi_lm_net net = bhi_lm_net_shape(&spec, tied);
        int n = bhi_lm_net_tensors(&net, params, tensors), total = 0;
        CHECK(n == 4 + 12 * BHI_BLOCKS_MAX + !tied && n < BH_TENSORS_MAX);
        CHECK(net.n_params == net.body.n_params + (tied ? 0 : 8 * V));
        CHECK(net.head == (tied ? net.body.wte : net.body.n_params));
        for (int i = 0; i < n; i++) {
            total += size_of(&tensors[i]);
            CHECK(tensors[i].dtype == (is_double ? BH_F64 : BH_F32));
            if (tied || i + 1 < n) CHECK(strncmp(tensors[i].name, "transformer.", 12) == 0);
        }
        CHECK(total == net.n_params);
        CHECK_STRING(tensors[0].name, "transformer.wte.weight");
        CHECK_STRING(tensors[1].name, "transformer.wpe.weight");
        CHECK_STRING(tensors[2].name, "transformer.h.0.ln_1.weight");
        CHECK_STRING(tensors[13].name, "transformer.h.0.mlp.c_proj.bias");
        CHECK_STRING(tensors[n - 1 - !tied].name, "transformer.ln_f.bias");
        if (tied) continue;
        const bh_tensor *head = &tensors[n - 1];
        CHECK_STRING(head->name, "lm_head.weight");
        CHECK(head->rank == 2 && head->shape[0] == V && head->shape[1] == 8);
        CHECK(head->data == params + net.head);
    }
}

// A block for sequences of T positions does for shorter ones, however many of those go at once.
static void test_shorter_sequences_fit(void)
{
    bhi_transformer_spec spec = {.V = V, .T = 150, .C = 8, .H = 2, .L = 1};
    for (int tied = 0; tied < 2; tied++) {
        bhi_lm_net net = bhi_lm_net_shape(&spec, tied);
        for (int T = 2; T <= 150; T++)
            CHECK(bhi_lm_net_work(&net, T - 1) <= bhi_lm_net_work(&net, T));
    }
}

int main(int argc, char **argv)
{
    bh_real **buffers[] = {&params, &grads, &work, &other, &parts, &scratch};
    for (int i = 0; i < 6; i++) *buffers[i] = calloc(REALS, sizeof **buffers[i]);
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_any_number_of_sequences);
    CHECK_RUN(test_parts_leave_the_bits_of_the_whole);
    CHECK_RUN(test_loss_by_its_definition);
    CHECK_RUN(test_targets_that_do_not_count);
    CHECK_RUN(test_start);
    CHECK_RUN(test_names);
    CHECK_RUN(test_shorter_sequences_fit);
    for (int i = 0; i < 6; i++) free(*buffers[i]);
    return check_report();
}
