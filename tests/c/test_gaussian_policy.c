// SPDX-License-Identifier: MIT
// PPO and REINFORCE over a Box of actions: the gradient of their whole loss against finite
// differences, what is learned from (actions as drawn, not as clipped), the KL penalty, tensors; the
// same with state-dependent exploration, and when its matrices are drawn; and that actions which are
// Discrete make no difference.
#include "envs/registry.h"
#include "rl/gaussian.h"
#include "rl/gaussian_policy.h"
#include "rl/ppo_functions.h"
#include "rl/reinforce_functions.h"
#include "rl/sde.h"

#include "make_run.h"
#include "policy_agents.h"

enum { S = PA_S, D = 2, E = PA_E, T = 6, N = T * E };

static const float low[D] = {-0.25f, 0}, high[D] = {0.25f, 0.5f};
static const bh_agent_class *const ppo = &bh_ppo_both_class, *const reinforce =
                                                                 &bh_reinforce_both_class;

static bhi_agent_spec spec_of(void)
{
    return (bhi_agent_spec){.observation = {BH_SPACE_BOX, S, NULL, NULL},
                            .n_envs = E,
                            .total_timesteps = 1000,
                            .rng = bh_rng_seed(5),
                            .action = {BH_SPACE_BOX, D, low, high}};
}

// Small, with two numbers of an action that spread differently.
static bhi_actor_critic *make(const bh_agent_class *class, const char *const *options)
{
    union {
        bh_ppo_config ppo;
        bh_reinforce_config reinforce;
    } config;
    pa_configure(class->config, &config,
                 OPTIONS("net_arch", "5,4", "n_steps", "6", "ortho_init", "false",
                         "normalize_advantage", "false", "max_grad_norm", "0", "gamma", "0.9",
                         "log_std_init", "-0.5", "ent_coef", "0.02", "vf_coef", "0.7"));
    if (class == ppo)
        CHECK_STATUS(bh_config_set(class->config, &config, "batch_size", "12", NULL), BH_OK);
    for (; options != NULL && options[0] != NULL; options += 2)
        CHECK_STATUS(bh_config_set(class->config, &config, options[0], options[1], NULL), BH_OK);
    bhi_actor_critic *ac = pa_create(class, &config, spec_of());
    ac->params[ac->policy.n_params + 1] = (bh_real)0.25;
    bhi_actor_critic_set_reference(ac);
    return ac;
}

// ---- steps ----

typedef struct step {
    float obs_tm1[E * S], obs_t[E * S], drawn[E * D], box[E * D];
    double r_t[E];
    int terminated_t[E], truncated_t[E];
} step;

// One step in which environments do what the agent draws, as far as their bounds go.
static void do_step(bhi_actor_critic *ac, step *s, int t)
{
    bh_rng rng = bh_rng_seed((uint64_t)t);
    unsigned char explored[E];
    for (int i = 0; i < E * S; i++) {
        s->obs_tm1[i] = (float)bh_rng_normal(&rng);
        s->obs_t[i] = (float)bh_rng_normal(&rng);
    }
    for (int e = 0; e < E; e++) {
        s->r_t[e] = bh_rng_normal(&rng);
        s->terminated_t[e] = e == 0 && t == 2;
        s->truncated_t[e] = e == 1 && t == 3;
    }
    const bhi_agent_functions *f = ac->base.class->functions;
    f->act_box(ac, s->drawn, explored, s->obs_tm1, E);
    for (int i = 0; i < E * D; i++)
        s->box[i] = (float)pa_clip((double)s->drawn[i], (double)low[i % D], (double)high[i % D]);
    f->observe(ac, &(bh_experience){.n = E,
                                    .obs_tm1 = s->obs_tm1,
                                    .box_tm1 = s->box,
                                    .r_t = s->r_t,
                                    .terminated_t = s->terminated_t,
                                    .truncated_t = s->truncated_t,
                                    .obs_t = s->obs_t});
    bhi_agent_learn(ac);
}

