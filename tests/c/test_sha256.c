// SPDX-License-Identifier: MIT
// SHA-256 against the examples of FIPS 180-4 and NIST's test vectors.
#include "io/sha256.h"

#include "check.h"

static void check_digest(const char *text, const char *want)
{
    bh_sha256 sha;
    char hex[65];
    bh_sha256_begin(&sha);
    bh_sha256_add(&sha, text, strlen(text));
    bh_sha256_end(&sha, hex);
    CHECK_STRING(hex, want);
}

static void test_vectors(void)
{
    check_digest("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_digest("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check_digest("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqk"
                 "lmnopqrlmnopqrsmnopqrst"
                 "nopqrstu",
                 "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

static void test_a_million(void)
{
    char block[1000], hex[65];
    memset(block, 'a', sizeof block);
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    for (int i = 0; i < 1000; i++) bh_sha256_add(&sha, block, sizeof block);
    bh_sha256_end(&sha, hex);
    CHECK_STRING(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// Cut anywhere, the pieces give the digest of the whole; every length around a block's edge is
// padded.
static void test_pieces(void)
{
    unsigned char data[200];
    for (int i = 0; i < 200; i++) data[i] = (unsigned char)(i * 37);
    for (size_t n = 0; n <= sizeof data; n++) {
        bh_sha256 whole, pieces;
        char a[65], b[65];
        bh_sha256_begin(&whole);
        bh_sha256_add(&whole, data, n);
        bh_sha256_end(&whole, a);
        bh_sha256_begin(&pieces);
        for (size_t at = 0; at < n;) {
            size_t k = 1 + (at * 5 + n) % 70 < n - at ? 1 + (at * 5 + n) % 70 : n - at;
            bh_sha256_add(&pieces, data + at, k);
            at += k;
        }
        bh_sha256_add(&pieces, data, 0);
        bh_sha256_end(&pieces, b);
        CHECK_STRING(a, b);
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_vectors);
    CHECK_RUN(test_a_million);
    CHECK_RUN(test_pieces);
    return check_report();
}
