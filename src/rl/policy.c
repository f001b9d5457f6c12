// SPDX-License-Identifier: MIT
// Categorical policies from logits, returns, advantages and policy losses.
#include "rl/policy.h"

#include "core/fmath.h"
#include "core/logits.h"
#include "rl/policy_loss.h"

#include <math.h>
#include <stddef.h>

// ------------------------------------------------------------------------------------
// distributions (B,A)

void bh_policy_log_softmax(bh_real *restrict log_p, const bh_real *logits, int B, int A)
{
    for (int b = 0; b < B; b++, log_p += A, logits += A) {
        double log_sum = bhi_log_sum_exp(logits, A);
        for (int i = 0; i < A; i++) log_p[i] = (bh_real)((double)logits[i] - log_sum);
    }
}

void bh_policy_log_prob(bh_real *restrict log_prob, const bh_real *logits, const int *a, int B,
                        int A)
{
    for (int b = 0; b < B; b++, logits += A) {
        log_prob[b] = (bh_real)((double)logits[a[b]] - bhi_log_sum_exp(logits, A));
    }
}

// -sum p log p; what has probability 0 counts 0, its limit.
static double row_entropy(const bh_real *logits, double log_sum, int A)
{
    double entropy = 0;
    for (int i = 0; i < A; i++) {
        double log_p = (double)logits[i] - log_sum, p = bh_exp(log_p);
        if (p != 0) entropy -= p * log_p;
    }
    return entropy;
}

void bh_policy_entropy(bh_real *restrict entropy, const bh_real *logits, int B, int A)
{
    for (int b = 0; b < B; b++, logits += A) {
        entropy[b] = (bh_real)row_entropy(logits, bhi_log_sum_exp(logits, A), A);
    }
}

static int sample(const bh_real *logits, double uniform, int A)
{
    double log_sum = bhi_log_sum_exp(logits, A), cumulative = 0;
    int possible =
        0; // rounding may leave the sum below uniform: then it is the last possible action
    for (int i = 0; i < A; i++) {
        double p = bh_exp((double)logits[i] - log_sum);
        if (!(p > 0)) continue;
        cumulative += p;
        possible = i;
        if (uniform < cumulative) break;
    }
    return possible;
}

void bh_policy_sample(int *restrict a, const bh_real *logits, const double *uniform, int B, int A)
{
    for (int b = 0; b < B; b++) a[b] = sample(logits + b * A, uniform[b], A);
}

void bh_policy_mode(int *restrict a, const bh_real *logits, int B, int A)
{
    for (int b = 0; b < B; b++) a[b] = bhi_argmax(logits + b * A, A);
}

void bh_policy_kl(bh_real *restrict kl, bh_real *restrict dq, const bh_real *p_logits,
                  const bh_real *q_logits, int B, int A)
{
    for (int b = 0; b < B; b++) {
        const bh_real *p_row = p_logits + b * A, *q_row = q_logits + b * A;
        double p_sum = bhi_log_sum_exp(p_row, A), q_sum = bhi_log_sum_exp(q_row, A), sum = 0;
        for (int i = 0; i < A; i++) {
            double log_p = (double)p_row[i] - p_sum, log_q = (double)q_row[i] - q_sum;
            double p = bh_exp(log_p);
            if (p != 0) sum += p * (log_p - log_q);
            if (dq != NULL) dq[b * A + i] = (bh_real)((bh_exp(log_q) - p) / B);
        }
        kl[b] = (bh_real)sum;
    }
}

// ---------------------------------------------------------------------------- returns and
// advantages (T,E)

void bh_policy_returns(bh_real *restrict returns, const bh_real *r_t, const bh_real *discount_t,
                       const bh_real *v_T, int T, int E)
{
    for (int e = 0; e < E; e++) {
        double g = v_T == NULL ? 0 : (double)v_T[e];
        for (int i = (T - 1) * E + e; i >= 0; i -= E) {
            // Not 0 times g: the next episode's NaN stays there.
            double next = discount_t[i] == 0 ? 0 : (double)discount_t[i] * g;
            g = (double)r_t[i] + next;
            returns[i] = (bh_real)g;
        }
    }
}

void bh_policy_gae(bh_real *restrict advantages, bh_real *restrict returns, const bh_real *r_t,
                   const bh_real *v_tm1, const bh_real *v_t, const unsigned char *terminated_t,
                   const unsigned char *truncated_t, double gamma, double lambda, int T, int E)
{
    for (int e = 0; e < E; e++) {
        double advantage = 0;
        for (int i = (T - 1) * E + e; i >= 0; i -= E) {
            double next = terminated_t[i] ? 0 : gamma * (double)v_t[i];
            double trace = terminated_t[i] || truncated_t[i] ? 0 : gamma * lambda * advantage;
            advantage = (double)r_t[i] + next - (double)v_tm1[i] + trace;
            advantages[i] = (bh_real)advantage;
            if (returns != NULL) returns[i] = (bh_real)(advantage + (double)v_tm1[i]);
        }
    }
}

