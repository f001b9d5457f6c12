// SPDX-License-Identifier: MIT
// An allocator that refuses its n-th request, to walk through every way a create can run out of
// memory.
//
//     failing_alloc_begin(3);                 // the third request fails
//     CHECK_STATUS(create(&x, ...), BH_ERR_MEMORY);
//     failing_alloc_end();                    // the usual allocator again
#pragma once

#include "core/alloc.h"

#include <stdlib.h>

typedef struct failing_alloc {
    int fail_at;  // request number that gets NULL, from 1; 0 never
    int requests; // so far
    int blocks;   // handed out and not returned
} failing_alloc;

static failing_alloc failing;

static inline void *failing_alloc_get(size_t bytes, void *user)
{
    failing_alloc *f = user;
    if (++f->requests == f->fail_at) return NULL;
    f->blocks++;
    return aligned_alloc(BH_ALIGNMENT, (bytes + BH_ALIGNMENT - 1) / BH_ALIGNMENT * BH_ALIGNMENT);
}

static inline void failing_alloc_put(void *block, size_t bytes, void *user)
{
    (void)bytes;
    ((failing_alloc *)user)->blocks--;
    free(block);
}

static inline void failing_alloc_begin(int fail_at)
{
    failing = (failing_alloc){.fail_at = fail_at};
    bh_set_allocator(&(bh_allocator){failing_alloc_get, failing_alloc_put, &failing});
}

static inline void failing_alloc_end(void)
{
    bh_set_allocator(NULL);
}
