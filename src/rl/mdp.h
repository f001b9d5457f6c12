// SPDX-License-Identifier: MIT
// A known Markov decision process: <S, A, P, R> as lists of outcomes.
#pragma once

#include "core/status.h"

/// One outcome of taking an action in a state: an entry of Gymnasium's P[s][a].
typedef struct bh_transition {
    double p;       ///< probability
    int s;          ///< next state
    double r;       ///< reward
    int terminated; ///< 1 when the episode ends there
} bh_transition;

#define BH_TRANSITIONS_MAX 4 ///< outcomes of one (state, action)

/// All outcomes of all (state, action), BH_TRANSITIONS_MAX places for each. Plain data; the arrays
/// are borrowed from whoever made it.
typedef struct bh_mdp {
    int n_states;
    int n_actions;
    const bh_transition *outcomes; ///< (n_states, n_actions, BH_TRANSITIONS_MAX)
    const int *n_outcomes;         ///< (n_states, n_actions) how many of them are used
} bh_mdp;
