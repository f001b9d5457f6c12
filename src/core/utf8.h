// SPDX-License-Identifier: MIT
// UTF-8, character by character (RFC 3629: no surrogates, nothing above U+10FFFF, no longer form
// than needed).
#pragma once

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/// Bytes of the character at text[0 .. n), 1 to 4, and its code point; 0 when those bytes are not
/// UTF-8. 0 < n.
BH_API int bh_utf8_next(const char *text, size_t n, uint32_t *code_point);

/// The offset of the first byte that is not UTF-8; n when all of text (n) is.
BH_API size_t bh_utf8_invalid_at(const char *text, size_t n);
