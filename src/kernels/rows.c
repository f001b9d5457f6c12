// SPDX-License-Identifier: MIT
// Kernels of a transformer. A vector at a time; what does not fill one is padded. Sums along a row
// are four whatever the width, bhi_f4.
#include "kernels/rows.h"

#include "core/fmath.h"
#include "kernels/simd.h"

#include <assert.h>
#include <stddef.h>

#define LANES BH_LANES

static inline bhi_v fma_v(bhi_v a, bhi_v b, bhi_v c)
{
    return bhi_v_add(bhi_v_mul(a, b), c);
}

static inline bhi_v scaled_v(bh_real a, bhi_v x)
{
    return bhi_v_mul(bhi_v_splat(a), x);
}

#ifdef BH_REAL_DOUBLE
static inline bhi_v exp_v(bhi_v x)
{
    return (bhi_v){bh_exp(x.x), bh_exp(x.y), bh_exp(x.z), bh_exp(x.w)};
}
#else
// x = k ln 2 + r, |r| <= ln2 / 2. Adding 1.5 * 2^23 rounds to a whole number and leaves it in the
// low bits. The polynomial is minimax on that interval (S. Moshier's Cephes, expf); ln 2 in two
// pieces, the first of 9 bits.
static inline bhi_v exp_v(bhi_v x)
{
    const bhi_v magic = bhi_v_splat(12582912.0f);
    x = bhi_v_min(bhi_v_max(x, bhi_v_splat(-87.0f)), bhi_v_splat(88.0f));
    bhi_v shifted = fma_v(x, bhi_v_splat(1.44269504f), magic), k = bhi_v_sub(shifted, magic);
    bhi_v r = bhi_v_sub(x, scaled_v(0.693359375f, k));
    r = bhi_v_sub(r, scaled_v(-2.12194440e-4f, k));
    bhi_v y = bhi_v_splat(1.9875691500e-4f);
    y = fma_v(y, r, bhi_v_splat(1.3981999507e-3f));
    y = fma_v(y, r, bhi_v_splat(8.3334519073e-3f));
    y = fma_v(y, r, bhi_v_splat(4.1665795894e-2f));
    y = fma_v(y, r, bhi_v_splat(1.6666665459e-1f));
    y = fma_v(y, r, bhi_v_splat(5.0000001201e-1f));
    y = fma_v(bhi_v_mul(r, r), y, bhi_v_add(r, bhi_v_splat(1)));
    return bhi_v_mul(y, bhi_v_power(shifted));
}
#endif

void bhi_exp(bh_real *y, const bh_real *x, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES) bhi_v_store(y + i, exp_v(bhi_v_load(x + i)));
    if (i < n) bhi_v_store_first(y + i, exp_v(bhi_v_load_first(x + i, n - i)), n - i);
}

// ---- softmax ----

// The largest of x (n): the same number in whatever order it is looked for, and however often. The
// last few are looked at with some before them.
static bh_real largest_of(const bh_real *x, int n)
{
    bh_real lane[4];
    bhi_f4 largest = n < 4 ? bhi_f4_splat(x[0]) : bhi_f4_load(x);
    int i = n < 4 ? 1 : 4;
    for (; i + 4 <= n; i += 4) largest = bhi_f4_max(largest, bhi_f4_load(x + i));
    if (n > 4 && i < n) {
        largest = bhi_f4_max(largest, bhi_f4_load(x + n - 4));
        i = n;
    }
    bhi_f4_store(lane, largest);
    for (int j = 1; j < 4; j++) lane[0] = lane[j] > lane[0] ? lane[j] : lane[0];
    for (; i < n; i++) lane[0] = x[i] > lane[0] ? x[i] : lane[0]; // of less than 4
    return lane[0];
}

// n, or whole vectors where the N numbers of the row have room for them.
static int padded(int n, int N)
{
    int whole = (n + LANES - 1) / LANES * LANES;
    return whole <= N ? whole : n;
}

