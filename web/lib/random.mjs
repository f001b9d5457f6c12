// SPDX-License-Identifier: MIT
// A stream of random numbers in JavaScript, the same everywhere: for samples of spaces and random policies. Runs have the module's own.
import { checked } from './rules.mjs';

/** @type {import('./rules.mjs').Rule} */
const SEED = [Number.isSafeInteger, 'a whole number between -(2^53 - 1) and 2^53 - 1'];

/** Numbers in [0, 1) (Mulberry32). @param {number} seed  a whole number @returns {() => number} */
export function createRng(seed) {
  checked('seed', seed, SEED);
  let state = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
