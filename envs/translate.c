// SPDX-License-Identifier: MIT
// Translate-v0: the rule and every format stand in envs/translate.h, the words in
// envs/data/translate_v0_data.h.
#include "envs/translate.h"
#include "core/state.h"
#include "envs/data/translate_v0_data.h"
#include "envs/registry.h"
#include "envs/token_text.h"

#include <assert.h>
#include <string.h>

typedef struct translate_config {
    double words_weight, order_weight, exact_weight;
} translate_config;

#define BH_CONFIG_STRUCT translate_config
static const bh_field fields[] = {
    BH_REAL(words_weight, BH_DEFAULT("0.3"), BH_RANGE(0, 10), BH_LIVE,
            "what having the right words is worth"),
    BH_REAL(order_weight, BH_DEFAULT("0.4"), BH_RANGE(0, 10), BH_LIVE,
            "what having them in their order is worth"),
    BH_REAL(exact_weight, BH_DEFAULT("0.3"), BH_RANGE(0, 10), BH_LIVE,
            "what the right translation is worth on top"),
};

static const bh_config_table table = BH_CONFIG_TABLE("Translate-v0", translate_config, fields);

enum {
    N_ACTIONS = TOKEN_ZH - TOKEN_END,
    LIMIT = BHI_TRANSLATE_LIMIT,
    N_PARTS = BHI_TRANSLATE_N_PARTS,
};

static const char *token_en(int id)
{
    return words[id].en;
}

static const char *token_zh(int id)
{
    return words[id].zh;
}

static const char *token(int id)
{
    return id > TOKEN_END && id < TOKEN_ZH ? words[id].zh : words[id].en;
}

// ---- sentences ----

int bhi_translate_count(bhi_translate_slot slot)
{
    int n = 0;
    for (int i = 0; i < N_PHRASES; i++) n += phrases[i].slot == slot;
    return n;
}

static int draw(bh_rng *rng, bhi_translate_slot slot)
{
    return (int)bh_rng_below(rng, (uint32_t)bhi_translate_count(slot));
}

// One of them, or in half of the cases none.
static int draw_or_none(bh_rng *rng, bhi_translate_slot slot)
{
    return bh_rng_below(rng, 2) == 0 ? -1 : draw(rng, slot);
}

bhi_translate_sentence bhi_translate_draw(bh_rng *rng)
{
    int n_subjects = bhi_translate_count(BHI_SLOT_PRONOUN) + bhi_translate_count(BHI_SLOT_GROUP);
    bhi_translate_sentence s = {0};
    s.kind = bh_rng_below(rng, 3);
    s.subject = (int)bh_rng_below(rng, (uint32_t)n_subjects);
    s.verb = draw(rng, BHI_SLOT_VERB);
    s.thing = draw(rng, BHI_SLOT_THING);
    s.object = bh_rng_below(rng, 4);
    s.number = draw(rng, BHI_SLOT_NUMBER);
    s.owner = draw(rng, BHI_SLOT_OWNER);
    s.quality = draw_or_none(rng, BHI_SLOT_QUALITY);
    s.who = draw(rng, BHI_SLOT_PRONOUN);
    s.feeling = draw(rng, BHI_SLOT_FEELING);
    s.place = draw_or_none(rng, BHI_SLOT_PLACE);
    s.time = draw_or_none(rng, BHI_SLOT_TIME);
    return s;
}

// A sentence being written in one of the languages.
typedef struct writer {
    unsigned char *tokens;
    int n, is_chinese;
} writer;

static void write_token(writer *w, int id)
{
    if (id != BH_TOKEN_PAD) w->tokens[w->n++] = (unsigned char)id;
}

// Phrase i of a slot, nothing for -1.
static void write_phrase(writer *w, bhi_translate_slot slot, int i)
{
    for (int row = 0; row < N_PHRASES && i >= 0; row++) {
        if (phrases[row].slot != slot || i-- > 0) continue;
        for (int k = 0; k < 2 && !w->is_chinese; k++) write_token(w, phrases[row].en[k]);
        for (int k = 0; k < 3 && w->is_chinese; k++) write_token(w, phrases[row].zh[k]);
    }
}

static void write_subject(writer *w, const bhi_translate_sentence *s)
{
    int n_pronouns = bhi_translate_count(BHI_SLOT_PRONOUN);
    if (s->subject < n_pronouns) write_phrase(w, BHI_SLOT_PRONOUN, s->subject);
    else write_phrase(w, BHI_SLOT_GROUP, s->subject - n_pronouns);
}

static void write_object_english(writer *w, const bhi_translate_sentence *s)
{
    if (s->object == BHI_COUNTED) write_phrase(w, BHI_SLOT_NUMBER, s->number);
    if (s->object == BHI_OWNED) write_phrase(w, BHI_SLOT_OWNER, s->owner);
    if (s->object == BHI_COUNTED || s->object == BHI_OWNED)
        write_phrase(w, BHI_SLOT_QUALITY, s->quality);
    write_phrase(w, BHI_SLOT_THING, s->thing);
    if (s->object == BHI_WANTED) {
        write_token(w, EN_THAT);
        write_phrase(w, BHI_SLOT_PRONOUN, s->who);
        write_phrase(w, BHI_SLOT_FEELING, s->feeling);
    } else if (s->object == BHI_OF_STUDENTS) {
        write_token(w, EN_OF);
        write_phrase(w, BHI_SLOT_GROUP, 0);
    }
}

