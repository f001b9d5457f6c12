// SPDX-License-Identifier: MIT
// LearningRate-v0: the contract, that the return is what the validation loss fell by, divergence,
// the baselines.
//
//     test_learning_rate --table [seeds [tasks [timesteps]]]
// prints the table of envs/learning_rate.h instead, after training DQN with the preset on that many
// seeds (0: baselines alone; tasks 0, 1 or 2 for both). Options for DQN may follow, names and
// values in turn.
//
//     test_learning_rate --figures
// checks that table's fixed schedules instead: hundreds of trainings, so in one preset only
// (CMakeLists.txt).
#include "core/alloc.h"
#include "core/fmath.h"
#include "envs/learning_rate.h"
#include "envs/registry.h"
#include "rl/tabular.h"

#include "json_valid.h"
#include "make_run.h"

enum {
    N_OBS = BHI_LEARNING_RATE_N_OBS,
    N_VIEW = BHI_LEARNING_RATE_N_VIEW,
    MAX = BHI_LEARNING_RATE_DECISIONS_MAX,
    HELD_OUT = BHI_LEARNING_RATE_HELD_OUT,
    N = 20, // decisions, the default
    A = 5,
    KEEP = 2,
};

static const double LOSS_MAX = 2 * 2.772588722239781;
static const bh_env_def *const def = &bh_env_learning_rate;

static bh_env *make(const char *const *options)
{
    void *config = bh_alloc(def->config->bytes);
    bh_config_defaults(def->config, config);
    bh_error err;
    for (; options != NULL && options[0] != NULL; options += 2) {
        CHECK_STATUS(bh_config_set(def->config, config, options[0], options[1], &err), BH_OK);
    }
    bh_env *env;
    CHECK_STATUS(bh_env_create(&env, def, config, &err), BH_OK);
    bh_free(config, def->config->bytes);
    return env;
}

static const char *tell(const bh_env *env, void (*function)(const void *, bh_text *))
{
    static char buffer[1024];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    function(bh_env_state(env), &text);
    CHECK(bh_text_fits(&text) && text.length > 0);
    return buffer;
}

// ---- schedules ----

typedef enum schedule { CONSTANT, COSINE, LINEAR, WARMUP, N_SCHEDULES } schedule;

// Learning rates of the decisions; WARMUP rises over the first four, then goes down along a cosine.
static void fill(double *rates, schedule kind, double peak)
{
    for (int i = 0; i < N; i++) {
        double progress = (i + 0.5) / N, share = 1;
        if (kind == COSINE) share = 0.5 * (1 + bh_cos(3.141592653589793 * progress));
        if (kind == LINEAR) share = 1 - progress;
        if (kind == WARMUP && i < 4) share = (i + 1) / 5.0;
        if (kind == WARMUP && i >= 4)
            share = 0.5 * (1 + bh_cos(3.141592653589793 * (i - 3.5) / 16));
        rates[i] = share * peak;
    }
}

// Mean final validation loss over n seeds from `first` on.
static double mean_final(int task, schedule kind, double peak, uint64_t first, int n)
{
    double rates[N], sum = 0;
    fill(rates, kind, peak);
    for (int s = 0; s < n; s++) sum += bhi_learning_rate_run(first + (uint64_t)s, task, rates, N);
    return sum / n;
}

// What the held-out seeds start from.
static double mean_start(int task)
{
    double sum = 0;
    for (uint64_t s = 0; s < 100; s++) sum += bhi_learning_rate_run(HELD_OUT + s, task, NULL, 0);
    return sum / 100;
}

static double grid(int k) // 0.0025 to 0.16 by factors of sqrt 2
{
    double rate = 0.0025;
    for (int i = 0; i < k / 2; i++) rate *= 2;
    return k % 2 ? rate * 1.4142135623730951 : rate;
}

enum { N_GRID = 13 };

// The peak of the grid with the lowest mean over seeds 0 .. n - 1, which are not the held-out ones.
static double tuned(int task, schedule kind, int n)
{
    double best = INFINITY, peak = 0;
    for (int k = 0; k < N_GRID; k++) {
        double loss = mean_final(task, kind, grid(k), 0, n);
        if (loss < best) {
            best = loss;
            peak = grid(k);
        }
    }
    return peak;
}

// ---- policies ----

typedef int (*policy)(void *who, const float *obs);

static int random_policy(void *who, const float *obs)
{
    (void)obs;
    return (int)bh_rng_below(who, A);
}

static int greedy_policy(void *who, const float *obs)
{
    double q[A];
    bh_run_q_values(who, q, obs, 1);
    return bh_greedy(q, A);
}

