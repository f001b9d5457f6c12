// SPDX-License-Identifier: MIT
// ConnectFour-v0: the board, the agent's stones as discs and the other's as rings, the last ones marked, the four that won joined by a
// line; above each column what dropping there is worth, by colour, where it is legal. layout and view are those of envs/connect_four.c.
import { inWords } from '../canvas/captions.mjs';
import { beginField, endField, middle } from '../canvas/pixels.mjs';
import { mark } from '../canvas/signs.mjs';

/** @typedef {import('../canvas/pixels.mjs').Pen} Pen */
/** @typedef {import('../world-table.mjs').Scene} Scene */

const CELLS = 42, COLUMNS = 7;

/** What stands behind the cells of a view. @param {ArrayLike<number>} view */
function readView(view) {
  const [turn, own, other, winner, , ...four] = Array.from(view).slice(CELLS);
  return { cells: Array.from(view).slice(0, CELLS), turn, lastColumns: [own, other], winner, four: four.filter((cell) => cell >= 0) };
}

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function paint(canvas, scene) {
  const pen = beginField(canvas, scene);
  const { view, words, last } = scene;
  const { cells, lastColumns, winner, four } = readView(view);
  if (scene.trained && !last.terminated) drawWorth(pen, scene, cells);
  cells.forEach((player, i) => {
    if (player > 0) stone(pen, ...middle(pen, i % COLUMNS, Math.floor(i / COLUMNS)), pen.cell, player);
  });
  lastColumns.forEach((column, i) => {
    const row = cells.findIndex((player, at) => at % COLUMNS === column && player === i + 1);
    if (column >= 0 && row >= 0) drawLast(pen, middle(pen, column, Math.floor(row / COLUMNS)), i === 0 && last.explored, i + 1);
  });
  if (four.length > 0) drawFour(pen, four);
  const end = !last.terminated ? null : winner === 1 ? /** @type {const} */ ({ text: words.t('draw.won'), sign: 1 })
    : /** @type {const} */ ({ text: words.t(winner === 2 ? 'draw.defeat' : 'draw.drawn'), sign: -1 });
  const shape = (/** @type {number} */ player) => (/** @type {Pen} */ of, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ size) => stone(of, x, y, size, player);
  endField(pen, scene, [[words.t('draw.agent'), shape(1)], [words.t('draw.opponent'), shape(2)]], last.action, end);
}

/** The agent's stone is full, the other one's a ring: by its form, too. @param {Pen} pen @param {number} x @param {number} y @param {number} size @param {number} player */
function stone({ ctx, theme }, x, y, size, player) {
  ctx.beginPath();
  ctx.arc(x, y, size * (player === 1 ? 0.4 : 0.32), 0, 2 * Math.PI);
  ctx.fillStyle = theme.agent;
  ctx.strokeStyle = theme.mark;
  ctx.lineWidth = size * 0.16;
  if (player === 1) ctx.fill();
  else ctx.stroke();
}

/** @param {Pen} pen @param {[number, number]} at @param {boolean} isRandom @param {number} player */
function drawLast({ ctx, cell, theme }, [x, y], isRandom, player) {
  ctx.fillStyle = player === 1 ? theme.onAgent : theme.ink;
  mark(ctx, x, y, cell * 0.1, isRandom);
}

/** @param {Pen} pen @param {number[]} four */
function drawFour(pen, four) {
  const { ctx, cell, theme } = pen, [from, to] = [four[0], four[3]].map((at) => middle(pen, at % COLUMNS, Math.floor(at / COLUMNS)));
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = Math.max(3, cell / 12);
  ctx.stroke();
}

/** @param {Pen} pen @param {Scene} scene @param {number[]} cells */
function drawWorth(pen, { q, theme }, cells) {
  const { ctx, cell, y0 } = pen, legal = Array.from(q).filter((value, column) => cells[column] === 0 && Number.isFinite(value));
  const reach = Math.max(1e-9, ...legal.map(Math.abs)), size = Math.min(12, cell / 4);
  Array.from(q).forEach((value, column) => {
    if (cells[column] !== 0 || !Number.isFinite(value)) return;
    const [x] = middle(pen, column, 0);
    ctx.beginPath();
    ctx.moveTo(x - size, y0 - 4 - 1.4 * size);
    ctx.lineTo(x + size, y0 - 4 - 1.4 * size);
    ctx.lineTo(x, y0 - 6);
    ctx.closePath();
    ctx.fillStyle = theme.scale.css(value / reach * 0.85);
    ctx.fill();
    ctx.strokeStyle = theme.muted;
    ctx.lineWidth = value === Math.max(...legal) ? 2 : 0.5;
    ctx.stroke();
  });
}

// ---- words ----

/** @param {number} action @param {{ words: import('../words.mjs').Words }} of */
export const actionName = (action, { words }) => words.t('action.column', { n: action + 1 });

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => {
  const { view, words } = state, { cells, winner, turn } = readView(view), n = cells.filter(Boolean).length;
  return words.t('state.connect-four', { n, turn: words.t(winner > 0 ? (winner === 1 ? 'draw.won' : 'draw.defeat') : n === CELLS ? 'draw.drawn' : turn === 1 ? 'turn.agent' : 'turn.opponent') });
});

/** Both players' stones, as the player to move sees them. @param {import('../world-table.mjs').Observation} observation */
export function describeObservation({ obs, words }) {
  const [own, other] = [0, 1].map((channel) => Array.from(obs).filter((value, i) => i % 2 === channel && value === 1).length);
  return words.t('state.connect-four.seen', { own, other });
}
