// SPDX-License-Identifier: MIT
// Examples of an environment's language.
#include "rl/text_task.h"

#include <assert.h>

void bh_text_task_rows(const bh_text_task *task, uint16_t *rows, int n, int T, uint64_t seed)
{
    bh_rng rng = bh_rng_seed(seed);
    for (int i = 0; i < n; i++, rows += T + 1) {
        int tokens[BH_TOKENS_MAX + 1];
        int length = task->example(&rng, tokens);
        assert(length > 0 && length <= T + 1);
        for (int t = 0; t <= T; t++) rows[t] = (uint16_t)(t < length ? tokens[t] : BH_TOKEN_PAD);
    }
}
