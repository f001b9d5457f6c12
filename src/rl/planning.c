// SPDX-License-Identifier: MIT
// Dynamic programming: one planner, with or without a policy, improving it or not.
#include "rl/planning.h"

#include "rl/q_table.h"
#include "rl/tabular.h"
#include "rl/update_record.h"

#include <math.h>
#include <string.h>

#define PLANNING_ROWS                                                               \
    BH_REAL(gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE, "Discount factor"), \
        BH_REAL(tolerance, BH_DEFAULT("1e-12"), BH_RANGE(0, 1), BH_LIVE,            \
                "Sweeps stop when no value changes by more")

#define BH_CONFIG_STRUCT bh_value_iteration_config
static const bh_field value_iteration_fields[] = {
    PLANNING_ROWS,
};
const bh_config_table bh_value_iteration_table =
    BH_CONFIG_TABLE("Value iteration", bh_value_iteration_config, value_iteration_fields);
#undef BH_CONFIG_STRUCT

#define BH_CONFIG_STRUCT bh_policy_iteration_config
static const bh_field policy_iteration_fields[] = {
    PLANNING_ROWS,
    BH_INT(evaluation_sweeps, BH_DEFAULT("0"), BH_RANGE(0, 1000000), BH_LIVE,
           "Sweeps before the policy is improved; 0 for as many as settle its values"),
};
const bh_config_table bh_policy_iteration_table =
    BH_CONFIG_TABLE("Policy iteration", bh_policy_iteration_config, policy_iteration_fields);
#undef BH_CONFIG_STRUCT

#define BH_CONFIG_STRUCT bh_policy_evaluation_config
static const bh_field policy_evaluation_fields[] = {
    PLANNING_ROWS,
    BH_TEXT(policy, BH_DEFAULT(""), BH_UP_TO(1000), BH_RESET,
            "The policy: one digit per state, its action, or * for any, as likely; rows may be "
            "separated by / or new lines; empty: * everywhere"),
};
const bh_config_table bh_policy_evaluation_table =
    BH_CONFIG_TABLE("Policy evaluation", bh_policy_evaluation_config, policy_evaluation_fields);
#undef BH_CONFIG_STRUCT

BH_DEFINE_CONFIG_DEFAULT(bh_policy_evaluation, bh_policy_evaluation_table)
BH_DEFINE_CONFIG_DEFAULT(bh_policy_iteration, bh_policy_iteration_table)
BH_DEFINE_CONFIG_DEFAULT(bh_value_iteration, bh_value_iteration_table)

// One of the three.
typedef struct planning_method {
    int has_policy, improves;
} planning_method;

typedef struct planner {
    bhi_q_table table;
    bh_rng rng;
    double change, change_gamma; // of the last sweep, and the gamma it was made with
    int sweeps;                  // since the policy was improved
    int stable;     // the last improvement changed nothing, and there was no sweep since
    double *q_new;  // (S,A)
    double *policy; // (S,A) the second block; NULL without
} planner;

static const planning_method *method_of(const planner *p)
{
    return p->table.base.class->functions->variant;
}

// All three configs begin with gamma and tolerance, which is what value iteration has.
static const bh_value_iteration_config *config_of(const planner *p)
{
    return p->table.base.config;
}

// ---- sweeps and improvements ----

static int is_settled(const planner *p)
{
    return p->change <= config_of(p)->tolerance && p->change_gamma == config_of(p)->gamma;
}

static void sweep(planner *p)
{
    bhi_q_table *t = &p->table;
    const bh_mdp *mdp = t->base.spec.mdp;
    double gamma = config_of(p)->gamma;
    if (bhi_begin_update(&t->base)) {
        bhi_show_number(&t->base, "gamma", gamma);
        BHI_SHOW(&t->base, "q", t->blocks, mdp->n_states, mdp->n_actions);
        BHI_SHOW(&t->base, "policy", p->policy, mdp->n_states, mdp->n_actions);
    }
    p->change = p->policy != NULL
                    ? bh_tabular_policy_sweep(p->q_new, t->blocks, p->policy, mdp, gamma)
                    : bh_tabular_sweep(p->q_new, t->blocks, mdp, gamma);
    p->change_gamma = gamma;
    BHI_SHOW(&t->base, "q_new", p->q_new, mdp->n_states, mdp->n_actions);
    bhi_show_number(&t->base, "change", p->change);
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
    bhi_q_table *t = &p->table;
    int S = t->base.spec.mdp->n_states, A = t->base.spec.n_actions;
    if (bhi_begin_update(&t->base)) {
        BHI_SHOW(&t->base, "q", t->blocks, S, A);
        BHI_SHOW(&t->base, "policy", p->policy, S, A);
    }
    int changed = bh_tabular_improve(p->policy, t->blocks, S, A, config_of(p)->tolerance);
    BHI_SHOW(&t->base, "policy_new", p->policy, S, A);
    bhi_show_number(&t->base, "changed", changed);
    p->stable = changed == 0;
    if (changed > 0) p->change = INFINITY;
    p->sweeps = 0;
    t->base.n_updates++;
}

