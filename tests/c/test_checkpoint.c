// SPDX-License-Identifier: MIT
// Checkpoints: the bytes of a small one, round trips, and every way of being damaged or hostile.
#include "io/checkpoint.h"
#include "io/sha256.h"

#include "check.h"
#include "json_valid.h"

#include <stdint.h>
#include <stdlib.h>

typedef struct file {
    unsigned char *bytes;
    size_t size;
} file;

static file write_file(const bh_tensor *tensors, int n, const bh_checkpoint_entry *entries,
                       int n_entries)
{
    file f = {.size = bh_checkpoint_write(NULL, 0, tensors, n, entries, n_entries)};
    f.bytes = malloc(f.size);
    CHECK(bh_checkpoint_write(f.bytes, f.size, tensors, n, entries, n_entries) == f.size);
    return f;
}

static float weights[6] = {1, 2, 3, 4, 5, 6}; // (2,3) in memory
static float bias[2] = {-1, 0.5f};
static double table[4] = {0.1, -2, 1e300, 3};

static file small_file(void)
{
    const bh_tensor tensors[] = {bh_tensor_linear("w", BH_F32, 3, 2, weights),
                                 bh_tensor_vector("b", BH_F32, 2, bias),
                                 bh_tensor_matrix("q", BH_F64, 2, 2, table)};
    const bh_checkpoint_entry entries[] = {
        {"format", "bellhop-1"}, {"env", "Grid"}, {"note", "a \"b\"\n"}};
    return write_file(tensors, 3, entries, 3);
}

// ---- writing ----

static void test_layout_byte_by_byte(void)
{
    file f = small_file();
    const char *start = "{\"__metadata__\":{\"sha256\":\"";
    const char *rest = "\",\"format\":\"bellhop-1\",\"env\":\"Grid\",\"note\":\"a \\\"b\\\"\\n\"},"
                       "\"w\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[0,24]},"
                       "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]},"
                       "\"q\":{\"dtype\":\"F64\",\"shape\":[2,2],\"data_offsets\":[32,64]}}";
    size_t header = strlen(start) + 64 + strlen(rest), padded = (header + 7) / 8 * 8;
    CHECK(f.size == 8 + padded + 64);
    uint64_t length = 0;
    for (int i = 7; i >= 0; i--) length = length << 8 | f.bytes[i];
    CHECK(length == padded);
    const char *text = (const char *)f.bytes + 8;
    CHECK(memcmp(text, start, strlen(start)) == 0);
    CHECK(memcmp(text + strlen(start) + 64, rest, strlen(rest)) == 0);
    for (size_t i = header; i < padded; i++) CHECK(text[i] == ' ');

    // Little-endian; the transposed tensor row by row as the file's shape says: 1 4, 2 5, 3 6.
    const unsigned char data[] = {0,    0,    0x80, 0x3f, 0,    0,    0x80, 0x40, 0,    0,   0,
                                  0x40, 0,    0,    0xa0, 0x40, 0,    0,    0x40, 0x40, 0,   0,
                                  0xc0, 0x40, 0,    0,    0x80, 0xbf, 0,    0,    0,    0x3f};
    CHECK(memcmp(f.bytes + 8 + padded, data, sizeof data) == 0);
    const unsigned char tenth[] = {0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f};
    CHECK(memcmp(f.bytes + 8 + padded + 32, tenth, sizeof tenth) == 0);

    // The checksum is that of the file with its own digits read as zeros.
    char digits[65] = {0}, hex[65];
    memcpy(digits, text + strlen(start), 64);
    memset(f.bytes + 8 + strlen(start), '0', 64);
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    bh_sha256_add(&sha, f.bytes, f.size);
    bh_sha256_end(&sha, hex);
    CHECK_STRING(digits, hex);
    free(f.bytes);
}

