// SPDX-License-Identifier: MIT
// bhi_f4: four numbers that move together, over WebAssembly SIMD, SSE2, NEON or plain C. bhi_v: as
// many as the file is compiled for (BH_LANES): four, the same, or 8 or 16 (simd_wide.h).
//
// clang-format off: one operation a line, the backends side by side.
// Only IEEE-exact operations are here (no fused multiply-add, no reciprocal estimates), so all
// backends give the same bits. BH_SCALAR, and BH_REAL_DOUBLE with it, choose the plain one.
#pragma once

#include "core/real.h"
#include "kernels/width.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(BH_REAL_DOUBLE) && !defined(BH_SCALAR)
#define BH_SCALAR
#endif

#if !defined(BH_SCALAR) && defined(__wasm_simd128__)

#include <wasm_simd128.h>
#define BH_SIMD_NAME "wasm-simd128"
typedef v128_t bhi_f4;
static inline bhi_f4 bhi_f4_load(const bh_real *p)
{
    return wasm_v128_load(p);
}
static inline void bhi_f4_store(bh_real *p, bhi_f4 a)
{
    wasm_v128_store(p, a);
}
static inline bhi_f4 bhi_f4_splat(bh_real x)
{
    return wasm_f32x4_splat(x);
}
static inline bhi_f4 bhi_f4_add(bhi_f4 a, bhi_f4 b)
{
    return wasm_f32x4_add(a, b);
}
static inline bhi_f4 bhi_f4_sub(bhi_f4 a, bhi_f4 b)
{
    return wasm_f32x4_sub(a, b);
}
static inline bhi_f4 bhi_f4_mul(bhi_f4 a, bhi_f4 b)
{
    return wasm_f32x4_mul(a, b);
}
static inline bhi_f4 bhi_f4_div(bhi_f4 a, bhi_f4 b)
{
    return wasm_f32x4_div(a, b);
}
static inline bhi_f4 bhi_f4_sqrt(bhi_f4 a)
{
    return wasm_f32x4_sqrt(a);
}
// a where a > 0, else +0
static inline bhi_f4 bhi_f4_relu(bhi_f4 a)
{
    return wasm_f32x4_pmax(wasm_f32x4_splat(0), a);
}
// a where gate > 0, else +0
static inline bhi_f4 bhi_f4_gate(bhi_f4 a, bhi_f4 gate)
{
    return wasm_v128_and(a, wasm_f32x4_gt(gate, wasm_f32x4_splat(0)));
}
// a where a > b, else b
static inline bhi_f4 bhi_f4_max(bhi_f4 a, bhi_f4 b)
{
    return wasm_f32x4_pmax(b, a);
}
// a where a < b, else b
static inline bhi_f4 bhi_f4_min(bhi_f4 a, bhi_f4 b)
{
    return wasm_f32x4_pmin(b, a);
}
// +0 where |a| <= least, else a (NaN too)
static inline bhi_f4 bhi_f4_flush(bhi_f4 a, bh_real least)
{
    return wasm_v128_andnot(a, wasm_f32x4_le(wasm_f32x4_abs(a), wasm_f32x4_splat(least)));
}
// 2^k, k in [-126, 127] being the low bits of the number 1.5 * 2^23 + k
static inline bhi_f4 bhi_f4_power(bhi_f4 magic)
{
    return wasm_i32x4_add(wasm_i32x4_shl(magic, 23), wasm_i32x4_splat(0x3f800000));
}
static inline void bhi_f4_transpose(bhi_f4 *a, bhi_f4 *b, bhi_f4 *c, bhi_f4 *d)
{
    v128_t ac_low = wasm_i32x4_shuffle(*a, *c, 0, 4, 1, 5),
           ac_high = wasm_i32x4_shuffle(*a, *c, 2, 6, 3, 7);
    v128_t bd_low = wasm_i32x4_shuffle(*b, *d, 0, 4, 1, 5),
           bd_high = wasm_i32x4_shuffle(*b, *d, 2, 6, 3, 7);
    *a = wasm_i32x4_shuffle(ac_low, bd_low, 0, 4, 1, 5);
    *b = wasm_i32x4_shuffle(ac_low, bd_low, 2, 6, 3, 7);
    *c = wasm_i32x4_shuffle(ac_high, bd_high, 0, 4, 1, 5);
    *d = wasm_i32x4_shuffle(ac_high, bd_high, 2, 6, 3, 7);
}

