// SPDX-License-Identifier: MIT
// Elementwise kernels and column sums. Whole vectors first, then the same formula on the last few.
#include "kernels/elementwise.h"

#include "core/fmath_small.h"
#include "kernels/simd.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANES BH_LANES

#define BH_OUT_OF_LINE __attribute__((noinline))

// Over a few vectors, whose number is known: as a loop it would keep them in memory.
#if defined(__clang__)
#define BH_WRITE_OUT _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define BH_WRITE_OUT _Pragma("GCC unroll 4")
#else
#define BH_WRITE_OUT
#endif

// The last vector of an array, padded. Out of line: unrolled at every use they would be most of the
// module's code of this file.
BH_OUT_OF_LINE static bhi_v load_last(const bh_real *p, int n)
{
    return bhi_v_load_first(p, n);
}

BH_OUT_OF_LINE static void store_last(bh_real *p, bhi_v a, int n)
{
    bhi_v_store_first(p, a, n);
}

// ---- tanh, in double ----

#define PAIRS (LANES / 2) // doubles in as many bits as LANES floats

typedef double doubles __attribute__((vector_size(PAIRS * 8)));
typedef bh_real reals __attribute__((vector_size(PAIRS * sizeof(bh_real))));
typedef uint64_t words __attribute__((vector_size(PAIRS * 8)));

// a where the words are ones, b where they are zeros.
static inline doubles choose(words which, doubles a, doubles b)
{
    return (doubles)((which & (words)a) | (~which & (words)b));
}

// bh_tanh of core/fmath.c without branches: the same operations on every number, so the same bits.
// What is beyond 22 has the value at 22, which is 1. Adding 2^52 rounds to a whole number; where that
// is above, k is one less. Added to 2^52 + 1023 it stands in the low bits, of which 2^k is made.
static inline doubles tanh_of(doubles x)
{
    const words sign = (words){0} + (UINT64_C(1) << 63);
    doubles size = (doubles)((words)x & ~sign), end = (doubles){0} + 22.0;
    doubles a = choose((words)(size < end), size, end);
    doubles z = 2.0 * a, turns = z * 0x1.71547652b82fep+0 + 0.5, k = turns + 0x1p52 - 0x1p52;
    k = choose((words)(k > turns), k - 1.0, k);
    doubles high = z - k * 0x1.62e42fee00000p-1, low = k * 0x1.a39ef35793c76p-33, r = high - low;
    doubles tail = (doubles){0} + bhi_exp_tail[BHI_EXP_TERMS - 1];
    for (int i = BHI_EXP_TERMS - 2; i >= 0; i--) tail = tail * r + bhi_exp_tail[i];
    doubles two_k = (doubles)((words)(k + (0x1p52 + 1023)) << 52);
    doubles e = two_k * (high + (r * r * tail - low)) + (two_k - 1.0), t = e / (e + 2.0);
    t = (doubles)((words)t | ((words)x & sign)) + 0.0; // +0 of -0
    return choose((words)(x == x), t, x);
}

void bhi_tanh_forward(bh_real *y, int n)
{
    int i = 0;
    for (; i + PAIRS <= n; i += PAIRS) {
        reals x;
        memcpy(&x, y + i, sizeof x);
        x = __builtin_convertvector(tanh_of(__builtin_convertvector(x, doubles)), reals);
        memcpy(y + i, &x, sizeof x);
    }
    if (i == n) return;
    bh_real last[PAIRS] = {0};
    memcpy(last, y + i, (size_t)(n - i) * sizeof *y);
    bhi_tanh_forward(last, PAIRS);
    memcpy(y + i, last, (size_t)(n - i) * sizeof *y);
}

void bhi_tanh_backward(bh_real *restrict dx, const bh_real *restrict y, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        bhi_v out = bhi_v_load(y + i), slope = bhi_v_sub(bhi_v_splat(1), bhi_v_mul(out, out));
        bhi_v_store(dx + i, bhi_v_mul(bhi_v_load(dx + i), slope));
    }
    for (; i < n; i++) dx[i] *= 1 - y[i] * y[i];
}

