// SPDX-License-Identifier: MIT
// Models that count: what a language model has to beat.
#pragma once

#include "lm/corpus.h"

/// Perplexities of the held-out part of a corpus, exp of the mean -log probability of each token
/// that windows of T predict; 1 where they predict none.
typedef struct bh_ngram_scores {
    double unigram; ///< by how often a token comes, with 1 added to every count
    double trigram; ///< by the two tokens before: (n(a b c) + k) / (n(a b) + k V)
    /// of 1, 0.3, 0.1, … 0.0001 the one whose trigram perplexity is lowest: the best add-k can do
    double k;
} bh_ngram_scores;

/// Counts the learned part and scores the held-out one, with V tokens in the vocabulary. Of rows,
/// what follows padding does not count, and a row's first tokens follow nothing.
BH_API bh_status bh_ngram_score(bh_ngram_scores *out, const bh_corpus *corpus, int V, int T,
                                bh_error *err);
