// SPDX-License-Identifier: MIT
// Runs whose observations and rewards change on the way to the agent: what a checkpoint, an
// evaluation and a count of steps say of them.
#include "envs/registry.h"
#include "rl/agent_list.h"
#include "rl/run_state.h"

#include "make_run.h"

#define NORMALIZED "normalize_observation", "true"

enum { LOOKS = 8 };

// The tensor of that name, or NULL.
static const double *tensor(bh_run *run, bh_params_choice choice, const char *name)
{
    static bh_tensor tensors[BH_TENSORS_MAX];
    int n = bh_run_tensors(run, choice, tensors);
    for (int i = 0; i < n; i++)
        if (strcmp(tensors[i].name, name) == 0) return tensors[i].data;
    return NULL;
}

static double count_of(bh_run *run)
{
    return *tensor(run, BH_CURRENT, "obs_rms.count") - 1e-4;
}

// Values of observations far apart.
static void look(bh_run *run, double q[2 * LOOKS])
{
    float obs[4 * LOOKS];
    for (int i = 0; i < 4 * LOOKS; i++) obs[i] = (float)(i % 7 - 3) * 0.1f;
    bh_run_q_values(run, q, obs, LOOKS);
}

static int same_looks(bh_run *a, bh_run *b)
{
    double q[2 * LOOKS], r[2 * LOOKS];
    look(a, q);
    look(b, r);
    return memcmp(q, r, sizeof q) == 0;
}

// ---- statistics ----

static void test_only_training_changes_statistics(void)
{
    bh_run *run = make_run(&bh_all_envs, "CartPole-v1", "dqn",
                           OPTIONS(SMALL, NORMALIZED, "n_envs", "3", "eval_freq", "150"));
    CHECK_STATUS(bh_run_steps(run, 300), BH_OK);
    CHECK_NEAR(count_of(run), 300, 1e-9); // evaluations were two
    double before = *tensor(run, BH_CURRENT, "obs_rms.var"), q[2 * LOOKS];
    bh_score score;
    CHECK_STATUS(bh_run_evaluate(run, BH_CURRENT, 5, 1, &score), BH_OK);
    bh_rng rng = bh_rng_seed(1);
    int action;
    look(run, q);
    bh_run_sample_actions(run, &action, (float[]){9, 9, 9, 9}, 1, &rng);
    CHECK_NEAR(count_of(run), 300, 1e-9);
    CHECK(*tensor(run, BH_CURRENT, "obs_rms.var") == before);
    CHECK_STATUS(bh_run_steps(run, 30), BH_OK);
    CHECK_NEAR(count_of(run), 330, 1e-9);
    CHECK(*tensor(run, BH_CURRENT, "obs_rms.var") != before);
    bh_run_destroy(run);
}

// Nothing of them where the option is off, in the file either.
static void test_plain_runs_have_none(void)
{
    bh_run *run = make_run(&bh_all_envs, "CartPole-v1", "dqn", OPTIONS(SMALL));
    saved file = save(run, BH_CURRENT);
    CHECK(tensor(run, BH_CURRENT, "obs_rms.mean") == NULL);
    CHECK(!bh_checkpoint_has(file.bytes, file.size, "obs_rms.mean"));
    CHECK(!bh_checkpoint_has(file.bytes, file.size, "ret_rms.mean"));
    free(file.bytes);
    bh_run_destroy(run);
}