static int keep_policy(void *who, const float *obs)
{
    (void)who;
    (void)obs;
    return KEEP;
}

// The first episode from a seed: its final validation loss; the return into *sum.
static double play(bh_env *env, uint64_t seed, policy act, void *who, double *sum, double *path)
{
    float obs[N_OBS], view[N_VIEW];
    bh_step step = {0};
    bh_env_seed(env, seed);
    bh_env_reset(env, obs);
    *sum = 0;
    for (int i = 0; bh_env_running(env); i++) {
        bh_env_step(env, act(who, obs), obs, &step, NULL);
        *sum += step.reward;
        def->view(bh_env_state(env), view);
        if (path != NULL) path[i] += bh_log((double)view[5 + i + 1]);
    }
    const char *text = strstr(tell(env, def->info), "\"validation\":");
    return strtod(text + strlen("\"validation\":"), NULL);
}

static double mean_of_policy(bh_env *env, uint64_t first, int n, policy act, void *who,
                             double *path)
{
    double sum = 0, ignored;
    for (int s = 0; s < n; s++) sum += play(env, first + (uint64_t)s, act, who, &ignored, path);
    return sum / n;
}

// ---- the contract ----

static void check_moment(const bh_env *env, const float *obs)
{
    const bh_space *space = bh_env_observation_space(env);
    for (int i = 0; i < N_OBS; i++) {
        CHECK(isfinite(obs[i]) && obs[i] >= space->low[i] && obs[i] <= space->high[i]);
    }
    float view[N_VIEW + 1];
    view[N_VIEW] = -12345;
    def->view(bh_env_state(env), view);
    for (int i = 0; i < N_VIEW; i++) CHECK(isfinite(view[i]));
    CHECK(view[N_VIEW] == -12345 && (int)view[0] == bh_env_elapsed(env));
    CHECK(strchr(tell(env, def->describe), '\n') == NULL);
    CHECK(json_is_valid(tell(env, def->info)));
    CHECK(strstr(tell(env, def->info), "nan") == NULL);
}

static void check_random_actions(const char *const *options, int n)
{
    bh_env *env = make(options);
    bh_rng rng = bh_rng_seed(42);
    float obs[N_OBS];
    CHECK(json_is_valid(tell(env, def->layout)));
    bh_env_reset(env, obs);
    check_moment(env, obs);
    for (int k = 0; k < n; k++) {
        bh_step step;
        CHECK_STATUS(bh_env_step(env, (int)bh_rng_below(&rng, A), obs, &step, NULL), BH_OK);
        CHECK(isfinite(step.reward) && fabs(step.reward) <= LOSS_MAX && !step.truncated);
        CHECK(bh_env_running(env) == !step.terminated);
        check_moment(env, obs);
        if (!bh_env_running(env)) bh_env_reset(env, obs);
    }
    bh_env_destroy(env);
}

// The defaults are played by tests/c/test_envs.c.
static void test_random_actions(void)
{
    check_random_actions(OPTIONS("optimizer", "momentum", "decisions", "32", "updates", "3"), 500);
    check_random_actions(OPTIONS("task", "finetuning", "decisions", "10"), 100);
}

// As tests/c/test_envs.c has it for the others.
static void test_a_copied_state_goes_on_alike(void)
{
    bh_env *env = make(NULL);
    void *one = bh_alloc(def->state_bytes), *two = bh_alloc(def->state_bytes);
    memcpy(one, bh_env_state(env), def->state_bytes);
    bh_rng actions = bh_rng_seed(3), rng_one = bh_rng_seed(4), rng_two;
    float obs_one[N_OBS], obs_two[N_OBS];
    double reward_one, reward_two;
    int ended_one = 1, ended_two;
    for (int k = 0; k < 200; k++) {
        if (ended_one) def->reset(one, &rng_one, obs_one);
        int action = (int)bh_rng_below(&actions, A);
        memcpy(two, one, def->state_bytes);
        rng_two = rng_one;
        def->step(one, &rng_one, action, obs_one, &reward_one, &ended_one);
        def->step(two, &rng_two, action, obs_two, &reward_two, &ended_two);
        CHECK(memcmp(obs_one, obs_two, sizeof obs_one) == 0 && reward_one == reward_two);
        CHECK(ended_one == ended_two && memcmp(one, two, def->state_bytes) == 0);
    }
    bh_free(one, def->state_bytes);
    bh_free(two, def->state_bytes);
    bh_env_destroy(env);
}

