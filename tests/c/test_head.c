// SPDX-License-Identifier: MIT
// Heads: which network chooses and which one rates, what is handed out, gradients by finite
// differences. The formulas themselves are in test_value.
#include "rl/head.h"

#include "core/rng.h"
#include "rl/value.h"

#include "check.h"

enum { B = 3, A = 2, N_MAX = 5 };

static const int is_double = sizeof(bh_real) == sizeof(double);

typedef struct fixture {
    bhi_head head;
    size_t bytes;
    void *block;
    bh_real out_tm1[B * A * N_MAX], choose_t[B * A * N_MAX], out_t[B * A * N_MAX];
    bh_real r_t[B], discount_t[B], weights[B], error[B], dout[B * A * N_MAX];
    int a_tm1[B];
    bhi_head_batch batch;
} fixture;

static void fill(bh_real *x, int n, bh_rng *rng)
{
    for (int i = 0; i < n; i++) x[i] = (bh_real)bh_rng_normal(rng);
}

static void open_fixture(fixture *f, bhi_distribution kind, int N)
{
    bh_rng rng = bh_rng_seed(7);
    bhi_arena arena = {0};
    f->head = (bhi_head){.kind = kind, .A = A, .N = N, .rows = B, .v_min = -2, .v_max = 2};
    bhi_head_layout(&f->head, &arena);
    f->bytes = arena.used;
    f->block = bh_alloc(arena.used);
    bhi_head_layout(&f->head, &(bhi_arena){f->block, 0});
    fill(f->out_tm1, B * A * N, &rng);
    fill(f->choose_t, B * A * N, &rng);
    fill(f->out_t, B * A * N, &rng);
    for (int b = 0; b < B; b++) {
        f->r_t[b] = (bh_real)(0.5 * b - 0.25);
        f->discount_t[b] = b == 1 ? 0 : (bh_real)0.9;
        f->weights[b] = (bh_real)(1 - 0.25 * b);
        f->a_tm1[b] = b % A;
    }
    f->batch = (bhi_head_batch){.B = B,
                                .out_tm1 = f->out_tm1,
                                .choose_t = f->out_t,
                                .out_t = f->out_t,
                                .a_tm1 = f->a_tm1,
                                .r_t = f->r_t,
                                .discount_t = f->discount_t,
                                .loss = BHI_MSE,
                                .error = f->error,
                                .dout = f->dout};
}

static void close_fixture(fixture *f)
{
    bh_free(f->block, f->bytes);
}

static void test_expected(void)
{
    fixture f;
    bh_real td[B];
    open_fixture(&f, BHI_EXPECTED, 1);
    f.batch.choose_t = f.choose_t;
    double loss = bhi_head_learn(&f.head, &f.batch), want = 0;
    bh_value_double_q(td, f.out_tm1, f.a_tm1, f.r_t, f.discount_t, f.choose_t, f.out_t, B, A);
    CHECK(memcmp(td, f.error, sizeof td) == 0);
    for (int b = 0; b < B; b++) {
        want += (double)td[b] * (double)td[b] / B;
        CHECK_NEAR((double)f.dout[b * A + f.a_tm1[b]], -2 * (double)td[b] / B, 1e-6);
        CHECK(f.dout[b * A + 1 - f.a_tm1[b]] == 0);
    }
    CHECK_NEAR(loss, want, 1e-6);
    CHECK(bhi_head_values(&f.head, NULL, f.out_t, B) == f.out_t); // nothing to compute

    bh_real bonus[B * A] = {0, 100, 0, 100, 0, 100}; // the next action is 1, and its value 100 more
    f.batch.bonus_t = bonus;
    bhi_head_learn(&f.head, &f.batch);
    double target = (double)f.r_t[0] + 0.9 * ((double)f.out_t[1] + 100);
    CHECK_NEAR((double)f.error[0], target - (double)f.out_tm1[0], 1e-4);
    close_fixture(&f);
}

// Where nothing follows, the target distribution is all at the reward: quantile errors against it,
// by hand.
static void test_quantile_targets(void)
{
    fixture f;
    open_fixture(&f, BHI_QUANTILE, 2);
    bhi_head_learn(&f.head, &f.batch);
    double want = 0; // row 1: terminated, reward 0.25, action 1; tau 1/4 and 3/4
    for (int i = 0; i < 2; i++) {
        double u = 0.25 - (double)f.out_tm1[(1 * A + 1) * 2 + i], tau = (2 * i + 1) / 4.0;
        double huber = fabs(u) <= 1 ? u * u / 2 : fabs(u) - 0.5;
        want += fabs(tau - (u < 0)) * huber;
    }
    CHECK_NEAR((double)f.error[1], want, 1e-6);
    bh_real q[B * A];
    CHECK(bhi_head_values(&f.head, q, f.out_t, B) == q);
    CHECK_NEAR((double)q[3], ((double)f.out_t[6] + (double)f.out_t[7]) / 2, 1e-6);
    close_fixture(&f);
}

