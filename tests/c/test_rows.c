// SPDX-License-Identifier: MIT
// Kernels of a transformer against their definitions in double, at every length around the width of
// a vector.
#include "core/fmath.h"
#include "core/rng.h"
#include "kernels/rows.h"

#include "check.h"

#include <stdlib.h>

static const int is_double = sizeof(bh_real) == sizeof(double);
static const double near = sizeof(bh_real) == sizeof(double) ? 1e-12 : 2e-6;

static void fill(bh_real *x, int n, double size, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    for (int i = 0; i < n; i++) x[i] = (bh_real)(size * (2 * bh_rng_uniform(&rng) - 1));
}

static void test_exp(void)
{
    enum { N = 20001 };
    static bh_real x[N], y[N];
    for (int i = 0; i < N; i++) x[i] = (bh_real)(-86.9 + 174.8 * i / (N - 1));
    bhi_exp(y, x, N);
    double worst = 0;
    for (int i = 0; i < N; i++) {
        double want = exp((double)x[i]), ulp = is_double ? 0x1p-52 : 0x1p-23;
        worst = fmax(worst, fabs((double)y[i] - want) / want / ulp);
    }
    CHECK(worst < 2);
    printf("    largest error %.3g units in the last place\n", worst);
    bh_real edges[] = {0, -1000, -INFINITY, 5};
    bhi_exp(edges, edges, 3);
    CHECK(edges[0] == 1 && edges[1] >= 0 && edges[1] < (bh_real)2e-38 && edges[2] == edges[1]);
    CHECK(edges[3] == 5); // and not one more
}

static void test_softmax(void)
{
    for (int N = 1; N <= 19; N++) {
        for (int M = 1; M <= 5 && M <= N; M++) {
            bh_real s[5 * 19], p[5 * 19], dp[5 * 19];
            int first = N - M;
            fill(s, M * N, 4, (uint64_t)(N * 7 + M));
            memcpy(p, s, sizeof p);
            bhi_softmax_causal(p, (bh_real)0.5, first, M, N);
            fill(dp, M * N, 1, 9);
            bh_real ds[5 * 19];
            memcpy(ds, dp, sizeof ds);
            bhi_softmax_backward(ds, p, (bh_real)0.5, M, N);
            for (int i = 0; i < M; i++) {
                double total = 0, mean = 0;
                for (int j = 0; j <= first + i; j++) total += exp(0.5 * (double)s[i * N + j]);
                for (int j = 0; j < N; j++) mean += (double)p[i * N + j] * (double)dp[i * N + j];
                for (int j = 0; j < N; j++) {
                    double q = j <= first + i ? exp(0.5 * (double)s[i * N + j]) / total : 0;
                    CHECK_NEAR((double)p[i * N + j], q, near);
                    CHECK_NEAR((double)ds[i * N + j], 0.5 * q * ((double)dp[i * N + j] - mean),
                               near);
                }
            }
        }
    }
}

static void test_cross_entropy(void)
{
    enum { N = 7 };
    bh_real x[4 * N], d[4 * N];
    const int target[4] = {3, -1, 0, 6};
    fill(x, 4 * N, 5, 2);
    memcpy(d, x, sizeof d);
    double got = bhi_cross_entropy(d, target, (bh_real)0.25, 4, N), want = 0;
    for (int i = 0; i < 4; i++) {
        double total = 0;
        for (int j = 0; j < N; j++) total += exp((double)x[i * N + j]);
        if (target[i] >= 0) want += log(total) - (double)x[i * N + target[i]];
        for (int j = 0; j < N; j++) {
            double q = exp((double)x[i * N + j]) / total - (j == target[i]);
            CHECK_NEAR((double)d[i * N + j], target[i] < 0 ? 0 : 0.25 * q, near);
        }
    }
    CHECK_NEAR(got, want, 10 * near);
}

