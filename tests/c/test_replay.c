// SPDX-License-Identifier: MIT
// The replay buffer: the ring, sampling, what a batch looks like.
#include "rl/replay.h"

#include "check.h"

static const bh_space box = {BH_SPACE_BOX, 3, NULL, NULL},
                      discrete = {BH_SPACE_DISCRETE, 5, NULL, NULL};

// Images of 2 rows, 1 column, 3 channels, as bytes 0..255 and as bits.
static const float zeros[6] = {0}, full[6] = {255, 255, 255, 255, 255, 255},
                   ones[6] = {1, 1, 1, 1, 1, 1};
static const bh_space image = {BH_SPACE_BOX, 6, zeros, full, 3, {2, 1, 3}, BH_SPACE_U8},
                      bits = {BH_SPACE_BOX, 6, zeros, ones, 3, {2, 1, 3}, BH_SPACE_U8};

typedef struct owner {
    bhi_replay replay;
    bhi_encoder *encoder;
    void *block;
    size_t bytes;
} owner;

static owner make_streams(int capacity, int n_streams, const bh_space *space)
{
    owner o = {.encoder = bh_alloc(sizeof *o.encoder)};
    bhi_arena arena = {0};
    o.encoder->space = *space;
    bhi_replay_layout(&o.replay, &arena, capacity, n_streams, o.encoder);
    o.bytes = arena.used;
    o.block = bh_alloc(o.bytes);
    bhi_replay_layout(&o.replay, &(bhi_arena){o.block, 0}, capacity, n_streams, o.encoder);
    return o;
}

static owner make(int capacity, const bh_space *space)
{
    return make_streams(capacity, 1, space);
}

static void drop(owner *o)
{
    bh_free(o->block, o->bytes);
    bh_free(o->encoder, sizeof *o->encoder);
}

// Transition number k, recognisable in every field.
static void add(bhi_replay *r, int k)
{
    const float before[] = {(float)k, (float)k + 0.25f, -(float)k},
                after[] = {(float)k + 1, 0, (float)k * 2};
    bhi_replay_add(r, before, k % 7, k * 0.5, k % 4 == 3, k % 4 == 1, after);
}

static void test_layout(void)
{
    owner o = make(10, &box);
    CHECK(o.replay.capacity == 10 && o.replay.size == 0 && o.replay.next == 0);
    CHECK(o.bytes >= 10 * (3 + 3 + 1 + 1) * 4 + 10);
    CHECK((uintptr_t)o.replay.records % BH_ALIGNMENT == 0);
    drop(&o);
    owner small = make(10, &discrete); // one float per observation, whatever n
    CHECK(small.bytes < o.bytes);
    drop(&small);
}

// After 7 additions to a ring of 4 it holds numbers 3..6, the oldest overwritten first.
static void test_ring_wraps(void)
{
    owner o = make(4, &box);
    bhi_replay *r = &o.replay;
    for (int k = 0; k < 7; k++) {
        add(r, k);
        CHECK(r->size == (k < 4 ? k + 1 : 4));
        CHECK(r->next == (k + 1) % 4);
    }
    for (int i = 0; i < 4; i++) {
        int k = i < 3 ? 4 + i : 3;
        const bhi_stored *at = bhi_replay_at(r, i);
        CHECK(at->obs[0] == (float)k && at->obs[1] == (float)k + 0.25f);
        CHECK(at->obs[3] == (float)k + 1 && at->obs[5] == (float)k * 2);
        CHECK(at->a_tm1 == k % 7 && at->r_t == (float)k * 0.5f);
        CHECK(at->terminated_t == (k % 4 == 3) && at->truncated_t == (k % 4 == 1));
    }
    drop(&o);

    owner one = make(1, &box);
    for (int k = 0; k < 3; k++) {
        add(&one.replay, k);
        CHECK(one.replay.size == 1 && one.replay.next == 0 &&
              bhi_replay_at(&one.replay, 0)->obs[0] == (float)k);
    }
    drop(&one);
}

static void test_gather(void)
{
    owner o = make(8, &box);
    for (int k = 0; k < 8; k++) add(&o.replay, k);
    const int index[] = {3, 0, 5, 6};
    bh_real x_tm1[12], x_t[12], r_t[4], discount_t[4];
    int a_tm1[4];
    bhi_replay_gather(&o.replay, index, 4, 0.9, 1, x_tm1, a_tm1, r_t, discount_t, x_t);
    for (int b = 0; b < 4; b++) {
        int k = index[b];
        CHECK(x_tm1[3 * b] == k && x_tm1[3 * b + 1] == k + (bh_real)0.25 && x_tm1[3 * b + 2] == -k);
        CHECK(x_t[3 * b] == k + 1 && x_t[3 * b + 1] == 0 && x_t[3 * b + 2] == 2 * k);
        CHECK(a_tm1[b] == k % 7 && r_t[b] == (bh_real)(0.5 * k));
        CHECK(discount_t[b] ==
              (k == 3 ? 0 : (bh_real)0.9)); // 3 terminated; 5 was cut and keeps gamma
    }
    drop(&o);
}