// Three atoms -2, 0, 2; row 1 terminated at reward 0.25: the target is (0, 7/8, 1/8).
static void test_categorical_targets(void)
{
    fixture f;
    open_fixture(&f, BHI_CATEGORICAL, 3);
    bhi_head_learn(&f.head, &f.batch);
    const bh_real *logits = f.out_tm1 + (1 * A + 1) * 3;
    double sum = 0;
    for (int i = 0; i < 3; i++) sum += exp((double)logits[i]);
    double want = log(sum) - 7.0 / 8 * (double)logits[1] - 1.0 / 8 * (double)logits[2];
    CHECK_NEAR((double)f.error[1], want, 1e-6);
    const bh_real *d = f.dout + (1 * A + 1) * 3;
    CHECK_NEAR((double)d[0], exp((double)logits[0]) / sum / B, 1e-6);
    CHECK_NEAR((double)d[1], (exp((double)logits[1]) / sum - 7.0 / 8) / B, 1e-6);
    close_fixture(&f);
}

// The action that the choosing network prefers is rated by the other, not the one the other
// prefers.
static void test_who_chooses(void)
{
    for (int kind = BHI_EXPECTED; kind <= BHI_QUANTILE; kind++) {
        fixture f;
        int N = kind == BHI_EXPECTED ? 1 : 3;
        open_fixture(&f, (bhi_distribution)kind, N);
        for (int a = 0; a < A; a++) {
            for (int i = 0; i < N; i++) { // row 0: the chooser likes action 1, the other action 0
                bh_real rank = kind == BHI_CATEGORICAL ? (bh_real)(i * 3) : 1;
                f.choose_t[a * N + i] = a == 1 ? rank : -rank;
                f.out_t[a * N + i] = a == 0 ? rank : -rank;
            }
        }
        bhi_head_learn(&f.head, &f.batch);
        double alone = (double)f.error[0];
        f.batch.choose_t = f.choose_t;
        bhi_head_learn(&f.head, &f.batch);
        CHECK(fabs(alone - (double)f.error[0]) > 0.1);
        close_fixture(&f);
    }
}

static void check_gradient(bhi_distribution kind, int N, int weighted)
{
    fixture f;
    const double h = is_double ? 1e-6 : 1e-2, tolerance = is_double ? 1e-7 : 1e-2;
    open_fixture(&f, kind, N);
    if (weighted) f.batch.weights = f.weights;
    bhi_head_learn(&f.head, &f.batch);
    bh_real got[B * A * N_MAX];
    memcpy(got, f.dout, sizeof got);
    for (int i = 0; i < B * A * N; i++) {
        bh_real saved = f.out_tm1[i];
        f.out_tm1[i] = (bh_real)((double)saved + h);
        double up = bhi_head_learn(&f.head, &f.batch);
        f.out_tm1[i] = (bh_real)((double)saved - h);
        double down = bhi_head_learn(&f.head, &f.batch);
        f.out_tm1[i] = saved;
        CHECK_NEAR((double)got[i], (up - down) / (2 * h), tolerance);
    }
    close_fixture(&f);
}

static void test_gradients(void)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        check_gradient(BHI_EXPECTED, 1, weighted);
        check_gradient(BHI_CATEGORICAL, 5, weighted);
        check_gradient(BHI_QUANTILE, 4, weighted);
    }
}

// What the values' gradient is in the outputs: that of sum_i dq_i q_i, beside what dout held.
static void check_value_gradient(bhi_distribution kind, int N)
{
    fixture f;
    const double h = is_double ? 1e-6 : 1e-2, tolerance = is_double ? 1e-8 : 1e-3;
    open_fixture(&f, kind, N);
    bh_real dq[B * A], q[B * A];
    bh_rng rng = bh_rng_seed(2);
    fill(dq, B * A, &rng);
    for (int i = 0; i < B * A * N; i++) f.dout[i] = 1;
    bhi_head_add_gradient(&f.head, f.dout, f.out_tm1, dq, B);
    for (int i = 0; i < B * A * N; i++) {
        double sum[2];
        bh_real at = f.out_tm1[i];
        for (int k = 0; k < 2; k++) {
            f.out_tm1[i] = (bh_real)((double)at + (k == 0 ? h : -h));
            const bh_real *values = bhi_head_values(&f.head, q, f.out_tm1, B);
            sum[k] = 0;
            for (int j = 0; j < B * A; j++) sum[k] += (double)dq[j] * (double)values[j];
        }
        f.out_tm1[i] = at;
        CHECK_NEAR((double)f.dout[i] - 1, (sum[0] - sum[1]) / (2 * h), tolerance);
    }
    close_fixture(&f);
}

static void test_value_gradients(void)
{
    check_value_gradient(BHI_EXPECTED, 1);
    check_value_gradient(BHI_CATEGORICAL, 5);
    check_value_gradient(BHI_QUANTILE, 4);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_expected);
    CHECK_RUN(test_quantile_targets);
    CHECK_RUN(test_categorical_targets);
    CHECK_RUN(test_who_chooses);
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_value_gradients);
    return check_report();
}
