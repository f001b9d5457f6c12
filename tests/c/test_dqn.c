// SPDX-License-Identifier: MIT
// The DQN agent as an object: its gradients against PyTorch's, updates against their parts, acting,
// when it learns, what it refuses.
#include "nn/losses.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"
#include "rl/dqn_state.h"
#include "rl/replay.h"
#include "rl/tabular.h"
#include "rl/value.h"

#include "check.h"
#include "failing_alloc.h"
#include "network_reference.h"

static const bh_space box4 = {BH_SPACE_BOX, REF_S, NULL, NULL};

static bh_dqn_config config_of(const char *const *options)
{
    bh_dqn_config config;
    bh_config_defaults(&bh_dqn_table, &config);
    for (; options[0] != NULL; options += 2) {
        CHECK_STATUS(bh_config_set(&bh_dqn_table, &config, options[0], options[1], NULL), BH_OK);
    }
    return config;
}

#define CONFIG(...) config_of((const char *const[]){__VA_ARGS__, NULL})

static bhi_agent_spec spec_of(int n_envs, int total_timesteps)
{
    return (bhi_agent_spec){box4, REF_A, n_envs, total_timesteps, bh_rng_seed(5), NULL};
}

static bhi_dqn *make(bh_dqn_config config, bhi_agent_spec spec)
{
    bhi_agent *dqn;
    bh_error err = {0};
    if (!CHECK_STATUS(bhi_agent_create(&dqn, &bh_dqn_class, &config, &spec, &err), BH_OK))
        printf("    %s\n", err.message);
    return (bhi_dqn *)dqn;
}

static bhi_agent_metrics stats_of(bhi_dqn *dqn)
{
    bhi_agent_metrics stats;
    bhi_agent_stats(&dqn->base, &stats);
    return stats;
}

// Transition i of the reference batch.
static void observe_reference(bhi_dqn *dqn, int i)
{
    float obs_tm1[REF_S], obs_t[REF_S];
    for (int k = 0; k < REF_S; k++) {
        obs_tm1[k] = reference_f32(GOLDEN_STATES, i * REF_S + k);
        obs_t[k] = reference_f32(GOLDEN_NEXT_STATES, i * REF_S + k);
    }
    int a = reference_bytes[GOLDEN_ACTIONS + i], terminated = reference_bytes[GOLDEN_DONES + i],
        truncated = 0;
    double r = (double)reference_f32(GOLDEN_REWARDS, i);
    bh_dqn_class.functions->observe(
        dqn, &(bh_experience){1, obs_tm1, &a, &r, &terminated, &truncated, obs_t});
}

static void load_reference(bhi_dqn *dqn)
{
    CHECK(dqn->net.n_params == REF_P);
    reference_params(dqn->online, GOLDEN_ONLINE);
    reference_params(dqn->target, GOLDEN_TARGET);
}

// ---- gradients, through the whole object ----

// Sampling draws with replacement, so no batch of 64 is the reference's. But a buffer of one
// transition and a batch of one leave nothing to draw: the gradients of the 64 transitions, one by
// one and with a learning rate of 0 in between, have the reference's gradient as their mean.
static void check_reference(const char *double_q, const char *loss, int at, int stride,
                            double want_loss)
{
    bhi_dqn *dqn =
        make(CONFIG("net_arch", "64,64", "buffer_size", "1", "batch_size", "1", "learning_rate",
                    "0", "gamma", "0.99", "double_q", double_q, "loss", loss),
             spec_of(1, 1000));
    load_reference(dqn);
    static double sum[REF_P];
    static bh_real mean[REF_P];
    memset(sum, 0, sizeof sum);
    for (int i = 0; i < REF_B; i++) {
        observe_reference(dqn, i);
        bhi_dqn_update(dqn);
        for (int p = 0; p < REF_P; p++) sum[p] += (double)dqn->gradient[p];
    }
    for (int p = 0; p < REF_P; p++) mean[p] = (bh_real)(sum[p] / REF_B);
    CHECK_NEAR(reference_distance(mean, at, stride), 0, reference_tolerance(1e-6));
    bhi_agent_metrics stats = stats_of(dqn);
    CHECK_NEAR(stats.loss, want_loss, reference_tolerance(2e-6));
    CHECK(stats.n_updates == REF_B);
    double q = 0;
    for (int i = 0; i < REF_B; i++) {
        double left = reference_f64(GOLDEN_Q_ONLINE_STATES, 2 * i),
               right = reference_f64(GOLDEN_Q_ONLINE_STATES, 2 * i + 1);
        q += (left > right ? left : right) / REF_B;
    }
    CHECK_NEAR(stats.mean_q, q, reference_tolerance(2e-6));
    bhi_agent_destroy(&dqn->base);
}

