// SPDX-License-Identifier: MIT
// LearningRate-v0: the rule and every format stand in envs/learning_rate.h.
#include "envs/learning_rate.h"
#include "core/alloc.h"
#include "core/fmath.h"
#include "core/state.h"
#include "envs/registry.h"
#include "lm/lm_net.h"
#include "optim/optimizer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

typedef struct learning_rate_config {
    int task, optimizer, decisions, updates;
} learning_rate_config;

#define BH_CONFIG_STRUCT learning_rate_config
static const bh_field fields[] = {
    BH_CHOICE(task, BH_DEFAULT("pretraining"), BH_WORDS("pretraining|finetuning"), BH_RESET,
              "what is trained: a new model, or one that knows a related text already"),
    BH_CHOICE(optimizer, BH_DEFAULT("adam"), BH_WORDS("adam|momentum"), BH_RESET,
              "what takes the learning rate"),
    BH_INT(decisions, BH_DEFAULT("20"), BH_RANGE(2, 32), BH_RESET, "decisions of an episode"),
    BH_INT(updates, BH_DEFAULT("10"), BH_RANGE(1, 100), BH_RESET,
           "updates of the model between two decisions"),
};

static const bh_config_table table =
    BH_CONFIG_TABLE("LearningRate-v0", learning_rate_config, fields);

enum {
    V = 16,
    T = 8,
    C = 8,
    B = 4,            // sequences of an update
    B_HELD_OUT = 16,  // sequences the validation loss is of
    N_CORPUS = 4096,  // tokens to learn from
    N_SUCCESSORS = 3, // of a token
    N_FIRST = 200,    // updates on the first text, before fine-tuning
    N_UPDATES = 10,   // between two decisions
    N_PARAMS = 1080,  // asserted: what bhi_lm_net_shape says
    N_WORK = 30592,   // asserted: bhi_lm_net_work
    N_ACTIONS = 5,
    N_OBS = BHI_LEARNING_RATE_N_OBS,
    DECISIONS_MAX = BHI_LEARNING_RATE_DECISIONS_MAX,
    N_VIEW = BHI_LEARNING_RATE_N_VIEW,
};

#define LOG_V  2.772588722239781 // log 16
#define LOG_10 2.302585092994046

// What a training that diverged is said to have lost: twice what guessing loses.
#define LOSS_MAX (2 * LOG_V)

#define FIRST_PEAK 0.04 // of the rate on the first text

// The learning rate is `base` of the optimizer times 2^exponent, |exponent| <= EXPONENT_MAX.
enum { EXPONENT_MAX = 6 };
static const double base_rates[] = {0.01, 0.1};
static const bhi_optimizer_kind kinds[] = {BHI_ADAM, BHI_MOMENTUM};

// ---- the text ----

// A Markov chain: every token has three successors. Every token is the successor of three in turn,
// so that all are equally frequent in the long run.
typedef struct source {
    unsigned char successors[V][N_SUCCESSORS];
} source;

