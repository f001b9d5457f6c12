// SPDX-License-Identifier: MIT
// Soft actor-critic (Haarnoja et al., "Soft actor-critic algorithms and applications", 2018), with
// the names and defaults of Stable-Baselines3.
//
// The actor gives means and log standard deviations of a Gaussian that tanh squashes
// (rl/gaussian.h); evaluated, it plays tanh of the means. An update moves, in this order,
//
//     log alpha   along -mean(log pi(a | s) + H), where ent_coef_auto (H: target_entropy)
//     critics     towards y = r + gamma (min_i Q_i'(s', a') - alpha log pi(a' | s')), a' ~ pi
//     actor       down alpha log pi(a | s) - min_i Q_i(s, a), a ~ pi, with the critics just updated
//     targets     by tau
//
// alpha is the one from before its own step. docs/algorithms/sac.md has every difference from the
// paper and from Stable-Baselines3.
#pragma once

#include "rl/off_policy_config.h"

/// Every member is an option; rl/sac.c has their help, defaults and bounds.
typedef struct bh_sac_config {
    bh_off_policy_config base;
    int n_critics;
    int ent_coef_auto;
    double ent_coef, target_entropy;
    int target_update_interval;
} bh_sac_config;

BH_API extern const bh_config_table bh_sac_table;
/// The defaults of its rows.
BH_API bh_sac_config bh_sac_config_default(void);
/// params, demonstrate: as of bh_td3_class.
BH_API extern const bh_agent_class bh_sac_class;
