// SPDX-License-Identifier: MIT
// Behaviour cloning and distillation: an update against its parts, what is refused, that a policy
// is learned, and that PPO can start from it. The losses themselves are in test_policy.
#include "envs/registry.h"
#include "kernels/elementwise.h"
#include "rl/clone.h"
#include "rl/ppo.h"

#include "failing_alloc.h"
#include "make_run.h"
#include "policy_agents.h"

enum { N = 12 };

static const bh_agent_class *const class = &bh_clone_class;

// N transitions of two episodes, the second one broken off, and a teacher's values.
typedef struct shown {
    float obs_tm1[N * PA_S], obs_t[N * PA_S];
    int a[N], terminated[N], truncated[N];
    double r[N], values[N * PA_A];
    bh_demonstrations all;
} shown;

static void show(shown *s)
{
    bh_rng rng = bh_rng_seed(3);
    memset(s, 0, sizeof *s);
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < PA_S; k++) s->obs_tm1[i * PA_S + k] = (float)bh_rng_normal(&rng);
        for (int k = 0; k < PA_A; k++) s->values[i * PA_A + k] = bh_rng_normal(&rng);
        s->a[i] = (int)bh_rng_below(&rng, PA_A);
        s->terminated[i] = i == 4;
    }
    s->all = (bh_demonstrations){{N, s->obs_tm1, s->a, s->r, s->terminated, s->truncated, s->obs_t},
                                 s->values};
}

static bhi_actor_critic *make(const char *const *options)
{
    bh_clone_config config;
    pa_configure(&bh_clone_table, &config, options);
    return pa_create(class, &config, pa_spec(PA_E, 1000));
}

#define MAKE(...)                                                                              \
    make(OPTIONS("net_arch", "5,4", "demo_capacity", "12", "batch_size", "6", "learning_rate", \
                 "0.02", "max_grad_norm", "0.3", __VA_ARGS__))

// ---- one update ----

// Loss and its gradient (n_params) on the batch at index (6), from parts; gradient may be NULL.
static double differentiate(const bhi_actor_critic *ac, const bh_real *params, bh_real *gradient,
                            const shown *s, const int *index, double temperature)
{
    enum { B = 6 };
    static bh_real acts[PA_ACTS], dacts[PA_ACTS];
    bh_real x[B * PA_S], teacher[B * PA_A], kl[B], *dlogits;
    int a[B];
    double loss = 0;
    for (int b = 0; b < B; b++) {
        a[b] = s->a[index[b]];
        pa_inputs(x + b * PA_S, s->obs_tm1 + index[b] * PA_S);
        for (int k = 0; k < PA_A; k++) {
            double value = s->values[index[b] * PA_A + k];
            teacher[b * PA_A + k] = (bh_real)(value / temperature);
        }
    }
    const bh_real *logits = bhi_net_forward(&ac->policy, params, acts, x, B);
    dlogits = bhi_net_output(&ac->policy, dacts, B);
    if (temperature == 0) {
        loss = bh_policy_cross_entropy(dlogits, logits, a, NULL, B, PA_A);
    } else {
        bh_policy_kl(kl, dlogits, teacher, logits, B, PA_A);
        for (int b = 0; b < B; b++) loss += (double)kl[b] / B;
    }
    if (gradient != NULL) bhi_net_backward(&ac->policy, params, gradient, acts, dacts, x, B);
    return loss;
}

static void check_slopes(const bhi_actor_critic *ac, bh_real *params, const bh_real *gradient,
                         const shown *s, const int *index, double temperature)
{
    double h = sizeof(bh_real) == 8 ? 1e-5 : 1e-2, tolerance = sizeof(bh_real) == 8 ? 1e-8 : 2e-3;
    for (int p = 0; p < ac->n_params; p++) {
        bh_real at = params[p];
        params[p] = at + (bh_real)h;
        double up = differentiate(ac, params, NULL, s, index, temperature);
        params[p] = at - (bh_real)h;
        double down = differentiate(ac, params, NULL, s, index, temperature);
        params[p] = at;
        CHECK_NEAR((up - down) / (2 * h), (double)gradient[p], tolerance);
    }
}

