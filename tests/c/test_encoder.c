// SPDX-License-Identifier: MIT
// Encoders: running statistics against sums over all numbers, what is made of observations and
// rewards, and that nothing but taking changes the statistics.
#include "rl/encoder.h"

#include "core/alloc.h"
#include "core/rng.h"
#include "rl/replay.h"
#include "rl/rollout.h"

#include "check.h"

#include <math.h>

enum { S = 3, N = 50, E = 2 };

static const bh_space box = {BH_SPACE_BOX, S, NULL, NULL};
static const double gamma = 0.9;

typedef struct owner {
    bhi_encoder encoder;
    void *block;
    size_t bytes;
} owner;

static bhi_encoder *make(owner *o, const bh_space *space, bhi_encoder_spec spec)
{
    bhi_arena arena = {0};
    o->encoder = (bhi_encoder){.space = *space, .spec = spec};
    bhi_encoder_layout(&o->encoder, &arena, E);
    o->bytes = arena.used;
    o->block = bh_alloc(o->bytes + 1);
    bhi_encoder_layout(&o->encoder, &(bhi_arena){o->block, 0}, E);
    bhi_encoder_init(&o->encoder, &gamma);
    return &o->encoder;
}

static void drop(owner *o)
{
    bh_free(o->block, o->bytes + 1);
}

// Mean and variance of n numbers and of what Stable-Baselines3 begins with: 1e-4 numbers of mean 0
// and variance 1.
static void sums_over(const double *x, int n, double *mean, double *var)
{
    double sum = 0, squares = 0, total = n + 1e-4;
    for (int i = 0; i < n; i++) sum += x[i];
    *mean = sum / total;
    for (int i = 0; i < n; i++) squares += (x[i] - *mean) * (x[i] - *mean);
    *var = (squares + 1e-4 * (1 + *mean * *mean)) / total;
}

static const double *tensor_data(const bhi_encoder *e, const char *name)
{
    bh_tensor tensors[6];
    int n = bhi_encoder_tensors(e, e->obs_rms, tensors);
    for (int i = 0; i < n; i++)
        if (strcmp(tensors[i].name, name) == 0) return tensors[i].data;
    return NULL;
}

// Numbers of quite different sizes, as millimetres and radians are.
static void fill(float *obs, bh_rng *rng, int n)
{
    static const double size[S] = {1000, 1, 1e-3}, middle[S] = {5, -300, 0};
    for (int i = 0; i < n * S; i++)
        obs[i] = (float)(middle[i % S] + size[i % S] * bh_rng_normal(rng));
}

static void test_statistics_are_those_of_all_numbers(void)
{
    owner o;
    bhi_encoder *e = make(&o, &box, (bhi_encoder_spec){.normalize_observation = 1});
    bh_rng rng = bh_rng_seed(1);
    float obs[N * S];
    fill(obs, &rng, N);
    for (int i = 0; i < N; i += 5) bhi_encoder_take_obs(e, obs + i * S, 5);
    CHECK_NEAR(*tensor_data(e, "obs_rms.count"), N + 1e-4, 1e-12);
    for (int i = 0; i < S; i++) {
        double x[N], mean, var;
        for (int b = 0; b < N; b++) x[b] = (double)obs[b * S + i];
        sums_over(x, N, &mean, &var);
        CHECK_NEAR(tensor_data(e, "obs_rms.mean")[i], mean, 1e-9);
        CHECK_NEAR(tensor_data(e, "obs_rms.var")[i] / var, 1, 1e-9);
    }
    CHECK(tensor_data(e, "ret_rms.mean") == NULL);
    drop(&o);
}

static void test_observations_are_normalized_and_clipped(void)
{
    owner o;
    bhi_encoder *e = make(&o, &box, (bhi_encoder_spec){.normalize_observation = 1});
    bh_rng rng = bh_rng_seed(2);
    float obs[N * S];
    fill(obs, &rng, N);
    bhi_encoder_take_obs(e, obs, N);
    double before[2 * S + 1];
    memcpy(before, e->obs_rms, sizeof before);
    bh_real x[S];
    for (int b = 0; b < N; b++) {
        bhi_encode(x, obs + b * S, e);
        for (int i = 0; i < S; i++) {
            double mean = tensor_data(e, "obs_rms.mean")[i], var = tensor_data(e, "obs_rms.var")[i];
            CHECK_NEAR((double)x[i], ((double)obs[b * S + i] - mean) / sqrt(var + 1e-8), 1e-5);
        }
    }
    bhi_encode(x, (float[]){1e6f, -300, -1}, e);
    CHECK(x[0] == 10 && x[2] == -10 && x[1] > -1 && x[1] < 1);
    CHECK(memcmp(before, e->obs_rms, sizeof before) == 0);
    drop(&o);
}

