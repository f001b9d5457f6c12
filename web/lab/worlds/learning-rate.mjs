// SPDX-License-Identifier: MIT
// LearningRate-v0: a training whose learning rate is steered. Above the rate of every decision, on a log scale; below the losses it
// led to, the validation loss thick, that of guessing dashed. layout and view are those of envs/learning_rate.h.
import { inWords } from '../canvas/captions.mjs';
import { begin } from '../canvas/surface.mjs';

/** @typedef {import('../canvas/theme.mjs').Theme} Theme */
/** What of a scene is drawn. @typedef {Pick<import('../world-table.mjs').Scene, 'view' | 'layout' | 'theme' | 'words'>} TrainingScene */
/** @typedef {{ ctx: CanvasRenderingContext2D, theme: Theme, x: (decision: number) => number, y: (value: number) => number }} Frame */

/** Where the paths begin in a view, and their length; pixels beside the charts. */
const PATHS = 5, PATH = 33, LEFT = 68, RIGHT = 16;
const RATE = 0, TRAINING = 1, VALIDATION = 2;

/** @param {HTMLCanvasElement} canvas @param {TrainingScene} scene */
export function paint(canvas, { view, layout, theme, words }) {
  const { ctx, w, h } = begin(canvas);
  const [done, decisions] = [Math.max(0, view[0]), Math.max(1, view[1])];
  const path = (/** @type {number} */ i) => Array.from({ length: done + 1 }, (_, k) => view[PATHS + i * PATH + k]);
  const x = (/** @type {number} */ decision) => LEFT + (w - LEFT - RIGHT) * decision / decisions;
  const middle = h * 0.42;
  const [low, high] = [Math.log2(layout.rates[0]), Math.log2(layout.rates[layout.rates.length - 1])];
  ctx.font = `12px ${theme.font}`;
  const above = { ctx, theme, x, y: (/** @type {number} */ rate) => 32 + (middle - 48) * (high - Math.log2(rate)) / (high - low) };
  const most = Math.max(layout.guessing * 1.05, ...path(VALIDATION));
  const below = { ctx, theme, x, y: (/** @type {number} */ loss) => middle + 28 + (h - middle - 44) * (1 - loss / most) };
  caption(ctx, theme, words.t('lr.rate'), 20);
  caption(ctx, theme, `${words.t('lr.validation')} · ${words.t('lr.training')}`, middle + 16);
  for (const rate of [layout.rates[0], layout.rates[6], layout.rates[layout.rates.length - 1]]) mark(above, rate, words.figure(rate), w);
  for (const loss of [0, 1, 2]) mark(below, loss, words.figure(loss), w);
  ctx.setLineDash([5, 4]);
  line(below, [layout.guessing, layout.guessing], theme.muted, 1, decisions);
  ctx.setLineDash([]);
  ctx.fillStyle = theme.muted;
  ctx.textAlign = 'right';
  ctx.fillText(words.t('lr.guessing'), w - RIGHT, below.y(layout.guessing) - 4);
  if (!(view[1] > 0)) return;
  line(above, path(RATE), theme.agent, 3);
  line(below, path(TRAINING), theme.muted, 1);
  line(below, path(VALIDATION), theme.run, 2.5);
}

/** @param {CanvasRenderingContext2D} ctx @param {Theme} theme @param {string} text @param {number} y */
function caption(ctx, theme, text, y) {
  ctx.textAlign = 'left';
  ctx.fillStyle = theme.muted;
  ctx.fillText(text, LEFT, y);
}

/** A line of the grid with its number. @param {Frame} frame @param {number} value @param {string} text @param {number} w */
function mark({ ctx, theme, y }, value, text, w) {
  ctx.fillStyle = theme.line;
  ctx.fillRect(LEFT, Math.round(y(value)), w - LEFT - RIGHT, 1);
  ctx.fillStyle = theme.muted;
  ctx.textAlign = 'right';
  ctx.fillText(text, LEFT - 6, y(value) + 4);
}

/** @param {Frame} frame @param {number[]} values one per decision @param {string} colour @param {number} width @param {number} [stride] */
function line({ ctx, x, y }, values, colour, width, stride = 1) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.beginPath();
  values.forEach((value, i) => {
    if (value >= 0) ctx.lineTo(x(i * stride), y(value));
  });
  ctx.stroke();
  const last = values.length - 1;
  if (stride > 1 || !(values[last] >= 0)) return;
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.arc(x(last), y(values[last]), width + 1.5, 0, 2 * Math.PI);
  ctx.fill();
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => {
  const { view, words } = state;
  const at = (/** @type {number} */ path) => view[PATHS + path * PATH + Math.max(0, view[0])];
  return words.t('lr.aside', { rate: words.figure(at(RATE)), loss: words.value(at(VALIDATION), 2) });
});