#elif !defined(BH_SCALAR) && defined(__SSE2__)

#include <emmintrin.h>
#define BH_SIMD_NAME "sse2"
typedef __m128 bhi_f4;
static inline bhi_f4 bhi_f4_load(const bh_real *p)
{
    return _mm_loadu_ps(p);
}
static inline void bhi_f4_store(bh_real *p, bhi_f4 a)
{
    _mm_storeu_ps(p, a);
}
static inline bhi_f4 bhi_f4_splat(bh_real x)
{
    return _mm_set1_ps(x);
}
static inline bhi_f4 bhi_f4_add(bhi_f4 a, bhi_f4 b)
{
    return _mm_add_ps(a, b);
}
static inline bhi_f4 bhi_f4_sub(bhi_f4 a, bhi_f4 b)
{
    return _mm_sub_ps(a, b);
}
static inline bhi_f4 bhi_f4_mul(bhi_f4 a, bhi_f4 b)
{
    return _mm_mul_ps(a, b);
}
static inline bhi_f4 bhi_f4_div(bhi_f4 a, bhi_f4 b)
{
    return _mm_div_ps(a, b);
}
static inline bhi_f4 bhi_f4_sqrt(bhi_f4 a)
{
    return _mm_sqrt_ps(a);
}
static inline bhi_f4 bhi_f4_relu(bhi_f4 a)
{
    return _mm_max_ps(a, _mm_setzero_ps());
}
static inline bhi_f4 bhi_f4_gate(bhi_f4 a, bhi_f4 gate)
{
    return _mm_and_ps(a, _mm_cmpgt_ps(gate, _mm_setzero_ps()));
}
static inline bhi_f4 bhi_f4_max(bhi_f4 a, bhi_f4 b)
{
    return _mm_max_ps(a, b);
}
static inline bhi_f4 bhi_f4_min(bhi_f4 a, bhi_f4 b)
{
    return _mm_min_ps(a, b);
}
static inline bhi_f4 bhi_f4_flush(bhi_f4 a, bh_real least)
{
    __m128 size = _mm_andnot_ps(_mm_set1_ps(-0.0f), a);
    return _mm_andnot_ps(_mm_cmple_ps(size, _mm_set1_ps(least)), a);
}
static inline bhi_f4 bhi_f4_power(bhi_f4 magic)
{
    __m128i shifted = _mm_slli_epi32(_mm_castps_si128(magic), 23);
    return _mm_castsi128_ps(_mm_add_epi32(shifted, _mm_set1_epi32(0x3f800000)));
}
static inline void bhi_f4_transpose(bhi_f4 *a, bhi_f4 *b, bhi_f4 *c, bhi_f4 *d)
{
    _MM_TRANSPOSE4_PS(*a, *b, *c, *d);
}

#elif !defined(BH_SCALAR) && defined(__aarch64__)

