// SPDX-License-Identifier: MIT
// A run: an agent in a vector of environments, evaluated as it goes, from one seed.
//
// One step of a run: the agent acts, every environment takes a step, the agent takes the
// transitions in and learns. Every eval_freq environment steps the greedy policy plays
// n_eval_episodes on environments of its own; the parameters with the highest mean so far, of
// equals the latest, are kept as the best. An environment whose episode ended shows its final
// observation until the next step, which starts by resetting it. The same config gives the same
// bits everywhere.
//
// Between environment and agent, as options of the run: observations are stacked and actions taken
// for several steps (rl/frames.h, frame_skip), observations and rewards are normalised, rewards
// scaled and clipped (rl/encoder.h). What is said of observations below is then of stacks; steps,
// rewards, returns and scores are the environment's own.
//
//     bh_run *run;
//     if (bh_run_create(&run, setup, &err) != BH_OK) return report(&err);
//     bh_run_steps(run, 50000);
//     bh_run_evaluate(run, BH_BEST, 100, 1, &score);
//     bh_run_destroy(run);
#pragma once

#include "core/interrupt.h"
#include "io/checkpoint.h"
#include "nn/language_weights.h"
#include "rl/agent_class.h"
#include "rl/env.h"

/// Every member is an option; rl/setup.c has their help, defaults and bounds (bh_run_table).
typedef struct bh_run_config {
    uint64_t seed;
    int total_timesteps, n_envs, eval_freq, n_eval_episodes, final_eval_episodes, log_freq;
    int exploring_starts, stop_at_threshold;
    int frame_stack, frame_skip, normalize_observation, normalize_reward;
    double scale_reward, clip_reward;
    int max_episode_steps; ///< as bh_env_set_time_limit has it
} bh_run_config;

BH_API extern const bh_config_table bh_run_table;
/// The defaults of its rows.
BH_API bh_run_config bh_run_config_default(void);

/// Everything a run is made from. bh_setup_create fills it with an environment's preset.
typedef struct bh_setup {
    const bh_env_def *env;
    const bh_agent_class *agent;
    bh_config_table options; ///< the algorithm's table, as the registry shows it
    bh_run_config run;
    void *env_config;   ///< def->config->bytes; NULL when the environment has no options
    void *agent_config; ///< agent->config->bytes
    size_t bytes;
} bh_setup;

/// A setup for an environment and an algorithm (NULL: the preset's first), filled with defaults and
/// then the environment's preset for that algorithm. Destroy with bh_setup_destroy.
BH_API bh_status bh_setup_create(bh_setup **out, const bh_registry *registry, const char *env_id,
                                 const char *algo, bh_error *err);
BH_API void bh_setup_destroy(bh_setup *setup);

/// Applies a preset of the algorithm by its name ("rainbow"): the algorithm's own rows, then the
/// environment's for it, over what is set. BH_ERR_UNKNOWN names those there are.
BH_API bh_status bh_setup_preset(bh_setup *setup, const char *name, bh_error *err);

/// Sets one option, by the name it has in the run's, the algorithm's or (with the prefix "env.")
/// the environment's table. On failure nothing changes.
BH_API bh_status bh_setup_set(bh_setup *setup, const char *name, const char *value, bh_error *err);

/// Appends all options as a JSON object {"name": "value as text", …}; environment options as
/// "env.name".
BH_API void bh_setup_describe(const bh_setup *setup, bh_text *out);

typedef struct bh_run bh_run;

/// Creates environments and agent; everything is allocated here. The setup is copied.
BH_API bh_status bh_run_create(bh_run **out, const bh_setup *setup, bh_error *err);
BH_API void bh_run_destroy(bh_run *run);

/// Changes an option flagged live; takes effect with the next step. Others: BH_ERR_CONFIG.
BH_API bh_status bh_run_set(bh_run *run, const char *name, const char *value, bh_error *err);

/// Hands demonstrations to the agent, checked and copied. Call it before the first step, several
/// times as long as there is room. BH_ERR_CONFIG where the algorithm cannot learn from them,
/// BH_ERR_STATE after the first step, BH_PENDING where the updates that follow from them are
/// interrupted (bh_run_set_interrupt; bh_run_steps goes on with them), BH_ERR_ARGUMENT for what is not an observation, an action or
/// a finite number; then nothing has changed.
BH_API bh_status bh_run_demonstrate(bh_run *run, const bh_demonstrations *demonstrations,
                                    bh_error *err);

