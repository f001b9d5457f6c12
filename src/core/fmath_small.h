// SPDX-License-Identifier: MIT
// What loops over many numbers need of core/fmath.h, to compute it with vector instructions and the
// same bits. Sine and cosine of small angles: what is left of bh_sin and bh_cos when multiples of
// pi/2 are subtracted. The series of bh_exp and bh_tanh.
#pragma once

enum { BHI_EXP_TERMS = 12 };

/// (e^r - 1 - r) / r^2, |r| <= ln2 / 2, is the sum of bhi_exp_tail[i] r^i, by Horner's rule.
extern const double bhi_exp_tail[BHI_EXP_TERMS];

/// Sine of r, |r| < pi/4: bh_sin(r).
static inline double bhi_sin_small(double r)
{
    double z = r * r, tail = 1.0 / 355687428096000.0;
    tail = tail * z + -1.0 / 1307674368000.0;
    tail = tail * z + 1.0 / 6227020800.0;
    tail = tail * z + -1.0 / 39916800;
    tail = tail * z + 1.0 / 362880;
    tail = tail * z + -1.0 / 5040;
    tail = tail * z + 1.0 / 120;
    tail = tail * z + -1.0 / 6;
    return r + r * (z * tail);
}

/// Cosine of r, |r| < pi/4: bh_cos(r).
static inline double bhi_cos_small(double r)
{
    double z = r * r, half = 0.5 * z, w = 1.0 - half, tail = -1.0 / 6402373705728000.0;
    tail = tail * z + 1.0 / 20922789888000.0;
    tail = tail * z + -1.0 / 87178291200.0;
    tail = tail * z + 1.0 / 479001600;
    tail = tail * z + -1.0 / 3628800;
    tail = tail * z + 1.0 / 40320;
    tail = tail * z + -1.0 / 720;
    tail = tail * z + 1.0 / 24;
    return w + (((1.0 - w) - half) + z * z * tail);
}
