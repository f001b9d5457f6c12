// SPDX-License-Identifier: MIT
// Setups: an environment, an algorithm and all their options, from presets, text or a checkpoint.
#include "rl/run.h"

#include "core/arena.h"

#include <string.h>

#define BH_CONFIG_STRUCT bh_run_config
static const bh_field fields[] = {
    BH_SEED(seed, BH_DEFAULT("0"), BH_RANGE(0, BH_SEED_MAX), BH_RESET,
            "Everything random in the run follows from it"),
    BH_INT(total_timesteps, BH_DEFAULT("50000"), BH_RANGE(1, 2000000000), BH_LIVE,
           "Environment steps of the whole run"),
    BH_INT(n_envs, BH_DEFAULT("1"), BH_RANGE(1, 1024), BH_RESET, "Environments stepped together"),
    BH_INT(eval_freq, BH_DEFAULT("1000"), BH_RANGE(0, 2000000000), BH_LIVE,
           "Environment steps between two evaluations; 0 for none"),
    BH_INT(n_eval_episodes, BH_DEFAULT("20"), BH_RANGE(1, 10000), BH_RESET,
           "Greedy episodes per evaluation"),
    BH_INT(final_eval_episodes, BH_DEFAULT("100"), BH_RANGE(1, 100000), BH_LIVE,
           "Greedy episodes that score the finished run, on seeds of their own"),
    BH_INT(log_freq, BH_DEFAULT("100"), BH_RANGE(1, 2000000000), BH_LIVE,
           "Environment steps between two training records"),
    BH_BOOL(exploring_starts, BH_DEFAULT("false"), BH_RESET,
            "Training episodes start in any state, each as likely; evaluations never do"),
    BH_INT(max_episode_steps, BH_DEFAULT("0"), BH_RANGE(-1, 2000000000), BH_RESET,
           "Time limit of episodes, in steps; 0 for the environment's own, -1 for none"),
    BH_BOOL(stop_at_threshold, BH_DEFAULT("false"), BH_LIVE,
            "Stops at the first evaluation at or above the environment's threshold"),
    BH_BOOL(normalize_observation, BH_DEFAULT("false"),
            BH_NOT_TEXT | BH_NOT_DISCRETE | BH_NOT_PLANNED,
            "Network inputs are observations less their mean, over their deviation; both running"),
    BH_BOOL(normalize_reward, BH_DEFAULT("false"), BH_NOT_PLANNED,
            "Learns from rewards over the running deviation of the discounted return"),
    BH_REAL(scale_reward, BH_DEFAULT("1"), BH_RANGE(1e-9, 1e9), BH_NOT_PLANNED,
            "Factor of the rewards learned from"),
    BH_REAL(clip_reward, BH_DEFAULT("0"), BH_RANGE(0, 1e9), BH_NOT_PLANNED,
            "Largest reward learned from, either way; 0 for none, or 10 where normalized"),
    BH_INT(frame_stack, BH_DEFAULT("1"), BH_RANGE(1, 64),
           BH_NOT_TEXT | BH_NOT_DISCRETE | BH_NOT_PLANNED,
           "Observations the agent sees as one: the last so many"),
    BH_INT(frame_skip, BH_DEFAULT("1"), BH_RANGE(1, 64), BH_NOT_TEXT | BH_NOT_PLANNED,
           "Environment steps an action is taken for; their rewards are summed"),
};
const bh_config_table bh_run_table = BH_CONFIG_TABLE("Run", bh_run_config, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_run, bh_run_table)

#define ENV_PREFIX "env."

static void layout(void *object, bhi_arena *arena)
{
    bh_setup *setup = object;
    const bh_config_table *env = setup->env->config;
    setup->agent_config = bhi_arena_array(arena, 1, setup->agent->config->bytes);
    setup->env_config = env != NULL ? bhi_arena_array(arena, 1, env->bytes) : NULL;
}

// Whether a name is one of the environment's, by its prefix; then skips the prefix.
static int skip_env_prefix(const char **name)
{
    size_t prefix = strlen(ENV_PREFIX);
    if (strncmp(*name, ENV_PREFIX, prefix) != 0) return 0;
    *name += prefix;
    return 1;
}

