// SPDX-License-Identifier: MIT
// What every shipped environment must keep: contract, bounds, determinism, valid texts.
#include "core/alloc.h"
#include "envs/registry.h"
#include "rl/agent.h"

#include "check.h"
#include "json_valid.h"
#include "make_run.h"

#include <stdlib.h>

enum { OBS_MAX = 1024, ACTION_MAX = 8, VIEW_MAX = 128, TEXT_MAX = 4096, LAYOUT_MAX = 16384 };

static bh_env *make(const bh_env_def *def)
{
    bh_env *env;
    bh_error err;
    if (!CHECK_STATUS(bh_env_create(&env, def, NULL, &err), BH_OK)) printf("    %s\n", err.message);
    return env;
}

// ---- what holds at any moment ----

static void check_json_object(const char *text)
{
    if (!CHECK(text[0] == '{' && json_is_valid(text))) printf("    %s\n", text);
}

static const char *tell(const bh_env *env, void (*function)(const void *, bh_text *), size_t max)
{
    static char buffer[LAYOUT_MAX];
    bh_text text = bh_text_over(buffer, max);
    function(bh_env_state(env), &text);
    CHECK(bh_text_fits(&text) && text.length > 0);
    return buffer;
}

static int is_of_space(const bh_space *space, int i, float x)
{
    if (!isfinite(x)) return 0;
    if (space->kind == BH_SPACE_BOX) {
        int is_whole = space->dtype != BH_SPACE_U8 || x == (float)(unsigned char)x;
        return is_whole && x >= space->low[i] && x <= space->high[i];
    }
    return x >= 0 && x < (float)space->n && x == floorf(x);
}

// One check for all its numbers: there are millions of them.
static void check_observation(const bh_env *env, const float *obs)
{
    const bh_space *space = bh_env_observation_space(env);
    int n = bh_space_floats(space), i = 0;
    while (i < n && is_of_space(space, i, obs[i])) i++;
    if (!CHECK(i == n))
        printf("    %s: obs[%d] = %g\n", bh_env_definition(env)->id, i, (double)obs[i]);
}

static void check_texts(const bh_env *env)
{
    const bh_env_def *def = bh_env_definition(env);
    const char *line = tell(env, def->describe, TEXT_MAX);
    CHECK(strchr(line, '\n') == NULL);
    if (def->info != NULL) check_json_object(tell(env, def->info, TEXT_MAX));
    float view[VIEW_MAX];
    for (int k = 0; k < VIEW_MAX; k++) view[k] = -12345.0f;
    CHECK(def->n_view <= VIEW_MAX - 1);
    def->view(bh_env_state(env), view);
    int i = 0;
    while (i < def->n_view && isfinite(view[i]) && view[i] != -12345.0f) i++;
    if (!CHECK(i == def->n_view)) printf("    %s: view[%d] = %g\n", def->id, i, (double)view[i]);
    CHECK(view[def->n_view] == -12345.0f); // and not one more
}

// An action like any other, of n or between the bounds.
static bh_status step_randomly(bh_env *env, bh_rng *rng, float *obs, bh_step *step, bh_error *err)
{
    const bh_space *space = bh_env_action_space(env);
    if (space->kind == BH_SPACE_DISCRETE)
        return bh_env_step(env, (int)bh_rng_below(rng, (uint32_t)space->n), obs, step, err);
    float action[ACTION_MAX];
    for (int i = 0; i < space->n; i++)
        action[i] = space->low[i] + (space->high[i] - space->low[i]) * (float)bh_rng_uniform(rng);
    return bh_env_step_box(env, action, obs, step, err);
}

// A step of LearningRate-v0 is ten updates of a network.
static int n_steps_of(const bh_env_def *def, int n)
{
    return def == &bh_env_learning_rate ? n / 20 : n;
}

