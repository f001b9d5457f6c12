// SPDX-License-Identifier: MIT
// bhi_v of 8 numbers over AVX2, of 16 over AVX-512F: included by simd.h alone.
//
// clang-format off: one operation a line.
// Each does to a lane what its namesake of four does. AVX-512F has no logic on floats; what is to
// be 0 is left out by a mask instead.
#pragma once

#include <immintrin.h>

#if BH_LANES == 8

#define BH_WIDE_NAME "avx2"
typedef __m256 bhi_v;
static inline bhi_v bhi_v_load(const bh_real *p)
{
    return _mm256_loadu_ps(p);
}
static inline void bhi_v_store(bh_real *p, bhi_v a)
{
    _mm256_storeu_ps(p, a);
}
static inline bhi_v bhi_v_splat(bh_real x)
{
    return _mm256_set1_ps(x);
}
static inline bhi_v bhi_v_add(bhi_v a, bhi_v b)
{
    return _mm256_add_ps(a, b);
}
static inline bhi_v bhi_v_sub(bhi_v a, bhi_v b)
{
    return _mm256_sub_ps(a, b);
}
static inline bhi_v bhi_v_mul(bhi_v a, bhi_v b)
{
    return _mm256_mul_ps(a, b);
}
static inline bhi_v bhi_v_div(bhi_v a, bhi_v b)
{
    return _mm256_div_ps(a, b);
}
static inline bhi_v bhi_v_sqrt(bhi_v a)
{
    return _mm256_sqrt_ps(a);
}
static inline bhi_v bhi_v_relu(bhi_v a)
{
    return _mm256_max_ps(a, _mm256_setzero_ps());
}
static inline bhi_v bhi_v_gate(bhi_v a, bhi_v gate)
{
    return _mm256_and_ps(a, _mm256_cmp_ps(gate, _mm256_setzero_ps(), _CMP_GT_OQ));
}
static inline bhi_v bhi_v_max(bhi_v a, bhi_v b)
{
    return _mm256_max_ps(a, b);
}
static inline bhi_v bhi_v_min(bhi_v a, bhi_v b)
{
    return _mm256_min_ps(a, b);
}
static inline bhi_v bhi_v_flush(bhi_v a, bh_real least)
{
    __m256 size = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a);
    return _mm256_andnot_ps(_mm256_cmp_ps(size, _mm256_set1_ps(least), _CMP_LE_OQ), a);
}
static inline bhi_v bhi_v_power(bhi_v magic)
{
    __m256i shifted = _mm256_slli_epi32(_mm256_castps_si256(magic), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(shifted, _mm256_set1_epi32(0x3f800000)));
}
#define BHI_HAS_PARTS
static inline bhi_v bhi_v_load_first(const bh_real *p, int n)
{
    static const int32_t mask[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    return _mm256_maskload_ps(p, _mm256_loadu_si256((const __m256i *)(mask + 8 - n)));
}
// Not by a mask: of stores it is slow.
static inline void bhi_v_store_first(bh_real *p, bhi_v a, int n)
{
    if (n == 8) {
        _mm256_storeu_ps(p, a);
        return;
    }
    __m128 part = _mm256_castps256_ps128(a);
    if (n & 4) {
        _mm_storeu_ps(p, part);
        part = _mm256_extractf128_ps(a, 1);
        p += 4;
    }
    if (n & 2) {
        _mm_storel_pi((__m64 *)p, part);
        part = _mm_movehl_ps(part, part);
        p += 2;
    }
    if (n & 1) _mm_store_ss(p, part);
}
static inline bhi_f4 bhi_v_add_to_4(bhi_f4 sum, bhi_v a)
{
    sum = bhi_f4_add(sum, _mm256_castps256_ps128(a));
    return bhi_f4_add(sum, _mm256_extractf128_ps(a, 1));
}

#else

#define BH_WIDE_NAME "avx512"
typedef __m512 bhi_v;
static inline bhi_v bhi_v_load(const bh_real *p)
{
    return _mm512_loadu_ps(p);
}
static inline void bhi_v_store(bh_real *p, bhi_v a)
{
    _mm512_storeu_ps(p, a);
}
static inline bhi_v bhi_v_splat(bh_real x)
{
    return _mm512_set1_ps(x);
}
static inline bhi_v bhi_v_add(bhi_v a, bhi_v b)
{
    return _mm512_add_ps(a, b);
}
static inline bhi_v bhi_v_sub(bhi_v a, bhi_v b)
{
    return _mm512_sub_ps(a, b);
}
static inline bhi_v bhi_v_mul(bhi_v a, bhi_v b)
{
    return _mm512_mul_ps(a, b);
}
static inline bhi_v bhi_v_div(bhi_v a, bhi_v b)
{
    return _mm512_div_ps(a, b);
}
static inline bhi_v bhi_v_sqrt(bhi_v a)
{
    return _mm512_sqrt_ps(a);
}
static inline bhi_v bhi_v_relu(bhi_v a)
{
    return _mm512_max_ps(a, _mm512_setzero_ps());
}
static inline bhi_v bhi_v_gate(bhi_v a, bhi_v gate)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(gate, _mm512_setzero_ps(), _CMP_GT_OQ), a);
}
static inline bhi_v bhi_v_max(bhi_v a, bhi_v b)
{
    return _mm512_max_ps(a, b);
}
static inline bhi_v bhi_v_min(bhi_v a, bhi_v b)
{
    return _mm512_min_ps(a, b);
}
static inline bhi_v bhi_v_flush(bhi_v a, bh_real least)
{
    __mmask16 stays = _mm512_cmp_ps_mask(_mm512_abs_ps(a), _mm512_set1_ps(least), _CMP_NLE_UQ);
    return _mm512_maskz_mov_ps(stays, a);
}
static inline bhi_v bhi_v_power(bhi_v magic)
{
    __m512i shifted = _mm512_slli_epi32(_mm512_castps_si512(magic), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(shifted, _mm512_set1_epi32(0x3f800000)));
}
#ifdef __AVX512F__ // SIMDe 0.7 has neither, BH_EMULATE_AVX512
#define BHI_HAS_PARTS
static inline bhi_v bhi_v_load_first(const bh_real *p, int n)
{
    return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
static inline void bhi_v_store_first(bh_real *p, bhi_v a, int n)
{
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), a);
}
#endif
static inline bhi_f4 bhi_v_add_to_4(bhi_f4 sum, bhi_v a)
{
    sum = bhi_f4_add(sum, _mm512_castps512_ps128(a));
    sum = bhi_f4_add(sum, _mm512_extractf32x4_ps(a, 1));
    sum = bhi_f4_add(sum, _mm512_extractf32x4_ps(a, 2));
    return bhi_f4_add(sum, _mm512_extractf32x4_ps(a, 3));
}

