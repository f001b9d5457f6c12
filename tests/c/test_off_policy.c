// SPDX-License-Identifier: MIT
// DDPG, TD3 and SAC: targets, gradients and steps against their definitions, noise, bounds, replay,
// demonstrations, names of tensors.
#include "core/alloc.h"
#include "core/fmath.h"
#include "rl/gaussian.h"
#include "rl/off_policy.h"
#include "rl/sac.h"
#include "rl/td3.h"

#include "policy_agents.h"

#include <stdlib.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

enum { S = 3, D = 2, E = 2, B = 4 };

static const float low[D] = {-2, 0}, high[D] = {2, 8};

static bhi_agent_spec spec_of(int n_envs)
{
    return (bhi_agent_spec){.observation = {BH_SPACE_BOX, S, NULL, NULL},
                            .n_envs = n_envs,
                            .total_timesteps = 1000,
                            .rng = bh_rng_seed(5),
                            .action = {BH_SPACE_BOX, D, low, high}};
}

static bhi_off_policy *make(const bh_agent_class *class, const char *const *options)
{
    union {
        bh_off_policy_config base;
        bh_td3_config td3;
        bh_sac_config sac;
    } config = {0};
    pa_configure(
        class->config, &config,
        OPTIONS("net_arch", "5,4", "batch_size", "4", "buffer_size", "64", "learning_starts", "0"));
    for (; options != NULL && options[0] != NULL; options += 2) {
        bh_error err = {0};
        if (!CHECK_STATUS(bh_config_set(class->config, &config, options[0], options[1], &err),
                          BH_OK))
            printf("    %s\n", err.message);
    }
    return pa_create(class, &config, spec_of(E));
}

static const bh_agent_class *const classes[] = {&bh_ddpg_class, &bh_td3_class, &bh_sac_class};
enum { N_CLASSES = sizeof classes / sizeof classes[0] };

// What two environments showed, did and gave in one step; ends every so often.
typedef struct step {
    float obs_tm1[E * S], obs_t[E * S], box[E * D];
    double r_t[E];
    int terminated_t[E], truncated_t[E];
} step;

static void observe(bhi_off_policy *o, int n, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    for (int t = 0; t < n; t++) {
        step s;
        for (int i = 0; i < E * S; i++) {
            s.obs_tm1[i] = (float)bh_rng_normal(&rng);
            s.obs_t[i] = (float)bh_rng_normal(&rng);
        }
        for (int i = 0; i < E * D; i++)
            s.box[i] = low[i % D] + (high[i % D] - low[i % D]) * (float)bh_rng_uniform(&rng);
        for (int e = 0; e < E; e++) {
            s.r_t[e] = bh_rng_normal(&rng);
            s.terminated_t[e] = t % 5 == 3 && e == 0;
            s.truncated_t[e] = t % 4 == 2 && e == 1;
        }
        o->base.class->functions->observe(o, &(bh_experience){.n = E,
                                                              .obs_tm1 = s.obs_tm1,
                                                              .box_tm1 = s.box,
                                                              .r_t = s.r_t,
                                                              .terminated_t = s.terminated_t,
                                                              .truncated_t = s.truncated_t,
                                                              .obs_t = s.obs_t});
    }
}

// ---- the batch, the actor and the critics, by their forward passes alone ----

typedef struct batch {
    bh_real x_tm1[B * S], x_t[B * S], a_tm1[B * D], r_t[B], discount_t[B];
} batch;

static batch batch_of(const bhi_off_policy *o)
{
    batch b;
    const bh_off_policy_config *c = o->base.config;
    bhi_replay_gather(&o->replay, o->index, B, c->gamma, c->n_steps, b.x_tm1, NULL, b.r_t,
                      b.discount_t, b.x_t);
    bhi_replay_gather_box(&o->replay, o->index, B, b.a_tm1);
    return b;
}

enum { ACTS = B * 40 };

static void act_under(const bhi_off_policy *o, const bh_real *params, bh_real *out,
                      const bh_real *x)
{
    static bh_real acts[ACTS];
    CHECK(bhi_net_acts(&o->actor, B) <= ACTS);
    memcpy(out, bhi_net_forward(&o->actor, params, acts, x, B),
           (size_t)(B * D * o->kind->heads) * sizeof *out);
}

