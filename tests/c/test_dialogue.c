// SPDX-License-Identifier: MIT
// Dialogue-v0: the guest, the optimum and the random policy's mean over what is known of the need,
// the examples.
#include "envs/data/dialogue_v0_data.h"
#include "envs/data/dialogue_v0_sentences.h"
#include "envs/dialogue.h"
#include "envs/token_text.h"

#include "text_world.h"

enum {
    LIMIT = BHI_DIALOGUE_LIMIT,
    T = BHI_DIALOGUE_N_TEXT,
    P = BHI_DIALOGUE_N_PARTS,
};

static const bh_env_def *const def = &bh_env_dialogue;

enum { A = N_REPLIES, V = N_TOKENS, GOODBYE = REPLY_GOODBYE };

static void test_data(void)
{
    for (int q = 0; q <= N_QUESTIONS; q++) {
        for (int need = 0; need < N_NEEDS; need++) {
            int sum = 0;
            for (int i = 0; i < N_ANSWERS; i++)
                sum += answers[i].question == q ? answers[i].percent[need] : 0;
            CHECK(sum == 100);
        }
    }
    bh_env *env = world_make(def, NULL);
    world_check_vocabulary(env, V, T, A);
    CHECK(V == 57 && A == 11 && T == 28);
    const char *layout = world_tell(env, def->layout);
    CHECK(strstr(layout, "\"actions\":[\"Where?\",\"When?\"") != NULL);
    CHECK(strstr(layout, "\"replies\":[\"Where is it?\"") != NULL);
    bh_env_destroy(env);
}

// ---- values of what is known ----
//
// All that is known of the need: the opening, the answers to the questions asked, the solutions
// that were wrong. Ways of saying the same tell nothing. As a step's reward depends on the need,
// its mean is taken over those left, each as likely as it makes what was said.

typedef struct known {
    int answer[N_QUESTIONS + 1]; // row + 1; 0 not asked
    unsigned tried;              // a bit per need
    int n_turns;
} known;

typedef struct weights {
    double solved, turn, wrong;
} weights;

enum { N_ORDINALS = 5, N_KNOWN = 5 * 5 * 5 * 5 * 5 };

typedef struct solver {
    int is_random;
    weights w;
    struct {
        int is_done, best;
        double value;
    } memo[N_KNOWN][1 << N_NEEDS];
} solver;

// The how many-th answer to its question, from 1.
static int ordinal(int row)
{
    int n = 1;
    for (int i = 0; i < row; i++) n += answers[i].question == answers[row].question;
    CHECK(n < N_ORDINALS);
    return n;
}

static int memo_index(const known *k)
{
    int index = 0;
    for (int q = 0; q <= N_QUESTIONS; q++)
        index = index * N_ORDINALS + (k->answer[q] > 0 ? ordinal(k->answer[q] - 1) : 0);
    return index;
}

static double likelihood(const known *k, int need)
{
    double p = k->tried >> need & 1 ? 0 : 1.0 / N_NEEDS;
    for (int q = 0; q <= N_QUESTIONS; q++) {
        if (k->answer[q] > 0) p *= answers[k->answer[q] - 1].percent[need] / 100.0;
    }
    return p;
}

static double evidence(const known *k)
{
    double sum = 0;
    for (int need = 0; need < N_NEEDS; need++) sum += likelihood(k, need);
    return sum;
}

static double value(solver *s, const known *k);

static int is_given(const known *k, int reply)
{
    if (reply < N_QUESTIONS) return k->answer[reply] > 0;
    return reply < GOODBYE && (k->tried >> (reply - N_QUESTIONS) & 1);
}

