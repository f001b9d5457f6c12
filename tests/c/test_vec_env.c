// SPDX-License-Identifier: MIT
// Vector environments: each is the single environment of its seed, whatever its neighbours do.
#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/vec_env.h"

#include "check.h"
#include "corridor.h"
#include "failing_alloc.h"

#include <limits.h>

enum { N = 37, OBS_MAX = 400 }; // N: not a multiple of any vector

// A vector with everything its steps write.
typedef struct vector {
    bh_env *envs;
    int n, F, A;
    int actions[N], terminated[N], truncated[N];
    double rewards[N];
    float obs[N * OBS_MAX];
} vector;

static void make(vector *v, const bh_env_def *def, int n, uint64_t seed)
{
    bh_error err = {0};
    memset(v, 0, sizeof *v);
    if (!CHECK_STATUS(bh_vec_env_create(&v->envs, def, NULL, n, &err), BH_OK))
        printf("    %s\n", err.message);
    v->n = n;
    v->F = bh_space_floats(bh_env_observation_space(v->envs));
    v->A = bh_env_action_space(v->envs)->n;
    CHECK(v->F <= OBS_MAX && bh_vec_env_size(v->envs) == n);
    bh_env_seed(v->envs, seed);
}

static bh_status step(vector *v, bh_error *err)
{
    return bh_vec_env_step(v->envs, v->actions, v->obs, v->rewards, v->terminated, v->truncated,
                           err);
}

static void choose(vector *v, bh_rng *rng)
{
    for (int i = 0; i < v->n; i++) v->actions[i] = (int)bh_rng_below(rng, (uint32_t)v->A);
}

static int same_row(const vector *v, int i, const float *obs)
{
    return memcmp(v->obs + i * v->F, obs, sizeof *obs * (size_t)v->F) == 0;
}

// ---- as the single ones ----

static void make_singles(bh_env **singles, const bh_env_def *def, uint64_t seed)
{
    for (int i = 0; i < N; i++) {
        CHECK_STATUS(bh_env_create(&singles[i], def, NULL, NULL), BH_OK);
        bh_env_seed(singles[i], seed + (uint64_t)i);
    }
}

static void check_step_against(const vector *v, int i, bh_env *single)
{
    float obs[OBS_MAX];
    bh_step want;
    CHECK_STATUS(bh_env_step(single, v->actions[i], obs, &want, NULL), BH_OK);
    CHECK(same_row(v, i, obs) && v->rewards[i] == want.reward);
    CHECK(v->terminated[i] == want.terminated && v->truncated[i] == want.truncated);
    CHECK(bh_vec_env_running(v->envs, i) == bh_env_running(single));
    CHECK(bh_vec_env_elapsed(v->envs, i) == bh_env_elapsed(single));
    size_t bytes = bh_env_definition(single)->state_bytes;
    CHECK(memcmp(bh_vec_env_state(v->envs, i), bh_env_state(single), bytes) == 0);
}

// Returns how many episodes ended.
static int check_against_singles(const bh_env_def *def, int n_steps)
{
    static vector v;
    bh_env *singles[N];
    float obs[OBS_MAX];
    int n_ended = 0;
    bh_rng rng = bh_rng_seed(5);
    make(&v, def, N, 11);
    make_singles(singles, def, 11);
    bh_env_reset(v.envs, v.obs);
    for (int i = 0; i < N; i++) {
        bh_env_reset(singles[i], obs);
        CHECK(same_row(&v, i, obs));
    }
    for (int k = 0; k < n_steps; k++) {
        choose(&v, &rng);
        CHECK_STATUS(step(&v, NULL), BH_OK);
        for (int i = 0; i < N; i++) check_step_against(&v, i, singles[i]);
        bh_vec_env_reset_ended(v.envs, v.obs);
        for (int i = 0; i < N; i++) {
            CHECK(bh_vec_env_running(v.envs, i));
            if (bh_env_running(singles[i])) continue;
            n_ended++;
            bh_env_reset(singles[i], obs);
            CHECK(same_row(&v, i, obs) && bh_vec_env_elapsed(v.envs, i) == 0);
        }
    }
    for (int i = 0; i < N; i++) bh_env_destroy(singles[i]);
    bh_env_destroy(v.envs);
    return n_ended;
}

