// SPDX-License-Identifier: MIT
// What the policy-gradient agents share: initial networks, acting, log-probabilities, both
// networks' gradients and one step over both, figures, names of tensors.
#include "core/alloc.h"
#include "envs/registry.h"
#include "kernels/elementwise.h"
#include "rl/ppo.h"
#include "rl/reinforce.h"
#include "rl/tabular.h"

#include "policy_agents.h"

#include <stdlib.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static bhi_actor_critic *make(const char *const *options, bhi_agent_spec spec)
{
    bh_ppo_config config;
    pa_configure(&bh_ppo_table, &config, options);
    return pa_create(&bh_ppo_class, &config, spec);
}

static bhi_actor_critic *make_small(void)
{
    return make(
        OPTIONS("net_arch", "5,4", "n_steps", "4", "batch_size", "4", "ortho_init", "false"),
        pa_spec(PA_E, 1000));
}

static const float observations[4 * PA_S] = {0.5f, -1, 2, 0, 0.25f, 1, -3, 1, 0, 2, 2, -2};

// ---- networks ----

// Orthogonal by default: hidden layers of gain sqrt(2), logits nearly 0, biases 0.
static void test_initial_networks(void)
{
    bhi_actor_critic *ac = make(OPTIONS("batch_size", "64"), pa_spec(1, 1000));
    CHECK(ac->policy.n_params == 4 * 64 + 65 * 64 + 65 * 3 &&
          ac->value.n_params == 4 * 64 + 65 * 64 + 65);
    CHECK(ac->n_params == ac->policy.n_params + ac->value.n_params);
    const bhi_layer *layer = &ac->policy.layers[1];
    double squares = 0;
    for (int i = 0; i < 64; i++)
        squares +=
            (double)ac->params[layer->w_at + 64 * i] * (double)ac->params[layer->w_at + 64 * i];
    CHECK_NEAR(squares, 2, 1e-5);
    for (int o = 0; o < 64; o++) CHECK(ac->params[layer->b_at + o] == 0);
    double q[4 * PA_A];
    bh_ppo_class.functions->q_values(ac, ac->params, q, observations, 4);
    for (int i = 0; i < 4 * PA_A; i++) CHECK_NEAR(q[i], -log(3), 0.1);
    // The value's last layer has one output: its weights are a vector of length 1.
    layer = &ac->value.layers[2];
    squares = bhi_sum_of_squares(ac->params + ac->policy.n_params + layer->w_at, 64);
    CHECK_NEAR(squares, 1, 1e-5);
    bhi_agent_destroy(&ac->base);

    // PyTorch's otherwise: uniform, biases too, the policy's before the value's from one stream.
    ac = make(OPTIONS("batch_size", "64", "ortho_init", "false"), pa_spec(1, 1000));
    bhi_agent_spec spec = pa_spec(1, 1000);
    bh_rng rng = bh_rng_split(&spec.rng);
    bh_real *want = malloc((size_t)ac->n_params * sizeof *want);
    bhi_net_init(&ac->policy, want, &rng);
    bhi_net_init(&ac->value, want + ac->policy.n_params, &rng);
    CHECK(memcmp(want, ac->params, (size_t)ac->n_params * sizeof *want) == 0);
    free(want);
    bhi_agent_destroy(&ac->base);
}

// ---- acting ----

