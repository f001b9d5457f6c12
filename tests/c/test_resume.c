// SPDX-License-Identifier: MIT
// Full checkpoints: a run that was saved at some step, made anew from the file and continued is at every later step what the
// run is that never stopped, for every agent in every environment. What a file says is believed only as far as a run could
// have been there.
#include "checkpoint_file.h"
#include "run_image.h"

#include <sys/time.h>

#ifndef N_MUTATED
#define N_MUTATED 2 // for each agent in each environment
#endif

static bh_run *resume(file f, bh_status expected)
{
    bh_setup *setup;
    bh_run *run = NULL;
    bh_error err = {0};
    bh_status status = bh_setup_from_checkpoint(&setup, &bh_all_envs, f.bytes, f.size, &err);
    if (status == BH_OK) {
        status = bh_run_resume(&run, setup, f.bytes, f.size, &err);
        bh_setup_destroy(setup);
    }
    if (!CHECK_STATUS(status, expected)) printf("    %s\n", err.message);
    CHECK((status == BH_OK) == (run != NULL));
    return run;
}

// ---- the same from there on ----

static int is_in_file(bh_run *run, file f)
{
    file own = save_run(run);
    int same = own.size == f.size && memcmp(own.bytes, f.bytes, f.size) == 0;
    free(own.bytes);
    return same;
}

// ---- what a file says ----

static const char *message_of(file f, bh_run *of)
{
    static bh_error err;
    bh_run *run;
    CHECK(bh_run_resume(&run, bh_run_setup(of), f.bytes, f.size, &err) != BH_OK);
    CHECK(run == NULL);
    return err.message;
}

static void test_what_no_run_could_be_is_refused(void)
{
    bh_run *run = busy_run("GridWorld-v0", "dqn", NULL, "1");
    CHECK_STATUS(bh_run_steps(run, 100), BH_OK);
    file f = save_run(run);
    size_t size;
    int size_of_replay = 1 << 30;
    unsigned char *at = file_data(f, "state/agent/replay/size", &size), kept[4];
    memcpy(kept, at, sizeof kept);
    memcpy(at, &size_of_replay, sizeof size_of_replay);
    CHECK(strstr(message_of(f, run), "checksum") != NULL);
    file_sign(f);
    CHECK(
        strstr(message_of(f, run),
               "state/agent/replay/size has 1.07374e+09 at 0, but it must be between 0 and 232") !=
        NULL);
    memcpy(at, kept, sizeof kept);
    file_sign(f);
    bh_run *other = resume(f, BH_OK);
    CHECK(is_in_file(other, f));
    bh_run_destroy(other);
    free(f.bytes);
    f.size = bh_run_save(run, BH_CURRENT, NULL, 0);
    f.bytes = malloc(f.size);
    bh_run_save(run, BH_CURRENT, f.bytes, f.size);
    CHECK(strstr(message_of(f, run), "parameters only") != NULL);
    free(f.bytes);
    bh_run_destroy(run);
}

// A file with other numbers or another header, and the right checksum, is refused with a sentence, or gives a run that stays
// within its memory (under the sanitizers).
static void check_resume(file f)
{
    bh_setup *setup;
    bh_run *other = NULL;
    bh_error err = {0};
    bh_status status = bh_setup_from_checkpoint(&setup, &bh_all_envs, f.bytes, f.size, &err);
    if (status == BH_OK) status = bh_run_resume(&other, setup, f.bytes, f.size, &err);
    CHECK((status == BH_OK) == (other != NULL) && (status == BH_OK) == (err.message[0] == '\0'));
    if (other != NULL) bh_run_steps(other, 40);
    bh_run_destroy(other);
    bh_setup_destroy(setup);
}

// A run that is to take its parameters is left as it was where it is refused.
static void check_load(file f, bh_run *standing, image *before, int whole)
{
    bh_status status = whole ? bh_run_load(standing, f.bytes, f.size, NULL)
                             : bh_run_load_parameters(standing, f.bytes, f.size, NULL, NULL);
    if (status != BH_OK) CHECK(image_difference(before, standing, NULL) == NULL);
    else image_put(before, standing);
}

// What hangs ends as what crashes does: after so many seconds of this process; 0 for never.
static void end_after(int seconds)
{
    struct itimerval timer = {.it_value.tv_sec = seconds};
    CHECK(setitimer(ITIMER_VIRTUAL, &timer, NULL) == 0);
}

static void check_mutated(file f, int n, bh_rng *rng)
{
    file mutated = {.bytes = malloc(f.size), .size = f.size};
    bh_run *standing = resume(f, BH_OK);
    image before = {0};
    image_take(&before, standing);
    for (int i = 0; i < n; i++) {
        memcpy(mutated.bytes, f.bytes, f.size);
        file_mutate(mutated, rng);
        end_after(120);
        check_resume(mutated);
        if (i % 2 == 0) check_load(mutated, standing, &before, i % 4 == 0);
    }
    end_after(0);
    image_free(&before);
    bh_run_destroy(standing);
    free(mutated.bytes);
}

// ---- every agent in every environment ----

