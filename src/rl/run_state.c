// SPDX-License-Identifier: MIT
// A run's state. Linked by who saves it.
#include "rl/run_state.h"

#include "rl/space_state.h"

// The last step of the training environments, and the observations the next one starts from.
static void buffers_state(bhi_env_buffers *s, int F, int A, int D, bhi_state_visitor *visitor)
{
    const bh_space *observation = bh_env_observation_space(s->envs);
    bhi_state_within_space(visitor, observation);
    BHI_STATE_SHOWN(visitor, "obs_tm1", s->obs_tm1, s->n * F);
    bhi_state_within_space(visitor, observation);
    BHI_STATE(visitor, "obs_t", s->obs_t, s->n * F);
    if (s->box != NULL) {
        BHI_STATE_SHOWN(visitor, "box", s->box, s->n * D);
    } else {
        bhi_state_within(visitor, -1, A - 1);
        BHI_STATE_SHOWN(visitor, "actions", s->actions, s->n);
    }
    BHI_STATE_SHOWN(visitor, "explored", s->explored, s->n);
    BHI_STATE_SHOWN(visitor, "rewards", s->rewards, s->n);
    BHI_STATE_SHOWN(visitor, "terminated", s->terminated, s->n);
    BHI_STATE_SHOWN(visitor, "truncated", s->truncated, s->n);
    BHI_STATE(visitor, "returns", s->returns, s->n);
    bhi_vec_env_state(s->envs, visitor);
}

// Evaluations start from eval_rng alone: their environments have no state between two of them.
void bhi_run_state(bh_run *run, bhi_state_visitor *visitor)
{
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "timesteps", &run->timesteps, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE_SHOWN(visitor, "episodes", &run->episodes, 1);
    bhi_state_within(visitor, -1, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "solved_at", &run->solved_at, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE_SHOWN(visitor, "n_records", &run->n_records, 1);
    BHI_STATE(visitor, "best_mean", &run->best_mean, 1);
    BHI_STATE_SHOWN(visitor, "has_nan", &run->has_nan, 1);
    bhi_state_within(visitor, 0, BHI_OWED_STEP);
    BHI_STATE(visitor, "is_loaded", &run->owed, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "next_log", &run->next_log, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "next_eval", &run->next_eval, 1);
    bhi_rng_state(&run->eval_rng, 1, "eval_rng", visitor);
    BHI_STATE_SHOWN(visitor, "best", (unsigned char *)run->best, run->params_bytes);
    BHI_STATE_SHOWN(visitor, "best_obs_rms", run->best_obs_rms, bhi_run_n_rms(run));
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE_SHOWN(visitor, "visits", run->visits, run->n_visits);
    bhi_state_begin(visitor, "env");
    buffers_state(&run->train, run->F, run->A, run->D, visitor);
    bhi_state_end(visitor);
    bhi_state_begin(visitor, "agent");
    bhi_agent_state(run->agent, visitor);
    bhi_state_end(visitor);
}
