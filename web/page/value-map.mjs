// SPDX-License-Identifier: MIT
// The values of a world with a few numbers as a picture: two of them across and up, the others fixed; the part of the world
// says which (Slice). Colour is the best Q-value, or with a policy the probability of its likeliest action; the line is
// where the agent changes its mind between actions. The worker computes it a few times a second at most; nothing of the
// run depends on it.
import { actionName } from './telling.mjs';
import { begin } from '../draw/surface.mjs';
import { byId, canvasById, keepCrisp, setText, show } from './dom.mjs';
import { hasLab, lab } from './app.mjs';
import { on } from './events.mjs';
import { partOf } from './parts.mjs';
import { language, t, value } from './i18n.mjs';
import { theme } from './theme.mjs';

/** @typedef {[low: number, high: number]} Range */
/**
 * @typedef {object} Slice
 * @property {'cartpole' | 'mountain-car' | 'acrobot'} name            of its words
 * @property {() => Range} across
 * @property {() => Range} up
 * @property {(x: number, y: number) => number[]} observation          of a point of the picture
 * @property {(view: ArrayLike<number>) => [number, number]} at        the point of a state
 * @property {{ across: (x: number) => string, up: (y: number) => string }} end   a value at the end of an axis
 */

const COLS = 48, ROWS = 32;
const EVERY_MS = 400;
/** Samples around a word that are enough room for it. */
const ROOM = 3.2;
/** The part of the picture an action must fill to be named. */
const NAMED_FROM = 0.06;

/** @type {{ q: Float64Array, actions: number, low: number, high: number } | null} */
let picture = null;
let asked = false;
let askedAt = -Infinity;
let stale = true;
/** One pixel per sample, and the finished picture without the dot. */
const small = document.createElement('canvas');
const layer = document.createElement('canvas');

export function wireValueMap() {
  keepCrisp(canvasById('slice'), compose);
  on(['run', 'frame'], () => {
    stale = true;
  });
  on('run', () => {
    picture = null;
    show(byId('value-map'), slice() !== undefined);
    compose();
  });
  on(['run', 'language'], tell);
  on(['theme', 'language'], compose);
  on('frame', paint);
}

const slice = () => (hasLab() ? partOf(lab().world)?.slice : undefined);

/** Title, caption and ends of the axes. */
function tell() {
  const shown = slice();
  if (!shown) return;
  const { isPolicy } = lab();
  const words = t(`map2d.${shown.name}`);
  setText(byId('slice-title'), t(isPolicy ? 'map2d.policy' : 'map2d.value', { by: words }));
  const sentences = [t(isPolicy ? 'map2d.policy.colour' : 'map2d.value.colour'), t(`map2d.${shown.name}.axes`), t('map2d.line')];
  setText(byId('slice-text'), sentences.join(language() === 'zh' ? '' : ' '));
  const [[left, right], [bottom, top]] = [shown.across(), shown.up()];
  for (const [id, text] of [['left', shown.end.across(left)], ['right', shown.end.across(right)], ['bottom', shown.end.up(bottom)], ['top', shown.end.up(top)]]) {
    setText(byId(`slice-${id}`), text);
  }
}

/** Asks for new values where it is time; called once per animation frame. @param {number} now */
export async function refreshValueMap(now) {
  const shown = slice();
  if (!stale || asked || now - askedAt < EVERY_MS || !shown) return;
  const { session, isPolicy } = lab();
  if (!session) return;
  [asked, askedAt, stale] = [true, now, false];
  try {
    const q = await session.qValues(grid(shown));
    if (session === lab().session) take(isPolicy ? q.map(Math.exp) : q);
  } catch {
    // The run was replaced while it was asked; the next frame asks the new one.
  } finally {
    asked = false;
  }
}

/** @param {Range} range @param {number} part */
const between = ([low, high], part) => low + (high - low) * part;

