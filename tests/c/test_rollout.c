// SPDX-License-Identifier: MIT
// The rollout: what is stored where, advantages with ends of every kind by hand, gathering,
// clearing, shuffling.
#include "rl/rollout.h"

#include "check.h"

enum { T = 4, E = 2, S = 2 };

static const bh_space box2 = {BH_SPACE_BOX, S, NULL, NULL};

typedef struct laid_out {
    bhi_rollout rollout;
    bhi_encoder encoder;
    void *block;
    size_t bytes;
} laid_out;

static bhi_rollout make_of(laid_out *l, const bh_space *space, int n_box)
{
    bhi_arena arena = {0};
    l->rollout = (bhi_rollout){.n_box = n_box};
    l->encoder = (bhi_encoder){*space};
    bhi_rollout_layout(&l->rollout, &arena, T, E, &l->encoder);
    l->bytes = arena.used;
    l->block = bh_alloc(l->bytes);
    bhi_rollout_layout(&l->rollout, &(bhi_arena){l->block, 0}, T, E, &l->encoder);
    CHECK((double)(l->bytes / sizeof(bh_real)) >= bhi_rollout_reals(&l->rollout, T, E, space));
    return l->rollout;
}

static bhi_rollout make(laid_out *l, const bh_space *space)
{
    return make_of(l, space, 0);
}

// A step whose numbers tell where it belongs: observation (10 e + t, t), action t, reward t + 1.
static void add(bhi_rollout *r, int e, int t, int terminated, int truncated, double v_end)
{
    float obs[S] = {(float)(10 * e + t), (float)t};
    bhi_rollout_add(r, e, obs, t, t + 1, terminated, truncated, v_end);
}

static void test_storage(void)
{
    laid_out l;
    bhi_rollout r = make(&l, &box2);
    CHECK(r.length[0] == 0 && r.complete[0] == 0);
    for (int t = 0; t < T; t++) {
        add(&r, 0, t, t == 1, 0, 0);
        if (t < 3) add(&r, 1, t, 0, t == 2, 9);
    }
    CHECK(r.length[0] == 4 && r.length[1] == 3); // environments are where they are
    CHECK(r.complete[0] == 2 && r.complete[1] == 3);
    for (int e = 0; e < E; e++) {
        for (int t = 0; t < r.length[e]; t++) {
            int cell = t * E + e;
            CHECK(r.x_tm1[cell * S] == 10 * e + t && r.x_tm1[cell * S + 1] == t);
            CHECK(r.a_tm1[cell] == t && r.r_t[cell] == t + 1);
            CHECK(r.terminated_t[cell] == (e == 0 && t == 1));
            CHECK(r.truncated_t[cell] == (e == 1 && t == 2));
        }
    }
    CHECK(r.v_t[2 * E + 1] == 9);
    bhi_rollout_truncate(&r, 0, 5);
    CHECK(r.complete[0] == 4 && r.truncated_t[3 * E] == 1 && r.v_t[3 * E] == 5);
    bhi_rollout_clear(&r);
    CHECK(r.length[0] == 0 && r.length[1] == 0 && r.complete[0] == 0 && r.complete[1] == 0);
    bh_free(l.block, l.bytes);
}

// Network inputs: a Discrete observation is stored one-hot.
static void test_encodes(void)
{
    bh_space discrete = {BH_SPACE_DISCRETE, 3, NULL, NULL};
    laid_out l;
    bhi_rollout r = make(&l, &discrete);
    bhi_rollout_add(&r, 1, (float[]){2}, 0, 0, 0, 0, 0);
    const bh_real want[] = {0, 0, 1};
    CHECK(memcmp(r.x_tm1 + 3, want, sizeof want) == 0);
    bh_free(l.block, l.bytes);
}