static void test_definition(void)
{
    const bh_env_def *found;
    CHECK_STATUS(bh_registry_find(&bh_all_envs, "LearningRate-v0", &found, NULL), BH_OK);
    CHECK(found == def && def->n_view == N_VIEW);
    bh_run *run = make_run(&bh_all_envs, "LearningRate-v0", NULL, OPTIONS(SMALL));
    CHECK_STATUS(bh_run_steps(run, 100), BH_OK);
    CHECK_STRING(bh_run_setup(run)->agent->name, "dqn"); // and all its presets were taken
    bh_run_destroy(run);
}

// ---- the rule ----

static void test_return_is_what_validation_fell_by(void)
{
    bh_env *env = make(NULL);
    bh_rng rng = bh_rng_seed(5);
    float view[N_VIEW];
    for (uint64_t seed = 0; seed < 10; seed++) {
        double sum, last = play(env, seed, random_policy, &rng, &sum, NULL);
        def->view(bh_env_state(env), view);
        CHECK_NEAR(sum, (double)view[5 + 2 * (MAX + 1)] - last, 1e-6);
    }
    bh_env_destroy(env);
}

// The trainer of bhi_learning_rate_run is the environment's own, to the bit.
static void test_run_is_the_environment(void)
{
    for (int task = 0; task < 2; task++) {
        bh_env *env = make(OPTIONS("task", task ? "finetuning" : "pretraining"));
        double rates[N], ignored;
        fill(rates, CONSTANT, 0.01);
        for (uint64_t seed = 0; seed < 3; seed++) {
            double last = play(env, seed, keep_policy, NULL, &ignored, NULL);
            CHECK(last == bhi_learning_rate_run(seed, task, rates, N));
        }
        bh_env_destroy(env);
    }
}

static int highest_policy(void *who, const float *obs)
{
    (void)who;
    (void)obs;
    return 4;
}

static void test_divergence_ends_the_episode(void)
{
    bh_env *env = make(OPTIONS("optimizer", "momentum"));
    float view[N_VIEW];
    double sum, last = play(env, 1, highest_policy, NULL, &sum, NULL);
    def->view(bh_env_state(env), view);
    CHECK(last == LOSS_MAX && view[4] == 1 && bh_env_elapsed(env) < N);
    CHECK(sum < -2.7 && sum > -2.9);
    CHECK(strstr(tell(env, def->describe), "diverged") != NULL);
    double rates[N];
    fill(rates, CONSTANT, 1e30);
    CHECK(bhi_learning_rate_run(1, BHI_PRETRAINING, rates, N) == LOSS_MAX);
    bh_env_destroy(env);
}

static void test_rates_stay_in_range(void)
{
    static const int to[] = {0, 4};
    for (int k = 0; k < 2; k++) {
        bh_env *env = make(OPTIONS("updates", "1"));
        float obs[N_OBS];
        bh_step step;
        bh_env_reset(env, obs);
        CHECK(obs[0] == 0 && obs[1] == 0);
        for (int i = 0; i < 5; i++) bh_env_step(env, to[k], obs, &step, NULL);
        CHECK(obs[0] == 0.25f && obs[1] == (k ? 1 : -1));
        CHECK(strstr(tell(env, def->info),
                     k ? "\"learning_rate\":0.64," : "\"learning_rate\":0.00015625,"));
        bh_env_destroy(env);
    }
}

// ---- what is known of the optimum ----

// The figures of envs/learning_rate.h, on the held-out seeds. A build whose last bits differ has
// other trainings, and means that differ by little.
static void test_baselines(void)
{
    static const struct {
        int task;
        schedule kind;
        double peak, loss;
    } known[] = {
        {BHI_PRETRAINING, CONSTANT, 0.028284271247461901, 1.1127},
        {BHI_PRETRAINING, COSINE, 0.04, 1.0949},
        {BHI_PRETRAINING, WARMUP, 0.08, 1.0502},
        {BHI_FINETUNING, CONSTANT, 0.01, 1.0293},
        {BHI_FINETUNING, COSINE, 0.056568542494923803, 0.9809},
        {BHI_FINETUNING, LINEAR, 0.056568542494923803, 0.9773},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        CHECK_NEAR(mean_final(known[i].task, known[i].kind, known[i].peak, HELD_OUT, 100),
                   known[i].loss, 0.01);
    }
    CHECK_NEAR(mean_start(BHI_PRETRAINING), 2.7740, 0.01);
    CHECK_NEAR(mean_start(BHI_FINETUNING), 2.3550, 0.01);
    CHECK_NEAR(def->reward_threshold, 2.7740 - 1.1127, 1e-3);
    bh_env *env = make(NULL);
    bh_rng rng = bh_rng_seed(1);
    CHECK_NEAR(mean_of_policy(env, HELD_OUT, 100, random_policy, &rng, NULL), 2.3611, 0.1);
    bh_env_destroy(env);
}

