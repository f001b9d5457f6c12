// SPDX-License-Identifier: MIT
// bellhop-run: a run in a process of its own, at the speed of this machine's processor, for
// `bellhop train --native` (web/cli/native-process.mjs is the other end of its pipes).
//
// It is handed a run as the bytes of a full checkpoint and goes on with it: whoever asks has made
// that run, from settings, demonstrations or a language model, as without this program, so that
// nothing of that is done twice, and it writes every file. A full checkpoint is the same to the bit
// in every build (rl/run.h), and so is what comes of it.
//
// Both ends are on one machine: numbers are as it has them. A frame is
// struct { u32 kind; u32 bytes; } and so many bytes. This program says hello, then answers one
// question after the other:
//   RUN          a full checkpoint                          STATE
//   STEPS        f64 until, milliseconds                    RECORDS of those steps, then STATE
//   SAVE         f64 which: bh_params_choice, or 2: full    BYTES
//   EVALUATE     f64 which, episodes, seed, milliseconds    SCORE; 0 episodes give one up
//   FINGERPRINT  f64 which                                  64 digits, and '1' where all is finite
// or any of them with ERROR. STEPS and EVALUATE return when the time is up, perhaps in the middle of
// a step, and are asked again. It ends when its input does, with whoever started it; signals to both
// are for that one to answer.
#define _POSIX_C_SOURCE 200809L // clock_gettime

#include "bellhop.h"
#include "envs/registry.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROTOCOL "1"

enum {
    RUN = 'R',
    STEPS = 'S',
    SAVE = 'C',
    EVALUATE = 'E',
    FINGERPRINT = 'F',
};

enum {
    HELLO = 'h',
    RECORDS = 'r',
    STATE = 's',
    BYTES = 'b',
    SCORE = 'e',
    FINGERPRINT_IS = 'f',
    ERROR_IS = 'x',
};

enum {
    SAVE_FULL = 2,
    STEPS_MAX =
        2048, // so that the ring of records, which has room for 3 a step, is drained in time
    ROWS = 512,
    NUMBERS = 4, // the most a question has
};

typedef struct server {
    bh_run *run; // NULL before RUN
    bh_error err;
    double deadline; // in seconds of now()
    double rows[ROWS * BH_RECORD_WIDTH];
} server;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int is_late(void *deadline)
{
    return now() >= *(const double *)deadline;
}

// ---- frames ----

static void send_frame(uint32_t kind, const void *bytes, size_t size)
{
    uint32_t head[2] = {kind, (uint32_t)size};
    int is_sent = fwrite(head, sizeof head, 1, stdout) == 1 &&
                  (size == 0 || fwrite(bytes, size, 1, stdout) == 1) &&
                  (kind == RECORDS || fflush(stdout) == 0);
    if (!is_sent) exit(EXIT_FAILURE); // nobody reads any more
}

static void send_error(const bh_error *err)
{
    send_frame(ERROR_IS, err, sizeof err->status + strlen(err->message));
}

static void send_state(const bh_run *run)
{
    double state[] = {
        bh_run_is_under_way(run), bh_run_timesteps(run), bh_run_episodes(run),
        bh_run_updates(run),      bh_run_solved_at(run), bh_run_finished(run),
    };
    send_frame(STATE, state, sizeof state);
}

static void send_records(server *s)
{
    for (int n = ROWS; n == ROWS;) {
        n = bh_run_drain(s->run, s->rows, ROWS);
        if (n > 0) send_frame(RECORDS, s->rows, (size_t)n * BH_RECORD_WIDTH * sizeof *s->rows);
    }
}

// ---- questions ----

static bh_status take_over(server *s, const void *bytes, size_t size)
{
    bh_setup *setup;
    bh_run_destroy(s->run);
    s->run = NULL;
    if (bh_setup_from_checkpoint(&setup, &bh_all_envs, bytes, size, &s->err) != BH_OK)
        return s->err.status;
    bh_status status = bh_run_resume(&s->run, setup, bytes, size, &s->err);
    bh_setup_destroy(setup);
    if (status != BH_OK) return status;
    bh_run_set_interrupt(s->run, is_late, &s->deadline);
    send_state(s->run);
    return BH_OK;
}

static bh_status failed(server *s)
{
    s->err = *bh_run_failure(s->run);
    return s->err.status;
}

// Until so many environment steps are done, or stop_at_threshold ends it, or the time is up.
static bh_status take_steps(server *s, int until)
{
    bh_status status = bh_run_is_under_way(s->run) ? BH_PENDING : BH_OK;
    do {
        int left = until - bh_run_timesteps(s->run), n = left < STEPS_MAX ? left : STEPS_MAX;
        if (status == BH_OK && left <= 0) break;
        status = bh_run_steps(s->run, status == BH_PENDING ? 0 : n);
        send_records(s);
    } while (status >= 0 && !bh_run_finished(s->run) && !is_late(&s->deadline));
    if (status < 0) return failed(s);
    send_state(s->run);
    return BH_OK;
}

static bh_params_choice choice_of(double which)
{
    return which > 0 ? BH_BEST : BH_CURRENT;
}

