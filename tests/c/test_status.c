// SPDX-License-Identifier: MIT
// Status codes and messages.
#include "core/status.h"

#include "check.h"

static void test_strings(void)
{
    CHECK_STRING(bh_status_string(BH_OK), "ok");
    for (int i = BH_ERR_ENV; i <= BH_OK; i++) {
        CHECK(strcmp(bh_status_string((bh_status)i), "unknown status") != 0);
        for (int j = BH_ERR_ENV; j < i; j++) {
            CHECK(strcmp(bh_status_string((bh_status)i), bh_status_string((bh_status)j)) != 0);
        }
    }
    CHECK_STRING(bh_status_string((bh_status)12345), "unknown status");
    CHECK_STRING(bh_status_string((bh_status)-99), "unknown status");
}

// JavaScript and saved logs know the numbers.
static void test_values_are_frozen(void)
{
    CHECK(BH_OK == 0 && BH_ERR_MEMORY == -1 && BH_ERR_CONFIG == -2 && BH_ERR_ARGUMENT == -3);
    CHECK(BH_ERR_STATE == -4 && BH_ERR_FORMAT == -5 && BH_ERR_SHAPE == -6 && BH_ERR_UNKNOWN == -7 &&
          BH_ERR_ENV == -8);
}

static void test_fail(void)
{
    bh_error err = {BH_OK, ""};
    CHECK_STATUS(bh_fail(&err, BH_ERR_ARGUMENT, "action is %d, not %s", 7, "left"),
                 BH_ERR_ARGUMENT);
    CHECK_STATUS(err.status, BH_ERR_ARGUMENT);
    CHECK_STRING(err.message, "action is 7, not left");
    CHECK_STATUS(bh_fail(NULL, BH_ERR_STATE, "nobody %s", "listens"), BH_ERR_STATE);
}

static void test_long_messages_are_cut(void)
{
    char text[2 * BH_ERROR_MESSAGE_MAX];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    bh_error err;
    CHECK_STATUS(bh_fail(&err, BH_ERR_CONFIG, "%s", text), BH_ERR_CONFIG);
    CHECK(strlen(err.message) == BH_ERROR_MESSAGE_MAX - 1);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_strings);
    CHECK_RUN(test_values_are_frozen);
    CHECK_RUN(test_fail);
    CHECK_RUN(test_long_messages_are_cut);
    return check_report();
}
