// SPDX-License-Identifier: MIT
// The physics of MountainCar-v0, for those who want single steps: tests, plots of the dynamics; and
// what MountainCarContinuous-v0 (envs/mountain_car_continuous.h) has in common with it.
#pragma once

#include "core/rng.h"
#include "core/text.h"

#define BHI_MOUNTAIN_CAR_X_MIN     (-1.2) ///< an inelastic wall
#define BHI_MOUNTAIN_CAR_X_MAX     0.6
#define BHI_MOUNTAIN_CAR_X_GOAL    0.5
#define BHI_MOUNTAIN_CAR_SPEED_MAX 0.07
#define BHI_MOUNTAIN_CAR_GRAVITY   0.0025

/// Advances s = {position, velocity} by one step, pushing the car to the left (action 0), not at
/// all (1) or to the right (2). Returns 1 when it is at the goal, moving at goal_velocity or
/// faster.
int bhi_mountain_car_advance(double s[2], int action, double goal_velocity);

// ---- of both cars; s = {position, velocity} ----

extern const float bhi_mountain_car_low[2];  ///< bounds of an observation
extern const float bhi_mountain_car_high[2]; ///< upper ones

/// Advances s by one step in which the engine adds `push` to the velocity.
void bhi_mountain_car_move(double s[2], double push);

/// Starts at rest between -0.6 and -0.4.
void bhi_mountain_car_start(double s[2], bh_rng *rng);

/// Starts uniformly over positions and velocities, without those at the goal: at `goal` or further
/// right, moving at goal_velocity or faster.
void bhi_mountain_car_start_anywhere(double s[2], double goal, double goal_velocity, bh_rng *rng);

/// "car at -0.52, moving 0.013 a step to the right"
void bhi_mountain_car_describe(double position, double velocity, bh_text *out);
