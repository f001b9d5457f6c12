// SPDX-License-Identifier: MIT
// CodeGen-v0: the stack machine, a right program for every task and the random policy's mean by
// enumerating all programs, what is allowed, and the examples.
#include "envs/codegen.h"

#include "text_world.h"

enum {
    N_TASKS = BHI_CODEGEN_N_TASKS,
    N_INPUTS = BHI_CODEGEN_N_INPUTS,
    N_OPS = BHI_CODEGEN_N_OPS,
    N_TEXT = BHI_CODEGEN_N_TEXT,
    LIMIT = BHI_CODEGEN_LIMIT,
    END = BHI_CODEGEN_END,
};

static const bh_env_def *const def = &bh_env_codegen;

// Operations separated by spaces; returns how many.
static int parse(unsigned char *ops, const char *text)
{
    int n = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        int op = 0;
        for (; op < N_OPS; op++) {
            const char *name = def->text->token(def->text->action_tokens[op]);
            if (strlen(name) == length && memcmp(name, text, length) == 0) break;
        }
        if (!CHECK(op < N_OPS)) return 0;
        ops[n++] = (unsigned char)op;
        text += length + (text[length] == ' ');
    }
    return n;
}

// ---- the machine ----

static void test_machine(void)
{
    static const struct {
        const char *program;
        int x, result;
    } rows[] = {
        {"x", -7, -7},
        {"3", 5, 3},
        {"x 2 +", 5, 7},
        {"x 2 -", 5, 3},
        {"2 x -", 5, -3},
        {"x 2 swap -", 5, -3},
        {"x 3 *", -4, -12},
        {"x dup *", -4, 16},
        {"1 2 3 swap - *", 0, 1}, // 1 * (3 - 2)
        {"1 2 3 - -", 0, 2},
        {"3 dup * dup * dup *", 0, 6561},
        {"x dup dup + +", 4, 12},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned char ops[LIMIT];
        int result = -12345, n = parse(ops, rows[i].program);
        CHECK(bhi_codegen_run(&result, ops, n, rows[i].x));
        if (!CHECK(result == rows[i].result)) printf("    %s: %d\n", rows[i].program, result);
    }
}

static void test_what_is_no_program(void)
{
    static const char *const rows[] = {"", "+", "x +", "dup", "x swap", "x x", "x dup", "1 2 3 +"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned char ops[LIMIT];
        int result = -12345, n = parse(ops, rows[i]);
        CHECK(!bhi_codegen_run(&result, ops, n, 2));
        CHECK(result == -12345);
    }
    bhi_codegen_stack stack = {0};
    for (int i = 0; i < BHI_CODEGEN_STACK; i++) CHECK(bhi_codegen_do(&stack, BHI_CODEGEN_TWO, 0));
    CHECK(!bhi_codegen_do(&stack, BHI_CODEGEN_TWO, 0)); // no room
    CHECK(!bhi_codegen_do(&stack, BHI_CODEGEN_DUP, 0));
    CHECK(stack.n == BHI_CODEGEN_STACK && bhi_codegen_do(&stack, BHI_CODEGEN_MUL, 0));
    CHECK(stack.n == BHI_CODEGEN_STACK - 1 && stack.values[stack.n - 1] == 4);
}

static void test_large_values_stay_at_the_bound(void)
{
    unsigned char ops[24];
    int result, n = parse(ops, "x dup * dup * dup * dup * dup *");
    CHECK(bhi_codegen_run(&result, ops, n, 3) && result == BHI_CODEGEN_BOUND);
    CHECK(bhi_codegen_run(&result, ops, n, 2147483647) && result == BHI_CODEGEN_BOUND);
    n = parse(ops, "1 x dup * dup * - x dup * dup * *");
    CHECK(bhi_codegen_run(&result, ops, n, 100000) && result == -BHI_CODEGEN_BOUND);
    n = parse(ops, "x x + x + 1 -");
    CHECK(bhi_codegen_run(&result, ops, n, BHI_CODEGEN_BOUND) && result == BHI_CODEGEN_BOUND - 1);
    CHECK(bhi_codegen_run(&result, ops, n, -2147483647 - 1) && result == -BHI_CODEGEN_BOUND);
}

// ---- tasks ----

