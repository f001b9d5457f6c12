// SPDX-License-Identifier: MIT
// Summarize-v0: the rule and every format stand in envs/summarize.h, the words in
// envs/data/summarize_v0_data.h.
#include "envs/summarize.h"
#include "core/state.h"
#include "envs/data/summarize_v0_data.h"
#include "envs/registry.h"
#include "envs/token_text.h"

enum {
    N_TOKENS = sizeof tokens_of / sizeof tokens_of[0],
    TOKEN_REMARK = TOKEN_TOPIC + N_TOPICS * N_ROLES,
    TOKEN_LOOK = TOKEN_REMARK + N_REMARKS * 2,
    TOKEN_TIME = TOKEN_LOOK + N_LOOKS,
    N_SENTENCES = BHI_SUMMARIZE_N_SENTENCES,
    N_ACTIONS = N_SENTENCES + 1,
    N_TEXT = BHI_SUMMARIZE_N_TEXT,
    N_PARTS = BHI_SUMMARIZE_N_PARTS,
    MAX_PICKS = BHI_SUMMARIZE_MAX_PICKS,
    STOP = N_SENTENCES, // the action
};

_Static_assert(PADDING == 0 && TOKEN_FIRST == 1 && TOKEN_STOP == TOKEN_FIRST + STOP,
               "actions write the first tokens in order");
_Static_assert(N_TOKENS == TOKEN_TIME + N_TIMES, "tokens follow each other");

static const char *token_en(int id)
{
    return tokens_of[id].en;
}

static const char *token_zh(int id)
{
    return tokens_of[id].zh;
}

// ---- documents ----

static int below(bh_rng *rng, int n)
{
    return (int)bh_rng_below(rng, (uint32_t)n);
}

static bhi_summarize_sentence event(bh_rng *rng, int kind, int topic)
{
    bhi_summarize_sentence s = {.kind = (unsigned char)kind, .topic = (unsigned char)topic};
    if (kind == BHI_SUMMARIZE_PLACE) s.variant = (unsigned char)below(rng, 2);
    return s;
}

static bhi_summarize_sentence remark(bh_rng *rng, int noun)
{
    return (bhi_summarize_sentence){.kind = BHI_SUMMARIZE_REMARK,
                                    .topic = (unsigned char)noun,
                                    .variant = (unsigned char)below(rng, N_LOOKS)};
}

static void swap(bhi_summarize_sentence *a, bhi_summarize_sentence *b)
{
    bhi_summarize_sentence t = *a;
    *a = *b;
    *b = t;
}

// Any order, and in every second document what happened in front.
static void put_in_order(bh_rng *rng, bhi_summarize_document *d)
{
    bhi_summarize_sentence *s = d->sentences;
    for (int i = N_SENTENCES - 1; i > 0; i--) swap(&s[i], &s[below(rng, i + 1)]);
    if (below(rng, 2) == 0) return;
    for (int i = 0; i < N_SENTENCES; i++) {
        if (s[i].kind == BHI_SUMMARIZE_HEAD && s[i].topic == d->topic) swap(&s[0], &s[i]);
    }
}

void bhi_summarize_draw(bh_rng *rng, bhi_summarize_document *document)
{
    bhi_summarize_sentence *s = document->sentences;
    int topic = below(rng, N_TOPICS), other = below(rng, N_TOPICS - 1);
    int missing = BHI_SUMMARIZE_PLACE + below(rng, 3), noun = below(rng, N_REMARKS);
    other += other >= topic;
    document->topic = topic;
    *s++ = event(rng, BHI_SUMMARIZE_HEAD, topic);
    for (int kind = BHI_SUMMARIZE_PLACE; kind <= BHI_SUMMARIZE_RESULT; kind++) {
        if (kind != missing) *s++ = event(rng, kind, topic);
    }
    *s++ = event(rng, BHI_SUMMARIZE_HEAD, other);
    if (below(rng, 2) == 0) *s++ = event(rng, BHI_SUMMARIZE_PLACE + below(rng, 3), other);
    else *s++ = remark(rng, (noun + 1 + below(rng, N_REMARKS - 1)) % N_REMARKS);
    *s = remark(rng, noun);
    for (int i = 0; i < N_SENTENCES; i++) {
        int has_time = below(rng, 2);
        document->sentences[i].time = (unsigned char)(has_time ? 1 + below(rng, N_TIMES) : 0);
    }
    put_in_order(rng, document);
}

