// SPDX-License-Identifier: MIT
// Agents over text: allowed actions, a language model as start, prior and reference, the KL
// penalty.
#include "core/alloc.h"
#include "envs/registry.h"
#include "lm/lm_net.h"
#include "lm/pretraining.h"
#include "rl/action_prior.h"

#include "check.h"
#include "make_run.h"

#include <stdlib.h>

static const char *const ids[] = {"TextGen-v1", "Translate-v0", "Dialogue-v0", "Summarize-v0",
                                  "CodeGen-v0"};
enum { N_IDS = sizeof ids / sizeof *ids, ACTIONS_MAX = 128 };

#define TINY \
    "d_model", "8", "n_heads", "2", "n_layers", "1", "eval_freq", "0", "total_timesteps", "400"
#define TINY_DQN TINY, "learning_starts", "40", "batch_size", "8", "buffer_size", "300"
#define TINY_PPO TINY, "n_envs", "4", "n_steps", "16", "batch_size", "16", "n_epochs", "2"

// ---- a language model of a task, hardly trained ----

static bh_pretraining *pretrain(const char *id, int d_model, int steps)
{
    const bh_env_def *def;
    bh_env *env;
    CHECK_STATUS(bh_registry_find(&bh_all_envs, id, &def, NULL), BH_OK);
    CHECK_STATUS(bh_env_create(&env, def, NULL, NULL), BH_OK);
    int T = bh_env_observation_space(env)->n;
    bh_env_destroy(env);
    uint16_t *rows = malloc((size_t)(100 * (T + 1)) * sizeof *rows);
    bh_text_task_rows(def->text, rows, 100, T, 3);
    bh_pretraining_config config;
    bh_config_defaults(&bh_pretraining_table, &config);
    config.model.d_model = d_model;
    config.model.n_heads = 2;
    config.model.n_layers = 1;
    config.batch_size = 8;
    bh_pretraining *training;
    CHECK_STATUS(bh_pretraining_create_rows(&training, &config, def->text->token,
                                            def->text->n_tokens, rows, 100, T + 1, NULL),
                 BH_OK);
    free(rows);
    bh_pretraining_steps(training, steps);
    return training;
}

static bh_language_weights weights_of(bh_pretraining *training)
{
    return bh_language_model_weights(bh_pretraining_model(training));
}

// ---- allowed actions ----

static void check_only_allowed(const char *id, bh_run *run, int steps)
{
    const bh_env_def *def = bh_run_setup(run)->env;
    for (int i = 0; i < steps; i++) {
        CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
        bh_last_step last;
        unsigned char allowed[ACTIONS_MAX];
        memset(allowed, 1, sizeof allowed);
        bh_run_last_step(run, &last);
        if (def->text->allowed != NULL) def->text->allowed(allowed, last.obs_tm1);
        if (!CHECK(allowed[last.action])) printf("    %s: action %d\n", id, last.action);
    }
    // Nor is one that is not ever the greedy one.
    bh_last_step last;
    double q[ACTIONS_MAX];
    unsigned char allowed[ACTIONS_MAX];
    memset(allowed, 1, sizeof allowed);
    bh_run_last_step(run, &last);
    if (def->text->allowed != NULL) def->text->allowed(allowed, last.obs_tm1);
    bh_run_q_values(run, q, last.obs_tm1, 1);
    for (int a = 0; a < bh_run_n_actions(run); a++) CHECK((q[a] < -1e29) == !allowed[a]);
}

static void test_agents_take_allowed_actions_only(void)
{
    for (int i = 0; i < N_IDS; i++) {
        bh_run *run = make_run(&bh_all_envs, ids[i], "dqn", OPTIONS(TINY_DQN));
        check_only_allowed(ids[i], run, 200);
        bh_run_destroy(run);
        run = make_run(&bh_all_envs, ids[i], "ppo",
                       OPTIONS(TINY, "n_envs", "1", "n_steps", "32", "batch_size", "16"));
        check_only_allowed(ids[i], run, 100);
        bh_run_destroy(run);
    }
    const char *const ways[] = {"boltzmann", "gaussian", "ucb"};
    for (int i = 0; i < 3; i++) {
        bh_run *run =
            make_run(&bh_all_envs, "CodeGen-v0", "dqn", OPTIONS(TINY_DQN, "exploration", ways[i]));
        check_only_allowed("CodeGen-v0", run, 100);
        bh_run_destroy(run);
    }
    bh_run *run =
        make_run(&bh_all_envs, "CodeGen-v0", "dqn/rainbow", OPTIONS(TINY_DQN, "n_atoms", "5"));
    check_only_allowed("CodeGen-v0", run, 100);
    bh_run_destroy(run);
}

