// SPDX-License-Identifier: MIT
// Temporal-difference errors.
#include "rl/value.h"

int bh_value_argmax(const bh_real *q, int A)
{
    int best = 0;
    for (int a = 1; a < A; a++) {
        if (q[a] > q[best] || q[best] != q[best]) best = a;
    }
    return best;
}

void bh_value_q_learning(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                         const bh_real *r_t, const bh_real *discount_t, const bh_real *qt_t, int B,
                         int A)
{
    bh_value_double_q(td, q_tm1, a_tm1, r_t, discount_t, qt_t, qt_t, B, A);
}

void bh_value_double_q(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                       const bh_real *r_t, const bh_real *discount_t, const bh_real *q_t,
                       const bh_real *qt_t, int B, int A)
{
    for (int b = 0; b < B; b++) {
        bh_real next = qt_t[b * A + bh_value_argmax(q_t + b * A, A)];
        td[b] = r_t[b] + discount_t[b] * next - q_tm1[b * A + a_tm1[b]];
    }
}
