// SPDX-License-Identifier: MIT
// REINFORCE as an object: returns of episodes of every kind by hand, its updates against their
// parts, the gradient of its whole loss against finite differences, when it learns, what it
// refuses, and that it learns.
#include "envs/registry.h"
#include "rl/reinforce.h"
#include "rl/rollout.h"

#include "failing_alloc.h"
#include "make_run.h"
#include "policy_agents.h"

enum { T = 7 };

static const bh_agent_class *const class = &bh_reinforce_class;

static bh_reinforce_config config_of(const char *const *options)
{
    bh_reinforce_config config;
    pa_configure(&bh_reinforce_table, &config, options);
    return config;
}

#define CONFIG(...) \
    config_of(OPTIONS("net_arch", "5,4", "ortho_init", "false", "n_steps", "16", __VA_ARGS__))

static bhi_actor_critic *make(bh_reinforce_config config)
{
    return pa_create(class, &config, pa_spec(PA_E, 1000));
}

// ---- an update, from its definition ----

// Of the steps 0 … 6 that pa_make_steps makes, episodes are over: 0 … 2 of environment 0
// (terminated), 0 … 3 (truncated) and 4 … 6 (terminated) of environment 1. Environment 0 is under
// way from 3 on.
static const int episodes[3][3] = {
    {0, 0, 2}, {1, 0, 3}, {1, 4, 6}}; // environment, first, last step

// The batch an update should learn from, environment by environment.
static pa_batch expected_batch(const bhi_actor_critic *ac, const bh_real *params,
                               const pa_step *steps, const bh_reinforce_config *c, int n_episodes)
{
    pa_batch b = {.ent_coef = c->policy.ent_coef, .vf_coef = c->baseline ? c->policy.vf_coef : 0};
    for (int k = 0; k < n_episodes; k++) {
        int e = episodes[k][0], first = episodes[k][1], last = episodes[k][2];
        double g = 0;
        if (steps[last].truncated_t[e] && c->baseline)
            g = pa_value(ac, params, steps[last].obs_t + e * PA_S);
        for (int t = last; t >= first; t--) {
            int i = b.B + t - first;
            const float *obs = steps[t].obs_tm1 + e * PA_S;
            g = steps[t].r_t[e] + c->gamma * g;
            pa_inputs(b.x + i * PA_S, obs);
            b.a[i] = steps[t].a_tm1[e];
            b.returns[i] = g;
            b.advantages[i] = g - (c->baseline ? pa_value(ac, params, obs) : 0);
        }
        b.B += last - first + 1;
    }
    if (!c->policy.normalize_advantage) return b;
    double mean = 0, squares = 0;
    for (int i = 0; i < b.B; i++) mean += b.advantages[i] / b.B;
    for (int i = 0; i < b.B; i++) squares += (b.advantages[i] - mean) * (b.advantages[i] - mean);
    for (int i = 0; i < b.B; i++)
        b.advantages[i] = (b.advantages[i] - mean) / (sqrt(squares / (b.B - 1)) + 1e-8);
    return b;
}

static void check_update(const char *baseline, const char *normalize)
{
    bh_reinforce_config c =
        CONFIG("episodes_per_update", "3", "baseline", baseline, "normalize_advantage", normalize,
               "gamma", "0.9", "ent_coef", "0.03", "vf_coef", "0.7", "learning_rate", "0.01",
               "optimizer", "sgd", "max_grad_norm", "0");
    bhi_actor_critic *ac = make(c);
    int P = ac->n_params;
    static bh_real params[400];
    memcpy(params, ac->params, (size_t)P * sizeof *params);
    pa_step steps[T];
    pa_make_steps(steps, T, 1);
    for (int t = 0; t < T - 1; t++) pa_observe(class, ac, &steps[t]);
    CHECK(ac->base.n_updates == 0); // two episodes are over
    pa_observe(class, ac, &steps[T - 1]);
    CHECK(ac->base.n_updates == 1);

    pa_batch b = expected_batch(ac, params, steps, &c, 3);
    CHECK(b.B == 10);
    CHECK_NEAR(pa_gradient_error(ac, params, ac->gradient, &b), 0, pa_tolerance(3e-3));
    bhi_agent_metrics s = pa_stats(class, ac);
    CHECK_NEAR(s.loss, pa_loss(ac, params, &b), 1e-5);
    CHECK(c.baseline ? s.extra[1] > 0 && s.mean_q == s.mean_q
                     : s.extra[1] != s.extra[1] && s.mean_q != s.mean_q);
    for (int p = 0; p < P; p++) { // a step of plain gradient descent
        CHECK_NEAR((double)ac->params[p], (double)params[p] - 0.01 * (double)ac->gradient[p], 1e-7);
        if (!c.baseline && p >= ac->policy.n_params) CHECK(ac->gradient[p] == 0);
    }
    bhi_agent_destroy(&ac->base);
}

