// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4): the checksum of checkpoints and the fingerprint of parameters.
#pragma once

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct bh_sha256 {
    uint32_t h[8];
    uint64_t bytes;
    unsigned char block[64];
} bh_sha256;

BH_API void bh_sha256_begin(bh_sha256 *sha);
BH_API void bh_sha256_add(bh_sha256 *sha, const void *data, size_t bytes);
/// Writes 64 lower-case hex digits and a NUL.
BH_API void bh_sha256_end(bh_sha256 *sha, char hex[65]);
