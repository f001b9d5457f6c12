// SPDX-License-Identifier: MIT
// Sampling.
#include "lm/sampling.h"

#include "core/fmath.h"
#include "core/logits.h"

#include <assert.h>

// Whether token i comes before j.
static int precedes(const bh_real *logits, int i, int j)
{
    return logits[i] != logits[j] ? logits[i] > logits[j] : i < j;
}

// Heapsort: no recursion, no memory, the same order everywhere (there are no equals).
static void sink(int *order, const bh_real *logits, int root, int n)
{
    for (int child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && precedes(logits, order[child], order[child + 1])) child++;
        if (!precedes(logits, order[root], order[child])) return;
        int kept = order[root];
        order[root] = order[child];
        order[child] = kept;
    }
}

static void sort(int *order, const bh_real *logits, int n)
{
    for (int i = 0; i < n; i++) order[i] = i;
    for (int i = n / 2 - 1; i >= 0; i--) sink(order, logits, i, n);
    for (int end = n - 1; end > 0; end--) {
        int first = order[0];
        order[0] = order[end];
        order[end] = first;
        sink(order, logits, 0, end);
    }
}

void bhi_sampling_distribution(double *p, int *order, const bh_real *logits, int V,
                               const bh_sampling *s)
{
    assert(V > 0 && s->temperature >= 0);
    sort(order, logits, V);
    int kept = s->top_k > 0 && s->top_k < V ? s->top_k : V;
    if (s->temperature == 0) kept = 1;
    double largest = (double)logits[order[0]], divisor = s->temperature > 0 ? s->temperature : 1;
    double sum = 0, under = 0;
    for (int i = 0; i < V; i++) {
        int id = order[i];
        p[id] = i < kept ? bh_exp(((double)logits[id] - largest) / divisor) : 0;
        sum += p[id];
    }
    double total = sum;
    if (s->top_p < 1) {
        total = 0;
        for (int i = 0; i < kept; i++) {
            if (i > 0 && under >= s->top_p * sum) p[order[i]] = 0;
            under += p[order[i]];
            total += p[order[i]];
        }
    }
    for (int v = 0; v < V; v++) p[v] /= total;
}

int bhi_sample_from(const double *p, int V, bh_rng *rng)
{
    double u = bh_rng_uniform(rng), sum = 0;
    int last = 0;
    for (int v = 0; v < V; v++) {
        if (p[v] == 0) continue;
        last = v;
        sum += p[v];
        if (u < sum) return v;
    }
    return last; // the sum rounded to just below 1
}