// Shorter buffers are told the size and not written past.
static void test_short_buffers(void)
{
    file f = small_file();
    const bh_tensor t = bh_tensor_linear("w", BH_F32, 3, 2, weights);
    size_t need = bh_checkpoint_write(NULL, 0, &t, 1, NULL, 0);
    for (size_t size = 0; size < need; size++) {
        unsigned char *exact = malloc(size + 1);
        exact[size] = 0xa5;
        CHECK(bh_checkpoint_write(exact, size, &t, 1, NULL, 0) == need);
        CHECK(exact[size] == 0xa5);
        free(exact);
    }
    unsigned char *roomy = malloc(need + 16);
    memset(roomy, 0xa5, need + 16);
    CHECK(bh_checkpoint_write(roomy, need + 16, &t, 1, NULL, 0) == need);
    for (int i = 0; i < 16; i++) CHECK(roomy[need + (size_t)i] == 0xa5);
    CHECK_STATUS(bh_checkpoint_check(roomy, need, NULL), BH_OK);
    free(roomy);
    free(f.bytes);
}

// ---- reading ----

static void test_round_trip(void)
{
    file f = small_file();
    bh_error err = {0};
    CHECK_STATUS(bh_checkpoint_check(f.bytes, f.size, &err), BH_OK);
    float w[6] = {0}, w_plain[6] = {0}, b[2] = {0};
    double q[4] = {0};
    const bh_tensor into[] = {bh_tensor_matrix("q", BH_F64, 2, 2, q),
                              bh_tensor_linear("w", BH_F32, 3, 2, w),
                              bh_tensor_vector("b", BH_F32, 2, b)};
    CHECK_STATUS(bh_checkpoint_read(f.bytes, f.size, into, 3, &err), BH_OK);
    CHECK(memcmp(w, weights, sizeof w) == 0 && memcmp(b, bias, sizeof b) == 0 &&
          memcmp(q, table, sizeof q) == 0);
    const bh_tensor plain = bh_tensor_matrix("w", BH_F32, 3, 2, w_plain);
    CHECK_STATUS(bh_checkpoint_read(f.bytes, f.size, &plain, 1, &err), BH_OK);
    const float as_in_file[] = {1, 4, 2, 5, 3, 6};
    CHECK(memcmp(w_plain, as_in_file, sizeof w_plain) == 0);
    free(f.bytes);
}

// The file's numbers of a tensor, its header's shape, and back into memory.
static void check_order(bh_tensor t, const char *shape, const float *want, int n)
{
    file f = write_file(&t, 1, NULL, 0);
    CHECK_STATUS(bh_checkpoint_check(f.bytes, f.size, NULL), BH_OK);
    char text[128], header[512] = {0};
    snprintf(text, sizeof text, "\"shape\":[%s],\"data_offsets\":[0,%d]", shape, 4 * n);
    memcpy(header, f.bytes + 8, f.size - 8 - 4 * (size_t)n);
    CHECK(strstr(header, text) != NULL);
    CHECK(memcmp(f.bytes + f.size - 4 * n, want, 4 * (size_t)n) == 0);

    float back[24];
    for (int i = 0; i < 24; i++) back[i] = 99;
    bh_tensor into = t;
    into.data = back;
    CHECK_STATUS(bh_checkpoint_read(f.bytes, f.size, &into, 1, NULL), BH_OK);
    CHECK(memcmp(back, t.data, 4 * (size_t)n) == 0);
    for (int i = n; i < 24; i++) CHECK(back[i] == 99);
    free(f.bytes);
}

// Memory counts 0, 1, 2 …; what stands where in the file follows from the shapes.
static void test_orders(void)
{
    float m[24];
    for (int i = 0; i < 24; i++) m[i] = (float)i;
    check_order(bh_tensor_vector("t", BH_F32, 4, m), "4", (float[]){0, 1, 2, 3}, 4);
    check_order(bh_tensor_matrix("t", BH_F32, 2, 3, m), "2,3", (float[]){0, 1, 2, 3, 4, 5}, 6);
    check_order(bh_tensor_linear("t", BH_F32, 2, 3, m), "2,3", (float[]){0, 2, 4, 1, 3, 5}, 6);
    // O = 2, C = 3, two positions: memory (P,C,O), so (o,c,p) is at 6p + 2c + o.
    check_order(bh_tensor_linear_map("t", BH_F32, 2, 3, 2, m), "2,6",
                (float[]){0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11}, 12);
    // O = 2, C = 2, kernel 2 x 3: memory (KH,KW,C,O), so (o,c,i,j) is at 12i + 4j + 2c + o.
    check_order(bh_tensor_conv2d("t", BH_F32, 2, 2, 2, 3, m), "2,2,2,3",
                (float[]){0, 4, 8, 12, 16, 20, 2, 6, 10, 14, 18, 22,
                          1, 5, 9, 13, 17, 21, 3, 7, 11, 15, 19, 23},
                24);
}

