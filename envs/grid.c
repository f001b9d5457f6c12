// SPDX-License-Identifier: MIT
// The grid family: reading maps, moving, telling.
#include "envs/grid.h"
#include "core/state.h"

#include <assert.h>
#include <string.h>

static const char *const direction_names[4] = {"up", "right", "down", "left"};

// ---- reading a map ----

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static int is_separator(char c)
{
    return c == '/' || c == '\n';
}

// Bytes of the UTF-8 character at s, so that a message shows it whole.
static int character_bytes(const char *s)
{
    int n = 1;
    while (n < 4 && ((unsigned char)s[n] & 0xc0u) == 0x80u) n++;
    return n;
}

static bh_status fail_letter(const bhi_grid_format *f, const char *s, int row, int col,
                             bh_error *err)
{
    char allowed[32];
    bh_text text = bh_text_over(allowed, sizeof allowed);
    for (const char *c = f->letters; *c != '\0'; c++) bh_text_add(&text, " %c", *c);
    if ((unsigned char)*s < 0x20 || *s == 0x7f) {
        return bh_fail(
            err, BH_ERR_CONFIG,
            "%s: %s has the control character %d in row %d, column %d; the letters are%s", f->id,
            f->field, *s, row, col, allowed);
    }
    return bh_fail(err, BH_ERR_CONFIG,
                   "%s: %s has '%.*s' in row %d, column %d, but must be one of the letters%s",
                   f->id, f->field, character_bytes(s), s, row, col, allowed);
}

// Reads the row that starts at *text and leaves *text at its separator.
static bh_status read_row(bhi_grid *grid, const char **text, const bhi_grid_format *f,
                          bh_error *err)
{
    const char *s = *text, *end = s;
    while (*end != '\0' && !is_separator(*end)) end++;
    *text = end;
    while (s < end && is_blank(*s)) s++;
    while (end > s && is_blank(end[-1])) end--;
    int row = grid->n_rows + 1, col = 0;
    if (row > BHI_GRID_SIDE_MAX) {
        return bh_fail(err, BH_ERR_CONFIG, "%s: %s has more than %d rows, the most there may be",
                       f->id, f->field, BHI_GRID_SIDE_MAX);
    }
    for (; s < end; s++, col++) {
        const char *letter = strchr(f->letters, *s);
        if (letter == NULL) return fail_letter(f, s, row, col + 1, err);
        if (col == BHI_GRID_SIDE_MAX) {
            return bh_fail(err, BH_ERR_CONFIG,
                           "%s: %s has more than %d columns, the most there may be", f->id,
                           f->field, BHI_GRID_SIDE_MAX);
        }
        // The first row sets the width; a longer row is read only to be measured.
        if (row > 1 && col >= grid->n_cols) continue;
        grid->cell[grid->n_cells + col] = f->cells[letter - f->letters];
    }
    if (row > 1 && col != grid->n_cols) {
        return bh_fail(err, BH_ERR_CONFIG,
                       "%s: %s has %d cells in row 1 but %d in row %d; all rows must be as long",
                       f->id, f->field, grid->n_cols, col, row);
    }
    grid->n_cols = col;
    grid->n_rows = row;
    grid->n_cells = row * col;
    grid->last = grid->n_cells - 1;
    return BH_OK;
}

static bh_status check_cells(bhi_grid *grid, const char *map, const bhi_grid_format *f,
                             bh_error *err)
{
    int n_goals = 0;
    for (int s = 0; s < grid->n_cells; s++) {
        n_goals += grid->cell[s] == 'G';
        grid->n_starts += grid->cell[s] == 'S';
        if (f->one_start && grid->n_starts > 1) {
            return bh_fail(err, BH_ERR_CONFIG,
                           "%s: %s has a second start (S) in row %d, column %d; there must be one",
                           f->id, f->field, s / grid->n_cols + 1, s % grid->n_cols + 1);
        }
    }
    if (grid->n_starts > 0 && n_goals > 0) return BH_OK;
    // A map is shown on one line; only letters are left in it by now.
    char shown[44];
    int n = 0;
    for (const char *s = map; *s != '\0' && n < 40; s++) {
        if (!is_blank(*s)) shown[n++] = is_separator(*s) ? '/' : *s;
    }
    memcpy(shown + n, n == 40 ? "..." : "", n == 40 ? 4 : 1);
    return bh_fail(err, BH_ERR_CONFIG, "%s: %s is '%s' and has no %s; mark a cell with %s", f->id,
                   f->field, shown, grid->n_starts == 0 ? "start" : "goal",
                   grid->n_starts == 0 ? "S" : "G");
}

