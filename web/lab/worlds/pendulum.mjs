// SPDX-License-Identifier: MIT
// Pendulum-v1: the rod on its pivot, the dashed place where it should stand, the path of its end, and the torque as a bent arrow
// around the pivot, as long as the torque is strong: a diamond on it says it was random, a disc that the policy gave it. To scale.
// layout and view are those of envs/pendulum.c.
import { DEGREES, inWords, stepCaption } from '../canvas/captions.mjs';
import { fade, mark, pill, trail } from '../canvas/signs.mjs';
import { begin } from '../canvas/surface.mjs';

/** @typedef {import('../world-table.mjs').Scene} Scene */
/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, h: number, unit: number, px: (x: number) => number, py: (y: number) => number, scene: Scene }} Pen */

/** Room for a row of text below, in pixels; half the height of the world, in lengths of the rod. */
const BOTTOM = 34, HALF = 1.3;
/** The arrow of the strongest torque goes so far round, in radians; weaker than this share of it, only the mark is drawn. */
const AROUND = 2.4, LEAST = 0.02;

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function paint(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const unit = Math.max(1, Math.min((h - BOTTOM) / (2 * HALF), w / (2 * HALF)));
  const middle = (h - BOTTOM) / 2;
  /** @type {Pen} */
  const pen = { ctx, w, h, unit, scene, px: (x) => w / 2 + x * unit, py: (y) => middle - y * unit };
  drawTarget(pen);
  drawRod(pen);
  drawTorque(pen);
  drawWords(pen);
}

/** @param {Pen} pen */
function drawTarget({ ctx, unit, px, py, scene: { theme, words } }) {
  ctx.strokeStyle = theme.high;
  ctx.lineWidth = 2;
  ctx.setLineDash([6, 6]);
  ctx.beginPath();
  ctx.moveTo(px(0), py(0));
  ctx.lineTo(px(0), py(1.12));
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.high;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(words.t('draw.upright'), px(0) + Math.max(10, unit * 0.1), py(1.14));
}

/** @param {Pen} pen */
function drawRod({ ctx, unit, px, py, scene: { view, theme, last, memory } }) {
  const theta = view[0], tip = [-Math.sin(theta), Math.cos(theta)];
  const thick = Math.max(10, unit * 0.16);
  ctx.fillStyle = ctx.strokeStyle = theme.agent;
  ctx.lineWidth = 2;
  fade(ctx, trail(memory, last.episodeLength, tip).map(([x, y]) => [px(x), py(y)]), thick * 0.3, true);
  ctx.strokeStyle = theme.agent;
  ctx.lineWidth = thick;
  ctx.beginPath();
  ctx.moveTo(px(0), py(0));
  ctx.lineTo(px(tip[0]), py(tip[1]));
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(px(0), py(0), thick * 0.3, 0, 2 * Math.PI);
  ctx.fillStyle = theme.panel;
  ctx.fill();
}

/** From the far side of the rod, in the sense it turns: to the left of upright is positive. @param {Pen} pen */
function drawTorque({ ctx, unit, px, py, scene: { view, layout, theme, last } }) {
  const [theta, , torque] = [view[0], view[1], view[2]], share = torque / layout.max_torque;
  if (last.episodeLength === 0) return;
  const r = Math.max(24, unit * 0.42), behind = Math.PI / 2 - theta; // in the canvas, angles grow clockwise
  const from = behind + share * AROUND / 2, to = behind - share * AROUND / 2;
  const [x, y] = [px(0), py(0)];
  ctx.strokeStyle = ctx.fillStyle = theme.run;
  ctx.lineWidth = 5;
  mark(ctx, x + r * Math.cos(from), y + r * Math.sin(from), 7, last.explored);
  if (Math.abs(share) < LEAST) return;
  ctx.beginPath();
  ctx.arc(x, y, r, from, to, share > 0);
  ctx.stroke();
  head(ctx, x + r * Math.cos(to), y + r * Math.sin(to), to - Math.sign(share) * Math.PI / 2, 6 + 6 * Math.abs(share));
}

/** The head of an arrow that ends at (x, y) and points along an angle. @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} angle @param {number} size */
function head(ctx, x, y, angle, size) {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.beginPath();
  ctx.moveTo(size, 0);
  ctx.lineTo(-size * 0.3, -size * 0.8);
  ctx.lineTo(-size * 0.3, size * 0.8);
  ctx.closePath();
  ctx.fill();
  ctx.restore();
}

/** @param {Pen} pen */
function drawWords({ ctx, w, h, py, scene }) {
  const { view, theme, words, actionName, chosenHow, last } = scene;
  ctx.font = `13px ${theme.font}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.fillStyle = theme.muted;
  ctx.fillText(stepCaption(scene), 16, 16);
  if (last.episodeLength > 0) {
    ctx.textAlign = 'center';
    ctx.fillStyle = theme.ink;
    ctx.fillText(`${actionName(0)} ${words.value(view[2], 2)} · ${chosenHow(last.explored)}`, w / 2, h - 26);
  }
  if (last.truncated) pill(ctx, words.t('draw.over'), w / 2, py(-1.1) - 16, 1, theme);
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => rodInWords(state.view[0], state.view[1], state.words));

/** @param {import('../world-table.mjs').Observation} observation */
export const describeObservation = ({ obs, words }) => rodInWords(Math.atan2(obs[1], obs[0]), obs[2], words);

/** @param {number} theta @param {number} speed @param {import('../words.mjs').Words} words */
function rodInWords(theta, speed, words) {
  return words.t('state.pendulum', {
    angle: words.value(Math.abs(theta * DEGREES), 1), side: words.t(theta > 0 ? 'side.left' : 'side.right'),
    speed: words.value(Math.abs(speed), 2), sense: words.t(speed > 0 ? 'sense.counter' : 'sense.clockwise'),
  });
}

const TURN = { low: -1, high: 1, digits: 2, unit: '' };
const SPEED_MAX = 8;
/** @type {import('../world-table.mjs').Gauge[]} */
export const gauges = [TURN, TURN, { low: -SPEED_MAX, high: SPEED_MAX, digits: 2, unit: ' rad/s' }];

/** All states: across the angle, upright in the middle, up the speed. @type {import('../world-table.mjs').Slice} */
export const slice = {
  name: 'pendulum',
  across: () => [Math.PI, -Math.PI], // left of upright is on the left
  up: () => [-SPEED_MAX, SPEED_MAX],
  observation: (theta, speed) => [Math.cos(theta), Math.sin(theta), speed],
  at: (view) => [view[0], view[1]],
  of: (obs) => [Math.atan2(obs[1], obs[0]), obs[2]],
  end: { across: (x, words) => `${words.value(Math.abs(x) * DEGREES, 0)}°`, up: (y, words) => `${words.value(y, 0)} rad/s` },
};