static void test_gradients_are_pytorchs(void)
{
    check_reference("false", "mse", GOLDEN_GRAD_DQN_MSE, 1, GOLDEN_LOSS_DQN_MSE);
    check_reference("false", "huber", GOLDEN_GRAD_DQN_HUBER_5, 5, GOLDEN_LOSS_DQN_HUBER);
    check_reference("true", "mse", GOLDEN_GRAD_DOUBLE_MSE_5, 5, GOLDEN_LOSS_DOUBLE_MSE);
    check_reference("true", "huber", GOLDEN_GRAD_DOUBLE_HUBER, 1, GOLDEN_LOSS_DOUBLE_HUBER);
}

static void test_q_values_are_pytorchs(void)
{
    bhi_dqn *dqn =
        make(CONFIG("net_arch", "64,64", "buffer_size", "1", "batch_size", "5"), spec_of(1, 1000));
    load_reference(dqn);
    float obs[REF_B * REF_S];
    double q[REF_B * REF_A];
    for (int i = 0; i < REF_B * REF_S; i++) obs[i] = reference_f32(GOLDEN_STATES, i);
    bh_dqn_class.functions->q_values(dqn, dqn->online, q, obs,
                                     REF_B); // in thirteen batches of five
    for (int i = 0; i < REF_B * REF_A; i++) {
        CHECK_NEAR(q[i], reference_f64(GOLDEN_Q_ONLINE_STATES, i), reference_tolerance(2e-6));
    }
    bhi_agent_destroy(&dqn->base);
}

// ---- an update is its parts ----

static reference_batch all;
static bhi_net net;

// The same update from the pieces that have tests of their own, for the indices the agent will
// draw.
static void expected_update(bh_real *params, const bh_real *target, const int *index, int B,
                            double rate, double max_norm, bhi_optimizer *optimizer)
{
    static bh_real x_tm1[REF_B * REF_S], x_t[REF_B * REF_S], acts[REF_B * 130], acts_t[REF_B * 130],
        grads[REF_P];
    static bh_real r_t[REF_B], discount_t[REF_B], td[REF_B], dq[REF_B], dacts[REF_B * 130];
    int a_tm1[REF_B];
    for (int b = 0; b < B; b++) {
        int i = index[b];
        memcpy(x_tm1 + b * REF_S, all.x_tm1 + i * REF_S, REF_S * sizeof *x_tm1);
        memcpy(x_t + b * REF_S, all.x_t + i * REF_S, REF_S * sizeof *x_t);
        a_tm1[b] = all.a_tm1[i];
        r_t[b] = all.r_t[i];
        discount_t[b] = all.discount_t[i];
    }
    const bh_real *qt_t = bhi_net_forward(&net, target, acts_t, x_t, B);
    const bh_real *q_tm1 = bhi_net_forward(&net, params, acts, x_tm1, B);
    bh_value_q_learning(td, q_tm1, a_tm1, r_t, discount_t, qt_t, B, REF_A);
    bhi_loss_gradient(BHI_HUBER, dq, td, NULL, B);
    bh_real *dy = bhi_net_layer(&net, dacts, 2, B);
    memset(dy, 0, (size_t)(B * REF_A) * sizeof *dy);
    for (int b = 0; b < B; b++) dy[b * REF_A + a_tm1[b]] = dq[b];
    bhi_net_backward(&net, params, grads, acts, dacts, x_tm1, B);
    double norm = 0;
    for (int p = 0; p < REF_P; p++) norm += (double)grads[p] * (double)grads[p];
    bhi_optimizer_step(optimizer, params, grads, rate, bhi_clip_scale(sqrt(norm), max_norm));
}