static void check_updates(bhi_actor_critic *ac, double temperature)
{
    shown s;
    show(&s);
    static bh_real params[200], gradient[200], m[200], v[200];
    int P = ac->n_params, index[6];
    CHECK(P == (3 + 1) * 5 + (5 + 1) * 4 + (4 + 1) * 3); // no value network
    memset(m, 0, sizeof m);
    memset(v, 0, sizeof v);
    memcpy(params, ac->params, (size_t)P * sizeof *params);
    bhi_optimizer own = {
        .settings = ((bh_clone_config *)ac->base.config)->policy.optimizer, .n = P, .m = m, .v = v};
    bhi_optimizer_init(&own);
    // The agent splits its stream for parameters, acting and sampling, in this order.
    bhi_agent_spec spec = pa_spec(PA_E, 1000);
    bh_rng_split(&spec.rng);
    bh_rng_split(&spec.rng);
    bh_rng rng = bh_rng_split(&spec.rng);

    bhi_agent_learn(ac); // nothing to learn from yet
    CHECK(ac->base.n_updates == 0 && memcmp(params, ac->params, (size_t)P * sizeof *params) == 0);
    CHECK_STATUS(class->functions->demonstrate(ac, &s.all, NULL), BH_OK);
    double loss = 0;
    for (int round = 0; round < 3; round++) {
        for (int b = 0; b < 6; b++) index[b] = (int)bh_rng_below(&rng, N);
        loss += differentiate(ac, params, gradient, &s, index, temperature) / 3;
        if (round == 0) check_slopes(ac, params, gradient, &s, index, temperature);
        double norm = bhi_sum_of_squares(gradient, P);
        bhi_optimizer_step(&own, params, gradient, 0.02, bhi_clip_scale(sqrt(norm), 0.3));
        bhi_agent_learn(ac);
        CHECK(memcmp(params, ac->params, (size_t)P * sizeof *params) == 0);
    }
    bhi_agent_metrics stats = pa_stats(class, ac);
    CHECK(stats.n_updates == 3 && ac->base.n_updates == 3);
    CHECK_NEAR(stats.loss, loss, 1e-6);
    CHECK_NEAR(stats.learning_rate, 0.02, 1e-12);
    bhi_agent_destroy(&ac->base);
}

static void test_updates_are_their_parts(void)
{
    check_updates(MAKE("temperature", "0"), 0);
    check_updates(MAKE("temperature", "0.5"), 0.5);
}

// ---- what is refused ----

static void test_room(void)
{
    shown s;
    show(&s);
    bh_error err;
    bhi_actor_critic *ac = MAKE("demo_capacity", "20");
    CHECK_STATUS(class->functions->demonstrate(ac, &s.all, NULL), BH_OK);
    CHECK_STATUS(class->functions->demonstrate(ac, &s.all, &err), BH_ERR_ARGUMENT);
    CHECK(strstr(err.message, "room for 8 more transitions, but 12") != NULL);
    s.all.transitions.n = 8;
    CHECK_STATUS(class->functions->demonstrate(ac, &s.all, NULL), BH_OK);
    bhi_agent_destroy(&ac->base);

    ac = MAKE("temperature", "1");
    s.all.values = NULL;
    CHECK_STATUS(class->functions->demonstrate(ac, &s.all, &err), BH_ERR_ARGUMENT);
    CHECK(strstr(err.message, "temperature is 1") != NULL);
    bhi_agent_destroy(&ac->base);
}

// Values over a temperature near 0 are too large for a float: the best action takes everything.
static void test_cold_teacher(void)
{
    shown s;
    show(&s);
    for (int i = 0; i < N * PA_A; i++) s.values[i] *= 1e20;
    bhi_actor_critic *ac = MAKE("temperature", "1e-20");
    CHECK_STATUS(class->functions->demonstrate(ac, &s.all, NULL), BH_OK);
    for (int i = 0; i < 20; i++) bhi_agent_learn(ac);
    for (int p = 0; p < ac->n_params; p++) CHECK(ac->params[p] - ac->params[p] == 0);
    bhi_agent_destroy(&ac->base);
}

