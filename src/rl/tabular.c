// SPDX-License-Identifier: MIT
// Tabular methods: the updates.
#include "rl/tabular.h"

#include "rl/agent.h"

#include <math.h>
#include <string.h>

int bh_greedy(const double *q, int A)
{
    int best = 0;
    for (int a = 1; a < A; a++) {
        if (q[a] > q[best] || q[best] != q[best]) best = a;
    }
    return best;
}

static double max_of(const double *q, int A)
{
    return q[bh_greedy(q, A)];
}

static double expectation(const double *policy, const double *q, int A)
{
    double sum = 0;
    for (int a = 0; a < A; a++) sum += policy[a] * q[a];
    return sum;
}

// ---- learning ----

static double move(double *entry, double target, double alpha)
{
    double td = target - *entry;
    *entry += alpha * td;
    return td;
}

double bh_tabular_q_learning(double *q, int A, int s, int a, double r, double discount, int s_next,
                             double alpha)
{
    return move(&q[s * A + a], r + discount * max_of(q + s_next * A, A), alpha);
}

double bh_tabular_sarsa(double *q, int A, int s, int a, double r, double discount, int s_next,
                        int a_next, double alpha)
{
    return move(&q[s * A + a], r + discount * q[s_next * A + a_next], alpha);
}

double bh_tabular_expected_sarsa(double *q, int A, int s, int a, double r, double discount,
                                 int s_next, const double *policy, double alpha)
{
    return move(&q[s * A + a], r + discount * expectation(policy, q + s_next * A, A), alpha);
}

double bh_tabular_double_q(double *q, const double *q_other, int A, int s, int a, double r,
                           double discount, int s_next, double alpha)
{
    int best = bh_greedy(q + s_next * A, A);
    return move(&q[s * A + a], r + discount * q_other[s_next * A + best], alpha);
}

void bh_tabular_epsilon_greedy(double *policy, const double *q, int A, double epsilon)
{
    for (int a = 0; a < A; a++) policy[a] = epsilon / A;
    policy[bh_greedy(q, A)] += 1 - epsilon;
}

// ---- planning ----

// What follows state s: under the policy, or under the best action where there is none.
static double value_of(const double *q, const double *policy, int s, int A)
{
    return policy != NULL ? expectation(policy + s * A, q + s * A, A) : max_of(q + s * A, A);
}

static double sweep(double *q_new, const double *q_old, const double *policy, const bh_mdp *mdp,
                    double gamma)
{
    double change = 0;
    int A = mdp->n_actions;
    for (int i = 0; i < mdp->n_states * A; i++) {
        const bh_transition *t = mdp->outcomes + (size_t)i * BH_TRANSITIONS_MAX;
        double sum = 0;
        for (int k = 0; k < mdp->n_outcomes[i]; k++) {
            double next = t[k].terminated ? 0 : value_of(q_old, policy, t[k].s, A);
            sum += t[k].p * (t[k].r + gamma * next);
        }
        double d = fabs(sum - q_old[i]);
        if (d > change) change = d;
        q_new[i] = sum;
    }
    return change;
}

double bh_tabular_sweep(double *q_new, const double *q_old, const bh_mdp *mdp, double gamma)
{
    return sweep(q_new, q_old, NULL, mdp, gamma);
}

double bh_tabular_policy_sweep(double *q_new, const double *q_old, const double *policy,
                               const bh_mdp *mdp, double gamma)
{
    return sweep(q_new, q_old, policy, mdp, gamma);
}

int bh_tabular_improve(double *policy, const double *q, int S, int A, double tolerance)
{
    int changed = 0;
    for (int s = 0; s < S; s++) {
        double *row = policy + s * A;
        int best = bh_greedy(q + s * A, A);
        if (q[s * A + best] <= expectation(row, q + s * A, A) + tolerance) continue;
        memset(row, 0, (size_t)A * sizeof *row);
        row[best] = 1;
        changed++;
    }
    return changed;
}
