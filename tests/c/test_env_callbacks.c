// SPDX-License-Identifier: MIT
// User-defined environments (bh_env_callbacks): seeds, their own truncation, failures, what is
// released; and runs on them.
#include "core/alloc.h"
#include "rl/agent.h"
#include "rl/agent_list.h"
#include "rl/td_table.h"
#include "rl/vec_env.h"

#include "check.h"
#include "make_run.h"

// A walk over the cells 0 … 7. One starts in 2; action 1 goes right, 0 left. Cell 0 ends it with
// reward -1, cell 7 with 1; the walk cuts itself after 9 steps. There is no chance in it, so that
// it is the same world written either way.
typedef struct walk {
    int x, steps, number;
} walk;

// What the user-defined environment shall do, and what was done with it.
static struct callback_log {
    int create_fails_at; // the how-manieth create from now on, 1 the first; 0 never
    int reset_fails_at, step_fails_at;
    int n_created, n_destroyed; // altogether
    int n_resets, n_seeds;
    uint64_t seeds[64];
} logged;

static int is_due(int *countdown)
{
    return *countdown > 0 && --*countdown == 0;
}

static bh_status create(void *state, const bh_env_def *def, const void *config, bh_error *err)
{
    (void)config;
    if (is_due(&logged.create_fails_at)) return bh_fail(err, BH_ERR_ENV, "%s: no more", def->id);
    ((walk *)state)->number = ++logged.n_created;
    return BH_OK;
}

static void destroy(void *state)
{
    CHECK(((walk *)state)->number > 0);
    logged.n_destroyed++;
}

static void plain_reset(void *state, bh_rng *rng, float *obs)
{
    (void)rng;
    walk *w = state;
    w->x = 2;
    w->steps = 0;
    obs[0] = 2;
}

static bh_status reset(void *state, const uint64_t *seed, float *obs, bh_error *err)
{
    if (is_due(&logged.reset_fails_at)) return bh_fail(err, BH_ERR_ENV, "the reset fails");
    logged.n_resets++;
    if (seed != NULL) logged.seeds[logged.n_seeds++ % 64] = *seed;
    plain_reset(state, NULL, obs);
    return BH_OK;
}

static void plain_step(void *state, bh_rng *rng, int action, float *obs, double *reward,
                       int *terminated)
{
    (void)rng;
    walk *w = state;
    w->x += 2 * action - 1;
    w->steps++;
    obs[0] = (float)w->x;
    *reward = w->x == 7 ? 1 : w->x == 0 ? -1 : 0;
    *terminated = w->x == 0 || w->x == 7;
}

static bh_status step(void *state, int action, const float *box, float *obs, bh_step *out,
                      bh_error *err)
{
    CHECK(box == NULL);
    walk *w = state;
    if (is_due(&logged.step_fails_at)) {
        obs[0] = NAN;
        return bh_fail(err, BH_ERR_ENV, "the step from %d fails", w->x);
    }
    CHECK(w->x > 0 && w->x < 7); // never after an end
    plain_step(state, NULL, action, obs, &out->reward, &out->terminated);
    out->truncated = w->steps == 9;
    return BH_OK;
}

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)state;
    (void)config;
    (void)err;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    (void)state;
    *observation = (bh_space){BH_SPACE_DISCRETE, 8};
    *action = (bh_space){BH_SPACE_DISCRETE, 2};
}

// The whole walk, and how often that was asked.
static int n_saves, save_fails_at;

static bh_status save_walk(void *state, void *out, size_t size, size_t *n, bh_error *err)
{
    if (is_due(&save_fails_at)) return bh_fail(err, BH_ERR_ENV, "the walk cannot say where it is");
    n_saves++;
    *n = sizeof(walk);
    if (size >= *n) memcpy(out, state, *n);
    return BH_OK;
}

static bh_status restore_walk(void *state, const void *bytes, size_t size, bh_error *err)
{
    int number = ((walk *)state)->number;
    if (size != sizeof(walk)) return bh_fail(err, BH_ERR_ENV, "that is no walk");
    memcpy(state, bytes, size);
    ((walk *)state)->number = number;
    return BH_OK;
}

// Those that answer late: two of three times not yet.
static int n_asked;