// A walk of its own: rank 3, all four extents, every second row of memory backwards.
static void test_own_walk(void)
{
    float m[24];
    for (int i = 0; i < 24; i++) m[i] = (float)i;
    bh_tensor t = bh_tensor_vector("t", BH_F32, 1, m + 18);
    t.rank = 3;
    memcpy(t.shape, (int[]){2, 3, 2, 1}, sizeof t.shape);
    memcpy(t.extent, (int[]){2, 1, 3, 2}, sizeof t.extent);
    memcpy(t.stride, (int[]){-12, 5, 1, 3}, sizeof t.stride);
    const float want[] = {18, 21, 19, 22, 20, 23, 6, 9, 7, 10, 8, 11};
    file f = write_file(&t, 1, NULL, 0);
    CHECK(memcmp(f.bytes + f.size - sizeof want, want, sizeof want) == 0);
    for (int i = 0; i < 24; i++) m[i] = -1;
    CHECK_STATUS(bh_checkpoint_read(f.bytes, f.size, &t, 1, NULL), BH_OK);
    for (int i = 0; i < 24; i++) CHECK(m[i] == (i / 6 % 2 == 1 ? (float)i : -1));
    free(f.bytes);
}

static void test_values_keep_their_bits(void)
{
    float odd[] = {-0.0f, INFINITY, -INFINITY, 1e-45f, NAN}, back[5];
    const bh_tensor t = bh_tensor_vector("x", BH_F32, 5, odd),
                    into = bh_tensor_vector("x", BH_F32, 5, back);
    file f = write_file(&t, 1, NULL, 0);
    CHECK_STATUS(bh_checkpoint_check(f.bytes, f.size, NULL), BH_OK);
    CHECK_STATUS(bh_checkpoint_read(f.bytes, f.size, &into, 1, NULL), BH_OK);
    CHECK(memcmp(odd, back, sizeof odd) == 0);
    free(f.bytes);
}

// What the file lacks or has otherwise: BH_ERR_SHAPE names it, and nothing has been written.
static void check_misfit(bh_tensor other, const char *part)
{
    file f = small_file();
    float b[2] = {7, 7};
    const bh_tensor into[] = {bh_tensor_vector("b", BH_F32, 2, b), other};
    bh_error err = {0};
    CHECK_STATUS(bh_checkpoint_read(f.bytes, f.size, into, 2, &err), BH_ERR_SHAPE);
    if (!CHECK(strstr(err.message, part) != NULL))
        printf("    '%s' not in: %s\n", part, err.message);
    CHECK(b[0] == 7 && b[1] == 7);
    free(f.bytes);
}

static void test_misfits(void)
{
    double room[8];
    check_misfit(bh_tensor_vector("x", BH_F32, 2, room), "no tensor 'x'");
    check_misfit(bh_tensor_linear("w", BH_F32, 2, 3, room), "3 x 2, but here it is F32 of 2 x 3");
    check_misfit(bh_tensor_vector("w", BH_F32, 6, room), "'w'");
    check_misfit(bh_tensor_matrix("w", BH_F64, 3, 2, room), "F64");
    check_misfit(bh_tensor_matrix("q", BH_F32, 2, 2, room), "F64 of 2 x 2");
    check_misfit(bh_tensor_conv2d("w", BH_F32, 3, 2, 1, 1, room),
                 "here it is F32 of 3 x 2 x 1 x 1");
    check_misfit(bh_tensor_vector("w", BH_F32, 6, room), "3 x 2, but here it is F32 of 6");
}

