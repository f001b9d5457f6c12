// SPDX-License-Identifier: MIT
// The rollout.
#include "rl/rollout.h"

#include "rl/policy.h"
#include "rl/value.h"

#include <assert.h>
#include <string.h>

static size_t n_masked(const bhi_rollout *r)
{
    return (size_t)r->encoder->space.n_masked;
}

void bhi_rollout_layout(bhi_rollout *rollout, bhi_arena *arena, int T, int E,
                        const bhi_encoder *encoder)
{
    bhi_rollout *r = rollout;
    size_t cells = (size_t)T * (size_t)E;
    r->T = T;
    r->E = E;
    r->encoder = encoder;
    r->length = bhi_arena_array(arena, (size_t)E, sizeof *r->length);
    r->complete = bhi_arena_array(arena, (size_t)E, sizeof *r->complete);
    r->x_tm1 = bhi_arena_array(arena, cells * (size_t)encoder->space.n, sizeof *r->x_tm1);
    r->legal = bhi_arena_array(arena, cells * n_masked(r), 1);
    r->a_tm1 = bhi_arena_array(arena, cells, sizeof *r->a_tm1);
    r->box_tm1 = bhi_arena_array(arena, cells * (size_t)r->n_box, sizeof *r->box_tm1);
    r->terminated_t = bhi_arena_array(arena, cells, sizeof *r->terminated_t);
    r->truncated_t = bhi_arena_array(arena, cells, sizeof *r->truncated_t);
    bh_real **arrays[] = {&r->r_t, &r->v_t, &r->v_tm1, &r->log_prob, &r->advantages, &r->returns};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i] = bhi_arena_array(arena, cells, sizeof(bh_real));
    }
}

double bhi_rollout_reals(const bhi_rollout *rollout, double T, double E,
                         const bh_space *observation)
{
    return T * E * (observation->n + rollout->n_box + 6.0);
}

static size_t cell_of(const bhi_rollout *r, int t, int e)
{
    return (size_t)t * (size_t)r->E + (size_t)e;
}

static bh_real *x_of(const bhi_rollout *r, size_t cell)
{
    return r->x_tm1 + cell * (size_t)r->encoder->space.n;
}

static bh_real *box_of(const bhi_rollout *r, size_t cell)
{
    return r->box_tm1 + cell * (size_t)r->n_box;
}

static size_t box_bytes(const bhi_rollout *r)
{
    return (size_t)r->n_box * sizeof *r->box_tm1;
}

static unsigned char *legal_of(const bhi_rollout *r, size_t cell)
{
    return r->legal + cell * n_masked(r);
}

void bhi_rollout_put_box(bhi_rollout *rollout, int e, const bh_real *box_tm1)
{
    assert(e < rollout->E && rollout->length[e] < rollout->T);
    memcpy(box_of(rollout, cell_of(rollout, rollout->length[e], e)), box_tm1, box_bytes(rollout));
}

void bhi_rollout_add(bhi_rollout *rollout, int e, const float *obs_tm1, int a_tm1, double r_t,
                     int terminated_t, int truncated_t, double v_end)
{
    bhi_rollout *r = rollout;
    assert(e < r->E && r->length[e] < r->T);
    size_t cell = cell_of(r, r->length[e]++, e);
    bhi_encode(x_of(r, cell), obs_tm1, r->encoder);
    bhi_encode_mask(legal_of(r, cell), obs_tm1, 1, r->encoder);
    r->a_tm1[cell] = a_tm1;
    r->r_t[cell] = (bh_real)bhi_encode_reward(r_t, r->encoder);
    r->terminated_t[cell] = terminated_t != 0;
    r->truncated_t[cell] = truncated_t != 0;
    r->v_t[cell] = (bh_real)v_end;
    if (terminated_t || truncated_t) r->complete[e] = r->length[e];
}

void bhi_rollout_truncate(bhi_rollout *rollout, int e, double v_end)
{
    assert(rollout->length[e] > 0);
    size_t cell = cell_of(rollout, rollout->length[e] - 1, e);
    rollout->truncated_t[cell] = 1;
    rollout->v_t[cell] = (bh_real)v_end;
    rollout->complete[e] = rollout->length[e];
}

// Where an episode goes on, the value of what followed is that of the next step. Returns the largest
// length.
static int link_values(bhi_rollout *r)
{
    int longest = 0;
    for (int e = 0; e < r->E; e++) {
        if (r->length[e] > longest) longest = r->length[e];
        for (int t = 0; t + 1 < r->length[e]; t++) {
            size_t cell = cell_of(r, t, e);
            if (!r->terminated_t[cell] && !r->truncated_t[cell])
                r->v_t[cell] = r->v_tm1[cell + (size_t)r->E];
        }
    }
    return longest;
}

int bhi_rollout_advantages(bhi_rollout *rollout, double gamma, double lambda)
{
    bhi_rollout *r = rollout;
    int longest = link_values(r);
    bh_policy_gae(r->advantages, r->returns, r->r_t, r->v_tm1, r->v_t, r->terminated_t,
                  r->truncated_t, gamma, lambda, longest, r->E);
    return longest;
}

void bhi_rollout_q_lambda(bhi_rollout *rollout, double gamma, double lambda)
{
    bhi_rollout *r = rollout;
    int T = link_values(r);
    assert(T == r->T);
    bh_value_q_lambda(r->returns, r->r_t, r->v_t, r->terminated_t, r->truncated_t, gamma, lambda, T,
                      r->E);
}

