// SPDX-License-Identifier: MIT
// Checkpoints: writing and reading safetensors.
//
// The reader walks the header with a cursor that never moves past the end; the grammar it accepts
// is the part of JSON that safetensors uses. Everything it learns is checked before it is used.
#include "io/checkpoint.h"

#include "core/text.h"
#include "io/sha256.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define PREFIX 8 // bytes of the header's length
#define DIGITS 64

static const struct {
    const char *name;
    size_t bytes;
} dtypes[] = {[BH_F32] = {"F32", 4}, [BH_F64] = {"F64", 8}, [BH_U8] = {"U8", 1},
              [BH_I32] = {"I32", 4}, [BH_U32] = {"U32", 4}, [BH_U64] = {"U64", 8}};

// ---- tensors ----

// A tensor of that shape; memory is (P,C,O), the file's order (O,C,P).
static bh_tensor make_tensor(const char *name, bh_dtype dtype, int rank, const int *shape, int O,
                             int C, int P, void *data)
{
    bh_tensor t = {.dtype = dtype,
                   .rank = rank,
                   .shape = {1, 1, 1, 1},
                   .extent = {1, O, C, P},
                   .stride = {0, 1, O, O * C},
                   .data = data};
    memcpy(t.shape, shape, (size_t)rank * sizeof *shape);
    size_t length = strlen(name);
    assert(length < sizeof t.name && O > 0 && C > 0 && P > 0);
    memcpy(t.name, name, length);
    return t;
}

bh_tensor bh_tensor_vector(const char *name, bh_dtype dtype, int n, void *data)
{
    return make_tensor(name, dtype, 1, (int[]){n}, 1, 1, n, data);
}

bh_tensor bh_tensor_matrix(const char *name, bh_dtype dtype, int rows, int columns, void *data)
{
    return make_tensor(name, dtype, 2, (int[]){rows, columns}, 1, 1, rows * columns, data);
}

bh_tensor bh_tensor_rows(const char *name, bh_dtype dtype, int rows, int columns, int stride,
                         void *data)
{
    bh_tensor t = bh_tensor_matrix(name, dtype, rows, columns, data);
    memcpy(t.extent, (int[]){1, 1, rows, columns}, sizeof t.extent);
    memcpy(t.stride, (int[]){0, 0, stride, 1}, sizeof t.stride);
    return t;
}

bh_tensor bh_tensor_linear(const char *name, bh_dtype dtype, int O, int I, void *data)
{
    return make_tensor(name, dtype, 2, (int[]){O, I}, O, I, 1, data);
}

bh_tensor bh_tensor_linear_map(const char *name, bh_dtype dtype, int O, int C, int P, void *data)
{
    return make_tensor(name, dtype, 2, (int[]){O, C * P}, O, C, P, data);
}

bh_tensor bh_tensor_conv2d(const char *name, bh_dtype dtype, int O, int C, int KH, int KW,
                           void *data)
{
    return make_tensor(name, dtype, 4, (int[]){O, C, KH, KW}, O, C, KH * KW, data);
}

static size_t tensor_count(const bh_tensor *t)
{
    size_t n = 1, walked = 1;
    for (int i = 0; i < t->rank; i++) n *= (size_t)t->shape[i];
    for (int i = 0; i < BH_TENSOR_RANK_MAX; i++) walked *= (size_t)t->extent[i];
    assert(t->rank >= 1 && t->rank <= BH_TENSOR_RANK_MAX && n == walked);
    (void)walked; // without assertions
    return n;
}

static size_t tensor_bytes(const bh_tensor *t)
{
    return tensor_count(t) * dtypes[t->dtype].bytes;
}

// A walk over a tensor's elements in the file's order.
typedef struct place {
    const bh_tensor *t;
    unsigned char *at;
    int index[BH_TENSOR_RANK_MAX];
} place;

static place first_place(const bh_tensor *t)
{
    return (place){.t = t, .at = t->data};
}