static void rate_under(const bhi_off_policy *o, const bh_real *block, int critic, double *q,
                       const bh_real *x, const bh_real *a)
{
    static bh_real acts[ACTS];
    bh_real pairs[B * (S + D)];
    for (int b = 0; b < B; b++) {
        memcpy(pairs + b * (S + D), x + b * S, S * sizeof *x);
        memcpy(pairs + b * (S + D) + S, a + b * D, D * sizeof *a);
    }
    const bh_real *w = block + o->actor.n_params + critic * o->critic.n_params;
    const bh_real *out = bhi_net_forward(&o->critic, w, acts, pairs, B);
    for (int b = 0; b < B; b++) q[b] = (double)out[b];
}

static double least_under(const bhi_off_policy *o, const bh_real *block, int b, const bh_real *x,
                          const bh_real *a)
{
    double least = INFINITY, q[B];
    for (int i = 0; i < o->n_critics; i++) {
        rate_under(o, block, i, q, x, a);
        if (q[b] < least) least = q[b];
    }
    return least;
}

// ---- gradients: the learning rate is 0, so that parameters stay and both gradients with them ----

static double critics_loss(const bhi_off_policy *o, const bh_real *params, const batch *b)
{
    double loss = 0, q[B], factor = o->kind->heads == 2 ? 0.5 : 1;
    for (int i = 0; i < o->n_critics; i++) {
        rate_under(o, params, i, q, b->x_tm1, b->a_tm1);
        for (int k = 0; k < B; k++)
            loss += factor * (q[k] - (double)o->y[k]) * (q[k] - (double)o->y[k]) / B;
    }
    return loss;
}

// alpha is 1 at the start.
static double actor_loss(const bhi_off_policy *o, const bh_real *params, const batch *b)
{
    bh_real out[2 * B * D], a[B * D], log_prob[B] = {0};
    double loss = 0, q[B];
    act_under(o, params, out, b->x_tm1);
    if (o->kind->heads == 2) {
        bh_policy_squashed_sample(a, log_prob, out, o->eps, B, D);
        for (int k = 0; k < B; k++)
            loss += ((double)log_prob[k] - least_under(o, params, k, b->x_tm1, a)) / B;
        return loss;
    }
    for (int i = 0; i < B * D; i++) a[i] = (bh_real)tanh((double)out[i]);
    rate_under(o, params, 0, q, b->x_tm1, a);
    for (int k = 0; k < B; k++) loss -= q[k] / B;
    return loss;
}

static double gradient_error(const bhi_off_policy *o, const batch *b)
{
    double h = sizeof(bh_real) == sizeof(double) ? 1e-5 : 5e-3, worst = 0;
    static bh_real moved[1000];
    CHECK(o->n_params <= 1000);
    memcpy(moved, o->params, (size_t)o->n_params * sizeof *moved);
    for (int p = 0; p < o->n_params; p++) {
        double (*loss)(const bhi_off_policy *, const bh_real *, const batch *) =
            p < o->actor.n_params ? actor_loss : critics_loss;
        moved[p] = o->params[p] + (bh_real)h;
        double up = loss(o, moved, b), to = (double)moved[p];
        moved[p] = o->params[p] - (bh_real)h;
        double slope = (up - loss(o, moved, b)) / (to - (double)moved[p]);
        moved[p] = o->params[p];
        if (!(fabs(slope - (double)o->gradient[p]) <= worst))
            worst = fabs(slope - (double)o->gradient[p]);
    }
    return worst;
}

// What the classes refuse is said of them: in the tests below they have no delay and no kinks.
static const char *const *still_options(const bh_agent_class *class)
{
    static const char *const td3[] = {
        "learning_rate", "0", "activation", "tanh", "policy_delay", "1", "n_steps", "3", NULL};
    static const char *const others[] = {"learning_rate", "0", "activation", "tanh",
                                         "n_steps",       "3", NULL};
    return class == &bh_td3_class ? td3 : others;
}

