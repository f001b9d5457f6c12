// SPDX-License-Identifier: MIT
// Demonstrations that come from outside.
#include "rl/demonstrations.h"

#include <math.h>

#define NUMBER_MAX 1e30 // fits a float

static bh_status check_obs(const float *obs, int transition, const bh_space *space, bh_error *err)
{
    int is_discrete = space->kind == BH_SPACE_DISCRETE;
    int is_whole = is_discrete || bh_space_is_bytes(space), F = bh_space_floats(space);
    for (int i = 0; i < F; i++) {
        double x = (double)obs[i], top = is_discrete ? space->n - 1 : 255;
        if (!is_whole && x - x == 0) continue;
        if (is_whole && x >= 0 && x <= top && floor(x) == x) continue;
        if (!is_whole) {
            return bh_fail(
                err, BH_ERR_ARGUMENT,
                "demonstrations: number %d of an observation of transition %d is %g, but "
                "must be finite",
                i, transition, x);
        }
        return bh_fail(
            err, BH_ERR_ARGUMENT,
            "demonstrations: number %d of an observation of transition %d is %g, but must "
            "be a whole number between 0 and %g",
            i, transition, x, top);
    }
    return BH_OK;
}

static bh_status check_action(const bh_experience *e, int i, const bh_space *space,
                              const float *mask, bh_error *err)
{
    if (space->kind == BH_SPACE_DISCRETE) {
        int a = e->a_tm1[i], exists = a >= 0 && a < space->n;
        if (exists && (mask == NULL || mask[a] != 0)) return BH_OK;
        if (exists) {
            return bh_fail(err, BH_ERR_ARGUMENT,
                           "demonstrations: the action of transition %d is %d, which its action "
                           "mask says is illegal there",
                           i, a);
        }
        return bh_fail(err, BH_ERR_ARGUMENT,
                       "demonstrations: the action of transition %d is %d, but must be a whole "
                       "number between 0 and %d",
                       i, e->a_tm1[i], space->n - 1);
    }
    for (int d = 0; d < space->n; d++) {
        float x = e->box_tm1[i * space->n + d];
        if (x >= space->low[d] && x <= space->high[d]) continue;
        return bh_fail(err, BH_ERR_ARGUMENT,
                       "demonstrations: number %d of the action of transition %d is %g, but must "
                       "be between %g and %g",
                       d, i, (double)x, (double)space->low[d], (double)space->high[d]);
    }
    return BH_OK;
}

bh_status bhi_demonstrations_check(const bh_demonstrations *demonstrations, const bh_space *space,
                                   const bh_space *action, bh_error *err)
{
    int n_actions = action->kind == BH_SPACE_DISCRETE ? action->n : 0;
    const bh_experience *e = &demonstrations->transitions;
    size_t F = (size_t)bh_space_floats(space);
    if (e->n < 1) return bh_fail(err, BH_ERR_ARGUMENT, "there are no demonstrations");
    for (int i = 0; i < e->n; i++) {
        bh_status status = check_obs(e->obs_tm1 + (size_t)i * F, i, space, err);
        if (status == BH_OK) status = check_obs(e->obs_t + (size_t)i * F, i, space, err);
        if (status != BH_OK) return status;
        status = check_action(e, i, action, bh_space_mask(space, e->obs_tm1 + (size_t)i * F), err);
        if (status != BH_OK) return status;
        const double *values = demonstrations->values;
        double largest = fabs(e->r_t[i]); // or NaN
        for (int a = 0; values != NULL && a < n_actions; a++) {
            double size = fabs(values[(size_t)i * (size_t)n_actions + (size_t)a]);
            if (!(size <= largest)) largest = size;
        }
        if (!(largest <= NUMBER_MAX)) {
            return bh_fail(err, BH_ERR_ARGUMENT,
                           "demonstrations: reward and values of transition %d must be numbers "
                           "between -1e30 and 1e30",
                           i);
        }
    }
    return BH_OK;
}