// Elements from there on that follow each other in memory too.
static size_t run_of(const place *p)
{
    enum { LAST = BH_TENSOR_RANK_MAX - 1 };
    return p->t->stride[LAST] == 1 ? (size_t)(p->t->extent[LAST] - p->index[LAST]) : 1;
}

// After a run of n of them. After the last one comes the first again.
static void next_place(place *p, size_t n)
{
    ptrdiff_t bytes = (ptrdiff_t)dtypes[p->t->dtype].bytes;
    p->at += (ptrdiff_t)(n - 1) * bytes;
    p->index[BH_TENSOR_RANK_MAX - 1] += (int)n - 1;
    for (int i = BH_TENSOR_RANK_MAX - 1; i >= 0; i--) {
        ptrdiff_t step = p->t->stride[i] * bytes;
        if (++p->index[i] < p->t->extent[i]) {
            p->at += step;
            return;
        }
        p->at -= step * (p->t->extent[i] - 1);
        p->index[i] = 0;
    }
}

// Numbers are little-endian in the file whatever the machine.
static void copy_elements(unsigned char *out, const unsigned char *in, size_t bytes, size_t n)
{
    const uint16_t probe = 1;
    if (*(const unsigned char *)&probe) {
        memcpy(out, in, n * bytes);
        return;
    }
    for (size_t i = 0; i < n * bytes; i++) out[i] = in[i - i % bytes + bytes - 1 - i % bytes];
}

// ---- writing ----

static void write_header(bh_text *out, const bh_tensor *tensors, int n_tensors,
                         const bh_checkpoint_entry *entries, int n_entries)
{
    bh_text_add(out, "{\"__metadata__\":{\"sha256\":\"%064d\"", 0);
    for (int i = 0; i < n_entries; i++) {
        bh_text_add(out, ",");
        bh_text_add_json(out, entries[i].key);
        bh_text_add(out, ":");
        bh_text_add_json(out, entries[i].value);
    }
    bh_text_add(out, "}");
    size_t at = 0;
    for (int i = 0; i < n_tensors; i++) {
        const bh_tensor *t = &tensors[i];
        bh_text_add(out, ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%d", t->name, dtypes[t->dtype].name,
                    t->shape[0]);
        for (int j = 1; j < t->rank; j++) bh_text_add(out, ",%d", t->shape[j]);
        bh_text_add(out, "],\"data_offsets\":[%zu,%zu]}", at, at + tensor_bytes(t));
        at += tensor_bytes(t);
    }
    bh_text_add(out, "}");
    while (out->length % 8 != 0)
        bh_text_add(out, " "); // data starts aligned, as the format advises
}

static void checksum(const unsigned char *bytes, size_t size, size_t digits_at,
                     char hex[DIGITS + 1])
{
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    bh_sha256_add(&sha, bytes, digits_at);
    bh_sha256_add(&sha, zeros, DIGITS);
    bh_sha256_add(&sha, bytes + digits_at + DIGITS, size - digits_at - DIGITS);
    bh_sha256_end(&sha, hex);
}

size_t bh_checkpoint_write(void *out, size_t size, const bh_tensor *tensors, int n_tensors,
                           const bh_checkpoint_entry *entries, int n_entries)
{
    size_t data_bytes = 0;
    if (n_tensors < 1 || n_entries < 0) return 0;
    for (int i = 0; i < n_tensors; i++) data_bytes += tensor_bytes(&tensors[i]);
    assert(data_bytes > 0);
    bh_text measure = bh_text_over(NULL, 0);
    write_header(&measure, tensors, n_tensors, entries, n_entries);
    size_t header_bytes = measure.length, total = PREFIX + header_bytes + data_bytes;
    if (total > size) return total;

    unsigned char *file = out;
    for (int i = 0; i < PREFIX; i++) file[i] = (unsigned char)((uint64_t)header_bytes >> (8 * i));
    // The header's NUL lands on the first data byte, which is written after it.
    bh_text header = bh_text_over((char *)file + PREFIX, size - PREFIX);
    write_header(&header, tensors, n_tensors, entries, n_entries);
    unsigned char *at = file + PREFIX + header_bytes;
    for (int i = 0; i < n_tensors; i++) {
        size_t n = tensor_count(&tensors[i]), bytes = dtypes[tensors[i].dtype].bytes;
        place from = first_place(&tensors[i]);
        for (size_t j = 0, run; j < n; j += run, at += run * bytes, next_place(&from, run)) {
            run = run_of(&from);
            copy_elements(at, from.at, bytes, run);
        }
    }
    size_t digits_at = PREFIX + strlen("{\"__metadata__\":{\"sha256\":\"");
    char hex[DIGITS + 1];
    checksum(file, total, digits_at, hex);
    memcpy(file + digits_at, hex, DIGITS);
    return total;
}

