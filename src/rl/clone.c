// SPDX-License-Identifier: MIT
// Behaviour cloning and policy distillation.
#include "rl/clone.h"

#include "optim/schedule.h"
#include "rl/actor_critic.h"
#include "rl/replay.h"

#include <string.h>

#define BH_CONFIG_STRUCT bh_clone_config
static const bh_field fields[] = {
    BH_REAL_AT(policy.learning_rate.start, learning_rate, BH_DEFAULT("0.001"), BH_RANGE(0, 10),
               BH_LIVE, "Step size of the optimizer"),
    BHI_SCHEDULE_ROWS(policy.learning_rate, "constant", "0", "0"),
    BH_INT(demo_capacity, BH_DEFAULT("0"), BH_RANGE(0, 10000000), BH_RESET,
           "Demonstrations: transitions there is room for"),
    BH_REAL(temperature, BH_DEFAULT("0"), BH_RANGE(0, 1e6), BH_RESET,
            "Distillation: the teacher's action values over this are learned; 0: its actions"),
    BH_INT(batch_size, BH_DEFAULT("64"), BH_RANGE(1, 65536), BH_RESET,
           "Transitions sampled per update"),
    BH_INT(gradient_steps, BH_DEFAULT("1"), BH_RANGE(1, 1000), BH_LIVE, "Updates in a round"),
    BH_REAL_AT(policy.max_grad_norm, max_grad_norm, BH_DEFAULT("0.5"), BH_RANGE(0, 1e9), BH_LIVE,
               "Maximum gradient norm; 0 disables clipping"),
    BH_CHOICE_AT(policy.net.features_extractor, features_extractor, BH_DEFAULT("flatten"),
                 BH_WORDS("flatten|minatar-cnn|nature-cnn"), BH_RESET,
                 "Convolutions before the hidden layers, for images"),
    BH_SIZES_AT(policy.net.net_arch, net_arch, BH_DEFAULT("64,64"), BH_RANGE(1, 4096), BH_RESET,
                "Sizes of the hidden layers"),
    BH_CHOICE_AT(policy.net.activation, activation, BH_DEFAULT("tanh"), BH_WORDS("relu|tanh"),
                 BH_RESET, "Activation of the hidden layers"),
    BHI_OPTIMIZER_ROWS(policy.optimizer, "adam", "1e-8"),
};
const bh_config_table bh_clone_table = BH_CONFIG_TABLE("Clone", bh_clone_config, fields);
BH_DEFINE_CONFIG_DEFAULT(bh_clone, bh_clone_table)

#define LOGIT_MAX 1e30 // what temperatures near 0 make of values stays finite

typedef struct clone {
    bhi_actor_critic ac;       // first
    bhi_replay replay;         // what was demonstrated, all of it
    bh_real *logits;           // (N,A) the teacher's, with a temperature
    int *index, *a_tm1;        // (B)
    bh_real *teacher;          // (B,A)
    bh_real *x_t;              // (B,S) not used: gathered along
    bh_real *r_t, *discount_t; // (B) likewise
    bh_real *kl;               // (B)
} clone;

static const bh_clone_config *config_of(const clone *c)
{
    return c->ac.base.config;
}

// ---- creating ----

static bh_status shape(void *agent, bh_error *err)
{
    clone *c = agent;
    const bh_clone_config *config = config_of(c);
    const bhi_agent_spec *spec = &c->ac.base.spec;
    c->ac.has_no_critic = 1;
    int rows = config->batch_size > spec->n_envs ? config->batch_size : spec->n_envs;
    double each = 2.0 * (double)bh_space_bytes(&spec->observation) / sizeof(float);
    return bhi_actor_critic_shape(&c->ac, rows, config->demo_capacity * (each + spec->n_actions),
                                  err);
}

static bh_status init(void *agent, bh_error *err)
{
    bh_clone_config *config = ((clone *)agent)->ac.base.config;
    config->policy.ortho_init = 1; // no option of it
    return bhi_actor_critic_init(agent, err);
}

static void layout(void *agent, bhi_arena *arena)
{
    clone *c = agent;
    const bh_clone_config *config = config_of(c);
    const bhi_agent_spec *spec = &c->ac.base.spec;
    size_t N = (size_t)config->demo_capacity, B = (size_t)config->batch_size;
    size_t A = (size_t)spec->n_actions;
    bhi_actor_critic_layout(&c->ac, arena);
    c->index = bhi_arena_array(arena, B, sizeof *c->index);
    c->a_tm1 = bhi_arena_array(arena, B, sizeof *c->a_tm1);
    c->x_t = bhi_arena_array(arena, B * (size_t)spec->observation.n, sizeof(bh_real));
    c->r_t = bhi_arena_array(arena, B, sizeof(bh_real));
    c->discount_t = bhi_arena_array(arena, B, sizeof(bh_real));
    bhi_replay_layout(&c->replay, arena, config->demo_capacity, 1, &c->ac.base.encoder);
    if (config->temperature == 0) return;
    c->logits = bhi_arena_array(arena, N * A, sizeof(bh_real));
    c->teacher = bhi_arena_array(arena, B * A, sizeof(bh_real));
    c->kl = bhi_arena_array(arena, B, sizeof(bh_real));
}

