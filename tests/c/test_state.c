// SPDX-License-Identifier: MIT
// The description of state (core/state.h) is whole: what it lists, copied into an object made from
// the same options, makes it behave the same for 500 steps, for every agent in every environment.
// And it is no longer than it must be: what it says is shown changes nothing, and whatever other
// number is changed, something else differs afterwards, or the entry is named below with the reason
// why not.
#include "core/alloc.h"
#include "envs/registry.h"
#include "envs/registry_states.h"
#include "rl/agent_list.h"
#include "rl/run_state.h"

#include "make_run.h"

enum { STEPS = 500, TRIES = 24, BEFORE = 130, ENTRIES_MAX = 96, RECORDS_MAX = 4096 };

static const bhi_states states = {bhi_all_agent_states, bhi_all_env_states};

// ---- copies ----

typedef struct entry {
    char name[96];
    size_t rows, row_bytes, number_bytes;
    bhi_state_type type;
    int is_shown;
    unsigned char *bytes;
} entry;

// What a walk found, in a copy of its own.
typedef struct image {
    int n;
    entry entries[ENTRIES_MAX];
    int is_changed; // a count may be another than that of the arrays
} image;

static void keep(void *user, const bhi_state *s)
{
    image *all = user;
    if (!CHECK(all->n < ENTRIES_MAX)) return;
    entry *e = &all->entries[all->n++];
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

static const entry *find(const image *all, const char *name)
{
    for (int i = 0; i < all->n; i++) {
        if (strcmp(all->entries[i].name, name) == 0) return &all->entries[i];
    }
    return NULL;
}

// Overwrites as it walks: arrays have the shapes that the counts before them give.
static void overwrite(void *user, const bhi_state *s)
{
    const image *all = user;
    const entry *e = find(all, s->name);
    if (all->is_changed && (e == NULL || e->rows < s->rows)) return;
    size_t row_bytes = s->columns * bhi_state_bytes(s->type);
    if (!CHECK(e != NULL && e->type == s->type)) return;
    if (!CHECK(all->is_changed || (e->rows == s->rows && e->row_bytes == row_bytes))) return;
    if (row_bytes > e->row_bytes) return;
    for (size_t i = 0; i < s->rows; i++)
        memcpy((char *)s->data + i * s->stride, e->bytes + i * e->row_bytes, row_bytes);
}

static void walk(bh_run *run, void (*visit)(void *, const bhi_state *), image *user)
{
    bhi_state_visitor visitor = {.visit = visit, .user = user};
    bhi_run_state(run, &states, &visitor);
    CHECK(visitor.path[0] == '\0');
}

static void forget(image *all)
{
    for (int i = 0; i < all->n; i++) free(all->entries[i].bytes);
    all->n = 0;
}

// The first entry that differs; NULL for none. With `besides`: but for the entry of that name, and
// those that are shown.
static const char *difference(const image *a, const image *b, const char *besides)
{
    if (a->n != b->n) return "number of entries";
    for (int i = 0; i < a->n; i++) {
        const entry *x = &a->entries[i], *y = &b->entries[i];
        if (besides != NULL && (x->is_shown || strcmp(x->name, besides) == 0)) continue;
        if (x->rows != y->rows || x->row_bytes != y->row_bytes ||
            memcmp(x->bytes, y->bytes, x->rows * x->row_bytes) != 0)
            return x->name;
    }
    return NULL;
}

// ---- runs ----

// Small and busy. Options an algorithm does not have are left out.
static const char *const options[] = {"total_timesteps",
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

static bh_setup *setup_of(const char *env, const char *algo, const char *const *extra,
                          const char *seed)
{
    char name[64];
    snprintf(name, sizeof name, "%s", algo);
    bh_setup *setup = make_setup(&bh_all_envs, env, name, extra);
    for (size_t i = 0; i < sizeof options / sizeof *options; i += 2) {
        int is_text = setup->env->text != NULL;
        if (is_text && strcmp(options[i], "features_extractor") == 0) continue;
        bh_setup_set(setup, options[i], options[i + 1], NULL);
    }
    // n_steps of DQN are steps of reward.
    if (strcmp(algo, "dqn") == 0) bh_setup_set(setup, "n_steps", "2", NULL);
    for (; extra != NULL && extra[0] != NULL; extra += 2)
        CHECK_STATUS(bh_setup_set(setup, extra[0], extra[1], NULL), BH_OK);
    CHECK_STATUS(bh_setup_set(setup, "seed", seed, NULL), BH_OK);
    return setup;
}

// The first observation, or every state, with each action in turn.
static void demonstrate(bh_run *run)
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

// NULL where the algorithm is not for the environment.
static bh_run *run_of(const char *env, const char *algo, const char *const *extra, const char *seed)
{
    bh_setup *setup = setup_of(env, algo, extra, seed);
    bh_run *run;
    bh_error err;
    bh_status status = bh_run_create(&run, setup, &err);
    if (status != BH_OK && !CHECK(strstr(err.message, "needs a") != NULL))
        printf("    %s %s: %s\n", env, algo, err.message);
    bh_setup_destroy(setup);
    if (run != NULL && strcmp(algo, "clone") == 0) demonstrate(run);
    return run;
}

static double records_a[RECORDS_MAX * BH_RECORD_WIDTH], records_b[RECORDS_MAX * BH_RECORD_WIDTH];

// Whether both tell the same of the steps since they were asked last; NaN is equal to NaN.
static int same_records(bh_run *a, bh_run *b)
{
    int n = bh_run_drain(a, records_a, RECORDS_MAX);
    return n == bh_run_drain(b, records_b, RECORDS_MAX) &&
           memcmp(records_a, records_b, (size_t)n * BH_RECORD_WIDTH * sizeof(double)) == 0;
}

static void clear_records(bh_run *run)
{
    while (bh_run_drain(run, records_a, RECORDS_MAX) > 0) continue;
}

// ---- equal descriptions, equal behaviour ----

static void check_whole(const char *env, const char *algo, const char *const *extra)
{
    bh_run *a = run_of(env, algo, extra, "1"), *b = run_of(env, algo, extra, "2");
    if (a == NULL || b == NULL) return;
    image before = {0}, after_a = {0}, after_b = {0};
    CHECK_STATUS(bh_run_steps(a, BEFORE), BH_OK);
    clear_records(a);
    walk(a, keep, &before);
    walk(b, overwrite, &before);
    CHECK_STATUS(bh_run_steps(a, STEPS), BH_OK);
    CHECK_STATUS(bh_run_steps(b, STEPS), BH_OK);
    walk(a, keep, &after_a);
    walk(b, keep, &after_b);
    const char *different = difference(&after_a, &after_b, NULL);
    if (!CHECK(different == NULL)) printf("    %s %s: %s differs\n", env, algo, different);
    if (!CHECK(same_records(a, b))) printf("    %s %s: records differ\n", env, algo);
    forget(&before);
    forget(&after_a);
    forget(&after_b);
    bh_run_destroy(a);
    bh_run_destroy(b);
}

static void test_every_agent_in_every_environment(void)
{
    for (int e = 0; e < bh_all_envs.n; e++) {
        for (int a = 0; bh_agent_classes[a] != NULL; a++)
            check_whole(bh_all_envs.defs[e]->id, bh_agent_classes[a]->name, NULL);
    }
}

static const char *const rainbow[] = {
    "n_envs",       "1",           "prioritized", "true", "noisy", "true",
    "distribution", "categorical", "dueling",     "true", NULL};
static const char *const ucb[] = {
    "n_envs", "1", "exploration", "ucb", "exploration_bonus_in_target", "true", NULL};
static const char *const slippery[] = {"n_envs",          "1",     "env.slip", "0.2",
                                       "env.step_reward", "-0.04", NULL};
static const char *const single[] = {"n_envs", "1", NULL};
static const char *const centered[] = {"optimizer", "rmsprop-centered", NULL};

static void test_options_with_state_of_their_own(void)
{
    check_whole("CartPole-v1", "dqn", rainbow);
    check_whole("CartPole-v1", "dqn", ucb);
    check_whole("CartPole-v1", "dqn", centered);
    check_whole("GridWorld-v0", "q-learning", ucb);
}

// ---- every number matters ----

// Entries whose change changes nothing but themselves, by the end of their names (or a part of
// objects, with a slash).
static const struct {
    const char *of, *name; // of: an algorithm, an environment; NULL for all
} idle[] = {
    // Alone no other value is possible: a step before a reset is an error, what is protected was
    // demonstrated.
    {NULL, "env/started"},
    {NULL, "replay/n_protected"},
    // Matters in a case that does not come up: a better evaluation, a run that stops at the
    // threshold, moments that vanish, values that settle.
    {NULL, "best_mean"},
    {NULL, "solved_at"},
    {NULL, "until_flush"},
    {NULL, "change"},
    {NULL, "change_gamma"},
    // Of options, or of an algorithm of the same family, that are not used here.
    {"dqn", "noise_rng"},
    {"q-learning", "coin_rng"},
    {"sarsa", "coin_rng"},
    {"expected-sarsa", "coin_rng"},
    {"reinforce", "sample_rng"},
    {"clone", "reference"},
    {"clone", "kl_coef"},
    {"clone", "kl_coef_from"},
    {"q-learning", "pending/"},
    {"expected-sarsa", "pending/"},
    {"double-q-learning", "pending/"},
    {"value-iteration", "agent/rng"},
    {"value-iteration", "sweeps"},
    {"value-iteration", "stable"},
    {"policy-evaluation", "sweeps"},
    {"policy-evaluation", "stable"},
    {"value-iteration", "agent/timesteps"},
    {"policy-iteration", "agent/timesteps"},
    {"policy-evaluation", "agent/timesteps"},
    // The plan is made: nothing is swept or logged any more.
    {"value-iteration", "metric_sums"},
    {"policy-iteration", "metric_sums"},
    {"policy-iteration", "agent/rng"},
    {"policy-iteration", "sweeps"},
    // Of episodes that are truncated, and of what was over before the episode under way.
    {"ppo", "complete"},
    {"ppo", "v_t"},
    {"reinforce", "complete"},
    {"reinforce", "v_t"},
    // Demonstrations stay where they are, and their rewards are not learned from.
    {"clone", "replay/next"},
    {"clone", "replay/r_t"},
    {"clone", "replay/terminated_t"},
    {"clone", "replay/truncated_t"},
    // Environments where nothing is random, whose episode outlasts the test or is over after a
    // step.
    {"CliffWalking-v1", "env/rng"},
    {"DeepSea-v0", "env/rng"},
    {"DeepSea-v0", "right"},
    {"Bandit-v0", "obs_t"},
    {"Bandit-v0", "returns"},
    {"Bandit-v0", "elapsed"},
    // Written anew by the next step, or read at an event that does not come up.
    {"Breakout-MinAtar", "state/action"},
    {"Breakout-MinAtar", "trail_x"},
    {"Breakout-MinAtar", "trail_y"},
    {"Breakout-MinAtar", "struck"},
    {"Breakout-MinAtar", "n_bricks"},
    {"Dialogue-v0", "is_solved"},
    {"Dialogue-v0", "is_over"},
    {"LearningRate-v0", "validations"},
    {"LearningRate-v0", "losses"},
    // What a text is to be: random ones have no reward, whatever was asked for.
    {"TextGen-v1", "topic"},
    {"Dialogue-v0", "answers"},
    {"Dialogue-v0", "n_turns"},
    {"Dialogue-v0", "n_wrong"},
    // Actions do not depend on it, or hardly.
    {"policy-evaluation", "obs_t"},
    {"clone", "obs_t"},
};

static int is_idle(const char *env, const char *algo, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
        size_t k = strlen(idle[i].name);
        int is_part = idle[i].name[k - 1] == '/' && strstr(name, idle[i].name) != NULL;
        const char *of = idle[i].of;
        if (of != NULL && strcmp(of, algo) != 0 && strcmp(of, env) != 0) continue;
        if (is_part || (k <= n && strcmp(name + n - k, idle[i].name) == 0)) return 1;
    }
    return 0;
}

// Another value that an object could have: integers go towards 0.
static void change(const entry *e, size_t at, int by)
{
    unsigned char *p = e->bytes + at * e->number_bytes;
    int i;
    float f;
    double d;
    switch (e->type) {
    case BHI_STATE_U8: *p = (unsigned char)(*p > 0 ? *p - 1 : 1); break;
    case BHI_STATE_I32:
    case BHI_STATE_U32:
        memcpy(&i, p, sizeof i);
        i = i >= by ? i - by : i == 0 ? by : i + 1;
        memcpy(p, &i, sizeof i);
        break;
    case BHI_STATE_U64: p[2] ^= 0x10; break;
    case BHI_STATE_F32:
        memcpy(&f, p, sizeof f);
        f = f >= (float)by ? f - (float)by
            : f == 0       ? (float)by
                           : f * 0.75f; // also of whole numbers another
        memcpy(p, &f, sizeof f);
        break;
    case BHI_STATE_F64:
        memcpy(&d, p, sizeof d);
        d = d == 0 ? 0.5 : d * 0.75;
        memcpy(p, &d, sizeof d);
        break;
    }
}

// Whether b, which differs from a in an entry of that name, comes to differ in another: mostly with
// the next step, so that is where one looks first.
static int makes_a_difference(bh_run *a, bh_run *b, const char *name, int steps)
{
    static const int until[] = {1, 5, 25, 100, 250, STEPS};
    int differs = 0, done = 0;
    for (int i = 0; done < steps && !differs; i++) {
        image after_a = {0}, after_b = {0};
        CHECK_STATUS(bh_run_steps(a, until[i] - done), BH_OK);
        CHECK_STATUS(bh_run_steps(b, until[i] - done), BH_OK);
        done = until[i];
        walk(a, keep, &after_a);
        walk(b, keep, &after_b);
        differs = difference(&after_a, &after_b, name) != NULL || !same_records(a, b);
        forget(&after_a);
        forget(&after_b);
    }
    return differs;
}

// An entry that is shown: all its numbers at once make no difference.
static void check_shown(bh_run *a, bh_run *b, image *before, entry *e, const char *env,
                        const char *algo)
{
    walk(a, overwrite, before);
    for (size_t k = 0; k < e->rows * e->row_bytes / e->number_bytes; k++) change(e, k, 1);
    walk(b, overwrite, before);
    clear_records(a);
    clear_records(b);
    if (!CHECK(!makes_a_difference(a, b, e->name, 100)))
        printf("    %s %s: %s is shown, but makes a difference\n", env, algo, e->name);
}

// Entries whose names begin with `part`: one of a few numbers at random matters. Of a whole array
// not every one does, as when the episode it belongs to is over.
static void check_numbers(const char *env, const char *algo, const char *const *extra,
                          const char *part)
{
    bh_run *a = run_of(env, algo, extra, "4"), *b = run_of(env, algo, extra, "2");
    bh_rng rng = bh_rng_seed(3);
    image before = {0};
    CHECK_STATUS(bh_run_steps(a, BEFORE), BH_OK);
    for (int i = 0; i < 9 && !bh_vec_env_running(a->train.envs, 0); i++) // into an episode
        CHECK_STATUS(bh_run_steps(a, 1), BH_OK);
    walk(a, keep, &before);
    for (int i = 0; i < before.n; i++) {
        entry *e = &before.entries[i];
        size_t bytes = e->rows * e->row_bytes;
        if (strncmp(e->name, part, strlen(part)) != 0 || is_idle(env, algo, e->name)) continue;
        unsigned char *kept = malloc(bytes);
        memcpy(kept, e->bytes, bytes);
        int matters = e->is_shown;
        if (e->is_shown) {
            check_shown(a, b, &before, e, env, algo);
            memcpy(e->bytes, kept, bytes);
        }
        for (int try = 0; try < TRIES && !matters; try++) {
            walk(a, overwrite, &before);
            change(e, bh_rng_below(&rng, (uint32_t)(bytes / e->number_bytes)), 1 + try % 3);
            before.is_changed = 1;
            walk(b, overwrite, &before);
            before.is_changed = 0;
            memcpy(e->bytes, kept, bytes);
            clear_records(a);
            clear_records(b);
            matters = makes_a_difference(a, b, e->name, STEPS);
        }
        if (!CHECK(matters)) printf("    %s %s: %s makes no difference\n", env, algo, e->name);
        free(kept);
    }
    forget(&before);
    bh_run_destroy(a);
    bh_run_destroy(b);
}

static void test_every_number_of_agents_matters(void)
{
    for (int a = 0; bh_agent_classes[a] != NULL; a++)
        check_numbers("GridWorld-v0", bh_agent_classes[a]->name, slippery, "");
    check_numbers("CartPole-v1", "dqn", rainbow, "agent/");
    check_numbers("GridWorld-v0", "q-learning", ucb, "agent/counts");
}

static void test_every_number_of_environments_matters(void)
{
    for (int e = 0; e < bh_all_envs.n; e++)
        check_numbers(bh_all_envs.defs[e]->id, "dqn", single, "env/");
}

// ---- parameters ----

typedef struct block {
    const unsigned char *from, *end;
    int found;
} block;

static void look_for_block(void *user, const bhi_state *s)
{
    block *b = user;
    const unsigned char *from = s->data;
    b->found |= from <= b->from &&
                b->end <= from + s->rows * s->columns * bhi_state_bytes(s->type) && s->rows == 1;
}

// A plain checkpoint holds a part of the description.
static void test_parameters_are_state(void)
{
    for (int i = 0; bh_agent_classes[i] != NULL; i++) {
        bh_run *run = run_of("GridWorld-v0", bh_agent_classes[i]->name, NULL, "1");
        size_t bytes;
        block b = {.from = bh_agent_classes[i]->functions->params(run->agent, &bytes)};
        b.end = b.from + bytes;
        bhi_state_visitor visitor = {.visit = look_for_block, .user = &b};
        bhi_run_state(run, &states, &visitor);
        CHECK(b.found);
        bh_run_destroy(run);
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_every_agent_in_every_environment);
    CHECK_RUN(test_options_with_state_of_their_own);
    CHECK_RUN(test_every_number_of_agents_matters);
    CHECK_RUN(test_every_number_of_environments_matters);
    CHECK_RUN(test_parameters_are_state);
    return check_report();
}
