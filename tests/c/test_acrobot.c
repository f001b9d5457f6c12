// SPDX-License-Identifier: MIT
// Acrobot-v1 against Gymnasium's numbers.
#include "envs/acrobot.h"
#include "envs/registry.h"
#include "tests/golden/acrobot.h"

#include "check.h"

enum { N_TRAJECTORIES = sizeof golden_trajectories / sizeof golden_trajectories[0] };
enum { N_SINGLE = sizeof golden_single_steps / sizeof golden_single_steps[0] };
enum { N_STATES = sizeof golden_states / sizeof golden_states[0] };

static void check_state(const double got[4], const double want[4], double tolerance)
{
    for (int i = 0; i < 4; i++) CHECK_NEAR(got[i], want[i], tolerance);
}

// At rest, across pi and back, at the bounds of the velocities, just above and below the target,
// and anywhere.
static void test_single_steps(void)
{
    for (int i = 0; i < N_SINGLE; i++) {
        double s[4];
        memcpy(s, golden_single_steps[i].s, sizeof s);
        int ended = bhi_acrobot_advance(s, golden_single_steps[i].action);
        check_state(s, golden_single_steps[i].s1, 1e-12);
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
            int ended = bhi_acrobot_advance(s, t->actions[k] - '0');
            check_state(s, row[1], 1e-13);
            CHECK(ended == (k == t->steps - 1 && t->terminated));
        }
    }
    CHECK(row == golden_states + N_STATES);
}

// From the first state on, errors add up and are multiplied: two links can be chaotic.
static void test_trajectories_run_free(void)
{
    const double(*row)[4] = golden_states;
    for (int i = 0; i < N_TRAJECTORIES; i++) {
        const struct golden_trajectory *t = &golden_trajectories[i];
        double s[4];
        memcpy(s, row[0], sizeof s);
        for (int k = 0; k < t->steps; k++) {
            bhi_acrobot_advance(s, t->actions[k] - '0');
            check_state(s, row[k + 1], 1e-9);
        }
        row += t->steps + 1;
    }
}

// Kinetic and potential energy of two links with mass, length and moment of inertia (about the
// centre of mass, at 0.5) of 1: the Lagrangian's mass matrix is [[3.5 + cos t2, 1.25 + cos(t2) /
// 2], [., 1.25]].
static double energy(const double s[4])
{
    const double g = 9.8, c = cos(s[1]);
    double kinetic =
        0.5 * (3.5 + c) * s[2] * s[2] + (1.25 + 0.5 * c) * s[2] * s[3] + 0.5 * 1.25 * s[3] * s[3];
    return kinetic - 1.5 * g * cos(s[0]) - 0.5 * g * cos(s[0] + s[1]);
}

static double turned(double from, double to)
{
    return remainder(to - from, 2 * 3.141592653589793);
}

// What the joint's torque does is work: torque times the angle it turned the second link by. The
// rest is the error of Runge-Kutta, which stays small while the links do not whirl.
static void test_energy_changes_by_the_work_done(void)
{
    double s[4] = {0.4, -0.2, 0.0, 0.3}, highest = -20, lowest = 20;
    for (int k = 0; k < 240; k++) {
        int drive = s[3] < 0 ? 0 : 2; // with theta2, against it
        int action = k < 100 ? 1 : k < 130 ? drive : 2 - drive;
        double before = energy(s), from = s[1];
        bhi_acrobot_advance(s, action);
        double after = energy(s);
        CHECK_NEAR(after - before, (action - 1) * turned(from, s[1]), 0.03);
        if (k == 99) CHECK_NEAR(after, -18.2857, 0.05);
        if (after > highest) highest = after;
        if (k >= 130 && after < lowest) lowest = after;
    }
    CHECK(highest > -9.0 && lowest < -18.0); // swung up, then slowed down again
}

