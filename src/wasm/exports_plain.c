// SPDX-License-Identifier: MIT
// What bellhop.wasm has besides exports.c: its environments.
#include "envs/registry.h"
#include "wasm/exports.h"

const bh_registry *const shipped = &bh_envs;
