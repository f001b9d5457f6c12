// SPDX-License-Identifier: MIT
// DeepSea: its drawing and its words.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { draw } from '../draw/deep-sea.mjs';
import { actionWords } from './action-words.mjs';
import { lab } from './app.mjs';
import { t } from './i18n.mjs';

/** @param {HTMLCanvasElement} canvas @param {any} scene */
export function paint(canvas, scene) {
  draw(canvas, { ...scene, words: { ...actionWords(), treasure: t('draw.treasure'), found: t('draw.found'), missed: t('draw.not.found'), key: t('draw.deep.key') } });
}

const size = () => Number(lab().session?.info.layout.size);

/** @param {ArrayLike<number>} view */
export function tell(view) {
  if (view[0] === size()) return t(view[3] > 0 ? 'state.sea.found' : 'state.sea.empty');
  return t('state.sea', { row: view[0] + 1, column: view[1] + 1, size: size() });
}

/** A cell by its number; the one after the last row is the bottom. @param {ArrayLike<number>} obs */
export function tellObservation(obs) {
  const row = Math.floor(obs[0] / size());
  return row === size() ? t('state.sea.bottom') : t('state.sea', { row: row + 1, column: obs[0] % size() + 1, size: size() });
}