// exp(scale (x - largest)) of x (n) in place, and their sum. Of the N numbers of the row, some of
// those behind the n may become 0.
static bh_real exponentials(bh_real *x, bh_real largest, bh_real scale, int n, int N)
{
    static const bh_real in_row[32] = {1, 1, 1, 1, 1, 1, 1, 1,
                                       1, 1, 1, 1, 1, 1, 1, 1}; // from 16 - n
    bhi_v base = bhi_v_splat(largest), factor = bhi_v_splat(scale);
    bhi_f4 sum = bhi_f4_splat(0);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        bhi_v e = exp_v(bhi_v_mul(factor, bhi_v_sub(bhi_v_load(x + i), base)));
        bhi_v_store(x + i, e);
        sum = bhi_v_add_to_4(sum, e);
    }
    if (i < n && i + LANES <= N) {
        bhi_v e = exp_v(bhi_v_mul(factor, bhi_v_sub(bhi_v_load(x + i), base)));
        e = bhi_v_gate(e, bhi_v_load(in_row + 16 - (n - i)));
        bhi_v_store(x + i, e);
        sum = bhi_v_add_to_4(sum, e);
    } else if (i < n) {
        bhi_v last = bhi_v_load_first(x + i, n - i);
        bhi_v_store_first(x + i, exp_v(bhi_v_mul(factor, bhi_v_sub(last, base))), n - i);
        sum = bhi_v_add_to_4(sum, bhi_v_load_first(x + i, n - i));
    }
    return bhi_f4_sum(sum);
}

static void scale_row(bh_real *x, bh_real factor, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES) bhi_v_store(x + i, scaled_v(factor, bhi_v_load(x + i)));
    for (; i < n; i++) x[i] *= factor;
}

void bhi_softmax_causal(bh_real *s, bh_real scale, int first, int M, int N)
{
    for (int i = 0; i < M; i++, s += N) {
        int n = first + i + 1 < N ? first + i + 1 : N;
        scale_row(s, 1 / exponentials(s, largest_of(s, n), scale, n, N), padded(n, N));
        int j = padded(n, N);
        for (; j + LANES <= N; j += LANES) bhi_v_store(s + j, bhi_v_splat(0));
        for (; j < N; j++) s[j] = 0;
    }
}

static bh_real dot(const bh_real *a, const bh_real *b, int n)
{
    bhi_f4 sum = bhi_f4_splat(0);
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        sum = bhi_v_add_to_4(sum, bhi_v_mul(bhi_v_load(a + i), bhi_v_load(b + i)));
    if (i < n) {
        bhi_v x = bhi_v_load_first(a + i, n - i), y = bhi_v_load_first(b + i, n - i);
        sum = bhi_v_add_to_4(sum, bhi_v_mul(x, y));
    }
    return bhi_f4_sum(sum);
}

void bhi_softmax_backward(bh_real *restrict dp, const bh_real *restrict p, bh_real scale, int M,
                          int N)
{
    for (int i = 0; i < M; i++, dp += N, p += N) {
        bh_real mean = dot(dp, p, N);
        bhi_v base = bhi_v_splat(mean), factor = bhi_v_splat(scale);
        int j = 0;
        for (; j + LANES <= N; j += LANES) {
            bhi_v difference = bhi_v_sub(bhi_v_load(dp + j), base);
            bhi_v_store(dp + j, bhi_v_mul(factor, bhi_v_mul(bhi_v_load(p + j), difference)));
        }
        for (; j < N; j++) dp[j] = scale * (p[j] * (dp[j] - mean));
    }
}

double bhi_cross_entropy(bh_real *logits, const int *target, bh_real weight, int M, int N)
{
    double sum = 0;
    for (int i = 0; i < M; i++, logits += N) {
        int a = target[i];
        if (a < 0) {
            for (int j = 0; j < N; j++) logits[j] = 0;
            continue;
        }
        bh_real of_target = logits[a], largest = largest_of(logits, N);
        bh_real total = exponentials(logits, largest, 1, N, N);
        sum += bh_log((double)total) + ((double)largest - (double)of_target);
        scale_row(logits, weight / total, N);
        logits[a] -= weight;
    }
    return sum;
}

// ---- layer normalisation ----

static inline bh_real sum_of(const bh_real *x, int n)
{
    bhi_f4 sum = bhi_f4_splat(0);
    for (int j = 0; j < n; j += 4) sum = bhi_f4_add(sum, bhi_f4_load(x + j));
    return bhi_f4_sum(sum);
}

static inline bh_real squares_around(bh_real mean, const bh_real *x, int n)
{
    bhi_f4 sum = bhi_f4_splat(0), around = bhi_f4_splat(mean);
    for (int j = 0; j < n; j += 4) {
        bhi_f4 d = bhi_f4_sub(bhi_f4_load(x + j), around);
        sum = bhi_f4_add(bhi_f4_mul(d, d), sum);
    }
    return bhi_f4_sum(sum);
}

