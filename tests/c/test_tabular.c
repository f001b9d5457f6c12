// SPDX-License-Identifier: MIT
// Tabular methods: updates and sweeps against numbers from elsewhere, and the two agents in their loop.
#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/tabular.h"
#include "tests/golden/tabular.h"

#include "check.h"
#include "make_run.h"

enum { STATES_MAX = 16, A = 4 };

// ---- the updates ----

static void test_q_learning_by_hand(void)
{
    double q[6] = {0, 0, 1, 3, -1, -2};                              // (3,2)
    CHECK(bh_tabular_q_learning(q, 2, 0, 1, 2, 0.5, 1, 0.5) == 3.5); // 2 + 0.5 * 3 - 0
    CHECK(q[1] == 1.75 && q[0] == 0);
    CHECK(bh_tabular_q_learning(q, 2, 1, 1, 1, 0, 2, 1) == -2); // terminated: discount 0
    CHECK(q[3] == 1);
    CHECK(bh_tabular_q_learning(q, 2, 2, 0, 0, 1, 2, 0.25) == 0); // to itself, already the best
    CHECK(q[4] == -1 && q[5] == -2);
}

// The chapters' stream of 400 transitions, against tables made elsewhere with 40 digits.
static void test_q_learning_stream(void)
{
    double q[9][A] = {{0}};
    int row = 0;
    for (size_t i = 0; i < sizeof golden_q_learning / sizeof *golden_q_learning; i++) {
        for (; row < golden_q_learning[i].rows; row++) {
            const signed char *t = golden_stream[row];
            bh_tabular_q_learning(q[0], A, t[0], t[1], t[2], t[4] ? 0 : 0.9, t[3], 0.5);
        }
        for (int s = 0; s < 9; s++) {
            for (int a = 0; a < A; a++) CHECK_NEAR(q[s][a], golden_q_learning[i].q[s][a], 1e-12);
        }
    }
}

// ---- value iteration ----

typedef struct world {
    bh_env *env;
    bh_transition outcomes[STATES_MAX * A * BH_TRANSITIONS_MAX];
    int n_outcomes[STATES_MAX * A];
    bh_mdp mdp;
} world;

static void make_world(world *w, const bh_env_def *def, const char *option, const char *value)
{
    void *config = bh_alloc(def->config->bytes);
    bh_config_defaults(def->config, config);
    if (option != NULL)
        CHECK_STATUS(bh_config_set(def->config, config, option, value, NULL), BH_OK);
    CHECK_STATUS(bh_env_create(&w->env, def, config, NULL), BH_OK);
    bh_free(config, def->config->bytes);
    int S = bh_env_observation_space(w->env)->n;
    for (int i = 0; i < S * A; i++) {
        w->n_outcomes[i] = def->transitions(bh_env_state(w->env), i / A, i % A,
                                            w->outcomes + i * BH_TRANSITIONS_MAX);
    }
    w->mdp = (bh_mdp){S, A, w->outcomes, w->n_outcomes};
}

static void check_solution(const double *q, int S, const golden_solution *want, double tolerance)
{
    for (int s = 0; s < S; s++) {
        for (int a = 0; a < A; a++) CHECK_NEAR(q[s * A + a], want->q[s][a], tolerance);
        CHECK_NEAR(q[s * A + bh_greedy(q + s * A, A)], want->v[s], tolerance);
    }
}

static void check_sweeps(const bh_env_def *def, const char *option, const char *value,
                         const golden_solution *want, int n)
{
    static world w;
    make_world(&w, def, option, value);
    for (int i = 0; i < n; i++) {
        double q[2][STATES_MAX * A] = {{0}}, change = 1;
        int sweeps = 0;
        for (; change > 0 && sweeps < 20000; sweeps++) {
            const double *old = q[sweeps % 2];
            change = bh_tabular_sweep(q[(sweeps + 1) % 2], old, &w.mdp, want[i].gamma);
        }
        CHECK(change == 0); // it comes to rest, to the bit
        check_solution(q[sweeps % 2], w.mdp.n_states, &want[i], 1e-12);
    }
    bh_env_destroy(w.env);
}