static void test_hanging_at_rest_stays(void)
{
    double s[4] = {0};
    for (int k = 0; k < 10; k++) CHECK(!bhi_acrobot_advance(s, 1));
    for (int i = 0; i < 4; i++) CHECK_NEAR(s[i], 0.0, 1e-14);
    // Mirrored states and torques have mirrored futures.
    double a[4] = {0.3, -0.5, 0.7, 1.1}, b[4] = {-0.3, 0.5, -0.7, -1.1};
    for (int k = 0; k < 20; k++) {
        bhi_acrobot_advance(a, k % 3);
        bhi_acrobot_advance(b, 2 - k % 3);
        for (int i = 0; i < 4; i++) CHECK_NEAR(a[i], -b[i], 1e-10);
    }
}

// By hand: straight up 2, straight down -2, both level 0, the first level and the second up 1.
static void test_height(void)
{
    const double pi = 3.141592653589793;
    CHECK_NEAR(bhi_acrobot_height(0, 0), -2.0, 1e-15);
    CHECK_NEAR(bhi_acrobot_height(pi, 0), 2.0, 1e-15);
    CHECK_NEAR(bhi_acrobot_height(pi / 2, 0), 0.0, 1e-15);
    CHECK_NEAR(bhi_acrobot_height(pi / 2, pi / 2), 1.0, 1e-15);
    CHECK_NEAR(bhi_acrobot_height(-pi / 2, -pi / 2), 1.0, 1e-15);
    CHECK_NEAR(bhi_acrobot_height(pi / 2, -pi / 2), -1.0, 1e-15);
}

// Whatever happens, angles and velocities stay within their bounds.
static void test_bounds(void)
{
    bh_rng rng = bh_rng_seed(5);
    const double pi = 3.141592653589793;
    int n_bound = 0, n_wrapped = 0;
    for (int k = 0; k < 5000; k++) {
        double s[4] = {(2 * bh_rng_uniform(&rng) - 1) * pi, (2 * bh_rng_uniform(&rng) - 1) * pi,
                       (2 * bh_rng_uniform(&rng) - 1) * 4 * pi,
                       (2 * bh_rng_uniform(&rng) - 1) * 9 * pi};
        double from = s[1], speed = s[3];
        bhi_acrobot_advance(s, (int)bh_rng_below(&rng, 3));
        for (int i = 0; i < 2; i++) CHECK(fabs(s[i]) <= pi);
        CHECK(fabs(s[2]) <= 4 * pi && fabs(s[3]) <= 9 * pi);
        n_bound += fabs(s[2]) == 4 * pi || fabs(s[3]) == 9 * pi;
        n_wrapped += fabs(s[1] - from) > pi && fabs(speed) > 1;
    }
    CHECK(n_bound > 100 && n_wrapped > 100);
}

static bh_env *make(void)
{
    bh_env *env;
    bh_error err;
    CHECK_STATUS(bh_env_create(&env, &bh_env_acrobot, NULL, &err), BH_OK);
    return env;
}

// An environment's steps are the physics, bit by bit; the limit of 500 steps is no end of the task.
static void test_the_environment_is_the_physics(void)
{
    bh_env *env = make();
    int n_terminated = 0, n_truncated = 0;
    for (int k = 0; k < 20; k++) {
        float obs[6];
        double s[4];
        bh_step step = {0};
        bh_env_reset(env, obs);
        memcpy(s, bh_env_state(env), sizeof s); // the state begins with these four
        for (int i = 0; i < 4; i++) CHECK(s[i] == (float)s[i]);
        while (!step.terminated && !step.truncated) {
            int action = k % 2 == 0 ? 1 : obs[5] < 0 ? 0 : 2;
            int ended = bhi_acrobot_advance(s, action);
            CHECK_STATUS(bh_env_step(env, action, obs, &step, NULL), BH_OK);
            CHECK(step.terminated == ended && step.reward == (ended ? 0.0 : -1.0));
            CHECK(memcmp(s, bh_env_state(env), sizeof s) == 0);
            for (int i = 0; i < 2; i++) {
                CHECK_NEAR(obs[2 * i], cos(s[i]), 6e-8);
                CHECK_NEAR(obs[2 * i + 1], sin(s[i]), 6e-8);
                CHECK(obs[4 + i] == (float)s[2 + i]);
            }
            CHECK(step.truncated == (bh_env_elapsed(env) == 500));
        }
        CHECK(!bh_env_running(env) && !step.terminated == (k % 2 == 0));
        n_terminated += step.terminated;
        n_truncated += step.truncated;
    }
    CHECK(n_terminated == 10 && n_truncated == 10);
    bh_env_destroy(env);
}

