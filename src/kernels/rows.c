// SPDX-License-Identifier: MIT
// Kernels of a transformer. Four numbers at a time; what does not fill a vector is padded.
#include "kernels/rows.h"

#include "core/fmath.h"
#include "kernels/simd.h"

#include <assert.h>

#define LANES 4

static inline bhi_f4 fma_4(bhi_f4 a, bhi_f4 b, bhi_f4 c)
{
    return bhi_f4_add(bhi_f4_mul(a, b), c);
}

static inline bhi_f4 scaled_4(bh_real a, bhi_f4 x)
{
    return bhi_f4_mul(bhi_f4_splat(a), x);
}

#ifdef BH_REAL_DOUBLE
static inline bhi_f4 exp_4(bhi_f4 x)
{
    return (bhi_f4){bh_exp(x.x), bh_exp(x.y), bh_exp(x.z), bh_exp(x.w)};
}
#else
// x = k ln 2 + r, |r| <= ln2 / 2. Adding 1.5 * 2^23 rounds to a whole number and leaves it in the
// low bits. The polynomial is minimax on that interval (S. Moshier's Cephes, expf); ln 2 in two
// pieces, the first of 9 bits.
static inline bhi_f4 exp_4(bhi_f4 x)
{
    const bhi_f4 magic = bhi_f4_splat(12582912.0f), low = bhi_f4_splat(-87.0f);
    x = bhi_f4_max(x, low);
    x = bhi_f4_sub(bhi_f4_splat(0),
                   bhi_f4_max(bhi_f4_sub(bhi_f4_splat(0), x), bhi_f4_splat(-88.0f)));
    bhi_f4 shifted = fma_4(x, bhi_f4_splat(1.44269504f), magic), k = bhi_f4_sub(shifted, magic);
    bhi_f4 r = bhi_f4_sub(x, scaled_4(0.693359375f, k));
    r = bhi_f4_sub(r, scaled_4(-2.12194440e-4f, k));
    bhi_f4 y = bhi_f4_splat(1.9875691500e-4f);
    y = fma_4(y, r, bhi_f4_splat(1.3981999507e-3f));
    y = fma_4(y, r, bhi_f4_splat(8.3334519073e-3f));
    y = fma_4(y, r, bhi_f4_splat(4.1665795894e-2f));
    y = fma_4(y, r, bhi_f4_splat(1.6666665459e-1f));
    y = fma_4(y, r, bhi_f4_splat(5.0000001201e-1f));
    y = fma_4(bhi_f4_mul(r, r), y, bhi_f4_add(r, bhi_f4_splat(1)));
    return bhi_f4_mul(y, bhi_f4_power(shifted));
}
#endif

void bhi_exp(bh_real *y, const bh_real *x, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES) bhi_f4_store(y + i, exp_4(bhi_f4_load(x + i)));
    if (i < n) bhi_f4_store_first(y + i, exp_4(bhi_f4_load_first(x + i, n - i)), n - i);
}

// ---- softmax ----

// The largest of x (n): the same number in whatever order it is looked for.
static bh_real largest_of(const bh_real *x, int n)
{
    bh_real lane[LANES];
    bhi_f4 largest = n < LANES ? bhi_f4_splat(x[0]) : bhi_f4_load(x);
    int i = n < LANES ? 1 : LANES;
    for (; i + LANES <= n; i += LANES) largest = bhi_f4_max(largest, bhi_f4_load(x + i));
    bhi_f4_store(lane, largest);
    for (int j = 1; j < LANES; j++) lane[0] = lane[j] > lane[0] ? lane[j] : lane[0];
    for (; i < n; i++) lane[0] = x[i] > lane[0] ? x[i] : lane[0];
    return lane[0];
}

// exp(scale (x - largest)) of x (n) in place, and their sum.
static bh_real exponentials(bh_real *x, bh_real largest, bh_real scale, int n)
{
    bhi_f4 base = bhi_f4_splat(largest), factor = bhi_f4_splat(scale), sum = bhi_f4_splat(0);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        bhi_f4 e = exp_4(bhi_f4_mul(factor, bhi_f4_sub(bhi_f4_load(x + i), base)));
        bhi_f4_store(x + i, e);
        sum = bhi_f4_add(sum, e);
    }
    if (i < n) {
        bhi_f4 last = bhi_f4_load_first(x + i, n - i);
        bhi_f4_store_first(x + i, exp_4(bhi_f4_mul(factor, bhi_f4_sub(last, base))), n - i);
        sum = bhi_f4_add(sum, bhi_f4_load_first(x + i, n - i));
    }
    return bhi_f4_sum(sum);
}

static void scale_row(bh_real *x, bh_real factor, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES) bhi_f4_store(x + i, scaled_4(factor, bhi_f4_load(x + i)));
    for (; i < n; i++) x[i] *= factor;
}

