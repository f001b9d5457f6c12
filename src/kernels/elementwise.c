// SPDX-License-Identifier: MIT
// Elementwise kernels and column sums. Whole vectors first, then the same formula on the last few.
#include "kernels/elementwise.h"

#include "core/fmath.h"
#include "kernels/simd.h"

#include <stddef.h>
#include <string.h>

#define LANES 4

// The last vector of an array, padded. Out of line: unrolled at every use they would be most of the
// module's code of this file.
#define BH_OUT_OF_LINE __attribute__((noinline))

BH_OUT_OF_LINE static bhi_f4 load_last(const bh_real *p, int n)
{
    return bhi_f4_load_first(p, n);
}

BH_OUT_OF_LINE static void store_last(bh_real *p, bhi_f4 a, int n)
{
    bhi_f4_store_first(p, a, n);
}

void bhi_tanh_forward(bh_real *y, int n)
{
    for (int i = 0; i < n; i++) y[i] = (bh_real)bh_tanh((double)y[i]);
}

void bhi_tanh_backward(bh_real *restrict dx, const bh_real *restrict y, int n)
{
    for (int i = 0; i < n; i++) dx[i] *= 1 - y[i] * y[i];
}

void bhi_relu_forward(bh_real *y, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES) bhi_f4_store(y + i, bhi_f4_relu(bhi_f4_load(y + i)));
    for (; i < n; i++) y[i] = y[i] > 0 ? y[i] : 0;
}

void bhi_relu_backward(bh_real *restrict dx, const bh_real *restrict y, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        bhi_f4_store(dx + i, bhi_f4_gate(bhi_f4_load(dx + i), bhi_f4_load(y + i)));
    for (; i < n; i++) dx[i] = y[i] > 0 ? dx[i] : 0;
}

void bhi_flush(bh_real *x, bh_real least, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES) bhi_f4_store(x + i, bhi_f4_flush(bhi_f4_load(x + i), least));
    if (i < n) store_last(x + i, bhi_f4_flush(load_last(x + i, n - i), least), n - i);
}

// Not restrict: Clang would then call memcpy for each row, which takes longer than to copy a short
// one.
void bhi_copy_rows(bh_real *y, int ldy, const bh_real *x, int ldx, int M, int N)
{
    for (; M > 0; M--, y += ldy, x += ldx) {
        int j = 0;
        for (; j + LANES <= N; j += LANES) bhi_f4_store(y + j, bhi_f4_load(x + j));
        for (; j < N; j++) y[j] = x[j];
    }
}

void bhi_add_rows(bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx, int M, int N)
{
    for (; M > 0; M--, y += ldy, x += ldx) {
        int j = 0;
        for (; j + LANES <= N; j += LANES)
            bhi_f4_store(y + j, bhi_f4_add(bhi_f4_load(y + j), bhi_f4_load(x + j)));
        for (; j < N; j++) y[j] += x[j];
    }
}

// Sums of four vectors of columns at a time: an addition takes several cycles, but four can be
// under way.
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

static inline bhi_f4 perturbed(bhi_f4 x, bhi_f4 s, bhi_f4 scale, bhi_f4 e)
{
    return bhi_f4_add(x, bhi_f4_mul(s, bhi_f4_mul(scale, e)));
}

void bhi_perturb(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict s,
                 const bh_real *restrict e, bh_real scale, int n)
{
    bhi_f4 factor = bhi_f4_splat(scale), has_x = bhi_f4_splat(x != NULL);
    if (x == NULL) x = s; // something to load
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        bhi_f4_store(y + i, perturbed(bhi_f4_gate(bhi_f4_load(x + i), has_x), bhi_f4_load(s + i),
                                      factor, bhi_f4_load(e + i)));
    }
    if (i == n) return;
    bhi_f4 last = perturbed(bhi_f4_gate(load_last(x + i, n - i), has_x), load_last(s + i, n - i),
                            factor, load_last(e + i, n - i));
    store_last(y + i, last, n - i);
}

static inline bhi_f4 add_square(bhi_f4 sum, const bh_real *x)
{
    bhi_f4 a = bhi_f4_load(x);
    return bhi_f4_add(sum, bhi_f4_mul(a, a));
}

