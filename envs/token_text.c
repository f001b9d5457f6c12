// SPDX-License-Identifier: MIT
// What the environments over a vocabulary share; formats stand in envs/token_text.h.
#include "envs/token_text.h"

#include <assert.h>
#include <string.h>

#define EIGHT(i) (i), (i) + 1, (i) + 2, (i) + 3, (i) + 4, (i) + 5, (i) + 6, (i) + 7
const int bhi_token_ids[128] = {
    EIGHT(0),  EIGHT(8),  EIGHT(16), EIGHT(24), EIGHT(32), EIGHT(40),  EIGHT(48),  EIGHT(56),
    EIGHT(64), EIGHT(72), EIGHT(80), EIGHT(88), EIGHT(96), EIGHT(104), EIGHT(112), EIGHT(120),
};

void bhi_token_text_init(const bhi_token_task *task, bhi_token_text *text)
{
    assert(task->n_text <= BHI_TOKEN_TEXT_MAX && task->n_parts <= BHI_TOKEN_PARTS_MAX);
    assert(task->text->n_tokens <= BH_TOKENS_MAX);
    for (int i = 0; i < task->n_text; i++) text->high[i] = (float)(task->text->n_tokens - 1);
}

void bhi_token_text_spaces(const bhi_token_task *task, const bhi_token_text *text,
                           bh_space *observation, bh_space *action)
{
    static const float low[BHI_TOKEN_TEXT_MAX];
    *observation = (bh_space){.kind = BH_SPACE_BOX,
                              .n = task->n_text,
                              .low = low,
                              .high = text->high,
                              .rank = 1,
                              .shape = {task->n_text},
                              .dtype = BH_SPACE_TOKEN};
    *action = (bh_space){.kind = BH_SPACE_DISCRETE, .n = task->n_actions};
}

void bhi_token_text_start(bhi_token_text *text)
{
    text->n = 0;
    memset(text->tokens, BH_TOKEN_PAD, sizeof text->tokens);
    text->is_rated = 0;
    memset(text->parts, 0, sizeof text->parts);
    text->total = 0;
}

int bhi_token_text_append(const bhi_token_task *task, bhi_token_text *text, int token)
{
    assert(token > BH_TOKEN_PAD && token < task->text->n_tokens);
    if (text->n < task->n_text) text->tokens[text->n++] = (unsigned char)token;
    return token;
}

void bhi_token_text_observe(const bhi_token_task *task, const bhi_token_text *text, float *obs)
{
    for (int i = 0; i < task->n_text; i++) obs[i] = (float)text->tokens[i];
}

double bhi_token_text_rate(const bhi_token_task *task, bhi_token_text *text, const double *parts,
                           const double *weights)
{
    text->is_rated = 1;
    text->total = 0;
    for (int i = 0; i < task->n_parts; i++) {
        text->parts[i] = parts[i];
        text->total += weights[i] * parts[i];
    }
    return text->total;
}

void bhi_token_text_view(const bhi_token_task *task, const bhi_token_text *text, float *view)
{
    int T = task->n_text, P = task->n_parts;
    bhi_token_text_observe(task, text, view);
    for (int i = 0; i < P; i++) view[T + i] = text->is_rated ? (float)text->parts[i] : -1.0f;
    view[T + P] = text->is_rated ? (float)text->total : -1.0f;
}

static void join(const bhi_token_task *task, const bhi_token_text *text, bh_text *out)
{
    const char *space = "";
    for (int i = 0; i < text->n; i++) {
        if (text->tokens[i] == task->text->ends_at) continue;
        bh_text_add(out, "%s%s", space, task->text->token(text->tokens[i]));
        space = " ";
    }
}

void bhi_token_text_describe(const bhi_token_task *task, const bhi_token_text *text, bh_text *out)
{
    join(task, text, out);
    if (!text->is_rated) bh_text_add(out, text->n > 0 ? " …" : "…");
}

void bhi_token_text_info(const bhi_token_task *task, const bhi_token_text *text, bh_text *out)
{
    char joined[2048]; // enough for any T tokens of 50 bytes
    bh_text line = bh_text_over(joined, sizeof joined);
    join(task, text, &line);
    bh_text_add(out, "\"text\":");
    bh_text_add_json(out, joined);
    if (!text->is_rated) return;
    bh_text_add(out, ",\"parts\":{");
    for (int i = 0; i < task->n_parts; i++) {
        if (i > 0) bh_text_add(out, ",");
        bh_text_add_json(out, task->parts[i]);
        bh_text_add(out, ":");
        bh_text_add_real(out, text->parts[i]);
    }
    bh_text_add(out, "},\"reward\":");
    bh_text_add_real(out, text->total);
}

void bhi_text_add_list(bh_text *out, const char *key, int n, const int *ids,
                       const char *(*text)(int))
{
    bh_text_add(out, "\"%s\":[", key);
    for (int i = 0; i < n; i++) {
        if (i > 0) bh_text_add(out, ",");
        bh_text_add_json(out, text(ids != NULL ? ids[i] : i));
    }
    bh_text_add(out, "],");
}

static void add_names(bh_text *out, const char *key, int n, const char *const *names)
{
    bh_text_add(out, ",\"%s\":[", key);
    for (int i = 0; i < n; i++) {
        if (i > 0) bh_text_add(out, ",");
        bh_text_add_json(out, names[i]);
    }
    bh_text_add(out, "]");
}

void bhi_token_text_layout(const bhi_token_task *task, bh_text *out)
{
    const bh_text_task *t = task->text;
    bhi_text_add_list(out, "actions", task->n_actions, t->action_tokens, t->token);
    bhi_text_add_list(out, "actions_zh", task->n_actions, t->action_tokens, task->token_zh);
    bhi_text_add_list(out, "tokens", t->n_tokens, NULL, t->token);
    bhi_text_add_list(out, "tokens_zh", t->n_tokens, NULL, task->token_zh);
    bh_text_add(out, "\"action_tokens\":[");
    for (int a = 0; a < task->n_actions; a++) {
        bh_text_add(out, a > 0 ? ",%d" : "%d", t->action_tokens[a]);
    }
    bh_text_add(out, "],\"ends_at\":%d,\"length\":%d", t->ends_at, task->n_text);
    add_names(out, "parts", task->n_parts, task->parts);
    add_names(out, "parts_zh", task->n_parts, task->parts_zh);
}
