// SPDX-License-Identifier: MIT
// Bandit: its drawing and its words.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { draw } from '../draw/bandit.mjs';
import { actionWords } from './action-words.mjs';
import { t, value } from './i18n.mjs';

/** @param {HTMLCanvasElement} canvas @param {any} scene */
export function paint(canvas, scene) {
  draw(canvas, { ...scene, words: {
    ...actionWords(), mean: t('draw.mean'), estimate: t('draw.estimate'), spread: t('draw.spread'), pull: t('draw.pull'), best: t('draw.best'),
    arm: (/** @type {number} */ n) => t('draw.arm', { n }),
  } });
}

/** @param {ArrayLike<number>} view */
export const tell = (view) => (view[0] < 0 ? t('state.bandit.none') : t('state.bandit', { arm: view[0] + 1, reward: value(view[1], 2) }));

/** There is one state. */
export const tellObservation = () => t('state.bandit.only');
