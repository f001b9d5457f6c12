// SPDX-License-Identifier: MIT
// Acrobot: its drawing, its words, what its value map and its inputs show.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { draw } from '../draw/acrobot.mjs';
import { actionWords } from './action-words.mjs';
import { DEGREES } from './inputs.mjs';
import { t, value } from './i18n.mjs';

export { wire } from './control.mjs';
export { refreshValueMap as onAnimationFrame } from './value-map.mjs';

/** @param {HTMLCanvasElement} canvas @param {any} scene */
export function paint(canvas, scene) {
  draw(canvas, { ...scene, words: { ...actionWords(), target: t('draw.target') } });
}

/** @param {ArrayLike<number>} view */
export const tell = (view) => links(view[0], view[1]);

/** @param {ArrayLike<number>} obs */
export const tellObservation = (obs) => links(Math.atan2(obs[1], obs[0]), Math.atan2(obs[3], obs[2]));

/** @param {number} theta1 @param {number} theta2 */
function links(theta1, theta2) {
  const above = -Math.cos(theta1) - Math.cos(theta1 + theta2) - 1;
  return t('state.acrobot', {
    first: value(theta1 * DEGREES, 1), second: value(theta2 * DEGREES, 1),
    gap: value(Math.abs(above), 2), side: t(above < 0 ? 'side.below' : 'side.above'),
  });
}

const turn = { low: -1, high: 1, digits: 2, unit: '' };
/** @type {import('./inputs.mjs').Gauge[]} */
export const gauges = [turn, turn, turn, turn,
  { low: -4 * 180, high: 4 * 180, digits: 0, unit: '°/s', factor: DEGREES }, { low: -9 * 180, high: 9 * 180, digits: 0, unit: '°/s', factor: DEGREES }];

/** Both links at rest: across the angle of the first one, up that of the second one to it. @type {import('./value-map.mjs').Slice} */
export const slice = {
  name: 'acrobot',
  across: () => [-Math.PI, Math.PI],
  up: () => [-Math.PI, Math.PI],
  observation: (first, second) => [Math.cos(first), Math.sin(first), Math.cos(second), Math.sin(second), 0, 0],
  at: (view) => [view[0], view[1]],
  end: { across: (x) => `${value(x * DEGREES, 0)}°`, up: (y) => `${value(y * DEGREES, 0)}°` },
};