static void state(void *agent, bhi_state_visitor *visitor)
{
    clone *c = agent;
    bhi_actor_critic_state(&c->ac, visitor);
    bhi_replay_state(&c->replay, c->ac.base.spec.n_actions, 0, visitor);
    if (c->logits != NULL)
        BHI_STATE(visitor, "logits", c->logits, c->replay.size * c->ac.base.spec.n_actions);
}

// ---- learning ----

static bh_status demonstrate(void *agent, const bh_demonstrations *demonstrations, bh_error *err)
{
    clone *c = agent;
    const bh_experience *e = &demonstrations->transitions;
    int size = c->replay.size, room = config_of(c)->demo_capacity - size,
        A = c->ac.base.spec.n_actions;
    size_t F = (size_t)bh_space_floats(&c->ac.base.spec.observation);
    if (e->n > room) {
        return bh_fail(err, BH_ERR_ARGUMENT,
                       "Clone: demo_capacity has room for %d more transitions, but %d are "
                       "demonstrated",
                       room, e->n);
    }
    if (c->logits != NULL && demonstrations->values == NULL) {
        return bh_fail(err, BH_ERR_ARGUMENT,
                       "Clone: temperature is %g, but the demonstrations have no action values; "
                       "leave it 0",
                       config_of(c)->temperature);
    }
    bhi_encoder_take_obs(&c->ac.base.encoder, e->obs_tm1, e->n);
    for (int i = 0; i < e->n; i++) {
        bhi_replay_add(&c->replay, e->obs_tm1 + (size_t)i * F, e->a_tm1[i], e->r_t[i],
                       e->terminated_t[i], e->truncated_t[i], e->obs_t + (size_t)i * F);
    }
    size_t n_values = c->logits != NULL ? (size_t)e->n * (size_t)A : 0;
    for (size_t i = 0; i < n_values; i++) {
        double logit = demonstrations->values[i] / config_of(c)->temperature;
        logit = logit < LOGIT_MAX ? logit : LOGIT_MAX;
        c->logits[(size_t)size * (size_t)A + i] =
            (bh_real)(logit > -LOGIT_MAX ? logit : -LOGIT_MAX);
    }
    return BH_OK;
}

static void observe(void *agent, const bh_experience *e)
{
    ((clone *)agent)->ac.base.timesteps += e->n;
}

// Loss and gradient in the logits of the batch that was sampled.
static double learn_logits(clone *c, const bh_real *logits, int B)
{
    int A = c->ac.base.spec.n_actions;
    bh_real *dlogits = bhi_actor_critic_doutputs(&c->ac, B);
    if (c->logits == NULL) return bh_policy_cross_entropy(dlogits, logits, c->a_tm1, NULL, B, A);
    double sum = 0;
    for (int b = 0; b < B; b++) {
        memcpy(c->teacher + b * A, c->logits + (size_t)c->index[b] * (size_t)A,
               (size_t)A * sizeof *c->teacher);
    }
    bh_policy_kl(c->kl, dlogits, c->teacher, logits, B, A);
    for (int b = 0; b < B; b++) sum += (double)c->kl[b];
    return sum / B;
}

static void update(clone *c)
{
    int B = config_of(c)->batch_size;
    bhi_actor_critic *ac = &c->ac;
    bhi_replay_sample(&c->replay, c->index, B, &ac->sample_rng);
    bhi_replay_gather(&c->replay, c->index, B, 0, 1, ac->x, c->a_tm1, c->r_t, c->discount_t,
                      c->x_t);
    bhi_replay_gather_masks(&c->replay, c->index, B, 1, ac->legal, NULL);
    double loss = learn_logits(c, bhi_actor_critic_outputs(ac, ac->x, B), B);
    bhi_actor_critic_show_begin(ac);
    bhi_actor_critic_show(ac, &(bhi_rollout_batch){.x = ac->x, .a = c->a_tm1}, B);
    bhi_agent_log(&ac->base, BHI_METRIC_LOSS, loss);
    bhi_actor_critic_backward(ac, ac->gradient, ac->x, B);
    bhi_actor_critic_step(ac);
}

static int learn(void *agent)
{
    clone *c = agent;
    uint64_t n = (uint64_t)config_of(c)->gradient_steps, *piece = &c->ac.base.piece;
    if (c->replay.size > 0 && *piece < n) {
        update(c);
        if (++*piece < n) return 1;
    }
    *piece = 0;
    return 0;
}

// ---- the class ----

// Every step is an update or more: far fewer of them than learning from rewards takes.
static const bh_preset presets[] = {
    {"clone", "total_timesteps=10000"},
};

static const bhi_agent_functions functions = {
    .large_settings = (const char *const[]){"demo_capacity", "batch_size", "net_arch", NULL},
    .bytes = sizeof(clone),
    .shape = shape,
    .layout = layout,
    .state = state,
    .init = init,
    .observe = observe,
    .learn = learn,
    .demonstrate = demonstrate,
    BHI_ACTOR_CRITIC_FUNCTIONS,
};

const bh_agent_class bh_clone_class = {
    .name = "clone",
    .summary = BH_HELP("Behaviour cloning: a policy network learns from demonstrations alone"),
    .config = &bh_clone_table,
    BH_PRESETS(presets),
    .gives_log_probs = 1,
    .functions = &functions,
};
