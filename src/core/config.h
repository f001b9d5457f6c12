// SPDX-License-Identifier: MIT
// Config tables: every setting of the library is declared once.
//
// A config is a plain struct whose members come from an X-macro of rows
//
//     X(TYPE, name, default, min, max, choices, flags, "one line of help")
//
// and a bh_config_table made from the same rows. Defaults, range checks, error messages, the
// JavaScript options, the command line's flags, the page's controls and the docs read the table.
// TYPE is one of
//     BOOL    int             "true" or "false"
//     INT     int             min..max
//     REAL    double          min..max, finite
//     SEED    uint64_t        0 .. 2^53 - 1
//     CHOICE  int             index of one of the words of `choices`, separated by '|'
//     SIZES   bh_sizes        up to BH_SIZES_MAX integers, each min..max: "64,64"
//     TEXT    char[BH_TEXT_MAX]  UTF-8, at most `max` bytes
#pragma once

#include "core/status.h"
#include "core/text.h"

#include <stddef.h>
#include <stdint.h>

#define BH_SIZES_MAX 8
#define BH_SEED_MAX  9007199254740991.0 ///< 2^53 - 1: exact in a JavaScript number
#define BH_TEXT_MAX  1024

typedef struct bh_sizes {
    int n; ///< entries in use
    int v[BH_SIZES_MAX];
} bh_sizes;

typedef enum bh_field_type {
    BH_FIELD_BOOL,
    BH_FIELD_INT,
    BH_FIELD_REAL,
    BH_FIELD_SEED,
    BH_FIELD_CHOICE,
    BH_FIELD_SIZES,
    BH_FIELD_TEXT,
} bh_field_type;

/// Flags of a field.
enum {
    BH_RESET = 0,            ///< takes effect when the object is created
    BH_LIVE = 1,             ///< may also be changed while it runs
    BH_LANGUAGE = 2,         ///< of use only with environments of text
    BH_LAST_IS_LANGUAGE = 4, ///< the last word of `choices` is
};

/// Texts of a field, in the order they are stored.
typedef enum bh_field_part {
    BH_PART_NAME,
    BH_PART_DEFAULT, ///< as bh_config_set takes it
    BH_PART_MIN,
    BH_PART_MAX,
    BH_PART_HELP,
} bh_field_part;

/// A row. Its texts are one string: a pointer to each would be most of the table, which pages
/// download.
typedef struct bh_field {
    const char *name;    ///< NUL-terminated, the other parts behind it: bh_field_text
    const char *choices; ///< "a|b|c" for CHOICE, else NULL
    uint16_t offset;     ///< bytes from the start of the struct
    uint8_t type;        ///< bh_field_type
    uint8_t flags;
} bh_field;

/// A part of the row's texts, borrowed from the table.
BH_API const char *bh_field_text(const bh_field *field, bh_field_part part);

/// The bounds as numbers.
BH_API double bh_field_min(const bh_field *field);
BH_API double bh_field_max(const bh_field *field);

typedef struct bh_config_table {
    const char *name; ///< what error messages call it: "DQN", "CartPole-v1"
    const bh_field *fields;
    int n_fields;
    size_t bytes; ///< sizeof the struct
    int hides; ///< BH_LANGUAGE: what is of use only with text cannot be seen or set; defaults stay
} bh_config_table;

/// Whether the table shows a field.
BH_API int bh_config_shows(const bh_config_table *table, const bh_field *field);

/// One row of shipped options.
typedef struct bh_preset {
    const char *algo;  ///< "dqn"; "dqn/rainbow" belongs to the algorithm's preset of that name
    const char *name;  ///< option of the run or of the algorithm
    const char *value; ///< as bh_config_set takes it
} bh_preset;

/// The entries of a bh_env_def or bh_agent_class for an array of rows.
#define BH_PRESETS(rows) .presets = rows, .n_presets = (int)(sizeof(rows) / sizeof((rows)[0]))

#define BH_CTYPE_BOOL(name)   int name;
#define BH_CTYPE_INT(name)    int name;
#define BH_CTYPE_REAL(name)   double name;
#define BH_CTYPE_SEED(name)   uint64_t name;
#define BH_CTYPE_CHOICE(name) int name;
#define BH_CTYPE_SIZES(name)  bh_sizes name;
#define BH_CTYPE_TEXT(name)   char name[BH_TEXT_MAX];

/// Rows to struct members.
#define BH_MEMBER(type, name, fallback, min, max, choices, flags, help) BH_CTYPE_##type(name)

/// Rows to table entries; define BH_CONFIG_STRUCT as the struct's name around it. Bounds are
/// literals, or macros of such: their text is stored.
#define BH_ENTRY(type, name, fallback, min, max, choices, flags, help)                          \
    {#name "\0" fallback "\0" BH_TEXT_OF(min) "\0" BH_TEXT_OF(max) "\0" BH_HELP(help), choices, \
     offsetof(BH_CONFIG_STRUCT, name), BH_FIELD_##type, flags},
/// Lines of help, and summaries of environments and algorithms, are a twelfth of a module that
/// every reader of a page downloads: built with BH_NO_HELP it has none, and who shows them gets
/// them from web/lib/help.mjs, which is made from a module that has.
#ifdef BH_NO_HELP
#define BH_HELP(help) ""
#else
#define BH_HELP(help) help
#endif
#define BH_TEXT_OF(number)        BH_TEXT_OF_TOKENS(number)
#define BH_TEXT_OF_TOKENS(number) #number

/// Fills every field with its default.
BH_API void bh_config_defaults(const bh_config_table *table, void *config);

/// Sets a field from text. On failure nothing changes and the error names field, value and bound;
/// for an unknown name it offers the nearest one.
BH_API bh_status bh_config_set(const bh_config_table *table, void *config, const char *name,
                               const char *value, bh_error *err);

/// Appends a field's value as the text bh_config_set would take: reading it back gives the same
/// bits.
BH_API void bh_config_get(const bh_config_table *table, const void *config, const bh_field *field,
                          bh_text *out);

/// The field of that name, or NULL.
BH_API const bh_field *bh_config_find(const bh_config_table *table, const char *name);

/// The field whose name is the fewest typing slips away from `name`, and how many (`slips`, out);
/// NULL when none is near enough to be meant.
BH_API const bh_field *bh_config_nearest(const bh_config_table *table, const char *name,
                                         int *slips);

/// Checks every field of a struct that was filled by hand. BH_ERR_CONFIG names the first bad one.
BH_API bh_status bh_config_check(const bh_config_table *table, const void *config, bh_error *err);

/// Appends the table as a JSON array of {name, type, default, min, max, choices, live, help}.
BH_API void bh_config_describe(const bh_config_table *table, bh_text *out);
