// SPDX-License-Identifier: MIT
// What the kernels are compiled for.
//
// A build has either one kind of kernels, of the names in gemm.h, elementwise.h and rows.h. Or it
// has several, and choice.c behind those names: then the same files are compiled once for each
// kind, with BHI_KERNELS=avx2 and the like, and each name gets that ending, bhi_gemm_nn__avx2.
// Included by those headers, before anything is declared.
#pragma once

/// Numbers in a vector: 4, or 8 (AVX2) or 16 (AVX-512F), where the compiler is told to use them.
#ifndef BH_LANES
#define BH_LANES 4
#endif

#define BHI_JOINED(name, ending) name##__##ending
#define BHI_JOIN(name, ending)   BHI_JOINED(name, ending)

#ifndef BHI_KERNELS
#define BHI_TWINS // the plain loops that tests compare with: once, under their own names
#else

#define bhi_gemm_nn          BHI_JOIN(bhi_gemm_nn, BHI_KERNELS)
#define bhi_gemm_nt          BHI_JOIN(bhi_gemm_nt, BHI_KERNELS)
#define bhi_gemm_tn          BHI_JOIN(bhi_gemm_tn, BHI_KERNELS)
#define bhi_gemm_tn_add      BHI_JOIN(bhi_gemm_tn_add, BHI_KERNELS)
#define bhi_gemm_nn_part     BHI_JOIN(bhi_gemm_nn_part, BHI_KERNELS)
#define bhi_gemm_nt_part     BHI_JOIN(bhi_gemm_nt_part, BHI_KERNELS)
#define bhi_gemm_tn_add_part BHI_JOIN(bhi_gemm_tn_add_part, BHI_KERNELS)

#define bhi_tanh_forward   BHI_JOIN(bhi_tanh_forward, BHI_KERNELS)
#define bhi_tanh_backward  BHI_JOIN(bhi_tanh_backward, BHI_KERNELS)
#define bhi_relu_forward   BHI_JOIN(bhi_relu_forward, BHI_KERNELS)
#define bhi_relu_backward  BHI_JOIN(bhi_relu_backward, BHI_KERNELS)
#define bhi_copy_rows      BHI_JOIN(bhi_copy_rows, BHI_KERNELS)
#define bhi_add_rows       BHI_JOIN(bhi_add_rows, BHI_KERNELS)
#define bhi_column_sums    BHI_JOIN(bhi_column_sums, BHI_KERNELS)
#define bhi_polyak         BHI_JOIN(bhi_polyak, BHI_KERNELS)
#define bhi_perturb        BHI_JOIN(bhi_perturb, BHI_KERNELS)
#define bhi_sum_of_squares BHI_JOIN(bhi_sum_of_squares, BHI_KERNELS)
#define bhi_sgd            BHI_JOIN(bhi_sgd, BHI_KERNELS)
#define bhi_flush          BHI_JOIN(bhi_flush, BHI_KERNELS)
#define bhi_momentum       BHI_JOIN(bhi_momentum, BHI_KERNELS)
#define bhi_rmsprop        BHI_JOIN(bhi_rmsprop, BHI_KERNELS)
#define bhi_adam           BHI_JOIN(bhi_adam, BHI_KERNELS)

#define bhi_exp                BHI_JOIN(bhi_exp, BHI_KERNELS)
#define bhi_softmax_causal     BHI_JOIN(bhi_softmax_causal, BHI_KERNELS)
#define bhi_softmax_backward   BHI_JOIN(bhi_softmax_backward, BHI_KERNELS)
#define bhi_cross_entropy      BHI_JOIN(bhi_cross_entropy, BHI_KERNELS)
#define bhi_layernorm_forward  BHI_JOIN(bhi_layernorm_forward, BHI_KERNELS)
#define bhi_layernorm_backward BHI_JOIN(bhi_layernorm_backward, BHI_KERNELS)
#define bhi_gelu_forward       BHI_JOIN(bhi_gelu_forward, BHI_KERNELS)
#define bhi_gelu_backward      BHI_JOIN(bhi_gelu_backward, BHI_KERNELS)
#define bhi_add_column_sums    BHI_JOIN(bhi_add_column_sums, BHI_KERNELS)

#endif