static double value_of_reply(solver *s, const known *k, int reply)
{
    double v = -s->w.turn, total = evidence(k);
    known next = *k;
    next.n_turns++;
    if (reply == GOODBYE) return v;
    if (reply < N_QUESTIONS) {
        for (int row = 0; row < N_ANSWERS; row++) {
            if (answers[row].question != reply) continue;
            next.answer[reply] = row + 1;
            double p = evidence(&next) / total;
            if (p > 0) v += p * value(s, &next);
        }
        return v;
    }
    double p = likelihood(k, reply - N_QUESTIONS) / total;
    next.tried |= 1u << (reply - N_QUESTIONS);
    v += p * s->w.solved;
    if (evidence(&next) > 0) v += (1 - p) * (value(s, &next) - s->w.wrong);
    return v;
}

static double value(solver *s, const known *k)
{
    if (k->n_turns == LIMIT) return 0;
    int index = memo_index(k), n = 0, best = -1;
    if (s->memo[index][k->tried].is_done) return s->memo[index][k->tried].value;
    double most = -INFINITY, sum = 0;
    for (int reply = 0; reply < A; reply++) {
        if (is_given(k, reply)) continue;
        double v = value_of_reply(s, k, reply);
        if (v > most) {
            most = v;
            best = reply;
        }
        sum += v;
        n++;
    }
    s->memo[index][k->tried].is_done = 1;
    s->memo[index][k->tried].best = best;
    return s->memo[index][k->tried].value = s->is_random ? sum / n : most;
}

// The mean return from the guest's arrival on.
static double solve(solver *s, int is_random, weights w)
{
    memset(s, 0, sizeof *s);
    s->is_random = is_random;
    s->w = w;
    double mean = 0;
    for (int row = 0; row < N_ANSWERS; row++) {
        known k = {0};
        if (answers[row].question != N_QUESTIONS) continue;
        k.answer[N_QUESTIONS] = row + 1;
        mean += evidence(&k) * value(s, &k);
    }
    return mean;
}

static solver *solved; // on the heap: it is large, and the leak checker looks through static memory
static const weights usual = {1, 0.1, 0.5};

static void test_random_mean(void)
{
    double mean = solve(solved, 1, usual);
    CHECK_NEAR(mean, BHI_DIALOGUE_RANDOM_MEAN, 5e-7); // the header states six digits
    bh_env *env = world_make(def, NULL);
    sample played = world_play_randomly(env, 20000, 5);
    CHECK_NEAR(sample_mean(&played), mean, 4 * sample_error(&played));
    bh_env_destroy(env);
    double range = BHI_DIALOGUE_OPTIMUM - BHI_DIALOGUE_RANDOM_MEAN;
    CHECK(def->reward_threshold == BHI_DIALOGUE_RANDOM_MEAN + 0.9 * range);
}

// ---- what an observation tells ----

static int is_saying(int row, const float *said, int n)
{
    for (int i = 0; i < BHI_DIALOGUE_SAYING; i++) {
        int word = sayings[row].words[i];
        if (i < n ? said[i] != (float)word : word != WORD_NONE) return 0;
    }
    return n <= BHI_DIALOGUE_SAYING;
}

// The answer to a question that those n words are; only one can be.
static int heard(int question, const float *said, int n)
{
    int found = -1;
    for (int row = 0; row < N_ANSWERS; row++) {
        if (answers[row].question != question) continue;
        for (int i = 0; i < (int)(sizeof sayings / sizeof sayings[0]); i++) {
            if (sayings[i].meaning != answers[row].meaning || !is_saying(i, said, n)) continue;
            CHECK(found == -1 || found == row);
            found = row;
        }
    }
    CHECK(found >= 0);
    return found;
}

// What is known from a dialogue of n tokens that goes on.
static known known_from(const float *obs, int n)
{
    known k = {0};
    int reply = N_QUESTIONS, is_question = 1; // the opening answers a question nobody asked
    for (int i = 0; i < n;) {
        int end = i;
        while (end < n && obs[end] > TOKEN_END) end++;
        if (is_question) k.answer[reply] = heard(reply, obs + i, end - i) + 1;
        if (end == n) break;
        reply = (int)obs[end] - 1;
        is_question = reply < N_QUESTIONS;
        CHECK(reply >= 0 && reply < GOODBYE && !is_given(&k, reply));
        if (!is_question) k.tried |= 1u << (reply - N_QUESTIONS);
        k.n_turns++;
        i = end + 1;
    }
    return k;
}