static bh_status reset_later(void *state, const uint64_t *seed, float *obs, bh_error *err)
{
    return ++n_asked % 3 != 0 ? BH_PENDING : reset(state, seed, obs, err);
}

static bh_status step_later(void *state, int action, const float *box, float *obs, bh_step *out,
                            bh_error *err)
{
    return ++n_asked % 3 != 0 ? BH_PENDING : step(state, action, box, obs, out, err);
}

static const bh_env_callbacks late = {0, create, destroy, reset_later, step_later};
static const bh_env_callbacks many = {0, create, destroy, reset, step};
static const bh_env_callbacks telling = {0, create, destroy, reset, step, save_walk, restore_walk};
static const bh_env_callbacks one = {1, create, destroy, reset, step};

#define WALK(ID, ...)                                                                \
    {                                                                                \
        .id = ID, .summary = "", .reward_threshold = 1, .state_bytes = sizeof(walk), \
        .spaces = spaces, __VA_ARGS__                                                \
    }
static const bh_env_def plain_def =
    WALK("Walk-v0", .init = init, .reset = plain_reset, .step = plain_step, .max_episode_steps = 9);
static const bh_env_def many_def = WALK("Walk-v0", .callbacks = &many);
static const bh_env_def limited_def =
    WALK("Limited-v0", .callbacks = &many, .max_episode_steps = 4);
static const bh_env_def telling_def = WALK("Telling-v0", .callbacks = &telling);
static const bh_env_def late_def = WALK("Walk-v0", .callbacks = &late);
static const bh_env_def *const late_defs[] = {&late_def};
static const bh_env_def one_def = WALK("One-v0", .callbacks = &one);
static const bh_env_def *const plain_defs[] = {&plain_def}, *const user_defs[] = {
                                                                &many_def, &one_def, &limited_def,
                                                                &telling_def};
static const bh_registry plain = {plain_defs, 1, bh_all_agents},
                         user_defined = {user_defs, 4, bh_all_agents},
                         waiting = {late_defs, 1, bh_all_agents};

static void begin(void)
{
    memset(&logged, 0, sizeof logged);
}

static void check_nothing_left(void)
{
    CHECK(logged.n_created == logged.n_destroyed);
    CHECK(bh_live_bytes() == 0);
}

// ---- environments ----

static void test_seeds_are_handed_over_once(void)
{
    begin();
    bh_env *envs;
    float obs[2];
    CHECK_STATUS(bh_vec_env_create(&envs, &many_def, NULL, 2, NULL), BH_OK);
    CHECK(logged.n_created == 2);
    CHECK_STATUS(bh_env_reset(envs, obs), BH_OK);
    CHECK(logged.n_seeds == 2 && logged.seeds[0] == 0 && logged.seeds[1] == 1); // as created
    CHECK_STATUS(bh_env_reset(envs, obs), BH_OK);
    CHECK(logged.n_resets == 4 && logged.n_seeds == 2);

    bh_env_seed(envs, ((uint64_t)1 << 53) - 1);
    CHECK_STATUS(bh_env_reset(envs, obs), BH_OK);
    CHECK(logged.n_seeds == 4 && logged.seeds[2] == ((uint64_t)1 << 53) - 1);

    bh_vec_env_seed_rng(envs, 1, bh_rng_seed(5));
    CHECK_STATUS(bh_env_reset(envs, obs), BH_OK);
    bh_rng rng = bh_rng_seed(5);
    CHECK(logged.n_seeds == 5 && logged.seeds[4] == bh_rng_next(&rng) >> 32);
    bh_env_destroy(envs);
    check_nothing_left();
}

