// SPDX-License-Identifier: MIT
// DDPG, TD3 and SAC for the cases of bench.c, and a record of what an update learned from, by which
// build/peers/check-control.mjs holds PyTorch's learner to the same result.
#include "bench_control.h"

#include "rl/off_policy.h"
#include "rl/sac.h"
#include "rl/td3.h"

#include <stddef.h>

#define REPLAY_SIZE 50000
#define OBSERVATION 3
#define ACTION      1
#define ROW         (2 * OBSERVATION + ACTION + 2)

static void observe_random(bhi_agent *agent, bh_rng *rng)
{
    float obs_tm1[OBSERVATION], obs_t[OBSERVATION], box = (float)(2 * bh_rng_uniform(rng) - 1);
    for (int i = 0; i < OBSERVATION; i++) {
        obs_tm1[i] = (float)(2 * bh_rng_uniform(rng) - 1);
        obs_t[i] = (float)(2 * bh_rng_uniform(rng) - 1);
    }
    int ended = bh_rng_below(rng, 20) == 0, truncated = 0;
    double reward = 2 * bh_rng_uniform(rng) - 1;
    agent->class->functions->observe(agent, &(bh_experience){.n = 1,
                                                             .obs_tm1 = obs_tm1,
                                                             .box_tm1 = &box,
                                                             .r_t = &reward,
                                                             .terminated_t = &ended,
                                                             .truncated_t = &truncated,
                                                             .obs_t = obs_t});
}

int bench_control_start(bhi_agent **out, const bh_agent_class *class, int hidden, int batch,
                        bh_rng *rng)
{
    static const float low = -1, high = 1;
    union {
        bh_off_policy_config base;
        bh_td3_config td3;
        bh_sac_config sac;
    } config;
    bh_config_defaults(class->config, &config);
    config.base.net_arch = (bh_sizes){2, {hidden, hidden}};
    config.base.batch_size = batch;
    config.base.buffer_size = REPLAY_SIZE;
    config.base.learning_starts = 0;
    bhi_agent_spec spec = {.observation = {BH_SPACE_BOX, OBSERVATION, NULL, NULL},
                           .n_envs = 1,
                           .total_timesteps = REPLAY_SIZE,
                           .rng = bh_rng_split(rng),
                           .action = {BH_SPACE_BOX, ACTION, &low, &high}};
    if (bhi_agent_create(out, class, &config, &spec, NULL) != BH_OK) return 0;
    for (int i = 0; i < REPLAY_SIZE; i++) observe_random(*out, rng);
    return 1;
}

int bench_control_reals(int batch)
{
    return batch * (ROW + 2 * ACTION);
}

// The transitions of the batch that was learned from; its actions lie in pairs_tm1 no more.
static void write_batch(bhi_off_policy *o, bh_real *rows, int B)
{
    bhi_replay_gather_box(&o->replay, o->index, B, o->a);
    for (int b = 0; b < B; b++, rows += ROW) {
        for (int i = 0; i < OBSERVATION; i++) {
            rows[i] = o->x_tm1[b * OBSERVATION + i];
            rows[ROW - OBSERVATION + i] = o->x_t[b * OBSERVATION + i];
        }
        rows[OBSERVATION] = o->a[b];
        rows[OBSERVATION + 1] = o->r_t[b];
        rows[OBSERVATION + 2] = o->discount_t[b];
    }
}

void bench_control_record(bhi_agent *agent, bh_real *record)
{
    bhi_off_policy *o = (bhi_off_policy *)agent;
    bh_rng rng = o->target_rng; // a copy draws what the update will draw
    int B = bhi_off_policy_config_of(o)->batch_size;
    bh_real *eps = record + (size_t)B * ROW;
    for (int i = 0; i < 2 * B * ACTION; i++) eps[i] = (bh_real)bh_rng_normal(&rng);
    bhi_agent_learn(agent);
    write_batch(o, record, B);
}

const bh_real *bench_control_values(bhi_agent *agent, int which)
{
    const bhi_off_policy *o = (const bhi_off_policy *)agent;
    const bh_real *values[] = {o->params, o->target, o->log_alpha};
    return values[which];
}

int bench_control_n_values(bhi_agent *agent, int which)
{
    const bhi_off_policy *o = (const bhi_off_policy *)agent;
    return which < 2 ? o->n_params : o->log_alpha != NULL;
}
