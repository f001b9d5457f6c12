// SPDX-License-Identifier: MIT
// Targets, temporal-difference errors and losses of value functions.
#include "rl/value.h"

#include "core/fmath.h"
#include "core/logits.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

// ------------------------------------------------------------------------------- one-step TD
// errors (B)

void bh_value_q_learning(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                         const bh_real *r_t, const bh_real *discount_t, const bh_real *qt_t, int B,
                         int A)
{
    bh_value_double_q(td, q_tm1, a_tm1, r_t, discount_t, qt_t, qt_t, B, A);
}

void bh_value_double_q(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                       const bh_real *r_t, const bh_real *discount_t, const bh_real *q_t,
                       const bh_real *qt_t, int B, int A)
{
    for (int b = 0; b < B; b++) {
        bh_real next = qt_t[b * A + bhi_argmax(q_t + b * A, A)];
        td[b] = r_t[b] + discount_t[b] * next - q_tm1[b * A + a_tm1[b]];
    }
}

void bh_value_sarsa(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                    const bh_real *r_t, const bh_real *discount_t, const bh_real *q_t,
                    const int *a_t, int B, int A)
{
    for (int b = 0; b < B; b++) {
        td[b] = r_t[b] + discount_t[b] * q_t[b * A + a_t[b]] - q_tm1[b * A + a_tm1[b]];
    }
}

void bh_value_expected_sarsa(bh_real *restrict td, const bh_real *q_tm1, const int *a_tm1,
                             const bh_real *r_t, const bh_real *discount_t, const bh_real *q_t,
                             const bh_real *probs_t, int B, int A)
{
    for (int b = 0; b < B; b++) {
        double next = 0;
        for (int i = b * A; i < (b + 1) * A; i++) next += (double)probs_t[i] * (double)q_t[i];
        td[b] = (bh_real)((double)r_t[b] + (double)discount_t[b] * next -
                          (double)q_tm1[b * A + a_tm1[b]]);
    }
}

// -------------------------------------------------- targets of critics of continuous actions (B)

void bh_value_critic_target(bh_real *restrict target, const bh_real *r_t, const bh_real *discount_t,
                            const bh_real *q_t, int C, double alpha, const bh_real *log_prob, int B)
{
    assert(C >= 1);
    for (int b = 0; b < B; b++) {
        double least = (double)q_t[b];
        for (int i = 1; i < C; i++) {
            double q = (double)q_t[i * B + b];
            if (q < least || q != q) least = q; // and NaN stays: nothing is below it
        }
        double next = log_prob == NULL ? least : least - alpha * (double)log_prob[b];
        target[b] = (bh_real)((double)r_t[b] + (double)discount_t[b] * next);
    }
}

// ---------------------------------------------------------------------- policies made of values
// (B,A)

int bh_value_argmax(const bh_real *q, int A)
{
    return bhi_argmax(q, A);
}

void bh_value_epsilon_greedy(bh_real *restrict p, const bh_real *q, double epsilon, int B, int A)
{
    for (int b = 0; b < B; b++, p += A, q += A) {
        for (int a = 0; a < A; a++) p[a] = (bh_real)(epsilon / A);
        p[bhi_argmax(q, A)] = (bh_real)(1 - epsilon + epsilon / A);
    }
}

double bh_value_weight(double q, double largest, double temperature)
{
    double below = q - largest;
    return below == 0 ? 1 : bh_exp(below / temperature);
}

void bh_value_softmax(bh_real *restrict p, const bh_real *q, double temperature, int B, int A)
{
    for (int b = 0; b < B; b++, p += A, q += A) {
        double largest = (double)q[bhi_argmax(q, A)], sum = 0;
        for (int a = 0; a < A; a++) {
            double e = bh_value_weight((double)q[a], largest, temperature);
            sum += e;
            p[a] = (bh_real)e; // rounded here too: half an ulp, against every exponential twice
        }
        for (int a = 0; a < A; a++) p[a] = (bh_real)((double)p[a] / sum);
    }
}

// -------------------------------------------------------------------------------- n-step returns
// (T)

void bh_value_n_step(bh_real *restrict returns, const bh_real *r_t, const bh_real *discount_t,
                     const bh_real *v_t, const bh_real *lambda_t, int n, int T)
{
    assert(n >= 1);
    for (int t = 0; t < T; t++) {
        int last = n < T - t ? t + n - 1 : T - 1;
        double g = (double)v_t[last];
        for (int i = last; i >= t; i--) {
            double lambda = lambda_t == NULL ? 1 : (double)lambda_t[i];
            // Not a sum with weight 0: what follows the end of an episode may be NaN and must not
            // pass.
            double next = lambda == 1   ? g
                          : lambda == 0 ? (double)v_t[i]
                                        : (1 - lambda) * (double)v_t[i] + lambda * g;
            g = (double)r_t[i] + (double)discount_t[i] * next;
        }
        returns[t] = (bh_real)g;
    }
}