static void write_object_chinese(writer *w, const bhi_translate_sentence *s)
{
    switch (s->object) {
    case BHI_COUNTED:
        write_phrase(w, BHI_SLOT_NUMBER, s->number);
        write_phrase(w, BHI_SLOT_MEASURE, s->thing);
        write_phrase(w, BHI_SLOT_QUALITY, s->quality);
        break;
    case BHI_OWNED:
        write_phrase(w, BHI_SLOT_OWNER, s->owner);
        write_phrase(w, BHI_SLOT_QUALITY, s->quality);
        break;
    case BHI_WANTED:
        write_phrase(w, BHI_SLOT_PRONOUN, s->who);
        write_phrase(w, BHI_SLOT_FEELING, s->feeling);
        write_token(w, ZH_DE);
        break;
    case BHI_OF_STUDENTS:
        write_phrase(w, BHI_SLOT_GROUP, 0);
        write_token(w, ZH_DE);
        break;
    }
    write_phrase(w, BHI_SLOT_THING, s->thing);
}

int bhi_translate_english(unsigned char *tokens, const bhi_translate_sentence *s)
{
    writer w = {.tokens = tokens};
    if (s->kind == BHI_QUESTION) write_token(&w, EN_DO);
    write_subject(&w, s);
    if (s->kind == BHI_NEGATION) {
        write_token(&w, EN_DO);
        write_token(&w, EN_NOT);
    }
    write_phrase(&w, BHI_SLOT_VERB, s->verb);
    write_object_english(&w, s);
    write_phrase(&w, BHI_SLOT_PLACE, s->place);
    write_phrase(&w, BHI_SLOT_TIME, s->time);
    if (s->kind == BHI_QUESTION) write_token(&w, EN_QUESTION);
    assert(w.n <= BHI_TRANSLATE_N_ENGLISH);
    return w.n;
}

int bhi_translate_chinese(unsigned char *tokens, const bhi_translate_sentence *s, int literally)
{
    writer w = {.tokens = tokens, .is_chinese = 1};
    write_subject(&w, s);
    if (!literally) write_phrase(&w, BHI_SLOT_TIME, s->time);
    if (s->kind == BHI_NEGATION) write_token(&w, ZH_BU);
    if (!literally) write_phrase(&w, BHI_SLOT_PLACE, s->place);
    write_phrase(&w, BHI_SLOT_VERB, s->verb);
    write_object_chinese(&w, s);
    if (literally) write_phrase(&w, BHI_SLOT_PLACE, s->place);
    if (literally) write_phrase(&w, BHI_SLOT_TIME, s->time);
    if (s->kind == BHI_QUESTION) write_token(&w, ZH_MA);
    assert(w.n < LIMIT);
    return w.n;
}

// ---- the reward ----

// 2 * common / (n + m), `common` counting each of the m once at most. Keys of words are themselves.
static double f1(const int *keys, int n, const int *right, int m)
{
    char is_taken[LIMIT + 1] = {0};
    int n_common = 0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < m; j++) {
            if (is_taken[j] || right[j] != keys[i]) continue;
            is_taken[j] = 1;
            n_common++;
            break;
        }
    }
    return 2.0 * n_common / (n + m);
}

// A key for each pair of neighbours; padding stands for the start and the end. Returns how many.
static int pairs(int *keys, const unsigned char *tokens, int n)
{
    for (int i = 0; i <= n; i++) {
        keys[i] = (i > 0 ? tokens[i - 1] : BH_TOKEN_PAD) * BH_TOKENS_MAX +
                  (i < n ? tokens[i] : BH_TOKEN_PAD);
    }
    return n + 1;
}

void bhi_translate_rate(double *parts, const unsigned char *right, int m,
                        const unsigned char *tokens, int n)
{
    int keys[LIMIT + 1] = {0}, right_keys[LIMIT + 1] = {0};
    for (int i = 0; i < n; i++) keys[i] = tokens[i];
    for (int i = 0; i < m; i++) right_keys[i] = right[i];
    parts[0] = f1(keys, n, right_keys, m);
    int n_pairs = pairs(keys, tokens, n), m_pairs = pairs(right_keys, right, m);
    parts[1] = f1(keys, n_pairs, right_keys, m_pairs);
    parts[2] = n == m && memcmp(tokens, right, (size_t)n) == 0;
}

// ---- what people write ----

