// SPDX-License-Identifier: MIT
// Memory: one allocator hook, a live byte counter, and arenas.
//
// Every object of the library makes one or two allocations when it is created, none afterwards, and
// frees them when it is destroyed. An object lays its parts out in an arena: a function that names
// each part runs twice, first over an empty arena that only measures, then over the block.
//
//     static void layout(void *object, bhi_arena *a) {
//         ring *r = object;
//         r->reward = bhi_arena_array(a, r->capacity, sizeof *r->reward);
//         ...
//     }
//
//     ring shape = {.capacity = 100};
//     ring *r = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
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

/// Frees a block from bh_alloc; NULL is fine.
BH_API void bh_free(void *block, size_t bytes);

/// A block that is handed out front to back. With base NULL it only measures.
typedef struct bhi_arena {
    unsigned char *base;
    size_t used;
} bhi_arena;

/// The next `count` elements of `size` bytes, aligned; NULL while measuring. The sum saturates at
/// SIZE_MAX, which no allocator grants, so absurd sizes end as BH_ERR_MEMORY.
void *bhi_arena_array(bhi_arena *arena, size_t count, size_t size);

/// Creates an object and its parts in one block: measures the layout of `shape`, allocates, copies
/// the shape to the start of the block and lays its parts out behind it; they are zero. Returns
/// NULL when memory runs out.
///
/// shape         the object's struct as far as its layout needs it, `bytes` long; its parts are
///               overwritten
/// block_bytes   out: the size of the block, for bh_free. May be a member of the shape
void *bhi_create(void *shape, size_t bytes, void (*layout)(void *object, bhi_arena *arena),
                 size_t *block_bytes);