/** @param {Slice} shown */
function grid({ across, up, observation }) {
  const [xs, ys] = [across(), up()];
  return Float32Array.from(Array.from({ length: COLS * ROWS }, (_, i) =>
    observation(between(xs, (i % COLS + 0.5) / COLS), between(ys, 1 - (Math.floor(i / COLS) + 0.5) / ROWS))).flat());
}

/** @param {Float64Array} q */
function take(q) {
  const actions = q.length / (COLS * ROWS);
  const next = { q, actions, low: Infinity, high: -Infinity };
  picture = next;
  for (let i = 0; i < COLS * ROWS; i++) {
    const v = best(i);
    next.low = Math.min(next.low, v);
    next.high = Math.max(next.high, v);
  }
  if (!q.every(Number.isFinite)) picture = null;
  compose();
  const digits = lab().isPolicy ? 2 : 1;
  setText(byId('slice-low'), value(next.low, digits));
  setText(byId('slice-high'), value(next.high, digits));
}

/** @param {number} i @param {number} [other] an action that does not count */
function best(i, other = -1) {
  let top = -Infinity;
  if (!picture) return top;
  const { q, actions: n } = picture;
  for (let a = 0; a < n; a++) if (a !== other) top = Math.max(top, q[i * n + a]);
  return top;
}

function fillSmall() {
  if (!picture) return;
  small.width = COLS;
  small.height = ROWS;
  const ctx = /** @type {CanvasRenderingContext2D} */ (small.getContext('2d'));
  const image = ctx.createImageData(COLS, ROWS);
  const { scale } = theme();
  const span = Math.max(1e-9, picture.high - picture.low);
  for (let i = 0; i < COLS * ROWS; i++) {
    const [r, g, b] = scale.rgb((best(i) - picture.low) / span * 2 - 1);
    image.data.set([r, g, b, 255], i * 4);
  }
  ctx.putImageData(image, 0, 0);
}

/** The picture, as large as the canvas; made when values, size, theme or language changed. */
function compose() {
  const canvas = canvasById('slice');
  layer.width = canvas.width;
  layer.height = canvas.height;
  if (picture && canvas.width > 0) {
    fillSmall();
    const { ctx, w, h } = begin(layer);
    ctx.imageSmoothingEnabled = true;
    ctx.drawImage(small, 0, 0, w, h);
    boundaries(ctx, w, h);
    names(ctx, w, h);
  }
  paint();
}

function paint() {
  const shown = slice();
  if (!shown) return;
  const { ctx, w, h } = begin(canvasById('slice'));
  const colours = theme();
  if (picture && layer.width > 0) ctx.drawImage(layer, 0, 0, w, h);
  const { frame } = lab();
  if (!frame) return;
  const [left, right] = shown.across(), [bottom, top] = shown.up(), [atX, atY] = shown.at(frame.view);
  const x = (atX - left) / (right - left) * w, y = (1 - (atY - bottom) / (top - bottom)) * h;
  ctx.beginPath();
  ctx.arc(Math.max(6, Math.min(w - 6, x)), Math.max(6, Math.min(h - 6, y)), 6, 0, 2 * Math.PI);
  ctx.fillStyle = colours.agent;
  ctx.strokeStyle = colours.onAgent;
  ctx.lineWidth = 2;
  ctx.fill();
  ctx.stroke();
}

/** An action before the best of the others. @param {number} action @param {number} i */
const lead = (action, i) => (picture ? picture.q[i * picture.actions + action] - best(i, action) : 0);