static int length(const float *obs)
{
    int n = 0;
    while (n < T && obs[n] != (float)BH_TOKEN_PAD) n++;
    return n;
}

static int best_reply(void *context, const bh_env *env, const float *obs)
{
    const solver *s = context;
    known now = known_from(obs, length(obs));
    CHECK(evidence(&now) > 0 && now.n_turns == bh_env_elapsed(env));
    return s->memo[memo_index(&now)][now.tried].best;
}

// The best policy of the solver, played on observations alone, gets what the solver says.
static void test_optimum(void)
{
    double optimum = solve(solved, 0, usual);
    CHECK_NEAR(optimum, BHI_DIALOGUE_OPTIMUM, 5e-7); // the header states six digits
    bh_env *env = world_make(def, NULL);
    sample played = world_play(env, 10000, best_reply, solved);
    CHECK_NEAR(sample_mean(&played), optimum, 4 * sample_error(&played));
    bh_env_destroy(env);
}

// The first reply of the best policy to a guest of whom nothing is known.
static int first_reply(weights w)
{
    known k = {.answer[N_QUESTIONS] = 1};
    solve(solved, 0, w);
    return solved->memo[memo_index(&k)][0].best;
}

// Wrong solutions of the best policy: what they cost more when they cost a little more.
static double wrong_solutions(weights w)
{
    const double little = 1e-4;
    weights more = {w.solved, w.turn, w.wrong + little};
    return (solve(solved, 0, w) - solve(solved, 0, more)) / little;
}

static void test_hacks(void)
{
    CHECK(first_reply(usual) < N_QUESTIONS); // asks
    CHECK(first_reply((weights){1, 2, 0.5}) == GOODBYE);
    CHECK_NEAR(solve(solved, 0, (weights){1, 2, 0.5}), -2, 1e-12);
    CHECK_NEAR(wrong_solutions(usual), 0.1, 0.05); // the header's figures
    CHECK_NEAR(wrong_solutions((weights){1, 0.1, 0}), 1, 0.05);
    if (getenv("TELL")) {
        printf("    wrong solutions %g, at no cost %g; free questions %g\n", wrong_solutions(usual),
               wrong_solutions((weights){1, 0.1, 0}), solve(solved, 0, (weights){1, 0, 0.5}));
    }
}

// ---- the examples ----

static void test_examples(void)
{
    enum { N = 10000 };
    bh_env *env = world_make(def, NULL);
    bh_rng rng = bh_rng_seed(3);
    sample total = {0}, wrong = {0}, solved_share = {0};
    for (int e = 0; e < N; e++) {
        int tokens[WORLD_T], n = world_example(env, &rng, tokens), solution = -1;
        float obs[T] = {0};
        double n_turns = 0, n_wrong = 0;
        CHECK(n <= T);
        for (int i = 0; i < n; i++) {
            int reply = tokens[i] - 1;
            if (reply < A) {
                unsigned char allowed[A];
                def->text->allowed(allowed, obs);
                CHECK(allowed[reply]);
                n_turns++;
                solution = reply >= N_QUESTIONS && reply < GOODBYE ? reply : -1;
                known k = known_from(obs, i);
                CHECK(evidence(&k) > 0);
            }
            n_wrong += tokens[i] == WORD_WRONG ||
                       (tokens[i] == WORD_THAT && solution >= 0 && tokens[i - 1] == WORD_NOT &&
                        tokens[i - 2] - 1 == solution);
            obs[i] = (float)tokens[i];
        }
        int is_solved = tokens[n - 2] == WORD_THANKS || tokens[n - 3] == WORD_THANK;
        CHECK(is_solved || tokens[n - 2] == WORD_GOODBYE || tokens[n - 2] == WORD_MIND);
        n_wrong += !is_solved && solution >= 0; // the last one
        CHECK(n_turns >= 1 && n_turns <= LIMIT);
        sample_add(&total, is_solved - 0.1 * n_turns - 0.5 * n_wrong);
        sample_add(&wrong, n_wrong);
        sample_add(&solved_share, is_solved);
    }
    CHECK_NEAR(sample_mean(&total), -0.20, 0.02); // as the header says
    if (getenv("TELL")) {
        printf("    example %g (%g wrong, %g solved); random %.7f, optimum %.7f\n",
               sample_mean(&total), sample_mean(&wrong), sample_mean(&solved_share),
               solve(solved, 1, usual), solve(solved, 0, usual));
    }
    bh_env_destroy(env);
}