#include <arm_neon.h>
#define BH_SIMD_NAME "neon"
typedef float32x4_t bhi_f4;
static inline bhi_f4 bhi_f4_load(const bh_real *p)
{
    return vld1q_f32(p);
}
static inline void bhi_f4_store(bh_real *p, bhi_f4 a)
{
    vst1q_f32(p, a);
}
static inline bhi_f4 bhi_f4_splat(bh_real x)
{
    return vdupq_n_f32(x);
}
static inline bhi_f4 bhi_f4_add(bhi_f4 a, bhi_f4 b)
{
    return vaddq_f32(a, b);
}
static inline bhi_f4 bhi_f4_sub(bhi_f4 a, bhi_f4 b)
{
    return vsubq_f32(a, b);
}
static inline bhi_f4 bhi_f4_mul(bhi_f4 a, bhi_f4 b)
{
    return vmulq_f32(a, b);
}
static inline bhi_f4 bhi_f4_div(bhi_f4 a, bhi_f4 b)
{
    return vdivq_f32(a, b);
}
static inline bhi_f4 bhi_f4_sqrt(bhi_f4 a)
{
    return vsqrtq_f32(a);
}
static inline bhi_f4 bhi_f4_gate(bhi_f4 a, bhi_f4 gate)
{
    return vreinterpretq_f32_u32(
        vandq_u32(vreinterpretq_u32_f32(a), vcgtq_f32(gate, vdupq_n_f32(0))));
}
static inline bhi_f4 bhi_f4_relu(bhi_f4 a)
{
    return bhi_f4_gate(a, a);
}
static inline bhi_f4 bhi_f4_max(bhi_f4 a, bhi_f4 b)
{
    return vbslq_f32(vcgtq_f32(a, b), a, b);
}
static inline bhi_f4 bhi_f4_min(bhi_f4 a, bhi_f4 b)
{
    return vbslq_f32(vcltq_f32(a, b), a, b);
}
static inline bhi_f4 bhi_f4_flush(bhi_f4 a, bh_real least)
{
    return vreinterpretq_f32_u32(
        vbicq_u32(vreinterpretq_u32_f32(a), vcaleq_f32(a, vdupq_n_f32(least))));
}
static inline bhi_f4 bhi_f4_power(bhi_f4 magic)
{
    int32x4_t shifted = vshlq_n_s32(vreinterpretq_s32_f32(magic), 23);
    return vreinterpretq_f32_s32(vaddq_s32(shifted, vdupq_n_s32(0x3f800000)));
}
static inline void bhi_f4_transpose(bhi_f4 *a, bhi_f4 *b, bhi_f4 *c, bhi_f4 *d)
{
    float32x4x2_t ac = vzipq_f32(*a, *c), bd = vzipq_f32(*b, *d);
    float32x4x2_t low = vzipq_f32(ac.val[0], bd.val[0]), high = vzipq_f32(ac.val[1], bd.val[1]);
    *a = low.val[0];
    *b = low.val[1];
    *c = high.val[0];
    *d = high.val[1];
}

#else

