// SPDX-License-Identifier: MIT
// MountainCar-v0 and MountainCarContinuous-v0: the hill, the wall on its left, the flag at the goal, the car and its push. To scale, one unit of height as long
// as one of position. The dashed line is as high as the car's speed would carry it without its engine: each push the way it moves
// raises it. The arrow is the last push, a dash is none: a diamond on it says it was random, a disc that it was the greedy one.
// Where pushes are numbers the arrow is as long as the push is strong. layout and view are those of envs/mountain_car.c and
// envs/mountain_car_continuous.c.
import { actionCaption, endCaption, inWords, stepCaption } from '../canvas/captions.mjs';
import { fade, mark, pill, trail } from '../canvas/signs.mjs';
import { arrow, begin, box } from '../canvas/surface.mjs';

/** @typedef {import('../world-table.mjs').Scene} Scene */
/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, h: number, unit: number, px: (x: number) => number, py: (y: number) => number, scene: Scene }} Pen */

/** Gymnasium's picture of the hill: between 0.1 and 1 high. @param {number} x */
const hill = (x) => 0.45 * Math.sin(3 * x) + 0.55;
/** Rows of text above and below the hill, in pixels; what the flag needs above it and the car on its sides, in units. */
const TOP = 24, BOTTOM = 62, ABOVE = 0.26, EDGE = 0.1;

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function paint(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  const { min_position: min, max_position: max } = scene.layout;
  const unit = Math.max(1, Math.min((w - 32) / (max - min + 2 * EDGE), (h - TOP - BOTTOM) / (1 + ABOVE)));
  const left = (w - (max - min) * unit) / 2, foot = h - BOTTOM;
  /** @type {Pen} */
  const pen = { ctx, w, h, unit, scene, px: (x) => left + (x - min) * unit, py: (y) => foot - y * unit };
  drawHill(pen);
  drawCoasting(pen);
  drawFlag(pen);
  drawCar(pen);
  drawWords(pen);
}

