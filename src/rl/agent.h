// SPDX-License-Identifier: MIT
// Agents: the interface the loop sees (bhi_agent_functions) and the struct every agent begins with
// (bhi_agent).
//
// Agents know observations, actions and rewards, never environments. Legend: n rows of a batch,
// F floats of a stored observation, A actions, D numbers of an action from a Box.
//
//     typedef struct toy { bhi_agent base; double *q; } toy;      // an agent's own struct
//     static const bhi_agent_functions toy_functions = {
//         .bytes = sizeof(toy), .layout = …, .act = …};
//     static const bh_agent_class toy_class = {.name = "toy", …, .functions = &toy_functions};
//
//     bhi_agent *agent;
//     if (bhi_agent_create(&agent, &toy_class, &config, &spec, &err) != BH_OK) return report(&err);
//     for (;;) {
//         toy_functions.act(agent, …);
//         …environments…;
//         toy_functions.observe(agent, …);
//         bhi_agent_learn(agent);
//     }
//     bhi_agent_destroy(agent);
#pragma once

#include "core/arena.h"
#include "core/config.h"
#include "core/real.h"
#include "core/rng.h"
#include "core/state.h"
#include "io/checkpoint.h"
#include "rl/agent_class.h"
#include "rl/encoder.h"
#include "rl/mdp.h"
#include "rl/space.h"
#include "rl/text_task.h"

/// Specification of an agent: everything it is created from besides its config. Copied.
typedef struct bhi_agent_spec {
    bh_space observation;
    int n_actions;       ///< A; 0 where actions are a Box
    int n_envs;          ///< rows of act and observe
    int total_timesteps; ///< the horizon of schedules
    bh_rng rng;          ///< the agent's own stream
    const bh_mdp *mdp;   ///< the transition table for classes with needs_mdp, borrowed; else NULL
    const bh_text_task *text; ///< where observations are text; else NULL
    bh_space action;          ///< where actions are a Box; its bounds are borrowed
    bhi_encoder_spec encoder; ///< what becomes of observations and rewards
} bhi_agent_spec;

/// Means since the last call of bhi_agent_stats; NAN where nothing was measured or the class has no
/// such metric.
typedef struct bhi_agent_metrics {
    double loss;      ///< of the updates
    double mean_q;    ///< mean over the batches of max_a q_tm1; of policies, of the states' values
    double grad_norm; ///< before clipping
    double epsilon;   ///< now; temperature, noise or bonus where those explore
    double learning_rate;         ///< now
    double n_updates;             ///< since creation
    double extra[BH_METRICS_MAX]; ///< the class's own, see bh_agent_class.metrics; 0 behind them
} bhi_agent_metrics;

#define BHI_AGENT_NETS_MAX 2
#define BHI_ACT_RNGS_MAX   2
typedef struct bhi_agent_net bhi_agent_net;
typedef struct bhi_watcher bhi_watcher;
typedef struct bhi_agent_functions bhi_agent_functions;

/// How the agents of a class work: bh_agent_class.functions.
struct bhi_agent_functions {
    /// Settings to lower when memory runs out, NULL-terminated; NULL for none.
    const char *const *large_settings;
    const void *variant; ///< data by which classes with the same functions differ; their own type

    // ---- creating: bhi_agent_create calls these in this order ----

    size_t bytes; ///< sizeof the agent's struct, which begins with a bhi_agent
    /// Checks what the config table cannot and fills in the sizes `layout` needs; the base is set,
    /// the rest zero.
    bh_status (*shape)(void *agent, bh_error *err);
    /// Lays the agent's arrays out.
    void (*layout)(void *agent, bhi_arena *arena);
    /// Fills the agent in, over zeroed arrays.
    bh_status (*init)(void *agent, bh_error *err);

    // ---- learning ----

    /// Chooses actions (n) for obs (n,F), exploring; explored (n) says which were random. NULL
    /// where the class has only act_box.
    void (*act)(void *agent, int *actions, unsigned char *explored, const float *obs, int n);
    /// The same for a Box of actions, actions (n,D): a run brings them within its bounds, and has
    /// the agent observe what came of that. NULL where the class chooses one of A alone.
    void (*act_box)(void *agent, float *actions, unsigned char *explored, const float *obs, int n);
    /// The random streams that acting draws from, at most BHI_ACT_RNGS_MAX; returns how many. NULL
    /// where it draws from none.
    int (*act_rngs)(void *agent, bh_rng **out);
    /// Takes in the transitions that the actions led to.
    void (*observe)(void *agent, const bh_experience *experience);
    /// Truncates the episodes under way after the fact: the last observation ends them, and the
    /// next one starts a new trajectory. obs (n_envs,F): the final observations. NULL when it makes
    /// no difference.
    void (*truncate)(void *agent, const float *obs);
    /// Does a piece of the learning that is due after one step of all environments: a gradient step,
    /// the rows of a minibatch, a sweep. Returns 1 while there are more, and counts them in the
    /// base's `piece`: it is to be called again before anything else but looking and saving. The
    /// last piece returns 0 and leaves `piece` at 0.
    int (*learn)(void *agent);
    /// Copies demonstrations, beside those it has. Nothing is allocated: BH_ERR_ARGUMENT when they
    /// are more than the config made room for or lack what it asks for; then nothing has changed.
    /// Where that is followed by updates, `piece` is above 0, and `learn` does them. NULL where the
    /// class cannot learn from them.
    bh_status (*demonstrate)(void *agent, const bh_demonstrations *demonstrations, bh_error *err);
    /// log_p (n,A) out: log-probabilities of the actions in obs (n,F) under a reference policy;
    /// returns 1. NULL where the class has none.
    int (*log_prior)(void *agent, double *log_p, const float *obs, int n);
    /// The action prior, where it may be a language model; else NULL.
    struct bhi_action_prior *(*action_prior)(void *agent);
    /// Fills in the present epsilon and learning rate, where the class has them.
    void (*rates)(const void *agent, bhi_agent_metrics *out);

