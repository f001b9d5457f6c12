// SPDX-License-Identifier: MIT
// The planners in their loop: value iteration, policy iteration, policy evaluation.
#include "rl/planning.h"
#include "rl/run.h"
#include "rl/tabular.h"
#include "tests/golden/tabular.h"

#include "check.h"
#include "make_run.h"
#include "make_world.h"

enum { A = WORLD_A, ENTRIES_MAX = WORLD_STATES_MAX * A };

// All values of a Discrete environment.
static void all_values(bh_run *run, double *q)
{
    float obs[WORLD_STATES_MAX];
    int S = bh_run_observation_space(run)->n;
    for (int s = 0; s < S; s++) obs[s] = (float)s;
    bh_run_q_values(run, q, obs, S);
}

// Until it rests.
static void settle(bh_run *run)
{
    int steps = 0;
    for (int before = -1; before != bh_run_updates(run) && steps < 200000; steps += 10) {
        before = bh_run_updates(run);
        bh_run_steps(run, 10);
    }
    CHECK(steps < 200000);
}

static void check_solution(const double *q, int S, const golden_solution *want, double tolerance)
{
    for (int s = 0; s < S; s++) {
        for (int a = 0; a < A; a++) CHECK_NEAR(q[s * A + a], want->q[s][a], tolerance);
        CHECK_NEAR(q[s * A + bh_greedy(q + s * A, A)], want->v[s], tolerance);
    }
}

static void with_real(char text[32], double value)
{
    bh_text out = bh_text_over(text, 32);
    bh_text_add_real(&out, value);
}

// ---- optimal values ----

static void check_optimal(const char *env, const char *slippery, const golden_solution *want, int n,
                          int S)
{
    static const char *const algos[] = {"value-iteration", "policy-iteration"};
    for (int i = 0; i < 2 * n; i++) {
        char gamma[32];
        with_real(gamma, want[i / 2].gamma);
        const char *options[] = {"gamma",     gamma,   "eval_freq",       "0",
                                 "tolerance", "1e-12", "env.is_slippery", slippery,
                                 NULL};
        if (slippery == NULL) options[6] = NULL;
        bh_run *run = make_run(&bh_envs, env, algos[i % 2], options);
        settle(run);
        double q[ENTRIES_MAX];
        all_values(run, q);
        check_solution(q, S, &want[i / 2], 1e-9);
        bh_run_destroy(run);
    }
}

static void test_optimal_values(void)
{
    check_optimal("GridWorld-v0", NULL, golden_grid_solutions, 3, 9);
    check_optimal("FrozenLake-v1", "false", golden_lake_deterministic_solutions, 2, 16);
    check_optimal("FrozenLake-v1", "true", golden_lake_slippery_solutions, 2, 16);
}

// Policy iteration, also with few sweeps per evaluation, ends where value iteration does.
static void check_agree(const char *env, const char *slippery)
{
    static const char *const algos[] = {"value-iteration", "policy-iteration", "policy-iteration"};
    double q[3][ENTRIES_MAX];
    int S = 0;
    for (int i = 0; i < 3; i++) {
        const char *options[] = {"eval_freq", "0",  "env.is_slippery",   slippery, "gamma",
                                 "0.99",      NULL, i == 2 ? "20" : "0", NULL};
        if (i > 0) options[6] = "evaluation_sweeps";
        bh_run *run = make_run(&bh_envs, env, algos[i], options);
        S = bh_run_observation_space(run)->n;
        settle(run);
        all_values(run, q[i]);
        bh_run_destroy(run);
    }
    for (int i = 0; i < S * A; i++) {
        CHECK_NEAR(q[1][i], q[0][i], 1e-9);
        CHECK_NEAR(q[2][i], q[0][i], 1e-9);
    }
}

static void test_policy_and_value_iteration_agree(void)
{
    static const char *const envs[] = {"FrozenLake-v1", "FrozenLake8x8-v1", "CliffWalking-v1"};
    for (int i = 0; i < 3; i++) {
        check_agree(envs[i], "false");
        check_agree(envs[i], "true");
    }
}

