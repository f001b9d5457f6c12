// SPDX-License-Identifier: MIT
// Looking at a run: where it stands, what its agent would do and how it rates it.
#include "core/alloc.h"
#include "rl/agent_net.h"
#include "rl/run_state.h"

int bh_run_timesteps(const bh_run *run)
{
    return run->timesteps;
}

int bh_run_updates(const bh_run *run)
{
    return run->agent->n_updates;
}

int bh_run_solved_at(const bh_run *run)
{
    return run->solved_at;
}

int bh_run_finished(const bh_run *run)
{
    return run->setup->run.stop_at_threshold && run->solved_at == run->timesteps;
}

int bh_run_episodes(const bh_run *run)
{
    return run->episodes;
}

const bh_env *bh_run_env(const bh_run *run)
{
    return run->train.envs;
}

const bh_setup *bh_run_setup(const bh_run *run)
{
    return run->setup;
}

void bh_run_last_step(const bh_run *run, bh_last_step *out)
{
    const bhi_env_buffers *s = &run->train;
    *out = (bh_last_step){
        .obs_tm1 = s->obs_tm1,
        .obs_t = s->obs_t,
        .action = s->actions != NULL ? s->actions[0] : -1,
        .box = s->box,
        .explored = s->explored[0],
        .step = {s->rewards[0], s->terminated[0], s->truncated[0]},
        .episode_return = s->returns[0],
        .episode_length = bh_env_elapsed(s->envs),
    };
}

bh_status bhi_run_check_count(bh_run *run, int n, int least)
{
    return n >= least ? BH_OK
                      : bh_fail(&run->failure, BH_ERR_ARGUMENT,
                                "the number is %d, but must be at least %d", n, least);
}

bh_status bh_run_q_values(bh_run *run, double *q, const float *obs, int n)
{
    bh_status status = bhi_run_check_count(run, n, 0);
    if (status != BH_OK || run->D > 0) return status;
    run->setup->agent->functions->q_values(run->agent, bhi_run_params(run, BH_CURRENT), q, obs, n);
    return BH_OK;
}

int bh_run_state_values(bh_run *run, double *v, const float *obs, int n)
{
    const bhi_agent_functions *functions = run->setup->agent->functions;
    bh_status status = bhi_run_check_count(run, n, 0);
    if (status != BH_OK) return (int)status;
    return functions->state_values != NULL && functions->state_values(run->agent, v, obs, n);
}

// One row at a time: so what is drawn does not depend on the number of environments.
static bh_status sample_actions(bh_run *run, int *actions, float *box, const float *obs, int n,
                                bh_rng *rng)
{
    bh_status status = bhi_run_check_count(run, n, 0);
    if (status != BH_OK) return status;
    const bhi_agent_functions *functions = run->setup->agent->functions;
    size_t F = (size_t)bh_space_floats(bh_run_observation_space(run));
    bh_rng *streams[BHI_ACT_RNGS_MAX], kept[BHI_ACT_RNGS_MAX];
    int n_streams = functions->act_rngs != NULL ? functions->act_rngs(run->agent, streams) : 0;
    for (int i = 0; i < n_streams; i++) {
        kept[i] = *streams[i];
        *streams[i] = bh_rng_split(rng);
    }
    unsigned char explored;
    for (size_t i = 0; i < (size_t)n; i++) {
        bhi_run_act(run, actions != NULL ? actions + i : NULL,
                    box != NULL ? box + i * (size_t)run->D : NULL, &explored, obs + i * F, 1);
    }
    for (int i = 0; i < n_streams; i++) *streams[i] = kept[i];
    return BH_OK;
}

bh_status bh_run_sample_actions(bh_run *run, int *actions, const float *obs, int n, bh_rng *rng)
{
    return run->D == 0 ? sample_actions(run, actions, NULL, obs, n, rng) : BH_OK;
}

bh_status bh_run_sample_box(bh_run *run, float *actions, const float *obs, int n, bh_rng *rng)
{
    return run->D > 0 ? sample_actions(run, NULL, actions, obs, n, rng) : BH_OK;
}

