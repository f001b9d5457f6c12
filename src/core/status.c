// SPDX-License-Identifier: MIT
// Status codes and error messages.
#include "core/status.h"

#include "core/text.h"

#include <stdarg.h>

const char *bh_status_string(bh_status status)
{
    switch (status) {
    case BH_OK: return "ok";
    case BH_PENDING: return "the environment has not answered yet";
    case BH_ERR_MEMORY: return "out of memory";
    case BH_ERR_CONFIG: return "invalid setting";
    case BH_ERR_ARGUMENT: return "invalid argument";
    case BH_ERR_STATE: return "call not allowed in this state";
    case BH_ERR_FORMAT: return "not a valid checkpoint";
    case BH_ERR_SHAPE: return "checkpoint does not fit";
    case BH_ERR_UNKNOWN: return "unknown name";
    case BH_ERR_ENV: return "the environment failed";
    }
    return "unknown status";
}

bh_status bh_fail(bh_error *err, bh_status status, const char *format, ...)
{
    if (err == NULL) return status;
    err->status = status;
    va_list args;
    va_start(args, format);
    bh_text message = bh_text_over(err->message, sizeof err->message);
    bh_text_add_list(&message, format, args);
    va_end(args);
    return status;
}