static void check_updates(const char *optimizer, bhi_optimizer_kind kind, const char *max_norm,
                          double norm_value)
{
    enum { B = 16, UPDATES = 5 };
    bhi_agent_spec spec = spec_of(1, 1000);
    bhi_dqn *dqn =
        make(CONFIG("net_arch", "64,64", "buffer_size", "64", "batch_size", "16", "learning_rate",
                    "0.01", "gamma", "0.99", "optimizer", optimizer, "max_grad_norm", max_norm),
             spec);
    load_reference(dqn);
    for (int i = 0; i < REF_B; i++) observe_reference(dqn, i);

    // The agent splits its stream for parameters, exploration and sampling, in this order.
    bh_rng_split(&spec.rng);
    bh_rng_split(&spec.rng);
    bh_rng sample_rng = bh_rng_split(&spec.rng);
    static bh_real params[REF_P], target[REF_P], m[REF_P], v[REF_P];
    memset(m, 0, sizeof m);
    memset(v, 0, sizeof v);
    reference_params(params, GOLDEN_ONLINE);
    reference_params(target, GOLDEN_TARGET);
    bhi_optimizer own = {.settings = bhi_optimizer_defaults(kind), .n = REF_P, .m = m, .v = v};
    bhi_optimizer_init(&own);
    const bhi_replay sized = {.capacity = REF_B, .size = REF_B};
    for (int n = 0; n < UPDATES; n++) {
        int index[B];
        bhi_replay_sample(&sized, index, B, &sample_rng);
        expected_update(params, target, index, B, 0.01, norm_value, &own);
        bhi_dqn_update(dqn);
        double worst = 0;
        for (int p = 0; p < REF_P; p++) {
            double d = fabs((double)params[p] - (double)dqn->online[p]);
            if (!(d <= worst)) worst = d;
        }
        CHECK_NEAR(worst, 0, reference_tolerance(1e-7)); // the norm was summed in another order
    }
    CHECK(memcmp(target, dqn->target, sizeof target) == 0); // updates leave the target alone
    bhi_agent_destroy(&dqn->base);
}

static void test_an_update_is_its_parts(void)
{
    check_updates("adam", BHI_ADAM, "10", 10);
    check_updates("adam", BHI_ADAM, "0", 0);
    check_updates("sgd", BHI_SGD, "0.01", 0.01); // clipped each time
    check_updates("momentum", BHI_MOMENTUM, "10", 10);
    check_updates("rmsprop-centered", BHI_RMSPROP_CENTERED, "10", 10);
    check_updates("adamw", BHI_ADAMW, "10", 10);
}

// Three steps to the end with rewards 1, 2, 4 under values of 0: the TD errors are the n-step
// returns.
static void test_n_steps(void)
{
    bhi_agent_spec spec = spec_of(1, 1000);
    spec.observation = (bh_space){BH_SPACE_DISCRETE, 4, NULL, NULL};
    bhi_dqn *dqn = make(CONFIG("net_arch", "", "buffer_size", "3", "batch_size", "1",
                               "learning_rate", "0", "gamma", "0.5", "loss", "mse", "n_steps", "3"),
                        spec);
    memset(dqn->online, 0, 10 * sizeof(bh_real));
    memset(dqn->target, 0, 10 * sizeof(bh_real));
    for (int s = 0; s < 3; s++) {
        int a = 0, terminated = s == 2, truncated = 0;
        double r = 1 << s;
        bh_dqn_class.functions->observe(dqn, &(bh_experience){1, (float[]){(float)s}, &a, &r,
                                                              &terminated, &truncated,
                                                              (float[]){(float)s + 1}});
    }
    int short_ones = 0, long_ones = 0;
    for (int i = 0; i < 60; i++) {
        bhi_dqn_update(dqn);
        double loss = stats_of(dqn).loss;
        short_ones += loss == 16; // 2 + 4/2, and 4
        long_ones += loss == 9;   // 1 + 2/2 + 4/4
    }
    CHECK(short_ones + long_ones == 60 && short_ones > 20 && long_ones > 5);
    bhi_agent_destroy(&dqn->base);
}

// ---- acting ----

static void random_obs(float *obs, int n, bh_rng *rng)
{
    for (int i = 0; i < n * REF_S; i++) obs[i] = (float)bh_rng_normal(rng);
}