bh_status bhi_grid_read(bhi_grid *grid, const char *map, const bhi_grid_format *format,
                        bh_error *err)
{
    assert(strlen(format->letters) == strlen(format->cells));
    const char *s = map;
    while (is_blank(*s) || *s == '\n') s++;
    if (*s == '\0') {
        return bh_fail(err, BH_ERR_CONFIG, "%s: %s is empty; write rows such as S../..G",
                       format->id, format->field);
    }
    grid->n_rows = grid->n_cols = grid->n_cells = grid->n_starts = 0;
    for (;;) {
        bh_status status = read_row(grid, &s, format, err);
        if (status != BH_OK) return status;
        if (grid->n_cols == 0) {
            return bh_fail(err, BH_ERR_CONFIG,
                           "%s: %s has no cell in row 1; write rows such as S../..G", format->id,
                           format->field);
        }
        const char *rest = s;
        while (is_blank(*rest) || is_separator(*rest)) rest++;
        if (*rest == '\0') break;
        s++;
    }
    return check_cells(grid, map, format, err);
}

void bhi_grid_slip(bhi_grid *grid, double intended, double each_side)
{
    grid->n_outcomes = 3;
    grid->p[0] = grid->p[2] = each_side;
    grid->p[1] = intended;
}

// ---- moving ----

// The k-th start, from 0.
static int find_start(const bhi_grid *grid, int k)
{
    int s = 0;
    while (grid->cell[s] != 'S' || k-- > 0) s++;
    return s;
}

// The cell a move enters: the one it leads to, or `s` itself against the rim and walls.
static int enter(const bhi_grid *grid, int s, bhi_direction direction)
{
    int row = s / grid->n_cols + (direction == BHI_DOWN) - (direction == BHI_UP);
    int col = s % grid->n_cols + (direction == BHI_RIGHT) - (direction == BHI_LEFT);
    if (row < 0 || row >= grid->n_rows || col < 0 || col >= grid->n_cols) return s;
    int to = row * grid->n_cols + col;
    return grid->cell[to] == '#' ? s : to;
}

// Outcome k of action a in cell s; *entered is where the move went before any sending back.
static bh_transition outcome(const bhi_grid *grid, int s, int a, int k, int *entered)
{
    int turn = grid->n_outcomes == 1 ? 0 : k - 1;
    int to = enter(grid, s, grid->direction[(a + turn + 4) % 4]);
    *entered = to;
    bh_transition t = {grid->n_outcomes == 1 ? 1.0 : grid->p[k], to, grid->step_reward, 0};
    if (grid->cell[to] == 'G') {
        t.r = grid->goal_reward;
        t.terminated = 1;
    } else if (grid->cell[to] == 'T') {
        t.r = grid->trap_reward;
        t.terminated = grid->trap_ends;
        if (!grid->trap_ends) t.s = find_start(grid, 0);
    }
    return t;
}

// Whether an episode never leaves cell s.
static int is_final(const bhi_grid *grid, int s)
{
    char c = grid->cell[s];
    return c == 'G' || c == '#' || (c == 'T' && grid->trap_ends);
}

int bhi_grid_transitions(const void *state, int s, int a, bh_transition out[BH_TRANSITIONS_MAX])
{
    const bhi_grid *grid = state;
    if (is_final(grid, s)) {
        out[0] = (bh_transition){1.0, s, 0.0, 1};
        return 1;
    }
    int entered;
    for (int k = 0; k < grid->n_outcomes; k++) out[k] = outcome(grid, s, a, k, &entered);
    return grid->n_outcomes;
}

void bhi_grid_spaces(const void *state, bh_space *observation, bh_space *action)
{
    const bhi_grid *grid = state;
    *observation = (bh_space){BH_SPACE_DISCRETE, grid->n_cells, NULL, NULL};
    *action = (bh_space){BH_SPACE_DISCRETE, 4, NULL, NULL};
}

