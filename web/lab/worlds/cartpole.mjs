// SPDX-License-Identifier: MIT
// CartPole-v1: track, limits, cart, pole and the push. Lengths are to scale; the pole alone is drawn longer than its metre where
// there is room. The arrow is the last push: a diamond on it says it was random, a disc that it was the greedy one. layout and view
// are those of envs/cartpole.c.
import { DEGREES, inWords, stepCaption } from '../canvas/captions.mjs';
import { mark, pill } from '../canvas/signs.mjs';
import { arrow, begin, box } from '../canvas/surface.mjs';

/** @typedef {import('../world-table.mjs').Scene} Scene */
/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, h: number, unit: number, ground: number, pole: number, scene: Scene }} Pen */

/**
 * Metres across the canvas; pixels below the ground for two rows of text; heights in metres: the pivot's, and the least there must be
 * room for. The limits of the pole are drawn somewhat longer than the pole.
 */
const ACROSS = 5.6, BELOW = 60, PIVOT = 0.36, HEIGHT = 1.4, BEYOND = 1.12;

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function paint(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const ground = Math.max(8, Math.min(Math.round(h * 0.78), h - BELOW));
  const unit = Math.max(1, Math.min(w / ACROSS, (ground - 8) / HEIGHT));
  const pole = Math.min(scene.layout.pole_length * unit * 1.6, (ground - 8 - PIVOT * unit) / BEYOND);
  /** @type {Pen} */
  const pen = { ctx, w, h, unit, ground, pole: Math.max(1, pole), scene };
  drawTrack(pen);
  const { 0: x, 2: theta, 4: action } = scene.view;
  const cx = w / 2 + x * unit;
  drawLimits(pen, cx);
  if (action >= 0) drawPush(pen, cx, action);
  drawCart(pen, cx, theta);
  drawWords(pen);
}

/** @param {Pen} pen */
function drawTrack({ ctx, w, unit, ground, scene: { layout, theme, words } }) {
  const end = layout.x_threshold;
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(w / 2 - end * unit, ground);
  ctx.lineTo(w / 2 + end * unit, ground);
  ctx.stroke();
  ctx.font = `13px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  for (const x of [-end, -1, 0, 1, end]) {
    const limit = Math.abs(x) === end;
    const px = w / 2 + x * unit;
    ctx.strokeStyle = limit ? theme.low : theme.line;
    ctx.lineWidth = limit ? 4 : 1.5;
    ctx.beginPath();
    ctx.moveTo(px, ground - (limit ? 16 : 0));
    ctx.lineTo(px, ground + 8);
    ctx.stroke();
    ctx.fillStyle = theme.muted;
    const text = Number.isInteger(x) ? words.value(x, 0) : `${words.value(x, 1)} m`, half = ctx.measureText(text).width / 2 + 2;
    ctx.fillText(text, Math.max(half, Math.min(w - half, px)), ground + 14);
  }
}

/** Where the pole counts as fallen. @param {Pen} pen @param {number} cx */
function drawLimits({ ctx, ground, unit, pole, scene: { layout, theme } }, cx) {
  const pivot = ground - unit * PIVOT;
  const a = layout.theta_threshold_radians;
  ctx.beginPath();
  ctx.moveTo(cx, pivot);
  ctx.arc(cx, pivot, pole * BEYOND, -Math.PI / 2 - a, -Math.PI / 2 + a);
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
function drawCart({ ctx, unit, ground, pole, scene: { theme } }, cx, theta) {
  const [width, height, wheel] = [unit * 0.62, unit * 0.28, unit * 0.075];
  const top = ground - wheel * 1.6 - height;
  const pivot = ground - unit * PIVOT;
  box(ctx, cx - width / 2, top, width, height, 6);
  ctx.fillStyle = theme.agent;
  ctx.fill();
  for (const side of [-0.28, 0.28]) {
    ctx.beginPath();
    ctx.arc(cx + side * width, ground - wheel, wheel, 0, 2 * Math.PI);
    ctx.fillStyle = theme.ink;
    ctx.fill();
  }
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = Math.max(5, unit * 0.09);
  ctx.beginPath();
  ctx.moveTo(cx, pivot);
  ctx.lineTo(cx + Math.sin(theta) * pole, pivot - Math.cos(theta) * pole);
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(cx, pivot, unit * 0.06, 0, 2 * Math.PI);
  ctx.fillStyle = theme.onAgent;
  ctx.fill();
}

/** @param {Pen} pen @param {number} cx @param {number} action */
function drawPush({ ctx, w, unit, ground, scene }, cx, action) {
  const { theme, last, words, actionName, chosenHow } = scene;
  const sign = action === 1 ? 1 : -1;
  const y = ground - unit * 0.24;
  const from = cx - sign * unit * 0.86;
  ctx.strokeStyle = ctx.fillStyle = theme.run;
  ctx.lineWidth = 4;
  arrow(ctx, from, y, sign * unit * 0.5, 0, 12);
  mark(ctx, from, y, 6, last.explored);
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.ink;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  const text = words.t('draw.push', { action: actionName(action), how: chosenHow(last.explored) });
  ctx.fillText(text, w / 2, ground + 40);
}

/** @param {Pen} pen */
function drawWords({ ctx, w, scene }) {
  const { theme, words, last: { terminated, truncated } } = scene;
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.muted;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.fillText(stepCaption(scene), 16, 16);
  if (terminated || truncated) pill(ctx, words.t(terminated ? 'draw.fell' : 'draw.kept'), w / 2, 40, terminated ? -1 : 1, theme);
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => inWordsOf(state.view, state.words));

/** @param {import('../world-table.mjs').Observation} observation */
export const describeObservation = ({ obs, words }) => inWordsOf(obs, words);

/** @param {ArrayLike<number>} numbers  x, x_dot, theta, … @param {import('../words.mjs').Words} words */
function inWordsOf({ 0: x, 2: theta }, words) {
  return words.t('state.cart', {
    x: words.value(Math.abs(x), 2), side: words.t(x < 0 ? 'side.left' : 'side.right'),
    angle: words.value(Math.abs(theta) * DEGREES, 1), lean: words.t(theta < 0 ? 'side.left' : 'side.right'),
  });
}

/** @type {import('../world-table.mjs').Gauge[]} */
export const gauges = [
  { low: -2.4, high: 2.4, digits: 2, unit: ' m' }, { low: -3, high: 3, digits: 2, unit: ' m/s' },
  { low: -12, high: 12, digits: 1, unit: '°', factor: DEGREES }, { low: -3 * DEGREES, high: 3 * DEGREES, digits: 1, unit: '°/s', factor: DEGREES },
];

/** The cart in the middle: across the angle, up the angular velocity. @type {import('../world-table.mjs').Slice} */
export const slice = {
  name: 'cartpole',
  across: ({ theta_threshold_radians: limit }) => [-limit * 1.15, limit * 1.15],
  up: () => [-3, 3],
  observation: (angle, velocity) => [0, 0, angle, velocity],
  at: (view) => [view[2], view[3]],
  end: { across: (x, words) => `${words.value(x * DEGREES, 0)}°`, up: (y, words) => `${words.value(y * DEGREES, 0)}°/s` },
  label: (action, words) => words.t(action === 1 ? 'map2d.right' : 'map2d.left'),
};