// The best parameters stay with the statistics they were scored with.
static void test_the_best_keep_their_statistics(void)
{
    bh_run *run = make_run(&bh_all_envs, "CartPole-v1", "dqn",
                           OPTIONS(SMALL, NORMALIZED, "eval_freq", "200"));
    CHECK_STATUS(bh_run_steps(run, 200), BH_OK);
    bh_score then, now, other;
    char hex[65], later[65];
    double mean = *tensor(run, BH_BEST, "obs_rms.mean");
    CHECK_STATUS(bh_run_evaluate(run, BH_BEST, 10, 7, &then), BH_OK);
    CHECK_STATUS(bh_run_evaluate(run, BH_CURRENT, 10, 7, &other), BH_OK);
    CHECK(same_score(&then, &other));
    bh_run_fingerprint(run, BH_BEST, hex);
    CHECK_STATUS(bh_run_steps(run, 199), BH_OK);
    CHECK(*tensor(run, BH_CURRENT, "obs_rms.mean") != mean);
    CHECK(*tensor(run, BH_BEST, "obs_rms.mean") == mean);
    CHECK_STATUS(bh_run_evaluate(run, BH_BEST, 10, 7, &now), BH_OK);
    CHECK(same_score(&then, &now));
    bh_run_fingerprint(run, BH_BEST, later);
    CHECK_STRING(later, hex);
    saved file = save(run, BH_BEST);
    bh_run *loaded = make_run(&bh_all_envs, "CartPole-v1", "dqn", OPTIONS(SMALL, NORMALIZED));
    CHECK_STATUS(bh_run_load(loaded, file.bytes, file.size, NULL), BH_OK);
    CHECK(*tensor(loaded, BH_CURRENT, "obs_rms.mean") == mean);
    CHECK_STATUS(bh_run_evaluate(loaded, BH_CURRENT, 10, 7, &now), BH_OK);
    CHECK(same_score(&then, &now));
    free(file.bytes);
    bh_run_destroy(loaded);
    bh_run_destroy(run);
}

// ---- files ----

static const char *const algos[] = {"dqn", "ppo", "reinforce", "pqn", NULL};

static void check_save_and_load(const char *algo)
{
    const char *const *options = OPTIONS("net_arch", "12", NORMALIZED, "normalize_reward", "true",
                                         "eval_freq", "0", "seed", "3");
    bh_run *run = make_run(&bh_all_envs, "CartPole-v1", algo, options);
    CHECK_STATUS(bh_run_steps(run, 700), BH_OK);
    saved file = save(run, BH_CURRENT);
    bh_run *loaded = make_run(&bh_all_envs, "CartPole-v1", algo, options);
    CHECK(!same_looks(run, loaded));
    CHECK_STATUS(bh_run_load(loaded, file.bytes, file.size, NULL), BH_OK);
    CHECK(same_looks(run, loaded));
    saved again = save(loaded, BH_CURRENT);
    char hex[65], other[65];
    bh_run_fingerprint(run, BH_CURRENT, hex);
    bh_run_fingerprint(loaded, BH_CURRENT, other);
    CHECK_STRING(other, hex);
    free(file.bytes);
    free(again.bytes);
    bh_run_destroy(loaded);
    bh_run_destroy(run);
}

static void test_a_plain_checkpoint_has_them(void)
{
    for (int i = 0; algos[i] != NULL; i++) check_save_and_load(algos[i]);
}

// A full checkpoint at a moment between two steps: what is asked of it before the next one is the
// same too.
static void test_a_full_checkpoint_has_them(void)
{
    bh_run *run = make_run(&bh_all_envs, "CartPole-v1", "dqn",
                           OPTIONS(SMALL, NORMALIZED, "normalize_reward", "true", "frame_stack",
                                   "3", "frame_skip", "2", "eval_freq", "100"));
    CHECK_STATUS(bh_run_steps(run, 333), BH_OK);
    size_t size, n;
    CHECK_STATUS(bh_run_save_full(run, NULL, 0, &size, NULL), BH_OK);
    unsigned char *bytes = malloc(size);
    CHECK_STATUS(bh_run_save_full(run, bytes, size, &n, NULL), BH_OK);
    bh_run *resumed;
    CHECK_STATUS(bh_run_resume(&resumed, bh_run_setup(run), bytes, size, NULL), BH_OK);
    for (int i = 0; i < 2; i++) {
        float obs[12] = {0.1f, -0.5f, 0.02f, 1, 0.1f, -0.4f};
        double q[2], r[2];
        bh_run_q_values(run, q, obs, 1);
        bh_run_q_values(resumed, r, obs, 1);
        CHECK(memcmp(q, r, sizeof q) == 0);
        for (int choice = BH_CURRENT; choice <= BH_BEST; choice++) {
            bh_score a, b;
            CHECK_STATUS(bh_run_evaluate(run, (bh_params_choice)choice, 3, 1, &a), BH_OK);
            CHECK_STATUS(bh_run_evaluate(resumed, (bh_params_choice)choice, 3, 1, &b), BH_OK);
            CHECK(same_score(&a, &b));
        }
        CHECK_STATUS(bh_run_steps(run, 150), BH_OK);
        CHECK_STATUS(bh_run_steps(resumed, 150), BH_OK);
    }
    free(bytes);
    bh_run_destroy(resumed);
    bh_run_destroy(run);
}

