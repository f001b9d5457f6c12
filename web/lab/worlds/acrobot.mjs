// SPDX-License-Identifier: MIT
// Acrobot-v1: two links hanging from a pivot, the line the free end has to rise above, the path of that end, and the torque at the
// joint between the links. To scale. The bent arrow is the last torque, in the sense it turns the second link: a diamond on it says
// it was random, a disc that it was the greedy one. layout and view are those of envs/acrobot.c.
import { DEGREES, actionCaption, endCaption, inWords, stepCaption } from '../canvas/captions.mjs';
import { fade, mark, pill, trail } from '../canvas/signs.mjs';
import { begin } from '../canvas/surface.mjs';

/** @typedef {import('../world-table.mjs').Scene} Scene */
/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, h: number, unit: number, px: (x: number) => number, py: (y: number) => number, scene: Scene }} Pen */

/** Room for a row of text below, in pixels; half the height of the world, in metres. */
const BOTTOM = 34, HALF = 2.16;

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function paint(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const unit = Math.max(1, Math.min((h - BOTTOM) / (2 * HALF), w / (2 * HALF)));
  const middle = (h - BOTTOM) / 2;
  /** @type {Pen} */
  const pen = { ctx, w, h, unit, scene, px: (x) => w / 2 + x * unit, py: (y) => middle - y * unit };
  drawTarget(pen);
  drawLinks(pen);
  drawWords(pen);
}

/** @param {Pen} pen */
function drawTarget({ ctx, w, unit, px, py, scene: { layout, theme, words } }) {
  const y = py(layout.target_height), half = Math.min(w / 2 - 16, 2.9 * unit);
  ctx.strokeStyle = theme.high;
  ctx.lineWidth = 2;
  ctx.setLineDash([6, 6]);
  ctx.beginPath();
  ctx.moveTo(px(0) - half, y);
  ctx.lineTo(px(0) + half, y);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.high;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'bottom';
  ctx.fillText(words.t('draw.target'), px(0) + half, y - 4);
}

/** @param {Pen} pen */
function drawLinks(pen) {
  const { ctx, unit, px, py, scene: { view, layout: { link_length: length }, theme, last, memory } } = pen;
  const [theta1, theta2, action] = [view[0], view[1], view[4]];
  const elbow = [length * Math.sin(theta1), -length * Math.cos(theta1)];
  const tip = [elbow[0] + length * Math.sin(theta1 + theta2), elbow[1] - length * Math.cos(theta1 + theta2)];
  const thick = Math.max(8, unit * 0.14);
  ctx.strokeStyle = theme.muted; // what it hangs from
  ctx.lineWidth = 3;
  ctx.beginPath();
  ctx.moveTo(px(-0.3), py(0));
  ctx.lineTo(px(0.3), py(0));
  ctx.stroke();
  ctx.fillStyle = ctx.strokeStyle = theme.agent;
  ctx.lineWidth = 2;
  fade(ctx, trail(memory, last.episodeLength, tip).map(([x, y]) => [px(x), py(y)]), thick * 0.3, true);
  for (const [from, to, colour] of /** @type {[number[], number[], string][]} */ ([[[0, 0], elbow, theme.ink], [elbow, tip, theme.agent]])) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = thick;
    ctx.beginPath();
    ctx.moveTo(px(from[0]), py(from[1]));
    ctx.lineTo(px(to[0]), py(to[1]));
    ctx.stroke();
  }
  for (const [x, y] of [[0, 0], elbow]) {
    ctx.beginPath();
    ctx.arc(px(x), py(y), thick * 0.3, 0, 2 * Math.PI);
    ctx.fillStyle = theme.panel;
    ctx.fill();
  }
  if (action >= 0) drawTorque(pen, px(elbow[0]), py(elbow[1]), theta1 + theta2, action - 1);
}

/**
 * Around the joint, from the far side of the second link; for no torque an open ring.
 * @param {Pen} pen @param {number} x @param {number} y @param {number} theta  the second link's, from straight down @param {number} torque
 */