static void test_metadata(void)
{
    const char *values[] = {"", "plain", "q\"uote \\ slash/ \n\t\r\b\f\x01 end", "é 日本 😀"};
    bh_checkpoint_entry entries[4];
    const char *keys[] = {"empty", "plain", "odd \"key\"", "unicode"};
    for (int i = 0; i < 4; i++) entries[i] = (bh_checkpoint_entry){keys[i], values[i]};
    const bh_tensor t = bh_tensor_vector("b", BH_F32, 2, bias);
    file f = write_file(&t, 1, entries, 4);
    CHECK_STATUS(bh_checkpoint_check(f.bytes, f.size, NULL), BH_OK);
    for (int i = 0; i < 4; i++) {
        char out[64];
        CHECK(bh_checkpoint_entry_get(f.bytes, f.size, keys[i], out, sizeof out) == 1);
        CHECK_STRING(out, values[i]);
        size_t n = strlen(values[i]);
        CHECK(bh_checkpoint_entry_get(f.bytes, f.size, keys[i], out, n + 1) == 1); // just fits
        CHECK(bh_checkpoint_entry_get(f.bytes, f.size, keys[i], out, n) == -1);
    }
    char out[80];
    CHECK(bh_checkpoint_entry_get(f.bytes, f.size, "nothing", out, sizeof out) == 0);
    CHECK(bh_checkpoint_entry_get(f.bytes, f.size, "b", out, sizeof out) ==
          0); // a tensor is no entry
    CHECK(bh_checkpoint_entry_get(f.bytes, f.size, "sha256", out, sizeof out) == 1 &&
          strlen(out) == 64);

    char header[2048] = {0};
    memcpy(header, f.bytes + 8, f.size - 8 - sizeof bias);
    CHECK(json_is_valid(header));
    free(f.bytes);
}

static void test_fingerprint(void)
{
    const bh_tensor tensors[] = {bh_tensor_linear("w", BH_F32, 3, 2, weights),
                                 bh_tensor_matrix("q", BH_F64, 2, 2, table)};
    file f = write_file(tensors, 2, NULL, 0);
    char got[65], want[65];
    bh_checkpoint_fingerprint(tensors, 2, got);
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    bh_sha256_add(&sha, f.bytes + f.size - 56, 56); // the data section
    bh_sha256_end(&sha, want);
    CHECK_STRING(got, want);
    free(f.bytes);
}

// ---- damage ----

// Checked from a block of exactly that size, so that a sanitizer sees any step past the end.
static void check_rejected(const unsigned char *bytes, size_t size, const char *what)
{
    unsigned char *exact = malloc(size > 0 ? size : 1);
    memcpy(exact, bytes, size);
    bh_error err = {0};
    if (!CHECK_STATUS(bh_checkpoint_check(exact, size, &err), BH_ERR_FORMAT))
        printf("    %s\n", what);
    CHECK(err.status == BH_ERR_FORMAT && strlen(err.message) > 20);
    free(exact);
}

static void test_every_prefix_is_rejected(void)
{
    file f = small_file();
    for (size_t n = 0; n < f.size; n++) check_rejected(f.bytes, n, "prefix");
    free(f.bytes);
}

static void test_longer_is_rejected(void)
{
    file f = small_file();
    f.bytes = realloc(f.bytes, f.size + 9);
    memset(f.bytes + f.size, 0, 9);
    check_rejected(f.bytes, f.size + 1, "one byte more");
    check_rejected(f.bytes, f.size + 8, "eight bytes more");
    free(f.bytes);
}

static void test_every_flipped_bit_is_rejected(void)
{
    file f = small_file();
    for (size_t i = 0; i < f.size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            f.bytes[i] ^= (unsigned char)(1 << bit);
            check_rejected(f.bytes, f.size, "flipped bit");
            f.bytes[i] ^= (unsigned char)(1 << bit);
        }
    }
    CHECK_STATUS(bh_checkpoint_check(f.bytes, f.size, NULL), BH_OK);
    free(f.bytes);
}

// ---- headers made to harm, with a right checksum ----

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define META  "\"__metadata__\":{\"sha256\":\"" ZEROS "\"}"

