// SPDX-License-Identifier: MIT
// Pendulum-v1 against Gymnasium's numbers.
#include "envs/pendulum.h"
#include "step_box.h"
#include "tests/golden/pendulum.h"

#include "check.h"

static const double PI = 3.141592653589793;

enum { N_STEPS = sizeof golden_pendulum_steps / sizeof golden_pendulum_steps[0] };

static void test_single_steps(void)
{
    for (int i = 0; i < N_STEPS; i++) {
        const struct golden_pendulum_step *want = &golden_pendulum_steps[i];
        double s[2];
        memcpy(s, want->s, sizeof s);
        CHECK_NEAR(bhi_pendulum_advance(s, want->torque, 10), want->reward, 1e-12);
        for (int k = 0; k < 2; k++) CHECK_NEAR(s[k], want->s1[k], 1e-14);
    }
}

// The same through the environment, whose state begins with the angle and the speed.
static void test_observations(void)
{
    box_env env = box_env_make(&bh_env_pendulum, NULL, NULL);
    box_env_reset(&env);
    for (int i = 0; i < N_STEPS; i++) {
        const struct golden_pendulum_step *want = &golden_pendulum_steps[i];
        memcpy(env.state, want->s, sizeof want->s);
        box_env_step(&env, want->torque); // exact in float
        CHECK_NEAR(env.reward, want->reward, 1e-12);
        CHECK(!env.terminated);
        for (int k = 0; k < 3; k++) CHECK_NEAR(env.obs[k], want->obs1[k], 1e-7 * (k == 2 ? 8 : 1));
    }
}

// By hand, gravity 2: 3/2 of it is 3.
static void test_by_hand(void)
{
    double s[2] = {PI / 2, 1};
    // 1 + (3 + 3 * 1) / 20; the reward is of the state before
    CHECK_NEAR(bhi_pendulum_advance(s, 1, 2), -(PI * PI / 4 + 0.1 + 0.001), 1e-15);
    CHECK_NEAR(s[1], 1.3, 1e-15);
    CHECK_NEAR(s[0], PI / 2 + 0.065, 1e-15);
    double upright[2] = {0, 0};
    CHECK(bhi_pendulum_advance(upright, 0, 10) == 0 && upright[0] == 0 && upright[1] == 0);
    double fast[2] = {0, 7.9}; // 7.9 + 0.3 is clipped; the torque counts as 2
    CHECK_NEAR(bhi_pendulum_advance(fast, 50, 10), -(6.241 + 0.004), 1e-15);
    CHECK(fast[1] == 8);
    CHECK_NEAR(fast[0], 0.4, 1e-15);
}

static void test_wrap(void)
{
    for (int turns = -12; turns <= 12; turns++) {
        for (int k = -31; k <= 31; k++) {
            CHECK_NEAR(bhi_pendulum_wrap(k / 10.0 + turns * 2 * PI), k / 10.0, 3e-14);
        }
    }
    CHECK(bhi_pendulum_wrap(0) == 0 && bhi_pendulum_wrap(PI) == -PI &&
          bhi_pendulum_wrap(-PI) == -PI);
}

// theta_dot^2 / 2 + 3 g / 2 cos(theta) is the energy. Speed first, then the angle with the new
// speed: symplectic, so it wobbles with the step and does not drift.
static void test_energy_is_kept_without_torque(void)
{
    double s[2] = {PI - 1, 0};
    const double at_rest = 15 * cos(s[0]), depth = at_rest + 15;
    double least = 100, most = -100;
    for (int k = 0; k < 10000; k++) {
        bhi_pendulum_advance(s, 0, 10);
        double energy = s[1] * s[1] / 2 + 15 * cos(s[0]);
        if (energy < least) least = energy;
        if (energy > most) most = energy;
    }
    CHECK_NEAR(least, at_rest, 0.2 * depth);
    CHECK_NEAR(most, at_rest, 0.2 * depth);
}

// The task's point: the torque does not lift it to the side, swinging brings it up.
static void test_the_torque_is_too_weak(void)
{
    double s[2] = {PI, 0}, swing[2] = {PI, 0};
    for (int k = 0; k < 200; k++) {
        bhi_pendulum_advance(s, 2, 10);
        CHECK(cos(s[0]) < -0.5);
    }
    int n = 0;
    for (; n < 200 && cos(swing[0]) < 0.99; n++) {
        bhi_pendulum_advance(swing, swing[1] < 0 ? -2 : 2, 10);
    }
    CHECK(n > 20 && n < 150);
}

// Counts in tenths of a range, each within five standard deviations.
static void check_uniform(const int tenths[10], int n)
{
    for (int i = 0; i < 10; i++) CHECK_NEAR(tenths[i], n / 10.0, 5 * sqrt(n * 0.09));
}