static void do_steps(bhi_actor_critic *ac, step *steps, int n)
{
    for (int t = 0; t < n; t++) do_step(ac, &steps[t], t);
}

// ---- the loss, from its definition ----

enum { L_MAX = 5 };

typedef struct batch {
    bh_real x[N * S];
    bh_real latent[N * L_MAX]; // of the policy the steps are of, with state-dependent exploration
    double a[N * D], old_log_prob[N], advantages[N], returns[N];
    double clip_range; // 0: REINFORCE
} batch;

// log pi(a) of a row, and the entropy.
static double log_prob_of(const bh_real *mean, const double *std, const double *a, double *entropy)
{
    double sum = 0;
    *entropy = 0;
    for (int d = 0; d < D; d++) {
        double z = (a[d] - (double)mean[d]) / std[d];
        sum += log(exp(-z * z / 2) / (std[d] * sqrt(2 * acos(-1))));
        *entropy += log(std[d] * sqrt(2 * acos(-1) * exp(1)));
    }
    return sum;
}

// Standard deviations (D) of a row. With state-dependent exploration its features are constant: they
// have no gradient here.
static void stds(const bhi_actor_critic *ac, const bh_real *params, double *std,
                 const bh_real *latent)
{
    const bh_real *log_std = params + ac->policy.n_params;
    for (int d = 0; d < D; d++) {
        double variance = 1e-6;
        for (int l = 0; l < ac->n_latent; l++)
            variance += pow((double)latent[l] * exp((double)log_std[l * D + d]), 2);
        std[d] = ac->n_latent > 0 ? sqrt(variance) : exp((double)log_std[d]);
    }
}

// Means (N,D), and latent features (N,L), which may be NULL.
static void means(const bhi_actor_critic *ac, const bh_real *params, bh_real *mean, bh_real *latent,
                  const bh_real *x)
{
    static bh_real acts[PA_ACTS];
    int last = ac->policy.n_layers - 1;
    CHECK(bhi_net_acts(&ac->policy, N) <= PA_ACTS && ac->n_latent <= L_MAX);
    memcpy(mean, bhi_net_forward(&ac->policy, params, acts, x, N), N * D * sizeof *mean);
    const bh_real *reads = last == 0 ? x : bhi_net_layer(&ac->policy, acts, last - 1, N);
    if (latent != NULL) memcpy(latent, reads, (size_t)(N * ac->n_latent) * sizeof *latent);
}

static double loss_of(const bhi_actor_critic *ac, const bh_real *params, const batch *b)
{
    bh_real mean[N * D], v[N];
    double loss = 0;
    means(ac, params, mean, NULL, b->x);
    pa_values(ac, params, v, b->x, N);
    for (int i = 0; i < N; i++) {
        double entropy, error = b->returns[i] - (double)v[i], A = b->advantages[i], std[D];
        stds(ac, params, std, b->latent + i * ac->n_latent);
        double log_prob = log_prob_of(mean + i * D, std, b->a + i * D, &entropy);
        double ratio = exp(log_prob - b->old_log_prob[i]);
        double clipped = pa_clip(ratio, 1 - b->clip_range, 1 + b->clip_range);
        if (b->clip_range == 0) loss -= log_prob * A;
        else loss -= ratio * A < clipped * A ? ratio * A : clipped * A;
        loss += 0.7 * error * error - 0.02 * entropy;
    }
    return loss / N;
}

