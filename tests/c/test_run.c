// SPDX-License-Identifier: MIT
// Runs: what the agent is told, determinism, records, options, evaluation, parameters in and out.
//
// A scripted agent stands in for learning where exact numbers are wanted: it records what it is
// told and acts by a script, and its one parameter is the action it would take greedily.
#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/actor_critic.h"
#include "rl/agent.h"
#include "rl/agent_list.h"
#include "rl/clone.h"
#include "rl/dqn.h"
#include "rl/vec_env.h"

#include "check.h"
#include "corridor.h"
#include "json_valid.h"
#include "make_run.h"

#include <stdlib.h>

// ---- the scripted agent ----

enum { SCRIPT_MAX = 64 };

static struct {
    int actions[SCRIPT_MAX]; // of its steps, in turn; then 0
    int greedy[SCRIPT_MAX];  // what its parameter becomes at each learn
    int n;                   // steps done
    int n_envs, total_timesteps;
    // what observe was told, row 0 only
    float obs_tm1[SCRIPT_MAX][2], obs_t[SCRIPT_MAX][2];
    int a_tm1[SCRIPT_MAX], terminated_t[SCRIPT_MAX], truncated_t[SCRIPT_MAX];
    double r_t[SCRIPT_MAX];
    int n_changed; // calls of params_changed
} script;

typedef struct scripted {
    bhi_agent base;
    double greedy;
} scripted;

static bh_status scripted_init(void *agent, bh_error *err)
{
    (void)err;
    const bhi_agent_spec *spec = &((scripted *)agent)->base.spec;
    script.n_envs = spec->n_envs;
    CHECK(spec->mdp == NULL && spec->n_actions == 2 && spec->observation.n == 2);
    CHECK(spec->observation.high[0] == 3); // bounds still there
    return BH_OK;
}

static void scripted_act(void *agent, int *actions, unsigned char *explored, const float *obs,
                         int n)
{
    (void)agent;
    (void)obs;
    for (int i = 0; i < n; i++) {
        actions[i] = script.n < SCRIPT_MAX ? script.actions[script.n] : 0;
        explored[i] = 0;
    }
}

static void scripted_observe(void *agent, const bh_experience *e)
{
    (void)agent;
    if (script.n >= SCRIPT_MAX) return;
    CHECK(e->n == script.n_envs);
    memcpy(script.obs_tm1[script.n], e->obs_tm1, sizeof script.obs_tm1[0]);
    memcpy(script.obs_t[script.n], e->obs_t, sizeof script.obs_t[0]);
    script.a_tm1[script.n] = e->a_tm1[0];
    script.r_t[script.n] = e->r_t[0];
    script.terminated_t[script.n] = e->terminated_t[0];
    script.truncated_t[script.n] = e->truncated_t[0];
}

static int scripted_learn(void *agent)
{
    scripted *s = agent;
    if (script.n < SCRIPT_MAX) s->greedy = script.greedy[script.n++];
    s->base.n_updates = 2 * script.n;
    for (int i = 0; i < 3; i++) bhi_agent_log(&s->base, BHI_METRIC_LOSS + i, 1 + i);
    return 0;
}

static void scripted_rates(const void *agent, bhi_agent_metrics *out)
{
    script.total_timesteps = ((const scripted *)agent)->base.spec.total_timesteps;
    out->epsilon = 4;
    out->learning_rate = 5;
}

static void scripted_q_values(void *agent, const void *params, double *q, const float *obs, int n)
{
    (void)agent;
    (void)obs;
    double greedy = *(const double *)params;
    for (int i = 0; i < n; i++) {
        q[2 * i] = -greedy;
        q[2 * i + 1] = greedy - 0.5;
    }
}

static void *scripted_params(void *agent, size_t *bytes)
{
    *bytes = sizeof(double);
    return &((scripted *)agent)->greedy;
}

static int scripted_tensors(const void *agent, void *params, bh_tensor *out)
{
    (void)agent;
    out[0] = bh_tensor_vector("greedy", BH_F64, 1, params);
    return 1;
}

static void scripted_changed(void *agent)
{
    (void)agent;
    script.n_changed++;
}

static const bhi_agent_functions scripted_functions = {
    .bytes = sizeof(scripted),
    .init = scripted_init,
    .act = scripted_act,
    .observe = scripted_observe,
    .learn = scripted_learn,
    .rates = scripted_rates,
    .q_values = scripted_q_values,
    .params = scripted_params,
    .tensors = scripted_tensors,
    .params_changed = scripted_changed,
};
static const bh_agent_class scripted_class = {.name = "scripted",
                                              .summary = "Does as it is told",
                                              .config = &bh_dqn_table,
                                              .functions = &scripted_functions};

