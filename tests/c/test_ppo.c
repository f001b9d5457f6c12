// SPDX-License-Identifier: MIT
// PPO as an object: its updates against their parts, the gradient of its whole loss against finite
// differences, when it learns and when it stops, what it refuses, and that it learns.
#include "envs/registry.h"
#include "rl/ppo.h"
#include "rl/rollout.h"

#include "failing_alloc.h"
#include "make_run.h"
#include "policy_agents.h"

enum { T = 6, CELLS = T * PA_E };

static const bh_agent_class *const class = &bh_ppo_class;

static bh_ppo_config config_of(const char *const *options)
{
    bh_ppo_config config;
    pa_configure(&bh_ppo_table, &config, options);
    return config;
}

#define CONFIG(...) \
    config_of(OPTIONS("net_arch", "5,4", "n_steps", "6", "ortho_init", "false", __VA_ARGS__))

static bhi_actor_critic *make(bh_ppo_config config)
{
    return pa_create(class, &config, pa_spec(PA_E, 1000));
}

static void collect(void *ppo, const pa_step *steps)
{
    for (int t = 0; t < T; t++) pa_observe(class, ppo, &steps[t]);
}

// ---- the parts ----

// A rollout as the agent should see it under `params`: everything one number after the other.
typedef struct judged {
    bh_real x[CELLS * PA_S], log_prob[CELLS], v_tm1[CELLS], advantages[CELLS], returns[CELLS];
    int a[CELLS];
} judged;

static void judge(judged *j, const bhi_actor_critic *ac, const bh_real *params,
                  const pa_step *steps, double gamma, double lambda)
{
    bh_real r_t[CELLS], v_t[CELLS], logits[CELLS * PA_A];
    unsigned char terminated[CELLS], truncated[CELLS];
    for (int i = 0; i < CELLS; i++) {
        const pa_step *s = &steps[i / PA_E];
        int e = i % PA_E;
        pa_inputs(j->x + i * PA_S, s->obs_tm1 + e * PA_S);
        j->a[i] = s->a_tm1[e];
        r_t[i] = (bh_real)s->r_t[e];
        terminated[i] = s->terminated_t[e] != 0;
        truncated[i] = s->truncated_t[e] != 0;
        // The observation that followed is the final one where the episode ended, not the next
        // row's.
        v_t[i] = (bh_real)pa_value(ac, params, s->obs_t + e * PA_S);
    }
    pa_logits(ac, params, logits, j->x, CELLS);
    pa_values(ac, params, j->v_tm1, j->x, CELLS);
    bh_policy_log_prob(j->log_prob, logits, j->a, CELLS, PA_A);
    bh_policy_gae(j->advantages, j->returns, r_t, j->v_tm1, v_t, terminated, truncated, gamma,
                  lambda, T, PA_E);
}

typedef struct minibatch {
    int B, a[CELLS];
    bh_real x[CELLS * PA_S], log_prob[CELLS], advantages[CELLS], returns[CELLS], values[CELLS];
} minibatch;

static minibatch take(const judged *j, const int *index, int B)
{
    minibatch m = {.B = B};
    for (int b = 0; b < B; b++) {
        int i = index[b];
        memcpy(m.x + b * PA_S, j->x + i * PA_S, PA_S * sizeof *m.x);
        m.a[b] = j->a[i];
        m.log_prob[b] = j->log_prob[i];
        m.advantages[b] = j->advantages[i];
        m.returns[b] = j->returns[i];
        m.values[b] = j->v_tm1[i];
    }
    bh_policy_normalize(m.advantages, B);
    return m;
}

