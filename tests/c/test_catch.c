// SPDX-License-Identifier: MIT
// Catch-v0: its rules by hand, the best policy, and a random one counted out.
#include "envs/registry.h"

#include "check.h"

enum { ROWS = 10, COLUMNS = 5, LEFT = 0, STAY = 1, RIGHT = 2 };

static bh_env *make(void)
{
    bh_env *env;
    bh_error err;
    CHECK_STATUS(bh_env_create(&env, &bh_env_catch, NULL, &err), BH_OK);
    return env;
}

// Ball and paddle are the only ones, in their places.
static void check_picture(const float *obs, int row, int column, int paddle)
{
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        int is_ball = i == row * COLUMNS + column, is_paddle = i == 9 * COLUMNS + paddle;
        CHECK(obs[i] == (is_ball || is_paddle));
    }
}

static int find(const float *obs, int row)
{
    for (int column = 0; column < COLUMNS; column++) {
        if (obs[row * COLUMNS + column] == 1) return column;
    }
    return -1;
}

// The paddle: 2, then left left left (0, the rim) stay right right right right (4), right (the
// rim).
static void test_rules(void)
{
    static const int actions[9] = {LEFT, LEFT, LEFT, STAY, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT},
                     paddle[9] = {1, 0, 0, 0, 1, 2, 3, 4, 4};
    bh_env *env = make();
    const bh_space *space = bh_env_observation_space(env);
    CHECK(bh_space_rank(space) == 3 && bh_space_size(space, 0) == ROWS &&
          bh_space_size(space, 1) == COLUMNS && bh_space_size(space, 2) == 1);
    CHECK(space->dtype == BH_SPACE_U8 && space->high[0] == 1);
    for (int episode = 0; episode < 20; episode++) {
        float obs[ROWS * COLUMNS], view[5];
        bh_env_reset(env, obs);
        int column = find(obs, 0);
        check_picture(obs, 0, column, 2);
        bh_env_definition(env)->view(bh_env_state(env), view);
        CHECK(view[3] == -1 && view[4] == 0);
        for (int k = 0; k < 9; k++) {
            bh_step step;
            CHECK_STATUS(bh_env_step(env, actions[k], obs, &step, NULL), BH_OK);
            check_picture(obs, k + 1, column, paddle[k]);
            CHECK(step.terminated == (k == 8) && !step.truncated);
            CHECK(step.reward == (k < 8 ? 0 : column == 4 ? 1 : -1));
        }
        bh_env_definition(env)->view(bh_env_state(env), view);
        CHECK(view[0] == 9 && view[1] == (float)column && view[2] == 4 && view[3] == RIGHT);
        CHECK(view[4] == (column == 4 ? 1 : -1));
    }
    bh_env_destroy(env);
}

// A caught ball covers the paddle: one pixel is left. Each column starts about as often.
static void test_the_best_policy(void)
{
    enum { EPISODES = 5000 };
    bh_env *env = make();
    int starts[COLUMNS] = {0};
    for (int episode = 0; episode < EPISODES; episode++) {
        float obs[ROWS * COLUMNS];
        bh_step step = {0};
        bh_env_reset(env, obs);
        int column = find(obs, 0);
        starts[column]++;
        for (int paddle = 2; bh_env_running(env); paddle = find(obs, 9)) {
            int action = column < paddle ? LEFT : column > paddle ? RIGHT : STAY;
            CHECK_STATUS(bh_env_step(env, action, obs, &step, NULL), BH_OK);
        }
        check_picture(obs, 9, column, column);
        CHECK(step.reward == 1 && step.terminated);
    }
    for (int c = 0; c < COLUMNS; c++)
        CHECK_NEAR(starts[c], EPISODES / 5, 5 * sqrt(EPISODES * 0.16));
    bh_env_destroy(env);
}

// Where 9 random moves lead, as counts of the 3^9 = 19683 ways: each way keeps one count, moves it
// down and moves it up. Caught with the probability that the ball starts above it, 1/5 wherever it
// ends.
static void test_a_random_policy(void)
{
    double ways[COLUMNS] = {0, 0, 1, 0, 0}, caught = 0;
    for (int k = 0; k < 9; k++) {
        double next[COLUMNS] = {0};
        for (int c = 0; c < COLUMNS; c++) {
            next[c > 0 ? c - 1 : 0] += ways[c];
            next[c] += ways[c];
            next[c < 4 ? c + 1 : 4] += ways[c];
        }
        memcpy(ways, next, sizeof ways);
    }
    for (int c = 0; c < COLUMNS; c++) caught += ways[c] / 19683 / COLUMNS;
    CHECK_NEAR(2 * caught - 1, -0.6, 1e-15);

    enum { EPISODES = 20000 };
    bh_env *env = make();
    bh_rng rng = bh_rng_seed(1);
    double sum = 0;
    for (int episode = 0; episode < EPISODES; episode++) {
        float obs[ROWS * COLUMNS];
        bh_step step = {0};
        bh_env_reset(env, obs);
        while (bh_env_running(env)) {
            CHECK_STATUS(bh_env_step(env, (int)bh_rng_below(&rng, 3), obs, &step, NULL), BH_OK);
        }
        sum += step.reward;
    }
    CHECK_NEAR(sum / EPISODES, -0.6,
               5 * 0.8 / sqrt(EPISODES)); // a return deviates by 2 sqrt(.2 * .8)
    bh_env_destroy(env);
}

static void test_words(void)
{
    char buffer[256];
    bh_env *env = make();
    float obs[ROWS * COLUMNS];
    bh_env_reset(env, obs);
    int column = find(obs, 0);
    bh_step step;
    CHECK_STATUS(bh_env_step(env, RIGHT, obs, &step, NULL), BH_OK);
    bh_text text = bh_text_over(buffer, sizeof buffer);
    bh_env_catch.describe(bh_env_state(env), &text);
    char want[256];
    snprintf(want, sizeof want, "ball in row 2, column %d; paddle in column 4", column + 1);
    CHECK_STRING(buffer, want);
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_rules);
    CHECK_RUN(test_the_best_policy);
    CHECK_RUN(test_a_random_policy);
    CHECK_RUN(test_words);
    return check_report();
}
