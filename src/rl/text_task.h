// SPDX-License-Identifier: MIT
// What an environment of text adds to a bh_env_def: its vocabulary, the token each action writes,
// which actions are allowed, and examples of its language to learn from before any reward is known.
//
// The observation is a Box of T token ids (BH_SPACE_TOKEN), the text so far from its first token
// on, and BH_TOKEN_PAD behind it; at least one token is there. What is allowed follows from the
// observation alone, so that a replay buffer of observations is enough to know it.
//
// Legend: T tokens of an observation, V tokens of the vocabulary, A actions.
#pragma once

#include "core/rng.h"
#include "core/text.h"

#include <stdint.h>

#define BH_TOKEN_PAD  0   ///< id of what fills an observation up; never written by an action
#define BH_TOKENS_MAX 256 ///< largest V: a token is a byte where observations are stored

/// What agents do with language (rl/language.h). Environments of text name it, so that a program
/// carries that code if, and only if, it has such an environment.
extern const struct bh_language bh_language;

typedef struct bh_text_task {
    const struct bh_language *language; ///< &bh_language
    int n_tokens;                       ///< V, padding included
    const char *(*token)(int id);       ///< its text, borrowed for ever; "" for padding
    const int *action_tokens; ///< (A) the token an action appends to the text, borrowed for ever
    int ends_at;              ///< token that ends a text
    /// Token between a source and what is written about it; it is in every observation once. 0: its
    /// texts have no such parts.
    int source_ends_at;
    /// allowed (A) out: 1 where the action may be taken after obs (T); at least one is. NULL: all
    /// are.
    void (*allowed)(unsigned char *allowed, const float *obs);
    /// Draws a text of the kind a language model learns from: laid out like observations, the end
    /// included.
    /// tokens (T + 1) out. Returns how many tokens it has, at most T + 1; no padding is written.
    int (*example)(bh_rng *rng, int *tokens);
    /// Appends what a reader is shown for tokens (n), a text or its beginning: JSON, as the
    /// environment's header says. What is said in several ways is chosen by `key`; the same tokens
    /// and key give the same text. NULL: the tokens are what is shown.
    void (*talk)(const uint16_t *tokens, int n, uint32_t key, bh_text *out);
} bh_text_task;

/// rows (n, T + 1) out: n examples from a seed, padded, for a language model to learn from
/// (lm/corpus.h). T tokens of an observation. BH_ERR_ARGUMENT for a negative n, or an example that is
/// longer.
BH_API bh_status bh_text_task_rows(const bh_text_task *task, uint16_t *rows, int n, int T,
                                   uint64_t seed);
