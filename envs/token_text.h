// SPDX-License-Identifier: MIT
// What the environments over a vocabulary share (rl/text_task.h): the text so far as an
// observation, named parts of a reward with weights, and one format of view, info and layout, so
// that one drawing draws them all.
//
// Such an environment holds a bhi_token_text in its state, appends tokens to it, and rates it at
// the end:
//
//     bhi_token_text_start(&s->text);
//     bhi_token_text_append(&task, &s->text, topic_token);
//     bhi_token_text_observe(&task, &s->text, obs);
//     …
//     int token = bhi_token_text_append(&task, &s->text, task.text->action_tokens[action]);
//     *terminated = token == END || …;
//     if (*terminated) *reward = bhi_token_text_rate(&task, &s->text, parts, weights);
//
// Observation: Box of T token ids, BH_SPACE_TOKEN: the text so far, then BH_TOKEN_PAD.
// view, T + P + 1 floats: [0, T) as the observation, [T, T + P) the parts, [T + P] the total. Parts
//                   are at least 0 once the text is rated; until then they and the total are -1. A
//                   rated total may be -1 too: the parts tell whether the text is rated
// describe:         the tokens with spaces between them, "…" behind them while the text is being
//                   written
// info:             {"text": "the dog"}, once rated also "parts": {"grammar": 0.5, …}, "reward":
//                   total
// layout:           {"actions": […], "actions_zh": […], the tokens the actions write,
//                    "tokens": […], "tokens_zh": […], "action_tokens": [id of each action's token],
//                    "ends_at": id, "length": T, "parts": […], "parts_zh": […], …}
// An environment may have more in all three, and a describe of its own.
//
// Legend: T tokens of an observation, V tokens of the vocabulary, A actions, P parts of the reward.
#pragma once

#include "rl/env.h"

enum { BHI_TOKEN_TEXT_MAX = 40, BHI_TOKEN_PARTS_MAX = 8 }; ///< largest T, P

/// 0, 1, … 127: where actions write the tokens from id t on, in order, bhi_token_ids + t are their
/// action_tokens.
extern const int bhi_token_ids[128];

/// Constant description of a task: one table in the environment's file.
typedef struct bhi_token_task {
    const bh_text_task *text; ///< vocabulary and what actions write
    /// A token's Chinese gloss, the token itself where it is Chinese.
    const char *(*token_zh)(int id);
    int n_text;                  ///< T
    int n_actions;               ///< A
    int n_parts;                 ///< P
    const char *const *parts;    ///< (P) names
    const char *const *parts_zh; ///< (P)
} bhi_token_task;

/// Text of an episode and its rating: plain data in an environment's state.
typedef struct bhi_token_text {
    int n; ///< tokens so far
    unsigned char tokens[BHI_TOKEN_TEXT_MAX];
    int is_rated;
    double parts[BHI_TOKEN_PARTS_MAX];
    double total;
    float high[BHI_TOKEN_TEXT_MAX]; ///< upper bounds of the observation
} bhi_token_text;

/// The `configure` of an environment without options.
static inline void bhi_no_options(void *state, const void *config)
{
    (void)state;
    (void)config;
}

/// Fills a zeroed text; for bh_env_def.init.
void bhi_token_text_init(const bhi_token_task *task, bhi_token_text *text);

/// The spaces of the task. Bounds are borrowed from `text`.
void bhi_token_text_spaces(const bhi_token_task *task, const bhi_token_text *text,
                           bh_space *observation, bh_space *action);

/// An empty, unrated text.
void bhi_token_text_start(bhi_token_text *text);

/// Appends a token and returns it. A text of T tokens stays as it is.
int bhi_token_text_append(const bhi_token_task *task, bhi_token_text *text, int token);

/// The observation: (T) out.
void bhi_token_text_observe(const bhi_token_task *task, const bhi_token_text *text, float *obs);

/// Keeps the parts (P), each at least 0, and returns the total: the sum of weights (P) times parts,
/// in order.
double bhi_token_text_rate(const bhi_token_task *task, bhi_token_text *text, const double *parts,
                           const double *weights);

/// (T + P + 1) out.
void bhi_token_text_view(const bhi_token_task *task, const bhi_token_text *text, float *view);

