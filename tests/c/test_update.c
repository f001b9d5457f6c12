// SPDX-License-Identifier: MIT
// The numbers of the last update are those the core computed with: each update is made again from
// them by the pure functions of rl/tabular.h, rl/value.h and rl/policy.h, to the bit.
#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/agent_list.h"
#include "rl/policy.h"
#include "rl/sde.h"
#include "rl/tabular.h"
#include "rl/value.h"

#include "failing_alloc.h"
#include "make_run.h"

#include <stdlib.h>

enum { NUMBERS_MAX = 4096 };

// ---- reading an update ----

static bh_update_array arrays[BH_UPDATE_ARRAYS_MAX];
static int n_arrays;

static int look(const bh_run *run)
{
    n_arrays = bh_run_last_update(run, arrays);
    return n_arrays > 0;
}

static const bh_update_array *find(const char *name)
{
    for (int i = 0; i < n_arrays; i++)
        if (strcmp(arrays[i].name, name) == 0) return &arrays[i];
    return NULL;
}

// Its numbers; NULL where there is none of this name.
static const double *maybe(const char *name)
{
    const bh_update_array *found = find(name);
    return found != NULL ? found->data : NULL;
}

static const double *numbers(const char *name)
{
    static const double none[NUMBERS_MAX];
    const double *found = maybe(name);
    if (!CHECK(found != NULL)) printf("    no %s\n", name);
    return found != NULL ? found : none;
}

static double number(const char *name)
{
    return numbers(name)[0];
}

static int rows_of(const char *name)
{
    const bh_update_array *found = find(name);
    return found != NULL ? found->rows : 0;
}

static int columns_of(const char *name)
{
    const bh_update_array *found = find(name);
    return found != NULL ? found->columns : 0;
}

// As the core has them; a block of its own for each of the arguments of a call.
static bh_real *reals(int block, const char *name)
{
    static bh_real blocks[8][NUMBERS_MAX];
    const double *data = numbers(name);
    int n = rows_of(name) * columns_of(name);
    if (!CHECK(n <= NUMBERS_MAX)) n = 0;
    for (int i = 0; i < n; i++) blocks[block][i] = (bh_real)data[i];
    return blocks[block];
}

static int *ints(const char *name)
{
    static int block[NUMBERS_MAX];
    const double *data = numbers(name);
    for (int i = 0; i < columns_of(name); i++) block[i] = (int)data[i];
    return block;
}

static void check_same(const char *name, const bh_real *want)
{
    const double *data = numbers(name);
    int n = rows_of(name) * columns_of(name), same = 0;
    for (int i = 0; i < n; i++) same += data[i] == (double)want[i];
    if (!CHECK(same == n)) printf("    %s: %d of %d are the same\n", name, same, n);
}

// Runs step by step, handing every update to `check`; returns how many there were.
static int watch(bh_run *run, int steps, void (*check)(void))
{
    int n = 0;
    CHECK_STATUS(bh_run_watch(run, 1, NULL), BH_OK);
    for (int i = 0; i < steps; i++) {
        int before = bh_run_updates(run);
        CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
        if (bh_run_updates(run) == before || !CHECK(look(run))) continue;
        check();
        n++;
    }
    CHECK(n > 0);
    return n;
}

// ---- tables ----

// A table of two states: what is left, and what is come to; of one, where they are the same.
static double again(double q[2][8], const double *probs_t)
{
    int A = columns_of("q_tm1"), s_next = number("s_tm1") != number("s_t"),
        a = (int)number("a_tm1");
    double flat[16], bonus = maybe("bonus_t") != NULL ? number("bonus_t") : 0;
    double r = number("r_t"), discount = number("discount_t"), alpha = number("learning_rate");
    for (int i = 0; i < A; i++) {
        flat[i] = q[0][i];
        flat[A + i] = q[1][i];
    }
    if (bonus != 0) r += discount * bonus;
    double td =
        probs_t != NULL
            ? bh_tabular_expected_sarsa(flat, A, 0, a, r, discount, s_next, probs_t, alpha)
        : maybe("a_t") != NULL
            ? bh_tabular_sarsa(flat, A, 0, a, r, discount, s_next, (int)number("a_t"), alpha)
            : bh_tabular_q_learning(flat, A, 0, a, r, discount, s_next, alpha);
    CHECK(number("q_new") == flat[a]);
    return td;
}

static void check_table(void)
{
    double q[2][8] = {{0}};
    int A = columns_of("q_tm1");
    memcpy(q[0], numbers("q_tm1"), (size_t)A * sizeof(double));
    memcpy(q[1], numbers("q_t"), (size_t)A * sizeof(double));
    CHECK(number("td") == again(q, maybe("probs_t")));
}

