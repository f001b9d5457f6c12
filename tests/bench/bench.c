// SPDX-License-Identifier: MIT
// The cases of `npm run bench`: a WebAssembly module without imports but memory growth, or a
// program that takes its orders on standard input:
//
//     open NAME A B C   answers a number for the case, -1 on failure
//     time CASE N       answers the seconds that N runs of it took
//     cpu CASE N        the same of the processor's time: what others do meanwhile is left out
//     close CASE        answers 0
//     name              answers the name of the kernels in use
#include "bench.h"
#include "bench_control.h"
#include "bench_peak.h"

#include "core/arena.h"
#include "envs/registry.h"
#include "kernels/choice.h"
#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "lm/pretraining.h"
#include "nn/attention.h"
#include "nn/network.h"
#include "optim/optimizer.h"
#include "rl/dqn_state.h"
#include "rl/replay.h"
#include "rl/run.h"
#include "rl/sac.h"
#include "rl/td3.h"
#include "rl/vec_env.h"

#include <stddef.h>
#include <string.h>

#ifdef __wasm__
#define EXPORT(type, name) __attribute__((export_name(#name), used)) type name
#else
#define EXPORT(type, name) type name
#endif

#define ENVS_MAX    1024
#define SIDE_MAX    8192 // of a matrix side, a layer, a batch
#define REPLAY_SIZE 50000
#define OBSERVATION 4 // CartPole's sizes
#define ACTIONS     2

typedef struct kind {
    const char *name;
    void (*layout)(bench_case *c, bhi_arena *arena); // NULL when the case needs no arrays
    int (*start)(bench_case *c);                     // 0 on failure
    void (*run)(bench_case *c, int n);
} kind;

struct bench_case {
    const kind *kind;
    int a, b, c;
    size_t bytes;
    bh_rng rng;
    bhi_agent *agent;
    bh_run *run;
    bh_pretraining *training;

    bh_real *record; // of one update of continuous control

    bh_real *x, *w, *y; // of a matrix product

    // The parts of an update, over arrays like those of rl/dqn.c
    bhi_net net;
    bhi_encoder encoder;
    bhi_replay replay;
    bhi_optimizer optimizer;
    bh_real *params, *grads, *acts, *dacts, *x_tm1, *x_t, *r_t, *discount_t;
    int *index, *a_tm1;

    bh_env *envs;
    float *obs; // (envs, OBSERVATION)
    double *rewards;
    int *actions, *terminated, *truncated;
    uint64_t bits;
};

static volatile bh_real sink; // what is computed has to go somewhere

static void fill(bh_real *x, size_t n, bh_rng *rng)
{
    for (size_t i = 0; i < n; i++) x[i] = (bh_real)(2 * bh_rng_uniform(rng) - 1);
}

// ---- peak ----

static void run_peak_12(bench_case *c, int n)
{
    (void)c;
    bench_peak_here()->chains_12(n);
}

static void run_peak_13(bench_case *c, int n)
{
    (void)c;
    bench_peak_here()->chains_13(n);
}

static void run_peak_6_6(bench_case *c, int n)
{
    (void)c;
    bench_peak_here()->chains_6_6(n);
}

// ---- matrix products: a = M, b = N, c = K ----

static void layout_gemm(bench_case *c, bhi_arena *arena)
{
    size_t M = (size_t)c->a, N = (size_t)c->b, K = (size_t)c->c;
    c->x = bhi_arena_array(arena, M * K, sizeof(bh_real));
    c->w = bhi_arena_array(arena, K * N, sizeof(bh_real));
    c->y = bhi_arena_array(arena, M * N, sizeof(bh_real));
}

static int start_gemm(bench_case *c)
{
    fill(c->x, (size_t)c->a * (size_t)c->c, &c->rng);
    fill(c->w, (size_t)c->c * (size_t)c->b, &c->rng);
    return 1;
}