    // ---- parameters ----

    /// q (n,A) out: action values of obs (n,F), or log-probabilities, under a block of parameters
    /// as params() gives it. Their largest is the greedy action. NULL with act_box alone.
    void (*q_values)(void *agent, const void *params, double *q, const float *obs, int n);
    /// actions (n,D) out: the greedy ones of obs (n,F) under such a block. Beside act_box.
    void (*greedy_box)(void *agent, const void *params, float *actions, const float *obs, int n);
    /// q (n) out: values of actions (n,D) in obs (n,F) under the current parameters; of several
    /// critics the least. NULL where there are none.
    void (*box_values)(void *agent, double *q, const float *obs, const float *actions, int n);
    /// v (n) out: values of the states of obs (n,F) under the current parameters; returns 1, or 0
    /// where there is no value network. NULL where the class never has one.
    int (*state_values)(void *agent, double *v, const float *obs, int n);
    /// The block of parameters that decides greedily, `bytes` long, borrowed.
    void *(*params)(void *agent, size_t *bytes);
    /// Describes a block of parameters as named tensors; returns how many (at most BH_TENSORS_MAX).
    int (*tensors)(const void *agent, void *params, bh_tensor *out);
    /// The networks under the current parameters (rl/agent_net.h), the one that acts first; returns
    /// how many, at most BHI_AGENT_NETS_MAX. Where there is log_prior or action_prior they may start
    /// from a language model. NULL for none.
    int (*networks)(void *agent, bhi_agent_net *out);
    /// Visits what the agent has besides its base, parameters among it (core/state.h): what
    /// bhi_agent_state ends with.
    void (*state)(void *agent, bhi_state_visitor *visitor);
    /// After parameters were overwritten (loading): brings what depends on them in line. NULL when
    /// nothing does.
    void (*params_changed)(void *agent);
};

/// Metrics that are averaged between two calls of bhi_agent_stats: three of bhi_agent_metrics, then
/// `extra`.
enum bhi_metric {
    BHI_METRIC_LOSS,
    BHI_METRIC_VALUE, ///< mean_q
    BHI_METRIC_GRAD_NORM,
    BHI_METRIC_EXTRA, ///< the first one of bh_agent_class.metrics
    BHI_N_METRICS = BHI_METRIC_EXTRA + BH_METRICS_MAX,
};

/// Base of every agent. Functions of a class take the agent as `void *`: a pointer to its own
/// struct, which begins with this one.
typedef struct bhi_agent {
    const bh_agent_class *class;
    bhi_agent_spec spec; ///< total_timesteps may be changed between steps
    bhi_encoder encoder; ///< of observations and rewards
    void *config;   ///< class->config->bytes; fields flagged BH_LIVE may be written between steps
    int timesteps;  ///< environment steps observed
    int n_updates;  ///< updates since creation: gradient steps, table entries or sweeps
    uint64_t piece; ///< pieces done of the learning under way, see `learn`; 0 where none is
    double sums[BHI_N_METRICS]; ///< of the metrics since the last bhi_agent_stats
    int counts[BHI_N_METRICS];
    bhi_watcher *watcher; ///< of its updates (rl/update_record.h), borrowed; NULL: nobody. No state
    size_t bytes;         ///< of the agent's block
} bhi_agent;

/// Creates an agent: checks the config, computes sizes, makes one allocation that holds everything,
/// and fills it in.
/// *out is NULL on failure. BH_ERR_CONFIG for a config out of range, BH_ERR_MEMORY.
bh_status bhi_agent_create(bhi_agent **out, const bh_agent_class *class, const void *config,
                           const bhi_agent_spec *spec, bh_error *err);
void bhi_agent_destroy(bhi_agent *agent);

/// Visits what an agent is: counters and metrics of its base, then what its class visits.
void bhi_agent_state(bhi_agent *agent, bhi_state_visitor *visitor);

/// Does all the learning that is due after a step, or that is left of it.
static inline void bhi_agent_learn(void *agent)
{
    while (((bhi_agent *)agent)->class->functions->learn(agent)) {}
}

/// Share of total_timesteps that is over; 1 at the end, and more beyond.
double bhi_agent_progress(const bhi_agent *agent);

/// Adds a value to the mean of a bhi_metric.
void bhi_agent_log(bhi_agent *agent, int metric, double value);

/// Means of the metrics since the last call, and the present rates.
void bhi_agent_stats(bhi_agent *agent, bhi_agent_metrics *out);