// The other table rates what this one chooses.
static void check_two_tables(void)
{
    int A = columns_of("q_tm1"), a = (int)number("a_tm1"),
        s_next = number("s_tm1") != number("s_t");
    double q[16], other[16];
    for (int i = 0; i < A; i++) {
        q[i] = numbers("q_tm1")[i];
        q[A + i] = numbers("q_t_choose")[i];
        other[i] = other[A + i] = numbers("q_t")[i];
    }
    double td = bh_tabular_double_q(q, other, A, 0, a, number("r_t"), number("discount_t"), s_next,
                                    number("learning_rate"));
    CHECK(number("td") == td);
    CHECK(number("q_new") == q[a]);
    CHECK(number("table") == 0 || number("table") == 1);
}

static void test_tables(void)
{
    static const struct {
        const char *algo, *exploration, *bonus;
        void (*check)(void);
    } rows[] = {
        {"q-learning", "epsilon-greedy", "false", check_table},
        {"q-learning", "ucb", "true", check_table},
        {"sarsa", "epsilon-greedy", NULL, check_table},
        {"expected-sarsa", "boltzmann", NULL, check_table},
        {"double-q-learning", "epsilon-greedy", NULL, check_two_tables},
    };
    for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++) {
        bh_setup *setup = make_setup(&bh_envs, "GridWorld-v0", rows[i].algo, NULL);
        CHECK_STATUS(bh_setup_set(setup, "exploration", rows[i].exploration, NULL), BH_OK);
        if (rows[i].bonus != NULL)
            CHECK_STATUS(bh_setup_set(setup, "exploration_bonus_in_target", rows[i].bonus, NULL),
                         BH_OK);
        bh_run *run = start_run(setup);
        CHECK(watch(run, 300, rows[i].check) >= 250);
        bh_run_destroy(run);
    }
}

static void check_sweep(void)
{
    if (maybe("q_new") == NULL) {
        CHECK(rows_of("policy_new") == rows_of("q") && number("changed") >= 0);
        return;
    }
    int n = rows_of("q") * columns_of("q");
    double change = 0;
    for (int i = 0; i < n; i++) {
        double difference = fabs(numbers("q_new")[i] - numbers("q")[i]);
        if (difference > change) change = difference;
    }
    CHECK(number("change") == change);
}

static void test_planning(void)
{
    const char *const algos[] = {"value-iteration", "policy-iteration", "policy-evaluation"};
    for (int i = 0; i < 3; i++) {
        bh_run *run = make_run(&bh_envs, "GridWorld-v0", algos[i], NULL);
        watch(run, 60, check_sweep);
        bh_run_destroy(run);
    }
}

// ---- DQN ----

static void check_dqn(void)
{
    int B = rows_of("q_tm1"), A = columns_of("q_tm1");
    static bh_real td[NUMBERS_MAX];
    const char *choose = maybe("q_t") != NULL ? "q_t" : "qt_t", *rate = "qt_t";
    bh_real *q_t = reals(3, choose), *qt_t = reals(4, rate);
    for (int i = 0; maybe("bonus_t") != NULL && i < B * A; i++) {
        qt_t[i] += reals(5, "bonus_t")[i];
        q_t[i] = qt_t[i];
    }
    bh_value_double_q(td, reals(0, "q_tm1"), ints("a_tm1"), reals(1, "r_t"), reals(2, "discount_t"),
                      q_t, qt_t, B, A);
    check_same("td", td);
    CHECK(number("clip_scale") > 0 && number("clip_scale") <= 1);
    CHECK(number("target_distance") >= 0);
}

static void check_prioritized(void)
{
    check_dqn();
    for (int b = 0; b < columns_of("importance"); b++) {
        CHECK(numbers("importance")[b] > 0 && numbers("importance")[b] <= 1);
        CHECK(numbers("probability")[b] > 0);
    }
}

static void check_distribution(void)
{
    int B = columns_of("a_tm1"), N = columns_of("target");
    const double *target = numbers("target"), *losses = numbers("loss_b");
    CHECK(rows_of("outt_t") == B && columns_of("outt_t") % N == 0);
    for (int b = 0; b < B; b++) {
        double sum = 0;
        for (int i = 0; i < N; i++) sum += target[b * N + i];
        CHECK_NEAR(sum, 1, 1e-5);
        CHECK(losses[b] >= 0);
    }
}

// Quantiles: the target is r + discount times those of the best next action.
static void check_quantiles(void)
{
    int B = columns_of("a_tm1"), N = columns_of("target"), A = columns_of("outt_t") / N;
    static bh_real q[NUMBERS_MAX], loss[NUMBERS_MAX], dout[NUMBERS_MAX], want[NUMBERS_MAX];
    const bh_real *out_t = reals(0, "outt_t"), *r = reals(1, "r_t"), *d = reals(2, "discount_t");
    bh_value_quantile_q(q, out_t, B, A, N);
    for (int b = 0; b < B; b++) {
        int best = bh_value_argmax(q + b * A, A);
        for (int i = 0; i < N; i++) want[b * N + i] = r[b] + d[b] * out_t[(b * A + best) * N + i];
    }
    check_same("target", want);
    bh_value_quantile_huber(loss, dout, reals(3, "out_tm1"), ints("a_tm1"), want, 1, NULL, B, A, N,
                            N);
    check_same("loss_b", loss);
}

