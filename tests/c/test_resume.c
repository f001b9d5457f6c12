// SPDX-License-Identifier: MIT
// Full checkpoints: a run that was saved at some step, made anew from the file and continued is at every later step what the
// run is that never stopped, for every agent in every environment. What a file says is believed only as far as a run could
// have been there.
#include "io/sha256.h"

#include "run_image.h"

#ifndef N_MUTATED
#define N_MUTATED 2 // for each agent in each environment
#endif

typedef struct file {
    unsigned char *bytes;
    size_t size;
} file;

static file save_full(bh_run *run)
{
    file f = {0};
    size_t n;
    CHECK_STATUS(bh_run_save_full(run, NULL, 0, &f.size, NULL), BH_OK);
    f.bytes = malloc(f.size);
    CHECK_STATUS(bh_run_save_full(run, f.bytes, f.size, &n, NULL), BH_OK);
    CHECK(f.size > 0 && n == f.size);
    return f;
}

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
    file own = save_full(run);
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

static void sign(file f)
{
    char *digits = strstr((char *)f.bytes + 8, "\"sha256\":\"") + 10, hex[65];
    memset(digits, '0', 64);
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    bh_sha256_add(&sha, f.bytes, f.size);
    bh_sha256_end(&sha, hex);
    memcpy(digits, hex, 64);
}

// The bytes of a tensor, by the header.
static unsigned char *data_of(file f, const char *name, size_t *size)
{
    size_t header = f.bytes[0] + 256u * f.bytes[1] + 65536u * f.bytes[2];
    char key[80];
    snprintf(key, sizeof key, "\"%s\":", name);
    char *at = strstr((char *)f.bytes + 8, key);
    if (!CHECK(at != NULL)) return NULL;
    unsigned long from, to;
    CHECK(sscanf(strstr(at, "offsets\":["), "offsets\":[%lu,%lu", &from, &to) == 2);
    *size = to - from;
    return f.bytes + 8 + header + from;
}

static void test_what_no_run_could_be_is_refused(void)
{
    bh_run *run = busy_run("GridWorld-v0", "dqn", NULL, "1");
    CHECK_STATUS(bh_run_steps(run, 100), BH_OK);
    file f = save_full(run);
    size_t size;
    int size_of_replay = 1 << 30;
    unsigned char *at = data_of(f, "state/agent/replay/size", &size), kept[4];
    memcpy(kept, at, sizeof kept);
    memcpy(at, &size_of_replay, sizeof size_of_replay);
    CHECK(strstr(message_of(f, run), "checksum") != NULL);
    sign(f);
    CHECK(
        strstr(message_of(f, run),
               "state/agent/replay/size has 1.07374e+09 at 0, but it must be between 0 and 232") !=
        NULL);
    memcpy(at, kept, sizeof kept);
    sign(f);
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

// Changes a number of a tensor, each tensor as likely: one bytes wide, or a whole number at the edge of something.
static void mutate(file f, bh_rng *rng)
{
    size_t header = f.bytes[0] + 256u * f.bytes[1] + 65536u * f.bytes[2], n = 0;
    unsigned char *data = f.bytes + 8 + header;
    unsigned long from = 0, to = 0;
    char *text = (char *)f.bytes + 8, *end = text + header;
    for (char *at = text; at < end; at++) {
        if (memcmp(at, "offsets\":[", 10) != 0 || bh_rng_below(rng, (uint32_t)++n) != 0) continue;
        CHECK(sscanf(at, "offsets\":[%lu,%lu", &from, &to) == 2);
    }
    static const int edges[] = {0,    1,         -1,        2,          7,         255,
                                4096, INT32_MAX, INT32_MIN, 0x7fc00000, 0x42c80000};
    int edge = edges[bh_rng_below(rng, sizeof edges / sizeof *edges)];
    unsigned long at = from + bh_rng_below(rng, (uint32_t)(to - from));
    if (bh_rng_below(rng, 2) == 0 || to - from < 4)
        data[at] = (unsigned char)bh_rng_below(rng, 256);
    else
        memcpy(data + from + (at - from) / 4 * 4, &edge,
               to - at >= 4 || (at - from) % 4 == 0 ? 4 : 0);
}

// A file with other numbers and the right checksum is refused, or gives a run that stays within its memory (under the
// sanitizers). The file comes back changed.
static void check_mutated(file f, int n, bh_rng *rng)
{
    unsigned char *kept = malloc(f.size);
    memcpy(kept, f.bytes, f.size);
    for (int i = 0; i < n; i++) {
        memcpy(f.bytes, kept, f.size);
        for (int k = 0; k < 3; k++) mutate(f, rng);
        sign(f);
        bh_setup *setup;
        bh_run *other = NULL;
        CHECK_STATUS(bh_setup_from_checkpoint(&setup, &bh_all_envs, f.bytes, f.size, NULL), BH_OK);
        if (bh_run_resume(&other, setup, f.bytes, f.size, NULL) == BH_OK) bh_run_steps(other, 40);
        bh_run_destroy(other);
        bh_setup_destroy(setup);
    }
    free(kept);
}

// ---- every agent in every environment ----

// Saved at `n` random steps of one run, each time continued beside it from the file. Where both are then is the next save.
// Returns the last.
static file save_and_resume(bh_run *run, const char *name, int n, bh_rng *rng)
{
    CHECK_STATUS(bh_run_steps(run, 1 + (int)bh_rng_below(rng, 90)), BH_OK);
    file f = save_full(run);
    for (int i = 0; i < n; i++) {
        bh_run *other = resume(f, BH_OK);
        int steps = 1 + (int)bh_rng_below(rng, 120);
        free(f.bytes);
        CHECK_STATUS(bh_run_steps(run, steps), BH_OK);
        f = save_full(run);
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
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_every_agent_in_every_environment);
    CHECK_RUN(test_options_with_state_of_their_own);
    CHECK_RUN(test_what_no_run_could_be_is_refused);
    return check_report();
}
