// SPDX-License-Identifier: MIT
// The tabular learners: fed by hand, in their loop, and on the cliff.
#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/agent.h"
#include "rl/agent_list.h"
#include "rl/tabular.h"
#include "rl/td_table.h"
#include "tests/golden/tabular.h"

#include "check.h"
#include "make_run.h"

enum { STATES_MAX = 16, A = 4 };

// ---- fed by hand: three states, two actions, two environments, alpha 0.5, gamma 0.5 ----

typedef struct fed {
    const bh_agent_class *class;
    bhi_agent *agent;
    double *q; // (3,2), or two of them
} fed;

static fed make_fed(const bh_agent_class *class, double epsilon)
{
    bh_td_table_config config;
    bh_config_defaults(class->config, &config);
    config.learning_rate.start = config.gamma = 0.5;
    config.explore.initial_eps = config.explore.final_eps = epsilon;
    bhi_agent_spec spec = {{BH_SPACE_DISCRETE, 3, NULL, NULL}, 2, 2, 1000, bh_rng_seed(1), NULL};
    fed f = {.class = class};
    size_t bytes;
    CHECK_STATUS(bhi_agent_create(&f.agent, class, &config, &spec, NULL), BH_OK);
    f.q = class->functions->params(f.agent, &bytes);
    return f;
}

static void fill_table(double *q)
{
    for (int i = 0; i < 6; i++) q[i] = (double[]){0, 0, 1, 3, -1, -2}[i];
}

// One step of both environments, {s, a, r, s_next, terminated, truncated} each.
static void feed(const fed *f, const double first[6], const double second[6])
{
    float obs_tm1[2], obs_t[2];
    int a_tm1[2], terminated_t[2], truncated_t[2];
    double r_t[2];
    for (int i = 0; i < 2; i++) {
        const double *e = i == 0 ? first : second;
        obs_tm1[i] = (float)e[0], obs_t[i] = (float)e[3];
        a_tm1[i] = (int)e[1], terminated_t[i] = (int)e[4], truncated_t[i] = (int)e[5];
        r_t[i] = e[2];
    }
    bh_experience e = {2, obs_tm1, a_tm1, r_t, terminated_t, truncated_t, obs_t};
    f->class->functions->observe(f->agent, &e);
    bhi_agent_learn(f->agent);
}

#define STEP(...) ((const double[6]){__VA_ARGS__})

static void check_table(const double *q, double a, double b, double c, double d, double e, double g)
{
    const double want[] = {a, b, c, d, e, g};
    for (int i = 0; i < 6; i++) CHECK_NEAR(q[i], want[i], 1e-15);
}

static void test_sarsa_waits_for_the_next_action(void)
{
    fed f = make_fed(&bh_sarsa_class, 0);
    fill_table(f.q);
    feed(&f, STEP(0, 1, 2, 1, 0, 0), STEP(0, 0, 8, 2, 0, 0));
    check_table(f.q, 0, 0, 1, 3, -1, -2); // nobody knows the next actions yet
    CHECK(f.agent->n_updates == 0);
    // Environment 0 takes action 0 in state 1, though 1 is better: 0 + 0.5 (2 + 0.5 * 1 - 0) =
    // 1.25. Environment 1 takes action 1 in state 2: 0 + 0.5 (8 + 0.5 * -2 - 0) = 3.5, and ends
    // there by termination: -2 + 0.5 (4 - -2) = 1.
    feed(&f, STEP(1, 0, 6, 0, 0, 0), STEP(2, 1, 4, 0, 1, 0));
    check_table(f.q, 3.5, 1.25, 1, 3, -1, 1);
    CHECK(f.agent->n_updates == 3);
    // Environment 0: state 1, action 0, then action 1 in state 0: 1 + 0.5 (6 + 0.5 * 1.25 - 1) =
    // 3.8125. It is then cut in state 2, where epsilon 0 would take action 1, the better one:
    // 1.25 + 0.5 (0 + 0.5 * 1 - 1.25) = 0.875. Environment 1 starts anew and waits again.
    feed(&f, STEP(0, 1, 0, 2, 0, 1), STEP(1, 1, 0, 1, 0, 0));
    check_table(f.q, 3.5, 0.875, 3.8125, 3, -1, 1);
    CHECK(f.agent->n_updates == 5);
    // A new episode of environment 0 owes nothing to the one that was cut.
    feed(&f, STEP(2, 0, 0, 2, 0, 0),
         STEP(1, 1, 0, 1, 1, 1)); // terminated counts more than truncated
    // Environment 1: 3 + 0.5 (0 + 0.5 * 3 - 3) = 2.25, then 2.25 + 0.5 (0 - 2.25) = 1.125.
    check_table(f.q, 3.5, 0.875, 3.8125, 1.125, -1, 1);
    CHECK(f.agent->n_updates == 7);
    bhi_agent_metrics stats;
    bhi_agent_stats(f.agent, &stats);
    CHECK(stats.n_updates == 7 && stats.epsilon == 0 && stats.loss > 0 && isnan(stats.grad_norm));
    bhi_agent_destroy(f.agent);
}

