// SPDX-License-Identifier: MIT
// A run's parameters: as tensors, in checkpoints, from a language model.
#include "rl/run_state.h"

#include "rl/language.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// ---- saving and loading ----

int bh_run_tensors(bh_run *run, bh_params_choice choice, bh_tensor out[BH_TENSORS_MAX])
{
    int n = run->setup->agent->functions->tensors(run->agent, bhi_run_params(run, choice), out);
    n += bhi_encoder_tensors(&run->agent->encoder, bhi_run_obs_rms(run, choice), out + n);
    assert(n <= BH_TENSORS_MAX);
    return n;
}

static bhi_action_prior *action_prior_of(bh_run *run)
{
    const bh_agent_class *agent = run->setup->agent;
    return agent->functions->action_prior != NULL ? agent->functions->action_prior(run->agent)
                                                  : NULL;
}

// The frozen language model beside the parameters; returns how many tensors.
static int prior_tensors(bh_run *run, bh_tensor *out)
{
    bhi_action_prior *prior = action_prior_of(run);
    return prior != NULL && prior->has_prior ? prior->task->language->tensors(prior, out) : 0;
}

void bh_run_fingerprint(bh_run *run, bh_params_choice choice, char hex[65])
{
    bh_tensor tensors[BH_TENSORS_MAX];
    bh_checkpoint_fingerprint(tensors, bh_run_tensors(run, choice, tensors), hex);
}

// Metadata entries and the text they point into: room for 64 long texts of an environment.
typedef struct metadata {
    bh_checkpoint_entry entries[192];
    int n;
    char text[80 * BH_TEXT_MAX];
    size_t used;
    int overflowed;
} metadata;

static void add_entry(metadata *m, const char *prefix, const char *name, const char *value)
{
    bh_text key = bh_text_over(m->text + m->used, sizeof m->text - m->used);
    bh_text_add(&key, "%s%s", prefix, name);
    size_t value_at = m->used + key.length + 1, end = value_at + strlen(value) + 1;
    m->overflowed |= m->n == (int)(sizeof m->entries / sizeof *m->entries) || end > sizeof m->text;
    if (m->overflowed) return;
    memcpy(m->text + value_at, value, end - value_at);
    m->entries[m->n++] = (bh_checkpoint_entry){m->text + m->used, m->text + value_at};
    m->used = end;
}

static void add_table(metadata *m, const char *prefix, const bh_config_table *table,
                      const void *config)
{
    char value[BH_TEXT_MAX];
    for (int i = 0; table != NULL && i < table->n_fields; i++) {
        if (!bh_config_shows(table, &table->fields[i])) continue;
        bh_text text = bh_text_over(value, sizeof value);
        bh_config_get(table, config, &table->fields[i], &text);
        add_entry(m, prefix, table->fields[i].name, value);
    }
}

static void add_number(metadata *m, const char *name, double value)
{
    char buffer[40];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    bh_text_add_real(&text, value);
    add_entry(m, "", name, buffer);
}

int bhi_run_saved_tensors(bh_run *run, bh_params_choice choice, bh_tensor out[BH_TENSORS_MAX])
{
    int n = bh_run_tensors(run, choice, out);
    const bhi_action_prior *prior = action_prior_of(run);
    return prior != NULL && prior->is_known ? n + prior_tensors(run, out + n) : n;
}

size_t bhi_run_write(const bh_run *run, const bh_tensor *tensors, int n, int n_entries, void *out,
                     size_t size)
{
    const bh_setup *setup = run->setup;
    metadata m = {.n = 0};
    add_entry(&m, "", "format", "bellhop-1");
    add_entry(&m, "", "env", setup->env->id);
    add_entry(&m, "", "algo", setup->agent->name);
    add_number(&m, "timesteps", run->timesteps);
    if (run->best_mean == run->best_mean) add_number(&m, "best_mean_reward", run->best_mean);
    add_table(&m, "config.", &bh_run_table, &setup->run);
    add_table(&m, "config.", &setup->options, setup->agent_config);
    add_table(&m, "config.env.", setup->env->config, setup->env_config);
    if (n_entries > 0) {
        add_number(&m, BHI_STATE_ENTRIES, n_entries);
        add_number(&m, "records", run->n_records);
    }
    return m.overflowed ? 0 : bh_checkpoint_write(out, size, tensors, n, m.entries, m.n);
}