static void shuffle(unsigned char *order, bh_rng *rng)
{
    for (int i = 0; i < V; i++) order[i] = (unsigned char)i;
    for (int i = V - 1; i > 0; i--) {
        int j = (int)bh_rng_below(rng, (uint32_t)i + 1);
        unsigned char kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

static void draw_source(source *s, bh_rng *rng)
{
    unsigned char from[V], to[V], offsets[V];
    shuffle(from, rng);
    shuffle(to, rng);
    shuffle(offsets, rng);
    for (int i = 0; i < V; i++) {
        for (int k = 0; k < N_SUCCESSORS; k++) {
            s->successors[from[i]][k] = to[(i + offsets[k]) % V];
        }
    }
}

// A related text: every fourth token is followed by what followed the one four before.
static void change_source(source *s)
{
    source old = *s;
    for (int v = 0; v < V; v += 4) {
        memcpy(s->successors[v], old.successors[(v + V - 4) % V], sizeof s->successors[v]);
    }
}

// In 6, 3 and 1 of 10 cases.
static int draw_next(const source *s, int v, bh_rng *rng)
{
    uint32_t u = bh_rng_below(rng, 10);
    return s->successors[v][u < 6 ? 0 : u < 9 ? 1 : 2];
}

// ---- the training ----

typedef struct training {
    source text;
    unsigned char corpus[N_CORPUS];
    int held_out[B_HELD_OUT * T], held_out_next[B_HELD_OUT * T];
    bh_rng rng; // batches
    bh_optimizer_config settings;
    double beta1_power, beta2_power;
    double loss;      // mean over the last updates
    double grad_norm; // mean over the last updates
    double validation;
    int diverged;
    bh_real params[N_PARAMS], grads[N_PARAMS], m[N_PARAMS], v[N_PARAMS];
    bh_real work[N_WORK];
} training;

static bhi_lm_net net_shape(void)
{
    static const bhi_transformer_spec spec = {
        .V = V, .T = T, .C = C, .H = 2, .L = 1, .gelu = BHI_GELU_TANH};
    return bhi_lm_net_shape(&spec, 1);
}

static double at_most(double x, double most)
{
    return x < most ? x : most; // also for NaN
}

static void validate(training *t)
{
    bhi_lm_net net = net_shape();
    t->validation = at_most(bhi_lm_net_loss(&net, t->params, NULL, t->work, t->held_out,
                                            t->held_out_next, B_HELD_OUT, T, NULL),
                            LOSS_MAX);
    t->diverged |= t->validation >= LOSS_MAX;
}

static void write_text(training *t)
{
    bh_rng rng = bh_rng_split(&t->rng);
    int v = (int)bh_rng_below(&rng, V);
    for (int i = 0; i < N_CORPUS; i++) {
        t->corpus[i] = (unsigned char)v;
        v = draw_next(&t->text, v, &rng);
    }
    for (int i = 0; i < B_HELD_OUT * T; i++) {
        t->held_out[i] = v;
        t->held_out_next[i] = v = draw_next(&t->text, v, &rng);
    }
}

static void clear_optimizer(training *t)
{
    memset(t->m, 0, sizeof t->m);
    memset(t->v, 0, sizeof t->v);
    t->beta1_power = t->beta2_power = 1;
}

// One update; its loss, and the gradient's norm.
static double update(training *t, const bhi_lm_net *net, double rate, double *norm)
{
    int tokens[B * T], targets[B * T];
    for (int b = 0; b < B; b++) {
        int at = (int)bh_rng_below(&t->rng, N_CORPUS - T);
        for (int i = 0; i < T; i++) {
            tokens[b * T + i] = t->corpus[at + i];
            targets[b * T + i] = t->corpus[at + i + 1];
        }
    }
    double loss = bhi_lm_net_loss(net, t->params, t->grads, t->work, tokens, targets, B, T, NULL);
    double sum = 0;
    for (int i = 0; i < net->n_params; i++) sum += (double)t->grads[i] * (double)t->grads[i];
    *norm = sqrt(sum);
    bhi_optimizer opt = {.settings = t->settings,
                         .n = net->n_params,
                         .m = t->m,
                         .v = t->v,
                         .beta1_power = t->beta1_power,
                         .beta2_power = t->beta2_power};
    bhi_optimizer_step(&opt, t->params, t->grads, rate, 1);
    t->beta1_power = opt.beta1_power;
    t->beta2_power = opt.beta2_power;
    return loss;
}

// n updates; a loss or gradient that is no number, or a loss of LOSS_MAX, is the end of it.
static void train(training *t, double rate, int n)
{
    bhi_lm_net net = net_shape();
    double losses = 0, norms = 0;
    for (int i = 0; i < n && !t->diverged; i++) {
        double norm, loss = update(t, &net, rate, &norm);
        t->diverged = !(loss < LOSS_MAX) || !(norm < 1e6);
        losses += at_most(loss, LOSS_MAX);
        norms += at_most(norm, 1e6);
        if (t->diverged) n = i + 1;
    }
    t->loss = losses / n;
    t->grad_norm = norms / n;
    if (t->diverged) t->validation = LOSS_MAX;
    else validate(t);
}

static double cosine(double peak, double progress)
{
    return 0.5 * peak * (1 + bh_cos(3.141592653589793 * progress));
}

// Everything up to the first decision. What the model lost then, and the norm, are of a first
// batch.
static void start(training *t, bh_rng *rng, int task, bhi_optimizer_kind kind)
{
    t->rng = bh_rng_split(rng);
    t->diverged = 0;
    t->settings = bhi_optimizer_defaults(BHI_ADAM);
    bhi_lm_net net = net_shape();
    bhi_lm_net_init(&net, t->params, &t->rng);
    draw_source(&t->text, &t->rng);
    write_text(t);
    clear_optimizer(t);
    if (task == BHI_FINETUNING) {
        for (int i = 0; i < N_FIRST; i += N_UPDATES) {
            train(t, cosine(FIRST_PEAK, (double)i / N_FIRST), N_UPDATES);
        }
        change_source(&t->text);
        write_text(t);
    }
    train(t, 0, 1);
    clear_optimizer(t);
    t->settings = bhi_optimizer_defaults(kind);
}

double bhi_learning_rate_run(uint64_t seed, int task, const double *rates, int n)
{
    training *t = bh_alloc(sizeof *t);
    if (t == NULL) return NAN;
    bh_rng rng = bh_rng_seed(seed);
    start(t, &rng, task, BHI_ADAM);
    for (int i = 0; i < n && !t->diverged; i++) train(t, rates[i], N_UPDATES);
    double validation = t->validation;
    bh_free(t, sizeof *t);
    return validation;
}

// ---- the environment ----

typedef struct learning_rate {
    int task, kind, updates; // options
    int n;                   // decisions of an episode
    int decision;            // done
    int exponent;
    int action;
    double reward;
    double best; // lowest validation loss
    float rates[DECISIONS_MAX + 1], losses[DECISIONS_MAX + 1], validations[DECISIONS_MAX + 1];
    training training;
} learning_rate;

static const int changes[N_ACTIONS] = {-2, -1, 0, 1, 2}; // of the exponent

static double rate_of(int kind, int exponent)
{
    double rate = base_rates[kind];
    for (int i = 0; i < exponent; i++) rate *= 2;
    for (int i = 0; i > exponent; i--) rate /= 2;
    return rate;
}

static double current_rate(const learning_rate *e)
{
    return rate_of(e->kind, e->exponent);
}

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)err;
    learning_rate *e = state;
    const learning_rate_config *c = config;
    e->task = c->task;
    e->kind = c->optimizer;
    e->n = c->decisions;
    e->updates = c->updates;
    e->action = -1;
    bhi_lm_net net = net_shape();
    assert(net.n_params == N_PARAMS && bhi_lm_net_work(&net, T) == N_WORK);
    (void)net;
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    (void)state;
    static const float low[N_OBS] = {0, -1, 0, -1, 0, -1, -3, 0};
    static const float high[N_OBS] = {1, 1, 2, 1, 2, 1, 6, 2};
    *observation = (bh_space){BH_SPACE_BOX, N_OBS, low, high};
    *action = (bh_space){BH_SPACE_DISCRETE, N_ACTIONS, NULL, NULL};
}