// Actions of two numbers stay with their steps: gathered, and where episodes that are over go.
static void test_box_actions(void)
{
    laid_out l;
    bhi_rollout r = make_of(&l, &box2, 2);
    for (int t = 0; t < 3; t++) {
        for (int e = 0; e < E; e++) {
            const bh_real action[] = {(bh_real)(10 * e + t), (bh_real)-t};
            bhi_rollout_put_box(&r, e, action);
            add(&r, e, t, e == 0 && t == 1, 0, 0);
        }
    }
    bh_real x[2 * S], box[4];
    int index[] = {2 * E + 1, 1 * E + 0};
    bhi_rollout_gather(&r, index, 2, &(bhi_rollout_batch){.x = x, .box = box});
    const bh_real want[] = {12, -2, 1, -1};
    CHECK(memcmp(box, want, sizeof want) == 0);
    bhi_rollout_clear_complete(&r);
    CHECK(r.length[0] == 1 && r.length[1] == 3);
    index[1] = 0;
    bhi_rollout_gather(&r, index, 2, &(bhi_rollout_batch){.x = x, .box = box});
    const bh_real moved[] = {12, -2, 2, -2};
    CHECK(memcmp(box, moved, sizeof moved) == 0);
    bh_free(l.block, l.bytes);
}

// gamma 1/2, lambda 1/2, rewards 1, 2, 3, 4. Backwards, delta_t = r_t + gamma v_t - v_tm1 and A_t =
// delta_t + 1/4 A_(t+1), all in binary fractions.
//   environment 0, v_tm1 8, 4, 2, 6: step 1 terminates, the last one goes on to a value of 12
//     A_3 = 4 + 6 - 6 = 4;      A_2 = 3 + 3 - 2 + 4/4 = 5     (v_t is the 6 of the next row)
//     A_1 = 2 + 0 - 4 = -2;     A_0 = 1 + 2 - 8 - 2/4 = -5.5  (v_end 100 of the termination is not
//                               read)
//   environment 1, v_tm1 4, 4, 8, 2: step 1 is truncated with a final value of 16, the last one
//   terminates
//     A_3 = 4 + 0 - 2 = 2;      A_2 = 3 + 1 - 8 + 2/4 = -3.5
//     A_1 = 2 + 8 - 4 = 6;      A_0 = 1 + 2 - 4 + 6/4 = 0.5
static void test_advantages(void)
{
    static const bh_real v_tm1[T * E] = {8, 4, 4, 4, 2, 8, 6, 2};
    static const double want[T * E] = {-5.5, 0.5, -2, 6, 5, -3.5, 4, 2};
    laid_out l;
    bhi_rollout r = make(&l, &box2);
    for (int t = 0; t < T; t++) {
        add(&r, 0, t, t == 1, 0, t == 1 ? 100 : t == 3 ? 12 : -50);
        add(&r, 1, t, t == 3, t == 1, t == 1 ? 16 : t == 3 ? 100 : -50);
    }
    memcpy(r.v_tm1, v_tm1, sizeof v_tm1);
    CHECK(bhi_rollout_advantages(&r, 0.5, 0.5) == T);
    for (int i = 0; i < T * E; i++) {
        CHECK((double)r.advantages[i] == want[i]);
        CHECK((double)r.returns[i] == want[i] + (double)v_tm1[i]);
    }

    // An environment that lags behind leaves the others' numbers as they are.
    bhi_rollout_clear(&r);
    for (int t = 0; t < T; t++) add(&r, 0, t, t == 1, 0, t == 3 ? 12 : 0);
    add(&r, 1, 0, 1, 0, 0);
    CHECK(bhi_rollout_advantages(&r, 0.5, 0.5) == T);
    for (int t = 0; t < T; t++) CHECK((double)r.advantages[t * E] == want[t * E]);
    CHECK(r.advantages[1] == 1 - 4);
    bh_free(l.block, l.bytes);
}

