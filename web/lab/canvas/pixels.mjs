// SPDX-License-Identifier: MIT
// What Catch-v0 and Breakout-MinAtar share: a field of pixels with a ball, its trail, a paddle and bricks, each of a shape of its
// own, and below it their names and the last action.
import { actionCaption, stepCaption } from './captions.mjs';
import { corner, key, pill, taken } from './signs.mjs';
import { begin, box } from './surface.mjs';

/** @typedef {import('../world-table.mjs').Scene} Scene */
/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, h: number, cell: number, x0: number, y0: number, theme: import('./theme.mjs').Theme }} Pen */
/** @typedef {(pen: Pen, x: number, y: number, size: number) => void} Shape */

/** Pixels above the field and below it, and the size of the signs in the key. */
const ABOVE = 40, BELOW = 84, SIGN = 18;

/** The field, empty, and the pen that draws in it. @param {HTMLCanvasElement} canvas @param {Scene} scene @returns {Pen} */
export function beginField(canvas, { layout: { n_rows: rows, n_cols: cols }, theme }) {
  const { ctx, w, h } = begin(canvas);
  const cell = Math.max(1, Math.floor(Math.min((w - 16) / cols, (h - ABOVE - BELOW) / rows)));
  const pen = { ctx, w, h, cell, x0: Math.floor((w - cell * cols) / 2), y0: ABOVE, theme };
  box(ctx, pen.x0 - 3, pen.y0 - 3, cell * cols + 6, cell * rows + 6, 6);
  ctx.fillStyle = theme.ground;
  ctx.fill();
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.beginPath();
  for (let i = 1; i < cols; i++) {
    ctx.moveTo(pen.x0 + i * cell + 0.5, pen.y0);
    ctx.lineTo(pen.x0 + i * cell + 0.5, pen.y0 + rows * cell);
  }
  for (let i = 1; i < rows; i++) {
    ctx.moveTo(pen.x0, pen.y0 + i * cell + 0.5);
    ctx.lineTo(pen.x0 + cols * cell, pen.y0 + i * cell + 0.5);
  }
  ctx.stroke();
  return pen;
}

/** The middle of a pixel. @param {Pen} pen @param {number} column @param {number} row @returns {[number, number]} */
export const middle = ({ cell, x0, y0 }, column, row) => [x0 + (column + 0.5) * cell, y0 + (row + 0.5) * cell];

/** @type {Shape} */
export function ball({ ctx, theme }, x, y, size) {
  ctx.beginPath();
  ctx.arc(x, y, size * 0.36, 0, 2 * Math.PI);
  ctx.fillStyle = theme.ink;
  ctx.fill();
}

/** Where the ball was: a ring. @type {Shape} */
export function trail({ ctx, theme }, x, y, size) {
  ctx.beginPath();
  ctx.arc(x, y, size * 0.3, 0, 2 * Math.PI);
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = Math.max(1.25, size / 18);
  ctx.setLineDash([size / 9, size / 9]);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** A bar, so that a ball it caught stays visible above it. @type {Shape} */
export function paddle({ ctx, theme }, x, y, size) {
  box(ctx, x - size * 0.46, y + size * 0.18, size * 0.92, size * 0.28, size * 0.14);
  ctx.fillStyle = theme.agent;
  ctx.fill();
}

/** @type {Shape} */
export function brick({ ctx, theme }, x, y, size) {
  box(ctx, x - size * 0.45, y - size * 0.35, size * 0.9, size * 0.7, size * 0.08);
  ctx.fillStyle = theme.mark;
  ctx.fill();
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1;
  ctx.stroke();
}

/**
 * Names of the shapes, the last action, and how the episode ended, if it did.
 * @param {Pen} pen @param {Scene} scene @param {[text: string, shape: Shape, down?: number][]} names  down: how far below its place a shape is drawn
 * @param {number} action  -1 before the first @param {{ text: string, sign: 1 | -1 } | null} end
 */
export function endField(pen, scene, names, action, end) {
  const { ctx, w, cell, y0, theme } = pen;
  const { layout, last } = scene;
  const bottom = y0 + layout.n_rows * cell;
  if (action >= 0) taken(ctx, actionCaption(scene, action), w / 2, bottom + 22, last.explored, theme);
  const entries = names.map(([text, shape, down = 0]) => ({ text, sign: (/** @type {number} */ x, /** @type {number} */ y) => shape(pen, x, y - down, SIGN) }));
  key(ctx, w, bottom + 48, entries, theme);
  const left = corner(ctx, stepCaption(scene), theme) + 12;
  if (end) pill(ctx, end.text, w / 2, 3, end.sign, theme, left);
}
