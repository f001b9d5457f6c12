// SPDX-License-Identifier: MIT
// What an agent holds of a state: visits are those of the whole training, counted here again step by step; layers are those the
// network computes with, computed here again from its parameters by plain loops, to the bit. Looking changes nothing.
#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/agent_list.h"
#include "rl/run_state.h"

#include "failing_alloc.h"
#include "make_run.h"

#include <stdlib.h>

enum { OBS_MAX = 1024, UNITS_MAX = 4096, STATES = 9, MOVES = 4 };

static bh_tensor found[BH_INSPECTED_MAX];

// The observation the last action was chosen for.
static const float *last_obs(const bh_run *run)
{
    bh_last_step last;
    bh_run_last_step(run, &last);
    return last.obs_tm1;
}

static double number(const bh_tensor *t, int i)
{
    return t->dtype == BH_F64 ? ((double *)t->data)[i] : (double)((float *)t->data)[i];
}

static int size_of(const bh_tensor *t)
{
    return t->shape[0] * t->shape[1];
}

// ---- visits ----

static void check_visits(const bh_run *run, const int *expected)
{
    float state = 0;
    CHECK(bh_run_inspect((bh_run *)run, found, &state) >= 1);
    CHECK(strcmp(found[0].name, "visits") == 0 && found[0].dtype == BH_I32);
    CHECK(found[0].shape[0] == STATES && found[0].shape[1] == MOVES);
    CHECK(memcmp(found[0].data, expected, sizeof(int) * STATES * MOVES) == 0);
}

static void test_visits(void)
{
    for (int i = 0; bh_envs.agents[i] != NULL; i++) {
        const bh_agent_class *agent = bh_envs.agents[i];
        int expected[STATES * MOVES] = {0};
        bh_setup *setup =
            make_setup(&bh_envs, "GridWorld-v0", agent->name, OPTIONS("seed", "3", "n_envs", "1"));
        if (setup == NULL) continue;
        static const char *const small[][2] = {
            {"learning_starts", "20"}, {"batch_size", "16"}, {"n_steps", "16"}};
        for (size_t k = 0; k < sizeof small / sizeof *small; k++)
            bh_setup_set(setup, small[k][0], small[k][1], NULL); // where there is such an option
        bh_run *run = start_run(setup);
        if (!CHECK(run != NULL)) continue;
        for (int step = 0; step < 300; step++) {
            CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
            bh_last_step last;
            bh_run_last_step(run, &last);
            expected[(int)last.obs_tm1[0] * MOVES + last.action]++;
        }
        check_visits(run, expected);
        bh_run_destroy(run);
    }
}

static int sum_of(const bh_run *run)
{
    int sum = 0;
    for (int i = 0; i < run->n_visits; i++) sum += run->visits[i];
    return sum;
}

// Of several environments, those of each; where the agent is put by hand nothing is added, nor by evaluations, and what timesteps
// count from stays.
static void test_what_counts(void)
{
    bh_run *run =
        make_run(&bh_envs, "GridWorld-v0", "q-learning", OPTIONS("n_envs", "3", "eval_freq", "30"));
    CHECK_STATUS(bh_run_steps(run, 300), BH_OK);
    CHECK(sum_of(run) == 300);
    bh_score score;
    CHECK_STATUS(bh_run_evaluate(run, BH_CURRENT, 5, 1, &score), BH_OK);
    float state = 1;
    CHECK(bh_run_place(run, &state) == 1);
    bh_run_reset_timesteps(run);
    CHECK(sum_of(run) == 300);
    bh_run_destroy(run);
    run = make_run(&bh_envs, "CartPole-v1", "dqn", NULL);
    CHECK(run->n_visits == 0);
    bh_run_destroy(run);
    run = make_run(&bh_all_envs, "Pendulum-v1", "sac", NULL);
    CHECK(run->n_visits == 0);
    bh_run_destroy(run);
}

static void keep_counts(void *user, const bhi_state *entry)
{
    const int **kept = user;
    if (strcmp(entry->name, "agent/counts") == 0) *kept = entry->data;
}

