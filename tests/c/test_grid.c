// SPDX-License-Identifier: MIT
// The grid family: transition tables against Gymnasium's, maps good and bad, sampled moves.
#include "core/alloc.h"
#include "envs/grid.h"
#include "envs/registry.h"
#include "tests/golden/grid.h"

#include "check.h"

// An environment with options given as name, value, name, value, …, NULL.
static bh_status make(bh_env **env, const bh_env_def *def, const char *const *options,
                      bh_error *err)
{
    void *config = bh_alloc(def->config->bytes);
    bh_config_defaults(def->config, config);
    bh_status status = BH_OK;
    *env = NULL;
    for (; status == BH_OK && options != NULL && options[0] != NULL; options += 2) {
        status = bh_config_set(def->config, config, options[0], options[1], err);
    }
    if (status == BH_OK) status = bh_env_create(env, def, config, err);
    bh_free(config, def->config->bytes);
    return status;
}

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static bh_env *must_make(const bh_env_def *def, const char *const *options)
{
    bh_env *env;
    bh_error err;
    if (!CHECK_STATUS(make(&env, def, options, &err), BH_OK)) printf("    %s\n", err.message);
    return env;
}

static int transitions(const bh_env *env, int s, int a, bh_transition *out)
{
    return bh_env_definition(env)->transitions(bh_env_state(env), s, a, out);
}

// ---- tables ----

static void check_lake(const char *is_slippery, const golden_outcome *want, int n_want)
{
    bh_env *env = must_make(&bh_env_frozen_lake, OPTIONS("is_slippery", is_slippery));
    int i = 0;
    for (int s = 0; s < 16; s++) {
        for (int a = 0; a < 4; a++) {
            bh_transition out[BH_TRANSITIONS_MAX];
            int n = transitions(env, s, a, out);
            for (int k = 0; k < n && i < n_want; k++, i++) {
                CHECK(want[i].s == s && want[i].a == a);
                CHECK(out[k].p == want[i].p); // the very bits
                CHECK(out[k].s == want[i].next);
                CHECK(out[k].r == want[i].reward);
                CHECK(out[k].terminated == want[i].terminated);
            }
        }
    }
    CHECK(i == n_want);
    bh_env_destroy(env);
}

static void test_lake_table_is_gymnasiums(void)
{
    check_lake("false", golden_lake_deterministic,
               sizeof golden_lake_deterministic / sizeof golden_lake_deterministic[0]);
    check_lake("true", golden_lake_slippery,
               sizeof golden_lake_slippery / sizeof golden_lake_slippery[0]);
}

static void test_lake_maps(void)
{
    bh_env *small = must_make(&bh_env_frozen_lake, NULL);
    bh_env *named = must_make(&bh_env_frozen_lake, OPTIONS("map_name", "8x8"));
    bh_env *large = must_make(&bh_env_frozen_lake8x8, NULL);
    bh_env *own = must_make(&bh_env_frozen_lake, OPTIONS("desc", "SHF/FFG"));
    CHECK(bh_env_observation_space(small)->n == 16);
    CHECK(bh_env_observation_space(named)->n == 64);
    CHECK(bh_env_observation_space(large)->n == 64);
    CHECK(bh_env_observation_space(own)->n == 6);
    CHECK(memcmp(bh_env_state(named), bh_env_state(large), sizeof(bhi_grid)) == 0);
    bh_env_destroy(small);
    bh_env_destroy(named);
    bh_env_destroy(large);
    bh_env_destroy(own);
}

static void test_success_rate(void)
{
    bh_env *env = must_make(&bh_env_frozen_lake, OPTIONS("success_rate", "0.8"));
    bh_transition out[BH_TRANSITIONS_MAX];
    CHECK(transitions(env, 0, 2, out) == 3);
    CHECK(out[1].p == 0.8 && out[0].p == (1.0 - 0.8) / 2.0 && out[2].p == out[0].p);
    CHECK(out[0].s == 4 && out[1].s == 1 && out[2].s == 0); // down, right, up
    bh_env_destroy(env);
}

