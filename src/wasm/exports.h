// SPDX-License-Identifier: MIT
// What the files of exports share.
#pragma once

#include "core/config.h"
#include "core/status.h"
#include "core/text.h"
#include "rl/env.h"

#ifdef __wasm__
#define EXPORT(type, name) __attribute__((export_name(#name), used)) type name
#else
#define EXPORT(type, name) type name
#endif

#define TEXT_BUFFER_BYTES (1 << 18)

/// The environments of this module, and with them what it can do: each module has a file that says
/// them.
extern const bh_registry *const shipped;

extern bh_error error;                      ///< of the last failed call
extern char text_buffer[TEXT_BUFFER_BYTES]; ///< strings on their way out

/// An empty text over text_buffer.
bh_text begin_text(void);
