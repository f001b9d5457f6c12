// SPDX-License-Identifier: MIT
// Config tables: defaults, text in and out, errors that say what is wrong, on a table of every type
// and on every table the library ships.
#include "core/alloc.h"
#include "core/config.h"
#include "core/decimal.h"
#include "envs/registry.h"
#include "lm/pretraining.h"
#include "rl/agent_list.h"
#include "rl/clone.h"
#include "rl/dqn.h"
#include "rl/pqn.h"
#include "rl/run.h"
#include "rl/td_table.h"

#include "check.h"
#include "json_valid.h"

// ---- one table with every type ----

typedef struct sample {
    int flag, count;
    double rate;
    uint64_t seed;
    int shape;
    bh_sizes layers;
    char title[BH_TEXT_MAX];
} sample;

#define BH_CONFIG_STRUCT sample
static const bh_field fields[] = {
    BH_BOOL(flag, BH_DEFAULT("true"), BH_LIVE, "a switch"),
    BH_INT(count, BH_DEFAULT("7"), BH_RANGE(-10, 100), BH_RESET, "how many"),
    BH_REAL(rate, BH_DEFAULT("0.25"), BH_RANGE(0, 10), BH_LIVE, "how \"fast\""),
    BH_SEED(seed, BH_DEFAULT("0"), BH_RANGE(0, BH_SEED_MAX), BH_RESET, "where randomness starts"),
    BH_CHOICE(shape, BH_DEFAULT("round"), BH_WORDS("square|round|flat"), BH_RESET, "its form"),
    BH_SIZES(layers, BH_DEFAULT("64,32"), BH_RANGE(1, 4096), BH_RESET, "widths"),
    BH_TEXT(title, BH_DEFAULT("hello"), BH_UP_TO(20), BH_RESET, "a name"),
};
#undef BH_CONFIG_STRUCT
static const bh_config_table table = BH_CONFIG_TABLE("Sample", sample, fields);

static sample defaults(void)
{
    sample s;
    memset(&s, 0xee, sizeof s);
    bh_config_defaults(&table, &s);
    return s;
}

static void test_defaults(void)
{
    sample s = defaults();
    CHECK(s.flag == 1 && s.count == 7 && s.rate == 0.25 && s.seed == 0 && s.shape == 1);
    CHECK(s.layers.n == 2 && s.layers.v[0] == 64 && s.layers.v[1] == 32);
    CHECK_STRING(s.title, "hello");
    CHECK_STATUS(bh_config_check(&table, &s, NULL), BH_OK);
}

static void check_set(sample *s, const char *name, const char *value)
{
    bh_error err = {0};
    if (!CHECK_STATUS(bh_config_set(&table, s, name, value, &err), BH_OK))
        printf("    %s\n", err.message);
}

static void test_set(void)
{
    sample s = defaults();
    check_set(&s, "flag", "false");
    CHECK(s.flag == 0);
    check_set(&s, "flag", "1");
    CHECK(s.flag == 1);
    check_set(&s, "count", "-10");
    CHECK(s.count == -10);
    check_set(&s, "count", "1e2");
    CHECK(s.count == 100);
    check_set(&s, "rate", "1e-3");
    CHECK(s.rate == 0.001);
    check_set(&s, "seed", "9007199254740991");
    CHECK(s.seed == 9007199254740991u);
    check_set(&s, "shape", "flat");
    CHECK(s.shape == 2);
    check_set(&s, "layers", "1,2,3,4,5,6,7,8");
    CHECK(s.layers.n == 8 && s.layers.v[7] == 8);
    check_set(&s, "layers", "[ 256, 128 ] "); // as a JSON array, too
    CHECK(s.layers.n == 2 && s.layers.v[0] == 256 && s.layers.v[1] == 128);
    check_set(&s, "layers", "");
    CHECK(s.layers.n == 0);
    check_set(&s, "title", "");
    CHECK_STRING(s.title, "");
    check_set(&s, "title", "exactly twenty bytes");
    CHECK_STRING(s.title, "exactly twenty bytes");
}

// Refused, with every part in the message, and nothing changed.
static void check_refused(const char *name, const char *value, const char *const *parts)
{
    sample s = defaults(), before = s;
    bh_error err = {0};
    CHECK_STATUS(bh_config_set(&table, &s, name, value, &err), BH_ERR_CONFIG);
    CHECK_STATUS(err.status, BH_ERR_CONFIG);
    CHECK(memcmp(&s, &before, sizeof s) == 0);
    for (; *parts != NULL; parts++) {
        if (!CHECK(strstr(err.message, *parts) != NULL))
            printf("    '%s' not in: %s\n", *parts, err.message);
    }
    CHECK_STATUS(bh_config_set(&table, &s, name, value, NULL), BH_ERR_CONFIG);
}

