// SPDX-License-Identifier: MIT
// Breakout-MinAtar against episodes of a second implementation, and what is this library's own:
// sticky actions, the two sets of actions, the time limit.
#include "envs/registry.h"
#include "tests/golden/breakout.h"

#include "check.h"

enum { N_EPISODES = sizeof golden_breakout / sizeof golden_breakout[0] };
enum { N_ROWS = sizeof golden_breakout_rows / sizeof golden_breakout_rows[0] };
enum { STAY = 0, LEFT = 1, RIGHT = 2, RIGHT_OF_6 = 3, N_OBS = 400, N_VIEW = 38 };

static bh_env *make(const char *minimal_actions, const char *sticky_action_prob)
{
    char config[64];
    bh_env *env;
    bh_error err;
    const bh_env_def *def = &bh_env_breakout;
    CHECK(def->config->bytes <= sizeof config);
    bh_config_defaults(def->config, config);
    CHECK_STATUS(bh_config_set(def->config, config, "minimal_actions", minimal_actions, &err),
                 BH_OK);
    CHECK_STATUS(bh_config_set(def->config, config, "sticky_action_prob", sticky_action_prob, &err),
                 BH_OK);
    CHECK_STATUS(bh_env_create(&env, def, config, &err), BH_OK);
    return env;
}

static void look(const bh_env *env, float view[N_VIEW])
{
    bh_env_breakout.view(bh_env_state(env), view);
}

// A state is what the row says, in the view and in the picture.
static void check_row(const bh_env *env, const float *obs, const int row[9])
{
    float view[N_VIEW];
    look(env, view);
    for (int i = 0; i < 6; i++) CHECK(view[i] == (float)row[i]);
    CHECK(view[7] == (float)row[6]);
    for (int i = 0; i < 30; i++) CHECK(view[8 + i] == (float)(row[8] >> i & 1));
    for (int i = 0; i < N_OBS; i++) {
        int channel = i % 4, x = i / 4 % 10, y = i / 40, brick = y >= 1 && y <= 3;
        int want = channel == 0   ? x == row[0] && y == 9
                   : channel == 1 ? x == row[1] && y == row[2]
                   : channel == 2 ? x == row[3] && y == row[4]
                                  : brick && (row[8] >> (10 * (y - 1) + x) & 1);
        CHECK(obs[i] == (float)want);
    }
}

static void reset_to_side(bh_env *env, int side, float *obs)
{
    float view[N_VIEW];
    do {
        bh_env_reset(env, obs);
        look(env, view);
    } while (view[1] != (float)(9 * side));
}

static void check_golden(const char *minimal_actions, int right)
{
    bh_env *env = make(minimal_actions, "0");
    const int(*row)[9] = golden_breakout_rows;
    int hits_from_the_side = 0, refills = 0;
    for (int i = 0; i < N_EPISODES; i++, row++) {
        const struct golden_breakout *t = &golden_breakout[i];
        float obs[N_OBS];
        reset_to_side(env, t->side, obs);
        check_row(env, obs, row[0]);
        for (int k = 0; k < t->steps; k++, row++) {
            char c = t->actions[k];
            bh_step step;
            CHECK_STATUS(bh_env_step(env,
                                     c == 'l'   ? LEFT
                                     : c == 'r' ? right
                                                : STAY,
                                     obs, &step, NULL),
                         BH_OK);
            check_row(env, obs, row[1]);
            CHECK(step.reward == row[1][6] && step.terminated == row[1][7] && !step.truncated);
            hits_from_the_side += row[0][2] == 8 && row[1][2] == 8 && (row[0][5] ^ row[1][5]) == 2;
            refills += row[0][8] == 0 && row[1][8] != 0;
        }
    }
    CHECK(row == golden_breakout_rows + N_ROWS);
    CHECK(hits_from_the_side > 5 && refills == 1); // the rare rules are among them
    bh_env_destroy(env);
}

static void test_golden_episodes(void)
{
    check_golden("true", RIGHT);
    check_golden("false", RIGHT_OF_6);
}

// Of all 6 only left and right move the paddle.
static void test_actions(void)
{
    static const int moves[6] = {0, -1, 0, 1, 0, 0};
    bh_env *env = make("false", "0");
    CHECK(bh_env_action_space(env)->n == 6);
    for (int a = 0; a < 6; a++) {
        float obs[N_OBS], view[N_VIEW];
        bh_step step;
        bh_env_reset(env, obs);
        CHECK_STATUS(bh_env_step(env, a, obs, &step, NULL), BH_OK);
        look(env, view);
        CHECK(view[0] == (float)(4 + moves[a]) && view[6] == (float)a);
    }
    bh_env_destroy(env);
}