static void test_layernorm(void)
{
    enum { M = 3, C = 12 };
    bh_real x[M * C], y[M * C], moments[2 * M], gain[C], bias[C];
    fill(x, M * C, 3, 4);
    fill(gain, C, 2, 5);
    fill(bias, C, 1, 6);
    bhi_layernorm_forward(y, moments, x, gain, bias, M, C);
    for (int i = 0; i < M; i++) {
        double mean = 0, variance = 0;
        for (int j = 0; j < C; j++) mean += (double)x[i * C + j] / C;
        for (int j = 0; j < C; j++) {
            double d = (double)x[i * C + j] - mean;
            variance += d * d / C;
        }
        double inverse = 1 / sqrt(variance + 1e-5);
        CHECK_NEAR((double)moments[2 * i], mean, near);
        CHECK_NEAR((double)moments[2 * i + 1], inverse, near);
        for (int j = 0; j < C; j++) {
            double n = ((double)x[i * C + j] - mean) * inverse;
            CHECK_NEAR((double)y[i * C + j], (double)gain[j] * n + (double)bias[j], 4 * near);
        }
    }
    // Gradients are added: over what stood there.
    bh_real dy[M * C], dx[M * C], dgain[C], dbias[C];
    fill(dy, M * C, 1, 7);
    for (int i = 0; i < M * C; i++) dx[i] = 10;
    for (int j = 0; j < C; j++) dgain[j] = dbias[j] = 10;
    bhi_layernorm_backward(dx, dgain, dbias, dy, x, gain, moments, M, C);
    for (int j = 0; j < C; j++) {
        double sum = 10, sum_n = 10;
        for (int i = 0; i < M; i++) {
            double n = ((double)x[i * C + j] - (double)moments[2 * i]) * (double)moments[2 * i + 1];
            sum += (double)dy[i * C + j];
            sum_n += (double)dy[i * C + j] * n;
        }
        CHECK_NEAR((double)dbias[j], sum, 10 * near);
        CHECK_NEAR((double)dgain[j], sum_n, 10 * near);
    }
    double total = 0; // a shift of a row changes nothing
    for (int j = 0; j < C; j++) total += (double)dx[j] - 10;
    CHECK_NEAR(total, 0, 30 * near);
}

static void test_gelu(void)
{
    // x Phi(x) and x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2 at these, by Python's math.erf
    // and math.tanh
    const double at[] = {-2, -0.5, 0, 1, 3};
    const double exact[] = {-0.04550026389635842, -0.15426876936299344, 0, 0.8413447460685429,
                            2.99595030590511};
    const double by_tanh[] = {-0.04540230591222494, -0.15428599017485606, 0, 0.8411919906082768,
                              2.996362607918227};
    bh_real x[5], y[5], d[5];
    for (int i = 0; i < 5; i++) x[i] = (bh_real)at[i];
    bhi_gelu_forward(y, x, BHI_GELU_ERF, 5);
    for (int i = 0; i < 5; i++) CHECK_NEAR((double)y[i], exact[i], near);
    for (int i = 0; i < 5; i++) x[i] = (bh_real)at[i];
    bhi_gelu_forward(y, x, BHI_GELU_TANH, 5);
    for (int i = 0; i < 5; i++) CHECK_NEAR((double)y[i], by_tanh[i], near);
    for (int kind = BHI_GELU_TANH; kind <= BHI_GELU_ERF; kind++) {
        double step = is_double ? 1e-5 : 1e-2;
        for (int i = 0; i < 5; i++) d[i] = 2;
        for (int i = 0; i < 5; i++) x[i] = (bh_real)at[i];
        bhi_gelu_forward(y, x, (bhi_gelu)kind, 5);
        bhi_gelu_backward(d, x, 5);
        for (int i = 0; i < 5; i++) {
            bh_real ends[2] = {(bh_real)(at[i] - step), (bh_real)(at[i] + step)}, out[2];
            bhi_gelu_forward(out, ends, (bhi_gelu)kind, 2);
            double slope = ((double)out[1] - (double)out[0]) / (2 * step);
            CHECK_NEAR((double)d[i], 2 * slope, is_double ? 1e-9 : 1e-3);
        }
    }
    bh_real far[] = {-100, 100, -1e4f};
    bhi_gelu_forward(y, far, BHI_GELU_TANH, 3);
    CHECK(y[0] == 0 || fabs((double)y[0]) < 1e-35);
    CHECK(y[1] == 100 && fabs((double)y[2]) < 1e-30);
}

static void test_column_sums(void)
{
    for (int N = 4; N <= 40; N += 4) {
        bh_real x[6 * 40], sum[40];
        fill(x, 6 * N, 1, (uint64_t)N);
        for (int j = 0; j < N; j++) sum[j] = 3;
        bhi_add_column_sums(sum, x, 6, N);
        for (int j = 0; j < N; j++) {
            bh_real want = 3;
            for (int i = 0; i < 6; i++) want += x[i * N + j];
            CHECK(sum[j] == want);
        }
    }
}

static void test_erf(void)
{
    for (int i = -700; i <= 700; i++) CHECK_NEAR(bh_erf(i / 100.0), erf(i / 100.0), 2e-15);
    CHECK(bh_erf(0) == 0 && bh_erf(INFINITY) == 1 && bh_erf(-INFINITY) == -1);
    CHECK(bh_erf(NAN) != bh_erf(NAN));
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_exp);
    CHECK_RUN(test_softmax);
    CHECK_RUN(test_cross_entropy);
    CHECK_RUN(test_layernorm);
    CHECK_RUN(test_gelu);
    CHECK_RUN(test_column_sums);
    CHECK_RUN(test_erf);
    return check_report();
}
