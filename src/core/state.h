// SPDX-License-Identifier: MIT
// State: what an object is between two steps, as named arrays and counters. Saving, resuming,
// hashing and comparing follow from it. It is walked and not copied: a function visits every entry,
// and a visitor reads or overwrites what it points to.
//
// An object describes what its next step depends on and its options and sizes do not give:
// parameters, moments, streams, counters. It leaves out scratch. Two objects made from the same
// options whose entries are equal behave the same from then on. Counts come before the arrays whose
// shape depends on them, so a visitor that overwrites them sees the new shape.
//
//     void toy_state(void *agent, bhi_state_visitor *visitor) {
//         toy *t = agent;
//         BHI_STATE(visitor, "n", &t->n, 1);
//         BHI_STATE(visitor, "values", t->values, t->n);
//     }
#pragma once

#include "core/rng.h"

#include <stddef.h>
#include <stdint.h>

typedef enum bhi_state_type {
    BHI_STATE_U8,
    BHI_STATE_I32,
    BHI_STATE_U32,
    BHI_STATE_U64,
    BHI_STATE_F32,
    BHI_STATE_F64,
} bhi_state_type;

/// The type of a number, of an array or of what a pointer points to.
#define BHI_STATE_TYPE(x) \
    _Generic((x),                                                                 \
        unsigned char: BHI_STATE_U8, unsigned char *: BHI_STATE_U8,                 \
        signed char *: BHI_STATE_U8, int: BHI_STATE_I32, int *: BHI_STATE_I32,       \
        const int *: BHI_STATE_I32, uint32_t: BHI_STATE_U32,                         \
        uint32_t *: BHI_STATE_U32, uint64_t: BHI_STATE_U64,                          \
        uint64_t *: BHI_STATE_U64, float: BHI_STATE_F32, float *: BHI_STATE_F32,     \
        const float *: BHI_STATE_F32, double: BHI_STATE_F64,                         \
        double *: BHI_STATE_F64, const double *: BHI_STATE_F64)

/// An entry: `rows` of `columns` numbers. A shown entry reports the last step to observers; later
/// steps do not depend on it.
typedef struct bhi_state {
    const char
        *name; ///< with the parts it belongs to: "agent/replay/size"; borrowed during the visit
    bhi_state_type type;
    size_t rows, columns;
    size_t stride; ///< bytes from one row to the next
    void *data;    ///< borrowed
    int is_shown;
    int is_within; ///< its numbers are counts or places: `least` to `greatest`
    int least, greatest;
} bhi_state;

typedef struct bhi_state_visitor {
    void (*visit)(void *user, const bhi_state *entry);
    void *user;
    char path[64]; ///< of the part that is visited now, "agent/replay/"
    int is_shown;  ///< of the entries that are visited now
    int is_within; ///< of the next entry, as its bounds
    int least, greatest;
    int is_contradicted; ///< set by an object in which entries that were visited exclude each other
} bhi_state_visitor;

/// What counters of steps may reach in what is read from outside.
#define BHI_STATE_STEPS_MAX 2000000000

/// Bytes of a number.
size_t bhi_state_bytes(bhi_state_type type);

/// Opens and closes a part: names between them get its name and a slash in front.
void bhi_state_begin(bhi_state_visitor *visitor, const char *name);
void bhi_state_end(bhi_state_visitor *visitor);

/// Bounds of the next entry's numbers, where memory depends on them: counts, places in arrays. A
/// visitor that overwrites them from outside checks them before the next entry is visited.
void bhi_state_within(bhi_state_visitor *visitor, int least, int greatest);

/// Visits an entry; nothing where it is empty.
void bhi_state_visit(bhi_state_visitor *visitor, const char *name, bhi_state_type type, void *data,
                     size_t rows, size_t columns, size_t stride);

/// Visits n numbers that follow each other.
#define BHI_STATE(visitor, name, data, n) \
    bhi_state_visit(visitor, name, BHI_STATE_TYPE(data), data, 1, (size_t)(n), 0)

/// The same, of an entry that is shown.
#define BHI_STATE_SHOWN(visitor, name, data, n) \
    ((visitor)->is_shown = 1, BHI_STATE(visitor, name, data, n), (visitor)->is_shown = 0)

/// Visits a member of every struct of an array: `n` numbers in each.
#define BHI_STATE_MEMBER(visitor, name, data, n, n_structs, struct_bytes)                        \
    bhi_state_visit(visitor, name, BHI_STATE_TYPE(data), data, (size_t)(n_structs), (size_t)(n), \
                    struct_bytes)

/// Visits random streams.
void bhi_rng_state(bh_rng *rng, size_t n, const char *name, bhi_state_visitor *visitor);

/// A member of a block of memory, where a table describes it.
typedef struct bhi_state_field {
    const char *name;
    uint32_t offset, bytes;
    uint8_t type; ///< bhi_state_type
    uint8_t is_shown;
    uint8_t bound; ///< 0 none; 1 least to greatest; 2 from 0 to the int at offset `greatest`
    int least, greatest;
} bhi_state_field;

#define BHI_STATE_FIELD(type, member)       BHI_STATE_FIELD_OF(type, member, 0, 0, 0, 0)
#define BHI_STATE_SHOWN_FIELD(type, member) BHI_STATE_FIELD_OF(type, member, 1, 0, 0, 0)
/// Numbers that memory depends on, see bhi_state_within; `most` is a member that is no state.
#define BHI_STATE_FIELD_WITHIN(type, member, least, greatest) \
    BHI_STATE_FIELD_OF(type, member, 0, 1, least, greatest)
#define BHI_STATE_FIELD_UP_TO(type, member, most) \
    BHI_STATE_FIELD_OF(type, member, 0, 2, 0, offsetof(type, most))
#define BHI_STATE_FIELD_OF(type, member, is_shown, bound, least, greatest)                  \
    {                                                                                       \
#member, offsetof(type, member), sizeof((type *)NULL)->member,                      \
            BHI_STATE_TYPE(((type *)NULL)->member), is_shown, bound, least, (int)(greatest) \
    }

/// Visits n blocks of `bytes` that follow each other, by a table that a row without a name ends.
/// NULL: nothing.
void bhi_state_fields(const bhi_state_field *fields, void *blocks, size_t n, size_t bytes,
                      bhi_state_visitor *visitor);