static void test_one_hot(void)
{
    owner o = make(3, &discrete);
    bhi_replay_add(&o.replay, (float[]){4}, 1, -1, 0, 0, (float[]){0});
    const int index[] = {0};
    bh_real x_tm1[5], x_t[5], r_t, discount_t;
    int a_tm1;
    for (int i = 0; i < 5; i++) x_tm1[i] = x_t[i] = 7;
    bhi_replay_gather(&o.replay, index, 1, 0.5, 1, x_tm1, &a_tm1, &r_t, &discount_t, x_t);
    for (int i = 0; i < 5; i++) CHECK(x_tm1[i] == (i == 4) && x_t[i] == (i == 0));
    CHECK(a_tm1 == 1 && r_t == -1 && discount_t == (bh_real)0.5);
    drop(&o);
}

static void test_encode(void)
{
    bh_real x[5];
    bhi_encode(x, (float[]){1.5f, -2, 3}, &(bhi_encoder){box});
    CHECK(x[0] == (bh_real)1.5 && x[1] == -2 && x[2] == 3);
    bhi_encode(x, (float[]){2}, &(bhi_encoder){discrete});
    for (int i = 0; i < 5; i++) CHECK(x[i] == (i == 2));
}

static void test_space(void)
{
    CHECK(bh_space_rank(&box) == 1 && bh_space_size(&box, 0) == 3); // rank and dtype left out
    CHECK(box.dtype == BH_SPACE_F32 && bh_space_floats(&box) == 3 && bh_space_bytes(&box) == 12);
    CHECK(bh_space_floats(&discrete) == 1 && bh_space_bytes(&discrete) == 4);
    CHECK(bh_space_rank(&image) == 3 && bh_space_floats(&image) == 6 &&
          bh_space_bytes(&image) == 6);
    CHECK(bh_space_size(&image, 0) == 2 && bh_space_size(&image, 1) == 1 &&
          bh_space_size(&image, 2) == 3);
}

// A byte a number: 2 * 84 * 84 * 4 = 56448 bytes and the 12 of the rest, in steps of 16.
static void test_images_take_a_byte_each(void)
{
    static float low[84 * 84 * 4], high[84 * 84 * 4];
    for (int i = 0; i < 84 * 84 * 4; i++) high[i] = 255;
    bh_space frames = {BH_SPACE_BOX, 84 * 84 * 4, low, high, 3, {84, 84, 4}, BH_SPACE_U8};
    owner bytes = make(2, &frames);
    CHECK(bytes.replay.stride == 56448 + 16);
    frames.dtype = BH_SPACE_F32;
    owner floats = make(2, &frames);
    CHECK(floats.replay.stride == 4 * 56448 + 16);
    drop(&bytes);
    drop(&floats);
}

// Stored as they are, gathered divided by the upper bound: 51 / 255 = 1/5, and bits unchanged.
static void test_gather_bytes(void)
{
    const float before[6] = {0, 51, 102, 255, 1, 254}, after[6] = {255, 0, 3, 128, 127, 5};
    const bh_space *spaces[] = {&image, &bits};
    for (int k = 0; k < 2; k++) {
        float obs_tm1[6], obs_t[6];
        for (int i = 0; i < 6; i++) {
            obs_tm1[i] = k == 0 ? before[i] : (float)(before[i] > 100);
            obs_t[i] = k == 0 ? after[i] : (float)(after[i] > 100);
        }
        owner o = make(3, spaces[k]);
        for (int i = 0; i < 4; i++) { // around the seam; the last transition over the first
            bhi_replay_add(&o.replay, i == 3 ? obs_tm1 : zeros, i, 2, 0, i == 2,
                           i == 2 ? obs_t : zeros);
        }
        const unsigned char *stored = bhi_stored_bytes(bhi_replay_at(&o.replay, 0));
        for (int i = 0; i < 6; i++) CHECK(stored[i] == obs_tm1[i] && stored[6 + i] == 0);

        const int index[] = {0, 2, 1};
        bh_real x_tm1[18], x_t[18], r_t[3], discount_t[3], x[6];
        int a_tm1[3];
        bhi_replay_gather(&o.replay, index, 3, 0.5, 2, x_tm1, a_tm1, r_t, discount_t, x_t);
        for (int i = 0; i < 6; i++) {
            bh_real high = k == 0 ? 255 : 1;
            CHECK(x_tm1[i] == (bh_real)obs_tm1[i] / high && x_t[i] == 0);
            CHECK(x_tm1[6 + i] == 0 && x_t[6 + i] == (bh_real)obs_t[i] / high);
            CHECK(x_t[12 + i] == x_t[6 + i]); // two steps: 1, then 2, which ends
        }
        if (k == 0) CHECK(x_tm1[1] == (bh_real)1 / 5 && x_tm1[3] == 1);
        CHECK_NEAR((double)r_t[2], 2 + 0.5 * 2, 0);
        bhi_encode(x, obs_tm1, o.encoder); // acting sees what learning sees
        CHECK(memcmp(x, x_tm1, sizeof x) == 0);
        drop(&o);
    }
}