void bh_value_q_lambda(bh_real *restrict returns, const bh_real *r_t, const bh_real *v_t,
                       const unsigned char *terminated_t, const unsigned char *truncated_t,
                       double gamma, double lambda, int T, int E)
{
    for (int e = 0; e < E; e++) {
        double next = 0; // R of the step behind
        for (int t = T - 1; t >= 0; t--) {
            int cell = t * E + e, is_end = t == T - 1 || truncated_t[cell] || lambda == 0;
            // Not a sum with weight 0: what follows an end may be NaN and must not pass.
            double v =
                is_end ? (double)v_t[cell] : lambda * next + (1 - lambda) * (double)v_t[cell];
            next = (double)r_t[cell] + (terminated_t[cell] ? 0 : gamma * v);
            returns[cell] = (bh_real)next;
        }
    }
}

// ------------------------------------------------------------------------------ categorical
// distributions

static double atom_distance(double v_min, double v_max, int N)
{
    assert(N == 1 || v_min < v_max);
    return N > 1 ? (v_max - v_min) / (N - 1) : 1;
}

// Where a target lies among the atoms, counted in atoms: clipped to [0, N - 1], and exactly an
// integer when it is one up to the rounding of its inputs.
static double position(double b, int N)
{
    const double rounding = sizeof(bh_real) == sizeof(float) ? 0x1p-24 : 0x1p-50;
    if (b <= 0) return 0;
    if (b >= N - 1) return N - 1;
    double nearest = floor(b + 0.5);
    return fabs(b - nearest) <= N * rounding ? nearest : b;
}

// Targets rise with j, so one pass fills the atoms from below: mass on `at` and on the one above it
// is held in double until no target can come there any more.
static void project_row(bh_real *restrict target, const bh_real *p, double start, double discount,
                        int N)
{
    double here = 0, above = 0;
    int at = 0;
    for (int j = 0; j < N; j++) {
        double b = position(start + discount * j, N), lower = floor(b);
        for (; at < lower; at++) {
            target[at] = (bh_real)here;
            here = above;
            above = 0;
        }
        here += (double)p[j] * (1 - (b - lower));
        above += (double)p[j] * (b - lower);
    }
    for (; at < N; at++) {
        target[at] = (bh_real)here;
        here = above;
        above = 0;
    }
}

void bh_value_categorical_project(bh_real *restrict target, const bh_real *p_t, const bh_real *r_t,
                                  const bh_real *discount_t, double v_min, double v_max, int B,
                                  int N)
{
    double distance = atom_distance(v_min, v_max, N);
    for (int b = 0; b < B; b++) {
        // (r + discount z_j - v_min) / distance = start + discount j: no rounding where nothing
        // moves.
        double discount = (double)discount_t[b];
        assert(!(discount < 0));
        double start = ((double)r_t[b] + (discount - 1) * v_min) / distance;
        project_row(target + b * N, p_t + b * N, start, discount, N);
    }
}

void bh_value_categorical_q(bh_real *restrict q, const bh_real *p, double v_min, double v_max,
                            int B, int A, int N)
{
    double distance = atom_distance(v_min, v_max, N);
    for (int i = 0; i < B * A; i++, p += N) {
        double sum = 0;
        for (int k = 0; k < N; k++) sum += (double)p[k] * (v_min + k * distance);
        q[i] = (bh_real)sum;
    }
}

// Weight of row b in a mean over B.
static double share(const bh_real *weights, int b, int B)
{
    return (weights == NULL ? 1 : (double)weights[b]) / B;
}

// d (N) out: scale times the gradient. Returns the cross-entropy.
static double cross_entropy(bh_real *restrict d, const bh_real *logits, const bh_real *target,
                            double scale, int N)
{
    double log_sum = bhi_log_sum_exp(logits, N), mass = 0, loss = 0;
    for (int i = 0; i < N; i++) {
        mass += (double)target[i];
        if (target[i] != 0) loss -= (double)target[i] * ((double)logits[i] - log_sum);
    }
    for (int i = 0; i < N; i++) {
        d[i] = (bh_real)(scale * (mass * bh_exp((double)logits[i] - log_sum) - (double)target[i]));
    }
    return loss;
}

