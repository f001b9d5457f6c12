// SPDX-License-Identifier: MIT
// Reductions of a row of network outputs. argmax is held by test_value.c, as bh_value_argmax.
#include "core/logits.h"

#include "check.h"

static void test_log_sum_exp(void)
{
    const double log2 = 0.6931471805599453, log3 = 1.0986122886681098;
    const bh_real inf = (bh_real)INFINITY;
    CHECK_NEAR(bhi_log_sum_exp((bh_real[]){0, 0, 0}, 3), log3, 1e-15);
    CHECK(bhi_log_sum_exp((bh_real[]){7}, 1) == 7);
    CHECK_NEAR(bhi_log_sum_exp((bh_real[]){5000, 5000}, 2), 5000 + log2, 1e-12);
    CHECK_NEAR(bhi_log_sum_exp((bh_real[]){-5000, -5000}, 2), -5000 + log2, 1e-12);
    CHECK(bhi_log_sum_exp((bh_real[]){-inf, 2, -inf}, 3) == 2); // masked
    CHECK_NEAR(bhi_log_sum_exp((bh_real[]){0, 1, 2}, 3), 2.4076059644443803, 1e-15);
}

static void test_no_distribution(void)
{
    const bh_real inf = (bh_real)INFINITY;
    CHECK(isnan(bhi_log_sum_exp((bh_real[]){1, (bh_real)NAN}, 2)));
    CHECK(isnan(bhi_log_sum_exp((bh_real[]){1, inf}, 2)));
    CHECK(isnan(bhi_log_sum_exp((bh_real[]){-inf, -inf}, 2)));
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_log_sum_exp);
    CHECK_RUN(test_no_distribution);
    return check_report();
}
