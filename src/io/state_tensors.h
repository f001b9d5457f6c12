// SPDX-License-Identifier: MIT
// State (core/state.h) as tensors of a checkpoint, "state/…" each: what full checkpoints of runs and
// of pre-training have beside the parameters.
//
//     bhi_stateful of = {visit_run, run, "run"};
//     int n = bhi_state_tensors(&of, NULL);
//     ...allocate...; bhi_state_tensors(&of, tensors);   ...write, with BHI_STATE_ENTRIES...
//     status = bhi_state_read(&of, bytes, size, err);    // of an object made anew
#pragma once

#include "core/state.h"
#include "io/checkpoint.h"

/// The metadata entry of full checkpoints: how many entries of state there are.
#define BHI_STATE_ENTRIES "state_entries"

/// An object that has a state.
typedef struct bhi_stateful {
    void (*visit)(void *object, bhi_state_visitor *visitor);
    void *object;
    const char *what; ///< what errors call it
} bhi_stateful;

/// tensors out: one for each entry, borrowed from the object; NULL to count them. Returns how many.
int bhi_state_tensors(const bhi_stateful *of, bh_tensor *tensors);

/// Whether a checkpoint, which must have passed bh_checkpoint_check, has the state of something;
/// else BH_ERR_FORMAT, which calls that `what`.
bh_status bhi_state_check(const char *what, const void *bytes, size_t size, bh_error *err);

/// Overwrites the state of an object that was just made by that of a checkpoint, which must have
/// passed bh_checkpoint_check. BH_ERR_FORMAT where it has none (bhi_state_check), or one in which no
/// such object can have been; BH_ERR_SHAPE where it has other entries. Then the object is of no use.
bh_status bhi_state_read(const bhi_stateful *of, const void *bytes, size_t size, bh_error *err);
