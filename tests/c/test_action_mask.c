// SPDX-License-Identifier: MIT
// Action masks: no agent takes an illegal action, whatever it explores by; targets are over legal
// ones, by arrays computed by hand and in a task whose optimum is known.
#include "rl/action_prior.h"
#include "rl/agent_list.h"
#include "rl/demonstrations.h"
#include "rl/encoder.h"
#include "rl/head.h"
#include "rl/replay.h"
#include "rl/run_state.h"
#include "rl/tabular.h"

#include "check.h"
#include "make_run.h"

#include <math.h>

// A hall of states 0 .. 4, from 0 to 4. Actions: 0 one back (not in 0), 1 one on, 2 a leap of two
// (only in 1). Each step costs 1; with gamma 1 the best return of state s is known. What is illegal
// costs nothing and leads nowhere, which unmasked learning would find out only by trying.
enum { END = 4, A = 3 };
static const double best_return[END + 1] = {-3, -2, -2, -1, 0};
static int n_illegal, n_steps;

typedef struct hall {
    int s;
    unsigned char is_box;
} hall;

static int is_legal(int s, int a)
{
    return a == 1 || (a == 0 && s > 0) || (a == 2 && s == 1);
}

static bh_status hall_init(void *state, const void *config, bh_error *err)
{
    (void)config;
    (void)err;
    ((hall *)state)->s = 0;
    return BH_OK;
}

static bh_status box_init(void *state, const void *config, bh_error *err)
{
    ((hall *)state)->is_box = 1;
    return hall_init(state, config, err);
}

static void hall_spaces(const void *state, bh_space *observation, bh_space *action)
{
    static const float low[END + 1] = {0}, high[END + 1] = {1, 1, 1, 1, 1};
    *observation = ((const hall *)state)->is_box ? (bh_space){BH_SPACE_BOX, END + 1, low, high}
                                                 : (bh_space){BH_SPACE_DISCRETE, END + 1};
    observation->n_masked = A;
    *action = (bh_space){BH_SPACE_DISCRETE, A};
}

static void hall_observe(const hall *h, float *obs)
{
    if (!h->is_box) *obs++ = (float)h->s;
    for (int i = 0; h->is_box && i <= END; i++) *obs++ = i == h->s;
    for (int a = 0; a < A; a++) *obs++ = h->s < END && is_legal(h->s, a);
}

static void hall_reset(void *state, bh_rng *rng, float *obs)
{
    (void)rng;
    ((hall *)state)->s = 0;
    hall_observe(state, obs);
}

static void hall_step(void *state, bh_rng *rng, int action, float *obs, double *reward,
                      int *terminated)
{
    (void)rng;
    hall *h = state;
    int legal = is_legal(h->s, action);
    n_steps++;
    n_illegal += !legal;
    if (legal) h->s += action == 0 ? -1 : action;
    *reward = legal ? -1 : 0;
    *terminated = h->s >= END;
    hall_observe(h, obs);
}

static void hall_view(const void *state, float *out)
{
    out[0] = (float)((const hall *)state)->s;
}

static void hall_describe(const void *state, bh_text *out)
{
    bh_text_add(out, "at %d", ((const hall *)state)->s);
}

static void hall_layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{\"actions\":[\"back\",\"on\",\"leap\"]}");
}

static const bhi_state_field hall_fields[] = {BHI_STATE_FIELD_WITHIN(hall, s, 0, END), {NULL}};

#define HALL(ID, INIT)                                                                       \
    {                                                                                        \
        .id = ID, .summary = "", .reward_threshold = -3, .max_episode_steps = 40,            \
        .state_bytes = sizeof(hall), .state_fields = hall_fields, .n_view = 1, .init = INIT, \
        .spaces = hall_spaces, .reset = hall_reset, .step = hall_step, .view = hall_view,    \
        .describe = hall_describe, .layout = hall_layout,                                    \
    }

static const bh_env_def hall_def = HALL("Hall-v0", hall_init);
static const bh_env_def hall_box_def = HALL("HallBox-v0", box_init);
static const bh_env_def *const halls[] = {&hall_def, &hall_box_def};
static const bh_registry registry = {halls, 2, bh_all_agents};

// ---- no illegal action ----

