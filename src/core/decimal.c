// SPDX-License-Identifier: MIT
// Decimal numbers of many digits: long division, and what follows from it.
#include "core/decimal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static void trim(bhi_decimal *d)
{
    while (d->n > 0 && d->digits[d->n - 1] == 0) d->n--;
    if (d->n == 0) d->point = 0;
}

// ---- d times a power of two ----

// d /= by, as one does it on paper; by < 2^60.8, so that 10 by fits 64 bits.
static void divide(bhi_decimal *d, uint64_t by)
{
    uint64_t rest = 0;
    int n = 0;
    for (int i = 0; i < d->n || rest != 0; i++) {
        if (n == BHI_DECIMAL_MAX) {
            d->inexact = 1; // there is a rest, or a last digit, and neither is 0
            break;
        }
        rest = 10 * rest + (i < d->n ? d->digits[i] : 0u);
        unsigned char digit = (unsigned char)(rest / by);
        rest %= by;
        if (n > 0 || digit != 0) d->digits[n++] = digit; // n <= i: read before it is written
        else d->point--;
    }
    d->n = n;
    trim(d);
}

// d *= 2^exponent. Multiplying by 2^k is dividing by 5^k with the point moved by k.
static void scale(bhi_decimal *d, int exponent)
{
    while (exponent != 0) {
        int k = exponent < 0 ? min_int(-exponent, 60) : min_int(exponent, 26);
        uint64_t by = 1;
        for (int i = 0; i < k; i++) by *= exponent < 0 ? 2 : 5;
        if (exponent > 0) d->point += k;
        divide(d, by);
        exponent += exponent < 0 ? k : -k;
    }
}

// ---- doubles ----

void bhi_decimal_from_real(bhi_decimal *d, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7ff);
    uint64_t mantissa = bits & (((uint64_t)1 << 52) - 1);
    assert(exponent != 0x7ff);
    if (exponent > 0) mantissa += (uint64_t)1 << 52;
    else exponent = 1; // subnormal

    enum { N = 16 }; // digits of 2^53
    for (int i = N; i > 0; mantissa /= 10) d->digits[--i] = (unsigned char)(mantissa % 10);
    d->n = N;
    d->point = N;
    d->inexact = 0;
    trim(d);
    divide(d, 1); // drops leading zeros
    scale(d, exponent - 1075);
}

double bhi_decimal_to_real(const bhi_decimal *decimal)
{
    if (decimal->n == 0 || decimal->point < -330) return 0;
    if (decimal->point > 310) return (double)INFINITY;
    bhi_decimal d = *decimal;
    // d = f 2^exponent with f in [1/2, 1). Powers of 8 stay below those of 10, so no step goes too
    // far.
    int exponent = 0;
    while (d.point != 0 || d.digits[0] < 5) {
        int k = d.point > 0 ? 2 - 3 * d.point : d.point < 0 ? -3 * d.point : 1;
        scale(&d, k);
        exponent -= k;
    }
    // The exponent field, less the 1 that the mantissa's own top bit adds when there is one; then
    // the bits that are left for the mantissa. A mantissa rounded up to 2^53 carries into the
    // exponent, and the largest one on to infinity.
    int field = exponent + 1021, n_bits = 53;
    if (field > 2045) return (double)INFINITY;
    if (field < 0) {
        n_bits += field;
        field = 0;
    }
    if (n_bits < 0) return 0;
    scale(&d, n_bits);
    bhi_decimal_round(&d, d.point);
    uint64_t bits = 0;
    for (int i = 0; i < d.point; i++) bits = 10 * bits + (i < d.n ? d.digits[i] : 0u);
    bits += (uint64_t)field << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void bhi_decimal_round(bhi_decimal *d, int n)
{
    if (n >= d->n) return;
    int up = 0;
    if (n >= 0) {
        int more = n + 1 < d->n || d->inexact, odd = n > 0 && d->digits[n - 1] % 2 != 0;
        up = d->digits[n] > 5 || (d->digits[n] == 5 && (more || odd));
    }
    d->inexact = 0;
    d->n = n > 0 ? n : 0;
    if (up) {
        while (d->n > 0 && d->digits[d->n - 1] == 9) d->n--;
        if (d->n > 0) {
            d->digits[d->n - 1]++;
        } else {
            d->digits[d->n++] = 1;
            d->point++;
        }
    }
    trim(d);
}

// ---- text ----

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// The bytes of `word`, lower-case, that `s` starts with in any case; 0 unless it is all of them.
static int starts_with(const char *s, const char *word)
{
    int n = 0;
    while (word[n] != '\0' && (s[n] | 0x20) == word[n]) n++;
    return word[n] == '\0' ? n : 0;
}

// Digits with or without a point. Returns where they end, `s` itself if there is none.
static const char *read_digits(bhi_decimal *d, const char *s)
{
    const char *start = s;
    int n_read = 0, after_point = 0;
    d->n = d->point = d->inexact = 0;
    for (; is_digit(*s) || (*s == '.' && !after_point); s++) {
        if (*s == '.') {
            after_point = 1;
            continue;
        }
        n_read++;
        if (d->n < BHI_DECIMAL_MAX && (d->n > 0 || *s != '0')) {
            d->digits[d->n++] = (unsigned char)(*s - '0');
        } else if (*s != '0') {
            d->inexact = 1;
        }
        d->point += (d->n > 0) - after_point;
    }
    return n_read > 0 ? s : start;
}

static const char *read_exponent(int *exponent, const char *s)
{
    *exponent = 0;
    if ((*s | 0x20) != 'e') return s;
    const char *digit = s + 1;
    int negative = *digit == '-';
    if (*digit == '-' || *digit == '+') digit++;
    if (!is_digit(*digit)) return s;
    for (; is_digit(*digit); digit++) {
        if (*exponent < 100000000) *exponent = 10 * *exponent + (*digit - '0');
    }
    if (negative) *exponent = -*exponent;
    return digit;
}

double bhi_decimal_read(const char *text, const char **end)
{
    const char *s = text;
    while (*s == ' ' || (*s >= '\t' && *s <= '\r')) s++;
    int negative = *s == '-';
    if (*s == '-' || *s == '+') s++;

    double value = 0;
    int length = starts_with(s, "infinity");
    if (length == 0) length = starts_with(s, "inf");
    if (length > 0) {
        value = (double)INFINITY;
    } else if ((length = starts_with(s, "nan")) > 0) {
        value = (double)NAN;
    } else {
        bhi_decimal d;
        int exponent;
        const char *after = read_digits(&d, s);
        *end = text;
        if (after == s) return 0;
        s = read_exponent(&exponent, after);
        d.point += exponent;
        trim(&d);
        value = bhi_decimal_to_real(&d);
    }
    *end = s + length;
    return negative ? -value : value;
}