// ---- the environment ----

// Resets until the info of a dialogue that ends at once says that need, then starts the same one
// again.
static void start(bh_env *env, const char *need, float *obs)
{
    char want[64];
    snprintf(want, sizeof want, "\"need\":\"%s\"", need);
    for (uint64_t seed = 0; seed < 1000; seed++) {
        bh_env_seed(env, seed);
        bh_env_reset(env, obs);
        bh_step step;
        bh_env_step(env, GOODBYE, obs, &step, NULL);
        if (strstr(world_tell(env, def->info), want) == NULL) continue;
        bh_env_seed(env, seed);
        bh_env_reset(env, obs);
        return;
    }
    CHECK(!"such a guest");
}

static void test_an_episode(void)
{
    float obs[WORLD_T], view[T + P + 1];
    unsigned char allowed[A];
    bh_env *env = world_make(def, NULL);
    start(env, "taxi", obs);
    CHECK(world_allowed(env, obs, allowed) == A);
    const char *line = world_tell(env, def->describe);
    CHECK(strstr(line, "[") == NULL && strncmp(line, "Guest: ", 7) == 0);
    CHECK(strstr(line, " Bellhop: …") != NULL);
    bh_step step = world_write(env, "Leaving?", obs);
    CHECK_NEAR(step.reward, -0.1, 1e-15);
    CHECK(!step.terminated && world_allowed(env, obs, allowed) == A - 1 &&
          !allowed[QUESTION_LEAVING]);
    step = world_write(env, "[bags]", obs);
    CHECK_NEAR(step.reward, -0.6, 1e-15);
    CHECK(!step.terminated && world_allowed(env, obs, allowed) == A - 2);
    def->view(bh_env_state(env), view);
    CHECK(view[T] == -1 && view[T + P] == -1 && view[0] == obs[0]);
    step = world_write(env, "[taxi]", obs);
    CHECK_NEAR(step.reward, 0.9, 1e-15);
    CHECK(step.terminated && obs[length(obs) - 1] == TOKEN_END);
    def->view(bh_env_state(env), view);
    CHECK(view[T] == 1 && view[T + 1] == 3 && view[T + 2] == 1);
    CHECK_NEAR(view[T + P], 1 - 0.3 - 0.5, 1e-6);
    const char *info = world_tell(env, def->info);
    CHECK(strstr(info, "\"parts\":{\"solved\":1,\"turns\":3,\"wrong\":1},\"reward\":0.2") != NULL ||
          strstr(info, "\"wrong\":1},\"reward\":0.19") != NULL);
    CHECK(strstr(info, ",\"need\":\"taxi\"}") != NULL);
    bh_env_destroy(env);
}

