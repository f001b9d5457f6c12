// SPDX-License-Identifier: MIT
// Tabular temporal-difference learning: one agent, four targets.
#include "rl/td_table.h"

#include "optim/schedule.h"
#include "rl/action_prior.h"
#include "rl/explore.h"
#include "rl/q_table.h"
#include "rl/tabular.h"
#include "rl/update_record.h"

#define BH_CONFIG_STRUCT bh_td_table_config
static const bh_field fields[] = {
    BH_REAL_AT(learning_rate.start, learning_rate, BH_DEFAULT("0.1"), BH_RANGE(0, 1), BH_LIVE,
               "Alpha: how far an update goes to its target"),
    BHI_SCHEDULE_ROWS(learning_rate, "constant", "0", "0"),
    BH_REAL(gamma, BH_DEFAULT("0.99"), BH_RANGE(0, 1), BH_LIVE, "Discount factor"),
    BHI_EXPLORE_ROWS(explore, "0.5", "0.1"),
    BH_REAL(initial_q, BH_DEFAULT("0"), BH_RANGE(-1e6, 1e6), BH_RESET,
            "Value every entry of the table starts from"),
    BHI_EXPLORE_TARGET_ROW(explore),
};

#define N_FIELDS (int)(sizeof fields / sizeof *fields)
#define TABLE(name, n_fields)                              \
    {                                                      \
        name, fields, n_fields, sizeof(bh_td_table_config) \
    }
// The bonus in the target comes last, and only Q-learning has it.
const bh_config_table bh_q_learning_table = TABLE("Q-learning", N_FIELDS);
const bh_config_table bh_sarsa_table = TABLE("SARSA", N_FIELDS - 1);
const bh_config_table bh_expected_sarsa_table = TABLE("Expected SARSA", N_FIELDS - 1);
const bh_config_table bh_double_q_learning_table = TABLE("Double Q-learning", N_FIELDS - 1);
BH_DEFINE_CONFIG_DEFAULT(bh_td_table, bh_q_learning_table)

// A transition; discount is 0 where nothing follows.
typedef struct step {
    int s, a;
    double r, discount;
    int s_next;
    int truncated;
    const float *mask; // (A) of s_next, where there are masks; borrowed from the observation
    int waits;         // in td_table.pending: it is one
} step;

typedef struct td_table td_table;

// One of the four.
typedef struct td_method {
    const char *const *names; // (n_q) of the tensors
    int n_q;
    void (*learn)(td_table *t, const step *now, step *pending);
} td_method;

struct td_table {
    bhi_q_table table;
    bh_rng explore_rng, coin_rng;
    bhi_counts counts;    // UCB
    step *pending;        // (n_envs)
    double *row;          // (A) scratch
    double *legal_q;      // (A) scratch, where there are masks
    unsigned char *legal; // (A) scratch
};

// ---- schedules and exploration ----

static const bh_td_table_config *config_of(const td_table *t)
{
    return t->table.base.config;
}

static double learning_rate(const td_table *t)
{
    return bhi_schedule_at(&config_of(t)->learning_rate, 1, bhi_agent_progress(&t->table.base));
}

static double rate(const td_table *t)
{
    return bhi_explore_rate(&config_of(t)->explore, bhi_agent_progress(&t->table.base));
}

static uint32_t *counts_of(const td_table *t, int s)
{
    return config_of(t)->explore.kind == BHI_UCB ? bhi_counts_of_state(&t->counts, s) : NULL;
}

// Values q (A) with that mask: illegal actions out of reach.
static const double *legal_values(td_table *t, const double *q, const float *mask)
{
    if (mask == NULL) return q;
    for (int a = 0; a < t->table.base.spec.n_actions; a++)
        t->legal_q[a] = mask[a] != 0 ? q[a] : (double)BHI_NOT_ALLOWED;
    return t->legal_q;
}

static int choose(td_table *t, const float *obs, const double *q, unsigned char *explored)
{
    const bhi_agent_spec *spec = &t->table.base.spec;
    const float *mask = bh_space_mask(&spec->observation, obs);
    const bh_explore_config *explore = &config_of(t)->explore;
    int A = spec->n_actions, a = bhi_explore_random(explore, rate(t), &t->explore_rng, A);
    *explored = a >= 0;
    if (*explored && mask == NULL) return a;
    if (*explored) {
        bhi_encode_mask(t->legal, obs, 1, &t->table.base.encoder);
        return bhi_random_allowed(t->legal, A, &t->explore_rng);
    }
    return bhi_explore_choose(explore, rate(t), &t->explore_rng, legal_values(t, q, mask),
                              counts_of(t, (int)obs[0]), A, explored);
}

