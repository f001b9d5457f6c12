// SPDX-License-Identifier: MIT
// CartPole-v1: track, limits, cart, pole and the push. Lengths are to scale, 5.4 m across; the pole alone is drawn
// longer than its metre where there is room. The arrow is the last push: a diamond on it says it was random, a disc
// that it was the greedy one. layout and view are those of envs/cartpole.c.
import { mark, pill } from './signs.mjs';
import { arrow, begin, box } from './surface.mjs';

/**
 * @typedef {object} CartPoleScene
 * @property {number[] | Float32Array} view   x, x_dot, theta, theta_dot, last action
 * @property {{ actions: string[], x_threshold: number, theta_threshold_radians: number, pole_length: number }} layout
 * @property {import('../page/theme.mjs').Theme} theme
 * @property {{ last: { explored: boolean, terminated: boolean, truncated: boolean, episodeReturn: number, episodeLength: number } }} frame
 * @property {{ fell: string, kept: string, metres: (x: number) => string, step: string, push: (action: number, explored: boolean) => string }} words
 */
/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, h: number, unit: number, ground: number, scene: CartPoleScene }} Pen */

const ACROSS = 5.6; // metres

/** @param {HTMLCanvasElement} canvas @param {CartPoleScene} scene */
export function draw(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const pen = { ctx, w, h, unit: w / ACROSS, ground: Math.round(h * 0.76), scene };
  drawTrack(pen);
  const [x, , theta, , action] = scene.view;
  const cx = w / 2 + x * pen.unit;
  drawLimits(pen, cx);
  if (action >= 0) drawPush(pen, cx, action);
  drawCart(pen, cx, theta);
  drawStep(pen);
  drawEnd(pen);
}

/** @param {Pen} pen */
function drawTrack({ ctx, w, unit, ground, scene: { layout, theme, words } }) {
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(w / 2 - layout.x_threshold * unit, ground);
  ctx.lineTo(w / 2 + layout.x_threshold * unit, ground);
  ctx.stroke();
  ctx.font = `13px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  for (const x of [-layout.x_threshold, -1, 0, 1, layout.x_threshold]) {
    const limit = Math.abs(x) === layout.x_threshold;
    const px = w / 2 + x * unit;
    ctx.strokeStyle = limit ? theme.low : theme.line;
    ctx.lineWidth = limit ? 4 : 1.5;
    ctx.beginPath();
    ctx.moveTo(px, ground - (limit ? 16 : 0));
    ctx.lineTo(px, ground + 8);
    ctx.stroke();
    ctx.fillStyle = theme.muted;
    ctx.fillText(words.metres(x), px, ground + 14);
  }
}

/** @param {Pen} pen */
function poleLength({ unit, ground, scene }) {
  return Math.min(scene.layout.pole_length * unit * 1.6, ground * 0.72);
}

/** Where the pole counts as fallen. @param {Pen} pen @param {number} cx */
function drawLimits(pen, cx) {
  const { ctx, ground, unit, scene: { layout, theme } } = pen;
  const length = poleLength(pen) * 1.12, pivot = ground - unit * 0.36;
  const a = layout.theta_threshold_radians;
  ctx.beginPath();
  ctx.moveTo(cx, pivot);
  ctx.arc(cx, pivot, length, -Math.PI / 2 - a, -Math.PI / 2 + a);
  ctx.closePath();
  ctx.fillStyle = theme.ground;
  ctx.fill();
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([4, 5]);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** @param {Pen} pen @param {number} cx @param {number} theta */
function drawCart(pen, cx, theta) {
  const { ctx, unit, ground, scene: { theme } } = pen;
  const [width, height, wheel] = [unit * 0.62, unit * 0.28, unit * 0.075];
  const top = ground - wheel * 1.6 - height;
  const pivot = ground - unit * 0.36;
  box(ctx, cx - width / 2, top, width, height, 6);
  ctx.fillStyle = theme.agent;
  ctx.fill();
  for (const side of [-0.28, 0.28]) {
    ctx.beginPath();
    ctx.arc(cx + side * width, ground - wheel, wheel, 0, 2 * Math.PI);
    ctx.fillStyle = theme.ink;
    ctx.fill();
  }
  const length = poleLength(pen);
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = Math.max(5, unit * 0.09);
  ctx.beginPath();
  ctx.moveTo(cx, pivot);
  ctx.lineTo(cx + Math.sin(theta) * length, pivot - Math.cos(theta) * length);
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(cx, pivot, unit * 0.06, 0, 2 * Math.PI);
  ctx.fillStyle = theme.onAgent;
  ctx.fill();
}

/** @param {Pen} pen @param {number} cx @param {number} action */
function drawPush({ ctx, w, unit, ground, scene: { theme, frame, words } }, cx, action) {
  const sign = action === 1 ? 1 : -1;
  const y = ground - unit * 0.24;
  const from = cx - sign * unit * 0.86;
  ctx.strokeStyle = ctx.fillStyle = theme.run;
  ctx.lineWidth = 4;
  arrow(ctx, from, y, sign * unit * 0.5, 0, 12);
  mark(ctx, from, y, 6, frame.last.explored);
  const text = words.push(action, frame.last.explored);
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.ink;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  ctx.fillText(text, w / 2, ground + 40);
}

/** @param {Pen} pen */
function drawStep({ ctx, scene: { theme, words } }) {
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.muted;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.fillText(words.step, 16, 16);
}

/** @param {Pen} pen */
function drawEnd({ ctx, w, scene: { theme, frame, words } }) {
  const { terminated, truncated } = frame.last;
  if (!terminated && !truncated) return;
  pill(ctx, terminated ? words.fell : words.kept, w / 2, 40, terminated ? -1 : 1, theme);
}