double bhi_sum_of_squares(const bh_real *x, int n)
{
    bhi_f4 s0 = bhi_f4_splat(0), s1 = s0, s2 = s0, s3 = s0;
    int i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
        s0 = add_square(s0, x + i);
        s1 = add_square(s1, x + i + LANES);
        s2 = add_square(s2, x + i + 2 * LANES);
        s3 = add_square(s3, x + i + 3 * LANES);
    }
    bh_real lane[4 * LANES];
    bhi_f4_store(lane, s0);
    bhi_f4_store(lane + LANES, s1);
    bhi_f4_store(lane + 2 * LANES, s2);
    bhi_f4_store(lane + 3 * LANES, s3);
    for (int j = 0; i < n; i++, j++) lane[j] += x[i] * x[i];
    double sum = 0;
    for (int j = 0; j < 4 * LANES; j++) sum += (double)lane[j];
    return sum;
}

// ---- one pass over parameters and moments ----

// A formula on one vector of parameters x[0] and of their moments x[1], x[2], in place.
typedef void formula(bhi_f4 *x, bhi_f4 g, const void *step);

// A formula on n elements, whole vectors of them.
typedef void pass(bh_real *const *x, const bh_real *g, const void *step, int n);

// Over the one to three arrays of a pass: as a loop it would keep its vectors in memory.
#ifdef __clang__
#define BH_WRITE_OUT _Pragma("clang loop unroll(full)")
#else
#define BH_WRITE_OUT
#endif

// Callers pass a step of their own, which no store here can change: it stays in registers.
static inline void whole_vectors(formula *f, bh_real *const *x, int n_x, const bh_real *g,
                                 const void *step, int n)
{
    bh_real *p[3];
    BH_WRITE_OUT
    for (int k = 0; k < n_x; k++) p[k] = x[k];
    for (int i = 0; i < n; i += LANES) {
        bhi_f4 v[3];
        BH_WRITE_OUT
        for (int k = 0; k < n_x; k++) v[k] = bhi_f4_load(p[k] + i);
        f(v, bhi_f4_load(g + i), step);
        BH_WRITE_OUT
        for (int k = 0; k < n_x; k++) bhi_f4_store(p[k] + i, v[k]);
    }
}

// The whole vectors, then the last few elements in vectors of their own, padded: the same formula,
// so the same bits wherever an element stands.
BH_OUT_OF_LINE static void each(pass *f, bh_real *const *x, int n_x, const bh_real *g,
                                const void *step, int n)
{
    int whole = n / LANES * LANES, rest = n - whole;
    f(x, g, step, whole);
    if (rest == 0) return;
    bh_real last[4][LANES] = {{0}}, *const padded[] = {last[0], last[1], last[2]};
    size_t bytes = (size_t)rest * sizeof(bh_real);
    for (int k = 0; k < n_x; k++) memcpy(last[k], x[k] + whole, bytes);
    memcpy(last[3], g + whole, bytes);
    f(padded, last[3], step, LANES);
    for (int k = 0; k < n_x; k++) memcpy(x[k] + whole, last[k], bytes);
}

static inline void polyak_4(bhi_f4 *x, bhi_f4 online, const void *tau)
{
    bhi_f4 rate = bhi_f4_splat(*(const bh_real *)tau);
    x[0] = bhi_f4_add(x[0], bhi_f4_mul(rate, bhi_f4_sub(online, x[0])));
}

static void polyak_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bh_real s = *(const bh_real *)step;
    whole_vectors(polyak_4, x, 1, g, &s, n);
}

void bhi_polyak(bh_real *restrict target, const bh_real *restrict online, bh_real tau, int n)
{
    each(polyak_pass, (bh_real *const[]){target}, 1, online, &tau, n);
}

// a x + b y
static inline bhi_f4 blend(bh_real a, bhi_f4 x, bh_real b, bhi_f4 y)
{
    return bhi_f4_add(bhi_f4_mul(bhi_f4_splat(a), x), bhi_f4_mul(bhi_f4_splat(b), y));
}

// p - rate m / d
static inline bhi_f4 moved(bhi_f4 p, bh_real rate, bhi_f4 m, bhi_f4 d)
{
    return bhi_f4_sub(p, bhi_f4_div(bhi_f4_mul(bhi_f4_splat(rate), m), d));
}

static inline void sgd_4(bhi_f4 *x, bhi_f4 g, const void *step)
{
    x[0] = bhi_f4_sub(x[0], bhi_f4_mul(bhi_f4_splat(*(const bh_real *)step), g));
}

