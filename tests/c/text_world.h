// SPDX-License-Identifier: MIT
// What the tests of environments over a vocabulary share: texts by their words, policies that need
// no learning and their reward, and what any actions and every example must keep.
#pragma once

#include "core/alloc.h"
#include "envs/registry.h"

#include "check.h"
#include "json_valid.h"

#include <stdlib.h>

enum { WORLD_T = 64, WORLD_A = 256, WORLD_TELL = 16384 };

/// Mean of samples and its standard error.
typedef struct sample {
    int n;
    double sum, sum_squares;
} sample;

static inline void sample_add(sample *s, double x)
{
    s->n++;
    s->sum += x;
    s->sum_squares += x * x;
}

static inline double sample_mean(const sample *s)
{
    return s->sum / s->n;
}

static inline double sample_error(const sample *s)
{
    double mean = sample_mean(s);
    return sqrt(fmax(s->sum_squares / s->n - mean * mean, 0) / s->n);
}

static inline bh_env *world_make(const bh_env_def *def, const void *config)
{
    bh_env *env;
    bh_error err;
    if (!CHECK_STATUS(bh_env_create(&env, def, config, &err), BH_OK))
        printf("    %s\n", err.message);
    return env;
}

/// The token of that text; -1 and a failure when there is none.
static inline int world_token(const bh_env_def *def, const char *text, size_t length)
{
    for (int id = 1; id < def->text->n_tokens; id++) {
        const char *token = def->text->token(id);
        if (strlen(token) == length && memcmp(token, text, length) == 0) return id;
    }
    CHECK(!"such a token");
    printf("    '%.*s'\n", (int)length, text);
    return -1;
}

/// The action that writes a token; -1 when none does.
static inline int world_action(const bh_env *env, int token)
{
    for (int a = 0; a < bh_env_action_space(env)->n; a++) {
        if (bh_env_definition(env)->text->action_tokens[a] == token) return a;
    }
    return -1;
}

/// Tokens of a text with spaces between them; returns how many.
static inline int world_parse(const bh_env_def *def, const char *text, int *tokens)
{
    int n = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        tokens[n++] = world_token(def, text, length);
        text += length + (text[length] == ' ');
    }
    return n;
}

/// Resets until the text starts with those tokens.
static inline void world_reset(bh_env *env, const char *start, float *obs)
{
    int tokens[WORLD_T], n = world_parse(bh_env_definition(env), start, tokens), same, tries = 0;
    do {
        bh_env_reset(env, obs);
        same = 1;
        for (int i = 0; i < n; i++) same &= obs[i] == (float)tokens[i];
    } while (!same && ++tries < 100000);
    CHECK(same);
}

static inline bh_step world_take(bh_env *env, int action, float *obs)
{
    bh_step step;
    CHECK_STATUS(bh_env_step(env, action, obs, &step, NULL), BH_OK);
    return step;
}

/// Takes the actions that write those tokens; returns the last step.
static inline bh_step world_write(bh_env *env, const char *text, float *obs)
{
    int tokens[WORLD_T], n = world_parse(bh_env_definition(env), text, tokens);
    bh_step step = {0};
    for (int i = 0; i < n; i++) step = world_take(env, world_action(env, tokens[i]), obs);
    return step;
}

static inline const char *world_tell(const bh_env *env, void (*function)(const void *, bh_text *))
{
    static char buffer[WORLD_TELL];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    function(bh_env_state(env), &text);
    CHECK(bh_text_fits(&text));
    return buffer;
}

/// What may be done after obs; all of it where the task masks nothing. Returns how many actions.
static inline int world_allowed(const bh_env *env, const float *obs, unsigned char *allowed)
{
    int A = bh_env_action_space(env)->n, n = 0;
    memset(allowed, 1, (size_t)A);
    const bh_text_task *text = bh_env_definition(env)->text;
    if (text->allowed != NULL) text->allowed(allowed, obs);
    for (int a = 0; a < A; a++) {
        CHECK(allowed[a] <= 1);
        n += allowed[a];
    }
    CHECK(n > 0);
    return n;
}

/// Whether exactly those actions are allowed after obs: a digit 0 or 1 for each.
static inline void world_check_allowed(const bh_env *env, const float *obs, const char *want)
{
    unsigned char allowed[WORLD_A];
    char got[WORLD_A + 1] = {0};
    world_allowed(env, obs, allowed);
    for (int a = 0; a < bh_env_action_space(env)->n; a++) got[a] = allowed[a] ? '1' : '0';
    CHECK_STRING(got, want);
}

/// What a policy does after obs; `context` is its own.
typedef int world_policy(void *context, const bh_env *env, const float *obs);

/// Any action that is allowed; the context is a bh_rng.
static inline int world_any_allowed(void *rng, const bh_env *env, const float *obs)
{
    unsigned char allowed[WORLD_A];
    int pick = (int)bh_rng_below(rng, (uint32_t)world_allowed(env, obs, allowed)), a = 0;
    while (!allowed[a] || pick-- > 0) a++;
    return a;
}

/// Plays n episodes: their returns.
static inline sample world_play(bh_env *env, int n, world_policy *policy, void *context)
{
    sample returns = {0};
    for (int k = 0; k < n; k++) {
        float obs[WORLD_T];
        bh_step step;
        double sum = 0;
        bh_env_reset(env, obs);
        do {
            step = world_take(env, policy(context, env, obs), obs);
            CHECK(!step.truncated);
            sum += step.reward;
        } while (!step.terminated);
        sample_add(&returns, sum);
    }
    return returns;
}