// What the steps are to an agent of `params`: the values behind the last steps, and behind a
// truncation, stand for what would have followed.
static batch batch_of(const bhi_actor_critic *ac, const bh_real *params, const step *steps,
                      double lambda)
{
    batch b = {.clip_range = 0};
    bh_real mean[N * D];
    double advantage[E] = {0};
    for (int i = N - 1; i >= 0; i--) {
        const step *s = &steps[i / E];
        int e = i % E, ends = s->terminated_t[e] || s->truncated_t[e];
        double v = pa_value(ac, params, s->obs_tm1 + e * S), next = 0;
        if (i / E + 1 == T || s->truncated_t[e]) next = pa_value(ac, params, s->obs_t + e * S);
        else if (!ends) next = pa_value(ac, params, s[1].obs_tm1 + e * S);
        if (s->terminated_t[e]) next = 0;
        advantage[e] = s->r_t[e] + 0.9 * next - v + (ends ? 0 : 0.9 * lambda * advantage[e]);
        b.advantages[i] = advantage[e];
        b.returns[i] = advantage[e] + v;
        pa_inputs(b.x + i * S, s->obs_tm1 + e * S);
        for (int d = 0; d < D; d++) b.a[i * D + d] = (double)s->drawn[e * D + d];
    }
    means(ac, params, mean, b.latent, b.x);
    for (int i = 0; i < N; i++) {
        double entropy, std[D];
        stds(ac, params, std, b.latent + i * ac->n_latent);
        b.old_log_prob[i] = log_prob_of(mean + i * D, std, b.a + i * D, &entropy);
    }
    return b;
}

// The features that a loss under `params` has, in the place of the old policy's.
static void set_latent(batch *b, const bhi_actor_critic *ac, const bh_real *params)
{
    bh_real mean[N * D];
    means(ac, params, mean, b->latent, b->x);
}

static double gradient_error(const bhi_actor_critic *ac, const bh_real *params,
                             const bh_real *gradient, const batch *b)
{
    double h = sizeof(bh_real) == sizeof(double) ? 1e-5 : 1e-2, worst = 0;
    static bh_real moved[1000];
    CHECK(ac->n_params <= 1000);
    memcpy(moved, params, (size_t)ac->n_params * sizeof *moved);
    for (int p = 0; p < ac->n_params; p++) {
        moved[p] = params[p] + (bh_real)h;
        double up = loss_of(ac, moved, b), to = (double)moved[p];
        moved[p] = params[p] - (bh_real)h;
        double slope = (up - loss_of(ac, moved, b)) / (to - (double)moved[p]);
        moved[p] = params[p];
        double error = fabs(slope - (double)gradient[p]);
        if (!(error <= worst)) worst = error;
    }
    return worst;
}

// ---- gradients ----

// The gradient left by the last epoch is of the parameters before its step, which the agent's twin,
// with an epoch less, has.
static void check_ppo(const char *n_epochs, const char *one_less, double want_clipped,
                      const char *use_sde, const char *net_arch, double in_float)
{
    const char *const *options =
        OPTIONS("n_epochs", n_epochs, "learning_rate", "0.05", "clip_range", "0.1", "gae_lambda",
                "0.8", "use_sde", use_sde, "net_arch", net_arch);
    bhi_actor_critic *ac = make(ppo, options), *twin = make(ppo, options),
                     *before = make(ppo, options);
    bh_config_set(ppo->config, twin->base.config, "n_epochs", one_less, NULL);
    step steps[T];
    if (strcmp(one_less, "0") != 0) do_steps(twin, steps, T);
    do_steps(ac, steps, T);
    batch b = batch_of(ac, before->params, steps, 0.8);
    b.clip_range = 0.1;
    set_latent(&b, ac, twin->params);
    CHECK_NEAR(gradient_error(ac, twin->params, ac->gradient, &b), 0, pa_tolerance(in_float));
    bhi_agent_metrics s = pa_stats(ppo, ac), first = pa_stats(ppo, twin);
    double n = atof(n_epochs);
    CHECK_NEAR(n * s.loss - (n > 1 ? first.loss : 0), loss_of(ac, twin->params, &b), 1e-5);
    CHECK(n * s.extra[7] - (n > 1 ? first.extra[7] : 0) >= want_clipped);
    bhi_agent_destroy(&ac->base);
    bhi_agent_destroy(&twin->base);
    bhi_agent_destroy(&before->base);
}

