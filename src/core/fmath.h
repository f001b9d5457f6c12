// SPDX-License-Identifier: MIT
// exp, log, log1p, tanh, sin, cos, erf with the same bits on every platform.
//
// C libraries disagree in the last bit (and wasm's with all of them), which would part two runs of
// the same seed. These use only + - * / on doubles in a fixed order, and bit moves. Float code
// calls them in double and rounds once. Errors against the exact value, held by
// tests/c/test_fmath.c: below 1 unit in the last place for exp, log and, within pi/4, sin and cos;
// below 2.5 for tanh and log1p; below 2e-16 for sin and cos over the range given here.
#pragma once

#include "core/status.h"

/// e^x for any x; 0 below -745.2, infinity above 709.79, NaN for NaN.
BH_API double bh_exp(double x);

/// Natural logarithm; -infinity at 0, NaN below.
BH_API double bh_log(double x);

/// log(1 + x), accurate where x is small too; -infinity at -1, NaN below.
BH_API double bh_log1p(double x);

/// Hyperbolic tangent for any x.
BH_API double bh_tanh(double x);

/// Sine and cosine, x in radians, |x| <= 1e5 (pi is subtracted in three pieces; beyond that the
/// error grows with x). NaN for infinities and NaN.
BH_API double bh_sin(double x);
BH_API double bh_cos(double x);

/// The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x; within 2e-15 of it.
/// NaN for NaN.
BH_API double bh_erf(double x);