// Stores reward k + 1 with ends as given and gathers n-step transitions from every place.
typedef struct n_step_case {
    int terminated_at, truncated_at, n_steps;
    double r_t[4], discount_t[4], last[4]; // what starting at 0, 1, 2, 3 must give
} n_step_case;

static void test_n_step(void)
{
    static const n_step_case cases[] = {
        // gamma 1/2, rewards 1 2 3 4, each transition k leads to observation k + 1
        {-1, -1, 1, {1, 2, 3, 4}, {.5, .5, .5, .5}, {1, 2, 3, 4}},
        {-1,
         -1,
         2,
         {2, 3.5, 5, 4},
         {.25, .25, .25, .5},
         {2, 3, 4, 4}}, // the last has no successor yet
        {-1, -1, 3, {2.75, 4.5, 5, 4}, {.125, .125, .25, .5}, {3, 4, 4, 4}},
        {1,
         -1,
         3,
         {2, 2, 5, 4},
         {0, 0, .25, .5},
         {2, 2, 4, 4}}, // 1 terminates: nothing beyond, no bootstrap
        {-1,
         1,
         3,
         {2, 2, 5, 4},
         {.25, .5, .25, .5},
         {2, 2, 4, 4}}, // 1 is truncated: nothing beyond, bootstrap
    };
    for (int i = 0; i < (int)(sizeof cases / sizeof *cases); i++) {
        const n_step_case *c = &cases[i];
        owner o = make(4, &discrete);
        for (int k = 0; k < 4; k++) {
            bhi_replay_add(&o.replay, (float[]){(float)k}, k, k + 1, k == c->terminated_at,
                           k == c->truncated_at, (float[]){(float)k + 1});
        }
        const int index[] = {0, 1, 2, 3};
        bh_real x_tm1[20], x_t[20], r_t[4], discount_t[4];
        int a_tm1[4];
        bhi_replay_gather(&o.replay, index, 4, 0.5, c->n_steps, x_tm1, a_tm1, r_t, discount_t, x_t);
        for (int b = 0; b < 4; b++) {
            CHECK_NEAR(r_t[b], c->r_t[b], 0);
            CHECK_NEAR(discount_t[b], c->discount_t[b], 0);
            CHECK(a_tm1[b] == b && x_tm1[5 * b + b] == 1 && x_t[5 * b + (int)c->last[b]] == 1);
        }
        drop(&o);
    }
}

// Two environments take turns in a ring of 5, and it has wrapped: successors stand two places on.
static void test_n_step_streams(void)
{
    owner o = make_streams(5, 2, &discrete);
    for (int k = 0; k < 8; k++) { // the ring holds 3..7; stream 0 has 4, 6, stream 1 has 3, 5, 7
        bhi_replay_add(&o.replay, (float[]){0}, k % 2, k, 0, 0, (float[]){0});
    }
    const int index[] = {3, 4, 0, 1, 2}; // the places of 3, 4, 5, 6, 7
    bh_real x_tm1[25], x_t[25], r_t[5], discount_t[5];
    int a_tm1[5];
    bhi_replay_gather(&o.replay, index, 5, 0.5, 3, x_tm1, a_tm1, r_t, discount_t, x_t);
    const double sums[] = {3 + 2.5 + 1.75, 4 + 3, 5 + 3.5, 6, 7},
                 discounts[] = {.125, .25, .25, .5, .5};
    for (int b = 0; b < 5; b++) {
        CHECK_NEAR(r_t[b], sums[b], 0);
        CHECK_NEAR(discount_t[b], discounts[b], 0);
    }
    drop(&o);
}

