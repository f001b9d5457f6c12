// SPDX-License-Identifier: MIT
// TextGen-v1: the rule and every format stand in envs/textgen_v1.h, the words in
// envs/data/textgen_v1_data.h.
#include "envs/textgen_v1.h"
#include "core/state.h"
#include "envs/data/textgen_v1_data.h"
#include "envs/registry.h"
#include "envs/token_text.h"

#include <string.h>

typedef struct textgen_v1_config {
    double grammar_weight, topic_weight, length_weight, repetition_weight, sentiment_weight;
} textgen_v1_config;

#define BH_CONFIG_STRUCT textgen_v1_config
static const bh_field fields[] = {
    BH_REAL(grammar_weight, BH_DEFAULT("0.35"), BH_RANGE(0, 10), BH_LIVE,
            "what a complete sentence is worth"),
    BH_REAL(topic_weight, BH_DEFAULT("0.25"), BH_RANGE(0, 10), BH_LIVE,
            "what words of the topic are worth"),
    BH_REAL(length_weight, BH_DEFAULT("0.1"), BH_RANGE(0, 10), BH_LIVE,
            "what six to eight words are worth"),
    BH_REAL(repetition_weight, BH_DEFAULT("0.1"), BH_RANGE(0, 10), BH_LIVE,
            "what not repeating content words is worth"),
    BH_REAL(sentiment_weight, BH_DEFAULT("0.2"), BH_RANGE(0, 10), BH_LIVE,
            "what pleasant words are worth"),
};

static const bh_config_table table = BH_CONFIG_TABLE("TextGen-v1", textgen_v1_config, fields);

// Tokens: padding, the words from END on, the topics.
enum {
    N_WORDS = sizeof words / sizeof words[0],
    TOKEN_END = 1,
    TOKEN_TOPIC = 1 + N_WORDS,
    N_TOKENS = TOKEN_TOPIC + N_TOPICS,
    LIMIT = BHI_TEXTGEN_V1_LIMIT,
    N_PARTS = BHI_TEXTGEN_V1_N_PARTS,
};

_Static_assert(CLASS_END == 0 && STATE_START == 0, "END is the first class, START the first state");

static const char *token_en(int id)
{
    if (id == BH_TOKEN_PAD) return "";
    return id < TOKEN_TOPIC ? words[id - 1].en : topics[id - TOKEN_TOPIC].en;
}

static const char *token_zh(int id)
{
    if (id == BH_TOKEN_PAD) return "";
    return id < TOKEN_TOPIC ? words[id - 1].zh : topics[id - TOKEN_TOPIC].zh;
}

// The state after a word of class `class_id`; -1 when that is a mistake.
static int next_state(int state, int class_id)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].from == state && rules[i].class_id == class_id) return rules[i].to;
    }
    return -1;
}

// ---- the reward ----

static int at_least(int low, int n)
{
    return n > low ? n : low;
}

static double grammar(const unsigned char *tokens, int n)
{
    int state = STATE_START, i = 0;
    for (; i < n; i++) {
        int next = next_state(state, words[tokens[i] - 1].class_id);
        if (next < 0) break;
        state = next;
    }
    return i == n && is_sentence[state] ? 1.0 : 0.5 * i / at_least(6, n);
}

static double length(int n)
{
    if (n < 6) return n / 6.0;
    return n <= 8 ? 1.0 : 1.0 - (n - 8) / 4.0;
}

void bhi_textgen_v1_rate(double *parts, int topic, const unsigned char *tokens, int n)
{
    int n_content = 0, n_different = 0, n_on = 0, n_off = 0, n_pleasant = 0, n_unpleasant = 0;
    char used[N_TOKENS] = {0};
    for (int i = 0; i < n; i++) {
        int w = tokens[i] - 1;
        n_pleasant += words[w].sentiment > 0;
        n_unpleasant += words[w].sentiment < 0;
        if (!is_content[words[w].class_id]) continue;
        n_content++;
        if (used[w]) continue;
        used[w] = 1;
        n_different++;
        if (words[w].topics & (1u << topic)) n_on++;
        else if (words[w].topics != NO_TOPIC) n_off++;
    }
    int n_felt = n_pleasant + n_unpleasant;
    parts[0] = grammar(tokens, n);
    parts[1] = n_on > 0 ? (n_on < 4 ? n_on / 4.0 : 1.0) * n_on / (n_on + n_off) : 0.0;
    parts[2] = length(n);
    parts[3] = (double)n_different / at_least(4, n_content);
    parts[4] = n_felt > 0 ? (double)n_pleasant / n_felt : 0.5;
}

// ---- what people write ----

// One of the class's words: mostly of the topic or of none, now and then one that was there before.
static int draw_word(bh_rng *rng, int class_id, int topic, const int *tokens, int n)
{
    int fit[N_WORDS], n_fit = 0;
    if (is_content[class_id] && bh_rng_below(rng, 100) < 15) {
        for (int i = 0; i < n; i++) {
            if (words[tokens[i] - 1].class_id == class_id) fit[n_fit++] = tokens[i];
        }
        if (n_fit > 0) return fit[bh_rng_below(rng, (uint32_t)n_fit)];
    }
    int is_any = bh_rng_below(rng, 100) < 15;
    for (int w = 0; w < N_WORDS; w++) {
        if (words[w].class_id != class_id) continue;
        unsigned in = words[w].topics;
        if (is_any || in == NO_TOPIC || (in & (1u << topic))) fit[n_fit++] = w + 1;
    }
    return fit[bh_rng_below(rng, (uint32_t)n_fit)];
}

