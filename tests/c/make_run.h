// SPDX-License-Identifier: MIT
// Setups and runs from names and texts, checked on the way.
//
//     bh_run *run = make_run(&bh_envs, "GridWorld-v0", "dqn", OPTIONS("seed", "1"));
#pragma once

#include "rl/run.h"

#include "check.h"

#include <stdlib.h>

/// Option names and values in turn.
#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

/// A small environment that an agent can act in.
static inline const char *home_of(const bh_agent_class *agent)
{
    return bh_agent_acts_in(agent, BH_SPACE_DISCRETE) ? "GridWorld-v0" : "Pendulum-v1";
}

/// algo: also one with a preset of its own, "dqn/rainbow"; NULL for the environment's.
static inline bh_setup *make_setup(const bh_registry *registry, const char *env, const char *algo,
                                   const char *const *options)
{
    bh_setup *setup;
    bh_error err = {0};
    char name[64] = "";
    if (algo != NULL) snprintf(name, sizeof name, "%s", algo);
    char *preset = strchr(name, '/');
    if (preset != NULL) *preset++ = '\0';
    bh_status made = bh_setup_create(&setup, registry, env, algo != NULL ? name : NULL, &err);
    if (!CHECK_STATUS(made, BH_OK)) printf("    %s\n", err.message);
    if (setup != NULL && preset != NULL) CHECK_STATUS(bh_setup_preset(setup, preset, &err), BH_OK);
    for (; setup != NULL && options != NULL && options[0] != NULL; options += 2) {
        bh_status status = bh_setup_set(setup, options[0], options[1], &err);
        if (!CHECK_STATUS(status, BH_OK)) printf("    %s\n", err.message);
    }
    return setup;
}

/// Consumes the setup.
static inline bh_run *start_run(bh_setup *setup)
{
    bh_run *run = NULL;
    bh_error err = {0};
    if (!CHECK_STATUS(bh_run_create(&run, setup, &err), BH_OK)) printf("    %s\n", err.message);
    bh_setup_destroy(setup);
    return run;
}

static inline bh_run *make_run(const bh_registry *registry, const char *env, const char *algo,
                               const char *const *options)
{
    return start_run(make_setup(registry, env, algo, options));
}

// Small and fast, with everything in play: exploration, replay, updates, target updates,
// evaluation.
#define SMALL                                                                                   \
    "total_timesteps", "600", "learning_starts", "50", "batch_size", "8", "buffer_size", "300", \
        "net_arch", "12", "train_freq", "2", "target_update_interval", "40",                    \
        "exploration_fraction", "0.5", "learning_rate", "0.01", "n_eval_episodes", "2",         \
        "log_freq", "30"

static inline int same_score(const bh_score *a, const bh_score *b)
{
    return a->mean == b->mean && a->std == b->std && a->min == b->min && a->max == b->max &&
           a->mean_length == b->mean_length && a->episodes == b->episodes;
}

/// A checkpoint in memory of its own: free(bytes).
typedef struct saved {
    unsigned char *bytes;
    size_t size;
} saved;

static inline saved save(bh_run *run, bh_params_choice choice)
{
    saved s = {.size = bh_run_save(run, choice, NULL, 0)};
    s.bytes = malloc(s.size);
    CHECK(bh_run_save(run, choice, s.bytes, s.size) == s.size);
    CHECK_STATUS(bh_checkpoint_check(s.bytes, s.size, NULL), BH_OK);
    return s;
}

/// Loads a checkpoint of a run into another one of the same options, and compares what both say of
/// an observation.
static inline void check_round_trip(bh_run *run, bh_run *other)
{
    saved s = save(run, BH_CURRENT);
    CHECK_STATUS(bh_run_load(other, s.bytes, s.size, NULL), BH_OK);
    free(s.bytes);
    size_t bytes = (size_t)bh_run_n_actions(run) * sizeof(double);
    double *q = malloc(bytes), *same = malloc(bytes);
    bh_last_step last;
    bh_run_last_step(run, &last);
    bh_run_q_values(run, q, last.obs_tm1, 1);
    bh_run_q_values(other, same, last.obs_tm1, 1);
    CHECK(memcmp(q, same, bytes) == 0);
    free(q);
    free(same);
}

/// A setting of a preset, for one algorithm or preset of it.
typedef struct preset_setting {
    char algo[64];
    bh_setting setting;
} preset_setting;

enum { PRESET_SETTINGS_MAX = 256 };

/// All settings of n rows; returns how many. None is there twice.
static inline int list_presets(preset_setting out[PRESET_SETTINGS_MAX], const bh_preset *rows,
                               int n)
{
    int count = 0;
    for (int i = 0; i < n; i++) {
        for (const char *algo = rows[i].algos, *end = algo;; algo = end + 1) {
            end = algo + strcspn(algo, "|");
            const char *settings = rows[i].settings;
            bh_setting setting;
            while (bh_preset_next(&settings, &setting)) {
                if (!CHECK(count < PRESET_SETTINGS_MAX)) return count;
                preset_setting *row = &out[count++];
                snprintf(row->algo, sizeof row->algo, "%.*s", (int)(end - algo), algo);
                row->setting = setting;
                CHECK(bh_preset_is_for(&rows[i], row->algo));
                for (int j = 0; j < count - 1; j++) {
                    CHECK(strcmp(out[j].algo, row->algo) != 0 ||
                          strcmp(out[j].setting.name, setting.name) != 0);
                }
            }
            if (*end == '\0') break;
        }
    }
    return count;
}
