// SPDX-License-Identifier: MIT
// The bytes of a full checkpoint: signed anew after a change, its tensors' data by name, random changes.
//
//     memcpy(file_data(f, "state/agent/replay/size", &size), &n, sizeof n);
//     file_sign(f); // the checksum is right again
#pragma once

#include "core/rng.h"
#include "io/sha256.h"
#include "rl/run.h"

#include "check.h"

#include <limits.h>
#include <stdlib.h>

typedef struct file {
    unsigned char *bytes;
    size_t size;
} file;

/// The full checkpoint of a run; its bytes are the caller's.
static inline file save_run(bh_run *run)
{
    file f = {0};
    size_t n;
    CHECK_STATUS(bh_run_save_full(run, NULL, 0, &f.size, NULL), BH_OK);
    f.bytes = malloc(f.size);
    CHECK_STATUS(bh_run_save_full(run, f.bytes, f.size, &n, NULL), BH_OK);
    CHECK(f.size > 0 && n == f.size);
    return f;
}

static inline size_t file_header(file f)
{
    return f.bytes[0] + 256u * f.bytes[1] + 65536u * f.bytes[2];
}

/// The checksum stands first in a header (io/checkpoint.c).
static inline void file_sign(file f)
{
    static const char start[] = "{\"__metadata__\":{\"sha256\":\"";
    char *digits = (char *)f.bytes + 8 + sizeof start - 1, hex[65];
    memset(digits, '0', 64);
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    bh_sha256_add(&sha, f.bytes, f.size);
    bh_sha256_end(&sha, hex);
    memcpy(digits, hex, 64);
}

/// The data of a tensor, by the header.
static inline unsigned char *file_data(file f, const char *name, size_t *size)
{
    char key[80];
    snprintf(key, sizeof key, "\"%s\":", name);
    char *at = strstr((char *)f.bytes + 8, key);
    if (!CHECK(at != NULL)) return NULL;
    unsigned long from, to;
    CHECK(sscanf(strstr(at, "offsets\":["), "offsets\":[%lu,%lu", &from, &to) == 2);
    *size = to - from;
    return f.bytes + 8 + file_header(f) + from;
}

/// Changes a number of a tensor, each tensor as likely: one byte of it, or a whole number at the edge of something.
static inline void file_mutate_data(file f, bh_rng *rng)
{
    unsigned long from = 0, to = 0, n = 0;
    unsigned char *data = f.bytes + 8 + file_header(f);
    for (char *at = (char *)f.bytes + 8; at < (char *)data; at++) {
        if (memcmp(at, "offsets\":[", 10) != 0 || bh_rng_below(rng, (uint32_t)++n) != 0) continue;
        CHECK(sscanf(at, "offsets\":[%lu,%lu", &from, &to) == 2);
    }
    static const int edges[] = {0,    1,         -1,        2,          7,         255,
                                4096, INT32_MAX, INT32_MIN, 0x7fc00000, 0x42c80000};
    int edge = edges[bh_rng_below(rng, sizeof edges / sizeof *edges)];
    unsigned long at = from + bh_rng_below(rng, (uint32_t)(to - from));
    if (bh_rng_below(rng, 2) == 0 || to - from < 4)
        data[at] = (unsigned char)bh_rng_below(rng, 256);
    else
        memcpy(data + from + (at - from) / 4 * 4, &edge,
               to - at >= 4 || (at - from) % 4 == 0 ? 4 : 0);
}

/// Changes a character of the header behind the checksum: of a name, a shape, a place, an option; a digit
/// into another one as often as not.
static inline void file_mutate_header(file f, bh_rng *rng)
{
    static const char others[] = "0123456789-.,:{}[]\"\\ eE_/aFtU\x01\xff";
    size_t first = strlen("{\"__metadata__\":{\"sha256\":\"") + 64;
    char *at = (char *)f.bytes + 8 + first + bh_rng_below(rng, (uint32_t)(file_header(f) - first));
    for (int i = 0; i < 40 && bh_rng_below(rng, 2) == 0 && (*at < '0' || *at > '9'); i++)
        at = (char *)f.bytes + 8 + first + bh_rng_below(rng, (uint32_t)(file_header(f) - first));
    *at = others[bh_rng_below(rng, *at >= '0' && *at <= '9' ? 10 : sizeof others - 1)];
}

/// A few changes of either kind, with the right checksum.
static inline void file_mutate(file f, bh_rng *rng)
{
    int in_header = bh_rng_below(rng, 4) == 0;
    for (int k = 0; k < (in_header ? 1 : 3); k++) {
        if (in_header) file_mutate_header(f, rng);
        else file_mutate_data(f, rng);
    }
    file_sign(f);
}
