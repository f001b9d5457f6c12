// SPDX-License-Identifier: MIT
// CartPole-v1 against Gymnasium's numbers.
#include "envs/cartpole.h"
#include "envs/registry.h"
#include "tests/golden/cartpole.h"

#include "check.h"

enum { N_TRAJECTORIES = sizeof golden_trajectories / sizeof golden_trajectories[0] };
enum { N_SINGLE = sizeof golden_single_steps / sizeof golden_single_steps[0] };
enum { N_STATES = sizeof golden_states / sizeof golden_states[0] };

static void check_state(const double got[4], const double want[4], double tolerance)
{
    for (int i = 0; i < 4; i++) CHECK_NEAR(got[i], want[i], tolerance);
}

static void test_single_steps(void)
{
    for (int i = 0; i < N_SINGLE; i++) {
        double s[4];
        memcpy(s, golden_single_steps[i].s, sizeof s);
        int ended = bhi_cartpole_advance(s, golden_single_steps[i].action);
        check_state(s, golden_single_steps[i].s1, 1e-14);
        CHECK(ended == golden_single_steps[i].terminated);
    }
}

// Each step from the reference's own state, and where the episode ends.
static void test_trajectories_step_by_step(void)
{
    const double(*row)[4] = golden_states;
    for (int i = 0; i < N_TRAJECTORIES; i++, row++) {
        const struct golden_trajectory *t = &golden_trajectories[i];
        for (int k = 0; k < t->steps; k++, row++) {
            double s[4];
            memcpy(s, row[0], sizeof s);
            int ended = bhi_cartpole_advance(s, t->actions[k] - '0');
            check_state(s, row[1], 1e-14);
            CHECK(ended == (k == t->steps - 1 && t->terminated));
        }
    }
    CHECK(row == golden_states + N_STATES);
}

// From the first state on, errors may add up; the pole's fall multiplies them a little.
static void test_trajectories_run_free(void)
{
    const double(*row)[4] = golden_states;
    for (int i = 0; i < N_TRAJECTORIES; i++) {
        const struct golden_trajectory *t = &golden_trajectories[i];
        double s[4];
        memcpy(s, row[0], sizeof s);
        for (int k = 0; k < t->steps && k < 50; k++) {
            bhi_cartpole_advance(s, t->actions[k] - '0');
            check_state(s, row[k + 1], 1e-12);
        }
        row += t->steps + 1;
    }
}

static bh_env *make(const char *option, const char *value)
{
    char config[256];
    bh_env *env;
    bh_error err;
    const bh_env_def *def = &bh_env_cartpole;
    CHECK(def->config->bytes <= sizeof config);
    bh_config_defaults(def->config, config);
    if (option != NULL)
        CHECK_STATUS(bh_config_set(def->config, config, option, value, &err), BH_OK);
    CHECK_STATUS(bh_env_create(&env, def, config, &err), BH_OK);
    return env;
}

// An environment's steps are the physics, bit by bit, up to the fall.
static void test_the_environment_is_the_physics(void)
{
    bh_env *env = make(NULL, NULL);
    bh_rng rng = bh_rng_seed(2);
    for (int k = 0; k < 100; k++) {
        float obs[4];
        double s[4];
        bh_step step = {0};
        bh_env_reset(env, obs);
        memcpy(s, bh_env_state(env), sizeof s); // the state begins with these four
        while (!step.terminated) {
            int action = (int)bh_rng_below(&rng, 2);
            int ended = bhi_cartpole_advance(s, action);
            CHECK_STATUS(bh_env_step(env, action, obs, &step, NULL), BH_OK);
            CHECK(step.terminated == ended && memcmp(s, bh_env_state(env), sizeof s) == 0);
            for (int i = 0; i < 4; i++) CHECK(obs[i] == (float)s[i]);
        }
    }
    bh_env_destroy(env);
}

