// SPDX-License-Identifier: MIT
// Interruptions: a run that returns between two pieces of work and is called again has the bits of one that is never interrupted, wherever
// that happens; saved there and made anew, it goes on from that piece.
#include "checkpoint_file.h"
#include "run_image.h"

// ---- who interrupts ----

// Says yes after so many questions, and how often it did.
typedef struct interrupter {
    bh_rng rng;
    int most, left, n_asked, n_said;
} interrupter;

static int is_enough(void *user)
{
    interrupter *i = user;
    i->n_asked++;
    if (--i->left > 0) return 0;
    i->left = 1 + (int)bh_rng_below(&i->rng, (uint32_t)i->most);
    i->n_said++;
    return 1;
}

static interrupter every(int most, uint64_t seed)
{
    return (interrupter){.rng = bh_rng_seed(seed), .most = most, .left = 1};
}

static bh_run *resume(file f)
{
    bh_setup *setup;
    bh_run *run = NULL;
    bh_error err = {0};
    CHECK_STATUS(bh_setup_from_checkpoint(&setup, &bh_all_envs, f.bytes, f.size, NULL), BH_OK);
    if (!CHECK_STATUS(bh_run_resume(&run, setup, f.bytes, f.size, &err), BH_OK))
        printf("    %s\n", err.message);
    bh_setup_destroy(setup);
    return run;
}

// Until it stands at `end`; with `resumes`, by runs made anew from the file of the one before: of so many in the middle of an evaluation,
// which begins anew. Returns the last one.
static bh_run *go(bh_run *run, int end, interrupter *i, int resumes)
{
    bh_status status = BH_OK;
    int n = 0, in_evaluation = 0;
    if (i != NULL) bh_run_set_interrupt(run, is_enough, i);
    while (run != NULL && (bh_run_timesteps(run) < end || status == BH_PENDING)) {
        int left = end - bh_run_timesteps(run);
        status = bh_run_steps(run, left > 0 ? left : 0);
        CHECK(status == BH_OK || (i != NULL && status == BH_PENDING));
        in_evaluation += run->evaluation.is_open;
        if (status != BH_PENDING || n++ % 5 != 0 ||
            (run->evaluation.is_open && in_evaluation > resumes))
            continue;
        if (resumes == 0) continue;
        file f = save_run(run);
        bh_run_destroy(run);
        run = resume(f);
        if (run != NULL) bh_run_set_interrupt(run, is_enough, i);
        free(f.bytes);
    }
    return run;
}

static int says_the_same(bh_run *a, bh_run *b, const char *what)
{
    image now = {0};
    image_take(&now, a);
    const char *difference = image_difference(&now, b, NULL);
    image_free(&now);
    if (!CHECK(difference == NULL)) printf("    %s: %s\n", what, difference);
    return difference == NULL;
}

static void check_records(bh_run *a, bh_run *b)
{
    static double ours[256 * BH_RECORD_WIDTH], theirs[256 * BH_RECORD_WIDTH];
    int n;
    do {
        n = bh_run_drain(a, ours, 256);
        if (!CHECK(bh_run_drain(b, theirs, 256) == n)) return;
        CHECK(memcmp(ours, theirs, (size_t)n * BH_RECORD_WIDTH * sizeof *ours) == 0);
    } while (n > 0);
}

// ---- every agent, any interruptions ----

static const char *const homes[] = {"GridWorld-v0", "CartPole-v1", "Pendulum-v1", "Catch-v0",
                                    "TextGen-v1"};

// Rounds of several updates, so that there is something between two of them.
static const char *const *rounds_of(const char *algo)
{
    static const char *const gradient_steps[] = {"gradient_steps", "5", NULL}, *const epochs[] = {
                                                                                   "n_epochs", "3",
                                                                                   NULL};
    if (strcmp(algo, "dqn") == 0 || strcmp(algo, "sac") == 0 || strcmp(algo, "td3") == 0 ||
        strcmp(algo, "ddpg") == 0 || strcmp(algo, "clone") == 0)
        return gradient_steps;
    return strcmp(algo, "ppo") == 0 || strcmp(algo, "pqn") == 0 ? epochs : NULL;
}

static int n_interrupted;

// Interrupted after `most` questions, or fewer.
static void check_agent(const char *env, const char *algo, int most)
{
    enum { STEPS = 850 }; // two evaluations
    bh_run *plain = busy_run(env, algo, rounds_of(algo), "3"), *often = NULL, *anew = NULL;
    if (plain == NULL) return;
    interrupter i = every(most, (uint64_t)most), j = every(most, 7 + (uint64_t)most);
    often = go(busy_run(env, algo, rounds_of(algo), "3"), STEPS, &i, 0);
    anew = go(busy_run(env, algo, rounds_of(algo), "3"), STEPS, &j, 12);
    go(plain, STEPS, NULL, 0);
    says_the_same(plain, often, algo);
    says_the_same(plain, anew, algo);
    check_records(plain, often);
    n_interrupted += i.n_said + j.n_said;
    if (i.n_said == 0) printf("    %s in %s: never interrupted\n", algo, env);
    bh_run_destroy(plain);
    bh_run_destroy(often);
    bh_run_destroy(anew);
}