static void check_legal(const char *env, const char *algo, const char *const *options)
{
    n_illegal = n_steps = 0;
    bh_run *run = make_run(&registry, env, algo, options);
    if (run == NULL) return;
    CHECK_STATUS(bh_run_steps(run, 600), BH_OK);
    bh_score score;
    CHECK_STATUS(bh_run_evaluate(run, BH_CURRENT, 5, 1, &score), BH_OK);
    int actions[64];
    float obs[64 * (END + 1 + A)];
    int n = 0, F = bh_space_floats(bh_run_observation_space(run));
    for (int s = 0; s < END; s++, n++) hall_observe(&(hall){s, F > A + 1}, obs + n * F);
    bh_rng rng = bh_rng_seed(1);
    for (int try = 0; try < 50; try++) {
        bh_run_sample_actions(run, actions, obs, n, &rng);
        for (int s = 0; s < END; s++) CHECK(is_legal(s, actions[s]));
    }
    if (!CHECK(n_illegal == 0 && n_steps > 600))
        printf("    %s %s: %d of %d steps were illegal\n", env, algo, n_illegal, n_steps);
    bh_run_destroy(run);
}

static void test_no_agent_takes_one(void)
{
    static const char *const explorations[] = {"epsilon-greedy", "boltzmann", "gaussian", "ucb",
                                               "greedy"};
    for (int i = 0; bh_all_agents[i] != NULL; i++) {
        const bh_agent_class *agent = bh_all_agents[i];
        if (agent->needs_mdp || !bh_agent_acts_in(agent, BH_SPACE_DISCRETE)) continue;
        int explores = bh_config_find(agent->config, "exploration") != NULL;
        int is_table = bh_config_find(agent->config, "initial_q") != NULL;
        for (int e = 0; e < (explores ? 5 : 1); e++) {
            const char *const *options = explores
                                             ? OPTIONS("exploration", explorations[e], "seed", "3")
                                             : OPTIONS("seed", "3");
            check_legal("Hall-v0", agent->name, options);
            if (!is_table) check_legal("HallBox-v0", agent->name, options);
        }
    }
}

#define QUICK                                                                           \
    "learning_starts", "50", "batch_size", "8", "buffer_size", "300", "net_arch", "12", \
        "train_freq", "1"

static void test_no_kind_of_dqn_takes_one(void)
{
    check_legal("HallBox-v0", "dqn/rainbow", OPTIONS(QUICK, "v_min", "-40", "v_max", "0"));
    check_legal("HallBox-v0", "dqn", OPTIONS(QUICK, "distribution", "quantile", "n_steps", "3"));
    check_legal("Hall-v0", "dqn", OPTIONS(QUICK, "double_q", "true", "prioritized", "true"));
    check_legal("HallBox-v0", "ppo", OPTIONS("n_envs", "4", "n_steps", "16", "batch_size", "32"));
    check_legal("HallBox-v0", "pqn", OPTIONS("n_envs", "4", "n_steps", "16", "batch_size", "32"));
}

// ---- targets by hand ----

static void *block;
static size_t block_bytes;

static bhi_replay filled(const bhi_encoder *encoder)
{
    bhi_replay replay = {0};
    for (int pass = 0; pass < 2; pass++) {
        bhi_arena arena = {.base = block};
        bhi_replay_layout(&replay, &arena, 8, 1, encoder);
        if (pass == 0) block = bh_alloc(block_bytes = arena.used);
    }
    memset(block, 0, block_bytes);
    static const int path[] = {0, 1, 3, 4}, by[] = {1, 2, 1};
    for (int i = 0; i < 3; i++) {
        float obs_tm1[END + 1 + A], obs_t[END + 1 + A];
        int is_box = encoder->space.kind == BH_SPACE_BOX;
        hall_observe(&(hall){path[i], (unsigned char)is_box}, obs_tm1);
        hall_observe(&(hall){path[i + 1], (unsigned char)is_box}, obs_t);
        bhi_replay_add(&replay, obs_tm1, by[i], -1, path[i + 1] == END, 0, obs_t);
    }
    return replay;
}