static inline sample world_play_randomly(bh_env *env, int n, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    return world_play(env, n, world_any_allowed, &rng);
}

/// Any action at any time, allowed or not: rewards in [least, most], and all that the environment
/// tells is in order.
static inline void world_check_any_actions(bh_env *env, double least, double most)
{
    const bh_env_def *def = bh_env_definition(env);
    int A = bh_env_action_space(env)->n, T = bh_env_observation_space(env)->n;
    bh_rng rng = bh_rng_seed(42);
    float obs[WORLD_T], view[WORLD_T + 16];
    unsigned char allowed[WORLD_A];
    CHECK(def->n_view <= WORLD_T + 16);
    for (int k = 0; k < 10000; k++) {
        if (!bh_env_running(env)) bh_env_reset(env, obs);
        bh_step step = world_take(env, (int)bh_rng_below(&rng, (uint32_t)A), obs);
        CHECK(step.reward >= least && step.reward <= most);
        for (int i = 0; i < T; i++) CHECK(obs[i] >= 0 && obs[i] < (float)def->text->n_tokens);
        world_allowed(env, obs, allowed);
        if (k % 7 != 0) continue;
        CHECK(json_is_valid(world_tell(env, def->info)));
        if (def->text->talk == NULL) CHECK(strchr(world_tell(env, def->describe), '\n') == NULL);
        def->view(bh_env_state(env), view);
        for (int i = 0; i < def->n_view; i++) {
            int is_total = i == def->n_view - 1; // of all rewards: below -1 where each costs
            CHECK(view[i] >= (is_total ? fmin(-1, least * T) : -1) && view[i] < 256);
        }
    }
    CHECK(json_is_valid(world_tell(env, def->layout)));
}

/// A vocabulary that observations, drawings and layouts can rely on.
static inline void world_check_vocabulary(const bh_env *env, int V, int T, int A)
{
    const bh_text_task *text = bh_env_definition(env)->text;
    const bh_space *space = bh_env_observation_space(env);
    CHECK(text->n_tokens == V && V <= 128 && V <= BH_TOKENS_MAX);
    CHECK(space->kind == BH_SPACE_BOX && space->dtype == BH_SPACE_TOKEN);
    CHECK(space->n == T && T <= 40 && bh_space_rank(space) == 1);
    for (int i = 0; i < T; i++) CHECK(space->low[i] == 0 && space->high[i] == (float)(V - 1));
    CHECK(bh_env_action_space(env)->n == A);
    CHECK_STRING(text->token(BH_TOKEN_PAD), "");
    CHECK(text->ends_at > 0 && text->ends_at < V);
    for (int i = 1; i < V; i++) {
        CHECK(text->token(i)[0] != '\0');
        for (int j = 1; j < i; j++) CHECK(strcmp(text->token(i), text->token(j)) != 0);
    }
    for (int a = 0; a < A; a++) {
        CHECK(text->action_tokens[a] > 0 && text->action_tokens[a] < V);
        for (int b = 0; b < a; b++) CHECK(text->action_tokens[a] != text->action_tokens[b]);
    }
}

/// What each example must keep, seen alone: tokens of the vocabulary, the end last and only there.
static inline int world_example(const bh_env *env, bh_rng *rng, int *tokens)
{
    const bh_text_task *text = bh_env_definition(env)->text;
    int T = bh_env_observation_space(env)->n, untouched = -12345;
    for (int i = 0; i < WORLD_T; i++) tokens[i] = untouched;
    int n = text->example(rng, tokens);
    CHECK(n >= 2 && n <= T + 1 && tokens[n - 1] == text->ends_at);
    CHECK(tokens[T + 1] == untouched);
    for (int i = 0; i < n; i++) CHECK(tokens[i] > 0 && tokens[i] < text->n_tokens);
    for (int i = 0; i < n - 1; i++) CHECK(tokens[i] != text->ends_at);
    return n;
}

/// Plays an example of n tokens in the state of env, where an example and a reset that have the
/// same stream begin alike: `rng` as it was before the example. The tokens that follow are actions,
/// allowed ones, and the last one alone ends the episode and is rewarded. obs (T) and *reward: the
/// last ones. Returns how many tokens the beginning has.
static inline int world_follow(bh_env *env, bh_rng rng, const int *tokens, int n, float *obs,
                               double *reward)
{
    const bh_env_def *def = bh_env_definition(env);
    void *state = (void *)(uintptr_t)bh_env_state(env);
    unsigned char allowed[WORLD_A];
    int T = bh_env_observation_space(env)->n, n_start = 0, terminated = 0;
    *reward = 0;
    def->reset(state, &rng, obs);
    while (n_start < T && obs[n_start] != BH_TOKEN_PAD) n_start++;
    for (int i = n_start; i < n; i++) {
        int action = world_action(env, tokens[i]);
        world_allowed(env, obs, allowed);
        CHECK(!terminated && *reward == 0 && action >= 0 && allowed[action]);
        def->step(state, &rng, action, obs, reward, &terminated);
    }
    CHECK(terminated && n <= T);
    for (int i = 0; i < n && i < T; i++) CHECK(obs[i] == (float)tokens[i]);
    return n_start;
}
