// SPDX-License-Identifier: MIT
// Translate-v0: the two grammars, the rule, the random policy's mean over all sentences, the
// examples.
#include "envs/translate.h"

#include "text_world.h"

enum {
    LIMIT = BHI_TRANSLATE_LIMIT,
    T = BHI_TRANSLATE_N_TEXT,
    P = BHI_TRANSLATE_N_PARTS,
    A = 47,
    N_WORDS = A - 1,
    V = 96,
};

static const bh_env_def *const def = &bh_env_translate;

static const char *join(const unsigned char *tokens, int n)
{
    static char buffer[512];
    bh_text text = bh_text_over(buffer, sizeof buffer);
    for (int i = 0; i < n; i++)
        bh_text_add(&text, i > 0 ? " %s" : "%s", def->text->token(tokens[i]));
    return buffer;
}

static int parse(const char *text, unsigned char *tokens)
{
    int ids[WORLD_T], n = world_parse(def, text, ids);
    for (int i = 0; i < n; i++) tokens[i] = (unsigned char)ids[i];
    return n;
}

// ---- the grammars ----

static void check_sentence(bhi_translate_sentence s, const char *english, const char *chinese,
                           const char *literal)
{
    unsigned char tokens[T];
    CHECK_STRING(join(tokens, bhi_translate_english(tokens, &s)), english);
    CHECK_STRING(join(tokens, bhi_translate_chinese(tokens, &s, 0)), chinese);
    CHECK_STRING(join(tokens, bhi_translate_chinese(tokens, &s, 1)), literal);
}

static void test_sentences(void)
{
    bhi_translate_sentence s = {
        .kind = BHI_QUESTION, .subject = 1, .quality = 0}; // you watch two red books
    check_sentence(s, "do you watch two red books at home today ?",
                   "你 今天 在 家 看 两 本 红 书 吗", "你 看 两 本 红 书 在 家 今天 吗");
    s = (bhi_translate_sentence){.kind = BHI_NEGATION,
                                 .verb = 1,
                                 .object = BHI_WANTED,
                                 .thing = 3,
                                 .who = 3,
                                 .place = -1,
                                 .time = -1};
    check_sentence(s, "I do not buy flowers that they like", "我 不 买 他们 喜欢 的 花",
                   "我 不 买 他们 喜欢 的 花");
    s = (bhi_translate_sentence){.kind = BHI_STATEMENT,
                                 .subject = 5,
                                 .verb = 2,
                                 .thing = 1,
                                 .object = BHI_OF_STUDENTS,
                                 .place = -1,
                                 .time = 2};
    check_sentence(s, "my friends draw cats of the students now", "我 的 朋友 现在 画 学生 的 猫",
                   "我 的 朋友 画 学生 的 猫 现在");
    s = (bhi_translate_sentence){.kind = BHI_NEGATION,
                                 .subject = 4,
                                 .verb = 5,
                                 .object = BHI_OWNED,
                                 .owner = 1,
                                 .quality = 3,
                                 .thing = 5,
                                 .place = 3,
                                 .time = 3};
    check_sentence(s, "the students do not take your pretty hats in town every day",
                   "学生 每天 不 在 城里 拿 你 的 漂亮 的 帽子",
                   "学生 不 拿 你 的 漂亮 的 帽子 在 城里 每天");
}

static void test_data(void)
{
    bh_env *env = world_make(def, NULL);
    world_check_vocabulary(env, V, T, A);
    CHECK(bhi_translate_count(BHI_SLOT_THING) == bhi_translate_count(BHI_SLOT_MEASURE));
    const char *layout = world_tell(env, def->layout);
    CHECK(strstr(layout, "\"actions\":[\"END\",\"我\",\"你\"") != NULL);
    CHECK(strstr(layout, "\"tokens_en\":[\"\",\"END\",\"I\",\"you\"") != NULL);
    bh_env_destroy(env);
}

// ---- the rule ----

