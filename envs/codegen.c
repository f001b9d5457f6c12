// SPDX-License-Identifier: MIT
// CodeGen-v0: the rule and every format stand in envs/codegen.h, the functions in
// envs/data/codegen_v0.def.
#include "envs/codegen.h"
#include "core/state.h"
#include "envs/registry.h"
#include "envs/token_text.h"

#include <string.h>

// Tokens: padding, what the actions write in their order, what only formulas have.
enum {
    TOKEN_OP = 1,
    TOKEN_END = TOKEN_OP + BHI_CODEGEN_END,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_CODE,
    N_TOKENS,
    N_OPS = BHI_CODEGEN_N_OPS,
    N_TASKS = BHI_CODEGEN_N_TASKS,
    N_INPUTS = BHI_CODEGEN_N_INPUTS,
    N_TEXT = BHI_CODEGEN_N_TEXT,
    LIMIT = BHI_CODEGEN_LIMIT,
};

static const struct {
    const char *en, *zh;
} tokens_of[] = {
    {"", ""},        {"x", "x"},  {"1", "1"},  {"2", "2"},           {"3", "3"},
    {"+", "加"},     {"-", "减"}, {"*", "乘"}, {"dup", "复制"},      {"swap", "交换"},
    {"END", "结束"}, {"(", "("},  {")", ")"},  {"<code>", "<程序>"},
};

_Static_assert(sizeof tokens_of / sizeof tokens_of[0] == N_TOKENS, "one row a token");

static const char *token_en(int id)
{
    return tokens_of[id].en;
}

static const char *token_zh(int id)
{
    return tokens_of[id].zh;
}

// ---- tasks ----

static const struct {
    const char *formula, *programs[2];
} tasks[] = {
#define TASK(formula, program, another) {#formula, {program, another}},
#include "envs/data/codegen_v0.def"
};

_Static_assert(sizeof tasks / sizeof tasks[0] == N_TASKS, "as the header says");

int bhi_codegen_input(int i)
{
    static const int inputs[N_INPUTS] = {-2, -1, 0, 1, 3};
    return inputs[i];
}

int bhi_codegen_want(int task, int x)
{
    const int values[] = {
#define TASK(formula, program, another) formula,
#include "envs/data/codegen_v0.def"
    };
    return values[task];
}

const char *bhi_codegen_formula(int task)
{
    return tasks[task].formula;
}

// The token whose text is the first `length` characters; 0 when none is.
static int find_token(const char *text, size_t length)
{
    for (int id = 1; id < N_TOKENS; id++) {
        if (strlen(tokens_of[id].en) == length && memcmp(tokens_of[id].en, text, length) == 0)
            return id;
    }
    return 0;
}

int bhi_codegen_program(unsigned char *ops, int task, int which)
{
    int n = 0;
    for (const char *text = tasks[task].programs[which]; *text != '\0';) {
        size_t length = strcspn(text, " ");
        ops[n++] = (unsigned char)(find_token(text, length) - TOKEN_OP);
        text += length + (text[length] == ' ');
    }
    return n;
}

// The task as the beginning of a text: every character of its formula, then <code>. Returns how
// many tokens.
static int write_task(unsigned char *tokens, int task)
{
    int n = 0;
    for (const char *text = tasks[task].formula; *text != '\0'; text++) {
        if (*text != ' ') tokens[n++] = (unsigned char)find_token(text, 1);
    }
    tokens[n++] = TOKEN_CODE;
    return n;
}

// ---- the machine ----

// How many values an operation takes and leaves.
static const struct {
    signed char takes, leaves;
} effects[] = {
    [BHI_CODEGEN_X] = {0, 1},     [BHI_CODEGEN_ONE] = {0, 1}, [BHI_CODEGEN_TWO] = {0, 1},
    [BHI_CODEGEN_THREE] = {0, 1}, [BHI_CODEGEN_ADD] = {2, 1}, [BHI_CODEGEN_SUB] = {2, 1},
    [BHI_CODEGEN_MUL] = {2, 1},   [BHI_CODEGEN_DUP] = {1, 2}, [BHI_CODEGEN_SWAP] = {2, 2},
};

static int bounded(int64_t value)
{
    if (value > BHI_CODEGEN_BOUND) return BHI_CODEGEN_BOUND;
    return value < -BHI_CODEGEN_BOUND ? -BHI_CODEGEN_BOUND : (int)value;
}

