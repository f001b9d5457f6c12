// SPDX-License-Identifier: MIT
// Any bytes as a checkpoint: of a run, of a language model, of a pre-training; as they are, and with
// the right checksum, behind which another layer of checks stands. Refused with a sentence, or a run
// that goes on within its memory and can be saved.
#include "fuzz.h"

#include "envs/registry.h"
#include "io/checkpoint.h"
#include "io/sha256.h"
#include "lm/language_model.h"
#include "lm/pretraining.h"
#include "rl/run.h"

#define BLOCK_MAX (8u << 20)

// Makes the checksum right, if the header has one where bellhop writes it.
static int sign(uint8_t *bytes, size_t size)
{
    static const char start[] = "{\"__metadata__\":{\"sha256\":\"";
    size_t at = 8 + sizeof start - 1;
    if (size < at + 64 || memcmp(bytes + 8, start, sizeof start - 1) != 0) return 0;
    char hex[65];
    memset(bytes + at, '0', 64);
    bh_sha256 sha;
    bh_sha256_begin(&sha);
    bh_sha256_add(&sha, bytes, size);
    bh_sha256_end(&sha, hex);
    memcpy(bytes + at, hex, 64);
    return 1;
}

static void check_saves(bh_run *run)
{
    size_t n = bh_run_save(run, BH_CURRENT, NULL, 0);
    void *bytes = malloc(n);
    bh_error err = {0};
    REQUIRE(bytes != NULL && bh_run_save(run, BH_CURRENT, bytes, n) == n);
    REQUIRE(bh_checkpoint_check(bytes, n, &err) == BH_OK);
    free(bytes);
}

static void as_run(const uint8_t *bytes, size_t size)
{
    bh_setup *setup;
    bh_run *run = NULL;
    bh_error err = {0};
    bh_status status = bh_setup_from_checkpoint(&setup, &bh_all_envs, bytes, size, &err);
    require_sentence(status, &err);
    REQUIRE((status == BH_OK) == (setup != NULL));
    if (status == BH_OK && bh_run_create(&run, setup, &err) == BH_OK) {
        status = bh_run_load(run, bytes, size, &err);
        require_sentence(status, &err);
        if (status == BH_OK) check_saves(run);
        bh_run_destroy(run);
    }
    run = NULL;
    if (setup != NULL) {
        err = (bh_error){0};
        status = bh_run_resume(&run, setup, bytes, size, &err);
        require_sentence(status, &err);
        REQUIRE((status == BH_OK) == (run != NULL));
        if (run != NULL) bh_run_steps(run, 3);
        if (run != NULL) check_saves(run);
    }
    bh_run_destroy(run);
    bh_setup_destroy(setup);
}

static void as_language(const uint8_t *bytes, size_t size)
{
    static const char text[] = "the cat sat on the mat. the cat sat on the mat. the cat sat.\n";
    bh_language_model *model;
    bh_error err = {0};
    bh_status status = bh_language_model_load(&model, bytes, size, &err);
    require_sentence(status, &err);
    REQUIRE((status == BH_OK) == (model != NULL));
    bh_language_model_destroy(model);
    bh_pretraining_config config;
    bh_config_defaults(&bh_pretraining_table, &config);
    err = (bh_error){0};
    status = bh_pretraining_config_from_checkpoint(&config, bytes, size, &err);
    require_sentence(status, &err);
    if (status != BH_OK) return;
    bh_pretraining *training;
    status = bh_pretraining_resume(&training, &config, text, sizeof text - 1, bytes, size, &err);
    require_sentence(status, &err);
    REQUIRE((status == BH_OK) == (training != NULL));
    if (training != NULL) bh_pretraining_steps(training, 1);
    bh_pretraining_destroy(training);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    limit_blocks(BLOCK_MAX);
    uint8_t *bytes = copy_of(data, size);
    for (int is_signed = 0; is_signed == 0 || (is_signed == 1 && sign(bytes, size)); is_signed++) {
        as_run(bytes, size);
        as_language(bytes, size);
    }
    free(bytes);
    REQUIRE(bh_live_bytes() == 0);
    return 0;
}
