// SPDX-License-Identifier: MIT
// Reading a table of values, (states, actions), row by row; and the range of values a map's task can have, which its colours go by.

/**
 * The layout of envs/grid.h.
 * @typedef {{ rows: readonly string[], n_rows: number, n_cols: number, actions: string[], trap_ends: boolean }} MapLayout
 */
/** @typedef {{ goal: number, trap: number, step: number }} Rewards */

/** @param {ArrayLike<number>} table @param {number} s @param {number} n actions */
export function best(table, s, n) {
  let max = -Infinity;
  for (let a = 0; a < n; a++) max = Math.max(max, table[s * n + a]);
  return max;
}

/** The greedy actions of a state; none while all have the same value. @param {ArrayLike<number>} table @param {number} s @param {number} n actions */
export function greedyMoves(table, s, n) {
  const top = best(table, s, n);
  const list = [];
  for (let a = 0; a < n; a++) if (table[s * n + a] >= top - 1e-9) list.push(a);
  return list.length === n ? [] : list;
}

/** The cells an agent can stand in and act. @param {MapLayout} layout @param {(s: number) => void} visit */
export function forEachOpen({ rows }, visit) {
  [...rows.join('')].forEach((kind, s) => {
    if (kind === '.' || kind === 'S') visit(s);
  });
}

/**
 * The rewards of entering a cell: those of the options where there are such, else those of FrozenLake or CliffWalking.
 * @param {MapLayout} layout @param {Record<string, any>} options @returns {Rewards}
 */
function rewardsOf({ trap_ends: isFinal }, { goalReward, trapReward, stepReward }) {
  const [goal, trap, step] = isFinal ? [1, 0, 0] : [-1, -100, -1];
  return { goal: goalReward ?? goal, trap: trapReward ?? trap, step: stepReward ?? step };
}

/**
 * The lowest and highest value of a task, for its colours. With true values they are those of the best actions, else what the
 * shortest ways would return; the rewards of goal and trap belong to it. A fall that does not end the episode is left out: one of
 * -100 would leave a single colour for all that differs.
 * @param {MapLayout} layout @param {Float64Array | null} table  true values, where they are known
 * @param {Record<string, any>} [options]  of the environment, as the library has them: goalReward, trapReward, stepReward
 * @returns {import('./colour.mjs').Range}
 */
export function valueRange(layout, table, options = {}) {
  const rewards = rewardsOf(layout, options);
  const cells = layout.rows.join('');
  const values = table && table.length === cells.length * layout.actions.length ? bestValues(layout, table) : routeValues(layout, rewards);
  if (cells.includes('G')) values.push(rewards.goal);
  if (cells.includes('T') && layout.trap_ends) values.push(rewards.trap);
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  if (high - low > 1e-9) return { low, high };
  return { low: Math.min(low, 0), high: low < 0 ? 0 : high || 1 };
}

/** @param {MapLayout} layout @param {Float64Array} table @returns {number[]} */
function bestValues(layout, table) {
  /** @type {number[]} */
  const values = [];
  forEachOpen(layout, (s) => values.push(best(table, s, layout.actions.length)));
  return values;
}

/**
 * Return of the shortest way to a goal, around the traps and undiscounted: from each cell that has one.
 * @param {MapLayout} layout @param {Rewards} rewards @returns {number[]}
 */
function routeValues({ rows, n_cols: cols }, { goal, step }) {
  const cells = rows.join('');
  let reached = [...cells].flatMap((kind, s) => (kind === 'G' ? [s] : []));
  const seen = new Set(reached);
  const values = [];
  for (let value = goal; reached.length > 0; value += step) {
    reached = [...new Set(reached.flatMap((s) => neighbours(s, cols, cells.length)))].filter((s) => (cells[s] === '.' || cells[s] === 'S') && !seen.has(s));
    for (const s of reached) seen.add(s);
    if (reached.length > 0) values.push(value);
  }
  return values;
}

/** @param {number} s @param {number} cols @param {number} n cells */
const neighbours = (s, cols, n) => [s - cols, s + cols, s % cols > 0 ? s - 1 : -1, s % cols < cols - 1 ? s + 1 : -1].filter((to) => to >= 0 && to < n);
