// SPDX-License-Identifier: MIT
// PQN as an object: its updates against their parts, when it learns, what it acts on, what its
// tensors are called, what it refuses, and that it learns.
#include "envs/registry.h"
#include "nn/losses.h"
#include "rl/pqn.h"
#include "rl/value.h"

#include "failing_alloc.h"
#include "make_run.h"
#include "policy_agents.h"

enum { T = 6, CELLS = T * PA_E, P_MAX = 400 };

static const bh_agent_class *const class = &bh_pqn_class;

static bh_pqn_config config_of(const char *const *options)
{
    bh_pqn_config config;
    pa_configure(&bh_pqn_table, &config, options);
    return config;
}

#define CONFIG(...) config_of(OPTIONS("net_arch", "8,4", "n_steps", "6", __VA_ARGS__))

static bhi_agent *make(bh_pqn_config config)
{
    return pa_create(class, &config, pa_spec(PA_E, 1000));
}

static bh_real *params_of(bhi_agent *pqn)
{
    size_t bytes;
    return class->functions->params(pqn, &bytes);
}

static bhi_net net_of(const bh_pqn_config *c)
{
    return bhi_net_shape(&(bhi_net_spec){.inputs = PA_S,
                                         .hidden = c->net.net_arch,
                                         .outputs = PA_A,
                                         .activation = (bhi_activation)c->net.activation,
                                         .add_norm = c->layer_norm ? bhi_add_layer_norm : NULL});
}

// ---- the parts ----

static bh_real largest_of(const bhi_net *net, const bh_real *params, const float *obs)
{
    static bh_real acts[PA_ACTS];
    bh_real x[PA_S];
    pa_inputs(x, obs);
    const bh_real *q = bhi_net_forward(net, params, acts, x, 1);
    return q[bh_value_argmax(q, PA_A)];
}

// A rollout as the agent should see it under `params`: what followed each step is what it led to,
// the final observation where the episode ended, not the next row's.
typedef struct judged {
    bh_real x[CELLS * PA_S], returns[CELLS];
    int a[CELLS];
} judged;

static void judge(judged *j, const bhi_net *net, const bh_real *params, const pa_step *steps,
                  double gamma, double lambda)
{
    bh_real r_t[CELLS], v_t[CELLS];
    unsigned char terminated[CELLS], truncated[CELLS];
    for (int i = 0; i < CELLS; i++) {
        const pa_step *s = &steps[i / PA_E];
        int e = i % PA_E;
        pa_inputs(j->x + i * PA_S, s->obs_tm1 + e * PA_S);
        j->a[i] = s->a_tm1[e];
        r_t[i] = (bh_real)s->r_t[e];
        terminated[i] = s->terminated_t[e] != 0;
        truncated[i] = s->truncated_t[e] != 0;
        v_t[i] = largest_of(net, params, s->obs_t + e * PA_S);
    }
    bh_value_q_lambda(j->returns, r_t, v_t, terminated, truncated, gamma, lambda, T, PA_E);
}

// Loss of the cells at index (B), from its definition: the mean squared error.
static double loss_of(const bhi_net *net, const bh_real *params, const judged *j, const int *index,
                      int B)
{
    static bh_real acts[PA_ACTS];
    double sum = 0;
    for (int b = 0; b < B; b++) {
        const bh_real *q = bhi_net_forward(net, params, acts, j->x + index[b] * PA_S, 1);
        double d = (double)j->returns[index[b]] - (double)q[j->a[index[b]]];
        sum += d * d;
    }
    return sum / B;
}

// Its gradient (n_params) out.
static void differentiate(const bhi_net *net, const bh_real *params, bh_real *gradient,
                          const judged *j, const int *index, int B)
{
    static bh_real acts[PA_ACTS], dacts[PA_ACTS];
    bh_real x[CELLS * PA_S];
    for (int b = 0; b < B; b++) memcpy(x + b * PA_S, j->x + index[b] * PA_S, PA_S * sizeof *x);
    CHECK(bhi_net_acts(net, B) <= PA_ACTS);
    const bh_real *q = bhi_net_forward(net, params, acts, x, B);
    bh_real *dq = bhi_net_output(net, dacts, B);
    for (int i = 0; i < B * PA_A; i++) dq[i] = 0;
    for (int b = 0; b < B; b++) {
        int at = b * PA_A + j->a[index[b]];
        dq[at] = 2 * (q[at] - j->returns[index[b]]) / (bh_real)B;
    }
    bhi_net_backward(net, params, gradient, acts, dacts, x, B);
}

static double distance(const bh_real *a, const bh_real *b, int n)
{
    double worst = 0;
    for (int i = 0; i < n; i++) {
        double d = fabs((double)a[i] - (double)b[i]);
        if (!(d <= worst)) worst = d;
    }
    return worst;
}