static void check_random_actions(const bh_env_def *def)
{
    bh_env *env = make(def);
    bh_rng rng = bh_rng_seed(42);
    float obs[OBS_MAX];
    int n_episodes = 0;
    CHECK(bh_space_floats(bh_env_observation_space(env)) <= OBS_MAX);
    bh_env_reset(env, obs);
    for (int k = 0; k < n_steps_of(def, 10000); k++) {
        bh_step step = {NAN, -1, -1};
        CHECK_STATUS(step_randomly(env, &rng, obs, &step, NULL), BH_OK);
        CHECK(isfinite(step.reward));
        CHECK(step.terminated == 0 || step.terminated == 1);
        CHECK(step.truncated == 0 || step.truncated == 1);
        CHECK(bh_env_running(env) == !(step.terminated || step.truncated));
        check_observation(env, obs);
        if (k % 7 == 0) check_texts(env);
        if (bh_env_running(env)) continue;
        CHECK(def->max_episode_steps == 0 || bh_env_elapsed(env) <= def->max_episode_steps);
        n_episodes++;
        bh_env_reset(env, obs);
        check_observation(env, obs);
        check_texts(env);
    }
    CHECK(n_episodes > 0 || def->max_episode_steps == 0); // a walk along the cliff may take long
    bh_env_destroy(env);
}

static void test_random_actions(void)
{
    for (int i = 0; i < bh_all_envs.n; i++) check_random_actions(bh_all_envs.defs[i]);
}

// ---- errors ----

static void test_calls_out_of_order(void)
{
    for (int i = 0; i < bh_all_envs.n; i++) {
        bh_env *env = make(bh_all_envs.defs[i]);
        bh_step step;
        bh_error err;
        float obs[OBS_MAX], before[OBS_MAX];
        int n = bh_space_floats(bh_env_observation_space(env));
        CHECK_STATUS(bh_env_step(env, 0, obs, &step, &err), BH_ERR_STATE);
        CHECK(strstr(err.message, "before reset") != NULL);
        bh_env_reset(env, obs);
        memcpy(before, obs, sizeof(float) * (size_t)n);
        const int bad[] = {-1, bh_env_action_space(env)->n, 1 << 30};
        for (int k = 0; k < 3; k++) {
            CHECK_STATUS(bh_env_step(env, bad[k], obs, &step, &err), BH_ERR_ARGUMENT);
            CHECK(strstr(err.message, bh_all_envs.defs[i]->id) != NULL);
        }
        CHECK(memcmp(before, obs, sizeof(float) * (size_t)n) == 0 && bh_env_elapsed(env) == 0);
        bh_rng rng = bh_rng_seed(1);
        while (bh_env_running(env)) {
            if (!CHECK_STATUS(step_randomly(env, &rng, obs, &step, &err), BH_OK)) break;
        }
        CHECK_STATUS(bh_env_step(env, 0, obs, &step, &err), BH_ERR_STATE);
        CHECK(strstr(err.message, "after the episode ended") != NULL);
        bh_env_reset(env, obs);
        CHECK_STATUS(step_randomly(env, &rng, obs, &step, &err), BH_OK);
        bh_env_destroy(env);
    }
}

static void test_boxes_are_numbers(void)
{
    for (int i = 0; i < bh_all_envs.n; i++) {
        if (bh_all_envs.defs[i]->step_box == NULL) continue;
        bh_env *env = make(bh_all_envs.defs[i]);
        bh_step step;
        bh_error err;
        float obs[OBS_MAX], action[ACTION_MAX] = {0};
        CHECK_STATUS(bh_env_step_box(env, action, obs, &step, &err), BH_ERR_STATE);
        bh_env_reset(env, obs);
        const float bad[] = {NAN, INFINITY, -INFINITY};
        for (int k = 0; k < 3; k++) {
            action[0] = bad[k];
            CHECK_STATUS(bh_env_step_box(env, action, obs, &step, &err), BH_ERR_ARGUMENT);
            CHECK(strstr(err.message, "must be finite") != NULL && bh_env_elapsed(env) == 0);
        }
        CHECK_STATUS(bh_env_step(env, 0, obs, &step, &err), BH_ERR_ARGUMENT);
        CHECK(strstr(err.message, "actions are a Box of 1 numbers") != NULL);
        action[0] = 1e30f; // beyond the bounds, and a number
        CHECK_STATUS(bh_env_step_box(env, action, obs, &step, &err), BH_OK);
        check_observation(env, obs);
        bh_env_destroy(env);
    }
    bh_env *env = make(&bh_env_cartpole);
    bh_step step;
    bh_error err;
    float obs[OBS_MAX], action = 0;
    bh_env_reset(env, obs);
    CHECK_STATUS(bh_env_step_box(env, &action, obs, &step, &err), BH_ERR_ARGUMENT);
    CHECK(strstr(err.message, "actions are Discrete, 0 to 1") != NULL);
    bh_env_destroy(env);
}