void bh_checkpoint_fingerprint(const bh_tensor *tensors, int n_tensors, char hex[65])
{
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    for (int i = 0; i < n_tensors; i++) {
        size_t n = tensor_count(&tensors[i]), bytes = dtypes[tensors[i].dtype].bytes;
        place from = first_place(&tensors[i]);
        for (size_t j = 0, run; j < n; j += run, next_place(&from, run)) {
            unsigned char little[512];
            run = run_of(&from);
            if (run > sizeof little / bytes) run = sizeof little / bytes;
            copy_elements(little, from.at, bytes, run);
            bh_sha256_add(&sha, little, run * bytes);
        }
    }
    bh_sha256_end(&sha, hex);
}

// ---- reading: a cursor over the header ----

typedef struct cursor {
    const char *at, *end;
} cursor;

static inline void skip_spaces(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t' || *c->at == '\r'))
        c->at++;
}

static inline int accept(cursor *c, char wanted)
{
    skip_spaces(c);
    if (c->at >= c->end || *c->at != wanted) return 0;
    c->at++;
    return 1;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The character after a backslash; -1 when it is no escape this file's writer makes.
static int read_escape(cursor *c)
{
    static const char letters[] = "\"\\/nrtbf", meant[] = "\"\\/\n\r\t\b\f";
    if (c->at >= c->end) return -1;
    char letter = *c->at++;
    const char *known = strchr(letters, letter);
    if (letter != '\0' && known != NULL) return meant[known - letters];
    if (letter != 'u' || c->end - c->at < 4) return -1;
    int code = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(*c->at++);
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return code > 0 && code < 0x80 ? code : -1; // others are written as plain UTF-8
}

// A string into out; 0 when it is malformed or longer than size - 1.
static int read_string(cursor *c, char *out, size_t size)
{
    if (size == 0 || !accept(c, '"')) return 0;
    size_t n = 0;
    while (c->at < c->end && *c->at != '"') {
        int letter = (unsigned char)*c->at++;
        if (letter == '\\') letter = read_escape(c);
        else if (letter < 0x20) return 0;
        if (letter < 0 || n + 1 >= size) return 0;
        out[n++] = (char)letter;
    }
    out[n] = '\0';
    return accept(c, '"');
}

// A whole number below 2^53.
static int read_size(cursor *c, size_t *out)
{
    skip_spaces(c);
    uint64_t n = 0;
    const char *start = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
        n = n * 10 + (uint64_t)(*c->at++ - '0');
        if (n >> 53 != 0 || n > SIZE_MAX) return 0;
    }
    *out = (size_t)n;
    return c->at > start;
}

// An array of at most `max` whole numbers; returns how many, -1 when malformed.
static int read_sizes(cursor *c, size_t *out, int max)
{
    if (!accept(c, '[')) return -1;
    if (accept(c, ']')) return 0;
    for (int n = 0; n < max;) {
        if (!read_size(c, &out[n++])) return -1;
        if (accept(c, ']')) return n;
        if (!accept(c, ',')) return -1;
    }
    return -1;
}

// What the header says of one tensor.
typedef struct record {
    char name[BH_TENSOR_NAME_MAX];
    char dtype[8];
    int rank;
    size_t shape[BH_TENSOR_RANK_MAX];
    size_t offsets[2];
} record;

