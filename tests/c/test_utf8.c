// SPDX-License-Identifier: MIT
// UTF-8: every length, every way of not being it (RFC 3629), and where the first wrong byte is.
#include "core/utf8.h"

#include "check.h"

#include <stdlib.h>

// From a block of exactly that size, so that a sanitizer sees any step past the end.
static int next(const char *text, size_t n, uint32_t *code_point)
{
    char *exact = malloc(n);
    memcpy(exact, text, n);
    int length = bh_utf8_next(exact, n, code_point);
    free(exact);
    return length;
}

static void test_first_and_last_of_every_length(void)
{
    static const struct {
        const char *text;
        int length;
        uint32_t code_point;
    } rows[] = {
        {"\x01", 1, 0x1},
        {"A", 1, 0x41},
        {"\x7f", 1, 0x7f},
        {"\xc2\x80", 2, 0x80},
        {"\xc3\xa9", 2, 0xe9},
        {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xe4\xb8\xad", 3, 0x4e2d},
        {"\xed\x9f\xbf", 3, 0xd7ff},
        {"\xee\x80\x80", 3, 0xe000},
        {"\xef\xbf\xbd", 3, 0xfffd},
        {"\xef\xbf\xbf", 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf0\x9f\x98\x80", 4, 0x1f600},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t c = 0xabcdef;
        size_t n = strlen(rows[i].text);
        CHECK(next(rows[i].text, n, &c) == rows[i].length && c == rows[i].code_point);
        CHECK(bh_utf8_invalid_at(rows[i].text, n) == n);
    }
    uint32_t c = 7;
    CHECK(next("\0", 1, &c) == 1 && c == 0); // NUL is a character like any other
    CHECK(next("ab", 2, &c) == 1 && c == 'a');
    CHECK(next("\xc3\xa9\xff", 3, &c) == 2 && c == 0xe9); // what follows does not matter
}

static void test_what_is_not_utf8(void)
{
    static const char *const wrong[] = {
        "\x80",
        "\xbf",
        "\x80\x80", // continuations first
        "\xc0\x80",
        "\xc1\xbf", // ASCII in two bytes
        "\xe0\x80\x80",
        "\xe0\x9f\xbf", // up to U+07FF in three
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf", // up to U+FFFF in four
        "\xed\xa0\x80",
        "\xed\xaf\xbf", // high surrogates
        "\xed\xb0\x80",
        "\xed\xbf\xbf", // low surrogates
        "\xf4\x90\x80\x80",
        "\xf4\xbf\xbf\xbf", // U+110000 and above
        "\xf5\x80\x80\x80",
        "\xf7\xbf\xbf\xbf", // the same by the first byte
        "\xf8\x88\x80\x80\x80",
        "\xfc\x84\x80\x80\x80\x80",
        "\xfe",
        "\xff", // five, six, none
        "\xc3",
        "\xe4\xb8",
        "\xe4",
        "\xf0\x9f\x98",
        "\xf0\x9f",
        "\xf0", // cut short
        "\xc3(",
        "\xc3\xc3",
        "\xe4(\xad",
        "\xe4\xb8(",
        "\xe4\xb8\xff", // no continuation
        "\xf0(\x98\x80",
        "\xf0\x9f(\x80",
        "\xf0\x9f\x98(",
        "\xf0\x9f\x98\xc0",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint32_t c = 0xabcdef;
        size_t n = strlen(wrong[i]);
        if (!CHECK(next(wrong[i], n, &c) == 0 && c == 0xabcdef)) printf("    row %zu\n", i);
        CHECK(bh_utf8_invalid_at(wrong[i], n) == 0);
        // Behind a character of each length.
        char text[32];
        for (int k = 0; k < 4; k++) {
            static const char *const before[] = {"a", "\xc3\xa9", "\xe4\xb8\xad",
                                                 "\xf0\x9f\x98\x80"};
            size_t at = (size_t)snprintf(text, sizeof text, "%s%s", before[k], wrong[i]);
            CHECK(bh_utf8_invalid_at(text, at) == strlen(before[k]));
        }
    }
}

static int encode(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (int i = n - 1; i > 0; i--, c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((0xf00 >> n & 0xff) | c);
    return n;
}

// Each of the 1,112,064 characters, and none of the 2,048 surrogates.
static void test_all_characters(void)
{
    int n_wrong = 0, n_characters = 0;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char text[4];
        int n = encode(text, c), is_surrogate = c >= 0xd800 && c <= 0xdfff;
        uint32_t back = 0xffffffff;
        int got = bh_utf8_next(text, (size_t)n, &back);
        n_wrong += is_surrogate ? got != 0 : got != n || back != c;
        n_characters += got > 0;
    }
    CHECK(n_wrong == 0 && n_characters == 0x110000 - 2048);
}

// All pairs and triples of first bytes: as many are characters as there are characters of that
// length.
static void test_all_short_sequences(void)
{
    int n_of[4] = {0};
    uint32_t c;
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            const char two[] = {(char)a, (char)b};
            n_of[1] += bh_utf8_next(two, 2, &c) == 2;
            for (int k = 0; k < 256 && a >= 0xc0; k++) {
                const char three[] = {(char)a, (char)b, (char)k};
                n_of[2] += bh_utf8_next(three, 3, &c) == 3;
            }
        }
        n_of[0] += bh_utf8_next((const char[]){(char)a}, 1, &c) == 1;
    }
    CHECK(n_of[0] == 0x80 && n_of[1] == 0x800 - 0x80 && n_of[2] == 0x10000 - 0x800 - 2048);
}

static void test_offset_of_the_first_wrong_byte(void)
{
    CHECK(bh_utf8_invalid_at("", 0) == 0);
    CHECK(bh_utf8_invalid_at("the cat", 7) == 7);
    CHECK(bh_utf8_invalid_at("the\0cat", 7) == 7);
    CHECK(bh_utf8_invalid_at("the \xe4\xb8\xad cat", 11) == 11);
    CHECK(bh_utf8_invalid_at("the \xe4\xb8 cat", 10) == 4); // where the character begins
    CHECK(bh_utf8_invalid_at("the cat\xff", 8) == 7);
    CHECK(bh_utf8_invalid_at("a\x80z\xff", 4) == 1); // the first of two
    CHECK(bh_utf8_invalid_at("\xe4\xb8\xad", 2) == 0);
    CHECK(bh_utf8_invalid_at("a\xf0\x9f\x98\x80", 4) == 1); // cut short at the end
    CHECK(bh_utf8_invalid_at("na\xefve", 5) == 2);          // Latin-1
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_first_and_last_of_every_length);
    CHECK_RUN(test_what_is_not_utf8);
    CHECK_RUN(test_all_characters);
    CHECK_RUN(test_all_short_sequences);
    CHECK_RUN(test_offset_of_the_first_wrong_byte);
    return check_report();
}