// Six replies are the limit; those given again cost again and are answered the same.
static void test_limit(void)
{
    float obs[WORLD_T];
    bh_env *env = world_make(def, NULL);
    start(env, "key", obs);
    int before = length(obs);
    world_write(env, "Where?", obs);
    int n = length(obs) - before;
    bh_step step = world_write(env, "Where?", obs);
    CHECK(!step.terminated && length(obs) == before + 2 * n);
    for (int i = 0; i < n; i++) CHECK(obs[before + i] == obs[before + n + i]);
    step = world_write(env, "[wifi] [wifi]", obs);
    CHECK_NEAR(step.reward, -0.6, 1e-15);
    step = world_write(env, "Where?", obs);
    CHECK(!step.terminated);
    step = world_write(env, "When?", obs);
    CHECK(step.terminated && !step.truncated && obs[length(obs) - 1] == TOKEN_END);
    start(env, "key", obs);
    step = world_write(env, "[goodbye]", obs);
    CHECK(step.terminated && step.reward == -0.1);
    start(env, "key", obs);
    step = world_write(env, "[key]", obs);
    CHECK(step.terminated);
    CHECK_NEAR(step.reward, 0.9, 1e-15);
    bh_env_destroy(env);
}

// ---- what a reader is shown ----

// Several ways to say it, in both languages, no two alike; those that say nothing aside.
static void check_ways(const char *const *en, const char *const *zh, int n, int may_be_empty)
{
    CHECK(n >= 3);
    for (int i = 0; i < n; i++) {
        CHECK(en[i] != NULL && zh[i] != NULL && (may_be_empty || (*en[i] && *zh[i])));
        CHECK(strchr(en[i], '[') == NULL && strstr(zh[i], "【") == NULL);
        CHECK(strpbrk(en[i], "'\"\n") == NULL); // apostrophes are curly
        for (const char *c = zh[i]; *c; c++) CHECK((unsigned char)*c >= 0x80);
        for (int j = 0; j < i && *en[i]; j++)
            CHECK(strcmp(en[i], en[j]) != 0 && strcmp(zh[i], zh[j]) != 0);
    }
}

static void test_sentences(void)
{
    for (int r = 0; r < N_REPLIES; r++)
        check_ways(bellhop_sentences[r].en, bellhop_sentences[r].zh, N_SENTENCES, 0);
    for (int b = 0; b < N_BEFORE; b++)
        check_ways(before_sentences[b].en, before_sentences[b].zh, N_SENTENCES, b == BEFORE_NEXT);
    for (int m = 0; m < N_MEANINGS; m++)
        check_ways(guest_sentences[m].en, guest_sentences[m].zh, N_SENTENCES, 0);
    for (int need = 0; need < N_NEEDS; need++) {
        const dialogue_need_sentences *no = &not_that_sentences[need];
        const dialogue_need_sentences *yes = &solved_sentences[need];
        check_ways(no->en, no->zh, N_OF_NEED, 0);
        check_ways(yes->en, yes->zh, N_OF_NEED, 0);
    }
    check_ways(goodbye_sentences.en, goodbye_sentences.zh, N_SENTENCES, 0);
}

// The talk of those words, a static buffer.
static const char *talk_of(const char *text, uint32_t key)
{
    static char buffer[WORLD_TELL];
    int tokens[WORLD_T], n = world_parse(def, text, tokens);
    uint16_t ids[WORLD_T];
    for (int i = 0; i < n; i++) ids[i] = (uint16_t)tokens[i];
    bh_text out = bh_text_over(buffer, sizeof buffer);
    def->text->talk(ids, n, key, &out);
    CHECK(bh_text_fits(&out) && json_is_valid(buffer));
    return buffer;
}

static int is_among(const char *talk, const char *const *sentences, int n)
{
    for (int i = 0; i < n; i++) {
        if (strstr(talk, sentences[i]) != NULL) return 1;
    }
    return 0;
}