static int read_record(cursor *c, record *r)
{
    int seen = 0;
    if (!accept(c, '{')) return 0;
    do {
        char key[16];
        if (!read_string(c, key, sizeof key) || !accept(c, ':')) return 0;
        if (strcmp(key, "dtype") == 0) {
            if (!read_string(c, r->dtype, sizeof r->dtype)) return 0;
            seen |= 1;
        } else if (strcmp(key, "shape") == 0) {
            r->rank = read_sizes(c, r->shape, BH_TENSOR_RANK_MAX);
            if (r->rank < 0) return 0;
            seen |= 2;
        } else if (strcmp(key, "data_offsets") == 0) {
            if (read_sizes(c, r->offsets, 2) != 2) return 0;
            seen |= 4;
        } else {
            return 0;
        }
    } while (accept(c, ','));
    return accept(c, '}') && seen == 7;
}

// Walks the header. Calls `entry` for each metadata pair and `tensor` for each record (either may
// be NULL); a non-zero answer stops the walk. Returns 1 when the header was well-formed or stopped.
typedef struct visitor {
    int (*entry)(void *user, const char *key, cursor value);
    int (*tensor)(void *user, const record *r);
    void *user;
} visitor;

static int walk_metadata(cursor *c, const visitor *v, int *stopped)
{
    if (!accept(c, '{')) return 0;
    if (accept(c, '}')) return 1;
    do {
        char key[BH_TENSOR_NAME_MAX], value[2048];
        if (!read_string(c, key, sizeof key) || !accept(c, ':')) return 0;
        cursor start = *c;
        if (!read_string(c, value, sizeof value)) return 0;
        if (v->entry != NULL && v->entry(v->user, key, start)) {
            *stopped = 1;
            return 1;
        }
    } while (accept(c, ','));
    return accept(c, '}');
}

static int walk(const unsigned char *bytes, size_t header_bytes, const visitor *v)
{
    cursor c = {(const char *)bytes + PREFIX, (const char *)bytes + PREFIX + header_bytes};
    int stopped = 0;
    if (!accept(&c, '{')) return 0;
    do {
        record r = {0};
        if (!read_string(&c, r.name, sizeof r.name) || !accept(&c, ':')) return 0;
        if (strcmp(r.name, "__metadata__") == 0) {
            if (!walk_metadata(&c, v, &stopped)) return 0;
        } else {
            if (!read_record(&c, &r)) return 0;
            stopped = v->tensor != NULL && v->tensor(v->user, &r);
        }
        if (stopped) return 1;
    } while (accept(&c, ','));
    if (!accept(&c, '}')) return 0;
    skip_spaces(&c);
    return c.at == c.end;
}

// As the first bytes say.
static uint64_t announced_size(const unsigned char *bytes)
{
    uint64_t n = 0;
    for (int i = 0; i < PREFIX; i++) n |= (uint64_t)bytes[i] << (8 * i);
    return n;
}

static size_t header_size(const unsigned char *bytes)
{
    uint64_t n = announced_size(bytes);
    return n > SIZE_MAX - PREFIX ? SIZE_MAX - PREFIX : (size_t)n;
}

// ---- checking ----

typedef struct search {
    const char *name;
    record found;
    int is_found;
} search;

static int search_tensor(void *user, const record *r)
{
    search *s = user;
    if (strcmp(r->name, s->name) != 0) return 0;
    s->found = *r;
    return s->is_found = 1;
}

typedef struct check {
    const unsigned char *bytes;
    size_t data_bytes, expected_offset;
    size_t digits_at; // of the checksum, 0 when there is none
    int is_ours;
    size_t header_bytes;
    int n_tensors;
    uint32_t hashes[BH_TENSORS_FILE_MAX]; // of their names
    int is_bad;
} check;

