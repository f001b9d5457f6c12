// SPDX-License-Identifier: MIT
// DeepSea-v0: the cells an episode can reach, their values and the greedy way out of each, the treasure, and the way the
// diver took. Cells above the diagonal are never reached and left empty. layout and view are those of envs/deep_sea.c.
import { best, greedy } from './grid.mjs';
import { corner, pill, taken } from './signs.mjs';
import { arrow, begin } from './surface.mjs';

/** @typedef {import('../page/theme.mjs').Theme} Theme */
/**
 * @typedef {object} DeepSeaScene
 * @property {number[] | Float32Array} view   row, column, last action, reward, then the column by row
 * @property {{ actions: string[], size: number, right: string[] }} layout
 * @property {{ last: { explored: boolean, terminated: boolean } }} frame
 * @property {Float64Array | null} table      (N * N + 1, 2)
 * @property {Theme} theme
 * @property {(v: number, digits?: number) => string} number
 * @property {{ step: string, treasure: string, found: string, missed: string, key: string, took: (action: number, explored: boolean) => string }} words
 */
/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, h: number, cell: number, x0: number, y0: number, scene: DeepSeaScene, max: number }} Pen */

const ABOVE = 40, BELOW = 60, PATH_AT = 4, BOTTOM_MIN = 22;

/** @param {HTMLCanvasElement} canvas @param {DeepSeaScene} scene */
export function draw(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const { size } = scene.layout;
  const room = h - ABOVE - BELOW; // for the rows and the bottom
  const cell = Math.max(1, Math.min((w - 16) / size, room / (size + 1), (room - BOTTOM_MIN) / size));
  const pen = { ctx, w, h, cell, x0: (w - cell * size) / 2, y0: ABOVE, scene, max: largest(scene) };
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) drawCell(pen, row, column);
  }
  drawBottom(pen);
  drawPath(pen);
  for (let row = 0; scene.table && cell >= 12 && row < size; row++) {
    for (let column = 0; column <= row; column++) drawBelief(pen, scene.table, row, column);
  }
  drawDiver(pen);
  drawWords(pen);
}

/** The largest value of a cell that can be reached, the end of the scale. @param {DeepSeaScene} scene */
function largest({ layout: { size }, table }) {
  let max = 0;
  for (let row = 0; table && row < size; row++) {
    for (let column = 0; column <= row; column++) max = Math.max(max, Math.abs(best(table, row * size + column, 2)));
  }
  return max > 1e-9 ? max : 1;
}

/** @param {Pen} pen @param {number} row @param {number} column @returns {[number, number]} */
const middle = ({ cell, x0, y0, scene }, row, column) =>
  [x0 + (column + 0.5) * cell, row < scene.layout.size ? y0 + (row + 0.5) * cell : y0 + row * cell + bottomOf(cell) / 2];

/** Height of the bottom. @param {number} cell */
const bottomOf = (cell) => Math.max(cell, BOTTOM_MIN);

/** Its value by colour. @param {Pen} pen @param {number} row @param {number} column */
function drawCell(pen, row, column) {
  const { ctx, cell, max, scene: { layout, table, theme } } = pen;
  const [x, y] = middle(pen, row, column);
  const gap = cell >= 12 ? 1 : 0;
  ctx.fillStyle = theme.scale.css(table ? best(table, row * layout.size + column, 2) / max : 0);
  ctx.fillRect(x - cell / 2 + gap, y - cell / 2 + gap, cell - 2 * gap, cell - 2 * gap);
}

/** The greedy way by arrow and, where there is room, the value by number. @param {Pen} pen @param {Float64Array} table @param {number} row @param {number} column */
function drawBelief(pen, table, row, column) {
  const { ctx, cell, max, scene: { layout, theme, number } } = pen;
  const s = row * layout.size + column;
  const v = best(table, s, 2);
  const [x, y] = middle(pen, row, column);
  const numbered = cell >= 30;
  const r = cell * (numbered ? 0.15 : 0.2), cy = numbered ? y - cell * 0.16 : y;
  ctx.strokeStyle = ctx.fillStyle = theme.scale.ink(v / max);
  ctx.lineWidth = Math.max(1.25, cell / 26);
  for (const a of greedy(table, s, 2)) {
    const dx = a === Number(layout.right[row][column]) ? 1 : -1;
    arrow(ctx, x - dx * r, cy - r, dx * 2 * r, 2 * r, cell * 0.15);
  }
  if (!numbered) return;
  ctx.font = `11px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(number(v, cell < 36 ? 1 : 2), x, y + cell * 0.27);
}

/** The sea's bottom, with the treasure under its right end: a diamond. @param {Pen} pen */
function drawBottom({ ctx, cell, x0, y0, scene: { layout: { size }, theme, words } }) {
  const y = y0 + size * cell;
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(x0, y + bottomOf(cell));
  ctx.lineTo(x0 + size * cell, y + bottomOf(cell));
  ctx.stroke();
  const x = x0 + (size - 0.5) * cell, r = Math.max(5, cell * 0.3), cy = y + bottomOf(cell) / 2;
  ctx.beginPath();
  ctx.moveTo(x, cy - r);
  ctx.lineTo(x + r, cy);
  ctx.lineTo(x, cy + r);
  ctx.lineTo(x - r, cy);
  ctx.closePath();
  ctx.fillStyle = theme.high;
  ctx.fill();
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.muted;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.fillText(words.treasure, x - r - 6, cy);
}

/** @param {Pen} pen */
function drawPath(pen) {
  const { ctx, cell, scene: { view, layout: { size }, theme } } = pen;
  ctx.beginPath();
  let started = false;
  for (let row = 0; row <= size; row++) {
    const column = view[PATH_AT + row];
    if (!(column >= 0)) continue;
    const [x, y] = middle(pen, row, column);
    if (started) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    started = true;
  }
  ctx.save();
  ctx.globalAlpha = 0.45; // arrows and numbers stay readable on it
  ctx.strokeStyle = theme.agent;
  ctx.lineWidth = Math.max(3, cell * 0.3);
  ctx.stroke();
  ctx.restore();
}

/** @param {Pen} pen */
function drawDiver(pen) {
  const { ctx, cell, scene: { view, theme } } = pen;
  const [x, y] = middle(pen, view[0], view[1]);
  ctx.beginPath();
  ctx.arc(x, y, Math.max(3, Math.min(cell * 0.22, 16)), 0, 2 * Math.PI);
  ctx.fillStyle = theme.agent;
  ctx.fill();
  ctx.strokeStyle = theme.onAgent;
  ctx.lineWidth = 1.5;
  ctx.stroke();
}

/** @param {Pen} pen */
function drawWords({ ctx, w, cell, x0, y0, scene: { view, layout: { size }, frame: { last }, theme, words } }) {
  const bottom = y0 + size * cell + bottomOf(cell);
  corner(ctx, words.step, theme);
  ctx.textAlign = 'center';
  ctx.fillText(words.key, w / 2, bottom + 34, w - 16);
  if (view[2] >= 0) taken(ctx, words.took(view[2], last.explored), w / 2, bottom + 18, last.explored, theme);
  // Above the diagonal, where nothing is.
  if (view[0] === size) pill(ctx, view[3] > 0 ? words.found : words.missed, x0 + size * cell * 0.65, y0 + 4, view[3] > 0 ? 1 : -1, theme);
}
