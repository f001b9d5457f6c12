// SPDX-License-Identifier: MIT
// Decimal numbers of many digits, between doubles and their text. A double is a decimal of at most
// 767 digits exactly, so both directions are exact arithmetic and one rounding, half to even: what
// a correct printf and strtod give, in every build, and a tenth of the code they would add to the
// WebAssembly module, where the C library calculates in long double.
#pragma once

#include <stdint.h>

/// Digits kept. A double needs 767; what is cut off behind 800 is remembered in `inexact` and can
/// no more turn a comparison with a double, or with the middle between two.
#define BHI_DECIMAL_MAX 800

/// 0.d0d1d2... times 10 to the power of `point`: d0 is not 0, nor is the last digit; zero has no
/// digits. No sign.
typedef struct bhi_decimal {
    int n;       ///< digits
    int point;   ///< where the point is, counted from before d0; 0 for zero
    int inexact; ///< the number meant is larger, by less than anything the digits kept can tell
    unsigned char digits[BHI_DECIMAL_MAX]; ///< 0 to 9
} bhi_decimal;

/// The exact decimal of |value|, which must be finite.
void bhi_decimal_from_real(bhi_decimal *d, double value);

/// The double nearest to `d`, ties to even; infinity from 2^1024 - 2^970 on, 0 up to 2^-1075.
double bhi_decimal_to_real(const bhi_decimal *d);

/// Keeps the first n digits, rounding to nearest, ties to even. Nothing happens when there are no
/// more than n; n <= 0 is a unit left of all digits, so that what is left is 0, or 1 of that unit.
void bhi_decimal_round(bhi_decimal *d, int n);

/// The decimal number at the start of `text`, as strtod reads it in the C locale: white space, a
/// sign, digits with or without a point, an exponent; or "inf", "infinity", "nan" in any case.
/// Hexadecimal numbers are not read ("0x1" is 0, then "x1"), nor is the bracket of "nan(...)".
///
/// end    out: the first byte not read; `text` itself if there is no number, and then 0 is returned
double bhi_decimal_read(const char *text, const char **end);