// The gradient of a minibatch, (n_params) out.
static void differentiate(const bhi_actor_critic *ac, const bh_ppo_config *c, const bh_real *params,
                          bh_real *gradient, const minibatch *m)
{
    static bh_real acts[PA_ACTS], dacts[PA_ACTS];
    int P = ac->policy.n_params;
    bh_policy_stats stats;
    const bh_real *y = bhi_net_forward(&ac->policy, params, acts, m->x, m->B);
    bh_policy_ppo_loss(bhi_net_output(&ac->policy, dacts, m->B), &stats, y, m->a, m->log_prob,
                       m->advantages, c->clip_range, c->policy.ent_coef, m->B, PA_A);
    bhi_net_backward(&ac->policy, params, gradient, acts, dacts, m->x, m->B);
    y = bhi_net_forward(&ac->value, params + P, acts, m->x, m->B);
    bh_policy_value_loss(bhi_net_output(&ac->value, dacts, m->B), y, m->returns, m->values,
                         c->clip_range_vf, c->policy.vf_coef, m->B);
    bhi_net_backward(&ac->value, params + P, gradient + P, acts, dacts, m->x, m->B);
}

// Two rollouts of two epochs in minibatches of 5, 5 and 2, against the same from parts.
static void test_updates_are_their_parts(void)
{
    bh_ppo_config c = CONFIG("n_epochs", "2", "batch_size", "5", "learning_rate", "0.02", "gamma",
                             "0.9", "gae_lambda", "0.8", "ent_coef", "0.01", "clip_range_vf", "0.2",
                             "learning_rate_schedule", "linear", "max_grad_norm", "0.3");
    bhi_actor_critic *ac = make(c);
    int P = ac->n_params;
    static bh_real params[400], gradient[400], m[400], v[400];
    CHECK(P == (3 + 1) * 5 + (5 + 1) * 4 + (4 + 1) * 3 + (3 + 1) * 5 + (5 + 1) * 4 + (4 + 1));
    memcpy(params, ac->params, (size_t)P * sizeof *params);
    bhi_optimizer own = {.settings = c.policy.optimizer, .n = P, .m = m, .v = v};
    bhi_optimizer_init(&own);
    CHECK(own.settings.eps == 1e-5);

    // The agent splits its stream for parameters, acting and shuffling, in this order.
    bhi_agent_spec spec = pa_spec(PA_E, 1000);
    bh_rng_split(&spec.rng);
    bh_rng_split(&spec.rng);
    bh_rng rng = bh_rng_split(&spec.rng);
    for (int round = 0; round < 2; round++) {
        pa_step steps[T];
        judged j;
        pa_make_steps(steps, T, (uint64_t)round);
        judge(&j, ac, params, steps, 0.9, 0.8);
        int index[CELLS];
        for (int i = 0; i < CELLS; i++) index[i] = i;
        for (int epoch = 0; epoch < 2; epoch++) {
            bhi_shuffle(index, CELLS, &rng);
            for (int i = 0; i < CELLS; i += 5) {
                minibatch batch = take(&j, index + i, CELLS - i < 5 ? CELLS - i : 5);
                differentiate(ac, &c, params, gradient, &batch);
                double norm = 0, rate = 0.02 * (1 - (round + 1) * CELLS / 1000.0);
                for (int p = 0; p < P; p++) norm += (double)gradient[p] * (double)gradient[p];
                bhi_optimizer_step(&own, params, gradient, rate, bhi_clip_scale(sqrt(norm), 0.3));
            }
        }
        collect(ac, steps);
        double worst = 0;
        for (int p = 0; p < P; p++) {
            double d = fabs((double)params[p] - (double)ac->params[p]);
            if (!(d <= worst)) worst = d;
        }
        CHECK_NEAR(worst, 0, sizeof(bh_real) == 8 ? 1e-14 : 1e-6);
        CHECK(ac->base.n_updates == 6 * (round + 1));
        CHECK_NEAR(pa_stats(class, ac).learning_rate, 0.02 * (1 - (round + 1) * CELLS / 1000.0),
                   1e-12);
    }
    bhi_agent_destroy(&ac->base);
}

// ---- the gradient of the whole loss ----

