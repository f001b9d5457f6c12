// SPDX-License-Identifier: MIT
// Config tables: defaults, parsing, checking, printing, all driven by the rows.
#include "core/config.h"

#include "core/decimal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void *member(const bh_field *f, void *config)
{
    return (char *)config + f->offset;
}

static const void *const_member(const bh_field *f, const void *config)
{
    return (const char *)config + f->offset;
}

const char *bh_field_text(const bh_field *field, bh_field_part part)
{
    const char *text = field->name;
    for (int i = 0; i < (int)part; i++) text += strlen(text) + 1;
    return text;
}

double bh_field_min(const bh_field *field)
{
    const char *end;
    return bhi_decimal_read(bh_field_text(field, BH_PART_MIN), &end);
}

double bh_field_max(const bh_field *field)
{
    const char *end;
    return bhi_decimal_read(bh_field_text(field, BH_PART_MAX), &end);
}

int bh_config_shows(const bh_config_table *table, const bh_field *field)
{
    return (table->hides & field->flags & BH_LANGUAGE) == 0;
}

// Bytes of the words of `choices` that the table shows.
static int choices_length(const bh_config_table *table, const bh_field *f)
{
    int n = (int)strlen(f->choices);
    int bars = (table->hides & BH_LANGUAGE) && (f->flags & BH_LAST_TWO_ARE_LANGUAGE) ? 2 : 0;
    while (bars > 0) bars -= f->choices[--n] == '|';
    return n;
}

// ---- one number against its bounds ----

static bh_status check_number(const bh_config_table *table, const bh_field *f, double v,
                              const char *shown, bh_error *err)
{
    double min = bh_field_min(f), max = bh_field_max(f);
    if (v >= min && v <= max) return BH_OK; // false for NaN
    char low[32], high[32];
    bh_text a = bh_text_over(low, sizeof low), b = bh_text_over(high, sizeof high);
    bh_text_add_real(&a, min);
    bh_text_add_real(&b, max);
    return bh_fail(err, BH_ERR_CONFIG, "%s: %s is %.40s, but must be between %s and %s",
                   table->name, f->name, shown, low, high);
}

static bh_status parse_number(const bh_config_table *table, const bh_field *f, const char *text,
                              int whole, double *out, bh_error *err)
{
    const char *end;
    double v = bhi_decimal_read(text, &end);
    while (*end == ' ') end++;
    if (end == text || *end != '\0' || (whole && v == v && floor(v) != v)) {
        return bh_fail(err, BH_ERR_CONFIG, "%s: %s is '%.40s', but must be a %s", table->name,
                       f->name, text, whole ? "whole number" : "number");
    }
    *out = v;
    return check_number(table, f, v, text, err);
}

// ---- parsing, one function per kind of value ----

static bh_status set_bool(const bh_config_table *t, const bh_field *f, void *out, const char *text,
                          bh_error *err)
{
    int is_true = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
    int is_false = strcmp(text, "false") == 0 || strcmp(text, "0") == 0;
    if (!is_true && !is_false) {
        return bh_fail(err, BH_ERR_CONFIG, "%s: %s is '%.40s', but must be true or false", t->name,
                       f->name, text);
    }
    *(int *)out = is_true;
    return BH_OK;
}

static bh_status set_number(const bh_config_table *t, const bh_field *f, void *out,
                            const char *text, bh_error *err)
{
    double v = 0;
    bh_status status = parse_number(t, f, text, f->type != BH_FIELD_REAL, &v, err);
    if (status != BH_OK) return status;
    if (f->type == BH_FIELD_REAL) *(double *)out = v;
    else if (f->type == BH_FIELD_SEED) *(uint64_t *)out = (uint64_t)v;
    else *(int *)out = (int)v;
    return BH_OK;
}

static bh_status set_choice(const bh_config_table *t, const bh_field *f, void *out,
                            const char *text, bh_error *err)
{
    size_t length = strlen(text);
    int index = 0, shown = choices_length(t, f);
    for (const char *word = f->choices; word != NULL && word < f->choices + shown; index++) {
        const char *bar = strchr(word, '|');
        size_t n = bar != NULL ? (size_t)(bar - word) : strlen(word);
        if (n == length && memcmp(word, text, n) == 0) {
            *(int *)out = index;
            return BH_OK;
        }
        word = bar != NULL ? bar + 1 : NULL;
    }
    return bh_fail(err, BH_ERR_CONFIG, "%s: %s is '%.40s', but must be one of %.*s", t->name,
                   f->name, text, shown, f->choices);
}

static bh_status fail_sizes(const bh_config_table *t, const bh_field *f, const char *text,
                            bh_error *err)
{
    return bh_fail(err, BH_ERR_CONFIG,
                   "%s: %s is '%.40s', but must be up to %d whole numbers, such as 64,64", t->name,
                   f->name, text, BH_SIZES_MAX);
}