static void test_sweeps(void)
{
    check_sweeps(&bh_env_gridworld, NULL, NULL, golden_grid_solutions, 3);
    check_sweeps(&bh_env_frozen_lake, "is_slippery", "false", golden_lake_deterministic_solutions,
                 2);
    check_sweeps(&bh_env_frozen_lake, "is_slippery", "true", golden_lake_slippery_solutions, 2);
}

static void test_sweep_by_hand(void)
{
    const bh_transition outcomes[2 * BH_TRANSITIONS_MAX] = {
        {0.25, 0, 4, 0}, {0.75, 1, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {1, 1, 100, 1}};
    const int n_outcomes[] = {2, 1};
    const bh_mdp mdp = {2, 1, outcomes, n_outcomes};
    const double old[] = {8, 16};
    double q[2];
    CHECK(bh_tabular_sweep(q, old, &mdp, 0.5) == 84);
    CHECK(q[0] == 0.25 * (4 + 4) + 0.75 * 8); // 8
    CHECK(q[1] == 100);                       // terminated: nothing follows
}

// ---- in the loop ----

// All values of a Discrete environment.
static void all_values(bh_run *run, double *q, int S)
{
    float obs[STATES_MAX];
    for (int s = 0; s < S; s++) obs[s] = (float)s;
    bh_run_q_values(run, q, obs, S);
}

static void check_value_iteration(const char *env, const char *slippery,
                                  const golden_solution *want, int n, int S)
{
    for (int i = 0; i < n; i++) {
        char gamma[32];
        bh_text text = bh_text_over(gamma, sizeof gamma);
        bh_text_add_real(&text, want[i].gamma);
        const char *lake[] = {"gamma",           gamma,    "eval_freq", "0", "tolerance", "1e-12",
                              "env.is_slippery", slippery, NULL};
        if (slippery == NULL) lake[6] = NULL;
        bh_run *run = make_run(&bh_envs, env, "value-iteration", lake);
        bh_run_steps(run, 3000);
        double q[STATES_MAX * A];
        all_values(run, q, S);
        check_solution(q, S, &want[i], 1e-9);
        bh_run_destroy(run);
    }
}

static void test_value_iteration_agent(void)
{
    check_value_iteration("GridWorld-v0", NULL, golden_grid_solutions, 3, 9);
    check_value_iteration("FrozenLake-v1", "false", golden_lake_deterministic_solutions, 2, 16);
    check_value_iteration("FrozenLake-v1", "true", golden_lake_slippery_solutions, 2, 16);
}

// Live options count also after the sweeps have come to rest.
static void test_value_iteration_follows_live_options(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "value-iteration",
                           OPTIONS("gamma", "0.9", "eval_freq", "0"));
    double q[9 * A], record[BH_RECORD_WIDTH];
    bh_run_steps(run, 100);
    all_values(run, q, 9);
    check_solution(q, 9, &golden_grid_solutions[0], 1e-12);
    do CHECK(bh_run_drain(run, record, 1) == 1);
    while (record[0] != BH_RECORD_TRAIN);
    CHECK(record[6] >= 4 && record[6] < 20); // came to rest: it did not sweep 100 times

    CHECK_STATUS(bh_run_set(run, "gamma", "0.5", NULL), BH_OK);
    bh_run_steps(run, 100);
    all_values(run, q, 9);
    check_solution(q, 9, &golden_grid_solutions[2], 1e-12);
    bh_run_destroy(run);
}

// The preset: exploring starts bring Q-learning to cell 9, which no walk from the start enters.
static void test_q_learning_reaches_q_star(void)
{
    for (int seed = 0; seed < 20; seed++) {
        char text[16];
        snprintf(text, sizeof text, "%d", seed);
        bh_run *run = make_run(&bh_envs, "GridWorld-v0", "q-learning",
                               OPTIONS("seed", text, "eval_freq", "0"));
        bh_run_steps(run, bh_run_setup(run)->run.total_timesteps);
        double q[9 * A];
        all_values(run, q, 9);
        check_solution(q, 9, &golden_grid_solutions[0], 0.01);
        bh_run_destroy(run);
    }
}

