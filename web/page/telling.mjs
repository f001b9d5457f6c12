// SPDX-License-Identifier: MIT
// States and actions in words, in the reader's language. The library tells states in English; the Chinese is made here
// from the same view, so it says exactly what the drawing shows: of maps here, of other worlds by their parts.
import { lab } from './app.mjs';
import { language, t, tMaybe } from './i18n.mjs';
import { partOf } from './parts.mjs';

/** @typedef {ArrayLike<number>} Numbers */

/** @returns {any} the layout of the shown run */
const layout = () => lab().session?.info.layout ?? {};

/** @param {number} action */
export function actionName(action) {
  const name = String(layout().actions?.[action] ?? action);
  if (lab().world.part === 'bandit') return t('draw.arm', { n: action + 1 });
  if (lab().world.part === 'text') return name === 'END' ? t('word.end') : name;
  return tMaybe(`action.${name}`, name);
}

/** The Chinese for a word of the text environment, where it helps. @param {number} action */
export function glossOf(action) {
  if (lab().world.part !== 'text' || language() !== 'zh') return '';
  return action === 0 ? '' : String(layout().actions_zh?.[action] ?? '');
}

/** @param {Numbers} view @param {string} english what the library says */
export function stateInWords(view, english) {
  const { world, isMap } = lab();
  if (language() === 'en') return english.replace(/-(?=\d)/g, '−');
  return isMap ? cellInWords(view[0]) : partOf(world)?.tell?.(view) ?? english;
}

/** An observation in words, for transitions: one the page only has as numbers. @param {Numbers} obs @param {string} fallback */
export function observationInWords(obs, fallback) {
  const { world, isMap } = lab();
  return isMap ? cellInWords(obs[0]) : partOf(world)?.tellObservation?.(obs) ?? fallback;
}

/** @param {number} cell */
function cellInWords(cell) {
  const { rows = [], n_cols: cols = 1, trap_ends: ends } = layout();
  const kind = rows.join('')[cell];
  const what = kind === 'S' ? t('cell.start') : kind === 'G' ? t('cell.goal') : kind === 'T' ? t(ends ? 'cell.trap' : 'cell.cliff') : '';
  return t('state.cell', { cell: cell + 1, row: Math.floor(cell / cols) + 1, column: cell % cols + 1 }) + what;
}
