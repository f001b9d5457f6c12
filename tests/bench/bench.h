// SPDX-License-Identifier: MIT
// What `npm run bench` times: cases that run n times while the caller holds the clock.
//
// A case is a piece of work over memory of its own, named in the table of bench.c. build/bench/
// opens cases in two WebAssembly modules and, through the program's standard input, natively, runs
// them in turns and divides. Nothing here knows the time, except the native program's main.
#pragma once

#include "core/real.h"

typedef struct bench_case bench_case;

/// Name of kind i, or NULL past the last one.
const char *bench_kind_name(int i);

/// Makes a case ready to run; what a, b and c mean is in the table of bench.c. NULL when memory ran
/// out or a number is out of range.
bench_case *bench_open(int kind, int a, int b, int c);
void bench_close(bench_case *c);

/// Does the case's work n times, n > 0.
void bench_run(bench_case *c, int n);

// Of a case of kind ddpg, td3 or sac, so that build/peers can repeat what it learns:

/// Does one update and writes its batch and noise down, see bench_control_record; borrowed until
/// the next one.
const bh_real *bench_record(bench_case *c);
/// See bench_control_values.
const bh_real *bench_values(bench_case *c, int which);
int bench_n_values(bench_case *c, int which);
