// SPDX-License-Identifier: MIT
// Breakout: its drawing and its words.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { draw } from '../draw/breakout.mjs';
import { actionWords } from './action-words.mjs';
import { lab } from './app.mjs';
import { t } from './i18n.mjs';

/** Where the bricks begin in a view. */
const BRICKS_AT = 8;

/** @param {HTMLCanvasElement} canvas @param {any} scene */
export function paint(canvas, scene) {
  draw(canvas, { ...scene, words: {
    ...actionWords(), ball: t('draw.ball'), paddle: t('draw.paddle'), trail: t('draw.trail'), brick: t('draw.brick'), lost: t('draw.lost'), kept: t('draw.kept'),
  } });
}

/** @param {ArrayLike<number>} view */
export function tell(view) {
  return t('state.breakout', {
    row: view[2] + 1, column: view[1] + 1, paddle: view[0] + 1, bricks: Array.from(view).slice(BRICKS_AT).filter(Boolean).length,
    going: t(view[5] < 2 ? 'going.up' : 'going.down'), side: t(view[5] === 1 || view[5] === 2 ? 'side.right' : 'side.left'),
  });
}

/** Row by row and channel by channel: paddle, ball, trail, brick. Where the ball is going is not in it. @param {ArrayLike<number>} obs */
export function tellObservation(obs) {
  const { n_cols: cols, channels } = /** @type {any} */ (lab().session?.info.layout ?? {});
  const of = (/** @type {string} */ name) => Array.from(obs).filter((_, i) => i % channels.length === channels.indexOf(name));
  const ball = of('ball').indexOf(1);
  return t('state.breakout.seen', {
    row: Math.floor(ball / cols) + 1, column: ball % cols + 1, paddle: of('paddle').indexOf(1) % cols + 1, bricks: of('brick').filter(Boolean).length,
  });
}