// Each meaning is said in its own sentences, and over keys in every one of them.
static void test_each_way_is_taken(void)
{
    for (int row = 0; row < (int)(sizeof sayings / sizeof sayings[0]); row++) {
        char text[64] = "";
        for (int i = 0; i < BHI_DIALOGUE_SAYING && sayings[row].words[i] != WORD_NONE; i++) {
            if (i > 0) strcat(text, " ");
            strcat(text, words[sayings[row].words[i]].en);
        }
        const dialogue_sentences *own = &guest_sentences[sayings[row].meaning];
        int taken[2] = {0};
        for (uint32_t key = 0; key < 64; key++) {
            const char *talk = talk_of(text, key);
            char begins[128];
            snprintf(begins, sizeof begins, "[{\"who\":\"guest\",\"text\":\"%s\",", text);
            CHECK(strncmp(talk, begins, strlen(begins)) == 0);
            for (int i = 0; i < N_SENTENCES; i++) {
                char member[256];
                snprintf(member, sizeof member, "\"en\":\"%s\"", own->en[i]);
                taken[0] |= (strstr(talk, member) != NULL) << i;
                snprintf(member, sizeof member, "\"zh\":\"%s\"", own->zh[i]);
                taken[1] |= (strstr(talk, member) != NULL) << i;
            }
        }
        CHECK(taken[0] == (1 << N_SENTENCES) - 1 && taken[1] == taken[0]);
    }
}

// A guest answers what was said, and what is said twice is not said alike.
static void test_talk(void)
{
    for (uint32_t key = 0; key < 32; key++) {
        const char *talk = talk_of("please help me [taxi] not that", key);
        CHECK(is_among(talk, not_that_sentences[NEED_TAXI].en, N_OF_NEED));
        CHECK(is_among(talk, before_sentences[BEFORE_FIRST].zh, N_SENTENCES));
        talk = talk_of("please help me [taxi] that is wrong [bags] thanks END", key);
        CHECK(is_among(talk, before_sentences[BEFORE_AFTER_WRONG].en, N_SENTENCES));
        CHECK(is_among(talk, solved_sentences[NEED_BAGS].zh, N_OF_NEED));
        talk = talk_of("please help me [goodbye] never mind END", key);
        CHECK(is_among(talk, goodbye_sentences.en, N_SENTENCES));
        CHECK(!is_among(talk, guest_sentences[MEANING_GIVES_UP].en, N_SENTENCES));
        talk = talk_of("Where? in my room Where? in my room", key);
        int n = 0;
        for (int i = 0; i < N_SENTENCES; i++) {
            n += strstr(talk, bellhop_sentences[QUESTION_WHERE].en[i]) != NULL;
            n += strstr(talk, guest_sentences[MEANING_IN_ROOM].zh[i]) != NULL;
        }
        CHECK(n >= 4); // two of each; the words of one may stand within another
    }
    CHECK_STRING(talk_of("", 1), "[]");
}

// What guests never say, as language models write it, is shown as it is; behind END nothing is.
static void test_strange_talk(void)
{
    CHECK_STRING(talk_of("please room", 5), "[{\"who\":\"guest\",\"text\":\"please room\","
                                            "\"en\":\"please room\",\"zh\":\"please room\"}]");
    CHECK_STRING(talk_of("please room END thanks", 5),
                 "[{\"who\":\"guest\",\"text\":\"please room\","
                 "\"en\":\"please room\",\"zh\":\"please room\"}]");
    CHECK(is_among(talk_of("Where? thanks", 3), guest_sentences[MEANING_SOLVED].en, N_SENTENCES));
    CHECK(
        is_among(talk_of("When? not that", 3), guest_sentences[MEANING_NOT_THAT].zh, N_SENTENCES));
    uint16_t many[400];
    for (int i = 0; i < 400; i++) many[i] = WORD_SOMETHING;
    char buffer[WORLD_TELL];
    bh_text out = bh_text_over(buffer, sizeof buffer);
    def->text->talk(many, 400, 0, &out);
    CHECK(json_is_valid(buffer));
}

