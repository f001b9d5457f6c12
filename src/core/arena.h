// SPDX-License-Identifier: MIT
// Arenas: how an object lays its parts out in one block. A function that names each part runs
// twice, first over an empty arena that only measures, then over the block.
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

#include "core/alloc.h"

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