bh_status bh_run_greedy_box(bh_run *run, float *actions, const float *obs, int n)
{
    bh_status status = bhi_run_check_count(run, n, 0);
    if (status != BH_OK || run->D == 0) return status;
    run->setup->agent->functions->greedy_box(run->agent, bhi_run_params(run, BH_CURRENT), actions,
                                             obs, n);
    bhi_run_bound(run, actions, n);
    return BH_OK;
}

int bh_run_box_values(bh_run *run, double *q, const float *obs, const float *actions, int n)
{
    const bhi_agent_functions *functions = run->setup->agent->functions;
    bh_status status = bhi_run_check_count(run, n, 0);
    if (status != BH_OK) return (int)status;
    if (run->D == 0 || functions->box_values == NULL) return 0;
    functions->box_values(run->agent, q, obs, actions, n);
    return 1;
}

int bh_run_n_actions(const bh_run *run)
{
    return run->A;
}

const bh_space *bh_run_action_space(const bh_run *run)
{
    return bh_env_action_space(run->train.envs);
}

const bh_space *bh_run_observation_space(const bh_run *run)
{
    return bh_env_observation_space(run->train.envs);
}

// ---- what the agent holds of a state ----

#define REAL (sizeof(bh_real) == sizeof(double) ? BH_F64 : BH_F32)

// The network on one observation, into run->acts, with the network's input behind; 0 where memory
// runs out.
static int run_network(bh_run *run, const bhi_agent_net *of, const float *obs)
{
    size_t n = bhi_net_acts(of->net, 1), S = (size_t)bh_run_observation_space(run)->n;
    if (run->acts == NULL) {
        run->acts_bytes = (n + S) * sizeof *run->acts;
        run->acts = bh_alloc(run->acts_bytes);
        if (run->acts == NULL) return 0;
    }
    bhi_encode(run->acts + n, obs, &run->agent->encoder);
    bhi_net_forward(of->net, of->params, run->acts, run->acts + n, 1);
    return 1;
}

int bh_run_inspect(bh_run *run, bh_tensor out[BH_INSPECTED_MAX], const float *obs)
{
    static const char *const names[] = {"linear", "relu", "tanh"};
    const bhi_agent_functions *functions = run->setup->agent->functions;
    bhi_agent_net nets[BHI_AGENT_NETS_MAX];
    int n = 0;
    if (run->n_visits > 0)
        out[n++] = bh_tensor_matrix("visits", BH_I32, run->n_visits / run->A, run->A, run->visits);
    if (functions->networks == NULL) return n;
    functions->networks(run->agent, nets);
    const bhi_net *net = nets->net;
    if (!run_network(run, nets, obs)) return n;
    for (int i = 0; i < net->n_layers; i++) {
        const bhi_layer *layer = &net->layers[i];
        if (i + 1 < net->n_layers && layer[1].body != NULL) continue; // its norm
        int channels = layer->conv.O > 0 ? layer->conv.O : layer->outputs;
        out[n++] = bh_tensor_matrix(names[layer->activation + 1], REAL, layer->outputs / channels,
                                    channels, bhi_net_layer(net, run->acts, i, 1));
    }
    return n;
}

// ---- the last update ----

bh_status bh_run_watch(bh_run *run, int is_watched, bh_error *err)
{
    if (!is_watched == (run->record == NULL)) return BH_OK;
    bhi_update_record_destroy(run->record);
    run->record = is_watched ? bhi_update_record_create() : NULL;
    run->agent->watcher = run->record != NULL ? &run->record->watcher : NULL;
    if (is_watched && run->record == NULL)
        return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", run->setup->env->id);
    return BH_OK;
}

int bh_run_last_update(const bh_run *run, bh_update_array out[BH_UPDATE_ARRAYS_MAX])
{
    const bhi_update_record *record = run->record;
    int n = 0;
    if (record == NULL || record->is_lost) return 0;
    for (int i = 0; i < record->n; i++) {
        const bhi_recorded *array = &record->arrays[i];
        if (array->is_large) continue;
        out[n++] = (bh_update_array){array->name, array->rows, array->columns, array->data};
    }
    return n;
}
