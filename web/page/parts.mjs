// SPDX-License-Identifier: MIT
// What only some worlds need (their drawing, panels of their own, their words), fetched and wired when the first of them is
// shown. Maps are not here: they are the first view, and in the page's script.
import { loadLater } from './i18n.mjs';

/**
 * @typedef {object} Part
 * @property {() => void} [wire]
 * @property {(canvas: HTMLCanvasElement, scene: any) => void} paint    the world
 * @property {(view: ArrayLike<number>) => string} [tell]               a state in the reader's words; else the library's are shown
 * @property {(obs: ArrayLike<number>) => string} [tellObservation]     where an observation can be read back
 * @property {(now: number) => void} [onAnimationFrame]
 * @property {import('./value-map.mjs').Slice} [slice]                  for the value map
 * @property {import('./inputs.mjs').Gauge[]} [gauges]                  for the inputs, one each
 */
/** @typedef {import('./tabs.mjs').PartName} PartName */

/** @type {Record<Exclude<PartName, 'map'>, () => Promise<Part>>} */
const FETCH = {
  'cartpole': () => import('./cartpole.mjs'), 'mountain-car': () => import('./mountain-car.mjs'), 'acrobot': () => import('./acrobot.mjs'),
  'catch': () => import('./catch.mjs'), 'breakout': () => import('./breakout.mjs'),
  'deep-sea': () => import('./deep-sea.mjs'), 'bandit': () => import('./bandit.mjs'), 'text': () => import('./textgen.mjs'),
};

/** @type {Map<PartName, Part>} */
const parts = new Map();

/** The part a world needs, once it was fetched; maps have none. @param {import('./tabs.mjs').World} world */
export const partOf = (world) => parts.get(world.part);

/** Resolves when a world can be shown. @param {import('./tabs.mjs').World} world */
export async function fetchPart({ part: name }) {
  if (name === 'map' || parts.has(name)) return;
  const [part] = await Promise.all([FETCH[name](), loadLater()]);
  if (parts.has(name)) return;
  parts.set(name, part);
  part.wire?.();
}