// Two rollouts of two epochs in minibatches of 5, 5 and 2, against the same from parts.
static void check_updates(const char *layer_norm)
{
    bh_pqn_config c =
        CONFIG("n_epochs", "2", "batch_size", "5", "learning_rate", "0.02", "gamma", "0.9",
               "q_lambda", "0.8", "layer_norm", layer_norm, "max_grad_norm", "0.3");
    bhi_agent *pqn = make(c);
    bhi_net net = net_of(&c);
    int P = net.n_params;
    static bh_real params[P_MAX], gradient[P_MAX], m[P_MAX], v[P_MAX];
    CHECK(P == (3 + 1) * 8 + (8 + 1) * 4 + (4 + 1) * 3 + (c.layer_norm ? 2 * 8 + 2 * 4 : 0));
    memset(m, 0, sizeof m);
    memset(v, 0, sizeof v);
    memcpy(params, params_of(pqn), (size_t)P * sizeof *params);
    bhi_optimizer own = {.settings = c.optimizer, .n = P, .m = m, .v = v};
    bhi_optimizer_init(&own);

    // The agent splits its stream for parameters, acting and shuffling, in this order.
    bhi_agent_spec spec = pa_spec(PA_E, 1000);
    bh_rng_split(&spec.rng);
    bh_rng_split(&spec.rng);
    bh_rng rng = bh_rng_split(&spec.rng);
    for (int round = 0; round < 2; round++) {
        pa_step steps[T];
        judged j;
        pa_make_steps(steps, T, (uint64_t)round);
        judge(&j, &net, params, steps, 0.9, 0.8);
        int index[CELLS];
        double rate = 0.02 * (1 - (round + 1) * CELLS / 1000.0), loss = 0;
        for (int i = 0; i < CELLS; i++) index[i] = i;
        for (int epoch = 0; epoch < 2; epoch++) {
            bhi_shuffle(index, CELLS, &rng);
            for (int i = 0; i < CELLS; i += 5) {
                int B = CELLS - i < 5 ? CELLS - i : 5;
                loss += loss_of(&net, params, &j, index + i, B) / 6;
                differentiate(&net, params, gradient, &j, index + i, B);
                double norm = 0;
                for (int p = 0; p < P; p++) norm += (double)gradient[p] * (double)gradient[p];
                bhi_optimizer_step(&own, params, gradient, rate, bhi_clip_scale(sqrt(norm), 0.3));
            }
        }
        for (int t = 0; t < T; t++) pa_observe(class, pqn, &steps[t]);
        CHECK_NEAR(distance(params, params_of(pqn), P), 0, sizeof(bh_real) == 8 ? 1e-14 : 1e-6);
        bhi_agent_metrics stats = pa_stats(class, pqn);
        CHECK(stats.n_updates == 6 * (round + 1));
        CHECK_NEAR(stats.loss, loss, 1e-5);
        CHECK_NEAR(stats.learning_rate, rate, 1e-12);
    }
    bhi_agent_destroy(pqn);
}

static void test_updates_are_their_parts(void)
{
    check_updates("true");
    check_updates("false");
}

// The gradient the parts above take, against central differences of the loss.
static void test_gradient(void)
{
    bh_pqn_config c = CONFIG("activation", "tanh", "batch_size", "12");
    bhi_agent *pqn = make(c);
    bhi_net net = net_of(&c);
    static bh_real params[P_MAX], gradient[P_MAX];
    const double h = sizeof(bh_real) == 8 ? 1e-5 : 1e-2;
    memcpy(params, params_of(pqn), (size_t)net.n_params * sizeof *params);
    pa_step steps[T];
    judged j;
    int index[CELLS];
    for (int i = 0; i < CELLS; i++) index[i] = i;
    pa_make_steps(steps, T, 3);
    judge(&j, &net, params, steps, 0.99, 0.65);
    differentiate(&net, params, gradient, &j, index, CELLS);
    for (int p = 0; p < net.n_params; p++) {
        bh_real before = params[p];
        params[p] = before + (bh_real)h;
        double up = loss_of(&net, params, &j, index, CELLS), step = (double)params[p];
        params[p] = before - (bh_real)h;
        step -= (double)params[p];
        double slope = (up - loss_of(&net, params, &j, index, CELLS)) / step;
        params[p] = before;
        CHECK_NEAR((double)gradient[p], slope, pa_tolerance(3e-2));
    }
    bhi_agent_destroy(pqn);
}

// ---- when it learns ----

