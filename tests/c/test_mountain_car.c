// SPDX-License-Identifier: MIT
// MountainCar-v0 against Gymnasium's numbers.
#include "envs/mountain_car.h"
#include "envs/registry.h"
#include "tests/golden/mountain_car.h"

#include "check.h"

enum { N_TRAJECTORIES = sizeof golden_trajectories / sizeof golden_trajectories[0] };
enum { N_SINGLE = sizeof golden_single_steps / sizeof golden_single_steps[0] };
enum { N_STATES = sizeof golden_states / sizeof golden_states[0] };

static void check_state(const double got[2], const double want[2], double tolerance)
{
    for (int i = 0; i < 2; i++) CHECK_NEAR(got[i], want[i], tolerance);
}

// The wall, both clips, the goal with and without a velocity asked for, and anywhere.
static void test_single_steps(void)
{
    for (int i = 0; i < N_SINGLE; i++) {
        double s[2];
        memcpy(s, golden_single_steps[i].s, sizeof s);
        int ended = bhi_mountain_car_advance(s, golden_single_steps[i].action,
                                             golden_single_steps[i].goal_velocity);
        check_state(s, golden_single_steps[i].s1, 1e-15);
        CHECK(ended == golden_single_steps[i].terminated);
    }
}

// Each step from the reference's own state, and all of them from the first state on.
static void test_trajectories(void)
{
    const double(*row)[2] = golden_states;
    for (int i = 0; i < N_TRAJECTORIES; i++, row++) {
        const struct golden_trajectory *t = &golden_trajectories[i];
        double free[2];
        memcpy(free, row[0], sizeof free);
        for (int k = 0; k < t->steps; k++, row++) {
            double s[2];
            memcpy(s, row[0], sizeof s);
            int action = t->actions[k] - '0', ended = bhi_mountain_car_advance(s, action, 0);
            check_state(s, row[1], 1e-15);
            CHECK(ended == (k == t->steps - 1 && t->terminated));
            bhi_mountain_car_advance(free, action, 0);
            check_state(free, row[1], 1e-13);
        }
    }
    CHECK(row == golden_states + N_STATES);
}

// By hand: at the wall the velocity goes, unless the car comes away from it; the right end has no
// wall.
static void test_ends(void)
{
    double s[2] = {-1.19, -0.05};
    CHECK(!bhi_mountain_car_advance(s, 0, 0) && s[0] == -1.2 && s[1] == 0);
    double was = s[0];
    CHECK(!bhi_mountain_car_advance(s, 2, 0) && s[0] > was && s[1] > 0); // cos(-3.6) < 0: downhill
    double fast[2] = {0.58, 0.06};
    CHECK(bhi_mountain_car_advance(fast, 2, 0) && fast[0] == 0.6 && fast[1] > 0.06);
    double slow[2] = {0.58, 0.03};
    CHECK(!bhi_mountain_car_advance(slow, 2, 0.05) && slow[0] == 0.6 && slow[1] < 0.05);
}

// Without a push, v^2 / 2 + (gravity / 3) sin(3 x) is the energy. Velocity first, then position
// with the new velocity: symplectic, so it wobbles with the step and does not drift.
static void test_energy_is_kept_without_a_push(void)
{
    double s[2] = {-0.9, 0.0};
    const double at_rest = BHI_MOUNTAIN_CAR_GRAVITY / 3 * sin(3 * s[0]);
    const double depth =
        BHI_MOUNTAIN_CAR_GRAVITY / 3 * (sin(3 * s[0]) + 1); // above the valley's floor
    double highest = -2;
    for (int k = 0; k < 5000; k++) {
        CHECK(!bhi_mountain_car_advance(s, 1, 0));
        double energy = s[1] * s[1] / 2 + BHI_MOUNTAIN_CAR_GRAVITY / 3 * sin(3 * s[0]);
        CHECK_NEAR(energy, at_rest, 0.1 * depth);
        if (s[0] > highest) highest = s[0];
    }
    // It comes up on the other side as high: the valley is symmetric about -pi/6.
    CHECK_NEAR(highest, -3.141592653589793 / 3 + 0.9, 0.01);
}

