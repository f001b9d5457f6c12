// SPDX-License-Identifier: MIT
// The heap of WebAssembly, over memory that the test gives it piece by piece.
#include "core/heap.h"

#include "check.h"
#include "core/rng.h"

#include <stdlib.h>

enum { UNIT = BH_ALIGNMENT, PAGE = 4096, MEMORY = 64 * PAGE, BLOCKS = 200 };

static unsigned char *memory; // MEMORY bytes, of which `given` are the heap's
static size_t given, limit;
static int n_grown;

static size_t grow(size_t bytes)
{
    size_t more = (bytes + PAGE - 1) / PAGE * PAGE;
    if (more > limit - given) return 0;
    given += more;
    n_grown++;
    return more;
}

static bhi_heap new_heap(size_t room, size_t most)
{
    given = room;
    limit = most;
    n_grown = 0;
    return (bhi_heap){.end = memory, .room = room, .grow = grow};
}

// Sorted, apart from each other, whole units, inside; returns their sum.
static size_t check_list(const bhi_heap *heap)
{
    size_t sum = 0;
    unsigned char *low = memory;
    for (const bhi_free_block *at = heap->free_blocks; at != NULL; at = at->next) {
        unsigned char *start = (unsigned char *)at;
        CHECK(at->bytes > 0 && at->bytes % UNIT == 0 && (uintptr_t)start % UNIT == 0);
        CHECK(start == memory ? low == memory : start > low);
        low = start + at->bytes;
        sum += at->bytes;
    }
    CHECK(low <= heap->end && heap->end + heap->room == memory + given);
    return sum;
}

static int list_length(const bhi_heap *heap)
{
    int n = 0;
    for (const bhi_free_block *at = heap->free_blocks; at != NULL; at = at->next) n++;
    return n;
}

static void test_first_fit(void)
{
    bhi_heap heap = new_heap(PAGE, PAGE);
    unsigned char *a = bhi_heap_alloc(&heap, 1), *b = bhi_heap_alloc(&heap, 3 * UNIT),
                  *c = bhi_heap_alloc(&heap, UNIT + 1), *d = bhi_heap_alloc(&heap, UNIT);
    CHECK(a == memory && b == a + UNIT && c == b + 3 * UNIT && d == c + 2 * UNIT);
    bhi_heap_free(&heap, b, 3 * UNIT);
    CHECK(check_list(&heap) == 3 * UNIT);
    CHECK(bhi_heap_alloc(&heap, 4 * UNIT) == d + UNIT); // too large for the gap
    CHECK(bhi_heap_alloc(&heap, UNIT) == b + 2 * UNIT); // the gap's end
    CHECK(bhi_heap_alloc(&heap, UNIT + 1) == b);        // all that is left of it
    CHECK(heap.free_blocks == NULL);
    bhi_heap_free(&heap, c, UNIT + 1);
    bhi_heap_free(&heap, a, 1);
    CHECK(list_length(&heap) == 2 && check_list(&heap) == 3 * UNIT);
    CHECK(bhi_heap_alloc(&heap, 2 * UNIT) == c); // past the first, which is too small
    CHECK(n_grown == 0);
}

// Three neighbours come back in every order: one block in the end.
static void test_joins(void)
{
    const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int k = 0; k < 6; k++) {
        bhi_heap heap = new_heap(PAGE, PAGE);
        void *blocks[3];
        for (int i = 0; i < 3; i++) blocks[i] = bhi_heap_alloc(&heap, UNIT);
        void *last = bhi_heap_alloc(&heap, UNIT);
        for (int i = 0; i < 3; i++) {
            bhi_heap_free(&heap, blocks[orders[k][i]], UNIT);
            CHECK(check_list(&heap) == (size_t)(i + 1) * UNIT);
            int apart = i == 1 && orders[k][2] == 1; // the middle one is still taken
            CHECK(list_length(&heap) == (apart ? 2 : 1));
        }
        void *whole = bhi_heap_alloc(&heap, 3 * UNIT);
        CHECK(whole == blocks[0]);
        bhi_heap_free(&heap, whole, 3 * UNIT);
        bhi_heap_free(&heap, last, UNIT);
        CHECK(list_length(&heap) == 1 && check_list(&heap) == 4 * UNIT);
    }
}

// It asks for what is missing, and what the memory gave beyond that is used before it asks again.
static void test_grows(void)
{
    bhi_heap heap = new_heap(0, MEMORY);
    CHECK(bhi_heap_alloc(&heap, UNIT) == memory && n_grown == 1 && given == PAGE);
    CHECK(bhi_heap_alloc(&heap, PAGE - UNIT) == memory + UNIT && n_grown == 1 && heap.room == 0);
    CHECK(bhi_heap_alloc(&heap, 2 * PAGE + 1) == memory + PAGE && given == 4 * PAGE);
    CHECK(bhi_heap_alloc(&heap, PAGE) == memory + 3 * PAGE + UNIT && given == 5 * PAGE);
    CHECK(n_grown == 3);
    check_list(&heap);
}