function drawTorque({ ctx, unit, scene: { theme, last } }, x, y, theta, torque) {
  const r = Math.max(20, unit * 0.34), sense = torque < 0; // in the canvas, angles grow clockwise
  const behind = -Math.PI / 2 - theta; // the second link points to pi/2 - theta
  const from = behind + torque, to = behind - torque;
  ctx.strokeStyle = ctx.fillStyle = theme.run;
  ctx.lineWidth = 4;
  ctx.beginPath();
  if (torque === 0) ctx.arc(x, y, r, behind - 1, behind + 1);
  else ctx.arc(x, y, r, from, to, !sense);
  ctx.stroke();
  if (torque !== 0) head(ctx, x + r * Math.cos(to), y + r * Math.sin(to), to + (sense ? 1 : -1) * Math.PI / 2);
  mark(ctx, x + r * Math.cos(from), y + r * Math.sin(from), 6, last.explored);
}

/**
 * The head of an arrow that ends at (x, y) and points along an angle.
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} angle
 */
function head(ctx, x, y, angle) {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.beginPath();
  ctx.moveTo(10, 0);
  ctx.lineTo(-3, -8);
  ctx.lineTo(-3, 8);
  ctx.closePath();
  ctx.fill();
  ctx.restore();
}

/** @param {Pen} pen */
function drawWords({ ctx, w, h, py, scene }) {
  const { view, theme, last: { terminated, truncated } } = scene;
  ctx.font = `13px ${theme.font}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.fillStyle = theme.muted;
  ctx.fillText(stepCaption(scene), 16, 16);
  if (view[4] >= 0) {
    ctx.textAlign = 'center';
    ctx.fillStyle = theme.ink;
    ctx.fillText(actionCaption(scene, view[4]), w / 2, h - 26);
  }
  if (terminated || truncated) pill(ctx, endCaption(scene), w / 2, py(terminated ? -1.5 : 1.5) - 16, terminated ? 1 : -1, theme); // where the tip is not
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => linksInWords(state.view[0], state.view[1], state.words));

/** @param {import('../world-table.mjs').Observation} observation */
export const describeObservation = ({ obs, words }) => linksInWords(Math.atan2(obs[1], obs[0]), Math.atan2(obs[3], obs[2]), words);

/** @param {number} theta1 @param {number} theta2 @param {import('../words.mjs').Words} words */
function linksInWords(theta1, theta2, words) {
  const above = -Math.cos(theta1) - Math.cos(theta1 + theta2) - 1;
  return words.t('state.acrobot', {
    first: words.value(theta1 * DEGREES, 1), second: words.value(theta2 * DEGREES, 1),
    gap: words.value(Math.abs(above), 2), side: words.t(above < 0 ? 'side.below' : 'side.above'),
  });
}

const TURN = { low: -1, high: 1, digits: 2, unit: '' };
/** @type {import('../world-table.mjs').Gauge[]} */
export const gauges = [
  TURN, TURN, TURN, TURN,
  { low: -4 * 180, high: 4 * 180, digits: 0, unit: '°/s', factor: DEGREES }, { low: -9 * 180, high: 9 * 180, digits: 0, unit: '°/s', factor: DEGREES },
];

/** Both links at rest: across the angle of the first one, up that of the second one to it. @type {import('../world-table.mjs').Slice} */
export const slice = {
  name: 'acrobot',
  across: () => [-Math.PI, Math.PI],
  up: () => [-Math.PI, Math.PI],
  observation: (first, second) => [Math.cos(first), Math.sin(first), Math.cos(second), Math.sin(second), 0, 0],
  at: (view) => [view[0], view[1]],
  of: (obs) => [Math.atan2(obs[1], obs[0]), Math.atan2(obs[3], obs[2])],
  end: { across: (x, words) => `${words.value(x * DEGREES, 0)}°`, up: (y, words) => `${words.value(y * DEGREES, 0)}°` },
};
