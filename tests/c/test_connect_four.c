// SPDX-License-Identifier: MIT
// ConnectFour-v0: its rules against a board of cells, its opponents, its mask.
#include "envs/registry.h"

#include "check.h"

#include <string.h>

enum { ROWS = 6, COLUMNS = 7, CELLS = ROWS * COLUMNS, PLANES = 2 * CELLS, N_VIEW = CELLS + 9 };

typedef struct config {
    int opponent, depth, first, mask;
} config;

enum { RANDOM, GREEDY, MINIMAX, SELF };
enum { EITHER, AGENT_FIRST, OPPONENT_FIRST };

static bh_env *make(config c)
{
    bh_env *env;
    bh_error err;
    CHECK_STATUS(bh_env_create(&env, &bh_env_connect_four, &c, &err), BH_OK);
    return env;
}

static void view_of(const bh_env *env, float *view)
{
    bh_env_definition(env)->view(bh_env_state(env), view);
}

// ---- the rules, once more: a board of cells from the top ----

static int wins(const int *cells, int who)
{
    static const int steps[4][2] = {{0, 1}, {1, 0}, {1, 1}, {1, -1}};
    for (int i = 0; i < CELLS; i++) {
        for (int d = 0; d < 4; d++) {
            int n = 0;
            for (int k = 0; k < 4; k++) {
                int row = i / COLUMNS + k * steps[d][0], column = i % COLUMNS + k * steps[d][1];
                n += row < ROWS && column >= 0 && column < COLUMNS &&
                     cells[row * COLUMNS + column] == who;
            }
            if (n == 4) return 1;
        }
    }
    return 0;
}

static int put(int *cells, int column, int who)
{
    for (int row = ROWS - 1; row >= 0; row--) {
        if (cells[row * COLUMNS + column] != 0) continue;
        cells[row * COLUMNS + column] = who;
        return 1;
    }
    return 0;
}

static int is_full(const int *cells)
{
    for (int i = 0; i < COLUMNS; i++)
        if (cells[i] == 0) return 0;
    return 1;
}

static void check_obs(const float *obs, const int *cells, int who)
{
    for (int i = 0; i < CELLS; i++) {
        CHECK(obs[2 * i] == (cells[i] == who));
        CHECK(obs[2 * i + 1] == (cells[i] == 3 - who));
    }
    for (int column = 0; column < COLUMNS; column++)
        CHECK(obs[PLANES + column] == (cells[column] == 0));
}

// Both sides of whole games, drawn at random, also into full columns at last.
static void test_rules(void)
{
    bh_env *env = make((config){SELF, 1, EITHER, 1});
    bh_rng rng = bh_rng_seed(3);
    int results[4] = {0};
    for (int game = 0; game < 500; game++) {
        float obs[PLANES + COLUMNS], view[N_VIEW];
        int cells[CELLS] = {0}, who = 1, ended = 0;
        bh_env_reset(env, obs);
        check_obs(obs, cells, 1);
        while (!ended) {
            int column = (int)bh_rng_below(&rng, COLUMNS), is_legal = put(cells, column, who);
            if (!is_legal && game % 10 != 0) continue;
            bh_step step;
            CHECK_STATUS(bh_env_step(env, column, obs, &step, NULL), BH_OK);
            int won = wins(cells, who);
            ended = won || !is_legal || is_full(cells);
            CHECK(step.terminated == ended && !step.truncated);
            CHECK(step.reward == (!is_legal ? -1 : won));
            if (is_legal) check_obs(obs, cells, 3 - who);
            view_of(env, view);
            for (int i = 0; i < CELLS; i++) CHECK(view[i] == (float)cells[i]);
            CHECK(view[45] == (float)(!is_legal ? 3 - who : won ? who : 0));
            for (int i = 0; i < 4; i++)
                CHECK(won ? cells[(int)view[47 + i]] == who : view[47 + i] == -1);
            if (ended) results[!is_legal ? 3 : won ? who : 0]++;
            who = 3 - who;
        }
    }
    CHECK(results[1] > 150 && results[2] > 100 && results[3] > 0);
    bh_env_destroy(env);
}

// A game of these columns, one after the other for both sides, put to an opponent of `depth`, which
// has the last word.
static int answer_to(const char *columns, int depth, uint64_t seed)
{
    bh_env *env = make((config){MINIMAX, depth, AGENT_FIRST, 1});
    float obs[PLANES + COLUMNS], view[N_VIEW];
    bh_step step;
    int n_tries = 0, n = (int)strlen(columns);
    bh_env_seed(env, seed);
    for (int i = 0; i < n; i += 2) { // until the opponent's lots are those of the game
        if (i == 0) bh_env_reset(env, obs);
        CHECK_STATUS(bh_env_step(env, columns[i] - '1', obs, &step, NULL), BH_OK);
        view_of(env, view);
        if (i + 1 < n && view[44] != (float)(columns[i + 1] - '1')) i = -2;
        if (!CHECK(n_tries++ < 100000)) break;
    }
    bh_env_destroy(env);
    return (int)view[44] + 1;
}

