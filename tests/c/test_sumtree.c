// SPDX-License-Identifier: MIT
// The sum tree: every sum and choice by hand on small trees, and against a plain loop on random
// ones.
#include "rl/sumtree.h"

#include "check.h"

// A tree in a block of its own.
typedef struct owner {
    bhi_sumtree tree;
    void *block;
    size_t bytes;
} owner;

static bhi_sumtree *make(owner *o, int capacity)
{
    bhi_arena arena = {0};
    bhi_sumtree_layout(&o->tree, &arena, capacity);
    o->bytes = arena.used;
    o->block = bh_alloc(o->bytes);
    arena = (bhi_arena){.base = o->block};
    bhi_sumtree_layout(&o->tree, &arena, capacity);
    CHECK(arena.used == o->bytes);
    return &o->tree;
}

static void drop(owner *o)
{
    bh_free(o->block, o->bytes);
}

static void test_small(void)
{
    owner o;
    bhi_sumtree *t = make(&o, 5); // 5 of 8 leaves
    CHECK(t->n_leaves == 8 && bhi_sumtree_total(t) == 0);
    CHECK(bhi_sumtree_max(t) == 0);
    static const double priority[] = {3, 0, 1, 4, 2};
    for (int i = 0; i < 5; i++) bhi_sumtree_set(t, i, priority[i]);
    for (int i = 0; i < 5; i++) CHECK(bhi_sumtree_get(t, i) == priority[i]);
    CHECK(bhi_sumtree_total(t) == 10 && bhi_sumtree_max(t) == 4);

    // Ends of the intervals: [0,3) 0, [3,4) 2, [4,8) 3, [8,10) 4; leaf 1 has none.
    static const double prefix[] = {0, 2.999, 3, 3.999, 4, 7.999, 8, 9.999};
    static const int leaf[] = {0, 0, 2, 2, 3, 3, 4, 4};
    for (int i = 0; i < 8; i++) CHECK(bhi_sumtree_find(t, prefix[i]) == leaf[i]);

    // Outside: the nearest that can be drawn.
    CHECK(bhi_sumtree_find(t, 10) == 4 && bhi_sumtree_find(t, 1e300) == 4);
    CHECK(bhi_sumtree_find(t, -1) == 0);
    int any = bhi_sumtree_find(t, NAN);
    CHECK(any >= 0 && any < 5 && priority[any] > 0);
    drop(&o);
}

static void test_change(void)
{
    owner o;
    bhi_sumtree *t = make(&o, 4);
    for (int i = 0; i < 4; i++) bhi_sumtree_set(t, i, i + 1);
    bhi_sumtree_set(t, 0, 0); // forgotten
    CHECK(bhi_sumtree_total(t) == 9);
    CHECK(bhi_sumtree_find(t, 0) == 1);
    bhi_sumtree_set(t, 3, 0.5);
    CHECK(bhi_sumtree_total(t) == 5.5);
    CHECK(bhi_sumtree_max(t) == 4); // ever
    for (int i = 0; i < 4; i++) bhi_sumtree_set(t, i, 0);
    CHECK(bhi_sumtree_total(t) == 0 && bhi_sumtree_max(t) == 4);
    bhi_sumtree_set(t, 2, 1e-300); // the only one, however small
    CHECK(bhi_sumtree_find(t, 0) == 2 && bhi_sumtree_find(t, 5) == 2);
    drop(&o);
}

static void test_single_leaf(void)
{
    owner o;
    bhi_sumtree *t = make(&o, 1);
    bhi_sumtree_set(t, 0, 7);
    CHECK(bhi_sumtree_total(t) == 7 && bhi_sumtree_get(t, 0) == 7);
    CHECK(bhi_sumtree_find(t, 0) == 0 && bhi_sumtree_find(t, 7) == 0);
    drop(&o);
}