// The probabilities of choose() in the next state, in t->row.
static const double *policy_of(td_table *t, const step *e)
{
    int A = t->table.base.spec.n_actions;
    const bh_explore_config *explore = &config_of(t)->explore;
    bhi_explore_probabilities(explore, rate(t), t->row,
                              legal_values(t, t->table.blocks + e->s_next * A, e->mask), A);
    return t->row;
}

static int has_target_bonus(const td_table *t)
{
    return config_of(t)->explore.kind == BHI_UCB && config_of(t)->explore.bonus_in_target;
}

// The greedy policy of the next state, among its legal actions and with a bonus for rare ones, in
// t->row; and what the bonus of its action is.
static const double *greedy_policy(td_table *t, const step *e, double *bonus)
{
    int A = t->table.base.spec.n_actions;
    const bh_explore_config *explore = &config_of(t)->explore;
    const uint32_t *counts = counts_of(t, e->s_next);
    const double *q = legal_values(t, t->table.blocks + e->s_next * A, e->mask);
    for (int a = 0; a < A; a++) {
        t->row[a] = q[a];
        if (has_target_bonus(t)) t->row[a] += bhi_explore_target_bonus(explore, counts[a]);
    }
    int best = bh_greedy(t->row, A);
    *bonus = has_target_bonus(t) ? bhi_explore_target_bonus(explore, counts[best]) : 0;
    for (int a = 0; a < A; a++) t->row[a] = a == best;
    return t->row;
}

// ---- the four targets ----

// What an update of q begins from; q_next rates what follows.
static void show_begin(td_table *t, const double *q, const double *q_next, const step *e)
{
    bhi_agent *agent = &t->table.base;
    int A = agent->spec.n_actions;
    if (!bhi_begin_update(agent)) return;
    bhi_show_number(agent, "s_tm1", e->s);
    bhi_show_number(agent, "a_tm1", e->a);
    bhi_show_number(agent, "r_t", e->r);
    bhi_show_number(agent, "discount_t", e->discount);
    bhi_show_number(agent, "s_t", e->s_next);
    bhi_show_number(agent, "learning_rate", learning_rate(t));
    BHI_SHOW(agent, "q_tm1", q + e->s * A, 1, A);
    BHI_SHOW(agent, "q_t", q_next + e->s_next * A, 1, A);
}

static void learned(td_table *t, const double *q, const step *e, double td)
{
    bhi_show_number(&t->table.base, "td", td);
    bhi_show_number(&t->table.base, "q_new", q[e->s * t->table.base.spec.n_actions + e->a]);
    bhi_q_table_row(&t->table, t->table.blocks, t->row, e->s);
    bhi_q_table_count(&t->table, td * td, t->row[bh_greedy(t->row, t->table.base.spec.n_actions)]);
}

static void learn_q(td_table *t, const step *now, step *pending)
{
    (void)pending;
    double *q = t->table.blocks;
    int A = t->table.base.spec.n_actions;
    show_begin(t, q, q, now);
    if (has_target_bonus(t) || now->mask != NULL) {
        double bonus;
        const double *policy = greedy_policy(t, now, &bonus);
        BHI_SHOW(&t->table.base, "probs_t", policy, 1, A);
        bhi_show_number(&t->table.base, "bonus_t", bonus);
        learned(t, q, now,
                bh_tabular_expected_sarsa(q, A, now->s, now->a, now->r + now->discount * bonus,
                                          now->discount, now->s_next, policy, learning_rate(t)));
        return;
    }
    learned(t, q, now,
            bh_tabular_q_learning(q, A, now->s, now->a, now->r, now->discount, now->s_next,
                                  learning_rate(t)));
}

static void learn_expected_sarsa(td_table *t, const step *now, step *pending)
{
    (void)pending;
    double *q = t->table.blocks;
    int A = t->table.base.spec.n_actions;
    const double *policy = policy_of(t, now);
    show_begin(t, q, q, now);
    BHI_SHOW(&t->table.base, "probs_t", policy, 1, A);
    learned(t, q, now,
            bh_tabular_expected_sarsa(q, A, now->s, now->a, now->r, now->discount, now->s_next,
                                      policy, learning_rate(t)));
}