static bh_status set_sizes(const bh_config_table *t, const bh_field *f, void *out, const char *text,
                           bh_error *err)
{
    bh_sizes sizes = {0};
    const char *s = text;
    while (*s == ' ' || *s == '[') s++;
    while (*s != '\0' && *s != ']') {
        const char *end;
        double v = bhi_decimal_read(s, &end);
        if (end == s || floor(v) != v || sizes.n == BH_SIZES_MAX) {
            return fail_sizes(t, f, text, err);
        }
        bh_status status = check_number(t, f, v, text, err);
        if (status != BH_OK) return status;
        sizes.v[sizes.n++] = (int)v;
        for (s = end; *s == ' ' || *s == ','; s++) continue;
    }
    if (*s == ']') s++;
    while (*s == ' ') s++;
    if (*s != '\0') return fail_sizes(t, f, text, err);
    *(bh_sizes *)out = sizes;
    return BH_OK;
}

static bh_status set_text(const bh_config_table *t, const bh_field *f, void *out, const char *text,
                          bh_error *err)
{
    size_t length = strlen(text);
    if (length >= BH_TEXT_MAX || (double)length > bh_field_max(f)) {
        return bh_fail(err, BH_ERR_CONFIG, "%s: %s has %zu bytes, but may have at most %d", t->name,
                       f->name, length, (int)bh_field_max(f));
    }
    memcpy(out, text, length + 1);
    return BH_OK;
}

// ---- printing, one function per type ----
//
// A value that no text stands for (a choice without a word, nine sizes) prints as one that its
// parser refuses: bh_config_check relies on it.

static void get_bool(const bh_field *f, const void *in, bh_text *out)
{
    (void)f;
    bh_text_add(out, *(const int *)in ? "true" : "false");
}

static void get_int(const bh_field *f, const void *in, bh_text *out)
{
    (void)f;
    bh_text_add(out, "%d", *(const int *)in);
}

static void get_real(const bh_field *f, const void *in, bh_text *out)
{
    (void)f;
    bh_text_add_real(out, *(const double *)in);
}

static void get_seed(const bh_field *f, const void *in, bh_text *out)
{
    (void)f;
    bh_text_add(out, "%llu", (unsigned long long)*(const uint64_t *)in);
}

static void get_choice(const bh_field *f, const void *in, bh_text *out)
{
    const char *word = f->choices;
    for (int i = *(const int *)in; i != 0; i--) {
        const char *bar = i > 0 ? strchr(word, '|') : NULL;
        if (bar == NULL) {
            bh_text_add(out, "%d", *(const int *)in);
            return;
        }
        word = bar + 1;
    }
    bh_text_add(out, "%.*s", (int)strcspn(word, "|"), word);
}

static void get_sizes(const bh_field *f, const void *in, bh_text *out)
{
    (void)f;
    const bh_sizes *sizes = in;
    if (sizes->n < 0 || sizes->n > BH_SIZES_MAX) {
        bh_text_add(out, "(%d numbers)", sizes->n);
        return;
    }
    for (int i = 0; i < sizes->n; i++) {
        bh_text_add(out, i == 0 ? "%d" : ",%d", sizes->v[i]);
    }
}

static void get_text(const bh_field *f, const void *in, bh_text *out)
{
    (void)f;
    bh_text_add(out, "%.*s", BH_TEXT_MAX - 1, (const char *)in);
}

static const struct {
    const char *name;
    bh_status (*set)(const bh_config_table *, const bh_field *, void *, const char *, bh_error *);
    void (*get)(const bh_field *, const void *, bh_text *);
} types[] = {
    [BH_FIELD_BOOL] = {"bool", set_bool, get_bool},
    [BH_FIELD_INT] = {"int", set_number, get_int},
    [BH_FIELD_REAL] = {"real", set_number, get_real},
    [BH_FIELD_SEED] = {"seed", set_number, get_seed},
    [BH_FIELD_CHOICE] = {"choice", set_choice, get_choice},
    [BH_FIELD_SIZES] = {"sizes", set_sizes, get_sizes},
    [BH_FIELD_TEXT] = {"text", set_text, get_text},
};

// ---- the table as a whole ----

void bh_config_defaults(const bh_config_table *table, void *config)
{
    memset(config, 0, table->bytes);
    for (int i = 0; i < table->n_fields; i++) {
        const bh_field *f = &table->fields[i];
        bh_status status = types[f->type].set(table, f, member(f, config),
                                              bh_field_text(f, BH_PART_DEFAULT), NULL);
        assert(status == BH_OK);
        (void)status;
    }
}

const bh_field *bh_config_find(const bh_config_table *table, const char *name)
{
    for (int i = 0; i < table->n_fields; i++) {
        const bh_field *f = &table->fields[i];
        if (strcmp(f->name, name) == 0) return bh_config_shows(table, f) ? f : NULL;
    }
    return NULL;
}

#ifndef BH_NO_HELP