int bhi_codegen_do(bhi_codegen_stack *stack, int op, int x)
{
    int below = stack->n - effects[op].takes, n = below + effects[op].leaves;
    if (below < 0 || n > BHI_CODEGEN_STACK) return 0;
    int *at = stack->values + below; // the first operand, and the first result
    int64_t a = effects[op].takes > 0 ? at[0] : 0, b = effects[op].takes > 1 ? at[1] : 0;
    switch (op) {
    case BHI_CODEGEN_X: at[0] = bounded(x); break;
    case BHI_CODEGEN_ONE: at[0] = 1; break;
    case BHI_CODEGEN_TWO: at[0] = 2; break;
    case BHI_CODEGEN_THREE: at[0] = 3; break;
    case BHI_CODEGEN_ADD: at[0] = bounded(a + b); break;
    case BHI_CODEGEN_SUB: at[0] = bounded(a - b); break;
    case BHI_CODEGEN_MUL: at[0] = bounded(a * b); break;
    case BHI_CODEGEN_DUP: at[1] = (int)a; break;
    case BHI_CODEGEN_SWAP:
        at[0] = (int)b;
        at[1] = (int)a;
        break;
    default: return 0;
    }
    stack->n = n;
    return 1;
}

int bhi_codegen_run(int *result, const unsigned char *ops, int n, int x)
{
    bhi_codegen_stack stack = {0};
    for (int i = 0; i < n; i++) {
        if (!bhi_codegen_do(&stack, ops[i], x)) return 0;
    }
    if (stack.n != 1) return 0;
    *result = stack.values[0];
    return 1;
}

// ---- what is allowed ----

// After n operations that left `depth` values.
static void allow(unsigned char *allowed, int n, int depth)
{
    for (int op = 0; op < BHI_CODEGEN_END; op++) {
        int after = depth - effects[op].takes + effects[op].leaves;
        // Of what is left to write, after - 1 operations make one value of all.
        allowed[op] = depth >= effects[op].takes && n + 1 + after - 1 <= LIMIT;
    }
    allowed[BHI_CODEGEN_END] = depth == 1;
}

// Over the program in obs. A forbidden token, which is the last one of its text, counts for
// nothing.
static void allowed_after(unsigned char *allowed, const float *obs)
{
    int i = 0, n = 0, depth = 0;
    while (i < N_TEXT && obs[i] != TOKEN_CODE) i++;
    for (i++; i < N_TEXT && obs[i] >= TOKEN_OP && obs[i] < TOKEN_END; i++) {
        int op = (int)obs[i] - TOKEN_OP;
        allow(allowed, n, depth);
        if (!allowed[op]) break;
        depth += effects[op].leaves - effects[op].takes;
        n++;
    }
    allow(allowed, n, depth);
}

// ---- what people write ----

static int below(bh_rng *rng, int n)
{
    return (int)bh_rng_below(rng, (uint32_t)n);
}

// Any program; returns how many operations.
static int random_program(bh_rng *rng, unsigned char *ops)
{
    for (int n = 0, depth = 0;; n++) {
        unsigned char allowed[N_OPS];
        int fit[N_OPS], n_fit = 0;
        allow(allowed, n, depth);
        for (int op = 0; op < N_OPS; op++) {
            if (allowed[op]) fit[n_fit++] = op;
        }
        int op = fit[below(rng, n_fit)];
        if (op == BHI_CODEGEN_END) return n;
        ops[n] = (unsigned char)op;
        depth += effects[op].leaves - effects[op].takes;
    }
}

// One operation becomes another one that takes and leaves as much, where there is one.
static void mutate(bh_rng *rng, unsigned char *ops, int n)
{
    int i = below(rng, n), fit[N_OPS], n_fit = 0;
    for (int op = 0; op < BHI_CODEGEN_END; op++) {
        if (op != ops[i] && effects[op].takes == effects[ops[i]].takes &&
            effects[op].leaves == effects[ops[i]].leaves)
            fit[n_fit++] = op;
    }
    if (n_fit > 0) ops[i] = (unsigned char)fit[below(rng, n_fit)];
}

// Of ten programs four are right, three have a slip, three are any.
static int example(bh_rng *rng, int *tokens)
{
    int task = below(rng, N_TASKS), how = below(rng, 10), n_ops;
    unsigned char ops[LIMIT], text[N_TEXT];
    if (how < 7) {
        n_ops = bhi_codegen_program(ops, task, below(rng, 2));
        if (how >= 4) mutate(rng, ops, n_ops);
    } else {
        n_ops = random_program(rng, ops);
    }
    int n = write_task(text, task);
    for (int i = 0; i < n; i++) tokens[i] = text[i];
    for (int i = 0; i < n_ops; i++) tokens[n++] = TOKEN_OP + ops[i];
    tokens[n++] = TOKEN_END;
    return n;
}

// ---- the environment ----

static const bh_text_task text_task = {
    .language = &bh_language,
    .n_tokens = N_TOKENS,
    .token = token_en,
    .action_tokens = bhi_token_ids + TOKEN_OP,
    .ends_at = TOKEN_END,
    .allowed = allowed_after,
    .example = example,
};

static const char *const parts_en[] = {"tests"};
static const char *const parts_zh[] = {"测试"};
static const double weights[] = {1};