// The gradient left by the last of n_epochs full-batch updates is of the parameters before its
// step. The agent's twin makes one update less and has them.
static void check_gradient(const char *n_epochs, const char *one_less, double want_clipped)
{
    const char *rate = "0.1"; // far enough to clip in the second update
    bh_ppo_config c =
        CONFIG("n_epochs", n_epochs, "batch_size", "12", "learning_rate", rate, "ent_coef", "0.02",
               "vf_coef", "0.7", "clip_range_vf", "0.5", "clip_range", "0.1", "max_grad_norm", "0");
    bhi_actor_critic *ac = make(c), *twin = make(c), *before = make(c);
    bh_config_set(&bh_ppo_table, twin->base.config, "n_epochs", one_less, NULL);
    pa_step steps[T];
    judged j;
    pa_make_steps(steps, T, 3);
    if (strcmp(one_less, "0") != 0) collect(twin, steps);
    collect(ac, steps);
    judge(&j, ac, before->params, steps, c.gamma, c.gae_lambda);
    int index[CELLS];
    for (int i = 0; i < CELLS; i++) index[i] = i;
    minibatch m = take(&j, index, CELLS);
    pa_batch b = {
        .B = CELLS, .clip_range = 0.1, .clip_range_vf = 0.5, .ent_coef = 0.02, .vf_coef = 0.7};
    memcpy(b.x, m.x, sizeof m.x);
    memcpy(b.a, m.a, sizeof m.a);
    for (int i = 0; i < CELLS; i++) {
        b.old_log_prob[i] = (double)m.log_prob[i];
        b.advantages[i] = (double)m.advantages[i];
        b.returns[i] = (double)m.returns[i];
        b.old_values[i] = (double)m.values[i];
    }
    CHECK_NEAR(pa_gradient_error(ac, twin->params, ac->gradient, &b), 0, pa_tolerance(3e-3));
    bhi_agent_metrics stats = pa_stats(class, ac), first = pa_stats(class, twin);
    double n = atof(n_epochs);
    double loss = n * stats.loss - (n > 1 ? first.loss : 0); // of the last update
    CHECK_NEAR(loss, pa_loss(ac, twin->params, &b), 1e-5);
    CHECK(n * stats.extra[7] - (n > 1 ? first.extra[7] : 0) >= want_clipped);
    bhi_agent_destroy(&ac->base);
    bhi_agent_destroy(&twin->base);
    bhi_agent_destroy(&before->base);
}

static void test_gradient(void)
{
    check_gradient("1", "0", 0);
    check_gradient("2", "1", 0.2);
}

// ---- when it learns ----

static void test_learns_when_full(void)
{
    bhi_actor_critic *ac = make(CONFIG("batch_size", "12", "n_epochs", "3"));
    pa_step steps[T];
    pa_make_steps(steps, T, 1);
    for (int t = 0; t < T - 1; t++) pa_observe(class, ac, &steps[t]);
    bhi_agent_metrics stats = pa_stats(class, ac);
    CHECK(ac->base.n_updates == 0 && stats.loss != stats.loss && stats.mean_q != stats.mean_q);
    class->functions->params_changed(ac); // what was collected was another policy's
    pa_observe(class, ac, &steps[T - 1]);
    CHECK(ac->base.n_updates == 0);
    for (int t = 0; t < T - 2; t++) pa_observe(class, ac, &steps[t]);
    CHECK(ac->base.n_updates == 0);
    pa_observe(class, ac, &steps[T - 1]);
    CHECK(ac->base.n_updates == 3);
    bhi_agent_destroy(&ac->base);
}