/** @param {Pen} pen */
function drawHill({ ctx, unit, px, py, scene: { layout, theme, words } }) {
  const { min_position: leftmost, goal_position: goal } = layout;
  const min = leftmost - EDGE, max = layout.max_position + EDGE;
  const n = Math.ceil((max - min) * unit / 3);
  ctx.beginPath();
  for (let i = 0; i <= n; i++) ctx.lineTo(px(min + (max - min) * i / n), py(hill(min + (max - min) * i / n)));
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 2;
  ctx.stroke();
  ctx.lineTo(px(max), py(0));
  ctx.lineTo(px(min), py(0));
  ctx.closePath();
  ctx.fillStyle = theme.ground;
  ctx.fill();
  ctx.fillStyle = theme.low; // the wall
  box(ctx, px(min) - 6, py(hill(min) + 0.3), 6, (hill(min) + 0.3) * unit, 2);
  ctx.fill();
  ctx.font = `13px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  ctx.fillStyle = theme.muted;
  ctx.strokeStyle = theme.line;
  for (const x of [leftmost, -Math.PI / 6, 0, goal]) {
    ctx.beginPath();
    ctx.moveTo(px(x), py(0));
    ctx.lineTo(px(x), py(0) + 6);
    ctx.stroke();
    ctx.fillText(words.value(x, 1), px(x), py(0) + 10);
  }
}

/** From v²/2 + gravity/3 sin 3x, which stays as it is without a push. @param {Pen} pen */
function drawCoasting({ ctx, px, py, scene: { view, layout, theme, words } }) {
  const [x, velocity] = [view[0], view[1]];
  const reach = Math.sin(3 * x) + 1.5 * velocity * velocity / layout.gravity;
  if (reach >= 1) return; // over the top
  const height = 0.45 * reach + 0.55, right = Math.asin(Math.max(-1, reach)) / 3;
  const from = Math.max(layout.min_position - EDGE, -Math.PI / 3 - right);
  ctx.strokeStyle = theme.run;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([4, 5]);
  ctx.beginPath();
  ctx.moveTo(px(from), py(height));
  ctx.lineTo(px(right), py(height));
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = `13px ${theme.font}`;
  const text = words.t('draw.coasting');
  if (ctx.measureText(text).width > px(right) - px(from) - 80) return;
  const onTheRight = x < -Math.PI / 6; // away from the car
  ctx.fillStyle = theme.muted;
  ctx.textAlign = onTheRight ? 'right' : 'left';
  ctx.textBaseline = 'bottom';
  ctx.fillText(text, onTheRight ? px(right) - 12 : px(from) + 12, py(height) - 3);
}

/** @param {Pen} pen */
function drawFlag({ ctx, unit, px, py, scene: { layout, theme, words } }) {
  const x = px(layout.goal_position), foot = py(hill(layout.goal_position)), top = foot - 0.24 * unit;
  const size = Math.max(14, 0.09 * unit);
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(x, foot);
  ctx.lineTo(x, top);
  ctx.stroke();
  ctx.fillStyle = theme.mark;
  ctx.beginPath();
  ctx.moveTo(x + 1, top);
  ctx.lineTo(x + 1 + size * 1.4, top + size / 2);
  ctx.lineTo(x + 1, top + size);
  ctx.closePath();
  ctx.fill();
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.muted;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.fillText(words.t('draw.goal'), x, top - 4);
}

/** The car lies on the slope; so does its push. @param {Pen} pen */
function drawCar(pen) {
  const { ctx, unit, px, py, scene: { view, theme, last, memory } } = pen;
  const x = view[0], push = pushOf(pen.scene);
  const wheel = Math.max(4, unit * 0.028), [width, height] = [wheel * 6, wheel * 2.6];
  const places = trail(memory, last.episodeLength, [x]).slice(0, -1);
  ctx.fillStyle = theme.agent;
  fade(ctx, places.map(([at]) => [px(at), py(hill(at)) - wheel]), wheel * 0.6);
  ctx.save();
  ctx.translate(px(x), py(hill(x)));
  ctx.rotate(-Math.atan(1.35 * Math.cos(3 * x))); // the hill's slope
  box(ctx, -width / 2, -wheel * 1.2 - height, width, height, wheel);
  ctx.fillStyle = theme.agent;
  ctx.fill();
  ctx.fillStyle = theme.ink;
  for (const side of [-1, 1]) {
    ctx.beginPath();
    ctx.arc(side * width * 0.28, -wheel, wheel, 0, 2 * Math.PI);
    ctx.fill();
  }
  if (push !== null) drawPush(ctx, width, -wheel * 1.2 - height - 14, push, pen.scene);
  ctx.restore();
}

/** The actions are the numbers between full throttle to the left, -1, and to the right, 1. @param {Scene} scene */
const isContinuous = ({ layout }) => layout.actions.length === 1;

/** The last push, -1 to 1; null before the first one. @param {Scene} scene */
function pushOf(scene) {
  if (isContinuous(scene)) return scene.last.episodeLength > 0 ? scene.view[2] : null;
  return scene.view[2] >= 0 ? scene.view[2] - 1 : null;
}

/** @param {CanvasRenderingContext2D} ctx @param {number} width @param {number} y @param {number} push @param {Scene} scene */
function drawPush(ctx, width, y, push, { theme, last }) {
  ctx.strokeStyle = ctx.fillStyle = theme.run;
  ctx.lineWidth = 4;
  if (Math.abs(push) > 0.02) {
    arrow(ctx, -push * width * 0.5, y, push * (width + 8), 0, 6 + 6 * Math.abs(push));
  } else {
    ctx.beginPath();
    ctx.moveTo(-width * 0.4, y);
    ctx.lineTo(width * 0.4, y);
    ctx.stroke();
  }
  mark(ctx, -push * width * 0.5, y, 6, last.explored);
}

/** @param {Pen} pen */
function drawWords({ ctx, w, h, px, py, scene }) {
  const { view, theme, words, actionName, chosenHow, last: { terminated, truncated, explored } } = scene;
  ctx.font = `13px ${theme.font}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.fillStyle = theme.muted;
  ctx.fillText(stepCaption(scene), 16, 16);
  if (pushOf(scene) !== null) {
    const text = isContinuous(scene) ? `${actionName(0)} ${words.value(view[2], 2)} · ${chosenHow(explored)}` : actionCaption(scene, view[2]);
    ctx.textAlign = 'center';
    ctx.fillStyle = theme.ink;
    ctx.fillText(text, w / 2, h - 27);
  }
  if (terminated || truncated) pill(ctx, endCaption(scene), px(-0.4), py(0.92) - 16, terminated ? 1 : -1, theme);
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => inWordsOf(state.view, state.words));

/** @param {import('../world-table.mjs').Observation} observation */
export const describeObservation = ({ obs, words }) => inWordsOf(obs, words);

/** @param {ArrayLike<number>} numbers  position, velocity, … @param {import('../words.mjs').Words} words */
function inWordsOf({ 0: x, 1: velocity }, words) {
  const side = words.t(velocity < 0 ? 'side.left' : 'side.right');
  return words.t('state.car', { x: words.value(x, 2), speed: words.value(Math.abs(velocity), 3), side });
}

const SPEED_MAX = 0.07;

/** @type {import('../world-table.mjs').Gauge[]} */
export const gauges = [{ low: -1.2, high: 0.6, digits: 2, unit: '' }, { low: -SPEED_MAX, high: SPEED_MAX, digits: 3, unit: '' }];

/** All states: across the position, up the velocity. @type {import('../world-table.mjs').Slice} */
export const slice = {
  name: 'mountain-car',
  across: ({ min_position: low, max_position: high }) => [low, high],
  up: () => [-SPEED_MAX, SPEED_MAX],
  observation: (position, velocity) => [position, velocity],
  at: (view) => [view[0], view[1]],
  end: { across: (x, words) => words.value(x, 1), up: (y, words) => words.value(y, 2) },
};
