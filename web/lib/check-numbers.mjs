// SPDX-License-Identifier: MIT
// What checkEnv reads off the numbers it sees: images that are not as networks take them, observations of very different
// sizes, a time limit that is not the one that was declared.
import { floatsOf } from './space.mjs';

/** @typedef {import('../bellhop.js').Space} Space */

/** How far apart the sizes of an observation's numbers may be. */
const SCALES_APART = 100;
const BYTE_MAX = 255;
/** A picture of bytes that is not quite white still has a number as large as this. */
const BYTE_LIKELY = 64;
/** Below this height and width nobody takes an array for an image. */
const IMAGE_MIN = 8;
const COLOURS_MAX = 4;

/** What is wrong with the shape of images, in words. @param {Space} space */
export function problemOfShape(space) {
  if (space.type !== 'Box' || space.shape.length !== 3) return undefined;
  const [channels, height, width] = space.shape;
  const isLikely = Math.min(height, width) >= Math.max(IMAGE_MIN, 2 * channels) && (channels <= COLOURS_MAX || height === width);
  return isLikely ? `observationSpace.shape is [${channels}, ${height}, ${width}], which looks like (channels, height, width); expected (height, width, channels): [${height}, ${width}, ${channels}]` : undefined;
}

/** The largest absolute values that observations had, number by number. */
export class Numbers {
  #space;
  #largest;
  /** Steps at which they were seen. @type {Int32Array} */
  #steps;
  #least = 0;

  /** @param {Space} space */
  constructor(space) {
    this.#space = space;
    const n = space.type === 'Box' && space.dtype === 'float32' ? floatsOf(space) : 0;
    this.#largest = new Float64Array(n);
    this.#steps = new Int32Array(n);
  }

  /** @param {ArrayLike<number>} flat @param {number} step */
  see(flat, step) {
    for (let i = 0; i < this.#largest.length; i++) {
      this.#least = Math.min(this.#least, flat[i]);
      const size = Math.abs(flat[i]);
      if (size <= this.#largest[i]) continue;
      this.#largest[i] = size;
      this.#steps[i] = step;
    }
  }

  /** What is likely a mistake: kinds and sentences. @returns {[string, string][]} */
  problems() {
    if (this.#space.type !== 'Box' || this.#largest.length === 0) return [];
    const most = this.#largest.reduce((best, size, i) => size > this.#largest[best] ? i : best, 0);
    const image = this.#problemOfImage(this.#space, most);
    if (image !== undefined) return [['image', image]];
    const least = this.#largest.reduce((best, size, i) => size > 0 && (this.#largest[best] === 0 || size < this.#largest[best]) ? i : best, 0);
    if (this.#space.shape.length === 3 || this.#largest[most] <= SCALES_APART * this.#largest[least]) return [];
    const text = (/** @type {number} */ i) => `${Number(this.#largest[i].toPrecision(3))} at [${i}] (step ${this.#steps[i]})`;
    return [['scales', `the numbers of its observations are of very different sizes: up to ${text(most)}, but only up to ${text(least)}; `
      + `expected sizes less than ${SCALES_APART} times apart, as networks learn little from the small ones: set normalizeObservation: true, or scale them`]];
  }

  /** @param {import('../bellhop.js').BoxSpace} space @param {number} most */
  #problemOfImage({ shape, high }, most) {
    const size = this.#largest[most];
    if (shape.length < 2 || Math.min(shape[0], shape[1]) < IMAGE_MIN || this.#least < 0 || size > BYTE_MAX) return undefined;
    if (size < BYTE_LIKELY && !(size > 1 && high.every((bound) => bound === BYTE_MAX))) return undefined;
    return `its observations look like images of bytes as float32: at step ${this.#steps[most]} there was ${size} at [${most}]; expected numbers between 0 and 1, as networks take `
      + "float32 as it is: set dtype: 'uint8', of which they get x / 255 and the replay buffer is a quarter of the size, or divide by 255";
  }
}

/** How long episodes were that the environment itself truncated. */
export class Lengths {
  /** @type {{ length: number, step: number }[]} */
  #truncated = [];
  #longest = 0;

  /** @param {number} length  of the episode so far @param {number} step @param {{ terminated: unknown, truncated: unknown }} outcome */
  see(length, step, { terminated, truncated }) {
    this.#longest = Math.max(this.#longest, length);
    if (truncated === true && terminated !== true) this.#truncated.push({ length, step });
  }

  /** @param {number | null | undefined} limit  the one that was declared */
  problem(limit) {
    const [first, ...others] = this.#truncated;
    const isLimit = others.length > 0 && first.length === this.#longest && others.every(({ length }) => length === first.length);
    if (!isLimit || typeof limit !== 'number' || first.length === limit) return undefined;
    return `step ${first.step} was truncated as the ${first.length}. of its episode, and ${others.length + 1} episodes were, but maxEpisodeSteps is ${limit}; expected one limit: `
      + `set maxEpisodeSteps: ${first.length} and leave truncated false, or correct the environment's own`;
  }
}