// In the first minibatch the policy is the one that acted: ratio 1, divergence 0, nothing clipped,
// and the loss of normalised advantages is 0. The entropy's is that of the policy.
static void test_stats(void)
{
    bhi_actor_critic *ac = make(CONFIG("batch_size", "12", "n_epochs", "1", "learning_rate", "0"));
    pa_step steps[T];
    judged j;
    pa_make_steps(steps, T, 1);
    judge(&j, ac, ac->params, steps, 0.99, 0.95);
    collect(ac, steps);
    bhi_agent_metrics s = pa_stats(class, ac);
    CHECK_STRING(class->metrics[0], "train/policy_gradient_loss");
    CHECK_NEAR(s.extra[0], 0, 1e-6);
    double value_loss = 0, mean = 0, all = 0, rest = 0, entropy = 0, mean_return = 0, mean_rest = 0;
    bh_real logits[CELLS * PA_A];
    pa_logits(ac, ac->params, logits, j.x, CELLS);
    for (int i = 0; i < CELLS; i++) {
        double d = (double)j.returns[i] - (double)j.v_tm1[i], h;
        pa_log_prob(logits + i * PA_A, 0, &h);
        value_loss += d * d / CELLS;
        mean += (double)j.v_tm1[i] / CELLS;
        mean_return += (double)j.returns[i] / CELLS;
        mean_rest += d / CELLS;
        entropy += h / CELLS;
    }
    for (int i = 0; i < CELLS; i++) {
        all += ((double)j.returns[i] - mean_return) * ((double)j.returns[i] - mean_return);
        double d = (double)j.returns[i] - (double)j.v_tm1[i] - mean_rest;
        rest += d * d;
    }
    CHECK_STRING(class->metrics[1], "train/value_loss");
    CHECK_NEAR(s.extra[1], value_loss, 1e-5);
    CHECK_STRING(class->metrics[2], "train/entropy_loss");
    CHECK_NEAR(s.extra[2], -entropy, 1e-6);
    CHECK_STRING(class->metrics[3], "train/explained_variance");
    CHECK_NEAR(s.extra[3], 1 - rest / all, 1e-5);
    CHECK_STRING(class->metrics[6], "train/approx_kl");
    CHECK_NEAR(s.extra[6], 0, 1e-7);
    CHECK_STRING(class->metrics[7], "train/clip_fraction");
    CHECK(s.extra[7] == 0 && class->metrics[8] == NULL);
    CHECK_NEAR(s.loss, 0.5 * value_loss, 1e-5);
    CHECK_NEAR(s.mean_q, mean, 1e-6);
    CHECK(s.grad_norm > 0 && s.epsilon != s.epsilon && s.n_updates == 1);
    bhi_agent_destroy(&ac->base);
}

// An update ends before the first minibatch that is too far from the policy that acted.
static void test_target_kl(void)
{
    pa_step steps[T];
    pa_make_steps(steps, T, 2);
    bhi_actor_critic *ac = make(
        CONFIG("batch_size", "12", "n_epochs", "5", "target_kl", "1e-9", "learning_rate", "0.01"));
    collect(ac, steps);
    CHECK(ac->base.n_updates == 1);
    collect(ac, steps); // and the next one starts anew
    CHECK(ac->base.n_updates == 2);
    bhi_agent_destroy(&ac->base);
    ac = make(CONFIG("batch_size", "12", "n_epochs", "5", "target_kl", "1000"));
    collect(ac, steps);
    CHECK(ac->base.n_updates == 5);
    bhi_agent_destroy(&ac->base);
}

// ---- what it refuses ----

static void refuses(bh_ppo_config config, bhi_agent_spec spec, const char *want)
{
    bhi_agent *ppo = (bhi_agent *)(void *)&config;
    bh_error err = {0};
    CHECK_STATUS(bhi_agent_create(&ppo, class, &config, &spec, &err), BH_ERR_CONFIG);
    CHECK(ppo == NULL);
    if (!CHECK(strstr(err.message, want) != NULL)) printf("    %s\n", err.message);
}

