// SPDX-License-Identifier: MIT
// bellhop.h alone gives the public API; configs by value are the defaults of their tables.
#include "bellhop.h"

#include "check.h"

static int same_values(const bh_config_table *table, const void *a, const void *b)
{
    int same = 1;
    for (int i = 0; i < table->n_fields; i++) {
        char x[BH_TEXT_MAX], y[BH_TEXT_MAX];
        bh_text in_x = bh_text_over(x, sizeof x), in_y = bh_text_over(y, sizeof y);
        bh_config_get(table, a, &table->fields[i], &in_x);
        bh_config_get(table, b, &table->fields[i], &in_y);
        same &= strcmp(x, y) == 0;
    }
    return same;
}

#define CHECK_DEFAULTS(name, table)                                    \
    do {                                                               \
        name##_config config = name##_config_default(), other;         \
        bh_config_defaults(&(table), &other);                          \
        CHECK_STATUS(bh_config_check(&(table), &config, NULL), BH_OK); \
        CHECK(same_values(&(table), &config, &other));                 \
    } while (0)

static void test_defaults(void)
{
    CHECK_DEFAULTS(bh_run, bh_run_table);
    CHECK_DEFAULTS(bh_dqn, bh_dqn_table);
    CHECK_DEFAULTS(bh_ppo, bh_ppo_table);
    CHECK_DEFAULTS(bh_reinforce, bh_reinforce_table);
    CHECK_DEFAULTS(bh_clone, bh_clone_table);
    CHECK_DEFAULTS(bh_td_table, bh_q_learning_table);
    CHECK_DEFAULTS(bh_value_iteration, bh_value_iteration_table);
    CHECK_DEFAULTS(bh_policy_iteration, bh_policy_iteration_table);
    CHECK_DEFAULTS(bh_policy_evaluation, bh_policy_evaluation_table);
    CHECK_DEFAULTS(bh_language_model, bh_language_model_table);
    CHECK_DEFAULTS(bh_pretraining, bh_pretraining_table);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_defaults);
    return check_report();
}