size_t bh_run_save(bh_run *run, bh_params_choice choice, void *out, size_t size)
{
    bh_tensor tensors[BH_TENSORS_MAX];
    int n = bhi_run_saved_tensors(run, choice, tensors);
    return bhi_run_write(run, tensors, n, 0, out, size);
}

static bh_status check_same(const void *bytes, size_t size, const char *key, const char *own,
                            bh_error *err)
{
    char value[64];
    if (bh_checkpoint_entry_get(bytes, size, key, value, sizeof value) != 1) value[0] = '\0';
    if (strcmp(value, own) == 0) return BH_OK;
    return bh_fail(err, BH_ERR_SHAPE, "the checkpoint's %s is '%s', but here it is '%s'", key,
                   value, own);
}

bh_status bhi_checkpoint_is_of(const bh_setup *setup, const void *bytes, size_t size, bh_error *err)
{
    bh_status status = check_same(bytes, size, "env", setup->env->id, err);
    if (status == BH_OK) status = check_same(bytes, size, "algo", setup->agent->name, err);
    return status;
}

static bh_status read_parameters(bh_run *run, const void *bytes, size_t size,
                                 const bh_tensor *tensors, int n, bh_error *err)
{
    if (run->agent->encoder.obs_rms == NULL && bh_checkpoint_has(bytes, size, "obs_rms.mean")) {
        return bh_fail(
            err, BH_ERR_SHAPE,
            "the checkpoint's observations are normalised, but here normalize_observation "
            "is false; set it");
    }
    bhi_run_settle(run);
    bh_status status = bh_checkpoint_read(bytes, size, tensors, n, err);
    if (status != BH_OK) return status;
    const bh_agent_class *agent = run->setup->agent;
    if (agent->functions->params_changed != NULL) agent->functions->params_changed(run->agent);
    run->best_mean = NAN; // the old scores belonged to other parameters
    run->solved_at = -1;
    run->owed = BHI_OWED_LOADED;
    return BH_OK;
}

bh_status bh_run_load(bh_run *run, const void *bytes, size_t size, bh_error *err)
{
    bh_status status = bh_checkpoint_check(bytes, size, err);
    if (status == BH_OK) status = bhi_checkpoint_is_of(run->setup, bytes, size, err);
    if (status != BH_OK) return status;
    bh_tensor tensors[BH_TENSORS_MAX];
    int n = bh_run_tensors(run, BH_CURRENT, tensors), n_prior = prior_tensors(run, tensors + n);
    int has_prior = n_prior > 0 && bh_checkpoint_has(bytes, size, tensors[n].name);
    status = read_parameters(run, bytes, size, tensors, n + (has_prior ? n_prior : 0), err);
    if (status == BH_OK && has_prior) action_prior_of(run)->is_known = 1;
    return status;
}

bh_status bh_run_load_parameters(bh_run *run, const void *bytes, size_t size, int *n_loaded,
                                 bh_error *err)
{
    bh_status status = bh_checkpoint_check(bytes, size, err);
    if (status != BH_OK) return status;
    bh_tensor tensors[BH_TENSORS_MAX];
    int n = bh_run_tensors(run, BH_CURRENT, tensors), found = 0;
    for (int i = 0; i < n; i++) {
        if (bh_checkpoint_has(bytes, size, tensors[i].name)) tensors[found++] = tensors[i];
    }
    if (found == 0) {
        return bh_fail(err, BH_ERR_SHAPE,
                       "the checkpoint has none of this model's parameters, such as '%s'",
                       tensors[0].name);
    }
    if (n_loaded != NULL) *n_loaded = found;
    return read_parameters(run, bytes, size, tensors, found, err);
}

// ---- language models ----

bh_status bh_run_language_model(bh_run *run, const bh_language_weights *lm, bh_error *err)
{
    bhi_run_settle(run);
    bh_status status = bhi_language_start(run->agent, lm, err);
    if (status != BH_OK) return status;
    run->best_mean = NAN;
    run->solved_at = -1;
    return BH_OK;
}

int bh_run_log_prior(bh_run *run, double *log_p, const float *obs, int n)
{
    bh_status status = bhi_run_check_count(run, n, 0);
    if (status != BH_OK) return (int)status;
    return bhi_language_log_prior(run->agent, log_p, obs, n);
}
