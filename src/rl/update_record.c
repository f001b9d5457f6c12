// SPDX-License-Identifier: MIT
// Records of updates.
#include "rl/update_record.h"

#include "core/alloc.h"

#include <assert.h>
#include <string.h>

// Numbers of one array that a record takes: observations of images are more, and nobody reads them.
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
    record->n = record->is_lost = 0;
}

// The array of this name in the present update, or an empty one; NULL where there is no room for it.
static bhi_recorded *array_of(bhi_update_record *record, const char *name)
{
    for (int i = 0; i < record->n; i++)
        if (strcmp(record->arrays[i].name, name) == 0) return &record->arrays[i];
    if (record->n == BH_UPDATE_ARRAYS_MAX) return NULL;
    bhi_recorded *array = &record->arrays[record->n++];
    array->name = name;
    array->rows = array->columns = array->is_large = 0;
    return array;
}

static int reserve(bhi_recorded *array, size_t used, size_t numbers)
{
    if (numbers <= array->capacity) return 1;
    double *data = bh_alloc(2 * numbers * sizeof *data);
    if (data == NULL) return 0;
    if (used > 0) memcpy(data, array->data, used * sizeof *data);
    bh_free(array->data, array->capacity * sizeof *data);
    array->data = data;
    array->capacity = 2 * numbers;
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
    bhi_recorded *array = array_of(record, name);
    size_t n = (size_t)rows * (size_t)columns;
    size_t used = array != NULL ? (size_t)array->rows * (size_t)array->columns : 0;
    if (array == NULL) return;
    array->is_large |= used + n > NUMBERS_MAX;
    if (array->is_large) return;
    if (!reserve(array, used, used + n)) {
        record->is_lost = 1;
        return;
    }
    for (size_t i = 0; i < n; i++) array->data[used + i] = number(type, data, i);
    int is_row = rows == 1;
    array->columns = is_row && used > 0 ? array->columns + columns : columns;
    array->rows = is_row ? 1 : array->rows + rows;
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
    for (int i = 0; i < BH_UPDATE_ARRAYS_MAX; i++)
        bh_free(record->arrays[i].data, record->arrays[i].capacity * sizeof(double));
    bh_free(record, sizeof *record);
}