// A number that never changes becomes 0, not a division by nothing.
static void test_a_constant_number_is_zero(void)
{
    owner o;
    bhi_encoder *e = make(&o, &box, (bhi_encoder_spec){.normalize_observation = 1});
    bh_real x[S];
    for (int i = 0; i < 2000; i++) bhi_encoder_take_obs(e, (float[]){0, 0, (float)(i % 2)}, 1);
    bhi_encode(x, (float[]){0, 0, 1}, e);
    CHECK(x[0] == 0 && x[1] == 0);
    CHECK_NEAR((double)x[2], 1, 1e-3);
    drop(&o);
}

static void test_bytes_are_normalized_alike(void)
{
    static const float low[S] = {0}, high[S] = {255, 255, 255};
    bh_space bytes = {BH_SPACE_BOX, S, low, high, 3, {1, 1, S}, BH_SPACE_U8};
    owner o;
    bhi_encoder *e = make(&o, &bytes, (bhi_encoder_spec){.normalize_observation = 1});
    bhi_encoder_take_obs(e, (float[]){0, 10, 255, 4, 20, 0}, 2);
    bh_real x[S], y[S];
    bhi_encode(x, (float[]){7, 30, 128}, e);
    bhi_encode_bytes(y, (unsigned char[]){7, 30, 128}, e);
    CHECK(memcmp(x, y, sizeof x) == 0);
    CHECK_NEAR((double)x[0], 2.5, 1e-3); // mean 2, deviation 2
    drop(&o);
}

static void test_rewards_as_they_are(void)
{
    owner o;
    bhi_encoder *e = make(&o, &box, (bhi_encoder_spec){0});
    const double rewards[] = {0, -0.1, 1e9, -3e-7, 100};
    for (int i = 0; i < 5; i++) CHECK(bhi_encode_reward(rewards[i], e) == rewards[i]);
    bhi_encoder_take_obs(e, (float[]){1, 2, 3}, 1);
    bhi_encoder_take_rewards(e, rewards, (int[]){0, 0}, (int[]){0, 1});
    bhi_encoder_truncate(e);
    CHECK(e->obs_rms == NULL && e->ret_rms == NULL && o.bytes == 0);
    drop(&o);
}

static void test_rewards_are_scaled_and_clipped(void)
{
    owner o;
    bhi_encoder *e = make(&o, &box, (bhi_encoder_spec){.scale_reward = 0.5, .clip_reward = 2});
    CHECK(bhi_encode_reward(3, e) == 1.5 && bhi_encode_reward(100, e) == 2);
    CHECK(bhi_encode_reward(-100, e) == -2 && bhi_encode_reward(0, e) == 0);
    drop(&o);
}

// Two environments, the second of which ends its episode every other step.
static void test_rewards_are_divided_by_the_deviation_of_returns(void)
{
    owner o;
    bhi_encoder *e = make(&o, &box, (bhi_encoder_spec){.normalize_reward = 1});
    bh_rng rng = bh_rng_seed(3);
    double returns[E] = {0}, all[N * E];
    for (int t = 0; t < N; t++) {
        double r_t[E] = {50 + 20 * bh_rng_normal(&rng), bh_rng_normal(&rng)};
        int terminated[E] = {0, t % 4 == 1}, truncated[E] = {0, t % 4 == 3};
        bhi_encoder_take_rewards(e, r_t, terminated, truncated);
        for (int i = 0; i < E; i++) {
            all[t * E + i] = returns[i] = returns[i] * gamma + r_t[i];
            if (terminated[i] || truncated[i]) returns[i] = 0;
            CHECK(e->returns[i] == returns[i]);
        }
    }
    double mean, var;
    sums_over(all, N * E, &mean, &var);
    CHECK_NEAR(*tensor_data(e, "ret_rms.var") / var, 1, 1e-9);
    CHECK_NEAR(*tensor_data(e, "ret_rms.mean"), mean, 1e-9);
    CHECK_NEAR(bhi_encode_reward(7, e), 7 / sqrt(var + 1e-8), 1e-9);
    CHECK(bhi_encode_reward(1e9, e) == 10 && bhi_encode_reward(-1e9, e) == -10);
    e->spec.clip_reward = 100;
    CHECK(bhi_encode_reward(1e9, e) == 100);
    e->spec.scale_reward = 2;
    CHECK_NEAR(bhi_encode_reward(7, e), 14 / sqrt(var + 1e-8), 1e-9);
    bhi_encoder_truncate(e);
    CHECK(e->returns[0] == 0 && e->returns[1] == 0);
    drop(&o);
}