// A run of the scripted agent; `actions` as digits.
static bh_run *scripted_run(const char *env, const char *actions, const char *const *options)
{
    memset(&script, 0, sizeof script);
    for (int i = 0; actions[i] != '\0'; i++) script.actions[i] = actions[i] - '0';
    bh_setup *setup = make_setup(&corridors, env, "dqn", options);
    setup->agent = &scripted_class; // its table is the same
    return start_run(setup);
}

// ---- what the agent is told ----

static void check_told(int k, float x, float steps, int action, double reward, int terminated,
                       float x_t, float steps_t)
{
    CHECK(script.obs_tm1[k][0] == x && script.obs_tm1[k][1] == steps);
    CHECK(script.a_tm1[k] == action && script.r_t[k] == reward &&
          script.terminated_t[k] == terminated);
    CHECK(script.obs_t[k][0] == x_t && script.obs_t[k][1] == steps_t);
}

static void test_terminated_and_truncated(void)
{
    // An episode that is cut after 5 steps, one that ends after 3, one that does both at once.
    bh_run *run = scripted_run("Corridor-v0", "0010011100111", OPTIONS("eval_freq", "0"));
    bh_run_steps(run, 14);
    check_told(3, 1, 3, 0, -1, 0, 1, 4);
    check_told(4, 1, 4, 0, -1, 0, 1, 5); // cut: not terminated, and the final observation
    check_told(5, 0, 0, 1, -1, 0, 1, 1); // the next one starts from a reset
    check_told(7, 2, 2, 1, 10, 1, 3, 3); // terminated
    check_told(8, 0, 0, 0, -1, 0, 0, 1);
    check_told(12, 2, 4, 1, 10, 1, 3,
               5); // ended in the very step that was the last: terminated counts
    check_told(13, 0, 0, 0, -1, 0, 0, 1);
    for (int k = 0; k < 14; k++) CHECK(script.truncated_t[k] == (k == 4 || k == 12));

    double r[BH_RECORD_WIDTH];
    const double want[3][3] = {{5, -5, 5}, {8, 8, 3}, {13, 6, 5}}; // timestep, return, length
    for (int i = 0; i < 3; i++) {
        CHECK(bh_run_drain(run, r, 1) == 1 && r[0] == BH_RECORD_EPISODE);
        for (int k = 0; k < 3; k++) CHECK(r[k + 1] == want[i][k]);
        CHECK(r[4] == 0);
    }
    CHECK(bh_run_drain(run, r, 1) == 0);
    CHECK(bh_run_episodes(run) == 3 && bh_run_timesteps(run) == 14 && bh_run_updates(run) == 28);
    bh_run_destroy(run);
}

static void test_looking_at_it(void)
{
    bh_run *run = scripted_run("Corridor-v0", "01110", OPTIONS("eval_freq", "0"));
    bh_last_step last;
    bh_run_last_step(run, &last);
    CHECK(last.action == -1 && last.episode_length == 0 && last.episode_return == 0);
    CHECK(last.obs_t[0] == 0 && bh_env_running(bh_run_env(run)));
    bh_run_steps(run, 3);
    bh_run_last_step(run, &last);
    CHECK(last.action == 1 && last.obs_tm1[0] == 1 && last.obs_t[0] == 2 && last.explored == 0);
    CHECK(last.step.reward == -1 && last.episode_return == -3 && last.episode_length == 3);
    bh_run_steps(run, 1);
    bh_run_last_step(run, &last);
    CHECK(last.step.terminated && !last.step.truncated && last.obs_t[0] == 3 &&
          last.episode_return == 7);
    CHECK(!bh_env_running(bh_run_env(run)) &&
          bh_env_elapsed(bh_run_env(run)) == 4); // the end stays in sight
    bh_run_steps(run, 1);
    bh_run_last_step(run, &last);
    CHECK(last.obs_tm1[0] == 0 && last.obs_tm1[1] == 0 && last.episode_length == 1);
    CHECK(bh_run_n_actions(run) == 2 && bh_run_observation_space(run)->n == 2);
    CHECK(bh_run_setup(run)->env == &corridor_short);
    bh_run_destroy(run);
}

static void test_env_options_reach_it(void)
{
    bh_run *run = scripted_run("Corridor-v0", "0", OPTIONS("env.free", "true", "eval_freq", "0"));
    bh_run_steps(run, 1);
    CHECK(script.r_t[0] == 0);
    CHECK(((const corridor_config *)bh_env_config(bh_run_env(run)))->free == 1);
    bh_run_destroy(run);
}