static void test_files_that_do_not_fit_are_refused(void)
{
    bh_run *with = make_run(&bh_all_envs, "CartPole-v1", "dqn", OPTIONS(SMALL, NORMALIZED));
    bh_run *without = make_run(&bh_all_envs, "CartPole-v1", "dqn", OPTIONS(SMALL));
    saved has = save(with, BH_CURRENT), lacks = save(without, BH_CURRENT);
    bh_error err;
    char before[65], after[65];
    bh_run_fingerprint(without, BH_CURRENT, before);
    CHECK_STATUS(bh_run_load(without, has.bytes, has.size, &err), BH_ERR_SHAPE);
    CHECK(strstr(err.message, "normalize_observation") != NULL);
    CHECK_STATUS(bh_run_load_parameters(without, has.bytes, has.size, NULL, &err), BH_ERR_SHAPE);
    bh_run_fingerprint(without, BH_CURRENT, after);
    CHECK_STRING(after, before);
    CHECK_STATUS(bh_run_load(with, lacks.bytes, lacks.size, &err), BH_ERR_SHAPE);
    CHECK(strstr(err.message, "obs_rms.mean") != NULL);
    free(has.bytes);
    free(lacks.bytes);
    bh_run_destroy(with);
    bh_run_destroy(without);
}

// ---- rewards ----

// Records and scores are of the environment's own rewards: 1 a step.
static void test_returns_are_the_environment_s_own(void)
{
    static double records[4096 * BH_RECORD_WIDTH];
    bh_run *run = make_run(&bh_all_envs, "CartPole-v1", "dqn",
                           OPTIONS(SMALL, "normalize_reward", "true", "scale_reward", "0.1",
                                   "clip_reward", "0.5", "eval_freq", "100"));
    CHECK_STATUS(bh_run_steps(run, 600), BH_OK);
    int n = bh_run_drain(run, records, 4096), n_episodes = 0;
    for (int i = 0; i < n; i++) {
        const double *r = records + (size_t)i * BH_RECORD_WIDTH;
        if (r[0] == BH_RECORD_EPISODE) CHECK(r[2] == r[3]);
        if (r[0] == BH_RECORD_EVAL) CHECK(r[2] == r[7]);
        n_episodes += r[0] == BH_RECORD_EPISODE;
    }
    CHECK(n_episodes > 5);
    bh_last_step last;
    bh_run_last_step(run, &last);
    CHECK(last.step.reward == 1);
    bh_run_destroy(run);
}

static double first_reward_learned_from(const char *env, const char *algo,
                                        const char *const *options)
{
    bh_run *run = make_run(&bh_all_envs, env, algo, options);
    CHECK_STATUS(bh_run_watch(run, 1, NULL), BH_OK);
    bh_update_array arrays[BH_UPDATE_ARRAYS_MAX];
    double r_t = NAN;
    for (int i = 0; i < 200 && isnan(r_t); i++) {
        CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
        int n = bh_run_last_update(run, arrays);
        for (int j = 0; j < n; j++)
            if (strcmp(arrays[j].name, "r_t") == 0) r_t = arrays[j].data[0];
    }
    bh_run_destroy(run);
    return r_t;
}

