// SPDX-License-Identifier: MIT
// Optimizers against PyTorch, SGD and Adam also by hand; clipping.
#include "optim/optimizer.h"

#include "check.h"
#include "tests/golden/optimizers.h"

static const double TOLERANCE = sizeof(bh_real) == sizeof(double) ? 1e-14 : 2e-6;

// Each kind gets the moments it needs, and no others.
static void test_layout(void)
{
    static const struct {
        bhi_optimizer_kind kind;
        int has_m, has_v;
    } kinds[] = {{BHI_ADAM, 1, 1},
                 {BHI_SGD, 0, 0},
                 {BHI_MOMENTUM, 1, 0},
                 {BHI_RMSPROP, 0, 1},
                 {BHI_RMSPROP_CENTERED, 1, 1},
                 {BHI_ADAMW, 1, 1}};
    for (int i = 0; i < 6; i++) {
        enum { N = 100 };
        bh_optimizer_config settings = bhi_optimizer_defaults(kinds[i].kind);
        bhi_optimizer opt = {0};
        bhi_arena arena = {0};
        bhi_optimizer_layout(&opt, &arena, &settings, N);
        int parts = kinds[i].has_m + kinds[i].has_v;
        CHECK(arena.used >= (size_t)parts * N * sizeof(bh_real) && opt.n == N);
        CHECK(arena.used <= (size_t)parts * (N * sizeof(bh_real) + BH_ALIGNMENT));
        unsigned char *block = bh_alloc(arena.used + 1);
        bhi_arena over = {block, 0};
        bhi_optimizer_layout(&opt, &over, &settings, N);
        CHECK((opt.m != NULL) == kinds[i].has_m && (opt.v != NULL) == kinds[i].has_v);
        CHECK(opt.m == NULL || opt.v == NULL || opt.v >= opt.m + N);
        CHECK(opt.settings.kind == (int)kinds[i].kind && over.used == arena.used);
        bh_free(block, arena.used + 1);
    }
}

// The defaults are PyTorch's (its RMSprop's eps too).
static void test_settings(void)
{
    bh_optimizer_config d = bhi_optimizer_defaults(BHI_RMSPROP);
    CHECK(d.kind == BHI_RMSPROP && d.momentum == 0.9 && d.beta1 == 0.9 && d.beta2 == 0.999);
    CHECK(d.rms_alpha == 0.99 && d.eps == 1e-8 && d.weight_decay == 0.01);
}

enum { G_N = GOLDEN_OPTIMIZER_N };

// Ten steps against PyTorch's; a clip scale of a half stands for the half its gradients were
// multiplied by.
static void check_golden(bh_optimizer_config settings, const double (*want)[G_N])
{
    const double tolerance = sizeof(bh_real) == sizeof(double) ? 1e-12 : 1e-6;
    bh_real p[G_N], g[G_N], m[G_N] = {0}, v[G_N] = {0};
    bhi_arena none = {0};
    bhi_optimizer opt = {0};
    bhi_optimizer_layout(&opt, &none, &settings, G_N);
    opt.m = settings.kind == BHI_RMSPROP ? NULL : m;
    opt.v = v;
    bhi_optimizer_init(&opt);
    for (int i = 0; i < G_N; i++) p[i] = (bh_real)golden_optimizer_start[i];
    for (int t = 1; t <= GOLDEN_OPTIMIZER_STEPS; t++) {
        for (int i = 0; i < G_N; i++) g[i] = (bh_real)golden_optimizer_gradients[t - 1][i];
        bhi_optimizer_step(&opt, p, g, 0.01, 0.5);
        if (t != 1 && t != GOLDEN_OPTIMIZER_STEPS) continue;
        for (int i = 0; i < G_N; i++) CHECK_NEAR((double)p[i], want[t > 1][i], tolerance);
    }
}

static void test_against_pytorch(void)
{
    check_golden(bhi_optimizer_defaults(BHI_SGD), golden_sgd);
    check_golden(bhi_optimizer_defaults(BHI_MOMENTUM), golden_momentum);
    check_golden(bhi_optimizer_defaults(BHI_RMSPROP), golden_rmsprop);
    bh_optimizer_config centered = bhi_optimizer_defaults(BHI_RMSPROP_CENTERED);
    centered.rms_alpha = 0.9;
    centered.eps = 1e-3;
    check_golden(centered, golden_rmsprop_centered);
    bh_optimizer_config adam = bhi_optimizer_defaults(BHI_ADAM);
    adam.beta1 = 0.8;
    adam.beta2 = 0.99;
    adam.eps = 1e-4;
    check_golden(adam, golden_adam);
    bh_optimizer_config adamw = bhi_optimizer_defaults(BHI_ADAMW);
    adamw.weight_decay = 0.1;
    check_golden(adamw, golden_adamw);
}

