// SPDX-License-Identifier: MIT
// Actions that are numbers, a Box: what models make and say of them. How users give them: actions.mjs.

/** @typedef {import('./run.mjs').Run} Run */

/**
 * An action, each legal one as likely as any other. @param {import('../bellhop.js').Space} space @param {() => number} random  in [0, 1)
 * @param {ArrayLike<number | boolean>} [mask]  without one all are legal @returns {any}
 */
export function randomAction(space, random, mask) {
  if (space.type === 'Discrete') {
    const legal = mask && Array.from(mask, (each, action) => each ? action : -1).filter((action) => action >= 0);
    return legal ? legal[Math.floor(random() * legal.length)] : Math.floor(random() * space.n);
  }
  return Float32Array.from(space.low, (low, i) => low + random() * (space.high[i] - low));
}

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
