// SPDX-License-Identifier: MIT
// Setups and runs from names and texts, checked on the way.
//
//     bh_run *run = make_run(&bh_envs, "GridWorld-v0", "dqn", OPTIONS("seed", "1", "eval_freq", "0"));
#pragma once

#include "rl/run.h"

#include "check.h"

/// Option names and values in turn.
#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static inline bh_setup *make_setup(const bh_registry *registry, const char *env, const char *algo,
                                   const char *const *options)
{
    bh_setup *setup;
    bh_error err = {0};
    if (!CHECK_STATUS(bh_setup_create(&setup, registry, env, algo, &err), BH_OK))
        printf("    %s\n", err.message);
    for (; setup != NULL && options != NULL && options[0] != NULL; options += 2) {
        bh_status status = bh_setup_set(setup, options[0], options[1], &err);
        if (!CHECK_STATUS(status, BH_OK)) printf("    %s\n", err.message);
    }
    return setup;
}

/// Consumes the setup.
static inline bh_run *start_run(bh_setup *setup)
{
    bh_run *run = NULL;
    bh_error err = {0};
    if (!CHECK_STATUS(bh_run_create(&run, setup, &err), BH_OK)) printf("    %s\n", err.message);
    bh_setup_destroy(setup);
    return run;
}

static inline bh_run *make_run(const bh_registry *registry, const char *env, const char *algo,
                               const char *const *options)
{
    return start_run(make_setup(registry, env, algo, options));
}
