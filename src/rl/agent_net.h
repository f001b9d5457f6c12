// SPDX-License-Identifier: MIT
// The networks of agents: what follows from the observations, whether they can exist, and their
// roles.
//
//     bhi_net_spec net = bhi_net_spec_of(&config->net, &spec);
//     net.outputs = A;
//     bh_status status = bhi_net_spec_check("DQN", &net, &spec, err);
#pragma once

#include "nn/network.h"
#include "optim/optimizer.h"
#include "rl/agent.h"
#include "rl/agent_config.h"

#define BHI_REALS_MAX \
    ((double)(1 << 30)) ///< of one block; beyond this, offsets would not fit an int

/// Rows of an agent's table: `at` is the path of the bh_net_config, ACTIVATION a default, HELP that
/// of net_arch.
#define BHI_NET_ROWS(at, ACTIVATION, HELP)                                                     \
    BH_CHOICE_AT(at.features_extractor, features_extractor, BH_DEFAULT("flatten"),             \
                 BH_WORDS("flatten|minatar-cnn|nature-cnn|transformer|encoder-decoder"),       \
                 BH_LAST_TWO_ARE_LANGUAGE,                                                     \
                 "Before the hidden layers: convolutions for images, a transformer for text"), \
        BH_INT_AT(at.d_model, d_model, BH_DEFAULT("32"), BH_RANGE(4, 512), BH_LANGUAGE,        \
                  "Transformer: channels of a position, a multiple of 4 times n_heads"),       \
        BH_INT_AT(at.n_heads, n_heads, BH_DEFAULT("4"), BH_RANGE(1, 16), BH_LANGUAGE,          \
                  "Transformer: heads of the attention"),                                      \
        BH_INT_AT(at.n_layers, n_layers, BH_DEFAULT("2"), BH_RANGE(1, 4), BH_LANGUAGE,         \
                  "Transformer: blocks of attention and mlp"),                                 \
        BH_SIZES_AT(at.net_arch, net_arch, BH_DEFAULT("64,64"), BH_RANGE(1, 4096), BH_RESET,   \
                    HELP),                                                                     \
        BH_CHOICE_AT(at.activation, activation, BH_DEFAULT(ACTIVATION), BH_WORDS("relu|tanh"), \
                     BH_RESET, "Activation of the hidden layers")

/// What a network of these settings over these observations is made from; outputs are the caller's
/// to set, of 1 atom each.
bhi_net_spec bhi_net_spec_of(const bh_net_config *config, const bhi_agent_spec *spec);

/// Whether such a network can exist over these observations; BH_ERR_CONFIG with a sentence that
/// starts with `name`.
bh_status bhi_net_spec_check(const char *name, const bhi_net_spec *net, const bhi_agent_spec *spec,
                             bh_error *err);

/// Parameters, and reals of the activations of one row, at most, but for norms: those take no more
/// than as many parameters again and twice as many reals. In double, as they may not fit an int.
void bhi_net_spec_sizes(const bhi_net_spec *net, double *params, double *units);

/// A gradient step of an agent: of the optimizer, with these settings of it, along a gradient that is
/// clipped by its norm. Logs the norm, shows what it was made with, counts the update.
void bhi_agent_descend(bhi_agent *agent, bhi_optimizer *optimizer,
                       const bh_optimizer_config *settings, bh_real *params,
                       const bh_real *gradient, double learning_rate, double max_grad_norm);

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
