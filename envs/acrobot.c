// SPDX-License-Identifier: MIT
// Acrobot-v1, Gymnasium 1.x (Sutton, "Generalization in reinforcement learning: successful examples
// using sparse coarse coding", 1996; dynamics of Sutton & Barto, section 11.3 of the first
// edition).
//
// Two links hang from a pivot like a gymnast from a bar: swing the free end up, with a torque of -1
// (0), 0 (1) or +1 N m (2) at the joint between them. The state is kept in double: theta1 (0 is
// straight down, growing to the right), theta2 (relative to the first link), and their velocities,
// bounded by 4 pi and 9 pi rad/s. Observed in float: cosine and sine of theta1, cosine and sine of
// theta2, the velocities. An episode starts with all four between -0.1 and 0.1. Reward -1 per step
// and 0 for the one that reaches the target; the episode ends when the free end is more than 1 m
// above the pivot and is cut after 500 steps. Solved at -100.
//
// view, 5 floats:  theta1, theta2, theta1_dot, theta2_dot, last action (-1 after reset)
// describe:        "first link at 12.3°, second at -45.0° to it, tip 1.42 m below the target"
// layout:          {"actions": ["torque -1", "torque 0", "torque +1"], "link_length": 1,
//                   "target_height": 1, "observations": ["cosine of theta1", …]}; lengths in metres
#include "envs/acrobot.h"
#include "core/fmath.h"
#include "core/state.h"
#include "envs/registry.h"

#include <math.h>

typedef struct acrobot {
    double s[4]; // theta1, theta2, theta1_dot, theta2_dot
    int action;
} acrobot;

// ds/dt, the equations of the book. Masses, lengths and moments of inertia of both links are 1,
// centres of mass at 0.5. Operations in Gymnasium's order, so that only the last bits of sine and
// cosine can differ.
static void derivatives(double dsdt[4], const double s[4], double torque)
{
    const double m1 = 1, m2 = 1, l1 = 1, lc1 = 0.5, lc2 = 0.5, i1 = 1, i2 = 1, g = 9.8;
    double dtheta1 = s[2], dtheta2 = s[3], sin2 = bh_sin(s[1]), cos2 = bh_cos(s[1]);
    double d1 = m1 * (lc1 * lc1) + m2 * (l1 * l1 + lc2 * lc2 + 2 * l1 * lc2 * cos2) + i1 + i2;
    double d2 = m2 * (lc2 * lc2 + l1 * lc2 * cos2) + i2;
    double phi2 = m2 * lc2 * g * bh_cos(s[0] + s[1] - BHI_ACROBOT_PI / 2);
    double phi1 = -m2 * l1 * lc2 * (dtheta2 * dtheta2) * sin2 -
                  2 * m2 * l1 * lc2 * dtheta2 * dtheta1 * sin2 +
                  (m1 * lc1 + m2 * l1) * g * bh_cos(s[0] - BHI_ACROBOT_PI / 2) + phi2;
    double ddtheta2 =
        (torque + d2 / d1 * phi1 - m2 * l1 * lc2 * (dtheta1 * dtheta1) * sin2 - phi2) /
        (m2 * (lc2 * lc2) + i2 - d2 * d2 / d1);
    dsdt[0] = dtheta1;
    dsdt[1] = dtheta2;
    dsdt[2] = -(d2 * ddtheta2 + phi1) / d1;
    dsdt[3] = ddtheta2;
}

// One step of the classical Runge-Kutta method: s + dt/6 (k1 + 2 k2 + 2 k3 + k4).
static void integrate(double s[4], double torque)
{
    static const double reach[4] = {0, 0.2 / 2, 0.2 / 2, 0.2}, weight[4] = {1, 2, 2, 1};
    double k[4] = {0}, sum[4] = {0}, at[4];
    for (int stage = 0; stage < 4; stage++) {
        for (int i = 0; i < 4; i++) at[i] = s[i] + reach[stage] * k[i];
        derivatives(k, at, torque);
        for (int i = 0; i < 4; i++) sum[i] += weight[stage] * k[i];
    }
    for (int i = 0; i < 4; i++) s[i] += 0.2 / 6 * sum[i];
}

static double wrap(double angle)
{
    while (angle > BHI_ACROBOT_PI) angle -= 2 * BHI_ACROBOT_PI;
    while (angle < -BHI_ACROBOT_PI) angle += 2 * BHI_ACROBOT_PI;
    return angle;
}

