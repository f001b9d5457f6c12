// SPDX-License-Identifier: MIT
// A chain x = x * rate + shift cannot start a step before the last one ended: 12 of them cover a
// latency of 6 cycles at two multiplications and two additions a cycle; on some processors one more
// leaves room (Zen 4: 4 %), on others it disturbs (Zen 5: 2 %). Where the two operations share a
// port, 6 chains of multiplications beside 6 of additions are faster still (Sapphire Rapids: 3 %).
// So all three are there. With the two constants 13 fill the 15 registers a WebAssembly engine has
// on x86. The limit of a mixed chain is 1.
//
// Where the library has kernels of several widths, this file is compiled for each like them.
#include "bench_peak.h"

#include "kernels/choice.h"
#include "kernels/simd.h"

#include <stddef.h>
#include <string.h>

#define LANES BH_LANES

enum { STEPS = BENCH_PEAK_PAIRS / LANES }; // multiplications of vectors, all chains together

static volatile bh_real sink; // what is computed has to go somewhere

#if defined(__clang__) || defined(__GNUC__)
__attribute__((always_inline))
#endif
static inline void
run_chains(int n, const int chains)
{
    static volatile bh_real rate = (bh_real)0.75, shift = (bh_real)0.25;
    bhi_v mul = bhi_v_splat(rate), add = bhi_v_splat(shift), x[13];
    for (int i = 0; i < chains; i++) x[i] = bhi_v_splat((bh_real)i);
    for (long k = (long)n * (STEPS / chains); k > 0; k--) {
        for (int i = 0; i < chains; i++) x[i] = bhi_v_add(bhi_v_mul(x[i], mul), add);
    }
    bh_real lane[LANES];
    for (int i = 1; i < chains; i++) x[0] = bhi_v_add(x[0], x[i]);
    bhi_v_store(lane, x[0]);
    sink = lane[0];
}

static void chains_12(int n)
{
    run_chains(n, 12);
}

static void chains_13(int n)
{
    run_chains(n, 13);
}

static void chains_6_6(int n)
{
    enum { CHAINS = 6 };
    static volatile bh_real rate = 1, shift = 0;
    bhi_v mul = bhi_v_splat(rate), add = bhi_v_splat(shift), x[CHAINS], y[CHAINS];
    for (int i = 0; i < CHAINS; i++) x[i] = y[i] = bhi_v_splat((bh_real)i);
    for (long k = (long)n * (STEPS / CHAINS); k > 0; k--) {
        for (int i = 0; i < CHAINS; i++) {
            x[i] = bhi_v_mul(x[i], mul);
            y[i] = bhi_v_add(y[i], add);
        }
    }
    bh_real lane[LANES];
    for (int i = 0; i < CHAINS; i++) x[0] = bhi_v_add(x[0], bhi_v_add(x[i], y[i]));
    bhi_v_store(lane, x[0]);
    sink = lane[0];
}

#ifdef BHI_KERNELS

extern const bench_peak BHI_JOIN(bench_peak, BHI_KERNELS);
const bench_peak BHI_JOIN(bench_peak, BHI_KERNELS) = {chains_12, chains_13, chains_6_6};

#ifdef BHI_TWINS // one of them has the choice, too
extern const bench_peak bench_peak__sse2, bench_peak__avx2, bench_peak__avx512;

const bench_peak *bench_peak_here(void)
{
    const char *name = bh_simd_name();
    if (strcmp(name, "avx512") == 0) return &bench_peak__avx512;
    if (strcmp(name, "avx2") == 0) return &bench_peak__avx2;
    return strcmp(name, "sse2") == 0 ? &bench_peak__sse2 : &bench_peak__plain;
}
#endif

#else

const bench_peak *bench_peak_here(void)
{
    static const bench_peak only = {chains_12, chains_13, chains_6_6};
    return &only;
}

#endif
