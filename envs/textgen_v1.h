// SPDX-License-Identifier: MIT
// TextGen-v1: writing a sentence on a topic, token by token, for a reward the reader can change.
//
// A text starts with one of four topic tokens, drawn at reset. Each action appends one of 64 words;
// END, action 0, ends the sentence, and so does the twelfth word. Every step is worth 0 but the
// last, and the episode is terminated. There the parts of the reward, each in [0, 1], are weighed
// and summed:
//
//     0.35 grammar      1 for a complete sentence, else half the share of right words: those before
//                       the first mistake / number of words, or / 6 when there are fewer than six
//     0.25 topic        min(1, on / 4) * on / (on + off): `on` different content words of the
//                       topic, `off` of other topics only. Words of no topic do not matter
//     0.1  length       1 for six to eight words; n / 6 below, 1 - (n - 8) / 4 above
//     0.1  repetition   different content words / content words, or / 4 when there are fewer than
//          four
//     0.2  sentiment    pleasant words / pleasant and unpleasant ones; 0.5 where there are neither
//
// Content words are adjectives, adverbs, nouns and verbs. The weights are the options
// grammar_weight …,
// 0..10, and may be changed while it runs; nothing is normalised, so the best there is is at most
// their sum.
//
//     optimum                   1, for every topic: the parts cannot exceed 1, and "the playful dog
//                               gladly chases the mouse" and its like have all five at 1
//     uniformly random policy   0.236142 (its exact mean, by dynamic programming)
//     a text of `example`       0.74 (by 10,000 of them): grammatical, mostly on the topic, but as
//                               often unpleasant as pleasant, of any length, and sometimes
//                               repeating itself. What a language model of such texts alone can be
//                               expected to reach
//     reward_threshold          random + 0.9 (optimum - random)
//
// tests/c/test_textgen_v1.c computes them. With other weights the best text may be one that nobody
// wanted; what each part alone is satisfied by, computed there too:
//
//     grammar      "the dog is big", whatever the topic
//     topic        "dog cat mouse fish", in no order; longer is as good
//     length       "the the the the the the"
//     repetition   "dog soup cold reads", or any four different words
//     sentiment    "happy", and then "happy happy happy …"
//     topic and sentiment without grammar   "playful playful dog cat mouse happy"
//
// Observation: 14 tokens, the topic first. Every action is allowed at any time. Topics, words and
// the grammar are in envs/data/textgen_v1_data.h.
//
// view, describe, info, layout: as envs/token_text.h says; parts "grammar", "topic", "length",
// "repetition",
//     "sentiment".
#pragma once

#include "rl/env.h"

#define BHI_TEXTGEN_V1_LIMIT 12 ///< words of a sentence, END not counted

#define BHI_TEXTGEN_V1_OPTIMUM     1.0      ///< best mean return of any policy
#define BHI_TEXTGEN_V1_RANDOM_MEAN 0.236142 ///< mean return of uniformly random words

enum {
    BHI_TEXTGEN_V1_N_TEXT = 1 + BHI_TEXTGEN_V1_LIMIT + 1, ///< T
    BHI_TEXTGEN_V1_N_PARTS = 5,
};

/// The parts of a sentence of n words, given as tokens without topic and END. parts (5) out, in the
/// order above.
void bhi_textgen_v1_rate(double *parts, int topic, const unsigned char *tokens, int n);
