// SPDX-License-Identifier: MIT
// DQN with demonstrations: an update with the large-margin loss against its parts, updates before
// the first step, what is refused, that nothing changes without them, and that they show what
// chance would not find.
#include "envs/registry.h"
#include "rl/dqn_state.h"
#include "rl/head.h"
#include "rl/tabular.h"
#include "rl/value.h"

#include "failing_alloc.h"
#include "make_run.h"

enum { S = 3, A = 3, N = 6, B = 4 };

static const bh_space box3 = {BH_SPACE_BOX, S, NULL, NULL};

typedef struct shown {
    float obs_tm1[N * S], obs_t[N * S];
    int a[N], terminated[N], truncated[N];
    double r[N];
    bh_demonstrations all;
} shown;

static void show(shown *s)
{
    bh_rng rng = bh_rng_seed(3);
    memset(s, 0, sizeof *s);
    for (int i = 0; i < N * S; i++) s->obs_tm1[i] = (float)bh_rng_normal(&rng);
    for (int i = 0; i < N * S; i++) s->obs_t[i] = (float)bh_rng_normal(&rng);
    for (int i = 0; i < N; i++) {
        s->a[i] = (int)bh_rng_below(&rng, A);
        s->r[i] = bh_rng_normal(&rng);
    }
    s->terminated[2] = 1;
    s->all = (bh_demonstrations){{N, s->obs_tm1, s->a, s->r, s->terminated, s->truncated, s->obs_t},
                                 NULL};
}

static bhi_dqn *make(const char *const *options)
{
    bh_dqn_config config;
    bh_error err = {0};
    bhi_agent *dqn;
    bh_config_defaults(&bh_dqn_table, &config);
    for (; options[0] != NULL; options += 2)
        CHECK_STATUS(bh_config_set(&bh_dqn_table, &config, options[0], options[1], NULL), BH_OK);
    bhi_agent_spec spec = {box3, A, 1, 1000, bh_rng_seed(5), NULL};
    if (!CHECK_STATUS(bhi_agent_create(&dqn, &bh_dqn_class, &config, &spec, &err), BH_OK))
        printf("    %s\n", err.message);
    return (bhi_dqn *)dqn;
}

#define MAKE(...)                                                                                  \
    make(OPTIONS("net_arch", "5", "batch_size", "4", "buffer_size", "10", "learning_starts", "0",  \
                 "max_grad_norm", "0", "optimizer", "sgd", "learning_rate", "0.05", "loss", "mse", \
                 "demo_capacity", "6", __VA_ARGS__))

// One transition of the environment's, from all zeros.
static void observe(bhi_dqn *dqn)
{
    float zeros[S] = {0};
    int a = 0, no = 0;
    double r = 1;
    bh_dqn_class.functions->observe(dqn, &(bh_experience){1, zeros, &a, &r, &no, &no, zeros});
}

// ---- one update ----

// The gradient in the outputs of the whole loss, on rows `index` of the demonstrations (-1: what
// observe() stored).
static double outputs_gradient(bhi_dqn *dqn, const shown *s, const int *index, bh_real *dout)
{
    double q[B * A], q_t[B * A];
    float x[B * S] = {0}, x_t[B * S] = {0};
    bh_real out[B * A], margin_loss[B], dq[B * A], weights[B];
    int a[B];
    double loss = 0;
    for (int b = 0; b < B; b++) {
        a[b] = index[b] < 0 ? 0 : s->a[index[b]];
        weights[b] = index[b] < 0 ? 0 : (bh_real)0.7;
        if (index[b] < 0) continue;
        memcpy(x + b * S, s->obs_tm1 + index[b] * S, sizeof(float) * S);
        memcpy(x_t + b * S, s->obs_t + index[b] * S, sizeof(float) * S);
    }
    bh_dqn_class.functions->q_values(dqn, dqn->online, q, x, B);
    bh_dqn_class.functions->q_values(dqn, dqn->target, q_t, x_t, B);
    for (int i = 0; i < B * A; i++) out[i] = (bh_real)q[i];
    loss += bh_value_large_margin(margin_loss, dq, out, a, 0.8, weights, B, A);
    for (int b = 0; b < B; b++) {
        double most = q_t[b * A], r = index[b] < 0 ? 1 : s->r[index[b]];
        for (int k = 1; k < A; k++) most = q_t[b * A + k] > most ? q_t[b * A + k] : most;
        if (index[b] >= 0 && s->terminated[index[b]]) most = 0;
        double error = r + 0.99 * most - q[b * A + a[b]];
        loss += error * error / B;
        for (int k = 0; k < A; k++) dout[b * A + k] = dq[b * A + k];
        dout[b * A + a[b]] -= (bh_real)(2 * error / B);
    }
    return loss;
}