int bhi_summarize_words(const bhi_summarize_sentence *s, unsigned char *tokens)
{
    int event_at = TOKEN_TOPIC + N_ROLES * s->topic, remark_at = TOKEN_REMARK + 2 * s->topic;
    const int words[][3] = {
        [BHI_SUMMARIZE_HEAD] = {event_at + WHO, event_at + DOES, event_at + WHAT},
        [BHI_SUMMARIZE_PLACE] = {event_at + (s->variant ? WHAT : WHO), TOKEN_IN, event_at + WHERE},
        [BHI_SUMMARIZE_WITH] = {event_at + WHO, TOKEN_WITH, event_at + COMPANION},
        [BHI_SUMMARIZE_RESULT] = {TOKEN_THEN, event_at + RESULT, TOKEN_FOLLOWS},
        [BHI_SUMMARIZE_REMARK] = {remark_at, remark_at + 1, TOKEN_LOOK + s->variant},
    };
    for (int i = 0; i < 3; i++) tokens[i] = (unsigned char)words[s->kind][i];
    if (s->time == 0) return 3;
    tokens[3] = (unsigned char)(TOKEN_TIME + s->time - 1);
    return 4;
}

// ---- the reward ----

void bhi_summarize_reference(int topic, unsigned char *tokens)
{
    int at = TOKEN_TOPIC + N_ROLES * topic;
    const int words[] = {at + WHO,   at + DOES,   at + WHAT,    TOKEN_IN,
                         at + WHERE, at + RESULT, TOKEN_FOLLOWS};
    _Static_assert(sizeof words / sizeof words[0] == BHI_SUMMARIZE_N_REFERENCE, "as it says");
    for (int i = 0; i < BHI_SUMMARIZE_N_REFERENCE; i++) tokens[i] = (unsigned char)words[i];
}

void bhi_summarize_rate(double *parts, const bhi_summarize_document *document, unsigned picked)
{
    unsigned char reference[BHI_SUMMARIZE_N_REFERENCE], words[BHI_SUMMARIZE_N_WORDS];
    int count[N_TOKENS] = {0}; // how often the reference still has it
    int n_common = 0, n_picked = 0;
    bhi_summarize_reference(document->topic, reference);
    for (int i = 0; i < BHI_SUMMARIZE_N_REFERENCE; i++) count[reference[i]]++;
    for (int i = 0; i < N_SENTENCES; i++) {
        if (!(picked & (1u << i))) continue;
        int n = bhi_summarize_words(&document->sentences[i], words);
        n_picked += n;
        for (int k = 0; k < n; k++) n_common += count[words[k]]-- > 0;
    }
    parts[0] = 2.0 * n_common / (n_picked + BHI_SUMMARIZE_N_REFERENCE);
    parts[1] = (double)n_common / n_picked;
    parts[2] = (double)n_common / BHI_SUMMARIZE_N_REFERENCE;
}

// ---- what is allowed ----

// From the number of picks and the sentences picked, as bits.
static void allow(unsigned char *allowed, int n_picks, unsigned picked)
{
    for (int i = 0; i < N_SENTENCES; i++) {
        allowed[i] = n_picks < MAX_PICKS && !(picked & (1u << i));
    }
    allowed[STOP] = n_picks > 0;
}

