// SPDX-License-Identifier: MIT
// Dynamic programming: one planner, with or without a policy, improving it or not.
#include "rl/planning.h"

#include "rl/q_table.h"
#include "rl/tabular.h"

#include <math.h>
#include <string.h>

#define BH_CONFIG_STRUCT bh_value_iteration_config
static const bh_field value_iteration_fields[] = {BH_PLANNING_CONFIG(BH_ENTRY)};
#undef BH_CONFIG_STRUCT
#define BH_CONFIG_STRUCT bh_policy_iteration_config
static const bh_field policy_iteration_fields[] = {BH_POLICY_ITERATION_CONFIG(BH_ENTRY)};
#undef BH_CONFIG_STRUCT
#define BH_CONFIG_STRUCT bh_policy_evaluation_config
static const bh_field policy_evaluation_fields[] = {BH_POLICY_EVALUATION_CONFIG(BH_ENTRY)};

#define TABLE(name, id)                                                                       \
    {                                                                                         \
        name, id##_fields, sizeof id##_fields / sizeof *id##_fields, sizeof(bh_##id##_config) \
    }
const bh_config_table bh_value_iteration_table = TABLE("Value iteration", value_iteration);
const bh_config_table bh_policy_iteration_table = TABLE("Policy iteration", policy_iteration);
const bh_config_table bh_policy_evaluation_table = TABLE("Policy evaluation", policy_evaluation);

// One of the three.
typedef struct planning_method {
    const bh_config_table *table;
    int has_policy, improves;
} planning_method;

typedef struct planner {
    bhi_q_table base;
    union { // all start with gamma and tolerance
        bh_value_iteration_config any;
        bh_policy_iteration_config policy_iteration;
        bh_policy_evaluation_config policy_evaluation;
    } config;
    const planning_method *method;
    bh_rng rng;
    double change, change_gamma; // of the last sweep, and the gamma it was made with
    int sweeps;                  // since the policy was improved
    int stable;     // the last improvement changed nothing, and there was no sweep since
    double *q_new;  // (S,A)
    double *policy; // (S,A) the second block; NULL without
} planner;

// ---- sweeps and improvements ----

static int is_settled(const planner *p)
{
    return p->change <= p->config.any.tolerance && p->change_gamma == p->config.any.gamma;
}

static void sweep(planner *p)
{
    bhi_q_table *t = &p->base;
    const bh_mdp *mdp = t->spec.mdp;
    double gamma = p->config.any.gamma;
    p->change = p->policy != NULL
                    ? bh_tabular_policy_sweep(p->q_new, t->blocks, p->policy, mdp, gamma)
                    : bh_tabular_sweep(p->q_new, t->blocks, mdp, gamma);
    p->change_gamma = gamma;
    memcpy(t->blocks, p->q_new, bhi_q_table_entries(t) * sizeof *t->blocks);
    p->sweeps++;
    p->stable = 0;
    int S = mdp->n_states, A = mdp->n_actions;
    double mean = 0;
    for (int s = 0; s < S; s++) mean += t->blocks[s * A + bh_greedy(t->blocks + s * A, A)] / S;
    bhi_q_table_count(t, p->change, mean);
}

static void improve(planner *p)
{
    bhi_q_table *t = &p->base;
    int changed = bh_tabular_improve(p->policy, t->blocks, t->spec.mdp->n_states, t->spec.n_actions,
                                     p->config.any.tolerance);
    p->stable = changed == 0;
    if (changed > 0) p->change = INFINITY;
    p->sweeps = 0;
    t->n_updates++;
}

static int is_time_to_improve(const planner *p)
{
    if (!p->method->improves || p->stable) return 0;
    int limit = p->config.policy_iteration.evaluation_sweeps;
    return is_settled(p) || (limit > 0 && p->sweeps >= limit);
}

static void learn(void *agent)
{
    planner *p = agent;
    if (is_time_to_improve(p)) improve(p);
    else if (!is_settled(p)) sweep(p);
}

// ---- the policy ----

static bh_status fail_action(char c, int s, int A, bh_error *err)
{
    return bh_fail(err, BH_ERR_CONFIG,
                   "Policy evaluation: policy has '%c' for state %d, but must have an action, 0 to "
                   "%d, or *",
                   c >= ' ' && c <= '~' ? c : '?', s, A - 1);
}

