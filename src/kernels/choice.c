// SPDX-License-Identifier: MIT
// The choice of kernels: a table of functions for each width, of which one is taken for good when
// the first kernel is called, and the functions of gemm.h, elementwise.h and rows.h, which go there.
//
// BH_WIDTHS: the build has several. Else those functions are the kernels themselves, and all that is
// here is their name.
#include "kernels/choice.h"

#include "core/text.h"

#include <stdlib.h>
#include <string.h>

#ifdef BH_WIDTHS

#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/rows.h"

#include <stdatomic.h>
#include <stddef.h>

// Every kernel: what it returns, its name, its parameters, and their names alone.
#define KERNELS(KERNEL)                                                                          \
    KERNEL(void, bhi_gemm_nn,                                                                    \
           (bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,           \
            const bh_real *restrict bias, bhi_epilogue epilogue, int M, int N, int K),           \
           (y, x, w, bias, epilogue, M, N, K))                                                   \
    KERNEL(void, bhi_gemm_nt,                                                                    \
           (bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict w,           \
            const bh_real *restrict gate, int M, int N, int K),                                  \
           (y, x, w, gate, M, N, K))                                                             \
    KERNEL(void, bhi_gemm_tn,                                                                    \
           (bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict g, int M,    \
            int N, int K),                                                                       \
           (y, x, g, M, N, K))                                                                   \
    KERNEL(void, bhi_gemm_tn_add,                                                                \
           (bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict g, int M,    \
            int N, int K),                                                                       \
           (y, x, g, M, N, K))                                                                   \
    KERNEL(void, bhi_gemm_nn_part,                                                               \
           (bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx,                    \
            const bh_real *restrict w, int ldw, const bh_real *restrict bias, int M, int N,      \
            int K),                                                                              \
           (y, ldy, x, ldx, w, ldw, bias, M, N, K))                                              \
    KERNEL(void, bhi_gemm_nt_part,                                                               \
           (bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx,                    \
            const bh_real *restrict w, int ldw, int M, int N, int K),                            \
           (y, ldy, x, ldx, w, ldw, M, N, K))                                                    \
    KERNEL(void, bhi_gemm_tn_add_part,                                                           \
           (bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx,                    \
            const bh_real *restrict g, int ldg, int M, int N, int K),                            \
           (y, ldy, x, ldx, g, ldg, M, N, K))                                                    \
    KERNEL(void, bhi_tanh_forward, (bh_real * y, int n), (y, n))                                 \
    KERNEL(void, bhi_tanh_backward, (bh_real *restrict dx, const bh_real *restrict y, int n),    \
           (dx, y, n))                                                                           \
    KERNEL(void, bhi_relu_forward, (bh_real * y, int n), (y, n))                                 \
    KERNEL(void, bhi_relu_backward, (bh_real *restrict dx, const bh_real *restrict y, int n),    \
           (dx, y, n))                                                                           \
    KERNEL(void, bhi_copy_rows, (bh_real * y, int ldy, const bh_real *x, int ldx, int M, int N), \
           (y, ldy, x, ldx, M, N))                                                               \
    KERNEL(void, bhi_add_rows,                                                                   \
           (bh_real *restrict y, int ldy, const bh_real *restrict x, int ldx, int M, int N),     \
           (y, ldy, x, ldx, M, N))                                                               \
    KERNEL(void, bhi_column_sums,                                                                \
           (bh_real *restrict sum, const bh_real *restrict x, int M, int N), (sum, x, M, N))     \
    KERNEL(void, bhi_polyak,                                                                     \
           (bh_real *restrict target, const bh_real *restrict online, bh_real tau, int n),       \
           (target, online, tau, n))                                                             \
    KERNEL(void, bhi_perturb,                                                                    \
           (bh_real *restrict y, const bh_real *restrict x, const bh_real *restrict s,           \
            const bh_real *restrict e, bh_real scale, int n),                                    \
           (y, x, s, e, scale, n))                                                               \
    KERNEL(double, bhi_sum_of_squares, (const bh_real *x, int n), (x, n))                        \
    KERNEL(void, bhi_sgd,                                                                        \
           (bh_real *restrict p, const bh_real *restrict g, bh_real rate, bh_real scale, int n), \
           (p, g, rate, scale, n))                                                               \
    KERNEL(void, bhi_flush, (bh_real * x, bh_real least, int n), (x, least, n))                  \
    KERNEL(void, bhi_momentum,                                                                   \
           (bh_real *restrict p, bh_real *restrict m, const bh_real *restrict g,                 \
            const bhi_momentum_step *step, int n),                                               \
           (p, m, g, step, n))                                                                   \
    KERNEL(void, bhi_rmsprop,                                                                    \
           (bh_real *restrict p, bh_real *restrict v, bh_real *restrict m,                       \
            const bh_real *restrict g, const bhi_rmsprop_step *step, int n),                     \
           (p, v, m, g, step, n))                                                                \
    KERNEL(void, bhi_adam,                                                                       \
           (bh_real *restrict p, bh_real *restrict m, bh_real *restrict v,                       \
            const bh_real *restrict g, const bhi_adam_step *step, int n),                        \
           (p, m, v, g, step, n))                                                                \
    KERNEL(void, bhi_exp, (bh_real * y, const bh_real *x, int n), (y, x, n))                     \
    KERNEL(void, bhi_softmax_causal, (bh_real * s, bh_real scale, int first, int M, int N),      \
           (s, scale, first, M, N))                                                              \
    KERNEL(void, bhi_softmax_backward,                                                           \
           (bh_real *restrict dp, const bh_real *restrict p, bh_real scale, int M, int N),       \
           (dp, p, scale, M, N))                                                                 \
    KERNEL(double, bhi_cross_entropy,                                                            \
           (bh_real * logits, const int *target, bh_real weight, int M, int N),                  \
           (logits, target, weight, M, N))                                                       \
    KERNEL(void, bhi_layernorm_forward,                                                          \
           (bh_real *restrict y, bh_real *restrict moments, const bh_real *restrict x,           \
            const bh_real *restrict gain, const bh_real *restrict bias, int M, int C),           \
           (y, moments, x, gain, bias, M, C))                                                    \
    KERNEL(void, bhi_layernorm_backward,                                                         \
           (bh_real *restrict dx, bh_real *restrict dgain, bh_real *restrict dbias,              \
            const bh_real *restrict dy, const bh_real *restrict x, const bh_real *restrict gain, \
            const bh_real *restrict moments, int M, int C),                                      \
           (dx, dgain, dbias, dy, x, gain, moments, M, C))                                       \
    KERNEL(void, bhi_gelu_forward,                                                               \
           (bh_real *restrict y, bh_real *restrict x, bhi_gelu kind, int n), (y, x, kind, n))    \
    KERNEL(void, bhi_gelu_backward, (bh_real *restrict dy, const bh_real *restrict s, int n),    \
           (dy, s, n))                                                                           \
    KERNEL(void, bhi_add_column_sums,                                                            \
           (bh_real *restrict sum, const bh_real *restrict x, int M, int N), (sum, x, M, N))

