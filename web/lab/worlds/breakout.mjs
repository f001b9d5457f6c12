// SPDX-License-Identifier: MIT
// Breakout-MinAtar: the field with bricks, ball, trail and paddle. The field is what the network gets, channel by channel; the arrow
// says where the ball is going. layout and view are those of envs/breakout.c: paddle's x; ball's x, y; trail's x, y; direction; last
// action; reward; bricks.
import { inWords } from '../canvas/captions.mjs';
import { ball, beginField, brick, endField, middle, paddle, trail } from '../canvas/pixels.mjs';
import { arrow } from '../canvas/surface.mjs';

/** Where the bricks begin in a view. */
const BRICKS_AT = 8;

/** @param {HTMLCanvasElement} canvas @param {import('../world-table.mjs').Scene} scene */
export function paint(canvas, scene) {
  const pen = beginField(canvas, scene);
  const { layout, words, last } = scene;
  const [at, x, y, trailX, trailY, direction, action, , ...bricks] = Array.from(scene.view);
  bricks.forEach((there, k) => {
    if (there) brick(pen, ...middle(pen, k % layout.n_cols, layout.brick_row + Math.floor(k / layout.n_cols)), pen.cell);
  });
  paddle(pen, ...middle(pen, at, layout.n_rows - 1), pen.cell);
  if (trailX !== x || trailY !== y) trail(pen, ...middle(pen, trailX, trailY), pen.cell);
  if (!last.terminated) drawDirection(pen, middle(pen, x, y), direction);
  ball(pen, ...middle(pen, x, y), pen.cell);
  /** @type {{ text: string, sign: 1 | -1 } | null} */
  const end = last.terminated ? { text: words.t('draw.lost'), sign: -1 } : last.truncated ? { text: words.t('draw.kept'), sign: 1 } : null;
  /** @type {Parameters<typeof endField>[2]} */
  const names = [[words.t('draw.ball'), ball], [words.t('draw.trail'), trail], [words.t('draw.paddle'), paddle, 5], [words.t('draw.brick'), brick]];
  endField(pen, scene, names, action, end);
}

/** @param {import('../canvas/pixels.mjs').Pen} pen @param {[number, number]} from @param {number} direction 0 up left, 1 up right, 2 down right, 3 down left */
function drawDirection({ ctx, cell, theme }, [x, y], direction) {
  const dx = direction === 1 || direction === 2 ? 1 : -1, dy = direction < 2 ? -1 : 1;
  ctx.strokeStyle = ctx.fillStyle = theme.ink;
  ctx.lineWidth = Math.max(1.5, cell / 20);
  arrow(ctx, x + dx * cell * 0.25, y + dy * cell * 0.25, dx * cell * 0.4, dy * cell * 0.4, cell * 0.22);
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => {
  const { view, words } = state;
  return words.t('state.breakout', {
    row: view[2] + 1, column: view[1] + 1, paddle: view[0] + 1, bricks: Array.from(view).slice(BRICKS_AT).filter(Boolean).length,
    going: words.t(view[5] < 2 ? 'going.up' : 'going.down'), side: words.t(view[5] === 1 || view[5] === 2 ? 'side.right' : 'side.left'),
  });
});

/** Row by row and channel by channel; where the ball is going is not in it. @param {import('../world-table.mjs').Observation} observation */
export function describeObservation({ obs, layout: { n_cols: cols, channels }, words }) {
  const channel = (/** @type {string} */ name) => Array.from(obs).filter((_, i) => i % channels.length === channels.indexOf(name));
  const at = channel('ball').indexOf(1);
  return words.t('state.breakout.seen', {
    row: Math.floor(at / cols) + 1, column: at % cols + 1, paddle: channel('paddle').indexOf(1) % cols + 1, bricks: channel('brick').filter(Boolean).length,
  });
}
