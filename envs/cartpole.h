// SPDX-License-Identifier: MIT
// The physics of CartPole-v1, for those who want single steps: tests, plots of the dynamics.
#pragma once

#define BHI_CARTPOLE_X_MAX 2.4 ///< metres from the middle; the episode ends beyond

/// Angle from upright beyond which the episode ends: 12 degrees, in radians.
#define BHI_CARTPOLE_THETA_MAX (12 * 2 * 3.141592653589793 / 360)

/// Advances s = {x, x_dot, theta, theta_dot} (m, m/s, rad, rad/s) by one step of 0.02 s, pushing
/// the cart to the left (action 0) or right (1). Returns 1 when the pole has fallen or the cart
/// left the track.
int bhi_cartpole_advance(double s[4], int action);