static int n_right(int task, const unsigned char *ops, int n)
{
    int right = 0;
    for (int i = 0; i < N_INPUTS; i++) {
        int result, x = bhi_codegen_input(i);
        right += bhi_codegen_run(&result, ops, n, x) && result == bhi_codegen_want(task, x);
    }
    return right;
}

static void test_tasks(void)
{
    CHECK_STRING(bhi_codegen_formula(2), "2 * x + 1");
    CHECK(bhi_codegen_want(2, 3) == 7 && bhi_codegen_want(2, -2) == -3);
    CHECK_STRING(bhi_codegen_formula(8), "(x + 1) * (x + 2)");
    CHECK(bhi_codegen_want(8, 3) == 20 && bhi_codegen_want(8, -2) == 0);
    for (int task = 0; task < N_TASKS; task++) {
        unsigned char ops[2][LIMIT];
        int n[2];
        for (int which = 0; which < 2; which++) {
            n[which] = bhi_codegen_program(ops[which], task, which);
            CHECK(n[which] <= LIMIT && n_right(task, ops[which], n[which]) == N_INPUTS);
        }
        CHECK(n[0] != n[1] || memcmp(ops[0], ops[1], (size_t)n[0]) != 0);
        for (int other = 0; other < task; other++) { // no two tasks have the same results
            CHECK(n_right(other, ops[0], n[0]) < N_INPUTS);
        }
    }
}

// ---- all programs ----
//
// A walk over every allowed program, by the rule as the header states it, written anew here: a
// stack per input, and how likely a random policy comes that way.

typedef struct search {
    long n_programs;
    double chance;          // sum over all programs, 1
    double mean[N_TASKS];   // of the random policy
    int best[N_TASKS];      // most inputs a program has right
    int shortest[N_TASKS];  // operations of the shortest right program
    int n_perfect[N_TASKS]; // right programs
    int deepest, largest;   // most values on a stack, largest of them
} search;

// Least number of operations that leave one of `depth` values.
static int to_finish(int depth)
{
    return depth - 1;
}

static int is_allowed(int op, int n, int depth)
{
    static const signed char needs[] = {0, 0, 0, 0, 2, 2, 2, 1, 2};
    static const signed char change[] = {1, 1, 1, 1, -1, -1, -1, 1, 0};
    if (op == END) return depth == 1;
    return depth >= needs[op] && to_finish(depth + change[op]) <= LIMIT - (n + 1);
}

static void add_program(search *s, const bhi_codegen_stack *stacks, int n, double chance)
{
    s->n_programs++;
    s->chance += chance;
    for (int task = 0; task < N_TASKS; task++) {
        int right = 0;
        for (int i = 0; i < N_INPUTS; i++) {
            right += stacks[i].values[0] == bhi_codegen_want(task, bhi_codegen_input(i));
        }
        s->mean[task] += chance * right / N_INPUTS;
        if (right > s->best[task]) s->best[task] = right;
        if (right < N_INPUTS) continue;
        if (s->n_perfect[task]++ == 0 || n < s->shortest[task]) s->shortest[task] = n;
    }
}

static void search_from(search *s, const bhi_codegen_stack *stacks, int n, double chance)
{
    int depth = stacks[0].n, n_ways = 0;
    if (depth > s->deepest) s->deepest = depth;
    for (int i = 0; i < N_INPUTS && depth > 0; i++) {
        int size = abs(stacks[i].values[depth - 1]);
        if (size > s->largest) s->largest = size;
    }
    for (int op = 0; op < N_OPS; op++) n_ways += is_allowed(op, n, depth);
    if (depth == 1) add_program(s, stacks, n, chance / n_ways);
    for (int op = 0; op < END; op++) {
        if (!is_allowed(op, n, depth)) continue;
        bhi_codegen_stack next[N_INPUTS];
        memcpy(next, stacks, sizeof next);
        for (int i = 0; i < N_INPUTS; i++) {
            if (!bhi_codegen_do(&next[i], op, bhi_codegen_input(i)))
                s->best[0] = -1000; // cannot be
        }
        search_from(s, next, n + 1, chance / n_ways);
    }
}

