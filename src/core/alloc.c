// SPDX-License-Identifier: MIT
// Memory: the allocator hook, the live byte counter, arenas. The only file that calls malloc.
#include "core/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#ifdef __wasm__

// In WebAssembly the memory is ours alone: a list of free blocks in the order of their addresses, taken by first fit, joined
// with their neighbours when they come back, and grown by pages at the end. An allocator that fits objects of a few blocks
// each, and a twelfth of what the C library's adds to a module.
typedef struct free_block {
    struct free_block *next;
    size_t bytes; // a multiple of BH_ALIGNMENT, which a block is large enough for
} free_block;

extern unsigned char __heap_base;
static free_block *free_blocks;
static uintptr_t heap_end; // what was ever handed out lies below; 0 before the first

static size_t rounded_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

// A block at the end of the memory; NULL when it cannot grow so far.
static void *extend(size_t bytes)
{
    enum { PAGE = 65536 };
    if (heap_end == 0) heap_end = rounded_up((uintptr_t)&__heap_base, BH_ALIGNMENT);
    size_t have = (size_t)__builtin_wasm_memory_size(0) * PAGE - heap_end;
    if (bytes > have) {
        size_t pages = (bytes - have + PAGE - 1) / PAGE;
        if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) return NULL;
    }
    heap_end += bytes;
    return (void *)(heap_end - bytes);
}

static void *default_alloc(size_t bytes, void *user)
{
    (void)user;
    if (bytes > PTRDIFF_MAX - 4096) return NULL; // no object is larger
    bytes = rounded_up(bytes, BH_ALIGNMENT);
    for (free_block **at = &free_blocks; *at != NULL; at = &(*at)->next) {
        free_block *block = *at;
        if (block->bytes < bytes) continue;
        if (block->bytes == bytes) {
            *at = block->next;
            return block;
        }
        block->bytes -= bytes; // what is taken is its end: the list stays as it is
        return (unsigned char *)block + block->bytes;
    }
    return extend(bytes);
}

static void join(free_block *block)
{
    free_block *next = block->next;
    if (next == NULL || (unsigned char *)block + block->bytes != (unsigned char *)next) return;
    block->bytes += next->bytes;
    block->next = next->next;
}

static void default_free(void *memory, size_t bytes, void *user)
{
    (void)user;
    free_block *block = memory, *before = NULL;
    for (free_block *at = free_blocks; at != NULL && at < block; at = at->next) before = at;
    *block =
        (free_block){before != NULL ? before->next : free_blocks, rounded_up(bytes, BH_ALIGNMENT)};
    if (before != NULL) before->next = block;
    else free_blocks = block;
    join(block);
    if (before != NULL) join(before);
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
