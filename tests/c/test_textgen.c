// SPDX-License-Identifier: MIT
// TextGen-v0: the rule, its optimum, the random policy's mean, and that the observation tells all R
// needs.
#include "envs/registry.h"
#include "envs/textgen.h"

#include "check.h"

enum {
    N_WORDS = BHI_TEXTGEN_N_WORDS,
    N_TOPICS = BHI_TEXTGEN_N_TOPICS,
    N_STATES = BHI_TEXTGEN_N_STATES,
    N_CLASSES = BHI_TEXTGEN_N_CLASSES,
    LIMIT = BHI_TEXTGEN_LIMIT,
};

static int find_word(const char *text, size_t length)
{
    for (int w = 0; w < N_WORDS; w++) {
        const char *word = bhi_textgen_word(w);
        if (strlen(word) == length && memcmp(word, text, length) == 0) return w;
    }
    printf("no word '%.*s'\n", (int)length, text);
    check_failures++;
    return 0;
}

// Words separated by spaces; returns how many.
static int parse(int *sentence, const char *text)
{
    int n = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        sentence[n++] = find_word(text, length);
        text += length + (text[length] == ' ');
    }
    return n;
}

static int find_topic(const char *name)
{
    for (int t = 0; t < N_TOPICS; t++) {
        if (strcmp(bhi_textgen_topic(t), name) == 0) return t;
    }
    return -1;
}

static bhi_textgen_score rate(const char *topic, const char *text)
{
    int sentence[LIMIT];
    int n = parse(sentence, text);
    return bhi_textgen_rate(find_topic(topic), sentence, n);
}

// ---- the rule ----