// The run's table or the algorithm's: where the option is, else where it is most likely meant to
// be.
static int is_for_run(const bh_setup *setup, const char *name)
{
    if (bh_config_find(&bh_run_table, name) != NULL) return 1;
    if (bh_config_find(&setup->options, name) != NULL) return 0;
    int run_slips, agent_slips;
    bh_config_nearest(&bh_run_table, name, &run_slips);
    bh_config_nearest(&setup->options, name, &agent_slips);
    return run_slips < agent_slips;
}

bh_status bh_setup_set(bh_setup *setup, const char *name, const char *value, bh_error *err)
{
    const bh_config_table *env = setup->env->config, *agent = &setup->options;
    if (skip_env_prefix(&name)) {
        if (env != NULL) return bh_config_set(env, setup->env_config, name, value, err);
        return bh_fail(err, BH_ERR_CONFIG, "%s has no options, so none is named '%.60s'",
                       setup->env->id, name);
    }
    if (is_for_run(setup, name)) return bh_config_set(&bh_run_table, &setup->run, name, value, err);
    if (env != NULL && bh_config_find(env, name) != NULL && bh_config_find(agent, name) == NULL) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "%s has no option '%s'; did you mean '" ENV_PREFIX "%s'?", agent->name, name,
                       name);
    }
    return bh_config_set(agent, setup->agent_config, name, value, err);
}

// The algorithm's rows of that label, then the environment's; *n counts them.
static bh_status apply_presets(bh_setup *setup, const char *label, int *n, bh_error *err)
{
    const bh_preset *rows[] = {setup->agent->presets, setup->env->presets};
    const int n_rows[] = {setup->agent->n_presets, setup->env->n_presets};
    for (int table = 0; table < 2; table++) {
        for (int i = 0; i < n_rows[table]; i++) {
            const char *settings = rows[table][i].settings;
            bh_setting setting;
            if (!bh_preset_is_for(&rows[table][i], label)) continue;
            for (; bh_preset_next(&settings, &setting); ++*n) {
                bh_status status = bh_setup_set(setup, setting.name, setting.value, err);
                if (status != BH_OK) return status;
            }
        }
    }
    return BH_OK;
}

// The names of the algorithm's presets, separated by commas.
static void list_presets(const bh_agent_class *agent, bh_text *out)
{
    const char *last = "";
    size_t prefix = strlen(agent->name) + 1;
    for (int i = 0; i < agent->n_presets; i++) {
        const char *label = agent->presets[i].algos;
        if (strcmp(label, last) == 0 || label[prefix - 1] == '\0') continue;
        bh_text_add(out, last[0] == '\0' ? "%s" : ", %s", label + prefix);
        last = label;
    }
}

bh_status bh_setup_preset(bh_setup *setup, const char *name, bh_error *err)
{
    char label[64], names[120];
    bh_text text = bh_text_over(label, sizeof label);
    bh_text_add(&text, "%s/%s", setup->agent->name, name);
    int n = 0;
    bh_status status = apply_presets(setup, label, &n, err);
    if (status != BH_OK || n > 0) return status;
    text = bh_text_over(names, sizeof names);
    list_presets(setup->agent, &text);
    if (names[0] == '\0') {
        return bh_fail(err, BH_ERR_UNKNOWN, "%s has no presets, so none is named '%.40s'",
                       setup->agent->name, name);
    }
    return bh_fail(err, BH_ERR_UNKNOWN, "unknown preset '%.40s' of %s; known: %s", name,
                   setup->agent->name, names);
}

