// SPDX-License-Identifier: MIT
// Convolutions: numbers by hand, the definition as seven loops bit for bit, finite differences (to
// 1e-6 and better in the gradcheck build, loosely in float), PyTorch's numbers.
#include "kernels/elementwise.h"
#include "nn/conv2d.h"
#include "tests/golden/conv2d.h"

#include "check.h"

#include <stdlib.h>

static const int is_double = sizeof(bh_real) == sizeof(double);

// ---- sizes ----

static void test_shape(void)
{
    bhi_conv2d c = bhi_conv2d_shape(10, 10, 4, 16, 3, 1);
    CHECK(c.OH == 8 && c.OW == 8 && c.n_inputs == 400 && c.n_outputs == 1024 && c.n_patch == 36);
    c = bhi_conv2d_shape(84, 84, 4, 32, 8, 4);
    CHECK(c.OH == 20 && c.OW == 20 && c.n_patch == 256);
    c = bhi_conv2d_shape(7, 9, 1, 1, 3, 4); // rows 0 1 2, 4 5 6; columns likewise: 3, 7, 8 unseen
    CHECK(c.OH == 2 && c.OW == 2);
    c = bhi_conv2d_shape(5, 8, 2, 3, 5, 9); // one row; a stride past the end
    CHECK(c.OH == 1 && c.OW == 1);
}

// Enough for one image always, and not more than some for any batch.
static void test_col(void)
{
    bhi_conv2d c = bhi_conv2d_shape(10, 10, 4, 16, 3, 1);
    CHECK(bhi_conv2d_col(&c, 1) == 64 * 36);
    CHECK(bhi_conv2d_col(&c, 2) == 2 * 64 * 36);
    CHECK(bhi_conv2d_col(&c, 1000) == bhi_conv2d_col(&c, 100));
    bhi_conv2d large = bhi_conv2d_shape(84, 84, 4, 32, 8, 4);
    CHECK(bhi_conv2d_col(&large, 32) == 400 * 256);
}

// ---- by hand ----

// One filter, kernel 2, stride 1, over a map 3 x 3:
//      1 2 0      w = 1 -1     y = 1-2-0+2*1 ...  one by one below
//      0 1 3          0  2
//      2 0 1
static void test_by_hand(void)
{
    const bh_real x[] = {1, 2, 0, 0, 1, 3, 2, 0, 1}, w[] = {1, -1, 0, 2}, b[] = {(bh_real)0.5};
    bhi_conv2d c = bhi_conv2d_shape(3, 3, 1, 1, 2, 1);
    bh_real y[4], col[16];
    CHECK(bhi_conv2d_col(&c, 1) == 16);
    // 1 - 2 + 2*1, 2 - 0 + 2*3; 0 - 1 + 2*0, 1 - 3 + 2*1; and the bias
    const bh_real want[] = {(bh_real)1.5, (bh_real)8.5, (bh_real)-0.5, (bh_real)0.5};
    bhi_conv2d_forward(y, col, x, w, b, BHI_IDENTITY, &c, 1);
    CHECK(memcmp(y, want, sizeof y) == 0);
    bhi_conv2d_forward(y, col, x, w, b, BHI_RELU, &c, 1);
    CHECK(y[0] == want[0] && y[1] == want[1] && y[2] == 0 && y[3] == want[3]);
    bhi_conv2d_forward(y, col, x, w, b, BHI_TANH, &c, 1);
    CHECK_NEAR((double)y[3], 0.46211715726000975, 1e-7);

    // dw[k] = sum of dy times the input that weight k met; dx sums what w sends back from each
    // output.
    const bh_real dy[] = {1, 2, -1, 3};
    const bh_real want_dw[] = {1 * 1 + 2 * 2 - 1 * 0 + 3 * 1, 1 * 2 + 2 * 0 - 1 * 1 + 3 * 3,
                               1 * 0 + 2 * 1 - 1 * 2 + 3 * 0, 1 * 1 + 2 * 3 - 1 * 0 + 3 * 1};
    const bh_real want_dx[] = {1, -1 + 2, -2, -1, 2 + 1 + 3, 2 * 2 - 3, 0, -2, 2 * 3};
    const bh_real gated[] = {1, 1, 0, 0, 6, 1, 0, 0, 6}; // 0 where x is not above 0
    bh_real dw[4], db[1], dx[9];
    bhi_conv2d_backward(dw, db, dx, col, dy, x, w, BHI_IDENTITY, &c, 1);
    CHECK(memcmp(dw, want_dw, sizeof dw) == 0 && db[0] == 5);
    CHECK(memcmp(dx, want_dx, sizeof dx) == 0);
    bhi_conv2d_backward(dw, db, dx, col, dy, x, w, BHI_RELU, &c, 1);
    CHECK(memcmp(dx, gated, sizeof dx) == 0);
    const bh_real h[] = {
        (bh_real)0.5, 0, 0, 0, -1, 0, 0, 0, 0}; // tanh's slopes there: 3/4, 0, else 1
    bhi_conv2d_backward(dw, db, dx, col, dy, h, w, BHI_TANH, &c, 1);
    CHECK(dx[0] == (bh_real)0.75 && dx[1] == 1 && dx[4] == 0 && dx[8] == 6);
    memset(dw, 0, sizeof dw);
    bhi_conv2d_backward(dw, db, NULL, col, dy, x, w, BHI_RELU, &c, 1); // nobody needs dx
    CHECK(memcmp(dw, want_dw, sizeof dw) == 0);
}

