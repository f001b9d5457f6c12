// SPDX-License-Identifier: MIT
// Checkpoints: safetensors files (8-byte little-endian header length, JSON header, raw data).
//
// Tensors keep the names and shapes PyTorch would give them; metadata are strings. The entry
// "sha256" of the metadata is the SHA-256 of the whole file with those 64 digits read as '0', so a
// damaged file is told from a good one. A file without it is accepted where it does not say either that
// it is Bellhop's (an entry "format" that begins with "bellhop"). Reading is safe for untrusted input: any bytes, truncated
// or changed in any place, give BH_ERR_FORMAT and a sentence, and nothing is written.
//
//     bh_tensor tensors[] = {bh_tensor_linear("fc.weight", BH_F32, 2, 64, w),
//                            bh_tensor_vector("fc.bias", BH_F32, 2, b)};
//     bh_checkpoint_entry meta[] = {{"env", "CartPole-v1"}};
//     size_t bytes = bh_checkpoint_write(NULL, 0, tensors, 2, meta, 1);   // ask for the size
//     ...allocate...; bh_checkpoint_write(file, bytes, tensors, 2, meta, 1);
#pragma once

#include "core/status.h"

#include <stddef.h>

typedef enum bh_dtype {
    BH_F32,
    BH_F64,
    BH_U8,
    BH_I32,
    BH_U32,
    BH_U64,
} bh_dtype;

#define BH_TENSOR_NAME_MAX  80
#define BH_TENSOR_RANK_MAX  4
#define BH_TENSORS_MAX      336  ///< of parameters
#define BH_TENSORS_FILE_MAX 1024 ///< in one checkpoint

/// A named array, and how the file's order of its elements walks through memory: element
/// (i0,i1,i2,i3) of `extent`, the last index running fastest, lies at `data` + sum of i * stride.
/// The extents may split or join the dimensions of `shape`; their product is the same. Make it by a
/// function below.
typedef struct bh_tensor {
    char name[BH_TENSOR_NAME_MAX];
    bh_dtype dtype;
    int rank;                       ///< 1 to 4
    int shape[BH_TENSOR_RANK_MAX];  ///< as the file has it; 1 behind `rank`
    int extent[BH_TENSOR_RANK_MAX]; ///< 1 in front where fewer are needed
    int stride[BH_TENSOR_RANK_MAX]; ///< in elements
    void *data;                     ///< borrowed
} bh_tensor;

/// (n) in the file and in memory. A name is copied; it needs no escapes in JSON and is shorter than
/// BH_TENSOR_NAME_MAX. Extents are at least 1, here and below.
BH_API bh_tensor bh_tensor_vector(const char *name, bh_dtype dtype, int n, void *data);

/// (rows,columns) in the file and in memory.
BH_API bh_tensor bh_tensor_matrix(const char *name, bh_dtype dtype, int rows, int columns,
                                  void *data);

/// (rows,columns) in the file; in memory `stride` elements lie between the starts of two rows.
BH_API bh_tensor bh_tensor_rows(const char *name, bh_dtype dtype, int rows, int columns, int stride,
                                void *data);

/// Weights of a linear layer: (O,I) in the file, (I,O) in memory.
BH_API bh_tensor bh_tensor_linear(const char *name, bh_dtype dtype, int O, int I, void *data);

/// Weights of a linear layer over a flattened map of P positions and C channels: (O,C*P) in the
/// file, channels first, (P,C,O) in memory, channels last.
BH_API bh_tensor bh_tensor_linear_map(const char *name, bh_dtype dtype, int O, int C, int P,
                                      void *data);

/// Weights of a 2-D convolution: (O,C,KH,KW) in the file, (KH,KW,C,O) in memory.
BH_API bh_tensor bh_tensor_conv2d(const char *name, bh_dtype dtype, int O, int C, int KH, int KW,
                                  void *data);

/// A metadata string. Both are borrowed.
typedef struct bh_checkpoint_entry {
    const char *key;
    const char *value;
} bh_checkpoint_entry;

/// Writes a checkpoint into `out`, and returns the bytes it takes. When that is more than `size`,
/// the content of `out` is not a checkpoint. At least one tensor, and no negative number of entries,
/// which must not be named "sha256"; else 0.
BH_API size_t bh_checkpoint_write(void *out, size_t size, const bh_tensor *tensors, int n_tensors,
                                  const bh_checkpoint_entry *entries, int n_entries);

/// Checks that the bytes are a whole, undamaged checkpoint.
BH_API bh_status bh_checkpoint_check(const void *bytes, size_t size, bh_error *err);

/// Copies a metadata string (JSON escapes decoded), at most `out_size` bytes with its NUL. Returns
/// 1, 0 when there is no such key, -1 when it does not fit. The bytes must have passed
/// bh_checkpoint_check.
BH_API int bh_checkpoint_entry_get(const void *bytes, size_t size, const char *key, char *out,
                                   size_t out_size);

/// Fills the data of every given tensor from the file. BH_ERR_SHAPE names the first one that the
/// file lacks or has in another shape or dtype; then no data has been written. The bytes must have
/// passed bh_checkpoint_check.
BH_API bh_status bh_checkpoint_read(const void *bytes, size_t size, const bh_tensor *tensors,
                                    int n_tensors, bh_error *err);

/// 1 when the file has a tensor of that name. The bytes must have passed bh_checkpoint_check.
BH_API int bh_checkpoint_has(const void *bytes, size_t size, const char *name);

/// The data of a vector of bytes (BH_U8) of that name, *n of them, borrowed from the file; NULL
/// when it has none. The bytes must have passed bh_checkpoint_check.
BH_API const void *bh_checkpoint_bytes(const void *bytes, const char *name, size_t *n);

/// SHA-256 over the tensors' bytes as they stand in a checkpoint's data section, one after the
/// other: the fingerprint of parameters. 64 hex digits and a NUL.
BH_API void bh_checkpoint_fingerprint(const bh_tensor *tensors, int n_tensors, char hex[65]);
