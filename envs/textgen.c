// SPDX-License-Identifier: MIT
// TextGen-v0: the rule and every format stand in envs/textgen.h, the words in
// envs/data/textgen_v0_data.h.
#include "envs/textgen.h"
#include "core/state.h"
#include "envs/data/textgen_v0_data.h"
#include "envs/registry.h"
#include "envs/token_text.h"

#include <string.h>

#define LIMIT   BHI_TEXTGEN_LIMIT
#define N_WORDS BHI_TEXTGEN_N_WORDS

_Static_assert(CLASS_END == 0 && STATE_START == 0, "END is the first class, START the first state");
_Static_assert(sizeof topics / sizeof topics[0] == BHI_TEXTGEN_N_TOPICS &&
                   sizeof words / sizeof words[0] == BHI_TEXTGEN_N_WORDS &&
                   sizeof classes / sizeof classes[0] == BHI_TEXTGEN_N_CLASSES &&
                   sizeof is_sentence / sizeof is_sentence[0] == BHI_TEXTGEN_N_STATES,
               "as the header says");

const char *bhi_textgen_word(int word)
{
    return words[word].en;
}

const char *bhi_textgen_word_zh(int word)
{
    return words[word].zh;
}

const char *bhi_textgen_topic(int topic)
{
    return topics[topic].en;
}

int bhi_textgen_class(int word)
{
    return words[word].class_id;
}

int bhi_textgen_is_content(int word)
{
    return classes[words[word].class_id].is_content;
}

unsigned bhi_textgen_topics(int word)
{
    return words[word].topics;
}

int bhi_textgen_next(int state, int class_id)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].from == state && rules[i].class_id == class_id) return rules[i].to;
    }
    return -1;
}

int bhi_textgen_is_sentence(int state)
{
    return is_sentence[state];
}

// ---- the reward ----

// Words before the first mistake; *complete says whether all n make a sentence.
static int grammatical_words(const int *sentence, int n, int *complete)
{
    int state = STATE_START, i = 0;
    for (; i < n; i++) {
        int next = bhi_textgen_next(state, words[sentence[i]].class_id);
        if (next < 0) break;
        state = next;
    }
    *complete = i == n && is_sentence[state];
    return i;
}

static int at_least(int low, int n)
{
    return n > low ? n : low;
}

bhi_textgen_score bhi_textgen_rate(int topic, const int *sentence, int n)
{
    int n_content = 0, n_different = 0, n_on = 0, n_off = 0, complete;
    char used[N_WORDS] = {0};
    for (int i = 0; i < n; i++) {
        int w = sentence[i];
        if (!bhi_textgen_is_content(w)) continue;
        n_content++;
        if (used[w]) continue;
        used[w] = 1;
        n_different++;
        if (words[w].topics & (1u << topic)) n_on++;
        else if (words[w].topics != NO_TOPIC) n_off++;
    }
    int n_right = grammatical_words(sentence, n, &complete);
    bhi_textgen_score r = {0};
    r.grammar = complete ? 1.0 : 0.5 * n_right / at_least(6, n);
    if (n_on > 0) r.relevance = (n_on < 4 ? n_on / 4.0 : 1.0) * n_on / (n_on + n_off);
    r.distinct = (double)n_different / at_least(4, n_content);
    r.total = 0.5 * r.grammar + 0.3 * r.relevance + 0.2 * r.distinct;
    return r;
}

// ---- the environment ----

typedef struct textgen {
    int topic;
    int n;            // words so far
    int words[LIMIT]; // without END
    int ended;        // 0 writing, 1 by END, 2 by the limit
    int last;         // last action, END included; -1 at reset
    bhi_textgen_score score;
    float high[BHI_TEXTGEN_N_OBS]; // upper bounds of the observation, all 1
} textgen;

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)config;
    (void)err;
    textgen *t = state;
    t->last = -1;
    for (int i = 0; i < BHI_TEXTGEN_N_OBS; i++) t->high[i] = 1.0f;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    static const float low[BHI_TEXTGEN_N_OBS];
    *observation = (bh_space){BH_SPACE_BOX, BHI_TEXTGEN_N_OBS, low, ((const textgen *)state)->high};
    *action = (bh_space){BH_SPACE_DISCRETE, N_WORDS, NULL, NULL};
}

