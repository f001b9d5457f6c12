// SPDX-License-Identifier: MIT
// State as tensors.
#include "io/state_tensors.h"

#include "core/text.h"

#include <assert.h>
#include <string.h>

#define PREFIX "state/"

static bh_tensor tensor_of(const bhi_state *entry)
{
    static const bh_dtype dtypes[] = {
        [BHI_STATE_U8] = BH_U8,   [BHI_STATE_I32] = BH_I32, [BHI_STATE_U32] = BH_U32,
        [BHI_STATE_U64] = BH_U64, [BHI_STATE_F32] = BH_F32, [BHI_STATE_F64] = BH_F64,
    };
    char name[BH_TENSOR_NAME_MAX];
    bh_text text = bh_text_over(name, sizeof name);
    bh_text_add(&text, PREFIX "%s", entry->name);
    assert(text.length < sizeof name);
    int rows = (int)entry->rows, columns = (int)entry->columns;
    int stride = rows > 1 ? (int)(entry->stride / bhi_state_bytes(entry->type)) : columns;
    return bh_tensor_rows(name, dtypes[entry->type], rows, columns, stride, entry->data);
}

// ---- writing ----

typedef struct listing {
    bh_tensor *tensors; // NULL: they are only counted
    int n;
} listing;

static void list_entry(void *user, const bhi_state *entry)
{
    listing *all = user;
    if (all->tensors != NULL) all->tensors[all->n] = tensor_of(entry);
    all->n++;
}

int bhi_state_tensors(const bhi_stateful *of, bh_tensor *tensors)
{
    listing all = {.tensors = tensors};
    of->visit(of->object, &(bhi_state_visitor){.visit = list_entry, .user = &all});
    return all.n;
}

// ---- reading ----

typedef struct reading {
    const char *what;
    const void *bytes;
    size_t size;
    int n;
    bh_status status;
    bh_error *err;
} reading;

static double number_at(const bhi_state *entry, size_t row, size_t column)
{
    const char *at = (const char *)entry->data + row * entry->stride;
    switch (entry->type) {
    case BHI_STATE_U8: return ((const unsigned char *)at)[column];
    case BHI_STATE_I32: return ((const int *)(const void *)at)[column];
    case BHI_STATE_U32: return ((const uint32_t *)(const void *)at)[column];
    case BHI_STATE_U64: return (double)((const uint64_t *)(const void *)at)[column];
    case BHI_STATE_F32: return (double)((const float *)(const void *)at)[column];
    case BHI_STATE_F64: break;
    }
    return ((const double *)(const void *)at)[column];
}

static void clear(const bhi_state *entry)
{
    size_t row_bytes = entry->columns * bhi_state_bytes(entry->type);
    for (size_t i = 0; i < entry->rows; i++)
        memset((char *)entry->data + i * entry->stride, 0, row_bytes);
}

static bh_status check_within(const bhi_state *entry, const char *what, bh_error *err)
{
    for (size_t i = 0; i < entry->rows * entry->columns; i++) {
        double x = number_at(entry, i / entry->columns, i % entry->columns);
        if (x >= entry->least && x <= entry->greatest) continue;
        clear(entry); // what is visited next may go by it
        return bh_fail(err, BH_ERR_FORMAT,
                       "the checkpoint's " PREFIX "%s has %g at %zu, but it must be between %d and "
                       "%d: no %s can have been there",
                       entry->name, x, i, entry->least, entry->greatest, what);
    }
    return BH_OK;
}

static void read_entry(void *user, const bhi_state *entry)
{
    reading *r = user;
    bh_tensor tensor = tensor_of(entry);
    // What is only shown is as in a new run where an earlier version did not keep it.
    if (entry->is_shown && !bh_checkpoint_has(r->bytes, r->size, tensor.name)) return;
    r->n++;
    if (r->status != BH_OK) return;
    r->status = bh_checkpoint_read(r->bytes, r->size, &tensor, 1, r->err);
    if (r->status == BH_OK && entry->is_within) r->status = check_within(entry, r->what, r->err);
}

bh_status bhi_state_check(const char *what, const void *bytes, size_t size, bh_error *err)
{
    char entries[32];
    if (bh_checkpoint_entry_get(bytes, size, BHI_STATE_ENTRIES, entries, sizeof entries) == 1)
        return BH_OK;
    return bh_fail(err, BH_ERR_FORMAT,
                   "the checkpoint has parameters only, not the %s they are of: it can be loaded, "
                   "but not resumed",
                   what);
}

bh_status bhi_state_read(const bhi_stateful *of, const void *bytes, size_t size, bh_error *err)
{
    bh_status status = bhi_state_check(of->what, bytes, size, err);
    if (status != BH_OK) return status;
    reading r = {.what = of->what, .bytes = bytes, .size = size, .err = err};
    bhi_state_visitor visitor = {.visit = read_entry, .user = &r};
    of->visit(of->object, &visitor);
    char entries[32], own[32];
    bh_checkpoint_entry_get(bytes, size, BHI_STATE_ENTRIES, entries, sizeof entries);
    bh_text text = bh_text_over(own, sizeof own);
    bh_text_add(&text, "%d", r.n);
    if (r.status == BH_OK && visitor.is_contradicted) {
        return bh_fail(err, BH_ERR_FORMAT,
                       "the checkpoint contradicts itself: no %s can have been there", of->what);
    }
    if (r.status != BH_OK || strcmp(entries, own) == 0) return r.status;
    return bh_fail(err, BH_ERR_SHAPE,
                   "the checkpoint's %s has %s entries, but here it has %s: another version of "
                   "Bellhop wrote it",
                   of->what, entries, own);
}
