// SPDX-License-Identifier: MIT
// What the tests of environments over a vocabulary share: texts by their words, what examples must keep, and the
// reward of policies that need no learning.
#pragma once

#include "core/alloc.h"
#include "envs/registry.h"

#include "check.h"

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

/// Takes the actions that write those tokens; returns the last step.
static inline bh_step world_write(bh_env *env, const char *text, float *obs)
{
    int tokens[WORLD_T], n = world_parse(bh_env_definition(env), text, tokens);
    bh_step step = {0};
    for (int i = 0; i < n; i++) {
        CHECK_STATUS(bh_env_step(env, world_action(env, tokens[i]), obs, &step, NULL), BH_OK);
    }
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

/// Plays actions drawn from those allowed: the returns of n episodes.
static inline sample world_play_randomly(bh_env *env, int n, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    sample returns = {0};
    for (int k = 0; k < n; k++) {
        float obs[WORLD_T];
        bh_step step;
        double sum = 0;
        bh_env_reset(env, obs);
        do {
            unsigned char allowed[WORLD_A];
            int pick = (int)bh_rng_below(&rng, (uint32_t)world_allowed(env, obs, allowed)), a = 0;
            while (!allowed[a] || pick-- > 0) a++;
            CHECK_STATUS(bh_env_step(env, a, obs, &step, NULL), BH_OK);
            CHECK(!step.truncated);
            sum += step.reward;
        } while (!step.terminated);
        sample_add(&returns, sum);
    }
    return returns;
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
