// SPDX-License-Identifier: MIT
// Transition tables of the shipped environments, and the values of a policy by solving linear
// equations.
#pragma once

#include "core/alloc.h"
#include "envs/registry.h"

#include "check.h"

#include <stdlib.h>

enum { WORLD_STATES_MAX = 64, WORLD_A = 4 };

typedef struct world {
    bh_env *env;
    bh_transition outcomes[WORLD_STATES_MAX * WORLD_A * BH_TRANSITIONS_MAX];
    int n_outcomes[WORLD_STATES_MAX * WORLD_A];
    bh_mdp mdp;
} world;

/// Its env is the caller's to destroy. `option` NULL leaves the defaults.
static inline void make_world(world *w, const char *id, const char *option, const char *value)
{
    const bh_env_def *def;
    CHECK_STATUS(bh_registry_find(&bh_envs, id, &def, NULL), BH_OK);
    void *config = bh_alloc(def->config->bytes);
    bh_config_defaults(def->config, config);
    if (option != NULL)
        CHECK_STATUS(bh_config_set(def->config, config, option, value, NULL), BH_OK);
    CHECK_STATUS(bh_env_create(&w->env, def, config, NULL), BH_OK);
    bh_free(config, def->config->bytes);
    int S = bh_env_observation_space(w->env)->n;
    for (int i = 0; i < S * WORLD_A; i++) {
        w->n_outcomes[i] = def->transitions(bh_env_state(w->env), i / WORLD_A, i % WORLD_A,
                                            w->outcomes + i * BH_TRANSITIONS_MAX);
    }
    w->mdp = (bh_mdp){S, WORLD_A, w->outcomes, w->n_outcomes};
}

// Row s of (1 - gamma P) v = r under the policy (S,A).
static inline void world_equation(double *row, const world *w, const double *policy, int s,
                                  double gamma)
{
    int S = w->mdp.n_states;
    row[s] = 1;
    for (int a = 0; a < WORLD_A; a++) {
        int i = s * WORLD_A + a;
        for (int k = 0; k < w->n_outcomes[i]; k++) {
            const bh_transition *t = &w->outcomes[i * BH_TRANSITIONS_MAX + k];
            row[S] += policy[i] * t->p * t->r;
            if (!t->terminated) row[t->s] -= policy[i] * t->p * gamma;
        }
    }
}

/// v (S) of a policy (S,A): Gaussian elimination with partial pivoting.
static inline void solve_world(double *v, const world *w, const double *policy, double gamma)
{
    int S = w->mdp.n_states, W = S + 1;
    double *m = calloc((size_t)(S * W), sizeof *m);
    for (int s = 0; s < S; s++) world_equation(m + s * W, w, policy, s, gamma);
    for (int c = 0; c < S; c++) {
        int pivot = c;
        for (int i = c + 1; i < S; i++) {
            if (fabs(m[i * W + c]) > fabs(m[pivot * W + c])) pivot = i;
        }
        for (int j = 0; j < W; j++) {
            double swap = m[c * W + j];
            m[c * W + j] = m[pivot * W + j];
            m[pivot * W + j] = swap;
        }
        for (int i = 0; i < S; i++) {
            double factor = i == c ? 0 : m[i * W + c] / m[c * W + c];
            for (int j = c; j < W; j++) m[i * W + j] -= factor * m[c * W + j];
        }
    }
    for (int s = 0; s < S; s++) v[s] = m[s * W + S] / m[s * W + s];
    free(m);
}
