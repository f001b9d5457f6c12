// SPDX-License-Identifier: MIT
// Cases of `npm run bench`: updates and acting of whole agents, training loops, environments.
#include "bench_case.h"
#include "bench_control.h"

#include "envs/registry.h"
#include "rl/dqn_state.h"
#include "rl/ppo_functions.h"
#include "rl/sac.h"
#include "rl/td3.h"

#include <string.h>

static volatile bh_real sink; // what is computed has to go somewhere

// ---- DQN over a full replay buffer of random transitions ----

// A network and what it sees: numbers of -1 ... 1, or images of whole numbers up to `high`.
typedef struct learner {
    bhi_extractor extractor;
    int image[3]; // 0: BENCH_OBSERVATION numbers
    float high;
    int n_hidden, hidden, n_actions, capacity;
} learner;

// The network of Mnih et al. 2015, and that of the Breakout-MinAtar preset.
static const learner nature = {BHI_NATURE_CNN, {84, 84, 4}, 255, 1, 512, 6, 256};
static const learner minatar = {BHI_MINATAR_CNN, {10, 10, 4}, 1, 1, 128, 3, 10000};

enum { PIXELS_MAX = 84 * 84 * 4 };

static int inputs_of(const learner *l)
{
    return l->image[0] > 0 ? l->image[0] * l->image[1] * l->image[2] : BENCH_OBSERVATION;
}

static void observe_random(bhi_agent *dqn, bh_rng *rng)
{
    static float obs[2][PIXELS_MAX];
    const bh_space *space = &dqn->spec.observation;
    for (int i = 0; i < 2 * space->n; i++) {
        float *at = &obs[i / space->n][i % space->n];
        if (bh_space_is_bytes(space)) *at = (float)bh_rng_below(rng, (uint32_t)space->high[0] + 1);
        else *at = (float)(2 * bh_rng_uniform(rng) - 1);
    }
    int action = (int)bh_rng_below(rng, (uint32_t)dqn->spec.n_actions);
    int ended = bh_rng_below(rng, 20) == 0, truncated = 0;
    double reward = 1;
    bh_dqn_class.functions->observe(
        dqn, &(bh_experience){1, obs[0], &action, &reward, &ended, &truncated, obs[1]});
}

static int start_learner(bench_case *c, const learner *l, int batch)
{
    static float low[PIXELS_MAX], high[PIXELS_MAX];
    for (int i = 0; i < PIXELS_MAX; i++) high[i] = l->high;
    bh_space space = {BH_SPACE_BOX, inputs_of(l), low, high, .rank = 1, .shape = {inputs_of(l)}};
    if (l->image[0] > 0) {
        space.rank = 3;
        memcpy(space.shape, l->image, sizeof space.shape);
        space.dtype = BH_SPACE_U8;
    }
    bh_dqn_config config;
    bh_config_defaults(&bh_dqn_table, &config);
    config.net.features_extractor = l->extractor;
    config.net.net_arch = (bh_sizes){l->n_hidden, {l->hidden, l->hidden}};
    config.batch_size = batch;
    config.buffer_size = l->capacity;
    config.explore.initial_eps = config.explore.final_eps = 0;
    bhi_agent_spec spec = {.observation = space,
                           .n_actions = l->n_actions,
                           .n_envs = 1,
                           .total_timesteps = l->capacity,
                           .rng = bh_rng_split(&c->rng)};
    if (bhi_agent_create(&c->agent, &bh_dqn_class, &config, &spec, NULL) != BH_OK) return 0;
    for (int i = 0; i < l->capacity; i++) observe_random(c->agent, &c->rng);
    return 1;
}

static int start_dqn(bench_case *c)
{
    learner l = {
        .n_hidden = 2, .hidden = c->a, .n_actions = BENCH_ACTIONS, .capacity = BENCH_REPLAY_SIZE};
    return start_learner(c, &l, c->b);
}

static int start_nature(bench_case *c)
{
    return start_learner(c, &nature, c->a);
}

static int start_minatar(bench_case *c)
{
    return start_learner(c, &minatar, c->a);
}

