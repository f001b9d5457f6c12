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
#include "rl/counts.h"

typedef enum bhi_exploration {
    BHI_EPSILON_GREEDY = 0, ///< numbered like the words of the option
    BHI_BOLTZMANN = 1,
    BHI_GAUSSIAN = 2,
    BHI_UCB = 3,
    BHI_GREEDY = 4,
} bhi_exploration;

/// Rows of an agent's table; FRACTION and FINAL are the defaults of epsilon's fall, as text.
#define BHI_EXPLORE_CONFIG(X, FRACTION, FINAL)                                                     \
    X(CHOICE, exploration, "epsilon-greedy", 0, 0, "epsilon-greedy|boltzmann|gaussian|ucb|greedy", \
      BH_RESET, "How it tries other actions than the best it knows")                               \
    X(REAL, exploration_fraction, FRACTION, 0, 1, NULL, BH_LIVE,                                   \
      "Share of total_timesteps over which epsilon (temperature, noise) falls")                    \
    X(CHOICE, exploration_schedule, "linear", 0, 0, "linear|exponential", BH_LIVE,                 \
      "How epsilon (temperature, noise) falls")                                                    \
    X(REAL, exploration_initial_eps, "1", 0, 1, NULL, BH_LIVE, "Epsilon at the start")             \
    X(REAL, exploration_final_eps, FINAL, 0, 1, NULL, BH_LIVE, "Epsilon at the end")               \
    X(REAL, exploration_initial_temperature, "1", 1e-6, 1e6, NULL, BH_LIVE,                        \
      "Boltzmann: temperature at the start, in units of return")                                   \
    X(REAL, exploration_final_temperature, "0.02", 1e-6, 1e6, NULL, BH_LIVE,                       \
      "Boltzmann: temperature at the end")                                                         \
    X(REAL, exploration_initial_noise, "1", 0, 1e6, NULL, BH_LIVE,                                 \
      "Gaussian: standard deviation of the noise on Q at the start")                               \
    X(REAL, exploration_final_noise, "0.02", 0, 1e6, NULL, BH_LIVE,                                \
      "Gaussian: standard deviation at the end")                                                   \
    X(REAL, exploration_bonus, "1", 0, 1e6, NULL, BH_LIVE,                                         \
      "UCB: c, how much an action gains by being rare")

/// The row of those agents whose targets know a bonus. Without it the member of the settings is 0.
#define BHI_EXPLORE_TARGET_CONFIG(X)                                   \
    X(BOOL, exploration_bonus_in_target, "false", 0, 1, NULL, BH_LIVE, \
      "UCB: values of the next state get a bonus too, so that the unknown is sought from afar")

/// What the rows say, as far as the chosen strategy needs it.
typedef struct bhi_explore_settings {
    bhi_exploration kind;
    double initial, final; ///< epsilon, temperature or noise
    double fraction;
    int exponential;
    double bonus;
    int bonus_in_target;
} bhi_explore_settings;

/// From a config struct with these rows.
#define BHI_EXPLORE_SETTINGS(c)                                                           \
    (bhi_explore_settings)                                                                \
    {                                                                                     \
        (bhi_exploration)(c)->exploration,                                                \
            (c)->exploration == BHI_BOLTZMANN  ? (c)->exploration_initial_temperature     \
            : (c)->exploration == BHI_GAUSSIAN ? (c)->exploration_initial_noise           \
                                               : (c)->exploration_initial_eps,            \
            (c)->exploration == BHI_BOLTZMANN  ? (c)->exploration_final_temperature       \
            : (c)->exploration == BHI_GAUSSIAN ? (c)->exploration_final_noise             \
                                               : (c)->exploration_final_eps,              \
            (c)->exploration_fraction, (c)->exploration_schedule, (c)->exploration_bonus, \
            (c)->exploration_bonus_in_target,                                             \
    }

/// Epsilon, temperature or noise at a progress (0 start, 1 end of the run); c for UCB, 0 for
/// greedy.
double bhi_explore_rate(const bhi_explore_settings *settings, double progress);

/// An action that needs no values: a random one, with probability epsilon. -1 when values decide.
int bhi_explore_random(const bhi_explore_settings *settings, double rate, bh_rng *rng, int A);

/// The action for values q (A), where bhi_explore_random gave none. counts (A) are those of the
/// state, NULL unless the strategy is UCB. *explored is 1 where it is not the greedy one.
int bhi_explore_choose(const bhi_explore_settings *settings, double rate, bh_rng *rng,
                       const double *q, const uint32_t *counts, int A, unsigned char *explored);

/// Probabilities p (A) of the choice: of epsilon-greedy and boltzmann. The other strategies count
/// as greedy.
void bhi_explore_probabilities(const bhi_explore_settings *settings, double rate, double *p,
                               const double *q, int A);

/// The bonus on the value of an action taken n times, when values of the next state get one.
double bhi_explore_target_bonus(const bhi_explore_settings *settings, uint32_t n);
