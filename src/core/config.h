// SPDX-License-Identifier: MIT
// Config tables: every setting of the library is declared once.
//
// A config is a plain struct, and a bh_config_table of rows, one for each member, or member of a
// struct within:
//
//     typedef struct toy_config {
//         int size;
//         bh_optimizer_config optimizer;
//     } toy_config;
//
//     #define BH_CONFIG_STRUCT toy_config
//     static const bh_field fields[] = {
//         BH_INT(size, BH_DEFAULT("10"), BH_RANGE(1, 100), BH_RESET, "one line of help"),
//         BH_REAL_AT(optimizer.eps, optimizer_eps, BH_DEFAULT("1e-8"), BH_RANGE(0, 1), BH_LIVE,
//                    "another"),
//     };
//     static const bh_config_table table = BH_CONFIG_TABLE("Toy", toy_config, fields);
//
// Defaults, range checks, error messages, the JavaScript options, the command line's flags, the
// page's controls and the docs read the table. The kind of a row says what its member is, which the
// compiler checks:
//     BH_BOOL    int                "true" or "false"
//     BH_INT     int                within BH_RANGE
//     BH_REAL    double             within BH_RANGE, finite
//     BH_SEED    uint64_t           within BH_RANGE, at most 2^53 - 1
//     BH_CHOICE  int                index of one of BH_WORDS, which are separated by '|'
//     BH_SIZES   bh_sizes           up to BH_SIZES_MAX integers, each within BH_RANGE: "64,64"
//     BH_TEXT    char[BH_TEXT_MAX]  UTF-8, BH_UP_TO so many bytes
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
    BH_RESET = 0,                 ///< takes effect when the object is created
    BH_LIVE = 1,                  ///< may also be changed while it runs
    BH_LANGUAGE = 2,              ///< of use only with environments of text
    BH_LAST_TWO_ARE_LANGUAGE = 4, ///< the last two words of `choices` are
    // Of a run: where it must be left at its default (rl/run.h).
    BH_NOT_TEXT = 8,      ///< where observations are text
    BH_NOT_DISCRETE = 16, ///< where they are Discrete
    BH_NOT_PLANNED = 32,  ///< where the algorithm plans on the environment's table
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
    /// "dqn", or several: "sarsa|expected-sarsa"; "dqn/rainbow" belongs to the algorithm's preset
    /// of that name
    const char *algos;
    const char *settings; ///< options of the run or of the algorithm: "gamma=0.9 net_arch=24,24"
} bh_preset;

/// One of its settings; the value as bh_config_set takes it.
typedef struct bh_setting {
    char name[48], value[48];
} bh_setting;

/// Whether a row is for that algorithm, or preset of it.
BH_API int bh_preset_is_for(const bh_preset *preset, const char *algo);

/// Takes the next setting off `*settings`, which starts as preset->settings; returns 0 when none is
/// left.
BH_API int bh_preset_next(const char **settings, bh_setting *out);

/// The entries of a bh_env_def or bh_agent_class for an array of rows.
#define BH_PRESETS(rows) .presets = rows, .n_presets = (int)(sizeof(rows) / sizeof((rows)[0]))

// ---- rows ----

/// Rows, with BH_CONFIG_STRUCT defined as the struct's name around them. An option has its member's
/// name; the _AT form is for a member of another name, or of a struct within.
#define BH_BOOL(name, ...)   BH_BOOL_AT(name, name, __VA_ARGS__)
#define BH_INT(name, ...)    BH_INT_AT(name, name, __VA_ARGS__)
#define BH_REAL(name, ...)   BH_REAL_AT(name, name, __VA_ARGS__)
#define BH_SEED(name, ...)   BH_SEED_AT(name, name, __VA_ARGS__)
#define BH_CHOICE(name, ...) BH_CHOICE_AT(name, name, __VA_ARGS__)
#define BH_SIZES(name, ...)  BH_SIZES_AT(name, name, __VA_ARGS__)
#define BH_TEXT(name, ...)   BH_TEXT_AT(name, name, __VA_ARGS__)

#define BH_BOOL_AT(member, name, fallback, flags, help) \
    BH_ROW(BOOL, int, member, name, fallback BH_RANGE(0, 1), NULL, flags, help)
#define BH_INT_AT(member, name, fallback, range, flags, help) \
    BH_ROW(INT, int, member, name, fallback range, NULL, flags, help)
#define BH_REAL_AT(member, name, fallback, range, flags, help) \
    BH_ROW(REAL, double, member, name, fallback range, NULL, flags, help)
#define BH_SEED_AT(member, name, fallback, range, flags, help) \
    BH_ROW(SEED, uint64_t, member, name, fallback range, NULL, flags, help)
#define BH_CHOICE_AT(member, name, fallback, words, flags, help) \
    BH_ROW(CHOICE, int, member, name, fallback BH_RANGE(0, 0), words, flags, help)
#define BH_SIZES_AT(member, name, fallback, range, flags, help) \
    BH_ROW(SIZES, bh_sizes, member, name, fallback range, NULL, flags, help)
#define BH_TEXT_AT(member, name, fallback, range, flags, help) \
    BH_ROW(TEXT, char *, member, name, fallback range, NULL, flags, help)

/// Parts of a row. The default is a text as bh_config_set takes it; bounds are literals, or macros
/// of such: their text is stored.
#define BH_DEFAULT(text)          "\0" text
#define BH_RANGE(min, max)        "\0" BH_TEXT_OF(min) "\0" BH_TEXT_OF(max)
#define BH_UP_TO(bytes)           BH_RANGE(0, bytes)
#define BH_WORDS(text)            text
#define BH_TEXT_OF(number)        BH_TEXT_OF_TOKENS(number)
#define BH_TEXT_OF_TOKENS(number) #number

#define BH_ROW(kind, ctype, member, name, texts, words, flags, help)                \
    {                                                                               \
        BH_ROW_TEXTS(name, texts, help), words, offsetof(BH_CONFIG_STRUCT, member), \
            BH_ROW_TYPE(kind, ctype, member), flags                                 \
    }
#define BH_ROW_TEXTS(name, texts, help) #name texts "\0" BH_HELP(help)
#define BH_ROW_TYPE(kind, ctype, member) \
    _Generic(((BH_CONFIG_STRUCT *)NULL)->member, ctype : BH_FIELD_##kind)

/// Lines of help, and summaries of environments and algorithms, are a twelfth of a module that
/// every reader of a page downloads: built with BH_NO_HELP it has none, and who shows them gets
/// them from web/lib/help.mjs, which is made from a module that has.
#ifdef BH_NO_HELP
#define BH_HELP(help) ""
#else
#define BH_HELP(help) help
#endif

/// A bh_config_table of an array of rows.
#define BH_CONFIG_TABLE(name, type, rows)                                 \
    {                                                                     \
        name, rows, (int)(sizeof(rows) / sizeof((rows)[0])), sizeof(type) \
    }

/// Fills every field with its default.
BH_API void bh_config_defaults(const bh_config_table *table, void *config);

/// Defines `bh_x_config bh_x_config_default(void)`, the defaults of a table by value; NAME is bh_x.
#define BH_DEFINE_CONFIG_DEFAULT(NAME, table)  \
    NAME##_config NAME##_config_default(void)  \
    {                                          \
        NAME##_config config;                  \
        bh_config_defaults(&(table), &config); \
        return config;                         \
    }

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