// The replay keeps them as they are: what a batch is follows the statistics of the moment.
static void test_replay_normalizes_when_it_gathers(void)
{
    owner o;
    bhi_encoder *e =
        make(&o, &box,
             (bhi_encoder_spec){.normalize_observation = 1, .scale_reward = 0.5, .clip_reward = 3});
    bhi_replay replay = {0};
    bhi_arena arena = {0};
    bhi_replay_layout(&replay, &arena, 4, 1, e);
    void *block = bh_alloc(arena.used);
    bhi_replay_layout(&replay, &(bhi_arena){block, 0}, 4, 1, e);
    const float obs[] = {1000, 1, 2, 1100, 5, 4, 900, 3, 3};
    bhi_replay_add(&replay, obs, 0, 4, 0, 0, obs + S);
    bhi_replay_add(&replay, obs + S, 1, 40, 0, 1, obs + 2 * S);
    CHECK(bhi_replay_at(&replay, 0)->r_t == 4 && bhi_replay_at(&replay, 0)->obs[0] == 1000);
    for (int i = 0; i < 3; i++) {
        bhi_encoder_take_obs(e, obs + i * S, 1);
        bh_real x_tm1[S], x_t[S], want[S], r_t, discount_t;
        bhi_replay_gather(&replay, (int[]){0}, 1, 0.5, 2, x_tm1, NULL, &r_t, &discount_t, x_t);
        bhi_encode(want, obs, e);
        CHECK(memcmp(x_tm1, want, sizeof want) == 0);
        bhi_encode(want, obs + 2 * S, e);
        CHECK(memcmp(x_t, want, sizeof want) == 0);
        CHECK(r_t == (bh_real)(2 + 0.5 * 3)); // each by itself, before they are summed
    }
    bh_free(block, arena.used);
    drop(&o);
}

// A rollout keeps what the policy saw, and learns from what the reward was then.
static void test_rollout_normalizes_when_it_adds(void)
{
    owner o;
    bhi_encoder *e =
        make(&o, &box, (bhi_encoder_spec){.normalize_observation = 1, .normalize_reward = 1});
    bhi_rollout rollout = {0};
    bhi_arena arena = {0};
    bhi_rollout_layout(&rollout, &arena, 2, 1, e);
    void *block = bh_alloc(arena.used);
    bhi_rollout_layout(&rollout, &(bhi_arena){block, 0}, 2, 1, e);
    const float obs[] = {1000, 1, 2};
    bh_real x[S];
    bhi_encoder_take_obs(e, (float[]){900, 2, 2}, 1);
    bhi_encoder_take_obs(e, obs, 1);
    bhi_encoder_take_rewards(e, (double[]){5, 1}, (int[]){0, 0}, (int[]){0, 0});
    bhi_encode(x, obs, e);
    double r = bhi_encode_reward(5, e);
    bhi_rollout_add(&rollout, 0, obs, 0, 5, 0, 0, 0);
    bhi_encoder_take_obs(e, (float[]){-5, 7, 9}, 1);
    bhi_encoder_take_rewards(e, (double[]){500, 1}, (int[]){0, 0}, (int[]){0, 0});
    CHECK(memcmp(rollout.x_tm1, x, sizeof x) == 0);
    CHECK(rollout.r_t[0] == (bh_real)r && r != bhi_encode_reward(5, e));
    bh_free(block, arena.used);
    drop(&o);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_statistics_are_those_of_all_numbers);
    CHECK_RUN(test_observations_are_normalized_and_clipped);
    CHECK_RUN(test_a_constant_number_is_zero);
    CHECK_RUN(test_bytes_are_normalized_alike);
    CHECK_RUN(test_rewards_as_they_are);
    CHECK_RUN(test_rewards_are_scaled_and_clipped);
    CHECK_RUN(test_rewards_are_divided_by_the_deviation_of_returns);
    CHECK_RUN(test_replay_normalizes_when_it_gathers);
    CHECK_RUN(test_rollout_normalizes_when_it_adds);
    return check_report();
}
