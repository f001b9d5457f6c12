// SPDX-License-Identifier: MIT
// Setups: presets, options by name, descriptions; and finding algorithms and environments by name.
#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/agent_list.h"
#include "rl/dqn.h"
#include "rl/head.h"
#include "rl/planning.h"
#include "rl/tabular.h"

#include "check.h"
#include "corridor.h"
#include "json_valid.h"
#include "make_run.h"

static char text_1[8192], text_2[8192];

static const char *describe(const bh_setup *setup, char *buffer)
{
    bh_text text = bh_text_over(buffer, sizeof text_1);
    bh_setup_describe(setup, &text);
    CHECK(bh_text_fits(&text));
    return buffer;
}

// ---- names ----

static void test_agents(void)
{
    const bh_agent_class *found = NULL;
    bh_error err = {0};
    for (int i = 0; bh_all_agents[i] != NULL; i++) {
        CHECK_STATUS(bh_agent_find(&bh_all_envs, bh_all_agents[i]->name, &found, &err), BH_OK);
        CHECK(found == bh_all_agents[i]);
        CHECK(strlen(found->summary) > 10);
    }
    CHECK_STATUS(bh_agent_find(&bh_all_envs, "value-iteration", &found, NULL), BH_OK);
    CHECK(found == &bh_value_iteration_class && found->needs_mdp);
    CHECK_STATUS(bh_agent_find(&bh_envs, "pqn", &found, &err), BH_ERR_UNKNOWN); // it is not linked
    CHECK(found == NULL && strstr(err.message, "clone") != NULL);
    CHECK_STATUS(bh_agent_find(&bh_all_envs, "dqm", &found, &err), BH_ERR_UNKNOWN);
    CHECK(found == NULL);
    CHECK_STRING(err.message,
                 "unknown algorithm 'dqm'; known: dqn, q-learning, sarsa, expected-sarsa, "
                 "double-q-learning, value-iteration, policy-iteration, policy-evaluation, ppo, "
                 "reinforce, clone, pqn, ddpg, td3, sac");
}

static void test_registry(void)
{
    const bh_env_def *found = NULL;
    bh_error err = {0};
    for (int i = 0; i < bh_envs.n; i++) {
        CHECK_STATUS(bh_registry_find(&bh_envs, bh_envs.defs[i]->id, &found, &err), BH_OK);
        CHECK(found == bh_envs.defs[i]);
    }
    CHECK_STATUS(bh_registry_find(&bh_envs, "CartPole-v9", &found, &err), BH_ERR_UNKNOWN);
    CHECK(found == NULL && strstr(err.message, "'CartPole-v9'") != NULL);
    for (int i = 0; i < bh_envs.n; i++) CHECK(strstr(err.message, bh_envs.defs[i]->id) != NULL);
    CHECK_STATUS(bh_registry_find(&corridors, "CartPole-v1", &found, NULL),
                 BH_ERR_UNKNOWN); // handed in, not global
}

static void test_greedy(void)
{
    CHECK(bh_greedy((double[]){1, 3, 2}, 3) == 1);
    CHECK(bh_greedy((double[]){3, 3, 3}, 3) == 0);
    CHECK(bh_greedy((double[]){-1}, 1) == 0);
    CHECK(bh_greedy((double[]){(double)NAN, -5, -6}, 3) == 1);
    CHECK(bh_greedy((double[]){1, (double)NAN, 2}, 3) == 2);
}

// ---- presets ----

// Every row applies, for every algorithm it names, and the struct ends up with exactly its value.
static void test_presets_apply(void)
{
    for (int i = 0; i < bh_all_envs.n; i++) {
        const bh_env_def *env = bh_all_envs.defs[i];
        static preset_setting rows[PRESET_SETTINGS_MAX];
        int n = list_presets(rows, env->presets, env->n_presets);
        CHECK(n > 0);
        for (int k = 0; k < n; k++) {
            const preset_setting *p = &rows[k];
            bh_setup *setup = make_setup(&bh_all_envs, env->id, p->algo, NULL);
            if (setup == NULL) continue;
            size_t length = strlen(setup->agent->name);
            CHECK(strncmp(setup->agent->name, p->algo, length) == 0 &&
                  (p->algo[length] == '\0' || p->algo[length] == '/'));
            describe(setup, text_1);
            bh_error err = {0};
            if (!CHECK_STATUS(bh_setup_set(setup, p->setting.name, p->setting.value, &err), BH_OK))
                printf("    %s\n", err.message);
            CHECK_STRING(describe(setup, text_2), text_1);
            bh_setup_destroy(setup);
        }
        bh_setup *setup =
            make_setup(&bh_all_envs, env->id, NULL, NULL); // the first row's algorithm
        CHECK_STRING(setup->agent->name, rows[0].algo);
        bh_run *run = start_run(setup);
        bh_run_steps(run, 100);
        bh_run_destroy(run);
    }
}