// A seed and the stream made from it start the same episodes.
static void test_env_streams(void)
{
    bh_env *a, *b;
    float x[4], y[4];
    CHECK_STATUS(bh_env_create(&a, &bh_env_cartpole, NULL, NULL), BH_OK);
    CHECK_STATUS(bh_env_create(&b, &bh_env_cartpole, NULL, NULL), BH_OK);
    bh_env_seed(a, 4);
    bh_vec_env_seed_rng(b, 0, bh_rng_seed(4));
    for (int i = 0; i < 3; i++) {
        bh_env_reset(a, x);
        bh_env_reset(b, y);
        CHECK(memcmp(x, y, sizeof x) == 0);
    }
    bh_vec_env_seed_rng(b, 0, bh_rng_seed(5));
    bh_env_reset(b, y);
    CHECK(memcmp(x, y, sizeof x) != 0);
    bh_env_destroy(a);
    bh_env_destroy(b);
}

// ---- evaluation ----

static int next_record(bh_run *run, int kind, double *out)
{
    while (bh_run_drain(run, out, 1) == 1) {
        if (out[0] == kind) return 1;
    }
    return 0;
}

static void test_best_is_kept(void)
{
    bh_run *run = scripted_run(
        "Corridor-v0", "", OPTIONS("eval_freq", "10", "n_eval_episodes", "3", "log_freq", "1000"));
    for (int i = 0; i < SCRIPT_MAX; i++) {
        script.greedy[i] =
            (i >= 15 && i < 25) || (i >= 35 && i < 45); // walks at the evaluations 20 and 40
    }
    double r[BH_RECORD_WIDTH];
    bh_score score;
    bh_run_evaluate(run, BH_BEST, 2, 1, &score);
    CHECK(score.mean == -5 &&
          score.mean_length == 5); // before the first evaluation: the current ones
    bh_run_steps(run, 10);
    CHECK(next_record(run, BH_RECORD_EVAL, r) && r[1] == 10 && r[2] == -5 && r[3] == 0 &&
          r[4] == 1);
    CHECK(bh_run_solved_at(run) == -1);
    bh_run_steps(run, 10);
    CHECK(next_record(run, BH_RECORD_EVAL, r) && r[1] == 20 && r[2] == 8 && r[4] == 1);
    CHECK(r[5] == 8 && r[6] == 8 && r[7] == 3); // min, max, mean length
    CHECK(bh_run_solved_at(run) == 20);
    bh_run_steps(run, 20);
    CHECK(next_record(run, BH_RECORD_EVAL, r) && r[1] == 30 && r[2] == -5 && r[4] == 0);
    CHECK(next_record(run, BH_RECORD_EVAL, r) && r[1] == 40 && r[2] == 8 &&
          r[4] == 1);                   // of equals the latest
    CHECK(bh_run_solved_at(run) == 20); // the first time counts
    bh_run_steps(run, 10);

    bh_run_evaluate(run, BH_CURRENT, 4, 1, &score);
    CHECK(score.mean == -5 && score.episodes == 4);
    bh_run_evaluate(run, BH_BEST, 300, 1, &score); // more than play side by side
    CHECK(score.mean == 8 && score.std == 0 && score.min == 8 && score.max == 8 &&
          score.episodes == 300);
    char best[65], current[65];
    bh_run_fingerprint(run, BH_BEST, best);
    bh_run_fingerprint(run, BH_CURRENT, current);
    CHECK(strcmp(best, current) != 0);
    bh_run_destroy(run);
}

static void test_evaluation_ends(void)
{
    bh_score score;
    bh_run *endless = scripted_run("CorridorEndless-v0", "", OPTIONS("eval_freq", "0"));
    bh_run_evaluate(endless, BH_CURRENT, 2, 0, &score);
    CHECK(score.mean_length == BH_EVAL_STEPS_MAX && score.mean == -BH_EVAL_STEPS_MAX);
    CHECK(bh_run_solved_at(endless) == -1);
    bh_run_destroy(endless);
    // A time limit of its own is the environment's to set, however far.
    bh_run *longer = scripted_run("CorridorLong-v0", "", OPTIONS("eval_freq", "0"));
    bh_run_evaluate(longer, BH_CURRENT, 2, 0, &score);
    CHECK(score.mean_length == 1500);
    bh_run_destroy(longer);
    // That of the run comes before it.
    const struct {
        const char *limit;
        int length;
    } limits[] = {{"-1", BH_EVAL_STEPS_MAX}, {"1200", 1200}, {"6", 6}, {"0", 1500}};
    for (int i = 0; i < 4; i++) {
        bh_run *limited = scripted_run(
            "CorridorLong-v0", "", OPTIONS("eval_freq", "0", "max_episode_steps", limits[i].limit));
        bh_run_evaluate(limited, BH_CURRENT, 2, 0, &score);
        CHECK(score.mean_length == limits[i].length);
        bh_run_destroy(limited);
    }
}

