// SPDX-License-Identifier: MIT
// The description of state (core/state.h) is whole: what it lists, copied into an object made from
// the same options, makes it behave the same for 500 steps, for every agent in every environment.
// That it is no longer than it must be: tests/c/test_state_numbers.c.
#include "run_image.h"

enum { STEPS = 500, BEFORE = 130, RECORDS_MAX = 4096 };

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
    bh_run *a = busy_run(env, algo, extra, "1"), *b = busy_run(env, algo, extra, "2");
    if (a == NULL || b == NULL) return;
    image before = {0}, after = {0};
    CHECK_STATUS(bh_run_steps(a, BEFORE), BH_OK);
    clear_records(a);
    image_take(&before, a);
    image_put(&before, b);
    CHECK_STATUS(bh_run_steps(a, STEPS), BH_OK);
    CHECK_STATUS(bh_run_steps(b, STEPS), BH_OK);
    image_take(&after, a);
    const char *different = image_difference(&after, b, NULL);
    if (!CHECK(different == NULL)) printf("    %s %s: %s differs\n", env, algo, different);
    if (!CHECK(same_records(a, b))) printf("    %s %s: records differ\n", env, algo);
    image_free(&before);
    image_free(&after);
    bh_run_destroy(a);
    bh_run_destroy(b);
}

static void test_every_agent_in_every_environment(void)
{
    for (int e = 0; e < bh_all_envs.n; e++) {
        for (int a = 0; bh_all_agents[a] != NULL; a++)
            check_whole(bh_all_envs.defs[e]->id, bh_all_agents[a]->name, NULL);
    }
}

static const char *const wrapped[] = {"normalize_observation",
                                      "true",
                                      "normalize_reward",
                                      "true",
                                      "frame_stack",
                                      "3",
                                      "frame_skip",
                                      "2",
                                      NULL};

// Images, vectors, actions from a Box; an agent that is not for one of them is refused.
static void test_every_agent_with_statistics_and_frames(void)
{
    static const char *const envs[] = {"CartPole-v1", "Breakout-MinAtar", "Pendulum-v1"};
    for (int e = 0; e < 3; e++) {
        for (int a = 0; bh_all_agents[a] != NULL; a++)
            check_whole(envs[e], bh_all_agents[a]->name, wrapped);
    }
}

static const char *const rainbow[] = {
    "n_envs",       "1",           "prioritized", "true", "noisy", "true",
    "distribution", "categorical", "dueling",     "true", NULL};
static const char *const ucb[] = {
    "n_envs", "1", "exploration", "ucb", "exploration_bonus_in_target", "true", NULL};
static const char *const centered[] = {"optimizer", "rmsprop-centered", NULL};
static const char *const rewards[] = {"normalize_reward", "true", "clip_reward", "2", NULL};
static const char *const sde[] = {"use_sde", "true", "sde_sample_freq", "5", NULL};

static void test_options_with_state_of_their_own(void)
{
    check_whole("CartPole-v1", "dqn", rainbow);
    check_whole("CartPole-v1", "dqn", ucb);
    check_whole("CartPole-v1", "dqn", centered);
    check_whole("GridWorld-v0", "q-learning", ucb);
    check_whole("Pendulum-v1", "ppo", sde);
    check_whole("Pendulum-v1", "reinforce", sde);
    check_whole("GridWorld-v0", "q-learning", rewards);
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
    for (int i = 0; bh_all_agents[i] != NULL; i++) {
        bh_run *run = busy_run(home_of(bh_all_agents[i]), bh_all_agents[i]->name, NULL, "1");
        size_t bytes;
        block b = {.from = bh_all_agents[i]->functions->params(run->agent, &bytes)};
        b.end = b.from + bytes;
        bhi_state_visitor visitor = {.visit = look_for_block, .user = &b};
        bhi_run_state(run, &visitor);
        CHECK(b.found);
        bh_run_destroy(run);
    }
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_every_agent_in_every_environment);
    CHECK_RUN(test_every_agent_with_statistics_and_frames);
    CHECK_RUN(test_options_with_state_of_their_own);
    CHECK_RUN(test_parameters_are_state);
    return check_report();
}