static void test_default_gridworld_table(void)
{
    bh_env *env = must_make(&bh_env_gridworld, NULL);
    for (size_t i = 0; i < sizeof golden_grid_moves / sizeof golden_grid_moves[0]; i++) {
        const struct golden_move *m = &golden_grid_moves[i];
        for (int a = 0; a < 4; a++) {
            bh_transition out[BH_TRANSITIONS_MAX];
            CHECK(transitions(env, m->cell - 1, a, out) == 1);
            CHECK(out[0].p == 1.0 && out[0].s == m->next[a] - 1 && out[0].r == m->reward[a]);
            CHECK(out[0].terminated == (m->next[a] == 6 || m->next[a] == 8));
        }
    }
    for (int a = 0; a < 4; a++) {
        for (int s = 5; s <= 7; s += 2) {
            bh_transition out[BH_TRANSITIONS_MAX];
            CHECK(transitions(env, s, a, out) == 1);
            CHECK(out[0].p == 1.0 && out[0].s == s && out[0].r == 0.0 && out[0].terminated == 1);
        }
    }
    bh_env_destroy(env);
}

static void test_slip_walls_and_rewards(void)
{
    // Cell 1 is boxed in on three sides: rim above, rim left, wall right.
    bh_env *env = must_make(&bh_env_gridworld,
                            OPTIONS("map", " S#G \r\n ..T \n G.. \n", "slip", "0.2", "goal_reward",
                                    "5", "trap_reward", "-3", "step_reward", "-0.5"));
    bh_transition out[BH_TRANSITIONS_MAX];
    CHECK(bh_env_observation_space(env)->n == 9);
    CHECK(transitions(env, 0, 1, out) == 3); // right, slipping up or down
    CHECK(out[0].p == 0.1 && out[0].s == 0 && out[0].r == -0.5);
    CHECK(out[1].p == 0.8 && out[1].s == 0 && out[1].r == -0.5 && !out[1].terminated);
    CHECK(out[2].p == 0.1 && out[2].s == 3);
    CHECK(transitions(env, 4, 1, out) == 3);
    CHECK(out[0].s == 4 && out[1].s == 5 && out[1].r == -3 && out[1].terminated && out[2].s == 7);
    CHECK(transitions(env, 3, 2, out) == 3);
    CHECK(out[1].s == 6 && out[1].r == 5 && out[1].terminated);
    CHECK(transitions(env, 1, 0, out) == 1 && out[0].s == 1 && out[0].terminated); // a wall
    CHECK(transitions(env, 2, 0, out) == 1 && out[0].s == 2 && out[0].r == 0.0);   // the other goal
    bh_env_destroy(env);
}

static void test_cliff(void)
{
    bh_env *env = must_make(&bh_env_cliff_walking, NULL);
    CHECK(bh_env_observation_space(env)->n == 48);
    CHECK(isnan(bh_env_cliff_walking.reward_threshold) &&
          bh_env_cliff_walking.max_episode_steps == 0);
    bh_transition out[BH_TRANSITIONS_MAX];
    for (int s = 0; s < 48; s++) {
        for (int a = 0; a < 4; a++) {
            // Gymnasium's rule, written down once more.
            int row = s / 12 + (a == 2) - (a == 0), col = s % 12 + (a == 1) - (a == 3);
            row = row < 0 ? 0 : row > 3 ? 3 : row;
            col = col < 0 ? 0 : col > 11 ? 11 : col;
            int to = row * 12 + col, falls = to > 36 && to < 47;
            CHECK(transitions(env, s, a, out) == 1);
            if (s == 47) continue; // the goal leads to itself
            CHECK(out[0].p == 1.0 && out[0].s == (falls ? 36 : to));
            CHECK(out[0].r == (falls ? -100 : -1) && out[0].terminated == (to == 47));
        }
    }
    CHECK(transitions(env, 47, 0, out) == 1 && out[0].s == 47 && out[0].r == 0 &&
          out[0].terminated);

    // The known best way: up, eleven to the right, down. And a fall, seen by the drawing.
    float obs[1], view[BHI_GRID_N_VIEW];
    bh_step step;
    bh_env_reset(env, obs);
    CHECK(obs[0] == 36.0f);
    CHECK_STATUS(bh_env_step(env, 1, obs, &step, NULL), BH_OK);
    bh_env_definition(env)->view(bh_env_state(env), view);
    CHECK(step.reward == -100 && !step.terminated && obs[0] == 36.0f);
    CHECK(view[0] == 36 && view[1] == 36 && view[2] == 37 && view[3] == 1 && view[4] == -100);
    double total = 0;
    for (int k = 0; k < 13; k++) {
        CHECK_STATUS(bh_env_step(env, k == 0 ? 0 : k == 12 ? 2 : 1, obs, &step, NULL), BH_OK);
        total += step.reward;
    }
    CHECK(total == -13 && step.terminated && !step.truncated && obs[0] == 47.0f);
    bh_env_destroy(env);

    env = must_make(&bh_env_cliff_walking, OPTIONS("is_slippery", "true"));
    CHECK(transitions(env, 36, 0, out) == 3); // left, up, right: stays, moves, falls
    CHECK(out[0].s == 36 && out[0].r == -1 && out[1].s == 24 && out[2].s == 36 && out[2].r == -100);
    CHECK(out[0].p == 1.0 / 3.0 && out[1].p == 1.0 / 3.0 && out[2].p == 1.0 / 3.0);
    bh_env_destroy(env);
}