static void allowed_after(unsigned char *allowed, const float *obs)
{
    int i = 0, n_picks = 0;
    unsigned picked = 0;
    while (i < N_TEXT && obs[i] != TOKEN_SUM) i++;
    for (i++; i < N_TEXT && obs[i] >= TOKEN_FIRST && obs[i] < TOKEN_STOP; i++) {
        picked |= 1u << ((int)obs[i] - TOKEN_FIRST);
        n_picks++;
    }
    allow(allowed, n_picks, picked);
}

// ---- what people pick ----

// A hasty reader's next sentence: any that is left.
static int hasty_pick(bh_rng *rng, unsigned picked)
{
    for (;;) {
        int i = below(rng, N_SENTENCES);
        if (!(picked & (1u << i))) return i;
    }
}

// Words, markers and <sum>; returns how many tokens.
static int write_document(const bhi_summarize_document *d, unsigned char *tokens)
{
    int n = 0;
    for (int i = 0; i < N_SENTENCES; i++) {
        n += bhi_summarize_words(&d->sentences[i], tokens + n);
        tokens[n++] = (unsigned char)(TOKEN_FIRST + i);
    }
    tokens[n++] = TOKEN_SUM;
    return n;
}

static int count_picks(unsigned picked)
{
    int n = 0;
    for (int i = 0; i < N_SENTENCES; i++) n += (picked & (1u << i)) != 0;
    return n;
}

// A careful reader's summary: the best there is, of equals the first.
static unsigned best_picks(const bhi_summarize_document *d)
{
    unsigned best = 1;
    double highest = -1, parts[BHI_SUMMARIZE_N_PARTS];
    for (unsigned picked = 1; picked < 1u << N_SENTENCES; picked++) {
        if (count_picks(picked) > MAX_PICKS) continue;
        bhi_summarize_rate(parts, d, picked);
        if (parts[0] <= highest) continue;
        highest = parts[0];
        best = picked;
    }
    return best;
}

static int example(bh_rng *rng, int *tokens)
{
    bhi_summarize_document document;
    unsigned char text[N_TEXT];
    bhi_summarize_draw(rng, &document);
    int n = write_document(&document, text), n_picks = 1 + below(rng, MAX_PICKS);
    for (int i = 0; i < n; i++) tokens[i] = text[i];
    unsigned picked = 0, best = best_picks(&document);
    int careful = below(rng, 5) < 3;
    if (careful) n_picks = count_picks(best);
    for (int k = 0; k < n_picks; k++) {
        int i = 0;
        if (careful)
            while (!(best & ~picked & (1u << i))) i++;
        else i = hasty_pick(rng, picked);
        picked |= 1u << i;
        tokens[n++] = TOKEN_FIRST + i;
    }
    tokens[n++] = TOKEN_STOP;
    return n;
}

// ---- the environment ----

static const bh_text_task text_task = {
    .language = &bh_language,
    .n_tokens = N_TOKENS,
    .token = token_en,
    .action_tokens = bhi_token_ids + TOKEN_FIRST,
    .ends_at = TOKEN_STOP,
    .source_ends_at = TOKEN_SUM,
    .allowed = allowed_after,
    .example = example,
};

static const char *const parts_en[] = {"rouge1", "precision", "recall"};
static const char *const parts_zh[] = {"ROUGE-1", "精确率", "召回率"};
static const double weights[] = {1, 0, 0};

static const bhi_token_task task = {
    .text = &text_task,
    .token_zh = token_zh,
    .n_text = N_TEXT,
    .n_actions = N_ACTIONS,
    .n_parts = N_PARTS,
    .parts = parts_en,
    .parts_zh = parts_zh,
};

typedef struct summarize {
    bhi_summarize_document document;
    int n_picks;
    unsigned picked; // sentences, as bits
    bhi_token_text text;
} summarize;

BHI_TOKEN_TEXT_FUNCTIONS(summarize, task, bhi_no_options) // init, spaces, view, describe