static void test_reset_is_uniform(void)
{
    bh_env *env = make(NULL, NULL);
    double sum[4] = {0}, low = 1, high = -1;
    enum { N = 4000 };
    for (int k = 0; k < N; k++) {
        float obs[4];
        bh_env_reset(env, obs);
        for (int i = 0; i < 4; i++) {
            CHECK(obs[i] >= -0.05f && obs[i] <= 0.05f);
            sum[i] += obs[i];
            if (obs[i] < low) low = obs[i];
            if (obs[i] > high) high = obs[i];
        }
    }
    // A mean of N uniform values has standard deviation 0.1 / sqrt(12 N) = 4.6e-4; five of them.
    for (int i = 0; i < 4; i++) CHECK_NEAR(sum[i] / N, 0.0, 5 * 4.6e-4);
    CHECK(low < -0.0499 && high > 0.0499);
    bh_env_destroy(env);
}

static void test_rewards(void)
{
    bh_env *one = make(NULL, NULL), *sutton = make("sutton_barto_reward", "true");
    float obs[4];
    bh_step step;
    bh_env_reset(one, obs);
    bh_env_reset(sutton, obs);
    do {
        CHECK_STATUS(bh_env_step(one, 1, obs, &step, NULL), BH_OK);
        CHECK(step.reward == 1.0);
        CHECK_STATUS(bh_env_step(sutton, 1, obs, &step, NULL), BH_OK);
        CHECK(step.reward == (step.terminated ? -1.0 : 0.0));
    } while (!step.terminated);
    CHECK(!bh_env_running(one));
    bh_env_destroy(one);
    bh_env_destroy(sutton);
}

// A simple hand-made controller balances for 500 steps, which is the time limit and not a fall.
static void test_time_limit_truncates(void)
{
    bh_env *env = make(NULL, NULL);
    float obs[4];
    bh_step step;
    bh_env_seed(env, 3);
    bh_env_reset(env, obs);
    int n = 0;
    do {
        double lean = obs[2] + 0.2 * obs[3] + 0.01 * obs[0] + 0.05 * obs[1];
        CHECK_STATUS(bh_env_step(env, lean > 0, obs, &step, NULL), BH_OK);
        n++;
    } while (!step.terminated && !step.truncated);
    CHECK(n == 500 && step.truncated && !step.terminated);
    bh_env_destroy(env);
}

static void test_contract(void)
{
    const bh_env_def *def = &bh_env_cartpole;
    bh_env *env = make(NULL, NULL);
    const bh_space *space = bh_env_observation_space(env);
    CHECK(space->kind == BH_SPACE_BOX && space->n == 4);
    CHECK(space->high[0] == 4.8f && space->high[2] == 0.41887903f); // Gymnasium's float32 bounds
    CHECK(isinf(space->high[1]) && isinf(space->low[3]) && space->low[0] == -4.8f);
    CHECK(bh_env_action_space(env)->n == 2);
    CHECK(def->reward_threshold == 475.0 && def->max_episode_steps == 500);

    float obs[4], view[5];
    bh_env_reset(env, obs);
    def->view(bh_env_state(env), view);
    CHECK(memcmp(view, obs, sizeof obs) == 0 && view[4] == -1.0f);
    bh_step step;
    CHECK_STATUS(bh_env_step(env, 0, obs, &step, NULL), BH_OK);
    def->view(bh_env_state(env), view);
    CHECK(memcmp(view, obs, sizeof obs) == 0 && view[4] == 0.0f);
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_single_steps);
    CHECK_RUN(test_trajectories_step_by_step);
    CHECK_RUN(test_trajectories_run_free);
    CHECK_RUN(test_the_environment_is_the_physics);
    CHECK_RUN(test_reset_is_uniform);
    CHECK_RUN(test_rewards);
    CHECK_RUN(test_time_limit_truncates);
    CHECK_RUN(test_contract);
    return check_report();
}
