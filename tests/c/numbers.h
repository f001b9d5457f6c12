// SPDX-License-Identifier: MIT
// Arrays of numbers compared one by one, and gradients compared with central differences.
#pragma once

#include "check.h"
#include "core/real.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/// Each of n numbers is within `tolerance` of the one that is wanted.
#define CHECK_REALS(got, want, n, tolerance)                                   \
    do {                                                                       \
        for (int k = 0; k < (n); k++) {                                        \
            if (!CHECK_NEAR((double)(got)[k], (double)(want)[k], tolerance)) { \
                printf("    at index %d\n", k);                                \
            }                                                                  \
        }                                                                      \
    } while (0)

enum { NUMBERS_MOST = 64 };

struct problem; // what is given, as each test has it

/// A loss at x, whose gradient goes into d.
typedef double gradient_loss(const struct problem *p, const bh_real *x, bh_real *d);

/// The gradient at n <= NUMBERS_MOST numbers is that of central differences, to 1e-6 of its largest
/// number in double, and is not all zeros. Steps are powers of two, so that float and double inputs
/// move by exactly them.
static inline void check_gradient(gradient_loss *loss, const struct problem *p, const bh_real *at,
                                  int n, double float_tolerance)
{
    const double h = sizeof(bh_real) == 4 ? 1.0 / 256 : 1.0 / 65536;
    const double tolerance = sizeof(bh_real) == 4 ? float_tolerance : 1e-6;
    bh_real d[NUMBERS_MOST], unused[NUMBERS_MOST], x[NUMBERS_MOST];
    double largest = 0;
    assert(n <= NUMBERS_MOST);
    memcpy(x, at, (size_t)n * sizeof *x);
    loss(p, x, d);
    for (int i = 0; i < n; i++) largest = fmax(largest, fabs((double)d[i]));
    CHECK(largest > 0.01);
    for (int i = 0; i < n; i++) {
        x[i] = (bh_real)((double)at[i] + h);
        double above = loss(p, x, unused);
        x[i] = (bh_real)((double)at[i] - h);
        double slope = (above - loss(p, x, unused)) / (2 * h);
        x[i] = at[i];
        CHECK_NEAR((double)d[i], slope, tolerance * largest);
    }
}
