// SPDX-License-Identifier: MIT
// Status codes and error messages.
//
// A bh_status reports anything the outside world can cause: a bad setting, too little memory,
// bytes that are not a checkpoint, an action out of range. Our own mistakes are asserted instead.
// Functions that can be given bad input take a `bh_error *err` (may be NULL) and write a sentence
// for a person into it: the field, the value, the bound, what to do.
#pragma once

#if defined(__GNUC__)
#define BH_API                __attribute__((visibility("default")))
#define BH_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define BH_API
#define BH_PRINTF(fmt, first)
#endif

/// Values are part of the interface: never renumbered, only appended.
typedef enum bh_status {
    BH_OK = 0,
    BH_PENDING = 1,       ///< no error: it waits for a user-defined environment; call again later
    BH_ERR_MEMORY = -1,   ///< the allocator returned NULL
    BH_ERR_CONFIG = -2,   ///< a setting is unknown, malformed or out of its range
    BH_ERR_ARGUMENT = -3, ///< an argument is out of range (an action, a length)
    BH_ERR_STATE = -4,    ///< the call does not fit the object's state (step before reset)
    BH_ERR_FORMAT = -5,   ///< the bytes are not a checkpoint, or a damaged one
    BH_ERR_SHAPE = -6,    ///< a valid checkpoint, but of another shape or environment
    BH_ERR_UNKNOWN = -7,  ///< no environment or algorithm of that name
    BH_ERR_ENV = -8,      ///< a user-defined environment failed (rl/env.h, bh_env_callbacks)
} bh_status;

#define BH_ERROR_MESSAGE_MAX 512

/// A status and its sentence. Owned by the caller; plain data, no cleanup.
typedef struct bh_error {
    bh_status status;
    char message[BH_ERROR_MESSAGE_MAX]; ///< UTF-8, NUL-terminated, "" when status is BH_OK
} bh_error;

/// A short English description of a status, never NULL, also for values outside the enum.
BH_API const char *bh_status_string(bh_status status);

/// Writes the status and a printf-style message into `err` (when not NULL) and returns the status,
/// so that a failure is one statement: return bh_fail(err, BH_ERR_STATE, "call reset first");
BH_API bh_status bh_fail(bh_error *err, bh_status status, const char *format, ...) BH_PRINTF(3, 4);