// The biases of the outputs, the last parameters: their gradient is the sum of the outputs' over
// the batch.
static void check_update(bhi_dqn *dqn, const shown *s, const int *index)
{
    bh_real dout[B * A];
    bhi_agent_metrics stats;
    int P = dqn->net.n_params;
    bhi_agent_stats(&dqn->base, &stats);
    double loss = outputs_gradient(dqn, s, index, dout);
    bhi_dqn_update(dqn);
    for (int k = 0; k < A; k++) {
        double sum = 0;
        for (int b = 0; b < B; b++) sum += (double)dout[b * A + k];
        CHECK_NEAR((double)dqn->gradient[P - A + k], sum, 1e-5);
    }
    bhi_agent_stats(&dqn->base, &stats);
    CHECK_NEAR(stats.loss, loss, 1e-5);
}

// Of every batch of 4, half are demonstrations: drawn first, each from its own part.
static void test_update(void)
{
    shown s;
    show(&s);
    bhi_dqn *dqn = MAKE("demo_ratio", "0.5", "demo_coef", "0.7");
    bhi_agent_spec spec = {.rng = bh_rng_seed(5)};
    bh_rng_split(&spec.rng);
    bh_rng_split(&spec.rng);
    bh_rng rng = bh_rng_split(&spec.rng); // parameters, exploring, sampling
    CHECK_STATUS(bh_dqn_class.functions->demonstrate(dqn, &s.all, NULL), BH_OK);
    if (dqn->base.piece > 0) bhi_agent_learn(dqn);
    int index[B];
    for (int b = 0; b < B; b++) index[b] = (int)bh_rng_below(&rng, N); // nothing else is there
    check_update(dqn, &s, index);
    observe(dqn);
    for (int round = 0; round < 5; round++) {
        for (int b = 0; b < B; b++) {
            int at = (int)bh_rng_below(&rng, b < 2 ? N : 1);
            index[b] = b < 2 ? at : -1;
        }
        check_update(dqn, &s, index);
    }
    bhi_agent_destroy(&dqn->base);
}

// With a large weight the demonstrated actions are the greedy ones, by the margin, with every head.
static void check_imitates(const char *distribution, const char *prioritized)
{
    shown s;
    show(&s);
    bhi_dqn *dqn =
        MAKE("distribution", distribution, "prioritized", prioritized, "demo_coef", "20",
             "optimizer", "adam", "demo_updates", "400", "n_atoms", "11", "n_quantiles", "5",
             "net_arch", "32", "batch_size", "16", "dueling", "true", "learning_rate", "0.02");
    CHECK_STATUS(bh_dqn_class.functions->demonstrate(dqn, &s.all, NULL), BH_OK);
    if (dqn->base.piece > 0) bhi_agent_learn(dqn);
    double q[N * A];
    bh_dqn_class.functions->q_values(dqn, dqn->online, q, s.obs_tm1, N);
    for (int i = 0; i < N; i++) CHECK(bh_greedy(q + i * A, A) == s.a[i]);
    bhi_agent_destroy(&dqn->base);
}

static void test_imitates(void)
{
    check_imitates("expected", "false");
    check_imitates("expected", "true");
    check_imitates("categorical", "false");
    check_imitates("quantile", "false");
}

// ---- before the first step ----

static int is_same(const bhi_dqn *dqn, const bh_real *a, const bh_real *b)
{
    return memcmp(a, b, (size_t)dqn->net.n_params * sizeof *a) == 0;
}

// 12 steps between target updates, 2 updates every 4 steps: 6 updates between target updates.
static void test_updates_before(void)
{
    shown s;
    show(&s);
    bhi_dqn *plain = MAKE("demo_updates", "0"),
            *early = MAKE("demo_updates", "6", "train_freq", "4", "gradient_steps", "2",
                          "target_update_interval", "12");
    CHECK_STATUS(bh_dqn_class.functions->demonstrate(plain, &s.all, NULL), BH_OK);
    CHECK(plain->base.n_updates == 0);
    CHECK_STATUS(bh_dqn_class.functions->demonstrate(early, &s.all, NULL), BH_OK);
    if (early->base.piece > 0) bhi_agent_learn(early);
    CHECK(early->base.n_updates == 6);
    for (int i = 0; i < 6; i++) bhi_dqn_update(plain);
    CHECK(is_same(plain, plain->online, early->online));
    CHECK(is_same(early, early->target, early->online));
    CHECK(!is_same(plain, plain->target, plain->online));
    bhi_agent_destroy(&early->base);

    early = MAKE("demo_updates", "9", "train_freq", "4", "gradient_steps", "2",
                 "target_update_interval", "12");
    CHECK_STATUS(bh_dqn_class.functions->demonstrate(early, &s.all, NULL), BH_OK);
    if (early->base.piece > 0) bhi_agent_learn(early);
    memcpy(plain->target, plain->online,
           (size_t)plain->net.n_params * sizeof(bh_real)); // after 6
    for (int i = 0; i < 3; i++) bhi_dqn_update(plain);
    CHECK(is_same(plain, plain->online, early->online));
    CHECK(is_same(early, early->target, early->online)); // and at the end
    bhi_agent_destroy(&early->base);
    bhi_agent_destroy(&plain->base);
}