/// Runs until `n` more environment steps are done (rounded up to whole steps of all environments,
/// with frame_skip to whole actions).
/// It may run past total_timesteps: schedules then stay at their end. With stop_at_threshold it
/// returns right after the first evaluation at or above the threshold; the next call resumes.
///
/// BH_ERR_ENV, at once, when a user-defined environment (rl/env.h) fails; bh_run_failure says why.
/// Nothing is learned from the step that failed and it is not counted; the next one starts a new
/// episode in every environment. An evaluation that fails is played again after the next step.
///
/// BH_PENDING, too, where it is interrupted (bh_run_set_interrupt). And:
///
/// BH_PENDING while a user-defined environment has not answered: nothing has changed that the run
/// goes on from. Call it again when it may have, with 0 to finish no more than the step or the
/// evaluation that is under way; the bits are those of an environment that answers at once. Until
/// then the run may be looked at, but not evaluated, saved in full or told what else to do.
BH_API bh_status bh_run_steps(bh_run *run, int n);

/// From now on `interrupt` is asked between two pieces of work, and where it returns 1, calls of
/// bh_run_steps, bh_run_evaluate and bh_run_demonstrate return BH_PENDING: call the first two again
/// with the same arguments, bh_run_steps with 0 to finish no more than is under way. Pieces are
/// gradient steps, minibatches, rows of a policy's update, sweeps, and steps of an evaluation. The
/// bits are the same however often a run is interrupted. NULL: nobody is asked.
///
/// In the middle of a step a run may be looked at, saved and evaluated: a full checkpoint goes on
/// from that piece, and an evaluation of the run itself is played again from its beginning. What is
/// set takes effect after the step. What else changes the run (loading, a state set by hand,
/// bh_run_reset_timesteps, demonstrations) does the learning that is left first.
BH_API void bh_run_set_interrupt(bh_run *run, bh_interrupt *interrupt, void *user);

// ---- stepped from outside: games, robots ----
//
// One step: the caller has the action, takes it wherever that is, and says what came of it.
//
//     bh_run_act(run, obs, &err);              // bh_run_last_step has the action
//     bh_run_observe(run, &step, obs, &err);   // obs: the observation after it
//     bh_run_learn(run);

/// Chooses an action for obs (F), exploring, as a step of bh_run_steps does. BH_ERR_STATE with
/// several environments (n_envs), and before the last action was observed.
BH_API bh_status bh_run_act(bh_run *run, const float *obs, bh_error *err);
/// The agent takes in what came of it; obs (F): final where the episode ended. BH_ERR_STATE before
/// bh_run_act.
BH_API bh_status bh_run_observe(bh_run *run, const bh_step *step, const float *obs, bh_error *err);
/// Does the learning that is due after a step. Records are made as in bh_run_steps; nothing is
/// evaluated.
BH_API void bh_run_learn(bh_run *run);

/// 1 in the middle of a step: learning or an evaluation is left of it, which bh_run_steps goes on
/// with. So may a run be that was made from a full checkpoint.
BH_API int bh_run_is_under_way(const bh_run *run);

/// The last failure of an environment, or count that was refused: BH_ERR_ARGUMENT, here and below, for
/// a negative n, max or number of episodes; then nothing has changed. Its status is BH_OK when there
/// was none. Borrowed.
BH_API const bh_error *bh_run_failure(const bh_run *run);

/// 1 while the run stands where stop_at_threshold stopped it.
BH_API int bh_run_finished(const bh_run *run);

/// Environment steps so far.
BH_API int bh_run_timesteps(const bh_run *run);
/// Updates of the agent so far: gradient steps, table entries or sweeps.
BH_API int bh_run_updates(const bh_run *run);
/// First evaluation at or above the environment's threshold, in environment steps; -1 if none yet.
BH_API int bh_run_solved_at(const bh_run *run);
/// Episodes finished so far.
BH_API int bh_run_episodes(const bh_run *run);

// ---- inspection ----

/// The first environment, as it is after its last step. Borrowed.
BH_API const bh_env *bh_run_env(const bh_run *run);
BH_API const bh_setup *bh_run_setup(const bh_run *run);

/// The last step of the first environment.
typedef struct bh_last_step {
    const float *obs_tm1; ///< (F) the observation the action was chosen for
    const float *obs_t;   ///< (F) the one after it; final where the episode ended
    int action;           ///< -1 before the first step, and where actions are a Box
    int explored;         ///< 1 when it was random
    bh_step step;
    double episode_return; ///< so far in this episode
    int episode_length;
    const float
        *box; ///< (D) the action where actions are a Box, 0 before the first step; else NULL
} bh_last_step;

BH_API void bh_run_last_step(const bh_run *run, bh_last_step *out);

/// Starts an episode of the environment that is drawn in the state that obs (F) describes; for the
/// agent what went before is truncated, as by a time limit. Returns 0 where the environment cannot
/// be there (bh_env_def.place): then nothing has changed. From then on the run is not what its seed
/// makes it.
BH_API int bh_run_place(bh_run *run, float *obs);