static void test_exploring_starts_need_an_environment_that_can(void)
{
    bh_error err;
    bh_run *run;
    bh_setup *setup =
        make_setup(&bh_envs, "CartPole-v1", "dqn", OPTIONS("exploring_starts", "true"));
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK(run == NULL && strstr(err.message, "exploring_starts") &&
          strstr(err.message, "CartPole-v1"));
    bh_setup_destroy(setup);
}

// With a learning rate of 1 and no exploration left, single steps can be foretold.
static void test_q_learning_agent_step_by_step(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "q-learning",
                           OPTIONS("learning_rate", "1", "gamma", "0.5", "initial_q", "2",
                                   "exploration_initial_eps", "0", "exploration_final_eps", "0",
                                   "eval_freq", "0"));
    double q[9 * A], before[9 * A];
    all_values(run, before, 9);
    for (int i = 0; i < 9 * A; i++) CHECK(before[i] == 2);
    for (int n = 0; n < 200; n++) {
        bh_run_steps(run, 1);
        bh_last_step last;
        bh_run_last_step(run, &last);
        int s = (int)last.obs_tm1[0], next = (int)last.obs_t[0];
        CHECK(last.action == bh_greedy(before + s * A, A) && !last.explored);
        double follow =
            last.step.terminated ? 0 : before[next * A + bh_greedy(before + next * A, A)];
        before[s * A + last.action] = last.step.reward + 0.5 * follow;
        all_values(run, q, 9);
        CHECK(memcmp(q, before, sizeof q) == 0);
    }
    bh_run_destroy(run);
}

static void test_learning_rate_schedule(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "q-learning",
                           OPTIONS("learning_rate", "0.5", "learning_rate_schedule", "linear",
                                   "total_timesteps", "100", "log_freq", "50", "eval_freq", "0"));
    double rows[4][BH_RECORD_WIDTH];
    bh_run_steps(run, 150);
    int n = 0, kept = 0;
    double row[BH_RECORD_WIDTH];
    while (bh_run_drain(run, row, 1) == 1) {
        if (row[0] == BH_RECORD_TRAIN && kept < 4) memcpy(rows[kept++], row, sizeof row);
        n++;
    }
    CHECK(kept == 3 && n >= 3);
    CHECK_NEAR(rows[0][5], 0.25, 1e-12);
    CHECK(rows[1][5] == 0 && rows[2][5] == 0); // stays at its end
    CHECK(isnan(rows[0][7]) && rows[0][2] >= 0 && rows[0][6] == 50);
    bh_run_destroy(run);
}

static void test_refuses_other_spaces(void)
{
    bh_setup *setup;
    bh_run *run = (bh_run *)&setup;
    bh_error err;
    CHECK_STATUS(bh_setup_create(&setup, &bh_envs, "CartPole-v1", "q-learning", &err), BH_OK);
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK(run == NULL && strstr(err.message, "Discrete") != NULL &&
          strstr(err.message, "use dqn") != NULL);
    bh_setup_destroy(setup);
    CHECK_STATUS(bh_setup_create(&setup, &bh_envs, "CartPole-v1", "value-iteration", &err), BH_OK);
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK(run == NULL && strstr(err.message, "transition table") != NULL);
    bh_setup_destroy(setup);
    CHECK(bh_live_bytes() == 0);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_q_learning_by_hand);
    CHECK_RUN(test_q_learning_stream);
    CHECK_RUN(test_sweeps);
    CHECK_RUN(test_sweep_by_hand);
    CHECK_RUN(test_value_iteration_agent);
    CHECK_RUN(test_value_iteration_follows_live_options);
    CHECK_RUN(test_q_learning_reaches_q_star);
    CHECK_RUN(test_exploring_starts_need_an_environment_that_can);
    CHECK_RUN(test_q_learning_agent_step_by_step);
    CHECK_RUN(test_learning_rate_schedule);
    CHECK_RUN(test_refuses_other_spaces);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