static void run_gemm_nn(bench_case *c, int n)
{
    while (n-- > 0) bhi_gemm_nn(c->y, c->x, c->w, NULL, BHI_EPILOGUE_NONE, c->a, c->b, c->c);
}

static void run_gemm_nt(bench_case *c, int n)
{
    while (n-- > 0) bhi_gemm_nt(c->y, c->x, c->w, NULL, c->a, c->b, c->c);
}

static void run_gemm_tn(bench_case *c, int n)
{
    while (n-- > 0) bhi_gemm_tn(c->y, c->x, c->w, c->a, c->b, c->c);
}

// ---- a whole agent: 4-a-a-2, batch b, a full replay buffer of random transitions ----

static void observe_random(bhi_agent *dqn, bh_rng *rng)
{
    float obs_tm1[OBSERVATION], obs_t[OBSERVATION];
    for (int i = 0; i < OBSERVATION; i++) {
        obs_tm1[i] = (float)(2 * bh_rng_uniform(rng) - 1);
        obs_t[i] = (float)(2 * bh_rng_uniform(rng) - 1);
    }
    int action = (int)bh_rng_below(rng, ACTIONS), ended = bh_rng_below(rng, 20) == 0, truncated = 0;
    double reward = 1;
    bh_dqn_class.functions->observe(
        dqn, &(bh_experience){1, obs_tm1, &action, &reward, &ended, &truncated, obs_t});
}

static int start_dqn(bench_case *c)
{
    bh_dqn_config config;
    bh_config_defaults(&bh_dqn_table, &config);
    config.net.net_arch = (bh_sizes){2, {c->a, c->a}};
    config.batch_size = c->b;
    config.buffer_size = REPLAY_SIZE;
    config.explore.initial_eps = config.explore.final_eps = 0;
    bhi_agent_spec spec = {.observation = {BH_SPACE_BOX, OBSERVATION, NULL, NULL},
                           .n_actions = ACTIONS,
                           .n_envs = 1,
                           .total_timesteps = REPLAY_SIZE,
                           .rng = bh_rng_split(&c->rng)};
    if (bhi_agent_create(&c->agent, &bh_dqn_class, &config, &spec, NULL) != BH_OK) return 0;
    for (int i = 0; i < REPLAY_SIZE; i++) observe_random(c->agent, &c->rng);
    return 1;
}

static void run_update(bench_case *c, int n)
{
    while (n-- > 0) bhi_dqn_update((bhi_dqn *)c->agent);
}

static void run_act(bench_case *c, int n)
{
    (void)c;
    float obs[OBSERVATION] = {(float)0.01, (float)-0.02, (float)0.03, (float)-0.04};
    int action = 0;
    unsigned char explored;
    while (n-- > 0) bh_dqn_class.functions->act(c->agent, &action, &explored, obs, 1);
    sink = (bh_real)action;
}

// ---- actions that are numbers: 3 observed, 1 acted, networks of a-a, batch b ----

static void layout_control(bench_case *c, bhi_arena *arena)
{
    c->record = bhi_arena_array(arena, (size_t)bench_control_reals(c->b), sizeof *c->record);
}

static int start_ddpg(bench_case *c)
{
    return bench_control_start(&c->agent, &bh_ddpg_class, c->a, c->b, &c->rng);
}

static int start_td3(bench_case *c)
{
    return bench_control_start(&c->agent, &bh_td3_class, c->a, c->b, &c->rng);
}

static int start_sac(bench_case *c)
{
    return bench_control_start(&c->agent, &bh_sac_class, c->a, c->b, &c->rng);
}

// TD3: two, of which one moves the actor.
static void run_learn(bench_case *c, int n)
{
    while (n-- > 0) bhi_agent_learn(c->agent);
}

static void run_learn_twice(bench_case *c, int n)
{
    run_learn(c, 2 * n);
}

// ---- the whole loop: the update above after every step, no evaluations ----

typedef const char *option[2];