static void test_expected_sarsa_expects(void)
{
    fed f = make_fed(&bh_expected_sarsa_class, 0.5);
    fill_table(f.q);
    // State 1: 0.25 * 1 + 0.75 * 3 = 2.5, so 0 + 0.5 (2 + 0.5 * 2.5 - 0) = 1.625; state 2, cut:
    // 0.75 * -1 + 0.25 * -2 = -1.25, so 0 + 0.5 (8 + 0.5 * -1.25 - 0) = 3.6875.
    feed(&f, STEP(0, 1, 2, 1, 0, 0), STEP(0, 0, 8, 2, 0, 1));
    check_table(f.q, 3.6875, 1.625, 1, 3, -1, -2);
    feed(&f, STEP(1, 1, 1, 0, 1, 0), STEP(2, 0, -1, 0, 1, 0)); // terminated: r alone
    check_table(f.q, 3.6875, 1.625, 1, 2, -1, -2);
    CHECK(f.agent->n_updates == 4);
    bhi_agent_destroy(f.agent);
}

// Cut with exploration left: SARSA's expectation is that of its epsilon-greedy policy.
static void test_sarsa_truncated_while_exploring(void)
{
    fed f = make_fed(&bh_sarsa_class, 0.5);
    fill_table(f.q);
    feed(&f, STEP(0, 0, 8, 2, 0, 1), STEP(0, 1, 2, 1, 0, 1));
    check_table(f.q, 3.6875, 1.625, 1, 3, -1, -2); // the numbers of expected SARSA
    bhi_agent_destroy(f.agent);
}

static void test_double_q_tosses_a_coin(void)
{
    fed f = make_fed(&bh_double_q_learning_class, 0);
    double *tables[] = {f.q, f.q + 6};
    int heads = 0;
    for (int n = 0; n < 400; n++) {
        fill_table(f.q);
        for (int i = 0; i < 6; i++) tables[1][i] = (double[]){0, 0, 4, 2, -4, 8}[i];
        feed(&f, STEP(0, 1, 2, 1, 0, 0), STEP(2, 0, 6, 0, 1, 0));
        // A: its best action in state 1 is 1, B rates it 2: 0.5 (2 + 0.5 * 2) = 1.5.
        // B: its best action in state 1 is 0, A rates it 1: 0.5 (2 + 0.5 * 1) = 1.25.
        int first_is_a = f.q[1] == 1.5 && tables[1][1] == 0;
        CHECK(first_is_a || (f.q[1] == 0 && tables[1][1] == 1.25));
        // A: -1 + 0.5 (6 - -1) = 2.5. B: -4 + 0.5 (6 - -4) = 1.
        int second_is_a = f.q[4] == 2.5 && tables[1][4] == -4;
        CHECK(second_is_a || (f.q[4] == -1 && tables[1][4] == 1));
        heads += first_is_a + second_is_a;
    }
    CHECK(heads > 330 && heads < 470); // of 800
    bhi_agent_destroy(f.agent);
}

static void test_double_q_acts_on_the_mean(void)
{
    fed f = make_fed(&bh_double_q_learning_class, 0);
    const double tables[] = {5, 0, 1, 3, 0, 0, /* B */ -9, 0, 1, 3, 8, 2};
    memcpy(f.q, tables, sizeof tables);
    float obs[2] = {0, 2};
    int actions[2];
    unsigned char explored[2];
    f.class->functions->act(f.agent, actions, explored, obs, 2);
    CHECK(actions[0] == 1 && actions[1] == 0 && !explored[0] && !explored[1]);
    double q[4];
    f.class->functions->q_values(f.agent, f.q, q, obs, 2);
    CHECK(q[0] == -2 && q[1] == 0 && q[2] == 4 && q[3] == 1);
    bh_tensor t[BH_TENSORS_MAX];
    size_t bytes;
    void *params = f.class->functions->params(f.agent, &bytes);
    CHECK(bytes == sizeof tables && f.class->functions->tensors(f.agent, params, t) == 2);
    CHECK_STRING(t[0].name, "q_table_a");
    CHECK_STRING(t[1].name, "q_table_b");
    CHECK(t[1].shape[0] == 3 && t[1].shape[1] == 2 && *(double *)t[1].data == -9);
    bhi_agent_destroy(f.agent);
}

// ---- in the loop ----

// All values of a Discrete environment.
static void all_values(bh_run *run, double *q, int S)
{
    float obs[STATES_MAX];
    for (int s = 0; s < S; s++) obs[s] = (float)s;
    bh_run_q_values(run, q, obs, S);
}