static inline bh_real inverse_root(bh_real x)
{
    bh_real lane[4];
    bhi_f4_store(lane, bhi_f4_div(bhi_f4_splat(1), bhi_f4_sqrt(bhi_f4_splat(x))));
    return lane[0];
}

static inline bhi_v normal_of(bhi_v x, bh_real mean, bh_real inverse)
{
    return bhi_v_mul(bhi_v_sub(x, bhi_v_splat(mean)), bhi_v_splat(inverse));
}

void bhi_layernorm_forward(bh_real *restrict y, bh_real *restrict moments,
                           const bh_real *restrict x, const bh_real *restrict gain,
                           const bh_real *restrict bias, int M, int C)
{
    assert(C % 4 == 0);
    bh_real share = 1 / (bh_real)C;
    for (int i = 0; i < M; i++, x += C, y += C, moments += 2) {
        bh_real mean = moments[0] = sum_of(x, C) * share;
        bh_real variance = squares_around(mean, x, C) * share;
        bh_real inverse = moments[1] = inverse_root(variance + (bh_real)BHI_LAYERNORM_EPS);
        int j = 0;
        for (; j + LANES <= C; j += LANES) {
            bhi_v normal = normal_of(bhi_v_load(x + j), mean, inverse);
            bhi_v_store(y + j, fma_v(normal, bhi_v_load(gain + j), bhi_v_load(bias + j)));
        }
        if (LANES == 4 || j == C) continue;
        int n = C - j;
        bhi_v normal = normal_of(bhi_v_load_first(x + j, n), mean, inverse);
        bhi_v last = fma_v(normal, bhi_v_load_first(gain + j, n), bhi_v_load_first(bias + j, n));
        bhi_v_store_first(y + j, last, n);
    }
}

// Of one row: adds to the gradients of gain and bias; sums of g and g n, see below.
static inline void add_gain_and_bias(bh_real *restrict dgain, bh_real *restrict dbias,
                                     bh_real sums[2], const bh_real *restrict dy,
                                     const bh_real *restrict x, const bh_real *restrict gain,
                                     const bh_real *restrict moments, int C)
{
    bhi_f4 mean = bhi_f4_splat(moments[0]), inverse = bhi_f4_splat(moments[1]);
    bhi_f4 sum = bhi_f4_splat(0), sum_n = sum;
    for (int j = 0; j < C; j += 4) {
        bhi_f4 n = bhi_f4_mul(bhi_f4_sub(bhi_f4_load(x + j), mean), inverse);
        bhi_f4 d = bhi_f4_load(dy + j), g = bhi_f4_mul(d, bhi_f4_load(gain + j));
        bhi_f4_store(dgain + j, bhi_f4_add(bhi_f4_mul(d, n), bhi_f4_load(dgain + j)));
        bhi_f4_store(dbias + j, bhi_f4_add(d, bhi_f4_load(dbias + j)));
        sum = bhi_f4_add(sum, g);
        sum_n = bhi_f4_add(bhi_f4_mul(g, n), sum_n);
    }
    sums[0] = bhi_f4_sum(sum);
    sums[1] = bhi_f4_sum(sum_n);
}

// With n = (x - mean) inverse and g = gain dy:  dx = inverse (g - mean(g) - n mean(g n)).
static inline bhi_v normal_slope(bhi_v dx, bhi_v n, bhi_v g, const bh_real means[2],
                                 bh_real inverse)
{
    bhi_v d = bhi_v_sub(g, bhi_v_splat(means[0]));
    return fma_v(bhi_v_splat(inverse), bhi_v_sub(d, bhi_v_mul(n, bhi_v_splat(means[1]))), dx);
}

void bhi_layernorm_backward(bh_real *restrict dx, bh_real *restrict dgain, bh_real *restrict dbias,
                            const bh_real *restrict dy, const bh_real *restrict x,
                            const bh_real *restrict gain, const bh_real *restrict moments, int M,
                            int C)
{
    bh_real share = 1 / (bh_real)C, means[2];
    for (int i = 0; i < M; i++, dx += C, dy += C, x += C, moments += 2) {
        bh_real mean = moments[0], inverse = moments[1];
        add_gain_and_bias(dgain, dbias, means, dy, x, gain, moments, C);
        for (int k = 0; k < 2; k++) means[k] *= share;
        int j = 0;
        for (; j + LANES <= C; j += LANES) {
            bhi_v n = normal_of(bhi_v_load(x + j), mean, inverse);
            bhi_v g = bhi_v_mul(bhi_v_load(dy + j), bhi_v_load(gain + j));
            bhi_v_store(dx + j, normal_slope(bhi_v_load(dx + j), n, g, means, inverse));
        }
        if (LANES == 4 || j == C) continue;
        int rest = C - j;
        bhi_v n = normal_of(bhi_v_load_first(x + j, rest), mean, inverse);
        bhi_v g = bhi_v_mul(bhi_v_load_first(dy + j, rest), bhi_v_load_first(gain + j, rest));
        bhi_v last = normal_slope(bhi_v_load_first(dx + j, rest), n, g, means, inverse);
        bhi_v_store_first(dx + j, last, rest);
    }
}

