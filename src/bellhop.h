// SPDX-License-Identifier: MIT
// Bellhop: deep Q-learning in C. Everything public, for applications that want one include.
//
//     #include "bellhop.h"
//     #include "envs/registry.h"
//
//     bh_error err;
//     bh_setup *setup;
//     bh_run *run;
//     if (bh_setup_create(&setup, &bh_envs, "CartPole-v1", NULL, &err) != BH_OK) puts(err.message);
//     if (bh_run_create(&run, setup, &err) != BH_OK) puts(err.message);
//     bh_run_steps(run, 50000);
//     bh_score score;
//     bh_run_evaluate(run, BH_BEST, 100, 1, &score);
//     bh_run_destroy(run);
//     bh_setup_destroy(setup);
//
// No globals but the allocator hook, no threads, no files: bytes go in and out through the caller.
// Objects are independent; use each from one thread at a time.
#pragma once

#include "core/alloc.h"
#include "core/config.h"
#include "core/fmath.h"
#include "core/real.h"
#include "core/rng.h"
#include "core/status.h"
#include "core/text.h"
#include "io/checkpoint.h"
#include "io/sha256.h"
#include "rl/agent.h"
#include "rl/dqn.h"
#include "rl/env.h"
#include "rl/mdp.h"
#include "rl/run.h"
#include "rl/space.h"
#include "rl/tabular.h"
#include "rl/value.h"
#include "rl/vec_env.h"
