// SPDX-License-Identifier: MIT
// Catch: its drawing and its words.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { draw } from '../draw/catch.mjs';
import { actionWords } from './action-words.mjs';
import { lab } from './app.mjs';
import { t } from './i18n.mjs';

/** @param {HTMLCanvasElement} canvas @param {any} scene */
export function paint(canvas, scene) {
  draw(canvas, { ...scene, words: { ...actionWords(), ball: t('draw.ball'), paddle: t('draw.paddle'), caught: t('draw.caught'), missed: t('draw.missed') } });
}

/** @param {ArrayLike<number>} view */
export const tell = (view) => t('state.catch', { row: view[0] + 1, column: view[1] + 1, paddle: view[2] + 1 });

/** Row by row, 1 where the ball is, and in the last row where the paddle is. @param {ArrayLike<number>} obs */
export function tellObservation(obs) {
  const { n_cols: cols } = /** @type {any} */ (lab().session?.info.layout ?? {});
  const pixels = Array.from(obs), ball = pixels.indexOf(1);
  return tell([Math.floor(ball / cols), ball % cols, pixels.lastIndexOf(1) % cols]);
}