// Mean and spread of episodes that differ: CartPole under an untrained network.
static void test_scores(void)
{
    bh_run *run =
        make_run(&bh_envs, "CartPole-v1", "dqn", OPTIONS("eval_freq", "0", "n_eval_episodes", "7"));
    bh_score all, again, one;
    bh_run_evaluate(run, BH_CURRENT, 40, 11, &all);
    CHECK(all.episodes == 40 && all.min < all.max && all.mean > all.min && all.mean < all.max);
    CHECK(all.std > 0 && all.std <= all.max - all.min && all.mean_length == all.mean);
    bh_run_evaluate(run, BH_CURRENT, 40, 11, &again);
    CHECK(same_score(&all, &again));
    bh_run_evaluate(run, BH_CURRENT, 40, 12, &again);
    CHECK(again.mean != all.mean);
    bh_run_evaluate(run, BH_CURRENT, 1, 11, &one);
    CHECK(one.std == 0 && one.mean == one.min && one.mean == one.max);
    bh_run_destroy(run);
}

// ---- the same seed is the same run ----

enum { STEPS = 600, ROWS_MAX = 4000 };

typedef struct outcome {
    char current[65], best[65];
    int n_rows;
    double rows[ROWS_MAX][BH_RECORD_WIDTH];
} outcome;

static void finish(bh_run *run, outcome *out)
{
    memset(out, 0, sizeof *out);
    bh_run_fingerprint(run, BH_CURRENT, out->current);
    bh_run_fingerprint(run, BH_BEST, out->best);
    out->n_rows = bh_run_drain(run, out->rows[0], ROWS_MAX);
    bh_run_destroy(run);
}

static void run_through(const char *env, const char *const *options, int chunk, outcome *out)
{
    bh_run *run = make_run(&bh_envs, env, "dqn", options);
    while (bh_run_timesteps(run) < STEPS) {
        int left = STEPS - bh_run_timesteps(run);
        bh_run_steps(run, chunk < left ? chunk : left);
    }
    finish(run, out);
}

