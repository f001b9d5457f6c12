// SPDX-License-Identifier: MIT
// MountainCarContinuous-v0, by hand and against a transcription of Gymnasium's step.
#include "envs/mountain_car_continuous.h"
#include "step_box.h"
#include "tests/golden/mountain_car_continuous.h"

#include "check.h"

static const double PI = 3.141592653589793;

enum { N_STEPS = sizeof golden_car_steps / sizeof golden_car_steps[0] };
enum { N_SWING = sizeof golden_car_swing / sizeof golden_car_swing[0] };

// Rounding to float may go the other way where the last bit of the cosine does.
static void check_state(const float got[2], const float want[2])
{
    CHECK_NEAR(got[0], want[0], 1.2e-7);
    CHECK_NEAR(got[1], want[1], 7.5e-9);
}

static void test_single_steps(void)
{
    for (int i = 0; i < N_STEPS; i++) {
        const struct golden_car_step *want = &golden_car_steps[i];
        float s[2];
        double reward;
        memcpy(s, want->s, sizeof s);
        int ended =
            bhi_mountain_car_continuous_advance(s, want->action, want->goal_velocity, &reward);
        check_state(s, want->s1);
        CHECK_NEAR(reward, want->reward, 1e-14);
        CHECK(ended == want->terminated);
    }
}

// Each step from the reference's own state.
static void test_swing(void)
{
    for (int k = 0; k + 1 < N_SWING; k++) {
        float s[2];
        double reward;
        memcpy(s, golden_car_swing[k], sizeof s);
        int ended = bhi_mountain_car_continuous_advance(s, s[1] >= 0 ? 0.75 : -0.75, 0, &reward);
        check_state(s, golden_car_swing[k + 1]);
        CHECK(ended == (k + 2 == N_SWING));
        CHECK_NEAR(reward, (ended ? 100 : 0) - 0.05625, 1e-14);
    }
}

// Where cos(3 x) is 1, 0 and -1.
static void test_by_hand(void)
{
    float flat[2] = {0, 0.01f}, steep[2] = {(float)(-PI / 6), 0}, left[2] = {(float)(-PI / 3), 0};
    double reward;
    CHECK(!bhi_mountain_car_continuous_advance(flat, 0.5, 0, &reward));
    CHECK_NEAR(flat[1], 0.01 + 0.00075 - 0.0025, 5e-10);
    CHECK_NEAR(flat[0], 0.00825, 5e-10);
    CHECK_NEAR(reward, -0.025, 1e-15);
    CHECK(!bhi_mountain_car_continuous_advance(steep, -1, 0, &reward));
    CHECK_NEAR(steep[1], -0.0015, 3e-10);
    CHECK_NEAR(steep[0], -PI / 6 - 0.0015, 6e-8);
    CHECK(reward == -0.1);
    // Pushed no harder than 1, paid for 4.
    CHECK(!bhi_mountain_car_continuous_advance(left, 4, 0, &reward));
    CHECK_NEAR(left[1], 0.004, 5e-10);
    CHECK(reward == -1.6);
}

static void test_ends(void)
{
    float wall[2] = {-1.19f, -0.05f}, slow[2] = {0.44f, 0.02f};
    double reward;
    CHECK(!bhi_mountain_car_continuous_advance(wall, -1, 0, &reward));
    CHECK(wall[0] == -1.2f && wall[1] == 0);
    CHECK(!bhi_mountain_car_continuous_advance(wall, 1, 0, &reward) && wall[1] > 0);
    CHECK(!bhi_mountain_car_continuous_advance(slow, 1, 0.05, &reward) && slow[0] > 0.45f);
    CHECK(reward == -0.1);
    // At the goal, but moving back: no end, and then one
    float back[2] = {0.55f, -0.01f};
    CHECK(!bhi_mountain_car_continuous_advance(back, 0, 0, &reward) && back[0] > 0.45f);
    CHECK(reward == 0);
    back[1] = 0.01f;
    CHECK(bhi_mountain_car_continuous_advance(back, 0, 0, &reward) && reward == 100);
}

// The engine is too weak for the slope, and strong enough for a swing.
static void test_the_engine_is_too_weak(void)
{
    float s[2] = {-0.5f, 0};
    double reward;
    for (int k = 0; k < 999; k++) {
        CHECK(!bhi_mountain_car_continuous_advance(s, 1, 0, &reward));
        CHECK(s[0] < 0.45f);
    }
}