// The same guest says the same, whoever asks; another guest of the same words often something else.
static void test_same_talk(void)
{
    float obs[WORLD_T];
    bh_env *env = world_make(def, NULL), *again = world_make(def, NULL);
    char first[WORLD_TELL], before[WORLD_TELL] = "";
    int n_others = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        bh_step step;
        bh_env *const both[2] = {env, again};
        for (int i = 0; i < 2; i++) {
            bh_env_seed(both[i], seed);
            bh_env_reset(both[i], obs);
            bh_env_step(both[i], QUESTION_BROKEN, obs, &step, NULL);
            bh_env_step(both[i], QUESTION_LEAVING, obs, &step, NULL);
        }
        strcpy(first, strstr(world_tell(env, def->info), "\"talk\":"));
        CHECK_STRING(strstr(world_tell(again, def->info), "\"talk\":"), first);
        strcpy(first, world_tell(env, def->describe));
        CHECK_STRING(world_tell(again, def->describe), first);
        n_others += strcmp(first, before) != 0;
        strcpy(before, first);
        int n_turns = 0;
        for (const char *c = first; (c = strpbrk(c, "GB")) != NULL; c++)
            n_turns += strncmp(c, "Guest: ", 7) == 0 || strncmp(c, "Bellhop: ", 9) == 0;
        CHECK(n_turns == 6); // a guest, two exchanges, the bellhop to reply
    }
    CHECK(n_others >= 45);
    bh_env_destroy(env);
    bh_env_destroy(again);
}

static int any_but_goodbye(void *rng, const bh_env *env, const float *obs)
{
    (void)env;
    (void)obs;
    return (int)bh_rng_below(rng, GOODBYE);
}

// The longest dialogue there is fits.
static void test_length(void)
{
    CHECK(T == BHI_DIALOGUE_SAYING + LIMIT * (1 + BHI_DIALOGUE_SAYING) + 1);
    bh_env *env = world_make(def, NULL);
    int longest = 0;
    bh_rng rng = bh_rng_seed(1);
    for (int e = 0; e < 5000; e++) {
        float view[T + P + 1];
        world_play(env, 1, any_but_goodbye, &rng);
        def->view(bh_env_state(env), view);
        CHECK(view[length(view) - 1] == TOKEN_END);
        if (length(view) > longest) longest = length(view);
    }
    CHECK(longest > T - 4 && longest <= T);
    bh_env_destroy(env);
}

static void test_weights(void)
{
    float obs[WORLD_T];
    void *config = bh_alloc(def->config->bytes);
    bh_config_defaults(def->config, config);
    bh_env *env = world_make(def, config);
    start(env, "late", obs);
    static const char *const names[] = {"solved_reward", "turn_cost", "wrong_cost"};
    static const char *const values[] = {"3", "0.5", "2"};
    for (int i = 0; i < P; i++) {
        CHECK(bh_config_find(def->config, names[i])->flags == BH_LIVE);
        CHECK_STATUS(bh_config_set(def->config, config, names[i], values[i], NULL), BH_OK);
    }
    def->configure((void *)(uintptr_t)bh_env_state(env), config);
    bh_step step = world_write(env, "[key]", obs);
    CHECK_NEAR(step.reward, -2.5, 1e-15);
    step = world_write(env, "[late]", obs);
    CHECK_NEAR(step.reward, 2.5, 1e-15);
    bh_env_destroy(env);
    bh_free(config, def->config->bytes);
}

static void test_random_actions(void)
{
    bh_env *env = world_make(def, NULL);
    world_check_any_actions(env, -0.6, 0.9); // a wrong solution, the right one
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    solved = calloc(1, sizeof *solved);
    CHECK_RUN(test_data);
    CHECK_RUN(test_random_mean);
    CHECK_RUN(test_optimum);
    CHECK_RUN(test_hacks);
    CHECK_RUN(test_examples);
    CHECK_RUN(test_an_episode);
    CHECK_RUN(test_limit);
    CHECK_RUN(test_sentences);
    CHECK_RUN(test_each_way_is_taken);
    CHECK_RUN(test_talk);
    CHECK_RUN(test_strange_talk);
    CHECK_RUN(test_same_talk);
    CHECK_RUN(test_length);
    CHECK_RUN(test_weights);
    CHECK_RUN(test_random_actions);
    free(solved);
    return check_report();
}