static void test_ends_by_itself_or_by_the_limit(void)
{
    begin();
    bh_env *env;
    float obs;
    bh_step out = {0};
    CHECK_STATUS(bh_env_create(&env, &many_def, NULL, NULL), BH_OK);
    CHECK_STATUS(bh_env_reset(env, &obs), BH_OK);
    for (int i = 0; i < 9; i++) { // right and left, around 2
        CHECK(!out.truncated && !out.terminated && bh_env_running(env));
        CHECK_STATUS(bh_env_step(env, i % 2 == 0, &obs, &out, NULL), BH_OK);
    }
    CHECK(out.truncated && !out.terminated && !bh_env_running(env) && bh_env_elapsed(env) == 9);
    CHECK_STATUS(bh_env_reset(env, &obs), BH_OK);
    for (int i = 0; i < 5; i++) CHECK_STATUS(bh_env_step(env, 1, &obs, &out, NULL), BH_OK);
    CHECK(out.terminated && !out.truncated && out.reward == 1 && obs == 7);
    bh_env_destroy(env);

    CHECK_STATUS(bh_env_create(&env, &limited_def, NULL, NULL), BH_OK);
    CHECK_STATUS(bh_env_reset(env, &obs), BH_OK);
    for (int i = 0; i < 4; i++) CHECK_STATUS(bh_env_step(env, i % 2 == 0, &obs, &out, NULL), BH_OK);
    CHECK(out.truncated && !out.terminated);
    bh_env_destroy(env);
    check_nothing_left();
}

static void test_a_failed_step_stops_all(void)
{
    begin();
    bh_env *envs;
    float obs[3];
    double rewards[3];
    int actions[3] = {1, 1, 1}, terminated[3], truncated[3];
    bh_error err = {0};
    CHECK_STATUS(bh_vec_env_create(&envs, &many_def, NULL, 3, NULL), BH_OK);
    CHECK(bh_env_failure(envs)->status == BH_OK);
    CHECK_STATUS(bh_env_reset(envs, obs), BH_OK);
    logged.step_fails_at = 2;
    CHECK_STATUS(bh_vec_env_step(envs, actions, obs, rewards, terminated, truncated, &err),
                 BH_ERR_ENV);
    CHECK_STRING(err.message, "the step from 2 fails");
    CHECK_STRING(bh_env_failure(envs)->message, "the step from 2 fails");
    for (int i = 0; i < 3; i++)
        CHECK(!bh_vec_env_running(envs, i) && bh_vec_env_elapsed(envs, i) == 0);
    CHECK_STATUS(bh_vec_env_step(envs, actions, obs, rewards, terminated, truncated, NULL),
                 BH_ERR_STATE);

    logged.reset_fails_at = 3;
    CHECK_STATUS(bh_vec_env_reset_ended(envs, obs), BH_ERR_ENV);
    CHECK_STRING(bh_env_failure(envs)->message, "the reset fails");
    CHECK(!bh_vec_env_running(envs, 0));
    CHECK_STATUS(bh_vec_env_reset_ended(envs, obs), BH_OK);
    CHECK_STATUS(bh_vec_env_step(envs, actions, obs, rewards, terminated, truncated, NULL), BH_OK);
    CHECK(obs[0] == 3 && obs[1] == 3 && obs[2] == 3);
    bh_env_destroy(envs);
    check_nothing_left();
}

static void test_a_failed_create_leaves_nothing(void)
{
    begin();
    bh_env *envs;
    bh_error err = {0};
    logged.create_fails_at = 3;
    CHECK_STATUS(bh_vec_env_create(&envs, &many_def, NULL, 5, &err), BH_ERR_ENV);
    CHECK(envs == NULL && logged.n_created == 2);
    CHECK_STRING(err.message, "Walk-v0: no more");
    CHECK_STATUS(bh_vec_env_create(&envs, &one_def, NULL, 2, &err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "One-v0: 2 environments") != NULL);
    check_nothing_left();
}

// ---- runs ----

#define TRAINED 700

static void train(char hex[65], const bh_registry *registry, const char *algo,
                  const char *const *options)
{
    bh_run *run = make_run(registry, "Walk-v0", algo, options);
    CHECK_STATUS(bh_run_steps(run, TRAINED), BH_OK);
    bh_run_fingerprint(run, BH_CURRENT, hex);
    bh_run_destroy(run);
}

// With no chance in the environment, the same world is the same run, however it is written.
static void test_a_run_is_the_same_to_the_bit(void)
{
    static const char *const algos[] = {"q-learning", "sarsa", "double-q-learning",
                                        "reinforce",  "ppo",   "dqn"};
    for (size_t i = 0; i < sizeof algos / sizeof *algos; i++) {
        begin();
        char a[65], b[65];
        const char *const *options =
            strcmp(algos[i], "dqn") == 0
                ? OPTIONS(SMALL, "n_envs", "3", "n_steps", "2", "seed", "4", "eval_freq", "100")
                : OPTIONS("n_envs", "3", "seed", "4", "eval_freq", "100");
        train(a, &plain, algos[i], options);
        train(b, &user_defined, algos[i], options);
        if (!CHECK(strcmp(a, b) == 0)) printf("    %s\n", algos[i]);
        CHECK(logged.n_created > 0);
        check_nothing_left();
    }
}