// x_tm1 (B,S)   a_tm1 (B)   r_t (B)   discount_t (B)   x_t (B,S)
static void layout_dqn_record(bench_case *c, bhi_arena *arena, int S, int B)
{
    bench_layout_record(c, arena, (size_t)B * (2 * (size_t)S + 3));
}

static void layout_dqn(bench_case *c, bhi_arena *arena)
{
    layout_dqn_record(c, arena, BENCH_OBSERVATION, c->b);
}

static void layout_nature(bench_case *c, bhi_arena *arena)
{
    layout_dqn_record(c, arena, inputs_of(&nature), c->a);
}

static void layout_minatar(bench_case *c, bhi_arena *arena)
{
    layout_dqn_record(c, arena, inputs_of(&minatar), c->a);
}

static void record_dqn(bench_case *c)
{
    bhi_dqn *d = (bhi_dqn *)c->agent;
    size_t B = (size_t)((bh_dqn_config *)d->base.config)->batch_size;
    size_t BS = B * (size_t)d->base.spec.observation.n;
    bhi_dqn_update(d);
    bh_real *to = c->record;
    memcpy(to, d->x_tm1, BS * sizeof *to);
    to += BS;
    for (size_t i = 0; i < B; i++) {
        to[i] = (bh_real)d->a_tm1[i];
        to[B + i] = d->r_t[i];
        to[2 * B + i] = d->discount_t[i];
    }
    memcpy(to + 3 * B, d->x_t, BS * sizeof *to);
}

static bench_array values_dqn(bench_case *c, int which)
{
    const bhi_dqn *d = (const bhi_dqn *)c->agent;
    return (bench_array){which == 0 ? d->online : d->target, d->net.n_params};
}

static void run_update(bench_case *c, int n)
{
    while (n-- > 0) bhi_dqn_update((bhi_dqn *)c->agent);
}

static void run_act(bench_case *c, int n)
{
    (void)c;
    float obs[BENCH_OBSERVATION] = {(float)0.01, (float)-0.02, (float)0.03, (float)-0.04};
    int action = 0;
    unsigned char explored;
    while (n-- > 0) bh_dqn_class.functions->act(c->agent, &action, &explored, obs, 1);
    sink = (bh_real)action;
}

// ---- actions that are numbers: 3 observed, 1 acted, networks of a-a, batch b ----

static void layout_control(bench_case *c, bhi_arena *arena)
{
    bench_layout_record(c, arena, (size_t)bench_control_reals(c->b));
}

static void record_control(bench_case *c)
{
    bench_control_record(c->agent, c->record);
}

