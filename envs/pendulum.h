// SPDX-License-Identifier: MIT
// The physics of Pendulum-v1, for those who want single steps: tests, plots of the dynamics.
#pragma once

#define BHI_PENDULUM_SPEED_MAX  8.0 ///< rad/s
#define BHI_PENDULUM_TORQUE_MAX 2.0 ///< N m

/// An angle as in [-pi, pi): 0 is upright.
double bhi_pendulum_wrap(double theta);

/// Advances s = {theta, theta_dot} (rad from upright, counter-clockwise; rad/s) by one step of 0.05
/// s under a torque, which counts as clipped to [-2, 2], and gravity g (m/s^2). theta is not
/// wrapped. Returns the reward, which is that of the state before.
double bhi_pendulum_advance(double s[2], double torque, double g);
