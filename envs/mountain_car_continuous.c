// SPDX-License-Identifier: MIT
// MountainCarContinuous-v0, Gymnasium 1.x (Moore, "Efficient memory-based learning for robot
// control", 1990).
//
// Drive a car out of a valley whose slope is steeper than its engine is strong: it has to swing.
// The action is one number, the push: -1 is full throttle to the left, 1 to the right; what is
// beyond pushes no more than these, but is paid for in full. The state is position in [-1.2, 0.6]
// and velocity in [-0.07, 0.07], in float, as Gymnasium's; a step computes in double and rounds at
// its end; the hill is sin(3 position). An episode starts at rest between -0.6 and -0.4. Reward
// -0.1 action^2 per step, and 100 for the goal; the episode ends at position 0.45 with
// goal_velocity or more and is truncated after 999 steps. Solved at 90.
//
// Full throttle is half as much again as MountainCar-v0's, and the goal is nearer. The difficulty
// is another one: standing still costs nothing, pushing does, and nothing tells of the goal before
// it is reached.
//
// view, 3 floats:  position, velocity, last push in [-1, 1] (0 after reset)
// describe:        "car at -0.52, moving 0.013 a step to the right"
// layout:          {"actions": ["push"], "min_position": -1.2, "max_position": 0.6,
//                   "goal_position": 0.45, "goal_velocity": 0, "gravity": 0.0025, "observations":
//                   ["car position", "car velocity"]}
#include "envs/mountain_car_continuous.h"
#include "core/state.h"
#include "envs/mountain_car.h"
#include "envs/registry.h"

#include <string.h>

typedef struct mountain_car_continuous_config {
    double goal_velocity;
} mountain_car_continuous_config;

#define BH_CONFIG_STRUCT mountain_car_continuous_config
static const bh_field fields[] = {
    BH_REAL(goal_velocity, BH_DEFAULT("0"), BH_RANGE(0, 0.07), BH_RESET,
            "velocity the car must at least have at the goal"),
};

static const bh_config_table table =
    BH_CONFIG_TABLE("MountainCarContinuous-v0", mountain_car_continuous_config, fields);

typedef struct mountain_car_continuous {
    float s[2]; // position, velocity
    double goal_velocity;
    float action;
} mountain_car_continuous;

static double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

// The state is an array of floats, and not of doubles that are rounded: GCC 12 vectorises
// `x[i] = (float)x[i]` of two doubles into nothing.
static void round_to_float(float out[2], const double s[2])
{
    for (int i = 0; i < 2; i++) out[i] = (float)s[i];
}

// Whether the goal is reached is asked before the rounding, as in Gymnasium.
int bhi_mountain_car_continuous_advance(float s[2], double action, double goal_velocity,
                                        double *reward)
{
    const double power = 0.0015;
    double exact[2] = {(double)s[0], (double)s[1]};
    bhi_mountain_car_move(exact, clip(action, -1, 1) * power);
    int terminated = exact[0] >= BHI_MOUNTAIN_CAR_CONTINUOUS_X_GOAL && exact[1] >= goal_velocity;
    *reward = (terminated ? 100.0 : 0.0) - action * action * 0.1;
    round_to_float(s, exact);
    return terminated;
}

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)err;
    mountain_car_continuous *c = state;
    c->goal_velocity = ((const mountain_car_continuous_config *)config)->goal_velocity;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    (void)state;
    static const float low[1] = {-1}, high[1] = {1};
    *observation = (bh_space){BH_SPACE_BOX, 2, bhi_mountain_car_low, bhi_mountain_car_high};
    *action = (bh_space){BH_SPACE_BOX, 1, low, high};
}

static void start(mountain_car_continuous *c, const double s[2], float *obs)
{
    round_to_float(c->s, s);
    c->action = 0;
    memcpy(obs, c->s, sizeof c->s);
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    double s[2];
    bhi_mountain_car_start(s, rng);
    start(state, s, obs);
}

static void reset_anywhere(void *state, bh_rng *rng, float *obs)
{
    mountain_car_continuous *c = state;
    double s[2];
    bhi_mountain_car_start_anywhere(s, BHI_MOUNTAIN_CAR_CONTINUOUS_X_GOAL, c->goal_velocity, rng);
    start(c, s, obs);
}

static void step(void *state, bh_rng *rng, const float *action, float *obs, double *reward,
                 int *terminated)
{
    (void)rng;
    mountain_car_continuous *c = state;
    *terminated =
        bhi_mountain_car_continuous_advance(c->s, (double)action[0], c->goal_velocity, reward);
    c->action = (float)clip((double)action[0], -1, 1);
    memcpy(obs, c->s, sizeof c->s);
}

static void view(const void *state, float *out)
{
    const mountain_car_continuous *c = state;
    memcpy(out, c->s, sizeof c->s);
    out[2] = c->action;
}

static void describe(const void *state, bh_text *out)
{
    const mountain_car_continuous *c = state;
    bhi_mountain_car_describe((double)c->s[0], (double)c->s[1], out);
}

static void layout(const void *state, bh_text *out)
{
    const mountain_car_continuous *c = state;
    bh_text_add(out, "{\"actions\":[\"push\"],\"min_position\":-1.2,\"max_position\":0.6,"
                     "\"goal_position\":0.45,\"gravity\":0.0025,\"goal_velocity\":");
    bh_text_add_real(out, c->goal_velocity);
    bh_text_add(out, ",\"observations\":[\"car position\",\"car velocity\"]}");
}

// Slow noise swings the car up the hill before anything is learned.
static const bh_preset presets[] = {
    {"td3|ddpg|sac",
     "learning_rate=0.001 learning_starts=5000 batch_size=100 train_freq=2 net_arch=64,64 "
     "noise_type=ornstein-uhlenbeck noise_std=1.3 noise_theta=1 eval_freq=2000"},
    {"ddpg|sac", "learning_rate_schedule=linear"},
    {"td3", "total_timesteps=300000 buffer_size=300000"},
    {"ddpg", "total_timesteps=60000 buffer_size=60000"},
    {"sac", "total_timesteps=50000 buffer_size=50000"},
};

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD(mountain_car_continuous, s),
    BHI_STATE_SHOWN_FIELD(mountain_car_continuous, action),
    {NULL},
};

const bh_env_def bh_env_mountain_car_continuous = {
    .id = "MountainCarContinuous-v0",
    .summary = BH_HELP("Swing a weak car out of a valley, with as little fuel as possible"),
    .config = &table,
    .reward_threshold = 90.0,
    .max_episode_steps = 999,
    .state_bytes = sizeof(mountain_car_continuous),
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