// NaN is the same as NaN, so bytes are compared.
static int same_outcome(const outcome *a, const outcome *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static outcome first, second;

static void test_same_seed_same_run(void)
{
    static const char *const envs[] = {"CartPole-v1", "GridWorld-v0", "TextGen-v0"};
    for (int i = 0; i < 3; i++) {
        run_through(envs[i], OPTIONS(SMALL, "seed", "7", "eval_freq", "200"), STEPS, &first);
        run_through(envs[i], OPTIONS(SMALL, "seed", "7", "eval_freq", "200"), STEPS, &second);
        CHECK(same_outcome(&first, &second));
        CHECK(first.n_rows > 20 && strlen(first.current) == 64);
        run_through(envs[i], OPTIONS(SMALL, "seed", "8", "eval_freq", "200"), STEPS, &second);
        CHECK(strcmp(first.current, second.current) != 0);
    }
}

static void test_chunks_do_not_matter(void)
{
    static const char *const n_envs[] = {"1", "3"};
    for (int i = 0; i < 2; i++) {
        const char *const *options = OPTIONS(SMALL, "n_envs", n_envs[i], "eval_freq", "90");
        run_through("CartPole-v1", options, STEPS, &first);
        run_through("CartPole-v1", options, 1, &second);
        CHECK(same_outcome(&first, &second));
        run_through("CartPole-v1", options, 47, &second);
        CHECK(same_outcome(&first, &second));
    }
}

// Looking at a run, evaluating and saving it leave its course alone.
static void test_watching_does_not_disturb(void)
{
    run_through("CartPole-v1", OPTIONS(SMALL, "eval_freq", "0"), STEPS, &first);
    run_through("CartPole-v1", OPTIONS(SMALL, "eval_freq", "50"), STEPS, &second);
    CHECK_STRING(first.current, second.current);
    run_through("CartPole-v1", OPTIONS(SMALL, "eval_freq", "50", "n_eval_episodes", "9"), STEPS,
                &second);
    CHECK_STRING(first.current, second.current);

    bh_run *run = make_run(&bh_envs, "CartPole-v1", "dqn", OPTIONS(SMALL, "eval_freq", "0"));
    for (int i = 0; i < STEPS; i += 20) {
        bh_run_steps(run, 20);
        bh_score score;
        bh_last_step last;
        char hex[65];
        double q[2 * 40];
        float obs[4 * 40] = {0};
        bh_run_evaluate(run, i % 40 ? BH_CURRENT : BH_BEST, 3, (uint64_t)i, &score);
        bh_run_q_values(run, q, obs, 40); // more rows than a batch
        bh_run_last_step(run, &last);
        bh_run_fingerprint(run, BH_CURRENT, hex);
        size_t size = bh_run_save(run, BH_CURRENT, NULL, 0);
        void *bytes = malloc(size);
        CHECK(bh_run_save(run, BH_CURRENT, bytes, size) == size);
        free(bytes);
    }
    finish(run, &second);
    CHECK_STRING(first.current, second.current);
}

static void test_many_environments(void)
{
    bh_run *run =
        make_run(&bh_envs, "CartPole-v1", "dqn", OPTIONS(SMALL, "n_envs", "4", "eval_freq", "0"));
    bh_run_steps(run, 1);
    CHECK(bh_run_timesteps(run) == 4); // whole steps of all
    bh_run_steps(run, 401);
    CHECK(bh_run_timesteps(run) == 408);
    double r[BH_RECORD_WIDTH], ended[4] = {0}, steps = 0;
    while (next_record(run, BH_RECORD_EPISODE, r)) {
        if (!CHECK(r[4] >= 0 && r[4] < 4)) break;
        CHECK(r[2] == r[3] && r[1] <= 408);
        CHECK(((int)r[1] - 1) % 4 ==
              (int)r[4]); // steps are counted in the order of the environments
        ended[(int)r[4]]++;
        steps += r[3];
    }
    for (int i = 0; i < 4; i++) CHECK(ended[i] > 0);
    CHECK(steps <= 408 && steps > 200);
    bh_run_destroy(run);
}

// ---- records ----

static void test_records_are_overwritten_oldest_first(void)
{
    enum { HELD = 8192, MORE = 500 };
    bh_run *run =
        scripted_run("CorridorEndless-v0", "", OPTIONS("eval_freq", "0", "log_freq", "1"));
    double(*rows)[BH_RECORD_WIDTH] = calloc(HELD + 10, sizeof *rows);
    bh_run_steps(run, 100);
    CHECK(bh_run_drain(run, rows[0], 30) == 30);
    CHECK(rows[0][1] == 1 && rows[29][1] == 30);
    bh_run_steps(run, HELD + MORE);
    CHECK(bh_run_drain(run, rows[0], HELD + 10) == HELD);
    for (int i = 0; i < HELD; i++) CHECK(rows[i][1] == 100 + MORE + 1 + i);
    CHECK(bh_run_drain(run, rows[0], 10) == 0);
    bh_run_steps(run, 2);
    CHECK(bh_run_drain(run, rows[0], 10) == 2);
    const double want[BH_RECORD_WIDTH] = {
        BH_RECORD_TRAIN, 100 + HELD + MORE + 1, 1, 2, 4, 5, 2 * SCRIPT_MAX, 3};
    CHECK(memcmp(rows[0], want, sizeof want) == 0);
    free(rows);
    bh_run_destroy(run);
}

static void test_records_come_when_due(void)
{
    bh_run *run = make_run(&bh_envs, "CartPole-v1", "dqn",
                           OPTIONS(SMALL, "n_envs", "3", "log_freq", "50", "eval_freq", "100"));
    bh_run_steps(run, 300);
    double r[BH_RECORD_WIDTH];
    const double train[] = {51, 102, 150, 201, 252, 300}, eval[] = {102, 201, 300};
    int n_train = 0, n_eval = 0;
    while (bh_run_drain(run, r, 1) == 1) {
        if (r[0] == BH_RECORD_TRAIN && CHECK(n_train < 6)) CHECK(r[1] == train[n_train++]);
        if (r[0] == BH_RECORD_EVAL && CHECK(n_eval < 3)) CHECK(r[1] == eval[n_eval++]);
    }
    CHECK(n_train == 6 && n_eval == 3);
    bh_run_destroy(run);
}

// ---- options while it runs ----

static void test_live_options(void)
{
    bh_run *run = make_run(&bh_envs, "CartPole-v1", "dqn",
                           OPTIONS(SMALL, "exploration_initial_eps", "1", "exploration_final_eps",
                                   "0", "eval_freq", "0", "learning_rate_schedule", "constant"));
    double r[BH_RECORD_WIDTH];
    bh_run_steps(run, 30);
    CHECK(next_record(run, BH_RECORD_TRAIN, r));
    CHECK_NEAR(r[4], 1 - 30 / 300.0, 1e-12);
    CHECK_STATUS(bh_run_set(run, "total_timesteps", "1200", NULL), BH_OK); // the schedule stretches
    CHECK_STATUS(bh_run_set(run, "learning_rate", "0.5", NULL), BH_OK);
    bh_run_steps(run, 30);
    CHECK(next_record(run, BH_RECORD_TRAIN, r));
    CHECK_NEAR(r[4], 1 - 60 / 600.0, 1e-12);
    CHECK(r[5] == 0.5);
    CHECK(bh_run_setup(run)->run.total_timesteps == 1200);
    bh_run_destroy(run);
}

// A new frequency counts from now on, not from the end of the old period.
static void test_live_frequencies(void)
{
    bh_run *run = make_run(&bh_envs, "CartPole-v1", "dqn",
                           OPTIONS(SMALL, "log_freq", "100000", "eval_freq", "0"));
    double r[BH_RECORD_WIDTH];
    bh_run_steps(run, 25);
    CHECK_STATUS(bh_run_set(run, "log_freq", "10", NULL), BH_OK);
    CHECK_STATUS(bh_run_set(run, "eval_freq", "20", NULL), BH_OK);
    bh_run_steps(run, 15);
    CHECK(next_record(run, BH_RECORD_TRAIN, r) && r[1] == 30);
    CHECK(next_record(run, BH_RECORD_TRAIN, r) && r[1] == 40);
    CHECK(next_record(run, BH_RECORD_EVAL, r) && r[1] == 40);
    CHECK_STATUS(bh_run_set(run, "eval_freq", "0", NULL), BH_OK);
    bh_run_steps(run, 60);
    CHECK(!next_record(run, BH_RECORD_EVAL, r));
    bh_run_destroy(run);
}

static void check_set_refused(bh_run *run, const char *name, const char *value, const char *part)
{
    static char before[8192], after[8192];
    bh_text text = bh_text_over(before, sizeof before);
    bh_setup_describe(bh_run_setup(run), &text);
    bh_error err = {0};
    CHECK_STATUS(bh_run_set(run, name, value, &err), BH_ERR_CONFIG);
    if (!CHECK(strstr(err.message, part) != NULL))
        printf("    '%s' not in: %s\n", part, err.message);
    text = bh_text_over(after, sizeof after);
    bh_setup_describe(bh_run_setup(run), &text);
    CHECK_STRING(after, before);
}

static void test_options_refused(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "dqn", OPTIONS(SMALL, "eval_freq", "0"));
    check_set_refused(run, "batch_size", "16", "batch_size cannot change while it runs");
    check_set_refused(run, "seed", "1", "seed cannot change while it runs");
    check_set_refused(run, "n_envs", "2", "n_envs cannot change while it runs");
    check_set_refused(run, "env.slip", "0.5", "slip cannot change while it runs");
    check_set_refused(run, "env.slipp", "0.5", "did you mean 'slip'");
    check_set_refused(run, "learning_rat", "0.5", "did you mean 'learning_rate'");
    check_set_refused(run, "learning_rate", "NaN", "between 0 and 10");
    check_set_refused(run, "total_timesteps", "0", "between 1 and 2000000000");
    bh_run_steps(run, 50); // and it still runs
    CHECK(bh_run_timesteps(run) == 50);
    bh_run_destroy(run);
}

