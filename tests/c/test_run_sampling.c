// SPDX-License-Identifier: MIT
// Sampled actions and state values of a run: what they are, and that they do not disturb it.
#include "core/alloc.h"
#include "core/fmath.h"
#include "envs/registry.h"
#include "rl/agent_list.h"

#include "make_run.h"

enum { STATES = 9, DRAWS = 4000 };

// Every state of GridWorld-v0, DRAWS / STATES times in turn.
static const float *states(void)
{
    static float obs[DRAWS];
    for (int i = 0; i < DRAWS; i++) obs[i] = (float)(i % STATES);
    return obs;
}

static void through(const char *algo, const char *const *options, int is_watched, char hex[65])
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", algo, options);
    bh_rng rng = bh_rng_seed(7);
    for (int i = 0; i < 300; i += 20) {
        int actions[STATES];
        double values[STATES];
        bh_run_steps(run, 20);
        if (!is_watched) continue;
        bh_run_sample_actions(run, actions, states(), STATES, &rng);
        bh_run_state_values(run, values, states(), STATES);
    }
    bh_run_fingerprint(run, BH_CURRENT, hex);
    bh_run_destroy(run);
}

// Every way to explore, of every kind of agent, with and without several environments.
static void test_sampling_does_not_disturb(void)
{
    const struct {
        const char *algo;
        const char *const *options;
    } cases[] = {
        {"dqn", OPTIONS(SMALL)},
        {"dqn", OPTIONS(SMALL, "exploration", "boltzmann", "n_envs", "3")},
        {"dqn", OPTIONS(SMALL, "exploration", "gaussian")},
        {"dqn", OPTIONS(SMALL, "exploration", "ucb")},
        {"dqn", OPTIONS(SMALL, "exploration", "greedy", "noisy", "true")},
        {"q-learning", NULL},
        {"sarsa", OPTIONS("exploration", "ucb")},
        {"expected-sarsa", NULL},
        {"double-q-learning", OPTIONS("exploration", "boltzmann")},
        {"policy-evaluation", NULL},
        {"ppo", OPTIONS("n_steps", "32", "batch_size", "16", "n_envs", "2")},
        {"reinforce", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char plain[65], watched[65];
        through(cases[i].algo, cases[i].options, 0, plain);
        through(cases[i].algo, cases[i].options, 1, watched);
        CHECK_STRING(plain, watched);
    }
}

// The same stream gives the same actions, however many rows are asked for at once; another others.
static void test_sampling_follows_the_stream(void)
{
    for (int i = 0; bh_all_agents[i] != NULL; i++) {
        const char *algo = bh_all_agents[i]->name;
        if (!bh_agent_acts_in(bh_all_agents[i], BH_SPACE_DISCRETE)) continue;
        bh_setup *setup = make_setup(&bh_all_envs, "GridWorld-v0", algo, NULL);
        if (strcmp(algo, "clone") == 0)
            CHECK_STATUS(bh_setup_set(setup, "demo_capacity", "1", NULL), BH_OK);
        bh_run *run = start_run(setup);
        int first[DRAWS], again[DRAWS], n_differ = 0;
        bh_rng rng = bh_rng_seed(1), same = bh_rng_seed(1), other = bh_rng_seed(2);
        bh_run_sample_actions(run, first, states(), DRAWS, &rng);
        bh_run_sample_actions(run, again, states(), DRAWS, &same);
        CHECK(memcmp(first, again, sizeof first) == 0);
        CHECK(rng.state == same.state);
        bh_run_sample_actions(run, again, states(), DRAWS, &other);
        for (int k = 0; k < DRAWS; k++) {
            CHECK(first[k] >= 0 && first[k] < 4);
            n_differ += first[k] != again[k];
        }
        int is_certain = strcmp(algo, "value-iteration") == 0; // greedy, whatever the stream
        if (!CHECK(is_certain ? n_differ == 0 : n_differ > DRAWS / 4)) printf("    %s\n", algo);
        bh_run_destroy(run);
    }
}

// The same of actions that are numbers: drawn by what explores, and within the bounds.
static void test_sampling_of_boxes(void)
{
    const char *const algos[] = {"ddpg", "td3", "sac"};
    for (int i = 0; i < 3; i++) {
        enum { N = 50 };
        bh_run *run = make_run(&bh_all_envs, "Pendulum-v1", algos[i],
                               OPTIONS("learning_starts", "0", "net_arch", "8"));
        float first[N], again[N], obs[3 * N], q[1] = {0};
        double values[N];
        int n_differ = 0;
        bh_rng rng = bh_rng_seed(1), same = bh_rng_seed(1);
        for (int k = 0; k < 3 * N; k++) obs[k] = (float)(2 * bh_rng_uniform(&rng) - 1);
        same = rng;
        bh_run_sample_box(run, first, obs, N, &rng);
        bh_run_sample_box(run, again, obs, N, &same);
        CHECK(memcmp(first, again, sizeof first) == 0 && rng.state == same.state);
        bh_run_sample_box(run, again, obs, N, &same);
        for (int k = 0; k < N; k++) {
            CHECK(first[k] >= -2 && first[k] <= 2);
            n_differ += first[k] != again[k];
        }
        CHECK(n_differ == N);
        bh_run_greedy_box(run, first, obs, N);
        bh_run_greedy_box(run, again, obs + 3 * (N - 1), 1);
        CHECK(again[0] == first[N - 1]);
        CHECK(bh_run_box_values(run, values, obs, first, N) && isfinite(values[N - 1]));
        int none = -7; // there are no single actions to draw or to rate
        bh_run_sample_actions(run, &none, obs, 1, &rng);
        bh_run_q_values(run, values, obs, 1);
        CHECK(none == -7 && q[0] == 0 && bh_run_n_actions(run) == 0);
        bh_run_destroy(run);
    }
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "dqn", NULL);
    float box = 7;
    double value = 7;
    bh_run_greedy_box(run, &box, (float[]){0}, 1);
    CHECK(!bh_run_box_values(run, &value, (float[]){0}, &box, 1) && box == 7 && value == 7);
    bh_run_destroy(run);
}