/// Appends the whole text, with spaces between its tokens and without the one that ends it, " …"
/// behind it while it is not rated.
void bhi_token_text_describe(const bhi_token_task *task, const bhi_token_text *text, bh_text *out);

/// Appends the members of `info` or of `layout` without the braces around them, so that an
/// environment may have more.
void bhi_token_text_info(const bhi_token_task *task, const bhi_token_text *text, bh_text *out);
void bhi_token_text_layout(const bhi_token_task *task, bh_text *out);

/// Appends "key":["…", …],: the text of each of `ids` (n), or of 0 .. n-1 where that is NULL.
void bhi_text_add_list(bh_text *out, const char *key, int n, const int *ids,
                       const char *(*text)(int));

/// Defines `init`, `spaces`, `view` and `describe` of a bh_env_def, which are the same for every
/// task: `type` is the type of the environment's state, whose bhi_token_text is its member `text`;
/// `task` is the file's bhi_token_task, `configure` its function of that name, or bhi_no_options.
#define BHI_TOKEN_TEXT_FUNCTIONS(type, task, configure)                    \
    BHI_TOKEN_TEXT_UNDESCRIBED(type, task, configure)                      \
    static void describe(const void *state, bh_text *out)                  \
    {                                                                      \
        bhi_token_text_describe(&task, &((const type *)state)->text, out); \
    }

/// The same without `describe`, for environments that say it otherwise.
#define BHI_TOKEN_TEXT_UNDESCRIBED(type, task, configure)                                \
    static bh_status init(void *state, const void *config, bh_error *err)                \
    {                                                                                    \
        (void)err;                                                                       \
        configure(state, config);                                                        \
        bhi_token_text_init(&task, &((type *)state)->text);                              \
        return BH_OK;                                                                    \
    }                                                                                    \
    static void spaces(const void *state, bh_space *observation, bh_space *action)       \
    {                                                                                    \
        bhi_token_text_spaces(&task, &((const type *)state)->text, observation, action); \
    }                                                                                    \
    static void view(const void *state, float *out)                                      \
    {                                                                                    \
        bhi_token_text_view(&task, &((const type *)state)->text, out);                   \
    }

/// Rows of a bh_env_def's state for the text of such an environment.
#define BHI_TOKEN_TEXT_STATE(type)                                                           \
    BHI_STATE_FIELD_WITHIN(type, text.n, 0, BHI_TOKEN_TEXT_MAX),                             \
        BHI_STATE_FIELD_WITHIN(type, text.tokens, 0, N_TOKENS - 1),                          \
        BHI_STATE_SHOWN_FIELD(type, text.is_rated), BHI_STATE_SHOWN_FIELD(type, text.parts), \
        BHI_STATE_SHOWN_FIELD(type, text.total)

/// Settings such environments share in their presets: a small transformer under dqn, ppo and
/// reinforce. A language model, where a run starts from one, is an action prior
/// (rl/action_prior.h); where it does not, `prior` and `random_actions` change nothing.
#define BHI_TOKEN_DQN                                                                            \
    "features_extractor=transformer net_arch= buffer_size=20000 learning_starts=500 prior=true " \
    "random_actions=language-model "
#define BHI_TOKEN_PPO                                                                      \
    "features_extractor=transformer net_arch= total_timesteps=40000 n_envs=16 n_steps=64 " \
    "batch_size=128 n_epochs=4 gamma=1 eval_freq=4000 n_eval_episodes=50"
#define BHI_TOKEN_REINFORCE                                                     \
    "features_extractor=transformer net_arch= total_timesteps=40000 n_envs=16 " \
    "episodes_per_update=32 gamma=1 eval_freq=4000 n_eval_episodes=50"

/// Those of dqn where a text is rated at its end and nothing is hidden: the reward reaches its
/// beginning at once.
#define BHI_TOKEN_DQN_WRITING                                                                 \
    "total_timesteps=8000 learning_rate=0.0005 train_freq=2 n_steps=12 gamma=0.99 "           \
    "exploration_fraction=0.5 target_update_interval=250 prior_beta=0.05 n_eval_episodes=50 " \
    "eval_freq=1000"