// Asked again and again, and evaluated: what it comes to.
static bh_score train_waiting(char hex[65], const bh_registry *registry, const char *algo,
                              const char *const *options)
{
    bh_score score = {0};
    bh_run *run = make_run(registry, "Walk-v0", algo, options);
    bh_status status = BH_OK;
    while (status == BH_PENDING || (status == BH_OK && bh_run_timesteps(run) < TRAINED)) {
        int is_new = status != BH_PENDING;
        status = bh_run_steps(run, is_new ? TRAINED - bh_run_timesteps(run) : 0);
    }
    CHECK_STATUS(status, BH_OK);
    do status = bh_run_evaluate(run, BH_BEST, 9, 3, &score);
    while (status == BH_PENDING);
    CHECK_STATUS(status, BH_OK);
    bh_run_fingerprint(run, BH_CURRENT, hex);
    bh_run_destroy(run);
    return score;
}

// Environments that answer later are the same run: nothing is chosen, drawn or counted twice.
static void test_a_run_waits_to_the_same_bits(void)
{
    static const char *const algos[] = {"q-learning", "sarsa", "reinforce", "ppo", "dqn"};
    for (size_t i = 0; i < sizeof algos / sizeof *algos; i++) {
        begin();
        char a[65], b[65];
        const char *const *options =
            strcmp(algos[i], "dqn") == 0
                ? OPTIONS(SMALL, "n_envs", "4", "n_steps", "2", "seed", "4", "eval_freq", "100")
                : OPTIONS("n_envs", "4", "seed", "4", "eval_freq", "100");
        bh_score at_once = train_waiting(a, &user_defined, algos[i], options);
        int n_asked_before = n_asked;
        bh_score later = train_waiting(b, &waiting, algos[i], options);
        CHECK(n_asked - n_asked_before > 3 * TRAINED);
        if (!CHECK(strcmp(a, b) == 0)) printf("    %s\n", algos[i]);
        CHECK(at_once.mean == later.mean && at_once.std == later.std &&
              at_once.mean_length == later.mean_length);
        check_nothing_left();
    }
}

// A step that is stepped outside.
static void test_act_and_observe_have_an_order(void)
{
    begin();
    bh_error err = {0};
    bh_step step = {1, 0, 0};
    float obs = 3;
    bh_last_step last;
    bh_run *run = make_run(&user_defined, "Walk-v0", "q-learning", OPTIONS("seed", "1"));
    CHECK_STATUS(bh_run_observe(run, &step, &obs, &err), BH_ERR_STATE);
    CHECK_STRING(err.message, "observe was called before act chose an action");
    CHECK_STATUS(bh_run_act(run, &obs, &err), BH_OK);
    CHECK_STATUS(bh_run_act(run, &obs, &err), BH_ERR_STATE);
    CHECK_STRING(err.message, "act was called before observe took in the last action");
    bh_run_last_step(run, &last);
    CHECK(last.action >= 0 && last.action < 2 && last.obs_tm1[0] == 3);
    obs = 4;
    CHECK_STATUS(bh_run_observe(run, &step, &obs, &err), BH_OK);
    bh_run_learn(run);
    CHECK(bh_run_timesteps(run) == 1 && bh_run_updates(run) == 1 && bh_run_episodes(run) == 0);
    step.terminated = 1;
    CHECK_STATUS(bh_run_act(run, &obs, &err), BH_OK);
    CHECK_STATUS(bh_run_observe(run, &step, &obs, &err), BH_OK);
    double record[BH_RECORD_WIDTH];
    CHECK(bh_run_episodes(run) == 1 && bh_run_drain(run, record, 1) == 1);
    CHECK(record[0] == BH_RECORD_EPISODE && record[2] == 2 && record[3] == 2);
    bh_run_destroy(run);
    run = make_run(&user_defined, "Walk-v0", "q-learning", OPTIONS("n_envs", "2"));
    CHECK_STATUS(bh_run_act(run, &obs, &err), BH_ERR_STATE);
    CHECK_STRING(err.message, "act is for one environment; leave n_envs 1");
    bh_run_destroy(run);
    check_nothing_left();
}