// ---- what a run takes over ----

static void test_a_policy_starts_as_the_language_model(void)
{
    bh_pretraining *training = pretrain("TextGen-v1", 8, 30);
    bh_language_model *model = bh_pretraining_model(training);
    bh_language_weights lm = weights_of(training);
    bh_run *run = make_run(&bh_all_envs, "TextGen-v1", "ppo", OPTIONS(TINY_PPO));
    CHECK_STATUS(bh_run_language_model(run, &lm, NULL), BH_OK);
    const bh_text_task *task = bh_run_setup(run)->env->text;
    CHECK_STATUS(bh_run_steps(run, 12), BH_OK);
    bh_last_step last;
    double log_p[ACTIONS_MAX], prior[ACTIONS_MAX];
    uint16_t ids_so_far[64];
    bh_run_last_step(run, &last);
    int n = 0, A = bh_run_n_actions(run);
    while (n < bh_run_observation_space(run)->n && last.obs_tm1[n] != 0) {
        ids_so_far[n] = (uint16_t)last.obs_tm1[n];
        n++;
    }
    bh_language_model_read(model, ids_so_far, (size_t)n);
    const bh_real *logits = bh_language_model_logits(model);
    bh_run_q_values(run, log_p, last.obs_tm1, 1);
    CHECK(bh_run_log_prior(run, prior, last.obs_tm1, 1) == 1);
    double total = 0;
    for (int a = 0; a < A; a++) total += exp((double)logits[task->action_tokens[a]]);
    for (int a = 0; a < A; a++) {
        double want = (double)logits[task->action_tokens[a]] - log(total);
        CHECK_NEAR(log_p[a], want, 1e-4);
        CHECK(prior[a] == log_p[a]);
    }
    CHECK_STATUS(bh_run_steps(run, 300), BH_OK); // learns: the reference stays
    double after[ACTIONS_MAX], same[ACTIONS_MAX];
    bh_last_step now;
    bh_run_last_step(run, &now);
    bh_run_q_values(run, after, now.obs_tm1, 1);
    bh_run_log_prior(run, same, now.obs_tm1, 1);
    CHECK(memcmp(after, same, (size_t)A * sizeof *after) != 0);
    bh_run_destroy(run);
    bh_pretraining_destroy(training);
}

static void test_dqn_adds_the_prior_when_it_chooses(void)
{
    bh_pretraining *training = pretrain("Summarize-v0", 8, 30);
    bh_language_weights lm = weights_of(training);
    bh_run *run = make_run(&bh_all_envs, "Summarize-v0", "dqn",
                           OPTIONS(TINY_DQN, "prior", "true", "prior_beta", "0"));
    double q[ACTIONS_MAX], with[ACTIONS_MAX], prior[ACTIONS_MAX];
    bh_last_step last;
    CHECK(bh_run_log_prior(run, prior, NULL, 0) == 0); // none yet
    CHECK_STATUS(bh_run_language_model(run, &lm, NULL), BH_OK);
    CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
    bh_run_last_step(run, &last);
    bh_run_q_values(run, q, last.obs_tm1, 1);
    int A = bh_run_n_actions(run), n_values = 0;
    for (int a = 0; a < A; a++) CHECK(q[a] == 0 || q[a] < -1e29); // at first the prior decides
    CHECK_STATUS(bh_run_steps(run, 200), BH_OK);
    bh_run_last_step(run, &last);
    bh_run_q_values(run, q, last.obs_tm1, 1);
    for (int a = 0; a < A; a++) n_values += q[a] != 0 && q[a] > -1e29;
    CHECK(n_values > 1);
    CHECK(bh_run_log_prior(run, prior, last.obs_tm1, 1) == 1);
    CHECK_STATUS(bh_run_set(run, "prior_beta", "0.5", NULL), BH_OK);
    bh_run_q_values(run, with, last.obs_tm1, 1);
    double sum = 0;
    for (int a = 0; a < A; a++) {
        if (q[a] < -1e29) {
            CHECK(with[a] < -1e29 && prior[a] < -1e29);
            continue;
        }
        sum += exp(prior[a]);
        CHECK_NEAR(with[a], q[a] + 0.5 * prior[a], 1e-5);
    }
    CHECK_NEAR(sum, 1, 1e-5);
    bh_run_destroy(run);
    bh_pretraining_destroy(training);
}