// The memory of REINFORCE is full after T steps: an update of all of them.
static void check_reinforce(const char *use_sde)
{
    const char *const *options =
        OPTIONS("episodes_per_update", "100", "optimizer", "sgd", "use_sde", use_sde);
    bhi_actor_critic *ac = make(reinforce, options), *before = make(reinforce, options);
    step steps[T];
    do_steps(ac, steps, T);
    CHECK(ac->base.n_updates == 1);
    batch b = batch_of(ac, before->params, steps, 1);
    CHECK_NEAR(gradient_error(ac, before->params, ac->gradient, &b), 0, pa_tolerance(5e-3));
    CHECK_NEAR(pa_stats(reinforce, ac).loss, loss_of(ac, before->params, &b), 1e-5);
    for (int p = 0; p < ac->n_params; p++)
        CHECK_NEAR((double)ac->params[p],
                   (double)before->params[p] - 0.001 * (double)ac->gradient[p], 1e-7);
    bhi_agent_destroy(&ac->base);
    bhi_agent_destroy(&before->base);
}

static void test_gradients(void)
{
    check_ppo("1", "0", 0, "false", "5,4", 5e-3);
    check_ppo("2", "1", 0.2, "false", "5,4", 5e-3);
    check_reinforce("false");
}

// In float the finite differences are so large that they cross the bounds of the clip.
static void test_gradients_with_sde(void)
{
    check_ppo("1", "0", 0, "true", "5,4", 0.2);
    check_ppo("2", "1", 0.1, "true", "5,4", 0.2);
    check_ppo("2", "1", 0.1, "true", "", 0.2); // features are the observation
    check_reinforce("true");
}

// REINFORCE in parts of 256 steps: 600 times the same step is one step, if its action is the same.
static void check_parts(const char *use_sde)
{
    const char *const *options = OPTIONS("n_steps", "600", "episodes_per_update", "10000",
                                         "learning_rate", "0", "use_sde", use_sde);
    bhi_actor_critic *ac = make(reinforce, options), *one = make(reinforce, options);
    bh_reinforce_config *config = one->base.config;
    const float obs[E * S] = {1, -0.5f, 2, 1, -0.5f, 2};
    const double r[E] = {3, 3};
    const int no[E] = {0, 0}, yes[E] = {1, 1};
    const bh_real action[] = {(bh_real)0.5, (bh_real)-1, (bh_real)0.5, (bh_real)-1};
    bh_experience e = {
        .n = E, .obs_tm1 = obs, .r_t = r, .terminated_t = yes, .truncated_t = no, .obs_t = obs};
    config->episodes_per_update = 1;
    for (int t = 0; t < 600; t++) {
        memcpy(ac->drawn, action, sizeof action);
        reinforce->functions->observe(ac, &e);
        bhi_agent_learn(ac);
    }
    memcpy(one->drawn, action, sizeof action);
    reinforce->functions->observe(one, &e);
    bhi_agent_learn(one);
    CHECK(ac->base.n_updates >= 1 && one->base.n_updates == 1);
    for (int p = 0; p < ac->n_params; p++)
        CHECK_NEAR((double)ac->gradient[p], (double)one->gradient[p], pa_tolerance(5e-5));
    bhi_agent_destroy(&ac->base);
    bhi_agent_destroy(&one->base);
}

static void test_parts_add_up(void)
{
    check_parts("false");
    check_parts("true");
}

// ---- acting ----