static int check_entry(void *user, const char *key, cursor value)
{
    check *k = user;
    k->is_ours |= strcmp(key, "format") == 0 && accept(&value, '"') && value.end - value.at > 7 &&
                  memcmp(value.at, "bellhop", 7) == 0;
    if (strcmp(key, "sha256") != 0) return 0;
    if (k->digits_at != 0) return k->is_bad = 1; // which of the two would count?
    if (accept(&value, '"') && value.end - value.at > DIGITS && value.at[DIGITS] == '"') {
        k->digits_at = (size_t)((const unsigned char *)value.at - k->bytes);
    }
    return k->is_bad |= k->digits_at == 0;
}

// Whether one of that name came before: which of the two would count? Only where a name has the hash of another one are all
// looked at: a file has some hundred names.
static int is_repeated(check *k, const record *r)
{
    uint32_t hash = 0;
    for (const char *c = r->name; *c != '\0'; c++) hash = hash * 31 + (unsigned char)*c;
    search first = {.name = r->name};
    for (int i = 0; i < k->n_tensors && !first.is_found; i++) {
        if (k->hashes[i] == hash)
            walk(k->bytes, k->header_bytes, &(visitor){NULL, search_tensor, &first});
    }
    k->hashes[k->n_tensors++] = hash;
    return first.is_found && first.found.offsets[0] != r->offsets[0];
}

static int check_tensor(void *user, const record *r)
{
    check *k = user;
    int known = -1;
    for (int i = 0; i < (int)(sizeof dtypes / sizeof *dtypes); i++) {
        if (strcmp(r->dtype, dtypes[i].name) == 0) known = i;
    }
    size_t bytes = known >= 0 ? dtypes[known].bytes : 0;
    for (int i = 0; i < r->rank; i++) {
        if (r->shape[i] == 0 || bytes > SIZE_MAX / r->shape[i]) bytes = 0;
        bytes *= r->shape[i];
    }
    k->is_bad = k->n_tensors == BH_TENSORS_FILE_MAX || is_repeated(k, r) || bytes == 0 ||
                r->rank == 0 || r->offsets[0] != k->expected_offset ||
                r->offsets[1] - r->offsets[0] != bytes || r->offsets[1] < r->offsets[0];
    k->expected_offset = r->offsets[1];
    return k->is_bad;
}

bh_status bh_checkpoint_check(const void *bytes, size_t size, bh_error *err)
{
    if (size < PREFIX) {
        return bh_fail(err, BH_ERR_FORMAT,
                       "the checkpoint has %zu bytes, but a safetensors file has at least %d", size,
                       PREFIX);
    }
    size_t header_bytes = header_size(bytes);
    if (header_bytes > size - PREFIX) {
        return bh_fail(
            err, BH_ERR_FORMAT,
            "the checkpoint is cut short or is not a safetensors file: its header should have "
            "%llu bytes, but only %zu follow",
            (unsigned long long)announced_size(bytes), size - PREFIX);
    }
    check k = {
        .bytes = bytes, .data_bytes = size - PREFIX - header_bytes, .header_bytes = header_bytes};
    if (!walk(bytes, header_bytes, &(visitor){check_entry, check_tensor, &k}) || k.is_bad) {
        return bh_fail(err, BH_ERR_FORMAT, "the checkpoint's header is damaged");
    }
    if (k.expected_offset != k.data_bytes) {
        return bh_fail(
            err, BH_ERR_FORMAT,
            "the checkpoint is cut short or has bytes too many: %zu bytes of data, but its header "
            "speaks of %zu",
            k.data_bytes, k.expected_offset);
    }
    if (k.digits_at == 0 && !k.is_ours) return BH_OK;
    if (k.digits_at == 0) {
        return bh_fail(err, BH_ERR_FORMAT,
                       "the checkpoint is damaged: it is Bellhop's, but has no checksum");
    }
    char hex[DIGITS + 1];
    checksum(bytes, size, k.digits_at, hex);
    if (memcmp(hex, (const char *)bytes + k.digits_at, DIGITS) != 0) {
        return bh_fail(err, BH_ERR_FORMAT,
                       "the checkpoint is damaged: its checksum does not match");
    }
    return BH_OK;
}

// ---- looking up ----

typedef struct lookup {
    const char *key;
    char *out;
    size_t out_size;
    int found;
} lookup;

