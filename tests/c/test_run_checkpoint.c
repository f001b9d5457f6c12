// SPDX-License-Identifier: MIT
// Checkpoints of a run: what is saved, loaded back, and refused.
#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/dqn.h"

#include "check.h"
#include "json_valid.h"
#include "make_run.h"

#include <stdlib.h>

static void test_tensors(void)
{
    bh_run *run = make_run(&bh_envs, "CartPole-v1", "dqn", OPTIONS(SMALL, "net_arch", "5,3"));
    bh_tensor t[BH_TENSORS_MAX];
    CHECK(bh_run_tensors(run, BH_CURRENT, t) == 6);
    CHECK_STRING(t[0].name, "q_net.q_net.0.weight");
    CHECK(t[0].rank == 2 && t[0].shape[0] == 5 && t[0].shape[1] == 4);
    CHECK(t[0].stride[1] == 1 && t[0].stride[2] == 5); // the output index is contiguous
    CHECK_STRING(t[3].name, "q_net.q_net.2.bias");
    CHECK(t[3].rank == 1 && t[3].shape[0] == 3);
    CHECK_STRING(t[4].name, "q_net.q_net.4.weight");
    char own[65], got[65];
    bh_checkpoint_fingerprint(t, 6, own);
    bh_run_fingerprint(run, BH_CURRENT, got);
    CHECK_STRING(got, own);
    bh_run_destroy(run);
}

static void test_save_and_load(void)
{
    static const char *const pairs[][2] = {{"CartPole-v1", "dqn"},
                                           {"GridWorld-v0", "dqn"},
                                           {"GridWorld-v0", "q-learning"},
                                           {"GridWorld-v0", "sarsa"},
                                           {"GridWorld-v0", "double-q-learning"},
                                           {"GridWorld-v0", "policy-iteration"},
                                           {"GridWorld-v0", "policy-evaluation"},
                                           {"FrozenLake-v1", "value-iteration"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *const *dqn = OPTIONS(SMALL, "seed", "3", "eval_freq", "100");
        const char *const *other = OPTIONS("seed", "3", "eval_freq", "100", "n_eval_episodes", "3");
        bh_run *run = make_run(&bh_envs, pairs[i][0], pairs[i][1],
                               strcmp(pairs[i][1], "dqn") == 0 ? dqn : other);
        bh_run_steps(run, 300);
        saved current = save(run, BH_CURRENT), best = save(run, BH_BEST);
        char want[65], want_best[65], got[65];
        bh_run_fingerprint(run, BH_CURRENT, want);
        bh_run_fingerprint(run, BH_BEST, want_best);

        // From the file alone.
        bh_setup *setup;
        bh_error err = {0};
        if (!CHECK_STATUS(
                bh_setup_from_checkpoint(&setup, &bh_envs, current.bytes, current.size, &err),
                BH_OK))
            printf("    %s\n", err.message);
        static char before[8192], after[8192];
        bh_text text = bh_text_over(before, sizeof before);
        bh_setup_describe(bh_run_setup(run), &text);
        text = bh_text_over(after, sizeof after);
        bh_setup_describe(setup, &text);
        CHECK_STRING(after, before);
        bh_run *other_run = start_run(setup);
        CHECK_STATUS(bh_run_load(other_run, current.bytes, current.size, &err), BH_OK);
        bh_run_fingerprint(other_run, BH_CURRENT, got);
        CHECK_STRING(got, want);
        bh_run_fingerprint(other_run, BH_BEST, got);
        CHECK_STRING(got, want);
        bh_score a, b;
        bh_run_evaluate(run, BH_CURRENT, 5, 9, &a);
        bh_run_evaluate(other_run, BH_CURRENT, 5, 9, &b);
        CHECK(same_score(&a, &b));
        CHECK_STATUS(bh_run_load(other_run, best.bytes, best.size, &err), BH_OK);
        bh_run_fingerprint(other_run, BH_CURRENT, got);
        CHECK_STRING(got, want_best);
        bh_run_steps(other_run, 200); // and learns on from there
        CHECK(bh_run_timesteps(other_run) == 200);
        bh_run_destroy(other_run);
        bh_run_destroy(run);
        free(current.bytes);
        free(best.bytes);
    }
}

static void test_metadata(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "dqn",
                           OPTIONS(SMALL, "env.map", "S.G", "eval_freq", "50", "seed", "12"));
    bh_run_steps(run, 100);
    saved s = save(run, BH_BEST);
    static const char *const want[][2] = {{"env", "GridWorld-v0"},   {"algo", "dqn"},
                                          {"timesteps", "100"},      {"config.seed", "12"},
                                          {"config.gamma", "0.9"},   {"config.net_arch", "12"},
                                          {"config.env.map", "S.G"}, {"format", "bellhop-1"}};
    for (int i = 0; i < 8; i++) {
        char value[64] = "";
        CHECK(bh_checkpoint_entry_get(s.bytes, s.size, want[i][0], value, sizeof value) == 1);
        CHECK_STRING(value, want[i][1]);
    }
    char value[64];
    CHECK(bh_checkpoint_entry_get(s.bytes, s.size, "best_mean_reward", value, sizeof value) == 1);
    bh_run_destroy(run);
    free(s.bytes);
}

