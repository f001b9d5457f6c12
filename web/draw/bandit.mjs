// SPDX-License-Identifier: MIT
// Bandit-v0: one row per arm with its true mean (a bar across), two thirds of its rewards around it, what the agent
// estimates (a ring) and the last pull (a disc, a diamond when it was random). layout and view are those of envs/bandit.c.
import { corner, key, mark } from './signs.mjs';
import { begin, box } from './surface.mjs';

/** @typedef {import('../page/theme.mjs').Theme} Theme */
/**
 * @typedef {object} BanditScene
 * @property {number[] | Float32Array} view    arm pulled last, its reward
 * @property {{ actions: string[], means: number[] }} layout
 * @property {{ last: { explored: boolean } }} frame
 * @property {Float64Array | null} table       (1, k)
 * @property {Theme} theme
 * @property {(v: number, digits?: number) => string} number
 * @property {{ step: string, mean: string, estimate: string, spread: string, pull: string, best: string, arm: (n: number) => string }} words
 */
/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, h: number, left: number, right: number, top: number, row: number, x: (v: number) => number, scene: BanditScene }} Pen */

const ABOVE = 36, BELOW = 72, ROW_MAX = 44, LABELLED_FROM = 14;

/** @param {HTMLCanvasElement} canvas @param {BanditScene} scene */
export function draw(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const { layout: { means }, view, theme } = scene;
  const left = 76, right = w - 20;
  const span = Math.max(2, ...means.map((mean) => Math.abs(mean) + 1), view[0] >= 0 ? Math.min(6, Math.abs(view[1])) : 0);
  const x = (/** @type {number} */ v) => left + (Math.max(-span, Math.min(span, v)) + span) / (2 * span) * (right - left);
  const row = Math.min(ROW_MAX, (h - ABOVE - BELOW) / means.length);
  const pen = { ctx, w, h, left, right, top: ABOVE, row, x, scene };
  drawAxis(pen, span);
  const best = means.indexOf(Math.max(...means));
  means.forEach((mean, arm) => drawArm(pen, arm, mean, arm === best));
  corner(ctx, scene.words.step, theme);
  drawKey(pen);
}

/** @param {Pen} pen @param {number} span */
function drawAxis({ ctx, top, row, x, scene: { layout: { means }, theme, number } }, span) {
  const bottom = top + row * means.length;
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
    ctx.fillText(number(v, 0), x(v), bottom + 6);
  }
}

/** @param {Pen} pen @param {number} arm @param {number} mean @param {boolean} best */
function drawArm({ ctx, w, left, top, row, x, scene }, arm, mean, best) {
  const { table, view, frame, theme, words } = scene;
  const y = top + (arm + 0.5) * row, half = Math.max(1, row * 0.3);
  drawSpread(ctx, x(mean - 1), x(mean + 1), y, half, theme);
  drawMean(ctx, x(mean), y, half, theme);
  if (table && Number.isFinite(table[arm])) drawEstimate(ctx, x(table[arm]), y, Math.min(6, half), theme);
  if (view[0] === arm) {
    ctx.fillStyle = theme.run;
    mark(ctx, x(view[1]), y, Math.max(3, Math.min(6, half)), frame.last.explored);
  }
  if (row < LABELLED_FROM && !best) return;
  ctx.font = `${best ? 600 : 400} 13px ${theme.font}`;
  ctx.fillStyle = best ? theme.ink : theme.muted;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.fillText(words.arm(arm + 1), left - 8, y, left - 12);
  if (!best) return;
  ctx.textAlign = 'left';
  const text = words.best, at = x(mean + 1) + 8, width = ctx.measureText(text).width;
  ctx.fillText(text, at + width > w ? x(mean - 1) - 8 - width : at, y);
}

/** @param {CanvasRenderingContext2D} ctx @param {number} from @param {number} to @param {number} y @param {number} half @param {Theme} theme */
function drawSpread(ctx, from, to, y, half, theme) {
  box(ctx, from, y - half, to - from, 2 * half, Math.min(4, half));
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

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} r @param {Theme} theme */
function drawEstimate(ctx, x, y, r, theme) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.strokeStyle = theme.agent;
  ctx.lineWidth = 2.5;
  ctx.stroke();
}

/** @param {Pen} pen */
function drawKey({ ctx, w, top, row, scene }) {
  const { layout: { means }, frame, theme, words } = scene;
  /** @typedef {(x: number, y: number) => void} Sign */
  /** @type {[string, Sign][]} */
  const entries = [
    [words.mean, (x, y) => drawMean(ctx, x, y, 7, theme)],
    [words.spread, (x, y) => drawSpread(ctx, x - 8, x + 8, y, 6, theme)],
    [words.estimate, (x, y) => drawEstimate(ctx, x, y, 5, theme)],
    [words.pull, (x, y) => {
      ctx.fillStyle = theme.run;
      mark(ctx, x, y, 5, frame.last.explored);
    }],
  ];
  key(ctx, w, top + row * means.length + 38, entries.map(([text, sign]) => ({ text, sign })), theme);
}