static void test_limit(void)
{
    owner o;
    bhi_sumtree *t = make(&o, 3);
    bhi_sumtree_set(t, 0, NAN);
    bhi_sumtree_set(t, 1, INFINITY);
    bhi_sumtree_set(t, 2, 1);
    CHECK(bhi_sumtree_get(t, 0) == BHI_SUMTREE_LIMIT && bhi_sumtree_get(t, 1) == BHI_SUMTREE_LIMIT);
    CHECK(bhi_sumtree_total(t) == 2 * BHI_SUMTREE_LIMIT); // finite; 1 is lost in its rounding
    CHECK(bhi_sumtree_max(t) == BHI_SUMTREE_LIMIT);
    CHECK(bhi_sumtree_find(t, 0) == 0 && bhi_sumtree_find(t, 1.5 * BHI_SUMTREE_LIMIT) == 1);
    drop(&o);
}

// Priorities over 30 orders of magnitude, a third of them 0, set many times over: the total is that
// of a tree set once (no drift), and no prefix finds a leaf of priority
// 0 or beyond the last.
static void test_random(void)
{
    enum { N = 1000 };
    static double priority[N];
    owner o, fresh;
    bhi_sumtree *t = make(&o, N), *once = make(&fresh, N);
    bh_rng rng = bh_rng_seed(4);
    for (int i = 0; i < 20 * N; i++) {
        int leaf = (int)bh_rng_below(&rng, N);
        double size = 1;
        for (int k = (int)bh_rng_below(&rng, 30); k > 0; k--) size *= i % 2 ? 0.1 : 10;
        priority[leaf] = bh_rng_below(&rng, 3) == 0 ? 0 : size * bh_rng_uniform(&rng);
        bhi_sumtree_set(t, leaf, priority[leaf]);
    }
    for (int i = N - 1; i >= 0; i--) bhi_sumtree_set(once, i, priority[i]);
    CHECK(memcmp(t->sums, once->sums, 2 * (size_t)t->n_leaves * sizeof *t->sums) == 0);

    double total = bhi_sumtree_total(t);
    for (int i = 0; i < 20000; i++) {
        double at = i % 100 ? total * bh_rng_uniform(&rng) : total * (1 - 0x1p-53);
        int leaf = bhi_sumtree_find(t, at);
        if (leaf < 0 || leaf >= N || !(priority[leaf] > 0)) CHECK(!"a leaf that can be drawn");
    }
    drop(&o);
    drop(&fresh);
}

// Whole numbers have no rounding: every prefix finds what a loop over the leaves finds.
static void test_against_loop(void)
{
    owner o;
    for (int capacity = 1; capacity <= 17; capacity++) {
        bhi_sumtree *t = make(&o, capacity);
        for (int i = 0; i < capacity; i++) bhi_sumtree_set(t, i, (i * 7 + capacity) % 4);
        for (int prefix = 0; prefix < (int)bhi_sumtree_total(t); prefix++) {
            int want = 0, sum = 0;
            while ((sum += (int)bhi_sumtree_get(t, want)) <= prefix) want++;
            CHECK(bhi_sumtree_find(t, prefix) == want);
        }
        drop(&o);
    }
}

static void test_sample(void)
{
    owner o;
    bhi_sumtree *t = make(&o, 4);
    static const double priority[] = {1, 2, 0, 5};
    for (int i = 0; i < 4; i++) bhi_sumtree_set(t, i, priority[i]);
    bh_rng rng = bh_rng_seed(9);
    int index[8];
    double probability[8];
    // 8 strata of width 1: exactly as many draws of each as its priority.
    static const int want[] = {0, 1, 1, 3, 3, 3, 3, 3};
    for (int round = 0; round < 100; round++) {
        bhi_sumtree_sample(t, index, probability, 8, &rng);
        for (int b = 0; b < 8; b++) {
            CHECK(index[b] == want[b] && probability[b] == priority[want[b]] / 8);
        }
    }
    // One at a time: frequencies within 5 standard deviations (at most 39.2 of 6400).
    int count[4] = {0};
    for (int i = 0; i < 6400; i++) {
        bhi_sumtree_sample(t, index, probability, 1, &rng);
        count[index[0]]++;
    }
    for (int i = 0; i < 4; i++) CHECK_NEAR(count[i], 800 * priority[i], 5 * 39.2);
    CHECK(count[2] == 0);
    drop(&o);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_small);
    CHECK_RUN(test_change);
    CHECK_RUN(test_single_leaf);
    CHECK_RUN(test_limit);
    CHECK_RUN(test_random);
    CHECK_RUN(test_against_loop);
    CHECK_RUN(test_sample);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