// A file of that header and 16 bytes of data; the checksum goes into the (last) row of zeros.
static file craft(const char *header)
{
    size_t n = strlen(header);
    file f = {malloc(8 + n + 16), 8 + n + 16};
    for (int i = 0; i < 8; i++) f.bytes[i] = (unsigned char)((uint64_t)n >> (8 * i));
    memcpy(f.bytes + 8, header, n);
    memset(f.bytes + 8 + n, 0x11, 16);
    unsigned char *digits = NULL;
    for (size_t i = 0; i + 64 <= n; i++) {
        if (memcmp(f.bytes + 8 + i, ZEROS, 64) == 0) digits = f.bytes + 8 + i;
    }
    if (digits == NULL) return f;
    char hex[65];
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    bh_sha256_add(&sha, f.bytes, f.size);
    bh_sha256_end(&sha, hex);
    memcpy(digits, hex, 64);
    return f;
}

static void test_foreign_but_sound(void)
{
    static const char *const sound[] = {
        "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        " { " META
        " , \"a\" : {\"data_offsets\":[0, 16],\n\"shape\" : [ 2 , 2 ],\"dtype\":\"F32\" } } \t",
        "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1,2,2],\"data_offsets\":[0,16]}}",
        "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2,1,1,2],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[0,8]},"
        "\"b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[8,16]}," META "}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{},\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[4],"
        "\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"x\":\"y\",\"sha256\":\"" ZEROS "\",\"z\":\"\\u0041\"},"
        "\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
    };
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++) {
        file f = craft(sound[i]);
        bh_error err = {0};
        if (!CHECK_STATUS(bh_checkpoint_check(f.bytes, f.size, &err), BH_OK))
            printf("    %s: %s\n", sound[i], err.message);
        free(f.bytes);
    }
}

// Names of one hash, behind metadata with every sign that means something outside of strings.
static void test_names_of_one_hash(void)
{
    file f = craft("{\"__metadata__\":{\"sha256\":\"" ZEROS "\",\"}\":\"\\\"},{\\\\\"},"
                   "\"Aa\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]},"
                   "\"BB\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}}");
    float room[4] = {0};
    bh_tensor tensors[] = {bh_tensor_vector("BB", BH_F32, 1, room),
                           bh_tensor_vector("Aa", BH_F32, 3, room + 1)};
    char value[8];
    CHECK_STATUS(bh_checkpoint_check(f.bytes, f.size, NULL), BH_OK);
    CHECK_STATUS(bh_checkpoint_read(f.bytes, f.size, tensors, 2, NULL), BH_OK);
    for (int i = 0; i < 4; i++) CHECK(memcmp(&room[i], "\x11\x11\x11\x11", 4) == 0);
    CHECK(!bh_checkpoint_has(f.bytes, f.size, "C#"));
    CHECK(bh_checkpoint_entry_get(f.bytes, f.size, "}", value, sizeof value) == 1);
    CHECK_STRING(value, "\"},{\\");
    free(f.bytes);
}

