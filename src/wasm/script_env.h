// SPDX-License-Identifier: MIT
// Environments in JavaScript: a bh_env_def for each, made while the program runs, whose functions
// call out of the module.
//
// The module imports one function for it, env.bellhop_env_call(handle, op, value, at, step), which
// must not throw: an exception would leave the module's stack as it is. It keeps the error and
// returns a negative number instead.
//
//     op                   handle       value       at, step        returns
//     BH_SCRIPT_CREATE     script       -           config          handle of a new environment, 0
//                          or more
//     BH_SCRIPT_DESTROY    environment  -           -               0
//     BH_SCRIPT_RESET      environment  seed or -1  obs out         0, or 1 (BH_PENDING)
//     BH_SCRIPT_STEP       environment  action, or  obs, step out   0, or 1 (BH_PENDING)
//                                       where its numbers are (f32), of a Box
//     BH_SCRIPT_SAVE       environment  size        bytes out       how many bytes there are, 0 when it
//                                                                   cannot say; written when they fit
//     BH_SCRIPT_RESTORE    environment  size        bytes           0
//     BH_SCRIPT_INTERRUPT  -            -           -               1 where long work is to return now
//                                                                   (core/interrupt.h)
//
// What it writes has been checked there: a Discrete observation is a whole number of the space,
// numbers are finite, those of a uint8 Box are bytes; of a mask behind them, numbers are 0 or 1, and
// not all 0 unless the step terminated. C relies on it.
#pragma once

#include "rl/env.h"

/// Bytes of the stack that a call of the module may take; tests/node/stack.test.mjs measures them.
#define BHX_STACK_NEEDED (256 << 10)

enum {
    BH_SCRIPT_CREATE,
    BH_SCRIPT_DESTROY,
    BH_SCRIPT_RESET,
    BH_SCRIPT_STEP,
    BH_SCRIPT_SAVE,
    BH_SCRIPT_RESTORE,
    BH_SCRIPT_INTERRUPT
};

/// What the definition is made from. Copied, with what it points to, but for `config`.
typedef struct bhx_script_spec {
    int handle;    ///< what the function gets for BH_SCRIPT_CREATE
    int is_single; ///< as in bh_env_callbacks
    const char *id;
    bh_space observation;
    bh_space action;               ///< Discrete, or a Box of floats
    int max_episode_steps;         ///< 0 for none
    double reward_threshold;       ///< NAN for none
    const bh_config_table *config; ///< options, borrowed; NULL for none
} bhx_script_spec;

/// Makes a definition. It must outlive setups, environments and runs made from it. BH_ERR_MEMORY.
bh_status bhx_script_def_create(bh_env_def **out, const bhx_script_spec *spec, bh_error *err);
void bhx_script_def_destroy(bh_env_def *def);

/// Asks JavaScript: a bh_interrupt.
int bhx_interrupt(void *user);

/// The handle of one of its environments, from its state.
int bhx_script_env_handle(const void *state);
