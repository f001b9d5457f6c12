// SPDX-License-Identifier: MIT
// The description of state (core/state.h) is no longer than it must be: what it says is shown changes
// nothing, and whatever other number is changed, something else differs afterwards, or it is named
// below with the reason why not. Of each entry a few numbers until one matters; with --every, which
// takes long and is run in one build (CMakeLists.txt), every number of every entry.
// That the description is whole: tests/c/test_state.c.
#include "run_image.h"

enum { BEFORE = 130, STEPS = 500, TRIES = 24, N_LOOKS = 6, RECORDS_MAX = 4096 };

static int is_every; // --every

// ---- numbers that do not matter ----

typedef struct row {
    const char *of;   // an algorithm, an environment; NULL for all
    const char *name; // the end of an entry's name, or a part of objects, with a slash
} row;

// Not tried, because alone no other value is possible: a step before a reset is an error, what is
// protected was demonstrated.
static const row fixed[] = {{NULL, "env/started"}, {NULL, "replay/n_protected"}};

// Of these a few are tried, also with --every.
static const row sampled[] = {
    // Sums in a tree follow from each other: with one changed, many are what no object could have.
    {NULL, "replay/priorities"},
    // Steps that take long: of the replay every number is changed with a smaller network, and of a
    // corpus and of validations few are read in 500 steps.
    {"CartPole-v1", "replay/"},
    {"LearningRate-v0", "training.corpus"},
    {"LearningRate-v0", "validations"},
    {"LearningRate-v0", "losses"},
};

// Entries whose change changes nothing but themselves.
static const row idle[] = {
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
    {"ddpg", "agent/act_rng"}, // for the first, random steps
    {"td3", "agent/act_rng"},
    {"ddpg", "target_rng"},
    // Its episodes have 999 steps: none ends while it is looked at.
    {"MountainCarContinuous-v0", "returns"},
    {"MountainCarContinuous-v0", "elapsed"},
    {"MountainCarContinuous-v0", "env/rng"},
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
    {"pqn", "complete"},
    {"pqn", "v_t"},
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
    // What a text is to be: random ones have no reward, whatever was asked for.
    {"TextGen-v1", "topic"},
    {"Dialogue-v0", "answers"},
    {"Dialogue-v0", "n_turns"},
    {"Dialogue-v0", "n_wrong"},
    // Actions do not depend on it, or hardly.
    {"policy-evaluation", "obs_t"},
    {"clone", "obs_t"},
};

// Arrays of which some numbers matter and some do not, as where they stand is not visited or drawn
// any more.
static const row partly[] = {
    // Of metrics that the algorithm does not log.
    {NULL, "metric_sums"},
    {NULL, "metric_counts"},
    // Weights of, moments for, values and counts of states that are walls or are not visited.
    {NULL, "optimizer/v"},
    {NULL, "agent/reference"},
    {"ppo", "agent/params"},
    {"pqn", "agent/params"},
    {"reinforce", "agent/params"},
    {NULL, "agent/tables"},
    {"q-learning", "agent/counts"},
    // Copied over before it is used for them.
    {"dqn", "agent/target"},
    // The twin critic that is never the lesser one; SAC has no target actor.
    {"td3", "agent/target"},
    {"sac", "agent/target"},
    // Overwritten before they are drawn; the last step of an episode that was not truncated.
    {NULL, "replay/obs"},
    {NULL, "replay/a_tm1"},
    {NULL, "replay/box_tm1"},
    {NULL, "replay/r_t"},
    {NULL, "replay/terminated_t"},
    {NULL, "replay/truncated_t"},
    {"ppo", "rollout/truncated_t"},
    {"pqn", "rollout/truncated_t"},
    // Drawn from for ties alone.
    {"double-q-learning", "eval_rng"},
    // Arms that are not pulled before the episode is over.
    {"Bandit-v0", "state/mean"},
    // Cells that are not entered; validations of an episode that outlasts the test.
    {"DeepSea-v0", "right"},
    {"LearningRate-v0", "losses"},
    // Beyond the text's end; read at events that do not come up.
    {NULL, "text.tokens"},
    {"TextGen-v0", "state/words"},
    {"Translate-v0", "state/right"},
    {"Dialogue-v0", "state/sayings"},
    {"Summarize-v0", "document.sentences"},
    {"CodeGen-v0", "state/ops"},
};

