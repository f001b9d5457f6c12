// SPDX-License-Identifier: MIT
// Elementwise kernels against plain loops, bit for bit, for every length up to ten vectors.
#include "core/fmath.h"
#include "core/rng.h"
#include "kernels/elementwise.h"
#include "kernels/simd.h"

#include "check.h"

enum { LONGEST = 40, GUARDS = 4 };

static bh_rng rng;

// Normal numbers with a few of the awkward ones; guards behind them.
static void fill(bh_real *x, int n)
{
    for (int i = 0; i < LONGEST + GUARDS; i++) x[i] = (bh_real)bh_rng_normal(&rng);
    for (int i = 0; i < n; i++) {
        uint32_t luck = bh_rng_below(&rng, 12);
        if (luck == 0) x[i] = 0;
        if (luck == 1) x[i] = (bh_real)-0.0;
    }
}

static int same(const bh_real *a, const bh_real *b)
{
    return memcmp(a, b, (LONGEST + GUARDS) * sizeof *a) == 0;
}

#define EACH_LENGTH(n) for (int n = 0; n <= LONGEST; n++)
#define BLOCK(x)       bh_real x[LONGEST + GUARDS]

static void test_tanh(void)
{
    EACH_LENGTH(n)
    {
        BLOCK(y);
        BLOCK(want);
        BLOCK(dx);
        fill(y, n);
        fill(dx, n);
        memcpy(want, y, sizeof want);
        for (int i = 0; i < n; i++) want[i] = (bh_real)bh_tanh((double)y[i]);
        bhi_tanh_forward(y, n);
        CHECK(same(y, want));
        memcpy(want, dx, sizeof want);
        for (int i = 0; i < n; i++) want[i] = dx[i] * (1 - y[i] * y[i]);
        bhi_tanh_backward(dx, y, n);
        CHECK(same(dx, want));
    }
}

// Whether tanh of n floats, whose bits are first, first + step, …, is bh_tanh of them.
static int tanh_is_as_defined(uint32_t first, uint32_t step, int n)
{
    static bh_real y[4096];
    static float x[4096];
    for (int i = 0; i < n; i++, first += step) {
        memcpy(&x[i], &first, sizeof first);
        y[i] = (bh_real)x[i];
    }
    bhi_tanh_forward(y, n);
    int is_same = 1;
    for (int i = 0; i < n; i++) {
        bh_real want = (bh_real)bh_tanh((double)x[i]);
        is_same &= memcmp(&y[i], &want, sizeof want) == 0 || (want != want && y[i] != y[i]);
    }
    return is_same;
}

// Floats of every sign and exponent: the ends of each, and a thousand between. With --every-float,
// by hand (a minute or two): all 2^32.
static void test_tanh_of_every_exponent(void)
{
    for (uint32_t sign_and_exponent = 0; sign_and_exponent < 512; sign_and_exponent++) {
        uint32_t first = sign_and_exponent << 23;
        CHECK(tanh_is_as_defined(first, 1, 17));
        CHECK(tanh_is_as_defined(first + 0x7ffff0, 1, 16));
        CHECK(tanh_is_as_defined(first + 4099, 8191, 1000));
    }
}

static void check_tanh_of_every_float(void)
{
    for (uint32_t block = 0; block < 1u << 20; block++) {
        if (!CHECK(tanh_is_as_defined(block << 12, 1, 4096))) return;
    }
}

static void test_relu_forward(void)
{
    EACH_LENGTH(n)
    {
        BLOCK(y);
        BLOCK(want);
        fill(y, n);
        for (int i = 0; i < n; i += 5) y[i] = i % 2 == 0 ? (bh_real)-0.0 : (bh_real)NAN;
        memcpy(want, y, sizeof want);
        for (int i = 0; i < n; i++) want[i] = y[i] > 0 ? y[i] : 0;
        bhi_relu_forward(y, n);
        CHECK(same(y, want));
    }
}

static void test_relu_backward(void)
{
    EACH_LENGTH(n)
    {
        BLOCK(y);
        BLOCK(want);
        BLOCK(dx);
        fill(y, n);
        fill(dx, n);
        for (int i = 0; i < n; i += 5) y[i] = i % 2 == 0 ? 0 : (bh_real)NAN;
        memcpy(want, dx, sizeof want);
        for (int i = 0; i < n; i++) want[i] = y[i] > 0 ? dx[i] : 0;
        bhi_relu_backward(dx, y, n);
        CHECK(same(dx, want));
    }
}

