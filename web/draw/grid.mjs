// SPDX-License-Identifier: MIT
// GridWorld-v0, FrozenLake-v1, CliffWalking-v1: the map, what every cell is worth, and the agent. Two ways to look:
// 'q' shows four triangles per cell, one per move; 'v' one value per cell, the best of the four. Start, goal, trap and
// wall differ by shape and word, not by colour alone. layout and view are those of envs/grid.h.
import { arrow, begin, box } from './surface.mjs';

/** @typedef {import('../page/theme.mjs').Theme} Theme */
/**
 * @typedef {object} GridScene
 * @property {number[] | Float32Array} view
 * @property {{ actions: string[], rows: string[], n_rows: number, n_cols: number, trap_ends: boolean }} layout
 * @property {Float64Array | null} table   (S, A), of the agent or the true one
 * @property {Theme} theme
 * @property {'q' | 'v'} [mode]
 * @property {number} [progress]            of the last move, 0..1
 * @property {{ start: string, goal: string, trap: string, wall: string }} words
 * @property {(v: number, digits?: number) => string} number
 */
/** @typedef {{ ctx: CanvasRenderingContext2D, cell: number, x0: number, y0: number, scene: GridScene, max: number }} Pen */

/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { up: [0, -1], right: [1, 0], down: [0, 1], left: [-1, 0] };

/** Where the map lies in a canvas of w by h. @param {number} w @param {number} h @param {{ n_rows: number, n_cols: number }} layout */
export function geometry(w, h, { n_rows: rows, n_cols: cols }) {
  const cell = Math.max(1, Math.floor(Math.min((w - 2) / cols, (h - 2) / rows)));
  return { cell, x0: Math.floor((w - cell * cols) / 2), y0: Math.floor((h - cell * rows) / 2) };
}

/** The largest value that is shown, the end of the scale. @param {GridScene['layout']} layout @param {Float64Array | null} table */
export function range(layout, table) {
  if (!table) return 1;
  const n = layout.actions.length;
  let max = 0;
  forEachOpen(layout, (s) => {
    max = Math.max(max, Math.abs(best(table, s, n)));
  });
  return max > 1e-9 ? max : 1;
}

/** @param {GridScene['layout']} layout @param {(s: number) => void} visit */
export function forEachOpen(layout, visit) {
  for (let s = 0; s < layout.n_rows * layout.n_cols; s++) {
    const kind = layout.rows[Math.floor(s / layout.n_cols)][s % layout.n_cols];
    if (kind === '.' || kind === 'S') visit(s);
  }
}

/** @param {Float64Array} table @param {number} s @param {number} n */
export function best(table, s, n) {
  let max = -Infinity;
  for (let a = 0; a < n; a++) max = Math.max(max, table[s * n + a]);
  return max;
}

/** The greedy moves of a cell; none while all are worth the same. @param {Float64Array} table @param {number} s @param {number} n */
export function greedy(table, s, n) {
  const top = best(table, s, n);
  const list = [];
  for (let a = 0; a < n; a++) if (table[s * n + a] >= top - 1e-9) list.push(a);
  return list.length === n ? [] : list;
}

/** @param {HTMLCanvasElement} canvas @param {GridScene} scene */
export function draw(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const { layout, table } = scene;
  const pen = { ctx, ...geometry(w, h, layout), scene, max: range(layout, table) };
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  for (let s = 0; s < layout.n_rows * layout.n_cols; s++) drawCell(pen, s);
  drawLines(pen);
  forEachOpen(layout, (s) => drawArrow(pen, s));
  drawAgent(pen);
}

/** @param {Pen} pen @param {number} s */
function corner({ cell, x0, y0, scene }, s) {
  const cols = scene.layout.n_cols;
  return { x: x0 + s % cols * cell, y: y0 + Math.floor(s / cols) * cell, kind: scene.layout.rows[Math.floor(s / cols)][s % cols] };
}