static int example(bh_rng *rng, int *tokens)
{
    bhi_translate_sentence s = bhi_translate_draw(rng);
    unsigned char line[BHI_TRANSLATE_N_TEXT];
    int literally = bh_rng_below(rng, 100) < 60, n = bhi_translate_english(line, &s);
    line[n++] = TOKEN_ZH;
    n += bhi_translate_chinese(line + n, &s, literally);
    line[n++] = TOKEN_END;
    for (int i = 0; i < n; i++) tokens[i] = line[i];
    return n;
}

// ---- the environment ----

static const bh_text_task text_task = {
    .language = &bh_language,
    .n_tokens = N_TOKENS,
    .token = token,
    .action_tokens = bhi_token_ids + TOKEN_END,
    .ends_at = TOKEN_END,
    .source_ends_at = TOKEN_ZH,
    .example = example,
};

static const char *const parts_en[] = {"words", "order", "exact"};
static const char *const parts_zh[] = {"用词", "语序", "完全正确"};

static const bhi_token_task task = {
    .text = &text_task,
    .token_zh = token_zh,
    .n_text = BHI_TRANSLATE_N_TEXT,
    .n_actions = N_ACTIONS,
    .n_parts = N_PARTS,
    .parts = parts_en,
    .parts_zh = parts_zh,
};

typedef struct translate {
    int n_right, n_english; // with "<zh>"
    unsigned char right[LIMIT];
    double weights[N_PARTS];
    bhi_token_text text;
} translate;

static void configure(void *state, const void *config)
{
    translate *t = state;
    const translate_config *c = config;
    t->weights[0] = c->words_weight;
    t->weights[1] = c->order_weight;
    t->weights[2] = c->exact_weight;
}

BHI_TOKEN_TEXT_FUNCTIONS(translate, task, configure) // init, spaces, view, describe

static void reset(void *state, bh_rng *rng, float *obs)
{
    translate *t = state;
    bhi_translate_sentence s = bhi_translate_draw(rng);
    unsigned char english[BHI_TRANSLATE_N_ENGLISH];
    int n = bhi_translate_english(english, &s);
    t->n_right = bhi_translate_chinese(t->right, &s, 0);
    bhi_token_text_start(&t->text);
    for (int i = 0; i < n; i++) bhi_token_text_append(&task, &t->text, english[i]);
    bhi_token_text_append(&task, &t->text, TOKEN_ZH);
    t->n_english = t->text.n;
    bhi_token_text_observe(&task, &t->text, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    translate *t = state;
    int is_end = bhi_token_text_append(&task, &t->text, TOKEN_END + action) == TOKEN_END;
    int n_words = t->text.n - t->n_english - is_end;
    *terminated = is_end || n_words == LIMIT;
    *reward = 0;
    if (*terminated) {
        double parts[N_PARTS];
        bhi_translate_rate(parts, t->right, t->n_right, t->text.tokens + t->n_english, n_words);
        *reward = bhi_token_text_rate(&task, &t->text, parts, t->weights);
    }
    bhi_token_text_observe(&task, &t->text, obs);
}

// ---- telling ----

static void info(const void *state, bh_text *out)
{
    const translate *t = state;
    bh_text_add(out, "{");
    bhi_token_text_info(&task, &t->text, out);
    if (t->text.is_rated) {
        bh_text_add(out, ",\"reference\":\"");
        for (int i = 0; i < t->n_right; i++)
            bh_text_add(out, i > 0 ? " %s" : "%s", token(t->right[i]));
        bh_text_add(out, "\"");
    }
    bh_text_add(out, "}");
}

static void layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{");
    bhi_text_add_list(out, "tokens_en", N_TOKENS, NULL, token_en);
    bhi_token_text_layout(&task, out);
    bh_text_add(out, "}");
}

static const bh_preset presets[] = {
    {"dqn", BHI_TOKEN_DQN BHI_TOKEN_DQN_WRITING},
    {"ppo", BHI_TOKEN_PPO},
    {"reinforce", BHI_TOKEN_REINFORCE},
};

static int is_possible(const void *state, int is_running)
{
    const translate *t = state;
    int n = t->text.n - t->n_english;
    return n >= 0 && (is_running ? n < LIMIT : n <= LIMIT + 1);
}

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(translate, n_right, 0, LIMIT),
    BHI_STATE_FIELD_WITHIN(translate, n_english, 0, BHI_TRANSLATE_N_ENGLISH + 1),
    BHI_STATE_FIELD_WITHIN(translate, right, 0, N_TOKENS - 1),
    BHI_TOKEN_TEXT_STATE(translate),
    {NULL},
};

const bh_env_def bh_env_translate = {
    .id = "Translate-v0",
    .summary = BH_HELP("Translate English into Chinese word by word; agreement with the right "
                       "translation is rewarded"),
    .config = &table,
    .reward_threshold =
        BHI_TRANSLATE_RANDOM_MEAN + 0.9 * (BHI_TRANSLATE_OPTIMUM - BHI_TRANSLATE_RANDOM_MEAN),
    .state_bytes = sizeof(translate),
    .state_fields = state_fields,
    .is_possible = is_possible,
    BH_PRESETS(presets),
    .n_view = BHI_TRANSLATE_N_TEXT + N_PARTS + 1,
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
