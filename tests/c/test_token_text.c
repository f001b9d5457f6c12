// SPDX-License-Identifier: MIT
// What environments over a vocabulary share, on a made-up one whose names need escaping.
#include "envs/token_text.h"

#include "check.h"

static const char *const names[] = {"", "END", "a\"b", "c"};

static const char *token(int id)
{
    return names[id];
}

static int example(bh_rng *rng, int *tokens)
{
    tokens[0] = 2 + (int)bh_rng_below(rng, 2);
    tokens[1] = 1;
    return 2;
}

static const bh_text_task text_task = {.n_tokens = 4,
                                       .token = token,
                                       .action_tokens = bhi_token_ids + 1,
                                       .ends_at = 1,
                                       .example = example};
static const char *const parts[] = {"x", "y"};
static const bhi_token_task task = {.text = &text_task,
                                    .token_zh = token,
                                    .n_text = 3,
                                    .n_actions = 3,
                                    .n_parts = 2,
                                    .parts = parts,
                                    .parts_zh = parts};

static void check_text(const bhi_token_text *text, const char *described, const char *informed)
{
    char buffer[512];
    bh_text out = bh_text_over(buffer, sizeof buffer);
    bhi_token_text_describe(&task, text, &out);
    CHECK_STRING(buffer, described);
    out = bh_text_over(buffer, sizeof buffer);
    bhi_token_text_info(&task, text, &out);
    CHECK_STRING(buffer, informed);
}

static void test_text(void)
{
    bhi_token_text text = {0};
    float obs[4] = {9, 9, 9, 9}, view[7] = {0, 0, 0, 0, 0, 0, 9};
    bhi_token_text_init(&task, &text);
    bhi_token_text_start(&text);
    check_text(&text, "…", "\"text\":\"\"");
    CHECK(bhi_token_text_append(&task, &text, 2) == 2);
    bhi_token_text_append(&task, &text, 3);
    check_text(&text, "a\"b c …", "\"text\":\"a\\\"b c\"");
    bhi_token_text_observe(&task, &text, obs);
    CHECK(obs[0] == 2 && obs[1] == 3 && obs[2] == BH_TOKEN_PAD && obs[3] == 9);
    bhi_token_text_view(&task, &text, view);
    CHECK(view[1] == 3 && view[2] == 0 && view[3] == -1 && view[4] == -1 && view[5] == -1);
    bhi_token_text_append(&task, &text, 1);
    CHECK(bhi_token_text_append(&task, &text, 3) == 3); // no room left
    bhi_token_text_observe(&task, &text, obs);
    CHECK(text.n == 3 && obs[2] == 1);
    CHECK(bhi_token_text_rate(&task, &text, (double[]){0.5, 2}, (double[]){1, -0.5}) == -0.5);
    check_text(&text, "a\"b c",
               "\"text\":\"a\\\"b c\",\"parts\":{\"x\":0.5,\"y\":2},\"reward\":-0.5");
    bhi_token_text_view(&task, &text, view);
    CHECK(view[3] == 0.5f && view[4] == 2 && view[5] == -0.5f && view[6] == 9);
    bhi_token_text_start(&text);
    check_text(&text, "…", "\"text\":\"\"");
}

static void test_tables(void)
{
    char buffer[512];
    bh_text out = bh_text_over(buffer, sizeof buffer);
    bhi_token_text_layout(&task, &out);
    CHECK_STRING(
        buffer,
        "\"actions\":[\"END\",\"a\\\"b\",\"c\"],\"actions_zh\":[\"END\",\"a\\\"b\",\"c\"],"
        "\"tokens\":[\"\",\"END\",\"a\\\"b\",\"c\"],\"tokens_zh\":[\"\",\"END\",\"a\\\"b\",\"c\"],"
        "\"action_tokens\":[1,2,3],\"ends_at\":1,\"length\":3,"
        "\"parts\":[\"x\",\"y\"],\"parts_zh\":[\"x\",\"y\"]");
    for (int i = 0; i < 128; i++) CHECK(bhi_token_ids[i] == i);
    bhi_token_text text = {0};
    bh_space observation, action;
    bhi_token_text_init(&task, &text);
    bhi_token_text_spaces(&task, &text, &observation, &action);
    CHECK(observation.n == 3 && observation.dtype == BH_SPACE_TOKEN &&
          bh_space_size(&observation, 0) == 3);
    for (int i = 0; i < 3; i++) CHECK(observation.low[i] == 0 && observation.high[i] == 3);
    CHECK(action.kind == BH_SPACE_DISCRETE && action.n == 3);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_text);
    CHECK_RUN(test_tables);
    return check_report();
}
