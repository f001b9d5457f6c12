// SPDX-License-Identifier: MIT
// Breakout-MinAtar: the field with bricks, ball, trail and paddle. The field is what the network gets, channel by channel;
// the arrow says where the ball is going. layout and view are those of envs/breakout.c.
import { ball, beginField, brick, endField, middle, paddle, trail } from './pixels.mjs';
import { arrow } from './surface.mjs';

/**
 * view: paddle's x; ball's x, y; trail's x, y; direction; last action; reward; bricks
 * @typedef {import('./pixels.mjs').PixelsScene & {
 *   layout: { brick_row: number }, words: { lost: string, kept: string, trail: string, brick: string },
 * }} BreakoutScene
 */
/** @typedef {import('./pixels.mjs').Pen} Pen */

const NAME_SIZE = 18, BRICKS_AT = 8;

/** @param {HTMLCanvasElement} canvas @param {BreakoutScene} scene */
export function draw(canvas, scene) {
  const pen = beginField(canvas, scene);
  const { view, layout, words, frame: { last } } = scene;
  const [at, x, y, trailX, trailY, direction, action] = view;
  for (let i = BRICKS_AT; i < view.length; i++) {
    const k = i - BRICKS_AT;
    if (view[i] > 0) brick(pen, ...middle(pen, k % layout.n_cols, layout.brick_row + Math.floor(k / layout.n_cols)), pen.cell);
  }
  paddle(pen, ...middle(pen, at, layout.n_rows - 1), pen.cell);
  if (trailX !== x || trailY !== y) trail(pen, ...middle(pen, trailX, trailY), pen.cell);
  if (!last.terminated) drawDirection(pen, middle(pen, x, y), direction);
  ball(pen, ...middle(pen, x, y), pen.cell);
  const sign = (/** @type {typeof ball} */ shape, down = 0) => (/** @type {number} */ px, /** @type {number} */ py) => shape(pen, px, py - down, NAME_SIZE);
  const names = [
    { text: words.ball, sign: sign(ball) }, { text: words.trail, sign: sign(trail) },
    { text: words.paddle, sign: sign(paddle, 5) }, { text: words.brick, sign: sign(brick) },
  ];
  const end = last.terminated ? { text: words.lost, sign: /** @type {const} */ (-1) } : last.truncated ? { text: words.kept, sign: /** @type {const} */ (1) } : null;
  endField(pen, scene, names, action, end);
}

/** @param {Pen} pen @param {[number, number]} from @param {number} direction 0 up left, 1 up right, 2 down right, 3 down left */
function drawDirection({ ctx, cell, theme }, [x, y], direction) {
  const dx = direction === 1 || direction === 2 ? 1 : -1, dy = direction < 2 ? -1 : 1;
  ctx.strokeStyle = ctx.fillStyle = theme.ink;
  ctx.lineWidth = Math.max(1.5, cell / 20);
  arrow(ctx, x + dx * cell * 0.25, y + dy * cell * 0.25, dx * cell * 0.4, dy * cell * 0.4, cell * 0.22);
}
