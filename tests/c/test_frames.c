// SPDX-License-Identifier: MIT
// The last observations as one, and actions that are taken for several steps: against the same
// environment without either.
#include "rl/frames.h"

#include "envs/registry.h"
#include "rl/vec_env_state.h"

#include "check.h"

enum { K = 3, SKIP = 4, F_MAX = 400, STEPS = 400 };

static const bh_env_def *def_of(const char *id)
{
    const bh_env_def *def = NULL;
    CHECK_STATUS(bh_registry_find(&bh_all_envs, id, &def, NULL), BH_OK);
    return def;
}

static bh_env *make(const char *id, int stack, int skip)
{
    bh_env *env;
    CHECK_STATUS(bh_env_create(&env, def_of(id), NULL, NULL), BH_OK);
    CHECK_STATUS(bhi_vec_env_wrap(env, stack, skip, NULL), BH_OK);
    bh_env_seed(env, 5);
    return env;
}

// Whether a row (P,K,C) holds the frames (K,P,C).
static int holds(const float *row, float frames[K][F_MAX], int P, int C)
{
    for (int p = 0; p < P; p++)
        for (int j = 0; j < K; j++)
            for (int c = 0; c < C; c++)
                if (row[(p * K + j) * C + c] != frames[j][p * C + c]) return 0;
    return 1;
}

static void check_stack(const char *id, int P, int C)
{
    bh_env *plain = make(id, 1, 1), *stacked = make(id, K, 1);
    float frames[K][F_MAX], row[K * F_MAX];
    bh_rng rng = bh_rng_seed(1);
    int A = bh_env_action_space(plain)->n;
    bh_step a = {.terminated = 1}, b;
    for (int t = 0; t < STEPS; t++) {
        memmove(frames[0], frames[1], sizeof frames[0] * (K - 1));
        if (a.terminated || a.truncated) {
            bh_env_reset(plain, frames[K - 1]);
            bh_env_reset(stacked, row);
            for (int j = 0; j < K - 1; j++) memcpy(frames[j], frames[K - 1], sizeof frames[0]);
            a = b = (bh_step){0};
        } else {
            int action = (int)bh_rng_below(&rng, (uint32_t)A);
            CHECK_STATUS(bh_env_step(plain, action, frames[K - 1], &a, NULL), BH_OK);
            CHECK_STATUS(bh_env_step(stacked, action, row, &b, NULL), BH_OK);
        }
        CHECK(a.reward == b.reward && a.terminated == b.terminated && a.truncated == b.truncated);
        if (!CHECK(holds(row, frames, P, C))) break;
    }
    bh_env_destroy(plain);
    bh_env_destroy(stacked);
}

static void test_vectors(void)
{
    check_stack("CartPole-v1", 1, 4);
    bh_env *env = make("CartPole-v1", K, 1);
    const bh_space *space = bh_env_observation_space(env);
    CHECK(space->n == 12 && bh_space_rank(space) == 1 && bh_space_size(space, 0) == 12);
    for (int i = 0; i < 12; i++) CHECK(space->high[i] == -space->low[i]);
    CHECK(space->high[0] == space->high[8] && space->high[0] > 4.7f && space->high[2] < 1);
    bh_env_destroy(env);
}

// Channels of a pixel stay together.
static void test_images(void)
{
    check_stack("Breakout-MinAtar", 100, 4);
    bh_env *env = make("Breakout-MinAtar", K, 1);
    const bh_space *space = bh_env_observation_space(env);
    CHECK(bh_space_rank(space) == 3 && space->shape[0] == 10 && space->shape[1] == 10);
    CHECK(space->shape[2] == 12 && space->n == 1200 && space->dtype == BH_SPACE_U8);
    bh_env_destroy(env);
}

// The last axis is that of a row where there are no channels.
static void test_images_of_rank_two(void)
{
    static const float low[6] = {0}, high[6] = {1, 2, 3, 4, 5, 6};
    static const float want[12] = {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6};
    bh_space space = {BH_SPACE_BOX, 6, low, high, 2, {2, 3}};
    bhi_frames frames;
    CHECK_STATUS(bhi_frames_create(&frames, &space, 2, NULL), BH_OK);
    CHECK(space.n == 12 && space.rank == 2 && space.shape[0] == 2 && space.shape[1] == 6);
    for (int i = 0; i < 12; i++) CHECK(space.high[i] == want[i] && space.low[i] == 0);
    bhi_frames_destroy(&frames);
}