// The run of an environment and an algorithm with these options, the last of which is NULL, past
// learning_starts: every step from here has its update.
static int start_run(bench_case *c, const char *env, const char *algo, const option *options)
{
    char hidden[32], batch[16];
    bh_text text = bh_text_over(hidden, sizeof hidden);
    bh_text_add(&text, "%d,%d", c->a, c->a);
    text = bh_text_over(batch, sizeof batch);
    bh_text_add(&text, "%d", c->b);
    const option shared[] = {{"net_arch", hidden},     {"batch_size", batch},
                             {"train_freq", "1"},      {"gradient_steps", "1"},
                             {"eval_freq", "0"},       {"learning_starts", "100"},
                             {"buffer_size", "50000"}, {"n_steps", "1"},
                             {"n_eval_episodes", "1"}, {NULL, NULL}};
    const option *lists[] = {shared, options};
    bh_setup *setup;
    if (bh_setup_create(&setup, &bh_all_envs, env, algo, NULL) != BH_OK) return 0;
    bh_status status = BH_OK;
    for (int i = 0; i < 2; i++)
        for (const option *o = lists[i]; (*o)[0] != NULL && status == BH_OK; o++)
            status = bh_setup_set(setup, (*o)[0], (*o)[1], NULL);
    if (status == BH_OK) status = bh_run_create(&c->run, setup, NULL);
    bh_setup_destroy(setup);
    if (status != BH_OK) return 0;
    bh_run_steps(c->run, 200);
    return 1;
}

static int start_cartpole(bench_case *c)
{
    static const option options[] = {{"double_q", "false"},
                                     {"loss", "huber"},
                                     {"target_update_interval", "500"},
                                     {"exploration_final_eps", "0.05"},
                                     {NULL, NULL}};
    return start_run(c, "CartPole-v1", "dqn", options);
}

static int start_pendulum_ddpg(bench_case *c)
{
    static const option options[] = {
        {"noise_type", "normal"}, {"noise_std", "0.1"}, {"tau", "0.005"}, {NULL, NULL}};
    return start_run(c, "Pendulum-v1", "ddpg", options);
}

static int start_pendulum_td3(bench_case *c)
{
    static const option options[] = {{"noise_type", "normal"}, {"noise_std", "0.1"},
                                     {"tau", "0.005"},         {"n_critics", "2"},
                                     {"policy_delay", "2"},    {NULL, NULL}};
    return start_run(c, "Pendulum-v1", "td3", options);
}

static int start_pendulum_sac(bench_case *c)
{
    static const option options[] = {{"noise_type", "none"},
                                     {"tau", "0.005"},
                                     {"n_critics", "2"},
                                     {"ent_coef_auto", "true"},
                                     {"target_update_interval", "1"},
                                     {NULL, NULL}};
    return start_run(c, "Pendulum-v1", "sac", options);
}

static void run_loop(bench_case *c, int n)
{
    bh_run_steps(c->run, n);
}

// What is learned of the network, its optimizer, and the activations of a batch.
static void layout_net(bench_case *c, bhi_arena *arena, size_t units)
{
    size_t P = (size_t)c->net.n_params;
    c->params = bhi_arena_array(arena, P, sizeof(bh_real));
    c->grads = bhi_arena_array(arena, P, sizeof(bh_real));
    bh_optimizer_config adam = bhi_optimizer_defaults(BHI_ADAM);
    bhi_optimizer_layout(&c->optimizer, arena, &adam, c->net.n_params);
    c->acts = bhi_arena_array(arena, units, sizeof(bh_real));
    c->dacts = bhi_arena_array(arena, units, sizeof(bh_real));
}

// ---- parts of an update: 4-a-a-2, batch b ----