static void test_learns_when_full(void)
{
    bhi_agent *pqn = make(CONFIG("batch_size", "12", "n_epochs", "3"));
    pa_step steps[T];
    pa_make_steps(steps, T, 1);
    for (int t = 0; t < T - 1; t++) pa_observe(class, pqn, &steps[t]);
    bhi_agent_metrics stats = pa_stats(class, pqn);
    CHECK(pqn->n_updates == 0 && stats.loss != stats.loss && stats.mean_q != stats.mean_q);
    class->functions->params_changed(pqn); // what was collected was another network's
    pa_observe(class, pqn, &steps[T - 1]);
    CHECK(pqn->n_updates == 0);
    for (int t = 0; t < T - 2; t++) pa_observe(class, pqn, &steps[t]);
    CHECK(pqn->n_updates == 0);
    pa_observe(class, pqn, &steps[T - 1]);
    CHECK(pqn->n_updates == 3);
    stats = pa_stats(class, pqn);
    CHECK(stats.grad_norm > 0 && stats.loss > 0 && stats.epsilon < 1 && stats.epsilon > 0.9);
    bhi_agent_destroy(pqn);
}

// Truncating after the fact is a truncation: the same parameters as if it had been said at once.
static void test_truncate(void)
{
    bhi_agent *a = make(CONFIG("batch_size", "12")), *b = make(CONFIG("batch_size", "12"));
    pa_step steps[T];
    pa_make_steps(steps, T, 4);
    for (int t = 0; t < T; t++) {
        pa_step at_once = steps[t];
        if (t == 1) at_once.truncated_t[0] = at_once.truncated_t[1] = 1;
        pa_observe(class, a, &at_once);
        pa_observe(class, b, &steps[t]);
        if (t == 1) class->functions->truncate(b, steps[t].obs_t);
    }
    int P = net_of(a->config).n_params;
    CHECK(a->n_updates > 0);
    CHECK_NEAR(distance(params_of(a), params_of(b), P), 0, 0);
    bhi_agent_destroy(a);
    bhi_agent_destroy(b);
}

// ---- acting ----

static void test_acts_greedily_without_exploration(void)
{
    enum { N = PA_E };
    bhi_agent *pqn = make(CONFIG("batch_size", "12", "exploration", "greedy"));
    float obs[N * PA_S];
    double q[N * PA_A];
    int actions[N];
    unsigned char explored[N];
    bh_rng rng = bh_rng_seed(9);
    for (int k = 0; k < 20; k++) {
        for (int i = 0; i < N * PA_S; i++) obs[i] = (float)bh_rng_normal(&rng);
        class->functions->act(pqn, actions, explored, obs, N);
        class->functions->q_values(pqn, params_of(pqn), q, obs, N);
        for (int i = 0; i < N; i++) {
            CHECK(!explored[i]);
            for (int a = 0; a < PA_A; a++) CHECK(q[i * PA_A + actions[i]] >= q[i * PA_A + a]);
        }
    }
    bhi_agent_destroy(pqn);
}

// UCB takes every action of a state once before any twice.
static void test_ucb_counts(void)
{
    bh_pqn_config c = CONFIG("batch_size", "6", "exploration", "ucb");
    bhi_agent *pqn = pa_create(class, &c, pa_spec(1, 1000));
    float obs[PA_S] = {0};
    int n_taken[PA_A] = {0}, ends = 0;
    for (int k = 0; k < PA_A; k++) {
        int action;
        unsigned char explored;
        double r = 0;
        class->functions->act(pqn, &action, &explored, obs, 1);
        n_taken[action]++;
        class->functions->observe(pqn, &(bh_experience){1, obs, &action, &r, &ends, &ends, obs});
    }
    for (int a = 0; a < PA_A; a++) CHECK(n_taken[a] == 1);
    bhi_agent_destroy(pqn);
}

// ---- names ----

static void check_names(const bh_pqn_config *c, bhi_agent_spec spec, const char *const *want, int n)
{
    bh_tensor tensors[BH_TENSORS_MAX];
    bhi_agent *pqn = pa_create(class, c, spec);
    CHECK(class->functions->tensors(pqn, params_of(pqn), tensors) == n);
    for (int i = 0; i < n; i++) CHECK_STRING(tensors[i].name, want[i]);
    bhi_agent_destroy(pqn);
}

