// SPDX-License-Identifier: MIT
// CartPole-v1, Gymnasium 1.x (Barto, Sutton, Anderson, "Neuronlike adaptive elements that can solve
// difficult learning control problems", 1983).
//
// Balance a pole on a cart by pushing the cart left (0) or right (1). The state is kept in double
// and observed in float: x, x_dot, theta, theta_dot. Reward 1 per step, the last one included; the
// episode ends when |x| > 2.4 or |theta| > 12 degrees and is cut after 500 steps. Solved at 475.
// With sutton_barto_reward the reward is 0 per step and -1 for falling.
//
// view, 5 floats:  x, x_dot, theta, theta_dot, last action (-1 after reset)
// describe:        "cart 0.12 m right of the middle, pole 3.4° to the left"
// layout:          {"actions": ["left", "right"], "x_threshold": 2.4,
//                   "theta_threshold_radians": 0.2094…, "pole_length": 1,
//                   "observations": ["cart position", …]}; lengths in metres
#include "envs/cartpole.h"
#include "core/fmath.h"
#include "envs/registry.h"

#include <math.h>

#define BHI_CARTPOLE_CONFIG(X)                                  \
    X(BOOL, sutton_barto_reward, "false", 0, 1, NULL, BH_RESET, \
      "reward 0 per step and -1 for falling, instead of 1 per step")

typedef struct cartpole_config {
    BHI_CARTPOLE_CONFIG(BH_MEMBER)
} cartpole_config;

#define BH_CONFIG_STRUCT cartpole_config
static const bh_field fields[] = {BHI_CARTPOLE_CONFIG(BH_ENTRY)};
#undef BH_CONFIG_STRUCT

static const bh_config_table table = {
    "CartPole-v1", fields, (int)(sizeof fields / sizeof fields[0]), sizeof(cartpole_config)};

typedef struct cartpole {
    double s[4]; // x, x_dot, theta, theta_dot
    int action;
    int sutton_barto_reward;
} cartpole;

int bhi_cartpole_advance(double s[4], int action)
{
    const double gravity = 9.8, masscart = 1.0, masspole = 0.1, force_mag = 10.0, tau = 0.02;
    const double total_mass = masspole + masscart;
    const double length = 0.5; // half the pole's
    const double polemass_length = masspole * length;

    double x = s[0], x_dot = s[1], theta = s[2], theta_dot = s[3];
    double force = action == 1 ? force_mag : -force_mag;
    double cos_theta = bh_cos(theta), sin_theta = bh_sin(theta);
    // Operations in Gymnasium's order, so that only the last bits of sin and cos can differ.
    double temp = (force + polemass_length * (theta_dot * theta_dot) * sin_theta) / total_mass;
    double theta_acc = (gravity * sin_theta - cos_theta * temp) /
                       (length * (4.0 / 3.0 - masspole * (cos_theta * cos_theta) / total_mass));
    double x_acc = temp - polemass_length * theta_acc * cos_theta / total_mass;

    s[0] = x + tau * x_dot; // Euler: positions move by the velocities before the push
    s[1] = x_dot + tau * x_acc;
    s[2] = theta + tau * theta_dot;
    s[3] = theta_dot + tau * theta_acc;
    return s[0] < -BHI_CARTPOLE_X_MAX || s[0] > BHI_CARTPOLE_X_MAX ||
           s[2] < -BHI_CARTPOLE_THETA_MAX || s[2] > BHI_CARTPOLE_THETA_MAX;
}

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)err;
    cartpole *c = state;
    c->sutton_barto_reward = ((const cartpole_config *)config)->sutton_barto_reward;
    c->action = -1;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    (void)state;
    // Twice the limits, so that the observation after a fall is within bounds too.
    static const float high[4] = {(float)(2 * BHI_CARTPOLE_X_MAX), INFINITY,
                                  (float)(2 * BHI_CARTPOLE_THETA_MAX), INFINITY};
    static const float low[4] = {(float)(-2 * BHI_CARTPOLE_X_MAX), -INFINITY,
                                 (float)(-2 * BHI_CARTPOLE_THETA_MAX), -INFINITY};
    *observation = (bh_space){BH_SPACE_BOX, 4, low, high};
    *action = (bh_space){BH_SPACE_DISCRETE, 2, NULL, NULL};
}

static void observe(const cartpole *c, float *obs)
{
    for (int i = 0; i < 4; i++) obs[i] = (float)c->s[i];
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    cartpole *c = state;
    for (int i = 0; i < 4; i++) c->s[i] = -0.05 + 0.1 * bh_rng_uniform(rng);
    c->action = -1;
    observe(c, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    cartpole *c = state;
    *terminated = bhi_cartpole_advance(c->s, action);
    *reward = c->sutton_barto_reward ? (*terminated ? -1.0 : 0.0) : 1.0;
    c->action = action;
    observe(c, obs);
}

static void view(const void *state, float *out)
{
    const cartpole *c = state;
    observe(c, out);
    out[4] = (float)c->action;
}

static void describe(const void *state, bh_text *out)
{
    const cartpole *c = state;
    double degrees = c->s[2] * (360 / (2 * 3.141592653589793));
    bh_text_add(out, "cart %.2f m %s of the middle, pole %.1f° to the %s", fabs(c->s[0]),
                c->s[0] < 0 ? "left" : "right", fabs(degrees), degrees < 0 ? "left" : "right");
}

static void layout(const void *state, bh_text *out)
{
    (void)state;
    bh_text_add(out, "{\"actions\":[\"left\",\"right\"],\"x_threshold\":");
    bh_text_add_real(out, BHI_CARTPOLE_X_MAX);
    bh_text_add(out, ",\"theta_threshold_radians\":");
    bh_text_add_real(out, BHI_CARTPOLE_THETA_MAX);
    bh_text_add(out, ",\"pole_length\":1,\"observations\":[\"cart position\",\"cart velocity\","
                     "\"pole angle\",\"pole angular velocity\"]}");
}

static const bh_preset presets[] = {
    {"dqn", "total_timesteps", "50000"},
    {"dqn", "learning_rate", "0.0007"},
    {"dqn", "learning_rate_schedule", "linear"},
    {"dqn", "buffer_size", "7500"},
    {"dqn", "learning_starts", "200"},
    {"dqn", "batch_size", "64"},
    {"dqn", "gamma", "0.99"},
    {"dqn", "n_steps", "10"},
    {"dqn", "train_freq", "1"},
    {"dqn", "target_update_interval", "75"},
    {"dqn", "exploration_fraction", "0.04"},
    {"dqn", "exploration_final_eps", "0.02"},
    {"dqn", "double_q", "true"},
    {"dqn", "loss", "mse"},
    {"dqn", "net_arch", "64,64"},
    {"dqn", "eval_freq", "1000"},
    {"dqn", "n_eval_episodes", "50"},
};

const bh_env_def bh_env_cartpole = {
    .id = "CartPole-v1",
    .summary = "Balance a pole on a cart by pushing it left and right",
    .config = &table,
    .reward_threshold = 475.0,
    .max_episode_steps = 500,
    .state_bytes = sizeof(cartpole),
    .presets = presets,
    .n_presets = (int)(sizeof presets / sizeof presets[0]),
    .n_view = 5,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
};
