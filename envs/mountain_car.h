// SPDX-License-Identifier: MIT
// The physics of MountainCar-v0, for those who want single steps: tests, plots of the dynamics.
#pragma once

#define BHI_MOUNTAIN_CAR_X_MIN     (-1.2) ///< an inelastic wall
#define BHI_MOUNTAIN_CAR_X_MAX     0.6
#define BHI_MOUNTAIN_CAR_X_GOAL    0.5
#define BHI_MOUNTAIN_CAR_SPEED_MAX 0.07
#define BHI_MOUNTAIN_CAR_GRAVITY   0.0025

/// Advances s = {position, velocity} by one step, pushing the car to the left (action 0), not at
/// all (1) or to the right (2). Returns 1 when it is at the goal, moving at goal_velocity or
/// faster.
int bhi_mountain_car_advance(double s[2], int action, double goal_velocity);
