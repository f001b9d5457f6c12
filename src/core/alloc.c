// SPDX-License-Identifier: MIT
// Memory: the allocator hook, the live byte counter. The only file that calls malloc.
#include "core/alloc.h"

#include "core/heap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#ifdef __wasm__

#define WASM_PAGE 65536 // bytes

extern unsigned char __heap_base;
static bhi_heap heap; // over all of the memory that no variable and no stack is in

static size_t grow(size_t bytes)
{
    size_t pages = (bytes + WASM_PAGE - 1) / WASM_PAGE;
    return __builtin_wasm_memory_grow(0, pages) == (size_t)-1 ? 0 : pages * WASM_PAGE;
}

static void *default_alloc(size_t bytes, void *user)
{
    (void)user;
    if (heap.grow == NULL) {
        uintptr_t base = ((uintptr_t)&__heap_base + BH_ALIGNMENT - 1) / BH_ALIGNMENT * BH_ALIGNMENT;
        heap.end = (unsigned char *)base;
        heap.room = (size_t)__builtin_wasm_memory_size(0) * WASM_PAGE - base;
        heap.grow = grow;
    }
    return bhi_heap_alloc(&heap, bytes);
}

static void default_free(void *block, size_t bytes, void *user)
{
    (void)user;
    bhi_heap_free(&heap, block, bytes);
}

#else

static void *default_alloc(size_t bytes, void *user)
{
    (void)user;
    if (bytes > PTRDIFF_MAX - 4096) return NULL; // no object is larger
    size_t rounded = (bytes + BH_ALIGNMENT - 1) / BH_ALIGNMENT * BH_ALIGNMENT;
    return aligned_alloc(BH_ALIGNMENT, rounded);
}

static void default_free(void *block, size_t bytes, void *user)
{
    (void)bytes;
    (void)user;
    free(block);
}

#endif

static const bh_allocator default_allocator = {default_alloc, default_free, NULL};

// The hook is the library's one mutable global; the counter belongs to it.
static bh_allocator hook = {default_alloc, default_free, NULL};
static size_t live_bytes;

void bh_set_allocator(const bh_allocator *allocator)
{
    hook = allocator != NULL ? *allocator : default_allocator;
}

size_t bh_live_bytes(void)
{
    return live_bytes;
}

void *bh_alloc_unset(size_t bytes)
{
    assert(bytes > 0);
    void *block = hook.alloc(bytes, hook.user);
    if (block == NULL) return NULL;
    assert((uintptr_t)block % BH_ALIGNMENT == 0);
    live_bytes += bytes;
    return block;
}

void *bh_alloc(size_t bytes)
{
    void *block = bh_alloc_unset(bytes);
    return block != NULL ? memset(block, 0, bytes) : NULL;
}

void bh_free(void *block, size_t bytes)
{
    if (block == NULL) return;
    assert(live_bytes >= bytes);
    live_bytes -= bytes;
    hook.free(block, bytes, hook.user);
}
