// SPDX-License-Identifier: MIT
// A sum tree.
#include "rl/sumtree.h"

#include <assert.h>

void bhi_sumtree_layout(bhi_sumtree *tree, bhi_arena *arena, int capacity)
{
    assert(capacity >= 1 && capacity <= 1 << 29);
    tree->capacity = capacity;
    tree->n_leaves = 1;
    while (tree->n_leaves < capacity) tree->n_leaves *= 2;
    tree->largest = 0;
    tree->sums = bhi_arena_array(arena, 2 * (size_t)tree->n_leaves, sizeof *tree->sums);
}

void bhi_sumtree_set(bhi_sumtree *tree, int leaf, double priority)
{
    assert(leaf >= 0 && leaf < tree->capacity && !(priority < 0));
    if (!(priority <= BHI_SUMTREE_LIMIT)) priority = BHI_SUMTREE_LIMIT;
    if (priority > tree->largest) tree->largest = priority;
    double *sums = tree->sums;
    int i = tree->n_leaves + leaf;
    sums[i] = priority;
    while ((i /= 2) > 0) sums[i] = sums[2 * i] + sums[2 * i + 1];
}

double bhi_sumtree_get(const bhi_sumtree *tree, int leaf)
{
    assert(leaf >= 0 && leaf < tree->capacity);
    return tree->sums[tree->n_leaves + leaf];
}

double bhi_sumtree_total(const bhi_sumtree *tree)
{
    return tree->sums[1];
}

double bhi_sumtree_max(const bhi_sumtree *tree)
{
    return tree->largest;
}

// A node above 0 has a child above 0, and only such a child is entered: so the leaf is above 0 as
// well.
int bhi_sumtree_find(const bhi_sumtree *tree, double prefix)
{
    assert(tree->sums[1] > 0);
    int i = 1;
    while (i < tree->n_leaves) {
        double left = tree->sums[2 * i], right = tree->sums[2 * i + 1];
        int goes_right = left == 0 || (right > 0 && !(prefix < left));
        if (goes_right) prefix -= left;
        i = 2 * i + goes_right;
    }
    return i - tree->n_leaves;
}

void bhi_sumtree_sample(const bhi_sumtree *tree, int *index, double *probability, int B,
                        bh_rng *rng)
{
    double total = bhi_sumtree_total(tree);
    for (int b = 0; b < B; b++) {
        index[b] = bhi_sumtree_find(tree, total * ((b + bh_rng_uniform(rng)) / B));
        probability[b] = bhi_sumtree_get(tree, index[b]) / total;
    }
}
