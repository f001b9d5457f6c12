// SPDX-License-Identifier: MIT
// Observation spaces as the library's users have them. On their own, so that the worker's script, which has runs and no
// environments of its own, does not carry env.mjs.

/** A space as the module has it. @typedef {import('../bellhop.js').ModuleSpace} Space */
/** @typedef {Float32Array | Uint8Array} Numbers */

/** The array of a Box's numbers. @param {string} dtype */
const arrayOf = (dtype) => dtype === 'uint8' ? Uint8Array : Float32Array;

/** @param {readonly number[]} shape */
const product = (shape) => shape.reduce((n, size) => n * size, 1);

/**
 * A space with its bounds as typed arrays; the module writes one number where all are equal, else where they are.
 * @param {import('./wasm.mjs').Wasm} wasm @param {any} space @returns {Space}
 */
export function readSpace(wasm, space) {
  if (space.type === 'Discrete') return space;
  const { shape, dtype } = space, n = product(shape);
  const bounds = (/** @type {any} */ given) =>
    given.address === undefined ? new (arrayOf(dtype))(n).fill(Number(given)) : new (arrayOf(dtype))(wasm.floats(given.address, n));
  return { type: 'Box', shape, low: bounds(space.low), high: bounds(space.high), dtype };
}

/** Numbers of one observation; the module hands each over as a float. @param {Space} space */
export function floatsOf(space) {
  return space.type === 'Box' ? product(space.shape) : 1;
}

/** Observations from the module in the space's own array. @param {Space} space @param {Float32Array} floats @returns {Numbers} */
export function toDtype(space, floats) {
  return space.type === 'Box' && space.dtype === 'uint8' ? Uint8Array.from(floats) : floats;
}