static float cut(double x, double low, double high)
{
    return (float)(x < low ? low : at_most(x, high));
}

// The paths so far end with how things stand.
static void observe(learning_rate *e, float *obs)
{
    const training *t = &e->training;
    int i = e->decision, before = i > 0 ? i - 1 : 0;
    e->rates[i] = (float)current_rate(e);
    e->losses[i] = (float)t->loss;
    e->validations[i] = (float)t->validation;
    e->best = i == 0 ? t->validation : at_most(t->validation, e->best);
    obs[0] = (float)i / (float)e->n;
    obs[1] = (float)e->exponent / EXPONENT_MAX;
    obs[2] = cut(t->loss / LOG_V, 0, 2);
    obs[3] = cut((double)e->losses[before] - t->loss, -1, 1);
    obs[4] = cut(t->validation / LOG_V, 0, 2);
    obs[5] = cut((double)e->validations[before] - t->validation, -1, 1);
    obs[6] = cut(bh_log(t->grad_norm) / LOG_10, -3, 6);
    obs[7] = cut(e->best / LOG_V, 0, 2);
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    learning_rate *e = state;
    start(&e->training, rng, e->task, kinds[e->kind]);
    e->decision = e->exponent = 0;
    e->action = -1;
    e->reward = 0;
    observe(e, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    (void)rng; // the training has a stream of its own
    learning_rate *e = state;
    double before = e->training.validation;
    int exponent = e->exponent + changes[action];
    e->exponent = exponent < -EXPONENT_MAX  ? -EXPONENT_MAX
                  : exponent > EXPONENT_MAX ? EXPONENT_MAX
                                            : exponent;
    train(&e->training, current_rate(e), e->updates);
    e->action = action;
    e->reward = before - e->training.validation;
    e->decision++;
    *reward = e->reward;
    *terminated = e->training.diverged || e->decision == e->n;
    observe(e, obs);
}

// ---- telling ----

static void view(const void *state, float *out)
{
    const learning_rate *e = state;
    *out++ = (float)e->decision;
    *out++ = (float)e->n;
    *out++ = (float)e->action;
    *out++ = (float)e->reward;
    *out++ = (float)e->training.diverged;
    const float *const paths[] = {e->rates, e->losses, e->validations};
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i <= DECISIONS_MAX; i++) *out++ = i <= e->decision ? paths[k][i] : -1;
    }
}

