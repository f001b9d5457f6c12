// SPDX-License-Identifier: MIT
// Observation spaces as the library's users have them. On their own, so that the worker's script, which has runs and no
// environments of its own, does not carry env.mjs.

import { BellhopError } from './bellhop-error.mjs';
import { shown } from './messages.mjs';

/** @typedef {import('../bellhop.js').Space} Space */
/** @typedef {Float32Array | Uint8Array} Numbers */

/** The array of a Box's numbers. @param {string} dtype */
const arrayOf = (dtype) => dtype === 'uint8' ? Uint8Array : Float32Array;

/** @param {readonly number[]} shape */
const product = (shape) => shape.reduce((n, size) => n * size, 1);

/**
 * A space with its bounds as typed arrays; the module writes one number where all are equal.
 * @param {any} space @returns {Space}
 */
export function readSpace(space) {
  if (space.type === 'Discrete') return space;
  const { shape, dtype } = space;
  const bounds = (/** @type {any} */ given) =>
    Array.isArray(given) ? new (arrayOf(dtype))(given.map(Number)) : new (arrayOf(dtype))(product(shape)).fill(Number(given));
  return { type: 'Box', shape, low: bounds(space.low), high: bounds(space.high), dtype };
}

/** Numbers of one observation; the module hands each over as a float. @param {Space} space */
export function floatsOf(space) {
  return space.type === 'Box' ? product(space.shape) : 1;
}

/**
 * Rows of observations and, behind each, its action mask, as the module has them. Without masks all actions are legal.
 * @param {{ nObs: number, nMask: number }} sizes @param {ArrayLike<number>} flat  the observations
 * @param {any} masks  1 or true where an action is legal, one after the other or an array of them
 */
export function withMasks({ nObs, nMask }, flat, masks) {
  const n = flat.length / nObs, all = masks === undefined ? new Uint8Array(n * nMask).fill(1) : readMasks(masks, n, nMask);
  const rows = new Float32Array(n * (nObs + nMask));
  for (let i = 0; i < n; i++) {
    rows.set(Array.prototype.slice.call(flat, i * nObs, (i + 1) * nObs), i * (nObs + nMask));
    rows.set(all.subarray(i * nMask, (i + 1) * nMask), i * (nObs + nMask) + nObs);
  }
  return rows;
}

/** @param {any} masks @param {number} n @param {number} nMask @returns {Uint8Array} */
function readMasks(masks, n, nMask) {
  if (nMask === 0) throw new BellhopError('BH_ERR_ARGUMENT', 'actionMask was given, but the environment has no action masks: all its actions always are legal');
  const flat = Array.from(/** @type {ArrayLike<any>} */ (Object(masks)), (each) => typeof each === 'object' && each !== null ? Array.from(each) : [each]).flat();
  if (flat.length !== n * nMask) throw new BellhopError('BH_ERR_ARGUMENT', `actionMask has ${flat.length} entries, but must have ${nMask} for each of ${n} observation${n === 1 ? '' : 's'}`);
  const problem = problemOfMask(flat);
  if (problem !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', `actionMask ${problem}`);
  for (let i = 0; i < n; i++) {
    if (!flat.slice(i * nMask, (i + 1) * nMask).some(Boolean)) throw new BellhopError('BH_ERR_ARGUMENT', `actionMask${n > 1 ? `[${i}]` : ''} has no legal action`);
  }
  return Uint8Array.from(flat, Number);
}

/** What is wrong with the entries of a mask, as "has 2 at [1], but …". @param {ArrayLike<any>} mask */
export function problemOfMask(mask) {
  const at = Array.prototype.findIndex.call(mask, (each) => each !== 0 && each !== 1 && each !== true && each !== false);
  return at < 0 ? undefined : `has ${shown(mask[at])} at [${at}], but must have 1 where an action is legal and 0 where not`;
}

/** Observations from the module in the space's own array. @param {Space} space @param {Float32Array} floats @returns {Numbers} */
export function toDtype(space, floats) {
  return space.type === 'Box' && space.dtype === 'uint8' ? Uint8Array.from(floats) : floats;
}