static void test_a_checkpoint_has_the_prior(void)
{
    bh_pretraining *training = pretrain("TextGen-v1", 8, 30);
    bh_language_weights lm = weights_of(training);
    const char *const *options = OPTIONS(TINY_DQN, "prior", "true", "prior_beta", "0.5");
    bh_run *run = make_run(&bh_all_envs, "TextGen-v1", "dqn", options);
    bh_run *other = make_run(&bh_all_envs, "TextGen-v1", "dqn", options);
    CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
    check_round_trip(run, other); // there is none yet, and nothing is missed
    bh_last_step last;
    double prior[ACTIONS_MAX];
    bh_run_last_step(run, &last);
    CHECK(bh_run_log_prior(other, prior, last.obs_tm1, 1) == 0);
    CHECK_STATUS(bh_run_language_model(run, &lm, NULL), BH_OK);
    CHECK_STATUS(bh_run_steps(run, 100), BH_OK);
    check_round_trip(run, other);
    CHECK(bh_run_log_prior(other, prior, last.obs_tm1, 1) == 1);
    bh_run_destroy(other);
    bh_run_destroy(run);
    bh_pretraining_destroy(training);
}

// As many tensors as there can be.
static void test_checkpoints_of_the_largest_networks(void)
{
#define LARGEST                                                                                  \
    "d_model", "8", "n_heads", "2", "n_layers", "4", "net_arch", "4,4,4,4,4,4,4,4", "eval_freq", \
        "0", "total_timesteps", "400"
    const struct {
        const char *algo;
        const char *const *options;
    } runs[] = {{"ppo", OPTIONS(LARGEST, "n_envs", "1", "n_steps", "32", "batch_size", "16")},
                {"dqn", OPTIONS(LARGEST, "dueling", "true", "noisy", "true", "prior", "true")}};
    for (int i = 0; i < 2; i++) {
        bh_run *run = make_run(&bh_all_envs, "TextGen-v1", runs[i].algo, runs[i].options);
        bh_run *other = make_run(&bh_all_envs, "TextGen-v1", runs[i].algo, runs[i].options);
        CHECK_STATUS(bh_run_steps(run, 40), BH_OK);
        check_round_trip(run, other);
        bh_run_destroy(other);
        bh_run_destroy(run);
    }
}

static void test_random_actions_follow_the_model(void)
{
    bh_pretraining *training = pretrain("TextGen-v1", 8, 60);
    bh_language_weights lm = weights_of(training);
    const char *const ways[] = {"uniform", "language-model", "top-k"};
    double mean[3] = {0};
    for (int w = 0; w < 3; w++) {
        bh_run *run = make_run(&bh_all_envs, "TextGen-v1", "dqn",
                               OPTIONS(TINY_DQN, "learning_starts", "100000", "prior", "true",
                                       "random_actions", ways[w], "prior_top_k", "3",
                                       "exploration_final_eps", "1"));
        CHECK_STATUS(bh_run_language_model(run, &lm, NULL), BH_OK);
        for (int i = 0; i < 300; i++) {
            bh_last_step last;
            double prior[ACTIONS_MAX];
            CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
            bh_run_last_step(run, &last);
            bh_run_log_prior(run, prior, last.obs_tm1, 1);
            mean[w] += prior[last.action] / 300;
            int better = 0;
            for (int a = 0; a < bh_run_n_actions(run); a++) better += prior[a] > prior[last.action];
            if (w == 2) CHECK(better < 3);
        }
        bh_run_destroy(run);
    }
    CHECK(mean[0] < mean[1] && mean[1] < mean[2]);
    bh_pretraining_destroy(training);
}