#define TENSOR(body) "{" META ",\"a\":{" body "}}"
#define RECORD(shape, offsets) \
    TENSOR("\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets)

static void test_hostile_headers(void)
{
    static const char *const hostile[] = {
        // no header at all, or not one
        "",
        " ",
        "null",
        "[]",
        "{",
        "}",
        "{}",
        "{" META,
        "{" META "}x",
        "{" META "}{}",
        "{" META ",}",
        "{,}",
        "{" META "}", // no tensors for 16 bytes of data
        // offsets
        RECORD("[4]", "[0,15]"),
        RECORD("[4]", "[0,17]"),
        RECORD("[4]", "[16,0]"),
        RECORD("[3]", "[4,16]"),
        RECORD("[4]", "[0,18446744073709551615]"),
        RECORD("[4]", "[0,18446744073709551632]"),
        RECORD("[4]", "[18446744073709551600,18446744073709551616]"),
        RECORD("[4]", "[0,9007199254740993]"),
        RECORD("[4]", "[0]"),
        RECORD("[4]", "[0,8,16]"),
        RECORD("[4]", "[]"),
        RECORD("[4]", "[0,-16]"),
        RECORD("[4]", "[0,16.0]"),
        RECORD("[4]", "[0,1.6e1]"),
        RECORD("[4]", "[\"0\",\"16\"]"),
        RECORD("[3]", "[0,12]"),
        // shapes
        RECORD("[]", "[0,16]"),
        RECORD("[0]", "[0,0]"),
        RECORD("[0,4]", "[0,16]"),
        RECORD("[-4]", "[0,16]"),
        RECORD("[1,1,1,2,2]", "[0,16]"),
        RECORD("[1,2,0,2]", "[0,16]"),
        RECORD("[2,2,2]", "[0,16]"),
        RECORD("[1,2,2,-1]", "[0,16]"),
        RECORD("[65536,65536,65536,65536]", "[0,16]"),
        RECORD("[2147483648,2147483648,2,1]", "[0,16]"),
        RECORD("[1,3,6148914691236517207,1]", "[0,16]"),
        RECORD("[4294967296,4294967296]", "[0,16]"),
        RECORD("[4611686018427387908]", "[0,16]"),
        RECORD("[9007199254740991,9007199254740991]", "[0,16]"),
        RECORD("[2,9223372036854775810]", "[0,16]"),
        RECORD("[[4]]", "[0,16]"),
        RECORD("{}", "[0,16]"),
        RECORD("[4", "[0,16]"),
        RECORD("[4,]", "[0,16]"),
        RECORD("[,4]", "[0,16]"),
        // records
        TENSOR(""),
        TENSOR("\"dtype\":\"F32\""),
        TENSOR("\"shape\":[4],\"data_offsets\":[0,16]"),
        TENSOR("\"dtype\":\"F16\",\"shape\":[8],\"data_offsets\":[0,16]"),
        TENSOR("\"dtype\":\"\",\"shape\":[4],\"data_offsets\":[0,16]"),
        TENSOR("\"dtype\":\"FLOAT32FLOAT32\",\"shape\":[4],\"data_offsets\":[0,16]"),
        TENSOR("\"dtype\":7,\"shape\":[4],\"data_offsets\":[0,16]"),
        TENSOR("\"dtype\":{\"F32\":{}},\"shape\":[4],\"data_offsets\":[0,16]"),
        TENSOR("\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16],\"extra\":1"),
        TENSOR("\"a key far longer than any that a record has\":1"),
        "{" META ",\"a\":[]}",
        "{" META ",\"a\":7}",
        "{" META ",\"a\"}",
        "{" META ",a:{}}",
        // two tensors over one another, or with a hole between them
        "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
        "\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        "\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[4,16]}}",
        "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}",
        // a name twice, also where it is written otherwise
        "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}," META
        ",\"\\u0061\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}",
        // checksums: none where there must be one, short, twice
        "{\"__metadata__\":{\"format\":\"bellhop-1\"},\"a\":{\"dtype\":\"F32\",\"shape\":[4],"
        "\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"sha256\":\"\"},\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_"
        "offsets\":[0,16]}}",
        "{\"__metadata__\":{\"sha256\":\"0" ZEROS
        "\"},\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"sha256\":\"" ZEROS "\",\"sha256\":\"" ZEROS "\"},"
        "\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{" META "," META ",\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        // metadata
        "{\"__metadata__\":[],\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"sha256\":\"" ZEROS
        "\",\"n\":1},\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"sha256\":\"" ZEROS
        "\",\"n\":\"\\u00e9\"},\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"sha256\":\"" ZEROS
        "\",\"n\":\"\\u0000\"},\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"sha256\":\"" ZEROS
        "\",\"n\":\"\\x\"},\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"sha256\":\"" ZEROS
        "\",\"n\":\"\x01\"},\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"sha256\":\"" ZEROS "\",\"n\":\"",
        "{\"__metadata__\":{\"sha256\":\"" ZEROS "\",\"n\":\"\\",
        "{\"__metadata__\":{\"sha256\":\"" ZEROS "\",\"n\":\"\\u00",
        "{\"__metadata__\":{\"sha256\":\"" ZEROS "\",\"n\":{\"deep\":\"er\"}},\"a\":{\"dtype\":"
        "\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        file f = craft(hostile[i]);
        check_rejected(f.bytes, f.size, hostile[i]);
        free(f.bytes);
    }
}