static void test_gradients(void)
{
    for (int i = 0; i < N_CLASSES; i++) {
        bhi_off_policy *o = make(classes[i], still_options(classes[i]));
        observe(o, 20, 3);
        for (int round = 0; round < 5; round++) {
            bhi_agent_learn(o);
            batch b = batch_of(o);
            CHECK_NEAR(gradient_error(o, &b), 0, pa_tolerance(3e-3));
        }
        CHECK(o->base.n_updates == 5);
        bhi_agent_destroy(&o->base);
    }
}

// ---- targets ----

static void test_targets(void)
{
    for (int i = 0; i < N_CLASSES; i++) {
        bhi_off_policy *o = make(classes[i], still_options(classes[i]));
        // Targets of other parameters than the online ones.
        for (int p = 0; p < o->n_params; p++) o->target[p] = o->params[p] * (bh_real)0.7;
        bh_real *target = malloc((size_t)o->n_params * sizeof *target);
        memcpy(target, o->target, (size_t)o->n_params * sizeof *target);
        observe(o, 20, 3);
        bh_rng rng = o->target_rng;
        bhi_agent_learn(o);
        batch b = batch_of(o);
        bh_real out[2 * B * D], a[B * D], log_prob[B] = {0}, eps[B * D];
        int is_sac = o->kind->heads == 2;
        if (is_sac) { // the first draws are for x_tm1
            for (int k = 0; k < B * D; k++) bh_rng_normal(&rng);
        }
        for (int k = 0; k < B * D; k++) eps[k] = (bh_real)bh_rng_normal(&rng);
        act_under(o, is_sac ? o->params : target, out, b.x_t);
        if (is_sac) bh_policy_squashed_sample(a, log_prob, out, eps, B, D);
        else
            for (int k = 0; k < B * D; k++) a[k] = (bh_real)tanh((double)out[k]);
        if (classes[i] == &bh_td3_class) bh_policy_smooth(a, eps, 0.2, 0.5, B * D);
        int n_ended = 0;
        for (int k = 0; k < B; k++) {
            double q = least_under(o, target, k, b.x_t, a) - (is_sac ? (double)log_prob[k] : 0);
            CHECK_NEAR(o->y[k], (double)b.r_t[k] + (double)b.discount_t[k] * q, 1e-5);
            n_ended += b.discount_t[k] == 0;
        }
        CHECK(n_ended < B);
        free(target);
        bhi_agent_destroy(&o->base);
    }
}

// ---- what an update moves ----

static int differs(const bh_real *a, const bh_real *b, int n)
{
    return memcmp(a, b, (size_t)n * sizeof *a) != 0;
}

static void test_delay_and_targets(void)
{
    bhi_off_policy *o = make(&bh_td3_class, OPTIONS("policy_delay", "3", "tau", "0.25"));
    observe(o, 20, 3);
    int P = o->n_params, A = o->actor.n_params;
    bh_real *before = malloc(2 * (size_t)P * sizeof *before), *target = before + P;
    for (int update = 1; update <= 7; update++) {
        memcpy(before, o->params, (size_t)P * sizeof *before);
        memcpy(target, o->target, (size_t)P * sizeof *target);
        bhi_agent_learn(o);
        CHECK(differs(before + A, o->params + A, P - A));
        CHECK(differs(before, o->params, A) == (update % 3 == 0));
        CHECK(differs(target, o->target, P) == (update % 3 == 0));
        for (int p = 0; p < P && update % 3 == 0; p++)
            CHECK_NEAR(o->target[p],
                       (double)target[p] + 0.25 * ((double)o->params[p] - (double)target[p]), 1e-6);
    }
    free(before);
    bhi_agent_destroy(&o->base);
}