enum {
    N_FIXED = sizeof fixed / sizeof *fixed,
    N_SAMPLED = sizeof sampled / sizeof *sampled,
    N_IDLE = sizeof idle / sizeof *idle,
    N_PARTLY = sizeof partly / sizeof *partly,
};

// Rows that were needed. None may be there without need.
static unsigned char idle_needed[N_IDLE], partly_needed[N_PARTLY];

static int is_named(const row *r, const char *env, const char *algo, const char *name)
{
    size_t n = strlen(name), k = strlen(r->name);
    if (r->of != NULL && strcmp(r->of, algo) != 0 && strcmp(r->of, env) != 0) return 0;
    int is_part = r->name[k - 1] == '/' && strstr(name, r->name) != NULL;
    return is_part || (k <= n && strcmp(name + n - k, r->name) == 0);
}

// Whether a list has the entry; marks its rows in `needed`, unless that is NULL.
static int is_listed(const row *rows, int n, const char *env, const char *algo, const char *name,
                     unsigned char *needed)
{
    int found = 0;
    for (int i = 0; i < n; i++) {
        if (!is_named(&rows[i], env, algo, name)) continue;
        if (needed != NULL) needed[i] = 1;
        found = 1;
    }
    return found;
}

// ---- changes ----

// Another value that an object could have: integers go towards 0.
static void change(const image_entry *e, size_t at, int by)
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

// What becomes of a run that nobody changes. Most changes show with the next step, so that is where
// one looks first.
typedef struct future {
    image at[N_LOOKS];
    double *records[N_LOOKS];
    int n_records[N_LOOKS];
} future;

static const int looks[N_LOOKS] = {1, 5, 25, 100, 250, STEPS};
static double drained[RECORDS_MAX * BH_RECORD_WIDTH];

static void foresee(future *f, bh_run *run)
{
    while (bh_run_drain(run, drained, RECORDS_MAX) > 0) continue;
    for (int i = 0, done = 0; i < N_LOOKS; done = looks[i++]) {
        CHECK_STATUS(bh_run_steps(run, looks[i] - done), BH_OK);
        image_take(&f->at[i], run);
        f->n_records[i] = bh_run_drain(run, drained, RECORDS_MAX);
        size_t bytes = (size_t)f->n_records[i] * BH_RECORD_WIDTH * sizeof *drained;
        f->records[i] = malloc(bytes + 1); // a size of 0 may give NULL
        memcpy(f->records[i], drained, bytes);
    }
}

static void forget(future *f)
{
    for (int i = 0; i < N_LOOKS; i++) {
        image_free(&f->at[i]);
        free(f->records[i]);
    }
}

// A run, another one from the same options, the state of the first at a moment, and what comes of it.
typedef struct trial {
    const char *env, *algo;
    bh_run *run, *other;
    image before;
    future future;
} trial;

// Whether the other run, which starts from `before`, comes to differ in an entry but that of the name,
// within so many looks; NaN is equal to NaN.
static int makes_a_difference(trial *t, const char *name, int n_looks)
{
    image_put(&t->before, t->other);
    while (bh_run_drain(t->other, drained, RECORDS_MAX) > 0) continue;
    for (int i = 0, done = 0; i < n_looks; done = looks[i++]) {
        CHECK_STATUS(bh_run_steps(t->other, looks[i] - done), BH_OK);
        if (image_difference(&t->future.at[i], t->other, name) != NULL) return 1;
        int n = bh_run_drain(t->other, drained, RECORDS_MAX);
        if (n != t->future.n_records[i]) return 1;
        size_t bytes = (size_t)n * BH_RECORD_WIDTH * sizeof *drained;
        if (memcmp(drained, t->future.records[i], bytes) != 0) return 1;
    }
    return 0;
}

