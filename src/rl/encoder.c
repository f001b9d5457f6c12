// SPDX-License-Identifier: MIT
// Observations as network inputs, rewards as they are learned from.
#include "rl/encoder.h"

#include <math.h>
#include <string.h>

#define EPSILON       1e-8 // added to a variance, as in VecNormalize
#define COUNT_AT_ZERO 1e-4 // as in its RunningMeanStd: a variance of 1 counts that often

// ---- running statistics: means (n), variances (n), the count ----

static void start(double *rms, int n)
{
    if (rms == NULL) return;
    for (int i = n; i < 2 * n; i++) rms[i] = 1;
    rms[2 * n] = COUNT_AT_ZERO;
}

// Number i of one more row (Chan et al. 1979, where the second set has one).
static void take(double *rms, int n, int i, double x)
{
    double *mean = rms + i, *var = rms + n + i;
    double count = rms[2 * n], total = count + 1, delta = x - *mean;
    *mean += delta / total;
    *var = (*var * count + delta * delta * count / total) / total;
}

static double deviation(const double *rms, int n, int i)
{
    return sqrt(rms[n + i] + EPSILON);
}

static int rms_tensors(double *rms, int n, const char *const names[3], bh_tensor *out)
{
    if (rms == NULL) return 0;
    for (int i = 0; i < 3; i++)
        out[i] = bh_tensor_vector(names[i], BH_F64, i < 2 ? n : 1, rms + i * n);
    return 3;
}

// ---- the encoder ----

void bhi_encoder_layout(bhi_encoder *encoder, bhi_arena *arena, int n_envs)
{
    bhi_encoder *e = encoder;
    e->n_envs = n_envs;
    if (e->spec.normalize_observation)
        e->obs_rms = bhi_arena_array(arena, bhi_rms_numbers(e->space.n), sizeof *e->obs_rms);
    if (!e->spec.normalize_reward) return;
    e->ret_rms = bhi_arena_array(arena, bhi_rms_numbers(1), sizeof *e->ret_rms);
    e->returns = bhi_arena_array(arena, (size_t)n_envs, sizeof *e->returns);
}

void bhi_encoder_init(bhi_encoder *encoder, const double *gamma)
{
    encoder->gamma = gamma;
    start(encoder->obs_rms, encoder->space.n);
    start(encoder->ret_rms, 1);
}

int bhi_encoder_tensors(const bhi_encoder *encoder, double *obs_rms, bh_tensor *out)
{
    static const char *const obs[] = {"obs_rms.mean", "obs_rms.var", "obs_rms.count"},
                             *const ret[] = {"ret_rms.mean", "ret_rms.var", "ret_rms.count"};
    int n = rms_tensors(obs_rms, encoder->space.n, obs, out);
    return n + rms_tensors(encoder->ret_rms, 1, ret, out + n);
}

void bhi_encoder_state(bhi_encoder *encoder, bhi_state_visitor *visitor)
{
    if (encoder->obs_rms != NULL)
        BHI_STATE(visitor, "obs_rms", encoder->obs_rms, bhi_rms_numbers(encoder->space.n));
    if (encoder->ret_rms == NULL) return;
    BHI_STATE(visitor, "ret_rms", encoder->ret_rms, bhi_rms_numbers(1));
    BHI_STATE(visitor, "discounted_returns", encoder->returns, encoder->n_envs);
}

// ---- observations ----

// What the bytes of a Box are divided by.
static bh_real divisor(const bh_space *space)
{
    return space->dtype == BH_SPACE_TOKEN ? 1 : (bh_real)space->high[0];
}

static double clip(double x, double most)
{
    return x < -most ? -most : x > most ? most : x;
}

// The numbers of a Box, in place.
static void normalize(bh_real *x, const bhi_encoder *encoder)
{
    int n = encoder->space.n;
    double *rms = encoder->obs_rms;
    if (rms != NULL) {
        for (int i = 0; i < n; i++)
            x[i] = (bh_real)clip(((double)x[i] - rms[i]) / deviation(rms, n, i), BHI_CLIP);
    } else if (bh_space_is_bytes(&encoder->space) && divisor(&encoder->space) != 1) {
        bh_real high = divisor(&encoder->space);
        for (int i = 0; i < n; i++) x[i] /= high;
    }
}

void bhi_encode(bh_real *restrict x, const float *restrict obs, const bhi_encoder *encoder)
{
    int n = encoder->space.n;
    if (encoder->space.kind == BH_SPACE_DISCRETE) {
        for (int i = 0; i < n; i++) x[i] = 0;
        x[(int)obs[0]] = 1;
        return;
    }
    for (int i = 0; i < n; i++) x[i] = (bh_real)obs[i];
    normalize(x, encoder);
}

void bhi_encode_bytes(bh_real *restrict x, const unsigned char *restrict obs,
                      const bhi_encoder *encoder)
{
    for (int i = 0; i < encoder->space.n; i++) x[i] = (bh_real)obs[i];
    normalize(x, encoder);
}

void bhi_encode_mask(unsigned char *legal, const float *obs, int n, const bhi_encoder *encoder)
{
    const bh_space *space = &encoder->space;
    int F = bh_space_floats(space), A = space->n_masked;
    for (int i = 0; i < n && A > 0; i++) {
        const float *mask = bh_space_mask(space, obs + (size_t)i * (size_t)F);
        for (int a = 0; a < A; a++) *legal++ = mask[a] != 0;
    }
}

void bhi_encoder_take_obs(bhi_encoder *encoder, const float *obs, int n)
{
    double *rms = encoder->obs_rms;
    int S = encoder->space.n;
    for (int b = 0; b < n && rms != NULL; b++, obs += bh_space_floats(&encoder->space)) {
        for (int i = 0; i < S; i++) take(rms, S, i, (double)obs[i]);
        rms[2 * S]++;
    }
}

// ---- rewards ----

double bhi_encode_reward(double r_t, const bhi_encoder *encoder)
{
    const bhi_encoder_spec *spec = &encoder->spec;
    if (spec->scale_reward != 0) r_t *= spec->scale_reward;
    if (encoder->ret_rms != NULL) r_t /= deviation(encoder->ret_rms, 1, 0);
    double most = spec->clip_reward > 0      ? spec->clip_reward
                  : encoder->ret_rms != NULL ? BHI_CLIP
                                             : INFINITY;
    return clip(r_t, most);
}

void bhi_encoder_take_rewards(bhi_encoder *encoder, const double *r_t, const int *terminated_t,
                              const int *truncated_t)
{
    double *rms = encoder->ret_rms, *returns = encoder->returns;
    for (int i = 0; i < encoder->n_envs && rms != NULL; i++) {
        returns[i] = returns[i] * *encoder->gamma + r_t[i];
        take(rms, 1, 0, returns[i]);
        rms[2]++;
        if (terminated_t[i] || truncated_t[i]) returns[i] = 0;
    }
}

void bhi_encoder_truncate(bhi_encoder *encoder)
{
    if (encoder->returns != NULL)
        memset(encoder->returns, 0, (size_t)encoder->n_envs * sizeof *encoder->returns);
}
