// SPDX-License-Identifier: MIT
// Summarize-v0: ROUGE on cases counted by hand, the optimum and the random policy's mean by
// enumerating all kinds of documents, what is allowed, and the examples.
#include "envs/summarize.h"

#include "text_world.h"

enum {
    N_SENTENCES = BHI_SUMMARIZE_N_SENTENCES,
    N_ACTIONS = N_SENTENCES + 1,
    STOP = N_SENTENCES,
    N_TEXT = BHI_SUMMARIZE_N_TEXT,
    MAX_PICKS = BHI_SUMMARIZE_MAX_PICKS,
    N_SUBSETS = 1 << N_SENTENCES,
};

static const bh_env_def *const def = &bh_env_summarize;

static int size_of(unsigned picked)
{
    int n = 0;
    for (; picked != 0; picked &= picked - 1) n++;
    return n;
}

// ---- the rule ----

#define SENTENCE(kind, ...)               \
    {                                     \
        BHI_SUMMARIZE_##kind, __VA_ARGS__ \
    }

// The main event is of topic 2, the other of topic 0.
static const bhi_summarize_document case_document = {
    2,
    {
        SENTENCE(HEAD, 2, 0, 0),   // thief steals necklace
        SENTENCE(PLACE, 2, 1, 1),  // necklace in museum today
        SENTENCE(RESULT, 2, 0, 0), // then arrest follows
        SENTENCE(HEAD, 0, 0, 2),   // cook burns soup tonight
        SENTENCE(PLACE, 0, 0, 0),  // cook in kitchen
        SENTENCE(REMARK, 0, 0, 0), // coffee smells nice
    }};

static void join(char *out, const unsigned char *tokens, int n)
{
    *out = '\0';
    for (int i = 0; i < n; i++) {
        if (i > 0) strcat(out, " ");
        strcat(out, def->text->token(tokens[i]));
    }
}

static void test_words(void)
{
    static const char *const want[] = {"thief steals necklace", "necklace in museum today",
                                       "then arrest follows",   "cook burns soup tonight",
                                       "cook in kitchen",       "coffee smells nice"};
    unsigned char tokens[BHI_SUMMARIZE_N_REFERENCE];
    char text[200];
    for (int i = 0; i < N_SENTENCES; i++) {
        join(text, tokens, bhi_summarize_words(&case_document.sentences[i], tokens));
        CHECK_STRING(text, want[i]);
    }
    const bhi_summarize_sentence with = SENTENCE(WITH, 2, 0, 6);
    join(text, tokens, bhi_summarize_words(&with, tokens));
    CHECK_STRING(text, "thief with ladder soon");
    bhi_summarize_reference(2, tokens);
    join(text, tokens, BHI_SUMMARIZE_N_REFERENCE);
    CHECK_STRING(text, "thief steals necklace in museum arrest follows");
}

// Common words and picked ones, counted by hand; the reference has seven.
static void test_rule(void)
{
    static const struct {
        unsigned picked;
        int n_common, n_picked;
    } rows[] = {
        {1 << 0, 3, 3},
        {1 << 1, 3, 4},
        {1 << 2, 2, 3},
        {1 << 3, 0, 4},
        {1 << 4, 1, 3}, // "in" of the wrong event
        {1 << 5, 0, 3},
        {1 << 0 | 1 << 1, 5, 7}, // "necklace" is in the reference once
        {1 << 0 | 1 << 2, 5, 6},
        {1 << 0 | 1 << 1 | 1 << 2, 7, 10},
        {1 << 1 | 1 << 4, 3, 7}, // "in" once
        {1 << 3 | 1 << 4 | 1 << 5, 1, 10},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double parts[3], common = rows[i].n_common;
        bhi_summarize_rate(parts, &case_document, rows[i].picked);
        CHECK_NEAR(parts[0], 2 * common / (rows[i].n_picked + 7), 1e-15);
        CHECK_NEAR(parts[1], common / rows[i].n_picked, 1e-15);
        CHECK_NEAR(parts[2], common / 7, 1e-15);
    }
}

// ---- one document: its best summary and its random mean ----

// How likely a random policy is to end with these sentences: so many orders of picks, then STOP.
static double chance(int n)
{
    if (n == 1) return 1.0 / 6 * 1 / 6;
    if (n == 2) return 2 * (1.0 / 6 * 1 / 6 * 1 / 5);
    return 6 * (1.0 / 6 * 1 / 6 * 1 / 5); // after three picks there is only STOP
}

static void solve(const bhi_summarize_document *d, double *best, double *random)
{
    *best = *random = 0;
    for (unsigned picked = 1; picked < N_SUBSETS; picked++) {
        if (size_of(picked) > MAX_PICKS) continue;
        double parts[3];
        bhi_summarize_rate(parts, d, picked);
        if (parts[0] > *best) *best = parts[0];
        *random += chance(size_of(picked)) * parts[0];
    }
}

