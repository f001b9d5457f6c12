// SPDX-License-Identifier: MIT
// Memory: nothing is allocated after create, everything comes back, and running out of memory at
// any allocation of any create leaves nothing behind.
#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/agent.h"
#include "rl/clone.h"
#include "rl/dqn.h"
#include "rl/ppo.h"
#include "rl/pqn.h"

#include "check.h"
#include "failing_alloc.h"
#include "make_run.h"

#include <stdlib.h>

// Environment, algorithm.
static const char *const pairs[][2] = {
    {"CartPole-v1", "dqn"},
    {"GridWorld-v0", "dqn"},
    {"GridWorld-v0", "q-learning"},
    {"GridWorld-v0", "value-iteration"},
    {"FrozenLake-v1", "q-learning"},
    {"TextGen-v0", "dqn"},
    {"GridWorld-v0", "sarsa"},
    {"GridWorld-v0", "double-q-learning"},
    {"GridWorld-v0", "policy-iteration"},
    {"CartPole-v1", "ppo"},
    {"GridWorld-v0", "reinforce"},
    {"CartPole-v1", "clone"},
    {"CartPole-v1", "pqn"},
    {"Pendulum-v1", "ppo"},
};
enum { N_PAIRS = sizeof pairs / sizeof *pairs };

// Small where size is not the point; it starts to learn early.
static bh_setup *make_pair(int i, const char *const *options)
{
    bh_setup *s = make_setup(&bh_all_envs, pairs[i][0], pairs[i][1], options);
    if (s->agent->gives_log_probs) {
        if (s->agent != &bh_clone_class)
            CHECK_STATUS(bh_setup_set(s, "n_steps", "64", NULL), BH_OK);
        CHECK_STATUS(bh_setup_set(s, "net_arch", "16", NULL), BH_OK);
    }
    if (s->agent == &bh_pqn_class) {
        CHECK_STATUS(bh_setup_set(s, "n_steps", "64", NULL), BH_OK);
        CHECK_STATUS(bh_setup_set(s, "batch_size", "32", NULL), BH_OK);
        CHECK_STATUS(bh_setup_set(s, "net_arch", "16", NULL), BH_OK);
    }
    if (s->agent == &bh_ppo_both_class)
        CHECK_STATUS(bh_setup_set(s, "batch_size", "32", NULL), BH_OK);
    if (s->agent == &bh_dqn_class) {
        CHECK_STATUS(bh_setup_set(s, "buffer_size", "500", NULL), BH_OK);
        CHECK_STATUS(bh_setup_set(s, "batch_size", "8", NULL), BH_OK);
        CHECK_STATUS(bh_setup_set(s, "net_arch", "16", NULL), BH_OK);
        CHECK_STATUS(bh_setup_set(s, "learning_starts", "50", NULL), BH_OK);
    }
    return s;
}

static void test_nothing_after_create(void)
{
    for (int i = 0; i < N_PAIRS; i++) {
        failing_alloc_begin(0);
        bh_run *run = start_run(
            make_pair(i, OPTIONS("eval_freq", "250", "n_eval_episodes", "3", "n_envs", "2")));
        int requests = failing.requests;
        size_t live = bh_live_bytes();
        CHECK(live > 0 && requests > 0);
        for (int k = 0; k < 1000; k++) {
            bh_run_steps(run, 2);
            CHECK(bh_live_bytes() == live);
        }
        bh_score score;
        char hex[65];
        double rows[10][BH_RECORD_WIDTH], q[64] = {0};
        float *obs = calloc((size_t)bh_run_observation_space(run)->n, sizeof *obs);
        bh_run_evaluate(run, BH_BEST, 4, 1, &score);
        bh_run_fingerprint(run, BH_CURRENT, hex);
        bh_run_drain(run, rows[0], 10);
        CHECK(bh_run_n_actions(run) <= 64);
        bh_run_q_values(run, q, obs, 1);
        free(obs);
        size_t size = bh_run_save(run, BH_CURRENT, NULL, 0);
        void *bytes = malloc(size);
        bh_run_save(run, BH_CURRENT, bytes, size);
        CHECK_STATUS(bh_run_load(run, bytes, size, NULL), BH_OK);
        free(bytes);
        CHECK(bh_live_bytes() == live && failing.requests == requests);
        bh_run_destroy(run);
        CHECK(bh_live_bytes() == 0 && failing.blocks == 0);
        failing_alloc_end();
    }
}

// ---- the n-th allocation fails ----

