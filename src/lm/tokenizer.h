// SPDX-License-Identifier: MIT
// Tokenizers: text to token ids and back. Built from a text, or from a list of words.
//
//     char   every character (code point) is a token
//     word   words with the space before them, Chinese characters, punctuation, line ends, emoji: "the
//            cat." is "the", " cat", "."; marks, skin tones and what a joiner joins stay with their
//            character, so that a family of emoji or a flag is one token
//     bpe    byte-pair encoding over such pieces (Sennrich et al. 2016), beginning with characters:
//            the most frequent neighbours become one token, again and again; of equals those of the
//            smaller ids
//     words  a given list, written with spaces between: the vocabulary of an environment of text
//
// Token 0 stands for what the vocabulary lacks, and shows as U+FFFD. The tokens that a text has are
// numbered by how often they come, of equals by where they come first. Joining the tokens of a text
// gives the text back, but for what is not in the vocabulary. Everything is UTF-8, and taken as it
// is: one text has one spelling when its lines end with LF and its characters are composed (NFC),
// which is up to the caller (in JavaScript readText() of web/lib/text.mjs does it).
//
//     bh_tokenizer *tokenizer;
//     if (bh_tokenizer_create(&tokenizer, BH_TOKENIZER_WORD, 512, text, n, &err) != BH_OK)
//         return report(&err);
//     size_t n_ids = bh_tokenizer_encode(tokenizer, NULL, 0, "the cat", 7);
#pragma once

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

#define BH_VOCABULARY_MAX 8192               ///< tokens
#define BH_TEXT_BYTES_MAX ((size_t)64 << 20) ///< of a text a tokenizer or a corpus is made from
#define BH_TOKEN_UNKNOWN  0

typedef enum bh_tokenizer_kind {
    BH_TOKENIZER_CHAR = 0, ///< numbered like the words of the `tokenizer` option
    BH_TOKENIZER_WORD = 1,
    BH_TOKENIZER_BPE = 2,
    BH_TOKENIZER_WORDS = 3,
} bh_tokenizer_kind;

typedef struct bh_tokenizer bh_tokenizer;

/// Builds a tokenizer of at most vocab_size tokens (2 … BH_VOCABULARY_MAX), token 0 included, from
/// text (n bytes; not kept). BH_ERR_ARGUMENT when the text is empty, longer than BH_TEXT_BYTES_MAX
/// or not UTF-8, with the place. Where the text has more different characters or words than there
/// is room for, the rarest are unknown; so are words of more than 64 bytes, and BH_ERR_ARGUMENT
/// when there are no others.
BH_API bh_status bh_tokenizer_create(bh_tokenizer **out, bh_tokenizer_kind kind, int vocab_size,
                                     const char *text, size_t n, bh_error *err);

/// One of n given words, word i token i; word 0 is what is unknown, or padding. Copied.
BH_API bh_status bh_tokenizer_from_words(bh_tokenizer **out, const char *(*word)(int id), int n,
                                         bh_error *err);

BH_API void bh_tokenizer_destroy(bh_tokenizer *tokenizer);

BH_API bh_tokenizer_kind bh_tokenizer_kind_of(const bh_tokenizer *tokenizer);
/// Tokens of the vocabulary, V.
BH_API int bh_tokenizer_size(const bh_tokenizer *tokenizer);
/// The text of a token, *n bytes without a NUL, borrowed. Token 0: U+FFFD.
BH_API const char *bh_tokenizer_token(const bh_tokenizer *tokenizer, int id, size_t *n);
/// Whether tokens are joined with a space between: those of BH_TOKENIZER_WORDS.
BH_API int bh_tokenizer_has_spaces(const bh_tokenizer *tokenizer);

/// ids (max) out: the tokens of text (n bytes), as many as there is room for. Returns how many the
/// text has. A byte that is not UTF-8 is an unknown character.
BH_API size_t bh_tokenizer_encode(const bh_tokenizer *tokenizer, uint16_t *ids, size_t max,
                                  const char *text, size_t n);

/// Writes the tokenizer into `out`, and returns the bytes it takes; when that is more than `size`,
/// nothing useful is there. Little-endian: kind, V, merges (u32 each); of each token but 0 its
/// length (u16) and bytes; of each merge two ids (u16).
BH_API size_t bh_tokenizer_save(const bh_tokenizer *tokenizer, void *out, size_t size);

/// Reads what bh_tokenizer_save wrote. Safe for untrusted bytes: BH_ERR_FORMAT says what is wrong.
BH_API bh_status bh_tokenizer_load(bh_tokenizer **out, const void *bytes, size_t size,
                                   bh_error *err);

/// Whether both have the same tokens under the same ids.
BH_API int bh_tokenizer_equal(const bh_tokenizer *a, const bh_tokenizer *b);