// An entry that is shown: all its numbers at once make no difference.
static void check_shown(trial *t, image_entry *e)
{
    size_t bytes = e->rows * e->row_bytes;
    unsigned char *kept = malloc(bytes);
    memcpy(kept, e->bytes, bytes);
    for (size_t k = 0; k < bytes / e->number_bytes; k++) change(e, k, 1);
    if (!CHECK(!makes_a_difference(t, e->name, 4)))
        printf("    %s %s: %s is shown, but makes a difference\n", t->env, t->algo, e->name);
    memcpy(e->bytes, kept, bytes);
    free(kept);
}

static int matters(trial *t, image_entry *e, size_t at, int by)
{
    uint64_t kept = 0;
    memcpy(&kept, e->bytes + at * e->number_bytes, e->number_bytes);
    change(e, at, by);
    t->before.is_changed = 1;
    int does = makes_a_difference(t, e->name, N_LOOKS);
    t->before.is_changed = 0;
    memcpy(e->bytes + at * e->number_bytes, &kept, e->number_bytes);
    return does;
}

// The first number, the last, others at random, until one matters. Where only some do, none of the
// few may: that some do is known from --every.
static void check_one_matters(trial *t, image_entry *e, bh_rng *rng)
{
    if (is_listed(idle, N_IDLE, t->env, t->algo, e->name, NULL)) return;
    int is_partly = is_listed(partly, N_PARTLY, t->env, t->algo, e->name, NULL);
    int n_tries = is_partly ? TRIES / 6 : TRIES;
    uint32_t n = (uint32_t)(e->rows * e->row_bytes / e->number_bytes);
    int does = matters(t, e, 0, 1);
    for (int try = 1; try < n_tries && !does; try++)
        does = matters(t, e, try == 1 ? n - 1 : bh_rng_below(rng, n), 1 + try % 3);
    if (!CHECK(does || is_partly))
        printf("    %s %s: %s makes no difference\n", t->env, t->algo, e->name);
    if (!does) is_listed(partly, N_PARTLY, t->env, t->algo, e->name, partly_needed);
}

// Integers get a second value: of a flag or an index, the first may mean the same.
static void check_every_number(trial *t, image_entry *e)
{
    size_t n = e->rows * e->row_bytes / e->number_bytes, n_matter = 0;
    int has_second = e->type == BHI_STATE_I32 || e->type == BHI_STATE_U32;
    for (size_t k = 0; k < n; k++)
        n_matter += matters(t, e, k, 1) || (has_second && matters(t, e, k, 2));
    int is_idle =
        is_listed(idle, N_IDLE, t->env, t->algo, e->name, n_matter == 0 ? idle_needed : NULL);
    int is_partly = is_listed(partly, N_PARTLY, t->env, t->algo, e->name,
                              n_matter > 0 && n_matter < n ? partly_needed : NULL);
    if (!CHECK(n_matter == n || is_idle || (is_partly && n_matter > 0)))
        printf("    %s %s: %zu of %zu of %s matter\n", t->env, t->algo, n_matter, n, e->name);
}

