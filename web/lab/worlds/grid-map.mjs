// SPDX-License-Identifier: MIT
// GridWorld-v0, FrozenLake-v1, CliffWalking-v1: the map, the value of every move, and the agent. Two modes: 'q' shows four triangles
// per cell, one per move; 'v' one value per cell, the best of the four. Start, goal, trap and wall differ by shape and word, not by
// colour alone. Colours go by a range that the task fixes; what is untrained is faint. layout and view are those of envs/grid.h.
import { inWords } from '../canvas/captions.mjs';
import { placing } from '../canvas/colour.mjs';
import { fillAgent, fillGoal, fillTrap, fillWall } from '../canvas/map-cells.mjs';
import { best, forEachOpen, greedyMoves } from '../canvas/map-values.mjs';
import { arrow, begin, box } from '../canvas/surface.mjs';

export { best, forEachOpen, greedyMoves, valueRange } from '../canvas/map-values.mjs';

/** @typedef {import('../world-table.mjs').Scene} Scene */
/** @typedef {import('../canvas/map-values.mjs').MapLayout} MapLayout */
/**
 * @typedef {object} Pen
 * @property {CanvasRenderingContext2D} ctx
 * @property {number} cell @property {number} x0 @property {number} y0   where the map lies
 * @property {Scene} scene
 * @property {MapLayout} layout            of the map that is drawn, which may be a draft
 * @property {Float64Array | null} table   null where there is none of this size
 * @property {(v: number) => number} at    where a value lies on the scale
 * @property {boolean} faint               nothing was learned yet
 */

/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { up: [0, -1], right: [1, 0], down: [0, 1], left: [-1, 0] };
/** How much of its colour an untrained value has. */
const FAINT = 0.15;

/** Where the map lies in a canvas of w by h. @param {number} w @param {number} h @param {{ n_rows: number, n_cols: number }} layout */
export function geometry(w, h, { n_rows: rows, n_cols: cols }) {
  const cell = Math.max(1, Math.floor(Math.min((w - 2) / cols, (h - 2) / rows)));
  return { cell, x0: Math.floor((w - cell * cols) / 2), y0: Math.floor((h - cell * rows) / 2) };
}

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function paint(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const { rows = scene.layout.rows } = scene;
  const layout = { ...scene.layout, rows, n_rows: rows.length, n_cols: rows[0].length };
  const states = layout.n_rows * layout.n_cols;
  const table = scene.table?.length === states * layout.actions.length ? scene.table : null;
  const { at } = placing(scene.range ?? { low: -1, high: 1 });
  /** @type {Pen} */
  const pen = { ctx, ...geometry(w, h, layout), scene, layout, table, at, faint: scene.trained === false };
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  for (let s = 0; s < states; s++) drawCell(pen, s);
  drawLines(pen);
  if (!pen.faint) forEachOpen(layout, (s) => drawArrow(pen, s));
  if (scene.mode !== 'v') drawChanged(pen);
  drawAgent(pen);
}

/** @param {Pen} pen @param {number} s */
function place({ cell, x0, y0, layout: { rows, n_cols: cols } }, s) {
  const [row, column] = [Math.floor(s / cols), s % cols];
  return { x: x0 + column * cell, y: y0 + row * cell, kind: rows[row][column] };
}

/** @param {Pen} pen @param {number} s */
function drawCell(pen, s) {
  const { ctx, cell, scene: { theme, words, mode, env = '' } } = pen;
  const { x, y, kind } = place(pen, s);
  if (kind === '#') fillWall(ctx, theme, x, y, cell);
  else if (kind === 'G') fillGoal(ctx, theme, x, y, cell, words.t('draw.goal'));
  else if (kind === 'T') fillTrap(ctx, theme, x, y, cell, words.t(env.startsWith('FrozenLake') ? 'draw.hole' : pen.layout.trap_ends ? 'draw.trap' : 'draw.cliff'));
  else if (mode === 'v') drawValue(pen, s, x, y);
  else drawTriangles(pen, s, x, y);
  if (kind === 'S') drawStart(pen, x, y);
}

