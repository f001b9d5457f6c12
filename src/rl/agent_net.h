// SPDX-License-Identifier: MIT
// The networks of agents: what follows from the observations, whether they can exist, and their
// roles.
//
//     bhi_net_spec net = {.extractor = …, .transformer = …, .hidden = …, .outputs = A, .atoms = 1};
//     bhi_net_spec_observe(&net, &spec);
//     bh_status status = bhi_net_spec_check("DQN", &net, &spec, err);
#pragma once

#include "nn/network.h"
#include "rl/agent.h"

#define BHI_REALS_MAX \
    ((double)(1 << 30)) ///< of one block; beyond this, offsets would not fit an int

/// Fills in what a network over these observations reads: inputs, image, and of a transformer the
/// body and its sizes.
void bhi_net_spec_observe(bhi_net_spec *net, const bh_agent_spec *spec);

/// Whether such a network can exist over these observations; BH_ERR_CONFIG with a sentence that
/// starts with `name`.
bh_status bhi_net_spec_check(const char *name, const bhi_net_spec *net, const bh_agent_spec *spec,
                             bh_error *err);

/// Parameters, and reals of the activations of one row, at most; in double, as they may not fit an
/// int.
void bhi_net_spec_sizes(const bhi_net_spec *net, double *params, double *units);

/// What an agent's network is for.
typedef enum bhi_role {
    BHI_ROLE_POLICY,        ///< logits of the actions
    BHI_ROLE_ACTION_VALUES, ///< values of the actions
    BHI_ROLE_STATE_VALUE,
} bhi_role;

/// One of an agent's networks and its parameters, borrowed.
struct bhi_agent_net {
    const bhi_net *net;
    bh_real *params;
    bhi_role role;
};
