// SPDX-License-Identifier: MIT
// Bandit-v0: its means, its noise, its episodes.
#include "envs/registry.h"

#include "check.h"

#include <stdlib.h>

static bh_env *make(const char *k, const char *instance_seed)
{
    char config[64];
    bh_env *env;
    bh_error err;
    const bh_env_def *def = &bh_env_bandit;
    CHECK(def->config->bytes <= sizeof config);
    bh_config_defaults(def->config, config);
    CHECK_STATUS(bh_config_set(def->config, config, "k", k, &err), BH_OK);
    CHECK_STATUS(bh_config_set(def->config, config, "instance_seed", instance_seed, &err), BH_OK);
    CHECK_STATUS(bh_env_create(&env, def, config, &err), BH_OK);
    return env;
}

// The means that layout tells; returns how many.
static int read_means(const bh_env *env, double *means)
{
    static char buffer[8192];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    bh_env_bandit.layout(bh_env_state(env), &text);
    CHECK(bh_text_fits(&text));
    char *at = strstr(buffer, "\"means\":[");
    if (!CHECK(at != NULL)) return 0;
    int n = 0;
    for (at += strlen("\"means\":"); *at != ']';) means[n++] = strtod(at + 1, &at);
    return n;
}

static double pull(bh_env *env, int arm)
{
    float obs[1] = {7};
    bh_step step;
    bh_env_reset(env, obs);
    CHECK(obs[0] == 0);
    CHECK_STATUS(bh_env_step(env, arm, obs, &step, NULL), BH_OK);
    CHECK(obs[0] == 0 && step.terminated && !step.truncated && !bh_env_running(env));
    return step.reward;
}

// The largest and the average of the default's means are what the file says.
static void test_the_default_instance(void)
{
    double means[100], best = -INFINITY, sum = 0;
    bh_env *env = make("10", "0");
    CHECK(bh_env_observation_space(env)->n == 1 && bh_env_action_space(env)->n == 10);
    if (!CHECK(read_means(env, means) == 10)) return;
    for (int a = 0; a < 10; a++) {
        sum += means[a];
        if (means[a] > best) best = means[a];
    }
    CHECK_NEAR(best, 0.7171, 5e-5);
    CHECK_NEAR(sum / 10, -0.3227, 5e-5);
    bh_env_destroy(env);
}

// Means are standard normal over instances; an instance is its seed's, whatever the rewards'
// stream.
static void test_means(void)
{
    double sum = 0, squares = 0, first[100], again[100];
    int n = 0;
    for (int seed = 0; seed < 50; seed++) {
        char text[16];
        snprintf(text, sizeof text, "%d", seed);
        bh_env *env = make("100", text), *twin = make("100", text);
        bh_env_seed(twin, 99);
        if (!CHECK(read_means(env, first) == 100 && read_means(twin, again) == 100)) return;
        CHECK(memcmp(first, again, sizeof first) == 0);
        for (int a = 0; a < 100; a++, n++) sum += first[a], squares += first[a] * first[a];
        bh_env_destroy(env);
        bh_env_destroy(twin);
    }
    CHECK_NEAR(sum / n, 0, 5 / sqrt(n));
    CHECK_NEAR(squares / n, 1, 5 * sqrt(2.0 / n));
}

// An arm pays its mean plus standard normal noise, and a random policy the mean of the means.
static void test_rewards(void)
{
    enum { PULLS = 20000 };
    double means[100], all = 0;
    bh_env *env = make("3", "4");
    if (!CHECK(read_means(env, means) == 3)) return;
    for (int a = 0; a < 3; a++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < PULLS; i++) {
            double noise = pull(env, a) - means[a];
            sum += noise;
            squares += noise * noise;
        }
        CHECK_NEAR(sum / PULLS, 0, 5 / sqrt(PULLS));
        CHECK_NEAR(squares / PULLS, 1, 5 * sqrt(2.0 / PULLS));
        all += means[a] / 3;
    }
    double sum = 0, spread = 0;
    bh_rng rng = bh_rng_seed(1);
    for (int i = 0; i < PULLS; i++) sum += pull(env, (int)bh_rng_below(&rng, 3));
    for (int a = 0; a < 3; a++) spread += (means[a] - all) * (means[a] - all) / 3;
    CHECK_NEAR(sum / PULLS, all, 5 * sqrt((1 + spread) / PULLS));
    bh_env_destroy(env);
}

static void test_words(void)
{
    char buffer[64], want[64];
    float view[2];
    bh_env *env = make("10", "0");
    bh_text text = bh_text_over(buffer, sizeof buffer);
    bh_env_bandit.describe(bh_env_state(env), &text);
    CHECK_STRING(buffer, "no arm pulled yet");
    double reward = pull(env, 2);
    bh_env_bandit.view(bh_env_state(env), view);
    CHECK(view[0] == 2 && view[1] == (float)reward);
    text = bh_text_over(buffer, sizeof buffer);
    bh_env_bandit.describe(bh_env_state(env), &text);
    snprintf(want, sizeof want, "arm 3 paid %.2f", reward);
    CHECK_STRING(buffer, want);
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_the_default_instance);
    CHECK_RUN(test_means);
    CHECK_RUN(test_rewards);
    CHECK_RUN(test_words);
    return check_report();
}