static void test_log_probs(void)
{
    bhi_actor_critic *ac = make_small();
    double q[4 * PA_A], one[PA_A];
    bh_ppo_class.functions->q_values(ac, ac->params, q, observations, 4);
    for (int i = 0; i < 4; i++) {
        bh_real x[PA_S], logits[PA_A];
        pa_inputs(x, observations + i * PA_S);
        pa_logits(ac, ac->params, logits, x, 1);
        for (int a = 0; a < PA_A; a++) {
            double entropy;
            CHECK_NEAR(q[i * PA_A + a], pa_log_prob(logits, a, &entropy), 1e-6);
        }
    }
    // More observations than rows: the same numbers, batch after batch.
    enum { MANY = 11 };
    float many[MANY * PA_S];
    double all[MANY * PA_A];
    CHECK(ac->rows == 4);
    for (int i = 0; i < MANY; i++)
        memcpy(many + i * PA_S, observations + i % 4 * PA_S, PA_S * sizeof *many);
    bh_ppo_class.functions->q_values(ac, ac->params, all, many, MANY);
    for (int i = 0; i < MANY; i++)
        CHECK(memcmp(all + i * PA_A, q + i % 4 * PA_A, PA_A * sizeof *q) == 0);
    // Under other parameters, which stay the caller's.
    bh_real *zeros = calloc((size_t)ac->n_params, sizeof *zeros);
    bh_ppo_class.functions->q_values(ac, zeros, one, observations, 1);
    for (int a = 0; a < PA_A; a++) CHECK_NEAR(one[a], -log(3), 1e-6);
    free(zeros);
    bhi_agent_destroy(&ac->base);
}

// Actions come as often as the policy says: 20,000 draws, four standard deviations.
static void test_acts_by_the_policy(void)
{
    enum { N = 10000 };
    bhi_actor_critic *ac = make_small();
    double q[PA_E * PA_A], count[PA_E * PA_A] = {0};
    bh_ppo_class.functions->q_values(ac, ac->params, q, observations, PA_E);
    int greedy[PA_E] = {bh_greedy(q, PA_A), bh_greedy(q + PA_A, PA_A)};
    for (int i = 0; i < N; i++) {
        int actions[PA_E];
        unsigned char explored[PA_E];
        bh_ppo_class.functions->act(ac, actions, explored, observations, PA_E);
        for (int e = 0; e < PA_E; e++) {
            CHECK(actions[e] >= 0 && actions[e] < PA_A && explored[e] == (actions[e] != greedy[e]));
            count[e * PA_A + actions[e]]++;
        }
    }
    for (int i = 0; i < PA_E * PA_A; i++) {
        double p = exp(q[i]);
        CHECK_NEAR(count[i] / N, p, 4 * sqrt(p * (1 - p) / N));
    }
    bhi_agent_destroy(&ac->base);
}

