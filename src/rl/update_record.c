// SPDX-License-Identifier: MIT
// Records of updates.
#include "rl/update_record.h"

#include "core/alloc.h"

#include <assert.h>
#include <string.h>

/// Numbers of one array that a record takes: observations of images are more, and nobody reads them.
#define NUMBERS_MAX (1 << 18)

// ---- for the agents ----

int bhi_begin_update(bhi_agent *agent)
{
    if (agent->watcher == NULL) return 0;
    agent->watcher->begin(agent->watcher);
    return 1;
}

void bhi_show(bhi_agent *agent, const char *name, bhi_state_type type, const void *data, int rows,
              int columns)
{
    if (agent->watcher == NULL || data == NULL) return;
    agent->watcher->show(agent->watcher, name, type, data, rows, columns);
}

void bhi_show_number(bhi_agent *agent, const char *name, double value)
{
    BHI_SHOW(agent, name, &value, 1, 1);
}

// ---- the record ----

static void begin(bhi_watcher *watcher)
{
    bhi_update_record *record = (bhi_update_record *)watcher;
    record->n = 0;
    record->used = 0;
}

static int reserve(bhi_update_record *record, size_t numbers)
{
    if (record->used + numbers <= record->capacity) return 1;
    size_t capacity = 2 * (record->used + numbers), size = sizeof *record->data;
    double *data = bh_alloc(capacity * size);
    if (data == NULL) return 0;
    if (record->used > 0) memcpy(data, record->data, record->used * size);
    bh_free(record->data, record->capacity * size);
    record->data = data;
    record->capacity = capacity;
    return 1;
}

static double number(bhi_state_type type, const void *data, size_t i)
{
    if (type == BHI_STATE_I32) return ((const int *)data)[i];
    if (type == BHI_STATE_F32) return (double)((const float *)data)[i];
    assert(type == BHI_STATE_F64);
    return ((const double *)data)[i];
}

static void show(bhi_watcher *watcher, const char *name, bhi_state_type type, const void *data,
                 int rows, int columns)
{
    bhi_update_record *record = (bhi_update_record *)watcher;
    size_t n = (size_t)rows * (size_t)columns;
    if (record->n == BH_UPDATE_ARRAYS_MAX || n > NUMBERS_MAX || !reserve(record, n)) return;
    for (size_t i = 0; i < n; i++) record->data[record->used + i] = number(type, data, i);
    record->arrays[record->n].name = name;
    record->arrays[record->n].rows = rows;
    record->arrays[record->n].columns = columns;
    record->arrays[record->n].at = record->used;
    record->used += n;
    record->n++;
}

bhi_update_record *bhi_update_record_create(void)
{
    bhi_update_record *record = bh_alloc(sizeof *record);
    if (record != NULL) record->watcher = (bhi_watcher){begin, show};
    return record;
}

void bhi_update_record_destroy(bhi_update_record *record)
{
    if (record == NULL) return;
    bh_free(record->data, record->capacity * sizeof *record->data);
    bh_free(record, sizeof *record);
}