// Failures at many steps, also while it evaluates: each is reported once, nothing of the step
// counts, and it goes on.
static void test_a_run_outlives_failures(void)
{
    static const char *const algos[] = {"q-learning", "sarsa", "ppo", "reinforce", "dqn"};
    for (size_t i = 0; i < sizeof algos / sizeof *algos; i++) {
        begin();
        bh_run *run =
            make_run(&user_defined, "Walk-v0", algos[i],
                     strcmp(algos[i], "dqn") == 0 ? OPTIONS(SMALL, "n_envs", "2", "n_steps", "3")
                                                  : OPTIONS("n_envs", "2", "eval_freq", "40"));
        CHECK(bh_run_failure(run)->status == BH_OK);
        int n_failures = 0;
        for (int k = 0; k < 60; k++) {
            if (k % 3 == 2) logged.reset_fails_at = 1 + k % 5;
            else logged.step_fails_at = 1 + k * 7 % 45;
            int before = bh_run_timesteps(run);
            bh_status status = bh_run_steps(run, 20);
            if (status == BH_OK) {
                CHECK(bh_run_timesteps(run) == before + 20);
                continue;
            }
            n_failures++;
            CHECK(status == BH_ERR_ENV && bh_run_failure(run)->status == BH_ERR_ENV);
            CHECK(strstr(bh_run_failure(run)->message, "fails") != NULL);
            CHECK(bh_run_timesteps(run) <= before + 20 && bh_run_timesteps(run) % 2 == 0);
            bh_last_step last;
            bh_run_last_step(run, &last);
            CHECK(last.obs_t[0] >= 0 && last.obs_t[0] <= 7); // never what a failed step left
        }
        CHECK(n_failures >= 20);
        logged.reset_fails_at = logged.step_fails_at = 0;
        double q[2];
        CHECK_STATUS(bh_run_steps(run, 100), BH_OK);
        for (int x = 1; x < 7; x++) {
            bh_run_q_values(run, q, &(float){(float)x}, 1);
            CHECK(q[0] - q[0] == 0 && q[1] - q[1] == 0);
        }

        bh_score score = {.mean = 5};
        logged.step_fails_at = 3;
        CHECK_STATUS(bh_run_evaluate(run, BH_CURRENT, 4, 0, &score), BH_ERR_ENV);
        CHECK(score.mean == 5);
        CHECK_STATUS(bh_run_evaluate(run, BH_CURRENT, 4, 0, &score), BH_OK);
        CHECK(score.episodes == 4 && score.mean >= -1 && score.mean <= 1);
        bh_run_destroy(run);
        check_nothing_left();
    }
}

// An evaluation that failed is played again after the next step.
static void test_a_failed_evaluation_is_repeated(void)
{
    begin();
    bh_run *run = make_run(&user_defined, "Walk-v0", "q-learning", OPTIONS("eval_freq", "10"));
    CHECK_STATUS(bh_run_steps(run, 9), BH_OK);
    logged.step_fails_at = 2; // the first is the training's tenth
    CHECK_STATUS(bh_run_steps(run, 1), BH_ERR_ENV);
    CHECK(bh_run_timesteps(run) == 10);
    CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
    double records[16 * BH_RECORD_WIDTH];
    int n = bh_run_drain(run, records, 16), n_evals = 0;
    for (int i = 0; i < n; i++) {
        if (records[i * BH_RECORD_WIDTH] != BH_RECORD_EVAL) continue;
        n_evals++;
        CHECK(records[i * BH_RECORD_WIDTH + 1] == 11);
    }
    CHECK(n_evals == 1);
    bh_run_destroy(run);
    check_nothing_left();
}

static void test_a_run_that_cannot_start(void)
{
    begin();
    bh_setup *setup = make_setup(&user_defined, "Walk-v0", "q-learning", NULL);
    bh_run *run;
    bh_error err = {0};
    logged.reset_fails_at = 1;
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_ENV);
    CHECK(run == NULL);
    CHECK_STRING(err.message, "the reset fails");
    for (int k = 1; k <= 3; k++) { // the probe, the training's, the first of the evaluation's
        logged.create_fails_at = k;
        CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_ENV);
    }
    bh_setup_destroy(setup);
    check_nothing_left();
}