/// q (n,A) out: values of obs (n,F) under the current parameters. Nothing where actions are a Box.
BH_API bh_status bh_run_q_values(bh_run *run, double *q, const float *obs, int n);
/// v (n) out: values of the states obs (n,F) by the agent's value network, under the current
/// parameters. Returns 0, and nothing happens, when it has none.
BH_API int bh_run_state_values(bh_run *run, double *v, const float *obs, int n);
/// actions (n) out: one for each of obs (n,F), as the agent would act there while it learns now: a
/// policy by its probabilities, others exploring. Drawn from rng; no stream of the run is touched.
BH_API bh_status bh_run_sample_actions(bh_run *run, int *actions, const float *obs, int n,
                                       bh_rng *rng);
/// The same where actions are a Box: actions (n,D) out, within its bounds.
BH_API bh_status bh_run_sample_box(bh_run *run, float *actions, const float *obs, int n,
                                   bh_rng *rng);
/// actions (n,D) out: the greedy ones of obs (n,F), where actions are a Box.
BH_API bh_status bh_run_greedy_box(bh_run *run, float *actions, const float *obs, int n);
/// q (n) out: values of actions (n,D) in obs (n,F), where actions are a Box; of several critics the
/// least. Returns 0, and nothing happens, where the algorithm has none.
BH_API int bh_run_box_values(bh_run *run, double *q, const float *obs, const float *actions, int n);

/// At most so many tensors of bh_run_inspect.
#define BH_INSPECTED_MAX 24

/// What the agent holds of the state of obs (F), as tensors in memory:
///   visits               (states, A) int: how often each action was taken in each state in training,
///                        of this run, before and after it was resumed. First, where observations
///                        and actions are Discrete and these numbers at most 65,536
///   relu, tanh, linear   (places, channels) of a convolution, else (1, units): the outputs of each
///                        layer of the network that acts, by its activation, with its norm where it
///                        has one, without noise. The last one is the network's output, of a
///                        dueling network the value and the advantages
/// Returns how many. Nothing of the run changes. Data is borrowed: the counts until the next step,
/// the others until the next call. Agents without a network have no layers; nor has any where memory
/// runs out.
BH_API int bh_run_inspect(bh_run *run, bh_tensor out[BH_INSPECTED_MAX], const float *obs);
/// A; 0 where actions are a Box.
BH_API int bh_run_n_actions(const bh_run *run);
BH_API const bh_space *bh_run_action_space(const bh_run *run);
BH_API const bh_space *bh_run_observation_space(const bh_run *run);

// ---- records ----

/// What happened, in the order it happened: rows of BH_RECORD_WIDTH doubles in one ring.
///   {BH_RECORD_EPISODE, timestep, return, length, environment, 0 …}
///   {BH_RECORD_TRAIN, timestep, loss, mean_q, epsilon, learning_rate, n_updates, grad_norm, extra
///   …}
///   {BH_RECORD_EVAL, timestep, mean_reward, std_reward, is_best, min, max, mean length, 0 …}
/// extra: BH_METRICS_MAX numbers, named by the algorithm (bh_agent_class.metrics).
enum {
    BH_RECORD_EPISODE = 1,
    BH_RECORD_TRAIN = 2,
    BH_RECORD_EVAL = 3,
    BH_RECORD_WIDTH = 8 + BH_METRICS_MAX,
};

/// Moves up to `max` of the oldest records into out (max, BH_RECORD_WIDTH); returns how many.
/// Records not taken in time are overwritten, oldest first (the ring holds 8,192).
BH_API int bh_run_drain(bh_run *run, double *out, int max);

// ---- evaluation and parameters ----

typedef enum bh_params_choice {
    BH_CURRENT = 0, ///< the parameters as they are
    BH_BEST = 1,    ///< those of the best evaluation; the current ones before the first
} bh_params_choice;

typedef struct bh_score {
    double mean, std; ///< of the undiscounted return; std over the episodes (divided by n)
    double min, max;
    double mean_length;
    int episodes;
} bh_score;

/// Plays greedy episodes on fresh environments from the seed. Does not touch the run's own streams.
/// An episode of an environment without time limit is truncated at BH_EVAL_STEPS_MAX. BH_ERR_ENV as
/// bh_run_steps; then out is as it was. BH_PENDING as there: call it again with the same arguments, or
/// with 0 episodes to give it up.
/// Where there is a single environment
/// (bh_env_callbacks.is_single), the training's episode is truncated.
BH_API bh_status bh_run_evaluate(bh_run *run, bh_params_choice choice, int episodes, uint64_t seed,
                                 bh_score *out);

#define BH_EVAL_STEPS_MAX 1000

/// SHA-256 of the parameters, as bh_checkpoint_fingerprint.
BH_API void bh_run_fingerprint(bh_run *run, bh_params_choice choice, char hex[65]);