// ---- sampling ----

// Moves happen as often as the table says: each count within five standard deviations.
static void test_steps_follow_the_table(void)
{
    bh_env *env = must_make(&bh_env_frozen_lake, OPTIONS("success_rate", "0.5"));
    enum { N = 20000 };
    int count[16] = {0};
    for (int k = 0; k < N; k++) {
        float obs[1];
        bh_step step;
        char info[64];
        bh_text text = bh_text_over(info, sizeof info);
        bh_env_reset(env, obs);
        CHECK_STATUS(bh_env_step(env, 2, obs, &step, NULL), BH_OK);
        count[(int)obs[0]]++;
        bh_env_definition(env)->info(bh_env_state(env), &text);
        CHECK_STRING(info, obs[0] == 1.0f ? "{\"prob\":0.5}" : "{\"prob\":0.25}");
    }
    double p[16] = {[0] = 0.25, [1] = 0.5, [4] = 0.25};
    for (int s = 0; s < 16; s++) {
        CHECK_NEAR(count[s], N * p[s], 5 * sqrt(N * p[s] * (1 - p[s])));
    }
    bh_env_destroy(env);
}

static void test_several_starts(void)
{
    bh_env *env = must_make(&bh_env_frozen_lake, OPTIONS("desc", "SFS/FGF/FFS"));
    int count[9] = {0};
    for (int k = 0; k < 3000; k++) {
        float obs[1];
        bh_env_reset(env, obs);
        count[(int)obs[0]]++;
    }
    double five_sd = 5 * sqrt(3000 * (1.0 / 3) * (2.0 / 3));
    CHECK_NEAR(count[0], 1000, five_sd);
    CHECK_NEAR(count[2], 1000, five_sd);
    CHECK_NEAR(count[8], 1000, five_sd);
    CHECK(count[0] + count[2] + count[8] == 3000);
    bh_env_destroy(env);
}

// Exploring starts: every cell one can walk from, each as likely, and no other.
static void test_starts_anywhere(void)
{
    bh_env *env;
    CHECK_STATUS(bh_env_create(&env, &bh_env_gridworld, NULL, NULL), BH_OK);
    int count[9] = {0};
    bh_env_start_anywhere(env, 1);
    for (int i = 0; i < 7000; i++) {
        float obs;
        bh_env_reset(env, &obs);
        CHECK(bh_env_running(env) && bh_env_elapsed(env) == 0);
        count[(int)obs]++;
    }
    for (int s = 0; s < 9; s++) {
        if (s == 5 || s == 7) CHECK(count[s] == 0);    // the trap and the goal
        else CHECK(count[s] > 850 && count[s] < 1150); // 1,000 +- 5 sigma
    }
    bh_env_destroy(env);
}