static bench_array values_control(bench_case *c, int which)
{
    return (bench_array){bench_control_values(c->agent, which),
                         bench_control_n_values(c->agent, which)};
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

// PPO: environments, steps of each in a rollout.
enum { PPO_ENVS = 8, PPO_STEPS = 128, PPO_CELLS = PPO_ENVS * PPO_STEPS };

// ---- the whole loop: the update above after every step, no evaluations ----

typedef const char *option[2];

// The run of an environment and an algorithm with these options, of which there are lists, the last
// of each NULL, past learning_starts: every step from here has its update.
static int start_run(bench_case *c, const char *env, const char *algo, const option *shared,
                     const option *options)
{
    char hidden[32], batch[16];
    bh_text text = bh_text_over(hidden, sizeof hidden);
    bh_text_add(&text, "%d,%d", c->a, c->a);
    text = bh_text_over(batch, sizeof batch);
    bh_text_add(&text, "%d", c->b);
    const option sizes[] = {{"net_arch", hidden},
                            {"batch_size", batch},
                            {"eval_freq", "0"},
                            {"n_eval_episodes", "1"},
                            {NULL, NULL}};
    const option *lists[] = {sizes, shared, options};
    bh_setup *setup;
    if (bh_setup_create(&setup, &bh_all_envs, env, algo, NULL) != BH_OK) return 0;
    bh_status status = BH_OK;
    for (int i = 0; i < 3; i++)
        for (const option *o = lists[i]; (*o)[0] != NULL && status == BH_OK; o++)
            status = bh_setup_set(setup, (*o)[0], (*o)[1], NULL);
    if (status == BH_OK) status = bh_run_create(&c->run, setup, NULL);
    bh_setup_destroy(setup);
    if (status != BH_OK) return 0;
    bh_run_steps(c->run, 200);
    return 1;
}

// Of agents with a replay buffer: an update after every step.
static const option off_policy[] = {{"train_freq", "1"},        {"gradient_steps", "1"},
                                    {"learning_starts", "100"}, {"buffer_size", "50000"},
                                    {"n_steps", "1"},           {NULL, NULL}};

static int start_cartpole(bench_case *c)
{
    static const option options[] = {{"double_q", "false"},
                                     {"loss", "huber"},
                                     {"target_update_interval", "500"},
                                     {"exploration_final_eps", "0.05"},
                                     {NULL, NULL}};
    return start_run(c, "CartPole-v1", "dqn", off_policy, options);
}

static int start_pendulum_ddpg(bench_case *c)
{
    static const option options[] = {
        {"noise_type", "normal"}, {"noise_std", "0.1"}, {"tau", "0.005"}, {NULL, NULL}};
    return start_run(c, "Pendulum-v1", "ddpg", off_policy, options);
}

static int start_pendulum_td3(bench_case *c)
{
    static const option options[] = {{"noise_type", "normal"}, {"noise_std", "0.1"},
                                     {"tau", "0.005"},         {"n_critics", "2"},
                                     {"policy_delay", "2"},    {NULL, NULL}};
    return start_run(c, "Pendulum-v1", "td3", off_policy, options);
}

static int start_pendulum_sac(bench_case *c)
{
    static const option options[] = {{"noise_type", "none"},
                                     {"tau", "0.005"},
                                     {"n_critics", "2"},
                                     {"ent_coef_auto", "true"},
                                     {"target_update_interval", "1"},
                                     {NULL, NULL}};
    return start_run(c, "Pendulum-v1", "sac", off_policy, options);
}

// n_steps of all environments, then the epochs.
static int start_cartpole_ppo(bench_case *c)
{
    static const option shared[] = {{"n_envs", "8"},
                                    {"n_steps", "128"},
                                    {"n_epochs", "10"},
                                    {"learning_rate", "0.0003"},
                                    {"learning_rate_schedule", "constant"},
                                    {NULL, NULL}};
    static const option options[] = {
        {"gamma", "0.99"},  {"gae_lambda", "0.95"},   {"ent_coef", "0"}, {"clip_range", "0.2"},
        {"vf_coef", "0.5"}, {"max_grad_norm", "0.5"}, {NULL, NULL}};
    return start_run(c, "CartPole-v1", "ppo", shared, options);
}

static void run_loop(bench_case *c, int n)
{
    bh_run_steps(c->run, n);
}

// A rollout and its update.
static void run_loop_ppo(bench_case *c, int n)
{
    run_loop(c, n * PPO_CELLS);
}

// ---- PPO: two networks of a-a, minibatches of b ----

static int create_ppo(bench_case *c, int n_envs, int batch, int n_epochs)
{
    bh_ppo_config config;
    bh_config_defaults(&bh_ppo_table, &config);
    config.policy.net.net_arch = (bh_sizes){2, {c->a, c->a}};
    config.n_steps = PPO_STEPS;
    config.batch_size = batch;
    config.n_epochs = n_epochs;
    bhi_agent_spec spec = {.observation = {BH_SPACE_BOX, BENCH_OBSERVATION, NULL, NULL},
                           .n_actions = BENCH_ACTIONS,
                           .n_envs = n_envs,
                           .total_timesteps = BENCH_REPLAY_SIZE,
                           .rng = bh_rng_split(&c->rng)};
    return bhi_agent_create(&c->agent, &bh_ppo_class, &config, &spec, NULL) == BH_OK;
}

// x_tm1 (T,E,S)   a_tm1 (T,E)   r_t (T,E)   terminated_t (T,E)   value of what followed (E), then
// the order of each epoch (c,T,E)
static void layout_ppo(bench_case *c, bhi_arena *arena)
{
    size_t numbers = BENCH_OBSERVATION + 3 + (size_t)c->c;
    bench_layout_record(c, arena, PPO_CELLS * numbers + PPO_ENVS);
}

static int start_ppo(bench_case *c)
{
    enum { NUMBERS = PPO_ENVS * BENCH_OBSERVATION };
    float obs[2][NUMBERS];
    int actions[PPO_ENVS], terminated[PPO_ENVS], truncated[PPO_ENVS] = {0};
    double rewards[PPO_ENVS];
    unsigned char explored[PPO_ENVS];
    if (!create_ppo(c, PPO_ENVS, c->b, c->c)) return 0;
    for (int t = 0; t < PPO_STEPS; t++) {
        for (int i = 0; i < 2 * NUMBERS; i++)
            obs[i / NUMBERS][i % NUMBERS] = (float)(2 * bh_rng_uniform(&c->rng) - 1);
        bh_ppo_class.functions->act(c->agent, actions, explored, obs[0], PPO_ENVS);
        for (int e = 0; e < PPO_ENVS; e++) {
            rewards[e] = bh_rng_uniform(&c->rng);
            terminated[e] = bh_rng_below(&c->rng, 20) == 0;
        }
        bh_ppo_class.functions->observe(
            c->agent,
            &(bh_experience){PPO_ENVS, obs[0], actions, rewards, terminated, truncated, obs[1]});
    }
    return 1;
}

// The rollout once more: its steps are still there when it has been learned from.
static bhi_ppo *refill(bench_case *c)
{
    bhi_ppo *p = (bhi_ppo *)c->agent;
    for (int e = 0; e < PPO_ENVS; e++) p->rollout.length[e] = PPO_STEPS;
    return p;
}

static void run_ppo(bench_case *c, int n)
{
    while (n-- > 0) bhi_agent_learn(refill(c));
}

static void write_rollout(const bhi_rollout *r, bh_real *to)
{
    memcpy(to, r->x_tm1, PPO_CELLS * BENCH_OBSERVATION * sizeof *to);
    to += PPO_CELLS * BENCH_OBSERVATION;
    for (int i = 0; i < PPO_CELLS; i++) {
        to[i] = (bh_real)r->a_tm1[i];
        to[PPO_CELLS + i] = r->r_t[i];
        to[2 * PPO_CELLS + i] = (bh_real)r->terminated_t[i];
    }
    to += 3 * PPO_CELLS;
    for (int e = 0; e < PPO_ENVS; e++) to[e] = r->v_t[PPO_CELLS - PPO_ENVS + e];
}

// Learns piece by piece: the first n_batches prepare the rollout, the next are the first epoch.
static void record_ppo(bench_case *c)
{
    bhi_ppo *p = refill(c);
    write_rollout(&p->rollout, c->record);
    bh_real *order = c->record + PPO_CELLS * (BENCH_OBSERVATION + 3) + PPO_ENVS;
    uint64_t n_batches = (uint64_t)((PPO_CELLS + c->b - 1) / c->b);
    uint64_t piece;
    int more;
    do {
        piece = p->ac.base.piece;
        more = bh_ppo_class.functions->learn(p);
        if (piece < n_batches || piece % n_batches != 0) continue;
        for (int i = 0; i < PPO_CELLS; i++) *order++ = (bh_real)p->index[i];
    } while (more);
}

static bench_array values_ppo(bench_case *c, int which)
{
    const bhi_ppo *p = (const bhi_ppo *)c->agent;
    (void)which;
    return (bench_array){p->ac.params, p->ac.n_params};
}

// ---- environments: CartPole; one run is one step of each ----

static void layout_n_envs(bench_case *c, bhi_arena *arena, size_t n)
{
    c->obs = bhi_arena_array(arena, n * BENCH_OBSERVATION, sizeof *c->obs);
    c->obs_tm1 = bhi_arena_array(arena, n * BENCH_OBSERVATION, sizeof *c->obs);
    c->rewards = bhi_arena_array(arena, n, sizeof *c->rewards);
    c->actions = bhi_arena_array(arena, n, sizeof *c->actions);
    c->terminated = bhi_arena_array(arena, n, sizeof *c->terminated);
    c->truncated = bhi_arena_array(arena, n, sizeof *c->truncated);
    c->explored = bhi_arena_array(arena, n, sizeof *c->explored);
}

static int start_n_envs(bench_case *c, int n)
{
    c->bits = 1;
    if (bh_vec_env_create(&c->envs, &bh_env_cartpole, NULL, n, NULL) != BH_OK) return 0;
    for (int i = 0; i < n; i++) bh_vec_env_seed_rng(c->envs, i, bh_rng_split(&c->rng));
    bh_env_reset(c->envs, c->obs);
    return 1;
}

// One random number is 63 actions; the highest bit that is left marks the end.
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

static void layout_envs(bench_case *c, bhi_arena *arena)
{
    layout_n_envs(c, arena, (size_t)c->a);
}

static int start_envs(bench_case *c)
{
    return start_n_envs(c, c->a);
}

// ---- PPO's rollout: networks of a-a, b environments; it acts, they step, it observes ----

static void layout_rollout(bench_case *c, bhi_arena *arena)
{
    layout_n_envs(c, arena, (size_t)c->b);
}

static int start_rollout(bench_case *c)
{
    return c->b > 0 && start_n_envs(c, c->b) && create_ppo(c, c->b, 1, 1);
}

static void run_rollout(bench_case *c, int n)
{
    bhi_ppo *p = (bhi_ppo *)c->agent;
    const bhi_agent_functions *agent = bh_ppo_class.functions;
    int E = c->b;
    while (n-- > 0) {
        agent->act(p, c->actions, c->explored, c->obs, E);
        memcpy(c->obs_tm1, c->obs, (size_t)E * BENCH_OBSERVATION * sizeof *c->obs);
        bh_vec_env_step(c->envs, c->actions, c->obs, c->rewards, c->terminated, c->truncated, NULL);
        agent->observe(p, &(bh_experience){E, c->obs_tm1, c->actions, c->rewards, c->terminated,
                                           c->truncated, c->obs});
        if (p->rollout.length[0] == PPO_STEPS) bhi_rollout_clear(&p->rollout);
        bh_vec_env_reset_ended(c->envs, c->obs);
    }
}

// ---- the table ----

const bench_kind bench_agent_kinds[] = {
    {"update", layout_dqn, start_dqn, run_update, record_dqn, values_dqn}, // hidden units, batch
    {"act", layout_dqn, start_dqn, run_act, NULL, NULL},
    {"nature", layout_nature, start_nature, run_update, record_dqn, values_dqn}, // batch
    {"minatar", layout_minatar, start_minatar, run_update, record_dqn, values_dqn},
    {"ddpg", layout_control, start_ddpg, run_learn, record_control, values_control}, // as update
    {"td3", layout_control, start_td3, run_learn_twice, record_control, values_control},
    {"sac", layout_control, start_sac, run_learn, record_control, values_control},
    {"ppo", layout_ppo, start_ppo, run_ppo, record_ppo, values_ppo}, // hidden units, batch, epochs
    {"loop", NULL, start_cartpole, run_loop, NULL, NULL},
    {"loop_ddpg", NULL, start_pendulum_ddpg, run_loop, NULL, NULL},
    {"loop_td3", NULL, start_pendulum_td3, run_loop, NULL, NULL},
    {"loop_sac", NULL, start_pendulum_sac, run_loop, NULL, NULL},
    {"loop_ppo", NULL, start_cartpole_ppo, run_loop_ppo, NULL, NULL},
    {"rollout", layout_rollout, start_rollout, run_rollout, NULL,
     NULL},                                                 // hidden units, environments
    {"env", layout_envs, start_envs, run_envs, NULL, NULL}, // environments
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
