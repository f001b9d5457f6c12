// SPDX-License-Identifier: MIT
// The physics of MountainCarContinuous-v0, for those who want single steps: tests, plots of the
// dynamics. Walls, gravity and the bound of the velocity are those of envs/mountain_car.h.
#pragma once

#define BHI_MOUNTAIN_CAR_CONTINUOUS_X_GOAL 0.45

/// Advances s = {position, velocity} by one step, pushing the car by `action`, which counts as
/// clipped to [-1, 1]. *reward is 100 at the goal, else 0, minus 0.1 action^2 of the action as it
/// was given. Returns 1 when the car is at the goal, moving at goal_velocity or faster.
int bhi_mountain_car_continuous_advance(float s[2], double action, double goal_velocity,
                                        double *reward);
