// SPDX-License-Identifier: MIT
// The heap: first fit over a list of free blocks.
#include "core/heap.h"

static size_t rounded_up(size_t bytes)
{
    return (bytes + BH_ALIGNMENT - 1) / BH_ALIGNMENT * BH_ALIGNMENT;
}

// A block at the end of what was handed out; NULL when the memory cannot grow so far.
static void *extend(bhi_heap *heap, size_t bytes)
{
    if (bytes > heap->room) {
        size_t more = heap->grow(bytes - heap->room);
        if (more == 0) return NULL;
        heap->room += more;
    }
    heap->room -= bytes;
    heap->end += bytes;
    return heap->end - bytes;
}

void *bhi_heap_alloc(bhi_heap *heap, size_t bytes)
{
    if (bytes > PTRDIFF_MAX - 4096) return NULL; // no object is larger
    bytes = rounded_up(bytes);
    for (bhi_free_block **at = &heap->free_blocks; *at != NULL; at = &(*at)->next) {
        bhi_free_block *block = *at;
        if (block->bytes < bytes) continue;
        if (block->bytes == bytes) {
            *at = block->next;
            return block;
        }
        block->bytes -= bytes; // what is taken is its end: the list stays as it is
        return (unsigned char *)block + block->bytes;
    }
    return extend(heap, bytes);
}

static void join(bhi_free_block *block)
{
    bhi_free_block *next = block->next;
    if (next == NULL || (unsigned char *)block + block->bytes != (unsigned char *)next) return;
    block->bytes += next->bytes;
    block->next = next->next;
}

void bhi_heap_free(bhi_heap *heap, void *memory, size_t bytes)
{
    bhi_free_block *block = memory, *before = NULL;
    for (bhi_free_block *at = heap->free_blocks; at != NULL && at < block; at = at->next) {
        before = at;
    }
    bhi_free_block **link = before != NULL ? &before->next : &heap->free_blocks;
    *block = (bhi_free_block){*link, rounded_up(bytes)};
    *link = block;
    join(block);
    if (before != NULL) join(before);
}
