// SPDX-License-Identifier: MIT
// Options of learn(), of models, trainings of language models and sessions alike: on their own, so that a page whose worker does the
// learning checks them without it.
import { ANY, FLAG, readOptions } from './given.mjs';

/** @typedef {import('./rules.mjs').Rule} Rule */

/** Of runs, the options that say how many steps; whoever has the run knows how many there may be. @type {Readonly<Record<string, Rule>>} */
export const RUN_STEPS = Object.freeze({ steps: ANY, totalTimesteps: ANY, resetNumTimesteps: FLAG });
/** The longest a timer takes, which is 24 days. */
const SLICE_MAX = 2 ** 31 - 1;

/** @type {Rule} */
export const SIGNAL = [(value) => typeof value.aborted === 'boolean' && typeof value.addEventListener === 'function', 'an AbortSignal'];
/** @type {Readonly<Record<string, Rule>>} */
const RULES = {
  onProgress: [(value) => typeof value === 'function', 'a function'],
  signal: SIGNAL,
  sliceMilliseconds: [(value) => typeof value === 'number' && value >= 0 && value <= SLICE_MAX, `a number between 0 and ${SLICE_MAX}`],
};

/**
 * The options of learn(), each read once; throws where learn would fail at them.
 * @param {unknown} options @param {Readonly<Record<string, Rule>>} steps  the options that say how many
 */
export const readLearnOptions = (options, steps) => readOptions('learn', options, { ...steps, ...RULES });