static void test_as_single_environments(void)
{
    for (int i = 0; i < bh_envs.n; i++) {
        int limit = bh_envs.defs[i]->max_episode_steps;
        int n_ended = check_against_singles(bh_envs.defs[i], limit > 250 ? limit : 250);
        if (limit > 0) CHECK(n_ended > 0);
    }
    CHECK(check_against_singles(&corridor_short, 40) > 200);
    CHECK(check_against_singles(&corridor_endless, 40) > 0);
}

static void check_same(const vector *a, const vector *b)
{
    CHECK(memcmp(a->obs, b->obs, sizeof a->obs) == 0);
    CHECK(memcmp(a->rewards, b->rewards, sizeof a->rewards) == 0);
    CHECK(memcmp(a->terminated, b->terminated, sizeof a->terminated) == 0);
    CHECK(memcmp(a->truncated, b->truncated, sizeof a->truncated) == 0);
}

// Some wait, so that vectors of all lengths stand between them.
static void check_step_many(const bh_env_def *def, int n)
{
    static vector a, b;
    bh_env_def plain = *def;
    plain.step_many = NULL;
    make(&a, def, n, 3);
    make(&b, &plain, n, 3);
    bh_env_reset(a.envs, a.obs);
    bh_env_reset(b.envs, b.obs);
    bh_rng rng = bh_rng_seed((uint64_t)n);
    for (int k = 0; k < 60; k++) {
        choose(&a, &rng);
        memcpy(b.actions, a.actions, sizeof a.actions);
        CHECK(step(&a, NULL) == BH_OK && step(&b, NULL) == BH_OK);
        check_same(&a, &b);
        if (k % 5 != 0) continue;
        bh_vec_env_reset_ended(a.envs, a.obs);
        bh_vec_env_reset_ended(b.envs, b.obs);
    }
    bh_env_destroy(a.envs);
    bh_env_destroy(b.envs);
}

// A definition's fast way and its plain one.
static void test_step_many_is_many_steps(void)
{
    for (int d = 0; d < bh_envs.n; d++) {
        for (int n = 1; n <= N; n++) check_step_many(bh_envs.defs[d], n);
    }
}

// ---- episodes ----

// One waits: its rows and its state stay, the others go on as if it were not there.
static void test_an_ended_environment_waits(void)
{
    static vector v, before;
    make(&v, &corridor_short, 5, 0);
    bh_env_reset(v.envs, v.obs);
    v.actions[2] = v.actions[3] = 1; // reach the end with the third step
    for (int k = 0; k < 3; k++) CHECK_STATUS(step(&v, NULL), BH_OK);
    for (int i = 0; i < 5; i++) {
        int there = i == 2 || i == 3;
        CHECK(v.terminated[i] == there && v.truncated[i] == 0 && v.rewards[i] == (there ? 10 : -1));
        CHECK(bh_vec_env_running(v.envs, i) == !there && v.obs[2 * i] == (there ? 3 : 0));
    }
    before = v;
    CHECK_STATUS(step(&v, NULL), BH_OK);
    CHECK_STATUS(step(&v, NULL), BH_OK);
    for (int i = 0; i < 5; i++) {
        int waits = i == 2 || i == 3;
        CHECK(bh_vec_env_elapsed(v.envs, i) == (waits ? 3 : 5));
        CHECK(v.truncated[i] == !waits && v.terminated[i] == waits);
        CHECK(v.obs[2 * i + 1] == (waits ? 3 : 5) && !bh_vec_env_running(v.envs, i));
        if (waits) CHECK(v.rewards[i] == before.rewards[i]);
    }
    bh_vec_env_reset_one(v.envs, 1, v.obs + 2);
    CHECK(bh_vec_env_running(v.envs, 1) && !bh_vec_env_running(v.envs, 0));
    CHECK(v.obs[3] == 0 && v.obs[1] == 5);
    bh_vec_env_reset_ended(v.envs, v.obs);
    for (int i = 0; i < 5; i++) {
        CHECK(bh_vec_env_running(v.envs, i) && bh_vec_env_elapsed(v.envs, i) == 0);
        CHECK(v.obs[2 * i] == 0 && v.obs[2 * i + 1] == 0);
    }
    bh_env_destroy(v.envs);
}