// A policy's actions come as often as its probabilities say.
static void test_frequencies_are_the_policys(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "ppo", OPTIONS("seed", "1"));
    bh_run_steps(run, 3000);
    double log_p[4];
    int counts[4] = {0}, actions[DRAWS];
    float obs[DRAWS] = {0};
    bh_rng rng = bh_rng_seed(3);
    bh_run_q_values(run, log_p, obs, 1);
    bh_run_sample_actions(run, actions, obs, DRAWS, &rng);
    for (int i = 0; i < DRAWS; i++) counts[actions[i]]++;
    for (int a = 0; a < 4; a++)
        CHECK_NEAR(counts[a] / (double)DRAWS, bh_exp(log_p[a]), 0.03); // 4 standard deviations
    bh_run_destroy(run);
}

// The value network's, in any number of rows; none of what has no such network.
static void test_state_values(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "ppo", OPTIONS("seed", "1"));
    double all[DRAWS], one, near_goal;
    CHECK(bh_run_state_values(run, all, states(), DRAWS) == 1);
    for (int i = 0; i < DRAWS; i += 371) {
        CHECK(bh_run_state_values(run, &one, states() + i, 1) == 1);
        CHECK(one == all[i]);
    }
    bh_run_steps(run, 5000);
    CHECK(bh_run_state_values(run, &near_goal, (float[]){2}, 1) == 1);
    CHECK(bh_run_state_values(run, &one, (float[]){0}, 1) == 1);
    CHECK(one != all[0] && near_goal > one && one > 0.5); // discounted, of a return of 1
    bh_run_destroy(run);

    bh_run *dqn = make_run(&bh_envs, "GridWorld-v0", "dqn", NULL);
    one = 5;
    CHECK(bh_run_state_values(dqn, &one, states(), 1) == 0 && one == 5);
    bh_run_destroy(dqn);
    bh_run *clone = make_run(&bh_envs, "GridWorld-v0", "clone", OPTIONS("demo_capacity", "1"));
    CHECK(bh_run_state_values(clone, &one, states(), 1) == 0 && one == 5);
    bh_run_destroy(clone);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_sampling_does_not_disturb);
    CHECK_RUN(test_sampling_follows_the_stream);
    CHECK_RUN(test_sampling_of_boxes);
    CHECK_RUN(test_frequencies_are_the_policys);
    CHECK_RUN(test_state_values);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