static void test_rule(void)
{
    static const struct {
        const char *topic, *text;
        double g, t, d;
    } rows[] = {
        {"animals", "", 0, 0, 0},
        {"animals", "the", 0.5 / 6, 0, 0},
        {"animals", "the hungry dog chases the mouse", 1, 1, 1},
        {"animals", "a furry cat sees the big fish near a dog", 1, 1, 1},
        {"animals", "the dog chases the mouse", 1, 0.75 * 1, 0.75},
        {"animals", "the dog chases", 0.5 * 3 / 6, 0.5, 0.5},
        {"animals", "the hungry dog chases", 0.5 * 4 / 6, 0.75, 0.75},
        {"animals", "dog cat chases mouse", 0, 1, 1},
        {"animals", "the dog dog cat", 0.5 * 2 / 6, 0.5, 0.5},
        {"animals", "the dog the dog the dog the", 0.5 * 2 / 7, 0.25, 0.25},
        {"animals", "the clever student reads the book", 1, 0, 1},
        {"animals", "the hungry dog chases the soup", 1, 0.75 * 3 / 4, 1},
        {"kitchen", "the hungry dog chases the mouse", 1, 0, 1},
        {"kitchen", "a fresh cook serves the fish near a hot soup", 1, 1, 1},
        {"weather", "the hot wind pushes the cloud", 1, 1, 1},
        {"weather", "the wind pushes the wind", 0.5 * 4 / 6, 0.5, 2.0 / 4},
        {"school", "a young teacher explains the lesson near the mouse", 1, 0.8, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bhi_textgen_score r = rate(rows[i].topic, rows[i].text);
        CHECK_NEAR(r.grammar, rows[i].g, 1e-15);
        CHECK_NEAR(r.relevance, rows[i].t, 1e-15);
        CHECK_NEAR(r.distinct, rows[i].d, 1e-15);
        CHECK_NEAR(r.total, 0.5 * rows[i].g + 0.3 * rows[i].t + 0.2 * rows[i].d, 1e-15);
    }
}

// The rewards of the shortcuts the header names.
static void test_no_shortcut(void)
{
    CHECK(rate("animals", "").total == 0);
    CHECK_NEAR(rate("animals", "the").total, 0.042, 5e-4);
    CHECK_NEAR(rate("animals", "dog cat chases mouse").total, 0.5, 1e-15);
    CHECK_NEAR(rate("animals", "the clever student reads the book").total, 0.7, 1e-15);
    CHECK_NEAR(rate("animals", "the dog chases the mouse").total, 0.875, 1e-15);
}

static void test_data(void)
{
    CHECK_STRING(bhi_textgen_word(0), "END");
    CHECK(N_WORDS == 40 && N_TOPICS == 4);
    for (int w = 0; w < N_WORDS; w++) {
        CHECK((bhi_textgen_class(w) == 0) == (w == 0));
        CHECK(bhi_textgen_word_zh(w)[0] != '\0');
        CHECK(bhi_textgen_topics(w) == 0 || bhi_textgen_is_content(w));
        for (int v = 0; v < w; v++) CHECK(strcmp(bhi_textgen_word(v), bhi_textgen_word(w)) != 0);
    }
    for (int s = 0; s < N_STATES; s++) CHECK(bhi_textgen_next(s, 0) == -1);
}

// ---- the optimum ----

typedef struct search {
    int topic, n_best;
    double best;
    int sentence[LIMIT];
} search;

// Visits every complete sentence of at most `limit` words.
static void search_from(search *s, int state, int n, int limit)
{
    if (bhi_textgen_is_sentence(state)) {
        double r = bhi_textgen_rate(s->topic, s->sentence, n).total;
        if (r > s->best) {
            s->best = r;
            s->n_best = 0;
        }
        s->n_best += r == s->best;
    }
    if (n == limit) return;
    int next[N_CLASSES];
    for (int c = 0; c < N_CLASSES; c++) next[c] = bhi_textgen_next(state, c);
    for (int w = 0; w < N_WORDS; w++) {
        if (next[bhi_textgen_class(w)] < 0) continue;
        s->sentence[n] = w;
        search_from(s, next[bhi_textgen_class(w)], n + 1, limit);
    }
}

// R cannot exceed 1, its parts being shares with weights that sum to 1; sentences of six words
// already reach it, for every topic, and many of them.
static void test_optimum(void)
{
    CHECK(0.5 + 0.3 + 0.2 == BHI_TEXTGEN_OPTIMUM);
    for (int topic = 0; topic < N_TOPICS; topic++) {
        search s = {.topic = topic};
        search_from(&s, 0, 0, 6);
        CHECK(s.best == BHI_TEXTGEN_OPTIMUM);
        CHECK(s.n_best >= 100);
        search five = {.topic = topic};
        search_from(&five, 0, 0, 5);
        CHECK(five.best == 0.875); // three content words are not enough
    }
    CHECK(bh_env_textgen.reward_threshold == 0.95 * BHI_TEXTGEN_OPTIMUM);
}

// ---- the random policy ----
//
// R is a weighted sum, so its mean is the sum of the parts' means, and each part depends on few
// counts. A table holds the probability of being after n words in each of its states, still
// writing; `stop(n)` is the probability that the sentence is then over: END is one word of N_WORDS,
// and after LIMIT words there is no choice.

static double stop(int n)
{
    return n == LIMIT ? 1.0 : 1.0 / N_WORDS;
}

static double grammar_share(int n_right, int n)
{
    return 0.5 * n_right / (n > 6 ? n : 6);
}

static double mean_grammar(void)
{
    double fine[N_STATES] = {1}, broken[LIMIT + 1] = {0}, mean = 0; // broken[i]: i words were right
    for (int n = 0; n <= LIMIT; n++) {
        double next[N_STATES] = {0};
        for (int i = 0; i < n; i++) {
            mean += broken[i] * stop(n) * grammar_share(i, n);
            broken[i] *= (N_WORDS - 1.0) / N_WORDS;
        }
        for (int s = 0; s < N_STATES; s++) {
            mean += fine[s] * stop(n) * (bhi_textgen_is_sentence(s) ? 1.0 : grammar_share(n, n));
            for (int w = 1; w < N_WORDS; w++) {
                int to = bhi_textgen_next(s, bhi_textgen_class(w));
                if (to >= 0) next[to] += fine[s] / N_WORDS;
                else broken[n] += fine[s] / N_WORDS;
            }
        }
        memcpy(fine, next, sizeof fine);
    }
    return mean;
}

static double mean_relevance(int topic)
{
    double n_on = 0, n_off = 0; // words of the vocabulary
    for (int w = 1; w < N_WORDS; w++) {
        unsigned topics = bhi_textgen_topics(w);
        if (topics & (1u << topic)) n_on++;
        else if (topics != 0) n_off++;
    }
    double p[LIMIT + 2][LIMIT + 2] = {{1}}, mean = 0; // [different words on][off]
    for (int n = 0; n <= LIMIT; n++) {
        double next[LIMIT + 2][LIMIT + 2] = {{0}};
        for (int on = 0; on <= n; on++) {
            for (int off = 0; on + off <= n; off++) {
                double share = on > 0 ? (on < 4 ? on / 4.0 : 1.0) * on / (on + off) : 0.0;
                mean += p[on][off] * stop(n) * share;
                double same = N_WORDS - 1 - (n_on - on) - (n_off - off);
                next[on + 1][off] += p[on][off] * (n_on - on) / N_WORDS;
                next[on][off + 1] += p[on][off] * (n_off - off) / N_WORDS;
                next[on][off] += p[on][off] * same / N_WORDS;
            }
        }
        memcpy(p, next, sizeof p);
    }
    return mean;
}

static double mean_distinct(void)
{
    double n_words = 0; // content words of the vocabulary
    for (int w = 1; w < N_WORDS; w++) n_words += bhi_textgen_is_content(w);
    double p[LIMIT + 2][LIMIT + 2] = {{1}}, mean = 0; // [content words][different ones]
    for (int n = 0; n <= LIMIT; n++) {
        double next[LIMIT + 2][LIMIT + 2] = {{0}};
        for (int c = 0; c <= n; c++) {
            for (int d = 0; d <= c; d++) {
                mean += p[c][d] * stop(n) * d / (c > 4 ? c : 4);
                next[c + 1][d + 1] += p[c][d] * (n_words - d) / N_WORDS;
                next[c + 1][d] += p[c][d] * d / N_WORDS;
                next[c][d] += p[c][d] * (N_WORDS - 1 - n_words) / N_WORDS;
            }
        }
        memcpy(p, next, sizeof p);
    }
    return mean;
}

static double random_mean(void)
{
    double relevance = 0;
    for (int topic = 0; topic < N_TOPICS; topic++) relevance += mean_relevance(topic) / N_TOPICS;
    return 0.5 * mean_grammar() + 0.3 * relevance + 0.2 * mean_distinct();
}

static void test_random_mean_exactly(void)
{
    CHECK_NEAR(random_mean(), BHI_TEXTGEN_RANDOM_MEAN, 5e-7); // the header states six digits
}

static void test_random_mean_by_playing(void)
{
    enum { N = 20000 };
    bh_env *env;
    CHECK_STATUS(bh_env_create(&env, &bh_env_textgen, NULL, NULL), BH_OK);
    bh_rng rng = bh_rng_seed(5);
    double sum = 0, sum_squares = 0;
    for (int k = 0; k < N; k++) {
        float obs[BHI_TEXTGEN_N_OBS];
        bh_step step;
        bh_env_reset(env, obs);
        do {
            int action = (int)bh_rng_below(&rng, N_WORDS);
            CHECK_STATUS(bh_env_step(env, action, obs, &step, NULL), BH_OK);
            CHECK(step.terminated || step.reward == 0.0);
        } while (!step.terminated);
        sum += step.reward;
        sum_squares += step.reward * step.reward;
    }
    double mean = sum / N, error = sqrt((sum_squares / N - mean * mean) / N);
    CHECK_NEAR(mean, random_mean(), 4 * error);
    bh_env_destroy(env);
}

// ---- the observation ----

// Which classes were used, and the last one, tell the state of the grammar: fills
// state_of[last][mask].
static void learn_states(signed char state_of[N_CLASSES][1 << N_CLASSES], int state, int last,
                         int mask)
{
    signed char *known = &state_of[last][mask];
    CHECK(*known == -1 || *known == state);
    *known = (signed char)state;
    for (int c = 0; c < N_CLASSES; c++) {
        int next = bhi_textgen_next(state, c);
        if (next >= 0) learn_states(state_of, next, c, mask | 1 << c);
    }
}

static int one_hot(const float *x, int n)
{
    int at = -1;
    for (int i = 0; i < n; i++) {
        CHECK(x[i] == 0.0f || x[i] == 1.0f);
        if (x[i] == 1.0f) at = at == -1 ? i : -2;
    }
    return at;
}

// R if the sentence ended here, computed from the observation alone.
static double reward_seen(const float *obs, signed char state_of[N_CLASSES][1 << N_CLASSES])
{
    const float *used = obs + N_TOPICS + N_WORDS, *sums = used + N_WORDS + LIMIT + 1;
    int topic = one_hot(obs, N_TOPICS), last = one_hot(obs + N_TOPICS, N_WORDS);
    int n = one_hot(used + N_WORDS, LIMIT + 1);
    int n_right = (int)lround(sums[1] * LIMIT), n_content = (int)lround(sums[2] * LIMIT);
    int n_different = 0, n_on = 0, n_off = 0, mask = 0;
    CHECK((sums[0] == 1.0f) == (n_right == n));
    for (int w = 0; w < N_WORDS; w++) {
        if (used[w] == 0.0f) continue;
        mask |= 1 << bhi_textgen_class(w);
        n_different += bhi_textgen_is_content(w);
        if (bhi_textgen_topics(w) & (1u << topic)) n_on++;
        else n_off += bhi_textgen_topics(w) != 0;
    }
    int complete = 0;
    if (n > 0 && n_right == n) {
        complete = bhi_textgen_is_sentence(state_of[bhi_textgen_class(last)][mask]);
    }
    double g = complete ? 1.0 : grammar_share(n_right, n);
    double t = n_on > 0 ? (n_on < 4 ? n_on / 4.0 : 1.0) * n_on / (n_on + n_off) : 0.0;
    return 0.5 * g + 0.3 * t + 0.2 * n_different / (n_content > 4 ? n_content : 4);
}

// Mostly grammatical words, so that all kinds of sentences come by.
static int clumsy_writer(bh_rng *rng, int state)
{
    for (int tries = 0; tries < 60; tries++) {
        int w = (int)bh_rng_below(rng, N_WORDS);
        if (state < 0 || bhi_textgen_next(state, bhi_textgen_class(w)) >= 0) return w;
    }
    return 1 + (int)bh_rng_below(rng, N_WORDS - 1);
}

static void test_observation_is_markov(void)
{
    static signed char state_of[N_CLASSES][1 << N_CLASSES];
    memset(state_of, -1, sizeof state_of);
    learn_states(state_of, 0, 0, 0);
    bh_env *env;
    CHECK_STATUS(bh_env_create(&env, &bh_env_textgen, NULL, NULL), BH_OK);
    bh_rng rng = bh_rng_seed(9);
    int n_complete = 0;
    for (int k = 0; k < 2000; k++) {
        float obs[BHI_TEXTGEN_N_OBS];
        bh_step step;
        bh_env_reset(env, obs);
        CHECK(reward_seen(obs, state_of) == 0.0);
        for (int state = 0;;) {
            int slip = bh_rng_below(&rng, 10) == 0;
            int word = clumsy_writer(&rng, slip ? -1 : state);
            if (state >= 0 && bhi_textgen_is_sentence(state) && bh_rng_below(&rng, 2) == 0)
                word = 0;
            double before = reward_seen(obs, state_of);
            CHECK_STATUS(bh_env_step(env, word, obs, &step, NULL), BH_OK);
            if (step.terminated) {
                double seen = word == 0 ? before : reward_seen(obs, state_of);
                CHECK_NEAR(step.reward, seen, 1e-15);
                n_complete += step.reward > 0.5;
                break;
            }
            state = state < 0 ? -1 : bhi_textgen_next(state, bhi_textgen_class(word));
        }
    }
    CHECK(n_complete > 400);
    bh_env_destroy(env);
}

// ---- the environment ----

static void tell(const bh_env *env, void (*function)(const void *, bh_text *), const char *want)
{
    char buffer[512];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    function(bh_env_state(env), &text);
    CHECK_STRING(buffer, want);
}

// Resets until the topic is `topic`.
static bh_env *start(const char *topic, float *obs)
{
    bh_env *env;
    CHECK_STATUS(bh_env_create(&env, &bh_env_textgen, NULL, NULL), BH_OK);
    do bh_env_reset(env, obs);
    while (obs[find_topic(topic)] != 1.0f);
    return env;
}

static bh_step write_words(bh_env *env, const char *text, float *obs)
{
    int sentence[LIMIT + 1], n = parse(sentence, text);
    bh_step step = {0};
    for (int i = 0; i < n; i++)
        CHECK_STATUS(bh_env_step(env, sentence[i], obs, &step, NULL), BH_OK);
    return step;
}

static void test_an_episode(void)
{
    const bh_env_def *def = &bh_env_textgen;
    float obs[BHI_TEXTGEN_N_OBS], view[19];
    bh_env *env = start("animals", obs);
    tell(env, def->describe, "topic animals: …");
    tell(env, def->info, "{\"topic\":\"animals\",\"sentence\":\"\"}");
    bh_step step = write_words(env, "the hungry dog", obs);
    CHECK(!step.terminated && step.reward == 0.0);
    tell(env, def->describe, "topic animals: the hungry dog …");
    tell(env, def->info, "{\"topic\":\"animals\",\"sentence\":\"the hungry dog\"}");
    def->view(bh_env_state(env), view);
    CHECK(view[0] == (float)find_topic("animals") && view[1] == 3 && view[2] == 0);
    CHECK(view[3] == (float)find_word("the", 3) && view[5] == (float)find_word("dog", 3));
    CHECK(view[6] == -1 && view[14] == -1 && view[15] == -1 && view[18] == -1);
    step = write_words(env, "chases the dog END", obs);
    CHECK(step.terminated && !step.truncated);
    CHECK_NEAR(step.reward, 0.5 * 0.5 * 5 / 6 + 0.3 * 0.75 + 0.2 * 0.75, 1e-15);
    tell(env, def->describe, "topic animals: the hungry dog chases the dog.");
    tell(env, def->info,
         "{\"topic\":\"animals\",\"sentence\":\"the hungry dog chases the dog\","
         "\"grammar\":0.4166666666666667,\"relevance\":0.75,\"distinct\":0.75}");
    def->view(bh_env_state(env), view);
    CHECK(view[1] == 6 && view[2] == 1 && view[18] == (float)step.reward && view[16] == 0.75f);
    CHECK_STATUS(bh_env_step(env, 1, obs, &step, NULL), BH_ERR_STATE);
    bh_env_destroy(env);
}

static void test_limit(void)
{
    float obs[BHI_TEXTGEN_N_OBS], view[19];
    bh_env *env = start("kitchen", obs);
    bh_step step = write_words(env, "a hot cook serves a fresh pie near the big baker", obs);
    CHECK(!step.terminated);
    step = write_words(env, "the", obs); // the twelfth word
    CHECK(step.terminated && !step.truncated && obs[N_TOPICS + 2 * N_WORDS + LIMIT] == 1.0f);
    CHECK_NEAR(step.reward, 0.5 * 0.5 * 11 / 12 + 0.3 + 0.2, 1e-15);
    bh_env_textgen.view(bh_env_state(env), view);
    CHECK(view[1] == 12 && view[2] == 2);
    bh_env_destroy(env);

    env = start("kitchen", obs);
    step = write_words(env, "END", obs);
    CHECK(step.terminated && step.reward == 0.0);
    tell(env, bh_env_textgen.describe, "topic kitchen: .");
    bh_env_destroy(env);
}

static void test_topics_are_uniform(void)
{
    bh_env *env;
    CHECK_STATUS(bh_env_create(&env, &bh_env_textgen, NULL, NULL), BH_OK);
    int count[N_TOPICS] = {0};
    for (int k = 0; k < 8000; k++) {
        float obs[BHI_TEXTGEN_N_OBS];
        bh_env_reset(env, obs);
        count[one_hot(obs, N_TOPICS)]++;
    }
    for (int t = 0; t < N_TOPICS; t++) CHECK_NEAR(count[t], 2000, 5 * sqrt(8000 * 0.25 * 0.75));
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_rule);
    CHECK_RUN(test_no_shortcut);
    CHECK_RUN(test_data);
    CHECK_RUN(test_optimum);
    CHECK_RUN(test_random_mean_exactly);
    CHECK_RUN(test_random_mean_by_playing);
    CHECK_RUN(test_observation_is_markov);
    CHECK_RUN(test_an_episode);
    CHECK_RUN(test_limit);
    CHECK_RUN(test_topics_are_uniform);
    return check_report();
}
