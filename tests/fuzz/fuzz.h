// SPDX-License-Identifier: MIT
// What the fuzz targets in C share. A target is one function; what fails aborts.
//
//     int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
//     {
//         REQUIRE(size < 2 || ...);
//         return 0;
//     }
#pragma once

#include "core/alloc.h"
#include "core/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(x)                                                          \
    do {                                                                    \
        if (!(x)) {                                                         \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #x); \
            abort();                                                        \
        }                                                                   \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/// A copy of exactly that size, so that a sanitizer sees any step past the end. A caller frees it.
static inline void *copy_of(const void *bytes, size_t n)
{
    void *copy = malloc(n > 0 ? n : 1);
    REQUIRE(copy != NULL);
    return n > 0 ? memcpy(copy, bytes, n) : copy;
}

/// A failure has a sentence.
static inline void require_sentence(bh_status status, const bh_error *err)
{
    REQUIRE(status == BH_OK || (status < 0 && err->status == status));
    REQUIRE(status == BH_OK ||
            (err->message[0] != '\0' && strlen(err->message) < sizeof err->message));
}

/// From here on a single block has at most so many bytes, and more is out of memory: an input may
/// ask for any size that the tables allow.
void limit_blocks(size_t bytes);
