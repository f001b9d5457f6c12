// SPDX-License-Identifier: MIT
// What values may be, as pairs of a test and its words, and keys that are not known. given.mjs reads what callers give by them; what comes through a
// port is a copy already.
import { BellhopError } from './bellhop-error.mjs';
import { shown, suggestion } from './messages.mjs';

/** What a value may be, and in which words. @typedef {readonly [test: (value: any) => boolean, wanted: string]} Rule */

/** @param {number} low @param {number} high @returns {Rule} */
export const whole = (low, high) => [(value) => Number.isInteger(value) && value >= low && value <= high, `a whole number between ${low} and ${high}`];

/** The value, where it is what the rule says. @template T @param {string} name @param {T} value @param {Rule} rule @returns {T} */
export function checked(name, value, [test, wanted]) {
  if (test(value)) return value;
  throw new BellhopError('BH_ERR_ARGUMENT', `${name} is ${shown(value)}, but must be ${wanted}`);
}

/**
 * Throws for keys that are not known, with a suggestion. Of what a caller gave, readOptions (given.mjs) calls it; what came through a port is a copy.
 * @param {string} owner  what "has no option" is said of
 * @param {unknown} options
 * @param {readonly string[]} keys
 */
export function onlyKeys(owner, options, keys) {
  if (typeof options !== 'object' || options === null) {
    throw new BellhopError('BH_ERR_ARGUMENT', `${owner} takes an object, but got ${shown(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (keys.includes(key)) continue;
    throw new BellhopError('BH_ERR_ARGUMENT', `${owner} has no option '${key}'${suggestion(key, keys) || `; it takes ${keys.join(', ')}`}`);
  }
}
