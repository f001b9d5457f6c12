// SPDX-License-Identifier: MIT
// The tab CartPole: its drawing, the value map and the network's inputs.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { draw } from '../draw/cartpole.mjs';
import { lab } from './app.mjs';
import { count, t, value } from './i18n.mjs';
import { wireInputs } from './inputs.mjs';
import { actionName } from './telling.mjs';
import { refreshValueMap, wireValueMap } from './value-map.mjs';

export { refreshValueMap as onAnimationFrame };

export function wire() {
  wireValueMap();
  wireInputs();
}

/** @param {HTMLCanvasElement} canvas @param {any} scene */
export function paint(canvas, scene) {
  draw(canvas, { ...scene, words: words() });
}

function words() {
  return {
    fell: t('draw.fell'), kept: t('draw.kept'),
    metres: (/** @type {number} */ x) => (Number.isInteger(x) ? value(x, 0) : `${value(x, 1)} m`),
    step: t('draw.step', { n: count(lab().frame?.last.episodeLength ?? 0) }),
    push: (/** @type {number} */ action, /** @type {boolean} */ explored) => t(explored ? 'draw.push.random' : 'draw.push.greedy', { action: actionName(action) }),
  };
}
