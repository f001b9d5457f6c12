// SPDX-License-Identifier: MIT
// Building text into a caller's buffer.
#include "core/text.h"

#include "core/decimal.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

// Every double printed by %.17f fits, with its sign.
#define NUMBER_MAX 336

bh_text bh_text_over(char *data, size_t size)
{
    if (size > 0) data[0] = '\0';
    return (bh_text){data, size, 0};
}

int bh_text_fits(const bh_text *text)
{
    return text->length < text->size;
}

// `n` bytes; whoever called ends the text with terminate().
static void put(bh_text *text, const char *bytes, int n)
{
    for (int i = 0; i < n; i++, text->length++) {
        if (text->length < text->size) text->data[text->length] = bytes[i];
    }
}

static void put_repeated(bh_text *text, char c, int n)
{
    for (int i = 0; i < n; i++) put(text, &c, 1);
}

static void terminate(bh_text *text)
{
    if (text->size == 0) return;
    text->data[text->length < text->size ? text->length : text->size - 1] = '\0';
}

// ---- numbers ----

static void put_whole(bh_text *out, uint64_t value, unsigned base)
{
    char digits[20];
    int n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0);
    while (n > 0) put(out, &digits[--n], 1);
}

// The digits of d before the point, then `n_after` behind it; zeros where d has none.
static void put_fixed(bh_text *out, const bhi_decimal *d, int n_after)
{
    if (d->point <= 0) put(out, "0", 1);
    for (int i = d->point < 0 ? d->point : 0; i < d->point + n_after; i++) {
        if (i == d->point) put(out, ".", 1);
        put_repeated(out, (char)('0' + (i >= 0 && i < d->n ? d->digits[i] : 0)), 1);
    }
}

// %.<precision>g of a decimal that has no more digits than that.
static void put_general(bh_text *out, bhi_decimal *d, int precision)
{
    int exponent = d->n > 0 ? d->point - 1 : 0;
    int scientific = exponent < -4 || exponent >= precision;
    if (scientific) d->point = 1;
    put_fixed(out, d, d->n > d->point ? d->n - d->point : 0);
    if (!scientific) return;
    put(out, exponent < 0 ? "e-" : "e+", 2);
    unsigned size = (unsigned)(exponent < 0 ? -exponent : exponent);
    if (size < 10) put(out, "0", 1);
    put_whole(out, size, 10);
}

// %g, %f, and 'r' for the shortest of 15 to 17 digits that reads back.
static void put_real(bh_text *out, double value, char conversion, int precision)
{
    bhi_decimal exact, d;
    if (signbit(value)) put(out, "-", 1);
    if (!isfinite(value)) {
        put(out, isnan(value) ? "nan" : "inf", 3);
        return;
    }
    bhi_decimal_from_real(&exact, value);
    d = exact;
    if (conversion == 'f') {
        bhi_decimal_round(&d, d.point + precision);
        put_fixed(out, &d, precision);
        return;
    }
    bhi_decimal_round(&d, precision);
    while (conversion == 'r' && precision < 17 && bhi_decimal_to_real(&d) != fabs(value)) {
        d = exact;
        bhi_decimal_round(&d, ++precision);
    }
    put_general(out, &d, precision);
}

// ---- printf-style ----

// A va_list by reference: as a parameter it may be an array, of which no address can be passed on.
typedef struct arguments {
    va_list list;
} arguments;

static uint64_t unsigned_argument(arguments *args, char length)
{
    if (length == 'L') return va_arg(args->list, unsigned long long);
    if (length == 'l') return va_arg(args->list, unsigned long);
    if (length == 'z') return va_arg(args->list, size_t);
    return va_arg(args->list, unsigned);
}

static int64_t signed_argument(arguments *args, char length)
{
    if (length == 'L') return va_arg(args->list, long long);
    if (length == 'l') return va_arg(args->list, long);
    if (length == 'z') return va_arg(args->list, ptrdiff_t);
    return va_arg(args->list, int);
}

static const char *read_count(int *count, const char *format, arguments *args)
{
    if (*format == '*') {
        *count = va_arg(args->list, int);
        return format + 1;
    }
    for (*count = 0; *format >= '0' && *format <= '9'; format++) {
        *count = 10 * *count + (*format - '0');
    }
    return format;
}

static void put_padded(bh_text *text, const char *bytes, int n, int width, int zeros)
{
    int sign = zeros && n > 0 && *bytes == '-'; // goes before the zeros
    put(text, bytes, sign);
    put_repeated(text, zeros ? '0' : ' ', width - n);
    put(text, bytes + sign, n - sign);
}

// One conversion, from behind its '%'. Returns its last byte.
static const char *put_conversion(bh_text *text, const char *format, arguments *args)
{
    int zeros = *format == '0', width, precision = -1;
    format = read_count(&width, format, args);
    if (*format == '.') format = read_count(&precision, format + 1, args);
    char length = 0;
    for (; *format == 'l' || *format == 'z'; format++) length = length == 'l' ? 'L' : *format;

    char buffer[NUMBER_MAX];
    bh_text number = bh_text_over(buffer, sizeof buffer);
    switch (*format) {
    case 's': {
        const char *string = va_arg(args->list, const char *);
        int n = 0; // at most `precision` bytes are read: there may be no NUL behind them
        while (n != precision && string[n] != '\0') n++;
        put_padded(text, string, n, width, 0);
        return format;
    }
    case 'd': {
        int64_t value = signed_argument(args, length);
        if (value < 0) put(&number, "-", 1);
        put_whole(&number, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
        break;
    }
    case 'u': put_whole(&number, unsigned_argument(args, length), 10); break;
    case 'x': put_whole(&number, unsigned_argument(args, length), 16); break;
    case 'c': put_repeated(&number, (char)va_arg(args->list, int), 1); break;
    case 'f':
    case 'g':
        assert(precision <= 17);
        if (precision < 0) precision = 6;
        if (precision == 0 && *format == 'g') precision = 1;
        put_real(&number, va_arg(args->list, double), *format, precision);
        break;
    default: assert(*format == '%'); put(&number, format, 1);
    }
    put_padded(text, buffer, (int)number.length, width, zeros);
    return format;
}

void bh_text_add_list(bh_text *text, const char *format, va_list list)
{
    arguments args;
    va_copy(args.list, list);
    for (; *format != '\0'; format++) {
        if (*format == '%') format = put_conversion(text, format + 1, &args);
        else put(text, format, 1);
    }
    va_end(args.list);
    terminate(text);
}

void bh_text_add(bh_text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bh_text_add_list(text, format, args);
    va_end(args);
}

void bh_text_add_json(bh_text *text, const char *string)
{
    put(text, "\"", 1);
    for (const char *s = string; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') put(text, "\\", 1);
        if (c >= 0x20) put(text, s, 1);
        else if (c == '\n') put(text, "\\n", 2);
        else bh_text_add(text, "\\u%04x", c);
    }
    put(text, "\"", 1);
    terminate(text);
}

void bh_text_add_real(bh_text *text, double value)
{
    if (isnan(value)) bh_text_add(text, "NaN");
    else if (isinf(value)) bh_text_add(text, value > 0 ? "Infinity" : "-Infinity");
    else put_real(text, value, 'r', 15);
    terminate(text);
}