// Rows that do not explore take the action of their own values, whatever their neighbours do.
static void check_acting(const char *epsilon, double share)
{
    enum { N = 8, ROUNDS = 500 };
    bhi_dqn *dqn =
        make(CONFIG("net_arch", "64,64", "buffer_size", "10", "batch_size", "4",
                    "exploration_initial_eps", epsilon, "exploration_final_eps", epsilon),
             spec_of(N, 1000));
    load_reference(dqn);
    bh_rng rng = bh_rng_seed(3);
    double explored_n = 0, random_right = 0;
    for (int round = 0; round < ROUNDS; round++) {
        float obs[N * REF_S];
        int actions[N];
        unsigned char explored[N];
        double q[N * REF_A];
        random_obs(obs, N, &rng);
        bh_dqn_class.functions->act(dqn, actions, explored, obs, N);
        bh_dqn_class.functions->q_values(dqn, dqn->online, q, obs, N);
        for (int i = 0; i < N; i++) {
            CHECK(actions[i] == 0 || actions[i] == 1);
            if (explored[i]) {
                explored_n++;
                random_right += actions[i];
            } else {
                CHECK(actions[i] == bh_greedy(q + i * REF_A, REF_A));
            }
        }
    }
    CHECK_NEAR(explored_n / (N * ROUNDS), share, 5 * sqrt(share * (1 - share) / (N * ROUNDS)));
    if (explored_n > 0) CHECK_NEAR(random_right / explored_n, 0.5, 5 * sqrt(0.25 / explored_n));
    bhi_agent_destroy(&dqn->base);
}

static void test_acting(void)
{
    check_acting("0", 0);
    check_acting("0.3", 0.3);
    check_acting("1", 1);
}

static void test_one_hot_observations(void)
{
    bhi_agent_spec spec = spec_of(1, 100);
    spec.observation = (bh_space){BH_SPACE_DISCRETE, 3, NULL, NULL};
    bhi_dqn *dqn = make(CONFIG("net_arch", "", "buffer_size", "10", "batch_size", "2"), spec);
    CHECK(dqn->net.n_params == 8);
    for (int i = 0; i < 8; i++) dqn->online[i] = (bh_real)(1 << i); // weights (3,2), bias (2)
    double q[6];
    bh_dqn_class.functions->q_values(dqn, dqn->online, q, (float[]){2, 0, 1}, 3);
    const double want[] = {16 + 64, 32 + 128, 1 + 64, 2 + 128, 4 + 64, 8 + 128};
    CHECK(memcmp(q, want, sizeof q) == 0);
    bhi_agent_destroy(&dqn->base);
}

// ---- when it learns ----

static void observe_something(bhi_dqn *dqn, int n, bh_rng *rng)
{
    float before[8 * REF_S], after[8 * REF_S];
    int a[8], terminated[8], truncated[8] = {0};
    double r[8];
    random_obs(before, n, rng);
    random_obs(after, n, rng);
    for (int i = 0; i < n; i++) {
        a[i] = i % REF_A;
        r[i] = before[i];
        terminated[i] = i % 3 == 0;
    }
    bh_dqn_class.functions->observe(
        dqn, &(bh_experience){n, before, a, r, terminated, truncated, after});
    bhi_agent_learn(dqn);
}

static int target_is_online(bhi_dqn *dqn)
{
    size_t bytes = (size_t)dqn->net.n_params * sizeof(bh_real);
    return memcmp(dqn->online, dqn->target, bytes) == 0;
}

static void test_learning_schedule(void)
{
    bhi_dqn *dqn =
        make(CONFIG("net_arch", "6", "buffer_size", "50", "batch_size", "4", "learning_starts", "9",
                    "train_freq", "3", "gradient_steps", "2", "target_update_interval", "20"),
             spec_of(1, 100));
    CHECK(target_is_online(dqn));
    bh_rng rng = bh_rng_seed(1);
    for (int t = 1; t <= 65; t++) {
        observe_something(dqn, 1, &rng);
        int rounds = t / 3 - 9 / 3; // steps 12, 15, 18 …: multiples of 3 beyond 9
        CHECK(stats_of(dqn).n_updates == (t > 9 ? 2 * rounds : 0));
        // Copied at every multiple of 20, one update after which they part.
        if (t % 20 == 0 || t < 12) CHECK(target_is_online(dqn));
        if (t % 20 == 3) CHECK(!target_is_online(dqn) || t == 3);
    }
    bhi_agent_destroy(&dqn->base);
}

