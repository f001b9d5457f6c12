// SPDX-License-Identifier: MIT
// Summarize-v0: a summary by picking sentences of a document (extractive summarization).
//
// At reset a document of six sentences is drawn, three or four words each, in any order. Three
// report an event: what happened ("thief steals necklace") and two of where ("thief in museum" or
// "necklace in museum"), with what ("thief with ladder") and what came of it ("then arrest
// follows"). One or two report another event, of another topic, the rest are remarks ("coffee
// smells nice"). Half of all sentences end in a time ("today"). Half of the documents begin with
// what happened in the main event, as news do; the others in any order.
//
// Actions 0..5 pick a sentence, one to three of them; action 6, STOP, ends the summary. A sentence
// cannot be picked twice, STOP needs a pick before it and is all there is after the third:
// `allowed` says so. Whoever takes another action ends the episode with reward 0. Every other step
// is worth 0 but STOP, worth
//
//     R = ROUGE-1 F1 = 2 n_common / (n_picked + n_reference)   (Lin 2004)
//
// of the words in the picked sentences (n_picked) and the reference (n_reference = 7). n_common
// counts each word as often as both have it. The reference says what happened, where, and what came
// of it, in these words, whatever the document has of them: "thief steals necklace in museum arrest
// follows". It is that of the event with three sentences: which one that is, the document tells. So
// the reward asks which event is the main one, and then whether a further sentence brings more new
// words than old ones.
//
//     optimum                   0.744735  mean over documents of the best of the 41 summaries;
//                               reached with the
//                                         observation alone, as the reference follows from the
//                                         document
//     uniformly random policy   0.348880  among allowed actions
//     reward_threshold          random + 0.9 (optimum - random)
//
// Both are exact: tests/c/test_summarize.c enumerates all kinds of documents. Which topic, which
// time and which order it is makes no difference to them.
//
// Observation: T = 35 tokens: for every sentence its words and behind them its marker <1>..<6>,
// then <sum>, then the markers of the picked sentences, then STOP. A marker stands behind the words
// so that a causal transformer knows there what they say. The words are in
// envs/data/summarize_v0_data.h.
//
// Examples: three of five readers are careful and pick the best summary; the others pick any
// sentences, any number.
//
// view, describe, info, layout: as envs/token_text.h says; parts "rouge1", "precision", "recall",
// of which only the
//     first counts. Once the summary is rated, info also has "reference": its words.
#pragma once

#include "rl/env.h"

#define BHI_SUMMARIZE_OPTIMUM     0.744735 ///< best mean return of any policy
#define BHI_SUMMARIZE_RANDOM_MEAN 0.348880 ///< mean return of uniformly random allowed actions

enum {
    BHI_SUMMARIZE_N_SENTENCES = 6,
    BHI_SUMMARIZE_N_WORDS = 4,     ///< words of a sentence, at most
    BHI_SUMMARIZE_N_REFERENCE = 7, ///< words of the reference
    BHI_SUMMARIZE_MAX_PICKS = 3,
    BHI_SUMMARIZE_N_PARTS = 3,
    BHI_SUMMARIZE_N_TEXT = BHI_SUMMARIZE_N_SENTENCES * (1 + BHI_SUMMARIZE_N_WORDS) + 1 +
                           BHI_SUMMARIZE_MAX_PICKS + 1, ///< T
};

/// Kinds of sentences. Those between HEAD and REMARK are details of an event.
typedef enum bhi_summarize_kind {
    BHI_SUMMARIZE_HEAD,   ///< "thief steals necklace"
    BHI_SUMMARIZE_PLACE,  ///< "thief in museum"
    BHI_SUMMARIZE_WITH,   ///< "thief with ladder"
    BHI_SUMMARIZE_RESULT, ///< "then arrest follows"
    BHI_SUMMARIZE_REMARK, ///< "coffee smells nice"
} bhi_summarize_kind;

typedef struct bhi_summarize_sentence {
    unsigned char kind;
    unsigned char topic;   ///< of a REMARK, which noun
    unsigned char variant; ///< PLACE: 0 of who, 1 of what. REMARK: which look. Else 0
    unsigned char time;    ///< 0 none, else which, from 1
} bhi_summarize_sentence;

typedef struct bhi_summarize_document {
    int topic; ///< of the main event
    bhi_summarize_sentence sentences[BHI_SUMMARIZE_N_SENTENCES];
} bhi_summarize_document;

/// Draws a document.
void bhi_summarize_draw(bh_rng *rng, bhi_summarize_document *document);

/// The words of a sentence: tokens (BHI_SUMMARIZE_N_WORDS) out. Returns how many.
int bhi_summarize_words(const bhi_summarize_sentence *sentence, unsigned char *tokens);

/// The reference of a topic: tokens (BHI_SUMMARIZE_N_REFERENCE) out.
void bhi_summarize_reference(int topic, unsigned char *tokens);

/// ROUGE-1 of the sentences whose bits are set in `picked`, at least one: parts (3) out, F1,
/// precision, recall.
void bhi_summarize_rate(double *parts, const bhi_summarize_document *document, unsigned picked);