/** Where two actions are worth the same and all others less: the zero lines of their leads, by marching squares. @param {CanvasRenderingContext2D} ctx @param {number} w @param {number} h */
function boundaries(ctx, w, h) {
  ctx.strokeStyle = theme().ink;
  ctx.lineWidth = 2;
  ctx.beginPath();
  // Each line lies between two actions: those of all but one are all lines.
  for (let action = 0; picture && action < picture.actions - 1; action++) {
    const leads = Float64Array.from({ length: COLS * ROWS }, (_, i) => lead(action, i));
    for (let row = 0; row + 1 < ROWS; row++) {
      for (let col = 0; col + 1 < COLS; col++) {
        const points = crossings(leads, row, col);
        for (let k = 0; k + 1 < points.length; k += 2) {
          ctx.moveTo(points[k][0] / COLS * w, points[k][1] / ROWS * h);
          ctx.lineTo(points[k + 1][0] / COLS * w, points[k + 1][1] / ROWS * h);
        }
      }
    }
  }
  ctx.stroke();
}

/** Where the zero line crosses the sides of the square between four samples. @param {Float64Array} leads @param {number} row @param {number} col */
function crossings(leads, row, col) {
  const corners = [[col, row], [col + 1, row], [col + 1, row + 1], [col, row + 1]];
  const values = corners.map(([x, y]) => leads[y * COLS + x]);
  const points = [];
  for (let k = 0; k < 4; k++) {
    const [a, b] = [values[k], values[(k + 1) % 4]];
    if (a > 0 === b > 0) continue;
    const [[x0, y0], [x1, y1]] = [corners[k], corners[(k + 1) % 4]];
    const part = a / (a - b);
    points.push([x0 + (x1 - x0) * part + 0.5, y0 + (y1 - y0) * part + 0.5]);
  }
  return points;
}

/** What it would do in each region, in words, well inside it. @param {CanvasRenderingContext2D} ctx @param {number} w @param {number} h */
function names(ctx, w, h) {
  const { panel, ink, font } = theme();
  /** @type {number[][]} */
  const places = [];
  for (let action = 0; picture && action < picture.actions; action++) {
    const place = middle(action);
    if (!place) continue;
    const text = label(action);
    ctx.font = `600 13px ${font}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    const half = ctx.measureText(text).width / 2 + 8;
    const x = Math.max(half, Math.min(w - half, place[0] / COLS * w)), wanted = Math.max(12, Math.min(h - 12, place[1] / ROWS * h));
    const covers = (/** @type {number} */ at) => places.some(([x1, y1, half1]) => Math.abs(x - x1) < half + half1 && Math.abs(at - y1) < 26);
    const y = [0, 26, -26, 52, -52].map((by) => wanted + by).find((at) => at >= 12 && at <= h - 12 && !covers(at)) ?? wanted;
    places.push([x, y, half]);
    ctx.fillStyle = `${panel}cc`;
    ctx.beginPath();
    ctx.roundRect(x - half, y - 12, half * 2, 24, 12);
    ctx.fill();
    ctx.fillStyle = ink;
    ctx.fillText(text, x, y + 1);
  }
}

/** @param {number} action */
function label(action) {
  if (lab().world.part !== 'cartpole') return actionName(action);
  return t(action === 1 ? 'map2d.right' : 'map2d.left');
}

/** A sample well inside the region of an action; of two actions left of the middle for the first and right of it for the other (the dot lives in the middle); none for a region hardly there. @param {number} action */
function middle(action) {
  /** @type {number[][][]} this action's samples, the others'; every second one will do */
  const [own, other] = [[], []];
  for (let row = 0; row < ROWS; row += 2) {
    for (let col = 0; col < COLS; col += 2) (lead(action, row * COLS + col) > 0 ? own : other).push([col + 0.5, row + 0.5]);
  }
  if (!picture || own.length < COLS * ROWS / 4 * NAMED_FROM) return null;
  const aim = COLS * (0.2 + 0.58 * action / (picture.actions - 1));
  const score = (/** @type {number[]} */ [x, y]) => {
    const inside = other.reduce((near, [a, b]) => Math.min(near, (a - x) ** 2 + (b - y) ** 2), ROOM ** 2);
    return Math.sqrt(inside) - Math.hypot(x - aim, y - ROWS / 2) / 5;
  };
  return own.map((place) => ({ place, score: score(place) })).reduce((top, next) => (next.score > top.score ? next : top)).place;
}