static void learn_sarsa(td_table *t, const step *now, step *pending)
{
    double *q = t->table.blocks;
    if (pending->waits) {
        show_begin(t, q, q, pending);
        bhi_show_number(&t->table.base, "a_t", now->a);
        learned(t, q, pending,
                bh_tabular_sarsa(q, t->table.base.spec.n_actions, pending->s, pending->a,
                                 pending->r, pending->discount, pending->s_next, now->a,
                                 learning_rate(t)));
    }
    *pending = *now;
    pending->waits = now->discount > 0 && !now->truncated;
    pending->mask = NULL; // of an observation that is gone by then
    if (!pending->waits) learn_expected_sarsa(t, now, pending); // no action will be taken there
}

static void learn_double_q(td_table *t, const step *now, step *pending)
{
    (void)pending;
    double *q[] = {t->table.blocks, t->table.blocks + bhi_q_table_entries(&t->table)};
    int k = (int)bh_rng_below(&t->coin_rng, 2);
    show_begin(t, q[k], q[1 - k], now);
    bhi_show_number(&t->table.base, "table", k);
    int A = t->table.base.spec.n_actions;
    const double *q_choose = legal_values(t, q[k] + now->s_next * A, now->mask);
    BHI_SHOW(&t->table.base, "q_t_choose", q_choose, 1, A);
    // The action that the one table chooses, rated by the other: a SARSA target of two tables.
    double next = q[1 - k][now->s_next * A + bh_greedy(q_choose, A)];
    learned(t, q[k], now,
            now->mask == NULL
                ? bh_tabular_double_q(q[k], q[1 - k], A, now->s, now->a, now->r, now->discount,
                                      now->s_next, learning_rate(t))
                : bh_tabular_sarsa(q[k], A, now->s, now->a, now->r + now->discount * next, 0,
                                   now->s_next, now->a, learning_rate(t)));
}

// ---- the agent ----

static bh_status shape(void *agent, bh_error *err)
{
    td_table *t = agent;
    const td_method *method = t->table.base.class->functions->variant;
    t->table.names = method->names;
    t->table.n_blocks = t->table.n_q = method->n_q;
    return bhi_q_table_check(&t->table, err);
}

static void layout(void *agent, bhi_arena *arena)
{
    td_table *t = agent;
    const bhi_agent_spec *spec = &t->table.base.spec;
    bhi_q_table_layout(&t->table, arena);
    t->pending = bhi_arena_array(arena, (size_t)spec->n_envs, sizeof *t->pending);
    t->row = bhi_arena_array(arena, (size_t)spec->n_actions, sizeof *t->row);
    t->legal_q = bhi_arena_array(arena, (size_t)spec->observation.n_masked, sizeof *t->legal_q);
    t->legal = bhi_arena_array(arena, (size_t)spec->observation.n_masked, 1);
    if (config_of(t)->explore.kind == BHI_UCB)
        bhi_counts_layout(&t->counts, arena, &t->table.base.encoder, 1, spec->n_actions);
}

static bh_status init(void *agent, bh_error *err)
{
    (void)err;
    td_table *t = agent;
    t->explore_rng = bh_rng_split(&t->table.base.spec.rng);
    t->coin_rng = bh_rng_split(&t->table.base.spec.rng);
    size_t n = (size_t)t->table.n_q * bhi_q_table_entries(&t->table);
    for (size_t i = 0; i < n; i++) t->table.blocks[i] = config_of(t)->initial_q;
    return BH_OK;
}

static void state(void *agent, bhi_state_visitor *visitor)
{
    td_table *t = agent;
    step *p = t->pending;
    int n = t->table.base.spec.n_envs;
    bhi_q_table_state(agent, visitor);
    bhi_rng_state(&t->explore_rng, 1, "explore_rng", visitor);
    bhi_rng_state(&t->coin_rng, 1, "coin_rng", visitor);
    bhi_counts_state(&t->counts, visitor);
    bhi_state_begin(visitor, "pending");
    bhi_state_within(visitor, 0, t->table.base.spec.observation.n - 1);
    BHI_STATE_MEMBER(visitor, "s", &p->s, 1, n, sizeof *p);
    bhi_state_within(visitor, 0, t->table.base.spec.n_actions - 1);
    BHI_STATE_MEMBER(visitor, "a", &p->a, 1, n, sizeof *p);
    BHI_STATE_MEMBER(visitor, "r", &p->r, 1, n, sizeof *p);
    BHI_STATE_MEMBER(visitor, "discount", &p->discount, 1, n, sizeof *p);
    bhi_state_within(visitor, 0, t->table.base.spec.observation.n - 1);
    BHI_STATE_MEMBER(visitor, "s_next", &p->s_next, 1, n, sizeof *p);
    BHI_STATE_MEMBER(visitor, "waits", &p->waits, 1, n, sizeof *p);
    bhi_state_end(visitor);
}

