// SPDX-License-Identifier: MIT
// What a run consists of. Private to run.c and the files run_*.c.
#pragma once

#include "io/state_tensors.h"
#include "rl/agent.h"
#include "rl/run.h"
#include "rl/update_record.h"
#include "rl/vec_env_state.h"

#define BHI_RECORDS_MAX   8192
#define BHI_EVAL_ENVS_MAX 128 // episodes played side by side
#define BHI_VISITS_MAX    65536

// Environments that step together, and what they were told and gave.
typedef struct bhi_env_buffers {
    int n;
    bh_env *envs;                // n of them; owns its memory, the arrays are the run's
    float *obs_tm1, *obs_t;      // (n,F)
    int *actions;                // (n); NULL where actions are a Box
    float *box;                  // (n,D) where they are; else NULL
    unsigned char *explored;     // (n)
    double *rewards;             // (n)
    int *terminated, *truncated; // (n)
    double *returns;             // (n) of the episode so far
    int *lengths;                // (n) of it before the step
} bhi_env_buffers;

// Episodes that are played one after the other.
typedef struct bhi_tally {
    int n;
    int has_nan; // a value was none: the network has diverged
    double sum, min, max, length;
    double mean, squares; // of the deviations from the mean so far (Welford 1962)
} bhi_tally;

// What a step of the run that is under way has come to. Learning is not among it: that is under way
// while the agent's `piece` is above 0.
typedef enum bhi_stage {
    BHI_BETWEEN,
    BHI_RESETTING, // environments start episodes
    BHI_STEPPING,  // the actions are chosen, and environments take them
    BHI_OUTSIDE,   // the action was given out (bh_run_act)
} bhi_stage;

// An evaluation, which waits where an environment does, and may be interrupted.
typedef struct bhi_evaluation {
    int is_open, is_own; // own: of the run itself, every eval_freq steps
    int n_episodes;
    bhi_stage stage; // of the present batch
    int n_active, active[BHI_EVAL_ENVS_MAX];
    bhi_tally tally;
    bh_rng rng;    // of those that are given a seed
    bh_rng before; // the run's own stream as it was when an own one began
} bhi_evaluation;

// An evaluation that the next call of bh_run_steps begins with. A number of checkpoints.
typedef enum bhi_owed {
    BHI_OWED_NONE,
    BHI_OWED_LOADED, // of parameters that were loaded
    BHI_OWED_STEP,   // the one that is due after the last step
} bhi_owed;

struct bh_run {
    bh_setup *setup; // a copy
    bhi_agent *agent;
    bhi_env_buffers train, eval;
    bhi_stage stage;
    bhi_evaluation evaluation;
    bh_mdp mdp;
    bh_rng eval_rng;
    int F, A; // A: actions; 0 where they are a Box
    int D;    // numbers of an action from a Box; 0 where they are Discrete
    int timesteps, episodes, solved_at;
    double best_mean;        // NAN before the first evaluation
    int has_nan;             // the last evaluation met a value that is none
    int owed;                // bhi_owed
    int has_changes;         // options were set in the middle of a step
    bh_interrupt *interrupt; // NULL: nobody interrupts it
    void *interrupt_user;
    void *best;           // copy of the agent's parameters, once there is a best_mean
    double *best_obs_rms; // behind it, its statistics of observations
    size_t params_bytes, best_bytes;
    int next_log, next_eval; // in environment steps
    double *records;         // (BHI_RECORDS_MAX, BH_RECORD_WIDTH)
    int record_first, record_count;
    int n_records;             // made so far
    bhi_update_record *record; // of the last update; NULL where nobody watches
    double *q;                 // (BHI_EVAL_ENVS_MAX, A)
    float *greedy;             // (BHI_EVAL_ENVS_MAX, D)
    size_t bytes;
    bh_transition *outcomes;
    int *n_outcomes;
    int *visits;   // (states, A): how often each action was taken in training, where they are few
    int n_visits;  // numbers of it; 0 where they are many, or a Box
    bh_real *acts; // of the last bh_run_inspect; NULL before the first
    size_t acts_bytes;
    bh_error failure; // of an environment
};

/// Visits what a run is: its counters and streams, the best parameters, the environments it trains
/// in and the agent. Options are not among it (bh_setup_describe has them), nor are records that
/// were not drained.
void bhi_run_state(bh_run *run, bhi_state_visitor *visitor);

/// Actions (n), or of a Box (n,D) within its bounds, of obs (n,F), exploring.
void bhi_run_act(bh_run *run, int *actions, float *box, unsigned char *explored, const float *obs,
                 int n);

/// Brings rows of numbers (n,D) within the bounds of the actions; those that are none to the
/// middle. Returns whether there were any.
int bhi_run_bound(const bh_run *run, float *box, int n);

/// Ends the episodes under way in training where they are; the next step starts new ones.
void bhi_run_truncate(bh_run *run);

/// Ends what an interrupted call has left: the learning is done, an evaluation of its own begins
/// anew with the next call of bh_run_steps.
void bhi_run_settle(bh_run *run);

/// Whether it is to return between two pieces of work.
static inline int bhi_run_is_interrupted(const bh_run *run)
{
    return run->interrupt != NULL && run->interrupt(run->interrupt_user);
}

/// Does what bh_run_set has put off.
void bhi_run_apply_changes(bh_run *run);

/// Whether its environment is a single object (bh_env_callbacks.is_single).
int bhi_run_is_single(const bh_setup *setup);

/// The multiple of freq that comes after timesteps.
int bhi_next_multiple(int timesteps, int freq);

/// Says when the next records are due.
void bhi_run_plan_records(bh_run *run);

/// A record of a kind, at the present step; its other numbers are 0.
double *bhi_run_add_record(bh_run *run, int kind);

/// Environments wait for their reset, the first n with new seeds.
void bhi_seed_envs(bhi_env_buffers *s, int n, bh_rng *rng);

/// Steps environments. The actions of those that wait stay what they were, an action of the space.
bh_status bhi_step_envs(bhi_env_buffers *s);

/// Keeps why environments failed; returns that status.
bh_status bhi_run_fail(bh_run *run, const bhi_env_buffers *s);

/// The evaluation that is due after a step, or goes on with it.
bh_status bhi_run_evaluate_now(bh_run *run);

/// Numbers of the statistics of observations; 0 where none are kept.
size_t bhi_run_n_rms(const bh_run *run);

/// Whether a checkpoint is of this environment and algorithm; else BH_ERR_SHAPE.
bh_status bhi_checkpoint_is_of(const bh_setup *setup, const void *bytes, size_t size,
                               bh_error *err);

/// The tensors of a plain checkpoint: parameters, and the prior where one is known. Returns how
/// many.
int bhi_run_saved_tensors(bh_run *run, bh_params_choice choice, bh_tensor out[BH_TENSORS_MAX]);

/// Writes a checkpoint of these tensors, the last `n_entries` of which are a run's state; see
/// bh_run_save.
size_t bhi_run_write(const bh_run *run, const bh_tensor *tensors, int n, int n_entries, void *out,
                     size_t size);

/// The agent's parameters, or the best so far; before the first evaluation these are the same.
void *bhi_run_params(bh_run *run, bh_params_choice choice);

/// BH_ERR_ARGUMENT, which bh_run_failure explains, where a count is below the least; else BH_OK.
bh_status bhi_run_check_count(bh_run *run, int n, int least);

/// The statistics of observations that belong to them; NULL where none are kept.
double *bhi_run_obs_rms(bh_run *run, bh_params_choice choice);
