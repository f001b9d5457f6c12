// SPDX-License-Identifier: MIT
// The gradient of a network's inputs: of actions that a critic rates, for the policy that chose
// them.
#pragma once

#include "nn/network.h"

/// Gradient of the inputs first … first + n - 1 of a network of plain linear layers; weights get
/// none.
/// dx (B,n) out     acts as bhi_net_forward left them     dacts as in bhi_net_backward: the gradient
/// of the output where the output stands; overwritten.
void bhi_net_input_gradient(const bhi_net *net, const bh_real *weights, bh_real *dx, int first,
                            int n, bh_real *acts, bh_real *dacts, int B);