// Thirteen moves along the cliff, and the policy is the one the values say.
static void test_policy_iteration_policy(void)
{
    bh_run *run = make_run(&bh_envs, "CliffWalking-v1", "policy-iteration", NULL);
    settle(run);
    bh_score score;
    bh_run_evaluate(run, BH_CURRENT, 1, 1, &score);
    CHECK(score.mean == -13);
    bh_tensor t[BH_TENSORS_MAX];
    CHECK(bh_run_tensors(run, BH_CURRENT, t) == 2);
    CHECK_STRING(t[0].name, "q_table");
    CHECK_STRING(t[1].name, "policy");
    CHECK(t[1].shape[0] == 48 && t[1].shape[1] == 4);
    const double *q = t[0].data, *policy = t[1].data;
    for (int s = 0; s < 48; s++) {
        double v = 0, sum = 0, best = q[s * A + bh_greedy(q + s * A, A)];
        for (int a = 0; a < A; a++) v += policy[s * A + a] * q[s * A + a];
        for (int a = 0; a < A; a++) sum += policy[s * A + a];
        CHECK(sum == 1);
        CHECK_NEAR(v, best, 1e-9);
    }
    bh_run_destroy(run);
}

// Live options count also after the sweeps have come to rest.
static void check_follows_live_options(const char *algo)
{
    bh_run *run =
        make_run(&bh_envs, "GridWorld-v0", algo, OPTIONS("gamma", "0.9", "eval_freq", "0"));
    double q[9 * A], record[BH_RECORD_WIDTH];
    bh_run_steps(run, 5000);
    all_values(run, q);
    check_solution(q, 9, &golden_grid_solutions[0], 1e-12);
    int updates = bh_run_updates(run);
    CHECK(updates >= 4 && updates < 1000); // came to rest: it did not sweep 5,000 times
    do CHECK(bh_run_drain(run, record, 1) == 1);
    while (record[0] != BH_RECORD_TRAIN);
    CHECK(record[6] > 0 && record[6] <= updates && record[4] == 0 && record[5] == 1);

    CHECK_STATUS(bh_run_set(run, "gamma", "0.5", NULL), BH_OK);
    bh_run_steps(run, 1000);
    all_values(run, q);
    check_solution(q, 9, &golden_grid_solutions[2], 1e-12);
    CHECK(bh_run_updates(run) > updates);
    bh_run_destroy(run);
}

static void test_follows_live_options(void)
{
    check_follows_live_options("value-iteration");
    check_follows_live_options("policy-iteration");
}

// ---- policy evaluation ----

static void check_uniform(const char *env, const char *slippery, const struct golden_values *want,
                          int n)
{
    static world w;
    make_world(&w, env, slippery != NULL ? "is_slippery" : NULL, slippery);
    double policy[ENTRIES_MAX], q[ENTRIES_MAX], v[WORLD_STATES_MAX];
    int S = w.mdp.n_states;
    for (int i = 0; i < S * A; i++) policy[i] = 0.25;
    for (int i = 0; i < n; i++) {
        char gamma[32];
        with_real(gamma, want[i].gamma);
        const char *options[] = {"gamma",           gamma,    "eval_freq", "0",
                                 "env.is_slippery", slippery, NULL};
        if (slippery == NULL) options[4] = NULL;
        bh_run *run = make_run(&bh_envs, env, "policy-evaluation", options);
        settle(run);
        all_values(run, q);
        solve_world(v, &w, policy, want[i].gamma);
        for (int s = 0; s < S; s++) {
            double mean = (q[s * A] + q[s * A + 1] + q[s * A + 2] + q[s * A + 3]) / 4;
            CHECK_NEAR(mean, v[s], 1e-9);
            if (S <= 16) CHECK_NEAR(v[s], want[i].v[s], 1e-12); // the solver itself
        }
        bh_run_destroy(run);
    }
    bh_env_destroy(w.env);
}

static void test_uniform_policy(void)
{
    static const struct golden_values large[] = {{0.99, {0}}, {0.5, {0}}}; // only the discounts
    check_uniform("GridWorld-v0", NULL, golden_grid_uniform, 3);
    check_uniform("FrozenLake-v1", "false", golden_lake_deterministic_uniform, 2);
    check_uniform("FrozenLake-v1", "true", golden_lake_slippery_uniform, 2);
    check_uniform("FrozenLake8x8-v1", "true", large, 2);
    check_uniform("CliffWalking-v1", "false", large, 2);
    check_uniform("CliffWalking-v1", "true", large, 2);
}