static const bhi_token_task token_task = {
    .text = &text_task,
    .token_zh = token_zh,
    .n_text = N_TEXT,
    .n_actions = N_OPS,
    .n_parts = 1,
    .parts = parts_en,
    .parts_zh = parts_zh,
};

typedef struct codegen {
    int task, n, depth;
    unsigned char ops[LIMIT]; // (n) the program
    int is_program;           // once ended: every action of it was allowed
    bhi_token_text text;
} codegen;

BHI_TOKEN_TEXT_FUNCTIONS(codegen, token_task, bhi_no_options) // init, spaces, view, describe

static void reset(void *state, bh_rng *rng, float *obs)
{
    codegen *c = state;
    unsigned char text[N_TEXT];
    c->task = below(rng, N_TASKS);
    c->n = c->depth = c->is_program = 0;
    memset(c->ops, 0, sizeof c->ops);
    bhi_token_text_start(&c->text);
    int n = write_task(text, c->task);
    for (int i = 0; i < n; i++) bhi_token_text_append(&token_task, &c->text, text[i]);
    bhi_token_text_observe(&token_task, &c->text, obs);
}

// Whether the program is right on input i; *got is its result.
static int run_on(const codegen *c, int i, int *got)
{
    int x = bhi_codegen_input(i);
    return bhi_codegen_run(got, c->ops, c->n, x) && *got == bhi_codegen_want(c->task, x);
}

static double rate(codegen *c)
{
    int n_right = 0, got;
    for (int i = 0; c->is_program && i < N_INPUTS; i++) n_right += run_on(c, i, &got);
    double share = (double)n_right / N_INPUTS;
    return bhi_token_text_rate(&token_task, &c->text, &share, weights);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    codegen *c = state;
    unsigned char allowed[N_OPS];
    allow(allowed, c->n, c->depth);
    *terminated = action == BHI_CODEGEN_END || !allowed[action];
    *reward = 0;
    bhi_token_text_append(&token_task, &c->text, TOKEN_OP + action);
    if (*terminated) {
        c->is_program = allowed[action];
        *reward = rate(c);
    } else {
        c->ops[c->n++] = (unsigned char)action;
        c->depth += effects[action].leaves - effects[action].takes;
    }
    bhi_token_text_observe(&token_task, &c->text, obs);
}

// ---- telling ----

static void add_runs(const codegen *c, bh_text *out)
{
    bh_text_add(out, ",\"runs\":[");
    for (int i = 0; i < N_INPUTS; i++) {
        int x = bhi_codegen_input(i), got = 0;
        bh_text_add(out, "%s{\"x\":%d,\"want\":%d,\"got\":", i > 0 ? "," : "", x,
                    bhi_codegen_want(c->task, x));
        if (c->is_program) {
            run_on(c, i, &got);
            bh_text_add(out, "%d}", got);
        } else {
            bh_text_add(out, "null}");
        }
    }
    bh_text_add(out, "]");
}

static void info(const void *state, bh_text *out)
{
    const codegen *c = state;
    bh_text_add(out, "{");
    bhi_token_text_info(&token_task, &c->text, out);
    if (c->text.is_rated) add_runs(c, out);
    bh_text_add(out, "}");
}

static void layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{");
    bhi_token_text_layout(&token_task, out);
    bh_text_add(out, ",\"limit\":%d}", LIMIT);
}

static const bh_preset presets[] = {
    {"dqn", BHI_TOKEN_DQN BHI_TOKEN_DQN_WRITING},
    {"ppo", BHI_TOKEN_PPO},
    {"reinforce", BHI_TOKEN_REINFORCE},
};

static int is_possible(const void *state, int is_running)
{
    (void)is_running;
    const codegen *c = state;
    int depth = 0;
    for (int i = 0; i < c->n; i++) {
        unsigned char allowed[N_OPS];
        allow(allowed, i, depth);
        if (c->ops[i] == BHI_CODEGEN_END || !allowed[c->ops[i]]) return 0;
        depth += effects[c->ops[i]].leaves - effects[c->ops[i]].takes;
    }
    return depth == c->depth;
}

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(codegen, task, 0, N_TASKS - 1),
    BHI_STATE_FIELD_WITHIN(codegen, n, 0, LIMIT),
    BHI_STATE_FIELD_WITHIN(codegen, depth, 0, LIMIT),
    BHI_STATE_FIELD_WITHIN(codegen, ops, 0, N_OPS - 1),
    BHI_STATE_SHOWN_FIELD(codegen, is_program),
    BHI_TOKEN_TEXT_STATE(codegen),
    {NULL},
};

const bh_env_def bh_env_codegen = {
    .id = "CodeGen-v0",
    .summary = BH_HELP(
        "Write a small stack program for a formula, token by token; it is run on five inputs"),
    .reward_threshold = 0.7,
    .state_bytes = sizeof(codegen),
    .state_fields = state_fields,
    .is_possible = is_possible,
    BH_PRESETS(presets),
    .n_view = N_TEXT + 1 + 1,
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