// Channels last: two input channels, two filters, a stride of 2 that leaves the last column unseen.
static void test_channels_by_hand(void)
{
    const bh_real x[] = {1, 10, 2, 20, 3, 30, 4, 40, 5, 50}; // (1,5,2)
    const bh_real w[] = {1, 0, 0, -1};                       // kernel 1: y = (x0, -x1)
    const bh_real b[] = {0, 1};
    bhi_conv2d c = bhi_conv2d_shape(1, 5, 2, 2, 1, 3);
    bh_real y[4], col[4];
    bhi_conv2d_forward(y, col, x, w, b, BHI_IDENTITY, &c, 1);
    const bh_real want[] = {1, -9, 4, -39};
    CHECK(memcmp(y, want, sizeof y) == 0);
    const bh_real dy[] = {1, 2, 3, 4};
    bh_real dw[4], db[2], dx[10];
    bhi_conv2d_backward(dw, db, dx, col, dy, x, w, BHI_IDENTITY, &c, 1);
    const bh_real want_dw[] = {1 + 12, 2 + 16, 10 + 120, 20 + 160};
    const bh_real want_dx[] = {1, -2, 0, 0, 0, 0, 3, -4, 0, 0};
    CHECK(memcmp(dw, want_dw, sizeof dw) == 0 && db[0] == 4 && db[1] == 6);
    CHECK(memcmp(dx, want_dx, sizeof dx) == 0);
}

// ---- a layer with its arrays ----

typedef struct layer {
    bhi_conv2d c;
    int B;
    size_t n_x, n_y, n_w;
    bh_real *x, *w, *b, *y, *slope, *dw, *db, *dx, *col;
} layer;

static bh_real *random_reals(size_t n, double scale, bh_rng *rng)
{
    bh_real *x = malloc(n * sizeof *x); // exactly as large: a sanitizer sees any step past the end
    for (size_t i = 0; i < n; i++) x[i] = (bh_real)(scale * bh_rng_normal(rng));
    return x;
}

static layer make(bhi_conv2d c, int B, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    size_t n = (size_t)B, o = (size_t)c.O;
    layer l = {.c = c, .B = B};
    l.n_x = n * (size_t)c.n_inputs;
    l.n_y = n * (size_t)c.n_outputs;
    l.n_w = (size_t)c.n_patch * o;
    l.x = random_reals(l.n_x, 1, &rng);
    l.w = random_reals(l.n_w, 0.5, &rng);
    l.b = random_reals(o, 0.5, &rng);
    l.y = random_reals(l.n_y, 1, &rng);
    l.slope = random_reals(l.n_y, 1, &rng); // the loss is the sum of slope * y
    l.dw = random_reals(l.n_w, 1, &rng);
    l.db = random_reals(o, 1, &rng);
    l.dx = random_reals(l.n_x, 1, &rng);
    l.col = random_reals(bhi_conv2d_col(&c, B), 1, &rng);
    return l;
}