// Who ends in the very step that is the last has terminated, and is cut as well.
static void test_the_end_in_the_last_step(void)
{
    static vector v;
    const int walk[5] = {0, 1, 1, 0, 1};
    make(&v, &corridor_short, 2, 0);
    bh_env_reset(v.envs, v.obs);
    for (int k = 0; k < 5; k++) {
        v.actions[1] = walk[k];
        CHECK_STATUS(step(&v, NULL), BH_OK);
    }
    CHECK(!v.terminated[0] && v.truncated[0] && v.terminated[1] && v.truncated[1]);
    bh_env_destroy(v.envs);
}

// A stream belongs to its environment; starting anywhere is for all.
static void test_streams_and_starts(void)
{
    static vector v;
    float obs[OBS_MAX];
    bh_env *single;
    make(&v, &bh_env_cartpole, 3, 7);
    CHECK_STATUS(bh_env_create(&single, &bh_env_cartpole, NULL, NULL), BH_OK);
    bh_vec_env_seed_rng(v.envs, 1, bh_rng_seed(100));
    bh_env_reset(v.envs, v.obs);
    const uint64_t seeds[] = {7, 100, 9};
    for (int i = 0; i < 3; i++) {
        bh_env_seed(single, seeds[i]);
        bh_env_reset(single, obs);
        CHECK(same_row(&v, i, obs));
    }
    bh_env_destroy(single);
    bh_env_destroy(v.envs);

    make(&v, &bh_env_gridworld, N, 1);
    bh_env_start_anywhere(v.envs, 1);
    bh_env_reset(v.envs, v.obs);
    int elsewhere = 0;
    for (int i = 0; i < N; i++) elsewhere += v.obs[i] != v.obs[0];
    CHECK(elsewhere > 0);
    bh_env_start_anywhere(v.envs, 0);
    bh_env_reset(v.envs, v.obs);
    for (int i = 0; i < N; i++) CHECK(v.obs[i] == 0);
    bh_env_destroy(v.envs);
}

// ---- errors and memory ----

static void test_a_bad_action_changes_nothing(void)
{
    for (int d = 0; d < bh_envs.n; d++) {
        static vector v, before;
        char state[4096];
        bh_error err;
        make(&v, bh_envs.defs[d], N, 2);
        CHECK_STATUS(step(&v, &err), BH_ERR_STATE);
        CHECK(strstr(err.message, "before reset") != NULL);
        bh_env_reset(v.envs, v.obs);
        size_t bytes = bh_envs.defs[d]->state_bytes;
        CHECK(bytes <= sizeof state);
        memcpy(state, bh_vec_env_state(v.envs, 0), bytes < sizeof state ? bytes : sizeof state);
        const int bad[] = {-1, v.A, 1 << 30, -2147483647 - 1}, where[] = {0, 1, 20, N - 1};
        for (int k = 0; k < 4; k++) {
            char text[64];
            v.actions[where[k]] = bad[k];
            before = v;
            CHECK_STATUS(step(&v, &err), BH_ERR_ARGUMENT);
            CHECK(memcmp(&v, &before, sizeof v) == 0 && bh_vec_env_elapsed(v.envs, 0) == 0);
            snprintf(text, sizeof text, "environment %d is %d, but must be between 0 and %d",
                     where[k], bad[k], v.A - 1);
            if (!CHECK(strstr(err.message, text) != NULL)) printf("    %s\n", err.message);
            CHECK(strstr(err.message, bh_envs.defs[d]->id) != NULL);
            v.actions[where[k]] = 0;
        }
        if (bytes <= sizeof state) CHECK(memcmp(state, bh_vec_env_state(v.envs, 0), bytes) == 0);
        CHECK_STATUS(step(&v, &err), BH_OK);
        bh_env_destroy(v.envs);
    }
}

