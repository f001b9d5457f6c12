// SPDX-License-Identifier: MIT
// LearningRate-v0: steering the learning rate of a language model while it is trained.
//
// The environment holds a real training: a transformer (lm/lm_net.h: 16 tokens, 8 positions, 8
// channels, 2 heads, 1 block, tied output, 1,080 parameters), its gradients and its optimizer,
// learning a text of 4,096 tokens in batches of 4 sequences of 8. The text is written by a Markov
// chain that is drawn at reset, as are the parameters and the order of the batches: every episode
// is the training of another model on another text. Each token has three successors, in 6, 3 and 1
// of 10 cases, so that no model can lose less than 0.898 nats per token in the long run; guessing
// loses log 16 = 2.773. The validation loss is that of 128 more tokens of the chain, always the
// same ones.
//
// An episode has 20 decisions (option `decisions`). Each changes the learning rate and does 10
// updates (`updates`) with it.
//
//     actions       0: a quarter of it, 1: half, 2: keep, 3: twice, 4: four times; kept between
//                   2^-6 and 2^6 times the first rate, which is 0.01 for `optimizer` adam and 0.1
//                   for momentum
//     reward        by how much the validation loss fell, in nats: previous - new. An episode's
//                   undiscounted return is therefore its start - its final validation loss, and the
//                   best return the lowest final loss
//     end           terminated after the last decision; or earlier, when the training diverged: a
//                   loss that is no number or 2 log 16 and more, or a gradient of norm 1e6 and
//                   more. The validation loss is then said to be 2 log 16, whatever it was, and the
//                   return falls to about -log 16
//
// With `task` finetuning the model has learned a related text before the first decision (200
// updates of Adam; every fourth token is followed by what another was), and a fresh optimizer
// adapts it to this one.
//
// Observation, 8 floats, cut to their bounds; losses over log 16, 0..2; slopes in nats per
// decision, -1..1, positive when falling:
//     [0] decisions done / decisions, 0..1       [1] log2 of the rate over the first one, / 6,
//                                                -1..1
//     [2] training loss, mean of the last updates       [3] its slope       [4] validation loss
//                                                         [5] its slope
//     [6] log10 of the mean gradient norm of the last updates, -3..6       [7] lowest validation
//                                                                          loss so far
//
// What is known of the optimum: mean final validation losses of the default options, and of
// finetuning, over the 100 seeds from BHI_LEARNING_RATE_HELD_OUT on. Constants and peaks are tuned
// on 50 others, on a grid of factors of sqrt 2:
//
//                                          pretraining          finetuning
//     before the first decision             2.7740               2.3550
//     uniformly random actions              2.3611               2.2338
//     best constant rate                    1.1127 (0.0283)      1.0293 (0.0100)
//     cosine to 0, best peak                1.0949 (0.0400)      0.9809 (0.0566)
//     linear to 0, best peak                1.0725 (0.0400)      0.9773 (0.0566)
//     warm-up of 4 decisions, then cosine   1.0502 (0.0800)      0.9809 (0.0800)
//     dqn, the preset, seeds 0, 1, 2        1.069 1.067 1.063    1.006 0.989 0.996
//
// The optimum itself is unknown: at most the lowest of a column. dqn's are the greedy policies of
// the best parameters of 20,000 steps; the preset was chosen among a few by these very figures. Its
// seeds 3, 4, 5 on the 100 seeds from 2,000,000 on: 1.069 1.064 1.064 in pretraining, where the
// cosine has 1.086; but in finetuning 0.996 1.016 1.053, where the cosine has
// 0.990 and the best constant 1.039. reward_threshold is the best constant's mean return in
// pretraining; it means nothing for other options. tests/c/test_learning_rate.c --figures checks
// the fixed schedules, --table 3 prints all of this.
//
// view, 104 floats: [0] decisions done, [1] decisions, [2] last action (-1 after reset), [3] last
//                   reward, [4] whether it diverged, then three paths of 33, of which decisions + 1
//                   are in use, index 0 before the first decision, -1 where not yet: [5 + i]
//                   learning rate, [38 + i] training loss, [71 + i] validation loss
// describe:         "decision 7 of 20: learning rate 0.02, validation loss 1.94 nats, from 2.77"
// layout:           {"actions": ["/ 4", "/ 2", "keep", "x 2", "x 4"], "rates": [the 13 there are],
//                   "decisions": 20,
//                    "updates": 10, "guessing": log 16}
// info:             {"loss": training loss, "learning_rate": 0.02, "validation": validation loss,
//                   "gradient_norm": 0.4}
#pragma once

#include "rl/env.h"

enum {
    BHI_LEARNING_RATE_N_OBS = 8,
    BHI_LEARNING_RATE_DECISIONS_MAX = 32,
    BHI_LEARNING_RATE_N_VIEW = 5 + 3 * (BHI_LEARNING_RATE_DECISIONS_MAX + 1),
    BHI_LEARNING_RATE_HELD_OUT = 1000000, ///< first of the seeds that no schedule was tuned on
};

/// Mean return of the best constant rate in pretraining, over the held-out seeds.
#define BHI_LEARNING_RATE_THRESHOLD (2.7740 - 1.1127)

/// Numbered like the words of the option `task`.
enum { BHI_PRETRAINING = 0, BHI_FINETUNING = 1 };

/// The final validation loss, in nats, of the training that is the first episode of an environment
/// of that task with this seed, under any learning rates: n decisions, 10 updates of Adam with
/// rates[i] each. Diverged, it is 2 log 16. NAN when there is no memory.
double bhi_learning_rate_run(uint64_t seed, int task, const double *rates, int n);
