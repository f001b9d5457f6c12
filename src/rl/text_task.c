// SPDX-License-Identifier: MIT
// Examples of an environment's language.
#include "rl/text_task.h"

bh_status bh_text_task_rows(const bh_text_task *task, uint16_t *rows, int n, int T, uint64_t seed)
{
    if (n < 0) return BH_ERR_ARGUMENT;
    bh_rng rng = bh_rng_seed(seed);
    for (int i = 0; i < n; i++, rows += T + 1) {
        int tokens[BH_TOKENS_MAX + 1];
        int length = task->example(&rng, tokens);
        if (length < 1 || length - 1 > T) return BH_ERR_ARGUMENT;
        for (int t = 0; t <= T; t++) rows[t] = (uint16_t)(t < length ? tokens[t] : BH_TOKEN_PAD);
    }
    return BH_OK;
}
