// SPDX-License-Identifier: MIT
// What a new agent needs: a struct of one array and one counter, a class, a state. It is created,
// saved, hashed and listed.
#include "rl/agent.h"

#include "check.h"

typedef struct toy {
    bhi_agent base;
    double *values; // (A)
    int n_observed;
} toy;

static const bh_config_table toy_config = {"Toy", NULL, 0, 1};

static void toy_layout(void *agent, bhi_arena *arena)
{
    toy *t = agent;
    t->values = bhi_arena_array(arena, (size_t)t->base.spec.n_actions, sizeof *t->values);
}

static int toy_tensors(const void *agent, void *params, bh_tensor *out)
{
    out[0] = bh_tensor_vector("values", BH_F64, ((const toy *)agent)->base.spec.n_actions, params);
    return 1;
}

static void toy_state(void *agent, bhi_state_visitor *visitor)
{
    toy *t = agent;
    BHI_STATE(visitor, "values", t->values, t->base.spec.n_actions);
    BHI_STATE(visitor, "n_observed", &t->n_observed, 1);
}

static const bhi_agent_functions toy_functions = {
    .bytes = sizeof(toy), .layout = toy_layout, .tensors = toy_tensors, .state = toy_state};
static const bh_agent_class toy_class = {
    .name = "toy", .config = &toy_config, .functions = &toy_functions};

static void list(void *user, const bhi_state *s)
{
    bh_text_add(user, "%s %zu ", s->name, s->rows * s->columns);
}

static void test_toy(void)
{
    bhi_agent *agent;
    CHECK_STATUS(bhi_agent_create(&agent, &toy_class, "", &(bhi_agent_spec){.n_actions = 3}, NULL),
                 BH_OK);
    bh_tensor tensor;
    char hex[65], file[512], names[200];
    toy_functions.tensors(agent, ((toy *)agent)->values, &tensor);
    bh_checkpoint_fingerprint(&tensor, 1, hex);
    CHECK_STRING(
        hex, "9d908ecfb6b256def8b49a7c504e6c889c4b0e41fe6ce3e01863dd7b61a20aa0"); // 24 zero bytes
    CHECK(bh_checkpoint_write(file, sizeof file, &tensor, 1, NULL, 0) <= sizeof file);
    bh_text text = bh_text_over(names, sizeof names);
    bhi_agent_state(agent, &(bhi_state_visitor){.visit = list, .user = &text});
    CHECK_STRING(names,
                 "timesteps 1 n_updates 1 metric_sums 11 metric_counts 11 values 3 n_observed 1 ");
    bhi_agent_destroy(agent);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_toy);
    return check_report();
}