// A gradient that never changes has no variance: the centred root must not go below 0 by rounding.
static void test_centered_without_variance(void)
{
    bh_real p = 0, g = (bh_real)0.3, m = 0, v = 0;
    bhi_optimizer opt = {
        .settings = bhi_optimizer_defaults(BHI_RMSPROP_CENTERED), .n = 1, .m = &m, .v = &v};
    opt.settings.rms_alpha = 0.5; // m and v reach g and g^2 soon
    opt.settings.eps = 1e-3;
    bhi_optimizer_init(&opt);
    for (int t = 0; t < 200; t++) {
        bh_real before = p;
        bhi_optimizer_step(&opt, &p, &g, 1e-3, 1);
        CHECK(p < before);
    }
    // The variance vanished: the last steps were nearly rate g / eps = 0.3 each.
    CHECK((double)p < -30 && (double)p > -61);
}

// Where the gradient has become 0, moments end at 0 and are not left subnormal; NaN is not lost.
static void test_moments_vanish(void)
{
    static const bhi_optimizer_kind kinds[] = {BHI_ADAM, BHI_MOMENTUM, BHI_RMSPROP_CENTERED};
    enum { N = 5 };
    for (int k = 0; k < 3; k++) {
        bh_real p[N] = {0}, g[N], m[N] = {0}, v[N] = {0};
        bhi_optimizer opt = {.settings = bhi_optimizer_defaults(kinds[k]), .n = N, .m = m, .v = v};
        bhi_optimizer_init(&opt);
        for (int i = 0; i < N; i++) g[i] = (bh_real)(i % 2 ? 1e-12 : -1e-12);
        bhi_optimizer_step(&opt, p, g, 1e-3, 1);
        memset(g, 0, sizeof g);
        int subnormal = 0;
        for (int t = 0; t < 60000; t++) {
            bhi_optimizer_step(&opt, p, g, 1e-3, 1);
            subnormal += m[0] != 0 && fabs((double)m[0]) < 1.2e-38;
            subnormal += v[0] != 0 && fabs((double)v[0]) < 1.2e-38;
        }
        for (int i = 0; i < N; i++) CHECK(m[i] == 0 && v[i] == 0);
        CHECK(subnormal == 0);
        g[1] = (bh_real)NAN;
        for (int t = 0; t < 64; t++) bhi_optimizer_step(&opt, p, g, 1e-3, 1);
        CHECK(p[0] == p[0] && p[1] != p[1] && p[2] == p[2]);
    }
}

// Without decay AdamW is Adam, to the bit; with it, a parameter without gradient shrinks.
static void test_adamw(void)
{
    bh_real p[2] = {2, 3}, q[2] = {2, 3}, g[2] = {0, 1}, m[4] = {0}, v[4] = {0};
    bhi_optimizer adam = {.settings = bhi_optimizer_defaults(BHI_ADAM), .n = 2, .m = m, .v = v};
    bhi_optimizer adamw = {
        .settings = bhi_optimizer_defaults(BHI_ADAMW), .n = 2, .m = m + 2, .v = v + 2};
    adamw.settings.weight_decay = 0;
    bhi_optimizer_init(&adam);
    bhi_optimizer_init(&adamw);
    for (int t = 0; t < 3; t++) {
        bhi_optimizer_step(&adam, p, g, 0.5, 1);
        bhi_optimizer_step(&adamw, q, g, 0.5, 1);
    }
    CHECK(memcmp(p, q, sizeof p) == 0 && p[0] == 2);
    adamw.settings.weight_decay = 0.5; // numbers may change between steps
    bhi_optimizer_step(&adamw, q, g, 0.5, 1);
    CHECK(q[0] == 1.5); // 2 (1 - 0.5 0.5)
}