static int lookup_entry(void *user, const char *key, cursor value)
{
    lookup *l = user;
    if (strcmp(key, l->key) != 0) return 0;
    l->found = read_string(&value, l->out, l->out_size) ? 1 : -1;
    return 1;
}

int bh_checkpoint_entry_get(const void *bytes, size_t size, const char *key, char *out,
                            size_t out_size)
{
    (void)size;
    lookup l = {key, out, out_size, 0};
    walk(bytes, header_size(bytes), &(visitor){lookup_entry, NULL, &l});
    return l.found;
}

// "F32 of 3 x 2"
static void describe(char *out, size_t size, const char *dtype, int rank, const size_t *shape)
{
    bh_text text = bh_text_over(out, size);
    bh_text_add(&text, "%s of %zu", dtype, shape[0]);
    for (int i = 1; i < rank; i++) bh_text_add(&text, " x %zu", shape[i]);
}

int bh_checkpoint_has(const void *bytes, size_t size, const char *name)
{
    (void)size;
    search s = {.name = name};
    walk(bytes, header_size(bytes), &(visitor){NULL, search_tensor, &s});
    return s.is_found;
}

const void *bh_checkpoint_bytes(const void *bytes, const char *name, size_t *n)
{
    search s = {.name = name};
    walk(bytes, header_size(bytes), &(visitor){NULL, search_tensor, &s});
    *n = s.found.shape[0];
    if (!s.is_found || s.found.rank != 1 || strcmp(s.found.dtype, "U8") != 0) return NULL;
    return (const unsigned char *)bytes + PREFIX + header_size(bytes) + s.found.offsets[0];
}

static bh_status find_tensor(const void *bytes, const bh_tensor *t, record *out, bh_error *err)
{
    search s = {.name = t->name};
    walk(bytes, header_size(bytes), &(visitor){NULL, search_tensor, &s});
    if (!s.is_found) {
        return bh_fail(err, BH_ERR_SHAPE, "the checkpoint has no tensor '%s'", t->name);
    }
    const record *r = &s.found;
    size_t shape[BH_TENSOR_RANK_MAX];
    int same = r->rank == t->rank && strcmp(r->dtype, dtypes[t->dtype].name) == 0;
    for (int i = 0; i < t->rank; i++) {
        shape[i] = (size_t)t->shape[i];
        same = same && r->shape[i] == shape[i];
    }
    if (!same) {
        char theirs[80], own[80];
        describe(theirs, sizeof theirs, r->dtype, r->rank, r->shape);
        describe(own, sizeof own, dtypes[t->dtype].name, t->rank, shape);
        return bh_fail(err, BH_ERR_SHAPE, "tensor '%s' of the checkpoint is %s, but here it is %s",
                       t->name, theirs, own);
    }
    *out = s.found;
    return BH_OK;
}

bh_status bh_checkpoint_read(const void *bytes, size_t size, const bh_tensor *tensors,
                             int n_tensors, bh_error *err)
{
    (void)size;
    record r;
    if (n_tensors < 0) return bh_fail(err, BH_ERR_ARGUMENT, "n is %d", n_tensors);
    for (int i = 0; i < n_tensors; i++) {
        bh_status status = find_tensor(bytes, &tensors[i], &r, err);
        if (status != BH_OK) return status;
    }
    const unsigned char *data = (const unsigned char *)bytes + PREFIX + header_size(bytes);
    for (int i = 0; i < n_tensors; i++) {
        if (n_tensors > 1) find_tensor(bytes, &tensors[i], &r, NULL); // one is found already
        size_t n = tensor_count(&tensors[i]), element_bytes = dtypes[tensors[i].dtype].bytes;
        const unsigned char *in = data + r.offsets[0];
        place to = first_place(&tensors[i]);
        for (size_t j = 0, run; j < n; j += run, in += run * element_bytes, next_place(&to, run)) {
            run = run_of(&to);
            copy_elements(to.at, in, element_bytes, run);
        }
    }
    return BH_OK;
}
