// SPDX-License-Identifier: MIT
// Heads.
#include "rl/head.h"

#include "rl/value.h"

#include <string.h>

void bhi_head_layout(bhi_head *head, bhi_arena *arena)
{
    size_t rows = (size_t)head->rows, A = (size_t)head->A, N = (size_t)head->N;
    head->q_t = bhi_arena_array(arena, rows * A, sizeof(bh_real));
    head->dq = bhi_arena_array(arena, rows, sizeof(bh_real));
    head->a_t = bhi_arena_array(arena, rows, sizeof(int));
    if (head->kind == BHI_EXPECTED) return;
    if (head->kind == BHI_CATEGORICAL)
        head->p = bhi_arena_array(arena, rows * A * N, sizeof(bh_real));
    head->chosen = bhi_arena_array(arena, rows * N, sizeof(bh_real));
    head->target = bhi_arena_array(arena, rows * N, sizeof(bh_real));
}

const bh_real *bhi_head_values(bhi_head *head, bh_real *q, const bh_real *out, int n)
{
    if (head->kind == BHI_EXPECTED) return out;
    if (head->kind == BHI_QUANTILE) {
        bh_value_quantile_q(q, out, n, head->A, head->N);
    } else {
        bh_value_softmax(head->p, out, 1, n * head->A, head->N);
        bh_value_categorical_q(q, head->p, head->v_min, head->v_max, n, head->A, head->N);
    }
    return q;
}

static double mean_max(const bh_real *q, int B, int A)
{
    double sum = 0;
    for (int b = 0; b < B; b++) sum += (double)q[b * A + bh_value_argmax(q + b * A, A)];
    return sum / B;
}

// ---- expected ----

static double learn_expected(bhi_head *head, bhi_head_batch *b)
{
    int A = head->A, B = b->B;
    const bh_real *choose_t = b->choose_t, *q_t = b->out_t;
    if (b->bonus_t != NULL) {
        for (int i = 0; i < B * A; i++) head->q_t[i] = b->out_t[i] + b->bonus_t[i];
        choose_t = q_t = head->q_t;
    } else if (b->bias_t != NULL) {
        for (int i = 0; i < B * A; i++) head->q_t[i] = b->choose_t[i] + b->bias_t[i];
        choose_t = head->q_t;
    }
    bh_value_double_q(b->error, b->out_tm1, b->a_tm1, b->r_t, b->discount_t, choose_t, q_t, B, A);
    double loss = bhi_loss_gradient(b->loss, head->dq, b->error, b->weights, B);
    b->max_q = mean_max(b->out_tm1, B, A);
    memset(b->dout, 0, (size_t)B * (size_t)A * sizeof *b->dout);
    for (int i = 0; i < B; i++) b->dout[i * A + b->a_tm1[i]] = head->dq[i];
    return loss;
}

// ---- distributions ----

// a_t (B): the best next action of each row, by the network that chooses, and what is added to be
// curious; p is of choose_t afterwards.
static void choose_next(bhi_head *head, bhi_head_batch *b)
{
    int A = head->A;
    b->max_q = mean_max(bhi_head_values(head, head->q_t, b->out_tm1, b->B), b->B, A);
    const bh_real *q = bhi_head_values(head, head->q_t, b->choose_t, b->B);
    for (int i = 0; i < b->B; i++) {
        bh_real *row = head->q_t + i * A;
        for (int a = 0; a < A; a++)
            row[a] = q[i * A + a] + (b->bonus_t != NULL ? b->bonus_t[i * A + a] : 0);
        for (int a = 0; b->bias_t != NULL && a < A; a++) row[a] += b->bias_t[i * A + a];
        head->a_t[i] = bh_value_argmax(row, A);
    }
}

// The rows of the next actions.
static void gather_next(bhi_head *head, const bh_real *all, int B)
{
    size_t N = (size_t)head->N;
    for (int i = 0; i < B; i++) {
        memcpy(head->chosen + (size_t)i * N, all + (size_t)(i * head->A + head->a_t[i]) * N,
               N * sizeof *all);
    }
}

static double learn_categorical(bhi_head *head, bhi_head_batch *b)
{
    choose_next(head, b);
    if (b->choose_t == b->out_t) {
        gather_next(head, head->p, b->B); // the probabilities that were chosen by
    } else {
        gather_next(head, b->out_t, b->B);
        bh_value_softmax(head->p, head->chosen, 1, b->B, head->N);
        memcpy(head->chosen, head->p, (size_t)(b->B * head->N) * sizeof *head->p);
    }
    bh_value_categorical_project(head->target, head->chosen, b->r_t, b->discount_t, head->v_min,
                                 head->v_max, b->B, head->N);
    return bh_value_categorical_loss(b->error, b->dout, b->out_tm1, b->a_tm1, head->target,
                                     b->weights, b->B, head->A, head->N);
}

static double learn_quantile(bhi_head *head, bhi_head_batch *b)
{
    int N = head->N;
    choose_next(head, b);
    gather_next(head, b->out_t, b->B);
    for (int i = 0; i < b->B * N; i++) {
        head->target[i] = b->r_t[i / N] + b->discount_t[i / N] * head->chosen[i];
    }
    return bh_value_quantile_huber(b->error, b->dout, b->out_tm1, b->a_tm1, head->target, 1,
                                   b->weights, b->B, head->A, N, N);
}

double bhi_head_learn(bhi_head *head, bhi_head_batch *batch)
{
    static double (*const learn[])(bhi_head *, bhi_head_batch *) = {
        [BHI_EXPECTED] = learn_expected,
        [BHI_CATEGORICAL] = learn_categorical,
        [BHI_QUANTILE] = learn_quantile,
    };
    return learn[head->kind](head, batch);
}

void bhi_head_add_gradient(bhi_head *head, bh_real *dout, const bh_real *out, const bh_real *dq,
                           int B)
{
    int N = head->N, is_categorical = head->kind == BHI_CATEGORICAL;
    if (is_categorical) {
        bh_value_softmax(head->p, out, 1, B * head->A, N);
        bh_value_categorical_q(head->q_t, head->p, head->v_min, head->v_max, B, head->A, N);
    }
    for (int i = 0; i < B * head->A; i++) {
        for (int j = 0; j < N; j++) {
            double slope = 1.0 / N; // expected, quantile: the mean
            if (is_categorical) {
                double z = head->v_min + j * (head->v_max - head->v_min) / (N - 1);
                slope = (double)head->p[i * N + j] * (z - (double)head->q_t[i]);
            }
            dout[i * N + j] += (bh_real)((double)dq[i] * slope);
        }
    }
}