static void test_gather(void)
{
    laid_out l;
    bhi_rollout r = make(&l, &box2);
    for (int t = 0; t < T; t++) {
        for (int e = 0; e < E; e++) add(&r, e, t, 0, 0, 0);
    }
    for (int i = 0; i < T * E; i++) {
        r.log_prob[i] = (bh_real)-i;
        r.advantages[i] = (bh_real)(100 + i);
        r.returns[i] = (bh_real)(200 + i);
        r.v_tm1[i] = (bh_real)(300 + i);
    }
    const int index[3] = {7, 2, 7};
    bh_real x[3 * S], log_prob[3], advantages[3], returns[3], values[3];
    int a[3];
    bhi_rollout_gather(&r, index, 3,
                       &(bhi_rollout_batch){.x = x,
                                            .a = a,
                                            .old_log_prob = log_prob,
                                            .advantages = advantages,
                                            .returns = returns,
                                            .old_values = values});
    for (int b = 0; b < 3; b++) {
        int i = index[b];
        CHECK(x[b * S] == 10 * (i % E) + i / E && x[b * S + 1] == i / E && a[b] == i / E);
        CHECK(log_prob[b] == -i && advantages[b] == 100 + i && returns[b] == 200 + i);
        CHECK(values[b] == 300 + i);
    }
    bhi_rollout_gather(&r, index, 2, &(bhi_rollout_batch){.x = x});
    bh_free(l.block, l.bytes);
}

static void test_clear_complete(void)
{
    laid_out l;
    bhi_rollout r = make(&l, &box2);
    for (int t = 0; t < T; t++) add(&r, 0, t, t == 1, 0, 0); // two steps over, two under way
    for (int t = 0; t < 3; t++) add(&r, 1, t, 0, 0, 0);      // none over
    bhi_rollout_clear_complete(&r);
    CHECK(r.length[0] == 2 && r.length[1] == 3 && r.complete[0] == 0 && r.complete[1] == 0);
    for (int t = 0; t < 2; t++) {
        CHECK(r.x_tm1[t * E * S] == t + 2 && r.a_tm1[t * E] == t + 2 && r.r_t[t * E] == t + 3);
        CHECK(r.terminated_t[t * E] == 0 && r.truncated_t[t * E] == 0);
    }
    for (int t = 0; t < 3; t++) CHECK(r.x_tm1[(t * E + 1) * S] == 10 + t);
    add(&r, 0, 8, 1, 0, 0);
    CHECK(r.length[0] == 3 && r.complete[0] == 3 && r.a_tm1[2 * E] == 8);
    bh_free(l.block, l.bytes);
}

// All 24 orders of four come equally often: 2400 shuffles, 100 each, standard deviation 9.8.
static void test_shuffle(void)
{
    int seen[256] = {0}, n_seen = 0;
    bh_rng rng = bh_rng_seed(4);
    for (int k = 0; k < 2400; k++) {
        int index[4] = {0, 1, 2, 3}, held[4] = {0};
        bhi_shuffle(index, 4, &rng);
        for (int i = 0; i < 4; i++) held[index[i]]++;
        for (int i = 0; i < 4; i++) CHECK(held[i] == 1);
        seen[index[0] * 64 + index[1] * 16 + index[2] * 4 + index[3]]++;
    }
    for (int i = 0; i < 256; i++) {
        if (seen[i] == 0) continue;
        n_seen++;
        CHECK_NEAR(seen[i], 100, 40);
    }
    CHECK(n_seen == 24);
    bh_rng a = bh_rng_seed(5), b = a;
    int one[50], two[50];
    for (int i = 0; i < 50; i++) one[i] = two[i] = i;
    bhi_shuffle(one, 50, &a);
    bhi_shuffle(two, 50, &b);
    CHECK(memcmp(one, two, sizeof one) == 0);
    bhi_shuffle(two, 50, &b);
    CHECK(memcmp(one, two, sizeof one) != 0);
    int single = 3;
    bhi_shuffle(&single, 1, &b);
    CHECK(single == 3);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_storage);
    CHECK_RUN(test_encodes);
    CHECK_RUN(test_box_actions);
    CHECK_RUN(test_advantages);
    CHECK_RUN(test_gather);
    CHECK_RUN(test_clear_complete);
    CHECK_RUN(test_shuffle);
    CHECK(bh_live_bytes() == 0);
    return check_report();
}