// A named preset: the algorithm's rows, then the environment's for it; a name there is not names
// those there are.
static void test_named_presets(void)
{
    bh_error err = {0};
    bh_setup *setup = make_setup(&bh_envs, "CartPole-v1", "dqn", NULL);
    const bh_dqn_config *dqn = setup->agent_config;
    CHECK(!dqn->noisy && !dqn->dueling && dqn->n_steps == 10);
    CHECK_STATUS(bh_setup_preset(setup, "rainbow", &err), BH_OK);
    CHECK(dqn->noisy && dqn->dueling && dqn->prioritized && dqn->double_q && dqn->n_steps == 3);
    CHECK(dqn->distribution == BHI_CATEGORICAL && dqn->v_min == 0 && dqn->v_max == 100);
    CHECK_STATUS(bh_setup_preset(setup, "rainbows", &err), BH_ERR_UNKNOWN);
    CHECK_STRING(err.message, "unknown preset 'rainbows' of dqn; known: rainbow");
    bh_setup_destroy(setup);
    setup = make_setup(&bh_envs, "CliffWalking-v1", "q-learning", NULL);
    CHECK_STATUS(bh_setup_preset(setup, "rainbow", &err), BH_ERR_UNKNOWN);
    CHECK_STRING(err.message, "q-learning has no presets, so none is named 'rainbow'");
    bh_setup_destroy(setup);
}

static void test_defaults_without_presets(void)
{
    bh_setup *setup = make_setup(&corridors, "Corridor-v0", NULL, NULL);
    const bh_dqn_config *dqn = setup->agent_config;
    CHECK(setup->env == &corridor_short && setup->agent == &bh_dqn_class);
    CHECK(setup->run.total_timesteps == 50000 && dqn->learning_rate.start == 1e-4 &&
          dqn->net.net_arch.n == 2);
    CHECK(((corridor_config *)setup->env_config)->free == 0);
    bh_setup_destroy(setup);
}

static void test_create_refused(void)
{
    bh_setup *setup = (bh_setup *)text_1;
    CHECK_STATUS(bh_setup_create(&setup, &bh_envs, "Nowhere-v0", "dqn", NULL), BH_ERR_UNKNOWN);
    CHECK(setup == NULL);
    setup = (bh_setup *)text_1;
    CHECK_STATUS(bh_setup_create(&setup, &bh_envs, "CartPole-v1", "sarsa-lambda", NULL),
                 BH_ERR_UNKNOWN);
    CHECK(setup == NULL);

    static const bh_preset bad[] = {{"dqn", "gamma=2"}};
    bh_env_def def = corridor_short;
    def.presets = bad;
    def.n_presets = 1;
    const bh_env_def *defs[] = {&def};
    bh_error err;
    setup = (bh_setup *)text_1;
    CHECK_STATUS(
        bh_setup_create(&setup, &(bh_registry){defs, 1, bh_agents}, "Corridor-v0", NULL, &err),
        BH_ERR_CONFIG);
    CHECK(setup == NULL && strstr(err.message, "gamma is 2") != NULL);
    bh_setup_destroy(NULL);
    CHECK(bh_live_bytes() == 0);
}

// ---- options ----

static void test_set_finds_the_table(void)
{
    bh_setup *setup = make_setup(&corridors, "Corridor-v0", "dqn",
                                 OPTIONS("seed", "5", "gamma", "0.5", "env.free", "true"));
    CHECK(setup->run.seed == 5);
    CHECK(((bh_dqn_config *)setup->agent_config)->gamma == 0.5);
    CHECK(((corridor_config *)setup->env_config)->free == 1);
    bh_setup_destroy(setup);
}

static void check_refused(bh_setup *setup, const char *name, const char *value, const char *part)
{
    bh_error err = {0};
    describe(setup, text_1);
    CHECK_STATUS(bh_setup_set(setup, name, value, &err), BH_ERR_CONFIG);
    CHECK_STRING(describe(setup, text_2), text_1);
    if (!CHECK(strstr(err.message, part) != NULL))
        printf("    '%s' not in: %s\n", part, err.message);
}

