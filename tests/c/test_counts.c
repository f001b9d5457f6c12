// SPDX-License-Identifier: MIT
// Visit counts: exact for Discrete states, in cells of a Box.
#include "rl/counts.h"

#include "check.h"

static size_t block_bytes;

static bhi_counts make_of(const bhi_encoder *encoder, int bins, int A, void **block)
{
    bhi_counts counts = {.bins = 0};
    bhi_arena arena = {0};
    bhi_counts_layout(&counts, &arena, encoder, bins, A);
    block_bytes = arena.used;
    *block = bh_alloc(block_bytes);
    bhi_counts_layout(&counts, &(bhi_arena){*block, 0}, encoder, bins, A);
    return counts;
}

static bhi_counts make(const bh_space *space, int bins, int A, void **block)
{
    return make_of(&(bhi_encoder){*space}, bins, A, block);
}

// Bounds are of the observation as it is: normalised, bins cover -2 ... 2.
static void test_normalized_numbers_have_no_bounds(void)
{
    void *block;
    static const float low[1] = {0}, high[1] = {1000};
    const bh_space metres = {BH_SPACE_BOX, 1, low, high};
    bhi_counts counts = make_of(&(bhi_encoder){metres, {.normalize_observation = 1}}, 4, 1, &block);
    bh_real x = (bh_real)-1.5, same = (bh_real)-1.2, other = (bh_real)-0.5;
    CHECK(bhi_counts_of(&counts, &x) == bhi_counts_of(&counts, &same));
    CHECK(bhi_counts_of(&counts, &x) != bhi_counts_of(&counts, &other));
    bh_free(block, block_bytes);
}

static void test_discrete_is_exact(void)
{
    void *block;
    const bh_space five = {BH_SPACE_DISCRETE, .n = 5};
    bhi_counts counts = make(&five, 10, 3, &block);
    for (int s = 0; s < 5; s++) {
        bh_real x[5] = {0};
        x[s] = 1;
        CHECK(bhi_counts_of(&counts, x) == bhi_counts_of_state(&counts, s));
        bhi_counts_of(&counts, x)[s % 3] += (uint32_t)s;
    }
    for (int s = 0; s < 5; s++) CHECK(bhi_counts_of_state(&counts, s)[s % 3] == (uint32_t)s);
    bh_free(block, block_bytes);
}

static void test_box_is_cut_into_cells(void)
{
    void *block;
    const float low[] = {-1, -INFINITY}, high[] = {1, INFINITY};
    const bh_space box = {BH_SPACE_BOX, .n = 2, .low = low, .high = high};
    bhi_counts counts = make(&box, 10, 2, &block);
    // Cells of the first are 0.2 wide, of the second, without bounds, 0.4.
    const bh_real a[] = {(bh_real)0.01, (bh_real)0.01}, same[] = {(bh_real)0.19, (bh_real)0.39};
    const bh_real right[] = {(bh_real)0.21, (bh_real)0.01}, up[] = {(bh_real)0.01, (bh_real)0.41};
    CHECK(bhi_counts_of(&counts, a) == bhi_counts_of(&counts, same));
    CHECK(bhi_counts_of(&counts, a) != bhi_counts_of(&counts, right));
    CHECK(bhi_counts_of(&counts, a) != bhi_counts_of(&counts, up));
    const bh_real far[] = {(bh_real)1e30, -(bh_real)1e30}, nan[] = {(bh_real)NAN, 0};
    bhi_counts_of(&counts, far)[1]++; // in the table, whatever comes
    bhi_counts_of(&counts, nan)[1]++;
    bh_free(block, block_bytes);
}

// Ten thousand different cells: hardly more of them share a place than chance would have it (9 %
// here).
static void test_hash_spreads(void)
{
    void *block;
    const bh_space box = {BH_SPACE_BOX, .n = 4};
    bhi_counts counts = make(&box, 10, 1, &block);
    int shared = 0;
    for (int i = 0; i < 10000; i++) {
        bh_real x[4];
        for (int d = 0, rest = i; d < 4; d++, rest /= 10)
            x[d] = (bh_real)(0.4 * (rest % 10) + 0.2 - 2);
        uint32_t *n = bhi_counts_of(&counts, x);
        shared += n[0] > 0;
        n[0]++;
    }
    CHECK(shared > 400 && shared < 1000); // 10000 - 65536 (1 - e^(-10000/65536)) = 726
    bh_free(block, block_bytes);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_normalized_numbers_have_no_bounds);
    CHECK_RUN(test_discrete_is_exact);
    CHECK_RUN(test_box_is_cut_into_cells);
    CHECK_RUN(test_hash_spreads);
    return check_report();
}