/** @param {Pen} pen @param {number} s */
function drawCell(pen, s) {
  const { ctx, cell, scene: { theme, words, mode } } = pen;
  const { x, y, kind } = corner(pen, s);
  if (kind === '#') drawWall(pen, x, y);
  else if (kind === 'G' || kind === 'T') drawEnd(pen, x, y, kind);
  else if (mode === 'v') drawValue(pen, s, x, y);
  else drawTriangles(pen, s, x, y);
  if (kind === 'S' && cell >= 56) {
    const label = cell >= 128 ? words.start : 'S';
    ctx.font = `600 12px ${theme.font}`;
    const width = ctx.measureText(label).width + 10;
    ctx.fillStyle = theme.panel;
    box(ctx, x + 4, y + 4, width, 18, 4);
    ctx.fill();
    ctx.fillStyle = theme.ink;
    ctx.fillText(label, x + 4 + width / 2, y + 13);
  } else if (kind === 'S') {
    ctx.fillStyle = theme.ink;
    ctx.fillRect(x + 3, y + 3, Math.max(2, cell / 6), Math.max(2, cell / 6));
  }
}

/** @param {Pen} pen @param {number} s @param {number} x @param {number} y */
function drawTriangles(pen, s, x, y) {
  const { ctx, cell, max, scene: { layout, table, theme, number } } = pen;
  const n = layout.actions.length;
  const [cx, cy, half] = [x + cell / 2, y + cell / 2, cell / 2];
  const top = table ? best(table, s, n) : 0;
  layout.actions.forEach((name, a) => {
    const [dx, dy] = DIRECTIONS[name];
    const q = table ? table[s * n + a] : 0;
    ctx.fillStyle = theme.scale.css(q / max);
    ctx.beginPath();
    ctx.moveTo(cx, cy);
    ctx.lineTo(cx + (dx - dy) * half, cy + (dy + dx) * half);
    ctx.lineTo(cx + (dx + dy) * half, cy + (dy - dx) * half);
    ctx.fill();
    if (cell < 84 || !table) return;
    const digits = Math.abs(q) >= 9.995 || cell < 104 ? 1 : 2;
    ctx.font = `${q >= top - 1e-9 && top !== 0 ? 600 : 400} ${cell < 112 ? 11 : 13}px ${theme.font}`;
    ctx.fillStyle = theme.scale.ink(q / max);
    ctx.fillText(number(q, digits), cx + dx * half * 0.64, cy + dy * half * 0.74);
  });
  drawDiagonals(pen, x, y);
}

/** @param {Pen} pen @param {number} x @param {number} y */
function drawDiagonals({ ctx, cell, scene: { theme } }, x, y) {
  if (cell < 24) return;
  ctx.strokeStyle = theme.panel;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + cell, y + cell);
  ctx.moveTo(x + cell, y);
  ctx.lineTo(x, y + cell);
  ctx.stroke();
}

/** @param {Pen} pen @param {number} s @param {number} x @param {number} y */
function drawValue({ ctx, cell, max, scene: { layout, table, theme, number } }, s, x, y) {
  const v = table ? best(table, s, layout.actions.length) : 0;
  ctx.fillStyle = theme.scale.css(v / max);
  ctx.fillRect(x, y, cell, cell);
  if (cell < 40 || !table) return;
  ctx.font = `${cell >= 84 ? 16 : 11}px ${theme.font}`;
  ctx.fillStyle = theme.scale.ink(v / max);
  ctx.fillText(number(v, cell < 56 ? 1 : 2), x + cell / 2, y + cell * (cell >= 56 ? 0.8 : 0.78));
}

/** @param {Pen} pen @param {number} x @param {number} y */
function drawWall({ ctx, cell, scene: { theme } }, x, y) {
  ctx.fillStyle = theme.line;
  ctx.fillRect(x, y, cell, cell);
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, cell, cell);
  ctx.clip();
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (let d = -cell; d < cell; d += Math.max(6, cell / 8)) {
    ctx.moveTo(x + d, y + cell);
    ctx.lineTo(x + d + cell, y);
  }
  ctx.stroke();
  ctx.restore();
}

