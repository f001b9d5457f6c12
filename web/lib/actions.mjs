// SPDX-License-Identifier: MIT
// Actions that are numbers, a Box, as users give them.
import { BellhopError } from './bellhop-error.mjs';
import { boxValues } from './box.mjs';
import { ANY, copied, readOptions } from './given.mjs';
import { flattenObs } from './run-values.mjs';
import { LABELS } from './setup.mjs';
import { readObservation } from './space-values.mjs';

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

/** The masks among the options of a call. @param {string} name @param {unknown} options @returns {unknown} */
export function maskOf(name, options = {}) {
  return readOptions(name, options, { actionMask: ANY }).actionMask;
}

/**
 * Action values as users ask for them: of all actions where they are Discrete, with masks where they are given; of those given where they are a Box.
 * @param {Run} run @param {unknown} obs @param {unknown} actions
 */
export function actionValues(run, obs, actions) {
  const { actionSpace: space, algo: { name } } = run;
  if (space.type === 'Discrete') return run.qValues(flattenObs(run, obs, maskOf('qValues', actions)).flat);
  const given = copied('actions', actions), { flat } = flattenObs(run, obs);
  const owner = LABELS[name] ?? name;
  if (run.algo.gives_log_probs) throw new BellhopError('BH_ERR_CONFIG', `${owner} has no action values`);
  if (actions === undefined) throw new BellhopError('BH_ERR_ARGUMENT', `${owner}: actions are a Box, so there is no list of them; say which: qValues(obs, actions)`);
  const values = boxValues(run, flat, readActions(owner, space, given, run.count(flat)));
  if (!values) throw new BellhopError('BH_ERR_CONFIG', `${owner} has no action values`);
  return values;
}
