// SPDX-License-Identifier: MIT
// Translate-v0: from English into Chinese, token by token, on a toy grammar that knows the right
// answer.
//
// At reset an English sentence is drawn; each action appends a Chinese word to its translation.
// END, action 0, ends it, and so does the fourteenth word. Every step is worth 0 but the last, and
// the episode is terminated. There the translation is compared with the only right one:
//
//     0.3 words   F1 of the words: 2 * words in common / (words of both), each as often as both
//                 have it
//     0.4 order   F1 of neighbours: the same of pairs that follow each other, with the text's start
//                 and end
//     0.3 exact   1 when it is the right one, else 0
//
// The weights are the options words_weight, order_weight, exact_weight, 0..10, and may be changed
// while it runs. With words_weight alone, order does not matter: "书 看 我" is as good as "我 看 书".
//
//     do you watch two red books at home today ?    你 今天 在 家 看 两 本 红 书 吗
//     I do not buy flowers that they like           我 不 买 他们 喜欢 的 花
//     my friends draw cats of the students now      我 的 朋友 现在 画 学生 的 猫
//
// So times and places move before the verb, what describes a thing before the thing, numbers need a
// measure word that goes with the thing, and do becomes nothing, or 吗 at the end.
//
//     optimum                   1: the right translation has all parts at 1, none can exceed it
//     uniformly random policy   0.053286 (its exact mean, over all sentences)
//     a text of `example`       0.8 (by 10,000 of them): three in five of those with a time or a
//                               place leave them where English has them, the rest is right. A
//                               language model of such texts alone is fluent, has every word, and
//                               is wrong systematically: what it holds most likely is the literal
//                               translation, 0.67 on average
//     reward_threshold          random + 0.9 (optimum - random)
//
// tests/c/test_translate.c computes them.
//
// Observation: 29 tokens: the English sentence (at most 13), "<zh>", the translation so far. Every
// action is allowed at any time. Words and phrases are in envs/data/translate_v0_data.h.
//
// view, describe, info, layout: as envs/token_text.h says; parts "words", "order", "exact". info,
// at the end, also
//     "reference": the right translation. layout also "tokens_en": English glosses.
#pragma once

#include "rl/env.h"

#define BHI_TRANSLATE_LIMIT 14 ///< words of a translation, END not counted

#define BHI_TRANSLATE_OPTIMUM     1.0      ///< best mean return of any policy
#define BHI_TRANSLATE_RANDOM_MEAN 0.053286 ///< mean return of uniformly random words

enum {
    BHI_TRANSLATE_N_ENGLISH = 13, ///< most tokens of an English sentence
    BHI_TRANSLATE_N_TEXT = BHI_TRANSLATE_N_ENGLISH + 1 + BHI_TRANSLATE_LIMIT + 1, ///< T
    BHI_TRANSLATE_N_PARTS = 3,
};

/// Kinds of phrases; rows of envs/data/translate_v0_data.h.
typedef enum bhi_translate_slot {
    BHI_SLOT_PRONOUN,
    BHI_SLOT_GROUP,
    BHI_SLOT_VERB,
    BHI_SLOT_FEELING,
    BHI_SLOT_NUMBER,
    BHI_SLOT_OWNER,
    BHI_SLOT_QUALITY,
    BHI_SLOT_PLACE,
    BHI_SLOT_TIME,
    BHI_SLOT_THING,
    BHI_SLOT_MEASURE,
} bhi_translate_slot;

/// A meaning, as numbers of phrases; members that its kind has no use for are not read.
typedef struct bhi_translate_sentence {
    enum { BHI_STATEMENT, BHI_NEGATION, BHI_QUESTION } kind;
    int subject; ///< a pronoun, or behind them a group
    int verb;
    int thing;
    enum { BHI_COUNTED, BHI_OWNED, BHI_WANTED, BHI_OF_STUDENTS } object;
    int number;       ///< counted: "two books"
    int owner;        ///< owned: "my books"
    int quality;      ///< counted, owned: "red"; -1 none
    int who, feeling; ///< wanted: "books that I like"
    int place, time;  ///< -1 none
} bhi_translate_sentence;

/// How many phrases a slot has.
int bhi_translate_count(bhi_translate_slot slot);
/// A sentence as reset draws it.
bhi_translate_sentence bhi_translate_draw(bh_rng *rng);
/// Its tokens (at most 13) out. Returns how many.
int bhi_translate_english(unsigned char *tokens, const bhi_translate_sentence *s);
/// Its translation (at most 13) out; literally: with time and place where English has them. Returns
/// how many.
int bhi_translate_chinese(unsigned char *tokens, const bhi_translate_sentence *s, int literally);
/// Agreement of a translation of n words with the right one of m. parts (3) out, in the order
/// above.
void bhi_translate_rate(double *parts, const unsigned char *right, int m,
                        const unsigned char *tokens, int n);