static void gather(bh_real *to, const bh_real *from, const int *index, int B)
{
    if (to == NULL) return;
    for (int b = 0; b < B; b++) to[b] = from[index[b]];
}

void bhi_rollout_gather(const bhi_rollout *rollout, const int *index, int B,
                        const bhi_rollout_batch *out)
{
    const bhi_rollout *r = rollout;
    size_t S = (size_t)r->encoder->space.n;
    for (int b = 0; b < B; b++) {
        memcpy(out->x + (size_t)b * S, x_of(r, (size_t)index[b]), S * sizeof *out->x);
        if (n_masked(r) > 0)
            memcpy(out->legal + (size_t)b * n_masked(r), legal_of(r, (size_t)index[b]),
                   n_masked(r));
        if (out->a != NULL) out->a[b] = r->a_tm1[index[b]];
        if (out->box != NULL)
            memcpy(out->box + b * r->n_box, box_of(r, (size_t)index[b]), box_bytes(r));
    }
    gather(out->old_log_prob, r->log_prob, index, B);
    gather(out->advantages, r->advantages, index, B);
    gather(out->returns, r->returns, index, B);
    gather(out->old_values, r->v_tm1, index, B);
}

void bhi_rollout_clear(bhi_rollout *rollout)
{
    memset(rollout->length, 0, (size_t)rollout->E * sizeof *rollout->length);
    memset(rollout->complete, 0, (size_t)rollout->E * sizeof *rollout->complete);
}

void bhi_rollout_clear_complete(bhi_rollout *rollout)
{
    bhi_rollout *r = rollout;
    for (int e = 0; e < r->E; e++) {
        int first = r->complete[e];
        for (int t = first; t < r->length[e] && first > 0; t++) {
            size_t to = cell_of(r, t - first, e), from = cell_of(r, t, e);
            memcpy(x_of(r, to), x_of(r, from), (size_t)r->encoder->space.n * sizeof *r->x_tm1);
            memcpy(box_of(r, to), box_of(r, from), box_bytes(r));
            memcpy(legal_of(r, to), legal_of(r, from), n_masked(r));
            r->a_tm1[to] = r->a_tm1[from];
            r->r_t[to] = r->r_t[from];
            r->terminated_t[to] = r->truncated_t[to] = 0; // it is under way
        }
        r->length[e] -= first;
        r->complete[e] = 0;
    }
}

void bhi_shuffle(int *index, int n, bh_rng *rng)
{
    for (int i = n - 1; i > 0; i--) {
        int j = (int)bh_rng_below(rng, (uint32_t)i + 1), held = index[i];
        index[i] = index[j];
        index[j] = held;
    }
}

// Cells that an environment has not reached are zero in a description.
static void forget(bhi_rollout *r, int longest)
{
    for (int t = 0; t < longest; t++) {
        for (int e = 0; e < r->E; e++) {
            if (t < r->length[e]) continue;
            int i = t * r->E + e, S = r->encoder->space.n;
            memset(r->x_tm1 + (size_t)i * (size_t)S, 0, (size_t)S * sizeof *r->x_tm1);
            memset(box_of(r, (size_t)i), 0, box_bytes(r));
            memset(legal_of(r, (size_t)i), 0, n_masked(r));
            r->a_tm1[i] = 0;
            r->r_t[i] = r->v_t[i] = 0;
            r->terminated_t[i] = r->truncated_t[i] = 0;
        }
    }
}

void bhi_rollout_state(bhi_rollout *rollout, int n_actions, int is_even, int is_learning,
                       bhi_state_visitor *visitor)
{
    bhi_rollout *r = rollout;
    int most = is_learning ? r->T : r->T - 1; // a full one is learned from at once
    bhi_state_begin(visitor, "rollout");
    bhi_state_within(visitor, 0, most);
    BHI_STATE(visitor, "length", r->length, r->E);
    bhi_state_within(visitor, 0, most);
    BHI_STATE(visitor, "complete", r->complete, r->E);
    int longest = 0;
    for (int e = 0; e < r->E; e++) {
        longest = r->length[e] > longest ? r->length[e] : longest;
        visitor->is_contradicted |= r->complete[e] > r->length[e];
        visitor->is_contradicted |= is_even && r->length[e] != r->length[0];
    }
    size_t cells = (size_t)longest * (size_t)r->E;
    forget(r, longest);
    BHI_STATE(visitor, "x_tm1", r->x_tm1, cells * (size_t)r->encoder->space.n);
    if (n_masked(r) > 0) BHI_STATE(visitor, "legal", r->legal, cells * n_masked(r));
    if (r->n_box > 0) {
        BHI_STATE(visitor, "box_tm1", r->box_tm1, cells * (size_t)r->n_box);
    } else {
        bhi_state_within(visitor, 0, n_actions - 1);
        BHI_STATE(visitor, "a_tm1", r->a_tm1, cells);
    }
    BHI_STATE(visitor, "r_t", r->r_t, cells);
    BHI_STATE(visitor, "terminated_t", r->terminated_t, cells);
    BHI_STATE(visitor, "truncated_t", r->truncated_t, cells);
    BHI_STATE(visitor, "v_t", r->v_t, cells);
    if (is_learning) {
        // v_tm1, log_prob, advantages and returns, which lie equally far apart.
        size_t stride = (size_t)((char *)r->log_prob - (char *)r->v_tm1);
        BHI_STATE_MEMBER(visitor, "learned_from", r->v_tm1, cells, 4, stride);
    }
    bhi_state_end(visitor);
}