static void layout_parts(bench_case *c, bhi_arena *arena)
{
    bh_sizes hidden = {2, {c->a, c->a}};
    c->encoder.space = (bh_space){BH_SPACE_BOX, OBSERVATION, NULL, NULL};
    size_t B = (size_t)c->b;
    c->net = bhi_net_mlp(OBSERVATION, &hidden, ACTIONS, BHI_RELU);
    layout_net(c, arena, B * (size_t)c->net.n_units);
    c->x_tm1 = bhi_arena_array(arena, B * OBSERVATION, sizeof(bh_real));
    c->x_t = bhi_arena_array(arena, B * OBSERVATION, sizeof(bh_real));
    c->r_t = bhi_arena_array(arena, B, sizeof(bh_real));
    c->discount_t = bhi_arena_array(arena, B, sizeof(bh_real));
    c->index = bhi_arena_array(arena, B, sizeof(int));
    c->a_tm1 = bhi_arena_array(arena, B, sizeof(int));
    bhi_replay_layout(&c->replay, arena, REPLAY_SIZE, 1, &c->encoder);
}

static void run_gather(bench_case *c, int n)
{
    while (n-- > 0) {
        bhi_replay_sample(&c->replay, c->index, c->b, &c->rng);
        bhi_replay_gather(&c->replay, c->index, c->b, 0.99, 1, c->x_tm1, c->a_tm1, c->r_t,
                          c->discount_t, c->x_t);
    }
}

static void run_forward_of(bench_case *c, int rows)
{
    bhi_net_forward(&c->net, c->params, c->acts, c->x_tm1, rows);
}

static void run_forward(bench_case *c, int n)
{
    while (n-- > 0) run_forward_of(c, c->b);
}

static void run_backward(bench_case *c, int n)
{
    while (n-- > 0) {
        bhi_net_backward(&c->net, c->params, c->grads, c->acts, c->dacts, c->x_tm1, c->b);
    }
}

static void run_optimizer(bench_case *c, int n)
{
    while (n-- > 0) {
        double norm = bhi_sum_of_squares(c->grads, c->net.n_params);
        bhi_optimizer_step(&c->optimizer, c->params, c->grads, 1e-9, bhi_clip_scale(norm, 10));
    }
}

static int start_parts(bench_case *c)
{
    float obs[2 * OBSERVATION];
    for (int i = 0; i < REPLAY_SIZE; i++) {
        for (int j = 0; j < 2 * OBSERVATION; j++) obs[j] = (float)bh_rng_uniform(&c->rng);
        bhi_replay_add(&c->replay, obs, (int)bh_rng_below(&c->rng, ACTIONS), 1, 0, 0,
                       obs + OBSERVATION);
    }
    bhi_net_init(&c->net, c->params, &c->rng);
    bhi_optimizer_init(&c->optimizer);
    run_gather(c, 1);
    run_forward(c, 1);
    bh_real *dy = bhi_net_layer(&c->net, c->dacts, c->net.n_layers - 1, c->b);
    fill(dy, (size_t)c->b * ACTIONS, &c->rng);
    run_backward(c, 1);
    return 1;
}

// ---- the Nature network (Mnih et al. 2015) on 84 x 84 x 4: what an update computes, batch a ----

enum { NATURE_PIXELS = 84 * 84 * 4, NATURE_ACTIONS = 6 };

static void layout_nature(bench_case *c, bhi_arena *arena)
{
    bhi_net_spec spec = {.inputs = NATURE_PIXELS,
                         .image = {84, 84, 4},
                         .extractor = BHI_NATURE_CNN,
                         .hidden = {1, {512}},
                         .outputs = NATURE_ACTIONS};
    c->net = bhi_net_shape(&spec);
    layout_net(c, arena, bhi_net_acts(&c->net, c->a));
    c->x_tm1 = bhi_arena_array(arena, (size_t)c->a * NATURE_PIXELS, sizeof(bh_real));
}

static int start_nature(bench_case *c)
{
    bhi_net_init(&c->net, c->params, &c->rng);
    bhi_optimizer_init(&c->optimizer);
    fill(c->x_tm1, (size_t)c->a * NATURE_PIXELS, &c->rng);
    return 1;
}

