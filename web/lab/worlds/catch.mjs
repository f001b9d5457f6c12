// SPDX-License-Identifier: MIT
// Catch-v0: the field, the ball and the paddle. layout and view are those of envs/catch.c: ball's row, its column, the paddle's
// column, last action, reward of the last step.
import { inWords } from '../canvas/captions.mjs';
import { ball, beginField, endField, middle, paddle } from '../canvas/pixels.mjs';

/** @param {HTMLCanvasElement} canvas @param {import('../world-table.mjs').Scene} scene */
export function paint(canvas, scene) {
  const pen = beginField(canvas, scene);
  const { view, layout, words } = scene;
  const [row, column, at, action, reward] = Array.from(view);
  paddle(pen, ...middle(pen, at, layout.n_rows - 1), pen.cell);
  ball(pen, ...middle(pen, column, row), pen.cell);
  const end = reward === 0 ? null : { text: words.t(reward > 0 ? 'draw.caught' : 'draw.missed'), sign: /** @type {1 | -1} */ (Math.sign(reward)) };
  endField(pen, scene, [[words.t('draw.ball'), ball], [words.t('draw.paddle'), paddle, 5]], action, end);
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => inWordsOf(state.view, state.words));

/** Row by row, 1 where the ball is, and in the last row where the paddle is. @param {import('../world-table.mjs').Observation} observation */
export function describeObservation({ obs, layout: { n_cols: cols }, words }) {
  const pixels = Array.from(obs), at = pixels.indexOf(1);
  return inWordsOf([Math.floor(at / cols), at % cols, pixels.lastIndexOf(1) % cols], words);
}

/** @param {ArrayLike<number>} numbers  ball's row, its column, the paddle's column, … @param {import('../words.mjs').Words} words */
const inWordsOf = (numbers, words) => words.t('state.catch', { row: numbers[0] + 1, column: numbers[1] + 1, paddle: numbers[2] + 1 });
