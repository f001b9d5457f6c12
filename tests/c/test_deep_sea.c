// SPDX-License-Identifier: MIT
// DeepSea-v0: rules by hand, every way down counted out, its table solved.
#include "envs/registry.h"

#include "check.h"

static bh_env *make(const char *size, const char *randomize_actions, const char *mapping_seed)
{
    char config[64];
    bh_env *env;
    bh_error err;
    const bh_env_def *def = &bh_env_deep_sea;
    CHECK(def->config->bytes <= sizeof config);
    bh_config_defaults(def->config, config);
    CHECK_STATUS(bh_config_set(def->config, config, "size", size, &err), BH_OK);
    CHECK_STATUS(bh_config_set(def->config, config, "randomize_actions", randomize_actions, &err),
                 BH_OK);
    CHECK_STATUS(bh_config_set(def->config, config, "mapping_seed", mapping_seed, &err), BH_OK);
    CHECK_STATUS(bh_env_create(&env, def, config, &err), BH_OK);
    return env;
}

// Which action goes right in a cell.
static int right_in(const bh_env *env, int cell)
{
    int N = (int)(sqrt(bh_env_observation_space(env)->n - 1) + 0.5);
    bh_transition to;
    CHECK(bh_env_deep_sea.transitions(bh_env_state(env), cell, 1, &to) == 1);
    if (cell % N == N - 1) return to.r > 0; // both may stay in the column; one pays
    return cell / N < N - 1 ? to.s % N == cell % N + 1 : to.r < 0;
}

// Plays the bits of `way`, 1 for right, from the first step's on. Returns the return.
static double play(bh_env *env, int N, unsigned way)
{
    float obs[1];
    double sum = 0;
    bh_env_reset(env, obs);
    CHECK(obs[0] == 0);
    for (int k = 0, column = 0; k < N; k++) {
        int right = way >> k & 1, cell = k * N + column, is_right = right_in(env, cell);
        bh_step step;
        CHECK(obs[0] == (float)cell);
        CHECK_STATUS(bh_env_step(env, right ? is_right : !is_right, obs, &step, NULL), BH_OK);
        CHECK(step.terminated == (k == N - 1) && !step.truncated);
        double treasure = right && column == N - 1;
        CHECK_NEAR(step.reward, treasure - (right ? 0.01 / N : 0), 1e-15);
        sum += step.reward;
        column += right ? column < N - 1 : -(column > 0);
    }
    CHECK(obs[0] == (float)(N * N));
    return sum;
}

// Size 3, 0 left and 1 right. Right, left, right: cells 0, 4, 6, then the bottom; two moves cost
// 0.01 / 3 each.
static void test_rules(void)
{
    bh_env *env = make("3", "false", "0");
    static const int actions[3] = {1, 0, 1};
    static const float cells[3] = {4, 6, 9};
    static const double rewards[3] = {-0.01 / 3, 0, -0.01 / 3};
    float obs[1], view[105];
    bh_env_reset(env, obs);
    for (int k = 0; k < 3; k++) {
        bh_step step;
        CHECK_STATUS(bh_env_step(env, actions[k], obs, &step, NULL), BH_OK);
        CHECK(obs[0] == cells[k] && step.reward == rewards[k] && step.terminated == (k == 2));
    }
    static const float want[9] = {3, 1, 1, (float)(-0.01 / 3), 0, 1, 0, 1, -1};
    bh_env_deep_sea.view(bh_env_state(env), view);
    for (int i = 0; i < 9; i++) CHECK(view[i] == want[i]);
    CHECK_NEAR(play(env, 3, 7), 0.99, 1e-12);      // thrice right: the treasure
    CHECK_NEAR(play(env, 3, 3), -0.02 / 3, 1e-12); // at the rim, then away from it
    CHECK_NEAR(play(env, 3, 0), 0, 0);             // down the left side
    bh_env_destroy(env);
}

// All 2^N ways: one pays, and their mean is 2^-N - 0.005.
static void test_every_way(void)
{
    for (int randomized = 0; randomized < 2; randomized++) {
        bh_env *env = make("10", randomized ? "true" : "false", "3");
        double sum = 0;
        for (unsigned way = 0; way < 1024; way++) {
            double got = play(env, 10, way);
            if (way == 1023) CHECK_NEAR(got, 0.99, 1e-12);
            else CHECK(got <= 0);
            sum += got;
        }
        CHECK_NEAR(sum / 1024, 1.0 / 1024 - 0.005, 1e-12);
        bh_env_destroy(env);
    }
}

