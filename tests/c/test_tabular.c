// SPDX-License-Identifier: MIT
// The tabular updates and sweeps: by hand, and against numbers from elsewhere.
#include "rl/agent.h"
#include "rl/tabular.h"
#include "tests/golden/tabular.h"

#include "check.h"
#include "make_world.h"

enum { A = 4 };

// ---- updates by hand ----

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

static void test_sarsa_by_hand(void)
{
    double q[6] = {0, 0, 1, 3, -1, -2};
    CHECK(bh_tabular_sarsa(q, 2, 0, 1, 2, 0.5, 1, 0, 0.5) == 2.5); // 2 + 0.5 * 1 - 0
    CHECK(q[1] == 1.25 && q[0] == 0);
    CHECK(bh_tabular_sarsa(q, 2, 1, 1, 1, 0, 2, 1, 1) == -2); // terminated
    CHECK(q[3] == 1);
    CHECK(bh_tabular_sarsa(q, 2, 2, 0, 0, 1, 2, 1, 0.5) == -1); // to itself, by the worse action
    CHECK(q[4] == -1.5);
}

static void test_expected_sarsa_by_hand(void)
{
    double q[6] = {0, 0, 1, 3, -1, -2};
    const double policy[2] = {0.25, 0.75};
    // 2 + 0.5 (0.25 * 1 + 0.75 * 3) - 0 = 3.25
    CHECK(bh_tabular_expected_sarsa(q, 2, 0, 1, 2, 0.5, 1, policy, 0.5) == 3.25);
    CHECK(q[1] == 1.625 && q[0] == 0);
    CHECK(bh_tabular_expected_sarsa(q, 2, 1, 0, 5, 0, 2, policy, 1) == 4); // terminated
    CHECK(q[2] == 5);
}

static void test_double_q_by_hand(void)
{
    double q[4] = {0, 0, 1, 3}, other[4] = {7, 7, 10, -2};
    // q prefers action 1 in state 1; the other rates it -2: 2 + 0.5 * -2 - 0
    CHECK(bh_tabular_double_q(q, other, 2, 0, 0, 2, 0.5, 1, 0.5) == 1);
    CHECK(q[0] == 0.5 && other[0] == 7);
    CHECK(bh_tabular_double_q(q, other, 2, 0, 0, 2, 0, 1, 1) == 1.5); // terminated
    CHECK(q[0] == 2);
}

static void test_epsilon_greedy_by_hand(void)
{
    double p[4];
    bh_tabular_epsilon_greedy(p, (double[]){1, 5, 5, 0}, 4, 0.5);
    CHECK(p[0] == 0.125 && p[1] == 0.625 && p[2] == 0.125 && p[3] == 0.125); // the first of equals
    bh_tabular_epsilon_greedy(p, (double[]){1, 5, 5, 0}, 4, 0);
    CHECK(p[0] == 0 && p[1] == 1 && p[2] == 0 && p[3] == 0);
    bh_tabular_epsilon_greedy(p, (double[]){1, 5, 5, 0}, 4, 1);
    for (int a = 0; a < 4; a++) CHECK(p[a] == 0.25);
}

// ---- updates over the chapters' stream of 400 transitions, against tables made with 40 digits
// ----

typedef struct stream_tables {
    double q[2][9 * A]; // the second one for double Q-learning
} stream_tables;

typedef void (*stream_update)(stream_tables *t, const signed char *now, const signed char *next,
                              int row);

static void stream_q(stream_tables *t, const signed char *e, const signed char *next, int row)
{
    (void)next, (void)row;
    bh_tabular_q_learning(t->q[0], A, e[0], e[1], e[2], e[4] ? 0 : 0.9, e[3], 0.5);
}

static void stream_sarsa(stream_tables *t, const signed char *e, const signed char *next, int row)
{
    (void)row;
    bh_tabular_sarsa(t->q[0], A, e[0], e[1], e[2], e[4] ? 0 : 0.9, e[3], next[1], 0.5);
}

static void stream_expected(stream_tables *t, const signed char *e, const signed char *next,
                            int row)
{
    (void)next, (void)row;
    double policy[A];
    bh_tabular_epsilon_greedy(policy, t->q[0] + e[3] * A, A, 0.1);
    bh_tabular_expected_sarsa(t->q[0], A, e[0], e[1], e[2], e[4] ? 0 : 0.9, e[3], policy, 0.5);
}

static void stream_double(stream_tables *t, const signed char *e, const signed char *next, int row)
{
    (void)next;
    int k = golden_coin[row] ? 0 : 1;
    bh_tabular_double_q(t->q[k], t->q[1 - k], A, e[0], e[1], e[2], e[4] ? 0 : 0.9, e[3], 0.5);
}

static void check_stream(stream_update update, int table, const struct golden_q_table *want, int n)
{
    stream_tables t = {0};
    int row = 0;
    for (int i = 0; i < n; i++) {
        for (; row < want[i].rows; row++)
            update(&t, golden_stream[row], golden_stream[row + 1], row);
        for (int s = 0; s < 9; s++) {
            for (int a = 0; a < A; a++) CHECK_NEAR(t.q[table][s * A + a], want[i].q[s][a], 1e-12);
        }
    }
}