static void test_registry(void)
{
    const bh_env_def *def;
    bh_error err;
    for (int i = 0; i < bh_all_envs.n; i++) {
        CHECK_STATUS(bh_registry_find(&bh_all_envs, bh_all_envs.defs[i]->id, &def, &err), BH_OK);
        CHECK(def == bh_all_envs.defs[i]); // so that no id stands there twice
    }
    CHECK_STATUS(bh_registry_find(&bh_all_envs, "CartPole-v7", &def, &err), BH_ERR_UNKNOWN);
    CHECK(strstr(err.message, "'CartPole-v7'") != NULL);
    for (int i = 0; i < bh_all_envs.n; i++)
        CHECK(strstr(err.message, bh_all_envs.defs[i]->id) != NULL);
}

// ---- determinism ----

// A number that changes with every bit of what an episode shows.
static uint64_t play(bh_env *env, uint64_t action_seed, int n_steps)
{
    bh_rng rng = bh_rng_seed(action_seed);
    uint64_t hash = 1469598103934665603u;
    float obs[OBS_MAX];
    for (int k = 0; k < n_steps; k++) {
        bh_step step = {0};
        if (!bh_env_running(env)) bh_env_reset(env, obs);
        CHECK_STATUS(step_randomly(env, &rng, obs, &step, NULL), BH_OK);
        unsigned char bytes[sizeof obs + sizeof(double)];
        size_t n = sizeof(float) * (size_t)bh_space_floats(bh_env_observation_space(env));
        memcpy(bytes, obs, n);
        memcpy(bytes + n, &step.reward, sizeof(double));
        for (size_t i = 0; i < n + sizeof(double); i++) hash = (hash ^ bytes[i]) * 1099511628211u;
        hash = (hash ^ (uint64_t)(step.terminated * 2 + step.truncated)) * 1099511628211u;
    }
    return hash;
}

static void test_same_seed_same_bits(void)
{
    for (int i = 0; i < bh_all_envs.n; i++) {
        const bh_env_def *def = bh_all_envs.defs[i];
        bh_env *a = make(def), *b = make(def);
        int n = 1000;
        bh_env_seed(a, 7);
        bh_env_seed(b, 7);
        uint64_t first = play(a, 1, n);
        CHECK(play(b, 1, n) == first);
        // Seeding again forgets all that happened.
        float obs[OBS_MAX];
        bh_env_seed(a, 7);
        bh_env_reset(a, obs);
        bh_env_seed(b, 7);
        bh_env_reset(b, obs);
        CHECK(play(a, 2, n / 2) == play(b, 2, n / 2));
        bh_env_destroy(a);
        bh_env_destroy(b);
    }
}

