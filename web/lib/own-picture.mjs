// SPDX-License-Identifier: MIT
// What an environment of one's own shows of itself: its state in words, and a picture that it draws where it lives, in the
// worker, onto a canvas that is no part of a page; so no policy of a page's is in its way.
import { thrownText } from './definition.mjs';

/** @typedef {import('../bellhop.js').CustomEnv} Instance */

/** The most a canvas may have in each direction, in CSS pixels, and pixels for each of them. */
export const LOOK_MAX = 8192, RATIO_MAX = 16;
/** @param {unknown} value @param {number} most */
const isSize = (value, most) => typeof value === 'number' && value > 0 && value <= most;

/** Those whose describe or draw failed, which was said. @type {WeakSet<object>} */
const failed = new WeakSet();

/** Calls what only shows something: that it fails is said once, and ends nothing. @template T @param {string} id @param {object} owner @param {string} name @param {() => T} call @returns {T | undefined} */
function shown(id, owner, name, call) {
  if (failed.has(owner)) return undefined;
  try {
    return call();
  } catch (error) {
    failed.add(owner);
    console.warn(`bellhop: ${id}: ${name} threw ${thrownText(error)}; it is not called any more`);
    return undefined;
  }
}

/** The state in words; undefined where it does not say. @param {string} id @param {Instance} env @returns {string | undefined} */
export function describeOwn(id, env) {
  const text = shown(id, env, 'describe()', () => env.describe?.());
  return typeof text === 'string' ? text : undefined;
}

/**
 * A picture of it, an ImageBitmap; null where it does not draw itself, or there is no canvas without a page.
 * @param {string} id @param {Instance} env @param {import('../bellhop.js').Look} look
 * @returns {any}
 */
export function paintOwn(id, env, { width, height, pixelRatio = 1, theme }) {
  const Canvas = /** @type {any} */ (globalThis).OffscreenCanvas;
  if (typeof env.draw !== 'function' || !Canvas || ![width, height].every((size) => isSize(size, LOOK_MAX)) || !isSize(pixelRatio, RATIO_MAX)) return null;
  // A new one each time: whatever the last drawing left behind, clips and transforms too, is gone.
  const canvas = new Canvas(Math.max(1, Math.round(width * pixelRatio)), Math.max(1, Math.round(height * pixelRatio)));
  const colours = Object(theme), context = canvas.getContext('2d');
  context.scale(pixelRatio, pixelRatio);
  context.fillStyle = context.strokeStyle = colours.ink ?? '#000';
  context.font = `14px ${colours.font ?? 'sans-serif'}`;
  [context.lineJoin, context.lineCap] = ['round', 'round'];
  const isDrawn = shown(id, env.draw, 'draw()', () => {
    env.draw?.(context, width, height, colours);
    return true;
  });
  return isDrawn ? canvas.transferToImageBitmap() : null;
}