// With 4 environments a step counts for four; the interval is in environment steps, too.
static void test_learning_schedule_many_environments(void)
{
    bhi_dqn *dqn =
        make(CONFIG("net_arch", "6", "buffer_size", "50", "batch_size", "4", "learning_starts",
                    "10", "train_freq", "1", "target_update_interval", "16"),
             spec_of(4, 100));
    bh_rng rng = bh_rng_seed(1);
    for (int call = 1; call <= 12; call++) {
        observe_something(dqn, 4, &rng);
        CHECK(stats_of(dqn).n_updates == (call >= 3 ? call - 2 : 0));
        CHECK(target_is_online(dqn) == (call < 3 || call % 4 == 0));
    }
    bhi_agent_destroy(&dqn->base);
}

static void test_soft_target_updates(void)
{
    bhi_dqn *dqn =
        make(CONFIG("net_arch", "64,64", "buffer_size", "8", "batch_size", "4", "learning_starts",
                    "1000", "tau", "0.005", "target_update_interval", "1"),
             spec_of(1, 100));
    load_reference(dqn);
    observe_reference(dqn, 0);
    bhi_agent_learn(dqn); // too early for an update, but the target moves
    CHECK_NEAR(reference_distance(dqn->target, GOLDEN_SOFT_UPDATE_5, 5), 0,
               reference_tolerance(1e-7));
    CHECK(stats_of(dqn).n_updates == 0);
    bhi_agent_destroy(&dqn->base);
}

static void test_stats(void)
{
    bhi_dqn *dqn =
        make(CONFIG("net_arch", "6", "buffer_size", "50", "batch_size", "4", "learning_rate",
                    "0.01", "learning_rate_schedule", "linear", "exploration_fraction", "0.5",
                    "exploration_initial_eps", "1", "exploration_final_eps", "0.2",
                    "learning_starts", "0", "train_freq", "1"),
             spec_of(1, 100));
    bhi_agent_metrics s = stats_of(dqn);
    CHECK(isnan(s.loss) && isnan(s.mean_q) && isnan(s.grad_norm)); // nothing happened
    CHECK(s.epsilon == 1 && s.learning_rate == 0.01 && s.n_updates == 0);
    bh_rng rng = bh_rng_seed(1);
    for (int t = 0; t < 25; t++) observe_something(dqn, 1, &rng);
    s = stats_of(dqn);
    CHECK(s.loss > 0 && isfinite(s.mean_q) && s.grad_norm > 0 && s.n_updates == 25);
    CHECK_NEAR(s.epsilon, 0.6, 1e-12);
    CHECK_NEAR(s.learning_rate, 0.0075, 1e-12);
    s = stats_of(dqn);
    CHECK(isnan(s.loss) && s.n_updates == 25); // means since the last call
    dqn->base.spec.total_timesteps = 50;
    CHECK_NEAR(stats_of(dqn).epsilon, 0.2, 1e-12);
    bh_dqn_config *config = dqn->base.config; // what follows is live
    config->explore.final_eps = 0.1;
    CHECK_NEAR(stats_of(dqn).epsilon, 0.1, 1e-12);
    config->learning_rate.kind = BHI_COSINE; // half-way: the middle of 0.01 and 0.002
    config->learning_rate.end = 0.002;
    CHECK_NEAR(stats_of(dqn).learning_rate, 0.006, 1e-12);
    config->learning_rate.warmup = 1; // half-way up
    CHECK_NEAR(stats_of(dqn).learning_rate, 0.005, 1e-12);
    bhi_agent_destroy(&dqn->base);
}

// The reward is a function of the observation, nothing follows: the values come to it.
static void test_it_learns(void)
{
    bhi_dqn *dqn = make(
        CONFIG("net_arch", "16", "buffer_size", "500", "batch_size", "32", "learning_rate", "0.01"),
        spec_of(1, 1000));
    bh_rng rng = bh_rng_seed(2);
    for (int i = 0; i < 500; i++) {
        float obs[REF_S];
        random_obs(obs, 1, &rng);
        int a = i % 2, terminated = 1, truncated = 0;
        double r = a == 0 ? 0.5 : (double)obs[0];
        bh_dqn_class.functions->observe(
            dqn, &(bh_experience){1, obs, &a, &r, &terminated, &truncated, obs});
    }
    for (int i = 0; i < 2000; i++) bhi_dqn_update(dqn);
    double q[2];
    bh_dqn_class.functions->q_values(dqn, dqn->online, q, (float[]){1, 0, 0, 0}, 1);
    CHECK_NEAR(q[0], 0.5, 0.1);
    CHECK_NEAR(q[1], 1, 0.15);
    bhi_agent_destroy(&dqn->base);
}

