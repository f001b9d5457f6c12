// SPDX-License-Identifier: MIT
// Agents that start from a language model: its transformer becomes that of their networks, a policy
// also takes its output layer, action values start at 0, and an action prior or reference that is
// kept becomes this model.
#pragma once

#include "nn/language_weights.h"
#include "rl/action_prior.h"

/// BH_ERR_CONFIG where the agent has no transformer, BH_ERR_SHAPE for a model of other sizes or
/// another vocabulary, with what differs; then nothing has changed.
bh_status bhi_language_start(bhi_agent *agent, const bh_language_weights *lm, bh_error *err);

/// log_p (n,A) out: log-probabilities of the actions in obs (n,F) under the model the agent keeps:
/// a policy's reference, or its prior. Returns 0 when it keeps none.
int bhi_language_log_prior(bhi_agent *agent, double *log_p, const float *obs, int n);

/// What the parts of agents that know no language call it through; &bh_language is the one there
/// is.
struct bh_language {
    /// Fills in what reads the text: body, sizes, and of an encoder-decoder the separator.
    void (*observe)(bhi_net_spec *net, const bhi_agent_spec *spec);
    /// Whether it can; BH_ERR_CONFIG with a sentence that starts with `name`.
    bh_status (*check)(const char *name, const bhi_net_spec *net, bh_error *err);
    /// log_p (B,A), borrowed until the next call: the known model's log-probabilities of x (B,T),
    /// BHI_NOT_ALLOWED where an action is not.
    const bh_real *(*log_p)(bhi_action_prior *prior, const bh_real *x, int B);
    /// A random action for one row x (T) from the known model, as the settings say.
    int (*draw)(bhi_action_prior *prior, const bh_action_prior_config *settings, const bh_real *x,
                bh_rng *rng);
    /// The frozen model as named tensors, prior.features_extractor.wte.weight … prior.lm_head.bias;
    /// returns how many, 0 where the settings ask for none.
    int (*tensors)(const bhi_action_prior *prior, bh_tensor *out);
};
