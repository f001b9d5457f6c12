// SPDX-License-Identifier: MIT
// Which kernels a program computes with.
//
// The library is built with kernels of several widths where the compiler can (x86-64: plain C, SSE2,
// AVX2, AVX-512F) and takes the widest the processor has, when the first is called. All give the
// same bits. The environment variable BH_SIMD asks for others: scalar, sse2, avx2 or avx512. What the
// processor lacks becomes the widest it has below that; what is not such a word counts as not set. A
// program that would rather refuse asks bh_simd_check() first.
//
// Elsewhere there is one kind, whatever BH_SIMD says: wasm-simd128, neon, sse2 or scalar.
#pragma once

#include "core/status.h"

/// The kernels in use: "scalar", "sse2", "avx2", "avx512", "neon", "wasm-simd128". Never changes
/// while the program runs.
BH_API const char *bh_simd_name(void);

/// BH_OK, or BH_ERR_CONFIG where BH_SIMD asks for kernels that are not those in use: unknown, not in
/// this build, or more than the processor has. err may be NULL.
BH_API bh_status bh_simd_check(bh_error *err);