static void test_bad_configs(void)
{
    refuses(CONFIG("batch_size", "13"), pa_spec(PA_E, 100),
            "PPO: batch_size is 13, but must be at most n_steps times n_envs, which is 6 times 2");
    refuses(CONFIG("features_extractor", "minatar-cnn"), pa_spec(13, 100),
            "PPO: features_extractor needs images");
    refuses(CONFIG("net_arch", "4096,4096,4096,4096,4096,4096,4096,4096", "batch_size", "65536"),
            pa_spec(20000, 100), "too large");
    refuses(CONFIG("net_arch", "4", "n_steps", "1000000"), pa_spec(1000, 100), "too large");
    bh_ppo_config config = CONFIG("batch_size", "12");
    config.n_steps = 0;
    refuses(config, pa_spec(PA_E, 100), "n_steps");
    config = CONFIG("batch_size", "12");
    config.clip_range = 0;
    refuses(config, pa_spec(PA_E, 100), "clip_range");
    config = CONFIG("batch_size", "12");
    config.gae_lambda = 1.5;
    refuses(config, pa_spec(PA_E, 100), "gae_lambda");
}

static void test_no_memory(void)
{
    bh_ppo_config config = CONFIG("batch_size", "12");
    bhi_agent_spec spec = pa_spec(PA_E, 100);
    bhi_agent *ppo = (bhi_agent *)(void *)&config;
    bh_error err = {0};
    failing_alloc_begin(1);
    CHECK_STATUS(bhi_agent_create(&ppo, class, &config, &spec, &err), BH_ERR_MEMORY);
    failing_alloc_end();
    CHECK(ppo == NULL && strstr(err.message, "out of memory") != NULL);
    bhi_agent_destroy(NULL);
}

// ---- the loop ----

static void test_same_seed_same_bits(void)
{
    char hex[3][65];
    for (int i = 0; i < 3; i++) {
        bh_run *run = make_run(&bh_envs, "CartPole-v1", "ppo",
                               OPTIONS("seed", i < 2 ? "3" : "4", "n_envs", "3", "n_steps", "16",
                                       "batch_size", "20", "n_epochs", "2", "net_arch", "8",
                                       "eval_freq", i == 0 ? "0" : "100"));
        bh_run_steps(run, 300);
        bh_run_fingerprint(run, BH_CURRENT, hex[i]);
        CHECK(bh_run_updates(run) ==
              6 * 2 * 3); // 300 / 48 rollouts, 48 cells in batches of 20, 20, 8
        bh_run_destroy(run);
    }
    CHECK_STRING(hex[0], hex[1]); // evaluations in between change nothing
    CHECK(strcmp(hex[0], hex[2]) != 0);
}

static void test_solves_gridworld(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "ppo",
                           OPTIONS("seed", "0", "total_timesteps", "4000", "n_envs", "4", "n_steps",
                                   "32", "batch_size", "64", "learning_rate", "0.01", "net_arch",
                                   "16", "eval_freq", "0", "gamma", "0.9"));
    bh_score before, after;
    bh_run_evaluate(run, BH_CURRENT, 10, 1, &before);
    CHECK(before.mean < 1);
    bh_run_steps(run, 4000);
    bh_run_evaluate(run, BH_CURRENT, 10, 1, &after);
    CHECK(after.mean == 1);        // the goal, every time
    CHECK(after.mean_length == 3); // down, down, right: the shortest way
    double q[4];
    bh_run_q_values(run, q, (float[]){0}, 1);
    double sum = 0;
    for (int a = 0; a < 4; a++) sum += exp(q[a]);
    CHECK_NEAR(sum, 1, 1e-6);
    bh_run_destroy(run);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_updates_are_their_parts);
    CHECK_RUN(test_gradient);
    CHECK_RUN(test_learns_when_full);
    CHECK_RUN(test_stats);
    CHECK_RUN(test_target_kl);
    CHECK_RUN(test_bad_configs);
    CHECK_RUN(test_no_memory);
    CHECK_RUN(test_same_seed_same_bits);
    CHECK_RUN(test_solves_gridworld);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