static void test_updates(void)
{
    check_update("true", "false");
    check_update("true", "true");
    check_update("false", "false");
    check_update("false", "true");
}

// More steps than rows of a batch: the gradient is that of the mean over all, whatever the parts.
static void test_many_steps(void)
{
    enum { LONG = 600 };
    bh_reinforce_config c =
        CONFIG("n_steps", "700", "episodes_per_update", "1", "normalize_advantage", "false",
               "gamma", "0", "optimizer", "sgd", "max_grad_norm", "0");
    bhi_actor_critic *ac = pa_create(class, &c, pa_spec(1, 1000)),
                     *one = pa_create(class, &c, pa_spec(1, 1000));
    // 600 times the same step is one step.
    const float obs[PA_S] = {0.5f, -1, 2};
    const int a = 2, no = 0, yes = 1;
    const double r = 3;
    for (int t = 0; t < LONG; t++) {
        class->functions->observe(
            ac, &(bh_experience){1, obs, &a, &r, t + 1 < LONG ? &no : &yes, &no, obs});
        bhi_agent_learn(ac);
    }
    class->functions->observe(one, &(bh_experience){1, obs, &a, &r, &yes, &no, obs});
    bhi_agent_learn(one);
    CHECK(ac->base.n_updates == 1 && one->base.n_updates == 1);
    for (int p = 0; p < ac->n_params; p++)
        CHECK_NEAR((double)ac->gradient[p], (double)one->gradient[p], pa_tolerance(2e-5));
    bhi_agent_metrics s = pa_stats(class, ac), want = pa_stats(class, one);
    CHECK_NEAR(s.loss, want.loss, 1e-5);
    CHECK_NEAR(s.extra[2], want.extra[2], 1e-6);
    bhi_agent_destroy(&ac->base);
    bhi_agent_destroy(&one->base);
}

// ---- when it learns ----

// Environment 0 is under way while environment 1 finishes: its steps wait for the next update.
static void test_episodes_under_way_go_on(void)
{
    bh_reinforce_config c =
        CONFIG("episodes_per_update", "1", "normalize_advantage", "false", "gamma", "1", "baseline",
               "false", "vf_coef", "0", "learning_rate", "0");
    bhi_actor_critic *ac = make(c);
    pa_step s = {
        .obs_tm1 = {1, 2, 3, 4, 5, 6}, .a_tm1 = {0, 1}, .r_t = {1, 10}, .terminated_t = {0, 1}};
    pa_observe(class, ac, &s);
    CHECK(ac->base.n_updates == 1);
    // log pi is about the same everywhere: the loss tells the return. One step of 10, then of
    // environment 0 two steps, of returns 1 + 5 and 5.
    double log_pi[PA_E], h;
    for (int e = 0; e < PA_E; e++) {
        bh_real x[PA_S], logits[PA_A];
        pa_inputs(x, s.obs_tm1 + e * PA_S);
        pa_logits(ac, ac->params, logits, x, 1);
        log_pi[e] = pa_log_prob(logits, s.a_tm1[e], &h);
    }
    CHECK_NEAR(pa_stats(class, ac).loss, -10 * log_pi[1], 1e-5);
    s.r_t[0] = 5;
    s.terminated_t[0] = 1;
    s.terminated_t[1] = 0;
    pa_observe(class, ac, &s);
    CHECK(ac->base.n_updates == 2);
    CHECK_NEAR(pa_stats(class, ac).loss, -(6 + 5) * log_pi[0] / 2, 1e-5);
    bhi_agent_destroy(&ac->base);
}

