// SPDX-License-Identifier: MIT
// Golden runs, natively: each argument names one ("ENV" or "ENV ALGO name=value …", see tests/golden/golden.mjs); prints
// the name, a tab and the SHA-256 of the parameters it ends with. The same runs in WebAssembly must give the same lines,
// see tests/node/golden.test.mjs and tests/golden/runs.json.
#include "envs/registry.h"
#include "rl/run.h"

#include <stdio.h>
#include <string.h>

#define STEPS      2000
#define STEPS_TEXT "2000"

static int fail(const bh_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    return 1;
}

// "name=value", or "preset=name".
static bh_status apply(bh_setup *setup, char *setting, bh_error *err)
{
    char *value = strchr(setting, '=');
    if (value == NULL) return bh_fail(err, BH_ERR_ARGUMENT, "'%s' is not name=value", setting);
    *value++ = '\0';
    if (strcmp(setting, "preset") == 0) return bh_setup_preset(setup, value, err);
    return bh_setup_set(setup, setting, value, err);
}

// The setup a name stands for, seed 0, schedules over the short run. The name is cut in pieces.
static bh_status read_name(bh_setup **out, char *name, bh_error *err)
{
    const char *id = strtok(name, " "), *algo = strtok(NULL, " ");
    bh_status status = bh_setup_create(out, &bh_envs, id != NULL ? id : "", algo, err);
    for (char *s; status == BH_OK && (s = strtok(NULL, " ")) != NULL;) status = apply(*out, s, err);
    if (status == BH_OK) status = bh_setup_set(*out, "seed", "0", err);
    if (status == BH_OK) status = bh_setup_set(*out, "total_timesteps", STEPS_TEXT, err);
    return status;
}

static int print_run(const char *name)
{
    char pieces[256], hex[65];
    bh_error err = {0};
    bh_setup *setup = NULL;
    bh_run *run = NULL;
    snprintf(pieces, sizeof pieces, "%s", name);
    bh_status status = read_name(&setup, pieces, &err);
    if (status == BH_OK) status = bh_run_create(&run, setup, &err);
    bh_setup_destroy(setup);
    if (status != BH_OK) return fail(&err);
    bh_run_steps(run, STEPS);
    bh_run_fingerprint(run, BH_CURRENT, hex);
    printf("%s\t%s\n", name, hex);
    bh_run_destroy(run);
    return 0;
}

int main(int argc, char **argv)
{
    int failures = 0;
    for (int i = 1; i < argc; i++) failures += print_run(argv[i]);
    return failures != 0;
}