static void test_creation(void)
{
    bh_env *envs = (bh_env *)&envs;
    bh_error err;
    for (int n = -1; n <= 0; n++) {
        CHECK_STATUS(bh_vec_env_create(&envs, &bh_env_cartpole, NULL, n, &err), BH_ERR_ARGUMENT);
        CHECK(envs == NULL && strstr(err.message, "must be at least 1") != NULL);
    }
    corridor_config config = {.free = 1};
    CHECK_STATUS(bh_vec_env_create(&envs, &corridor_short, &config, 3, &err), BH_OK);
    CHECK(((const corridor_config *)bh_env_config(envs))->free == 1);
    for (int i = 0; i < 3; i++) {
        CHECK(((const corridor *)bh_vec_env_state(envs, i))->is_free == 1);
        CHECK(!bh_vec_env_running(envs, i));
    }
    CHECK(bh_env_definition(envs) == &corridor_short);
    bh_env_destroy(envs);
}

// One block, and nothing after it.
static void test_memory(void)
{
    for (int d = 0; d < bh_envs.n; d++) {
        static vector v;
        bh_error err;
        bh_env *envs;
        failing_alloc_begin(1);
        CHECK_STATUS(bh_vec_env_create(&envs, bh_envs.defs[d], NULL, N, &err), BH_ERR_MEMORY);
        CHECK(envs == NULL && failing.blocks == 0 && strstr(err.message, "out of memory") != NULL);
        failing_alloc_begin(0);
        make(&v, bh_envs.defs[d], N, 0);
        size_t live = bh_live_bytes();
        bh_rng rng = bh_rng_seed(1);
        bh_env_reset(v.envs, v.obs);
        for (int k = 0; k < 300; k++) {
            choose(&v, &rng);
            CHECK_STATUS(step(&v, NULL), BH_OK);
            bh_vec_env_reset_ended(v.envs, v.obs);
        }
        CHECK(failing.requests == 1 && bh_live_bytes() == live && live > 0);
        bh_env_destroy(v.envs);
        CHECK(failing.blocks == 0 && bh_live_bytes() == 0);
        failing_alloc_end();
    }
}

// Steps until an episode is over, 2,000 at most.
static int episode_length(vector *v)
{
    bh_rng rng = bh_rng_seed(3);
    bh_env_reset(v->envs, v->obs);
    for (int k = 1; k <= 2000; k++) {
        choose(v, &rng);
        CHECK_STATUS(step(v, NULL), BH_OK);
        if (v->truncated[0] || v->terminated[0]) return k;
    }
    return 0;
}

static void test_time_limit(void)
{
    static vector v;
    const bh_env_def *def;
    CHECK_STATUS(bh_registry_find(&bh_envs, "MountainCar-v0", &def, NULL), BH_OK);
    make(&v, def, 1, 4); // 200 steps, which chance never ends
    CHECK(bh_env_time_limit(v.envs) == 200 && episode_length(&v) == 200);
    bh_env_set_time_limit(v.envs, 7);
    CHECK(bh_env_time_limit(v.envs) == 7 && episode_length(&v) == 7);
    bh_env_set_time_limit(v.envs, -1);
    CHECK(bh_env_time_limit(v.envs) == INT_MAX && episode_length(&v) == 0);
    bh_env_set_time_limit(v.envs, 0);
    CHECK(episode_length(&v) == 200);
    bh_env_destroy(v.envs);
    make(&v, &corridor_endless, 1, 4);
    CHECK(bh_env_time_limit(v.envs) == INT_MAX);
    bh_env_destroy(v.envs);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_as_single_environments);
    CHECK_RUN(test_step_many_is_many_steps);
    CHECK_RUN(test_an_ended_environment_waits);
    CHECK_RUN(test_the_end_in_the_last_step);
    CHECK_RUN(test_streams_and_starts);
    CHECK_RUN(test_a_bad_action_changes_nothing);
    CHECK_RUN(test_creation);
    CHECK_RUN(test_time_limit);
    CHECK_RUN(test_memory);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