#define SMALL_DQN                                                                               \
    "total_timesteps", "400", "learning_starts", "50", "batch_size", "8", "buffer_size", "200", \
        "net_arch", "8", "train_freq", "1", "target_update_interval", "40", "eval_freq", "0"

static void test_dqn(void)
{
    static const struct {
        const char *name, *value;
        void (*check)(void);
    } rows[] = {
        {"double_q", "false", check_dqn},
        {"double_q", "true", check_dqn},
        {"prioritized", "true", check_prioritized},
        {"n_steps", "3", check_dqn},
        {"distribution", "categorical", check_distribution},
        {"distribution", "quantile", check_quantiles},
    };
    for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++) {
        bh_run *run = make_run(
            &bh_envs, "CartPole-v1", "dqn",
            OPTIONS(SMALL_DQN, "double_q", "false", "n_atoms", "5", rows[i].name, rows[i].value));
        CHECK(watch(run, 300, rows[i].check) == 250);
        bh_run_destroy(run);
    }
    bh_run *run =
        make_run(&bh_envs, "CartPole-v1", "dqn",
                 OPTIONS(SMALL_DQN, "exploration", "ucb", "exploration_bonus_in_target", "true"));
    watch(run, 150, check_dqn);
    bh_run_destroy(run);
}

// ---- PQN, policies, continuous actions ----

static void check_pqn(void)
{
    int B = columns_of("a_tm1"), A = columns_of("q_tm1");
    static bh_real td[NUMBERS_MAX];
    const bh_real *q = reals(0, "q_tm1"), *returns = reals(1, "returns");
    for (int b = 0; b < B; b++) td[b] = returns[b] - q[b * A + ints("a_tm1")[b]];
    check_same("td", td);
}

// One minibatch of one pass: the policy is still the one that acted.
static void check_ppo(void)
{
    int B = columns_of("a_tm1"), A = columns_of("logits");
    static bh_real log_prob[NUMBERS_MAX];
    bh_policy_log_prob(log_prob, reals(0, "logits"), ints("a_tm1"), B, A);
    check_same("old_log_prob", log_prob);
    CHECK(columns_of("advantages") == B && columns_of("returns") == B && columns_of("v_tm1") == B);
}

// State-dependent exploration: standard deviations as they were before the loss took their place.
static void check_sde(void)
{
    int B = rows_of("mean"), D = columns_of("mean");
    static bh_real log_prob[NUMBERS_MAX];
    bh_policy_sde_log_prob(log_prob, reals(0, "mean"), numbers("std"), reals(1, "box_tm1"), B, D);
    check_same("old_log_prob", log_prob);
}

static void check_policy(void)
{
    int B = columns_of("a_tm1");
    CHECK(B > 0 && rows_of("logits") == B && columns_of("advantages") == B);
}

static void test_policies(void)
{
    bh_run *run = make_run(&bh_envs, "CartPole-v1", "ppo",
                           OPTIONS("n_envs", "1", "n_steps", "32", "batch_size", "32", "n_epochs",
                                   "1", "net_arch", "8", "eval_freq", "0"));
    CHECK(watch(run, 128, check_ppo) == 4);
    bh_run_destroy(run);
    run = make_run(&bh_all_envs, "Pendulum-v1", "ppo",
                   OPTIONS("n_envs", "1", "n_steps", "32", "batch_size", "32", "n_epochs", "1",
                           "net_arch", "8", "use_sde", "true", "eval_freq", "0"));
    CHECK(watch(run, 128, check_sde) == 4);
    bh_run_destroy(run);
    run =
        make_run(&bh_envs, "CartPole-v1", "reinforce", OPTIONS("net_arch", "8", "eval_freq", "0"));
    watch(run, 300, check_policy);
    bh_run_destroy(run);
    run = make_run(&bh_all_envs, "CartPole-v1", "pqn",
                   OPTIONS("n_envs", "2", "n_steps", "8", "batch_size", "8", "net_arch", "8",
                           "eval_freq", "0"));
    watch(run, 100, check_pqn);
    bh_run_destroy(run);
}

