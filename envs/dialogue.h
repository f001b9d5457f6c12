// SPDX-License-Identifier: MIT
// Dialogue-v0: a guest at the bellhop's desk, whose need must be found out before it can be met.
//
// At reset one of six needs is drawn, hidden, and the guest says something that fits several. Each
// action is a reply, one token: a question, whose answer fits some of the needs (the same when
// asked again), one of the six solutions, or goodbye. The guest's words follow it. The dialogue
// ends, terminated, with the right solution, with goodbye, and with the sixth reply. The reward, at
// each step,
//
//     -0.1    for every reply
//     -0.5    for a wrong solution; the guest says so, and the dialogue goes on
//     +1      for the right solution
//
// The numbers are the options turn_cost, wrong_cost and solved_reward, 0..10, and may be changed
// while it runs. With wrong_cost 0 the best bellhop guesses, 0.96 wrong solutions for a guest
// instead of 0.11; with turn_cost 2 it says goodbye at once.
//
//     optimum                   0.651867 (expectimax over what is known of the need: dynamic
//                               programming)
//     uniformly random policy   -0.737374 (its exact mean over the replies allowed, by dynamic
//                               programming)
//     a text of `example`       -0.2 (by 10,000 of them): a mediocre bellhop, who asks in any order
//                               and half of the time tries a solution, mostly one that the answers
//                               do not rule out. What a language model of such texts alone can be
//                               expected to reach
//     reward_threshold          random + 0.9 (optimum - random)
//
// tests/c/test_dialogue.c computes them.
//
// Observation: 28 tokens, the dialogue so far: "please help me Where? in my room". Replies already
// given are not allowed; taken nevertheless they are what they were the first time. Needs, words
// and how likely a guest says what are in envs/data/dialogue_v0_data.h.
//
// view, info, layout: as envs/token_text.h says. Parts: "solved" 0 or 1, "turns" replies given,
//     "wrong" wrong solutions; their weights are solved_reward, -turn_cost and -wrong_cost. info
//     also "talk", at the end also "need": "taxi". layout also "replies", "replies_zh": the actions
//     in full sentences.
//
// A reader is shown sentences for the words, English or Chinese, one of several for each meaning
// (envs/data/dialogue_v0_sentences.h). Agents and language models read the words alone. Which
// sentence it is follows from the guest, all that was drawn when it arrived, and from the turn; so
// the same seed gives the same talk in a page, on the command line and in C. No sentence tells more
// than its words.
//
// talk, of `info` and of bh_text_task: a list of what was said, {"who": "guest", "text": "in my
//     room", "en": "It's in the room.", "zh": "就在房间里。"}, "who" else "bellhop". What a guest
//     never says, a language model may write it, is its own sentence
// describe: the English talk, "Guest: …" and "Bellhop: …" in turn; "Bellhop: …" alone at the end
//     while it has to reply
#pragma once

#include "rl/env.h"

#define BHI_DIALOGUE_LIMIT 6 ///< replies of a dialogue

#define BHI_DIALOGUE_OPTIMUM     0.651867    ///< best mean return of any policy
#define BHI_DIALOGUE_RANDOM_MEAN (-0.737374) ///< mean return of uniformly random allowed replies

enum {
    BHI_DIALOGUE_SAYING = 3, ///< most words a guest says at a time
    BHI_DIALOGUE_N_TEXT =
        BHI_DIALOGUE_SAYING + BHI_DIALOGUE_LIMIT * (1 + BHI_DIALOGUE_SAYING) + 1, ///< T
    BHI_DIALOGUE_N_PARTS = 3,
};
