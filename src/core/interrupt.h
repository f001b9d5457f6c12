// SPDX-License-Identifier: MIT
// Interruptions: who calls something long is asked between two pieces of work whether it is to
// return now, and calls it again later. What is computed does not depend on the answers.
#pragma once

/// 1: return now. `user` is what was given with it.
typedef int bh_interrupt(void *user);