// The coefficient's logarithm goes along mean(log pi + target) with Adam: its first step is the
// learning rate long, whatever the gradient is.
static void test_entropy_coefficient(void)
{
    bhi_off_policy *o = make(&bh_sac_class, OPTIONS("learning_rate", "0.01", "ent_coef", "0.5"));
    CHECK_NEAR(o->log_alpha[0], log(0.5), 1e-6);
    observe(o, 20, 3);
    bhi_agent_learn(o);
    double sum = 0;
    for (int b = 0; b < B; b++) sum += (double)o->log_prob[b] + D * -1.0;
    CHECK_NEAR(o->dlog_alpha[0], -sum / B, 1e-5);
    CHECK_NEAR(o->log_alpha[0], log(0.5) + (sum > 0 ? 0.01 : -0.01), 1e-6);
    CHECK_NEAR(pa_stats(&bh_sac_class, o).extra[2], 0.5, 1e-6);
    bhi_agent_destroy(&o->base);

    o = make(&bh_sac_class, OPTIONS("ent_coef", "0.5", "ent_coef_auto", "false"));
    observe(o, 20, 3);
    for (int i = 0; i < 3; i++) bhi_agent_learn(o);
    CHECK_NEAR(o->log_alpha[0], log(0.5), 1e-6);
    bhi_agent_destroy(&o->base);
}

static void test_priorities(void)
{
    for (int i = 0; i < N_CLASSES; i++) {
        bhi_off_policy *o = make(classes[i], OPTIONS("prioritized", "true", "priority_alpha", "1"));
        observe(o, 20, 3);
        bhi_agent_learn(o);
        for (int b = 0; b < B; b++) {
            int is_last = 1; // of duplicates the last error counts
            for (int k = b + 1; k < B; k++) is_last &= o->index[k] != o->index[b];
            int leaf = o->replay.priorities.n_leaves + o->index[b];
            if (is_last)
                CHECK_NEAR(o->replay.priorities.sums[leaf], (double)o->error[b] + 1e-6, 1e-6);
        }
        bhi_agent_destroy(&o->base);
    }
}

// ---- acting ----

static const float seen[E * S] = {0.5f, -1, 2, 0, 0.25f, 1};

static void test_warm_up_is_uniform(void)
{
    bhi_off_policy *o =
        make(&bh_td3_class, OPTIONS("learning_starts", "100", "noise_type", "none"));
    double sum[D] = {0}, least[D] = {9, 9}, most[D] = {-9, -9};
    enum { N = 2000 };
    for (int i = 0; i < N; i++) {
        float actions[E * D];
        unsigned char explored[E];
        bhi_off_policy_act(o, actions, explored, seen, E);
        CHECK(explored[0] && explored[1]);
        for (int k = 0; k < E * D; k++) {
            sum[k % D] += (double)actions[k];
            least[k % D] = fmin(least[k % D], (double)actions[k]);
            most[k % D] = fmax(most[k % D], (double)actions[k]);
        }
    }
    for (int d = 0; d < D; d++) {
        double width = (double)(high[d] - low[d]);
        CHECK_NEAR(sum[d] / (N * E), (double)(low[d] + high[d]) / 2, width * 4 / sqrt(12. * N * E));
        CHECK(least[d] >= (double)low[d] && least[d] < (double)low[d] + 0.01 * width);
        CHECK(most[d] <= (double)high[d] && most[d] > (double)high[d] - 0.01 * width);
    }
    bhi_agent_destroy(&o->base);
}

// Greedy actions are tanh of the first D outputs between the bounds; without noise a deterministic
// actor acts so too, SAC only on average.
static void test_greedy(void)
{
    for (int i = 0; i < N_CLASSES; i++) {
        bhi_off_policy *o = make(classes[i], OPTIONS("noise_type", "none"));
        float actions[E * D], greedy[E * D];
        unsigned char explored[E];
        bh_real x[B * S] = {0}, out[2 * B * D];
        for (int k = 0; k < E * S; k++) x[k] = (bh_real)seen[k];
        act_under(o, o->params, out, x);
        bhi_off_policy_greedy(o, o->params, greedy, seen, E);
        bhi_off_policy_act(o, actions, explored, seen, E);
        for (int k = 0; k < E * D; k++) {
            double a = tanh((double)out[k / D * D * o->kind->heads + k % D]);
            double width = (double)(high[k % D] - low[k % D]);
            CHECK_NEAR(greedy[k], (double)low[k % D] + (a + 1) / 2 * width, 1e-5);
            CHECK((actions[k] == greedy[k]) == (o->kind->heads == 1) && !explored[k / D]);
        }
        // More than rows of them, in batches.
        float many[11 * S], all[11 * D];
        for (int k = 0; k < 11 * S; k++) many[k] = seen[k % (E * S)];
        bhi_off_policy_greedy(o, o->params, all, many, 11);
        for (int k = 0; k < 11 * D; k++) CHECK(all[k] == greedy[k % (E * D)]);
        bhi_agent_destroy(&o->base);
    }
}

