// SPDX-License-Identifier: MIT
// CartPole's values as a picture: the slice pole angle by angular velocity, the cart standing in the middle. Colour is
// the best Q-value; the line is where the agent changes its mind between left and right. The worker computes it a
// few times a second at most; nothing of the run depends on it.
import { begin } from '../draw/surface.mjs';
import { byId, canvasById, keepCrisp, setText, show } from './dom.mjs';
import { hasLab, lab } from './app.mjs';
import { on } from './events.mjs';
import { t, value } from './i18n.mjs';
import { theme } from './theme.mjs';

const COLS = 48, ROWS = 32;
const SPEED_MAX = 3; // rad/s, top and bottom of the picture
const EVERY_MS = 400;
/** Samples around a word that are enough room for it. */
const ROOM = 3.2;

/** @type {{ q: Float64Array, actions: number, low: number, high: number } | null} */
let slice = null;
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
    slice = null;
    show(byId('value-map'), isCartPole());
  });
  on(['theme', 'language'], compose);
  on('frame', paint);
}

const isCartPole = () => hasLab() && lab().tab.id === 'cartpole';

/** @returns {number} rad */
const angleMax = () => Number(lab().session?.info.layout.theta_threshold_radians ?? 0.2095) * 1.15;

/** Asks for new values where it is time; called once per animation frame. @param {number} now */
export async function refreshValueMap(now) {
  if (!stale || asked || now - askedAt < EVERY_MS || !isCartPole()) return;
  const { session } = lab();
  if (!session) return;
  [asked, askedAt, stale] = [true, now, false];
  try {
    const q = await session.qValues(grid());
    if (session === lab().session) take(q);
  } catch {
    // The run was replaced while it was asked; the next frame asks the new one.
  } finally {
    asked = false;
  }
}

function grid() {
  const obs = new Float32Array(COLS * ROWS * 4);
  const max = angleMax();
  for (let i = 0; i < COLS * ROWS; i++) {
    obs[i * 4 + 2] = (i % COLS + 0.5) / COLS * 2 * max - max;
    obs[i * 4 + 3] = SPEED_MAX - (Math.floor(i / COLS) + 0.5) / ROWS * 2 * SPEED_MAX;
  }
  return obs;
}

/** @param {Float64Array} q */
function take(q) {
  const actions = q.length / (COLS * ROWS);
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < COLS * ROWS; i++) {
    const v = best(q, i, actions);
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  slice = Number.isFinite(low) && Number.isFinite(high) && q.every(Number.isFinite) ? { q, actions, low, high } : null;
  compose();
  setText(byId('slice-low'), value(low, 1));
  setText(byId('slice-high'), value(high, 1));
  setText(byId('slice-text'), t('map2d.caption'));
}

/** @param {Float64Array} q @param {number} i @param {number} n */
function best(q, i, n) {
  return Math.max(q[i * n], q[i * n + 1]);
}

function fillSmall() {
  if (!slice) return;
  small.width = COLS;
  small.height = ROWS;
  const ctx = /** @type {CanvasRenderingContext2D} */ (small.getContext('2d'));
  const image = ctx.createImageData(COLS, ROWS);
  const { scale } = theme();
  const span = Math.max(1e-9, slice.high - slice.low);
  for (let i = 0; i < COLS * ROWS; i++) {
    const [r, g, b] = scale.rgb((best(slice.q, i, slice.actions) - slice.low) / span * 2 - 1);
    image.data.set([r, g, b, 255], i * 4);
  }
  ctx.putImageData(image, 0, 0);
}

/** The picture, as large as the canvas; made when values, size, theme or language changed. */
function compose() {
  const canvas = canvasById('slice');
  layer.width = canvas.width;
  layer.height = canvas.height;
  if (slice && canvas.width > 0) {
    fillSmall();
    const { ctx, w, h } = begin(layer);
    ctx.imageSmoothingEnabled = true;
    ctx.drawImage(small, 0, 0, w, h);
    boundary(ctx, w, h);
    sides(ctx, w, h);
  }
  paint();
}

