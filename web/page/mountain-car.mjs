// SPDX-License-Identifier: MIT
// MountainCar: its drawing, its words, what its value map and its inputs show.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { draw } from '../draw/mountain-car.mjs';
import { actionWords } from './action-words.mjs';
import { lab } from './app.mjs';
import { t, value } from './i18n.mjs';

export { wire } from './control.mjs';
export { refreshValueMap as onAnimationFrame } from './value-map.mjs';

/** @param {HTMLCanvasElement} canvas @param {any} scene */
export function paint(canvas, scene) {
  draw(canvas, { ...scene, words: { ...actionWords(), goal: t('draw.goal'), coasting: t('draw.coasting'), position: (/** @type {number} */ x) => value(x, 1) } });
}

/** @param {ArrayLike<number>} view */
export function tell(view) {
  const velocity = view[1];
  return t('state.car', { x: value(view[0], 2), speed: value(Math.abs(velocity), 3), side: t(velocity < 0 ? 'side.left' : 'side.right') });
}

export const tellObservation = tell;

const MAX_SPEED = 0.07;
/** @returns {[number, number]} */
const road = () => {
  const { min_position: low, max_position: high } = /** @type {{ min_position?: number, max_position?: number }} */ (lab().session?.info.layout ?? {});
  return [low ?? -1.2, high ?? 0.6];
};

/** @type {import('./inputs.mjs').Gauge[]} */
export const gauges = [{ low: -1.2, high: 0.6, digits: 2, unit: '' }, { low: -MAX_SPEED, high: MAX_SPEED, digits: 3, unit: '' }];

/** Every state there is: across the position, up the velocity. @type {import('./value-map.mjs').Slice} */
export const slice = {
  name: 'mountain-car',
  across: road,
  up: () => [-MAX_SPEED, MAX_SPEED],
  observation: (position, velocity) => [position, velocity],
  at: (view) => [view[0], view[1]],
  end: { across: (x) => value(x, 1), up: (y) => value(y, 2) },
};
