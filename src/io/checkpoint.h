// SPDX-License-Identifier: MIT
// Checkpoints: safetensors files (8-byte little-endian header length, JSON header, raw data).
//
// Tensors keep the names and shapes PyTorch would give them; metadata are strings. The entry
// "sha256" of the metadata is the SHA-256 of the whole file with those 64 digits read as '0', so a
// damaged file is told from a good one. Reading is safe for untrusted input: any bytes, truncated
// or changed in any place, give BH_ERR_FORMAT and a sentence, and nothing is written.
//
//     bh_checkpoint_entry meta[] = {{"env", "CartPole-v1"}};
//     size_t bytes = bh_checkpoint_write(NULL, 0, tensors, n, meta, 1);   // ask for the size
//     ...allocate...; bh_checkpoint_write(file, bytes, tensors, n, meta, 1);
#pragma once

#include "core/status.h"

#include <stddef.h>

typedef enum bh_dtype {
    BH_F32,
    BH_F64,
} bh_dtype;

#define BH_TENSOR_NAME_MAX 64
#define BH_TENSORS_MAX     64 ///< in one checkpoint

/// A named array. `data` is borrowed.
typedef struct bh_tensor {
    char name[BH_TENSOR_NAME_MAX];
    bh_dtype dtype;
    int rank;       ///< 1 or 2
    int shape[2];   ///< as the file has it
    int transposed; ///< memory holds shape[1] x shape[0]: swapped on the way in and out
    void *data;
} bh_tensor;

/// A metadata string. Both are borrowed.
typedef struct bh_checkpoint_entry {
    const char *key;
    const char *value;
} bh_checkpoint_entry;

/// Writes a checkpoint into `out`, and returns the bytes it takes. When that is more than `size`,
/// the content of `out` is not a checkpoint. At least one tensor; entries must not be named "sha256".
BH_API size_t bh_checkpoint_write(void *out, size_t size, const bh_tensor *tensors, int n_tensors,
                                  const bh_checkpoint_entry *entries, int n_entries);

/// Checks that the bytes are a whole, undamaged checkpoint.
BH_API bh_status bh_checkpoint_check(const void *bytes, size_t size, bh_error *err);

/// Copies a metadata string (JSON escapes decoded), at most `out_size` bytes with its NUL. Returns 1, 0 when
/// there is no such key, -1 when it does not fit. The bytes must have passed bh_checkpoint_check.
BH_API int bh_checkpoint_entry_get(const void *bytes, size_t size, const char *key, char *out,
                                   size_t out_size);

/// Fills the data of every given tensor from the file. BH_ERR_SHAPE names the first one that the file
/// lacks or has in another shape or dtype; then no data has been written. The bytes must have
/// passed bh_checkpoint_check.
BH_API bh_status bh_checkpoint_read(const void *bytes, size_t size, const bh_tensor *tensors,
                                    int n_tensors, bh_error *err);

/// SHA-256 over the tensors' bytes as they stand in a checkpoint's data section, one after the other:
/// the fingerprint of parameters. 64 hex digits and a NUL.
BH_API void bh_checkpoint_fingerprint(const bh_tensor *tensors, int n_tensors, char hex[65]);