static void test_opponents_look_ahead(void)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        CHECK(answer_to("1717173", 1, seed) == 7); // greedy wins
        CHECK(answer_to("12161", 2, seed) == 1);   // and prevents four with a second stone
    }
    int n_others = 0;
    for (uint64_t seed = 0; seed < 20; seed++) n_others += answer_to("12161", 1, seed) != 1;
    CHECK(n_others > 5); // which greedy does not see
}

// Minimax as it is defined, with neither bits nor bounds: 1000 - n for a win with the n-th stone.
static int plain_worth(int *cells, int who, int depth, int n)
{
    int best = -1000;
    if (is_full(cells)) return 0;
    for (int column = 0; column < COLUMNS; column++) {
        int after[CELLS];
        memcpy(after, cells, sizeof after);
        if (!put(after, column, who)) continue;
        int value = wins(after, who) ? 1000 - n
                    : depth == 1     ? 0
                                     : -plain_worth(after, 3 - who, depth - 1, n + 1);
        if (value > best) best = value;
    }
    return best;
}

// The opponent's answers in games of random columns are among the best, and not always the same.
static void test_minimax(int depth, int n_games)
{
    bh_env *env = make((config){MINIMAX, depth, AGENT_FIRST, 1});
    bh_rng rng = bh_rng_seed(11);
    int n_forced = 0;
    for (int game = 0; game < n_games; game++) {
        float obs[PLANES + COLUMNS], view[N_VIEW];
        int cells[CELLS] = {0};
        bh_step step = {0};
        bh_env_reset(env, obs);
        while (!step.terminated) {
            int column = (int)bh_rng_below(&rng, COLUMNS), after[CELLS];
            if (!put(cells, column, 1)) continue;
            CHECK_STATUS(bh_env_step(env, column, obs, &step, NULL), BH_OK);
            if (wins(cells, 1) || is_full(cells)) break;
            view_of(env, view);
            memcpy(after, cells, sizeof after);
            CHECK(put(after, (int)view[44], 2));
            int best = plain_worth(cells, 2, depth, 1);
            int value = wins(after, 2) ? 999
                        : depth == 1   ? 0
                                       : -plain_worth(after, 1, depth - 1, 2);
            CHECK(value == best);
            n_forced += best != 0;
            memcpy(cells, after, sizeof cells);
        }
    }
    CHECK(n_forced > n_games / 2);
    bh_env_destroy(env);
}

static void test_opponents_are_minimax(void)
{
    test_minimax(1, 40);
    test_minimax(2, 40);
    test_minimax(4, 4);
}

// Share of games that random columns win against an opponent.
static double share_won(config c)
{
    bh_env *env = make(c);
    bh_rng rng = bh_rng_seed(5);
    int n_won = 0;
    for (int game = 0; game < 400; game++) {
        float obs[PLANES + COLUMNS];
        bh_step step = {0};
        bh_env_reset(env, obs);
        while (!step.terminated) {
            int column = (int)bh_rng_below(&rng, COLUMNS);
            if (obs[PLANES + column] == 0) continue;
            CHECK_STATUS(bh_env_step(env, column, obs, &step, NULL), BH_OK);
        }
        n_won += step.reward == 1;
    }
    bh_env_destroy(env);
    return n_won / 400.0;
}

static void test_strength(void)
{
    double random = share_won((config){RANDOM, 1, EITHER, 1}),
           greedy = share_won((config){GREEDY, 1, EITHER, 1}),
           two = share_won((config){MINIMAX, 2, EITHER, 1}),
           four = share_won((config){MINIMAX, 4, EITHER, 1});
    CHECK(random > 0.4 && random < 0.6);
    CHECK(greedy < random - 0.1 && two < greedy && four <= two && four < 0.03);
    CHECK(share_won((config){RANDOM, 1, AGENT_FIRST, 1}) >
          share_won((config){RANDOM, 1, OPPONENT_FIRST, 1}));
}

static void test_without_mask(void)
{
    bh_env *env = make((config){RANDOM, 1, AGENT_FIRST, 0});
    const bh_space *space = bh_env_observation_space(env);
    CHECK(space->n == PLANES && space->n_masked == 0 && bh_space_floats(space) == PLANES);
    float obs[PLANES];
    bh_env_reset(env, obs);
    bh_step step = {0};
    int n = 0;
    for (; !step.terminated; n++) CHECK_STATUS(bh_env_step(env, 0, obs, &step, NULL), BH_OK);
    CHECK(n >= 3 && step.reward != 0);
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_rules);
    CHECK_RUN(test_opponents_look_ahead);
    CHECK_RUN(test_opponents_are_minimax);
    CHECK_RUN(test_strength);
    CHECK_RUN(test_without_mask);
    return check_report();
}
