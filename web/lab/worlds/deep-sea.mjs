// SPDX-License-Identifier: MIT
// DeepSea-v0: the cells an episode can reach, their values and the greedy way out of each, the treasure, and the way the diver took.
// Cells above the diagonal are never reached and left empty. layout and view are those of envs/deep_sea.c: row, column, last action,
// reward, then the column by row.
import { actionCaption, inWords, stepCaption } from '../canvas/captions.mjs';
import { placing } from '../canvas/colour.mjs';
import { best, greedyMoves } from '../canvas/map-values.mjs';
import { corner, pill, taken } from '../canvas/signs.mjs';
import { arrow, begin } from '../canvas/surface.mjs';

/** @typedef {import('../world-table.mjs').Scene} Scene */
/**
 * @typedef {object} Pen
 * @property {CanvasRenderingContext2D} ctx
 * @property {number} w @property {number} h
 * @property {number} cell @property {number} x0 @property {number} y0   where the sea lies
 * @property {Scene} scene
 * @property {(v: number) => number} at    where a value lies on the scale
 * @property {boolean} faint               nothing was learned yet
 */

/** Pixels above the sea and below it; where the path begins in a view; the least height of the bottom; an untrained value's share of its colour. */
const ABOVE = 40, BELOW = 60, PATH_AT = 4, BOTTOM_MIN = 22, FAINT = 0.15;

/** The treasure is 1; going for it costs 0.01 in all. */
export const valueRange = () => ({ low: -0.01, high: 1 });

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function paint(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const { size } = scene.layout;
  const room = h - ABOVE - BELOW; // for the rows and the bottom
  const cell = Math.max(1, Math.min((w - 16) / size, room / (size + 1), (room - BOTTOM_MIN) / size));
  const { at } = placing(scene.range ?? valueRange());
  const pen = { ctx, w, h, cell, x0: (w - cell * size) / 2, y0: ABOVE, scene, at, faint: scene.trained === false };
  forEachReachable(size, (row, column) => drawCell(pen, row, column));
  drawBottom(pen);
  drawPath(pen);
  const { table } = scene;
  if (table && cell >= 12) forEachReachable(size, (row, column) => drawValue(pen, table, row, column));
  drawDiver(pen);
  drawWords(pen);
}

/** @param {number} size @param {(row: number, column: number) => void} visit */
function forEachReachable(size, visit) {
  for (let row = 0; row < size; row++) for (let column = 0; column <= row; column++) visit(row, column);
}

/** @param {Pen} pen @param {number} row @param {number} column @returns {[number, number]} */
const middle = ({ cell, x0, y0, scene }, row, column) =>
  [x0 + (column + 0.5) * cell, row < scene.layout.size ? y0 + (row + 0.5) * cell : y0 + row * cell + bottomOf(cell) / 2];

/** Height of the bottom. @param {number} cell */
const bottomOf = (cell) => Math.max(cell, BOTTOM_MIN);

/** Its value by colour. @param {Pen} pen @param {number} row @param {number} column */
function drawCell(pen, row, column) {
  const { ctx, cell, at, faint, scene: { layout, table, theme } } = pen;
  const [x, y] = middle(pen, row, column);
  const gap = cell >= 12 ? 1 : 0;
  const part = [x - cell / 2 + gap, y - cell / 2 + gap, cell - 2 * gap, cell - 2 * gap];
  ctx.fillStyle = theme.scale.css(0);
  ctx.fillRect(part[0], part[1], part[2], part[3]);
  if (!table) return;
  ctx.globalAlpha = faint ? FAINT : 1;
  ctx.fillStyle = theme.scale.css(at(best(table, row * layout.size + column, 2)));
  ctx.fillRect(part[0], part[1], part[2], part[3]);
  ctx.globalAlpha = 1;
}

/** The greedy way by arrow and, where there is room, the value by number. @param {Pen} pen @param {Float64Array} table @param {number} row @param {number} column */
function drawValue(pen, table, row, column) {
  const { ctx, cell, at, faint, scene: { layout, theme, words } } = pen;
  const s = row * layout.size + column;
  const v = best(table, s, 2);
  const [x, y] = middle(pen, row, column);
  const numbered = cell >= 30;
  const r = cell * (numbered ? 0.15 : 0.2), cy = numbered ? y - cell * 0.16 : y;
  ctx.strokeStyle = ctx.fillStyle = faint ? theme.muted : theme.scale.ink(at(v));
  ctx.lineWidth = Math.max(1.25, cell / 26);
  for (const a of faint ? [] : greedyMoves(table, s, 2)) {
    const dx = a === Number(layout.right[row][column]) ? 1 : -1;
    arrow(ctx, x - dx * r, cy - r, dx * 2 * r, 2 * r, cell * 0.15);
  }
  if (!numbered) return;
  ctx.font = `11px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(words.value(v, cell < 36 ? 1 : 2), x, y + cell * 0.27);
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
  ctx.fillText(words.t('draw.treasure'), x - r - 6, cy);
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
function drawWords({ ctx, w, cell, x0, y0, scene }) {
  const { view, layout: { size }, last, theme, words } = scene;
  const bottom = y0 + size * cell + bottomOf(cell);
  corner(ctx, stepCaption(scene), theme);
  ctx.textAlign = 'center';
  ctx.fillText(words.t('draw.deep.key'), w / 2, bottom + 34, Math.max(1, w - 16));
  if (view[2] >= 0) taken(ctx, actionCaption(scene, view[2]), w / 2, bottom + 18, last.explored, theme);
  if (view[0] !== size) return;
  // Above the diagonal, where nothing is.
  pill(ctx, words.t(view[3] > 0 ? 'draw.found' : 'draw.not.found'), x0 + size * cell * 0.65, y0 + 4, view[3] > 0 ? 1 : -1, theme);
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => {
  const { view, layout: { size }, words } = state;
  if (view[0] === size) return words.t(view[3] > 0 ? 'state.sea.found' : 'state.sea.empty');
  return words.t('state.sea', { row: view[0] + 1, column: view[1] + 1, size });
});

/** A cell by its number; the one after the last row is the bottom. @param {import('../world-table.mjs').Observation} observation */
export function describeObservation({ obs, layout: { size }, words }) {
  const row = Math.floor(obs[0] / size);
  return row === size ? words.t('state.sea.bottom') : words.t('state.sea', { row: row + 1, column: obs[0] % size + 1, size });
}