static void test_rule(void)
{
    static const char *const right = "你 今天 在 家 看 两 本 红 书 吗"; // 10 words, 11 pairs
    static const struct {
        const char *text;
        double part[P];
    } rows[] = {
        {"你 今天 在 家 看 两 本 红 书 吗", {1, 1, 1}},
        {"你 看 两 本 红 书 在 家 今天 吗", {1, 2.0 * 7 / 22, 0}}, // the literal one
        {"吗 书 红 本 两 看 家 在 今天 你", {1, 0, 0}},
        {"", {0, 0, 0}},
        {"你", {2.0 / 11, 2.0 / 13, 0}},
        {"你 你 你 你", {2.0 / 14, 2.0 / 16, 0}},
        {"你 今天 在 家 看 三 只 红 书 吗", {0.8, 2.0 * 8 / 22, 0}},
        {"你 今天 在 家 看 两 本 红 书", {2.0 * 9 / 19, 2.0 * 9 / 21, 0}},
    };
    unsigned char right_tokens[WORLD_T], tokens[WORLD_T];
    int m = parse(right, right_tokens);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double parts[P];
        int n = parse(rows[i].text, tokens);
        bhi_translate_rate(parts, right_tokens, m, tokens, n);
        for (int k = 0; k < P; k++) {
            if (!CHECK_NEAR(parts[k], rows[i].part[k], 1e-15))
                printf("    row %d, part %d\n", (int)i, k);
        }
    }
    // A word or pair that is there twice counts twice, and no more.
    double parts[P];
    m = parse("我 的 朋友 卖 我 的 书", right_tokens);
    bhi_translate_rate(parts, right_tokens, m, tokens, parse("我 的 我 的 我 的", tokens));
    CHECK_NEAR(parts[0], 2.0 * 4 / 13, 1e-15);
    CHECK_NEAR(parts[1], 2.0 * 3 / 15, 1e-15);
}

// ---- all sentences, each with its probability ----

typedef void visit(void *context, const bhi_translate_sentence *s, double p);

static void visit_objects(bhi_translate_sentence s, double p, visit *see, void *context)
{
    int n_numbers = bhi_translate_count(BHI_SLOT_NUMBER),
        n_owners = bhi_translate_count(BHI_SLOT_OWNER);
    int n_who = bhi_translate_count(BHI_SLOT_PRONOUN),
        n_feelings = bhi_translate_count(BHI_SLOT_FEELING);
    int n_qualities = bhi_translate_count(BHI_SLOT_QUALITY);
    p /= 4;
    for (s.quality = -1; s.quality < n_qualities; s.quality++) {
        double q = s.quality < 0 ? p / 2 : p / 2 / n_qualities;
        s.object = BHI_COUNTED;
        for (s.number = 0; s.number < n_numbers; s.number++) see(context, &s, q / n_numbers);
        s.object = BHI_OWNED;
        for (s.owner = 0; s.owner < n_owners; s.owner++) see(context, &s, q / n_owners);
    }
    s.object = BHI_WANTED;
    for (s.who = 0; s.who < n_who; s.who++) {
        for (s.feeling = 0; s.feeling < n_feelings; s.feeling++)
            see(context, &s, p / n_who / n_feelings);
    }
    s.object = BHI_OF_STUDENTS;
    see(context, &s, p);
}

// One time and one place stand for all: no sentence has their words elsewhere.
static void visit_all(visit *see, void *context)
{
    int n_subjects = bhi_translate_count(BHI_SLOT_PRONOUN) + bhi_translate_count(BHI_SLOT_GROUP);
    int n_verbs = bhi_translate_count(BHI_SLOT_VERB),
        n_things = bhi_translate_count(BHI_SLOT_THING);
    int n_times = bhi_translate_count(BHI_SLOT_TIME); // the last one has two words
    double p = 1.0 / 3 / n_subjects / n_verbs / n_things / 4;
    for (int i = 0; i < 3 * n_subjects * n_verbs * n_things * 4; i++) {
        bhi_translate_sentence s = {.place = i % 2 - 1, .time = i / 2 % 2 ? n_times - 1 : -1};
        s.kind = (unsigned)(i / 4 % 3);
        s.subject = i / 12 % n_subjects;
        s.verb = i / 12 / n_subjects % n_verbs;
        s.thing = i / 12 / n_subjects / n_verbs;
        visit_objects(s, p, see, context);
    }
}