// Values of the next states, then values, their gradient, and a step too small to change much.
static void run_nature(bench_case *c, int n)
{
    while (n-- > 0) {
        run_forward_of(c, c->a);
        run_forward_of(c, c->a);
        bh_real *dy = bhi_net_output(&c->net, c->dacts, c->a);
        for (int i = 0; i < c->a * NATURE_ACTIONS; i++) dy[i] = (bh_real)(i % 7 - 3) / 64;
        bhi_net_backward(&c->net, c->params, c->grads, c->acts, c->dacts, c->x_tm1, c->a);
        run_optimizer(c, 1);
    }
}

// ---- environments: a of them, CartPole, random actions; one run is one step of each ----

static void layout_envs(bench_case *c, bhi_arena *arena)
{
    size_t n = (size_t)c->a;
    c->obs = bhi_arena_array(arena, n * OBSERVATION, sizeof *c->obs);
    c->rewards = bhi_arena_array(arena, n, sizeof *c->rewards);
    c->actions = bhi_arena_array(arena, n, sizeof *c->actions);
    c->terminated = bhi_arena_array(arena, n, sizeof *c->terminated);
    c->truncated = bhi_arena_array(arena, n, sizeof *c->truncated);
}

static int start_envs(bench_case *c)
{
    c->bits = 1;
    if (bh_vec_env_create(&c->envs, &bh_env_cartpole, NULL, c->a, NULL) != BH_OK) return 0;
    for (int i = 0; i < c->a; i++) bh_vec_env_seed_rng(c->envs, i, bh_rng_split(&c->rng));
    bh_env_reset(c->envs, c->obs);
    return 1;
}

// One random number is 63 actions; the highest bit that is left marks the end.
// ---- a language model: d_model 64 and the like, 2 layers, 4 heads, windows of 64, a vocabulary of
// 128 ----

#define LM_TOKENS 128
#define LM_WIDTH  65
#define LM_ROWS   256

static const char *lm_word(int id)
{
    static char word[4];
    word[0] = (char)('a' + id / 26);
    word[1] = (char)('a' + id % 26);
    return word;
}

static int start_lm(bench_case *c)
{
    bh_pretraining_config config;
    static uint16_t rows[LM_ROWS * LM_WIDTH];
    for (int i = 0; i < LM_ROWS * LM_WIDTH; i++) {
        rows[i] = (uint16_t)(1 + bh_rng_below(&c->rng, LM_TOKENS - 1));
    }
    bh_config_defaults(&bh_pretraining_table, &config);
    config.model.d_model = c->a;
    config.batch_size = c->b;
    config.eval_freq = 0;
    return bh_pretraining_create_rows(&c->training, &config, lm_word, LM_TOKENS, rows, LM_ROWS,
                                      LM_WIDTH, NULL) == BH_OK;
}

static void run_lm(bench_case *c, int n)
{
    bh_pretraining_steps(c->training, n);
}

// Parts of it, over one sequence of 64: x, y (64, 4 d_model), w the probabilities and scratch.
static void layout_lm_parts(bench_case *c, bhi_arena *arena)
{
    size_t wide = 64 * 4 * (size_t)c->a;
    c->x = bhi_arena_array(arena, wide, sizeof *c->x);
    c->y = bhi_arena_array(arena, wide, sizeof *c->y);
    c->params = bhi_arena_array(arena, bhi_attention_probabilities(64, 4), sizeof *c->params);
    c->w = bhi_arena_array(arena, bhi_attention_scratch(64, c->a, 4), sizeof *c->w);
    c->grads = bhi_arena_array(arena, wide, sizeof *c->grads);
}

static int start_lm_parts(bench_case *c)
{
    for (int i = 0; i < 64 * 4 * c->a; i++) c->x[i] = (bh_real)(2 * bh_rng_uniform(&c->rng) - 1);
    bhi_attention_forward(c->y, c->params, c->w, c->x, 0, 64, c->a, 4);
    return 1;
}

