// SPDX-License-Identifier: MIT
// Actions that are numbers, a Box: as users give them, and what models make and say of them.
import { readObservation } from './definition.mjs';
import { LABELS } from './setup.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {import('../bellhop.js').BoxSpace} BoxSpace */
/** @typedef {import('./run.mjs').Run} Run */

/**
 * The numbers of an action, flat or nested as the space's shape says; within its bounds or not: that is the environment's to judge.
 * @param {string} owner @param {BoxSpace} space @param {unknown} given @returns {ArrayLike<number>}
 */
export function readAction(owner, space, given) {
  const { flat, problem } = readObservation(space, given);
  if (problem !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', `${owner}: action ${problem}`);
  return flat;
}

/**
 * The numbers of n actions, row after row, given so or as an array of actions.
 * @param {string} owner @param {BoxSpace} space @param {any} given @param {number} n @returns {Float32Array}
 */
export function readActions(owner, space, given, n) {
  const size = space.low.length;
  const isFlat = typeof given?.[0] === 'number' && given.length === n * size;
  const rows = isFlat ? Array.from({ length: n }, (_, i) => Array.prototype.slice.call(given, i * size, (i + 1) * size)) : given;
  if (!Array.isArray(rows) || rows.length !== n) {
    throw new BellhopError('BH_ERR_ARGUMENT', `${owner}: actions must be an array of ${n}, each of ${size} numbers`);
  }
  const flat = new Float32Array(n * size);
  rows.forEach((action, i) => flat.set(readAction(owner, space, action), i * size));
  return flat;
}

/** An action, each as likely as any other. @param {import('../bellhop.js').Space} space @param {() => number} random  in [0, 1) @returns {any} */
export function randomAction(space, random) {
  if (space.type === 'Discrete') return Math.floor(random() * space.n);
  return Float32Array.from(space.low, (low, i) => low + random() * (space.high[i] - low));
}

/** One array for each action. @param {Float32Array} flat @param {number} size */
export const rowsOf = (flat, size) => Array.from({ length: flat.length / size }, (_, i) => flat.slice(i * size, (i + 1) * size));

/** The best actions of observations, row after row. @param {Run} run @param {ArrayLike<number>} observations */
export function greedyBox(run, observations) {
  const n = observations.length / run.nObs, numbers = n * run.nAction;
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
  const n = observations.length / run.nObs;
  return run.use((wasm, address) => wasm.scratch((scratch) => {
    const out = scratch.block(n * 8);
    const known = wasm.call.bhx_run_box_values(address, out, scratch.floats(observations), scratch.floats(actions), n);
    wasm.check(Math.min(known, 0));
    return known === 0 ? null : wasm.doubles(out, n);
  }));
}

/**
 * Action values as users ask for them: of all actions where they are Discrete, of those given where they are a Box.
 * @param {Run} run @param {unknown} obs @param {unknown} actions
 */
export function actionValues(run, obs, actions) {
  const { flat } = run.flatten(obs), { actionSpace: space, algo: { name } } = run;
  if (space.type === 'Discrete') return run.qValues(flat);
  const owner = LABELS[name] ?? name;
  if (actions === undefined) throw new BellhopError('BH_ERR_ARGUMENT', `${owner}: actions are a Box, so there is no list of them; say which: qValues(obs, actions)`);
  const values = boxValues(run, flat, readActions(owner, space, actions, flat.length / run.nObs));
  if (!values) throw new BellhopError('BH_ERR_CONFIG', `${owner} has no action values`);
  return values;
}