// Parts (M,N) of matrices with 13 and 11 columns; what lies between the rows stays.
static void test_rows(void)
{
    enum { LDY = 13, LDX = 11 };
    for (int N = 0; N <= LDX; N++) {
        for (int M = 0; M <= 3; M++) {
            BLOCK(y);
            BLOCK(x);
            BLOCK(want);
            fill(y, LONGEST);
            fill(x, LONGEST);
            memcpy(want, y, sizeof want);
            for (int i = 0; i < M; i++)
                for (int j = 0; j < N; j++) want[i * LDY + j] += x[i * LDX + j];
            bhi_add_rows(y, LDY, x, LDX, M, N);
            CHECK(same(y, want));
            for (int i = 0; i < M; i++)
                for (int j = 0; j < N; j++) want[i * LDY + j] = x[i * LDX + j];
            bhi_copy_rows(y, LDY, x, LDX, M, N);
            CHECK(same(y, want));
        }
    }
}

static void test_column_sums(void)
{
    static const int rows[] = {0, 1, 2, 5};
    for (int N = 1; N <= LONGEST / 5; N++) {
        for (int r = 0; r < 4; r++) {
            BLOCK(x);
            BLOCK(sum);
            BLOCK(want);
            fill(x, LONGEST);
            fill(sum, 0);
            memcpy(want, sum, sizeof want);
            for (int j = 0; j < N; j++) {
                want[j] = 0;
                for (int i = 0; i < rows[r]; i++) want[j] += x[i * N + j];
            }
            bhi_column_sums(sum, x, rows[r], N);
            CHECK(same(sum, want));
        }
    }
}

static void test_polyak(void)
{
    EACH_LENGTH(n)
    {
        BLOCK(target);
        BLOCK(online);
        BLOCK(want);
        fill(target, n);
        fill(online, n);
        memcpy(want, target, sizeof want);
        const bh_real tau = (bh_real)0.005;
        for (int i = 0; i < n; i++) want[i] = target[i] + tau * (online[i] - target[i]);
        bhi_polyak(target, online, tau, n);
        CHECK(same(target, want));
    }
}

static void test_perturb(void)
{
    EACH_LENGTH(n)
    {
        BLOCK(y);
        BLOCK(x);
        BLOCK(s);
        BLOCK(e);
        BLOCK(want);
        const bh_real scale = (bh_real)-1.3;
        fill(y, n);
        fill(x, n);
        fill(s, n);
        fill(e, n);
        memcpy(want, y, sizeof want);
        for (int i = 0; i < n; i++) want[i] = x[i] + s[i] * (scale * e[i]);
        bhi_perturb(y, x, s, e, scale, n);
        CHECK(same(y, want));
        for (int i = 0; i < n; i++) want[i] = 0 + s[i] * (scale * e[i]);
        bhi_perturb(y, NULL, s, e, scale, n);
        CHECK(same(y, want));
    }
}

static void test_sum_of_squares(void)
{
    EACH_LENGTH(n)
    {
        BLOCK(x);
        fill(x, n);
        bh_real lane[16] = {0};
        for (int i = 0; i < n; i++) lane[i % 16] += x[i] * x[i];
        double want = 0;
        for (int j = 0; j < 16; j++) want += (double)lane[j];
        CHECK(bhi_sum_of_squares(x, n) == want);
    }
    const bh_real pythagoras[] = {3, 4, 12};
    CHECK(bhi_sum_of_squares(pythagoras, 3) == 169);
}

static void test_sgd(void)
{
    EACH_LENGTH(n)
    {
        BLOCK(p);
        BLOCK(g);
        BLOCK(want);
        fill(p, n);
        fill(g, n);
        memcpy(want, p, sizeof want);
        const bh_real rate = (bh_real)0.01, scale = (bh_real)0.7, step = rate * scale;
        for (int i = 0; i < n; i++) want[i] = p[i] - step * g[i];
        bhi_sgd(p, g, rate, scale, n);
        CHECK(same(p, want));
    }
}

static bh_real square_root(bh_real x)
{
    return sizeof x == sizeof(double) ? (bh_real)sqrt((double)x) : (bh_real)sqrtf((float)x);
}