static void check_solution(const double *q, int S, const golden_solution *want, double tolerance)
{
    for (int s = 0; s < S; s++) {
        for (int a = 0; a < A; a++) CHECK_NEAR(q[s * A + a], want->q[s][a], tolerance);
        CHECK_NEAR(q[s * A + bh_greedy(q + s * A, A)], want->v[s], tolerance);
    }
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

// Every table starts from initial_q.
static void test_initial_q(void)
{
    static const char *const algos[] = {"sarsa", "expected-sarsa", "double-q-learning"};
    for (int i = 0; i < 3; i++) {
        bh_run *run = make_run(&bh_envs, "GridWorld-v0", algos[i], OPTIONS("initial_q", "-2.5"));
        double q[9 * A];
        all_values(run, q, 9);
        for (int k = 0; k < 9 * A; k++) CHECK(q[k] == -2.5);
        bh_run_destroy(run);
    }
}

// Off-policy, and with epsilon at 0 in the end on-policy as well: the presets find the best policy.
static void test_presets_solve_the_grid(void)
{
    static const char *const algos[] = {"sarsa", "expected-sarsa", "double-q-learning"};
    for (int i = 0; i < 3; i++) {
        for (int seed = 0; seed < 5; seed++) {
            char text[16];
            snprintf(text, sizeof text, "%d", seed);
            bh_run *run = make_run(&bh_envs, "GridWorld-v0", algos[i],
                                   OPTIONS("seed", text, "eval_freq", "0"));
            bh_run_steps(run, bh_run_setup(run)->run.total_timesteps);
            bh_score score;
            bh_run_evaluate(run, BH_CURRENT, 5, 1, &score);
            CHECK(score.mean == 1 && score.mean_length == 3);
            bh_run_destroy(run);
        }
    }
}

// ---- the cliff (Sutton and Barto 2018, example 6.6) ----

typedef struct walk {
    double greedy;   // return of the greedy policy
    double online;   // mean return of the last 100 training episodes
    int at_the_edge; // steps of the greedy policy right above the cliff
} walk;

static int count_edge(bh_run *run)
{
    int s = 36, edge = 0;
    for (int n = 0; n < 50 && s != 47; n++) {
        float obs = (float)s;
        double q[A];
        bh_run_q_values(run, q, &obs, 1);
        static const int moves[] = {-12, 1, 12, -1};
        s += moves[bh_greedy(q, A)];
        if (s < 0 || s > 47) return -1; // against the rim
        edge += s > 24 && s < 35;
    }
    return edge;
}

static walk walk_cliff(const char *algo, int seed)
{
    char text[16];
    snprintf(text, sizeof text, "%d", seed);
    bh_run *run = make_run(&bh_envs, "CliffWalking-v1", algo,
                           OPTIONS("seed", text, "eval_freq", "0", "exploration_initial_eps", "0.1",
                                   "exploration_final_eps", "0.1", "total_timesteps", "40000",
                                   "learning_rate_schedule", "linear"));
    double last[100] = {0}, r[BH_RECORD_WIDTH];
    int n = 0;
    for (int i = 0; i < 40; i++) {
        bh_run_steps(run, 1000);
        while (bh_run_drain(run, r, 1) == 1) {
            if (r[0] == BH_RECORD_EPISODE) last[n++ % 100] = r[2];
        }
    }
    CHECK(n > 500);
    walk w = {.at_the_edge = count_edge(run)};
    for (int i = 0; i < 100; i++) w.online += last[i] / 100;
    bh_score score;
    bh_run_evaluate(run, BH_CURRENT, 1, 1, &score);
    w.greedy = score.mean;
    bh_run_destroy(run);
    return w;
}

// Q-learning takes the shortest way, along the edge, and falls while it explores; SARSA keeps off.
static void test_cliff(void)
{
    for (int seed = 0; seed < 4; seed++) {
        walk q = walk_cliff("q-learning", seed), sarsa = walk_cliff("sarsa", seed);
        CHECK(q.greedy == -13 && q.at_the_edge == 10);
        CHECK(sarsa.greedy <= -15 && sarsa.greedy >= -19 && sarsa.at_the_edge == 0);
        CHECK(sarsa.online > q.online + 5);
    }
}

static void test_refuses_other_spaces(void)
{
    int n = 0;
    for (int i = 0; bh_all_agents[i] != NULL; i++) {
        const bh_agent_class *class = bh_all_agents[i];
        if (class->config->fields != bh_q_learning_table.fields) continue;
        n++;
        bh_setup *setup = make_setup(&bh_envs, "CartPole-v1", class->name, NULL);
        bh_run *run = (bh_run *)&setup;
        bh_error err;
        CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
        CHECK(run == NULL && strstr(err.message, class->config->name) == err.message);
        CHECK(strstr(err.message, "Discrete") != NULL && strstr(err.message, "use dqn") != NULL);
        bh_setup_destroy(setup);
    }
    CHECK(n == 4 && bh_live_bytes() == 0);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_sarsa_waits_for_the_next_action);
    CHECK_RUN(test_expected_sarsa_expects);
    CHECK_RUN(test_sarsa_truncated_while_exploring);
    CHECK_RUN(test_double_q_tosses_a_coin);
    CHECK_RUN(test_double_q_acts_on_the_mean);
    CHECK_RUN(test_q_learning_reaches_q_star);
    CHECK_RUN(test_exploring_starts_need_an_environment_that_can);
    CHECK_RUN(test_q_learning_agent_step_by_step);
    CHECK_RUN(test_learning_rate_schedule);
    CHECK_RUN(test_initial_q);
    CHECK_RUN(test_presets_solve_the_grid);
    CHECK_RUN(test_cliff);
    CHECK_RUN(test_refuses_other_spaces);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