void bhi_relu_forward(bh_real *y, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES) bhi_v_store(y + i, bhi_v_relu(bhi_v_load(y + i)));
    for (; i < n; i++) y[i] = y[i] > 0 ? y[i] : 0;
}

void bhi_relu_backward(bh_real *restrict dx, const bh_real *restrict y, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        bhi_v_store(dx + i, bhi_v_gate(bhi_v_load(dx + i), bhi_v_load(y + i)));
    for (; i < n; i++) dx[i] = y[i] > 0 ? dx[i] : 0;
}

void bhi_flush(bh_real *x, bh_real least, int n)
{
    int i = 0;
    for (; i + LANES <= n; i += LANES) bhi_v_store(x + i, bhi_v_flush(bhi_v_load(x + i), least));
    if (i < n) store_last(x + i, bhi_v_flush(load_last(x + i, n - i), least), n - i);
}

// Not restrict: Clang would then call memcpy for each row, which takes longer than to copy a short
// one.
void bhi_copy_rows(bh_real *y, int ldy, const bh_real *x, int ldx, int M, int N)
{
    for (; M > 0; M--, y += ldy, x += ldx) {
        int j = 0;
        for (; j + LANES <= N; j += LANES) bhi_v_store(y + j, bhi_v_load(x + j));
        for (; j < N; j++) y[j] = x[j];
    }
}

void bhi_add_rows(bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx, int M, int N)
{
    for (; M > 0; M--, y += ldy, x += ldx) {
        int j = 0;
        for (; j + LANES <= N; j += LANES)
            bhi_v_store(y + j, bhi_v_add(bhi_v_load(y + j), bhi_v_load(x + j)));
        for (; j < N; j++) y[j] += x[j];
    }
}

// Sums of four vectors of columns at a time: an addition takes several cycles, but four can be
// under way.
static void column_sums_4(bh_real *restrict sum, const bh_real *restrict x, int M, int N)
{
    bhi_v s0 = bhi_v_splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (int i = 0; i < M; i++, x += N) {
        s0 = bhi_v_add(s0, bhi_v_load(x));
        s1 = bhi_v_add(s1, bhi_v_load(x + LANES));
        s2 = bhi_v_add(s2, bhi_v_load(x + 2 * LANES));
        s3 = bhi_v_add(s3, bhi_v_load(x + 3 * LANES));
    }
    bhi_v_store(sum, s0);
    bhi_v_store(sum + LANES, s1);
    bhi_v_store(sum + 2 * LANES, s2);
    bhi_v_store(sum + 3 * LANES, s3);
}

static inline void column_sums_1(bh_real *restrict sum, const bh_real *restrict x, int M, int N)
{
    bhi_v s = bhi_v_splat(0);
    for (int i = 0; i < M; i++, x += N) s = bhi_v_add(s, bhi_v_load(x));
    bhi_v_store(sum, s);
}

void bhi_column_sums(bh_real *restrict sum, const bh_real *restrict x, int M, int N)
{
    int j = 0;
    for (; j + 4 * LANES <= N; j += 4 * LANES) column_sums_4(sum + j, x + j, M, N);
    for (; LANES > 4 && j + LANES <= N; j += LANES) column_sums_1(sum + j, x + j, M, N);
    for (; j < N; j++) {
        bh_real s = 0;
        for (int i = 0; i < M; i++) s += x[i * N + j];
        sum[j] = s;
    }
}

static inline bhi_v perturbed(bhi_v x, bhi_v s, bhi_v scale, bhi_v e)
{
    return bhi_v_add(x, bhi_v_mul(s, bhi_v_mul(scale, e)));
}

void bhi_perturb(bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict s,
                 const bh_real *restrict e, bh_real scale, int n)
{
    bhi_v factor = bhi_v_splat(scale), has_x = bhi_v_splat(x != NULL);
    if (x == NULL) x = s; // something to load
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        bhi_v_store(y + i, perturbed(bhi_v_gate(bhi_v_load(x + i), has_x), bhi_v_load(s + i),
                                     factor, bhi_v_load(e + i)));
    }
    if (i == n) return;
    bhi_v last = perturbed(bhi_v_gate(load_last(x + i, n - i), has_x), load_last(s + i, n - i),
                           factor, load_last(e + i, n - i));
    store_last(y + i, last, n - i);
}

