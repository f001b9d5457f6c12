// SPDX-License-Identifier: MIT
// The state of a run at a moment (core/state.h): taken as an image, put into another run made from
// the same options, compared with it.
//
//     image now = {0};
//     image_take(&now, a);
//     image_put(&now, b);
//     CHECK(image_difference(&now, b, NULL) == NULL);
//     image_free(&now);
#pragma once

#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/agent_list.h"
#include "rl/run_state.h"

#include "make_run.h"

enum { IMAGE_ENTRIES_MAX = 96 };

// ---- images ----

typedef struct image_entry {
    char name[96];
    size_t rows, row_bytes, number_bytes;
    bhi_state_type type;
    int is_shown;
    unsigned char *bytes;
} image_entry;

/// What a walk found, in a copy of its own.
typedef struct image {
    int n;
    image_entry entries[IMAGE_ENTRIES_MAX];
    int is_changed; ///< a count may be another than that of the arrays
} image;

static inline void image_walk(bh_run *run, void (*visit)(void *, const bhi_state *), void *user)
{
    bhi_state_visitor visitor = {.visit = visit, .user = user};
    bhi_run_state(run, &visitor);
    CHECK(visitor.path[0] == '\0');
}

static inline void image_keep(void *user, const bhi_state *s)
{
    image *all = user;
    if (!CHECK(all->n < IMAGE_ENTRIES_MAX)) return;
    image_entry *e = &all->entries[all->n++];
    snprintf(e->name, sizeof e->name, "%s", s->name);
    e->type = s->type;
    e->is_shown = s->is_shown;
    e->rows = s->rows;
    e->number_bytes = bhi_state_bytes(s->type);
    e->row_bytes = s->columns * e->number_bytes;
    e->bytes = malloc(e->rows * e->row_bytes);
    for (size_t i = 0; i < e->rows; i++)
        memcpy(e->bytes + i * e->row_bytes, (char *)s->data + i * s->stride, e->row_bytes);
}

/// Into a zeroed image.
static inline void image_take(image *all, bh_run *run)
{
    image_walk(run, image_keep, all);
}

static inline void image_free(image *all)
{
    for (int i = 0; i < all->n; i++) free(all->entries[i].bytes);
    all->n = 0;
}

static inline void image_overwrite(void *user, const bhi_state *s)
{
    const image *all = user;
    const image_entry *e = NULL;
    for (int i = 0; i < all->n && e == NULL; i++) {
        if (strcmp(all->entries[i].name, s->name) == 0) e = &all->entries[i];
    }
    if (all->is_changed && (e == NULL || e->rows < s->rows)) return;
    size_t row_bytes = s->columns * bhi_state_bytes(s->type);
    if (!CHECK(e != NULL && e->type == s->type)) return;
    if (!CHECK(all->is_changed || (e->rows == s->rows && e->row_bytes == row_bytes))) return;
    if (row_bytes > e->row_bytes) return;
    for (size_t i = 0; i < s->rows; i++)
        memcpy((char *)s->data + i * s->stride, e->bytes + i * e->row_bytes, row_bytes);
}

/// Overwrites as it walks: arrays have the shapes that the counts before them give.
static inline void image_put(image *all, bh_run *run)
{
    image_walk(run, image_overwrite, all);
}

typedef struct image_comparison {
    const image *with;
    const char *besides, *different;
    int n; ///< entries visited
} image_comparison;

static inline void image_compare(void *user, const bhi_state *s)
{
    image_comparison *c = user;
    const image_entry *e = &c->with->entries[c->n++];
    if (c->different != NULL) return;
    size_t row_bytes = s->columns * bhi_state_bytes(s->type);
    if (c->n > c->with->n || strcmp(e->name, s->name) != 0) c->different = "number of entries";
    else if (c->besides != NULL && (s->is_shown || strcmp(s->name, c->besides) == 0)) return;
    else if (e->rows != s->rows || e->row_bytes != row_bytes) c->different = e->name;
    for (size_t i = 0; i < s->rows && c->different == NULL; i++) {
        const char *row = (char *)s->data + i * s->stride;
        if (memcmp(e->bytes + i * row_bytes, row, row_bytes) != 0) c->different = e->name;
    }
}

/// The first entry in which a run differs from an image; NULL for none. With `besides`: but for the
/// entry of that name, and those that are shown.
static inline const char *image_difference(const image *all, bh_run *run, const char *besides)
{
    image_comparison c = {.with = all, .besides = besides};
    image_walk(run, image_compare, &c);
    return c.different == NULL && c.n != all->n ? "number of entries" : c.different;
}