static void drop(layer *l)
{
    bh_real *all[] = {l->x, l->w, l->b, l->y, l->slope, l->dw, l->db, l->dx, l->col};
    for (int i = 0; i < 9; i++) free(all[i]);
}

// ---- against the definition ----

// Calls `visit` with the places in y, x and w of every product, in the order the layer promises.
typedef void visitor(layer *twin, int y, int x, int w);

static void each_product(layer *l, visitor *visit)
{
    const bhi_conv2d *c = &l->c;
    for (int n = 0; n < l->B; n++)
        for (int i = 0; i < c->OH; i++)
            for (int j = 0; j < c->OW; j++)
                for (int ki = 0; ki < c->K; ki++)
                    for (int kj = 0; kj < c->K; kj++)
                        for (int k = 0; k < c->C; k++)
                            for (int o = 0; o < c->O; o++) {
                                int row = i * c->stride + ki, column = j * c->stride + kj;
                                visit(l, ((n * c->OH + i) * c->OW + j) * c->O + o,
                                      ((n * c->H + row) * c->W + column) * c->C + k,
                                      ((ki * c->K + kj) * c->C + k) * c->O + o);
                            }
}

static void add_output(layer *t, int y, int x, int w)
{
    t->y[y] += t->x[x] * t->w[w];
}

static void add_weight_gradient(layer *t, int y, int x, int w)
{
    t->dw[w] += t->x[x] * t->slope[y];
}

// What an input gets from one output is a sum over the filters of its own, rounded before it is
// added.
static void add_input_gradient(layer *t, int y, int x, int w)
{
    int o = y % t->c.O;
    t->col[0] = o == 0 ? t->slope[y] * t->w[w] : t->col[0] + t->slope[y] * t->w[w];
    if (o == t->c.O - 1) t->dx[x] += t->col[0];
}

static void check_same_as_loops(bhi_conv2d c, int B, uint64_t seed)
{
    layer l = make(c, B, seed), t = make(c, B, seed);
    bhi_conv2d_forward(l.y, l.col, l.x, l.w, l.b, BHI_IDENTITY, &c, B);
    bhi_conv2d_backward(l.dw, l.db, l.dx, l.col, l.slope, l.x, l.w, BHI_IDENTITY, &c, B);
    for (size_t i = 0; i < t.n_y; i++) t.y[i] = t.b[i % (size_t)c.O];
    memset(t.dw, 0, t.n_w * sizeof *t.dw);
    memset(t.dx, 0, t.n_x * sizeof *t.dx);
    memset(t.db, 0, (size_t)c.O * sizeof *t.db);
    each_product(&t, add_output);
    each_product(&t, add_weight_gradient);
    each_product(&t, add_input_gradient);
    for (size_t i = 0; i < t.n_y; i++) t.db[i % (size_t)c.O] += t.slope[i];
    CHECK(memcmp(l.y, t.y, t.n_y * sizeof *t.y) == 0);
    CHECK(memcmp(l.dw, t.dw, t.n_w * sizeof *t.dw) == 0);
    CHECK(memcmp(l.db, t.db, (size_t)c.O * sizeof *t.db) == 0);
    for (size_t i = 0; i < t.n_x; i++) CHECK(l.dx[i] == t.dx[i]); // -0 here may be +0 there
    // The activation before: the same gradient, masked or scaled.
    bhi_conv2d_backward(l.dw, l.db, l.dx, l.col, l.slope, l.x, l.w, BHI_RELU, &c, B);
    for (size_t i = 0; i < t.n_x; i++) CHECK(l.dx[i] == (l.x[i] > 0 ? t.dx[i] : 0));
    bhi_conv2d_backward(l.dw, l.db, l.dx, l.col, l.slope, l.x, l.w, BHI_TANH, &c, B);
    for (size_t i = 0; i < t.n_x; i++) CHECK(l.dx[i] == t.dx[i] * (1 - l.x[i] * l.x[i]));
    CHECK(memcmp(l.dw, t.dw, t.n_w * sizeof *t.dw) == 0);
    drop(&l);
    drop(&t);
}

