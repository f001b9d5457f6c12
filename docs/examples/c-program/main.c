// Trains a DQN on CartPole, prints every evaluation, scores the best parameters and writes them to a file.
#include <stdio.h>
#include <stdlib.h>

#include "bellhop.h"
#include "envs/registry.h"

enum { SLICE = 1000, TOTAL = 10000, MAX_RECORDS = 1024 };

static bh_status make_run(bh_run **run, bh_error *err)
{
    bh_setup *setup = NULL;
    bh_status status = bh_setup_create(&setup, &bh_envs, "CartPole-v1", "dqn", err);
    if (status == BH_OK) status = bh_setup_set(setup, "seed", "7", err);
    if (status == BH_OK) status = bh_setup_set(setup, "total_timesteps", "10000", err);
    if (status == BH_OK) status = bh_run_create(run, setup, err);
    bh_setup_destroy(setup);
    return status;
}

/// Prints the evaluations among the records since the last call.
static void print_evaluations(bh_run *run)
{
    static double records[MAX_RECORDS][BH_RECORD_WIDTH];
    int n = bh_run_drain(run, records[0], MAX_RECORDS);
    for (int i = 0; i < n; i++) {
        if (records[i][0] != BH_RECORD_EVAL) continue;
        printf("step %.0f: mean return %.2f\n", records[i][1], records[i][2]);
    }
}

/// Writes the best parameters as safetensors. Returns 0 on success.
static int save(bh_run *run, const char *path)
{
    size_t size = bh_run_save(run, BH_BEST, NULL, 0);
    void *bytes = malloc(size);
    if (!bytes) return -1;
    bh_run_save(run, BH_BEST, bytes, size);
    FILE *file = fopen(path, "wb");
    int failed = !file || fwrite(bytes, 1, size, file) != size;
    if (file && fclose(file) != 0) failed = 1;
    free(bytes);
    return failed ? -1 : 0;
}

int main(void)
{
    bh_error err = {0};
    bh_run *run = NULL;
    bh_score score = {0};
    bh_status status = make_run(&run, &err);
    for (int done = 0; status == BH_OK && done < TOTAL; done += SLICE) {
        status = bh_run_steps(run, SLICE);
        print_evaluations(run);
    }
    if (status == BH_OK) status = bh_run_evaluate(run, BH_BEST, 100, 1, &score);
    if (status != BH_OK) {
        fprintf(stderr, "%s\n", err.message[0] ? err.message : bh_status_string(status));
        bh_run_destroy(run);
        return 1;
    }
    char fingerprint[65];
    bh_run_fingerprint(run, BH_BEST, fingerprint);
    printf("best of them on 100 episodes: %.2f\nparameters %.16s\n", score.mean, fingerprint);
    int failed = save(run, "cartpole.safetensors");
    if (failed) perror("cartpole.safetensors");
    bh_run_destroy(run);
    return failed ? 1 : 0;
}