static void test_set_refused(void)
{
    bh_setup *setup = make_setup(&corridors, "Corridor-v0", "dqn", NULL);
    check_refused(setup, "seed", "-1", "seed is -1");
    check_refused(setup, "gamma", "NaN", "gamma is NaN");
    check_refused(setup, "env.free", "7", "free is '7'");
    check_refused(setup, "env.fre", "true", "did you mean 'free'");
    check_refused(setup, "free", "true", "did you mean 'env.free'"); // without its prefix
    check_refused(setup, "gama", "0.9", "did you mean 'gamma'");
    check_refused(setup, "total_timestep", "9", "did you mean 'total_timesteps'");
    check_refused(setup, "sead", "9", "did you mean 'seed'");
    check_refused(setup, "", "9", "no option ''");
    bh_setup_destroy(setup);

    setup = make_setup(&bh_envs, "TextGen-v0", "dqn", NULL); // an environment without options
    CHECK(setup->env_config == NULL);
    check_refused(setup, "env.map", "S.G", "TextGen-v0 has no options, so none is named 'map'");
    bh_setup_destroy(setup);
}

// A registry without environments of text hides what is of use only there; with them, the same
// environment shows it.
static void test_hidden_options(void)
{
    static char text[1 << 16];
    bh_error err = {0};
    for (int shown = 0; shown < 2; shown++) {
        const bh_registry *registry = shown ? &bh_all_envs : &bh_envs;
        bh_setup *setup = make_setup(registry, "CartPole-v1", "dqn", NULL);
        bh_text out = bh_text_over(text, sizeof text);
        bh_setup_describe(setup, &out);
        CHECK((strstr(text, "\"prior_beta\"") != NULL) == shown);
        CHECK(strstr(text, "\"net_arch\"") != NULL && json_is_valid(text));
        CHECK_STATUS(bh_setup_set(setup, "d_model", "16", &err), shown ? BH_OK : BH_ERR_CONFIG);
        if (!shown) CHECK_STRING(err.message, "DQN has no option 'd_model'");
        CHECK_STATUS(bh_setup_set(setup, "features_extractor", "transformer", &err),
                     shown ? BH_OK : BH_ERR_CONFIG);
        if (!shown) CHECK(strstr(err.message, "one of flatten|minatar-cnn|nature-cnn") != NULL);
        out = bh_text_over(text, sizeof text);
        bh_config_describe(&setup->options, &out);
        CHECK((strstr(text, "|transformer") != NULL) == shown && json_is_valid(text));
        bh_setup_destroy(setup);
        bh_run *run = make_run(registry, "CartPole-v1", "ppo", NULL);
        CHECK_STATUS(bh_run_set(run, "kl_coef", "0.1", &err), shown ? BH_OK : BH_ERR_CONFIG);
        bh_run_destroy(run);
    }
}

static void test_describe(void)
{
    for (int i = 0; i < bh_envs.n; i++) {
        bh_setup *setup = make_setup(&bh_envs, bh_envs.defs[i]->id, NULL, NULL);
        CHECK(json_is_valid(describe(setup, text_1)));
        CHECK(strstr(text_1, "\"seed\":\"0\"") != NULL &&
              strstr(text_1, "\"total_timesteps\":") != NULL);
        bh_setup_destroy(setup);
    }
    bh_setup *setup = make_setup(&bh_envs, "GridWorld-v0", "dqn",
                                 OPTIONS("env.map", "S.\n.G", "net_arch", "8,4"));
    describe(setup, text_1);
    CHECK(json_is_valid(text_1));
    CHECK(strstr(text_1, "\"env.map\":\"S.\\n.G\"") != NULL &&
          strstr(text_1, "\"net_arch\":\"8,4\"") != NULL);
    bh_setup_destroy(setup);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_agents);
    CHECK_RUN(test_registry);
    CHECK_RUN(test_greedy);
    CHECK_RUN(test_presets_apply);
    CHECK_RUN(test_named_presets);
    CHECK_RUN(test_defaults_without_presets);
    CHECK_RUN(test_create_refused);
    CHECK_RUN(test_set_finds_the_table);
    CHECK_RUN(test_set_refused);
    CHECK_RUN(test_hidden_options);
    CHECK_RUN(test_describe);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