static void test_streams(void)
{
    check_stream(stream_q, 0, golden_q_learning, 3);
    check_stream(stream_sarsa, 0, golden_sarsa, 2);
    check_stream(stream_expected, 0, golden_expected_sarsa, 2);
    check_stream(stream_double, 0, golden_double_q_a, 2);
    check_stream(stream_double, 1, golden_double_q_b, 2);
}

// ---- sweeps ----

static const bh_transition tiny[2 * BH_TRANSITIONS_MAX] = {
    {0.25, 0, 4, 0}, {0.75, 1, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {1, 1, 100, 1}};

static void test_sweep_by_hand(void)
{
    const int n_outcomes[] = {2, 1};
    const bh_mdp mdp = {2, 1, tiny, n_outcomes};
    const double old[] = {8, 16};
    double q[2];
    CHECK(bh_tabular_sweep(q, old, &mdp, 0.5) == 84);
    CHECK(q[0] == 0.25 * (4 + 4) + 0.75 * 8); // 8
    CHECK(q[1] == 100);                       // terminated: nothing follows
}

// One state more, two actions: 0 goes on to state 1 or stays, 1 leads to state 1.
static void test_policy_sweep_by_hand(void)
{
    const bh_transition outcomes[4 * BH_TRANSITIONS_MAX] = {
        {0.25, 0, 4, 0}, {0.75, 1, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, // s 0, a 0
        {1, 1, -2, 0},   {0, 0, 0, 0},    {0, 0, 0, 0}, {0, 0, 0, 0}, // s 0, a 1
        {1, 1, 100, 1},  {0, 0, 0, 0},    {0, 0, 0, 0}, {0, 0, 0, 0}, // s 1, a 0
        {1, 0, 0, 0}};                                                // s 1, a 1
    const int n_outcomes[] = {2, 1, 1, 1};
    const bh_mdp mdp = {2, 2, outcomes, n_outcomes};
    const double old[] = {8, 16, 2, 4}, policy[] = {0.5, 0.5, 0.75, 0.25};
    // v: 0.5 * 8 + 0.5 * 16 = 12;  0.75 * 2 + 0.25 * 4 = 2.5
    double q[4];
    CHECK(bh_tabular_policy_sweep(q, old, policy, &mdp, 0.5) == 98);
    CHECK(q[0] == 0.25 * (4 + 6) + 0.75 * 1.25);
    CHECK(q[1] == -2 + 1.25);
    CHECK(q[2] == 100);
    CHECK(q[3] == 6);
}

static void test_improve_by_hand(void)
{
    const double q[] = {1, 2, 0, 0, 5, 5.0001, 3, 3};
    double policy[] = {0.5, 0.5, 0.5, 0.5, 1, 0, 0, 1};
    CHECK(bh_tabular_improve(policy, q, 4, 2, 0.001) == 1);
    CHECK(policy[0] == 0 && policy[1] == 1);     // 2 > 1.5: the best action
    CHECK(policy[2] == 0.5 && policy[3] == 0.5); // all equal: as it was
    CHECK(policy[4] == 1 && policy[5] == 0);     // better, but by less than the tolerance
    CHECK(policy[6] == 0 && policy[7] == 1);     // not the first of equals, but as good
    CHECK(bh_tabular_improve(policy, q, 4, 2, 0.001) == 0);
    CHECK(bh_tabular_improve(policy, q, 4, 2, 0) == 1 && policy[5] == 1);
    double fresh[] = {0.5, 0.25, 0.25};
    CHECK(bh_tabular_improve(fresh, (double[]){1, 4, 4}, 1, 3, 0) == 1);
    CHECK(fresh[0] == 0 && fresh[1] == 1 && fresh[2] == 0); // of equals the first
}

static void check_solution(const double *q, int S, const golden_solution *want, double tolerance)
{
    for (int s = 0; s < S; s++) {
        for (int a = 0; a < A; a++) CHECK_NEAR(q[s * A + a], want->q[s][a], tolerance);
        CHECK_NEAR(q[s * A + bh_greedy(q + s * A, A)], want->v[s], tolerance);
    }
}

static void check_sweeps(const char *id, const char *option, const char *value,
                         const golden_solution *want, int n)
{
    static world w;
    make_world(&w, id, option, value);
    for (int i = 0; i < n; i++) {
        double q[2][WORLD_STATES_MAX * A] = {{0}}, change = 1;
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
    check_sweeps("GridWorld-v0", NULL, NULL, golden_grid_solutions, 3);
    check_sweeps("FrozenLake-v1", "is_slippery", "false", golden_lake_deterministic_solutions, 2);
    check_sweeps("FrozenLake-v1", "is_slippery", "true", golden_lake_slippery_solutions, 2);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_q_learning_by_hand);
    CHECK_RUN(test_sarsa_by_hand);
    CHECK_RUN(test_expected_sarsa_by_hand);
    CHECK_RUN(test_double_q_by_hand);
    CHECK_RUN(test_epsilon_greedy_by_hand);
    CHECK_RUN(test_streams);
    CHECK_RUN(test_sweep_by_hand);
    CHECK_RUN(test_policy_sweep_by_hand);
    CHECK_RUN(test_improve_by_hand);
    CHECK_RUN(test_sweeps);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