// With 1 the first no-op goes on forever; with 0.1, of actions that differ from the one before, one
// in ten is not taken.
static void test_sticky_actions(void)
{
    bh_env *env = make("true", "1");
    float obs[N_OBS], view[N_VIEW];
    bh_step step;
    bh_env_reset(env, obs);
    for (int k = 0; k < 4; k++) {
        CHECK_STATUS(bh_env_step(env, LEFT, obs, &step, NULL), BH_OK);
        look(env, view);
        CHECK(view[0] == 4 && view[6] == STAY);
    }
    bh_env_destroy(env);

    enum { STEPS = 20000 };
    env = make("true", "0.1");
    int repeated = 0;
    bh_env_reset(env, obs);
    for (int k = 0, before = 0; k < STEPS; k++) {
        if (!bh_env_running(env)) {
            bh_env_reset(env, obs);
            before = 0;
        }
        int action = (before + 1) % 3;
        CHECK_STATUS(bh_env_step(env, action, obs, &step, NULL), BH_OK);
        look(env, view);
        CHECK(view[6] == (float)action || view[6] == (float)before);
        repeated += view[6] == (float)before;
        before = (int)view[6];
    }
    CHECK_NEAR(repeated, 0.1 * STEPS, 5 * sqrt(0.09 * STEPS));
    bh_env_destroy(env);
}

// Where the ball comes down next, at what time: followed with a paddle that is always there.
static int landing(const float *view)
{
    int x = (int)view[1], y = (int)view[2], dx = view[5] == 1 || view[5] == 2 ? 1 : -1;
    int dy = view[5] >= 2 ? 1 : -1, struck = 0;
    float brick[30];
    memcpy(brick, view + 8, sizeof brick);
    for (int k = 0; k < 100; k++) {
        int to_x = x + dx, to_y = y + dy;
        if (to_x < 0 || to_x > 9) to_x = x, dx = -dx;
        if (to_y == 9) return x;
        int at = (to_y - 1) * 10 + to_x, is_brick = to_y >= 1 && to_y <= 3 && brick[at] == 1;
        if (to_y < 0) to_y = 0, dy = -dy;
        else if (is_brick && !struck) brick[at] = 0, to_y = y, dy = -dy;
        struck = is_brick;
        x = to_x;
        y = to_y;
    }
    return x;
}

// A policy that stands where the ball comes down plays until the limit cuts the episode.
static void test_time_limit(void)
{
    bh_env *env = make("true", "0");
    float obs[N_OBS], view[N_VIEW];
    bh_step step = {0};
    double sum = 0;
    bh_env_reset(env, obs);
    while (bh_env_running(env)) {
        look(env, view);
        int to = landing(view), paddle = (int)view[0];
        int action = to < paddle ? LEFT : to > paddle ? RIGHT : STAY;
        CHECK_STATUS(bh_env_step(env, action, obs, &step, NULL), BH_OK);
        sum += step.reward;
    }
    CHECK(bh_env_elapsed(env) == 2500 && step.truncated && !step.terminated);
    CHECK(sum > 10);
    bh_env_destroy(env);
}

static double random_mean(const char *minimal_actions, int n_episodes)
{
    bh_env *env = make(minimal_actions, "0.1");
    bh_rng rng = bh_rng_seed(6);
    double sum = 0;
    uint32_t A = (uint32_t)bh_env_action_space(env)->n;
    for (int episode = 0; episode < n_episodes; episode++) {
        float obs[N_OBS];
        bh_step step = {0};
        bh_env_reset(env, obs);
        while (bh_env_running(env)) {
            CHECK_STATUS(bh_env_step(env, (int)bh_rng_below(&rng, A), obs, &step, NULL), BH_OK);
            sum += step.reward;
        }
    }
    bh_env_destroy(env);
    return sum / n_episodes;
}

// 0.514 and 0.388 are the means of 200,000 episodes; MinAtar's README gives 0.5 for all 6 actions.
// A return deviates by less than 0.8.
static void test_random_policies(void)
{
    CHECK_NEAR(random_mean("false", 10000), 0.514, 5 * 0.8 / sqrt(10000));
    CHECK_NEAR(random_mean("true", 10000), 0.388, 5 * 0.8 / sqrt(10000));
}

static void test_words(void)
{
    char buffer[256];
    bh_env *env = make("true", "0");
    float obs[N_OBS];
    reset_to_side(env, 1, obs);
    bh_text text = bh_text_over(buffer, sizeof buffer);
    bh_env_breakout.describe(bh_env_state(env), &text);
    CHECK_STRING(buffer,
                 "ball in row 4, column 10, falling to the left; paddle in column 5; 30 bricks");
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_golden_episodes);
    CHECK_RUN(test_actions);
    CHECK_RUN(test_sticky_actions);
    CHECK_RUN(test_time_limit);
    CHECK_RUN(test_random_policies);
    CHECK_RUN(test_words);
    return check_report();
}
