// SPDX-License-Identifier: MIT
// Building text into a caller's buffer.
#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bh_text bh_text_over(char *data, size_t size)
{
    if (size > 0) data[0] = '\0';
    return (bh_text){data, size, 0};
}

int bh_text_fits(const bh_text *text)
{
    return text->length < text->size;
}

void bh_text_add(bh_text *text, const char *format, ...)
{
    size_t room = text->length < text->size ? text->size - text->length : 0;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(room > 0 ? text->data + text->length : NULL, room, format, args);
    va_end(args);
    if (n > 0) text->length += (size_t)n;
}

void bh_text_add_json(bh_text *text, const char *string)
{
    bh_text_add(text, "\"");
    for (const char *s = string; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') bh_text_add(text, "\\%c", c);
        else if (c == '\n') bh_text_add(text, "\\n");
        else if (c < 0x20) bh_text_add(text, "\\u%04x", c);
        else bh_text_add(text, "%c", c);
    }
    bh_text_add(text, "\"");
}

void bh_text_add_real(bh_text *text, double value)
{
    if (value != value) {
        bh_text_add(text, "NaN");
        return;
    }
    if (value - value != 0) {
        bh_text_add(text, value > 0 ? "Infinity" : "-Infinity");
        return;
    }
    char digits[32];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value) break;
    }
    bh_text_add(text, "%s", digits);
}