// The plain loop of the formula in the header, rounded in the same places.
static void plain_adam(bh_real *p, bh_real *m, bh_real *v, const bh_real *g, const bhi_adam_step *s,
                       int n)
{
    for (int i = 0; i < n; i++) {
        bh_real scaled = g[i] * s->scale;
        m[i] = s->beta1 * m[i] + s->rest1 * scaled;
        v[i] = s->beta2 * v[i] + s->rest2 * (scaled * scaled);
        bh_real root = square_root(v[i]) * s->root_inverse;
        p[i] = s->keep * p[i] - s->rate * m[i] / (root + s->epsilon);
    }
}

static void plain_momentum(bh_real *p, bh_real *m, const bh_real *g, const bhi_momentum_step *s,
                           int n)
{
    for (int i = 0; i < n; i++) {
        m[i] = s->momentum * m[i] + s->scale * g[i];
        p[i] -= s->rate * m[i];
    }
}

static void plain_rmsprop(bh_real *p, bh_real *v, bh_real *m, const bh_real *g,
                          const bhi_rmsprop_step *s, int n)
{
    for (int i = 0; i < n; i++) {
        bh_real scaled = g[i] * s->scale;
        v[i] = s->alpha * v[i] + s->rest * (scaled * scaled);
        bh_real variance = v[i];
        if (m != NULL) {
            m[i] = s->alpha * m[i] + s->rest * scaled;
            variance = v[i] - m[i] * m[i];
            if (!(variance > 0)) variance = 0;
        }
        p[i] -= s->rate * scaled / (square_root(variance) + s->epsilon);
    }
}

// Three steps of a kernel (0 or 1) and of its plain loop on blocks x: parameters and two moments,
// of which the second is squared as if it were one of squares.
static void check_steps(void (*step)(bh_real (*x)[LONGEST + GUARDS], const bh_real *g, int n,
                                     int plain))
{
    EACH_LENGTH(n)
    {
        BLOCK(g);
        bh_real got[3][LONGEST + GUARDS], want[3][LONGEST + GUARDS];
        fill(g, n);
        for (int k = 0; k < 3; k++) fill(got[k], n);
        for (int i = 0; i < n; i++) got[2][i] *= got[2][i];
        memcpy(want, got, sizeof want);
        for (int t = 0; t < 3; t++) {
            step(got, g, n, 0);
            step(want, g, n, 1);
        }
        for (int k = 0; k < 3; k++) CHECK(same(got[k], want[k]));
    }
}

static void adam_steps(bh_real (*x)[LONGEST + GUARDS], const bh_real *g, int n, int plain,
                       bh_real keep)
{
    const bhi_adam_step step = {.scale = (bh_real)0.5,
                                .keep = keep,
                                .beta1 = (bh_real)0.9,
                                .beta2 = (bh_real)0.999,
                                .rest1 = (bh_real)0.1,
                                .rest2 = (bh_real)0.001,
                                .rate = (bh_real)0.01,
                                .root_inverse = 3,
                                .epsilon = (bh_real)1e-8};
    if (plain) plain_adam(x[0], x[1], x[2], g, &step, n);
    else bhi_adam(x[0], x[1], x[2], g, &step, n);
}

static void adam(bh_real (*x)[LONGEST + GUARDS], const bh_real *g, int n, int plain)
{
    adam_steps(x, g, n, plain, 1);
}

static void adamw(bh_real (*x)[LONGEST + GUARDS], const bh_real *g, int n, int plain)
{
    adam_steps(x, g, n, plain, (bh_real)0.999);
}

static void momentum(bh_real (*x)[LONGEST + GUARDS], const bh_real *g, int n, int plain)
{
    const bhi_momentum_step step = {(bh_real)0.7, (bh_real)0.9, (bh_real)0.01};
    if (plain) plain_momentum(x[0], x[1], g, &step, n);
    else bhi_momentum(x[0], x[1], g, &step, n);
}

static void rmsprop_steps(bh_real (*x)[LONGEST + GUARDS], bh_real *m, const bh_real *g, int n,
                          int plain)
{
    const bhi_rmsprop_step step = {(bh_real)0.7, (bh_real)0.9, (bh_real)0.1, (bh_real)0.01,
                                   (bh_real)1e-5};
    if (plain) plain_rmsprop(x[0], x[2], m, g, &step, n);
    else bhi_rmsprop(x[0], x[2], m, g, &step, n);
}