static void test_time_limits(void)
{
    const bh_env_def *defs[] = {&bh_env_gridworld, &bh_env_frozen_lake, &bh_env_frozen_lake8x8};
    const int limits[] = {100, 100, 200};
    for (int i = 0; i < 3; i++) {
        bh_env *env = must_make(defs[i], i > 0 ? OPTIONS("is_slippery", "false") : NULL);
        float obs[1];
        bh_step step;
        bh_env_reset(env, obs);
        int n = 0, up = i > 0 ? 3 : 0; // against the rim, for ever
        do {
            CHECK_STATUS(bh_env_step(env, up, obs, &step, NULL), BH_OK);
            n++;
        } while (!step.truncated && n < 1000);
        CHECK(n == limits[i] && !step.terminated && obs[0] == 0.0f);
        bh_env_destroy(env);
    }
}

// ---- maps for and by people ----

static const char *say(const bh_env *env, void (*tell)(const void *, bh_text *))
{
    static char buffer[1024];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    tell(bh_env_state(env), &text);
    CHECK(bh_text_fits(&text));
    return buffer;
}

static void test_what_a_page_sees(void)
{
    bh_env *env = must_make(&bh_env_gridworld, NULL);
    const bh_env_def *def = &bh_env_gridworld;
    float obs[1], view[BHI_GRID_N_VIEW];
    bh_step step;
    bh_env_reset(env, obs);
    CHECK_STRING(
        say(env, def->layout),
        "{\"actions\":[\"up\",\"right\",\"down\",\"left\"],\"rows\":[\"S..\",\"..T\",\".G.\"],"
        "\"n_rows\":3,\"n_cols\":3,\"trap_ends\":true}");
    CHECK_STRING(say(env, def->describe), "cell 1 (row 1, column 1), the start");
    CHECK_STRING(say(env, def->info), "{\"prob\":1}");
    def->view(bh_env_state(env), view);
    CHECK(view[0] == 0 && view[1] == -1 && view[2] == -1 && view[3] == -1 && view[4] == 0);
    CHECK_STATUS(bh_env_step(env, 1, obs, &step, NULL), BH_OK);
    CHECK_STRING(say(env, def->describe), "cell 2 (row 1, column 2)");
    CHECK_STATUS(bh_env_step(env, 2, obs, &step, NULL), BH_OK);
    CHECK_STRING(say(env, def->describe), "cell 5 (row 2, column 2)");
    CHECK_STATUS(bh_env_step(env, 2, obs, &step, NULL), BH_OK);
    CHECK_STRING(say(env, def->describe), "cell 8 (row 3, column 2), the goal");
    def->view(bh_env_state(env), view);
    CHECK(view[0] == 7 && view[1] == 4 && view[2] == 7 && view[3] == 2 && view[4] == 1);
    CHECK(step.terminated && step.reward == 1.0);
    bh_env_destroy(env);

    env = must_make(&bh_env_frozen_lake, NULL);
    CHECK_STRING(
        say(env, bh_env_frozen_lake.layout),
        "{\"actions\":[\"left\",\"down\",\"right\",\"up\"],\"rows\":[\"S...\",\".T.T\",\"...T\","
        "\"T..G\"],\"n_rows\":4,\"n_cols\":4,\"trap_ends\":true}");
    bh_env_destroy(env);
    env = must_make(&bh_env_cliff_walking, NULL);
    CHECK_STRING(say(env, bh_env_cliff_walking.layout),
                 "{\"actions\":[\"up\",\"right\",\"down\",\"left\"],\"rows\":[\"............\","
                 "\"............\",\"............\",\"STTTTTTTTTTG\"],\"n_rows\":4,\"n_cols\":12,"
                 "\"trap_ends\":false}");
    bh_env_destroy(env);
}

static void check_bad(const bh_env_def *def, const char *field, const char *map,
                      const char *message)
{
    bh_env *env;
    bh_error err = {0};
    CHECK_STATUS(make(&env, def, OPTIONS(field, map), &err), BH_ERR_CONFIG);
    CHECK(env == NULL);
    CHECK_STRING(err.message, message);
}

