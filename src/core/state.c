// SPDX-License-Identifier: MIT
// State.
#include "core/state.h"

#include "core/text.h"

#include <string.h>

size_t bhi_state_bytes(bhi_state_type type)
{
    static const unsigned char bytes[] = {1, 4, 4, 8, 4, 8};
    return bytes[type];
}

void bhi_state_begin(bhi_state_visitor *visitor, const char *name)
{
    size_t used = strlen(visitor->path);
    bh_text text = bh_text_over(visitor->path + used, sizeof visitor->path - used);
    bh_text_add(&text, "%s/", name);
}

void bhi_state_end(bhi_state_visitor *visitor)
{
    visitor->path[strlen(visitor->path) - 1] = '\0';
    char *slash = strrchr(visitor->path, '/');
    *(slash != NULL ? slash + 1 : visitor->path) = '\0';
}

void bhi_state_within(bhi_state_visitor *visitor, int least, int greatest)
{
    visitor->is_within = 1;
    visitor->least = least;
    visitor->greatest = greatest;
}

void bhi_state_visit(bhi_state_visitor *visitor, const char *name, bhi_state_type type, void *data,
                     size_t rows, size_t columns, size_t stride)
{
    int is_within = visitor->is_within;
    visitor->is_within = 0;
    if (rows * columns == 0 || data == NULL) return;
    char path[128];
    bh_text text = bh_text_over(path, sizeof path);
    bh_text_add(&text, "%s%s", visitor->path, name);
    bhi_state entry = {.name = path,
                       .type = type,
                       .rows = rows,
                       .columns = columns,
                       .stride = stride,
                       .data = data,
                       .is_shown = visitor->is_shown,
                       .is_within = is_within,
                       .least = visitor->least,
                       .greatest = visitor->greatest};
    visitor->visit(visitor->user, &entry);
}

void bhi_rng_state(bh_rng *rng, size_t n, const char *name, bhi_state_visitor *visitor)
{
    bhi_state_visit(visitor, name, BHI_STATE_U64, rng, n, 2, sizeof *rng);
}

static int int_at(const void *block, int offset)
{
    return *(const int *)(const void *)((const char *)block + offset);
}

void bhi_state_fields(const bhi_state_field *fields, void *blocks, size_t n, size_t bytes,
                      bhi_state_visitor *visitor)
{
    for (; fields != NULL && fields->name != NULL; fields++) {
        bhi_state_type type = (bhi_state_type)fields->type;
        visitor->is_shown = fields->is_shown;
        if (fields->bound == 1) bhi_state_within(visitor, fields->least, fields->greatest);
        if (fields->bound == 2) bhi_state_within(visitor, 0, int_at(blocks, fields->greatest));
        bhi_state_visit(visitor, fields->name, type, (char *)blocks + fields->offset, n,
                        fields->bytes / bhi_state_bytes(type), bytes);
    }
    visitor->is_shown = 0;
}
