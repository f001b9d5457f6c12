// SPDX-License-Identifier: MIT
// Lines of text as the settings of a run: "ENV ALGO" first, then a name=value each, "preset=NAME"
// among them. Refused with a sentence and nothing changed, or taken, and told again it is the same.
#include "fuzz.h"

#include "core/text.h"
#include "envs/registry.h"
#include "rl/run.h"

enum { ROOM = 1 << 15 };
#define BLOCK_MAX (1u << 20)

static char before[ROOM], after[ROOM];

static const char *described(const bh_setup *setup, char *into)
{
    bh_text out = bh_text_over(into, ROOM);
    bh_setup_describe(setup, &out);
    REQUIRE(strlen(into) < ROOM - 1);
    return into;
}

static void set(bh_setup *setup, const char *name, const char *value)
{
    bh_error err = {0};
    described(setup, before);
    int is_preset = strcmp(name, "preset") == 0;
    bh_status status =
        is_preset ? bh_setup_preset(setup, value, &err) : bh_setup_set(setup, name, value, &err);
    require_sentence(status, &err);
    described(setup, after);
    if (status != BH_OK) {
        REQUIRE(is_preset || strcmp(before, after) == 0);
        return;
    }
    if (is_preset) return;
    REQUIRE(bh_setup_set(setup, name, value, &err) == BH_OK);
    REQUIRE(strcmp(described(setup, before), after) == 0);
}

static void check_run(const bh_setup *setup)
{
    bh_run *run;
    bh_error err = {0};
    bh_status status = bh_run_create(&run, setup, &err);
    require_sentence(status, &err);
    REQUIRE((status == BH_OK) == (run != NULL));
    bh_run_destroy(run);
}

// Cuts the first line off.
static char *take_line(char **rest)
{
    char *line = *rest, *end = line != NULL ? strchr(line, '\n') : NULL;
    if (end != NULL) *end++ = '\0';
    *rest = end;
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    limit_blocks(BLOCK_MAX);
    char *text = malloc(size + 1);
    REQUIRE(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    char *rest = text, *line = take_line(&rest);
    char *algo = strchr(line, ' ');
    if (algo != NULL) *algo++ = '\0';
    bh_setup *setup;
    bh_error err = {0};
    bh_status status = bh_setup_create(&setup, &bh_all_envs, line, algo, &err);
    require_sentence(status, &err);
    REQUIRE((status == BH_OK) == (setup != NULL));
    while (setup != NULL && (line = take_line(&rest)) != NULL) {
        char *value = strchr(line, '=');
        if (value != NULL) *value++ = '\0';
        set(setup, line, value != NULL ? value : "");
    }
    if (setup != NULL) check_run(setup);
    bh_setup_destroy(setup);
    free(text);
    REQUIRE(bh_live_bytes() == 0);
    return 0;
}