// UCB counts for itself: it comes to the same numbers.
static void test_the_same_as_ucb(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "q-learning", OPTIONS("exploration", "ucb"));
    CHECK_STATUS(bh_run_steps(run, 500), BH_OK);
    const int *kept = NULL;
    bhi_run_state(run, &(bhi_state_visitor){.visit = keep_counts, .user = &kept});
    if (CHECK(kept != NULL)) check_visits(run, kept);
    bh_run_destroy(run);
}

static void test_resumed(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "sarsa", NULL), *other = NULL;
    CHECK_STATUS(bh_run_steps(run, 123), BH_OK);
    size_t size;
    CHECK_STATUS(bh_run_save_full(run, NULL, 0, &size, NULL), BH_OK);
    void *bytes = malloc(size);
    CHECK_STATUS(bh_run_save_full(run, bytes, size, &size, NULL), BH_OK);
    CHECK_STATUS(bh_run_resume(&other, bh_run_setup(run), bytes, size, NULL), BH_OK);
    free(bytes);
    bh_run_steps(run, 77);
    bh_run_steps(other, 77);
    CHECK(sum_of(run) == 200);
    check_visits(other, run->visits);
    bh_run_destroy(run);
    bh_run_destroy(other);
}

// ---- layers ----

static const bh_tensor *tensor_named(const bh_tensor *all, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(all[i].name, name) == 0) return &all[i];
    return NULL;
}

// y (O) of x (I) by plain loops, with the parameters as they are saved: weight (O,I).
static void plain_linear(bh_real *y, const bh_real *x, const bh_tensor *weight,
                         const bh_tensor *bias, int is_relu)
{
    int O = weight->shape[0], I = weight->shape[1];
    const bh_real *w = weight->data, *b = bias->data;
    for (int o = 0; o < O; o++) {
        bh_real sum = b[o];
        for (int i = 0; i < I; i++) sum += x[i] * w[i * O + o]; // (I,O) in memory
        y[o] = is_relu && !(sum > 0) ? 0 : sum;
    }
}

static void test_plain_layers(void)
{
    bh_run *run = make_run(&bh_envs, "CartPole-v1", "dqn",
                           OPTIONS("net_arch", "12,7", "learning_starts", "50", "batch_size", "8"));
    CHECK_STATUS(bh_run_steps(run, 200), BH_OK);
    const float *obs = last_obs(run);
    static bh_tensor params[BH_TENSORS_MAX];
    int n_params = bh_run_tensors(run, BH_CURRENT, params);
    bh_real x[16], y[16];
    for (int i = 0; i < 4; i++) x[i] = (bh_real)obs[i];
    CHECK(bh_run_inspect(run, found, obs) == 3);
    for (int layer = 0; layer < 3; layer++) {
        char weight[64], bias[64];
        snprintf(weight, sizeof weight, "q_net.q_net.%d.weight", 2 * layer);
        snprintf(bias, sizeof bias, "q_net.q_net.%d.bias", 2 * layer);
        const bh_tensor *w = tensor_named(params, n_params, weight);
        if (!CHECK(w != NULL)) break;
        plain_linear(y, x, w, tensor_named(params, n_params, bias), layer < 2);
        CHECK(strcmp(found[layer].name, layer < 2 ? "relu" : "linear") == 0);
        CHECK(size_of(&found[layer]) == w->shape[0]);
        CHECK(memcmp(found[layer].data, y, (size_t)w->shape[0] * sizeof *y) == 0);
        memcpy(x, y, sizeof x);
    }
    bh_run_destroy(run);
}

// The number of layers, the shape of the first one and its activation, and that of the last one.
static void check_layers(const char *env, const char *algo, const char *const *options, int n,
                         const char *first, int places, int channels, int outputs)
{
    bh_run *run = make_run(&bh_all_envs, env, algo, options);
    if (!CHECK(run != NULL)) return;
    CHECK_STATUS(bh_run_steps(run, 30), BH_OK);
    const float *obs = last_obs(run);
    int at = run->n_visits > 0, got = bh_run_inspect(run, found, obs) - at;
    if (!CHECK(got == n)) printf("    %s %s has %d layers\n", env, algo, got);
    if (got < 1) return;
    const bh_tensor *f = &found[at], *last = &found[at + got - 1];
    CHECK(strcmp(f->name, first) == 0 && f->shape[0] == places && f->shape[1] == channels);
    CHECK(strcmp(last->name, "linear") == 0);
    if (!CHECK(size_of(last) == outputs)) printf("    %s %s has %d\n", env, algo, size_of(last));
    for (int i = 0; i < size_of(f); i++) CHECK(strcmp(first, "relu") != 0 || number(f, i) >= 0);
    bh_run_destroy(run);
}