static void begin(bhi_grid *grid, int cell, float *obs)
{
    grid->at = cell;
    grid->before = grid->entered = grid->action = -1;
    grid->reward = 0.0;
    grid->prob = 1.0;
    obs[0] = (float)cell;
}

void bhi_grid_reset(void *state, bh_rng *rng, float *obs)
{
    bhi_grid *grid = state;
    int k = grid->n_starts == 1 ? 0 : (int)bh_rng_below(rng, (uint32_t)grid->n_starts);
    begin(grid, find_start(grid, k), obs);
}

void bhi_grid_reset_anywhere(void *state, bh_rng *rng, float *obs)
{
    bhi_grid *grid = state;
    int cell; // a map has a start, so this ends
    do cell = (int)bh_rng_below(rng, (uint32_t)grid->n_cells);
    while (grid->cell[cell] != 'S' && grid->cell[cell] != '.');
    begin(grid, cell, obs);
}

int bhi_grid_place(void *state, float *obs)
{
    bhi_grid *grid = state;
    if (!(obs[0] >= 0 && obs[0] <= (float)grid->last)) return 0;
    int cell = (int)obs[0];
    if (grid->cell[cell] != 'S' && grid->cell[cell] != '.') return 0;
    begin(grid, cell, obs);
    return 1;
}

void bhi_grid_step(void *state, bh_rng *rng, int action, float *obs, double *reward,
                   int *terminated)
{
    bhi_grid *grid = state;
    int k = 0;
    if (grid->n_outcomes == 3) {
        double u = bh_rng_uniform(rng);
        k = u < grid->p[0] ? 0 : u < grid->p[0] + grid->p[1] ? 1 : 2;
    }
    grid->before = grid->at;
    bh_transition t = outcome(grid, grid->at, action, k, &grid->entered);
    grid->at = t.s;
    grid->action = action;
    grid->reward = t.r;
    grid->prob = t.p;
    obs[0] = (float)t.s;
    *reward = t.r;
    *terminated = t.terminated;
}

// ---- telling ----

void bhi_grid_view(const void *state, float *view)
{
    const bhi_grid *grid = state;
    view[0] = (float)grid->at;
    view[1] = (float)grid->before;
    view[2] = (float)grid->entered;
    view[3] = (float)grid->action;
    view[4] = (float)grid->reward;
}

void bhi_grid_describe(const void *state, bh_text *out)
{
    const bhi_grid *grid = state;
    bh_text_add(out, "cell %d (row %d, column %d)", grid->at + 1, grid->at / grid->n_cols + 1,
                grid->at % grid->n_cols + 1);
    char c = grid->cell[grid->at];
    if (c == 'S') bh_text_add(out, ", the start");
    else if (c == 'G') bh_text_add(out, ", the goal");
    else if (c == 'T') bh_text_add(out, ", a trap");
}

void bhi_grid_layout(const void *state, bh_text *out)
{
    const bhi_grid *grid = state;
    bh_text_add(out, "{\"actions\":[");
    for (int a = 0; a < 4; a++) {
        bh_text_add(out, "%s\"%s\"", a > 0 ? "," : "", direction_names[grid->direction[a]]);
    }
    bh_text_add(out, "],\"rows\":[");
    for (int row = 0; row < grid->n_rows; row++) {
        bh_text_add(out, "%s\"%.*s\"", row > 0 ? "," : "", grid->n_cols,
                    grid->cell + row * grid->n_cols);
    }
    bh_text_add(out, "],\"n_rows\":%d,\"n_cols\":%d,\"trap_ends\":%s}", grid->n_rows, grid->n_cols,
                grid->trap_ends ? "true" : "false");
}

void bhi_grid_info(const void *state, bh_text *out)
{
    const bhi_grid *grid = state;
    bh_text_add(out, "{\"prob\":");
    bh_text_add_real(out, grid->prob);
    bh_text_add(out, "}");
}

const bhi_state_field bhi_grid_state[] = {
    BHI_STATE_FIELD_UP_TO(bhi_grid, at, last),
    BHI_STATE_SHOWN_FIELD(bhi_grid, before),
    BHI_STATE_SHOWN_FIELD(bhi_grid, entered),
    BHI_STATE_SHOWN_FIELD(bhi_grid, action),
    BHI_STATE_SHOWN_FIELD(bhi_grid, reward),
    BHI_STATE_SHOWN_FIELD(bhi_grid, prob),
    {NULL},
};