static void test_any_interruption_gives_the_same_bits(void)
{
    static const int mosts[] = {1, 4, 16};
    for (int a = 0; bh_all_agents[a] != NULL; a++) {
        for (size_t e = 0; e < sizeof homes / sizeof *homes; e++)
            check_agent(homes[e], bh_all_agents[a]->name, mosts[((size_t)a + e) % 3]);
    }
    printf("    %d interruptions\n", n_interrupted);
    CHECK(n_interrupted > 1000);
}

// Parts of 256 rows, whose gradients are added.
static void test_parts_of_an_update(void)
{
    const char *const *options =
        OPTIONS("n_steps", "600", "episodes_per_update", "40", "kl_coef", "0.1");
    bh_run *plain = busy_run("CartPole-v1", "reinforce", options, "5");
    interrupter i = every(1, 1);
    bh_run *anew = go(busy_run("CartPole-v1", "reinforce", options, "5"), 3000, &i, 40);
    go(plain, 3000, NULL, 0);
    CHECK(bh_run_updates(plain) >= 2);
    says_the_same(plain, anew, "reinforce");
    bh_run_destroy(plain);
    bh_run_destroy(anew);
}

// ---- updates on demonstrations ----

static bh_run *demonstrated(interrupter *i, bh_status expected)
{
    enum { N = 24 };
    bh_run *run = busy_run("CartPole-v1", "dqn", OPTIONS("demo_updates", "50"), "2");
    float obs[N * 4];
    int actions[N], zero[N] = {0};
    double rewards[N] = {0};
    for (int k = 0; k < 4 * N; k++) obs[k] = (float)(k % 7) / 10;
    for (int k = 0; k < N; k++) actions[k] = k % 2;
    bh_demonstrations all = {.transitions = {N, obs, actions, rewards, zero, zero, obs}};
    if (i != NULL) bh_run_set_interrupt(run, is_enough, i);
    CHECK_STATUS(bh_run_demonstrate(run, &all, NULL), expected);
    return run;
}

static void test_updates_on_demonstrations(void)
{
    interrupter i = every(3, 4);
    bh_run *plain = demonstrated(NULL, BH_OK), *often = demonstrated(&i, BH_PENDING);
    CHECK(bh_run_updates(plain) == 50 && bh_run_updates(often) == 1);
    file f = save_run(often);
    bh_run *anew = resume(f);
    free(f.bytes);
    while (bh_run_steps(often, 0) == BH_PENDING) CHECK(bh_run_timesteps(often) == 0);
    says_the_same(plain, often, "demonstrations");
    CHECK_STATUS(bh_run_steps(anew, 0), BH_OK);
    says_the_same(plain, anew, "demonstrations from a file");
    bh_run_destroy(plain);
    bh_run_destroy(often);
    bh_run_destroy(anew);
}

// ---- what is asked of a run in the middle of a step ----

static bh_run *in_the_middle(interrupter *i)
{
    bh_run *run = busy_run("CartPole-v1", "dqn", OPTIONS("gradient_steps", "6"), "4");
    bh_run_set_interrupt(run, is_enough, i);
    bh_status status = BH_OK;
    while (status == BH_OK || run->agent->piece == 0) status = bh_run_steps(run, 1);
    return run;
}

static void test_what_is_set_waits_for_the_step(void)
{
    interrupter i = every(1, 0);
    bh_run *run = in_the_middle(&i),
           *plain = busy_run("CartPole-v1", "dqn", OPTIONS("gradient_steps", "6"), "4");
    CHECK_STATUS(bh_run_set(run, "learning_rate", "0.5", NULL), BH_OK);
    CHECK_STATUS(bh_run_set(run, "gradient_steps", "2", NULL), BH_OK);
    CHECK_STATUS(bh_run_steps(plain, bh_run_timesteps(run)), BH_OK);
    CHECK_STATUS(bh_run_set(plain, "learning_rate", "0.5", NULL), BH_OK);
    CHECK_STATUS(bh_run_set(plain, "gradient_steps", "2", NULL), BH_OK);
    while (bh_run_steps(run, 0) == BH_PENDING) continue;
    says_the_same(plain, run, "set");
    run = go(run, 300, &i, 0);
    go(plain, bh_run_timesteps(run), NULL, 0);
    says_the_same(plain, run, "set, and later");
    bh_run_destroy(run);
    bh_run_destroy(plain);
}

// Loading does the learning that is left; so does saving with options that wait.
static void test_what_changes_a_run_settles_it(void)
{
    interrupter i = every(1, 0);
    bh_run *run = in_the_middle(&i), *other = in_the_middle(&i);
    saved s = save(other, BH_CURRENT);
    CHECK_STATUS(bh_run_load(run, s.bytes, s.size, NULL), BH_OK);
    CHECK(run->agent->piece == 0 && bh_run_updates(run) == 6);
    CHECK_STATUS(bh_run_set(other, "learning_rate", "0.5", NULL), BH_OK);
    file f = save_run(other);
    CHECK(other->agent->piece == 0 && !other->has_changes);
    free(f.bytes);
    free(s.bytes);
    bh_run_destroy(run);
    run = in_the_middle(&i);
    bh_run_reset_timesteps(run);
    CHECK(run->agent->piece == 0 && bh_run_timesteps(run) == 0 && bh_run_updates(run) == 6);
    bh_run_destroy(run);
    bh_run_destroy(other);
}