static void act(void *agent, int *actions, unsigned char *explored, const float *obs, int n)
{
    td_table *t = agent;
    int F = bh_space_floats(&t->table.base.spec.observation);
    for (int i = 0; i < n; i++, obs += F) {
        bhi_q_table_row(&t->table, t->table.blocks, t->row, (int)obs[0]);
        actions[i] = choose(t, obs, t->row, &explored[i]);
    }
}

static int act_rngs(void *agent, bh_rng **out)
{
    out[0] = &((td_table *)agent)->explore_rng;
    return 1;
}

// Each transition is learned from as it comes.
static void observe(void *agent, const bh_experience *e)
{
    td_table *t = agent;
    const td_method *method = t->table.base.class->functions->variant;
    const bh_space *space = &t->table.base.spec.observation;
    int F = bh_space_floats(space);
    for (int i = 0; i < e->n; i++) {
        step now = {
            .s = (int)e->obs_tm1[i * F],
            .a = e->a_tm1[i],
            .r = bhi_encode_reward(e->r_t[i], &t->table.base.encoder),
            .discount = e->terminated_t[i] ? 0 : config_of(t)->gamma,
            .s_next = (int)e->obs_t[i * F],
            .truncated = e->truncated_t[i],
            .mask = bh_space_mask(space, e->obs_t + i * F),
        };
        if (config_of(t)->explore.kind == BHI_UCB) counts_of(t, now.s)[now.a]++;
        method->learn(t, &now, &t->pending[i]);
        t->table.base.timesteps++;
    }
}

// What SARSA still waits with is learned without the action that would have followed.
static void truncate(void *agent, const float *obs)
{
    td_table *t = agent;
    const bh_space *space = &t->table.base.spec.observation;
    for (int i = 0; i < t->table.base.spec.n_envs; i++) {
        t->pending[i].mask = bh_space_mask(space, obs + i * bh_space_floats(space));
        if (t->pending[i].waits) learn_expected_sarsa(t, &t->pending[i], &t->pending[i]);
        t->pending[i].waits = 0;
    }
}

// Each transition was learned from as it came.
static int learn(void *agent)
{
    ((bhi_agent *)agent)->piece = 0;
    return 0;
}

static void rates(const void *agent, bhi_agent_metrics *out)
{
    out->epsilon = rate(agent);
    out->learning_rate = learning_rate(agent);
}

// ---- the four classes ----

static const char *const one_table[] = {"q_table"}, *const two_tables[] = {"q_table_a",
                                                                           "q_table_b"};

// The class of one method.
#define METHOD(id, class_name, tables, learn_function, text)                                   \
    static const bhi_agent_functions id##_functions = {                                        \
        .variant =                                                                             \
            &(const td_method){tables, (int)(sizeof tables / sizeof *tables), learn_function}, \
        .bytes = sizeof(td_table),                                                             \
        .shape = shape,                                                                        \
        .layout = layout,                                                                      \
        .state = state,                                                                        \
        .init = init,                                                                          \
        .act = act,                                                                            \
        .act_rngs = act_rngs,                                                                  \
        .observe = observe,                                                                    \
        .truncate = truncate,                                                                  \
        .learn = learn,                                                                        \
        .rates = rates,                                                                        \
        BHI_Q_TABLE_FUNCTIONS,                                                                 \
    };                                                                                         \
    const bh_agent_class bh_##id##_class = {.name = class_name,                                \
                                            .summary = BH_HELP(text),                          \
                                            .config = &bh_##id##_table,                        \
                                            .functions = &id##_functions};

METHOD(q_learning, "q-learning", one_table, learn_q,
       "Tabular Q-learning: one value per state and action")
METHOD(sarsa, "sarsa", one_table, learn_sarsa,
       "Tabular SARSA: learns the values of the policy it acts by")
METHOD(expected_sarsa, "expected-sarsa", one_table, learn_expected_sarsa,
       "Tabular expected SARSA: averages over the next action instead of drawing it")
METHOD(double_q_learning, "double-q-learning", two_tables, learn_double_q,
       "Tabular double Q-learning: two tables, one chooses, the other rates")