static void test_bad_maps(void)
{
    static const struct {
        const char *map, *message;
    } bad[] = {
        {"", "GridWorld-v0: map is empty; write rows such as S../..G"},
        {" \n ", "GridWorld-v0: map is empty; write rows such as S../..G"},
        {"/S.G", "GridWorld-v0: map has no cell in row 1; write rows such as S../..G"},
        {"../.G", "GridWorld-v0: map is '../.G' and has no start; mark a cell with S"},
        {"S.\n..", "GridWorld-v0: map is 'S./..' and has no goal; mark a cell with G"},
        {"S./.S/.G",
         "GridWorld-v0: map has a second start (S) in row 2, column 2; there must be one"},
        {"S../.G",
         "GridWorld-v0: map has 3 cells in row 1 but 2 in row 2; all rows must be as long"},
        {"S./.G.",
         "GridWorld-v0: map has 2 cells in row 1 but 3 in row 2; all rows must be as long"},
        {"S.//.G",
         "GridWorld-v0: map has 2 cells in row 1 but 0 in row 2; all rows must be as long"},
        {"S./xG",
         "GridWorld-v0: map has 'x' in row 2, column 1, but must be one of the letters S G T # ."},
        {"S. ./..G.",
         "GridWorld-v0: map has ' ' in row 1, column 3, but must be one of the letters S G T # ."},
        {"S界/.G",
         "GridWorld-v0: map has '界' in row 1, column 2, but must be one of the letters S G T # ."},
        {"S\a/.G",
         "GridWorld-v0: map has the control character 7 in row 1, column 2; the letters are "
         "S G T # ."},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_bad(&bh_env_gridworld, "map", bad[i].map, bad[i].message);
    }
    check_bad(
        &bh_env_frozen_lake, "desc", "SF/TG",
        "FrozenLake-v1: desc has 'T' in row 2, column 1, but must be one of the letters S G H F");
    check_bad(&bh_env_frozen_lake8x8, "desc", "FF/FG",
              "FrozenLake8x8-v1: desc is 'FF/FG' and has no start; mark a cell with S");
    check_bad(&bh_env_gridworld, "slip", "1.5",
              "GridWorld-v0: slip is 1.5, but must be between 0 and 1");
    check_bad(&bh_env_gridworld, "slip", "nan",
              "GridWorld-v0: slip is nan, but must be between 0 and 1");
}

// A square map with S and G in the corners.
static const char *square(char *buffer, int n_rows, int n_cols)
{
    char *s = buffer;
    for (int row = 0; row < n_rows; row++) {
        for (int col = 0; col < n_cols; col++) *s++ = '.';
        *s++ = '/';
    }
    buffer[0] = 'S';
    s[-2] = 'G';
    s[-1] = '\0';
    return buffer;
}

static void test_map_sizes(void)
{
    char map[BH_TEXT_MAX];
    const int max = BHI_GRID_SIDE_MAX;
    bh_env *env = must_make(&bh_env_gridworld, OPTIONS("map", square(map, max, max)));
    CHECK(bh_env_observation_space(env)->n == max * max);
    bh_env_destroy(env);
    env = must_make(&bh_env_gridworld, OPTIONS("map", "S/G"));
    CHECK(bh_env_observation_space(env)->n == 2);
    bh_env_destroy(env);
    check_bad(&bh_env_gridworld, "map", square(map, 31, 2),
              "GridWorld-v0: map has more than 30 rows, the most there may be");
    check_bad(&bh_env_gridworld, "map", square(map, 2, 31),
              "GridWorld-v0: map has more than 30 columns, the most there may be");
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_lake_table_is_gymnasiums);
    CHECK_RUN(test_lake_maps);
    CHECK_RUN(test_success_rate);
    CHECK_RUN(test_default_gridworld_table);
    CHECK_RUN(test_slip_walls_and_rewards);
    CHECK_RUN(test_cliff);
    CHECK_RUN(test_steps_follow_the_table);
    CHECK_RUN(test_several_starts);
    CHECK_RUN(test_starts_anywhere);
    CHECK_RUN(test_time_limits);
    CHECK_RUN(test_what_a_page_sees);
    CHECK_RUN(test_bad_maps);
    CHECK_RUN(test_map_sizes);
    return check_report();
}
