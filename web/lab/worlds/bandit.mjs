// SPDX-License-Identifier: MIT
// Bandit-v0: one row per arm with its true mean (a bar across), two thirds of its rewards around it, the agent's estimate (a ring)
// and the last pull (a disc, a diamond when it was random). layout and view are those of envs/bandit.c: the arm pulled last, its reward.
import { inWords, stepCaption } from '../canvas/captions.mjs';
import { corner, key, mark } from '../canvas/signs.mjs';
import { begin, box } from '../canvas/surface.mjs';

/** @typedef {import('../world-table.mjs').Scene} Scene */
/** @typedef {import('../canvas/theme.mjs').Theme} Theme */
/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, left: number, top: number, row: number, x: (v: number) => number, scene: Scene }} Pen */

/** Pixels around the rows; a row's height, at most, and the least in which each arm is named. */
const LEFT = 76, RIGHT = 20, ABOVE = 36, BELOW = 72, ROW_MAX = 44, LABELLED_FROM = 14;
/** How far the axis goes beyond the outermost mean: 19 of 20 rewards lie within, the others are shown at its end. */
const BEYOND = 2;

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function paint(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const means = /** @type {number[]} */ (scene.layout.means);
  const span = Math.max(...means.map(Math.abs)) + BEYOND; // fixed by the task: the axis must not move while it learns
  const x = (/** @type {number} */ v) => LEFT + (Math.max(-span, Math.min(span, v)) + span) / (2 * span) * (w - LEFT - RIGHT);
  const row = Math.max(1, Math.min(ROW_MAX, (h - ABOVE - BELOW) / means.length));
  const pen = { ctx, w, left: LEFT, top: ABOVE, row, x, scene };
  drawAxis(pen, span);
  const best = means.indexOf(Math.max(...means));
  means.forEach((mean, arm) => drawArm(pen, arm, mean, arm === best));
  corner(ctx, stepCaption(scene), scene.theme);
  drawKey(pen);
}

/** @param {Pen} pen @param {number} span */
function drawAxis({ ctx, top, row, x, scene: { layout, theme, words } }, span) {
  const bottom = top + row * layout.means.length;
  ctx.font = `13px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  for (let v = -Math.floor(span); v <= span; v++) {
    ctx.strokeStyle = v === 0 ? theme.muted : theme.line;
    ctx.lineWidth = v === 0 ? 1.5 : 1;
    ctx.beginPath();
    ctx.moveTo(x(v), top);
    ctx.lineTo(x(v), bottom);
    ctx.stroke();
    ctx.fillStyle = theme.muted;
    ctx.fillText(words.value(v, 0), x(v), bottom + 6);
  }
}

/** @param {Pen} pen @param {number} arm @param {number} mean @param {boolean} best */
function drawArm(pen, arm, mean, best) {
  const { ctx, top, row, x, scene: { table, view, last, theme, trained } } = pen;
  const y = top + (arm + 0.5) * row, half = Math.max(1, row * 0.3);
  drawSpread(ctx, x(mean - 1), x(mean + 1), y, half, theme);
  drawMean(ctx, x(mean), y, half, theme);
  if (table && Number.isFinite(table[arm])) drawEstimate(ctx, x(table[arm]), y, Math.min(6, half), theme, trained !== false);
  if (view[0] === arm) {
    ctx.fillStyle = theme.run;
    mark(ctx, x(view[1]), y, Math.max(3, Math.min(6, half)), last.explored);
  }
  if (row >= LABELLED_FROM || best) nameArm(pen, arm, mean, best, y);
}

/** @param {Pen} pen @param {number} arm @param {number} mean @param {boolean} best @param {number} y */
function nameArm({ ctx, w, left, x, scene: { theme, words } }, arm, mean, best, y) {
  ctx.font = `${best ? 600 : 400} 13px ${theme.font}`;
  ctx.fillStyle = best ? theme.ink : theme.muted;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.fillText(words.t('draw.arm', { n: arm + 1 }), left - 8, y, left - 12);
  if (!best) return;
  ctx.textAlign = 'left';
  const text = words.t('draw.best'), at = x(mean + 1) + 8, width = ctx.measureText(text).width;
  ctx.fillText(text, at + width > w ? x(mean - 1) - 8 - width : at, y);
}

/** @param {CanvasRenderingContext2D} ctx @param {number} from @param {number} to @param {number} y @param {number} half @param {Theme} theme */
function drawSpread(ctx, from, to, y, half, theme) {
  box(ctx, from, y - half, Math.max(0, to - from), 2 * half, Math.min(4, half));
  ctx.fillStyle = theme.neutral;
  ctx.fill();
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} half @param {Theme} theme */
function drawMean(ctx, x, y, half, theme) {
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  ctx.moveTo(x, y - half);
  ctx.lineTo(x, y + half);
  ctx.stroke();
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} r @param {Theme} theme @param {boolean} trained */
function drawEstimate(ctx, x, y, r, theme, trained) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.strokeStyle = trained ? theme.agent : theme.muted;
  ctx.lineWidth = trained ? 2.5 : 1;
  ctx.stroke();
}

/** @param {Pen} pen */
function drawKey({ ctx, w, top, row, scene: { layout, last, theme, words, trained } }) {
  const entries = [
    { text: words.t('draw.mean'), sign: (/** @type {number} */ x, /** @type {number} */ y) => drawMean(ctx, x, y, 7, theme) },
    { text: words.t('draw.spread'), sign: (/** @type {number} */ x, /** @type {number} */ y) => drawSpread(ctx, x - 8, x + 8, y, 6, theme) },
    { text: words.t('draw.estimate'), sign: (/** @type {number} */ x, /** @type {number} */ y) => drawEstimate(ctx, x, y, 5, theme, trained !== false) },
    { text: words.t('draw.pull'), sign: (/** @type {number} */ x, /** @type {number} */ y) => {
      ctx.fillStyle = theme.run;
      mark(ctx, x, y, 5, last.explored);
    } },
  ];
  key(ctx, w, top + row * layout.means.length + 38, entries, theme);
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => {
  const { view, words } = state;
  return view[0] < 0 ? words.t('state.bandit.none') : words.t('state.bandit', { arm: view[0] + 1, reward: words.value(view[1], 2) });
});

/** There is one state. @param {import('../world-table.mjs').Observation} observation */
export const describeObservation = ({ words }) => words.t('state.bandit.only');

/** @param {number} action @param {{ words: import('../words.mjs').Words }} of */
export const actionName = (action, { words }) => words.t('draw.arm', { n: action + 1 });
