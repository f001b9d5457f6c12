// SPDX-License-Identifier: MIT
// Orthogonal initialisation.
#include "nn/orthogonal.h"

#include <math.h>
#include <stddef.h>

#define BLOCK 64 // vectors whose products with one are summed side by side

// n vectors of `length`: element i of vector v is w[v * along + i * across].
typedef struct vectors {
    bh_real *w;
    size_t along, across;
    int length;
} vectors;

static inline bh_real *element(const vectors *s, int v, int i)
{
    return s->w + (size_t)v * s->along + (size_t)i * s->across;
}

// Takes off vector v what lies along the vectors before it, which are of length 1. The inner loops
// run over the vectors: where those are columns, over memory in order.
static void project(const vectors *s, int v)
{
    for (int first = 0; first < v; first += BLOCK) {
        int n = v - first < BLOCK ? v - first : BLOCK;
        double products[BLOCK] = {0};
        for (int i = 0; i < s->length; i++) {
            double x = (double)*element(s, v, i);
            for (int k = 0; k < n; k++) products[k] += x * (double)*element(s, first + k, i);
        }
        for (int i = 0; i < s->length; i++) {
            double sum = 0;
            for (int k = 0; k < n; k++) sum += products[k] * (double)*element(s, first + k, i);
            *element(s, v, i) -= (bh_real)sum;
        }
    }
}

static void scale(const vectors *s, int v, double factor)
{
    for (int i = 0; i < s->length; i++) {
        *element(s, v, i) = (bh_real)(factor * (double)*element(s, v, i));
    }
}

static void normalise(const vectors *s, int v)
{
    double squares = 0;
    for (int i = 0; i < s->length; i++) {
        double x = (double)*element(s, v, i);
        squares += x * x;
    }
    if (squares > 0) scale(s, v, 1 / sqrt(squares));
}

void bhi_orthogonal(bh_real *w, double gain, bh_rng *rng, int I, int O)
{
    int tall = O <= I, n = tall ? O : I;
    vectors s = {w, tall ? 1 : (size_t)O, tall ? (size_t)O : 1, tall ? I : O};
    for (int i = 0; i < I * O; i++) w[i] = (bh_real)bh_rng_normal(rng);
    for (int v = 0; v < n; v++) {
        for (int pass = 0; pass < 2; pass++) {
            project(&s, v);
            normalise(&s, v);
        }
    }
    for (int v = 0; v < n; v++) scale(&s, v, gain);
}