#define REFUSED(name, value, ...) \
    check_refused(name, value, (const char *const[]){"Sample", name, __VA_ARGS__, NULL})

static void test_bad_values(void)
{
    REFUSED("flag", "maybe", "'maybe'", "true or false");
    REFUSED("flag", "", "true or false");
    REFUSED("count", "101", "101", "between -10 and 100");
    REFUSED("count", "-11", "-11", "between -10 and 100");
    REFUSED("count", "2.5", "'2.5'", "whole number");
    REFUSED("count", "abc", "'abc'", "whole number");
    REFUSED("count", "", "''", "whole number");
    REFUSED("count", "NaN", "NaN", "between -10 and 100");
    REFUSED("count", "1e99", "1e99", "between -10 and 100");
    REFUSED("count", "inf", "inf", "between -10 and 100");
    REFUSED("count", "5 apples", "'5 apples'", "whole number");
    REFUSED("rate", "NaN", "NaN", "between 0 and 10");
    REFUSED("rate", "-Infinity", "-Infinity", "between 0 and 10");
    REFUSED("rate", "10.000001", "10.000001", "between 0 and 10");
    REFUSED("rate", "-1e-9", "-1e-9", "between 0 and 10");
    REFUSED("rate", "fast", "'fast'", "number");
    REFUSED("rate", "", "''", "number");
    REFUSED("rate", "0.1,0.2", "'0.1,0.2'", "number");
    REFUSED("seed", "-1", "-1", "between 0 and 9007199254740991");
    REFUSED("seed", "9007199254740992", "9007199254740992", "between 0 and 9007199254740991");
    REFUSED("seed", "0.5", "'0.5'", "whole number");
    REFUSED("shape", "oval", "'oval'", "square|round|flat");
    REFUSED("shape", "", "square|round|flat");
    REFUSED("shape", "squar", "'squar'", "square|round|flat");
    REFUSED("shape", "square|round", "'square|round'");
    REFUSED("layers", "1,2,3,4,5,6,7,8,9", "up to 8");
    REFUSED("layers", "64,0", "between 1 and 4096");
    REFUSED("layers", "64,4097", "between 1 and 4096");
    REFUSED("layers", "64,x", "'64,x'", "whole numbers");
    REFUSED("layers", "64,1.5", "whole numbers");
    REFUSED("layers", "NaN", "whole numbers");
    REFUSED("layers", "inf", "between 1 and 4096");
    REFUSED("layers", "[64]]", "whole numbers");
    REFUSED("layers", "[64] and more", "whole numbers");
    REFUSED("title", "twenty bytes and one!", "21", "at most 20");
}

static void test_unknown_names(void)
{
    sample s = defaults(), before = s;
    bh_error err;
    CHECK_STATUS(bh_config_set(&table, &s, "rat", "1", &err), BH_ERR_CONFIG);
    CHECK_STRING(err.message, "Sample has no option 'rat'; did you mean 'rate'?");
    CHECK_STATUS(bh_config_set(&table, &s, "cuont", "1", &err), BH_ERR_CONFIG);
    CHECK_STRING(err.message, "Sample has no option 'cuont'; did you mean 'count'?");
    CHECK_STATUS(bh_config_set(&table, &s, "temperature", "1", &err), BH_ERR_CONFIG);
    CHECK_STRING(err.message, "Sample has no option 'temperature'");
    CHECK_STATUS(bh_config_set(&table, &s, "", "1", &err), BH_ERR_CONFIG);
    char name[400];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    CHECK_STATUS(bh_config_set(&table, &s, name, "1", &err), BH_ERR_CONFIG);
    CHECK(memcmp(&s, &before, sizeof s) == 0);
    int slips = 0;
    CHECK(bh_config_nearest(&table, "titel", &slips) == &fields[6] && slips == 2);
    CHECK(bh_config_nearest(&table, "seed", &slips) == &fields[3] && slips == 0);
    CHECK(bh_config_nearest(&table, "sea", &slips) == &fields[3] && slips == 2);
    CHECK(bh_config_nearest(&table, "tau", &slips) == NULL && slips == 4);
    CHECK(bh_config_find(&table, "rate") == &fields[2]);
    CHECK(bh_config_find(&table, "Rate") == NULL);
}

// Structs filled by hand: the check must see what no text could have put there.
static void check_struct_refused(const sample *s, const char *field)
{
    bh_error err = {0};
    CHECK_STATUS(bh_config_check(&table, s, &err), BH_ERR_CONFIG);
    if (!CHECK(strstr(err.message, field) != NULL))
        printf("    '%s' not in: %s\n", field, err.message);
}

