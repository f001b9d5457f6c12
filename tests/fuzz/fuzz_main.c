// SPDX-License-Identifier: MIT
// The main of a fuzz target without libFuzzer, which tests/fuzz/fuzz.mjs feeds: on stdin inputs, each
// behind its length (4 bytes, little-endian); on stdout a byte for each that is done, so that who
// wrote them knows which one it was that ended this program.
#include "fuzz.h"

#include <unistd.h>

static size_t largest;

static void *limited_alloc(size_t bytes, void *user)
{
    (void)user;
    if (bytes > largest) return NULL;
    return aligned_alloc(BH_ALIGNMENT, (bytes + BH_ALIGNMENT - 1) / BH_ALIGNMENT * BH_ALIGNMENT);
}

static void limited_free(void *block, size_t bytes, void *user)
{
    (void)bytes;
    (void)user;
    free(block);
}

void limit_blocks(size_t bytes)
{
    static const bh_allocator limited = {limited_alloc, limited_free, NULL};
    largest = bytes;
    bh_set_allocator(&limited);
}

#ifdef BH_FUZZ_MAIN
int main(void)
{
    uint8_t head[4];
    while (fread(head, 1, 4, stdin) == 4) {
        size_t size =
            head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
        uint8_t *bytes = malloc(size > 0 ? size : 1);
        REQUIRE(bytes != NULL && fread(bytes, 1, size, stdin) == size);
        LLVMFuzzerTestOneInput(bytes, size);
        free(bytes);
        REQUIRE(write(STDOUT_FILENO, ".", 1) == 1);
    }
    return 0;
}
#endif