static int is_time_to_improve(const planner *p)
{
    if (!method_of(p)->improves || p->stable) return 0;
    const bh_policy_iteration_config *config = p->table.base.config;
    int limit = config->evaluation_sweeps;
    return is_settled(p) || (limit > 0 && p->sweeps >= limit);
}

static int learn(void *agent)
{
    planner *p = agent;
    if (is_time_to_improve(p)) improve(p);
    else if (!is_settled(p)) sweep(p);
    p->table.base.piece = 0;
    return 0;
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
    int A = p->table.base.spec.n_actions;
    for (int i = 0; i < n; i++) {
        int row = (int)obs[i] * A;
        actions[i] = p->policy != NULL ? draw(&p->rng, p->policy + row, A)
                                       : bh_greedy(p->table.blocks + row, A);
        explored[i] = p->policy != NULL && p->policy[row + actions[i]] < 1;
    }
}

static int act_rngs(void *agent, bh_rng **out)
{
    out[0] = &((planner *)agent)->rng;
    return 1;
}

// ---- the agent ----

static bh_status shape(void *agent, bh_error *err)
{
    static const char *const names[] = {"q_table", "policy"};
    planner *p = agent;
    p->table.names = names;
    p->table.n_blocks = 1 + method_of(p)->has_policy;
    p->table.n_q = 1;
    return bhi_q_table_check(&p->table, err);
}

static void layout(void *agent, bhi_arena *arena)
{
    planner *p = agent;
    bhi_q_table_layout(&p->table, arena);
    p->q_new = bhi_arena_array(arena, bhi_q_table_entries(&p->table), sizeof *p->q_new);
}

static bh_status init(void *agent, bh_error *err)
{
    planner *p = agent;
    bhi_agent_spec *spec = &p->table.base.spec;
    const bh_policy_evaluation_config *config = p->table.base.config;
    p->rng = bh_rng_split(&spec->rng);
    p->change = INFINITY;
    if (!method_of(p)->has_policy) return BH_OK;
    p->policy = p->table.blocks + bhi_q_table_entries(&p->table);
    return read_policy(p->policy, method_of(p)->improves ? "" : config->policy, spec->observation.n,
                       spec->n_actions, err);
}

static void state(void *agent, bhi_state_visitor *visitor)
{
    planner *p = agent;
    bhi_q_table_state(agent, visitor);
    bhi_rng_state(&p->rng, 1, "rng", visitor);
    BHI_STATE(visitor, "change", &p->change, 1);
    BHI_STATE(visitor, "change_gamma", &p->change_gamma, 1);
    bhi_state_within(visitor, 0, BHI_STATE_STEPS_MAX);
    BHI_STATE(visitor, "sweeps", &p->sweeps, 1);
    BHI_STATE(visitor, "stable", &p->stable, 1);
}

static void observe(void *agent, const bh_experience *experience)
{
    (void)agent;
    (void)experience;
}

static void rates(const void *agent, bhi_agent_metrics *out)
{
    (void)agent;
    out->epsilon = 0;
    out->learning_rate = 1;
}

static void params_changed(void *agent)
{
    planner *p = agent;
    p->change = INFINITY;
    p->stable = 0;
}

// ---- the three classes ----

// The class of one method.
#define METHOD(id, class_name, with_policy, improves, text)             \
    static const bhi_agent_functions id##_functions = {                 \
        .variant = &(const planning_method){with_policy, improves},     \
        .bytes = sizeof(planner),                                       \
        .shape = shape,                                                 \
        .layout = layout,                                               \
        .state = state,                                                 \
        .init = init,                                                   \
        .act = act,                                                     \
        .act_rngs = act_rngs,                                           \
        .observe = observe,                                             \
        .learn = learn,                                                 \
        .rates = rates,                                                 \
        .params_changed = params_changed,                               \
        BHI_Q_TABLE_FUNCTIONS,                                          \
    };                                                                  \
    const bh_agent_class bh_##id##_class = {.name = class_name,         \
                                            .summary = BH_HELP(text),   \
                                            .config = &bh_##id##_table, \
                                            .needs_mdp = 1,             \
                                            .functions = &id##_functions};

METHOD(value_iteration, "value-iteration", 0, 0,
       "Value iteration: sweeps over the transition table")
METHOD(policy_iteration, "policy-iteration", 1, 1,
       "Policy iteration: evaluates a policy by sweeps, improves it, and again")
METHOD(policy_evaluation, "policy-evaluation", 1, 0,
       "Policy evaluation: the values of a policy that stays, by sweeps")