static const search *all_programs(void)
{
    static search s;
    if (s.n_programs == 0) {
        bhi_codegen_stack stacks[N_INPUTS] = {{0}};
        search_from(&s, stacks, 0, 1.0);
    }
    return &s;
}

static void test_optimum(void)
{
    const search *s = all_programs();
    CHECK(BHI_CODEGEN_OPTIMUM == 1.0);
    CHECK_NEAR(s->chance, 1.0, 1e-9); // every way comes to an END
    CHECK(s->deepest == 4 && s->largest == 6561);
    printf("    %ld programs\n", s->n_programs);
    for (int task = 0; task < N_TASKS; task++) {
        printf("    %-18s random %.4f, %d right programs, shortest %d\n", bhi_codegen_formula(task),
               s->mean[task], s->n_perfect[task], s->shortest[task]);
        CHECK(s->best[task] == N_INPUTS && s->shortest[task] <= LIMIT);
    }
}

static double random_mean(void)
{
    double sum = 0;
    for (int task = 0; task < N_TASKS; task++) sum += all_programs()->mean[task] / N_TASKS;
    return sum;
}

static void test_random_mean_exactly(void)
{
    CHECK_NEAR(random_mean(), BHI_CODEGEN_RANDOM_MEAN, 5e-7); // the header states six digits
    CHECK(def->reward_threshold == 0.7);
}

// ---- playing ----

// Also that `allowed` is the rule above.
static void test_random_mean_by_playing(void)
{
    enum { N = 20000 };
    bh_env *env = world_make(def, NULL);
    bh_rng rng = bh_rng_seed(6);
    double sum = 0, squares = 0;
    int is_rule = 1;
    for (int k = 0; k < N; k++) {
        float obs[N_TEXT];
        bh_step step;
        bhi_codegen_stack stack = {0};
        bh_env_reset(env, obs);
        do {
            unsigned char allowed[N_OPS];
            def->text->allowed(allowed, obs);
            for (int op = 0; op < N_OPS; op++) {
                is_rule &= allowed[op] == is_allowed(op, bh_env_elapsed(env), stack.n);
            }
            int action = world_any_allowed(&rng, env, obs);
            if (action != END) is_rule &= bhi_codegen_do(&stack, action, 0);
            step = world_take(env, action, obs);
            CHECK(step.terminated == (action == END));
            CHECK(step.terminated || step.reward == 0.0);
        } while (!step.terminated);
        CHECK(bh_env_elapsed(env) <= LIMIT + 1);
        sum += step.reward;
        squares += step.reward * step.reward;
    }
    CHECK(is_rule);
    double mean = sum / N, error = sqrt((squares / N - mean * mean) / N);
    CHECK_NEAR(mean, random_mean(), 4 * error);
    bh_env_destroy(env);
}

// Resets until the text begins with this.
static bh_env *start(const char *formula, float *obs)
{
    bh_env *env = world_make(def, NULL);
    do bh_env_reset(env, obs);
    while (strncmp(world_tell(env, def->describe), formula, strlen(formula)) != 0);
    return env;
}

static bh_step write_program(bh_env *env, const char *text, float *obs)
{
    unsigned char ops[LIMIT + 2];
    bh_step step = {0};
    for (int i = 0, n = parse(ops, text); i < n; i++) step = world_take(env, ops[i], obs);
    return step;
}