static void check_starts(void (*start)(void *, bh_rng *, float *), double speed)
{
    enum { N = 4000 };
    box_env env = box_env_make(&bh_env_pendulum, NULL, NULL);
    int angles[10] = {0}, speeds[10] = {0};
    for (int k = 0; k < N; k++) {
        start(env.state, &env.rng, env.obs);
        CHECK(fabs(env.state[0]) <= PI && fabs(env.state[1]) <= speed);
        CHECK_NEAR(env.obs[0], cos(env.state[0]), 1e-7);
        CHECK_NEAR(env.obs[1], sin(env.state[0]), 1e-7);
        CHECK(env.obs[2] == (float)env.state[1]);
        angles[(int)fmin(9, (env.state[0] + PI) / (2 * PI) * 10)]++;
        speeds[(int)fmin(9, (env.state[1] + speed) / (2 * speed) * 10)]++;
    }
    check_uniform(angles, N);
    check_uniform(speeds, N);
}

static void test_starts(void)
{
    check_starts(bh_env_pendulum.reset, 1);
    check_starts(bh_env_pendulum.reset_anywhere, 8);
}

static void test_gravity(void)
{
    box_env env = box_env_make(&bh_env_pendulum, "g", "9.81");
    char config[64];
    bh_error err;
    box_env_reset(&env);
    for (int k = 0; k < 50; k++) {
        double s[2];
        memcpy(s, env.state, sizeof s);
        double reward = bhi_pendulum_advance(s, 0.5, 9.81);
        box_env_step(&env, 0.5);
        CHECK(memcmp(s, env.state, sizeof s) == 0 && reward == env.reward);
    }
    bh_config_defaults(bh_env_pendulum.config, config);
    CHECK_STATUS(bh_config_set(bh_env_pendulum.config, config, "g", "-1", &err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "g") != NULL && strstr(err.message, "100") != NULL);
}

static void test_contract(void)
{
    const bh_env_def *def = &bh_env_pendulum;
    box_env env = box_env_make(def, NULL, NULL);
    bh_space observation, action;
    def->spaces(env.state, &observation, &action);
    CHECK(observation.kind == BH_SPACE_BOX && observation.n == 3);
    for (int i = 0; i < 3; i++) {
        CHECK(observation.high[i] == (i < 2 ? 1 : 8) && observation.low[i] == -observation.high[i]);
    }
    CHECK(action.kind == BH_SPACE_BOX && action.n == 1 && action.low[0] == -2 &&
          action.high[0] == 2);
    CHECK(def->step == NULL && isnan(def->reward_threshold) && def->max_episode_steps == 200);

    float view[3];
    box_env_reset(&env);
    env.state[0] = 2 * PI + 0.25;
    def->view(env.state, view);
    CHECK_NEAR(view[0], 0.25, 1e-7);
    CHECK(view[1] == (float)env.state[1] && view[2] == 0);
    box_env_step(&env, -0.75);
    def->view(env.state, view);
    CHECK(view[2] == -0.75f);
    box_env_step(&env, 5);
    def->view(env.state, view);
    CHECK(view[2] == 2);
    box_env_reset(&env);
    def->view(env.state, view);
    CHECK(view[2] == 0);
}

static void test_words(void)
{
    char buffer[512];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    box_env env = box_env_make(&bh_env_pendulum, "g", "9.5");
    box_env_reset(&env);
    env.state[0] = 2 * PI + PI / 4;
    env.state[1] = -0.5;
    bh_env_pendulum.describe(env.state, &text);
    CHECK_STRING(buffer, "pendulum 45.0° left of upright, turning clockwise at 0.50 rad/s");
    env.state[0] = -PI / 2;
    env.state[1] = 2;
    text = bh_text_over(buffer, sizeof buffer);
    bh_env_pendulum.describe(env.state, &text);
    CHECK_STRING(buffer,
                 "pendulum 90.0° right of upright, turning counter-clockwise at 2.00 rad/s");
    text = bh_text_over(buffer, sizeof buffer);
    bh_env_pendulum.layout(env.state, &text);
    CHECK_STRING(buffer, "{\"actions\":[\"torque\"],\"length\":1,\"max_speed\":8,\"max_torque\":2,"
                         "\"g\":9.5,\"observations\":[\"cos theta\",\"sin theta\","
                         "\"angular velocity\"]}");
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_single_steps);
    CHECK_RUN(test_observations);
    CHECK_RUN(test_by_hand);
    CHECK_RUN(test_wrap);
    CHECK_RUN(test_energy_is_kept_without_torque);
    CHECK_RUN(test_the_torque_is_too_weak);
    CHECK_RUN(test_starts);
    CHECK_RUN(test_gravity);
    CHECK_RUN(test_contract);
    CHECK_RUN(test_words);
    return check_report();
}
