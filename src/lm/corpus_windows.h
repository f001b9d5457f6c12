// SPDX-License-Identifier: MIT
// Windows of a corpus: what a language model learns from, and what it is measured on.
//
// Legend: B sequences, T positions. The target of a position is the token behind it; -1 where there
// is none to learn.
#pragma once

#include "lm/corpus.h"

/// Whether the token at `at` of a corpus with a separator is given: up to the first one of its row.
int bhi_corpus_is_given(const bh_corpus *corpus, size_t at);

/// tokens, targets (B,T) out: windows of the part that is learned from, each as likely. Of rows T
/// is width - 1.
void bhi_corpus_sample(const bh_corpus *corpus, int *tokens, int *targets, int B, int T,
                       bh_rng *rng);

/// Windows the held-out part has, one behind the other.
int bhi_corpus_windows(const bh_corpus *corpus, int T);
/// tokens, targets (T) out: held-out window i.
void bhi_corpus_window(const bh_corpus *corpus, int *tokens, int *targets, int i, int T);