static void test_language_models_that_do_not_fit(void)
{
    bh_error err;
    bh_pretraining *right = pretrain("TextGen-v1", 8, 0), *wide = pretrain("TextGen-v1", 16, 0);
    bh_pretraining *other = pretrain("CodeGen-v0", 8, 0);
    bh_language_weights lm = weights_of(right);
    char before[65], after[65];
    bh_run *run = make_run(&bh_all_envs, "TextGen-v1", "dqn", OPTIONS(TINY_DQN));
    bh_run_fingerprint(run, BH_CURRENT, before);
    lm = weights_of(wide);
    CHECK_STATUS(bh_run_language_model(run, &lm, &err), BH_ERR_SHAPE);
    CHECK(strstr(err.message, "d_model of the language model is 16, but here it is 8") != NULL);
    lm = weights_of(other);
    CHECK_STATUS(bh_run_language_model(run, &lm, &err), BH_ERR_SHAPE);
    bh_run_fingerprint(run, BH_CURRENT, after);
    CHECK_STRING(after, before);
    bh_run_destroy(run);
    lm = weights_of(right);
    run = make_run(&bh_all_envs, "TextGen-v1", "dqn",
                   OPTIONS(TINY_DQN, "features_extractor", "flatten"));
    CHECK_STATUS(bh_run_language_model(run, &lm, &err), BH_ERR_CONFIG);
    bh_run_destroy(run);
    run = make_run(&bh_all_envs, "GridWorld-v0", "q-learning", NULL);
    CHECK_STATUS(bh_run_language_model(run, &lm, &err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "q-learning") != NULL);
    bh_run_destroy(run);
    bh_setup *setup = make_setup(&bh_all_envs, "CartPole-v1", "dqn",
                                 OPTIONS("features_extractor", "transformer"));
    CHECK_STATUS(bh_run_create(&run, setup, &err), BH_ERR_CONFIG);
    CHECK(strstr(err.message, "needs observations that are text") != NULL);
    bh_setup_destroy(setup);
    bh_pretraining_destroy(right);
    bh_pretraining_destroy(wide);
    bh_pretraining_destroy(other);
}

// ---- the KL penalty ----

// KL to the reference after learning, from the run's records.
static double kl_after(const char *coef, const char *target, const char *algo)
{
    bh_pretraining *training = pretrain("TextGen-v1", 8, 60);
    bh_language_weights lm = weights_of(training);
    bh_run *run = strcmp(algo, "ppo") == 0
                      ? make_run(&bh_all_envs, "TextGen-v1", algo,
                                 OPTIONS(TINY_PPO, "learning_rate", "0.01", "kl_coef", coef,
                                         "kl_target", target, "log_freq", "64"))
                      : make_run(&bh_all_envs, "TextGen-v1", algo,
                                 OPTIONS(TINY, "learning_rate", "0.01", "kl_coef", coef,
                                         "kl_target", target, "log_freq", "64"));
    CHECK_STATUS(bh_run_language_model(run, &lm, NULL), BH_OK);
    CHECK_STATUS(bh_run_steps(run, 3000), BH_OK);
    double row[BH_RECORD_WIDTH], kl = 0;
    while (bh_run_drain(run, row, 1) == 1) {
        if (row[0] == BH_RECORD_TRAIN && row[12] == row[12]) kl = row[12];
    }
    bh_run_destroy(run);
    bh_pretraining_destroy(training);
    return kl;
}

static void test_kl_penalty_holds(void)
{
    for (int i = 0; i < 2; i++) {
        const char *algo = i == 0 ? "ppo" : "reinforce";
        double loose = kl_after("0.000001", "0", algo), tight = kl_after("3", "0", algo);
        printf("    %s: KL %.3f loose, %.3f tight\n", algo, loose, tight);
        CHECK(loose > 0.05 && tight < 0.6 * loose && tight > -0.05);
    }
    CHECK(kl_after("0", "0", "ppo") == 0); // not measured
}