// ---- runs ----

// Small and busy. Options an algorithm does not have are left out.
static const char *const busy_options[] = {"total_timesteps",
                                           "2000",
                                           "eval_freq",
                                           "400",
                                           "n_eval_episodes",
                                           "2",
                                           "log_freq",
                                           "40",
                                           "n_envs",
                                           "2",
                                           "net_arch",
                                           "8",
                                           "learning_starts",
                                           "20",
                                           "batch_size",
                                           "4",
                                           "buffer_size",
                                           "200",
                                           "train_freq",
                                           "4",
                                           "target_update_interval",
                                           "40",
                                           "n_steps",
                                           "16",
                                           "n_epochs",
                                           "1",
                                           "d_model",
                                           "8",
                                           "n_heads",
                                           "2",
                                           "n_layers",
                                           "1",
                                           "kl_coef",
                                           "0.1",
                                           "kl_target",
                                           "1",
                                           "episodes_per_update",
                                           "2",
                                           "demo_capacity",
                                           "32",
                                           "learning_rate_schedule",
                                           "linear",
                                           "evaluation_sweeps",
                                           "7",
                                           "env.updates",
                                           "2",
                                           "tolerance",
                                           "0",
                                           "features_extractor",
                                           "flatten"};

// Refusing a name is slow, as the one that is meant is looked for.
static inline int has_option(const bh_setup *setup, const char *name)
{
    return strncmp(name, "env.", 4) == 0 || bh_config_find(&bh_run_table, name) != NULL ||
           bh_config_find(&setup->options, name) != NULL;
}

static inline bh_setup *busy_setup(const char *env, const char *algo, const char *const *extra,
                                   const char *seed)
{
    char name[64];
    snprintf(name, sizeof name, "%s", algo);
    bh_setup *setup = make_setup(&bh_all_envs, env, name, extra);
    for (size_t i = 0; i < sizeof busy_options / sizeof *busy_options; i += 2) {
        int is_text = setup->env->text != NULL;
        if (is_text && strcmp(busy_options[i], "features_extractor") == 0) continue;
        if (has_option(setup, busy_options[i]))
            bh_setup_set(setup, busy_options[i], busy_options[i + 1], NULL);
    }
    // n_steps of DQN are steps of reward.
    if (strcmp(algo, "dqn") == 0) bh_setup_set(setup, "n_steps", "2", NULL);
    for (; extra != NULL && extra[0] != NULL; extra += 2)
        CHECK_STATUS(bh_setup_set(setup, extra[0], extra[1], NULL), BH_OK);
    CHECK_STATUS(bh_setup_set(setup, "seed", seed, NULL), BH_OK);
    return setup;
}

// The first observation, or every state, with each action in turn.
static inline void demonstrate(bh_run *run)
{
    enum { N = 32 };
    bh_last_step first;
    bh_run_last_step(run, &first);
    const bh_space *space = bh_run_observation_space(run);
    int F = bh_space_floats(space), actions[N], zero[N] = {0};
    double rewards[N] = {0};
    float *obs = malloc((size_t)(N * F) * sizeof *obs);
    for (int i = 0; i < N; i++) {
        memcpy(obs + i * F, first.obs_t, (size_t)F * sizeof *obs);
        if (space->kind == BH_SPACE_DISCRETE) obs[i] = (float)(i % space->n);
        actions[i] = i % bh_run_n_actions(run);
    }
    bh_demonstrations all = {.transitions = {N, obs, actions, rewards, zero, zero, obs}};
    CHECK_STATUS(bh_run_demonstrate(run, &all, NULL), BH_OK);
    free(obs);
}

/// NULL where the algorithm is not for the environment.
static inline bh_run *busy_run(const char *env, const char *algo, const char *const *extra,
                               const char *seed)
{
    bh_setup *setup = busy_setup(env, algo, extra, seed);
    bh_run *run;
    bh_error err;
    bh_status status = bh_run_create(&run, setup, &err);
    if (status != BH_OK && !CHECK(strstr(err.message, "needs a") != NULL))
        printf("    %s %s: %s\n", env, algo, err.message);
    bh_setup_destroy(setup);
    if (run != NULL && strcmp(algo, "clone") == 0) demonstrate(run);
    return run;
}