static void test_same_as_loops(void)
{
    check_same_as_loops(bhi_conv2d_shape(10, 10, 4, 16, 3, 1), 3, 1);
    check_same_as_loops(bhi_conv2d_shape(12, 20, 3, 5, 8, 4), 2, 2);
    check_same_as_loops(bhi_conv2d_shape(9, 7, 2, 17, 4, 2), 3, 3);
    check_same_as_loops(bhi_conv2d_shape(3, 3, 1, 1, 3, 1), 1, 4);
    check_same_as_loops(bhi_conv2d_shape(6, 5, 7, 3, 1, 1), 4, 5);
    check_same_as_loops(bhi_conv2d_shape(11, 8, 5, 6, 2, 3), 2, 6); // gaps between the patches
}

// Batches that do not fit `col` at once, with a rest and without, and images that do not alone.
static void test_blocks_of_images(void)
{
    bhi_conv2d c = bhi_conv2d_shape(8, 8, 8, 3, 5, 1); // 16 * 200: ten images at once
    CHECK(bhi_conv2d_col(&c, 100) == 32000);
    check_same_as_loops(c, 20, 7);
    check_same_as_loops(c, 23, 8);
    bhi_conv2d large = bhi_conv2d_shape(22, 22, 5, 2, 5, 1);
    CHECK(bhi_conv2d_col(&large, 100) == 324 * 125);
    check_same_as_loops(large, 2, 9);
}

// An image alone gives the bits it gives in a batch; none gives none.
static void test_image_by_image(void)
{
    bhi_conv2d c = bhi_conv2d_shape(10, 10, 4, 16, 3, 1);
    layer l = make(c, 17, 10);
    bh_real one[1024];
    bhi_conv2d_forward(l.y, l.col, l.x, l.w, l.b, BHI_TANH, &c, l.B);
    for (int i = 0; i < l.B; i++) {
        bhi_conv2d_forward(one, l.col, l.x + i * c.n_inputs, l.w, l.b, BHI_TANH, &c, 1);
        CHECK(memcmp(one, l.y + i * c.n_outputs, sizeof one) == 0);
    }
    one[0] = 7;
    bhi_conv2d_forward(one, l.col, l.x, l.w, l.b, BHI_RELU, &c, 0);
    bhi_conv2d_backward(l.dw, l.db, one, l.col, l.slope, l.x, l.w, BHI_RELU, &c, 0);
    CHECK(one[0] == 7 && l.dw[0] == 0 && l.db[15] == 0);
    drop(&l);
}

// ---- gradients ----

static double loss_of(layer *l)
{
    bhi_conv2d_forward(l->y, l->col, l->x, l->w, l->b, BHI_TANH, &l->c, l->B);
    double sum = 0;
    for (size_t i = 0; i < l->n_y; i++) sum += (double)l->y[i] * (double)l->slope[i];
    return sum;
}

// Central differences against a gradient, every `step`-th number.
static void check_differences(layer *l, bh_real *p, const bh_real *gradient, size_t n, size_t step)
{
    const double h = is_double ? 1e-5 : 1e-2, tolerance = is_double ? 1e-7 : 2e-2;
    for (size_t i = 0; i < n; i += step) {
        bh_real saved = p[i];
        p[i] = (bh_real)((double)saved + h);
        double up = loss_of(l), width = (double)p[i];
        p[i] = (bh_real)((double)saved - h);
        double down = loss_of(l);
        width -= (double)p[i];
        p[i] = saved;
        double numeric = (up - down) / width, size = fabs(numeric) > 1 ? fabs(numeric) : 1;
        CHECK_NEAR((double)gradient[i], numeric, tolerance * size);
    }
}