// The definition's promise: a copy of the state block is a copy of the environment.
static void test_a_copied_state_goes_on_alike(void)
{
    for (int i = 0; i < bh_all_envs.n; i++) {
        const bh_env_def *def = bh_all_envs.defs[i];
        bh_env *env = make(def);
        int n_obs = bh_space_floats(bh_env_observation_space(env));
        int n_actions = bh_env_action_space(env)->n;
        void *one = bh_alloc(def->state_bytes), *two = bh_alloc(def->state_bytes);
        memcpy(one, bh_env_state(env), def->state_bytes);
        bh_rng actions = bh_rng_seed(3), rng_one = bh_rng_seed(4);
        float obs_one[OBS_MAX], obs_two[OBS_MAX];
        double reward_one, reward_two;
        int ended = 1, ended_two;
        for (int k = 0; k < 500; k++) {
            if (ended) def->reset(one, &rng_one, obs_one);
            int action = (int)bh_rng_below(&actions, (uint32_t)n_actions);
            float box[ACTION_MAX];
            for (int d = 0; d < ACTION_MAX; d++) box[d] = (float)bh_rng_normal(&actions);
            memcpy(two, one, def->state_bytes);
            bh_rng rng_two = rng_one;
            if (def->step_box != NULL) {
                def->step_box(one, &rng_one, box, obs_one, &reward_one, &ended);
                def->step_box(two, &rng_two, box, obs_two, &reward_two, &ended_two);
            } else {
                def->step(one, &rng_one, action, obs_one, &reward_one, &ended);
                def->step(two, &rng_two, action, obs_two, &reward_two, &ended_two);
            }
            CHECK(memcmp(obs_one, obs_two, sizeof(float) * (size_t)n_obs) == 0);
            CHECK(reward_one == reward_two && ended == ended_two);
            CHECK(memcmp(one, two, def->state_bytes) == 0);
        }
        bh_free(one, def->state_bytes);
        bh_free(two, def->state_bytes);
        bh_env_destroy(env);
    }
}

// ---- tables ----

// Distributions, over states that exist; and steps only go where the table says.
static void check_transitions(const bh_env_def *def)
{
    bh_env *env = make(def);
    int n_states = bh_env_observation_space(env)->n, n_actions = bh_env_action_space(env)->n;
    CHECK(bh_env_observation_space(env)->kind == BH_SPACE_DISCRETE);
    bh_transition out[BH_TRANSITIONS_MAX];
    for (int s = 0; s < n_states; s++) {
        for (int a = 0; a < n_actions; a++) {
            int n = def->transitions(bh_env_state(env), s, a, out);
            CHECK(n > 0 && n <= BH_TRANSITIONS_MAX);
            double sum = 0;
            for (int k = 0; k < n; k++) {
                CHECK(out[k].p >= 0 && out[k].s >= 0 && out[k].s < n_states && isfinite(out[k].r));
                sum += out[k].p;
            }
            CHECK_NEAR(sum, 1.0, 1e-15);
        }
    }
    bh_rng rng = bh_rng_seed(8);
    float obs[OBS_MAX];
    bh_env_reset(env, obs);
    for (int i = 0; i < 3000; i++) {
        int s = (int)obs[0], a = (int)bh_rng_below(&rng, (uint32_t)n_actions), found = 0;
        int n = def->transitions(bh_env_state(env), s, a, out);
        bh_step step;
        CHECK_STATUS(bh_env_step(env, a, obs, &step, NULL), BH_OK);
        for (int k = 0; k < n; k++) {
            found |= out[k].p > 0 && out[k].s == (int)obs[0] && out[k].r == step.reward &&
                     out[k].terminated == step.terminated;
        }
        CHECK(found);
        if (step.terminated) { // Terminal states lead to themselves with reward 0.
            n = def->transitions(bh_env_state(env), (int)obs[0], a, out);
            CHECK(n == 1 && out[0].p == 1 && out[0].s == (int)obs[0] && out[0].r == 0);
            CHECK(out[0].terminated == 1);
        }
        if (!bh_env_running(env)) bh_env_reset(env, obs);
    }
    bh_env_destroy(env);
}

static void test_transition_tables(void)
{
    int n_tables = 0;
    for (int i = 0; i < bh_all_envs.n; i++) {
        if (bh_all_envs.defs[i]->transitions == NULL) continue;
        check_transitions(bh_all_envs.defs[i]);
        n_tables++;
    }
    CHECK(n_tables == 5);
}

