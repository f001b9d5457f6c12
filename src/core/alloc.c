// SPDX-License-Identifier: MIT
// Memory: the allocator hook, the live byte counter, arenas. The only file that calls malloc.
#include "core/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void *libc_alloc(size_t bytes, void *user)
{
    (void)user;
    // No object is larger than PTRDIFF_MAX; the page leaves room for what an allocator adds, unchecked by some.
    if (bytes > PTRDIFF_MAX - 4096) return NULL;
    size_t rounded = (bytes + BH_ALIGNMENT - 1) / BH_ALIGNMENT * BH_ALIGNMENT;
    return aligned_alloc(BH_ALIGNMENT, rounded);
}

static void libc_free(void *block, size_t bytes, void *user)
{
    (void)bytes;
    (void)user;
    free(block);
}

static const bh_allocator libc_allocator = {libc_alloc, libc_free, NULL};

// The hook is the library's one mutable global; the counter belongs to it.
static bh_allocator hook = {libc_alloc, libc_free, NULL};
static size_t live_bytes;

void bh_set_allocator(const bh_allocator *allocator)
{
    hook = allocator != NULL ? *allocator : libc_allocator;
}

size_t bh_live_bytes(void)
{
    return live_bytes;
}

void *bh_alloc(size_t bytes)
{
    assert(bytes > 0);
    void *block = hook.alloc(bytes, hook.user);
    if (block == NULL) return NULL;
    assert((uintptr_t)block % BH_ALIGNMENT == 0);
    live_bytes += bytes;
    return memset(block, 0, bytes);
}

void bh_free(void *block, size_t bytes)
{
    if (block == NULL) return;
    assert(live_bytes >= bytes);
    live_bytes -= bytes;
    hook.free(block, bytes, hook.user);
}

void *bhi_arena_array(bhi_arena *arena, size_t count, size_t size)
{
    const size_t most = SIZE_MAX - 2 * BH_ALIGNMENT; // leaves room for rounding up
    size_t at = arena->used;
    if (at > most || (size != 0 && count > (most - at) / size)) {
        arena->used = SIZE_MAX;
        return NULL;
    }
    size_t bytes = (count * size + BH_ALIGNMENT - 1) / BH_ALIGNMENT * BH_ALIGNMENT;
    arena->used += bytes;
    return arena->base != NULL ? arena->base + at : NULL;
}