// The task's point: full throttle from the bottom does not get there, swinging does.
static void test_the_engine_is_too_weak(void)
{
    double s[2] = {-0.5, 0.0};
    for (int k = 0; k < 200; k++) CHECK(!bhi_mountain_car_advance(s, 2, 0) && s[0] < 0);
    int n = 0;
    double swing[2] = {-0.5, 0.0};
    while (n < 200 && !bhi_mountain_car_advance(swing, swing[1] < 0 ? 0 : 2, 0)) n++;
    CHECK(n > 80 && n < 160);
}

static bh_env *make(const char *goal_velocity)
{
    char config[64];
    bh_env *env;
    bh_error err;
    const bh_env_def *def = &bh_env_mountain_car;
    CHECK(def->config->bytes <= sizeof config);
    bh_config_defaults(def->config, config);
    if (goal_velocity != NULL)
        CHECK_STATUS(bh_config_set(def->config, config, "goal_velocity", goal_velocity, &err),
                     BH_OK);
    CHECK_STATUS(bh_env_create(&env, def, config, &err), BH_OK);
    return env;
}

// An environment's steps are the physics, bit by bit; the limit of 200 steps is no end of the task.
static void play_is_the_physics(const char *option, double goal_velocity)
{
    bh_env *env = make(option);
    int n_terminated = 0, n_truncated = 0;
    for (int k = 0; k < 40; k++) {
        float obs[2];
        double s[2];
        bh_step step = {0};
        bh_env_reset(env, obs);
        memcpy(s, bh_env_state(env), sizeof s); // the state begins with these two
        while (!step.terminated && !step.truncated) {
            int action = k % 2 == 0 ? 1 : obs[1] < 0 ? 0 : 2;
            int ended = bhi_mountain_car_advance(s, action, goal_velocity);
            CHECK_STATUS(bh_env_step(env, action, obs, &step, NULL), BH_OK);
            CHECK(step.terminated == ended && step.reward == -1.0);
            CHECK(memcmp(s, bh_env_state(env), sizeof s) == 0);
            for (int i = 0; i < 2; i++) CHECK(obs[i] == (float)s[i]);
            CHECK(step.truncated == (bh_env_elapsed(env) == 200));
        }
        CHECK(!bh_env_running(env) && !step.terminated == (k % 2 == 0));
        n_terminated += step.terminated;
        n_truncated += step.truncated;
        if (step.terminated) CHECK(s[0] >= 0.5 && s[1] >= goal_velocity);
    }
    CHECK(n_terminated == 20 && n_truncated == 20);
    bh_env_destroy(env);
}

static void test_the_environment_is_the_physics(void)
{
    play_is_the_physics(NULL, 0);
    play_is_the_physics("0.02", 0.02);
}

static void test_goal_velocity_has_bounds(void)
{
    char config[64];
    bh_error err;
    const bh_config_table *table = bh_env_mountain_car.config;
    bh_config_defaults(table, config);
    CHECK_STATUS(bh_config_set(table, config, "goal_velocity", "0.08", &err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "goal_velocity") != NULL && strstr(err.message, "0.07") != NULL);
    CHECK_STATUS(bh_config_set(table, config, "goal_velocity", "-0.01", &err), BH_ERR_CONFIG);
}

static void test_reset_is_uniform(void)
{
    enum { N = 4000 };
    bh_env *env = make(NULL);
    double sum = 0;
    int tenths[10] = {0};
    for (int k = 0; k < N; k++) {
        float obs[2];
        bh_env_reset(env, obs);
        CHECK(obs[0] >= -0.6f && obs[0] <= -0.4f && obs[1] == 0.0f);
        sum += obs[0];
        int tenth = (int)((obs[0] + 0.6) / 0.02);
        tenths[tenth < 0 ? 0 : tenth > 9 ? 9 : tenth]++;
    }
    // A mean of N uniform values has standard deviation 0.2 / sqrt(12 N) = 9.1e-4, a tenth's count
    // sqrt(N 0.1 0.9) = 19; five of them.
    CHECK_NEAR(sum / N, -0.5, 5 * 9.1e-4);
    for (int i = 0; i < 10; i++) CHECK(tenths[i] > 400 - 5 * 19 && tenths[i] < 400 + 5 * 19);
    bh_env_destroy(env);
}