// ---- the random policy ----
//
// Given that a text has n words, each of them is any word, as likely. The words and the pairs it
// has in common with the right translation are sums over the right one's, so that their means are
// sums of means, one for each word or pair it has once, twice, three times.

enum { TIMES = 4 };

typedef struct random_text {
    double length[LIMIT + 1];      // probability of n words
    double word[TIMES][LIMIT + 1]; // mean of min(r, occurrences of a word) among n words
    double pair[TIMES][LIMIT + 1]; // the same of a pair of two different words
    double total, mean;            // over sentences
} random_text;

// p[last][c]: the last word is the first one of the pair (of a word: it does not matter), it
// occurred c times.
static void count_occurrences(random_text *t, int is_pair, int r)
{
    double p[2][TIMES + 1] = {{1}}, one = 1.0 / N_WORDS;
    for (int n = 0; n <= LIMIT; n++) {
        double mean = 0, next[2][TIMES + 1] = {{0}};
        for (int last = 0; last < 2; last++) {
            for (int c = 0; c <= r; c++) {
                mean += c * p[last][c];
                int more = c < r ? c + 1 : r;
                double hit = is_pair && last == 0 ? 0 : one, first = is_pair ? one : 0;
                next[0][more] += p[last][c] * hit;
                next[1][c] += p[last][c] * first;
                next[0][c] += p[last][c] * (1 - hit - first);
            }
        }
        (is_pair ? t->pair : t->word)[r][n] = mean;
        memcpy(p, next, sizeof p);
    }
}

// How often keys[i] occurs among n, at its first place; 0 at later ones.
static int times(const int *keys, int n, int i)
{
    int count = 0;
    for (int k = 0; k < n; k++) {
        if (keys[k] != keys[i]) continue;
        if (k < i) return 0;
        count++;
    }
    return count;
}

static void add_sentence(void *context, const bhi_translate_sentence *s, double p)
{
    random_text *t = context;
    unsigned char right[T];
    int m = bhi_translate_chinese(right, s, 0), words[T], pairs[T];
    int n_word[TIMES] = {0}, n_pair[TIMES] = {0};
    for (int i = 0; i < m; i++) {
        words[i] = right[i];
        if (i + 1 < m) pairs[i] = right[i] * 256 + right[i + 1];
        if (i + 1 < m && right[i] == right[i + 1]) CHECK(!"two different words");
    }
    for (int i = 0; i < m; i++) n_word[times(words, m, i)]++;
    for (int i = 0; i + 1 < m; i++) n_pair[times(pairs, m - 1, i)]++;
    double mean = 0, exact = 1;
    for (int n = 0; n <= LIMIT; n++) {
        double words_common = 0,
               pairs_common = n > 0 ? 2.0 / N_WORDS : 0; // at the start and the end
        for (int r = 1; r < TIMES; r++) {
            words_common += n_word[r] * t->word[r][n];
            pairs_common += n_pair[r] * t->pair[r][n];
        }
        mean += t->length[n] * 0.3 * 2 * words_common / (n + m);
        mean += t->length[n] * 0.4 * 2 * pairs_common / (n + 1 + m + 1);
        if (n == m) mean += t->length[n] * 0.3 * exact;
        exact /= N_WORDS;
    }
    t->total += p;
    t->mean += p * mean;
}

