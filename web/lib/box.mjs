// SPDX-License-Identifier: MIT
// Actions that are numbers, a Box: what models make and say of them. How users give them: actions.mjs.

/** @typedef {import('./run.mjs').Run} Run */

/** One array for each action. @param {Float32Array} flat @param {number} size */
export const rowsOf = (flat, size) => Array.from({ length: flat.length / size }, (_, i) => flat.slice(i * size, (i + 1) * size));

/** The best actions of observations, row after row. @param {Run} run @param {ArrayLike<number>} observations */
export function greedyBox(run, observations) {
  const n = run.count(observations), numbers = n * run.nAction;
  return run.use((wasm, address) => wasm.scratch((scratch) => {
    const out = scratch.block(numbers * 4);
    wasm.check(wasm.call.bhx_run_greedy_box(address, out, scratch.floats(observations), n));
    return wasm.floats(out, numbers);
  }));
}

/**
 * The value of each action in its observation; null where the algorithm has no action values.
 * @param {Run} run @param {ArrayLike<number>} observations @param {ArrayLike<number>} actions
 */
export function boxValues(run, observations, actions) {
  const n = run.count(observations);
  return run.use((wasm, address) => wasm.scratch((scratch) => {
    const out = scratch.block(n * 8);
    const known = wasm.call.bhx_run_box_values(address, out, scratch.floats(observations), scratch.floats(actions), n);
    wasm.check(Math.min(known, 0));
    return known === 0 ? null : wasm.doubles(out, n);
  }));
}
