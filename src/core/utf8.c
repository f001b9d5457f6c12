// SPDX-License-Identifier: MIT
// UTF-8.
#include "core/utf8.h"

// What a first byte says: how many bytes there are, and the least code point that needs them.
static int length_of(unsigned char first, uint32_t *least)
{
    *least = first < 0x80 ? 0 : first < 0xe0 ? 0x80 : first < 0xf0 ? 0x800 : 0x10000;
    if (first < 0x80) return 1;
    if (first < 0xc2) return 0; // a continuation, or a longer form of ASCII
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

int bh_utf8_next(const char *text, size_t n, uint32_t *code_point)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t least;
    int length = length_of(bytes[0], &least);
    if (length == 0 || (size_t)length > n) return 0;
    uint32_t c = length == 1 ? bytes[0] : bytes[0] & (0xffu >> (length + 1));
    for (int i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (bytes[i] & 0x3f);
    }
    if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0;
    *code_point = c;
    return length;
}

size_t bh_utf8_invalid_at(const char *text, size_t n)
{
    uint32_t c;
    size_t at = 0;
    while (at < n) {
        int length = bh_utf8_next(text + at, n - at, &c);
        if (length == 0) return at;
        at += (size_t)length;
    }
    return n;
}