// ---- all kinds of documents ----
//
// As words of topics, remarks and times are all different, R does not depend on which ones were
// drawn, nor on the order of the sentences. What it depends on are the kinds of sentences, of whom
// a PLACE tells, and which sentences have a time.

typedef struct sums {
    double chance, best, random;
} sums;

static void add_document(sums *s, const bhi_summarize_document *d, double p)
{
    double best, random;
    solve(d, &best, &random);
    s->chance += p;
    s->best += p * best;
    s->random += p * random;
}

// Every choice of times and of PLACE's variants; the chance p of the kinds is shared among them.
static void add_variants(sums *s, bhi_summarize_document *d, double p)
{
    for (int bits = 0; bits < 2 * 2 * N_SUBSETS; bits++) { // 8 bits: six times, PLACE of each event
        for (int i = 0; i < N_SENTENCES; i++) {
            bhi_summarize_sentence *sentence = &d->sentences[i];
            sentence->time = (unsigned char)(bits >> i & 1);
            if (sentence->kind != BHI_SUMMARIZE_PLACE) continue;
            sentence->variant = (unsigned char)(bits >> (sentence->topic == d->topic ? 6 : 7) & 1);
        }
        add_document(s, d, p / (4 * N_SUBSETS));
    }
}

static sums all_documents(void)
{
    sums s = {0};
    for (int missing = BHI_SUMMARIZE_PLACE; missing <= BHI_SUMMARIZE_RESULT; missing++) {
        for (int second = BHI_SUMMARIZE_PLACE; second <= BHI_SUMMARIZE_REMARK; second++) {
            bhi_summarize_document d = {0, {SENTENCE(HEAD, 0, 0, 0)}};
            int n = 1;
            for (int kind = BHI_SUMMARIZE_PLACE; kind <= BHI_SUMMARIZE_RESULT; kind++) {
                if (kind != missing) d.sentences[n++].kind = (unsigned char)kind;
            }
            d.sentences[n++] = (bhi_summarize_sentence)SENTENCE(HEAD, 1, 0, 0);
            d.sentences[n].kind = (unsigned char)second;
            d.sentences[n++].topic = 1;
            d.sentences[n] = (bhi_summarize_sentence)SENTENCE(REMARK, 2, 0, 0);
            add_variants(&s, &d, 1.0 / 3 * (second == BHI_SUMMARIZE_REMARK ? 1.0 / 2 : 1.0 / 6));
        }
    }
    return s;
}

static void test_optimum_and_random_mean_exactly(void)
{
    sums s = all_documents();
    CHECK_NEAR(s.chance, 1.0, 1e-12);
    CHECK_NEAR(s.best, BHI_SUMMARIZE_OPTIMUM, 5e-7); // the header states six digits
    CHECK_NEAR(s.random, BHI_SUMMARIZE_RANDOM_MEAN, 5e-7);
    double threshold = s.random + 0.9 * (s.best - s.random);
    CHECK_NEAR(def->reward_threshold, threshold, 1e-6);
}

// ---- documents as they are drawn ----

static int n_of_kind(const bhi_summarize_document *d, int kind, int topic)
{
    int n = 0;
    for (int i = 0; i < N_SENTENCES; i++) {
        n += d->sentences[i].kind == kind && (topic < 0 || d->sentences[i].topic == topic);
    }
    return n;
}

// Drawn documents have the means that were enumerated.
static void test_drawn_documents(void)
{
    enum { N = 20000 };
    bh_rng rng = bh_rng_seed(4);
    double best_sum = 0, random_sum = 0, squares = 0;
    int n_lead = 0, topics[8] = {0};
    for (int k = 0; k < N; k++) {
        bhi_summarize_document d;
        double best, random;
        bhi_summarize_draw(&rng, &d);
        solve(&d, &best, &random);
        best_sum += best;
        squares += best * best;
        random_sum += random;
        topics[d.topic]++;
        n_lead += d.sentences[0].kind == BHI_SUMMARIZE_HEAD && d.sentences[0].topic == d.topic;
        CHECK(n_of_kind(&d, BHI_SUMMARIZE_HEAD, -1) == 2);
        CHECK(n_of_kind(&d, BHI_SUMMARIZE_HEAD, d.topic) == 1);
        int n_main = 0;
        for (int kind = BHI_SUMMARIZE_HEAD; kind < BHI_SUMMARIZE_REMARK; kind++) {
            CHECK(n_of_kind(&d, kind, d.topic) <= 1);
            n_main += n_of_kind(&d, kind, d.topic);
        }
        int n_remarks = n_of_kind(&d, BHI_SUMMARIZE_REMARK, -1);
        CHECK(n_main == 3 && (n_remarks == 1 || n_remarks == 2));
        for (int noun = 0; noun < 6; noun++) CHECK(n_of_kind(&d, BHI_SUMMARIZE_REMARK, noun) <= 1);
    }
    double mean = best_sum / N, error = sqrt((squares / N - mean * mean) / N);
    CHECK_NEAR(mean, BHI_SUMMARIZE_OPTIMUM, 4 * error);
    CHECK_NEAR(random_sum / N, BHI_SUMMARIZE_RANDOM_MEAN, 4 * error);
    CHECK_NEAR(n_lead / (double)N, 0.5 + 0.5 / 6, 0.02);
    for (int t = 0; t < 8; t++) CHECK_NEAR(topics[t], N / 8.0, 5 * sqrt(N / 8.0));
}