static void reset(void *state, bh_rng *rng, float *obs)
{
    summarize *s = state;
    unsigned char text[N_TEXT];
    bhi_summarize_draw(rng, &s->document);
    s->n_picks = 0;
    s->picked = 0;
    bhi_token_text_start(&s->text);
    int n = write_document(&s->document, text);
    for (int i = 0; i < n; i++) bhi_token_text_append(&task, &s->text, text[i]);
    bhi_token_text_observe(&task, &s->text, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    summarize *s = state;
    unsigned char allowed[N_ACTIONS];
    double parts[N_PARTS] = {0};
    allow(allowed, s->n_picks, s->picked);
    *terminated = action == STOP || !allowed[action];
    *reward = 0;
    bhi_token_text_append(&task, &s->text, TOKEN_FIRST + action);
    if (*terminated) {
        if (allowed[action]) bhi_summarize_rate(parts, &s->document, s->picked);
        *reward = bhi_token_text_rate(&task, &s->text, parts, weights);
    } else {
        s->picked |= 1u << action;
        s->n_picks++;
    }
    bhi_token_text_observe(&task, &s->text, obs);
}

// ---- telling ----

static void add_reference(const summarize *s, bh_text *out)
{
    unsigned char reference[BHI_SUMMARIZE_N_REFERENCE];
    bhi_summarize_reference(s->document.topic, reference);
    bh_text_add(out, ",\"reference\":\"");
    for (int i = 0; i < BHI_SUMMARIZE_N_REFERENCE; i++) {
        bh_text_add(out, i > 0 ? " %s" : "%s", token_en(reference[i]));
    }
    bh_text_add(out, "\"");
}

static void info(const void *state, bh_text *out)
{
    const summarize *s = state;
    bh_text_add(out, "{");
    bhi_token_text_info(&task, &s->text, out);
    if (s->text.is_rated) add_reference(s, out);
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
    {"dqn",
     BHI_TOKEN_DQN "total_timesteps=12000 learning_rate=0.0005 batch_size=64 train_freq=4 tau=0.02 "
                   "target_update_interval=4 prior_beta=0.3 gamma=1 exploration_initial_eps=0.5 "
                   "exploration_fraction=0.4 eval_freq=3000 n_eval_episodes=200"},
    {"ppo", BHI_TOKEN_PPO},
    {"reinforce", BHI_TOKEN_REINFORCE},
};

static int is_possible(const void *state, int is_running)
{
    const summarize *s = state;
    int n = 0;
    for (int i = 0; i < N_SENTENCES; i++) {
        const bhi_summarize_sentence *t = &s->document.sentences[i];
        n += (int)(s->picked >> i & 1);
        if (t->kind > BHI_SUMMARIZE_REMARK || t->topic >= N_TOPICS || t->variant >= N_LOOKS ||
            t->time > N_TIMES)
            return 0;
    }
    return n == s->n_picks && s->picked >> N_SENTENCES == 0 && (!is_running || n < MAX_PICKS + 1);
}

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(summarize, document.topic, 0, N_TOPICS - 1),
    {"document.sentences", offsetof(summarize, document.sentences),
     sizeof((summarize *)NULL)->document.sentences, BHI_STATE_U8},
    BHI_STATE_FIELD_WITHIN(summarize, n_picks, 0, MAX_PICKS),
    BHI_STATE_FIELD(summarize, picked),
    BHI_TOKEN_TEXT_STATE(summarize),
    {NULL},
};

const bh_env_def bh_env_summarize = {
    .id = "Summarize-v0",
    .summary =
        BH_HELP("Summarize six sentences by picking one to three of them; ROUGE-1 is rewarded"),
    .reward_threshold =
        BHI_SUMMARIZE_RANDOM_MEAN + 0.9 * (BHI_SUMMARIZE_OPTIMUM - BHI_SUMMARIZE_RANDOM_MEAN),
    .state_bytes = sizeof(summarize),
    .state_fields = state_fields,
    .is_possible = is_possible,
    BH_PRESETS(presets),
    .n_view = N_TEXT + N_PARTS + 1,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
    .info = info,
    .text = &text_task,
};
