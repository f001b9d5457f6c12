// SPDX-License-Identifier: MIT
// Arenas.
#include "core/arena.h"

#include <string.h>

static size_t aligned(size_t bytes)
{
    return (bytes + BH_ALIGNMENT - 1) / BH_ALIGNMENT * BH_ALIGNMENT;
}

void *bhi_arena_array(bhi_arena *arena, size_t count, size_t size)
{
    const size_t most = SIZE_MAX - 2 * BH_ALIGNMENT; // leaves room for rounding up
    size_t at = arena->used;
    if (at > most || (size != 0 && count > (most - at) / size)) {
        arena->used = SIZE_MAX;
        return NULL;
    }
    arena->used += aligned(count * size);
    return arena->base != NULL ? arena->base + at : NULL;
}

void *bhi_create(void *shape, size_t bytes, void (*layout)(void *object, bhi_arena *arena),
                 size_t *block_bytes)
{
    bhi_arena measure = {NULL, aligned(bytes)};
    layout(shape, &measure);
    *block_bytes = measure.used; // before the copy: it may be a member of the shape
    unsigned char *block = bh_alloc(measure.used);
    if (block == NULL) return NULL;
    memcpy(block, shape, bytes);
    bhi_arena over = {block, aligned(bytes)};
    layout(block, &over);
    return block;
}