// Drawn around the means with the standard deviations; greedy actions are the means.
static void test_acting(void)
{
    enum { DRAWS = 20000 };
    bhi_actor_critic *ac = make(ppo, NULL);
    const float obs[E * S] = {1, 0, -1, 0.5f, 2, 0};
    float mean[E * D], again[E * D], drawn[E * D];
    unsigned char explored[E];
    const bhi_agent_functions *f = ppo->functions;
    f->greedy_box(ac, ac->params, mean, obs, E);
    ac->rows = 1; // one row after the other
    f->greedy_box(ac, ac->params, again, obs, E);
    ac->rows = 12;
    CHECK(memcmp(mean, again, sizeof mean) == 0);
    bh_real x[S], acts[PA_ACTS];
    pa_inputs(x, obs + S);
    const bh_real *want = bhi_net_forward(&ac->policy, ac->params, acts, x, 1);
    CHECK_NEAR((double)mean[D], (double)want[0], 1e-6);
    double sum[E * D] = {0}, squares[E * D] = {0};
    for (int k = 0; k < DRAWS; k++) {
        f->act_box(ac, drawn, explored, obs, E);
        for (int i = 0; i < E * D; i++) {
            double z = (double)drawn[i] - (double)mean[i];
            sum[i] += z / DRAWS;
            squares[i] += z * z / DRAWS;
            CHECK(drawn[i] == (float)ac->drawn[i] && !explored[i / D]);
        }
    }
    for (int i = 0; i < E * D; i++) {
        double std = i % D == 0 ? exp(-0.5) : exp(0.25);
        CHECK_NEAR(sum[i], 0, 4 * std / sqrt(DRAWS));
        CHECK_NEAR(sqrt(squares[i]), std, 4 * std / sqrt(2.0 * DRAWS));
    }
    double v[E], log_p = 7;
    CHECK(f->state_values(ac, v, obs, E) && isfinite(v[0]));
    CHECK(f->box_values == NULL && !f->log_prior(ac, &log_p, obs, E) && log_p == 7);
    bhi_agent_destroy(&ac->base);
}

// The rollout has the actions as they were drawn, beyond the bounds too.
static void test_learns_from_what_it_drew(void)
{
    bhi_ppo *p = (bhi_ppo *)(void *)make(ppo, NULL);
    bhi_reinforce *r =
        (bhi_reinforce *)(void *)make(reinforce, OPTIONS("episodes_per_update", "9"));
    step steps[T];
    int n_clipped = 0;
    do_steps(&r->ac, steps, T - 1);
    do_steps(&p->ac, steps, T - 1);
    for (int t = 0; t < T - 1; t++) {
        for (int i = 0; i < E * D; i++) {
            double drawn = (double)steps[t].drawn[i];
            n_clipped += steps[t].drawn[i] != steps[t].box[i];
            CHECK_NEAR((double)p->rollout.box_tm1[t * E * D + i], drawn, 1e-6);
            CHECK_NEAR((double)r->rollout.box_tm1[t * E * D + i], drawn, 1e-6);
        }
    }
    CHECK(n_clipped > 5);
    bhi_agent_destroy(&p->ac.base);
    bhi_agent_destroy(&r->ac.base);
}

// ---- state-dependent exploration ----

static const float two_obs[E * S] = {1, 0, -1, 0.5f, 2, 0};

// Actions less means are a linear function of the features, the same one as long as a matrix is kept.
static void test_sde_acting(void)
{
    enum { DRAWS = 20000 };
    bhi_actor_critic *ac = make(ppo, OPTIONS("use_sde", "true"));
    const bhi_agent_functions *f = ppo->functions;
    float mean[E * D], first[E * D], drawn[E * D];
    bh_real x[N * S] = {0}, net_mean[N * D], latent[N * L_MAX];
    double sum[E * D] = {0}, squares[E * D] = {0}, product = 0;
    unsigned char explored[E];
    for (int e = 0; e < E; e++) pa_inputs(x + e * S, two_obs + e * S);
    means(ac, ac->params, net_mean, latent, x);
    f->greedy_box(ac, ac->params, mean, two_obs, E);
    f->act_box(ac, first, explored, two_obs, E);
    f->act_box(ac, drawn, explored, two_obs, E);
    CHECK(memcmp(first, drawn, sizeof first) == 0 && !explored[0] && !explored[1]);
    for (int i = 0; i < E * D; i++) {
        double want = (double)mean[i];
        for (int l = 0; l < 4; l++)
            want += (double)latent[i / D * 4 + l] *
                    exp((double)ac->params[ac->policy.n_params + l * D + i % D]) *
                    (double)ac->matrix_eps[(i / D * 4 + l) * D + i % D];
        CHECK_NEAR((double)drawn[i], want, 1e-6);
    }
    for (int k = 0; k < DRAWS; k++) {
        for (int e = 0; e < E; e++) bhi_gaussian_policy_explore(ac, e, 0);
        f->act_box(ac, drawn, explored, two_obs, E);
        for (int i = 0; i < E * D; i++) {
            double z = (double)drawn[i] - (double)mean[i];
            sum[i] += z / DRAWS;
            squares[i] += z * z / DRAWS;
        }
        product += ((double)drawn[0] - (double)mean[0]) * ((double)drawn[D] - (double)mean[D]);
    }
    for (int i = 0; i < E * D; i++) {
        double std[D];
        stds(ac, ac->params, std, latent + i / D * 4);
        CHECK_NEAR(sum[i], 0, 4 * std[i % D] / sqrt(DRAWS));
        CHECK_NEAR(sqrt(squares[i]), std[i % D], 4 * std[i % D] / sqrt(2.0 * DRAWS));
    }
    CHECK_NEAR(product / DRAWS, 0, 4 * sqrt(squares[0] * squares[D] / DRAWS)); // one matrix each
    bhi_agent_destroy(&ac->base);
}