// One object: evaluations are played on it, and the training's episode ends there.
static void test_a_single_environment(void)
{
    begin();
    bh_setup *setup = make_setup(&user_defined, "One-v0", "sarsa", OPTIONS("n_envs", "2"));
    bh_run *run;
    bh_error err = {0};
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK_STRING(
        err.message,
        "Run: n_envs is 2, but One-v0 is a single object; give a function or a class that makes "
        "environments, or leave n_envs 1");
    bh_setup_destroy(setup);

    run = make_run(&user_defined, "One-v0", "sarsa",
                   OPTIONS("eval_freq", "5", "n_eval_episodes", "3"));
    CHECK_STATUS(bh_run_steps(run, 4), BH_OK);
    logged.n_resets = 0;
    CHECK_STATUS(bh_run_steps(run, 1), BH_OK); // three episodes to evaluate
    CHECK(logged.n_resets == 3 || logged.n_resets == 4);
    int before = logged.n_resets;
    CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
    CHECK(logged.n_resets == before + 1); // and a new one to train
    bh_run_destroy(run);
    check_nothing_left();
}

// Two steps right with reward 1 each, alpha 1/2, gamma 1, every value 4. The first is learned when
// the second action is known: Q(2,1) = 4 + 1/2 (1 + Q(3,1) - 4) = 4.5. The second waits, and the
// cut learns it without a next action: Q(3,1) = 4 + 1/2 (1 + sum of pi(a) Q(4,a) - 4) = 4.5.
static void test_sarsa_learns_what_waits(void)
{
    bh_td_table_config config;
    bh_config_defaults(&bh_sarsa_table, &config);
    config.learning_rate.start = 0.5;
    config.gamma = 1;
    config.initial_q = 4;
    bhi_agent_spec spec = {{BH_SPACE_DISCRETE, 8}, 2, 1, 100, bh_rng_seed(1), NULL};
    bhi_agent *agent;
    CHECK_STATUS(bhi_agent_create(&agent, &bh_sarsa_class, &config, &spec, NULL), BH_OK);
    float s[] = {2, 3, 4};
    int right = 1, no = 0;
    double r = 1;
    size_t bytes;
    const double *q = bh_sarsa_class.functions->params(agent, &bytes);
    for (int i = 0; i < 2; i++) {
        bh_experience e = {1, &s[i], &right, &r, &no, &no, &s[i + 1]};
        bh_sarsa_class.functions->observe(agent, &e);
    }
    CHECK_NEAR(q[2 * 2 + 1], 4.5, 0);
    CHECK_NEAR(q[3 * 2 + 1], 4, 0);
    bh_sarsa_class.functions->truncate(agent, &s[2]);
    CHECK_NEAR(q[3 * 2 + 1], 4.5, 0);
    bh_sarsa_class.functions->truncate(agent, &s[2]); // nothing waits any more
    CHECK_NEAR(q[3 * 2 + 1], 4.5, 0);
    bhi_agent_destroy(agent);
}

// ---- full checkpoints ----

// A run of n walks at step 137, saved, made anew and continued beside it for 200 steps.
static void resume_walks(const char *id, const char *algo, bh_run *runs[2])
{
    bh_run *run = make_run(&user_defined, id, algo,
                           strcmp(algo, "dqn") == 0
                               ? OPTIONS(SMALL, "n_envs", "3", "n_steps", "2", "eval_freq", "100")
                               : OPTIONS("n_envs", "3", "eval_freq", "100"));
    CHECK_STATUS(bh_run_steps(run, 137), BH_OK);
    size_t size, n;
    CHECK_STATUS(bh_run_save_full(run, NULL, 0, &size, NULL), BH_OK);
    char *bytes = malloc(size);
    CHECK_STATUS(bh_run_save_full(run, bytes, size, &n, NULL), BH_OK);
    CHECK(n == size);
    CHECK_STATUS(bh_run_resume(&runs[1], bh_run_setup(run), bytes, size, NULL), BH_OK);
    free(bytes);
    runs[0] = run;
}