#endif

// A load that stays in its register. A compiler may load again at each use instead, as part of the
// multiplication: of loads a processor has two a cycle, and the products already need both.
static inline bhi_v bhi_v_load_once(const bh_real *p)
{
    bhi_v a = bhi_v_load(p);
#if BH_LANES == 8 || defined(__AVX512F__)
    __asm__("" : "+v"(a));
#endif
    return a;
}

// Rows r and r + 4 of a block of 8, four columns from `in` on: a transposed block begins with them.
static inline __m256 bhi_two_rows(const bh_real *in, ptrdiff_t ldin, int r)
{
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(in + r * ldin)),
                                _mm_loadu_ps(in + (r + 4) * ldin), 1);
}

// out(c, r) = in(r, c) of 8 rows and 4 columns.
static inline void bhi_transpose_8x4(bh_real *restrict out, ptrdiff_t ldout,
                                     const bh_real *restrict in, ptrdiff_t ldin)
{
    __m256 a = bhi_two_rows(in, ldin, 0), b = bhi_two_rows(in, ldin, 1);
    __m256 c = bhi_two_rows(in, ldin, 2), d = bhi_two_rows(in, ldin, 3);
    __m256 ab_low = _mm256_unpacklo_ps(a, b), ab_high = _mm256_unpackhi_ps(a, b);
    __m256 cd_low = _mm256_unpacklo_ps(c, d), cd_high = _mm256_unpackhi_ps(c, d);
    _mm256_storeu_ps(out, _mm256_shuffle_ps(ab_low, cd_low, 0x44));
    _mm256_storeu_ps(out + ldout, _mm256_shuffle_ps(ab_low, cd_low, 0xee));
    _mm256_storeu_ps(out + 2 * ldout, _mm256_shuffle_ps(ab_high, cd_high, 0x44));
    _mm256_storeu_ps(out + 3 * ldout, _mm256_shuffle_ps(ab_high, cd_high, 0xee));
}