static void rmsprop(bh_real (*x)[LONGEST + GUARDS], const bh_real *g, int n, int plain)
{
    rmsprop_steps(x, NULL, g, n, plain);
}

static void rmsprop_centered(bh_real (*x)[LONGEST + GUARDS], const bh_real *g, int n, int plain)
{
    rmsprop_steps(x, x[1], g, n, plain);
}

static void test_optimizer_steps(void)
{
    check_steps(adam);
    check_steps(adamw);
    check_steps(momentum);
    check_steps(rmsprop);
    check_steps(rmsprop_centered); // moments drawn at random: the variance is often below 0
}

static void test_flush(void)
{
    const bh_real least = (bh_real)0x1p-100, tiny[] = {least, -least, least / 2, (bh_real)-0.0, 0};
    EACH_LENGTH(n)
    {
        BLOCK(x);
        fill(x, n);
        for (int i = 0; i < n; i += 3) x[i] = tiny[i % 5];
        bh_real want[LONGEST + GUARDS], above = least * (1 + (bh_real)0x1p-20);
        memcpy(want, x, sizeof want);
        for (int i = 0; i < n; i++) want[i] = fabs((double)x[i]) <= (double)least ? 0 : x[i];
        if (n > 4) x[1] = want[1] = above, x[4] = want[4] = -above;
        bhi_flush(x, least, n);
        CHECK(same(x, want));
    }
    bh_real nan = (bh_real)NAN;
    bhi_flush(&nan, least, 1);
    CHECK(nan != nan);
}

// The four-lane type: arithmetic rounded as in C, gates, and parts of a vector.
static void test_lanes(void)
{
    BLOCK(x);
    BLOCK(y);
    fill(x, LONGEST);
    fill(y, LONGEST);
    bh_real sum[4], difference[4], product[4], quotient[4], root[4];
    bhi_f4 u = bhi_f4_load(x), v = bhi_f4_load(y);
    bhi_f4_store(sum, bhi_f4_add(u, v));
    bhi_f4_store(difference, bhi_f4_sub(u, v));
    bhi_f4_store(product, bhi_f4_mul(u, v));
    bhi_f4_store(quotient, bhi_f4_div(u, bhi_f4_splat((bh_real)0.3)));
    bhi_f4_store(root, bhi_f4_sqrt(bhi_f4_mul(u, u)));
    for (int i = 0; i < 4; i++) {
        CHECK(sum[i] == x[i] + y[i] && difference[i] == x[i] - y[i] && product[i] == x[i] * y[i]);
        CHECK(quotient[i] == x[i] / (bh_real)0.3 && root[i] == square_root(x[i] * x[i]));
    }
    const bh_real a[4] = {1, 2, 3, 4}, gate[4] = {1, 0, -1, (bh_real)NAN};
    bh_real out[4];
    bhi_f4_store(out, bhi_f4_gate(bhi_f4_load(a), bhi_f4_load(gate)));
    CHECK(out[0] == 1 && out[1] == 0 && out[2] == 0 && out[3] == 0);
    for (int n = 1; n <= 4; n++) {
        bh_real part[4] = {9, 9, 9, 9};
        bhi_f4_store(out, bhi_v_load_first(a, n));
        for (int i = 0; i < 4; i++) CHECK(out[i] == (i < n ? a[i] : 0));
        bhi_v_store_first(part, bhi_f4_load(a), n);
        for (int i = 0; i < 4; i++) CHECK(part[i] == (i < n ? a[i] : 9));
    }
    CHECK(strlen(BH_SIMD_NAME) > 0);
}

int main(int argc, char **argv)
{
    rng = bh_rng_seed(1);
    CHECK_RUN(test_tanh);
    CHECK_RUN(test_tanh_of_every_exponent);
    CHECK_RUN(test_relu_forward);
    CHECK_RUN(test_relu_backward);
    CHECK_RUN(test_rows);
    CHECK_RUN(test_column_sums);
    CHECK_RUN(test_polyak);
    CHECK_RUN(test_perturb);
    CHECK_RUN(test_sum_of_squares);
    CHECK_RUN(test_sgd);
    CHECK_RUN(test_optimizer_steps);
    CHECK_RUN(test_flush);
    CHECK_RUN(test_lanes);
    if (argc > 1 && strcmp(argv[1], "--every-float") == 0) check_tanh_of_every_float();
    return check_report();
}
