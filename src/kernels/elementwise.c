// SPDX-License-Identifier: MIT
// Elementwise kernels and column sums. Whole vectors first, then the same formula on the last few.
#include "kernels/elementwise.h"

#include "core/fmath.h"
#include "kernels/simd.h"

#define LANES 4

void bhi_tanh_forward(bh_real *y, int n)
{
    for (int i = 0; i < n; i++) y[i] = (bh_real)bh_tanh((double)y[i]);
}

void bhi_tanh_backward(bh_real *restrict dx, const bh_real *restrict y, int n)
{
    for (int i = 0; i < n; i++) dx[i] *= 1 - y[i] * y[i];
}

void bhi_relu_backward(bh_real *restrict dx, const bh_real *restrict y, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        bhi_f4_store(dx + i, bhi_f4_gate(bhi_f4_load(dx + i), bhi_f4_load(y + i)));
    for (; i < n; i++) dx[i] = y[i] > 0 ? dx[i] : 0;
}

void bhi_add(bh_real *restrict y, const bh_real *restrict x, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        bhi_f4_store(y + i, bhi_f4_add(bhi_f4_load(y + i), bhi_f4_load(x + i)));
    for (; i < n; i++) y[i] += x[i];
}

// Sums of four vectors of columns at a time: an addition takes several cycles, but four can be under way.
static void column_sums_16(bh_real *restrict sum, const bh_real *restrict x, int M, int N)
{
    bhi_f4 s0 = bhi_f4_splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (int i = 0; i < M; i++, x += N) {
        s0 = bhi_f4_add(s0, bhi_f4_load(x));
        s1 = bhi_f4_add(s1, bhi_f4_load(x + LANES));
        s2 = bhi_f4_add(s2, bhi_f4_load(x + 2 * LANES));
        s3 = bhi_f4_add(s3, bhi_f4_load(x + 3 * LANES));
    }
    bhi_f4_store(sum, s0);
    bhi_f4_store(sum + LANES, s1);
    bhi_f4_store(sum + 2 * LANES, s2);
    bhi_f4_store(sum + 3 * LANES, s3);
}

void bhi_column_sums(bh_real *restrict sum, const bh_real *restrict x, int M, int N)
{
    int j = 0;
    for (; j + 4 * LANES <= N; j += 4 * LANES) column_sums_16(sum + j, x + j, M, N);
    for (; j < N; j++) {
        bh_real s = 0;
        for (int i = 0; i < M; i++) s += x[i * N + j];
        sum[j] = s;
    }
}

void bhi_polyak(bh_real *restrict target, const bh_real *restrict online, bh_real tau, int n)
{
    bhi_f4 rate = bhi_f4_splat(tau);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        bhi_f4 t = bhi_f4_load(target + i);
        bhi_f4 step = bhi_f4_mul(rate, bhi_f4_sub(bhi_f4_load(online + i), t));
        bhi_f4_store(target + i, bhi_f4_add(t, step));
    }
    for (; i < n; i++) target[i] += tau * (online[i] - target[i]);
}

double bhi_sum_of_squares(const bh_real *x, int n)
{
    enum { SUMS = 4 };
    bhi_f4 s[SUMS];
    for (int v = 0; v < SUMS; v++) s[v] = bhi_f4_splat(0);
    int i = 0;
    for (; i + SUMS * LANES <= n; i += SUMS * LANES) {
        for (int v = 0; v < SUMS; v++) {
            bhi_f4 a = bhi_f4_load(x + i + v * LANES);
            s[v] = bhi_f4_add(s[v], bhi_f4_mul(a, a));
        }
    }
    bh_real lane[SUMS * LANES];
    for (int v = 0; v < SUMS; v++) bhi_f4_store(lane + v * LANES, s[v]);
    for (int j = 0; i < n; i++, j++) lane[j] += x[i] * x[i];
    double sum = 0;
    for (int j = 0; j < SUMS * LANES; j++) sum += (double)lane[j];
    return sum;
}

void bhi_sgd(bh_real *restrict p, const bh_real *restrict g, bh_real rate, bh_real scale, int n)
{
    bhi_f4 r = bhi_f4_splat(rate * scale);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        bhi_f4_store(p + i, bhi_f4_sub(bhi_f4_load(p + i), bhi_f4_mul(r, bhi_f4_load(g + i))));
    }
    for (; i < n; i++) p[i] -= rate * scale * g[i];
}

// The formula on one vector, for whole vectors and for the padded last one alike.
static inline void adam_4(bh_real *p, bh_real *m, bh_real *v, bhi_f4 g, const bhi_adam_step *s)
{
    g = bhi_f4_mul(g, bhi_f4_splat(s->scale));
    bhi_f4 first = bhi_f4_add(bhi_f4_mul(bhi_f4_splat(s->beta1), bhi_f4_load(m)),
                              bhi_f4_mul(bhi_f4_splat(s->rest1), g));
    bhi_f4 second = bhi_f4_add(bhi_f4_mul(bhi_f4_splat(s->beta2), bhi_f4_load(v)),
                               bhi_f4_mul(bhi_f4_splat(s->rest2), bhi_f4_mul(g, g)));
    bhi_f4 root = bhi_f4_mul(bhi_f4_sqrt(second), bhi_f4_splat(s->root_inverse));
    bhi_f4 step = bhi_f4_div(bhi_f4_mul(bhi_f4_splat(s->rate), first),
                             bhi_f4_add(root, bhi_f4_splat(s->epsilon)));
    bhi_f4_store(m, first);
    bhi_f4_store(v, second);
    bhi_f4_store(p, bhi_f4_sub(bhi_f4_load(p), step));
}

void bhi_adam(bh_real *restrict p, bh_real *restrict m, bh_real *restrict v,
              const bh_real *restrict g, const bhi_adam_step *step, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES) adam_4(p + i, m + i, v + i, bhi_f4_load(g + i), step);
    if (i == n) return;
    bh_real last_p[LANES] = {0}, last_m[LANES] = {0}, last_v[LANES] = {0}, last_g[LANES] = {0};
    for (int j = i; j < n; j++) {
        last_p[j - i] = p[j];
        last_m[j - i] = m[j];
        last_v[j - i] = v[j];
        last_g[j - i] = g[j];
    }
    adam_4(last_p, last_m, last_v, bhi_f4_load(last_g), step);
    for (int j = i; j < n; j++) {
        p[j] = last_p[j - i];
        m[j] = last_m[j - i];
        v[j] = last_v[j - i];
    }
}