/// Writes a checkpoint (io/checkpoint.h): parameters, the frozen language model where a prior is
/// known, and as metadata the environment, algorithm and all options, so that it can be played
/// again from the file alone. Returns the bytes it takes; call with size 0 to ask. 0 when the
/// options are more than 180 or longer than 80 KB together.
BH_API size_t bh_run_save(bh_run *run, bh_params_choice choice, void *out, size_t size);

/// Writes a full checkpoint, where size is enough, and how many bytes it takes; call with size 0 to
/// ask. It is one of the current parameters (bh_run_save), and with it everything that the run is,
/// as tensors "state/…": moments, replay, counters, random streams, the best parameters, the
/// environments' states. Records are not in it, but how many there were: the entry "records" of its
/// metadata. BH_ERR_CONFIG when the options
/// are too long (bh_run_save), BH_ERR_MEMORY, BH_ERR_ENV when a user-defined environment fails to
/// say what it is; then *n is 0.
BH_API bh_status bh_run_save_full(bh_run *run, void *out, size_t size, size_t *n, bh_error *err);

/// Makes the run that a full checkpoint was saved from: it goes on as if it had never stopped, to
/// the bit, in every build. The setup is the one it was saved with (bh_setup_from_checkpoint).
/// User-defined environments that cannot say what they are (rl/env.h) begin new episodes; those
/// under way are truncated. Safe for untrusted input: BH_ERR_FORMAT for bytes that are no full
/// checkpoint or hold what no run could be, BH_ERR_SHAPE for one of another setup, BH_ERR_ENV when a
/// user-defined environment cannot take its state over; then *out is NULL.
BH_API bh_status bh_run_resume(bh_run **out, const bh_setup *setup, const void *bytes, size_t size,
                               bh_error *err);

/// Counts timesteps and episodes from 0 again, and with them schedules, the plan of evaluations and
/// solved_at: Stable-Baselines3's reset_num_timesteps. Episodes under way are truncated, as there.
/// What was learned, replay and number of updates stay.
BH_API void bh_run_reset_timesteps(bh_run *run);

/// Reads the parameters of a checkpoint into the run: online and target alike, and its prior where
/// the options ask for one (a prior that is known stays where the file has none). BH_ERR_FORMAT for
/// bytes that are no checkpoint, BH_ERR_SHAPE for one of another environment, algorithm or shape;
/// then nothing has changed. What is loaded is best until it is beaten: with evaluations
/// (eval_freq), the next call of bh_run_steps begins with one.
BH_API bh_status bh_run_load(bh_run *run, const void *bytes, size_t size, bh_error *err);

/// Transfer: reads those of the run's parameters that the checkpoint has under the same names,
/// whatever environment, algorithm and options it was saved with; the others stay as they are (a
/// clone's policy into PPO). n_loaded, unless NULL: how many tensors that were. BH_ERR_SHAPE when
/// one differs in shape, or when there is none; then nothing has changed.
BH_API bh_status bh_run_load_parameters(bh_run *run, const void *bytes, size_t size, int *n_loaded,
                                        bh_error *err);

/// Starts from a language model (rl/language.h). BH_ERR_CONFIG where the algorithm cannot,
/// BH_ERR_SHAPE for a model of another vocabulary or of other sizes than the run's transformer;
/// then nothing has changed.
BH_API bh_status bh_run_language_model(bh_run *run, const bh_language_weights *lm, bh_error *err);

/// log_p (n,A) out: log-probabilities of the actions in obs (n,F) under the frozen language model,
/// which is a policy's reference. Returns 0 when the agent keeps none.
BH_API int bh_run_log_prior(bh_run *run, double *log_p, const float *obs, int n);

// ---- the last update, number by number ----

/// From the next update on its numbers are kept, or not any more. What is computed is the same
/// either way. BH_ERR_MEMORY.
BH_API bh_status bh_run_watch(bh_run *run, int is_watched, bh_error *err);

/// The numbers of the last update since bh_run_watch, as the core computed with them; docs/updates.md
/// lists them by algorithm. Several environments, gradient steps or minibatches: of the last one.
/// Arrays of more than 262,144 numbers are left out. Returns how many arrays; 0 before the first
/// update, and where nobody watches.
BH_API int bh_run_last_update(const bh_run *run, bh_update_array out[BH_UPDATE_ARRAYS_MAX]);

/// Makes the setup a checkpoint was saved with. Safe for untrusted input.
BH_API bh_status bh_setup_from_checkpoint(bh_setup **out, const bh_registry *registry,
                                          const void *bytes, size_t size, bh_error *err);

/// The parameters as named tensors (data borrowed until the next step); returns how many.
BH_API int bh_run_tensors(bh_run *run, bh_params_choice choice, bh_tensor out[BH_TENSORS_MAX]);