// ---- GELU ----

#define TWO_ROOT_2_OVER_PI ((bh_real)1.5957691216057308) // 2 sqrt(2 / pi)
#define CUBIC              ((bh_real)0.044715)

// The logistic function of 2u, u the argument of GPT-2's tanh, whose (1 + tanh(u)) / 2 it is.
static inline bhi_v gate_v(bhi_v x, bhi_v square)
{
    const bhi_v one = bhi_v_splat(1);
    bhi_v u = bhi_v_mul(scaled_v(-TWO_ROOT_2_OVER_PI, x), fma_v(bhi_v_splat(CUBIC), square, one));
    return bhi_v_div(one, bhi_v_add(one, exp_v(u)));
}

// x s; x becomes its slope s + x s (1 - s) (2u)'.
static inline bhi_v gelu_v(bhi_v *x)
{
    const bhi_v one = bhi_v_splat(1);
    bhi_v square = bhi_v_mul(*x, *x), s = gate_v(*x, square), y = bhi_v_mul(*x, s);
    bhi_v slope = scaled_v(TWO_ROOT_2_OVER_PI, fma_v(bhi_v_splat(3 * CUBIC), square, one));
    *x = fma_v(bhi_v_mul(y, bhi_v_sub(one, s)), slope, s);
    return y;
}

// Of the error function: x Phi(x); x becomes its slope Phi(x) + x phi(x).
static double gelu_erf(double *x)
{
    double phi = 0.5 * (1 + bh_erf(*x * 0.7071067811865476)), y = *x * phi;
    *x = phi + *x * 0.3989422804014327 * bh_exp(-0.5 * *x * *x);
    return y;
}

void bhi_gelu_forward(bh_real *restrict y, bh_real *restrict x, bhi_gelu kind, int n)
{
    int i = 0;
    for (; kind == BHI_GELU_ERF && i < n; i++) {
        double slope = (double)x[i];
        y[i] = (bh_real)gelu_erf(&slope);
        x[i] = (bh_real)slope;
    }
    for (; i + LANES <= n; i += LANES) {
        bhi_v v = bhi_v_load(x + i);
        bhi_v_store(y + i, gelu_v(&v));
        bhi_v_store(x + i, v);
    }
    if (i >= n) return;
    bhi_v last = bhi_v_load_first(x + i, n - i);
    bhi_v_store_first(y + i, gelu_v(&last), n - i);
    bhi_v_store_first(x + i, last, n - i);
}

void bhi_gelu_backward(bh_real *restrict dy, const bh_real *restrict slope, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        bhi_v_store(dy + i, bhi_v_mul(bhi_v_load(dy + i), bhi_v_load(slope + i)));
    for (; i < n; i++) dy[i] *= slope[i];
}

// ---- sums ----

// Four vectors of columns at a time, as many additions as are under way at once.
static inline void add_columns(bh_real *restrict sum, const bh_real *restrict x, int M, int N,
                               int vectors)
{
    bhi_v s[4];
    for (int v = 0; v < vectors; v++) s[v] = bhi_v_load(sum + v * LANES);
    for (int i = 0; i < M; i++, x += N) {
        for (int v = 0; v < vectors; v++) s[v] = bhi_v_add(s[v], bhi_v_load(x + v * LANES));
    }
    for (int v = 0; v < vectors; v++) bhi_v_store(sum + v * LANES, s[v]);
}

void bhi_add_column_sums(bh_real *restrict sum, const bh_real *restrict x, int M, int N)
{
    assert(N % 4 == 0);
    int j = 0;
    for (; j + 4 * LANES <= N; j += 4 * LANES) add_columns(sum + j, x + j, M, N, 4);
    for (; j + LANES <= N; j += LANES) add_columns(sum + j, x + j, M, N, 1);
    for (; LANES > 4 && j < N; j++) {
        for (int i = 0; i < M; i++) sum[j] += x[(ptrdiff_t)i * N + j];
    }
}
