// SPDX-License-Identifier: MIT
// Dialogue-v0: the rule and every format stand in envs/dialogue.h, needs and words in
// envs/data/dialogue_v0_data.h.
#include "envs/dialogue.h"
#include "core/state.h"
#include "envs/data/dialogue_v0_data.h"
#include "envs/registry.h"
#include "envs/token_text.h"

#include <assert.h>
#include <string.h>

typedef struct dialogue_config {
    double solved_reward, turn_cost, wrong_cost;
} dialogue_config;

#define BH_CONFIG_STRUCT dialogue_config
static const bh_field fields[] = {
    BH_REAL(solved_reward, BH_DEFAULT("1"), BH_RANGE(0, 10), BH_LIVE,
            "what the right solution is worth"),
    BH_REAL(turn_cost, BH_DEFAULT("0.1"), BH_RANGE(0, 10), BH_LIVE, "what every reply costs"),
    BH_REAL(wrong_cost, BH_DEFAULT("0.5"), BH_RANGE(0, 10), BH_LIVE,
            "what a wrong solution costs on top of it"),
};

static const bh_config_table table = BH_CONFIG_TABLE("Dialogue-v0", dialogue_config, fields);

enum {
    LIMIT = BHI_DIALOGUE_LIMIT,
    T = BHI_DIALOGUE_N_TEXT,
    N_PARTS = BHI_DIALOGUE_N_PARTS,
};

_Static_assert(sizeof sayings[0].words == BHI_DIALOGUE_SAYING, "as the header says");

static const char *token_en(int id)
{
    return words[id].en;
}

static const char *token_zh(int id)
{
    return words[id].zh;
}

static void allowed(unsigned char *is_allowed, const float *obs)
{
    memset(is_allowed, 1, N_REPLIES);
    for (int i = 0; i < T; i++) {
        int reply = (int)obs[i] - TOKEN_REPLY;
        if (reply >= 0 && reply < REPLY_GOODBYE) is_allowed[reply] = 0;
    }
}

// ---- the guest ----

typedef struct dialogue {
    int need;
    int answers[N_QUESTIONS + 1]; // row of the answer to each question, the opening last
    int sayings[N_MEANINGS];      // row of how this guest says what
    int n_turns, n_wrong, is_solved, is_over;
    double weights[N_PARTS];
    bhi_token_text text;
} dialogue;

static int example(bh_rng *rng, int *tokens);

static const bh_text_task text_task = {
    .language = &bh_language,
    .n_tokens = N_TOKENS,
    .token = token_en,
    .action_tokens = bhi_token_ids + TOKEN_REPLY,
    .ends_at = TOKEN_END,
    .allowed = allowed,
    .example = example,
};

static const char *const parts_en[] = {"solved", "turns", "wrong"};
static const char *const parts_zh[] = {"解决", "轮数", "答错"};

static const bhi_token_task task = {
    .text = &text_task,
    .token_zh = token_zh,
    .n_text = T,
    .n_actions = N_REPLIES,
    .n_parts = N_PARTS,
    .parts = parts_en,
    .parts_zh = parts_zh,
};

static void say(dialogue *d, int meaning)
{
    const unsigned char *saying = sayings[d->sayings[meaning]].words;
    for (int i = 0; i < BHI_DIALOGUE_SAYING && saying[i] != WORD_NONE; i++)
        bhi_token_text_append(&task, &d->text, saying[i]);
}

static int draw_answer(bh_rng *rng, int question, int need)
{
    int left = (int)bh_rng_below(rng, 100);
    for (int i = 0; i < N_ANSWERS; i++) {
        if (answers[i].question != question) continue;
        left -= answers[i].percent[need];
        if (left < 0) return i;
    }
    assert(!"percents of a need sum to 100");
    return -1;
}

static int draw_saying(bh_rng *rng, int meaning)
{
    int n = 0, picked = -1;
    for (int i = 0; i < (int)(sizeof sayings / sizeof sayings[0]); i++) {
        if (sayings[i].meaning == meaning && bh_rng_below(rng, (uint32_t)++n) == 0) picked = i;
    }
    return picked;
}

// A guest with all that it will say, and its first words.
static void arrive(dialogue *d, bh_rng *rng)
{
    d->need = (int)bh_rng_below(rng, N_NEEDS);
    for (int q = 0; q <= N_QUESTIONS; q++) d->answers[q] = draw_answer(rng, q, d->need);
    for (int m = 0; m < N_MEANINGS; m++) d->sayings[m] = draw_saying(rng, m);
    d->n_turns = d->n_wrong = d->is_solved = d->is_over = 0;
    bhi_token_text_start(&d->text);
    say(d, answers[d->answers[OPENING_QUESTION]].meaning);
}

// The guest hears a reply and says something; the last reply of a dialogue is followed by END.
static void hear(dialogue *d, int reply)
{
    int is_solution = reply >= REPLY_SOLUTION && reply < REPLY_GOODBYE;
    d->is_solved = is_solution && reply - REPLY_SOLUTION == d->need;
    d->n_wrong += is_solution && !d->is_solved;
    d->n_turns++;
    d->is_over = d->is_solved || reply == REPLY_GOODBYE || d->n_turns == LIMIT;
    bhi_token_text_append(&task, &d->text, TOKEN_REPLY + reply);
    if (d->is_solved) say(d, MEANING_SOLVED);
    else if (d->is_over) say(d, MEANING_GIVES_UP);
    else if (is_solution) say(d, MEANING_NOT_THAT);
    else say(d, answers[d->answers[reply]].meaning);
    if (d->is_over) bhi_token_text_append(&task, &d->text, TOKEN_END);
}

// ---- what people write ----

