// SPDX-License-Identifier: MIT
// Memory: one allocator hook and a live byte counter. Every object of the library makes one or two
// allocations when it is created, none afterwards, and frees them when it is destroyed.
#pragma once

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

#define BH_ALIGNMENT 64 ///< bytes; every block and every arena part starts on such a boundary

/// Allocator hook. `alloc` returns `bytes` aligned to BH_ALIGNMENT, or NULL; `free` gets the same
/// size back. Both receive `user` as it was set.
typedef struct bh_allocator {
    void *(*alloc)(size_t bytes, void *user);
    void (*free)(void *block, size_t bytes, void *user);
    void *user;
} bh_allocator;

/// Replaces the allocator; NULL restores the C library's. Call it while nothing is live
/// (bh_live_bytes() == 0), from one thread: blocks go back to the hook set at that moment.
BH_API void bh_set_allocator(const bh_allocator *allocator);

/// Bytes now allocated and not yet freed, over all objects. 0 when everything has been destroyed.
BH_API size_t bh_live_bytes(void);

/// Zeroed memory, or NULL. Free with bh_free and the same size.
BH_API void *bh_alloc(size_t bytes);

/// As bh_alloc, but what is in it is left as it is: for large blocks that are written before they
/// are read, of which a short life touches little.
BH_API void *bh_alloc_unset(size_t bytes);

/// Frees a block of either; NULL is fine.
BH_API void bh_free(void *block, size_t bytes);