typedef struct kernels {
    const char *name;
#define MEMBER(type, name, parameters, arguments) type(*name) parameters;
    KERNELS(MEMBER)
} kernels;

#define AT_WIDTH(width)       \
    KERNELS(DECLARED_##width) \
    static const kernels kernels_##width = {#width, KERNELS(NAMED_##width)};

#define DECLARED_scalar(type, name, parameters, arguments) extern type name##__plain parameters;
#define DECLARED_sse2(type, name, parameters, arguments)   extern type name##__sse2 parameters;
#define DECLARED_avx2(type, name, parameters, arguments)   extern type name##__avx2 parameters;
#define DECLARED_avx512(type, name, parameters, arguments) extern type name##__avx512 parameters;
#define NAMED_scalar(type, name, parameters, arguments)    name##__plain,
#define NAMED_sse2(type, name, parameters, arguments)      name##__sse2,
#define NAMED_avx2(type, name, parameters, arguments)      name##__avx2,
#define NAMED_avx512(type, name, parameters, arguments)    name##__avx512,

AT_WIDTH(scalar)
AT_WIDTH(sse2)
AT_WIDTH(avx2)
AT_WIDTH(avx512)

// The narrowest first.
static const kernels *const widths[] = {&kernels_scalar, &kernels_sse2, &kernels_avx2,
                                        &kernels_avx512};
enum { N_WIDTHS = sizeof widths / sizeof *widths };

static int widest_here(void)
{
#ifdef BH_EMULATE_AVX512
    return 3;
#endif
    if (__builtin_cpu_supports("avx512f")) return 3;
    return __builtin_cpu_supports("avx2") ? 2 : 1;
}

static const kernels *choose(void)
{
    const char *wanted = getenv("BH_SIMD");
    int widest = widest_here();
    for (int i = 0; wanted != NULL && i < widest; i++)
        if (strcmp(wanted, widths[i]->name) == 0) return widths[i];
    return widths[widest]; // also for what is wider
}

// Threads that come first at the same time all choose, and choose the same.
static const kernels *in_use(void)
{
    static const kernels *_Atomic chosen;
    const kernels *k = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (k != NULL) return k;
    k = choose();
    atomic_store_explicit(&chosen, k, memory_order_relaxed);
    return k;
}

#define PASSED_ON(type, name, parameters, arguments) \
    type name parameters                             \
    {                                                \
        return in_use()->name arguments;             \
    }
KERNELS(PASSED_ON)

const char *bh_simd_name(void)
{
    return in_use()->name;
}

static void add_names(bh_text *text)
{
    for (int i = 0; i <= widest_here(); i++)
        bh_text_add(text, "%s%s", i > 0 ? ", " : "", widths[i]->name);
}

#else

#include "kernels/simd.h"

const char *bh_simd_name(void)
{
    return BH_SIMD_NAME;
}

static void add_names(bh_text *text)
{
    bh_text_add(text, "%s", BH_SIMD_NAME);
}

#endif

bh_status bh_simd_check(bh_error *err)
{
    char names[64];
    bh_text text = bh_text_over(names, sizeof names);
    const char *wanted = getenv("BH_SIMD");
    if (wanted == NULL || *wanted == '\0' || strcmp(wanted, bh_simd_name()) == 0) return BH_OK;
    add_names(&text);
    return bh_fail(err, BH_ERR_CONFIG,
                   "BH_SIMD is '%s'; what this build has for this processor is %s", wanted, names);
}