static void describe(const void *state, bh_text *out)
{
    const learning_rate *e = state;
    bh_text_add(out, "decision %d of %d: learning rate %.3g, ", e->decision, e->n, current_rate(e));
    if (e->training.diverged) bh_text_add(out, "the training diverged");
    else
        bh_text_add(out, "validation loss %.2f nats, from %.2f", e->training.validation,
                    (double)e->validations[0]);
}

static void layout(const void *state, bh_text *out)
{
    const learning_rate *e = state;
    bh_text_add(out, "{\"actions\":[\"/ 4\",\"/ 2\",\"keep\",\"x 2\",\"x 4\"],\"rates\":[");
    for (int k = -EXPONENT_MAX; k <= EXPONENT_MAX; k++) {
        if (k > -EXPONENT_MAX) bh_text_add(out, ",");
        bh_text_add_real(out, rate_of(e->kind, k));
    }
    bh_text_add(out, "],\"decisions\":%d,\"updates\":%d,\"guessing\":", e->n, e->updates);
    bh_text_add_real(out, LOG_V);
    bh_text_add(out, "}");
}

static void info(const void *state, bh_text *out)
{
    const learning_rate *e = state;
    bh_text_add(out, "{\"loss\":");
    bh_text_add_real(out, e->training.loss);
    bh_text_add(out, ",\"learning_rate\":");
    bh_text_add_real(out, current_rate(e));
    bh_text_add(out, ",\"validation\":");
    bh_text_add_real(out, e->training.validation);
    bh_text_add(out, ",\"gradient_norm\":");
    bh_text_add_real(out, e->training.grad_norm);
    bh_text_add(out, "}");
}

// One step at a time: what follows a rate that was tried at random would be held against it.
// Squared errors: the means count, also those of the rare trainings that go wrong.
static const bh_preset presets[] = {
    {"dqn", "total_timesteps=20000 learning_rate=0.001 learning_rate_schedule=linear gamma=1 "
            "double_q=true loss=mse buffer_size=20000 learning_starts=500 batch_size=64 "
            "train_freq=1 target_update_interval=1000 exploration_fraction=0.5 "
            "exploration_final_eps=0.02 eval_freq=2000 n_eval_episodes=100"},
};

static int is_possible(const void *state, int is_running)
{
    const learning_rate *e = state;
    return !is_running || e->decision < e->n;
}

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(learning_rate, decision, 0, DECISIONS_MAX),
    BHI_STATE_FIELD_WITHIN(learning_rate, exponent, -EXPONENT_MAX, EXPONENT_MAX),
    BHI_STATE_SHOWN_FIELD(learning_rate, action),
    BHI_STATE_SHOWN_FIELD(learning_rate, reward),
    BHI_STATE_FIELD(learning_rate, best),
    BHI_STATE_SHOWN_FIELD(learning_rate, rates),
    BHI_STATE_FIELD(learning_rate, losses),
    BHI_STATE_FIELD(learning_rate, validations),
    BHI_STATE_FIELD_WITHIN(learning_rate, training.corpus, 0, V - 1),
    BHI_STATE_FIELD_WITHIN(learning_rate, training.held_out, 0, V - 1),
    BHI_STATE_FIELD_WITHIN(learning_rate, training.held_out_next, 0, V - 1),
    BHI_STATE_FIELD(learning_rate, training.rng.state),
    BHI_STATE_FIELD(learning_rate, training.rng.gamma),
    BHI_STATE_FIELD(learning_rate, training.beta1_power),
    BHI_STATE_FIELD(learning_rate, training.beta2_power),
    BHI_STATE_SHOWN_FIELD(learning_rate, training.loss),
    BHI_STATE_SHOWN_FIELD(learning_rate, training.grad_norm),
    BHI_STATE_FIELD(learning_rate, training.validation),
    BHI_STATE_FIELD(learning_rate, training.diverged),
    BHI_STATE_FIELD(learning_rate, training.params),
    BHI_STATE_FIELD(learning_rate, training.m),
    BHI_STATE_FIELD(learning_rate, training.v),
    {NULL},
};

const bh_env_def bh_env_learning_rate = {
    .id = "LearningRate-v0",
    .summary = BH_HELP("Steer the learning rate of a small language model while it is trained, for "
                       "the lowest validation loss at the end"),
    .config = &table,
    .reward_threshold = BHI_LEARNING_RATE_THRESHOLD,
    .state_bytes = sizeof(learning_rate),
    .state_fields = state_fields,
    .is_possible = is_possible,
    BH_PRESETS(presets),
    .n_view = N_VIEW,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
    .info = info,
};