static void test_past_the_end(void)
{
    bh_run *run =
        make_run(&bh_envs, "CartPole-v1", "dqn",
                 OPTIONS(SMALL, "total_timesteps", "100", "exploration_final_eps", "0.25",
                         "learning_rate_schedule", "linear", "eval_freq", "0", "log_freq", "150"));
    bh_run_steps(run, 300);
    CHECK(bh_run_timesteps(run) == 300);
    double r[BH_RECORD_WIDTH];
    for (int i = 0; i < 2; i++) {
        CHECK(next_record(run, BH_RECORD_TRAIN, r));
        CHECK(r[4] == 0.25 && r[5] == 0);
    }
    bh_run_destroy(run);
}

// ---- parameters from outside, updates ----

// Loading replaces current and best parameters and tells the agent, so that it can follow (a target
// network).
static void test_load_tells_the_agent(void)
{
    bh_run *run = scripted_run("Corridor-v0", "", OPTIONS("eval_freq", "0"));
    script.greedy[0] = 1;
    bh_run_steps(run, 1);
    saved s = save(run, BH_CURRENT);
    bh_run_steps(run, 1);
    bh_score score;
    bh_run_evaluate(run, BH_CURRENT, 1, 0, &score);
    CHECK(score.mean == -5 && script.n_changed == 0);
    CHECK_STATUS(bh_run_load(run, s.bytes, s.size, NULL), BH_OK);
    CHECK(script.n_changed == 1);
    for (int which = 0; which < 2; which++) {
        bh_run_evaluate(run, (bh_params_choice)which, 1, 0, &score);
        CHECK(score.mean == 8);
    }
    bh_run_destroy(run);
    free(s.bytes);
}

