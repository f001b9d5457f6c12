// SPDX-License-Identifier: MIT
// Pendulum-v1, Gymnasium 1.x.
//
// Swing a pendulum up and hold it there. The action is one number, the torque at its pivot in N m,
// positive counter-clockwise, clipped to [-2, 2]: too weak to lift it without swinging. The rod is
// 1 m long and weighs 1 kg. The state is kept in double: the angle theta from upright, in rad,
// which grows with every turn, and the speed theta_dot, within [-8, 8] rad/s. Observed, in float,
// are cos(theta), sin(theta), theta_dot. An episode starts anywhere in [-pi, pi], at a speed in
// [-1, 1]. Reward -(theta^2 + 0.1 theta_dot^2 + 0.001 torque^2) per step, of the angle in [-pi, pi]
// and the speed before the step: 0 at best, -16.27 at worst. It never ends, and is truncated after
// 200 steps. Gymnasium gives no threshold.
//
// view, 3 floats:  theta in [-pi, pi], theta_dot, last torque in [-2, 2] (0 after reset)
// describe:        "pendulum 12.5° left of upright, turning clockwise at 0.50 rad/s"
// layout:          {"actions": ["torque"], "length": 1, "max_speed": 8, "max_torque": 2, "g": 10,
//                   "observations": ["cos theta", "sin theta", "angular velocity"]}; metres
#include "envs/pendulum.h"
#include "core/fmath.h"
#include "core/state.h"
#include "envs/registry.h"

#include <math.h>

typedef struct pendulum_config {
    double g;
} pendulum_config;

#define BH_CONFIG_STRUCT pendulum_config
static const bh_field fields[] = {
    BH_REAL(g, BH_DEFAULT("10"), BH_RANGE(0, 100), BH_RESET, "acceleration of gravity, in m/s^2"),
};

static const bh_config_table table = BH_CONFIG_TABLE("Pendulum-v1", pendulum_config, fields);

typedef struct pendulum {
    double s[2]; // theta, theta_dot
    double g;
    float torque;
} pendulum;

static const double PI = 3.141592653589793;

static double clip(double x, double bound)
{
    return x < -bound ? -bound : x > bound ? bound : x;
}

// Gymnasium's ((x + pi) % (2 pi)) - pi, but that the product is rounded: within 1e-14 over the 80
// rad an episode can reach.
double bhi_pendulum_wrap(double theta)
{
    double turned = theta + PI;
    return turned - floor(turned / (2 * PI)) * (2 * PI) - PI;
}

// Operations in Gymnasium's order, so that only the last bits of the sine can differ.
double bhi_pendulum_advance(double s[2], double torque, double g)
{
    const double m = 1, l = 1, dt = 0.05;
    double u = clip(torque, BHI_PENDULUM_TORQUE_MAX), theta = bhi_pendulum_wrap(s[0]);
    double cost = theta * theta + 0.1 * (s[1] * s[1]) + 0.001 * (u * u);
    double acceleration = 3 * g / (2 * l) * bh_sin(s[0]) + 3.0 / (m * (l * l)) * u;
    s[1] = clip(s[1] + acceleration * dt, BHI_PENDULUM_SPEED_MAX);
    s[0] += s[1] * dt;
    return -cost;
}

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)err;
    ((pendulum *)state)->g = ((const pendulum_config *)config)->g;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    (void)state;
    static const float low[3] = {-1, -1, -(float)BHI_PENDULUM_SPEED_MAX};
    static const float high[3] = {1, 1, (float)BHI_PENDULUM_SPEED_MAX};
    static const float least[1] = {-(float)BHI_PENDULUM_TORQUE_MAX};
    static const float most[1] = {(float)BHI_PENDULUM_TORQUE_MAX};
    *observation = (bh_space){BH_SPACE_BOX, 3, low, high};
    *action = (bh_space){BH_SPACE_BOX, 1, least, most};
}

static void observe(const pendulum *p, float *obs)
{
    obs[0] = (float)bh_cos(p->s[0]);
    obs[1] = (float)bh_sin(p->s[0]);
    obs[2] = (float)p->s[1];
}

static void start(pendulum *p, double speed, bh_rng *rng, float *obs)
{
    p->s[0] = PI * (2 * bh_rng_uniform(rng) - 1);
    p->s[1] = speed * (2 * bh_rng_uniform(rng) - 1);
    p->torque = 0;
    observe(p, obs);
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    start(state, 1, rng, obs);
}

static void reset_anywhere(void *state, bh_rng *rng, float *obs)
{
    start(state, BHI_PENDULUM_SPEED_MAX, rng, obs);
}

static void step(void *state, bh_rng *rng, const float *action, float *obs, double *reward,
                 int *terminated)
{
    (void)rng;
    pendulum *p = state;
    *reward = bhi_pendulum_advance(p->s, (double)action[0], p->g);
    *terminated = 0;
    p->torque = (float)clip((double)action[0], BHI_PENDULUM_TORQUE_MAX);
    observe(p, obs);
}

static void view(const void *state, float *out)
{
    const pendulum *p = state;
    out[0] = (float)bhi_pendulum_wrap(p->s[0]);
    out[1] = (float)p->s[1];
    out[2] = p->torque;
}

static void describe(const void *state, bh_text *out)
{
    const pendulum *p = state;
    double degrees = bhi_pendulum_wrap(p->s[0]) * (180 / PI);
    bh_text_add(out, "pendulum %.1f° %s of upright, turning %s at %.2f rad/s", fabs(degrees),
                degrees > 0 ? "left" : "right", p->s[1] > 0 ? "counter-clockwise" : "clockwise",
                fabs(p->s[1]));
}

static void layout(const void *state, bh_text *out)
{
    bh_text_add(out,
                "{\"actions\":[\"torque\"],\"length\":1,\"max_speed\":8,\"max_torque\":2,\"g\":");
    bh_text_add_real(out, ((const pendulum *)state)->g);
    bh_text_add(out, ",\"observations\":[\"cos theta\",\"sin theta\",\"angular velocity\"]}");
}

static const bh_preset presets[] = {
    {"td3|ddpg|sac", "total_timesteps=20000 learning_rate=0.001 buffer_size=20000 batch_size=100 "
                     "gamma=0.98 net_arch=64,64 n_eval_episodes=100"},
    {"td3|ddpg", "learning_starts=1000 n_steps=2"},
    {"td3", "tau=0.01"},
    {"ppo",
     "total_timesteps=100000 learning_rate=0.001 learning_rate_schedule=linear n_envs=4 "
     "n_steps=1024 gamma=0.95 gae_lambda=0.95 use_sde=true sde_sample_freq=4 log_std_init=-1"},
};

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD(pendulum, s),
    BHI_STATE_SHOWN_FIELD(pendulum, torque),
    {NULL},
};

const bh_env_def bh_env_pendulum = {
    .id = "Pendulum-v1",
    .summary = BH_HELP("Swing a pendulum up and hold it there"),
    .config = &table,
    .reward_threshold = NAN,
    .max_episode_steps = 200,
    .state_bytes = sizeof(pendulum),
    .state_fields = state_fields,
    BH_PRESETS(presets),
    .n_view = 3,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .reset_anywhere = reset_anywhere,
    .step_box = step,
    .view = view,
    .describe = describe,
    .layout = layout,
};