// Too low is slow, too high does not converge, and going down at the end helps.
static void test_the_rate_matters(void)
{
    for (int task = 0; task < 2; task++) {
        double good = mean_final(task, CONSTANT, 0.02, 0, 20);
        CHECK(mean_final(task, CONSTANT, 0.0025, 0, 20) > good + 0.02);
        CHECK(mean_final(task, CONSTANT, 0.16, 0, 20) > good + 0.5);
        CHECK(mean_final(task, LINEAR, 0.04, 0, 20) < good - 0.03);
    }
}

static void print_path(const double *path, int n)
{
    printf("    mean rates (geometric):");
    for (int i = 0; i < N; i++) printf(" %.4f", bh_exp(path[i] / n));
    printf("\n");
}

static void print_dqn(bh_env *env, int task, int n_seeds, const char *steps, char **options)
{
    enum { N_TEST = 100 };
    for (int seed = 0; seed < n_seeds; seed++) {
        char number[16];
        snprintf(number, sizeof number, "%d", seed);
        bh_setup *setup = make_setup(&bh_all_envs, "LearningRate-v0", "dqn",
                                     OPTIONS("env.task", task ? "finetuning" : "pretraining",
                                             "seed", number, "total_timesteps", steps));
        for (char **o = options; o[0] != NULL && o[1] != NULL; o += 2) {
            CHECK_STATUS(bh_setup_set(setup, o[0], o[1], NULL), BH_OK);
        }
        bh_run *run = start_run(setup);
        bh_run_steps(run, atoi(steps));
        double path[N] = {0};
        printf("  dqn, seed %d, last parameters  %.4f\n", seed,
               mean_of_policy(env, HELD_OUT, N_TEST, greedy_policy, run, path));
        print_path(path, N_TEST);
        saved best = save(run, BH_BEST);
        CHECK_STATUS(bh_run_load(run, best.bytes, best.size, NULL), BH_OK);
        memset(path, 0, sizeof path);
        printf("  dqn, seed %d, best parameters  %.4f\n", seed,
               mean_of_policy(env, HELD_OUT, N_TEST, greedy_policy, run, path));
        print_path(path, N_TEST);
        free(best.bytes);
        bh_run_destroy(run);
        fflush(stdout);
    }
}

static void print_table(int task, int n_seeds, const char *steps, char **options)
{
    static const char *const names[] = {"constant", "cosine", "linear", "warm-up and cosine"};
    bh_env *env = make(OPTIONS("task", task ? "finetuning" : "pretraining"));
    bh_rng rng = bh_rng_seed(1);
    printf("%s\n", task ? "finetuning" : "pretraining");
    for (schedule kind = CONSTANT; kind < N_SCHEDULES; kind++) {
        double peak = tuned(task, kind, 50);
        printf("  %s, %.4f  %.4f\n", names[kind], peak,
               mean_final(task, kind, peak, HELD_OUT, 100));
    }
    printf("  start  %.4f\n", mean_start(task));
    printf("  random  %.4f\n", mean_of_policy(env, HELD_OUT, 100, random_policy, &rng, NULL));
    fflush(stdout);
    print_dqn(env, task, n_seeds, steps, options);
    bh_env_destroy(env);
}

static void test_nothing_is_left(void)
{
    CHECK(bh_live_bytes() == 0);
}

int main(int argc, char **argv)
{
    if (argc >= 2 && strcmp(argv[1], "--table") == 0) {
        int tasks = argc > 3 ? atoi(argv[3]) : 2;
        for (int task = 0; task < 2; task++) {
            if (tasks != 2 && tasks != task) continue;
            print_table(task, argc > 2 ? atoi(argv[2]) : 0, argc > 4 ? argv[4] : "20000",
                        argv + (argc > 5 ? 5 : argc));
        }
        return check_failures != 0;
    }
    if (argc == 2 && strcmp(argv[1], "--figures") == 0) {
        argc = 1; // all of these
        CHECK_RUN(test_baselines);
        CHECK_RUN(test_the_rate_matters);
        CHECK_RUN(test_nothing_is_left);
        return check_report();
    }
    CHECK_RUN(test_random_actions);
    CHECK_RUN(test_a_copied_state_goes_on_alike);
    CHECK_RUN(test_definition);
    CHECK_RUN(test_return_is_what_validation_fell_by);
    CHECK_RUN(test_run_is_the_environment);
    CHECK_RUN(test_divergence_ends_the_episode);
    CHECK_RUN(test_rates_stay_in_range);
    CHECK_RUN(test_nothing_is_left);
    return check_report();
}