static void test_header_lengths(void)
{
    file f = small_file();
    const uint64_t lengths[] = {0,
                                1,
                                7,
                                f.size - 8,
                                f.size - 7,
                                f.size,
                                1u << 31,
                                (uint64_t)1 << 32,
                                (uint64_t)1 << 63,
                                UINT64_MAX,
                                UINT64_MAX - 7,
                                UINT64_MAX - 8,
                                UINT64_MAX - f.size};
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        for (int i = 0; i < 8; i++) f.bytes[i] = (unsigned char)(lengths[k] >> (8 * i));
        check_rejected(f.bytes, f.size, "header length");
    }
    free(f.bytes);
}

// Any letter of a sound header changed, the checksum made right again: what still passes as a
// checkpoint is read without harm or does not fit.
static void test_changed_headers(void)
{
    static const char letters[] = "0129[]{},:\"-x \\";
    const char *header =
        "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1,2,1,2],\"data_offsets\":[0,16]}}";
    char changed[256];
    int n_sound = 0;
    for (size_t i = 0; i < strlen(header); i++) {
        for (const char *letter = letters; *letter != '\0'; letter++) {
            strcpy(changed, header);
            changed[i] = *letter;
            file f = craft(changed);
            float room[4] = {7, 7, 7, 7};
            const bh_tensor t = bh_tensor_conv2d("a", BH_F32, 1, 2, 1, 2, room);
            if (bh_checkpoint_check(f.bytes, f.size, NULL) == BH_OK) {
                n_sound++;
                bh_status status = bh_checkpoint_read(f.bytes, f.size, &t, 1, NULL);
                CHECK(status == BH_OK || (status == BH_ERR_SHAPE && room[0] == 7 && room[3] == 7));
            }
            free(f.bytes);
        }
    }
    CHECK(n_sound > 20 &&
          n_sound < 300); // those left as they were, spaces, other names, also of the checksum
}

// Deep nesting costs no stack, long strings no memory.
static void test_large_junk(void)
{
    enum { LONG = 100000 };
    static const char fillings[] = "[{\"x ";
    char *header = malloc(LONG + 200);
    for (const char *c = fillings; *c != '\0'; c++) {
        for (int where = 0; where < 3; where++) {
            int n = sprintf(header, "%s",
                            where == 0   ? ""
                            : where == 1 ? "{" META ",\"a\":"
                                         : "{\"__metadata__\":{\"k\":\"");
            memset(header + n, *c, LONG);
            header[n + LONG] = '\0';
            file f = craft(header);
            check_rejected(f.bytes, f.size, "junk");
            free(f.bytes);
        }
    }
    free(header);
}

static void test_has(void)
{
    float w[2] = {1, 2};
    unsigned char bytes[1024];
    bh_tensor t = bh_tensor_vector("fc.bias", BH_F32, 2, w);
    size_t size =
        bh_checkpoint_write(bytes, sizeof bytes, &t, 1, &(bh_checkpoint_entry){"fc", "x"}, 1);
    CHECK_STATUS(bh_checkpoint_check(bytes, size, NULL), BH_OK);
    CHECK(bh_checkpoint_has(bytes, size, "fc.bias") == 1);
    CHECK(bh_checkpoint_has(bytes, size, "fc.bia") == 0 &&
          bh_checkpoint_has(bytes, size, "fc") == 0);
    CHECK(bh_checkpoint_has(bytes, size, "__metadata__") == 0);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_layout_byte_by_byte);
    CHECK_RUN(test_short_buffers);
    CHECK_RUN(test_round_trip);
    CHECK_RUN(test_orders);
    CHECK_RUN(test_own_walk);
    CHECK_RUN(test_values_keep_their_bits);
    CHECK_RUN(test_misfits);
    CHECK_RUN(test_metadata);
    CHECK_RUN(test_fingerprint);
    CHECK_RUN(test_every_prefix_is_rejected);
    CHECK_RUN(test_longer_is_rejected);
    CHECK_RUN(test_every_flipped_bit_is_rejected);
    CHECK_RUN(test_foreign_but_sound);
    CHECK_RUN(test_names_of_one_hash);
    CHECK_RUN(test_hostile_headers);
    CHECK_RUN(test_header_lengths);
    CHECK_RUN(test_changed_headers);
    CHECK_RUN(test_large_junk);
    CHECK_RUN(test_has);
    return check_report();
}