static void test_exhausted(void)
{
    bhi_heap heap = new_heap(PAGE, 4 * PAGE);
    unsigned char *a = bhi_heap_alloc(&heap, 3 * PAGE);
    bhi_heap before = heap;
    CHECK(bhi_heap_alloc(&heap, PAGE + 1) == NULL && bhi_heap_alloc(&heap, MEMORY) == NULL);
    CHECK(bhi_heap_alloc(&heap, SIZE_MAX) == NULL && bhi_heap_alloc(&heap, PTRDIFF_MAX) == NULL);
    CHECK(bhi_heap_alloc(&heap, SIZE_MAX - UNIT + 1) == NULL);
    CHECK(memcmp(&before, &heap, sizeof heap) == 0);
    CHECK(bhi_heap_alloc(&heap, PAGE) == a + 3 * PAGE); // what there is can be had
    CHECK(bhi_heap_alloc(&heap, 1) == NULL);
    bhi_heap_free(&heap, a, 3 * PAGE);
    CHECK(bhi_heap_alloc(&heap, 3 * PAGE + 1) == NULL);
    CHECK(bhi_heap_alloc(&heap, 3 * PAGE) == a);
}

// ---- at random ----

typedef struct taken {
    unsigned char *at;
    size_t bytes;
    unsigned char mark; // in every byte of it
} taken;

static taken take(bhi_heap *heap, bh_rng *rng)
{
    // Mostly small, now and then some pages: as objects are.
    size_t most = bh_rng_below(rng, 10) == 0 ? 6 * PAGE : 4 * UNIT;
    taken block = {.bytes = 1 + bh_rng_below(rng, (uint32_t)most),
                   .mark = (unsigned char)bh_rng_below(rng, 256)};
    block.at = bhi_heap_alloc(heap, block.bytes);
    if (block.at == NULL) return block;
    CHECK((uintptr_t)block.at % UNIT == 0 && block.at >= memory);
    CHECK(block.at + block.bytes <= heap->end);
    memset(block.at, block.mark, block.bytes);
    return block;
}

// Whatever was written elsewhere since, its bytes are as they were.
static void give_back(bhi_heap *heap, taken *block)
{
    size_t same = 0;
    for (size_t i = 0; i < block->bytes; i++) same += block->at[i] == block->mark;
    CHECK(same == block->bytes);
    bhi_heap_free(heap, block->at, block->bytes);
    block->at = NULL;
}

// A larger or smaller one with the same beginning, as realloc makes: both are there for a while.
static void resize(bhi_heap *heap, bh_rng *rng, taken *block)
{
    taken other = take(heap, rng);
    if (other.at == NULL) return;
    size_t kept = block->bytes < other.bytes ? block->bytes : other.bytes;
    memcpy(other.at, block->at, kept);
    CHECK(other.at[kept - 1] == block->mark);
    memset(other.at, other.mark, kept);
    give_back(heap, block);
    *block = other;
}

static void test_at_random(void)
{
    int refused = 0, resized = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        bh_rng rng = bh_rng_seed(seed);
        bhi_heap heap = new_heap(seed % 3 * PAGE, MEMORY);
        taken blocks[BLOCKS] = {0};
        size_t live = 0;
        for (int i = 0; i < 3000; i++) {
            taken *block = &blocks[bh_rng_below(&rng, BLOCKS)];
            if (block->at == NULL) {
                *block = take(&heap, &rng);
                refused += block->at == NULL;
            } else if (bh_rng_below(&rng, 3) == 0) {
                resize(&heap, &rng, block);
                resized++;
            } else {
                give_back(&heap, block);
            }
            live = 0;
            for (int j = 0; j < BLOCKS; j++) {
                if (blocks[j].at != NULL) live += (blocks[j].bytes + UNIT - 1) / UNIT * UNIT;
            }
            // Every byte below the end is taken or free, none is lost or counted twice.
            CHECK(check_list(&heap) + live == (size_t)(heap.end - memory));
        }
        CHECK(live > 0 && list_length(&heap) > 1);
        for (int j = 0; j < BLOCKS; j++) {
            if (blocks[j].at != NULL) give_back(&heap, &blocks[j]);
        }
        CHECK(list_length(&heap) == 1 && (unsigned char *)heap.free_blocks == memory);
        CHECK(heap.free_blocks->bytes == (size_t)(heap.end - memory));
    }
    CHECK(refused > 100 && resized > 1000); // also a full heap was met
}

int main(int argc, char **argv)
{
    memory = aligned_alloc(UNIT, MEMORY);
    if (memory == NULL) return 1;
    CHECK_RUN(test_first_fit);
    CHECK_RUN(test_joins);
    CHECK_RUN(test_grows);
    CHECK_RUN(test_exhausted);
    CHECK_RUN(test_at_random);
    free(memory);
    return check_report();
}