static void test_kinds_of_layers(void)
{
    check_layers("CartPole-v1", "dqn", OPTIONS("net_arch", "8"), 2, "relu", 1, 8, 2);
    check_layers("GridWorld-v0", "dqn", OPTIONS("net_arch", "8,8", "activation", "tanh"), 3, "tanh",
                 1, 8, 4);
    check_layers("CartPole-v1", "dqn/rainbow", OPTIONS("net_arch", "8"), 2, "relu", 1, 8, 3 * 51);
    check_layers("CartPole-v1", "ppo", OPTIONS("net_arch", "8"), 2, "tanh", 1, 8, 2);
    check_layers("Breakout-MinAtar", "dqn", NULL, 3, "relu", 64, 16, 3);
    check_layers("CartPole-v1", "pqn", OPTIONS("net_arch", "8"), 2, "relu", 1, 8, 2);
    check_layers("Pendulum-v1", "sac", OPTIONS("net_arch", "8"), 2, "relu", 1, 8, 2);
    check_layers("Pendulum-v1", "td3", OPTIONS("net_arch", "8"), 2, "relu", 1, 8, 1);
    check_layers("TextGen-v1", "dqn",
                 OPTIONS("features_extractor", "transformer", "d_model", "16", "net_arch", "8"), 3,
                 "linear", 1, 16, 64);
}

// The last layer is what values are made of: those of a run's own.
static void test_the_output_is_the_values(void)
{
    static const char *const envs[] = {"CartPole-v1", "GridWorld-v0", "Breakout-MinAtar",
                                       "Catch-v0"};
    for (size_t i = 0; i < sizeof envs / sizeof *envs; i++) {
        bh_run *run =
            make_run(&bh_envs, envs[i], "dqn", OPTIONS("learning_starts", "20", "batch_size", "4"));
        CHECK_STATUS(bh_run_steps(run, 60), BH_OK);
        double q[8];
        bh_run_q_values(run, q, last_obs(run), 1);
        int n = bh_run_inspect(run, found, last_obs(run));
        for (int a = 0; a < bh_run_n_actions(run); a++) CHECK(number(&found[n - 1], a) == q[a]);
        bh_run_destroy(run);
    }
}

static void test_looking_changes_nothing(void)
{
    for (int i = 0; bh_all_agents[i] != NULL; i++) {
        const bh_agent_class *agent = bh_all_agents[i];
        char hex[2][65];
        for (int looks = 0; looks < 2; looks++) {
            bh_run *run = make_run(&bh_all_envs, home_of(agent), agent->name, OPTIONS("seed", "5"));
            for (int step = 0; step < 150; step++) {
                CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
                if (looks) bh_run_inspect(run, found, last_obs(run));
            }
            bh_run_fingerprint(run, BH_CURRENT, hex[looks]);
            bh_run_destroy(run);
        }
        if (!CHECK(strcmp(hex[0], hex[1]) == 0)) printf("    %s\n", agent->name);
    }
}

static void test_no_memory(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "dqn", NULL);
    bh_run_steps(run, 3);
    float state = 4;
    failing_alloc_begin(1);
    CHECK(bh_run_inspect(run, found, &state) == 1); // the visits
    failing_alloc_end();
    CHECK(bh_run_inspect(run, found, &state) == 4);
    size_t live = bh_live_bytes();
    CHECK(bh_run_inspect(run, found, &state) == 4);
    CHECK(bh_live_bytes() == live);
    bh_run_destroy(run);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_visits);
    CHECK_RUN(test_what_counts);
    CHECK_RUN(test_the_same_as_ucb);
    CHECK_RUN(test_resumed);
    CHECK_RUN(test_plain_layers);
    CHECK_RUN(test_kinds_of_layers);
    CHECK_RUN(test_the_output_is_the_values);
    CHECK_RUN(test_looking_changes_nothing);
    CHECK_RUN(test_no_memory);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