static void sgd_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bh_real s = *(const bh_real *)step;
    whole_vectors(sgd_4, x, 1, g, &s, n);
}

void bhi_sgd(bh_real *restrict p, const bh_real *restrict g, bh_real rate, bh_real scale, int n)
{
    bh_real step = rate * scale;
    each(sgd_pass, (bh_real *const[]){p}, 1, g, &step, n);
}

static inline void momentum_4(bhi_f4 *x, bhi_f4 g, const void *step)
{
    const bhi_momentum_step *s = step;
    x[1] = blend(s->momentum, x[1], s->scale, g);
    x[0] = bhi_f4_sub(x[0], bhi_f4_mul(bhi_f4_splat(s->rate), x[1]));
}

static void momentum_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bhi_momentum_step s = *(const bhi_momentum_step *)step;
    whole_vectors(momentum_4, x, 2, g, &s, n);
}

void bhi_momentum(bh_real *restrict p, bh_real *restrict m, const bh_real *restrict g,
                  const bhi_momentum_step *step, int n)
{
    each(momentum_pass, (bh_real *const[]){p, m}, 2, g, step, n);
}

static inline void rmsprop_4(bhi_f4 *x, bhi_f4 g, const void *step)
{
    const bhi_rmsprop_step *s = step;
    g = bhi_f4_mul(g, bhi_f4_splat(s->scale));
    x[1] = blend(s->alpha, x[1], s->rest, bhi_f4_mul(g, g));
    x[0] = moved(x[0], s->rate, g, bhi_f4_add(bhi_f4_sqrt(x[1]), bhi_f4_splat(s->epsilon)));
}

static inline void rmsprop_centered_4(bhi_f4 *x, bhi_f4 g, const void *step)
{
    const bhi_rmsprop_step *s = step;
    g = bhi_f4_mul(g, bhi_f4_splat(s->scale));
    x[1] = blend(s->alpha, x[1], s->rest, bhi_f4_mul(g, g));
    x[2] = blend(s->alpha, x[2], s->rest, g);
    bhi_f4 variance = bhi_f4_relu(bhi_f4_sub(x[1], bhi_f4_mul(x[2], x[2])));
    x[0] = moved(x[0], s->rate, g, bhi_f4_add(bhi_f4_sqrt(variance), bhi_f4_splat(s->epsilon)));
}

static void rmsprop_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bhi_rmsprop_step s = *(const bhi_rmsprop_step *)step;
    whole_vectors(rmsprop_4, x, 2, g, &s, n);
}

static void rmsprop_centered_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bhi_rmsprop_step s = *(const bhi_rmsprop_step *)step;
    whole_vectors(rmsprop_centered_4, x, 3, g, &s, n);
}

void bhi_rmsprop(bh_real *restrict p, bh_real *restrict v, bh_real *restrict m,
                 const bh_real *restrict g, const bhi_rmsprop_step *step, int n)
{
    if (m == NULL) each(rmsprop_pass, (bh_real *const[]){p, v}, 2, g, step, n);
    else each(rmsprop_centered_pass, (bh_real *const[]){p, v, m}, 3, g, step, n);
}

static inline void adam_4(bhi_f4 *x, bhi_f4 g, const void *step)
{
    const bhi_adam_step *s = step;
    x[0] = bhi_f4_mul(x[0], bhi_f4_splat(s->keep)); // by 1 without decay: the same bits
    g = bhi_f4_mul(g, bhi_f4_splat(s->scale));
    x[1] = blend(s->beta1, x[1], s->rest1, g);
    x[2] = blend(s->beta2, x[2], s->rest2, bhi_f4_mul(g, g));
    bhi_f4 root = bhi_f4_mul(bhi_f4_sqrt(x[2]), bhi_f4_splat(s->root_inverse));
    x[0] = moved(x[0], s->rate, x[1], bhi_f4_add(root, bhi_f4_splat(s->epsilon)));
}

static void adam_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bhi_adam_step s = *(const bhi_adam_step *)step;
    whole_vectors(adam_4, x, 3, g, &s, n);
}

void bhi_adam(bh_real *restrict p, bh_real *restrict m, bh_real *restrict v,
              const bh_real *restrict g, const bhi_adam_step *step, int n)
{
    each(adam_pass, (bh_real *const[]){p, m, v}, 3, g, step, n);
}