static int same_parameters(bh_run *const runs[2])
{
    char hex[2][65];
    for (int i = 0; i < 2; i++) bh_run_fingerprint(runs[i], BH_CURRENT, hex[i]);
    return strcmp(hex[0], hex[1]) == 0;
}

static const char *const resumed_algos[] = {"q-learning", "sarsa", "reinforce", "ppo", "dqn"};

static void test_walks_that_say_where_they_are_go_on(void)
{
    for (size_t i = 0; i < sizeof resumed_algos / sizeof *resumed_algos; i++) {
        begin();
        n_saves = 0;
        bh_run *runs[2];
        resume_walks("Telling-v0", resumed_algos[i], runs);
        CHECK(n_saves == 12); // each of three: how long, and what, to ask and to write
        CHECK(bh_env_elapsed(bh_run_env(runs[1])) == bh_env_elapsed(bh_run_env(runs[0])));
        for (int k = 0; k < 2; k++) CHECK_STATUS(bh_run_steps(runs[k], 300), BH_OK);
        if (!CHECK(same_parameters(runs))) printf("    %s\n", resumed_algos[i]);
        CHECK(bh_run_episodes(runs[0]) == bh_run_episodes(runs[1]));
        for (int k = 0; k < 2; k++) bh_run_destroy(runs[k]);
        check_nothing_left();
    }
}

static void test_walks_that_do_not_begin_anew(void)
{
    for (size_t i = 0; i < sizeof resumed_algos / sizeof *resumed_algos; i++) {
        begin();
        bh_run *runs[2];
        resume_walks("Walk-v0", resumed_algos[i], runs);
        if (strcmp(resumed_algos[i], "sarsa") != 0) // which learns from what the end cuts off
            CHECK(same_parameters(runs));
        CHECK(!bh_env_running(bh_run_env(runs[1])));
        CHECK(bh_run_timesteps(runs[1]) == bh_run_timesteps(runs[0]));
        logged.n_resets = logged.n_seeds = 0;
        CHECK_STATUS(bh_run_steps(runs[1], 1), BH_OK);
        CHECK(logged.n_resets == 3 && logged.n_seeds == 3); // seeds that were not used before
        CHECK_STATUS(bh_run_steps(runs[1], 300), BH_OK);
        for (int k = 0; k < 2; k++) bh_run_destroy(runs[k]);
        check_nothing_left();
    }
}

static void test_a_walk_that_fails_to_say_where_it_is(void)
{
    begin();
    bh_run *run = make_run(&user_defined, "Telling-v0", "sarsa", OPTIONS("n_envs", "2"));
    CHECK_STATUS(bh_run_steps(run, 20), BH_OK);
    size_t n;
    bh_error err = {0};
    for (save_fails_at = 1; save_fails_at <= 4; save_fails_at++) {
        int at = save_fails_at;
        CHECK_STATUS(bh_run_save_full(run, NULL, 0, &n, &err), BH_ERR_ENV);
        CHECK_STRING(err.message, "the walk cannot say where it is");
        CHECK(n == 0);
        save_fails_at = at;
    }
    save_fails_at = 0;
    CHECK_STATUS(bh_run_steps(run, 20), BH_OK);
    bh_run_destroy(run);
    check_nothing_left();
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_seeds_are_handed_over_once);
    CHECK_RUN(test_ends_by_itself_or_by_the_limit);
    CHECK_RUN(test_a_failed_step_stops_all);
    CHECK_RUN(test_a_failed_create_leaves_nothing);
    CHECK_RUN(test_a_run_is_the_same_to_the_bit);
    CHECK_RUN(test_a_run_waits_to_the_same_bits);
    CHECK_RUN(test_act_and_observe_have_an_order);
    CHECK_RUN(test_a_run_outlives_failures);
    CHECK_RUN(test_a_failed_evaluation_is_repeated);
    CHECK_RUN(test_a_run_that_cannot_start);
    CHECK_RUN(test_a_single_environment);
    CHECK_RUN(test_sarsa_learns_what_waits);
    CHECK_RUN(test_walks_that_say_where_they_are_go_on);
    CHECK_RUN(test_walks_that_do_not_begin_anew);
    CHECK_RUN(test_a_walk_that_fails_to_say_where_it_is);
    return check_report();
}
