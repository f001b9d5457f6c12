// SPDX-License-Identifier: MIT
// Two pictures of what an agent thinks of actions that are numbers: a curve of the values of all of them in one state, and a field of
// one number over two of a state's.
import { mark } from './signs.mjs';

/** @typedef {import('./theme.mjs').Theme} Theme */
/** The values of actions from the lowest to the highest. @typedef {{ actions: Float32Array, values: Float64Array, greedy: number }} Curve */

const PAD = 12, FOOT = 24;

/**
 * The curve with a line at the action that is best for the policy and the mark of the one that was taken.
 * @param {CanvasRenderingContext2D} ctx @param {number} w @param {number} h @param {Curve} curve
 * @param {{ taken: number | null, explored: boolean, theme: Theme, number: (x: number) => string, faint: boolean }} how
 */
export function drawCurve(ctx, w, h, { actions, values, greedy }, { taken, explored, theme, number, faint }) {
  const low = actions[0], high = actions[actions.length - 1];
  let [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(1e-6, Math.abs(most) * 1e-3, (most - least) * 0.08);
  [least, most] = [least - room, most + room];
  const x = (/** @type {number} */ a) => PAD + (a - low) / (high - low) * (w - 2 * PAD);
  const y = (/** @type {number} */ q) => PAD + (most - q) / (most - least) * (h - PAD - FOOT);
  const foot = h - FOOT;
  const at = (/** @type {number} */ a) => y(between(actions, values, a));
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.muted;
  ctx.textBaseline = 'top';
  for (const [a, align] of /** @type {[number, CanvasTextAlign][]} */ ([[low, 'left'], [(low + high) / 2, 'center'], [high, 'right']])) {
    ctx.textAlign = align;
    ctx.fillText(number(a), align === 'left' ? PAD : align === 'right' ? w - PAD : x(a), foot + 6);
  }
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = 1;
  line(ctx, PAD, foot, w - PAD, foot);
  ctx.strokeStyle = theme.muted;
  ctx.setLineDash([4, 4]);
  line(ctx, x(greedy), foot, x(greedy), PAD);
  ctx.setLineDash([]);
  ctx.globalAlpha = faint ? 0.35 : 1;
  ctx.strokeStyle = theme.high;
  ctx.lineWidth = 3;
  ctx.beginPath();
  actions.forEach((a, i) => ctx.lineTo(x(a), y(values[i])));
  ctx.stroke();
  ctx.globalAlpha = 1;
  if (taken === null) return;
  ctx.fillStyle = theme.run;
  mark(ctx, x(taken), at(taken), 7, explored);
}

/** The value of an action between two that are known. @param {Float32Array} actions @param {Float64Array} values @param {number} a */
function between(actions, values, a) {
  const n = actions.length - 1;
  const at = Math.max(0, Math.min(n, (a - actions[0]) / (actions[n] - actions[0]) * n)), i = Math.min(n - 1, Math.floor(at));
  return values[i] + (values[i + 1] - values[i]) * (at - i);
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
function line(ctx, x0, y0, x1, y1) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/**
 * The field, one sample a pixel, enlarged.
 * @param {CanvasRenderingContext2D} ctx @param {number} w @param {number} h @param {ArrayLike<number>} numbers  row by row from the top
 * @param {{ cols: number, low: number, high: number, theme: Theme, faint: boolean }} how
 */
export function drawField(ctx, w, h, numbers, { cols, low, high, theme, faint }) {
  const rows = numbers.length / cols, span = Math.max(1e-9, high - low);
  const small = ctx.canvas.ownerDocument.createElement('canvas');
  [small.width, small.height] = [cols, rows];
  const pen = /** @type {CanvasRenderingContext2D} */ (small.getContext('2d'));
  const image = pen.createImageData(cols, rows);
  for (let i = 0; i < numbers.length; i++) image.data.set([...theme.scale.rgb((numbers[i] - low) / span * 2 - 1), 255], i * 4);
  pen.putImageData(image, 0, 0);
  ctx.globalAlpha = faint ? 0.35 : 1;
  ctx.drawImage(small, 0, 0, w, h);
  ctx.globalAlpha = 1;
}

/** Where the state is in a field. @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {Theme} theme */
export function drawPlace(ctx, x, y, theme) {
  ctx.beginPath();
  ctx.arc(x, y, 6, 0, 2 * Math.PI);
  ctx.fillStyle = theme.agent;
  ctx.strokeStyle = theme.onAgent;
  ctx.lineWidth = 2;
  ctx.fill();
  ctx.stroke();
}