static void run_attention(bench_case *c, int n)
{
    for (; n > 0; n--) bhi_attention_forward(c->y, c->params, c->w, c->x, 0, 64, c->a, 4);
}

static void run_attention_backward(bench_case *c, int n)
{
    for (; n > 0; n--)
        bhi_attention_backward(c->grads, c->w, c->x, c->x, c->params, 0, 64, c->a, 4);
}

static void run_gelu(bench_case *c, int n)
{
    for (; n > 0; n--) bhi_gelu_forward(c->y, c->x, BHI_GELU_TANH, 64 * 4 * c->a);
}

static void run_gelu_backward(bench_case *c, int n)
{
    for (; n > 0; n--) {
        memcpy(c->y, c->x, 64 * 4 * (size_t)c->a * sizeof *c->y);
        bhi_gelu_backward(c->y, c->x, BHI_GELU_TANH, 64 * 4 * c->a);
    }
}

static void run_cross_entropy(bench_case *c, int n)
{
    int target[64] = {0};
    for (; n > 0; n--) {
        memcpy(c->y, c->x, 64 * (size_t)LM_TOKENS * sizeof *c->y);
        bhi_cross_entropy(c->y, target, 1, 64, LM_TOKENS);
    }
}

static int random_action(bench_case *c)
{
    if (c->bits == 1) c->bits = bh_rng_next(&c->rng) | (uint64_t)1 << 63;
    int action = (int)(c->bits & 1);
    c->bits >>= 1;
    return action;
}

static void run_envs(bench_case *c, int n)
{
    while (n-- > 0) {
        for (int i = 0; i < c->a; i++) c->actions[i] = random_action(c);
        bh_vec_env_step(c->envs, c->actions, c->obs, c->rewards, c->terminated, c->truncated, NULL);
        bh_vec_env_reset_ended(c->envs, c->obs);
    }
}

// ---- the table ----

static const kind kinds[] = {
    {"peak_12", NULL, NULL, run_peak_12},
    {"peak_13", NULL, NULL, run_peak_13},
    {"peak_6_6", NULL, NULL,
     run_peak_6_6}, // one run of each is BENCH_PEAK_PAIRS multiplications and additions
    {"gemm_nn", layout_gemm, start_gemm, run_gemm_nn}, // M, N, K
    {"gemm_nt", layout_gemm, start_gemm, run_gemm_nt},
    {"gemm_tn", layout_gemm, start_gemm, run_gemm_tn},
    {"update", NULL, start_dqn, run_update}, // hidden units, batch
    {"act", NULL, start_dqn, run_act},
    {"ddpg", layout_control, start_ddpg, run_learn}, // hidden units, batch
    {"td3", layout_control, start_td3, run_learn_twice},
    {"sac", layout_control, start_sac, run_learn},
    {"loop", NULL, start_cartpole, run_loop},
    {"loop_ddpg", NULL, start_pendulum_ddpg, run_loop},
    {"loop_td3", NULL, start_pendulum_td3, run_loop},
    {"loop_sac", NULL, start_pendulum_sac, run_loop},
    {"gather", layout_parts, start_parts, run_gather},
    {"forward", layout_parts, start_parts, run_forward},
    {"backward", layout_parts, start_parts, run_backward},
    {"optimizer", layout_parts, start_parts, run_optimizer},
    {"lm", NULL, start_lm, run_lm},                                // d_model, batch
    {"attention", layout_lm_parts, start_lm_parts, run_attention}, // d_model
    {"attention_backward", layout_lm_parts, start_lm_parts, run_attention_backward},
    {"gelu", layout_lm_parts, start_lm_parts, run_gelu},
    {"gelu_backward", layout_lm_parts, start_lm_parts, run_gelu_backward},
    {"cross_entropy", layout_lm_parts, start_lm_parts, run_cross_entropy},
    {"nature", layout_nature, start_nature, run_nature}, // batch
    {"env", layout_envs, start_envs, run_envs},          // environments
};
enum { KINDS = sizeof kinds / sizeof *kinds };

