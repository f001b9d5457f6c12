// SPDX-License-Identifier: MIT
// Putting a run's environment into a state: where it can be, what becomes of the episode and of the
// agent's windows, and that nothing changes where it cannot.
#include "core/alloc.h"
#include "envs/mountain_car.h"
#include "envs/registry.h"
#include "rl/agent_list.h"

#include "make_run.h"

#include <math.h>

static bh_last_step last_step(const bh_run *run)
{
    bh_last_step last;
    bh_run_last_step(run, &last);
    return last;
}

static void check_refused(bh_run *run, float *obs)
{
    saved before = save(run, BH_CURRENT);
    float at = last_step(run).obs_t[0];
    CHECK(!bh_run_place(run, obs));
    CHECK(last_step(run).obs_t[0] == at);
    saved after = save(run, BH_CURRENT);
    CHECK(before.size == after.size && memcmp(before.bytes, after.bytes, before.size) == 0);
    free(before.bytes);
    free(after.bytes);
}

// S . .     0 to 2
// . . T     a trap in 5, a goal in 7
// . G .
static void test_cells_of_a_map(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "q-learning", NULL);
    bh_run_steps(run, 7);
    for (int cell = 0; cell < 9; cell++) {
        float obs[1] = {(float)cell};
        if (cell == 5 || cell == 7) {
            check_refused(run, obs);
            continue;
        }
        CHECK(bh_run_place(run, obs));
        bh_last_step last = last_step(run);
        CHECK(last.obs_t[0] == (float)cell);
        CHECK(last.episode_length == 0);
        CHECK(last.episode_return == 0);
        CHECK(last.action == -1);
        CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
        CHECK(last_step(run).obs_tm1[0] == (float)cell);
        CHECK(last_step(run).episode_length == 1);
    }
    check_refused(run, (float[]){-1});
    check_refused(run, (float[]){9});
    check_refused(run, (float[]){NAN});
    bh_run_destroy(run);
    run = make_run(&bh_envs, "CliffWalking-v1", "q-learning", NULL);
    CHECK(bh_run_place(run, (float[]){0}));
    check_refused(run, (float[]){40}); // the cliff
    check_refused(run, (float[]){47}); // the goal
    bh_run_destroy(run);
}

static void test_states_of_numbers(void)
{
    bh_run *run = make_run(&bh_envs, "MountainCar-v0", "dqn", OPTIONS(SMALL));
    float there[2] = {0.25f, -0.03f};
    double expected[2] = {(double)there[0], (double)there[1]};
    CHECK(bh_run_place(run, there));
    CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
    bh_last_step last = last_step(run);
    bhi_mountain_car_advance(expected, last.action, 0);
    CHECK(last.obs_t[0] == (float)expected[0] && last.obs_t[1] == (float)expected[1]);
    check_refused(run, (float[]){0.55f, 0});
    check_refused(run, (float[]){-1.3f, 0});
    check_refused(run, (float[]){0, 0.08f});
    bh_run_destroy(run);
}

static void test_where_it_cannot(void)
{
    bh_run *run = make_run(&bh_envs, "Acrobot-v1", "dqn", OPTIONS(SMALL));
    check_refused(run, (float[]){1, 0, 1, 0, 0, 0});
    bh_run_destroy(run);
}

// Agents of every kind go on, memory stays as it is.
static void test_every_agent_goes_on(void)
{
    const struct {
        const char *algo;
        const char *const *options;
    } cases[] = {
        {"dqn", OPTIONS(SMALL)},
        {"dqn", OPTIONS(SMALL, "n_steps", "5", "n_envs", "3")},
        {"q-learning", NULL},
        {"sarsa", OPTIONS("n_envs", "3")},
        {"expected-sarsa", NULL},
        {"double-q-learning", NULL},
        {"value-iteration", NULL},
        {"policy-iteration", NULL},
        {"ppo", OPTIONS("n_steps", "32", "batch_size", "16", "n_envs", "2")},
        {"reinforce", NULL},
        {"pqn", OPTIONS("n_envs", "4")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bh_run *run = make_run(&bh_all_envs, "GridWorld-v0", cases[i].algo, cases[i].options);
        CHECK_STATUS(bh_run_steps(run, 60), BH_OK);
        size_t live = bh_live_bytes();
        for (int k = 0; k < 20; k++) {
            CHECK(bh_run_place(run, (float[]){(float)(k % 5)}));
            if (k % 3 == 0) CHECK(bh_run_place(run, (float[]){6}));
            CHECK_STATUS(bh_run_steps(run, 1 + k % 4), BH_OK);
        }
        CHECK(bh_live_bytes() == live);
        saved checkpoint = save(run, BH_CURRENT);
        free(checkpoint.bytes);
        bh_run_destroy(run);
    }
}

// SARSA's last transition waits for the action in the state it led to, which is not what is done
// where the agent was put: it is learned from at once, by the policy.
static double least_value(bh_run *run, int cell)
{
    double q[4], least = INFINITY;
    bh_run_q_values(run, q, (float[]){(float)cell}, 1);
    for (int a = 0; a < 4; a++) least = q[a] < least ? q[a] : least;
    return least;
}

static void test_sarsa_learns_from_what_waits(void)
{
    bh_run *run = make_run(&bh_envs, "GridWorld-v0", "sarsa",
                           OPTIONS("exploring_starts", "false", "env.step_reward", "-1", "env.map",
                                   "S....../......./......./......G"));
    CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
    CHECK(least_value(run, 0) == 0); // it waits
    CHECK(bh_run_place(run, (float[]){17}));
    double learned = least_value(run, 0);
    CHECK(learned < 0);
    CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
    CHECK(least_value(run, 0) == learned);
    CHECK(least_value(run, 17) == 0); // it waits
    CHECK_STATUS(bh_run_steps(run, 1), BH_OK);
    CHECK(least_value(run, 0) == learned);
    CHECK(least_value(run, 17) < 0);
    bh_run_destroy(run);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_cells_of_a_map);
    CHECK_RUN(test_states_of_numbers);
    CHECK_RUN(test_where_it_cannot);
    CHECK_RUN(test_every_agent_goes_on);
    CHECK_RUN(test_sarsa_learns_from_what_waits);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
