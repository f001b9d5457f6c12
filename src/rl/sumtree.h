// SPDX-License-Identifier: MIT
// A sum tree: draws indices in proportion to their priorities, in logarithmic time (Schaul et al.
// 2016, appendix B.2.1). Leaf i is the priority of slot i of a replay buffer.
//
// Priorities are double. A node is recomputed as left + right whenever something below it changes,
// never adjusted by a difference: it cannot drift, and equal priorities give an equal tree whatever
// came before.
//
//     double most = bhi_sumtree_max(&tree);
//     bhi_sumtree_set(&tree, slot, most > 0 ? most : 1); // a new one
//     bhi_sumtree_sample(&tree, index, probability, B, &rng);
#pragma once

#include "core/arena.h"
#include "core/rng.h"

/// Priorities above this are stored as this, NaN too: the tree stays usable, and sums finite, when
/// a network has blown up.
#define BHI_SUMTREE_LIMIT 1e30

typedef struct bhi_sumtree {
    int capacity;   ///< leaves in use, at most 2^29
    int n_leaves;   ///< the power of two not below it; the others are 0 for ever
    double largest; ///< priority ever set
    double *sums;   ///< (2 n_leaves): 1 is the root, 2i and 2i + 1 are below i, leaves come last
} bhi_sumtree;

/// Lays a tree of `capacity` leaves out in the owner's arena, 16 bytes for each of n_leaves. An
/// arena is zeroed, and so are the priorities.
void bhi_sumtree_layout(bhi_sumtree *tree, bhi_arena *arena, int capacity);

/// Sets the priority of a leaf, 0 <= leaf < capacity, 0 <= priority. What has 0 is never drawn.
void bhi_sumtree_set(bhi_sumtree *tree, int leaf, double priority);

/// The priority of a leaf.
double bhi_sumtree_get(const bhi_sumtree *tree, int leaf);

/// The sum of all priorities.
double bhi_sumtree_total(const bhi_sumtree *tree);

/// The largest priority ever set, what new transitions get (Schaul et al. 2016, algorithm 1, line
/// 6); 0 before the first.
double bhi_sumtree_max(const bhi_sumtree *tree);

/// The leaf in which `prefix` falls when priorities are laid end to end in index order: the sum of
/// those before it is <= prefix < that + its own. The total must be above 0; prefix in [0, total).
/// Rounding, or a prefix outside, leads to a neighbour, never to a leaf with priority 0 or outside
/// the tree.
int bhi_sumtree_find(const bhi_sumtree *tree, double prefix);

/// Draws B indices, one uniformly from each B-th of the total (stratified; appendix B.2.1).
/// index (B) out     probability (B) out: priority / total, for bh_value_importance_weights
void bhi_sumtree_sample(const bhi_sumtree *tree, int *index, double *probability, int B,
                        bh_rng *rng);
