// SPDX-License-Identifier: MIT
// MountainCar-v0, Gymnasium 1.x (Moore, "Efficient memory-based learning for robot control", 1990;
// Sutton & Barto, "Reinforcement Learning: An Introduction", example 10.1).
//
// Drive a car out of a valley whose slope is steeper than its engine is strong: it has to swing.
// Push left (0), not at all (1), right (2). The state is kept in double and observed in float:
// position in [-1.2, 0.6], velocity in [-0.07, 0.07]; the hill is sin(3 position). An episode
// starts at rest between
// -0.6 and -0.4. Reward -1 per step, the last one included; the episode ends at position 0.5 with
// goal_velocity or more and is cut after 200 steps. Solved at -110.
//
// view, 3 floats:  position, velocity, last action (-1 after reset)
// describe:        "car at -0.52, moving 0.013 a step to the right"
// layout:          {"actions": ["push left", "no push", "push right"], "min_position": -1.2,
//                   "max_position": 0.6, "goal_position": 0.5, "goal_velocity": 0, "gravity":
//                   0.0025, "observations": ["car position", "car velocity"]}
#include "envs/mountain_car.h"
#include "core/fmath.h"
#include "core/state.h"
#include "envs/registry.h"

#include <math.h>

typedef struct mountain_car_config {
    double goal_velocity;
} mountain_car_config;

#define BH_CONFIG_STRUCT mountain_car_config
static const bh_field fields[] = {
    BH_REAL(goal_velocity, BH_DEFAULT("0"), BH_RANGE(0, 0.07), BH_RESET,
            "velocity the car must at least have at the goal"),
};

static const bh_config_table table = BH_CONFIG_TABLE("MountainCar-v0", mountain_car_config, fields);

typedef struct mountain_car {
    double s[2]; // position, velocity
    double goal_velocity;
    int action;
} mountain_car;

static double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

const float bhi_mountain_car_low[2] = {(float)BHI_MOUNTAIN_CAR_X_MIN,
                                       -(float)BHI_MOUNTAIN_CAR_SPEED_MAX};
const float bhi_mountain_car_high[2] = {(float)BHI_MOUNTAIN_CAR_X_MAX,
                                        (float)BHI_MOUNTAIN_CAR_SPEED_MAX};

// Operations in Gymnasium's order, so that only the last bits of the cosine can differ.
void bhi_mountain_car_move(double s[2], double push)
{
    s[1] += push + bh_cos(3 * s[0]) * -BHI_MOUNTAIN_CAR_GRAVITY;
    s[1] = clip(s[1], -BHI_MOUNTAIN_CAR_SPEED_MAX, BHI_MOUNTAIN_CAR_SPEED_MAX);
    s[0] = clip(s[0] + s[1], BHI_MOUNTAIN_CAR_X_MIN, BHI_MOUNTAIN_CAR_X_MAX);
    if (s[0] == BHI_MOUNTAIN_CAR_X_MIN && s[1] < 0) s[1] = 0;
}

void bhi_mountain_car_start(double s[2], bh_rng *rng)
{
    s[0] = -0.6 + 0.2 * bh_rng_uniform(rng);
    s[1] = 0;
}

void bhi_mountain_car_start_anywhere(double s[2], double goal, double goal_velocity, bh_rng *rng)
{
    const double width = BHI_MOUNTAIN_CAR_X_MAX - BHI_MOUNTAIN_CAR_X_MIN;
    do {
        s[0] = BHI_MOUNTAIN_CAR_X_MIN + width * bh_rng_uniform(rng);
        s[1] = BHI_MOUNTAIN_CAR_SPEED_MAX * (2 * bh_rng_uniform(rng) - 1);
    } while (s[0] >= goal && s[1] >= goal_velocity);
}

void bhi_mountain_car_describe(double position, double velocity, bh_text *out)
{
    bh_text_add(out, "car at %.2f, moving %.3f a step to the %s", position, fabs(velocity),
                velocity < 0 ? "left" : "right");
}