// It stops right after the evaluation that is good enough, however many steps were asked for, and
// can go on.
static void test_stop_at_threshold(void)
{
    bh_run *run = scripted_run("Corridor-v0", "",
                               OPTIONS("eval_freq", "10", "n_eval_episodes", "1", "log_freq",
                                       "1000", "stop_at_threshold", "true"));
    for (int i = 15; i < 25; i++) script.greedy[i] = 1; // walks at the evaluation after 20 steps
    bh_run_steps(run, 7);
    CHECK(bh_run_timesteps(run) == 7 && !bh_run_finished(run));
    bh_run_steps(run, 1000);
    CHECK(bh_run_timesteps(run) == 20 && bh_run_solved_at(run) == 20 && bh_run_finished(run));
    bh_run_steps(run, 15);
    CHECK(bh_run_timesteps(run) == 35 && bh_run_solved_at(run) == 20 && !bh_run_finished(run));
    bh_run_destroy(run);

    run = scripted_run("Corridor-v0", "",
                       OPTIONS("eval_freq", "10", "n_eval_episodes", "1", "log_freq", "1000"));
    for (int i = 0; i < SCRIPT_MAX; i++) script.greedy[i] = 1;
    bh_run_steps(run, 15); // off, it does not stop
    CHECK(bh_run_timesteps(run) == 15 && bh_run_solved_at(run) == 10 && !bh_run_finished(run));
    CHECK_STATUS(bh_run_set(run, "stop_at_threshold", "true", NULL), BH_OK);
    bh_run_steps(run, 15); // solved long ago: not again
    CHECK(bh_run_timesteps(run) == 30 && !bh_run_finished(run));
    bh_run_destroy(run);
}

// The best so far was another network's. What was loaded is evaluated before the first step, and best until it is beaten.
static void test_what_is_loaded_is_best_until_it_is_beaten(void)
{
    bh_run *run = scripted_run(
        "Corridor-v0", "", OPTIONS("eval_freq", "10", "n_eval_episodes", "1", "log_freq", "1000"));
    saved poor = save(run, BH_CURRENT);
    for (int i = 0; i < 10; i++) script.greedy[i] = 1;
    double r[BH_RECORD_WIDTH];
    bh_run_steps(run, 10);
    CHECK(next_record(run, BH_RECORD_EVAL, r) && r[2] == 8 && r[4] == 1);
    saved good = save(run, BH_CURRENT);
    CHECK_STATUS(bh_run_load(run, good.bytes, good.size, NULL), BH_OK);
    bh_run_steps(run, 0); // no step, nothing before it
    CHECK(!next_record(run, BH_RECORD_EVAL, r));
    bh_run_steps(run, 10);
    CHECK(next_record(run, BH_RECORD_EVAL, r) && r[1] == 10 && r[2] == 8 && r[4] == 1);
    CHECK(next_record(run, BH_RECORD_EVAL, r) && r[1] == 20 && r[2] == -5 && r[4] == 0);
    bh_score score;
    bh_run_evaluate(run, BH_BEST, 1, 0, &score);
    CHECK(score.mean == 8);
    CHECK_STATUS(bh_run_load(run, poor.bytes, poor.size, NULL), BH_OK);
    bh_run_steps(run, 1);
    CHECK(next_record(run, BH_RECORD_EVAL, r) && r[1] == 20 && r[2] == -5 && r[4] == 1);
    bh_run_destroy(run);
    free(poor.bytes);
    free(good.bytes);
}

