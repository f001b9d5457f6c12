// SPDX-License-Identifier: MIT
// Observation spaces as the library's users have them. On their own, so that the worker's script, which has runs and no
// environments of its own, does not carry env.mjs.

/** @typedef {import('./bellhop.js').Space} Space */

/** A space with its bounds as typed arrays. @param {any} space @returns {Space} */
export function readSpace(space) {
  if (space.type === 'Discrete') return space;
  const bounds = { low: Float32Array.from(space.low, Number), high: Float32Array.from(space.high, Number) };
  return { type: 'Box', shape: space.shape, ...bounds, dtype: space.dtype };
}

/** Floats of one stored observation. @param {Space} space */
export function floatsOf(space) {
  return space.type === 'Box' ? space.shape[0] : 1;
}
