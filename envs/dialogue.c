// SPDX-License-Identifier: MIT
// Dialogue-v0: the rule and every format stand in envs/dialogue.h, needs and words in
// envs/data/dialogue_v0_data.h, sentences in envs/data/dialogue_v0_sentences.h.
#include "envs/dialogue.h"
#include "core/state.h"
#include "envs/data/dialogue_v0_data.h"
#include "envs/data/dialogue_v0_sentences.h"
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
    N_SAYINGS = sizeof sayings / sizeof sayings[0],
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
static void talk(const uint16_t *tokens, int n, uint32_t key, bh_text *out);

static const bh_text_task text_task = {
    .language = &bh_language,
    .n_tokens = N_TOKENS,
    .token = token_en,
    .action_tokens = bhi_token_ids + TOKEN_REPLY,
    .ends_at = TOKEN_END,
    .allowed = allowed,
    .example = example,
    .talk = talk,
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
    for (int i = 0; i < N_SAYINGS; i++) {
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

// ---- what a reader is shown ----

enum { NOBODY = -1, NOTHING = -1, WORDS_BYTES = 512 };

// What somebody said, a turn of a talk.
typedef struct turn {
    int reply; // NOBODY: it was the guest
    char words[WORDS_BYTES];
    const char *before[2], *sentence[2]; // English, Chinese; NULL: the words are the sentence
} turn;

// Goes through the tokens of a talk, turn by turn.
typedef struct teller {
    const uint16_t *tokens;
    int n, i;
    uint32_t key;
    int n_replies, reply, meaning; // so far; the last reply, what the guest meant last
} teller;

static int reply_of(int token)
{
    return token >= TOKEN_REPLY && token < TOKEN_END ? token - TOKEN_REPLY : NOBODY;
}

static int need_of(int reply)
{
    return reply >= REPLY_SOLUTION && reply < REPLY_GOODBYE ? reply - REPLY_SOLUTION : NOTHING;
}

static uint32_t mixed(uint32_t key, uint32_t with)
{
    key = (key ^ with) * 0x9e3779b1u;
    return key ^ key >> 15;
}

// Which of n sentences about `topic`: another one after every reply, so that what is said twice is
// not said alike.
static int way(const teller *t, int topic, int n)
{
    return (int)((mixed(t->key, (uint32_t)topic) + (uint32_t)t->n_replies) % (uint32_t)n);
}

static void choose(turn *out, const dialogue_sentences *from, const teller *t, int topic)
{
    int i = way(t, topic, N_SENTENCES);
    out->sentence[0] = from->en[i];
    out->sentence[1] = from->zh[i];
}

static void choose_of_need(turn *out, const dialogue_need_sentences *from, const teller *t)
{
    int i = way(t, N_REPLIES + t->meaning, N_OF_NEED);
    out->sentence[0] = from->en[i];
    out->sentence[1] = from->zh[i];
}

// What n words of a guest mean; NOTHING that guests say.
static int meaning_of(const uint16_t *said, int n)
{
    for (int row = 0; row < N_SAYINGS && n <= BHI_DIALOGUE_SAYING; row++) {
        const unsigned char *saying = sayings[row].words;
        int i = 0;
        while (i < n && saying[i] == said[i]) i++;
        if (i == n && (n == BHI_DIALOGUE_SAYING || saying[n] == WORD_NONE))
            return sayings[row].meaning;
    }
    return NOTHING;
}

static void let_guest_speak(teller *t, turn *out, const uint16_t *said, int n)
{
    t->meaning = meaning_of(said, n);
    int need = need_of(t->reply);
    if (t->meaning == MEANING_NOT_THAT && need != NOTHING)
        choose_of_need(out, &not_that_sentences[need], t);
    else if (t->meaning == MEANING_SOLVED && need != NOTHING)
        choose_of_need(out, &solved_sentences[need], t);
    else if (t->meaning == MEANING_GIVES_UP && t->reply == REPLY_GOODBYE)
        choose(out, &goodbye_sentences, t, N_REPLIES + MEANING_GIVES_UP);
    else if (t->meaning != NOTHING)
        choose(out, &guest_sentences[t->meaning], t, N_REPLIES + t->meaning);
}

static void let_bellhop_speak(teller *t, turn *out, int reply)
{
    choose(out, &bellhop_sentences[reply], t, reply);
    if (reply != REPLY_GOODBYE) {
        int before = t->n_replies == 0                ? BEFORE_FIRST
                     : t->meaning == MEANING_NOT_THAT ? BEFORE_AFTER_WRONG
                                                      : BEFORE_NEXT;
        int i = way(t, N_REPLIES + N_MEANINGS + before, N_SENTENCES);
        out->before[0] = before_sentences[before].en[i];
        out->before[1] = before_sentences[before].zh[i];
    }
    t->reply = reply;
    t->n_replies++;
}

// Whether there is another turn. Tokens that no vocabulary has said nothing; END ends a talk.
static int next_turn(teller *t, turn *out)
{
    while (t->i < t->n && t->tokens[t->i] == WORD_NONE) t->i++;
    if (t->i >= t->n || t->tokens[t->i] == TOKEN_END) return 0;
    int from = t->i++;
    *out = (turn){.reply = reply_of(t->tokens[from]), .before = {"", ""}};
    while (out->reply == NOBODY && t->i < t->n && t->tokens[t->i] > TOKEN_END) t->i++;
    bh_text line = bh_text_over(out->words, sizeof out->words);
    for (int i = from; i < t->i; i++)
        bh_text_add(&line, i > from ? " %s" : "%s", token_en(t->tokens[i]));
    if (out->reply != NOBODY) let_bellhop_speak(t, out, out->reply);
    else let_guest_speak(t, out, t->tokens + from, t->i - from);
    return 1;
}

static void add_sentence(bh_text *out, const turn *said, int language)
{
    const char *before = said->before[language], *space = language == 0 && *before ? " " : "";
    const char *own = said->sentence[language];
    bh_text_add(out, "%s%s%s", before, space, own != NULL ? own : said->words);
}

static void talk(const uint16_t *tokens, int n, uint32_t key, bh_text *out)
{
    teller t = {.tokens = tokens, .n = n, .key = key, .reply = NOBODY, .meaning = NOTHING};
    turn said;
    bh_text_add(out, "[");
    for (const char *comma = ""; next_turn(&t, &said); comma = ",") {
        bh_text_add(out, "%s{\"who\":\"%s\",\"text\":", comma,
                    said.reply == NOBODY ? "guest" : "bellhop");
        bh_text_add_json(out, said.words);
        for (int language = 0; language < 2; language++) {
            char sentence[2 * WORDS_BYTES];
            bh_text line = bh_text_over(sentence, sizeof sentence);
            add_sentence(&line, &said, language);
            bh_text_add(out, ",\"%s\":", language == 0 ? "en" : "zh");
            bh_text_add_json(out, sentence);
        }
        bh_text_add(out, "}");
    }
    bh_text_add(out, "]");
}

// What tells one guest's talk from another's: all that was drawn when it arrived.
static uint32_t key_of(const dialogue *d)
{
    uint32_t key = mixed(0, (uint32_t)d->need);
    for (int q = 0; q <= N_QUESTIONS; q++) key = mixed(key, (uint32_t)d->answers[q]);
    for (int m = 0; m < N_MEANINGS; m++) key = mixed(key, (uint32_t)d->sayings[m]);
    return key;
}

// The tokens so far, n of them.
static int tokens_of(const dialogue *d, uint16_t *tokens)
{
    for (int i = 0; i < d->text.n; i++) tokens[i] = d->text.tokens[i];
    return d->text.n;
}

static void describe(const void *state, bh_text *out)
{
    const dialogue *d = state;
    uint16_t tokens[T];
    teller t = {.tokens = tokens, .n = tokens_of(d, tokens), .key = key_of(d), .reply = NOBODY};
    turn said;
    t.meaning = NOTHING;
    for (const char *line = ""; next_turn(&t, &said); line = " ") {
        bh_text_add(out, "%s%s: ", line, said.reply == NOBODY ? "Guest" : "Bellhop");
        add_sentence(out, &said, 0);
    }
    if (!d->is_over) bh_text_add(out, " Bellhop: …");
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

BHI_TOKEN_TEXT_UNDESCRIBED(dialogue, task, configure) // init, spaces, view

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
    uint16_t tokens[T];
    bh_text_add(out, ",\"talk\":");
    talk(tokens, tokens_of(d, tokens), key_of(d), out);
    if (d->is_over) bh_text_add(out, ",\"need\":\"%s\"", needs[d->need]);
    bh_text_add(out, "}");
}

static const char *reply_en(int reply)
{
    return bellhop_sentences[reply].en[0];
}

static const char *reply_zh(int reply)
{
    return bellhop_sentences[reply].zh[0];
}

static void layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{");
    bhi_text_add_list(out, "replies", N_REPLIES, NULL, reply_en);
    bhi_text_add_list(out, "replies_zh", N_REPLIES, NULL, reply_zh);
    bhi_token_text_layout(&task, out);
    bh_text_add(out, "}");
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