// ---- playing ----

static void test_random_mean_by_playing(void)
{
    bh_env *env = world_make(def, NULL);
    sample returns = world_play_randomly(env, 20000, 6);
    CHECK_NEAR(sample_mean(&returns), BHI_SUMMARIZE_RANDOM_MEAN, 4 * sample_error(&returns));
    bh_env_destroy(env);
}

static void test_allowed(void)
{
    bh_env *env = world_make(def, NULL);
    float obs[N_TEXT];
    bh_env_reset(env, obs);
    world_check_allowed(env, obs, "1111110");
    world_take(env, 2, obs);
    world_check_allowed(env, obs, "1101111");
    world_take(env, 0, obs);
    world_check_allowed(env, obs, "0101111");
    world_take(env, 5, obs);
    world_check_allowed(env, obs, "0000001");
    bh_step step = world_take(env, STOP, obs);
    CHECK(step.terminated && step.reward >= 0);
    world_check_allowed(env, obs, "0000001");

    // What is not allowed ends the episode with nothing.
    static const int forbidden[][MAX_PICKS + 1] = {{STOP}, {3, 3}, {0, 1, 0}, {0, 1, 2, 3}};
    for (int k = 0; k < 4; k++) {
        bh_env_reset(env, obs);
        for (int i = 0; i < k; i++) CHECK(!world_take(env, forbidden[k][i], obs).terminated);
        step = world_take(env, forbidden[k][k], obs);
        CHECK(step.terminated && step.reward == 0);
        unsigned char allowed[N_ACTIONS];
        CHECK(world_allowed(env, obs, allowed) > 0);
    }
    bh_env_destroy(env);
}

static void test_an_episode(void)
{
    bh_env *env = world_make(def, NULL);
    float obs[N_TEXT], view[N_TEXT + 4];
    bh_env_reset(env, obs);
    world_check_vocabulary(env, 83, 35, N_ACTIONS);
    CHECK_STRING(def->text->token((int)obs[obs[3] <= N_SENTENCES ? 3 : 4]),
                 "<1>"); // behind its words
    CHECK(strstr(world_tell(env, def->describe), "<sum> …") != NULL);
    world_take(env, 0, obs);
    world_take(env, 4, obs);
    CHECK(strstr(world_tell(env, def->describe), "<sum> <1> <5> …") != NULL);
    CHECK(strstr(world_tell(env, def->info), "reference") == NULL);
    bh_step step = world_take(env, STOP, obs);
    CHECK(step.terminated);
    CHECK(strstr(world_tell(env, def->info), "\"parts\":{\"rouge1\":") != NULL);
    CHECK(strstr(world_tell(env, def->info), "\"reference\":\"") != NULL);
    CHECK(strstr(world_tell(env, def->layout), "\"STOP\"") != NULL);
    def->view(bh_env_state(env), view);
    CHECK(view[N_TEXT] == (float)step.reward && view[N_TEXT + 3] == (float)step.reward);
    bh_env_destroy(env);
}

static void test_random_actions(void)
{
    bh_env *env = world_make(def, NULL);
    world_check_any_actions(env, 0, 1);
    bh_env_destroy(env);
}

// ---- examples ----

static void test_examples(void)
{
    enum { N = 5000 };
    bh_env *env = world_make(def, NULL);
    bh_rng rng = bh_rng_seed(11);
    double sum = 0;
    int n_ends[MAX_PICKS + 1] = {0};
    for (int k = 0; k < N; k++) {
        int tokens[WORLD_T];
        bh_rng before = rng;
        float obs[N_TEXT];
        double reward;
        int n = world_example(env, &rng, tokens);
        int at = world_follow(env, before, tokens, n, obs, &reward);
        CHECK_STRING(def->text->token(tokens[at - 1]), "<sum>");
        n_ends[n - 1 - at]++;
        sum += reward;
    }
    for (int i = 1; i <= MAX_PICKS; i++) CHECK(n_ends[i] > N / 10);
    printf("    examples: mean reward %.4f\n", sum / N);
    CHECK(sum / N > 1.2 * BHI_SUMMARIZE_RANDOM_MEAN && sum / N < 0.8 * BHI_SUMMARIZE_OPTIMUM);
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_words);
    CHECK_RUN(test_rule);
    CHECK_RUN(test_optimum_and_random_mean_exactly);
    CHECK_RUN(test_drawn_documents);
    CHECK_RUN(test_random_mean_by_playing);
    CHECK_RUN(test_allowed);
    CHECK_RUN(test_an_episode);
    CHECK_RUN(test_random_actions);
    CHECK_RUN(test_examples);
    return check_report();
}
