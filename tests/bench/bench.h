// SPDX-License-Identifier: MIT
// What `npm run bench` times: cases that run n times while the caller holds the clock.
//
// A case is a piece of work over memory of its own, of a kind that a table of bench*.c names.
// build/bench/ opens cases in two WebAssembly modules and, through the program's standard input,
// natively, runs them in turns and divides. Nothing here knows the time, except the native program's
// main.
#pragma once

#include "core/real.h"

typedef struct bench_case bench_case;

/// Name of kind i, or NULL past the last one.
const char *bench_kind_name(int i);

/// Makes a case ready to run; what a, b and c mean is in the tables. NULL when memory ran out or a
/// number is out of range.
bench_case *bench_open(int kind, int a, int b, int c);
void bench_close(bench_case *c);

/// Does the case's work n times, n > 0.
void bench_run(bench_case *c, int n);

// Of the kinds that build/peers repeats:

/// Does one update and writes down what it learned from; borrowed until the next one. What stands in
/// it is said at each kind's function.
const bh_real *bench_record(bench_case *c);
/// Reals of a record; 0 where the kind has none.
int bench_n_record(const bench_case *c);

/// What has been learned, borrowed: parameters (0), those of the target (1), SAC's log_alpha (2), the
/// tokens that were written (3).
typedef struct bench_array {
    const bh_real *at;
    int n;
} bench_array;

const bh_real *bench_values(bench_case *c, int which);
int bench_n_values(bench_case *c, int which);
