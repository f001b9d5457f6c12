// SPDX-License-Identifier: MIT
// Bytes as calls of the WebAssembly module's exports (src/wasm), natively, so that a sanitizer sees
// what they do: in any order, with texts, observations and checkpoints that are anything. What its
// callers in web/lib promise is kept: addresses are of blocks that are large enough, actions and
// counts are in range.
#include "fuzz.h"

#include "rl/update_record.h"
#include "wasm/exports.h"

#define BLOCK_MAX (4u << 20)
enum { CALLS_MAX = 48, FLOATS_MAX = 4096, KEPT_MAX = 1 << 20 };

int bellhop_env_call(int handle, int op, double value, void *at, bh_step *step);
bh_setup *bhx_setup_create(const char *env_id, const char *algo, const bh_env_def *script);
bh_setup *bhx_setup_from_checkpoint(const void *bytes, size_t size, const bh_env_def *script);
const char *bhx_checkpoint_env(const void *bytes, size_t size);
int bhx_setup_preset(bh_setup *setup, const char *name);
int bhx_setup_set(bh_setup *setup, const char *name, const char *value);
const char *bhx_setup_describe(const bh_setup *setup);
void bhx_setup_destroy(bh_setup *setup);
bh_run *bhx_run_create(const bh_setup *setup);
void bhx_run_destroy(bh_run *run);
int bhx_run_set(bh_run *run, const char *name, const char *value);
int bhx_run_steps(bh_run *run, int n);
int bhx_run_place(bh_run *run, float *obs);
int bhx_run_q_values(bh_run *run, double *q, const float *obs, int n);
int bhx_run_state_values(bh_run *run, double *v, const float *obs, int n);
int bhx_run_drain(bh_run *run, double *out, int max);
int bhx_run_evaluate(bh_run *run, int which, int episodes, double seed, double *out);
const char *bhx_run_fingerprint(bh_run *run, int which);
size_t bhx_run_save(bh_run *run, int which, void *out, size_t size);
double bhx_run_save_full(bh_run *run, void *out, size_t size);
bh_run *bhx_run_resume(const bh_setup *setup, const void *bytes, size_t size);
int bhx_run_load(bh_run *run, const void *bytes, size_t size);
int bhx_run_load_parameters(bh_run *run, const void *bytes, size_t size);
const char *bhx_run_tensors(bh_run *run, int which, const float *obs);
int bhx_run_watch(bh_run *run, int is_watched);
int bhx_run_last_update(const bh_run *run, bh_update_array *out);
void bhx_run_reset_timesteps(bh_run *run);
bh_env *bhx_vec_env_create(const bh_setup *setup, int n);
void bhx_env_destroy(bh_env *env);
int bhx_env_reset(bh_env *env, float *obs);
const char *bhx_env_spaces(const bh_env *env);
const char *bhx_env_describe(const bh_env *env);
const char *bhx_env_layout(const bh_env *env);
const char *bhx_env_info(const bh_env *env);
int bhx_env_step(bh_env *env, int action, float *obs, bh_step *step);
int bhx_env_step_box(bh_env *env, const float *action, float *obs, bh_step *step);
void bhx_env_seed(bh_env *env, double seed);
int bhx_env_transitions(const bh_env *env, int s, int a, bh_transition *out);
const char *bhx_catalog(void);
int bhx_run_timesteps(const bh_run *run);
int bhx_run_episodes(const bh_run *run);
int bhx_run_solved_at(const bh_run *run);
int bhx_run_finished(const bh_run *run);
const bh_env *bhx_run_env(const bh_run *run);
void bhx_run_last_step(const bh_run *run, double *out);
int bhx_run_sample_actions(bh_run *run, void *actions, const float *obs, int n, bh_rng *rng);
void bhx_rng_seed(bh_rng *rng, double seed);

/// There are no environments in JavaScript here.
int bellhop_env_call(int handle, int op, double value, void *at, bh_step *step)
{
    (void)handle, (void)op, (void)value, (void)at, (void)step;
    return -1;
}

typedef struct world {
    const uint8_t *at, *end;
    bh_setup *setup;
    bh_run *run;
    bh_env *env;
    uint8_t *kept; // a checkpoint, as far as there is one
    size_t n_kept;
    float *floats;
    double *doubles;
} world;

static int byte(world *w)
{
    return w->at < w->end ? *w->at++ : 0;
}