// As PyTorch numbers the modules of nn.Sequential(Linear, LayerNorm, ReLU, …).
static void test_names(void)
{
    static const char *const plain[] = {"q_net.q_net.0.weight", "q_net.q_net.0.bias",
                                        "q_net.q_net.2.weight", "q_net.q_net.2.bias",
                                        "q_net.q_net.4.weight", "q_net.q_net.4.bias"};
    static const char *const normed[] = {
        "q_net.q_net.0.weight", "q_net.q_net.0.bias", "q_net.q_net.1.weight", "q_net.q_net.1.bias",
        "q_net.q_net.3.weight", "q_net.q_net.3.bias", "q_net.q_net.4.weight", "q_net.q_net.4.bias",
        "q_net.q_net.6.weight", "q_net.q_net.6.bias"};
    static const char *const images[] = {"q_net.features_extractor.cnn.0.weight",
                                         "q_net.features_extractor.cnn.0.bias",
                                         "q_net.features_extractor.cnn.1.weight",
                                         "q_net.features_extractor.cnn.1.bias",
                                         "q_net.features_extractor.linear.0.weight",
                                         "q_net.features_extractor.linear.0.bias",
                                         "q_net.features_extractor.linear.1.weight",
                                         "q_net.features_extractor.linear.1.bias",
                                         "q_net.q_net.0.weight",
                                         "q_net.q_net.0.bias"};
    bh_pqn_config c = CONFIG("batch_size", "12", "layer_norm", "false");
    check_names(&c, pa_spec(PA_E, 100), plain, 6);
    c.layer_norm = 1;
    check_names(&c, pa_spec(PA_E, 100), normed, 10);

    static const float high[5 * 4 * 2] = {0};
    bhi_agent_spec spec = pa_spec(PA_E, 100);
    spec.observation = (bh_space){
        .kind = BH_SPACE_BOX, .n = 40, .low = high, .high = high, .rank = 3, .shape = {5, 4, 2}};
    c = CONFIG("batch_size", "12", "features_extractor", "minatar-cnn", "net_arch", "8");
    check_names(&c, spec, images, 10);
}

// ---- what it refuses ----

static void refuses(bh_pqn_config config, bhi_agent_spec spec, const char *want)
{
    bhi_agent *pqn = (bhi_agent *)(void *)&config;
    bh_error err = {0};
    CHECK_STATUS(bhi_agent_create(&pqn, class, &config, &spec, &err), BH_ERR_CONFIG);
    CHECK(pqn == NULL);
    if (!CHECK(strstr(err.message, want) != NULL)) printf("    %s\n", err.message);
}

static void test_bad_configs(void)
{
    refuses(CONFIG("batch_size", "13"), pa_spec(PA_E, 100),
            "PQN: batch_size is 13, but must be at most n_steps times n_envs, which is 6 times 2");
    refuses(CONFIG("batch_size", "12", "net_arch", "8,30"), pa_spec(PA_E, 100),
            "PQN: net_arch has 30, but with layer_norm must have multiples of 4");
    refuses(CONFIG("features_extractor", "minatar-cnn"), pa_spec(13, 100),
            "PQN: features_extractor needs images");
    refuses(CONFIG("net_arch", "4096,4096,4096,4096,4096,4096,4096,4096", "batch_size", "65536"),
            pa_spec(20000, 100), "too large");
    refuses(CONFIG("net_arch", "4", "n_steps", "1000000"), pa_spec(1000, 100), "too large");
    bh_pqn_config config = CONFIG("batch_size", "12");
    config.q_lambda = 1.5;
    refuses(config, pa_spec(PA_E, 100), "q_lambda");
    bhi_agent_destroy(make(CONFIG("batch_size", "12", "net_arch", "30", "layer_norm", "false")));
}

static void test_no_memory(void)
{
    bh_pqn_config config = CONFIG("batch_size", "12");
    bhi_agent_spec spec = pa_spec(PA_E, 100);
    bhi_agent *pqn = (bhi_agent *)(void *)&config;
    bh_error err = {0};
    failing_alloc_begin(1);
    CHECK_STATUS(bhi_agent_create(&pqn, class, &config, &spec, &err), BH_ERR_MEMORY);
    failing_alloc_end();
    CHECK(pqn == NULL && strstr(err.message, "out of memory") != NULL);
    CHECK(strstr(err.message, "lower n_steps (6)") != NULL);
}

// ---- that it learns ----

static void test_learns(void)
{
    bh_run *run = make_run(&bh_all_envs, "Catch-v0", "pqn",
                           OPTIONS("total_timesteps", "12000", "n_envs", "8", "n_steps", "16",
                                   "batch_size", "32", "net_arch", "32", "learning_rate", "0.003",
                                   "exploration_fraction", "0.4", "eval_freq", "0"));
    bh_score before, after;
    bh_run_evaluate(run, BH_CURRENT, 100, 1, &before);
    CHECK_STATUS(bh_run_steps(run, 12000), BH_OK);
    bh_run_evaluate(run, BH_CURRENT, 100, 1, &after);
    if (!CHECK(before.mean < 0 && after.mean > 0.8))
        printf("    %g, then %g\n", before.mean, after.mean);
    bh_run_destroy(run);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_updates_are_their_parts);
    CHECK_RUN(test_gradient);
    CHECK_RUN(test_learns_when_full);
    CHECK_RUN(test_truncate);
    CHECK_RUN(test_acts_greedily_without_exploration);
    CHECK_RUN(test_ucb_counts);
    CHECK_RUN(test_names);
    CHECK_RUN(test_bad_configs);
    CHECK_RUN(test_no_memory);
    CHECK_RUN(test_learns);
    return check_report();
}
