// SPDX-License-Identifier: MIT
// Schedules.
#include "optim/schedule.h"

#include "core/fmath.h"

#include <math.h>

double bhi_linear_schedule(double start, double end, double fraction, double progress)
{
    if (progress >= fraction) return end;
    return start + (end - start) * (progress / fraction);
}

static double exponential(double start, double end, double u)
{
    if (start <= 0) start = BHI_SCHEDULE_FLOOR * end;
    if (end <= 0) end = BHI_SCHEDULE_FLOOR * start;
    if (start <= 0 || u >= 1) return end;
    return start * bh_exp(u * bh_log(end / start));
}

static double cosine(double start, double end, double u)
{
    return end + (start - end) * (0.5 * (1 + bh_cos(3.141592653589793 * u)));
}

static double staircase(double start, double end, double u, int steps)
{
    double level = floor(u * (steps + 1.0)) / steps;
    return exponential(start, end, level < 1 ? level : 1);
}

double bhi_schedule_at(const bh_schedule_config *s, double fraction, double progress)
{
    if (progress < s->warmup) return s->start * (progress / s->warmup);
    double done = progress - s->warmup, way = fraction - s->warmup;
    double u = done < way ? done / way : 1;
    switch (s->kind) {
    case BHI_LINEAR: return bhi_linear_schedule(s->start, s->end, way, done);
    case BHI_EXPONENTIAL: return exponential(s->start, s->end, u);
    case BHI_COSINE: return cosine(s->start, s->end, u);
    case BHI_STEP: return staircase(s->start, s->end, u, s->steps);
    default: return s->start;
    }
}
