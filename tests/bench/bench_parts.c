// SPDX-License-Identifier: MIT
// Cases of `npm run bench`: the parts of an update, each alone, over arrays like those of rl/dqn.c.
#include "bench_case.h"

#include "kernels/elementwise.h"
#include "rl/value.h"

// ---- parts of an update: 4-a-a-2, batch b ----

// The network, what is learned of it, its optimizer, and the activations of a batch.
static void layout_net(bench_case *c, bhi_arena *arena, size_t B)
{
    bh_sizes hidden = {2, {c->a, c->a}};
    c->net = bhi_net_mlp(BENCH_OBSERVATION, &hidden, BENCH_ACTIONS, BHI_RELU);
    size_t P = (size_t)c->net.n_params, units = B * (size_t)c->net.n_units;
    c->params = bhi_arena_array(arena, P, sizeof(bh_real));
    c->grads = bhi_arena_array(arena, P, sizeof(bh_real));
    bh_optimizer_config adam = bhi_optimizer_defaults(BHI_ADAM);
    bhi_optimizer_layout(&c->optimizer, arena, &adam, c->net.n_params);
    c->acts = bhi_arena_array(arena, units, sizeof(bh_real));
    c->dacts = bhi_arena_array(arena, units, sizeof(bh_real));
}

// A batch of observations of 4 numbers.
static void layout_batch(bench_case *c, bhi_arena *arena, size_t B)
{
    c->encoder.space = (bh_space){BH_SPACE_BOX, BENCH_OBSERVATION, NULL, NULL};
    c->x_tm1 = bhi_arena_array(arena, B * BENCH_OBSERVATION, sizeof(bh_real));
    c->x_t = bhi_arena_array(arena, B * BENCH_OBSERVATION, sizeof(bh_real));
    c->r_t = bhi_arena_array(arena, B, sizeof(bh_real));
    c->discount_t = bhi_arena_array(arena, B, sizeof(bh_real));
    c->index = bhi_arena_array(arena, B, sizeof(int));
    c->a_tm1 = bhi_arena_array(arena, B, sizeof(int));
}

static void layout_parts(bench_case *c, bhi_arena *arena)
{
    layout_net(c, arena, (size_t)c->b);
    layout_batch(c, arena, (size_t)c->b);
    bhi_replay_layout(&c->replay, arena, BENCH_REPLAY_SIZE, 1, &c->encoder);
}

static void gather(bench_case *c)
{
    bhi_replay_gather(&c->replay, c->index, c->b, 0.99, 1, c->x_tm1, c->a_tm1, c->r_t,
                      c->discount_t, c->x_t);
}

static void run_gather(bench_case *c, int n)
{
    while (n-- > 0) {
        bhi_replay_sample(&c->replay, c->index, c->b, &c->rng);
        gather(c);
    }
}

static void run_forward(bench_case *c, int n)
{
    while (n-- > 0) bhi_net_forward(&c->net, c->params, c->acts, c->x_tm1, c->b);
}

static void run_backward(bench_case *c, int n)
{
    while (n-- > 0) {
        bhi_net_backward(&c->net, c->params, c->grads, c->acts, c->dacts, c->x_tm1, c->b);
    }
}

static void run_optimizer(bench_case *c, int n)
{
    while (n-- > 0) {
        double norm = bhi_sum_of_squares(c->grads, c->net.n_params);
        bhi_optimizer_step(&c->optimizer, c->params, c->grads, 1e-9, bhi_clip_scale(norm, 10));
    }
}

static void add_random(bench_case *c)
{
    float obs[2 * BENCH_OBSERVATION];
    for (int j = 0; j < 2 * BENCH_OBSERVATION; j++) obs[j] = (float)bh_rng_uniform(&c->rng);
    bhi_replay_add(&c->replay, obs, (int)bh_rng_below(&c->rng, BENCH_ACTIONS), 1, 0, 0,
                   obs + BENCH_OBSERVATION);
}

static int start_parts(bench_case *c)
{
    for (int i = 0; i < BENCH_REPLAY_SIZE; i++) add_random(c);
    bhi_net_init(&c->net, c->params, &c->rng);
    bhi_optimizer_init(&c->optimizer);
    run_gather(c, 1);
    run_forward(c, 1);
    bh_real *dy = bhi_net_layer(&c->net, c->dacts, c->net.n_layers - 1, c->b);
    bench_fill(dy, (size_t)c->b * BENCH_ACTIONS, &c->rng);
    run_backward(c, 1);
    return 1;
}

// ---- prioritized replay of a thousand transitions, batch b: one transition comes, a batch is drawn
// in proportion to its priorities, gathered and weighted, and gets new ones ----

static void layout_prioritized(bench_case *c, bhi_arena *arena)
{
    size_t B = (size_t)c->b;
    layout_batch(c, arena, B);
    c->probability = bhi_arena_array(arena, B, sizeof *c->probability);
    c->error = bhi_arena_array(arena, B, sizeof *c->error);
    c->w = bhi_arena_array(arena, B, sizeof *c->w);
    bhi_replay_layout(&c->replay, arena, 1000 * c->a, 1, &c->encoder);
    bhi_replay_layout_priorities(&c->replay, arena);
}

static int start_prioritized(bench_case *c)
{
    for (int i = 0; i < c->replay.capacity; i++) {
        add_random(c);
        bh_real error = (bh_real)bh_rng_uniform(&c->rng);
        bhi_replay_set_priorities(&c->replay, &i, &error, 0.6, 1);
    }
    bench_fill(c->error, (size_t)c->b, &c->rng);
    return c->replay.capacity > 0;
}

static void run_prioritized(bench_case *c, int n)
{
    while (n-- > 0) {
        add_random(c);
        bhi_sumtree_sample(&c->replay.priorities, c->index, c->probability, c->b, &c->rng);
        bh_value_importance_weights(c->w, c->probability, c->replay.size, 0.4, 0, c->b);
        gather(c);
        bhi_replay_set_priorities(&c->replay, c->index, c->error, 0.6, c->b);
    }
}

// ---- the table ----

const bench_kind bench_part_kinds[] = {
    {"gather", layout_parts, start_parts, run_gather, NULL, NULL}, // hidden units, batch
    {"forward", layout_parts, start_parts, run_forward, NULL, NULL},
    {"backward", layout_parts, start_parts, run_backward, NULL, NULL},
    {"optimizer", layout_parts, start_parts, run_optimizer, NULL, NULL},
    {"prioritized", layout_prioritized, start_prioritized, run_prioritized, NULL,
     NULL}, // thousands of transitions, batch
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