// A checkpoint of something else is refused and leaves every parameter as it was.
static void check_load_refused(bh_run *run, const void *bytes, size_t size, bh_status want,
                               const char *part)
{
    char before[2][65], after[2][65];
    bh_error err = {0};
    for (int w = 0; w < 2; w++) bh_run_fingerprint(run, (bh_params_choice)w, before[w]);
    CHECK_STATUS(bh_run_load(run, bytes, size, &err), want);
    if (!CHECK(strstr(err.message, part) != NULL))
        printf("    '%s' not in: %s\n", part, err.message);
    for (int w = 0; w < 2; w++) {
        bh_run_fingerprint(run, (bh_params_choice)w, after[w]);
        CHECK_STRING(after[w], before[w]);
    }
}

static void test_load_refused(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "dqn", OPTIONS(SMALL, "eval_freq", "100"));
    bh_run_steps(run, 200);
    static const struct {
        const char *env, *algo, *option, *value, *part;
    } others[] = {
        {"FrozenLake-v1", "dqn", "net_arch", "12",
         "env is 'FrozenLake-v1', but here it is 'GridWorld-v0'"},
        {"GridWorld-v0", "q-learning", "gamma", "0.9",
         "algo is 'q-learning', but here it is 'dqn'"},
        {"GridWorld-v0", "dqn", "net_arch", "13", "q_net.q_net.0.weight"},
        {"GridWorld-v0", "dqn", "net_arch", "12,12", "q_net.q_net.2.weight"},
        {"GridWorld-v0", "dqn", "env.map", "S.G", "q_net.q_net.0.weight"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *const *options = OPTIONS("net_arch", "12", others[i].option, others[i].value);
        if (strcmp(others[i].algo, "dqn") != 0) options += 2;
        bh_run *other = make_run(&bh_envs, others[i].env, others[i].algo, options);
        saved s = save(other, BH_CURRENT);
        check_load_refused(run, s.bytes, s.size, BH_ERR_SHAPE, others[i].part);
        bh_run_destroy(other);
        free(s.bytes);
    }
    saved own = save(run, BH_CURRENT);
    bh_run_steps(run, 100);
    check_load_refused(run, own.bytes, own.size - 1, BH_ERR_FORMAT, "cut short");
    own.bytes[own.size - 1] ^= 1;
    check_load_refused(run, own.bytes, own.size, BH_ERR_FORMAT, "checksum");
    check_load_refused(run, "", 0, BH_ERR_FORMAT, "0 bytes");
    for (size_t n = 0; n < own.size; n += 1 + n / 16) { // prefixes of a real one
        check_load_refused(run, own.bytes, n, BH_ERR_FORMAT, "");
    }
    bh_run_steps(run, 100);
    bh_run_destroy(run);
    free(own.bytes);
}

#define ENTRIES(...) ((const bh_checkpoint_entry[]){__VA_ARGS__})

// A sound file whose metadata ask for what there is not.
static void check_setup_refused(const bh_checkpoint_entry *entries, int n, bh_status want,
                                const char *part)
{
    double zero = 0;
    const bh_tensor t = bh_tensor_vector("q_table", BH_F64, 1, &zero);
    size_t size = bh_checkpoint_write(NULL, 0, &t, 1, entries, n);
    unsigned char *bytes = malloc(size);
    bh_checkpoint_write(bytes, size, &t, 1, entries, n);
    bh_setup *setup = (bh_setup *)&zero;
    bh_error err = {0};
    CHECK_STATUS(bh_setup_from_checkpoint(&setup, &bh_envs, bytes, size, &err), want);
    if (!CHECK(strstr(err.message, part) != NULL))
        printf("    '%s' not in: %s\n", part, err.message);
    CHECK(setup == NULL);
    free(bytes);
}

static void test_setup_from_hostile_checkpoint(void)
{
    check_setup_refused(ENTRIES({"algo", "dqn"}), 1, BH_ERR_FORMAT, "environment");
    check_setup_refused(ENTRIES({"env", "GridWorld-v0"}), 1, BH_ERR_FORMAT, "algorithm");
    check_setup_refused(ENTRIES({"env", "Nowhere-v0"}, {"algo", "dqn"}), 2, BH_ERR_UNKNOWN,
                        "Nowhere-v0");
    check_setup_refused(ENTRIES({"env", "GridWorld-v0"}, {"algo", "sac"}), 2, BH_ERR_UNKNOWN,
                        "sac");
    check_setup_refused(ENTRIES({"env", "GridWorld-v0"}, {"algo", "dqn"}, {"config.gamma", "7"}), 3,
                        BH_ERR_CONFIG, "gamma is 7");
    check_setup_refused(ENTRIES({"env", "GridWorld-v0"}, {"algo", "dqn"}, {"config.n_envs", "nan"}),
                        3, BH_ERR_CONFIG, "n_envs");
    check_setup_refused(
        ENTRIES({"env", "GridWorld-v0"}, {"algo", "dqn"}, {"config.net_arch", "1,1,1,1,1,1,1,1,1"}),
        3, BH_ERR_CONFIG, "net_arch");
    check_setup_refused(ENTRIES({"env", "GridWorld-v0"}, {"algo", "dqn"}, {"config.env.slip", "2"}),
                        3, BH_ERR_CONFIG, "slip is 2");
    bh_setup *setup;
    CHECK_STATUS(bh_setup_from_checkpoint(&setup, &bh_envs, "not a file", 10, NULL), BH_ERR_FORMAT);
    CHECK(setup == NULL);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_tensors);
    CHECK_RUN(test_save_and_load);
    CHECK_RUN(test_metadata);
    CHECK_RUN(test_load_refused);
    CHECK_RUN(test_setup_from_hostile_checkpoint);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
