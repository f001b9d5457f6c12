// SPDX-License-Identifier: MIT
// The networks of agents.
#include "rl/agent_net.h"

#include "kernels/elementwise.h"
#include "rl/language.h"
#include "rl/update_record.h"

#include <math.h>

// Fills in what follows from the observations: inputs, image, and what reads text.
static void observe(bhi_net_spec *net, const bhi_agent_spec *spec)
{
    const bh_space *space = &spec->observation;
    net->inputs = space->n;
    for (int i = 0; i < 3 && space->kind == BH_SPACE_BOX; i++) {
        net->image[i] = i < bh_space_rank(space) ? bh_space_size(space, i) : 1;
    }
    if (net->extractor >= BHI_TRANSFORMER && spec->text != NULL)
        spec->text->language->observe(net, spec);
}

bhi_net_spec bhi_net_spec_of(const bh_net_config *c, const bhi_agent_spec *spec)
{
    bhi_net_spec net = {.extractor = (bhi_extractor)c->features_extractor,
                        .transformer = {.C = c->d_model, .H = c->n_heads, .L = c->n_layers},
                        .hidden = c->net_arch,
                        .activation = (bhi_activation)c->activation,
                        .atoms = 1};
    observe(&net, spec);
    return net;
}

static bh_status check_transformer(const char *name, const bhi_net_spec *net,
                                   const bhi_agent_spec *spec, bh_error *err)
{
    if (spec->text != NULL && spec->observation.dtype == BH_SPACE_TOKEN)
        return spec->text->language->check(name, net, err);
    return bh_fail(err, BH_ERR_CONFIG,
                   "%s: features_extractor transformer needs observations that are text; leave "
                   "it at flatten here",
                   name);
}

bh_status bhi_net_spec_check(const char *name, const bhi_net_spec *net, const bhi_agent_spec *spec,
                             bh_error *err)
{
    if (net->extractor == BHI_FLATTEN) return BH_OK;
    if (net->extractor >= BHI_TRANSFORMER) return check_transformer(name, net, spec, err);
    if (bh_space_rank(&spec->observation) >= 2 && bhi_net_fits(net)) return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG,
                   "%s: features_extractor needs images, at least %s; leave it at flatten here",
                   name, net->extractor == BHI_NATURE_CNN ? "36 x 36" : "3 x 3");
}

void bhi_net_spec_sizes(const bhi_net_spec *net, double *params, double *units)
{
    double size = net->inputs;
    *params = *units = 0;
    if (net->body != NULL) {
        *units = net->body->units(net, &size);
    } else if (net->extractor != BHI_FLATTEN) {
        // Convolutions make maps of at most 16 times their inputs (16 filters, one channel, stride
        // 1).
        *units = 24 * size;
        size *= 16;
    }
    for (int i = 0; i <= net->hidden.n; i++) {
        // One output more: the value of a dueling network.
        double next = i < net->hidden.n ? net->hidden.v[i] : (net->outputs + 1.0) * net->atoms;
        *params += (size + 1) * next;
        *units += next;
        size = next;
    }
    *units += net->inputs;
}

void bhi_agent_descend(bhi_agent *agent, bhi_optimizer *optimizer,
                       const bh_optimizer_config *settings, bh_real *params,
                       const bh_real *gradient, double learning_rate, double max_grad_norm)
{
    double norm = sqrt(bhi_sum_of_squares(gradient, optimizer->n));
    double scale = bhi_clip_scale(norm, max_grad_norm);
    optimizer->settings = *settings;
    bhi_optimizer_step(optimizer, params, gradient, learning_rate, scale);
    bhi_agent_log(agent, BHI_METRIC_GRAD_NORM, norm);
    bhi_show_number(agent, "grad_norm", norm);
    bhi_show_number(agent, "clip_scale", scale);
    bhi_show_number(agent, "learning_rate", learning_rate);
    agent->n_updates++;
}