static void test_run_checks(void)
{
    bh_error err;
    float obs[2] = {0, 3}, obs_t[2] = {3, 6};
    int a[2] = {1, 1}, none[2] = {0, 0};
    double r[2] = {0, 0};
    bh_demonstrations d = {{2, obs, a, r, none, none, obs_t}, NULL};
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "q-learning", NULL);
    CHECK_STATUS(bh_run_demonstrate(run, &d, &err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "q-learning cannot learn from demonstrations") != NULL);
    bh_run_destroy(run);

    run = make_run(&bh_envs, "GridWorld-v0", "clone", OPTIONS("demo_capacity", "4"));
    const struct {
        float obs;
        int a;
        double r;
        const char *message;
    } wrong[] = {
        {9, 1, 0, "transition 1 is 9"},
        {-1, 1, 0, "transition 1 is -1"},
        {0.5f, 1, 0, "whole number"},
        {NAN, 1, 0, "whole number"},
        {0, 4, 0, "action of transition 1 is 4"},
        {0, -1, 0, "action of transition 1 is -1"},
        {0, 1, NAN, "reward and values of transition 1"},
        {0, 1, INFINITY, "between -1e30 and 1e30"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        obs[1] = wrong[i].obs;
        a[1] = wrong[i].a;
        r[1] = wrong[i].r;
        CHECK_STATUS(bh_run_demonstrate(run, &d, &err), BH_ERR_ARGUMENT);
        CHECK(strstr(err.message, wrong[i].message) != NULL);
    }
    obs[1] = 3;
    a[1] = 1;
    r[1] = 0;
    double values[8] = {0, 0, 0, 0, 0, 0, -INFINITY, 0};
    d.values = values;
    CHECK_STATUS(bh_run_demonstrate(run, &d, &err), BH_ERR_ARGUMENT);
    values[6] = 1;
    CHECK_STATUS(bh_run_demonstrate(run, &d, NULL), BH_OK);
    d.transitions.n = 0;
    CHECK_STATUS(bh_run_demonstrate(run, &d, &err), BH_ERR_ARGUMENT);
    bh_run_steps(run, 1);
    d.transitions.n = 1;
    CHECK_STATUS(bh_run_demonstrate(run, &d, &err), BH_ERR_STATE);
    CHECK(strstr(err.message, "before the first step, but 1 are done") != NULL);
    bh_run_destroy(run);
}

// ---- what it is for ----

// One episode of GridWorld: down (2), down, right (1) leads from the start (0) to the goal (7).
static void demonstrate_grid(bh_run *run)
{
    const float obs[] = {0, 3, 6}, obs_t[] = {3, 6, 7};
    const int a[] = {2, 2, 1}, terminated[] = {0, 0, 1}, truncated[] = {0, 0, 0};
    const double r[] = {0, 0, 1};
    bh_demonstrations d = {{3, obs, a, r, terminated, truncated, obs_t}, NULL};
    bh_error err = {0};
    if (!CHECK_STATUS(bh_run_demonstrate(run, &d, &err), BH_OK)) printf("    %s\n", err.message);
}

