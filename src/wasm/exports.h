// SPDX-License-Identifier: MIT
// What the files of exports share.
#pragma once

#include "core/config.h"
#include "core/status.h"
#include "core/text.h"
#include "rl/run.h"

#ifdef __wasm__
#define BHX_EXPORT(type, name) __attribute__((export_name(#name), used)) type name
#else
#define BHX_EXPORT(type, name) type name
#endif

#define BHX_TEXT_BYTES (1 << 18)

/// The environments and algorithms of this module, and with them what it can do: each module has a
/// file that says them.
extern const bh_registry *const bhx_shipped;

extern bh_error bhx_last_error;              ///< of the last failed call
extern char bhx_text_buffer[BHX_TEXT_BYTES]; ///< strings on their way out

/// An empty text over bhx_text_buffer, for what cannot be longer.
bh_text bhx_begin_text(void);

/// BH_ERR_ARGUMENT for a Discrete observation (n, 1) out of range.
bh_status bhx_check_observations(const bh_run *run, const float *obs, int n);
