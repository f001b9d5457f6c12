// SPDX-License-Identifier: MIT
// TextGen-v1: the rule, its optimum, the hacks other weights invite, the random policy's mean, the
// examples.
#include "envs/data/textgen_v1_data.h"
#include "envs/textgen_v1.h"

#include "text_world.h"

enum {
    LIMIT = BHI_TEXTGEN_V1_LIMIT,
    T = BHI_TEXTGEN_V1_N_TEXT,
    P = BHI_TEXTGEN_V1_N_PARTS,
};

enum { N_WORDS = sizeof words / sizeof words[0] };

static const bh_env_def *const def = &bh_env_textgen_v1;

typedef struct score {
    double part[P];
} score;

static score rate(const char *topic, const char *text)
{
    int tokens[WORLD_T], topic_token;
    unsigned char bytes[WORLD_T];
    world_parse(def, topic, &topic_token);
    int n = world_parse(def, text, tokens);
    for (int i = 0; i < n; i++) bytes[i] = (unsigned char)tokens[i];
    score s;
    bhi_textgen_v1_rate(s.part, topic_token - 1 - N_WORDS, bytes, n);
    return s;
}

// ---- the rule ----

static void test_rule(void)
{
    static const struct {
        const char *topic, *text;
        score want;
    } rows[] = {
        {"<animals>", "", {{0, 0, 0, 0, 0.5}}},
        {"<animals>", "the", {{0.5 / 6, 0, 1.0 / 6, 0, 0.5}}},
        {"<animals>", "the playful dog gladly chases the mouse", {{1, 1, 1, 1, 1}}},
        {"<animals>", "the fierce dog sadly chases the mouse", {{1, 1, 1, 1, 0}}},
        {"<animals>", "the hungry dog chases the mouse", {{1, 1, 1, 1, 0.5}}},
        {"<animals>", "the dog likes the mouse", {{1, 0.5, 5.0 / 6, 0.75, 1}}},
        {"<animals>", "the dog is happy", {{1, 0.25, 4.0 / 6, 0.5, 1}}},
        {"<animals>", "the dog is happy and lazy", {{1, 0.25, 1, 0.75, 0.5}}},
        {"<animals>", "the happy dog is happy", {{1, 0.25, 5.0 / 6, 0.5, 1}}},
        {"<animals>", "the dog and the cat", {{0.5 * 2 / 6, 0.5, 5.0 / 6, 0.5, 0.5}}},
        {"<animals>", "the playful dog chases the soup", {{1, 0.75 * 3 / 4, 1, 1, 1}}},
        {"<animals>", "a happy cat gladly sees the fish near a dog", {{1, 0.75, 0.5, 1, 1}}},
        {"<kitchen>", "the cook gladly serves the fish near a hot soup", {{1, 1, 0.5, 1, 1}}},
        {"<kitchen>", "the dog chases the mouse", {{1, 0, 5.0 / 6, 0.75, 0.5}}},
        {"<weather>", "the bright wind brings a rainbow", {{1, 1, 1, 1, 1}}},
        {"<weather>",
         "storm storm storm storm storm storm storm storm storm storm storm storm",
         {{0, 0.25, 0, 1.0 / 12, 0.5}}},
        {"<school>", "a clever student reads the book kindly", {{0.5 * 6 / 7, 1, 1, 1, 1}}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        score s = rate(rows[i].topic, rows[i].text);
        for (int k = 0; k < P; k++) {
            if (!CHECK_NEAR(s.part[k], rows[i].want.part[k], 1e-15))
                printf("    row %d, part %d\n", (int)i, k);
        }
    }
}

// Each part is at most 1, and so the return at most the sum of the weights; the texts of the header
// reach it.
static void test_optimum(void)
{
    static const char *const best[][2] = {
        {"<animals>", "the playful dog gladly chases the mouse"},
        {"<kitchen>", "a happy cook serves the tasty soup"},
        {"<weather>", "the bright wind pushes a grey cloud"},
        {"<school>", "the clever teacher kindly explains a lesson"},
    };
    bh_env *env = world_make(def, NULL);
    for (int i = 0; i < N_TOPICS; i++) {
        float obs[WORLD_T];
        world_reset(env, best[i][0], obs);
        world_write(env, best[i][1], obs);
        bh_step step = world_write(env, "END", obs);
        CHECK(step.terminated);
        CHECK_NEAR(step.reward, BHI_TEXTGEN_V1_OPTIMUM, 1e-15);
    }
    bh_env_destroy(env);
}

// What a single part is satisfied by.
static void test_hacks(void)
{
    CHECK(rate("<animals>", "the dog is big").part[0] == 1);
    CHECK(rate("<school>", "the dog is big").part[0] == 1);
    CHECK(rate("<animals>", "dog cat mouse fish").part[1] == 1);
    CHECK(rate("<animals>", "the the the the the the").part[2] == 1);
    CHECK(rate("<animals>", "dog soup cold reads").part[3] == 1);
    CHECK(rate("<animals>", "happy").part[4] == 1);
    CHECK(rate("<animals>", "happy happy happy happy").part[4] == 1);
    score both = rate("<animals>", "playful playful dog cat mouse happy");
    CHECK(both.part[1] == 1 && both.part[4] == 1 && both.part[0] == 0);
}

static void test_data(void)
{
    CHECK(N_WORDS == 64 && N_TOPICS == 4);
    for (int w = 0; w < N_WORDS; w++) {
        CHECK((words[w].class_id == CLASS_END) == (w == 0));
        CHECK(is_content[words[w].class_id] || (words[w].topics == 0 && words[w].sentiment == 0));
    }
    bh_env *env = world_make(def, NULL);
    world_check_vocabulary(env, 1 + N_WORDS + N_TOPICS, T, N_WORDS);
    bh_env_destroy(env);
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

static int next_state(int state, int class_id)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].from == state && rules[i].class_id == class_id) return rules[i].to;
    }
    return -1;
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
            mean += fine[s] * stop(n) * (is_sentence[s] ? 1.0 : grammar_share(n, n));
            for (int w = 1; w < N_WORDS; w++) {
                int to = next_state(s, words[w].class_id);
                if (to >= 0) next[to] += fine[s] / N_WORDS;
                else broken[n] += fine[s] / N_WORDS;
            }
        }
        memcpy(fine, next, sizeof fine);
    }
    return mean;
}

