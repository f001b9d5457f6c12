// SPDX-License-Identifier: MIT
// Bellhop: deep Q-learning in C. Everything public, for applications that want one include.
//
//     #include "bellhop.h"
//     #include "envs/registry.h"
//
//     bh_error err;
//     bh_setup *setup = NULL;
//     bh_run *run = NULL;
//     bh_score score;
//     bh_status status = bh_setup_create(&setup, &bh_envs, "CartPole-v1", NULL, &err);
//     if (status == BH_OK) status = bh_run_create(&run, setup, &err);
//     if (status == BH_OK) {
//         bh_run_steps(run, 50000);
//         bh_run_evaluate(run, BH_BEST, 100, 1, &score);
//         printf("%g\n", score.mean);
//     } else {
//         fprintf(stderr, "%s\n", err.message);
//     }
//     bh_run_destroy(run);
//     bh_setup_destroy(setup);
//
// No globals but the allocator hook and the choice of kernels (kernels/choice.h), no threads, no
// files: bytes go in and out through the caller.
// Objects are independent; use each from one thread at a time. The headers below, and
// envs/registry.h, are the public API, all of it: they include each other and nothing else. The
// other headers declare names that begin with bhi_, and change without notice.
#pragma once

#include "core/alloc.h"
#include "core/config.h"
#include "core/fmath.h"
#include "core/interrupt.h"
#include "core/real.h"
#include "core/rng.h"
#include "core/status.h"
#include "core/text.h"
#include "core/utf8.h"
#include "io/checkpoint.h"
#include "io/sha256.h"
#include "kernels/choice.h"

#include "rl/env.h"
#include "rl/mdp.h"
#include "rl/run.h"
#include "rl/space.h"
#include "rl/text_task.h"
#include "rl/vec_env.h"

#include "optim/optimizer_config.h"
#include "rl/agent_class.h"
#include "rl/agent_config.h"
#include "rl/agent_list.h"
#include "rl/clone.h"
#include "rl/dqn.h"
#include "rl/off_policy_config.h"
#include "rl/planning.h"
#include "rl/ppo.h"
#include "rl/pqn.h"
#include "rl/reinforce.h"
#include "rl/sac.h"
#include "rl/td3.h"
#include "rl/td_table.h"

#include "rl/gaussian.h"
#include "rl/policy.h"
#include "rl/sde.h"
#include "rl/tabular.h"
#include "rl/value.h"

#include "lm/corpus.h"
#include "lm/language_model.h"
#include "lm/ngram.h"
#include "lm/pretraining.h"
#include "lm/tokenizer.h"
#include "nn/language_weights.h"
