// SPDX-License-Identifier: MIT
// TD errors by hand.
#include "rl/value.h"

#include "check.h"

static void test_argmax(void)
{
    const bh_real nan = (bh_real)NAN, inf = (bh_real)INFINITY;
    CHECK(bh_value_argmax((bh_real[]){1, 3, 2}, 3) == 1);
    CHECK(bh_value_argmax((bh_real[]){-5}, 1) == 0);
    CHECK(bh_value_argmax((bh_real[]){-5, -4, -6}, 3) == 1);
    CHECK(bh_value_argmax((bh_real[]){2, 2, 2}, 3) == 0); // the first of equals
    CHECK(bh_value_argmax((bh_real[]){1, 2, 2}, 3) == 1);
    CHECK(bh_value_argmax((bh_real[]){0, (bh_real)-0.0}, 2) == 0);
    CHECK(bh_value_argmax((bh_real[]){nan, -1, 0}, 3) == 2);
    CHECK(bh_value_argmax((bh_real[]){1, nan, 2}, 3) == 2);
    CHECK(bh_value_argmax((bh_real[]){1, nan, 0}, 3) == 0);
    CHECK(bh_value_argmax((bh_real[]){nan, nan, -inf}, 3) == 2);
    CHECK(bh_value_argmax((bh_real[]){-inf, inf}, 2) == 1);
    int all_nan = bh_value_argmax((bh_real[]){nan, nan}, 2);
    CHECK(all_nan == 0 || all_nan == 1); // any, but in range
}

// Rows: ordinary, terminated, ties, negative values.
static const bh_real q_tm1[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3};
static const int a_tm1[] = {2, 0, 1, 2};
static const bh_real r_t[] = {1, -1, 0, (bh_real)0.5};
static const bh_real discount_t[] = {(bh_real)0.5, 0, (bh_real)0.5, (bh_real)0.25};
static const bh_real qt_t[] = {10, 30, 20, 99, 98, 97, 4, 4, 4, -8, -16, -12};

static void test_q_learning(void)
{
    bh_real td[4];
    bh_value_q_learning(td, q_tm1, a_tm1, r_t, discount_t, qt_t, 4, 3);
    CHECK(td[0] == 13);  // 1 + 0.5 * 30 - 3
    CHECK(td[1] == -5);  // -1 - 4: nothing follows
    CHECK(td[2] == -6);  // 0.5 * 4 - 8
    CHECK(td[3] == 1.5); // 0.5 - 0.25 * 8 + 3
}

static void test_double_q(void)
{
    const bh_real q_t[] = {3, 1, 2, 0, 0, 9, 5, 5, 1, 0, 2, 1};
    bh_real td[4];
    bh_value_double_q(td, q_tm1, a_tm1, r_t, discount_t, q_t, qt_t, 4, 3);
    CHECK(td[0] == 3); // 1 + 0.5 * 10 - 3: the online network chose 0
    CHECK(td[1] == -5);
    CHECK(td[2] == -6);
    CHECK(td[3] == -0.5); // 0.5 - 0.25 * 16 + 3

    // With the same values on both sides it is Q-learning.
    bh_real same[4];
    bh_value_double_q(td, q_tm1, a_tm1, r_t, discount_t, qt_t, qt_t, 4, 3);
    bh_value_q_learning(same, q_tm1, a_tm1, r_t, discount_t, qt_t, 4, 3);
    CHECK(memcmp(td, same, sizeof td) == 0);
}

static void test_nan_next_value_loses(void)
{
    const bh_real next[] = {(bh_real)NAN, 6}, now[] = {1, 1}, r = 0, discount = (bh_real)0.5;
    const int a = 0;
    bh_real td;
    bh_value_q_learning(&td, now, &a, &r, &discount, next, 1, 2);
    CHECK(td == 2);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_argmax);
    CHECK_RUN(test_q_learning);
    CHECK_RUN(test_double_q);
    CHECK_RUN(test_nan_next_value_loses);
    return check_report();
}