// Fills the policy: the uniform one, changed by the text.
static bh_status read_policy(double *policy, const char *text, int S, int A, bh_error *err)
{
    for (int i = 0; i < S * A; i++) policy[i] = 1.0 / A;
    int s = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr("/ \r\n\t", *c) != NULL) continue;
        int a = *c - '0';
        if (*c != '*' && (a < 0 || a > 9 || a >= A)) return fail_action(*c, s, A, err);
        for (int k = 0; *c != '*' && s < S && k < A; k++) policy[s * A + k] = k == a;
        s++;
    }
    if (s == 0 || s == S) return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG,
                   "Policy evaluation: policy has %d states, but the environment has %d", s, S);
}

// Action a with probability p[a].
static int draw(bh_rng *rng, const double *p, int A)
{
    double u = bh_rng_uniform(rng);
    int a = 0;
    while (a < A - 1 && u >= p[a]) u -= p[a++];
    return a;
}

static void act(void *agent, int *actions, unsigned char *explored, const float *obs, int n)
{
    planner *p = agent;
    int A = p->base.spec.n_actions;
    for (int i = 0; i < n; i++) {
        int row = (int)obs[i] * A;
        actions[i] = p->policy != NULL ? draw(&p->rng, p->policy + row, A)
                                       : bh_greedy(p->base.blocks + row, A);
        explored[i] = p->policy != NULL && p->policy[row + actions[i]] < 1;
    }
}

// ---- the agent ----

static void layout(planner *p, bhi_arena *arena)
{
    bhi_arena_array(arena, 1, sizeof *p);
    bhi_q_table_layout(&p->base, arena);
    p->q_new = bhi_arena_array(arena, bhi_q_table_entries(&p->base), sizeof *p->q_new);
}

static bh_status create(void **out, const planning_method *method, const void *config,
                        const bh_agent_spec *spec, bh_error *err)
{
    static const char *const names[] = {"q_table", "policy"};
    *out = NULL;
    bh_status status = bhi_q_table_check(method->table, config, spec, err);
    if (status != BH_OK) return status;
    planner shape = {.method = method, .change = INFINITY};
    shape.base =
        (bhi_q_table){.spec = *spec, .names = names, .n_blocks = 1 + method->has_policy, .n_q = 1};
    memcpy(&shape.config, config, method->table->bytes);
    bhi_arena arena = {0};
    layout(&shape, &arena);
    planner *p = bh_alloc(arena.used);
    if (p == NULL) return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", method->table->name);
    *p = shape;
    p->base.bytes = arena.used;
    p->base.config = &p->config;
    layout(p, &(bhi_arena){(unsigned char *)p, 0});
    p->rng = bh_rng_split(&p->base.spec.rng);
    if (method->has_policy) {
        p->policy = p->base.blocks + bhi_q_table_entries(&p->base);
        const char *text = method->improves ? "" : p->config.policy_evaluation.policy;
        status = read_policy(p->policy, text, spec->observation.n, spec->n_actions, err);
    }
    if (status == BH_OK) *out = p;
    else bhi_q_table_destroy(p);
    return status;
}

static void observe(void *agent, const bh_experience *experience)
{
    (void)agent;
    (void)experience;
}

static void stats(void *agent, bh_agent_stats *out)
{
    bhi_q_table_stats(agent, out);
    out->learning_rate = 1;
}

static void params_changed(void *agent)
{
    planner *p = agent;
    p->change = INFINITY;
    p->stable = 0;
}

// ---- the three classes ----

// Defines create and class of one method.
#define METHOD(id, class_name, with_policy, improves, text)                                 \
    static bh_status id##_create(void **out, const void *config, const bh_agent_spec *spec, \
                                 bh_error *err)                                             \
    {                                                                                       \
        static const planning_method own = {&bh_##id##_table, with_policy, improves};       \
        return create(out, &own, config, spec, err);                                        \
    }                                                                                       \
    const bh_agent_class bh_##id##_class = {                                                \
        .name = class_name,                                                                 \
        .summary = BH_HELP(text),                                                           \
        .config = &bh_##id##_table,                                                         \
        .needs_mdp = 1,                                                                     \
        .create = id##_create,                                                              \
        .act = act,                                                                         \
        .observe = observe,                                                                 \
        .learn = learn,                                                                     \
        .stats = stats,                                                                     \
        .params_changed = params_changed,                                                   \
        BHI_Q_TABLE_CLASS,                                                                  \
    };

METHOD(value_iteration, "value-iteration", 0, 0,
       "Value iteration: sweeps over the transition table")
METHOD(policy_iteration, "policy-iteration", 1, 1,
       "Policy iteration: evaluates a policy by sweeps, improves it, and again")
METHOD(policy_evaluation, "policy-evaluation", 1, 0,
       "Policy evaluation: the values of a policy that stays, by sweeps")