static void test_check(void)
{
    sample s = defaults();
    s.count = 101;
    check_struct_refused(&s, "count is 101");
    s = defaults();
    s.rate = NAN;
    check_struct_refused(&s, "rate is NaN");
    s.rate = INFINITY;
    check_struct_refused(&s, "rate is Infinity");
    s.rate = -1e-300;
    check_struct_refused(&s, "rate is -1e-300");
    s = defaults();
    s.seed = UINT64_MAX;
    check_struct_refused(&s, "seed");
    s.seed = (uint64_t)1 << 53;
    check_struct_refused(&s, "seed");
    s = defaults();
    s.shape = 3;
    check_struct_refused(&s, "shape");
    s.shape = -1;
    check_struct_refused(&s, "shape");
    s = defaults();
    s.layers.n = BH_SIZES_MAX + 1;
    check_struct_refused(&s, "layers");
    s.layers.n = -1;
    check_struct_refused(&s, "layers");
    s.layers.n = 1;
    s.layers.v[0] = 0;
    check_struct_refused(&s, "layers");
    s = defaults();
    memset(s.title, 'x', 21);
    check_struct_refused(&s, "title");
    memset(s.title, 'x', sizeof s.title); // not even terminated
    check_struct_refused(&s, "title");
    s = defaults();
    CHECK_STATUS(bh_config_check(&table, &s, NULL), BH_OK);
}

// ---- all tables ----

static const bh_config_table *tables[48];

static int collect_tables(void)
{
    int n = 0;
    tables[n++] = &table;
    tables[n++] = &bh_run_table;
    tables[n++] = &bh_language_model_table;
    tables[n++] = &bh_pretraining_table;
    for (int i = 0; bh_all_agents[i] != NULL; i++) tables[n++] = bh_all_agents[i]->config;
    for (int i = 0; i < bh_all_envs.n; i++) {
        if (bh_all_envs.defs[i]->config != NULL) tables[n++] = bh_all_envs.defs[i]->config;
    }
    return n;
}

static void get_text(const bh_config_table *t, const void *config, const bh_field *f, char *out,
                     size_t size)
{
    bh_text text = bh_text_over(out, size);
    bh_config_get(t, config, f, &text);
    CHECK(bh_text_fits(&text));
}

// Sets `value`, prints it, sets the print in a fresh struct: the same bytes.
static void check_round_trip(const bh_config_table *t, const bh_field *f, const char *value)
{
    char text[BH_TEXT_MAX + 1];
    void *a = bh_alloc(t->bytes), *b = bh_alloc(t->bytes);
    bh_config_defaults(t, a);
    bh_config_defaults(t, b);
    bh_error err = {0};
    if (!CHECK_STATUS(bh_config_set(t, a, f->name, value, &err), BH_OK))
        printf("    %s\n", err.message);
    get_text(t, a, f, text, sizeof text);
    CHECK_STATUS(bh_config_set(t, b, f->name, text, NULL), BH_OK);
    CHECK(memcmp(a, b, t->bytes) == 0);
    CHECK_STATUS(bh_config_check(t, a, &err), BH_OK);
    bh_free(a, t->bytes);
    bh_free(b, t->bytes);
}

static void check_number_round_trip(const bh_config_table *t, const bh_field *f, double value)
{
    char text[40];
    bh_text out = bh_text_over(text, sizeof text);
    bh_text_add_real(&out, f->type == BH_FIELD_REAL ? value : floor(value));
    check_round_trip(t, f, text);
}

static void test_every_field_round_trips(void)
{
    int n = collect_tables();
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < tables[i]->n_fields; k++) {
            const bh_field *f = &tables[i]->fields[k];
            check_round_trip(tables[i], f, bh_field_text(f, BH_PART_DEFAULT));
            switch (f->type) {
            case BH_FIELD_BOOL:
                check_round_trip(tables[i], f, "true");
                check_round_trip(tables[i], f, "false");
                break;
            case BH_FIELD_INT:
            case BH_FIELD_REAL:
            case BH_FIELD_SEED:
                check_number_round_trip(tables[i], f, bh_field_min(f));
                check_number_round_trip(tables[i], f, bh_field_max(f));
                check_number_round_trip(tables[i], f,
                                        bh_field_min(f) + (bh_field_max(f) - bh_field_min(f)) / 3);
                break;
            case BH_FIELD_CHOICE:
                for (const char *word = f->choices; *word != '\0';) {
                    char one[32] = {0};
                    size_t length = strcspn(word, "|");
                    memcpy(one, word, length);
                    check_round_trip(tables[i], f, one);
                    word += length + (word[length] == '|');
                }
                break;
            case BH_FIELD_SIZES: check_round_trip(tables[i], f, "1,2,4096"); break;
            case BH_FIELD_TEXT: check_round_trip(tables[i], f, "S.\n.G \"quoted\" \\ é"); break;
            }
        }
    }
}