static void check_gradient(bhi_conv2d c, int B, uint64_t seed)
{
    layer l = make(c, B, seed);
    for (size_t i = 0; i < l.n_w; i++) l.w[i] *= (bh_real)0.25; // where tanh is not flat
    loss_of(&l);
    bh_real *dy = malloc(l.n_y * sizeof *dy);
    memcpy(dy, l.slope, l.n_y * sizeof *dy);
    bhi_tanh_backward(dy, l.y, (int)l.n_y);
    bhi_conv2d_backward(l.dw, l.db, l.dx, l.col, dy, l.x, l.w, BHI_IDENTITY, &c, B);
    check_differences(&l, l.w, l.dw, l.n_w, 1);
    check_differences(&l, l.b, l.db, (size_t)c.O, 1);
    check_differences(&l, l.x, l.dx, l.n_x, 3);
    free(dy);
    drop(&l);
}

static void test_gradients(void)
{
    check_gradient(bhi_conv2d_shape(5, 5, 2, 3, 3, 1), 2, 11);
    check_gradient(bhi_conv2d_shape(8, 6, 1, 4, 4, 2), 1, 12);
    check_gradient(bhi_conv2d_shape(7, 9, 3, 2, 2, 3), 2, 13);
}

// ---- against PyTorch ----

// The same fractions as conv2d.py's: number i, in PyTorch's order, of the stream `seed`.
static bh_real number(unsigned seed, double scale, int i)
{
    uint32_t mixed = ((uint32_t)i * 73u + seed * 977u + 5u) * 2654435761u;
    return (bh_real)(((int)(mixed >> 24) - 128) * scale);
}

// PyTorch's place (n, channel, position) of a place (n, position, channel); weights are maps (K*K,
// C) of
// filters, (K,K,C,O) here and (O,C,K,K) there.
static int there(int i, int positions, int channels)
{
    int n = i / (positions * channels), rest = i % (positions * channels);
    return (n * channels + rest % channels) * positions + rest / channels;
}

static int weight_there(const bhi_conv2d *c, int i)
{
    int o = i % c->O, k = i / c->O; // k = position * C + channel
    return o * c->n_patch + there(k, c->K * c->K, c->C);
}

static void fill_map(bh_real *x, unsigned seed, int B, int positions, int channels)
{
    for (int i = 0; i < B * positions * channels; i++)
        x[i] = number(seed, 1.0 / 128, there(i, positions, channels));
}

// Every `every`-th number of PyTorch's array against the one here that has its place.
static void check_map(const bh_real *got, const double *want, int every, int B, int positions,
                      int channels)
{
    for (int i = 0; i < B * positions * channels; i++) {
        int at = there(i, positions, channels);
        if (at % every == 0) CHECK_NEAR((double)got[i], want[at / every], is_double ? 1e-13 : 2e-6);
    }
}

static void check_weights(const layer *l, const double *dw_5, const double *db)
{
    for (int i = 0; i < (int)l->n_w; i++) {
        int at = weight_there(&l->c, i);
        if (at % 5 == 0) CHECK_NEAR((double)l->dw[i], dw_5[at / 5], is_double ? 1e-13 : 4e-6);
    }
    for (int i = 0; i < l->c.O; i++) CHECK_NEAR((double)l->db[i], db[i], is_double ? 1e-13 : 4e-6);
}

static layer reference_layer(bhi_conv2d c, int index)
{
    layer l = make(c, 2, 1);
    unsigned seed = 10 * (unsigned)index;
    for (int i = 0; i < (int)l.n_w; i++) l.w[i] = number(seed + 2, 1.0 / 512, weight_there(&c, i));
    for (int i = 0; i < c.O; i++) l.b[i] = number(seed + 3, 1.0 / 256, i);
    return l;
}