// Whether the matrix of environment e is another one after each of n steps, as letters: "...x".
static void list_changes(char *out, bhi_actor_critic *ac, int e, int n)
{
    step s;
    for (int t = 0; t < n; t++) {
        bh_rng before = ac->matrix_rng[e];
        do_step(ac, &s, t % T);
        out[t] = before.state == ac->matrix_rng[e].state ? '.' : 'x';
    }
    out[n] = '\0';
}

// PPO: with the rollout, of 6 steps, and every sde_sample_freq within. REINFORCE: with the episode
// of that environment, which ends after steps 3 and 4, and where its memory of 6 is full.
static void test_sde_matrices_are_kept(void)
{
    static const struct {
        int is_ppo, e;
        const char *freq, *want;
    } cases[] = {
        {1, 0, "-1", ".....x"}, {1, 1, "0", ".....x"},  {1, 0, "4", "...x.x"},
        {1, 1, "1", "xxxxxx"},  {0, 0, "-1", "..x..x"}, {0, 1, "-1", "...x.x"},
        {0, 0, "2", ".xx.xx"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char changes[2 * T + 1], want[2 * T + 1];
        const bh_agent_class *class = cases[i].is_ppo ? ppo : reinforce;
        bhi_actor_critic *ac =
            make(class, OPTIONS("use_sde", "true", "sde_sample_freq", cases[i].freq));
        list_changes(changes, ac, cases[i].e, 2 * T);
        snprintf(want, sizeof want, "%s%s", cases[i].want, cases[i].want);
        CHECK_STRING(changes, want);
        bhi_agent_destroy(&ac->base);
    }
}

static void test_sde_tensor(void)
{
    static const char *const archs[] = {"5,4", ""};
    for (int i = 0; i < 2; i++) {
        int L = i == 0 ? 4 : S, n_tensors = i == 0 ? 13 : 5;
        bhi_actor_critic *ac = make(ppo, OPTIONS("use_sde", "true", "net_arch", archs[i]));
        static bh_tensor tensors[BH_TENSORS_MAX];
        CHECK(ppo->functions->tensors(ac, ac->params, tensors) == n_tensors);
        const bh_tensor *log_std = &tensors[n_tensors - 1];
        CHECK_STRING(log_std->name, "log_std");
        CHECK(log_std->rank == 2 && log_std->shape[0] == L && log_std->shape[1] == D);
        const bh_real *numbers = log_std->data;
        CHECK(numbers[0] == (bh_real)-0.5 && numbers[1] == (bh_real)0.25);
        CHECK(numbers[L * D - 1] == (bh_real)-0.5);
        bhi_agent_destroy(&ac->base);
    }
}

static void test_sde_refused(void)
{
    bh_setup *setup = make_setup(&bh_all_envs, "CartPole-v1", "ppo", OPTIONS("use_sde", "true"));
    bh_run *run;
    bh_error err = {0};
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK(run == NULL && strstr(err.message, "PPO: use_sde is true, but actions are Discrete"));
    bh_setup_destroy(setup);

    bh_ppo_config config;
    bhi_agent *agent;
    bhi_agent_spec spec = spec_of();
    pa_configure(ppo->config, &config,
                 OPTIONS("use_sde", "true", "net_arch", "4096", "n_steps", "1"));
    spec.n_envs = 1024;
    spec.action.n = 1000;
    CHECK_STATUS(bhi_agent_create(&agent, ppo, &config, &spec, &err), BH_ERR_CONFIG);
    CHECK(agent == NULL && strstr(err.message, "4096 x 1000 numbers for each of 1024"));
}

// What others sample comes from their stream alone, and leaves the run's matrices as they are.
static void test_sde_sampling(void)
{
    const char *const *options = OPTIONS("seed", "3", "n_envs", "2", "n_steps", "64", "net_arch",
                                         "8", "use_sde", "true", "sde_sample_freq", "-1");
    bh_run *plain = make_run(&bh_all_envs, "Pendulum-v1", "ppo", options);
    bh_run *watched = make_run(&bh_all_envs, "Pendulum-v1", "ppo", options);
    float first[3], again[3], other[3], obs[9] = {1, 0, 0, 0, 1, -3, 1, 0, 0};
    char hex[2][65];
    for (int i = 0; i < 30; i++) {
        CHECK_STATUS(bh_run_steps(plain, 10), BH_OK);
        CHECK_STATUS(bh_run_steps(watched, 10), BH_OK);
        bh_rng rng = bh_rng_seed(7), same = rng;
        bh_run_sample_box(watched, first, obs, 3, &rng);
        bh_run_sample_box(watched, again, obs, 3, &same);
        bh_run_sample_box(watched, other, obs, 3, &same);
        CHECK(memcmp(first, again, sizeof first) == 0 && memcmp(first, other, sizeof first) != 0);
        CHECK(first[0] == first[2]); // one matrix
    }
    bh_run_fingerprint(plain, BH_CURRENT, hex[0]);
    bh_run_fingerprint(watched, BH_CURRENT, hex[1]);
    CHECK_STRING(hex[0], hex[1]);
    bh_run_destroy(plain);
    bh_run_destroy(watched);
}

// ---- the rest ----

// Against the policy it started from, log standard deviations included.
static void check_kl_penalty(const char *use_sde)
{
    const char *const *options =
        OPTIONS("kl_coef", "0.5", "learning_rate", "0", "use_sde", use_sde);
    bhi_ppo *p = (bhi_ppo *)(void *)make(ppo, options);
    step steps[T];
    do_steps(&p->ac, steps, T);
    bhi_agent_metrics s = pa_stats(ppo, p);
    CHECK(s.extra[4] == 0 && s.extra[5] == 0.5);
    // Twice as wide in the first feature's number 0 from here on: the reference is not.
    p->ac.params[p->ac.policy.n_params] += (bh_real)log(2);
    do_steps(&p->ac, steps, T);
    batch b = batch_of(&p->ac, p->ac.params, steps, 1);
    double sum = 0;
    for (int i = 0; i < N; i++) {
        bh_real mean[N * D];
        double std[D], unused;
        means(&p->ac, p->ac.params, mean, NULL, b.x);
        stds(&p->ac, p->ac.reference, std, b.latent + i * p->ac.n_latent);
        double difference =
            b.old_log_prob[i] - log_prob_of(mean + i * D, std, b.a + i * D, &unused);
        CHECK_NEAR((double)p->rollout.r_t[i], steps[i / E].r_t[i % E] - 0.5 * difference, 1e-5);
        sum += difference;
    }
    s = pa_stats(ppo, p);
    CHECK_NEAR(s.extra[4], sum / N, 1e-5);
    CHECK(s.extra[4] != 0);
    bhi_agent_destroy(&p->ac.base);
}

static void test_kl_penalty(void)
{
    check_kl_penalty("false");
    check_kl_penalty("true");
}

static void test_tensors(void)
{
    bhi_actor_critic *ac = make(ppo, NULL);
    static bh_tensor tensors[BH_TENSORS_MAX];
    int n = ppo->functions->tensors(ac, ac->params, tensors), covered = 0;
    for (int i = 0; i < n; i++) {
        int size = 1;
        for (int k = 0; k < BH_TENSOR_RANK_MAX; k++) size *= (int)tensors[i].extent[k];
        covered += size;
    }
    CHECK(n == 13 && covered == ac->n_params);
    CHECK_STRING(tensors[4].name, "action_net.weight");
    CHECK(tensors[4].shape[0] == D && tensors[4].shape[1] == 4);
    CHECK_STRING(tensors[12].name, "log_std");
    CHECK(tensors[12].shape[0] == D);
    const bh_real *log_std = tensors[12].data;
    CHECK(log_std == ac->params + ac->policy.n_params);
    CHECK(log_std[0] == (bh_real)-0.5 && log_std[1] == (bh_real)0.25);
    bhi_agent_destroy(&ac->base);
}

static void test_too_large(void)
{
    bh_ppo_config config;
    bhi_agent *agent;
    bh_error err = {0};
    bhi_agent_spec spec = spec_of();
    pa_configure(ppo->config, &config, OPTIONS("n_steps", "1000000"));
    spec.action.n = 1000;
    CHECK_STATUS(bhi_agent_create(&agent, ppo, &config, &spec, &err), BH_ERR_CONFIG);
    CHECK(agent == NULL && strstr(err.message, "too large") != NULL);
}

static void fingerprint(char hex[65], const bh_registry *registry, const char *env,
                        const char *algo, const char *const *options)
{
    bh_run *run = make_run(registry, env, algo, options);
    CHECK_STATUS(bh_run_steps(run, 600), BH_OK);
    CHECK(bh_run_updates(run) > 2);
    bh_run_fingerprint(run, BH_CURRENT, hex);
    bh_run_destroy(run);
}

// Where actions are Discrete, the classes that know both do what the others do.
static void test_discrete_actions_are_the_same(void)
{
    const char *const algos[] = {"ppo", "reinforce"};
    for (int i = 0; i < 2; i++) {
        char hex[2][65];
        const char *const *options =
            OPTIONS("seed", "3", "n_envs", "3", "n_steps", "64", "net_arch", "8");
        fingerprint(hex[0], &bh_envs, "CartPole-v1", algos[i], options);
        fingerprint(hex[1], &bh_all_envs, "CartPole-v1", algos[i], options);
        CHECK_STRING(hex[0], hex[1]);
    }
}

static void test_same_seed_same_bits(void)
{
    const char *const algos[] = {"ppo", "reinforce", "ppo", "reinforce"};
    for (int i = 0; i < 4; i++) {
        char hex[3][65];
        for (int k = 0; k < 3; k++) {
            const char *const *options =
                OPTIONS("seed", k < 2 ? "3" : "4", "n_envs", "2", "n_steps", "64", "net_arch", "8",
                        "eval_freq", k == 0 ? "0" : "100", "use_sde", i < 2 ? "false" : "true");
            fingerprint(hex[k], &bh_all_envs, "Pendulum-v1", algos[i], options);
        }
        CHECK_STRING(hex[0], hex[1]); // evaluations in between change nothing
        CHECK(strcmp(hex[0], hex[2]) != 0);
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_gradients_with_sde);
    CHECK_RUN(test_parts_add_up);
    CHECK_RUN(test_acting);
    CHECK_RUN(test_learns_from_what_it_drew);
    CHECK_RUN(test_sde_acting);
    CHECK_RUN(test_sde_matrices_are_kept);
    CHECK_RUN(test_sde_tensor);
    CHECK_RUN(test_sde_refused);
    CHECK_RUN(test_sde_sampling);
    CHECK_RUN(test_kl_penalty);
    CHECK_RUN(test_tensors);
    CHECK_RUN(test_too_large);
    CHECK_RUN(test_discrete_actions_are_the_same);
    CHECK_RUN(test_same_seed_same_bits);
    return check_report();
}