// Over the whole box without its goal: 17/18 of the positions, half of the velocities in the last
// 18th.
static void test_starts_anywhere(void)
{
    enum { N = 4000 };
    bh_env *env = make(NULL);
    int n_right = 0, n_beyond = 0;
    double sum[2] = {0};
    bh_env_start_anywhere(env, 1);
    for (int k = 0; k < N; k++) {
        float obs[2];
        bh_env_reset(env, obs);
        CHECK(obs[0] >= -1.2f && obs[0] <= 0.6f && fabsf(obs[1]) <= 0.07f);
        if (obs[0] > 0.5f) CHECK(obs[1] <= 0);
        n_beyond += obs[0] > 0.5f;
        n_right += obs[1] > 0;
        for (int i = 0; i < 2; i++) sum[i] += obs[i];
    }
    // Of 35 half-tenths 17 go to the right, 1 is beyond the goal; standard deviations below 32 and
    // 11.
    CHECK_NEAR(n_right, N * 17 / 35.0, 5 * 32);
    CHECK_NEAR(n_beyond, N * 1 / 35.0, 5 * 11);
    // Means: (34 (-0.35) + 0.55) / 35 and -0.035 / 35, with deviations 0.52 and 0.041 of one value.
    CHECK_NEAR(sum[0] / N, -0.3243, 5 * 0.0083);
    CHECK_NEAR(sum[1] / N, -0.001, 5 * 0.00065);
    bh_env_destroy(env);
}

static void test_contract(void)
{
    const bh_env_def *def = &bh_env_mountain_car;
    bh_env *env = make(NULL);
    const bh_space *space = bh_env_observation_space(env);
    CHECK(space->kind == BH_SPACE_BOX && space->n == 2);
    CHECK(space->low[0] == -1.2f && space->high[0] == 0.6f);
    CHECK(space->low[1] == -0.07f && space->high[1] == 0.07f);
    CHECK(bh_env_action_space(env)->n == 3);
    CHECK(def->reward_threshold == -110.0 && def->max_episode_steps == 200);

    float obs[2], view[3];
    bh_env_reset(env, obs);
    def->view(bh_env_state(env), view);
    CHECK(memcmp(view, obs, sizeof obs) == 0 && view[2] == -1.0f);
    bh_step step;
    CHECK_STATUS(bh_env_step(env, 2, obs, &step, NULL), BH_OK);
    def->view(bh_env_state(env), view);
    CHECK(memcmp(view, obs, sizeof obs) == 0 && view[2] == 2.0f);
    bh_env_destroy(env);
}

static void test_words(void)
{
    char buffer[512];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    bh_env *env = make("0.01");
    float obs[2];
    bh_step step;
    bh_env_reset(env, obs);
    for (int k = 0; k < 5; k++) CHECK_STATUS(bh_env_step(env, 0, obs, &step, NULL), BH_OK);
    char want[128];
    snprintf(want, sizeof want, "car at %.2f, moving %.3f a step to the %s", obs[0],
             fabs((double)obs[1]), obs[1] < 0 ? "left" : "right");
    bh_env_mountain_car.describe(bh_env_state(env), &text);
    CHECK_STRING(buffer, want);
    CHECK(strstr(buffer, "left") != NULL);
    text = bh_text_over(buffer, sizeof buffer);
    bh_env_mountain_car.layout(bh_env_state(env), &text);
    CHECK(strstr(buffer, "\"actions\":[\"push left\",\"no push\",\"push right\"]") != NULL);
    CHECK(strstr(buffer, "\"goal_velocity\":0.01,") != NULL);
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_single_steps);
    CHECK_RUN(test_trajectories);
    CHECK_RUN(test_ends);
    CHECK_RUN(test_energy_is_kept_without_a_push);
    CHECK_RUN(test_the_engine_is_too_weak);
    CHECK_RUN(test_the_environment_is_the_physics);
    CHECK_RUN(test_goal_velocity_has_bounds);
    CHECK_RUN(test_reset_is_uniform);
    CHECK_RUN(test_starts_anywhere);
    CHECK_RUN(test_contract);
    CHECK_RUN(test_words);
    return check_report();
}
