// SPDX-License-Identifier: MIT
// The true values of a world whose transitions are known, from value iteration with the run's discount: what the agent's values
// are measured against, or of a policy its most probable actions. Computed in a session of its own; the run knows nothing of it.

const SWEEPS = 4000;

/**
 * Q-values of every state, (S, A); null where they cannot be had.
 * @param {import('../worker/trainer.mjs').Trainer} trainer
 * @param {{ env: string, envOptions: Record<string, any> }} world @param {number} gamma @returns {Promise<Float64Array | null>}
 */
export async function trueValues(trainer, { env, envOptions }, gamma) {
  const planner = await trainer.create({ env, algo: 'value-iteration', options: { gamma, totalTimesteps: SWEEPS, seed: 0, evalFreq: 0 }, envOptions });
  try {
    return await new Promise((resolve, reject) => {
      planner.onFrame = (frame) => {
        if (frame.timesteps >= SWEEPS) resolve(frame.table);
      };
      planner.step(SWEEPS).catch(reject);
    });
  } finally {
    await planner.dispose();
  }
}

/** The states an agent can stand in and act: open cells of a map; of DeepSea, those the diver can reach. @param {any} layout @returns {number[]} */
export function statesOf(layout) {
  if (layout.rows) return [...layout.rows.join('')].flatMap((kind, s) => (kind === '.' || kind === 'S' ? [s] : []));
  return Array.from({ length: layout.size ?? 0 }, (_, row) => Array.from({ length: row + 1 }, (__, column) => row * layout.size + column)).flat();
}

/** The best value of a state. @param {Float64Array} table @param {number} state @param {number} n actions */
export const bestOf = (table, state, n) => table.subarray(state * n, state * n + n).reduce((best, v) => Math.max(best, v), -Infinity);

/** How far a table is from the true one: the largest error, and in how many states its best action is truly a best one. @param {number[]} states @param {Float64Array} table @param {Float64Array} truth @param {number} n actions */
export function compareValues(states, table, truth, n) {
  let error = 0, good = 0;
  for (const s of states) {
    const row = table.subarray(s * n, s * n + n);
    if (truth[s * n + row.indexOf(bestOf(table, s, n))] >= bestOf(truth, s, n) - 1e-6) good++;
    row.forEach((v, a) => (error = Math.max(error, Math.abs(v - truth[s * n + a]))));
  }
  return { error, good, all: states.length };
}