static void test_updates_see_the_rewards_learned_from(void)
{
    CHECK_NEAR(first_reward_learned_from("CartPole-v1", "dqn",
                                         OPTIONS(SMALL, "n_steps", "1", "scale_reward", "0.25")),
               0.25, 0);
    CHECK_NEAR(first_reward_learned_from("CliffWalking-v1", "q-learning",
                                         OPTIONS("scale_reward", "3", "clip_reward", "2")),
               -2, 0);
}

// gamma is the algorithm's, and may be set while it runs.
static void test_returns_are_discounted_as_the_agent_learns(void)
{
    bh_run *run = make_run(&bh_all_envs, "MountainCar-v0", "dqn",
                           OPTIONS(SMALL, "normalize_reward", "true", "gamma", "0.5"));
    CHECK_STATUS(bh_run_steps(run, 50), BH_OK);
    CHECK_NEAR(run->agent->encoder.returns[0], -2, 1e-9); // -1 / (1 - gamma)
    CHECK_STATUS(bh_run_set(run, "gamma", "0.75", NULL), BH_OK);
    CHECK_STATUS(bh_run_steps(run, 100), BH_OK);
    CHECK_NEAR(run->agent->encoder.returns[0], -4, 1e-9);
    bh_run_reset_timesteps(run);
    CHECK(run->agent->encoder.returns[0] == 0);
    bh_run_destroy(run);
}

// ---- frames ----

// A step of the run is an action: it counts the environment's own steps, as schedules do.
static void test_skipped_steps_are_counted(void)
{
    static double records[4096 * BH_RECORD_WIDTH];
    bh_run *run = make_run(&bh_all_envs, "CartPole-v1", "dqn",
                           OPTIONS(SMALL, "frame_skip", "4", "n_envs", "2", "eval_freq", "100",
                                   "learning_rate_schedule", "linear"));
    CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
    CHECK(bh_run_timesteps(run) == 8 && run->agent->timesteps == 8);
    CHECK_STATUS(bh_run_steps(run, 500), BH_OK);
    CHECK(bh_run_timesteps(run) >= 508 && bh_run_timesteps(run) < 508 + 8);
    CHECK(run->agent->timesteps == bh_run_timesteps(run));
    int n = bh_run_drain(run, records, 4096), sum = 0, n_evals = 0;
    for (int i = 0; i < n; i++) {
        const double *r = records + (size_t)i * BH_RECORD_WIDTH;
        if (r[0] == BH_RECORD_EPISODE) sum += (int)r[3];
        n_evals += r[0] == BH_RECORD_EVAL;
    }
    for (int i = 0; i < 2; i++)
        if (bh_vec_env_running(run->train.envs, i)) sum += bh_vec_env_elapsed(run->train.envs, i);
    CHECK(sum == bh_run_timesteps(run) && n_evals == 5);
    bh_run_destroy(run);
}

static void test_networks_have_as_many_inputs_as_the_stack(void)
{
    bh_run *run = make_run(&bh_all_envs, "Breakout-MinAtar", "dqn",
                           OPTIONS("frame_stack", "2", "learning_starts", "20", "batch_size", "4",
                                   "net_arch", "8", "eval_freq", "40", "n_eval_episodes", "2"));
    CHECK(bh_run_observation_space(run)->n == 800);
    CHECK_STATUS(bh_run_steps(run, 60), BH_OK);
    CHECK(bh_run_updates(run) > 0);
    bh_run_destroy(run);
}

// ---- demonstrations ----