static void test_clone_then_ppo(void)
{
    bh_run *clone = make_run(&bh_envs, "GridWorld-v0", "clone",
                             OPTIONS("demo_capacity", "3", "net_arch", "8", "batch_size", "8",
                                     "learning_rate", "0.02", "eval_freq", "0"));
    bh_score score;
    demonstrate_grid(clone);
    size_t live = bh_live_bytes();
    bh_run_steps(clone, 200);
    CHECK(bh_live_bytes() == live);
    bh_run_evaluate(clone, BH_CURRENT, 5, 1, &score);
    CHECK(score.mean == 1 && score.mean_length == 3);
    saved s = save(clone, BH_CURRENT);

    bh_run *ppo =
        make_run(&bh_envs, "GridWorld-v0", "ppo", OPTIONS("net_arch", "8", "eval_freq", "0"));
    int n_loaded = 0;
    CHECK_STATUS(bh_run_load(ppo, s.bytes, s.size, NULL), BH_ERR_SHAPE); // not the same algorithm
    CHECK_STATUS(bh_run_load_parameters(ppo, s.bytes, s.size, &n_loaded, NULL), BH_OK);
    CHECK(n_loaded == 4); // weights and biases of two layers; the value network stays as it is
    double q[8], p[8];
    const float where[] = {0, 6};
    bh_run_q_values(clone, q, where, 2);
    bh_run_q_values(ppo, p, where, 2);
    CHECK(memcmp(p, q, sizeof p) == 0);
    bh_run_evaluate(ppo, BH_CURRENT, 5, 1, &score);
    CHECK(score.mean == 1);

    // Other names, other shapes, no checkpoint: nothing changes.
    char before[65], after[65];
    bh_error err;
    bh_run *other = make_run(&bh_envs, "GridWorld-v0", "ppo", OPTIONS("net_arch", "9"));
    bh_run *dqn = make_run(&bh_envs, "GridWorld-v0", "dqn", NULL);
    bh_run_fingerprint(other, BH_CURRENT, before);
    CHECK_STATUS(bh_run_load_parameters(other, s.bytes, s.size, NULL, &err), BH_ERR_SHAPE);
    CHECK(strstr(err.message, "8 x 9, but here it is") != NULL);
    CHECK_STATUS(bh_run_load_parameters(dqn, s.bytes, s.size, NULL, &err), BH_ERR_SHAPE);
    CHECK(strstr(err.message, "none of this model's parameters, such as 'q_net") != NULL);
    CHECK_STATUS(bh_run_load_parameters(other, s.bytes, s.size - 1, NULL, &err), BH_ERR_FORMAT);
    bh_run_fingerprint(other, BH_CURRENT, after);
    CHECK(strcmp(before, after) == 0);
    bh_run_destroy(dqn);
    bh_run_destroy(other);
    bh_run_destroy(ppo);
    bh_run_destroy(clone);
    free(s.bytes);
    CHECK(bh_live_bytes() == 0);
}

// Transfer: the parameters of one environment go on in another one of the same shapes.
static void test_transfer(void)
{
    bh_run *from =
        make_run(&bh_envs, "FrozenLake-v1", "q-learning", OPTIONS("total_timesteps", "500"));
    bh_run *to = make_run(&bh_envs, "FrozenLake-v1", "q-learning",
                          OPTIONS("env.desc", "SFFF/FFFF/FFHF/HFFG", "total_timesteps", "500"));
    bh_run_steps(from, 500);
    saved s = save(from, BH_CURRENT);
    char a[65], b[65];
    CHECK_STATUS(bh_run_load_parameters(to, s.bytes, s.size, NULL, NULL), BH_OK);
    bh_run_fingerprint(from, BH_CURRENT, a);
    bh_run_fingerprint(to, BH_CURRENT, b);
    CHECK(strcmp(a, b) == 0);
    bh_run_destroy(from);
    bh_run_destroy(to);
    free(s.bytes);
}

static void test_out_of_memory(void)
{
    bh_clone_config config;
    bh_config_defaults(&bh_clone_table, &config);
    config.demo_capacity = 5;
    bhi_agent_spec spec = pa_spec(1, 100);
    bhi_agent *out = (bhi_agent *)(void *)&config;
    bh_error err;
    failing_alloc_begin(1);
    CHECK_STATUS(bhi_agent_create(&out, class, &config, &spec, &err), BH_ERR_MEMORY);
    CHECK(out == NULL && strstr(err.message, "; lower demo_capacity (5), ") != NULL);
    failing_alloc_end();
    config.demo_capacity = 10000000;
    config.temperature = 1;
    spec.observation.n = 10000;
    CHECK_STATUS(bhi_agent_create(&out, class, &config, &spec, &err), BH_ERR_CONFIG);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_updates_are_their_parts);
    CHECK_RUN(test_room);
    CHECK_RUN(test_cold_teacher);
    CHECK_RUN(test_run_checks);
    CHECK_RUN(test_clone_then_ppo);
    CHECK_RUN(test_transfer);
    CHECK_RUN(test_out_of_memory);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