static void test_sgd(void)
{
    bhi_optimizer sgd = {.settings = bhi_optimizer_defaults(BHI_SGD), .n = 2};
    bhi_optimizer_init(&sgd);
    bh_real p[] = {1, -1}, g[] = {4, 2};
    bhi_optimizer_step(&sgd, p, g, 0.5, 1);
    CHECK(p[0] == -1 && p[1] == -2);
    bhi_optimizer_step(&sgd, p, g, 0.5, 0.25); // the gradient clipped to a quarter
    CHECK(p[0] == -1.5 && p[1] == -2.25);
}

// Two steps of Kingma and Ba's algorithm 1 worked out with m, v and the corrections apart.
static void test_adam(void)
{
    enum { N = 6 };
    const double g1[N] = {1, -1, 0.1, 100, 0, 1e-3}, g2[N] = {2, 1, 0.1, -50, 0, 1e-3};
    const double rate = 0.01, scale = 0.5;
    bh_real p[N], m[N] = {0}, v[N] = {0}, first[N], second[N];
    for (int i = 0; i < N; i++) {
        p[i] = (bh_real)i;
        first[i] = (bh_real)g1[i];
        second[i] = (bh_real)g2[i];
    }
    bhi_optimizer adam = {.settings = bhi_optimizer_defaults(BHI_ADAM), .n = N, .m = m, .v = v};
    bhi_optimizer_init(&adam);
    bhi_optimizer_step(&adam, p, first, rate, scale);
    for (int i = 0; i < N; i++) {
        double a = scale * g1[i], m_hat = 0.1 * a / (1 - 0.9), v_hat = 0.001 * a * a / (1 - 0.999);
        CHECK_NEAR((double)p[i], i - rate * m_hat / (sqrt(v_hat) + 1e-8), TOLERANCE);
    }
    bhi_optimizer_step(&adam, p, second, rate, scale);
    for (int i = 0; i < N; i++) {
        double a = scale * g1[i], b = scale * g2[i];
        double after_1 = i - rate * a / (fabs(a) + 1e-8);
        double m_hat = (0.9 * 0.1 * a + 0.1 * b) / (1 - 0.9 * 0.9);
        double v_hat = (0.999 * 0.001 * a * a + 0.001 * b * b) / (1 - 0.999 * 0.999);
        CHECK_NEAR((double)p[i], after_1 - rate * m_hat / (sqrt(v_hat) + 1e-8), TOLERANCE);
    }
    CHECK_NEAR(adam.beta1_power, 0.81, 1e-15);
    CHECK_NEAR(adam.beta2_power, 0.998001, 1e-15);
    CHECK(p[4] == 4); // no gradient, no step
}

// However many steps, a constant gradient moves by the learning rate each time.
static void test_adam_long_run(void)
{
    bh_real p = 0, g = (bh_real)0.3, m = 0, v = 0;
    bhi_optimizer adam = {.settings = bhi_optimizer_defaults(BHI_ADAM), .n = 1, .m = &m, .v = &v};
    bhi_optimizer_init(&adam);
    for (int t = 0; t < 20000; t++) bhi_optimizer_step(&adam, &p, &g, 1e-3, 1);
    CHECK_NEAR((double)p, -20, 0.02);
    CHECK(adam.beta1_power >= 0 && adam.beta1_power < 1e-300);
}

static void test_clip(void)
{
    CHECK(bhi_clip_scale(5, 10) == 1);
    CHECK_NEAR(bhi_clip_scale(20, 10), 0.5, 1e-7);
    CHECK(bhi_clip_scale(20, 10) * 20 < 10); // never above the bound
    CHECK(bhi_clip_scale(10, 10) < 1 && bhi_clip_scale(10, 10) > 0.9999998);
    CHECK(bhi_clip_scale(1e300, 1) < 2e-300);
    CHECK(bhi_clip_scale(0, 10) == 1);
    CHECK(bhi_clip_scale(1e9, 0) == 1); // 0: no clipping
    CHECK(bhi_clip_scale(INFINITY, 1) == 0);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_layout);
    CHECK_RUN(test_settings);
    CHECK_RUN(test_against_pytorch);
    CHECK_RUN(test_centered_without_variance);
    CHECK_RUN(test_moments_vanish);
    CHECK_RUN(test_adamw);
    CHECK_RUN(test_sgd);
    CHECK_RUN(test_adam);
    CHECK_RUN(test_adam_long_run);
    CHECK_RUN(test_clip);
    return check_report();
}
