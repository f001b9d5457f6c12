// SPDX-License-Identifier: MIT
// What the last update of an agent was made from and what came of it, as named arrays.
//
// An agent shows its numbers while it updates, as they are then (bhi_begin_update, BHI_SHOW); a
// watcher keeps what it is interested in. Where nobody watches, each is a call that returns at once.
// A record is the watcher of a run: it keeps those of the last update, as doubles, which hold every
// number of the core exactly.
//
// Names are rlax's and those of rl/value.h and rl/policy.h: q_tm1, a_tm1, r_t, discount_t, ….
#pragma once

#include "core/state.h"
#include "rl/agent.h"

/// Who is shown the numbers of updates.
struct bhi_watcher {
    /// An update begins: what was shown before is of an older one.
    void (*begin)(bhi_watcher *watcher);
    /// rows x columns numbers: int, float or double. name: a literal. data: borrowed for the call.
    void (*show)(bhi_watcher *watcher, const char *name, bhi_state_type type, const void *data,
                 int rows, int columns);
};

/// For the agents: an update begins. Returns whether somebody watches.
int bhi_begin_update(bhi_agent *agent);

/// Whether somebody watches, where numbers are to be computed only for them.
static inline int bhi_is_watched(const bhi_agent *agent)
{
    return agent->watcher != NULL;
}

/// Shows (rows, columns) numbers to who watches; nothing where data is NULL.
#define BHI_SHOW(agent, name, data, rows, columns) \
    bhi_show(agent, name, BHI_STATE_TYPE(data), data, rows, columns)
void bhi_show(bhi_agent *agent, const char *name, bhi_state_type type, const void *data, int rows,
              int columns);

/// Shows a single number.
void bhi_show_number(bhi_agent *agent, const char *name, double value);

/// An array of a record. Its memory stays from one update to the next.
typedef struct bhi_recorded {
    const char *name;
    int rows, columns;
    double *data;
    size_t capacity; ///< numbers there is room for
    int is_large;    ///< too large in the present update: left out
} bhi_recorded;

typedef struct bhi_update_record {
    bhi_watcher watcher; ///< first: what is passed to the functions is the record
    int n;
    int is_lost; ///< of this update an array found no memory: nothing is told of it
    bhi_recorded arrays[BH_UPDATE_ARRAYS_MAX];
} bhi_update_record;

/// An empty record, to be a watcher. What is shown twice in an update, as that of a batch in parts, is
/// put behind: rows, or of a single row columns.
bhi_update_record *bhi_update_record_create(void);
void bhi_update_record_destroy(bhi_update_record *record);
