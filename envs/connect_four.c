// SPDX-License-Identifier: MIT
// ConnectFour-v0: four in a row, against an opponent that is part of the environment.
//
// Two players drop stones in turn into one of 7 columns of 6 rows; a stone falls to the lowest free
// cell. Who first has four in a row, a column or a diagonal wins; a full board is a draw. A step is
// the agent's stone and the opponent's answer to it. The reward is 1 for a win, -1 for a loss, 0
// for a draw and between. A column that is full cannot be chosen: the mask says so, and who does it
// nevertheless loses. With mask=false there is no mask, and the agent has to find that out.
//
// The opponents: `random` drops anywhere; `minimax` looks `depth` stones ahead, its own first, for
// the fastest win and the latest loss, and draws lots among moves that are equal; `greedy` is
// minimax of depth 1: it wins where it can. With `self` there is none: every step is a stone of the
// player whose turn it is, seen from that player's side, as is the reward.
//
// Observations: 6 rows from the top, 7 columns, 2 channels, uint8: 1 where a stone of the player to
// move is, and of the other one.
//
// The opponent thinks in sets of 49 bits, column by column from the bottom, each with an empty cell
// on top: four in a row are bits that are 1, 6, 7 or 8 apart, and none wraps around (the notation of
// J. Tromp's Fhourstones).
//
// view, 51 floats: [0..41] cells row by row from the top: 0 free, 1 the agent's (with `self` the
//                  first player's), 2 the other's; [42] who moves next, 1 or 2; [43] the last
//                  column of 1, [44] of 2, -1 where none; [45] who won, 0 nobody; [46] reward of
//                  the last step; [47..50] the cells of the four, -1 where there are none
// describe:        "stone 9; to move: agent; full: columns 1 and 4"
// layout:          {"actions": ["1", … "7"], "n_rows": 6, "n_cols": 7, "opponent": "greedy"}
#include "core/state.h"
#include "envs/pixels.h"
#include "envs/registry.h"

enum { ROWS = 6, COLUMNS = 7, CELLS = ROWS * COLUMNS, HEIGHT = ROWS + 1, LOST = 1000 };
enum { AGENT, OPPONENT }; // players; with `self` the first and the second one
typedef enum opponent_kind { RANDOM, GREEDY, MINIMAX, SELF } opponent_kind;
typedef enum first_kind { EITHER, FIRST_AGENT, FIRST_OPPONENT } first_kind;

typedef struct connect_four_config {
    int opponent, depth, first, mask;
} connect_four_config;

#define BH_CONFIG_STRUCT connect_four_config
#define OPPONENTS        "random|greedy|minimax|self"
static const bh_field fields[] = {
    BH_CHOICE(opponent, BH_DEFAULT("random"), BH_WORDS(OPPONENTS), BH_RESET,
              "who plays the other stones; self: every step is a stone of whose turn it is"),
    BH_INT(depth, BH_DEFAULT("2"), BH_RANGE(1, 8), BH_RESET,
           "stones that minimax looks ahead, its own first"),
    BH_CHOICE(first, BH_DEFAULT("either"), BH_WORDS("either|agent|opponent"), BH_RESET,
              "who drops the first stone; either is drawn at each reset"),
    BH_BOOL(mask, BH_DEFAULT("true"), BH_RESET,
            "whether agents are told which columns are full; if not, choosing one loses"),
};

static const bh_config_table table = BH_CONFIG_TABLE("ConnectFour-v0", connect_four_config, fields);

static const char *const opponent_names[] = {"random", "greedy", "minimax", "self"};

typedef struct connect_four {
    connect_four_config config;

    unsigned char cells[CELLS]; // row by row from the top: 0 free, 1 + player
    int turn;                   // whose stone is next
    int last[2];                // column of each one's last stone, -1 before
    int winner;                 // 0 nobody, 1 + player
    double reward;
} connect_four;

// ---- boards of bits ----

static uint64_t bit(int column, int row)
{
    return (uint64_t)1 << (column * HEIGHT + row);
}

static uint64_t stones_of(const connect_four *c, int player)
{
    uint64_t stones = 0;
    for (int i = 0; i < CELLS; i++)
        if (c->cells[i] == 1 + player) stones |= bit(i % COLUMNS, ROWS - 1 - i / COLUMNS);
    return stones;
}

static int is_free(uint64_t all, int column)
{
    return (all & bit(column, ROWS - 1)) == 0;
}

// The cell a stone falls to.
static uint64_t drop(uint64_t all, int column)
{
    uint64_t in_column = all >> (column * HEIGHT) & (((uint64_t)1 << HEIGHT) - 1);
    return (in_column + 1) << (column * HEIGHT);
}