// Counters begin again, what was learned stays.
static void test_reset_timesteps(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "q-learning",
                           OPTIONS("total_timesteps", "300", "eval_freq", "100", "log_freq", "300",
                                   "exploration_fraction", "1", "n_eval_episodes", "1"));
    CHECK_STATUS(bh_run_steps(run, 250), BH_OK);
    char before[65], after[65];
    bh_run_fingerprint(run, BH_CURRENT, before);
    int n_updates = bh_run_updates(run);
    bh_run_reset_timesteps(run);
    bh_run_fingerprint(run, BH_CURRENT, after);
    CHECK_STRING(after, before);
    CHECK(bh_run_timesteps(run) == 0 && bh_run_episodes(run) == 0 && bh_run_solved_at(run) == -1);
    CHECK(bh_run_updates(run) == n_updates && !bh_env_running(bh_run_env(run)));
    static double all[512 * BH_RECORD_WIDTH];
    double epsilon = 0;
    while (bh_run_drain(run, all, 512) > 0) {}
    CHECK_STATUS(bh_run_steps(run, 300), BH_OK);
    int n = bh_run_drain(run, all, 512), n_evals = 0;
    for (int i = 0; i < n; i++) {
        const double *r = all + i * BH_RECORD_WIDTH;
        if (r[0] == BH_RECORD_EVAL) CHECK(r[1] == 100 * ++n_evals);
        if (r[0] == BH_RECORD_TRAIN) epsilon = r[4];
    }
    bh_run *straight = make_run(&bh_envs, "GridWorld-v0", "q-learning",
                                OPTIONS("total_timesteps", "300", "eval_freq", "0", "log_freq",
                                        "300", "exploration_fraction", "1"));
    CHECK_STATUS(bh_run_steps(straight, 300), BH_OK);
    double r[BH_RECORD_WIDTH];
    CHECK(next_record(straight, BH_RECORD_TRAIN, r));
    CHECK(n_evals == 3 && epsilon == r[4]); // the schedule has the same end
    bh_run_destroy(straight);
    bh_run_destroy(run);
}

static void demonstrate_one(bh_run *run)
{
    int no = 0, a = 1;
    double r = 0;
    bh_demonstrations d = {{1, (float[]){0}, &a, &r, &no, &no, (float[]){1}}, NULL};
    CHECK_STATUS(bh_run_demonstrate(run, &d, NULL), BH_OK);
}

// Every algorithm counts its updates, and says the same in its records.
static void test_updates_are_counted(void)
{
    for (int i = 0; bh_all_agents[i] != NULL; i++) {
        const bh_agent_class *agent = bh_all_agents[i];
        bh_setup *setup = make_setup(&bh_all_envs, home_of(agent), agent->name,
                                     OPTIONS("eval_freq", "0", "log_freq", "300"));
        if (bh_config_find(agent->config, "learning_starts") != NULL)
            CHECK_STATUS(bh_setup_set(setup, "learning_starts", "100", NULL), BH_OK);
        if (agent == &bh_clone_class)
            CHECK_STATUS(bh_setup_set(setup, "demo_capacity", "1", NULL), BH_OK);
        bh_run *run = start_run(setup);
        CHECK(bh_run_updates(run) == 0);
        if (agent == &bh_clone_class) demonstrate_one(run);
        bh_run_steps(run, 300);
        double r[BH_RECORD_WIDTH];
        CHECK(next_record(run, BH_RECORD_TRAIN, r) && r[6] == bh_run_updates(run) && r[6] > 0);
        bh_run_destroy(run);
    }
}

// A map that is well-formed text but no map: the table lets it through, the environment does not.
static void test_create_refused(void)
{
    bh_setup *setup = make_setup(&bh_envs, "GridWorld-v0", "dqn", OPTIONS("env.map", "..G"));
    bh_run *run = (bh_run *)&setup;
    bh_error err = {0};
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK(run == NULL && strstr(err.message, "map") != NULL);
    CHECK_STATUS(bh_setup_set(setup, "env.map", "S.G", NULL), BH_OK);
    setup->run.n_envs = 0; // filled by hand
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK(run == NULL && strstr(err.message, "n_envs is 0") != NULL);
    setup->run.n_envs = 1;
    ((bh_dqn_config *)setup->agent_config)->gamma = (double)NAN;
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK(run == NULL && strstr(err.message, "gamma is NaN") != NULL);
    bh_setup_destroy(setup);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_terminated_and_truncated);
    CHECK_RUN(test_looking_at_it);
    CHECK_RUN(test_env_options_reach_it);
    CHECK_RUN(test_env_streams);
    CHECK_RUN(test_best_is_kept);
    CHECK_RUN(test_evaluation_ends);
    CHECK_RUN(test_scores);
    CHECK_RUN(test_same_seed_same_run);
    CHECK_RUN(test_chunks_do_not_matter);
    CHECK_RUN(test_watching_does_not_disturb);
    CHECK_RUN(test_many_environments);
    CHECK_RUN(test_records_are_overwritten_oldest_first);
    CHECK_RUN(test_records_come_when_due);
    CHECK_RUN(test_live_options);
    CHECK_RUN(test_live_frequencies);
    CHECK_RUN(test_options_refused);
    CHECK_RUN(test_past_the_end);
    CHECK_RUN(test_load_tells_the_agent);
    CHECK_RUN(test_stop_at_threshold);
    CHECK_RUN(test_what_is_loaded_is_best_until_it_is_beaten);
    CHECK_RUN(test_reset_timesteps);
    CHECK_RUN(test_updates_are_counted);
    CHECK_RUN(test_create_refused);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