#define SQUARES 16 // running sums, whatever the width

double bhi_sum_of_squares(const bh_real *x, int n)
{
    bhi_v sums[SQUARES / LANES];
    BH_WRITE_OUT
    for (int v = 0; v < SQUARES / LANES; v++) sums[v] = bhi_v_splat(0);
    int i = 0;
    for (; i + SQUARES <= n; i += SQUARES) {
        BH_WRITE_OUT
        for (int v = 0; v < SQUARES / LANES; v++) {
            bhi_v a = bhi_v_load(x + i + v * LANES);
            sums[v] = bhi_v_add(sums[v], bhi_v_mul(a, a));
        }
    }
    bh_real lane[SQUARES];
    BH_WRITE_OUT
    for (int v = 0; v < SQUARES / LANES; v++) bhi_v_store(lane + v * LANES, sums[v]);
    for (int j = 0; i < n; i++, j++) lane[j] += x[i] * x[i];
    double sum = 0;
    for (int j = 0; j < SQUARES; j++) sum += (double)lane[j];
    return sum;
}

// ---- one pass over parameters and moments ----

// A formula on one vector of parameters x[0] and of their moments x[1], x[2], in place.
typedef void formula(bhi_v *x, bhi_v g, const void *step);

// A formula on n elements, whole vectors of them.
typedef void pass(bh_real *const *x, const bh_real *g, const void *step, int n);

// Callers pass a step of their own, which no store here can change: it stays in registers.
static inline void whole_vectors(formula *f, bh_real *const *x, int n_x, const bh_real *g,
                                 const void *step, int n)
{
    bh_real *p[3];
    BH_WRITE_OUT
    for (int k = 0; k < n_x; k++) p[k] = x[k];
    for (int i = 0; i < n; i += LANES) {
        bhi_v v[3];
        BH_WRITE_OUT
        for (int k = 0; k < n_x; k++) v[k] = bhi_v_load(p[k] + i);
        f(v, bhi_v_load(g + i), step);
        BH_WRITE_OUT
        for (int k = 0; k < n_x; k++) bhi_v_store(p[k] + i, v[k]);
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

static inline void polyak_v(bhi_v *x, bhi_v online, const void *tau)
{
    bhi_v rate = bhi_v_splat(*(const bh_real *)tau);
    x[0] = bhi_v_add(x[0], bhi_v_mul(rate, bhi_v_sub(online, x[0])));
}

static void polyak_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bh_real s = *(const bh_real *)step;
    whole_vectors(polyak_v, x, 1, g, &s, n);
}

void bhi_polyak(bh_real *restrict target, const bh_real *restrict online, bh_real tau, int n)
{
    each(polyak_pass, (bh_real *const[]){target}, 1, online, &tau, n);
}

// a x + b y
static inline bhi_v blend(bh_real a, bhi_v x, bh_real b, bhi_v y)
{
    return bhi_v_add(bhi_v_mul(bhi_v_splat(a), x), bhi_v_mul(bhi_v_splat(b), y));
}

// p - rate m / d
static inline bhi_v moved(bhi_v p, bh_real rate, bhi_v m, bhi_v d)
{
    return bhi_v_sub(p, bhi_v_div(bhi_v_mul(bhi_v_splat(rate), m), d));
}

static inline void sgd_v(bhi_v *x, bhi_v g, const void *step)
{
    x[0] = bhi_v_sub(x[0], bhi_v_mul(bhi_v_splat(*(const bh_real *)step), g));
}

static void sgd_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bh_real s = *(const bh_real *)step;
    whole_vectors(sgd_v, x, 1, g, &s, n);
}