// One JSON object with one name per action.
static void check_layout(const bh_env *env)
{
    const char *text = tell(env, bh_env_definition(env)->layout, LAYOUT_MAX);
    check_json_object(text);
    const char *names = strstr(text, "\"actions\":[");
    if (!CHECK(names != NULL)) return;
    names += strlen("\"actions\":[");
    int n = 0;
    for (; *names != ']'; n++) {
        names = json_string(names);
        if (!CHECK(names != NULL)) return;
        names += *names == ',';
    }
    CHECK(n == bh_env_action_space(env)->n);
}

static void check_presets(const bh_env_def *def, int states_are_counted)
{
    static preset_setting rows[PRESET_SETTINGS_MAX];
    int n = list_presets(rows, def->presets, def->n_presets);
    CHECK(n > 0);
    for (int k = 0; k < n; k++) {
        const bh_agent_class *agent;
        char algo[64]; // without the name of a preset: "dqn/rainbow"
        snprintf(algo, sizeof algo, "%.*s", (int)strcspn(rows[k].algo, "/"), rows[k].algo);
        CHECK_STATUS(bh_agent_find(&bh_all_envs, algo, &agent, NULL), BH_OK);
        CHECK(rows[k].setting.name[0] != '\0');
        // The tabular methods need states to count, planning a table.
        if (strcmp(algo, "q-learning") == 0) CHECK(states_are_counted);
        if (strcmp(algo, "value-iteration") == 0) CHECK(def->transitions != NULL);
    }
}

// Discrete, or a Box whose numbers lie between finite bounds, with the step that takes it.
static void check_action_space(const bh_env_def *def, const bh_space *space)
{
    int is_box = space->kind == BH_SPACE_BOX;
    CHECK((def->step_box != NULL) == is_box && (def->step != NULL) == !is_box);
    CHECK(space->n >= 1 && (!is_box || space->n <= ACTION_MAX));
    for (int i = 0; is_box && i < space->n; i++)
        CHECK(isfinite(space->low[i]) && isfinite(space->high[i]) &&
              space->low[i] < space->high[i]);
}

// Dimensions make up the size; bytes have bounds they can be divided by.
static void check_space(const bh_space *space)
{
    if (space->kind == BH_SPACE_DISCRETE) return;
    int n = 1;
    CHECK(bh_space_rank(space) <= BH_SPACE_RANK_MAX);
    for (int i = 0; i < bh_space_rank(space); i++) n *= bh_space_size(space, i);
    CHECK(n == space->n);
    for (int i = 0; i < n && space->dtype == BH_SPACE_U8; i++) {
        CHECK(space->low[i] >= 0 && space->high[i] >= 1 && space->high[i] <= 255);
        CHECK(space->high[i] == space->high[0]);
    }
}

static void test_definitions(void)
{
    for (int i = 0; i < bh_all_envs.n; i++) {
        const bh_env_def *def = bh_all_envs.defs[i];
        bh_env *env = make(def);
        CHECK(strchr(def->id, '-') != NULL && def->summary[0] != '\0');
        check_action_space(bh_all_envs.defs[i], bh_env_action_space(env));
        check_layout(env);
        check_space(bh_env_observation_space(env));
        check_presets(def, bh_env_observation_space(env)->kind == BH_SPACE_DISCRETE);
        if (def->config != NULL) CHECK_STRING(def->config->name, def->id);
        bh_env_destroy(env);
    }
}

static void test_nothing_is_left(void)
{
    CHECK(bh_live_bytes() == 0);
}

int main(int argc, char **argv)
{
    CHECK_RUN(test_random_actions);
    CHECK_RUN(test_calls_out_of_order);
    CHECK_RUN(test_boxes_are_numbers);
    CHECK_RUN(test_registry);
    CHECK_RUN(test_same_seed_same_bits);
    CHECK_RUN(test_a_copied_state_goes_on_alike);
    CHECK_RUN(test_transition_tables);
    CHECK_RUN(test_definitions);
    CHECK_RUN(test_nothing_is_left);
    return check_report();
}
