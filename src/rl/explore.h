// SPDX-License-Identifier: MIT
// Exploration: which action to take, given the values. One interface for tables and networks.
//
//   epsilon-greedy  with probability epsilon a uniformly random action, else the greedy one
//   boltzmann       action a with probability proportional to exp(q[a] / temperature)
//   gaussian        greedy on q plus independent normal noise of that standard deviation
//   ucb             greedy on q + c sqrt(ln N(s) / N(s,a)); what was never taken in s comes first
//                   (Auer et al. 2002; Sutton and Barto 2018, eq. 2.10)
//   greedy          greedy: for networks that explore by their own noise (NoisyNet)
//
// epsilon, temperature and noise fall from their initial to their final value over a fraction of
// the run, along a line or exponentially. With bonus_in_target, values of the next state get
// c / sqrt(N(s',a') + 1) before their maximum is taken, so that what is unknown is sought also from
// far away (optimism in the bootstrap, as OPIQ, Rashid et al. 2020).
#pragma once

#include "core/alloc.h"
#include "core/config.h"
#include "core/real.h"
#include "core/rng.h"
#include "rl/agent_config.h"
#include "rl/counts.h"

typedef enum bhi_exploration {
    BHI_EPSILON_GREEDY = 0, ///< numbered like the words of the option
    BHI_BOLTZMANN = 1,
    BHI_GAUSSIAN = 2,
    BHI_UCB = 3,
    BHI_GREEDY = 4,
} bhi_exploration;

/// Rows of an agent's table: `at` is the path of the bh_explore_config, the others are the defaults
/// of epsilon's fall.
#define BHI_EXPLORE_ROWS(at, FRACTION, FINAL)                                                      \
    BH_CHOICE_AT(at.kind, exploration, BH_DEFAULT("epsilon-greedy"),                               \
                 BH_WORDS("epsilon-greedy|boltzmann|gaussian|ucb|greedy"), BH_RESET,               \
                 "How it tries other actions than the best it knows"),                             \
        BH_REAL_AT(at.fraction, exploration_fraction, BH_DEFAULT(FRACTION), BH_RANGE(0, 1),        \
                   BH_LIVE,                                                                        \
                   "Share of total_timesteps over which epsilon (temperature, noise) falls"),      \
        BH_CHOICE_AT(at.schedule, exploration_schedule, BH_DEFAULT("linear"),                      \
                     BH_WORDS("linear|exponential"), BH_LIVE,                                      \
                     "How epsilon (temperature, noise) falls; exponentially to 0 it ends at 1 %"), \
        BH_REAL_AT(at.initial_eps, exploration_initial_eps, BH_DEFAULT("1"), BH_RANGE(0, 1),       \
                   BH_LIVE, "Epsilon at the start"),                                               \
        BH_REAL_AT(at.final_eps, exploration_final_eps, BH_DEFAULT(FINAL), BH_RANGE(0, 1),         \
                   BH_LIVE, "Epsilon at the end"),                                                 \
        BH_REAL_AT(at.initial_temperature, exploration_initial_temperature, BH_DEFAULT("1"),       \
                   BH_RANGE(1e-6, 1e6), BH_LIVE,                                                   \
                   "Boltzmann: temperature at the start, in units of return"),                     \
        BH_REAL_AT(at.final_temperature, exploration_final_temperature, BH_DEFAULT("0.02"),        \
                   BH_RANGE(1e-6, 1e6), BH_LIVE, "Boltzmann: temperature at the end"),             \
        BH_REAL_AT(at.initial_noise, exploration_initial_noise, BH_DEFAULT("1"), BH_RANGE(0, 1e6), \
                   BH_LIVE, "Gaussian: standard deviation of the noise on Q at the start"),        \
        BH_REAL_AT(at.final_noise, exploration_final_noise, BH_DEFAULT("0.02"), BH_RANGE(0, 1e6),  \
                   BH_LIVE, "Gaussian: standard deviation at the end"),                            \
        BH_REAL_AT(at.bonus, exploration_bonus, BH_DEFAULT("1"), BH_RANGE(0, 1e6), BH_LIVE,        \
                   "UCB: c, how much an action gains by being rare")

/// The row of those agents whose targets know a bonus.
#define BHI_EXPLORE_TARGET_ROW(at)                                                                 \
    BH_BOOL_AT(at.bonus_in_target, exploration_bonus_in_target, BH_DEFAULT("false"), BH_LIVE,      \
               "UCB: values of the next state get a bonus too, which propagates optimism through " \
               "bootstrapping")

/// Epsilon, temperature or noise at a progress (0 start, 1 end of the run); c for UCB, 0 for
/// greedy.
double bhi_explore_rate(const bh_explore_config *settings, double progress);

/// An action that needs no values: a random one, with probability epsilon. -1 when values decide.
int bhi_explore_random(const bh_explore_config *settings, double rate, bh_rng *rng, int A);

/// The action for values q (A), where bhi_explore_random gave none. counts (A) are those of the
/// state, NULL unless the strategy is UCB. *explored is 1 where it is not the greedy one.
int bhi_explore_choose(const bh_explore_config *settings, double rate, bh_rng *rng, const double *q,
                       const uint32_t *counts, int A, unsigned char *explored);

/// Probabilities p (A) of the choice: of epsilon-greedy and boltzmann. The other strategies count
/// as greedy.
void bhi_explore_probabilities(const bh_explore_config *settings, double rate, double *p,
                               const double *q, int A);

/// The bonus on the value of an action taken n times, when values of the next state get one.
double bhi_explore_target_bonus(const bh_explore_config *settings, uint32_t n);