static double mean_topic(int topic)
{
    double n_on = 0, n_off = 0; // words of the vocabulary
    for (int w = 1; w < N_WORDS; w++) {
        if (words[w].topics & (1u << topic)) n_on++;
        else if (words[w].topics != 0) n_off++;
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

static double mean_length(void)
{
    double p = 1, mean = 0;
    for (int n = 0; n <= LIMIT; n++) {
        mean += p * stop(n) * (n < 6 ? n / 6.0 : n <= 8 ? 1.0 : 1.0 - (n - 8) / 4.0);
        p *= 1 - stop(n);
    }
    return mean;
}

static double mean_repetition(void)
{
    double n_words = 0; // content words of the vocabulary
    for (int w = 1; w < N_WORDS; w++) n_words += is_content[words[w].class_id];
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

static double mean_sentiment(void)
{
    double n_good = 0, n_bad = 0; // words of the vocabulary
    for (int w = 1; w < N_WORDS; w++) {
        n_good += words[w].sentiment > 0;
        n_bad += words[w].sentiment < 0;
    }
    double p[LIMIT + 2][LIMIT + 2] = {{1}}, mean = 0; // [pleasant words][unpleasant ones]
    for (int n = 0; n <= LIMIT; n++) {
        double next[LIMIT + 2][LIMIT + 2] = {{0}};
        for (int g = 0; g <= n; g++) {
            for (int b = 0; g + b <= n; b++) {
                mean += p[g][b] * stop(n) * (g + b > 0 ? (double)g / (g + b) : 0.5);
                next[g + 1][b] += p[g][b] * n_good / N_WORDS;
                next[g][b + 1] += p[g][b] * n_bad / N_WORDS;
                next[g][b] += p[g][b] * (N_WORDS - 1 - n_good - n_bad) / N_WORDS;
            }
        }
        memcpy(p, next, sizeof p);
    }
    return mean;
}

static double random_mean(void)
{
    double topic = 0;
    for (int t = 0; t < N_TOPICS; t++) topic += mean_topic(t) / N_TOPICS;
    return 0.35 * mean_grammar() + 0.25 * topic + 0.1 * mean_length() + 0.1 * mean_repetition() +
           0.2 * mean_sentiment();
}

static void test_random_mean(void)
{
    CHECK_NEAR(random_mean(), BHI_TEXTGEN_V1_RANDOM_MEAN, 5e-7); // the header states six digits
    bh_env *env = world_make(def, NULL);
    sample played = world_play_randomly(env, 10000, 5);
    CHECK_NEAR(sample_mean(&played), random_mean(), 4 * sample_error(&played));
    bh_env_destroy(env);
    double range = BHI_TEXTGEN_V1_OPTIMUM - BHI_TEXTGEN_V1_RANDOM_MEAN;
    CHECK(def->reward_threshold == BHI_TEXTGEN_V1_RANDOM_MEAN + 0.9 * range);
}

// ---- the examples ----

static void test_examples(void)
{
    enum { N = 10000 };
    bh_env *env = world_make(def, NULL);
    bh_rng rng = bh_rng_seed(3);
    sample total = {0}, part[P] = {{0}};
    int count[N_TOPICS] = {0};
    for (int k = 0; k < N; k++) {
        bh_rng before = rng;
        int tokens[WORLD_T], n = world_example(env, &rng, tokens);
        float obs[WORLD_T], view[T + P + 1];
        double reward;
        CHECK(world_follow(env, before, tokens, n, obs, &reward) == 1 && tokens[0] > N_WORDS);
        count[tokens[0] - 1 - N_WORDS]++;
        def->view(bh_env_state(env), view);
        CHECK(view[T] == 1); // always grammatical
        for (int i = 0; i < P; i++) sample_add(&part[i], view[T + i]);
        sample_add(&total, reward);
    }
    for (int t = 0; t < N_TOPICS; t++) CHECK_NEAR(count[t], N / 4, 5 * sqrt(N * 0.25 * 0.75));
    CHECK_NEAR(sample_mean(&total), 0.744, 0.005); // the header says 0.74
    CHECK_NEAR(sample_mean(&part[4]), 0.5, 0.02);
    for (int i = 1; i < P; i++) CHECK(sample_mean(&part[i]) < 0.95);
    if (getenv("TELL")) {
        printf("    example %g;", sample_mean(&total));
        for (int i = 0; i < P; i++) printf(" %g", sample_mean(&part[i]));
        printf("; random %.7f\n", random_mean());
    }
    bh_env_destroy(env);
}

// ---- the environment ----

static void test_an_episode(void)
{
    float obs[WORLD_T], view[T + P + 1];
    bh_env *env = world_make(def, NULL);
    world_reset(env, "<animals>", obs);
    CHECK_STRING(world_tell(env, def->describe), "<animals> …");
    CHECK_STRING(world_tell(env, def->info), "{\"text\":\"<animals>\"}");
    bh_step step = world_write(env, "the hungry dog chases", obs);
    CHECK(!step.terminated && step.reward == 0 && obs[4] != 0 && obs[5] == 0);
    CHECK_STRING(world_tell(env, def->describe), "<animals> the hungry dog chases …");
    def->view(bh_env_state(env), view);
    CHECK(view[4] == obs[4] && view[5] == 0 && view[T] == -1 && view[T + P] == -1);
    step = world_write(env, "the dog END", obs);
    CHECK(step.terminated && !step.truncated && obs[7] == (float)def->text->ends_at);
    CHECK_NEAR(step.reward, 0.35 * 0.5 * 5 / 6 + 0.25 * 0.75 + 0.1 + 0.1 * 0.75 + 0.2 * 0.5, 1e-15);
    CHECK_STRING(world_tell(env, def->describe), "<animals> the hungry dog chases the dog");
    const char *info = world_tell(env, def->info);
    CHECK(
        strstr(
            info,
            "{\"text\":\"<animals> the hungry dog chases the dog\",\"parts\":{\"grammar\":0.41") ==
        info);
    CHECK(strstr(info, "\"repetition\":0.75,\"sentiment\":0.5},\"reward\":0.6") != NULL);
    def->view(bh_env_state(env), view);
    CHECK(view[T + 1] == 0.75f && view[T + P] == (float)step.reward);
    CHECK(strstr(world_tell(env, def->layout), "\"actions\":[\"END\",\"the\",") != NULL);
    bh_env_destroy(env);
}

static void test_limit(void)
{
    float obs[WORLD_T];
    bh_env *env = world_make(def, NULL);
    world_reset(env, "<kitchen>", obs);
    bh_step step = world_write(env, "a hot cook gladly serves a fresh pie near the big", obs);
    CHECK(!step.terminated);
    step = world_write(env, "baker", obs); // the twelfth word
    CHECK(step.terminated && obs[12] != 0 && obs[13] == 0);
    CHECK_NEAR(step.reward, 0.35 + 0.25 + 0 + 0.1 + 0.2, 1e-15);
    bh_env_destroy(env);
}

// Weights count as they are at the end, whenever they were set.
static void test_weights(void)
{
    float obs[WORLD_T];
    void *config = bh_alloc(def->config->bytes);
    bh_config_defaults(def->config, config);
    bh_env *env = world_make(def, config);
    world_reset(env, "<animals>", obs);
    static const char *const names[] = {"grammar_weight", "topic_weight", "length_weight",
                                        "repetition_weight", "sentiment_weight"};
    static const char *const values[] = {"0", "1", "2", "0.5", "10"};
    for (int i = 0; i < P; i++) {
        CHECK(bh_config_find(def->config, names[i])->flags == BH_LIVE);
        CHECK_STATUS(bh_config_set(def->config, config, names[i], "11", NULL), BH_ERR_CONFIG);
        CHECK_STATUS(bh_config_set(def->config, config, names[i], "-1", NULL), BH_ERR_CONFIG);
        CHECK_STATUS(bh_config_set(def->config, config, names[i], values[i], NULL), BH_OK);
    }
    bh_env *other = world_make(def, config);
    def->configure((void *)(uintptr_t)bh_env_state(env), config);
    bh_step step = world_write(env, "happy dog cat END", obs);
    CHECK_NEAR(step.reward, 0.5 + 2 * 3.0 / 6 + 0.5 * 3 / 4 + 10, 1e-15);
    world_reset(other, "<animals>", obs);
    step = world_write(other, "happy dog cat END", obs);
    CHECK_NEAR(step.reward, 0.5 + 2 * 3.0 / 6 + 0.5 * 3 / 4 + 10, 1e-15);
    bh_env_destroy(other);
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
    CHECK_RUN(test_rule);
    CHECK_RUN(test_optimum);
    CHECK_RUN(test_hacks);
    CHECK_RUN(test_data);
    CHECK_RUN(test_random_mean);
    CHECK_RUN(test_examples);
    CHECK_RUN(test_an_episode);
    CHECK_RUN(test_limit);
    CHECK_RUN(test_weights);
    CHECK_RUN(test_random_actions);
    return check_report();
}