EXPORT(const char *, bench_kind_name)(int i)
{
    return i >= 0 && i < KINDS ? kinds[i].name : NULL;
}

static void layout(void *object, bhi_arena *arena)
{
    bench_case *c = object;
    if (c->kind->layout != NULL) c->kind->layout(c, arena);
}

static int sizes_fit(const bench_case *c)
{
    int max = c->kind->run == run_envs ? ENVS_MAX : SIDE_MAX;
    return c->a >= 0 && c->b >= 0 && c->c >= 0 && c->a <= max && c->b <= max && c->c <= max;
}

EXPORT(bench_case *, bench_open)(int index, int a, int b, int c)
{
    if (index < 0 || index >= KINDS) return NULL;
    bench_case shape = {.kind = &kinds[index], .a = a, .b = b, .c = c, .rng = bh_rng_seed(1)};
    if (!sizes_fit(&shape)) return NULL;
    bench_case *made = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
    if (made == NULL) return NULL;
    if (made->kind->start == NULL || made->kind->start(made)) return made;
    bench_close(made);
    return NULL;
}

EXPORT(void, bench_close)(bench_case *c)
{
    bh_env_destroy(c->envs);
    bhi_agent_destroy(c->agent);
    bh_run_destroy(c->run);
    bh_pretraining_destroy(c->training);
    bh_free(c, c->bytes);
}

EXPORT(void, bench_run)(bench_case *c, int n)
{
    c->kind->run(c, n);
}

EXPORT(const bh_real *, bench_record)(bench_case *c)
{
    bench_control_record(c->agent, c->record);
    return c->record;
}

EXPORT(const bh_real *, bench_values)(bench_case *c, int which)
{
    return bench_control_values(c->agent, which);
}

EXPORT(int, bench_n_values)(bench_case *c, int which)
{
    return bench_control_n_values(c->agent, which);
}

// ---- the native program ----

#ifndef __wasm__

#include <stdio.h>
#include <time.h>

enum { CASES_MAX = 64 };
static bench_case *cases[CASES_MAX];

static int open_named(const char *name, int a, int b, int c)
{
    int slot = 0, index = 0;
    while (slot < CASES_MAX && cases[slot] != NULL) slot++;
    while (index < KINDS && strcmp(kinds[index].name, name) != 0) index++;
    if (slot == CASES_MAX) return -1;
    cases[slot] = bench_open(index, a, b, c);
    return cases[slot] != NULL ? slot : -1;
}

static double now(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double cpu_now(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static double time_case(bench_case *c, int n, double (*clock_of)(void))
{
    double since = clock_of();
    bench_run(c, n);
    return clock_of() - since;
}

static int is_open(int slot)
{
    return slot >= 0 && slot < CASES_MAX && cases[slot] != NULL;
}

static void close_case(int slot)
{
    bench_close(cases[slot]);
    cases[slot] = NULL;
}

int main(void)
{
    char line[128], name[32];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int a = 0, b = 0, c = 0;
        double answer = -1;
        if (strcmp(line, "name\n") == 0) {
            puts(bh_simd_name());
            continue;
        }
        if (sscanf(line, "open %31s %d %d %d", name, &a, &b, &c) == 4) {
            answer = open_named(name, a, b, c);
        } else if (sscanf(line, "time %d %d", &a, &b) == 2 && is_open(a)) {
            answer = time_case(cases[a], b, now);
        } else if (sscanf(line, "cpu %d %d", &a, &b) == 2 && is_open(a)) {
            answer = time_case(cases[a], b, cpu_now);
        } else if (sscanf(line, "close %d", &a) == 1 && is_open(a)) {
            close_case(a);
            answer = 0;
        }
        printf("%.9f\n", answer);
        fflush(stdout);
    }
    for (int i = 0; i < CASES_MAX; i++) {
        if (cases[i] != NULL) close_case(i);
    }
    return 0;
}

#endif