// ---- what is refused; what changes nothing ----

static void test_refused(void)
{
    shown s;
    show(&s);
    bh_error err;
    bhi_dqn *dqn = MAKE("demo_capacity", "9");
    CHECK_STATUS(bh_dqn_class.functions->demonstrate(dqn, &s.all, NULL), BH_OK);
    if (dqn->base.piece > 0) bhi_agent_learn(dqn);
    CHECK_STATUS(bh_dqn_class.functions->demonstrate(dqn, &s.all, &err), BH_ERR_ARGUMENT);
    CHECK(strstr(err.message, "demo_capacity has room for 3 more transitions, but 6") != NULL);
    s.all.transitions.n = 3;
    CHECK_STATUS(bh_dqn_class.functions->demonstrate(dqn, &s.all, NULL), BH_OK);
    if (dqn->base.piece > 0) bhi_agent_learn(dqn);
    observe(dqn);
    s.all.transitions.n = 1;
    CHECK_STATUS(bh_dqn_class.functions->demonstrate(dqn, &s.all, &err), BH_ERR_STATE);
    bhi_agent_destroy(&dqn->base);

    bh_dqn_config config;
    bh_config_defaults(&bh_dqn_table, &config);
    config.demo_capacity = config.buffer_size = 10000000;
    bhi_agent_spec spec = {box3, A, 1, 1000, bh_rng_seed(5), NULL};
    spec.observation.n = 100;
    bhi_agent *agent = &dqn->base;
    CHECK_STATUS(bhi_agent_create(&agent, &bh_dqn_class, &config, &spec, &err), BH_ERR_CONFIG);
    CHECK(agent == NULL);
}

// Room that is not used, and options without demonstrations, leave every bit of a run.
static void test_nothing_demonstrated(void)
{
    char a[65], b[65];
    bh_run *plain = make_run(&bh_envs, "CartPole-v1", "dqn", OPTIONS(SMALL));
    bh_run *room =
        make_run(&bh_envs, "CartPole-v1", "dqn",
                 OPTIONS(SMALL, "demo_capacity", "50", "demo_ratio", "0.5", "demo_updates", "10"));
    bh_run_steps(plain, 250); // before the larger ring would keep more
    bh_run_steps(room, 250);
    bh_run_fingerprint(plain, BH_CURRENT, a);
    bh_run_fingerprint(room, BH_CURRENT, b);
    CHECK(strcmp(a, b) == 0);
    bh_run_destroy(plain);
    bh_run_destroy(room);
}

// DeepSea's treasure lies behind N right moves in a row, which chance finds once in 2^N episodes.
static void test_treasure(void)
{
    enum { SIZE = 12 };
    float obs[SIZE], obs_t[SIZE];
    int a[SIZE], terminated[SIZE] = {0}, truncated[SIZE] = {0};
    double r[SIZE];
    for (int i = 0; i < SIZE; i++) {
        obs[i] = (float)(i * SIZE + i);
        obs_t[i] = i + 1 < SIZE ? (float)((i + 1) * SIZE + i + 1) : obs[i];
        a[i] = 1;
        r[i] = i + 1 < SIZE ? -0.01 / SIZE : 1 - 0.01 / SIZE;
    }
    terminated[SIZE - 1] = 1;
    bh_score score[2];
    for (int i = 0; i < 2; i++) {
        bh_run *run =
            make_run(&bh_envs, "DeepSea-v0", "dqn",
                     OPTIONS("env.size", "12", "env.randomize_actions", "false", "demo_capacity",
                             "12", "demo_updates", "300", "eval_freq", "0", "net_arch", "16",
                             "exploration", "epsilon-greedy", "learning_starts", "100",
                             "buffer_size", "500", "learning_rate", "0.005", "batch_size", "16"));
        bh_demonstrations d = {{SIZE, obs, a, r, terminated, truncated, obs_t}, NULL};
        bh_error err = {0};
        if (i == 1 && !CHECK_STATUS(bh_run_demonstrate(run, &d, &err), BH_OK))
            printf("    %s\n", err.message);
        size_t live = bh_live_bytes();
        bh_run_steps(run, 600);
        CHECK(bh_live_bytes() == live);
        bh_run_evaluate(run, BH_CURRENT, 1, 1, &score[i]);
        bh_run_destroy(run);
    }
    CHECK(score[0].mean < 0.1);
    CHECK(score[1].mean > 0.9);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_update);
    CHECK_RUN(test_imitates);
    CHECK_RUN(test_updates_before);
    CHECK_RUN(test_refused);
    CHECK_RUN(test_nothing_demonstrated);
    CHECK_RUN(test_treasure);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
