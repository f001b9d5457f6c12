// SPDX-License-Identifier: MIT
// Schedules by hand: at the start, inside warm-up, in the middle, at the end, beyond.
#include "optim/schedule.h"

#include "check.h"

typedef struct schedule {
    int kind;
    double start, end, fraction, warmup;
    int steps;
} schedule;

static double at(schedule s, double progress)
{
    const bh_schedule_config config = {s.kind, s.start, s.end, s.warmup, s.steps};
    return bhi_schedule_at(&config, s.fraction, progress);
}

static void test_line(void)
{
    CHECK(bhi_linear_schedule(1, 0.05, 0.1, 0) == 1);
    CHECK_NEAR(bhi_linear_schedule(1, 0.05, 0.1, 0.05), 0.525, 1e-15);
    CHECK(bhi_linear_schedule(1, 0.05, 0.1, 0.1) == 0.05);
    CHECK(bhi_linear_schedule(1, 0.05, 0.1, 0.7) == 0.05);
    CHECK(bhi_linear_schedule(1, 0.05, 0.1, 3) == 0.05); // past the end
    CHECK(bhi_linear_schedule(1, 0.05, 0, 0) == 0.05); // no share at all: at its end from the start
    CHECK(bhi_linear_schedule(0.001, 0, 1, 1) == 0);
    CHECK_NEAR(bhi_linear_schedule(0, 1, 1, 0.25), 0.25, 0); // rising
}

// From 0.8 to 0.2 over half the horizon: u = 2 progress.
static void test_kinds(void)
{
    static const struct {
        bhi_schedule_kind kind;
        double quarter, half; // u = 1/4 and 1/2, at progress 1/8 and 1/4
    } rows[] = {
        {BHI_CONSTANT, 0.8, 0.8},
        {BHI_LINEAR, 0.65, 0.5},
        {BHI_EXPONENTIAL, 0.56568542494923802, 0.4}, // 0.8 4^-1/4 = 0.8/sqrt 2; 0.8/2
        {BHI_COSINE, 0.71213203435596426, 0.5},      // 0.2 + 0.3 (1 + sqrt(1/2)); the middle
        {BHI_STEP, 0.8, 0.4},                        // 0.8, 0.4, 0.2 for a third of the way each
    };
    for (int i = 0; i < 5; i++) {
        schedule s = {rows[i].kind, 0.8, 0.2, 0.5, 0, 2};
        double end = rows[i].kind == BHI_CONSTANT ? 0.8 : 0.2;
        CHECK_NEAR(at(s, 0), 0.8, 1e-15);
        CHECK_NEAR(at(s, 0.125), rows[i].quarter, 1e-15);
        CHECK_NEAR(at(s, 0.25), rows[i].half, 1e-15);
        CHECK(at(s, 0.5) == end && at(s, 0.9) == end && at(s, 1) == end && at(s, 7) == end);
    }
}

// The linear schedule is bhi_linear_schedule, to the bit.
static void test_linear_keeps_its_bits(void)
{
    schedule s = {BHI_LINEAR, 7e-4, 0, 1, 0, 1};
    for (int t = 0; t <= 1100; t++) {
        CHECK(at(s, t / 1000.0) == bhi_linear_schedule(7e-4, 0, 1, t / 1000.0));
    }
}

// Warm-up over a fifth of the horizon, then the way from there to 0.7 of it.
static void test_warmup(void)
{
    for (int kind = BHI_CONSTANT; kind <= BHI_STEP; kind++) {
        schedule s = {kind, 0.8, 0.2, 0.7, 0.2, 2};
        CHECK(at(s, 0) == 0);
        CHECK_NEAR(at(s, 0.05), 0.2, 1e-15);
        CHECK_NEAR(at(s, 0.15), 0.6, 1e-15);
        CHECK_NEAR(at(s, 0.2), 0.8, 1e-15);
        static const double middle[] = {0.8, 0.5, 0.4, 0.5, 0.4}; // u = 1/2
        CHECK_NEAR(at(s, 0.45), middle[kind], 1e-15);
        CHECK_NEAR(at(s, 0.7), kind == BHI_CONSTANT ? 0.8 : 0.2, 0);
        // Nothing is left of the way after a warm-up of the whole horizon.
        schedule slow = {kind, 0.8, 0.2, 1, 1, 2};
        CHECK_NEAR(at(slow, 0.5), 0.4, 1e-15);
        CHECK(at(slow, 1) == (kind == BHI_CONSTANT ? 0.8 : 0.2));
    }
}

