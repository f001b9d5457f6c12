// SPDX-License-Identifier: MIT
// SGD and Adam by hand, clipping, schedules.
#include "optim/optimizer.h"

#include "check.h"

static const double TOLERANCE = sizeof(bh_real) == sizeof(double) ? 1e-14 : 2e-6;

static void test_layout(void)
{
    bhi_optimizer adam = {0}, sgd = {0};
    bhi_arena arena = {0};
    bhi_optimizer_layout(&adam, &arena, BHI_ADAM, 100);
    CHECK(arena.used >= 200 * sizeof(bh_real) && adam.n == 100 && adam.kind == BHI_ADAM);
    unsigned char *block = bh_alloc(arena.used);
    bhi_arena over = {block, 0};
    bhi_optimizer_layout(&adam, &over, BHI_ADAM, 100);
    CHECK((void *)adam.m == block && adam.v >= adam.m + 100 && over.used == arena.used);
    bh_free(block, arena.used);

    bhi_arena none = {0};
    bhi_optimizer_layout(&sgd, &none, BHI_SGD, 100);
    CHECK(none.used == 0 && sgd.m == NULL && sgd.v == NULL && sgd.n == 100);
}

static void test_sgd(void)
{
    bhi_optimizer sgd = {.kind = BHI_SGD, .n = 2};
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
    bhi_optimizer adam = {.kind = BHI_ADAM, .n = N, .m = m, .v = v};
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
    bhi_optimizer adam = {.kind = BHI_ADAM, .n = 1, .m = &m, .v = &v};
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

static void test_schedule(void)
{
    CHECK(bhi_linear_schedule(1, 0.05, 0.1, 0) == 1);
    CHECK_NEAR(bhi_linear_schedule(1, 0.05, 0.1, 0.05), 0.525, 1e-15);
    CHECK(bhi_linear_schedule(1, 0.05, 0.1, 0.1) == 0.05);
    CHECK(bhi_linear_schedule(1, 0.05, 0.1, 0.7) == 0.05);
    CHECK(bhi_linear_schedule(1, 0.05, 0.1, 3) == 0.05); // past the end
    CHECK(bhi_linear_schedule(1, 0.05, 0, 0) == 0.05); // no share at all: at its end from the start
    CHECK(bhi_linear_schedule(0.001, 0, 1, 1) == 0);
    CHECK_NEAR(bhi_linear_schedule(0, 1, 1, 0.25), 0.25, 0); // rising
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_layout);
    CHECK_RUN(test_sgd);
    CHECK_RUN(test_adam);
    CHECK_RUN(test_adam_long_run);
    CHECK_RUN(test_clip);
    CHECK_RUN(test_schedule);
    return check_report();
}