// Bytes of what is saved, written where there is room for them; 0 where it cannot be.
static size_t write_into(server *s, double which, void *out, size_t size)
{
    if (which < SAVE_FULL) return bh_run_save(s->run, choice_of(which), out, size);
    size_t n;
    bh_run_save_full(s->run, out, size, &n, &s->err);
    return n;
}

static bh_status save(server *s, double which)
{
    bh_fail(&s->err, BH_ERR_CONFIG, "the options are too long to be saved");
    size_t size = write_into(s, which, NULL, 0);
    if (size == 0) return s->err.status;
    void *bytes = size <= UINT32_MAX ? bh_alloc_unset(size) : NULL;
    if (bytes == NULL)
        return bh_fail(&s->err, BH_ERR_MEMORY, "a checkpoint of %zu bytes is too large", size);
    write_into(s, which, bytes, size);
    send_frame(BYTES, bytes, size);
    bh_free(bytes, size);
    return BH_OK;
}

static bh_status evaluate(server *s, double which, int episodes, double seed)
{
    bh_score score = {0};
    bh_status status = bh_run_evaluate(s->run, choice_of(which), episodes, (uint64_t)seed, &score);
    if (status < 0) return failed(s);
    double row[] = {status,    score.mean,        score.std,     score.min,
                    score.max, score.mean_length, score.episodes};
    send_frame(SCORE, row, sizeof row);
    return BH_OK;
}

static int is_finite_tensor(const bh_tensor *t)
{
    const int *n = t->extent, *by = t->stride;
    for (int i = 0; i < n[0] * n[1] * n[2] * n[3]; i++) {
        int at[4] = {i / (n[1] * n[2] * n[3]), i / (n[2] * n[3]) % n[1], i / n[3] % n[2], i % n[3]};
        size_t k = 0;
        for (int d = 0; d < 4; d++) k += (size_t)at[d] * (size_t)by[d];
        if (t->dtype == BH_F32 && !isfinite(((const float *)t->data)[k])) return 0;
        if (t->dtype == BH_F64 && !isfinite(((const double *)t->data)[k])) return 0;
    }
    return 1;
}

static bh_status fingerprint(server *s, double which)
{
    bh_tensor tensors[BH_TENSORS_MAX];
    char text[66];
    bh_run_fingerprint(s->run, choice_of(which), text);
    int n = bh_run_tensors(s->run, choice_of(which), tensors), is_finite = 1;
    for (int i = 0; i < n && is_finite; i++) is_finite = is_finite_tensor(&tensors[i]);
    text[64] = is_finite ? '1' : '0';
    send_frame(FINGERPRINT_IS, text, 65);
    return BH_OK;
}

static bh_status answer(server *s, uint32_t kind, const void *bytes, size_t size)
{
    double x[NUMBERS] = {0};
    if (kind == RUN) return take_over(s, bytes, size);
    if (s->run == NULL) return bh_fail(&s->err, BH_ERR_STATE, "there is no run yet");
    if (size > sizeof x) return bh_fail(&s->err, BH_ERR_ARGUMENT, "%zu bytes are too many", size);
    if (size > 0) memcpy(x, bytes, size);
    s->deadline = now() + (kind == STEPS ? x[1] : x[3]) / 1000;
    switch (kind) {
    case STEPS: return take_steps(s, (int)x[0]);
    case SAVE: return save(s, x[0]);
    case EVALUATE: return evaluate(s, x[0], (int)x[1], x[2]);
    case FINGERPRINT: return fingerprint(s, x[0]);
    default: return bh_fail(&s->err, BH_ERR_ARGUMENT, "there is no question %u", (unsigned)kind);
    }
}

// 0 at the end of the input, or where it cannot be answered any more.
static int answer_next(server *s)
{
    uint32_t head[2];
    if (fread(head, sizeof head, 1, stdin) != 1) return 0;
    size_t size = head[1];
    void *bytes = size > 0 ? bh_alloc_unset(size) : NULL;
    if (size > 0 && bytes == NULL) {
        bh_fail(&s->err, BH_ERR_MEMORY, "out of memory for %zu bytes", size);
        send_error(&s->err);
        return 0;
    }
    int is_whole = size == 0 || fread(bytes, size, 1, stdin) == 1;
    if (is_whole && answer(s, head[0], bytes, size) != BH_OK) send_error(&s->err);
    bh_free(bytes, size);
    return is_whole;
}

int main(int argc, char **argv)
{
    static const char hello[] = "bellhop-run " PROTOCOL " " BH_VERSION;
    if (argc > 1) {
        int asks_version = strcmp(argv[1], "--version") == 0;
        puts(asks_version ? BH_VERSION
                          : "bellhop-run takes a run over its standard input: bellhop train ENV "
                            "--native starts it (docs/native.md)");
        return 0;
    }
    for (size_t i = 0; i < 3; i++) signal((int[]){SIGINT, SIGTERM, SIGHUP}[i], SIG_IGN);
    server *s = bh_alloc(sizeof *s);
    if (s == NULL) return EXIT_FAILURE;
    send_frame(HELLO, hello, sizeof hello - 1);
    while (answer_next(s)) {}
    bh_run_destroy(s->run);
    bh_free(s, sizeof *s);
    return 0;
}
