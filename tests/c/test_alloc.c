// SPDX-License-Identifier: MIT
// The allocator hook, the live counter, arenas.
#include "core/arena.h"

#include "check.h"
#include "failing_alloc.h"

static void test_live_bytes(void)
{
    CHECK(bh_live_bytes() == 0);
    unsigned char *a = bh_alloc(1), *b = bh_alloc(1000);
    CHECK(a != NULL && b != NULL);
    CHECK(bh_live_bytes() == 1001);
    CHECK((uintptr_t)a % BH_ALIGNMENT == 0 && (uintptr_t)b % BH_ALIGNMENT == 0);
    for (int i = 0; i < 1000; i++) CHECK(b[i] == 0);
    bh_free(a, 1);
    CHECK(bh_live_bytes() == 1000);
    bh_free(NULL, 77);
    CHECK(bh_live_bytes() == 1000);
    bh_free(b, 1000);
    CHECK(bh_live_bytes() == 0);
}

// Memory is zeroed also when the allocator hands used blocks out again.
static void test_zeroed(void)
{
    for (int round = 0; round < 4; round++) {
        unsigned char *block = bh_alloc(512);
        for (int i = 0; i < 512; i++) CHECK(block[i] == 0);
        memset(block, 0xff, 512);
        bh_free(block, 512);
    }
}

// Counted, and from the hook, as zeroed memory is.
static void test_unset(void)
{
    unsigned char *block = bh_alloc_unset(1000);
    CHECK(block != NULL && (uintptr_t)block % BH_ALIGNMENT == 0);
    CHECK(bh_live_bytes() == 1000);
    memset(block, 0xff, 1000);
    bh_free(block, 1000);
    CHECK(bh_live_bytes() == 0);
    failing_alloc_begin(1);
    CHECK(bh_alloc_unset(100) == NULL);
    block = bh_alloc_unset(100);
    CHECK(block != NULL && failing.blocks == 1);
    bh_free(block, 100);
    CHECK(failing.blocks == 0);
    failing_alloc_end();
}

static void test_hook(void)
{
    failing_alloc_begin(2);
    void *first = bh_alloc(100);
    CHECK(first != NULL && failing.blocks == 1);
    CHECK(bh_alloc(100) == NULL);
    CHECK(bh_live_bytes() == 100);
    bh_free(first, 100);
    CHECK(failing.blocks == 0 && failing.requests == 2);
    failing_alloc_end();
    void *block = bh_alloc(10);
    CHECK(failing.requests == 2); // the C library's again
    bh_free(block, 10);
}

static void test_absurd_sizes_fail(void)
{
    CHECK(bh_alloc(SIZE_MAX) == NULL);
    CHECK(bh_alloc(SIZE_MAX - BH_ALIGNMENT + 1) == NULL);
    CHECK(bh_live_bytes() == 0);
}

static void test_arena(void)
{
    bhi_arena measure = {0};
    CHECK(bhi_arena_array(&measure, 3, 4) == NULL && measure.used == 64);
    CHECK(bhi_arena_array(&measure, 17, 4) == NULL && measure.used == 192);
    CHECK(bhi_arena_array(&measure, 0, 8) == NULL && measure.used == 192);
    CHECK(bhi_arena_array(&measure, 8, 8) == NULL && measure.used == 256);

    unsigned char *block = bh_alloc(measure.used);
    bhi_arena arena = {block, 0};
    CHECK(bhi_arena_array(&arena, 3, 4) == block);
    CHECK(bhi_arena_array(&arena, 17, 4) == block + 64);
    CHECK(bhi_arena_array(&arena, 0, 8) == block + 192);
    CHECK(bhi_arena_array(&arena, 8, 8) == block + 192);
    CHECK(arena.used == measure.used);
    bh_free(block, measure.used);
}

// A sum that does not fit stays one no allocator grants, whatever is added to it.
static void test_arena_saturates(void)
{
    for (size_t short_by = 0; short_by < 300; short_by++) {
        bhi_arena arena = {0};
        bhi_arena_array(&arena, SIZE_MAX - short_by, 1);
        for (int more = 0; more < 10; more++) {
            CHECK(arena.used >= SIZE_MAX - 400);
            bhi_arena_array(&arena, 10, 4);
        }
        CHECK(arena.used > SIZE_MAX - BH_ALIGNMENT);
        CHECK(bh_alloc(arena.used) == NULL);
    }
    const size_t sizes[] = {2, 3, 8, SIZE_MAX};
    for (int i = 0; i < 4; i++) {
        bhi_arena product = {0};
        bhi_arena_array(&product, SIZE_MAX / sizes[i] + 1, sizes[i]);
        CHECK(product.used > SIZE_MAX - BH_ALIGNMENT);
    }
    bhi_arena thirds = {0};
    for (int i = 0; i < 4; i++) bhi_arena_array(&thirds, SIZE_MAX / 3, 1);
    CHECK(thirds.used > SIZE_MAX - BH_ALIGNMENT);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_live_bytes);
    CHECK_RUN(test_zeroed);
    CHECK_RUN(test_unset);
    CHECK_RUN(test_hook);
    CHECK_RUN(test_absurd_sizes_fail);
    CHECK_RUN(test_arena);
    CHECK_RUN(test_arena_saturates);
    return check_report();
}