static void observe(const textgen *t, float *obs)
{
    memset(obs, 0, BHI_TEXTGEN_N_OBS * sizeof *obs);
    float *last = obs + N_TOPICS, *used = last + N_WORDS, *length = used + N_WORDS;
    float *sums = length + LIMIT + 1;
    int n_content = 0, complete;
    for (int i = 0; i < t->n; i++) {
        used[t->words[i]] = 1.0f;
        n_content += bhi_textgen_is_content(t->words[i]);
    }
    obs[t->topic] = 1.0f;
    if (t->last >= 0) last[t->last] = 1.0f;
    length[t->n] = 1.0f;
    int n_right = grammatical_words(t->words, t->n, &complete);
    sums[0] = n_right == t->n ? 1.0f : 0.0f;
    sums[1] = (float)n_right / LIMIT;
    sums[2] = (float)n_content / LIMIT;
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    textgen *t = state;
    t->topic = (int)bh_rng_below(rng, N_TOPICS);
    t->n = t->ended = 0;
    t->last = -1;
    t->score = (bhi_textgen_score){0};
    observe(t, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    textgen *t = state;
    t->last = action;
    if (words[action].class_id == CLASS_END) {
        t->ended = 1;
    } else {
        t->words[t->n++] = action;
        if (t->n == LIMIT) t->ended = 2;
    }
    if (t->ended) t->score = bhi_textgen_rate(t->topic, t->words, t->n);
    *reward = t->score.total;
    *terminated = t->ended != 0;
    observe(t, obs);
}

// ---- telling ----

static void view(const void *state, float *out)
{
    const textgen *t = state;
    out[0] = (float)t->topic;
    out[1] = (float)t->n;
    out[2] = (float)t->ended;
    for (int i = 0; i < LIMIT; i++) out[3 + i] = i < t->n ? (float)t->words[i] : -1.0f;
    const bhi_textgen_score *r = &t->score;
    double parts[4] = {r->grammar, r->relevance, r->distinct, r->total};
    for (int i = 0; i < 4; i++) out[3 + LIMIT + i] = t->ended ? (float)parts[i] : -1.0f;
}

static void add_sentence(const textgen *t, bh_text *out)
{
    for (int i = 0; i < t->n; i++) {
        bh_text_add(out, i > 0 ? " %s" : "%s", words[t->words[i]].en);
    }
}

static void describe(const void *state, bh_text *out)
{
    const textgen *t = state;
    bh_text_add(out, "topic %s: ", topics[t->topic].en);
    add_sentence(t, out);
    bh_text_add(out, t->ended ? "." : t->n > 0 ? " …" : "…");
}

static void info(const void *state, bh_text *out)
{
    const textgen *t = state;
    bh_text_add(out, "{\"topic\":\"%s\",\"sentence\":\"", topics[t->topic].en);
    add_sentence(t, out);
    bh_text_add(out, "\"");
    if (t->ended) {
        bh_text_add(out, ",\"grammar\":");
        bh_text_add_real(out, t->score.grammar);
        bh_text_add(out, ",\"relevance\":");
        bh_text_add_real(out, t->score.relevance);
        bh_text_add(out, ",\"distinct\":");
        bh_text_add_real(out, t->score.distinct);
    }
    bh_text_add(out, "}");
}

static const char *topic_zh(int topic)
{
    return topics[topic].zh;
}

static const char *word_class(int word)
{
    return classes[words[word].class_id].en;
}

static const char *word_class_zh(int word)
{
    return classes[words[word].class_id].zh;
}

static void layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{");
    bhi_text_add_list(out, "actions", N_WORDS, NULL, bhi_textgen_word);
    bhi_text_add_list(out, "actions_zh", N_WORDS, NULL, bhi_textgen_word_zh);
    bhi_text_add_list(out, "classes", N_WORDS, NULL, word_class);
    bhi_text_add_list(out, "classes_zh", N_WORDS, NULL, word_class_zh);
    bhi_text_add_list(out, "topics", N_TOPICS, NULL, bhi_textgen_topic);
    bhi_text_add_list(out, "topics_zh", N_TOPICS, NULL, topic_zh);
    bh_text_add(out, "\"word_topics\":[");
    for (int w = 0; w < N_WORDS; w++) {
        bh_text_add(out, w > 0 ? ",[" : "[");
        const char *comma = "";
        for (int topic = 0; topic < N_TOPICS; topic++) {
            if (!(words[w].topics & (1u << topic))) continue;
            bh_text_add(out, "%s%d", comma, topic);
            comma = ",";
        }
        bh_text_add(out, "]");
    }
    bh_text_add(out, "],\"limit\":%d}", LIMIT);
}

// gamma below 1 makes finishing soon worth more than putting it off: with 40 values to take the
// maximum of, undiscounted estimates of a far END run away.
static const bh_preset presets[] = {
    {"dqn", "total_timesteps=60000 learning_rate=0.001 learning_starts=1000 batch_size=64 "
            "gamma=0.95 train_freq=2 target_update_interval=100 exploration_final_eps=0.1 "
            "net_arch=256 eval_freq=2000 n_eval_episodes=40"},
};

static int is_possible(const void *state, int is_running)
{
    const textgen *t = state;
    return !is_running || (!t->ended && t->n < LIMIT);
}

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(textgen, topic, 0, BHI_TEXTGEN_N_TOPICS - 1),
    BHI_STATE_FIELD_WITHIN(textgen, n, 0, LIMIT),
    BHI_STATE_FIELD_WITHIN(textgen, words, 0, BHI_TEXTGEN_N_WORDS - 1),
    BHI_STATE_FIELD(textgen, ended),
    BHI_STATE_SHOWN_FIELD(textgen, last),
    BHI_STATE_SHOWN_FIELD(textgen, score.grammar),
    BHI_STATE_SHOWN_FIELD(textgen, score.relevance),
    BHI_STATE_SHOWN_FIELD(textgen, score.distinct),
    BHI_STATE_FIELD(textgen, score.total),
    {NULL},
};

const bh_env_def bh_env_textgen = {
    .id = "TextGen-v0",
    .summary = BH_HELP(
        "Write a sentence on a topic, word by word; grammar, topic and variety are rewarded"),
    .config = NULL,
    .reward_threshold = 0.95 * BHI_TEXTGEN_OPTIMUM,
    .max_episode_steps = 0,
    .state_bytes = sizeof(textgen),
    .state_fields = state_fields,
    .is_possible = is_possible,
    BH_PRESETS(presets),
    .n_view = 3 + LIMIT + 4,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
    .info = info,
};