static void test_reset_is_uniform(void)
{
    enum { N = 4000 };
    bh_env *env = make();
    double sum[4] = {0}, low = 1, high = -1;
    for (int k = 0; k < N; k++) {
        float obs[6];
        const double *s = bh_env_state(env);
        bh_env_reset(env, obs);
        for (int i = 0; i < 4; i++) {
            CHECK(fabs(s[i]) <= 0.1f);
            sum[i] += s[i];
            if (s[i] < low) low = s[i];
            if (s[i] > high) high = s[i];
        }
        CHECK(obs[0] > 0.99f && obs[2] > 0.99f && fabsf(obs[1]) < 0.1f && obs[4] == (float)s[2]);
    }
    // A mean of N uniform values has standard deviation 0.2 / sqrt(12 N) = 9.1e-4; five of them.
    for (int i = 0; i < 4; i++) CHECK_NEAR(sum[i] / N, 0.0, 5 * 9.1e-4);
    CHECK(low < -0.0999 && high > 0.0999);
    bh_env_destroy(env);
}

static void test_contract(void)
{
    const bh_env_def *def = &bh_env_acrobot;
    bh_env *env = make();
    const bh_space *space = bh_env_observation_space(env);
    CHECK(space->kind == BH_SPACE_BOX && space->n == 6);
    for (int i = 0; i < 6; i++) CHECK(space->low[i] == -space->high[i]);
    CHECK(space->high[0] == 1.0f && space->high[3] == 1.0f);
    CHECK(space->high[4] == 12.566371f &&
          space->high[5] == 28.274334f); // Gymnasium's float32 bounds
    CHECK(bh_env_action_space(env)->n == 3 && def->config == NULL);
    CHECK(def->reward_threshold == -100.0 && def->max_episode_steps == 500);

    float obs[6], view[5];
    const double *s = bh_env_state(env);
    bh_env_reset(env, obs);
    def->view(s, view);
    for (int i = 0; i < 4; i++) CHECK(view[i] == (float)s[i]);
    CHECK(view[4] == -1.0f);
    bh_step step;
    CHECK_STATUS(bh_env_step(env, 2, obs, &step, NULL), BH_OK);
    def->view(s, view);
    for (int i = 0; i < 4; i++) CHECK(view[i] == (float)s[i]);
    CHECK(view[4] == 2.0f);
    bh_env_destroy(env);
}

static void test_words(void)
{
    char buffer[512];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    struct {
        double s[4];
        int action;
    } state = {{3.141592653589793 / 4, -3.141592653589793 / 2, 0, 0}, 1};
    bh_env_acrobot.describe(&state, &text); // height -2 cos(pi/4) = -1.41
    CHECK_STRING(buffer,
                 "first link at 45.0°, second at -90.0° to it, tip 2.41 m below the target");
    state.s[0] = 3.141592653589793;
    state.s[1] = 0;
    text = bh_text_over(buffer, sizeof buffer);
    bh_env_acrobot.describe(&state, &text);
    CHECK_STRING(buffer, "first link at 180.0°, second at 0.0° to it, tip 1.00 m above the target");
    text = bh_text_over(buffer, sizeof buffer);
    bh_env_acrobot.layout(&state, &text);
    CHECK(strstr(buffer, "\"actions\":[\"torque -1\",\"torque 0\",\"torque +1\"]") != NULL);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_single_steps);
    CHECK_RUN(test_trajectories_step_by_step);
    CHECK_RUN(test_trajectories_run_free);
    CHECK_RUN(test_energy_changes_by_the_work_done);
    CHECK_RUN(test_hanging_at_rest_stays);
    CHECK_RUN(test_height);
    CHECK_RUN(test_bounds);
    CHECK_RUN(test_the_environment_is_the_physics);
    CHECK_RUN(test_reset_is_uniform);
    CHECK_RUN(test_contract);
    CHECK_RUN(test_words);
    return check_report();
}