static double random_mean(void)
{
    static random_text t;
    memset(&t, 0, sizeof t);
    for (int r = 1; r < TIMES; r++) {
        count_occurrences(&t, 0, r);
        count_occurrences(&t, 1, r);
    }
    double p = 1;
    for (int n = 0; n < LIMIT; n++) {
        t.length[n] = p / A;
        p *= 1 - 1.0 / A;
    }
    t.length[LIMIT] = p;
    visit_all(add_sentence, &t);
    CHECK_NEAR(t.total, 1, 1e-9);
    return t.mean;
}

static void test_random_mean(void)
{
    double mean = random_mean();
    CHECK_NEAR(mean, BHI_TRANSLATE_RANDOM_MEAN, 5e-7); // the header states six digits
    bh_env *env = world_make(def, NULL);
    sample played = world_play_randomly(env, 10000, 5);
    CHECK_NEAR(sample_mean(&played), mean, 4 * sample_error(&played));
    bh_env_destroy(env);
    double range = BHI_TRANSLATE_OPTIMUM - BHI_TRANSLATE_RANDOM_MEAN;
    CHECK(def->reward_threshold == BHI_TRANSLATE_RANDOM_MEAN + 0.9 * range);
}

// ---- every sentence has a translation that fits and is worth 1 ----

typedef struct seen {
    int longest_english, longest_chinese, n;
} seen;

static void check_fits(void *context, const bhi_translate_sentence *s, double p)
{
    (void)p;
    seen *most = context;
    unsigned char english[T], chinese[T], literal[T];
    double parts[P];
    int n = bhi_translate_english(english, s), m = bhi_translate_chinese(chinese, s, 0);
    CHECK(bhi_translate_chinese(literal, s, 1) == m);
    if (n > most->longest_english) most->longest_english = n;
    if (m > most->longest_chinese) most->longest_chinese = m;
    most->n++;
    if (most->n % 16 != 0) return;
    bhi_translate_rate(parts, chinese, m, chinese, m);
    CHECK(parts[0] == 1 && parts[1] == 1 && parts[2] == 1);
    bhi_translate_rate(parts, chinese, m, literal, m);
    CHECK(parts[0] == 1); // never a word wrong
    int is_same = s->place < 0 && s->time < 0;
    CHECK(parts[2] == is_same && (parts[1] == 1) == is_same);
}

static void test_optimum(void)
{
    seen most = {0};
    visit_all(check_fits, &most);
    CHECK(most.longest_english == BHI_TRANSLATE_N_ENGLISH);
    CHECK(most.longest_chinese < LIMIT); // so that END follows
    CHECK_NEAR(0.3 + 0.4 + 0.3, BHI_TRANSLATE_OPTIMUM, 1e-15);
}

// ---- the examples ----

static void test_examples(void)
{
    enum { N = 10000 };
    bh_env *env = world_make(def, NULL);
    bh_rng rng = bh_rng_seed(3);
    sample total = {0}, adverbial = {0}, literal = {0};
    int zh = world_token(def, "<zh>", 4);
    for (int k = 0; k < N; k++) {
        bh_rng before = rng, same = rng;
        int tokens[WORLD_T], n = world_example(env, &rng, tokens);
        bhi_translate_sentence s = bhi_translate_draw(&same);
        float obs[T], view[T + P + 1];
        double reward;
        int at = world_follow(env, before, tokens, n, obs, &reward);
        CHECK(tokens[at - 1] == zh);
        def->view(bh_env_state(env), view);
        CHECK(view[T] == 1);
        sample_add(&total, reward);
        int has_adverbial = s.place >= 0 || s.time >= 0;
        CHECK(has_adverbial || reward == 1);
        if (!has_adverbial) continue;
        sample_add(&adverbial, reward < 1);
        if (reward < 1) sample_add(&literal, reward);
    }
    CHECK_NEAR(sample_mean(&adverbial), 0.6, 4 * sample_error(&adverbial));
    CHECK_NEAR((double)adverbial.n / N, 0.75, 0.02);
    CHECK_NEAR(sample_mean(&total), 0.80, 0.005); // the header says 0.8
    CHECK_NEAR(0.25 + 0.75 * sample_mean(&literal), 0.67,
               0.01); // if all adverbials were translated literally
    if (getenv("TELL")) {
        printf("    example %g, literal %g; random %.7f\n", sample_mean(&total),
               sample_mean(&literal), random_mean());
    }
    bh_env_destroy(env);
}

