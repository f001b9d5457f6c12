// SPDX-License-Identifier: MIT
// Catch-v0: the field, the ball and the paddle. layout and view are those of envs/catch.c.
import { ball, beginField, endField, middle, paddle } from './pixels.mjs';

/**
 * view: ball's row, its column, the paddle's column, last action, reward of the last step
 * @typedef {import('./pixels.mjs').PixelsScene & { words: { caught: string, missed: string } }} CatchScene
 */

const NAME_SIZE = 18;

/** @param {HTMLCanvasElement} canvas @param {CatchScene} scene */
export function draw(canvas, scene) {
  const pen = beginField(canvas, scene);
  const { view, layout, words } = scene;
  const [row, column, at, action, reward] = view;
  paddle(pen, ...middle(pen, at, layout.n_rows - 1), pen.cell);
  ball(pen, ...middle(pen, column, row), pen.cell);
  const names = [
    { text: words.ball, sign: (/** @type {number} */ x, /** @type {number} */ y) => ball(pen, x, y, NAME_SIZE) },
    { text: words.paddle, sign: (/** @type {number} */ x, /** @type {number} */ y) => paddle(pen, x, y - 5, NAME_SIZE) },
  ];
  endField(pen, scene, names, action, reward === 0 ? null : { text: reward > 0 ? words.caught : words.missed, sign: reward > 0 ? 1 : -1 });
}
