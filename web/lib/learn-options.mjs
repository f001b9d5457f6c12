// SPDX-License-Identifier: MIT
// Options of learn(), of models, trainings of language models and sessions alike: on their own, so that a page whose worker does the
// learning checks them without it.
import { onlyKeys, shown } from './messages.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** Of runs, the options that say how many steps. */
export const RUN_STEPS = Object.freeze(['steps', 'totalTimesteps', 'resetNumTimesteps']);

/**
 * Throws where learn() would fail at them, but for the number of steps.
 * @param {object} options
 * @param {readonly string[]} counts  the options that say how many steps
 */
export function checkLearnOptions(options, counts) {
  onlyKeys('learn', options, [...counts, 'onProgress', 'signal', 'sliceMilliseconds']);
  const { onProgress, signal, sliceMilliseconds } = /** @type {Record<string, any>} */ (options);
  if (onProgress !== undefined && typeof onProgress !== 'function') throw bad('onProgress', onProgress, 'a function');
  if (signal !== undefined && (typeof signal?.aborted !== 'boolean' || typeof signal.addEventListener !== 'function')) throw bad('signal', signal, 'an AbortSignal');
  if (sliceMilliseconds !== undefined && !(typeof sliceMilliseconds === 'number' && sliceMilliseconds >= 0 && sliceMilliseconds < Infinity)) {
    throw bad('sliceMilliseconds', sliceMilliseconds, 'a number of at least 0');
  }
}

/** @param {string} name @param {unknown} value @param {string} wanted */
function bad(name, value, wanted) {
  return new BellhopError('BH_ERR_ARGUMENT', `${name} is ${shown(value)}, but must be ${wanted}`);
}
