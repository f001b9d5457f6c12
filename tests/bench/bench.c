// SPDX-License-Identifier: MIT
// All cases of `npm run bench`: a WebAssembly module without imports but memory growth, or a
// program that takes its orders on standard input:
//
//     open NAME A B C   answers a number for the case, -1 on failure
//     time CASE N       answers the seconds that N runs of it took
//     cpu CASE N        the same of the processor's time: what others do meanwhile is left out
//     close CASE        answers 0
//     name              answers the name of the kernels in use
#include "bench.h"
#include "bench_case.h"
#include "bench_peak.h"

#include "kernels/choice.h"
#include "kernels/gemm.h"

#include <stddef.h>
#include <string.h>

#ifdef __wasm__
#define EXPORT(type, name) __attribute__((export_name(#name), used)) type name
#else
#define EXPORT(type, name) type name
#endif

#define ENVS_MAX 1024
#define SIDE_MAX 8192 // of a matrix side, a layer, a batch

void bench_fill(bh_real *x, size_t n, bh_rng *rng)
{
    for (size_t i = 0; i < n; i++) x[i] = (bh_real)(2 * bh_rng_uniform(rng) - 1);
}

void bench_layout_record(bench_case *c, bhi_arena *arena, size_t n)
{
    c->n_record = (int)n;
    c->record = bhi_arena_array(arena, n, sizeof *c->record);
}

// ---- peak ----

static void run_peak_12(bench_case *c, int n)
{
    (void)c;
    bench_peak_here()->chains_12(n);
}

static void run_peak_13(bench_case *c, int n)
{
    (void)c;
    bench_peak_here()->chains_13(n);
}

static void run_peak_6_6(bench_case *c, int n)
{
    (void)c;
    bench_peak_here()->chains_6_6(n);
}

// ---- matrix products: a = M, b = N, c = K ----

static void layout_gemm(bench_case *c, bhi_arena *arena)
{
    size_t M = (size_t)c->a, N = (size_t)c->b, K = (size_t)c->c;
    c->x = bhi_arena_array(arena, M * K, sizeof(bh_real));
    c->w = bhi_arena_array(arena, K * N, sizeof(bh_real));
    c->y = bhi_arena_array(arena, M * N, sizeof(bh_real));
}

static int start_gemm(bench_case *c)
{
    bench_fill(c->x, (size_t)c->a * (size_t)c->c, &c->rng);
    bench_fill(c->w, (size_t)c->c * (size_t)c->b, &c->rng);
    return 1;
}

static void run_gemm_nn(bench_case *c, int n)
{
    while (n-- > 0) bhi_gemm_nn(c->y, c->x, c->w, NULL, BHI_EPILOGUE_NONE, c->a, c->b, c->c);
}

static void run_gemm_nt(bench_case *c, int n)
{
    while (n-- > 0) bhi_gemm_nt(c->y, c->x, c->w, NULL, c->a, c->b, c->c);
}

static void run_gemm_tn(bench_case *c, int n)
{
    while (n-- > 0) bhi_gemm_tn(c->y, c->x, c->w, c->a, c->b, c->c);
}

// ---- the table ----