// Each action goes right in about half of the cells; seeds differ, a seed does not.
static void test_mapping(void)
{
    bh_env *a = make("100", "true", "1"), *b = make("100", "true", "2"),
           *c = make("100", "true", "1");
    int ones = 0, differ = 0;
    for (int cell = 0; cell < 10000; cell++) {
        ones += right_in(a, cell);
        differ += right_in(a, cell) != right_in(b, cell);
        CHECK(right_in(a, cell) == right_in(c, cell));
    }
    CHECK_NEAR(ones, 5000, 5 * 50);
    CHECK_NEAR(differ, 5000, 5 * 50);
    bh_env_destroy(a);
    bh_env_destroy(b);
    bh_env_destroy(c);
    bh_env *plain = make("7", "false", "1");
    for (int cell = 0; cell < 49; cell++) CHECK(right_in(plain, cell) == 1);
    bh_env_destroy(plain);
}

// The best return from a cell, backwards through the table: 0.99 from the start, and 1 - 0.01 / N
// in the last cell of the diagonal.
static void test_the_optimum(void)
{
    enum { N = 20 };
    bh_env *env = make("20", "true", "5");
    double v[N * N + 1] = {0};
    for (int s = N * N - 1; s >= 0; s--) {
        v[s] = -INFINITY;
        for (int a = 0; a < 2; a++) {
            bh_transition to;
            CHECK(bh_env_deep_sea.transitions(bh_env_state(env), s, a, &to) == 1 && to.s > s);
            if (to.r + v[to.s] > v[s]) v[s] = to.r + v[to.s];
        }
    }
    CHECK_NEAR(v[0], 0.99, 1e-12);
    CHECK_NEAR(v[N * N - 1], 1 - 0.01 / N, 1e-12);
    CHECK_NEAR(v[N], 0, 0); // one row down in the left column: the treasure is out of reach
    CHECK(v[0] > bh_env_deep_sea.reward_threshold && bh_env_deep_sea.reward_threshold > 0);
    bh_env_destroy(env);
}

// Exploring starts: every cell, and the steps that are left from there.
static void test_start_anywhere(void)
{
    bh_env *env = make("4", "true", "0");
    int count[16] = {0};
    bh_env_start_anywhere(env, 1);
    for (int k = 0; k < 3200; k++) {
        float obs[1];
        bh_env_reset(env, obs);
        int cell = (int)obs[0], steps = 0;
        if (!CHECK(cell >= 0 && cell < 16)) break;
        count[cell]++;
        for (bh_step step; bh_env_running(env); steps++) {
            CHECK_STATUS(bh_env_step(env, 0, obs, &step, NULL), BH_OK);
        }
        CHECK(steps == 4 - cell / 4 && obs[0] == 16);
    }
    for (int i = 0; i < 16; i++) CHECK_NEAR(count[i], 200, 5 * sqrt(200));
    bh_env_destroy(env);
}

static void test_words(void)
{
    char buffer[256];
    bh_env *env = make("2", "false", "0");
    float obs[1];
    static const char *const want[3] = {"row 1, column 1 of 2", "row 2, column 2 of 2",
                                        "the bottom, treasure found"};
    bh_env_reset(env, obs);
    for (int k = 0; k < 3; k++) {
        bh_text text = bh_text_over(buffer, sizeof buffer);
        bh_env_deep_sea.describe(bh_env_state(env), &text);
        CHECK_STRING(buffer, want[k]);
        bh_step step;
        if (k < 2) CHECK_STATUS(bh_env_step(env, 1, obs, &step, NULL), BH_OK);
    }
    bh_text text = bh_text_over(buffer, sizeof buffer);
    bh_env_deep_sea.layout(bh_env_state(env), &text);
    CHECK_STRING(buffer, "{\"actions\":[\"left\",\"right\"],\"size\":2,\"right\":[\"11\",\"11\"]}");
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_rules);
    CHECK_RUN(test_every_way);
    CHECK_RUN(test_mapping);
    CHECK_RUN(test_the_optimum);
    CHECK_RUN(test_start_anywhere);
    CHECK_RUN(test_words);
    return check_report();
}
