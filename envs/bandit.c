// SPDX-License-Identifier: MIT
// Bandit-v0: the k-armed testbed (Sutton and Barto, "Reinforcement Learning", 2018, section 2.3).
//
// k arms; the means of their rewards were drawn from N(0, 1), by instance_seed. Pulling arm a pays
// its mean plus N(0, 1). There is one state, and every pull is an episode of one step, so values
// are those of the arms and the discount has no say.
//
// Observations: Discrete(1), always 0. The best mean return is the largest mean, which layout
// tells: 0.7171 for the default k = 10 and instance_seed = 0; a random policy's is the mean of the
// means, there -0.3227. As it differs from instance to instance, there is no threshold.
//
// view, 2 floats:  the arm pulled last (-1 after reset), its reward
// describe:        "no arm pulled yet", "arm 3 paid 0.52"; arms from 1
// layout:          {"actions": ["1", …, "10"], "means": [0.44, …]}
#include "core/state.h"
#include "envs/registry.h"

#include <math.h>

typedef struct bandit_config {
    int k;
    uint64_t instance_seed;
} bandit_config;

#define BH_CONFIG_STRUCT bandit_config
static const bh_field fields[] = {
    BH_INT(k, BH_DEFAULT("10"), BH_RANGE(2, 100), BH_RESET, "how many arms it has"),
    BH_SEED(instance_seed, BH_DEFAULT("0"), BH_RANGE(0, BH_SEED_MAX), BH_RESET,
            "which draw of the means it is"),
};

static const bh_config_table table = BH_CONFIG_TABLE("Bandit-v0", bandit_config, fields);

enum { K_MAX = 100 };

typedef struct bandit {
    int k;
    double mean[K_MAX];
    int arm; // pulled last
    double reward;
} bandit;

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)err;
    const bandit_config *c = config;
    bandit *b = state;
    bh_rng rng = bh_rng_seed(c->instance_seed);
    b->k = c->k;
    for (int a = 0; a < b->k; a++) b->mean[a] = bh_rng_normal(&rng);
    b->arm = -1;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    *observation = (bh_space){BH_SPACE_DISCRETE, 1, NULL, NULL};
    *action = (bh_space){BH_SPACE_DISCRETE, ((const bandit *)state)->k, NULL, NULL};
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    (void)rng;
    bandit *b = state;
    b->arm = -1;
    b->reward = 0;
    obs[0] = 0;
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    bandit *b = state;
    b->arm = action;
    b->reward = b->mean[action] + bh_rng_normal(rng);
    obs[0] = 0;
    *reward = b->reward;
    *terminated = 1;
}

static void view(const void *state, float *out)
{
    const bandit *b = state;
    out[0] = (float)b->arm;
    out[1] = (float)b->reward;
}

static void describe(const void *state, bh_text *out)
{
    const bandit *b = state;
    if (b->arm < 0) bh_text_add(out, "no arm pulled yet");
    else bh_text_add(out, "arm %d paid %.2f", b->arm + 1, b->reward);
}

static void layout(const void *state, bh_text *out)
{
    const bandit *b = state;
    bh_text_add(out, "{\"actions\":");
    for (int a = 0; a < b->k; a++) bh_text_add(out, "%s\"%d\"", a == 0 ? "[" : ",", a + 1);
    bh_text_add(out, "],\"means\":");
    for (int a = 0; a < b->k; a++) {
        bh_text_add(out, a == 0 ? "[" : ",");
        bh_text_add_real(out, b->mean[a]);
    }
    bh_text_add(out, "]}");
}

// Evaluations are of many pulls: their noise has the standard deviation 1.
static const bh_preset presets[] = {
    {"q-learning", "total_timesteps=10000 learning_rate_schedule=linear "
                   "exploration_initial_eps=0.1 n_eval_episodes=500 final_eval_episodes=1000"},
    {"dqn", "total_timesteps=10000 learning_rate=0.001 learning_rate_schedule=linear "
            "buffer_size=10000 batch_size=64 train_freq=1 exploration_fraction=0.5 "
            "exploration_final_eps=0.1 net_arch=16 n_eval_episodes=500 final_eval_episodes=1000"},
};

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD(bandit, mean),
    BHI_STATE_SHOWN_FIELD(bandit, arm),
    BHI_STATE_SHOWN_FIELD(bandit, reward),
    {NULL},
};

const bh_env_def bh_env_bandit = {
    .id = "Bandit-v0",
    .summary = BH_HELP("Find the arm that pays most on average: every pull is an episode"),
    .config = &table,
    .reward_threshold = NAN,
    .state_bytes = sizeof(bandit),
    .state_fields = state_fields,
    BH_PRESETS(presets),
    .n_view = 2,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
};