/** @param {Pen} pen @param {number} x @param {number} y */
function drawStart({ ctx, cell, scene: { theme, words } }, x, y) {
  ctx.fillStyle = theme.ink;
  if (cell < 24) {
    ctx.fillRect(x + 3, y + 3, Math.max(2, cell / 6), Math.max(2, cell / 6));
    return;
  }
  const label = cell >= 128 ? words.t('draw.start') : 'S', [px, edge, height] = cell < 56 ? [9, 2, 11] : [12, 4, 18];
  ctx.font = `600 ${px}px ${theme.font}`;
  const width = ctx.measureText(label).width + 2 * edge + 2;
  ctx.fillStyle = theme.panel;
  box(ctx, x + edge, y + edge, width, height, edge);
  ctx.fill();
  ctx.fillStyle = theme.ink;
  ctx.fillText(label, x + edge + width / 2, y + edge + height / 2);
}

/** Fills what `path` outlines with the colour of a value. @param {Pen} pen @param {number} v @param {() => void} path */
function fillWith({ ctx, at, faint, scene: { theme } }, v, path) {
  ctx.globalAlpha = faint ? FAINT : 1;
  ctx.fillStyle = theme.scale.css(at(v));
  ctx.beginPath();
  path();
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** The ink of a value's number. @param {Pen} pen @param {number} v */
const inkOn = ({ at, faint, scene: { theme } }, v) => (faint ? theme.muted : theme.scale.ink(at(v)));

/** The triangle of a move. @param {CanvasRenderingContext2D} ctx @param {string} name @param {number} cx @param {number} cy @param {number} half */
function outlineMove(ctx, name, cx, cy, half) {
  const [dx, dy] = DIRECTIONS[name];
  ctx.moveTo(cx, cy);
  ctx.lineTo(cx + (dx - dy) * half, cy + (dy + dx) * half);
  ctx.lineTo(cx + (dx + dy) * half, cy + (dy - dx) * half);
}

/** The value that was changed last, under the microscope: a line around its triangle, thick at first. @param {Pen} pen */
function drawChanged(pen) {
  const { ctx, cell, layout: { actions }, scene: { theme, changed, progress = 1 } } = pen;
  if (!changed || cell < 24) return;
  const { x, y, kind } = place(pen, changed.state);
  if (kind !== '.' && kind !== 'S') return;
  ctx.strokeStyle = theme.agent;
  ctx.lineWidth = 3 + 4 * (1 - progress);
  ctx.lineJoin = 'round';
  ctx.beginPath();
  outlineMove(ctx, actions[changed.action], x + cell / 2, y + cell / 2, cell / 2 - 3);
  ctx.closePath();
  ctx.stroke();
}

/** @param {Pen} pen @param {number} s @param {number} x @param {number} y */
function drawTriangles(pen, s, x, y) {
  const { ctx, cell, table, faint, layout: { actions }, scene: { theme, words } } = pen;
  const n = actions.length;
  const [cx, cy, half] = [x + cell / 2, y + cell / 2, cell / 2];
  const top = table ? best(table, s, n) : 0;
  actions.forEach((name, a) => {
    const [dx, dy] = DIRECTIONS[name];
    const q = table ? table[s * n + a] : 0;
    fillWith(pen, q, () => outlineMove(ctx, name, cx, cy, half));
    if (cell < 84 || !table) return;
    const digits = Math.abs(q) >= 9.995 || cell < 104 ? 1 : 2;
    ctx.font = `${!faint && q >= top - 1e-9 && top !== 0 ? 600 : 400} ${cell < 112 ? 11 : 13}px ${theme.font}`;
    ctx.fillStyle = inkOn(pen, q);
    ctx.fillText(words.value(q, digits), cx + dx * half * 0.64, cy + dy * half * 0.74);
  });
  if (cell >= 24) drawDiagonals(pen, x, y);
}

/** @param {Pen} pen @param {number} x @param {number} y */
function drawDiagonals({ ctx, cell, scene: { theme } }, x, y) {
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
function drawValue(pen, s, x, y) {
  const { ctx, cell, table, layout, scene: { theme, words } } = pen;
  const v = table ? best(table, s, layout.actions.length) : 0;
  fillWith(pen, v, () => ctx.rect(x, y, cell, cell));
  if (cell < 40 || !table) return;
  ctx.font = `${cell >= 84 ? 16 : 11}px ${theme.font}`;
  ctx.fillStyle = inkOn(pen, v);
  ctx.fillText(words.value(v, cell < 56 ? 1 : 2), x + cell / 2, y + cell * (cell >= 56 ? 0.8 : 0.78));
}

/** @param {Pen} pen */
function drawLines({ ctx, cell, x0, y0, layout: { n_rows: rows, n_cols: cols }, faint, scene: { theme } }) {
  ctx.strokeStyle = faint ? theme.line : theme.panel;
  ctx.lineWidth = cell >= 40 && !faint ? 3 : 1;
  ctx.beginPath();
  for (let i = 0; i <= cols; i++) {
    ctx.moveTo(x0 + i * cell, y0);
    ctx.lineTo(x0 + i * cell, y0 + rows * cell);
  }
  for (let i = 0; i <= rows; i++) {
    ctx.moveTo(x0, y0 + i * cell);
    ctx.lineTo(x0 + cols * cell, y0 + i * cell);
  }
  ctx.stroke();
}

/** The greedy move, or moves where they have the same value. @param {Pen} pen @param {number} s */
function drawArrow(pen, s) {
  const { ctx, cell, table, layout: { actions }, scene: { theme, mode } } = pen;
  if (!table || cell < 20) return;
  const moves = greedyMoves(table, s, actions.length);
  if (moves.length === 0) return;
  const { x, y } = place(pen, s);
  const [cx, cy] = [x + cell / 2, y + cell * (mode === 'v' && cell >= 56 ? 0.46 : mode === 'v' && cell >= 40 ? 0.36 : 0.5)];
  const r = Math.min(cell * 0.15, 22);
  ctx.fillStyle = theme.panel;
  ctx.beginPath();
  ctx.arc(cx, cy, r * 1.15, 0, 2 * Math.PI);
  ctx.fill();
  ctx.strokeStyle = ctx.fillStyle = theme.ink;
  ctx.lineWidth = Math.max(1.25, r / 6);
  for (const a of moves) {
    const [dx, dy] = DIRECTIONS[actions[a]];
    const [back, reach, head] = moves.length > 1 ? [0, 0.95, 0.5] : [0.75, 1.55, 0.7];
    arrow(ctx, cx - dx * r * back, cy - dy * r * back, dx * r * reach, dy * r * reach, r * head);
  }
}

/** @param {Pen} pen */
function drawAgent(pen) {
  const { ctx, cell, layout, scene: { view, theme, layout: { n_cols: cols }, progress = 1 } } = pen;
  const [at, before, entered] = [view[0], view[1], view[2]];
  const moving = progress < 1 && before >= 0;
  // The view counts the cells of the run's own map; a draft may have others.
  const spot = (/** @type {number} */ s) => ({ row: Math.floor(s / cols), column: s % cols });
  const to = spot(moving ? entered : at);
  if (!(at >= 0) || to.row >= layout.n_rows || to.column >= layout.n_cols) return;
  const from = moving ? spot(before) : to;
  const p = 1 - (1 - progress) ** 3;
  const column = from.column + (to.column - from.column) * p, row = from.row + (to.row - from.row) * p;
  fillAgent(ctx, theme, pen.x0 + (column + 0.5) * cell, pen.y0 + (row + 0.5) * cell, cell);
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => cellInWords(state.view[0], state));

/** @param {import('../world-table.mjs').Observation} observation */
export const describeObservation = ({ obs, layout, words }) => cellInWords(obs[0], { layout, words });

/** @param {number} cell @param {{ layout: MapLayout, words: import('../words.mjs').Words }} of */
function cellInWords(cell, { layout: { rows, n_cols: cols, trap_ends: isFinal }, words }) {
  const kind = rows.join('')[cell];
  const key = kind === 'S' ? 'cell.start' : kind === 'G' ? 'cell.goal' : kind !== 'T' ? null : isFinal ? 'cell.trap' : 'cell.cliff';
  return words.t('state.cell', { cell: cell + 1, row: Math.floor(cell / cols) + 1, column: cell % cols + 1 }) + (key ? words.t(key) : '');
}