#define BH_SIMD_NAME "scalar"
typedef struct bhi_f4 {
    bh_real x, y, z, w;
} bhi_f4;
#ifdef BH_REAL_DOUBLE
#define bhi_real_sqrt sqrt
#else
#define bhi_real_sqrt sqrtf
#endif
static inline bhi_f4 bhi_f4_load(const bh_real *p)
{
    return (bhi_f4){p[0], p[1], p[2], p[3]};
}
static inline void bhi_f4_store(bh_real *p, bhi_f4 a)
{
    p[0] = a.x;
    p[1] = a.y;
    p[2] = a.z;
    p[3] = a.w;
}
static inline bhi_f4 bhi_f4_splat(bh_real x)
{
    return (bhi_f4){x, x, x, x};
}
static inline bhi_f4 bhi_f4_add(bhi_f4 a, bhi_f4 b)
{
    return (bhi_f4){a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w};
}
static inline bhi_f4 bhi_f4_sub(bhi_f4 a, bhi_f4 b)
{
    return (bhi_f4){a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w};
}
static inline bhi_f4 bhi_f4_mul(bhi_f4 a, bhi_f4 b)
{
    return (bhi_f4){a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w};
}
static inline bhi_f4 bhi_f4_div(bhi_f4 a, bhi_f4 b)
{
    return (bhi_f4){a.x / b.x, a.y / b.y, a.z / b.z, a.w / b.w};
}
static inline bhi_f4 bhi_f4_sqrt(bhi_f4 a)
{
    return (bhi_f4){bhi_real_sqrt(a.x), bhi_real_sqrt(a.y), bhi_real_sqrt(a.z), bhi_real_sqrt(a.w)};
}
static inline bhi_f4 bhi_f4_gate(bhi_f4 a, bhi_f4 gate)
{
    return (bhi_f4){gate.x > 0 ? a.x : 0, gate.y > 0 ? a.y : 0, gate.z > 0 ? a.z : 0,
                    gate.w > 0 ? a.w : 0};
}
static inline bhi_f4 bhi_f4_relu(bhi_f4 a)
{
    return bhi_f4_gate(a, a);
}
static inline bhi_f4 bhi_f4_max(bhi_f4 a, bhi_f4 b)
{
    return (bhi_f4){a.x > b.x ? a.x : b.x, a.y > b.y ? a.y : b.y, a.z > b.z ? a.z : b.z,
                    a.w > b.w ? a.w : b.w};
}
static inline bhi_f4 bhi_f4_min(bhi_f4 a, bhi_f4 b)
{
    return (bhi_f4){a.x < b.x ? a.x : b.x, a.y < b.y ? a.y : b.y, a.z < b.z ? a.z : b.z,
                    a.w < b.w ? a.w : b.w};
}
static inline bh_real bhi_flushed(bh_real a, bh_real least)
{
    return a <= least && -a <= least ? 0 : a;
}
static inline bhi_f4 bhi_f4_flush(bhi_f4 a, bh_real least)
{
    return (bhi_f4){bhi_flushed(a.x, least), bhi_flushed(a.y, least), bhi_flushed(a.z, least),
                    bhi_flushed(a.w, least)};
}
#ifndef BH_REAL_DOUBLE
static inline bh_real bhi_power(bh_real magic)
{
    uint32_t bits;
    memcpy(&bits, &magic, sizeof bits);
    bits = (bits << 23) + 0x3f800000u;
    memcpy(&magic, &bits, sizeof bits);
    return magic;
}
static inline bhi_f4 bhi_f4_power(bhi_f4 magic)
{
    return (bhi_f4){bhi_power(magic.x), bhi_power(magic.y), bhi_power(magic.z), bhi_power(magic.w)};
}
#endif
// row i of (a, b, c, d) becomes lane i of each
static inline void bhi_f4_transpose(bhi_f4 *a, bhi_f4 *b, bhi_f4 *c, bhi_f4 *d)
{
    bhi_f4 x = {a->x, b->x, c->x, d->x}, y = {a->y, b->y, c->y, d->y};
    bhi_f4 z = {a->z, b->z, c->z, d->z}, w = {a->w, b->w, c->w, d->w};
    *a = x;
    *b = y;
    *c = z;
    *d = w;
}

#endif

/// The sum of the four, in a fixed order.
static inline bh_real bhi_f4_sum(bhi_f4 a)
{
    bh_real lane[4];
    bhi_f4_store(lane, a);
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

#if BH_LANES == 4

typedef bhi_f4 bhi_v;
#define bhi_v_load      bhi_f4_load
#define bhi_v_load_once bhi_f4_load
#define bhi_v_store     bhi_f4_store
#define bhi_v_splat     bhi_f4_splat
#define bhi_v_add       bhi_f4_add
#define bhi_v_sub       bhi_f4_sub
#define bhi_v_mul       bhi_f4_mul
#define bhi_v_div       bhi_f4_div
#define bhi_v_sqrt      bhi_f4_sqrt
#define bhi_v_relu      bhi_f4_relu
#define bhi_v_gate      bhi_f4_gate
#define bhi_v_max       bhi_f4_max
#define bhi_v_min       bhi_f4_min
#define bhi_v_flush     bhi_f4_flush
#define bhi_v_power     bhi_f4_power
// sum, and to it the numbers of a by fours, in their order: four running sums over i mod 4 are the
// same bits whatever the width
static inline bhi_f4 bhi_v_add_to_4(bhi_f4 sum, bhi_v a)
{
    return bhi_f4_add(sum, a);
}

#else
#include "kernels/simd_wide.h"
#endif

#ifndef BHI_HAS_PARTS // simd_wide.h
/// The first n (1 to BH_LANES) numbers of a; the rest of the memory is not touched.
static inline bhi_v bhi_v_load_first(const bh_real *p, int n)
{
    bh_real lane[BH_LANES] = {0};
    for (int i = 0; i < n; i++) lane[i] = p[i];
    return bhi_v_load(lane);
}

static inline void bhi_v_store_first(bh_real *p, bhi_v a, int n)
{
    bh_real lane[BH_LANES];
    bhi_v_store(lane, a);
    for (int i = 0; i < n; i++) p[i] = lane[i];
}
#endif
