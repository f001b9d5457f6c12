// SPDX-License-Identifier: MIT
// TextGen-v0: writing a sentence on a topic, word by word.
//
// At reset one of four topics is drawn. Each action appends one of 40 words; word 0, END, ends the
// sentence, and so does the twelfth word. Every step is worth 0 but the last, worth R, and the
// episode is terminated.
//
//     R = 0.5 G + 0.3 T + 0.2 D,   each part and R in [0, 1]
//
//     G grammar     1 for a complete sentence, else half the share of right words: those before
//                   the first mistake / number of words, or / 6 when there are fewer than six
//     T topic       min(1, on / 4) * on / (on + off): `on` different content words of the topic,
//                   `off` of other topics only. Words of no topic do not matter
//     D different   different content words / content words, or / 4 when there are fewer than four
//
// Content words are adjectives, nouns and verbs. The full reward asks for a complete sentence with
// four different words on the topic, none off it and none twice: "the hungry dog chases the mouse".
// There is no shortcut: END at once is worth 0, "the" and END 0.042, four words on the topic in no
// order 0.5, a sentence wholly about another topic 0.7, one on the topic without an adjective,
// "the dog chases the mouse", 0.875. What brings a sentence further raises R a little, so that
// learning finds a way uphill.
//
//     optimum                   1, for every topic, by over a hundred sentences of six words
//     uniformly random policy   0.216109 (its exact mean, by dynamic programming)
//     reward_threshold          0.95, 95 % of the optimum
//
// tests/c/test_textgen.c computes all three.
//
// Observation, Box of 100 floats in [0, 1], all that R and the way on depend on (the test computes
// R from it):
//
//     [0, 4)    topic, one-hot
//     [4, 44)   last word, END included, one-hot; all 0 at reset
//     [44, 84)  1 for every word used so far
//     [84, 97)  number of words so far, 0..12, one-hot; END is not counted
//     [97]      1 while there is no mistake in grammar
//     [98]      words before the first mistake / 12
//     [99]      content words so far / 12
//
// [97] and [98] say that a sentence is broken, never which word would be right.
//
// The topics, words and the grammar are in envs/data/textgen_v0_data.h.
//
// view, 19 floats:  [0] topic, [1] number of words, [2] 0 writing, 1 ended by END, 2 by the limit,
//                   [3, 15) the words, -1 where there is none yet, [15] G, [16] T, [17] D, [18] R;
//                   these four are -1 while writing
// describe:         "topic animals: the hungry dog chases …", and when it has ended "…the mouse."
// info:             {"topic": "animals", "sentence": "the hungry dog"}, at the end also
//                   "grammar": G, "relevance": T, "distinct": D
// layout:           {"actions": [40 words], "actions_zh": […], "classes": [class of each word],
//                   "classes_zh": […], "word_topics": [[topic index, …] of each word],
//                   "topics": […], "topics_zh": […], "limit": 12}
#pragma once

#include "rl/env.h"

#define BHI_TEXTGEN_LIMIT 12 ///< words of a sentence, END not counted

#define BHI_TEXTGEN_OPTIMUM     1.0      ///< best mean return of any policy
#define BHI_TEXTGEN_RANDOM_MEAN 0.216109 ///< mean return of uniformly random words

/// Sizes of the tables in envs/data/textgen_v0_data.h.
enum {
    BHI_TEXTGEN_N_TOPICS = 4,
    BHI_TEXTGEN_N_WORDS = 40,
    BHI_TEXTGEN_N_CLASSES = 7,
    BHI_TEXTGEN_N_STATES = 12,
    BHI_TEXTGEN_N_OBS = BHI_TEXTGEN_N_TOPICS + 2 * BHI_TEXTGEN_N_WORDS + BHI_TEXTGEN_LIMIT + 1 + 3,
};

/// The parts of R and their weighted sum.
typedef struct bhi_textgen_score {
    double grammar, relevance, distinct, total;
} bhi_textgen_score;

/// R of a sentence of n words, END not among them.
bhi_textgen_score bhi_textgen_rate(int topic, const int *words, int n);

/// The word itself, or its Chinese gloss.
const char *bhi_textgen_word(int word);
const char *bhi_textgen_word_zh(int word);
/// The name of a topic.
const char *bhi_textgen_topic(int topic);
/// Class of a word, in [0, BHI_TEXTGEN_N_CLASSES).
int bhi_textgen_class(int word);
/// Whether a word carries meaning.
int bhi_textgen_is_content(int word);
/// Bit t is set when the word belongs to topic t.
unsigned bhi_textgen_topics(int word);
/// State of the grammar after a word of that class, or -1 for a mistake. State 0 is the start.
int bhi_textgen_next(int state, int class_id);
/// Whether a sentence may end in that state.
int bhi_textgen_is_sentence(int state);