// After a cut, what is added next follows from nothing, in any of the environments; nor has it an
// end of its own.
static void test_truncate(void)
{
    owner o = make_streams(5, 2, &discrete);
    bhi_replay_truncate(&o.replay); // of nothing
    for (int k = 0; k < 6; k++) {   // the ring wraps: it holds 1..5; the cut comes after 2 and 3
        if (k == 4) bhi_replay_truncate(&o.replay);
        bhi_replay_add(&o.replay, (float[]){0}, 0, k, 0, 0, (float[]){0});
    }
    const int index[] = {1, 2, 3, 4, 0}; // the places of 1, 2, 3, 4, 5
    bh_real x_tm1[25], x_t[25], r_t[5], discount_t[5];
    int a_tm1[5];
    bhi_replay_gather(&o.replay, index, 5, 0.5, 3, x_tm1, a_tm1, r_t, discount_t, x_t);
    const double sums[] = {1 + 1.5, 2, 3, 4, 5}, discounts[] = {.25, .5, .5, .5, .5};
    for (int b = 0; b < 5; b++) {
        CHECK_NEAR(r_t[b], sums[b], 0);
        CHECK_NEAR(discount_t[b], discounts[b], 0);
    }
    drop(&o);
}

// Around the ring's seam a transition still finds the next one, and the newest never the oldest.
static void test_n_step_across_the_seam(void)
{
    static const bh_space many = {BH_SPACE_DISCRETE, 30, NULL, NULL};
    owner o = make(5, &many);
    for (int s = 0; s < 23; s++) { // from state s to s + 1 with reward 2^s
        bhi_replay_add(&o.replay, (float[]){(float)s}, 0, ldexp(1, s), 0, 0,
                       (float[]){(float)s + 1});
        for (int i = 0; i < o.replay.size; i++) {
            int from = (int)bhi_replay_at(&o.replay, i)->obs[0],
                span = s - from + 1 < 3 ? s - from + 1 : 3, a_tm1;
            bh_real x_tm1[30], x_t[30], r_t, discount_t;
            bhi_replay_gather(&o.replay, &i, 1, 0.5, 3, x_tm1, &a_tm1, &r_t, &discount_t, x_t);
            CHECK(x_tm1[from] == 1 && x_t[from + span] == 1);
            CHECK_NEAR((double)r_t, span * ldexp(1, from), 0); // each 2^(from+k) / 2^k
            CHECK_NEAR((double)discount_t, ldexp(1, -span), 0);
        }
    }
    drop(&o);
}

// Only what is stored, each as likely; and it repeats, being with replacement.
static void test_sample(void)
{
    enum { N = 20, DRAWS = 40000 };
    owner o = make(100, &discrete);
    for (int k = 0; k < N; k++) bhi_replay_add(&o.replay, (float[]){0}, 0, 0, 0, 0, (float[]){0});
    static int index[DRAWS];
    bh_rng rng = bh_rng_seed(4);
    bhi_replay_sample(&o.replay, index, DRAWS, &rng);
    double count[N] = {0}, chi = 0;
    int repeats = 0;
    for (int i = 0; i < DRAWS; i++) {
        if (!CHECK(index[i] >= 0 && index[i] < N)) return;
        count[index[i]]++;
        if (i > 0) repeats += index[i] == index[i - 1];
    }
    for (int k = 0; k < N; k++)
        chi += (count[k] - DRAWS / N) * (count[k] - DRAWS / N) / (DRAWS / N);
    CHECK(chi < 53.4); // 99.99 % of fair draws, 19 degrees of freedom
    CHECK_NEAR(repeats, DRAWS / (double)N, 5 * sqrt(DRAWS / (double)N));

    bh_rng again = bh_rng_seed(4);
    int first[8];
    bhi_replay_sample(&o.replay, first, 8, &again);
    CHECK(memcmp(first, index, sizeof first) == 0);
    drop(&o);
}

// ---- the protected part ----

// Transitions 0 … 3 are protected, 3 ends an episode; the ring is the 5 slots behind them.
static owner make_protected(int n_streams)
{
    owner o = make_streams(9, n_streams, &box);
    for (int k = 0; k < 4; k++) add(&o.replay, k);
    bhi_replay_protect(&o.replay);
    return o;
}

static void test_protected_is_never_overwritten(void)
{
    owner o = make_protected(1);
    CHECK(o.replay.n_protected == 4 && o.replay.size == 4 && o.replay.next == 4);
    for (int k = 10; k < 22; k++)
        add(&o.replay, k); // 12 into 5 slots: 17 … 21 are left, 20 in the first
    CHECK(o.replay.size == 9 && o.replay.next == 6);
    const int want[] = {0, 1, 2, 3, 20, 21, 17, 18, 19};
    for (int i = 0; i < 9; i++) CHECK(bhi_replay_at(&o.replay, i)->obs[0] == (float)want[i]);
    drop(&o);
}