void bh_policy_normalize(bh_real *advantages, int n)
{
    if (n < 2) return;
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++) sum += (double)advantages[i];
    double mean = sum / n;
    for (int i = 0; i < n; i++) {
        double d = (double)advantages[i] - mean;
        squares += d * d;
    }
    double scale = sqrt(squares / (n - 1)) + 1e-8;
    for (int i = 0; i < n; i++) advantages[i] = (bh_real)(((double)advantages[i] - mean) / scale);
}

// -------------------------------------------------------------------------------------------------
// losses

// One row of dlogits: slope_log_prob d log pi(a) + slope_entropy dH, where
// d log pi(a) / d logit_i = 1{i = a} - p_i  and  dH / d logit_i = -p_i (log p_i + H).
static void row_gradient(bh_real *restrict d, const bh_real *logits, double log_sum, double entropy,
                         int a, double slope_log_prob, double slope_entropy, int A)
{
    for (int i = 0; i < A; i++) {
        double log_p = (double)logits[i] - log_sum, p = bh_exp(log_p);
        double of_entropy = p != 0 ? p * (log_p + entropy) : 0;
        d[i] = (bh_real)(slope_log_prob * ((i == a) - p) - slope_entropy * of_entropy);
    }
}

void bhi_policy_loss(bh_real *restrict dlogits, bh_policy_stats *stats, const bh_real *logits,
                     const int *a, const bh_real *old_log_prob, const bh_real *advantages,
                     double clip_range, double ent_coef, int B, int A)
{
    bhi_policy_sums sums = {0};
    double entropies = 0;
    for (int b = 0; b < B; b++, logits += A, dlogits += A) {
        double log_sum = bhi_log_sum_exp(logits, A), log_prob = (double)logits[a[b]] - log_sum;
        double entropy = row_entropy(logits, log_sum, A), advantage = (double)advantages[b];
        double slope = old_log_prob == NULL
                           ? bhi_policy_reinforce_add(&sums, log_prob, advantage)
                           : bhi_policy_ppo_add(&sums, log_prob, (double)old_log_prob[b], advantage,
                                                clip_range);
        entropies += entropy;
        row_gradient(dlogits, logits, log_sum, entropy, a[b], slope / B, -ent_coef / B, A);
    }
    *stats = bhi_policy_means(&sums, entropies / B, ent_coef, B);
}

void bh_policy_reinforce_loss(bh_real *restrict dlogits, bh_policy_stats *stats,
                              const bh_real *logits, const int *a, const bh_real *advantages,
                              double ent_coef, int B, int A)
{
    bhi_policy_loss(dlogits, stats, logits, a, NULL, advantages, 0, ent_coef, B, A);
}

void bh_policy_ppo_loss(bh_real *restrict dlogits, bh_policy_stats *stats, const bh_real *logits,
                        const int *a, const bh_real *old_log_prob, const bh_real *advantages,
                        double clip_range, double ent_coef, int B, int A)
{
    bhi_policy_loss(dlogits, stats, logits, a, old_log_prob, advantages, clip_range, ent_coef, B,
                    A);
}

double bh_policy_value_loss(bh_real *restrict dvalues, const bh_real *values,
                            const bh_real *returns, const bh_real *old_values, double clip_range_vf,
                            double vf_coef, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double v = (double)values[i];
        int free = 1;
        if (old_values != NULL) {
            double old = (double)old_values[i], step = v - old;
            free = !(fabs(step) > clip_range_vf);
            if (!free) v = step < 0 ? old - clip_range_vf : old + clip_range_vf;
        }
        double error = (double)returns[i] - v;
        sum += error * error;
        dvalues[i] = free ? (bh_real)(-2 * vf_coef * error / n) : 0;
    }
    return sum / n;
}

double bh_policy_cross_entropy(bh_real *restrict dlogits, const bh_real *logits, const int *a,
                               const bh_real *label_weights, int B, int A)
{
    double total = B, loss = 0;
    if (label_weights != NULL) {
        total = 0;
        for (int b = 0; b < B; b++) total += (double)label_weights[a[b]];
    }
    for (int b = 0; b < B; b++, logits += A, dlogits += A) {
        double log_sum = bhi_log_sum_exp(logits, A);
        double weight = label_weights == NULL ? 1 : (double)label_weights[a[b]];
        double share = weight != 0 ? weight / total : 0;
        if (share != 0) loss -= share * ((double)logits[a[b]] - log_sum);
        row_gradient(dlogits, logits, log_sum, 0, a[b], -share, 0, A);
    }
    return loss;
}