// Rows that would surprise a reader: names told twice, help missing, defaults out of bounds.
static void test_tables_are_well_made(void)
{
    int n = collect_tables();
    for (int i = 0; i < n; i++) {
        const bh_config_table *t = tables[i];
        for (int k = 0; k < t->n_fields; k++) {
            const bh_field *f = &t->fields[k];
            CHECK(bh_config_find(t, f->name) == f);
            CHECK(strlen(bh_field_text(f, BH_PART_HELP)) > 5);
            CHECK((f->choices != NULL) == (f->type == BH_FIELD_CHOICE));
            for (int part = BH_PART_MIN; part <= BH_PART_MAX; part++) {
                const char *bound = bh_field_text(f, (bh_field_part)part), *end;
                bhi_decimal_read(bound, &end);
                CHECK(end > bound && *end == '\0');
            }
            CHECK(bh_field_min(f) <= bh_field_max(f) && f->offset < t->bytes);
            CHECK(strlen(f->name) < 40); // "config.env." and it fit a metadata key
            if (f->type == BH_FIELD_TEXT) CHECK(bh_field_max(f) < BH_TEXT_MAX);
        }
        void *config = bh_alloc(t->bytes);
        bh_config_defaults(t, config);
        CHECK_STATUS(bh_config_check(t, config, NULL), BH_OK);
        bh_free(config, t->bytes);
    }
}

// What a row's member takes of its struct.
static size_t bytes_of(const bh_field *f)
{
    static const size_t bytes[] = {
        [BH_FIELD_BOOL] = sizeof(int),    [BH_FIELD_INT] = sizeof(int),
        [BH_FIELD_REAL] = sizeof(double), [BH_FIELD_SEED] = sizeof(uint64_t),
        [BH_FIELD_CHOICE] = sizeof(int),  [BH_FIELD_SIZES] = sizeof(bh_sizes),
        [BH_FIELD_TEXT] = BH_TEXT_MAX,
    };
    return bytes[f->type];
}

// No member is without a row, nor has two: what no row covers is the padding before a double. A
// clone has no critic, and PQN and tabular methods but Q-learning have no bonus in the target.
static void test_every_member_has_a_row(void)
{
    static unsigned char covered[4096];
    int n = collect_tables();
    for (int i = 0; i < n; i++) {
        const bh_config_table *t = tables[i];
        if (t == &bh_clone_table) continue;
        if (t->fields == bh_q_learning_table.fields) t = &bh_q_learning_table;
        memset(covered, 0, sizeof covered);
        if (t == &bh_pqn_table)
            memset(covered + offsetof(bh_pqn_config, explore.bonus_in_target), 1, sizeof(int));
        for (int k = 0; k < t->n_fields; k++) {
            const bh_field *f = &t->fields[k];
            if (!CHECK(f->offset + bytes_of(f) <= t->bytes && t->bytes < sizeof covered)) return;
            for (size_t at = 0; at < bytes_of(f); at++) CHECK(covered[f->offset + at]++ == 0);
        }
        size_t gap = 0;
        for (size_t at = 0; at <= t->bytes; at++) {
            if (at < t->bytes && !covered[at]) gap++;
            else if (gap > 0) {
                if (!CHECK(gap == 4 && at % 8 == 0))
                    printf("    %s, byte %zu\n", t->name, at - gap);
                gap = 0;
            }
        }
    }
}

static void test_describe(void)
{
    static char buffer[16384];
    int n = collect_tables();
    for (int i = 0; i < n; i++) {
        bh_text text = bh_text_over(buffer, sizeof buffer);
        bh_config_describe(tables[i], &text);
        CHECK(bh_text_fits(&text));
        CHECK(json_is_valid(buffer));
        for (int k = 0; k < tables[i]->n_fields; k++) {
            CHECK(strstr(buffer, tables[i]->fields[k].name) != NULL);
        }
    }
    bh_text text = bh_text_over(buffer, sizeof buffer);
    bh_config_describe(&table, &text);
    CHECK(strstr(buffer,
                 "{\"name\":\"rate\",\"type\":\"real\",\"default\":\"0.25\",\"min\":0,\"max\":10,"
                 "\"live\":true,\"help\":\"how \\\"fast\\\"\"}") != NULL);
    CHECK(strstr(buffer,
                 "{\"name\":\"shape\",\"type\":\"choice\",\"default\":\"round\","
                 "\"choices\":\"square|round|flat\",\"live\":false,\"help\":\"its form\"}") !=
          NULL);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_defaults);
    CHECK_RUN(test_set);
    CHECK_RUN(test_bad_values);
    CHECK_RUN(test_unknown_names);
    CHECK_RUN(test_check);
    CHECK_RUN(test_every_field_round_trips);
    CHECK_RUN(test_tables_are_well_made);
    CHECK_RUN(test_every_member_has_a_row);
    CHECK_RUN(test_describe);
    return check_report();
}
