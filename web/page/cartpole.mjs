// SPDX-License-Identifier: MIT
// CartPole: its drawing, its words, what its value map and its inputs show.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { draw } from '../draw/cartpole.mjs';
import { actionWords, chosenHow } from './action-words.mjs';
import { DEGREES } from './inputs.mjs';
import { lab } from './app.mjs';
import { actionName } from './telling.mjs';
import { t, value } from './i18n.mjs';

export { wire } from './control.mjs';
export { refreshValueMap as onAnimationFrame } from './value-map.mjs';

/** @param {HTMLCanvasElement} canvas @param {any} scene */
export function paint(canvas, scene) {
  const metres = (/** @type {number} */ x) => (Number.isInteger(x) ? value(x, 0) : `${value(x, 1)} m`);
  const push = (/** @type {number} */ action, /** @type {boolean} */ explored) => t('draw.push', { action: actionName(action), how: chosenHow(explored) });
  draw(canvas, { ...scene, words: { ...actionWords(), fell: t('draw.fell'), kept: t('draw.kept'), metres, push } });
}

/** @param {ArrayLike<number>} view */
export function tell(view) {
  const [x, theta] = [view[0], view[2]];
  return t('state.cart', {
    x: value(Math.abs(x), 2), side: t(x < 0 ? 'side.left' : 'side.right'),
    angle: value(Math.abs(theta) * DEGREES, 1), lean: t(theta < 0 ? 'side.left' : 'side.right'),
  });
}

export const tellObservation = tell;

/** @type {import('./inputs.mjs').Gauge[]} */
export const gauges = [
  { low: -2.4, high: 2.4, digits: 2, unit: ' m' }, { low: -3, high: 3, digits: 2, unit: ' m/s' },
  { low: -12, high: 12, digits: 1, unit: '°', factor: DEGREES }, { low: -3 * DEGREES, high: 3 * DEGREES, digits: 1, unit: '°/s', factor: DEGREES },
];

/** @returns {number} rad */
const reach = () => Number(lab().session?.info.layout.theta_threshold_radians ?? 0.2095) * 1.15;

/** The cart in the middle: across the angle, up the angular velocity. @type {import('./value-map.mjs').Slice} */
export const slice = {
  name: 'cartpole',
  across: () => [-reach(), reach()],
  up: () => [-3, 3],
  observation: (angle, velocity) => [0, 0, angle, velocity],
  at: (view) => [view[2], view[3]],
  end: { across: (x) => `${value(x * DEGREES, 0)}°`, up: (y) => `${value(y * DEGREES, 0)}°/s` },
};