void bhi_sgd(bh_real *restrict p, const bh_real *restrict g, bh_real rate, bh_real scale, int n)
{
    bh_real step = rate * scale;
    each(sgd_pass, (bh_real *const[]){p}, 1, g, &step, n);
}

static inline void momentum_v(bhi_v *x, bhi_v g, const void *step)
{
    const bhi_momentum_step *s = step;
    x[1] = blend(s->momentum, x[1], s->scale, g);
    x[0] = bhi_v_sub(x[0], bhi_v_mul(bhi_v_splat(s->rate), x[1]));
}

static void momentum_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bhi_momentum_step s = *(const bhi_momentum_step *)step;
    whole_vectors(momentum_v, x, 2, g, &s, n);
}

void bhi_momentum(bh_real *restrict p, bh_real *restrict m, const bh_real *restrict g,
                  const bhi_momentum_step *step, int n)
{
    each(momentum_pass, (bh_real *const[]){p, m}, 2, g, step, n);
}

static inline void rmsprop_v(bhi_v *x, bhi_v g, const void *step)
{
    const bhi_rmsprop_step *s = step;
    g = bhi_v_mul(g, bhi_v_splat(s->scale));
    x[1] = blend(s->alpha, x[1], s->rest, bhi_v_mul(g, g));
    x[0] = moved(x[0], s->rate, g, bhi_v_add(bhi_v_sqrt(x[1]), bhi_v_splat(s->epsilon)));
}

static inline void rmsprop_centered_v(bhi_v *x, bhi_v g, const void *step)
{
    const bhi_rmsprop_step *s = step;
    g = bhi_v_mul(g, bhi_v_splat(s->scale));
    x[1] = blend(s->alpha, x[1], s->rest, bhi_v_mul(g, g));
    x[2] = blend(s->alpha, x[2], s->rest, g);
    bhi_v variance = bhi_v_relu(bhi_v_sub(x[1], bhi_v_mul(x[2], x[2])));
    x[0] = moved(x[0], s->rate, g, bhi_v_add(bhi_v_sqrt(variance), bhi_v_splat(s->epsilon)));
}

static void rmsprop_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bhi_rmsprop_step s = *(const bhi_rmsprop_step *)step;
    whole_vectors(rmsprop_v, x, 2, g, &s, n);
}

static void rmsprop_centered_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bhi_rmsprop_step s = *(const bhi_rmsprop_step *)step;
    whole_vectors(rmsprop_centered_v, x, 3, g, &s, n);
}

void bhi_rmsprop(bh_real *restrict p, bh_real *restrict v, bh_real *restrict m,
                 const bh_real *restrict g, const bhi_rmsprop_step *step, int n)
{
    if (m == NULL) each(rmsprop_pass, (bh_real *const[]){p, v}, 2, g, step, n);
    else each(rmsprop_centered_pass, (bh_real *const[]){p, v, m}, 3, g, step, n);
}

static inline void adam_v(bhi_v *x, bhi_v g, const void *step)
{
    const bhi_adam_step *s = step;
    x[0] = bhi_v_mul(x[0], bhi_v_splat(s->keep)); // by 1 without decay: the same bits
    g = bhi_v_mul(g, bhi_v_splat(s->scale));
    x[1] = blend(s->beta1, x[1], s->rest1, g);
    x[2] = blend(s->beta2, x[2], s->rest2, bhi_v_mul(g, g));
    bhi_v root = bhi_v_mul(bhi_v_sqrt(x[2]), bhi_v_splat(s->root_inverse));
    x[0] = moved(x[0], s->rate, x[1], bhi_v_add(root, bhi_v_splat(s->epsilon)));
}

static void adam_pass(bh_real *const *x, const bh_real *g, const void *step, int n)
{
    bhi_adam_step s = *(const bhi_adam_step *)step;
    whole_vectors(adam_v, x, 3, g, &s, n);
}

void bhi_adam(bh_real *restrict p, bh_real *restrict m, bh_real *restrict v,
              const bh_real *restrict g, const bhi_adam_step *step, int n)
{
    each(adam_pass, (bh_real *const[]){p, m, v}, 3, g, step, n);
}