static void test_demonstrations_count_as_training(void)
{
    enum { N = 6 };
    const char *const algos_of[] = {"dqn", "clone"};
    for (int i = 0; i < 2; i++) {
        bh_run *run = make_run(&bh_all_envs, "CartPole-v1", algos_of[i],
                               OPTIONS("demo_capacity", "10", "net_arch", "8", NORMALIZED));
        float obs[(N + 1) * 4];
        for (int j = 0; j < (N + 1) * 4; j++) obs[j] = (float)j;
        int actions[N] = {0, 1, 0, 1, 0, 1}, zero[N] = {0};
        double rewards[N] = {1, 1, 1, 1, 1, 1};
        bh_demonstrations all = {{N, obs, actions, rewards, zero, zero, obs + 4, NULL}, NULL};
        CHECK_STATUS(bh_run_demonstrate(run, &all, NULL), BH_OK);
        CHECK_NEAR(count_of(run), N, 1e-9);
        CHECK_NEAR(*tensor(run, BH_CURRENT, "obs_rms.mean"), 10, 1e-3);
        CHECK_STATUS(bh_run_demonstrate(run, &all, NULL), BH_ERR_ARGUMENT); // no room
        CHECK_NEAR(count_of(run), N, 1e-9);
        bh_run_destroy(run);
    }
}

// ---- refusals ----

static void check_refused(const char *env, const char *algo, const char *name, const char *value,
                          const char *message)
{
    bh_setup *setup = make_setup(&bh_all_envs, env, algo, OPTIONS(name, value));
    bh_run *run;
    bh_error err = {0};
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK(run == NULL);
    CHECK_STRING(err.message, message);
    bh_setup_destroy(setup);
}

static void test_what_cannot_be_is_refused(void)
{
    check_refused("FrozenLake-v1", "q-learning", "normalize_observation", "true",
                  "Run: normalize_observation is true, but observations of FrozenLake-v1 are "
                  "Discrete; leave it false");
    check_refused("FrozenLake-v1", "dqn", "frame_stack", "2",
                  "Run: frame_stack is 2, but observations of FrozenLake-v1 are Discrete; leave it "
                  "1");
    check_refused("TextGen-v1", "ppo", "normalize_observation", "true",
                  "Run: normalize_observation is true, but observations of TextGen-v1 are text; "
                  "leave it false");
    check_refused("TextGen-v1", "ppo", "frame_skip", "2",
                  "Run: frame_skip is 2, but observations of TextGen-v1 are text; leave it 1");
    check_refused("FrozenLake-v1", "value-iteration", "frame_skip", "2",
                  "Run: frame_skip is 2, but value-iteration plans on the table of FrozenLake-v1; "
                  "leave it 1");
    check_refused("FrozenLake-v1", "policy-iteration", "clip_reward", "0.5",
                  "Run: clip_reward is 0.5, but policy-iteration plans on the table of "
                  "FrozenLake-v1; leave it 0");
    check_refused("FrozenLake-v1", "policy-evaluation", "normalize_reward", "true",
                  "Run: normalize_reward is true, but policy-evaluation plans on the table of "
                  "FrozenLake-v1; leave it false");
}

// Rewards and steps are the same business with numbered states.
static void test_tables_learn_from_them_too(void)
{
    bh_run *run = make_run(&bh_all_envs, "CliffWalking-v1", "q-learning",
                           OPTIONS("normalize_reward", "true", "frame_skip", "2"));
    CHECK_STATUS(bh_run_steps(run, 200), BH_OK);
    CHECK(bh_run_timesteps(run) >= 200 && bh_run_updates(run) > 0);
    bh_run_destroy(run);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_only_training_changes_statistics);
    CHECK_RUN(test_plain_runs_have_none);
    CHECK_RUN(test_the_best_keep_their_statistics);
    CHECK_RUN(test_a_plain_checkpoint_has_them);
    CHECK_RUN(test_a_full_checkpoint_has_them);
    CHECK_RUN(test_files_that_do_not_fit_are_refused);
    CHECK_RUN(test_returns_are_the_environment_s_own);
    CHECK_RUN(test_updates_see_the_rewards_learned_from);
    CHECK_RUN(test_returns_are_discounted_as_the_agent_learns);
    CHECK_RUN(test_skipped_steps_are_counted);
    CHECK_RUN(test_networks_have_as_many_inputs_as_the_stack);
    CHECK_RUN(test_demonstrations_count_as_training);
    CHECK_RUN(test_what_cannot_be_is_refused);
    CHECK_RUN(test_tables_learn_from_them_too);
    return check_report();
}