// One way of creating something; returns its status and puts it into *out, from where `destroy`
// takes it.
typedef struct creation {
    const char *name;
    bh_status (*create)(void **out, bh_error *err);
    void (*destroy)(void *);
    int least; // allocations it makes at least
} creation;

static const bh_setup *setup; // for run
static unsigned char *file;   // for from_checkpoint
static size_t file_bytes;

static bh_status create_env(void **out, bh_error *err)
{
    return bh_env_create((bh_env **)out, setup->env, setup->env_config, err);
}

static void destroy_env(void *env)
{
    bh_env_destroy(env);
}

static bh_status create_setup(void **out, bh_error *err)
{
    return bh_setup_create((bh_setup **)out, &bh_all_envs, setup->env->id, setup->agent->name, err);
}

static bh_status create_from_checkpoint(void **out, bh_error *err)
{
    return bh_setup_from_checkpoint((bh_setup **)out, &bh_all_envs, file, file_bytes, err);
}

static void destroy_setup(void *s)
{
    bh_setup_destroy(s);
}

static bh_status create_run(void **out, bh_error *err)
{
    return bh_run_create((bh_run **)out, setup, err);
}

static void destroy_run(void *run)
{
    bh_run_destroy(run);
}

static bh_status create_dqn(void **out, bh_error *err)
{
    bh_dqn_config config;
    bh_config_defaults(&bh_dqn_table, &config);
    bhi_agent_spec spec = {{BH_SPACE_BOX, 4, NULL, NULL}, 2, 1, 100, bh_rng_seed(1), NULL};
    return bhi_agent_create((bhi_agent **)out, &bh_dqn_class, &config, &spec, err);
}

static void destroy_dqn(void *dqn)
{
    bhi_agent_destroy(dqn);
}

static void fail_each(const creation *c)
{
    size_t live = bh_live_bytes(); // what the test itself holds
    for (int n = 1;; n++) {
        void *object = &object;
        bh_error err = {0};
        // Blocks the test holds came from the usual hook and are freed under it.
        failing_alloc_begin(n);
        bh_status status = c->create(&object, &err);
        if (status == BH_OK) {
            CHECK(failing.requests < n && n > c->least);
            c->destroy(object);
            CHECK(failing.blocks == 0 && bh_live_bytes() == live);
            failing_alloc_end();
            return;
        }
        if (!CHECK_STATUS(status, BH_ERR_MEMORY))
            printf("    %s, allocation %d: %s\n", c->name, n, err.message);
        CHECK(object == NULL);
        CHECK(strstr(err.message, "out of memory") != NULL);
        CHECK(failing.blocks == 0 && bh_live_bytes() == live);
        c->destroy(object); // NULL is fine
        failing_alloc_end();
        if (!CHECK(n < 1000)) return;
    }
}

static void test_every_failing_allocation(void)
{
    static const creation creations[] = {
        {"env", create_env, destroy_env, 1},
        {"setup", create_setup, destroy_setup, 1},
        {"from_checkpoint", create_from_checkpoint, destroy_setup, 1},
        {"run", create_run, destroy_run, 6},
        {"dqn", create_dqn, destroy_dqn, 1},
    };
    for (int i = 0; i < N_PAIRS; i++) {
        bh_setup *own = make_pair(i, OPTIONS("n_envs", "3", "n_eval_episodes", "4"));
        setup = own;
        bh_run *run;
        CHECK_STATUS(bh_run_create(&run, own, NULL), BH_OK);
        file_bytes = bh_run_save(run, BH_CURRENT, NULL, 0);
        file = malloc(file_bytes);
        bh_run_save(run, BH_CURRENT, file, file_bytes);
        bh_run_destroy(run);
        for (size_t k = 0; k < sizeof creations / sizeof *creations; k++) fail_each(&creations[k]);
        free(file);
        bh_setup_destroy(own);
        CHECK(bh_live_bytes() == 0);
    }
}

// After a failure the same call succeeds once there is memory again.
static void test_it_works_afterwards(void)
{
    bh_setup *own = make_setup(&bh_all_envs, "CartPole-v1", "dqn", OPTIONS("eval_freq", "0"));
    bh_run *run;
    failing_alloc_begin(4);
    CHECK_STATUS(bh_run_create(&run, own, NULL), BH_ERR_MEMORY);
    failing_alloc_end();
    CHECK_STATUS(bh_run_create(&run, own, NULL), BH_OK);
    bh_run_steps(run, 10);
    bh_run_destroy(run);
    bh_setup_destroy(own);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_nothing_after_create);
    CHECK_RUN(test_every_failing_allocation);
    CHECK_RUN(test_it_works_afterwards);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