static void test_values(void)
{
    bhi_actor_critic *ac = make_small();
    bh_real x[4 * PA_S], v[4], want[4];
    for (int i = 0; i < 4; i++) pa_inputs(x + i * PA_S, observations + i * PA_S);
    pa_values(ac, ac->params, want, x, 4);
    bhi_actor_critic_values_of(ac, v, x, 4);
    CHECK(memcmp(v, want, sizeof v) == 0);
    ac->rows = 3; // in two batches
    bhi_actor_critic_values_of(ac, v, x, 4);
    CHECK(memcmp(v, want, sizeof v) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(bhi_actor_critic_value_of(ac, observations + i * PA_S) == (double)want[i]);
    bhi_agent_destroy(&ac->base);
}

// ---- learning ----

// d/dparams of a sum of logits and values, each with its own weight, by finite differences; then
// one step of plain gradient descent, scaled down by the norm over both networks.
static void test_backward_and_step(void)
{
    enum { B = 3 };
    bhi_actor_critic *ac =
        make(OPTIONS("net_arch", "5,4", "n_steps", "4", "batch_size", "4", "ortho_init", "false",
                     "optimizer", "sgd", "learning_rate", "0.5", "max_grad_norm", "0.1"),
             pa_spec(PA_E, 1000));
    int P = ac->n_params, in_double = sizeof(bh_real) == sizeof(double);
    bh_real x[B * PA_S], dlogits[B * PA_A], dvalues[B];
    static bh_real params[400], before[400];
    for (int i = 0; i < B; i++) pa_inputs(x + i * PA_S, observations + i * PA_S);
    bh_rng rng = bh_rng_seed(8);
    for (int i = 0; i < B * PA_A; i++) dlogits[i] = (bh_real)bh_rng_normal(&rng);
    for (int i = 0; i < B; i++) dvalues[i] = (bh_real)bh_rng_normal(&rng);
    bhi_actor_critic_outputs(ac, x, B);
    bhi_actor_critic_values(ac, x, B);
    memcpy(bhi_actor_critic_doutputs(ac, B), dlogits, sizeof dlogits);
    memcpy(bhi_actor_critic_dvalues(ac, B), dvalues, sizeof dvalues);
    bhi_actor_critic_backward(ac, ac->gradient, x, B);
    memcpy(params, ac->params, (size_t)P * sizeof *params);
    double h = in_double ? 1e-5 : 1e-2, squares = 0;
    for (int p = 0; p < P; p++) {
        double sums[2];
        for (int side = 0; side < 2; side++) {
            bh_real logits[B * PA_A], v[B], held = params[p];
            params[p] += (bh_real)(side == 0 ? h : -h);
            pa_logits(ac, params, logits, x, B);
            pa_values(ac, params, v, x, B);
            params[p] = held;
            sums[side] = 0;
            for (int i = 0; i < B * PA_A; i++) sums[side] += (double)dlogits[i] * (double)logits[i];
            for (int i = 0; i < B; i++) sums[side] += (double)dvalues[i] * (double)v[i];
        }
        CHECK_NEAR((double)ac->gradient[p], (sums[0] - sums[1]) / (2 * h), pa_tolerance(3e-3));
        squares += (double)ac->gradient[p] * (double)ac->gradient[p];
    }
    memcpy(before, ac->params, (size_t)P * sizeof *before);
    bhi_actor_critic_step(ac);
    for (int p = 0; p < P; p++) {
        double want =
            (double)before[p] - 0.5 * 0.1 / (sqrt(squares) + 1e-6) * (double)ac->gradient[p];
        CHECK_NEAR((double)ac->params[p], want, 1e-6);
    }
    bhi_agent_metrics s = pa_stats(&bh_ppo_class, ac);
    CHECK_NEAR(s.grad_norm, sqrt(squares), 1e-5);
    CHECK(s.n_updates == 1 && ac->base.n_updates == 1);
    bhi_agent_destroy(&ac->base);
}

// Means since the last time; what did not happen is NAN.
static void test_metrics(void)
{
    bhi_actor_critic *ac = make_small();
    bhi_agent_log(&ac->base, BHI_METRIC_APPROX_KL, 1);
    bhi_agent_log(&ac->base, BHI_METRIC_APPROX_KL, 4);
    ((bh_ppo_config *)ac->base.config)->policy.vf_coef = 0.25;
    bhi_actor_critic_log_losses(ac, &(bh_policy_stats){.loss = 2, .policy_loss = 3, .entropy = 1},
                                1, 8, 7);
    bhi_agent_metrics s = pa_stats(&bh_ppo_class, ac);
    CHECK(s.loss == 4 && s.mean_q == 7 && s.grad_norm != s.grad_norm);
    CHECK(s.extra[0] == 3 && s.extra[1] == 8 && s.extra[2] == -1 && s.extra[3] != s.extra[3] &&
          s.extra[6] == 2.5);
    bhi_actor_critic_log_losses(ac, &(bh_policy_stats){.loss = 2, .policy_loss = 3, .entropy = 1},
                                0, 8, 7);
    s = pa_stats(&bh_ppo_class, ac);
    CHECK(s.loss == 2 && s.mean_q != s.mean_q && s.extra[1] != s.extra[1] &&
          s.extra[6] != s.extra[6]);
    // A diverged loss shows.
    bhi_actor_critic_log_losses(ac, &(bh_policy_stats){.loss = NAN}, 1, NAN, NAN);
    s = pa_stats(&bh_ppo_class, ac);
    CHECK(s.loss != s.loss);

    // Returns 1, 2, 3 at index: values off by a constant explain all, equal ones nothing, opposite
    // ones -3.
    const bh_real returns[] = {9, 1, 2, 3}, shifted[] = {0, 5, 6, 7}, equal[] = {4, 4, 4, 4},
                  opposite[] = {0, 3, 2, 1};
    const int index[] = {3, 1, 2};
    const bh_real *values[] = {shifted, equal, opposite};
    static const double want[] = {1, 0, -3};
    for (int i = 0; i < 3; i++) {
        bhi_actor_critic_log_explained_variance(ac, values[i], returns, index, 3);
        CHECK_NEAR(pa_stats(&bh_ppo_class, ac).extra[3], want[i], 1e-12);
    }
    bhi_actor_critic_log_explained_variance(ac, shifted, equal, index,
                                            3); // of nothing, nothing is explained
    s = pa_stats(&bh_ppo_class, ac);
    CHECK(s.extra[3] != s.extra[3]);
    bhi_agent_destroy(&ac->base);
}

// ---- tensors ----

static void check_names(const bhi_actor_critic *ac, const char *const *names, int n)
{
    static bh_tensor tensors[BH_TENSORS_MAX];
    CHECK(bh_ppo_class.functions->tensors(ac, ac->params, tensors) == 2 * n);
    size_t covered = 0;
    for (int i = 0; i < 2 * n; i++) {
        bh_text text = {0};
        char want[BH_TENSOR_NAME_MAX];
        text = bh_text_over(want, sizeof want);
        bh_text_add(&text, "%s.%s", names[i / 2], i % 2 == 0 ? "weight" : "bias");
        CHECK_STRING(tensors[i].name, want);
        size_t size = 1;
        for (int k = 0; k < BH_TENSOR_RANK_MAX; k++) size *= (size_t)tensors[i].extent[k];
        covered += size;
    }
    CHECK(covered == (size_t)ac->n_params);
}

static void test_tensors(void)
{
    bhi_actor_critic *ac = make_small();
    static const char *const names[] = {
        "mlp_extractor.policy_net.0", "mlp_extractor.policy_net.2", "action_net",
        "mlp_extractor.value_net.0",  "mlp_extractor.value_net.2",  "value_net"};
    check_names(ac, names, 6);
    size_t bytes;
    CHECK(bh_ppo_class.functions->params(ac, &bytes) == ac->params &&
          bytes == (size_t)ac->n_params * sizeof(bh_real));
    bhi_agent_destroy(&ac->base);

    bh_space image = {BH_SPACE_BOX, 5 * 5 * 2, NULL, NULL, 3, {5, 5, 2}};
    ac = make(OPTIONS("net_arch", "6", "n_steps", "4", "batch_size", "4", "features_extractor",
                      "minatar-cnn"),
              (bhi_agent_spec){image, PA_A, 1, 1000, bh_rng_seed(5), NULL});
    static const char *const with_images[] = {
        "pi_features_extractor.cnn.0", "pi_features_extractor.linear.0", "action_net",
        "vf_features_extractor.cnn.0", "vf_features_extractor.linear.0", "value_net"};
    check_names(ac, with_images, 6);
    bhi_agent_destroy(&ac->base);
}

static void test_classes(void)
{
    static const bh_agent_class *const classes[] = {&bh_ppo_class, &bh_reinforce_class};
    static const bh_agent_class *const both[] = {&bh_ppo_both_class, &bh_reinforce_both_class};
    for (int i = 0; i < 2; i++) {
        const bh_agent_class *found;
        CHECK_STATUS(bh_agent_find(&bh_all_envs, classes[i]->name, &found, NULL), BH_OK);
        CHECK(found == both[i] && found->metrics == classes[i]->metrics && found->gives_log_probs);
        CHECK(bh_agent_acts_in(found, BH_SPACE_BOX) && !bh_agent_acts_in(classes[i], BH_SPACE_BOX));
        CHECK(bh_config_find(found->config, "log_std_init") != NULL &&
              bh_config_find(classes[i]->config, "log_std_init") == NULL);
        CHECK_STATUS(bh_agent_find(&bh_envs, classes[i]->name, &found, NULL), BH_OK);
        CHECK(found == classes[i] && found->gives_log_probs && !found->needs_mdp);
        int n = 0;
        while (found->metrics[n] != NULL) n++;
        CHECK(n == (i == 0 ? 8 : 6) && n <= BH_METRICS_MAX);
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_initial_networks);
    CHECK_RUN(test_log_probs);
    CHECK_RUN(test_acts_by_the_policy);
    CHECK_RUN(test_values);
    CHECK_RUN(test_backward_and_step);
    CHECK_RUN(test_metrics);
    CHECK_RUN(test_tensors);
    CHECK_RUN(test_classes);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