static double bound(double x, double max)
{
    return x < -max ? -max : x > max ? max : x;
}

double bhi_acrobot_height(double theta1, double theta2)
{
    return -bh_cos(theta1) - bh_cos(theta2 + theta1);
}

int bhi_acrobot_advance(double s[4], int action)
{
    integrate(s, action - 1);
    s[0] = wrap(s[0]);
    s[1] = wrap(s[1]);
    s[2] = bound(s[2], BHI_ACROBOT_SPEED_1_MAX);
    s[3] = bound(s[3], BHI_ACROBOT_SPEED_2_MAX);
    return bhi_acrobot_height(s[0], s[1]) > 1.0;
}

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)config;
    (void)err;
    ((acrobot *)state)->action = -1;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    (void)state;
    static const float high[6] = {
        1, 1, 1, 1, (float)BHI_ACROBOT_SPEED_1_MAX, (float)BHI_ACROBOT_SPEED_2_MAX};
    static const float low[6] = {
        -1, -1, -1, -1, -(float)BHI_ACROBOT_SPEED_1_MAX, -(float)BHI_ACROBOT_SPEED_2_MAX};
    *observation = (bh_space){BH_SPACE_BOX, 6, low, high};
    *action = (bh_space){BH_SPACE_DISCRETE, 3, NULL, NULL};
}

static void observe(const acrobot *c, float *obs)
{
    for (int i = 0; i < 2; i++) {
        obs[2 * i] = (float)bh_cos(c->s[i]);
        obs[2 * i + 1] = (float)bh_sin(c->s[i]);
        obs[4 + i] = (float)c->s[2 + i];
    }
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    acrobot *c = state;
    // Through float, as Gymnasium's first state is one.
    for (int i = 0; i < 4; i++) c->s[i] = (float)(-0.1 + 0.2 * bh_rng_uniform(rng));
    c->action = -1;
    observe(c, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    acrobot *c = state;
    *terminated = bhi_acrobot_advance(c->s, action);
    *reward = *terminated ? 0.0 : -1.0;
    c->action = action;
    observe(c, obs);
}

static void view(const void *state, float *out)
{
    const acrobot *c = state;
    for (int i = 0; i < 4; i++) out[i] = (float)c->s[i];
    out[4] = (float)c->action;
}

static void describe(const void *state, bh_text *out)
{
    const acrobot *c = state;
    const double degrees = 180 / BHI_ACROBOT_PI;
    double gap = 1.0 - bhi_acrobot_height(c->s[0], c->s[1]);
    bh_text_add(out, "first link at %.1f°, second at %.1f° to it, tip %.2f m %s the target",
                degrees * c->s[0], degrees * c->s[1], fabs(gap), gap < 0 ? "above" : "below");
}

static void layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{\"actions\":[\"torque -1\",\"torque 0\",\"torque +1\"],\"link_length\":1,"
                     "\"target_height\":1,\"observations\":[\"cosine of theta1\","
                     "\"sine of theta1\",\"cosine of theta2\",\"sine of theta2\","
                     "\"angular velocity of theta1\",\"angular velocity of theta2\"]}");
}

static const bh_preset presets[] = {
    {"dqn|ppo", "batch_size=128 n_eval_episodes=50"},
    {"dqn", "total_timesteps=100000 learning_rate=0.00063 learning_starts=200 gradient_steps=4 "
            "target_update_interval=250 exploration_fraction=0.12 exploration_final_eps=0.1 "
            "eval_freq=4000"},
    {"dqn/rainbow", "v_min=-100 v_max=0"},
    {"ppo", "total_timesteps=51200 n_envs=8 learning_rate=0.001 learning_rate_schedule=linear "
            "n_steps=128 eval_freq=2048"},
};

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(acrobot, s, -29, 29), // 9 pi; an angle is wrapped turn by turn
    BHI_STATE_SHOWN_FIELD(acrobot, action),
    {NULL},
};

const bh_env_def bh_env_acrobot = {
    .id = "Acrobot-v1",
    .summary = BH_HELP("Swing the free end of two links up with a torque between them"),
    .reward_threshold = -100.0,
    .max_episode_steps = 500,
    .state_bytes = sizeof(acrobot),
    .state_fields = state_fields,
    BH_PRESETS(presets),
    .n_view = 5,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
};