// Entries whose names begin with `part`.
static void check_numbers(const char *env, const char *algo, const char *const *extra,
                          const char *part)
{
    trial t = {env, algo, busy_run(env, algo, extra, "4"), busy_run(env, algo, extra, "2")};
    bh_rng rng = bh_rng_seed(3);
    CHECK_STATUS(bh_run_steps(t.run, BEFORE), BH_OK);
    for (int i = 0; i < 9 && !bh_vec_env_running(t.run->train.envs, 0); i++) // into an episode
        CHECK_STATUS(bh_run_steps(t.run, 1), BH_OK);
    image_take(&t.before, t.run);
    foresee(&t.future, t.run);
    CHECK(!makes_a_difference(&t, "", N_LOOKS)); // where nothing is changed
    for (int i = 0; i < t.before.n; i++) {
        image_entry *e = &t.before.entries[i];
        if (strncmp(e->name, part, strlen(part)) != 0) continue;
        if (is_listed(fixed, N_FIXED, env, algo, e->name, NULL)) continue;
        int is_sampled = is_listed(sampled, N_SAMPLED, env, algo, e->name, NULL);
        if (e->is_shown) check_shown(&t, e);
        else if (is_every && !is_sampled) check_every_number(&t, e);
        else check_one_matters(&t, e, &rng);
    }
    image_free(&t.before);
    forget(&t.future);
    bh_run_destroy(t.run);
    bh_run_destroy(t.other);
}

static const char *const rainbow[] = {
    "n_envs",       "1",           "prioritized", "true", "noisy", "true",
    "distribution", "categorical", "dueling",     "true", NULL};
static const char *const normalized[] = {
    "n_envs", "1", "normalize_observation", "true", "normalize_reward", "true", NULL};
static const char *const ucb[] = {
    "n_envs", "1", "exploration", "ucb", "exploration_bonus_in_target", "true", NULL};
static const char *const slippery[] = {"n_envs",          "1",     "env.slip", "0.2",
                                       "env.step_reward", "-0.04", NULL};
static const char *const wandering[] = {"n_envs", "1", "noise_type", "ornstein-uhlenbeck", NULL};
static const char *const single[] = {"n_envs", "1", NULL};
static const char *const sde[] = {"use_sde", "true", NULL};

static void test_numbers_of_agents_matter(void)
{
    for (int a = 0; bh_all_agents[a] != NULL; a++) {
        const bh_agent_class *agent = bh_all_agents[a];
        int is_box = !bh_agent_acts_in(agent, BH_SPACE_DISCRETE);
        check_numbers(home_of(agent), agent->name, is_box ? wandering : slippery, "");
    }
    check_numbers("CartPole-v1", "dqn", rainbow, "agent/");
    check_numbers("Pendulum-v1", "ppo", single, "agent/rollout/box");
    check_numbers("Pendulum-v1", "reinforce", single, "agent/params");
    check_numbers("Pendulum-v1", "ppo", sde, "agent/matrix_rng");
    check_numbers("Pendulum-v1", "reinforce", sde, "agent/matrix_rng");
    check_numbers("GridWorld-v0", "q-learning", ucb, "agent/counts");
    check_numbers("CartPole-v1", "dqn", normalized, "agent/obs_rms");
    check_numbers("CartPole-v1", "ppo", normalized, "agent/ret_rms");
    check_numbers("CartPole-v1", "dqn", normalized, "agent/discounted_returns");
    check_numbers("CartPole-v1", "dqn", normalized, "best");
}

static void test_numbers_of_environments_matter(void)
{
    for (int e = 0; e < bh_all_envs.n; e++)
        check_numbers(bh_all_envs.defs[e]->id,
                      bh_all_envs.defs[e]->step_box != NULL ? "td3" : "dqn", single, "env/");
}

static void test_no_row_is_there_without_need(void)
{
    for (int i = 0; i < N_IDLE; i++)
        if (!CHECK(idle_needed[i])) printf("    idle: %s\n", idle[i].name);
    for (int i = 0; i < N_PARTLY; i++)
        if (!CHECK(partly_needed[i])) printf("    partly: %s\n", partly[i].name);
}

int main(int argc, char **argv)
{
    is_every = argc > 1 && strcmp(argv[1], "--every") == 0;
    if (is_every) argc--, argv++;
    CHECK_RUN(test_numbers_of_agents_matter);
    CHECK_RUN(test_numbers_of_environments_matter);
    if (is_every) CHECK_RUN(test_no_row_is_there_without_need);
    return check_report();
}
