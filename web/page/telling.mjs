// SPDX-License-Identifier: MIT
// States and actions in words, in the reader's language. The library tells states in English; the Chinese is made here
// from the same view, so it says exactly what the drawing shows.
import { lab } from './app.mjs';
import { language, t, tMaybe, value } from './i18n.mjs';

/** @typedef {ArrayLike<number>} Numbers */

/** @returns {any} the layout of the shown run */
const layout = () => lab().session?.info.layout ?? {};

/** The environment of the shown run. */
const envId = () => lab().session?.info.env;

/** @param {number} action */
export function actionName(action) {
  const name = String(layout().actions?.[action] ?? action);
  if (lab().tab.id === 'text') return name === 'END' ? t('word.end') : name;
  return tMaybe(`action.${name}`, name);
}

/** The Chinese for a word of the text environment, where it helps. @param {number} action */
export function glossOf(action) {
  if (lab().tab.id !== 'text' || language() !== 'zh') return '';
  return action === 0 ? '' : String(layout().actions_zh?.[action] ?? '');
}

/** @param {Numbers} view @param {string} english what the library says */
export function stateInWords(view, english) {
  if (language() === 'en') return english;
  const tell = TELLERS[lab().setup.env];
  if (tell) return tell(view);
  if (lab().tab.id === 'grid') return cellInWords(view[0]);
  if (lab().tab.id === 'cartpole') return cartInWords(view[0], view[2]);
  const words = Array.from({ length: view[1] }, (_, i) => layout().actions[view[3 + i]]).join(' ');
  return t('state.text', { topic: layout().topics_zh[view[0]], words: words || '…', end: view[2] > 0 ? '.' : '…' });
}

/** An observation in words, for transitions: one the page only has as numbers. @param {Numbers} obs @param {string} fallback */
export function observationInWords(obs, fallback) {
  if (lab().tab.id === 'grid') return cellInWords(obs[0]);
  if (lab().tab.id === 'cartpole') return cartInWords(obs[0], obs[2]);
  if (envId() === 'MountainCar-v0') return carInWords(obs[0], obs[1]);
  if (envId() === 'Acrobot-v1') return linksInWords(Math.atan2(obs[1], obs[0]), Math.atan2(obs[3], obs[2]));
  return fallback;
}

/** @param {number} cell */
function cellInWords(cell) {
  const { rows = [], n_cols: cols = 1, trap_ends: ends } = layout();
  const kind = rows.join('')[cell];
  const what = kind === 'S' ? t('cell.start') : kind === 'G' ? t('cell.goal') : kind === 'T' ? t(ends ? 'cell.trap' : 'cell.cliff') : '';
  return t('state.cell', { cell: cell + 1, row: Math.floor(cell / cols) + 1, column: cell % cols + 1 }) + what;
}

/** @param {number} x @param {number} theta */
function cartInWords(x, theta) {
  return t('state.cart', {
    x: value(Math.abs(x), 2), side: t(x < 0 ? 'side.left' : 'side.right'),
    angle: value(Math.abs(theta) * 180 / Math.PI, 1), lean: t(theta < 0 ? 'side.left' : 'side.right'),
  });
}

/** @param {number} x @param {number} velocity */
function carInWords(x, velocity) {
  return t('state.car', { x: value(x, 2), speed: value(Math.abs(velocity), 3), side: t(velocity < 0 ? 'side.left' : 'side.right') });
}

/** @param {number} theta1 @param {number} theta2 */
function linksInWords(theta1, theta2) {
  const above = -Math.cos(theta1) - Math.cos(theta1 + theta2) - 1;
  return t('state.acrobot', {
    first: value(theta1 * 180 / Math.PI, 1), second: value(theta2 * 180 / Math.PI, 1),
    gap: value(Math.abs(above), 2), side: t(above < 0 ? 'side.below' : 'side.above'),
  });
}

/** Environments by id, where a tab has several of different kinds. @type {Record<string, (view: Numbers) => string>} */
const TELLERS = {
  'MountainCar-v0': (view) => carInWords(view[0], view[1]),
  'Acrobot-v1': (view) => linksInWords(view[0], view[1]),
  'Catch-v0': (view) => t('state.catch', { row: view[0] + 1, column: view[1] + 1, paddle: view[2] + 1 }),
  'Breakout-MinAtar': (view) => t('state.breakout', {
    row: view[2] + 1, column: view[1] + 1, paddle: view[0] + 1, bricks: Array.from(view).slice(8).filter(Boolean).length,
    going: t(view[5] < 2 ? 'going.up' : 'going.down'), side: t(view[5] === 1 || view[5] === 2 ? 'side.right' : 'side.left'),
  }),
  'DeepSea-v0': (view) => {
    const { size } = layout();
    if (view[0] === size) return t(view[3] > 0 ? 'state.sea.found' : 'state.sea.empty');
    return t('state.sea', { row: view[0] + 1, column: view[1] + 1, size });
  },
  'Bandit-v0': (view) => view[0] < 0 ? t('state.bandit.none') : t('state.bandit', { arm: view[0] + 1, reward: value(view[1], 2) }),
};