int bhi_mountain_car_advance(double s[2], int action, double goal_velocity)
{
    const double force = 0.001;
    bhi_mountain_car_move(s, (action - 1) * force);
    return s[0] >= BHI_MOUNTAIN_CAR_X_GOAL && s[1] >= goal_velocity;
}

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)err;
    mountain_car *c = state;
    c->goal_velocity = ((const mountain_car_config *)config)->goal_velocity;
    c->action = -1;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    (void)state;
    *observation = (bh_space){BH_SPACE_BOX, 2, bhi_mountain_car_low, bhi_mountain_car_high};
    *action = (bh_space){BH_SPACE_DISCRETE, 3, NULL, NULL};
}

static void observe(const mountain_car *c, float *obs)
{
    for (int i = 0; i < 2; i++) obs[i] = (float)c->s[i];
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    mountain_car *c = state;
    bhi_mountain_car_start(c->s, rng);
    c->action = -1;
    observe(c, obs);
}

static void reset_anywhere(void *state, bh_rng *rng, float *obs)
{
    mountain_car *c = state;
    bhi_mountain_car_start_anywhere(c->s, BHI_MOUNTAIN_CAR_X_GOAL, c->goal_velocity, rng);
    c->action = -1;
    observe(c, obs);
}

static int place(void *state, float *obs)
{
    mountain_car *c = state;
    if (!(obs[0] >= bhi_mountain_car_low[0] && obs[0] < (float)BHI_MOUNTAIN_CAR_X_GOAL &&
          fabsf(obs[1]) <= bhi_mountain_car_high[1]))
        return 0;
    for (int i = 0; i < 2; i++) c->s[i] = (double)obs[i];
    c->action = -1;
    return 1;
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng;
    mountain_car *c = state;
    *terminated = bhi_mountain_car_advance(c->s, action, c->goal_velocity);
    *reward = -1.0;
    c->action = action;
    observe(c, obs);
}

static void view(const void *state, float *out)
{
    const mountain_car *c = state;
    observe(c, out);
    out[2] = (float)c->action;
}

static void describe(const void *state, bh_text *out)
{
    const mountain_car *c = state;
    bhi_mountain_car_describe(c->s[0], c->s[1], out);
}

static void layout(const void *state, bh_text *out)
{
    const mountain_car *c = state;
    bh_text_add(out, "{\"actions\":[\"push left\",\"no push\",\"push right\"],"
                     "\"min_position\":-1.2,\"max_position\":0.6,\"goal_position\":0.5,"
                     "\"gravity\":0.0025,\"goal_velocity\":");
    bh_text_add_real(out, c->goal_velocity);
    bh_text_add(out, ",\"observations\":[\"car position\",\"car velocity\"]}");
}

static const bh_preset presets[] = {
    {"dqn",
     "total_timesteps=120000 learning_rate=0.004 buffer_size=50000 learning_starts=1000 "
     "batch_size=128 learning_rate_schedule=linear n_steps=10 train_freq=16 gradient_steps=8 "
     "target_update_interval=600 exploration_fraction=0.2 exploration_final_eps=0.07 "
     "n_eval_episodes=50 double_q=true prioritized=true loss=mse"},
    {"dqn/rainbow", "v_min=-100 v_max=0"},
};

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD(mountain_car, s),
    BHI_STATE_SHOWN_FIELD(mountain_car, action),
    {NULL},
};

const bh_env_def bh_env_mountain_car = {
    .id = "MountainCar-v0",
    .summary = BH_HELP("Swing a weak car up and out of a valley"),
    .config = &table,
    .reward_threshold = -110.0,
    .max_episode_steps = 200,
    .state_bytes = sizeof(mountain_car),
    .state_fields = state_fields,
    BH_PRESETS(presets),
    .n_view = 3,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .reset_anywhere = reset_anywhere,
    .place = place,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
};
