// SPDX-License-Identifier: MIT
// The number type of network mathematics.
//
// float in every product; double in the gradcheck build (BH_REAL_DOUBLE), where gradients can be
// compared with finite differences far below float's precision. Running statistics are double
// always.
#pragma once

#ifdef BH_REAL_DOUBLE
typedef double bh_real;
#else
typedef float bh_real;
#endif