// Whether what the guest said, to the questions asked, leaves a need possible.
static int is_possible(const dialogue *d, const unsigned char *may, int need)
{
    int possible = answers[d->answers[OPENING_QUESTION]].percent[need] > 0;
    for (int q = 0; q < N_QUESTIONS; q++)
        possible &= may[q] || answers[d->answers[q]].percent[need] > 0;
    return possible;
}

// A mediocre bellhop: any question or a solution that he has not tried yet, usually a possible one;
// may give up late.
static int mediocre_reply(const dialogue *d, bh_rng *rng)
{
    unsigned char may[N_REPLIES];
    float obs[T];
    bhi_token_text_observe(&task, &d->text, obs);
    allowed(may, obs);
    if (d->n_turns >= LIMIT - 2 && bh_rng_below(rng, 4) == 0) return REPLY_GOODBYE;
    int asks = bh_rng_below(rng, 2) == 0, is_careful = bh_rng_below(rng, 4) > 0;
    int fit[N_REPLIES], n_fit = 0;
    for (int q = 0; q < N_QUESTIONS && asks; q++) {
        if (may[q]) fit[n_fit++] = q;
    }
    if (n_fit > 0) return fit[bh_rng_below(rng, (uint32_t)n_fit)];
    for (int need = 0; need < N_NEEDS; need++) { // the guest's own is always among them
        int fits = may[REPLY_SOLUTION + need] && (!is_careful || is_possible(d, may, need));
        if (fits) fit[n_fit++] = REPLY_SOLUTION + need;
    }
    return fit[bh_rng_below(rng, (uint32_t)n_fit)];
}

static int example(bh_rng *rng, int *tokens)
{
    dialogue d = {0};
    arrive(&d, rng);
    while (!d.is_over) hear(&d, mediocre_reply(&d, rng));
    for (int i = 0; i < d.text.n; i++) tokens[i] = d.text.tokens[i];
    return d.text.n;
}

// ---- the environment ----

static void configure(void *state, const void *config)
{
    dialogue *d = state;
    const dialogue_config *c = config;
    d->weights[0] = c->solved_reward;
    d->weights[1] = -c->turn_cost;
    d->weights[2] = -c->wrong_cost;
}

BHI_TOKEN_TEXT_FUNCTIONS(dialogue, task, configure) // init, spaces, view, describe

static void reset(void *state, bh_rng *rng, float *obs)
{
    dialogue *d = state;
    arrive(d, rng);
    bhi_token_text_observe(&task, &d->text, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    dialogue *d = state;
    int n_wrong = d->n_wrong;
    hear(d, action);
    *reward = d->weights[1] + d->weights[2] * (d->n_wrong - n_wrong) + d->weights[0] * d->is_solved;
    *terminated = d->is_over;
    if (d->is_over) {
        const double parts[N_PARTS] = {d->is_solved, d->n_turns, d->n_wrong};
        bhi_token_text_rate(&task, &d->text, parts, d->weights);
    }
    bhi_token_text_observe(&task, &d->text, obs);
}

// ---- telling ----

static void info(const void *state, bh_text *out)
{
    const dialogue *d = state;
    bh_text_add(out, "{");
    bhi_token_text_info(&task, &d->text, out);
    if (d->is_over) bh_text_add(out, ",\"need\":\"%s\"", needs[d->need]);
    bh_text_add(out, "}");
}

static void layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{");
    bhi_token_text_layout(&task, out);
    bh_text_add(out, ",\"replies\":[");
    for (int i = 0; i < N_REPLIES; i++) {
        if (i > 0) bh_text_add(out, ",");
        bh_text_add_json(out, replies[i].en);
    }
    bh_text_add(out, "],\"replies_zh\":[");
    for (int i = 0; i < N_REPLIES; i++) {
        if (i > 0) bh_text_add(out, ",");
        bh_text_add_json(out, replies[i].zh);
    }
    bh_text_add(out, "]}");
}

static const bh_preset presets[] = {
    {"dqn",
     BHI_TOKEN_DQN "total_timesteps=24000 learning_rate=0.001 batch_size=64 train_freq=4 n_steps=3 "
                   "target_update_interval=250 prior_beta=0.05 gamma=1 double_q=true "
                   "exploration_fraction=0.4 eval_freq=2000 n_eval_episodes=200"},
    {"ppo", BHI_TOKEN_PPO},
    {"reinforce", BHI_TOKEN_REINFORCE},
};

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(dialogue, need, 0, N_NEEDS - 1),
    BHI_STATE_FIELD_WITHIN(dialogue, answers, 0, sizeof answers / sizeof *answers - 1),
    BHI_STATE_FIELD_WITHIN(dialogue, sayings, 0, sizeof sayings / sizeof *sayings - 1),
    BHI_STATE_FIELD_WITHIN(dialogue, n_turns, 0, LIMIT),
    BHI_STATE_FIELD_WITHIN(dialogue, n_wrong, 0, LIMIT),
    BHI_STATE_FIELD(dialogue, is_solved),
    BHI_STATE_FIELD(dialogue, is_over),
    BHI_TOKEN_TEXT_STATE(dialogue),
    {NULL},
};

const bh_env_def bh_env_dialogue = {
    .id = "Dialogue-v0",
    .summary =
        BH_HELP("Find out what a hotel guest needs, and meet it, with as few replies as possible"),
    .config = &table,
    .reward_threshold =
        BHI_DIALOGUE_RANDOM_MEAN + 0.9 * (BHI_DIALOGUE_OPTIMUM - BHI_DIALOGUE_RANDOM_MEAN),
    .state_bytes = sizeof(dialogue),
    .state_fields = state_fields,
    BH_PRESETS(presets),
    .n_view = T + N_PARTS + 1,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
    .info = info,
    .configure = configure,
    .text = &text_task,
};
