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
#include "core/fmath_small.h"
#include "core/state.h"
#include "envs/registry.h"

#include <math.h>

typedef struct cartpole_config {
    int sutton_barto_reward;
} cartpole_config;

#define BH_CONFIG_STRUCT cartpole_config
static const bh_field fields[] = {
    BH_BOOL(sutton_barto_reward, BH_DEFAULT("false"), BH_RESET,
            "reward 0 per step and -1 for falling, instead of 1 per step"),
};

static const bh_config_table table = BH_CONFIG_TABLE("CartPole-v1", cartpole_config, fields);

enum { SIDE_BY_SIDE = 16 };

typedef struct cartpole {
    double s[4]; // x, x_dot, theta, theta_dot
    int action;
    int sutton_barto_reward;
} cartpole;

// One step of a cart and its pole, pushed by -1 or 1. Operations in Gymnasium's order, so that only
// the last bits of sine and cosine can differ. No branches: see step_side_by_side.
static inline void advance(double *x, double *x_dot, double *theta, double *theta_dot, double push,
                           double sin_theta, double cos_theta)
{
    const double gravity = 9.8, masscart = 1.0, masspole = 0.1, force_mag = 10.0, tau = 0.02;
    const double total_mass = masspole + masscart;
    const double length = 0.5; // half the pole's
    const double polemass_length = masspole * length;

    double force = force_mag * push;
    double temp = (force + polemass_length * (*theta_dot * *theta_dot) * sin_theta) / total_mass;
    double theta_acc = (gravity * sin_theta - cos_theta * temp) /
                       (length * (4.0 / 3.0 - masspole * (cos_theta * cos_theta) / total_mass));
    double x_acc = temp - polemass_length * theta_acc * cos_theta / total_mass;

    *x += tau * *x_dot; // Euler: positions move by the velocities before the push
    *x_dot += tau * x_acc;
    *theta += tau * *theta_dot;
    *theta_dot += tau * theta_acc;
}

static inline int is_over(double x, double theta)
{
    return (x < -BHI_CARTPOLE_X_MAX) | (x > BHI_CARTPOLE_X_MAX) |
           (theta < -BHI_CARTPOLE_THETA_MAX) | (theta > BHI_CARTPOLE_THETA_MAX);
}

int bhi_cartpole_advance(double s[4], int action)
{
    advance(&s[0], &s[1], &s[2], &s[3], 2 * action - 1, bh_sin(s[2]), bh_cos(s[2]));
    return is_over(s[0], s[2]);
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

// n <= SIDE_BY_SIDE steps. The loop in the middle has neither branches nor calls and runs over
// plain arrays, so that compilers make vector instructions of it. An episode that goes on has its
// pole within 12 degrees: the sine and cosine of small angles will do.
static void step_side_by_side(cartpole *c, const int *actions, float *obs, double *rewards,
                              int *terminated, int n)
{
    double s[4][SIDE_BY_SIDE], push[SIDE_BY_SIDE];
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < 4; j++) s[j][i] = c[i].s[j];
        push[i] = 2 * actions[i] - 1;
    }
    for (int i = 0; i < n; i++) {
        double sin_theta = bhi_sin_small(s[2][i]), cos_theta = bhi_cos_small(s[2][i]);
        advance(&s[0][i], &s[1][i], &s[2][i], &s[3][i], push[i], sin_theta, cos_theta);
    }
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < 4; j++) {
            c[i].s[j] = s[j][i];
            obs[4 * i + j] = (float)s[j][i];
        }
        c[i].action = actions[i];
        terminated[i] = is_over(s[0][i], s[2][i]);
        rewards[i] = c[i].sutton_barto_reward ? -terminated[i] : 1.0;
    }
}

static void step_many(void *states, bh_rng *rngs, const int *actions, float *obs, double *rewards,
                      int *terminated, int n)
{
    (void)rngs;
    cartpole *c = states;
    for (int i = 0; i < n; i += SIDE_BY_SIDE) {
        step_side_by_side(c + i, actions + i, obs + 4 * i, rewards + i, terminated + i,
                          n - i < SIDE_BY_SIDE ? n - i : SIDE_BY_SIDE);
    }
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    step_many(state, rng, &action, obs, reward, terminated, 1);
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
    {"dqn|ppo|reinforce|pqn", "learning_rate_schedule=linear n_eval_episodes=50"},
    {"dqn", "total_timesteps=50000 learning_rate=0.0007 buffer_size=7500 learning_starts=200 "
            "batch_size=64 n_steps=10 train_freq=1 target_update_interval=75 "
            "exploration_fraction=0.04 exploration_final_eps=0.02 double_q=true loss=mse"},
    {"dqn/rainbow", "v_min=0 v_max=100 batch_size=32"},
    {"ppo", "total_timesteps=51200 n_envs=8 learning_rate=0.002 n_steps=64 batch_size=128 "
            "gamma=0.98 gae_lambda=0.9 eval_freq=1024"},
    {"pqn", "total_timesteps=204800 n_envs=8 learning_rate=0.001 n_steps=64 batch_size=128 "
            "q_lambda=0.9 eval_freq=5120"},
    {"reinforce",
     "total_timesteps=100000 learning_rate=0.008 episodes_per_update=4 gamma=0.98 eval_freq=2000"},
};

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD(cartpole, s),
    BHI_STATE_SHOWN_FIELD(cartpole, action),
    {NULL},
};

const bh_env_def bh_env_cartpole = {
    .id = "CartPole-v1",
    .summary = BH_HELP("Balance a pole on a cart by pushing it left and right"),
    .config = &table,
    .reward_threshold = 475.0,
    .max_episode_steps = 500,
    .state_bytes = sizeof(cartpole),
    .state_fields = state_fields,
    BH_PRESETS(presets),
    .n_view = 5,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .step_many = step_many,
    .view = view,
    .describe = describe,
    .layout = layout,
};