// Rewards are summed, the end of an episode ends the repetition, and steps are the environment's.
static void check_skip(const char *id)
{
    bh_env *plain = make(id, 1, 1), *skipping = make(id, 1, SKIP);
    float obs[F_MAX], row[F_MAX];
    bh_rng rng = bh_rng_seed(2);
    int A = bh_env_action_space(plain)->n, n_cut = 0;
    bh_env_reset(plain, obs);
    bh_env_reset(skipping, row);
    for (int t = 0; t < STEPS; t++) {
        int action = (int)bh_rng_below(&rng, (uint32_t)A), n = 0;
        double sum = 0;
        bh_step a = {0}, b;
        for (; n < SKIP && !a.terminated && !a.truncated; n++) {
            CHECK_STATUS(bh_env_step(plain, action, obs, &a, NULL), BH_OK);
            sum += a.reward;
        }
        CHECK_STATUS(bh_env_step(skipping, action, row, &b, NULL), BH_OK);
        CHECK(b.reward == sum && b.terminated == a.terminated && b.truncated == a.truncated);
        CHECK(memcmp(obs, row,
                     sizeof *obs * (size_t)bh_space_floats(bh_env_observation_space(plain))) == 0);
        CHECK(bh_env_elapsed(skipping) == bh_env_elapsed(plain));
        n_cut += n < SKIP;
        if (!a.terminated && !a.truncated) continue;
        bh_env_reset(plain, obs);
        bh_env_reset(skipping, row);
    }
    CHECK(n_cut > 0);
    bh_env_destroy(plain);
    bh_env_destroy(skipping);
}

static void test_skip(void)
{
    check_skip("CartPole-v1");
    check_skip("FrozenLake-v1");
    check_skip("Breakout-MinAtar");
}

// The time limit counts the environment's steps: 200 of MountainCar-v0, which random actions reach.
static void test_time_limit_within_a_repetition(void)
{
    bh_env *env = make("MountainCar-v0", 1, 64);
    float obs[2];
    bh_step step;
    bh_env_reset(env, obs);
    for (int i = 0; i < 3; i++) {
        CHECK_STATUS(bh_env_step(env, 1, obs, &step, NULL), BH_OK);
        CHECK(step.reward == -64 && !step.truncated);
    }
    CHECK_STATUS(bh_env_step(env, 1, obs, &step, NULL), BH_OK);
    CHECK(step.reward == -8 && step.truncated && bh_env_elapsed(env) == 200);
    bh_env_destroy(env);
}

// Several that step together are each what it is alone; those that wait stay as they are.
static void test_neighbours(void)
{
    enum { N = 5, F = 4 };
    bh_env *envs, *single[N];
    CHECK_STATUS(bh_vec_env_create(&envs, def_of("CartPole-v1"), NULL, N, NULL), BH_OK);
    CHECK_STATUS(bhi_vec_env_wrap(envs, K, 2, NULL), BH_OK);
    bh_env_seed(envs, 5);
    float rows[N * K * F], row[N][K * F];
    bh_env_reset(envs, rows);
    for (int i = 0; i < N; i++) {
        single[i] = make("CartPole-v1", K, 2);
        bh_env_seed(single[i], 5 + (uint64_t)i);
        bh_env_reset(single[i], row[i]);
    }
    bh_rng rng = bh_rng_seed(3);
    double rewards[N] = {0};
    int terminated[N] = {0}, truncated[N] = {0};
    bh_step steps[N] = {{0}};
    for (int t = 0; t < 60; t++) { // all of them end, and wait
        int actions[N];
        for (int i = 0; i < N; i++) actions[i] = (int)bh_rng_below(&rng, 2);
        CHECK_STATUS(bh_vec_env_step(envs, actions, rows, rewards, terminated, truncated, NULL),
                     BH_OK);
        for (int i = 0; i < N; i++) {
            if (bh_env_running(single[i]))
                CHECK_STATUS(bh_env_step(single[i], actions[i], row[i], &steps[i], NULL), BH_OK);
            CHECK(memcmp(rows + i * K * F, row[i], sizeof row[i]) == 0);
            CHECK(rewards[i] == steps[i].reward && terminated[i] == steps[i].terminated);
        }
    }
    for (int i = 0; i < N; i++) {
        CHECK(!bh_vec_env_running(envs, i));
        bh_env_destroy(single[i]);
    }
    bh_env_destroy(envs);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_vectors);
    CHECK_RUN(test_images);
    CHECK_RUN(test_images_of_rank_two);
    CHECK_RUN(test_skip);
    CHECK_RUN(test_time_limit_within_a_repetition);
    CHECK_RUN(test_neighbours);
    return check_report();
}