// Levenshtein distance, cut off at strings longer than the row.
static int edit_distance(const char *a, const char *b)
{
    enum { MAX = 48 };
    int row[MAX + 1], n = (int)strlen(b);
    if (n > MAX) return MAX;
    for (int j = 0; j <= n; j++) row[j] = j;
    for (int i = 1; a[i - 1] != '\0'; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= n; j++) {
            int best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

const bh_field *bh_config_nearest(const bh_config_table *table, const char *name, int *slips)
{
    const bh_field *nearest = NULL;
    *slips = 4; // further than three edits, or than half a word, is no slip
    for (int i = 0; i < table->n_fields; i++) {
        const bh_field *f = &table->fields[i];
        if (!bh_config_shows(table, f)) continue;
        int distance = edit_distance(name, f->name);
        if (distance < *slips && 2 * (size_t)distance <= strlen(f->name)) {
            *slips = distance;
            nearest = f;
        }
    }
    return nearest;
}

#else // JavaScript looks names up before they come here, and makes the suggestions

const bh_field *bh_config_nearest(const bh_config_table *table, const char *name, int *slips)
{
    (void)table;
    (void)name;
    *slips = 4;
    return NULL;
}

#endif

static bh_status fail_unknown(const bh_config_table *table, const char *name, bh_error *err)
{
    int slips;
    if (err == NULL) return BH_ERR_CONFIG; // nobody reads what was meant
    const bh_field *nearest = bh_config_nearest(table, name, &slips);
    if (nearest == NULL) {
        return bh_fail(err, BH_ERR_CONFIG, "%s has no option '%.60s'", table->name, name);
    }
    return bh_fail(err, BH_ERR_CONFIG, "%s has no option '%.60s'; did you mean '%s'?", table->name,
                   name, nearest->name);
}

bh_status bh_config_set(const bh_config_table *table, void *config, const char *name,
                        const char *value, bh_error *err)
{
    const bh_field *f = bh_config_find(table, name);
    if (f == NULL) return fail_unknown(table, name, err);
    return types[f->type].set(table, f, member(f, config), value, err);
}

void bh_config_get(const bh_config_table *table, const void *config, const bh_field *field,
                   bh_text *out)
{
    (void)table;
    types[field->type].get(field, const_member(field, config), out);
}

bh_status bh_config_check(const bh_config_table *table, const void *config, bh_error *err)
{
    // Printing a field and parsing it again is the check: one set of rules, not two.
    char buffer[BH_TEXT_MAX + 1];
    union {
        bh_sizes sizes;
        double real;
        uint64_t seed;
        int integer;
        char text[BH_TEXT_MAX];
    } scratch;
    for (int i = 0; i < table->n_fields; i++) {
        const bh_field *f = &table->fields[i];
        bh_text text = bh_text_over(buffer, sizeof buffer);
        bh_config_get(table, config, f, &text);
        bh_status status = types[f->type].set(table, f, &scratch, buffer, err);
        if (status != BH_OK) return status;
    }
    return BH_OK;
}

static void describe_field(const bh_config_table *table, const bh_field *f, bh_text *out)
{
    bh_text_add(out, "{\"name\":\"%s\",\"type\":\"%s\",\"default\":", f->name, types[f->type].name);
    bh_text_add_json(out, bh_field_text(f, BH_PART_DEFAULT));
    if (f->type == BH_FIELD_INT || f->type == BH_FIELD_REAL || f->type == BH_FIELD_SIZES ||
        f->type == BH_FIELD_SEED) {
        bh_text_add(out, ",\"min\":");
        bh_text_add_real(out, bh_field_min(f));
        bh_text_add(out, ",\"max\":");
        bh_text_add_real(out, bh_field_max(f));
    }
    if (f->choices != NULL) {
        bh_text_add(out, ",\"choices\":\"%.*s\"", choices_length(table, f), f->choices);
    }
    bh_text_add(out, ",\"live\":%s,\"help\":", (f->flags & BH_LIVE) ? "true" : "false");
    bh_text_add_json(out, bh_field_text(f, BH_PART_HELP));
    bh_text_add(out, "}");
}

void bh_config_describe(const bh_config_table *table, bh_text *out)
{
    bh_text_add(out, "[");
    const char *comma = "";
    for (int i = 0; i < table->n_fields; i++) {
        if (!bh_config_shows(table, &table->fields[i])) continue;
        bh_text_add(out, "%s", comma);
        describe_field(table, &table->fields[i], out);
        comma = ",";
    }
    bh_text_add(out, "]");
}

// ---- presets ----

int bh_preset_is_for(const bh_preset *preset, const char *algo)
{
    size_t length = strlen(algo);
    for (const char *at = preset->algos;; at++) {
        size_t n = strcspn(at, "|");
        if (n == length && memcmp(at, algo, n) == 0) return 1;
        at += n;
        if (*at == '\0') return 0;
    }
}

// Copies the first n bytes of a text that is ours.
static void copy_part(char *out, size_t size, const char *text, size_t n)
{
    assert(n < size);
    (void)size;
    memcpy(out, text, n);
    out[n] = '\0';
}

int bh_preset_next(const char **settings, bh_setting *out)
{
    const char *name = *settings + strspn(*settings, " ");
    if (*name == '\0') return 0;
    const char *value = name + strcspn(name, "=") + 1;
    size_t n = strcspn(value, " ");
    copy_part(out->name, sizeof out->name, name, (size_t)(value - name - 1));
    copy_part(out->value, sizeof out->value, value, n);
    *settings = value + n;
    return 1;
}