function paint() {
  if (!isCartPole()) return;
  const { ctx, w, h } = begin(canvasById('slice'));
  const colours = theme();
  if (slice && layer.width > 0) ctx.drawImage(layer, 0, 0, w, h);
  const { frame } = lab();
  if (!frame) return;
  const x = (frame.view[2] / angleMax() + 1) / 2 * w;
  const y = (1 - frame.view[3] / SPEED_MAX) / 2 * h;
  ctx.beginPath();
  ctx.arc(Math.max(6, Math.min(w - 6, x)), Math.max(6, Math.min(h - 6, y)), 6, 0, 2 * Math.PI);
  ctx.fillStyle = colours.agent;
  ctx.strokeStyle = colours.onAgent;
  ctx.lineWidth = 2;
  ctx.fill();
  ctx.stroke();
}

/** Right minus left. @param {number} i */
const lead = (i) => (slice ? slice.q[i * 2 + 1] - slice.q[i * 2] : 0);

/** Where left and right are worth the same: the zero line of their difference, by marching squares. @param {CanvasRenderingContext2D} ctx @param {number} w @param {number} h */
function boundary(ctx, w, h) {
  ctx.strokeStyle = theme().ink;
  ctx.lineWidth = 2;
  ctx.beginPath();
  for (let row = 0; row + 1 < ROWS; row++) {
    for (let col = 0; col + 1 < COLS; col++) {
      const points = crossings(row, col);
      for (let k = 0; k + 1 < points.length; k += 2) {
        ctx.moveTo(points[k][0] / COLS * w, points[k][1] / ROWS * h);
        ctx.lineTo(points[k + 1][0] / COLS * w, points[k + 1][1] / ROWS * h);
      }
    }
  }
  ctx.stroke();
}

/** Where the zero line crosses the sides of the square between four samples. @param {number} row @param {number} col */
function crossings(row, col) {
  const corners = [[col, row], [col + 1, row], [col + 1, row + 1], [col, row + 1]];
  const values = corners.map(([x, y]) => lead(y * COLS + x));
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

/** What it would do on either side, in words, near the middle of each. @param {CanvasRenderingContext2D} ctx @param {number} w @param {number} h */
function sides(ctx, w, h) {
  for (const right of [false, true]) {
    const place = middle(right);
    if (!place) continue;
    const text = t(right ? 'map2d.right' : 'map2d.left');
    const { panel, ink, font } = theme();
    ctx.font = `600 13px ${font}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    const half = ctx.measureText(text).width / 2 + 8;
    const x = Math.max(half, Math.min(w - half, place[0] / COLS * w)), y = Math.max(12, Math.min(h - 12, place[1] / ROWS * h));
    ctx.fillStyle = `${panel}cc`;
    ctx.beginPath();
    ctx.roundRect(x - half, y - 12, half * 2, 24, 12);
    ctx.fill();
    ctx.fillStyle = ink;
    ctx.fillText(text, x, y + 1);
  }
}

/** A sample well inside a side, left of the middle for left and right of it for right (the dot lives in the middle); none for a side hardly there. @param {boolean} right */
function middle(right) {
  /** @type {number[][][]} this side's samples, the other's; every second one will do */
  const [own, other] = [[], []];
  for (let row = 0; row < ROWS; row += 2) {
    for (let col = 0; col < COLS; col += 2) (lead(row * COLS + col) > 0 === right ? own : other).push([col + 0.5, row + 0.5]);
  }
  if (own.length < COLS * ROWS / 4 * 0.06) return null;
  const aim = COLS * (right ? 0.78 : 0.2);
  const score = (/** @type {number[]} */ [x, y]) => {
    const inside = other.reduce((near, [a, b]) => Math.min(near, (a - x) ** 2 + (b - y) ** 2), ROOM ** 2);
    return Math.sqrt(inside) - Math.hypot(x - aim, y - ROWS / 2) / 5;
  };
  return own.map((place) => ({ place, score: score(place) })).reduce((best, next) => (next.score > best.score ? next : best)).place;
}