/** A cell that ends an episode or costs dearly: its colour is that of its worth, its shape says what it is. @param {Pen} pen @param {number} x @param {number} y @param {string} kind */
function drawEnd({ ctx, cell, scene: { theme, words } }, x, y, kind) {
  const sign = kind === 'G' ? 1 : -1;
  ctx.fillStyle = theme.scale.css(sign);
  ctx.fillRect(x, y, cell, cell);
  ctx.strokeStyle = ctx.fillStyle = theme.scale.ink(sign);
  const worded = cell >= 44;
  const r = cell * (worded ? 0.2 : 0.28);
  const [cx, cy] = [x + cell / 2, y + cell * (worded ? 0.42 : 0.5)];
  ctx.lineWidth = Math.max(1.5, cell / 36);
  if (kind === 'G') drawFlag(ctx, cx, cy, r);
  else drawCross(ctx, cx, cy, r);
  if (!worded) return;
  ctx.font = `600 ${cell >= 84 ? 13 : 11}px ${theme.font}`;
  ctx.fillText(sign > 0 ? words.goal : words.trap, cx, y + cell * 0.8);
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} r */
function drawFlag(ctx, x, y, r) {
  ctx.beginPath();
  ctx.moveTo(x - r * 0.6, y + r);
  ctx.lineTo(x - r * 0.6, y - r);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x - r * 0.6, y - r);
  ctx.lineTo(x + r * 0.9, y - r * 0.45);
  ctx.lineTo(x - r * 0.6, y + r * 0.1);
  ctx.fill();
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} r */
function drawCross(ctx, x, y, r) {
  const d = r * 0.75;
  ctx.beginPath();
  ctx.moveTo(x - d, y - d);
  ctx.lineTo(x + d, y + d);
  ctx.moveTo(x + d, y - d);
  ctx.lineTo(x - d, y + d);
  ctx.stroke();
}

/** @param {Pen} pen */
function drawLines({ ctx, cell, x0, y0, scene: { layout, theme } }) {
  ctx.strokeStyle = theme.panel;
  ctx.lineWidth = cell >= 40 ? 3 : 1;
  ctx.beginPath();
  for (let i = 0; i <= layout.n_cols; i++) {
    ctx.moveTo(x0 + i * cell, y0);
    ctx.lineTo(x0 + i * cell, y0 + layout.n_rows * cell);
  }
  for (let i = 0; i <= layout.n_rows; i++) {
    ctx.moveTo(x0, y0 + i * cell);
    ctx.lineTo(x0 + layout.n_cols * cell, y0 + i * cell);
  }
  ctx.stroke();
}

/** The greedy move, or moves where they are worth the same. @param {Pen} pen @param {number} s */
function drawArrow(pen, s) {
  const { ctx, cell, scene: { layout, table, theme, mode } } = pen;
  if (!table || cell < 20) return;
  const moves = greedy(table, s, layout.actions.length);
  if (moves.length === 0) return;
  const { x, y } = corner(pen, s);
  const [cx, cy] = [x + cell / 2, y + cell * (mode === 'v' && cell >= 56 ? 0.46 : mode === 'v' && cell >= 40 ? 0.36 : 0.5)];
  const r = Math.min(cell * 0.15, 22);
  ctx.fillStyle = theme.panel;
  ctx.beginPath();
  ctx.arc(cx, cy, r * 1.15, 0, 2 * Math.PI);
  ctx.fill();
  ctx.strokeStyle = ctx.fillStyle = theme.ink;
  ctx.lineWidth = Math.max(1.25, r / 6);
  for (const a of moves) {
    const [dx, dy] = DIRECTIONS[layout.actions[a]];
    const back = moves.length > 1 ? 0 : 0.75;
    arrow(ctx, cx - dx * r * back, cy - dy * r * back, dx * r * (0.8 + back), dy * r * (0.8 + back), r * 0.7);
  }
}

/** @param {Pen} pen */
function drawAgent(pen) {
  const { ctx, cell, scene: { view, theme, progress = 1 } } = pen;
  const [at, before, entered] = [view[0], view[1], view[2]];
  if (!(at >= 0)) return;
  const moving = progress < 1 && before >= 0;
  const to = corner(pen, moving ? entered : at);
  const from = moving ? corner(pen, before) : to;
  const p = 1 - (1 - progress) ** 3;
  const x = from.x + (to.x - from.x) * p + cell / 2;
  const y = from.y + (to.y - from.y) * p + cell / 2;
  const r = Math.max(3, Math.min(cell * 0.17, 26));
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fillStyle = theme.agent;
  ctx.fill();
  ctx.lineWidth = Math.max(1.5, r / 6);
  ctx.strokeStyle = theme.onAgent;
  ctx.stroke();
  if (cell < 40) return;
  ctx.fillStyle = theme.onAgent; // two eyes: it is somebody
  for (const side of [-0.36, 0.36]) {
    ctx.beginPath();
    ctx.arc(x + side * r, y - r * 0.12, r * 0.15, 0, 2 * Math.PI);
    ctx.fill();
  }
}