bh_status bh_setup_create(bh_setup **out, const bh_registry *registry, const char *env_id,
                          const char *algo, bh_error *err)
{
    *out = NULL;
    const bh_env_def *env;
    const bh_agent_class *agent;
    bh_status status = bh_registry_find(registry, env_id, &env, err);
    if (status != BH_OK) return status;
    char first[64];
    if (algo == NULL) {
        bh_text text = bh_text_over(first, sizeof first);
        const char *algos = env->n_presets > 0 ? env->presets[0].algos : registry->agents[0]->name;
        bh_text_add(&text, "%.*s", (int)strcspn(algos, "|"), algos);
        algo = first;
    }
    status = bh_agent_find(registry, algo, &agent, err);
    if (status != BH_OK) return status;

    bh_setup shape = {.env = env, .agent = agent, .options = *agent->config};
    shape.options.hides = registry->hides;
    bh_setup *setup = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
    if (setup == NULL) return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", env_id);
    bh_config_defaults(&bh_run_table, &setup->run);
    bh_config_defaults(agent->config, setup->agent_config);
    if (env->config != NULL) bh_config_defaults(env->config, setup->env_config);
    int n = 0;
    status = apply_presets(setup, agent->name, &n, err);
    if (status != BH_OK) {
        bh_setup_destroy(setup);
        return status;
    }
    *out = setup;
    return BH_OK;
}

void bh_setup_destroy(bh_setup *setup)
{
    if (setup != NULL) bh_free(setup, setup->bytes);
}

static void describe_table(const bh_config_table *table, const void *config, const char *prefix,
                           const char *separator, bh_text *out)
{
    char buffer[BH_TEXT_MAX];
    for (int i = 0; table != NULL && i < table->n_fields; i++) {
        if (!bh_config_shows(table, &table->fields[i])) continue;
        bh_text value = bh_text_over(buffer, sizeof buffer);
        bh_config_get(table, config, &table->fields[i], &value);
        bh_text_add(out, "%s\"%s%s\":", i == 0 ? separator : ",", prefix, table->fields[i].name);
        bh_text_add_json(out, buffer);
    }
}

void bh_setup_describe(const bh_setup *setup, bh_text *out)
{
    bh_text_add(out, "{");
    describe_table(&bh_run_table, &setup->run, "", "", out);
    describe_table(&setup->options, setup->agent_config, "", ",", out);
    describe_table(setup->env->config, setup->env_config, ENV_PREFIX, ",", out);
    bh_text_add(out, "}");
}

static bh_status read_table(const bh_config_table *table, void *config, const char *prefix,
                            const void *bytes, size_t size, bh_error *err)
{
    for (int i = 0; table != NULL && i < table->n_fields; i++) {
        if (!bh_config_shows(table, &table->fields[i])) continue;
        char key[BH_TENSOR_NAME_MAX], value[BH_TEXT_MAX];
        bh_text name = bh_text_over(key, sizeof key);
        bh_text_add(&name, "config.%s%s", prefix, table->fields[i].name);
        // An option that is younger than the checkpoint keeps its default.
        int found = bh_checkpoint_entry_get(bytes, size, key, value, sizeof value);
        if (found == 0) continue;
        if (found < 0)
            return bh_fail(err, BH_ERR_CONFIG, "%s: %s is longer than %d bytes", table->name, key,
                           BH_TEXT_MAX - 1);
        bh_status status = bh_config_set(table, config, table->fields[i].name, value, err);
        if (status != BH_OK) return status;
    }
    return BH_OK;
}

bh_status bh_setup_from_checkpoint(bh_setup **out, const bh_registry *registry, const void *bytes,
                                   size_t size, bh_error *err)
{
    *out = NULL;
    bh_status status = bh_checkpoint_check(bytes, size, err);
    if (status != BH_OK) return status;
    char env_id[64], algo[64];
    if (bh_checkpoint_entry_get(bytes, size, "env", env_id, sizeof env_id) != 1 ||
        bh_checkpoint_entry_get(bytes, size, "algo", algo, sizeof algo) != 1) {
        return bh_fail(err, BH_ERR_FORMAT,
                       "the checkpoint does not say its environment and algorithm");
    }
    bh_setup *setup;
    status = bh_setup_create(&setup, registry, env_id, algo, err);
    if (status != BH_OK) return status;
    status = read_table(&bh_run_table, &setup->run, "", bytes, size, err);
    if (status == BH_OK)
        status = read_table(&setup->options, setup->agent_config, "", bytes, size, err);
    if (status == BH_OK)
        status = read_table(setup->env->config, setup->env_config, ENV_PREFIX, bytes, size, err);
    if (status != BH_OK) {
        bh_setup_destroy(setup);
        return status;
    }
    *out = setup;
    return BH_OK;
}