void bhi_softmax_causal(bh_real *s, bh_real scale, int first, int M, int N)
{
    for (int i = 0; i < M; i++, s += N) {
        int n = first + i + 1 < N ? first + i + 1 : N;
        scale_row(s, 1 / exponentials(s, largest_of(s, n), scale, n), n);
        for (int j = n; j < N; j++) s[j] = 0;
    }
}

static bh_real dot(const bh_real *a, const bh_real *b, int n)
{
    bhi_f4 sum = bhi_f4_splat(0);
    int i = 0;
    for (; i + LANES <= n; i += LANES) sum = fma_4(bhi_f4_load(a + i), bhi_f4_load(b + i), sum);
    if (i < n) {
        sum = fma_4(bhi_f4_load_first(a + i, n - i), bhi_f4_load_first(b + i, n - i), sum);
    }
    return bhi_f4_sum(sum);
}

void bhi_softmax_backward(bh_real *restrict dp, const bh_real *restrict p, bh_real scale, int M,
                          int N)
{
    for (int i = 0; i < M; i++, dp += N, p += N) {
        bh_real mean = dot(dp, p, N);
        bhi_f4 base = bhi_f4_splat(mean), factor = bhi_f4_splat(scale);
        int j = 0;
        for (; j + LANES <= N; j += LANES) {
            bhi_f4 difference = bhi_f4_sub(bhi_f4_load(dp + j), base);
            bhi_f4_store(dp + j, bhi_f4_mul(factor, bhi_f4_mul(bhi_f4_load(p + j), difference)));
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
        bh_real total = exponentials(logits, largest, 1, N);
        sum += bh_log((double)total) + ((double)largest - (double)of_target);
        scale_row(logits, weight / total, N);
        logits[a] -= weight;
    }
    return sum;
}

// ---- layer normalisation ----

void bhi_layernorm_forward(bh_real *restrict y, bh_real *restrict moments,
                           const bh_real *restrict x, const bh_real *restrict gain,
                           const bh_real *restrict bias, int M, int C)
{
    assert(C % LANES == 0);
    bh_real share = 1 / (bh_real)C;
    for (int i = 0; i < M; i++, x += C, y += C, moments += 2) {
        bhi_f4 sum = bhi_f4_splat(0), squares = sum;
        for (int j = 0; j < C; j += LANES) sum = bhi_f4_add(sum, bhi_f4_load(x + j));
        bhi_f4 mean = bhi_f4_splat(bhi_f4_sum(sum) * share);
        for (int j = 0; j < C; j += LANES) {
            bhi_f4 d = bhi_f4_sub(bhi_f4_load(x + j), mean);
            squares = fma_4(d, d, squares);
        }
        bh_real variance = bhi_f4_sum(squares) * share;
        bh_real lane[LANES];
        bhi_f4 root = bhi_f4_sqrt(bhi_f4_splat(variance + (bh_real)BHI_LAYERNORM_EPS));
        bhi_f4 inverse = bhi_f4_div(bhi_f4_splat(1), root);
        for (int j = 0; j < C; j += LANES) {
            bhi_f4 normal = bhi_f4_mul(bhi_f4_sub(bhi_f4_load(x + j), mean), inverse);
            bhi_f4_store(y + j, fma_4(normal, bhi_f4_load(gain + j), bhi_f4_load(bias + j)));
        }
        bhi_f4_store(lane, mean);
        moments[0] = lane[0];
        bhi_f4_store(lane, inverse);
        moments[1] = lane[0];
    }
}

// With n = (x - mean) inverse and g = gain dy:  dx = inverse (g - mean(g) - n mean(g n)).
void bhi_layernorm_backward(bh_real *restrict dx, bh_real *restrict dgain, bh_real *restrict dbias,
                            const bh_real *restrict dy, const bh_real *restrict x,
                            const bh_real *restrict gain, const bh_real *restrict moments, int M,
                            int C)
{
    bh_real share = 1 / (bh_real)C;
    for (int i = 0; i < M; i++, dx += C, dy += C, x += C, moments += 2) {
        bhi_f4 mean = bhi_f4_splat(moments[0]), inverse = bhi_f4_splat(moments[1]);
        bhi_f4 sum = bhi_f4_splat(0), sum_n = sum;
        for (int j = 0; j < C; j += LANES) {
            bhi_f4 n = bhi_f4_mul(bhi_f4_sub(bhi_f4_load(x + j), mean), inverse);
            bhi_f4 d = bhi_f4_load(dy + j), g = bhi_f4_mul(d, bhi_f4_load(gain + j));
            bhi_f4_store(dgain + j, fma_4(d, n, bhi_f4_load(dgain + j)));
            bhi_f4_store(dbias + j, bhi_f4_add(d, bhi_f4_load(dbias + j)));
            sum = bhi_f4_add(sum, g);
            sum_n = fma_4(g, n, sum_n);
        }
        bhi_f4 mean_g = bhi_f4_splat(bhi_f4_sum(sum) * share);
        bhi_f4 mean_gn = bhi_f4_splat(bhi_f4_sum(sum_n) * share);
        for (int j = 0; j < C; j += LANES) {
            bhi_f4 n = bhi_f4_mul(bhi_f4_sub(bhi_f4_load(x + j), mean), inverse);
            bhi_f4 g = bhi_f4_mul(bhi_f4_load(dy + j), bhi_f4_load(gain + j));
            bhi_f4 d = bhi_f4_sub(bhi_f4_sub(g, mean_g), bhi_f4_mul(n, mean_gn));
            bhi_f4_store(dx + j, fma_4(inverse, d, bhi_f4_load(dx + j)));
        }
    }
}

// ---- GELU ----

#define TWO_ROOT_2_OVER_PI ((bh_real)1.5957691216057308) // 2 sqrt(2 / pi)
#define CUBIC              ((bh_real)0.044715)

// The logistic function of 2u, u the argument of GPT-2's tanh, whose (1 + tanh(u)) / 2 it is.
static inline bhi_f4 gate_4(bhi_f4 x, bhi_f4 square)
{
    const bhi_f4 one = bhi_f4_splat(1);
    bhi_f4 u =
        bhi_f4_mul(scaled_4(-TWO_ROOT_2_OVER_PI, x), fma_4(bhi_f4_splat(CUBIC), square, one));
    return bhi_f4_div(one, bhi_f4_add(one, exp_4(u)));
}

static inline bhi_f4 gelu_4(bhi_f4 x)
{
    return bhi_f4_mul(x, gate_4(x, bhi_f4_mul(x, x)));
}

// s + x s (1 - s) (2u)'
static inline bhi_f4 gelu_slope_4(bhi_f4 x)
{
    const bhi_f4 one = bhi_f4_splat(1);
    bhi_f4 square = bhi_f4_mul(x, x), s = gate_4(x, square);
    bhi_f4 slope = scaled_4(TWO_ROOT_2_OVER_PI, fma_4(bhi_f4_splat(3 * CUBIC), square, one));
    bhi_f4 bell = bhi_f4_mul(bhi_f4_mul(x, s), bhi_f4_sub(one, s));
    return fma_4(bell, slope, s);
}

// Phi(x), and its derivative times x.
static double phi(double x)
{
    return 0.5 * (1 + bh_erf(x * 0.7071067811865476));
}

static double phi_slope(double x)
{
    return phi(x) + x * 0.3989422804014327 * bh_exp(-0.5 * x * x);
}

void bhi_gelu_forward(bh_real *restrict y, const bh_real *restrict x, bhi_gelu kind, int n)
{
    int i = 0;
    if (kind == BHI_GELU_ERF) {
        for (; i < n; i++) y[i] = (bh_real)((double)x[i] * phi((double)x[i]));
        return;
    }
    for (; i + LANES <= n; i += LANES) bhi_f4_store(y + i, gelu_4(bhi_f4_load(x + i)));
    if (i < n) bhi_f4_store_first(y + i, gelu_4(bhi_f4_load_first(x + i, n - i)), n - i);
}

void bhi_gelu_backward(bh_real *restrict dy, const bh_real *restrict x, bhi_gelu kind, int n)
{
    int i = 0;
    if (kind == BHI_GELU_ERF) {
        for (; i < n; i++) dy[i] *= (bh_real)phi_slope((double)x[i]);
        return;
    }
    for (; i + LANES <= n; i += LANES) {
        bhi_f4_store(dy + i, bhi_f4_mul(bhi_f4_load(dy + i), gelu_slope_4(bhi_f4_load(x + i))));
    }
    if (i == n) return;
    bhi_f4 slope = gelu_slope_4(bhi_f4_load_first(x + i, n - i));
    bhi_f4_store_first(dy + i, bhi_f4_mul(bhi_f4_load_first(dy + i, n - i), slope), n - i);
}

// ---- sums ----

// Four vectors of columns at a time, as many additions as are under way at once.
static inline void add_columns(bh_real *restrict sum, const bh_real *restrict x, int M, int N,
                               int vectors)
{
    bhi_f4 s[4];
    for (int v = 0; v < vectors; v++) s[v] = bhi_f4_load(sum + v * LANES);
    for (int i = 0; i < M; i++, x += N) {
        for (int v = 0; v < vectors; v++) s[v] = bhi_f4_add(s[v], bhi_f4_load(x + v * LANES));
    }
    for (int v = 0; v < vectors; v++) bhi_f4_store(sum + v * LANES, s[v]);
}

void bhi_add_column_sums(bh_real *restrict sum, const bh_real *restrict x, int M, int N)
{
    assert(N % LANES == 0);
    int j = 0;
    for (; j + 4 * LANES <= N; j += 4 * LANES) add_columns(sum + j, x + j, M, N, 4);
    for (; j < N; j += LANES) add_columns(sum + j, x + j, M, N, 1);
}