static const bench_kind basic_kinds[] = {
    {"peak_12", NULL, NULL, run_peak_12, NULL, NULL},
    {"peak_13", NULL, NULL, run_peak_13, NULL, NULL},
    {"peak_6_6", NULL, NULL, run_peak_6_6, NULL,
     NULL}, // one run of each is BENCH_PEAK_PAIRS multiplications and additions
    {"gemm_nn", layout_gemm, start_gemm, run_gemm_nn, NULL, NULL}, // M, N, K
    {"gemm_nt", layout_gemm, start_gemm, run_gemm_nt, NULL, NULL},
    {"gemm_tn", layout_gemm, start_gemm, run_gemm_tn, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};

static const bench_kind *const tables[] = {basic_kinds, bench_agent_kinds, bench_part_kinds,
                                           bench_language_kinds};

// NULL past the last one.
static const bench_kind *kind_at(int i)
{
    for (size_t t = 0; i >= 0 && t < sizeof tables / sizeof *tables; t++)
        for (const bench_kind *kind = tables[t]; kind->name != NULL; kind++)
            if (i-- == 0) return kind;
    return NULL;
}

EXPORT(const char *, bench_kind_name)(int i)
{
    const bench_kind *kind = kind_at(i);
    return kind != NULL ? kind->name : NULL;
}

static void layout(void *object, bhi_arena *arena)
{
    bench_case *c = object;
    if (c->kind->layout != NULL) c->kind->layout(c, arena);
}

static int sizes_fit(const bench_case *c)
{
    int max = strcmp(c->kind->name, "env") == 0 ? ENVS_MAX : SIDE_MAX;
    return c->a >= 0 && c->b >= 0 && c->c >= 0 && c->a <= max && c->b <= max && c->c <= max;
}

EXPORT(bench_case *, bench_open)(int index, int a, int b, int c)
{
    bench_case shape = {.kind = kind_at(index), .a = a, .b = b, .c = c, .rng = bh_rng_seed(1)};
    if (shape.kind == NULL || !sizes_fit(&shape)) return NULL;
    bench_case *made = bhi_create(&shape, sizeof shape, layout, &shape.bytes);
    if (made == NULL) return NULL;
    if (made->kind->start == NULL || made->kind->start(made)) return made;
    bench_close(made);
    return NULL;
}

EXPORT(void, bench_close)(bench_case *c)
{
    bh_env_destroy(c->envs);
    bhi_agent_destroy(c->agent);
    bh_run_destroy(c->run);
    bh_pretraining_destroy(c->training);
    bh_free(c, c->bytes);
}

EXPORT(void, bench_run)(bench_case *c, int n)
{
    c->kind->run(c, n);
}

EXPORT(const bh_real *, bench_record)(bench_case *c)
{
    c->kind->record(c);
    return c->record;
}

EXPORT(int, bench_n_record)(const bench_case *c)
{
    return c->n_record;
}

EXPORT(const bh_real *, bench_values)(bench_case *c, int which)
{
    return c->kind->values(c, which).at;
}

EXPORT(int, bench_n_values)(bench_case *c, int which)
{
    return c->kind->values(c, which).n;
}

// ---- the native program ----

#ifndef __wasm__

#include <stdio.h>
#include <time.h>

enum { CASES_MAX = 64 };
static bench_case *cases[CASES_MAX];

static int open_named(const char *name, int a, int b, int c)
{
    int slot = 0, index = 0;
    while (slot < CASES_MAX && cases[slot] != NULL) slot++;
    while (kind_at(index) != NULL && strcmp(kind_at(index)->name, name) != 0) index++;
    if (slot == CASES_MAX) return -1;
    cases[slot] = bench_open(index, a, b, c);
    return cases[slot] != NULL ? slot : -1;
}

static double now(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double cpu_now(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static double time_case(bench_case *c, int n, double (*clock_of)(void))
{
    double since = clock_of();
    bench_run(c, n);
    return clock_of() - since;
}

static int is_open(int slot)
{
    return slot >= 0 && slot < CASES_MAX && cases[slot] != NULL;
}

static void close_case(int slot)
{
    bench_close(cases[slot]);
    cases[slot] = NULL;
}

int main(void)
{
    char line[128], name[32];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int a = 0, b = 0, c = 0;
        double answer = -1;
        if (strcmp(line, "name\n") == 0) {
            puts(bh_simd_name());
            continue;
        }
        if (sscanf(line, "open %31s %d %d %d", name, &a, &b, &c) == 4) {
            answer = open_named(name, a, b, c);
        } else if (sscanf(line, "time %d %d", &a, &b) == 2 && is_open(a)) {
            answer = time_case(cases[a], b, now);
        } else if (sscanf(line, "cpu %d %d", &a, &b) == 2 && is_open(a)) {
            answer = time_case(cases[a], b, cpu_now);
        } else if (sscanf(line, "close %d", &a) == 1 && is_open(a)) {
            close_case(a);
            answer = 0;
        }
        printf("%.9f\n", answer);
        fflush(stdout);
    }
    for (int i = 0; i < CASES_MAX; i++) {
        if (cases[i] != NULL) close_case(i);
    }
    return 0;
}

#endif