static void check_critics(void)
{
    int C = rows_of("qt_t"), B = columns_of("target");
    static bh_real target[NUMBERS_MAX];
    int is_sac = maybe("log_prob_t") != NULL;
    bh_value_critic_target(target, reals(0, "r_t"), reals(1, "discount_t"), reals(2, "qt_t"), C,
                           is_sac ? number("ent_coef") : 0, is_sac ? reals(3, "log_prob_t") : NULL,
                           B);
    check_same("target", target);
    CHECK(columns_of("q1_tm1") == B && (C == 1) == (maybe("q2_tm1") == NULL));
}

static void test_continuous(void)
{
    const char *const algos[] = {"ddpg", "td3", "sac"};
    for (int i = 0; i < 3; i++) {
        bh_run *run =
            make_run(&bh_all_envs, "Pendulum-v1", algos[i],
                     OPTIONS("learning_starts", "30", "batch_size", "8", "buffer_size", "200",
                             "net_arch", "8", "total_timesteps", "200", "eval_freq", "0"));
        CHECK(watch(run, 100, check_critics) == 70);
        bh_run_destroy(run);
    }
}

// A batch in parts is shown as one.
static void test_parts(void)
{
    bh_run *run = make_run(&bh_all_envs, "Pendulum-v1", "reinforce",
                           OPTIONS("episodes_per_update", "4", "net_arch", "8", "eval_freq", "0"));
    CHECK_STATUS(bh_run_watch(run, 1, NULL), BH_OK);
    for (int i = 0; i < 2; i++) {
        CHECK_STATUS(bh_run_steps(run, 800), BH_OK);
        CHECK(look(run) && bh_run_updates(run) == i + 1);
        CHECK(rows_of("advantages") == 1 && columns_of("advantages") == 800);
        CHECK(rows_of("mean") == 800 && columns_of("mean") == 1 && rows_of("x_tm1") == 800);
        CHECK(columns_of("returns") == 800 && columns_of("log_std") == 1);
        double sum = 0;
        for (int k = 0; k < 800; k++) sum += numbers("advantages")[k];
        CHECK_NEAR(sum / 800, 0, 1e-6); // normalised over all of them
    }
    bh_run_destroy(run);
}

// ---- watching ----

static void test_watching_changes_nothing(void)
{
    for (int i = 0; bh_all_agents[i] != NULL; i++) {
        const bh_agent_class *agent = bh_all_agents[i];
        if (strcmp(agent->name, "clone") == 0) continue;
        char hex[2][65];
        for (int watched = 0; watched < 2; watched++) {
            bh_run *run = make_run(&bh_all_envs, home_of(agent), agent->name,
                                   OPTIONS("total_timesteps", "300", "eval_freq", "0"));
            bh_update_array none[BH_UPDATE_ARRAYS_MAX];
            CHECK(bh_run_last_update(run, none) == 0);
            CHECK_STATUS(bh_run_watch(run, watched, NULL), BH_OK);
            CHECK_STATUS(bh_run_steps(run, 300), BH_OK);
            CHECK_STATUS(bh_run_watch(run, 2 * watched, NULL), BH_OK); // as it is
            CHECK((bh_run_last_update(run, none) > 0) == (watched && bh_run_updates(run) > 0));
            CHECK_STATUS(bh_run_watch(run, 0, NULL), BH_OK);
            CHECK(bh_run_last_update(run, none) == 0);
            CHECK_STATUS(bh_run_steps(run, 10), BH_OK);
            bh_run_fingerprint(run, BH_CURRENT, hex[watched]);
            bh_run_destroy(run);
        }
        if (!CHECK(strcmp(hex[0], hex[1]) == 0)) printf("    %s\n", agent->name);
    }
}

// Memory that runs out leaves out what does not fit, and the run goes on.
static void test_no_memory(void)
{
    for (int fail_at = 1; fail_at < 200; fail_at++) {
        failing_alloc_begin(fail_at);
        bh_setup *setup = NULL;
        bh_run *run = NULL;
        bh_status status = bh_setup_create(&setup, &bh_envs, "GridWorld-v0", "q-learning", NULL);
        if (status == BH_OK) status = bh_run_create(&run, setup, NULL);
        if (status == BH_OK) {
            status = bh_run_watch(run, 1, NULL);
            CHECK_STATUS(bh_run_steps(run, 20), BH_OK);
            look(run);
        }
        int was_reached = failing.requests >= fail_at;
        bh_run_destroy(run);
        bh_setup_destroy(setup);
        CHECK(failing.blocks == 0);
        failing_alloc_end();
        if (was_reached) continue;
        CHECK_STATUS(status, BH_OK);
        return;
    }
    CHECK(!"there is an end to it");
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_tables);
    CHECK_RUN(test_planning);
    CHECK_RUN(test_dqn);
    CHECK_RUN(test_policies);
    CHECK_RUN(test_continuous);
    CHECK_RUN(test_parts);
    CHECK_RUN(test_watching_changes_nothing);
    CHECK_RUN(test_no_memory);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