// A full memory cuts the episode under way, with the baseline's value of what followed.
static void test_memory_is_full(void)
{
    bh_reinforce_config c = CONFIG("n_steps", "3", "episodes_per_update", "100", "gamma", "0.5",
                                   "learning_rate", "0", "normalize_advantage", "false");
    bhi_actor_critic *ac = pa_create(class, &c, pa_spec(1, 1000));
    const float obs[PA_S] = {1, 0, -1}, next[PA_S] = {0, 2, 0};
    const int a = 1, no = 0;
    const double r = 1;
    for (int t = 0; t < 3; t++) {
        CHECK(ac->base.n_updates == 0);
        class->functions->observe(ac,
                                  &(bh_experience){1, obs, &a, &r, &no, &no, t < 2 ? obs : next});
        bhi_agent_learn(ac);
    }
    CHECK(ac->base.n_updates == 1);
    double v = pa_value(ac, ac->params, obs), end = pa_value(ac, ac->params, next);
    double g[3] = {1 + 0.5 * (1 + 0.5 * (1 + 0.5 * end)), 1 + 0.5 * (1 + 0.5 * end), 1 + 0.5 * end};
    double value_loss = 0;
    for (int t = 0; t < 3; t++) value_loss += (g[t] - v) * (g[t] - v) / 3;
    CHECK_NEAR(pa_stats(class, ac).extra[1], value_loss, 1e-5);
    for (int t = 0; t < 2; t++) {
        class->functions->observe(ac, &(bh_experience){1, obs, &a, &r, &no, &no, obs});
        bhi_agent_learn(ac);
    }
    class->functions->params_changed(ac);
    for (int t = 0; t < 2; t++) {
        class->functions->observe(ac, &(bh_experience){1, obs, &a, &r, &no, &no, obs});
        bhi_agent_learn(ac);
    }
    CHECK(ac->base.n_updates == 1); // the memory was emptied
    bhi_agent_destroy(&ac->base);
}

// ---- what it refuses ----

static void refuses(bh_reinforce_config config, bhi_agent_spec spec, const char *want)
{
    bhi_agent *agent = (bhi_agent *)(void *)&config;
    bh_error err = {0};
    CHECK_STATUS(bhi_agent_create(&agent, class, &config, &spec, &err), BH_ERR_CONFIG);
    CHECK(agent == NULL);
    if (!CHECK(strstr(err.message, want) != NULL)) printf("    %s\n", err.message);
}

static void test_bad_configs(void)
{
    refuses(CONFIG("features_extractor", "nature-cnn"), pa_spec(1, 100),
            "REINFORCE: features_extractor needs images, at least 36 x 36");
    refuses(CONFIG("n_steps", "1000000"), pa_spec(1000, 100), "too large");
    bh_reinforce_config config = CONFIG("n_steps", "8");
    config.episodes_per_update = 0;
    refuses(config, pa_spec(1, 100), "REINFORCE: episodes_per_update is 0");
    config = CONFIG("n_steps", "8");
    bhi_agent_spec spec = pa_spec(1, 100);
    bhi_agent *agent = (bhi_agent *)(void *)&config;
    failing_alloc_begin(1);
    CHECK_STATUS(bhi_agent_create(&agent, class, &config, &spec, NULL), BH_ERR_MEMORY);
    failing_alloc_end();
    CHECK(agent == NULL);
    bhi_agent_destroy(NULL);
}

// ---- the loop ----

static void test_same_seed_same_bits(void)
{
    char hex[2][65];
    for (int i = 0; i < 2; i++) {
        bh_run *run = make_run(&bh_envs, "CartPole-v1", "reinforce",
                               OPTIONS("seed", "3", "n_envs", "3", "n_steps", "64", "net_arch", "8",
                                       "eval_freq", i == 0 ? "0" : "100"));
        bh_run_steps(run, 900);
        bh_run_fingerprint(run, BH_CURRENT, hex[i]);
        CHECK(bh_run_updates(run) > 2);
        bh_run_destroy(run);
    }
    CHECK_STRING(hex[0], hex[1]);
}

static void test_solves_gridworld(void)
{
    for (int baseline = 0; baseline < 2; baseline++) {
        bh_run *run = make_run(&bh_envs, "GridWorld-v0", "reinforce",
                               OPTIONS("seed", "1", "total_timesteps", "6000", "learning_rate",
                                       "0.03", "net_arch", "16", "eval_freq", "0", "gamma", "0.9",
                                       "n_steps", "512", "baseline", baseline ? "true" : "false"));
        bh_score after;
        bh_run_steps(run, 6000);
        bh_run_evaluate(run, BH_CURRENT, 10, 1, &after);
        CHECK(after.mean == 1 && after.mean_length == 3);
        bh_run_destroy(run);
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_updates);
    CHECK_RUN(test_many_steps);
    CHECK_RUN(test_episodes_under_way_go_on);
    CHECK_RUN(test_memory_is_full);
    CHECK_RUN(test_bad_configs);
    CHECK_RUN(test_same_seed_same_bits);
    CHECK_RUN(test_solves_gridworld);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