// The lowest bits of all fours of the direction in which bits are `apart`.
static uint64_t fours(uint64_t stones, int apart)
{
    uint64_t pairs = stones & stones >> apart;
    return pairs & pairs >> 2 * apart;
}

static const int directions[] = {1, HEIGHT - 1, HEIGHT, HEIGHT + 1};

static int has_four(uint64_t stones)
{
    uint64_t any = 0;
    for (int d = 0; d < 4; d++) any |= fours(stones, directions[d]);
    return any != 0;
}

// ---- the opponent ----

// What the player with `own` stones, whose turn it is, reaches against best answers within `depth`
// stones: LOST - n a win with the n-th stone, n - LOST a loss, 0 neither. Alpha-beta.
static int search(uint64_t own, uint64_t other, int depth, int n, int alpha, int beta)
{
    static const int from_the_middle[] = {3, 2, 4, 1, 5, 0, 6};
    uint64_t all = own | other;
    int best = -LOST, is_full = 1;
    for (int i = 0; i < COLUMNS && alpha < beta; i++) {
        int column = from_the_middle[i];
        if (!is_free(all, column)) continue;
        is_full = 0;
        uint64_t mine = own | drop(all, column);
        int value = has_four(mine) ? LOST - n
                    : depth == 1   ? 0
                                   : -search(other, mine, depth - 1, n + 1, -beta, -alpha);
        if (value > best) best = value;
        if (best > alpha) alpha = best;
    }
    return is_full ? 0 : best;
}

// One of the best columns for the opponent, each as likely; the board is not full.
static int answer(const connect_four *c, bh_rng *rng)
{
    uint64_t own = stones_of(c, OPPONENT), other = stones_of(c, AGENT);
    int best[COLUMNS], n = 0, highest = -LOST;
    int depth = c->config.opponent == MINIMAX ? c->config.depth : c->config.opponent == GREEDY;
    for (int column = 0; column < COLUMNS; column++) {
        if (!is_free(own | other, column)) continue;
        uint64_t mine = own | drop(own | other, column);
        int value = depth == 0       ? 0
                    : has_four(mine) ? LOST - 1
                    : depth == 1     ? 0
                                     : -search(other, mine, depth - 1, 2, -LOST, LOST);
        if (value > highest) n = 0;
        if (value < highest) continue;
        highest = value;
        best[n++] = column;
    }
    return best[bh_rng_below(rng, (uint32_t)n)];
}

// ---- the environment ----

static bh_status init(void *state, const void *config, bh_error *err)
{
    (void)err;
    *(connect_four *)state =
        (connect_four){.config = *(const connect_four_config *)config, .last = {-1, -1}};
    return BH_OK;
}

static void spaces(const void *state, bh_space *observation, bh_space *action)
{
    const connect_four *c = state;
    *observation = bhi_pixels_space(ROWS, COLUMNS, 2);
    if (c->config.mask) observation->n_masked = COLUMNS;
    *action = (bh_space){BH_SPACE_DISCRETE, COLUMNS, NULL, NULL};
}

static void observe(const connect_four *c, float *obs)
{
    for (int i = 0; i < CELLS; i++) {
        *obs++ = c->cells[i] == 1 + c->turn;
        *obs++ = c->cells[i] == 1 + !c->turn;
    }
    for (int column = 0; c->config.mask && column < COLUMNS; column++)
        *obs++ = c->cells[column] == 0;
}

static int is_full(const connect_four *c)
{
    int n = 0;
    for (int column = 0; column < COLUMNS; column++) n += c->cells[column] != 0;
    return n == COLUMNS;
}

// The stone of whose turn it is, in a column that is not full; 1 when the game is over.
static int put(connect_four *c, int column)
{
    int player = c->turn, i = column + CELLS - COLUMNS;
    while (c->cells[i] != 0) i -= COLUMNS;
    c->cells[i] = (unsigned char)(1 + player);
    c->last[player] = column;
    c->turn = !player;
    if (has_four(stones_of(c, player))) c->winner = 1 + player;
    return c->winner != 0 || is_full(c);
}

static void reset(void *state, bh_rng *rng, float *obs)
{
    connect_four *c = state;
    *c = (connect_four){.config = c->config, .last = {-1, -1}};
    int lot = (int)bh_rng_below(rng, 2), first = c->config.first;
    if (c->config.opponent != SELF && (first == FIRST_OPPONENT || (first == EITHER && lot == 1))) {
        c->turn = OPPONENT;
        put(c, answer(c, rng));
    }
    observe(c, obs);
}