// Noise is added between -1 and 1, and Ornstein-Uhlenbeck's goes on from step to step, until an
// episode ends; asking for actions without taking them changes nothing.
static void test_noise(void)
{
    bhi_off_policy *o = make(&bh_ddpg_class, OPTIONS("noise_type", "ornstein-uhlenbeck",
                                                     "noise_std", "0.5", "noise_theta", "2"));
    float greedy[E * D], actions[E * D];
    unsigned char explored[E];
    double x[E * D] = {0};
    bh_rng rng = o->noise_rng;
    bhi_off_policy_greedy(o, o->params, greedy, seen, E);
    for (int t = 0; t < 6; t++) {
        bh_rng kept = o->noise_rng;
        bhi_off_policy_act(o, actions, explored, seen, E);
        o->noise_rng = kept;
        bhi_off_policy_act(o, actions, explored, seen, E);
        for (int k = 0; k < E * D; k++) {
            x[k] += -2 * x[k] * 0.01 + 0.5 * 0.1 * bh_rng_normal(&rng);
            double half = (double)(high[k % D] - low[k % D]) / 2;
            double want = (double)greedy[k] + x[k] * half;
            CHECK_NEAR(actions[k], pa_clip(want, (double)low[k % D], (double)high[k % D]), 1e-5);
        }
        int ended[E] = {t == 3, 0}, none[E] = {0};
        bhi_off_policy_observe(o, &(bh_experience){.n = E,
                                                   .obs_tm1 = seen,
                                                   .box_tm1 = actions,
                                                   .r_t = (double[E]){0},
                                                   .terminated_t = none,
                                                   .truncated_t = ended,
                                                   .obs_t = seen});
        for (int k = 0; k < D && t == 3; k++) x[k] = 0;
    }
    bhi_agent_destroy(&o->base);
}

// Values of actions are the least of the critics', of actions between the bounds.
static void test_values(void)
{
    bhi_off_policy *o = make(&bh_sac_class, NULL);
    const float actions[E * D] = {1, 2, -2, 8};
    const bh_real scaled[B * D] = {0.5f, -0.5f, -1, 1};
    bh_real x[B * S] = {0};
    for (int k = 0; k < E * S; k++) x[k] = (bh_real)seen[k];
    double q[E];
    bhi_off_policy_values(o, q, seen, actions, E);
    for (int e = 0; e < E; e++) CHECK_NEAR(q[e], least_under(o, o->params, e, x, scaled), 1e-6);
    bhi_agent_destroy(&o->base);
}

// ---- replay and demonstrations ----

static void test_replay_holds_actions(void)
{
    bhi_off_policy *o = make(&bh_ddpg_class, NULL);
    const float actions[E * D] = {1, 2, -2, 8}, want[E * D] = {0.5f, -0.5f, -1, 1};
    int none[E] = {0};
    bhi_off_policy_observe(o, &(bh_experience){.n = E,
                                               .obs_tm1 = seen,
                                               .box_tm1 = actions,
                                               .r_t = (double[E]){1, 2},
                                               .terminated_t = none,
                                               .truncated_t = none,
                                               .obs_t = seen});
    bh_real a[E * D];
    bhi_replay_gather_box(&o->replay, (int[]){0, 1}, E, a);
    for (int k = 0; k < E * D; k++) CHECK(a[k] == (bh_real)want[k]);
    CHECK(bhi_replay_at(&o->replay, 1)->r_t == 2 &&
          bhi_replay_at(&o->replay, 1)->obs[S] == seen[S]);
    bhi_agent_destroy(&o->base);
}