// ---- evaluations ----

static int always(void *user)
{
    ++*(int *)user;
    return 1;
}

static void test_an_evaluation_without_end(void)
{
    int n = 0;
    bh_run *run =
        make_run(&bh_all_envs, "Pendulum-v1", "sac",
                 OPTIONS("max_episode_steps", "2000000000", "eval_freq", "10", "net_arch", "8"));
    bh_run_set_interrupt(run, always, &n);
    bh_score score = {.mean = 7};
    for (int k = 0; k < 100; k++)
        CHECK_STATUS(bh_run_evaluate(run, BH_CURRENT, 3, 1, &score), BH_PENDING);
    CHECK(n == 100 && score.mean == 7);
    CHECK_STATUS(bh_run_evaluate(run, BH_CURRENT, 0, 1, &score), BH_OK); // given up
    bh_status status = BH_OK;
    while (status == BH_OK && bh_run_timesteps(run) < 10) status = bh_run_steps(run, 1);
    for (int k = 0; k < 100; k++) CHECK_STATUS(bh_run_steps(run, 5), BH_PENDING); // one of its own
    CHECK(bh_run_timesteps(run) == 10);
    file f = save_run(run);
    bh_run *anew = resume(f);
    bh_run_set_interrupt(anew, always, &n);
    CHECK(anew->owed == BHI_OWED_STEP);
    CHECK_STATUS(bh_run_set(anew, "total_timesteps", "1000", NULL), BH_OK); // plans the next one
    CHECK_STATUS(bh_run_steps(anew, 1), BH_PENDING);
    CHECK(bh_run_timesteps(anew) == 10 && anew->evaluation.is_open);
    free(f.bytes);
    bh_run_destroy(run);
    bh_run_destroy(anew);
}

// Asked for while one of the run's own is under way: that one begins anew afterwards.
static void test_an_evaluation_between(void)
{
    const char *const *options = OPTIONS("eval_freq", "100");
    interrupter i = every(3, 3), j = every(3, 3);
    bh_run *plain = busy_run("CartPole-v1", "dqn", options, "6"),
           *run = busy_run("CartPole-v1", "dqn", options, "6");
    bh_run_set_interrupt(run, is_enough, &i);
    while (bh_run_timesteps(run) < 100 || !run->evaluation.is_open)
        bh_run_steps(run, bh_run_timesteps(run) < 100 ? 100 - bh_run_timesteps(run) : 0);
    CHECK_STATUS(bh_run_steps(plain, 100), BH_OK);
    bh_score score, same;
    while (bh_run_evaluate(run, BH_CURRENT, 5, 9, &score) == BH_PENDING) continue;
    CHECK_STATUS(bh_run_evaluate(plain, BH_CURRENT, 5, 9, &same), BH_OK);
    CHECK(same_score(&score, &same));
    run = go(run, 300, &j, 0);
    CHECK_STATUS(bh_run_steps(plain, 200), BH_OK);
    says_the_same(plain, run, "an evaluation between");
    check_records(plain, run);
    bh_run_destroy(plain);
    bh_run_destroy(run);
}

// ---- files ----

// Any number of pieces may stand in a file.
static void test_pieces_that_no_run_has_done(void)
{
    static const uint64_t pieces[] = {0, 5, 7, 1u << 20, UINT64_C(1) << 40, UINT64_MAX};
    static const char *const algos[] = {"dqn", "ppo", "pqn", "reinforce", "clone"};
    for (size_t a = 0; a < sizeof algos / sizeof *algos; a++) {
        interrupter i = every(1, 0);
        bh_run *run = busy_run("CartPole-v1", algos[a], rounds_of(algos[a]), "4");
        bh_run_set_interrupt(run, is_enough, &i);
        while (run->agent->piece == 0) bh_run_steps(run, 1);
        file f = save_run(run);
        size_t size;
        unsigned char *at = file_data(f, "state/agent/piece", &size);
        for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
            memcpy(at, &pieces[k], sizeof *pieces);
            file_sign(f);
            bh_run *other;
            if (bh_run_resume(&other, bh_run_setup(run), f.bytes, f.size, NULL) != BH_OK) continue;
            CHECK_STATUS(bh_run_steps(other, 200), BH_OK);
            bh_run_destroy(other);
        }
        free(f.bytes);
        bh_run_destroy(run);
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_any_interruption_gives_the_same_bits);
    CHECK_RUN(test_parts_of_an_update);
    CHECK_RUN(test_updates_on_demonstrations);
    CHECK_RUN(test_what_is_set_waits_for_the_step);
    CHECK_RUN(test_what_changes_a_run_settles_it);
    CHECK_RUN(test_an_evaluation_without_end);
    CHECK_RUN(test_an_evaluation_between);
    CHECK_RUN(test_pieces_that_no_run_has_done);
    return check_report();
}
