// SPDX-License-Identifier: MIT
// Building text into a caller's buffer: messages, JSON, descriptions of states.
#pragma once

#include "core/status.h"

#include <stdarg.h>
#include <stddef.h>

/// A bounded text buffer. Appending never writes past `size`; `length` keeps counting, so that
/// length >= size afterwards says how much room was missing. The text is always NUL-terminated.
typedef struct bh_text {
    char *data; ///< caller's, `size` bytes; NULL with size 0 only counts
    size_t size;
    size_t length; ///< bytes the whole text has, without the NUL
} bh_text;

/// An empty text over `data`.
BH_API bh_text bh_text_over(char *data, size_t size);

/// True when everything appended so far fitted.
BH_API int bh_text_fits(const bh_text *text);

/// Appends printf-style: what printf prints in the C locale, for the conversions
///     %s %.<n>s    %d %u %x, with l ll z before them    %c    %f %g %.<n>f %.<n>g, n up to 17
///                  %%
/// where <n> may be *, each with a width, padded on the left with spaces or, from %0, with zeros.
/// No other conversion or flag is known (asserted). Reals are rounded exactly, ties to even.
BH_API void bh_text_add(bh_text *text, const char *format, ...) BH_PRINTF(2, 3);

/// The same with a list of arguments, of which as many as `format` asks for are read.
BH_API void bh_text_add_list(bh_text *text, const char *format, va_list args) BH_PRINTF(2, 0);

/// Appends `string` as a JSON string, quotes and escapes included.
BH_API void bh_text_add_json(bh_text *text, const char *string);

/// Appends the shortest of 15 to 17 digits that reads back as the same double; infinities and NaN
/// as "Infinity", "-Infinity", "NaN".
BH_API void bh_text_add_real(bh_text *text, double value);