// A walk through the grammar; returns how many words.
static int draw_sentence(bh_rng *rng, int topic, int *tokens)
{
    for (int n = 0, state = STATE_START;; n++) {
        int ways[N_CLASSES], n_ways = 0;
        for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
            if (rules[i].from == state) ways[n_ways++] = (int)i;
        }
        if (n_ways == 0 || (is_sentence[state] && bh_rng_below(rng, 2) == 0)) return n;
        int rule = ways[bh_rng_below(rng, (uint32_t)n_ways)];
        tokens[n] = draw_word(rng, rules[rule].class_id, topic, tokens, n);
        state = rules[rule].to;
    }
}

// A sentence of LIMIT words, which no END could follow, is drawn anew.
static int example(bh_rng *rng, int *tokens)
{
    int topic = (int)bh_rng_below(rng, N_TOPICS), n;
    tokens[0] = TOKEN_TOPIC + topic;
    do n = draw_sentence(rng, topic, tokens + 1);
    while (n >= LIMIT);
    tokens[1 + n] = TOKEN_END;
    return n + 2;
}

// ---- the environment ----

static const bh_text_task text_task = {
    .language = &bh_language,
    .n_tokens = N_TOKENS,
    .token = token_en,
    .action_tokens = bhi_token_ids + TOKEN_END,
    .ends_at = TOKEN_END,
    .example = example,
};

static const char *const parts_en[] = {"grammar", "topic", "length", "repetition", "sentiment"};
static const char *const parts_zh[] = {"语法", "主题", "长度", "不重复", "情感"};

static const bhi_token_task task = {
    .text = &text_task,
    .token_zh = token_zh,
    .n_text = BHI_TEXTGEN_V1_N_TEXT,
    .n_actions = N_WORDS,
    .n_parts = N_PARTS,
    .parts = parts_en,
    .parts_zh = parts_zh,
};

typedef struct textgen_v1 {
    int topic;
    double weights[N_PARTS];
    bhi_token_text text;
} textgen_v1;

static void configure(void *state, const void *config)
{
    textgen_v1 *t = state;
    const textgen_v1_config *c = config;
    t->weights[0] = c->grammar_weight;
    t->weights[1] = c->topic_weight;
    t->weights[2] = c->length_weight;
    t->weights[3] = c->repetition_weight;
    t->weights[4] = c->sentiment_weight;
}

BHI_TOKEN_TEXT_FUNCTIONS(textgen_v1, task, configure) // init, spaces, view, describe

static void reset(void *state, bh_rng *rng, float *obs)
{
    textgen_v1 *t = state;
    t->topic = (int)bh_rng_below(rng, N_TOPICS);
    bhi_token_text_start(&t->text);
    bhi_token_text_append(&task, &t->text, TOKEN_TOPIC + t->topic);
    bhi_token_text_observe(&task, &t->text, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    textgen_v1 *t = state;
    int is_end = bhi_token_text_append(&task, &t->text, TOKEN_END + action) == TOKEN_END;
    int n_words = t->text.n - 1 - is_end;
    *terminated = is_end || n_words == LIMIT;
    *reward = 0;
    if (*terminated) {
        double parts[N_PARTS];
        bhi_textgen_v1_rate(parts, t->topic, t->text.tokens + 1, n_words);
        *reward = bhi_token_text_rate(&task, &t->text, parts, t->weights);
    }
    bhi_token_text_observe(&task, &t->text, obs);
}

// ---- telling ----

static void info(const void *state, bh_text *out)
{
    bh_text_add(out, "{");
    bhi_token_text_info(&task, &((const textgen_v1 *)state)->text, out);
    bh_text_add(out, "}");
}

static void layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{");
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
    (void)is_running;
    const bhi_token_text *text = &((const textgen_v1 *)state)->text;
    int are_words = text->n > 0;
    for (int i = 1; i < text->n; i++)
        are_words &= text->tokens[i] >= TOKEN_END && text->tokens[i] < TOKEN_TOPIC;
    return are_words;
}

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(textgen_v1, topic, 0, N_TOPICS - 1),
    BHI_TOKEN_TEXT_STATE(textgen_v1),
    {NULL},
};

const bh_env_def bh_env_textgen_v1 = {
    .id = "TextGen-v1",
    .summary = BH_HELP(
        "Write a sentence on a topic, word by word, for a reward you can change: grammar, topic, "
        "length, repetition, sentiment"),
    .config = &table,
    .reward_threshold =
        BHI_TEXTGEN_V1_RANDOM_MEAN + 0.9 * (BHI_TEXTGEN_V1_OPTIMUM - BHI_TEXTGEN_V1_RANDOM_MEAN),
    .state_bytes = sizeof(textgen_v1),
    .state_fields = state_fields,
    .is_possible = is_possible,
    BH_PRESETS(presets),
    .n_view = BHI_TEXTGEN_V1_N_TEXT + N_PARTS + 1,
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