double bh_value_categorical_loss(bh_real *restrict loss, bh_real *restrict dlogits,
                                 const bh_real *logits, const int *a_tm1, const bh_real *target,
                                 const bh_real *weights, int B, int A, int N)
{
    double mean = 0;
    for (int i = 0; i < B * A * N; i++) dlogits[i] = 0;
    for (int b = 0; b < B; b++) {
        int row = (b * A + a_tm1[b]) * N;
        double scale = share(weights, b, B);
        double l = cross_entropy(dlogits + row, logits + row, target + b * N, scale, N);
        loss[b] = (bh_real)l;
        mean += scale * l;
    }
    return mean;
}

// --------------------------------------------------------------------------------- quantile
// distributions

void bh_value_quantile_q(bh_real *restrict q, const bh_real *quantiles, int B, int A, int N)
{
    for (int i = 0; i < B * A; i++, quantiles += N) {
        double sum = 0;
        for (int k = 0; k < N; k++) sum += (double)quantiles[k];
        q[i] = (bh_real)(sum / N);
    }
}

// Mean over j of rho(targets_j - theta), and its slope in theta.
static double quantile_huber(double *slope, double theta, double tau, const bh_real *targets,
                             double kappa, int M)
{
    double sum = 0;
    *slope = 0;
    for (int j = 0; j < M; j++) {
        double u = (double)targets[j] - theta, size = fabs(u), weight = u < 0 ? 1 - tau : tau;
        int inside =
            size < kappa; // at kappa both branches agree; kappa 0 has no inside to divide by
        sum += weight * (inside ? u * u / (2 * kappa) : size - kappa / 2);
        *slope -= weight * (inside ? u / kappa : u > 0 ? 1 : u < 0 ? -1 : u); // 0 and NaN stay
    }
    *slope /= M;
    return sum / M;
}

double bh_value_quantile_huber(bh_real *restrict loss, bh_real *restrict dquantiles,
                               const bh_real *quantiles, const int *a_tm1, const bh_real *targets,
                               double kappa, const bh_real *weights, int B, int A, int N, int M)
{
    assert(kappa >= 0);
    double mean = 0;
    for (int i = 0; i < B * A * N; i++) dquantiles[i] = 0;
    for (int b = 0; b < B; b++) {
        int row = (b * A + a_tm1[b]) * N;
        double scale = share(weights, b, B), sum = 0, slope;
        for (int i = 0; i < N; i++) {
            sum += quantile_huber(&slope, (double)quantiles[row + i], (2 * i + 1) / (2.0 * N),
                                  targets + b * M, kappa, M);
            dquantiles[row + i] = (bh_real)(scale * slope);
        }
        loss[b] = (bh_real)sum;
        mean += scale * sum;
    }
    return mean;
}

// ---------------------------------------------------------------------------------------
// demonstrated actions

double bh_value_large_margin(bh_real *restrict loss, bh_real *restrict dq, const bh_real *q,
                             const int *a, double margin, const bh_real *weights, int B, int A)
{
    assert(margin >= 0);
    double mean = 0;
    for (int b = 0; b < B; b++) {
        const bh_real *row = q + b * A;
        double scale = share(weights, b, B), most = -HUGE_VAL;
        int best = 0;
        for (int i = 0; i < A; i++) {
            dq[b * A + i] = 0;
            double value = (double)row[i] + (i == a[b] ? 0 : margin);
            if (!(value > most)) continue;
            most = value;
            best = i;
        }
        if (best != a[b]) {
            dq[b * A + best] = (bh_real)scale;
            dq[b * A + a[b]] = (bh_real)-scale;
        }
        loss[b] = (bh_real)(most - (double)row[a[b]]);
        mean += scale * (most - (double)row[a[b]]);
    }
    return mean;
}

// ---------------------------------------------------------------------------------------
// prioritized replay

double bh_value_importance_weight(double probability, double size, double beta)
{
    return bh_exp(-beta * bh_log(size * probability));
}

void bh_value_importance_weights(bh_real *restrict weights, const double *probabilities,
                                 double size, double beta, double max_weight, int B)
{
    // The largest weight belongs to the smallest probability: found before the first is written.
    if (!(max_weight > 0)) {
        double smallest = HUGE_VAL;
        for (int b = 0; b < B; b++) {
            if (probabilities[b] < smallest) smallest = probabilities[b];
        }
        max_weight = bh_value_importance_weight(smallest, size, beta);
    }
    for (int b = 0; b < B; b++) {
        double weight = bh_value_importance_weight(probabilities[b], size, beta);
        weights[b] = (bh_real)(weight / max_weight);
    }
}

// ------------------------------------------------------------------------------------- exploration
// bonuses

double bh_value_ucb_bonus(double count, double total, double c)
{
    if (c == 0) return 0;
    if (count <= 0) return HUGE_VAL;
    return c * sqrt(bh_log(total > 1 ? total : 1) / count);
}

double bh_value_count_bonus(double count, double beta)
{
    return count > 0 ? beta / sqrt(count) : 10 * beta;
}
