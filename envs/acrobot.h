// SPDX-License-Identifier: MIT
// The physics of Acrobot-v1, for those who want single steps: tests, plots of the dynamics.
#pragma once

#define BHI_ACROBOT_PI          3.141592653589793
#define BHI_ACROBOT_SPEED_1_MAX (4 * BHI_ACROBOT_PI) ///< rad/s, of theta1
#define BHI_ACROBOT_SPEED_2_MAX (9 * BHI_ACROBOT_PI) ///< rad/s, of theta2

/// Height of the free end above the pivot, in metres, when the links are at theta1 (0 is straight
/// down) and, measured from the first link, theta2. The episode ends above 1.
double bhi_acrobot_height(double theta1, double theta2);

/// Advances s = {theta1, theta2, theta1_dot, theta2_dot} (rad, rad/s) by one step of 0.2 s with a
/// torque of action - 1 N m at the joint between the links. Angles come back in [-pi, pi]. Returns
/// 1 when the free end is above the target.
int bhi_acrobot_advance(double s[4], int action);