// Saved at `n` random steps of one run, each time continued beside it from the file. Where both are then is the next save.
// Returns the last.
static file save_and_resume(bh_run *run, const char *name, int n, bh_rng *rng)
{
    CHECK_STATUS(bh_run_steps(run, 1 + (int)bh_rng_below(rng, 90)), BH_OK);
    file f = save_run(run);
    for (int i = 0; i < n; i++) {
        bh_run *other = resume(f, BH_OK);
        int steps = 1 + (int)bh_rng_below(rng, 120);
        free(f.bytes);
        CHECK_STATUS(bh_run_steps(run, steps), BH_OK);
        f = save_run(run);
        if (other != NULL) CHECK_STATUS(bh_run_steps(other, steps), BH_OK);
        if (other == NULL || !CHECK(is_in_file(other, f))) printf("    %s, save %d\n", name, i);
        bh_run_destroy(other);
    }
    return f;
}

static void check_resumed(const char *env, const char *algo, const char *const *extra, int n,
                          int n_mutated, uint64_t seed)
{
    char name[96];
    snprintf(name, sizeof name, "%s %s", env, algo);
    bh_run *run = busy_run(env, algo, extra, "1");
    if (run == NULL) return; // not for this environment
    bh_rng rng = bh_rng_seed(seed);
    file f = save_and_resume(run, name, n, &rng);
    check_mutated(f, n_mutated, &rng);
    free(f.bytes);
    bh_run_destroy(run);
}

static void test_every_agent_in_every_environment(void)
{
    for (int e = 0; e < bh_all_envs.n; e++) {
        for (int a = 0; bh_all_agents[a] != NULL; a++)
            check_resumed(bh_all_envs.defs[e]->id, bh_all_agents[a]->name, NULL, 3, N_MUTATED,
                          (uint64_t)(97 * e + a));
    }
}

static void test_options_with_state_of_their_own(void)
{
    check_resumed("CartPole-v1", "dqn/rainbow", NULL, 8, 0, 1);
    check_resumed("CartPole-v1", "dqn",
                  OPTIONS("exploration", "ucb", "exploration_bonus_in_target", "true"), 8, 0, 2);
    check_resumed("CartPole-v1", "dqn", OPTIONS("optimizer", "rmsprop-centered", "n_steps", "3"), 8,
                  0, 3);
    check_resumed("GridWorld-v0", "q-learning", OPTIONS("exploration", "ucb", "env.slip", "0.2"), 8,
                  0, 4);
    check_resumed("Catch-v0", "ppo", OPTIONS("n_envs", "5"), 8, 0, 5);
    check_resumed("Pendulum-v1", "ppo", OPTIONS("use_sde", "true", "sde_sample_freq", "5"), 8, 0,
                  6);
    check_resumed("Pendulum-v1", "reinforce", OPTIONS("use_sde", "true"), 8, 0, 7);
    check_resumed("Pendulum-v1", "sac",
                  OPTIONS("normalize_observation", "true", "normalize_reward", "true",
                          "frame_stack", "3", "frame_skip", "2"),
                  8, 20, 8);
    check_resumed("CartPole-v1", "pqn",
                  OPTIONS("normalize_observation", "true", "normalize_reward", "true"), 8, 20, 9);
}

// ---- as many mutations as one likes ----

static int n_pairs(void)
{
    int n = 0;
    for (int i = 0; bh_all_agents[i] != NULL; i++) {
        for (int e = 0; e < bh_all_envs.n; e++) {
            bh_run *run = busy_run(bh_all_envs.defs[e]->id, bh_all_agents[i]->name, NULL, "1");
            n += run != NULL;
            bh_run_destroy(run);
        }
    }
    return n;
}

// n mutations, of every agent in every environment as many; those before `from` are left out.
static int many_mutations(int n, uint64_t seed, const char *from)
{
    int pairs = n_pairs(), pair = 0;
    for (int i = 0; bh_all_agents[i] != NULL; i++) {
        int count = 0, first = pair;
        if (strcmp(from, bh_all_agents[i]->name) == 0) from = "";
        for (int e = 0; e < bh_all_envs.n; e++) {
            bh_run *run = busy_run(bh_all_envs.defs[e]->id, bh_all_agents[i]->name, NULL, "1");
            if (run == NULL) continue;
            bh_rng rng = bh_rng_seed(seed + (uint64_t)pair);
            file f = save_and_resume(run, bh_all_agents[i]->name, 0, &rng);
            int some = n / pairs + (pair < n % pairs);
            if (*from == '\0') {
                check_mutated(f, some, &rng);
                count += some;
            }
            pair++;
            free(f.bytes);
            bh_run_destroy(run);
        }
        printf("%s: %d mutations in %d environments\n", bh_all_agents[i]->name, count,
               pair - first);
        fflush(stdout);
    }
    CHECK(*from == '\0'); // an agent of that name
    return check_report();
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "--mutations") == 0)
        return many_mutations(atoi(argv[2]), argc > 3 ? (uint64_t)atoll(argv[3]) : 0,
                              argc > 4 ? argv[4] : "");
    CHECK_RUN(test_every_agent_in_every_environment);
    CHECK_RUN(test_options_with_state_of_their_own);
    CHECK_RUN(test_what_no_run_could_be_is_refused);
    return check_report();
}