// As a caller may give them: they count as token 0, and nothing outside the embedding is read.
static void test_numbers_that_are_no_tokens(void)
{
    bh_run *run = make_run(&bh_all_envs, "CodeGen-v0", "dqn", OPTIONS(TINY_DQN));
    float wild[BH_TOKENS_MAX] = {0}, plain[BH_TOKENS_MAX] = {0};
    const float numbers[] = {1, 1e9f, -7, 14, 2};
    double q[ACTIONS_MAX], want[ACTIONS_MAX];
    for (int i = 0; i < 5; i++) {
        wild[i] = numbers[i];
        plain[i] = i == 0 || i == 4 ? numbers[i] : 0;
    }
    bh_run_q_values(run, q, wild, 1);
    for (int a = 0; a < bh_run_n_actions(run); a++) CHECK(q[a] == q[a]);
    wild[1] = 255;
    bh_run_q_values(run, want, wild, 1);
    CHECK(memcmp(q, want, (size_t)bh_run_n_actions(run) * sizeof *q) == 0);
    plain[1] = -1; // not padding, and no token either
    plain[2] = plain[3] = -1;
    bh_run_q_values(run, want, plain, 1);
    CHECK(memcmp(q, want, (size_t)bh_run_n_actions(run) * sizeof *q) == 0);
    bh_run_destroy(run);
}

// The ends of an int among them: what is allowed is asked of a checkpoint's observations, too.
static void test_what_is_allowed_after_numbers_that_are_no_tokens(void)
{
    const float numbers[] = {-2147483648.0f, 2147483648.0f, 1e30f, -1e30f, NAN, INFINITY};
    for (int i = 0; i < N_IDS; i++) {
        bh_run *run = make_run(&bh_all_envs, ids[i], "dqn", OPTIONS(TINY_DQN));
        double want[ACTIONS_MAX], q[ACTIONS_MAX];
        float obs[BH_TOKENS_MAX] = {0};
        bh_run_q_values(run, want, obs, 1);
        for (int k = 0; k < (int)(sizeof numbers / sizeof *numbers); k++) {
            for (int t = 0; t < bh_run_observation_space(run)->n; t++) obs[t] = numbers[k];
            bh_run_q_values(run, q, obs, 1);
            for (int a = 0; a < bh_run_n_actions(run); a++)
                CHECK((q[a] < -1e29) == (want[a] < -1e29));
        }
        bh_run_destroy(run);
    }
}

static void test_live_weights_reach_the_environments(void)
{
    bh_run *run = make_run(&bh_all_envs, "TextGen-v1", "dqn", OPTIONS(TINY_DQN));
    CHECK_STATUS(bh_run_steps(run, 20), BH_OK);
    bh_score before, after;
    CHECK_STATUS(bh_run_evaluate(run, BH_CURRENT, 5, 1, &before), BH_OK);
    const char *const names[] = {"grammar", "topic", "length", "repetition", "sentiment"};
    for (int i = 0; i < 5; i++) {
        char name[64];
        snprintf(name, sizeof name, "env.%s_weight", names[i]);
        CHECK_STATUS(bh_run_set(run, name, "0", NULL), BH_OK);
    }
    CHECK_STATUS(bh_run_evaluate(run, BH_CURRENT, 5, 1, &after), BH_OK);
    CHECK(before.mean > 0 && after.mean == 0);
    CHECK_STATUS(bh_run_set(run, "env.grammar_weight", "11", NULL), BH_ERR_CONFIG);
    bh_run_destroy(run);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_agents_take_allowed_actions_only);
    CHECK_RUN(test_a_policy_starts_as_the_language_model);
    CHECK_RUN(test_dqn_adds_the_prior_when_it_chooses);
    CHECK_RUN(test_a_checkpoint_has_the_prior);
    CHECK_RUN(test_checkpoints_of_the_largest_networks);
    CHECK_RUN(test_random_actions_follow_the_model);
    CHECK_RUN(test_language_models_that_do_not_fit);
    CHECK_RUN(test_kl_penalty_holds);
    CHECK_RUN(test_numbers_that_are_no_tokens);
    CHECK_RUN(test_what_is_allowed_after_numbers_that_are_no_tokens);
    CHECK_RUN(test_live_weights_reach_the_environments);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
