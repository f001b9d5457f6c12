// SPDX-License-Identifier: MIT
// A heap: blocks of one stretch of memory that can grow at its end. In WebAssembly, where the
// memory is ours alone, core/alloc.c hands these out; an allocator that fits objects of a few
// blocks each, and a twelfth of what the C library's adds to a module. Elsewhere only its test uses
// it.
//
// Free blocks are a list in the order of their addresses. The first that is large enough is taken,
// its end where it is larger; a block that comes back is joined with free neighbours. Nothing is
// kept beside a block: whoever frees it knows its size.
#pragma once

#include "core/alloc.h"

typedef struct bhi_free_block {
    struct bhi_free_block *next; ///< at a higher address, and not adjacent
    size_t bytes; ///< a multiple of BH_ALIGNMENT, which this struct is no larger than
} bhi_free_block;

typedef struct bhi_heap {
    bhi_free_block *free_blocks;
    unsigned char *end; ///< what was ever handed out lies below; aligned to BH_ALIGNMENT
    size_t room;        ///< bytes of memory from `end` on
    /// Makes the memory longer by that many bytes or more; returns by how many, 0 when it cannot.
    size_t (*grow)(size_t bytes);
} bhi_heap;

/// A block of bytes > 0, aligned to BH_ALIGNMENT, not zeroed. NULL when the memory cannot grow so
/// far; then nothing has changed.
void *bhi_heap_alloc(bhi_heap *heap, size_t bytes);

/// Takes a block back, with the size it was asked for.
void bhi_heap_free(bhi_heap *heap, void *memory, size_t bytes);