static void test_minatar_against_pytorch(void)
{
    layer l = reference_layer(bhi_conv2d_shape(10, 10, 4, 16, 3, 1), 0);
    fill_map(l.x, 1, 2, 100, 4);
    fill_map(l.slope, 9, 2, 64, 16);
    bhi_conv2d_forward(l.y, l.col, l.x, l.w, l.b, BHI_RELU, &l.c, 2);
    check_map(l.y, golden_minatar_y, 5, 2, 64, 16);
    bhi_relu_backward(l.slope, l.y, (int)l.n_y);
    bhi_conv2d_backward(l.dw, l.db, l.dx, l.col, l.slope, l.x, l.w, BHI_IDENTITY, &l.c, 2);
    check_map(l.dx, golden_minatar_dx, 5, 2, 100, 4);
    check_weights(&l, golden_minatar_dw_0, golden_minatar_db_0);
    drop(&l);
}

static void test_nature_against_pytorch(void)
{
    layer l[] = {reference_layer(bhi_conv2d_shape(44, 40, 2, 4, 8, 4), 0),
                 reference_layer(bhi_conv2d_shape(10, 9, 4, 6, 4, 2), 1),
                 reference_layer(bhi_conv2d_shape(4, 3, 6, 5, 3, 1), 2)};
    CHECK(l[0].n_y == l[1].n_x && l[1].n_y == l[2].n_x && l[2].n_y == 20);
    fill_map(l[0].x, 1, 2, 44 * 40, 2);
    for (int i = 0; i < 3; i++) {
        const bh_real *x = i == 0 ? l[0].x : l[i - 1].y;
        bhi_conv2d_forward(l[i].y, l[i].col, x, l[i].w, l[i].b, BHI_RELU, &l[i].c, 2);
    }
    check_map(l[2].y, golden_nature_y, 1, 2, 2, 5);

    fill_map(l[2].slope, 9, 2, 2, 5);
    bhi_relu_backward(l[2].slope, l[2].y, 20);
    for (int i = 2; i >= 0; i--) {
        const bh_real *x = i == 0 ? l[0].x : l[i - 1].y;
        bh_real *dx = i == 0 ? l[0].dx : l[i - 1].slope;
        bhi_conv2d_backward(l[i].dw, l[i].db, dx, l[i].col, l[i].slope, x, l[i].w,
                            i == 0 ? BHI_IDENTITY : BHI_RELU, &l[i].c, 2);
    }
    check_map(l[0].dx, golden_nature_dx, 31, 2, 44 * 40, 2);
    check_weights(&l[0], golden_nature_dw_0, golden_nature_db_0);
    check_weights(&l[1], golden_nature_dw_1, golden_nature_db_1);
    check_weights(&l[2], golden_nature_dw_2, golden_nature_db_2);
    for (int i = 0; i < 3; i++) drop(&l[i]);
}

// ---- initial parameters ----

// PyTorch's default: uniform in +-1/sqrt(K*K*C), weights and bias alike.
static void test_init(void)
{
    bhi_conv2d c = bhi_conv2d_shape(10, 10, 4, 64, 5, 1);
    layer l = make(c, 1, 1);
    bh_rng rng = bh_rng_seed(1);
    bhi_conv2d_init(l.w, l.b, &rng, &c);
    double sum = 0, low = 1, high = -1;
    for (size_t i = 0; i < l.n_w; i++) {
        double x = (double)l.w[i];
        sum += x;
        if (x < low) low = x;
        if (x > high) high = x;
    }
    CHECK(low >= -0.1 && high <= 0.1 && low < -0.0995 && high > 0.0995);
    CHECK_NEAR(sum / (double)l.n_w, 0, 5 * 0.1 / sqrt(3.0 * (double)l.n_w));
    for (int i = 0; i < c.O; i++) CHECK(fabs((double)l.b[i]) <= 0.1);
    CHECK(l.b[0] != l.b[1] && l.b[1] != l.w[0]);
    drop(&l);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_shape);
    CHECK_RUN(test_col);
    CHECK_RUN(test_by_hand);
    CHECK_RUN(test_channels_by_hand);
    CHECK_RUN(test_same_as_loops);
    CHECK_RUN(test_blocks_of_images);
    CHECK_RUN(test_image_by_image);
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_minatar_against_pytorch);
    CHECK_RUN(test_nature_against_pytorch);
    CHECK_RUN(test_init);
    return check_report();
}