// No factor leads to 0 or away from it: 1 % of the other end stands for it.
static void test_multiplying_meets_zero(void)
{
    schedule down = {BHI_EXPONENTIAL, 0.5, 0, 1, 0, 2}, up = {BHI_EXPONENTIAL, 0, 0.5, 1, 0, 2};
    CHECK_NEAR(at(down, 0), 0.5, 1e-16);
    CHECK_NEAR(at(down, 0.5), 0.05, 1e-16);
    CHECK_NEAR(at(down, 1), 0.005, 1e-17);
    CHECK_NEAR(at(up, 0), 0.005, 1e-17);
    CHECK_NEAR(at(up, 0.5), 0.05, 1e-16);
    CHECK_NEAR(at(up, 1), 0.5, 0);
    schedule nothing = {BHI_EXPONENTIAL, 0, 0, 1, 0, 2};
    CHECK(at(nothing, 0) == 0 && at(nothing, 0.5) == 0 && at(nothing, 1) == 0);
    schedule steps = {BHI_STEP, 0.5, 0, 1, 0, 2}; // a tenth each
    CHECK_NEAR(at(steps, 0.3), 0.5, 1e-15);
    CHECK_NEAR(at(steps, 0.34), 0.05, 1e-16);
    CHECK_NEAR(at(steps, 0.66), 0.05, 1e-16);
    CHECK_NEAR(at(steps, 0.67), 0.005, 1e-17);
    CHECK(at(steps, 0.67) == at(steps, 1));
}

// n drops make n + 1 levels, from the start to the end.
static void test_number_of_steps(void)
{
    for (int n = 1; n <= 5; n++) {
        schedule s = {BHI_STEP, 1, 0.03125, 1, 0, n};
        double last = at(s, 0);
        int drops = 0;
        CHECK(last == 1);
        for (int t = 1; t <= 1000; t++) {
            double now = at(s, t / 1000.0);
            if (now == last) continue;
            drops++;
            CHECK_NEAR(t / 1000.0, drops / (n + 1.0), 0.001);
            CHECK_NEAR(now, pow(0.03125, (double)drops / n), 1e-14);
            last = now;
        }
        CHECK(drops == n && last == 0.03125);
    }
}

// Falling schedules only fall, and never leave what lies between start and end.
static void test_falls(void)
{
    for (int kind = BHI_LINEAR; kind <= BHI_STEP; kind++) {
        schedule s = {kind, 0.01, 0.0001, 0.8, 0, 3};
        double last = 0.01;
        for (int t = 0; t <= 1000; t++) {
            double now = at(s, t / 1000.0);
            CHECK(now <= last + 1e-17 && now >= 0.0001 - 1e-17);
            last = now;
        }
    }
}

typedef struct rate_config {
    bh_schedule_config rate;
} rate_config;

#define BH_CONFIG_STRUCT rate_config
static const bh_field fields[] = {
    BH_REAL_AT(rate.start, learning_rate, BH_DEFAULT("0.25"), BH_RANGE(0, 10), BH_LIVE, ""),
    BHI_SCHEDULE_ROWS(rate, "constant", "0", "0"),
};
static const bh_config_table table = BH_CONFIG_TABLE("rate", rate_config, fields);

// The rows in a config of someone else's.
static void test_rows(void)
{
    rate_config config;
    bh_config_defaults(&table, &config);
    CHECK(bhi_schedule_at(&config.rate, 1, 0.5) == 0.25);
    static const char *const words[] = {"constant", "linear", "exponential", "cosine", "step"};
    for (int kind = 0; kind < 5; kind++) {
        CHECK_STATUS(bh_config_set(&table, &config, "learning_rate_schedule", words[kind], NULL),
                     BH_OK);
        CHECK(config.rate.kind == kind);
    }
    CHECK_STATUS(bh_config_set(&table, &config, "learning_rate_schedule", "cosine", NULL), BH_OK);
    CHECK_STATUS(bh_config_set(&table, &config, "learning_rate_end", "0.05", NULL), BH_OK);
    CHECK_STATUS(bh_config_set(&table, &config, "learning_rate_warmup", "0.5", NULL), BH_OK);
    CHECK_STATUS(bh_config_set(&table, &config, "learning_rate_steps", "0", NULL), BH_ERR_CONFIG);
    CHECK_STATUS(bh_config_set(&table, &config, "learning_rate_warmup", "2", NULL), BH_ERR_CONFIG);
    CHECK_NEAR(bhi_schedule_at(&config.rate, 1, 0.25), 0.125, 1e-16);
    CHECK_NEAR(bhi_schedule_at(&config.rate, 1, 0.75), 0.15, 1e-16);
    CHECK(bhi_schedule_at(&config.rate, 1, 1) == 0.05 && config.rate.steps == 2);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_line);
    CHECK_RUN(test_kinds);
    CHECK_RUN(test_linear_keeps_its_bits);
    CHECK_RUN(test_warmup);
    CHECK_RUN(test_multiplying_meets_zero);
    CHECK_RUN(test_number_of_steps);
    CHECK_RUN(test_falls);
    CHECK_RUN(test_rows);
    return check_report();
}
