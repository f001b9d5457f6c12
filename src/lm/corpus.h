// SPDX-License-Identifier: MIT
// A corpus: token ids to learn from, the last part held out.
//
// Either one text, from which windows of T + 1 tokens are cut anywhere; or rows of equal length,
// texts of their own that are filled up with token 0, which is not learned. With a separator, what
// stands before the first one in a row, and this one, is not learned either: it is given.
#pragma once

#include "core/rng.h"
#include "lm/tokenizer.h"

typedef struct bh_corpus bh_corpus;

/// The tokens of text (n bytes), the share `validation` of them held out at its end.
/// BH_ERR_ARGUMENT when it is empty, too long, not UTF-8, or has fewer tokens than two windows of
/// `context` + 1 in either part.
BH_API bh_status bh_corpus_create(bh_corpus **out, const bh_tokenizer *tokenizer, const char *text,
                                  size_t n, int context, double validation, bh_error *err);

/// n_rows rows of `width` tokens (2 or more), copied; the last ones held out. At least one row in
/// either part. separator: 0 for none.
BH_API bh_status bh_corpus_create_rows(bh_corpus **out, const uint16_t *rows, int n_rows, int width,
                                       int separator, double validation, bh_error *err);

BH_API void bh_corpus_destroy(bh_corpus *corpus);

/// Tokens in all, and of the part that is learned from. Of rows, padding included.
BH_API size_t bh_corpus_tokens(const bh_corpus *corpus);
BH_API size_t bh_corpus_train_tokens(const bh_corpus *corpus);
/// The ids, borrowed.
BH_API const uint16_t *bh_corpus_ids(const bh_corpus *corpus);
/// Tokens of a row; 0 when it is one text.
BH_API int bh_corpus_width(const bh_corpus *corpus);
