// SPDX-License-Identifier: MIT
// Losses and their gradients, by hand and by finite differences.
#include "nn/losses.h"

#include "check.h"

static void test_mse(void)
{
    const bh_real error[] = {1, -2, (bh_real)0.5, 0};
    bh_real d[4];
    CHECK_NEAR(bhi_loss_gradient(BHI_MSE, d, error, NULL, 4), 5.25 / 4, 1e-15);
    const bh_real want[] = {(bh_real)-0.5, 1, (bh_real)-0.25, 0};
    for (int i = 0; i < 4; i++) CHECK_NEAR((double)d[i], (double)want[i], 1e-15);
}

static void test_huber(void)
{
    const bh_real error[] = {(bh_real)0.5, 1, 3, (bh_real)-0.25, -1, -4, 0, 100};
    bh_real d[8];
    double want_loss = 0.125 + 0.5 + 2.5 + 0.03125 + 0.5 + 3.5 + 0 + 99.5;
    CHECK_NEAR(bhi_loss_gradient(BHI_HUBER, d, error, NULL, 8), want_loss / 8, 1e-14);
    const double want[] = {-0.5, -1, -1, 0.25, 1, 1, 0, -1};
    for (int i = 0; i < 8; i++) CHECK_NEAR((double)d[i], want[i] / 8, 1e-15);
}

// d is the slope in the prediction: when the prediction rises, the error falls.
static void check_slope(bhi_loss loss, double e)
{
    const double h = 0.25 / 1024;
    bh_real d, unused, at = (bh_real)e, below = (bh_real)(e - h), above = (bh_real)(e + h);
    bhi_loss_gradient(loss, &d, &at, NULL, 1);
    double slope = (bhi_loss_gradient(loss, &unused, &below, NULL, 1) -
                    bhi_loss_gradient(loss, &unused, &above, NULL, 1)) /
                   (2 * h);
    CHECK_NEAR((double)d, slope, 1e-6);
}

static void test_slopes(void)
{
    static const double errors[] = {-3, -1.25, -0.5, 0, 0.125, 0.75, 1.5, 20};
    for (int i = 0; i < 8; i++) {
        check_slope(BHI_MSE, errors[i]);
        check_slope(BHI_HUBER, errors[i]);
    }
}

static void test_single_and_nan(void)
{
    bh_real d, error = 2;
    CHECK(bhi_loss_gradient(BHI_MSE, &d, &error, NULL, 1) == 4 && d == -4);
    CHECK(bhi_loss_gradient(BHI_HUBER, &d, &error, NULL, 1) == 1.5 && d == -1);
    error = (bh_real)NAN; // a network that blew up must show, not hide
    CHECK(isnan(bhi_loss_gradient(BHI_MSE, &d, &error, NULL, 1)) && isnan((double)d));
    CHECK(isnan(bhi_loss_gradient(BHI_HUBER, &d, &error, NULL, 1)) && isnan((double)d));
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_mse);
    CHECK_RUN(test_huber);
    CHECK_RUN(test_slopes);
    CHECK_RUN(test_single_and_nan);
    return check_report();
}
