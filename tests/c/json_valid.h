// SPDX-License-Identifier: MIT
// Whether a text is one whole JSON value (RFC 8259; UTF-8 is not looked at).
#pragma once

#include <string.h>

static inline const char *json_value(const char *s);

static inline const char *json_space(const char *s)
{
    return s + strspn(s, " \t\r\n");
}

static inline const char *json_string(const char *s)
{
    if (*s++ != '"') return NULL;
    for (; *s != '"'; s++) {
        if ((unsigned char)*s < 0x20) return NULL; // the end included
        if (*s != '\\') continue;
        s++;
        if (*s == 'u') {
            if (strspn(s + 1, "0123456789abcdefABCDEF") < 4) return NULL;
            s += 4;
        } else if (*s == '\0' || strchr("\"\\/bfnrt", *s) == NULL) {
            return NULL;
        }
    }
    return s + 1;
}

static inline const char *json_digits(const char *s)
{
    size_t n = strspn(s, "0123456789");
    return n > 0 ? s + n : NULL;
}

static inline const char *json_number(const char *s)
{
    if (*s == '-') s++;
    if (*s == '0') s++;
    else if ((s = json_digits(s)) == NULL) return NULL;
    if (*s == '.' && (s = json_digits(s + 1)) == NULL) return NULL;
    if (*s == 'e' || *s == 'E') {
        s++;
        if (*s == '+' || *s == '-') s++;
        s = json_digits(s);
    }
    return s;
}

// After a value, a comma and another, or the closing bracket. `keys` for objects.
static inline const char *json_members(const char *s, char close, int keys)
{
    s = json_space(s);
    if (*s == close) return s + 1;
    for (;; s++) {
        if (keys) {
            if ((s = json_string(json_space(s))) == NULL) return NULL;
            s = json_space(s);
            if (*s++ != ':') return NULL;
        }
        if ((s = json_value(json_space(s))) == NULL) return NULL;
        s = json_space(s);
        if (*s == close) return s + 1;
        if (*s != ',') return NULL;
    }
}

static inline const char *json_value(const char *s)
{
    if (*s == '{') return json_members(s + 1, '}', 1);
    if (*s == '[') return json_members(s + 1, ']', 0);
    if (*s == '"') return json_string(s);
    if (strncmp(s, "true", 4) == 0 || strncmp(s, "null", 4) == 0) return s + 4;
    if (strncmp(s, "false", 5) == 0) return s + 5;
    return json_number(s);
}

static inline int json_is_valid(const char *text)
{
    const char *end = json_value(json_space(text));
    return end != NULL && *json_space(end) == '\0';
}