// A text: one of these, or the bytes up to a zero.
static const char *text(world *w, char room[64])
{
    static const char *const known[] = {"GridWorld-v0",
                                        "CartPole-v1",
                                        "Bandit-v0",
                                        "Pendulum-v1",
                                        "Catch-v0",
                                        "dqn",
                                        "q-learning",
                                        "ppo",
                                        "sac",
                                        "value-iteration",
                                        "rainbow",
                                        "gamma",
                                        "net_arch",
                                        "batch_size",
                                        "buffer_size",
                                        "learning_starts",
                                        "learning_rate",
                                        "n_envs",
                                        "env.map",
                                        "env.slip",
                                        "eval_freq",
                                        "seed",
                                        "0",
                                        "1",
                                        "-1",
                                        "nan",
                                        "inf",
                                        "1e300",
                                        "8,8",
                                        "true",
                                        "S.G",
                                        "frame_stack",
                                        "exploration",
                                        "ucb",
                                        "n_steps",
                                        "4",
                                        "reinforce",
                                        "pqn",
                                        "td3",
                                        ""};
    enum { N_KNOWN = sizeof known / sizeof *known };
    int which = byte(w);
    if (which < N_KNOWN) return known[which];
    int n = 0;
    for (; n < 63 && w->at < w->end && *w->at != 0; n++) room[n] = (char)byte(w);
    room[n] = '\0';
    return room;
}

static void fill_floats(world *w)
{
    static const float edges[] = {0, 1, -1, 0.5f, 1e30f, -1e30f, 3, 100, 1e-30f, 65536};
    for (int i = 0; i < FLOATS_MAX; i++) w->floats[i] = edges[(i * 7 + byte(w)) % 10];
    if (byte(w) % 4 == 0) w->floats[0] = 0.0f / (w->floats[1] - w->floats[1]);
}

static int fits(const bh_run *run, int n)
{
    return bh_space_floats(bh_run_observation_space(run)) * n <= FLOATS_MAX;
}

static void renew_run(world *w, bh_run *run)
{
    bhx_run_destroy(w->run);
    w->run = run;
    REQUIRE(run != NULL || bhx_last_error.message[0] != '\0');
}

static void renew_setup(world *w, bh_setup *setup)
{
    bhx_setup_destroy(w->setup);
    w->setup = setup;
    REQUIRE(setup != NULL || bhx_last_error.message[0] != '\0');
}

static void keep(world *w, int is_full)
{
    double size = is_full ? bhx_run_save_full(w->run, w->kept, KEPT_MAX)
                          : (double)bhx_run_save(w->run, byte(w) % 2, w->kept, KEPT_MAX);
    w->n_kept = size > 0 && size <= KEPT_MAX ? (size_t)size : 0;
    for (int n = byte(w) % 3; n > 0 && w->n_kept > 0; n--)
        w->kept[(size_t)(byte(w) << 8 | byte(w)) % w->n_kept] = (uint8_t)byte(w);
}

static void call_setup(world *w, int which)
{
    char a[64], b[64];
    switch (which) {
    case 0:
        renew_setup(w, bhx_setup_create(text(w, a), byte(w) % 4 == 0 ? NULL : text(w, b), NULL));
        return;
    case 1: renew_setup(w, bhx_setup_from_checkpoint(w->kept, w->n_kept, NULL)); return;
    case 2: bhx_checkpoint_env(w->kept, w->n_kept); return;
    }
    if (w->setup == NULL) return;
    switch (which) {
    case 3: {
        const char *name = text(w, a), *value = text(w, b);
        bhx_setup_set(w->setup, name, value);
        return;
    }
    case 4: bhx_setup_preset(w->setup, text(w, a)); return;
    case 5: REQUIRE(bhx_setup_describe(w->setup)[0] == '{'); return;
    case 6: renew_run(w, bhx_run_create(w->setup)); return;
    case 7: renew_run(w, bhx_run_resume(w->setup, w->kept, w->n_kept)); return;
    case 8:
        bhx_env_destroy(w->env);
        w->env = bhx_vec_env_create(w->setup, 1);
        return;
    }
}

