// SPDX-License-Identifier: MIT
// A short run of every environment, natively: prints "ENV SHA256" of the parameters it ends with. The same runs in
// WebAssembly must give the same lines, see tests/node/golden.test.mjs and tests/golden/runs.json.
#include "envs/registry.h"
#include "rl/run.h"

#include <stdio.h>

#define STEPS      2000
#define STEPS_TEXT "2000"

static int fail(const bh_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    return 1;
}

// The preset of the environment's first algorithm, seed 0, schedules over the short run.
static int print_run(const char *id)
{
    bh_error err = {0};
    bh_setup *setup;
    bh_run *run;
    if (bh_setup_create(&setup, &bh_envs, id, NULL, &err) != BH_OK) return fail(&err);
    bh_status status = bh_setup_set(setup, "seed", "0", &err);
    if (status == BH_OK) status = bh_setup_set(setup, "total_timesteps", STEPS_TEXT, &err);
    if (status == BH_OK) status = bh_run_create(&run, setup, &err);
    bh_setup_destroy(setup);
    if (status != BH_OK) return fail(&err);
    char hex[65];
    bh_run_steps(run, STEPS);
    bh_run_fingerprint(run, BH_CURRENT, hex);
    printf("%s %s\n", id, hex);
    bh_run_destroy(run);
    return 0;
}

int main(void)
{
    int failures = 0;
    for (int i = 0; i < bh_envs.n; i++) failures += print_run(bh_envs.defs[i]->id);
    return failures != 0;
}