static void test_the_environment_is_the_physics(void)
{
    box_env env = box_env_make(&bh_env_mountain_car_continuous, "goal_velocity", "0.01");
    for (int episode = 0; episode < 5; episode++) {
        box_env_reset(&env);
        int n = 0;
        do {
            float action = (env.obs[1] < 0 ? -1 : 1) * (episode % 2 == 0 ? 1 : 1.25f);
            float s[2];
            double reward;
            memcpy(s, env.state, sizeof s); // the state begins with these two
            int ended = bhi_mountain_car_continuous_advance(s, (double)action, 0.01, &reward);
            box_env_step(&env, (double)action);
            CHECK(env.terminated == ended && env.reward == reward);
            CHECK(memcmp(s, env.state, sizeof s) == 0 && memcmp(s, env.obs, sizeof s) == 0);
        } while (!env.terminated && ++n < 999);
        CHECK(env.terminated && env.reward > 99 && n > 50);
    }
}

static void test_starts(void)
{
    enum { N = 4000 };
    box_env env = box_env_make(&bh_env_mountain_car_continuous, NULL, NULL);
    int tenths[10] = {0}, n_right = 0, n_beyond = 0;
    for (int k = 0; k < N; k++) {
        box_env_reset(&env);
        CHECK(env.obs[0] >= -0.6f && env.obs[0] <= -0.4f && env.obs[1] == 0);
        tenths[(int)fmax(0, fmin(9, (env.obs[0] + 0.6) / 0.02))]++;
    }
    for (int i = 0; i < 10; i++) CHECK_NEAR(tenths[i], N / 10, 5 * 19);
    for (int k = 0; k < N; k++) {
        env.def->reset_anywhere(env.state, &env.rng, env.obs);
        CHECK(env.obs[0] >= -1.2f && env.obs[0] <= 0.6f && fabsf(env.obs[1]) <= 0.07f);
        CHECK(env.obs[0] <= 0.45f || env.obs[1] <= 0);
        n_right += env.obs[1] > 0;
        n_beyond += env.obs[0] > 0.45f;
    }
    // Of 23 parts, 0.15 long and half of the velocities high, 11 go right and 1 is beyond the goal.
    CHECK_NEAR(n_right, N * 11 / 23.0, 5 * 32);
    CHECK_NEAR(n_beyond, N / 23.0, 5 * 13);
}

static void test_contract(void)
{
    const bh_env_def *def = &bh_env_mountain_car_continuous;
    box_env env = box_env_make(def, NULL, NULL);
    bh_space observation, action;
    def->spaces(env.state, &observation, &action);
    CHECK(observation.kind == BH_SPACE_BOX && observation.n == 2);
    CHECK(observation.low[0] == -1.2f && observation.high[0] == 0.6f);
    CHECK(observation.low[1] == -0.07f && observation.high[1] == 0.07f);
    CHECK(action.kind == BH_SPACE_BOX && action.n == 1 && action.low[0] == -1 &&
          action.high[0] == 1);
    CHECK(def->step == NULL && def->reward_threshold == 90 && def->max_episode_steps == 999);

    float view[3];
    box_env_reset(&env);
    def->view(env.state, view);
    CHECK(memcmp(view, env.obs, 2 * sizeof *view) == 0 && view[2] == 0);
    box_env_step(&env, -0.75);
    def->view(env.state, view);
    CHECK(memcmp(view, env.obs, 2 * sizeof *view) == 0 && view[2] == -0.75f);
    box_env_step(&env, 3);
    def->view(env.state, view);
    CHECK(view[2] == 1);
}

static void test_words(void)
{
    char buffer[512];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    box_env env = box_env_make(&bh_env_mountain_car_continuous, "goal_velocity", "0.01");
    box_env_reset(&env);
    const float at[2] = {-0.52f, -0.013f};
    memcpy(env.state, at, sizeof at);
    env.def->describe(env.state, &text);
    CHECK_STRING(buffer, "car at -0.52, moving 0.013 a step to the left");
    text = bh_text_over(buffer, sizeof buffer);
    env.def->layout(env.state, &text);
    CHECK_STRING(buffer, "{\"actions\":[\"push\"],\"min_position\":-1.2,\"max_position\":0.6,"
                         "\"goal_position\":0.45,\"gravity\":0.0025,\"goal_velocity\":0.01,"
                         "\"observations\":[\"car position\",\"car velocity\"]}");
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_single_steps);
    CHECK_RUN(test_swing);
    CHECK_RUN(test_by_hand);
    CHECK_RUN(test_ends);
    CHECK_RUN(test_the_engine_is_too_weak);
    CHECK_RUN(test_the_environment_is_the_physics);
    CHECK_RUN(test_starts);
    CHECK_RUN(test_contract);
    CHECK_RUN(test_words);
    return check_report();
}