static void look_at_run(world *w, int which)
{
    switch (which) {
    case 0: REQUIRE(strlen(bhx_run_fingerprint(w->run, byte(w) % 2)) == 64); return;
    case 1:
        REQUIRE(bhx_run_tensors(w->run, byte(w) % 2, NULL)[0] == '[');
        if (!fits(w->run, 1)) return;
        fill_floats(w);
        bhx_run_tensors(w->run, 0, w->floats);
        return;
    case 2: REQUIRE(bhx_run_drain(w->run, w->doubles, 16) <= 16); return;
    case 3: {
        bh_update_array arrays[BH_UPDATE_ARRAYS_MAX];
        bhx_run_watch(w->run, byte(w) % 2);
        REQUIRE(bhx_run_last_update(w->run, arrays) <= BH_UPDATE_ARRAYS_MAX);
        return;
    }
    case 4: bhx_run_evaluate(w->run, byte(w) % 2, 1 + byte(w) % 2, byte(w), w->doubles); return;
    case 5:
        if (!fits(w->run, 2) || bh_run_action_space(w->run)->kind == BH_SPACE_BOX) return;
        fill_floats(w);
        bhx_run_q_values(w->run, w->doubles, w->floats, 1 + byte(w) % 2);
        return;
    case 6:
        if (!fits(w->run, 2)) return;
        fill_floats(w);
        bhx_run_state_values(w->run, w->doubles, w->floats, 1 + byte(w) % 2);
        return;
    case 7:
        REQUIRE(bhx_run_timesteps(w->run) >= 0 && bhx_run_episodes(w->run) >= 0);
        REQUIRE(bhx_run_solved_at(w->run) >= -1 && bhx_run_finished(w->run) <= 1);
        bhx_run_last_step(w->run, w->doubles);
        REQUIRE(bhx_env_spaces(bhx_run_env(w->run))[0] == '{');
        return;
    case 8: {
        bh_rng rng;
        if (!fits(w->run, 1)) return;
        fill_floats(w);
        bhx_rng_seed(&rng, byte(w));
        bhx_run_sample_actions(w->run, w->doubles, w->floats, 1, &rng);
        return;
    }
    }
}

static void change_run(world *w, int which)
{
    char a[64], b[64];
    switch (which) {
    case 0: bhx_run_steps(w->run, byte(w) % 24); return;
    case 1: {
        const char *name = text(w, a), *value = text(w, b);
        bhx_run_set(w->run, name, value);
        return;
    }
    case 2:
        if (!fits(w->run, 1)) return;
        fill_floats(w);
        bhx_run_place(w->run, w->floats);
        return;
    case 3: keep(w, 0); return;
    case 4: keep(w, 1); return;
    case 5: bhx_run_load(w->run, w->kept, w->n_kept); return;
    case 6: bhx_run_load_parameters(w->run, w->kept, w->n_kept); return;
    case 7: bhx_run_reset_timesteps(w->run); return;
    case 8: renew_run(w, bhx_run_create(bh_run_setup(w->run))); return;
    }
}

// A step of an environment in the middle of an episode, with an action that is in range.
static void step_env(world *w)
{
    bh_step step;
    const bh_space *actions = bh_env_action_space(w->env);
    if (bhx_env_reset(w->env, w->floats) != BH_OK) return;
    if (actions->kind == BH_SPACE_DISCRETE) {
        bhx_env_step(w->env, byte(w) % actions->n, w->floats, &step);
        return;
    }
    float *box = (float *)(void *)w->doubles;
    for (int i = 0; i < actions->n; i++) box[i] = actions->low[i];
    bhx_env_step_box(w->env, box, w->floats, &step);
}

static void call_env(world *w, int which)
{
    bh_transition transitions[4];
    if (bh_space_floats(bh_env_observation_space(w->env)) > FLOATS_MAX) return;
    switch (which) {
    case 0: bhx_env_reset(w->env, w->floats); return;
    case 1: REQUIRE(bhx_env_spaces(w->env)[0] == '{'); return;
    case 2:
        bhx_env_reset(w->env, w->floats);
        REQUIRE(bhx_env_describe(w->env) != NULL && bhx_env_info(w->env)[0] == '{');
        return;
    case 3: REQUIRE(bhx_env_layout(w->env) != NULL); return;
    case 4: bhx_env_seed(w->env, byte(w)); return;
    case 5: step_env(w); return;
    case 6:
        REQUIRE(bhx_env_transitions(w->env, byte(w) - 8, byte(w) - 8, transitions) <= 4);
        return;
    case 7: REQUIRE(bhx_catalog()[0] == '{'); return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    limit_blocks(BLOCK_MAX);
    world w = {.at = data,
               .end = data + size,
               .kept = malloc(KEPT_MAX),
               .floats = calloc(FLOATS_MAX, sizeof(float)),
               .doubles = calloc(FLOATS_MAX, sizeof(double))};
    REQUIRE(w.kept != NULL && w.floats != NULL && w.doubles != NULL);
    for (int calls = 0; calls < CALLS_MAX && w.at < w.end; calls++) {
        int op = byte(&w);
        if (op % 4 == 0) call_setup(&w, op / 4 % 9);
        else if (op % 4 == 1 && w.run != NULL) look_at_run(&w, op / 4 % 9);
        else if (op % 4 == 2 && w.run != NULL) change_run(&w, op / 4 % 9);
        else if (op % 4 == 3 && w.env != NULL) call_env(&w, op / 4 % 8);
    }
    bhx_env_destroy(w.env);
    bhx_run_destroy(w.run);
    bhx_setup_destroy(w.setup);
    free(w.kept);
    free(w.floats);
    free(w.doubles);
    REQUIRE(bh_live_bytes() == 0);
    return 0;
}