// Returns over 3 steps with gamma 1, reward k / 2. Episodes end with k % 4 == 3 and are cut with k
// % 4 == 1.
static void test_n_step_of_protected(void)
{
    owner o = make_protected(1);
    bh_real x[3], x_t[3], r, discount;
    int a;
    const struct {
        int slot;
        double r, discount;
    } want[] = {
        {0, 0 + 0.5, 1},   // 0, 1: cut
        {2, 1 + 1.5, 0},   // 2, 3: ended
        {3, 1.5, 0},       // nothing follows, though 20 stands in the next slot
        {6, 8.5, 1},       // 17 is cut
        {7, 9 + 9.5, 0},   // 18, 19
        {8, 9.5, 0},       // 19 ended
        {4, 10 + 10.5, 1}, // 20, 21, round the seam after slot 8
    };
    for (int k = 10; k < 22; k++) add(&o.replay, k);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        bhi_replay_gather(&o.replay, &want[i].slot, 1, 1, 3, x, &a, &r, &discount, x_t);
        CHECK_NEAR((double)r, want[i].r, 1e-6);
        CHECK((double)discount == want[i].discount);
    }
    drop(&o);

    // In the ring two environments take turns: the successor of slot 8 stands in slot 5.
    owner two = make_protected(2);
    for (int k = 0; k < 5; k++)
        bhi_replay_add(&two.replay, (float[]){0, 0, 0}, 0, 1, 0, 0, (float[]){0, 0, 0});
    for (int k = 0; k < 2; k++)
        bhi_replay_add(&two.replay, (float[]){0, 0, 0}, 0, 8, 0, 0, (float[]){0, 0, 0});
    bhi_replay_gather(&two.replay, (int[]){8}, 1, 1, 2, x, &a, &r, &discount, x_t);
    CHECK((double)r == 1 + 8);
    bhi_replay_gather(&two.replay, (int[]){0}, 1, 1, 2, x, &a, &r, &discount, x_t);
    CHECK((double)r == 0.5); // the protected are of one
    drop(&two);
}

static void test_sample_shares(void)
{
    enum { B = 1000 };
    static int index[B], plain[B];
    owner o = make_protected(1);
    bh_rng rng = bh_rng_seed(4), again = bh_rng_seed(4);
    bhi_replay_sample_shares(&o.replay, index, 0.25, B, &rng); // nothing else is stored
    bhi_replay_sample(&o.replay, plain, B, &again);
    CHECK(memcmp(index, plain, sizeof index) == 0);
    for (int k = 10; k < 13; k++) add(&o.replay, k);
    const double shares[] = {0.25, 1, 0.0004, 0.0006};
    const int want[] = {250, 1000, 0, 1}; // rounded
    for (int s = 0; s < 4; s++) {
        int n = 0, seen[9] = {0};
        bhi_replay_sample_shares(&o.replay, index, shares[s], B, &rng);
        for (int b = 0; b < B; b++) {
            n += index[b] < 4;
            CHECK((index[b] < 4) == (b < want[s]) && index[b] >= 0 && index[b] < 7);
            seen[index[b]]++;
        }
        CHECK(n == want[s]);
        for (int i = 0; i < 4 && s == 0; i++) CHECK(seen[i] > 30);
        for (int i = 4; i < 7 && s == 0; i++) CHECK(seen[i] > 180);
    }
    again = rng;
    bhi_replay_sample_shares(&o.replay, index, 0, B, &rng);
    bhi_replay_sample(&o.replay, plain, B, &again);
    CHECK(memcmp(index, plain, sizeof index) == 0);
    drop(&o);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_layout);
    CHECK_RUN(test_ring_wraps);
    CHECK_RUN(test_gather);
    CHECK_RUN(test_n_step);
    CHECK_RUN(test_n_step_streams);
    CHECK_RUN(test_truncate);
    CHECK_RUN(test_n_step_across_the_seam);
    CHECK_RUN(test_one_hot);
    CHECK_RUN(test_encode);
    CHECK_RUN(test_space);
    CHECK_RUN(test_images_take_a_byte_each);
    CHECK_RUN(test_gather_bytes);
    CHECK_RUN(test_sample);
    CHECK_RUN(test_protected_is_never_overwritten);
    CHECK_RUN(test_n_step_of_protected);
    CHECK_RUN(test_sample_shares);
    return check_report();
}
