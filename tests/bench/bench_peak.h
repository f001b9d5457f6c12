// SPDX-License-Identifier: MIT
// Multiplications and additions with nothing else in the way, in vectors as wide as the kernels in
// use have them.
#pragma once

/// One run is so many multiplications and as many additions, of numbers, whatever the width.
enum { BENCH_PEAK_PAIRS = 12 * 13 * 4 * 4 };

/// n runs by 12 chains of both, 13 chains of both, or 6 of multiplications beside 6 of additions.
typedef struct bench_peak {
    void (*chains_12)(int n), (*chains_13)(int n), (*chains_6_6)(int n);
} bench_peak;

/// That of the kernels in use.
const bench_peak *bench_peak_here(void);