static void check_gathered(const bh_space *space)
{
    bhi_encoder encoder = {.space = *space};
    encoder.space.n_masked = A;
    bhi_replay replay = filled(&encoder);
    int index[3] = {0, 1, 2};
    unsigned char tm1[3 * A], one[3 * A], two[3 * A];
    bhi_replay_gather_masks(&replay, index, 3, 1, tm1, one);
    bhi_replay_gather_masks(&replay, index, 3, 2, NULL, two);
    static const unsigned char expected[5][A] = {
        {0, 1, 0}, {1, 1, 1}, {1, 1, 0}, {1, 1, 0}, {0, 0, 0}};
    static const int from[3] = {0, 1, 3}, to[3] = {1, 3, 4}, to_two[3] = {3, 4, 4};
    for (int b = 0; b < 3; b++) {
        CHECK(memcmp(tm1 + b * A, expected[from[b]], A) == 0);
        CHECK(memcmp(one + b * A, expected[to[b]], A) == 0);
        CHECK(memcmp(two + b * A, expected[to_two[b]], A) == 0);
    }
    bh_real x_tm1[3 * (END + 1)], x_t[3 * (END + 1)], r[3], discount[3];
    bhi_replay_gather(&replay, index, 3, 1, 1, x_tm1, NULL, r, discount, x_t);
    for (int b = 0; b < 3; b++)
        for (int i = 0; i <= END; i++) CHECK(x_tm1[b * (END + 1) + i] == (i == from[b]));
    bh_free(block, block_bytes);
}

static void test_masks_go_through_the_replay_buffer(void)
{
    static const float low[END + 1], high[END + 1] = {1, 1, 1, 1, 1};
    check_gathered(&(bh_space){BH_SPACE_DISCRETE, END + 1});
    check_gathered(&(bh_space){BH_SPACE_BOX, END + 1, low, high});
    check_gathered(&(bh_space){BH_SPACE_BOX, END + 1, low, high, 1, {END + 1}, BH_SPACE_U8});
}

// Two transitions into states with values (5, 1, 9) and (2, 7, 3), where the third action is illegal
// in both and the second in the last: the targets are 1 + 0.5 * 5 and 2 + 0.5 * 2.
static void test_target_by_hand(void)
{
    enum { B = 2 };
    bhi_action_prior prior = {.is_masked = 1, .A = A, .rows = B};
    bh_real bias[B * A];
    prior.bias = bias;
    const unsigned char legal[B * A] = {1, 1, 0, 1, 0, 0};
    const bh_real q_tm1[B * A] = {0, 4, 0, 0, 3, 0}, q_t[B * A] = {5, 1, 9, 2, 7, 3},
                            choose_t[B * A] = {1, 6, 9, 2, 7, 3};
    const bh_real r_t[B] = {1, 2}, discount_t[B] = {0.5, 0.5};
    const int a_tm1[B] = {1, 1};
    bh_real error[B], dout[B * A], scratch[8 * B * A];
    int a_t[B];
    bhi_head head = {.kind = BHI_EXPECTED,
                     .A = A,
                     .N = 1,
                     .rows = B,
                     .q_t = scratch,
                     .chosen = scratch + B * A,
                     .target = scratch + 2 * B * A,
                     .dq = scratch + 3 * B * A,
                     .a_t = a_t};
    bhi_head_batch batch = {.B = B,
                            .out_tm1 = q_tm1,
                            .choose_t = q_t,
                            .out_t = q_t,
                            .bias_t = bhi_action_prior_bias(&prior, 0, NULL, legal, B),
                            .a_tm1 = a_tm1,
                            .r_t = r_t,
                            .discount_t = discount_t,
                            .loss = BHI_MSE,
                            .error = error,
                            .dout = dout};
    bhi_head_learn(&head, &batch);
    CHECK(error[0] == 1 + 0.5 * 5 - 4 && error[1] == 2 + 0.5 * 2 - 3);
    batch.choose_t = choose_t; // double: its best legal action is 1 in the first state
    bhi_head_learn(&head, &batch);
    CHECK(error[0] == 1 + 0.5 * 1 - 4 && error[1] == 2 + 0.5 * 2 - 3);
}

// ---- the optimum ----

