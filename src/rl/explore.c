// SPDX-License-Identifier: MIT
// Exploration.
#include "rl/explore.h"

#include "optim/schedule.h"
#include "rl/agent.h"
#include "rl/tabular.h"
#include "rl/value.h"

#include <math.h>

double bhi_explore_rate(const bh_explore_config *c, double progress)
{
    if (c->kind == BHI_UCB) return c->bonus;
    if (c->kind == BHI_GREEDY) return 0;
    bh_schedule_config fall = {.kind = c->schedule == 1 ? BHI_EXPONENTIAL : BHI_LINEAR,
                               .start = c->initial_eps,
                               .end = c->final_eps,
                               .steps = 1};
    if (c->kind == BHI_BOLTZMANN) {
        fall.start = c->initial_temperature;
        fall.end = c->final_temperature;
    } else if (c->kind == BHI_GAUSSIAN) {
        fall.start = c->initial_noise;
        fall.end = c->final_noise;
    }
    return bhi_schedule_at(&fall, c->fraction, progress);
}

int bhi_explore_random(const bh_explore_config *c, double rate, bh_rng *rng, int A)
{
    // One draw decides, whatever epsilon: the stream does not depend on it.
    if (c->kind != BHI_EPSILON_GREEDY || !(bh_rng_uniform(rng) < rate)) return -1;
    return (int)bh_rng_below(rng, (uint32_t)A);
}

// From the distribution exp(q / temperature), by its inverse.
static int boltzmann(const double *q, double temperature, bh_rng *rng, int A)
{
    double top = q[bh_greedy(q, A)], sum = 0, u = bh_rng_uniform(rng);
    for (int a = 0; a < A; a++) sum += bh_value_weight(q[a], top, temperature);
    u *= sum;
    for (int a = 0; a < A; a++) {
        u -= bh_value_weight(q[a], top, temperature);
        if (u < 0) return a;
    }
    return bh_greedy(q, A); // values that are not numbers, or the last rounding
}

static int noisy_greedy(const double *q, double deviation, bh_rng *rng, int A)
{
    int best = 0;
    double highest = -INFINITY;
    for (int a = 0; a < A; a++) {
        double value = q[a] + deviation * bh_rng_normal(rng);
        if (value > highest) {
            highest = value;
            best = a;
        }
    }
    return best;
}

static int is_legal(double q)
{
    return !(q < -1e29); // those that are not are out of reach (rl/action_prior.h)
}

static int ucb(const double *q, double c, const uint32_t *counts, int A)
{
    double total = 0, highest = -INFINITY;
    int best = 0;
    for (int a = 0; a < A; a++) total += counts[a];
    for (int a = 0; a < A; a++) {
        if (!is_legal(q[a])) continue;
        if (counts[a] == 0) return a; // also where c is 0, and whatever the values are
        double value = q[a] + bh_value_ucb_bonus(counts[a], total, c);
        if (value > highest) {
            highest = value;
            best = a;
        }
    }
    return best;
}

int bhi_explore_choose(const bh_explore_config *c, double rate, bh_rng *rng, const double *q,
                       const uint32_t *counts, int A, unsigned char *explored)
{
    int greedy = bh_greedy(q, A), action = greedy;
    if (c->kind == BHI_BOLTZMANN) action = boltzmann(q, rate, rng, A);
    if (c->kind == BHI_GAUSSIAN) action = noisy_greedy(q, rate, rng, A);
    if (c->kind == BHI_UCB) action = ucb(q, rate, counts, A);
    *explored = (unsigned char)(action != greedy);
    return action;
}

static void epsilon_greedy(double *p, const double *q, int A, double epsilon)
{
    int n = 0;
    for (int a = 0; a < A; a++) n += is_legal(q[a]);
    bh_tabular_epsilon_greedy(p, q, A, epsilon);
    if (n == A) return;
    for (int a = 0; a < A; a++) p[a] = is_legal(q[a]) ? epsilon / n : 0;
    p[bh_greedy(q, A)] += 1 - epsilon;
}

void bhi_explore_probabilities(const bh_explore_config *c, double rate, double *p, const double *q,
                               int A)
{
    if (c->kind != BHI_BOLTZMANN) {
        epsilon_greedy(p, q, A, c->kind == BHI_EPSILON_GREEDY ? rate : 0);
        return;
    }
    double top = q[bh_greedy(q, A)], sum = 0;
    for (int a = 0; a < A; a++) sum += p[a] = bh_value_weight(q[a], top, rate);
    for (int a = 0; a < A; a++) p[a] /= sum;
}

double bhi_explore_target_bonus(const bh_explore_config *c, uint32_t n)
{
    if (c->kind != BHI_UCB || !c->bonus_in_target) return 0;
    return bh_value_count_bonus((double)n + 1, c->bonus);
}