static void test_demonstrations(void)
{
    bhi_off_policy *o = make(&bh_td3_class, OPTIONS("demo_capacity", "3", "demo_ratio", "0.5"));
    bh_error err = {0};
    float obs[4 * S] = {0}, box[4 * D] = {0};
    double r_t[4] = {5, 5, 5, 5};
    int none[4] = {0};
    bh_demonstrations four = {{4, obs, NULL, r_t, none, none, obs, box}, NULL};
    CHECK_STATUS(bhi_off_policy_demonstrate(o, &four, &err), BH_ERR_ARGUMENT);
    CHECK(strstr(err.message, "room for 3") != NULL);
    four.transitions.n = 3;
    CHECK_STATUS(bhi_off_policy_demonstrate(o, &four, &err), BH_OK);
    CHECK(o->replay.n_protected == 3 && bhi_replay_at(&o->replay, 2)->truncated_t);
    observe(o, 40, 3); // more than the ring holds
    CHECK(bhi_replay_at(&o->replay, 0)->r_t == 5);
    bhi_off_policy_sample(o);
    int n_demonstrated = 0;
    for (int b = 0; b < B; b++) n_demonstrated += o->index[b] < 3;
    CHECK(n_demonstrated == 2);
    CHECK_STATUS(bhi_off_policy_demonstrate(o, &four, &err), BH_ERR_STATE);
    bhi_agent_destroy(&o->base);
}

// ---- parameters ----

static void test_tensors(void)
{
    bh_tensor tensors[BH_TENSORS_MAX];
    bhi_off_policy *o = make(&bh_sac_class, NULL);
    int n = bhi_off_policy_tensors(o, o->params, tensors);
    CHECK(n == 4 + 4 + 2 * 6);
    CHECK_STRING(tensors[0].name, "actor.latent_pi.0.weight");
    CHECK_STRING(tensors[4].name, "actor.mu.weight");
    CHECK_STRING(tensors[6].name, "actor.log_std.weight");
    CHECK_STRING(tensors[7].name, "actor.log_std.bias");
    CHECK(tensors[6].shape[0] == D && tensors[6].shape[1] == 4);
    CHECK_STRING(tensors[8].name, "critic.qf0.0.weight");
    CHECK_STRING(tensors[n - 1].name, "critic.qf1.4.bias");
    // The second half of the output's columns.
    const bhi_layer *out = &o->actor.layers[2];
    CHECK(tensors[6].data == o->params + out->w_at + D &&
          tensors[7].data == o->params + out->b_at + D);
    bhi_agent_destroy(&o->base);
    o = make(&bh_ddpg_class, NULL);
    CHECK(bhi_off_policy_tensors(o, o->params, tensors) == 6 + 6);
    CHECK_STRING(tensors[4].name, "actor.mu.4.weight");
    CHECK_STRING(tensors[6].name, "critic.qf0.0.weight");
    bhi_agent_destroy(&o->base);
}

static void test_too_large_is_refused(void)
{
    bh_sac_config config = bh_sac_config_default();
    bh_error err = {0};
    bhi_agent *agent;
    config.base.batch_size = 65536;
    config.base.net_arch = (bh_sizes){8, {4096, 4096, 4096, 4096, 4096, 4096, 4096, 4096}};
    bhi_agent_spec spec = spec_of(1);
    CHECK_STATUS(bhi_agent_create(&agent, &bh_sac_class, &config, &spec, &err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "SAC: net_arch, batch_size or buffer_size is too large") != NULL);
    CHECK(agent == NULL);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_targets);
    CHECK_RUN(test_delay_and_targets);
    CHECK_RUN(test_entropy_coefficient);
    CHECK_RUN(test_priorities);
    CHECK_RUN(test_warm_up_is_uniform);
    CHECK_RUN(test_greedy);
    CHECK_RUN(test_noise);
    CHECK_RUN(test_values);
    CHECK_RUN(test_replay_holds_actions);
    CHECK_RUN(test_demonstrations);
    CHECK_RUN(test_tensors);
    CHECK_RUN(test_too_large_is_refused);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
