// SPDX-License-Identifier: MIT
// What bellhop.wasm has besides exports.c: its environments.
#include "envs/registry.h"
#include "wasm/exports.h"

const bh_registry *const bhx_shipped = &bh_envs;