static void step(void *state, bh_rng *rng, int action, float *obs, double *reward, int *terminated)
{
    connect_four *c = state;
    int player = c->turn, has_opponent = c->config.opponent != SELF;
    if (c->cells[action] == 0) {
        *terminated = put(c, action);
        if (!*terminated && has_opponent) *terminated = put(c, answer(c, rng));
    } else {
        c->winner = 1 + !player;
        *terminated = 1;
    }
    *reward = c->reward = c->winner == 0 ? 0 : c->winner == 1 + player ? 1 : -1;
    if (has_opponent) c->turn = AGENT; // also where the agent's stone ended it
    observe(c, obs);
}

// ---- looking ----

// The cell of a bit, row by row from the top.
static int cell_of(int at)
{
    return (ROWS - 1 - at % HEIGHT) * COLUMNS + at / HEIGHT;
}

static void write_four(const connect_four *c, float *out)
{
    for (int i = 0; i < 4; i++) out[i] = -1;
    if (c->winner == 0) return;
    for (int d = 0; d < 4; d++) {
        uint64_t found = fours(stones_of(c, c->winner - 1), directions[d]);
        for (int at = 0; at < COLUMNS * HEIGHT && found != 0; at++) {
            if ((found >> at & 1) == 0) continue;
            for (int i = 0; i < 4; i++) out[i] = (float)cell_of(at + i * directions[d]);
            return;
        }
    }
}

static void view(const void *state, float *out)
{
    const connect_four *c = state;
    for (int i = 0; i < CELLS; i++) *out++ = c->cells[i];
    *out++ = (float)(1 + c->turn);
    *out++ = (float)c->last[AGENT];
    *out++ = (float)c->last[OPPONENT];
    *out++ = (float)c->winner;
    *out++ = (float)c->reward;
    write_four(c, out);
}

static void describe(const void *state, bh_text *out)
{
    const connect_four *c = state;
    static const char *const players[2][2] = {{"agent", "opponent"}, {"first", "second"}};
    const char *const *names = players[c->config.opponent == SELF];
    int n = 0;
    for (int i = 0; i < CELLS; i++) n += c->cells[i] != 0;
    bh_text_add(out, "%d stone%s; ", n, n == 1 ? "" : "s");
    if (c->winner != 0) bh_text_add(out, "%s won", names[c->winner - 1]);
    else if (n == CELLS) bh_text_add(out, "a draw");
    else bh_text_add(out, "to move: %s", names[c->turn]);
    for (int column = 0, some = 0; column < COLUMNS; column++) {
        if (c->cells[column] == 0) continue;
        bh_text_add(out, some++ == 0 ? "; full: %d" : ", %d", column + 1);
    }
}

static void layout(const void *state, bh_text *out)
{
    const connect_four *c = state;
    bh_text_add(out,
                "{\"actions\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\"],\"n_rows\":%d,"
                "\"n_cols\":%d,\"opponent\":\"%s\"}",
                ROWS, COLUMNS, opponent_names[c->config.opponent]);
}

// Stones lie on stones, and while it runs the game is not over.
static int is_possible(const void *state, int is_running)
{
    const connect_four *c = state;
    for (int i = 0; i < CELLS - COLUMNS; i++)
        if (c->cells[i] != 0 && c->cells[i + COLUMNS] == 0) return 0;
    return !is_running || (c->winner == 0 && !is_full(c));
}

static const bh_preset presets[] = {
    {"dqn", "total_timesteps=300000 learning_rate=0.001 learning_rate_schedule=linear gamma=0.95 "
            "n_steps=3 double_q=true net_arch=128,64 buffer_size=50000 learning_starts=1000 "
            "target_update_interval=500 exploration_fraction=0.3 exploration_final_eps=0.05 "
            "eval_freq=10000 n_eval_episodes=100"},
};

static const bhi_state_field state_fields[] = {
    BHI_STATE_FIELD_WITHIN(connect_four, cells, 0, 2),
    BHI_STATE_FIELD_WITHIN(connect_four, turn, 0, 1),
    BHI_STATE_SHOWN_FIELD(connect_four, last),
    BHI_STATE_FIELD_WITHIN(connect_four, winner, 0, 2),
    BHI_STATE_SHOWN_FIELD(connect_four, reward),
    {NULL},
};

const bh_env_def bh_env_connect_four = {
    .id = "ConnectFour-v0",
    .summary = BH_HELP("Four in a row against an opponent; full columns are masked"),
    .config = &table,
    .reward_threshold = 0.9,
    .state_bytes = sizeof(connect_four),
    .state_fields = state_fields,
    .is_possible = is_possible,
    BH_PRESETS(presets),
    .n_view = CELLS + 9,
    .init = init,
    .spaces = spaces,
    .reset = reset,
    .step = step,
    .view = view,
    .describe = describe,
    .layout = layout,
};