static double largest_error(const char *algo, const char *const *options, double *q)
{
    bh_run *run = make_run(&registry, "Hall-v0", algo, options);
    if (run == NULL) return INFINITY;
    CHECK_STATUS(bh_run_steps(run, 4000), BH_OK);
    double worst = 0;
    for (int s = 0; s < END; s++) {
        float obs[1 + A];
        hall_observe(&(hall){s, 0}, obs);
        bh_run_q_values(run, q + s * A, obs, 1);
        for (int a = 0; a < A; a++) {
            if (!is_legal(s, a)) {
                CHECK(q[s * A + a] < -1e29);
                continue;
            }
            double error = fabs(q[s * A + a] - (-1 + best_return[a == 0 ? s - 1 : s + a]));
            if (error > worst) worst = error;
        }
    }
    bh_run_destroy(run);
    return worst;
}

#define TABLE                                                                                      \
    "gamma", "1", "learning_rate", "0.5", "exploration_initial_eps", "1", "exploration_final_eps", \
        "1"

static void test_tables_find_the_optimum(void)
{
    double q[END * A];
    CHECK(largest_error("q-learning", OPTIONS(TABLE), q) < 1e-9);
    CHECK(largest_error("double-q-learning", OPTIONS(TABLE), q) < 1e-6);
    // Its values are those of a policy that explores; the way it prefers is the shortest.
    largest_error("sarsa",
                  OPTIONS("gamma", "1", "learning_rate", "0.1", "exploration_initial_eps", "0.2",
                          "exploration_final_eps", "0"),
                  q);
    CHECK(bh_greedy(q, A) == 1 && bh_greedy(q + A, A) == 2 && bh_greedy(q + 3 * A, A) == 1);
}

// The same transitions, learned from with a maximum over all actions: values of illegal ones stay
// at 0, where they began, and every target that looks at them is too high.
static void test_bias_without_masks(void)
{
    double q[(END + 1) * A] = {0}, masked[END * A], worst = 0;
    bh_rng rng = bh_rng_seed(3);
    for (int i = 0, s = 0; i < 4000; i++) {
        int a;
        do a = (int)bh_rng_below(&rng, A);
        while (!is_legal(s, a));
        int s_next = a == 0 ? s - 1 : s + a;
        bh_tabular_q_learning(q, A, s, a, -1, s_next >= END ? 0 : 1, s_next, 0.5);
        s = s_next >= END ? 0 : s_next;
    }
    for (int s = 0; s < END; s++) {
        for (int a = 0; a < A; a++) {
            if (!is_legal(s, a)) continue;
            double bias = q[s * A + a] - (-1 + best_return[a == 0 ? s - 1 : s + a]);
            if (bias > worst) worst = bias;
        }
    }
    CHECK(fabs(worst - 3) < 1e-9); // back from 1 to 0: -1, where it is -4
    CHECK(largest_error("q-learning", OPTIONS(TABLE), masked) < 1e-9);
}

// ---- demonstrations ----

static void test_demonstrations_are_checked(void)
{
    bh_space observation = {BH_SPACE_DISCRETE, END + 1}, action = {BH_SPACE_DISCRETE, A};
    observation.n_masked = A;
    float obs[2 * (1 + A)], next[2 * (1 + A)];
    int actions[2] = {1, 2};
    double rewards[2] = {-1, -1};
    int no[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        hall_observe(&(hall){i, 0}, obs + i * (1 + A));
        hall_observe(&(hall){i + 1, 0}, next + i * (1 + A));
    }
    bh_demonstrations d = {.transitions = {.n = 2,
                                           .obs_tm1 = obs,
                                           .a_tm1 = actions,
                                           .r_t = rewards,
                                           .terminated_t = no,
                                           .truncated_t = no,
                                           .obs_t = next}};
    bh_error err;
    CHECK_STATUS(bhi_demonstrations_check(&d, &observation, &action, &err), BH_OK);
    actions[0] = 2;
    CHECK_STATUS(bhi_demonstrations_check(&d, &observation, &action, &err), BH_ERR_ARGUMENT);
    CHECK(strstr(err.message, "transition 0 is 2") != NULL && strstr(err.message, "mask") != NULL);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_no_agent_takes_one);
    CHECK_RUN(test_no_kind_of_dqn_takes_one);
    CHECK_RUN(test_masks_go_through_the_replay_buffer);
    CHECK_RUN(test_target_by_hand);
    CHECK_RUN(test_tables_find_the_optimum);
    CHECK_RUN(test_bias_without_masks);
    CHECK_RUN(test_demonstrations_are_checked);
    return check_report();
}