static void test_parameters_follow_the_stream(void)
{
    bh_dqn_config config = CONFIG("net_arch", "8", "buffer_size", "10", "batch_size", "4");
    bhi_agent_spec spec = spec_of(1, 100), other = spec;
    other.rng = bh_rng_seed(6);
    bhi_dqn *a = make(config, spec), *b = make(config, spec), *c = make(config, other);
    size_t bytes = (size_t)a->net.n_params * sizeof(bh_real);
    CHECK(memcmp(a->online, b->online, bytes) == 0);
    CHECK(memcmp(a->online, c->online, bytes) != 0);
    memcpy(bh_dqn_class.functions->params(a, &bytes), c->online, bytes);
    CHECK(!target_is_online(a));
    bh_dqn_class.functions->params_changed(a);
    CHECK(target_is_online(a));
    bhi_agent_destroy(&a->base);
    bhi_agent_destroy(&b->base);
    bhi_agent_destroy(&c->base);
}

// ---- what it refuses ----

static void check_refused(bh_dqn_config config, bhi_agent_spec spec, bh_status want,
                          const char *part)
{
    bhi_agent *dqn = (bhi_agent *)(void *)&config;
    bh_error err = {0};
    CHECK_STATUS(bhi_agent_create(&dqn, &bh_dqn_class, &config, &spec, &err), want);
    CHECK(dqn == NULL);
    if (!CHECK(strstr(err.message, part) != NULL))
        printf("    '%s' not in: %s\n", part, err.message);
}

static void test_refused(void)
{
    bh_dqn_config config = CONFIG("net_arch", "8");
    bhi_agent_spec spec = spec_of(1, 100);
    config.learning_rate.start = (double)NAN;
    check_refused(config, spec, BH_ERR_CONFIG,
                  "learning_rate is NaN, but must be between 0 and 10");
    config = CONFIG("net_arch", "8");
    config.batch_size = 0;
    check_refused(config, spec, BH_ERR_CONFIG, "batch_size is 0");
    config = CONFIG("net_arch", "8");
    config.net.net_arch.n = 9;
    check_refused(config, spec, BH_ERR_CONFIG, "net_arch");
    config = CONFIG("net_arch", "8");
    config.net.activation = -1; // would be the enum's identity
    check_refused(config, spec, BH_ERR_CONFIG, "activation");
    config = CONFIG("net_arch", "4096,4096", "batch_size", "65536");
    spec.n_actions = 100000;
    check_refused(config, spec, BH_ERR_CONFIG, "too large");
    spec.n_actions = 2;
    spec.observation.n = 1000; // 10,000,000 of them
    check_refused(CONFIG("buffer_size", "10000000"), spec, BH_ERR_CONFIG, "too large");
    CHECK(bh_live_bytes() == 0);
}

static void test_out_of_memory(void)
{
    for (int n = 1; n <= 2; n++) { // of what is measured, and of the agent
        failing_alloc_begin(n);
        check_refused(CONFIG("buffer_size", "12345"), spec_of(1, 100), BH_ERR_MEMORY,
                      "; lower buffer_size (12345), batch_size (32) or net_arch (64,64)");
        CHECK(failing.blocks == 0);
        failing_alloc_end();
    }
    bhi_agent_destroy(NULL);
}

int main(int argc, char **argv)
{
    reference_load();
    reference_read_batch(&all);
    net = reference_net();
    CHECK_RUN(test_gradients_are_pytorchs);
    CHECK_RUN(test_q_values_are_pytorchs);
    CHECK_RUN(test_an_update_is_its_parts);
    CHECK_RUN(test_n_steps);
    CHECK_RUN(test_acting);
    CHECK_RUN(test_one_hot_observations);
    CHECK_RUN(test_learning_schedule);
    CHECK_RUN(test_learning_schedule_many_environments);
    CHECK_RUN(test_soft_target_updates);
    CHECK_RUN(test_stats);
    CHECK_RUN(test_it_learns);
    CHECK_RUN(test_parameters_follow_the_stream);
    CHECK_RUN(test_refused);
    CHECK_RUN(test_out_of_memory);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