// Right, down, down to the goal: 0.9 of 0.9 of 1, and left from the top right corner.
static void test_given_policy(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "policy-evaluation",
                           OPTIONS("policy", "123/02*\n*1 *", "gamma", "0.9", "log_freq", "3"));
    bh_run_steps(run, 60);
    double q[9 * A], r[BH_RECORD_WIDTH];
    all_values(run, q);
    CHECK_NEAR(q[4 * A + 2], 1, 1e-12);
    CHECK_NEAR(q[1 * A + 2], 0.9, 1e-12);
    CHECK_NEAR(q[0 * A + 1], 0.81, 1e-12);
    CHECK_NEAR(q[2 * A + 3], 0.81, 1e-12);
    CHECK_NEAR(q[3 * A + 0], 0.9 * 0.81, 1e-12);
    CHECK_NEAR(q[0 * A + 0], 0.9 * 0.81, 1e-12); // against the rim, then as the policy says
    int episodes = 0;                            // it acts by the policy
    while (bh_run_drain(run, r, 1) == 1) {
        if (r[0] != BH_RECORD_EPISODE) continue;
        CHECK(r[2] == 1 && r[3] == 3);
        episodes++;
    }
    CHECK(episodes == 20);
    bh_last_step last;
    bh_run_last_step(run, &last);
    CHECK(last.explored == 0);
    bh_run_destroy(run);
}

// The uniform policy draws: every action about as often, and says so.
static void test_uniform_policy_acts(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "policy-evaluation", NULL);
    int counts[A] = {0};
    for (int i = 0; i < 4000; i++) {
        bh_run_steps(run, 1);
        bh_last_step last;
        bh_run_last_step(run, &last);
        CHECK(last.explored == 1);
        counts[last.action]++;
    }
    for (int a = 0; a < A; a++) CHECK(counts[a] > 850 && counts[a] < 1150);
    bh_run_destroy(run);
}

static void check_policy_refused(const char *policy, const char *part)
{
    bh_setup *setup =
        make_setup(&bh_envs, "GridWorld-v0", "policy-evaluation", OPTIONS("policy", policy));
    bh_run *run = (bh_run *)&setup;
    bh_error err = {0};
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK(run == NULL);
    if (!CHECK(strstr(err.message, part) != NULL)) printf("    %s\n", err.message);
    bh_setup_destroy(setup);
}

static void test_policies_refused(void)
{
    check_policy_refused("123", "policy has 3 states, but the environment has 9");
    check_policy_refused("1231231230", "policy has 10 states, but the environment has 9");
    check_policy_refused("124124124", "policy has '4' for state 2");
    check_policy_refused("12312312x",
                         "policy has 'x' for state 8, but must have an action, 0 to 3");
    check_policy_refused("\xc3\xa9", "policy has '?' for state 0");
    char longest[1001] = {0};
    memset(longest, '*', 1000);
    check_policy_refused(longest, "policy has 1000 states");
}

static void test_needs_a_transition_table(void)
{
    static const char *const algos[] = {"value-iteration", "policy-iteration", "policy-evaluation"};
    for (int i = 0; i < 3; i++) {
        bh_setup *setup = make_setup(&bh_envs, "CartPole-v1", algos[i], NULL);
        bh_run *run = (bh_run *)&setup;
        bh_error err;
        CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
        CHECK(run == NULL && strstr(err.message, "transition table") != NULL);
        bh_setup_destroy(setup);
    }
}

// A loaded policy and its values are where policy iteration goes on, or rests.
static void test_loading_goes_on(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "policy-iteration", NULL);
    settle(run);
    saved done = save(run, BH_CURRENT);
    bh_run *other = make_run(&bh_envs, "GridWorld-v0", "policy-iteration", NULL);
    CHECK_STATUS(bh_run_load(other, done.bytes, done.size, NULL), BH_OK);
    settle(other);
    CHECK(bh_run_updates(other) == 2); // one sweep that changes nothing, one improvement as well
    char want[65], got[65];
    bh_run_fingerprint(run, BH_CURRENT, want);
    bh_run_fingerprint(other, BH_CURRENT, got);
    CHECK_STRING(got, want);
    bh_run_destroy(other);
    bh_run_destroy(run);
    free(done.bytes);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_optimal_values);
    CHECK_RUN(test_policy_and_value_iteration_agree);
    CHECK_RUN(test_policy_iteration_policy);
    CHECK_RUN(test_follows_live_options);
    CHECK_RUN(test_uniform_policy);
    CHECK_RUN(test_given_policy);
    CHECK_RUN(test_uniform_policy_acts);
    CHECK_RUN(test_policies_refused);
    CHECK_RUN(test_needs_a_transition_table);
    CHECK_RUN(test_loading_goes_on);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