static void test_allowed(void)
{
    static const struct {
        const char *program, *allowed; // x 1 2 3 + - * dup swap END
    } rows[] = {
        {"", "1111000000"},
        {"x", "1111000101"},
        {"x 1", "1111111110"},
        {"x 1 +", "1111000101"},
        {"x x x x", "0000111010"}, // four operations are left, three of them needed
        {"x x x x swap", "0000111000"},
        {"x x + x +", "1111000101"},
        {"x x + x + x", "0000111010"},
        {"x x + x + x swap", "0000111000"}, // the last operation
        {"x x + x + x swap +", "0000000001"},
        {"x x + x + x +", "0000000001"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        float obs[N_TEXT];
        bh_env *env = start("x + 2 <code>", obs);
        write_program(env, rows[i].program, obs);
        world_check_allowed(env, obs, rows[i].allowed);
        unsigned char allowed[N_OPS];
        def->text->allowed(allowed, obs);
        for (int op = 0; op < N_OPS; op++) { // What is not allowed ends the episode with nothing.
            if (allowed[op]) continue;
            bh_step step = world_take(env, op, obs);
            CHECK(step.terminated && step.reward == 0);
            CHECK(strstr(world_tell(env, def->info), "\"got\":null") != NULL);
            def->text->allowed(allowed, obs);
            int n = 0;
            for (int k = 0; k < N_OPS; k++) n += allowed[k];
            CHECK(n > 0); // even after the end
            break;
        }
        bh_env_destroy(env);
    }
}

static void test_rewards(void)
{
    static const struct {
        const char *task, *program;
        double reward;
    } rows[] = {
        {"2 * x + 1 <code>", "2 x * 1 + END", 1.0},
        {"2 * x + 1 <code>", "x x 1 + + END", 1.0},
        {"2 * x + 1 <code>", "1 END", 0.2},     // at 0
        {"2 * x + 1 <code>", "x 1 - END", 0.2}, // at -2
        {"2 * x + 1 <code>", "x x * END", 0.0},
        {"x * x <code>", "x END", 0.4},     // at 0 and 1
        {"x * x * x <code>", "x END", 0.6}, // at -1, 0 and 1
        {"( x + 1 ) * ( x + 2 ) <code>", "x 1 + dup 1 + * END", 1.0},
        {"x * x * x <code>", "x dup dup * * END", 1.0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        float obs[N_TEXT];
        bh_env *env = start(rows[i].task, obs);
        bh_step step = write_program(env, rows[i].program, obs);
        CHECK(step.terminated);
        CHECK_NEAR(step.reward, rows[i].reward, 1e-15);
        bh_env_destroy(env);
    }
}

static void test_an_episode(void)
{
    float obs[N_TEXT], view[N_TEXT + 2];
    bh_env *env = start("( x + 1 ) * ( x + 2 )", obs);
    world_check_vocabulary(env, 14, 21, N_OPS);
    write_program(env, "x 1 +", obs);
    CHECK_STRING(world_tell(env, def->describe), "( x + 1 ) * ( x + 2 ) <code> x 1 + …");
    CHECK(strstr(world_tell(env, def->info), "runs") == NULL);
    CHECK(strstr(world_tell(env, def->layout), ",\"limit\":8}") != NULL);
    bh_step step = write_program(env, "dup swap 1 + * END", obs); // as long as texts get
    CHECK(step.terminated && step.reward == 1.0 && obs[N_TEXT - 1] == (float)def->text->ends_at);
    CHECK(strstr(world_tell(env, def->info),
                 ",\"runs\":[{\"x\":-2,\"want\":0,\"got\":0},{\"x\":-1,\"want\":0,\"got\":0},") !=
          NULL);
    def->view(bh_env_state(env), view);
    CHECK(view[N_TEXT] == 1.0f && view[N_TEXT + 1] == 1.0f);
    world_check_allowed(env, obs, "0000000001");
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
    bh_rng rng = bh_rng_seed(12);
    double sum = 0;
    int n_perfect = 0;
    for (int k = 0; k < N; k++) {
        int tokens[WORLD_T];
        bh_rng before = rng;
        float obs[N_TEXT];
        double reward;
        int n = world_example(env, &rng, tokens);
        world_follow(env, before, tokens, n, obs, &reward);
        n_perfect += reward == 1.0;
        sum += reward;
    }
    printf("    examples: mean reward %.4f, right %.4f\n", sum / N, n_perfect / (double)N);
    CHECK(n_perfect > 0.38 * N && n_perfect < 0.48 * N);
    CHECK(sum / N > 0.4 && sum / N < 0.65);
    bh_env_destroy(env);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_machine);
    CHECK_RUN(test_what_is_no_program);
    CHECK_RUN(test_large_values_stay_at_the_bound);
    CHECK_RUN(test_tasks);
    CHECK_RUN(test_optimum);
    CHECK_RUN(test_random_mean_exactly);
    CHECK_RUN(test_random_mean_by_playing);
    CHECK_RUN(test_allowed);
    CHECK_RUN(test_rewards);
    CHECK_RUN(test_an_episode);
    CHECK_RUN(test_random_actions);
    CHECK_RUN(test_examples);
    return check_report();
}