// ---- the environment ----

static bh_step play(bh_env *env, const char *start, const char *text, float *obs)
{
    world_reset(env, start, obs);
    return world_write(env, text, obs);
}

static void test_an_episode(void)
{
    static const char *const start = "they draw my cats <zh>";
    float obs[WORLD_T], view[T + P + 1];
    bh_env *env = world_make(def, NULL);
    bh_step step = play(env, start, "他们 画 我", obs);
    CHECK(!step.terminated && step.reward == 0 && obs[7] != 0 && obs[8] == 0);
    CHECK_STRING(world_tell(env, def->describe), "they draw my cats <zh> 他们 画 我 …");
    CHECK_STRING(world_tell(env, def->info), "{\"text\":\"they draw my cats <zh> 他们 画 我\"}");
    step = world_write(env, "的 猫 END", obs);
    CHECK(step.terminated);
    CHECK_NEAR(step.reward, 1, 1e-15);
    CHECK_STRING(
        world_tell(env, def->info),
        "{\"text\":\"they draw my cats <zh> 他们 画 我 的 猫\",\"parts\":{\"words\":1,\"order\":1,"
        "\"exact\":1},\"reward\":1,\"reference\":\"他们 画 我 的 猫\"}");
    def->view(bh_env_state(env), view);
    CHECK(view[T] == 1 && view[T + P] == 1);
    step = play(env, start, "他们 画 猫 的 我 END", obs);
    CHECK_NEAR(step.reward, 0.3 + 0.4 * 2 * 2 / 12, 1e-15);
    step = play(env, start, "END", obs);
    CHECK(step.terminated && step.reward == 0);
    step = play(env, start, "我 我 我 我 我 我 我 我 我 我 我 我 我", obs);
    CHECK(!step.terminated);
    step = world_write(env, "我", obs); // the fourteenth word
    CHECK(step.terminated && !step.truncated);
    CHECK_NEAR(step.reward, 0.3 * 2 / 19, 1e-15);
    bh_env_destroy(env);
}

static void test_weights(void)
{
    float obs[WORLD_T];
    void *config = bh_alloc(def->config->bytes);
    bh_config_defaults(def->config, config);
    bh_env *env = world_make(def, config);
    world_reset(env, "they draw my cats <zh>", obs);
    static const char *const names[] = {"words_weight", "order_weight", "exact_weight"};
    static const char *const values[] = {"2", "0", "0"};
    for (int i = 0; i < P; i++) {
        CHECK(bh_config_find(def->config, names[i])->flags == BH_LIVE);
        CHECK_STATUS(bh_config_set(def->config, config, names[i], values[i], NULL), BH_OK);
    }
    def->configure((void *)(uintptr_t)bh_env_state(env), config);
    bh_step step = world_write(env, "猫 的 我 画 他们 END", obs); // order does not matter then
    CHECK(step.reward == 2);
    bh_env_destroy(env);
    bh_free(config, def->config->bytes);
}

static void test_random_actions(void)
{
    bh_env *env = world_make(def, NULL);
    world_check_any_actions(env, 0, 1);
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_sentences);
    CHECK_RUN(test_data);
    CHECK_RUN(test_rule);
    CHECK_RUN(test_random_mean);
    CHECK_RUN(test_optimum);
    CHECK_RUN(test_examples);
    CHECK_RUN(test_an_episode);
    CHECK_RUN(test_weights);
    CHECK_RUN(test_random_actions);
    return check_report();
}
